-- The sequential fuzz, third part: random configurations and random calls. All of
-- it depends on setseed() alone, so a seed makes the same run again.
--
--	fuzz.configure(seed)  a clinic; the same seed, the same clinic and calls
--	fuzz.step()           lets the clock move on, makes a call, returns what is
--	                      wrong; nothing more is called after that

CREATE FUNCTION fuzz.r(n integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN floor(random() * n); END $$;
CREATE FUNCTION fuzz.chance(p float8) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN random() < p; END $$;
CREATE FUNCTION fuzz.one(VARIADIC choice text[]) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN RETURN choice[1 + floor(random() * cardinality(choice))]; END $$;
-- Ids that do not depend on the time: 'b' is a provider, 5 a service, d a patient.
CREATE FUNCTION fuzz.id(kind text, n integer) RETURNS text LANGUAGE sql IMMUTABLE
RETURN quote_literal(format('%s%s-0000-7000-8000-00000000c001', kind, lpad(n::text, 7, '0')));

-- What this clinic has.
CREATE TABLE fuzz.clinic (zone text, providers integer, services integer, patients integer);

CREATE FUNCTION fuzz.set_up(statement text, VARIADIC args text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	wrong text := (SELECT string_agg(p, E'\n') FROM fuzz.play('setup', '2026-03-27 07:30+00', format(statement, VARIADIC args)) p);
BEGIN
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION '%: %', format(statement, VARIADIC args), wrong;
	END IF;
END
$$;

CREATE FUNCTION fuzz.configure(seed integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c fuzz.clinic;
	seats text;
	role text;
BEGIN
	PERFORM setseed((seed::bigint * 7919 % 2000003) / 1000001.5 - 1);
	PERFORM fuzz.reset();
	c := (fuzz.one('UTC', 'Europe/Berlin', 'America/St_Johns'), 2 + fuzz.r(4), 2 + fuzz.r(3), 2 + fuzz.r(3));
	DELETE FROM fuzz.clinic;
	INSERT INTO fuzz.clinic VALUES (c.*);
	PERFORM fuzz.set_up('INSERT INTO quickbook.clinic (id, name, time_zone) VALUES (%s, ''clinic'', %L)', fuzz.id('c', 1), c.zone);
	FOR p IN 1 .. c.providers LOOP
		-- the last two of four may be rooms
		PERFORM fuzz.set_up('INSERT INTO quickbook.provider (id, clinic_id, name, kind, capacity, open_always) VALUES (%s, %s, %L, %L, %s, %s)',
			fuzz.id('b', p), fuzz.id('c', 1), 'p' || p, CASE WHEN p > 3 THEN 'room' ELSE 'practitioner' END,
			fuzz.one('1', '1', '1', '2', '3'), (p > 3)::text);
		IF p <= 3 THEN
			PERFORM fuzz.set_up('INSERT INTO quickbook.working_hours (id, provider_id, weekday, start_time, end_time)'
				' SELECT md5(''h%s'' || d)::uuid, %s, d, %L, %L FROM generate_series(1, 7) d', p::text, fuzz.id('b', p),
				fuzz.one('09:00', '09:00', '08:30'), fuzz.one('10:30', '11:00', '11:30'));
		END IF;
	END LOOP;
	FOR s IN 1 .. c.services LOOP
		seats := fuzz.one('1', '2', '3', '5');
		PERFORM fuzz.set_up('INSERT INTO quickbook.service (id, clinic_id, name, duration, slot_interval, slot_anchor, buffer_before, buffer_after,'
			' seats, requires_approval, pending_blocks, hold_for, patient_may_overlap, min_notice, cancel_notice)'
			' VALUES (%s, %s, %L, %L, %L, %L, %L, %L, %s, %s, %s, %L, %s, %L, %L)', fuzz.id('5', s), fuzz.id('c', 1), 's' || s,
			fuzz.one('30 min', '30 min', '1 hour', '20 min'), fuzz.one('30 min', '30 min', '15 min', NULL),
			fuzz.one('window', 'window', 'gap', 'clock'), fuzz.one('0', '0', '5 min', '15 min'), fuzz.one('0', '0', '10 min', '30 min'), seats,
			fuzz.one('false', 'false', 'true'), fuzz.one('true', 'false'), fuzz.one('5 min', '30 min', '3 hours'), fuzz.one('false', 'false', 'false', 'true'),
			fuzz.one('0', '0', '20 min'), fuzz.one('0', '1 hour'));
		PERFORM fuzz.set_up('INSERT INTO quickbook.service_provider (service_id, provider_id, duration, priority) VALUES (%s, %s, %L, %s)',
			fuzz.id('5', s), fuzz.id('b', p), CASE WHEN fuzz.chance(0.1) THEN fuzz.one('30 min', '1 hour') END, fuzz.r(2)::text)
			FROM (SELECT p FROM generate_series(1, least(c.providers, 3)) p WHERE p = 1 + s % least(c.providers, 3) OR fuzz.chance(0.6)) p;
		-- another role: a room, or somebody who also leads
		FOREACH role IN ARRAY '{assistant,room}'::text[] LOOP
			IF fuzz.chance(0.3) THEN
				PERFORM fuzz.set_up('INSERT INTO quickbook.service_provider (service_id, provider_id, role) VALUES (%s, %s, %L)',
					fuzz.id('5', s), fuzz.id('b', p), role)
					FROM generate_series(CASE role WHEN 'room' THEN least(4, c.providers) ELSE 1 END, c.providers) p
					WHERE p = c.providers OR fuzz.chance(0.6);
			END IF;
		END LOOP;
	END LOOP;
	FOR p IN 1 .. c.patients LOOP
		PERFORM fuzz.set_up('INSERT INTO quickbook.patient (id, clinic_id, name) VALUES (%s, %s, %L)', fuzz.id('d', p), fuzz.id('c', 1), 'pat' || p);
	END LOOP;
	FOR l IN 1 .. greatest(fuzz.r(4) - 1, 0) LOOP
		PERFORM fuzz.set_up(fuzz.limit_sql(c));
	END LOOP;
END
$$;

CREATE FUNCTION fuzz.service(c fuzz.clinic) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN fuzz.id('5', 1 + fuzz.r(c.services)); END $$;
CREATE FUNCTION fuzz.provider(c fuzz.clinic) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN fuzz.id('b', 1 + fuzz.r(c.providers)); END $$;
CREATE FUNCTION fuzz.patient(c fuzz.clinic) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN fuzz.id('d', 1 + fuzz.r(c.patients)); END $$;

CREATE FUNCTION fuzz.limit_sql(c fuzz.clinic) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN format('INSERT INTO quickbook.booking_limit (clinic_id, service_id, provider_id, per_patient, period, max_count, max_time)'
		' VALUES (%s, %s, %s, %L, %L, %s, %L)', fuzz.id('c', 1), CASE WHEN fuzz.chance(0.4) THEN fuzz.service(c) ELSE 'NULL' END,
		CASE WHEN fuzz.chance(0.3) THEN fuzz.provider(c) ELSE 'NULL' END, fuzz.one('t', 'f'), fuzz.one('day', 'week', 'month', 'upcoming'),
		2 + fuzz.r(6), CASE WHEN fuzz.chance(0.3) THEN fuzz.one('1 hour', '2 hours', '3 hours') END);
END
$$;

-- A change of configuration.
CREATE FUNCTION fuzz.config_sql(c fuzz.clinic, at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	what text := fuzz.one('capacity', 'capacity', 'seats', 'seats', 'buffer', 'pending', 'pending', 'approval', 'overlap', 'duration', 'hours',
		'off', 'off', 'on', 'busy', 'idle', 'date', 'limit', 'no limit', 'inactive', 'active', 'active', 'anchor', 'own duration', 'role', 'role', 'one');
BEGIN
	RETURN CASE what
		WHEN 'capacity' THEN format('UPDATE quickbook.provider SET capacity = %s WHERE id = %s', 1 + fuzz.r(3), fuzz.provider(c))
		WHEN 'seats' THEN format('UPDATE quickbook.service SET seats = %s WHERE id = %s', 2 + fuzz.r(3), fuzz.service(c))
		WHEN 'buffer' THEN format('UPDATE quickbook.service SET %s = %L WHERE id = %s', fuzz.one('buffer_before', 'buffer_after'),
			fuzz.one('0', '5 min', '15 min'), fuzz.service(c))
		WHEN 'pending' THEN format('UPDATE quickbook.service SET pending_blocks = NOT pending_blocks WHERE id = %s', fuzz.service(c))
		WHEN 'approval' THEN format('UPDATE quickbook.service SET requires_approval = NOT requires_approval WHERE id = %s', fuzz.service(c))
		WHEN 'overlap' THEN format('UPDATE quickbook.service SET patient_may_overlap = NOT patient_may_overlap WHERE id = %s', fuzz.service(c))
		WHEN 'duration' THEN format('UPDATE quickbook.service SET duration = %L WHERE id = %s', fuzz.one('20 min', '30 min', '1 hour'), fuzz.service(c))
		WHEN 'own duration' THEN format('UPDATE quickbook.service_provider SET duration = %L WHERE service_id = %s AND provider_id = %s',
			fuzz.one('30 min', '45 min', NULL), fuzz.service(c), fuzz.provider(c))
		WHEN 'role' THEN format('UPDATE quickbook.service_provider p SET role = %1$L WHERE p.service_id = %2$s'
			' AND p.role = (SELECT %3$s(o.role) FROM quickbook.service_provider o WHERE o.service_id = p.service_id)'
			' AND NOT EXISTS (SELECT FROM quickbook.service_provider o WHERE o.service_id = p.service_id AND o.role = %1$L)',
			fuzz.one('practitioner', 'assistant', 'room', 'doctor', 'helper'), fuzz.service(c), fuzz.one('min', 'max'))
		WHEN 'one' THEN format('UPDATE quickbook.service SET seats = 1 WHERE id = %s', fuzz.service(c))
		WHEN 'anchor' THEN format('UPDATE quickbook.service SET slot_anchor = %L WHERE id = %s', fuzz.one('window', 'gap', 'clock'), fuzz.service(c))
		WHEN 'hours' THEN format('UPDATE quickbook.working_hours SET start_time = %L, end_time = %L WHERE provider_id = %s',
			fuzz.one('09:00', '08:30', '09:15'), fuzz.one('10:30', '11:00', '12:00'), fuzz.provider(c))
		WHEN 'off' THEN format('INSERT INTO quickbook.time_off (clinic_id, provider_id, during) VALUES (%s, %s, tstzrange(%3$L, %3$L::timestamptz + %4$L))',
			fuzz.id('c', 1), CASE WHEN fuzz.chance(0.9) THEN fuzz.provider(c) ELSE 'NULL' END, fuzz.start(c, at), fuzz.one('30 min', '2 hours'))
		WHEN 'on' THEN 'DELETE FROM quickbook.time_off'
		WHEN 'busy' THEN format('INSERT INTO quickbook.busy_time (provider_id, during) VALUES (%s, tstzrange(%2$L, %2$L::timestamptz + %3$L))',
			fuzz.provider(c), fuzz.start(c, at), fuzz.one('10 min', '1 hour'))
		WHEN 'idle' THEN 'DELETE FROM quickbook.busy_time'
		WHEN 'date' THEN format('INSERT INTO quickbook.date_override (provider_id, on_date, start_time, end_time) VALUES (%s, %L, %L, %L)',
			fuzz.provider(c), (at AT TIME ZONE c.zone)::date + fuzz.r(3), fuzz.one('08:00', '09:00', '10:00'), fuzz.one('10:30', '12:00'))
		WHEN 'limit' THEN fuzz.limit_sql(c)
		WHEN 'no limit' THEN 'DELETE FROM quickbook.booking_limit'
		WHEN 'inactive' THEN format('UPDATE quickbook.provider SET active = false WHERE id = %s', fuzz.provider(c))
		WHEN 'active' THEN 'UPDATE quickbook.provider SET active = true WHERE NOT active' END;
END
$$;

-- Where an appointment is already, or somewhere in the tiny hours of three days.
CREATE FUNCTION fuzz.start(c fuzz.clinic, at timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
	found timestamptz;
BEGIN
	IF fuzz.chance(0.35) THEN
		SELECT a.starts_at INTO found FROM quickbook.appointment a WHERE a.id = (SELECT m.id FROM fuzz.made m ORDER BY n DESC OFFSET fuzz.r(12) LIMIT 1)
			AND a.starts_at > at - interval '1 hour';
	END IF;
	RETURN coalesce(found, ((at AT TIME ZONE c.zone)::date + fuzz.one('0', '0', '1', '1', '2')::int + time '09:00'
		+ interval '30 min' * fuzz.r(4) + CASE WHEN fuzz.chance(0.15) THEN interval '15 min' ELSE '0' END) AT TIME ZONE c.zone);
END
$$;

-- The number of one of the newest appointments of these statuses; 'expired' is
-- a cancelled hold.
CREATE FUNCTION fuzz.pick(VARIADIC statuses text[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	found integer[] := ARRAY(SELECT max(m.n) FROM fuzz.made m JOIN quickbook.appointment a ON a.id = m.id
		WHERE a.status = ANY (statuses) OR 'expired' = ANY (statuses) AND a.status = 'cancelled' AND a.expires_at IS NOT NULL
		GROUP BY m.id ORDER BY 1 DESC LIMIT 15);
BEGIN
	RETURN found[1 + floor(random() * cardinality(found))];
END
$$;

-- Anybody, or one who leads the service, or now and then one who does not.
CREATE FUNCTION fuzz.lead(service text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	leads uuid[] := ARRAY(SELECT p.provider_id FROM quickbook.service_provider p
		WHERE p.service_id = trim('''' FROM service)::uuid AND p.role = (SELECT o.role FROM quickbook.service_provider o
			WHERE o.service_id = p.service_id ORDER BY o.role <> 'practitioner', o.role LIMIT 1) ORDER BY 1);
BEGIN
	RETURN CASE WHEN fuzz.chance(0.35) THEN 'NULL' WHEN fuzz.chance(0.02) THEN fuzz.id('b', 1 + fuzz.r(3))
		ELSE quote_literal(leads[1 + fuzz.r(cardinality(leads))]) END;
END
$$;

-- Arguments by name; NULL leaves one out.
CREATE FUNCTION fuzz.call(function text, VARIADIC args text[]) RETURNS text LANGUAGE sql IMMUTABLE
RETURN format('quickbook.%s(%s)', function, array_to_string(args, ', '));

CREATE FUNCTION fuzz.booking(c fuzz.clinic, at timestamptz, function text, patient text, VARIADIC more text[] DEFAULT '{}')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	start timestamptz := fuzz.start(c, at);
	service text := fuzz.service(c);
	provider text := fuzz.lead(service);
	local timestamp;
BEGIN
	-- where one is already, as who joins a group does
	IF fuzz.chance(0.25) THEN
		SELECT coalesce(a.starts_at, start), coalesce(quote_literal(a.service_id), service), coalesce(quote_literal(a.provider_id), provider),
			CASE WHEN fuzz.chance(0.4) AND patient <> 'NULL' THEN coalesce(quote_literal(a.patient_id), patient) ELSE patient END
			INTO start, service, provider, patient
			FROM (SELECT m.id FROM fuzz.made m ORDER BY m.n DESC OFFSET fuzz.r(12) LIMIT 1) m FULL JOIN (SELECT) one ON true
			LEFT JOIN quickbook.appointment a ON a.id = m.id AND a.starts_at > at;
	END IF;
	local := start AT TIME ZONE c.zone;
	RETURN fuzz.call(function, VARIADIC ARRAY['patient_id => ' || patient, 'provider_id => ' || provider, 'service_id => ' || service, CASE function WHEN 'create_appointment_local'
			THEN format('local_date => %L, local_time => %L', local::date, local::time) ELSE format('starts_at => %L', start) END] || more);
END
$$;

-- A change of an appointment, by its number; now and then by its version too.
CREATE FUNCTION fuzz.change(function text, n integer, VARIADIC more text[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	version integer := (SELECT a.version FROM fuzz.made m JOIN quickbook.appointment a USING (id) WHERE m.n = change.n) - fuzz.r(5) / 4;
BEGIN
	RETURN CASE WHEN n IS NOT NULL THEN fuzz.call(function, VARIADIC ARRAY['appointment_id => {a' || n || '}'] || more
		|| CASE WHEN fuzz.chance(0.1) THEN 'expected_version => ' || version END) END;
END
$$;

-- What the staff sets aside, sometimes.
CREATE FUNCTION fuzz.aside() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN CASE WHEN fuzz.chance(0.2) THEN format('override => %L', fuzz.one('{grid}', '{notice}', '{notice}', '{hours}', '{policy}', '{limit}',
		'{grid,notice,hours}', '{grid,notice,hours,horizon,limit,policy}')) END;
END
$$;

-- A random call: its kind and text, or no text if there is nothing to do it to.
CREATE FUNCTION fuzz.random_call(c fuzz.clinic, at timestamptz, OUT kind text, OUT call text) LANGUAGE plpgsql AS $$
DECLARE
	dice integer := fuzz.r(100);
	target integer;
	key text := fuzz.r(12)::text;
BEGIN
	kind := CASE WHEN dice < 37 THEN 'make' WHEN dice < 91 THEN 'change' WHEN dice < 94 THEN 'other' ELSE 'config' END;
	IF dice < 20 THEN
		call := fuzz.booking(c, at, fuzz.one('create_appointment', 'create_appointment', 'create_appointment', 'create_appointment_local'),
			fuzz.patient(c), fuzz.aside());
	ELSIF dice < 23 THEN
		call := fuzz.booking(c, at, fuzz.one('create_appointment', 'hold_appointment'), fuzz.patient(c), format('idempotency_key => %L', 'key ' || key));
	ELSIF dice < 37 THEN
		call := fuzz.booking(c, at, 'hold_appointment', CASE WHEN fuzz.chance(0.3) THEN 'NULL' ELSE fuzz.patient(c) END,
			CASE WHEN fuzz.chance(0.3) THEN format('hold_for => %L', fuzz.one('2 min', '20 min', '1 day')) END, fuzz.aside());
	ELSIF dice < 47 THEN
		target := fuzz.pick(VARIADIC CASE WHEN fuzz.chance(0.7) THEN '{held}' ELSE '{held,expired}' END::text[]);
		call := (SELECT fuzz.change('confirm_appointment', target, CASE WHEN fuzz.chance(0.05) OR a.patient_id IS NULL AND fuzz.chance(0.95)
			THEN 'patient_id => ' || fuzz.patient(c) || ', hold_token => {t' || target || '}' END, fuzz.aside())
			FROM fuzz.made m JOIN quickbook.appointment a USING (id) WHERE m.n = target);
	ELSIF dice < 52 THEN
		call := fuzz.change('confirm_appointment', fuzz.pick('pending'), fuzz.aside());
	ELSIF dice < 54 THEN
		call := fuzz.change('decline_appointment', fuzz.pick('pending'), 'reason => ''full''');
	ELSIF dice < 66 THEN
		call := fuzz.change('reschedule_appointment', fuzz.pick('held', 'pending', 'booked'), format('starts_at => %L', fuzz.start(c, at)),
			CASE WHEN fuzz.chance(0.4) THEN 'provider_id => ' || fuzz.id('b', 1 + fuzz.r(least(3, c.providers))) END, fuzz.aside());
	ELSIF dice < 74 THEN
		call := fuzz.change('cancel_appointment', fuzz.pick(VARIADIC CASE WHEN fuzz.chance(0.6) THEN '{booked}'
			ELSE '{held,pending,booked,arrived,checked-in,cancelled}' END::text[]), 'reason => ''because''');
	ELSIF dice < 80 THEN
		call := fuzz.change('set_appointment_status', fuzz.pick('booked', 'booked', 'arrived', 'checked-in'),
			format('status => %L', fuzz.one('arrived', 'checked-in', 'fulfilled', 'noshow', 'noshow', 'cancelled')), fuzz.aside());
	ELSIF dice < 88 THEN
		call := fuzz.change('set_appointment_status', fuzz.pick(fuzz.one('arrived', 'checked-in', 'fulfilled', 'cancelled', 'cancelled', 'cancelled', 'noshow',
			'noshow')), 'status => ''booked''', fuzz.aside());
	ELSIF dice < 90 THEN
		call := fuzz.change('set_appointment_status', fuzz.pick('held', 'pending', 'booked', 'arrived', 'noshow', 'cancelled', 'entered-in-error'),
			format('status => %L', fuzz.one('entered-in-error', 'entered-in-error', 'held', 'pending', 'fulfilled')));
	ELSIF dice < 91 THEN
		call := fuzz.change('update_appointment', fuzz.pick('held', 'pending', 'booked'), format('notes => %L', 'note ' || key));
	ELSIF dice < 94 THEN
		call := fuzz.one('quickbook.run_maintenance()', 'quickbook.run_maintenance()', 'quickbook.fetch_events(''c'')',
			'quickbook.create_consumer(''c'')', 'quickbook.purge_allocations(''3 hours'')', 'quickbook.ack_events(''c'', (SELECT last_position FROM quickbook.event_counter))');
	ELSE
		call := fuzz.config_sql(c, at);
	END IF;
	-- 0.1.0 has no such function, and should be found wanting for something else
	IF call LIKE 'quickbook.purge%' AND to_regprocedure('quickbook.purge_allocations(interval)') IS NULL THEN
		call := 'quickbook.run_maintenance()';
	END IF;
	IF call LIKE '%override => %limit%' THEN
		kind := 'free';
	END IF;
END
$$;

-- Mostly at once, sometimes much later; after a day's hours on to the next day.
CREATE FUNCTION fuzz.later(c fuzz.clinic, at timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
	dice float8 := random();
BEGIN
	at := at + CASE WHEN dice < 0.6 THEN '0' WHEN dice < 0.9 THEN interval '1 s' * fuzz.r(600)
		WHEN dice < 0.98 THEN interval '1 min' * fuzz.r(40) ELSE interval '1 hour' * fuzz.r(4) END;
	IF (at AT TIME ZONE c.zone)::time NOT BETWEEN '07:30' AND '12:00' AND fuzz.chance(0.5) THEN
		at := (((at AT TIME ZONE c.zone) - interval '12 hours')::date + 1 + time '08:15') AT TIME ZONE c.zone;
	END IF;
	RETURN at;
END
$$;

CREATE FUNCTION fuzz.step() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	c fuzz.clinic;
	at timestamptz;
	kind text;
	call text;
	wrong text[];
	service text;
BEGIN
	IF (SELECT s.failed FROM fuzz.state s) THEN
		RETURN;
	END IF;
	SELECT * INTO c FROM fuzz.clinic;
	at := fuzz.later(c, (SELECT l.at FROM fuzz.log l ORDER BY l.n DESC LIMIT 1));
	IF fuzz.chance(0.15) THEN
		kind := 'agree';
		service := fuzz.service(c);
		call := format('fuzz.agree(%s, %s, %s, %L)', service, fuzz.lead(service), CASE WHEN fuzz.chance(0.2) THEN 'NULL' ELSE fuzz.patient(c) END, fuzz.start(c, at));
	END IF;
	WHILE call IS NULL LOOP
		SELECT r.kind, r.call INTO kind, call FROM fuzz.random_call(c, at) r;
	END LOOP;
	wrong := ARRAY(SELECT p FROM fuzz.play(kind, at, call) p);
	INSERT INTO fuzz.tally SELECT CASE l.kind WHEN 'config' THEN l.kind ELSE substring(l.call, '^\w+\.(\w+)') END,
		CASE WHEN l.result ~ '^\w{5} \w+:' THEN split_part(l.result, ':', 1) ELSE split_part(l.result, ' ', 1) END, 1
		FROM (SELECT * FROM fuzz.log ORDER BY n DESC LIMIT 1) l
		ON CONFLICT ON CONSTRAINT tally_pkey DO UPDATE SET n = fuzz.tally.n + 1;
	IF cardinality(wrong) > 0 THEN
		UPDATE fuzz.state SET failed = true;
		TRUNCATE fuzz.saved;
		INSERT INTO fuzz.saved SELECT * FROM fuzz.log;
		RETURN QUERY SELECT * FROM unnest(wrong);
	END IF;
END
$$;
