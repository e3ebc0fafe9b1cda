-- Section 5: version rises with every change, and who says which version was seen
-- is refused when there is a newer one.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(28);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-02 10:00+00') AS a \gset
SELECT (quickbook.get_appointment(:'a')).updated_at AS created_at \gset

SELECT t.is((quickbook.get_appointment(:'a')).version::text, '1', 'a new appointment has version 1');
SELECT t.is((quickbook.reschedule_appointment(:'a', '2026-03-02 11:00+00', expected_version => 1)).version::text, '2', 'version 1 was seen: moved');

CREATE TABLE t.change (what text, sql text);
INSERT INTO t.change VALUES
	('reschedule_appointment', 'SELECT quickbook.reschedule_appointment(%L, ''2026-03-02 12:00+00'', expected_version => %s)'),
	('cancel_appointment', 'SELECT quickbook.cancel_appointment(%L, expected_version => %s)'),
	('set_appointment_status', 'SELECT quickbook.set_appointment_status(%L, ''arrived'', expected_version => %s)');
SELECT t.refused(t.sql(sql, :'a', version), 'stale_version', '23QB8', t.sql('%s: version %s when it is 2', what, version))
FROM t.change, (VALUES ('1'), ('3'), ('0')) AS v (version);
SELECT t.is(t.query(t.sql('SELECT a.version, a.status, a.sequence FROM quickbook.appointment a WHERE a.id = %L', :'a')), '2 booked 1', 'nothing has changed');
SELECT t.is(t.events(:'a'), 'booked rescheduled', 'and nothing was logged');

-- Without a version nobody asks; NULL is none.
SELECT t.is((quickbook.reschedule_appointment(:'a', '2026-03-02 12:00+00')).version::text, '3', 'no version: moved');
SELECT t.is((quickbook.reschedule_appointment(:'a', '2026-03-02 13:00+00', expected_version => NULL)).version::text, '4', 'NULL: moved');
SELECT t.is((quickbook.set_appointment_status(:'a', 'arrived', 4)).version::text, '5', 'set_appointment_status() of the version seen');
SELECT t.is((quickbook.set_appointment_status(:'a', 'booked', 5)).version::text, '6', 'undo of the version seen');
SELECT t.at('2026-03-02 08:05+00') \gset
SELECT t.is((quickbook.cancel_appointment(:'a', 'ill', 6)).version::text, '7', 'cancel_appointment() of the version seen');
SELECT t.is(t.query(t.sql('SELECT string_agg(e.data->>''version'', '' '' ORDER BY e.seq) FROM quickbook.event e WHERE e.subject = %L', :'a')),
	'1 2 3 4 5 6 7', 'the log has every version once');
SELECT t.is(t.query(t.sql('SELECT updated_at > %L, created_at <= %L FROM quickbook.get_appointment(%L)', :'created_at', :'created_at', :'a')), 'true true',
	'updated_at is the last change''s, created_at the first''s');
SELECT t.is((quickbook.get_appointment(:'a')).sequence::text, '3', 'sequence counted the moves only');

-- What changes nothing keeps the version.
SELECT t.is((quickbook.cancel_appointment(:'a')).version::text, '7', 'cancelling again keeps it');
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS b \gset
SELECT t.is((quickbook.reschedule_appointment(:'b', '2026-03-03 10:00+00', expected_version => 1)).version::text, '1', 'moving to the same time keeps it');
SELECT t.refused(t.sql('SELECT quickbook.reschedule_appointment(%L, ''2026-03-03 10:00+00'', expected_version => 2)', :'b'), 'stale_version', '23QB8',
	'a wrong version is refused there too');
-- A refused change keeps it too.
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reschedule_appointment(%L, ''2026-03-03 03:00+00'', expected_version => 1)', :'b')),
	'23QB1 outside_hours', 'a refused move');
SELECT t.is((quickbook.get_appointment(:'b')).version::text, '1', 'keeps it');

-- The version is told before the status.
SELECT t.is(t.outcome(t.sql('SELECT quickbook.set_appointment_status(%L, ''pending'', 5)', :'b')), '23QB8 stale_version',
	'who has not seen the last version is told so first');
SELECT t.ok(t.key(t.detail(t.sql('SELECT quickbook.cancel_appointment(%L, expected_version => 5)', :'b')), 'appointment_id') = :'b',
	'DETAIL names the appointment');

SELECT * FROM t.finish();
ROLLBACK;
