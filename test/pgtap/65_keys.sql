-- An idempotency key belongs to who gives it: the caller's account, else patient,
-- else database role. Another's key neither conflicts nor tells, and a hold for
-- nobody is given again only to who has a key as good as its token.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/people.inc
SELECT t.plan(27);

-- What came of a call by somebody of t.who, and stays.
CREATE FUNCTION t.by(db_role text, claims text, sql text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	came text;
BEGIN
	PERFORM pg_catalog.set_config('quickbook.trust_claims', 'on', true);
	PERFORM pg_catalog.set_config('request.jwt.claims', claims, true);
	came := t.as(db_role, sql);
	PERFORM pg_catalog.set_config('request.jwt.claims', '', true);
	RETURN came;
END
$$;
CREATE FUNCTION t.role_of(who text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$ SELECT w.db_role FROM t.who AS w WHERE w.name = $1 $$;
CREATE FUNCTION t.claims_of(who text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$ SELECT w.claims FROM t.who AS w WHERE w.name = $1 $$;
CREATE FUNCTION t.book_as(who text, patient text, starts_at text, key text, claims text DEFAULT NULL) RETURNS text
LANGUAGE sql
AS $$
	SELECT t.by(t.role_of(who), coalesce(claims, t.claims_of(who)), t.sql('SELECT (quickbook.create_appointment(%L, %L, %L, %L, %L)).id',
		t.id(patient), t.id('P'), t.id('s1'), starts_at, key))
$$;
CREATE FUNCTION t.scope(appointment text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT split_part(a.idempotency_scope, ' ', 1) FROM quickbook.appointment AS a WHERE a.id = appointment::uuid $$;

--
-- Two patients
--

SELECT t.book_as('B', 'B', '2026-03-04 09:00+00', 'order-1') AS b1 \gset
SELECT t.is(t.scope(:'b1'), 'account', 'Boris books with a key, which is his account''s');
SELECT t.book_as('A', 'A', '2026-03-04 10:00+00', 'order-1') AS a1 \gset
SELECT t.is(t.scope(:'a1'), 'account', 'Anna''s app makes the same key: it is another');
SELECT t.is(t.book_as('A', 'A', '2026-03-04 10:00+00', 'order-1'), :'a1', 'she gets hers when she repeats it');
SELECT t.is(t.book_as('B', 'B', '2026-03-04 09:00+00', 'order-1'), :'b1', 'and he his');
SELECT t.is(t.book_as('A', 'A', '2026-03-04 11:00+00', 'order-1'), '23505 idempotency_conflict', 'her key for something else is a conflict');
SELECT t.is(t.book_as('S1', 'A', '2026-03-04 10:00+00', 'order-1'), '23P01 slot_taken', 'staff who give her key for her booking have a key of their own');

-- Without an account: the patient; without a patient: the role.
SELECT t.claims('patient', 'c1', 'A')::jsonb - 'sub' AS bare_a, t.claims('patient', 'c1', 'B')::jsonb - 'sub' AS bare_b,
	t.claims('staff', 'c1')::jsonb - 'sub' AS bare_s, t.claims('staff', 'c1') AS other_s \gset
SELECT t.book_as('A', 'A', '2026-03-04 12:00+00', 'order-1', :'bare_a') AS a2 \gset
SELECT t.is(t.scope(:'a2'), 'patient', 'without an account the key is the patient''s');
SELECT t.is(t.book_as('A', 'A', '2026-03-04 12:00+00', 'order-1', :'bare_a'), :'a2', 'who gets it again');
SELECT t.ok(t.book_as('B', 'B', '2026-03-04 12:30+00', 'order-1', :'bare_b') ~ '^[0-9a-f-]{36}$', 'and another patient has another');
SELECT t.book_as('S1', 'A', '2026-03-04 13:30+00', 'order-1', :'bare_s') AS s1 \gset
SELECT t.is(t.scope(:'s1'), 'role', 'staff without an account have the role''s');
SELECT t.is(t.book_as('S1', 'A', '2026-03-04 13:30+00', 'order-1', :'bare_s'), :'s1', 'together');
SELECT t.ok(t.book_as('S1', 'A', '2026-03-04 14:30+00', 'order-1', :'other_s') ~ '^[0-9a-f-]{36}$', 'one with an account has another');
SELECT t.ok(t.book_as('A', 'A', '2026-03-05 09:00+00', pg_catalog.repeat('k', 255),
	pg_catalog.jsonb_set(:'bare_a', '{sub}', pg_catalog.to_jsonb(pg_catalog.repeat(pg_catalog.md5('s'), 500)))::text) ~ '^[0-9a-f-]{36}$', 'an account''s name may be very long');
SELECT t.is(t.query('SELECT max(length(idempotency_scope)) < 256 FROM quickbook.appointment'), 'true', 'and is not written in full');

--
-- A hold for nobody
--

CREATE FUNCTION t.hold_as(who text, starts_at text, key text) RETURNS text
LANGUAGE sql
AS $$
	SELECT t.by(t.role_of(who), t.claims_of(who), t.sql('SELECT (quickbook.hold_appointment(NULL, %L, %L, %L, %L)).hold_token',
		t.id('P'), t.id('s1'), starts_at, key))
$$;
SELECT t.is(t.hold_as('anon', '2026-03-05 10:00+00', 'order-2'), '22023 invalid_argument', 'who is not signed in must give a key that nobody guesses');
SELECT t.is(t.hold_as('anon', '2026-03-05 10:00+00', pg_catalog.repeat('k', 21)), '22023 invalid_argument', 'of 22 characters');
SELECT t.hold_as('anon', '2026-03-05 10:00+00', pg_catalog.repeat('k', 22)) AS token \gset
SELECT t.is(t.hold_as('anon', '2026-03-05 10:00+00', pg_catalog.repeat('k', 22)), :'token', 'and gets the hold again by it');
SELECT t.ok(t.hold_as('anon', '2026-03-05 10:30+00', NULL) ~ '^[0-9a-f]{32}$', 'or gives none');
SELECT t.ok(t.hold_as('A', '2026-03-05 11:00+00', 'mine') ~ '^[0-9a-f]{32}$', 'a patient may have a short one');
SELECT t.is(t.hold_as('B', '2026-03-05 11:00+00', 'mine'), '23P01 slot_taken', 'which gives the token to nobody else');

--
-- Keys of 0.1.0 were the clinic's
--

UPDATE quickbook.appointment SET idempotency_scope = '', idempotency_key = 'old' WHERE id = :'a1';
SELECT t.is(t.book_as('A', 'A', '2026-03-04 10:00+00', 'old'), :'a1', 'who repeats one is given the appointment');
SELECT t.is(t.book_as('S1', 'A', '2026-03-04 10:00+00', 'old'), :'a1', 'as whoever asks for the same');
SELECT t.is(t.book_as('A', 'A', '2026-03-05 15:00+00', 'old'), '23505 idempotency_conflict', 'used for something else it is a conflict for who may see it');
SELECT t.book_as('B', 'B', '2026-03-05 15:00+00', 'old') AS b2 \gset
SELECT t.ok(:'b2' ~ '^[0-9a-f-]{36}$', 'and new for who may not');
SELECT t.is(t.book_as('B', 'B', '2026-03-05 15:00+00', 'old'), :'b2', 'whose it is then');
SELECT t.is(t.book_as('B', 'B', '2026-03-05 15:30+00', 'old'), '23505 idempotency_conflict', 'with all that this means');

-- The tables hold to it.
SELECT t.throws(t.sql('UPDATE quickbook.appointment SET idempotency_key = ''order-1'', idempotency_scope = (SELECT idempotency_scope FROM quickbook.appointment WHERE id = %L)'
	' WHERE id = %L', :'b1', :'b2'), '23505', NULL, 'a key is one caller''s once');

SELECT * FROM t.finish();
ROLLBACK;
