#!/usr/bin/env perl
# Many clients book, move and cancel at random for some seconds, over calendars
# that they share in every order, next to one that writes without asking. Then:
# no overlap, no lost write, no deadlock, no error that is not in the contract.
# QB_RACE_SECONDS makes it longer.
use strict;
use warnings;
use lib $ENV{QB_LIB};
use RaceDatabase;
use Test::More;

my $db = 'qb_races';
my $seconds = $ENV{QB_RACE_SECONDS} // 4;
my $clients = 12;

# Two clinics, so that nothing waits for all; six providers, one of them with
# three places; services with one role and with two whose providers cross.
sub prepare {
	race_database($db, "quickbook.now = '2030-01-06 12:00+00'");
	sql(<<'SQL');
INSERT INTO quickbook.clinic (name, time_zone) VALUES ('one', 'Europe/Berlin'), ('two', 'America/New_York');
INSERT INTO quickbook.provider (clinic_id, name, capacity, open_always)
	SELECT c.id, p, CASE p WHEN 6 THEN 3 ELSE 1 END, p = 5 FROM quickbook.clinic c, generate_series(1, 6) p;
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
	SELECT id, 1, '09:00', '12:00' FROM quickbook.provider;
INSERT INTO quickbook.service (clinic_id, name, duration, slot_interval, buffer_after)
	SELECT c.id, v.name, v.duration, v.step, v.buffer FROM quickbook.clinic c, (VALUES
		('short', interval '30 min', interval '30 min', interval '0'),
		('long', '1 hour', '30 min', '10 min'),
		('both', '30 min', '30 min', '0'), ('cross', '30 min', '30 min', '0')) v (name, duration, step, buffer);
INSERT INTO quickbook.service_provider (service_id, provider_id, role)
	SELECT s.id, p.id, v.role FROM (VALUES
		('short', '{1,2,3,6}'::text[], 'practitioner'), ('long', '{1,3,6}', 'practitioner'),
		('both', '{1,2}', 'practitioner'), ('both', '{2,3,5}', 'helper'),
		('cross', '{2,3}', 'practitioner'), ('cross', '{1,2,6}', 'assistant')) v (service, providers, role)
	JOIN quickbook.service s ON s.name = v.service
	JOIN quickbook.provider p ON p.clinic_id = s.clinic_id AND p.name = ANY (v.providers);
INSERT INTO quickbook.patient (clinic_id, name) SELECT c.id, p FROM quickbook.clinic c, generate_series(1, 8) p;

CREATE TABLE public.outcome (at timestamptz DEFAULT clock_timestamp(), call text, result text);

-- One random call; what came of it is kept, whatever it was.
CREATE FUNCTION public.act(dice int) RETURNS void LANGUAGE plpgsql AS $act$
DECLARE
	the_clinic uuid := (SELECT id FROM quickbook.clinic ORDER BY random() LIMIT 1);
	the_patient uuid := (SELECT id FROM quickbook.patient WHERE clinic_id = the_clinic ORDER BY random() LIMIT 1);
	the_service quickbook.service := (SELECT s FROM quickbook.service s WHERE clinic_id = the_clinic ORDER BY random() LIMIT 1);
	the_provider uuid := (SELECT provider_id FROM quickbook.service_provider
		WHERE service_id = the_service.id AND role = 'practitioner' ORDER BY random() LIMIT 1);
	the_appointment uuid := (SELECT id FROM quickbook.appointment WHERE status = 'booked' ORDER BY random() LIMIT 1);
	the_start timestamptz := (SELECT timestamp '2030-01-07 09:00' + floor(random() * 6) * interval '30 min')
		AT TIME ZONE (SELECT time_zone FROM quickbook.clinic WHERE id = the_clinic);
	the_call text;
	the_result text := 'done';
BEGIN
	BEGIN
		IF dice < 45 THEN
			the_call := 'book';
			PERFORM quickbook.create_appointment(the_patient, the_provider, the_service.id, the_start);
		ELSIF dice < 65 THEN
			the_call := 'book any';
			PERFORM quickbook.create_appointment(the_patient, NULL, the_service.id, the_start, 'key ' || floor(random() * 200));
		ELSIF dice < 85 AND the_appointment IS NOT NULL THEN
			the_call := 'move';
			PERFORM quickbook.reschedule_appointment(the_appointment, the_start,
				CASE WHEN dice < 75 THEN the_provider END);
		ELSIF dice < 97 AND the_appointment IS NOT NULL THEN
			the_call := 'cancel';
			PERFORM quickbook.cancel_appointment(the_appointment);
		ELSIF the_appointment IS NOT NULL THEN
			-- a writer of its own: the constraint may refuse it, and must
			the_call := 'write';
			INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, lane, starts_at, ends_at)
				SELECT a.clinic_id, a.id, p.id, floor(random() * p.capacity), the_start, the_start + interval '30 min'
				FROM quickbook.appointment a JOIN quickbook.provider p ON p.clinic_id = a.clinic_id
				WHERE a.id = the_appointment AND p.capacity = 1 ORDER BY random() LIMIT 1;
		END IF;
	EXCEPTION WHEN others THEN
		the_result := sqlstate || ' ' || split_part(sqlerrm, ':', 1);
	END;
	INSERT INTO public.outcome (call, result) VALUES (the_call, the_result);
END
$act$;
SQL
}

sub race {
	my ($isolation, @dice) = @_;
	my $script = "/tmp/qb_races_$$.sql";
	open my $to, '>', $script or die "$script: $!";
	print $to "\\set dice random($dice[0], $dice[1])\nSELECT public.act(:dice);\n";
	close $to;
	(my $option = $isolation) =~ s/ /\\ /;
	my $output = `PGOPTIONS='-c default_transaction_isolation=$option' pgbench -n -c $clients -j 2 -T $seconds -f $script $db 2>&1`;
	my $status = $?;
	unlink $script;
	# outside of act() an error is one of commit: nothing but serializable has those
	$output =~ s/^pgbench: error: client \d+ .*could not serialize access.*\n//mg;
	ok($status == 0, "$isolation: all clients came to the end") or diag($output);
}

# What must hold whenever nobody is writing.
sub check {
	my ($what) = @_;
	is(sql(<<'SQL'), '0', "$what: nobody is anywhere twice, by the appointments alone");
WITH taken AS (
	SELECT r.provider_id AS calendar, p.capacity, a.starts_at - s.buffer_before AS f, a.ends_at + s.buffer_after AS t
	FROM quickbook.appointment a JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
		JOIN quickbook.provider p ON p.id = r.provider_id JOIN quickbook.service s ON s.id = a.service_id
	WHERE a.status = 'booked'
	UNION ALL
	SELECT patient_id, 1, starts_at, ends_at FROM quickbook.appointment WHERE status = 'booked')
SELECT count(*) FROM taken x
WHERE (SELECT count(*) FROM taken y WHERE y.calendar = x.calendar AND y.f <= x.f AND y.t > x.f) > x.capacity
SQL
	is(sql(<<'SQL'), '0', "$what: nor by the allocations, and no lane is beyond the capacity");
SELECT count(*) FROM quickbook.allocation x LEFT JOIN quickbook.provider p ON p.id = x.provider_id
WHERE lane >= coalesce(p.capacity, 1) OR (SELECT count(*) FROM quickbook.allocation y WHERE y.calendar_id = x.calendar_id
	AND y.starts_at <= x.starts_at AND y.ends_at > x.starts_at) > coalesce(p.capacity, 1)
SQL
	is(sql(<<'SQL'), '0', "$what: an appointment has its calendars while it is booked, and none after");
SELECT count(*) FROM quickbook.appointment a
	CROSS JOIN LATERAL (SELECT count(*) FROM quickbook.appointment_resource r WHERE r.appointment_id = a.id) r (n)
	CROSS JOIN LATERAL (SELECT count(*) FROM quickbook.allocation l WHERE l.appointment_id = a.id
		AND (l.patient_id = a.patient_id OR EXISTS (SELECT FROM quickbook.appointment_resource r
			WHERE r.appointment_id = a.id AND r.provider_id = l.provider_id))) l (n)
WHERE l.n <> CASE a.status WHEN 'booked' THEN r.n + 1 ELSE 0 END
	OR r.n <> (SELECT count(DISTINCT role) FROM quickbook.service_provider p WHERE p.service_id = a.service_id)
SQL
	is(sql(<<'SQL'), '0', "$what: versions count the events, and the last one says how it is");
SELECT count(*) FROM quickbook.appointment a
WHERE version <> (SELECT count(*) FROM quickbook.event e WHERE e.subject = a.id)
	OR (a.status, a.starts_at, a.provider_id) IS DISTINCT FROM (SELECT (data->>'status', (data->>'starts_at')::timestamptz,
		(data->>'provider_id')::uuid) FROM quickbook.event e WHERE e.subject = a.id ORDER BY seq DESC LIMIT 1)
SQL
}

prepare();
race('read committed', 0, 96);
check('read committed');
race('repeatable read', 0, 96);
check('repeatable read');

my $outcomes = sql('SELECT call, result, count(*) FROM public.outcome GROUP BY 1, 2 ORDER BY 1, 2');
note($outcomes);
my $allowed = qr/^(done|23P01 slot_taken|23P01 patient_busy|23QB1 outside_hours|23QB6 policy_refused|23QB7 invalid_transition|P0002 not_found|23505 idempotency_conflict|40001 could not serialize.*)$/;
is(join("\n", grep { (split /\|/)[1] !~ $allowed } split /\n/, $outcomes), '', 'every refusal is one of the contract');
is(sql("SELECT string_agg(DISTINCT c, ',') FROM unnest('{book,book any,move,cancel}'::text[]) c
	WHERE NOT EXISTS (SELECT FROM public.outcome WHERE call = c AND result = 'done')"), '', 'every call succeeded sometimes');
is(sql("SELECT count(*) > 0 FROM public.outcome WHERE result LIKE '23P01%'"), 't', 'and was refused sometimes');

# Writers that take no lock, last, because what they write has no appointment.
sql('TRUNCATE public.outcome');
race('read committed', 0, 99);
is(sql(<<'SQL'), '0', 'with writers of their own: no overlap on any calendar');
SELECT count(*) FROM quickbook.allocation x LEFT JOIN quickbook.provider p ON p.id = x.provider_id
WHERE (SELECT count(*) FROM quickbook.allocation y WHERE y.calendar_id = x.calendar_id
	AND y.starts_at <= x.starts_at AND y.ends_at > x.starts_at) > coalesce(p.capacity, 1)
SQL
# A plain INSERT may deadlock with whatever it meets: that is the writer's risk.
is(sql("SELECT string_agg(DISTINCT result, ',') FROM public.outcome WHERE result ~ '^XX'"), '',
	'with writers of their own: no internal error');
note(sql('SELECT call, result, count(*) FROM public.outcome GROUP BY 1, 2 ORDER BY 1, 2'));
sql("DROP DATABASE $db", 'postgres');
done_testing();
