--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: quickbook; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA quickbook;


ALTER SCHEMA quickbook OWNER TO postgres;

--
-- Name: SCHEMA quickbook; Type: COMMENT; Schema: -; Owner: postgres
--

COMMENT ON SCHEMA quickbook IS 'quickbook

Free time, appointments that cannot overlap, and a log of what happened.

Sign in with sign_in() and send the token that it returns. Find a time with
available_slots() or next_slots() and book it with create_appointment(), or with
hold_appointment() and then confirm_appointment(). An error says what it is in
the first word of its message; its details are JSON, its hint what to do next.';


--
-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;


--
-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';


--
-- Name: pgcrypto; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;


--
-- Name: EXTENSION pgcrypto; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';


--
-- Name: quickbook; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS quickbook WITH SCHEMA quickbook;


--
-- Name: EXTENSION quickbook; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION quickbook IS 'booking engine: free time, bookings that cannot overlap, and a log of what happened';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: account; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.account (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    email text NOT NULL,
    password_hash text,
    role text DEFAULT 'patient'::text NOT NULL,
    patient_id uuid,
    provider_id uuid,
    disabled boolean DEFAULT false NOT NULL,
    email_verified_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone,
    profile jsonb,
    valid_after timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    last_sign_in_at timestamp with time zone,
    CONSTRAINT account_email_has_an_at_sign_and_no_spaces CHECK (((email ~ '^[^@\s[:cntrl:]]+@[^@\s[:cntrl:]]+$'::text) AND (length(email) <= 254))),
    CONSTRAINT account_failures_is_not_negative CHECK ((failures >= 0)),
    CONSTRAINT account_names_whom_its_role_says CHECK ((((provider_id IS NOT NULL) = (role = 'provider'::text)) AND ((patient_id IS NULL) OR (role = 'patient'::text)) AND ((patient_id IS NOT NULL) OR (role <> 'patient'::text) OR (email_verified_at IS NULL)))),
    CONSTRAINT account_password_hash_is_bcrypt CHECK ((password_hash ~ '^\$2[ax]\$(0[4-9]|[12][0-9]|3[01])\$[./0-9A-Za-z]{53}$'::text)),
    CONSTRAINT account_role_is_known CHECK ((role = ANY (ARRAY['patient'::text, 'provider'::text, 'staff'::text, 'admin'::text]))),
    CONSTRAINT account_that_is_verified_has_a_password CHECK (((password_hash IS NOT NULL) OR (email_verified_at IS NULL)))
);


ALTER TABLE quickbook.account OWNER TO clinic_owner;

--
-- Name: TABLE account; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.account IS 'A login: email and password, acting as patient, provider, staff or admin. Written by the functions only.';


--
-- Name: COLUMN account.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.id IS 'Claim sub of its tokens.';


--
-- Name: COLUMN account.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.clinic_id IS 'The clinic.';


--
-- Name: COLUMN account.email; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.email IS 'Compared without case; unique in the clinic once it is verified.';


--
-- Name: COLUMN account.password_hash; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.password_hash IS 'bcrypt, by pgcrypto; NULL until an invitation is accepted.';


--
-- Name: COLUMN account.role; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.role IS 'patient, provider, staff or admin.';


--
-- Name: COLUMN account.patient_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.patient_id IS 'As whom a patient acts; made when the address of a sign-up is verified.';


--
-- Name: COLUMN account.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.provider_id IS 'As whom a provider acts.';


--
-- Name: COLUMN account.disabled; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.disabled IS 'May not sign in.';


--
-- Name: COLUMN account.email_verified_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.email_verified_at IS 'When the address was proved; nobody signs in before.';


--
-- Name: COLUMN account.failures; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.failures IS 'Wrong passwords since the last right one.';


--
-- Name: COLUMN account.locked_until; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.locked_until IS 'Until then no password is right.';


--
-- Name: COLUMN account.profile; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.profile IS 'What sign_up() was told, for the row of patient; NULL from then on.';


--
-- Name: COLUMN account.valid_after; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.valid_after IS 'Tokens issued before are refused by authenticate().';


--
-- Name: COLUMN account.created_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.created_at IS 'When it was made.';


--
-- Name: COLUMN account.last_sign_in_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account.last_sign_in_at IS 'When somebody last signed in.';


--
-- Name: account_token; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.account_token (
    token_hash bytea NOT NULL,
    clinic_id uuid NOT NULL,
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT account_token_hash_is_sha256 CHECK ((octet_length(token_hash) = 32)),
    CONSTRAINT account_token_purpose_is_known CHECK ((purpose = ANY (ARRAY['verify_email'::text, 'password_reset'::text, 'invitation'::text])))
);


ALTER TABLE quickbook.account_token OWNER TO clinic_owner;

--
-- Name: TABLE account_token; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.account_token IS 'Tokens sent by mail that are good for one use. Written by the functions only.';


--
-- Name: COLUMN account_token.token_hash; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account_token.token_hash IS 'SHA-256 of the token.';


--
-- Name: COLUMN account_token.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account_token.clinic_id IS 'The clinic.';


--
-- Name: COLUMN account_token.account_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account_token.account_id IS 'Whose token.';


--
-- Name: COLUMN account_token.purpose; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account_token.purpose IS 'verify_email, password_reset or invitation.';


--
-- Name: COLUMN account_token.created_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account_token.created_at IS 'When its mail was claimed.';


--
-- Name: COLUMN account_token.expires_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.account_token.expires_at IS 'From then on it is good for nothing.';


--
-- Name: allocation; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.allocation (
    clinic_id uuid NOT NULL,
    appointment_id uuid,
    session_id uuid,
    owner_id uuid GENERATED ALWAYS AS (COALESCE(appointment_id, session_id)) STORED NOT NULL,
    provider_id uuid,
    patient_id uuid,
    calendar_id uuid GENERATED ALWAYS AS (COALESCE(provider_id, patient_id)) STORED NOT NULL,
    lane smallint DEFAULT 0 NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT allocation_has_one_owner_one_calendar_and_a_finite_length CHECK ((((appointment_id IS NULL) <> (session_id IS NULL)) AND ((provider_id IS NULL) <> (patient_id IS NULL)) AND (lane >= 0) AND (starts_at < ends_at) AND isfinite(starts_at) AND isfinite(ends_at)))
);


ALTER TABLE quickbook.allocation OWNER TO clinic_owner;

--
-- Name: TABLE allocation; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.allocation IS 'The time that an appointment or session takes on one calendar, buffers included. Rows exist only while they block. Written by the functions only.';


--
-- Name: COLUMN allocation.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.clinic_id IS 'The clinic.';


--
-- Name: COLUMN allocation.appointment_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.appointment_id IS 'Whose time, unless a session''s.';


--
-- Name: COLUMN allocation.session_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.session_id IS 'Whose time, unless an appointment''s.';


--
-- Name: COLUMN allocation.owner_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.owner_id IS 'appointment_id or session_id.';


--
-- Name: COLUMN allocation.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.provider_id IS 'On whose calendar, unless a patient''s.';


--
-- Name: COLUMN allocation.patient_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.patient_id IS 'On whose calendar, unless a provider''s.';


--
-- Name: COLUMN allocation.calendar_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.calendar_id IS 'provider_id or patient_id.';


--
-- Name: COLUMN allocation.lane; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.lane IS 'Which of the provider''s parallel places, from 0.';


--
-- Name: COLUMN allocation.starts_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.starts_at IS 'Start of the occupied time: of the buffer, for providers.';


--
-- Name: COLUMN allocation.ends_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.ends_at IS 'End of the occupied time, exclusive.';


--
-- Name: COLUMN allocation.expires_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.allocation.expires_at IS 'The hold''s expiry; from then on the row does not block.';


--
-- Name: appointment; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.appointment (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    patient_id uuid,
    service_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    session_id uuid,
    seat integer,
    status text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    sequence integer DEFAULT 0 NOT NULL,
    idempotency_key text,
    notes text,
    details jsonb,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    cancel_reason text,
    cancelled_by text,
    late boolean,
    hold_token text,
    request_hash bytea,
    CONSTRAINT appointment_columns_agree_with_its_status CHECK (((((expires_at IS NULL) AND (patient_id IS NOT NULL)) OR (status ~ '^(held|cancelled|entered-in-error)$'::text)) AND ((expires_at IS NOT NULL) OR (status <> 'held'::text)) AND COALESCE((cancelled_by ~ '^(patient|provider|staff|system)$'::text), (status <> 'cancelled'::text)))),
    CONSTRAINT appointment_seat_and_key_are_whole CHECK ((((session_id IS NULL) = (seat IS NULL)) AND ((idempotency_key IS NULL) = (request_hash IS NULL)))),
    CONSTRAINT appointment_starts_before_it_ends CHECK (((starts_at < ends_at) AND isfinite(starts_at) AND isfinite(ends_at))),
    CONSTRAINT appointment_status_is_known CHECK ((status ~ '^(held|pending|booked|arrived|checked-in|fulfilled|cancelled|noshow|entered-in-error)$'::text))
);


ALTER TABLE quickbook.appointment OWNER TO clinic_owner;

--
-- Name: TABLE appointment; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.appointment IS 'Every appointment, also past and cancelled ones. Written by the functions only.';


--
-- Name: COLUMN appointment.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.id IS 'Stays the same when rescheduled.';


--
-- Name: COLUMN appointment.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.clinic_id IS 'The clinic.';


--
-- Name: COLUMN appointment.patient_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.patient_id IS 'Whom it is for; NULL while a hold has no patient.';


--
-- Name: COLUMN appointment.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.service_id IS 'What is booked.';


--
-- Name: COLUMN appointment.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.provider_id IS 'The provider of the lead role.';


--
-- Name: COLUMN appointment.session_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.session_id IS 'Its group session.';


--
-- Name: COLUMN appointment.seat; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.seat IS 'Its seat in the session, from 1.';


--
-- Name: COLUMN appointment.status; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.status IS 'FHIR R5 Appointment.status, or held.';


--
-- Name: COLUMN appointment.starts_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.starts_at IS 'Start without buffer.';


--
-- Name: COLUMN appointment.ends_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.ends_at IS 'End without buffer, exclusive.';


--
-- Name: COLUMN appointment.expires_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.expires_at IS 'When a hold ends by itself; kept when it has.';


--
-- Name: COLUMN appointment.version; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.version IS 'Raised by every change; see expected_version.';


--
-- Name: COLUMN appointment.sequence; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.sequence IS 'Raised by rescheduling: iCalendar''s SEQUENCE (RFC 5545, section 3.8.7.4).';


--
-- Name: COLUMN appointment.idempotency_key; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.idempotency_key IS 'The creating call''s key, unique in the clinic.';


--
-- Name: COLUMN appointment.notes; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.notes IS 'Free text.';


--
-- Name: COLUMN appointment.details; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.details IS 'The app''s own data.';


--
-- Name: COLUMN appointment.created_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.created_at IS 'When it was made.';


--
-- Name: COLUMN appointment.updated_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.updated_at IS 'When it last changed.';


--
-- Name: COLUMN appointment.cancel_reason; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.cancel_reason IS 'Free text.';


--
-- Name: COLUMN appointment.cancelled_by; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.cancelled_by IS 'patient, provider, staff or system.';


--
-- Name: COLUMN appointment.late; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.late IS 'Cancelled inside the service''s cancel_notice.';


--
-- Name: COLUMN appointment.hold_token; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.hold_token IS 'What the confirmation of a hold without patient must give.';


--
-- Name: COLUMN appointment.request_hash; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment.request_hash IS 'SHA-256 of the creating call''s arguments, to tell a repeat from a reused key.';


--
-- Name: appointment_resource; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.appointment_resource (
    appointment_id uuid NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    provider_id uuid NOT NULL,
    clinic_id uuid NOT NULL
);


ALTER TABLE quickbook.appointment_resource OWNER TO clinic_owner;

--
-- Name: TABLE appointment_resource; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.appointment_resource IS 'Who and what was booked, one row per role, kept after cancelling. Written by the functions only.';


--
-- Name: COLUMN appointment_resource.appointment_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment_resource.appointment_id IS 'The appointment.';


--
-- Name: COLUMN appointment_resource.role; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment_resource.role IS 'The role that is filled.';


--
-- Name: COLUMN appointment_resource.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment_resource.provider_id IS 'Who fills it.';


--
-- Name: COLUMN appointment_resource.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.appointment_resource.clinic_id IS 'The clinic.';


--
-- Name: booking_limit; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.booking_limit (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    service_id uuid,
    provider_id uuid,
    per_patient boolean DEFAULT false NOT NULL,
    period text NOT NULL,
    max_count integer,
    max_time interval,
    CONSTRAINT booking_limit_has_max_count_or_max_time CHECK ((num_nonnulls(max_count, max_time) > 0)),
    CONSTRAINT booking_limit_max_count_is_not_negative CHECK ((max_count >= 0)),
    CONSTRAINT booking_limit_max_time_is_fixed_and_not_negative CHECK (((EXTRACT(year FROM max_time) = (0)::numeric) AND (EXTRACT(month FROM max_time) = (0)::numeric) AND ((EXTRACT(epoch FROM max_time) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM max_time) >= (0)::numeric) AND (EXTRACT(epoch FROM max_time) <= (31622400)::numeric)))),
    CONSTRAINT booking_limit_period_is_day_week_month_year_or_upcoming CHECK ((period = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'year'::text, 'upcoming'::text])))
);


ALTER TABLE quickbook.booking_limit OWNER TO clinic_owner;

--
-- Name: TABLE booking_limit; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.booking_limit IS 'How much may be booked in a period.';


--
-- Name: COLUMN booking_limit.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.booking_limit.id IS 'Filled in when left out.';


--
-- Name: COLUMN booking_limit.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.booking_limit.clinic_id IS 'Filled in from the service or the provider.';


--
-- Name: COLUMN booking_limit.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.booking_limit.service_id IS 'Counts this service only; NULL: all together.';


--
-- Name: COLUMN booking_limit.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.booking_limit.provider_id IS 'Counts this lead provider only; NULL: all together.';


--
-- Name: COLUMN booking_limit.per_patient; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.booking_limit.per_patient IS 'Each patient counts alone.';


--
-- Name: COLUMN booking_limit.period; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.booking_limit.period IS 'day, week, month, year, or upcoming: live future appointments.';


--
-- Name: COLUMN booking_limit.max_count; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.booking_limit.max_count IS 'At most so many appointments.';


--
-- Name: COLUMN booking_limit.max_time; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.booking_limit.max_time IS 'At most so much time.';


--
-- Name: busy_time; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.busy_time (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    during tstzrange NOT NULL,
    source text,
    uid text,
    CONSTRAINT busy_time_during_is_bounded CHECK ((isfinite(lower(during)) AND isfinite(upper(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT busy_time_during_is_half_open CHECK ((isempty(during) OR lower_inf(during) OR upper_inf(during) OR (lower_inc(during) AND (NOT upper_inc(during))))),
    CONSTRAINT busy_time_during_is_not_empty CHECK ((NOT isempty(during)))
);


ALTER TABLE quickbook.busy_time OWNER TO clinic_owner;

--
-- Name: TABLE busy_time; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.busy_time IS 'Time taken in other calendars.';


--
-- Name: COLUMN busy_time.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.busy_time.id IS 'Filled in when left out.';


--
-- Name: COLUMN busy_time.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.busy_time.clinic_id IS 'Filled in from the provider.';


--
-- Name: COLUMN busy_time.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.busy_time.provider_id IS 'Who is busy.';


--
-- Name: COLUMN busy_time.during; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.busy_time.during IS 'Half-open [start, end), bounded.';


--
-- Name: COLUMN busy_time.source; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.busy_time.source IS 'The other calendar.';


--
-- Name: COLUMN busy_time.uid; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.busy_time.uid IS 'UID of the event there.';


--
-- Name: clinic; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.clinic (
    id uuid NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    week_start smallint DEFAULT 1 NOT NULL,
    anonymous_holds boolean DEFAULT false NOT NULL,
    CONSTRAINT clinic_week_start_is_1_monday_to_7_sunday CHECK (((week_start >= 1) AND (week_start <= 7)))
);


ALTER TABLE quickbook.clinic OWNER TO clinic_owner;

--
-- Name: TABLE clinic; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.clinic IS 'The tenant: owns providers, services and patients.';


--
-- Name: COLUMN clinic.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.clinic.id IS 'Its last 16 bits are the last 16 bits of the id of everything that belongs to the clinic.';


--
-- Name: COLUMN clinic.name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.clinic.name IS 'Shown to people.';


--
-- Name: COLUMN clinic.time_zone; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.clinic.time_zone IS 'IANA zone in which local times are read unless provider or travel says otherwise.';


--
-- Name: COLUMN clinic.week_start; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.clinic.week_start IS 'First day of the week, ISO 8601: 1 Monday to 7 Sunday. Decides where weeks begin for every_weeks and for limits.';


--
-- Name: COLUMN clinic.anonymous_holds; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.clinic.anonymous_holds IS 'Whether who is not signed in may hold a slot, without a patient.';


--
-- Name: consumer; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.consumer (
    name text NOT NULL,
    "position" bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    acked_at timestamp with time zone,
    CONSTRAINT consumer_name_is_not_empty CHECK ((name <> ''::text)),
    CONSTRAINT consumer_position_is_not_negative CHECK (("position" >= 0))
);


ALTER TABLE quickbook.consumer OWNER TO clinic_owner;

--
-- Name: TABLE consumer; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.consumer IS 'Who reads the event log, and how far. Written by the functions only.';


--
-- Name: COLUMN consumer.name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.consumer.name IS 'Chosen by create_consumer().';


--
-- Name: COLUMN consumer."position"; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.consumer."position" IS 'The last event.position that was acknowledged.';


--
-- Name: COLUMN consumer.created_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.consumer.created_at IS 'When it was made.';


--
-- Name: COLUMN consumer.acked_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.consumer.acked_at IS 'When it last acknowledged something.';


--
-- Name: date_override; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.date_override (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    service_id uuid,
    on_date date NOT NULL,
    start_time time without time zone,
    end_time time without time zone,
    CONSTRAINT date_override_end_time_is_not_start_time CHECK ((end_time <> start_time)),
    CONSTRAINT date_override_has_both_times_or_none_when_closed CHECK (((start_time IS NULL) = (end_time IS NULL))),
    CONSTRAINT date_override_on_date_is_finite CHECK (isfinite(on_date)),
    CONSTRAINT date_override_start_time_is_before_24_00 CHECK ((start_time < '24:00:00'::time without time zone))
);


ALTER TABLE quickbook.date_override OWNER TO clinic_owner;

--
-- Name: TABLE date_override; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.date_override IS 'The hours of one date, instead of the working hours.';


--
-- Name: COLUMN date_override.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.date_override.id IS 'Filled in when left out.';


--
-- Name: COLUMN date_override.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.date_override.clinic_id IS 'Filled in from the provider.';


--
-- Name: COLUMN date_override.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.date_override.provider_id IS 'Whose hours.';


--
-- Name: COLUMN date_override.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.date_override.service_id IS 'For this service only; NULL: for all.';


--
-- Name: COLUMN date_override.on_date; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.date_override.on_date IS 'The local date.';


--
-- Name: COLUMN date_override.start_time; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.date_override.start_time IS 'Local time; NULL with end_time: closed.';


--
-- Name: COLUMN date_override.end_time; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.date_override.end_time IS 'Local time; before start_time it is on the next day.';


--
-- Name: event; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.event (
    id uuid NOT NULL,
    seq bigint NOT NULL,
    clinic_id uuid NOT NULL,
    type text NOT NULL,
    subject uuid NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    data jsonb NOT NULL,
    "position" bigint
);


ALTER TABLE quickbook.event OWNER TO clinic_owner;

--
-- Name: TABLE event; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.event IS 'The durable log of what happened. Written by the functions only.';


--
-- Name: COLUMN event.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event.id IS 'CloudEvents id.';


--
-- Name: COLUMN event.seq; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event.seq IS 'Order of insertion.';


--
-- Name: COLUMN event.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event.clinic_id IS 'The clinic.';


--
-- Name: COLUMN event.type; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event.type IS 'CloudEvents type, such as appointment.booked.';


--
-- Name: COLUMN event.subject; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event.subject IS 'Id of the appointment that it is about.';


--
-- Name: COLUMN event.occurred_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event.occurred_at IS 'When it happened.';


--
-- Name: COLUMN event.data; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event.data IS 'The appointment after the change, with keys changed (the old values) and actor (who did it).';


--
-- Name: COLUMN event."position"; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event."position" IS 'Place in commit order, given after commit; no gaps.';


--
-- Name: event_counter; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.event_counter (
    only_row boolean DEFAULT true NOT NULL,
    last_position bigint DEFAULT 0 NOT NULL,
    messages_position bigint DEFAULT 0 NOT NULL,
    CONSTRAINT event_counter_has_one_row CHECK (only_row)
);


ALTER TABLE quickbook.event_counter OWNER TO clinic_owner;

--
-- Name: TABLE event_counter; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.event_counter IS 'The last position that was given; one row, kept when events are purged.';


--
-- Name: COLUMN event_counter.only_row; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event_counter.only_row IS 'Always true.';


--
-- Name: COLUMN event_counter.last_position; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event_counter.last_position IS 'The highest event.position so far.';


--
-- Name: COLUMN event_counter.messages_position; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.event_counter.messages_position IS 'Up to here messages have been queued for events.';


--
-- Name: event_seq_seq; Type: SEQUENCE; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.event ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quickbook.event_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: message_template; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.message_template (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    name text NOT NULL,
    subject text,
    body text NOT NULL,
    CONSTRAINT message_template_body_is_not_empty CHECK ((body <> ''::text))
);


ALTER TABLE quickbook.message_template OWNER TO clinic_owner;

--
-- Name: TABLE message_template; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.message_template IS 'Texts of messages, with placeholders such as {{patient_name}}, {{date}} and {{time}}, filled in the patient''s zone and date format.';


--
-- Name: COLUMN message_template.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.message_template.id IS 'Filled in when left out.';


--
-- Name: COLUMN message_template.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.message_template.clinic_id IS 'Whose template.';


--
-- Name: COLUMN message_template.name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.message_template.name IS 'For people.';


--
-- Name: COLUMN message_template.subject; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.message_template.subject IS 'Of an email.';


--
-- Name: COLUMN message_template.body; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.message_template.body IS 'The message.';


--
-- Name: patient; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.patient (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    time_zone text,
    locale text,
    CONSTRAINT patient_email_has_an_at_sign_and_no_spaces CHECK (((email ~ '^[^@\s]+@[^@\s]+$'::text) AND (length(email) <= 254))),
    CONSTRAINT patient_phone_is_e164 CHECK ((phone ~ '^\+[1-9][0-9]{1,14}$'::text))
);


ALTER TABLE quickbook.patient OWNER TO clinic_owner;

--
-- Name: TABLE patient; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.patient IS 'Whom it is booked for.';


--
-- Name: COLUMN patient.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.patient.id IS 'Filled in when left out.';


--
-- Name: COLUMN patient.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.patient.clinic_id IS 'Whose patient.';


--
-- Name: COLUMN patient.name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.patient.name IS 'Full name.';


--
-- Name: COLUMN patient.email; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.patient.email IS 'Address for messages.';


--
-- Name: COLUMN patient.phone; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.patient.phone IS 'E.164: + and up to 15 digits.';


--
-- Name: COLUMN patient.time_zone; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.patient.time_zone IS 'IANA zone for messages; NULL: the clinic''s.';


--
-- Name: COLUMN patient.locale; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.patient.locale IS 'BCP 47 language tag for messages.';


--
-- Name: provider; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.provider (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    name text NOT NULL,
    kind text DEFAULT 'practitioner'::text NOT NULL,
    time_zone text,
    capacity integer DEFAULT 1 NOT NULL,
    open_always boolean DEFAULT false NOT NULL,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT provider_capacity_is_1_to_1000 CHECK (((capacity >= 1) AND (capacity <= 1000))),
    CONSTRAINT provider_kind_is_not_empty CHECK ((kind <> ''::text))
);


ALTER TABLE quickbook.provider OWNER TO clinic_owner;

--
-- Name: TABLE provider; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.provider IS 'Anything with a calendar that can be booked: a practitioner, a room, a device.';


--
-- Name: COLUMN provider.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.provider.id IS 'Filled in when left out.';


--
-- Name: COLUMN provider.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.provider.clinic_id IS 'Whose provider it is.';


--
-- Name: COLUMN provider.name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.provider.name IS 'Shown to people.';


--
-- Name: COLUMN provider.kind; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.provider.kind IS 'practitioner, room, device or any word of yours.';


--
-- Name: COLUMN provider.time_zone; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.provider.time_zone IS 'IANA zone of the local times of this provider; NULL: the clinic''s.';


--
-- Name: COLUMN provider.capacity; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.provider.capacity IS 'How many appointments may run at the same time.';


--
-- Name: COLUMN provider.open_always; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.provider.open_always IS 'Open from midnight to midnight on every date that no date_override names; working_hours do not count.';


--
-- Name: COLUMN provider.active; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.provider.active IS 'false: nothing new is offered or booked; what is booked stays.';


--
-- Name: service; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.service (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    name text NOT NULL,
    duration interval NOT NULL,
    slot_interval interval,
    slot_anchor text DEFAULT 'window'::text NOT NULL,
    buffer_before interval DEFAULT '00:00:00'::interval NOT NULL,
    buffer_after interval DEFAULT '00:00:00'::interval NOT NULL,
    min_notice interval DEFAULT '00:00:00'::interval NOT NULL,
    horizon_days integer,
    horizon_counts text DEFAULT 'calendar'::text NOT NULL,
    bookable_during daterange,
    seats integer DEFAULT 1 NOT NULL,
    requires_approval boolean DEFAULT false NOT NULL,
    pending_blocks boolean DEFAULT true NOT NULL,
    hold_for interval DEFAULT '00:10:00'::interval NOT NULL,
    cancel_notice interval DEFAULT '00:00:00'::interval NOT NULL,
    reschedule_notice interval DEFAULT '00:00:00'::interval NOT NULL,
    patient_may_overlap boolean DEFAULT false NOT NULL,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT service_bookable_during_is_not_empty CHECK ((NOT isempty(bookable_during))),
    CONSTRAINT service_buffer_after_is_fixed_and_not_negative CHECK (((EXTRACT(year FROM buffer_after) = (0)::numeric) AND (EXTRACT(month FROM buffer_after) = (0)::numeric) AND ((EXTRACT(epoch FROM buffer_after) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM buffer_after) >= (0)::numeric) AND (EXTRACT(epoch FROM buffer_after) <= (31622400)::numeric)))),
    CONSTRAINT service_buffer_before_is_fixed_and_not_negative CHECK (((EXTRACT(year FROM buffer_before) = (0)::numeric) AND (EXTRACT(month FROM buffer_before) = (0)::numeric) AND ((EXTRACT(epoch FROM buffer_before) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM buffer_before) >= (0)::numeric) AND (EXTRACT(epoch FROM buffer_before) <= (31622400)::numeric)))),
    CONSTRAINT service_cancel_notice_is_fixed_and_not_negative CHECK (((EXTRACT(year FROM cancel_notice) = (0)::numeric) AND (EXTRACT(month FROM cancel_notice) = (0)::numeric) AND ((EXTRACT(epoch FROM cancel_notice) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM cancel_notice) >= (0)::numeric) AND (EXTRACT(epoch FROM cancel_notice) <= (31622400)::numeric)))),
    CONSTRAINT service_duration_is_fixed_and_positive CHECK (((EXTRACT(year FROM duration) = (0)::numeric) AND (EXTRACT(month FROM duration) = (0)::numeric) AND ((EXTRACT(epoch FROM duration) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM duration) >= (1)::numeric) AND (EXTRACT(epoch FROM duration) <= (31622400)::numeric)))),
    CONSTRAINT service_hold_for_is_fixed_and_positive CHECK (((EXTRACT(year FROM hold_for) = (0)::numeric) AND (EXTRACT(month FROM hold_for) = (0)::numeric) AND ((EXTRACT(epoch FROM hold_for) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM hold_for) >= (1)::numeric) AND (EXTRACT(epoch FROM hold_for) <= (31622400)::numeric)))),
    CONSTRAINT service_horizon_counts_is_calendar_working_or_bookable CHECK ((horizon_counts = ANY (ARRAY['calendar'::text, 'working'::text, 'bookable'::text]))),
    CONSTRAINT service_horizon_days_is_not_negative CHECK ((horizon_days >= 0)),
    CONSTRAINT service_min_notice_is_fixed_and_not_negative CHECK (((EXTRACT(year FROM min_notice) = (0)::numeric) AND (EXTRACT(month FROM min_notice) = (0)::numeric) AND ((EXTRACT(epoch FROM min_notice) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM min_notice) >= (0)::numeric) AND (EXTRACT(epoch FROM min_notice) <= (31622400)::numeric)))),
    CONSTRAINT service_reschedule_notice_is_fixed_and_not_negative CHECK (((EXTRACT(year FROM reschedule_notice) = (0)::numeric) AND (EXTRACT(month FROM reschedule_notice) = (0)::numeric) AND ((EXTRACT(epoch FROM reschedule_notice) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM reschedule_notice) >= (0)::numeric) AND (EXTRACT(epoch FROM reschedule_notice) <= (31622400)::numeric)))),
    CONSTRAINT service_seats_is_1_to_10000 CHECK (((seats >= 1) AND (seats <= 10000))),
    CONSTRAINT service_slot_anchor_is_window_gap_or_clock CHECK ((slot_anchor = ANY (ARRAY['window'::text, 'gap'::text, 'clock'::text]))),
    CONSTRAINT service_slot_interval_is_fixed_and_positive CHECK (((EXTRACT(year FROM slot_interval) = (0)::numeric) AND (EXTRACT(month FROM slot_interval) = (0)::numeric) AND ((EXTRACT(epoch FROM slot_interval) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM slot_interval) >= (1)::numeric) AND (EXTRACT(epoch FROM slot_interval) <= (31622400)::numeric))))
);


ALTER TABLE quickbook.service OWNER TO clinic_owner;

--
-- Name: TABLE service; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.service IS 'What is booked: how long, with which buffers and rules.';


--
-- Name: COLUMN service.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.id IS 'Filled in when left out.';


--
-- Name: COLUMN service.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.clinic_id IS 'Whose service it is.';


--
-- Name: COLUMN service.name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.name IS 'Shown to people.';


--
-- Name: COLUMN service.duration; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.duration IS 'Length of the appointment without buffers: fixed (no months), whole seconds.';


--
-- Name: COLUMN service.slot_interval; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.slot_interval IS 'Step between starts; NULL: the duration of the service.';


--
-- Name: COLUMN service.slot_anchor; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.slot_anchor IS 'Where the steps are counted from: window (start of the day''s window), gap (start of the free time), clock (start of the free time rounded up to the wall clock).';


--
-- Name: COLUMN service.buffer_before; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.buffer_before IS 'Time the providers need before the start; may reach outside working hours, never into other appointments.';


--
-- Name: COLUMN service.buffer_after; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.buffer_after IS 'Time the providers need after the end.';


--
-- Name: COLUMN service.min_notice; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.min_notice IS 'A start must be at least this far from now.';


--
-- Name: COLUMN service.horizon_days; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.horizon_days IS 'How many days ahead may be booked, counted from today; NULL: no bound but quickbook.search_days.';


--
-- Name: COLUMN service.horizon_counts; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.horizon_counts IS 'Which days horizon_days counts: calendar, working or bookable days.';


--
-- Name: COLUMN service.bookable_during; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.bookable_during IS 'Local dates on which the service may start; NULL: any.';


--
-- Name: COLUMN service.seats; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.seats IS 'Patients per session; above 1 it is a group service.';


--
-- Name: COLUMN service.requires_approval; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.requires_approval IS 'A booking is pending until staff confirm it.';


--
-- Name: COLUMN service.pending_blocks; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.pending_blocks IS 'Whether a pending appointment takes its time.';


--
-- Name: COLUMN service.hold_for; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.hold_for IS 'How long a hold lasts unless it says so itself.';


--
-- Name: COLUMN service.cancel_notice; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.cancel_notice IS 'Cancelling later than this before the start is late; patients may not.';


--
-- Name: COLUMN service.reschedule_notice; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.reschedule_notice IS 'Patients may not reschedule later than this before the start.';


--
-- Name: COLUMN service.patient_may_overlap; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.patient_may_overlap IS 'Whether a patient may have another appointment at the same time.';


--
-- Name: COLUMN service.active; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service.active IS 'false: nothing new is offered or booked; what is booked stays.';


--
-- Name: my_appointments; Type: VIEW; Schema: quickbook; Owner: clinic_owner
--

CREATE VIEW quickbook.my_appointments WITH (security_invoker='true') AS
 SELECT a.id,
    a.clinic_id,
    c.name AS clinic_name,
    a.patient_id,
    p.name AS patient_name,
    a.service_id,
    s.name AS service_name,
    a.provider_id,
    v.name AS provider_name,
    COALESCE(v.time_zone, c.time_zone) AS time_zone,
    a.session_id,
    a.seat,
    a.status,
    a.starts_at,
    a.ends_at,
    a.expires_at,
    a.version,
    a.sequence,
    a.notes,
    a.details,
    a.created_at,
    a.updated_at,
    a.cancel_reason,
    a.cancelled_by,
    a.late
   FROM ((((quickbook.appointment a
     JOIN quickbook.clinic c ON ((c.id = a.clinic_id)))
     JOIN quickbook.service s ON ((s.id = a.service_id)))
     JOIN quickbook.provider v ON ((v.id = a.provider_id)))
     LEFT JOIN quickbook.patient p ON ((p.id = a.patient_id)))
  WHERE ((a.patient_id = ( SELECT (quickbook.whoami()).patient_id AS patient_id)) OR (a.id = ANY (ARRAY( SELECT r.appointment_id
           FROM quickbook.appointment_resource r
          WHERE (r.provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id))))));


ALTER TABLE quickbook.my_appointments OWNER TO clinic_owner;

--
-- Name: VIEW my_appointments; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON VIEW quickbook.my_appointments IS 'Your own appointments, past and to come: a patient''s, or those on a provider''s calendar. Empty for staff.';


--
-- Name: COLUMN my_appointments.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.id IS 'Stays the same when rescheduled.';


--
-- Name: COLUMN my_appointments.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.clinic_id IS 'The clinic.';


--
-- Name: COLUMN my_appointments.clinic_name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.clinic_name IS 'Name of the clinic.';


--
-- Name: COLUMN my_appointments.patient_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.patient_id IS 'Whom it is for; NULL while a hold has no patient.';


--
-- Name: COLUMN my_appointments.patient_name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.patient_name IS 'Name of the patient, if there is one yet.';


--
-- Name: COLUMN my_appointments.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.service_id IS 'What is booked.';


--
-- Name: COLUMN my_appointments.service_name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.service_name IS 'Name of the service.';


--
-- Name: COLUMN my_appointments.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.provider_id IS 'The provider of the lead role.';


--
-- Name: COLUMN my_appointments.provider_name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.provider_name IS 'Name of the provider who leads.';


--
-- Name: COLUMN my_appointments.time_zone; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.time_zone IS 'IANA zone of the provider at home, else of the clinic.';


--
-- Name: COLUMN my_appointments.session_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.session_id IS 'Its group session.';


--
-- Name: COLUMN my_appointments.seat; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.seat IS 'Its seat in the session, from 1.';


--
-- Name: COLUMN my_appointments.status; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.status IS 'FHIR R5 Appointment.status, or held.';


--
-- Name: COLUMN my_appointments.starts_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.starts_at IS 'Start without buffer.';


--
-- Name: COLUMN my_appointments.ends_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.ends_at IS 'End without buffer, exclusive.';


--
-- Name: COLUMN my_appointments.expires_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.expires_at IS 'When a hold ends by itself; kept when it has.';


--
-- Name: COLUMN my_appointments.version; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.version IS 'Raised by every change; see expected_version.';


--
-- Name: COLUMN my_appointments.sequence; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.sequence IS 'Raised by rescheduling: iCalendar''s SEQUENCE (RFC 5545, section 3.8.7.4).';


--
-- Name: COLUMN my_appointments.notes; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.notes IS 'Free text.';


--
-- Name: COLUMN my_appointments.details; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.details IS 'The app''s own data.';


--
-- Name: COLUMN my_appointments.created_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.created_at IS 'When it was made.';


--
-- Name: COLUMN my_appointments.updated_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.updated_at IS 'When it last changed.';


--
-- Name: COLUMN my_appointments.cancel_reason; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.cancel_reason IS 'Free text.';


--
-- Name: COLUMN my_appointments.cancelled_by; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.cancelled_by IS 'patient, provider, staff or system.';


--
-- Name: COLUMN my_appointments.late; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.my_appointments.late IS 'Cancelled inside the service''s cancel_notice.';


--
-- Name: notification; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.notification (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    dedup_key text NOT NULL,
    rule_id uuid,
    appointment_id uuid,
    sequence integer,
    purpose text,
    account_id uuid,
    channel text NOT NULL,
    recipient text,
    subject text,
    body text,
    status text DEFAULT 'queued'::text NOT NULL,
    reason text,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT notification_has_a_recipient CHECK (((recipient IS NOT NULL) OR (status = 'skipped'::text))),
    CONSTRAINT notification_has_a_text_unless_it_is_an_account_s CHECK (
CASE
    WHEN (purpose IS NULL) THEN ((body IS NOT NULL) AND (account_id IS NULL))
    ELSE ((purpose = ANY (ARRAY['verify_email'::text, 'password_reset'::text, 'invitation'::text])) AND (channel = 'email'::text) AND (num_nonnulls(subject, body, appointment_id, rule_id) = 0))
END),
    CONSTRAINT notification_status_is_known CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'skipped'::text, 'dead'::text])))
);


ALTER TABLE quickbook.notification OWNER TO clinic_owner;

--
-- Name: TABLE notification; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.notification IS 'Messages to be sent and that were sent. Written by the functions only.';


--
-- Name: COLUMN notification.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.id IS 'Made by new_id().';


--
-- Name: COLUMN notification.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.clinic_id IS 'The clinic.';


--
-- Name: COLUMN notification.dedup_key; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.dedup_key IS 'What the message is about: nobody gets one twice.';


--
-- Name: COLUMN notification.rule_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.rule_id IS 'The reminder_rule.';


--
-- Name: COLUMN notification.appointment_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.appointment_id IS 'The appointment.';


--
-- Name: COLUMN notification.sequence; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.sequence IS 'The appointment''s sequence then: a reminder of an earlier time is not sent.';


--
-- Name: COLUMN notification.purpose; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.purpose IS 'Of a message to an account: verify_email, password_reset or invitation.';


--
-- Name: COLUMN notification.account_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.account_id IS 'The account; NULL for a password_reset: the account is looked for when the message is claimed.';


--
-- Name: COLUMN notification.channel; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.channel IS 'How it is sent.';


--
-- Name: COLUMN notification.recipient; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.recipient IS 'The address or number.';


--
-- Name: COLUMN notification.subject; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.subject IS 'Filled in.';


--
-- Name: COLUMN notification.body; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.body IS 'Filled in; NULL for an account: it is made when the message is claimed, and so its token is in no table.';


--
-- Name: COLUMN notification.status; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.status IS 'queued, sent, skipped or dead.';


--
-- Name: COLUMN notification.reason; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.reason IS 'Why it was skipped, or the last failure.';


--
-- Name: COLUMN notification.attempts; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.attempts IS 'How often it was claimed.';


--
-- Name: COLUMN notification.due_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.due_at IS 'Not to be sent before.';


--
-- Name: COLUMN notification.lease_until; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.lease_until IS 'Until then somebody is sending it.';


--
-- Name: COLUMN notification.created_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.created_at IS 'When it was queued.';


--
-- Name: COLUMN notification.finished_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.notification.finished_at IS 'When it was sent, skipped or given up.';


--
-- Name: reminder_rule; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.reminder_rule (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    service_id uuid,
    occasion text DEFAULT 'before_start'::text NOT NULL,
    time_offset interval DEFAULT '00:00:00'::interval NOT NULL,
    channel text DEFAULT 'email'::text NOT NULL,
    template_id uuid NOT NULL,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT reminder_rule_channel_is_not_empty CHECK ((channel <> ''::text)),
    CONSTRAINT reminder_rule_occasion_is_known CHECK ((occasion = ANY (ARRAY['before_start'::text, 'after_end'::text, 'booked'::text, 'rescheduled'::text, 'cancelled'::text, 'verify_email'::text, 'password_reset'::text, 'invitation'::text, 'already_signed_up'::text]))),
    CONSTRAINT reminder_rule_of_an_account_is_by_email_for_no_service CHECK (((occasion <> ALL (ARRAY['verify_email'::text, 'password_reset'::text, 'invitation'::text, 'already_signed_up'::text])) OR ((channel = 'email'::text) AND (service_id IS NULL)))),
    CONSTRAINT reminder_rule_time_offset_is_fixed_and_not_negative CHECK (((EXTRACT(year FROM time_offset) = (0)::numeric) AND (EXTRACT(month FROM time_offset) = (0)::numeric) AND ((EXTRACT(epoch FROM time_offset) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM time_offset) >= (0)::numeric) AND (EXTRACT(epoch FROM time_offset) <= (31622400)::numeric))))
);


ALTER TABLE quickbook.reminder_rule OWNER TO clinic_owner;

--
-- Name: TABLE reminder_rule; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.reminder_rule IS 'Which messages patients get, and when.';


--
-- Name: COLUMN reminder_rule.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.reminder_rule.id IS 'Filled in when left out.';


--
-- Name: COLUMN reminder_rule.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.reminder_rule.clinic_id IS 'Filled in from the service, if there is one.';


--
-- Name: COLUMN reminder_rule.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.reminder_rule.service_id IS 'For this service only; NULL: all.';


--
-- Name: COLUMN reminder_rule.occasion; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.reminder_rule.occasion IS 'before_start and after_end, by time_offset; booked, rescheduled, cancelled: at once; verify_email, password_reset, invitation, already_signed_up: the text of that message to an account, instead of the built-in one.';


--
-- Name: COLUMN reminder_rule.time_offset; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.reminder_rule.time_offset IS 'How long before the start, or after the end.';


--
-- Name: COLUMN reminder_rule.channel; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.reminder_rule.channel IS 'email, sms or any word of yours: what claim_notifications() is asked for.';


--
-- Name: COLUMN reminder_rule.template_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.reminder_rule.template_id IS 'The text.';


--
-- Name: COLUMN reminder_rule.active; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.reminder_rule.active IS 'False stops new messages.';


--
-- Name: schema_version; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.schema_version (
    version integer NOT NULL,
    installed_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);


ALTER TABLE quickbook.schema_version OWNER TO clinic_owner;

--
-- Name: TABLE schema_version; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.schema_version IS 'The version of these tables, one row for each step that was taken.';


--
-- Name: COLUMN schema_version.version; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.schema_version.version IS 'Number of the step.';


--
-- Name: COLUMN schema_version.installed_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.schema_version.installed_at IS 'When the step was taken.';


--
-- Name: service_provider; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.service_provider (
    service_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    role text DEFAULT 'practitioner'::text NOT NULL COLLATE pg_catalog."C",
    duration interval,
    priority integer DEFAULT 0 NOT NULL,
    CONSTRAINT service_provider_duration_is_fixed_and_positive CHECK (((EXTRACT(year FROM duration) = (0)::numeric) AND (EXTRACT(month FROM duration) = (0)::numeric) AND ((EXTRACT(epoch FROM duration) % (1)::numeric) = (0)::numeric) AND ((EXTRACT(epoch FROM duration) >= (1)::numeric) AND (EXTRACT(epoch FROM duration) <= (31622400)::numeric)))),
    CONSTRAINT service_provider_role_is_not_empty CHECK ((role <> ''::text))
);


ALTER TABLE quickbook.service_provider OWNER TO clinic_owner;

--
-- Name: TABLE service_provider; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.service_provider IS 'Who can fill which role of a service. A slot needs one provider in every role.';


--
-- Name: COLUMN service_provider.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service_provider.service_id IS 'The service.';


--
-- Name: COLUMN service_provider.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service_provider.provider_id IS 'Who can fill the role.';


--
-- Name: COLUMN service_provider.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service_provider.clinic_id IS 'Filled in from the service.';


--
-- Name: COLUMN service_provider.role; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service_provider.role IS 'practitioner is the lead role; without it the first role by name leads.';


--
-- Name: COLUMN service_provider.duration; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service_provider.duration IS 'Length of the appointment when this provider leads it; NULL: the service''s.';


--
-- Name: COLUMN service_provider.priority; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.service_provider.priority IS 'When any provider will do, lower goes first among those equally booked.';


--
-- Name: session; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.session (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    service_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT session_starts_before_it_ends CHECK (((starts_at < ends_at) AND isfinite(starts_at) AND isfinite(ends_at)))
);


ALTER TABLE quickbook.session OWNER TO clinic_owner;

--
-- Name: TABLE session; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.session IS 'One row per group session. Written by the functions only.';


--
-- Name: COLUMN session.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.session.id IS 'Made by new_id().';


--
-- Name: COLUMN session.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.session.clinic_id IS 'The clinic.';


--
-- Name: COLUMN session.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.session.provider_id IS 'The lead.';


--
-- Name: COLUMN session.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.session.service_id IS 'The group service.';


--
-- Name: COLUMN session.starts_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.session.starts_at IS 'Start without buffer.';


--
-- Name: COLUMN session.ends_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.session.ends_at IS 'End without buffer, exclusive.';


--
-- Name: stat; Type: VIEW; Schema: quickbook; Owner: clinic_owner
--

CREATE VIEW quickbook.stat AS
 SELECT s.bookings,
    s.holds,
    s.holds_expired,
    s.slot_searches,
    s.events_sent,
    s.notify_batches,
    s.worker_wakeups,
    s.refusals,
    s.worker_pid,
    s.stats_reset,
    ( SELECT max(c.lag_events) AS max
           FROM quickbook.consumer_status() c(name, "position", lag_events, lag_seconds, created_at, acked_at)) AS consumer_lag
   FROM quickbook.stat_counters() s(bookings, holds, holds_expired, slot_searches, events_sent, notify_batches, worker_wakeups, refusals, worker_pid, stats_reset);


ALTER TABLE quickbook.stat OWNER TO clinic_owner;

--
-- Name: VIEW stat; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON VIEW quickbook.stat IS 'What quickbook has done in this database since stats_reset, and the largest lag of a consumer in events. Counted only with quickbook in shared_preload_libraries, else NULL; also what was rolled back.';


--
-- Name: COLUMN stat.bookings; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.bookings IS 'Appointments that were booked, or requested.';


--
-- Name: COLUMN stat.holds; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.holds IS 'Holds that were made.';


--
-- Name: COLUMN stat.holds_expired; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.holds_expired IS 'Holds that were closed because their time was over.';


--
-- Name: COLUMN stat.slot_searches; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.slot_searches IS 'Searches for free slots: by calls, for what a refusal suggests, for horizons that count bookable days.';


--
-- Name: COLUMN stat.events_sent; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.events_sent IS 'Events that were announced by NOTIFY.';


--
-- Name: COLUMN stat.notify_batches; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.notify_batches IS 'In how many batches: one for each pass of the worker, or each event without it.';


--
-- Name: COLUMN stat.worker_wakeups; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.worker_wakeups IS 'How often the worker awoke, by commits and by its interval.';


--
-- Name: COLUMN stat.refusals; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.refusals IS 'How often each error was raised, by its name.';


--
-- Name: COLUMN stat.worker_pid; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.worker_pid IS 'Process of the worker; NULL: none runs for this database.';


--
-- Name: COLUMN stat.stats_reset; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.stats_reset IS 'Since when is counted.';


--
-- Name: COLUMN stat.consumer_lag; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.stat.consumer_lag IS 'The largest lag of a consumer, in events.';


--
-- Name: time_off; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.time_off (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    provider_id uuid,
    during tstzrange NOT NULL,
    reason text,
    CONSTRAINT time_off_during_is_bounded CHECK ((isfinite(lower(during)) AND isfinite(upper(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT time_off_during_is_half_open CHECK ((isempty(during) OR lower_inf(during) OR upper_inf(during) OR (lower_inc(during) AND (NOT upper_inc(during))))),
    CONSTRAINT time_off_during_is_not_empty CHECK ((NOT isempty(during)))
);


ALTER TABLE quickbook.time_off OWNER TO clinic_owner;

--
-- Name: TABLE time_off; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.time_off IS 'Leave of a provider or closure of the whole clinic.';


--
-- Name: COLUMN time_off.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.time_off.id IS 'Filled in when left out.';


--
-- Name: COLUMN time_off.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.time_off.clinic_id IS 'Filled in from the provider.';


--
-- Name: COLUMN time_off.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.time_off.provider_id IS 'Who is off; NULL: the whole clinic.';


--
-- Name: COLUMN time_off.during; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.time_off.during IS 'Half-open [start, end), bounded.';


--
-- Name: COLUMN time_off.reason; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.time_off.reason IS 'For staff.';


--
-- Name: token_key; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.token_key (
    kid text NOT NULL COLLATE pg_catalog."C",
    secret bytea NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    retires_at timestamp with time zone,
    CONSTRAINT token_key_kid_is_1_to_100_characters CHECK (((length(kid) >= 1) AND (length(kid) <= 100))),
    CONSTRAINT token_key_secret_has_32_bytes CHECK ((octet_length(secret) = 32))
);


ALTER TABLE quickbook.token_key OWNER TO clinic_owner;

--
-- Name: TABLE token_key; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.token_key IS 'Keys that sign the tokens of sign_in(). Whoever reads this table can be anybody.';


--
-- Name: COLUMN token_key.kid; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.token_key.kid IS 'Name of the key, in the header of its tokens.';


--
-- Name: COLUMN token_key.secret; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.token_key.secret IS 'The HMAC key.';


--
-- Name: COLUMN token_key.created_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.token_key.created_at IS 'The newest that is not retired signs.';


--
-- Name: COLUMN token_key.retires_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.token_key.retires_at IS 'From then on its tokens are refused; NULL: it is in use.';


--
-- Name: travel; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.travel (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    dates daterange NOT NULL,
    time_zone text NOT NULL,
    CONSTRAINT travel_dates_is_not_empty CHECK ((NOT isempty(dates)))
);


ALTER TABLE quickbook.travel OWNER TO clinic_owner;

--
-- Name: TABLE travel; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.travel IS 'Dates on which a provider''s local times are read in another zone.';


--
-- Name: COLUMN travel.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.travel.id IS 'Filled in when left out.';


--
-- Name: COLUMN travel.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.travel.clinic_id IS 'Filled in from the provider.';


--
-- Name: COLUMN travel.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.travel.provider_id IS 'Who travels.';


--
-- Name: COLUMN travel.dates; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.travel.dates IS 'Local dates.';


--
-- Name: COLUMN travel.time_zone; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.travel.time_zone IS 'IANA zone on those dates.';


--
-- Name: upcoming_appointments; Type: VIEW; Schema: quickbook; Owner: clinic_owner
--

CREATE VIEW quickbook.upcoming_appointments WITH (security_invoker='true') AS
 SELECT a.id,
    a.clinic_id,
    c.name AS clinic_name,
    a.patient_id,
    p.name AS patient_name,
    a.service_id,
    s.name AS service_name,
    a.provider_id,
    v.name AS provider_name,
    COALESCE(v.time_zone, c.time_zone) AS time_zone,
    a.session_id,
    a.seat,
    a.status,
    a.starts_at,
    a.ends_at,
    a.expires_at,
    a.version,
    a.sequence,
    a.notes,
    a.details,
    a.created_at,
    a.updated_at
   FROM ((((quickbook.appointment a
     JOIN quickbook.clinic c ON ((c.id = a.clinic_id)))
     JOIN quickbook.service s ON ((s.id = a.service_id)))
     JOIN quickbook.provider v ON ((v.id = a.provider_id)))
     LEFT JOIN quickbook.patient p ON ((p.id = a.patient_id)))
  WHERE ((a.starts_at >= statement_timestamp()) AND ((a.status = ANY (ARRAY['pending'::text, 'booked'::text])) OR ((a.status = 'held'::text) AND (a.expires_at > statement_timestamp()))));


ALTER TABLE quickbook.upcoming_appointments OWNER TO clinic_owner;

--
-- Name: VIEW upcoming_appointments; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON VIEW quickbook.upcoming_appointments IS 'The appointments to come that you may see, with the names of everybody: those that are booked, pending, or held and not expired.';


--
-- Name: COLUMN upcoming_appointments.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.id IS 'Stays the same when rescheduled.';


--
-- Name: COLUMN upcoming_appointments.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.clinic_id IS 'The clinic.';


--
-- Name: COLUMN upcoming_appointments.clinic_name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.clinic_name IS 'Name of the clinic.';


--
-- Name: COLUMN upcoming_appointments.patient_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.patient_id IS 'Whom it is for; NULL while a hold has no patient.';


--
-- Name: COLUMN upcoming_appointments.patient_name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.patient_name IS 'Name of the patient, if there is one yet.';


--
-- Name: COLUMN upcoming_appointments.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.service_id IS 'What is booked.';


--
-- Name: COLUMN upcoming_appointments.service_name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.service_name IS 'Name of the service.';


--
-- Name: COLUMN upcoming_appointments.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.provider_id IS 'The provider of the lead role.';


--
-- Name: COLUMN upcoming_appointments.provider_name; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.provider_name IS 'Name of the provider who leads.';


--
-- Name: COLUMN upcoming_appointments.time_zone; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.time_zone IS 'IANA zone of the provider at home, else of the clinic.';


--
-- Name: COLUMN upcoming_appointments.session_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.session_id IS 'Its group session.';


--
-- Name: COLUMN upcoming_appointments.seat; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.seat IS 'Its seat in the session, from 1.';


--
-- Name: COLUMN upcoming_appointments.status; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.status IS 'FHIR R5 Appointment.status, or held.';


--
-- Name: COLUMN upcoming_appointments.starts_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.starts_at IS 'Start without buffer.';


--
-- Name: COLUMN upcoming_appointments.ends_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.ends_at IS 'End without buffer, exclusive.';


--
-- Name: COLUMN upcoming_appointments.expires_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.expires_at IS 'When a hold ends by itself; kept when it has.';


--
-- Name: COLUMN upcoming_appointments.version; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.version IS 'Raised by every change; see expected_version.';


--
-- Name: COLUMN upcoming_appointments.sequence; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.sequence IS 'Raised by rescheduling: iCalendar''s SEQUENCE (RFC 5545, section 3.8.7.4).';


--
-- Name: COLUMN upcoming_appointments.notes; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.notes IS 'Free text.';


--
-- Name: COLUMN upcoming_appointments.details; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.details IS 'The app''s own data.';


--
-- Name: COLUMN upcoming_appointments.created_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.created_at IS 'When it was made.';


--
-- Name: COLUMN upcoming_appointments.updated_at; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.upcoming_appointments.updated_at IS 'When it last changed.';


--
-- Name: working_hours; Type: TABLE; Schema: quickbook; Owner: clinic_owner
--

CREATE TABLE quickbook.working_hours (
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    service_id uuid,
    weekday smallint NOT NULL,
    start_time time without time zone NOT NULL,
    end_time time without time zone NOT NULL,
    valid daterange,
    every_weeks integer DEFAULT 1 NOT NULL,
    anchored_on date,
    CONSTRAINT working_hours_anchored_on_is_finite CHECK (isfinite(anchored_on)),
    CONSTRAINT working_hours_end_time_is_not_start_time CHECK ((end_time <> start_time)),
    CONSTRAINT working_hours_every_weeks_above_1_needs_anchored_on CHECK (((every_weeks = 1) OR (anchored_on IS NOT NULL))),
    CONSTRAINT working_hours_every_weeks_is_1_to_520 CHECK (((every_weeks >= 1) AND (every_weeks <= 520))),
    CONSTRAINT working_hours_start_time_is_before_24_00 CHECK ((start_time < '24:00:00'::time without time zone)),
    CONSTRAINT working_hours_valid_is_not_empty CHECK ((NOT isempty(valid))),
    CONSTRAINT working_hours_weekday_is_1_monday_to_7_sunday CHECK (((weekday >= 1) AND (weekday <= 7)))
);


ALTER TABLE quickbook.working_hours OWNER TO clinic_owner;

--
-- Name: TABLE working_hours; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON TABLE quickbook.working_hours IS 'Weekly hours in local time.';


--
-- Name: COLUMN working_hours.id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.id IS 'Filled in when left out.';


--
-- Name: COLUMN working_hours.clinic_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.clinic_id IS 'Filled in from the provider.';


--
-- Name: COLUMN working_hours.provider_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.provider_id IS 'Whose hours.';


--
-- Name: COLUMN working_hours.service_id; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.service_id IS 'Hours of this service only, instead of the general ones; NULL: general.';


--
-- Name: COLUMN working_hours.weekday; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.weekday IS 'ISO 8601: 1 Monday to 7 Sunday.';


--
-- Name: COLUMN working_hours.start_time; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.start_time IS 'Local time; where the clocks change it is read by RFC 5545, section 3.3.5.';


--
-- Name: COLUMN working_hours.end_time; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.end_time IS 'Local time; before start_time it is on the next day; 24:00 is midnight.';


--
-- Name: COLUMN working_hours.valid; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.valid IS 'Local dates on which the row counts; NULL: always.';


--
-- Name: COLUMN working_hours.every_weeks; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.every_weeks IS 'Counts in every n-th week only, from the week of anchored_on.';


--
-- Name: COLUMN working_hours.anchored_on; Type: COMMENT; Schema: quickbook; Owner: clinic_owner
--

COMMENT ON COLUMN quickbook.working_hours.anchored_on IS 'A date in a week that counts.';


--
-- Data for Name: account; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.account (id, clinic_id, email, password_hash, role, patient_id, provider_id, disabled, email_verified_at, failures, locked_until, profile, valid_after, created_at, last_sign_in_at) FROM stdin;
01a21c6e-b9cf-7800-8ac6-0891b3c1c000	00000000-0000-7000-8000-00000000c000	doctor@example.org	\N	provider	\N	00000000-0000-7000-8000-00000000d001	f	\N	0	\N	\N	\N	2030-01-06 12:00:00+00	\N
01a21c6e-b9d1-7a74-8d27-304b7dc3c000	00000000-0000-7000-8000-00000000c000	new@example.org	$2a$04$POmBLgVx/JwyW6CGhow3geEnvDZueO53q685cYMm4TygB4qPrd2Fu	patient	\N	\N	f	\N	0	\N	{"name": "Newcomer"}	\N	2030-01-06 12:00:00+00	\N
01a21c6e-b9cc-7f38-a08a-88b0ad11c000	00000000-0000-7000-8000-00000000c000	desk@example.org	$2a$04$SRCG6HiW55ziXbNcZfp3TOugSpGuC2lB3k3ZE6VmRQ0XdLqHW/bey	staff	\N	\N	f	2030-01-06 12:00:00+00	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00
\.


--
-- Data for Name: account_token; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.account_token (token_hash, clinic_id, account_id, purpose, created_at, expires_at) FROM stdin;
\\xa7ab139c30be2320602d4c7f96194bb261e9e4a0d18f94239a028e2a71c6c40d	00000000-0000-7000-8000-00000000c000	01a21c6e-b9cf-7800-8ac6-0891b3c1c000	invitation	2030-01-06 12:00:00+00	2030-01-13 12:00:00+00
\\x9921aa92217bbbcb093d107a5ff408cf222035780dc0afa97ff382682e1ab647	00000000-0000-7000-8000-00000000c000	01a21c6e-b9d1-7a74-8d27-304b7dc3c000	verify_email	2030-01-06 12:00:00+00	2030-01-07 12:00:00+00
\\xe6064b5ba64785899a9b98b921cc1e073c0a216f45cce49c567dc1fd6c4e75d3	00000000-0000-7000-8000-00000000c000	01a21c6e-b9cc-7f38-a08a-88b0ad11c000	password_reset	2030-01-06 12:00:00+00	2030-01-06 13:00:00+00
\.


--
-- Data for Name: allocation; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.allocation (clinic_id, appointment_id, session_id, provider_id, patient_id, lane, starts_at, ends_at, expires_at) FROM stdin;
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b1-7f28-98e2-5ac94ec8c000	\N	00000000-0000-7000-8000-00000000d001	\N	0	2030-01-07 08:00:00+00	2030-01-07 08:35:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b1-7f28-98e2-5ac94ec8c000	\N	00000000-0000-7000-8000-00000000d002	\N	0	2030-01-07 08:00:00+00	2030-01-07 08:35:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b1-7f28-98e2-5ac94ec8c000	\N	\N	00000000-0000-7000-8000-00000000a001	0	2030-01-07 08:00:00+00	2030-01-07 08:30:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b4-740c-bdbe-2e07dd5cc000	\N	00000000-0000-7000-8000-00000000d001	\N	0	2030-01-07 11:00:00+00	2030-01-07 11:35:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b4-740c-bdbe-2e07dd5cc000	\N	00000000-0000-7000-8000-00000000d002	\N	0	2030-01-07 11:00:00+00	2030-01-07 11:35:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b4-740c-bdbe-2e07dd5cc000	\N	\N	00000000-0000-7000-8000-00000000a002	0	2030-01-07 11:00:00+00	2030-01-07 11:30:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b7-7a60-9207-538ae716c000	\N	00000000-0000-7000-8000-00000000d003	\N	0	2030-01-07 13:00:00+00	2030-01-07 14:00:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b7-7a60-9207-538ae716c000	\N	\N	00000000-0000-7000-8000-00000000a003	0	2030-01-07 13:00:00+00	2030-01-07 14:00:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b8-759c-a97c-72744721c000	\N	00000000-0000-7000-8000-00000000d001	\N	0	2030-01-09 09:00:00+00	2030-01-09 09:35:00+00	2030-01-07 12:00:00+00
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b8-759c-a97c-72744721c000	\N	00000000-0000-7000-8000-00000000d002	\N	0	2030-01-09 09:00:00+00	2030-01-09 09:35:00+00	2030-01-07 12:00:00+00
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b8-759c-a97c-72744721c000	\N	\N	00000000-0000-7000-8000-00000000a004	0	2030-01-09 09:00:00+00	2030-01-09 09:30:00+00	2030-01-07 12:00:00+00
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b9-7118-84ef-9bb7713cc000	\N	00000000-0000-7000-8000-00000000d001	\N	0	2030-01-09 10:00:00+00	2030-01-09 10:35:00+00	2030-01-07 12:00:00+00
00000000-0000-7000-8000-00000000c000	01a21c6e-b9b9-7118-84ef-9bb7713cc000	\N	00000000-0000-7000-8000-00000000d002	\N	0	2030-01-09 10:00:00+00	2030-01-09 10:35:00+00	2030-01-07 12:00:00+00
00000000-0000-7000-8000-00000000c000	\N	01a21c6e-b9bb-7858-bb66-3add7fa8c000	00000000-0000-7000-8000-00000000d003	\N	0	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00	\N
00000000-0000-7000-8000-00000000c000	\N	01a21c6e-b9bb-7858-bb66-3add7fa8c000	00000000-0000-7000-8000-00000000d002	\N	0	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9bb-7810-aaa8-7433b645c000	\N	\N	00000000-0000-7000-8000-00000000a001	0	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9bc-793c-b179-d0b31c05c000	\N	\N	00000000-0000-7000-8000-00000000a002	0	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9bf-7cdc-b80d-79cbde70c000	\N	\N	00000000-0000-7000-8000-00000000a003	0	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00	2030-01-08 12:00:00+00
00000000-0000-7000-8000-00000000c000	01a21c6e-b9c3-71d0-97ad-474b2d2ac000	\N	\N	00000000-0000-7000-8000-00000000a001	0	2030-01-13 09:00:00+00	2030-01-13 10:00:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9c8-71a0-b005-14587badc000	\N	00000000-0000-7000-8000-00000000d001	\N	0	2029-12-03 09:00:00+00	2029-12-03 09:35:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9c8-71a0-b005-14587badc000	\N	00000000-0000-7000-8000-00000000d002	\N	0	2029-12-03 09:00:00+00	2029-12-03 09:35:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9c8-71a0-b005-14587badc000	\N	\N	00000000-0000-7000-8000-00000000a001	0	2029-12-03 09:00:00+00	2029-12-03 09:30:00+00	\N
00000000-0000-7000-8000-00000000c000	\N	01a21c6e-b9c9-7788-a84b-a98a9293c000	00000000-0000-7000-8000-00000000d003	\N	0	2029-12-03 09:00:00+00	2029-12-03 10:00:00+00	\N
00000000-0000-7000-8000-00000000c000	\N	01a21c6e-b9c9-7788-a84b-a98a9293c000	00000000-0000-7000-8000-00000000d002	\N	1	2029-12-03 09:00:00+00	2029-12-03 10:00:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9c9-775c-aa3a-a580069bc000	\N	\N	00000000-0000-7000-8000-00000000a003	0	2029-12-03 09:00:00+00	2029-12-03 10:00:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9ca-72e4-9eb0-597828d8c000	\N	00000000-0000-7000-8000-00000000d001	\N	0	2029-12-03 11:00:00+00	2029-12-03 11:35:00+00	2029-12-03 07:10:00+00
00000000-0000-7000-8000-00000000c000	01a21c6e-b9ca-72e4-9eb0-597828d8c000	\N	00000000-0000-7000-8000-00000000d002	\N	0	2029-12-03 11:00:00+00	2029-12-03 11:35:00+00	2029-12-03 07:10:00+00
00000000-0000-7000-8000-00000000c000	01a21c6e-b9ca-72e4-9eb0-597828d8c000	\N	\N	00000000-0000-7000-8000-00000000a004	0	2029-12-03 11:00:00+00	2029-12-03 11:30:00+00	2029-12-03 07:10:00+00
00000000-0000-7000-8000-00000000c000	01a21c6e-b9c8-7c44-8195-4e637147c000	\N	00000000-0000-7000-8000-00000000d001	\N	0	2029-12-03 10:00:00+00	2029-12-03 10:10:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9c8-7c44-8195-4e637147c000	\N	00000000-0000-7000-8000-00000000d002	\N	0	2029-12-03 10:00:00+00	2029-12-03 10:10:00+00	\N
00000000-0000-7000-8000-00000000c000	01a21c6e-b9c8-7c44-8195-4e637147c000	\N	\N	00000000-0000-7000-8000-00000000a002	0	2029-12-03 10:00:00+00	2029-12-03 10:10:00+00	\N
\.


--
-- Data for Name: appointment; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.appointment (id, clinic_id, patient_id, service_id, provider_id, session_id, seat, status, starts_at, ends_at, expires_at, version, sequence, idempotency_key, notes, details, created_at, updated_at, cancel_reason, cancelled_by, late, hold_token, request_hash) FROM stdin;
01a21c6e-b9b1-7f28-98e2-5ac94ec8c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a001	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	booked	2030-01-07 08:00:00+00	2030-01-07 08:30:00+00	\N	1	0	key-1	a note	{"a": [1, null]}	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\\x9b79d7aded3258a25574912ff9e5edc62caf65ff84cd280f4ccfade2139b1efa
01a21c6e-b9b4-740c-bdbe-2e07dd5cc000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a002	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	booked	2030-01-07 11:00:00+00	2030-01-07 11:30:00+00	\N	2	1	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9b6-761c-98e1-dea6f263c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a002	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	cancelled	2030-01-07 10:00:00+00	2030-01-07 10:30:00+00	\N	2	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	ill	staff	f	\N	\N
01a21c6e-b9b7-7a60-9207-538ae716c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a003	00000000-0000-7000-8000-00000000e003	00000000-0000-7000-8000-00000000d003	\N	\N	pending	2030-01-07 13:00:00+00	2030-01-07 14:00:00+00	\N	1	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9b8-759c-a97c-72744721c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a004	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	held	2030-01-09 09:00:00+00	2030-01-09 09:30:00+00	2030-01-07 12:00:00+00	1	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9b9-7118-84ef-9bb7713cc000	00000000-0000-7000-8000-00000000c000	\N	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	held	2030-01-09 10:00:00+00	2030-01-09 10:30:00+00	2030-01-07 12:00:00+00	1	0	key-for-a-hold	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	7878eb1d706cfa552c6f156865eba443	\\x62bb1cd01b522537a1a76aaee57bc149f40db1f7f14b7b8c3b0d306a6cb0716f
01a21c6e-b9b9-7b00-9211-302a122bc000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a004	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	entered-in-error	2030-01-10 10:00:00+00	2030-01-10 10:30:00+00	\N	2	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9bb-7810-aaa8-7433b645c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a001	00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d003	01a21c6e-b9bb-7858-bb66-3add7fa8c000	1	booked	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00	\N	1	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9bc-793c-b179-d0b31c05c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a002	00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d003	01a21c6e-b9bb-7858-bb66-3add7fa8c000	2	arrived	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00	\N	2	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9bf-7cdc-b80d-79cbde70c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a003	00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d003	01a21c6e-b9bb-7858-bb66-3add7fa8c000	3	held	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00	2030-01-08 12:00:00+00	1	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9c1-78e4-97c1-413fe3f4c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a004	00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d003	01a21c6e-b9c1-7924-9bdb-a51bbb3fc000	1	cancelled	2030-01-12 09:00:00+00	2030-01-12 10:00:00+00	\N	2	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	staff	f	\N	\N
01a21c6e-b9c4-7760-810d-02173592c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a001	00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d003	01a21c6e-b9c4-7790-9f9b-7759b290c000	1	cancelled	2030-01-13 09:00:00+00	2030-01-13 10:00:00+00	\N	2	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	replaced by a booking	system	f	\N	\N
01a21c6e-b9c3-71d0-97ad-474b2d2ac000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a001	00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d003	01a21c6e-b9c4-7790-9f9b-7759b290c000	1	booked	2030-01-13 09:00:00+00	2030-01-13 10:00:00+00	\N	3	0	\N	\N	\N	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9c9-775c-aa3a-a580069bc000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a003	00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d003	01a21c6e-b9c9-7788-a84b-a98a9293c000	1	booked	2029-12-03 09:00:00+00	2029-12-03 10:00:00+00	\N	1	0	\N	\N	\N	2029-12-03 07:00:00+00	2029-12-03 07:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9ca-72e4-9eb0-597828d8c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a004	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	held	2029-12-03 11:00:00+00	2029-12-03 11:30:00+00	2029-12-03 07:10:00+00	1	0	\N	\N	\N	2029-12-03 07:00:00+00	2029-12-03 07:00:00+00	\N	\N	\N	\N	\N
01a21c6e-b9c8-71a0-b005-14587badc000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a001	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	fulfilled	2029-12-03 09:00:00+00	2029-12-03 09:30:00+00	\N	2	0	\N	\N	\N	2029-12-03 07:00:00+00	2029-12-03 10:10:00+00	\N	\N	\N	\N	\N
01a21c6e-b9c8-7c44-8195-4e637147c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000a002	00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	\N	\N	noshow	2029-12-03 10:00:00+00	2029-12-03 10:30:00+00	\N	2	0	\N	\N	\N	2029-12-03 07:00:00+00	2029-12-03 10:10:00+00	\N	\N	\N	\N	\N
\.


--
-- Data for Name: appointment_resource; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.appointment_resource (appointment_id, role, provider_id, clinic_id) FROM stdin;
01a21c6e-b9b1-7f28-98e2-5ac94ec8c000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b1-7f28-98e2-5ac94ec8c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b4-740c-bdbe-2e07dd5cc000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b4-740c-bdbe-2e07dd5cc000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b6-761c-98e1-dea6f263c000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b6-761c-98e1-dea6f263c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b7-7a60-9207-538ae716c000	practitioner	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b8-759c-a97c-72744721c000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b8-759c-a97c-72744721c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b9-7118-84ef-9bb7713cc000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b9-7118-84ef-9bb7713cc000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b9-7b00-9211-302a122bc000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9b9-7b00-9211-302a122bc000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9bb-7810-aaa8-7433b645c000	practitioner	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000
01a21c6e-b9bb-7810-aaa8-7433b645c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9bc-793c-b179-d0b31c05c000	practitioner	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000
01a21c6e-b9bc-793c-b179-d0b31c05c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9bf-7cdc-b80d-79cbde70c000	practitioner	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000
01a21c6e-b9bf-7cdc-b80d-79cbde70c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c1-78e4-97c1-413fe3f4c000	practitioner	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c1-78e4-97c1-413fe3f4c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c4-7760-810d-02173592c000	practitioner	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c4-7760-810d-02173592c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c3-71d0-97ad-474b2d2ac000	practitioner	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c3-71d0-97ad-474b2d2ac000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c8-71a0-b005-14587badc000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c8-71a0-b005-14587badc000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c8-7c44-8195-4e637147c000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c8-7c44-8195-4e637147c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c9-775c-aa3a-a580069bc000	practitioner	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000
01a21c6e-b9c9-775c-aa3a-a580069bc000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
01a21c6e-b9ca-72e4-9eb0-597828d8c000	practitioner	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000
01a21c6e-b9ca-72e4-9eb0-597828d8c000	room	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000
\.


--
-- Data for Name: booking_limit; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.booking_limit (id, clinic_id, service_id, provider_id, per_patient, period, max_count, max_time) FROM stdin;
01a21c6e-b9aa-70c4-9ff0-0e07fb02c000	00000000-0000-7000-8000-00000000c000	\N	\N	f	day	20	\N
\.


--
-- Data for Name: busy_time; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.busy_time (id, clinic_id, provider_id, during, source, uid) FROM stdin;
01a21c6e-b9a9-7800-8ab0-c85dc97cc000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d001	["2030-01-14 10:00:00+00","2030-01-14 12:00:00+00")	ics	\N
\.


--
-- Data for Name: clinic; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.clinic (id, name, time_zone, week_start, anonymous_holds) FROM stdin;
00000000-0000-7000-8000-00000000c000	Praxis "A"	Europe/Berlin	1	f
00000000-0000-7000-8000-00000000c001	Elsewhere	Pacific/Apia	1	f
\.


--
-- Data for Name: consumer; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.consumer (name, "position", created_at, acked_at) FROM stdin;
broker	5	2030-01-06 12:00:00+00	2030-01-06 12:00:00+00
\.


--
-- Data for Name: date_override; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.date_override (id, clinic_id, provider_id, service_id, on_date, start_time, end_time) FROM stdin;
01a21c6e-b9a7-70a0-bad9-6e3063f3c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d001	\N	2030-01-08	\N	\N
\.


--
-- Data for Name: event; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.event (id, seq, clinic_id, type, subject, occurred_at, data, "position") FROM stdin;
01a21c6e-b9b9-72c8-9a3b-38504104c000	8	00000000-0000-7000-8000-00000000c000	appointment.held	01a21c6e-b9b9-7118-84ef-9bb7713cc000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b9-7118-84ef-9bb7713cc000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "held", "changed": {}, "details": null, "ends_at": "2030-01-09T10:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-09T10:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": "2030-01-07T12:00:00+00:00", "patient_id": null, "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": "key-for-a-hold"}	8
01a21c6e-b9b2-7e68-86c0-dfe5ac3fc000	1	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9b1-7f28-98e2-5ac94ec8c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b1-7f28-98e2-5ac94ec8c000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": "a note", "status": "booked", "changed": {}, "details": {"a": [1, null]}, "ends_at": "2030-01-07T08:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-07T08:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": "key-1"}	1
01a21c6e-b9b4-7624-b4ec-8fdaa950c000	2	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9b4-740c-bdbe-2e07dd5cc000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b4-740c-bdbe-2e07dd5cc000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2030-01-07T09:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-07T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a002", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	2
01a21c6e-b9b5-7a8c-9d24-da33af12c000	3	00000000-0000-7000-8000-00000000c000	appointment.rescheduled	01a21c6e-b9b4-740c-bdbe-2e07dd5cc000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b4-740c-bdbe-2e07dd5cc000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {"ends_at": "2030-01-07T09:30:00+00:00", "sequence": 0, "starts_at": "2030-01-07T09:00:00+00:00"}, "details": null, "ends_at": "2030-01-07T11:30:00+00:00", "version": 2, "sequence": 1, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-07T11:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a002", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	3
01a21c6e-b9b6-7828-a59a-ca730850c000	4	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9b6-761c-98e1-dea6f263c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b6-761c-98e1-dea6f263c000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2030-01-07T10:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-07T10:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a002", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	4
01a21c6e-b9b7-7244-8b7b-79dee89fc000	5	00000000-0000-7000-8000-00000000c000	appointment.cancelled	01a21c6e-b9b6-761c-98e1-dea6f263c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b6-761c-98e1-dea6f263c000", "late": false, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "cancelled", "changed": {"late": null, "status": "booked", "cancelled_by": null, "cancel_reason": null}, "details": null, "ends_at": "2030-01-07T10:30:00+00:00", "version": 2, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-07T10:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a002", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": "staff", "cancel_reason": "ill", "idempotency_key": null}	5
01a21c6e-b9b7-7c10-8ba1-36842f0bc000	6	00000000-0000-7000-8000-00000000c000	appointment.pending	01a21c6e-b9b7-7a60-9207-538ae716c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b7-7a60-9207-538ae716c000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "pending", "changed": {}, "details": null, "ends_at": "2030-01-07T14:00:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-07T13:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a003", "service_id": "00000000-0000-7000-8000-00000000e003", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	6
01a21c6e-b9b8-78b0-bea1-95478a1bc000	7	00000000-0000-7000-8000-00000000c000	appointment.held	01a21c6e-b9b8-759c-a97c-72744721c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b8-759c-a97c-72744721c000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "held", "changed": {}, "details": null, "ends_at": "2030-01-09T09:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-09T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": "2030-01-07T12:00:00+00:00", "patient_id": "00000000-0000-7000-8000-00000000a004", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	7
01a21c6e-b9b9-7ce4-9f7c-9390d017c000	9	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9b9-7b00-9211-302a122bc000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b9-7b00-9211-302a122bc000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2030-01-10T10:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-10T10:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a004", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	9
01a21c6e-b9ba-7684-bd96-bc9dc289c000	10	00000000-0000-7000-8000-00000000c000	appointment.entered-in-error	01a21c6e-b9b9-7b00-9211-302a122bc000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9b9-7b00-9211-302a122bc000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "entered-in-error", "changed": {"status": "booked"}, "details": null, "ends_at": "2030-01-10T10:30:00+00:00", "version": 2, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-10T10:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a004", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	10
01a21c6e-b9bb-7c84-b9a1-e918cd98c000	11	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9bb-7810-aaa8-7433b645c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9bb-7810-aaa8-7433b645c000", "late": null, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2030-01-11T10:00:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-11T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9bb-7858-bb66-3add7fa8c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	11
01a21c6e-b9be-7978-9a6a-fcb741f5c000	12	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9bc-793c-b179-d0b31c05c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9bc-793c-b179-d0b31c05c000", "late": null, "seat": 2, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2030-01-11T10:00:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-11T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a002", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9bb-7858-bb66-3add7fa8c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	12
01a21c6e-b9bf-735c-991d-2d86a69ec000	13	00000000-0000-7000-8000-00000000c000	appointment.arrived	01a21c6e-b9bc-793c-b179-d0b31c05c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9bc-793c-b179-d0b31c05c000", "late": null, "seat": 2, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "arrived", "changed": {"status": "booked"}, "details": null, "ends_at": "2030-01-11T10:00:00+00:00", "version": 2, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-11T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a002", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9bb-7858-bb66-3add7fa8c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	13
01a21c6e-b9c0-7ee8-aad7-5a96874bc000	14	00000000-0000-7000-8000-00000000c000	appointment.held	01a21c6e-b9bf-7cdc-b80d-79cbde70c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9bf-7cdc-b80d-79cbde70c000", "late": null, "seat": 3, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "held", "changed": {}, "details": null, "ends_at": "2030-01-11T10:00:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-11T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": "2030-01-08T12:00:00+00:00", "patient_id": "00000000-0000-7000-8000-00000000a003", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9bb-7858-bb66-3add7fa8c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	14
01a21c6e-b9c1-7b20-a08d-6d8cdce4c000	15	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9c1-78e4-97c1-413fe3f4c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9c1-78e4-97c1-413fe3f4c000", "late": null, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2030-01-12T10:00:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-12T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a004", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9c1-7924-9bdb-a51bbb3fc000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	15
01a21c6e-b9c2-7688-9ba7-82e84b9ac000	16	00000000-0000-7000-8000-00000000c000	appointment.cancelled	01a21c6e-b9c1-78e4-97c1-413fe3f4c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9c1-78e4-97c1-413fe3f4c000", "late": false, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "cancelled", "changed": {"late": null, "status": "booked", "cancelled_by": null}, "details": null, "ends_at": "2030-01-12T10:00:00+00:00", "version": 2, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-12T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a004", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9c1-7924-9bdb-a51bbb3fc000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": "staff", "cancel_reason": null, "idempotency_key": null}	16
01a21c6e-b9c3-73fc-8940-4b52a5bfc000	17	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9c3-71d0-97ad-474b2d2ac000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9c3-71d0-97ad-474b2d2ac000", "late": null, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2030-01-13T10:00:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-13T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9c3-7200-a332-9ef2d4a1c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	17
01a21c6e-b9c3-7cf0-93fb-d1735caec000	18	00000000-0000-7000-8000-00000000c000	appointment.cancelled	01a21c6e-b9c3-71d0-97ad-474b2d2ac000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9c3-71d0-97ad-474b2d2ac000", "late": false, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "cancelled", "changed": {"late": null, "status": "booked", "cancelled_by": null}, "details": null, "ends_at": "2030-01-13T10:00:00+00:00", "version": 2, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-13T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9c3-7200-a332-9ef2d4a1c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": "staff", "cancel_reason": null, "idempotency_key": null}	18
01a21c6e-b9c4-7984-8390-72546cf8c000	19	00000000-0000-7000-8000-00000000c000	appointment.held	01a21c6e-b9c4-7760-810d-02173592c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9c4-7760-810d-02173592c000", "late": null, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "held", "changed": {}, "details": null, "ends_at": "2030-01-13T10:00:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-13T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": "2030-01-07T12:00:00+00:00", "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9c4-7790-9f9b-7759b290c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	19
01a21c6e-b9c5-7dfc-8f39-84004d74c000	20	00000000-0000-7000-8000-00000000c000	appointment.cancelled	01a21c6e-b9c4-7760-810d-02173592c000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9c4-7760-810d-02173592c000", "late": false, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "cancelled", "changed": {"late": null, "status": "held", "expires_at": "2030-01-07T12:00:00+00:00", "cancelled_by": null, "cancel_reason": null}, "details": null, "ends_at": "2030-01-13T10:00:00+00:00", "version": 2, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-13T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9c4-7790-9f9b-7759b290c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": "system", "cancel_reason": "replaced by a booking", "idempotency_key": null}	20
01a21c6e-b9c7-74c4-9759-26d92a1bc000	21	00000000-0000-7000-8000-00000000c000	appointment.restored	01a21c6e-b9c3-71d0-97ad-474b2d2ac000	2030-01-06 12:00:00+00	{"id": "01a21c6e-b9c3-71d0-97ad-474b2d2ac000", "late": null, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {"late": false, "status": "cancelled", "session_id": "01a21c6e-b9c3-7200-a332-9ef2d4a1c000", "cancelled_by": "staff"}, "details": null, "ends_at": "2030-01-13T10:00:00+00:00", "version": 3, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2030-01-13T09:00:00+00:00", "created_at": "2030-01-06T12:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9c4-7790-9f9b-7759b290c000", "updated_at": "2030-01-06T12:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	21
01a21c6e-b9c8-73e4-8a69-3fc07c83c000	22	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9c8-71a0-b005-14587badc000	2029-12-03 07:00:00+00	{"id": "01a21c6e-b9c8-71a0-b005-14587badc000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2029-12-03T09:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2029-12-03T09:00:00+00:00", "created_at": "2029-12-03T07:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2029-12-03T07:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	22
01a21c6e-b9c8-7e44-8d5f-13b6b467c000	23	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9c8-7c44-8195-4e637147c000	2029-12-03 07:00:00+00	{"id": "01a21c6e-b9c8-7c44-8195-4e637147c000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2029-12-03T10:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2029-12-03T10:00:00+00:00", "created_at": "2029-12-03T07:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a002", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2029-12-03T07:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	23
01a21c6e-b9c9-79a8-a904-e69bcb39c000	24	00000000-0000-7000-8000-00000000c000	appointment.booked	01a21c6e-b9c9-775c-aa3a-a580069bc000	2029-12-03 07:00:00+00	{"id": "01a21c6e-b9c9-775c-aa3a-a580069bc000", "late": null, "seat": 1, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "booked", "changed": {}, "details": null, "ends_at": "2029-12-03T10:00:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2029-12-03T09:00:00+00:00", "created_at": "2029-12-03T07:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a003", "service_id": "00000000-0000-7000-8000-00000000e002", "session_id": "01a21c6e-b9c9-7788-a84b-a98a9293c000", "updated_at": "2029-12-03T07:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d003", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	24
01a21c6e-b9ca-7600-a280-2630b0fac000	25	00000000-0000-7000-8000-00000000c000	appointment.held	01a21c6e-b9ca-72e4-9eb0-597828d8c000	2029-12-03 07:00:00+00	{"id": "01a21c6e-b9ca-72e4-9eb0-597828d8c000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "held", "changed": {}, "details": null, "ends_at": "2029-12-03T11:30:00+00:00", "version": 1, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2029-12-03T11:00:00+00:00", "created_at": "2029-12-03T07:00:00+00:00", "expires_at": "2029-12-03T07:10:00+00:00", "patient_id": "00000000-0000-7000-8000-00000000a004", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2029-12-03T07:00:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	25
01a21c6e-b9cb-7148-aa27-6051600cc000	26	00000000-0000-7000-8000-00000000c000	appointment.fulfilled	01a21c6e-b9c8-71a0-b005-14587badc000	2029-12-03 10:10:00+00	{"id": "01a21c6e-b9c8-71a0-b005-14587badc000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "fulfilled", "changed": {"status": "booked"}, "details": null, "ends_at": "2029-12-03T09:30:00+00:00", "version": 2, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2029-12-03T09:00:00+00:00", "created_at": "2029-12-03T07:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a001", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2029-12-03T10:10:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	26
01a21c6e-b9cb-7c74-8633-26dcd75dc000	27	00000000-0000-7000-8000-00000000c000	appointment.noshow	01a21c6e-b9c8-7c44-8195-4e637147c000	2029-12-03 10:10:00+00	{"id": "01a21c6e-b9c8-7c44-8195-4e637147c000", "late": null, "seat": null, "actor": {"role": "postgres", "account": null}, "notes": null, "status": "noshow", "changed": {"status": "booked"}, "details": null, "ends_at": "2029-12-03T10:30:00+00:00", "version": 2, "sequence": 0, "clinic_id": "00000000-0000-7000-8000-00000000c000", "starts_at": "2029-12-03T10:00:00+00:00", "created_at": "2029-12-03T07:00:00+00:00", "expires_at": null, "patient_id": "00000000-0000-7000-8000-00000000a002", "service_id": "00000000-0000-7000-8000-00000000e001", "session_id": null, "updated_at": "2029-12-03T10:10:00+00:00", "provider_id": "00000000-0000-7000-8000-00000000d001", "cancelled_by": null, "cancel_reason": null, "idempotency_key": null}	27
\.


--
-- Data for Name: event_counter; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.event_counter (only_row, last_position, messages_position) FROM stdin;
t	27	0
\.


--
-- Data for Name: message_template; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.message_template (id, clinic_id, name, subject, body) FROM stdin;
01a21c6e-b9ac-74b0-a44d-f723d059c000	00000000-0000-7000-8000-00000000c000	News	{{date}}	Dear {{patient_name}}
\.


--
-- Data for Name: notification; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.notification (id, clinic_id, dedup_key, rule_id, appointment_id, sequence, purpose, account_id, channel, recipient, subject, body, status, reason, attempts, due_at, lease_until, created_at, finished_at) FROM stdin;
01a21c6e-b9cf-7be0-a317-4c747400c000	00000000-0000-7000-8000-00000000c000	account invitation 01a21c6e-b9cf-7800-8ac6-0891b3c1c000	\N	\N	\N	invitation	01a21c6e-b9cf-7800-8ac6-0891b3c1c000	email	doctor@example.org	\N	\N	queued	\N	1	2030-01-06 12:00:00+00	2030-01-06 12:01:00+00	2030-01-06 12:00:00+00	\N
01a21c6e-b9d1-7dd4-aeaf-4dde9f21c000	00000000-0000-7000-8000-00000000c000	account verify_email 00000000-0000-7000-8000-00000000c000 new@example.org 3157488	\N	\N	\N	verify_email	01a21c6e-b9d1-7a74-8d27-304b7dc3c000	email	new@example.org	\N	\N	queued	\N	1	2030-01-06 12:00:00+00	2030-01-06 12:01:00+00	2030-01-06 12:00:00+00	\N
01a21c6e-b9d4-76d0-b3ed-d1ce0d7cc000	00000000-0000-7000-8000-00000000c000	account password_reset 00000000-0000-7000-8000-00000000c000 desk@example.org 3157488	\N	\N	\N	password_reset	\N	email	desk@example.org	\N	\N	queued	\N	1	2030-01-06 12:00:00+00	2030-01-06 12:01:00+00	2030-01-06 12:00:00+00	\N
\.


--
-- Data for Name: patient; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.patient (id, clinic_id, name, email, phone, time_zone, locale) FROM stdin;
00000000-0000-7000-8000-00000000a001	00000000-0000-7000-8000-00000000c000	Ann	ann@example.org	\N	\N	\N
00000000-0000-7000-8000-00000000a002	00000000-0000-7000-8000-00000000c000	Ben \\ tab\t	\N	\N	\N	\N
00000000-0000-7000-8000-00000000a003	00000000-0000-7000-8000-00000000c000	Cia	cia@example.org	\N	\N	\N
00000000-0000-7000-8000-00000000a004	00000000-0000-7000-8000-00000000c000	Dan	\N	\N	\N	\N
\.


--
-- Data for Name: provider; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.provider (id, clinic_id, name, kind, time_zone, capacity, open_always, active) FROM stdin;
00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000	Dr. O'Hara	practitioner	\N	1	f	t
00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000	Saal	room	\N	2	t	t
00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000	Coach	practitioner	\N	2	t	t
\.


--
-- Data for Name: reminder_rule; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.reminder_rule (id, clinic_id, service_id, occasion, time_offset, channel, template_id, active) FROM stdin;
01a21c6e-b9ad-7008-b8f3-5aacb64bc000	00000000-0000-7000-8000-00000000c000	\N	booked	00:00:00	email	01a21c6e-b9ac-74b0-a44d-f723d059c000	t
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.schema_version (version, installed_at) FROM stdin;
1	2026-11-27 09:55:48.135445+00
\.


--
-- Data for Name: service; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.service (id, clinic_id, name, duration, slot_interval, slot_anchor, buffer_before, buffer_after, min_notice, horizon_days, horizon_counts, bookable_during, seats, requires_approval, pending_blocks, hold_for, cancel_notice, reschedule_notice, patient_may_overlap, active) FROM stdin;
00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000c000	Visit	00:30:00	\N	window	00:00:00	00:05:00	00:00:00	\N	calendar	[2029-01-01,2035-01-01)	1	f	t	00:10:00	00:00:00	00:00:00	f	t
00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000c000	Class	01:00:00	\N	window	00:00:00	00:00:00	00:00:00	\N	calendar	\N	3	f	t	00:10:00	00:00:00	00:00:00	f	t
00000000-0000-7000-8000-00000000e003	00000000-0000-7000-8000-00000000c000	Second opinion	01:00:00	\N	window	00:00:00	00:00:00	00:00:00	\N	calendar	\N	1	t	t	00:10:00	00:00:00	00:00:00	f	t
\.


--
-- Data for Name: service_provider; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.service_provider (service_id, provider_id, clinic_id, role, duration, priority) FROM stdin;
00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d001	00000000-0000-7000-8000-00000000c000	practitioner	\N	0
00000000-0000-7000-8000-00000000e001	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000	room	\N	0
00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000	practitioner	\N	0
00000000-0000-7000-8000-00000000e002	00000000-0000-7000-8000-00000000d002	00000000-0000-7000-8000-00000000c000	room	\N	0
00000000-0000-7000-8000-00000000e003	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000c000	practitioner	\N	0
\.


--
-- Data for Name: session; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.session (id, clinic_id, provider_id, service_id, starts_at, ends_at) FROM stdin;
01a21c6e-b9bb-7858-bb66-3add7fa8c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000e002	2030-01-11 09:00:00+00	2030-01-11 10:00:00+00
01a21c6e-b9c1-7924-9bdb-a51bbb3fc000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000e002	2030-01-12 09:00:00+00	2030-01-12 10:00:00+00
01a21c6e-b9c3-7200-a332-9ef2d4a1c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000e002	2030-01-13 09:00:00+00	2030-01-13 10:00:00+00
01a21c6e-b9c4-7790-9f9b-7759b290c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000e002	2030-01-13 09:00:00+00	2030-01-13 10:00:00+00
01a21c6e-b9c9-7788-a84b-a98a9293c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d003	00000000-0000-7000-8000-00000000e002	2029-12-03 09:00:00+00	2029-12-03 10:00:00+00
\.


--
-- Data for Name: time_off; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.time_off (id, clinic_id, provider_id, during, reason) FROM stdin;
01a21c6e-b9a8-7df8-8102-031a2f5ec000	00000000-0000-7000-8000-00000000c000	\N	["2030-01-21 00:00:00+00","2030-01-22 00:00:00+00")	holiday
\.


--
-- Data for Name: token_key; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.token_key (kid, secret, created_at, retires_at) FROM stdin;
x-sUWJM5qxT1	\\x469de69f08108c1b281123832eba589f5f99c6b363bd7370affc03087f2c8316	2030-01-06 12:00:00+00	\N
\.


--
-- Data for Name: travel; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.travel (id, clinic_id, provider_id, dates, time_zone) FROM stdin;
01a21c6e-b9a8-747c-920d-222a9d8ec000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d001	[2030-02-01,2030-02-08)	Asia/Tokyo
\.


--
-- Data for Name: working_hours; Type: TABLE DATA; Schema: quickbook; Owner: clinic_owner
--

COPY quickbook.working_hours (id, clinic_id, provider_id, service_id, weekday, start_time, end_time, valid, every_weeks, anchored_on) FROM stdin;
01a21c6e-b9a5-7f08-8970-2cdcbe35c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d001	\N	1	09:00:00	17:00:00	\N	1	\N
01a21c6e-b9a6-723c-8d27-b191827ac000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d001	\N	2	09:00:00	17:00:00	\N	1	\N
01a21c6e-b9a6-727c-b0b9-8a155cfec000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d001	\N	3	09:00:00	17:00:00	\N	1	\N
01a21c6e-b9a6-72c4-a897-3d3eadd8c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d001	\N	4	09:00:00	17:00:00	\N	1	\N
01a21c6e-b9a6-72f0-9445-41ceba84c000	00000000-0000-7000-8000-00000000c000	00000000-0000-7000-8000-00000000d001	\N	5	09:00:00	17:00:00	\N	1	\N
\.


--
-- Name: event_seq_seq; Type: SEQUENCE SET; Schema: quickbook; Owner: clinic_owner
--

SELECT pg_catalog.setval('quickbook.event_seq_seq', 27, true);


--
-- Name: account account_id_clinic_id_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.account
    ADD CONSTRAINT account_id_clinic_id_key UNIQUE (id, clinic_id);


--
-- Name: account account_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);


--
-- Name: account_token account_token_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.account_token
    ADD CONSTRAINT account_token_pkey PRIMARY KEY (token_hash);


--
-- Name: allocation allocation_no_overlap; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.allocation
    ADD CONSTRAINT allocation_no_overlap EXCLUDE USING gist (calendar_id WITH =, lane WITH =, tstzrange(starts_at, ends_at) WITH &&);


--
-- Name: allocation allocation_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.allocation
    ADD CONSTRAINT allocation_pkey PRIMARY KEY (owner_id, calendar_id);


--
-- Name: appointment appointment_id_clinic_id_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment
    ADD CONSTRAINT appointment_id_clinic_id_key UNIQUE (id, clinic_id);


--
-- Name: appointment appointment_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment
    ADD CONSTRAINT appointment_pkey PRIMARY KEY (id);


--
-- Name: appointment_resource appointment_resource_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment_resource
    ADD CONSTRAINT appointment_resource_pkey PRIMARY KEY (appointment_id, role);


--
-- Name: booking_limit booking_limit_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.booking_limit
    ADD CONSTRAINT booking_limit_pkey PRIMARY KEY (id);


--
-- Name: busy_time busy_time_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.busy_time
    ADD CONSTRAINT busy_time_pkey PRIMARY KEY (id);


--
-- Name: clinic clinic_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.clinic
    ADD CONSTRAINT clinic_pkey PRIMARY KEY (id);


--
-- Name: consumer consumer_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.consumer
    ADD CONSTRAINT consumer_pkey PRIMARY KEY (name);


--
-- Name: date_override date_override_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.date_override
    ADD CONSTRAINT date_override_pkey PRIMARY KEY (id);


--
-- Name: date_override date_override_rows_of_a_date_do_not_overlap; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.date_override
    ADD CONSTRAINT date_override_rows_of_a_date_do_not_overlap EXCLUDE USING gist (provider_id WITH =, COALESCE(service_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, tsrange((on_date + COALESCE(start_time, '00:00:00'::time without time zone)),
CASE
    WHEN (start_time IS NULL) THEN (on_date + '2 days'::interval)
    WHEN (end_time < start_time) THEN ((on_date + end_time) + '1 day'::interval)
    ELSE (on_date + end_time)
END) WITH &&, on_date WITH =);


--
-- Name: event_counter event_counter_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.event_counter
    ADD CONSTRAINT event_counter_pkey PRIMARY KEY (only_row);


--
-- Name: event event_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);


--
-- Name: message_template message_template_id_clinic_id_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.message_template
    ADD CONSTRAINT message_template_id_clinic_id_key UNIQUE (id, clinic_id);


--
-- Name: message_template message_template_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.message_template
    ADD CONSTRAINT message_template_pkey PRIMARY KEY (id);


--
-- Name: notification notification_dedup_key_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.notification
    ADD CONSTRAINT notification_dedup_key_key UNIQUE (dedup_key);


--
-- Name: notification notification_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.notification
    ADD CONSTRAINT notification_pkey PRIMARY KEY (id);


--
-- Name: patient patient_id_clinic_id_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.patient
    ADD CONSTRAINT patient_id_clinic_id_key UNIQUE (id, clinic_id);


--
-- Name: patient patient_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.patient
    ADD CONSTRAINT patient_pkey PRIMARY KEY (id);


--
-- Name: provider provider_id_clinic_id_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.provider
    ADD CONSTRAINT provider_id_clinic_id_key UNIQUE (id, clinic_id);


--
-- Name: provider provider_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.provider
    ADD CONSTRAINT provider_pkey PRIMARY KEY (id);


--
-- Name: reminder_rule reminder_rule_id_clinic_id_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.reminder_rule
    ADD CONSTRAINT reminder_rule_id_clinic_id_key UNIQUE (id, clinic_id);


--
-- Name: reminder_rule reminder_rule_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.reminder_rule
    ADD CONSTRAINT reminder_rule_pkey PRIMARY KEY (id);


--
-- Name: schema_version schema_version_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);


--
-- Name: service service_id_clinic_id_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.service
    ADD CONSTRAINT service_id_clinic_id_key UNIQUE (id, clinic_id);


--
-- Name: service service_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.service
    ADD CONSTRAINT service_pkey PRIMARY KEY (id);


--
-- Name: service_provider service_provider_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.service_provider
    ADD CONSTRAINT service_provider_pkey PRIMARY KEY (service_id, role, provider_id);


--
-- Name: session session_id_clinic_id_key; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.session
    ADD CONSTRAINT session_id_clinic_id_key UNIQUE (id, clinic_id);


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);


--
-- Name: time_off time_off_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.time_off
    ADD CONSTRAINT time_off_pkey PRIMARY KEY (id);


--
-- Name: token_key token_key_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.token_key
    ADD CONSTRAINT token_key_pkey PRIMARY KEY (kid);


--
-- Name: travel travel_dates_of_a_provider_do_not_overlap; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.travel
    ADD CONSTRAINT travel_dates_of_a_provider_do_not_overlap EXCLUDE USING gist (provider_id WITH =, dates WITH &&);


--
-- Name: travel travel_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.travel
    ADD CONSTRAINT travel_pkey PRIMARY KEY (id);


--
-- Name: working_hours working_hours_pkey; Type: CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.working_hours
    ADD CONSTRAINT working_hours_pkey PRIMARY KEY (id);


--
-- Name: account_clinic_id_email_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE UNIQUE INDEX account_clinic_id_email_idx ON quickbook.account USING btree (clinic_id, lower(email)) WHERE (email_verified_at IS NOT NULL);


--
-- Name: account_clinic_id_email_unverified_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX account_clinic_id_email_unverified_idx ON quickbook.account USING btree (clinic_id, lower(email)) WHERE (email_verified_at IS NULL);


--
-- Name: account_created_at_unverified_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX account_created_at_unverified_idx ON quickbook.account USING btree (created_at) WHERE (email_verified_at IS NULL);


--
-- Name: account_patient_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX account_patient_id_idx ON quickbook.account USING btree (patient_id) WHERE (patient_id IS NOT NULL);


--
-- Name: account_provider_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX account_provider_id_idx ON quickbook.account USING btree (provider_id) WHERE (provider_id IS NOT NULL);


--
-- Name: account_token_account_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX account_token_account_id_idx ON quickbook.account_token USING btree (account_id);


--
-- Name: account_token_expires_at_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX account_token_expires_at_idx ON quickbook.account_token USING btree (expires_at);


--
-- Name: allocation_calendar_id_lane_starts_at_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX allocation_calendar_id_lane_starts_at_idx ON quickbook.allocation USING btree (calendar_id, lane, starts_at);


--
-- Name: appointment_clinic_id_idempotency_key_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE UNIQUE INDEX appointment_clinic_id_idempotency_key_idx ON quickbook.appointment USING btree (clinic_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);


--
-- Name: appointment_clinic_id_starts_at_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX appointment_clinic_id_starts_at_idx ON quickbook.appointment USING btree (clinic_id, starts_at);


--
-- Name: appointment_held_expires_at_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX appointment_held_expires_at_idx ON quickbook.appointment USING btree (expires_at) WHERE (status = 'held'::text);


--
-- Name: appointment_patient_id_starts_at_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX appointment_patient_id_starts_at_idx ON quickbook.appointment USING btree (patient_id, starts_at);


--
-- Name: appointment_provider_id_starts_at_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX appointment_provider_id_starts_at_idx ON quickbook.appointment USING btree (provider_id, starts_at);


--
-- Name: appointment_resource_provider_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX appointment_resource_provider_id_idx ON quickbook.appointment_resource USING btree (provider_id);


--
-- Name: appointment_session_id_seat_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE UNIQUE INDEX appointment_session_id_seat_idx ON quickbook.appointment USING btree (session_id, seat) WHERE ((session_id IS NOT NULL) AND (status = ANY (ARRAY['held'::text, 'pending'::text, 'booked'::text, 'arrived'::text, 'checked-in'::text, 'fulfilled'::text])));


--
-- Name: booking_limit_clinic_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX booking_limit_clinic_id_idx ON quickbook.booking_limit USING btree (clinic_id);


--
-- Name: booking_limit_provider_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX booking_limit_provider_id_idx ON quickbook.booking_limit USING btree (provider_id) WHERE (provider_id IS NOT NULL);


--
-- Name: booking_limit_service_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX booking_limit_service_id_idx ON quickbook.booking_limit USING btree (service_id) WHERE (service_id IS NOT NULL);


--
-- Name: busy_time_provider_id_during_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX busy_time_provider_id_during_idx ON quickbook.busy_time USING gist (provider_id, during);


--
-- Name: date_override_provider_id_on_date_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX date_override_provider_id_on_date_idx ON quickbook.date_override USING btree (provider_id, on_date);


--
-- Name: date_override_service_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX date_override_service_id_idx ON quickbook.date_override USING btree (service_id) WHERE (service_id IS NOT NULL);


--
-- Name: event_position_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE UNIQUE INDEX event_position_idx ON quickbook.event USING btree ("position") WHERE ("position" IS NOT NULL);


--
-- Name: event_seq_unnumbered_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX event_seq_unnumbered_idx ON quickbook.event USING btree (seq) WHERE ("position" IS NULL);


--
-- Name: event_subject_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX event_subject_idx ON quickbook.event USING btree (subject, seq);


--
-- Name: message_template_clinic_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX message_template_clinic_id_idx ON quickbook.message_template USING btree (clinic_id);


--
-- Name: notification_account_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX notification_account_id_idx ON quickbook.notification USING btree (account_id) WHERE (account_id IS NOT NULL);


--
-- Name: notification_appointment_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX notification_appointment_id_idx ON quickbook.notification USING btree (appointment_id);


--
-- Name: notification_channel_due_at_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX notification_channel_due_at_idx ON quickbook.notification USING btree (channel, due_at) WHERE (status = 'queued'::text);


--
-- Name: notification_created_at_of_account_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX notification_created_at_of_account_idx ON quickbook.notification USING btree (created_at) WHERE (purpose IS NOT NULL);


--
-- Name: patient_clinic_id_email_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX patient_clinic_id_email_idx ON quickbook.patient USING btree (clinic_id, lower(email));


--
-- Name: reminder_rule_clinic_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX reminder_rule_clinic_id_idx ON quickbook.reminder_rule USING btree (clinic_id);


--
-- Name: reminder_rule_template_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX reminder_rule_template_id_idx ON quickbook.reminder_rule USING btree (template_id);


--
-- Name: service_provider_provider_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX service_provider_provider_id_idx ON quickbook.service_provider USING btree (provider_id, service_id);


--
-- Name: session_provider_id_starts_at_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX session_provider_id_starts_at_idx ON quickbook.session USING btree (provider_id, starts_at);


--
-- Name: time_off_clinic_id_during_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX time_off_clinic_id_during_idx ON quickbook.time_off USING gist (clinic_id, during);


--
-- Name: time_off_provider_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX time_off_provider_id_idx ON quickbook.time_off USING btree (provider_id);


--
-- Name: working_hours_provider_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX working_hours_provider_id_idx ON quickbook.working_hours USING btree (provider_id);


--
-- Name: working_hours_service_id_idx; Type: INDEX; Schema: quickbook; Owner: clinic_owner
--

CREATE INDEX working_hours_service_id_idx ON quickbook.working_hours USING btree (service_id) WHERE (service_id IS NOT NULL);


--
-- Name: booking_limit quickbook_check_limits; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_check_limits AFTER INSERT OR UPDATE ON quickbook.booking_limit FOR EACH ROW EXECUTE FUNCTION quickbook.check_limits();


--
-- Name: reminder_rule quickbook_check_rule; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_check_rule BEFORE INSERT OR UPDATE ON quickbook.reminder_rule FOR EACH ROW EXECUTE FUNCTION quickbook.check_rule();


--
-- Name: message_template quickbook_check_template; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_check_template BEFORE INSERT OR UPDATE ON quickbook.message_template FOR EACH ROW EXECUTE FUNCTION quickbook.check_template();


--
-- Name: clinic quickbook_check_time_zone; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_check_time_zone BEFORE INSERT OR UPDATE OF time_zone ON quickbook.clinic FOR EACH ROW WHEN ((new.time_zone IS NOT NULL)) EXECUTE FUNCTION quickbook.check_time_zone();


--
-- Name: patient quickbook_check_time_zone; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_check_time_zone BEFORE INSERT OR UPDATE OF time_zone ON quickbook.patient FOR EACH ROW WHEN ((new.time_zone IS NOT NULL)) EXECUTE FUNCTION quickbook.check_time_zone();


--
-- Name: provider quickbook_check_time_zone; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_check_time_zone BEFORE INSERT OR UPDATE OF time_zone ON quickbook.provider FOR EACH ROW WHEN ((new.time_zone IS NOT NULL)) EXECUTE FUNCTION quickbook.check_time_zone();


--
-- Name: travel quickbook_check_time_zone; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_check_time_zone BEFORE INSERT OR UPDATE OF time_zone ON quickbook.travel FOR EACH ROW WHEN ((new.time_zone IS NOT NULL)) EXECUTE FUNCTION quickbook.check_time_zone();


--
-- Name: account quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.account FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('patient_id', 'provider_id');


--
-- Name: account_token quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.account_token FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('account_id');


--
-- Name: allocation quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.allocation FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('provider_id', 'patient_id');


--
-- Name: appointment quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.appointment FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('service_id');


--
-- Name: appointment_resource quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.appointment_resource FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('provider_id');


--
-- Name: booking_limit quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.booking_limit FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('service_id', 'provider_id');


--
-- Name: busy_time quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.busy_time FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('provider_id');


--
-- Name: clinic quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.clinic FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row();


--
-- Name: date_override quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.date_override FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('provider_id');


--
-- Name: event quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.event FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row();


--
-- Name: message_template quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.message_template FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row();


--
-- Name: patient quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.patient FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row();


--
-- Name: provider quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.provider FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row();


--
-- Name: reminder_rule quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.reminder_rule FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('service_id');


--
-- Name: service quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.service FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row();


--
-- Name: service_provider quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.service_provider FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('service_id');


--
-- Name: session quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.session FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('service_id');


--
-- Name: time_off quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.time_off FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('provider_id');


--
-- Name: travel quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.travel FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('provider_id');


--
-- Name: working_hours quickbook_fill_row; Type: TRIGGER; Schema: quickbook; Owner: clinic_owner
--

CREATE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.working_hours FOR EACH ROW EXECUTE FUNCTION quickbook.fill_row('provider_id');


--
-- Name: account account_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.account
    ADD CONSTRAINT account_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id);


--
-- Name: account account_patient_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.account
    ADD CONSTRAINT account_patient_fkey FOREIGN KEY (patient_id, clinic_id) REFERENCES quickbook.patient(id, clinic_id) ON DELETE CASCADE;


--
-- Name: account account_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.account
    ADD CONSTRAINT account_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE;


--
-- Name: account_token account_token_account_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.account_token
    ADD CONSTRAINT account_token_account_fkey FOREIGN KEY (account_id, clinic_id) REFERENCES quickbook.account(id, clinic_id) ON DELETE CASCADE;


--
-- Name: allocation allocation_appointment_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.allocation
    ADD CONSTRAINT allocation_appointment_fkey FOREIGN KEY (appointment_id, clinic_id) REFERENCES quickbook.appointment(id, clinic_id) ON DELETE CASCADE;


--
-- Name: allocation allocation_patient_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.allocation
    ADD CONSTRAINT allocation_patient_fkey FOREIGN KEY (patient_id, clinic_id) REFERENCES quickbook.patient(id, clinic_id);


--
-- Name: allocation allocation_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.allocation
    ADD CONSTRAINT allocation_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id);


--
-- Name: allocation allocation_session_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.allocation
    ADD CONSTRAINT allocation_session_fkey FOREIGN KEY (session_id, clinic_id) REFERENCES quickbook.session(id, clinic_id) ON DELETE CASCADE;


--
-- Name: appointment appointment_patient_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment
    ADD CONSTRAINT appointment_patient_fkey FOREIGN KEY (patient_id, clinic_id) REFERENCES quickbook.patient(id, clinic_id);


--
-- Name: appointment appointment_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment
    ADD CONSTRAINT appointment_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id);


--
-- Name: appointment_resource appointment_resource_appointment_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment_resource
    ADD CONSTRAINT appointment_resource_appointment_fkey FOREIGN KEY (appointment_id, clinic_id) REFERENCES quickbook.appointment(id, clinic_id) ON DELETE CASCADE;


--
-- Name: appointment_resource appointment_resource_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment_resource
    ADD CONSTRAINT appointment_resource_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id);


--
-- Name: appointment appointment_service_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment
    ADD CONSTRAINT appointment_service_fkey FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id);


--
-- Name: appointment appointment_session_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.appointment
    ADD CONSTRAINT appointment_session_fkey FOREIGN KEY (session_id, clinic_id) REFERENCES quickbook.session(id, clinic_id);


--
-- Name: booking_limit booking_limit_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.booking_limit
    ADD CONSTRAINT booking_limit_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id) ON DELETE CASCADE;


--
-- Name: booking_limit booking_limit_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.booking_limit
    ADD CONSTRAINT booking_limit_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE;


--
-- Name: booking_limit booking_limit_service_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.booking_limit
    ADD CONSTRAINT booking_limit_service_fkey FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE;


--
-- Name: busy_time busy_time_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.busy_time
    ADD CONSTRAINT busy_time_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE;


--
-- Name: date_override date_override_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.date_override
    ADD CONSTRAINT date_override_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE;


--
-- Name: date_override date_override_service_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.date_override
    ADD CONSTRAINT date_override_service_fkey FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE;


--
-- Name: message_template message_template_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.message_template
    ADD CONSTRAINT message_template_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id) ON DELETE CASCADE;


--
-- Name: notification notification_account_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.notification
    ADD CONSTRAINT notification_account_fkey FOREIGN KEY (account_id, clinic_id) REFERENCES quickbook.account(id, clinic_id) ON DELETE CASCADE;


--
-- Name: notification notification_appointment_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.notification
    ADD CONSTRAINT notification_appointment_fkey FOREIGN KEY (appointment_id, clinic_id) REFERENCES quickbook.appointment(id, clinic_id) ON DELETE CASCADE;


--
-- Name: notification notification_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.notification
    ADD CONSTRAINT notification_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id);


--
-- Name: notification notification_rule_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.notification
    ADD CONSTRAINT notification_rule_fkey FOREIGN KEY (rule_id, clinic_id) REFERENCES quickbook.reminder_rule(id, clinic_id) ON DELETE SET NULL (rule_id);


--
-- Name: patient patient_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.patient
    ADD CONSTRAINT patient_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id);


--
-- Name: provider provider_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.provider
    ADD CONSTRAINT provider_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id);


--
-- Name: reminder_rule reminder_rule_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.reminder_rule
    ADD CONSTRAINT reminder_rule_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id) ON DELETE CASCADE;


--
-- Name: reminder_rule reminder_rule_service_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.reminder_rule
    ADD CONSTRAINT reminder_rule_service_fkey FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE;


--
-- Name: reminder_rule reminder_rule_template_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.reminder_rule
    ADD CONSTRAINT reminder_rule_template_fkey FOREIGN KEY (template_id, clinic_id) REFERENCES quickbook.message_template(id, clinic_id);


--
-- Name: service service_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.service
    ADD CONSTRAINT service_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id);


--
-- Name: service_provider service_provider_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.service_provider
    ADD CONSTRAINT service_provider_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE;


--
-- Name: service_provider service_provider_service_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.service_provider
    ADD CONSTRAINT service_provider_service_fkey FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE;


--
-- Name: session session_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.session
    ADD CONSTRAINT session_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id);


--
-- Name: session session_service_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.session
    ADD CONSTRAINT session_service_fkey FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id);


--
-- Name: time_off time_off_clinic_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.time_off
    ADD CONSTRAINT time_off_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id) ON DELETE CASCADE;


--
-- Name: time_off time_off_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.time_off
    ADD CONSTRAINT time_off_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE;


--
-- Name: travel travel_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.travel
    ADD CONSTRAINT travel_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE;


--
-- Name: working_hours working_hours_provider_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.working_hours
    ADD CONSTRAINT working_hours_provider_fkey FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE;


--
-- Name: working_hours working_hours_service_fkey; Type: FK CONSTRAINT; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE ONLY quickbook.working_hours
    ADD CONSTRAINT working_hours_service_fkey FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE;


--
-- Name: account; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.account ENABLE ROW LEVEL SECURITY;

--
-- Name: account_token; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.account_token ENABLE ROW LEVEL SECURITY;

--
-- Name: allocation; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.allocation ENABLE ROW LEVEL SECURITY;

--
-- Name: appointment; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.appointment ENABLE ROW LEVEL SECURITY;

--
-- Name: appointment_resource; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.appointment_resource ENABLE ROW LEVEL SECURITY;

--
-- Name: booking_limit; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.booking_limit ENABLE ROW LEVEL SECURITY;

--
-- Name: busy_time; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.busy_time ENABLE ROW LEVEL SECURITY;

--
-- Name: clinic; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.clinic ENABLE ROW LEVEL SECURITY;

--
-- Name: consumer; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.consumer ENABLE ROW LEVEL SECURITY;

--
-- Name: date_override; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.date_override ENABLE ROW LEVEL SECURITY;

--
-- Name: event; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.event ENABLE ROW LEVEL SECURITY;

--
-- Name: event_counter; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.event_counter ENABLE ROW LEVEL SECURITY;

--
-- Name: message_template; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.message_template ENABLE ROW LEVEL SECURITY;

--
-- Name: notification; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.notification ENABLE ROW LEVEL SECURITY;

--
-- Name: patient; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.patient ENABLE ROW LEVEL SECURITY;

--
-- Name: provider; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.provider ENABLE ROW LEVEL SECURITY;

--
-- Name: appointment quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.appointment FOR SELECT TO quickbook_patient USING (((patient_id = ( SELECT (quickbook.whoami()).patient_id AS patient_id)) AND ((clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id)) OR (( SELECT (quickbook.whoami()).clinic_id AS clinic_id) IS NULL))));


--
-- Name: appointment_resource quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.appointment_resource FOR SELECT TO quickbook_patient USING (quickbook.sees_appointment(appointment_id));


--
-- Name: clinic quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.clinic FOR SELECT TO quickbook_patient USING ((id = ( SELECT COALESCE(w.clinic_id, ( SELECT p.clinic_id
           FROM quickbook.patient p
          WHERE (p.id = w.patient_id))) AS "coalesce"
   FROM quickbook.whoami() w(kind, account_id, clinic_id, provider_id, patient_id, database_role)
  WHERE (w.kind <> 'anon'::text))));


--
-- Name: patient quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.patient TO quickbook_patient USING (((id = ( SELECT (quickbook.whoami()).patient_id AS patient_id)) AND ((clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id)) OR (( SELECT (quickbook.whoami()).clinic_id AS clinic_id) IS NULL))));


--
-- Name: provider quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.provider FOR SELECT TO quickbook_patient USING ((clinic_id = ( SELECT COALESCE(w.clinic_id, ( SELECT p.clinic_id
           FROM quickbook.patient p
          WHERE (p.id = w.patient_id))) AS "coalesce"
   FROM quickbook.whoami() w(kind, account_id, clinic_id, provider_id, patient_id, database_role)
  WHERE (w.kind <> 'anon'::text))));


--
-- Name: service quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.service FOR SELECT TO quickbook_patient USING ((clinic_id = ( SELECT COALESCE(w.clinic_id, ( SELECT p.clinic_id
           FROM quickbook.patient p
          WHERE (p.id = w.patient_id))) AS "coalesce"
   FROM quickbook.whoami() w(kind, account_id, clinic_id, provider_id, patient_id, database_role)
  WHERE (w.kind <> 'anon'::text))));


--
-- Name: service_provider quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.service_provider FOR SELECT TO quickbook_patient USING ((clinic_id = ( SELECT COALESCE(w.clinic_id, ( SELECT p.clinic_id
           FROM quickbook.patient p
          WHERE (p.id = w.patient_id))) AS "coalesce"
   FROM quickbook.whoami() w(kind, account_id, clinic_id, provider_id, patient_id, database_role)
  WHERE (w.kind <> 'anon'::text))));


--
-- Name: session quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.session FOR SELECT TO quickbook_patient USING (((( SELECT (quickbook.whoami()).patient_id AS patient_id) IS NOT NULL) AND (EXISTS ( SELECT
   FROM quickbook.appointment a
  WHERE (a.session_id = session.id)))));


--
-- Name: time_off quickbook_patient; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_patient ON quickbook.time_off FOR SELECT TO quickbook_patient USING (((provider_id IS NULL) AND (clinic_id = ( SELECT COALESCE(w.clinic_id, ( SELECT p.clinic_id
           FROM quickbook.patient p
          WHERE (p.id = w.patient_id))) AS "coalesce"
   FROM quickbook.whoami() w(kind, account_id, clinic_id, provider_id, patient_id, database_role)
  WHERE (w.kind <> 'anon'::text)))));


--
-- Name: allocation quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.allocation TO quickbook_provider USING (((provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id)) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id))));


--
-- Name: appointment quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.appointment FOR SELECT TO quickbook_provider USING (((id = ANY (ARRAY( SELECT r.appointment_id
   FROM quickbook.appointment_resource r
  WHERE (r.provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id))))) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id))));


--
-- Name: busy_time quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.busy_time TO quickbook_provider USING (((provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id)) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id))));


--
-- Name: date_override quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.date_override TO quickbook_provider USING (((provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id)) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id))));


--
-- Name: patient quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.patient FOR SELECT TO quickbook_provider USING (((( SELECT (quickbook.whoami()).provider_id AS provider_id) IS NOT NULL) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id)) AND (EXISTS ( SELECT
   FROM quickbook.appointment a
  WHERE (a.patient_id = patient.id)))));


--
-- Name: session quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.session TO quickbook_provider USING (((provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id)) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id))));


--
-- Name: time_off quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.time_off TO quickbook_provider USING (((provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id)) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id))));


--
-- Name: travel quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.travel TO quickbook_provider USING (((provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id)) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id))));


--
-- Name: working_hours quickbook_provider; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_provider ON quickbook.working_hours TO quickbook_provider USING (((provider_id = ( SELECT (quickbook.whoami()).provider_id AS provider_id)) AND (clinic_id = ( SELECT (quickbook.whoami()).clinic_id AS clinic_id))));


--
-- Name: allocation quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.allocation TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: appointment quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.appointment TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: appointment_resource quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.appointment_resource TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: booking_limit quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.booking_limit TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: busy_time quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.busy_time TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: clinic quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.clinic TO quickbook_staff USING ((id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: date_override quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.date_override TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[]))) WITH CHECK (((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])) AND (EXISTS ( SELECT
   FROM quickbook.provider p
  WHERE (p.id = date_override.provider_id)))));


--
-- Name: event quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.event TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: message_template quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.message_template TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: notification quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.notification TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: patient quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.patient TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: provider quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.provider TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: reminder_rule quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.reminder_rule TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: service quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.service TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: service_provider quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.service_provider TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[]))) WITH CHECK (((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])) AND (EXISTS ( SELECT
   FROM quickbook.provider p
  WHERE (p.id = service_provider.provider_id)))));


--
-- Name: session quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.session TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: time_off quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.time_off TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: travel quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.travel TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[]))) WITH CHECK (((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])) AND (EXISTS ( SELECT
   FROM quickbook.provider p
  WHERE (p.id = travel.provider_id)))));


--
-- Name: working_hours quickbook_staff; Type: POLICY; Schema: quickbook; Owner: clinic_owner
--

CREATE POLICY quickbook_staff ON quickbook.working_hours TO quickbook_staff USING ((clinic_id = ANY (( SELECT quickbook.managed_clinics() AS managed_clinics)::uuid[])));


--
-- Name: reminder_rule; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.reminder_rule ENABLE ROW LEVEL SECURITY;

--
-- Name: schema_version; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.schema_version ENABLE ROW LEVEL SECURITY;

--
-- Name: service; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.service ENABLE ROW LEVEL SECURITY;

--
-- Name: service_provider; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.service_provider ENABLE ROW LEVEL SECURITY;

--
-- Name: session; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.session ENABLE ROW LEVEL SECURITY;

--
-- Name: time_off; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.time_off ENABLE ROW LEVEL SECURITY;

--
-- Name: token_key; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.token_key ENABLE ROW LEVEL SECURITY;

--
-- Name: travel; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.travel ENABLE ROW LEVEL SECURITY;

--
-- Name: working_hours; Type: ROW SECURITY; Schema: quickbook; Owner: clinic_owner
--

ALTER TABLE quickbook.working_hours ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA quickbook; Type: ACL; Schema: -; Owner: postgres
--

GRANT USAGE ON SCHEMA quickbook TO clinic_owner;
GRANT USAGE ON SCHEMA quickbook TO quickbook_anon;


--
-- Name: FUNCTION ack_events(consumer text, "position" bigint); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.ack_events(consumer text, "position" bigint) TO quickbook_admin;


--
-- Name: FUNCTION affected_appointments(provider_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.affected_appointments(provider_id uuid) TO quickbook_provider;


--
-- Name: FUNCTION authenticate(token text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.authenticate(token text) TO quickbook_anon;


--
-- Name: FUNCTION available_days(service_id uuid, from_date date, to_date date, provider_id uuid, time_zone text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.available_days(service_id uuid, from_date date, to_date date, provider_id uuid, time_zone text) TO quickbook_anon;


--
-- Name: FUNCTION available_slots(service_id uuid, from_time timestamp with time zone, to_time timestamp with time zone, provider_id uuid, patient_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.available_slots(service_id uuid, from_time timestamp with time zone, to_time timestamp with time zone, provider_id uuid, patient_id uuid) TO quickbook_anon;


--
-- Name: FUNCTION bucket(id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.bucket(id uuid) TO quickbook_staff;


--
-- Name: FUNCTION cancel_appointment(appointment_id uuid, reason text, expected_version integer); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.cancel_appointment(appointment_id uuid, reason text, expected_version integer) TO quickbook_patient;


--
-- Name: FUNCTION change_password(old_password text, new_password text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.change_password(old_password text, new_password text) TO quickbook_patient;


--
-- Name: FUNCTION claim_notifications(channel text, max_notifications integer, lease interval); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.claim_notifications(channel text, max_notifications integer, lease interval) TO quickbook_admin;


--
-- Name: FUNCTION complete_notification(notification_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.complete_notification(notification_id uuid) TO quickbook_admin;


--
-- Name: FUNCTION confirm_appointment(appointment_id uuid, patient_id uuid, hold_token text, expected_version integer, override text[]); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.confirm_appointment(appointment_id uuid, patient_id uuid, hold_token text, expected_version integer, override text[]) TO quickbook_patient;


--
-- Name: FUNCTION consumer_status(consumer text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.consumer_status(consumer text) TO quickbook_admin;


--
-- Name: FUNCTION create_account(email text, role text, clinic_id uuid, patient_id uuid, provider_id uuid, password text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.create_account(email text, role text, clinic_id uuid, patient_id uuid, provider_id uuid, password text) TO quickbook_admin;


--
-- Name: FUNCTION create_appointment(patient_id uuid, provider_id uuid, service_id uuid, starts_at timestamp with time zone, idempotency_key text, notes text, details jsonb, override text[]); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.create_appointment(patient_id uuid, provider_id uuid, service_id uuid, starts_at timestamp with time zone, idempotency_key text, notes text, details jsonb, override text[]) TO quickbook_patient;


--
-- Name: FUNCTION create_appointment_local(patient_id uuid, provider_id uuid, service_id uuid, local_date date, local_time time without time zone, idempotency_key text, override text[]); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.create_appointment_local(patient_id uuid, provider_id uuid, service_id uuid, local_date date, local_time time without time zone, idempotency_key text, override text[]) TO quickbook_patient;


--
-- Name: FUNCTION create_consumer(name text, from_position bigint); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.create_consumer(name text, from_position bigint) TO quickbook_admin;


--
-- Name: FUNCTION decline_appointment(appointment_id uuid, reason text, expected_version integer); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.decline_appointment(appointment_id uuid, reason text, expected_version integer) TO quickbook_provider;


--
-- Name: FUNCTION disable_account(account_id uuid, disabled boolean); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.disable_account(account_id uuid, disabled boolean) TO quickbook_admin;


--
-- Name: FUNCTION drop_consumer(name text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.drop_consumer(name text) TO quickbook_admin;


--
-- Name: FUNCTION event_json(event quickbook.event_info); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.event_json(event quickbook.event_info) TO quickbook_staff;


--
-- Name: FUNCTION explain_slot(service_id uuid, provider_id uuid, starts_at timestamp with time zone, patient_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.explain_slot(service_id uuid, provider_id uuid, starts_at timestamp with time zone, patient_id uuid) TO quickbook_patient;


--
-- Name: FUNCTION fail_notification(notification_id uuid, error text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.fail_notification(notification_id uuid, error text) TO quickbook_admin;


--
-- Name: FUNCTION fetch_events(consumer text, max_events integer); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.fetch_events(consumer text, max_events integer) TO quickbook_admin;


--
-- Name: FUNCTION free_busy(provider_id uuid, from_time timestamp with time zone, to_time timestamp with time zone); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.free_busy(provider_id uuid, from_time timestamp with time zone, to_time timestamp with time zone) TO quickbook_patient;


--
-- Name: FUNCTION get_appointment(appointment_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.get_appointment(appointment_id uuid) TO quickbook_patient;


--
-- Name: FUNCTION hold_appointment(patient_id uuid, provider_id uuid, service_id uuid, starts_at timestamp with time zone, idempotency_key text, notes text, details jsonb, hold_for interval, override text[]); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.hold_appointment(patient_id uuid, provider_id uuid, service_id uuid, starts_at timestamp with time zone, idempotency_key text, notes text, details jsonb, hold_for interval, override text[]) TO quickbook_anon;


--
-- Name: FUNCTION list_appointments(from_time timestamp with time zone, to_time timestamp with time zone, provider_id uuid, patient_id uuid, status text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.list_appointments(from_time timestamp with time zone, to_time timestamp with time zone, provider_id uuid, patient_id uuid, status text) TO quickbook_patient;


--
-- Name: FUNCTION managed_clinics(); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.managed_clinics() TO quickbook_patient;


--
-- Name: FUNCTION new_id(clinic_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.new_id(clinic_id uuid) TO quickbook_staff;


--
-- Name: FUNCTION next_slots(service_id uuid, after_time timestamp with time zone, max_slots integer, provider_id uuid, patient_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.next_slots(service_id uuid, after_time timestamp with time zone, max_slots integer, provider_id uuid, patient_id uuid) TO quickbook_anon;


--
-- Name: FUNCTION purge_events(older_than interval, force boolean); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.purge_events(older_than interval, force boolean) TO quickbook_admin;


--
-- Name: FUNCTION request_password_reset(email text, clinic_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.request_password_reset(email text, clinic_id uuid) TO quickbook_anon;


--
-- Name: FUNCTION reschedule_appointment(appointment_id uuid, starts_at timestamp with time zone, provider_id uuid, expected_version integer, override text[]); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.reschedule_appointment(appointment_id uuid, starts_at timestamp with time zone, provider_id uuid, expected_version integer, override text[]) TO quickbook_patient;


--
-- Name: FUNCTION reset_password(token text, new_password text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.reset_password(token text, new_password text) TO quickbook_anon;


--
-- Name: FUNCTION reset_stat(); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.reset_stat() TO quickbook_admin;


--
-- Name: FUNCTION retry_dead_notifications(channel text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.retry_dead_notifications(channel text) TO quickbook_admin;


--
-- Name: FUNCTION run_maintenance(); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.run_maintenance() TO quickbook_admin;


--
-- Name: FUNCTION sees_appointment(appointment_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.sees_appointment(appointment_id uuid) TO quickbook_patient;


--
-- Name: FUNCTION set_appointment_status(appointment_id uuid, status text, expected_version integer, override text[]); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.set_appointment_status(appointment_id uuid, status text, expected_version integer, override text[]) TO quickbook_provider;


--
-- Name: FUNCTION sign_in(email text, password text, clinic_id uuid); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.sign_in(email text, password text, clinic_id uuid) TO quickbook_anon;


--
-- Name: FUNCTION sign_up(email text, password text, name text, clinic_id uuid, phone text, time_zone text, locale text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.sign_up(email text, password text, name text, clinic_id uuid, phone text, time_zone text, locale text) TO quickbook_anon;


--
-- Name: FUNCTION stat_counters(); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.stat_counters() TO quickbook_admin;


--
-- Name: FUNCTION update_appointment(appointment_id uuid, notes text, details jsonb, expected_version integer); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.update_appointment(appointment_id uuid, notes text, details jsonb, expected_version integer) TO quickbook_patient;


--
-- Name: FUNCTION verify_email(token text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.verify_email(token text) TO quickbook_anon;


--
-- Name: FUNCTION verify_token(token text); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.verify_token(token text) TO quickbook_anon;


--
-- Name: FUNCTION whoami(); Type: ACL; Schema: quickbook; Owner: postgres
--

GRANT ALL ON FUNCTION quickbook.whoami() TO quickbook_anon;


--
-- Name: TABLE allocation; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.allocation TO quickbook_provider;


--
-- Name: COLUMN appointment.id; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(id) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.clinic_id; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(clinic_id) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.patient_id; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(patient_id) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.service_id; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(service_id) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.provider_id; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(provider_id) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.session_id; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(session_id) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.seat; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(seat) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.status; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(status) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.starts_at; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(starts_at) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.ends_at; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(ends_at) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.expires_at; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(expires_at) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.version; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(version) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.sequence; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(sequence) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.idempotency_key; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(idempotency_key) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.notes; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(notes) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.details; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(details) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.created_at; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(created_at) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.updated_at; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(updated_at) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.cancel_reason; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(cancel_reason) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.cancelled_by; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(cancelled_by) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: COLUMN appointment.late; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT(late) ON TABLE quickbook.appointment TO quickbook_patient;


--
-- Name: TABLE appointment_resource; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.appointment_resource TO quickbook_patient;


--
-- Name: TABLE booking_limit; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.booking_limit TO quickbook_staff;


--
-- Name: TABLE busy_time; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.busy_time TO quickbook_provider;


--
-- Name: TABLE clinic; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.clinic TO quickbook_patient;
GRANT UPDATE ON TABLE quickbook.clinic TO quickbook_admin;


--
-- Name: TABLE date_override; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.date_override TO quickbook_provider;


--
-- Name: TABLE event; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.event TO quickbook_staff;


--
-- Name: TABLE message_template; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.message_template TO quickbook_staff;


--
-- Name: TABLE patient; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.patient TO quickbook_patient;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.patient TO quickbook_staff;


--
-- Name: COLUMN patient.name; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT UPDATE(name) ON TABLE quickbook.patient TO quickbook_patient;


--
-- Name: COLUMN patient.phone; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT UPDATE(phone) ON TABLE quickbook.patient TO quickbook_patient;


--
-- Name: COLUMN patient.time_zone; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT UPDATE(time_zone) ON TABLE quickbook.patient TO quickbook_patient;


--
-- Name: COLUMN patient.locale; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT UPDATE(locale) ON TABLE quickbook.patient TO quickbook_patient;


--
-- Name: TABLE provider; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.provider TO quickbook_patient;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.provider TO quickbook_staff;


--
-- Name: TABLE service; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.service TO quickbook_patient;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.service TO quickbook_staff;


--
-- Name: TABLE my_appointments; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.my_appointments TO quickbook_patient;


--
-- Name: TABLE notification; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.notification TO quickbook_staff;


--
-- Name: TABLE reminder_rule; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.reminder_rule TO quickbook_staff;


--
-- Name: TABLE service_provider; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.service_provider TO quickbook_patient;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.service_provider TO quickbook_staff;


--
-- Name: TABLE session; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.session TO quickbook_patient;


--
-- Name: TABLE stat; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.stat TO quickbook_admin;


--
-- Name: TABLE time_off; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.time_off TO quickbook_provider;


--
-- Name: TABLE travel; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.travel TO quickbook_provider;


--
-- Name: TABLE upcoming_appointments; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT ON TABLE quickbook.upcoming_appointments TO quickbook_patient;


--
-- Name: TABLE working_hours; Type: ACL; Schema: quickbook; Owner: clinic_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE quickbook.working_hours TO quickbook_provider;


--
-- PostgreSQL database dump complete
--


