-- Section 7: consumers of the event log. Positions under concurrency are in
-- test/t/events.t.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(38);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset

CREATE FUNCTION t.fetched(consumer text, max integer DEFAULT 100) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT coalesce(string_agg(e.position || ' ' || e.type, ', ' ORDER BY e.position), '')
	FROM quickbook.fetch_events($1, $2) e $$;
CREATE FUNCTION t.status_of(consumer text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('%s %s %s', s.position, s.lag_events, coalesce(s.lag_seconds::text, '-'))
	FROM quickbook.consumer_status($1) s $$;

-- Other tests may have left their events in this database.
DELETE FROM quickbook.event;
UPDATE quickbook.event_counter SET last_position = 0;

--
-- Making, fetching, acknowledging
--

SELECT t.book(:'pat', :'p', :'s', '2026-03-03 09:00+00') AS a \gset
SELECT * FROM quickbook.create_consumer('all') \gset x_
SELECT t.is(:'x_name' || ' ' || :'x_position' || ' ' || :'x_lag_events', 'all 0 1', 'a consumer begins with what the log has');
SELECT t.is((quickbook.create_consumer('new', NULL)).position::text, '1', 'or with NULL at its end');
SELECT t.is((quickbook.create_consumer('first', 1)).position::text, '1', 'or after a position');
SELECT t.refused($$SELECT quickbook.create_consumer('all')$$, 'invalid_argument', '22023', 'two of one name are refused');
SELECT t.refused($$SELECT quickbook.create_consumer('')$$, 'invalid_argument', '22023', 'no name');
SELECT t.refused($$SELECT quickbook.create_consumer(NULL)$$, 'invalid_argument', '22023', 'a null name');
SELECT t.refused($$SELECT quickbook.create_consumer('x', 99)$$, 'invalid_argument', '22023', 'a position that is not there yet');
SELECT t.refused($$SELECT quickbook.create_consumer('x', -1)$$, 'invalid_argument', '22023', 'a negative position');

SELECT status FROM quickbook.set_appointment_status(:'a', 'arrived') \gset
SELECT status FROM quickbook.set_appointment_status(:'a', 'fulfilled') \gset
SELECT t.is(t.fetched('all'), '1 appointment.booked, 2 appointment.arrived, 3 appointment.fulfilled', 'events come in order, without gaps');
SELECT t.is(t.fetched('all', 2), '1 appointment.booked, 2 appointment.arrived', 'max_events of them');
SELECT t.is(t.fetched('all', 0), '', 'none of them');
SELECT t.is(t.fetched('new'), '2 appointment.arrived, 3 appointment.fulfilled', 'another consumer has its own position');
SELECT t.is(quickbook.ack_events('all', 2)::text, '2', 'ack_events returns the position');
SELECT t.is(t.fetched('all'), '3 appointment.fulfilled', 'what is acknowledged is not given again');
SELECT t.is(t.fetched('all'), '3 appointment.fulfilled', 'what is not is given again');
SELECT t.is(quickbook.ack_events('all', 1)::text, '2', 'a late acknowledgement changes nothing');
SELECT t.refused($$SELECT quickbook.ack_events('all', 4)$$, 'invalid_argument', '22023', 'what has not happened cannot be acknowledged');
SELECT t.refused($$SELECT quickbook.ack_events('all', NULL)$$, 'invalid_argument', '22023', 'nor null');
SELECT t.refused($$SELECT quickbook.ack_events('nobody', 1)$$, 'not_found', 'P0002', 'ack_events: no such consumer');
SELECT t.refused($$SELECT * FROM quickbook.fetch_events('nobody')$$, 'not_found', 'P0002', 'fetch_events: no such consumer');
SELECT t.refused($$SELECT * FROM quickbook.fetch_events('all', -1)$$, 'invalid_argument', '22023', 'fetch_events: a negative number');

--
-- How far behind
--

SET LOCAL quickbook.now = '2026-03-02 08:01+00';
SELECT t.is(t.status_of('all'), '2 1 60', 'lag in events and in seconds since the oldest');
SELECT quickbook.ack_events('all', 3) \gset
SELECT t.is(t.status_of('all'), '3 0 -', 'no lag');
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS b \gset
SELECT t.is(t.status_of('all'), '3 1 0', 'an event without position counts too');
SELECT t.is(t.query('SELECT s.name FROM quickbook.consumer_status() s ORDER BY 1'), 'all, first, new', 'all consumers');
SELECT t.is(t.query($$SELECT count(*) FROM quickbook.consumer_status('nobody')$$), '0', 'a name that is not there gives no row');

--
-- CloudEvents
--

SELECT quickbook.event_json(e) AS j FROM quickbook.fetch_events('all') e \gset
SELECT t.is(:'j'::jsonb->>'specversion', '1.0', 'specversion');
SELECT t.is(:'j'::jsonb->>'type', 'appointment.booked', 'type');
SELECT t.is(:'j'::jsonb->>'subject', :'b', 'subject');
SELECT t.is(:'j'::jsonb->>'time', '2026-03-02T08:01:00.000000Z', 'time is RFC 3339, in UTC');
SELECT t.is(:'j'::jsonb->>'source', '/quickbook/clinics/' || :'c', 'source');
SELECT t.is(:'j'::jsonb->>'sequence', '00000000000000000004', 'sequence orders as text');
SELECT t.is(t.query(t.sql($$SELECT k FROM jsonb_object_keys(%L::jsonb) k WHERE k !~ '^[a-z0-9]{1,20}$'$$, :'j')), '',
	'attribute names are lower-case letters and digits');
SELECT t.is(:'j'::jsonb->'data'->>'status', 'booked', 'data is the appointment');

--
-- Purging
--

SELECT t.is(quickbook.purge_events('1 hour')::text, '0', 'young events stay');
SET LOCAL quickbook.now = '2026-03-02 12:00+00';
SELECT t.is(quickbook.purge_events('1 hour')::text, '1', 'what some consumer has not acknowledged stays: the slowest is at 1');
SELECT quickbook.drop_consumer('new'), quickbook.drop_consumer('first') \gset
SELECT t.is(quickbook.purge_events('1 hour')::text, '2', 'a consumer that is dropped holds up nothing');
SELECT t.is(quickbook.purge_events('1 hour', force => true)::text || ' ' || (quickbook.create_consumer('late')).position::text || ' '
	|| quickbook.drop_consumer('nobody')::text, '1 0 false', 'force takes the rest; positions go on from where they were');

SELECT t.finish();
ROLLBACK;
