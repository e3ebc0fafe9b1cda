-- Sections 5 and 6: create_appointment() and create_appointment_local(): what
-- they return and write, and how each rule refuses.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(140);

-- Mondays to Fridays 09:00-12:00 and 13:00-17:00.
SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
SELECT :'p', weekday, start_time, end_time FROM pg_catalog.generate_series(1, 5) AS weekday,
	(VALUES ('09:00'::time, '12:00'::time), ('13:00', '17:00')) AS v (start_time, end_time);
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.service(:'c', '30 minutes', :'p', buffer_before => '5 minutes', buffer_after => '10 minutes') AS buffered \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT t.clinic(name => 'Other') AS c2 \gset
SELECT t.provider(:'c2', 'Eve') AS p2 \gset
SELECT t.service(:'c2', '30 minutes', :'p2') AS s2 \gset
SELECT t.patient(:'c2', 'Oth') AS pat2 \gset

--
-- What it returns
--

SELECT * FROM quickbook.create_appointment(:'pat', :'p', :'s', '2026-03-02 09:00+00',
	'key-1', 'first visit', '{"reason": "cough"}') \gset a_
SELECT t.is(:'a_clinic_id', :'c', 'clinic_id is the service''s');
SELECT t.is(:'a_patient_id', :'pat', 'patient_id');
SELECT t.is(:'a_provider_id', :'p', 'provider_id');
SELECT t.is(:'a_service_id', :'s', 'service_id');
SELECT t.is(:'a_status', 'booked', 'status is booked');
SELECT t.is(:'a_starts_at', '2026-03-02 09:00:00+00', 'starts_at');
SELECT t.is(:'a_ends_at', '2026-03-02 09:30:00+00', 'ends_at is exclusive: the duration after it');
SELECT t.is(:'a_version', '1', 'version is 1');
SELECT t.is(:'a_sequence', '0', 'sequence is 0');
SELECT t.is(:'a_idempotency_key', 'key-1', 'idempotency_key');
SELECT t.is(:'a_notes', 'first visit', 'notes');
SELECT t.is(:'a_details', '{"reason": "cough"}', 'details');
SELECT t.is(t.query(t.sql('SELECT num_nonnulls(expires_at, session_id, seat, cancel_reason, cancelled_by, late)'
	' FROM quickbook.get_appointment(%L)', :'a_id')), '0', 'what does not apply is NULL');
SELECT t.ok(:'a_created_at' <> '' AND :'a_updated_at' = :'a_created_at', 'created_at and updated_at are the same');
SELECT t.is(quickbook.bucket(:'a_id')::text, quickbook.bucket(:'c')::text, 'the id is in the clinic''s bucket');

SELECT t.is((quickbook.get_appointment(:'a_id')).notes, 'first visit', 'get_appointment() has the notes');
SELECT t.is((quickbook.get_appointment(:'a_id')).details::text, '{"reason": "cough"}', 'and the details');
SELECT t.is(t.query(t.sql('SELECT a.status, a.version, a.notes FROM quickbook.appointment a WHERE a.id = %L', :'a_id')),
	'booked 1 first visit', 'it is the row of the table');

--
-- What it writes
--

SELECT t.is(t.allocations(:'a_id'), 'Ada/0 09:00-09:30, Pat/0 09:00-09:30', 'the provider''s and the patient''s time is allocated');
SELECT t.is(t.resources(:'a_id'), 'practitioner=Ada', 'who was booked is noted');
SELECT t.is(t.events(:'a_id'), 'booked', 'one event');
SELECT t.is(t.query(t.sql('SELECT e.type, e.subject, e.clinic_id, e.position FROM quickbook.event e WHERE e.subject = %L', :'a_id')),
	t.sql('appointment.booked %s %s null', :'a_id', :'c'), 'the event names the appointment, and has no position before commit');
SELECT t.is(t.query(t.sql($$
	SELECT c.key FROM unnest(ARRAY['id', 'clinic_id', 'patient_id', 'service_id', 'provider_id', 'session_id', 'seat', 'status',
		'starts_at', 'ends_at', 'expires_at', 'version', 'sequence', 'idempotency_key', 'notes', 'details', 'created_at',
		'updated_at', 'cancel_reason', 'cancelled_by', 'late', 'changed', 'actor']) AS c (key)
	WHERE NOT (%L::jsonb ? c.key)$$, t.event(:'a_id'))), '', 'its data has the columns of the appointment, changed and actor');
SELECT t.is(t.key(t.event(:'a_id'), key), want, t.sql('data.%s', key))
FROM (VALUES ('id', :'a_id'), ('status', 'booked'), ('version', '1'), ('patient_id', :'pat'), ('notes', 'first visit')) AS v (key, want);
SELECT t.is(t.query(t.sql('SELECT %L::timestamptz', t.key(t.event(:'a_id'), 'starts_at'))), '2026-03-02T09:00:00+00:00', 'data.starts_at');
SELECT t.is(t.key(t.event(:'a_id'), 'details', 'reason'), 'cough', 'data.details is JSON, not text');
SELECT t.ok(t.key(t.event(:'a_id'), 'actor') LIKE t.sql('%%%s%%', SESSION_USER::text), 'data.actor names the database role');

SELECT t.book(:'pat', :'p', :'buffered', '2026-03-02 10:00+00') AS b \gset
SELECT t.is(t.allocations(:'b'), 'Ada/0 09:55-10:40, Pat/0 10:00-10:30', 'buffers are allocated to the provider, not to the patient');
SELECT t.is((quickbook.get_appointment(:'b')).ends_at::text, '2026-03-02 10:30:00+00', 'and are no part of the appointment');
SELECT t.is(t.slots(:'s', '2026-03-02 08:00+00', '2026-03-02 12:00+00', :'p'), '11:00 11:30', 'what was booked is offered no more');

-- Each argument that may be left out, by name.
SELECT * FROM quickbook.create_appointment(patient_id => :'pat', provider_id => :'p', service_id => :'s',
	starts_at => '2026-03-02 11:00+00') \gset n_
SELECT t.is(t.query(t.sql('SELECT num_nonnulls(idempotency_key, notes, details) FROM quickbook.get_appointment(%L)', :'n_id')),
	'0', 'arguments by name; key, notes and details are NULL if left out');

--
-- Any provider, and a team
--

SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.provider(:'c', 'Cyd') AS cyd \gset
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
VALUES (:'bob', 1, '09:00', '12:00'), (:'cyd', 1, '09:00', '12:00');
SELECT t.service(:'c', '30 minutes', :'bob', name => 'Shared') AS shared \gset
SELECT t.offer(:'shared', :'cyd') \gset
SELECT t.patient(:'c', 'P1') AS p_1 \gset
SELECT t.patient(:'c', 'P2') AS p_2 \gset
SELECT t.patient(:'c', 'P3') AS p_3 \gset
SELECT t.book(:'p_1', NULL, :'shared', '2026-03-09 09:00+00') AS any_1 \gset
SELECT t.book(:'p_2', NULL, :'shared', '2026-03-09 09:00+00') AS any_2 \gset
SELECT t.is(t.query(t.sql('SELECT p.name FROM quickbook.appointment a JOIN quickbook.provider p ON p.id = a.provider_id'
	' WHERE a.id IN (%L, %L) ORDER BY 1', :'any_1', :'any_2')), 'Bob, Cyd', 'without a provider anyone who is free is booked');
SELECT t.refused(t.create_sql(:'p_3', NULL, :'shared', '2026-03-09 09:00+00'), 'slot_taken', '23P01', 'and nobody when all are taken');
SELECT t.refused(t.create_sql(:'p_3', NULL, :'shared', '2026-03-09 12:00+00'), 'outside_hours', '23QB1', 'and nobody when all are away');

SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.service(:'c', '60 minutes', :'p', buffer_after => '15 minutes', name => 'Surgery') AS surgery \gset
SELECT t.offer(:'surgery', :'room', 'room') \gset
SELECT t.book(:'ben', :'p', :'surgery', '2026-03-03 09:00+00') AS op \gset
SELECT t.is(t.resources(:'op'), 'practitioner=Ada room=Room', 'every role is noted');
SELECT t.is(t.allocations(:'op'), 'Ada/0 09:00-10:15, Room/0 09:00-10:15, Ben/0 09:00-10:00', 'and every calendar is taken');
SELECT t.is((quickbook.get_appointment(:'op')).provider_id::text, :'p', 'provider_id is the lead''s');

--
-- Refusals
--

SELECT t.counts() AS before \gset

UPDATE quickbook.service SET min_notice = '2 hours', horizon_days = 14 WHERE id = :'s';
SELECT t.refused(t.create_sql(patient, :'p', :'s', starts_at), name, state, t.sql('%s: %s', name, why))
FROM (VALUES
	(:'ben', '2026-03-02 13:30:01+00', 'off_grid', '23QB2', 'a second past the grid'),
	(:'ben', '2026-03-02 13:15+00', 'off_grid', '23QB2', 'between two starts'),
	(:'ben', '2026-03-02 12:00+00', 'outside_hours', '23QB1', 'in the break'),
	(:'ben', '2026-03-02 08:30+00', 'outside_hours', '23QB1', 'before the hours'),
	(:'ben', '2026-03-02 11:45+00', 'outside_hours', '23QB1', 'it would run into the break'),
	(:'ben', '2026-03-02 17:00+00', 'outside_hours', '23QB1', 'at the end'),
	(:'ben', '2026-03-07 10:00+00', 'outside_hours', '23QB1', 'on a Saturday'),
	(:'ben', '2026-02-28 10:00+00', 'outside_hours', '23QB1', 'past and closed: hours are told first'),
	(:'ben', '2026-03-02 11:00+00', 'slot_taken', '23P01', 'taken'),
	(:'ben', '2026-03-02 11:10+00', 'slot_taken', '23P01', 'taken and off the grid: the booking is told first'),
	(:'ben', '2026-03-02 10:30+00', 'slot_taken', '23P01', 'in another appointment''s buffer'),
	(:'ben', '2026-03-02 09:30+00', 'slot_taken', '23P01', 'its end in another appointment''s buffer'),
	(:'ben', '2026-03-03 10:00+00', 'slot_taken', '23P01', 'in the buffer of a team'),
	(:'ben', '2026-02-27 10:15+00', 'off_grid', '23QB2', 'past and off the grid: the grid is told first'),
	(:'ben', '2026-02-27 10:00+00', 'too_soon', '23QB3', 'past'),
	(:'ben', '2026-03-17 10:00+00', 'beyond_horizon', '23QB4', 'fifteen days ahead')) AS v (patient, starts_at, name, state, why);

SELECT t.at('2026-03-02 12:00+00') \gset
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', '2026-03-02 13:30+00'), 'too_soon', '23QB3', 'too_soon: inside the notice');
SELECT t.lives(t.create_sql(:'ben', :'p', :'s', '2026-03-02 14:00+00'), 'exactly the notice is enough');
SELECT t.lives(t.create_sql(:'ben', :'p', :'s', '2026-03-16 16:30+00'), 'the horizon''s last day may be booked');
SELECT t.at('2026-03-02 08:00+00') \gset
UPDATE quickbook.service SET min_notice = '0', horizon_days = NULL WHERE id = :'s';

SELECT t.at('2026-03-02 14:30+00') \gset
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', '2026-03-02 14:30+00'), 'too_soon', '23QB3', 'too_soon: a start must be after now, not at it');
SELECT t.at('2026-03-02 08:00+00') \gset

SELECT t.refused(t.create_sql(:'ben', :'bob', :'shared', '2035-03-05 09:00+00'), 'beyond_horizon', '23QB4',
	'beyond_horizon: further than quickbook.search_days');
UPDATE quickbook.service SET bookable_during = '[2026-03-10,2026-03-12)' WHERE id = :'s';
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', starts_at), 'beyond_horizon', '23QB4', t.sql('outside bookable_during: %s', starts_at))
FROM (VALUES ('2026-03-09 09:00+00'), ('2026-03-12 09:00+00')) AS v (starts_at);
SELECT t.is(t.outcome(t.create_sql(:'ben', :'p', :'s', '2026-03-11 16:30+00')), 'ok', 'inside bookable_during');
UPDATE quickbook.service SET bookable_during = NULL WHERE id = :'s';

-- The patient: a calendar like any other, told last.
SELECT t.refused(t.create_sql(:'p_1', :'p', :'s', '2026-03-09 09:00+00'), 'patient_busy', '23P01', 'patient_busy: with another provider');
SELECT t.refused(t.create_sql(:'p_1', :'p', :'s', '2026-03-09 09:15+00'), 'off_grid', '23QB2', 'busy and off the grid: the grid is told first');
SELECT t.at('2026-03-09 09:00+00') \gset
SELECT t.refused(t.create_sql(:'p_1', :'p', :'s', '2026-03-09 09:00+00'), 'too_soon', '23QB3', 'busy and too soon: the notice is told first');
SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.lives(t.create_sql(:'p_1', :'p', :'s', '2026-03-09 09:30+00'), 'right after it the patient is free: there are no buffers');
UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'s';
SELECT t.lives(t.create_sql(:'p_2', :'p', :'s', '2026-03-09 09:00+00'), 'a service with patient_may_overlap does not ask');
UPDATE quickbook.service SET patient_may_overlap = false WHERE id = :'s';

-- What does not exist, or is another clinic's.
SELECT t.refused(t.create_sql(patient, provider, service, '2026-03-02 15:00+00'), 'not_found', 'P0002', t.sql('not_found: %s', why))
FROM (VALUES
	('00000000-0000-7000-8000-00000000ffff', :'p', :'s', 'an unknown patient'),
	(:'ben', '00000000-0000-7000-8000-00000000ffff', :'s', 'an unknown provider'),
	(:'ben', :'p', '00000000-0000-7000-8000-00000000ffff', 'an unknown service'),
	(:'pat2', :'p', :'s', 'another clinic''s patient'), (:'ben', :'p2', :'s', 'another clinic''s provider'),
	(:'ben', :'p', :'s2', 'another clinic''s service'), (:'pat2', NULL, :'s', 'another clinic''s patient, with any provider'),
	(:'p', :'p', :'s', 'a provider is no patient'), (:'ben', :'ben', :'s', 'a patient is no provider')) AS v (patient, provider, service, why);
SELECT t.refused(t.sql('SELECT quickbook.get_appointment(%L)', id), 'not_found', 'P0002', 'not_found: get_appointment()')
FROM (VALUES ('00000000-0000-7000-8000-00000000ffff'), (:'p')) AS v (id);

-- What makes no sense.
SELECT t.refused(t.create_sql(patient, provider, service, starts_at, more), 'invalid_argument', '22023', t.sql('invalid_argument: %s', why))
FROM (VALUES
	(NULL, :'p', :'s', '2026-03-02 15:00+00', NULL, 'no patient'),
	(:'ben', :'p', NULL, '2026-03-02 15:00+00', NULL, 'no service'),
	(:'ben', :'p', :'s', NULL, NULL, 'no start'),
	(:'ben', :'p', :'s', 'infinity', NULL, 'infinity'),
	(:'ben', :'p', :'s', '-infinity', NULL, '-infinity'),
	(:'ben', :'p', :'s', '2026-03-02 15:00+00', 'override => ARRAY[''lunch'']', 'an unknown rule in override')) AS v (patient, provider, service, starts_at, more, why);
SELECT t.refused('SELECT quickbook.get_appointment(NULL)', 'invalid_argument', '22023', 'invalid_argument: get_appointment(NULL)');

-- What is there and not to be had.
SELECT t.refused(t.create_sql(:'ben', :'bob', :'s', '2026-03-09 10:00+00'), 'policy_refused', '23QB6', 'policy_refused: the provider does not offer the service');
SELECT t.refused(t.create_sql(:'ben', :'room', :'surgery', '2026-03-09 10:00+00'), 'policy_refused', '23QB6', 'policy_refused: the room does not lead');
UPDATE quickbook.provider SET active = false WHERE id = :'p';
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', '2026-03-02 15:00+00'), 'policy_refused', '23QB6', 'policy_refused: an inactive provider');
SELECT t.is(t.slots(:'s', '2026-03-02 08:00+00', '2026-03-03 00:00+00'), '', 'whose slots are not offered');
UPDATE quickbook.provider SET active = true WHERE id = :'p';
UPDATE quickbook.service SET active = false WHERE id = :'s';
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', '2026-03-02 15:00+00'), 'policy_refused', '23QB6', 'policy_refused: an inactive service');
SELECT t.is(t.slots(:'s', '2026-03-02 08:00+00', '2026-03-03 00:00+00'), '', 'whose slots are not offered');
UPDATE quickbook.service SET active = true WHERE id = :'s';

SELECT t.is(t.query(t.sql('SELECT (c.r)[1]::int - (b.r)[1]::int, (c.r)[4]::int - (b.r)[4]::int'
	' FROM (SELECT regexp_split_to_array(%L, '' '') AS r) AS b, (SELECT regexp_split_to_array(%L, '' '') AS r) AS c', :'before', t.counts())),
	'5 5', 'of all these only the five that were accepted left a row and an event');

-- What the program reads.
SELECT t.detail(t.create_sql(:'ben', :'p', :'s', '2026-03-02 11:00+00')) AS detail \gset
SELECT t.is(t.key(:'detail', 'provider_id'), :'p', 'slot_taken: provider_id in DETAIL');
SELECT t.is(t.query(t.sql('SELECT %L::timestamptz', t.key(:'detail', 'starts_at'))), '2026-03-02T11:00:00+00:00', 'starts_at in DETAIL');
SELECT t.is(t.query(t.sql('SELECT count(*) > 0 FROM jsonb_array_elements(%L) AS n', t.key(:'detail', 'nearest'))), 'true', 'nearest in DETAIL');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM jsonb_array_elements_text(%L) AS n WHERE n::timestamptz NOT IN'
	' (SELECT s.starts_at FROM quickbook.available_slots(%L, ''2026-03-01 00:00+00'', ''2026-04-01 00:00+00'', %L, %L) AS s)',
	t.key(:'detail', 'nearest'), :'s', :'p', :'ben')), '0', 'what is nearest can be booked');
SELECT t.ok(:'detail' NOT LIKE t.sql('%%%s%%', :'pat') AND :'detail' NOT LIKE t.sql('%%%s%%', :'n_id') AND :'detail' NOT LIKE '%Pat%',
	'nothing of the patient or the appointment that is in the way');

--
-- Holds that are in nobody's way
--

SELECT t.appointment('held', :'ben', :'p', :'s', '2026-03-24 09:00+00', '2026-03-24 09:30+00', '2026-03-02 07:00+00') AS expired \gset
SELECT t.appointment('held', :'ben', :'p', :'s', '2026-03-24 10:00+00', '2026-03-24 10:30+00', '2026-03-02 09:00+00') AS alive \gset
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-24 10:00+00'), 'slot_taken', '23P01', 'another''s hold is in the way');
SELECT t.book(:'pat', :'p', :'s', '2026-03-24 09:00+00') AS over_expired \gset
SELECT t.is(t.allocations(:'over_expired'), 'Ada/0 09:00-09:30, Pat/0 09:00-09:30', 'an expired hold is not');
SELECT t.is(t.allocations(:'expired'), '', 'and its time is given back');
SELECT t.is((quickbook.get_appointment(:'expired')).status, 'cancelled', 'it is closed in the same transaction');
SELECT t.is(t.events(:'expired'), 'expired', 'as expired');
SELECT t.book(:'ben', :'p', :'s', '2026-03-24 10:00+00') AS over_own \gset
SELECT t.is(t.allocations(:'over_own'), 'Ada/0 10:00-10:30, Ben/0 10:00-10:30', 'nor is the patient''s own hold');
SELECT t.is(t.allocations(:'alive') || (quickbook.get_appointment(:'alive')).status, 'cancelled', 'which is closed too');

--
-- override: staff set rules of policy aside, never the constraint
--

UPDATE quickbook.service SET min_notice = '2 hours', horizon_days = 14 WHERE id = :'s';
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', starts_at, t.sql('override => %L', rules)), name, state, t.sql('%s: not set aside by %s', name, rules))
FROM (VALUES ('2026-03-02 15:10+00', '{notice,hours,horizon}', 'off_grid', '23QB2'),
	('2026-03-02 07:00+00', '{grid,notice,horizon}', 'outside_hours', '23QB1'),
	('2026-02-27 10:00+00', '{grid,hours,horizon}', 'too_soon', '23QB3'),
	('2026-03-17 10:00+00', '{grid,notice,hours}', 'beyond_horizon', '23QB4'),
	('2026-03-02 11:00+00', '{grid,notice,hours,horizon,limit,policy}', 'slot_taken', '23P01')) AS v (starts_at, rules, name, state);
SELECT t.refused(t.create_sql(:'p_3', :'bob', :'shared', '2026-03-09 09:00+00', 'override => ''{grid,notice,hours,horizon,limit,policy}'''),
	'slot_taken', '23P01', 'the constraint is never set aside');
SELECT t.refused(t.create_sql(:'p_1', :'p', :'s', '2026-03-09 09:10+00', 'override => ''{grid,notice,hours,horizon,limit,policy}'''),
	'slot_taken', '23P01', 'nor is what lies off the grid');
SELECT t.refused(t.create_sql(:'p_1', :'cyd', :'shared', '2026-03-09 09:30+00', 'override => ''{grid,notice,hours,horizon,limit,policy}'''),
	'patient_busy', '23P01', 'nor the patient''s calendar');
SELECT t.is(t.outcome(t.create_sql(patient, :'p', :'s', starts_at, t.sql('override => %L', rules))), 'ok', t.sql('set aside: %s', rules))
FROM (VALUES (:'ben', '2026-03-02 15:10+00', '{grid}'), (:'ben', '2026-03-02 18:00+00', '{hours,grid}'),
	(:'ben', '2026-02-27 10:00+00', '{notice}'), (:'ben', '2026-03-17 10:00+00', '{horizon}'),
	(:'p_3', '2026-03-02 07:13:21+00', '{grid,notice,hours,horizon}'), (:'p_3', '2026-03-05 09:00+00', '{}')) AS v (patient, starts_at, rules);
UPDATE quickbook.service SET min_notice = '0', horizon_days = NULL WHERE id = :'s';

--
-- create_appointment_local()
--

SELECT t.provider(:'c', 'Uwe', 'Europe/Berlin', open_always => true) AS uwe \gset
SELECT t.service(:'c', '30 minutes', :'uwe', name => 'Night') AS night \gset
CREATE FUNCTION t.local_sql(patient text, provider text, service text, local_date text, local_time text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('SELECT quickbook.create_appointment_local(%L, %L, %L, %L, %L)', patient, provider, service, local_date, local_time)
$$;
SELECT t.is((quickbook.create_appointment_local(:'ben', :'uwe', :'night', '2026-03-20', '10:00')).starts_at::text,
	'2026-03-20 09:00:00+00', 'local: read in the provider''s zone, in winter');
SELECT t.is((quickbook.create_appointment_local(:'ben', :'uwe', :'night', '2026-03-30', '10:00')).starts_at::text,
	'2026-03-30 08:00:00+00', 'local: and in summer');
SELECT t.is((quickbook.create_appointment_local(patient_id => :'ben', provider_id => :'p', service_id => :'s',
	local_date => '2026-03-20', local_time => '13:00', idempotency_key => 'local-1')).starts_at::text,
	'2026-03-20 13:00:00+00', 'local: without a zone of its own, in the clinic''s');
SELECT t.refused(t.local_sql(:'ben', :'uwe', :'night', local_date, local_time), 'invalid_argument', '22023', t.sql('local: %s %s %s', local_date, local_time, why))
FROM (VALUES ('2026-03-29', '02:00', 'does not exist'), ('2026-03-29', '02:30', 'does not exist'), ('2026-03-29', '02:59:59', 'does not exist'),
	('2026-10-25', '02:00', 'exists twice'), ('2026-10-25', '02:30', 'exists twice'), ('2026-10-25', '02:59:59', 'exists twice')) AS v (local_date, local_time, why);
SELECT t.is(t.outcome(t.local_sql(:'ben', :'uwe', :'night', local_date, local_time)), 'ok', t.sql('local: %s %s exists once', local_date, local_time))
FROM (VALUES ('2026-03-29', '01:30'), ('2026-03-29', '03:00'), ('2026-10-25', '01:30'), ('2026-10-25', '03:00')) AS v (local_date, local_time);
SELECT t.refused(t.local_sql(:'ben', :'p', :'s', local_date, local_time), 'invalid_argument', '22023', t.sql('local: no %s', why))
FROM (VALUES (NULL, '10:00', 'date'), ('2026-03-20', NULL, 'time'), ('infinity', '10:00', 'real date')) AS v (local_date, local_time, why);
SELECT t.travel(:'uwe', '[2026-04-13,2026-04-20)', 'America/New_York') \gset
SELECT t.is((quickbook.create_appointment_local(:'ben', :'uwe', :'night', '2026-04-14', '10:00')).starts_at::text,
	'2026-04-14 14:00:00+00', 'local: where the provider travels, in the zone of the travel');
SELECT t.is((quickbook.create_appointment_local(:'ben', NULL, :'night', '2026-03-31', '10:00')).starts_at::text,
	'2026-03-31 10:00:00+00', 'local: with any provider, in the clinic''s zone');
SELECT t.refused(t.local_sql(:'ben', :'p', :'s', '2026-03-20', '12:00'), 'outside_hours', '23QB1', 'local: refused as create_appointment() does');

SELECT * FROM t.finish();
ROLLBACK;
