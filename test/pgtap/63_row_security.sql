-- Section 3, rights: who reads and writes which rows of the tables themselves, past
-- the functions. The callers and the cells are those of lib/people.inc.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/people.inc
SELECT t.plan(302);

-- What people.inc has none of: each clinic has a row of everything.
INSERT INTO quickbook.date_override (provider_id, on_date) VALUES (:'p', '2026-04-01'), (:'q', '2026-04-01'), (:'x', '2026-04-01');
INSERT INTO quickbook.travel (provider_id, dates, time_zone)
VALUES (:'p', '[2026-05-01,2026-05-08)', 'Asia/Tokyo'), (:'q', '[2026-05-01,2026-05-08)', 'Asia/Tokyo'), (:'x', '[2026-05-01,2026-05-08)', 'Asia/Tokyo');
INSERT INTO quickbook.time_off (clinic_id, provider_id, during) VALUES
	(:'c1', NULL, '[2026-12-24 00:00+00,2026-12-27 00:00+00)'), (NULL, :'p', '[2026-06-01 00:00+00,2026-06-02 00:00+00)'),
	(NULL, :'q', '[2026-06-01 00:00+00,2026-06-02 00:00+00)'), (NULL, :'x', '[2026-06-01 00:00+00,2026-06-02 00:00+00)');
INSERT INTO quickbook.busy_time (provider_id, during, source) VALUES (:'p', '[2026-06-03 00:00+00,2026-06-04 00:00+00)', 'home'),
	(:'q', '[2026-06-03 00:00+00,2026-06-04 00:00+00)', 'home'), (:'x', '[2026-06-03 00:00+00,2026-06-04 00:00+00)', 'home');
INSERT INTO quickbook.booking_limit (clinic_id, period, max_count) VALUES (:'c1', 'year', 100), (:'c2', 'year', 100);
INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (:'c1', 'N', 'Dear {{patient_name}}') RETURNING id AS m1 \gset
INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES (:'c2', 'S', 'Dear {{patient_name}}') RETURNING id AS m2 \gset
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, channel, template_id)
VALUES (:'c1', 'before_start', 'email', :'m1'), (:'c2', 'before_start', 'email', :'m2');
INSERT INTO quickbook.notification (id, clinic_id, dedup_key, channel, recipient, body, due_at, created_at) VALUES
	(quickbook.new_id(:'c1'), :'c1', 'one', 'email', 'x@y.example', 'Dear', '2026-03-02 08:00+00', '2026-03-02 08:00+00'),
	(quickbook.new_id(:'c2'), :'c2', 'two', 'email', 'x@y.example', 'Dear', '2026-03-02 08:00+00', '2026-03-02 08:00+00');
SELECT quickbook.create_consumer('reader') \gset
SELECT id AS g_s FROM quickbook.session \gset
SELECT t.know(k.name, k.id, k.known_to) FROM (VALUES ('gS', :'g_s', 'A B Q ' || :'north'), ('m1', :'m1', :'north'), ('m2', :'m2', :'south')) AS k (name, id, known_to);

--
-- Every table is closed to begin with
--

CREATE FUNCTION t.open_tables() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(c.relname, ' ' ORDER BY c.relname), '') FROM pg_class AS c
	WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
$$;
CREATE FUNCTION t.odd_policies() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s %s', p.tablename, p.policyname, p.roles), ', '), '') FROM pg_policies AS p
	WHERE p.schemaname = 'quickbook' AND (p.permissive <> 'PERMISSIVE' OR 'public' = ANY (p.roles) OR p.roles[1] !~ '^quickbook_')
$$;
CREATE FUNCTION t.unchecked_views() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(c.relname, ' ' ORDER BY c.relname), '') FROM pg_class AS c
	WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind IN ('v', 'm') AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)
$$;
-- Beyond reading and writing rows nobody has any right, nor on a sequence.
CREATE FUNCTION t.odd_rights() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s %s', r.rolname, x.privilege, c.relname), ', '), '')
	FROM pg_class AS c, pg_roles AS r, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS x (privilege)
	WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind IN ('r', 'p', 'v')
		AND r.rolname IN ('quickbook_anon', 'quickbook_patient', 'quickbook_provider', 'quickbook_staff', 'quickbook_admin')
		AND has_table_privilege(r.oid, c.oid, x.privilege)
$$;
CREATE FUNCTION t.odd_sequences() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s', r.rolname, c.relname), ', '), '')
	FROM pg_class AS c, pg_roles AS r
	WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind = 'S'
		AND r.rolname IN ('quickbook_anon', 'quickbook_patient', 'quickbook_provider', 'quickbook_staff', 'quickbook_admin')
		AND has_sequence_privilege(r.oid, c.oid, 'USAGE, SELECT, UPDATE')
$$;
CREATE FUNCTION t.creators() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(r.rolname, ', '), '') FROM pg_roles AS r
	WHERE r.rolname ~ '^quickbook_(anon|patient|provider|staff|admin)$' AND has_schema_privilege(r.oid, 'quickbook', 'CREATE')
$$;
-- A writable view would let through what its columns are.
CREATE FUNCTION t.writable_views() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s %s', r.rolname, x.privilege, c.relname), ', '), '')
	FROM pg_class AS c, pg_roles AS r, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) AS x (privilege)
	WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind = 'v'
		AND r.rolname ~ '^quickbook_(anon|patient|provider|staff|admin)$' AND has_table_privilege(r.oid, c.oid, x.privilege)
$$;
SELECT t.is(t.open_tables(), '', 'every table has row security');
SELECT t.is(t.odd_policies(), '', 'every policy is permissive, and for our roles only');
SELECT t.is(t.unchecked_views(), 'stat', 'the views read as who reads them; stat has no rows of a table');
SELECT t.is(t.odd_rights(), '', 'nobody may TRUNCATE, refer to or put triggers on a table');
SELECT t.is(t.odd_sequences(), '', 'nor use a sequence');
SELECT t.is(t.creators(), '', 'nor make anything in the schema');
SELECT t.is(t.writable_views(), '', 'nor write a view');

--
-- Reading
--

CREATE TABLE t.reading (n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tab text NOT NULL, value text NOT NULL, cells text NOT NULL);
-- In each: A B Z, P Q R X, S1 S2 AD, s0 a0 su; anon reads nothing.
INSERT INTO t.reading (tab, value, cells) VALUES
('clinic', 't.names(id)', '! | =c1 =c1 =c2 | =c1 =c1 =c1 =c2 | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),
('provider', 't.names(id)', '! | =P,Q,R =P,Q,R =X | =P,Q,R =P,Q,R =P,Q,R =X | =P,Q,R =X =P,Q,R | =P,Q,R,X =P,Q,R,X =P,Q,R,X'),
('service', 't.names(id)', '! | =s1,sg,sp,sr =s1,sg,sp,sr =sx | =s1,sg,sp,sr =s1,sg,sp,sr =s1,sg,sp,sr =sx | =s1,sg,sp,sr =sx =s1,sg,sp,sr | =s1,sg,sp,sr,sx =s1,sg,sp,sr,sx =s1,sg,sp,sr,sx'),
('service_provider', 'pg_catalog.concat(t.names(service_id), t.names(provider_id))', '! | SERVES SERVES =sxX | SERVES SERVES SERVES =sxX | SERVES =sxX SERVES | SERVES,sxX SERVES,sxX SERVES,sxX'),
('patient', 't.names(id)', '! | =A =B =Z | =A,B =A,B =A =Z | =A,B =Z =A,B | =A,B,Z =A,B,Z =A,B,Z'),
('appointment', 't.names(id)', '! | =apA,apAQ,apR,gA,hA,pA =apB,apBP,cB,gB,hB,pB =apZ | =apA,apBP,apR,hA,hN,pA,pB =apAQ,apB,cB,gA,gB,hB =apR =apZ,hX | NORTH =apZ,hX NORTH | EVERY EVERY EVERY'),
('appointment_resource', 'pg_catalog.concat(t.names(appointment_id), t.names(provider_id))', '! | =apAP,apAQQ,apRP,apRR,gAQ,hAP,pAP =apBPP,apBQ,cBQ,gBQ,hBQ,pBP =apZX | =apAP,apBPP,apRP,apRR,hAP,hNP,pAP,pBP =apAQQ,apBQ,cBQ,gAQ,gBQ,hBQ =apRP,apRR =apZX,hXX | NLINKS =apZX,hXX NLINKS | LINKS LINKS LINKS'),
('session', 't.names(id)', '! | =gS =gS 0 | 0 =gS 0 0 | =gS 0 =gS | =gS =gS =gS'),
('allocation', 't.names(coalesce(provider_id, patient_id))', '! | ! ! ! | =P =Q =R =X | =A,B,P,Q,R =X,Z =A,B,P,Q,R | =A,B,P,Q,R,X,Z =A,B,P,Q,R,X,Z =A,B,P,Q,R,X,Z'),
('working_hours', 't.names(provider_id)', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),
('date_override', 't.names(provider_id)', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),
('travel', 't.names(provider_id)', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),
('busy_time', 't.names(provider_id)', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),
('time_off', 't.names(coalesce(provider_id, clinic_id))', '! | ! ! ! | =P,c1 =Q,c1 =c1 =X | =P,Q,c1 =X =P,Q,c1 | =P,Q,X,c1 =P,Q,X,c1 =P,Q,X,c1'),
('booking_limit', 't.names(clinic_id)', '! | ! ! ! | ! ! ! ! | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),
('message_template', 't.names(clinic_id)', '! | ! ! ! | ! ! ! ! | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),
('reminder_rule', 't.names(clinic_id)', '! | ! ! ! | ! ! ! ! | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),
('event', 't.names(subject)', '! | ! ! ! | ! ! ! ! | NORTH =apZ,hX NORTH | EVERY EVERY EVERY'),
('notification', 't.names(clinic_id)', '! | ! ! ! | ! ! ! ! | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),
('my_appointments', 't.names(id)', '! | =apA,apAQ,apR,gA,hA,pA =apB,apBP,cB,gB,hB,pB =apZ | =apA,apBP,apR,hA,hN,pA,pB =apAQ,apB,cB,gA,gB,hB =apR =apZ,hX | 0 0 0 | 0 0 0'),
-- nobody but the owner
('account', $$'row'$$, '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! =row'),
('account_token', $$'row'$$, '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! 0'),
('token_key', $$'row'$$, '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! =row'),
('consumer', $$'row'$$, '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! =row'),
('event_counter', $$'row'$$, '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! =row'),
('schema_version', $$'row'$$, '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! =row'),
('stat', 'consumer_lag IS NULL', '! | ! ! ! | ! ! ! ! | ! ! x | ! =false =false');

-- The lists that are too long for their cells.
CREATE FUNCTION t.write_out(cells text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT replace(replace(replace(replace(replace(t.want(cells),
		'SERVES', '=s1P,s1Q,sgQ,spP,srP,srR'),
		'NORTH', '=apA,apAQ,apB,apBP,apR,cB,gA,gB,hA,hB,hN,pA,pB'),
		'EVERY', '=apA,apAQ,apB,apBP,apR,apZ,cB,gA,gB,hA,hB,hN,hX,pA,pB'),
		'NLINKS', '=apAP,apAQQ,apBPP,apBQ,apRP,apRR,cBQ,gAQ,gBQ,hAP,hBQ,hNP,pAP,pBP'),
		'LINKS', '=apAP,apAQQ,apBPP,apBQ,apRP,apRR,apZX,cBQ,gAQ,gBQ,hAP,hBQ,hNP,hXX,pAP,pBP')
$$;
INSERT INTO t.call (what, sql, cells)
SELECT k.tab, t.sql('SELECT %s FROM quickbook.%s', k.value, k.tab), t.write_out(k.cells) FROM t.reading AS k ORDER BY k.n;
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
SELECT t.is(t.have(k.n), k.cells, t.sql('who reads %s', k.what)) FROM t.call AS k ORDER BY k.n;
CREATE FUNCTION t.not_read() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(c.relname, ' ' ORDER BY c.relname), '') FROM pg_class AS c
	WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname NOT IN (SELECT tab FROM t.reading)
$$;
SELECT t.is(t.not_read(), 'upcoming_appointments', 'every table is in the list, and the view of what comes follows');


-- The same by token, where the table may be read.
DELETE FROM t.came;
INSERT INTO t.came SELECT k.n, w.n, t.try_token(w.db_role, w.token, k.sql) FROM t.call AS k CROSS JOIN t.who AS w WHERE w.token IS NOT NULL;
CREATE FUNCTION t.with_tokens() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s: %s, not %s', v.what, v.name, v.have, v.want), E'\n' ORDER BY v.n, v.who), '') FROM (
		SELECT k.n, w.n AS who, k.what, w.name, t.cell(x.said, k.value) AS have,
			(regexp_split_to_array(regexp_replace(k.cells, '( \|)? ', ' ', 'g'), ' '))[w.n] AS want
		FROM t.came AS x JOIN t.call AS k ON k.n = x.call JOIN t.who AS w ON w.n = x.who) AS v WHERE v.have <> v.want
$$;
SELECT t.is(t.with_tokens(), '', 'with tokens as with claims');
DELETE FROM t.came;

-- Those who are nobody, or cannot be told, see nothing: a role that may read the
-- table is refused, or sees no row.
CREATE TABLE t.nobody (what text, db_role text, trust text, claims text);
INSERT INTO t.nobody VALUES
	('a patient''s role without claims', 'quickbook_patient', 'on', ''),
	('a provider''s role without claims', 'quickbook_provider', 'on', ''),
	('claims that are not believed', 'quickbook_provider', 'off', t.claims('admin', 'c1', 'A', 'P')),
	('anon''s claims', 'quickbook_staff', 'on', '{"role": "anon"}'),
	('anon''s claims with ids', 'quickbook_staff', 'on', t.claims('anon', 'c1', 'A', 'P')),
	('an unknown role''s claims with ids', 'quickbook_admin', 'on', t.claims('doctor', 'c1', 'A', 'P')),
	('an empty object', 'quickbook_staff', 'on', '{}'),
	('claims that are no JSON', 'quickbook_staff', 'on', '{'),
	('claims with a broken id', 'quickbook_staff', 'on', t.sql('{"role": "staff", "clinic_id": "%s", "patient_id": "x"}', :'c1')),
	('staff of no clinic', 'quickbook_staff', 'on', t.claims('staff')),
	('a provider of no clinic', 'quickbook_provider', 'on', t.claims('provider', NULL, NULL, 'P')),
	('staff of a clinic that does not exist', 'quickbook_staff', 'on', t.claims('staff', 'none'));
CREATE TABLE t.seen (what text, call integer, said t.answer);
INSERT INTO t.seen SELECT n.what, k.n, t.try(n.db_role, n.trust, n.claims, k.sql) FROM t.nobody AS n CROSS JOIN t.call AS k;
CREATE FUNCTION t.seen_by(what text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s: %s', k.what, t.cell(s.said, NULL)), E'\n' ORDER BY k.n), '')
	FROM t.seen AS s JOIN t.call AS k ON k.n = s.call WHERE s.what = $1 AND t.cell(s.said, NULL) NOT IN ('0', '!', 'x')
$$;
SELECT t.is(t.seen_by(n.what), '', t.sql('%s: no row', n.what)) FROM t.nobody AS n;

-- Those whose ids do not fit their clinic, or their kind.
INSERT INTO t.nobody VALUES
	('a patient of another clinic', 'quickbook_patient', 'on', t.claims('patient', 'c2', 'A')),
	('a provider of another clinic', 'quickbook_provider', 'on', t.claims('provider', 'c2', NULL, 'P')),
	('a patient with a provider''s id', 'quickbook_provider', 'on', t.claims('patient', 'c1', NULL, 'P')),
	('a provider with a patient''s id', 'quickbook_provider', 'on', t.claims('provider', 'c1', 'A')),
	('staff''s claims as a patient', 'quickbook_patient', 'on', t.claims('staff', 'c1')),
	('a patient without id', 'quickbook_patient', 'on', t.claims('patient', 'c1'));
DELETE FROM t.seen;
INSERT INTO t.seen SELECT n.what, k.n, t.try(n.db_role, n.trust, n.claims, k.sql) FROM t.nobody AS n CROSS JOIN t.call AS k
WHERE k.what IN ('patient', 'appointment', 'appointment_resource', 'session', 'allocation', 'my_appointments', 'working_hours', 'event', 'notification');
SELECT t.is(t.seen_by(n.what), '', t.sql('%s: nobody''s records', n.what)) FROM t.nobody AS n;

-- A patient whose claims say no clinic is of her own.
SELECT t.is(t.cell(t.try('quickbook_patient', 'on', t.claims('patient', NULL, 'A'), c.sql), NULL),
	pg_catalog.split_part(c.cells, ' ', 3), t.sql('claims without a clinic: %s', c.what)) FROM t.call AS c ORDER BY c.n;

-- The columns that are nobody's business, in every way to name them.
DELETE FROM t.call;
INSERT INTO t.call (what, sql, value, cells)
SELECT k.sql, k.sql, 'row', '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! +' FROM (VALUES
	($$SELECT 'row' FROM (SELECT hold_token FROM quickbook.appointment) AS a$$),
	($$SELECT 'row' FROM (SELECT request_hash FROM quickbook.appointment) AS a$$),
	($$SELECT 'row' FROM (SELECT * FROM quickbook.appointment) AS a$$),
	($$SELECT 'row' FROM (TABLE quickbook.appointment) AS a$$),
	($$SELECT 'row' FROM (SELECT a FROM quickbook.appointment AS a) AS a$$),
	($$SELECT 'row' FROM (SELECT pg_catalog.row_to_json(a) FROM quickbook.appointment AS a) AS a$$),
	($$SELECT 'row' FROM quickbook.appointment ORDER BY hold_token$$),
	($$SELECT 'row' FROM quickbook.appointment WHERE hold_token IS NOT NULL$$),
	($$SELECT 'row' FROM quickbook.appointment GROUP BY request_hash$$),
	($$SELECT 'row' FROM quickbook.appointment JOIN (VALUES ('x')) AS v (hold_token) USING (hold_token) UNION ALL SELECT 'row'$$)) AS k (sql);
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
SELECT t.is(t.have(k.n), t.want(k.cells), k.what) FROM t.call AS k ORDER BY k.n;
DELETE FROM t.came;
DELETE FROM t.call;

--
-- Writing
--

SELECT t.print() AS before \gset
CREATE TABLE t.writing (n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL, sql text NOT NULL, value text NOT NULL, cells text NOT NULL);
INSERT INTO t.writing (what, sql, value, cells) VALUES
-- In each: anon, A B Z, P Q R X, S1 S2 AD, s0 a0 su.

-- A provider's own rows: the clinic is filled in, or fits.
('hours of P', $$INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time) VALUES ({P}, 1, '18:00', '19:00') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | + # # # | + # + | + + +'),
('hours of P in c1', $$INSERT INTO quickbook.working_hours (clinic_id, provider_id, weekday, start_time, end_time) VALUES ({c1}, {P}, 1, '18:00', '19:00') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | + # # # | + # + | + + +'),
('hours of P in c2', $$INSERT INTO quickbook.working_hours (clinic_id, provider_id, weekday, start_time, end_time) VALUES ({c2}, {P}, 1, '18:00', '19:00') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | # # # # | # [23503] # | [23503] [23503] [23503]'),
('hours of X', $$INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time) VALUES ({X}, 1, '18:00', '19:00') RETURNING t.names(clinic_id)$$,
	'c2', '! | ! ! ! | # # # + | # + # | + + +'),
('hours of P with a service of c2', $$INSERT INTO quickbook.working_hours (provider_id, service_id, weekday, start_time, end_time) VALUES ({P}, {sx}, 1, '18:00', '19:00') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | [23503] # # # | [23503] # [23503] | [23503] [23503] [23503]'),
('later hours', $$UPDATE quickbook.working_hours SET end_time = '17:30' WHERE provider_id = {P} RETURNING 'done'$$,
	'done', '! | ! ! ! | + 0 0 0 | + 0 + | + + +'),
('everybody''s later hours', $$UPDATE quickbook.working_hours SET end_time = '17:30' RETURNING t.names(provider_id)$$,
	'done', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),
('hours to Q', $$UPDATE quickbook.working_hours SET provider_id = {Q} WHERE provider_id = {P} RETURNING 'done'$$,
	'done', '! | ! ! ! | # 0 0 0 | + 0 + | + + +'),
('hours to another clinic', $$UPDATE quickbook.working_hours SET clinic_id = {c2}, provider_id = {X} WHERE provider_id = {P} RETURNING 'done'$$,
	'done', '! | ! ! ! | # 0 0 0 | # 0 # | + + +'),
('hours from another clinic', $$UPDATE quickbook.working_hours SET clinic_id = {c1}, provider_id = {P} WHERE provider_id = {X} RETURNING 'done'$$,
	'done', '! | ! ! ! | 0 0 0 # | 0 # 0 | + + +'),
('the clinic of hours alone', $$UPDATE quickbook.working_hours SET clinic_id = {c2} WHERE provider_id = {P} RETURNING 'done'$$,
	'done', '! | ! ! ! | # 0 0 0 | # 0 # | [23503] [23503] [23503]'),
('no hours', $$DELETE FROM quickbook.working_hours WHERE provider_id = {P} RETURNING 'done'$$,
	'done', '! | ! ! ! | + 0 0 0 | + 0 + | + + +'),
('no hours anywhere', $$DELETE FROM quickbook.working_hours RETURNING t.names(provider_id)$$,
	'done', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),
('a date', $$INSERT INTO quickbook.date_override (provider_id, on_date) VALUES ({P}, '2026-04-02') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | + # # # | + # + | + + +'),
('no date', $$DELETE FROM quickbook.date_override RETURNING t.names(provider_id)$$,
	'done', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),
('a journey', $$INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES ({P}, '[2027-01-01,2027-01-02)', 'Asia/Tokyo') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | + # # # | + # + | + + +'),
('no journey', $$DELETE FROM quickbook.travel RETURNING t.names(provider_id)$$,
	'done', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),
('leave', $$INSERT INTO quickbook.time_off (provider_id, during) VALUES ({P}, '[2027-01-01 00:00+00,2027-01-02 00:00+00)') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | + # # # | + # + | + + +'),
('a closure of c1', $$INSERT INTO quickbook.time_off (clinic_id, during) VALUES ({c1}, '[2027-01-01 00:00+00,2027-01-02 00:00+00)') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | # # # # | + # + | + + +'),
('leave into a closure', $$UPDATE quickbook.time_off SET provider_id = NULL WHERE provider_id = {P} RETURNING 'done'$$,
	'done', '! | ! ! ! | # 0 0 0 | + 0 + | + + +'),
('no leave', $$DELETE FROM quickbook.time_off RETURNING t.names(coalesce(provider_id, clinic_id))$$,
	'done', '! | ! ! ! | =P =Q 0 =X | =P,Q,c1 =X =P,Q,c1 | =P,Q,X,c1 =P,Q,X,c1 =P,Q,X,c1'),
('busy', $$INSERT INTO quickbook.busy_time (provider_id, during) VALUES ({P}, '[2027-01-01 00:00+00,2027-01-02 00:00+00)') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | + # # # | + # + | + + +'),
('not busy', $$DELETE FROM quickbook.busy_time RETURNING t.names(provider_id)$$,
	'done', '! | ! ! ! | =P =Q 0 =X | =P,Q =X =P,Q | =P,Q,X =P,Q,X =P,Q,X'),

-- Staff's: the clinic and its people, for their clinic.
('a clinic', $$INSERT INTO quickbook.clinic (name, time_zone) VALUES ('West', 'UTC') RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! +'),
('a clinic''s name', $$UPDATE quickbook.clinic SET name = 'West' RETURNING t.names(id)$$,
	'done', '! | ! ! ! | ! ! ! ! | ! ! =c1 | ! =c1,c2 =c1,c2'),
('a clinic''s id', $$UPDATE quickbook.clinic SET id = {none} WHERE id = {c1} RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | ! ! # | ! # [23503]'),
('no clinic', $$DELETE FROM quickbook.clinic RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! [23503]'),
('a provider of c1', $$INSERT INTO quickbook.provider (clinic_id, name) VALUES ({c1}, 'New') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | + # + | + + +'),
('a provider of c2', $$INSERT INTO quickbook.provider (clinic_id, name) VALUES ({c2}, 'New') RETURNING t.names(clinic_id)$$,
	'c2', '! | ! ! ! | ! ! ! ! | # + # | + + +'),
('providers'' names', $$UPDATE quickbook.provider SET name = 'New' RETURNING t.names(id)$$,
	'done', '! | ! ! ! | ! ! ! ! | =P,Q,R =X =P,Q,R | =P,Q,R,X =P,Q,R,X =P,Q,R,X'),
('a provider to another clinic', $$UPDATE quickbook.provider SET clinic_id = {c2} WHERE id = {R} RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | # 0 # | [23503] [23503] [23503]'),
('a provider from another clinic', $$UPDATE quickbook.provider SET clinic_id = {c1} WHERE id = {X} RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | 0 # 0 | [23503] [23503] [23503]'),
('a service of c1', $$INSERT INTO quickbook.service (clinic_id, name, duration) VALUES ({c1}, 'New', '1 hour') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | + # + | + + +'),
('services'' names', $$UPDATE quickbook.service SET name = 'New' RETURNING t.names(id)$$,
	'done', '! | ! ! ! | ! ! ! ! | =s1,sg,sp,sr =sx =s1,sg,sp,sr | =s1,sg,sp,sr,sx =s1,sg,sp,sr,sx =s1,sg,sp,sr,sx'),
('who serves', $$INSERT INTO quickbook.service_provider (service_id, provider_id) VALUES ({sg}, {P}) RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | + # + | + + +'),
('who serves, another clinic''s', $$INSERT INTO quickbook.service_provider (service_id, provider_id) VALUES ({s1}, {X}) RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | # # # | [23503] [23503] [23503]'),
('who serves another clinic', $$INSERT INTO quickbook.service_provider (clinic_id, service_id, provider_id) VALUES ({c1}, {sx}, {P}) RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | [23503] # [23503] | [23503] [23503] [23503]'),
('nobody serves', $$DELETE FROM quickbook.service_provider RETURNING t.names(clinic_id)$$,
	'done', '! | ! ! ! | ! ! ! ! | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),
('a patient of c1', $$INSERT INTO quickbook.patient (clinic_id, name) VALUES ({c1}, 'New') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | + # + | + + +'),
('patients'' names', $$UPDATE quickbook.patient SET name = 'New' RETURNING t.names(id)$$,
	'done', '! | =A =B =Z | 0 0 0 0 | =A,B =Z =A,B | =A,B,Z =A,B,Z =A,B,Z'),
('patients'' addresses', $$UPDATE quickbook.patient SET email = 'new@people.example' RETURNING t.names(id)$$,
	'done', '! | ! ! ! | ! ! ! ! | =A,B =Z =A,B | =A,B,Z =A,B,Z =A,B,Z'),
('a patient''s id', $$UPDATE quickbook.patient SET id = {none} WHERE id = {A} RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | [23503] 0 [23503] | [23503] [23503] [23503]'),
('a patient to another clinic', $$UPDATE quickbook.patient SET clinic_id = {c2} WHERE id = {A} RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | # 0 # | [23503] [23503] [23503]'),
('no patient', $$DELETE FROM quickbook.patient WHERE id = {A} RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | [23503] 0 [23503] | [23503] [23503] [23503]'),
('a limit of c1', $$INSERT INTO quickbook.booking_limit (clinic_id, period, max_count) VALUES ({c1}, 'day', 1) RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | + # + | + + +'),
('a limit of P', $$INSERT INTO quickbook.booking_limit (provider_id, period, max_count) VALUES ({P}, 'day', 1) RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | + # + | + + +'),
('no limits', $$DELETE FROM quickbook.booking_limit RETURNING t.names(clinic_id)$$,
	'done', '! | ! ! ! | ! ! ! ! | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),
('a template', $$INSERT INTO quickbook.message_template (clinic_id, name, body) VALUES ({c1}, 'New', 'Dear') RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | + # + | + + +'),
('templates', $$UPDATE quickbook.message_template SET body = 'Dear' RETURNING t.names(clinic_id)$$,
	'done', '! | ! ! ! | ! ! ! ! | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),
('a rule', $$INSERT INTO quickbook.reminder_rule (clinic_id, template_id) VALUES ({c1}, {m1}) RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | + # + | + + +'),
('a rule with another clinic''s template', $$INSERT INTO quickbook.reminder_rule (clinic_id, template_id) VALUES ({c1}, {m2}) RETURNING t.names(clinic_id)$$,
	'c1', '! | ! ! ! | ! ! ! ! | [23503] # [23503] | [23503] [23503] [23503]'),
('rules', $$DELETE FROM quickbook.reminder_rule RETURNING t.names(clinic_id)$$,
	'done', '! | ! ! ! | ! ! ! ! | =c1 =c2 =c1 | =c1,c2 =c1,c2 =c1,c2'),

('a row over another''s', $$INSERT INTO quickbook.patient (id, clinic_id, name) VALUES ({Z}, {c1}, 'Over') ON CONFLICT (id) DO UPDATE SET name = 'Over' RETURNING 'done'$$,
	'done', '! | ! ! ! | ! ! ! ! | # # # | + + +');

-- What only the functions write.
INSERT INTO t.writing (what, sql, value, cells)
SELECT t.sql('%s %s', k.verb, k.tab), t.sql(k.sql, k.tab), 'done', '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! *' FROM (
	SELECT x.tab, v.verb, v.sql FROM (VALUES ('appointment'), ('appointment_resource'), ('session'), ('allocation'), ('event'), ('notification'),
		('consumer'), ('event_counter'), ('schema_version'), ('account'), ('account_token'), ('token_key')) AS x (tab)
	CROSS JOIN (VALUES ('insert', 'INSERT INTO quickbook.%I DEFAULT VALUES RETURNING ''done'''),
		('delete', 'DELETE FROM quickbook.%I RETURNING ''done''')) AS v (verb, sql)) AS k;
INSERT INTO t.writing (what, sql, value, cells)
SELECT t.sql('update %s.%s', k.tab, k.col), t.sql('UPDATE quickbook.%I SET %2$I = NULL RETURNING ''done''', k.tab, k.col), 'done', '! | ! ! ! | ! ! ! ! | ! ! ! | ! ! *'
FROM (VALUES ('appointment', 'status'), ('appointment', 'notes'), ('appointment', 'patient_id'), ('appointment', 'hold_token'), ('appointment_resource', 'provider_id'),
	('session', 'starts_at'), ('allocation', 'lane'), ('event', 'data'), ('notification', 'recipient'), ('notification', 'status'), ('consumer', 'position'),
	('event_counter', 'last_position'), ('schema_version', 'version'), ('account', 'password_hash'), ('account', 'role'), ('account_token', 'expires_at'),
	('token_key', 'secret')) AS k (tab, col);

INSERT INTO t.call (what, sql, value, cells) SELECT k.what, t.fill(k.sql), k.value, k.cells FROM t.writing AS k ORDER BY k.n;
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
-- * is for a superuser, who may try
CREATE FUNCTION t.superuser_aside(have text, want text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT CASE WHEN want LIKE '% *' THEN regexp_replace(have, ' \S+$', ' *') ELSE have END $$;
SELECT t.is(t.superuser_aside(t.have(k.n), t.want(k.cells)), t.want(k.cells), k.what) FROM t.call AS k ORDER BY k.n;
SELECT t.is(t.print(), :'before', 'nothing has changed');
SELECT t.is(t.leaks(), '', 'and no refusal tells of another''s row');

-- What constraints say of another clinic's rows is the same whether they are there
-- or not, whatever clinic the writer names.
CREATE TABLE t.pair (what text, there text, not_there text);
INSERT INTO t.pair SELECT k.what, t.fill(k.there), t.fill(k.not_there) FROM (VALUES
	('travel', $$INSERT INTO quickbook.travel (clinic_id, provider_id, dates, time_zone) VALUES ({c1}, {X}, '[2026-05-02,2026-05-03)', 'Asia/Tokyo')$$,
		$$INSERT INTO quickbook.travel (clinic_id, provider_id, dates, time_zone) VALUES ({c1}, {X}, '[2026-06-02,2026-06-03)', 'Asia/Tokyo')$$),
	('date_override', $$INSERT INTO quickbook.date_override (clinic_id, provider_id, on_date) VALUES ({c1}, {X}, '2026-04-01')$$,
		$$INSERT INTO quickbook.date_override (clinic_id, provider_id, on_date) VALUES ({c1}, {X}, '2026-04-02')$$),
	('service_provider', $$INSERT INTO quickbook.service_provider (clinic_id, service_id, provider_id) VALUES ({c1}, {sx}, {X})$$,
		$$INSERT INTO quickbook.service_provider (clinic_id, service_id, provider_id, role) VALUES ({c1}, {sx}, {X}, 'room')$$),
	('working_hours', $$INSERT INTO quickbook.working_hours (clinic_id, provider_id, weekday, start_time, end_time) VALUES ({c1}, {X}, 1, '09:00', '17:00')$$,
		$$INSERT INTO quickbook.working_hours (clinic_id, provider_id, weekday, start_time, end_time) VALUES ({c1}, {none}, 1, '09:00', '17:00')$$),
	('reminder_rule', $$INSERT INTO quickbook.reminder_rule (clinic_id, template_id) VALUES ({c1}, {m2})$$,
		$$INSERT INTO quickbook.reminder_rule (clinic_id, template_id) VALUES ({c1}, {none})$$)) AS k (what, there, not_there);
SELECT t.is((t.try(w.db_role, 'on', w.claims, k.there || ' RETURNING 1')).outcome, (t.try(w.db_role, 'on', w.claims, k.not_there || ' RETURNING 1')).outcome,
	t.sql('%s: a constraint tells %s nothing of clinic 2', k.what, w.name))
FROM t.pair AS k CROSS JOIN t.who AS w WHERE w.name IN ('P', 'S1', 'AD');

--
-- Functions in a query that would like to see more: row security goes first
--

CREATE FUNCTION t.peep(word text) RETURNS boolean
LANGUAGE plpgsql COST 0.0000001 SET search_path = pg_catalog
AS $$
BEGIN
	PERFORM set_config('t.seen', concat_ws(' ', nullif(current_setting('t.seen', true), ''), word), true);
	RETURN true;
END
$$;
CREATE OPERATOR t.?! (FUNCTION = t.peep, RIGHTARG = text);
INSERT INTO t.thing SELECT n.name, n.id, n.known_to FROM (VALUES ('notes', 'the notes', string_to_array(:'all', ' '))) AS n (name, id, known_to);
CREATE FUNCTION t.peeped(tab text, condition text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('WITH w AS MATERIALIZED (SELECT pg_catalog.count(*) AS n FROM quickbook.%s WHERE %s) SELECT pg_catalog.current_setting(''t.seen'', true), w.n FROM w', tab, condition)
$$;
DELETE FROM t.came;
DELETE FROM t.call;
SET LOCAL t.seen = '';
INSERT INTO t.call (what, sql, cells) SELECT t.sql('%s WHERE %s', k.tab, k.condition), t.peeped(k.tab, k.condition), 'x' FROM (VALUES
	('appointment', 't.peep(notes)'), ('appointment', 't.peep(id::text)'), ('appointment', 'OPERATOR(t.?!) idempotency_key'), ('appointment', 't.peep(details::text) OR true'),
	('my_appointments', 't.peep(notes)'), ('my_appointments', 't.peep(patient_name)'), ('my_appointments', 't.peep(id::text)'),
	('upcoming_appointments', 't.peep(patient_name)'), ('upcoming_appointments', 't.peep(id::text)'),
	('patient', 't.peep(name)'), ('patient', 't.peep(email)'), ('patient', 't.peep(phone) AND id IS NOT NULL'),
	('appointment_resource', 't.peep(appointment_id::text)'), ('allocation', 't.peep(appointment_id::text)'), ('allocation', 't.peep(patient_id::text)'),
	('session', 't.peep(id::text)'), ('event', 't.peep(data::text)'), ('notification', 't.peep(body)'),
	('appointment AS a JOIN quickbook.patient AS p ON p.id = a.patient_id', 't.peep(p.email) AND t.peep(a.notes)')) AS k (tab, condition);
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
SELECT t.is(t.leaks(), '', 'a cheap function in a query sees no row that its caller may not see');
CREATE FUNCTION t.peeps() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT count(*)::text FROM t.came AS c WHERE (c.said).words LIKE '%Anemone%' OR (c.said).words LIKE '%her knee%' $$;
SELECT t.ok(t.peeps()::integer::boolean, 'though it does see those');
-- the same with errors for eyes: a cast that fails says what it could not cast
DELETE FROM t.came;
DELETE FROM t.call;
INSERT INTO t.call (what, sql, cells) SELECT k.sql, k.sql, 'x' FROM (VALUES
	('SELECT pg_catalog.count(*) FROM quickbook.appointment WHERE notes::integer IS NULL'),
	('SELECT pg_catalog.count(*) FROM quickbook.patient WHERE (name || email)::integer IS NULL'),
	('SELECT pg_catalog.count(*) FROM quickbook.my_appointments WHERE patient_name::integer IS NULL'),
	('SELECT pg_catalog.count(*) FROM quickbook.event WHERE data::text::integer IS NULL'),
	('SELECT pg_catalog.count(*) FROM quickbook.appointment WHERE details::text::integer IS NULL')) AS k (sql);
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
SELECT t.is(t.leaks(), '', 'nor does an error');
DELETE FROM t.came;
DELETE FROM t.call;

--
-- upcoming_appointments: from now on, by the clock on the wall
--

SAVEPOINT upcoming;
CREATE FUNCTION t.soon(hours integer) RETURNS timestamptz
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT date_trunc('hour', statement_timestamp()) + make_interval(hours => hours) $$;
SELECT t.know(k.name, t.appointment(k.status, k.patient::uuid, k.provider::uuid, k.service::uuid, t.soon(k.hours), t.soon(k.hours + 1), t.soon(k.expires))::text, '') FROM (VALUES
	('upA', 'booked', :'a', :'p', :'s1', 10, 0), ('upB', 'booked', :'b', :'q', :'s1', 11, 0), ('upZ', 'booked', :'z', :'x', :'sx', 12, 0),
	('upN', 'held', NULL, :'p', :'s1', 14, 9), ('upP', 'pending', :'a', :'p', :'sp', 16, 0),
	('upgone', 'held', :'a', :'p', :'s1', 18, -1), ('upno', 'cancelled', :'a', :'p', :'s1', 20, 0), ('upin', 'arrived', :'a', :'p', :'s1', 22, 0),
	('uppast', 'booked', :'a', :'p', :'s1', -10, 0)) AS k (name, status, patient, provider, service, hours, expires);
INSERT INTO t.call (what, sql, cells) VALUES ('upcoming_appointments', 'SELECT t.names(id), u.* FROM quickbook.upcoming_appointments AS u',
	'! | =upA,upP =upB =upZ | =upA,upN,upP =upB 0 =upZ | =upA,upB,upN,upP =upZ =upA,upB,upN,upP | =upA,upB,upN,upP,upZ =upA,upB,upN,upP,upZ =upA,upB,upN,upP,upZ');
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
SELECT t.is(t.have(k.n), t.want(k.cells), k.what) FROM t.call AS k;
ROLLBACK TO upcoming;

--
-- Settings, roles, names: what a caller with a connection of his own tries
--

CREATE TABLE t.trick (what text, sql text, want text);
INSERT INTO t.trick SELECT k.what, t.fill(k.sql), k.want FROM (VALUES
	('to trust claims', $$SELECT pg_catalog.set_config('quickbook.trust_claims', 'on', true)$$, '[42501]'),
	('not to trust them', $$SELECT pg_catalog.set_config('quickbook.trust_claims', 'off', true)$$, '[42501]'),
	('the clock', $$SELECT pg_catalog.set_config('quickbook.now', '2026-03-02 08:00+00', true)$$, '[42501]'),
	('cheap passwords', $$SELECT pg_catalog.set_config('quickbook.password_cost', '4', true)$$, '[42501]'),
	('long tokens', $$SELECT pg_catalog.set_config('quickbook.token_lifetime', '1d', true)$$, '[42501]'),
	('no triggers', $$SELECT pg_catalog.set_config('session_replication_role', 'replica', true)$$, '[42501]'),
	('a superuser', $$SELECT pg_catalog.set_config('role', 'postgres', true)$$, '[42501]'),
	('the owner', $$SELECT pg_catalog.set_config('role', 'quickbook_test_owner', true)$$, '[42501]'),
	('no row security', $$SELECT t.names(id) FROM quickbook.appointment, pg_catalog.set_config('row_security', 'off', true)$$, '=apA,apAQ,apR,gA,hA,pA'),
	('a lock on a table', $$SELECT t.run('LOCK TABLE quickbook.appointment IN ACCESS EXCLUSIVE MODE')$$, '!'),
	('to read for update', $$SELECT id FROM quickbook.appointment FOR UPDATE$$, '!'),
	('to read for a key share', $$SELECT id FROM quickbook.clinic FOR KEY SHARE$$, '!'),
	('TRUNCATE', $$SELECT t.run('TRUNCATE quickbook.patient CASCADE')$$, '!'),
	('COPY to a file', $$SELECT t.run('COPY quickbook.patient TO ''/tmp/quickbook-patients''')$$, '[42501]'),
	('COPY to a program', $$SELECT t.run('COPY (SELECT 1) TO PROGRAM ''cat''')$$, '[42501]'),
	('no row security for the table', $$SELECT t.run('ALTER TABLE quickbook.appointment DISABLE ROW LEVEL SECURITY')$$, '[42501]'),
	('a policy', $$SELECT t.run('CREATE POLICY mine ON quickbook.appointment USING (true)')$$, '[42501]'),
	('a trigger', $$SELECT t.run('CREATE TRIGGER mine BEFORE INSERT ON quickbook.event EXECUTE FUNCTION suppress_redundant_updates_trigger()')$$, '!'),
	('a rule', $$SELECT t.run('CREATE RULE mine AS ON SELECT TO quickbook.event DO INSTEAD NOTHING')$$, '[42501]'),
	('a child', $$SELECT t.run('CREATE TEMP TABLE mine () INHERITS (quickbook.appointment)')$$, '[42501]'),
	('a reference', $$SELECT t.run('CREATE TEMP TABLE mine (id uuid REFERENCES quickbook.patient)')$$, '[42P16]'),
	('the next event', $$SELECT pg_catalog.nextval('quickbook.event_seq_seq')$$, '!'),
	('another function body', $$SELECT t.run('CREATE OR REPLACE FUNCTION quickbook.whoami() RETURNS quickbook.caller_info LANGUAGE sql AS ''SELECT NULL::quickbook.caller_info''')$$, '!'),
	('to give rights away', $$SELECT t.run('GRANT SELECT ON quickbook.appointment TO PUBLIC')$$, '!'),
	('to become staff', $$SELECT t.run('GRANT quickbook_staff TO quickbook_patient')$$, '[42501]'),
	('what was planned', $$SELECT most_common_vals FROM pg_catalog.pg_stats WHERE schemaname = 'quickbook' AND tablename = 'appointment'$$, '0'),
	('functions that are internal', $$SELECT quickbook_internal.schema_raise('not_allowed', 'no')$$, '!')) AS k (what, sql, want);
CREATE FUNCTION t.run(sql text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE sql;
	RETURN 'done';
END
$$;
-- From a session that is the gateway's, not a superuser's.
CREATE FUNCTION t.try_session(db_role text, claims text, sql text) RETURNS t.answer
LANGUAGE plpgsql
AS $$
DECLARE
	said t.answer;
BEGIN
	PERFORM pg_catalog.set_config('quickbook.trust_claims', 'on', true);
	SET LOCAL SESSION AUTHORIZATION quickbook_test_gateway;
	said := t.try_inside(db_role, claims, sql);
	SET LOCAL SESSION AUTHORIZATION DEFAULT;
	RETURN said;
END
$$;
CREATE FUNCTION t.try_inside(db_role text, claims text, sql text) RETURNS t.answer
LANGUAGE plpgsql
AS $$
DECLARE
	said t.answer;
	r record;
	state text;
	message text;
BEGIN
	PERFORM pg_catalog.set_config('request.jwt.claims', claims, true);
	PERFORM pg_catalog.set_config('role', db_role, true);
	FOR r IN EXECUTE sql LOOP
		said := t.add(said, r);
	END LOOP;
	RAISE EXCEPTION USING ERRCODE = 'T0000';
EXCEPTION
	WHEN SQLSTATE 'T0000' THEN
		RETURN said;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
		RETURN t.said(state, message, NULL, NULL);
END
$$;
SAVEPOINT tricks;
CREATE TABLE t.tricked AS SELECT k.what, t.try_session('quickbook_patient', w.claims, k.sql) AS said, k.want FROM t.trick AS k, t.who AS w WHERE w.name = 'A';
SELECT t.is(t.cell(k.said, NULL), k.want, t.sql('a patient tries: %s', k.what)) FROM t.tricked AS k;

ROLLBACK TO tricks;

-- Namesakes of ours and of core's in the caller's own schema, first in the path.
CREATE FUNCTION t.with_traps(sql text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	said t.answer;
	r record;
BEGIN
	CREATE TEMP TABLE appointment (id pg_catalog.uuid, patient_id pg_catalog.uuid, clinic_id pg_catalog.uuid);
	CREATE TEMP TABLE clinic (id pg_catalog.uuid, name pg_catalog.text);
	CREATE TEMP TABLE pg_roles (rolname pg_catalog.text);
	CREATE FUNCTION pg_temp.whoami() RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT $x$trap$x$::pg_catalog.text';
	CREATE FUNCTION pg_temp.managed_clinics() RETURNS pg_catalog.uuid[] LANGUAGE sql AS 'SELECT pg_catalog.array_agg(id) FROM quickbook.clinic';
	CREATE FUNCTION pg_temp.trap(pg_catalog.uuid, pg_catalog.uuid) RETURNS pg_catalog.bool LANGUAGE sql AS 'SELECT true';
	CREATE OPERATOR pg_temp.= (FUNCTION = pg_temp.trap, LEFTARG = pg_catalog.uuid, RIGHTARG = pg_catalog.uuid);
	CREATE FUNCTION pg_temp.statement_timestamp() RETURNS pg_catalog.timestamptz LANGUAGE sql AS 'SELECT $x$2000-01-01$x$::pg_catalog.timestamptz';
	PERFORM pg_catalog.set_config('search_path', 'pg_temp, pg_catalog', true);
	FOR r IN EXECUTE sql LOOP
		said := t.add(said, r);
	END LOOP;
	RETURN said.outcome;
END
$$;
SELECT t.is(t.cell(t.try(w.db_role, 'on', w.claims, t.sql('SELECT t.with_traps(%L)', k.sql)), NULL), k.want, t.sql('traps of the caller''s own: %s', k.sql))
FROM t.who AS w, (VALUES ('SELECT t.names(id) FROM quickbook.appointment', '=apA,apAQ,apR,gA,hA,pA'),
	('SELECT t.names(id) FROM quickbook.my_appointments', '=apA,apAQ,apR,gA,hA,pA'), ('SELECT t.names(id) FROM quickbook.patient', '=A'),
	('SELECT t.names(id) FROM quickbook.list_appointments()', '=apA,apAQ,apR,gA,hA,pA'), ('SELECT kind FROM quickbook.whoami()', '=patient'),
	(t.fill('SELECT * FROM quickbook.get_appointment({apB})'), 'x'), (t.fill('SELECT status FROM quickbook.cancel_appointment({apA})'), '=cancelled')) AS k (sql, want)
WHERE w.name = 'A';

--
-- One transaction, the same plans, several callers in turn
--

CREATE FUNCTION t.mine() RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	said t.answer;
	r record;
BEGIN
	FOR r IN SELECT t.names(a.id) FROM quickbook.appointment AS a LOOP
		said := t.add(said, r);
	END LOOP;
	FOR r IN SELECT t.names(a.id) FROM quickbook.my_appointments AS a LOOP
		said := t.add(said, r);
	END LOOP;
	FOR r IN SELECT t.names(a.id) FROM quickbook.list_appointments() AS a LOOP
		said := t.add(said, r);
	END LOOP;
	FOR r IN SELECT t.names(a.id) FROM quickbook.patient AS a LOOP
		said := t.add(said, r);
	END LOOP;
	RETURN said.outcome;
END
$$;
CREATE FUNCTION t.become(who text, db_role text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	w record;
BEGIN
	PERFORM pg_catalog.set_config('role', 'none', true);
	SELECT * INTO STRICT w FROM t.called(who);
	PERFORM pg_catalog.set_config('quickbook.trust_claims', 'on', true), pg_catalog.set_config('request.jwt.claims', w.claims, true),
		pg_catalog.set_config('role', coalesce(db_role, w.db_role), true);
END
$$;
CREATE FUNCTION t.called(who text) RETURNS SETOF t.who
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT * FROM t.who AS w WHERE w.name = $1 $$;
CREATE TABLE t.turn (n integer, who text, db_role text, want text);
INSERT INTO t.turn VALUES
	(1, 'A', NULL, 'A,apA,apAQ,apR,gA,hA,pA'), (2, 'B', NULL, 'B,apB,apBP,cB,gB,hB,pB'), (3, 'Z', NULL, 'Z,apZ'),
	(4, 'P', NULL, 'A,B,apA,apBP,apR,hA,hN,pA,pB'), (5, 'S2', NULL, 'Z,apZ,hX'), (6, 'A', 'quickbook_staff', 'A,apA,apAQ,apR,gA,hA,pA'),
	(7, 'S2', 'quickbook_staff', 'Z,apZ,hX'), (8, 'B', 'quickbook_staff', 'B,apB,apBP,cB,gB,hB,pB'), (9, 'R', 'quickbook_staff', 'A,apR'),
	(10, 's0', NULL, 'A,B,Z,apA,apAQ,apB,apBP,apR,apZ,cB,gA,gB,hA,hB,hN,hX,pA,pB'), (11, 'A', NULL, 'A,apA,apAQ,apR,gA,hA,pA'),
	(12, 'AD', NULL, 'A,B,apA,apAQ,apB,apBP,apR,cB,gA,gB,hA,hB,hN,pA,pB'), (13, 'Z', NULL, 'Z,apZ');
CREATE FUNCTION t.in_turn() RETURNS TABLE (n integer, came text)
LANGUAGE plpgsql
AS $$
DECLARE
	k record;
BEGIN
	-- so often that a plan would be kept that does not look at its caller
	FOR k IN SELECT * FROM t.turns() LOOP
		PERFORM t.become(k.who, k.db_role);
		n := k.n;
		came := t.mine();
		RETURN NEXT;
		PERFORM pg_catalog.set_config('role', 'none', true);
	END LOOP;
END
$$;
CREATE FUNCTION t.turns() RETURNS SETOF t.turn
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT k.* FROM t.turn AS k, generate_series(1, 8) AS again ORDER BY again, k.n $$;
CREATE TABLE t.turned AS SELECT n, came FROM t.in_turn();
SELECT t.is(pg_catalog.string_agg(DISTINCT c.came, ' / '), k.want, t.sql('in turn, %s: %s as %s', k.n::text, k.who, coalesce(k.db_role, 'usual')))
FROM t.turn AS k JOIN t.turned AS c USING (n) GROUP BY k.n, k.who, k.db_role, k.want ORDER BY k.n;

-- A statement that was prepared, run by another; claims that change below it.
PREPARE whose AS SELECT t.mine() AS mine;
SELECT t.become('A') \gset
EXECUTE whose \gset a_
SELECT t.become('B') \gset
EXECUTE whose \gset b_
SAVEPOINT turned;
SELECT t.become('S1') \gset
EXECUTE whose \gset s_
ROLLBACK TO turned;
EXECUTE whose \gset c_
RESET ROLE;
SELECT t.is(:'a_mine', 'A,apA,apAQ,apR,gA,hA,pA', 'prepared: A');
SELECT t.is(:'b_mine', 'B,apB,apBP,cB,gB,hB,pB', 'then B');
SELECT t.is(:'s_mine', 'A,B,apA,apAQ,apB,apBP,apR,cB,gA,gB,hA,hB,hN,pA,pB', 'then staff');
SELECT t.is(:'c_mine', 'B,apB,apBP,cB,gB,hB,pB', 'then back to B by ROLLBACK TO');

--
-- authenticate()
--

SET LOCAL quickbook.trust_claims = off;
SELECT pg_catalog.set_config('request.jwt.claims', '', true) \gset
SELECT t.token('A') AS token_a, t.token('B') AS token_b, t.token('S1') AS token_s1 \gset
SAVEPOINT nobody;
SET LOCAL ROLE quickbook_patient;
SELECT kind AS before FROM quickbook.whoami() \gset
SELECT quickbook.authenticate(:'token_a') \gset
SELECT t.mine() AS first \gset
SAVEPOINT second;
SELECT quickbook.authenticate(:'token_b') \gset
SELECT t.mine() AS second \gset
ROLLBACK TO second;
SELECT t.mine() AS third \gset
SAVEPOINT third;
SELECT quickbook.authenticate(:'token_b') \gset
RELEASE third;
SELECT t.mine() AS fourth \gset
RESET ROLE;
SELECT t.is(:'before', 'anon', 'before authenticate(): nobody');
SELECT t.is(:'first', 'A,apA,apAQ,apR,gA,hA,pA', 'A''s token: A');
SELECT t.is(:'second', 'B,apB,apBP,cB,gB,hB,pB', 'B''s: B');
SELECT t.is(:'third', 'A,apA,apAQ,apR,gA,hA,pA', 'the savepoint before it: A');
SELECT t.is(:'fourth', 'B,apB,apBP,cB,gB,hB,pB', 'a savepoint that is kept: B');
SELECT t.is((quickbook.whoami()).kind, 'patient', 'a superuser who authenticates is who the token says');
ROLLBACK TO nobody;
SELECT t.is((quickbook.whoami()).kind, 'admin', 'when it is rolled back it is forgotten');
-- the token before the claims, and the database role beside it
CREATE TABLE t.token_trick (what text, db_role text, who text, sql text, want text);
INSERT INTO t.token_trick VALUES
	('a token is believed beside claims', 'quickbook_patient', 'B', 'SELECT t.names(patient_id) FROM quickbook.whoami()', '=A'),
	('but who passes broken claims on is refused all', 'quickbook_patient', 'broken', 'SELECT t.names(patient_id) FROM quickbook.whoami()', 'x'),
	('staff''s role becomes less', 'quickbook_staff', 's0', t.fill('SELECT status FROM quickbook.get_appointment({apB})'), 'x'),
	('anon''s role calls no more than before', 'quickbook_anon', 'anon', t.fill('SELECT status FROM quickbook.get_appointment({apA})'), '-'),
	('nor reads', 'quickbook_anon', 'anon', 'SELECT 1 FROM quickbook.appointment', '!'),
	('but is who it is', 'quickbook_anon', 'anon', t.fill('SELECT $$found$$ FROM quickbook.available_slots({s1}, $$2026-03-04$$, $$2026-03-05$$, patient_id => {A})'), '=found'),
	('a superuser becomes a patient', 'none', 'su', t.fill('SELECT status FROM quickbook.cancel_appointment({apB})'), 'x'),
	('the owner too', 'quickbook_test_owner', 'su', 'SELECT kind FROM quickbook.whoami()', '-');
CREATE FUNCTION t.claims_of(who text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT w.claims FROM t.who AS w WHERE w.name = $1 $$;
CREATE FUNCTION t.try_both(db_role text, who text, sql text) RETURNS t.answer
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_catalog.set_config('quickbook.trust_claims', 'on', true);
	PERFORM pg_catalog.set_config('request.jwt.claims', coalesce(t.claims_of(who), '{'), true);
	RETURN t.try_token(db_role, t.token('A'), sql);
END
$$;
SELECT t.is(t.cell(t.try_both(k.db_role, k.who, k.sql), NULL), k.want, k.what) FROM t.token_trick AS k;

--
-- What messages tell: staff read the queue, and no token in it
--

SAVEPOINT mail;
SET LOCAL quickbook.trust_claims = off;
SELECT quickbook.request_password_reset('AD@people.example', :'c1') \gset
SELECT quickbook.sign_up('new@people.example', 'correct horse', 'New', :'c1') \gset
CREATE TABLE t.mail AS SELECT * FROM quickbook.claim_notifications('email');
CREATE FUNCTION t.tokens(body text) RETURNS SETOF text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT m[1] FROM regexp_matches(body, '[A-Za-z0-9_-]{20,}', 'g') AS m $$;
INSERT INTO t.thing SELECT 'mail ' || pg_catalog.row_number() OVER (), k, '{}' FROM (SELECT DISTINCT t.tokens(m.body) AS k FROM t.mail AS m) AS m;
CREATE FUNCTION t.mailed() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT count(*)::text FROM t.thing WHERE name LIKE 'mail %' $$;
SELECT t.is(t.mailed(), '2', 'two mails have a token');
INSERT INTO t.call (what, sql, cells) SELECT k.tab, t.sql('SELECT k.* FROM quickbook.%s AS k', k.tab), '' FROM (VALUES ('notification'), ('event'), ('account_token'), ('account'), ('message_template')) AS k (tab);
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
SELECT t.is(t.leaks(), '', 'which nobody can read in a table');
ROLLBACK TO mail;

--
-- COPY
--

SAVEPOINT copy;
\set file `mktemp`
\o :file
SELECT t.become('A') \gset
COPY quickbook.patient TO STDOUT;
COPY quickbook.appointment (id, status) TO STDOUT;
SELECT t.become('S2') \gset
COPY quickbook.appointment (id, status) TO STDOUT;
\o
\set copied `wc -l < :'file'; rm :'file'`
RESET ROLE;
SELECT t.is(:'copied', '9', 'COPY copies what may be read: A''s record and six appointments, two of clinic 2');
SELECT t.is(t.cell(t.try(w.db_role, 'on', w.claims, t.sql('SELECT t.run(%L)', 'COPY quickbook.appointment TO ''/dev/null''')), NULL), '[42501]', 'and no table to a file')
FROM t.who AS w WHERE w.name = 'AD';
ROLLBACK TO copy;

--
-- Without the extension the tables are closed to all but their owner; install()
-- opens them again to those who might read them.
--

INSERT INTO t.call (what, sql, cells) SELECT k.tab, t.sql('SELECT %s FROM quickbook.%s', k.value, k.tab), t.write_out(k.cells)
FROM t.reading AS k WHERE k.tab NOT IN ('stat', 'my_appointments') ORDER BY k.n;
SET LOCAL client_min_messages = error;
DROP EXTENSION quickbook CASCADE;
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w WHERE w.last;
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w WHERE NOT w.last;
CREATE FUNCTION t.still_read() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s: %s', k.what, w.name, t.cell(c.said, NULL)), E'\n' ORDER BY k.n, w.n), '')
	FROM t.came AS c JOIN t.call AS k ON k.n = c.call JOIN t.who AS w ON w.n = c.who
	WHERE w.name <> 'su' AND t.cell(c.said, NULL) NOT IN ('0', '!')
$$;
SELECT t.is(t.open_tables(), '', 'without the extension every table has row security');
SELECT t.is(t.still_read(), '', 'and nobody reads a row');
DELETE FROM t.came;
CREATE EXTENSION quickbook;
SELECT quickbook.install() \gset
SELECT t.is(t.query('SELECT object, problem FROM quickbook.check_install()'), '', 'with it again, nothing is missing');
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
CREATE FUNCTION t.differ() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s: %s, not %s', k.what, t.have(k.n), k.cells), E'\n' ORDER BY k.n), '') FROM t.call AS k WHERE t.have(k.n) <> k.cells
$$;
SELECT t.is(t.differ(), '', 'and everybody reads what they read before');
SELECT t.is(t.cell(t.try(w.db_role, 'on', w.claims, t.fill('SELECT status FROM quickbook.get_appointment({apA})')), 'booked'), k.want, t.sql('and calls as before: %s', w.name))
FROM t.who AS w JOIN (VALUES ('anon', '-'), ('A', '+'), ('B', 'x'), ('P', '+'), ('X', 'x'), ('S1', '+'), ('S2', 'x'), ('s0', '+')) AS k (who, want) ON w.name = k.who ORDER BY w.n;

-- What check_install() notices.
SAVEPOINT noticed;
ALTER TABLE quickbook.patient DISABLE ROW LEVEL SECURITY;
DROP POLICY quickbook_patient ON quickbook.appointment;
SELECT t.is(t.query('SELECT object FROM quickbook.check_install()'), 'policy quickbook_patient on appointment, table patient', 'check_install() says what is open, and what is closed');
SELECT quickbook.create_roles() \gset
SELECT t.is(t.query('SELECT object FROM quickbook.check_install()'), '', 'which create_roles() mends');
ROLLBACK TO noticed;

SELECT * FROM t.finish();
ROLLBACK;
