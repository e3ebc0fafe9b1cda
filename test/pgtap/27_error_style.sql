-- Section 6: quickbook.error_style. With http the SQLSTATE is PT and the HTTP
-- status, for PostgREST, and DETAIL says the real one; all else stays.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(54);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.service(:'c', '30 minutes', :'p', name => 'Closed') AS off \gset
UPDATE quickbook.service SET active = false WHERE id = :'off';
UPDATE quickbook.service SET min_notice = '2 hours', horizon_days = 14 WHERE id = :'s';
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.hours(:'bob', NULL, '09:00', '17:00') \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT id AS a FROM quickbook.create_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'key-1') \gset

CREATE TABLE t.refusal (n integer GENERATED ALWAYS AS IDENTITY, name text, sqlstate text, status text, sql text);
INSERT INTO t.refusal (name, sqlstate, status, sql)
SELECT name, sqlstate, status, t.sql(sql, :'pat', :'ben', :'p', :'s', :'off', :'a', :'bob') FROM (VALUES
	('slot_taken', '23P01', '409', 'SELECT quickbook.create_appointment(%2$L, %3$L, %4$L, ''2026-03-03 10:00+00'')'),
	('patient_busy', '23P01', '409', 'SELECT quickbook.create_appointment(%1$L, %7$L, %4$L, ''2026-03-03 10:00+00'')'),
	('idempotency_conflict', '23505', '422', 'SELECT quickbook.create_appointment(%2$L, %3$L, %4$L, ''2026-03-03 11:00+00'', ''key-1'')'),
	('outside_hours', '23QB1', '422', 'SELECT quickbook.create_appointment(%2$L, %3$L, %4$L, ''2026-03-03 08:00+00'')'),
	('off_grid', '23QB2', '422', 'SELECT quickbook.create_appointment(%2$L, %3$L, %4$L, ''2026-03-03 11:10+00'')'),
	('too_soon', '23QB3', '422', 'SELECT quickbook.create_appointment(%2$L, %3$L, %4$L, ''2026-03-02 09:30+00'')'),
	('beyond_horizon', '23QB4', '422', 'SELECT quickbook.create_appointment(%2$L, %3$L, %4$L, ''2026-04-03 10:00+00'')'),
	('policy_refused', '23QB6', '422', 'SELECT quickbook.create_appointment(%2$L, %3$L, %5$L, ''2026-03-03 11:00+00'')'),
	('invalid_transition', '23QB7', '409', 'SELECT quickbook.set_appointment_status(%6$L, ''held'')'),
	('stale_version', '23QB8', '412', 'SELECT quickbook.cancel_appointment(%6$L, expected_version => 7)'),
	('not_found', 'P0002', '404', 'SELECT quickbook.get_appointment(%1$L)'),
	('invalid_argument', '22023', '400', 'SELECT quickbook.get_appointment(NULL)')) AS v (name, sqlstate, status, sql);

SELECT t.is(pg_catalog.current_setting('quickbook.error_style'), 'sql', 'the default is sql');
SELECT t.refused(sql, name, sqlstate, t.sql('sql: %s', name)) FROM (SELECT * FROM t.refusal ORDER BY n) AS r;
SELECT t.is(t.key(t.detail(sql), 'sqlstate'), NULL, t.sql('sql: %s: DETAIL leaves the SQLSTATE to SQL', name)) FROM (SELECT * FROM t.refusal ORDER BY n) AS r;

SET LOCAL quickbook.error_style = 'http';
SELECT t.refused(sql, name, t.sql('PT%s', status), t.sql('http: %s', name)) FROM (SELECT * FROM t.refusal ORDER BY n) AS r;
SELECT t.is(t.key(t.detail(sql), 'sqlstate'), sqlstate, t.sql('http: %s: the SQLSTATE in DETAIL', name)) FROM (SELECT * FROM t.refusal ORDER BY n) AS r;

SAVEPOINT newer;
UPDATE quickbook.schema_version SET version = 99;
SELECT t.refused(t.sql('SELECT quickbook.get_appointment(%L)', :'a'), 'wrong_schema_version', 'PT503', 'http: wrong_schema_version');
ROLLBACK TO newer;
SELECT t.refused('UPDATE quickbook.clinic SET time_zone = ''CEST''', 'invalid_argument', 'PT400', 'http: also from triggers');
-- What succeeds is the same.
SELECT t.is((quickbook.get_appointment(:'a')).status, 'booked', 'http: no refusal, no difference');

SET LOCAL quickbook.error_style = 'sql';
SELECT t.is(t.outcome('SET LOCAL quickbook.error_style = ''soap'''), '22023', 'no other style is known');
SELECT t.is(t.outcome('SELECT quickbook.get_appointment(NULL)'), '22023 invalid_argument', 'and back');

SELECT * FROM t.finish();
ROLLBACK;
