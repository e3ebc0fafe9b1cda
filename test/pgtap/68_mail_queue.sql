-- Mails that anybody can have queued hold up no others: those for nobody are
-- skipped in one go, messages on appointments come first, and of each kind a
-- clinic has a thousand waiting at most.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(21);
SET LOCAL quickbook.password_cost = 4;
SELECT t.clinic() AS c \gset
SELECT t.clinic() AS d \gset
SELECT t.provider(:'c', open_always => true) AS p \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
INSERT INTO quickbook.patient (clinic_id, name, email) VALUES (:'c', 'Anna', 'anna@example.org') RETURNING id AS anna \gset
INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (:'c', 'T', 'Come at {{time}}.') RETURNING id AS template \gset
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, time_offset, channel, template_id) VALUES (:'c', 'before_start', '1 day', 'email', :'template');

-- Who the next so many mails are for.
CREATE FUNCTION t.claimed(max integer) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT coalesce(string_agg(n.recipient, ' ' ORDER BY n.recipient), '') FROM quickbook.claim_notifications('email', max) AS n $$;
CREATE FUNCTION t.reset_sql(address text, clinic text) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('SELECT quickbook.request_password_reset(%L, %L)', address, clinic) $$;
-- As request_password_reset() queues them, past the cap.
CREATE FUNCTION t.flood(n integer, clinic text) RETURNS void LANGUAGE sql SET search_path = pg_catalog
AS $$
	INSERT INTO quickbook.notification (id, clinic_id, dedup_key, purpose, channel, recipient, due_at, created_at)
	SELECT quickbook.new_id(clinic::uuid), clinic::uuid, 'flood ' || clinic || i, 'password_reset', 'email', 'nobody' || i || '@example.org',
		'2026-03-02 07:00+00', '2026-03-02 07:00+00' FROM generate_series(1, n) AS i
$$;

--
-- Nobody is in the way
--

SELECT email FROM quickbook.create_account('desk@example.org', 'staff', :'c', password => 'correct horse') \gset
SELECT email FROM quickbook.create_account('weber@example.org', 'provider', provider_id => :'p') \gset
SELECT t.flood(5000, :'c') \gset
SELECT t.is(t.outcome(t.reset_sql('Desk@Example.org', :'d')), 'ok', 'after 5,000 requests for nobody somebody of another clinic asks');
SELECT t.outcome(t.reset_sql('desk@example.org', :'d')) AS asked, quickbook.sign_up('new@example.org', 'correct horse', 'New', :'d') \gset
SELECT t.is(t.claimed(100), 'new@example.org weber@example.org', 'the first call gives the mails that there are');
SELECT t.is(t.query('SELECT status, reason, count(*) FROM quickbook.notification WHERE recipient LIKE ''nobody%'' GROUP BY 1, 2'), 'skipped no account has this address 5000', 'the others are skipped');
SELECT t.is(t.query('SELECT status, reason FROM quickbook.notification WHERE recipient ILIKE ''desk%'''), 'skipped no account has this address', 'as is who has an account at another clinic only');
SELECT t.is(t.claimed(100), '', 'then there is nothing');

-- Mails that turn out to be for nobody when they are written, more than are asked for.
SELECT quickbook.disable_account(id) FROM quickbook.account WHERE email = 'desk@example.org' \g /dev/null
INSERT INTO quickbook.notification (id, clinic_id, dedup_key, purpose, channel, recipient, due_at, created_at)
SELECT quickbook.new_id(:'c'), :'c', 'disabled ' OPERATOR(pg_catalog.||) n, 'password_reset', 'email', 'desk@example.org', '2026-03-02 07:00+00', '2026-03-02 07:00+00'
FROM pg_catalog.generate_series(1, 25) AS n;
SELECT quickbook.sign_up('late@example.org', 'correct horse', 'Late', :'c') \gset
SELECT t.is(t.claimed(10), 'late@example.org', 'it goes on until there is one to be sent');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.notification WHERE reason = ''the account is disabled'''), '25', 'past all that are not');
SELECT t.is(t.claimed(10), '', 'or the queue is empty');
SELECT t.is(t.claimed(0), '', 'none when none is asked for');

--
-- Appointments come first
--

UPDATE quickbook.notification SET status = 'sent' WHERE status = 'queued';
SELECT quickbook.sign_up(n OPERATOR(pg_catalog.||) '@example.org', 'correct horse', 'X', :'c') FROM pg_catalog.generate_series(1, 3) AS n \g /dev/null
SELECT t.at('2026-03-02 08:05+00') \gset
SELECT t.book(:'anna', :'p', :'s', '2026-03-03 09:00+00') AS a \gset
SELECT t.at('2026-03-02 09:05+00') \gset
SELECT notifications_queued FROM quickbook.run_maintenance() \gset
SELECT t.is(t.claimed(1), 'anna@example.org', 'a reminder comes before mails to accounts that were queued earlier');
SELECT t.is(t.claimed(2), '1@example.org 2@example.org', 'then come those');
SELECT t.is(t.claimed(2), '3@example.org', 'all of them');

--
-- A thousand wait
--

SELECT t.flood(999, :'d') \gset
SELECT t.is(t.outcome(t.reset_sql('a@example.org', :'d')), 'ok', 'a thousand mails may wait in a clinic');
SELECT t.refused(t.reset_sql('b@example.org', :'d'), 'limit_reached', '23QB5', 'and no more');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.sign_up(''b@example.org'', ''correct horse'', ''B'', %L)', :'d')), 'ok', 'those who sign up are not held up by them');
SELECT t.is(t.outcome(t.reset_sql('b@example.org', :'c')), 'ok', 'nor another clinic');
UPDATE quickbook.notification SET purpose = 'verify_email' WHERE dedup_key LIKE 'flood %' AND clinic_id = :'d';
SELECT t.refused(t.sql('SELECT quickbook.sign_up(''c@example.org'', ''correct horse'', ''C'', %L)', :'d'), 'limit_reached', '23QB5', 'of those who sign up no more than a thousand either');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.account WHERE email = ''c@example.org'''), '0', 'and nothing is left of one more');
SELECT t.is(t.outcome(t.reset_sql('b@example.org', :'d')), 'ok', 'by then there is room for requests');
SELECT t.is(t.query(t.sql('SELECT role FROM quickbook.create_account(''boss@example.org'', ''admin'', %L)', :'d')), 'admin', 'an admin''s invitations are not counted');
SELECT t.is(t.claimed(2000), 'b@example.org b@example.org boss@example.org', 'and are sent');

SELECT * FROM t.finish();
ROLLBACK;
