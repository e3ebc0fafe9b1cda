-- Whom explain_slot() tells what: patients and other providers learn that a time
-- is taken, and not by what from when to when.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/people.inc
SELECT t.plan(34);

-- The detail of a rule, as somebody of t.who is told it.
CREATE FUNCTION t.detail_to(who text, rule text, service text, provider text, starts_at text, patient text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	came text;
BEGIN
	PERFORM pg_catalog.set_config('quickbook.trust_claims', 'on', true);
	PERFORM pg_catalog.set_config('request.jwt.claims', t.claims_of(who), true);
	came := t.as(t.role_of(who), t.sql('SELECT detail FROM quickbook.explain_slot(%L, %L, %L, %L) WHERE rule = %L', t.id(service), t.id(provider), starts_at, t.id(patient), rule));
	PERFORM pg_catalog.set_config('request.jwt.claims', '', true);
	RETURN came;
END
$$;
CREATE FUNCTION t.role_of(who text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$ SELECT w.db_role FROM t.who AS w WHERE w.name = $1 $$;
CREATE FUNCTION t.claims_of(who text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$ SELECT w.claims FROM t.who AS w WHERE w.name = $1 $$;

-- On P's calendar: A from 09:00 to 09:30, B from 11:00.
SELECT t.is(t.detail_to(who, 'free', 's1', 'P', '2026-03-03 09:00+00'), detail, t.sql('of an appointment of A with P %s hears: %s', who, detail))
FROM (VALUES ('A', 'another appointment from 09:00 to 09:30'), ('B', 'another appointment at that time, or too close to it'),
	('P', 'another appointment from 09:00 to 09:30'), ('Q', 'another appointment at that time, or too close to it'),
	('S1', 'another appointment from 09:00 to 09:30'), ('AD', 'another appointment from 09:00 to 09:30'),
	('s0', 'another appointment from 09:00 to 09:30'), ('su', 'another appointment from 09:00 to 09:30')) AS v (who, detail);

-- A buffer that is too short.
UPDATE quickbook.service SET buffer_before = '10 minutes' WHERE id = t.id('s1')::uuid;
SELECT t.is(t.detail_to(who, 'free', 's1', 'P', '2026-03-03 09:30+00'), detail, t.sql('beside it %s hears: %s', who, detail))
FROM (VALUES ('A', 'needs 10 min after the 09:00 appointment'), ('B', 'another appointment at that time, or too close to it'),
	('P', 'needs 10 min after the 09:00 appointment'), ('R', 'another appointment at that time, or too close to it')) AS v (who, detail);
UPDATE quickbook.service SET buffer_before = '0' WHERE id = t.id('s1')::uuid;

-- A group on Q's calendar, at 14:30.
SELECT t.is(t.detail_to(who, 'free', 's1', 'Q', '2026-03-03 14:30+00'), detail, t.sql('of a group %s hears: %s', who, detail))
FROM (VALUES ('A', 'another appointment at that time, or too close to it'), ('P', 'another appointment at that time, or too close to it'),
	('Q', 'a group session from 14:30 to 15:00'), ('S1', 'a group session from 14:30 to 15:00')) AS v (who, detail);

-- Another calendar.
SELECT t.busy(t.id('P')::uuid, '2026-03-03 16:05+00', '2026-03-03 16:25+00') \gset
SELECT t.is(t.detail_to(who, 'free', 's1', 'P', '2026-03-03 16:00+00'), detail, t.sql('of another calendar %s hears: %s', who, detail))
FROM (VALUES ('A', 'busy in another calendar at that time'), ('Q', 'busy in another calendar at that time'),
	('P', 'busy in another calendar from 16:05 to 16:25'), ('S1', 'busy in another calendar from 16:05 to 16:25')) AS v (who, detail);

-- The patient's other appointment: A is with Q at 10:00, with P in room R at 12:00.
SELECT t.is(t.detail_to(who, 'patient', 's1', 'P', '2026-03-03 10:00+00', 'A'), detail, t.sql('of an appointment of A with Q %s hears: %s', who, detail))
FROM (VALUES ('A', 'the patient has another appointment from 10:00 to 10:30'), ('P', 'the patient is not free'), ('R', 'the patient is not free'),
	('Q', 'the patient has another appointment from 10:00 to 10:30'), ('S1', 'the patient has another appointment from 10:00 to 10:30')) AS v (who, detail);
SELECT t.is(t.detail_to(who, 'patient', 's1', 'Q', '2026-03-03 12:00+00', 'A'), detail, t.sql('of one with P in R %s hears: %s', who, detail))
FROM (VALUES ('P', 'the patient has another appointment from 12:00 to 12:30'), ('R', 'the patient has another appointment from 12:00 to 12:30'),
	('Q', 'the patient is not free')) AS v (who, detail);
-- Two that touch, with two providers, are not told as one.
SELECT t.book(t.id('A')::uuid, t.id('P')::uuid, t.id('s1')::uuid, '2026-03-03 10:30+00') AS beside \gset
SELECT t.is(t.detail_to(who, 'patient', 's1', 'P', '2026-03-03 10:30+00', 'A'), detail, t.sql('of one of two that touch %s hears: %s', who, detail))
FROM (VALUES ('P', 'the patient has another appointment from 10:30 to 11:00'), ('Q', 'the patient is not free'),
	('S1', 'the patient has another appointment from 10:30 to 11:00')) AS v (who, detail);
SELECT t.is(t.detail_to(who, 'patient', 's1', 'P', '2026-03-03 10:15+00', 'A'), detail, t.sql('of both %s hears: %s', who, detail))
FROM (VALUES ('P', 'the patient is not free'), ('Q', 'the patient is not free'), ('A', 'the patient has another appointment from 10:00 to 10:30')) AS v (who, detail);

SELECT * FROM t.finish();
ROLLBACK;
