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

-- A start with one lead. It joins a session, or opens one (or is no group's). It
-- is not sure where neither DESIGN nor the decisions tell what is right.
CREATE TYPE oracle.candidate AS (
	lead_id uuid,
	starts_at timestamptz,
	ends_at timestamptz,
	seats_left integer,
	joins boolean,
	sure boolean
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
BEGIN
	RETURN (SELECT coalesce((SELECT t.time_zone FROM quickbook.travel t
			WHERE t.provider_id = provider AND t.dates @> (at AT TIME ZONE home)::date), home)
		FROM quickbook.provider p JOIN quickbook.clinic c ON c.id = p.clinic_id, coalesce(p.time_zone, c.time_zone) AS home
		WHERE p.id = provider);
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

-- How many seats of a session are taken for a patient, whose own holds do not
-- count against him.
CREATE FUNCTION oracle.seats_taken(session uuid, patient uuid, clock timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT count(*) FROM quickbook.appointment a JOIN quickbook.service s ON s.id = a.service_id
		WHERE a.session_id = session
		AND (a.status IN ('booked', 'arrived', 'checked-in', 'fulfilled')
			OR a.status = 'pending' AND s.pending_blocks
			OR a.status = 'held' AND a.expires_at > clock AND (a.patient_id = patient) IS NOT TRUE));
END
$$;

-- The allocations that count against a patient: no expired hold, none of the
-- patient's own, no session in which nobody counts.
CREATE FUNCTION oracle.taken(providers uuid[], patient uuid, clock timestamptz)
RETURNS TABLE (provider_id uuid, session_id uuid, starts_at timestamptz, ends_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT a.provider_id, a.session_id, a.starts_at, a.ends_at
	FROM quickbook.allocation a LEFT JOIN quickbook.appointment b ON b.id = a.appointment_id
	WHERE a.provider_id = ANY (providers)
	AND (a.expires_at IS NULL OR a.expires_at > clock)
	AND (b.status = 'held' AND b.patient_id = patient) IS NOT TRUE
	AND (a.session_id IS NULL OR oracle.seats_taken(a.session_id, patient, clock) > 0);
END
$$;

-- Rule 4: when providers are not to be had: busy elsewhere, or with as many
-- bookings as they have places. One session can be left out.
CREATE FUNCTION oracle.blocked(providers uuid[], patient uuid, clock timestamptz, without uuid)
RETURNS TABLE (provider_id uuid, spans tstzmultirange)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH taken AS MATERIALIZED (
		SELECT * FROM oracle.taken(providers, patient, clock) t
		WHERE t.session_id IS DISTINCT FROM without OR without IS NULL
	), edge AS (
		SELECT provider_id, starts_at AS at FROM taken UNION SELECT provider_id, ends_at FROM taken
	), cell AS (
		-- between two edges the number of bookings does not change
		SELECT provider_id, at AS lo, lead(at) OVER (PARTITION BY provider_id ORDER BY at) AS hi
		FROM edge
	), busy AS (
		SELECT provider_id, during FROM quickbook.busy_time
		WHERE provider_id = ANY (providers)
		UNION ALL
		SELECT c.provider_id, tstzrange(c.lo, c.hi)
		FROM cell c JOIN quickbook.provider p ON p.id = c.provider_id
		WHERE c.hi IS NOT NULL
		AND p.capacity <= (SELECT count(*) FROM taken t
			WHERE t.provider_id = c.provider_id AND t.starts_at < c.hi AND t.ends_at > c.lo)
	)
	SELECT provider_id, range_agg(during) FROM busy GROUP BY provider_id;
END
$$;

-- When a provider of the clinic is away.
CREATE FUNCTION oracle.time_off(clinic uuid, provider uuid) RETURNS tstzmultirange
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT range_agg(off.during) FROM quickbook.time_off off
		WHERE off.clinic_id = clinic AND (off.provider_id IS NULL OR off.provider_id = provider)), '{}');
END
$$;

-- Rules 1, 3 and 4: when a service's providers are open, and when they are not
-- to be had.
CREATE FUNCTION oracle.members(service uuid, first_date date, last_date date, patient uuid, clock timestamptz)
RETURNS oracle.member[]
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
	providers uuid[] := ARRAY(SELECT DISTINCT sp.provider_id FROM quickbook.service_provider sp
		WHERE sp.service_id = service ORDER BY 1);
BEGIN
	RETURN ARRAY(
		WITH opening AS (
			SELECT provider_id, range_agg(during) AS spans, array_agg(DISTINCT lower(during)) AS starts
			FROM oracle.windows(service, first_date, last_date)
			GROUP BY provider_id
		)
		SELECT ROW(p.id, array_position(providers, p.id) - 1, o.starts,
			coalesce(o.spans, '{}') - oracle.time_off(p.clinic_id, p.id), coalesce(b.spans, '{}'))::oracle.member
		FROM quickbook.provider p
		LEFT JOIN opening o ON o.provider_id = p.id
		LEFT JOIN oracle.blocked(providers, patient, clock, NULL) b ON b.provider_id = p.id
		WHERE p.id = ANY (providers));
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

-- Rules 2, 3, 4 and 6: where a lead can be booked if there are no sessions to join.
CREATE FUNCTION oracle.grid(s quickbook.service, lead oracle.team, members oracle.member[], teams oracle.team[],
	from_time timestamptz, to_time timestamptz, since timestamptz, raster interval)
RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	step interval := oracle.seconds(coalesce(s.slot_interval, s.duration));
BEGIN
	IF s.slot_anchor = 'window' THEN
		RETURN QUERY SELECT oracle.feasible(members, teams, lead.lead_id,
			ARRAY(SELECT t FROM oracle.window_starts(members, lead.lead_id, step, to_time) AS t WHERE t >= from_time),
			lead.length, oracle.seconds(s.buffer_before), oracle.seconds(s.buffer_after));
	ELSE
		RETURN QUERY SELECT t FROM oracle.run_starts(members, teams, lead.lead_id, lead.length, s, step,
			to_time, since, raster) AS t
		WHERE t >= from_time AND t < to_time;
	END IF;
END
$$;

-- Rule 7: the sessions that a lead runs, and whether the team of each could take
-- it on if it were not its own already.
CREATE FUNCTION oracle.sessions(s quickbook.service, lead uuid, members oracle.member[],
	from_time timestamptz, to_time timestamptz, patient uuid, clock timestamptz)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, seats_left integer, fits boolean)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT q.starts_at, q.ends_at, s.seats - n, NOT EXISTS (
		SELECT FROM quickbook.allocation a
		LEFT JOIN unnest(members) m ON m.id = a.provider_id
		LEFT JOIN oracle.blocked(ARRAY[a.provider_id], patient, clock, q.id) b ON true
		WHERE a.session_id = q.id
		AND (m.open @> tstzrange(q.starts_at, q.ends_at) AND NOT coalesce(b.spans, '{}') && tstzrange(a.starts_at, a.ends_at)) IS NOT TRUE)
	FROM quickbook.session q, oracle.seats_taken(q.id, patient, clock) AS n
	WHERE s.seats > 1 AND q.service_id = s.id AND q.provider_id = lead AND n > 0
	AND q.starts_at >= from_time AND q.starts_at < to_time;
END
$$;

-- All rules but rule 5: those of the grid, and those at which a session is.
CREATE FUNCTION oracle.candidates(s quickbook.service, lead oracle.team, members oracle.member[], teams oracle.team[],
	from_time timestamptz, to_time timestamptz, since timestamptz, raster interval, patient uuid, clock timestamptz)
RETURNS oracle.candidate[]
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN ARRAY(
		WITH running AS MATERIALIZED (
			SELECT starts_at AS t, count(*) FILTER (WHERE seats_left > 0) AS with_seats,
				count(*) FILTER (WHERE seats_left > 0 AND fits) AS joinable,
				max(ends_at) FILTER (WHERE seats_left > 0 AND fits) AS ends_at,
				max(seats_left) FILTER (WHERE seats_left > 0 AND fits) AS seats_left
			FROM oracle.sessions(s, lead.lead_id, members, from_time, to_time, patient, clock)
			GROUP BY starts_at
		), opening AS (
			SELECT t FROM oracle.grid(s, lead, members, teams, from_time, to_time, since, raster) AS t
		)
		SELECT ROW(lead.lead_id, t, coalesce(r.ends_at, t + lead.length), coalesce(r.seats_left, s.seats),
			coalesce(r.joinable, 0) > 0, coalesce(r.with_seats, 0) <= CASE WHEN r.joinable > 0 THEN 1 ELSE 0 END)::oracle.candidate
		FROM opening FULL JOIN running r USING (t)
		WHERE r.joinable > 0 OR opening.t IS NOT NULL);
END
$$;

-- What is the same for two dates in the same period.
CREATE FUNCTION oracle.period(period text, day date, week_start integer) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN CASE period
	WHEN 'day' THEN day
	WHEN 'week' THEN day - (extract(isodow FROM day)::integer - week_start + 7) % 7
	WHEN 'month' THEN date_trunc('month', day::timestamp)::date
	WHEN 'year' THEN date_trunc('year', day::timestamp)::date
	ELSE 'infinity' END;

-- Whether booking a candidate closes a hold of the patient's own: yes if they meet
-- on the calendar of the patient or the lead, perhaps if they do so on one where
-- another place or another team might serve.
CREATE FUNCTION oracle.closes(s quickbook.service, c oracle.candidate, hold quickbook.appointment) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	visit tstzrange := tstzrange(c.starts_at, c.ends_at);
	occupied tstzrange := tstzrange(c.starts_at - oracle.seconds(s.buffer_before), c.ends_at + oracle.seconds(s.buffer_after));
BEGIN
	RETURN (SELECT (ARRAY['no', 'perhaps', 'yes'])[1 + coalesce(max(CASE
			WHEN a.patient_id IS NOT NULL
				THEN CASE WHEN NOT s.patient_may_overlap AND visit && tstzrange(a.starts_at, a.ends_at) THEN 2 ELSE 0 END
			WHEN NOT occupied && tstzrange(a.starts_at, a.ends_at) THEN 0
			WHEN a.provider_id = c.lead_id AND a.session_id IS NULL AND NOT c.joins AND p.capacity = 1 THEN 2
			ELSE 1 END), 0)]
		FROM quickbook.allocation a LEFT JOIN quickbook.provider p ON p.id = a.provider_id
		WHERE a.appointment_id = hold.id OR a.session_id = hold.session_id);
END
$$;

-- The appointments of a clinic that limits count; period is that of the lead's date.
CREATE FUNCTION oracle.counted(clinic uuid, lead uuid, clock timestamptz)
RETURNS TABLE (a quickbook.appointment, day date, upcoming boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT b, oracle.local_date(lead, b.starts_at), b.status <> 'noshow' AND b.starts_at > clock
	FROM quickbook.appointment b
	WHERE b.clinic_id = clinic AND b.status NOT IN ('cancelled', 'entered-in-error')
	AND (b.status <> 'held' OR b.expires_at > clock);
END
$$;

-- What a limit has counted for a candidate, at the least and at the most: it is
-- not always told which holds of the patient's own are closed.
CREATE FUNCTION oracle.tallies(s quickbook.service, lead uuid, candidates oracle.candidate[], patient uuid, clock timestamptz)
RETURNS TABLE (starts_at timestamptz, limit_id uuid, least_count bigint, most_count bigint, least_time interval, most_time interval)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
	week_start integer := (SELECT week_start FROM quickbook.clinic WHERE id = s.clinic_id);
BEGIN
	RETURN QUERY
	WITH candidate AS MATERIALIZED (
		SELECT c, oracle.local_date(lead, c.starts_at) AS day FROM unnest(candidates) c
	), counted AS MATERIALIZED (
		SELECT * FROM oracle.counted(s.clinic_id, lead, clock)
	), met AS (
		-- a group's session is one visit, unless each patient counts alone
		SELECT (x.c).starts_at, l.id, (y.a).ends_at - (y.a).starts_at AS length,
			CASE WHEN l.per_patient THEN (y.a).id ELSE coalesce((y.a).session_id, (y.a).id) END AS visit,
			CASE WHEN (y.a).status = 'held' AND (y.a).patient_id = patient THEN oracle.closes(s, x.c, y.a) ELSE 'no' END AS closed
		FROM candidate x CROSS JOIN quickbook.booking_limit l
		JOIN counted y ON CASE WHEN l.period = 'upcoming' THEN y.upcoming
				ELSE oracle.period(l.period, x.day, week_start) = oracle.period(l.period, y.day, week_start) END
			AND (l.service_id IS NULL OR (y.a).service_id = l.service_id)
			AND (l.provider_id IS NULL OR (y.a).provider_id = l.provider_id)
			AND (NOT l.per_patient OR (y.a).patient_id = patient)
		WHERE l.clinic_id = s.clinic_id
	), visit AS (
		SELECT starts_at, id, visit, max(length) AS length,
			count(*) FILTER (WHERE closed = 'no') AS least, count(*) FILTER (WHERE closed <> 'yes') AS most
		FROM met GROUP BY starts_at, id, visit
	)
	SELECT starts_at, id, sum(least)::bigint, sum(most)::bigint,
		sum(length) FILTER (WHERE least > 0), sum(length) FILTER (WHERE most > 0)
	FROM visit GROUP BY starts_at, id;
END
$$;

-- Rule 5, booking limits: the candidates that are within all of them.
CREATE FUNCTION oracle.within_limits(s quickbook.service, lead uuid, candidates oracle.candidate[], patient uuid, clock timestamptz)
RETURNS oracle.candidate[]
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	IF NOT EXISTS (SELECT FROM quickbook.booking_limit WHERE clinic_id = s.clinic_id) THEN
		RETURN candidates;
	END IF;
	RETURN ARRAY(
		WITH judged AS (
			SELECT c.starts_at,
				bool_and((coalesce(t.least_count, 0) < l.max_count) IS NOT FALSE
					AND (coalesce(t.least_time, '0') + added <= l.max_time) IS NOT FALSE) AS at_best,
				bool_and((coalesce(t.most_count, 0) < l.max_count) IS NOT FALSE
					AND (coalesce(t.most_time, '0') + added <= l.max_time) IS NOT FALSE) AS at_worst
			FROM unnest(candidates) c
			JOIN quickbook.booking_limit l ON l.clinic_id = s.clinic_id
				AND (l.service_id IS NULL OR l.service_id = s.id) AND (l.provider_id IS NULL OR l.provider_id = lead)
				AND (NOT l.per_patient OR patient IS NOT NULL)
			CROSS JOIN LATERAL (SELECT CASE WHEN c.joins AND NOT l.per_patient THEN interval '0' ELSE c.ends_at - c.starts_at END) AS v (added)
			LEFT JOIN oracle.tallies(s, lead, candidates, patient, clock) t ON t.starts_at = c.starts_at AND t.limit_id = l.id
			GROUP BY c.starts_at
		)
		SELECT ROW(c.lead_id, c.starts_at, c.ends_at, c.seats_left, c.joins, c.sure AND j.at_worst IS NOT FALSE)::oracle.candidate
		FROM unnest(candidates) c LEFT JOIN judged j USING (starts_at)
		WHERE j.at_best IS NOT FALSE);
END
$$;

-- All rules but the horizon.
CREATE FUNCTION oracle.starts(s quickbook.service, lead oracle.team, members oracle.member[], teams oracle.team[],
	from_time timestamptz, to_time timestamptz, since timestamptz, raster interval, patient uuid, clock timestamptz)
RETURNS oracle.candidate[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN oracle.within_limits(s, lead.lead_id, ARRAY(
		SELECT c
		FROM unnest(oracle.candidates(s, lead, members, teams, from_time, to_time, since, raster, patient, clock)) c
		WHERE c.starts_at > clock AND c.starts_at >= clock + oracle.seconds(s.min_notice)
		AND (s.bookable_during IS NULL OR s.bookable_during @> oracle.local_date(lead.lead_id, c.starts_at))
		AND (patient IS NULL OR s.patient_may_overlap OR NOT EXISTS (
			SELECT FROM quickbook.allocation a LEFT JOIN quickbook.appointment b ON b.id = a.appointment_id
			WHERE a.patient_id = patient
			AND (a.expires_at IS NULL OR a.expires_at > clock)
			AND (b.status = 'held' AND b.patient_id = patient) IS NOT TRUE
			AND a.starts_at < c.ends_at AND a.ends_at > c.starts_at))),
		patient, clock);
END
$$;

-- Dates with open time: those of windows that time off leaves something of.
CREATE FUNCTION oracle.working_days(s quickbook.service, lead uuid, first_date date, last_date date) RETURNS date[]
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN ARRAY(
		SELECT on_date FROM oracle.windows(s.id, first_date, last_date)
		WHERE provider_id = lead
		GROUP BY on_date
		HAVING range_agg(during) - oracle.time_off(s.clinic_id, lead) <> '{}');
END
$$;

-- Dates on which somebody, nobody in particular, could book the lead, were it not
-- for the horizon. NULL where that is not sure.
CREATE FUNCTION oracle.bookable_days(s quickbook.service, lead oracle.team, members oracle.member[], teams oracle.team[],
	to_time timestamptz, since timestamptz, raster interval, clock timestamptz) RETURNS date[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	found oracle.candidate[];
BEGIN
	IF s.slot_anchor <> 'window' AND clock < since THEN
		RAISE 'the walk begins at %, after the clock', since;
	END IF;
	found := oracle.starts(s, lead, members, teams, clock, to_time, since, raster, NULL, clock);
	IF EXISTS (SELECT FROM unnest(found) c WHERE NOT c.sure) THEN
		RETURN NULL;
	END IF;
	RETURN ARRAY(SELECT DISTINCT oracle.local_date(lead.lead_id, c.starts_at) FROM unnest(found) c);
END
$$;

-- Rule 5, horizon: the day before there would be one counted date too many.
CREATE FUNCTION oracle.last_date(s quickbook.service, today date, counted date[]) RETURNS date
LANGUAGE sql STABLE
RETURN CASE WHEN s.horizon_days IS NULL THEN 'infinity'
	WHEN s.horizon_counts = 'calendar' THEN today + s.horizon_days
	ELSE coalesce((SELECT d - 1 FROM unnest(counted) d WHERE d > today ORDER BY d OFFSET s.horizon_days LIMIT 1), 'infinity') END;

-- quickbook.available_slots, and what it takes from its surroundings: the clock,
-- an instant before from_time at which no lead can be booked, and the raster.
CREATE FUNCTION oracle.available_slots(service uuid, from_time timestamptz, to_time timestamptz,
	provider uuid, patient uuid, clock timestamptz, since timestamptz, raster interval)
RETURNS TABLE (provider_id uuid, starts_at timestamptz, ends_at timestamptz, seats_left integer, joins boolean, sure boolean)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
	s quickbook.service;
	first_date date := (least(since, from_time) AT TIME ZONE 'UTC')::date - 3;
	last_date date := (to_time AT TIME ZONE 'UTC')::date + 3;
	for_all oracle.member[]; -- as nobody in particular finds them
	members oracle.member[];
	teams oracle.team[];
	lead oracle.team;
	counted date[];
	last date;
BEGIN
	SELECT * INTO STRICT s FROM quickbook.service q WHERE q.id = service;
	IF s.horizon_days IS NOT NULL THEN -- days are counted from the clock on, and whole
		first_date := least(first_date, (clock AT TIME ZONE 'UTC')::date - 3);
		last_date := last_date + 3;
	END IF;
	members := oracle.members(s.id, first_date, last_date, patient, clock);
	for_all := members;
	IF patient IS NOT NULL AND s.horizon_days IS NOT NULL AND s.horizon_counts = 'bookable' THEN
		for_all := oracle.members(s.id, first_date, last_date, NULL, clock);
	END IF;
	teams := oracle.teams(s.id, members);
	FOR lead IN
		SELECT DISTINCT t.lead_id, t.length, 0 FROM unnest(teams) t
		WHERE provider IS NULL OR t.lead_id = provider
	LOOP
		counted := CASE WHEN s.horizon_days IS NULL OR s.horizon_counts = 'calendar' THEN '{}'
			WHEN s.horizon_counts = 'working' THEN oracle.working_days(s, lead.lead_id, first_date, last_date)
			ELSE oracle.bookable_days(s, lead, for_all, teams, to_time + interval '3 days', since, raster, clock) END;
		last := oracle.last_date(s, oracle.local_date(lead.lead_id, clock), counted);
		RETURN QUERY
		SELECT c.lead_id, c.starts_at, c.ends_at, c.seats_left, c.joins, c.sure AND counted IS NOT NULL
		FROM unnest(oracle.starts(s, lead, members, teams, from_time, to_time, since, raster, patient, clock)) c
		WHERE last = 'infinity' OR oracle.local_date(lead.lead_id, c.starts_at) <= last;
	END LOOP;
END
$$;
