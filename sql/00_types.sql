--
-- Types that the functions return.  The tables of install() use core types
-- only, so that dropping the extension drops no column.
--

COMMENT ON SCHEMA quickbook IS
'quickbook

Free time, appointments that cannot overlap, and a log of what happened.

Sign in with sign_in() and send the token that it returns. Find a time with
available_slots() or next_slots() and book it with create_appointment(), or with
hold_appointment() and then confirm_appointment(). An error says what it is in
the first word of its message; its details are JSON, its hint what to do next.';

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
