-- Who is locked out: not for ever, and not who can show who it is.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(22);
SET LOCAL quickbook.password_cost = 4;
SELECT t.clinic() AS c \gset
SELECT id AS anna FROM quickbook.create_account('anna@example.org', 'staff', :'c', password => 'correct horse') \gset
SELECT id AS ben FROM quickbook.create_account('ben@example.org', 'staff', :'c', password => 'correct horse') \gset
SELECT pg_catalog.set_config('t.clinic', :'c', true) \gset

CREATE FUNCTION t.signs_in(password text, name text DEFAULT 'anna') RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT CASE WHEN quickbook.sign_in(name || '@example.org', password, current_setting('t.clinic')::uuid) IS NULL THEN 'no' ELSE 'yes' END $$;
CREATE FUNCTION t.guess(n integer, name text DEFAULT 'anna') RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
	FOR i IN 1..n LOOP
		PERFORM quickbook.sign_in(name || '@example.org', 'wrong', current_setting('t.clinic')::uuid);
	END LOOP;
	RETURN (SELECT format('%s failures, %s', failures, CASE WHEN locked_until IS NULL THEN 'not locked' ELSE 'locked' END) FROM quickbook.account WHERE email = name || '@example.org');
END
$$;
CREATE FUNCTION t.code() RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT substring(body FROM '[A-Za-z0-9_-]{43}') FROM quickbook.claim_notifications('email') WHERE recipient = 'anna@example.org' $$;
SELECT quickbook.sign_in('anna@example.org', 'correct horse', :'c') AS annas, quickbook.sign_in('ben@example.org', 'correct horse', :'c') AS bens \gset

SELECT t.is(t.guess(12), '5 failures, locked', 'five wrong passwords lock an account; those after them are not looked at');
SELECT t.is(t.signs_in('correct horse'), 'no', 'the right one is refused');
SELECT t.is(t.signs_in('correct horse', 'ben'), 'yes', 'of this account alone');

-- Who has a token of hers.
SAVEPOINT not_signed_in;
SELECT quickbook.authenticate(:'bens') \g /dev/null
SELECT t.is(t.signs_in('correct horse'), 'no', 'a token of another account is none of hers');
ROLLBACK TO not_signed_in;
SELECT quickbook.authenticate(:'annas') \g /dev/null
SELECT t.is(t.signs_in('wrong'), 'no', 'with a token of hers a wrong password is wrong');
SELECT t.is(t.query('SELECT failures FROM quickbook.account WHERE email = ''anna@example.org'''), '6', 'and counted');
SELECT t.is(t.signs_in('correct horse'), 'yes', 'the right one lets her in, though others have locked it');
SELECT t.is(t.query('SELECT failures, locked_until FROM quickbook.account WHERE email = ''anna@example.org'''), '0 null', 'which ends the lock');
ROLLBACK TO not_signed_in;
SET LOCAL quickbook.trust_claims = on;
SELECT pg_catalog.set_config('request.jwt.claims', pg_catalog.json_build_object('role', 'staff', 'sub', :'anna', 'clinic_id', :'c')::text, true) AS claims \gset
SELECT t.is(t.signs_in('correct horse'), 'yes', 'so with claims that are believed');
ROLLBACK TO not_signed_in;
SELECT pg_catalog.set_config('request.jwt.claims', pg_catalog.json_build_object('role', 'staff', 'sub', 'no uuid', 'clinic_id', :'c')::text, true),
	pg_catalog.set_config('quickbook.trust_claims', 'on', true) \g /dev/null
SELECT t.is(t.signs_in('correct horse'), 'no', 'not with those of somebody else''s accounts');
ROLLBACK TO not_signed_in;

-- Who reads her mail.
SELECT quickbook.request_password_reset('anna@example.org', :'c') \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reset_password(%L, ''battery staple'')', t.code())), 'ok', 'a password by mail');
SELECT t.is(t.guess(49), '49 failures, not locked', 'is not locked by whoever goes on trying');
SELECT t.is(t.signs_in('battery staple'), 'yes', 'and lets her in');
SELECT t.is(t.guess(60), '50 failures, locked', 'though not without end');
SELECT t.at('2026-03-02 10:30+00') \gset
SELECT t.is(t.guess(1), '51 failures, locked', 'ten minutes later it is as before');
SELECT t.at('2026-03-02 12:30+00') \gset
SELECT t.is(t.signs_in('battery staple'), 'yes', 'a lock ends after an hour');
SELECT t.is(t.guess(12), '5 failures, locked', 'and five lock it again');
SELECT quickbook.disable_account(:'anna', true) \g /dev/null
SELECT quickbook.disable_account(:'anna', false) \g /dev/null
SELECT t.is(t.signs_in('battery staple'), 'yes', 'an admin ends it too');
SELECT t.at('2026-03-02 12:45+00') \gset
SELECT t.is(t.guess(4), '4 failures, not locked', 'four wrong ones and a right one');
SELECT t.is(t.signs_in('battery staple'), 'yes', 'are forgotten');
SELECT t.is(t.guess(4), '4 failures, not locked', 'and again');
SELECT t.is(t.signs_in('battery staple'), 'yes', 'as often as she errs');

SELECT * FROM t.finish();
ROLLBACK;
