-- Section 4, rule 4: capacity is peak concurrency. Lanes are only how the
-- constraint counts, so appointments move to other lanes when none is free
-- throughout, and a booking within capacity is never refused.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(26);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c', 'Gym', capacity => 3, open_always => true) AS p \gset
SELECT t.service(:'c', '60 minutes', :'p', slot_interval => '15 minutes', name => '1h') AS s60 \gset
SELECT t.service(:'c', '90 minutes', :'p', slot_interval => '15 minutes', name => '1h30') AS s90 \gset
SELECT t.service(:'c', '3 hours', :'p', slot_interval => '15 minutes', name => '3h') AS s180 \gset

-- Everybody is another patient.
CREATE FUNCTION t.take(clinic uuid, provider uuid, service uuid, starts_at timestamptz) RETURNS uuid
LANGUAGE sql
AS $$ SELECT t.book(t.patient(clinic), provider, service, starts_at) $$;
-- Lanes by start: '10:00-11:00/0 ...'
CREATE FUNCTION t.lanes(provider uuid, day date) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s-%s/%s', to_char(a.starts_at, 'HH24:MI'), to_char(a.ends_at, 'HH24:MI'), a.lane), ' '
		ORDER BY a.starts_at, a.ends_at, a.lane), '')
	FROM quickbook.allocation a WHERE a.provider_id = provider AND a.starts_at::date = day
$$;
CREATE FUNCTION t.put(appointment uuid, to_lane integer) RETURNS void
LANGUAGE sql SET search_path = pg_catalog
AS $$ UPDATE quickbook.allocation SET lane = to_lane WHERE appointment_id = appointment AND provider_id IS NOT NULL $$;

--
-- Two at once are never more than one lane too few
--

SELECT t.take(:'c', :'p', :'s60', '2026-03-03 10:00+00') AS a \gset
SELECT t.take(:'c', :'p', :'s60', '2026-03-03 11:00+00') AS b \gset
SELECT t.take(:'c', :'p', :'s90', '2026-03-03 09:30+00') AS d \gset
SELECT t.is(t.query('SELECT count(*) FROM quickbook.allocation WHERE lane NOT BETWEEN 0 AND 2'), '0', 'lanes are below the capacity');
-- The worst that may have come about: every lane has something between 9 and 12.
SELECT t.put(:'a', 0) \gset
SELECT t.put(:'b', 1) \gset
SELECT t.put(:'d', 2) \gset
SELECT t.is(t.lanes(:'p', '2026-03-03'), '09:30-11:00/2 10:00-11:00/0 11:00-12:00/1', 'every lane is taken somewhere from 9 to 12');
SELECT t.is(t.slots(:'s180', '2026-03-03 09:00+00', '2026-03-03 09:15+00'), '09:00', 'with two at a time, 9 to 12 is offered');
SELECT t.is(t.outcome(t.create_sql(t.patient(:'c')::text, :'p', :'s180', '2026-03-03 09:00+00')), 'ok', 'and can be booked: lanes are moved');
SELECT t.is(t.query('SELECT count(*), count(DISTINCT a.appointment_id) FROM quickbook.allocation a WHERE a.provider_id IS NOT NULL'
	' AND a.starts_at::date = ''2026-03-03'' AND a.lane BETWEEN 0 AND 2'), '4 4', 'all four have their time');
SELECT t.is(t.events(:'a') || ' ' || (quickbook.get_appointment(:'a')).version::text, 'booked 1', 'moving lanes is no change of an appointment');
SELECT t.refused(t.create_sql(t.patient(:'c')::text, :'p', :'s60', '2026-03-03 10:00+00'), 'slot_taken', '23P01', 'a fourth at once is refused');
SELECT t.is(t.slots(:'s60', '2026-03-03 09:00+00', '2026-03-03 12:00+00'), '09:00 11:00 11:15 11:30 11:45', 'and not offered');
SELECT t.is(t.outcome(t.create_sql(t.patient(:'c')::text, :'p', :'s60', '2026-03-03 11:00+00')), 'ok', 'a third is accepted');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.allocation a WHERE a.patient_id IS NOT NULL AND a.lane <> 0'), '0', 'patients have one lane');

--
-- Moving an appointment, and undoing a cancelling, move lanes too
--

SELECT t.take(:'c', :'p', :'s60', '2026-03-04 10:00+00') AS a \gset
SELECT t.take(:'c', :'p', :'s60', '2026-03-04 11:00+00') AS b \gset
SELECT t.take(:'c', :'p', :'s90', '2026-03-04 09:30+00') AS d \gset
SELECT t.put(:'a', 0) \gset
SELECT t.put(:'b', 1) \gset
SELECT t.put(:'d', 2) \gset
SELECT t.take(:'c', :'p', :'s180', '2026-03-04 15:00+00') AS long \gset
SELECT t.is((quickbook.reschedule_appointment(:'long', '2026-03-04 09:00+00')).status, 'booked', 'reschedule_appointment() moves lanes');
SELECT (quickbook.cancel_appointment(:'long')).status \gset
SELECT t.put(:'a', 7), t.put(:'b', 8), t.put(:'d', 9) \gset
SELECT t.put(:'a', 0), t.put(:'b', 1), t.put(:'d', 2) \gset
SELECT t.is(t.lanes(:'p', '2026-03-04'), '09:30-11:00/2 10:00-11:00/0 11:00-12:00/1', 'every lane is taken again');
SELECT t.is((quickbook.set_appointment_status(:'long', 'booked')).status, 'booked', 'undo moves lanes');

--
-- A chain in which everything has to move
--

SELECT t.provider(:'c', 'Two', capacity => 2, open_always => true) AS two \gset
SELECT t.offer(:'s60', :'two') \gset
SELECT t.offer(:'s180', :'two') \gset
SELECT t.take(:'c', :'two', :'s60', '2026-03-05 09:00+00') AS e1 \gset
SELECT t.take(:'c', :'two', :'s60', '2026-03-05 09:30+00') AS e2 \gset
SELECT t.take(:'c', :'two', :'s60', '2026-03-05 10:00+00') AS e3 \gset
SELECT t.take(:'c', :'two', :'s60', '2026-03-05 13:00+00') AS e4 \gset
SELECT t.take(:'c', :'two', :'s60', '2026-03-05 13:30+00') AS e5 \gset
-- 10 to 11 is in lane 0: 13 to 14 shall be in lane 1.
SELECT t.put(:'e4', 9) \gset
SELECT t.put(:'e5', 0) \gset
SELECT t.put(:'e4', 1) \gset
SELECT t.is(t.lanes(:'two', '2026-03-05'), '09:00-10:00/0 09:30-10:30/1 10:00-11:00/0 13:00-14:00/1 13:30-14:30/0',
	'two chains, neither lane free from 10:30 to 13:30');
SELECT t.is(t.slots(:'s180', '2026-03-05 10:00+00', '2026-03-05 11:00+00', :'two'), '10:30', 'offered between two chains');
SELECT t.is(t.outcome(t.create_sql(t.patient(:'c')::text, :'two', :'s180', '2026-03-05 10:30+00')), 'ok', 'and booked whatever lanes they had');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation a WHERE a.provider_id = %L AND a.lane NOT IN (0, 1)', :'two')), '0',
	'in two lanes');

--
-- Chance against counting: a booking is refused exactly when it would be one too many
--

SELECT t.provider(:'c', 'Crowd', capacity => 4, open_always => true) AS crowd \gset
CREATE FUNCTION t.length(n integer) RETURNS integer
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT 15 * (1 + ('x' || substr(md5('length' || n), 1, 6))::bit(24)::integer % 16) $$;
CREATE FUNCTION t.start(n integer) RETURNS timestamptz
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT '2026-03-10 00:00+00'::timestamptz + 15 * (('x' || substr(md5('start' || n), 1, 6))::bit(24)::integer % 120) * interval '1 minute'
$$;
CREATE FUNCTION t.minutes_service(clinic uuid, provider uuid, minutes integer) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
	found uuid;
BEGIN
	SELECT s.id INTO found FROM quickbook.service s WHERE s.clinic_id = clinic AND s.name = minutes || ' minutes';
	RETURN coalesce(found, t.service(clinic, minutes * interval '1 minute', provider, '15 minutes', name => minutes || ' minutes'));
END
$$;
-- The most that run at once, at any start within it, and one more.
CREATE FUNCTION t.fits(provider uuid, from_time timestamptz, minutes integer, capacity integer) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$
	WITH met AS (
		SELECT a.starts_at, a.ends_at FROM quickbook.allocation a
		WHERE a.provider_id = provider AND a.starts_at < from_time + minutes * interval '1 minute' AND a.ends_at > from_time)
	SELECT coalesce(max((SELECT count(*) FROM met m WHERE m.starts_at <= v.at AND m.ends_at > v.at)), 0) < capacity
	FROM (SELECT greatest(met.starts_at, from_time) FROM met) AS v (at)
$$;
CREATE FUNCTION t.judge(want boolean, outcome text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT CASE WHEN want AND outcome = 'ok' THEN 'booked' WHEN NOT want AND outcome = '23P01 slot_taken' THEN 'refused'
		ELSE 'wrong: ' || outcome END
$$;
CREATE TABLE t.tried (n integer, result text);
DO $$
DECLARE
	clinic uuid := t.query('SELECT clinic_id FROM quickbook.provider WHERE name = ''Crowd''');
	crowd uuid := t.query('SELECT id FROM quickbook.provider WHERE name = ''Crowd''');
	want boolean;
BEGIN
	FOR i IN 1 .. 160 LOOP
		want := t.fits(crowd, t.start(i), t.length(i), 4);
		INSERT INTO t.tried VALUES (i, t.judge(want, t.outcome(t.create_sql(t.patient(clinic)::text, crowd::text,
			t.minutes_service(clinic, crowd, t.length(i))::text, t.start(i)::text))));
	END LOOP;
END
$$;
SELECT t.is(t.query('SELECT n, result FROM t.tried WHERE result LIKE ''wrong%'''), '', 'of 160 at chance, each is booked if it fits, and only then');
SELECT t.is(t.query('SELECT count(*) FILTER (WHERE result = ''booked'') > 30, count(*) FILTER (WHERE result = ''refused'') > 30 FROM t.tried'), 'true true',
	'both happened often');
SELECT t.is(t.query(t.sql('SELECT max(lane) FROM quickbook.allocation WHERE provider_id = %L', :'crowd')), '3', 'in four lanes');

--
-- Buffers and capacity; a smaller capacity later
--

SELECT t.provider(:'c', 'Pair', capacity => 2, open_always => true) AS pair \gset
SELECT t.service(:'c', '60 minutes', :'pair', buffer_before => '15 minutes', buffer_after => '15 minutes', name => 'Buffered') AS buf \gset
SELECT t.take(:'c', :'pair', :'buf', '2026-03-12 10:00+00') AS f1 \gset
SELECT t.take(:'c', :'pair', :'buf', '2026-03-12 11:00+00') AS f2 \gset
SELECT t.is(t.lanes(:'pair', '2026-03-12'), '09:45-11:15/0 10:45-12:15/1', 'buffers overlap in two lanes');
SELECT t.refused(t.create_sql(t.patient(:'c')::text, :'pair', :'buf', '2026-03-12 10:00+00'), 'slot_taken', '23P01', 'three at once from 10:45 to 11:15');
UPDATE quickbook.provider SET capacity = 1 WHERE id = :'pair';
SELECT t.is(t.slots(:'buf', '2026-03-12 09:00+00', '2026-03-12 14:00+00'), '13:00', 'a smaller capacity takes nothing from those who are booked');
SELECT t.is((quickbook.cancel_appointment(:'f1')).status, 'cancelled', 'who can be cancelled');
SELECT t.is((quickbook.reschedule_appointment(:'f2', '2026-03-12 15:00+00')).status, 'booked', 'and moved');
SELECT t.is(t.lanes(:'pair', '2026-03-12'), '14:45-16:15/0', 'into the one lane that is left');

SELECT * FROM t.finish();
ROLLBACK;
