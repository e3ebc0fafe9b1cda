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
