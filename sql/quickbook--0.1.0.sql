\echo Use "CREATE EXTENSION quickbook" to load this file. \quit
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
--
-- Ids: uuid version 7 whose last 16 bits are those of the clinic's id.
--

CREATE FUNCTION quickbook.new_id(clinic_id uuid DEFAULT NULL) RETURNS uuid
	LANGUAGE C VOLATILE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'quickbook_new_id';

COMMENT ON FUNCTION quickbook.new_id(uuid) IS
'A new id: a uuid of version 7 (RFC 9562, section 5.7) in the clinic''s bucket.

Ids rise with the time at which they were made; their last 16 bits are the
last 16 bits of clinic_id, so that an id alone tells where its clinic lives.
Without clinic_id the last 16 bits are random: that is how a clinic gets its
own id. An id is a name and not a secret.';

CREATE FUNCTION quickbook.bucket(id uuid) RETURNS integer
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'quickbook_bucket';

COMMENT ON FUNCTION quickbook.bucket(uuid) IS
'The last 16 bits of an id, 0 to 65535, the same for everything of one clinic.

Use it to route a request to the database that holds the clinic. NULL for a
NULL id.';
--
-- The tables.  They are the user's and no members of the extension: made by
-- install(), changed by migrate(), compared by check_install().
--

-- The schema version that this library reads and writes.
CREATE FUNCTION quickbook.schema_version_needed() RETURNS integer
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'quickbook_schema_version_needed';

COMMENT ON FUNCTION quickbook.schema_version_needed() IS
'The version of the tables that this version of the extension works with.

migrate() brings the tables to it.';

CREATE FUNCTION quickbook.schema_raise(error text, message text, hint text DEFAULT NULL) RETURNS void
	LANGUAGE C VOLATILE
	AS 'MODULE_PATHNAME', 'quickbook_schema_raise';

COMMENT ON FUNCTION quickbook.schema_raise(text, text, text) IS
'Raises an error of quickbook by name. Called by install(), migrate() and check_install() only.';

-- Without a search_path of its own: it is called for each row, and sets one
-- when it has to ask.
CREATE FUNCTION quickbook.fill_row() RETURNS trigger
	LANGUAGE C
	AS 'MODULE_PATHNAME', 'quickbook_fill_row';

COMMENT ON FUNCTION quickbook.fill_row() IS
'Trigger: gives a new row its id and its clinic_id when the writer gave none.

The arguments are columns of the row that name a service, provider, patient or
appointment; the first that is set tells the clinic.';

CREATE FUNCTION quickbook.check_time_zone() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_time_zone';

COMMENT ON FUNCTION quickbook.check_time_zone() IS
'Trigger: refuses a time_zone that is not the exact name of an IANA zone.

Offsets and abbreviations are refused too, because they do not know when the
clocks change. Error invalid_argument (22023).';

CREATE FUNCTION quickbook.check_limits() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_limits';

COMMENT ON FUNCTION quickbook.check_limits() IS
'Trigger: refuses limits of one scope that shrink as their periods grow, at the end of the statement.

Error invalid_argument (22023).';

CREATE FUNCTION quickbook.check_template() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_template';

COMMENT ON FUNCTION quickbook.check_template() IS
'Trigger: refuses a message template with a placeholder that is not known.

Also one with placeholders of another kind than the rules that use it have
values for. Error invalid_argument (22023); its hint lists them.';

CREATE FUNCTION quickbook.check_rule() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_rule';

COMMENT ON FUNCTION quickbook.check_rule() IS
'Trigger: refuses a reminder rule whose template has placeholders that have no value on its occasion.

Error invalid_argument (22023); its hint lists those that have.';

-- Step 1: everything of version 1.
CREATE FUNCTION quickbook.schema_step_1() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $step$
DECLARE
	len record;
BEGIN
	CREATE TABLE quickbook.schema_version (
		version integer NOT NULL CONSTRAINT schema_version_pkey PRIMARY KEY,
		installed_at timestamptz NOT NULL DEFAULT statement_timestamp()
	);

	CREATE TABLE quickbook.clinic (
		id uuid NOT NULL CONSTRAINT clinic_pkey PRIMARY KEY,
		name text NOT NULL,
		time_zone text NOT NULL,
		week_start smallint NOT NULL DEFAULT 1,
		anonymous_holds boolean NOT NULL DEFAULT false,
		CONSTRAINT clinic_week_start_is_1_monday_to_7_sunday CHECK (week_start BETWEEN 1 AND 7)
	);

	CREATE TABLE quickbook.provider (
		id uuid NOT NULL CONSTRAINT provider_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		name text NOT NULL,
		kind text NOT NULL DEFAULT 'practitioner',
		time_zone text,
		capacity integer NOT NULL DEFAULT 1,
		open_always boolean NOT NULL DEFAULT false,
		active boolean NOT NULL DEFAULT true,
		CONSTRAINT provider_id_clinic_id_key UNIQUE (id, clinic_id),
		CONSTRAINT provider_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic (id),
		CONSTRAINT provider_kind_is_not_empty CHECK (kind <> ''),
		CONSTRAINT provider_capacity_is_1_to_1000 CHECK (capacity BETWEEN 1 AND 1000)
	);

	CREATE TABLE quickbook.service (
		id uuid NOT NULL CONSTRAINT service_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		name text NOT NULL,
		duration interval NOT NULL,
		slot_interval interval,
		slot_anchor text NOT NULL DEFAULT 'window',
		buffer_before interval NOT NULL DEFAULT '0',
		buffer_after interval NOT NULL DEFAULT '0',
		min_notice interval NOT NULL DEFAULT '0',
		horizon_days integer,
		horizon_counts text NOT NULL DEFAULT 'calendar',
		bookable_during daterange,
		seats integer NOT NULL DEFAULT 1,
		requires_approval boolean NOT NULL DEFAULT false,
		pending_blocks boolean NOT NULL DEFAULT true,
		hold_for interval NOT NULL DEFAULT '10 minutes',
		cancel_notice interval NOT NULL DEFAULT '0',
		reschedule_notice interval NOT NULL DEFAULT '0',
		patient_may_overlap boolean NOT NULL DEFAULT false,
		active boolean NOT NULL DEFAULT true,
		CONSTRAINT service_id_clinic_id_key UNIQUE (id, clinic_id),
		CONSTRAINT service_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic (id),
		CONSTRAINT service_slot_anchor_is_window_gap_or_clock CHECK (slot_anchor IN ('window', 'gap', 'clock')),
		CONSTRAINT service_horizon_counts_is_calendar_working_or_bookable
			CHECK (horizon_counts IN ('calendar', 'working', 'bookable')),
		CONSTRAINT service_horizon_days_is_not_negative CHECK (horizon_days >= 0),
		CONSTRAINT service_bookable_during_is_not_empty CHECK (NOT isempty(bookable_during)),
		CONSTRAINT service_seats_is_1_to_10000 CHECK (seats BETWEEN 1 AND 10000)
	);

	CREATE TABLE quickbook.service_provider (
		service_id uuid NOT NULL,
		provider_id uuid NOT NULL,
		clinic_id uuid NOT NULL,
		role text COLLATE "C" NOT NULL DEFAULT 'practitioner',
		duration interval,
		priority integer NOT NULL DEFAULT 0,
		CONSTRAINT service_provider_pkey PRIMARY KEY (service_id, role, provider_id),
		CONSTRAINT service_provider_service_fkey FOREIGN KEY (service_id, clinic_id)
			REFERENCES quickbook.service (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT service_provider_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT service_provider_role_is_not_empty CHECK (role <> '')
	);
	CREATE INDEX service_provider_provider_id_idx ON quickbook.service_provider (provider_id, service_id);

	CREATE TABLE quickbook.working_hours (
		id uuid NOT NULL CONSTRAINT working_hours_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		provider_id uuid NOT NULL,
		service_id uuid,
		weekday smallint NOT NULL,
		start_time time NOT NULL,
		end_time time NOT NULL,
		valid daterange,
		every_weeks integer NOT NULL DEFAULT 1,
		anchored_on date,
		CONSTRAINT working_hours_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT working_hours_service_fkey FOREIGN KEY (service_id, clinic_id)
			REFERENCES quickbook.service (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT working_hours_weekday_is_1_monday_to_7_sunday CHECK (weekday BETWEEN 1 AND 7),
		CONSTRAINT working_hours_end_time_is_not_start_time CHECK (end_time <> start_time),
		CONSTRAINT working_hours_start_time_is_before_24_00 CHECK (start_time < '24:00'),
		CONSTRAINT working_hours_valid_is_not_empty CHECK (NOT isempty(valid)),
		CONSTRAINT working_hours_every_weeks_is_1_to_520 CHECK (every_weeks BETWEEN 1 AND 520),
		CONSTRAINT working_hours_every_weeks_above_1_needs_anchored_on
			CHECK (every_weeks = 1 OR anchored_on IS NOT NULL),
		CONSTRAINT working_hours_anchored_on_is_finite CHECK (isfinite(anchored_on))
	);
	CREATE INDEX working_hours_provider_id_idx ON quickbook.working_hours (provider_id);
	CREATE INDEX working_hours_service_id_idx ON quickbook.working_hours (service_id) WHERE service_id IS NOT NULL;

	CREATE TABLE quickbook.date_override (
		id uuid NOT NULL CONSTRAINT date_override_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		provider_id uuid NOT NULL,
		service_id uuid,
		on_date date NOT NULL,
		start_time time,
		end_time time,
		CONSTRAINT date_override_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT date_override_service_fkey FOREIGN KEY (service_id, clinic_id)
			REFERENCES quickbook.service (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT date_override_on_date_is_finite CHECK (isfinite(on_date)),
		CONSTRAINT date_override_has_both_times_or_none_when_closed
			CHECK ((start_time IS NULL) = (end_time IS NULL)),
		CONSTRAINT date_override_end_time_is_not_start_time CHECK (end_time <> start_time),
		CONSTRAINT date_override_start_time_is_before_24_00 CHECK (start_time < '24:00'),
		-- a closed date covers all that an open row of that date could
		CONSTRAINT date_override_rows_of_a_date_do_not_overlap EXCLUDE USING gist (
			provider_id WITH =,
			coalesce(service_id, '00000000-0000-0000-0000-000000000000') WITH =,
			tsrange(
				on_date + coalesce(start_time, '00:00'),
				CASE WHEN start_time IS NULL THEN on_date + interval '2 days'
					 WHEN end_time < start_time THEN on_date + end_time + interval '1 day'
					 ELSE on_date + end_time END) WITH &&,
			on_date WITH =)
	);
	CREATE INDEX date_override_provider_id_on_date_idx ON quickbook.date_override (provider_id, on_date);
	CREATE INDEX date_override_service_id_idx ON quickbook.date_override (service_id) WHERE service_id IS NOT NULL;

	CREATE TABLE quickbook.travel (
		id uuid NOT NULL CONSTRAINT travel_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		provider_id uuid NOT NULL,
		dates daterange NOT NULL,
		time_zone text NOT NULL,
		CONSTRAINT travel_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT travel_dates_is_not_empty CHECK (NOT isempty(dates)),
		CONSTRAINT travel_dates_of_a_provider_do_not_overlap EXCLUDE USING gist (provider_id WITH =, dates WITH &&)
	);

	CREATE TABLE quickbook.time_off (
		id uuid NOT NULL CONSTRAINT time_off_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		provider_id uuid,
		during tstzrange NOT NULL,
		reason text,
		CONSTRAINT time_off_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic (id) ON DELETE CASCADE,
		CONSTRAINT time_off_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT time_off_during_is_not_empty CHECK (NOT isempty(during)),
		CONSTRAINT time_off_during_is_bounded CHECK (isfinite(lower(during)) AND isfinite(upper(during))
			AND NOT lower_inf(during) AND NOT upper_inf(during)),
		CONSTRAINT time_off_during_is_half_open CHECK (isempty(during) OR lower_inf(during) OR upper_inf(during)
			OR (lower_inc(during) AND NOT upper_inc(during)))
	);
	CREATE INDEX time_off_clinic_id_during_idx ON quickbook.time_off USING gist (clinic_id, during);
	CREATE INDEX time_off_provider_id_idx ON quickbook.time_off (provider_id);

	CREATE TABLE quickbook.busy_time (
		id uuid NOT NULL CONSTRAINT busy_time_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		provider_id uuid NOT NULL,
		during tstzrange NOT NULL,
		source text,
		uid text,
		CONSTRAINT busy_time_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT busy_time_during_is_not_empty CHECK (NOT isempty(during)),
		CONSTRAINT busy_time_during_is_bounded CHECK (isfinite(lower(during)) AND isfinite(upper(during))
			AND NOT lower_inf(during) AND NOT upper_inf(during)),
		CONSTRAINT busy_time_during_is_half_open CHECK (isempty(during) OR lower_inf(during) OR upper_inf(during)
			OR (lower_inc(during) AND NOT upper_inc(during)))
	);
	CREATE INDEX busy_time_provider_id_during_idx ON quickbook.busy_time USING gist (provider_id, during);

	CREATE TABLE quickbook.patient (
		id uuid NOT NULL CONSTRAINT patient_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		name text NOT NULL,
		email text,
		phone text,
		time_zone text,
		locale text,
		CONSTRAINT patient_id_clinic_id_key UNIQUE (id, clinic_id),
		CONSTRAINT patient_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic (id),
		CONSTRAINT patient_email_has_an_at_sign_and_no_spaces
			CHECK (email ~ '^[^@\s]+@[^@\s]+$' AND length(email) <= 254),
		CONSTRAINT patient_phone_is_e164 CHECK (phone ~ '^\+[1-9][0-9]{1,14}$')
	);
	CREATE INDEX patient_clinic_id_email_idx ON quickbook.patient (clinic_id, lower(email));

	CREATE TABLE quickbook.booking_limit (
		id uuid NOT NULL CONSTRAINT booking_limit_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		service_id uuid,
		provider_id uuid,
		per_patient boolean NOT NULL DEFAULT false,
		period text NOT NULL,
		max_count integer,
		max_time interval,
		CONSTRAINT booking_limit_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic (id) ON DELETE CASCADE,
		CONSTRAINT booking_limit_service_fkey FOREIGN KEY (service_id, clinic_id)
			REFERENCES quickbook.service (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT booking_limit_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT booking_limit_period_is_day_week_month_year_or_upcoming
			CHECK (period IN ('day', 'week', 'month', 'year', 'upcoming')),
		CONSTRAINT booking_limit_max_count_is_not_negative CHECK (max_count >= 0),
		CONSTRAINT booking_limit_has_max_count_or_max_time CHECK (num_nonnulls(max_count, max_time) > 0)
	);
	CREATE INDEX booking_limit_clinic_id_idx ON quickbook.booking_limit (clinic_id);
	CREATE INDEX booking_limit_service_id_idx ON quickbook.booking_limit (service_id) WHERE service_id IS NOT NULL;
	CREATE INDEX booking_limit_provider_id_idx ON quickbook.booking_limit (provider_id) WHERE provider_id IS NOT NULL;

	CREATE TABLE quickbook.message_template (
		id uuid NOT NULL CONSTRAINT message_template_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		name text NOT NULL,
		subject text,
		body text NOT NULL,
		CONSTRAINT message_template_id_clinic_id_key UNIQUE (id, clinic_id),
		CONSTRAINT message_template_clinic_fkey FOREIGN KEY (clinic_id)
			REFERENCES quickbook.clinic (id) ON DELETE CASCADE,
		CONSTRAINT message_template_body_is_not_empty CHECK (body <> '')
	);
	CREATE INDEX message_template_clinic_id_idx ON quickbook.message_template (clinic_id);

	CREATE TABLE quickbook.reminder_rule (
		id uuid NOT NULL CONSTRAINT reminder_rule_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		service_id uuid,
		occasion text NOT NULL DEFAULT 'before_start',
		time_offset interval NOT NULL DEFAULT '0',
		channel text NOT NULL DEFAULT 'email',
		template_id uuid NOT NULL,
		active boolean NOT NULL DEFAULT true,
		CONSTRAINT reminder_rule_id_clinic_id_key UNIQUE (id, clinic_id),
		CONSTRAINT reminder_rule_clinic_fkey FOREIGN KEY (clinic_id)
			REFERENCES quickbook.clinic (id) ON DELETE CASCADE,
		CONSTRAINT reminder_rule_service_fkey FOREIGN KEY (service_id, clinic_id)
			REFERENCES quickbook.service (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT reminder_rule_template_fkey FOREIGN KEY (template_id, clinic_id)
			REFERENCES quickbook.message_template (id, clinic_id),
		CONSTRAINT reminder_rule_occasion_is_known
			CHECK (occasion IN ('before_start', 'after_end', 'booked', 'rescheduled', 'cancelled',
				'verify_email', 'password_reset', 'invitation', 'already_signed_up')),
		CONSTRAINT reminder_rule_of_an_account_is_by_email_for_no_service CHECK (
			occasion NOT IN ('verify_email', 'password_reset', 'invitation', 'already_signed_up')
			OR channel = 'email' AND service_id IS NULL),
		CONSTRAINT reminder_rule_channel_is_not_empty CHECK (channel <> '')
	);
	CREATE INDEX reminder_rule_clinic_id_idx ON quickbook.reminder_rule (clinic_id);
	CREATE INDEX reminder_rule_template_id_idx ON quickbook.reminder_rule (template_id);

	-- Lengths are fixed: no months, whole seconds, at most a leap year.
	FOR len IN SELECT * FROM (VALUES
		('service', 'duration', 1), ('service', 'slot_interval', 1),
		('service', 'buffer_before', 0), ('service', 'buffer_after', 0),
		('service', 'min_notice', 0), ('service', 'hold_for', 1),
		('service', 'cancel_notice', 0), ('service', 'reschedule_notice', 0),
		('service_provider', 'duration', 1), ('booking_limit', 'max_time', 0),
		('reminder_rule', 'time_offset', 0)) AS v (tab, col, least_seconds)
	LOOP
		EXECUTE format(
			'ALTER TABLE quickbook.%1$I ADD CONSTRAINT %3$I CHECK ('
			'extract(year FROM %2$I) = 0 AND extract(month FROM %2$I) = 0'
			' AND extract(epoch FROM %2$I) %% 1 = 0 AND extract(epoch FROM %2$I) BETWEEN %4$s AND 31622400)',
			len.tab, len.col,
			len.tab || '_' || len.col || '_is_fixed_and_' ||
			CASE len.least_seconds WHEN 0 THEN 'not_negative' ELSE 'positive' END,
			len.least_seconds);
	END LOOP;

	CREATE TABLE quickbook.session (
		id uuid NOT NULL CONSTRAINT session_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		provider_id uuid NOT NULL,
		service_id uuid NOT NULL,
		starts_at timestamptz NOT NULL,
		ends_at timestamptz NOT NULL,
		CONSTRAINT session_id_clinic_id_key UNIQUE (id, clinic_id),
		CONSTRAINT session_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id),
		CONSTRAINT session_service_fkey FOREIGN KEY (service_id, clinic_id)
			REFERENCES quickbook.service (id, clinic_id),
		CONSTRAINT session_starts_before_it_ends
			CHECK (starts_at < ends_at AND isfinite(starts_at) AND isfinite(ends_at))
	);
	CREATE INDEX session_provider_id_starts_at_idx ON quickbook.session (provider_id, starts_at);

	CREATE TABLE quickbook.appointment (
		id uuid NOT NULL CONSTRAINT appointment_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		patient_id uuid,
		service_id uuid NOT NULL,
		provider_id uuid NOT NULL,
		session_id uuid,
		seat integer,
		status text NOT NULL,
		starts_at timestamptz NOT NULL,
		ends_at timestamptz NOT NULL,
		expires_at timestamptz,
		version integer NOT NULL DEFAULT 1,
		sequence integer NOT NULL DEFAULT 0,
		idempotency_key text,
		notes text,
		details jsonb,
		created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
		updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
		cancel_reason text,
		cancelled_by text,
		late boolean,
		hold_token text,
		request_hash bytea,
		CONSTRAINT appointment_id_clinic_id_key UNIQUE (id, clinic_id),
		CONSTRAINT appointment_patient_fkey FOREIGN KEY (patient_id, clinic_id)
			REFERENCES quickbook.patient (id, clinic_id),
		CONSTRAINT appointment_service_fkey FOREIGN KEY (service_id, clinic_id)
			REFERENCES quickbook.service (id, clinic_id),
		CONSTRAINT appointment_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id),
		CONSTRAINT appointment_session_fkey FOREIGN KEY (session_id, clinic_id)
			REFERENCES quickbook.session (id, clinic_id),
		-- few CHECKs, because each UPDATE parses them anew
		CONSTRAINT appointment_status_is_known CHECK (
			status ~ '^(held|pending|booked|arrived|checked-in|fulfilled|cancelled|noshow|entered-in-error)$'),
		CONSTRAINT appointment_starts_before_it_ends
			CHECK (starts_at < ends_at AND isfinite(starts_at) AND isfinite(ends_at)),
		CONSTRAINT appointment_columns_agree_with_its_status CHECK (
			(expires_at IS NULL AND patient_id IS NOT NULL OR status ~ '^(held|cancelled|entered-in-error)$')
			AND (expires_at IS NOT NULL OR status <> 'held')
			AND coalesce(cancelled_by ~ '^(patient|provider|staff|system)$', status <> 'cancelled')),
		CONSTRAINT appointment_seat_and_key_are_whole CHECK (
			(session_id IS NULL) = (seat IS NULL) AND (idempotency_key IS NULL) = (request_hash IS NULL))
	);
	CREATE UNIQUE INDEX appointment_clinic_id_idempotency_key_idx
		ON quickbook.appointment (clinic_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
	CREATE UNIQUE INDEX appointment_session_id_seat_idx ON quickbook.appointment (session_id, seat)
		WHERE session_id IS NOT NULL
		AND status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled');
	CREATE INDEX appointment_provider_id_starts_at_idx ON quickbook.appointment (provider_id, starts_at);
	CREATE INDEX appointment_patient_id_starts_at_idx ON quickbook.appointment (patient_id, starts_at);
	CREATE INDEX appointment_clinic_id_starts_at_idx ON quickbook.appointment (clinic_id, starts_at);
	CREATE INDEX appointment_held_expires_at_idx ON quickbook.appointment (expires_at) WHERE status = 'held';

	CREATE TABLE quickbook.appointment_resource (
		appointment_id uuid NOT NULL,
		role text COLLATE "C" NOT NULL,
		provider_id uuid NOT NULL,
		clinic_id uuid NOT NULL,
		CONSTRAINT appointment_resource_pkey PRIMARY KEY (appointment_id, role),
		CONSTRAINT appointment_resource_appointment_fkey FOREIGN KEY (appointment_id, clinic_id)
			REFERENCES quickbook.appointment (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT appointment_resource_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id)
	);
	CREATE INDEX appointment_resource_provider_id_idx ON quickbook.appointment_resource (provider_id);

	CREATE TABLE quickbook.allocation (
		clinic_id uuid NOT NULL,
		appointment_id uuid,
		session_id uuid,
		owner_id uuid NOT NULL GENERATED ALWAYS AS (coalesce(appointment_id, session_id)) STORED,
		provider_id uuid,
		patient_id uuid,
		calendar_id uuid NOT NULL GENERATED ALWAYS AS (coalesce(provider_id, patient_id)) STORED,
		lane smallint NOT NULL DEFAULT 0,
		starts_at timestamptz NOT NULL,
		ends_at timestamptz NOT NULL,
		expires_at timestamptz,
		CONSTRAINT allocation_pkey PRIMARY KEY (owner_id, calendar_id),
		CONSTRAINT allocation_no_overlap EXCLUDE USING gist (
			calendar_id WITH =, lane WITH =, tstzrange(starts_at, ends_at) WITH &&),
		-- One CHECK, because each UPDATE parses them anew.  An empty
		-- range would slip past EXCLUDE.
		CONSTRAINT allocation_has_one_owner_one_calendar_and_a_finite_length CHECK (
			(appointment_id IS NULL) <> (session_id IS NULL) AND (provider_id IS NULL) <> (patient_id IS NULL)
			AND lane >= 0 AND starts_at < ends_at AND isfinite(starts_at) AND isfinite(ends_at)),
		CONSTRAINT allocation_appointment_fkey FOREIGN KEY (appointment_id, clinic_id)
			REFERENCES quickbook.appointment (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT allocation_session_fkey FOREIGN KEY (session_id, clinic_id)
			REFERENCES quickbook.session (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT allocation_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id),
		CONSTRAINT allocation_patient_fkey FOREIGN KEY (patient_id, clinic_id)
			REFERENCES quickbook.patient (id, clinic_id)
	);
	-- for reading; the other is for the constraint
	CREATE INDEX allocation_calendar_id_lane_starts_at_idx ON quickbook.allocation (calendar_id, lane, starts_at);

	CREATE TABLE quickbook.event (
		id uuid NOT NULL CONSTRAINT event_pkey PRIMARY KEY,
		seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
		clinic_id uuid NOT NULL,
		type text NOT NULL,
		subject uuid NOT NULL,
		occurred_at timestamptz NOT NULL,
		data jsonb NOT NULL,
		position bigint
	);
	CREATE UNIQUE INDEX event_position_idx ON quickbook.event (position) WHERE position IS NOT NULL;
	CREATE INDEX event_seq_unnumbered_idx ON quickbook.event (seq) WHERE position IS NULL;
	CREATE INDEX event_subject_idx ON quickbook.event (subject, seq);

	CREATE TABLE quickbook.event_counter (
		only_row boolean NOT NULL DEFAULT true CONSTRAINT event_counter_pkey PRIMARY KEY,
		last_position bigint NOT NULL DEFAULT 0,
		messages_position bigint NOT NULL DEFAULT 0,
		CONSTRAINT event_counter_has_one_row CHECK (only_row)
	);
	INSERT INTO quickbook.event_counter DEFAULT VALUES;

	CREATE TABLE quickbook.consumer (
		name text NOT NULL CONSTRAINT consumer_pkey PRIMARY KEY,
		position bigint NOT NULL DEFAULT 0,
		created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
		acked_at timestamptz,
		CONSTRAINT consumer_name_is_not_empty CHECK (name <> ''),
		CONSTRAINT consumer_position_is_not_negative CHECK (position >= 0)
	);

	-- The password is a bcrypt hash that pgcrypto reads.
	CREATE TABLE quickbook.account (
		id uuid NOT NULL CONSTRAINT account_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		email text NOT NULL,
		password_hash text,
		role text NOT NULL DEFAULT 'patient',
		patient_id uuid,
		provider_id uuid,
		disabled boolean NOT NULL DEFAULT false,
		email_verified_at timestamptz,
		failures integer NOT NULL DEFAULT 0,
		locked_until timestamptz,
		profile jsonb,
		valid_after timestamptz,
		created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
		last_sign_in_at timestamptz,
		CONSTRAINT account_id_clinic_id_key UNIQUE (id, clinic_id),
		CONSTRAINT account_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic (id),
		CONSTRAINT account_patient_fkey FOREIGN KEY (patient_id, clinic_id)
			REFERENCES quickbook.patient (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT account_provider_fkey FOREIGN KEY (provider_id, clinic_id)
			REFERENCES quickbook.provider (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT account_email_has_an_at_sign_and_no_spaces
			CHECK (email ~ '^[^@\s[:cntrl:]]+@[^@\s[:cntrl:]]+$' AND length(email) <= 254),
		CONSTRAINT account_password_hash_is_bcrypt CHECK (
			password_hash ~ '^\$2[ax]\$(0[4-9]|[12][0-9]|3[01])\$[./0-9A-Za-z]{53}$'),
		CONSTRAINT account_role_is_known CHECK (role IN ('patient', 'provider', 'staff', 'admin')),
		CONSTRAINT account_names_whom_its_role_says CHECK (
			(provider_id IS NOT NULL) = (role = 'provider') AND (patient_id IS NULL OR role = 'patient')
			AND (patient_id IS NOT NULL OR role <> 'patient' OR email_verified_at IS NULL)),
		CONSTRAINT account_that_is_verified_has_a_password
			CHECK (password_hash IS NOT NULL OR email_verified_at IS NULL),
		CONSTRAINT account_failures_is_not_negative CHECK (failures >= 0)
	);
	CREATE UNIQUE INDEX account_clinic_id_email_idx ON quickbook.account (clinic_id, lower(email))
		WHERE email_verified_at IS NOT NULL;
	CREATE INDEX account_clinic_id_email_unverified_idx ON quickbook.account (clinic_id, lower(email))
		WHERE email_verified_at IS NULL;
	CREATE INDEX account_created_at_unverified_idx ON quickbook.account (created_at) WHERE email_verified_at IS NULL;
	CREATE INDEX account_patient_id_idx ON quickbook.account (patient_id) WHERE patient_id IS NOT NULL;
	CREATE INDEX account_provider_id_idx ON quickbook.account (provider_id) WHERE provider_id IS NOT NULL;

	CREATE TABLE quickbook.account_token (
		token_hash bytea NOT NULL CONSTRAINT account_token_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		account_id uuid NOT NULL,
		purpose text NOT NULL,
		created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
		expires_at timestamptz NOT NULL,
		CONSTRAINT account_token_account_fkey FOREIGN KEY (account_id, clinic_id)
			REFERENCES quickbook.account (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT account_token_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
		CONSTRAINT account_token_purpose_is_known
			CHECK (purpose IN ('verify_email', 'password_reset', 'invitation'))
	);
	CREATE INDEX account_token_account_id_idx ON quickbook.account_token (account_id);
	CREATE INDEX account_token_expires_at_idx ON quickbook.account_token (expires_at);

	CREATE TABLE quickbook.token_key (
		kid text COLLATE "C" NOT NULL CONSTRAINT token_key_pkey PRIMARY KEY,
		secret bytea NOT NULL,
		created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
		retires_at timestamptz,
		CONSTRAINT token_key_kid_is_1_to_100_characters CHECK (length(kid) BETWEEN 1 AND 100),
		CONSTRAINT token_key_secret_has_32_bytes CHECK (octet_length(secret) = 32)
	);

	CREATE TABLE quickbook.notification (
		id uuid NOT NULL CONSTRAINT notification_pkey PRIMARY KEY,
		clinic_id uuid NOT NULL,
		dedup_key text NOT NULL CONSTRAINT notification_dedup_key_key UNIQUE,
		rule_id uuid,
		appointment_id uuid,
		sequence integer,
		purpose text,
		account_id uuid,
		channel text NOT NULL,
		recipient text,
		subject text,
		body text,
		status text NOT NULL DEFAULT 'queued',
		reason text,
		attempts integer NOT NULL DEFAULT 0,
		due_at timestamptz NOT NULL,
		lease_until timestamptz,
		created_at timestamptz NOT NULL,
		finished_at timestamptz,
		CONSTRAINT notification_clinic_fkey FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic (id),
		CONSTRAINT notification_rule_fkey FOREIGN KEY (rule_id, clinic_id)
			REFERENCES quickbook.reminder_rule (id, clinic_id) ON DELETE SET NULL (rule_id),
		CONSTRAINT notification_appointment_fkey FOREIGN KEY (appointment_id, clinic_id)
			REFERENCES quickbook.appointment (id, clinic_id) ON DELETE CASCADE,
		CONSTRAINT notification_account_fkey FOREIGN KEY (account_id, clinic_id)
			REFERENCES quickbook.account (id, clinic_id) ON DELETE CASCADE,
		-- that of an account gets its text, with a token, when it is claimed
		CONSTRAINT notification_has_a_text_unless_it_is_an_account_s CHECK (
			CASE WHEN purpose IS NULL THEN body IS NOT NULL AND account_id IS NULL
				ELSE purpose IN ('verify_email', 'password_reset', 'invitation') AND channel = 'email'
					AND num_nonnulls(subject, body, appointment_id, rule_id) = 0 END),
		CONSTRAINT notification_status_is_known CHECK (status IN ('queued', 'sent', 'skipped', 'dead')),
		CONSTRAINT notification_has_a_recipient CHECK (recipient IS NOT NULL OR status = 'skipped')
	);
	CREATE INDEX notification_channel_due_at_idx ON quickbook.notification (channel, due_at) WHERE status = 'queued';
	CREATE INDEX notification_appointment_id_idx ON quickbook.notification (appointment_id);
	CREATE INDEX notification_account_id_idx ON quickbook.notification (account_id) WHERE account_id IS NOT NULL;
	CREATE INDEX notification_created_at_of_account_idx ON quickbook.notification (created_at)
		WHERE purpose IS NOT NULL;

	PERFORM quickbook.schema_comments();
	INSERT INTO quickbook.schema_version (version) VALUES (1);
END
$step$;

COMMENT ON FUNCTION quickbook.schema_step_1() IS
'Makes the tables of version 1. Called by install() and migrate() only.';
--
-- What every table and column means.
--

CREATE TYPE quickbook.schema_text AS (tab text, col text, txt text);
COMMENT ON TYPE quickbook.schema_text IS 'What a table or column means.';

CREATE FUNCTION quickbook.schema_texts() RETURNS SETOF quickbook.schema_text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $texts$
	VALUES
	('schema_version', NULL, 'The version of these tables, one row for each step that was taken.'),
	('schema_version', 'version', 'Number of the step.'),
	('schema_version', 'installed_at', 'When the step was taken.'),

	('clinic', NULL, 'The tenant: owns providers, services and patients.'),
	('clinic', 'id', 'Its last 16 bits are the last 16 bits of the id of everything that belongs to the clinic.'),
	('clinic', 'name', 'Shown to people.'),
	('clinic', 'time_zone', 'IANA zone in which local times are read unless provider or travel says otherwise.'),
	('clinic', 'week_start', 'First day of the week, ISO 8601: 1 Monday to 7 Sunday. Decides where weeks begin for every_weeks and for limits.'),
	('clinic', 'anonymous_holds', 'Whether who is not signed in may hold a slot, without a patient.'),

	('provider', NULL, 'Anything with a calendar that can be booked: a practitioner, a room, a device.'),
	('provider', 'id', 'Filled in when left out.'),
	('provider', 'clinic_id', 'Whose provider it is.'),
	('provider', 'name', 'Shown to people.'),
	('provider', 'kind', 'practitioner, room, device or any word of yours.'),
	('provider', 'time_zone', 'IANA zone of the local times of this provider; NULL: the clinic''s.'),
	('provider', 'capacity', 'How many appointments may run at the same time.'),
	('provider', 'open_always', 'Open from midnight to midnight on every date that no date_override names; working_hours do not count.'),
	('provider', 'active', 'false: nothing new is offered or booked; what is booked stays.'),

	('service', NULL, 'What is booked: how long, with which buffers and rules.'),
	('service', 'id', 'Filled in when left out.'),
	('service', 'clinic_id', 'Whose service it is.'),
	('service', 'name', 'Shown to people.'),
	('service', 'duration', 'Length of the appointment without buffers: fixed (no months), whole seconds.'),
	('service', 'slot_interval', 'Step between starts; NULL: the duration of the service.'),
	('service', 'slot_anchor', 'Where the steps are counted from: window (start of the day''s window), gap (start of the free time), clock (start of the free time rounded up to the wall clock).'),
	('service', 'buffer_before', 'Time the providers need before the start; may reach outside working hours, never into other appointments.'),
	('service', 'buffer_after', 'Time the providers need after the end.'),
	('service', 'min_notice', 'A start must be at least this far from now.'),
	('service', 'horizon_days', 'How many days ahead may be booked, counted from today; NULL: no bound but quickbook.search_days.'),
	('service', 'horizon_counts', 'Which days horizon_days counts: calendar, working or bookable days.'),
	('service', 'bookable_during', 'Local dates on which the service may start; NULL: any.'),
	('service', 'seats', 'Patients per session; above 1 it is a group service.'),
	('service', 'requires_approval', 'A booking is pending until staff confirm it.'),
	('service', 'pending_blocks', 'Whether a pending appointment takes its time.'),
	('service', 'hold_for', 'How long a hold lasts unless it says so itself.'),
	('service', 'cancel_notice', 'Cancelling later than this before the start is late; patients may not.'),
	('service', 'reschedule_notice', 'Patients may not reschedule later than this before the start.'),
	('service', 'patient_may_overlap', 'Whether a patient may have another appointment at the same time.'),
	('service', 'active', 'false: nothing new is offered or booked; what is booked stays.'),

	('service_provider', NULL, 'Who can fill which role of a service. A slot needs one provider in every role.'),
	('service_provider', 'service_id', 'The service.'),
	('service_provider', 'provider_id', 'Who can fill the role.'),
	('service_provider', 'clinic_id', 'Filled in from the service.'),
	('service_provider', 'role', 'practitioner is the lead role; without it the first role by name leads.'),
	('service_provider', 'duration', 'Length of the appointment when this provider leads it; NULL: the service''s.'),
	('service_provider', 'priority', 'When any provider will do, lower goes first among those equally booked.'),

	('working_hours', NULL, 'Weekly hours in local time.'),
	('working_hours', 'id', 'Filled in when left out.'),
	('working_hours', 'clinic_id', 'Filled in from the provider.'),
	('working_hours', 'provider_id', 'Whose hours.'),
	('working_hours', 'service_id', 'Hours of this service only, instead of the general ones; NULL: general.'),
	('working_hours', 'weekday', 'ISO 8601: 1 Monday to 7 Sunday.'),
	('working_hours', 'start_time', 'Local time; where the clocks change it is read by RFC 5545, section 3.3.5.'),
	('working_hours', 'end_time', 'Local time; before start_time it is on the next day; 24:00 is midnight.'),
	('working_hours', 'valid', 'Local dates on which the row counts; NULL: always.'),
	('working_hours', 'every_weeks', 'Counts in every n-th week only, from the week of anchored_on.'),
	('working_hours', 'anchored_on', 'A date in a week that counts.'),

	('date_override', NULL, 'The hours of one date, instead of the working hours.'),
	('date_override', 'id', 'Filled in when left out.'),
	('date_override', 'clinic_id', 'Filled in from the provider.'),
	('date_override', 'provider_id', 'Whose hours.'),
	('date_override', 'service_id', 'For this service only; NULL: for all.'),
	('date_override', 'on_date', 'The local date.'),
	('date_override', 'start_time', 'Local time; NULL with end_time: closed.'),
	('date_override', 'end_time', 'Local time; before start_time it is on the next day.'),

	('travel', NULL, 'Dates on which a provider''s local times are read in another zone.'),
	('travel', 'id', 'Filled in when left out.'),
	('travel', 'clinic_id', 'Filled in from the provider.'),
	('travel', 'provider_id', 'Who travels.'),
	('travel', 'dates', 'Local dates.'),
	('travel', 'time_zone', 'IANA zone on those dates.'),

	('time_off', NULL, 'Leave of a provider or closure of the whole clinic.'),
	('time_off', 'id', 'Filled in when left out.'),
	('time_off', 'clinic_id', 'Filled in from the provider.'),
	('time_off', 'provider_id', 'Who is off; NULL: the whole clinic.'),
	('time_off', 'during', 'Half-open [start, end), bounded.'),
	('time_off', 'reason', 'For staff.'),

	('busy_time', NULL, 'Time taken in other calendars.'),
	('busy_time', 'id', 'Filled in when left out.'),
	('busy_time', 'clinic_id', 'Filled in from the provider.'),
	('busy_time', 'provider_id', 'Who is busy.'),
	('busy_time', 'during', 'Half-open [start, end), bounded.'),
	('busy_time', 'source', 'The other calendar.'),
	('busy_time', 'uid', 'UID of the event there.'),

	('booking_limit', NULL, 'How much may be booked in a period.'),
	('booking_limit', 'id', 'Filled in when left out.'),
	('booking_limit', 'clinic_id', 'Filled in from the service or the provider.'),
	('booking_limit', 'service_id', 'Counts this service only; NULL: all together.'),
	('booking_limit', 'provider_id', 'Counts this lead provider only; NULL: all together.'),
	('booking_limit', 'per_patient', 'Each patient counts alone.'),
	('booking_limit', 'period', 'day, week, month, year, or upcoming: live future appointments.'),
	('booking_limit', 'max_count', 'At most so many appointments.'),
	('booking_limit', 'max_time', 'At most so much time.'),

	('message_template', NULL, 'Texts of messages, with placeholders such as {{patient_name}}, {{date}} and {{time}}, filled in the patient''s zone and date format.'),
	('message_template', 'id', 'Filled in when left out.'),
	('message_template', 'clinic_id', 'Whose template.'),
	('message_template', 'name', 'For people.'),
	('message_template', 'subject', 'Of an email.'),
	('message_template', 'body', 'The message.'),

	('reminder_rule', NULL, 'Which messages patients get, and when.'),
	('reminder_rule', 'id', 'Filled in when left out.'),
	('reminder_rule', 'clinic_id', 'Filled in from the service, if there is one.'),
	('reminder_rule', 'service_id', 'For this service only; NULL: all.'),
	('reminder_rule', 'occasion', 'before_start and after_end, by time_offset; booked, rescheduled, cancelled: at once; verify_email, password_reset, invitation, already_signed_up: the text of that message to an account, instead of the built-in one.'),
	('reminder_rule', 'time_offset', 'How long before the start, or after the end.'),
	('reminder_rule', 'channel', 'email, sms or any word of yours: what claim_notifications() is asked for.'),
	('reminder_rule', 'template_id', 'The text.'),
	('reminder_rule', 'active', 'False stops new messages.'),

	('patient', NULL, 'Whom it is booked for.'),
	('patient', 'id', 'Filled in when left out.'),
	('patient', 'clinic_id', 'Whose patient.'),
	('patient', 'name', 'Full name.'),
	('patient', 'email', 'Address for messages.'),
	('patient', 'phone', 'E.164: + and up to 15 digits.'),
	('patient', 'time_zone', 'IANA zone for messages; NULL: the clinic''s.'),
	('patient', 'locale', 'BCP 47 language tag for messages.'),

	('session', NULL, 'One row per group session. Written by the functions only.'),
	('session', 'id', 'Made by new_id().'),
	('session', 'clinic_id', 'The clinic.'),
	('session', 'provider_id', 'The lead.'),
	('session', 'service_id', 'The group service.'),
	('session', 'starts_at', 'Start without buffer.'),
	('session', 'ends_at', 'End without buffer, exclusive.'),

	('appointment', NULL, 'Every appointment, also past and cancelled ones. Written by the functions only.'),
	('appointment', 'id', 'Stays the same when rescheduled.'),
	('appointment', 'clinic_id', 'The clinic.'),
	('appointment', 'patient_id', 'Whom it is for; NULL while a hold has no patient.'),
	('appointment', 'service_id', 'What is booked.'),
	('appointment', 'provider_id', 'The provider of the lead role.'),
	('appointment', 'session_id', 'Its group session.'),
	('appointment', 'seat', 'Its seat in the session, from 1.'),
	('appointment', 'status', 'FHIR R5 Appointment.status, or held.'),
	('appointment', 'starts_at', 'Start without buffer.'),
	('appointment', 'ends_at', 'End without buffer, exclusive.'),
	('appointment', 'expires_at', 'When a hold ends by itself; kept when it has.'),
	('appointment', 'version', 'Raised by every change; see expected_version.'),
	('appointment', 'sequence', 'Raised by rescheduling: iCalendar''s SEQUENCE (RFC 5545, section 3.8.7.4).'),
	('appointment', 'idempotency_key', 'The creating call''s key, unique in the clinic.'),
	('appointment', 'notes', 'Free text.'),
	('appointment', 'details', 'The app''s own data.'),
	('appointment', 'created_at', 'When it was made.'),
	('appointment', 'updated_at', 'When it last changed.'),
	('appointment', 'cancel_reason', 'Free text.'),
	('appointment', 'cancelled_by', 'patient, provider, staff or system.'),
	('appointment', 'late', 'Cancelled inside the service''s cancel_notice.'),
	('appointment', 'hold_token', 'What the confirmation of a hold without patient must give.'),
	('appointment', 'request_hash', 'SHA-256 of the creating call''s arguments, to tell a repeat from a reused key.'),

	('appointment_resource', NULL, 'Who and what was booked, one row per role, kept after cancelling. Written by the functions only.'),
	('appointment_resource', 'appointment_id', 'The appointment.'),
	('appointment_resource', 'role', 'The role that is filled.'),
	('appointment_resource', 'provider_id', 'Who fills it.'),
	('appointment_resource', 'clinic_id', 'The clinic.'),

	('allocation', NULL, 'The time that an appointment or session takes on one calendar, buffers included. Rows exist only while they block. Written by the functions only.'),
	('allocation', 'clinic_id', 'The clinic.'),
	('allocation', 'appointment_id', 'Whose time, unless a session''s.'),
	('allocation', 'session_id', 'Whose time, unless an appointment''s.'),
	('allocation', 'owner_id', 'appointment_id or session_id.'),
	('allocation', 'provider_id', 'On whose calendar, unless a patient''s.'),
	('allocation', 'patient_id', 'On whose calendar, unless a provider''s.'),
	('allocation', 'calendar_id', 'provider_id or patient_id.'),
	('allocation', 'lane', 'Which of the provider''s parallel places, from 0.'),
	('allocation', 'starts_at', 'Start of the occupied time: of the buffer, for providers.'),
	('allocation', 'ends_at', 'End of the occupied time, exclusive.'),
	('allocation', 'expires_at', 'The hold''s expiry; from then on the row does not block.'),

	('event', NULL, 'The durable log of what happened. Written by the functions only.'),
	('event', 'id', 'CloudEvents id.'),
	('event', 'seq', 'Order of insertion.'),
	('event', 'clinic_id', 'The clinic.'),
	('event', 'type', 'CloudEvents type, such as appointment.booked.'),
	('event', 'subject', 'Id of the appointment that it is about.'),
	('event', 'occurred_at', 'When it happened.'),
	('event', 'data', 'The appointment after the change, with keys changed (the old values) and actor (who did it).'),
	('event', 'position', 'Place in commit order, given after commit; no gaps.'),

	('account', NULL, 'A login: email and password, acting as patient, provider, staff or admin. Written by the functions only.'),
	('account', 'id', 'Claim sub of its tokens.'),
	('account', 'clinic_id', 'The clinic.'),
	('account', 'email', 'Compared without case; unique in the clinic once it is verified.'),
	('account', 'password_hash', 'bcrypt, by pgcrypto; NULL until an invitation is accepted.'),
	('account', 'role', 'patient, provider, staff or admin.'),
	('account', 'patient_id', 'As whom a patient acts; made when the address of a sign-up is verified.'),
	('account', 'provider_id', 'As whom a provider acts.'),
	('account', 'disabled', 'May not sign in.'),
	('account', 'email_verified_at', 'When the address was proved; nobody signs in before.'),
	('account', 'failures', 'Wrong passwords since the last right one.'),
	('account', 'locked_until', 'Until then no password is right.'),
	('account', 'profile', 'What sign_up() was told, for the row of patient; NULL from then on.'),
	('account', 'valid_after', 'Tokens issued before are refused by authenticate().'),
	('account', 'created_at', 'When it was made.'),
	('account', 'last_sign_in_at', 'When somebody last signed in.'),

	('account_token', NULL, 'Tokens sent by mail that are good for one use. Written by the functions only.'),
	('account_token', 'token_hash', 'SHA-256 of the token.'),
	('account_token', 'clinic_id', 'The clinic.'),
	('account_token', 'account_id', 'Whose token.'),
	('account_token', 'purpose', 'verify_email, password_reset or invitation.'),
	('account_token', 'created_at', 'When its mail was claimed.'),
	('account_token', 'expires_at', 'From then on it is good for nothing.'),

	('token_key', NULL, 'Keys that sign the tokens of sign_in(). Whoever reads this table can be anybody.'),
	('token_key', 'kid', 'Name of the key, in the header of its tokens.'),
	('token_key', 'secret', 'The HMAC key.'),
	('token_key', 'created_at', 'The newest that is not retired signs.'),
	('token_key', 'retires_at', 'From then on its tokens are refused; NULL: it is in use.'),

	('event_counter', NULL, 'The last position that was given; one row, kept when events are purged.'),
	('event_counter', 'only_row', 'Always true.'),
	('event_counter', 'last_position', 'The highest event.position so far.'),
	('event_counter', 'messages_position', 'Up to here messages have been queued for events.'),

	('consumer', NULL, 'Who reads the event log, and how far. Written by the functions only.'),
	('consumer', 'name', 'Chosen by create_consumer().'),
	('consumer', 'position', 'The last event.position that was acknowledged.'),
	('consumer', 'created_at', 'When it was made.'),
	('consumer', 'acked_at', 'When it last acknowledged something.'),

	('notification', NULL, 'Messages to be sent and that were sent. Written by the functions only.'),
	('notification', 'id', 'Made by new_id().'),
	('notification', 'clinic_id', 'The clinic.'),
	('notification', 'dedup_key', 'What the message is about: nobody gets one twice.'),
	('notification', 'rule_id', 'The reminder_rule.'),
	('notification', 'appointment_id', 'The appointment.'),
	('notification', 'sequence', 'The appointment''s sequence then: a reminder of an earlier time is not sent.'),
	('notification', 'purpose', 'Of a message to an account: verify_email, password_reset or invitation.'),
	('notification', 'account_id', 'The account; NULL for a password_reset: the account is looked for when the message is claimed.'),
	('notification', 'channel', 'How it is sent.'),
	('notification', 'recipient', 'The address or number.'),
	('notification', 'subject', 'Filled in.'),
	('notification', 'body', 'Filled in; NULL for an account: it is made when the message is claimed, and so its token is in no table.'),
	('notification', 'status', 'queued, sent, skipped or dead.'),
	('notification', 'reason', 'Why it was skipped, or the last failure.'),
	('notification', 'attempts', 'How often it was claimed.'),
	('notification', 'due_at', 'Not to be sent before.'),
	('notification', 'lease_until', 'Until then somebody is sending it.'),
	('notification', 'created_at', 'When it was queued.'),
	('notification', 'finished_at', 'When it was sent, skipped or given up.')
$texts$;

COMMENT ON FUNCTION quickbook.schema_texts() IS
'What every table and column means. For the comments.';

CREATE FUNCTION quickbook.schema_comments() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $comments$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT * FROM quickbook.schema_texts() LOOP
		IF c.col IS NULL THEN
			EXECUTE format('COMMENT ON TABLE quickbook.%I IS %L', c.tab, c.txt);
		ELSE
			EXECUTE format('COMMENT ON COLUMN quickbook.%I.%I IS %L', c.tab, c.col, c.txt);
		END IF;
	END LOOP;
END
$comments$;

COMMENT ON FUNCTION quickbook.schema_comments() IS
'Writes the comments on the tables and columns. Called by install() and migrate() only.';
--
-- install(), migrate(), check_install(): what the administrator calls.
--

-- What of the extension is attached to the tables.  DROP EXTENSION ... CASCADE
-- takes it, and install() puts it back.
CREATE FUNCTION quickbook.attach_code() RETURNS void
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
		('session', '''service_id'''), ('appointment', '''service_id'''),
		('appointment_resource', '''provider_id'''),
		('allocation', '''provider_id'', ''patient_id'''), ('event', NULL),
		('account', '''patient_id'', ''provider_id'''), ('account_token', '''account_id''')) AS v (tab, args)
	LOOP
		EXECUTE format(
			'CREATE OR REPLACE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.%I FOR EACH ROW'
			' EXECUTE FUNCTION quickbook.fill_row(%s)', t.tab, t.args);
	END LOOP;

	FOR t IN SELECT * FROM unnest(ARRAY['clinic', 'provider', 'travel', 'patient']) AS v (tab)
	LOOP
		EXECUTE format(
			'CREATE OR REPLACE TRIGGER quickbook_check_time_zone BEFORE INSERT OR UPDATE OF time_zone ON quickbook.%I'
			' FOR EACH ROW WHEN (NEW.time_zone IS NOT NULL) EXECUTE FUNCTION quickbook.check_time_zone()', t.tab);
	END LOOP;

	CREATE OR REPLACE TRIGGER quickbook_check_limits AFTER INSERT OR UPDATE ON quickbook.booking_limit
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_limits();

	CREATE OR REPLACE TRIGGER quickbook_check_template BEFORE INSERT OR UPDATE ON quickbook.message_template
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_template();

	CREATE OR REPLACE TRIGGER quickbook_check_rule BEFORE INSERT OR UPDATE ON quickbook.reminder_rule
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_rule();

	CREATE OR REPLACE VIEW quickbook.stat AS
		SELECT s.*, (SELECT max(c.lag_events) FROM quickbook.consumer_status() AS c) AS consumer_lag
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

COMMENT ON FUNCTION quickbook.attach_code() IS
'Puts the extension''s triggers on the tables and makes the view stat. Called by install() and migrate() only.';

CREATE FUNCTION quickbook.migrate() RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $migrate$
DECLARE
	needed integer := quickbook.schema_version_needed();
	present integer := 0;
BEGIN
	IF to_regclass('quickbook.schema_version') IS NULL THEN
		PERFORM quickbook.schema_raise('not_installed', 'the tables of quickbook do not exist');
	END IF;
	-- one migration at a time
	LOCK TABLE quickbook.schema_version IN SHARE ROW EXCLUSIVE MODE;
	SELECT coalesce(max(version), 0) INTO present FROM quickbook.schema_version;
	IF present > needed THEN
		PERFORM quickbook.schema_raise('wrong_schema_version',
			format('the tables of quickbook have version %s and this library needs %s', present, needed),
			'Install the newer version of the extension, then ALTER EXTENSION quickbook UPDATE.');
	END IF;
	-- steps from version 2 on are called here, each recording itself
	PERFORM quickbook.attach_code();
	RETURN needed;
END
$migrate$;

COMMENT ON FUNCTION quickbook.migrate() IS
'Takes the tables from any released version to the one that this extension needs.

Returns the version. Run it after ALTER EXTENSION quickbook UPDATE, as the
owner of the tables; it does nothing when they are up to date. Errors:
not_installed, wrong_schema_version (0A000).';

CREATE FUNCTION quickbook.install(owner name DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $install$
DECLARE
	present name;
	new_owner name;
	t record;
BEGIN
	SELECT pg_get_userbyid(relowner) INTO present FROM pg_class
		WHERE oid = to_regclass('quickbook.schema_version');
	new_owner := coalesce(install.owner, present, current_user);

	PERFORM FROM pg_roles WHERE rolname = new_owner;
	IF NOT FOUND THEN
		PERFORM quickbook.schema_raise('invalid_argument', format('role "%s" does not exist', new_owner),
			'Create the role first: the tables of quickbook will belong to it.');
	END IF;
	IF present IS NULL AND NOT has_schema_privilege(current_user, 'quickbook', 'CREATE') THEN
		PERFORM quickbook.schema_raise('not_allowed',
			format('%s may not make tables in schema quickbook', current_user),
			format('As the owner of the schema call SELECT quickbook.install(%L);', new_owner));
	END IF;

	IF present IS NULL THEN
		PERFORM quickbook.schema_step_1();
	END IF;
	PERFORM quickbook.migrate();

	-- all tables belong to one role, because the functions act with its rights
	FOR t IN SELECT DISTINCT c.relname FROM pg_class c
		JOIN quickbook.schema_expected() e ON e.object = 'table ' || c.relname
		WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind IN ('r', 'p')
			AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = new_owner)
	LOOP
		EXECUTE format('ALTER TABLE quickbook.%I OWNER TO %I', t.relname, new_owner);
	END LOOP;
	EXECUTE format('ALTER VIEW quickbook.stat OWNER TO %I', new_owner);
	IF quickbook.schema_roles_in_use() THEN
		PERFORM quickbook.attach_views(new_owner);
		PERFORM quickbook.attach_policies();
		PERFORM quickbook.attach_grants();
	END IF;
	-- foreign-key checks run as the owner and need to see the schema
	IF NOT has_schema_privilege(new_owner, 'quickbook', 'USAGE') THEN
		EXECUTE format('GRANT USAGE ON SCHEMA quickbook TO %I', new_owner);
	END IF;
	IF (SELECT rolsuper FROM pg_roles WHERE rolname = new_owner) THEN
		RAISE WARNING 'the tables of quickbook belong to superuser "%"', new_owner
			USING DETAIL = 'The functions of quickbook act with the rights of the tables'' owner.',
				HINT = 'CREATE ROLE clinic_owner; SELECT quickbook.install(''clinic_owner'');';
	END IF;
	RETURN format('quickbook: tables of version %s, owned by %s', quickbook.schema_version_needed(), new_owner);
END
$install$;

COMMENT ON FUNCTION quickbook.install(name) IS
'Makes the tables of quickbook, owned by the role owner (default: the caller).

Run it once after CREATE EXTENSION, and again after DROP EXTENSION ... CASCADE
and CREATE EXTENSION: it keeps the tables and their rows and puts back the
triggers. With owner it also hands existing tables to that role. The functions
of quickbook act with the rights of that role, so it should be no superuser (a
WARNING says so). Errors: invalid_argument (22023), not_allowed (42501).';

CREATE TYPE quickbook.schema_object AS (object text, definition text);
COMMENT ON TYPE quickbook.schema_object IS 'A part of the tables, as check_install() compares it.';

CREATE TYPE quickbook.install_problem AS (object text, problem text);
COMMENT ON TYPE quickbook.install_problem IS 'One finding of check_install().';

CREATE FUNCTION quickbook.schema_present() RETURNS SETOF quickbook.schema_object
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

COMMENT ON FUNCTION quickbook.schema_present() IS
'The tables of schema quickbook as they are, for check_install().';

CREATE FUNCTION quickbook.check_install() RETURNS SETOF quickbook.install_problem
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	present integer;
BEGIN
	IF to_regclass('quickbook.schema_version') IS NULL THEN
		RETURN NEXT ('schema quickbook', 'the tables do not exist: SELECT quickbook.install();')::quickbook.install_problem;
		RETURN;
	END IF;
	SELECT max(version) INTO present FROM quickbook.schema_version;
	IF present IS DISTINCT FROM quickbook.schema_version_needed() THEN
		RETURN NEXT ('schema quickbook', format('the tables have version %s, this library needs %s: SELECT quickbook.migrate();',
			coalesce(present::text, 'none'), quickbook.schema_version_needed()))::quickbook.install_problem;
	END IF;
	RETURN QUERY
		SELECT e.object, CASE WHEN p.object IS NULL THEN 'is missing'
			ELSE format('is "%s" and should be "%s"', p.definition, e.definition) END
		FROM quickbook.schema_expected() e LEFT JOIN quickbook.schema_present() p ON p.object = e.object
		WHERE p.definition IS DISTINCT FROM e.definition
		ORDER BY e.object;
	RETURN QUERY
		SELECT 'table ' || c.relname, format('belongs to %s, but %s to %s', pg_get_userbyid(c.relowner),
			'quickbook.schema_version', pg_get_userbyid(v.relowner))
		FROM pg_class c JOIN quickbook.schema_expected() e ON e.object = 'table ' || c.relname
			JOIN pg_class v ON v.oid = to_regclass('quickbook.schema_version')
		WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relowner <> v.relowner
		ORDER BY 1;
	IF quickbook.schema_roles_in_use() THEN
		RETURN QUERY SELECT * FROM quickbook.schema_check_policies();
	END IF;
END
$check$;

COMMENT ON FUNCTION quickbook.check_install() IS
'Compares the tables with what the extension expects: a row per problem, none when all is well.

Reports missing or changed tables, columns, constraints, indexes and triggers,
a wrong schema version and mixed owners; after create_roles() also row security
that is off, policies and views that are missing. What users added is not reported.';
--
-- What the tables of this version look like.  Written by
-- test/tools/schema-expected.sh from what install() makes.
--

CREATE FUNCTION quickbook.schema_expected() RETURNS SETOF quickbook.schema_object
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $expected$
	VALUES
	('column account.clinic_id', 'uuid not null'),
	('column account.created_at', 'timestamp with time zone not null'),
	('column account.disabled', 'boolean not null'),
	('column account.email', 'text not null'),
	('column account.email_verified_at', 'timestamp with time zone'),
	('column account.failures', 'integer not null'),
	('column account.id', 'uuid not null'),
	('column account.last_sign_in_at', 'timestamp with time zone'),
	('column account.locked_until', 'timestamp with time zone'),
	('column account.password_hash', 'text'),
	('column account.patient_id', 'uuid'),
	('column account.profile', 'jsonb'),
	('column account.provider_id', 'uuid'),
	('column account.role', 'text not null'),
	('column account.valid_after', 'timestamp with time zone'),
	('column account_token.account_id', 'uuid not null'),
	('column account_token.clinic_id', 'uuid not null'),
	('column account_token.created_at', 'timestamp with time zone not null'),
	('column account_token.expires_at', 'timestamp with time zone not null'),
	('column account_token.purpose', 'text not null'),
	('column account_token.token_hash', 'bytea not null'),
	('column allocation.appointment_id', 'uuid'),
	('column allocation.calendar_id', 'uuid not null generated'),
	('column allocation.clinic_id', 'uuid not null'),
	('column allocation.ends_at', 'timestamp with time zone not null'),
	('column allocation.expires_at', 'timestamp with time zone'),
	('column allocation.lane', 'smallint not null'),
	('column allocation.owner_id', 'uuid not null generated'),
	('column allocation.patient_id', 'uuid'),
	('column allocation.provider_id', 'uuid'),
	('column allocation.session_id', 'uuid'),
	('column allocation.starts_at', 'timestamp with time zone not null'),
	('column appointment.cancel_reason', 'text'),
	('column appointment.cancelled_by', 'text'),
	('column appointment.clinic_id', 'uuid not null'),
	('column appointment.created_at', 'timestamp with time zone not null'),
	('column appointment.details', 'jsonb'),
	('column appointment.ends_at', 'timestamp with time zone not null'),
	('column appointment.expires_at', 'timestamp with time zone'),
	('column appointment.hold_token', 'text'),
	('column appointment.id', 'uuid not null'),
	('column appointment.idempotency_key', 'text'),
	('column appointment.late', 'boolean'),
	('column appointment.notes', 'text'),
	('column appointment.patient_id', 'uuid'),
	('column appointment.provider_id', 'uuid not null'),
	('column appointment.request_hash', 'bytea'),
	('column appointment.seat', 'integer'),
	('column appointment.sequence', 'integer not null'),
	('column appointment.service_id', 'uuid not null'),
	('column appointment.session_id', 'uuid'),
	('column appointment.starts_at', 'timestamp with time zone not null'),
	('column appointment.status', 'text not null'),
	('column appointment.updated_at', 'timestamp with time zone not null'),
	('column appointment.version', 'integer not null'),
	('column appointment_resource.appointment_id', 'uuid not null'),
	('column appointment_resource.clinic_id', 'uuid not null'),
	('column appointment_resource.provider_id', 'uuid not null'),
	('column appointment_resource.role', 'text not null'),
	('column booking_limit.clinic_id', 'uuid not null'),
	('column booking_limit.id', 'uuid not null'),
	('column booking_limit.max_count', 'integer'),
	('column booking_limit.max_time', 'interval'),
	('column booking_limit.per_patient', 'boolean not null'),
	('column booking_limit.period', 'text not null'),
	('column booking_limit.provider_id', 'uuid'),
	('column booking_limit.service_id', 'uuid'),
	('column busy_time.clinic_id', 'uuid not null'),
	('column busy_time.during', 'tstzrange not null'),
	('column busy_time.id', 'uuid not null'),
	('column busy_time.provider_id', 'uuid not null'),
	('column busy_time.source', 'text'),
	('column busy_time.uid', 'text'),
	('column clinic.anonymous_holds', 'boolean not null'),
	('column clinic.id', 'uuid not null'),
	('column clinic.name', 'text not null'),
	('column clinic.time_zone', 'text not null'),
	('column clinic.week_start', 'smallint not null'),
	('column consumer.acked_at', 'timestamp with time zone'),
	('column consumer.created_at', 'timestamp with time zone not null'),
	('column consumer.name', 'text not null'),
	('column consumer.position', 'bigint not null'),
	('column date_override.clinic_id', 'uuid not null'),
	('column date_override.end_time', 'time without time zone'),
	('column date_override.id', 'uuid not null'),
	('column date_override.on_date', 'date not null'),
	('column date_override.provider_id', 'uuid not null'),
	('column date_override.service_id', 'uuid'),
	('column date_override.start_time', 'time without time zone'),
	('column event.clinic_id', 'uuid not null'),
	('column event.data', 'jsonb not null'),
	('column event.id', 'uuid not null'),
	('column event.occurred_at', 'timestamp with time zone not null'),
	('column event.position', 'bigint'),
	('column event.seq', 'bigint not null identity'),
	('column event.subject', 'uuid not null'),
	('column event.type', 'text not null'),
	('column event_counter.last_position', 'bigint not null'),
	('column event_counter.messages_position', 'bigint not null'),
	('column event_counter.only_row', 'boolean not null'),
	('column message_template.body', 'text not null'),
	('column message_template.clinic_id', 'uuid not null'),
	('column message_template.id', 'uuid not null'),
	('column message_template.name', 'text not null'),
	('column message_template.subject', 'text'),
	('column notification.account_id', 'uuid'),
	('column notification.appointment_id', 'uuid'),
	('column notification.attempts', 'integer not null'),
	('column notification.body', 'text'),
	('column notification.channel', 'text not null'),
	('column notification.clinic_id', 'uuid not null'),
	('column notification.created_at', 'timestamp with time zone not null'),
	('column notification.dedup_key', 'text not null'),
	('column notification.due_at', 'timestamp with time zone not null'),
	('column notification.finished_at', 'timestamp with time zone'),
	('column notification.id', 'uuid not null'),
	('column notification.lease_until', 'timestamp with time zone'),
	('column notification.purpose', 'text'),
	('column notification.reason', 'text'),
	('column notification.recipient', 'text'),
	('column notification.rule_id', 'uuid'),
	('column notification.sequence', 'integer'),
	('column notification.status', 'text not null'),
	('column notification.subject', 'text'),
	('column patient.clinic_id', 'uuid not null'),
	('column patient.email', 'text'),
	('column patient.id', 'uuid not null'),
	('column patient.locale', 'text'),
	('column patient.name', 'text not null'),
	('column patient.phone', 'text'),
	('column patient.time_zone', 'text'),
	('column provider.active', 'boolean not null'),
	('column provider.capacity', 'integer not null'),
	('column provider.clinic_id', 'uuid not null'),
	('column provider.id', 'uuid not null'),
	('column provider.kind', 'text not null'),
	('column provider.name', 'text not null'),
	('column provider.open_always', 'boolean not null'),
	('column provider.time_zone', 'text'),
	('column reminder_rule.active', 'boolean not null'),
	('column reminder_rule.channel', 'text not null'),
	('column reminder_rule.clinic_id', 'uuid not null'),
	('column reminder_rule.id', 'uuid not null'),
	('column reminder_rule.occasion', 'text not null'),
	('column reminder_rule.service_id', 'uuid'),
	('column reminder_rule.template_id', 'uuid not null'),
	('column reminder_rule.time_offset', 'interval not null'),
	('column schema_version.installed_at', 'timestamp with time zone not null'),
	('column schema_version.version', 'integer not null'),
	('column service.active', 'boolean not null'),
	('column service.bookable_during', 'daterange'),
	('column service.buffer_after', 'interval not null'),
	('column service.buffer_before', 'interval not null'),
	('column service.cancel_notice', 'interval not null'),
	('column service.clinic_id', 'uuid not null'),
	('column service.duration', 'interval not null'),
	('column service.hold_for', 'interval not null'),
	('column service.horizon_counts', 'text not null'),
	('column service.horizon_days', 'integer'),
	('column service.id', 'uuid not null'),
	('column service.min_notice', 'interval not null'),
	('column service.name', 'text not null'),
	('column service.patient_may_overlap', 'boolean not null'),
	('column service.pending_blocks', 'boolean not null'),
	('column service.requires_approval', 'boolean not null'),
	('column service.reschedule_notice', 'interval not null'),
	('column service.seats', 'integer not null'),
	('column service.slot_anchor', 'text not null'),
	('column service.slot_interval', 'interval'),
	('column service_provider.clinic_id', 'uuid not null'),
	('column service_provider.duration', 'interval'),
	('column service_provider.priority', 'integer not null'),
	('column service_provider.provider_id', 'uuid not null'),
	('column service_provider.role', 'text not null'),
	('column service_provider.service_id', 'uuid not null'),
	('column session.clinic_id', 'uuid not null'),
	('column session.ends_at', 'timestamp with time zone not null'),
	('column session.id', 'uuid not null'),
	('column session.provider_id', 'uuid not null'),
	('column session.service_id', 'uuid not null'),
	('column session.starts_at', 'timestamp with time zone not null'),
	('column time_off.clinic_id', 'uuid not null'),
	('column time_off.during', 'tstzrange not null'),
	('column time_off.id', 'uuid not null'),
	('column time_off.provider_id', 'uuid'),
	('column time_off.reason', 'text'),
	('column token_key.created_at', 'timestamp with time zone not null'),
	('column token_key.kid', 'text not null'),
	('column token_key.retires_at', 'timestamp with time zone'),
	('column token_key.secret', 'bytea not null'),
	('column travel.clinic_id', 'uuid not null'),
	('column travel.dates', 'daterange not null'),
	('column travel.id', 'uuid not null'),
	('column travel.provider_id', 'uuid not null'),
	('column travel.time_zone', 'text not null'),
	('column working_hours.anchored_on', 'date'),
	('column working_hours.clinic_id', 'uuid not null'),
	('column working_hours.end_time', 'time without time zone not null'),
	('column working_hours.every_weeks', 'integer not null'),
	('column working_hours.id', 'uuid not null'),
	('column working_hours.provider_id', 'uuid not null'),
	('column working_hours.service_id', 'uuid'),
	('column working_hours.start_time', 'time without time zone not null'),
	('column working_hours.valid', 'daterange'),
	('column working_hours.weekday', 'smallint not null'),
	('constraint account_clinic_fkey on account', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id)'),
	('constraint account_email_has_an_at_sign_and_no_spaces on account', 'CHECK'),
	('constraint account_failures_is_not_negative on account', 'CHECK'),
	('constraint account_id_clinic_id_key on account', 'UNIQUE (id, clinic_id)'),
	('constraint account_names_whom_its_role_says on account', 'CHECK'),
	('constraint account_password_hash_is_bcrypt on account', 'CHECK'),
	('constraint account_patient_fkey on account', 'FOREIGN KEY (patient_id, clinic_id) REFERENCES quickbook.patient(id, clinic_id) ON DELETE CASCADE'),
	('constraint account_pkey on account', 'PRIMARY KEY (id)'),
	('constraint account_provider_fkey on account', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE'),
	('constraint account_role_is_known on account', 'CHECK'),
	('constraint account_that_is_verified_has_a_password on account', 'CHECK'),
	('constraint account_token_account_fkey on account_token', 'FOREIGN KEY (account_id, clinic_id) REFERENCES quickbook.account(id, clinic_id) ON DELETE CASCADE'),
	('constraint account_token_hash_is_sha256 on account_token', 'CHECK'),
	('constraint account_token_pkey on account_token', 'PRIMARY KEY (token_hash)'),
	('constraint account_token_purpose_is_known on account_token', 'CHECK'),
	('constraint allocation_appointment_fkey on allocation', 'FOREIGN KEY (appointment_id, clinic_id) REFERENCES quickbook.appointment(id, clinic_id) ON DELETE CASCADE'),
	('constraint allocation_has_one_owner_one_calendar_and_a_finite_length on allocation', 'CHECK'),
	('constraint allocation_no_overlap on allocation', 'EXCLUDE USING gist (calendar_id WITH =, lane WITH =, tstzrange(starts_at, ends_at) WITH &&)'),
	('constraint allocation_patient_fkey on allocation', 'FOREIGN KEY (patient_id, clinic_id) REFERENCES quickbook.patient(id, clinic_id)'),
	('constraint allocation_pkey on allocation', 'PRIMARY KEY (owner_id, calendar_id)'),
	('constraint allocation_provider_fkey on allocation', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id)'),
	('constraint allocation_session_fkey on allocation', 'FOREIGN KEY (session_id, clinic_id) REFERENCES quickbook.session(id, clinic_id) ON DELETE CASCADE'),
	('constraint appointment_columns_agree_with_its_status on appointment', 'CHECK'),
	('constraint appointment_id_clinic_id_key on appointment', 'UNIQUE (id, clinic_id)'),
	('constraint appointment_patient_fkey on appointment', 'FOREIGN KEY (patient_id, clinic_id) REFERENCES quickbook.patient(id, clinic_id)'),
	('constraint appointment_pkey on appointment', 'PRIMARY KEY (id)'),
	('constraint appointment_provider_fkey on appointment', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id)'),
	('constraint appointment_resource_appointment_fkey on appointment_resource', 'FOREIGN KEY (appointment_id, clinic_id) REFERENCES quickbook.appointment(id, clinic_id) ON DELETE CASCADE'),
	('constraint appointment_resource_pkey on appointment_resource', 'PRIMARY KEY (appointment_id, role)'),
	('constraint appointment_resource_provider_fkey on appointment_resource', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id)'),
	('constraint appointment_seat_and_key_are_whole on appointment', 'CHECK'),
	('constraint appointment_service_fkey on appointment', 'FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id)'),
	('constraint appointment_session_fkey on appointment', 'FOREIGN KEY (session_id, clinic_id) REFERENCES quickbook.session(id, clinic_id)'),
	('constraint appointment_starts_before_it_ends on appointment', 'CHECK'),
	('constraint appointment_status_is_known on appointment', 'CHECK'),
	('constraint booking_limit_clinic_fkey on booking_limit', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id) ON DELETE CASCADE'),
	('constraint booking_limit_has_max_count_or_max_time on booking_limit', 'CHECK'),
	('constraint booking_limit_max_count_is_not_negative on booking_limit', 'CHECK'),
	('constraint booking_limit_max_time_is_fixed_and_not_negative on booking_limit', 'CHECK'),
	('constraint booking_limit_period_is_day_week_month_year_or_upcoming on booking_limit', 'CHECK'),
	('constraint booking_limit_pkey on booking_limit', 'PRIMARY KEY (id)'),
	('constraint booking_limit_provider_fkey on booking_limit', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE'),
	('constraint booking_limit_service_fkey on booking_limit', 'FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE'),
	('constraint busy_time_during_is_bounded on busy_time', 'CHECK'),
	('constraint busy_time_during_is_half_open on busy_time', 'CHECK'),
	('constraint busy_time_during_is_not_empty on busy_time', 'CHECK'),
	('constraint busy_time_pkey on busy_time', 'PRIMARY KEY (id)'),
	('constraint busy_time_provider_fkey on busy_time', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE'),
	('constraint clinic_pkey on clinic', 'PRIMARY KEY (id)'),
	('constraint clinic_week_start_is_1_monday_to_7_sunday on clinic', 'CHECK'),
	('constraint consumer_name_is_not_empty on consumer', 'CHECK'),
	('constraint consumer_pkey on consumer', 'PRIMARY KEY (name)'),
	('constraint consumer_position_is_not_negative on consumer', 'CHECK'),
	('constraint date_override_end_time_is_not_start_time on date_override', 'CHECK'),
	('constraint date_override_has_both_times_or_none_when_closed on date_override', 'CHECK'),
	('constraint date_override_on_date_is_finite on date_override', 'CHECK'),
	('constraint date_override_pkey on date_override', 'PRIMARY KEY (id)'),
	('constraint date_override_provider_fkey on date_override', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE'),
	('constraint date_override_rows_of_a_date_do_not_overlap on date_override', 'EXCLUDE USING gist (provider_id WITH =, COALESCE(service_id, ''00000000-0000-0000-0000-000000000000''::uuid) WITH =, tsrange((on_date + COALESCE(start_time, ''00:00:00''::time without time zone)),
CASE
    WHEN (start_time IS NULL) THEN (on_date + ''2 days''::interval)
    WHEN (end_time < start_time) THEN ((on_date + end_time) + ''1 day''::interval)
    ELSE (on_date + end_time)
END) WITH &&, on_date WITH =)'),
	('constraint date_override_service_fkey on date_override', 'FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE'),
	('constraint date_override_start_time_is_before_24_00 on date_override', 'CHECK'),
	('constraint event_counter_has_one_row on event_counter', 'CHECK'),
	('constraint event_counter_pkey on event_counter', 'PRIMARY KEY (only_row)'),
	('constraint event_pkey on event', 'PRIMARY KEY (id)'),
	('constraint message_template_body_is_not_empty on message_template', 'CHECK'),
	('constraint message_template_clinic_fkey on message_template', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id) ON DELETE CASCADE'),
	('constraint message_template_id_clinic_id_key on message_template', 'UNIQUE (id, clinic_id)'),
	('constraint message_template_pkey on message_template', 'PRIMARY KEY (id)'),
	('constraint notification_account_fkey on notification', 'FOREIGN KEY (account_id, clinic_id) REFERENCES quickbook.account(id, clinic_id) ON DELETE CASCADE'),
	('constraint notification_appointment_fkey on notification', 'FOREIGN KEY (appointment_id, clinic_id) REFERENCES quickbook.appointment(id, clinic_id) ON DELETE CASCADE'),
	('constraint notification_clinic_fkey on notification', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id)'),
	('constraint notification_dedup_key_key on notification', 'UNIQUE (dedup_key)'),
	('constraint notification_has_a_recipient on notification', 'CHECK'),
	('constraint notification_has_a_text_unless_it_is_an_account_s on notification', 'CHECK'),
	('constraint notification_pkey on notification', 'PRIMARY KEY (id)'),
	('constraint notification_rule_fkey on notification', 'FOREIGN KEY (rule_id, clinic_id) REFERENCES quickbook.reminder_rule(id, clinic_id) ON DELETE SET NULL (rule_id)'),
	('constraint notification_status_is_known on notification', 'CHECK'),
	('constraint patient_clinic_fkey on patient', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id)'),
	('constraint patient_email_has_an_at_sign_and_no_spaces on patient', 'CHECK'),
	('constraint patient_id_clinic_id_key on patient', 'UNIQUE (id, clinic_id)'),
	('constraint patient_phone_is_e164 on patient', 'CHECK'),
	('constraint patient_pkey on patient', 'PRIMARY KEY (id)'),
	('constraint provider_capacity_is_1_to_1000 on provider', 'CHECK'),
	('constraint provider_clinic_fkey on provider', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id)'),
	('constraint provider_id_clinic_id_key on provider', 'UNIQUE (id, clinic_id)'),
	('constraint provider_kind_is_not_empty on provider', 'CHECK'),
	('constraint provider_pkey on provider', 'PRIMARY KEY (id)'),
	('constraint reminder_rule_channel_is_not_empty on reminder_rule', 'CHECK'),
	('constraint reminder_rule_clinic_fkey on reminder_rule', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id) ON DELETE CASCADE'),
	('constraint reminder_rule_id_clinic_id_key on reminder_rule', 'UNIQUE (id, clinic_id)'),
	('constraint reminder_rule_occasion_is_known on reminder_rule', 'CHECK'),
	('constraint reminder_rule_of_an_account_is_by_email_for_no_service on reminder_rule', 'CHECK'),
	('constraint reminder_rule_pkey on reminder_rule', 'PRIMARY KEY (id)'),
	('constraint reminder_rule_service_fkey on reminder_rule', 'FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE'),
	('constraint reminder_rule_template_fkey on reminder_rule', 'FOREIGN KEY (template_id, clinic_id) REFERENCES quickbook.message_template(id, clinic_id)'),
	('constraint reminder_rule_time_offset_is_fixed_and_not_negative on reminder_rule', 'CHECK'),
	('constraint schema_version_pkey on schema_version', 'PRIMARY KEY (version)'),
	('constraint service_bookable_during_is_not_empty on service', 'CHECK'),
	('constraint service_buffer_after_is_fixed_and_not_negative on service', 'CHECK'),
	('constraint service_buffer_before_is_fixed_and_not_negative on service', 'CHECK'),
	('constraint service_cancel_notice_is_fixed_and_not_negative on service', 'CHECK'),
	('constraint service_clinic_fkey on service', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id)'),
	('constraint service_duration_is_fixed_and_positive on service', 'CHECK'),
	('constraint service_hold_for_is_fixed_and_positive on service', 'CHECK'),
	('constraint service_horizon_counts_is_calendar_working_or_bookable on service', 'CHECK'),
	('constraint service_horizon_days_is_not_negative on service', 'CHECK'),
	('constraint service_id_clinic_id_key on service', 'UNIQUE (id, clinic_id)'),
	('constraint service_min_notice_is_fixed_and_not_negative on service', 'CHECK'),
	('constraint service_pkey on service', 'PRIMARY KEY (id)'),
	('constraint service_provider_duration_is_fixed_and_positive on service_provider', 'CHECK'),
	('constraint service_provider_pkey on service_provider', 'PRIMARY KEY (service_id, role, provider_id)'),
	('constraint service_provider_provider_fkey on service_provider', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE'),
	('constraint service_provider_role_is_not_empty on service_provider', 'CHECK'),
	('constraint service_provider_service_fkey on service_provider', 'FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE'),
	('constraint service_reschedule_notice_is_fixed_and_not_negative on service', 'CHECK'),
	('constraint service_seats_is_1_to_10000 on service', 'CHECK'),
	('constraint service_slot_anchor_is_window_gap_or_clock on service', 'CHECK'),
	('constraint service_slot_interval_is_fixed_and_positive on service', 'CHECK'),
	('constraint session_id_clinic_id_key on session', 'UNIQUE (id, clinic_id)'),
	('constraint session_pkey on session', 'PRIMARY KEY (id)'),
	('constraint session_provider_fkey on session', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id)'),
	('constraint session_service_fkey on session', 'FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id)'),
	('constraint session_starts_before_it_ends on session', 'CHECK'),
	('constraint time_off_clinic_fkey on time_off', 'FOREIGN KEY (clinic_id) REFERENCES quickbook.clinic(id) ON DELETE CASCADE'),
	('constraint time_off_during_is_bounded on time_off', 'CHECK'),
	('constraint time_off_during_is_half_open on time_off', 'CHECK'),
	('constraint time_off_during_is_not_empty on time_off', 'CHECK'),
	('constraint time_off_pkey on time_off', 'PRIMARY KEY (id)'),
	('constraint time_off_provider_fkey on time_off', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE'),
	('constraint token_key_kid_is_1_to_100_characters on token_key', 'CHECK'),
	('constraint token_key_pkey on token_key', 'PRIMARY KEY (kid)'),
	('constraint token_key_secret_has_32_bytes on token_key', 'CHECK'),
	('constraint travel_dates_is_not_empty on travel', 'CHECK'),
	('constraint travel_dates_of_a_provider_do_not_overlap on travel', 'EXCLUDE USING gist (provider_id WITH =, dates WITH &&)'),
	('constraint travel_pkey on travel', 'PRIMARY KEY (id)'),
	('constraint travel_provider_fkey on travel', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE'),
	('constraint working_hours_anchored_on_is_finite on working_hours', 'CHECK'),
	('constraint working_hours_end_time_is_not_start_time on working_hours', 'CHECK'),
	('constraint working_hours_every_weeks_above_1_needs_anchored_on on working_hours', 'CHECK'),
	('constraint working_hours_every_weeks_is_1_to_520 on working_hours', 'CHECK'),
	('constraint working_hours_pkey on working_hours', 'PRIMARY KEY (id)'),
	('constraint working_hours_provider_fkey on working_hours', 'FOREIGN KEY (provider_id, clinic_id) REFERENCES quickbook.provider(id, clinic_id) ON DELETE CASCADE'),
	('constraint working_hours_service_fkey on working_hours', 'FOREIGN KEY (service_id, clinic_id) REFERENCES quickbook.service(id, clinic_id) ON DELETE CASCADE'),
	('constraint working_hours_start_time_is_before_24_00 on working_hours', 'CHECK'),
	('constraint working_hours_valid_is_not_empty on working_hours', 'CHECK'),
	('constraint working_hours_weekday_is_1_monday_to_7_sunday on working_hours', 'CHECK'),
	('index account_clinic_id_email_idx', 'valid'),
	('index account_clinic_id_email_unverified_idx', 'valid'),
	('index account_created_at_unverified_idx', 'valid'),
	('index account_id_clinic_id_key', 'valid'),
	('index account_patient_id_idx', 'valid'),
	('index account_pkey', 'valid'),
	('index account_provider_id_idx', 'valid'),
	('index account_token_account_id_idx', 'valid'),
	('index account_token_expires_at_idx', 'valid'),
	('index account_token_pkey', 'valid'),
	('index allocation_calendar_id_lane_starts_at_idx', 'valid'),
	('index allocation_no_overlap', 'valid'),
	('index allocation_pkey', 'valid'),
	('index appointment_clinic_id_idempotency_key_idx', 'valid'),
	('index appointment_clinic_id_starts_at_idx', 'valid'),
	('index appointment_held_expires_at_idx', 'valid'),
	('index appointment_id_clinic_id_key', 'valid'),
	('index appointment_patient_id_starts_at_idx', 'valid'),
	('index appointment_pkey', 'valid'),
	('index appointment_provider_id_starts_at_idx', 'valid'),
	('index appointment_resource_pkey', 'valid'),
	('index appointment_resource_provider_id_idx', 'valid'),
	('index appointment_session_id_seat_idx', 'valid'),
	('index booking_limit_clinic_id_idx', 'valid'),
	('index booking_limit_pkey', 'valid'),
	('index booking_limit_provider_id_idx', 'valid'),
	('index booking_limit_service_id_idx', 'valid'),
	('index busy_time_pkey', 'valid'),
	('index busy_time_provider_id_during_idx', 'valid'),
	('index clinic_pkey', 'valid'),
	('index consumer_pkey', 'valid'),
	('index date_override_pkey', 'valid'),
	('index date_override_provider_id_on_date_idx', 'valid'),
	('index date_override_rows_of_a_date_do_not_overlap', 'valid'),
	('index date_override_service_id_idx', 'valid'),
	('index event_counter_pkey', 'valid'),
	('index event_pkey', 'valid'),
	('index event_position_idx', 'valid'),
	('index event_seq_unnumbered_idx', 'valid'),
	('index event_subject_idx', 'valid'),
	('index message_template_clinic_id_idx', 'valid'),
	('index message_template_id_clinic_id_key', 'valid'),
	('index message_template_pkey', 'valid'),
	('index notification_account_id_idx', 'valid'),
	('index notification_appointment_id_idx', 'valid'),
	('index notification_channel_due_at_idx', 'valid'),
	('index notification_created_at_of_account_idx', 'valid'),
	('index notification_dedup_key_key', 'valid'),
	('index notification_pkey', 'valid'),
	('index patient_clinic_id_email_idx', 'valid'),
	('index patient_id_clinic_id_key', 'valid'),
	('index patient_pkey', 'valid'),
	('index provider_id_clinic_id_key', 'valid'),
	('index provider_pkey', 'valid'),
	('index reminder_rule_clinic_id_idx', 'valid'),
	('index reminder_rule_id_clinic_id_key', 'valid'),
	('index reminder_rule_pkey', 'valid'),
	('index reminder_rule_template_id_idx', 'valid'),
	('index schema_version_pkey', 'valid'),
	('index service_id_clinic_id_key', 'valid'),
	('index service_pkey', 'valid'),
	('index service_provider_pkey', 'valid'),
	('index service_provider_provider_id_idx', 'valid'),
	('index session_id_clinic_id_key', 'valid'),
	('index session_pkey', 'valid'),
	('index session_provider_id_starts_at_idx', 'valid'),
	('index time_off_clinic_id_during_idx', 'valid'),
	('index time_off_pkey', 'valid'),
	('index time_off_provider_id_idx', 'valid'),
	('index token_key_pkey', 'valid'),
	('index travel_dates_of_a_provider_do_not_overlap', 'valid'),
	('index travel_pkey', 'valid'),
	('index working_hours_pkey', 'valid'),
	('index working_hours_provider_id_idx', 'valid'),
	('index working_hours_service_id_idx', 'valid'),
	('table account', 'table'),
	('table account_token', 'table'),
	('table allocation', 'table'),
	('table appointment', 'table'),
	('table appointment_resource', 'table'),
	('table booking_limit', 'table'),
	('table busy_time', 'table'),
	('table clinic', 'table'),
	('table consumer', 'table'),
	('table date_override', 'table'),
	('table event', 'table'),
	('table event_counter', 'table'),
	('table message_template', 'table'),
	('table notification', 'table'),
	('table patient', 'table'),
	('table provider', 'table'),
	('table reminder_rule', 'table'),
	('table schema_version', 'table'),
	('table service', 'table'),
	('table service_provider', 'table'),
	('table session', 'table'),
	('table time_off', 'table'),
	('table token_key', 'table'),
	('table travel', 'table'),
	('table working_hours', 'table'),
	('trigger quickbook_check_limits on booking_limit', 'enabled'),
	('trigger quickbook_check_rule on reminder_rule', 'enabled'),
	('trigger quickbook_check_template on message_template', 'enabled'),
	('trigger quickbook_check_time_zone on clinic', 'enabled'),
	('trigger quickbook_check_time_zone on patient', 'enabled'),
	('trigger quickbook_check_time_zone on provider', 'enabled'),
	('trigger quickbook_check_time_zone on travel', 'enabled'),
	('trigger quickbook_fill_row on account', 'enabled'),
	('trigger quickbook_fill_row on account_token', 'enabled'),
	('trigger quickbook_fill_row on allocation', 'enabled'),
	('trigger quickbook_fill_row on appointment', 'enabled'),
	('trigger quickbook_fill_row on appointment_resource', 'enabled'),
	('trigger quickbook_fill_row on booking_limit', 'enabled'),
	('trigger quickbook_fill_row on busy_time', 'enabled'),
	('trigger quickbook_fill_row on clinic', 'enabled'),
	('trigger quickbook_fill_row on date_override', 'enabled'),
	('trigger quickbook_fill_row on event', 'enabled'),
	('trigger quickbook_fill_row on message_template', 'enabled'),
	('trigger quickbook_fill_row on patient', 'enabled'),
	('trigger quickbook_fill_row on provider', 'enabled'),
	('trigger quickbook_fill_row on reminder_rule', 'enabled'),
	('trigger quickbook_fill_row on service', 'enabled'),
	('trigger quickbook_fill_row on service_provider', 'enabled'),
	('trigger quickbook_fill_row on session', 'enabled'),
	('trigger quickbook_fill_row on time_off', 'enabled'),
	('trigger quickbook_fill_row on travel', 'enabled'),
	('trigger quickbook_fill_row on working_hours', 'enabled'),
	('view stat', 'view')
$expected$;

COMMENT ON FUNCTION quickbook.schema_expected() IS
'The tables of schema quickbook as this version makes them, for check_install().';
--
-- Free time: searches.  They only read.
--

CREATE TYPE quickbook.available_slot AS (
	provider_id uuid,
	starts_at timestamptz,
	ends_at timestamptz,
	seats_left integer
);

COMMENT ON TYPE quickbook.available_slot IS 'A start at which a service could be booked with a provider.';

CREATE TYPE quickbook.available_day AS (
	day date,
	slots integer
);

COMMENT ON TYPE quickbook.available_day IS 'How many slots start on a day.';

CREATE FUNCTION quickbook.available_slots(
	service_id uuid,
	from_time timestamptz,
	to_time timestamptz,
	provider_id uuid DEFAULT NULL,
	patient_id uuid DEFAULT NULL)
	RETURNS SETOF quickbook.available_slot
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_available_slots';

COMMENT ON FUNCTION quickbook.available_slots(uuid, timestamptz, timestamptz, uuid, uuid) IS
'The starts in [from_time, to_time) at which the service can be booked, by starts_at, then provider_id.

With provider_id only that lead provider''s; with patient_id only those at
which that patient is free, the patient''s own holds not counting. ends_at is
exclusive. The search reaches at most quickbook.search_days ahead. Errors:
not_found (P0002), invalid_argument (22023).';

CREATE FUNCTION quickbook.next_slots(
	service_id uuid,
	after_time timestamptz DEFAULT NULL,
	max_slots integer DEFAULT 10,
	provider_id uuid DEFAULT NULL,
	patient_id uuid DEFAULT NULL)
	RETURNS SETOF quickbook.available_slot
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_next_slots';

COMMENT ON FUNCTION quickbook.next_slots(uuid, timestamptz, integer, uuid, uuid) IS
'The first max_slots slots from after_time (default: now) on, in the order of available_slots.

Stops searching when it has them; reaches at most quickbook.search_days ahead.
Errors: not_found (P0002), invalid_argument (22023).';

CREATE FUNCTION quickbook.available_days(
	service_id uuid,
	from_date date,
	to_date date,
	provider_id uuid DEFAULT NULL,
	time_zone text DEFAULT NULL)
	RETURNS SETOF quickbook.available_day
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 31
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_available_days';

COMMENT ON FUNCTION quickbook.available_days(uuid, date, date, uuid, text) IS
'For each date from from_date to to_date, both included, how many slots start on it: the rows of available_slots.

Dates are read in time_zone (an IANA name; default: the provider''s zone, or
the clinic''s). Days without slots are listed with 0; a date that the zone
skipped is not listed. Errors: not_found (P0002), invalid_argument (22023).';

CREATE TYPE quickbook.slot_rule AS (
	rule text,
	passed boolean,
	detail text
);

COMMENT ON TYPE quickbook.slot_rule IS 'What one rule says about a start.';

CREATE FUNCTION quickbook.explain_slot(
	service_id uuid,
	provider_id uuid,
	starts_at timestamptz,
	patient_id uuid DEFAULT NULL)
	RETURNS SETOF quickbook.slot_rule
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_explain_slot';

COMMENT ON FUNCTION quickbook.explain_slot(uuid, uuid, timestamptz, uuid) IS
'Why a start is offered or not: a row for each rule, passed or not, with a detail for people.

The rules, in the order in which a booking is refused by them: service, hours,
free, roles, seats, grid, notice, horizon, limit, patient. All pass if and only
if available_slots offers the start and create_appointment books it. passed is
NULL for a rule that cannot be asked, because the provider does not offer the
service. Errors: not_found (P0002), invalid_argument (22023).';

CREATE TYPE quickbook.free_busy_span AS (
	starts_at timestamptz,
	ends_at timestamptz,
	kind text
);

COMMENT ON TYPE quickbook.free_busy_span IS 'A span of a provider''s calendar that is of one kind.';

CREATE FUNCTION quickbook.free_busy(
	provider_id uuid,
	from_time timestamptz,
	to_time timestamptz)
	RETURNS SETOF quickbook.free_busy_span
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_free_busy';

COMMENT ON FUNCTION quickbook.free_busy(uuid, timestamptz, timestamptz) IS
'A provider''s calendar from from_time to to_time, cut into spans without a gap, by time; no personal data.

kind is FHIR R5''s slot status: busy (nothing more fits), busy-tentative (the
same, because of held or pending ones), busy-unavailable (outside the open
hours of every service, or time off), free. Buffers count as busy. Errors:
not_found (P0002), invalid_argument (22023).';

CREATE TYPE quickbook.affected_appointment AS (
	appointment_id uuid,
	patient_id uuid,
	service_id uuid,
	provider_id uuid,
	status text,
	starts_at timestamptz,
	ends_at timestamptz,
	rule text,
	detail text
);

COMMENT ON TYPE quickbook.affected_appointment IS 'An appointment that the present rules would no longer offer, and why.';

CREATE FUNCTION quickbook.affected_appointments(provider_id uuid)
	RETURNS SETOF quickbook.affected_appointment
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 10000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_affected_appointments';

COMMENT ON FUNCTION quickbook.affected_appointments(uuid) IS
'Coming appointments with the provider, in any role, that the present rules would no longer offer, by starts_at.

Change hours, time off or a zone in a transaction, look, then commit and call
the patients, or roll back. Asked are the rules service, hours, free and roles,
of everybody who serves; not the grid, notice, horizon and limits. Error:
not_found (P0002).';
--
-- Appointments: the functions that write them, and get_appointment().
--

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
idempotency_key gives the first call''s appointment again. Staff may name rules
to set aside in override: grid, notice, hours, horizon, limit, policy. Errors:
slot_taken, patient_busy (23P01), outside_hours, off_grid, too_soon,
beyond_horizon, policy_refused (23QB1 to 23QB6), idempotency_conflict (23505),
not_found (P0002), not_allowed (42501), invalid_argument (22023).';

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
change is refused with invalid_argument (22023). Other errors as
create_appointment.';

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
confirm_appointment must be given. Errors: as create_appointment.';

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

For staff and providers. Errors: not_found (P0002), invalid_transition (23QB7) when it is not pending,
stale_version (23QB8), not_allowed (42501).';

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
stale_version (23QB8).';

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
not_found (P0002), stale_version (23QB8).';

CREATE FUNCTION quickbook.get_appointment(appointment_id uuid)
	RETURNS quickbook.appointment_info
	LANGUAGE C STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_get_appointment';

COMMENT ON FUNCTION quickbook.get_appointment(uuid) IS
'The appointment with that id.

Errors: not_found (P0002), not_allowed (42501) for one that you may not see.';

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

NULL asks for any. provider_id finds a provider in any role. Error:
invalid_argument (22023).';

CREATE TYPE quickbook.maintenance_info AS (
	holds_expired integer,
	events_numbered bigint,
	notifications_queued integer
);

COMMENT ON TYPE quickbook.maintenance_info IS 'What run_maintenance() did.';

CREATE FUNCTION quickbook.run_maintenance()
	RETURNS quickbook.maintenance_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_run_maintenance';

COMMENT ON FUNCTION quickbook.run_maintenance() IS
'Does what is due: closes expired holds (at most 500 a call), gives positions to events, queues messages to patients.

It is what the background worker does. Safe to call at any time, from pg_cron
or by hand; it waits for nobody. Nothing depends on it: an expired hold never
blocks.';
--
-- The event log: consumers with positions, CloudEvents, purging.
--

CREATE TYPE quickbook.event_info AS (
	id uuid,
	type text,
	subject uuid,
	occurred_at timestamptz,
	clinic_id uuid,
	data jsonb,
	"position" bigint
);

COMMENT ON TYPE quickbook.event_info IS
'An event as fetch_events() gives it.

The columns are those of the table quickbook.event, by the same names.';

CREATE TYPE quickbook.consumer_info AS (
	name text,
	"position" bigint,
	lag_events bigint,
	lag_seconds double precision,
	created_at timestamptz,
	acked_at timestamptz
);

COMMENT ON TYPE quickbook.consumer_info IS
'A consumer of the event log and how far it is behind.

position is the last that it acknowledged; lag_events are the events after it,
lag_seconds the age of the oldest of them.';

CREATE FUNCTION quickbook.create_consumer(
	name text,
	from_position bigint DEFAULT 0)
	RETURNS quickbook.consumer_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_create_consumer';

COMMENT ON FUNCTION quickbook.create_consumer(text, bigint) IS
'Makes a consumer of the event log, which remembers how far it has read.

It begins after from_position: 0 is all that the log still has, NULL what
happens from now on. Errors: invalid_argument (22023) when there is one of that
name, not_allowed (42501).';

CREATE FUNCTION quickbook.drop_consumer(name text) RETURNS boolean
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_drop_consumer';

COMMENT ON FUNCTION quickbook.drop_consumer(text) IS
'Removes a consumer; purge_events() waits for it no longer. False if there was none.

Error: not_allowed (42501).';

CREATE FUNCTION quickbook.fetch_events(
	consumer text,
	max_events integer DEFAULT 100)
	RETURNS SETOF quickbook.event_info
	LANGUAGE C VOLATILE COST 1000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_fetch_events';

COMMENT ON FUNCTION quickbook.fetch_events(text, integer) IS
'The events after the consumer''s position, in commit order, those of one appointment always in order.

At least once: until ack_events() has moved the position they are given again.
Fetch, pass on and acknowledge in one transaction: another fetcher of the same
consumer waits until it ends. All that was committed before the call has its
position: by the background worker, or else by this call, and then nobody else
gives positions until its transaction ends. Errors: not_found (P0002),
invalid_argument (22023), not_allowed (42501).';

CREATE FUNCTION quickbook.ack_events(
	consumer text,
	"position" bigint)
	RETURNS bigint
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_ack_events';

COMMENT ON FUNCTION quickbook.ack_events(text, bigint) IS
'Says that the consumer has dealt with all events up to position; returns its position.

A position behind the present one changes nothing. Errors: not_found (P0002),
invalid_argument (22023) for a position that no event has yet, not_allowed
(42501).';

CREATE FUNCTION quickbook.consumer_status(consumer text DEFAULT NULL)
	RETURNS SETOF quickbook.consumer_info
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_consumer_status';

COMMENT ON FUNCTION quickbook.consumer_status(text) IS
'How far one consumer, or each, has read, and how far it is behind in events and in seconds.

Error: not_allowed (42501).';

CREATE FUNCTION quickbook.purge_events(
	older_than interval,
	force boolean DEFAULT false)
	RETURNS bigint
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_purge_events';

COMMENT ON FUNCTION quickbook.purge_events(interval, boolean) IS
'Deletes events older than older_than that every consumer has acknowledged; returns how many.

With force also those that some consumer has not. Errors: invalid_argument
(22023), not_allowed (42501).';

CREATE FUNCTION quickbook.event_json(event quickbook.event_info) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $json$
	SELECT CASE WHEN event.id IS NOT NULL THEN jsonb_build_object(
		'specversion', '1.0',
		'id', event.id,
		'source', '/quickbook/clinics/' || event.clinic_id,
		'type', event.type,
		'subject', event.subject,
		'time', to_char(event.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		'datacontenttype', 'application/json',
		'clinicid', event.clinic_id,
		'sequence', lpad(event."position"::text, 20, '0'),
		'data', event.data) END
$json$;

COMMENT ON FUNCTION quickbook.event_json(quickbook.event_info) IS
'An event as a CloudEvents 1.0 envelope, in the JSON format.

As in SELECT event_json(e) FROM fetch_events(...) AS e. clinicid and sequence (the position, in order as text) are extension attributes;
sequence is that of CloudEvents'' sequence extension.';
--
-- Messages to patients: the queue, and what those who send them call.
--

CREATE TYPE quickbook.notification_info AS (
	id uuid,
	clinic_id uuid,
	channel text,
	recipient text,
	subject text,
	body text,
	appointment_id uuid,
	attempts integer,
	lease_until timestamptz
);

COMMENT ON TYPE quickbook.notification_info IS 'A message that was claimed to be sent.';

CREATE FUNCTION quickbook.claim_notifications(
	channel text,
	max_notifications integer DEFAULT 100,
	lease interval DEFAULT '1 minute')
	RETURNS SETOF quickbook.notification_info
	LANGUAGE C VOLATILE COST 1000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_claim_notifications';

COMMENT ON FUNCTION quickbook.claim_notifications(text, integer, interval) IS
'Messages of a channel that are to be sent now; nobody else gets them until the lease ends.

Say how it went by complete_notification() or fail_notification(). Reminders of
appointments that were cancelled, moved or have begun are skipped. Errors:
invalid_argument (22023), not_allowed (42501).';

CREATE FUNCTION quickbook.complete_notification(notification_id uuid) RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_complete_notification';

COMMENT ON FUNCTION quickbook.complete_notification(uuid) IS
'Says that a message was sent; returns its status.

Errors: not_found (P0002), invalid_transition (23QB7) when it is not queued,
not_allowed (42501).';

CREATE FUNCTION quickbook.fail_notification(notification_id uuid, error text DEFAULT NULL) RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_fail_notification';

COMMENT ON FUNCTION quickbook.fail_notification(uuid, text) IS
'Says that a message could not be sent; returns its status: queued, or dead after eight attempts.

It is tried again after 30 seconds, then after ever twice as long, up to six
hours. Errors: as complete_notification.';

CREATE FUNCTION quickbook.retry_dead_notifications(channel text DEFAULT NULL) RETURNS bigint
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_retry_dead_notifications';

COMMENT ON FUNCTION quickbook.retry_dead_notifications(text) IS
'Queues the dead messages of a channel, or of all, again; returns how many.

Error: not_allowed (42501).';
--
-- Statistics: what has been counted in this database.
--

CREATE TYPE quickbook.stat_info AS (
	bookings bigint,
	holds bigint,
	holds_expired bigint,
	slot_searches bigint,
	events_sent bigint,
	notify_batches bigint,
	worker_wakeups bigint,
	refusals jsonb,
	worker_pid integer,
	stats_reset timestamptz
);

COMMENT ON TYPE quickbook.stat_info IS 'The counters of the view quickbook.stat.';

CREATE FUNCTION quickbook.stat_counters() RETURNS quickbook.stat_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_stat_counters';

COMMENT ON FUNCTION quickbook.stat_counters() IS
'What has been counted in this database; NULLs when quickbook is not in shared_preload_libraries.';

CREATE FUNCTION quickbook.reset_stat() RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_reset_stat';

COMMENT ON FUNCTION quickbook.reset_stat() IS
'Sets the counters of this database to zero.';
--
-- Accounts and tokens: who people are.
--

CREATE TYPE quickbook.account_info AS (
	id uuid,
	clinic_id uuid,
	email text,
	role text,
	patient_id uuid,
	provider_id uuid,
	disabled boolean,
	email_verified_at timestamptz,
	locked_until timestamptz,
	created_at timestamptz,
	last_sign_in_at timestamptz
);

COMMENT ON TYPE quickbook.account_info IS
'An account as the functions return it.

The columns are those of the table quickbook.account, by the same names,
without the password.';

-- pgcrypto may lie in any schema: these bodies are bound to its functions here,
-- where the search_path names its schema.
CREATE FUNCTION quickbook.password_crypt(password text, setting text) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
	RETURN crypt(password, setting);

COMMENT ON FUNCTION quickbook.password_crypt(text, text) IS
'crypt() of pgcrypto. Called by the functions on accounts only.';

CREATE FUNCTION quickbook.password_salt(cost integer) RETURNS text
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	RETURN gen_salt('bf', cost);

COMMENT ON FUNCTION quickbook.password_salt(integer) IS
'gen_salt() of pgcrypto, for bcrypt. Called by the functions on accounts only.';

-- A namesake that lay in our schema before us would be told every password.
DO $$
BEGIN
	IF (SELECT count(*) FROM pg_catalog.pg_depend d
		JOIN pg_catalog.pg_depend m ON m.classid = d.refclassid AND m.objid = d.refobjid AND m.deptype = 'e'
			AND m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
		JOIN pg_catalog.pg_extension e ON e.oid = m.refobjid AND e.extname = 'pgcrypto'
		WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
			AND d.objid IN ('quickbook.password_crypt(text, text)'::pg_catalog.regprocedure,
				'quickbook.password_salt(integer)'::pg_catalog.regprocedure)) <> 2 THEN
		RAISE EXCEPTION 'crypt() and gen_salt() are not those of the extension pgcrypto';
	END IF;
END
$$;

CREATE FUNCTION quickbook.sign_up(
	email text,
	password text,
	name text,
	clinic_id uuid DEFAULT NULL,
	phone text DEFAULT NULL,
	time_zone text DEFAULT NULL,
	locale text DEFAULT NULL)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_sign_up';

COMMENT ON FUNCTION quickbook.sign_up(text, text, text, uuid, text, text, text) IS
'Asks for an account as patient: queues a mail with a token for verify_email().

Nobody signs in before that, and the patient is made then. Neither the answer
nor its time tells whether the address has an account; if it has, the mail says
so. An address gets one such mail in five minutes. clinic_id NULL is the only
clinic there is. A password has 8 to 72 bytes. Errors: invalid_argument
(22023), not_found (P0002) for the clinic.';

CREATE FUNCTION quickbook.verify_email(token text)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_verify_email';

COMMENT ON FUNCTION quickbook.verify_email(text) IS
'Proves an address by the token of the mail that sign_up() queued: from now on its account can sign in.

A token is good for one use within a day. Errors: not_allowed (42501) for one
that is not, invalid_argument (22023).';

CREATE FUNCTION quickbook.sign_in(
	email text,
	password text,
	clinic_id uuid DEFAULT NULL)
	RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_sign_in';

COMMENT ON FUNCTION quickbook.sign_in(text, text, uuid) IS
'A token (JWT) for an email and its password, or NULL when they are not right.

Always look for NULL: it is the answer to a wrong password, an unknown,
unverified, disabled or locked account alike, because an error would take back
the counting of wrong passwords. It also sets response.status to 401, for
PostgREST. From the fifth wrong password on, the account is locked for 30
seconds, then ever twice as long, up to an hour. Call it in a transaction that
commits. clinic_id NULL is the only clinic there is. Errors: invalid_argument
(22023), not_found (P0002) for the clinic.';

CREATE FUNCTION quickbook.change_password(
	old_password text,
	new_password text)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_change_password';

COMMENT ON FUNCTION quickbook.change_password(text, text) IS
'Gives the caller''s account another password.

authenticate() refuses all tokens issued before: sign in again. Errors:
not_allowed (42501) without an identity or with a wrong old password,
invalid_argument (22023).';

CREATE FUNCTION quickbook.request_password_reset(
	email text,
	clinic_id uuid DEFAULT NULL)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_request_password_reset';

COMMENT ON FUNCTION quickbook.request_password_reset(text, uuid) IS
'Queues a mail with a token for reset_password(), if the address has an account.

The account is looked for when the mail is sent: neither the answer nor its
time tells whether there is one. An address gets one such mail in five minutes.
Errors: invalid_argument (22023), not_found (P0002) for the clinic.';

CREATE FUNCTION quickbook.reset_password(
	token text,
	new_password text)
	RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_reset_password';

COMMENT ON FUNCTION quickbook.reset_password(text, text) IS
'Sets a password by the token of a mail: that of request_password_reset(), or an invitation.

It also proves the address, ends a lock and makes authenticate() refuse all
tokens issued before. A token is good for one use within an hour, that of an
invitation within seven days. Errors: not_allowed (42501) for one that is not,
invalid_argument (22023).';

CREATE FUNCTION quickbook.create_account(
	email text,
	role text,
	clinic_id uuid DEFAULT NULL,
	patient_id uuid DEFAULT NULL,
	provider_id uuid DEFAULT NULL,
	password text DEFAULT NULL)
	RETURNS quickbook.account_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_create_account';

COMMENT ON FUNCTION quickbook.create_account(text, text, uuid, uuid, uuid, text) IS
'Makes an account of any role, for admins.

role patient needs patient_id, provider needs provider_id, staff and admin
need neither. Without a password it cannot sign in yet: an invitation is
queued, a mail with a token for reset_password(); when that has expired, call
request_password_reset(). clinic_id NULL is the admin''s, that of the patient
or provider, or the only one. Errors: not_allowed (42501), invalid_argument
(22023), also when the address has an account, not_found (P0002).';

CREATE FUNCTION quickbook.disable_account(
	account_id uuid,
	disabled boolean DEFAULT true)
	RETURNS quickbook.account_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_disable_account';

COMMENT ON FUNCTION quickbook.disable_account(uuid, boolean) IS
'Keeps an account from signing in, or lets it again, for admins; it also ends a lock.

authenticate() refuses its tokens from then on, and for good those issued
before. A gateway that verifies tokens by itself takes them until they expire.
Errors: not_found (P0002), not_allowed (42501), invalid_argument (22023).';

CREATE FUNCTION quickbook.verify_token(token text)
	RETURNS jsonb
	LANGUAGE C STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_verify_token';

COMMENT ON FUNCTION quickbook.verify_token(text) IS
'The claims of a token (JWT) that one of our keys signed and that has not expired.

It does not look at the account: see authenticate(). Clocks may differ by 30
seconds. Errors: not_allowed (42501) for any other text, always in the same
words; invalid_argument (22023) for NULL.';

CREATE FUNCTION quickbook.authenticate(token text)
	RETURNS jsonb
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_authenticate';

COMMENT ON FUNCTION quickbook.authenticate(text) IS
'Makes the account of a token the caller until the transaction ends; returns the claims.

As verify_token(), and the account must exist, not be disabled, have the role
and ids of the claims still, and have had no other password since. For apps
without a gateway: BEGIN, authenticate, the calls, COMMIT. Errors: as
verify_token().';

CREATE FUNCTION quickbook.rotate_token_key(overlap interval DEFAULT '1 day')
	RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_rotate_token_key';

COMMENT ON FUNCTION quickbook.rotate_token_key(interval) IS
'Makes a new key that signs from now on; returns its kid.

Tokens of the keys before are good for the overlap, at most until they expire:
''0'' ends them at once. For the owner of the tables and superusers only. A
gateway that verifies tokens needs jwks() again. Errors: not_allowed (42501),
invalid_argument (22023).';

CREATE FUNCTION quickbook.jwks()
	RETURNS jsonb
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_jwks';

COMMENT ON FUNCTION quickbook.jwks() IS
'The keys that tokens are signed with, as a JSON Web Key Set (RFC 7517), for a gateway: PostgREST''s jwt-secret.

Makes the first one if there is none. They are secrets: whoever has one can sign as anybody. For the owner of the
tables and superusers only. Error: not_allowed (42501).';
--
-- Who is calling.  Not in parallel queries: who loads the library in the middle
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

Used by the policies of row security.';

CREATE FUNCTION quickbook.sees_appointment(appointment_id uuid) RETURNS boolean
	LANGUAGE C STABLE COST 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_sees_appointment';

COMMENT ON FUNCTION quickbook.sees_appointment(uuid) IS
'Whether you may see an appointment: your own, on your calendar, or of your clinic if you are staff.

What get_appointment() would give. False also for an id that does not exist;
used by the policies of row security.';
--
-- Roles, their rights, and row security: who may call and see what.
--
-- Each role has all that the one before it has: anon, patient, provider, staff,
-- admin. What a caller may do with a row that is not hers the functions decide;
-- for those who read the tables themselves the policies do.
--

CREATE FUNCTION quickbook.schema_role_functions() RETURNS SETOF quickbook.schema_object
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT f, r.role FROM (VALUES
		('anon', ARRAY['available_slots', 'next_slots', 'available_days', 'hold_appointment', 'whoami', 'sign_up',
			'verify_email', 'sign_in', 'request_password_reset', 'reset_password', 'verify_token', 'authenticate']),
		('patient', ARRAY['explain_slot', 'free_busy', 'create_appointment', 'create_appointment_local',
			'confirm_appointment', 'reschedule_appointment', 'cancel_appointment', 'update_appointment',
			'get_appointment', 'list_appointments', 'sees_appointment', 'managed_clinics', 'change_password']),
		('provider', ARRAY['affected_appointments', 'decline_appointment', 'set_appointment_status']),
		('staff', ARRAY['new_id', 'bucket', 'event_json']),
		('admin', ARRAY['create_account', 'disable_account', 'create_consumer', 'drop_consumer', 'fetch_events',
			'ack_events', 'consumer_status', 'purge_events', 'claim_notifications', 'complete_notification',
			'fail_notification', 'retry_dead_notifications', 'run_maintenance', 'stat_counters', 'reset_stat'])
		) AS r (role, functions), unnest(r.functions) AS f;
END;

COMMENT ON FUNCTION quickbook.schema_role_functions() IS
'The first of the roles anon, patient, provider, staff, admin that may call each function. For create_roles().';

CREATE TYPE quickbook.role_right AS (tab text, role text, privileges text);
COMMENT ON TYPE quickbook.role_right IS 'What a role may do with a table.';

CREATE FUNCTION quickbook.schema_role_tables() RETURNS SETOF quickbook.role_right
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT t, r.role, r.privileges FROM (VALUES
		('patient', 'SELECT', ARRAY['clinic', 'provider', 'service', 'service_provider', 'patient', 'session',
			'appointment_resource', 'my_appointments', 'upcoming_appointments']),
		-- not hold_token and request_hash
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
		('admin', 'SELECT', ARRAY['stat'])
		) AS r (role, privileges, tabs), unnest(r.tabs) AS t;
END;

COMMENT ON FUNCTION quickbook.schema_role_tables() IS
'What the roles patient, provider, staff and admin may do with each table and view. For create_roles().';

CREATE FUNCTION quickbook.schema_role_policies() RETURNS SETOF quickbook.role_right
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT t, r.role, r.command || ' TO quickbook_' || r.role || ' USING (' || replace(replace(r.condition,
		'$my_clinic', '(SELECT coalesce(w.clinic_id, (SELECT p.clinic_id FROM quickbook.patient AS p'
		' WHERE p.id = w.patient_id)) FROM quickbook.whoami() AS w WHERE w.kind <> ''anon'')'),
		'$clinic', '(SELECT (quickbook.whoami()).clinic_id)') || ')' FROM (VALUES
		-- in forms that an index can serve, also where several policies are joined by OR
		('staff', 'FOR ALL', 'clinic_id = ANY ((SELECT quickbook.managed_clinics())::uuid[])',
			ARRAY['provider', 'service', 'working_hours', 'time_off', 'busy_time', 'booking_limit', 'patient', 'message_template', 'reminder_rule', 'session', 'appointment',
				'appointment_resource', 'allocation', 'event', 'notification']),
		-- where a constraint would tell of another clinic's rows before the foreign key refuses
		('staff', 'FOR ALL', 'clinic_id = ANY ((SELECT quickbook.managed_clinics())::uuid[]))'
			' WITH CHECK (clinic_id = ANY ((SELECT quickbook.managed_clinics())::uuid[])'
			' AND EXISTS (SELECT FROM quickbook.provider AS p WHERE p.id = provider_id)',
			ARRAY['service_provider', 'date_override', 'travel']),
		('staff', 'FOR ALL', 'id = ANY ((SELECT quickbook.managed_clinics())::uuid[])', ARRAY['clinic']),
		('provider', 'FOR ALL', 'provider_id = (SELECT (quickbook.whoami()).provider_id) AND clinic_id = $clinic',
			ARRAY['working_hours', 'date_override', 'travel', 'time_off', 'busy_time', 'session', 'allocation']),
		('provider', 'FOR SELECT',
			'id = ANY (ARRAY(SELECT r.appointment_id FROM quickbook.appointment_resource AS r'
			' WHERE r.provider_id = (SELECT (quickbook.whoami()).provider_id))) AND clinic_id = $clinic',
			ARRAY['appointment']),
		('provider', 'FOR SELECT', '(SELECT (quickbook.whoami()).provider_id) IS NOT NULL AND clinic_id = $clinic'
			' AND EXISTS (SELECT FROM quickbook.appointment AS a WHERE a.patient_id = patient.id)',
			ARRAY['patient']),
		('patient', 'FOR SELECT', 'clinic_id = $my_clinic', ARRAY['provider', 'service', 'service_provider']),
		('patient', 'FOR SELECT', 'id = $my_clinic', ARRAY['clinic']),
		('patient', 'FOR ALL',
			'id = (SELECT (quickbook.whoami()).patient_id) AND (clinic_id = $clinic OR $clinic IS NULL)',
			ARRAY['patient']),
		('patient', 'FOR SELECT',
			'patient_id = (SELECT (quickbook.whoami()).patient_id) AND (clinic_id = $clinic OR $clinic IS NULL)',
			ARRAY['appointment']),
		-- for providers, who see the clinic's closures
		('patient', 'FOR SELECT', 'provider_id IS NULL AND clinic_id = $my_clinic', ARRAY['time_off']),
		('patient', 'FOR SELECT', 'quickbook.sees_appointment(appointment_id)', ARRAY['appointment_resource']),
		('patient', 'FOR SELECT', '(SELECT (quickbook.whoami()).patient_id) IS NOT NULL AND'
			' EXISTS (SELECT FROM quickbook.appointment AS a WHERE a.session_id = session.id)',
			ARRAY['session'])
		) AS r (role, command, condition, tabs), unnest(r.tabs) AS t;
END;

COMMENT ON FUNCTION quickbook.schema_role_policies() IS
'The policies of row security, one for a table and a role: the rows that the role sees and, FOR ALL, writes. For create_roles().';

CREATE FUNCTION quickbook.schema_roles_in_use() RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	RETURN coalesce(has_schema_privilege(to_regrole('quickbook_staff')::oid, 'quickbook', 'USAGE'), false);

COMMENT ON FUNCTION quickbook.schema_roles_in_use() IS
'Whether create_roles() has been run in this database. Until then EXECUTE alone decides who may call what.';

CREATE FUNCTION quickbook.attach_views(owner name) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $views$
DECLARE
	c record;
	-- of both views
	columns CONSTANT text := 'a.id, a.clinic_id, c.name AS clinic_name, a.patient_id, p.name AS patient_name,'
		' a.service_id, s.name AS service_name, a.provider_id, v.name AS provider_name,'
		' coalesce(v.time_zone, c.time_zone) AS time_zone, a.session_id, a.seat, a.status, a.starts_at, a.ends_at,'
		' a.expires_at, a.version, a.sequence, a.notes, a.details, a.created_at, a.updated_at';
	joined CONSTANT text := ' FROM quickbook.appointment a JOIN quickbook.clinic c ON c.id = a.clinic_id'
		' JOIN quickbook.service s ON s.id = a.service_id JOIN quickbook.provider v ON v.id = a.provider_id'
		' LEFT JOIN quickbook.patient p ON p.id = a.patient_id';
BEGIN
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
	-- what a column of appointment means, it means here
	FOR c IN SELECT v.attrelid::regclass AS view, v.attname AS name, coalesce(n.text, col_description(a.attrelid, a.attnum)) AS text
		FROM pg_attribute v
			LEFT JOIN pg_attribute a ON a.attrelid = 'quickbook.appointment'::regclass AND a.attname = v.attname
			LEFT JOIN (VALUES ('clinic_name', 'Name of the clinic.'), ('patient_name', 'Name of the patient, if there is one yet.'),
				('service_name', 'Name of the service.'), ('provider_name', 'Name of the provider who leads.'),
				('time_zone', 'IANA zone of the provider at home, else of the clinic.')) AS n (name, text) ON n.name = v.attname
		WHERE v.attrelid IN ('quickbook.upcoming_appointments'::regclass, 'quickbook.my_appointments'::regclass) AND v.attnum > 0
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.view, c.name, c.text);
	END LOOP;
	EXECUTE format('ALTER VIEW quickbook.upcoming_appointments OWNER TO %I', owner);
	EXECUTE format('ALTER VIEW quickbook.my_appointments OWNER TO %I', owner);
END
$views$;

COMMENT ON FUNCTION quickbook.attach_views(name) IS
'Makes the views of appointments. Called by create_roles() and install() only.';

CREATE FUNCTION quickbook.attach_policies() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $policies$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT substr(e.object, 7) AS tab FROM quickbook.schema_expected() e WHERE e.definition = 'table' LOOP
		EXECUTE format('ALTER TABLE quickbook.%I ENABLE ROW LEVEL SECURITY', r.tab);
	END LOOP;
	FOR r IN SELECT * FROM quickbook.schema_role_policies() LOOP
		EXECUTE format('DROP POLICY IF EXISTS quickbook_%s ON quickbook.%I', r.role, r.tab);
		EXECUTE format('CREATE POLICY quickbook_%s ON quickbook.%I %s', r.role, r.tab, r.privileges);
	END LOOP;
	FOR r IN SELECT * FROM quickbook.schema_role_tables() LOOP
		EXECUTE format('GRANT %s ON quickbook.%I TO quickbook_%s', r.privileges, r.tab, r.role);
	END LOOP;
END
$policies$;

COMMENT ON FUNCTION quickbook.attach_policies() IS
'Switches row security on for every table, and makes the policies and grants of the roles. Called by create_roles() and install() only.';

CREATE FUNCTION quickbook.attach_grants() RETURNS void
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
	FOR r IN SELECT p.oid::regprocedure AS function, f.definition AS role FROM quickbook.schema_role_functions() f
		JOIN pg_proc p ON p.proname = f.object AND p.pronamespace = 'quickbook'::regnamespace
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO quickbook_%s', r.function, r.role);
	END LOOP;
END
$functions$;

COMMENT ON FUNCTION quickbook.attach_grants() IS
'Lets each role call its functions. Called by create_roles() and install() only.';

CREATE FUNCTION quickbook.schema_check_policies() RETURNS SETOF quickbook.install_problem
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT e.object, 'row security is off: SELECT quickbook.create_roles();'
	FROM quickbook.schema_expected() e JOIN pg_class c
		ON c.oid = to_regclass(format('quickbook.%I', substr(e.object, 7)))
	WHERE e.definition = 'table' AND NOT c.relrowsecurity
	UNION ALL
	SELECT format('policy quickbook_%s on %s', r.role, r.tab), 'is missing: SELECT quickbook.create_roles();'
	FROM quickbook.schema_role_policies() r
	WHERE NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = 'quickbook' AND p.tablename = r.tab
		AND p.policyname = 'quickbook_' || r.role)
	UNION ALL
	SELECT 'view ' || v, 'is missing: SELECT quickbook.create_roles();'
	FROM unnest(ARRAY['my_appointments', 'upcoming_appointments']) AS v
	WHERE to_regclass('quickbook.' || v) IS NULL
	ORDER BY 1;
END;

COMMENT ON FUNCTION quickbook.schema_check_policies() IS
'What of row security is missing, for check_install().';

CREATE FUNCTION quickbook.create_roles() RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $roles$
DECLARE
	before text;
	words CONSTANT text[] := ARRAY['anon', 'patient', 'provider', 'staff', 'admin'];
	word text;
BEGIN
	IF to_regclass('quickbook.schema_version') IS NULL THEN
		PERFORM quickbook.schema_raise('not_installed', 'the tables of quickbook do not exist');
	END IF;
	FOREACH word IN ARRAY words LOOP
		IF to_regrole('quickbook_' || word) IS NULL THEN
			EXECUTE format('CREATE ROLE quickbook_%s NOLOGIN', word);
		END IF;
		IF before IS NOT NULL AND NOT pg_has_role('quickbook_' || word, before, 'MEMBER') THEN
			EXECUTE format('GRANT %s TO quickbook_%s', before, word);
		END IF;
		before := 'quickbook_' || word;
	END LOOP;
	GRANT USAGE ON SCHEMA quickbook TO quickbook_anon;
	PERFORM quickbook.attach_grants();
	PERFORM quickbook.attach_views((SELECT pg_get_userbyid(relowner) FROM pg_class
		WHERE oid = 'quickbook.schema_version'::regclass));
	PERFORM quickbook.attach_policies();
	RETURN 'quickbook: roles quickbook_' || array_to_string(words, ', quickbook_');
END
$roles$;

COMMENT ON FUNCTION quickbook.create_roles() IS
'Makes the roles quickbook_anon, _patient, _provider, _staff and _admin, with the least rights, two views of appointments, and row security.

Roles cannot log in: grant them to those that do. Each has the rights of the one
before. Patients see and touch their own appointments, providers their own
calendar, staff their clinic; who is not signed in searches slots and signs up.
From then on whoever has no identity and neither owns the tables nor is a
member of quickbook_staff is nobody, also with EXECUTE. Run it as a superuser;
again after an upgrade. Error: not_installed (0A000).';
--
-- What every field of a result means.  A gateway shows it beside the field.
--

DO $results$
DECLARE
	c record;
BEGIN
	FOR c IN
		SELECT t.relname, a.attname, coalesce(own.txt, texts.txt) AS txt
		FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0
			LEFT JOIN (VALUES
				('available_slot', 'seats_left', 'How many can still book it: 1, or the free seats of a group.'),

				('available_day', 'day', 'The date, also when it has no slots.'),
				('available_day', 'slots', 'How many slots start on it.'),

				('slot_rule', 'rule', 'Name of the rule; they come in the order in which a booking is refused by them.'),
				('slot_rule', 'passed', 'Whether it lets the start be booked; NULL: it cannot be asked.'),
				('slot_rule', 'detail', 'Why, for people.'),

				('free_busy_span', 'starts_at', 'Start of the span.'),
				('free_busy_span', 'ends_at', 'End of the span, exclusive: the start of the next one.'),
				('free_busy_span', 'kind', 'FHIR R5 Slot.status: free, busy, busy-tentative or busy-unavailable.'),

				('affected_appointment', 'appointment_id', 'The appointment.'),
				('affected_appointment', 'rule', 'The first rule that it would not pass now, as in explain_slot().'),
				('affected_appointment', 'detail', 'Why, for people.'),

				('maintenance_info', 'holds_expired', 'Holds that were closed because their time was over.'),
				('maintenance_info', 'events_numbered', 'Events that were given their position.'),
				('maintenance_info', 'notifications_queued', 'Messages to patients that were queued.'),

				('event_info', 'position', 'Place in commit order, to be acknowledged by ack_events().'),
				('consumer_info', 'lag_events', 'How many events come after its position.'),
				('consumer_info', 'lag_seconds', 'The age of the oldest of them in seconds; NULL without any.'),

				('stat_info', 'bookings', 'Appointments that were booked, or requested.'),
				('stat_info', 'holds', 'Holds that were made.'),
				('stat_info', 'holds_expired', 'Holds that were closed because their time was over.'),
				('stat_info', 'slot_searches', 'Searches for free slots: by calls, for what a refusal suggests, for horizons that count bookable days.'),
				('stat_info', 'events_sent', 'Events that were announced by NOTIFY.'),
				('stat_info', 'notify_batches', 'In how many batches: one for each pass of the worker, or each event without it.'),
				('stat_info', 'worker_wakeups', 'How often the worker awoke, by commits and by its interval.'),
				('stat_info', 'refusals', 'How often each error was raised, by its name.'),
				('stat_info', 'worker_pid', 'Process of the worker; NULL: none runs for this database.'),
				('stat_info', 'stats_reset', 'Since when is counted.'),

				('caller_info', 'kind', 'admin, staff, provider, patient or anon.'),
				('caller_info', 'account_id', 'Claim sub of the token (RFC 7519, section 4.1.2).'),
				('caller_info', 'clinic_id', 'The clinic of the caller; NULL for staff of all clinics.'),
				('caller_info', 'patient_id', 'As whom a patient acts.'),
				('caller_info', 'database_role', 'The role that called.'),

				('install_problem', 'object', 'A part of the tables.'),
				('install_problem', 'problem', 'What is wrong with it, and what to do.'),
				('schema_object', 'object', 'Kind and name.'),
				('schema_object', 'definition', 'As PostgreSQL prints it.'),
				('schema_text', 'tab', 'The table.'),
				('schema_text', 'col', 'The column; NULL: the table is meant.'),
				('schema_text', 'txt', 'The comment.'),
				('role_right', 'tab', 'The table or view.'),
				('role_right', 'role', 'The role without the prefix quickbook_.'),
				('role_right', 'privileges', 'As in GRANT, or the rest of a CREATE POLICY.')
			) AS own (typ, field, txt) ON (own.typ, own.field) = (t.relname, a.attname)
			-- what a column of the table means, it means here
			LEFT JOIN (VALUES
				('appointment_info', 'appointment'), ('affected_appointment', 'appointment'), ('available_slot', 'appointment'),
				('event_info', 'event'), ('consumer_info', 'consumer'), ('notification_info', 'notification'),
				('account_info', 'account'), ('caller_info', 'account')
			) AS of (typ, tab) ON of.typ = t.relname
			LEFT JOIN quickbook.schema_texts() AS texts ON (texts.tab, texts.col) = (of.tab, a.attname)
		WHERE t.relnamespace = 'quickbook'::regnamespace AND t.relkind = 'c'
	LOOP
		EXECUTE format('COMMENT ON COLUMN quickbook.%I.%I IS %L', c.relname, c.attname, c.txt);
	END LOOP;
END
$results$;
--
-- Nobody may call anything until somebody says so.
--

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook FROM PUBLIC;
