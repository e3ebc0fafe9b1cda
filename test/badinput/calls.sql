-- Calls of every function of quickbook, from pg_proc: with good arguments, with
-- each argument bad by itself, with all pairs of times or of dates, with each
-- appointment in place of the first, and with mixtures (:seed, :mixtures).
--
-- bad.try(id) makes one as bad.caller says, rolls it back and keeps how it went.
\set ON_ERROR_STOP 1
SET client_min_messages = error;

-- By type: literals that are good for an argument of that name, and bad ones (no name).
CREATE TABLE bad.value (type text, argument text, literal text);
CREATE FUNCTION bad.a(name text) RETURNS text LANGUAGE sql AS $$ SELECT format('%L::uuid', bad.id(name)) $$;
INSERT INTO bad.value VALUES
	('uuid', 'service_id', bad.a('visit A')), ('uuid', 'provider_id', bad.a('provider A1')),
	('uuid', 'patient_id', bad.a('anna A')), ('uuid', 'clinic_id', bad.a('clinic A')), ('uuid', 'id', bad.a('clinic A')),
	('uuid', 'account_id', bad.a('account ben A')), ('uuid', 'appointment_id', bad.a('appointment booked')),
	('uuid', 'notification_id', bad.a('notification')),
	('timestamptz', 'starts_at', '''2030-03-08 11:00+01''::timestamptz'), ('timestamptz', 'after_time', '''2030-03-04 08:01+01''::timestamptz'),
	('timestamptz', 'from_time', '''2030-03-04 00:00+01''::timestamptz'), ('timestamptz', 'to_time', '''2030-03-11 00:00+01''::timestamptz'),
	('date', 'from_date', '''2030-03-04''::date'), ('date', 'to_date', '''2030-03-11''::date'), ('date', 'local_date', '''2030-03-08''::date'),
	('time', 'local_time', 'time ''11:00'''), ('text', 'reason', '''r'''), ('text', 'status', '''arrived'''),
	('text', 'name', '''reader'''), ('text', 'consumer', '''reader'''), ('text', 'channel', '''email'''),
	('text', 'email', '''new@example.org'''), ('text', 'password', '''password-anna'''), ('text', 'old_password', '''password-anna'''),
	('text', 'new_password', '''password-new'''), ('text', 'token', '''t'''), ('text', 'time_zone', '''Europe/Berlin'''),
	('text', 'locale', '''de'''), ('text', 'role', '''staff'''), ('text', 'error', '''not_found'''), ('text', 'message', '''m'''),
	('text', 'setting', '''$2a$04$abcdefghijklmnopqrstuu'''),
	('jsonb', 'details', '''{}''::jsonb'), ('interval', 'lease', 'interval ''1 min'''), ('interval', 'older_than', 'interval ''1 day'''),
	('interval', 'overlap', 'interval ''1 day'''), ('integer', 'max_slots', '3'), ('integer', 'max_events', '10'),
	('integer', 'max_notifications', '10'), ('integer', 'cost', '4'), ('bigint', 'from_position', '0::bigint'),
	('bigint', 'position', '0::bigint'), ('boolean', 'force', 'false'), ('boolean', 'disabled', 'true'),
	('quickbook.event_info', 'event', '(SELECT e FROM quickbook.fetch_events(''reader'', 1) e LIMIT 1)');
INSERT INTO bad.value SELECT type, NULL, unnest(literals) FROM (VALUES
	('uuid', ARRAY['NULL::uuid', '''00000000-0000-0000-0000-000000000000''::uuid', '''ffffffff-ffff-ffff-ffff-ffffffffffff''::uuid',
		bad.a('visit B'), bad.a('provider B1'), bad.a('anna B'), bad.a('clinic B'), bad.a('circle A'), bad.a('asked A')]),
	('timestamptz', ARRAY['NULL::timestamptz', '''infinity''::timestamptz', '''-infinity''::timestamptz',
		'''4714-11-24 00:00:00+00 BC''::timestamptz', '''4713-01-01 BC''::timestamptz', '''294276-12-31 23:59:59.999999+00''::timestamptz',
		'''294276-01-01''::timestamptz', '''1900-01-01''::timestamptz', '''2130-01-01''::timestamptz', '''2180-01-01''::timestamptz',
		'''2030-03-04 08:00:59.999999+01''::timestamptz', '''2030-03-04 08:01:00.000001+01''::timestamptz', '''2030-03-31 02:30+01''::timestamptz']),
	('date', ARRAY['NULL::date', '''infinity''::date', '''-infinity''::date', '''4714-11-24 BC''::date', '''5874897-12-31''::date',
		'''294276-12-31''::date', '''294277-01-02''::date', '''2030-03-31''::date', '''2130-03-05''::date', '''2030-03-03''::date']),
	('time', ARRAY['NULL::time', 'time ''00:00''', 'time ''24:00''', 'time ''23:59:59.999999''', 'time ''02:30''']),
	('interval', ARRAY['NULL::interval', 'interval ''0''', 'interval ''-1 s''', 'interval ''1 us''', 'interval ''1 mon''', 'interval ''-1 mon''',
		'interval ''1 mon -31 days''', 'interval ''178000000 years''', 'interval ''-178000000 years''', 'interval ''2147483647 days''',
		'interval ''213503983 days''', 'interval ''-2147483648 days 2562047788 hours''', 'interval ''2562047788 hours''',
		'interval ''366 days''', 'interval ''367 days''']),
	('integer', ARRAY['NULL::int', '0', '-1', '1', '31', '32', '1000', '1001', '2147483647', '(-2147483648)']),
	('bigint', ARRAY['NULL::bigint', '0::bigint', '-1::bigint', '1::bigint', '9223372036854775807', '(-9223372036854775808)']),
	('boolean', ARRAY['NULL::boolean', 'true', 'false']),
	('text', ARRAY['NULL::text', '''''', ''' ''', 'repeat(''x'', 1000000)', 'repeat(''é'', 500000)', 'repeat(''x'', 256)', 'E''a\r\nBcc: b@c.d''',
		'chr(1) || chr(127) || chr(160)', '''posixrules''', '''<+03>-3''', '''EST5EDT''', '''localtime''', '''../../../etc/passwd''',
		'''europe/berlin''', 'repeat(''A/'', 5000)', '''{{''', '''%s%n%1$s''', '''a@b''', '''a@@b''', '''booked''', '''noshow''', '''cancelled''',
		'''entered-in-error''', '''a.b.c''', 'repeat(''.'', 100)', '''$2a$31$abcdefghijklmnopqrstuu''', 'E''\U0001F600\u202E''']),
	('jsonb', ARRAY['NULL::jsonb', '''null''::jsonb', '''[]''::jsonb', '''1e1000''::jsonb', '(repeat(''['', 5000) || repeat('']'', 5000))::jsonb',
		'(repeat(''{"a":'', 5000) || ''1'' || repeat(''}'', 5000))::jsonb', 'to_jsonb(repeat(''x'', 1000000))',
		'(SELECT jsonb_agg(i) FROM generate_series(1, 100000) i)']),
	('text[]', ARRAY['NULL::text[]', '''{}''::text[]', '''{NULL}''::text[]', '''{grid}''::text[]', '''{{grid,notice},{hours,policy}}''::text[]',
		'''[5:6]={grid,limit}''::text[]', 'array_fill(''grid''::text, ARRAY[100000])', 'array_fill(NULL::text, ARRAY[3,3])',
		'''{grid,notice,hours,horizon,limit,policy}''::text[]', 'ARRAY[repeat(''x'', 1000000)]']),
	('name', ARRAY['NULL::name', '''''::name', '''nobody"; x''::name']),
	('quickbook.event_info', ARRAY['NULL::quickbook.event_info', 'ROW(NULL,NULL,NULL,NULL,NULL,NULL,NULL)::quickbook.event_info',
		'ROW(gen_random_uuid(),''t'',gen_random_uuid(),''infinity'',gen_random_uuid(),''{}'',-1)::quickbook.event_info',
		'ROW(gen_random_uuid(),repeat(''x'',1000000),NULL,''4713-01-01 BC'',NULL,NULL,9223372036854775807)::quickbook.event_info'])
	) AS v (type, literals);

-- Their arguments, by name and by a short name of their type.
CREATE TABLE bad.function AS
SELECT p.pronamespace::regnamespace AS schema, p.proname AS name, p.proargnames AS arguments, ARRAY(
	SELECT CASE format_type(t, NULL) WHEN 'timestamp with time zone' THEN 'timestamptz' WHEN 'time without time zone' THEN 'time' ELSE format_type(t, NULL) END
	FROM unnest(p.proargtypes) WITH ORDINALITY u (t, i) ORDER BY i) AS types
FROM pg_proc p
-- these run the SQL that they are given
WHERE p.pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
	AND p.proname NOT IN ('schema_as_owner', 'upgrade_drop');
CREATE FUNCTION bad.good(type text, argument text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce((SELECT literal FROM bad.value v WHERE v.argument = $2 AND v.type = $1 LIMIT 1), 'NULL::' || $1) $$;
-- A call with good arguments, but for those that places name.
CREATE FUNCTION bad.call(f bad.function, places int[] DEFAULT '{}', literals text[] DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT count(*) FROM (SELECT * FROM %s.%I(%s)) x', f.schema, f.name, (
		SELECT string_agg(coalesce(literals[array_position(places, i)], bad.good(f.types[i], f.arguments[i])), ', ' ORDER BY i)
		FROM generate_series(1, cardinality(f.types)) i)) $$;

CREATE TABLE bad.call (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, function text, call text UNIQUE);
INSERT INTO bad.call (function, call) SELECT name, bad.call(f) FROM bad.function f;
INSERT INTO bad.call (function, call)
SELECT f.name, bad.call(f, ARRAY[k], ARRAY[v.literal])
FROM bad.function f, generate_series(1, cardinality(f.types)) k JOIN LATERAL (SELECT literal FROM bad.value WHERE type = f.types[k]) v ON true
-- a superuser may ask bcrypt for hours of work
WHERE NOT (f.name = 'password_crypt' AND v.literal ~ '2a.31')
ON CONFLICT DO NOTHING;
INSERT INTO bad.call (function, call)
SELECT f.name, bad.call(f, ARRAY[k, k + 1], ARRAY[v.literal, w.literal])
FROM bad.function f, generate_series(1, cardinality(f.types) - 1) k, bad.value v, bad.value w
WHERE f.types[k] IN ('timestamptz', 'date') AND f.types[k + 1] = f.types[k] AND v.type = f.types[k] AND w.type = v.type
	AND v.argument IS NULL AND w.argument IS NULL
ON CONFLICT DO NOTHING;
-- every other appointment, with what is good and what is bad beside it
INSERT INTO bad.call (function, call)
SELECT f.name, bad.call(f, ARRAY[a, k], ARRAY[bad.a(t.name), v.literal])
FROM bad.function f, LATERAL (SELECT array_position(f.arguments, 'appointment_id')) AS p (a), generate_series(1, cardinality(f.types)) k
	JOIN LATERAL (SELECT literal FROM bad.value WHERE type = f.types[k] AND literal !~ '1000000|500000|100000') v ON true,
	bad.thing t
WHERE a IS NOT NULL AND k <> a AND t.name LIKE 'appointment %' AND t.name <> 'appointment booked'
ON CONFLICT DO NOTHING;
SELECT setseed(:seed) \gset
INSERT INTO bad.call (function, call)
SELECT f.name, bad.call(f, ARRAY(SELECT generate_series(1, cardinality(f.types))), (
	SELECT array_agg((SELECT literal FROM bad.value WHERE type = f.types[i] AND literal !~ '1000000|500000|100000' AND r > 0 ORDER BY random() LIMIT 1) ORDER BY i)
	FROM generate_series(1, cardinality(f.types)) i))
FROM bad.function f, generate_series(1, :mixtures) r WHERE cardinality(f.types) > 1 AND f.name <> 'password_crypt'
ON CONFLICT DO NOTHING;

-- What the comment of a function says, with those of functions that it refers to.
CREATE FUNCTION bad.manual(name text) RETURNS text LANGUAGE sql AS $$
	WITH RECURSIVE page (name, txt) AS (
		SELECT p.proname::text, obj_description(p.oid, 'pg_proc') FROM pg_proc p
		WHERE p.pronamespace = 'quickbook'::regnamespace AND p.proname = $1
		UNION
		SELECT p.proname::text, obj_description(p.oid, 'pg_proc') FROM page JOIN pg_proc p
			ON p.pronamespace = 'quickbook'::regnamespace AND page.txt ~ ('Errors?:\s+as\s+' || p.proname || '\M'))
	SELECT string_agg(txt, ' ') FROM page $$;

CREATE TABLE bad.caller (name text PRIMARY KEY, become text);
INSERT INTO bad.caller VALUES ('superuser', ''), ('anon', 'SET LOCAL ROLE quickbook_anon'),
	('patient', format('SET LOCAL request.jwt.claims = %L; SET LOCAL ROLE quickbook_patient',
		json_build_object('sub', bad.id('account anna A'), 'role', 'patient', 'clinic_id', bad.id('clinic A'), 'patient_id', bad.id('anna A')))),
	('staff', format('SET LOCAL request.jwt.claims = %L; SET LOCAL ROLE quickbook_staff',
		json_build_object('sub', bad.id('admin A'), 'role', 'staff', 'clinic_id', bad.id('clinic A'))));
CREATE TABLE bad.result (caller text, id int, state text, message text, ms float8, PRIMARY KEY (caller, id));
CREATE FUNCTION bad.try(who text, id int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz := clock_timestamp();
	c text := (SELECT b.call FROM bad.call b WHERE b.id = $2);
	become text := (SELECT b.become FROM bad.caller b WHERE b.name = who);
	state text;
	said text;
BEGIN
	BEGIN
		EXECUTE become;
		EXECUTE c;
		RAISE EXCEPTION USING ERRCODE = 'ZZ000';
	EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
		state := sqlstate;
		said := left(sqlerrm, 300);
	END;
	INSERT INTO bad.result VALUES (who, $2, CASE state WHEN 'ZZ000' THEN '00000' ELSE state END, said,
		extract(epoch FROM clock_timestamp() - began) * 1000);
END $$;

-- All that the tables hold, as a digest.
CREATE FUNCTION bad.digest() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	t regclass;
	one text;
	all_of_them text := '';
BEGIN
	FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind = 'r' ORDER BY c.relname LOOP
		EXECUTE format('SELECT md5(string_agg(x::text, '''' ORDER BY x::text)) FROM %s x', t) INTO one;
		all_of_them := all_of_them || coalesce(one, '-') || ' ';
	END LOOP;
	RETURN md5(all_of_them);
END $$;
