--
-- From 0.1.0 to 0.2.0: what has to go, or to change its shape, before the
-- definitions of this version replace those of the old one. They follow,
-- written by sql/upgrade/replace.awk from the numbered parts.
--

-- As in sql/00_header.sql: nothing but core's is found without its schema.
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
-- Names of types are compared as they are written without it.
SELECT pg_catalog.set_config('quote_all_identifiers', 'off', true);

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
