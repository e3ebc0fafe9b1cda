-- Messages to patients: found when they are due, in the appointments as they
-- are then; filled in the patient's zone and numerals; sent once.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(53);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS anna \gset
SELECT t.patient(:'c') AS ben \gset
UPDATE quickbook.patient SET name = 'Anna', email = 'anna@example.org', time_zone = 'America/New_York', locale = 'en-US' WHERE id = :'anna';
UPDATE quickbook.patient SET name = 'Ben {{clinic_name}}', phone = '+4930123456' WHERE id = :'ben';
INSERT INTO quickbook.message_template (clinic_id, name, subject, body)
VALUES (:'c', 'reminder', '{{service_name}} on {{date}}', '{{patient_name}}: {{date}} {{time}}-{{end_time}} {{time_zone}}, {{provider_name}}')
RETURNING id AS tpl \gset

CREATE FUNCTION t.queued() RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT (quickbook.run_maintenance()).notifications_queued::text $$;
CREATE FUNCTION t.claimed(channel text, max integer DEFAULT 100) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT coalesce(string_agg(n.recipient, ' ' ORDER BY n.recipient), '') FROM quickbook.claim_notifications($1, $2) n $$;
CREATE FUNCTION t.notes() RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT coalesce(string_agg(n.status || coalesce(' (' || n.reason || ')', ''), ', ' ORDER BY n.created_at, n.id), '') FROM quickbook.notification n $$;

--
-- Templates
--

SELECT t.refused(t.sql($$INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (%L, 'x', 'Dear {{patient}}')$$, :'c'),
	'invalid_argument', '22023', 'a wrong placeholder is refused when it is written');
SELECT t.refused(t.sql($$INSERT INTO quickbook.message_template (clinic_id, name, subject, body) VALUES (%L, 'x', '{{dat}}', 'x')$$, :'c'),
	'invalid_argument', '22023', 'in the subject too');
SELECT t.refused(t.sql($$UPDATE quickbook.message_template SET body = 'at {{time' WHERE id = %L$$, :'tpl'),
	'invalid_argument', '22023', 'and one that is not closed, also by UPDATE');
SELECT t.refused(t.sql($$INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (%L, 'x', '{{ time }}')$$, :'c'),
	'invalid_argument', '22023', 'names have no blanks around them');
SELECT t.lives(t.sql($$INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (%L, 'x', 'no } { placeholder {')$$, :'c'),
	'single braces are text');
SELECT t.throws(t.sql($$INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (%L, 'x', '')$$, :'c'), '23514', NULL, 'an empty body');
SELECT t.throws(t.sql($$INSERT INTO quickbook.reminder_rule (clinic_id, occasion, template_id) VALUES (%L, 'sometimes', %L)$$, :'c', :'tpl'), '23514', NULL, 'an unknown occasion');
SELECT t.throws(t.sql($$INSERT INTO quickbook.reminder_rule (clinic_id, time_offset, template_id) VALUES (%L, '-1 hour', %L)$$, :'c', :'tpl'), '23514', NULL, 'a negative offset');
SELECT t.throws(t.sql($$INSERT INTO quickbook.reminder_rule (clinic_id, time_offset, template_id) VALUES (%L, '1 month', %L)$$, :'c', :'tpl'), '23514', NULL, 'an offset in months');
SELECT t.throws(t.sql($$INSERT INTO quickbook.reminder_rule (clinic_id, template_id) VALUES (%L, %L)$$, t.clinic()::text, :'tpl'), '23503', NULL, 'a template of another clinic');

--
-- Before the start
--

SELECT quickbook.run_maintenance() \gset
DELETE FROM quickbook.notification;
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, time_offset, template_id) VALUES (:'c', 'before_start', '24 hours', :'tpl') RETURNING id AS r \gset
SET LOCAL quickbook.now = '2026-03-02 08:00+00';
SELECT t.book(:'anna', :'p', :'s', '2026-03-04 09:00+00') AS a \gset
SELECT t.is(t.queued(), '0', 'not due yet');
SET LOCAL quickbook.now = '2026-03-03 08:59:59+00';
SELECT t.is(t.queued(), '0', 'nor a second before');
SET LOCAL quickbook.now = '2026-03-03 09:00:00+00';
SELECT t.is(t.queued(), '1', 'due at the very instant');
SELECT t.is(t.queued(), '0', 'nobody is reminded twice');
SELECT t.is(t.query('SELECT n.subject, n.body FROM quickbook.notification n'), 'Visit on 03/04/2026 Anna: 03/04/2026 04:00 AM-04:30 AM America/New_York, Ada',
	'filled in the patient''s zone and numerals');
SELECT t.is(t.claimed('sms'), '', 'another channel has nothing');
SELECT t.is(t.claimed('email', 0), '', 'none when none is asked for');
SELECT t.is(t.claimed('email'), 'anna@example.org', 'claimed');
SELECT t.is(t.claimed('email'), '', 'nobody else gets it meanwhile');
SET LOCAL quickbook.now = '2026-03-03 09:01:00+00';
SELECT t.is(t.claimed('email'), 'anna@example.org', 'until the lease has ended');
SELECT t.is(quickbook.complete_notification((SELECT id FROM quickbook.notification)), 'sent', 'sent');
SELECT t.is(t.notes(), 'sent', 'the queue says so');
SELECT t.refused('SELECT quickbook.complete_notification((SELECT id FROM quickbook.notification))', 'invalid_transition', '23QB7', 'not twice');
SELECT t.refused('SELECT quickbook.fail_notification((SELECT id FROM quickbook.notification))', 'invalid_transition', '23QB7', 'nor failed afterwards');
SELECT t.refused(t.sql('SELECT quickbook.complete_notification(%L)', :'a'), 'not_found', 'P0002', 'no such notification');

-- Moved: another reminder for the other time.
SELECT status FROM quickbook.reschedule_appointment(:'a', '2026-03-05 10:00+00') \gset
SELECT t.is(t.queued(), '0', 'moved away: not due');
SET LOCAL quickbook.now = '2026-03-04 10:00:00+00';
SELECT t.is(t.queued(), '1', 'due again for the new time');
SELECT status FROM quickbook.cancel_appointment(:'a') \gset
SELECT t.is(t.claimed('email'), '', 'nobody is reminded of what was cancelled meanwhile');
SELECT t.is(t.notes(), 'sent, skipped (the appointment is cancelled)', 'with the reason');

-- Booked later than it was due; past; no address; held.
DELETE FROM quickbook.notification;
SELECT t.book(:'anna', :'p', :'s', '2026-03-04 11:00+00') AS a \gset
SELECT t.is(t.queued(), '0', 'who books an hour ahead needs no reminder of a day before');
SELECT t.book(:'ben', :'p', :'s', '2026-03-06 09:00+00') AS b \gset
SELECT id FROM quickbook.hold_appointment(:'anna', :'p', :'s', '2026-03-06 10:00+00', hold_for => '9 days') \gset
SET LOCAL quickbook.now = '2026-03-05 12:00+00';
SELECT t.is(t.queued(), '1', 'one is due; a hold is not');
SELECT t.is(t.notes(), 'skipped (the patient has no email address)', 'a patient without address is skipped, with the reason');
SELECT t.is(t.query('SELECT n.body FROM quickbook.notification n'), 'Ben {{clinic_name}}: 2026-03-06 09:00-09:30 UTC, Ada',
	'a name that looks like a placeholder stays as it is');
DELETE FROM quickbook.notification;
SET LOCAL quickbook.now = '2026-03-06 09:00+00';
SELECT t.is(t.queued(), '0', 'nobody is reminded of what has begun');
UPDATE quickbook.reminder_rule SET active = false WHERE id = :'r';
SELECT t.book(:'anna', :'p', :'s', '2026-03-09 09:00+00') AS a \gset
SET LOCAL quickbook.now = '2026-03-08 10:00+00';
SELECT t.is(t.queued(), '0', 'an inactive rule');

--
-- After the end; at once
--

INSERT INTO quickbook.reminder_rule (clinic_id, service_id, occasion, time_offset, template_id) VALUES (:'c', :'s', 'after_end', '2 hours', :'tpl');
SET LOCAL quickbook.now = '2026-03-09 11:29+00';
SELECT t.is(t.queued(), '0', 'after the end: not yet');
SET LOCAL quickbook.now = '2026-03-09 11:30+00';
SELECT t.is(t.queued(), '1', 'after the end');
DELETE FROM quickbook.notification;
SELECT t.is(t.query('SELECT 1 FROM quickbook.set_appointment_status(' || pg_catalog.quote_literal(:'a') || ', ''noshow'')'), '1', 'who did not come');
SELECT t.is(t.queued(), '0', 'is not thanked for coming');

INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (:'c', 'change', '{{status}} {{time}} {{cancel_reason}}') RETURNING id AS tpl2 \gset
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, channel, template_id)
SELECT :'c', o, 'sms', :'tpl2' FROM (VALUES ('booked'), ('rescheduled'), ('cancelled')) v (o);
SET LOCAL quickbook.now = '2026-03-10 07:00+00';
SELECT t.is(t.queued(), '0', 'nothing happened since');
SELECT t.book(:'ben', :'p', :'s', '2026-03-12 09:00+00') AS b \gset
SELECT status FROM quickbook.reschedule_appointment(:'b', '2026-03-12 10:00+00') \gset
SELECT status FROM quickbook.cancel_appointment(:'b', 'ill') \gset
SELECT t.is(t.queued(), '3', 'a message for each change');
SELECT t.is(t.query('SELECT string_agg(n.body, ''|'' ORDER BY n.body) FROM quickbook.notification n'), 'booked 09:00 |booked 10:00 |cancelled 10:00 ill',
	'each as it was then');
SELECT t.is(t.queued(), '0', 'once');

--
-- Failing
--

DELETE FROM quickbook.notification WHERE body <> 'booked 09:00 ';
SELECT t.is(t.claimed('sms'), '+4930123456', 'claimed for a phone');
SELECT t.is(quickbook.fail_notification((SELECT id FROM quickbook.notification), 'no answer'), 'queued', 'a failure is tried again');
SELECT t.is(t.query('SELECT n.due_at, n.attempts, n.reason FROM quickbook.notification n'), '2026-03-10T07:00:30+00:00 1 no answer', 'after 30 seconds');
SELECT t.is(t.claimed('sms'), '', 'not before');
UPDATE quickbook.notification SET attempts = 7;
SET LOCAL quickbook.now = '2026-03-10 07:00:30+00';
SELECT t.is(t.claimed('sms') || ' ' || quickbook.fail_notification((SELECT id FROM quickbook.notification), 'no answer'), '+4930123456 dead', 'after eight attempts it is dead');
SELECT t.is(t.claimed('sms'), '', 'and given out no more');
SELECT t.is(quickbook.retry_dead_notifications('email')::text || quickbook.retry_dead_notifications()::text || ' ' || t.claimed('sms'), '01 +4930123456',
	'unless somebody says so');
SELECT t.is(quickbook.give_up_notification((SELECT id FROM quickbook.notification), 'no such phone') || ' ' || t.query('SELECT n.attempts, n.reason FROM quickbook.notification n'),
	'dead 1 no such phone', 'what can never be sent is dead at once');
SELECT t.refused('SELECT quickbook.give_up_notification((SELECT id FROM quickbook.notification))', 'invalid_transition', '23QB7', 'and not twice');
SELECT t.refused($$SELECT * FROM quickbook.claim_notifications('sms', lease => '-1 minute')$$, 'invalid_argument', '22023', 'a lease is positive');

SELECT t.finish();
ROLLBACK;
