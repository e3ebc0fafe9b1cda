--
-- Accounts and tokens: who people are.
--

CREATE TYPE quickbook.account_info AS (
	id uuid,
	clinic_id uuid,
	email text,
	role text,
	patient_id uuid,
	provider_id uuid,
	disabled boolean,
	email_verified_at timestamptz,
	locked_until timestamptz,
	created_at timestamptz,
	last_sign_in_at timestamptz
);

COMMENT ON TYPE quickbook.account_info IS
'An account as the functions return it.

The columns are those of the table quickbook.account, by the same names,
without the password.';
SELECT quickbook_internal.schema_comment_columns('account_info', 'account');

-- pgcrypto may lie in any schema, beside functions of others: its own are found
-- by being its members, called with their very types, and looked at again.
DO $$
DECLARE
	crypt regproc;
	gen_salt regproc;
BEGIN
	SELECT max(p.oid) FILTER (WHERE p.proname = 'crypt' AND oidvectortypes(p.proargtypes) = 'text, text'),
		max(p.oid) FILTER (WHERE p.proname = 'gen_salt' AND oidvectortypes(p.proargtypes) = 'text, integer')
	INTO crypt, gen_salt
	FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pgcrypto' JOIN pg_proc p ON p.oid = d.objid
	WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
	EXECUTE format('CREATE OR REPLACE FUNCTION quickbook_internal.password_crypt(password text, setting text) RETURNS text'
		' LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp RETURN %s(password, setting)', crypt);
	EXECUTE format('CREATE OR REPLACE FUNCTION quickbook_internal.password_salt(cost integer) RETURNS text'
		' LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp RETURN %s(''bf''::text, cost)', gen_salt);

	-- A namesake would be told every password.
	IF (SELECT count(*) FROM pg_depend d
		WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_proc'::regclass AND d.refobjid IN (crypt, gen_salt)
			AND d.objid IN ('quickbook_internal.password_crypt(text, text)'::regprocedure,
				'quickbook_internal.password_salt(integer)'::regprocedure)) <> 2 THEN
		RAISE EXCEPTION 'crypt() and gen_salt() are not those of the extension pgcrypto';
	END IF;
END
$$;

COMMENT ON FUNCTION quickbook_internal.password_crypt(text, text) IS
'crypt() of pgcrypto. Called by the functions on accounts only.';

COMMENT ON FUNCTION quickbook_internal.password_salt(integer) IS
'gen_salt() of pgcrypto, for bcrypt. Called by the functions on accounts only.';

CREATE FUNCTION quickbook.sign_up(
	email text,
	password text,
	name text,
	clinic_id uuid DEFAULT NULL,
	phone text DEFAULT NULL,
	time_zone text DEFAULT NULL,
	locale text DEFAULT NULL)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_sign_up';

COMMENT ON FUNCTION quickbook.sign_up(text, text, text, uuid, text, text, text) IS
'Asks for an account as patient: queues a mail with a token for verify_email().

Nobody signs in before that, and the patient is made then. Neither the answer
nor its time tells whether the address has an account; if it has, the mail says
so. An address gets one such mail in five minutes. Others may sign up with the
same address: who proves it by the token and gives the password of one of the
sign-ups to verify_sign_up() has that one. clinic_id NULL is the only clinic
there is. A password has 8 to 72 bytes. Errors: invalid_argument (22023),
not_found (P0002) for the clinic, limit_reached (23QB5) when a thousand of
these mails wait in the clinic.';

CREATE FUNCTION quickbook.verify_email(token text)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_verify_email';

COMMENT ON FUNCTION quickbook.verify_email(text) IS
'Proves an address by the token of the mail that sign_up() queued: from now on its account can sign in.

If others signed up with the address and another password, none of the passwords
counts, and a mail is queued to choose one: verify_sign_up() asks for it instead.
A token is good for one use within a day. Errors: not_allowed (42501) for one
that is not, invalid_argument (22023).';

CREATE FUNCTION quickbook.verify_sign_up(token text, password text)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_verify_sign_up';

COMMENT ON FUNCTION quickbook.verify_sign_up(text, text) IS
'As verify_email(), for who also gives the password: the account is that of the sign-up which was made with it.

It does not matter which sign-up the mail was for, nor who else signed up with
the address. With a wrong password the token stays good. Errors: not_allowed
(42501) for a token or a password that is not right, invalid_argument (22023).';

CREATE FUNCTION quickbook.sign_in(
	email text,
	password text,
	clinic_id uuid DEFAULT NULL)
	RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_sign_in';

COMMENT ON FUNCTION quickbook.sign_in(text, text, uuid) IS
'A token (JWT) for an email and its password, or NULL when they are not right.

Always look for NULL: it is the answer to a wrong password, an unknown,
unverified, disabled or locked account alike, because an error would take back
the counting of wrong passwords. It also sets response.status to 401, for
PostgREST. From the fifth wrong password on, the account is locked for 30
seconds, then ever twice as long, up to an hour. Call it in a transaction that
commits. clinic_id NULL is the only clinic there is. Errors: invalid_argument
(22023), not_found (P0002) for the clinic.';

CREATE FUNCTION quickbook.change_password(
	old_password text,
	new_password text)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_change_password';

COMMENT ON FUNCTION quickbook.change_password(text, text) IS
'Gives the caller''s account another password.

authenticate() refuses all tokens issued before: sign in again. Errors:
not_allowed (42501) without an identity or with a wrong old password,
invalid_argument (22023).';

CREATE FUNCTION quickbook.request_password_reset(
	email text,
	clinic_id uuid DEFAULT NULL)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_request_password_reset';

COMMENT ON FUNCTION quickbook.request_password_reset(text, uuid) IS
'Queues a mail with a token for reset_password(), if the address has an account.

The account is looked for when the mail is sent: neither the answer nor its
time tells whether there is one. An address gets one such mail in five minutes.
Errors: invalid_argument (22023), not_found (P0002) for the clinic,
limit_reached (23QB5) when a thousand of these mails wait in the clinic.';

CREATE FUNCTION quickbook.reset_password(
	token text,
	new_password text)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_reset_password';

COMMENT ON FUNCTION quickbook.reset_password(text, text) IS
'Sets a password by the token of a mail: that of request_password_reset(), or an invitation.

It also proves the address, ends a lock and makes authenticate() refuse all
tokens issued before. A token is good for one use within an hour, that of an
invitation within seven days. Errors: not_allowed (42501) for one that is not,
invalid_argument (22023).';

CREATE FUNCTION quickbook.create_account(
	email text,
	role text,
	clinic_id uuid DEFAULT NULL,
	patient_id uuid DEFAULT NULL,
	provider_id uuid DEFAULT NULL,
	password text DEFAULT NULL)
	RETURNS quickbook.account_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_create_account';

COMMENT ON FUNCTION quickbook.create_account(text, text, uuid, uuid, uuid, text) IS
'Makes an account of any role, for admins.

role patient needs patient_id, provider needs provider_id, staff and admin
need neither. Without a password it cannot sign in yet: an invitation is
queued, a mail with a token for reset_password(); when that has expired, call
request_password_reset(). clinic_id NULL is the admin''s, that of the patient
or provider, or the only one. Errors: not_allowed (42501), invalid_argument
(22023), also when the address has an account, not_found (P0002).';

CREATE FUNCTION quickbook.disable_account(
	account_id uuid,
	disabled boolean DEFAULT true)
	RETURNS quickbook.account_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_disable_account';

COMMENT ON FUNCTION quickbook.disable_account(uuid, boolean) IS
'Keeps an account from signing in, or lets it again, for admins; it also ends a lock.

authenticate() refuses its tokens from then on, and for good those issued
before. A gateway that verifies tokens by itself takes them until they expire.
Errors: not_found (P0002), not_allowed (42501), invalid_argument (22023).';

CREATE FUNCTION quickbook.verify_token(token text)
	RETURNS jsonb
	LANGUAGE C STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_verify_token';

COMMENT ON FUNCTION quickbook.verify_token(text) IS
'The claims of a token (JWT) that one of our keys signed and that has not expired.

It does not look at the account: see authenticate(). Clocks may differ by 30
seconds. Errors: not_allowed (42501) for any other text, always in the same
words; invalid_argument (22023) for NULL.';

CREATE FUNCTION quickbook.authenticate(token text)
	RETURNS jsonb
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_authenticate';

COMMENT ON FUNCTION quickbook.authenticate(text) IS
'Makes the account of a token the caller until the transaction ends; returns the claims.

As verify_token(), and the account must exist, not be disabled, have the role
and ids of the claims still, and have had no other password since. For apps
without a gateway: BEGIN, authenticate, the calls, COMMIT. Errors: as
verify_token().';

CREATE FUNCTION quickbook.rotate_token_key(overlap interval DEFAULT '1 day')
	RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_rotate_token_key';

COMMENT ON FUNCTION quickbook.rotate_token_key(interval) IS
'Makes a new key that signs from now on; returns its kid.

Tokens of the keys before are good for the overlap, at most until they expire:
''0'' ends them at once. For the owner of the tables and superusers only. A
gateway that verifies tokens needs jwks() again. Errors: not_allowed (42501),
invalid_argument (22023).';

CREATE FUNCTION quickbook.jwks()
	RETURNS jsonb
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_jwks';

COMMENT ON FUNCTION quickbook.jwks() IS
'The keys that tokens are signed with, as a JSON Web Key Set (RFC 7517), for a gateway: PostgREST''s jwt-secret.

Makes the first one if there is none. They are secrets: whoever has one can sign
as anybody. For the owner of the tables and superusers only. Error: not_allowed (42501).';
