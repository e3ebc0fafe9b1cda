-- What one call may ask for: rows by who asks, days, counts, and times and
-- lengths that can be computed with. More is invalid_argument that says so.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(95);

SET LOCAL client_min_messages = error;
SELECT quickbook.create_roles() \gset
SET LOCAL client_min_messages = warning;
SELECT t.clinic('UTC') AS c \gset
SELECT t.provider(:'c', open_always => true) AS p \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset

CREATE FUNCTION t.count_sql(call text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('SELECT pg_catalog.count(*) FROM quickbook.%s', call) $$;
CREATE FUNCTION t.slots_sql(service uuid, from_time text, to_time text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('SELECT pg_catalog.count(*) FROM quickbook.available_slots(%L, %L, %L)', service, from_time, to_time) $$;
-- What a role gets of each of several calls; patients and providers say who they are.
CREATE TABLE t.claims (role text PRIMARY KEY, claims text NOT NULL);
INSERT INTO t.claims VALUES
	('quickbook_patient', pg_catalog.json_build_object('sub', 'a patient', 'role', 'patient', 'clinic_id', :'c', 'patient_id', :'pat')),
	('quickbook_provider', pg_catalog.json_build_object('sub', 'a provider', 'role', 'provider', 'clinic_id', :'c', 'provider_id', :'p'));
CREATE FUNCTION t.claims_of(role text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$ SELECT coalesce((SELECT c.claims FROM t.claims AS c WHERE c.role = $1), '') $$;
CREATE FUNCTION t.each(role text, VARIADIC calls text[]) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answers text[] := '{}';
BEGIN
	PERFORM pg_catalog.set_config('request.jwt.claims', t.claims_of(role), true);
	FOR i IN 1 .. pg_catalog.array_length(calls, 1) LOOP
		answers := pg_catalog.array_append(answers, t.as(role, calls[i]));
	END LOOP;
	PERFORM pg_catalog.set_config('request.jwt.claims', '', true);
	RETURN pg_catalog.array_to_string(answers, ' | ');
END
$$;
SET LOCAL quickbook.trust_claims = on;

--
-- Settings
--

SELECT t.is(t.query($$SELECT name, setting, context FROM pg_settings WHERE name LIKE 'quickbook.max\_rows%' ORDER BY name$$),
	'quickbook.max_rows 1000000 superuser, quickbook.max_rows_anon 5000 superuser, quickbook.max_rows_patient 10000 superuser', 'the settings');
SELECT t.is(t.as('quickbook_patient', t.sql('SELECT pg_catalog.set_config(%L, ''1'', true)', name)), '42501', t.sql('%s is not for everybody to set', name))
FROM (VALUES ('quickbook.max_rows'), ('quickbook.max_rows_patient'), ('quickbook.max_rows_anon')) AS v (name);

--
-- Rows, by who asks: 48 slots a day
--

SELECT t.is(t.each('quickbook_anon', t.slots_sql(:'s', '2026-03-03', '2026-05-04')), '2976', 'anon: 62 days, all that there is');
SELECT t.is(t.each('quickbook_patient', t.slots_sql(:'s', '2026-03-03', '2026-09-27 08:00+00')), '10000', 'patient: 10,000 rows');
SELECT t.is(t.each('quickbook_patient', t.slots_sql(:'s', '2026-03-03', '2026-09-27 08:30+00')), '22023 invalid_argument', 'patient: one more');
SELECT t.is(t.as('quickbook_staff', t.slots_sql(:'s', '2026-03-03', '2026-09-27 08:30+00')), '10001', 'staff: one more');

SET LOCAL quickbook.max_rows = 96;
SET LOCAL quickbook.max_rows_patient = 48;
SET LOCAL quickbook.max_rows_anon = 24;
SELECT t.is(t.each(role, t.slots_sql(:'s', '2026-03-03', '2026-03-03 12:00+00'), t.slots_sql(:'s', '2026-03-03', '2026-03-03 12:00:01+00'),
	t.slots_sql(:'s', '2026-03-03', '2026-03-04'), t.slots_sql(:'s', '2026-03-03', '2026-03-04 00:00:01+00'),
	t.slots_sql(:'s', '2026-03-03', '2026-03-05'), t.slots_sql(:'s', '2026-03-03', '2026-03-05 00:00:01+00')),
	want, t.sql('rows of available_slots: %s', role))
FROM (VALUES
	('quickbook_anon', '24 | 22023 invalid_argument | 22023 invalid_argument | 22023 invalid_argument | 22023 invalid_argument | 22023 invalid_argument'),
	('quickbook_patient', '24 | 25 | 48 | 22023 invalid_argument | 22023 invalid_argument | 22023 invalid_argument'),
	('quickbook_provider', '24 | 25 | 48 | 49 | 96 | 22023 invalid_argument'),
	('quickbook_staff', '24 | 25 | 48 | 49 | 96 | 22023 invalid_argument'),
	('quickbook_admin', '24 | 25 | 48 | 49 | 96 | 22023 invalid_argument'),
	('postgres', '24 | 25 | 48 | 49 | 96 | 22023 invalid_argument')) AS v (role, want);
SELECT t.refused(t.slots_sql(:'s', '2026-03-03', '2026-03-06'), 'invalid_argument', '22023', 'in due form');
SELECT t.is(t.key(t.detail(t.slots_sql(:'s', '2026-03-03', '2026-03-06')), 'max_rows'), '96', 'DETAIL has the bound');

SELECT t.is(t.each(role, t.count_sql(t.sql('next_slots(%L, max_slots => 24)', :'s')), t.count_sql(t.sql('next_slots(%L, max_slots => 48)', :'s')),
	t.count_sql(t.sql('next_slots(%L, max_slots => 96)', :'s')), t.count_sql(t.sql('next_slots(%L, max_slots => 97)', :'s'))),
	want, t.sql('rows of next_slots: %s', role))
FROM (VALUES
	('quickbook_anon', '24 | 22023 invalid_argument | 22023 invalid_argument | 22023 invalid_argument'),
	('quickbook_patient', '24 | 48 | 22023 invalid_argument | 22023 invalid_argument'),
	('quickbook_staff', '24 | 48 | 96 | 22023 invalid_argument')) AS v (role, want);
SELECT t.is(t.each(role, t.count_sql(t.sql('available_days(%L, ''2026-03-03'', ''2026-03-26'')', :'s')),
	t.count_sql(t.sql('available_days(%L, ''2026-03-03'', ''2026-04-19'')', :'s')), t.count_sql(t.sql('available_days(%L, ''2026-03-03'', ''2026-04-20'')', :'s'))),
	want, t.sql('rows of available_days: %s', role))
FROM (VALUES
	('quickbook_anon', '24 | 22023 invalid_argument | 22023 invalid_argument'),
	('quickbook_patient', '24 | 48 | 22023 invalid_argument'),
	('quickbook_staff', '24 | 48 | 49')) AS v (role, want);

-- an appointment at every second half hour: two spans an hour
SELECT t.is(t.query(t.sql('SELECT count(t.book(%L, %L, %L, ''2026-03-03 00:00+00''::timestamptz + n * interval ''1 hour'')) FROM generate_series(0, 99) n',
	:'pat', :'p', :'s')), '100', 'a hundred appointments');
SELECT t.is(t.each(role, t.count_sql(t.sql('free_busy(%L, ''2026-03-03'', ''2026-03-04'')', :'p')), t.count_sql(t.sql('free_busy(%L, ''2026-03-03'', ''2026-03-05'')', :'p')),
	t.count_sql(t.sql('free_busy(%L, ''2026-03-03'', ''2026-03-06'')', :'p'))), want, t.sql('rows of free_busy: %s', role))
FROM (VALUES
	('quickbook_anon', '42501 | 42501 | 42501'),
	('quickbook_patient', '48 | 22023 invalid_argument | 22023 invalid_argument'),
	('quickbook_staff', '48 | 96 | 22023 invalid_argument')) AS v (role, want);
SELECT t.is(t.each('quickbook_staff', t.count_sql('list_appointments(''2026-03-03'', ''2026-03-07'')'), t.count_sql('list_appointments()')),
	'96 | 22023 invalid_argument', 'rows of list_appointments');
SELECT t.override(:'p', '2026-03-03') \gset
SELECT t.is(t.as('quickbook_staff', t.count_sql(t.sql('affected_appointments(%L)', :'p'))), '24', 'rows of affected_appointments');
SET LOCAL quickbook.max_rows = 23;
SELECT t.is(t.as('quickbook_staff', t.count_sql(t.sql('affected_appointments(%L)', :'p'))), '22023 invalid_argument', 'and one too many');
RESET quickbook.max_rows;
RESET quickbook.max_rows_patient;
RESET quickbook.max_rows_anon;

--
-- Days and counts
--

SELECT t.provider(:'c') AS late \gset
SELECT t.service(:'c', '30 minutes', :'late') AS of_late \gset
SELECT t.hours(:'late', NULL, '09:00', '10:00', valid => '[2026-05-20,2026-05-21)') \gset
SELECT t.is(t.each(role, t.slots_sql(:'of_late', '2026-03-03', '2026-05-04'), t.slots_sql(:'of_late', '2026-03-03', '2026-05-04 00:00:01+00'),
	t.slots_sql(:'of_late', '-infinity', '2026-05-03 08:00+00'), t.slots_sql(:'of_late', '-infinity', '2026-05-03 08:00:01+00'),
	t.slots_sql(:'of_late', '2026-03-03', 'infinity'), t.slots_sql(:'of_late', '2026-05-01', '2026-06-01')), want, t.sql('days of available_slots: %s', role))
FROM (VALUES
	('quickbook_anon', '0 | 22023 invalid_argument | 0 | 22023 invalid_argument | 22023 invalid_argument | 2'),
	('quickbook_patient', '0 | 0 | 0 | 0 | 2 | 2'),
	('quickbook_staff', '0 | 0 | 0 | 0 | 2 | 2')) AS v (role, want);
SELECT t.is(t.each(role, t.count_sql(t.sql('available_days(%L, ''2026-03-03'', ''2026-05-03'')', :'of_late')),
	t.count_sql(t.sql('available_days(%L, ''2026-03-03'', ''2026-05-04'')', :'of_late'))), want, t.sql('days of available_days: %s', role))
FROM (VALUES ('quickbook_anon', '62 | 22023 invalid_argument'), ('quickbook_patient', '62 | 63'), ('quickbook_provider', '62 | 63')) AS v (role, want);
SELECT t.is(t.each(role, t.count_sql(t.sql('next_slots(%L)', :'of_late')), t.count_sql(t.sql('next_slots(%L, ''-infinity'')', :'of_late')),
	t.count_sql(t.sql('next_slots(%L, ''2026-03-19 08:59:59+00'')', :'of_late')), t.count_sql(t.sql('next_slots(%L, ''2026-03-19 09:00:01+00'')', :'of_late'))),
	want, t.sql('how far next_slots looks: %s', role))
FROM (VALUES ('quickbook_anon', '0 | 0 | 0 | 1'), ('quickbook_patient', '2 | 2 | 2 | 2'), ('quickbook_staff', '2 | 2 | 2 | 2')) AS v (role, want);
SELECT t.is(t.query(t.count_sql(t.sql('next_slots(%L, max_slots => 1000)', :'s'))), '1000', 'next_slots: a thousand');
SELECT t.refused(t.count_sql(t.sql('next_slots(%L, max_slots => %s)', :'s', n)), 'invalid_argument', '22023', t.sql('next_slots: %s', n))
FROM (VALUES ('1001'), ('2147483647'), ('-1'), ('-2147483648')) AS v (n);
SELECT t.is(t.query(t.count_sql('create_consumer(''all'', 0)')), '1', 'a consumer');
SELECT t.is(t.query(t.count_sql('fetch_events(''all'', 1000000)')), t.query('SELECT count(*) FROM quickbook.event'), 'fetch_events: a million at most');
SELECT t.refused(t.count_sql(t.sql('fetch_events(''all'', %s)', n)), 'invalid_argument', '22023', t.sql('fetch_events: %s', n))
FROM (VALUES ('1000001'), ('2147483647'), ('-1')) AS v (n);

--
-- Times and lengths
--

SELECT t.refused(t.count_sql(t.sql('free_busy(%L, %L, %L)', :'p', from_time, to_time)), 'invalid_argument', '22023', t.sql('free_busy: %s to %s', from_time, to_time))
FROM (VALUES ('1900-01-01', '294276-01-01'), ('4714-11-24 BC', '294276-12-31 23:59:59.999999'), ('294276-12-30', '294276-12-31'), ('4714-11-24 BC', '4714-11-25 BC'),
	('-infinity', 'infinity'), ('2026-03-03', 'infinity'), ('2026-03-03', '2126-03-03')) AS v (from_time, to_time);
SELECT t.is(t.query(t.count_sql(t.sql('free_busy(%L, %L, %L)', :'late', from_time, to_time))), '1', t.sql('free_busy: %s to %s', from_time, to_time))
FROM (VALUES ('4700-01-01 BC', '4700-01-02 BC'), ('5000-01-01', '5099-01-01'), ('294200-01-01', '294200-01-02')) AS v (from_time, to_time);
SELECT t.refused(t.count_sql(t.sql('available_days(%L, %L, %L)', :'s', from_date, to_date)), 'invalid_argument', '22023', t.sql('available_days: %s to %s', from_date, to_date))
FROM (VALUES ('5874897-12-30', '5874897-12-31'), ('294276-12-30', '294276-12-31'), ('4714-11-24 BC', '4714-11-25 BC'), ('4714-11-24 BC', '5874897-12-31')) AS v (from_date, to_date);
SELECT t.refused(t.sql('SELECT quickbook.create_appointment_local(%L, %L, %L, %L, ''12:00'', override => ''{grid,notice,hours,horizon}'')', :'pat', :'p', :'s', local_date),
	'invalid_argument', '22023', t.sql('create_appointment_local: %s', local_date))
FROM (VALUES ('1755689-02-01'), ('5874897-12-31'), ('294276-12-31'), ('4714-11-24 BC'), ('2226-03-02')) AS v (local_date);
SELECT t.refused(t.sql('SELECT quickbook.hold_appointment(%L, %L, %L, ''2026-03-20 10:00+00'', hold_for => %L)', :'pat', :'p', :'s', length),
	'invalid_argument', '22023', t.sql('hold_for: %s', length))
FROM (VALUES ('213503983 days'), ('-213503983 days'), ('2147483647 days'), ('367 days'), ('-1 day'), ('2562047788 hours')) AS v (length);
SELECT t.refused(t.sql('SELECT quickbook.rotate_token_key(%L)', length), 'invalid_argument', '22023', t.sql('overlap: %s', length))
FROM (VALUES ('213503983 days'), ('2147483647 days 2562047788 hours')) AS v (length);
SELECT t.refused(t.sql('SELECT quickbook.purge_events(%L)', age), 'invalid_argument', '22023', t.sql('older_than: %s', age))
FROM (VALUES ('100000 years -36525000 days'), ('-2147483648 days'), ('2147483647 days'), ('-1 microsecond')) AS v (age);

-- As many days as an integer holds are as good as no end.
UPDATE quickbook.service SET horizon_days = 2147483647 WHERE id = :'s'::uuid;
SELECT t.is(t.next(:'s', '2026-03-10 08:00+00', 1), '08:00', 'a horizon without end');
SELECT t.is(t.query(t.sql('SELECT passed FROM quickbook.explain_slot(%L, %L, ''2026-03-10 08:00+00'') WHERE rule = ''horizon''', :'s', :'p')), 'true', 'it is explained');
UPDATE quickbook.service SET horizon_counts = 'working' WHERE id = :'s'::uuid;
SELECT t.is(t.next(:'s', '2026-03-10 08:00+00', 1), '08:00', 'the same of working days');
UPDATE quickbook.service SET horizon_counts = 'bookable' WHERE id = :'s'::uuid;
SELECT t.is(t.next(:'s', '2026-03-10 08:00+00', 1), '08:00', 'the same of bookable days');

-- An owner may drop the CHECKs of lengths: nothing overflows, nor is divided by 0.
UPDATE quickbook.service SET horizon_days = NULL WHERE id = :'s'::uuid;
SELECT t.lives('ALTER TABLE quickbook.service DROP CONSTRAINT service_slot_interval_is_fixed_and_positive,'
	' DROP CONSTRAINT service_buffer_after_is_fixed_and_not_negative, DROP CONSTRAINT service_duration_is_fixed_and_positive', 'the CHECKs of a service are gone');
SELECT t.lives('ALTER TABLE quickbook.working_hours DROP CONSTRAINT working_hours_every_weeks_is_1_to_520', 'and one of working hours');
CREATE FUNCTION t.with_change(change text, service uuid) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE t.sql('UPDATE quickbook.service SET %s WHERE id = %L', change, service::text);
	RETURN t.outcome(t.count_sql(t.sql('next_slots(%L, max_slots => 1)', service::text)));
END
$$;
SELECT t.is(t.with_change(change, :'s'), 'ok', change)
FROM (VALUES ('slot_interval = ''0'''), ('slot_interval = ''-1 second'''), ('buffer_after = ''2147483647 days'''), ('buffer_after = ''-2147483648 days'''),
	('duration = ''2147483647 days''')) AS v (change);
UPDATE quickbook.working_hours SET every_weeks = 0, anchored_on = '2026-03-02' WHERE provider_id = :'late'::uuid;
SELECT t.is(t.outcome(t.count_sql(t.sql('next_slots(%L)', :'of_late'))), 'ok', 'every_weeks = 0');
UPDATE quickbook.service SET slot_interval = NULL, buffer_after = '0', duration = '30 minutes' WHERE id = :'s'::uuid;

-- The clock of tests stays where all that counts from it can be computed.
SELECT t.throws(t.sql('SELECT pg_catalog.set_config(''quickbook.now'', %L, true)', time_now), '22023', NULL, t.sql('quickbook.now = %s', time_now))
FROM (VALUES ('294276-12-31 23:59:59+00'), ('294250-01-01 00:00+00'), ('4714-11-24 00:00+00 BC')) AS v (time_now);
SET LOCAL quickbook.now = '294100-03-02 08:00+00';
SET LOCAL quickbook.search_days = 36500;
SELECT t.is(t.query(t.count_sql(t.sql('next_slots(%L)', :'s'))), '10', 'a search at the end of time');

SELECT * FROM t.finish();
ROLLBACK;
