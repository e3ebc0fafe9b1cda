#!/usr/bin/env perl
# Everything from install() to cancelling, with a search_path that puts a schema
# of namesakes before core's own (see test/lib/hostile.sql) and temporary tables
# named like quickbook's. The session under test writes function calls and
# literals only: an operator of its own would fall into the trap. Results are
# read by another session, with a clean path.
use strict;
use warnings;
use Test::More;

my $db = 'qb_hostile_smoke';
my $hostile_sql = ($ENV{QB_LIB} // 'test/lib') . '/hostile.sql';
my @paths = (
	['hostile, pg_catalog, public', 'before core'],
	['hostile, public', 'after core'],
	['pg_temp, hostile, quickbook, pg_catalog', 'with pg_temp first']);
my ($clinic, $ann, $ben, $doctor, $room, $visit) =
	map { "00000000-0000-7000-8000-00000000$_" } qw(c000 a001 a002 d001 d002 e001);

# Runs psql; returns its output and whether it succeeded.
sub psql {
	my ($sql, @options) = @_;
	my $file = "/tmp/qb_hostile_smoke.$$";
	open my $to, '>', $file or die "$file: $!";
	print $to $sql;
	close $to;
	my $output = `psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose @options <$file 2>&1`;
	my $ok = $? == 0;
	unlink $file;
	chomp $output;
	return ($output, $ok);
}

# In the database, undisturbed.
sub clean {
	my ($sql) = @_;
	my ($output, $ok) = psql($sql, '-d', $db);
	diag($output) if !$ok;
	return $output;
}

my $path;

# In a session of its own, surrounded by namesakes.
sub hostile {
	my ($sql) = @_;
	return psql("SET client_min_messages = error; SET timezone = 'UTC'; SET quickbook.now = '2030-01-06 12:00+00';
		CREATE TEMP TABLE appointment (trap pg_catalog.box); CREATE TEMP TABLE allocation (trap pg_catalog.box);
		CREATE TEMP TABLE clinic (trap pg_catalog.box); CREATE TEMP TABLE event (trap pg_catalog.box);
		CREATE TEMP TABLE schema_version (trap pg_catalog.box); CREATE TEMP TABLE pg_class (trap pg_catalog.box);
		SET search_path = $path;\n$sql", '-d', $db);
}

sub lives {
	my ($sql, $name) = @_;
	my ($output, $ok) = hostile($sql);
	ok($ok, $name) or diag($output);
	return $output;
}

sub fails {
	my ($sql, $error, $name) = @_;
	like((hostile($sql))[0], $error, $name);
}

sub run_all {
	my ($p, $what) = @_;
	$path = $p;
	psql("DROP DATABASE IF EXISTS $db", '-d', 'postgres');
	my ($output, $ok) = psql("CREATE DATABASE $db", '-d', 'postgres');
	BAIL_OUT($output) if !$ok;
	($output, $ok) = psql("SET client_min_messages = error; CREATE EXTENSION quickbook CASCADE;\n\\i $hostile_sql", '-d', $db);
	BAIL_OUT($output) if !$ok;

	lives('SELECT quickbook.install();', "$what: install()");
	is(lives('SELECT * FROM quickbook.check_install();', "$what: check_install()"), '', "$what: finds nothing");
	lives('SELECT quickbook.migrate(); SELECT quickbook.install();', "$what: migrate(), install() again");
	is(clean('SELECT count(*) FROM quickbook.check_install()'), 0, "$what: a clean session finds nothing either");

	lives(<<SQL, "$what: configuration");
INSERT INTO quickbook.clinic (id, name, time_zone) VALUES ('$clinic', 'clinic', 'Europe/Berlin');
INSERT INTO quickbook.provider (id, clinic_id, name, capacity, open_always, time_zone) VALUES
	('$doctor', '$clinic', 'doctor', 1, false, NULL), ('$room', '$clinic', 'room', 2, true, 'Europe/Berlin');
INSERT INTO quickbook.service (id, clinic_id, name, duration, buffer_after, bookable_during) VALUES
	('$visit', '$clinic', 'visit', '30 min', '5 min', '[2029-01-01,2035-01-01)');
INSERT INTO quickbook.service_provider (service_id, provider_id, role) VALUES
	('$visit', '$doctor', 'practitioner'), ('$visit', '$room', 'room');
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time, valid) VALUES
	('$doctor', '1', '09:00', '17:00', '[2029-01-01,)');
INSERT INTO quickbook.date_override (provider_id, on_date, start_time, end_time) VALUES
	('$doctor', '2030-01-08', '09:00', '10:00'), ('$doctor', '2030-01-09', NULL, NULL);
INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES ('$doctor', '[2030-02-01,2030-02-08)', 'Asia/Tokyo');
INSERT INTO quickbook.time_off (clinic_id, during) VALUES ('$clinic', '[2030-01-21,2030-01-22)');
INSERT INTO quickbook.busy_time (provider_id, during) VALUES ('$doctor', '[2030-01-14 10:00+00,2030-01-14 12:00+00)');
INSERT INTO quickbook.patient (id, clinic_id, name, email, phone) VALUES
	('$ann', '$clinic', 'Ann', 'ann\@example.org', '+4930123'), ('$ben', '$clinic', 'Ben', NULL, NULL);
SQL
	is(clean("SELECT count(id), count(*) FILTER (WHERE clinic_id = '$clinic') FROM quickbook.date_override"), '2|2',
		"$what: the triggers filled in what was left out");
	fails("INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES ('$doctor', '[2030-03-01,2030-03-02)', 'CET+1');",
		qr/22023: invalid_argument/, "$what: a wrong zone is refused");
	fails("INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES ('$doctor', '[2030-02-07,2030-02-09)', 'UTC');",
		qr/23P01: .*travel_dates_of_a_provider_do_not_overlap/, "$what: travel that overlaps is refused");

	my $search = "quickbook.available_slots('$visit', '2030-01-07', '2030-02-15', NULL, '$ann')";
	my $found = lives("SELECT * FROM $search;", "$what: searches");
	is($found, clean("SET timezone = 'UTC'; SET quickbook.now = '2030-01-06 12:00+00'; SELECT * FROM $search"),
		"$what: finds what a clean session finds");
	like($found, qr/\Q$doctor\E\|2030-01-08 08:00:00\+00/, "$what: which is something");
	lives("SELECT * FROM quickbook.next_slots('$visit', NULL, '3');", "$what: next_slots()");
	lives("SELECT * FROM quickbook.available_days('$visit', '2030-01-07', '2030-01-14');", "$what: available_days()");

	my $book = "SELECT id FROM quickbook.create_appointment(";
	my $id = lives("$book '$ann', '$doctor', '$visit', '2030-01-07 08:00+00', 'key', 'note', '{\"a\": 1}');", "$what: books");
	my $again = lives("$book '$ann', '$doctor', '$visit', '2030-01-07 08:00+00', 'key', 'note', '{\"a\": 1}');", "$what: books again");
	is($again, $id, "$what: the key is known");
	my $any = lives("$book '$ben', NULL, '$visit', '2030-01-07 09:10+00', NULL, NULL, NULL, '{grid}');", "$what: books anybody");
	lives("SELECT quickbook.create_appointment_local('$ben', '$doctor', '$visit', '2030-01-07', '11:30');", "$what: books by local time");
	fails("$book '$ben', '$doctor', '$visit', '2030-01-07 08:00+00');", qr/23P01: slot_taken/, "$what: refuses what is taken");
	fails("$book '$ann', NULL, '$visit', '2030-01-07 03:00+00');", qr/23QB1: outside_hours/, "$what: refuses what is closed");
	lives("SELECT quickbook.reschedule_appointment('$id', '2030-01-07 13:00+00');", "$what: reschedules");
	lives("SELECT quickbook.set_appointment_status('$id', 'arrived');", "$what: sets a status");
	lives("SELECT quickbook.set_appointment_status('$id', 'booked');", "$what: takes it back");
	lives("SELECT quickbook.cancel_appointment('$any', 'ill');", "$what: cancels");
	lives("SELECT quickbook.set_appointment_status('$any', 'booked');", "$what: takes that back");
	lives("SELECT quickbook.cancel_appointment('$any', 'ill');", "$what: cancels again");
	lives("SELECT quickbook.get_appointment('$id');", "$what: gets");
	lives("SELECT quickbook.new_id('$clinic'), quickbook.bucket('$clinic');", "$what: ids");
	fails("INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, starts_at, ends_at)
		VALUES ('$clinic', '$any', '$doctor', '2030-01-07 13:01+00', '2030-01-07 13:02+00');",
		qr/23P01: .*allocation_no_overlap/, "$what: the constraint judges");

	is(clean("SET timezone = 'UTC'; SELECT status, to_char(starts_at, 'HH24:MI'), version, sequence, idempotency_key,
		(SELECT string_agg(split_part(type, '.', 2), ',' ORDER BY seq) FROM quickbook.event WHERE subject = a.id),
		(SELECT count(*) FROM quickbook.allocation WHERE appointment_id = a.id)
		FROM quickbook.appointment a ORDER BY starts_at"),
		"cancelled|09:10|4|0||booked,cancelled,restored,cancelled|0\nbooked|10:30|1|0||booked|3\n"
		. "booked|13:00|4|1|key|booked,rescheduled,arrived,restored|3", "$what: all of it happened in quickbook's tables");

	lives('DELETE FROM quickbook.busy_time; UPDATE quickbook.patient SET name = \'Nobody\';', "$what: configuration changes");
	clean('DROP EXTENSION quickbook CASCADE; CREATE EXTENSION quickbook');
	lives('SELECT quickbook.install();', "$what: install() over existing tables");
	is(clean('SELECT count(*) FROM quickbook.check_install()'), 0, "$what: and all is well");
}

# The traps are set: what a careless function would do.
sub check_traps {
	$path = $paths[0][0];
	for my $sql (q{SELECT lower('A'::pg_catalog.text)}, q{SELECT 1 OPERATOR(hostile.=) 1}, q{SELECT '2030-01-01'::pg_catalog.date + 1},
		q{SELECT now()}, q{SELECT max(1)}, q{SELECT unnest('{a}'::pg_catalog.text[])},
		q{SELECT 'a'::pg_catalog.text IN ('a')})
	{
		fails("$sql;", qr/P0004: hostile\..* was called/, "trap: $sql");
	}
	$path = $paths[1][0];
	for my $sql (q{SELECT isempty('empty'::tstzrange)}, q{SELECT 'empty'::daterange && '[2030-01-01,2030-01-02)'})
	{
		fails("$sql;", qr/P0004: hostile\..* was called/, "trap after core: $sql");
	}
	fails('SELECT id FROM appointment;', qr/42703: /, 'trap: tables');
}

run_all(@$_) for @paths;
check_traps();
psql("DROP DATABASE $db", '-d', 'postgres');
done_testing();
