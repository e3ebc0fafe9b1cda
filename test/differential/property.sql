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

-- What each rule is called when it refuses a booking, in the order in which they
-- are told.
CREATE FUNCTION property.told(rule text, OUT place integer, OUT error text)
LANGUAGE sql IMMUTABLE AS $$
	SELECT v.place, v.error FROM (VALUES
		(1, 'service', 'policy_refused'), (2, 'hours', 'outside_hours'), (3, 'free', 'slot_taken'), (3, 'roles', 'slot_taken'),
		(4, 'seats', 'session_full'), (5, 'grid', 'off_grid'), (6, 'notice', 'too_soon'), (7, 'horizon', 'beyond_horizon'),
		(8, 'limit', 'limit_reached'), (9, 'patient', 'patient_busy')) AS v (place, name, error)
	WHERE v.name = rule
$$;

-- 'ok', or the error that explain_slot lets expect; or what is wrong with it.
CREATE FUNCTION property.explained(c property.case) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	rules text[];
	refusal text;
BEGIN
	SELECT array_agg(e.rule ORDER BY e.n), (array_agg(t.error ORDER BY t.place) FILTER (WHERE NOT e.passed))[1]
	INTO rules, refusal
	FROM quickbook.explain_slot(c.service_id, c.provider_id, c.starts_at, c.patient_id) WITH ORDINALITY AS e (rule, passed, detail, n)
	LEFT JOIN property.told(e.rule) t ON true;
	IF rules IS DISTINCT FROM '{service,hours,free,roles,grid,notice,horizon,limit,patient,seats}' THEN
		RETURN 'rules ' || coalesce(rules::text, 'none');
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

-- What came of it, and a complaint if there is one. Nobody in particular cannot
-- book, and where any provider will do nothing can be explained.
CREATE FUNCTION property.judge(c property.case, OUT outcome text, OUT complaint text)
LANGUAGE plpgsql AS $$
DECLARE
	offered boolean;
	explained text;
	booked text;
BEGIN
	offered := property.offered(c);
	explained := CASE WHEN c.provider_id IS NOT NULL THEN property.explained(c) END;
	booked := CASE WHEN c.patient_id IS NOT NULL THEN property.booked(c) END;
	outcome := coalesce(booked, explained, '');
	IF (explained = 'ok') <> offered OR (booked = 'ok') <> offered OR explained <> booked THEN
		complaint := format('service %s provider %s patient %s at %s (UTC): offered %s, explained %s, booked %s',
			c.service_id, c.provider_id, c.patient_id, c.starts_at AT TIME ZONE 'UTC', offered, explained, booked);
	END IF;
EXCEPTION WHEN OTHERS THEN
	outcome := 'error';
	complaint := format('%s: %s', c, SQLERRM);
END
$$;

CREATE FUNCTION property.pick(ids uuid[], first_percent double precision) RETURNS uuid
LANGUAGE sql VOLATILE
RETURN CASE WHEN random() * 100 < first_percent THEN ids[1] ELSE ids[1 + floor(random() * cardinality(ids))::integer] END;

-- Instants at which the answer is likely to change: starts offered to nobody in
-- particular, and starts and ends of what is booked already.
CREATE FUNCTION property.edges(service uuid, lo timestamptz, hi timestamptz) RETURNS timestamptz[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(
		SELECT q.starts_at FROM quickbook.available_slots(service, lo, hi) q
		UNION
		SELECT unnest(ARRAY[a.starts_at, a.ends_at]) FROM quickbook.appointment a
		WHERE a.starts_at >= lo AND a.starts_at < hi AND a.service_id = service
		UNION
		SELECT q.starts_at FROM quickbook.session q WHERE q.starts_at >= lo AND q.starts_at < hi AND q.service_id = service
		ORDER BY 1);
END
$$;

-- Half of the instants lie anywhere, the rest on or near an edge.
CREATE FUNCTION property.instant(edges timestamptz[], lo timestamptz, hi timestamptz, unit interval) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	luck double precision := random();
	edge timestamptz := edges[1 + floor(random() * cardinality(edges))::integer];
	anywhere timestamptz := to_timestamp(floor(extract(epoch FROM lo + random() * (hi - lo))));
BEGIN
	IF luck < 0.5 OR edge IS NULL THEN
		RETURN CASE WHEN luck < 0.1 THEN anywhere ELSE date_bin(unit, anywhere, '2000-01-01+00') END;
	END IF;
	RETURN edge + CASE WHEN luck < 0.9 THEN interval '0' WHEN luck < 0.93 THEN unit WHEN luck < 0.96 THEN -unit
		WHEN luck < 0.98 THEN interval '1 second' ELSE interval '-1 second' END;
END
$$;

-- Judges so many instants of a round: how often each outcome came, and complaints.
-- At most 1 in 10 is about any provider, and 1 in 10 about nobody in particular.
CREATE FUNCTION property.probe(services uuid[], providers uuid[], leads uuid[], patients uuid[], lo timestamptz, hi timestamptz,
	unit interval, seed double precision, instants integer) RETURNS TABLE (line text)
LANGUAGE plpgsql AS $$
DECLARE
	service uuid;
	edges timestamptz[];
	c property.case;
	verdicts text[] := '{}';
	v record;
BEGIN
	PERFORM setseed(seed);
	FOREACH service IN ARRAY ARRAY[services[1], services[1], services[1], property.pick(services, 0)] LOOP
		edges := property.edges(service, lo, hi);
		FOR i IN 1 .. instants / 4 LOOP
			c := (service, CASE WHEN random() < 0.9 THEN property.pick(CASE WHEN random() < 0.85 THEN leads ELSE providers END, 0) END,
				CASE WHEN random() < 0.9 THEN property.pick(patients, 50) END, property.instant(edges, lo, hi, unit));
			v := property.judge(c);
			verdicts := verdicts || v.outcome;
			IF v.complaint IS NOT NULL THEN
				RETURN QUERY SELECT 'BAD ' || v.complaint;
			END IF;
		END LOOP;
	END LOOP;
	RETURN QUERY SELECT 'count ' || count(*) || ' ' || o FROM unnest(verdicts) AS o WHERE o <> '' GROUP BY o;
END
$$;
