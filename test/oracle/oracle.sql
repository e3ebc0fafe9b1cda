-- The oracle: which slots are free, read from the rules alone and worked out
-- the slow way, with nothing of quickbook but its tables and its clock.
--
-- All that is configured here lies on a raster of 5 minutes, so whether a start
-- is feasible can change only at a point of that raster: it is the same all
-- through the open stretch between two of them. Times are therefore counted in
-- units of 150 seconds: even units are the raster, odd ones stand for the
-- stretches between. A run of feasible starts is unbroken exactly when all its
-- units, odd ones too, are feasible. (Two rooms, one free until 10:00 and one
-- from 10:05 on, make both points feasible and nothing between them.)

CREATE SCHEMA oracle;

CREATE FUNCTION oracle.unit(t timestamptz) RETURNS integer
	LANGUAGE sql IMMUTABLE RETURN (extract(epoch FROM t) / 150)::integer;

CREATE FUNCTION oracle.units(i interval) RETURNS integer
	LANGUAGE sql IMMUTABLE RETURN (extract(epoch FROM i) / 150)::integer;

-- RFC 5545 §3.3.5: a local time that comes twice is its first occurrence, one
-- that does not exist is read with the offset before the gap. AT TIME ZONE
-- takes the second of two, so it is asked in the other direction only. No zone
-- is further from UTC than 14 hours, and none changes twice in three days.
CREATE FUNCTION oracle.instant(wall timestamp, zone text) RETURNS timestamptz
	LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	as_utc timestamptz := wall AT TIME ZONE 'UTC';
	sooner timestamptz := as_utc - interval '26 hours';
	later timestamptz := as_utc + interval '26 hours';
	-- offsets in seconds, so that no interval has days in it
	before interval := make_interval(secs => extract(epoch FROM (sooner AT TIME ZONE zone) - (sooner AT TIME ZONE 'UTC')));
	after interval := make_interval(secs => extract(epoch FROM (later AT TIME ZONE zone) - (later AT TIME ZONE 'UTC')));
	a timestamptz := as_utc - before;
	b timestamptz := as_utc - after;
BEGIN
	IF a = b THEN
		RETURN a;
	END IF;
	RETURN coalesce(
		least(
			CASE WHEN a AT TIME ZONE zone = wall THEN a END,
			CASE WHEN b AT TIME ZONE zone = wall THEN b END),
		a);
END
$$;

-- The number of the week that a date lies in.
CREATE FUNCTION oracle.week(d date, week_start integer) RETURNS integer
	LANGUAGE sql IMMUTABLE
	RETURN floor((d - (date '2001-01-01' + (week_start - 1))) / 7.0)::integer;

-- The zone that a provider's calendar is read in at an instant.
CREATE FUNCTION oracle.zone_at(provider uuid, base_zone text, t timestamptz) RETURNS text
	LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN coalesce((
		SELECT v.time_zone FROM quickbook.travel v
		WHERE v.provider_id = provider AND v.dates @> (t AT TIME ZONE base_zone)::date), base_zone);
END
$$;

CREATE FUNCTION oracle.available_slots(
	the_service uuid, from_time timestamptz, to_time timestamptz,
	asked_provider uuid DEFAULT NULL, asked_patient uuid DEFAULT NULL)
	RETURNS TABLE (provider_id uuid, starts_at timestamptz, ends_at timestamptz)
	LANGUAGE plpgsql STABLE
	-- one plan for all rounds; dates and days never mean the session's
	SET plan_cache_mode = force_generic_plan
	SET timezone = 'UTC'
	SET jit = off
AS $oracle$
#variable_conflict use_column
DECLARE
	now CONSTANT timestamptz := current_setting('quickbook.now')::timestamptz;
	s quickbook.service;
	c quickbook.clinic;
	lead_role text COLLATE "C";
	role_count integer;
	step integer;
	bb integer;
	ba integer;
	rounding integer;
	-- runs are followed back so far; the generator sees to it that they end there
	back integer := 0;
	stride integer := 2;
BEGIN
	SELECT * INTO STRICT s FROM quickbook.service WHERE id = the_service;
	SELECT * INTO STRICT c FROM quickbook.clinic WHERE id = s.clinic_id;
	SELECT coalesce(min(sp.role) FILTER (WHERE sp.role = 'practitioner'), min(sp.role)), count(DISTINCT sp.role)
	INTO lead_role, role_count
	FROM quickbook.service_provider sp WHERE sp.service_id = the_service;
	step := oracle.units(coalesce(s.slot_interval, s.duration));
	bb := oracle.units(s.buffer_before);
	ba := oracle.units(s.buffer_after);
	IF s.slot_anchor <> 'window' THEN
		back := 28 * 24;
		stride := 1;
	END IF;
	SELECT max(m) INTO rounding FROM unnest(ARRAY[60, 30, 20, 15, 10, 5]) m WHERE step % (m * 60 / 150.0) = 0;

	RETURN QUERY
	WITH RECURSIVE prov AS MATERIALIZED (
		SELECT p.id, coalesce(p.time_zone, c.time_zone) AS base_zone, p.capacity, p.open_always
		FROM quickbook.provider p
		WHERE p.active AND p.id IN (SELECT sp.provider_id FROM quickbook.service_provider sp WHERE sp.service_id = the_service)
	),
	-- Rule 1: every date of every provider, the zone that holds on it, and which
	-- kind of rows decides it. A date that its zone skipped is none.
	day AS MATERIALIZED (
		SELECT q.id, q.d, q.zone, CASE
			WHEN EXISTS (SELECT FROM quickbook.date_override o
				WHERE o.provider_id = q.id AND o.on_date = q.d AND o.service_id = the_service) THEN 'date of the service'
			WHEN EXISTS (SELECT FROM quickbook.date_override o
				WHERE o.provider_id = q.id AND o.on_date = q.d AND o.service_id IS NULL) THEN 'date'
			WHEN q.open_always THEN 'always'
			WHEN EXISTS (SELECT FROM quickbook.working_hours w
				WHERE w.provider_id = q.id AND w.service_id = the_service AND (w.valid IS NULL OR w.valid @> q.d))
				THEN 'week of the service'
			ELSE 'week' END AS decides
		FROM (
			SELECT p.id, p.open_always, g::date AS d,
				coalesce((SELECT v.time_zone FROM quickbook.travel v
					WHERE v.provider_id = p.id AND v.dates @> g::date), p.base_zone) AS zone
			FROM prov p, generate_series(
				(from_time AT TIME ZONE 'UTC')::date - back / 576 - 4,
				(to_time AT TIME ZONE 'UTC')::date + 3, interval '1 day') g
		) q
		WHERE oracle.instant(q.d, q.zone) < oracle.instant(q.d + 1, q.zone)
	),
	hours AS (
		SELECT day.id, day.d, day.zone, o.start_time, o.end_time
		FROM day JOIN quickbook.date_override o ON o.provider_id = day.id AND o.on_date = day.d
		WHERE o.start_time IS NOT NULL
			AND (day.decides = 'date of the service' AND o.service_id = the_service
				OR day.decides = 'date' AND o.service_id IS NULL)
		UNION ALL
		SELECT day.id, day.d, day.zone, w.start_time, w.end_time
		FROM day JOIN quickbook.working_hours w ON w.provider_id = day.id AND w.weekday = extract(isodow FROM day.d)
		WHERE (day.decides = 'week of the service' AND w.service_id = the_service
				OR day.decides = 'week' AND w.service_id IS NULL)
			AND (w.valid IS NULL OR w.valid @> day.d)
			AND (w.every_weeks = 1
				OR (oracle.week(day.d, c.week_start) - oracle.week(w.anchored_on, c.week_start)) % w.every_weeks = 0)
		UNION ALL
		SELECT day.id, day.d, day.zone, '00:00', '24:00' FROM day WHERE day.decides = 'always'
	),
	-- The windows of a date, merged; range_agg joins what overlaps or touches.
	win AS MATERIALIZED (
		SELECT b.id, unnest(range_agg(int4range(b.opens, b.closes))) AS w
		FROM (
			SELECT h.id, h.d,
				oracle.unit(oracle.instant(h.d + h.start_time, h.zone)) AS opens,
				oracle.unit(oracle.instant(
					CASE WHEN h.end_time < h.start_time THEN h.d + 1 ELSE h.d END + h.end_time, h.zone)) AS closes
			FROM hours h
		) b
		WHERE b.opens < b.closes
		GROUP BY b.id, b.d
	),
	-- Rule 4: what counts of the allocations of the providers and the patient.
	alloc AS MATERIALIZED (
		SELECT a.provider_id, a.patient_id, oracle.unit(a.starts_at) AS lo, oracle.unit(a.ends_at) AS hi
		FROM quickbook.allocation a
		WHERE (a.provider_id IN (SELECT id FROM prov) OR a.patient_id = asked_patient)
			AND (a.expires_at IS NULL OR a.expires_at > now)
			AND NOT EXISTS (
				SELECT FROM quickbook.appointment h
				WHERE h.id = a.appointment_id AND h.status = 'held' AND h.patient_id = asked_patient)
	),
	calendar AS MATERIALIZED (
		SELECT p.id,
			coalesce((SELECT range_agg(w) FROM win WHERE win.id = p.id), '{}')
			- coalesce((SELECT range_agg(int4range(oracle.unit(lower(f.during)), oracle.unit(upper(f.during))))
				FROM quickbook.time_off f
				WHERE f.clinic_id = c.id AND (f.provider_id IS NULL OR f.provider_id = p.id)), '{}') AS open,
			coalesce((SELECT range_agg(x.r) FROM (
				SELECT int4range(oracle.unit(lower(b.during)), oracle.unit(upper(b.during))) AS r
				FROM quickbook.busy_time b WHERE b.provider_id = p.id
				UNION ALL
				-- a unit with no place left
				SELECT int4range(cell, cell + 1)
				FROM alloc a, generate_series(a.lo, a.hi - 1) cell
				WHERE a.provider_id = p.id
				GROUP BY cell HAVING count(*) >= p.capacity) x), '{}') AS taken
		FROM prov p
	),
	-- Rule 6: every choice of a lead and of one other provider for each other
	-- role, all of them different.
	role AS (
		SELECT sp.role, row_number() OVER (ORDER BY sp.role <> lead_role, sp.role) AS n
		FROM (SELECT DISTINCT role FROM quickbook.service_provider WHERE service_id = the_service) sp
	),
	pick AS (
		SELECT sp.provider_id, role.n, coalesce(sp.duration, s.duration) AS duration
		FROM role JOIN quickbook.service_provider sp ON sp.service_id = the_service AND sp.role = role.role
		WHERE sp.provider_id IN (SELECT id FROM prov)
	),
	team AS (
		SELECT provider_id AS lead, duration, ARRAY[provider_id] AS members, n FROM pick
		WHERE n = 1 AND (asked_provider IS NULL OR provider_id = asked_provider)
		UNION ALL
		SELECT team.lead, team.duration, team.members || pick.provider_id, pick.n
		FROM team JOIN pick ON pick.n = team.n + 1 AND pick.provider_id <> ALL (team.members)
	),
	-- All of a team are there for the same time, so what all have open and what
	-- any has taken decides.
	team_calendar AS MATERIALIZED (
		SELECT team.lead, oracle.units(team.duration) AS len, x.open, x.taken
		FROM team, LATERAL (
			SELECT range_intersect_agg(k.open) AS open, range_agg(k.taken) AS taken
			FROM calendar k WHERE k.id = ANY (team.members)) x
		WHERE team.n = role_count
	),
	lead AS (
		SELECT DISTINCT lead AS id, len FROM team_calendar
	),
	-- Rules 3, 4 and 6 at every unit.
	feasible AS MATERIALIZED (
		SELECT lead.id, lead.len, u
		FROM lead, generate_series(oracle.unit(from_time) / 2 * 2 - back, oracle.unit(to_time), stride) u
		WHERE EXISTS (
			SELECT FROM team_calendar t
			WHERE t.lead = lead.id
				AND t.open @> int4range(u, u + t.len)
				AND NOT t.taken && int4range(u - bb, u + t.len + ba))
	),
	-- Rule 2.
	run_of AS (
		SELECT f.id, f.len, f.u, f.u - row_number() OVER (PARTITION BY f.id ORDER BY f.u) AS run
		FROM feasible f WHERE s.slot_anchor <> 'window'
	),
	run AS (
		SELECT r.id, r.len, min(r.u) AS lo, max(r.u) AS hi FROM run_of r GROUP BY r.id, r.len, r.run
	),
	anchored AS (
		SELECT run.id, run.len, run.hi, CASE s.slot_anchor WHEN 'gap' THEN run.lo ELSE (
			SELECT min(x.u) FROM generate_series(run.lo, run.hi) x (u)
			WHERE x.u % 2 = 0 AND extract(minute FROM to_timestamp(x.u * 150.0) AT TIME ZONE z.zone) % rounding = 0
			) END AS first
		FROM run JOIN prov p ON p.id = run.id, LATERAL (
			-- where the run starts tells the zone, though travel may begin before the hour is full
			SELECT oracle.zone_at(p.id, p.base_zone, to_timestamp(run.lo * 150.0)) AS zone OFFSET 0) z
	),
	grid AS (
		SELECT a.id, a.len, g AS u FROM anchored a, generate_series(a.first, a.hi, step) g
		UNION ALL
		SELECT f.id, f.len, f.u FROM feasible f
		WHERE s.slot_anchor = 'window'
			AND (f.u - (SELECT max(lower(w)) FROM win WHERE win.id = f.id AND lower(w) <= f.u)) % step = 0
	)
	SELECT g.id, t.starts_at, to_timestamp((g.u + g.len) * 150.0)
	FROM grid g JOIN prov p ON p.id = g.id, LATERAL (SELECT to_timestamp(g.u * 150.0) AS starts_at) t
	WHERE t.starts_at >= from_time AND t.starts_at < to_time
		-- Rule 5.
		AND t.starts_at > now AND t.starts_at >= now + s.min_notice
		AND (s.horizon_days IS NULL AND s.bookable_during IS NULL OR (
			SELECT (s.horizon_days IS NULL OR l.that_day <= l.today + s.horizon_days)
				AND (s.bookable_during IS NULL OR s.bookable_during @> l.that_day)
			FROM (SELECT
				(t.starts_at AT TIME ZONE oracle.zone_at(p.id, p.base_zone, t.starts_at))::date AS that_day,
				(now AT TIME ZONE oracle.zone_at(p.id, p.base_zone, now))::date AS today) l))
		AND (s.patient_may_overlap OR NOT EXISTS (
			SELECT FROM alloc a WHERE a.patient_id = asked_patient AND a.lo < g.u + g.len AND g.u < a.hi))
	ORDER BY t.starts_at, g.id;
END
$oracle$;
