-- Section 4, rule 7: a service with seats. The first booking of a start opens a
-- session on the calendars of everybody who serves, others join while seats remain,
-- and the last who leaves gives the time back.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(185);

-- The calendars that an appointment's session takes: 'Ada/0 10:00-11:00'.
CREATE FUNCTION t.session(appointment uuid) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s/%s %s-%s', p.name, l.lane,
		to_char(l.starts_at, 'HH24:MI'), to_char(l.ends_at, 'HH24:MI')), ', ' ORDER BY p.name), '')
	FROM quickbook.appointment a JOIN quickbook.allocation l ON l.session_id = a.session_id
		JOIN quickbook.provider p ON p.id = l.provider_id
	WHERE a.id = appointment
$$;
-- Who sits where at a start: 'Pat=1 Ben=2', statuses that take a seat.
CREATE FUNCTION t.seats(start timestamptz) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(coalesce(p.name, '?') || '=' || a.seat, ' ' ORDER BY a.session_id, a.seat), '')
	FROM quickbook.appointment a LEFT JOIN quickbook.patient p ON p.id = a.patient_id
	WHERE a.starts_at = start AND a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
$$;
-- Refused for want of time, in either way of saying it.
CREATE FUNCTION t.refusal_of(outcome text) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT outcome IN ('23P01 slot_taken', '23P01 session_full') $$;
CREATE FUNCTION t.same(a uuid, b uuid) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT CASE WHEN a = b THEN 'the same' WHEN a <> b THEN 'another' ELSE 'none' END $$;
-- Moves it; what came of it.
CREATE FUNCTION t.move_sql(appointment text, starts_at text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('SELECT quickbook.reschedule_appointment(%L, %L)', appointment, starts_at) $$;

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '1 hour', :'p', name => 'Class') AS s \gset
UPDATE quickbook.service SET seats = 3 WHERE id = :'s';
-- One to one, on the same calendar.
SELECT t.service(:'c', '1 hour', :'p', name => 'Direct') AS direct \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT t.patient(:'c', 'Cy') AS cy \gset
SELECT t.patient(:'c', 'Dee') AS dee \gset
\set tue '2026-03-03 00:00+00'
\set wed '2026-03-04 00:00+00'
\set ten '2026-03-03 10:00+00'
\set eleven '2026-03-03 11:00+00'
SAVEPOINT base;

--
-- Opening, joining, full
--

SELECT t.is(t.rows(:'s', :'tue', :'wed'), 'Ada@09:00-10:00/3 Ada@10:00-11:00/3 Ada@11:00-12:00/3', 'all seats are left where nobody is');
SELECT * FROM t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT * FROM quickbook.get_appointment(:'a') \gset a_
SELECT t.is(:'a_status' || ' ' || :'a_seat', 'booked 1', 'the first has seat 1');
SELECT t.is(t.query(t.sql('SELECT s.provider_id = %L, s.service_id = %L, s.starts_at, s.ends_at FROM quickbook.session s WHERE s.id = %L',
	:'p', :'s', :'a_session_id')), 'true true 2026-03-03T10:00:00+00:00 2026-03-03T11:00:00+00:00', 'of a session of lead, service and time');
SELECT t.is(t.session(:'a'), 'Ada/0 10:00-11:00', 'the provider''s time is the session''s');
SELECT t.is(t.state(:'a'), 'booked v1 [Pat/0 10:00-11:00] booked', 'the patient''s is the appointment''s');
SELECT t.is(t.resources(:'a'), 'practitioner=Ada', 'who serves is noted');
SELECT t.is(t.key(t.event(:'a'), 'session_id') || ' ' || t.key(t.event(:'a'), 'seat'), :'a_session_id' || ' 1', 'the event has session and seat');
SELECT t.is(t.rows(:'s', :'tue', :'wed'), 'Ada@09:00-10:00/3 Ada@10:00-11:00/2 Ada@11:00-12:00/3', 'two seats are left');
SELECT t.is(t.rows(:'s', :'tue', :'wed', :'p', :'ben'), 'Ada@09:00-10:00/3 Ada@10:00-11:00/2 Ada@11:00-12:00/3', 'for another patient too');
SELECT t.is(t.rows(:'s', :'tue', :'wed', :'p', :'pat'), 'Ada@09:00-10:00/3 Ada@11:00-12:00/3', 'who has one is not offered another');
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'pat'), 'patient_busy', 'and cannot have it');
SELECT t.is(t.slots(:'direct', :'tue', :'wed'), '09:00 11:00', 'for other services the time is taken');
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'ben'), 'slot_taken', 'and refused');
SELECT t.is(t.days(:'s', '2026-03-03', '2026-03-03'), '03-03=3', 'a start with seats left is one slot');

SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT * FROM quickbook.get_appointment(:'b') \gset b_
SELECT t.is(t.same(:'a_session_id', :'b_session_id') || ' ' || :'b_seat', 'the same 2', 'the second joins the session');
SELECT t.is(t.session(:'b') || ' | ' || t.allocations(:'b'), 'Ada/0 10:00-11:00 | Ben/0 10:00-11:00', 'which takes no more of the provider''s time');
SELECT t.is(t.resources(:'b'), 'practitioner=Ada', 'and has its own note of who serves');
SELECT t.book(:'cy', NULL, :'s', :'ten') AS d \gset
SELECT t.is(t.seats(:'ten'), 'Pat=1 Ben=2 Cy=3', 'the third joins by any provider');
SAVEPOINT filled;
SELECT t.is(t.rows(:'s', :'tue', :'wed'), 'Ada@09:00-10:00/3 Ada@11:00-12:00/3', 'a full session is not offered');
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'dee'), 'session_full', 'nor booked');
SELECT t.refused(t.create_sql(:'dee', :'p', :'s', :'ten'), 'session_full', '23P01', 'in due form');
SELECT t.refused(t.create_sql(:'dee', :'p', :'s', :'ten', 'override => ''{grid,notice,hours,horizon,limit,policy}'''), 'session_full', '23P01', 'whatever staff set aside');
SET LOCAL quickbook.error_style = 'http';
SELECT t.refused(t.create_sql(:'dee', :'p', :'s', :'ten'), 'session_full', 'PT409', 'for HTTP: 409');
SET LOCAL quickbook.error_style = 'sql';
SELECT t.is(t.outcome(t.create_sql(:'dee', NULL, :'s', :'ten')), '23P01 session_full', 'also by any provider');
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'dee'), 'slot_taken', 'to another service it is an appointment like any');

--
-- Leaving
--

SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.state(:'b'), 'cancelled v2 [] booked cancelled', 'who cancels gives her own time back');
SELECT t.is(t.session(:'a'), 'Ada/0 10:00-11:00', 'not the provider''s');
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/1', 'and a seat');
SELECT t.book(:'dee', :'p', :'s', :'ten') AS e \gset
SELECT t.is(t.seats(:'ten'), 'Pat=1 Dee=2 Cy=3', 'the next takes the lowest free seat');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'b'), 'session_full', '23P01', 'undo: no seat is left');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.is((quickbook.set_appointment_status(:'b', 'booked')).seat::text, '1', 'undo: whatever seat is free');
SELECT t.is(t.state(:'b'), 'booked v3 [Ben/0 10:00-11:00] booked cancelled restored', 'undo: her time is taken again');
SELECT (quickbook.cancel_appointment(:'b')).status, (quickbook.cancel_appointment(:'d')).status \gset
SELECT t.is(t.session(:'e'), 'Ada/0 10:00-11:00', 'while one is left the provider''s time is taken');
SELECT (quickbook.cancel_appointment(:'e')).status \gset
SELECT t.is(t.session(:'e'), '', 'the last gives it back');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.allocation'), '0', 'nothing is left');
SELECT t.is(t.slots(:'direct', :'tue', :'wed'), '09:00 10:00 11:00', 'and others may have it');
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/3', 'all seats are left');
SAVEPOINT gone;
SELECT t.is((quickbook.set_appointment_status(:'e', 'booked')).status, 'booked', 'undo: the session is opened again');
SELECT t.is(t.session(:'e') || ' | ' || t.allocations(:'e'), 'Ada/0 10:00-11:00 | Dee/0 10:00-11:00', 'undo: with the provider''s time');
SELECT (quickbook.set_appointment_status(:'d', 'booked')).status \gset
SELECT t.is(t.seats(:'ten'), 'Dee=1 Cy=2', 'undo: and the next joins it');
ROLLBACK TO gone;
SELECT t.book(:'pat', :'p', :'direct', :'ten') AS taken \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'e'), 'slot_taken', '23P01', 'undo: not if the provider has been booked');
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'dee'), 'slot_taken', 'and no session is opened on that');
ROLLBACK TO gone;
SELECT t.book(:'pat', :'p', :'s', :'ten') AS n \gset
SELECT t.is(t.seats(:'ten') || ' ' || t.session(:'n'), 'Pat=1 Ada/0 10:00-11:00', 'the next booking opens a session, with seats from 1');
ROLLBACK TO filled;

-- Statuses. A seat is given back by whoever does not come.
SELECT t.at('2026-03-03 10:05+00') \gset
SELECT (quickbook.set_appointment_status(:'a', 'arrived')).status, (quickbook.set_appointment_status(:'b', 'fulfilled')).status \gset
SELECT t.is(t.seats(:'ten'), 'Pat=1 Ben=2 Cy=3', 'who came keeps the seat');
SELECT (quickbook.set_appointment_status(:'d', 'noshow')).status \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'a'), 'Pat=1 Ben=2 | Ada/0 10:00-11:00', 'a noshow gives it back, and not the provider''s time');
SELECT t.is(t.outcome(t.create_sql(:'dee', :'p', :'s', :'ten', 'override => ''{notice}''')), 'ok', 'which staff may give to a walk-in');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'d'), 'session_full', '23P01', 'and then it is gone');
ROLLBACK TO filled;
SELECT t.at('2026-03-03 10:15+00') \gset
SELECT (quickbook.set_appointment_status(:'a', 'entered-in-error')).status, (quickbook.set_appointment_status(:'b', 'entered-in-error')).status \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'a'), 'Cy=3 | Ada/0 10:00-11:00', 'errors give seats back');
SELECT (quickbook.set_appointment_status(:'d', 'noshow')).status \gset
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation l WHERE l.provider_id = %L AND l.ends_at > ''2026-03-03 10:15+00''', :'p')), '0',
	'when nobody came the rest of the time is given back');
ROLLBACK TO base;

-- The same call sent again when the session is full.
SELECT id AS k FROM quickbook.create_appointment(:'pat', :'p', :'s', :'ten', 'key-1') \gset
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.book(:'cy', :'p', :'s', :'ten') AS d \gset
SELECT t.is((quickbook.create_appointment(:'pat', :'p', :'s', :'ten', 'key-1')).id::text, :'k', 'sent again it is the same seat, full or not');
SELECT t.is(t.outcome(t.create_sql(:'dee', :'p', :'s', :'ten', '''key-2''')), '23P01 session_full', 'a new call is refused');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.outcome(t.create_sql(:'dee', :'p', :'s', :'ten', '''key-2''')), 'ok', 'and under the same key accepted when a seat is free');
ROLLBACK TO base;

--
-- A team, and buffers
--

SELECT t.provider(:'c', 'Hall', open_always => true, kind => 'room') AS hall \gset
SELECT t.provider(:'c', 'Yard', open_always => true, kind => 'room') AS yard \gset
SELECT t.offer(:'s', :'hall', 'room', priority => 1) \gset
SELECT t.offer(:'s', :'yard', 'room', priority => 2) \gset
UPDATE quickbook.service SET buffer_before = '10 minutes', buffer_after = '15 minutes', slot_interval = '30 minutes' WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.is(t.session(:'a') || ' | ' || t.allocations(:'a'), 'Ada/0 09:50-11:15, Hall/0 09:50-11:15 | Pat/0 10:00-11:00',
	'a session takes the whole team, with buffers; the patient only the time itself');
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.is(t.resources(:'a') || ' | ' || t.resources(:'b'), 'practitioner=Ada room=Hall | practitioner=Ada room=Hall', 'who joins has the same team');
SELECT t.is(t.rows(:'s', :'tue', :'wed'), 'Ada@10:00-11:00/1', 'its buffers block other starts, not its own');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:30+00', :'cy'), 'slot_taken', 'nobody is booked into the middle of it');
SAVEPOINT team;
-- Hours and busy time count for who joins.
SELECT t.busy(:'hall', '2026-03-03 10:59+00', :'eleven') \gset
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'cy'), 'slot_taken', 'a session whose room is busy is not joined, though another room is free');
ROLLBACK TO team;
SELECT t.busy(:'p', '2026-03-03 11:14+00', '2026-03-03 11:15+00') \gset
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'cy'), 'slot_taken', 'nor one whose lead is busy within the buffer');
ROLLBACK TO team;
SELECT t.off(:'c', :'p', :'ten', :'eleven') \gset
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'cy'), 'outside_hours', 'nor one whose lead is on leave');
ROLLBACK TO team;
UPDATE quickbook.service SET min_notice = '26 hours 1 second' WHERE id = :'s';
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'cy'), 'too_soon', 'notice counts');
ROLLBACK TO team;
UPDATE quickbook.service SET horizon_days = 0 WHERE id = :'s';
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'cy'), 'beyond_horizon', 'and the horizon');
ROLLBACK TO team;
SELECT t.limit(:'c', 'day', 2) \gset
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'cy'), 'limit_reached', 'and limits');
ROLLBACK TO team;
-- The grid does not: a session's start is always on it.
UPDATE quickbook.service SET slot_interval = '7 minutes' WHERE id = :'s';
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'cy'), 'ok', 'a session is joined when the grid has moved away from it');
SELECT t.is(t.rows(:'s', :'tue', :'wed'), 'Ada@10:00-11:00/1', 'and offered');
ROLLBACK TO team;
SELECT t.is(t.outcome(t.create_sql(:'cy', :'p', :'s', '2026-03-04 10:10+00', 'override => ''{grid}''')), 'ok', 'where staff opened one off the grid');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-04 10:10+00', :'dee'), 'ok', 'anybody joins it');
ROLLBACK TO team;
-- Giving back.
SELECT (quickbook.cancel_appointment(:'a')).status, (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.query('SELECT count(*) FROM quickbook.allocation'), '0', 'the last gives the whole team back');
SELECT t.is(t.resources(:'a'), 'practitioner=Ada room=Hall', 'which is still noted');
ROLLBACK TO base;

-- Two leads: each has a session of its own.
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.hours(:'bob', NULL, '10:00', '11:00') \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.book(:'ben', :'bob', :'s', :'ten') AS b \gset
SELECT t.book(:'cy', :'bob', :'s', :'ten') AS d \gset
SELECT t.is(t.same((quickbook.get_appointment(:'a')).session_id, (quickbook.get_appointment(:'b')).session_id), 'another', 'each lead has a session');
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/2 Bob@10:00-11:00/1', 'each with its own seats left');
ROLLBACK TO base;

-- Another service at the same start is another session.
SELECT t.service(:'c', '1 hour', :'p', name => 'Choir') AS choir \gset
UPDATE quickbook.service SET seats = 5 WHERE id = :'choir';
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.is(t.verdict(:'choir', :'p', :'ten', :'ben'), 'slot_taken', 'another group service does not join');
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p';
SELECT t.is(t.verdict(:'choir', :'p', :'ten', :'ben'), 'ok', 'with capacity 2 it runs beside it');
SELECT t.is(t.rows(:'choir', :'ten', :'eleven') || ' ' || t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/5 Ada@10:00-11:00/2', 'each with its own seats');
-- The full one first, then a second of the same.
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.book(:'cy', :'p', :'s', :'ten') AS d \gset
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/3', 'capacity 2: beside a full session a second may open');
SELECT t.book(:'dee', :'p', :'s', :'ten') AS e \gset
SELECT t.is(t.same((quickbook.get_appointment(:'a')).session_id, (quickbook.get_appointment(:'e')).session_id) || ' ' || t.session(:'e'),
	'another Ada/1 10:00-11:00', 'capacity 2: and does, beside it');
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/2', 'capacity 2: whose seats are left then');
SELECT t.is(t.verdict(:'direct', :'p', :'ten', t.patient(:'c', 'Eve')), 'slot_taken', 'capacity 2: and nothing else fits');
ROLLBACK TO base;

-- Sessions change lanes like appointments where no lane is free throughout.
CREATE FUNCTION t.put(owner uuid, to_lane integer) RETURNS void
LANGUAGE sql SET search_path = pg_catalog
AS $$
	UPDATE quickbook.allocation l SET lane = to_lane FROM quickbook.appointment a
	WHERE a.id = owner AND l.owner_id IN (a.id, a.session_id) AND l.provider_id IS NOT NULL
$$;
SELECT t.provider(:'c', 'Two', capacity => 2, open_always => true) AS two \gset
SELECT t.service(:'c', '3 hours', :'two', '30 minutes', name => 'Long') AS long \gset
SELECT t.offer(:'s', :'two') \gset
SELECT t.offer(:'direct', :'two') \gset
UPDATE quickbook.service SET slot_interval = '30 minutes' WHERE id IN (:'s', :'direct');
SELECT t.book(:'pat', :'two', :'s', '2026-03-05 09:00+00') AS l1 \gset
SELECT t.book(:'ben', :'two', :'direct', '2026-03-05 09:30+00') AS l2 \gset
SELECT t.book(:'pat', :'two', :'s', '2026-03-05 10:00+00') AS l3 \gset
SELECT t.book(:'pat', :'two', :'direct', '2026-03-05 13:00+00') AS l4 \gset
SELECT t.book(:'ben', :'two', :'s', '2026-03-05 13:30+00') AS l5 \gset
-- From 10:30 to 13:30 neither lane is free.
SELECT t.put(:'l4', 9) \gset
SELECT t.put(:'l5', 0) \gset
SELECT t.put(:'l4', 1) \gset
SELECT t.is(t.session(:'l3') || ' ' || t.allocations(:'l4') || ' ' || t.session(:'l5'), 'Two/0 10:00-11:00 Two/1 13:00-14:00, Pat/0 13:00-14:00 Two/0 13:30-14:30',
	'lanes: a session and an appointment in the way');
SELECT t.is(t.verdict(:'long', :'two', '2026-03-05 10:30+00', :'cy'), 'ok', 'lanes: sessions are moved to others');
SELECT t.book(:'cy', :'two', :'long', '2026-03-05 10:30+00') AS between \gset
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation l WHERE l.provider_id = %L AND l.lane NOT IN (0, 1)', :'two')), '0', 'lanes: two are enough');
SELECT t.is(t.verdict(:'s', :'two', '2026-03-05 10:00+00', :'dee'), 'ok', 'lanes: and the session can be joined as before');
ROLLBACK TO base;

--
-- The patient
--

UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'pat'), 'ok', 'patient_may_overlap: the same patient may take a second seat');
SELECT t.book(:'pat', :'p', :'s', :'ten') AS b \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'b'), 'Pat=1 Pat=2 | Ada/0 10:00-11:00', 'patient_may_overlap: for a friend');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.is(t.seats(:'ten'), 'Pat=2', 'patient_may_overlap: each is cancelled alone');
ROLLBACK TO base;

--
-- Holds
--

SELECT id AS h, seat AS h_seat FROM quickbook.hold_appointment(:'pat', :'p', :'s', :'ten') \gset
SELECT t.is(t.state(:'h') || ' ' || t.seats(:'ten') || ' | ' || t.session(:'h'), 'held v1 [Pat/0 10:00-11:00] held Pat=1 | Ada/0 10:00-11:00', 'a hold opens a session and has a seat');
SELECT t.is(t.rows(:'s', :'ten', :'eleven') || ' ' || t.rows(:'s', :'ten', :'eleven', :'p', :'ben'), 'Ada@10:00-11:00/2 Ada@10:00-11:00/2', 'one less is left');
SELECT t.is(t.rows(:'s', :'ten', :'eleven', :'p', :'pat'), 'Ada@10:00-11:00/3', 'to who holds it all are left');
SAVEPOINT held;
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'ben'), 'slot_taken', 'the provider''s time is taken');
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'pat'), 'ok', 'not for who holds it alone');
SELECT t.book(:'pat', :'p', :'direct', :'ten') AS direct_a \gset
SELECT t.is(t.state(:'h') || t.session(:'h'), 'cancelled v2 [] held cancelled', 'whose booking closes hold and session');
ROLLBACK TO held;
SELECT t.at('2026-03-02 08:09:59.999999+00') \gset
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'ben'), 'slot_taken', 'up to its expiry');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'ben'), 'ok', 'at its expiry the time is free');
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/3', 'with all seats');
SELECT t.book(:'ben', :'p', :'direct', :'ten') AS b \gset
SELECT t.is(t.state(:'h') || t.session(:'h'), 'cancelled v2 [] held expired', 'who books it closes hold and session');
SELECT t.refused(t.call('confirm_appointment', :'h'), 'hold_expired', '23QB9', 'it cannot be confirmed then');
ROLLBACK TO held;
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '1', 'run_maintenance() closes it');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.allocation'), '0', 'with its session');
SELECT t.is((quickbook.confirm_appointment(:'h')).status, 'booked', 'confirmed after all');
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'h') || ' | ' || t.allocations(:'h'), 'Pat=1 | Ada/0 10:00-11:00 | Pat/0 10:00-11:00', 'it has its session and seat again');
ROLLBACK TO held;

UPDATE quickbook.service SET slot_interval = '30 minutes' WHERE id = :'s';
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:30+00', :'pat'), 'ok', 'who holds it alone may book half an hour later');
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:30+00') AS later \gset
SELECT t.is(t.session(:'later') || ' ' || t.state(:'h'), 'Ada/0 10:30-11:30 cancelled v2 [] held cancelled', 'which closes hold and session');
ROLLBACK TO held;
-- Others join what was opened by a hold; then its expiry frees a seat, not the time.
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.is(t.seats(:'ten'), 'Pat=1 Ben=2', 'a booking joins a held session');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'cy'), 'slot_taken', 'when the hold has expired the session goes on');
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/2', 'with a seat more');
SELECT t.book(:'cy', :'p', :'s', :'ten') AS d \gset
SELECT t.book(:'dee', :'p', :'s', :'ten') AS e \gset
SELECT t.is(t.same((quickbook.get_appointment(:'b')).session_id, (quickbook.get_appointment(:'e')).session_id) || ' ' || t.state(:'h'),
	'the same cancelled v2 [] held expired', 'which the third takes; the hold is closed');
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h')), '23QB9 hold_expired', 'and has no seat any more');
ROLLBACK TO held;
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.session(:'h'), 'Ada/0 10:00-11:00', 'when only the hold is left the session goes on');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'cy'), 'ok', 'until it expires');
ROLLBACK TO held;
-- The other way round: the latest expiry counts.
SELECT id AS h2 FROM quickbook.hold_appointment(:'ben', :'p', :'s', :'ten', hold_for => '30 minutes') \gset
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is((quickbook.run_maintenance()).holds_expired::text || ' ' || t.seats(:'ten') || ' | ' || t.session(:'h2'), '1 Ben=2 | Ada/0 10:00-11:00',
	'of two holds one has expired');
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'cy'), 'slot_taken', 'the other keeps the session');
SELECT t.at('2026-03-02 08:30+00') \gset
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'cy'), 'ok', 'until it expires too');
ROLLBACK TO held;
SELECT id AS h2 FROM quickbook.hold_appointment(:'ben', :'p', :'s', :'ten', hold_for => '30 minutes') \gset
SELECT (quickbook.cancel_appointment(:'h2')).status \gset
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'cy'), 'ok', 'given back, the longer hold keeps nothing');
ROLLBACK TO held;
SELECT id AS h2 FROM quickbook.hold_appointment(:'ben', :'p', :'s', :'ten', hold_for => '30 minutes') \gset
SELECT (quickbook.reschedule_appointment(:'h2', :'eleven')).status \gset
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'cy') || ' ' || t.verdict(:'direct', :'p', :'eleven', :'cy'), 'ok slot_taken', 'nor moved away');
ROLLBACK TO held;
SELECT id AS h2 FROM quickbook.hold_appointment(:'ben', :'p', :'s', :'ten', hold_for => '30 minutes') \gset
SELECT (quickbook.confirm_appointment(:'h')).status, (quickbook.cancel_appointment(:'h')).status \gset
SELECT t.at('2026-03-02 08:30+00') \gset
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'cy'), 'ok', 'a booking that came and went leaves the holds their expiry');
ROLLBACK TO held;
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.seats(:'ten') || ' ' || t.verdict(:'direct', :'p', :'ten', :'cy'), 'Pat=1 slot_taken', 'confirmed, neither hold nor session expires');
ROLLBACK TO held;
-- One's own hold is worth its seat.
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.book(:'cy', :'p', :'s', :'ten') AS d \gset
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'dee'), 'session_full', 'a live hold counts to a full session');
SELECT t.is(t.rows(:'s', :'ten', :'eleven', :'p', :'pat'), 'Ada@10:00-11:00/1', 'in which who holds it has a seat left');
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'pat'), 'ok', 'and can book it');
SELECT t.book(:'pat', :'p', :'s', :'ten') AS own \gset
SELECT t.is(t.seats(:'ten') || ' ' || t.events(:'h'), 'Pat=1 Ben=2 Cy=3 held cancelled', 'in place of the hold');
ROLLBACK TO base;
-- In a full session it may be held again, or moved into.
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.book(:'cy', :'p', :'s', :'ten') AS d \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 09:00+00') AS a \gset
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', :'ten') \gset
SELECT t.refused(t.hold_sql(:'dee', :'p', :'s', :'ten'), 'session_full', '23P01', 'a full session cannot be held');
SELECT t.is(t.outcome(t.hold_sql(:'pat', :'p', :'s', :'ten')), 'ok', 'but by who holds its last seat');
SELECT t.is(t.seats(:'ten'), 'Ben=1 Cy=2 Pat=3', 'who has it once');
SELECT t.is(t.outcome(t.move_sql(:'a', :'ten')), 'ok', 'and may be moved to it');
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'a'), 'Ben=1 Cy=2 Pat=3 | Ada/0 10:00-11:00', 'in place of the hold');
ROLLBACK TO base;
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT id AS h, hold_token FROM quickbook.hold_appointment(NULL, :'p', :'s', :'ten') \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.allocations(:'h'), 'Ben=1 ?=2 | ', 'a hold without patient has a seat, and takes nobody''s time');
SELECT t.refused(t.call('confirm_appointment', :'h', t.sql('%L, %L', :'ben', :'hold_token')), 'patient_busy', '23P01', 'nobody confirms a second seat for himself');
SELECT t.is((quickbook.confirm_appointment(:'h', :'pat', :'hold_token')).seat::text, '2', 'somebody else does');
ROLLBACK TO base;

--
-- Moving
--

SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.book(:'cy', :'p', :'s', :'eleven') AS d \gset
SAVEPOINT two;
SELECT (quickbook.reschedule_appointment(:'a', :'eleven')).status \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.seats(:'eleven'), 'Ben=2 | Cy=1 Pat=2', 'who is moved leaves one session and joins the other');
SELECT t.is(t.state(:'a'), 'booked v2 [Pat/0 11:00-12:00] booked rescheduled', 'with her own time');
SELECT t.is(t.same((quickbook.get_appointment(:'a')).session_id, (quickbook.get_appointment(:'d')).session_id), 'the same', 'one session at eleven');
SELECT (quickbook.reschedule_appointment(:'b', :'eleven')).status \gset
SELECT t.is(t.seats(:'ten') || '| ' || t.seats(:'eleven') || ' | ' || t.slots(:'direct', :'tue', :'wed'), '| Cy=1 Pat=2 Ben=3 | 09:00 10:00', 'the last who is moved closes the session');
SELECT t.book(:'dee', :'p', :'s', :'ten') AS e \gset
SELECT t.refused(t.move_sql(:'e', :'eleven'), 'session_full', '23P01', 'nobody is moved into a full one');
SELECT t.is(t.state(:'e') || ' ' || t.session(:'e'), 'booked v1 [Dee/0 10:00-11:00] booked Ada/0 10:00-11:00', 'and keeps what she had');
SELECT (quickbook.reschedule_appointment(:'b', '2026-03-03 09:00+00')).status \gset
SELECT t.is(t.seats('2026-03-03 09:00+00') || ' | ' || t.session(:'b'), 'Ben=1 | Ada/0 09:00-10:00', 'moving may open a session');
ROLLBACK TO two;
SELECT t.is((quickbook.reschedule_appointment(:'a', :'ten')).version::text, '1', 'moving to where it is changes nothing');
SELECT t.is(t.seats(:'ten'), 'Pat=1 Ben=2', 'and no seat');
ROLLBACK TO base;
-- One's own session is in the way only as long as others need it.
UPDATE quickbook.service SET slot_interval = '30 minutes' WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.refused(t.move_sql(:'a', '2026-03-03 10:30+00'), 'slot_taken', '23P01', 'half an hour later the provider still has the others');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.outcome(t.move_sql(:'a', '2026-03-03 10:30+00')), 'ok', 'who is alone moves the session''s time');
SELECT t.is(t.session(:'a') || ' | ' || t.allocations(:'a'), 'Ada/0 10:30-11:30 | Pat/0 10:30-11:30', 'with her');
ROLLBACK TO base;
-- To another lead.
SELECT t.provider(:'c', 'Bob', open_always => true) AS bob \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.book(:'ben', :'bob', :'s', :'ten') AS b \gset
SELECT (quickbook.reschedule_appointment(:'a', :'ten', :'bob')).status \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'a'), 'Ben=1 Pat=2 | Bob/0 10:00-11:00', 'to another lead''s session at the same time');
SELECT t.is(t.resources(:'a'), 'practitioner=Bob', 'who serves is noted');
SELECT t.is(t.slots(:'direct', :'ten', :'eleven'), '10:00', 'and the first is free');
ROLLBACK TO base;
-- A hold is moved like a booking.
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', :'ten') \gset
SELECT t.book(:'ben', :'p', :'s', :'eleven') AS b \gset
SELECT (quickbook.reschedule_appointment(:'h', :'eleven')).status \gset
SELECT t.is(t.seats(:'ten') || '| ' || t.seats(:'eleven'), '| Ben=1 Pat=2', 'a hold is moved into another session');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.rows(:'s', :'ten', '2026-03-03 12:00+00'), 'Ada@10:00-11:00/3 Ada@11:00-12:00/2', 'and expires there');
SELECT t.is(t.verdict(:'direct', :'p', :'eleven', :'cy'), 'slot_taken', 'without its session');
ROLLBACK TO base;

--
-- Approval
--

UPDATE quickbook.service SET requires_approval = true WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.is((quickbook.get_appointment(:'a')).status || ' ' || t.rows(:'s', :'ten', :'eleven'), 'pending Ada@10:00-11:00/2', 'a request that takes its time has a seat');
SELECT (quickbook.decline_appointment(:'a')).status \gset
SELECT t.is(t.rows(:'s', :'ten', :'eleven') || t.session(:'a'), 'Ada@10:00-11:00/3', 'declined, it gives it back');
ROLLBACK TO base;
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false, seats = 2 WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.book(:'cy', :'p', :'s', :'ten') AS d \gset
SELECT t.is(t.rows(:'s', :'ten', :'eleven') || ' ' || t.query('SELECT count(*) FROM quickbook.allocation'), 'Ada@10:00-11:00/2 0', 'requests that take no time have no seat: three ask for two');
SELECT (quickbook.confirm_appointment(:'b')).status, (quickbook.confirm_appointment(:'d')).status \gset
SELECT t.is((quickbook.get_appointment(:'b')).seat::text || (quickbook.get_appointment(:'d')).seat::text || ' ' || t.session(:'b'), '12 Ada/0 10:00-11:00', 'who is confirmed has one, and a session');
SELECT t.refused(t.call('confirm_appointment', :'a'), 'session_full', '23P01', 'the third is too many');
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'dee'), 'session_full', 'nor may another ask');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is((quickbook.confirm_appointment(:'a')).seat::text, '1', 'until a seat is given back');
ROLLBACK TO base;

-- A hold has a seat, the request that it becomes has none.
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false, seats = 2 WHERE id = :'s';
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', :'ten') \gset
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/1', 'a hold has a seat');
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is(t.rows(:'s', :'ten', :'eleven') || ' ' || t.query('SELECT count(*) FROM quickbook.allocation'), 'Ada@10:00-11:00/2 0', 'as a request it has none, and the session is over');
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'ben'), 'ok', 'the provider is free');
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'h'), 'Pat=1 | Ada/0 10:00-11:00', 'confirmed, it has one again');
ROLLBACK TO base;
-- Declining one that has none leaves those who sit there alone.
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false, seats = 2 WHERE id = :'s';
SELECT t.book(:'ben', :'p', :'s', :'ten', '{policy}') AS b \gset
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT (quickbook.decline_appointment(:'a')).status \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'b'), 'Ben=1 | Ada/0 10:00-11:00', 'a request beside a session is declined alone');
ROLLBACK TO base;

-- Requests that had no seat when they were made, and pending_blocks set since.
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false, seats = 2 WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.book(:'cy', :'p', :'s', :'ten') AS d \gset
UPDATE quickbook.service SET pending_blocks = true WHERE id = :'s';
SELECT t.is(t.outcome(t.call('confirm_appointment', id)), want, t.sql('pending_blocks set later: %s', want))
FROM (VALUES (:'a', 'ok'), (:'b', 'ok'), (:'d', '23P01 session_full')) AS v (id, want);
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'a') || ' | ' || t.allocations(:'a'), 'Pat=1 Ben=2 | Ada/0 10:00-11:00 | Pat/0 10:00-11:00',
	'pending_blocks set later: a seat for each who was confirmed');
ROLLBACK TO base;

--
-- Seats that change
--

SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SAVEPOINT seated;
UPDATE quickbook.service SET seats = 5 WHERE id = :'s';
SELECT t.is(t.rows(:'s', :'ten', :'eleven'), 'Ada@10:00-11:00/3', 'more seats');
UPDATE quickbook.service SET seats = 2 WHERE id = :'s';
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'cy'), 'session_full', 'fewer seats: full');
SELECT t.book(:'cy', :'p', :'s', :'eleven') AS d \gset
UPDATE quickbook.service SET seats = 1 WHERE id = :'s';
SELECT t.is(t.slots(:'s', :'tue', :'wed'), '09:00', 'one seat: sessions are in the way like appointments');
SELECT t.ok(t.refusal_of(t.outcome(t.create_sql(:'dee', :'p', :'s', :'ten'))), 'one seat: nobody joins');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.is(t.session(:'b'), 'Ada/0 10:00-11:00', 'one seat: who sits there stays');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.slots(:'s', :'tue', :'wed'), '09:00 10:00', 'one seat: the last gives the time back');
ROLLBACK TO base;
SELECT t.book(:'pat', :'p', :'direct', :'ten') AS a \gset
UPDATE quickbook.service SET seats = 4 WHERE id = :'direct';
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'ben'), 'slot_taken', 'seats given later: an appointment is no session');
SELECT t.is(t.rows(:'direct', :'tue', :'wed'), 'Ada@09:00-10:00/4 Ada@11:00-12:00/4', 'seats given later: but its other starts may be');
SELECT (quickbook.reschedule_appointment(:'a', :'eleven')).status \gset
SELECT t.is(t.verdict(:'direct', :'p', :'eleven', :'ben'), 'ok', 'seats given later: moved, it becomes one');
ROLLBACK TO base;

SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT (quickbook.cancel_appointment(:'b')).status \gset
UPDATE quickbook.service SET seats = 1 WHERE id = :'s';
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'b'), 'session_full', '23P01', 'one seat: who left a session that goes on cannot come back');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.is((quickbook.set_appointment_status(:'b', 'booked')).status, 'booked', 'one seat: when it has ended, one can');
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'cy'), 'slot_taken', 'one seat: and has the provider''s time');
ROLLBACK TO base;
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'direct', :'ten') \gset
UPDATE quickbook.service SET seats = 4 WHERE id = :'direct';
SELECT t.is((quickbook.confirm_appointment(:'h')).status, 'booked', 'seats given later: a hold is confirmed as it was');
SELECT t.is(t.verdict(:'direct', :'p', :'ten', :'ben'), 'slot_taken', 'seats given later: and not joined');
ROLLBACK TO base;
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'direct';
SELECT t.book(:'pat', :'p', :'direct', :'ten') AS a \gset
SELECT t.book(:'ben', :'p', :'direct', :'ten') AS b \gset
UPDATE quickbook.service SET seats = 2 WHERE id = :'direct';
SELECT (quickbook.confirm_appointment(:'a')).status, (quickbook.confirm_appointment(:'b')).status \gset
SELECT t.is(t.seats(:'ten') || ' | ' || t.session(:'b'), 'Pat=1 Ben=2 | Ada/0 10:00-11:00', 'seats given later: requests are confirmed into a session');
ROLLBACK TO base;

-- The session's length stays what it was: whoever joins has that.
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
UPDATE quickbook.service SET duration = '90 minutes', buffer_after = '30 minutes' WHERE id = :'s';
SELECT t.is(t.rows(:'s', :'tue', :'wed'), 'Ada@10:00-11:00/2', 'a longer service: the session is as long as it was');
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.is(t.session(:'b') || ' | ' || t.allocations(:'b'), 'Ada/0 10:00-11:00 | Ben/0 10:00-11:00', 'a longer service: for who joins, too');
ROLLBACK TO base;
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
UPDATE quickbook.service SET duration = '30 minutes' WHERE id = :'s';
SELECT t.book(:'ben', :'p', :'s', :'ten') AS b \gset
SELECT t.is(t.allocations(:'b'), 'Ben/0 10:00-11:00', 'a shorter service: also');
ROLLBACK TO base;

-- Nobody is let into a session that ends before his own time does: the rest of it
-- would be nobody's.
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'s';
SELECT t.book(:'cy', :'p', :'s', :'ten') AS asked \gset
SELECT t.book(:'pat', :'p', :'s', :'ten', '{policy}') AS a \gset
SELECT (quickbook.cancel_appointment(:'a')).status \gset
UPDATE quickbook.service SET duration = '30 minutes' WHERE id = :'s';
SELECT t.book(:'ben', :'p', :'s', :'ten', '{policy}') AS b \gset
SELECT t.ok(t.refusal_of(t.outcome(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'a'))), 'a shorter session: an undo is refused');
SELECT t.ok(t.refusal_of(t.outcome(t.call('confirm_appointment', :'asked'))), 'a shorter session: so is a confirmation');
SELECT t.is(t.session(:'b'), 'Ada/0 10:00-10:30', 'a shorter session: it is as it was');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.outcome(t.call('confirm_appointment', :'asked')), 'ok', 'a shorter session: when it is gone, a longer one is opened');
SELECT t.is(t.session(:'asked') || ' | ' || t.allocations(:'asked'), 'Ada/0 10:00-11:00 | Cy/0 10:00-11:00', 'a shorter session: for the whole time');
ROLLBACK TO base;

-- Nothing of all this has left two sessions in one place: the constraint says so.
SELECT t.book(:'pat', :'p', :'s', :'ten') AS a \gset
SELECT (quickbook.get_appointment(:'a')).session_id AS session \gset
SELECT t.throws(t.sql('INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, starts_at, ends_at)'
	' VALUES (%L, %L, %L, %L, %L)', :'c', :'a', :'p', :'ten', :'eleven'), '23P01', NULL, 'a session''s time is guarded by the constraint');

SELECT * FROM t.finish();
ROLLBACK;
