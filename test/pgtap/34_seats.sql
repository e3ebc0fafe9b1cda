-- A seat that counts has its session's time: the database refuses one without, and
-- no call of one client takes it away.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(44);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.provider(:'c', 'Other') AS o \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.hours(:'o', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '1 hour', :'p', name => 'Class') AS s \gset
UPDATE quickbook.service SET seats = 3 WHERE id = :'s';
SELECT t.service(:'c', '1 hour', :'p', name => 'Direct') AS direct \gset
SELECT t.service(:'c', '1 hour', :'o', name => 'Elsewhere') AS elsewhere \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT t.patient(:'c', 'Cy') AS cy \gset
\set ten '2026-03-03 10:00+00'
\set eleven '2026-03-03 11:00+00'

-- Live seats whose session has no time on the lead's calendar, and time of nobody's.
CREATE FUNCTION t.faults() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT concat_ws(' ', (SELECT count(*) FROM quickbook.appointment a WHERE a.session_id IS NOT NULL
			AND a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
			AND NOT EXISTS (SELECT FROM quickbook.allocation l WHERE l.session_id = a.session_id AND l.provider_id = a.provider_id)),
		(SELECT count(*) FROM quickbook.allocation l WHERE NOT EXISTS (SELECT FROM quickbook.appointment a
			WHERE l.owner_id IN (a.id, a.session_id) AND a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled'))))
$$;
SAVEPOINT base;

--
-- Whoever joins a session does not end it by closing the own hold in it
--

SELECT t.book(:'pat', :'p', :'s', :'ten') AS one \gset
SELECT quickbook.cancel_appointment(:'one') \g /dev/null
SELECT quickbook.hold_appointment(:'pat', :'p', :'s', :'ten', hold_for => '1 day') \g /dev/null
SELECT t.is((quickbook.set_appointment_status(:'one', 'booked')).status, 'booked', 'an undo where only the own hold sits');
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'has time, and closes the hold');
SELECT t.refused(t.sql('SELECT quickbook.create_appointment(%L, %L, %L, %L)', :'ben', :'p', :'direct', :'ten'), 'slot_taken', '23P01', 'nobody else gets that time');
ROLLBACK TO base;

UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'s';
SELECT t.book(:'pat', :'p', :'s', :'ten') AS one \gset
SELECT quickbook.hold_appointment(:'pat', :'p', :'s', :'ten', hold_for => '1 day') \g /dev/null
SELECT t.is((quickbook.confirm_appointment(:'one')).status, 'booked', 'a request is confirmed where only the own hold sits');
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'has time');
SELECT t.refused(t.sql('SELECT quickbook.create_appointment(%L, %L, %L, %L)', :'ben', :'p', :'direct', :'ten'), 'slot_taken', '23P01', 'nobody else gets that time');
ROLLBACK TO base;

SELECT id AS one FROM quickbook.hold_appointment(:'pat', :'p', :'s', :'ten', hold_for => '1 min') \gset
SET LOCAL quickbook.now = '2026-03-02 09:05+00';
SELECT quickbook.hold_appointment(:'pat', :'p', :'s', :'ten', hold_for => '1 day') \g /dev/null
SELECT t.is((quickbook.confirm_appointment(:'one')).status, 'booked', 'an expired hold is confirmed where only the own hold sits');
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'has time');
SELECT t.refused(t.sql('SELECT quickbook.create_appointment(%L, %L, %L, %L)', :'ben', :'p', :'direct', :'ten'), 'slot_taken', '23P01', 'nobody else gets that time');
ROLLBACK TO base;

SELECT id AS one, hold_token AS token FROM quickbook.hold_appointment(NULL, :'p', :'s', :'ten', hold_for => '1 day') \gset
SELECT quickbook.hold_appointment(:'pat', :'p', :'s', :'ten', hold_for => '1 day') \g /dev/null
SELECT t.is((quickbook.confirm_appointment(:'one', :'pat', :'token')).status, 'booked', 'a hold for nobody is confirmed beside the own hold in its session');
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'has time');
SELECT t.is((SELECT count(*) FROM quickbook.appointment WHERE status = 'held')::text, '0', 'the own hold is closed');
SELECT t.refused(t.sql('SELECT quickbook.create_appointment(%L, %L, %L, %L)', :'ben', :'p', :'direct', :'ten'), 'slot_taken', '23P01', 'nobody else gets that time');
ROLLBACK TO base;

--
-- A hold in a session is closed by a booking elsewhere
--

SELECT quickbook.hold_appointment(:'pat', :'p', :'s', :'ten', hold_for => '1 day') \g /dev/null
SELECT t.book(:'pat', :'o', :'elsewhere', :'ten') \gset
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'the only seat: the session ends');
SELECT t.is((t.book(:'ben', :'p', :'direct', :'ten') IS NOT NULL)::text, 'true', 'and its time is free');
ROLLBACK TO base;

SELECT quickbook.hold_appointment(:'pat', :'p', :'s', :'ten', hold_for => '1 day') \g /dev/null
SELECT t.book(:'ben', :'p', :'s', :'ten') \gset
SELECT t.book(:'pat', :'o', :'elsewhere', :'ten') \gset
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'not the only seat: the session stays');
SELECT t.is((SELECT count(*) FROM quickbook.allocation WHERE session_id IS NOT NULL AND expires_at IS NOT NULL)::text, '0', 'booked time does not expire');
ROLLBACK TO base;

--
-- Moving the only seat to where its own session stands in the way
--

SELECT t.book(:'pat', :'p', :'s', :'ten') AS one \gset
SELECT t.is((quickbook.reschedule_appointment(:'one', '2026-03-03 10:30+00', override => ARRAY['grid'])).starts_at::text, '2026-03-03 10:30:00+00',
	'half an hour later, over its own time');
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'has time');
SELECT t.is((SELECT count(*) FROM quickbook.allocation WHERE provider_id = :'p')::text, '1', 'once');
SELECT t.is((quickbook.get_appointment(:'one')).version::text, '2', 'is one change');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:30+00') \gset
SELECT t.is((quickbook.reschedule_appointment(:'one', '2026-03-03 09:00+00', override => ARRAY['grid'])).seat::text, '1', 'out of a session that stays');
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'both have time');
-- an expired hold of somebody else's is the only other seat
SELECT quickbook.hold_appointment(:'cy', :'p', :'s', '2026-03-03 09:00+00', hold_for => '1 min') \g /dev/null
SET LOCAL quickbook.now = '2026-03-02 09:05+00';
SELECT t.is((quickbook.cancel_appointment((SELECT id FROM quickbook.appointment WHERE patient_id = :'ben'))).status, 'cancelled', 'who was in the way goes');
SELECT t.is((quickbook.reschedule_appointment(:'one', '2026-03-03 09:30+00', override => ARRAY['grid'])).starts_at::text, '2026-03-03 09:30:00+00',
	'out of a session in which an expired hold sits besides, over its time');
SELECT t.faults() AS faults \gset
SELECT t.is(:'faults', '0 0', 'has time');
ROLLBACK TO base;

--
-- The database refuses it, whoever writes
--

SELECT t.book(:'pat', :'p', :'s', :'ten') AS one \gset
SELECT t.is((SELECT (seated_session_id = session_id)::text FROM quickbook.appointment WHERE id = :'one'), 'true', 'a seat refers to its session');
SELECT t.is(t.outcome('DELETE FROM quickbook.allocation WHERE session_id IS NOT NULL'), '23503', 'its time cannot be deleted');
SELECT t.is(t.outcome(t.sql('UPDATE quickbook.appointment SET seated_session_id = NULL WHERE id = %L', :'one')), '23514', 'the reference cannot be cleared');
SELECT t.is(t.outcome(t.sql('WITH s AS (INSERT INTO quickbook.session (clinic_id, provider_id, service_id, starts_at, ends_at)
		SELECT clinic_id, provider_id, service_id, starts_at + interval ''1 hour'', ends_at + interval ''1 hour'' FROM quickbook.appointment RETURNING *)
	INSERT INTO quickbook.appointment (clinic_id, patient_id, service_id, provider_id, session_id, seat, status, starts_at, ends_at)
	SELECT clinic_id, %L, service_id, provider_id, id, 1, ''booked'', starts_at, ends_at FROM s', :'ben')), '23503',
	'a seat in a session without time');
SELECT t.is(t.outcome(t.sql('UPDATE quickbook.appointment SET provider_id = %L WHERE id = %L', :'o', :'one')), '23503', 'a seat with another lead than the session has');
SELECT t.is(t.outcome(t.sql('UPDATE quickbook.appointment SET status = ''noshow'' WHERE id = %L', :'one')), 'ok', 'who no longer counts needs none');
SELECT t.is((SELECT seated_session_id::text FROM quickbook.appointment WHERE id = :'one'), NULL, 'and refers to none');
ROLLBACK TO base;

--
-- What is long past
--

SELECT t.book(:'pat', :'p', :'s', :'ten') AS one \gset
SELECT t.book(:'ben', :'p', :'direct', :'eleven') AS two \gset
SELECT t.is(quickbook.purge_allocations('1 day')::text, '0', 'nothing is past');
SET LOCAL quickbook.now = '2026-03-03 11:30+00';
SELECT t.is((quickbook.set_appointment_status(:'one', 'fulfilled')).status, 'fulfilled', 'a seat is past');
SELECT t.is(quickbook.purge_allocations('0')::text, '2', 'its time and its patient''s are purged');
SELECT t.is((SELECT concat_ws(' ', status, seated_session_id, session_id IS NOT NULL, seat_released_at) FROM quickbook.appointment WHERE id = :'one'),
	'fulfilled t 2026-03-03 11:30:00+00', 'the appointment stays in its session');
SELECT t.is((quickbook.set_appointment_status(:'one', 'booked')).status, 'booked', 'and can still be corrected');
SET LOCAL quickbook.now = '2026-06-03 11:30+00';
SELECT t.is(quickbook.purge_allocations('90 days')::text, '2', 'the other one later');
SELECT t.is((SELECT count(*) FROM quickbook.allocation)::text, '0', 'nothing is left');
SELECT t.is((quickbook.set_appointment_status(:'one', 'noshow')).status, 'noshow', 'a correction months later');
SELECT t.is((quickbook.set_appointment_status(:'one', 'booked')).status, 'booked', 'and back, where nothing is left of its time');
SELECT t.refused('SELECT quickbook.purge_allocations(''-1 day'')', 'invalid_argument', '22023', 'a negative age');
SELECT t.refused('SELECT quickbook.purge_allocations(NULL)', 'invalid_argument', '22023', 'none');

SELECT * FROM t.finish();
ROLLBACK;
