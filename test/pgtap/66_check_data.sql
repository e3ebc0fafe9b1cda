-- check_data() and repair_data(): rows that do not agree are found, each sort of
-- damage by its name; what has one right answer is mended, the rest is left. The
-- functions of the API leave nothing to find.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(88);

-- What is wrong: 'error seat_without_time, …', each sort once.
CREATE FUNCTION t.list(items text[]) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT coalesce(string_agg(DISTINCT i, ', ' ORDER BY i), '') FROM unnest(items) i $$;

CREATE FUNCTION t.wrong() RETURNS text
LANGUAGE plpgsql
AS $$ BEGIN RETURN t.list(ARRAY(SELECT concat_ws(' ', d.severity, d.what) FROM quickbook.check_data() d)); END $$;

CREATE FUNCTION t.repaired() RETURNS text
LANGUAGE plpgsql
AS $$ BEGIN RETURN t.list(ARRAY(SELECT concat_ws(' ', d.done, d.what) FROM quickbook.repair_data() d)); END $$;

-- Does the damage, and says what is found, what repair_data() did, what is found
-- then. All is taken back.
CREATE FUNCTION t.after(damage text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	said text;
BEGIN
	BEGIN
		EXECUTE damage;
		said := concat_ws(' -> ', t.wrong(), t.repaired(), t.wrong());
		RAISE EXCEPTION USING ERRCODE = 'QBOUT';
	EXCEPTION WHEN SQLSTATE 'QBOUT' THEN
		RETURN said;
	END;
END
$$;

-- SQL in which {name} is the id of what has that name; {lost}, {taken},
-- {unconstrained} and {untied} begin a statement.
CREATE TABLE t.named (name text PRIMARY KEY, id uuid NOT NULL);
CREATE FUNCTION t.named(sql text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
	n record;
BEGIN
	FOR n IN SELECT * FROM t.named LOOP
		sql := replace(sql, '{' || n.name || '}', quote_literal(n.id));
	END LOOP;
	RETURN replace(replace(replace(replace(sql, '{lost}', 'DELETE FROM quickbook.allocation WHERE'),
		'{taken}', 'INSERT INTO quickbook.allocation (appointment_id, provider_id, starts_at, ends_at) VALUES'),
		'{untied}', 'ALTER TABLE quickbook.appointment DROP CONSTRAINT appointment_seat_fkey, DROP CONSTRAINT appointment_seat_and_key_are_whole;'
		' ALTER TABLE quickbook.appointment DISABLE TRIGGER quickbook_fill_row;'), '{unconstrained}', 'ALTER TABLE quickbook.allocation DROP CONSTRAINT allocation_no_overlap;');
END
$$;

CREATE FUNCTION t.name(name text, id uuid) RETURNS void
LANGUAGE sql SET search_path = pg_catalog
AS $$ INSERT INTO t.named VALUES (name, id) $$;

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c', open_always => true) AS ada \gset
SELECT t.provider(:'c', 'Cy', capacity => 2, open_always => true) AS cy \gset
SELECT t.provider(:'c', 'Room', kind => 'room', open_always => true) AS room \gset
SELECT t.service(:'c', '30 minutes', :'ada', buffer_after => '10 minutes') AS visit \gset
SELECT t.service(:'c', '1 hour', :'cy', name => 'Class') AS class \gset
SELECT t.offer(:'class', :'room', 'room') \gset
UPDATE quickbook.service SET seats = 3 WHERE id = :'class';
SELECT t.service(:'c', '30 minutes', :'cy', name => 'Request') AS request \gset
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'request';
SELECT t.service(:'c', '30 minutes', :'cy', name => 'Easy') AS easy \gset
UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'easy';
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset

SELECT t.is(t.wrong(), '', 'nothing is wrong where nothing is');
SELECT t.is(t.repaired(), '', 'and nothing to mend');

-- The day before: one who did not come, one whose coming was undone, one who came.
SELECT t.book(:'pat', :'ada', :'visit', '2026-03-02 10:00+00') AS noshow \gset
SELECT t.book(:'ben', :'ada', :'visit', '2026-03-02 11:00+00') AS undone \gset
SELECT t.book(:'pat', :'cy', :'class', '2026-03-02 13:00+00') AS past_seat \gset
SELECT t.at('2026-03-02 10:10+00') \gset
SELECT quickbook.set_appointment_status(:'noshow', 'noshow') \gset
SELECT t.is(t.wrong(), '', 'time cut by a noshow is right');
SELECT quickbook.cancel_appointment(:'undone') \gset
SELECT t.at('2026-03-02 11:10+00') \gset
SELECT quickbook.set_appointment_status(:'undone', 'booked') \gset
SELECT t.is(t.allocations(:'undone'), 'Ada/0 11:10-11:40, Ben/0 11:10-11:30', 'an undo takes what is not past');
SELECT t.is(t.wrong(), '', 'and that is right');
SELECT t.at('2026-03-02 13:30+00') \gset
SELECT quickbook.set_appointment_status(:'past_seat', 'noshow') \gset
SELECT t.is(t.wrong(), '', 'so is the rest of a session to which nobody came');
SELECT t.at('2026-03-02 18:00+00') \gset
SELECT t.is(t.wrong(), '', 'and what is past');

SELECT t.name('ada', :'ada'), t.name('cy', :'cy'), t.name('room', :'room'), t.name('pat', :'pat'), t.name('ben', :'ben'), t.name('class service', :'class'),
	t.name('visit service', :'visit'), t.name('request service', :'request'), t.name('noshow', :'noshow'), t.name('past seat', :'past_seat') \gset
-- The day after, of every sort.
SELECT t.name('visit', t.book(:'pat', :'ada', :'visit', '2026-03-03 09:00+00')) \gset
SELECT t.name('other visit', t.book(:'ben', :'ada', :'visit', '2026-03-03 10:00+00')) \gset
SELECT t.name('first', t.book(:'pat', :'cy', :'class', '2026-03-03 11:00+00')) \gset
SELECT t.name('second', t.book(:'ben', :'cy', :'class', '2026-03-03 11:00+00')) \gset
SELECT t.name('request', t.book(:'ben', :'cy', :'request', '2026-03-03 15:00+00')) \gset
SELECT t.name('cancelled', t.book(:'pat', :'ada', :'visit', '2026-03-03 14:00+00')) \gset
SELECT quickbook.cancel_appointment(n.id) FROM t.named n WHERE n.name = 'cancelled' \gset
SELECT t.name('easy', t.book(:'pat', :'cy', :'easy', '2026-03-03 09:00+00')) \gset
SELECT t.name('hold', h.id) FROM quickbook.hold_appointment(:'pat', :'ada', :'visit', '2026-03-03 16:00+00', hold_for => '1 day') h \gset
SELECT t.name('held seat', h.id) FROM quickbook.hold_appointment(NULL, :'cy', :'class', '2026-03-03 16:00+00', hold_for => '1 hour') h \gset
SELECT t.name('longer held seat', h.id) FROM quickbook.hold_appointment(:'ben', :'cy', :'class', '2026-03-03 16:00+00', hold_for => '2 hours') h \gset
SELECT t.name('session', a.session_id) FROM quickbook.appointment a JOIN t.named n ON n.id = a.id AND n.name = 'first' \gset
SELECT t.name('held session', a.session_id) FROM quickbook.appointment a JOIN t.named n ON n.id = a.id AND n.name = 'held seat' \gset
SELECT t.is(t.wrong(), '', 'nothing is wrong with what the functions write');
SELECT t.is(t.repaired(), '', 'nor mended');
-- Positions are for what is committed, so the test gives them itself.
UPDATE quickbook.event e SET position = n.n FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM quickbook.event) n WHERE n.seq = e.seq;
UPDATE quickbook.event_counter SET last_position = (SELECT count(*) FROM quickbook.event);
SELECT name FROM quickbook.create_consumer('reader') \gset
SELECT t.is(t.wrong(), '', 'nor with positions');
SELECT t.at('2026-03-03 16:30+00') \gset
SELECT t.is(t.wrong(), '', 'nor with expired holds that nobody has closed');
SELECT t.at('2026-03-02 18:00+00') \gset

CREATE TABLE t.damage (n serial, what text, sql text, want text);
INSERT INTO t.damage (what, sql, want) VALUES
	-- time that is missing
	('the provider''s time of a visit is lost', '{lost} owner_id = {visit} AND calendar_id = {ada}',
		'error appointment_without_time -> mended appointment_without_time -> '),
	('the patient''s time is lost', '{lost} owner_id = {visit} AND calendar_id = {pat}',
		'error appointment_without_time -> mended appointment_without_time -> '),
	('all time of a visit is lost', '{lost} owner_id = {visit}', 'error appointment_without_time -> mended appointment_without_time -> '),
	('a hold''s time is lost', '{lost} owner_id = {hold}', 'error appointment_without_time -> mended appointment_without_time -> '),
	('a seat''s patient''s time is lost', '{lost} owner_id = {first}', 'error appointment_without_time -> mended appointment_without_time -> '),
	('the session''s room is lost', '{lost} owner_id = {session} AND calendar_id = {room}', 'error seat_without_time -> mended seat_without_time -> '),
	('all time is lost', '{untied} {lost} true', 'error appointment_without_time, error seat_without_time -> mended appointment_without_time, mended seat_without_time -> '),
	('seats do not refer to their session''s time', '{untied} UPDATE quickbook.appointment SET seated_session_id = NULL', 'error seat_not_tied -> mended seat_not_tied -> '),
	('neither, and it is lost', '{untied} UPDATE quickbook.appointment SET seated_session_id = NULL; {lost} true',
		'error appointment_without_time, error seat_not_tied, error seat_without_time -> mended appointment_without_time, mended seat_not_tied, mended seat_without_time -> '),
	('a session is left by hand, and still referred to', '{untied} UPDATE quickbook.appointment SET status = ''entered-in-error'' WHERE id IN ({first}, {second})',
		'error last_event_differs, error seat_still_tied, error time_of_nobody -> left last_event_differs, mended seat_still_tied, mended time_of_nobody -> error last_event_differs'),
	('time is lost and somebody else has it', '{lost} owner_id = {visit} AND calendar_id = {ada}; {taken} ({other visit}, {cy}, ''2026-03-03 10:00+00'', ''2026-03-03 10:40+00'');'
		' UPDATE quickbook.appointment_resource SET provider_id = {cy} WHERE appointment_id = {other visit}; UPDATE quickbook.appointment SET provider_id = {cy}, starts_at = ''2026-03-03 10:00+00'' WHERE id = {other visit};'
		' UPDATE quickbook.allocation SET starts_at = ''2026-03-03 09:20+00'', ends_at = ''2026-03-03 10:00+00'' WHERE owner_id = {hold} AND calendar_id = {ada};'
		' UPDATE quickbook.appointment SET starts_at = ''2026-03-03 09:20+00'', ends_at = ''2026-03-03 09:50+00'' WHERE id = {hold};'
		' DELETE FROM quickbook.allocation WHERE owner_id = {other visit} AND calendar_id = {ada}; UPDATE quickbook.allocation SET starts_at = ''2026-03-03 20:00+00'', ends_at = ''2026-03-03 20:30+00'' WHERE owner_id = {hold} AND calendar_id = {pat}',
		'error appointment_without_time, error last_event_differs, error time_differs -> left appointment_without_time, left last_event_differs, left time_differs -> error appointment_without_time, error last_event_differs, error time_differs'),
	('requests take time now', 'UPDATE quickbook.service SET pending_blocks = true WHERE id = {request service}', 'note request_without_time -> left request_without_time -> note request_without_time'),
	('patients of a service may no longer overlap', 'UPDATE quickbook.service SET patient_may_overlap = false', 'error appointment_without_time -> left appointment_without_time -> error appointment_without_time'),
	-- time that is nobody's
	('time of a cancelled visit', '{taken} ({cancelled}, {ada}, ''2026-03-03 14:00+00'', ''2026-03-03 14:40+00'')', 'error time_of_nobody -> mended time_of_nobody -> '),
	('time past of a cancelled visit', '{taken} ({cancelled}, {ada}, ''2026-03-01 14:00+00'', ''2026-03-01 14:40+00'')', 'warning time_of_nobody -> mended time_of_nobody -> '),
	('time to come of one who did not come', '{taken} ({noshow}, {cy}, ''2026-03-03 18:00+00'', ''2026-03-03 18:40+00'')', 'error time_of_nobody -> mended time_of_nobody -> '),
	('a visit is cancelled by hand', 'UPDATE quickbook.appointment SET status = ''cancelled'', cancelled_by = ''staff'' WHERE id = {visit}',
		'error last_event_differs, error time_of_nobody -> left last_event_differs, mended time_of_nobody -> error last_event_differs'),
	('a session is left by hand', 'UPDATE quickbook.appointment SET status = ''entered-in-error'' WHERE id IN ({first}, {second})',
		'error last_event_differs, error time_of_nobody -> left last_event_differs, mended time_of_nobody -> error last_event_differs'),
	('time on a calendar that is not needed', '{taken} ({visit}, {room}, ''2026-03-03 09:00+00'', ''2026-03-03 09:40+00'')', 'error time_elsewhere -> mended time_elsewhere -> '),
	('time of a seat besides its session''s', '{taken} ({first}, {ada}, ''2026-03-03 11:00+00'', ''2026-03-03 12:00+00'')', 'error time_elsewhere -> mended time_elsewhere -> '),
	('time of another patient', 'UPDATE quickbook.allocation SET patient_id = {ben}, calendar_id = {ben} WHERE owner_id = {visit} AND patient_id IS NOT NULL',
		'error appointment_without_time, error time_elsewhere -> mended appointment_without_time, mended time_elsewhere -> '),
	-- time that does not fit
	('time too short', 'UPDATE quickbook.allocation SET ends_at = ends_at - interval ''20 min'' WHERE owner_id = {visit} AND calendar_id = {ada}', 'error time_differs -> mended time_differs -> '),
	('the patient''s time too long', 'UPDATE quickbook.allocation SET ends_at = ends_at + interval ''5 min'' WHERE owner_id = {visit} AND calendar_id = {pat}', 'error time_differs -> mended time_differs -> '),
	('time elsewhen', 'UPDATE quickbook.allocation SET starts_at = starts_at + interval ''9 hours'', ends_at = ends_at + interval ''9 hours'' WHERE owner_id = {visit}', 'error time_differs -> mended time_differs -> '),
	('a session''s time elsewhen', 'UPDATE quickbook.allocation SET starts_at = starts_at + interval ''9 hours'', ends_at = ends_at + interval ''9 hours'' WHERE owner_id = {session}', 'error time_differs -> mended time_differs -> '),
	('a visit is moved by hand', 'UPDATE quickbook.appointment SET starts_at = ''2026-03-04 09:00+00'', ends_at = ''2026-03-04 09:30+00'' WHERE id = {visit}',
		'error last_event_differs, error time_differs -> left last_event_differs, mended time_differs -> error last_event_differs'),
	('longer buffers', 'UPDATE quickbook.service SET buffer_before = ''5 min'' WHERE id = {visit service}', 'note buffers_differ -> left buffers_differ -> note buffers_differ'),
	('shorter buffers', 'UPDATE quickbook.service SET buffer_after = ''0'' WHERE id = {visit service}', 'note buffers_differ -> left buffers_differ -> note buffers_differ'),
	-- expiry
	('booked time expires', 'UPDATE quickbook.allocation SET expires_at = ''2026-03-03 08:00+00'' WHERE owner_id = {visit}', 'error booked_time_expires -> mended booked_time_expires -> '),
	('a booked session expires', 'UPDATE quickbook.allocation SET expires_at = ''2026-03-03 08:00+00'' WHERE owner_id = {session}', 'error booked_time_expires -> mended booked_time_expires -> '),
	('a hold never expires', 'UPDATE quickbook.allocation SET expires_at = NULL WHERE owner_id = {hold}', 'error expiry_differs -> mended expiry_differs -> '),
	('a session expires with the first of its holds', 'UPDATE quickbook.allocation SET expires_at = ''2026-03-02 19:00+00'' WHERE owner_id = {held session}', 'error expiry_differs -> mended expiry_differs -> '),
	('a hold is prolonged by hand', 'UPDATE quickbook.appointment SET expires_at = expires_at + interval ''3 hours'' WHERE id = {longer held seat}', 'error expiry_differs -> mended expiry_differs -> '),
	-- lanes
	('a lane beyond the capacity, the others free', 'UPDATE quickbook.allocation SET lane = 7 WHERE owner_id = {session} AND calendar_id = {cy}', 'warning lane_beyond_capacity -> mended lane_beyond_capacity -> '),
	('the capacity was lowered', 'UPDATE quickbook.allocation SET lane = 1 WHERE owner_id = {session} AND calendar_id = {cy}; UPDATE quickbook.provider SET capacity = 1 WHERE id = {cy}', 'warning lane_beyond_capacity -> mended lane_beyond_capacity -> '),
	('and two are there at once', 'UPDATE quickbook.allocation SET lane = 1, starts_at = ''2026-03-03 11:00+00'', ends_at = ''2026-03-03 12:00+00'' WHERE owner_id = {easy}; UPDATE quickbook.appointment SET starts_at = ''2026-03-03 11:00+00'', ends_at = ''2026-03-03 12:00+00'' WHERE id = {easy};'
		' UPDATE quickbook.event SET data = data || ''{"starts_at": "2026-03-03 11:00+00", "ends_at": "2026-03-03 12:00+00"}'' WHERE subject = {easy}; UPDATE quickbook.provider SET capacity = 1 WHERE id = {cy}',
		'warning lane_beyond_capacity -> left lane_beyond_capacity -> warning lane_beyond_capacity'),
	('a patient''s second lane', 'UPDATE quickbook.allocation SET lane = 1 WHERE owner_id = {visit} AND calendar_id = {pat}', 'error lane_beyond_capacity -> mended lane_beyond_capacity -> '),
	('two in one lane, and another is free', '{unconstrained} UPDATE quickbook.allocation SET starts_at = ''2026-03-03 11:00+00'', ends_at = ''2026-03-03 12:00+00'', lane = (SELECT lane FROM quickbook.allocation WHERE owner_id = {session} AND calendar_id = {cy}) WHERE owner_id = {easy};'
		' UPDATE quickbook.appointment SET starts_at = ''2026-03-03 11:00+00'', ends_at = ''2026-03-03 12:00+00'' WHERE id = {easy};'
		' UPDATE quickbook.event SET data = data || ''{"starts_at": "2026-03-03 11:00+00", "ends_at": "2026-03-03 12:00+00"}'' WHERE subject = {easy}', 'error overlap -> mended overlap -> '),
	('two at once', '{unconstrained} UPDATE quickbook.allocation SET starts_at = starts_at - interval ''50 min'', ends_at = ends_at - interval ''50 min'' WHERE owner_id = {other visit};'
		' UPDATE quickbook.appointment SET starts_at = starts_at - interval ''50 min'', ends_at = ends_at - interval ''50 min'' WHERE id = {other visit}',
		'error last_event_differs, error overlap -> left last_event_differs, left overlap -> error last_event_differs, error overlap'),
	-- seats
	('a seat twice', 'DROP INDEX quickbook.appointment_session_id_seat_idx; UPDATE quickbook.appointment SET seat = 1 WHERE id = {second}; UPDATE quickbook.event SET data = data || ''{"seat": 1}'' WHERE subject = {second}',
		'error seat_taken_twice -> left seat_taken_twice -> error seat_taken_twice'),
	('fewer seats', 'UPDATE quickbook.service SET seats = 1 WHERE id = {class service}', 'warning seat_beyond_seats -> left seat_beyond_seats -> warning seat_beyond_seats'),
	('a session of another time', 'UPDATE quickbook.session SET starts_at = starts_at - interval ''1 min'' WHERE id = {session}', 'error seat_elsewhere, error time_differs -> left seat_elsewhere, mended time_differs -> error seat_elsewhere'),
	('a session of another provider', 'UPDATE quickbook.session SET provider_id = {ada} WHERE id = {session}', 'error seat_elsewhere -> left seat_elsewhere -> error seat_elsewhere'),
	('two teams', 'UPDATE quickbook.appointment_resource SET provider_id = {ada} WHERE appointment_id = {second} AND role = ''room''',
		'error seat_without_time, error session_with_two_teams -> left session_with_two_teams, mended seat_without_time -> error session_with_two_teams'),
	-- teams
	('no room', 'DELETE FROM quickbook.appointment_resource WHERE appointment_id IN ({first}, {second}) AND role = ''room''',
		'error time_elsewhere, warning role_without_provider -> left role_without_provider, mended time_elsewhere -> warning role_without_provider'),
	('another role is needed', 'INSERT INTO quickbook.service_provider (service_id, provider_id, role) VALUES ({visit service}, {room}, ''room'')', 'warning role_without_provider -> left role_without_provider -> warning role_without_provider'),
	('nobody leads', 'DELETE FROM quickbook.appointment_resource WHERE appointment_id = {visit}',
		'error lead_differs, error time_elsewhere, warning role_without_provider -> left lead_differs, left role_without_provider, mended time_elsewhere -> error lead_differs, warning role_without_provider'),
	('one in two roles', 'INSERT INTO quickbook.appointment_resource (appointment_id, role, provider_id) VALUES ({visit}, ''helper'', {ada})', 'error provider_in_two_roles -> left provider_in_two_roles -> error provider_in_two_roles'),
	-- events
	('no events', 'DELETE FROM quickbook.event WHERE subject = {easy} AND position = (SELECT last_position FROM quickbook.event_counter); DELETE FROM quickbook.event WHERE subject = {visit}',
		'error last_event_differs, error position_missing -> left last_event_differs, left position_missing -> error last_event_differs, error position_missing'),
	('an event too many', 'INSERT INTO quickbook.event (clinic_id, type, subject, occurred_at, data) SELECT clinic_id, type, subject, occurred_at, data FROM quickbook.event WHERE subject = {visit}',
		'error versions_differ -> left versions_differ -> error versions_differ'),
	('events of nothing', 'INSERT INTO quickbook.event (clinic_id, type, subject, occurred_at, data) SELECT clinic_id, type, {ada}, occurred_at, data FROM quickbook.event WHERE subject = {visit}',
		'error last_event_differs -> left last_event_differs -> error last_event_differs'),
	('a version without event', 'UPDATE quickbook.appointment SET version = 2 WHERE id = {visit}', 'error last_event_differs -> left last_event_differs -> error last_event_differs'),
	('a version is skipped', 'UPDATE quickbook.appointment SET version = 3 WHERE id = {cancelled}; UPDATE quickbook.event SET data = data || ''{"version": 3}'' WHERE subject = {cancelled} AND type = ''appointment.cancelled''',
		'error versions_differ -> left versions_differ -> error versions_differ'),
	('a status without event', 'UPDATE quickbook.appointment SET status = ''arrived'' WHERE id = {visit}', 'error last_event_differs -> left last_event_differs -> error last_event_differs'),
	('positions out of order', 'UPDATE quickbook.event e SET position = -position WHERE subject = {cancelled};'
		' UPDATE quickbook.event e SET position = (SELECT -o.position FROM quickbook.event o WHERE o.subject = e.subject AND o.type <> e.type) WHERE subject = {cancelled} AND type = ''appointment.booked'';'
		' UPDATE quickbook.event e SET position = (SELECT min(n) FROM generate_series(1, 99) n WHERE NOT EXISTS (SELECT FROM quickbook.event o WHERE o.position = n)) WHERE subject = {cancelled} AND type = ''appointment.cancelled''',
		'error events_out_of_order -> left events_out_of_order -> error events_out_of_order'),
	-- the log
	('a gap in the positions', 'UPDATE quickbook.event SET position = position + 3 WHERE position = (SELECT last_position FROM quickbook.event_counter); UPDATE quickbook.event_counter SET last_position = last_position + 3',
		'error position_missing -> left position_missing -> error position_missing'),
	('a position twice', 'DROP INDEX quickbook.event_position_idx; UPDATE quickbook.event SET position = 1 WHERE position = 2', 'error position_missing, error position_taken_twice -> left position_missing, left position_taken_twice -> error position_missing, error position_taken_twice'),
	('a position beyond the counter', 'UPDATE quickbook.event_counter SET last_position = last_position - 1', 'error position_beyond_counter -> left position_beyond_counter -> error position_beyond_counter'),
	('the counter ahead', 'UPDATE quickbook.event_counter SET last_position = last_position + 1', 'error counter_ahead -> left counter_ahead -> error counter_ahead'),
	('messages ahead', 'UPDATE quickbook.event_counter SET messages_position = last_position + 1', 'error messages_ahead -> left messages_ahead -> error messages_ahead'),
	('no counter', 'DELETE FROM quickbook.event_counter', 'error counter_missing -> left counter_missing -> error counter_missing'),
	('a consumer ahead', 'UPDATE quickbook.consumer SET position = 1000', 'error consumer_ahead -> left consumer_ahead -> error consumer_ahead'),
	('a message of nobody', 'INSERT INTO quickbook.notification (id, clinic_id, dedup_key, channel, recipient, body, due_at, created_at) SELECT quickbook.new_id(id), id, ''k'', ''email'', ''a@b'', ''b'', now(), now() FROM quickbook.clinic',
		'warning message_of_nobody -> left message_of_nobody -> warning message_of_nobody');
SELECT t.is(t.after(t.named(d.sql)), d.want, d.what) FROM t.damage d ORDER BY d.n;

-- Purged events are no loss: they are older than all that is left.
SELECT t.at('2026-03-10 18:00+00') \gset
SELECT t.name('late', t.book(:'pat', :'ada', :'visit', '2026-03-11 09:00+00')) \gset
UPDATE quickbook.event e SET position = (SELECT max(position) + 1 FROM quickbook.event) WHERE position IS NULL;
UPDATE quickbook.event_counter SET last_position = (SELECT max(position) FROM quickbook.event);
SELECT quickbook.purge_events('1 day', true) > 10 AS purged \gset
SELECT t.ok(:'purged', 'old events are purged');
SELECT t.is(t.wrong(), '', 'which is no loss');
SELECT t.is(t.after(t.named('UPDATE quickbook.appointment SET updated_at = ''2026-03-10 18:00+00'' WHERE id = {visit}')),
	'error last_event_differs -> left last_event_differs -> error last_event_differs', 'but what has changed since has its events');
SELECT t.at('2026-03-10 19:00+00') \gset
SELECT quickbook.purge_events('1 minute', true) AS purged \gset
SELECT t.is(t.wrong(), '', 'nor is it, if all are');

-- Time that is purged is past.
SELECT quickbook.purge_allocations('1 hour') > 0 AS purged \gset
SELECT t.ok(:'purged', 'time that is past is purged');
SELECT t.is(t.wrong(), '', 'which is no loss either');
SELECT t.is(t.repaired(), '', 'and not taken again');
SELECT t.book(:'pat', :'cy', :'class', '2026-03-11 11:00+00') AS seat \gset
SELECT t.is(t.wrong(), '', 'a new seat is right');

-- Whose it is: the owner's, who needs no other right, and a superuser's.
CREATE ROLE quickbook_test_owner;
CREATE ROLE quickbook_test_other;
GRANT USAGE ON SCHEMA quickbook TO quickbook_test_other;
SET LOCAL client_min_messages = error;
SELECT quickbook.install('quickbook_test_owner') \gset
SET LOCAL client_min_messages = warning;
DELETE FROM quickbook.allocation WHERE owner_id = (SELECT id FROM t.named WHERE name = 'late');
GRANT USAGE ON SCHEMA t TO quickbook_test_owner;
SELECT t.is(t.as('quickbook_test_owner', 'SELECT count(*) FROM quickbook.check_data()'), '2', 'the owner of the tables may compare');
SELECT t.is(t.as('quickbook_test_owner', 'SELECT count(*) FROM quickbook.repair_data() WHERE done = ''mended'''), '2', 'and mend');
SELECT t.is(t.wrong(), '', 'which was done');
SELECT t.is(t.as('quickbook_test_other', 'SELECT count(*) FROM quickbook.check_data()'), '42501', 'nobody else may');
SELECT t.is(t.as('quickbook_test_other', 'SELECT count(*) FROM quickbook.repair_data()'), '42501', 'neither');
SELECT t.is(t.read_only('SELECT count(*) FROM quickbook.check_data()'), '0', 'comparing writes nothing');

SELECT * FROM t.finish();
ROLLBACK;
