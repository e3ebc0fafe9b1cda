-- What people write has a size: texts 10,000 characters, names 200 and on one
-- line, keys 255 bytes, details 64 kB as text. Longer is invalid_argument, from
-- the functions and from the tables; what was there before stays.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(97);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-02 16:00+00') AS a \gset

-- 'n' times a character of three bytes, or a text of so many characters
CREATE FUNCTION t.long(n integer, filling text DEFAULT '診') RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT repeat(filling, n) $$;
-- Details that are so long as text: {"a": "xxx"}
CREATE FUNCTION t.details(n integer) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('{"a": "%s"}', repeat('x', n - 9)) $$;
SELECT t.is(t.query(t.sql('SELECT length(%L::jsonb::text)', t.details(1000))), '1000', 'the length of the details is known');

--
-- The functions
--

-- What fits, and what does not: a booking each, at a time of its own.
CREATE FUNCTION t.both(what text, fits text, not_fits text, sql text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN NEXT t.is(t.outcome(t.fill_in(sql, fits)), 'ok', t.sql('%s: the longest', what));
	RETURN NEXT t.refused(t.fill_in(sql, not_fits), 'invalid_argument', '22023', t.sql('%s: one more', what));
END
$$;
CREATE FUNCTION t.fill_in(sql text, value text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT replace(sql, '$', quote_literal(value)) $$;

SELECT t.both('notes of a booking', t.long(10000), t.long(10001), t.create_sql(:'pat', :'p', :'s', '2026-03-03 09:00+00', 'notes => $'));
SELECT t.both('details of a booking', t.details(65536), t.details(65537), t.create_sql(:'pat', :'p', :'s', '2026-03-03 09:30+00', 'details => $'));
SELECT t.both('the key of a booking', t.long(85), t.long(86), t.create_sql(:'pat', :'p', :'s', '2026-03-03 10:00+00', '$'));
SELECT t.both('notes of a hold', t.long(10000), t.long(10001), t.hold_sql(:'pat', :'p', :'s', '2026-03-03 10:30+00', 'notes => $'));
SELECT t.both('the key of a hold', t.long(255, 'k'), t.long(256, 'k'), t.hold_sql(:'pat', :'p', :'s', '2026-03-03 11:00+00', '$'));
SELECT t.both('the key of a local booking', t.long(255, 'l'), t.long(256, 'l'),
	t.sql('SELECT quickbook.create_appointment_local(%L, %L, %L, ''2026-03-03'', ''11:30'', $)', :'pat', :'p', :'s'));
SELECT t.both('notes', t.long(10000), t.long(10001), t.call('update_appointment', :'a', 'notes => $'));
SELECT t.both('details', t.details(65536), t.details(65537), t.call('update_appointment', :'a', 'details => $'));
SELECT t.both('a reason to cancel', t.long(10000), t.long(10001), t.call('cancel_appointment', :'a', 'reason => $'));
UPDATE quickbook.service SET requires_approval = true WHERE id = :'s';
SELECT (quickbook.create_appointment(:'pat', :'p', :'s', '2026-03-03 12:00+00')).id AS asked \gset
SELECT t.both('a reason to decline', t.long(10000), t.long(10001), t.call('decline_appointment', :'asked', 'reason => $'));
SELECT t.both('the name of a consumer', t.long(255, 'c'), t.long(256, 'c'), 'SELECT quickbook.create_consumer($)');
SELECT t.both('the name of who signs up', t.long(200), t.long(201), t.sql('SELECT quickbook.sign_up(''x@example.org'', ''correct horse'', $, %L)', :'c'));
SELECT t.both('a new password', t.long(24), t.long(25), t.sql('SELECT quickbook.sign_up(''x@example.org'', $, ''X'', %L)', :'c'));
SELECT t.both('a password', t.long(10000), t.long(10001), t.sql('SELECT quickbook.sign_in(''x@example.org'', $, %L)', :'c'));
SELECT t.is(t.query(t.sql('SELECT quickbook.sign_in(''x@example.org'', %L, %L) IS NULL', t.long(10000), :'c')), 'true', 'one that is longer than any is wrong');
SELECT t.refused(t.sql('SELECT quickbook.verify_email(%L)', t.long(10001)), 'invalid_argument', '22023', 'a code is short');
SELECT t.refused(t.sql('SELECT quickbook.reset_password(%L, ''correct horse'')', t.long(10001)), 'invalid_argument', '22023', 'whatever it is for');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, %L)', :'a', t.long(10001)), 'invalid_argument', '22023', 'a status is short');
SELECT t.ok(pg_catalog.length(t.detail(t.sql('SELECT quickbook.set_appointment_status(%L, %L)', :'a', t.long(10000000)))) < 1000, 'and a long one is not repeated');
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-03 13:00+00', 'override => pg_catalog.array_fill(''grid''::text, ARRAY[10000])'),
	'invalid_argument', '22023', 'rules to be set aside are few');

-- A number of few bytes may be a text of many.
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-03 13:00+00', 'details => ''[1e70000]'''), 'invalid_argument', '22023', 'a number of 70,000 digits');
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-03 13:00+00', 'details => (SELECT pg_catalog.jsonb_agg(1e131000::numeric) FROM pg_catalog.generate_series(1, 1000))'),
	'invalid_argument', '22023', 'and many of them, which would fill the memory as text');
-- Counted as it is written: [whole, "xxx"] of so many bytes.
CREATE FUNCTION t.padded(whole text, n integer) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT jsonb_build_array(whole::jsonb, repeat('x', n - octet_length(jsonb_build_array(whole::jsonb, '')::text)))::text $$;
SELECT t.both(t.sql('details as long as their text: %s', whole), t.padded(whole, 65536), t.padded(whole, 65537), t.call('update_appointment', :'a', 'details => $'))
FROM (VALUES ('"a scalar"'), ('1'), ('null'), ('[]'), ('{}'), ('[[], {}, [1, "a\nb\"\u0007ö", 2e3]]'),
	('{"a": {"b": [null, true, false, 1.50], "": {}}, "c": "é"}')) AS v (whole);
SELECT t.both('details that are a scalar', t.sql('"%s"', t.long(65534, 'x')), t.sql('"%s"', t.long(65535, 'x')), t.call('update_appointment', :'a', 'details => $'));

--
-- The tables
--

CREATE FUNCTION t.set_sql(tab text, col text, n integer, filling text, condition text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('UPDATE quickbook.%I SET %I = %L WHERE %s', tab, col, repeat(filling, n), condition) $$;
INSERT INTO quickbook.time_off (clinic_id, during) VALUES (:'c', '[2027-01-01, 2027-01-02)');
INSERT INTO quickbook.busy_time (provider_id, during) VALUES (:'p', '[2027-01-01, 2027-01-02)');
INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (:'c', 'T', 'T') RETURNING id AS template \gset
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, time_offset, channel, template_id) VALUES (:'c', 'before_start', '1 day', 'email', :'template');
CREATE TABLE t.text (tab text, col text, most integer);
INSERT INTO t.text VALUES ('clinic', 'name', 200), ('provider', 'name', 200), ('provider', 'kind', 200), ('service', 'name', 200), ('service_provider', 'role', 200),
	('patient', 'name', 200), ('patient', 'locale', 200), ('time_off', 'reason', 10000), ('busy_time', 'source', 200), ('busy_time', 'uid', 1000),
	('message_template', 'name', 200), ('message_template', 'subject', 1000), ('message_template', 'body', 100000), ('reminder_rule', 'channel', 200);
SELECT t.is(t.outcome(t.set_sql(tab, col, most, '診', 'true')) || ' ' || t.outcome(t.set_sql(tab, col, most + 1, '診', 'true')), 'ok 22023 invalid_argument',
	t.sql('%s.%s has at most %s characters', tab, col, most::text)) FROM t.text;
SELECT t.is(t.outcome(t.set_sql(tab, col, 1, E'\n', 'true')), CASE most WHEN 200 THEN '22023 invalid_argument' ELSE 'ok' END,
	t.sql('%s.%s: a line feed', tab, col)) FROM t.text;
SELECT t.refused(t.set_sql('patient', 'time_zone', 201, 'x', 'true'), 'invalid_argument', '22023', 'and so with zones');
SELECT t.refused(t.sql('INSERT INTO quickbook.patient (clinic_id, name) VALUES (%L, %L)', :'c', t.long(201)), 'invalid_argument', '22023', 'and with a new row');
SELECT t.refused(t.sql('INSERT INTO quickbook.patient (clinic_id, name) VALUES (%L, E''a\x7f'')', :'c'), 'invalid_argument', '22023', 'DEL is a control character');

-- What is longer from before stays, whatever else is changed.
ALTER TABLE quickbook.patient DISABLE TRIGGER quickbook_check_sizes;
UPDATE quickbook.patient SET name = t.long(100000, E'x\n') WHERE id = :'pat';
ALTER TABLE quickbook.patient ENABLE TRIGGER quickbook_check_sizes;
UPDATE quickbook.appointment SET notes = t.long(20000), details = t.details(100000)::jsonb WHERE id = :'asked';
SELECT t.is(t.outcome(t.sql('UPDATE quickbook.patient SET phone = ''+4930123456'', name = name WHERE id = %L', :'pat')), 'ok', 'a row with an old, long name is changed');
SELECT t.refused(t.sql('UPDATE quickbook.patient SET name = name || ''y'' WHERE id = %L', :'pat'), 'invalid_argument', '22023', 'but not made longer');
SELECT t.is(pg_catalog.length((quickbook.get_appointment(:'asked')).notes)::text, '20000', 'old, long notes are read');
SELECT t.is(t.outcome(t.call('update_appointment', :'asked', 'details => ''{}''')), 'ok', 'the details are changed beside them');
SELECT t.is(t.outcome(t.call('set_appointment_status', :'a', '''entered-in-error''')), 'ok', 'and a status');

--
-- Errors that nobody foresaw
--

SELECT t.refused('SELECT quickbook.purge_events(''2000000 years'')', 'invalid_argument', '22023', 'purge_events(): too long ago');
SELECT t.refused('SELECT quickbook.purge_events(''-1 second'')', 'invalid_argument', '22023', 'purge_events(): not yet');
SELECT t.is(t.outcome('SELECT quickbook.purge_events(''1000 years'')'), 'ok', 'purge_events(): long ago');
SELECT t.refused('SELECT quickbook_internal.schema_raise(''nonsense'', ''x'')', 'invalid_argument', '22023', 'schema_raise(): no such error');
SELECT t.refused('SELECT quickbook_internal.attach_views(NULL)', 'invalid_argument', '22023', 'attach_views(NULL)');
SELECT t.refused('SELECT quickbook_internal.attach_owner(NULL)', 'invalid_argument', '22023', 'attach_owner(NULL)');
INSERT INTO quickbook.notification (id, clinic_id, dedup_key, channel, recipient, body, due_at, created_at)
VALUES (quickbook.new_id(:'c'), :'c', 'x', 'email', 'x@example.org', 'x', '2026-03-02', '2026-03-02') RETURNING id AS message \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.fail_notification(%L, %L)', :'message', t.long(20000))), 'ok', 'a failure is recorded, whatever the server said');
SELECT t.is(t.query('SELECT length(reason), octet_length(reason) FROM quickbook.notification WHERE dedup_key = ''x'''), '3333 9999', 'as much of it as fits');

SELECT * FROM t.finish();
ROLLBACK;
