-- Accounts: signing up, proving an address, signing in, passwords, locks; what
-- must not be told, and what is kept of it.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(119);
SET LOCAL quickbook.password_cost = 4;
SELECT t.clinic() AS c \gset
SELECT t.clinic() AS d \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'d') AS foreign \gset
UPDATE quickbook.clinic SET name = 'Praxis' WHERE id = :'c';

-- The code in the mail to an address, as who sends mails gets it.
CREATE TABLE t.mail (recipient text, subject text, body text, id uuid);
CREATE FUNCTION t.claim() RETURNS integer LANGUAGE sql SET search_path = pg_catalog
AS $$
	WITH new AS (INSERT INTO t.mail SELECT recipient, subject, body, id FROM quickbook.claim_notifications('email') RETURNING t.mail.id)
	SELECT count(quickbook.complete_notification(new.id))::integer FROM new
$$;
CREATE FUNCTION t.code(address text) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT substring(body FROM '[A-Za-z0-9_-]{43}') FROM t.mail WHERE recipient = address ORDER BY ctid DESC LIMIT 1 $$;
CREATE FUNCTION t.signs_in(email text, password text, clinic text) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT CASE WHEN quickbook.sign_in(email, password, clinic::uuid) IS NULL THEN 'no' ELSE 'yes' END $$;
-- What of an account changes.
CREATE FUNCTION t.account(address text) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(concat_ws(' ', role, CASE WHEN email_verified_at IS NULL THEN 'unverified' END,
		CASE WHEN disabled THEN 'disabled' END, CASE WHEN failures > 0 THEN failures || ' failures' END), ', ' ORDER BY created_at, id), 'none')
	FROM quickbook.account WHERE email = address
$$;
CREATE FUNCTION t.sign_up_sql(email text, clinic text, password text DEFAULT 'correct horse', name text DEFAULT 'Anna') RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('SELECT quickbook.sign_up(%L, %L, %L, %L)', email, password, name, clinic) $$;

--
-- Signing up
--

SELECT t.is(t.outcome(t.sign_up_sql('Anna@Example.org', :'c')), 'ok', 'Anna signs up');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.patient WHERE name = ''Anna'''), '0', 'which makes no patient yet');
SELECT t.is(t.account('Anna@Example.org'), 'patient unverified', 'but an account that is not proved');
SELECT t.is(t.signs_in('Anna@Example.org', 'correct horse', :'c'), 'no', 'that cannot sign in');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.account_token'), '0', 'no token is made before the mail is sent');
SELECT t.is(t.query($$SELECT count(*) FROM quickbook.notification WHERE body ~ '[A-Za-z0-9_-]{43}' OR subject ~ '[A-Za-z0-9_-]{43}'$$), '0', 'and none is in the queue');
SELECT t.is(t.claim()::text, '1', 'one mail');
SELECT t.is(t.query('SELECT recipient || '': '' || subject FROM t.mail'), 'Anna@Example.org: Your account at Praxis', 'to her, from the clinic');
SELECT t.is(length(t.code('Anna@Example.org'))::text, '43', 'with a code of 256 bits');
SELECT t.is(t.query($$SELECT count(*) FROM quickbook.notification WHERE body ~ '[A-Za-z0-9_-]{43}'$$), '0', 'which the queue still does not know');
SELECT t.is(t.query(t.sql($$SELECT purpose FROM quickbook.account_token WHERE token_hash = sha256(convert_to(%L, 'UTF8'))$$, t.code('Anna@Example.org'))),
	'verify_email', 'the tables keep its hash');
SELECT t.refused(t.sql('SELECT quickbook.reset_password(%L, ''another horse'')', t.code('Anna@Example.org')), 'not_allowed', '42501',
	'a code to prove an address sets no password');
SELECT t.code('Anna@Example.org') AS code \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.verify_email(%L)', :'code')), 'ok', 'she proves the address');
SELECT t.is(t.query('SELECT name, email FROM quickbook.patient WHERE name = ''Anna'''), 'Anna Anna@Example.org', 'which makes the patient');
SELECT t.refused(t.sql('SELECT quickbook.verify_email(%L)', :'code'), 'not_allowed', '42501', 'a code is good for one use');
SELECT t.is(t.signs_in(email, password, :'c'), want, t.sql('%s with %s signs in: %s', email, password, want))
FROM (VALUES ('Anna@Example.org', 'correct horse', 'yes'), ('anna@example.ORG', 'correct horse', 'yes'),
	('anna@example.org', 'Correct horse', 'no'), ('anna@example.org', 'correct horse ', 'no'), ('anna@example.org', '', 'no'),
	('nobody@example.org', 'correct horse', 'no'), ('', '', 'no'), (' anna@example.org', 'correct horse', 'no')) AS v (email, password, want);
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'d'), 'no', 'at another clinic she has no account');

-- Asking again, for an address that has an account and for one that has not.
SELECT t.at('2026-03-02 09:10+00') \gset
SELECT t.is(t.outcome(t.sign_up_sql('anna@example.org', :'c', 'evil horses')), 'ok', 'signing up with her address: the same answer');
SELECT t.is(t.outcome(t.sign_up_sql('ben@example.org', :'c')), 'ok', 'as with one that is new');
SELECT t.is(t.claim()::text, '2', 'a mail for each');
SELECT t.ok(t.code('anna@example.org') IS NULL, 'hers has no code');
SELECT t.ok((SELECT body FROM t.mail WHERE recipient = 'anna@example.org') LIKE '%which has one already%', 'it says that she has an account');
SELECT t.is(t.signs_in('anna@example.org', 'evil horses', :'c'), 'no', 'the other password is nothing');
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'c'), 'yes', 'hers is what it was');
SELECT t.outcome(t.sign_up_sql('ben@example.org', :'c', 'another horse')) AS again \gset
SELECT t.is(t.claim()::text, '0', 'an address gets one mail in five minutes');
SELECT t.at('2026-03-02 09:16+00') \gset
SELECT t.outcome(t.sign_up_sql('ben@example.org', :'c', 'a third horse')) AS again \gset
SELECT t.code('ben@example.org') AS first \gset
SELECT t.is(t.claim()::text, '1', 'after which it gets another');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.verify_sign_up(%L, ''a third horse'')', t.code('ben@example.org'))), 'ok', 'whichever code is used, with a password');
SELECT t.is(t.signs_in('ben@example.org', 'correct horse', :'c') || t.signs_in('ben@example.org', 'another horse', :'c')
	|| t.signs_in('ben@example.org', 'a third horse', :'c'), 'nonoyes', 'that password counts');
SELECT t.refused(t.sql('SELECT quickbook.verify_email(%L)', :'first'), 'not_allowed', '42501', 'and no other code of the address');
SELECT t.at('2026-03-02 10:00+00') \gset
SELECT t.outcome(t.sign_up_sql('late@example.org', :'c')) AS late \gset
SELECT t.claim() \gset
SELECT t.at('2026-03-03 10:00+00') \gset
SELECT t.refused(t.sql('SELECT quickbook.verify_email(%L)', t.code('late@example.org')), 'not_allowed', '42501', 'after a day a code is nothing');
SELECT t.at('2026-03-03 09:59:59+00') \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.verify_email(%L)', t.code('late@example.org'))), 'ok', 'until then it is good');

-- What is refused, whoever asks.
SELECT t.refused(t.sign_up_sql('new@example.org', :'c', password, name), 'invalid_argument', '22023', descr)
FROM (VALUES ('1234567', 'x', 'a password of 7 bytes'), (repeat('x', 73), 'x', 'or of 73, which bcrypt would cut off'),
	('correct horse', '', 'no name'), ('correct horse', E'a\nb', 'a name of two lines'), ('correct horse', repeat('x', 201), 'a very long one'))
	AS v (password, name, descr);
SELECT t.is(t.outcome(t.sign_up_sql('long@example.org', :'c', repeat('ü', 36))), 'ok', 'a password of 72 bytes');
SELECT t.refused(t.sign_up_sql(address, :'c'), 'invalid_argument', '22023', t.sql('the address %s', address))
FROM (VALUES ('anna'), (''), ('a b@example.org'), (E'a@example.org\nBcc: b@example.org'), (repeat('x', 250) || '@example.org')) AS v (address);
SELECT t.refused(t.sign_up_sql('new@example.org', NULL), 'invalid_argument', '22023', 'no clinic where there are two');
SELECT t.refused(t.sign_up_sql('new@example.org', :'pat'), 'not_found', 'P0002', 'a clinic that does not exist');
SELECT t.refused(t.sql('SELECT quickbook.sign_up(%L, %L, %L, %L, %s => %L)', 'n@example.org', 'correct horse', 'x', :'c', argument, value),
	'invalid_argument', '22023', t.sql('%s %s', argument, value))
FROM (VALUES ('phone', '030 1234'), ('time_zone', 'Berlin'), ('locale', repeat('x', 36))) AS v (argument, value);
SELECT t.refused(sql, 'invalid_argument', '22023', sql) FROM (VALUES ('SELECT quickbook.sign_in(NULL, ''x'')'), ('SELECT quickbook.sign_in(''x'', NULL)'),
	('SELECT quickbook.verify_email(NULL)'), ('SELECT quickbook.authenticate(NULL)'), ('SELECT quickbook.reset_password(''x'', NULL)')) AS v (sql);
SELECT t.refused('SELECT quickbook.verify_email(''x'')', 'not_allowed', '42501', 'a code that is none');

--
-- Locks
--

SELECT t.at('2026-03-04 10:00+00') \gset
-- so many wrong passwords, one after the other
CREATE FUNCTION t.fail(n integer, clinic text) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT string_agg(coalesce(quickbook.sign_in('anna@example.org', 'wrong horse ' || i, clinic::uuid), 'no'), ' ') FROM generate_series(1, n) AS i $$;
SELECT t.is(t.fail(4, :'c'), 'no no no no', 'four wrong passwords');
SELECT t.is(t.account('Anna@Example.org'), 'patient 4 failures', 'are counted');
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'c'), 'yes', 'and forgiven');
SELECT t.is(t.account('Anna@Example.org'), 'patient', 'and forgotten');
SELECT t.is(t.fail(5, :'c'), 'no no no no no', 'five');
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'c'), 'no', 'lock the account');
SELECT t.is(t.account('Anna@Example.org'), 'patient 5 failures', 'what is tried meanwhile is not counted');
SELECT t.at('2026-03-04 10:00:29+00') \gset
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'c'), 'no', 'for half a minute');
SELECT t.at('2026-03-04 10:00:30+00') \gset
SELECT t.is(t.fail(1, :'c'), 'no', 'after which one more');
SELECT t.at('2026-03-04 10:01:29+00') \gset
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'c'), 'no', 'locks it for a minute');
UPDATE quickbook.account SET failures = 30, locked_until = NULL WHERE email = 'Anna@Example.org';
SELECT t.is(t.fail(1, :'c'), 'no', 'after thirty');
SELECT t.is(t.query('SELECT locked_until - current_setting(''quickbook.now'')::timestamptz FROM quickbook.account WHERE failures = 31'), '01:00:00',
	'for an hour, and no longer');
SELECT t.at('2026-03-04 11:02:00+00') \gset
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'c'), 'yes', 'then she is let in');
SELECT t.is(t.query('SELECT last_sign_in_at FROM quickbook.account WHERE email = ''Anna@Example.org'''), '2026-03-04T11:02:00+00:00', 'which is recorded');
SELECT t.is(t.query($$SELECT coalesce(quickbook.sign_in('anna@example.org', 'x', (SELECT clinic_id FROM quickbook.account LIMIT 1)), current_setting('response.status'))$$),
	'401', 'a gateway is told a status');

-- The work of hashing is the same, and follows the setting.
SET LOCAL quickbook.password_cost = 5;
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'c'), 'yes', 'with another cost');
SELECT t.is(t.query('SELECT substr(password_hash, 1, 7) FROM quickbook.account WHERE email = ''Anna@Example.org'''), '$2a$05$', 'her password is hashed anew');
SELECT t.is(t.query($$SELECT public.crypt('correct horse', password_hash) = password_hash FROM quickbook.account WHERE email = 'Anna@Example.org'$$), 'true',
	'as pgcrypto has it');
SET LOCAL quickbook.password_cost = 4;

--
-- Passwords
--

SELECT t.refused('SELECT quickbook.change_password(''correct horse'', ''battery staple'')', 'not_allowed', '42501', 'nobody has signed in');
SAVEPOINT signed_in;
SELECT (quickbook.authenticate(quickbook.sign_in('anna@example.org', 'correct horse', :'c')))->>'sub' AS anna \gset
SELECT t.refused('SELECT quickbook.change_password(''wrong horse'', ''battery staple'')', 'not_allowed', '42501', 'a wrong old password');
SELECT t.refused('SELECT quickbook.change_password(''correct horse'', ''short'')', 'invalid_argument', '22023', 'a short new one');
SELECT t.is(t.outcome('SELECT quickbook.change_password(''correct horse'', ''battery staple'')'), 'ok', 'she changes it');
SELECT t.is(t.signs_in('anna@example.org', 'correct horse', :'c') || t.signs_in('anna@example.org', 'battery staple', :'c'), 'noyes', 'the new one counts');
ROLLBACK TO signed_in;

SELECT t.claim() \gset
SELECT t.fail(5, :'c') \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.request_password_reset(%L, %L)', address, :'c')), 'ok', t.sql('a reset for %s', address))
FROM (VALUES ('ANNA@example.org'), ('nobody@example.org')) AS v (address);
SELECT t.is(t.query('SELECT count(*) FROM quickbook.notification WHERE due_at = current_setting(''quickbook.now'')::timestamptz AND status = ''queued'''), '2',
	'is queued for both, so that nothing tells');
SELECT t.is(t.claim()::text, '1', 'and sent to who has an account');
SELECT t.is(t.query('SELECT reason FROM quickbook.notification WHERE recipient = ''nobody@example.org'''), 'no account has this address', 'the other is skipped');
SELECT t.code('Anna@Example.org') AS reset \gset
SELECT t.refused(t.sql('SELECT quickbook.verify_email(%L)', :'reset'), 'not_allowed', '42501', 'its code proves no address');
SELECT t.refused(t.sql('SELECT quickbook.reset_password(%L, ''short'')', :'reset'), 'invalid_argument', '22023', 'a bad password does not use it up');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reset_password(%L, ''battery staple'')', :'reset')), 'ok', 'a good one does');
SELECT t.is(t.signs_in('anna@example.org', 'battery staple', :'c'), 'yes', 'and ends the lock');
SELECT t.refused(t.sql('SELECT quickbook.reset_password(%L, ''evil horses'')', :'reset'), 'not_allowed', '42501', 'once');
SELECT t.at('2026-03-04 12:00+00') \gset
SELECT t.outcome(t.sql('SELECT quickbook.request_password_reset(''anna@example.org'', %L)', :'c')) AS r \gset
SELECT t.claim() \gset
SELECT t.code('Anna@Example.org') AS old \gset
SELECT t.at('2026-03-04 13:00+00') \gset
SELECT t.refused(t.sql('SELECT quickbook.reset_password(%L, ''evil horses'')', :'old'), 'not_allowed', '42501', 'within an hour');

--
-- Those whom an admin lets in
--

CREATE FUNCTION t.create_sql(email text, role text, more text) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('SELECT quickbook.create_account(%L, %L, %s)', email, role, more) $$;
SELECT t.is(t.query(t.sql('SELECT role || '' '' || provider_id FROM quickbook.create_account(%L, ''provider'', provider_id => %L, password => ''correct horse'')',
	'weber@example.org', :'p')), 'provider ' || :'p', 'an account for a provider');
SELECT t.is(t.signs_in('weber@example.org', 'correct horse', :'c'), 'yes', 'with a password it can sign in');
SELECT t.is(t.outcome(t.create_sql('desk@example.org', 'staff', t.sql('clinic_id => %L', :'c'))), 'ok', 'staff, invited');
SELECT t.is(t.signs_in('desk@example.org', '', :'c'), 'no', 'without a password it cannot');
SELECT t.claim() \gset
SELECT t.at('2026-03-11 12:59+00') \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reset_password(%L, ''correct horse'')', t.code('desk@example.org'))), 'ok', 'but set one within a week');
SELECT t.is(t.signs_in('desk@example.org', 'correct horse', :'c'), 'yes', 'and then can');
SELECT t.refused(t.create_sql(email, role, t.sql(more, :'c', :'pat', :'p', :'foreign')), error, state, descr)
FROM (VALUES ('weber@EXAMPLE.org', 'staff', 'clinic_id => %1$L', 'invalid_argument', '22023', 'the address has an account'),
	('x@example.org', 'nurse', 'clinic_id => %1$L', 'invalid_argument', '22023', 'no such role'),
	('x@example.org', 'patient', 'clinic_id => %1$L', 'invalid_argument', '22023', 'which patient?'),
	('x@example.org', 'staff', 'patient_id => %2$L', 'invalid_argument', '22023', 'staff is no patient'),
	('x@example.org', 'patient', 'patient_id => %2$L, provider_id => %3$L', 'invalid_argument', '22023', 'a patient is no provider'),
	('x@example.org', 'patient', 'clinic_id => %1$L, patient_id => %4$L', 'not_found', 'P0002', 'the patient of another clinic'),
	('x@example.org', 'patient', 'patient_id => %3$L', 'not_found', 'P0002', 'no patient'),
	('x', 'staff', 'clinic_id => %1$L', 'invalid_argument', '22023', 'no address')) AS v (email, role, more, error, state, descr);
SELECT t.throws(t.sql('INSERT INTO quickbook.account (clinic_id, email, patient_id) VALUES (%L, ''x@example.org'', %L)', :'c', :'foreign'), '23503', NULL,
	'the tables join no two clinics');
SELECT id AS desk FROM quickbook.account WHERE email = 'desk@example.org' \gset
SELECT t.is(t.query(t.sql('SELECT disabled FROM quickbook.disable_account(%L)', :'desk')), 'true', 'it is disabled');
SELECT t.is(t.signs_in('desk@example.org', 'correct horse', :'c'), 'no', 'and cannot sign in');
SELECT t.outcome(t.sql('SELECT quickbook.request_password_reset(''desk@example.org'', %L)', :'c')) AS r \gset
SELECT t.is(t.claim()::text, '0', 'nor ask for a password');
SELECT t.is(t.query(t.sql('SELECT disabled FROM quickbook.disable_account(%L, false)', :'desk')), 'false', 'until it is let in again');
SELECT t.is(t.signs_in('desk@example.org', 'correct horse', :'c'), 'yes', 'then it can');
SELECT t.refused(t.sql('SELECT quickbook.disable_account(%L)', :'p'), 'not_found', 'P0002', 'no such account');

-- What is left over goes.
SELECT t.outcome(t.sign_up_sql('never@example.org', :'c')) AS never \gset
SELECT t.claim() \gset
SELECT t.at('2026-03-30 13:00+00') \gset
SELECT t.outcome('SELECT quickbook.run_maintenance()') AS done \gset
SELECT t.is(t.account('never@example.org'), 'none', 'accounts that nobody proved are forgotten');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.account_token'), '0', 'and codes that expired');
SELECT t.is(t.account('Anna@Example.org'), 'patient', 'others are not');
SELECT t.is(t.query($$SELECT count(*) FROM quickbook.event WHERE data::text ~ 'horse|staple'$$), '0', 'no password is in the log of events');

SELECT * FROM t.finish();
ROLLBACK;
