--
-- Appointments: their result, the functions that write them, get_appointment() and
-- list_appointments().
--

CREATE TYPE quickbook.appointment_info AS (
	id uuid,
	clinic_id uuid,
	patient_id uuid,
	service_id uuid,
	provider_id uuid,
	session_id uuid,
	seat integer,
	status text,
	starts_at timestamptz,
	ends_at timestamptz,
	expires_at timestamptz,
	version integer,
	sequence integer,
	idempotency_key text,
	notes text,
	details jsonb,
	created_at timestamptz,
	updated_at timestamptz,
	cancel_reason text,
	cancelled_by text,
	late boolean,
	hold_token text
);

COMMENT ON TYPE quickbook.appointment_info IS
'An appointment as the functions return it.

The columns are those of the table quickbook.appointment, by the same names.
hold_token is set in the result of hold_appointment only.';
SELECT quickbook_internal.schema_comment_columns('appointment_info', 'appointment');

CREATE FUNCTION quickbook.create_appointment(
	patient_id uuid,
	provider_id uuid,
	service_id uuid,
	starts_at timestamptz,
	idempotency_key text DEFAULT NULL,
	notes text DEFAULT NULL,
	details jsonb DEFAULT NULL,
	override text[] DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_create_appointment';

COMMENT ON FUNCTION quickbook.create_appointment(uuid, uuid, uuid, timestamptz, text, text, jsonb, text[]) IS
'Books the service for the patient at starts_at; provider_id NULL takes any provider who is free.

The status is booked, or pending if the service requires approval. The same
idempotency_key gives the first call''s appointment again; a key, of at most 255
bytes, is the caller''s own. notes have at most 10,000 characters, details 64 kB
as text. Staff may name rules to set aside in override: grid, notice, hours,
horizon, limit, policy. Errors: slot_taken, patient_busy, session_full (23P01),
outside_hours, off_grid, too_soon, beyond_horizon, limit_reached, policy_refused
(23QB1 to 23QB6), idempotency_conflict (23505), not_found (P0002), not_allowed
(42501), invalid_argument (22023).';

CREATE FUNCTION quickbook.create_appointment_local(
	patient_id uuid,
	provider_id uuid,
	service_id uuid,
	local_date date,
	local_time time,
	idempotency_key text DEFAULT NULL,
	override text[] DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_create_appointment_local';

COMMENT ON FUNCTION quickbook.create_appointment_local(uuid, uuid, uuid, date, time, text, text[]) IS
'Books as create_appointment does, by a local date and time, read in the zone of the provider (without one, of the clinic).

A time that does not exist on that date, or exists twice, because the clocks
change is refused with invalid_argument (22023). Errors: as create_appointment.';

CREATE FUNCTION quickbook.hold_appointment(
	patient_id uuid,
	provider_id uuid,
	service_id uuid,
	starts_at timestamptz,
	idempotency_key text DEFAULT NULL,
	notes text DEFAULT NULL,
	details jsonb DEFAULT NULL,
	hold_for interval DEFAULT NULL,
	override text[] DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_hold_appointment';

COMMENT ON FUNCTION quickbook.hold_appointment(uuid, uuid, uuid, timestamptz, text, text, jsonb, interval, text[]) IS
'Takes the time for a while: an appointment with status held, until expires_at.

It lasts hold_for, by default the service''s. From expires_at on it blocks
nobody. patient_id may be NULL: then hold_token in the result is what
confirm_appointment must be given. Who is not signed in and gives an
idempotency_key makes it random, of at least 22 characters, because repeating it
gives the token. The clinic says how many holds may be live at once:
max_patient_holds of a patient, max_anonymous_holds without one, by patients and
who is not signed in; one more is limit_reached (23QB5). Errors: as
create_appointment.';

CREATE FUNCTION quickbook.confirm_appointment(
	appointment_id uuid,
	patient_id uuid DEFAULT NULL,
	hold_token text DEFAULT NULL,
	expected_version integer DEFAULT NULL,
	override text[] DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_confirm_appointment';

COMMENT ON FUNCTION quickbook.confirm_appointment(uuid, uuid, text, integer, text[]) IS
'Makes a hold booked (pending if the service requires approval), or a pending appointment booked.

A hold without patient needs patient_id and the hold_token that hold_appointment
returned. An expired hold is confirmed if its time is still free and to come.
Only staff confirm what is pending; if pending ones take no time, the first that
is confirmed gets it. Errors: not_found (P0002), hold_expired (23QB9),
slot_taken, patient_busy, session_full (23P01), limit_reached (23QB5),
invalid_transition (23QB7), stale_version (23QB8), not_allowed (42501),
invalid_argument (22023).';

CREATE FUNCTION quickbook.decline_appointment(
	appointment_id uuid,
	reason text DEFAULT NULL,
	expected_version integer DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_decline_appointment';

COMMENT ON FUNCTION quickbook.decline_appointment(uuid, text, integer) IS
'Refuses a pending appointment, which is cancelled.

For staff and providers. Errors: not_found (P0002), invalid_transition (23QB7)
when it is not pending, stale_version (23QB8), not_allowed (42501),
invalid_argument (22023).';

CREATE FUNCTION quickbook.reschedule_appointment(
	appointment_id uuid,
	starts_at timestamptz,
	provider_id uuid DEFAULT NULL,
	expected_version integer DEFAULT NULL,
	override text[] DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_reschedule_appointment';

COMMENT ON FUNCTION quickbook.reschedule_appointment(uuid, timestamptz, uuid, integer, text[]) IS
'Moves a held, pending or booked appointment to another time, and to another provider if provider_id is given.

The id stays, sequence is raised by one. All or nothing: if the new time is
taken, the old one is kept. Roles keep their providers where they can. Patients
may move it until the service''s reschedule_notice before it starts. Errors: as
create_appointment, invalid_transition (23QB7), stale_version (23QB8),
hold_expired (23QB9).';

CREATE FUNCTION quickbook.cancel_appointment(
	appointment_id uuid,
	reason text DEFAULT NULL,
	expected_version integer DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_cancel_appointment';

COMMENT ON FUNCTION quickbook.cancel_appointment(uuid, text, integer) IS
'Cancels an appointment and frees its time.

late tells whether it was inside the service''s cancel_notice; patients may not
cancel then. Cancelling what is cancelled returns it unchanged. Errors:
not_found (P0002), policy_refused (23QB6), invalid_transition (23QB7),
stale_version (23QB8), not_allowed (42501), invalid_argument (22023).';

CREATE FUNCTION quickbook.set_appointment_status(
	appointment_id uuid,
	status text,
	expected_version integer DEFAULT NULL,
	override text[] DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_set_appointment_status';

COMMENT ON FUNCTION quickbook.set_appointment_status(uuid, text, integer, text[]) IS
'Moves an appointment along: held, pending, booked, arrived, checked-in, fulfilled; cancelled, noshow, entered-in-error.

Steps may be skipped, forward only. Setting arrived, checked-in, fulfilled,
noshow or cancelled back to booked undoes it and takes what is left of the time
again, if it is free. noshow only from starts_at on; it gives back what is left
of the time. The codes are FHIR R5''s Appointment.status. Errors: not_found
(P0002), invalid_transition (23QB7), stale_version (23QB8), slot_taken,
patient_busy, session_full (23P01), limit_reached (23QB5), not_allowed (42501),
invalid_argument (22023).';

CREATE FUNCTION quickbook.update_appointment(
	appointment_id uuid,
	notes text DEFAULT NULL,
	details jsonb DEFAULT NULL,
	expected_version integer DEFAULT NULL)
	RETURNS quickbook.appointment_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_update_appointment';

COMMENT ON FUNCTION quickbook.update_appointment(uuid, text, jsonb, integer) IS
'Changes the notes and details of an appointment; NULL leaves them as they are.

An update that changes nothing raises no version and writes no event. Errors:
not_found (P0002), stale_version (23QB8), not_allowed (42501), invalid_argument
(22023).';

CREATE FUNCTION quickbook.get_appointment(appointment_id uuid)
	RETURNS quickbook.appointment_info
	LANGUAGE C STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_get_appointment';

COMMENT ON FUNCTION quickbook.get_appointment(uuid) IS
'The appointment with that id.

Errors: not_found (P0002), not_allowed (42501) for one that you may not see,
invalid_argument (22023) for NULL.';

CREATE FUNCTION quickbook.list_appointments(
	from_time timestamptz DEFAULT NULL,
	to_time timestamptz DEFAULT NULL,
	provider_id uuid DEFAULT NULL,
	patient_id uuid DEFAULT NULL,
	status text DEFAULT NULL)
	RETURNS SETOF quickbook.appointment_info
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_list_appointments';

COMMENT ON FUNCTION quickbook.list_appointments(timestamptz, timestamptz, uuid, uuid, text) IS
'The appointments that start in [from_time, to_time), by starts_at, then id.

NULL asks for any. provider_id finds a provider in any role. More rows than
quickbook.max_rows (for patients max_rows_patient) are invalid_argument: ask for a
shorter span. Errors: invalid_argument (22023), not_allowed (42501).';
