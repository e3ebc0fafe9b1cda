-- The sequential fuzz, second part: what must hold after each call. Computed from
-- appointments, sessions and events; allocations are what is judged.
--
--	fuzz.wrong(at, seq, data_too)   what does not hold at the instant at; events up
--	                      to seq have been looked at before; by check_data() too?
--
-- Only time that is still to come is compared: what is past may have been given
-- back or not been taken again, and was looked at when it was to come.

-- Does the status take time to come?
CREATE FUNCTION fuzz.takes_time(status text, pending_blocks boolean) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN status IN ('held', 'booked', 'arrived', 'checked-in', 'fulfilled') OR status = 'pending' AND pending_blocks;

CREATE FUNCTION fuzz.live(at timestamptz) RETURNS SETOF quickbook.appointment LANGUAGE sql STABLE AS $$
	SELECT a.* FROM quickbook.appointment a LEFT JOIN fuzz.asked k ON k.id = a.id
	WHERE fuzz.takes_time(a.status, k.blocks) AND NOT (a.status = 'held' AND a.expires_at <= at)
$$;

-- Who takes no time any longer has no terms.
CREATE FUNCTION fuzz.forget_terms(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM fuzz.terms t WHERE NOT EXISTS (SELECT FROM fuzz.live(at) a WHERE t.id IN (a.id, a.session_id));
	DELETE FROM fuzz.overlap t WHERE NOT EXISTS (SELECT FROM fuzz.live(at) a WHERE t.id = a.id);
END
$$;

-- Whoever takes time anew, or was moved, does it by the service as it is now.
CREATE FUNCTION fuzz.agree_on_terms(at timestamptz, seen bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO fuzz.asked SELECT e.subject, v.pending_blocks FROM quickbook.event e JOIN quickbook.service v ON v.id = (e.data->>'service_id')::uuid
		WHERE e.seq > seen AND e.type IN ('appointment.pending', 'appointment.rescheduled')
		ON CONFLICT ON CONSTRAINT asked_pkey DO UPDATE SET blocks = excluded.blocks;
	DELETE FROM fuzz.terms t USING quickbook.event e WHERE t.id = e.subject AND e.seq > seen AND e.type = 'appointment.rescheduled';
	DELETE FROM fuzz.overlap t USING quickbook.event e WHERE t.id = e.subject AND e.seq > seen AND e.type = 'appointment.rescheduled';
	PERFORM fuzz.forget_terms(at);
	INSERT INTO fuzz.terms SELECT DISTINCT coalesce(a.session_id, a.id), s.buffer_before, s.buffer_after
		FROM fuzz.live(at) a JOIN quickbook.service s ON s.id = a.service_id ON CONFLICT DO NOTHING;
	INSERT INTO fuzz.overlap SELECT a.id, s.patient_may_overlap
		FROM fuzz.live(at) a JOIN quickbook.service s ON s.id = a.service_id WHERE a.patient_id IS NOT NULL ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION fuzz.wrong_time(at timestamptz) RETURNS SETOF fuzz.finding LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH live AS MATERIALIZED (
		SELECT a.*, t.buffer_before, t.buffer_after, o.allowed AS may_overlap, s.seats
		FROM fuzz.live(at) a JOIN quickbook.service s ON s.id = a.service_id JOIN fuzz.terms t ON t.id = coalesce(a.session_id, a.id)
			LEFT JOIN fuzz.overlap o ON o.id = a.id
	-- once for a session, however many sit in it
	), need AS MATERIALIZED (
		SELECT DISTINCT coalesce(a.session_id, a.id) AS owner, r.provider_id AS calendar, p.capacity,
			a.starts_at - a.buffer_before AS s, greatest(a.starts_at - a.buffer_before, at) AS f, a.ends_at + a.buffer_after AS t
		FROM live a JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
			JOIN quickbook.provider p ON p.id = r.provider_id
		WHERE a.ends_at + a.buffer_after > at
		UNION ALL
		SELECT a.id, a.patient_id, 1, a.starts_at, greatest(a.starts_at, at), a.ends_at
		FROM live a WHERE a.patient_id IS NOT NULL AND NOT a.may_overlap AND a.ends_at > at
	), have AS MATERIALIZED (
		SELECT l.owner_id AS owner, l.calendar_id AS calendar, greatest(l.starts_at, at) AS f, l.ends_at AS t
		FROM quickbook.allocation l WHERE (l.expires_at IS NULL OR l.expires_at > at) AND l.ends_at > at
	)
	SELECT 'time', owner || ' ' || calendar, 1.0, format('%s on %s should have %s-%s, has %s-%s', owner, calendar, n.f, n.t, h.f, h.t)
	FROM need n FULL JOIN have h USING (owner, calendar) WHERE (n.f, n.t) IS DISTINCT FROM (h.f, h.t)
	UNION ALL
	SELECT 'concurrency', n.calendar || ' ' || n.owner, o.n - n.capacity, format('%s at once on %s of capacity %s at %s', o.n, n.calendar, n.capacity, n.s)
	FROM need n, LATERAL (SELECT count(*) AS n FROM need o WHERE o.calendar = n.calendar AND o.s <= n.s AND o.t > n.s) o
	WHERE o.n > n.capacity
	UNION ALL
	SELECT 'seat', a.id || 'twice', 1, format('%s has seat %s of %s, which is taken twice', a.id, a.seat, a.session_id)
	FROM live a JOIN live b ON b.session_id = a.session_id AND b.seat = a.seat AND b.id <> a.id
	UNION ALL
	SELECT 'seat', a.id::text, 1, format('%s has seat %s of %s', a.id, coalesce(a.seat, 0), a.seats)
	FROM live a WHERE (a.seats > 1 OR a.seat IS NOT NULL) AND coalesce(a.seat NOT BETWEEN 1 AND a.seats, true)
	UNION ALL
	SELECT 'seats', a.session_id::text, count(*) - max(a.seats), format('%s in session %s of %s seats', count(*), a.session_id, max(a.seats))
	FROM live a WHERE a.session_id IS NOT NULL GROUP BY a.session_id HAVING count(*) > max(a.seats)
	UNION ALL
	SELECT 'session', a.id::text, 1, format('%s is not where its session %s is', a.id, a.session_id)
	FROM live a JOIN quickbook.session s ON s.id = a.session_id
	WHERE (a.provider_id, a.service_id, a.starts_at, a.ends_at, a.clinic_id) <> (s.provider_id, s.service_id, s.starts_at, s.ends_at, s.clinic_id)
	UNION ALL
	SELECT 'team', t.session_id::text, count(*), format('session %s has %s teams', t.session_id, count(*))
	FROM (SELECT DISTINCT a.session_id, (SELECT array_agg(r.role || r.provider_id ORDER BY r.role)
			FROM quickbook.appointment_resource r WHERE r.appointment_id = a.id) AS team
		FROM live a WHERE a.session_id IS NOT NULL) t GROUP BY t.session_id HAVING count(*) > 1
	UNION ALL
	SELECT 'expiry', l.owner_id || ' ' || l.calendar_id, 1, format('%s on %s expires %s, should %s', l.owner_id, l.calendar_id,
		coalesce(l.expires_at::text, 'never'), coalesce(e.until::text, 'never'))
	FROM quickbook.allocation l, LATERAL (SELECT CASE WHEN bool_and(a.status = 'held') THEN max(a.expires_at) END
		FROM live a WHERE l.owner_id IN (a.id, a.session_id)) e (until)
	WHERE l.ends_at > at AND (l.expires_at IS NULL OR l.expires_at > at) AND l.expires_at IS DISTINCT FROM e.until;
END
$$;

CREATE FUNCTION fuzz.wrong_allocations(at timestamptz) RETURNS SETOF fuzz.finding LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT 'lane', l.owner_id || ' ' || l.calendar_id, l.lane - coalesce(p.capacity, 1) + 1.0,
		format('%s is in lane %s of %s, which has %s', l.owner_id, l.lane, l.calendar_id, coalesce(p.capacity, 1))
	FROM quickbook.allocation l LEFT JOIN quickbook.provider p ON p.id = l.provider_id WHERE l.lane >= coalesce(p.capacity, 1)
	UNION ALL
	SELECT 'overlap', l.owner_id || ' ' || o.owner_id, 1, format('%s and %s are both in lane %s of %s', l.owner_id, o.owner_id, l.lane, l.calendar_id)
	FROM quickbook.allocation l JOIN quickbook.allocation o ON (o.calendar_id, o.lane) = (l.calendar_id, l.lane)
		AND o.owner_id > l.owner_id AND o.starts_at < l.ends_at AND l.starts_at < o.ends_at
	UNION ALL
	SELECT 'owner', l.owner_id || ' ' || l.calendar_id, 1, format('%s has time on %s, but nobody is in it', l.owner_id, l.calendar_id)
	FROM quickbook.allocation l WHERE NOT EXISTS (SELECT FROM quickbook.appointment a WHERE l.owner_id IN (a.id, a.session_id)
		AND a.status NOT IN ('cancelled', 'entered-in-error'))
	UNION ALL
	SELECT 'reach', l.owner_id || ' ' || l.calendar_id, 1, format('%s is %s-%s, beyond its %s-%s', l.owner_id, l.starts_at, l.ends_at, x.f, x.t)
	FROM quickbook.allocation l, LATERAL (SELECT min(a.starts_at - s.buffer_before), max(a.ends_at + s.buffer_after)
		FROM quickbook.appointment a JOIN quickbook.service s ON s.id = a.service_id WHERE l.owner_id IN (a.id, a.session_id)) x (f, t)
	WHERE l.starts_at < x.f OR l.ends_at > x.t;
END
$$;

CREATE FUNCTION fuzz.wrong_events(seen bigint) RETURNS SETOF fuzz.finding LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH new AS MATERIALIZED (SELECT DISTINCT subject FROM quickbook.event WHERE seq > seen),
	told AS MATERIALIZED (SELECT e.subject, array_agg((e.data->>'version')::int ORDER BY e.seq) AS versions,
			(array_agg(e.data ORDER BY e.seq DESC))[1] AS last,
			count(*) FILTER (WHERE e.type = 'appointment.expired') AS expired
		FROM new JOIN quickbook.event e USING (subject) GROUP BY e.subject)
	SELECT 'version', a.id::text, 1.0, format('%s has version %s and %s events', a.id, a.version, e.n)
	FROM quickbook.appointment a, LATERAL (SELECT count(*) FROM quickbook.event e WHERE e.subject = a.id) e (n) WHERE e.n <> a.version
	UNION ALL
	SELECT 'versions', t.subject::text, 1, format('%s has events of versions %s', t.subject, t.versions)
	FROM told t WHERE t.versions <> ARRAY(SELECT generate_series(1, cardinality(t.versions)))
	UNION ALL
	SELECT 'last event', t.subject::text, 1, format('%s is %s, its last event says %s', t.subject, to_jsonb(a), t.last)
	FROM told t LEFT JOIN quickbook.appointment a ON a.id = t.subject
	WHERE (a.status, a.version, a.starts_at, a.ends_at, a.provider_id, a.patient_id, a.session_id, a.seat) IS DISTINCT FROM
		(last->>'status', (last->>'version')::int, (last->>'starts_at')::timestamptz, (last->>'ends_at')::timestamptz,
			(last->>'provider_id')::uuid, (last->>'patient_id')::uuid, (last->>'session_id')::uuid, (last->>'seat')::int);
END
$$;

-- Positions are 1 to n, in the order of insertion; the counter is the last.
CREATE FUNCTION fuzz.wrong_positions() RETURNS SETOF fuzz.finding LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT 'position', 'position', 1.0, format('%s positions up to %s, the counter is %s, out of order: %s', p.n, p.last, c.last_position, p.disorder)
	FROM (SELECT count(position) AS n, max(position) AS last, bool_or(position < lag) AS disorder
		FROM (SELECT position, lag(position) OVER (ORDER BY seq) FROM quickbook.event WHERE position IS NOT NULL) e) p, quickbook.event_counter c
	WHERE (p.n, coalesce(p.last, 0)) <> (c.last_position, c.last_position) OR p.disorder;
END
$$;

-- Each appointment that a limit counts, with its period: by week, month or year
-- of its start. A session's time counts once, unless each patient is counted; that
-- of a request for a seat in it, which takes no time, with it.
CREATE FUNCTION fuzz.wrong_limits(at timestamptz) RETURNS SETOF fuzz.finding LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH counted AS MATERIALIZED (
		SELECT l.id AS limit_id, l.max_count, l.max_time, CASE WHEN l.per_patient THEN a.patient_id END AS patient,
			CASE l.period WHEN 'upcoming' THEN NULL ELSE date_trunc(l.period, a.starts_at AT TIME ZONE c.time_zone) END AS period,
			a.id, a.ends_at - a.starts_at AS length, CASE WHEN l.per_patient THEN a.id::text ELSE coalesce(a.session_id::text,
				CASE WHEN s.seats > 1 THEN (SELECT o.session_id::text FROM quickbook.appointment o WHERE o.session_id IS NOT NULL
					AND o.status NOT IN ('cancelled', 'entered-in-error')
					AND (o.service_id, o.provider_id, o.starts_at) = (a.service_id, a.provider_id, a.starts_at) LIMIT 1) END, a.id::text) END AS timed_as
		FROM quickbook.booking_limit l JOIN quickbook.clinic c ON c.id = l.clinic_id
			JOIN quickbook.appointment a ON a.clinic_id = l.clinic_id AND a.service_id = coalesce(l.service_id, a.service_id)
				AND a.provider_id = coalesce(l.provider_id, a.provider_id)
			JOIN quickbook.service s ON s.id = a.service_id
		WHERE a.status NOT IN ('cancelled', 'entered-in-error') AND NOT (a.status = 'held' AND a.expires_at <= at)
			AND NOT (l.per_patient AND a.patient_id IS NULL) AND (l.period <> 'upcoming' OR a.status <> 'noshow' AND a.starts_at > at)
	), scopes AS (
		SELECT limit_id, patient, period, max_count, max_time, count(*) AS n,
			(SELECT sum(length) FROM (SELECT DISTINCT ON (t.timed_as) t.length FROM counted t
				WHERE (t.limit_id, t.patient, t.period) IS NOT DISTINCT FROM (c.limit_id, c.patient, c.period)) t) AS time
		FROM counted c GROUP BY limit_id, patient, period, max_count, max_time)
	SELECT 'limit', concat_ws(' ', limit_id, patient, period), n + extract(epoch FROM time), format('%s of %s, %s of %s for %s by limit %s',
		n, max_count, time, max_time, patient, limit_id)
	FROM scopes WHERE n > max_count OR time > max_time;
END
$$;

-- What check_data() finds, where there is one. A role that was renamed is nobody's fault.
DO $$
BEGIN
	EXECUTE 'CREATE FUNCTION fuzz.wrong_data() RETURNS SETOF fuzz.finding LANGUAGE sql STABLE AS ' || quote_literal(
		CASE WHEN to_regprocedure('quickbook.check_data()') IS NULL THEN 'SELECT NULL::text, NULL::text, 0.0, NULL::text WHERE false'
		ELSE 'SELECT ''check_data '' || d.what, coalesce(d.id::text, ''''), count(*)::numeric, min(concat_ws('' '', d.severity, d.id, d.message))'
		' FROM quickbook.check_data() d WHERE d.what <> ''role_without_provider'' GROUP BY d.what, d.id' END);
END
$$;

CREATE FUNCTION fuzz.wrong(at timestamptz, seen bigint, data_too boolean) RETURNS SETOF fuzz.finding LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY SELECT * FROM fuzz.wrong_time(at);
	RETURN QUERY SELECT * FROM fuzz.wrong_allocations(at);
	RETURN QUERY SELECT * FROM fuzz.wrong_events(seen);
	RETURN QUERY SELECT * FROM fuzz.wrong_positions();
	IF data_too THEN
		RETURN QUERY SELECT * FROM fuzz.wrong_data();
	END IF;
	IF EXISTS (SELECT FROM quickbook.booking_limit) THEN
		RETURN QUERY SELECT * FROM fuzz.wrong_limits(at);
	END IF;
END
$$;
