-- Section 2: an appointment's statuses go forward only; staff may undo what took
-- place or did not, and call anything an error. Each change is one event and
-- gives or takes exactly the time that is to come.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(131);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset

--
-- The matrix: every status to every status
--

CREATE TABLE t.status (n integer, status text, forward text[]);
INSERT INTO t.status VALUES
	(1, 'held', '{pending,booked,cancelled,entered-in-error}'),
	(2, 'pending', '{booked,cancelled,entered-in-error}'),
	(3, 'booked', '{arrived,checked-in,fulfilled,noshow,cancelled,entered-in-error}'),
	(4, 'arrived', '{checked-in,fulfilled,noshow,cancelled,entered-in-error,booked}'),
	(5, 'checked-in', '{fulfilled,noshow,cancelled,entered-in-error,booked}'),
	(6, 'fulfilled', '{entered-in-error,booked}'),
	(7, 'noshow', '{entered-in-error,booked}'),
	-- once more is no error
	(8, 'cancelled', '{entered-in-error,booked,cancelled}'),
	(9, 'entered-in-error', '{}');

CREATE TABLE t.matrix AS
	SELECT a.n * 10 + b.n AS n, a.status AS from_status, b.status AS to_status,
		CASE WHEN b.status OPERATOR(pg_catalog.=) ANY (a.forward) THEN b.status ELSE '23QB7 invalid_transition' END AS want
	FROM t.status a, t.status b;

-- Sets the status of an appointment that has begun, because only then it may be
-- a noshow; all is taken back.
CREATE FUNCTION t.transition(from_status text, to_status text, patient uuid, provider uuid, service uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	made uuid;
	r record;
	state text;
	message text;
BEGIN
	made := t.appointment(from_status, patient, provider, service, '2026-03-02 10:00+00', '2026-03-02 10:30+00');
	PERFORM t.at('2026-03-02 10:10+00');
	r := quickbook.set_appointment_status(made, to_status);
	message := r.status;
	RAISE EXCEPTION USING ERRCODE = 'T0000', MESSAGE = message;
EXCEPTION
	WHEN SQLSTATE 'T0000' THEN
		RETURN message;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
		RETURN t.name_error(state, message);
END
$$;
SELECT t.is(t.transition(from_status, to_status, :'pat', :'p', :'s'), want, t.sql('%s to %s', from_status, to_status))
FROM (SELECT * FROM t.matrix ORDER BY n) AS m;

-- A refusal in due form, and an unknown word.
SELECT t.book(:'pat', :'p', :'s', '2026-03-02 09:00+00') AS a \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''held'')', :'a'), 'invalid_transition', '23QB7', 'booked to held');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, %L)', :'a', status), 'invalid_argument', '22023', t.sql('no status: "%s"', status))
FROM (VALUES ('done'), ('Arrived'), (''), (NULL), ('proposed')) AS v (status);
SELECT t.refused('SELECT quickbook.set_appointment_status(NULL, ''arrived'')', 'invalid_argument', '22023', 'no appointment');
SELECT t.refused('SELECT quickbook.set_appointment_status(''00000000-0000-7000-8000-00000000ffff'', ''arrived'')', 'not_found', 'P0002',
	'an unknown appointment');
SELECT t.is((quickbook.get_appointment(:'a')).status, 'booked', 'after refusals nothing has changed');

--
-- A visit: what each step writes
--

CREATE FUNCTION t.step(appointment uuid, status text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
BEGIN
	r := quickbook.set_appointment_status(appointment, status);
	RETURN t.step_text(r.status, r.version, r.sequence, appointment);
END
$$;
CREATE FUNCTION t.step_text(status text, version integer, sequence integer, appointment uuid) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('%s v%s s%s [%s]', status, version, sequence, t.allocations(appointment)) $$;

SELECT t.at('2026-03-02 08:55+00') \gset
SELECT t.is(t.step(:'a', 'arrived'), 'arrived v2 s0 [Ada/0 09:00-09:30, Pat/0 09:00-09:30]', 'arrived blocks the time');
SELECT t.is(t.step(:'a', 'checked-in'), 'checked-in v3 s0 [Ada/0 09:00-09:30, Pat/0 09:00-09:30]', 'checked-in too');
SELECT t.at('2026-03-02 09:20+00') \gset
SELECT t.is(t.step(:'a', 'fulfilled'), 'fulfilled v4 s0 [Ada/0 09:00-09:30, Pat/0 09:00-09:30]', 'and fulfilled');
SELECT t.is(t.events(:'a'), 'booked arrived checked-in fulfilled', 'each is an event');
SELECT t.is(t.key(t.event(:'a'), 'status') || ' ' || t.key(t.event(:'a'), 'changed', 'status'), 'fulfilled checked-in',
	'with the status before it in changed');
SELECT t.is(t.step(:'a', 'booked'), 'booked v5 s0 [Ada/0 09:00-09:30, Pat/0 09:00-09:30]', 'undone: it still has its time');
SELECT t.is(t.events(:'a'), 'booked arrived checked-in fulfilled restored', 'undoing is appointment.restored');
SELECT t.is(t.step(:'a', 'fulfilled'), 'fulfilled v6 s0 [Ada/0 09:00-09:30, Pat/0 09:00-09:30]', 'and steps may be skipped');

-- Approval, as the status machine sees it.
SELECT t.appointment('pending', :'pat', :'p', :'s', '2026-03-03 09:00+00', '2026-03-03 09:30+00') AS pending \gset
SELECT t.is(t.step(:'pending', 'booked'), 'booked v2 s0 [Ada/0 09:00-09:30, Pat/0 09:00-09:30]', 'pending to booked');
SELECT t.is(t.events(:'pending'), 'booked', 'is appointment.booked');

--
-- entered-in-error
--

SELECT t.book(:'pat', :'p', :'s', '2026-03-02 10:00+00') AS err \gset
SELECT t.is(t.step(:'err', 'entered-in-error'), 'entered-in-error v2 s0 []', 'entered-in-error blocks nothing');
SELECT t.is(t.events(:'err'), 'booked entered-in-error', 'and is an event');
SELECT t.is(t.resources(:'err'), 'practitioner=Ada', 'and what was booked is still noted');
SELECT t.is(t.slots(:'s', '2026-03-02 10:00+00', '2026-03-02 10:30+00'), '10:00', 'the time is offered again');

--
-- noshow: only from the start on, and gives back what remains
--

SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-04 10:00+00') AS away \gset
SELECT t.at('2026-03-04 09:59:59+00') \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''noshow'')', :'away'), 'invalid_transition', '23QB7',
	'noshow: not before the start');
SELECT t.at('2026-03-04 10:10+00') \gset
SELECT t.is((quickbook.set_appointment_status(:'away', 'noshow')).status, 'noshow', 'noshow: ten minutes after it');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation WHERE appointment_id = %L AND ends_at > ''2026-03-04 10:10+00''', :'away')), '0',
	'gives back what remains');
SELECT t.is((quickbook.get_appointment(:'away')).ends_at::text, '2026-03-04 10:30:00+00', 'the appointment keeps its end, to be read');
SELECT t.is(t.events(:'away'), 'booked noshow', 'it is an event');
SELECT t.is(t.outcome(t.create_sql(:'ben', :'p', :'s', '2026-03-04 10:11+00', 'override => ''{grid}''')), 'ok', 'the rest can be booked');

SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-04 12:00+00') AS at_start \gset
SELECT t.at('2026-03-04 12:00+00') \gset
SELECT t.is(t.step(:'at_start', 'noshow'), 'noshow v2 s0 []', 'noshow: at the very start all of it is given back');
SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-04 13:00+00') AS late \gset
SELECT t.at('2026-03-05 13:00+00') \gset
SELECT t.is((quickbook.set_appointment_status(:'late', 'noshow')).status, 'noshow', 'noshow: a day later');

--
-- Undo: takes back only what is not past, if it is free
--

SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-06 10:00+00') AS back \gset
SELECT (quickbook.cancel_appointment(:'back', 'by mistake')).status \gset
SELECT t.is(t.step(:'back', 'booked'), 'booked v3 s0 [Ada/0 10:00-10:30, Pat/0 10:00-10:30]', 'undo of cancelled: it has its time again');
SELECT t.is(t.query(t.sql('SELECT num_nonnulls(cancel_reason, cancelled_by, late) FROM quickbook.appointment WHERE id = %L', :'back')), '0',
	'and nothing of the cancelling');
SELECT t.is(t.events(:'back'), 'booked cancelled restored', 'which the log remembers');
SELECT t.is(t.slots(:'s', '2026-03-06 09:30+00', '2026-03-06 11:00+00'), '09:30 10:30', 'its time is offered no more');

SELECT (quickbook.cancel_appointment(:'back')).status \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-06 10:00+00') AS meanwhile \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'back'), 'slot_taken', '23P01',
	'undo: refused when the time was taken meanwhile');
SELECT t.is((quickbook.get_appointment(:'back')).status, 'cancelled', 'it stays cancelled');
SELECT t.is(t.allocations(:'meanwhile'), 'Ada/0 10:00-10:30, Ben/0 10:00-10:30', 'and the other keeps its time');
SELECT (quickbook.cancel_appointment(:'meanwhile')).status \gset
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.hours(:'bob', NULL, '09:00', '17:00') \gset
SELECT t.book(:'pat', :'bob', :'s', '2026-03-06 10:00+00') AS elsewhere \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'back'), 'patient_busy', '23P01',
	'undo: refused when the patient is elsewhere meanwhile');
SELECT (quickbook.cancel_appointment(:'elsewhere')).status \gset
SELECT t.at('2026-03-06 10:20+00') \gset
SELECT t.is(t.step(:'back', 'booked'), 'booked v5 s0 [Ada/0 10:20-10:30, Pat/0 10:20-10:30]', 'undo while it runs: only what is to come is taken');
SELECT t.is((quickbook.get_appointment(:'back')).starts_at::text, '2026-03-06 10:00:00+00', 'the appointment keeps its start');
SELECT (quickbook.cancel_appointment(:'back')).status \gset
SELECT t.at('2026-03-07 10:00+00') \gset
SELECT t.is(t.step(:'back', 'booked'), 'booked v7 s0 []', 'undo when it is over: there is nothing to take');

-- Only the buffer after it is to come.
SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.service(:'c', '30 minutes', :'p', buffer_after => '15 minutes', name => 'Buffered') AS buffered \gset
SELECT t.book(:'pat', :'p', :'buffered', '2026-03-06 09:00+00') AS cleaning \gset
SELECT t.at('2026-03-06 09:35+00') \gset
SELECT (quickbook.cancel_appointment(:'cleaning')).status \gset
SELECT t.is(t.step(:'cleaning', 'booked'), 'booked v3 s0 [Ada/0 09:35-09:45]', 'undo in the buffer after it: the provider''s rest, nothing of the patient''s');

-- Undo of a noshow while it runs, the first part of its time still noted.
SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-06 12:00+00') AS came \gset
SELECT t.at('2026-03-06 12:10+00') \gset
SELECT (quickbook.set_appointment_status(:'came', 'noshow')).status \gset
SELECT t.at('2026-03-06 12:15+00') \gset
SELECT t.is((quickbook.set_appointment_status(:'came', 'booked')).status, 'booked', 'undo of noshow: she came after all');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation WHERE appointment_id = %L AND ends_at = ''2026-03-06 12:30+00'''
	' AND starts_at <= ''2026-03-06 12:15+00''', :'came')), '2', 'what is to come is taken again');
SELECT t.is(t.events(:'came'), 'booked noshow restored', 'and it is restored');
SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-06 14:00+00') AS gone \gset
SELECT t.at('2026-03-06 14:05+00') \gset
SELECT (quickbook.set_appointment_status(:'gone', 'noshow')).status \gset
SELECT t.outcome(t.create_sql(:'ben', :'p', :'s', '2026-03-06 14:06+00', 'override => ''{grid}''')) AS walk_in \gset
SELECT t.is(:'walk_in', 'ok', 'a walk-in takes the rest');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'gone'), 'slot_taken', '23P01',
	'and then she cannot have it any more');

-- A team is given back and taken again together.
SELECT t.at('2026-03-02 08:00+00') \gset
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.service(:'c', '60 minutes', :'p', buffer_after => '15 minutes', name => 'Surgery') AS surgery \gset
SELECT t.offer(:'surgery', :'room', 'room') \gset
SELECT t.book(:'pat', :'p', :'surgery', '2026-03-09 09:00+00') AS op \gset
SELECT (quickbook.cancel_appointment(:'op')).status \gset
SELECT t.is(t.step(:'op', 'booked'), 'booked v3 s0 [Ada/0 09:00-10:15, Room/0 09:00-10:15, Pat/0 09:00-10:00]', 'undo: a team, with its buffers');
SELECT (quickbook.cancel_appointment(:'op')).status \gset
SELECT t.busy(:'room', '2026-03-09 09:30+00', '2026-03-09 09:40+00') \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'op'), 'slot_taken', '23P01',
	'undo: refused when the room is busy');

SELECT * FROM t.finish();
ROLLBACK;
