#!/usr/bin/env perl
# Two races of sixteen clients. For four starts that overlap, of one provider: he
# is never booked twice. And for the last seats of four groups of five, among
# holds that expire, own holds that a booking elsewhere closes, undos, moves from
# group to group and maintenance: a seat always has its session's time, and nobody
# else gets that. Nobody deadlocks.
#
# QB_RACE_SECONDS is the length of both together, 20 by default; QB_RACE=slot or
# QB_RACE=seats runs one of them.
use strict;
use warnings;
use lib $ENV{QB_LIB};
use RaceDatabase;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $db = 'qb_seats';
my $seconds = $ENV{QB_RACE_SECONDS} || 20;
my @races = $ENV{QB_RACE} ? $ENV{QB_RACE} : qw(slot seats);
my $clients = 16;

# Ada, Bo and Eve take one at a time. Ada and Bo lead groups of five, at two starts
# each; all three see people one by one at the same times. Bo's groups need a room.
sub prepare {
	race_database($db, "deadlock_timeout = '200ms'");
	sql(<<'SQL');
CREATE SCHEMA race;
CREATE TABLE race.id (name text PRIMARY KEY, id uuid);
WITH c AS (INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC') RETURNING *) INSERT INTO race.id SELECT name, id FROM c;
WITH p AS (INSERT INTO quickbook.provider (clinic_id, name, kind, open_always) SELECT id.id, v.* FROM race.id, (VALUES
	('ada', 'practitioner', true), ('bo', 'practitioner', true), ('eve', 'practitioner', true), ('room', 'room', true)) v RETURNING *)
	INSERT INTO race.id SELECT name, id FROM p;
WITH s AS (INSERT INTO quickbook.service (clinic_id, name, duration, slot_interval, seats, hold_for)
	SELECT id.id, v.* FROM race.id, (VALUES ('visit', interval '30 min', interval '30 min', 1, interval '2 s'),
	('long', '1 hour', '15 min', 1, '2 s'), ('circle', '30 min', '30 min', 5, '2 s'), ('class', '30 min', '30 min', 5, '2 s')) v
	WHERE id.name = 'clinic' RETURNING *) INSERT INTO race.id SELECT name, id FROM s;
INSERT INTO quickbook.service_provider (service_id, provider_id, role)
	SELECT s.id, p.id, v.role FROM (VALUES ('visit', 'ada', 'practitioner'), ('visit', 'bo', 'practitioner'), ('visit', 'eve', 'practitioner'),
	('long', 'eve', 'practitioner'), ('circle', 'ada', 'practitioner'), ('class', 'bo', 'practitioner'), ('class', 'room', 'room')) v (s, p, role)
	JOIN race.id s ON s.name = v.s JOIN race.id p ON p.name = v.p;
WITH p AS (INSERT INTO quickbook.patient (clinic_id, name) SELECT id, 'p' || n FROM race.id, generate_series(0, 9) n WHERE name = 'clinic'
	RETURNING *) INSERT INTO race.id SELECT name, id FROM p;
CREATE INDEX race_pick ON quickbook.appointment (status, id);
CREATE TABLE race.token (id uuid, token text);
CREATE INDEX ON race.token (id);
CREATE TABLE race.outcome (call text, result text);

CREATE FUNCTION race.id(name text) RETURNS uuid LANGUAGE sql STABLE RETURN (SELECT i.id FROM race.id i WHERE i.name = id.name);
CREATE FUNCTION race.r(n integer) RETURNS integer LANGUAGE sql VOLATILE RETURN floor(random() * n)::integer;
CREATE FUNCTION race.one(VARIADIC choice text[]) RETURNS text LANGUAGE sql VOLATILE RETURN choice[1 + race.r(cardinality(choice))];
CREATE FUNCTION race.at(minutes integer) RETURNS timestamptz LANGUAGE sql STABLE
	RETURN (current_date + 2)::timestamp AT TIME ZONE 'UTC' + interval '9 hours' + minutes * interval '1 min';
-- One of the newest appointments of a status; 'expired' is a hold that was closed.
CREATE FUNCTION race.pick(status text) RETURNS quickbook.appointment LANGUAGE sql VOLATILE AS $$
	SELECT a FROM (SELECT a FROM quickbook.appointment a WHERE a.status = replace(pick.status, 'expired', 'cancelled')
		AND (pick.status <> 'expired' OR a.expires_at IS NOT NULL) ORDER BY a.id DESC LIMIT 30) a ORDER BY random() LIMIT 1
$$;

-- One random call for the start of a long appointment; what came of it is kept.
CREATE FUNCTION race.slot(dice integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	the quickbook.appointment;
	the_call text := CASE WHEN dice < 60 THEN 'book' WHEN dice < 75 THEN 'move' WHEN dice < 90 THEN 'cancel' ELSE 'undo' END;
	the_start timestamptz := race.at(race.r(4) * 15);
	the_result text := 'done';
BEGIN
	IF the_call <> 'book' THEN
		the := race.pick(CASE the_call WHEN 'undo' THEN 'cancelled' ELSE 'booked' END);
	END IF;
	BEGIN
		IF the_call = 'book' THEN
			PERFORM quickbook.create_appointment(race.id('p' || race.r(10)), race.id('eve'), race.id('long'), the_start);
		ELSIF the.id IS NULL THEN
			the_result := 'nobody';
		ELSIF the_call = 'move' THEN
			PERFORM quickbook.reschedule_appointment(the.id, the_start);
		ELSIF the_call = 'cancel' THEN
			PERFORM quickbook.cancel_appointment(the.id);
		ELSE
			PERFORM quickbook.set_appointment_status(the.id, 'booked');
		END IF;
	EXCEPTION WHEN others THEN
		the_result := sqlstate || ' ' || split_part(sqlerrm, ':', 1);
	END;
	INSERT INTO race.outcome VALUES (the_call, the_result);
END
$$;

-- One random call around the four groups.
CREATE FUNCTION race.seats(dice integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	the quickbook.appointment;
	beside quickbook.appointment;
	made quickbook.appointment_info;
	-- a second they come, three seconds they rather leave: groups fill up, and end
	fills boolean := extract(second FROM clock_timestamp())::integer % 4 = 0;
	the_call text := (ARRAY['book a seat', 'hold a seat', 'book a visit', 'confirm', 'confirm an expired one', 'cancel', 'undo', 'move',
		'maintenance'])[1 + width_bucket(dice, CASE WHEN fills THEN '{40,55,65,75,77,81,89,99}' ELSE '{7,19,45,48,53,87,93,99}' END::integer[])];
	the_group text := race.one('circle', 'class');
	the_lead uuid := race.id(CASE the_group WHEN 'circle' THEN 'ada' ELSE 'bo' END);
	the_patient uuid := race.id('p' || race.r(10));
	the_start timestamptz := race.at(race.r(2) * 30);
	the_result text := 'done';
BEGIN
	the := race.pick(CASE the_call WHEN 'confirm' THEN 'held' WHEN 'confirm an expired one' THEN 'expired' WHEN 'undo' THEN 'cancelled'
		WHEN 'cancel' THEN race.one('booked', 'booked', 'held') WHEN 'move' THEN race.one('booked', 'booked', 'booked', 'held') ELSE 'none' END);
	-- nobody gives a short hold back: it expires
	IF the_call = 'cancel' AND the.status = 'held' AND the.expires_at < clock_timestamp() + interval '3 s' THEN
		the := NULL;
	END IF;
	-- often where a hold may be the only seat: beside it, or elsewhere at its time by
	-- the same patient, who so closes it; and hold where an undo would come
	IF the_call IN ('book a seat', 'hold a seat', 'book a visit') AND random() < 0.5 THEN
		beside := race.pick(CASE the_call WHEN 'hold a seat' THEN 'cancelled' ELSE 'held' END);
	END IF;
	IF beside.session_id IS NOT NULL THEN
		the_start := beside.starts_at;
		the_lead := beside.provider_id;
		the_group := CASE the_lead WHEN race.id('ada') THEN 'circle' ELSE 'class' END;
		the_patient := CASE the_call WHEN 'book a seat' THEN the_patient ELSE coalesce(beside.patient_id, the_patient) END;
	END IF;
	BEGIN
		IF the_call = 'book a seat' THEN
			PERFORM quickbook.create_appointment(the_patient, the_lead, race.id(the_group), the_start);
		ELSIF the_call = 'hold a seat' THEN
			made := quickbook.hold_appointment(CASE WHEN random() < 0.7 THEN the_patient END, the_lead, race.id(the_group), the_start,
				hold_for => race.one('1 s', '1 s', '2 s', '1 day')::interval);
			INSERT INTO race.token SELECT made.id, made.hold_token WHERE made.hold_token IS NOT NULL;
		ELSIF the_call = 'book a visit' THEN
			PERFORM quickbook.create_appointment(the_patient, race.id(race.one('ada', 'bo', 'eve', 'eve')), race.id('visit'), the_start);
		ELSIF the_call = 'maintenance' THEN
			PERFORM quickbook.run_maintenance();
		ELSIF the.id IS NULL THEN
			the_result := 'nobody';
		ELSIF the_call LIKE 'confirm%' THEN
			PERFORM quickbook.confirm_appointment(the.id, coalesce(the.patient_id, the_patient), (SELECT token FROM race.token t WHERE t.id = the.id));
		ELSIF the_call = 'cancel' THEN
			PERFORM quickbook.cancel_appointment(the.id);
		ELSIF the_call = 'undo' THEN
			PERFORM quickbook.set_appointment_status(the.id, 'booked');
		ELSE
			PERFORM quickbook.reschedule_appointment(the.id, the_start);
		END IF;
	EXCEPTION WHEN others THEN
		the_result := sqlstate || ' ' || split_part(sqlerrm, ':', 1);
	END;
	INSERT INTO race.outcome VALUES (the_call, the_result);
END
$$;

-- What must hold at any moment, by one snapshot; the clock is read after it.
CREATE VIEW race.live AS
	SELECT a.* FROM quickbook.appointment a WHERE a.status IN ('booked', 'held') AND NOT (a.status = 'held' AND a.expires_at <= clock_timestamp());
CREATE VIEW race.wrong AS
	WITH live AS MATERIALIZED (SELECT * FROM race.live),
	-- once for a session
	taken AS MATERIALIZED (
		SELECT DISTINCT coalesce(a.session_id, a.id) AS owner, r.provider_id AS calendar, a.starts_at, a.ends_at
			FROM live a JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
		UNION ALL
		SELECT a.id, a.patient_id, a.starts_at, a.ends_at FROM live a WHERE a.patient_id IS NOT NULL)
	SELECT 'overlap' AS what, t.owner AS id FROM taken t JOIN taken o ON o.calendar = t.calendar AND o.owner <> t.owner
		AND o.starts_at <= t.starts_at AND o.ends_at > t.starts_at
	UNION ALL
	SELECT 'appointment or seat without time', t.owner FROM taken t LEFT JOIN quickbook.allocation l
		ON l.owner_id = t.owner AND l.calendar_id = t.calendar WHERE l.owner_id IS NULL
	UNION ALL
	SELECT 'booked time that expires', a.id FROM live a JOIN quickbook.allocation l ON l.owner_id = coalesce(a.session_id, a.id)
		WHERE a.status = 'booked' AND l.expires_at IS NOT NULL
	UNION ALL
	SELECT 'time of nobody', l.owner_id FROM quickbook.allocation l WHERE NOT EXISTS (SELECT FROM quickbook.appointment a
		WHERE a.status IN ('booked', 'held') AND coalesce(a.session_id, a.id) = l.owner_id)
		AND NOT EXISTS (SELECT FROM quickbook.appointment a WHERE a.status IN ('booked', 'held') AND a.id = l.owner_id)
	UNION ALL
	SELECT 'lane', l.owner_id FROM quickbook.allocation l WHERE l.lane > 0
	UNION ALL
	SELECT 'too many seats', a.session_id FROM live a WHERE a.session_id IS NOT NULL GROUP BY a.session_id HAVING count(*) > 5
	UNION ALL
	SELECT 'seat twice', a.session_id FROM live a WHERE a.session_id IS NOT NULL GROUP BY a.session_id, a.seat HAVING count(*) > 1;
SQL
	return;
}

# The clients run in a process of their own; meanwhile somebody looks.
sub race {
	my ($what, $isolation, $length) = @_;
	my $script = "/tmp/qb_seats_$$.sql";
	my $log = "/tmp/qb_seats_$$.log";
	open my $to, '>', $script or die "$script: $!";
	print $to "\\set dice random(0, 99)\nSELECT race.$what(:dice);\n";
	close $to;
	(my $option = $isolation) =~ s/ /\\ /;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		{ exec "PGOPTIONS='-c default_transaction_isolation=$option' exec pgbench -n -c $clients -j 2 -T $length -f $script $db >$log 2>&1" }
		POSIX::_exit(1);
	}
	my ($looks, %seen) = (0);
	while (waitpid($pid, POSIX::WNOHANG) == 0) {
		$looks++;
		$seen{$_} = 1 for split /\n/, sql('SELECT what FROM race.wrong');
		sleep 0.3;
	}
	my $status = $?;
	open my $from, '<', $log or die "$log: $!";
	my $output = join '', <$from>;
	unlink $script, $log;
	ok($status == 0, "$what, $isolation: all clients came to the end") or diag($output);
	is(join(', ', sort keys %seen), '', "$what, $isolation: nothing was wrong at any of the looks");
	cmp_ok($looks, '>', 1, "$what, $isolation: somebody looked");
	note("$what, $isolation: $looks looks");
	return;
}

my $allowed = qr/^(done|nobody|(23P01 (slot_taken|patient_busy|session_full)|23QB7 invalid_transition|23QB9 hold_expired|42501 not_allowed|40001 could not serialize.*))$/;

sub check {
	my ($what, @calls) = @_;
	my $outcomes = sql('SELECT call, result, count(*) FROM race.outcome GROUP BY 1, 2 ORDER BY 1, 2');
	note($outcomes);
	is(join("\n", grep { (split /\|/)[1] !~ $allowed } split /\n/, $outcomes), '', "$what: every refusal is one of the contract");
	is(sql("SELECT string_agg(c, ',') FROM unnest('{" . join(',', @calls) . "}'::text[]) c
		WHERE NOT EXISTS (SELECT FROM race.outcome WHERE call = c AND result = 'done')"), '', "$what: every call succeeded sometimes");
	is(sql("SELECT deadlocks FROM pg_stat_database WHERE datname = '$db'"), '0', "$what: nobody deadlocked");
	is(sql('SELECT what, count(*) FROM race.wrong GROUP BY 1'), '', "$what: nothing is wrong at the end");
	SKIP: {
		skip 'there is no check_data()', 1 if sql("SELECT to_regprocedure('quickbook.check_data()') IS NULL") eq 't';
		is(sql('SELECT severity, what, count(*) FROM quickbook.check_data() GROUP BY 1, 2'), '', "$what: check_data() finds nothing");
	}
	sql('TRUNCATE race.outcome');
	return;
}

my %calls = (
	slot => [qw(book move cancel undo)],
	seats => ['book a seat', 'hold a seat', 'book a visit', 'confirm', 'confirm an expired one', 'cancel', 'undo', 'move', 'maintenance']);
prepare();
for my $what (@races) {
	race($what, $_, $seconds / @races / 2) for 'read committed', 'repeatable read';
	check($what, @{ $calls{$what} });
}
is(sql("SELECT count(DISTINCT (provider_id, starts_at)) FROM quickbook.session"), '4', 'there were four groups') if grep { $_ eq 'seats' } @races;
sql("DROP DATABASE $db", 'postgres');
done_testing();
