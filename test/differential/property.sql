--
-- One path: whether searching, explaining and booking agree about an instant. No
-- oracle is asked; what quickbook says in one place is compared with what it says
-- in another.
--
CREATE SCHEMA property;

CREATE TYPE property.case AS (
	service_id uuid,
	provider_id uuid,
	patient_id uuid,
	starts_at timestamptz
);

-- The error by which each rule refuses a booking, and its place among the rules:
-- the first is told.
CREATE FUNCTION property.told(rule text, OUT place integer, OUT error text)
LANGUAGE sql IMMUTABLE AS $$
	SELECT v.place, v.error FROM (VALUES
		(1, 'service', 'policy_refused'), (2, 'hours', 'outside_hours'), (3, 'free', 'slot_taken'), (4, 'roles', 'slot_taken'),
		(5, 'seats', 'session_full'), (6, 'grid', 'off_grid'), (7, 'notice', 'too_soon'), (8, 'horizon', 'beyond_horizon'),
		(9, 'limit', 'limit_reached'), (10, 'patient', 'patient_busy')) AS v (place, name, error)
	WHERE v.name = rule
$$;

-- 'ok', or the error that explain_slot lets expect; or what is wrong with it. Of a
-- rule that cannot be asked it says neither yes nor no.
CREATE FUNCTION property.explained(c property.case) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	places integer[];
	refusal text;
BEGIN
	SELECT array_agg(t.place ORDER BY e.n), (array_agg(t.error ORDER BY t.place) FILTER (WHERE e.passed IS NOT TRUE))[1]
	INTO places, refusal
	FROM quickbook.explain_slot(c.service_id, c.provider_id, c.starts_at, c.patient_id) WITH ORDINALITY AS e (rule, passed, detail, n)
	LEFT JOIN property.told(e.rule) t ON true;
	IF places IS DISTINCT FROM '{1,2,3,4,5,6,7,8,9,10}' THEN
		RETURN 'rules ' || coalesce(places::text, 'none');
	END IF;
	RETURN coalesce(refusal, 'ok');
END
$$;

CREATE FUNCTION property.offered(c property.case) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM quickbook.available_slots(c.service_id, c.starts_at, c.starts_at + interval '1 second',
		c.provider_id, c.patient_id) q WHERE q.starts_at = c.starts_at);
END
$$;

-- 'ok', or the name of the error; all is as before.
CREATE FUNCTION property.booked(c property.case) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM quickbook.create_appointment(c.patient_id, c.provider_id, c.service_id, c.starts_at);
	RAISE EXCEPTION USING ERRCODE = 'T0000';
EXCEPTION
	WHEN SQLSTATE 'T0000' THEN
		RETURN 'ok';
	WHEN OTHERS THEN
		RETURN split_part(SQLERRM, ':', 1);
END
$$;

-- The same by the local date and time at the provider's; NULL where these would
-- not mean the same instant, or not only.
CREATE FUNCTION property.booked_locally(c property.case) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	home text := (SELECT coalesce(p.time_zone, q.time_zone) FROM quickbook.provider p JOIN quickbook.clinic q ON q.id = p.clinic_id
		WHERE p.id = c.provider_id);
	zone text := coalesce((SELECT t.time_zone FROM quickbook.travel t
		WHERE t.provider_id = c.provider_id AND t.dates @> (c.starts_at AT TIME ZONE home)::date), home);
	wall timestamp := c.starts_at AT TIME ZONE zone;
BEGIN
	IF zone <> coalesce((SELECT t.time_zone FROM quickbook.travel t WHERE t.provider_id = c.provider_id AND t.dates @> wall::date), home)
		OR EXISTS (SELECT FROM generate_series(-1440, 1440, 30) AS m
			WHERE m <> 0 AND (c.starts_at + make_interval(mins => m)) AT TIME ZONE zone = wall)
	THEN
		RETURN NULL;
	END IF;
	PERFORM quickbook.create_appointment_local(c.patient_id, c.provider_id, c.service_id, wall::date, wall::time);
	RAISE EXCEPTION USING ERRCODE = 'T0000';
EXCEPTION
	WHEN SQLSTATE 'T0000' THEN
		RETURN 'ok';
	WHEN OTHERS THEN
		RETURN split_part(SQLERRM, ':', 1);
END
$$;

-- What came of it, and a complaint if there is one. Nobody in particular cannot
-- book, and where any provider will do nothing can be explained.
CREATE FUNCTION property.judge(c property.case, OUT outcome text, OUT complaint text)
LANGUAGE plpgsql AS $$
DECLARE
	offered boolean;
	explained text;
	booked text;
	locally text;
BEGIN
	offered := property.offered(c);
	explained := CASE WHEN c.provider_id IS NOT NULL THEN property.explained(c) END;
	booked := CASE WHEN c.patient_id IS NOT NULL THEN property.booked(c) END;
	IF c.provider_id IS NOT NULL AND c.patient_id IS NOT NULL AND (offered OR random() < 0.1) THEN
		locally := property.booked_locally(c);
	END IF;
	outcome := coalesce(booked, explained, '');
	IF (explained = 'ok') <> offered OR (booked = 'ok') <> offered OR explained <> booked OR locally <> booked THEN
		complaint := format('service %s provider %s patient %s at %s (UTC): offered %s, explained %s, booked %s, by local time %s',
			c.service_id, c.provider_id, c.patient_id, c.starts_at AT TIME ZONE 'UTC', offered, explained, booked, locally);
	END IF;
EXCEPTION WHEN OTHERS THEN
	outcome := 'error';
	complaint := format('%s: %s', c, SQLERRM);
END
$$;

CREATE FUNCTION property.pick(ids uuid[], first_percent double precision) RETURNS uuid
LANGUAGE sql VOLATILE
RETURN CASE WHEN random() * 100 < first_percent THEN ids[1] ELSE ids[1 + floor(random() * cardinality(ids))::integer] END;

-- Where the answer is likely to change. One in three, as far as there are enough,
-- is a start or an end of what is booked; the rest are offered to nobody in
-- particular.
CREATE FUNCTION property.edges(service uuid, lo timestamptz, hi timestamptz) RETURNS property.case[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	offered property.case[] := ARRAY(SELECT (service, q.provider_id, NULL, q.starts_at)::property.case
		FROM quickbook.available_slots(service, lo, hi) q);
	booked property.case[] := ARRAY(SELECT (service, a.provider_id, NULL, at)::property.case
		FROM quickbook.appointment a, unnest(ARRAY[a.starts_at, a.starts_at, a.ends_at]) AS at
		WHERE a.starts_at >= lo AND a.starts_at < hi AND (a.service_id = service OR a.session_id IS NULL)
		ORDER BY a.session_id IS NULL, a.id, at);
BEGIN
	RETURN booked || ARRAY(SELECT o FROM generate_series(1, ceil(2.0 * cardinality(booked) / greatest(1, cardinality(offered)))::integer) g, unnest(offered) o)
		|| CASE WHEN booked = '{}' THEN offered ELSE '{}' END;
END
$$;

-- On or near an edge.
CREATE FUNCTION property.near(edge property.case, unit interval) RETURNS property.case
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	luck double precision := random();
BEGIN
	edge.starts_at := edge.starts_at + CASE WHEN luck < 0.8 THEN interval '0' WHEN luck < 0.86 THEN unit WHEN luck < 0.92 THEN -unit
		WHEN luck < 0.96 THEN interval '1 second' ELSE interval '-1 second' END;
	RETURN edge;
END
$$;

-- Half of the cases lie anywhere, the rest on or near an edge. One in ten is about
-- any provider, one in ten about nobody in particular, and some about a patient
-- who has something else to do then.
CREATE FUNCTION property.draw(service uuid, edges property.case[], providers uuid[], leads uuid[], patients uuid[],
	lo timestamptz, hi timestamptz, unit interval) RETURNS property.case
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	anywhere timestamptz := to_timestamp(floor(extract(epoch FROM lo + random() * (hi - lo))));
	c property.case := (service, property.pick(CASE WHEN random() < 0.85 THEN leads ELSE providers END, 0), NULL,
		CASE WHEN random() < 0.2 THEN anywhere ELSE date_bin(unit, anywhere, '2000-01-01+00') END);
BEGIN
	IF random() < 0.5 AND cardinality(edges) > 0 THEN
		c := property.near(edges[1 + floor(random() * cardinality(edges))::integer], unit);
	END IF;
	c.patient_id := CASE WHEN random() < 0.9 THEN property.pick(patients, 50) END;
	IF random() < 0.15 THEN
		c.patient_id := coalesce((SELECT a.patient_id FROM quickbook.allocation a
			WHERE a.patient_id = ANY (patients) AND a.starts_at <= c.starts_at AND a.ends_at > c.starts_at
			ORDER BY a.patient_id LIMIT 1), c.patient_id);
	END IF;
	IF random() < 0.1 THEN
		c.provider_id := NULL;
	END IF;
	RETURN c;
END
$$;

-- Judges so many cases of a round: how often each outcome came, and complaints.
CREATE FUNCTION property.probe(services uuid[], providers uuid[], leads uuid[], patients uuid[], lo timestamptz, hi timestamptz,
	unit interval, seed double precision, instants integer) RETURNS TABLE (line text)
LANGUAGE plpgsql AS $$
DECLARE
	service uuid;
	edges property.case[];
	verdicts text[] := '{}';
	v record;
BEGIN
	PERFORM setseed(seed);
	FOREACH service IN ARRAY ARRAY[services[1], services[1], services[1], property.pick(services, 0)] LOOP
		edges := property.edges(service, lo, hi);
		FOR i IN 1 .. instants / 4 LOOP
			v := property.judge(property.draw(service, edges, providers, leads, patients, lo, hi, unit));
			verdicts := verdicts || v.outcome;
			IF v.complaint IS NOT NULL THEN
				RETURN QUERY SELECT 'BAD ' || v.complaint;
			END IF;
		END LOOP;
	END LOOP;
	RETURN QUERY SELECT 'count ' || count(*) || ' ' || o FROM unnest(verdicts) AS o WHERE o <> '' GROUP BY o;
END
$$;
