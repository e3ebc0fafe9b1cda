-- Tokens: JWT (RFC 7519) signed by HS256 (RFC 7518, section 3.2), made and read
-- by our own C code, and here by pgcrypto's hmac().

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(107);
SET LOCAL quickbook.password_cost = 4;
SELECT t.clinic() AS c \gset
SELECT t.patient(:'c') AS pat \gset
SELECT id AS acc FROM quickbook.create_account('anna@example.org', 'patient', patient_id => :'pat', password => 'correct horse') \gset

-- base64url without padding (RFC 7515, section 2)
CREATE FUNCTION t.b64(b bytea) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$ SELECT rtrim(translate(encode(b, 'base64'), E'+/\n', '-_'), '=') $$;
CREATE FUNCTION t.unb64(s text) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$ SELECT decode(rpad(translate(s, '-_', '+/'), (length(s) + 3) / 4 * 4, '='), 'base64') $$;
CREATE FUNCTION t.sign(head text, payload text, secret bytea) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$
	SELECT s || '.' || t.b64(public.hmac(convert_to(s, 'UTF8'), secret, 'sha256'))
	FROM (SELECT t.b64(convert_to(head, 'UTF8')) || '.' || t.b64(convert_to(payload, 'UTF8')) AS s) AS p
$$;
CREATE FUNCTION t.key() RETURNS quickbook.token_key LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$ SELECT k FROM quickbook.token_key AS k WHERE retires_at IS NULL $$;
-- as sign_in() makes it, but for what is said otherwise
CREATE FUNCTION t.minted(account text, patient text, more jsonb DEFAULT '{}', head jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$
	SELECT t.sign((jsonb_strip_nulls('{"alg": "HS256", "typ": "JWT"}'::jsonb || jsonb_build_object('kid', (t.key()).kid) || head))::text,
		(jsonb_strip_nulls(jsonb_build_object('sub', account, 'role', 'quickbook_patient', 'clinic_id', a.clinic_id, 'patient_id', patient,
			'iat', extract(epoch FROM current_setting('quickbook.now')::timestamptz)::bigint,
			'exp', extract(epoch FROM current_setting('quickbook.now')::timestamptz)::bigint + 3600) || more))::text, (t.key()).secret)
	FROM quickbook.account AS a WHERE a.id::text = account
$$;
CREATE FUNCTION t.verified(token text) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT t.outcome(format('SELECT quickbook.verify_token(%L)', token)) $$;
CREATE FUNCTION t.message(token text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog
AS $$ BEGIN RETURN quickbook.verify_token(token)::text; EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$;
-- and is forgotten again
CREATE FUNCTION t.authenticated(token text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
	PERFORM quickbook.authenticate(token);
	RAISE EXCEPTION USING ERRCODE = 'T0000';
EXCEPTION
	WHEN SQLSTATE 'T0000' THEN RETURN 'ok';
	WHEN OTHERS THEN RETURN t.name_error(SQLSTATE, SQLERRM);
END
$$;

--
-- What sign_in() makes
--

SELECT t.at('2026-03-02 08:00:00.7+00') \gset
SELECT quickbook.sign_in('anna@example.org', 'correct horse', :'c') AS token \gset
SELECT t.is(array_length(string_to_array(:'token', '.'), 1)::text, '3', 'a token has three parts');
SELECT t.is(convert_from(t.unb64(split_part(:'token', '.', 1)), 'UTF8'), '{"alg":"HS256","typ":"JWT","kid":"' || (t.key()).kid || '"}', 'a header');
SELECT t.is((convert_from(t.unb64(split_part(:'token', '.', 2)), 'UTF8')::jsonb)::text, jsonb_build_object('sub', :'acc', 'role', 'quickbook_patient',
	'clinic_id', :'c', 'patient_id', :'pat', 'iat', 1772438400, 'exp', 1772442000)::text, 'claims, and no others');
SELECT t.is(split_part(:'token', '.', 3), t.b64(public.hmac(convert_to(regexp_replace(:'token', '\.[^.]*$', ''), 'UTF8'), (t.key()).secret, 'sha256')),
	'and the HMAC that pgcrypto computes');
SELECT t.is(t.query('SELECT octet_length(secret) FROM quickbook.token_key'), '32', 'by a key of 256 bits');
SELECT t.is(quickbook.verify_token(:'token')::text, (convert_from(t.unb64(split_part(:'token', '.', 2)), 'UTF8')::jsonb)::text, 'verify_token() gives the claims');
SELECT t.is(t.verified(t.minted(:'acc', :'pat')), 'ok', 'who has the key can make one');
SELECT t.is(t.authenticated(t.minted(:'acc', :'pat')), 'ok', 'for the account as it is');
SET LOCAL quickbook.token_lifetime = '10s';
SELECT t.is((quickbook.verify_token(quickbook.sign_in('anna@example.org', 'correct horse', :'c'))->>'exp')::bigint - 1772438400 || '', '10', 'as long as the setting says');
RESET quickbook.token_lifetime;
-- RFC 7515, appendix A.1: the HMAC of another's header and claims.
SELECT t.is(t.b64(public.hmac(convert_to('eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
	'UTF8'), t.unb64('AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'), 'sha256')),
	'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'these functions are right: the example of the standard');

--
-- Time
--

SELECT t.is(t.verified(t.minted(:'acc', :'pat', more)), want, descr)
FROM (VALUES ('{"exp": 1772438400}'::jsonb, 'ok', 'clocks may differ: just expired'), ('{"exp": 1772438371}', 'ok', 'by 29 seconds'),
	('{"exp": 1772438370}', '42501 not_allowed', 'but not by 30'), ('{"iat": 1772438430}', 'ok', 'issued in half a minute'),
	('{"iat": 1772438431}', '42501 not_allowed', 'but no later'), ('{"nbf": 1772438431}', '42501 not_allowed', 'not yet good'), ('{"nbf": 1772438430}', 'ok', 'good by now'),
	('{"exp": null}', '42501 not_allowed', 'without an end'), ('{"iat": null}', '42501 not_allowed', 'without a beginning'),
	('{"exp": "1772442000"}', '42501 not_allowed', 'an end in words'), ('{"exp": 1772442000.5}', '42501 not_allowed', 'half a second'),
	('{"exp": -1}', '42501 not_allowed', 'before 1970'), ('{"exp": 1e300}', '42501 not_allowed', 'beyond all numbers'),
	('{"exp": 99999999999999999999}', '42501 not_allowed', 'beyond 64 bits'), ('{"exp": [1772442000]}', '42501 not_allowed', 'a list')) AS v (more, want, descr);

--
-- Claims and headers
--

SELECT t.is(t.verified(t.minted(:'acc', :'pat', more)), '42501 not_allowed', 'claims ' || more::text)
FROM unnest(ARRAY['{"sub": null}', '{"sub": 1}', '{"role": null}', '{"role": ["quickbook_admin"]}', '{"patient_id": "x"}', '{"patient_id": 1}',
	'{"clinic_id": {}}', '{"provider_id": true}']::jsonb[]) AS more;
SELECT t.is(t.verified(t.minted(:'acc', :'pat', more)), 'ok', 'more claims ' || more::text) FROM unnest(ARRAY['{"iss": "x", "aud": ["y"], "deep": {"er": [1]}}']::jsonb[]) AS more;
SELECT t.is(t.verified(t.minted(:'acc', :'pat', '{}', head)), '42501 not_allowed', 'header ' || head::text)
FROM unnest(ARRAY['{"alg": "none"}', '{"alg": "NONE"}', '{"alg": "hs256"}', '{"alg": "HS512"}', '{"alg": "RS256"}', '{"alg": ["HS256"]}', '{"alg": null}',
	'{"kid": null}', '{"kid": "another"}', '{"kid": ""}', '{"kid": 1}', '{"typ": "JWE"}', '{"crit": ["exp"]}', '{"jku": "https://example.org"}', '{"jwk": {}}', '{"b64": false}',
	'{"zip": "DEF"}']::jsonb[]) AS head;
SELECT t.is(t.verified(t.minted(:'acc', :'pat', '{}', '{"typ": null}')), 'ok', 'typ may be left out');

-- The account has the last word.
SELECT t.is(t.authenticated(t.minted(:'acc', :'pat', more)), '42501 not_allowed', 'authenticate() refuses ' || more::text)
FROM unnest(ARRAY['{"role": "quickbook_admin"}', '{"role": "quickbook_staff"}', '{"role": "patient"}', '{"patient_id": null}', '{"clinic_id": null}',
	'{"sub": "x"}', '{"sub": "00000000-0000-0000-0000-000000000000"}', '{"patient_id": "00000000-0000-0000-0000-000000000000"}',
	'{"provider_id": "00000000-0000-0000-0000-000000000000"}']::jsonb[]) AS more;

--
-- Text that is no token
--

SELECT t.is(t.verified(token), '42501 not_allowed', descr) FROM (VALUES
	('', 'nothing'), ('.', 'a dot'), ('..', 'two dots'), ('a.b.c', 'letters'), (:'token' || '.', 'a dot more'), ('.' || :'token', 'a dot before'),
	(:'token' || '=', 'padding'), (:'token' || ' ', 'a blank'), (E'\n' || :'token', 'a new line'), ('Bearer ' || :'token', 'with Bearer'),
	(left(:'token', -1), 'a letter less'), (:'token' || 'A', 'a letter more'), (upper(:'token'), 'in capitals'),
	(split_part(:'token', '.', 1) || '..' || split_part(:'token', '.', 3), 'no claims'), (regexp_replace(:'token', '[^.]*$', ''), 'no signature'),
	(translate(:'token', '-_', '+/') || '+', 'the alphabet of base64'), (repeat('a', 1000000), 'a million letters'),
	(repeat(:'token' || '.', 1000), 'a thousand tokens'), (t.sign('[]', '{}', (t.key()).secret), 'a header that is a list'),
	(t.sign('{', '{', (t.key()).secret), 'braces'), (t.sign('{"alg":"HS256","kid":"' || (t.key()).kid || '"}', repeat('[', 5000), (t.key()).secret), 'deep brackets'),
	(t.sign('{"alg":"HS256","kid":"' || (t.key()).kid || '"}', 'null', (t.key()).secret), 'claims null'),
	(t.sign('{"alg":"HS256","alg":"none","kid":"' || (t.key()).kid || '"}', '{}', (t.key()).secret), 'two algorithms'),
	(t.sign('{"alg":"HS256","kid":"' || (t.key()).kid || '"}', '{"sub":"\u0000"}', (t.key()).secret), 'a NUL'),
	(t.sign('{"alg":"HS256","kid":"' || (t.key()).kid || '"}', '{"sub":"\ud800"}', (t.key()).secret), 'half a surrogate')) AS v (token, descr);
-- The last letter of a signature has bits that mean nothing: they must be zero.
SELECT t.is(t.query(t.sql($$SELECT count(*) FROM unnest(string_to_array('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', NULL)) AS l
	WHERE t.verified(%L || l) = 'ok'$$, left(:'token', -1))), '1', 'one spelling of a signature is right');
SELECT t.is(t.query(t.sql('SELECT count(DISTINCT message) || '' '' || min(message) FROM unnest(ARRAY[%L, %L, %L, %L]) AS token, t.message(token) AS message',
	'x', t.minted(:'acc', :'pat', '{"exp": 1}'), t.minted(:'acc', :'pat', '{}', '{"alg": "none"}'), left(:'token', -1))),
	'1 not_allowed: the token is not valid', 'whatever is wrong is told in the same words');

-- Tokens changed at chance: none is good, and none does worse than be refused.
SELECT setseed(0.7);
SELECT t.is(t.query(t.sql($$SELECT DISTINCT t.verified(changed) AS came FROM (SELECT token, overlay(token PLACING substr('AZaz09-_.=+/ %%ü', 1 + floor(random() * 15)::integer, 1)
		FROM 1 + floor(random() * length(token))::integer FOR floor(random() * 3)::integer) AS changed
		FROM (SELECT %L AS token FROM generate_series(1, 3000)) AS many) AS c WHERE changed <> token$$, :'token')), '42501 not_allowed', 'of 3,000 changed at chance, none');

--
-- Keys
--

SELECT quickbook.rotate_token_key('1 hour') AS kid \gset
SELECT t.is((t.key()).kid, :'kid', 'a new key');
SELECT t.is(t.verified(:'token'), 'ok', 'what the old one signed is good');
SELECT quickbook.sign_in('anna@example.org', 'correct horse', :'c') AS newer \gset
SELECT t.is(convert_from(t.unb64(split_part(:'newer', '.', 1)), 'UTF8')::jsonb->>'kid', :'kid', 'the new one signs');
SELECT t.is(jsonb_array_length(quickbook.jwks()->'keys')::text, '2', 'gateways get both');
SELECT t.is(t.query($$SELECT count(*) FROM jsonb_array_elements(quickbook.jwks()->'keys') AS k JOIN quickbook.token_key AS t ON t.kid = k->>'kid'
	AND t.unb64(k->>'k') = t.secret AND k->>'kty' = 'oct' AND k->>'alg' = 'HS256'$$), '2', 'as RFC 7517 has keys of bytes');
SET LOCAL quickbook.token_lifetime = '1d';
SELECT quickbook.sign_in('anna@example.org', 'correct horse', :'c') AS long \gset
SELECT t.at('2026-03-02 08:59:59+00') \gset
SELECT t.is(t.verified(:'token'), 'ok', 'for the overlap');
SELECT quickbook.rotate_token_key('0') AS kid \gset
SELECT t.is(t.verified(:'long'), '42501 not_allowed', 'an overlap of nothing ends all at once');
SELECT t.is(jsonb_array_length(quickbook.jwks()->'keys')::text, '1', 'then gateways get one');
SELECT t.refused('SELECT quickbook.rotate_token_key(''-1 hour'')', 'invalid_argument', '22023', 'no negative overlap');
SELECT t.refused('SELECT quickbook.rotate_token_key(''1 month'')', 'invalid_argument', '22023', 'nor months');

--
-- Until when a token is an account's
--

SELECT quickbook.sign_in('anna@example.org', 'correct horse', :'c') AS token \gset
SAVEPOINT disabled;
SELECT t.query(t.sql('SELECT 1 FROM quickbook.disable_account(%L)', :'acc')) \gset
SELECT t.is(t.authenticated(:'token') || ', ' || t.verified(:'token'), '42501 not_allowed, ok', 'a disabled account: its tokens verify, and are of no use');
SELECT t.query(t.sql('SELECT 1 FROM quickbook.disable_account(%L, false)', :'acc')) \gset
SELECT t.is(t.authenticated(:'token'), '42501 not_allowed', 'for good');
SELECT t.is(t.authenticated(quickbook.sign_in('anna@example.org', 'correct horse', :'c')), 'ok', 'new ones are');
ROLLBACK TO disabled;
SAVEPOINT changed;
SELECT quickbook.authenticate(:'token') \gset
SELECT t.is(t.outcome('SELECT quickbook.change_password(''correct horse'', ''battery staple'')'), 'ok', 'after a new password');
SELECT t.is(t.authenticated(:'token'), '42501 not_allowed', 'old tokens are of no use');
SELECT t.is(t.authenticated(quickbook.sign_in('anna@example.org', 'battery staple', :'c')), 'ok', 'the next is, in the same second');
ROLLBACK TO changed;
SELECT t.is((quickbook.whoami()).kind, 'admin', 'what was rolled back is forgotten');
SELECT quickbook.authenticate(:'token')->>'sub' AS sub \gset
SELECT t.is(:'sub' || (SELECT concat_ws(' ', '', kind, account_id, clinic_id, patient_id, provider_id) FROM quickbook.whoami()),
	concat_ws(' ', :'acc', 'patient', :'acc', :'c', :'pat'), 'authenticate() is who calls');

SELECT * FROM t.finish();
ROLLBACK;
