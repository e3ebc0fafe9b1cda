--
-- The tables.  They are the user's and no members of the extension: made by
-- install(), changed by migrate(), compared by check_install().
--
-- This is step 1, as 0.1.0 was released with it. It is not changed any more: what
-- the tables have had since comes in steps of their own, in the next parts, and a
-- fresh install takes them all.
--

CREATE FUNCTION quickbook_internal.schema_step_1() RETURNS void
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

	INSERT INTO quickbook.schema_version (version) VALUES (1);
END
$step$;

COMMENT ON FUNCTION quickbook_internal.schema_step_1() IS
'Makes the tables of version 1. Called by install() only.';
