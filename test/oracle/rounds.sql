-- The comparison: a round makes a configuration, asks both about it, and takes
-- it back.

CREATE FUNCTION oracle.lines(s oracle.slot[]) RETURNS SETOF text
	LANGUAGE sql STABLE
	SET timezone = 'UTC'
BEGIN ATOMIC
	SELECT format('%s %s %s', x.provider_id, to_char(x.starts_at, 'YYYY-MM-DD HH24:MI:SSOF'), to_char(x.ends_at, 'HH24:MI:SS'))
	FROM unnest(s) x;
END;

-- What only one of the two lists has, at most 20 rows of each.
CREATE FUNCTION oracle.difference(question text, got oracle.slot[], wanted oracle.slot[]) RETURNS text
	LANGUAGE plpgsql
AS $$
DECLARE
	missing text[];
	extra text[];
BEGIN
	SELECT array_agg('  missing: ' || l) INTO missing FROM (
		SELECT * FROM oracle.lines(wanted) EXCEPT ALL SELECT * FROM oracle.lines(got)) x (l);
	SELECT array_agg('  extra:   ' || l) INTO extra FROM (
		SELECT * FROM oracle.lines(got) EXCEPT ALL SELECT * FROM oracle.lines(wanted)) x (l);
	SELECT array_agg(l ORDER BY l) INTO missing FROM unnest(missing) l;
	SELECT array_agg(l ORDER BY l) INTO extra FROM unnest(extra) l;
	RETURN concat_ws(E'\n', question,
		format('  quickbook has %s rows, the oracle %s; missing %s, extra %s', coalesce(cardinality(got), 0),
			coalesce(cardinality(wanted), 0), coalesce(cardinality(missing), 0), coalesce(cardinality(extra), 0)),
		CASE WHEN missing IS NULL AND extra IS NULL THEN '  the rows are the same, in another order' END,
		array_to_string(missing[1:20], E'\n'), array_to_string(extra[1:20], E'\n'));
END
$$;

-- Asks about the configuration; returns what differs, or null.
CREATE FUNCTION oracle.ask(k oracle.config, INOUT questions integer, INOUT slots bigint, OUT difference text)
	LANGUAGE plpgsql
AS $ask$
DECLARE
	got oracle.slot[];
	wanted oracle.slot[];
	all_wanted oracle.slot[];
	patient uuid;
	lead uuid;
	lo timestamptz;
	hi timestamptz;
	n integer;
	zone text;
	base_zone text;
	d1 date;
	d2 date;
	days text;
	wanted_days text;
BEGIN
	-- Rows must not depend on the zone of who asks.
	PERFORM set_config('timezone', oracle.one_of('UTC', 'America/New_York', 'Pacific/Apia', 'Europe/Berlin'), true);

	-- All, for nobody in particular and then for a patient.
	FOREACH patient IN ARRAY ARRAY[NULL, k.patients[1 + oracle.rnd(2)]] LOOP
		all_wanted := ARRAY(SELECT w::oracle.slot FROM oracle.available_slots(k.service_id, k.from_time, k.to_time, NULL, patient) w);
		got := ARRAY(SELECT ROW(a.provider_id, a.starts_at, a.ends_at)::oracle.slot
			FROM quickbook.available_slots(k.service_id, k.from_time, k.to_time, NULL, patient) a);
		questions := questions + 1;
		slots := slots + cardinality(all_wanted);
		IF got IS DISTINCT FROM all_wanted THEN
			difference := oracle.difference(format('available_slots(%L, %L, %L, NULL, %L)', k.service_id, k.from_time, k.to_time, patient),
				got, all_wanted);
			RETURN;
		END IF;

		-- A part of the time, mostly with one lead: where a search starts must not matter.
		lead := CASE WHEN oracle.chance(70) THEN k.leads[1 + oracle.rnd(cardinality(k.leads))] END;
		lo := k.from_time + oracle.fives(oracle.rnd(500));
		hi := least(k.to_time, lo + oracle.fives(1 + oracle.rnd(400)));
		IF oracle.chance(20) THEN
			lo := lo + interval '1 microsecond';
			hi := hi + CASE WHEN hi < k.to_time THEN interval '1 second' ELSE interval '0' END;
		END IF;
		IF lo < hi THEN
			wanted := ARRAY(SELECT w FROM unnest(all_wanted) w
				WHERE w.starts_at >= lo AND w.starts_at < hi AND (lead IS NULL OR w.provider_id = lead)
				ORDER BY w.starts_at, w.provider_id);
			got := ARRAY(SELECT ROW(a.provider_id, a.starts_at, a.ends_at)::oracle.slot
				FROM quickbook.available_slots(k.service_id, lo, hi, lead, patient) a);
			questions := questions + 1;
			slots := slots + cardinality(wanted);
			IF got IS DISTINCT FROM wanted THEN
				difference := oracle.difference(format('available_slots(%L, %L, %L, %L, %L)', k.service_id, lo, hi, lead, patient),
					got, wanted);
				RETURN;
			END IF;
		END IF;

		IF oracle.chance(40) THEN
			wanted := ARRAY(SELECT w FROM unnest(all_wanted) w
				WHERE w.starts_at >= lo AND (lead IS NULL OR w.provider_id = lead)
				ORDER BY w.starts_at, w.provider_id);
			n := cardinality(wanted);
			-- n + 1 must find the same n first, and perhaps one behind what the oracle saw
			n := CASE WHEN oracle.chance(30) AND n > 0 THEN n WHEN oracle.chance(30) AND n > 0 THEN n + 1
				ELSE least(n, 1 + oracle.rnd(25)) END;
			IF n > 0 THEN
				got := ARRAY(SELECT ROW(a.provider_id, a.starts_at, a.ends_at)::oracle.slot
					FROM quickbook.next_slots(k.service_id, lo, n, lead, patient) a);
				questions := questions + 1;
				slots := slots + least(n, cardinality(wanted));
				IF n > cardinality(wanted) AND cardinality(got) = n AND got[n].starts_at >= k.to_time THEN
					got := got[1:n - 1];
				END IF;
				IF got IS DISTINCT FROM wanted[1:n] THEN
					difference := oracle.difference(format('next_slots(%L, %L, %L, %L, %L)', k.service_id, lo, n, lead, patient),
						got, wanted[1:n]);
					RETURN;
				END IF;
			END IF;
		END IF;

		IF patient IS NULL AND oracle.chance(50) THEN
			zone := CASE WHEN oracle.chance(50) THEN oracle.one_of('UTC', 'Europe/Berlin', 'Pacific/Apia', 'America/Havana') END;
			SELECT coalesce(zone, (SELECT p.time_zone FROM quickbook.provider p WHERE p.id = lead), c.time_zone)
			INTO base_zone FROM quickbook.clinic c;
			-- whole days only
			d1 := ((k.from_time - interval '1 microsecond') AT TIME ZONE base_zone)::date + 1;
			d2 := (k.to_time AT TIME ZONE base_zone)::date - 1;
			IF d1 <= d2 THEN
				SELECT string_agg(format('%s %s', g::date,
					(SELECT count(*) FROM unnest(all_wanted) w WHERE (lead IS NULL OR w.provider_id = lead)
						AND (w.starts_at AT TIME ZONE base_zone)::date = g::date)), E'\n  ' ORDER BY g)
				INTO wanted_days FROM generate_series(d1::timestamp, d2, interval '1 day') g
				WHERE oracle.instant(g, base_zone) < oracle.instant(g + interval '1 day', base_zone);
				SELECT string_agg(format('%s %s', a.day, a.slots), E'\n  ' ORDER BY a.ordinality) INTO days
				FROM quickbook.available_days(k.service_id, d1, d2, lead, zone) WITH ORDINALITY a;
				questions := questions + 1;
				IF days IS DISTINCT FROM wanted_days THEN
					difference := format(E'available_days(%L, %L, %L, %L, %L)\n quickbook:\n  %s\n oracle:\n  %s',
						k.service_id, d1, d2, lead, zone, days, wanted_days);
					RETURN;
				END IF;
			END IF;
		END IF;
	END LOOP;
END
$ask$;

-- Which features the configuration has.
CREATE FUNCTION oracle.features(k oracle.config) RETURNS SETOF text
	LANGUAGE plpgsql
AS $$
BEGIN
	RETURN QUERY
	SELECT 'anchor ' || s.slot_anchor FROM quickbook.service s WHERE s.id = k.service_id
	UNION ALL
	SELECT 'zone ' || c.time_zone FROM quickbook.clinic c
	UNION ALL
	SELECT 'roles ' || count(DISTINCT sp.role) FROM quickbook.service_provider sp
	UNION ALL
	SELECT 'providers ' || count(*) FROM quickbook.provider
	UNION ALL
	SELECT x.what FROM quickbook.service s, LATERAL (VALUES
		('buffers', s.buffer_before + s.buffer_after > '0'), ('min_notice', s.min_notice > '0'), ('horizon_days', s.horizon_days IS NOT NULL),
		('bookable_during', s.bookable_during IS NOT NULL), ('patient_may_overlap', s.patient_may_overlap)) x (what, holds)
	WHERE s.id = k.service_id AND x.holds
	UNION ALL
	SELECT DISTINCT x.what FROM quickbook.provider p, LATERAL (VALUES
		('open_always', p.open_always), ('open_always lead', p.open_always AND p.id = ANY (k.leads)),
		('capacity above 1', p.capacity > 1), ('inactive provider', NOT p.active), ('provider zone', p.time_zone IS NOT NULL),
		('travel', EXISTS (SELECT FROM quickbook.travel v WHERE v.provider_id = p.id))) x (what, holds)
	WHERE x.holds
	UNION ALL
	SELECT DISTINCT x.what FROM quickbook.working_hours w, LATERAL (VALUES
		('hours of the service', w.service_id = k.service_id), ('hours of another service', w.service_id <> k.service_id),
		('hours with valid', w.valid IS NOT NULL), ('every_weeks', w.every_weeks > 1),
		('hours over midnight', w.end_time < w.start_time), ('hours to 24:00', w.end_time = '24:00')) x (what, holds)
	WHERE x.holds
	UNION ALL
	SELECT DISTINCT x.what FROM quickbook.date_override o, LATERAL (VALUES
		('override closed', o.start_time IS NULL), ('override open', o.start_time IS NOT NULL),
		('override of the service', o.service_id = k.service_id)) x (what, holds)
	WHERE x.holds
	UNION ALL
	SELECT DISTINCT CASE WHEN f.provider_id IS NULL THEN 'time off of the clinic' ELSE 'time off of a provider' END FROM quickbook.time_off f
	UNION ALL
	SELECT 'busy time' WHERE EXISTS (SELECT FROM quickbook.busy_time)
	UNION ALL
	SELECT DISTINCT CASE WHEN a.expires_at <= k.now THEN 'expired hold' WHEN a.patient_id IS NULL AND a.expires_at IS NOT NULL THEN 'live hold'
		WHEN a.patient_id IS NOT NULL THEN 'patient busy' WHEN a.session_id IS NOT NULL THEN 'session' ELSE 'allocation' END
	FROM quickbook.allocation a
	UNION ALL
	SELECT 'service_provider.duration' WHERE EXISTS (SELECT FROM quickbook.service_provider sp WHERE sp.duration IS NOT NULL)
	UNION ALL
	SELECT 'provider with two roles' WHERE EXISTS (SELECT FROM quickbook.service_provider sp GROUP BY sp.provider_id HAVING count(*) > 1);
END
$$;

-- One round, in a subtransaction that never commits.
CREATE FUNCTION oracle.round(seed bigint, round integer, describe boolean DEFAULT false,
	OUT questions integer, OUT slots bigint, OUT difference text, OUT features text[])
	LANGUAGE plpgsql
AS $$
DECLARE
	k oracle.config;
	config text;
	zone text := current_setting('timezone');
BEGIN
	questions := 0;
	slots := 0;
	BEGIN
		k := oracle.make_config(seed, round);
		features := ARRAY(SELECT f FROM oracle.features(k) f);
		IF describe THEN
			SELECT string_agg(d, E'\n') INTO config FROM oracle.dump() d;
			difference := concat_ws(E'\n', config, format('SET quickbook.now = %L;', k.now));
		ELSE
			SELECT * INTO questions, slots, difference FROM oracle.ask(k, questions, slots);
		END IF;
		RAISE EXCEPTION 'undo' USING ERRCODE = 'QB000';
	EXCEPTION
		WHEN SQLSTATE 'QB000' THEN
			NULL;
		WHEN OTHERS THEN
			difference := format('error %s: %s', SQLSTATE, SQLERRM);
	END;
	PERFORM set_config('timezone', zone, true);
END
$$;

CREATE TABLE oracle.result (rounds integer, questions bigint, slots bigint, rounds_with_slots integer, seconds numeric, failure text);

CREATE PROCEDURE oracle.run(seed bigint, first_round integer, last_round integer)
	LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	begun timestamptz := clock_timestamp();
	done integer := 0;
	questions bigint := 0;
	slots bigint := 0;
	with_slots integer := 0;
	found_features jsonb := '{}';
	failure text;
BEGIN
	FOR n IN first_round..last_round LOOP
		SELECT * INTO r FROM oracle.round(seed, n);
		done := done + 1;
		questions := questions + coalesce(r.questions, 0);
		slots := slots + coalesce(r.slots, 0);
		with_slots := with_slots + (r.slots > 0)::integer;
		SELECT found_features || coalesce(jsonb_object_agg(f, coalesce((found_features ->> f)::integer, 0) + 1), '{}') INTO found_features
		FROM unnest(r.features) f;
		IF r.difference IS NOT NULL THEN
			failure := format(E'seed %s, round %s\n%s\n%s', seed, n,
				coalesce((oracle.round(seed, n, true)).difference, 'no configuration'), r.difference);
			EXIT;
		END IF;
		-- What was taken back still lies in the tables.
		IF n % 100 = 0 THEN
			COMMIT;
			TRUNCATE quickbook.clinic CASCADE;
		END IF;
		COMMIT;
	END LOOP;
	DELETE FROM oracle.result;
	INSERT INTO oracle.result VALUES (done, questions, slots, with_slots, extract(epoch FROM clock_timestamp() - begun), failure);
	DELETE FROM oracle.seen;
	INSERT INTO oracle.seen SELECT key, value::bigint FROM jsonb_each_text(found_features);
END
$$;
