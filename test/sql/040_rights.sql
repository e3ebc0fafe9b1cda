-- Every function, table and column, with who may do what: whoever changes it sees
-- it here. Columns: PUBLIC; anon, patient, provider, staff, admin and relay, the
-- roles of create_roles(); app, a role after grant_app().
SET client_min_messages = notice;
BEGIN;
-- in one line, without notices
SELECT quickbook.create_roles() ~ '^quickbook: roles quickbook_anon, .* \(\d of them new\); row security on \d+ tables, by \d+ policies$' AS made;
SET client_min_messages = warning;
CREATE ROLE regress_quickbook_app;
SELECT quickbook.grant_app('regress_quickbook_app') IS NOT NULL AS granted;

-- The roles in that order.
CREATE FUNCTION pg_temp.roles() RETURNS TABLE (n bigint, role text) LANGUAGE sql AS $$
	SELECT v.n, v.role FROM unnest(ARRAY['public', 'quickbook_anon', 'quickbook_patient', 'quickbook_provider', 'quickbook_staff',
		'quickbook_admin', 'quickbook_relay', 'regress_quickbook_app']) WITH ORDINALITY AS v (role, n)
$$;

-- s: SELECT, i: INSERT, u: UPDATE, d: DELETE, t: TRUNCATE, r: REFERENCES, g: TRIGGER
CREATE FUNCTION pg_temp.on_table(role text, tab oid) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(letter, '' ORDER BY n) FILTER (WHERE has_table_privilege(role, tab, privilege)), '-')
	FROM unnest(ARRAY['s', 'i', 'u', 'd', 't', 'r', 'g'], ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
		WITH ORDINALITY AS v (letter, privilege, n)
$$;
CREATE FUNCTION pg_temp.on_column(role text, tab oid, col smallint) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(letter, '' ORDER BY n) FILTER (WHERE has_column_privilege(role, tab, col, privilege)), '-')
	FROM unnest(ARRAY['s', 'i', 'u', 'r'], ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) WITH ORDINALITY AS v (letter, privilege, n)
$$;

\pset border 0
\pset footer off

-- the schema
SELECT string_agg(CASE WHEN has_schema_privilege(role, 'quickbook', 'CREATE') THEN 'c' WHEN has_schema_privilege(role, 'quickbook', 'USAGE') THEN 'u' ELSE '-' END, ' ' ORDER BY n)
	AS "P a p p s a r a"
FROM pg_temp.roles();

-- functions: x where it may be called
SELECT rpad(p.proname, 28) AS function, string_agg(CASE WHEN has_function_privilege(role, p.oid, 'EXECUTE') THEN 'x' ELSE '-' END, ' ' ORDER BY n)
	AS "P a p p s a r a"
FROM pg_proc p, pg_temp.roles()
WHERE p.pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace)
GROUP BY p.proname, p.oid ORDER BY p.proname COLLATE "C";

-- tables and views; the rows that row security shows are in test/pgtap/63_row_security.sql
SELECT rpad(c.relname, 24) AS "table", c.relrowsecurity::text AS rows,
	string_agg(rpad(pg_temp.on_table(role, c.oid), 5), '' ORDER BY n) AS "PUB  anon pat  prov staf adm  rel  app"
FROM pg_class c, pg_temp.roles()
WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'S', 'f')
GROUP BY c.relname, c.oid, c.relrowsecurity ORDER BY c.relname COLLATE "C";

-- columns
SELECT rpad(c.relname || '.' || a.attname, 44) AS "column",
	string_agg(rpad(pg_temp.on_column(role, c.oid, a.attnum), 5), '' ORDER BY n) AS "PUB  anon pat  prov staf adm  rel  app"
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped, pg_temp.roles()
WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
GROUP BY c.relname, a.attname ORDER BY c.relname COLLATE "C", a.attname COLLATE "C";
ROLLBACK;
