-- Whatever the session's settings, whatever people write into names and notes,
-- however far a time lies: the functions answer as ever, or refuse in due form.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(55);

SELECT t.clinic('Europe/Berlin') AS c \gset
SELECT t.provider(:'c', open_always => true) AS p \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT id AS a FROM quickbook.create_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'key-1', 'knee', '{"a": 1}') \gset
SELECT t.event(:'a') AS event, t.detail(t.create_sql(:'ben', :'p', :'s', '2026-03-03 10:00+00')) AS detail \gset

--
-- Settings of the session
--

SAVEPOINT plain;
SET LOCAL datestyle = 'SQL, DMY';
SET LOCAL intervalstyle = 'sql_standard';
SET LOCAL timezone = 'America/New_York';
SET LOCAL bytea_output = 'escape';
SET LOCAL extra_float_digits = -15;
SET LOCAL quote_all_identifiers = on;
-- from 19 on it can only be on
SELECT t.query('SELECT current_setting(''server_version_num'')::integer < 190000') AS before_19 \gset
\if :before_19
SET LOCAL standard_conforming_strings = off;
\endif
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT t.is((quickbook.create_appointment(:'pat', :'p', :'s', '03/03/2026 05:00', 'key-1', 'knee', '{"a": 1}')).id::text, :'a',
	'settings: the same call gives the same appointment');
SELECT t.is(t.query(t.sql('SELECT n::timestamptz = %L FROM jsonb_array_elements_text(%L::jsonb->''nearest'') AS n LIMIT 1', '03/03/2026 05:30',
	t.detail(t.create_sql(:'ben', :'p', :'s', '03/03/2026 05:00')))), 'true', 'settings: times in DETAIL are ISO 8601');
SELECT id AS b FROM quickbook.create_appointment(:'ben', :'p', :'s', '03/03/2026 06:00') \gset
SELECT t.ok(t.key(t.event(:'b'), 'starts_at') LIKE '2026-03-03T%', 'settings: times in events too');
SELECT t.is((quickbook.reschedule_appointment(:'b', '03/03/2026 07:00')).sequence::text, '1', 'settings: moved');
SELECT t.is((quickbook.cancel_appointment(:'b')).status, 'cancelled', 'settings: cancelled');
SELECT t.is((quickbook.set_appointment_status(:'b', 'booked')).status, 'booked', 'settings: undone');
SELECT t.is(t.slots(:'s', '03/03/2026 04:30', '03/03/2026 06:00'), '09:30 10:30', 'settings: searched');
SELECT t.is((quickbook.create_appointment_local(:'ben', :'p', :'s', '04/03/2026', '10:00')).starts_at::text, '04/03/2026 04:00:00 EST',
	'settings: local times are the provider''s, not the session''s');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.check_install()'), '0', 'settings: check_install() finds nothing');
ROLLBACK TO plain;

--
-- Texts
--

CREATE TABLE t.odd (text text);
INSERT INTO t.odd VALUES ('O''Neil "the \ backslash"'), (E'two\nlines\r\n\tand a tab'), ('%s %L %1$s $1 :name'), ('{"error": "x"}'), ('Zoë 診療所 🩺'), (''),
	(pg_catalog.repeat('long ', 2000));
-- What of it a name may be: on one line, and short.
CREATE FUNCTION t.name(text text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT left(regexp_replace(text, '[[:cntrl:]]', ' ', 'g'), 200) $$;
SELECT t.is((quickbook.create_appointment(t.patient(:'c', t.name(text)), :'p', :'s', '2026-03-05 08:00+00'::timestamptz + n * '30 minutes'::interval,
	notes => text, details => pg_catalog.jsonb_build_object('odd'::text, text))).notes, text, t.sql('notes: %s…', pg_catalog.to_json(pg_catalog.left(text, 20))::text))
FROM (SELECT text, pg_catalog.row_number() OVER () AS n FROM t.odd) AS o;
SELECT t.is(t.query('SELECT count(*) FROM quickbook.event e JOIN quickbook.appointment a ON a.id = e.subject'
	' WHERE e.data->>''notes'' IS DISTINCT FROM a.notes OR e.data->''details'' IS DISTINCT FROM a.details'), '0', 'the log has the same notes and details');
SELECT t.is((quickbook.cancel_appointment((quickbook.create_appointment(t.patient(:'c'), :'p', :'s', '2026-03-06 08:00+00'::timestamptz + n * '30 minutes'::interval)).id,
	text)).cancel_reason, text, t.sql('cancel_reason: %s…', pg_catalog.to_json(pg_catalog.left(text, 20))::text))
FROM (SELECT text, pg_catalog.row_number() OVER () AS n FROM t.odd) AS o;

-- A key is a text of the caller's.
CREATE FUNCTION t.twice(patient uuid, provider uuid, service uuid, starts_at timestamptz, key text) RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	first quickbook.appointment_info;
	second quickbook.appointment_info;
BEGIN
	first := quickbook.create_appointment(patient, provider, service, starts_at, key);
	second := quickbook.create_appointment(patient, provider, service, starts_at, key);
	RETURN t.same(first.id, second.id);
END
$$;
CREATE FUNCTION t.same(a uuid, b uuid) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT a = b $$;
SELECT t.ok(t.twice(t.patient(:'c'), :'p', :'s', '2026-03-07 08:00+00'::timestamptz + n * '30 minutes'::interval, text),
	t.sql('idempotency_key: %s', pg_catalog.to_json(text)::text))
FROM (SELECT text, pg_catalog.row_number() OVER () AS n FROM t.odd WHERE pg_catalog.length(text) BETWEEN 1 AND 1000) AS o;

-- Names and roles turn up in messages; DETAIL is one line all the same. Such as
-- these are refused, but rows of 0.1.0 may have them.
ALTER TABLE quickbook.provider DISABLE TRIGGER quickbook_check_sizes;
ALTER TABLE quickbook.service DISABLE TRIGGER quickbook_check_sizes;
ALTER TABLE quickbook.service_provider DISABLE TRIGGER quickbook_check_sizes;
SELECT t.provider(:'c', E'Dr. "Quote"\nof \\two lines') AS odd \gset
SELECT t.service(:'c', '30 minutes', :'odd', name => E'Ser"vice\n') AS odd_s \gset
SELECT t.provider(:'c', E'Room "1"\n', open_always => true) AS odd_room \gset
SELECT t.offer(:'odd_s', :'odd_room', E'room "r"\n\\') \gset
SELECT t.refused(t.create_sql(:'ben', :'odd', :'odd_s', '2026-03-04 12:00+00'), 'outside_hours', '23QB1', 'odd names: outside_hours');
SELECT t.hours(:'odd', NULL, '00:00', '24:00') \gset
SELECT t.lives(t.create_sql(:'ben', :'odd', :'odd_s', '2026-03-04 12:00+00'), 'odd names: booked');
SELECT t.refused(t.create_sql(:'pat', :'odd', :'odd_s', '2026-03-04 12:00+00'), 'slot_taken', '23P01', 'odd names: slot_taken');
SELECT t.busy(:'odd_room', '2026-03-04 15:00+00', '2026-03-04 16:00+00') \gset
SELECT t.refused(t.create_sql(:'pat', :'odd', :'odd_s', '2026-03-04 15:00+00'), 'slot_taken', '23P01', 'odd names: slot_taken, by the room');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, %L)', :'a', E'no "such"\nstatus'), 'invalid_argument', '22023', 'an odd status');
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-04 16:00+00', t.sql('override => ARRAY[%L]', E'no "such"\nrule')), 'invalid_argument', '22023', 'an odd rule');
SELECT t.refused(t.sql('SELECT * FROM quickbook.available_days(%L, ''2026-03-04'', ''2026-03-05'', time_zone => %L)', :'s', E'no "such"\nzone'),
	'invalid_argument', '22023', 'an odd zone');
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-04 16:00+00', 'override => ARRAY[''grid'', NULL]'), 'invalid_argument', '22023', 'NULL is no rule');

--
-- Times at the ends of what timestamptz can hold
--

SELECT t.refused(t.create_sql(:'pat', :'p', :'s', starts_at, t.sql('override => %L', rules)), 'invalid_argument', '22023', t.sql('%s with %s', starts_at, rules))
FROM (VALUES ('294276-12-31 23:59:59.999999+00', '{}'), ('294276-12-31 23:59:59.999999+00', '{grid,notice,hours,horizon}'),
	('4714-11-24 00:00:00+00 BC', '{}'), ('4714-11-24 00:00:00+00 BC', '{grid,notice,hours,horizon}')) AS v (starts_at, rules);
SELECT t.is(t.outcome(t.create_sql(:'pat', :'p', :'s', starts_at, 'override => ''{grid,notice,hours,horizon}''')), 'ok', t.sql('%s can be recorded', starts_at))
FROM (VALUES ('2001-09-09 01:46:40+00'), ('2050-06-01 10:00+00')) AS v (starts_at);
SELECT t.is(t.slots(:'s', '-infinity', '2026-03-02 09:00+00'), '03-02 08:30', 'a search from -infinity begins now');
SELECT t.is(t.slots(:'s', '2029-01-01 00:00+00', 'infinity'), '', 'a search to infinity ends');
SELECT t.is(t.slots(:'s', '4714-11-24 00:00:00+00 BC', '2026-03-02 09:00+00'), '03-02 08:30', 'a search from the first instant');
SELECT t.is(t.slots(:'s', '294276-12-31 23:00+00', '294276-12-31 23:59:59.999999+00'), '', 'a search at the last');
SELECT t.is(t.next(:'s', '294276-12-31 23:00+00'), '', 'and the next slots after it');
SELECT t.is(t.next(:'s', 'infinity'), '', 'or after infinity');

--
-- One statement that calls often
--

SELECT t.is(t.outcome(t.sql('SELECT quickbook.create_appointment(v.patient, %L, %L, ''2026-03-10 10:00+00'')'
	' FROM (VALUES (%L::uuid), (%L)) AS v (patient)', :'p', :'s', :'pat', :'ben')), '23P01 slot_taken',
	'two bookings of one time in one statement: the second sees the first');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.create_appointment(%L, %L, %L, ''2026-03-10 00:00+00''::timestamptz + n * interval ''30 minutes'')'
	' FROM pg_catalog.generate_series(0, 47) AS n', :'pat', :'p', :'s')), 'ok', 'a whole day in one statement');
SELECT t.is(t.slots(:'s', '2026-03-10 00:00+00', '2026-03-11 00:00+00'), '', 'leaves nothing of it');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM (SELECT quickbook.cancel_appointment(a.id) FROM quickbook.appointment a'
	' WHERE a.provider_id = %L AND a.starts_at >= ''2026-03-10 00:00+00'' AND a.starts_at < ''2026-03-11 00:00+00'') AS c', :'p')), '48', 'which is cancelled in one');
SELECT t.is(t.days(:'s', '2026-03-10', '2026-03-10', time_zone => 'UTC'), '03-10=48', 'and then all of it is free');
SELECT t.is(t.outcome(t.sql('SELECT (quickbook.reschedule_appointment((quickbook.create_appointment(%L, %L, %L, ''2026-03-11 10:00+00'')).id,'
	' ''2026-03-11 11:00+00'')).starts_at', :'pat', :'p', :'s')), 'ok', 'a call in a call');

SELECT * FROM t.finish();
ROLLBACK;
