-- Step 2: what 0.2.0 changes about the tables. A fresh install takes it too, so
-- that there is one road to each version. Rows are changed by schema_as_owner(),
-- because the tables' owner may have hung triggers on them.
CREATE FUNCTION quickbook.schema_step_2() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $step$
BEGIN
	-- Ordinary columns: a publication of a table with generated columns in its key
	-- stops every UPDATE and DELETE from PostgreSQL 18 on, and its subscriber before.
	ALTER TABLE quickbook.allocation
		ALTER COLUMN owner_id DROP EXPRESSION,
		ALTER COLUMN calendar_id DROP EXPRESSION,
		DROP CONSTRAINT allocation_has_one_owner_one_calendar_and_a_finite_length,
		ADD CONSTRAINT allocation_has_one_owner_one_calendar_and_a_finite_length CHECK (
			(appointment_id IS NULL) <> (session_id IS NULL) AND (provider_id IS NULL) <> (patient_id IS NULL)
			AND owner_id = coalesce(appointment_id, session_id) AND calendar_id = coalesce(provider_id, patient_id)
			AND lane >= 0 AND starts_at < ends_at AND isfinite(starts_at) AND isfinite(ends_at));

	-- Whose a key is; '' for those of 0.1.0, which were the clinic's.
	ALTER TABLE quickbook.appointment ADD COLUMN idempotency_scope text NOT NULL DEFAULT '';
	DROP INDEX quickbook.appointment_clinic_id_idempotency_key_idx;
	CREATE UNIQUE INDEX appointment_clinic_id_idempotency_key_idx
		ON quickbook.appointment (clinic_id, idempotency_key, idempotency_scope) WHERE idempotency_key IS NOT NULL;

	-- How many holds may be live at once.
	ALTER TABLE quickbook.clinic
		ADD COLUMN max_anonymous_holds integer NOT NULL DEFAULT 50
			CONSTRAINT clinic_max_anonymous_holds_is_not_negative CHECK (max_anonymous_holds >= 0),
		ADD COLUMN max_patient_holds integer NOT NULL DEFAULT 5
			CONSTRAINT clinic_max_patient_holds_is_not_negative CHECK (max_patient_holds >= 0);
	ALTER TABLE quickbook.service
		ADD COLUMN max_anonymous_holds integer
			CONSTRAINT service_max_anonymous_holds_is_not_negative CHECK (max_anonymous_holds >= 0);

	-- What every call asks for, once it is clear who calls. Roles that were dropped
	-- or left behind by a dump leave their policies to tell.
	PERFORM quickbook.schema_as_owner(
		'ALTER TABLE quickbook.schema_version ADD COLUMN roles_in_use boolean NOT NULL DEFAULT false');

	PERFORM quickbook.schema_as_owner(format(
		'UPDATE quickbook.schema_version SET version = 2, installed_at = statement_timestamp(), roles_in_use = %L',
		EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
			WHERE c.relnamespace = 'quickbook'::regnamespace AND p.polname IN ('quickbook_staff', 'quickbook_patient'))
		OR coalesce(has_schema_privilege(to_regrole('quickbook_staff')::oid, 'quickbook', 'USAGE'), false)));
END
$step$;

COMMENT ON FUNCTION quickbook.schema_step_2() IS
'Takes the tables from version 1 to version 2. Called by migrate() only.';
