-- Step 2: what 0.2.0 changes about the tables. A fresh install takes it too, so
-- that there is one road to each version. Rows are changed by schema_as_owner(),
-- because the tables' owner may have hung triggers on them.
CREATE FUNCTION quickbook.schema_step_2() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $step$
BEGIN
	PERFORM quickbook.schema_as_owner(
		'UPDATE quickbook.schema_version SET version = 2, installed_at = statement_timestamp()');
END
$step$;

COMMENT ON FUNCTION quickbook.schema_step_2() IS
'Takes the tables from version 1 to version 2. Called by migrate() only.';
