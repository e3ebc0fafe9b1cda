-- Section 5: free_busy() cuts a provider's calendar into free, busy, busy-tentative
-- and busy-unavailable, without a gap and without saying whose time it is.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(66);

-- '00:00 unavailable 09:00 free 12:00 unavailable 24:00': where each span begins and
-- its kind without 'busy-', then where the last ends. What is no partition of the
-- time asked for is told instead.
CREATE FUNCTION t.add_span(list text, before timestamptz, kind_before text, starts_at timestamptz, ends_at timestamptz, kind text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT concat_ws(' ', nullif(list, ''),
		CASE WHEN starts_at IS DISTINCT FROM before THEN format('(gap: %s to %s)', before, starts_at) END,
		CASE WHEN ends_at <= starts_at THEN format('(empty: %s to %s)', starts_at, ends_at) END,
		CASE WHEN kind = kind_before THEN '(not merged)' END,
		to_char(starts_at AT TIME ZONE 'UTC', CASE WHEN extract(second FROM starts_at) = 0 THEN 'HH24:MI' ELSE 'HH24:MI:SS' END),
		regexp_replace(kind, '^busy-', ''))
$$;
CREATE FUNCTION t.close_spans(list text, before timestamptz, from_time timestamptz, to_time timestamptz) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT concat_ws(' ', nullif(list, ''), CASE WHEN before IS DISTINCT FROM to_time THEN format('(ends at %s)', before) END,
		CASE WHEN to_time = date_trunc('day', from_time, 'UTC') + interval '1 day' THEN '24:00'
			ELSE to_char(to_time AT TIME ZONE 'UTC', 'HH24:MI') END)
$$;
CREATE FUNCTION t.free_busy(provider uuid, from_time timestamptz DEFAULT '2026-03-03 00:00+00', to_time timestamptz DEFAULT '2026-03-04 00:00+00') RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	list text := '';
	before timestamptz := from_time;
	kind_before text;
BEGIN
	FOR r IN SELECT * FROM quickbook.free_busy(provider, from_time, to_time) LOOP
		list := t.add_span(list, before, kind_before, r.starts_at, r.ends_at, r.kind);
		before := r.ends_at;
		kind_before := r.kind;
	END LOOP;
	RETURN t.close_spans(list, before, from_time, to_time);
END
$$;

-- Tuesday 3 March, hours 09:00-12:00.
SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SAVEPOINT bare;
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 24:00', 'without hours, never');
SELECT t.hours(:'p', 2, '09:00', '12:00') \gset
SAVEPOINT base;

--
-- The shape of it
--

SELECT t.is(t.query(t.sql('SELECT f.* FROM quickbook.free_busy(%L, ''2026-03-03 08:00+00'', ''2026-03-03 10:00+00'') AS f', :'p')),
	'2026-03-03T08:00:00+00:00 2026-03-03T09:00:00+00:00 busy-unavailable, 2026-03-03T09:00:00+00:00 2026-03-03T10:00:00+00:00 free',
	'three columns, FHIR''s words; cut off at both ends');
SELECT t.is(t.read_only(t.sql('SELECT count(*) FROM quickbook.free_busy(provider_id => %L, from_time => ''2026-03-03'', to_time => ''2026-03-04'')', :'p')), '3',
	'it only reads; arguments by name');
SELECT t.is(t.free_busy(:'p', '2026-03-03 09:30+00', '2026-03-03 09:31+00'), '09:30 free 09:31', 'a minute of it');
SELECT t.is(t.free_busy(:'p', '2026-03-02 12:00+00', '2026-03-10 10:00+00'), '12:00 unavailable 09:00 free 12:00 unavailable 09:00 free 10:00', 'a week of it');
SELECT t.is(t.free_busy(:'p', '2026-02-24 00:00+00', '2026-02-25 00:00+00'), '00:00 unavailable 09:00 free 12:00 unavailable 24:00', 'what is past, too');
SELECT t.refused(t.sql('SELECT * FROM quickbook.free_busy(%L, %L, %L)', provider, from_time, to_time), name, state, t.sql('%s: %s', name, what))
FROM (VALUES ('00000000-0000-7000-8000-00000000ffff', '2026-03-03', '2026-03-04', 'not_found', 'P0002', 'an unknown provider'),
	(:'pat', '2026-03-03', '2026-03-04', 'not_found', 'P0002', 'a patient is none'),
	(NULL, '2026-03-03', '2026-03-04', 'invalid_argument', '22023', 'no provider'), (:'p', NULL, '2026-03-04', 'invalid_argument', '22023', 'no from_time'),
	(:'p', '2026-03-03', NULL, 'invalid_argument', '22023', 'no to_time'), (:'p', '-infinity', '2026-03-04', 'invalid_argument', '22023', 'from ever'),
	(:'p', '2026-03-03', 'infinity', 'invalid_argument', '22023', 'for ever')) AS v (provider, from_time, to_time, name, state, what);

--
-- busy
--

SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 busy 10:30 free 12:00 unavailable 24:00', 'an appointment');
SELECT t.is(t.free_busy(:'p', '2026-03-03 10:10+00', '2026-03-03 10:20+00'), '10:10 busy 10:20', 'in the middle of it');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:30+00') AS b \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 busy 11:00 free 12:00 unavailable 24:00', 'neighbours are one span');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:30 busy 11:00 free 12:00 unavailable 24:00', 'what was cancelled is free');
SELECT t.at('2026-03-03 10:40+00') \gset
SELECT (quickbook.set_appointment_status(:'b', 'noshow')).status \gset
SELECT t.is(t.free_busy(:'p', '2026-03-03 10:40+00', '2026-03-03 11:00+00'), '10:40 free 11:00', 'and what is left when nobody came');
ROLLBACK TO base;
UPDATE quickbook.service SET buffer_before = '15 minutes', buffer_after = '10 minutes' WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 09:00+00') AS a \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 08:45 busy 09:40 free 12:00 unavailable 24:00', 'buffers are busy, before the hours as well');
ROLLBACK TO base;
SELECT t.appointment('fulfilled', :'pat', :'p', :'s', '2026-03-03 10:00+00', '2026-03-03 10:30+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 busy 10:30 free 12:00 unavailable 24:00', 'what took place was busy');
ROLLBACK TO base;
SELECT t.busy(:'p', '2026-03-03 08:30+00', '2026-03-03 09:30+00'), t.busy(:'p', '2026-03-03 09:15+00', '2026-03-03 10:00+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 08:30 busy 10:00 free 12:00 unavailable 24:00', 'busy time, outside the hours too: busy wins');
SELECT t.off(:'c', :'p', '2026-03-03 00:00+00', '2026-03-04 00:00+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 08:30 busy 10:00 unavailable 24:00', 'on a day off as well');
ROLLBACK TO base;
-- What began before the time that is asked for, and what ends after it.
SELECT t.busy(:'p', '2026-03-01 00:00+00', '2026-03-03 09:30+00'), t.busy(:'p', '2026-03-03 11:30+00', '2026-03-07 00:00+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 busy 09:30 free 11:30 busy 24:00', 'what goes on over both ends');
ROLLBACK TO base;

--
-- busy-unavailable
--

SELECT t.off(:'c', :'p', '2026-03-03 09:00+00', '2026-03-03 09:45+00'), t.off(:'c', NULL, '2026-03-03 11:00+00', '2026-03-03 13:00+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:45 free 11:00 unavailable 24:00', 'time off, of the provider and of the clinic');
ROLLBACK TO base;
SELECT t.hours(:'p', 2, '12:00', '13:00'), t.hours(:'p', 2, '12:30', '14:00'), t.hours(:'p', 2, '15:00', '16:00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 14:00 unavailable 15:00 free 16:00 unavailable 24:00', 'hours that touch or overlap are one span');
ROLLBACK TO base;
SELECT t.override(:'p', '2026-03-03', '14:00', '15:00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 14:00 free 15:00 unavailable 24:00', 'other hours on that date');
ROLLBACK TO base;
SELECT t.override(:'p', '2026-03-03') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 24:00', 'a date that is closed');
ROLLBACK TO base;
-- Hours of any service open the calendar.
SELECT t.service(:'c', '30 minutes', :'p', name => 'Evening') AS evening \gset
SELECT t.hours(:'p', 2, '11:00', '13:00', :'evening'), t.hours(:'p', 2, '18:00', '20:00', :'evening') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 13:00 unavailable 18:00 free 20:00 unavailable 24:00', 'hours of one service count beside the general ones');
SELECT t.off(:'c', :'p', '2026-03-03 18:00+00', '2026-03-03 19:00+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 13:00 unavailable 19:00 free 20:00 unavailable 24:00', 'less time off');
SELECT t.override(:'p', '2026-03-03', '21:00', '22:00', :'evening') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 12:00 unavailable 21:00 free 22:00 unavailable 24:00', 'an override of the service replaces its hours only');
SELECT t.override(:'p', '2026-03-03') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 21:00 free 22:00 unavailable 24:00', 'closed but for that service');
ROLLBACK TO bare;
SELECT t.hours(:'p', 2, '14:00', '15:00', :'s') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 14:00 free 15:00 unavailable 24:00', 'hours of a service alone');
ROLLBACK TO bare;
SELECT t.hours(:'p', 2, '22:00', '02:00') \gset
SELECT t.is(t.free_busy(:'p', '2026-03-03 12:00+00', '2026-03-04 12:00+00'), '12:00 unavailable 22:00 free 02:00 unavailable 12:00', 'a night');
SELECT t.is(t.free_busy(:'p', '2026-03-04 00:00+00', '2026-03-05 00:00+00'), '00:00 free 02:00 unavailable 24:00', 'that began the day before');
ROLLBACK TO bare;
UPDATE quickbook.provider SET open_always = true WHERE id = :'p';
SELECT t.is(t.free_busy(:'p'), '00:00 free 24:00', 'always open');
ROLLBACK TO bare;
-- Where the provider is: 29 March has 23 hours in Berlin.
UPDATE quickbook.provider SET time_zone = 'Europe/Berlin' WHERE id = :'p';
SELECT t.hours(:'p', 7, '01:00', '04:00') \gset
SELECT t.is(t.free_busy(:'p', '2026-03-28 20:00+00', '2026-03-29 12:00+00'), '20:00 unavailable 00:00 free 02:00 unavailable 12:00', 'two hours of three when the clocks go forward');
SELECT t.travel(:'p', '[2026-03-29,2026-03-30)', 'America/New_York') \gset
SELECT t.is(t.free_busy(:'p', '2026-03-28 20:00+00', '2026-03-29 12:00+00'), '20:00 unavailable 05:00 free 08:00 unavailable 12:00', 'and where the provider travels');
ROLLBACK TO bare;
SELECT t.hours(:'p', 2, '09:00', '12:00') \gset
SAVEPOINT base;

--
-- busy-tentative
--

SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 tentative 10:30 free 12:00 unavailable 24:00', 'what is held');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:30+00') AS b \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 tentative 10:30 busy 11:00 free 12:00 unavailable 24:00', 'beside what is booked');
SELECT t.busy(:'p', '2026-03-03 10:10+00', '2026-03-03 10:20+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 tentative 10:10 busy 10:20 tentative 10:30 busy 11:00 free 12:00 unavailable 24:00', 'busy wins over tentative');
SELECT t.at('2026-03-02 08:09:59.999999+00') \gset
SELECT t.is(t.free_busy(:'p', '2026-03-03 10:00+00', '2026-03-03 10:10+00'), '10:00 tentative 10:10', 'until the hold expires');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.free_busy(:'p', '2026-03-03 10:00+00', '2026-03-03 10:10+00'), '10:00 free 10:10', 'and not from that instant on');
ROLLBACK TO base;
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 13:00+00', override => '{hours,grid}') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 12:00 unavailable 13:00 tentative 13:30 unavailable 24:00', 'tentative wins over unavailable');
ROLLBACK TO base;
UPDATE quickbook.service SET requires_approval = true WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 tentative 10:30 free 12:00 unavailable 24:00', 'what is pending');
SELECT (quickbook.confirm_appointment(:'a')).status \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 busy 10:30 free 12:00 unavailable 24:00', 'busy when it is confirmed');
ROLLBACK TO base;
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 12:00 unavailable 24:00', 'what is pending and takes no time is free');
ROLLBACK TO base;

--
-- Capacity: busy when nothing more fits
--

UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p';
UPDATE quickbook.service SET duration = '1 hour', slot_interval = '30 minutes' WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 09:00+00') AS a \gset
SAVEPOINT two;
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 12:00 unavailable 24:00', 'capacity 2: one leaves room');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 09:30+00') AS b \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 09:30 busy 10:00 free 12:00 unavailable 24:00', 'capacity 2: where both are, nothing fits');
ROLLBACK TO two;
SELECT id AS h FROM quickbook.hold_appointment(:'ben', :'p', :'s', '2026-03-03 09:30+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 09:30 tentative 10:00 free 12:00 unavailable 24:00', 'capacity 2: only because of a hold it is tentative');
ROLLBACK TO two;
SELECT t.busy(:'p', '2026-03-03 11:00+00', '2026-03-03 11:30+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 11:00 busy 11:30 free 12:00 unavailable 24:00', 'capacity 2: busy time takes all places');
ROLLBACK TO two;
UPDATE quickbook.provider SET capacity = 1 WHERE id = :'p';
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 busy 10:00 free 12:00 unavailable 24:00', 'capacity 1 again');
ROLLBACK TO base;
UPDATE quickbook.provider SET capacity = 3 WHERE id = :'p';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS b \gset
SELECT id AS h FROM quickbook.hold_appointment(t.patient(:'c', 'Cy'), :'p', :'s', '2026-03-03 10:00+00') \gset
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p';
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 busy 10:30 free 12:00 unavailable 24:00', 'with fewer places than are booked it is busy, hold or not');
ROLLBACK TO base;

--
-- Sessions and teams
--

UPDATE quickbook.service SET seats = 3 WHERE id = :'s';
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 tentative 10:30 free 12:00 unavailable 24:00', 'a session that is only held is tentative');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS b \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 busy 10:30 free 12:00 unavailable 24:00', 'with somebody booked it is busy, though seats are left');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 10:00 tentative 10:30 free 12:00 unavailable 24:00', 'and tentative again when that is cancelled');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.free_busy(:'p'), '00:00 unavailable 09:00 free 12:00 unavailable 24:00', 'and free when the hold has expired');
ROLLBACK TO base;
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.offer(:'s', :'room', 'room') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SELECT t.is(t.free_busy(:'room'), '00:00 free 10:00 busy 10:30 free 24:00', 'a room is busy with whoever leads');
ROLLBACK TO base;

--
-- It is the same time that a search finds
--

-- A service of a minute is offered at each minute that is free; both as islands.
CREATE FUNCTION t.islands(list tstzmultirange) RETURNS text
LANGUAGE sql SET search_path = pg_catalog SET timezone = 'UTC'
AS $$
	SELECT coalesce(string_agg(to_char(lower(r), 'DD HH24:MI') || '-' || to_char(upper(r), 'HH24:MI'), ' ' ORDER BY r), '') FROM unnest(list) AS r
$$;
CREATE FUNCTION t.offered(service text, provider text, from_time timestamptz, to_time timestamptz) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT t.islands((SELECT range_agg(tstzrange(a.starts_at, a.ends_at))
		FROM quickbook.available_slots(service::uuid, from_time, to_time, provider::uuid) AS a))
$$;
CREATE FUNCTION t.free(provider text, from_time timestamptz, to_time timestamptz) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT t.islands((SELECT range_agg(tstzrange(f.starts_at, f.ends_at))
		FROM quickbook.free_busy(provider::uuid, from_time, to_time) AS f WHERE f.kind = 'free'))
$$;
SELECT t.service(:'c', '1 minute', :'p', name => 'Minute') AS minute \gset
UPDATE quickbook.provider SET capacity = 2, time_zone = 'Europe/Berlin' WHERE id = :'p';
UPDATE quickbook.service SET buffer_after = '10 minutes' WHERE id = :'s';
SELECT t.hours(:'p', NULL, '08:00', '13:00'), t.hours(:'p', 5, '20:00', '03:00') \gset
SELECT t.off(:'c', :'p', '2026-03-04 08:30+00', '2026-03-04 09:10+00'), t.busy(:'p', '2026-03-05 09:00+00', '2026-03-05 09:20+00') \gset
SELECT t.is(t.outcome(t.create_sql(t.patient(:'c')::text, :'p', :'s', starts_at)), 'ok', t.sql('booked at %s', starts_at))
FROM (VALUES ('2026-03-03 08:00+00'), ('2026-03-03 08:30+00'), ('2026-03-04 07:00+00'), ('2026-03-04 07:00+00'),
	('2026-03-06 20:00+00'), ('2026-03-06 19:30+00'), ('2026-03-06 23:00+00')) AS v (starts_at);
SELECT t.outcome(t.hold_sql(NULL, :'p', :'s', '2026-03-04 10:00+00')) AS held \gset
SELECT t.is(t.free(:'p', '2026-03-06 00:00+00', '2026-03-07 06:00+00'), '06 07:00-12:00 06 19:00-20:00 06 20:10-02:00', 'a day and its night, but for where two are booked');
SELECT t.is(t.free(:'p', '2026-03-03 00:00+00', '2026-03-10 00:00+00'), t.offered(:'minute', :'p', '2026-03-03 00:00+00', '2026-03-10 00:00+00'),
	'what is free is what a service of a minute is offered');

SELECT * FROM t.finish();
ROLLBACK;
