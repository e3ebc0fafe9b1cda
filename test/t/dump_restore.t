#!/usr/bin/env perl
# A dump holds everything, a restore changes nothing, and the tables outlive the
# extension: with tables of a superuser, and of a role of their own.
use strict;
use warnings;
use Test::More;

my $owner = 'qb_dump_owner';
my $now = "SET quickbook.now = '2030-01-06 12:00+00'; SET timezone = 'UTC';";
my ($clinic, $other, $ann, $ben) = map { "00000000-0000-7000-8000-00000000$_" } qw(c000 c001 a001 a002);
my ($doctor, $room, $visit, $class) = map { "00000000-0000-7000-8000-00000000$_" } qw(d001 d002 e001 e002);

# Runs a command with its input; returns its status and all that it prints.
sub run {
	my ($command, $input) = @_;
	my $file = '/tmp/qb_dump_restore.' . $$;
	open my $to, '>', $file or die "$file: $!";
	print $to $input // '';
	close $to;
	my $output = `($command) <$file 2>&1`;
	unlink $file;
	chomp $output;
	return ($? >> 8, $output);
}

sub sql {
	my ($db, $sql) = @_;
	my ($status, $output) = run("psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -d $db", $sql);
	diag("$db: $output") if $status != 0;
	return $output;
}

# SQL that must fail; returns the error.
sub refused {
	my ($db, $sql) = @_;
	my ($status, $output) = run("psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -d $db", $sql);
	return $status == 0 ? 'no error' : $output;
}

# is() for long texts: says which lines differ.
sub same {
	my ($got, $expected, $name) = @_;
	my (%got, %expected);
	$got{$_}++ for split /\n/, $got;
	$expected{$_}++ for split /\n/, $expected;
	ok($got eq $expected && $got ne '', $name) and return;
	diag("not expected: $_") for grep { !$expected{$_} } sort keys %got;
	diag("missing:      $_") for grep { !$got{$_} } sort keys %expected;
}

sub make_database {
	my ($db) = @_;
	run("dropdb --if-exists $db");
	my ($status, $output) = run("createdb -T template0 $db");
	BAIL_OUT($output) if $status != 0;
}

# A line for each table: its columns, rows and their hash.
sub fingerprint {
	my ($db) = @_;
	my @lines;
	for my $table (split /\n/, sql($db, "SELECT oid::regclass FROM pg_class
		WHERE relnamespace = 'quickbook'::regnamespace AND relkind = 'r' ORDER BY relname")) {
		push @lines, $table . ' ' . sql($db, "SET timezone = 'UTC';
			SELECT (SELECT string_agg(format('%s %s %s %s', attname, atttypid::regtype, attnotnull, attgenerated), ', ' ORDER BY attnum)
					FROM pg_attribute WHERE attrelid = '$table'::regclass AND attnum > 0 AND NOT attisdropped),
				count(*), md5(string_agg(t::text, ';' ORDER BY t::text)) FROM $table t");
	}
	return join "\n", @lines;
}

# pg_dump, less the lines that differ from one run to the next.
sub schema_of {
	my ($db) = @_;
	my ($status, $dump) = run("pg_dump --schema-only $db");
	BAIL_OUT($dump) if $status != 0;
	return join "\n", grep { !/^\\(un)?restrict / && !/^-- Dumped / } split /\n/, $dump;
}

# What the user put on the tables, and who may do what.
sub users_objects {
	my ($db) = @_;
	return join "\n", sort split /\n/, sql($db, <<'SQL');
SELECT 'index', indexdef FROM pg_indexes WHERE indexname = 'appointment_insurer_idx';
SELECT 'policy', polname, polroles::regrole[], pg_get_expr(polqual, polrelid) FROM pg_policy
WHERE polrelid = 'quickbook.patient'::regclass;
SELECT 'row security', relrowsecurity FROM pg_class WHERE oid = 'quickbook.patient'::regclass;
SELECT 'published', tablename FROM pg_publication_tables WHERE pubname = 'quickbook_changes';
SELECT 'view', count(*) FROM public.todays_patients;
SELECT 'letter', count(*) FROM public.letter JOIN quickbook.appointment a ON a.id = letter.appointment_id;
SELECT 'owner', relname, relowner::regrole FROM pg_class
WHERE relnamespace = 'quickbook'::regnamespace AND relkind IN ('r', 'S');
SELECT 'sequence', last_value, is_called FROM quickbook.event_seq_seq;
SELECT 'may call', p.proname, has_function_privilege('qb_dump_owner', p.oid, 'EXECUTE') FROM pg_proc p
WHERE pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace);
SELECT 'may use', has_schema_privilege('qb_dump_owner', 'quickbook_internal', 'USAGE');
SELECT 'trigger', tgname, tgrelid::regclass, tgenabled FROM pg_trigger WHERE NOT tgisinternal;
SQL
}

# Every table gets a row.
sub fill {
	my ($db) = @_;
	sql($db, <<SQL);
$now
INSERT INTO quickbook.clinic (id, name, time_zone) VALUES ('$clinic', 'Praxis "A"', 'Europe/Berlin');
INSERT INTO quickbook.provider (id, clinic_id, name, kind, open_always, capacity) VALUES
	('$doctor', '$clinic', 'Dr. O''Hara', 'practitioner', false, 1), ('$room', '$clinic', 'Saal', 'room', true, 2);
INSERT INTO quickbook.service (id, clinic_id, name, duration, buffer_after, bookable_during, seats) VALUES
	('$visit', '$clinic', 'Visit', '30 min', '5 min', '[2029-01-01,2035-01-01)', 1),
	('$class', '$clinic', 'Class', '1 hour', '0', NULL, 10);
INSERT INTO quickbook.service_provider (service_id, provider_id, role) VALUES
	('$visit', '$doctor', 'practitioner'), ('$visit', '$room', 'room');
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time) VALUES ('$doctor', 1, '09:00', '17:00');
SELECT quickbook.create_consumer('broker') \\g /dev/null
INSERT INTO quickbook.date_override (provider_id, on_date) VALUES ('$doctor', '2030-01-08');
INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES ('$doctor', '[2030-02-01,2030-02-08)', 'Asia/Tokyo');
INSERT INTO quickbook.time_off (clinic_id, during, reason) VALUES ('$clinic', '[2030-01-21,2030-01-22)', 'holiday');
INSERT INTO quickbook.busy_time (provider_id, during, source) VALUES ('$doctor', '[2030-01-14 10:00+00,2030-01-14 12:00+00)', 'ics');
INSERT INTO quickbook.clinic (id, name, time_zone) VALUES ('$other', 'Elsewhere', 'Pacific/Apia');
INSERT INTO quickbook.booking_limit (clinic_id, period, max_count) VALUES ('$other', 'day', 20);
-- a name with a control character, as older versions took it
SET session_replication_role = replica;
INSERT INTO quickbook.patient (id, clinic_id, name, email) VALUES
	('$ann', '$clinic', 'Ann', 'ann\@example.org'), ('$ben', '$clinic', 'Ben \\\\ tab	', NULL);
RESET session_replication_role;
INSERT INTO quickbook.session (id, clinic_id, provider_id, service_id, starts_at, ends_at) VALUES
	(quickbook.new_id('$clinic'), '$clinic', '$room', '$class', '2030-01-07 18:00+00', '2030-01-07 19:00+00');
INSERT INTO quickbook.allocation (clinic_id, session_id, provider_id, starts_at, ends_at)
	SELECT clinic_id, id, provider_id, starts_at, ends_at FROM quickbook.session;
SELECT quickbook.create_appointment('$ann', '$doctor', '$visit', '2030-01-07 08:00+00', 'key', 'note', '{"a": [1, null]}') \\g /dev/null
SELECT quickbook.create_appointment('$ben', '$doctor', '$visit', '2030-01-07 09:00+00') \\g /dev/null
SELECT quickbook.create_appointment('$ben', '$doctor', '$visit', '2030-01-07 10:00+00') \\g /dev/null
SELECT quickbook.reschedule_appointment(id, '2030-01-07 11:00+00') FROM quickbook.appointment
	WHERE starts_at = '2030-01-07 09:00+00' \\g /dev/null
SELECT quickbook.cancel_appointment(id, 'ill') FROM quickbook.appointment WHERE starts_at = '2030-01-07 10:00+00' \\g /dev/null
INSERT INTO quickbook.message_template (clinic_id, name, subject, body) VALUES ('$clinic', 'News', '{{date}}', 'Dear {{patient_name}}');
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, template_id) SELECT clinic_id, 'booked', id FROM quickbook.message_template;
SELECT quickbook.run_maintenance() \\g /dev/null
SET quickbook.password_cost = 4;
SELECT quickbook.create_account('desk\@example.org', 'staff', '$clinic', password => 'correct horse') \\g /dev/null
SELECT quickbook.sign_in('desk\@example.org', 'correct horse', '$clinic') \\g /dev/null
SELECT quickbook.request_password_reset('desk\@example.org', '$clinic') \\g /dev/null
SELECT quickbook.claim_notifications('email') \\g /dev/null
SQL
}

sub customise {
	my ($db) = @_;
	sql($db, <<SQL);
SET client_min_messages = error;
ALTER TABLE quickbook.appointment ADD COLUMN insurer text DEFAULT 'none';
UPDATE quickbook.appointment SET insurer = 'AOK' WHERE patient_id = '$ann';
CREATE INDEX appointment_insurer_idx ON quickbook.appointment (insurer) WHERE status = 'booked';
ALTER TABLE quickbook.patient ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_clinic ON quickbook.patient TO $owner USING (clinic_id = '$clinic');
CREATE PUBLICATION quickbook_changes FOR TABLE quickbook.event, quickbook.appointment;
CREATE VIEW public.todays_patients AS SELECT p.name, a.insurer
	FROM quickbook.appointment a JOIN quickbook.patient p ON p.id = a.patient_id;
CREATE TABLE public.letter (appointment_id uuid REFERENCES quickbook.appointment (id), body text);
INSERT INTO public.letter SELECT id, 'Dear' FROM quickbook.appointment;
GRANT USAGE ON SCHEMA quickbook TO $owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook TO $owner;
REVOKE EXECUTE ON FUNCTION quickbook.migrate() FROM $owner;
SQL
}

my $slots = "$now SELECT * FROM quickbook.available_slots('$visit', '2030-01-07', '2030-02-15')";

# The API answers, and the constraint judges whoever does not ask it.
sub works {
	my ($db, $what, $at) = @_;
	my $events = sql($db, 'SELECT count(*) FROM quickbook.event');
	is(sql($db, 'SELECT * FROM quickbook.check_install()'), '', "$what: check_install() finds nothing");
	is(sql($db, "$now SELECT status, starts_at FROM quickbook.create_appointment('$ben', NULL, '$visit', '$at')"),
		"booked|$at", "$what: books");
	is(sql($db, 'SELECT count(*), count(DISTINCT seq), (SELECT type FROM quickbook.event ORDER BY seq DESC LIMIT 1)
		FROM quickbook.event'), join('|', $events + 1, $events + 1, 'appointment.booked'), "$what: one more event, the last");
	like(refused($db, "$now SELECT quickbook.create_appointment('$ann', NULL, '$visit', '$at')"),
		qr/ERROR:  23P01: slot_taken/, "$what: refuses the same time");
	direct_writes_are_refused($db, $what, $at);
}

sub direct_writes_are_refused {
	my ($db, $what, $at) = @_;
	# another appointment's claim on the doctor, a minute into the one at $at
	my $columns = 'clinic_id, appointment_id, owner_id, provider_id, calendar_id, starts_at, ends_at';
	my $row = "SELECT clinic_id, id, id, provider_id, provider_id, timestamptz '$at' + interval '1 min', timestamptz '$at' + interval '2 min'
		FROM quickbook.appointment WHERE status = 'cancelled'";
	my $overlap = qr/ERROR:  23P01: conflicting key value violates exclusion constraint "allocation_no_overlap"/;
	my $before = sql($db, 'SELECT count(*) FROM quickbook.allocation');

	like(refused($db, "INSERT INTO quickbook.allocation ($columns) $row"), $overlap, "$what: refuses an INSERT that overlaps");
	my $line = sql($db, "SET timezone = 'UTC'; COPY ($row) TO STDOUT");
	like(refused($db, "COPY quickbook.allocation ($columns) FROM STDIN;\n$line\n\\.\n"), $overlap,
		"$what: refuses a COPY that overlaps");
	like(refused($db, "UPDATE quickbook.allocation SET starts_at = '$at', ends_at = timestamptz '$at' + interval '5 min'
		WHERE provider_id = '$doctor'"), $overlap, "$what: refuses an UPDATE that overlaps");
	like(refused($db, "INSERT INTO quickbook.allocation ($columns)
		SELECT clinic_id, id, id, provider_id, provider_id, '$at', '$at' FROM quickbook.appointment WHERE status = 'cancelled'"),
		qr/23514: new row for relation "allocation" violates check constraint/, "$what: refuses an empty range, which would not overlap");
	like(refused($db, "INSERT INTO quickbook.allocation ($columns)
		SELECT clinic_id, id, id, provider_id, provider_id, '$at', 'infinity' FROM quickbook.appointment WHERE status = 'cancelled'"),
		qr/23514: new row for relation "allocation" violates check constraint/, "$what: refuses a time without end");
	is(sql($db, 'SELECT count(*) FROM quickbook.allocation'), $before, "$what: nothing was written");
}

sub dump_and_restore {
	my ($role, $restore) = @_;
	my $tag = $role ? 'owned by a role' : 'owned by a superuser';
	my ($from, $to) = ('qb_dump_from', 'qb_dump_to');

	make_database($from);
	sql($from, 'SET client_min_messages = error; CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install('
		. ($role ? "'$role'" : '') . ') \g /dev/null');
	fill($from);
	customise($from);
	my $rows = fingerprint($from);
	unlike($rows, qr/\|0\|/, "$tag: every table has a row");
	my $objects = users_objects($from);

	make_database($to);
	my ($status, $output) = run(sprintf $restore, $from, $to);
	is($status, 0, "$tag: dump and restore succeed");
	$output =~ s/^(WARNING:  "?wal_level"? is insufficient|HINT:  Set "?wal_level"?).*\n?//mg;
	is($output, '', "$tag: and say nothing");
	same(fingerprint($to), $rows, "$tag: the same columns and rows, and no event is added");
	same(users_objects($to), $objects, "$tag: the same index, policy, publication, view, owners, rights and triggers");
	my $restored_schema = schema_of($to);
	same($restored_schema, schema_of($from), "$tag: pg_dump finds the two schemas alike");
	same(sql($to, $slots), sql($from, $slots), "$tag: searches find the same");
	works($to, "$tag, restored", '2030-01-07 13:00:00+00');

	$rows = fingerprint($to);
	my $missing = sql($to, "SELECT format('trigger %s on %s|is missing', tgname, relname) FROM pg_trigger
		JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal ORDER BY format('trigger %s on %s', tgname, relname) COLLATE \"C\"") . "\nview stat|is missing";
	sql($to, 'SET client_min_messages = error; DROP EXTENSION quickbook CASCADE');
	same(fingerprint($to), $rows, "$tag: DROP EXTENSION CASCADE keeps columns and rows");
	is(sql($to, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), 0, "$tag: and takes the triggers");
	is(sql($to, "SELECT count(*) FROM pg_proc WHERE pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^quickbook')"), 0, "$tag: and the functions");
	direct_writes_are_refused($to, "$tag, without the extension", '2030-01-07 13:00:00+00');

	sql($to, 'CREATE EXTENSION quickbook');
	same(sql($to, 'SELECT object, problem FROM quickbook.check_install() ORDER BY object COLLATE "C"'), $missing,
		"$tag: check_install() misses the triggers and the view, and no more");
	my $installed = sql($to, 'SET client_min_messages = error; SELECT quickbook.install()');
	like($installed, qr/owned by ${\($role || $ENV{PGUSER})}$/, "$tag: install() keeps the owner");
	same(fingerprint($to), $rows, "$tag: and the rows");
	is(sql($to, "INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
		VALUES ('$doctor', 2, '09:00', '10:00') RETURNING clinic_id, id IS NOT NULL"), "$clinic|t", "$tag: the triggers work again");
	works($to, "$tag, installed again", '2030-01-07 14:00:00+00');
	sql($to, "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook TO $owner;
		REVOKE EXECUTE ON FUNCTION quickbook.migrate() FROM $owner");
	same(schema_of($to), $restored_schema, "$tag: pg_dump finds the schema as it was");
	run("dropdb $_") for $from, $to;
}

$ENV{PGOPTIONS} = '-c client_min_messages=warning';
$ENV{PGUSER} //= 'postgres';
run("psql -Xq -d postgres -c 'DROP ROLE IF EXISTS $owner' -c 'CREATE ROLE $owner'");
dump_and_restore('', 'pg_dump %s | psql -Xq -v ON_ERROR_STOP=1 -o /dev/null -d %s');
dump_and_restore($owner, 'pg_dump -Fc %s | pg_restore --exit-on-error -d %s');
run("psql -Xq -d postgres -c 'DROP ROLE $owner'");
done_testing();
