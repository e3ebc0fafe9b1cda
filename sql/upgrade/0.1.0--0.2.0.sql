--
-- From 0.1.0 to 0.2.0: what has to go, or to change its shape, before the
-- definitions of this version replace those of the old one. It comes after
-- sql/00_header.sql and before the other numbered parts, as sql/upgrade/replace.awk
-- writes them.
--

-- What is no part of the API goes to the schema that sql/00_header.sql has made.
-- Trigger functions that tables of 0.1.0 name, and so dumps of them, stay: see
-- sql/23_triggers.sql.
ALTER TYPE quickbook.role_right SET SCHEMA quickbook_internal;
ALTER TYPE quickbook.schema_object SET SCHEMA quickbook_internal;
ALTER TYPE quickbook.schema_text SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.attach_code() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.attach_grants() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.attach_policies() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.attach_views(name) SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.password_crypt(text, text) SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.password_salt(integer) SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_check_policies() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_comments() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_expected() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_present() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_raise(text, text, text) SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_role_functions() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_role_policies() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_role_tables() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_roles_in_use() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_step_1() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_texts() SET SCHEMA quickbook_internal;
ALTER FUNCTION quickbook.schema_version_needed() SET SCHEMA quickbook_internal;

-- Refuses, with a list, to drop a function that somebody's objects call.
CREATE FUNCTION quickbook.upgrade_drop(signature pg_catalog.text) RETURNS pg_catalog.void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $drop$
DECLARE
	old regprocedure := signature::regprocedure;
	used text;
BEGIN
	SELECT string_agg(pg_describe_object(d.classid, d.objid, d.objsubid), ', ' ORDER BY d.classid, d.objid) INTO used
	FROM pg_depend d
	WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = old AND d.deptype = 'n'
		AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e');
	IF used IS NOT NULL THEN
		RAISE EXCEPTION '% has changed, and is used by %', signature, used
			USING ERRCODE = 'dependent_objects_still_exist',
				HINT = 'Drop these, ALTER EXTENSION quickbook UPDATE, and make them again.';
	END IF;
	EXECUTE format('ALTER EXTENSION quickbook DROP FUNCTION %s', signature);
	EXECUTE format('DROP FUNCTION %s', signature);
END
$drop$;
