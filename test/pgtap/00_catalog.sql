-- The contract as the catalog shows it (sections 1, 3 and 5): what gateways can
-- call, what belongs to the extension and what to the user, who may execute.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(45);

-- What belongs to the extension.
CREATE VIEW t.member AS
	SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
	WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
		AND d.refobjid = (SELECT e.oid FROM pg_catalog.pg_extension e WHERE e.extname = 'quickbook');
CREATE VIEW t.func AS
	SELECT p.* FROM pg_catalog.pg_proc p JOIN t.member m ON m.objid = p.oid AND m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass;
CREATE VIEW t.tab AS
	SELECT c.* FROM pg_catalog.pg_class c
	WHERE c.relnamespace = 'quickbook'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p');

--
-- Functions
--

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f WHERE f.pronamespace NOT IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace)$$), '',
	'all functions are in the two schemas');

SELECT t.is(t.query($$
	SELECT f.proname, count(*) FROM t.func f GROUP BY 1 HAVING count(*) > 1$$), '',
	'no function is overloaded');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f
	WHERE f.pronargs > 0 AND (cardinality(f.proargnames) IS DISTINCT FROM f.pronargs OR '' = ANY (f.proargnames))$$), '',
	'all arguments have names');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f WHERE f.proargmodes IS NOT NULL$$), '',
	'no argument is OUT, INOUT, VARIADIC or TABLE');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f WHERE f.prokind <> 'f'$$), '',
	'no procedure, aggregate or window function: gateways do not expose them');

SELECT t.is(t.query($$
	SELECT DISTINCT f.proname, a.name FROM t.func f, unnest(f.proargnames) AS a (name)
	WHERE a.name IN ('select', 'columns', 'on_conflict') OR a.name ~ '(^|\.)(order|limit|offset|and|or)$'$$), '',
	'no argument has a name that PostgREST reads as something else');

SELECT t.is(t.query($$
	SELECT DISTINCT f.proname, a.name FROM t.func f, unnest(f.proargnames) AS a (name)
	WHERE (f.proname, a.name) NOT IN (('ack_events', 'position'), ('filter_identity', 'on')) AND (quote_ident(a.name) <> a.name OR a.name IN (SELECT k.word FROM pg_get_keywords() k WHERE k.catcode <> 'U'))$$), '',
	'no argument needs quotes to be named in a call, but the two that the contract names');

-- Arguments, results, and the columns of results.
CREATE VIEW t.in_signature AS
	WITH RECURSIVE part (name, type) AS (
		SELECT f.proname, a.type FROM t.func f,
			pg_catalog.unnest(pg_catalog.array_append(f.proargtypes::pg_catalog.oid[], f.prorettype)) AS a (type)
		UNION
		SELECT part.name, a.atttypid FROM part JOIN pg_catalog.pg_type y ON y.oid = part.type
			JOIN pg_catalog.pg_attribute a ON a.attrelid = y.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
	SELECT part.name, y.typname, y.typtype, y.typcategory, y.typelem, y.typnamespace
	FROM part JOIN pg_catalog.pg_type y ON y.oid = part.type;

SELECT t.is(t.query($$
	SELECT s.name, s.typname FROM t.in_signature s WHERE s.typtype IN ('r', 'm')$$), '',
	'no range or multirange in a signature');

SELECT t.is(t.query($$
	SELECT s.name, s.typname FROM t.in_signature s JOIN pg_type e ON e.oid = s.typelem
	WHERE s.typcategory = 'A' AND e.typtype IN ('c', 'r', 'm')$$), '',
	'no array of composites or ranges in a signature');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) AS a
	WHERE a.grantee = 0$$), '',
	'nothing may be executed by PUBLIC');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f WHERE f.prosecdef$$), '',
	'no function is SECURITY DEFINER');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f
	WHERE f.prolang <> (SELECT l.oid FROM pg_language l WHERE l.lanname = 'c')
		AND NOT EXISTS (SELECT FROM unnest(f.proconfig) AS c (setting) WHERE c.setting LIKE 'search\_path=%')$$), '',
	'every function that is not C has a search_path of its own');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f WHERE f.proisstrict AND f.provolatile <> 'i'$$), '',
	'no function hides a NULL argument by being STRICT');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f
	WHERE coalesce(obj_description(f.oid, 'pg_proc'), '') !~ '^[^\n]+(\n\n[^\n].*)?$'$$), '',
	'every function has a COMMENT: a line, and if there is more, a blank line before it');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f
	WHERE f.pronamespace = 'quickbook'::regnamespace AND f.prorettype <> 'trigger'::regtype
		AND f.proname NOT IN ('bucket', 'check_install', 'event_json', 'new_id')
		AND obj_description(f.oid, 'pg_proc') !~ '\mErrors?:'$$), '',
	'that of a function for users says which errors it raises, but for four that raise none');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f WHERE f.provolatile <> 's' AND f.proname IN ('available_slots', 'next_slots',
		'available_days', 'explain_slot', 'free_busy', 'get_appointment', 'list_appointments', 'check_install', 'check_data', 'verify_token')$$), '',
	'functions that only read are STABLE');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f WHERE f.provolatile <> 'v' AND f.proname IN ('create_appointment',
		'create_appointment_local', 'hold_appointment', 'confirm_appointment', 'decline_appointment',
		'reschedule_appointment', 'cancel_appointment', 'set_appointment_status', 'update_appointment',
		'run_maintenance', 'fetch_events', 'ack_events', 'install', 'migrate', 'repair_data', 'new_id', 'sign_up', 'sign_in', 'authenticate')$$), '',
	'functions that write are VOLATILE');

SELECT t.is(t.query($$
	SELECT f.proname FROM t.func f WHERE f.provolatile <> 'i' AND f.proname = 'bucket'$$), '',
	'bucket() is IMMUTABLE');

-- The calls of section 5: name, arguments in order, how many may be left out.
CREATE TABLE t.api (name text, arguments text, defaults integer, result text);
INSERT INTO t.api VALUES
	('available_slots', 'service_id from_time to_time provider_id patient_id', 2, 'SETOF available_slot'),
	('next_slots', 'service_id after_time max_slots provider_id patient_id', 4, 'SETOF available_slot'),
	('available_days', 'service_id from_date to_date provider_id time_zone', 2, 'SETOF available_day'),
	('create_appointment', 'patient_id provider_id service_id starts_at idempotency_key notes details override', 4, 'appointment_info'),
	('create_appointment_local', 'patient_id provider_id service_id local_date local_time idempotency_key override', 2, 'appointment_info'),
	('hold_appointment', 'patient_id provider_id service_id starts_at idempotency_key notes details hold_for override', 5,
		'appointment_info'),
	('confirm_appointment', 'appointment_id patient_id hold_token', 2, 'appointment_info'),
	('decline_appointment', 'appointment_id reason', 1, 'appointment_info'),
	('update_appointment', 'appointment_id notes details expected_version', 3, 'appointment_info'),
	('list_appointments', 'from_time to_time provider_id patient_id status', 5, 'SETOF appointment_info'),
	('explain_slot', 'service_id provider_id starts_at patient_id', 1, 'SETOF slot_rule'),
	('free_busy', 'provider_id from_time to_time', 0, 'SETOF free_busy_span'),
	('affected_appointments', 'provider_id', 0, 'SETOF affected_appointment'),
	('run_maintenance', '', 0, 'maintenance_info'),
	('reschedule_appointment', 'appointment_id starts_at provider_id expected_version override', 3, 'appointment_info'),
	('cancel_appointment', 'appointment_id reason expected_version', 2, 'appointment_info'),
	('set_appointment_status', 'appointment_id status expected_version', 1, 'appointment_info'),
	('get_appointment', 'appointment_id', 0, 'appointment_info'),
	('create_consumer', 'name from_position', 1, 'consumer_info'),
	('drop_consumer', 'name', 0, 'boolean'),
	('fetch_events', 'consumer max_events', 1, 'SETOF event_info'),
	('ack_events', 'consumer position', 0, 'bigint'),
	('consumer_status', 'consumer', 1, 'SETOF consumer_info'),
	('purge_events', 'older_than force', 1, 'bigint'),
	('purge_allocations', 'older_than', 0, 'bigint'),
	('event_json', 'event', 0, 'jsonb'),
	('claim_notifications', 'channel max_notifications lease', 2, 'SETOF notification_info'),
	('complete_notification', 'notification_id', 0, 'text'),
	('fail_notification', 'notification_id error', 1, 'text'),
	('give_up_notification', 'notification_id error', 1, 'text'),
	('retry_dead_notifications', 'channel', 1, 'bigint'),
	('stat_counters', '', 0, 'stat_info'),
	('reset_stat', '', 0, 'void'),
	('sign_up', 'email password name clinic_id phone time_zone locale', 4, 'void'),
	('verify_email', 'token', 0, 'void'),
	('verify_sign_up', 'token password', 0, 'void'),
	('sign_in', 'email password clinic_id', 1, 'text'),
	('change_password', 'old_password new_password', 0, 'void'),
	('request_password_reset', 'email clinic_id', 1, 'void'),
	('reset_password', 'token new_password', 0, 'void'),
	('create_account', 'email role clinic_id patient_id provider_id password', 4, 'account_info'),
	('disable_account', 'account_id disabled', 1, 'account_info'),
	('verify_token', 'token', 0, 'jsonb'),
	('authenticate', 'token', 0, 'jsonb'),
	('rotate_token_key', 'overlap', 1, 'text'),
	('jwks', '', 0, 'jsonb'),
	('whoami', '', 0, 'caller_info'),
	('sees_appointment', 'appointment_id', 0, 'boolean'),
	('managed_clinics', '', 0, 'uuid[]'),
	('create_roles', '', 0, 'text'),
	('new_id', 'clinic_id', 1, 'uuid'),
	('bucket', 'id', 0, 'integer'),
	('install', 'owner', 1, NULL),
	('migrate', '', 0, NULL),
	('filter_identity', 'on', 0, 'void'),
	('check_install', '', 0, NULL),
	('check_data', '', 0, 'SETOF data_problem'),
	('repair_data', '', 0, 'SETOF data_repair');

SELECT t.is(t.query($$
	SELECT a.name FROM t.api a WHERE a.name NOT IN (SELECT f.proname FROM t.func f)$$), '',
	'every call of the contract exists');

-- Arguments may be added at the end, if they may be left out.
SELECT t.is(t.query($$
	SELECT a.name, f.proargnames FROM t.api a JOIN t.func f ON f.proname = a.name
	WHERE NOT starts_with(array_to_string(f.proargnames, ' ') || ' ', nullif(a.arguments, '') || ' ')$$), '',
	'its arguments have the names and the order of the contract');

SELECT t.is(t.query($$
	SELECT a.name FROM t.api a JOIN t.func f ON f.proname = a.name
	WHERE f.pronargdefaults - (f.pronargs - cardinality(string_to_array(a.arguments, ' '))) <> a.defaults$$), '',
	'the arguments that the contract says may be left out');

SELECT t.is(t.query($$
	SELECT a.name, pg_get_function_result(f.oid) FROM t.api a JOIN t.func f ON f.proname = a.name
	WHERE replace(pg_get_function_result(f.oid), 'quickbook.', '') <> a.result$$), '',
	'its result has the type of the contract');

--
-- Types
--

SELECT t.is(t.query($$
	SELECT y.typname FROM t.member m JOIN pg_type y ON y.oid = m.objid AND m.classid = 'pg_type'::regclass
	WHERE y.typname IN (SELECT c.typname FROM pg_type c WHERE c.typnamespace = 'pg_catalog'::regnamespace)$$), '',
	'no type is named like one of core''s');

SELECT t.is(t.query($$
	SELECT y.typname FROM t.member m JOIN pg_type y ON y.oid = m.objid AND m.classid = 'pg_type'::regclass
	WHERE y.typtype = 'c' AND coalesce(obj_description(y.oid, 'pg_type'), '') !~ '^[^\n]+(\n\n[^\n].*)?$'$$), '',
	'every type has a COMMENT of that form');

SELECT t.is(t.query($$
	SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'quickbook.appointment_info'::regclass ORDER BY a.attnum$$),
	'id, clinic_id, patient_id, service_id, provider_id, session_id, seat, status, starts_at, ends_at, expires_at,'
	' version, sequence, idempotency_key, notes, details, created_at, updated_at, cancel_reason, cancelled_by, late, hold_token',
	'appointment_info has the columns of the contract');

SELECT t.is(t.query($$
	SELECT i.attname FROM pg_attribute i WHERE i.attrelid = 'quickbook.appointment_info'::regclass
		AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = 'quickbook.appointment'::regclass
			AND a.attname = i.attname AND a.atttypid = i.atttypid)$$), '',
	'they are columns of the table appointment, with the same types');

SELECT t.is(t.query($$
	SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'quickbook.available_slot'::regclass ORDER BY a.attnum$$),
	'provider_id, starts_at, ends_at, seats_left', 'so are those of a slot');
SELECT t.is(t.query($$
	SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'quickbook.available_day'::regclass ORDER BY a.attnum$$),
	'day, slots', 'and of a day');

--
-- Code is the extension, data is the user's
--

SELECT t.is(t.query($$
	SELECT m.classid::regclass, m.objid FROM t.member m
	WHERE m.classid NOT IN ('pg_proc'::regclass, 'pg_type'::regclass)
		AND (m.classid, m.objid) <> ('pg_namespace'::regclass, 'quickbook_internal'::regnamespace)$$), '',
	'the extension''s members are types and functions, and the schema for what is internal');

SELECT t.is(t.query($$
	SELECT w.name FROM unnest(ARRAY['clinic', 'provider', 'service', 'service_provider', 'working_hours', 'date_override',
		'travel', 'time_off', 'busy_time', 'booking_limit', 'patient', 'appointment', 'appointment_resource', 'session',
		'allocation', 'event', 'consumer', 'account', 'account_token', 'token_key']) AS w (name) WHERE w.name NOT IN (SELECT c.relname FROM t.tab c)$$), '',
	'install() made every table of the contract');

SELECT t.is(t.query($$
	SELECT c.relname FROM t.tab c WHERE c.relname NOT IN ('clinic', 'schema_version', 'consumer', 'event_counter', 'token_key') AND NOT EXISTS (
		SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'clinic_id' AND a.attnotnull)$$), '',
	'every table carries clinic_id');

-- A key to a row that has a clinic must compare the clinics too.
SELECT t.is(t.query($$
	SELECT k.conname FROM pg_constraint k JOIN t.tab c ON c.oid = k.conrelid
	WHERE k.contype = 'f'
		AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.confrelid AND a.attname = 'clinic_id')
		AND NOT EXISTS (SELECT FROM generate_subscripts(k.conkey, 1) AS i
			JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[i] AND a.attname = 'clinic_id'
			JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[i] AND b.attname = 'clinic_id')$$), '',
	'every foreign key between rows of clinics holds them to one clinic');

SELECT t.is(t.query($$
	SELECT c.relname, a.attname FROM t.tab c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		JOIN pg_class r ON r.relname = regexp_replace(a.attname, '_id$', '') AND r.relnamespace = c.relnamespace
	WHERE a.attname LIKE '%\_id' AND a.attgenerated = '' AND c.relname <> 'event' AND NOT EXISTS (
		SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey))$$), '',
	'every column that names a row is held by a foreign key, except the log''s');

SELECT t.is(t.query($$
	SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND c.relkind IN ('c', 'v')
		AND coalesce(col_description(c.oid, a.attnum), '') !~ '\.$'$$), '',
	'every field of a result or a view has a COMMENT');

SELECT t.is(t.query($$
	SELECT c.relname FROM t.tab c WHERE coalesce(obj_description(c.oid, 'pg_class'), '') = ''$$), '',
	'every table has a COMMENT');

SELECT t.is(t.query($$
	SELECT c.relname, a.attname FROM t.tab c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE coalesce(col_description(c.oid, a.attnum), '') = ''$$), '',
	'every column has a COMMENT');

SELECT t.is(t.query($$
	SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM t.tab c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		JOIN pg_type y ON y.oid = a.atttypid
	WHERE y.typnamespace <> 'pg_catalog'::regnamespace$$), '',
	'the columns have core types only: DROP EXTENSION drops columns of others');

SELECT t.is(t.query($$
	SELECT c.relname FROM t.tab c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'
	WHERE a.atttypid <> 'uuid'::regtype$$), '',
	'ids are uuid');

SELECT t.is(t.query($$
	SELECT c.relname, a.attname FROM t.tab c JOIN pg_attribute a ON a.attrelid = c.oid
	WHERE a.attname ~ '_at$' AND a.atttypid <> 'timestamptz'::regtype$$), '',
	'times are timestamptz');

-- Constraints, indexes and generated columns that call the extension would go
-- with it, and close nothing any more; triggers, defaults, policies and views may.
SELECT t.is(t.query($$
	SELECT d.classid::regclass, d.objid FROM pg_depend d JOIN t.member m ON m.classid = d.refclassid AND m.objid = d.refobjid
	WHERE d.deptype = 'n' AND d.classid NOT IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_trigger'::regclass,
		'pg_policy'::regclass, 'pg_rewrite'::regclass) AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (
			SELECT y.typrelid FROM pg_type y JOIN t.member n ON n.objid = y.oid))
		AND NOT EXISTS (SELECT FROM pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
			WHERE f.oid = d.objid AND d.classid = 'pg_attrdef'::regclass AND a.attgenerated = '')$$), '',
	'only triggers, defaults, policies and views use the extension''s functions');

SELECT t.is(t.query($$
	SELECT p.polname FROM pg_policy p JOIN t.tab c ON c.oid = p.polrelid WHERE NOT p.polpermissive$$), '',
	'policies are permissive, so that losing them closes');

SELECT t.is(t.query($$
	SELECT count(DISTINCT c.relowner) FROM t.tab c$$), '1', 'the tables belong to one role');

SELECT t.is(t.query($$
	SELECT c.relname FROM t.tab c WHERE c.relpersistence <> 'p'$$), '', 'no table is unlogged');

SELECT t.is(t.query($$
	SELECT c.relname, k.conname FROM t.tab c JOIN pg_constraint k ON k.conrelid = c.oid
	WHERE NOT k.convalidated OR k.condeferrable$$), '', 'every constraint is valid and checked at once');

SELECT t.is(t.query($$
	SELECT c.relname, k.conname FROM t.tab c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
	WHERE c.relname IN ('working_hours', 'date_override', 'service_provider') AND NOT EXISTS (
		SELECT FROM pg_index i WHERE i.indrelid = c.oid AND k.conkey[1] = i.indkey[0])$$), '',
	'the keys of the hours and offers have an index: providers and services are deleted with them');

SELECT * FROM t.finish();
ROLLBACK;
