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
SELECT quickbook_internal.schema_comment_columns('available_slot', 'appointment', ARRAY[
	['seats_left', 'How many can still book it: 1, or the free seats of a group.']]);

CREATE TYPE quickbook.available_day AS (
	day date,
	slots integer
);

COMMENT ON TYPE quickbook.available_day IS 'How many slots start on a day.';
COMMENT ON COLUMN quickbook.available_day.day IS 'The date, also when it has no slots.';
COMMENT ON COLUMN quickbook.available_day.slots IS 'How many slots start on it.';

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
exclusive. The search reaches at most quickbook.search_days ahead. More rows than
quickbook.max_rows (for patients max_rows_patient, without signing in
max_rows_anon and 62 days) are invalid_argument: ask for a shorter span. Errors:
not_found (P0002), not_allowed (42501), invalid_argument (22023).';

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

max_slots is at most 1000. Stops searching when it has them; reaches at most
quickbook.search_days ahead. Who is not signed in is told of the 62 days from
after_time on: where these have too few, call again later, or with an after_time
62 days later. Errors: not_found (P0002), not_allowed (42501), invalid_argument
(22023).';

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
skipped is not listed. At most 100 years, and 62 days without signing in; no more
rows than available_slots may list. Errors: not_found (P0002), not_allowed
(42501), invalid_argument (22023).';

CREATE TYPE quickbook.slot_rule AS (
	rule text,
	passed boolean,
	detail text
);

COMMENT ON TYPE quickbook.slot_rule IS 'What one rule says about a start.';
COMMENT ON COLUMN quickbook.slot_rule.rule IS 'Name of the rule; they come in the order in which a booking is refused by them.';
COMMENT ON COLUMN quickbook.slot_rule.passed IS 'Whether it lets the start be booked; NULL: it cannot be asked.';
COMMENT ON COLUMN quickbook.slot_rule.detail IS 'Why, for people.';

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
service. Patients, and providers who ask about others'' calendars or patients,
are told that a time is taken, and from when to when only of what they may see.
Errors: not_found (P0002), not_allowed (42501), invalid_argument (22023).';

CREATE TYPE quickbook.free_busy_span AS (
	starts_at timestamptz,
	ends_at timestamptz,
	kind text
);

COMMENT ON TYPE quickbook.free_busy_span IS 'A span of a provider''s calendar that is of one kind.';
COMMENT ON COLUMN quickbook.free_busy_span.starts_at IS 'Start of the span.';
COMMENT ON COLUMN quickbook.free_busy_span.ends_at IS 'End of the span, exclusive: the start of the next one.';
COMMENT ON COLUMN quickbook.free_busy_span.kind IS 'FHIR R5 Slot.status: free, busy, busy-tentative or busy-unavailable.';

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
hours of every service, or time off), free. Buffers count as busy. At most 100
years, and no more rows than available_slots may list. Errors: not_found (P0002),
not_allowed (42501), invalid_argument (22023).';

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
SELECT quickbook_internal.schema_comment_columns('affected_appointment', 'appointment', ARRAY[
	['appointment_id', 'The appointment.'],
	['rule', 'The first rule that it would not pass now, as in explain_slot().'],
	['detail', 'Why, for people.']]);

CREATE FUNCTION quickbook.affected_appointments(provider_id uuid)
	RETURNS SETOF quickbook.affected_appointment
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 10000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_affected_appointments';

COMMENT ON FUNCTION quickbook.affected_appointments(uuid) IS
'Coming appointments with the provider, in any role, that the present rules would no longer offer, by starts_at.

Change hours, time off or a zone in a transaction, look, then commit and call
the patients, or roll back. Asked are the rules service, hours, free and roles,
of everybody who serves; not the grid, notice, horizon and limits. No more than
quickbook.max_rows. Errors: not_found (P0002), not_allowed (42501),
invalid_argument (22023).';
