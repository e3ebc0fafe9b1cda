-- Section 3: configuration is written straight into the tables, and what is bad
-- is refused there and then. Ids and clinics fill themselves in, and no row
-- joins two clinics, whoever writes it.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(254);

SELECT t.clinic('Europe/Berlin') AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.clinic('Europe/Berlin', name => 'Other') AS c2 \gset
SELECT t.provider(:'c2', 'Eve') AS p2 \gset
SELECT t.service(:'c2', '30 minutes', :'p2') AS s2 \gset
SELECT t.patient(:'c2', 'Oth') AS pat2 \gset

--
-- Time zones
--

SELECT t.refused(t.sql('INSERT INTO quickbook.clinic (name, time_zone) VALUES (''X'', %L)', zone),
	'invalid_argument', '22023', t.sql('clinic: time_zone "%s" is refused', zone))
FROM (VALUES ('Europe/Berlim'), ('europe/berlin'), ('Berlin'), ('CEST'), ('EDT'), ('+02:00'), ('+2'), ('UTC+2'), ('Foo+3'),
	('EST5'), (''), (' Europe/Berlin'), ('default'), ('../Europe/Berlin')) AS v (zone);
SELECT t.lives(t.sql('INSERT INTO quickbook.clinic (name, time_zone) VALUES (''X'', %L)', zone),
	t.sql('clinic: time_zone "%s" is accepted', zone))
FROM (VALUES ('Europe/Berlin'), ('UTC'), ('America/Argentina/Buenos_Aires'), ('Asia/Kathmandu'), ('Australia/Lord_Howe'),
	('America/Port-au-Prince')) AS v (zone);
SELECT t.refused(t.sql('UPDATE quickbook.clinic SET time_zone = ''Europe/Berlim'' WHERE id = %L', :'c'),
	'invalid_argument', '22023', 'clinic: an unknown zone is refused in UPDATE too');
SELECT t.refused(t.sql('UPDATE quickbook.provider SET time_zone = ''CEST'' WHERE id = %L', :'p'),
	'invalid_argument', '22023', 'provider: an abbreviation is no zone');
SELECT t.refused(t.sql('INSERT INTO quickbook.provider (clinic_id, name, time_zone) VALUES (%L, ''X'', ''+01'')', :'c'),
	'invalid_argument', '22023', 'provider: an offset is no zone');
SELECT t.refused(t.sql('UPDATE quickbook.patient SET time_zone = ''nowhere'' WHERE id = %L', :'pat'),
	'invalid_argument', '22023', 'patient: an unknown zone is refused');
SELECT t.refused(t.sql('INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (%L, ''[2026-03-01,2026-03-08)'', ''Mars/Base'')', :'p'),
	'invalid_argument', '22023', 'travel: an unknown zone is refused');
SELECT t.lives(t.sql('UPDATE quickbook.provider SET time_zone = NULL WHERE id = %L', :'p'), 'provider: no zone is the clinic''s');
SELECT t.throws(t.sql('UPDATE quickbook.clinic SET time_zone = NULL WHERE id = %L', :'c'), '23502', NULL, 'clinic: must have a zone');

--
-- One column of one row
--

SELECT t.throws(t.sql('UPDATE quickbook.clinic SET week_start = %s WHERE id = %L', day, :'c'), '23514', NULL,
	t.sql('clinic: week_start %s is refused', day)) FROM (VALUES ('0'), ('8'), ('-1')) AS v (day);
SELECT t.lives(t.sql('UPDATE quickbook.clinic SET week_start = %s WHERE id = %L', day, :'c'),
	t.sql('clinic: week_start %s is accepted', day)) FROM (VALUES ('7'), ('1')) AS v (day);

SELECT t.throws(t.sql('UPDATE quickbook.provider SET capacity = %s WHERE id = %L', n, :'p'), '23514', NULL,
	t.sql('provider: capacity %s is refused', n)) FROM (VALUES ('0'), ('-1')) AS v (n);
SELECT t.lives(t.sql('UPDATE quickbook.provider SET capacity = 1000 WHERE id = %L', :'p'), 'provider: capacity 1000 is accepted');
SELECT t.lives(t.sql('UPDATE quickbook.provider SET capacity = 1, kind = ''boat'' WHERE id = %L', :'p'), 'provider: kind is an open list');

-- Lengths: fixed, whole seconds, positive where that makes sense.
SELECT t.throws(t.sql('UPDATE quickbook.service SET %I = %L WHERE id = %L', col, val, :'s'), '23514', NULL,
	t.sql('service: %s %s is refused', col, val))
FROM (VALUES ('duration'), ('slot_interval'), ('buffer_before'), ('buffer_after'), ('min_notice'), ('hold_for'),
	('cancel_notice'), ('reschedule_notice')) AS c (col),
	(VALUES ('-5 minutes'), ('1 month'), ('1 year'), ('0.5 seconds'), ('30 minutes 0.000001 seconds'),
		('1 month -30 days')) AS v (val);
SELECT t.throws(t.sql('UPDATE quickbook.service SET %I = ''0'' WHERE id = %L', col, :'s'), '23514', NULL,
	t.sql('service: %s 0 is refused', col))
FROM (VALUES ('duration'), ('slot_interval'), ('hold_for')) AS c (col);
SELECT t.lives(t.sql('UPDATE quickbook.service SET %I = ''0'' WHERE id = %L', col, :'s'),
	t.sql('service: %s 0 is accepted', col))
FROM (VALUES ('buffer_before'), ('buffer_after'), ('min_notice'), ('cancel_notice'), ('reschedule_notice')) AS c (col);
SELECT t.lives(t.sql('UPDATE quickbook.service SET %I = %L WHERE id = %L', col, val, :'s'),
	t.sql('service: %s %s is accepted', col, val))
FROM (VALUES ('duration', '90 minutes'), ('duration', '1 second'), ('duration', '3 days'), ('duration', '1 day 2 hours'),
	('slot_interval', '5 minutes'), ('slot_interval', NULL), ('min_notice', '14 days'), ('cancel_notice', '24 hours'),
	('slot_anchor', 'window'), ('slot_anchor', 'gap'), ('slot_anchor', 'clock'),
	('horizon_counts', 'calendar'), ('horizon_counts', 'working'), ('horizon_counts', 'bookable'),
	('horizon_days', '0'), ('horizon_days', '400'), ('horizon_days', NULL),
	('bookable_during', '[2026-03-01,2026-04-01)'), ('bookable_during', '[2026-03-01,)'), ('bookable_during', NULL),
	('seats', '12'), ('seats', '1')) AS v (col, val);
SELECT t.throws(t.sql('UPDATE quickbook.service SET %I = %L WHERE id = %L', col, val, :'s'), state, NULL,
	t.sql('service: %s %s is refused', col, coalesce(val, 'NULL')))
FROM (VALUES ('duration', NULL, '23502'), ('slot_anchor', 'grid', '23514'), ('slot_anchor', '', '23514'),
	('slot_anchor', NULL, '23502'), ('horizon_counts', 'weeks', '23514'), ('horizon_days', '-1', '23514'),
	('bookable_during', 'empty', '23514'), ('seats', '0', '23514'), ('seats', '-3', '23514'),
	('active', NULL, '23502')) AS v (col, val, state);

SELECT t.throws(t.sql('UPDATE quickbook.service_provider SET duration = %L WHERE service_id = %L', val, :'s'), '23514', NULL,
	t.sql('service_provider: duration %s is refused', val))
FROM (VALUES ('0'), ('-30 minutes'), ('1 month'), ('0.1 seconds')) AS v (val);
SELECT t.lives(t.sql('UPDATE quickbook.service_provider SET duration = %L WHERE service_id = %L', val, :'s'),
	'service_provider: a duration of its own, and none') FROM (VALUES ('45 minutes'), (NULL)) AS v (val);
SELECT t.throws(t.sql('INSERT INTO quickbook.service_provider (service_id, provider_id) VALUES (%L, %L)', :'s', :'p'), '23505', NULL,
	'service_provider: twice in one role is refused');
SELECT t.lives(t.sql('INSERT INTO quickbook.service_provider (service_id, provider_id, role) VALUES (%L, %L, ''assistant'')', :'s', :'p'),
	'service_provider: two roles are accepted');

SELECT t.throws(t.sql('UPDATE quickbook.patient SET phone = %L WHERE id = %L', phone, :'pat'), '23514', NULL,
	t.sql('patient: phone "%s" is not E.164', phone))
FROM (VALUES ('030 123456'), ('+49 30 123456'), ('4930123456'), ('+0301234567'), ('+1234567890123456'), ('+'), (''),
	('+49-30-123456')) AS v (phone);
SELECT t.throws(t.sql('UPDATE quickbook.patient SET phone = %L WHERE id = %L', E'+4930123456\n', :'pat'), '23514', NULL,
	'patient: phone with a line feed after it is not E.164');
SELECT t.lives(t.sql('UPDATE quickbook.patient SET phone = %L WHERE id = %L', phone, :'pat'),
	t.sql('patient: phone "%s" is accepted', phone)) FROM (VALUES ('+4930123456'), ('+123456789012345'), (NULL)) AS v (phone);

--
-- Hours
--

CREATE FUNCTION t.hours_row(provider text, row_values text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('INSERT INTO quickbook.working_hours'
		' (provider_id, weekday, start_time, end_time, valid, every_weeks, anchored_on) VALUES (%L, %s)', provider, row_values)
$$;
SELECT t.throws(t.hours_row(:'p', row), '23514', NULL, t.sql('working_hours: %s are refused', row))
FROM (VALUES ($$0, '09:00', '12:00', NULL, 1, NULL$$), ($$8, '09:00', '12:00', NULL, 1, NULL$$),
	($$1, '09:00', '09:00', NULL, 1, NULL$$), ($$1, '00:00', '00:00', NULL, 1, NULL$$),
	($$1, '09:00', '12:00', 'empty', 1, NULL$$), ($$1, '09:00', '12:00', NULL, 0, NULL$$),
	($$1, '09:00', '12:00', NULL, -1, '2026-03-02'$$), ($$1, '09:00', '12:00', NULL, 2, NULL$$),
	($$1, '09:00', '12:00', NULL, 2, 'infinity'$$)) AS v (row);
SELECT t.lives(t.hours_row(:'p', row), t.sql('working_hours: %s are accepted', row))
FROM (VALUES ($$1, '09:00', '12:00', NULL, 1, NULL$$), ($$7, '22:00', '06:00', NULL, 1, NULL$$),
	($$2, '00:00', '24:00', NULL, 1, NULL$$), ($$2, '18:00', '24:00', '[2026-01-01,)', 1, NULL$$),
	($$3, '09:00', '12:00', '[2026-01-01,2026-07-01)', 2, '2026-01-05'$$), ($$3, '09:00', '00:00', NULL, 1, NULL$$)) AS v (row);

CREATE FUNCTION t.override_rows(provider text, VARIADIC rows text[]) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT 'INSERT INTO quickbook.date_override (provider_id, service_id, on_date, start_time, end_time) VALUES '
		|| string_agg(format('(%L, %s)', provider, r), ', ') FROM unnest(rows) AS r
$$;
SELECT t.throws(t.override_rows(:'p', $$NULL, '2026-03-02', '09:00', NULL$$), '23514', NULL,
	'date_override: a start without an end is refused');
SELECT t.throws(t.override_rows(:'p', $$NULL, '2026-03-02', NULL, '12:00'$$), '23514', NULL,
	'date_override: an end without a start is refused');
SELECT t.throws(t.override_rows(:'p', $$NULL, '2026-03-02', '09:00', '09:00'$$), '23514', NULL,
	'date_override: end = start is refused');
SELECT t.throws(t.override_rows(:'p', $$NULL, 'infinity', '09:00', '10:00'$$), '23514', NULL,
	'date_override: the date must be a date');
SELECT t.throws(t.override_rows(:'p', $$NULL, '2026-03-02', '09:00', '12:00'$$, $$NULL, '2026-03-02', '11:00', '13:00'$$), '23P01', NULL,
	'date_override: rows of one date may not overlap');
SELECT t.throws(t.override_rows(:'p', $$NULL, '2026-03-02', '22:00', '06:00'$$, $$NULL, '2026-03-02', '23:00', '23:30'$$), '23P01', NULL,
	'date_override: nor with one that runs past midnight');
SELECT t.throws(t.override_rows(:'p', $$NULL, '2026-03-02', NULL, NULL$$, $$NULL, '2026-03-02', '09:00', '12:00'$$), '23P01', NULL,
	'date_override: a date is either closed or open');
SELECT t.throws(t.override_rows(:'p', $$NULL, '2026-03-02', NULL, NULL$$, $$NULL, '2026-03-02', '22:00', '06:00'$$), '23P01', NULL,
	'date_override: also where the hours run past midnight');
SELECT t.throws(t.override_rows(:'p', $$NULL, '2026-03-02', NULL, NULL$$, $$NULL, '2026-03-02', NULL, NULL$$), '23P01', NULL,
	'date_override: closed twice is refused');
SELECT t.lives(t.override_rows(:'p', $$NULL, '2026-03-02', '09:00', '12:00'$$, $$NULL, '2026-03-02', '12:00', '24:00'$$),
	'date_override: rows that touch are accepted, and 24:00');
SELECT t.lives(t.override_rows(:'p', $$NULL, '2026-03-03', '22:00', '06:00'$$, $$NULL, '2026-03-04', '05:00', '09:00'$$),
	'date_override: a night may run into the next date''s hours');
SELECT t.lives(t.override_rows(:'p', $$NULL, '2026-03-05', NULL, NULL$$, t.sql($$%L, '2026-03-05', '09:00', '12:00'$$, :'s')),
	'date_override: closed in general, open for one service');

SELECT t.throws(t.sql('INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (%L, ''empty'', ''UTC'')', :'p'), '23514', NULL,
	'travel: no dates are refused');
SELECT t.lives(t.sql('INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (%L, ''[2026-05-01,2026-05-08)'', ''UTC''),'
	' (%L, ''[2026-05-08,2026-05-15)'', ''Asia/Tokyo'')', :'p', :'p'), 'travel: one journey after the other is accepted');
SELECT t.throws(t.sql('INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (%L, ''[2026-05-07,2026-05-09)'', ''UTC'')', :'p'),
	'23P01', NULL, 'travel: being in two zones on one date is refused');

SELECT t.throws(t.sql('INSERT INTO quickbook.%I (clinic_id, provider_id, during) VALUES (%L, %L, %L)', tab, :'c', :'p', during), '23514', NULL,
	t.sql('%s: %s is refused', tab, during))
FROM (VALUES ('time_off'), ('busy_time')) AS x (tab),
	(VALUES ('empty'), ('[2026-03-02 09:00+00,)'), ('(,2026-03-02 09:00+00)'), ('(,)'), ('[2026-03-02 09:00+00,infinity)'),
		('[-infinity,2026-03-02 09:00+00)')) AS v (during);
SELECT t.lives(t.sql('INSERT INTO quickbook.%I (clinic_id, provider_id, during) VALUES (%L, %L, %L)', tab, :'c', :'p',
	'[2026-03-02 09:00+00,2026-03-02 10:00+00)'), t.sql('%s: a time is accepted', tab))
FROM (VALUES ('time_off'), ('busy_time')) AS x (tab);

SELECT t.throws(t.sql('INSERT INTO quickbook.booking_limit (clinic_id, period, max_count, max_time) VALUES (%L, %L, %s, %s)',
	:'c', period, max_count, max_time), '23514', NULL, t.sql('booking_limit: %s %s %s is refused', period, max_count, max_time))
FROM (VALUES ('fortnight', '1', 'NULL'), ('day', 'NULL', 'NULL'), ('day', '-1', 'NULL'), ('day', 'NULL', '''-1 hour'''),
	('day', 'NULL', '''1 month''')) AS v (period, max_count, max_time);
SELECT t.lives(t.sql('INSERT INTO quickbook.booking_limit (clinic_id, period, max_count, max_time) VALUES (%L, %L, %s, %s)',
	:'c', period, max_count, max_time), t.sql('booking_limit: %s %s %s is accepted', period, max_count, max_time))
FROM (VALUES ('day', '3', 'NULL'), ('week', 'NULL', '''20 hours'''), ('month', '4', 'NULL'), ('year', '5', '''90 hours'''),
	('upcoming', '1', 'NULL')) AS v (period, max_count, max_time);

--
-- What a writer leaves out is filled in; what is given is kept
--

SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.%I WHERE id IS NULL OR clinic_id IS NULL', tab)), '0',
	t.sql('%s: id and clinic_id are filled in', tab))
FROM (VALUES ('provider'), ('service'), ('patient'), ('working_hours'), ('date_override'), ('travel'), ('time_off'),
	('busy_time'), ('booking_limit')) AS v (tab);
SELECT t.is(t.query(t.sql('INSERT INTO quickbook.%I (provider_id, %s) VALUES (%L, %s) RETURNING clinic_id', tab, cols, :'p', vals)), :'c',
	t.sql('%s: clinic_id is the provider''s', tab))
FROM (VALUES ('working_hours', 'weekday, start_time, end_time', $$1, '07:00', '08:00'$$),
	('date_override', 'on_date, start_time, end_time', $$'2026-08-01', '07:00', '08:00'$$),
	('travel', 'dates, time_zone', $$'[2026-08-01,2026-08-02)', 'UTC'$$),
	('time_off', 'during', $$'[2026-08-01 00:00+00,2026-08-02 00:00+00)'$$),
	('busy_time', 'during', $$'[2026-08-01 00:00+00,2026-08-02 00:00+00)'$$),
	('booking_limit', 'period, max_count', $$'day', 3$$)) AS v (tab, cols, vals);
SELECT t.is(t.query(t.sql('INSERT INTO quickbook.booking_limit (service_id, period, max_count) VALUES (%L, ''day'', 3) RETURNING clinic_id', :'s')),
	:'c', 'booking_limit: clinic_id is the service''s');
SELECT t.is(t.query(t.sql('SELECT DISTINCT clinic_id FROM quickbook.service_provider WHERE service_id = %L', :'s')), :'c',
	'service_provider: clinic_id is the service''s');
SELECT t.is(t.query($$INSERT INTO quickbook.clinic (id, name, time_zone)
	VALUES ('00000000-0000-7000-8000-0000000000c9', 'X', 'UTC') RETURNING id$$), '00000000-0000-7000-8000-0000000000c9',
	'an id that is given is kept');
SELECT t.is(t.outcome($$INSERT INTO quickbook.provider (name) VALUES ('Nobody''s')$$), '23502',
	'provider: without a clinic it is refused');
SELECT t.ok(t.outcome($$INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
	VALUES ('00000000-0000-7000-8000-00000000ffff', 1, '09:00', '12:00')$$) IN ('23503', '23502', 'P0002 not_found'),
	'working_hours: an unknown provider is refused');

--
-- No row joins two clinics
--

SELECT t.appointment('booked', :'pat', :'p', :'s', '2026-03-02 09:00+00', '2026-03-02 09:30+00') AS a \gset
SELECT t.appointment('booked', :'pat2', :'p2', :'s2', '2026-03-02 09:00+00', '2026-03-02 09:30+00') AS a2 \gset

-- Each pair, with either clinic, and with none so that it is filled in.
CREATE FUNCTION t.joins(tab text, cols text, vals text, clinic text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('INSERT INTO quickbook.%I (%s, clinic_id) VALUES (%s, %L)', tab, cols, vals, clinic)
$$;
SELECT t.is(t.outcome(t.joins(tab, cols, t.sql(vals, VARIADIC ids), clinic)), '23503',
	t.sql('%s: no row joins %s, as %s', tab, what, whose))
FROM (VALUES
	('service_provider', 'service and provider', 'service_id, provider_id', '%L, %L', ARRAY[:'s', :'p2']),
	('working_hours', 'provider and service', 'provider_id, service_id, weekday, start_time, end_time', $$%L, %L, 1, '09:00', '10:00'$$, ARRAY[:'p', :'s2']),
	('date_override', 'provider and service', 'provider_id, service_id, on_date', $$%L, %L, '2026-09-01'$$, ARRAY[:'p', :'s2']),
	('booking_limit', 'service and provider', 'service_id, provider_id, period, max_count', $$%L, %L, 'day', 1$$, ARRAY[:'s', :'p2'])
	) AS v (tab, what, cols, vals, ids),
	(VALUES (:'c', 'one''s'), (:'c2', 'the other''s'), (NULL, 'nobody''s')) AS w (clinic, whose);
SELECT t.is(t.outcome(t.joins(tab, cols, t.sql(vals, id), :'c2')), '23503', t.sql('%s: no row is another clinic''s than its %s', tab, what))
FROM (VALUES
	('working_hours', 'provider', 'provider_id, weekday, start_time, end_time', $$%L, 1, '09:00', '10:00'$$, :'p'),
	('date_override', 'provider', 'provider_id, on_date', $$%L, '2026-09-01'$$, :'p'),
	('travel', 'provider', 'provider_id, dates, time_zone', $$%L, '[2026-09-01,2026-09-02)', 'UTC'$$, :'p'),
	('time_off', 'provider', 'provider_id, during', $$%L, '[2026-09-01 00:00+00,2026-09-02 00:00+00)'$$, :'p'),
	('busy_time', 'provider', 'provider_id, during', $$%L, '[2026-09-01 00:00+00,2026-09-02 00:00+00)'$$, :'p'),
	('booking_limit', 'provider', 'provider_id, period, max_count', $$%L, 'day', 1$$, :'p'),
	('booking_limit', 'service', 'service_id, period, max_count', $$%L, 'day', 1$$, :'s')) AS v (tab, what, cols, vals, id);

-- The tables that only functions write are guarded too.
CREATE FUNCTION t.appointment_row(clinic text, patient text, provider text, service text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('INSERT INTO quickbook.appointment (id, clinic_id, patient_id, provider_id, service_id, status, starts_at, ends_at)'
		' VALUES (quickbook.new_id(), %L, %L, %L, %L, ''booked'', ''2026-09-01 09:00+00'', ''2026-09-01 09:30+00'')',
		clinic, patient, provider, service)
$$;
SELECT t.is(t.outcome(t.appointment_row(:'c', :'pat', :'p', :'s')), 'ok', 'appointment: all of one clinic is accepted');
SELECT t.is(t.outcome(t.appointment_row(:'c', :'pat2', :'p', :'s')), '23503', 'appointment: the patient is of another clinic');
SELECT t.is(t.outcome(t.appointment_row(:'c', :'pat', :'p2', :'s')), '23503', 'appointment: the provider is of another clinic');
SELECT t.is(t.outcome(t.appointment_row(:'c', :'pat', :'p', :'s2')), '23503', 'appointment: the service is of another clinic');
SELECT t.is(t.outcome(t.appointment_row(:'c2', :'pat', :'p', :'s')), '23503', 'appointment: it is of another clinic itself');

SELECT t.is(t.outcome(t.sql('INSERT INTO quickbook.appointment_resource (appointment_id, role, provider_id, clinic_id)'
	' VALUES (%L, ''room'', %L, %L)', appointment, provider, clinic)), '23503', t.sql('appointment_resource: %s', what))
FROM (VALUES (:'a', :'p2', :'c', 'the provider is of another clinic'), (:'a2', :'p', :'c', 'the appointment is of another clinic'))
	AS v (appointment, provider, clinic, what);

SELECT t.is(t.outcome(t.sql('INSERT INTO quickbook.session (id, clinic_id, provider_id, service_id, starts_at, ends_at)'
	' VALUES (quickbook.new_id(), %L, %L, %L, ''2026-09-01 09:00+00'', ''2026-09-01 09:30+00'')', :'c', provider, service)), state,
	t.sql('session: %s', what))
FROM (VALUES (:'p', :'s', 'ok', 'all of one clinic'), (:'p2', :'s', '23503', 'the provider is of another clinic'),
	(:'p', :'s2', '23503', 'the service is of another clinic')) AS v (provider, service, state, what);

SELECT t.is(t.outcome(t.sql('INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, patient_id, starts_at, ends_at)'
	' VALUES (%L, %L, %L, %L, ''2026-09-01 09:00+00'', ''2026-09-01 09:30+00'')', :'c', appointment, provider, patient)), '23503',
	t.sql('allocation: %s', what))
FROM (VALUES (:'a', :'p2', NULL, 'the provider is of another clinic'), (:'a', NULL, :'pat2', 'the patient is of another clinic'),
	(:'a2', :'p', NULL, 'the appointment is of another clinic')) AS v (appointment, provider, patient, what);

-- Nor may a row move to another clinic while others refer to it.
SELECT t.is(t.outcome(t.sql('UPDATE quickbook.%I SET clinic_id = %L WHERE id = %L', tab, :'c2', id)), '23503',
	t.sql('%s: stays in its clinic', tab))
FROM (VALUES ('provider', :'p'), ('service', :'s'), ('patient', :'pat'), ('appointment', :'a')) AS v (tab, id);

SELECT * FROM t.finish();
ROLLBACK;
