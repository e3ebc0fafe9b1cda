--
-- check_install(): are the tables what this version expects?
--

CREATE TYPE quickbook_internal.schema_object AS (object text, definition text);
COMMENT ON TYPE quickbook_internal.schema_object IS 'A part of the tables, as check_install() compares it.';
COMMENT ON COLUMN quickbook_internal.schema_object.object IS 'Kind and name.';
COMMENT ON COLUMN quickbook_internal.schema_object.definition IS 'As PostgreSQL prints it.';

CREATE TYPE quickbook.install_problem AS (object text, problem text);
COMMENT ON TYPE quickbook.install_problem IS 'One finding of check_install().';
COMMENT ON COLUMN quickbook.install_problem.object IS 'A part of the tables.';
COMMENT ON COLUMN quickbook.install_problem.problem IS 'What is wrong with it, and what to do.';

CREATE FUNCTION quickbook_internal.schema_present() RETURNS SETOF quickbook_internal.schema_object
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	-- the text of a constraint depends on these
	SET intervalstyle = postgres
	SET datestyle = iso
	SET quote_all_identifiers = off
AS $present$
	WITH tab AS (
		SELECT oid, relname FROM pg_class
		WHERE relnamespace = 'quickbook'::regnamespace AND relkind IN ('r', 'p'))
	SELECT 'table ' || relname, 'table' FROM tab
	UNION ALL
	SELECT 'column ' || relname || '.' || attname,
		format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
		|| CASE WHEN attgenerated <> '' THEN ' generated' WHEN attidentity <> '' THEN ' identity' ELSE '' END
	FROM tab JOIN pg_attribute ON attrelid = tab.oid AND attnum > 0 AND NOT attisdropped
	UNION ALL
	-- the text of a CHECK differs between server versions: its name must do
	SELECT 'constraint ' || conname || ' on ' || relname,
		CASE WHEN contype = 'c' THEN 'CHECK' ELSE pg_get_constraintdef(pg_constraint.oid) END
		|| CASE WHEN convalidated THEN '' ELSE ' NOT VALID' END
	FROM tab JOIN pg_constraint ON conrelid = tab.oid AND contype IN ('c', 'f', 'p', 'u', 'x')
	UNION ALL
	SELECT 'index ' || i.relname, CASE WHEN indisvalid THEN 'valid' ELSE 'invalid' END
	FROM tab JOIN pg_index ON indrelid = tab.oid JOIN pg_class i ON i.oid = indexrelid
	UNION ALL
	SELECT 'trigger ' || tgname || ' on ' || relname,
		CASE WHEN tgenabled = 'D' THEN 'disabled' ELSE 'enabled' END
	FROM tab JOIN pg_trigger ON tgrelid = tab.oid AND NOT tgisinternal
	UNION ALL
	SELECT 'view ' || relname, 'view' FROM pg_class
	WHERE relnamespace = 'quickbook'::regnamespace AND relkind = 'v'
$present$;

COMMENT ON FUNCTION quickbook_internal.schema_present() IS
'The tables of schema quickbook as they are, for check_install().';

CREATE FUNCTION quickbook.check_install() RETURNS SETOF quickbook.install_problem
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	present integer := quickbook_internal.schema_version_present();
BEGIN
	IF present IS NULL THEN
		RETURN NEXT ('schema quickbook', 'the tables do not exist: SELECT quickbook.install();')::quickbook.install_problem;
		RETURN;
	END IF;
	IF present <> quickbook_internal.schema_version_needed() THEN
		RETURN NEXT ('schema quickbook', format('the tables have version %s, this library needs %s: %s',
			present, quickbook_internal.schema_version_needed(), CASE WHEN present > quickbook_internal.schema_version_needed()
				THEN 'install the newer version of the extension' WHEN present < 1 THEN 'put back the row of schema_version'
				ELSE 'SELECT quickbook.migrate();' END))::quickbook.install_problem;
	END IF;
	-- superusers call the functions in it by their names
	RETURN QUERY
		SELECT 'schema ' || n.nspname, format('%s may make functions in it and is no superuser', coalesce(r.rolname, 'PUBLIC'))
		FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
		WHERE n.nspname IN ('quickbook', 'quickbook_internal') AND a.privilege_type = 'CREATE' AND r.rolsuper IS NOT TRUE
		ORDER BY 1, 2;
	RETURN QUERY
		SELECT e.object, CASE WHEN p.object IS NULL THEN 'is missing'
			ELSE format('is "%s" and should be "%s"', p.definition, e.definition) END
		FROM quickbook_internal.schema_expected() e LEFT JOIN quickbook_internal.schema_present() p ON p.object = e.object
		WHERE p.definition IS DISTINCT FROM e.definition
		ORDER BY e.object;
	RETURN QUERY
		SELECT 'table ' || c.relname, format('belongs to %s, but %s to %s', pg_get_userbyid(c.relowner),
			'quickbook.schema_version', pg_get_userbyid(v.relowner))
		FROM pg_class c JOIN quickbook_internal.schema_expected() e ON e.object = 'table ' || c.relname
			JOIN pg_class v ON v.oid = to_regclass('quickbook.schema_version')
		WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relowner <> v.relowner
		ORDER BY 1;
	-- GRANT ALL is quickly said, and whose trigger it is does not matter to who fires it
	RETURN QUERY
		SELECT 'table ' || c.relname, format('%s may hang triggers on it, which run with the owner''s rights: REVOKE TRIGGER', coalesce(r.rolname, 'PUBLIC'))
		FROM pg_class c JOIN quickbook_internal.schema_expected() e ON e.object = 'table ' || c.relname, aclexplode(c.relacl) AS a
			LEFT JOIN pg_roles r ON r.oid = a.grantee
		WHERE c.relnamespace = 'quickbook'::regnamespace AND a.privilege_type = 'TRIGGER' AND a.grantee <> c.relowner
			AND r.rolsuper IS NOT TRUE
		ORDER BY 1, 2;
	IF quickbook_internal.schema_roles_in_use() THEN
		RETURN QUERY SELECT * FROM quickbook_internal.schema_check_policies();
	ELSIF EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = 'quickbook' AND p.policyname IN ('quickbook_staff', 'quickbook_patient')) THEN
		RETURN NEXT ('table schema_version', 'does not say that create_roles() has been run, so EXECUTE alone decides:'
			' SELECT quickbook.create_roles();')::quickbook.install_problem;
	END IF;
END
$check$;

COMMENT ON FUNCTION quickbook.check_install() IS
'Compares the tables with what the extension expects: a row per problem, none when all is well.

Reports missing or changed tables, columns, constraints, indexes and triggers,
a wrong schema version, mixed owners, and who else may hang triggers on the
tables or make functions in the schemas; after create_roles() also row security
that is off, policies and views that are missing. What users added is not
reported. For superusers.';
