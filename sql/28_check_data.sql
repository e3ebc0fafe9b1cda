--
-- check_data(): does what is in the tables agree? And repair_data(), which mends
-- what has one right answer. The functions of the API leave nothing to find here;
-- writers of their own, a lost constraint or a fault do.
--
-- Compared is the time to come: what is past may have been given back (a noshow),
-- not been taken again (an undo), or been purged.
--

CREATE TYPE quickbook.data_problem AS (severity text, what text, id uuid, message text);
COMMENT ON TYPE quickbook.data_problem IS 'One finding of check_data().';
COMMENT ON COLUMN quickbook.data_problem.severity IS 'error, warning (a change of the configuration explains it) or note (and nobody is worse off).';
COMMENT ON COLUMN quickbook.data_problem.what IS 'The sort of problem, in a word for programs.';
COMMENT ON COLUMN quickbook.data_problem.id IS 'The appointment, session or event that it is about; NULL: none.';
COMMENT ON COLUMN quickbook.data_problem.message IS 'What is wrong with it, for people.';

CREATE TYPE quickbook.data_repair AS (severity text, what text, id uuid, message text, done text);
COMMENT ON TYPE quickbook.data_repair IS 'One finding of repair_data(), and what was done.';
COMMENT ON COLUMN quickbook.data_repair.severity IS 'error, warning or note, as check_data() says.';
COMMENT ON COLUMN quickbook.data_repair.what IS 'The sort of problem, in a word for programs.';
COMMENT ON COLUMN quickbook.data_repair.id IS 'The appointment, session or event that it is about; NULL: none.';
COMMENT ON COLUMN quickbook.data_repair.message IS 'What is wrong with it, or was, for people.';
COMMENT ON COLUMN quickbook.data_repair.done IS 'mended, or left.';

-- owner_id and calendar_id name an allocation that can be mended; then come its
-- times as they should be.
CREATE TYPE quickbook_internal.data_finding AS (
	severity text,
	what text,
	id uuid,
	message text,
	owner_id uuid,
	calendar_id uuid,
	starts_at timestamptz,
	ends_at timestamptz,
	expires_at timestamptz
);
COMMENT ON TYPE quickbook_internal.data_finding IS 'What check_data() and repair_data() find about an allocation.';
COMMENT ON COLUMN quickbook_internal.data_finding.severity IS 'error, warning or note, as check_data() says.';
COMMENT ON COLUMN quickbook_internal.data_finding.what IS 'The sort of problem, in a word for programs.';
COMMENT ON COLUMN quickbook_internal.data_finding.id IS 'The appointment or session that it is about.';
COMMENT ON COLUMN quickbook_internal.data_finding.message IS 'What is wrong with it, for people.';
COMMENT ON COLUMN quickbook_internal.data_finding.owner_id IS 'The appointment or session whose allocation it is; NULL: that is not to be mended.';
COMMENT ON COLUMN quickbook_internal.data_finding.calendar_id IS 'The provider or patient whose time it is.';
COMMENT ON COLUMN quickbook_internal.data_finding.starts_at IS 'The time that should be taken: its start.';
COMMENT ON COLUMN quickbook_internal.data_finding.ends_at IS 'The time that should be taken: its end.';
COMMENT ON COLUMN quickbook_internal.data_finding.expires_at IS 'The time that should be taken: when it expires.';

CREATE FUNCTION quickbook_internal.schema_data_now() RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(nullif(current_setting('quickbook.now', true), '')::timestamptz,
		greatest(statement_timestamp(), transaction_timestamp()));
END;

COMMENT ON FUNCTION quickbook_internal.schema_data_now() IS 'The time that check_data() takes for now.';

-- Who takes time to come: a request only if it was asked for when requests took
-- time, which its seat tells, or else its time itself.
CREATE FUNCTION quickbook_internal.schema_data_missing() RETURNS SETOF quickbook_internal.data_finding
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	moment timestamptz := quickbook_internal.schema_data_now();
BEGIN
	RETURN QUERY
	WITH live AS MATERIALIZED (
		SELECT a.id, a.session_id, a.patient_id, a.status, a.starts_at, a.ends_at, a.expires_at,
			s.buffer_before, s.buffer_after, s.patient_may_overlap, s.pending_blocks,
			a.status = 'pending' AND a.session_id IS NULL
				AND NOT EXISTS (SELECT FROM quickbook.allocation l WHERE l.owner_id = a.id) AS waits
		FROM quickbook.appointment a JOIN quickbook.service s ON s.id = a.service_id
		WHERE a.ends_at > moment AND (a.status IN ('pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
			OR a.status = 'held' AND a.expires_at > moment)
	), needed AS (
		SELECT a.id, coalesce(a.session_id, a.id) AS owner_id, r.provider_id AS calendar_id, a.session_id IS NOT NULL AS by_session,
			a.starts_at - a.buffer_before AS starts_at, a.ends_at + a.buffer_after AS ends_at, a.status, a.expires_at
		FROM live a JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
		WHERE NOT a.waits
		UNION ALL
		SELECT a.id, a.id, a.patient_id, false, a.starts_at, a.ends_at, a.status, a.expires_at
		FROM live a WHERE a.patient_id IS NOT NULL AND NOT a.patient_may_overlap AND NOT a.waits)
	SELECT 'error', CASE WHEN n.by_session THEN 'seat_without_time' ELSE 'appointment_without_time' END, n.id,
		format('takes no time on calendar %s from %s to %s', n.calendar_id, greatest(n.starts_at, moment), n.ends_at),
		n.owner_id, n.calendar_id, greatest(n.starts_at, moment), n.ends_at, CASE n.status WHEN 'held' THEN n.expires_at END
	FROM needed n LEFT JOIN quickbook.allocation l ON l.owner_id = n.owner_id AND l.calendar_id = n.calendar_id
	WHERE l.owner_id IS NULL
	UNION ALL
	SELECT 'note', 'request_without_time', a.id, 'waits for approval without taking time; its service now says that requests take it',
		NULL, NULL, NULL, NULL, NULL
	FROM live a WHERE a.waits AND a.pending_blocks;
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_missing() IS 'Who should take time and takes none. For check_data().';

-- A seat that counts refers to its session's time, and no other does.
CREATE FUNCTION quickbook_internal.schema_data_ties() RETURNS SETOF quickbook_internal.data_finding
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	moment timestamptz := quickbook_internal.schema_data_now();
BEGIN
	RETURN QUERY
	SELECT 'error', 'seat_not_tied', a.id, format('has a seat in session %s, and does not refer to its time', a.session_id),
		a.session_id, a.provider_id, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz
	FROM quickbook.appointment a
	WHERE a.session_id IS NOT NULL AND a.seated_session_id IS DISTINCT FROM a.session_id AND a.ends_at > moment
		AND a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
	UNION ALL
	SELECT 'error', 'seat_still_tied', a.id, format('is %s, and refers to the time of session %s', a.status, a.seated_session_id),
		a.seated_session_id, a.provider_id, NULL, NULL, NULL
	FROM quickbook.appointment a
	WHERE a.seated_session_id IS NOT NULL AND (a.session_id IS NULL
		OR a.status NOT IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled'));
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_ties() IS 'Seats that should refer to the time of a session and do not, or the other way round. For check_data().';

CREATE FUNCTION quickbook_internal.schema_data_unowned() RETURNS SETOF quickbook_internal.data_finding
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	moment timestamptz := quickbook_internal.schema_data_now();
BEGIN
	RETURN QUERY
	WITH seats AS MATERIALIZED (
		SELECT a.id, a.session_id, a.status <> 'noshow' AS comes FROM quickbook.appointment a
		WHERE a.session_id IS NOT NULL AND a.status NOT IN ('cancelled', 'entered-in-error')
	), sessions AS (
		SELECT s.session_id, bool_or(s.comes) AS comes FROM seats s GROUP BY s.session_id
	), teams AS (
		SELECT DISTINCT s.session_id, r.provider_id FROM seats s JOIN quickbook.appointment_resource r ON r.appointment_id = s.id
	), owned AS (
		SELECT l.*, CASE WHEN a.id IS NULL THEN 'whom there is not'
			WHEN a.status IN ('cancelled', 'entered-in-error') THEN 'who is ' || a.status
			WHEN a.status = 'noshow' AND l.ends_at > moment THEN 'who did not come' END AS nobody,
			CASE WHEN l.provider_id IS NULL THEN l.patient_id = a.patient_id
				ELSE a.session_id IS NULL AND r.provider_id IS NOT NULL END AS needed
		FROM quickbook.allocation l LEFT JOIN quickbook.appointment a ON a.id = l.appointment_id
			LEFT JOIN (SELECT DISTINCT r.appointment_id, r.provider_id FROM quickbook.appointment_resource r) r
				ON r.appointment_id = l.appointment_id AND r.provider_id = l.provider_id
		WHERE l.session_id IS NULL
		UNION ALL
		SELECT l.*, CASE WHEN s.session_id IS NULL THEN 'in which nobody has a seat'
			WHEN NOT s.comes AND l.ends_at > moment THEN 'to which nobody came' END, t.provider_id IS NOT NULL
		FROM quickbook.allocation l LEFT JOIN sessions s ON s.session_id = l.session_id
			LEFT JOIN teams t ON t.session_id = l.session_id AND t.provider_id = l.provider_id
		WHERE l.session_id IS NOT NULL)
	SELECT CASE WHEN o.ends_at > moment THEN 'error' ELSE 'warning' END,
		CASE WHEN o.nobody IS NOT NULL THEN 'time_of_nobody' ELSE 'time_elsewhere' END, o.owner_id,
		format('takes time on calendar %s from %s to %s for %s %s', o.calendar_id, o.starts_at, o.ends_at,
			CASE WHEN o.session_id IS NULL THEN 'an appointment' ELSE 'a session' END,
			coalesce(o.nobody, 'that does not need that calendar')),
		o.owner_id, o.calendar_id, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz
	FROM owned o WHERE o.nobody IS NOT NULL OR o.needed IS NOT TRUE;
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_unowned() IS 'Time that is taken for nobody. For check_data().';

-- A cut is right: the time from a noshow on, or before an undo, is past.
CREATE FUNCTION quickbook_internal.schema_data_times() RETURNS SETOF quickbook_internal.data_finding
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	moment timestamptz := quickbook_internal.schema_data_now();
BEGIN
	RETURN QUERY
	WITH owned AS (
		SELECT l.*, a.service_id, a.starts_at AS begins, a.ends_at AS ends
		FROM quickbook.allocation l JOIN quickbook.appointment a ON a.id = l.appointment_id
		WHERE l.ends_at > moment AND a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
		UNION ALL
		SELECT l.*, s.service_id, s.starts_at, s.ends_at
		FROM quickbook.allocation l JOIN quickbook.session s ON s.id = l.session_id
		WHERE l.ends_at > moment
	), should AS (
		SELECT o.*, greatest(o.starts_at, moment) AS taken_from, greatest(o.begins, moment) AS begins_or_now,
			o.begins - CASE WHEN o.patient_id IS NULL THEN v.buffer_before ELSE '0' END AS first,
			o.ends + CASE WHEN o.patient_id IS NULL THEN v.buffer_after ELSE '0' END AS last
		FROM owned o JOIN quickbook.service v ON v.id = o.service_id)
	SELECT CASE WHEN s.patient_id IS NULL AND s.taken_from <= s.begins_or_now AND s.ends_at >= s.ends THEN 'note' ELSE 'error' END,
		CASE WHEN s.patient_id IS NULL AND s.taken_from <= s.begins_or_now AND s.ends_at >= s.ends
			THEN 'buffers_differ' ELSE 'time_differs' END, s.owner_id,
		format('takes calendar %s from %s to %s, and should from %s to %s', s.calendar_id, s.starts_at, s.ends_at,
			CASE WHEN s.starts_at < s.first THEN s.first ELSE least(s.starts_at, greatest(s.first, moment)) END, s.last),
		s.owner_id, s.calendar_id,
		CASE WHEN s.starts_at < s.first THEN s.first ELSE least(s.starts_at, greatest(s.first, moment)) END, s.last, s.expires_at
	FROM should s
	WHERE s.taken_from <> greatest(s.first, moment) OR s.ends_at <> s.last;
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_times() IS 'Time that is not that of its appointment or session. For check_data().';

-- Booked time never expires; a session's expires with the last of its holds.
CREATE FUNCTION quickbook_internal.schema_data_expiry() RETURNS SETOF quickbook_internal.data_finding
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	moment timestamptz := quickbook_internal.schema_data_now();
BEGIN
	RETURN QUERY
	WITH holders AS (
		SELECT l.owner_id, l.calendar_id, l.starts_at, l.ends_at, l.expires_at, CASE a.status WHEN 'held' THEN a.expires_at END AS until
		FROM quickbook.allocation l JOIN quickbook.appointment a ON a.id = l.appointment_id
		WHERE a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
		UNION ALL
		SELECT l.owner_id, l.calendar_id, l.starts_at, l.ends_at, l.expires_at, h.until
		FROM quickbook.allocation l JOIN (SELECT a.session_id, CASE WHEN bool_and(a.status = 'held') THEN max(a.expires_at) END AS until
				FROM quickbook.appointment a
				WHERE a.session_id IS NOT NULL AND a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
				GROUP BY a.session_id) h ON h.session_id = l.session_id)
	SELECT 'error', CASE WHEN h.until IS NULL THEN 'booked_time_expires' ELSE 'expiry_differs' END, h.owner_id,
		format('takes calendar %s until %s, and should until %s', h.calendar_id, coalesce('it expires at ' || h.expires_at, 'it is given back'),
			coalesce('it expires at ' || h.until, 'it is given back')),
		h.owner_id, h.calendar_id, h.starts_at, h.ends_at, h.until
	FROM holders h
	WHERE h.expires_at IS DISTINCT FROM h.until AND h.ends_at > moment AND greatest(h.expires_at, h.until) > moment;
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_expiry() IS 'Time that expires when it should not, or the other way round. For check_data().';

-- A lane beyond the capacity is nobody's fault when the capacity was lowered, but
-- the constraint does not compare it with the others any longer.
CREATE FUNCTION quickbook_internal.schema_data_lanes() RETURNS SETOF quickbook_internal.data_finding
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	moment timestamptz := quickbook_internal.schema_data_now();
BEGIN
	RETURN QUERY
	SELECT CASE WHEN p.id IS NULL THEN 'error' ELSE 'warning' END, 'lane_beyond_capacity', l.owner_id,
		format('is in lane %s of calendar %s, whose capacity is %s', l.lane, l.calendar_id, coalesce(p.capacity, 1)),
		l.owner_id, l.calendar_id, l.starts_at, l.ends_at, l.expires_at
	FROM quickbook.allocation l LEFT JOIN quickbook.provider p ON p.id = l.provider_id
	WHERE l.lane >= coalesce(p.capacity, 1) AND l.ends_at > moment
	UNION ALL
	SELECT 'error', 'overlap', o.owner_id, format('takes lane %s of calendar %s from %s to %s, which is taken until %s', o.lane, o.calendar_id,
		o.starts_at, o.ends_at, o.busy_until), o.owner_id, o.calendar_id, o.starts_at, o.ends_at, o.expires_at
	FROM (SELECT l.*, max(l.ends_at) OVER (PARTITION BY l.calendar_id, l.lane ORDER BY l.starts_at, l.ends_at, l.owner_id
			ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until FROM quickbook.allocation l) o
	WHERE o.busy_until > o.starts_at;
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_lanes() IS 'Lanes beyond the capacity, and time that overlaps in one. For check_data().';

CREATE FUNCTION quickbook_internal.schema_data_allocations() RETURNS SETOF quickbook_internal.data_finding
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
BEGIN
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_missing();
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_ties();
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_unowned();
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_times();
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_expiry();
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_lanes();
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_allocations() IS 'Where appointments and the time that they take do not agree. For check_data() and repair_data().';

CREATE FUNCTION quickbook_internal.schema_data_seats() RETURNS SETOF quickbook.data_problem
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	moment timestamptz := quickbook_internal.schema_data_now();
BEGIN
	RETURN QUERY
	WITH live AS MATERIALIZED (
		SELECT a.*, v.seats, count(*) OVER (PARTITION BY a.session_id, a.seat) AS in_it
		FROM quickbook.appointment a JOIN quickbook.service v ON v.id = a.service_id
		WHERE a.session_id IS NOT NULL AND a.ends_at > moment
			AND (a.status IN ('pending', 'booked', 'arrived', 'checked-in', 'fulfilled') OR a.status = 'held' AND a.expires_at > moment)
	), teams AS (
		SELECT DISTINCT a.session_id, (SELECT array_agg(r.role || ' ' || r.provider_id ORDER BY r.role)
			FROM quickbook.appointment_resource r WHERE r.appointment_id = a.id) AS team
		FROM live a)
	SELECT 'error', 'seat_taken_twice', a.id, format('has seat %s of session %s, and so has another', a.seat, a.session_id)
	FROM live a WHERE a.in_it > 1
	UNION ALL
	SELECT 'error', 'seat_elsewhere', a.id, format('has a seat in session %s, which is of another service, provider or time', a.session_id)
	FROM live a JOIN quickbook.session s ON s.id = a.session_id
	WHERE (a.clinic_id, a.service_id, a.provider_id, a.starts_at, a.ends_at) <> (s.clinic_id, s.service_id, s.provider_id, s.starts_at, s.ends_at)
	UNION ALL
	SELECT 'error', 'session_with_two_teams', t.session_id, format('has seats with %s different teams', count(*))
	FROM teams t GROUP BY t.session_id HAVING count(*) > 1
	UNION ALL
	SELECT 'warning', 'seat_beyond_seats', a.id, format('has seat %s, and its service %s seats', a.seat, a.seats)
	FROM live a WHERE a.seat NOT BETWEEN 1 AND a.seats;
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_seats() IS 'Where seats and sessions do not agree. For check_data().';

CREATE FUNCTION quickbook_internal.schema_data_teams() RETURNS SETOF quickbook.data_problem
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	moment timestamptz := quickbook_internal.schema_data_now();
BEGIN
	RETURN QUERY
	WITH live AS MATERIALIZED (
		SELECT a.id, a.service_id, a.provider_id FROM quickbook.appointment a
		WHERE a.ends_at > moment AND a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
	), lead AS (
		SELECT DISTINCT ON (r.appointment_id) r.appointment_id, r.provider_id FROM live a
			JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
		ORDER BY r.appointment_id, r.role <> 'practitioner', r.role)
	SELECT 'error', 'lead_differs', a.id, format('is of provider %s, and led by %s', a.provider_id, coalesce(l.provider_id::text, 'nobody'))
	FROM live a LEFT JOIN lead l ON l.appointment_id = a.id WHERE l.provider_id IS DISTINCT FROM a.provider_id
	UNION ALL
	SELECT 'error', 'provider_in_two_roles', r.appointment_id, format('has provider %s in %s roles', r.provider_id, count(*))
	FROM live a JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
	GROUP BY r.appointment_id, r.provider_id HAVING count(*) > 1
	UNION ALL
	SELECT 'warning', 'role_without_provider', a.id, format('has nobody as %s', s.role)
	FROM live a JOIN (SELECT DISTINCT p.service_id, p.role FROM quickbook.service_provider p) s ON s.service_id = a.service_id
	WHERE NOT EXISTS (SELECT FROM quickbook.appointment_resource r WHERE r.appointment_id = a.id AND r.role = s.role);
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_teams() IS 'Where appointments and those who serve them do not agree. For check_data().';

-- What is purged is older than all that is left.
CREATE FUNCTION quickbook_internal.schema_data_events() RETURNS SETOF quickbook.data_problem
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	purged_before timestamptz;
BEGIN
	SELECT CASE WHEN c.last_position > 0 AND NOT EXISTS (SELECT FROM quickbook.event e WHERE e.position = 1)
			THEN coalesce((SELECT min(e.occurred_at) FROM quickbook.event e), 'infinity') END
		INTO purged_before FROM quickbook.event_counter c;
	RETURN QUERY
	WITH told AS (
		SELECT e.id, e.subject, e.data, e.position, (e.data->>'version')::integer AS version,
			lag((e.data->>'version')::integer) OVER w AS version_before, max(e.position) OVER (w ROWS UNBOUNDED PRECEDING) AS latest,
			lead(e.seq) OVER w IS NULL AS is_last
		FROM quickbook.event e WHERE e.type LIKE 'appointment.%'
		WINDOW w AS (PARTITION BY e.subject ORDER BY e.seq))
	SELECT 'error', 'versions_differ', t.subject, format('has an event %s of version %s after %s', t.id, coalesce(t.version::text, '?'),
		coalesce('one of version ' || t.version_before, 'none'))
	FROM told t WHERE t.version IS DISTINCT FROM t.version_before + 1 AND (t.version_before IS NOT NULL OR t.version IS NULL
		OR t.version <> 1 AND purged_before IS NULL)
	UNION ALL
	SELECT 'error', 'events_out_of_order', t.subject, format('has an event %s in position %s, after one in %s', t.id, t.position, t.latest)
	FROM told t WHERE t.position < t.latest
	UNION ALL
	SELECT 'error', 'last_event_differs', coalesce(a.id, t.subject), CASE WHEN a.id IS NULL THEN 'has events, and there is no such appointment'
		WHEN t.subject IS NULL THEN format('is %s in version %s, and has no event', a.status, a.version)
		ELSE format('is %s in version %s, and its last event says %s in version %s', a.status, a.version, t.data->>'status', t.version) END
	FROM quickbook.appointment a FULL JOIN (SELECT * FROM told WHERE is_last) t ON t.subject = a.id
	WHERE (a.version, a.status, a.starts_at, a.ends_at, a.provider_id, a.patient_id, a.session_id, a.seat) IS DISTINCT FROM
			(t.version, t.data->>'status', (t.data->>'starts_at')::timestamptz, (t.data->>'ends_at')::timestamptz,
			(t.data->>'provider_id')::uuid, (t.data->>'patient_id')::uuid, (t.data->>'session_id')::uuid, (t.data->>'seat')::integer)
		AND NOT (t.subject IS NULL AND coalesce(a.updated_at < purged_before, false));
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_events() IS 'Where appointments and their events do not agree. For check_data().';

CREATE FUNCTION quickbook_internal.schema_data_log() RETURNS SETOF quickbook.data_problem
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
DECLARE
	counter quickbook.event_counter;
	ragged timestamptz := '-infinity';
BEGIN
	SELECT * INTO counter FROM quickbook.event_counter;
	-- purging may leave gaps among the oldest, where occurrence and commit are out of order
	IF counter.last_position > 0 AND NOT EXISTS (SELECT FROM quickbook.event e WHERE e.position = 1) THEN
		ragged := (SELECT min(e.occurred_at) + interval '1 day' FROM quickbook.event e WHERE e.position IS NOT NULL);
	END IF;
	RETURN QUERY
	SELECT 'error', 'position_missing', p.id, format('has position %s, and the event before it %s', p.position, p.before)
	FROM (SELECT e.id, e.position, lag(e.position) OVER w AS before, lag(e.occurred_at) OVER w AS at FROM quickbook.event e
		WHERE e.position IS NOT NULL WINDOW w AS (ORDER BY e.position)) p
	WHERE p.position > p.before + 1 AND p.at >= ragged
	UNION ALL
	SELECT 'error', 'position_taken_twice', min(e.id::text)::uuid, format('has position %s, and so have %s others', e.position, count(*) - 1)
	FROM quickbook.event e WHERE e.position IS NOT NULL GROUP BY e.position HAVING count(*) > 1
	UNION ALL
	SELECT 'error', 'position_beyond_counter', e.id, format('has position %s, and the counter is at %s', e.position, counter.last_position)
	FROM quickbook.event e WHERE e.position > counter.last_position
	UNION ALL
	SELECT 'error', 'counter_ahead', NULL, format('event_counter is at position %s, and the last event at %s', counter.last_position, p.last)
	FROM (SELECT max(e.position) AS last, max(e.occurred_at) AS at FROM quickbook.event e WHERE e.position IS NOT NULL) p
	WHERE p.last < counter.last_position AND p.at >= ragged
	UNION ALL
	SELECT 'error', 'messages_ahead', NULL, format('event_counter has messages up to position %s, and events up to %s', counter.messages_position,
		counter.last_position) WHERE counter.messages_position > counter.last_position
	UNION ALL
	SELECT 'error', 'consumer_ahead', NULL, format('consumer %s is at position %s, and the log at %s', quote_ident(c.name), c.position, counter.last_position)
	FROM quickbook.consumer c WHERE c.position > counter.last_position
	UNION ALL
	SELECT 'error', 'counter_missing', NULL, 'event_counter has no row' WHERE counter IS NULL
	UNION ALL
	SELECT 'warning', 'message_of_nobody', n.id, 'waits to be sent about an appointment that is gone'
	FROM quickbook.notification n LEFT JOIN quickbook.appointment a ON a.id = n.appointment_id
	WHERE n.status = 'queued' AND n.purpose IS NULL AND a.id IS NULL;
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_log() IS 'Where events, positions, consumers and messages do not agree. For check_data().';

CREATE FUNCTION quickbook_internal.schema_data_all() RETURNS SETOF quickbook.data_problem
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $check$
BEGIN
	RETURN QUERY SELECT f.severity, f.what, f.id, f.message FROM quickbook_internal.schema_data_allocations() f;
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_seats();
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_teams();
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_events();
	RETURN QUERY SELECT * FROM quickbook_internal.schema_data_log();
END
$check$;

COMMENT ON FUNCTION quickbook_internal.schema_data_all() IS 'All that check_data() finds. Called by check_data() and repair_data() only, as the tables'' owner.';

-- A superuser may call it: what the tables' owner has hung on them runs with the owner's rights.
CREATE FUNCTION quickbook.check_data() RETURNS SETOF quickbook.data_problem
	LANGUAGE C STABLE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_data';

COMMENT ON FUNCTION quickbook.check_data() IS
'Compares the rows of the tables with each other: a row per problem, none when all agree.

Appointments, seats, sessions, roles, the time that they take, events, positions,
consumers and messages. severity is error (somebody could be booked twice, or
time is taken for nobody), warning (a change of the configuration explains it)
or note (the same, and nobody is worse off). For who owns the tables and
superusers, as the owner. It reads each table once or twice. repair_data() mends
what has one right answer. Errors: not_allowed (42501), not_installed,
wrong_schema_version (0A000).';

CREATE FUNCTION quickbook_internal.schema_lock_calendars(providers uuid[], patients uuid[]) RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_schema_lock_calendars';

COMMENT ON FUNCTION quickbook_internal.schema_lock_calendars(uuid[], uuid[]) IS
'Takes the locks of these calendars, as bookings do, until the transaction ends. Called by repair_data() only.';

-- A lane of a calendar that is free throughout, or NULL.
CREATE FUNCTION quickbook_internal.schema_repair_lane(f quickbook_internal.data_finding) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $lane$
BEGIN
	RETURN (SELECT min(n) FROM generate_series(0, coalesce((SELECT p.capacity FROM quickbook.provider p WHERE p.id = f.calendar_id), 1) - 1) n
		WHERE NOT EXISTS (SELECT FROM quickbook.allocation l WHERE l.calendar_id = f.calendar_id AND l.lane = n
			AND l.owner_id <> f.owner_id AND l.starts_at < f.ends_at AND l.ends_at > f.starts_at));
END
$lane$;

COMMENT ON FUNCTION quickbook_internal.schema_repair_lane(quickbook_internal.data_finding) IS 'The first lane that is free for a finding. For repair_data().';

CREATE FUNCTION quickbook_internal.schema_repair_one(f quickbook_internal.data_finding) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $repair$
DECLARE
	lane integer;
	this text := format('WHERE owner_id = %L AND calendar_id = %L', f.owner_id, f.calendar_id);
BEGIN
	IF f.what IN ('time_of_nobody', 'time_elsewhere') THEN
		PERFORM quickbook_internal.schema_as_owner('DELETE FROM quickbook.allocation ' || this);
		RETURN;
	ELSIF f.what IN ('booked_time_expires', 'expiry_differs') THEN
		PERFORM quickbook_internal.schema_as_owner(format('UPDATE quickbook.allocation SET expires_at = %L ', f.expires_at) || this);
		RETURN;
	ELSIF f.what IN ('seat_not_tied', 'seat_still_tied') THEN
		PERFORM quickbook_internal.schema_as_owner(format('UPDATE quickbook.appointment SET seated_session_id = %s WHERE id = %L',
			CASE f.what WHEN 'seat_not_tied' THEN 'session_id' ELSE 'NULL' END, f.id));
		RETURN;
	END IF;
	-- the rest needs a lane
	lane := quickbook_internal.schema_repair_lane(f);
	IF lane IS NULL OR f.starts_at >= f.ends_at THEN
		RETURN;
	ELSIF f.what IN ('time_differs', 'lane_beyond_capacity', 'overlap') THEN
		PERFORM quickbook_internal.schema_as_owner(format('UPDATE quickbook.allocation SET lane = %s, starts_at = %L, ends_at = %L ',
			lane, f.starts_at, f.ends_at) || this);
	ELSIF f.what IN ('appointment_without_time', 'seat_without_time') AND NOT EXISTS (SELECT FROM quickbook.allocation l
		WHERE l.owner_id = f.owner_id AND l.calendar_id = f.calendar_id) THEN
		PERFORM quickbook_internal.schema_as_owner(format('INSERT INTO quickbook.allocation (clinic_id, appointment_id, session_id,'
			' provider_id, patient_id, lane, starts_at, ends_at, expires_at)'
			' SELECT a.clinic_id, CASE WHEN %1$L = a.id THEN a.id END, CASE WHEN %1$L <> a.id THEN a.session_id END, p.id,'
			' CASE WHEN p.id IS NULL THEN a.patient_id END, %3$s, %4$L, %5$L, %6$L FROM quickbook.appointment a'
			' LEFT JOIN quickbook.provider p ON p.id = %2$L WHERE a.id = %7$L',
			f.owner_id, f.calendar_id, lane, f.starts_at, f.ends_at, f.expires_at, f.id));
	END IF;
EXCEPTION WHEN integrity_constraint_violation THEN
	NULL; -- somebody else, who asked for no lock
END
$repair$;

COMMENT ON FUNCTION quickbook_internal.schema_repair_one(quickbook_internal.data_finding) IS 'Mends one finding, if it can. For repair_data().';

CREATE FUNCTION quickbook_internal.schema_repair_all() RETURNS SETOF quickbook.data_repair
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $repair$
DECLARE
	found quickbook.data_problem[];
	ids uuid[];
	calendars uuid[];
	f quickbook_internal.data_finding;
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		PERFORM quickbook_internal.schema_raise('invalid_argument', 'repair_data() must see what others commit while it waits',
			'Call it in a transaction of isolation level READ COMMITTED.');
	END IF;
	found := ARRAY(SELECT p FROM quickbook_internal.schema_data_all() p);
	ids := ARRAY(SELECT DISTINCT p.id FROM unnest(found) p WHERE p.id IS NOT NULL ORDER BY p.id LIMIT 500);
	ids := ids || ARRAY(SELECT DISTINCT a.session_id FROM quickbook.appointment a WHERE a.id = ANY (ids) AND a.session_id IS NOT NULL);
	calendars := ARRAY(SELECT l.calendar_id FROM quickbook.allocation l WHERE l.owner_id = ANY (ids)
		UNION SELECT a.patient_id FROM quickbook.appointment a WHERE a.id = ANY (ids) AND a.patient_id IS NOT NULL
		UNION SELECT r.provider_id FROM quickbook.appointment a JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
			WHERE a.id = ANY (ids) OR a.session_id = ANY (ids));
	PERFORM quickbook_internal.schema_lock_calendars(ARRAY(SELECT p.id FROM quickbook.provider p WHERE p.id = ANY (calendars)),
		ARRAY(SELECT p.id FROM quickbook.patient p WHERE p.id = ANY (calendars)));
	-- from here on nobody else changes these calendars: look again, and mend that
	FOR f IN SELECT c.* FROM quickbook_internal.schema_data_allocations() c WHERE c.calendar_id = ANY (calendars) AND c.severity <> 'note'
		ORDER BY CASE WHEN c.what = 'seat_still_tied' THEN 1 WHEN c.what IN ('time_of_nobody', 'time_elsewhere') THEN 2
			WHEN c.what <> 'seat_not_tied' THEN 3 ELSE 4 END
	LOOP
		PERFORM quickbook_internal.schema_repair_one(f);
	END LOOP;
	-- a session's time expires with all of its holds, which were not compared while it had none
	FOR f IN SELECT * FROM quickbook_internal.schema_data_expiry() c WHERE c.calendar_id = ANY (calendars) LOOP
		PERFORM quickbook_internal.schema_repair_one(f);
	END LOOP;
	RETURN QUERY
	SELECT coalesce(b.severity, a.severity), coalesce(b.what, a.what), coalesce(b.id, a.id), coalesce(b.message, a.message),
		CASE WHEN a IS NULL THEN 'mended' ELSE 'left' END
	FROM (SELECT DISTINCT u.* FROM unnest(found) u) b FULL JOIN (SELECT DISTINCT u.* FROM quickbook_internal.schema_data_all() u) a
		ON (a.what, a.message) = (b.what, b.message) AND a.id IS NOT DISTINCT FROM b.id;
END
$repair$;

COMMENT ON FUNCTION quickbook_internal.schema_repair_all() IS 'Mends what can be mended. Called by repair_data() only, as the tables'' owner.';

CREATE FUNCTION quickbook.repair_data() RETURNS SETOF quickbook.data_repair
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_repair_data';

COMMENT ON FUNCTION quickbook.repair_data() IS
'Mends what check_data() finds and what has one right answer; a row per problem, with what was done: mended or left.

Time taken for nobody is given back; time that is missing or wrong is taken, if
it is free; expiries and lanes are set right. It takes the locks that bookings
take, of the calendars of 500 problems a call: repeat it while something is
mended. What is left is for you: events and positions are reported only, and
whoever is booked twice has to be called. Close expired holds first, by
run_maintenance(), for their time is in the way. For who owns the tables and
superusers, as the owner, at READ COMMITTED; at another isolation level it is
invalid_argument (22023). Errors: not_allowed (42501), not_installed,
wrong_schema_version (0A000).';
