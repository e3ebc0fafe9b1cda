--
-- install() and migrate(): what makes the tables, brings them to this version and
-- hands them to their owner.
--

CREATE FUNCTION quickbook_internal.attach_owner(owner name) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $owner$
DECLARE
	t record;
	before name[];
BEGIN
	IF owner IS NULL THEN
		PERFORM quickbook_internal.schema_raise('invalid_argument', 'owner must not be null');
	END IF;
	before := ARRAY(SELECT DISTINCT r.rolname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner AND NOT r.rolsuper
		WHERE c.oid = 'quickbook.schema_version'::regclass AND r.rolname <> owner);
	-- all tables belong to one role, because the functions act with its rights
	FOR t IN SELECT DISTINCT c.relname FROM pg_class c
		JOIN quickbook_internal.schema_expected() e ON e.object = 'table ' || c.relname
		WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind IN ('r', 'p')
			AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = owner)
	LOOP
		EXECUTE format('ALTER TABLE quickbook.%I OWNER TO %I', t.relname, owner);
	END LOOP;
	EXECUTE format('ALTER VIEW quickbook.stat OWNER TO %I', owner);
	-- check_data() and repair_data() run as the owner, who needs what they are made
	-- of; who owned the tables before is nobody's owner now
	IF has_schema_privilege('quickbook_internal', 'USAGE WITH GRANT OPTION') THEN
		FOR t IN SELECT b.role FROM unnest(before) AS b (role) LOOP
			EXECUTE format('REVOKE USAGE ON SCHEMA quickbook_internal FROM %I', t.role);
		END LOOP;
		EXECUTE format('GRANT USAGE ON SCHEMA quickbook_internal TO %I', owner);
	END IF;
	FOR t IN SELECT f.definition AS function, b.role FROM quickbook_internal.schema_owner_functions() f, unnest(before) AS b (role) LOOP
		EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM %I', t.function, t.role);
	END LOOP;
	FOR t IN SELECT f.definition AS function FROM quickbook_internal.schema_owner_functions() f LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', t.function, owner);
	END LOOP;
	IF quickbook_internal.schema_roles_in_use() THEN
		PERFORM quickbook_internal.attach_views(owner);
		PERFORM quickbook_internal.attach_policies();
		PERFORM quickbook_internal.attach_grants();
	END IF;
END
$owner$;

COMMENT ON FUNCTION quickbook_internal.attach_owner(name) IS
'Hands the tables and views to a role, and its rights to each role of quickbook. Called by install() and migrate() only.';

CREATE FUNCTION quickbook.migrate() RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	-- patterns have backslashes
	SET standard_conforming_strings = on
AS $migrate$
DECLARE
	needed integer := quickbook_internal.schema_version_needed();
	present integer := quickbook_internal.schema_version_present();
BEGIN
	IF present IS NULL THEN
		PERFORM quickbook_internal.schema_raise('not_installed', 'the tables of quickbook do not exist', NULL);
	END IF;
	-- one migration at a time
	LOCK TABLE quickbook.schema_version IN SHARE ROW EXCLUSIVE MODE;
	present := quickbook_internal.schema_version_present();
	IF present > needed THEN
		PERFORM quickbook_internal.schema_raise('wrong_schema_version',
			format('the tables of quickbook have version %s and this library needs %s', present, needed),
			'Install the newer version of the extension, then ALTER EXTENSION quickbook UPDATE.');
	END IF;
	IF present < 1 THEN
		PERFORM quickbook_internal.schema_raise('wrong_schema_version', 'quickbook.schema_version does not say which version the tables have',
			'Put back its row, with roles_in_use true where create_roles() was run.');
	END IF;
	-- each step records itself in the one row of schema_version
	IF present < 2 THEN
		PERFORM quickbook_internal.schema_step_2();
	END IF;
	PERFORM quickbook_internal.schema_comments();
	PERFORM quickbook_internal.attach_code();
	-- tables that are new take part in publications filtered by clinic
	IF to_regclass('quickbook.allocation_filter_idx') IS NOT NULL THEN
		PERFORM quickbook.filter_identity(true);
	END IF;
	PERFORM quickbook_internal.attach_owner((SELECT pg_get_userbyid(relowner) FROM pg_class
		WHERE oid = 'quickbook.schema_version'::regclass));
	RETURN needed;
END
$migrate$;

COMMENT ON FUNCTION quickbook.migrate() IS
'Takes the tables from any released version to the one that this extension needs.

Returns the version. Run it after ALTER EXTENSION quickbook UPDATE, as a
superuser; it does nothing when they are up to date. Errors:
not_installed, wrong_schema_version (0A000).';

CREATE FUNCTION quickbook.install(owner name DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET standard_conforming_strings = on
AS $install$
DECLARE
	present name;
	new_owner name;
BEGIN
	SELECT pg_get_userbyid(relowner) INTO present FROM pg_class
		WHERE oid = to_regclass('quickbook.schema_version');
	new_owner := coalesce(install.owner, present, current_user);

	PERFORM FROM pg_roles WHERE rolname = new_owner;
	IF NOT FOUND THEN
		PERFORM quickbook_internal.schema_raise('invalid_argument', format('role "%s" does not exist', new_owner),
			'Create the role first: the tables of quickbook will belong to it.');
	END IF;
	IF present IS NULL AND NOT has_schema_privilege(current_user, 'quickbook', 'CREATE') THEN
		PERFORM quickbook_internal.schema_raise('not_allowed',
			format('%s may not make tables in schema quickbook', current_user),
			format('As the owner of the schema call SELECT quickbook.install(%L);', new_owner));
	END IF;

	IF present IS NULL THEN
		PERFORM quickbook_internal.schema_step_1();
	END IF;
	PERFORM quickbook.migrate();

	PERFORM quickbook_internal.attach_owner(new_owner);
	-- foreign-key checks run as the owner and need to see the schema
	IF NOT has_schema_privilege(new_owner, 'quickbook', 'USAGE') THEN
		EXECUTE format('GRANT USAGE ON SCHEMA quickbook TO %I', new_owner);
	END IF;
	IF (SELECT rolsuper FROM pg_roles WHERE rolname = new_owner) THEN
		RAISE WARNING 'the tables of quickbook belong to superuser "%"', new_owner
			USING DETAIL = 'The functions of quickbook act with the rights of the tables'' owner.',
				HINT = 'CREATE ROLE clinic_owner; SELECT quickbook.install(''clinic_owner'');';
	END IF;
	RETURN format('quickbook: tables of version %s, owned by %s', quickbook_internal.schema_version_needed(), new_owner);
END
$install$;

COMMENT ON FUNCTION quickbook.install(name) IS
'Makes the tables of quickbook, owned by the role owner (default: the caller).

Run it once after CREATE EXTENSION, and again after DROP EXTENSION ... CASCADE
and CREATE EXTENSION: it keeps the tables and their rows and puts back the
triggers. With owner it also hands existing tables to that role. The functions
of quickbook act with the rights of that role, so it should be no superuser (a
WARNING says so). Errors: invalid_argument (22023), not_allowed (42501).';
