-- Section 5, what-if: affected_appointments() tells which coming appointments the
-- present rules would no longer offer, so that hours, time off and zones can be
-- changed, looked at and rolled back.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(52);

-- 'hours 03-03 10:00' for each row, by time.
CREATE FUNCTION t.row_of(list text, rule text, starts_at timestamptz) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT concat_ws(', ', nullif(list, ''), rule || to_char(starts_at AT TIME ZONE 'UTC', ' MM-DD HH24:MI')) $$;
CREATE FUNCTION t.affected(provider uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	list text := '';
BEGIN
	FOR r IN SELECT * FROM quickbook.affected_appointments(provider) LOOP
		list := t.row_of(list, r.rule, r.starts_at);
	END LOOP;
	RETURN list;
END
$$;

-- Ada, every day 09:00-12:00; one visit a day at 10:00 from the 3rd to the 6th.
SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT t.is(t.affected(:'p'), '', 'nothing booked, nothing affected');
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a3 \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-04 10:00+00') AS a4 \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-05 10:00+00') AS a5 \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-06 10:00+00') AS a6 \gset
SELECT t.is(t.affected(:'p'), '', 'what could be booked is not affected: its own time is not in its way');
SAVEPOINT base;

--
-- What if: time off
--

SELECT t.off(:'c', :'p', '2026-03-04 00:00+00', '2026-03-06 00:00+00') \gset
SELECT t.is(t.affected(:'p'), 'hours 03-04 10:00, hours 03-05 10:00', 'time off: who would have to be called, by time');
SELECT * FROM quickbook.affected_appointments(:'p') AS x WHERE x.appointment_id = :'a4' \gset x_
SELECT t.is(:'x_patient_id' || ' ' || :'x_service_id' || ' ' || :'x_provider_id', t.sql('%s %s %s', :'pat', :'s', :'p'), 'with patient, service and provider');
SELECT t.is(:'x_status' || ' ' || :'x_starts_at' || ' ' || :'x_ends_at', 'booked 2026-03-04 10:00:00+00 2026-03-04 10:30:00+00', 'status and time');
SELECT t.ok(:'x_detail' LIKE '%off%', 'and why');
SELECT t.is(t.state(:'a4'), 'booked v1 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] booked', 'the appointment itself is as it was');
ROLLBACK TO base;
SELECT t.is(t.affected(:'p'), '', 'rolled back, nothing is');

SELECT t.off(:'c', :'p', '2026-03-04 10:29+00', '2026-03-04 11:00+00') \gset
SELECT t.is(t.affected(:'p'), 'hours 03-04 10:00', 'a minute of time off is enough');
ROLLBACK TO base;
SELECT t.off(:'c', :'p', '2026-03-04 10:30+00', '2026-03-04 11:00+00') \gset
SELECT t.is(t.affected(:'p'), '', 'what touches is not');
ROLLBACK TO base;
SELECT t.off(:'c', NULL, '2026-03-03 00:00+00', '2026-03-04 00:00+00') \gset
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00', 'the clinic is closed');
ROLLBACK TO base;

--
-- What if: hours, zone
--

DELETE FROM quickbook.working_hours WHERE provider_id = :'p' AND weekday = 4;
SELECT t.is(t.affected(:'p'), 'hours 03-05 10:00', 'no more on Thursdays');
ROLLBACK TO base;
UPDATE quickbook.working_hours SET start_time = '10:30' WHERE provider_id = :'p';
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00, hours 03-04 10:00, hours 03-05 10:00, hours 03-06 10:00', 'beginning later');
ROLLBACK TO base;
SELECT t.override(:'p', '2026-03-04'), t.override(:'p', '2026-03-05', '09:00', '10:29'), t.override(:'p', '2026-03-06', '10:00', '10:30') \gset
SELECT t.is(t.affected(:'p'), 'hours 03-04 10:00, hours 03-05 10:00', 'single dates');
ROLLBACK TO base;
UPDATE quickbook.working_hours SET end_time = '10:15' WHERE provider_id = :'p';
SELECT t.hours(:'p', NULL, '10:15', '12:00') \gset
SELECT t.is(t.affected(:'p'), '', 'hours cut in two that touch');
ROLLBACK TO base;
UPDATE quickbook.provider SET time_zone = 'America/New_York' WHERE id = :'p';
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00, hours 03-04 10:00, hours 03-05 10:00, hours 03-06 10:00', 'another zone: what was 10:00 would be 05:00');
ROLLBACK TO base;
SELECT t.travel(:'p', '[2026-03-05,2026-03-07)', 'America/New_York') \gset
SELECT t.is(t.affected(:'p'), 'hours 03-05 10:00, hours 03-06 10:00', 'while travelling');
ROLLBACK TO base;
-- Hours of the service, instead of the general ones.
SELECT t.hours(:'p', 3, '09:00', '12:00', :'s'), t.hours(:'p', 4, '13:00', '14:00', :'s') \gset
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00, hours 03-05 10:00, hours 03-06 10:00', 'hours of its service count');
ROLLBACK TO base;

--
-- What if: busy, capacity, buffers
--

SELECT t.busy(:'p', '2026-03-05 10:10+00', '2026-03-05 10:20+00') \gset
SELECT t.is(t.affected(:'p'), 'free 03-05 10:00', 'busy elsewhere');
ROLLBACK TO base;
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p';
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS second \gset
SELECT t.is(t.affected(:'p'), '', 'two places for two');
UPDATE quickbook.provider SET capacity = 1 WHERE id = :'p';
SELECT t.is(t.affected(:'p'), 'free 03-03 10:00, free 03-03 10:00', 'one place for two: either may have to go');
ROLLBACK TO base;

--
-- What if: who offers the service
--

UPDATE quickbook.provider SET active = false WHERE id = :'p';
SELECT t.is(t.affected(:'p'), 'service 03-03 10:00, service 03-04 10:00, service 03-05 10:00, service 03-06 10:00', 'a provider who leaves');
ROLLBACK TO base;
UPDATE quickbook.service SET active = false WHERE id = :'s';
SELECT t.is(t.affected(:'p'), 'service 03-03 10:00, service 03-04 10:00, service 03-05 10:00, service 03-06 10:00', 'a service that ends');
ROLLBACK TO base;
DELETE FROM quickbook.service_provider WHERE provider_id = :'p';
SELECT t.is(t.affected(:'p'), 'service 03-03 10:00, service 03-04 10:00, service 03-05 10:00, service 03-06 10:00', 'a provider who does not offer it any more');
ROLLBACK TO base;

-- Teams: found by whoever serves in them.
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.provider(:'c', 'Spare', open_always => true, kind => 'room') AS spare \gset
SELECT t.service(:'c', '60 minutes', :'p', name => 'Surgery') AS surgery \gset
SELECT t.offer(:'surgery', :'room', 'room', priority => 1) \gset
SELECT t.offer(:'surgery', :'spare', 'room', priority => 2) \gset
SELECT t.book(:'pat', :'p', :'surgery', '2026-03-07 10:00+00') AS op \gset
SELECT t.is(t.resources(:'op'), 'practitioner=Ada room=Room', 'a team of Ada and the first room');
SAVEPOINT team;
SELECT t.is(t.affected(:'p') || t.affected(:'room') || t.affected(:'spare'), '', 'nothing affected');
SELECT t.off(:'c', :'p', '2026-03-07 00:00+00', '2026-03-08 00:00+00') \gset
SELECT t.is(t.affected(:'room') || ' | ' || t.affected(:'p'), 'hours 03-07 10:00 | hours 03-07 10:00', 'found by the room, too, when the lead is off');
SELECT t.is(t.affected(:'spare'), '', 'not by the room that has nothing to do with it');
ROLLBACK TO team;
SELECT t.busy(:'room', '2026-03-07 10:30+00', '2026-03-07 10:31+00') \gset
SELECT t.ok(t.affected(:'room') LIKE '% 03-07 10:00', 'the room is busy: affected, though another is free');
SELECT t.is(t.affected(:'room'), t.affected(:'p'), 'found by the lead, too');
ROLLBACK TO team;
SELECT t.off(:'c', :'room', '2026-03-07 00:00+00', '2026-03-08 00:00+00') \gset
SELECT t.ok(t.affected(:'p') LIKE '% 03-07 10:00', 'the room is closed');
ROLLBACK TO team;
UPDATE quickbook.provider SET active = false WHERE id = :'room';
SELECT t.ok(t.affected(:'p') LIKE '% 03-07 10:00', 'the room is given up');
ROLLBACK TO base;

--
-- Which are looked at
--

SELECT (quickbook.cancel_appointment(:'a3')).status \gset
SELECT t.at('2026-03-04 10:00+00') \gset
DELETE FROM quickbook.working_hours WHERE provider_id = :'p';
SELECT t.is(t.affected(:'p'), 'hours 03-05 10:00, hours 03-06 10:00', 'what is cancelled or has begun is not');
SELECT t.at('2026-03-04 09:59:59.999999+00') \gset
SELECT t.is(t.affected(:'p'), 'hours 03-04 10:00, hours 03-05 10:00, hours 03-06 10:00', 'what is still to begin is');
ROLLBACK TO base;
SELECT t.appointment('arrived', :'ben', :'p', :'s', '2026-03-03 09:00+00', '2026-03-03 09:30+00') AS made \gset
DELETE FROM quickbook.working_hours WHERE provider_id = :'p' AND weekday = 2;
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00', 'who has arrived already is not');
ROLLBACK TO base;
SELECT id AS h FROM quickbook.hold_appointment(:'ben', :'p', :'s', '2026-03-03 11:00+00') \gset
SELECT id AS nobody FROM quickbook.hold_appointment(NULL, :'p', :'s', '2026-03-03 11:30+00', hold_for => '1 hour') \gset
SELECT t.is(t.affected(:'p'), '', 'a hold is not in its own way');
DELETE FROM quickbook.working_hours WHERE provider_id = :'p' AND weekday = 2;
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00, hours 03-03 11:00, hours 03-03 11:30', 'a hold is affected while it lives, also without a patient');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00, hours 03-03 11:30', 'and not when it has expired');
ROLLBACK TO base;
UPDATE quickbook.service SET requires_approval = true WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 11:00+00') AS pending \gset
UPDATE quickbook.service SET pending_blocks = false WHERE id = :'s';
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 11:30+00') AS asked \gset
SELECT t.is(t.affected(:'p'), '', 'nor is a request');
DELETE FROM quickbook.working_hours WHERE provider_id = :'p' AND weekday = 2;
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00, hours 03-03 11:00, hours 03-03 11:30', 'requests are affected, whether or not they take time');
ROLLBACK TO base;
-- Two requests for one time that take none are not in each other's way.
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 11:00+00') AS one \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 11:00+00') AS two \gset
SELECT t.is(t.affected(:'p'), '', 'two requests that take no time');
SELECT (quickbook.confirm_appointment(:'one')).status \gset
SELECT t.is(t.affected(:'p'), 'free 03-03 11:00', 'when one is confirmed the other is affected');
ROLLBACK TO base;

-- Grid, notice, horizon and limits are not asked; nor is the patient.
UPDATE quickbook.service SET slot_interval = '7 minutes', min_notice = '100 days', horizon_days = 0, bookable_during = '[2027-01-01,)' WHERE id = :'s';
SELECT t.limit(:'c', 'day', 0) \gset
SELECT t.provider(:'c', 'Bob', open_always => true) AS bob \gset
SELECT t.service(:'c', '30 minutes', :'bob', name => 'Bobs') AS s_bob \gset
UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'s_bob';
SELECT t.book(:'pat', :'bob', :'s_bob', '2026-03-03 10:00+00', '{limit}') AS elsewhere \gset
SELECT t.is(t.affected(:'p') || t.affected(:'bob'), '', 'grid, notice, horizon, limits and the patient are not asked');
ROLLBACK TO base;
-- What staff booked outside the rules shows up: it would be refused.
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 18:00+00', '{hours,grid}') AS late \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 09:10+00', '{grid}') AS odd \gset
SELECT t.is(t.affected(:'p'), 'hours 03-03 18:00', 'what was booked outside hours shows');
ROLLBACK TO base;

-- The length is the appointment's own.
UPDATE quickbook.service SET duration = '3 hours' WHERE id = :'s';
SELECT t.is(t.affected(:'p'), '', 'a service that takes longer now does not lengthen what is booked');
ROLLBACK TO base;

--
-- Groups
--

UPDATE quickbook.service SET seats = 2 WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 11:00+00') AS one \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 11:00+00') AS two \gset
SELECT t.is(t.affected(:'p'), '', 'a full session is not in its own way');
DELETE FROM quickbook.working_hours WHERE provider_id = :'p' AND weekday = 2;
SELECT t.is(t.affected(:'p'), 'hours 03-03 10:00, hours 03-03 11:00, hours 03-03 11:00', 'everybody who sits there is affected');
ROLLBACK TO base;
UPDATE quickbook.service SET seats = 2 WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 11:00+00') AS one \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 11:00+00') AS two \gset
SELECT t.busy(:'p', '2026-03-03 11:15+00', '2026-03-03 11:20+00') \gset
SELECT t.is(t.affected(:'p'), 'free 03-03 11:00, free 03-03 11:00', 'and by busy time');
ROLLBACK TO base;

--
-- Errors, and only reading
--

SELECT t.refused(t.sql('SELECT * FROM quickbook.affected_appointments(%L)', provider), name, state, what)
FROM (VALUES ('00000000-0000-7000-8000-00000000ffff', 'not_found', 'P0002', 'an unknown provider'), (:'pat', 'not_found', 'P0002', 'a patient is none'),
	(NULL, 'invalid_argument', '22023', 'no provider')) AS v (provider, name, state, what);
SELECT t.is(t.read_only(t.sql('SELECT count(*) FROM quickbook.affected_appointments(provider_id => %L)', :'p')), '0', 'it only reads');

SELECT * FROM t.finish();
ROLLBACK;
