--
-- Roles, their rights, and row security: who may call and see what.
--
-- Each role has all that the one before it has: anon, patient, provider, staff,
-- admin. Beside them is relay, who reads the log and sends messages. What a caller
-- may do with a row that is not hers the functions decide; for those who read the
-- tables themselves the policies do.
--
-- Three lists say it: schema_role_functions(), schema_role_tables() and
-- schema_role_policies(). create_roles() and migrate() carry them out.
--

CREATE FUNCTION quickbook_internal.schema_role_functions() RETURNS SETOF quickbook_internal.schema_object
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT f, r.role FROM (VALUES
		('anon', ARRAY['available_slots', 'next_slots', 'available_days', 'hold_appointment', 'whoami', 'sign_up',
			'verify_email', 'verify_sign_up', 'sign_in', 'request_password_reset', 'reset_password', 'verify_token', 'authenticate']),
		('patient', ARRAY['explain_slot', 'free_busy', 'create_appointment', 'create_appointment_local',
			'confirm_appointment', 'reschedule_appointment', 'cancel_appointment', 'update_appointment',
			'get_appointment', 'list_appointments', 'sees_appointment', 'managed_clinics', 'change_password']),
		('provider', ARRAY['affected_appointments', 'decline_appointment', 'set_appointment_status']),
		('staff', ARRAY['new_id', 'bucket', 'event_json']),
		('admin', ARRAY['create_account', 'disable_account', 'create_consumer', 'drop_consumer', 'fetch_events',
			'ack_events', 'consumer_status', 'purge_events', 'purge_allocations', 'claim_notifications',
			'complete_notification', 'fail_notification', 'give_up_notification', 'retry_dead_notifications', 'run_maintenance', 'stat_counters',
			'reset_stat']),
		('relay', ARRAY['create_consumer', 'drop_consumer', 'fetch_events', 'ack_events', 'consumer_status', 'purge_events',
			'purge_allocations', 'event_json', 'relay_lock', 'claim_notifications', 'complete_notification', 'fail_notification',
			'give_up_notification', 'retry_dead_notifications', 'run_maintenance', 'stat_counters', 'reset_stat', 'whoami'])
		) AS r (role, functions), unnest(r.functions) AS f;
END;

COMMENT ON FUNCTION quickbook_internal.schema_role_functions() IS
'The first of the roles anon, patient, provider, staff, admin that may call each function, and what relay may call. For create_roles() and grant_app().';

CREATE TYPE quickbook_internal.role_right AS (tab text, role text, privileges text);
COMMENT ON TYPE quickbook_internal.role_right IS 'What a role may do with a table.';
COMMENT ON COLUMN quickbook_internal.role_right.tab IS 'The table or view.';
COMMENT ON COLUMN quickbook_internal.role_right.role IS 'The role without the prefix quickbook_.';
COMMENT ON COLUMN quickbook_internal.role_right.privileges IS 'As in GRANT, or the rest of a CREATE POLICY.';

CREATE FUNCTION quickbook_internal.schema_role_tables() RETURNS SETOF quickbook_internal.role_right
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT t, r.role, r.privileges FROM (VALUES
		('patient', 'SELECT', ARRAY['clinic', 'provider', 'service', 'service_provider', 'patient', 'session',
			'appointment_resource', 'my_appointments', 'upcoming_appointments']),
		-- not hold_token, request_hash and idempotency_scope
		('patient', 'SELECT (id, clinic_id, patient_id, service_id, provider_id, session_id, seat, status, starts_at,'
			' ends_at, expires_at, version, sequence, idempotency_key, notes, details, created_at, updated_at,'
			' cancel_reason, cancelled_by, late)', ARRAY['appointment']),
		('patient', 'UPDATE (name, phone, time_zone, locale)', ARRAY['patient']),
		('provider', 'SELECT', ARRAY['allocation']),
		('provider', 'SELECT, INSERT, UPDATE, DELETE',
			ARRAY['working_hours', 'date_override', 'travel', 'time_off', 'busy_time']),
		('staff', 'SELECT, INSERT, UPDATE, DELETE', ARRAY['provider', 'service', 'service_provider', 'patient',
			'booking_limit', 'message_template', 'reminder_rule']),
		('staff', 'SELECT', ARRAY['event', 'notification']),
		('admin', 'UPDATE', ARRAY['clinic']),
		('admin', 'SELECT', ARRAY['stat']),
		('relay', 'SELECT', ARRAY['stat'])
		) AS r (role, privileges, tabs), unnest(r.tabs) AS t;
END;

COMMENT ON FUNCTION quickbook_internal.schema_role_tables() IS
'What the roles patient, provider, staff, admin and relay may do with each table and view. For create_roles().';

CREATE FUNCTION quickbook_internal.schema_role_policies() RETURNS SETOF quickbook_internal.role_right
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT t, r.role, r.command || ' TO quickbook_' || r.role || ' USING ('
		|| replace(replace(replace(replace(replace(r.condition,
		'$managed', 'ANY ((SELECT quickbook.managed_clinics())::uuid[])'),
		'$my_clinic', '(SELECT coalesce(w.clinic_id, (SELECT p.clinic_id FROM quickbook.patient AS p'
		' WHERE p.id = w.patient_id)) FROM quickbook.whoami() AS w WHERE w.kind <> ''anon'')'),
		'$clinic', '(SELECT (quickbook.whoami()).clinic_id)'),
		'$provider', '(SELECT (quickbook.whoami()).provider_id)'),
		'$patient', '(SELECT (quickbook.whoami()).patient_id)') || ')' FROM (VALUES
		-- in forms that an index can serve, also where several policies are joined by OR
		('staff', 'FOR ALL', 'clinic_id = $managed',
			ARRAY['provider', 'service', 'working_hours', 'time_off', 'busy_time', 'booking_limit', 'patient', 'message_template', 'reminder_rule', 'session', 'appointment',
				'appointment_resource', 'allocation', 'event', 'notification']),
		-- where a constraint would tell of another clinic's rows before the foreign key refuses
		('staff', 'FOR ALL', 'clinic_id = $managed)'
			' WITH CHECK (clinic_id = $managed'
			' AND EXISTS (SELECT FROM quickbook.provider AS p WHERE p.id = provider_id)',
			ARRAY['service_provider', 'date_override', 'travel']),
		('staff', 'FOR ALL', 'id = $managed', ARRAY['clinic']),
		('provider', 'FOR ALL', 'provider_id = $provider AND clinic_id = $clinic',
			ARRAY['working_hours', 'date_override', 'travel', 'time_off', 'busy_time', 'session', 'allocation']),
		('provider', 'FOR SELECT',
			'id = ANY (ARRAY(SELECT r.appointment_id FROM quickbook.appointment_resource AS r'
			' WHERE r.provider_id = $provider)) AND clinic_id = $clinic',
			ARRAY['appointment']),
		('provider', 'FOR SELECT', '$provider IS NOT NULL AND clinic_id = $clinic'
			' AND EXISTS (SELECT FROM quickbook.appointment AS a WHERE a.patient_id = patient.id)',
			ARRAY['patient']),
		('patient', 'FOR SELECT', 'clinic_id = $my_clinic', ARRAY['provider', 'service', 'service_provider']),
		('patient', 'FOR SELECT', 'id = $my_clinic', ARRAY['clinic']),
		('patient', 'FOR ALL',
			'id = $patient AND (clinic_id = $clinic OR $clinic IS NULL)',
			ARRAY['patient']),
		('patient', 'FOR SELECT',
			'patient_id = $patient AND (clinic_id = $clinic OR $clinic IS NULL)',
			ARRAY['appointment']),
		-- for providers, who see the clinic's closures
		('patient', 'FOR SELECT', 'provider_id IS NULL AND clinic_id = $my_clinic', ARRAY['time_off']),
		('patient', 'FOR SELECT', 'quickbook.sees_appointment(appointment_id)', ARRAY['appointment_resource']),
		('patient', 'FOR SELECT', '$patient IS NOT NULL AND'
			' EXISTS (SELECT FROM quickbook.appointment AS a WHERE a.session_id = session.id)',
			ARRAY['session'])
		) AS r (role, command, condition, tabs), unnest(r.tabs) AS t;
END;

COMMENT ON FUNCTION quickbook_internal.schema_role_policies() IS
'The policies of row security, one for a table and a role: the rows that the role sees and, FOR ALL, writes. For create_roles().';

CREATE FUNCTION quickbook_internal.attach_views(owner name) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $views$
DECLARE
	v text;
	-- of both views
	columns CONSTANT text := 'a.id, a.clinic_id, c.name AS clinic_name, a.patient_id, p.name AS patient_name,'
		' a.service_id, s.name AS service_name, a.provider_id, v.name AS provider_name,'
		' coalesce(v.time_zone, c.time_zone) AS time_zone, a.session_id, a.seat, a.status, a.starts_at, a.ends_at,'
		' a.expires_at, a.version, a.sequence, a.notes, a.details, a.created_at, a.updated_at';
	joined CONSTANT text := ' FROM quickbook.appointment a JOIN quickbook.clinic c ON c.id = a.clinic_id'
		' JOIN quickbook.service s ON s.id = a.service_id JOIN quickbook.provider v ON v.id = a.provider_id'
		' LEFT JOIN quickbook.patient p ON p.id = a.patient_id';
BEGIN
	IF owner IS NULL THEN
		PERFORM quickbook_internal.schema_raise('invalid_argument', 'owner must not be null');
	END IF;
	EXECUTE 'CREATE OR REPLACE VIEW quickbook.upcoming_appointments WITH (security_invoker = true) AS SELECT ' || columns || joined ||
		$where$ WHERE a.starts_at >= statement_timestamp()
			AND (a.status IN ('pending', 'booked') OR (a.status = 'held' AND a.expires_at > statement_timestamp()))$where$;
	COMMENT ON VIEW quickbook.upcoming_appointments IS
		'The appointments to come that you may see, with the names of everybody: those that are booked, pending, or held and not expired.';
	EXECUTE 'CREATE OR REPLACE VIEW quickbook.my_appointments WITH (security_invoker = true) AS SELECT ' || columns ||
		', a.cancel_reason, a.cancelled_by, a.late' || joined ||
		' WHERE a.patient_id = (SELECT (quickbook.whoami()).patient_id)'
		' OR a.id = ANY (ARRAY(SELECT r.appointment_id FROM quickbook.appointment_resource r'
		' WHERE r.provider_id = (SELECT (quickbook.whoami()).provider_id)))';
	COMMENT ON VIEW quickbook.my_appointments IS
		'Your own appointments, past and to come: a patient''s, or those on a provider''s calendar. Empty for staff.';
	FOREACH v IN ARRAY ARRAY['upcoming_appointments', 'my_appointments'] LOOP
		PERFORM quickbook_internal.schema_comment_columns(v, 'appointment', ARRAY[
			['clinic_name', 'Name of the clinic.'],
			['patient_name', 'Name of the patient, if there is one yet.'],
			['service_name', 'Name of the service.'],
			['provider_name', 'Name of the provider who leads.'],
			['time_zone', 'IANA zone of the provider at home, else of the clinic.']]);
		EXECUTE format('ALTER VIEW quickbook.%I OWNER TO %I', v, owner);
	END LOOP;
END
$views$;

COMMENT ON FUNCTION quickbook_internal.attach_views(name) IS
'Makes the views of appointments. Called by create_roles() and install() only.';

CREATE FUNCTION quickbook_internal.attach_policies() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $policies$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT substr(e.object, 7) AS tab FROM quickbook_internal.schema_expected() e WHERE e.definition = 'table' LOOP
		EXECUTE format('ALTER TABLE quickbook.%I ENABLE ROW LEVEL SECURITY', r.tab);
	END LOOP;
	-- a role that is missing is reported by check_install()
	FOR r IN SELECT * FROM quickbook_internal.schema_role_policies() p WHERE to_regrole('quickbook_' || p.role) IS NOT NULL LOOP
		-- not IF EXISTS, which tells of each that is not there yet
		IF EXISTS (SELECT FROM pg_policy y WHERE y.polrelid = to_regclass(format('quickbook.%I', r.tab)) AND y.polname = 'quickbook_' || r.role) THEN
			EXECUTE format('DROP POLICY quickbook_%s ON quickbook.%I', r.role, r.tab);
		END IF;
		EXECUTE format('CREATE POLICY quickbook_%s ON quickbook.%I %s', r.role, r.tab, r.privileges);
	END LOOP;
	FOR r IN SELECT * FROM quickbook_internal.schema_role_tables() p WHERE to_regrole('quickbook_' || p.role) IS NOT NULL LOOP
		EXECUTE format('GRANT %s ON quickbook.%I TO quickbook_%s', r.privileges, r.tab, r.role);
	END LOOP;
END
$policies$;

COMMENT ON FUNCTION quickbook_internal.attach_policies() IS
'Switches row security on for every table, and makes the policies and grants of the roles. Called by create_roles() and install() only.';

CREATE FUNCTION quickbook_internal.schema_members() RETURNS SETOF quickbook_internal.schema_object
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT p.proname, p.oid::regprocedure::text
	FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'quickbook' JOIN pg_proc p ON p.oid = d.objid
	WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
END;

COMMENT ON FUNCTION quickbook_internal.schema_members() IS
'The functions of the extension, by name and in full, without those that users have put beside them. For create_roles() and grant_app().';

CREATE FUNCTION quickbook_internal.schema_owner_functions() RETURNS SETOF quickbook_internal.schema_object
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT m.object, m.definition FROM quickbook_internal.schema_members() m
	WHERE (m.object IN ('create_account', 'rotate_token_key', 'jwks', 'check_data', 'repair_data', 'schema_as_owner', 'schema_raise',
			'schema_lock_calendars')
			OR m.object ^@ 'schema_data_' OR m.object ^@ 'schema_repair_')
		AND has_function_privilege(m.definition, 'EXECUTE WITH GRANT OPTION');
END;

COMMENT ON FUNCTION quickbook_internal.schema_owner_functions() IS
'The functions that are for the tables'' owner, with what they are made of. For install() and migrate().';

CREATE FUNCTION quickbook_internal.attach_grants() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $functions$
DECLARE
	r record;
BEGIN
	IF NOT pg_has_role((SELECT proowner FROM pg_proc WHERE oid = 'quickbook.whoami()'::regprocedure), 'USAGE') THEN
		RAISE NOTICE 'the roles of quickbook may not call its functions yet'
			USING HINT = 'As a superuser: SELECT quickbook.create_roles();';
		RETURN;
	END IF;
	FOR r IN SELECT m.definition AS function, f.definition AS role FROM quickbook_internal.schema_role_functions() f
		JOIN quickbook_internal.schema_members() m ON m.object = f.object
		WHERE to_regrole('quickbook_' || f.definition) IS NOT NULL
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO quickbook_%s', r.function, r.role);
	END LOOP;
END
$functions$;

COMMENT ON FUNCTION quickbook_internal.attach_grants() IS
'Lets each role call its functions. Called by create_roles() and install() only.';

CREATE FUNCTION quickbook_internal.schema_check_policies() RETURNS SETOF quickbook.install_problem
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT e.object, 'row security is off: SELECT quickbook.create_roles();'
	FROM quickbook_internal.schema_expected() e JOIN pg_class c
		ON c.oid = to_regclass(format('quickbook.%I', substr(e.object, 7)))
	WHERE e.definition = 'table' AND NOT c.relrowsecurity
	UNION ALL
	SELECT format('policy quickbook_%s on %s', r.role, r.tab), 'is missing: SELECT quickbook.create_roles();'
	FROM quickbook_internal.schema_role_policies() r
	WHERE NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = 'quickbook' AND p.tablename = r.tab
		AND p.policyname = 'quickbook_' || r.role)
	UNION ALL
	SELECT 'view ' || v, 'is missing: SELECT quickbook.create_roles();'
	FROM unnest(ARRAY['my_appointments', 'upcoming_appointments']) AS v
	WHERE to_regclass('quickbook.' || v) IS NULL
	UNION ALL
	SELECT 'role quickbook_' || r, 'is missing: SELECT quickbook.create_roles();'
	FROM unnest(ARRAY['anon', 'patient', 'provider', 'staff', 'admin', 'relay']) AS r
	WHERE to_regrole('quickbook_' || r) IS NULL
	UNION ALL
	SELECT 'role quickbook_' || r.role, 'has not the rights of quickbook_' || r.before || ': SELECT quickbook.create_roles();'
	FROM (VALUES ('patient', 'anon'), ('provider', 'patient'), ('staff', 'provider'), ('admin', 'staff')) AS r (role, before)
	WHERE NOT pg_has_role(to_regrole('quickbook_' || r.role)::oid, to_regrole('quickbook_' || r.before)::oid, 'USAGE')
	UNION ALL
	SELECT 'role quickbook_' || r, 'may not use schema quickbook: SELECT quickbook.create_roles();'
	FROM unnest(ARRAY['anon', 'relay']) AS r
	WHERE NOT has_schema_privilege(to_regrole('quickbook_' || r)::oid, 'quickbook', 'USAGE')
	ORDER BY 1;
END;

COMMENT ON FUNCTION quickbook_internal.schema_check_policies() IS
'What of row security and of the roles is missing, for check_install().';

CREATE FUNCTION quickbook.create_roles() RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $roles$
DECLARE
	before text;
	words CONSTANT text[] := ARRAY['anon', 'patient', 'provider', 'staff', 'admin'];
	word text;
	made integer := 0;
BEGIN
	IF quickbook_internal.schema_version_present() IS NULL THEN
		PERFORM quickbook_internal.schema_raise('not_installed', 'the tables of quickbook do not exist', NULL);
	END IF;
	IF quickbook_internal.schema_version_present() <> quickbook_internal.schema_version_needed() THEN
		PERFORM quickbook_internal.schema_raise('wrong_schema_version', format('the tables of quickbook have version %s and this library needs %s',
			quickbook_internal.schema_version_present(), quickbook_internal.schema_version_needed()), 'SELECT quickbook.migrate();');
	END IF;
	PERFORM quickbook_internal.schema_as_owner('UPDATE quickbook.schema_version SET roles_in_use = true WHERE NOT roles_in_use');
	FOREACH word IN ARRAY words LOOP
		IF to_regrole('quickbook_' || word) IS NULL THEN
			EXECUTE format('CREATE ROLE quickbook_%s NOLOGIN', word);
			made := made + 1;
		END IF;
		IF before IS NOT NULL AND NOT pg_has_role('quickbook_' || word, before, 'USAGE') THEN
			EXECUTE format('GRANT %s TO quickbook_%s', before, word);
		END IF;
		before := 'quickbook_' || word;
	END LOOP;
	IF to_regrole('quickbook_relay') IS NULL THEN
		CREATE ROLE quickbook_relay NOLOGIN;
		made := made + 1;
	END IF;
	GRANT USAGE ON SCHEMA quickbook TO quickbook_anon, quickbook_relay;
	PERFORM quickbook_internal.attach_grants();
	PERFORM quickbook_internal.attach_views((SELECT pg_get_userbyid(relowner) FROM pg_class
		WHERE oid = 'quickbook.schema_version'::regclass));
	PERFORM quickbook_internal.attach_policies();
	RETURN format('quickbook: roles quickbook_%s, quickbook_relay (%s of them new); row security on %s tables, by %s policies',
		array_to_string(words, ', quickbook_'), made,
		(SELECT count(*) FROM quickbook_internal.schema_expected() e WHERE e.definition = 'table'),
		(SELECT count(*) FROM quickbook_internal.schema_role_policies()));
END
$roles$;

COMMENT ON FUNCTION quickbook.create_roles() IS
'Makes the roles quickbook_anon, _patient, _provider, _staff, _admin and _relay, with the least rights, two views of appointments, and row security.

Roles cannot log in: grant them to those that do. Each of the first five has the
rights of the one before. Patients see and touch their own appointments,
providers their own calendar, staff their clinic; who is not signed in searches
slots and signs up. quickbook_relay reads the event log, sends messages and runs
maintenance, for all clinics. From then on whoever has no identity and neither
owns the tables nor is a member of quickbook_staff is nobody, also with EXECUTE,
and also where a role is missing. Run it as a superuser; again after an upgrade.
The result, a line, says what there is now, and how many of the roles are new.
Errors: not_installed, wrong_schema_version (0A000).';

CREATE FUNCTION quickbook.grant_app(role name) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $app$
DECLARE
	f record;
	n integer := 0;
BEGIN
	PERFORM FROM pg_roles r WHERE r.rolname = grant_app.role;
	IF NOT FOUND THEN
		PERFORM quickbook_internal.schema_raise('invalid_argument', format('role "%s" does not exist', grant_app.role),
			'Create the role of the app first.');
	END IF;
	IF NOT pg_has_role((SELECT p.proowner FROM pg_proc p WHERE p.oid = 'quickbook.whoami()'::regprocedure), 'USAGE') THEN
		PERFORM quickbook_internal.schema_raise('not_allowed', 'the functions of quickbook are not yours to grant',
			format('As a superuser: SELECT quickbook.grant_app(%L);', grant_app.role));
	END IF;
	EXECUTE format('GRANT USAGE ON SCHEMA quickbook TO %I', grant_app.role);
	FOR f IN SELECT DISTINCT m.definition AS function FROM quickbook_internal.schema_role_functions() r
		JOIN quickbook_internal.schema_members() m ON m.object = r.object
		WHERE r.definition IN ('anon', 'patient', 'provider', 'staff') OR r.object IN ('create_account', 'disable_account')
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f.function, grant_app.role);
		n := n + 1;
	END LOOP;
	RETURN format('quickbook: %s may call %s functions', grant_app.role, n);
END
$app$;

COMMENT ON FUNCTION quickbook.grant_app(name) IS
'Lets a role call what an app calls: searches, bookings, accounts, and who is who.

Grants USAGE on the schema and EXECUTE on these functions; no others, and no
rights on tables. Run it again after an upgrade, for the functions that are new.
It takes nothing away: from a role that had more, REVOKE that first. Run it as a
superuser. Errors: invalid_argument (22023) for a role that does not exist,
not_allowed (42501).';
