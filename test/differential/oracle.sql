--
-- A second opinion: the rules of a free slot once more, in SQL, slow and plain.
--
-- It reads quickbook's tables and calls none of quickbook's functions. Windows,
-- absences and bookings are multiranges of core; a start is tried by asking them
-- directly. Where slots are anchored to gaps it walks over a raster of instants,
-- so those who call it must see to it that everything that can make a start
-- feasible or not lies on that raster. It checks that, and stops if it does not.
--
CREATE SCHEMA oracle;

-- What is known of a provider for one question. Its bit stands for it in masks;
-- starts are those of its merged windows, before time off is taken out.
CREATE TYPE oracle.member AS (
	id uuid,
	bit integer,
	starts timestamptz[],
	open tstzmultirange,
	blocked tstzmultirange
);

-- One way to fill all roles: distinct providers, the lead's and all their bits.
CREATE TYPE oracle.team AS (
	lead_id uuid,
	length interval,
	mask integer
);

-- An interval of as many seconds: "1 day" would follow the session's zone.
CREATE FUNCTION oracle.seconds(length interval) RETURNS interval
LANGUAGE sql IMMUTABLE
RETURN make_interval(secs => extract(epoch FROM length)::double precision);

-- RFC 5545, section 3.3.5. The only zone arithmetic used is from an instant to
-- its wall clock, which is never ambiguous. An instant that shows this wall clock
-- lies between 14 hours before and 12 hours after the same wall clock in UTC;
-- the offsets at these two are those before and after any change between.
CREATE FUNCTION oracle.instant(wall timestamp, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	utc timestamptz := wall AT TIME ZONE 'UTC';
	early timestamptz := utc - (((utc - interval '14 hours') AT TIME ZONE zone) - (wall - interval '14 hours'));
	late timestamptz;
BEGIN
	IF early AT TIME ZONE zone = wall THEN
		RETURN early; -- the only one, or the first occurrence
	END IF;
	late := utc - (((utc + interval '12 hours') AT TIME ZONE zone) - (wall + interval '12 hours'));
	IF late AT TIME ZONE zone = wall THEN
		RETURN late;
	END IF;
	RETURN early; -- non-existent: the offset before the gap
END
$$;

-- Whether any wall clock of the date ever shows in the zone.
CREATE FUNCTION oracle.date_exists(day date, zone text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM generate_series(0, 1435, 5) AS m
		WHERE oracle.instant(day + make_interval(mins => m), zone) AT TIME ZONE zone
			= day + make_interval(mins => m));
END
$$;

-- The zone in which a provider's clock is read at an instant: that of the travel
-- on the date that the instant has at home, else the one at home.
CREATE FUNCTION oracle.zone_at(provider uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	home text := (SELECT coalesce(p.time_zone, c.time_zone)
		FROM quickbook.provider p JOIN quickbook.clinic c ON c.id = p.clinic_id WHERE p.id = provider);
BEGIN
	RETURN coalesce((SELECT t.time_zone FROM quickbook.travel t
		WHERE t.provider_id = provider AND t.dates @> (at AT TIME ZONE home)::date), home);
END
$$;

CREATE FUNCTION oracle.local_date(provider uuid, at timestamptz) RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (at AT TIME ZONE oracle.zone_at(provider, at))::date;
END
$$;

-- Rule 1: the merged windows of each date, for all providers of a service.
CREATE FUNCTION oracle.windows(service uuid, first_date date, last_date date)
RETURNS TABLE (provider_id uuid, on_date date, during tstzrange)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH who AS (
		SELECT p.id, p.open_always, coalesce(p.time_zone, c.time_zone) AS home,
			-- any date on which a week of the clinic's begins
			date '2001-01-01' + c.week_start - 1 AS a_week
		FROM quickbook.provider p JOIN quickbook.clinic c ON c.id = p.clinic_id
		WHERE p.id IN (SELECT sp.provider_id FROM quickbook.service_provider sp WHERE sp.service_id = service)
	), day AS (
		SELECT who.*, first_date + n AS d,
			coalesce((SELECT t.time_zone FROM quickbook.travel t
				WHERE t.provider_id = who.id AND t.dates @> first_date + n), home) AS zone
		FROM who, generate_series(0, last_date - first_date) AS n
	), ruled AS (
		SELECT day.*, CASE
			WHEN EXISTS (SELECT FROM quickbook.date_override o
				WHERE o.provider_id = day.id AND o.on_date = d AND o.service_id = service) THEN 'own override'
			WHEN EXISTS (SELECT FROM quickbook.date_override o
				WHERE o.provider_id = day.id AND o.on_date = d AND o.service_id IS NULL) THEN 'override'
			WHEN open_always THEN 'always'
			WHEN EXISTS (SELECT FROM quickbook.working_hours h
				WHERE h.provider_id = day.id AND h.service_id = service
				AND (h.valid IS NULL OR h.valid @> d)) THEN 'own hours'
			ELSE 'hours' END AS by
		FROM day
		WHERE (d + time '12:00') AT TIME ZONE zone AT TIME ZONE zone = d + time '12:00'
		OR oracle.date_exists(d, zone)
	), hours AS (
		SELECT r.id, r.d, r.zone, o.start_time, o.end_time
		FROM ruled r JOIN quickbook.date_override o ON o.provider_id = r.id AND o.on_date = r.d
		WHERE r.by = 'own override' AND o.service_id = service OR r.by = 'override' AND o.service_id IS NULL
		UNION ALL
		SELECT r.id, r.d, r.zone, '00:00', '24:00'
		FROM ruled r
		WHERE r.by = 'always'
		UNION ALL
		SELECT r.id, r.d, r.zone, h.start_time, h.end_time
		FROM ruled r JOIN quickbook.working_hours h ON h.provider_id = r.id
		WHERE (r.by = 'own hours' AND h.service_id = service OR r.by = 'hours' AND h.service_id IS NULL)
		AND h.weekday = extract(isodow FROM r.d)
		AND (h.valid IS NULL OR h.valid @> r.d)
		AND (h.every_weeks = 1
			OR (floor((r.d - a_week) / 7.0) - floor((h.anchored_on - a_week) / 7.0))::integer % h.every_weeks = 0)
	), span AS (
		SELECT id, d, oracle.instant(d + start_time, zone) AS lo,
			oracle.instant(CASE WHEN end_time < start_time THEN d + 1 ELSE d END + end_time, zone) AS hi
		FROM hours
		WHERE start_time IS NOT NULL
	), merged AS (
		SELECT id, d, range_agg(tstzrange(lo, hi)) AS spans
		FROM span
		WHERE lo < hi
		GROUP BY id, d
	)
	SELECT id, d, unnest(spans) FROM merged;
END
$$;

-- Rules 1, 3 and 4: when a service's providers are open, and when they are not
-- to be had: busy elsewhere, or with as many bookings as they have places.
CREATE FUNCTION oracle.members(service uuid, first_date date, last_date date, patient uuid, clock timestamptz)
RETURNS oracle.member[]
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN ARRAY(
		WITH who AS (
			SELECT p.*, (row_number() OVER (ORDER BY p.id))::integer - 1 AS bit
			FROM quickbook.provider p
			WHERE p.id IN (SELECT sp.provider_id FROM quickbook.service_provider sp WHERE sp.service_id = service)
		), opening AS (
			SELECT provider_id, range_agg(during) AS spans, array_agg(DISTINCT lower(during)) AS starts
			FROM oracle.windows(service, first_date, last_date)
			GROUP BY provider_id
		), taken AS (
			SELECT a.provider_id, a.starts_at, a.ends_at
			FROM quickbook.allocation a LEFT JOIN quickbook.appointment b ON b.id = a.appointment_id
			WHERE a.provider_id IN (SELECT id FROM who)
			AND (a.expires_at IS NULL OR a.expires_at > clock)
			AND (b.status = 'held' AND b.patient_id = patient) IS NOT TRUE
		), edge AS (
			SELECT provider_id, starts_at AS at FROM taken UNION SELECT provider_id, ends_at FROM taken
		), cell AS (
			-- between two edges the number of bookings does not change
			SELECT provider_id, at AS lo, lead(at) OVER (PARTITION BY provider_id ORDER BY at) AS hi
			FROM edge
		), busy AS (
			SELECT provider_id, during FROM quickbook.busy_time
			WHERE provider_id IN (SELECT id FROM who)
			UNION ALL
			SELECT c.provider_id, tstzrange(c.lo, c.hi)
			FROM cell c JOIN who ON who.id = c.provider_id
			WHERE c.hi IS NOT NULL
			AND who.capacity <= (SELECT count(*) FROM taken t
				WHERE t.provider_id = c.provider_id AND t.starts_at < c.hi AND t.ends_at > c.lo)
		)
		SELECT ROW(who.id, who.bit,
			(SELECT starts FROM opening o WHERE o.provider_id = who.id),
			coalesce((SELECT spans FROM opening o WHERE o.provider_id = who.id), '{}')
			- coalesce((SELECT range_agg(off.during) FROM quickbook.time_off off
				WHERE off.clinic_id = who.clinic_id AND (off.provider_id IS NULL OR off.provider_id = who.id)), '{}'),
			coalesce((SELECT range_agg(b.during) FROM busy b WHERE b.provider_id = who.id), '{}'))::oracle.member
		FROM who);
END
$$;

-- Rule 6: every way to fill the roles with distinct active providers.
CREATE FUNCTION oracle.teams(service uuid, members oracle.member[])
RETURNS oracle.team[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	roles text[] := ARRAY(SELECT r FROM (SELECT DISTINCT role FROM quickbook.service_provider sp
		WHERE sp.service_id = service) AS s (r) ORDER BY r <> 'practitioner', r COLLATE "C");
BEGIN
	RETURN ARRAY(
		WITH RECURSIVE fills AS (
			SELECT array_position(roles, sp.role::text) AS n, m.id, 1 << m.bit AS mask,
				oracle.seconds(coalesce(sp.duration, s.duration)) AS length
			FROM quickbook.service_provider sp
			JOIN quickbook.service s ON s.id = sp.service_id
			JOIN quickbook.provider p ON p.id = sp.provider_id
			JOIN unnest(members) m ON m.id = p.id
			WHERE sp.service_id = service AND p.active AND s.active
		), team AS (
			SELECT 1 AS n, id, length, mask FROM fills WHERE n = 1
			UNION
			SELECT t.n + 1, t.id, t.length, t.mask | f.mask
			FROM team t JOIN fills f ON f.n = t.n + 1
			WHERE t.mask & f.mask = 0
		)
		SELECT ROW(id, length, mask)::oracle.team FROM team WHERE n = cardinality(roles));
END
$$;

-- Rules 3, 4 and 6: those of the candidates at which a lead and the rest of one of
-- its teams can be there.
CREATE FUNCTION oracle.feasible(members oracle.member[], teams oracle.team[], lead uuid, candidates timestamptz[],
	length interval, before interval, after interval) RETURNS SETOF timestamptz
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN QUERY
	WITH candidate AS MATERIALIZED (
		SELECT t, tstzrange(t, t + length) AS visit, tstzrange(t - before, t + length + after) AS occupied
		FROM unnest(candidates) AS t
	), there AS (
		SELECT c.t, bit_or(1 << m.bit) AS mask
		FROM candidate c JOIN unnest(members) m ON m.open @> c.visit AND NOT m.blocked && c.occupied
		GROUP BY c.t
	)
	SELECT h.t FROM there h
	WHERE EXISTS (SELECT FROM unnest(teams) k WHERE k.lead_id = lead AND k.mask & h.mask = k.mask);
END
$$;

-- Rule 2, window: multiples of the step from each window's start to the next one's.
CREATE FUNCTION oracle.window_starts(members oracle.member[], lead uuid, step interval, to_time timestamptz)
RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH stretch AS (
		SELECT lo, least(lead(lo) OVER (ORDER BY lo), to_time) AS hi
		FROM unnest(members) m, unnest(m.starts) AS lo
		WHERE m.id = lead
	)
	SELECT t FROM stretch, generate_series(lo, hi, step) AS t
	WHERE t < hi;
END
$$;

-- Rule 2, gap and clock. A run is a row of feasible instants half a raster apart:
-- what separates two runs can be an open interval between neighbours on the
-- raster, and has then only its middle to show.
CREATE FUNCTION oracle.run_starts(members oracle.member[], teams oracle.team[], lead uuid, length interval,
	s quickbook.service, step interval, to_time timestamptz, since timestamptz, raster interval)
RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
	before interval := oracle.seconds(s.buffer_before);
	after interval := oracle.seconds(s.buffer_after);
	minutes integer := coalesce((SELECT max(m) FROM unnest('{60, 30, 20, 15, 10, 5}'::integer[]) AS m
		WHERE extract(epoch FROM step) % (60 * m) = 0), 1);
	run record;
	first timestamptz;
BEGIN
	IF EXISTS (SELECT FROM (
			SELECT unnest(o) FROM unnest(members) m, unnest(ARRAY[m.open, m.blocked]) o
			UNION ALL SELECT tstzrange(since - before, since + length + after)
			UNION ALL SELECT tstzrange(since, since + length)) AS r (r)
		WHERE extract(epoch FROM lower(r)) % extract(epoch FROM raster) <> 0
		OR extract(epoch FROM upper(r)) % extract(epoch FROM raster) <> 0)
	THEN
		RAISE 'not everything lies on the raster';
	END IF;
	IF EXISTS (SELECT FROM oracle.feasible(members, teams, lead, ARRAY[since], length, before, after)) THEN
		RAISE 'a run reaches back beyond %', since;
	END IF;
	FOR run IN
		WITH point AS (
			SELECT t
			FROM unnest(members) m, unnest(m.open) o,
				generate_series(greatest(lower(o), since), least(upper(o) - length, to_time + raster), raster / 2) AS t
			WHERE m.id = lead
		), feasible AS (
			SELECT t FROM oracle.feasible(members, teams, lead, ARRAY(SELECT t FROM point), length, before, after) AS t
		), marked AS (
			SELECT t, t - raster / 2 IS DISTINCT FROM lag(t) OVER (ORDER BY t) AS begins FROM feasible
		), numbered AS (
			SELECT t, count(*) FILTER (WHERE begins) OVER (ORDER BY t) AS n FROM marked
		)
		SELECT min(t) AS lo, max(t) AS hi FROM numbered GROUP BY n ORDER BY n
	LOOP
		first := run.lo;
		IF s.slot_anchor = 'clock' THEN
			-- instant by instant, because the clocks may change on the way
			WHILE extract(epoch FROM (first AT TIME ZONE oracle.zone_at(lead, first))::time) % (60 * minutes) <> 0 LOOP
				first := first + raster;
				IF first > run.lo + interval '1 day' THEN
					RAISE 'the raster misses the clock after %', run.lo;
				END IF;
			END LOOP;
		END IF;
		RETURN QUERY SELECT t FROM generate_series(first, run.hi, step) AS t;
	END LOOP;
END
$$;

-- quickbook.available_slots, and what it takes from its surroundings: the clock,
-- an instant before from_time at which no lead can be booked, and the raster.
CREATE FUNCTION oracle.available_slots(service uuid, from_time timestamptz, to_time timestamptz,
	provider uuid, patient uuid, clock timestamptz, since timestamptz, raster interval)
RETURNS TABLE (provider_id uuid, starts_at timestamptz, ends_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
	s quickbook.service;
	members oracle.member[];
	teams oracle.team[];
	step interval;
	lead oracle.team;
	last_date date;
BEGIN
	SELECT * INTO STRICT s FROM quickbook.service q WHERE q.id = service;
	members := oracle.members(s.id, (least(since, from_time) AT TIME ZONE 'UTC')::date - 3,
		(to_time AT TIME ZONE 'UTC')::date + 3, patient, clock);
	teams := oracle.teams(s.id, members);
	step := oracle.seconds(coalesce(s.slot_interval, s.duration));
	FOR lead IN
		SELECT DISTINCT t.lead_id, t.length, 0 FROM unnest(teams) t
		WHERE provider IS NULL OR t.lead_id = provider
	LOOP
		last_date := oracle.local_date(lead.lead_id, clock) + s.horizon_days;
		RETURN QUERY
		WITH grid (t) AS (
			SELECT t FROM oracle.feasible(members, teams, lead.lead_id,
				ARRAY(SELECT t FROM oracle.window_starts(members, lead.lead_id, step, to_time) AS t WHERE t >= from_time),
				lead.length, oracle.seconds(s.buffer_before), oracle.seconds(s.buffer_after)) AS t
			WHERE s.slot_anchor = 'window'
			UNION ALL
			SELECT t FROM oracle.run_starts(members, teams, lead.lead_id, lead.length, s, step,
				to_time, since, raster) AS t
			WHERE s.slot_anchor <> 'window' AND t >= from_time AND t < to_time
		)
		-- rule 5
		SELECT lead.lead_id, t, t + lead.length
		FROM grid
		WHERE t > clock AND t >= clock + oracle.seconds(s.min_notice)
		AND (s.horizon_days IS NULL OR oracle.local_date(lead.lead_id, t) <= last_date)
		AND (s.bookable_during IS NULL OR s.bookable_during @> oracle.local_date(lead.lead_id, t))
		AND (patient IS NULL OR s.patient_may_overlap OR NOT EXISTS (
			SELECT FROM quickbook.allocation a LEFT JOIN quickbook.appointment b ON b.id = a.appointment_id
			WHERE a.patient_id = patient
			AND (a.expires_at IS NULL OR a.expires_at > clock)
			AND (b.status = 'held' AND b.patient_id = patient) IS NOT TRUE
			AND a.starts_at < t + lead.length AND a.ends_at > t));
	END LOOP;
END
$$;
