-- The roles of the database: who has no identity is nobody, whatever is missing;
-- what the relay may, and what an app.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/people.inc
SELECT t.plan(72);

SELECT quickbook.create_consumer('reader') \gset
CREATE ROLE quickbook_test_plain;
CREATE ROLE quickbook_test_kiosk IN ROLE quickbook_anon;
CREATE ROLE quickbook_test_nurse IN ROLE quickbook_staff;
CREATE ROLE quickbook_test_relay IN ROLE quickbook_relay;
CREATE ROLE quickbook_test_app;
GRANT USAGE ON SCHEMA quickbook, quickbook_internal TO quickbook_test_plain, quickbook_test_kiosk, quickbook_test_nurse, quickbook_test_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook, quickbook_internal TO quickbook_test_plain, quickbook_test_kiosk, quickbook_test_nurse, quickbook_test_owner;

--
-- What concerns all clinics (H1)
--

CREATE TABLE t.house (n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sql text);
INSERT INTO t.house (sql) VALUES
	('SELECT 1 FROM quickbook.claim_notifications(''email'', 1, ''1 hour'')'),
	('SELECT quickbook.complete_notification(quickbook.new_id())'),
	('SELECT quickbook.fail_notification(quickbook.new_id())'),
	('SELECT quickbook.retry_dead_notifications()'),
	('SELECT quickbook.create_consumer(''thief'', 0)'),
	('SELECT 1 FROM quickbook.fetch_events(''reader'')'),
	('SELECT quickbook.ack_events(''reader'', 0)'),
	('SELECT 1 FROM quickbook.consumer_status()'),
	('SELECT quickbook.purge_events(''1 day'')'),
	('SELECT quickbook.drop_consumer(''nobody'')'),
	('SELECT quickbook.relay_lock(''reader'')'),
	('SELECT quickbook.run_maintenance()'),
	('SELECT quickbook.stat_counters()'),
	('SELECT quickbook.reset_stat()');
SELECT t.is(t.as('quickbook_test_plain', 'SELECT kind FROM quickbook.whoami()'), 'anon', 'EXECUTE on everything is nobody');
SELECT t.is(t.as('quickbook_test_plain', k.sql), '42501 not_allowed', t.sql('who may not: %s', k.sql)) FROM (SELECT sql FROM t.house ORDER BY n) AS k;
-- new_id() is for staff
SELECT t.ok(t.as('quickbook_test_relay', pg_catalog.replace(k.sql, 'quickbook.new_id()', 'pg_catalog.gen_random_uuid()')) IS DISTINCT FROM '42501 not_allowed',
	t.sql('the relay may: %s', k.sql)) FROM (SELECT sql FROM t.house ORDER BY n) AS k;
SELECT t.is(t.as('quickbook_test_relay', t.sql('SELECT status FROM quickbook.get_appointment(%L)', :'ap_a')), '42501', 'it reads no appointments');
SELECT t.is(t.as('quickbook_test_relay', 'SELECT 1 FROM quickbook.event'), '42501', 'and no tables');
SELECT t.is(t.as('quickbook_test_relay', 'SELECT pg_catalog.count(*) FROM quickbook.stat'), '1', 'but the statistics');
SELECT t.is(t.as('quickbook_test_relay', 'SELECT kind FROM quickbook.whoami()'), 'anon', 'it is nobody otherwise');
GRANT quickbook_relay TO quickbook_test_plain;
SELECT t.is((t.try('quickbook_test_plain', 'on', t.claims('patient', 'c1', 'A'), 'SELECT 1 AS v FROM quickbook.claim_notifications(''email'')')).outcome, 'x',
	'whoever says who he is is that one, and no relay');
REVOKE quickbook_relay FROM quickbook_test_plain;

--
-- What is missing closes (H2)
--

SELECT t.is(t.query('SELECT roles_in_use FROM quickbook.schema_version'), 'true', 'create_roles() has written that it ran');
CREATE FUNCTION t.kinds() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT string_agg(t.as('quickbook_test_' || r, 'SELECT kind FROM quickbook.whoami()'), ' ' ORDER BY n)
	FROM unnest(ARRAY['plain', 'kiosk', 'nurse', 'owner']) WITH ORDINALITY AS v (r, n)
$$;
CREATE FUNCTION t.check() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT coalesce(string_agg(object, ', ' ORDER BY object), '') FROM quickbook.check_install() $$;
SELECT t.is(t.kinds(), 'anon anon staff admin', 'who is who');
SELECT t.is(t.check(), '', 'and all is well');

SAVEPOINT whole;
REVOKE quickbook_anon FROM quickbook_patient;
SELECT t.is(t.kinds(), 'anon anon staff admin', 'patients without the rights of anon');
SELECT t.is(t.check(), 'role quickbook_patient', 'check_install() says so');
SELECT quickbook.create_roles() \gset
SELECT t.is(t.check(), '', 'and create_roles() mends it');
ROLLBACK TO whole;
REVOKE quickbook_provider FROM quickbook_staff;
SELECT t.is(t.kinds(), 'anon anon staff admin', 'staff without those of providers');
SELECT t.is(t.check(), 'role quickbook_staff', 'check_install() says so');
SELECT quickbook.create_roles() \gset
SELECT t.is(t.check(), '', 'and create_roles() mends it');
ROLLBACK TO whole;
REVOKE USAGE ON SCHEMA quickbook FROM quickbook_anon;
SELECT t.is(t.kinds(), 'anon anon staff admin', 'no USAGE on the schema');
SELECT t.is(t.check(), 'role quickbook_anon', 'check_install() says so');
SELECT quickbook.create_roles() \gset
SELECT t.is(t.check(), '', 'and create_roles() mends it');
ROLLBACK TO whole;
DROP OWNED BY quickbook_staff;
DROP ROLE quickbook_staff;
SELECT t.is(t.kinds(), 'anon anon anon admin', 'no quickbook_staff');
SELECT t.ok(t.check() LIKE '%role quickbook_staff%', 'check_install() says so');
SELECT t.is(t.outcome('SELECT quickbook.install(''quickbook_test_owner'')'), 'ok', 'install() works without it');
SELECT t.is(t.as('quickbook_test_nurse', 'SELECT 1 FROM quickbook.claim_notifications(''email'')'), '42501 not_allowed', 'nobody is more than before');
SELECT quickbook.create_roles() \gset
SELECT t.is(t.check(), '', 'and create_roles() mends it');
ROLLBACK TO whole;
DROP OWNED BY quickbook_anon, quickbook_patient, quickbook_provider, quickbook_staff, quickbook_admin, quickbook_relay;
DROP ROLE quickbook_anon, quickbook_patient, quickbook_provider, quickbook_staff, quickbook_admin, quickbook_relay;
SELECT t.is(t.kinds(), 'anon anon anon admin', 'none of the roles, as after restoring a dump on another server');
SELECT t.is(t.as('quickbook_test_kiosk', t.sql('SELECT status FROM quickbook.get_appointment(%L)', :'ap_a')), '42501 not_allowed', 'nobody reads appointments by that');
SELECT t.is(t.as('quickbook_test_kiosk', 'SELECT 1 FROM quickbook.claim_notifications(''email'')'), '42501 not_allowed', 'nor mails');
SELECT t.is(t.outcome('SELECT quickbook.migrate()'), 'ok', 'migrate() works');
SELECT quickbook.create_roles() \gset
SELECT t.is(t.check(), '', 'and create_roles() makes them again');
ROLLBACK TO whole;
DELETE FROM quickbook.schema_version;
SELECT t.is(t.kinds(), 'anon anon staff admin', 'tables that do not say are closed');
ROLLBACK TO whole;
DROP ROLE quickbook_test_relay;
DROP OWNED BY quickbook_relay;
DROP ROLE quickbook_relay;
SELECT t.is(t.check(), 'role quickbook_relay', 'check_install() misses quickbook_relay too');
ROLLBACK TO whole;
GRANT CREATE ON SCHEMA quickbook TO quickbook_test_app;
SELECT t.is(t.query('SELECT object, problem FROM quickbook.check_install()'),
	'schema quickbook quickbook_test_app may make functions in it and is no superuser', 'check_install() tells who may plant functions');
ROLLBACK TO whole;

--
-- grant_app()
--

SELECT t.ok(quickbook.grant_app('quickbook_test_app') LIKE 'quickbook: quickbook_test_app may call % functions', 'grant_app()');
SELECT t.is(t.query($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace)
	AND has_function_privilege('quickbook_test_app', p.oid, 'EXECUTE')
	AND (p.prorettype = 'trigger'::regtype OR p.proname ~ '^(schema|attach|password)_' OR p.proname IN ('install', 'migrate', 'check_install',
		'create_roles', 'grant_app', 'rotate_token_key', 'jwks', 'filter_identity'))$$), '', 'grants nothing of the house');
SELECT t.is(t.query($$SELECT f.object FROM quickbook_internal.schema_role_functions() f WHERE f.definition = 'relay' AND f.object NOT IN ('whoami', 'event_json')
	AND EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'quickbook'::regnamespace AND p.proname = f.object
		AND has_function_privilege('quickbook_test_app', p.oid, 'EXECUTE'))$$), '', 'nor of the relay');
SELECT t.is(t.as('quickbook_test_app', 'SELECT kind FROM quickbook.whoami()'), 'anon', 'an app is nobody by itself');
SELECT t.is((t.try_token('quickbook_test_app', t.token('A'), t.sql('SELECT status AS v FROM quickbook.get_appointment(%L)', :'ap_a'))).outcome, 'booked', 'and who it calls authenticate() for');
SELECT t.refused('SELECT quickbook.grant_app(''quickbook_test_nobody'')', 'invalid_argument', '22023', 'a role that there is not');
SELECT t.refused('SELECT quickbook.grant_app(NULL)', 'invalid_argument', '22023', 'no role');
SELECT t.is(t.as('quickbook_test_plain', 'SELECT quickbook.grant_app(''quickbook_test_app'')'), '42501 not_allowed', 'not by anybody');
CREATE FUNCTION quickbook.whoami(integer) RETURNS integer LANGUAGE sql RETURN 1;
REVOKE EXECUTE ON FUNCTION quickbook.whoami(integer) FROM PUBLIC;
SELECT quickbook.grant_app('quickbook_test_app') \gset
SELECT quickbook.create_roles() \gset
SELECT t.is(t.query($$SELECT r.rolname FROM pg_roles r WHERE NOT r.rolsuper AND has_function_privilege(r.oid, 'quickbook.whoami(integer)', 'EXECUTE')$$),
	'', 'what users put beside our functions is granted to nobody');

--
-- Templates that say {{token}} (L7)
--

SELECT t.is((t.try('quickbook_staff', 'on', t.claims('staff', 'c1'),
	t.sql('INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (%L, ''T'', ''{{token}}'') RETURNING 1 AS v', :'c1'))).outcome, 'x',
	'staff write no {{token}} into a template');
SELECT t.is((t.try('quickbook_admin', 'on', t.claims('admin', 'c1'),
	t.sql('INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (%L, ''T'', ''{{token}}'') RETURNING 1 AS v', :'c1'))).outcome, '1',
	'admins do');
INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (:'c1', 'T', 'Dear {{patient_name}}') RETURNING id AS t \gset
SELECT t.is((t.try('quickbook_staff', 'on', t.claims('staff', 'c1'),
	t.sql('UPDATE quickbook.message_template SET subject = ''{{token}}'', body = ''x'' WHERE id = %L RETURNING 1 AS v', :'t'))).outcome, 'x', 'nor into one that is there');
SELECT t.is((t.try('quickbook_staff', 'on', t.claims('staff', 'c1'),
	t.sql('UPDATE quickbook.message_template SET body = ''Hello {{patient_name}}'' WHERE id = %L RETURNING 1 AS v', :'t'))).outcome, '1', 'other texts are theirs');

SELECT * FROM t.finish();
ROLLBACK;
