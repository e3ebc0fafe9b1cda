-- How many holds may be live at once, for those who are bound by rules: a patient's
-- own, and those without patient in a clinic and in a service.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/people.inc
SELECT t.plan(37);

-- A hold by somebody of t.who, which stays: 'held', or why not.
CREATE FUNCTION t.hold(who text, patient text, service text, provider text, minutes integer) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	came text;
BEGIN
	PERFORM pg_catalog.set_config('quickbook.trust_claims', 'on', true);
	PERFORM pg_catalog.set_config('request.jwt.claims', t.claims_of(who), true);
	came := t.as(t.role_of(who), t.sql('SELECT (quickbook.hold_appointment(%L, %L, %L, %L)).status', t.id(patient), t.id(provider), t.id(service), t.after_nine(minutes)));
	PERFORM pg_catalog.set_config('request.jwt.claims', '', true);
	RETURN came;
END
$$;
CREATE FUNCTION t.role_of(who text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$ SELECT w.db_role FROM t.who AS w WHERE w.name = $1 $$;
CREATE FUNCTION t.claims_of(who text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$ SELECT w.claims FROM t.who AS w WHERE w.name = $1 $$;
CREATE FUNCTION t.after_nine(minutes integer) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT ('2026-03-05 09:00+00'::timestamptz + minutes * interval '1 minute')::text $$;
-- 'held held 23QB5 limit_reached': several, half an hour apart
CREATE FUNCTION t.holds(who text, patient text, service text, provider text, first integer, n integer) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	came text[] := '{}';
BEGIN
	FOR i IN 0..pg_catalog.int4mi(n, 1) LOOP
		came := pg_catalog.array_append(came, t.hold(who, patient, service, provider, pg_catalog.int4pl(first, pg_catalog.int4mul(i, 30))));
	END LOOP;
	RETURN t.counted(came);
END
$$;
CREATE FUNCTION t.counted(came text[]) RETURNS text LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT string_agg(concat_ws(' ', n, word), ', ' ORDER BY word DESC) FROM (SELECT word, count(*) AS n FROM unnest(came) AS v (word) GROUP BY word) AS c $$;

SELECT t.is(t.query('SELECT DISTINCT max_anonymous_holds, max_patient_holds FROM quickbook.clinic'), '50 5', 'a clinic allows 50 holds without patient, and 5 of each patient');
SELECT t.is(t.query('SELECT DISTINCT max_anonymous_holds FROM quickbook.service'), 'null', 'and a service as many as its clinic');

-- people.inc has left a hold for A, one for B, and one for nobody: take them away
SELECT quickbook.cancel_appointment(t.id(n)::uuid) FROM (VALUES ('hA'), ('hB'), ('hN'), ('hX')) AS v (n) \g /dev/null

--
-- A patient's own
--

SELECT t.is(t.holds('A', 'A', 's1', 'P', 0, 7), '5 held, 2 23QB5 limit_reached', 'a patient gets five, and no week');
SELECT t.is(t.holds('B', 'B', 's1', 'P', 210, 1), '1 held', 'another has her own');
SELECT t.is(t.hold('A', 'A', 's1', 'P', 0), 'held', 'a hold that replaces one is none more');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.appointment WHERE status = ''held'' AND patient_id = ' || pg_catalog.quote_literal(t.id('A'))), '5', 'there are five still');
SELECT t.is(t.hold('S1', 'A', 's1', 'P', 240), 'held', 'staff are not bound');
SELECT t.is(t.hold('P', 'A', 's1', 'P', 270), 'held', 'nor a provider');
SELECT t.is(t.hold('A', 'A', 's1', 'P', 300), '23QB5 limit_reached', 'but theirs count for the patient');
UPDATE quickbook.clinic SET max_patient_holds = 8 WHERE id = t.id('c1')::uuid;
SELECT t.is(t.hold('A', 'A', 's1', 'P', 300), 'held', 'the clinic may allow more');
SELECT quickbook.confirm_appointment(id) FROM quickbook.appointment WHERE status = 'held' AND patient_id = t.id('A')::uuid ORDER BY id LIMIT 1 \g /dev/null
SELECT t.is(t.hold('A', 'A', 's1', 'Q', 330), 'held', 'what is confirmed is no hold');
SELECT t.is(t.hold('A', 'A', 's1', 'Q', 360), '23QB5 limit_reached', 'as it was');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.hold('A', 'A', 's1', 'Q', 360), 'held', 'what has expired is none either');
SELECT t.at('2026-03-02 08:00+00') \gset
UPDATE quickbook.clinic SET max_patient_holds = 0 WHERE id = t.id('c1')::uuid;
SELECT t.is(t.hold('B', 'B', 's1', 'Q', 0), '23QB5 limit_reached', 'or none');
SELECT t.is(t.query(t.sql('SELECT status FROM quickbook.create_appointment(%L, %L, %L, %L)', t.id('B'), t.id('Q'), t.id('s1'), t.after_nine(0))), 'booked', 'a booking is no hold');

--
-- Without patient
--

UPDATE quickbook.clinic SET max_anonymous_holds = 4, anonymous_holds = false WHERE id = t.id('c1')::uuid;
SELECT t.is(t.hold('A', NULL, 's1', 'Q', 60), '42501 not_allowed', 'where anonymous_holds is off, a patient holds for nobody no more than others');
SELECT t.is(t.hold('anon', NULL, 's1', 'Q', 60), '42501 not_allowed', 'who are not signed in');
SELECT t.is(t.hold('S1', NULL, 's1', 'Q', 60), 'held', 'staff do');
SELECT t.is(t.hold('Q', NULL, 's1', 'Q', 90), 'held', 'and providers');
UPDATE quickbook.clinic SET anonymous_holds = true WHERE id = t.id('c1')::uuid;
SELECT t.is(t.hold('anon', NULL, 's1', 'Q', 120), 'held', 'where it is on, who is not signed in gets one');
SELECT t.is(t.hold('A', NULL, 's1', 'Q', 150), 'held', 'and a patient');
SELECT t.is(t.hold('A', NULL, 's1', 'Q', 180), '23QB5 limit_reached', 'four are enough');
SELECT t.is(t.hold('anon', NULL, 's1', 'Q', 180), '23QB5 limit_reached', 'for all together');
SELECT t.is(t.hold('anon', NULL, 'sr', 'P', 420), '23QB5 limit_reached', 'whatever the service');
SELECT t.is(t.hold('S1', NULL, 's1', 'Q', 180), 'held', 'staff are not bound');
SELECT t.is(t.hold('Z', NULL, 'sx', 'X', 0), '42501 not_allowed', 'another clinic decides for itself');
UPDATE quickbook.clinic SET anonymous_holds = true WHERE id = t.id('c2')::uuid;
SELECT t.is(t.hold('Z', NULL, 'sx', 'X', 0), 'held', 'and counts its own');
SELECT quickbook.cancel_appointment(id) FROM quickbook.appointment WHERE status = 'held' AND patient_id IS NULL AND clinic_id = t.id('c1')::uuid ORDER BY id LIMIT 2 \g /dev/null
SELECT t.is(t.holds('anon', NULL, 's1', 'Q', 210, 2), '1 held, 1 23QB5 limit_reached', 'those that are cancelled make room');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.holds('anon', NULL, 's1', 'Q', 210, 5), '4 held, 1 23QB5 limit_reached', 'and those that have expired');

-- In one service.
SELECT t.at('2026-03-02 08:20+00') \gset
UPDATE quickbook.service SET max_anonymous_holds = 1 WHERE id = t.id('s1')::uuid;
SELECT t.is(t.holds('anon', NULL, 's1', 'Q', 60, 2), '1 held, 1 23QB5 limit_reached', 'a service may have a lower one');
SELECT t.is(t.hold('anon', NULL, 'sg', 'Q', 120), 'held', 'which is not another''s');
UPDATE quickbook.service SET max_anonymous_holds = 0 WHERE id = t.id('s1')::uuid;
SELECT t.is(t.hold('anon', NULL, 's1', 'Q', 150), '23QB5 limit_reached', 'or none');
UPDATE quickbook.service SET max_anonymous_holds = 1000 WHERE id = t.id('s1')::uuid;
SELECT t.is(t.holds('anon', NULL, 's1', 'Q', 150, 3), '2 held, 1 23QB5 limit_reached', 'but not more than the clinic');

-- In due form, and no negative numbers.
SELECT pg_catalog.set_config('request.jwt.claims', t.claims_of('anon'), true) AS claims, pg_catalog.set_config('quickbook.trust_claims', 'on', true) \gset
SELECT t.refused(t.sql('SELECT quickbook.hold_appointment(NULL, %L, %L, %L)', t.id('Q'), t.id('s1'), t.after_nine(300)), 'limit_reached', '23QB5', 'a refusal in due form');
SELECT pg_catalog.set_config('request.jwt.claims', '', true) AS claims \gset
SELECT t.throws('UPDATE quickbook.clinic SET max_anonymous_holds = -1', '23514', NULL, 'no cap is negative');
SELECT t.throws('UPDATE quickbook.clinic SET max_patient_holds = -1', '23514', NULL, 'of a patient');
SELECT t.throws('UPDATE quickbook.service SET max_anonymous_holds = -1', '23514', NULL, 'or of a service');

SELECT * FROM t.finish();
ROLLBACK;
