-- DESIGN 5: next_slots and available_days say what available_slots says; and
-- what the three searches refuse.
BEGIN;
\ir lib/t.inc
SELECT t.plan(70);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c', 'Ada') AS p \gset
SELECT t.service(:'c', '1 hour', :'p') AS s \gset
SELECT t.hours(:'p', 1, '09:00', '12:00') \gset
SELECT t.patient(:'c') AS pat \gset
SAVEPOINT base;

-- next_slots
SELECT t.is(t.next(:'s'), '09:00 10:00 11:00 | 03-09 09:00 10:00 11:00 | 03-16 09:00 10:00 11:00 | 03-23 09:00',
	'next_slots gives ten slots from now on if not told otherwise');
SELECT t.is((SELECT count(*)::text FROM quickbook.next_slots(:'s')), '10', '... called with the service only');
SELECT t.is(t.next(:'s', max_slots => 2), '09:00 10:00', 'max_slots');
SELECT t.is(t.next(:'s', '2026-03-09 10:00+00', 2), '10:00 11:00', 'after_time is included');
SELECT t.is(t.next(:'s', '2026-03-09 10:00:01+00', 2), '11:00 | 03-16 09:00', 'a second later it is not');
SELECT t.is(t.next(:'s', '2020-01-01 00:00+00', 2), '03-02 09:00 10:00', 'after_time in the past finds nothing past');
SET LOCAL quickbook.now = '2026-03-02 09:00+00';
SELECT t.is(t.next(:'s', max_slots => 1), '10:00', 'a start at this instant is not next');
ROLLBACK TO base;
SELECT t.is(t.next(:'s', max_slots => 1000), t.slots(:'s', '2026-03-02 08:00+00', '2028-03-01 08:00+00'),
	'all the next slots are all the available slots');
-- far ahead, with nothing between
SELECT t.provider(:'c') AS far \gset
SELECT t.service(:'c', '1 hour', :'far') AS sfar \gset
SELECT t.is(t.next(:'sfar'), '', 'next_slots ends where there are none');
SELECT t.override(:'far', '2027-11-11', '23:00', '01:00') \gset
SELECT t.override(:'far', '2026-05-01', '09:00', '10:00') \gset
SELECT t.is(t.next(:'sfar'), '05-01 09:00 | 11-11 23:00 | 11-12 00:00', 'next_slots searches far ahead');
SELECT t.is(t.next(:'sfar', max_slots => 2), '05-01 09:00 | 11-11 23:00', '... and stops when it has enough');
SELECT t.is(t.next(:'sfar', '2027-11-11 23:30+00'), '11-12 00:00', '... and begins within a window');
ROLLBACK TO base;
-- gap: where the search begins and is cut must not move the grid
UPDATE quickbook.service SET slot_anchor = 'gap', slot_interval = '25 minutes' WHERE id = :'s'::uuid;
SELECT t.busy(:'p', '2026-03-09 09:00+00', '2026-03-09 09:10+00') \gset
SELECT t.is(t.next(:'s', max_slots => 1000), t.slots(:'s', '2026-03-02 08:00+00', '2028-03-01 08:00+00'), 'gap: the same');
SELECT t.is(t.next(:'s', '2026-03-09 09:30+00', 3), '09:35 10:00 10:25', 'gap: from the middle of a run');
ROLLBACK TO base;

-- Order: by start, then by provider's id.
SELECT t.provider(:'c', 'Bob') AS q \gset
SELECT t.hours(:'q', 1, '09:00', '12:00') \gset
SELECT t.offer(:'s', :'q') \gset
SELECT t.provider(:'c', 'Cyd') AS r \gset
SELECT t.hours(:'r', 1, '08:30', '12:00') \gset
SELECT t.offer(:'s', :'r') \gset
SAVEPOINT three;
CREATE FUNCTION t.in_order(starts_at timestamptz[], providers uuid[]) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT bool_and((a.at, a.who) < (b.at, b.who))
	FROM unnest(starts_at, providers) WITH ORDINALITY AS a (at, who, n)
	JOIN unnest(starts_at, providers) WITH ORDINALITY AS b (at, who, n) ON b.n = a.n + 1
$$;
CREATE FUNCTION t.collect(service uuid, max_slots integer) RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	starts timestamptz[] := '{}';
	who uuid[] := '{}';
	r record;
BEGIN
	FOR r IN SELECT * FROM quickbook.next_slots(service, max_slots => max_slots) LOOP
		starts := pg_catalog.array_append(starts, r.starts_at);
		who := pg_catalog.array_append(who, r.provider_id);
	END LOOP;
	RETURN t.in_order(starts, who);
END
$$;
CREATE FUNCTION t.collect(service uuid, from_time timestamptz, to_time timestamptz) RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	starts timestamptz[] := '{}';
	who uuid[] := '{}';
	r record;
BEGIN
	FOR r IN SELECT * FROM quickbook.available_slots(service, from_time, to_time) LOOP
		starts := pg_catalog.array_append(starts, r.starts_at);
		who := pg_catalog.array_append(who, r.provider_id);
	END LOOP;
	RETURN t.in_order(starts, who);
END
$$;
SELECT t.is(t.slots(:'s', '2026-03-09 00:00+00', '2026-03-10 00:00+00'),
	'08:30 09:00 09:00 09:30 10:00 10:00 10:30 11:00 11:00', 'a row for each lead');
SELECT t.ok(t.collect(:'s', '2026-03-02 00:00+00', '2026-06-01 00:00+00'), 'available_slots: by starts_at, then provider_id');
SELECT t.ok(t.collect(:'s', 200), 'next_slots: by starts_at, then provider_id');
SELECT t.is(t.next(:'s', '2026-03-09 00:00+00', 2), '08:30 09:00', 'next_slots counts rows');
SELECT t.is(t.next(:'s', '2026-03-09 00:00+00', 3, :'q'), '09:00 10:00 11:00', 'next_slots of one provider');
SELECT t.book(:'pat', :'q', :'s', '2026-03-09 10:00+00') \gset
SELECT t.is(t.next(:'s', '2026-03-09 09:45+00', 3), '10:00 10:30 11:00', 'next_slots passes over what is taken');
SELECT t.is(t.next(:'s', '2026-03-09 09:45+00', 3, patient => :'pat'), '11:00 11:00 | 03-16 08:30',
	'next_slots passes over what the patient cannot take');
ROLLBACK TO three;

-- available_days
SELECT t.is(t.days(:'s', '2026-03-09', '2026-03-09'), '03-09=9', 'available_days counts the rows of all leads');
SELECT t.is(t.days(:'s', '2026-03-09', '2026-03-09', :'r'), '03-09=3', '... or of one');
SELECT t.is(t.days(:'s', '2026-03-07', '2026-03-10'), '03-07=0 03-08=0 03-09=9 03-10=0', '... and lists every date, both ends included');
SELECT t.book(:'pat', :'q', :'s', '2026-03-09 10:00+00') \gset
SELECT t.is(t.days(:'s', '2026-03-09', '2026-03-09'), '03-09=8', '... without what is taken');
SELECT t.is(t.days(:'s', '2026-03-02', '2026-03-03'), '03-02=9 03-03=0', 'today counts what is ahead');
SET LOCAL quickbook.now = '2026-03-02 10:00+00';
SELECT t.is(t.days(:'s', '2026-03-01', '2026-03-02'), '03-01=0 03-02=3', '... only');
SELECT t.is(t.days(:'s', '2028-02-28', '2028-03-01', :'p'), '02-28=3 02-29=0 03-01=0', 'a leap day is a date');
ROLLBACK TO base;

-- Zones: the clinic's, the provider's, any.
SELECT t.provider(:'c', 'Tom', zone => 'Asia/Tokyo') AS tom \gset
SELECT t.service(:'c', '1 hour', :'tom') AS st \gset
SELECT t.hours(:'tom', 3, '07:00', '11:00') \gset
-- Wednesday 07:00 to 11:00 in Tokyo is 22:00 of Tuesday to 02:00 in UTC
SELECT t.is(t.days(:'st', '2026-03-10', '2026-03-11', time_zone => 'UTC'), '03-10=2 03-11=2', 'days of the zone asked for');
SELECT t.is(t.days(:'st', '2026-03-10', '2026-03-11', time_zone => 'Asia/Tokyo'), '03-10=0 03-11=4', '... another zone');
SELECT t.is(t.days(:'st', '2026-03-10', '2026-03-11', time_zone => 'America/New_York'), '03-10=4 03-11=0', '... and another');
SELECT t.is(t.days(:'st', '2026-03-10', '2026-03-11', :'tom'), '03-10=0 03-11=4', 'with provider_id the provider''s zone');
SELECT t.is(t.days(:'st', '2026-03-10', '2026-03-11'), '03-10=2 03-11=2', 'without it the clinic''s');
SELECT t.is(t.days(:'s', '2026-03-09', '2026-03-09', :'p'), '03-09=3', 'a provider without a zone has the clinic''s');
SET LOCAL timezone = 'America/New_York';
SELECT t.is(t.days(:'st', '2026-03-10', '2026-03-11'), '03-10=2 03-11=2', 'the session''s zone does not matter');
SET LOCAL timezone = 'UTC';
-- dates of 23 and 25 hours, and one that there is not
SELECT t.provider(:'c', 'Room', open_always => true) AS room \gset
SELECT t.service(:'c', '30 minutes', :'room') AS sroom \gset
SELECT t.is(t.days(:'sroom', '2026-03-28', '2026-03-30', time_zone => 'Europe/Berlin'), '03-28=48 03-29=46 03-30=48',
	'a date can have 23 hours');
SELECT t.is(t.days(:'sroom', '2026-10-24', '2026-10-26', time_zone => 'Europe/Berlin'), '10-24=48 10-25=50 10-26=48',
	'... or 25');
SET LOCAL quickbook.now = '2011-12-20 00:00+00';
SELECT t.is(t.days(:'sroom', '2011-12-29', '2011-12-31', time_zone => 'Pacific/Apia'), '12-29=48 12-31=48',
	'a date that the zone skipped is not listed');
SELECT t.is(t.days(:'sroom', '2011-12-30', '2011-12-30', time_zone => 'Pacific/Apia'), '', '... asked for alone neither');
ROLLBACK TO base;

-- The days of a time are the slots of that time.
SELECT t.provider(:'c', 'Room', open_always => true) AS room \gset
SELECT t.offer(:'s', :'room') \gset
UPDATE quickbook.service SET slot_interval = '35 minutes' WHERE id = :'s'::uuid;
SELECT t.busy(:'room', '2026-03-12 03:00+00', '2026-03-14 05:13+00') \gset
SELECT t.is((SELECT pg_catalog.sum(d.slots)::text FROM quickbook.available_days(:'s', '2026-03-02', '2026-04-15', time_zone => 'America/New_York') d),
	(SELECT pg_catalog.count(*)::text FROM quickbook.available_slots(:'s', '2026-03-02 05:00+00', '2026-04-16 04:00+00')),
	'the days add up to the slots');
UPDATE quickbook.service SET slot_anchor = 'gap' WHERE id = :'s'::uuid;
SELECT t.is((SELECT pg_catalog.sum(d.slots)::text FROM quickbook.available_days(:'s', '2026-03-02', '2026-04-15', :'p', 'Asia/Tokyo') d),
	(SELECT pg_catalog.count(*)::text FROM quickbook.available_slots(:'s', '2026-03-01 15:00+00', '2026-04-15 15:00+00', :'p')),
	'gap: ... too');
ROLLBACK TO base;

-- What is found by one search in two halves is what it finds at once.
UPDATE quickbook.service SET slot_anchor = 'gap', slot_interval = '25 minutes' WHERE id = :'s'::uuid;
SELECT t.busy(:'p', '2026-03-09 09:00+00', '2026-03-09 09:07+00') \gset
SELECT t.is(t.slots(:'s', '2026-03-09 09:00+00', '2026-03-09 10:01+00'), '09:07 09:32 09:57', 'gap: a search');
SELECT t.is(t.slots(:'s', '2026-03-09 10:01+00', '2026-03-09 12:00+00'), '10:22 10:47', 'gap: ... and the one after it');
ROLLBACK TO base;

-- seats_left and ends_at
SELECT t.is(t.rows(:'s', '2026-03-09 00:00+00', '2026-03-09 10:00+00'), 'Ada@09:00-10:00/1', 'a row: provider, start, end, one seat');

-- Nothing to find.
SELECT t.is(t.slots(:'s', '2026-03-09 09:00+00', '2026-03-09 09:00+00'), '', 'from_time = to_time: no rows');
SELECT t.provider(:'c', 'Idle') AS idle \gset
SELECT t.hours(:'idle', 1, '09:00', '12:00') \gset
SELECT t.is(t.slots(:'s', '2026-03-09 00:00+00', '2026-03-10 00:00+00', :'idle'), '', 'a provider who does not offer the service: no rows');
SELECT t.is(t.next(:'s', NULL, 10, :'idle'), '', '... next_slots');
SELECT t.is(t.days(:'s', '2026-03-09', '2026-03-09', :'idle'), '03-09=0', '... available_days');

-- Refusals.
\set nobody '01890000-0000-7000-8000-000000000000'
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_slots(%L, '2026-03-09 10:00+00', '2026-03-09 09:00+00')$$, :'s'),
	'22023', 'invalid_argument:%', 'from_time after to_time');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_slots(%L, '2026-03-09', '2026-03-10')$$, :'nobody'),
	'P0002', 'not_found:%', 'available_slots: an unknown service');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_slots(%L, '2026-03-09', '2026-03-10', %L)$$, :'s', :'nobody'),
	'P0002', 'not_found:%', 'available_slots: an unknown provider');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_slots(%L, '2026-03-09', '2026-03-10', patient_id => %L)$$, :'s', :'nobody'),
	'P0002', 'not_found:%', 'available_slots: an unknown patient');
SELECT t.throws(t.sql('SELECT * FROM quickbook.next_slots(%L)', :'nobody'), 'P0002', 'not_found:%', 'next_slots: an unknown service');
SELECT t.throws(t.sql('SELECT * FROM quickbook.next_slots(%L, provider_id => %L)', :'s', :'nobody'), 'P0002', 'not_found:%',
	'next_slots: an unknown provider');
SELECT t.throws(t.sql('SELECT * FROM quickbook.next_slots(%L, patient_id => %L)', :'s', :'nobody'), 'P0002', 'not_found:%',
	'next_slots: an unknown patient');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_days(%L, '2026-03-09', '2026-03-09')$$, :'nobody'),
	'P0002', 'not_found:%', 'available_days: an unknown service');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_days(%L, '2026-03-09', '2026-03-09', %L)$$, :'s', :'nobody'),
	'P0002', 'not_found:%', 'available_days: an unknown provider');
SELECT t.throws($$SELECT * FROM quickbook.available_slots(NULL, '2026-03-09', '2026-03-10')$$, '22023', 'invalid_argument:%', 'available_slots: no service');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_slots(%L, NULL, '2026-03-10')$$, :'s'), '22023', 'invalid_argument:%', 'available_slots: no from_time');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_slots(%L, '2026-03-10', NULL)$$, :'s'), '22023', 'invalid_argument:%', 'available_slots: no to_time');
SELECT t.throws($$SELECT * FROM quickbook.next_slots(NULL)$$, '22023', 'invalid_argument:%', 'next_slots: no service');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.next_slots(%L, max_slots => -1)$$, :'s'), '22023', 'invalid_argument:%', 'next_slots: max_slots below zero');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_days(%L, NULL, '2026-03-09')$$, :'s'), '22023', 'invalid_argument:%', 'available_days: no from_date');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_days(%L, '2026-03-10', '2026-03-09')$$, :'s'), '22023', 'invalid_argument:%', 'available_days: from_date after to_date');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_days(%L, '2026-03-09', '2026-03-09', time_zone => 'Mars/Olympus')$$, :'s'),
	'22023', 'invalid_argument:%', 'available_days: an unknown zone');
SELECT t.throws(t.sql($$SELECT * FROM quickbook.available_days(%L, '2026-03-09', '2026-03-09', time_zone => 'EST5EDT4')$$, :'s'),
	'22023', 'invalid_argument:%', 'available_days: no IANA name');
-- without limits a search is as long as search_days, from now on
SELECT t.is((SELECT pg_catalog.count(*)::text FROM quickbook.available_slots(:'s', '-infinity', 'infinity')),
	(SELECT pg_catalog.count(*)::text FROM quickbook.available_slots(:'s', t.now(), '2028-06-01')), 'a search without ends ends');

-- Searches only read.
SET TRANSACTION READ ONLY;
SELECT t.lives(t.sql($$SELECT * FROM quickbook.available_slots(%L, '2026-03-09', '2026-03-10')$$, :'s'), 'available_slots in a read-only transaction');
SELECT t.lives(t.sql($$SELECT * FROM quickbook.next_slots(%L)$$, :'s'), 'next_slots in a read-only transaction');
SELECT t.lives(t.sql($$SELECT * FROM quickbook.available_days(%L, '2026-03-09', '2026-03-09')$$, :'s'), 'available_days in a read-only transaction');

SELECT * FROM t.finish();
ROLLBACK;
