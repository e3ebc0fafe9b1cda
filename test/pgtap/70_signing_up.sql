-- Who proves an address decides the password, whoever else signed up with the
-- address, before, between or after, and however often.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(57);
SET LOCAL quickbook.password_cost = 4;
SELECT t.clinic() AS c \gset
SELECT t.clinic() AS d \gset

CREATE TABLE t.mail (n integer GENERATED ALWAYS AS IDENTITY, recipient text, body text, id uuid);
CREATE FUNCTION t.claim() RETURNS integer LANGUAGE sql SET search_path = pg_catalog
AS $$
	WITH new AS (INSERT INTO t.mail (recipient, body, id) SELECT recipient, body, id FROM quickbook.claim_notifications('email') RETURNING t.mail.id)
	SELECT count(quickbook.complete_notification(new.id))::integer FROM new
$$;
-- The code in the mail before the last so many to an address.
CREATE FUNCTION t.code(address text, before_that integer DEFAULT 0) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT substring(body FROM '[A-Za-z0-9_-]{43}') FROM t.mail WHERE recipient = address ORDER BY n DESC LIMIT 1 OFFSET before_that $$;
CREATE FUNCTION t.at_minute(minute integer) RETURNS void LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT set_config('quickbook.now', ('2026-03-02 09:00+00'::timestamptz + minute * interval '1 minute')::text, true) $$;
CREATE FUNCTION t.clinic_here() RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $$ SELECT current_setting('t.clinic') $$;
SELECT pg_catalog.set_config('t.clinic', :'c', true) \gset
-- At a minute after nine somebody signs up; mails are sent at once.
CREATE FUNCTION t.sign_up(address text, password text, minute integer, name text DEFAULT 'X', clinic text DEFAULT NULL) RETURNS void LANGUAGE sql
AS $$
	SELECT t.at_minute(minute);
	SELECT quickbook.sign_up(address, password, name, coalesce(clinic, t.clinic_here())::uuid);
	SELECT t.claim();
$$;
CREATE FUNCTION t.verify_sql(code text, password text DEFAULT NULL) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT CASE WHEN password IS NULL THEN format('SELECT quickbook.verify_email(%L)', code) ELSE format('SELECT quickbook.verify_sign_up(%L, %L)', code, password) END $$;
-- Who of the attacker and the victim can sign in.
CREATE FUNCTION t.who(address text) RETURNS text LANGUAGE sql
AS $$
	SELECT concat_ws(' ', CASE WHEN quickbook.sign_in(address, 'attackers', t.clinic_here()::uuid) IS NOT NULL THEN 'attacker' END,
		CASE WHEN quickbook.sign_in(address, 'evil horse', t.clinic_here()::uuid) IS NOT NULL THEN 'attacker again' END,
		CASE WHEN quickbook.sign_in(address, 'victim''s own', t.clinic_here()::uuid) IS NOT NULL THEN 'victim' END)
$$;
-- What is known of the patient.
CREATE FUNCTION t.known(address text) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT coalesce(string_agg(name || ' ' || coalesce(phone, 'no phone'), ', '), 'nobody') FROM quickbook.patient WHERE email = address $$;

--
-- Alone
--

SELECT t.sign_up('one@example.org', 'victim''s own', 0, 'One') \gset
SELECT t.is(t.outcome(t.verify_sql(t.code('one@example.org'))), 'ok', 'alone: the code is enough');
SELECT t.is(t.who('one@example.org'), 'victim', 'and her password counts');
SELECT t.is(t.known('one@example.org'), 'One no phone', 'with what she told');
SELECT t.sign_up('two@example.org', 'victim''s own', 0) \gset
SELECT t.refused(t.verify_sql(t.code('two@example.org'), 'victims own'), 'not_allowed', '42501', 'alone: a wrong password is refused');
SELECT t.is(t.who('two@example.org'), '', 'and proves nothing');
SELECT t.is(t.outcome(t.verify_sql(t.code('two@example.org'), 'victim''s own')), 'ok', 'the code is still good with the right one');
SELECT t.is(t.who('two@example.org'), 'victim', 'which counts');
SELECT t.refused(t.verify_sql(t.code('two@example.org'), 'victim''s own'), 'not_allowed', '42501', 'once');
SELECT t.sign_up('three@example.org', 'victim''s own', 0) \gset
SELECT t.sign_up('Three@Example.org', 'victim''s own', 1) \gset
SELECT t.is(t.outcome(t.verify_sql(t.code('three@example.org'))), 'ok', 'twice with one password, as by a button pressed twice');
SELECT t.is(t.who('three@example.org'), 'victim', 'is as good as once');
SELECT t.sign_up('four@example.org', 'attackers', 0) \gset
SELECT t.refused(t.verify_sql(t.code('four@example.org'), 'victim''s own'), 'not_allowed', '42501', 'who did not sign up, and says which password is meant, proves nothing');

--
-- The attacker first: the only mail is for his sign-up
--

SELECT t.sign_up('first@example.org', 'attackers', 0, 'Attacker') \gset
SELECT t.sign_up('first@example.org', 'victim''s own', 1, 'Victim') \gset
SELECT t.is(t.query('SELECT count(*) FROM t.mail WHERE recipient = ''first@example.org'''), '1', 'attacker first: one mail in five minutes');
SAVEPOINT before_proof;
SELECT t.is(t.outcome(t.verify_sql(t.code('first@example.org'))), 'ok', 'attacker first: the code alone proves the address');
SELECT t.is(t.who('first@example.org'), '', 'but lets nobody in');
SELECT t.is(t.known('first@example.org'), 'first@example.org no phone', 'and believes nothing that was told');
SELECT t.is(t.claim()::text, '1', 'one more mail');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reset_password(%L, ''victim''''s own'')', t.code('first@example.org'))), 'ok', 'lets her choose');
SELECT t.is(t.who('first@example.org'), 'victim', 'and she is in');
ROLLBACK TO before_proof;
SELECT t.is(t.outcome(t.verify_sql(t.code('first@example.org'), 'victim''s own')), 'ok', 'attacker first: with her password');
SELECT t.is(t.who('first@example.org'), 'victim', 'the code lets her in at once');
SELECT t.is(t.known('first@example.org'), 'Victim no phone', 'with what she told');
SELECT t.is(t.claim()::text, '0', 'without another mail');
ROLLBACK TO before_proof;

--
-- The victim first: the attacker between her mail and her click
--

SELECT t.sign_up('second@example.org', 'victim''s own', 0, 'Victim') \gset
SELECT t.sign_up('second@example.org', 'attackers', 1, 'Attacker') \gset
SAVEPOINT before_proof;
SELECT t.is(t.outcome(t.verify_sql(t.code('second@example.org'))), 'ok', 'victim first: the code alone proves the address');
SELECT t.is(t.who('second@example.org'), '', 'but lets nobody in');
SELECT t.claim() \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reset_password(%L, ''victim''''s own'')', t.code('second@example.org'))), 'ok', 'a mail lets her choose');
SELECT t.is(t.who('second@example.org'), 'victim', 'and she is in');
ROLLBACK TO before_proof;
SELECT t.is(t.outcome(t.verify_sql(t.code('second@example.org'), 'victim''s own')), 'ok', 'victim first: with her password');
SELECT t.is(t.who('second@example.org'), 'victim', 'she is in at once');
SELECT t.is(t.known('second@example.org'), 'Victim no phone', 'as who she said');

--
-- The attacker again and again, before and after
--

SELECT t.sign_up('third@example.org', 'attackers', 0, 'Attacker') \gset
SELECT t.sign_up('third@example.org', 'victim''s own', 1, 'Victim') \gset
SELECT t.sign_up('third@example.org', CASE n % 2 WHEN 0 THEN 'attackers' ELSE 'evil horse' END, n * 5, 'Attacker') FROM pg_catalog.generate_series(1, 12) AS n \g /dev/null
SELECT t.is(t.query('SELECT count(*) FROM t.mail WHERE recipient = ''third@example.org'''), '13', 'again and again: a mail every five minutes, none of them for the victim''s sign-up');
SAVEPOINT before_proof;
SELECT t.is(t.outcome(t.verify_sql(t.code('third@example.org'))), 'ok', 'the code alone of the last of them');
SELECT t.is(t.who('third@example.org'), '', 'lets nobody in');
SELECT t.is(t.claim()::text, '1', 'but one more mail');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reset_password(%L, ''victim''''s own'')', t.code('third@example.org'))), 'ok', 'with which she chooses');
SELECT t.is(t.who('third@example.org'), 'victim', 'and she is in');
ROLLBACK TO before_proof;
SELECT t.is(t.outcome(t.verify_sql(t.code('third@example.org', 12))), 'ok', 'nor that of the first');
SELECT t.is(t.who('third@example.org'), '', 'which was his');
ROLLBACK TO before_proof;
SELECT t.is(t.outcome(t.verify_sql(t.code('third@example.org', n), 'victim''s own')) || ' ' || t.who('third@example.org'), 'ok victim', t.sql('code %s with her password lets her in', n::text))
FROM (VALUES (5)) AS v (n);
SELECT t.is(t.known('third@example.org'), 'Victim no phone', 'as who she is');
SELECT t.refused(t.verify_sql(t.code('third@example.org'), password), 'not_allowed', '42501', t.sql('no other code is good for anything: %s', password))
FROM (VALUES ('attackers'), ('evil horse'), ('victim''s own')) AS v (password);
SELECT t.is(t.who('third@example.org'), 'victim', 'she alone is in');

-- Asked for while the attacker goes on, a password by mail is hers too.
SELECT t.sign_up('fourth@example.org', 'victim''s own', 70) \gset
SELECT t.sign_up('fourth@example.org', 'attackers', 71) \gset
SELECT quickbook.request_password_reset('fourth@example.org', :'c') \gset
UPDATE quickbook.account SET profile = profile OPERATOR(pg_catalog.||) '{"phone": "+4930666"}' WHERE email = 'fourth@example.org';
SELECT t.claim() \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reset_password(%L, ''a third horse'')', t.code('fourth@example.org'))), 'ok', 'who asks for a password');
SELECT t.is(t.query(t.sql('SELECT quickbook.sign_in(''fourth@example.org'', ''a third horse'', %L) IS NOT NULL', :'c')), 'true', 'has it');
SELECT t.is(t.who('fourth@example.org'), '', 'and no other counts');
SELECT t.is(t.known('fourth@example.org'), 'fourth@example.org no phone', 'nor what one of two has told');

-- Who never signed up, and asks for a password, does not get the attacker's telephone with it.
SELECT t.at_minute(75) \gset
SELECT quickbook.sign_up('sixth@example.org', 'attackers', 'Attacker', :'c', phone => '+4930666', time_zone => 'Asia/Tokyo') \gset
SELECT quickbook.request_password_reset('sixth@example.org', :'c') \gset
SELECT t.claim() \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reset_password(%L, ''victim''''s own'')', t.code('sixth@example.org'))), 'ok', 'who only asks for a password');
SELECT t.is(t.who('sixth@example.org'), 'victim', 'has it');
SELECT t.is(t.known('sixth@example.org'), 'sixth@example.org no phone', 'and nothing that somebody else has told');

-- Other clinics, and other addresses, are others'.
SELECT t.sign_up('fifth@example.org', 'victim''s own', 80) \gset
SELECT t.sign_up('fifth@example.org', 'attackers', 80, clinic => :'d') \gset
SELECT t.sign_up('xfifth@example.org', 'attackers', 80) \gset
SELECT t.is(t.outcome(t.verify_sql(t.code('fifth@example.org', 1))), 'ok', 'a sign-up at another clinic is none here');
SELECT t.is(t.who('fifth@example.org'), 'victim', 'so the code is enough');

-- What was left by 0.1.0: each with a salt of its own.
SELECT t.sign_up('old@example.org', 'attackers', 90) \gset
SELECT t.sign_up('old@example.org', 'victim''s own', 90) \gset
SELECT t.is(t.query('SELECT count(DISTINCT left(password_hash, 29)) FROM quickbook.account WHERE email = ''old@example.org'''), '1', 'sign-ups of an address have one salt');
UPDATE quickbook.account SET password_hash = quickbook_internal.password_crypt(CASE n WHEN 1 THEN 'attackers' ELSE 'victim''s own' END, quickbook_internal.password_salt(4))
FROM (SELECT id, pg_catalog.row_number() OVER (ORDER BY id) AS n FROM quickbook.account WHERE email = 'old@example.org') AS o WHERE account.id = o.id;
SELECT t.is(t.outcome(t.verify_sql(t.code('old@example.org'), 'victim''s own')) || ' ' || t.who('old@example.org'), 'ok victim', 'those of 0.1.0 have several: the password is found');
SET LOCAL quickbook.password_cost = 5;
SELECT t.sign_up('cost@example.org', 'attackers', 100) \gset
SET LOCAL quickbook.password_cost = 4;
SELECT t.sign_up('cost@example.org', 'victim''s own', 100) \gset
SELECT t.is(t.query('SELECT count(DISTINCT left(password_hash, 29)) FROM quickbook.account WHERE email = ''cost@example.org'''), '2', 'a new cost makes a new one');
SELECT t.is(t.outcome(t.verify_sql(t.code('cost@example.org'), 'victim''s own')) || ' ' || t.who('cost@example.org'), 'ok victim', 'and the password is found');
SELECT t.ok(t.query('SELECT max(length(name)) <= 200 FROM quickbook.patient') = 'true', 'an address that serves as a name is cut');

SELECT * FROM t.finish();
ROLLBACK;
