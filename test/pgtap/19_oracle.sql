-- DESIGN 4, rules 1 to 4: the searches agree with a plain reading of the rules.
--
-- Each case draws a provider, a service, hours, time off, busy time and
-- appointments on three dates, all in steps of five minutes. The oracle lays
-- out every five minutes of those dates and asks of each what the rules ask.
BEGIN;
\ir lib/t.inc
SELECT t.plan(6);

-- Minutes from 0 to at most top, in steps of five.
CREATE FUNCTION t.draw(top integer) RETURNS interval
LANGUAGE sql VOLATILE SET search_path = pg_catalog
AS $$ SELECT make_interval(mins => 5 * floor(random() * (top / 5 + 1))::integer) $$;

CREATE TABLE t.scene (n integer, service uuid, provider uuid, from_time timestamptz, to_time timestamptz, next_max integer);

CREATE FUNCTION t.scene(n integer, anchor text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $$
DECLARE
	epoch CONSTANT timestamptz := '2026-03-10 00:00+00';
	c uuid := t.clinic();
	p uuid;
	pat uuid := t.patient(c);
	s uuid;
	a uuid;
	d date;
	at timestamptz;
	till timestamptz;
	free_lane integer;
	w time;
BEGIN
	PERFORM setseed(n / 1000.0);
	p := t.provider(c, capacity => 1 + floor(random() * 3)::integer);
	s := t.service(c, '10 minutes'::interval + t.draw(80), p, '5 minutes'::interval + t.draw(70), anchor,
		CASE WHEN random() < 0.5 THEN '0' ELSE t.draw(40) END, CASE WHEN random() < 0.5 THEN '0' ELSE t.draw(40) END);
	FOR i IN 0..2 LOOP
		d := '2026-03-10'::date + i;
		FOR j IN 1..floor(random() * 4)::integer LOOP
			w := '00:00'::time + t.draw(1435);
			-- as often as not a row that touches midnight or the one before
			PERFORM t.hours(p, extract(isodow FROM d)::integer,
				CASE WHEN random() < 0.2 THEN '00:00' ELSE w END,
				CASE WHEN random() < 0.2 THEN '24:00' ELSE w + '5 minutes' + t.draw(600) END, valid => daterange(d, d + 1));
		END LOOP;
	END LOOP;
	FOR i IN 1..floor(random() * 3)::integer LOOP
		at := epoch + t.draw(4320);
		PERFORM t.off(c, CASE WHEN random() < 0.5 THEN p END, at, at + '5 minutes' + t.draw(240));
	END LOOP;
	FOR i IN 1..floor(random() * 3)::integer LOOP
		at := epoch + t.draw(4320);
		PERFORM t.busy(p, at, at + '5 minutes' + t.draw(120));
	END LOOP;
	FOR i IN 1..floor(random() * 40)::integer LOOP
		at := epoch + t.draw(4320);
		till := at + '5 minutes' + t.draw(150);
		a := quickbook.new_id(c);
		INSERT INTO quickbook.appointment (id, clinic_id, patient_id, provider_id, service_id, status, starts_at, ends_at)
		VALUES (a, c, pat, p, s, 'booked', at, till);
		SELECT min(l) INTO free_lane FROM generate_series(0, 50) l
		WHERE NOT EXISTS (SELECT FROM quickbook.allocation o
			WHERE o.provider_id = p AND o.lane = l AND o.starts_at < till AND o.ends_at > at);
		INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, lane, starts_at, ends_at)
		VALUES (c, a, p, free_lane, at, till);
	END LOOP;
	at := epoch + t.draw(1440) + '2 minutes';
	INSERT INTO t.scene VALUES (n, s, p, at, at + t.draw(2880), 1 + floor(random() * 8)::integer);
END
$$;

CREATE FUNCTION t.oracle(a_service uuid, a_provider uuid, from_time timestamptz, to_time timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
	s quickbook.service;
	p quickbook.provider;
	len integer;
	reach_before integer;
	reach_after integer;
	unit interval;
	list text := '';
	before timestamptz := from_time;
	r record;
BEGIN
	SELECT * INTO s FROM quickbook.service WHERE id = a_service;
	SELECT * INTO p FROM quickbook.provider WHERE id = a_provider;
	len := extract(epoch FROM s.duration) / 300;
	reach_before := extract(epoch FROM s.buffer_before) / 300;
	reach_after := extract(epoch FROM s.duration + s.buffer_after) / 300 - 1;
	SELECT make_interval(mins => max(u)) INTO unit
	FROM unnest(ARRAY[60, 30, 20, 15, 10, 5]) u WHERE extract(epoch FROM s.slot_interval) % (u * 60) = 0;
	FOR r IN
		WITH row_windows AS MATERIALIZED (
			-- the rows are valid on one date each
			SELECT lower(valid) AS d, (lower(valid) + start_time) AT TIME ZONE 'UTC' AS opens,
				(lower(valid) + end_time + CASE WHEN end_time < start_time THEN interval '1 day' ELSE '0' END) AT TIME ZONE 'UTC' AS closes
			FROM quickbook.working_hours WHERE provider_id = a_provider
		), window_starts AS MATERIALIZED (
			SELECT opens FROM row_windows w WHERE NOT EXISTS (
				SELECT FROM row_windows o WHERE o.d = w.d AND o.opens < w.opens AND o.closes >= w.opens)
		), off AS MATERIALIZED (
			SELECT during FROM quickbook.time_off
			WHERE clinic_id = p.clinic_id AND (provider_id = p.id OR provider_id IS NULL)
		), busy AS MATERIALIZED (
			SELECT during FROM quickbook.busy_time WHERE provider_id = p.id
		), booked AS MATERIALIZED (
			SELECT starts_at, ends_at FROM quickbook.allocation WHERE provider_id = p.id
		), ticks AS MATERIALIZED (
			SELECT at,
				EXISTS (SELECT FROM row_windows w WHERE w.opens <= at AND at < w.closes)
				AND NOT EXISTS (SELECT FROM off o WHERE o.during @> at) AS open,
				EXISTS (SELECT FROM busy b WHERE b.during @> at)
				OR (SELECT count(*) FROM booked l WHERE l.starts_at <= at AND at < l.ends_at) >= p.capacity AS taken
			FROM generate_series('2026-03-09 00:00+00'::timestamptz, '2026-03-15 00:00+00', '5 minutes') at
		), judged AS (
			SELECT at, bool_and(open) OVER (ORDER BY at ROWS BETWEEN CURRENT ROW AND len - 1 FOLLOWING)
				AND NOT bool_or(taken) OVER (ORDER BY at ROWS BETWEEN reach_before PRECEDING AND reach_after FOLLOWING) AS feasible
			FROM ticks
		), runs AS (
			SELECT at, min(at) OVER (PARTITION BY run) AS run_start
			FROM (SELECT at, feasible, count(*) FILTER (WHERE NOT feasible) OVER (ORDER BY at) AS run FROM judged) j
			WHERE feasible
		), counted AS (
			SELECT at, CASE s.slot_anchor
				WHEN 'window' THEN (SELECT max(opens) FROM window_starts WHERE opens <= at)
				WHEN 'gap' THEN run_start
				ELSE to_timestamp(ceil(extract(epoch FROM run_start) / extract(epoch FROM unit)) * extract(epoch FROM unit))
				END AS zero
			FROM runs
		)
		SELECT at FROM counted
		WHERE at >= zero AND extract(epoch FROM at - zero) % extract(epoch FROM s.slot_interval) = 0
			AND at >= from_time AND at < to_time
		ORDER BY at
	LOOP
		list := t.append(list, before, r.at, 'UTC');
		before := r.at;
	END LOOP;
	RETURN list;
END
$$;

-- Remembers what did not agree.
CREATE FUNCTION t.differ(bad text, n integer, have text, want text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT CASE WHEN have = want THEN bad ELSE concat(nullif(bad, ''), format(E'case %s:\n have %s\n want %s\n', n, have, want)) END
$$;
-- next_slots must give the beginning of the same list.
CREATE FUNCTION t.beginning(list text, next text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT left(list, length(next)) $$;

CREATE FUNCTION t.compare(first integer, last integer, anchor text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	scene record;
	bad text := '';
	have text;
	next text;
BEGIN
	FOR n IN first..last LOOP
		PERFORM t.scene(n, anchor);
	END LOOP;
	FOR scene IN SELECT * FROM t.scene LOOP
		have := t.slots(scene.service, scene.from_time, scene.to_time);
		bad := t.differ(bad, scene.n, have, t.oracle(scene.service, scene.provider, scene.from_time, scene.to_time));
		next := t.next(scene.service, scene.from_time, scene.next_max);
		bad := t.differ(bad, scene.n, next,
			t.beginning(t.oracle(scene.service, scene.provider, scene.from_time, '2026-03-14 12:00+00'), next));
	END LOOP;
	RETURN bad;
END
$$;
SELECT t.is(t.compare(1, 25, 'window'), '', 'window: twenty-five cases');
SELECT t.ok((SELECT pg_catalog.bool_or(t.slots(x.service, x.from_time, x.to_time) OPERATOR(pg_catalog.<>) '') FROM t.scene x), 'window: ... and not all empty');
DELETE FROM t.scene;
SELECT t.is(t.compare(101, 125, 'gap'), '', 'gap: twenty-five cases');
SELECT t.ok((SELECT pg_catalog.bool_or(t.slots(x.service, x.from_time, x.to_time) OPERATOR(pg_catalog.<>) '') FROM t.scene x), 'gap: ... and not all empty');
DELETE FROM t.scene;
SELECT t.is(t.compare(201, 225, 'clock'), '', 'clock: twenty-five cases');
SELECT t.ok((SELECT pg_catalog.bool_or(t.slots(x.service, x.from_time, x.to_time) OPERATOR(pg_catalog.<>) '') FROM t.scene x), 'clock: ... and not all empty');

SELECT * FROM t.finish();
ROLLBACK;
