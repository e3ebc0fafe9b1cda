-- Rule 1 of section 1: searching, booking and rescheduling ask the same question.
-- At every five minutes of a day: what is offered can be booked and moved to, and
-- what is not offered is refused, for a reason.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(32);

CREATE TABLE t.offered (starts_at timestamptz);

CREATE FUNCTION t.steps(from_time timestamptz, to_time timestamptz) RETURNS SETOF timestamptz
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT generate_series(from_time, to_time - interval '1 minute', interval '5 minutes') $$;

CREATE FUNCTION t.is_offered(start timestamptz) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT EXISTS (SELECT FROM t.offered o WHERE o.starts_at = start) $$;

CREATE FUNCTION t.agrees(offered boolean, outcome text) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT CASE WHEN offered THEN outcome = 'ok' ELSE outcome = ANY ('{23P01 slot_taken,23P01 patient_busy,23QB1 outside_hours,'
		'23QB2 off_grid,23QB3 too_soon,23QB4 beyond_horizon}') END
$$;

CREATE FUNCTION t.try_sql(template text, starts_at timestamptz) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format(template, starts_at) $$;

-- The outcome, and all is as before.
CREATE FUNCTION t.undone(sql text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	result text;
BEGIN
	result := t.outcome(sql);
	RAISE EXCEPTION USING ERRCODE = 'T0000';
EXCEPTION WHEN SQLSTATE 'T0000' THEN
	RETURN result;
END
$$;

-- Where search and writer disagree; template is the writer's SQL with %L for the start.
CREATE FUNCTION t.disagree(service uuid, provider uuid, patient uuid, from_time timestamptz, to_time timestamptz, template text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	start timestamptz;
	outcome text;
	list text := '';
BEGIN
	DELETE FROM t.offered;
	INSERT INTO t.offered SELECT a.starts_at FROM quickbook.available_slots(service, from_time, to_time, provider, patient) AS a;
	FOR start IN SELECT * FROM t.steps(from_time, to_time) LOOP
		outcome := t.undone(t.try_sql(template, start));
		IF NOT t.agrees(t.is_offered(start), outcome) THEN
			list := t.join(list, t.disagreement(start, outcome));
		END IF;
	END LOOP;
	RETURN list;
END
$$;
CREATE FUNCTION t.disagreement(start timestamptz, outcome text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('[%s: %s, %s]', start, CASE WHEN t.is_offered(start) THEN 'offered' ELSE 'not offered' END, outcome) $$;

-- Booking with and without a provider, and that there was something to compare.
CREATE FUNCTION t.one_path(service uuid, provider uuid, patient uuid, from_time timestamptz, to_time timestamptz, descr text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN NEXT t.is(t.disagree(service, provider, patient, from_time, to_time,
		t.sql('SELECT quickbook.create_appointment(%L, %L, %L, %%L)', patient::text, provider::text, service::text)), '', t.sql('%s: booking', descr));
	RETURN NEXT t.ok(t.some_of_both(from_time, to_time), t.sql('%s: some is offered, and some is not', descr));
	RETURN NEXT t.is(t.disagree(service, NULL, patient, from_time, to_time,
		t.sql('SELECT quickbook.create_appointment(%L, NULL, %L, %%L)', patient::text, service::text)), '', t.sql('%s: booking any provider', descr));
END
$$;
CREATE FUNCTION t.some_of_both(from_time timestamptz, to_time timestamptz) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT count(*) BETWEEN 1 AND (SELECT count(*) - 1 FROM t.steps(from_time, to_time)) FROM t.offered
$$;

SELECT t.clinic('Europe/Berlin') AS c \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset

-- Two practitioners, with a break, a booking, an absence and a busy time each.
SELECT t.provider(:'c') AS p \gset
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.provider(:'c', 'Trio', capacity => 3) AS trio \gset
SELECT t.provider(:'c', 'Room 1', kind => 'room', open_always => true) AS room_1 \gset
SELECT t.provider(:'c', 'Room 2', kind => 'room', open_always => true) AS room_2 \gset
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
SELECT provider, weekday, start_time, end_time FROM pg_catalog.generate_series(1, 7) AS weekday,
	(VALUES (:'p'::uuid, '09:00'::time, '12:00'::time), (:'p', '12:50', '17:00'), (:'p', '22:00', '04:00'),
		(:'bob', '10:20', '15:00'), (:'trio', '08:00', '18:00')) AS v (provider, start_time, end_time);
SELECT t.service(:'c', '20 minutes', name => 'Filler') AS filler \gset
SELECT t.offer(:'filler', provider) FROM (VALUES (:'p'::uuid), (:'bob'), (:'trio'), (:'room_1'), (:'room_2')) AS v (provider) \g /dev/null
SELECT t.book(t.patient(:'c'), provider, :'filler', starts_at, '{grid,hours,notice}')
FROM (VALUES (:'p'::uuid, '2026-03-03 10:05+01'::timestamptz), (:'p', '2026-03-03 14:30+01'), (:'bob', '2026-03-03 11:00+01'),
	(:'trio', '2026-03-03 09:00+01'), (:'trio', '2026-03-03 09:10+01'), (:'trio', '2026-03-03 09:15+01'), (:'trio', '2026-03-03 12:00+01'),
	(:'trio', '2026-03-03 12:20+01'), (:'trio', '2026-03-03 12:10+01'), (:'trio', '2026-03-03 12:40+01'),
	(:'room_1', '2026-03-03 13:00+01'), (:'room_2', '2026-03-03 13:10+01'), (:'room_1', '2026-03-03 15:00+01'),
	(:'p', '2026-03-29 00:30+01'), (:'p', '2026-10-25 02:30+01')) AS v (provider, starts_at) \g /dev/null
SELECT t.off(:'c', :'p', '2026-03-03 15:40+01', '2026-03-03 16:10+01') \gset
SELECT t.busy(:'p', '2026-03-03 11:10+01', '2026-03-03 11:15+01') \gset
SELECT t.busy(:'bob', '2026-03-03 13:00+01', '2026-03-03 13:30+01') \gset
SELECT t.busy(:'trio', '2026-03-03 16:00+01', '2026-03-03 16:05+01') \gset
-- The patient is with somebody from 9:40 to 10.
SELECT t.book(:'pat', :'trio', :'filler', '2026-03-03 09:40+01', '{grid,hours,notice}') \gset

SELECT t.service(:'c', '30 minutes', :'p', '15 minutes', 'window', '5 minutes', '10 minutes', 'Window') AS s_window \gset
SELECT t.service(:'c', '30 minutes', :'p', '25 minutes', 'gap', '5 minutes', '0', 'Gap') AS s_gap \gset
SELECT t.service(:'c', '35 minutes', :'p', '30 minutes', 'clock', '0', '10 minutes', 'Clock') AS s_clock \gset
SELECT t.service(:'c', '45 minutes', :'trio', '5 minutes', 'window', '5 minutes', '5 minutes', 'Crowd') AS s_crowd \gset
SELECT t.service(:'c', '40 minutes', :'p', '20 minutes', 'gap', '0', '5 minutes', 'Team') AS s_team \gset
SELECT t.offer(:'s_window', :'bob', duration => '20 minutes'), t.offer(:'s_gap', :'bob'), t.offer(:'s_clock', :'bob') \g /dev/null
SELECT t.offer(:'s_team', :'bob'), t.offer(:'s_team', :'room_1', 'room'), t.offer(:'s_team', :'room_2', 'room') \g /dev/null
UPDATE quickbook.service SET min_notice = '26 hours' WHERE id = :'s_clock';

SELECT t.one_path(:'s_window', :'p', :'pat', '2026-03-03 07:30+00', '2026-03-03 17:00+00', 'window');
SELECT t.one_path(:'s_gap', :'p', :'pat', '2026-03-03 07:30+00', '2026-03-04 03:30+00', 'gap');
SELECT t.one_path(:'s_clock', :'p', :'pat', '2026-03-03 07:30+00', '2026-03-03 17:00+00', 'clock, with notice');
SELECT t.one_path(:'s_crowd', :'trio', :'pat', '2026-03-03 06:30+00', '2026-03-03 17:30+00', 'capacity');
SELECT t.one_path(:'s_team', :'p', :'ben', '2026-03-03 07:30+00', '2026-03-03 17:00+00', 'team');
-- The nights on which the clocks change.
SELECT t.one_path(:'s_gap', :'p', :'ben', '2026-03-28 20:00+00', '2026-03-29 03:00+00', 'gap, spring');
SELECT t.one_path(:'s_clock', :'p', :'ben', '2026-10-24 19:00+00', '2026-10-25 04:00+00', 'clock, autumn');
UPDATE quickbook.service SET horizon_days = 1, bookable_during = '[2026-03-01,2026-03-04)' WHERE id = :'s_window';
SELECT t.one_path(:'s_window', :'p', :'ben', '2026-03-03 20:00+00', '2026-03-04 01:00+00', 'horizon');
UPDATE quickbook.service SET horizon_days = NULL, bookable_during = NULL WHERE id = :'s_window';

-- Moving: its own time is free to it, so it is compared with a search after
-- cancelling it, which is then taken back.
CREATE FUNCTION t.moves(appointment uuid, service uuid, provider uuid, patient uuid, from_time timestamptz, to_time timestamptz) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	start timestamptz;
	outcome text;
	list text := '';
	kept timestamptz[];
BEGIN
	DELETE FROM t.offered;
	BEGIN
		PERFORM quickbook.cancel_appointment(appointment);
		SELECT pg_catalog.array_agg(a.starts_at) INTO kept
			FROM quickbook.available_slots(service, from_time, to_time, provider, patient) AS a;
		RAISE EXCEPTION USING ERRCODE = 'T0000';
	EXCEPTION WHEN SQLSTATE 'T0000' THEN
		INSERT INTO t.offered SELECT pg_catalog.unnest(kept);
	END;
	FOR start IN SELECT * FROM t.steps(from_time, to_time) LOOP
		outcome := t.undone(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', appointment::text, start::text));
		-- where it is already it may stay
		IF NOT t.agrees(t.is_offered(start) OR t.is_at(appointment, start), outcome) THEN
			list := t.join(list, t.disagreement(start, outcome));
		END IF;
	END LOOP;
	RETURN list;
END
$$;
CREATE FUNCTION t.is_at(appointment uuid, start timestamptz) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT EXISTS (SELECT FROM quickbook.appointment a WHERE a.id = appointment AND a.starts_at = start) $$;

-- A booking in a fragmented day, with buffers, as a team; two of them in a crowd.
SELECT t.book(:'ben', :'p', :'s_window', '2026-03-03 14:00+00', '{grid,hours,notice}') AS moved_1 \gset
SELECT t.is(t.moves(:'moved_1', :'s_window', :'p', :'ben', '2026-03-03 07:30+00', '2026-03-03 18:30+00'), '', 'window: moving');
SELECT t.book(:'ben', :'p', :'s_gap', '2026-03-03 18:00+00', '{grid,hours,notice}') AS moved_2 \gset
SELECT t.is(t.moves(:'moved_2', :'s_gap', :'p', :'ben', '2026-03-03 07:30+00', '2026-03-03 18:30+00'), '', 'gap: moving');
SELECT t.book(:'ben', :'p', :'s_team', '2026-03-03 12:30+00', '{grid,hours,notice}') AS moved_3 \gset
SELECT t.is(t.moves(:'moved_3', :'s_team', :'p', :'ben', '2026-03-03 07:30+00', '2026-03-03 18:30+00'), '', 'team: moving');
SELECT t.book(:'ben', :'trio', :'s_crowd', '2026-03-03 08:30+00', '{grid,hours,notice}') AS moved_4 \gset
SELECT t.is(t.moves(:'moved_4', :'s_crowd', :'trio', :'ben', '2026-03-03 06:30+00', '2026-03-03 17:30+00'), '', 'capacity: moving');

-- What is nearest to a refused time is offered.
SELECT t.is(t.query(t.sql('SELECT count(*) FROM jsonb_array_elements_text(%L::jsonb->''nearest'') AS n WHERE n::timestamptz NOT IN'
	' (SELECT a.starts_at FROM quickbook.available_slots(%L, ''2026-03-01 00:00+00'', ''2026-03-20 00:00+00'', %L, %L) AS a)',
	t.detail(t.create_sql(:'pat', :'p', service, '2026-03-03 09:05+00')), service, :'p', :'pat')), '0', t.sql('%s: what is nearest is offered', name))
FROM (VALUES (:'s_window', 'window'), (:'s_gap', 'gap'), (:'s_clock', 'clock'), (:'s_team', 'team')) AS v (service, name);

SELECT * FROM t.finish();
ROLLBACK;
