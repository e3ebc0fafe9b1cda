-- Section 5: update_appointment() changes notes and details and nothing else;
-- list_appointments() finds appointments by start, provider in any role, patient and
-- status.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(59);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.hours(:'bob', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.service(:'c', '30 minutes', :'bob', name => 'Surgery') AS surgery \gset
SELECT t.offer(:'surgery', :'room', 'room') \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SAVEPOINT base;

--
-- update_appointment()
--

SELECT id AS a FROM quickbook.create_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'key-1', 'knee', '{"a": 1, "b": [2]}') \gset
CREATE FUNCTION t.texts(appointment uuid) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('%s %s v%s', coalesce(a.notes, 'null'), coalesce(a.details::text, 'null'), a.version)
	FROM quickbook.appointment a WHERE a.id = appointment
$$;
SAVEPOINT made;
SELECT * FROM quickbook.update_appointment(:'a', 'hip', '{"c": 3}') \gset u_
SELECT t.is(:'u_id' || ' ' || :'u_notes' || ' ' || :'u_details', :'a' || ' hip {"c": 3}', 'notes and details are replaced');
SELECT t.is(:'u_version' || ' ' || :'u_sequence' || ' ' || :'u_status', '2 0 booked', 'version rises; sequence and status stay');
SELECT t.is(:'u_starts_at' || ' ' || :'u_idempotency_key', '2026-03-03 10:00:00+00 key-1', 'and all else');
SELECT t.is(t.texts(:'a'), 'hip {"c": 3} v2', 'the table says the same');
SELECT t.is(t.state(:'a'), 'booked v2 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] booked updated', 'one event; the time is as it was');
SELECT t.is(t.key(t.event(:'a'), 'notes') || ' ' || t.key(t.event(:'a'), 'details', 'c'), 'hip 3', 'the event has what it is now');
SELECT t.is(t.key(t.event(:'a'), 'changed', 'notes') || ' ' || t.key(t.event(:'a'), 'changed', 'details'), 'knee {"a": 1, "b": [2]}', 'and what it was');
ROLLBACK TO made;

-- NULL leaves what is there.
SELECT (quickbook.update_appointment(:'a', notes => 'hip')).version \gset
SELECT t.is(t.texts(:'a'), 'hip {"a": 1, "b": [2]} v2', 'notes alone');
SELECT t.is(t.key(t.event(:'a'), 'changed', 'notes') || ' ' || (t.key(t.event(:'a'), 'changed', 'details') IS NULL)::text, 'knee true', 'and only they in changed');
SELECT (quickbook.update_appointment(appointment_id => :'a', details => '{}')).version \gset
SELECT t.is(t.texts(:'a'), 'hip {} v3', 'details alone');
SELECT (quickbook.update_appointment(:'a', notes => '')).version \gset
SELECT t.is(t.texts(:'a'), ' {} v4', 'an empty note is a note');
SELECT t.is(t.events(:'a'), 'booked updated updated updated', 'each is an event');
ROLLBACK TO made;

-- What changes nothing.
SELECT t.is((quickbook.update_appointment(:'a')).version::text, '1', 'nothing given: returned as it is');
SELECT t.is((quickbook.update_appointment(:'a', 'knee', '{"b": [2], "a": 1}')).version::text, '1', 'the same given: returned as it is');
SELECT t.is((quickbook.update_appointment(:'a', NULL, NULL, 1)).version::text, '1', 'with its version');
SELECT t.is(t.events(:'a'), 'booked', 'and no event');

-- Versions, and what is not there.
SELECT t.is((quickbook.update_appointment(:'a', 'hip', expected_version => 1)).version::text, '2', 'expected_version');
SELECT t.refused(t.call('update_appointment', :'a', '''toe'', expected_version => 1'), 'stale_version', '23QB8', 'another version than expected');
SELECT t.refused(t.call('update_appointment', :'a', 'expected_version => 1'), 'stale_version', '23QB8', 'also when nothing is to change');
SELECT t.is(t.texts(:'a'), 'hip {"a": 1, "b": [2]} v2', 'after refusals nothing has changed');
SELECT t.refused(t.call('update_appointment', id, '''x'''), name, state, what)
FROM (VALUES ('00000000-0000-7000-8000-00000000ffff', 'not_found', 'P0002', 'an unknown appointment'), (NULL, 'invalid_argument', '22023', 'no appointment')) AS v (id, name, state, what);
ROLLBACK TO made;

-- Whatever its status.
SELECT t.is(t.outcome(t.call('update_appointment',
	t.appointment(status, :'ben', :'bob', :'s', starts_at::timestamptz, starts_at::timestamptz + '00:30'::interval)::text, '''seen''')), 'ok', t.sql('%s can be updated', status))
FROM (VALUES ('held', '2026-04-01 09:00+00'), ('pending', '2026-04-02 09:00+00'), ('arrived', '2026-04-03 09:00+00'),
	('checked-in', '2026-04-04 09:00+00'), ('fulfilled', '2026-04-05 09:00+00'), ('cancelled', '2026-04-06 09:00+00'), ('noshow', '2026-04-07 09:00+00')) AS v (status, starts_at);
-- Repeating the booking gives what has become of it.
SELECT (quickbook.update_appointment(:'a', 'hip')).version \gset
SELECT t.is((quickbook.create_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'key-1', 'knee', '{"a": 1, "b": [2]}')).notes, 'hip', 'the booking sent again gives the notes of today');
-- A seat in a session.
UPDATE quickbook.service SET seats = 2 WHERE id = :'s';
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 11:00+00') AS seat \gset
SELECT t.is((quickbook.update_appointment(:'seat', 'front row')).seat::text || ' ' || t.allocations(:'seat'), '1 Ben/0 11:00-11:30', 'a seat in a session stays where it is');
ROLLBACK TO base;

--
-- list_appointments()
--

-- Letters for what is listed, in the order in which it comes.
CREATE TABLE t.letter (id uuid, letter text);
CREATE FUNCTION t.list(arguments text DEFAULT '') RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT replace(t.query(format('SELECT coalesce(l.letter, ''?'') FROM quickbook.list_appointments(%s) WITH ORDINALITY AS a'
		' LEFT JOIN t.letter l ON l.id = a.id ORDER BY a.ordinality', arguments)), ', ', '')
$$;
SELECT t.is(t.list(), '', 'nothing booked, nothing listed');
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SELECT t.book(:'ben', :'bob', :'s', '2026-03-03 11:00+00') AS b \gset
SELECT t.book(:'pat', :'bob', :'surgery', '2026-03-04 09:00+00') AS d \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-02 09:00+00') AS e \gset
SELECT id AS f FROM quickbook.hold_appointment(NULL, :'p', :'s', '2026-03-05 09:00+00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-06 09:00+00') AS g \gset
SELECT (quickbook.cancel_appointment(:'g')).status \gset
INSERT INTO t.letter VALUES (:'a', 'a'), (:'b', 'b'), (:'d', 'd'), (:'e', 'e'), (:'f', 'f'), (:'g', 'g');
SELECT t.is(t.list(), 'eabdfg', 'all of them, by start, whatever their status');
SELECT t.is(t.list(arguments), want, t.sql('list_appointments(%s): %s', arguments, want))
FROM (VALUES
	('''2026-03-03 10:00+00''', 'abdfg'), ('''2026-03-03 10:00:00.000001+00''', 'bdfg'),
	('to_time => ''2026-03-03 11:00+00''', 'ea'), ('to_time => ''2026-03-03 11:00:00.000001+00''', 'eab'),
	('''2026-03-03 10:00+00'', ''2026-03-04 09:00+00''', 'ab'), ('''2026-03-03 10:10+00'', ''2026-03-03 10:20+00''', ''),
	('''2026-03-03 10:00+00'', ''2026-03-03 10:00+00''', ''), ('''2030-01-01'', NULL', '')) AS v (arguments, want);
SELECT t.is(t.list(t.sql('provider_id => %L', provider)), want, t.sql('%s: %s', what, want))
FROM (VALUES (:'p', 'eafg', 'of Ada'), (:'bob', 'bd', 'of Bob'), (:'room', 'd', 'of the room, which does not lead')) AS v (provider, want, what);
SELECT t.is(t.list(t.sql('patient_id => %L', patient)), want, t.sql('%s: %s', what, want))
FROM (VALUES (:'pat', 'adg', 'of Pat'), (:'ben', 'eb', 'of Ben')) AS v (patient, want, what);
SELECT t.is(t.list(t.sql('status => %L', status)), want, t.sql('%s: %s', status, want))
FROM (VALUES ('booked', 'eabd'), ('held', 'f'), ('cancelled', 'g'), ('noshow', ''), ('entered-in-error', '')) AS v (status, want);
SELECT t.is(t.list(t.sql('''2026-03-03'', ''2026-03-07'', %L, %L, ''booked''', :'p', :'pat')), 'a', 'all together');
SELECT t.is(t.list(t.sql('provider_id => %L, patient_id => %L', :'bob', :'pat')), 'd', 'who with whom');
SELECT t.refused('SELECT * FROM quickbook.list_appointments(status => ''open'')', 'invalid_argument', '22023', 'no such status');

-- The rows are those that get_appointment() gives.
SELECT t.is(t.query(t.sql('SELECT a.* FROM quickbook.list_appointments(patient_id => %L, status => ''cancelled'') AS a', :'pat')),
	t.query(t.sql('SELECT a.* FROM quickbook.get_appointment(%L) AS a', :'g')), 'the rows are those of get_appointment()');
SELECT t.is(t.query('SELECT count(a.hold_token) FROM quickbook.list_appointments() AS a'), '0', 'without the token of a hold');
SELECT t.is(t.read_only('SELECT count(*) FROM quickbook.list_appointments()'), '6', 'it only reads');

-- At one start, by id.
UPDATE quickbook.service SET seats = 5 WHERE id = :'s';
SELECT t.book(t.patient(:'c'), :'p', :'s', '2026-03-10 09:00+00') AS x1 \gset
SELECT t.book(t.patient(:'c'), :'bob', :'s', '2026-03-10 09:00+00') AS x2 \gset
SELECT t.book(t.patient(:'c'), :'p', :'s', '2026-03-10 09:00+00') AS x3 \gset
SELECT t.is(t.query('SELECT a.id FROM quickbook.list_appointments(''2026-03-10'') WITH ORDINALITY AS a ORDER BY a.ordinality'),
	t.query('SELECT a.id FROM quickbook.appointment a WHERE a.starts_at >= ''2026-03-10'' ORDER BY a.id'), 'at one start, by id');
SELECT (quickbook.reschedule_appointment(:'x1', '2026-03-10 10:00+00')).status \gset
SELECT t.is(t.query('SELECT a.id FROM quickbook.list_appointments(''2026-03-10'') WITH ORDINALITY AS a ORDER BY a.ordinality'),
	t.query('SELECT a.id FROM quickbook.appointment a WHERE a.starts_at >= ''2026-03-10'' ORDER BY a.starts_at, a.id'), 'by the start of today');

SELECT * FROM t.finish();
ROLLBACK;
