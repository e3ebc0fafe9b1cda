-- Sections 2, 3 and 5: a service that requires approval. A request is pending until
-- staff confirm or decline it; whether it takes its time meanwhile is the service's
-- pending_blocks.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(92);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.offer(:'s', :'room', 'room') \gset
UPDATE quickbook.service SET requires_approval = true WHERE id = :'s';
-- The same without approval, on the same calendar.
SELECT t.service(:'c', '30 minutes', :'p', name => 'Direct') AS direct \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT t.patient(:'c', 'Cy') AS cy \gset
\set tue '2026-03-03 00:00+00'
\set wed '2026-03-04 00:00+00'
SAVEPOINT base;

--
-- A request that takes its time
--

SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SAVEPOINT asked;
SELECT t.is(t.state(:'a'), 'pending v1 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30] pending', 'a booking is pending, and takes its time');
SELECT t.is(t.key(t.event(:'a'), 'status'), 'pending', 'as its event says');
SELECT t.is(t.slots(:'direct', :'tue', :'wed'), '09:00 09:30 10:30 11:00 11:30', 'which is offered no more');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'ben'), 'slot_taken', 'nor can another ask for it');
SELECT t.is(t.verdict(:'direct', :'p', '2026-03-03 10:00+00', :'pat'), 'slot_taken', 'not even its own patient: it is no hold');

SELECT (quickbook.confirm_appointment(:'a')).status \gset
SELECT t.is(t.state(:'a'), 'booked v2 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30] pending booked', 'confirmed, it is booked');
SELECT t.is(t.key(t.event(:'a'), 'changed', 'status'), 'pending', 'the event has the status before in changed');
SELECT t.refused(t.call('confirm_appointment', :'a'), 'invalid_transition', '23QB7', 'what is booked is not confirmed again');
SELECT t.refused(t.call('decline_appointment', :'a'), 'invalid_transition', '23QB7', 'nor declined');
SELECT (quickbook.reschedule_appointment(:'a', '2026-03-03 11:00+00')).status \gset
SELECT t.is(t.events(:'a') || ' ' || (quickbook.get_appointment(:'a')).status, 'pending booked rescheduled booked', 'moved by staff, it stays booked');
ROLLBACK TO asked;

SELECT t.is(t.state((quickbook.decline_appointment(:'a', 'not that day')).id), 'cancelled v2 [] pending cancelled', 'declined, it is cancelled and takes nothing');
SELECT t.is(t.query(t.sql('SELECT a.cancelled_by, a.cancel_reason FROM quickbook.get_appointment(%L) AS a', :'a')), 'staff not that day', 'by staff, with the reason');
SELECT t.is(t.resources(:'a'), 'practitioner=Ada room=Room', 'who was asked for is kept');
SELECT t.is(t.slots(:'direct', :'tue', :'wed'), '09:00 09:30 10:00 10:30 11:00 11:30', 'its time is offered again');
SELECT t.refused(t.call('decline_appointment', :'a'), 'invalid_transition', '23QB7', 'what was declined is not declined again');
SELECT t.refused(t.call('confirm_appointment', :'a'), 'invalid_transition', '23QB7', 'nor confirmed');
ROLLBACK TO asked;
SELECT t.is((quickbook.decline_appointment(:'a')).status, 'cancelled', 'the reason may be left out');
ROLLBACK TO asked;

-- Versions, and what is not there.
SELECT t.is((quickbook.confirm_appointment(:'a', expected_version => 1)).status, 'booked', 'expected_version: confirm');
ROLLBACK TO asked;
SELECT t.is((quickbook.decline_appointment(:'a', NULL, 1)).status, 'cancelled', 'expected_version: decline');
ROLLBACK TO asked;
SELECT t.refused(sql, 'stale_version', '23QB8', t.sql('another version than expected: %s', what))
FROM (VALUES (t.call('confirm_appointment', :'a', 'expected_version => 2'), 'confirm'),
	(t.call('decline_appointment', :'a', 'expected_version => 2'), 'decline')) AS v (sql, what);
SELECT t.refused(t.call('decline_appointment', '00000000-0000-7000-8000-00000000ffff'), 'not_found', 'P0002', 'an unknown appointment');
SELECT t.refused(t.call('decline_appointment', NULL), 'invalid_argument', '22023', 'no appointment');
SELECT t.is(t.outcome(t.call('decline_appointment',
	t.appointment(status, :'cy', :'p', :'direct', starts_at::timestamptz, starts_at::timestamptz + '00:30'::interval)::text)),
	'23QB7 invalid_transition', t.sql('%s is not declined', status))
FROM (VALUES ('held', '2026-04-01 09:00+00'), ('booked', '2026-04-02 09:00+00'), ('arrived', '2026-04-03 09:00+00'),
	('checked-in', '2026-04-04 09:00+00'), ('fulfilled', '2026-04-05 09:00+00'), ('cancelled', '2026-04-06 09:00+00'),
	('noshow', '2026-04-07 09:00+00'), ('entered-in-error', '2026-04-08 09:00+00')) AS v (status, starts_at);

-- Otherwise it is an appointment like any.
SELECT (quickbook.reschedule_appointment(:'a', '2026-03-03 11:00+00')).status \gset
SELECT t.is(t.state(:'a'), 'pending v2 [Ada/0 11:00-11:30, Room/0 11:00-11:30, Pat/0 11:00-11:30] pending rescheduled', 'moved, it is still pending');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.is(t.state(:'a'), 'cancelled v3 [] pending rescheduled cancelled', 'it can be cancelled');
ROLLBACK TO asked;
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, %L)', :'a', status), 'invalid_transition', '23QB7', t.sql('before it is booked it is not %s', status))
FROM (VALUES ('arrived'), ('fulfilled'), ('noshow')) AS v (status);

-- The rules were asked when it was made.
UPDATE quickbook.service SET min_notice = '3 days' WHERE id = :'s';
DELETE FROM quickbook.working_hours WHERE provider_id = :'p';
SELECT t.is((quickbook.confirm_appointment(:'a')).status, 'booked', 'staff confirm it whatever the rules have become');
ROLLBACK TO asked;

-- A patient's request ends no other patient's rights: staff decide.
SELECT t.act_as(:'pat') \gset
SELECT t.refused(t.call('confirm_appointment', :'a'), 'not_allowed', '42501', 'patients do not confirm what is pending');
SELECT t.refused(t.call('decline_appointment', :'a'), 'not_allowed', '42501', 'nor decline it');
SELECT t.act_as(NULL) \gset
SELECT t.is(t.state(:'a'), 'pending v1 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30] pending', 'it is as before');
ROLLBACK TO base;

-- Staff need not ask themselves.
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00', '{policy}') AS a \gset
SELECT t.is(t.state(:'a'), 'booked v1 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30] booked', 'override policy books at once');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:30+00', '{grid,notice,hours,horizon,limit}') AS b \gset
SELECT t.is((quickbook.get_appointment(:'b')).status, 'pending', 'no other rule does');
SELECT t.is((quickbook.create_appointment_local(:'cy', :'p', :'s', '2026-03-03', '11:00')).status, 'pending', 'create_appointment_local() asks too');
ROLLBACK TO base;

-- A hold becomes a request, which becomes a booking.
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.is((quickbook.confirm_appointment(:'h')).status, 'pending', 'a hold that is confirmed is pending');
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '0', 'and does not expire');
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is(t.state(:'h'), 'booked v3 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30] held pending booked', 'confirmed once more it is booked');
ROLLBACK TO base;
-- Who held it may ask; only staff confirm.
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.act_as(:'pat') \gset
SELECT t.is((quickbook.confirm_appointment(:'h')).status, 'pending', 'a patient''s confirmation of a hold is a request');
SELECT t.refused(t.call('confirm_appointment', :'h'), 'not_allowed', '42501', 'which is for staff to confirm');
SELECT t.act_as(NULL) \gset
ROLLBACK TO base;

--
-- Requests that take no time: several may ask, one is confirmed
--

UPDATE quickbook.service SET pending_blocks = false WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS b \gset
SAVEPOINT two;
SELECT t.is(t.state(:'a'), 'pending v1 [] pending', 'the first request takes no time');
SELECT t.is(t.state(:'b'), 'pending v1 [] pending', 'nor does the second for the same time');
SELECT t.is(t.resources(:'a'), 'practitioner=Ada room=Room', 'who is asked for is noted');
SELECT t.is(t.slots(:'direct', :'tue', :'wed'), '09:00 09:30 10:00 10:30 11:00 11:30', 'the time is still offered');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'cy'), 'ok', 'and a third may ask');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'pat'), 'ok', 'the first is not even busy herself');

SELECT (quickbook.confirm_appointment(:'b')).status \gset
SELECT t.is(t.state(:'b'), 'booked v2 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Ben/0 10:00-10:30] pending booked', 'who is confirmed takes the time');
SELECT t.refused(t.call('confirm_appointment', :'a'), 'slot_taken', '23P01', 'the other cannot be confirmed then');
SELECT t.is(t.state(:'a'), 'pending v1 [] pending', 'and is still a request');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'cy'), 'slot_taken', 'nobody else may ask');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is((quickbook.confirm_appointment(:'a')).status, 'booked', 'when the time is given back, the other can be confirmed');
SELECT t.is(t.allocations(:'a'), 'Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30', 'and takes it');
ROLLBACK TO two;

SELECT (quickbook.decline_appointment(:'a', 'full')).status \gset
SELECT t.is(t.state(:'a'), 'cancelled v2 [] pending cancelled', 'the other can be declined');
SELECT t.is((quickbook.confirm_appointment(:'b')).status, 'booked', 'before the one is confirmed, too');
ROLLBACK TO two;

-- Anything else may be in the way of a confirmation, too.
SELECT t.book(:'cy', :'p', :'direct', '2026-03-03 10:00+00') AS other \gset
SELECT t.refused(t.call('confirm_appointment', :'a'), 'slot_taken', '23P01', 'taken by another service');
ROLLBACK TO two;
SELECT t.busy(:'room', '2026-03-03 10:10+00', '2026-03-03 10:20+00') \gset
SELECT t.refused(t.call('confirm_appointment', :'a'), 'slot_taken', '23P01', 'the room is busy');
ROLLBACK TO two;
SELECT t.service(:'c', '30 minutes', t.provider(:'c', 'Bob', open_always => true), name => 'Bobs') AS s_bob \gset
SELECT t.book(:'pat', NULL, :'s_bob', '2026-03-03 10:00+00') AS elsewhere \gset
SELECT t.refused(t.call('confirm_appointment', :'a'), 'patient_busy', '23P01', 'the patient is busy');
SELECT t.is((quickbook.confirm_appointment(:'b')).status, 'booked', 'but the other is not');
ROLLBACK TO two;
SELECT id AS held FROM quickbook.hold_appointment(:'cy', :'p', :'direct', '2026-03-03 10:00+00') \gset
SELECT t.refused(t.call('confirm_appointment', :'a'), 'slot_taken', '23P01', 'held by another');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is((quickbook.confirm_appointment(:'a')).status, 'booked', 'until that hold expires');
SELECT t.is(t.state(:'held'), 'cancelled v2 [] held expired', 'which the confirmation closes');
ROLLBACK TO two;
SELECT id AS held FROM quickbook.hold_appointment(:'pat', :'p', :'direct', '2026-03-03 10:00+00') \gset
SELECT t.is(t.outcome(t.call('confirm_appointment', :'a')), 'ok', 'a hold of the same patient is not in the way');
SELECT t.is(t.state(:'held'), 'cancelled v2 [] held cancelled', 'and is closed');
ROLLBACK TO two;

-- Through set_appointment_status() it is the same.
SELECT (quickbook.set_appointment_status(:'a', 'booked')).status \gset
SELECT t.is(t.state(:'a'), 'booked v2 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30] pending booked', 'set_appointment_status(…, booked) confirms');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'b'), 'slot_taken', '23P01', 'one of the two');
ROLLBACK TO two;

-- Moved, a request still takes no time.
SELECT (quickbook.reschedule_appointment(:'a', '2026-03-03 11:00+00')).status \gset
SELECT t.is(t.state(:'a'), 'pending v2 [] pending rescheduled', 'moved, it takes no time either');
SELECT t.book(:'cy', :'p', :'direct', '2026-03-03 09:00+00') AS other \gset
SELECT t.refused(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'a', '2026-03-03 09:00+00'), 'slot_taken', '23P01',
	'but it cannot be moved to where nothing is free');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.is(t.state(:'a'), 'cancelled v3 [] pending rescheduled cancelled', 'cancelled');
ROLLBACK TO two;

-- A hold takes its time, whatever becomes of it.
SELECT id AS h FROM quickbook.hold_appointment(:'cy', :'p', :'s', '2026-03-03 11:00+00') \gset
SELECT t.is(t.state(:'h'), 'held v1 [Ada/0 11:00-11:30, Room/0 11:00-11:30, Cy/0 11:00-11:30] held', 'a hold takes its time');
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is(t.state(:'h'), 'pending v2 [] held pending', 'and as a request gives it back');
ROLLBACK TO two;

-- Nor is it confirmed when it has expired and could no longer be booked.
SELECT id AS h FROM quickbook.hold_appointment(:'cy', :'p', :'s', '2026-03-03 11:00+00') \gset
SELECT t.at('2026-03-02 08:10+00') \gset
SAVEPOINT expired;
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is((quickbook.get_appointment(:'h')).status || t.allocations(:'h'), 'pending', 'expired, it becomes a request if its time is free');
ROLLBACK TO expired;
SELECT t.at('2026-03-03 11:00+00') \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'hold_expired', '23QB9', 'not when its start has come');
ROLLBACK TO expired;
SELECT t.book(:'pat', :'p', :'direct', '2026-03-03 11:00+00') AS other \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'hold_expired', '23QB9', 'nor when its time is taken');
ROLLBACK TO expired;
SELECT t.limit(:'c', 'day', 2) \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'limit_reached', '23QB5', 'nor beyond a limit');
ROLLBACK TO two;

-- Any provider: whoever was found is asked, and confirmed.
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.hours(:'bob', NULL, '09:00', '12:00') \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.book(:'cy', NULL, :'s', '2026-03-04 10:00+00') AS any \gset
SELECT t.resources(:'any') AS team \gset
SELECT (quickbook.confirm_appointment(:'any')).status \gset
SELECT t.is(t.resources(:'any'), :'team', 'any provider: who was found when asked is who is booked');
ROLLBACK TO two;

-- The service may change its mind while requests are open: whatever a request took
-- when it was made, confirmed it has its time, alone.
UPDATE quickbook.service SET pending_blocks = true WHERE id = :'s';
SELECT (quickbook.confirm_appointment(:'a')).status \gset
SELECT t.is(t.state(:'a'), 'booked v2 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30] pending booked',
	'pending_blocks set later: who is confirmed takes the time');
SELECT t.refused(t.call('confirm_appointment', :'b'), 'slot_taken', '23P01', 'and the other cannot be');
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'b'), 'slot_taken', '23P01', 'nor by set_appointment_status()');
ROLLBACK TO two;
UPDATE quickbook.service SET pending_blocks = true WHERE id = :'s';
SELECT t.is((quickbook.decline_appointment(:'a')).status, 'cancelled', 'or is declined');
SELECT t.is((quickbook.reschedule_appointment(:'b', '2026-03-03 11:00+00')).status, 'pending', 'or moved');
SELECT (quickbook.confirm_appointment(:'b')).status \gset
SELECT t.is(t.allocations(:'b'), 'Ada/0 11:00-11:30, Room/0 11:00-11:30, Ben/0 11:00-11:30', 'and has its new time then');
ROLLBACK TO base;
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SAVEPOINT blocking;
UPDATE quickbook.service SET pending_blocks = false WHERE id = :'s';
SELECT (quickbook.confirm_appointment(:'a')).status \gset
SELECT t.is(t.state(:'a'), 'booked v2 [Ada/0 10:00-10:30, Room/0 10:00-10:30, Pat/0 10:00-10:30] pending booked',
	'pending_blocks taken back later: who is confirmed keeps the time');
ROLLBACK TO blocking;
UPDATE quickbook.service SET pending_blocks = false WHERE id = :'s';
SELECT (quickbook.decline_appointment(:'a')).status \gset
SELECT t.is(t.state(:'a'), 'cancelled v2 [] pending cancelled', 'and who is declined gives it back');
ROLLBACK TO base;
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
UPDATE quickbook.service SET requires_approval = false WHERE id = :'s';
SELECT t.is((quickbook.confirm_appointment(:'a')).status, 'booked', 'requires_approval taken back: what is pending can be confirmed');

SELECT * FROM t.finish();
ROLLBACK;
