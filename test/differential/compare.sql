--
-- Puts one question to quickbook and to the oracle. An answer is a line: "same N",
-- N being the number of rows compared, or "unsure", or "DIFFERENT" and how, or
-- "ERROR".
--

-- What the oracle says about a configuration, for each service and patient asked
-- about, over a period [lo, hi) in which all questions lie.
CREATE TABLE oracle.answer (
	service_id uuid,
	patient_id uuid,
	lo timestamptz,
	hi timestamptz,
	provider_id uuid,
	starts_at timestamptz,
	ends_at timestamptz,
	seats_left integer,
	joins boolean,
	sure boolean
);

-- Says how many starts there are, of which how many join a session, and how many
-- are not sure.
CREATE FUNCTION oracle.solve(service uuid, patient uuid, lo timestamptz, hi timestamptz,
	since timestamptz, raster interval) RETURNS text
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan -- planning anew takes longer than it saves
AS $$
BEGIN
	INSERT INTO oracle.answer
	SELECT service, patient, lo, hi, o.*
	FROM oracle.available_slots(service, lo, hi, NULL, patient, current_setting('quickbook.now')::timestamptz, since, raster) o;
	RETURN (SELECT format('solved %s joins %s unsure %s', count(*), count(*) FILTER (WHERE joins), count(*) FILTER (WHERE NOT sure))
		FROM oracle.answer a WHERE a.service_id = service AND a.patient_id IS NOT DISTINCT FROM patient);
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR in the oracle: ' || SQLERRM;
END
$$;

CREATE FUNCTION oracle.answers(service uuid, from_time timestamptz, to_time timestamptz, provider uuid, patient uuid)
RETURNS SETOF oracle.answer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT a.* FROM oracle.answer a
	WHERE a.service_id = service AND a.patient_id IS NOT DISTINCT FROM patient
	AND a.starts_at >= from_time AND a.starts_at < to_time
	AND (provider IS NULL OR a.provider_id = provider);
END
$$;

-- The answers that are sure.
CREATE FUNCTION oracle.expected(service uuid, from_time timestamptz, to_time timestamptz, provider uuid, patient uuid)
RETURNS quickbook.available_slot[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(
		SELECT ROW(a.provider_id, a.starts_at, a.ends_at, a.seats_left)::quickbook.available_slot
		FROM oracle.answers(service, from_time, to_time, provider, patient) a
		WHERE a.sure
		ORDER BY a.starts_at, a.provider_id);
END
$$;

CREATE FUNCTION oracle.unsure(service uuid, from_time timestamptz, to_time timestamptz, provider uuid, patient uuid)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM oracle.answers(service, from_time, to_time, provider, patient) a WHERE NOT a.sure);
END
$$;

-- What is left of an answer of quickbook's without what is not sure.
CREATE FUNCTION oracle.settled(slots quickbook.available_slot[], service uuid, patient uuid)
RETURNS quickbook.available_slot[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF NOT oracle.unsure(service, '-infinity', 'infinity', NULL, patient) THEN
		RETURN slots;
	END IF;
	RETURN ARRAY(SELECT ROW(q.provider_id, q.starts_at, q.ends_at, q.seats_left)::quickbook.available_slot
		FROM unnest(slots) WITH ORDINALITY AS q (provider_id, starts_at, ends_at, seats_left, n)
		WHERE NOT oracle.unsure(service, q.starts_at, q.starts_at + interval '1 second', q.provider_id, patient)
		ORDER BY n);
END
$$;

CREATE FUNCTION oracle.show(slots quickbook.available_slot[]) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT coalesce(string_agg(format('%s..%s %s (%s)', to_char(s.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
			to_char(s.ends_at AT TIME ZONE 'UTC', 'HH24:MI:SS'), s.provider_id, s.seats_left), '; '), 'none')
	FROM (SELECT * FROM unnest(slots) ORDER BY starts_at, provider_id LIMIT 12) s);

CREATE FUNCTION oracle.verdict(got quickbook.available_slot[], want quickbook.available_slot[]) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	missing quickbook.available_slot[];
	extra quickbook.available_slot[];
BEGIN
	IF got = want THEN
		RETURN 'same ' || cardinality(got);
	END IF;
	missing := ARRAY(SELECT ROW(s.*)::quickbook.available_slot FROM (SELECT * FROM unnest(want) EXCEPT ALL SELECT * FROM unnest(got)) s);
	extra := ARRAY(SELECT ROW(s.*)::quickbook.available_slot FROM (SELECT * FROM unnest(got) EXCEPT ALL SELECT * FROM unnest(want)) s);
	RETURN format('DIFFERENT: %s rows, the oracle has %s; missing %s (UTC): %s; extra %s: %s%s',
		cardinality(got), cardinality(want), cardinality(missing), oracle.show(missing),
		cardinality(extra), oracle.show(extra),
		CASE WHEN cardinality(missing) + cardinality(extra) = 0 THEN '; not in order' ELSE '' END);
END
$$;

CREATE FUNCTION oracle.ask_slots(service uuid, from_time timestamptz, to_time timestamptz, provider uuid, patient uuid)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN oracle.verdict(
		oracle.settled(ARRAY(SELECT q FROM quickbook.available_slots(service, from_time, to_time, provider, patient) q), service, patient),
		oracle.expected(service, from_time, to_time, provider, patient));
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR ' || SQLERRM;
END
$$;

-- Only as many as the oracle knows of are compared; more must come after its period.
CREATE FUNCTION oracle.ask_next(service uuid, after_time timestamptz, hi timestamptz, max_slots integer,
	provider uuid, patient uuid)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	want quickbook.available_slot[] := oracle.expected(service,
		coalesce(after_time, current_setting('quickbook.now')::timestamptz), hi, provider, patient);
	got quickbook.available_slot[];
BEGIN
	IF oracle.unsure(service, coalesce(after_time, current_setting('quickbook.now')::timestamptz), hi, provider, patient) THEN
		RETURN 'unsure';
	END IF;
	got := ARRAY(SELECT q FROM quickbook.next_slots(service, after_time, max_slots, provider, patient) q);
	IF cardinality(got) > max_slots THEN
		RETURN 'DIFFERENT: more than were asked for';
	END IF;
	RETURN oracle.verdict(ARRAY(SELECT q FROM unnest(got) q WHERE q.starts_at < hi), want[:max_slots]);
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR ' || SQLERRM;
END
$$;

CREATE FUNCTION oracle.ask_days(service uuid, from_date date, to_date date, provider uuid, zone text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	read_in text := coalesce(zone,
		(SELECT coalesce((SELECT p.time_zone FROM quickbook.provider p WHERE p.id = provider), c.time_zone)
			FROM quickbook.service s JOIN quickbook.clinic c ON c.id = s.clinic_id WHERE s.id = service));
	got text;
	want text;
BEGIN
	IF oracle.unsure(service, '-infinity', 'infinity', provider, NULL) THEN
		RETURN 'unsure';
	END IF;
	got := (SELECT string_agg(q.day || ' ' || q.slots, ', ' ORDER BY q.ordinality)
		FROM quickbook.available_days(service, from_date, to_date, provider, zone) WITH ORDINALITY q);
	want := (SELECT string_agg(d || ' ' || (SELECT count(*) FROM oracle.answer a
				WHERE a.service_id = service AND a.patient_id IS NULL AND (provider IS NULL OR a.provider_id = provider)
				AND (a.starts_at AT TIME ZONE read_in)::date = d), ', ' ORDER BY d)
		FROM (SELECT from_date + n AS d FROM generate_series(0, to_date - from_date) n) AS x
		WHERE oracle.date_exists(d, read_in));
	IF got IS NOT DISTINCT FROM want THEN
		RETURN 'same ' || to_date - from_date + 1;
	END IF;
	RETURN format('DIFFERENT: %s; the oracle: %s', got, want);
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR ' || SQLERRM;
END
$$;
