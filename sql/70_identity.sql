--
-- Who is calling, and what of others that shows.  Not in parallel queries: who loads the library in the middle
-- of one would lose the settings of the session.
--

CREATE TYPE quickbook.caller_info AS (
	kind text,
	account_id text,
	clinic_id uuid,
	provider_id uuid,
	patient_id uuid,
	database_role text
);

COMMENT ON TYPE quickbook.caller_info IS
'Who calls, as every function sees it.

kind is admin, staff, provider, patient or anon. account_id is the token''s
claim sub. Staff without clinic_id are every clinic''s.';
SELECT quickbook_internal.schema_comment_columns('caller_info', 'account', ARRAY[
	['kind', 'admin, staff, provider, patient or anon.'],
	['account_id', 'Claim sub of the token (RFC 7519, section 4.1.2).'],
	['clinic_id', 'The clinic of the caller; NULL for staff of all clinics.'],
	['patient_id', 'As whom a patient acts.'],
	['database_role', 'The role that called.']]);

CREATE FUNCTION quickbook.whoami()
	RETURNS quickbook.caller_info
	LANGUAGE C STABLE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_whoami';

COMMENT ON FUNCTION quickbook.whoami() IS
'Who you are to quickbook, and what you may do by that.

By the token that authenticate() was given in this transaction; else by the
claims of a trusted gateway; else by the database role. Error: not_allowed
(42501) for claims that cannot be read.';

CREATE FUNCTION quickbook.managed_clinics() RETURNS uuid[]
	LANGUAGE C STABLE COST 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_managed_clinics';

COMMENT ON FUNCTION quickbook.managed_clinics() IS
'The clinics whose staff you are: your own, all of them for staff who are of none, none for others.

Used by the policies of row security. Error: as whoami().';

CREATE FUNCTION quickbook.sees_appointment(appointment_id uuid) RETURNS boolean
	LANGUAGE C STABLE COST 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_sees_appointment';

COMMENT ON FUNCTION quickbook.sees_appointment(uuid) IS
'Whether you may see an appointment: your own, on your calendar, or of your clinic if you are staff.

What get_appointment() would give. False also for an id that does not exist;
used by the policies of row security. Error: as whoami().';
