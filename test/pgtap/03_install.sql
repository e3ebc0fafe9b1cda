-- Sections 1 and 6: install(), migrate() and check_install(); the code refuses
-- to run without its tables, and on tables older or newer than itself.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(85);

CREATE ROLE quickbook_test_owner;
CREATE ROLE quickbook_test_other;
SET LOCAL client_min_messages = error;

SELECT t.clinic('Europe/Berlin') AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.hours(:'p', NULL, '00:00', '24:00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-02 10:00+00') AS a \gset

SELECT t.is(t.query('SELECT * FROM quickbook_internal.schema_expected() EXCEPT SELECT * FROM quickbook_internal.schema_present()'), '',
	'sql/26_schema_expected.sql has nothing that the tables have not (else: make schema-expected)');
SELECT t.is(t.query('SELECT * FROM quickbook_internal.schema_present() EXCEPT SELECT * FROM quickbook_internal.schema_expected()'), '',
	'and lacks nothing that they have');

CREATE FUNCTION t.problems() RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	list text := '';
BEGIN
	FOR r IN SELECT * FROM quickbook.check_install() LOOP
		list := t.join(list, r.object);
	END LOOP;
	RETURN list;
END
$$;

-- What check_install() says after some damage, which is then undone.
CREATE FUNCTION t.damage(sql text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	EXECUTE sql;
	found := t.problems();
	RAISE EXCEPTION USING ERRCODE = 'T0000', MESSAGE = found;
EXCEPTION WHEN SQLSTATE 'T0000' THEN
	RETURN found;
END
$$;

CREATE FUNCTION t.reports(sql text, object text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text := t.damage(sql);
BEGIN
	RETURN t.contains(found, object, sql);
END
$$;
CREATE FUNCTION t.contains(list text, item text, descr text) RETURNS text
LANGUAGE plpgsql SET search_path = public, pg_catalog
AS $$
DECLARE
	good boolean := position(item IN list) > 0;
BEGIN
	RETURN public.ok(good, 'reported: ' || descr) || CASE WHEN good THEN '' ELSE E'\n'
		|| public.diag(format('check_install() said "%s" and nothing of "%s"', list, item)) END;
END
$$;

SELECT t.is(t.problems(), '', 'nothing is wrong after install()');
SELECT t.is(t.outcome('SELECT quickbook.install()'), 'ok', 'install() again is no error');
SELECT t.is(t.problems(), '', 'and nothing is wrong after it');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.appointment'), '1', 'and every row is still there');
SELECT t.is(t.outcome('SELECT quickbook.migrate()'), 'ok', 'migrate() to the version that is there is no error');
SELECT t.is(t.problems(), '', 'and nothing is wrong after it');

--
-- Damage is reported
--

SELECT t.reports('ALTER TABLE quickbook.patient DROP COLUMN phone', 'patient.phone');
SELECT t.reports('ALTER TABLE quickbook.appointment DROP COLUMN details', 'appointment.details');
SELECT t.reports('ALTER TABLE quickbook.service ALTER COLUMN seats TYPE bigint', 'service.seats');
SELECT t.reports('ALTER TABLE quickbook.appointment ALTER COLUMN service_id DROP NOT NULL', 'appointment.service_id');
SELECT t.reports('ALTER TABLE quickbook.provider RENAME COLUMN capacity TO places', 'provider.capacity');
SELECT t.reports('ALTER TABLE quickbook.allocation DROP CONSTRAINT allocation_no_overlap', 'allocation_no_overlap');
SELECT t.reports('ALTER TABLE quickbook.provider DROP CONSTRAINT provider_capacity_is_1_to_1000', 'provider_capacity_is_1_to_1000');
SELECT t.reports('ALTER TABLE quickbook.appointment DROP CONSTRAINT appointment_patient_fkey', 'appointment_patient_fkey');
SELECT t.reports('ALTER TABLE quickbook.event DROP CONSTRAINT event_pkey', 'event_pkey');
SELECT t.reports('DROP INDEX quickbook.appointment_clinic_id_idempotency_key_idx', 'appointment_clinic_id_idempotency_key_idx');
SELECT t.reports(t.sql('DROP TRIGGER %I ON quickbook.patient', trigger), t.sql('%s on patient', trigger))
FROM (SELECT g.tgname::text FROM pg_catalog.pg_trigger g WHERE NOT g.tgisinternal
	AND g.tgrelid = 'quickbook.patient'::pg_catalog.regclass ORDER BY 1) AS v (trigger);
SELECT t.reports('ALTER TABLE quickbook.patient DISABLE TRIGGER USER', 'on patient');
SELECT t.reports('DROP TABLE quickbook.travel', 'table travel');
SELECT t.reports('ALTER TABLE quickbook.event OWNER TO quickbook_test_owner', 'table event');
SELECT t.reports('UPDATE quickbook.schema_version SET version = 99', 'schema');
SELECT t.reports('DELETE FROM quickbook.schema_version', 'schema');

-- A constraint of that name that is another one is as bad as none.
SELECT t.reports('ALTER TABLE quickbook.allocation DROP CONSTRAINT allocation_no_overlap,'
	' ADD CONSTRAINT allocation_no_overlap EXCLUDE USING gist (calendar_id WITH OPERATOR(pg_catalog.=))', 'allocation_no_overlap');

-- What the user adds is the user's.
SELECT t.is(t.damage('ALTER TABLE quickbook.provider ADD COLUMN colour text'), '', 'a user''s column is not reported');
SELECT t.is(t.damage('CREATE INDEX ON quickbook.patient (name)'), '', 'a user''s index is not reported');
SELECT t.is(t.damage('CREATE TABLE quickbook.notes_of_ours (note text)'), '', 'a user''s table is not reported');
SELECT t.is(t.damage('ALTER TABLE quickbook.provider ADD CONSTRAINT provider_has_a_name CHECK (name IS NOT NULL)'), '',
	'a user''s constraint is not reported');
SELECT t.is(t.damage('ALTER TABLE quickbook.patient ENABLE ROW LEVEL SECURITY; CREATE POLICY ours ON quickbook.patient USING (true)'),
	'', 'a user''s policy is not reported');

-- install() puts back what DROP EXTENSION ... CASCADE takes.
DROP TRIGGER quickbook_fill_row ON quickbook.provider;
SELECT quickbook.install() \gset
SELECT t.is(t.problems(), '', 'install() puts a trigger back');

--
-- The user's columns, in the middle of a session and afterwards
--

SAVEPOINT columns;
ALTER TABLE quickbook.appointment ADD COLUMN colour text NOT NULL DEFAULT 'blue';
ALTER TABLE quickbook.event ADD COLUMN sent boolean;
ALTER TABLE quickbook.allocation ADD COLUMN note text;
ALTER TABLE quickbook.provider ADD COLUMN title text, ADD COLUMN calendar_id text;
ALTER TABLE quickbook.service ADD COLUMN price numeric;
SELECT t.book(:'pat', :'p', :'s', '2026-03-04 10:00+00') AS more \gset
SELECT t.is((quickbook.reschedule_appointment(:'more', '2026-03-04 11:00+00')).status, 'booked', 'with columns of the user''s: booked and moved');
SELECT t.is((quickbook.get_appointment(:'more')).starts_at::text, '2026-03-04 11:00:00+00', 'read');
SELECT t.is(t.next(:'s', '2026-03-04 10:30+00', 2), '10:30 11:30', 'and searched');
ALTER TABLE quickbook.appointment DROP COLUMN colour;
ALTER TABLE quickbook.appointment ADD COLUMN size integer;
SELECT t.is((quickbook.cancel_appointment(:'more')).status, 'cancelled', 'and with others in their place');
SELECT t.is(t.problems(), '', 'none of which is reported');
ROLLBACK TO columns;

--
-- Tables of another version, or none
--

CREATE TABLE t.calls (sql text);
INSERT INTO t.calls SELECT t.sql(call, :'c', :'p', :'s', :'pat', :'a') FROM (VALUES
	('SELECT * FROM quickbook.available_slots(%3$L, ''2026-03-02 00:00+00'', ''2026-03-03 00:00+00'')'),
	('SELECT * FROM quickbook.next_slots(%3$L)'),
	('SELECT * FROM quickbook.available_days(%3$L, ''2026-03-02'', ''2026-03-03'')'),
	('SELECT quickbook.create_appointment(%4$L, %2$L, %3$L, ''2026-03-02 11:00+00'')'),
	('SELECT quickbook.create_appointment_local(%4$L, %2$L, %3$L, ''2026-03-02'', ''11:00'')'),
	('SELECT quickbook.reschedule_appointment(%5$L, ''2026-03-02 12:00+00'')'),
	('SELECT quickbook.cancel_appointment(%5$L)'),
	('SELECT quickbook.set_appointment_status(%5$L, ''arrived'')'),
	('SELECT quickbook.get_appointment(%5$L)')) AS v (call);

SAVEPOINT newer;
UPDATE quickbook.schema_version SET version = 99;
SELECT t.refused(sql, 'wrong_schema_version', '0A000', t.sql('newer tables: %s', sql)) FROM t.calls;
SELECT t.refused('SELECT quickbook.migrate()', 'wrong_schema_version', '0A000', 'newer tables: migrate()');
SELECT t.refused('SELECT quickbook.install()', 'wrong_schema_version', '0A000', 'newer tables: install()');
ROLLBACK TO newer;

UPDATE quickbook.schema_version SET version = 0;
SELECT t.refused(sql, 'wrong_schema_version', '0A000', t.sql('older tables: %s', sql)) FROM t.calls;
ROLLBACK TO newer;

DELETE FROM quickbook.schema_version;
SELECT t.refused('SELECT quickbook.next_slots(' || pg_catalog.quote_literal(:'s') || ')', 'wrong_schema_version', '0A000',
	'tables without a version');
ROLLBACK TO newer;

SELECT t.is(t.outcome(sql), 'ok', t.sql('the right tables again: %s', sql)) FROM t.calls WHERE sql LIKE '%next_slots%';

SAVEPOINT absent;
DROP TABLE quickbook.clinic, quickbook.provider, quickbook.service, quickbook.service_provider, quickbook.working_hours,
	quickbook.date_override, quickbook.travel, quickbook.time_off, quickbook.busy_time, quickbook.booking_limit,
	quickbook.patient, quickbook.appointment, quickbook.appointment_resource, quickbook.session, quickbook.allocation,
	quickbook.event, quickbook.event_counter, quickbook.consumer,
	quickbook.message_template, quickbook.reminder_rule, quickbook.notification, quickbook.account, quickbook.account_token,
	quickbook.token_key, quickbook.schema_version CASCADE;
SELECT t.refused(sql, 'not_installed', '0A000', t.sql('no tables: %s', sql)) FROM t.calls;
SELECT t.refused('SELECT quickbook.migrate()', 'not_installed', '0A000', 'no tables: migrate()');
SELECT t.is(t.problems(), 'schema quickbook', 'no tables: check_install() says so');
SELECT quickbook.install('quickbook_test_owner') \gset
SELECT t.is(t.problems(), '', 'install() makes them');
SELECT t.is(t.query($$SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
	WHERE relnamespace = 'quickbook'::regnamespace AND relkind = 'r'$$), 'quickbook_test_owner', 'owned by the role that was named');
ROLLBACK TO absent;

--
-- Owners
--

SELECT t.refused('SELECT quickbook.install(''quickbook_nobody'')', 'invalid_argument', '22023', 'install() for an unknown role');
SELECT quickbook.install('quickbook_test_owner') \gset
SELECT t.is(t.query($$SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
	WHERE relnamespace = 'quickbook'::regnamespace AND relkind = 'r'$$), 'quickbook_test_owner', 'install(role) hands the tables over');
SELECT t.is(t.problems(), '', 'and nothing is wrong after it');
SELECT t.is(t.outcome('SELECT quickbook.install()'), 'ok', 'install() again');
SELECT t.is(t.query($$SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
	WHERE relnamespace = 'quickbook'::regnamespace AND relkind = 'r'$$), 'quickbook_test_owner', 'leaves them with their owner');
SELECT t.is(t.outcome(sql), 'ok', t.sql('with the rights of that owner: %s', sql)) FROM t.calls WHERE sql LIKE '%create_appointment(%';
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook, quickbook_internal TO quickbook_test_other;
GRANT USAGE ON SCHEMA quickbook, quickbook_internal TO quickbook_test_other;
SELECT t.ok(t.as('quickbook_test_other', 'SELECT quickbook.install(''quickbook_test_other'')') LIKE '42501%',
	'nobody can hand over tables that are another''s');

-- DROP EXTENSION ... CASCADE takes no table and no row.
DROP EXTENSION quickbook CASCADE;
SELECT t.is(t.query('SELECT count(*) FROM quickbook.appointment'), '2', 'DROP EXTENSION … CASCADE keeps the appointments');
CREATE EXTENSION quickbook;
SELECT t.ok(t.problems() <> '', 'CREATE EXTENSION alone: check_install() says that triggers are missing');
SELECT quickbook.install() \gset
SELECT t.is(t.problems(), '', 'install() puts them back');
SELECT t.is(t.query($$SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
	WHERE relnamespace = 'quickbook'::regnamespace AND relkind = 'r'$$), 'quickbook_test_owner', 'and leaves the owner');
SELECT t.is((quickbook.get_appointment(:'a')).status, 'booked', 'and the appointment is there');

SELECT * FROM t.finish();
ROLLBACK;
