-- The sequential fuzz, first part: what was called, and calling it again.
--
-- One client makes random calls, with a clock of its own (quickbook.now). A call
-- is kept as text in which {a7} is the appointment that call 7 made, and {t7} its
-- hold_token, so that any part of a run can be played again, or printed.
--
--	fuzz.reset()          an empty clinic
--	fuzz.play(kind, at, call)   makes a call at an instant: what came of it is
--	                      in fuzz.log, what is wrong now is returned
--	fuzz.replay(n)        the same with a call of fuzz.saved
--	fuzz.script(calls)    calls as text for psql
--
-- Kinds of call: setup and config (configuration, any statement), make and change
-- (an appointment), free (the same, limits set aside), agree (search against
-- booking, see fuzz.agree), other.

CREATE SCHEMA fuzz;

CREATE TABLE fuzz.log (n serial PRIMARY KEY, kind text NOT NULL, at timestamptz, call text NOT NULL, result text);
-- The calls of a run that failed, kept beyond reset().
CREATE UNLOGGED TABLE fuzz.saved (LIKE fuzz.log);
CREATE TABLE fuzz.made (n integer PRIMARY KEY, id uuid NOT NULL, token text);
CREATE INDEX ON fuzz.made (id);
-- What was wrong already, by a change of configuration, and how much.
CREATE TABLE fuzz.known (what text, key text, badness numeric, PRIMARY KEY (what, key));
CREATE TABLE fuzz.state (failed boolean NOT NULL, last_seq bigint NOT NULL, digest numeric);
INSERT INTO fuzz.state VALUES (false, 0);

-- The service's terms when an appointment or a session began to take its time:
-- they hold until it gives it back or is moved. asked: did pending ones block when
-- it was asked for?
CREATE TABLE fuzz.asked (id uuid PRIMARY KEY, blocks boolean NOT NULL);
CREATE TABLE fuzz.terms (id uuid PRIMARY KEY, buffer_before interval NOT NULL, buffer_after interval NOT NULL);
CREATE TABLE fuzz.overlap (id uuid PRIMARY KEY, allowed boolean NOT NULL);
-- How often a call ended in which way, beyond reset().
CREATE TABLE fuzz.tally (call text, outcome text, n bigint, PRIMARY KEY (call, outcome));

CREATE TYPE fuzz.finding AS (what text, key text, badness numeric, detail text);

CREATE FUNCTION fuzz.reset() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL client_min_messages = error;
	TRUNCATE quickbook.clinic, quickbook.event, quickbook.consumer, fuzz.log, fuzz.made, fuzz.asked, fuzz.terms, fuzz.overlap, fuzz.known RESTART IDENTITY CASCADE;
	UPDATE quickbook.event_counter SET last_position = 0, messages_position = 0;
	UPDATE fuzz.state SET failed = false, last_seq = 0, digest = NULL;
END
$$;

-- The call with ids in place of {a7} and {t7}.
CREATE FUNCTION fuzz.fill(call text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
	found text[];
BEGIN
	LOOP
		found := regexp_match(call, '\{([at])(\d+)\}');
		EXIT WHEN found IS NULL;
		call := replace(call, '{' || found[1] || found[2] || '}', coalesce((SELECT quote_literal(CASE found[1] WHEN 'a' THEN m.id::text
			ELSE m.token END) FROM fuzz.made m WHERE m.n = found[2]::int), 'NULL'));
	END LOOP;
	RETURN call;
END
$$;

-- Is a start offered if and only if it can be booked (held, without a patient)?
-- The booking is taken back. NULL, or what is wrong.
CREATE FUNCTION fuzz.agree(service uuid, provider uuid, patient uuid, start timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	offered boolean := EXISTS (SELECT FROM quickbook.available_slots(service, start, start + interval '1 s', provider, patient));
	answer text;
BEGIN
	BEGIN
		IF patient IS NULL THEN
			PERFORM quickbook.hold_appointment(NULL, provider, service, start);
		ELSE
			PERFORM quickbook.create_appointment(patient, provider, service, start);
		END IF;
		RAISE 'booked' USING ERRCODE = 'QBYES';
	EXCEPTION WHEN others THEN
		answer := sqlstate || ' ' || sqlerrm;
	END;
	RETURN CASE WHEN offered <> (answer LIKE 'QBYES %')
		THEN format('%s, but %s', CASE WHEN offered THEN 'offered' ELSE 'not offered' END, answer) END;
END
$$;

-- All that bookings write, in a number.
CREATE FUNCTION fuzz.digest() RETURNS numeric LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(sum(hash_record_extended(a, 0)), 0) FROM quickbook.appointment a)
		+ (SELECT coalesce(sum(hash_record_extended(l, 1)), 0) FROM quickbook.allocation l)
		+ (SELECT coalesce(sum(hash_record_extended(r, 2)), 0) FROM quickbook.appointment_resource r)
		+ (SELECT count(*) FROM quickbook.session) * 1000003 + (SELECT count(*) FROM quickbook.event) * 1000000007;
END
$$;

-- What the documentation says a call may be refused with.
CREATE FUNCTION fuzz.is_refusal(state text, message text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN (state, split_part(message, ':', 1)) IN (('23P01', 'slot_taken'), ('23P01', 'patient_busy'), ('23P01', 'session_full'),
	('23505', 'idempotency_conflict'), ('23QB1', 'outside_hours'), ('23QB2', 'off_grid'), ('23QB3', 'too_soon'),
	('23QB4', 'beyond_horizon'), ('23QB5', 'limit_reached'), ('23QB6', 'policy_refused'), ('23QB7', 'invalid_transition'),
	('23QB8', 'stale_version'), ('23QB9', 'hold_expired'), ('42501', 'not_allowed'), ('22023', 'invalid_argument'),
	('P0002', 'not_found'));

CREATE FUNCTION fuzz.play(kind text, at timestamptz, call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
	number integer;
	state text := '00000';
	answer text := 'done';
	sql text;
	made quickbook.appointment_info;
	wrong fuzz.finding[];
	before numeric := (SELECT s.digest FROM fuzz.state s);
	data_too boolean;
BEGIN
	PERFORM set_config('quickbook.now', at::text, false);
	IF kind <> 'setup' THEN
		PERFORM fuzz.forget_terms(at);
	END IF;
	INSERT INTO fuzz.log (kind, at, call) VALUES (kind, at, call) RETURNING n INTO number;
	BEGIN
		sql := fuzz.fill(call);
		IF kind IN ('setup', 'config') THEN
			EXECUTE sql;
		ELSIF kind = 'agree' THEN
			EXECUTE 'SELECT ' || sql INTO answer;
			IF answer IS NOT NULL THEN
				state := 'WRONG';
			END IF;
		ELSIF kind = 'other' THEN
			EXECUTE 'SELECT FROM ' || sql;
		ELSE
			EXECUTE 'SELECT * FROM ' || sql INTO made;
			INSERT INTO fuzz.made VALUES (number, made.id, made.hold_token);
			answer := made.status || ' v' || made.version || coalesce(' seat ' || made.seat, '');
		END IF;
	EXCEPTION WHEN others THEN
		state := sqlstate;
		answer := sqlerrm;
	END;
	UPDATE fuzz.log l SET result = concat_ws(' ', nullif(state, '00000'), answer) WHERE l.n = number;
	IF state = 'WRONG' THEN
		RETURN NEXT 'search and booking disagree: ' || answer;
	ELSIF state <> '00000' AND NOT fuzz.is_refusal(state, answer)
		AND NOT (kind IN ('setup', 'config') AND state LIKE '23%') THEN
		RETURN NEXT 'an undocumented error: ' || state || ' ' || answer;
	END IF;
	IF kind = 'setup' THEN
		RETURN;
	END IF;
	UPDATE fuzz.state s SET digest = fuzz.digest();
	IF (state <> '00000' OR kind = 'agree') AND before <> (SELECT s.digest FROM fuzz.state s) THEN
		RETURN NEXT 'a refused call changed something';
	END IF;
	PERFORM fuzz.agree_on_terms(at, (SELECT s.last_seq FROM fuzz.state s));
	-- check_data() takes longer than the call
	data_too := kind = 'config' OR number % 5 = 0;
	wrong := ARRAY(SELECT w FROM fuzz.wrong(at, (SELECT s.last_seq FROM fuzz.state s), data_too) w);
	UPDATE fuzz.state s SET last_seq = coalesce((SELECT max(e.seq) FROM quickbook.event e), 0);
	-- what a change of configuration, or setting a limit aside, makes of what is
	-- there already is nobody's fault
	IF kind IN ('config', 'free') THEN
		INSERT INTO fuzz.known SELECT w.what, w.key, max(w.badness) FROM unnest(wrong) w
			WHERE kind = 'config' OR w.what = 'limit' GROUP BY 1, 2
			ON CONFLICT ON CONSTRAINT known_pkey DO UPDATE SET badness = excluded.badness;
	END IF;
	DELETE FROM fuzz.known k WHERE (data_too OR k.what NOT LIKE 'check\_data%') AND NOT EXISTS (SELECT FROM unnest(wrong) w WHERE (k.what, k.key) = (w.what, w.key));
	RETURN QUERY SELECT format('%s: %s', w.what, w.detail) FROM unnest(wrong) w WHERE NOT EXISTS (SELECT FROM fuzz.known k
		WHERE (k.what, k.key) = (w.what, w.key) AND k.badness >= w.badness);
END
$$;

-- A call of fuzz.saved once more; nothing after one that was wrong.
CREATE FUNCTION fuzz.replay(number integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	c fuzz.saved;
	wrong text[];
BEGIN
	IF (SELECT s.failed FROM fuzz.state s) THEN
		RETURN;
	END IF;
	SELECT * INTO c FROM fuzz.saved s WHERE s.n = number;
	-- so that it keeps its number, by which others refer to it
	PERFORM setval('fuzz.log_n_seq', number, false);
	wrong := ARRAY(SELECT p FROM fuzz.play(c.kind, c.at, c.call) p);
	UPDATE fuzz.state SET failed = true WHERE cardinality(wrong) > 0;
	RETURN QUERY SELECT * FROM unnest(wrong);
END
$$;

-- The calls as a program for psql, with what came of them then.
CREATE FUNCTION fuzz.script(calls integer[]) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(CASE WHEN c.kind = 'setup' THEN c.call || ';'
		ELSE format(E'-- %s: %s\nSET quickbook.now = %L; ', c.n, c.result, c.at) || CASE
			WHEN c.kind = 'config' THEN c.call || ';'
			WHEN c.kind = 'other' THEN 'SELECT FROM ' || c.call || ';'
			WHEN c.kind = 'agree' THEN '-- compare available_slots() with a booking, as ' || c.call
			ELSE format('SELECT id AS a%s, hold_token AS t%1$s FROM %s \gset', c.n, regexp_replace(c.call,
				'\{([at]\d+)\}', ':''\1''', 'g')) END END, E'\n' ORDER BY c.n)
	FROM fuzz.saved c WHERE c.n = ANY (calls)
$$;
