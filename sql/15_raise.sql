--
-- What the administrator's functions ask and do in C: errors by their names, the
-- version of the tables, statements with the rights of the tables' owner.
--

CREATE FUNCTION quickbook_internal.schema_raise(error text, message text, hint text DEFAULT NULL) RETURNS void
	LANGUAGE C VOLATILE
	AS 'MODULE_PATHNAME', 'quickbook_schema_raise';

COMMENT ON FUNCTION quickbook_internal.schema_raise(text, text, text) IS
'Raises an error of quickbook by name. Called by install(), migrate() and check_install() only.';

-- The schema version that this library reads and writes.
CREATE FUNCTION quickbook_internal.schema_version_needed() RETURNS integer
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'quickbook_schema_version_needed';

COMMENT ON FUNCTION quickbook_internal.schema_version_needed() IS
'The version of the tables that this version of the extension works with.

migrate() brings the tables to it.';

-- These two are C, so that nothing of the tables' owner is run when a superuser
-- asks: a statement on a table evaluates what its owner has hung on it.
CREATE FUNCTION quickbook_internal.schema_version_present() RETURNS integer
	LANGUAGE C STABLE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_schema_version_present';

COMMENT ON FUNCTION quickbook_internal.schema_version_present() IS
'The version of the tables; NULL when there are none, 0 when they do not say. Called by migrate() and the like only.';

CREATE FUNCTION quickbook_internal.schema_roles_in_use() RETURNS boolean
	LANGUAGE C STABLE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_schema_roles_in_use';

COMMENT ON FUNCTION quickbook_internal.schema_roles_in_use() IS
'Whether create_roles() has been run for these tables, as they say. Until then EXECUTE alone decides who may call what.';

CREATE FUNCTION quickbook_internal.schema_as_owner(statement text) RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_schema_as_owner';

COMMENT ON FUNCTION quickbook_internal.schema_as_owner(text) IS
'Runs a statement that changes rows with the rights of the tables'' owner. Called by migrate() only.

The owner''s triggers run with the owner''s rights, also where a superuser
migrates. Error not_allowed (42501) for who has not the rights of that role.';
