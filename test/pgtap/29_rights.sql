-- Section 3, rights: the functions act with the rights of the tables' owner; who
-- may call is decided by EXECUTE alone. Searches run in READ ONLY transactions.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(55);

CREATE ROLE quickbook_test_owner;
CREATE ROLE quickbook_test_app;
CREATE ROLE quickbook_test_nobody;
SET LOCAL client_min_messages = error;
SELECT quickbook.install('quickbook_test_owner') \gset
GRANT USAGE ON SCHEMA quickbook TO quickbook_test_app, quickbook_test_nobody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook TO quickbook_test_app;

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.provider(:'c', 'Crowd', capacity => 2, open_always => true) AS crowd \gset
SELECT t.service(:'c', '60 minutes', :'crowd', name => 'Crowded') AS sc \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-02 16:00+00') AS a \gset

CREATE TABLE t.call (n integer GENERATED ALWAYS AS IDENTITY, writes boolean, want text, sql text);
INSERT INTO t.call (writes, want, sql)
SELECT writes, want, t.sql(sql, :'c', :'p', :'s', :'pat', :'a') FROM (VALUES
	(false, '2026-03-02 09:00:00+00', 'SELECT starts_at FROM quickbook.available_slots(%3$L, ''2026-03-02 00:00+00'', ''2026-03-03 00:00+00'', patient_id => %4$L)'),
	(false, '2026-03-02 09:00:00+00', 'SELECT starts_at FROM quickbook.next_slots(%3$L)'),
	(false, '15', 'SELECT slots FROM quickbook.available_days(%3$L, ''2026-03-02'', ''2026-03-03'')'),
	(false, 'booked', 'SELECT status FROM quickbook.get_appointment(%5$L)'),
	(true, 'booked', 'SELECT status FROM quickbook.create_appointment(%4$L, %2$L, %3$L, ''2026-03-02 11:00+00'')'),
	(true, 'booked', 'SELECT status FROM quickbook.create_appointment(%4$L, NULL, %3$L, ''2026-03-02 12:00+00'', ''key-1'')'),
	(true, 'booked', 'SELECT status FROM quickbook.create_appointment_local(%4$L, %2$L, %3$L, ''2026-03-02'', ''13:00'')'),
	(true, '2', 'SELECT version FROM quickbook.reschedule_appointment(%5$L, ''2026-03-02 14:00+00'')'),
	(true, 'arrived', 'SELECT status FROM quickbook.set_appointment_status(%5$L, ''arrived'')'),
	(true, 'cancelled', 'SELECT status FROM quickbook.cancel_appointment(%5$L)')) AS v (writes, want, sql);
GRANT SELECT ON t.call TO quickbook_test_app, quickbook_test_nobody;

--
-- USAGE on the schema and EXECUTE are all it takes
--

SELECT t.is(t.query($$SELECT count(*) FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS r (privilege)
	WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind = 'r' AND has_table_privilege('quickbook_test_app', c.oid, r.privilege)$$), '0',
	'the app has no right on any table');
SELECT t.is(t.as('quickbook_test_nobody', sql), '42501', t.sql('without EXECUTE: %s', sql)) FROM (SELECT * FROM t.call ORDER BY n) AS k;
SELECT t.is(t.read_only(sql), want, t.sql('READ ONLY: %s', sql)) FROM (SELECT * FROM t.call WHERE NOT writes ORDER BY n) AS k;
SELECT t.is(t.read_only(sql), '25006', t.sql('READ ONLY refuses: %s', sql)) FROM (SELECT * FROM t.call WHERE writes ORDER BY n) AS k;
SELECT t.is(t.as('quickbook_test_app', sql), want, t.sql('as the app: %s', sql)) FROM (SELECT * FROM t.call ORDER BY n) AS k;
SELECT t.is(t.query('SELECT CURRENT_USER = SESSION_USER'), 'true', 'the role is ours again');
SELECT t.is(t.as('quickbook_test_app', t.sql('SELECT quickbook.get_appointment(%L)', :'pat')), 'P0002 not_found', 'as the app: a refusal');
SELECT t.is(t.as('quickbook_test_app', 'SELECT 1 FROM quickbook.appointment'), '42501', 'after which it still may not read the table');
SELECT t.is(t.as('quickbook_test_app', 'SELECT CURRENT_USER::text'), 'quickbook_test_app', 'and is itself');

-- The rights are those of the caller again after a call, and after a refusal,
-- in the same statement and in the same function.
CREATE FUNCTION t.after_call(sql text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	BEGIN
		EXECUTE sql;
	EXCEPTION WHEN OTHERS THEN
		NULL;
	END;
	RETURN CURRENT_USER;
END
$$;
SELECT t.is(t.as('quickbook_test_app', t.sql('SELECT t.after_call(%L)', sql)), 'quickbook_test_app', t.sql('the role after %s', what))
FROM (VALUES (t.sql('SELECT quickbook.get_appointment(%L)', :'a'), 'a call'), (t.sql('SELECT quickbook.get_appointment(%L)', :'pat'), 'a refusal'),
	(t.sql('SELECT * FROM quickbook.next_slots(%L) LIMIT 1', :'s'), 'a search of which one row was read')) AS v (sql, what);

--
-- Row level security of the user's
--

SELECT t.query(t.sql('DELETE FROM quickbook.appointment WHERE id <> %L RETURNING id', :'a')) AS gone \gset
UPDATE quickbook.appointment SET status = 'booked', cancelled_by = NULL, late = NULL WHERE id = :'a';
DELETE FROM quickbook.allocation;
DO $$
DECLARE
	tab text;
BEGIN
	FOREACH tab IN ARRAY ARRAY['clinic', 'provider', 'service', 'service_provider', 'working_hours', 'date_override', 'travel', 'time_off',
		'busy_time', 'booking_limit', 'patient', 'appointment', 'appointment_resource', 'session', 'allocation', 'event'] LOOP
		EXECUTE pg_catalog.format('ALTER TABLE quickbook.%I ENABLE ROW LEVEL SECURITY', tab);
		EXECUTE pg_catalog.format('ALTER TABLE quickbook.%I FORCE ROW LEVEL SECURITY', tab);
	END LOOP;
END
$$;
GRANT SELECT ON quickbook.appointment TO quickbook_test_app;
SELECT t.is(t.as('quickbook_test_app', 'SELECT pg_catalog.count(*) FROM quickbook.appointment'), '0', 'policies hide the rows from the app');
SELECT t.is(t.as('quickbook_test_owner', 'SELECT pg_catalog.count(*) FROM quickbook.appointment'), '0', 'and, as FORCE has it, from the owner');
SELECT t.is(t.as('quickbook_test_app', sql), want, t.sql('row level security: %s', sql))
FROM (SELECT sql, CASE want WHEN '15' THEN '16' WHEN '2' THEN '13' ELSE want END AS want FROM t.call WHERE NOT writes OR sql LIKE '%create_appointment(%' ORDER BY n) AS k;
SELECT t.ok(t.query('SELECT count(*) FROM quickbook.event') <> '0', 'and the log is written');
SELECT t.is(t.as('quickbook_test_app', t.sql('SELECT status FROM quickbook.set_appointment_status(%L, ''arrived'')', :'a')), 'arrived', 'statuses change');

-- With row_security off a policy that would apply is an error; none does.
SET LOCAL row_security = off;
SELECT t.is(t.as('quickbook_test_app', 'SELECT pg_catalog.count(*) FROM quickbook.appointment'), '42501', 'row_security off: the app may not read past the policies');
SELECT t.is(t.as('quickbook_test_app', t.sql('SELECT status FROM quickbook.get_appointment(%L)', :'a')), 'arrived', 'row_security off: the functions read');
SELECT t.is(t.as('quickbook_test_app', t.sql('SELECT status FROM quickbook.cancel_appointment(%L)', :'a')), 'cancelled', 'row_security off: and write');
SET LOCAL row_security = on;

--
-- Settings
--

SELECT t.is(t.as('quickbook_test_app', 'SELECT pg_catalog.set_config(''quickbook.now'', ''2026-03-02 08:00+00'', true)'), '42501', 'only a superuser sets the clock');
SELECT t.is(t.as('quickbook_test_app', 'SELECT pg_catalog.set_config(''quickbook.search_days'', ''10'', true)'), '42501', 'and how far is searched');
SELECT t.is(t.as('quickbook_test_app', 'SELECT pg_catalog.set_config(''quickbook.error_style'', ''http'', true)'), 'http', 'anybody chooses the style of errors');
SELECT t.ok(t.outcome('SET LOCAL quickbook.now = ''yesterday o''''clock''') LIKE '22%', 'the clock is not set to nonsense');

SELECT * FROM t.finish();
ROLLBACK;
