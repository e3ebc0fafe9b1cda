-- Random clinics, near the days on which clocks change. All times are multiples
-- of 5 minutes, as the oracle's raster asks.

CREATE TABLE oracle.place (zone text, day date);
INSERT INTO oracle.place VALUES
	('Europe/Berlin', '2026-03-29'), ('Europe/Berlin', '2026-10-25'),
	('America/New_York', '2026-03-08'), ('America/New_York', '2026-11-01'),
	('Australia/Lord_Howe', '2026-04-05'), ('Australia/Lord_Howe', '2026-10-04'),
	('Africa/Casablanca', '2026-02-15'), ('Africa/Casablanca', '2026-03-22'),
	('America/Sao_Paulo', '2018-11-04'), ('America/Sao_Paulo', '2019-02-17'),
	('Pacific/Apia', '2011-12-30'), ('Pacific/Apia', '2011-12-31'), ('Pacific/Apia', '2012-04-01'),
	('America/Havana', '2026-03-08'), ('America/Havana', '2026-11-01'),
	('Asia/Kathmandu', '2026-05-12'), ('UTC', '2026-06-30'),
	('Europe/London', '2026-10-25'), ('America/St_Johns', '2026-03-08');

CREATE TYPE oracle.config AS (
	service_id uuid, from_time timestamptz, to_time timestamptz, now timestamptz,
	leads uuid[], patients uuid[]);

CREATE TYPE oracle.slot AS (provider_id uuid, starts_at timestamptz, ends_at timestamptz);

-- How many rounds had a feature: what a run has covered.
CREATE TABLE oracle.seen (what text, n bigint);

-- 0 .. n - 1
CREATE FUNCTION oracle.rnd(n integer) RETURNS integer
	LANGUAGE sql VOLATILE RETURN floor(random() * n)::integer;

CREATE FUNCTION oracle.chance(percent integer) RETURNS boolean
	LANGUAGE sql VOLATILE RETURN random() * 100 < percent;

CREATE FUNCTION oracle.one_of(VARIADIC a text[]) RETURNS text
	LANGUAGE sql VOLATILE RETURN a[1 + floor(random() * cardinality(a))::integer];

-- n * 5 minutes
CREATE FUNCTION oracle.fives(n integer) RETURNS interval
	LANGUAGE sql IMMUTABLE RETURN make_interval(mins => n * 5);

-- The ids of a clinic end alike.
CREATE FUNCTION oracle.id(kind integer, n integer) RETURNS uuid
	LANGUAGE sql IMMUTABLE
	RETURN ('00000000-0000-7000-8000-' || lpad(to_hex(kind), 4, '0') || lpad(to_hex(n), 4, '0') || '0001')::uuid;

-- A time of day, often one at which clocks change.
CREATE FUNCTION oracle.time_of_day() RETURNS time
	LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	IF oracle.chance(35) THEN
		RETURN oracle.one_of('00:00', '00:30', '01:00', '01:30', '01:45', '02:00', '02:15', '02:30', '02:55', '03:00', '03:30',
			'22:30', '23:00', '23:30', '23:55');
	END IF;
	RETURN time '00:00' + oracle.fives(CASE WHEN oracle.chance(70) THEN 72 + oracle.rnd(144) ELSE oracle.rnd(288) END);
END
$$;

CREATE FUNCTION oracle.hours(provider uuid, service uuid, weekday integer, opens time, closes time, near date) RETURNS void
	LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	weeks integer := CASE WHEN oracle.chance(10) THEN 2 + oracle.rnd(2) ELSE 1 END;
	lo date := CASE WHEN oracle.chance(70) THEN near - 4 + oracle.rnd(5) END;
	hi date := CASE WHEN oracle.chance(70) OR lo IS NULL THEN near + 2 + oracle.rnd(5) END;
BEGIN
	IF opens <> closes AND opens < '24:00' THEN
		INSERT INTO quickbook.working_hours (provider_id, service_id, weekday, start_time, end_time, valid, every_weeks, anchored_on)
		VALUES (provider, service, weekday, opens, closes,
			CASE WHEN oracle.chance(15) THEN daterange(lo, hi) END,
			weeks, CASE WHEN weeks > 1 OR oracle.chance(5) THEN near - 10 + oracle.rnd(20) END);
	END IF;
END
$$;

-- Makes the time of an appointment on a calendar in the first lane that has room.
CREATE FUNCTION oracle.allocate(appointment uuid, session uuid, provider uuid, patient uuid, lanes integer,
	lo timestamptz, hi timestamptz, expires timestamptz) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	the_lane integer;
BEGIN
	SELECT l INTO the_lane FROM generate_series(0, lanes - 1) l
	WHERE NOT EXISTS (SELECT FROM quickbook.allocation a
		WHERE a.calendar_id = coalesce(provider, patient) AND a.lane = l AND tstzrange(a.starts_at, a.ends_at) && tstzrange(lo, hi))
	ORDER BY l LIMIT 1;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	INSERT INTO quickbook.allocation (appointment_id, session_id, provider_id, patient_id, lane, starts_at, ends_at, expires_at)
	VALUES (appointment, session, provider, patient, the_lane, lo, hi, expires);
	RETURN true;
END
$$;

CREATE FUNCTION oracle.make_config(seed bigint, round integer) RETURNS oracle.config
	LANGUAGE plpgsql VOLATILE
	SET timezone = 'UTC'
AS $make$
DECLARE
	k oracle.config;
	place oracle.place;
	zone text;
	era date[];
	day date;
	providers uuid[] := '{}';
	capacities integer[] := '{}';
	always boolean[] := '{}';
	service uuid := oracle.id(2, 1);
	other uuid := oracle.id(2, 2);
	roles text[];
	anchor text;
	p uuid;
	i integer;
	n integer;
	opens time;
	closes time;
	spent integer;
	lo timestamptz;
	hi timestamptz;
	ap uuid;
	patient uuid;
	status text;
	expires timestamptz;
	bb interval;
	ba interval;
	members uuid[];
BEGIN
	PERFORM setseed(((seed * 1000003 + round::bigint * 7919) % 2000003) / 2000003.0);
	-- the first numbers after setseed are much alike for seeds that are
	PERFORM random() FROM generate_series(1, 8);

	SELECT * INTO place FROM oracle.place OFFSET oracle.rnd((SELECT count(*)::integer FROM oracle.place)) LIMIT 1;
	day := place.day - 2 + oracle.rnd(3);
	k.from_time := oracle.instant(day + CASE WHEN oracle.chance(50) THEN time '00:00' ELSE oracle.time_of_day() END, place.zone);
	k.to_time := k.from_time + oracle.fives(288 * (1 + oracle.rnd(4)) - CASE WHEN oracle.chance(50) THEN 0 ELSE oracle.rnd(200) END);
	-- the clock need not be on the raster
	k.now := k.from_time - CASE
		WHEN oracle.chance(50) THEN interval '1 hour' * oracle.rnd(100)
		WHEN oracle.chance(60) THEN oracle.fives(oracle.rnd(400) - 150)
		ELSE interval '1 second' * (oracle.rnd(300000) - 100000) END;
	PERFORM set_config('quickbook.now', k.now::text, true);

	INSERT INTO quickbook.clinic (id, name, time_zone, week_start)
	VALUES (oracle.id(0, 1), 'c', CASE WHEN oracle.chance(80) THEN place.zone ELSE 'UTC' END, 1 + oracle.rnd(7));

	-- Providers.
	n := 1 + oracle.rnd(4);
	FOR i IN 1..n LOOP
		p := oracle.id(1, CASE WHEN i = 1 THEN 9 ELSE i END);
		providers := providers || p;
		capacities := capacities || CASE WHEN oracle.chance(65) THEN 1 ELSE 1 + oracle.rnd(3) END;
		always := always || oracle.chance(CASE i WHEN 1 THEN 8 ELSE 30 END);
		SELECT z.zone INTO zone FROM oracle.place z OFFSET oracle.rnd((SELECT count(*)::integer FROM oracle.place)) LIMIT 1;
		INSERT INTO quickbook.provider (id, clinic_id, name, kind, time_zone, capacity, open_always, active)
		VALUES (p, oracle.id(0, 1), 'p' || i, oracle.one_of('practitioner', 'room', 'device'),
			CASE WHEN oracle.chance(60) THEN NULL WHEN oracle.chance(50) THEN place.zone ELSE zone END,
			capacities[i], always[i], NOT oracle.chance(5));
		IF oracle.chance(20) THEN
			SELECT z.zone INTO zone FROM oracle.place z OFFSET oracle.rnd((SELECT count(*)::integer FROM oracle.place)) LIMIT 1;
			INSERT INTO quickbook.travel (id, provider_id, dates, time_zone)
			VALUES (oracle.id(6, i), p, daterange(CASE WHEN oracle.chance(75) THEN day - 1 + oracle.rnd(3) END, CASE WHEN oracle.chance(85) THEN day + 2 + oracle.rnd(3) END),
				CASE WHEN oracle.chance(40) THEN place.zone ELSE zone END);
			-- from one place to the next, by way of home or not
			INSERT INTO quickbook.travel (id, provider_id, dates, time_zone)
			SELECT oracle.id(6, 16 + i), p, daterange(NULL, lower(v.dates) - oracle.rnd(2)), oracle.one_of('Asia/Kathmandu', 'America/Havana')
			FROM quickbook.travel v WHERE v.id = oracle.id(6, i) AND NOT lower_inf(v.dates) AND oracle.chance(30);
		END IF;
	END LOOP;

	-- Services: the one that is asked for, and another that takes time.
	anchor := oracle.one_of('window', 'window', 'gap', 'clock');
	INSERT INTO quickbook.service (id, clinic_id, name, duration, slot_interval, slot_anchor, buffer_before, buffer_after,
		min_notice, horizon_days, bookable_during, patient_may_overlap)
	VALUES (service, oracle.id(0, 1), 's',
		oracle.fives(CASE WHEN oracle.chance(4) THEN 120 + oracle.rnd(100) WHEN oracle.chance(70)
			THEN oracle.one_of('3', '4', '6', '9', '12', '18')::integer ELSE 1 + oracle.rnd(20) END),
		CASE WHEN oracle.chance(70) THEN oracle.one_of('5 min', '10 min', '15 min', '20 min', '25 min', '30 min', '40 min',
			'45 min', '60 min', '90 min')::interval END,
		anchor,
		oracle.fives(CASE WHEN oracle.chance(60) THEN 0 ELSE oracle.rnd(5) END),
		oracle.fives(CASE WHEN oracle.chance(60) THEN 0 ELSE oracle.rnd(5) END),
		CASE WHEN oracle.chance(65) THEN '0' ELSE oracle.fives(oracle.rnd(CASE WHEN oracle.chance(50) THEN 200 ELSE 600 END)) END,
		CASE WHEN oracle.chance(20) THEN oracle.rnd(4) + (extract(epoch FROM k.from_time - k.now) / 86400)::integer END,
		CASE WHEN oracle.chance(15) THEN daterange(
			CASE WHEN oracle.chance(70) THEN day - 1 + oracle.rnd(3) END, CASE WHEN oracle.chance(70) THEN day + 2 + oracle.rnd(2) END) END,
		oracle.chance(20));
	INSERT INTO quickbook.service (id, clinic_id, name, duration, seats)
	VALUES (other, oracle.id(0, 1), 'o', '30 min', 1 + oracle.rnd(3));

	-- Roles: each has one of the providers at least, some providers have two.
	roles := CASE
		WHEN oracle.chance(55) OR n = 1 THEN ARRAY[oracle.one_of('practitioner', 'room')]
		WHEN oracle.chance(70) OR n = 2 THEN ARRAY[oracle.one_of('practitioner', 'assistant', 'zeta'), 'room']
		ELSE ARRAY['practitioner', oracle.one_of('assistant', 'Zeta'), 'room'] END;
	FOR i IN 1..cardinality(roles) LOOP
		FOR j IN 1..n LOOP
			IF j = i OR oracle.chance(CASE WHEN cardinality(roles) = 1 THEN 50 ELSE 40 END) THEN
				INSERT INTO quickbook.service_provider (service_id, provider_id, role, duration, priority)
				VALUES (service, providers[j], roles[i],
					CASE WHEN oracle.chance(15) THEN oracle.fives(1 + oracle.rnd(16)) END, oracle.rnd(3));
			END IF;
		END LOOP;
	END LOOP;
	SELECT array_agg(sp.provider_id ORDER BY sp.provider_id) INTO k.leads
	FROM quickbook.service_provider sp JOIN quickbook.provider q ON q.id = sp.provider_id AND q.active
	WHERE sp.service_id = service AND sp.role = CASE WHEN 'practitioner' = ANY (roles) THEN 'practitioner'
		ELSE (SELECT min(r COLLATE "C") FROM unnest(roles) r) END;

	-- Weeks.
	FOR i IN 1..n LOOP
		p := providers[i];
		IF always[i] AND oracle.chance(80) THEN
			CONTINUE;
		END IF;
		CASE oracle.rnd(15)
		WHEN 0 THEN
			FOR w IN 1..7 LOOP
				PERFORM oracle.hours(p, NULL, w, '00:00', '24:00', day);
			END LOOP;
		WHEN 1, 2 THEN
			opens := time '18:00' + oracle.fives(oracle.rnd(72));
			closes := time '00:00' + oracle.fives(oracle.rnd(150));
			FOR w IN 1..7 LOOP
				PERFORM oracle.hours(p, NULL, w, opens, closes, day);
			END LOOP;
		WHEN 3 THEN
			NULL;
		ELSE
			opens := CASE WHEN oracle.chance(25) THEN oracle.time_of_day() ELSE time '00:00' + oracle.fives(6 + oracle.rnd(130)) END;
			closes := CASE WHEN oracle.chance(10) THEN '24:00' ELSE opens + oracle.fives(24 + oracle.rnd(120)) END;
			FOR w IN 1..7 LOOP
				IF oracle.chance(85) THEN
					PERFORM oracle.hours(p, NULL, w, opens, closes, day);
				END IF;
			END LOOP;
		END CASE;
		-- More of them, apart from, over or touching the last.
		FOR x IN 1..oracle.rnd(4) LOOP
			IF opens IS NULL OR closes IS NULL OR oracle.chance(60) THEN
				opens := oracle.time_of_day();
			ELSE
				opens := CASE WHEN closes = '24:00' THEN '00:00' ELSE closes END;
			END IF;
			closes := CASE WHEN oracle.chance(8) THEN '24:00' WHEN oracle.chance(50) THEN oracle.time_of_day()
				ELSE opens + oracle.fives(1 + oracle.rnd(60)) END;
			PERFORM oracle.hours(p, CASE WHEN oracle.chance(12) THEN service WHEN oracle.chance(12) THEN other END,
				1 + oracle.rnd(7), opens, closes, day);
		END LOOP;
		IF oracle.chance(10) THEN
			opens := oracle.time_of_day();
			FOR w IN 1..7 LOOP
				IF oracle.chance(60) THEN
					PERFORM oracle.hours(p, service, w, opens, oracle.time_of_day(), day);
				END IF;
			END LOOP;
		END IF;
	END LOOP;

	-- Dates with hours of their own. The constraint on them is kept by asking first.
	spent := 0;
	FOR i IN 1..n LOOP
		FOR x IN 1..CASE WHEN oracle.chance(40) THEN 1 + oracle.rnd(4) ELSE 0 END LOOP
			opens := CASE WHEN oracle.chance(75) THEN oracle.time_of_day() END;
			closes := CASE WHEN opens IS NULL THEN NULL WHEN oracle.chance(10) THEN '24:00' ELSE oracle.time_of_day() END;
			CONTINUE WHEN opens = closes;
			BEGIN
				INSERT INTO quickbook.date_override (id, provider_id, service_id, on_date, start_time, end_time)
				VALUES (oracle.id(7, spent), providers[i], CASE oracle.rnd(5) WHEN 0 THEN service WHEN 1 THEN other END,
					place.day - 2 + oracle.rnd(5), opens, closes);
			EXCEPTION WHEN exclusion_violation THEN
				NULL;
			END;
			spent := spent + 1;
		END LOOP;
	END LOOP;

	-- Time off and busy time.
	FOR x IN 1..CASE WHEN oracle.chance(50) THEN oracle.rnd(4) ELSE 0 END LOOP
		lo := k.from_time + oracle.fives(oracle.rnd(1000) - 100);
		INSERT INTO quickbook.time_off (id, clinic_id, provider_id, during)
		VALUES (oracle.id(8, x), oracle.id(0, 1), CASE WHEN oracle.chance(75) THEN providers[1 + oracle.rnd(n)] END,
			tstzrange(lo, lo + oracle.fives(1 + oracle.rnd(CASE WHEN oracle.chance(50) THEN 20 ELSE 200 END))));
	END LOOP;
	FOR x IN 1..oracle.rnd(6) LOOP
		lo := k.from_time + oracle.fives(oracle.rnd(1000) - 100);
		INSERT INTO quickbook.busy_time (id, provider_id, during)
		VALUES (oracle.id(9, x), providers[1 + oracle.rnd(n)], tstzrange(lo, lo + oracle.fives(1 + oracle.rnd(30))));
	END LOOP;
	-- A run of starts that began ages ago is counted from another point: end it.
	IF anchor <> 'window' THEN
		FOR i IN 1..n LOOP
			lo := k.from_time - oracle.fives(oracle.rnd(300));
			INSERT INTO quickbook.busy_time (id, provider_id, during)
			VALUES (oracle.id(9, 16 + i), providers[i], tstzrange(lo, lo + oracle.fives(1 + oracle.rnd(12))));
		END LOOP;
	END IF;

	-- Patients and what they and the providers have on.
	k.patients := ARRAY[oracle.id(3, 1), oracle.id(3, 2)];
	FOR i IN 1..2 LOOP
		INSERT INTO quickbook.patient (id, clinic_id, name) VALUES (k.patients[i], oracle.id(0, 1), 'q' || i);
	END LOOP;
	FOR x IN 1..CASE WHEN oracle.chance(15) THEN 0 ELSE oracle.rnd(14) END LOOP
		lo := k.from_time + oracle.fives(oracle.rnd(CASE WHEN oracle.chance(60) THEN 288 ELSE 1000 END) - 30);
		hi := lo + oracle.fives(1 + oracle.rnd(CASE WHEN oracle.chance(90) THEN 18 ELSE 100 END));
		bb := oracle.fives(CASE WHEN oracle.chance(70) THEN 0 ELSE oracle.rnd(4) END);
		ba := oracle.fives(CASE WHEN oracle.chance(70) THEN 0 ELSE oracle.rnd(4) END);
		ap := oracle.id(4, x);
		patient := k.patients[1 + oracle.rnd(2)];
		IF oracle.chance(5) THEN
			-- a group has its time once, whoever is in it
			INSERT INTO quickbook.session (id, clinic_id, provider_id, service_id, starts_at, ends_at)
			VALUES (ap, oracle.id(0, 1), providers[1 + oracle.rnd(n)], other, lo, hi);
			PERFORM oracle.allocate(NULL, ap, s.provider_id, NULL, 3, lo - bb, hi + ba, NULL)
			FROM quickbook.session s WHERE s.id = ap;
			CONTINUE;
		END IF;
		status := oracle.one_of('booked', 'booked', 'booked', 'pending', 'arrived', 'held', 'held', 'held', 'cancelled');
		expires := NULL;
		IF status = 'held' THEN
			expires := k.now + CASE oracle.rnd(5) WHEN 0 THEN '-1 day' WHEN 1 THEN '-1 second' WHEN 2 THEN '1 second' WHEN 3 THEN '10 min'
				ELSE '0' END::interval;
			IF oracle.chance(25) THEN
				patient := NULL;
			END IF;
		END IF;
		members := ARRAY[providers[1 + oracle.rnd(n)]];
		p := providers[1 + oracle.rnd(n)];
		IF p <> members[1] AND oracle.chance(40) THEN
			members := members || p;
		END IF;
		INSERT INTO quickbook.appointment (id, clinic_id, patient_id, service_id, provider_id, status, starts_at, ends_at,
			expires_at, cancelled_by)
		VALUES (ap, oracle.id(0, 1), patient, CASE WHEN oracle.chance(60) THEN service ELSE other END, members[1], status, lo, hi,
			expires, CASE WHEN status = 'cancelled' THEN 'staff' END);
		IF status <> 'cancelled' THEN
			FOR i IN 1..cardinality(members) LOOP
				-- sometimes one lane more, as when the capacity was lowered since
				PERFORM oracle.allocate(ap, NULL, members[i], NULL,
					capacities[array_position(providers, members[i])] + oracle.chance(15)::integer, lo - bb, hi + ba, expires);
			END LOOP;
			IF patient IS NOT NULL THEN
				PERFORM oracle.allocate(ap, NULL, NULL, patient, 2, lo, hi, expires);
			END IF;
		END IF;
	END LOOP;

	k.service_id := service;
	RETURN k;
END
$make$;

-- The configuration as it stands, as statements.
CREATE FUNCTION oracle.dump() RETURNS SETOF text
	LANGUAGE plpgsql
	SET timezone = 'UTC'
AS $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['clinic', 'provider', 'travel', 'service', 'service_provider', 'working_hours', 'date_override',
		'time_off', 'busy_time', 'patient', 'session', 'appointment', 'allocation']
	LOOP
		RETURN QUERY EXECUTE format($f$
			SELECT format('INSERT INTO quickbook.%1$s (%%s) VALUES (%%s);',
				string_agg(quote_ident(j.key), ', ' ORDER BY a.attnum), string_agg(quote_literal(j.value), ', ' ORDER BY a.attnum))
			FROM quickbook.%1$I r, jsonb_each_text(to_jsonb(r)) j, pg_attribute a
			LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
			WHERE a.attrelid = 'quickbook.%1$I'::regclass AND a.attname = j.key AND a.attgenerated = '' AND j.value IS NOT NULL
				AND j.key NOT IN ('created_at', 'updated_at')
				-- what the default would give is left out
				AND (d.adbin IS NULL OR pg_get_expr(d.adbin, d.adrelid) NOT IN
					(j.value, quote_literal(j.value), format('%%L::text', j.value), format('%%L::interval', j.value)))
			GROUP BY r.ctid ORDER BY r.ctid$f$, t);
	END LOOP;
END
$$;
