-- What an owner does to the tables that takes from the code what it counts on:
-- triggers that leave rows out, columns of other types, nulls. Each is an error
-- that says what to do, and nothing is written; no crash, no wrong answer.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(63);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.service(:'c', '30 minutes', :'p') AS asked \gset
SELECT t.service(:'c', '30 minutes', :'p') AS circle \gset
UPDATE quickbook.service SET requires_approval = true WHERE id = :'asked';
UPDATE quickbook.service SET seats = 3 WHERE id = :'circle';
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c') AS ben \gset
UPDATE quickbook.patient SET email = 'pat@example.org' WHERE id = :'pat';
SELECT t.book(:'pat', :'p', :'s', '2026-03-05 09:00+00') AS a \gset
SELECT t.book(:'pat', :'p', :'asked', '2026-03-05 10:00+00') AS pending \gset
SELECT t.book(:'pat', :'p', :'circle', '2026-03-05 11:00+00') AS seat \gset
SELECT id AS hold FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-05 12:00+00') \gset
SELECT id AS account FROM quickbook.create_account('admin@example.org', 'admin', :'c', NULL, NULL, 'long-password') \gset
SELECT quickbook.create_consumer('reader', 0) \gset
INSERT INTO quickbook.message_template (clinic_id, name, subject, body)
VALUES (:'c', 'note', '{{service_name}}', '{{patient_name}}') RETURNING id AS tpl \gset
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, template_id) VALUES (:'c', 'booked', :'tpl') RETURNING id AS rule \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-05 13:00+00') AS told \gset
SELECT quickbook.run_maintenance() \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-05 13:30+00') \gset
SELECT id AS mail FROM quickbook.notification WHERE appointment_id = :'told' \gset

CREATE FUNCTION t.swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;

-- With a trigger that answers NULL before an operation on a table, a call is refused and changes nothing.
CREATE FUNCTION t.swallowed(operation text, tab text, call text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	has text := t.query(pg_catalog.format('SELECT pg_catalog.md5(pg_catalog.string_agg(x::pg_catalog.text, '''' ORDER BY x::pg_catalog.text)) FROM quickbook.%I AS x', tab));
	r text;
BEGIN
	EXECUTE pg_catalog.format('CREATE TRIGGER zz BEFORE %s ON quickbook.%I FOR EACH ROW EXECUTE FUNCTION t.swallow()', operation, tab);
	r := t.throws(call, '09000', '%left out a row of quickbook.' OPERATOR(pg_catalog.||) '%' OPERATOR(pg_catalog.||) tab OPERATOR(pg_catalog.||) '%',
		pg_catalog.format('%s on %s: %s', operation, tab, pg_catalog.split_part(call, '(', 1)));
	EXECUTE pg_catalog.format('DROP TRIGGER zz ON quickbook.%I', tab);
	RETURN r OPERATOR(pg_catalog.||) E'\n' OPERATOR(pg_catalog.||) t.is(t.query(pg_catalog.format(
		'SELECT pg_catalog.md5(pg_catalog.string_agg(x::pg_catalog.text, '''' ORDER BY x::pg_catalog.text)) FROM quickbook.%I AS x', tab)), has, 'and nothing has changed');
END
$$;

--
-- Triggers that leave rows out
--

SELECT t.swallowed('UPDATE', 'appointment', t.sql('SELECT quickbook.cancel_appointment(%L)', :'a'));
SELECT t.swallowed('UPDATE', 'appointment', t.sql('SELECT quickbook.set_appointment_status(%L, ''arrived'')', :'a'));
SELECT t.swallowed('UPDATE', 'appointment', t.sql('SELECT quickbook.reschedule_appointment(%L, ''2026-03-05 14:00+00'')', :'a'));
SELECT t.swallowed('UPDATE', 'appointment', t.sql('SELECT quickbook.update_appointment(%L, ''note'')', :'a'));
SELECT t.swallowed('UPDATE', 'appointment', t.sql('SELECT quickbook.confirm_appointment(%L)', :'hold'));
SELECT t.swallowed('UPDATE', 'appointment', t.sql('SELECT quickbook.confirm_appointment(%L)', :'pending'));
SELECT t.swallowed('UPDATE', 'appointment', t.sql('SELECT quickbook.decline_appointment(%L)', :'pending'));
SELECT t.swallowed('UPDATE', 'appointment', t.sql('SELECT quickbook.cancel_appointment(%L)', :'seat'));
SELECT t.swallowed('INSERT', 'appointment', t.create_sql(:'pat', :'p', :'s', '2026-03-05 14:00+00'));
SELECT t.swallowed('INSERT', 'appointment_resource', t.create_sql(:'pat', :'p', :'s', '2026-03-05 14:00+00'));
SELECT t.swallowed('INSERT', 'event', t.create_sql(:'pat', :'p', :'s', '2026-03-05 14:00+00'));
SELECT t.swallowed('INSERT', 'session', t.create_sql(:'ben', :'p', :'circle', '2026-03-05 15:00+00'));
SELECT t.swallowed('UPDATE', 'account', t.sql('SELECT quickbook.disable_account(%L)', :'account'));
SELECT t.swallowed('UPDATE', 'account', t.sql('SELECT quickbook.sign_in(''admin@example.org'', ''long-password'', %L)', :'c'));
SELECT t.swallowed('UPDATE', 'account', t.sql('SELECT quickbook.sign_in(''admin@example.org'', ''wrong-password'', %L)', :'c'));
SELECT t.swallowed('INSERT', 'account', t.sql('SELECT quickbook.create_account(''new@example.org'', ''staff'', %L)', :'c'));
SELECT t.swallowed('INSERT', 'account', t.sql('SELECT quickbook.sign_up(''new@example.org'', ''long-password'', ''New'', %L)', :'c'));
SELECT t.swallowed('UPDATE', 'event', 'SELECT quickbook.fetch_events(''reader'')');
SELECT t.swallowed('UPDATE', 'event_counter', 'SELECT quickbook.fetch_events(''reader'')');
SELECT pg_catalog.count(*) FROM quickbook.fetch_events('reader') \gset
SELECT t.swallowed('UPDATE', 'consumer', 'SELECT quickbook.ack_events(''reader'', 1)');
SELECT t.swallowed('INSERT', 'consumer', 'SELECT quickbook.create_consumer(''another'')');
SELECT t.swallowed('UPDATE', 'notification', 'SELECT quickbook.claim_notifications(''email'')');
SELECT pg_catalog.count(*) FROM quickbook.claim_notifications('email') \gset
SELECT t.swallowed('UPDATE', 'notification', t.sql('SELECT quickbook.complete_notification(%L)', :'mail'));
SELECT t.swallowed('UPDATE', 'notification', t.sql('SELECT quickbook.fail_notification(%L)', :'mail'));

--
-- Columns of another type
--

ALTER TABLE quickbook.appointment ALTER notes TYPE varchar(40);
SELECT t.throws(t.sql('SELECT quickbook.get_appointment(%L)', :'a'), '42804', '%"notes"%', 'a read column of another type');
SELECT t.throws(t.sql('SELECT quickbook.cancel_appointment(%L)', :'a'), '42804', '%"notes"%', 'a written one');
ALTER TABLE quickbook.appointment ALTER notes TYPE text;
SELECT t.lives(t.sql('SELECT quickbook.get_appointment(%L)', :'a'), 'it is text again');
ALTER TABLE quickbook.reminder_rule DISABLE TRIGGER USER;
ALTER TABLE quickbook.message_template ALTER subject TYPE int8 USING 4711;
ALTER TABLE quickbook.reminder_rule ENABLE TRIGGER USER;
SELECT t.throws(t.sql('INSERT INTO quickbook.reminder_rule (clinic_id, occasion, template_id) VALUES (%L, ''booked'', %L)', :'c', :'tpl'),
	'42804', '%"subject" of a table of quickbook has type bigint, not text', 'a number for a text');
ALTER TABLE quickbook.message_template ALTER subject TYPE text USING 'x';
ALTER TABLE quickbook.consumer ALTER position TYPE int4;
SELECT t.throws('SELECT quickbook.fetch_events(''reader'')', '42804', '%"position"%', 'a shorter number');
ALTER TABLE quickbook.consumer ALTER position TYPE int8;
SELECT t.lives('SELECT quickbook.fetch_events(''reader'')', 'the consumer has its number again');

--
-- Nulls
--

ALTER TABLE quickbook.appointment ALTER service_id DROP NOT NULL;
UPDATE quickbook.appointment SET service_id = NULL WHERE id = :'a';
SELECT t.throws(t.sql('SELECT quickbook.get_appointment(%L)', :'a'), '22004', '%"service_id" of quickbook.appointment is null', 'a null in an appointment');
SELECT t.throws(t.sql('SELECT quickbook.cancel_appointment(%L)', :'a'), '22004', '%"service_id" of quickbook.appointment is null', 'that is to be cancelled');
UPDATE quickbook.appointment SET service_id = :'s' WHERE id = :'a';
ALTER TABLE quickbook.service ALTER active DROP NOT NULL;
UPDATE quickbook.service SET active = NULL WHERE id = :'s';
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 14:00+00'), '22004', '%"active" of quickbook.service is null', 'a null in the configuration');
UPDATE quickbook.service SET active = true WHERE id = :'s';
ALTER TABLE quickbook.consumer ALTER position DROP NOT NULL;
UPDATE quickbook.consumer SET position = NULL;
SELECT t.throws('SELECT quickbook.fetch_events(''reader'')', '22004', '%"position" of a table of quickbook is null', 'a null in what a statement reads');
UPDATE quickbook.consumer SET position = 0;

--
-- Another kind of table, and rows that nobody refers to rightly
--

ALTER TABLE quickbook.busy_time RENAME TO busy_time_before;
CREATE VIEW quickbook.busy_time AS SELECT * FROM quickbook.busy_time_before;
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 14:00+00'), '42809', 'quickbook.busy_time is not a plain table', 'a view in place of a table');
DROP VIEW quickbook.busy_time;
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 14:00+00'), '42P01', 'relation quickbook.busy_time does not exist', 'no table');
ALTER TABLE quickbook.busy_time_before RENAME TO busy_time;
SELECT t.lives(t.create_sql(:'pat', :'p', :'s', '2026-03-05 14:00+00'), 'the table is back');
SET LOCAL session_replication_role = replica;
UPDATE quickbook.appointment SET service_id = :'p' WHERE id = :'a';
SET LOCAL session_replication_role = origin;
SELECT t.refused(t.sql('SELECT quickbook.cancel_appointment(%L)', :'a'), 'not_found', 'P0002', 'an appointment without its service cannot be cancelled');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''arrived'')', :'a'), 'not_found', 'P0002', 'nor change its status');

SELECT * FROM t.finish();
ROLLBACK;
