-- Section 3, rule 2 of section 1: the constraint is the judge. Whatever is written
-- past the functions, by psql or COPY, two things never take one calendar's lane
-- at one time, and no row is there that would slip past.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(58);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c', capacity => 2) AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-02 10:00+00') AS a \gset
-- One without allocations, to write some for.
SELECT t.appointment('cancelled', :'ben', :'p', :'s', '2026-03-02 12:00+00', '2026-03-02 12:30+00') AS b \gset

CREATE FUNCTION t.alloc(clinic text, appointment text, provider text, patient text, lane text, starts_at text, ends_at text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, patient_id, lane, starts_at, ends_at)'
		' VALUES (%L, %L, %L, %L, %s, %L, %L)', clinic, appointment, provider, patient, lane, starts_at, ends_at)
$$;
CREATE FUNCTION t.name_fate(state text, name text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT concat_ws(' ', state, nullif(name, '')) $$;
-- What becomes of it, and then it is taken back.
CREATE FUNCTION t.fate(sql text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	name text;
BEGIN
	EXECUTE sql;
	RAISE EXCEPTION USING ERRCODE = 'T0000';
EXCEPTION
	WHEN SQLSTATE 'T0000' THEN
		RETURN 'ok';
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, name = CONSTRAINT_NAME;
		RETURN t.name_fate(state, name);
END
$$;

--
-- Overlap, on every calendar
--

SELECT t.is(t.fate(t.alloc(:'c', :'b', provider, patient, lane, from_time, to_time)), fate, descr)
FROM (VALUES
	(:'p', NULL, '0', '2026-03-02 10:00+00', '2026-03-02 10:30+00', '23P01 allocation_no_overlap', 'provider: the very same time'),
	(:'p', NULL, '0', '2026-03-02 10:15+00', '2026-03-02 10:45+00', '23P01 allocation_no_overlap', 'provider: from within'),
	(:'p', NULL, '0', '2026-03-02 09:45+00', '2026-03-02 10:15+00', '23P01 allocation_no_overlap', 'provider: into it'),
	(:'p', NULL, '0', '2026-03-02 09:00+00', '2026-03-02 12:00+00', '23P01 allocation_no_overlap', 'provider: around it'),
	(:'p', NULL, '0', '2026-03-02 10:10+00', '2026-03-02 10:10:00.000001+00', '23P01 allocation_no_overlap', 'provider: a microsecond of it'),
	(:'p', NULL, '0', '2026-03-02 11:29:59+01', '2026-03-02 11:40+01', '23P01 allocation_no_overlap', 'provider: written in another zone'),
	(:'p', NULL, '0', '2026-03-02 10:30+00', '2026-03-02 11:00+00', 'ok', 'provider: touching its end'),
	(:'p', NULL, '0', '2026-03-02 09:30+00', '2026-03-02 10:00+00', 'ok', 'provider: touching its start'),
	(:'p', NULL, '1', '2026-03-02 10:00+00', '2026-03-02 10:30+00', 'ok', 'provider: in another lane'),
	(NULL, :'pat', '0', '2026-03-02 10:00+00', '2026-03-02 10:30+00', '23P01 allocation_no_overlap', 'patient: the very same time'),
	(NULL, :'pat', '0', '2026-03-02 10:29+00', '2026-03-02 10:31+00', '23P01 allocation_no_overlap', 'patient: from within'),
	(NULL, :'pat', '0', '2026-03-02 10:30+00', '2026-03-02 11:00+00', 'ok', 'patient: touching its end'),
	(NULL, :'ben', '0', '2026-03-02 10:00+00', '2026-03-02 10:30+00', 'ok', 'patient: another one')) AS v (provider, patient, lane, from_time, to_time, fate, descr);

SELECT t.is(t.fate(t.sql('UPDATE quickbook.allocation SET starts_at = ''2026-03-02 09:00+00'', ends_at = ''2026-03-02 10:01+00'''
	' WHERE appointment_id = %L AND provider_id IS NOT NULL', t.book(:'ben', :'p', :'s', '2026-03-02 11:00+00')::text)), '23P01 allocation_no_overlap',
	'an UPDATE into it');
SELECT t.is(t.fate(t.sql('INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, lane, starts_at, ends_at) VALUES'
	' (%1$L, %2$L, %3$L, 0, ''2026-03-02 13:00+00'', ''2026-03-02 14:00+00''),'
	' (%1$L, %4$L, %3$L, 0, ''2026-03-02 13:30+00'', ''2026-03-02 14:00+00'')', :'c', :'b', :'p',
	t.appointment('cancelled', :'ben', :'p', :'s', '2026-03-02 13:00+00', '2026-03-02 13:30+00')::text)), '23P01 allocation_no_overlap',
	'two of one statement');
SELECT t.is(t.fate('SET CONSTRAINTS ALL DEFERRED; ' || t.alloc(:'c', :'b', :'p', NULL, '0', '2026-03-02 10:00+00', '2026-03-02 10:30+00')),
	'23P01 allocation_no_overlap', 'at once: the constraint cannot be deferred');

--
-- What EXCLUDE would not see
--

SELECT t.is(t.fate(t.alloc(:'c', appointment, provider, patient, lane, from_time, to_time)), fate, descr)
FROM (VALUES
	(:'b', :'p', NULL, '0', '2026-03-02 13:00+00', '2026-03-02 13:00+00', '23514 allocation_has_one_owner_one_calendar_and_a_finite_length', 'an empty time'),
	(:'b', :'p', NULL, '0', '2026-03-02 10:10+00', '2026-03-02 10:10+00', '23514 allocation_has_one_owner_one_calendar_and_a_finite_length', 'an empty time inside another'),
	(:'b', :'p', NULL, '0', '2026-03-02 13:00+00', 'infinity', '23514 allocation_has_one_owner_one_calendar_and_a_finite_length', 'a time without end'),
	(:'b', :'p', NULL, '0', '-infinity', '2026-03-02 09:00+00', '23514 allocation_has_one_owner_one_calendar_and_a_finite_length', 'a time without start'),
	(:'b', :'p', NULL, '-1', '2026-03-02 13:00+00', '2026-03-02 14:00+00', '23514 allocation_has_one_owner_one_calendar_and_a_finite_length', 'a lane below 0'),
	(:'b', :'p', :'ben', '0', '2026-03-02 13:00+00', '2026-03-02 14:00+00', '23514 allocation_has_one_owner_one_calendar_and_a_finite_length', 'two calendars'),
	(NULL, :'p', NULL, '0', '2026-03-02 13:00+00', '2026-03-02 14:00+00', '23502', 'nobody''s'),
	(:'b', NULL, NULL, '0', '2026-03-02 13:00+00', '2026-03-02 14:00+00', '23502', 'no calendar'),
	(:'b', :'p', NULL, 'NULL', '2026-03-02 13:00+00', '2026-03-02 14:00+00', '23502', 'no lane'),
	(:'b', :'p', NULL, '0', NULL, '2026-03-02 14:00+00', '23502', 'no start'),
	(:'b', :'p', NULL, '0', '2026-03-02 13:00+00', NULL, '23502', 'no end'),
	('00000000-0000-7000-8000-00000000ffff', :'p', NULL, '0', '2026-03-02 13:00+00', '2026-03-02 14:00+00', '23503 allocation_appointment_fkey', 'an unknown appointment'),
	(:'a', :'p', NULL, '1', '2026-03-02 13:00+00', '2026-03-02 14:00+00', '23505 allocation_pkey', 'an appointment twice on one calendar')
	) AS v (appointment, provider, patient, lane, from_time, to_time, fate, descr);
-- A range that ends before it starts has no tstzrange at all: 22000 comes first.
SELECT t.ok(t.fate(t.alloc(:'c', :'b', :'p', NULL, '0', '2026-03-02 14:00+00', '2026-03-02 13:00+00')) LIKE '2%', 'a time that ends before it starts');

-- owner_id and calendar_id follow from the rest, whoever writes.
SELECT t.is(t.fate(t.sql('UPDATE quickbook.allocation SET %s WHERE appointment_id = %L', set_list, :'a')),
	'23514 allocation_has_one_owner_one_calendar_and_a_finite_length', set_list)
FROM (VALUES (t.sql('calendar_id = %L', :'ben')), (t.sql('owner_id = %L', :'b')), ('provider_id = NULL, patient_id = NULL')) AS v (set_list);
SELECT t.is(t.fate(t.sql('INSERT INTO quickbook.allocation (clinic_id, appointment_id, owner_id, provider_id, calendar_id, starts_at, ends_at)'
	' VALUES (%L, %L, %L, %L, %L, ''2026-03-02 13:00+00'', ''2026-03-02 13:30+00'')', :'c', :'b', owner, :'p', calendar)), fate, descr)
FROM (VALUES (NULL, NULL, 'ok', 'both left out'), (:'b', :'p', 'ok', 'both given'),
	(:'a', NULL, '23514 allocation_has_one_owner_one_calendar_and_a_finite_length', 'another owner'),
	(NULL, :'pat', '23514 allocation_has_one_owner_one_calendar_and_a_finite_length', 'another calendar')) AS v (owner, calendar, fate, descr);
SELECT t.provider(:'c') AS q \gset
SAVEPOINT moved;
SELECT t.lives(t.sql('UPDATE quickbook.allocation SET appointment_id = %L, patient_id = %L WHERE appointment_id = %L AND patient_id IS NOT NULL',
	:'b', :'ben', :'a'), 'an appointment and a patient may be changed');
SELECT t.lives(t.sql('UPDATE quickbook.allocation SET provider_id = %L WHERE appointment_id = %L', :'q', :'a'), 'and a provider');
SELECT t.is(t.query(t.sql('SELECT string_agg(owner_id || '' '' || calendar_id, '', '' ORDER BY provider_id) FROM quickbook.allocation'
	' WHERE appointment_id IN (%L, %L)', :'a', :'b')), t.sql('%s %s, %s %s', :'a', :'q', :'b', :'ben'), 'owner_id and calendar_id go along');
ROLLBACK TO moved;

--
-- Appointments and sessions
--

CREATE FUNCTION t.appt(clinic text, patient text, provider text, service text, cols text, vals text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('INSERT INTO quickbook.appointment (id, clinic_id, patient_id, provider_id, service_id, %s)'
		' VALUES (quickbook.new_id(), %L, %L, %L, %L, %s)', cols, clinic, patient, provider, service, vals)
$$;
SELECT t.is(pg_catalog.left(t.fate(t.appt(:'c', patient, :'p', :'s', 'status, starts_at, ends_at, expires_at, cancelled_by', vals)), 5), fate, descr)
FROM (VALUES
	(:'ben', $$'booked', '2026-03-05 09:00+00', '2026-03-05 09:30+00', NULL, NULL$$, 'ok', 'appointment: booked'),
	(:'ben', $$'confirmed', '2026-03-05 09:00+00', '2026-03-05 09:30+00', NULL, NULL$$, '23514', 'appointment: an unknown status'),
	(:'ben', $$'Booked', '2026-03-05 09:00+00', '2026-03-05 09:30+00', NULL, NULL$$, '23514', 'appointment: statuses are in lower case'),
	(:'ben', $$'booked', '2026-03-05 09:00+00', '2026-03-05 09:00+00', NULL, NULL$$, '23514', 'appointment: an empty time'),
	(:'ben', $$'booked', '2026-03-05 09:30+00', '2026-03-05 09:00+00', NULL, NULL$$, '23514', 'appointment: ends before it starts'),
	(:'ben', $$'booked', '2026-03-05 09:00+00', 'infinity', NULL, NULL$$, '23514', 'appointment: without end'),
	(:'ben', $$'held', '2026-03-05 09:00+00', '2026-03-05 09:30+00', NULL, NULL$$, '23514', 'appointment: held without an expiry'),
	(NULL, $$'held', '2026-03-05 09:00+00', '2026-03-05 09:30+00', '2026-03-04 09:00+00', NULL$$, 'ok', 'appointment: a hold may have no patient'),
	(NULL, $$'booked', '2026-03-05 09:00+00', '2026-03-05 09:30+00', NULL, NULL$$, '23514', 'appointment: booked without a patient'),
	(:'ben', $$'cancelled', '2026-03-05 09:00+00', '2026-03-05 09:30+00', NULL, NULL$$, '23514', 'appointment: cancelled by nobody'),
	(:'ben', $$'cancelled', '2026-03-05 09:00+00', '2026-03-05 09:30+00', NULL, 'robot'$$, '23514', 'appointment: cancelled by whom?'),
	(:'ben', $$'cancelled', '2026-03-05 09:00+00', '2026-03-05 09:30+00', NULL, 'system'$$, 'ok', 'appointment: cancelled by the system')
	) AS v (patient, vals, fate, descr);
SELECT t.is(pg_catalog.left(t.fate(t.sql('INSERT INTO quickbook.session (id, clinic_id, provider_id, service_id, starts_at, ends_at)'
	' VALUES (quickbook.new_id(), %L, %L, %L, ''2026-03-05 09:00+00'', %L)', :'c', :'p', :'s', ends_at)), 5), '23514', 'session: an empty or endless time')
FROM (VALUES ('2026-03-05 09:00+00'), ('infinity')) AS v (ends_at);

-- What was booked cannot lose those who are in it.
SELECT t.is(pg_catalog.left(t.fate(t.sql('DELETE FROM quickbook.%I WHERE id = %L', tab, id)), 5), '23503', t.sql('%s: not deleted while it is booked', tab))
FROM (VALUES ('patient', :'pat'), ('provider', :'p'), ('service', :'s'), ('clinic', :'c')) AS v (tab, id);

SELECT * FROM t.finish();
ROLLBACK;
