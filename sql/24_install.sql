--
-- install(), migrate(), check_install(): what the administrator calls.
--

-- What of the extension is attached to the tables.  DROP EXTENSION ... CASCADE
-- takes it, and install() puts it back.
CREATE FUNCTION quickbook_internal.attach_code() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $attach$
DECLARE
	t record;
BEGIN
	-- The columns that tell the clinic.  No WHEN: each statement would parse it
	-- anew, which takes longer than to call the function.
	FOR t IN SELECT * FROM (VALUES
		('clinic', NULL), ('provider', NULL), ('service', NULL), ('patient', NULL),
		('service_provider', '''service_id'''),
		('working_hours', '''provider_id'''), ('date_override', '''provider_id'''),
		('travel', '''provider_id'''), ('busy_time', '''provider_id'''),
		('time_off', '''provider_id'''), ('message_template', NULL),
		('reminder_rule', '''service_id'''), ('booking_limit', '''service_id'', ''provider_id'''),
		('session', '''service_id'''),
		('appointment_resource', '''provider_id'''),
		('event', NULL),
		('account', '''patient_id'', ''provider_id'''), ('account_token', '''account_id''')) AS v (tab, args)
	LOOP
		EXECUTE format(
			'CREATE OR REPLACE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.%I FOR EACH ROW'
			' EXECUTE FUNCTION quickbook.fill_row(%s)', t.tab, t.args);
	END LOOP;

	CREATE OR REPLACE TRIGGER quickbook_fill_row
		BEFORE INSERT OR UPDATE OF session_id, status, ends_at ON quickbook.appointment
		FOR EACH ROW EXECUTE FUNCTION quickbook_internal.fill_appointment('service_id');

	-- Also where triggers are switched off, as in a bulk load or a subscriber of
	-- version 0.1.0, because the key is made of these columns.
	CREATE OR REPLACE TRIGGER quickbook_fill_row
		BEFORE INSERT OR UPDATE OF appointment_id, session_id, provider_id, patient_id ON quickbook.allocation
		FOR EACH ROW EXECUTE FUNCTION quickbook_internal.fill_allocation('provider_id', 'patient_id');
	ALTER TABLE quickbook.allocation ENABLE ALWAYS TRIGGER quickbook_fill_row;

	FOR t IN SELECT * FROM unnest(ARRAY['clinic', 'provider', 'travel', 'patient']) AS v (tab)
	LOOP
		EXECUTE format(
			'CREATE OR REPLACE TRIGGER quickbook_check_time_zone BEFORE INSERT OR UPDATE OF time_zone ON quickbook.%I'
			' FOR EACH ROW WHEN (NEW.time_zone IS NOT NULL) EXECUTE FUNCTION quickbook.check_time_zone()', t.tab);
	END LOOP;

	-- The columns that people write, with the characters that they may have.  Not
	-- UPDATE OF them, which would keep their types from being changed.
	FOR t IN SELECT tab, string_agg(format('%L, %L', col, most), ', ' ORDER BY col) AS args FROM (VALUES
		('clinic', 'name', 200), ('clinic', 'time_zone', 200),
		('provider', 'name', 200), ('provider', 'kind', 200), ('provider', 'time_zone', 200),
		('service', 'name', 200), ('service_provider', 'role', 200), ('travel', 'time_zone', 200),
		('patient', 'name', 200), ('patient', 'time_zone', 200), ('patient', 'locale', 200),
		('time_off', 'reason', 10000), ('busy_time', 'source', 200), ('busy_time', 'uid', 1000),
		('message_template', 'name', 200), ('message_template', 'subject', 1000), ('message_template', 'body', 100000),
		('reminder_rule', 'channel', 200)) AS v (tab, col, most) GROUP BY tab
	LOOP
		EXECUTE format(
			'CREATE OR REPLACE TRIGGER quickbook_check_sizes BEFORE INSERT OR UPDATE ON quickbook.%I'
			' FOR EACH ROW EXECUTE FUNCTION quickbook_internal.check_sizes(%s)', t.tab, t.args);
	END LOOP;

	CREATE OR REPLACE TRIGGER quickbook_check_limits AFTER INSERT OR UPDATE ON quickbook.booking_limit
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_limits();

	CREATE OR REPLACE TRIGGER quickbook_check_template BEFORE INSERT OR UPDATE ON quickbook.message_template
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_template();

	CREATE OR REPLACE TRIGGER quickbook_check_rule BEFORE INSERT OR UPDATE ON quickbook.reminder_rule
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_rule();

	CREATE OR REPLACE VIEW quickbook.stat AS
		SELECT s.*, (SELECT max(c.lag_events) FROM quickbook.consumer_status(NULL::text) AS c) AS consumer_lag
		FROM quickbook.stat_counters() AS s;
	COMMENT ON VIEW quickbook.stat IS
		'What quickbook has done in this database since stats_reset, and the largest lag of a consumer in events. Counted only with quickbook in shared_preload_libraries, else NULL; also what was rolled back.';
	FOR t IN
		SELECT v.attname, coalesce(col_description(s.attrelid, s.attnum), 'The largest lag of a consumer, in events.') AS txt
		FROM pg_attribute v
			LEFT JOIN pg_attribute s ON s.attrelid = 'quickbook.stat_info'::regclass AND s.attname = v.attname
		WHERE v.attrelid = 'quickbook.stat'::regclass AND v.attnum > 0
	LOOP
		EXECUTE format('COMMENT ON COLUMN quickbook.stat.%I IS %L', t.attname, t.txt);
	END LOOP;
END
$attach$;

COMMENT ON FUNCTION quickbook_internal.attach_code() IS
'Puts the extension''s triggers on the tables and makes the view stat. Called by install() and migrate() only.';

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

CREATE TYPE quickbook_internal.schema_object AS (object text, definition text);
COMMENT ON TYPE quickbook_internal.schema_object IS 'A part of the tables, as check_install() compares it.';

CREATE TYPE quickbook.install_problem AS (object text, problem text);
COMMENT ON TYPE quickbook.install_problem IS 'One finding of check_install().';

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
that is off, policies and views that are missing. What users added is not reported.';
