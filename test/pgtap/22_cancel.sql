-- Sections 2 and 5: cancel_appointment() frees the time and says why, by whom and
-- whether it was late. Cancelling twice is no error and one event.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(45);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '30 minutes', :'p', buffer_after => '10 minutes') AS s \gset
UPDATE quickbook.service SET cancel_notice = '24 hours' WHERE id = :'s';
SELECT t.patient(:'c') AS pat \gset

SELECT t.book(:'pat', :'p', :'s', '2026-03-04 09:00+00') AS a \gset
SELECT * FROM quickbook.cancel_appointment(:'a', 'feels better') \gset x_
SELECT t.is(:'x_id', :'a', 'the id stays');
SELECT t.is(:'x_status', 'cancelled', 'status');
SELECT t.is(:'x_cancel_reason', 'feels better', 'cancel_reason');
SELECT t.is(:'x_cancelled_by', 'staff', 'cancelled_by: who uses psql is staff');
SELECT t.is(:'x_late', 'f', 'late: two days before it is not');
SELECT t.is(:'x_version', '2', 'version rises');
SELECT t.is(:'x_sequence', '0', 'sequence does not');
SELECT t.is(:'x_starts_at', '2026-03-04 09:00:00+00', 'it keeps its time, to be read');
SELECT t.is(t.query(t.sql('SELECT a.status, a.cancel_reason, a.cancelled_by, a.late, a.version FROM quickbook.appointment a WHERE a.id = %L', :'a')),
	'cancelled feels better staff false 2', 'the table says the same');
SELECT t.is(t.allocations(:'a'), '', 'all its time is given back');
SELECT t.is(t.resources(:'a'), 'practitioner=Ada', 'who was booked is kept');
SELECT t.is(t.slots(:'s', '2026-03-04 00:00+00', '2026-03-05 00:00+00'), '09:00 09:30 10:00 10:30 11:00 11:30', 'the time is offered again');
SELECT t.is(t.events(:'a'), 'booked cancelled', 'one event');
SELECT t.is(t.key(t.event(:'a'), 'status') || ' ' || t.key(t.event(:'a'), 'cancel_reason') || ' ' || t.key(t.event(:'a'), 'changed', 'status'),
	'cancelled feels better booked', 'with the reason, and the old status in changed');

-- Twice.
SELECT * FROM quickbook.cancel_appointment(:'a', 'something else') \gset y_
SELECT t.is(:'y_cancel_reason' || ' ' || :'y_version', 'feels better 2', 'cancelling twice gives it unchanged');
SELECT t.is(t.events(:'a'), 'booked cancelled', 'without another event');
SELECT t.is((quickbook.set_appointment_status(:'a', 'cancelled')).version::text, '2', 'setting cancelled again does the same');
SELECT t.is(t.events(:'a'), 'booked cancelled', 'without another event');

-- Without a reason; by name.
SELECT t.book(:'pat', :'p', :'s', '2026-03-04 09:00+00') AS b \gset
SELECT t.is(t.query(t.sql('SELECT status, cancel_reason, late FROM quickbook.cancel_appointment(appointment_id => %L)', :'b')),
	'cancelled null false', 'the reason may be left out');

--
-- Late: inside the service's cancel_notice
--

CREATE FUNCTION t.late(time_now timestamptz, patient uuid, provider uuid, service uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	made uuid;
	r record;
BEGIN
	made := t.book(patient, provider, service, '2026-03-06 10:00+00');
	PERFORM t.at(time_now);
	r := quickbook.cancel_appointment(made);
	PERFORM t.at('2026-03-02 08:00+00');
	RETURN r.late;
END
$$;
SELECT t.is(t.late(time_now::timestamptz, :'pat', :'p', :'s'), late, t.sql('at %s, for 2026-03-06 10:00+00 with 24 hours'' notice', time_now))
FROM (VALUES ('2026-03-05 09:59:59+00', 'false'), ('2026-03-05 10:00:00+00', 'false'), ('2026-03-05 10:00:01+00', 'true'),
	('2026-03-06 09:59+00', 'true'), ('2026-03-06 10:15+00', 'true'), ('2026-03-06 18:00+00', 'true')) AS v (time_now, late);
UPDATE quickbook.service SET cancel_notice = '0' WHERE id = :'s';
SELECT t.is(t.late('2026-03-06 09:59:59+00', :'pat', :'p', :'s'), 'false', 'without a notice nothing before the start is late');

-- Through set_appointment_status() it is the same.
SELECT t.book(:'pat', :'p', :'s', '2026-03-07 10:00+00') AS via_status \gset
SELECT t.is(t.query(t.sql('SELECT status, cancelled_by, late FROM quickbook.set_appointment_status(%L, ''cancelled'')', :'via_status')),
	'cancelled staff false', 'set_appointment_status(…, cancelled) cancels');
SELECT t.is(t.allocations(:'via_status'), '', 'and frees the time');
SELECT t.is(t.events(:'via_status'), 'booked cancelled', 'with the same event');

--
-- Which can be cancelled
--

SELECT t.is(t.outcome(t.sql('SELECT quickbook.cancel_appointment(%L)',
	t.appointment(status, :'pat', :'p', :'s', starts_at::timestamptz, starts_at::timestamptz + '00:30'::interval)::text)), result, t.sql('%s: %s', status, result))
FROM (VALUES ('held', '2026-04-01 09:00+00', 'ok'), ('pending', '2026-04-02 09:00+00', 'ok'), ('booked', '2026-04-03 09:00+00', 'ok'),
	('arrived', '2026-04-04 09:00+00', 'ok'), ('checked-in', '2026-04-05 09:00+00', 'ok'),
	('fulfilled', '2026-04-06 09:00+00', '23QB7 invalid_transition'), ('noshow', '2026-04-07 09:00+00', '23QB7 invalid_transition'),
	('entered-in-error', '2026-04-08 09:00+00', '23QB7 invalid_transition')) AS v (status, starts_at, result);

SELECT t.refused('SELECT quickbook.cancel_appointment(''00000000-0000-7000-8000-00000000ffff'')', 'not_found', 'P0002', 'an unknown appointment');
SELECT t.refused('SELECT quickbook.cancel_appointment(NULL)', 'invalid_argument', '22023', 'no appointment');

-- A team gives back everything.
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.service(:'c', '60 minutes', :'p', name => 'Surgery') AS surgery \gset
SELECT t.offer(:'surgery', :'room', 'room') \gset
SELECT t.book(:'pat', :'p', :'surgery', '2026-03-09 09:00+00') AS op \gset
SELECT t.is((quickbook.cancel_appointment(:'op')).status, 'cancelled', 'a team is cancelled');
SELECT t.is(t.allocations(:'op'), '', 'on every calendar');
SELECT t.is(t.resources(:'op'), 'practitioner=Ada room=Room', 'and still noted');

-- Once it has begun, what is past stays past: it never blocks the future.
SELECT t.book(:'pat', :'p', :'s', '2026-03-10 09:00+00') AS begun \gset
SELECT t.at('2026-03-10 09:10+00') \gset
SELECT t.is((quickbook.cancel_appointment(:'begun')).status, 'cancelled', 'one that has begun is cancelled');
SELECT t.is(t.allocations(:'begun'), '', 'and holds nothing');
SELECT t.is(t.outcome(t.create_sql(:'pat', :'p', :'s', '2026-03-10 09:30+00')), 'ok', 'what comes after it can be booked');

SELECT * FROM t.finish();
ROLLBACK;
