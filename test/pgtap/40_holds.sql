-- Sections 2, 4 and 5: a hold takes its time until expires_at and from that
-- instant on is in nobody's way, closed or not. Who held it may confirm it while it
-- lives, and afterwards if the time is still free.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(189);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.hours(:'bob', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.service(:'c', '30 minutes', :'bob', name => 'Bobs') AS s_bob \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
\set tue '2026-03-03 00:00+00'
\set wed '2026-03-04 00:00+00'
-- At least 96 bits, if a character has six.
CREATE FUNCTION t.long_enough(token text) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT length(token) >= 16 $$;
SAVEPOINT base;

--
-- What it returns and writes
--

SELECT h.*, h.hold_token IS NULL AS no_token
FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', NULL, 'first visit', '{"a": 1}') AS h \gset h_
SELECT t.is(:'h_status', 'held', 'status is held');
SELECT t.is(:'h_expires_at', '2026-03-02 08:10:00+00', 'expires_at is now and the service''s hold_for');
SELECT t.is(:'h_version' || ' ' || :'h_sequence', '1 0', 'version and sequence');
SELECT t.is(:'h_notes' || ' ' || :'h_details', 'first visit {"a": 1}', 'notes and details');
SELECT t.is(:'h_starts_at' || ' ' || :'h_ends_at', '2026-03-03 10:00:00+00 2026-03-03 10:30:00+00', 'starts_at and ends_at');
SELECT t.is(:'h_patient_id' || ' ' || :'h_no_token', :'pat' || ' t', 'a hold with a patient has no token');
SELECT t.is(t.state(:'h_id'), 'held v1 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held', 'it takes time on both calendars, and is an event');
SELECT t.is(t.resources(:'h_id'), 'practitioner=Ada', 'who is held is noted');
SELECT t.is(t.query(t.sql('SELECT DISTINCT a.expires_at FROM quickbook.allocation a WHERE a.appointment_id = %L', :'h_id')),
	'2026-03-02T08:10:00+00:00', 'what it takes expires with it');
SELECT t.is(t.key(t.event(:'h_id'), 'status'), 'held', 'the event has the hold');
SELECT t.is((quickbook.get_appointment(:'h_id')).expires_at::text, '2026-03-02 08:10:00+00', 'get_appointment() has it too');
ROLLBACK TO base;

-- How long.
UPDATE quickbook.service SET hold_for = '90 seconds' WHERE id = :'s';
SELECT t.is((quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00')).expires_at::text, '2026-03-02 08:01:30+00',
	'the service''s own hold_for');
SELECT t.is((quickbook.hold_appointment(:'ben', :'p', :'s', '2026-03-03 09:00+00', hold_for => hold_for::interval)).expires_at::text,
	expires_at, t.sql('hold_for => %s', hold_for))
FROM (VALUES ('1 second', '2026-03-02 08:00:01+00'), ('1 hour', '2026-03-02 09:00:00+00'), ('2 days 1 hour', '2026-03-04 09:00:00+00'),
	('366 days', '2027-03-03 08:00:00+00')) AS v (hold_for, expires_at);
SELECT t.refused(t.hold_sql(:'ben', :'p', :'s', '2026-03-03 09:00+00', t.sql('hold_for => %L', hold_for)), 'invalid_argument', '22023',
	t.sql('hold_for => %s', hold_for))
FROM (VALUES ('0'), ('-1 minute'), ('1 month'), ('1 year'), ('1 month -29 days'), ('366 days 1 second'), ('1000000 days')) AS v (hold_for);
ROLLBACK TO base;

-- Refused by the same rules as a booking.
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 11:00+00') AS taken \gset
SELECT t.book(:'pat', :'bob', :'s_bob', '2026-03-03 09:00+00') AS elsewhere \gset
UPDATE quickbook.service SET min_notice = '1 hour 1 second', horizon_days = 3 WHERE id = :'s';
SELECT t.counts() AS before \gset
SELECT t.refused(t.hold_sql(patient, provider, service, starts_at, more), name, state, t.sql('%s: %s', name, why))
FROM (VALUES
	(:'pat', :'p', :'s', '2026-03-03 11:00+00', NULL, 'slot_taken', '23P01', 'the provider is booked'),
	(:'pat', :'p', :'s', '2026-03-03 09:00+00', NULL, 'patient_busy', '23P01', 'the patient is booked elsewhere'),
	(:'pat', :'p', :'s', '2026-03-03 12:00+00', NULL, 'outside_hours', '23QB1', 'closed'),
	(:'pat', :'p', :'s', '2026-03-03 09:45+00', NULL, 'off_grid', '23QB2', 'between two starts'),
	(:'pat', :'p', :'s', '2026-03-02 09:00+00', NULL, 'too_soon', '23QB3', 'inside the notice'),
	(:'pat', :'p', :'s', '2026-03-06 09:00+00', NULL, 'beyond_horizon', '23QB4', 'too far ahead'),
	(NULL, :'p', :'s', '2026-03-03 11:00+00', NULL, 'slot_taken', '23P01', 'also without a patient'),
	(:'pat', :'bob', :'s', '2026-03-03 10:00+00', NULL, 'policy_refused', '23QB6', 'a provider who does not offer it'),
	(:'pat', :'p', NULL, '2026-03-03 10:00+00', NULL, 'invalid_argument', '22023', 'no service'),
	(:'pat', :'p', :'s', NULL, NULL, 'invalid_argument', '22023', 'no start'),
	(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'override => ''{lunch}''', 'invalid_argument', '22023', 'no such rule'),
	(:'p', :'p', :'s', '2026-03-03 10:00+00', NULL, 'not_found', 'P0002', 'no such patient')) AS v (patient, provider, service, starts_at, more, name, state, why);
SELECT t.is(t.counts(), :'before', 'what was refused left nothing');
SELECT t.is(t.outcome(t.hold_sql(:'pat', :'p', :'s', '2026-03-02 08:07+00', 'override => ''{grid,hours,notice}''')), 'ok',
	'staff may set rules aside for a hold');
SELECT t.is(t.outcome(t.hold_sql(:'pat', :'p', :'s', '2026-03-03 10:00+00')), 'ok', 'and what is free can be held');
ROLLBACK TO base;

--
-- Whom it is in the way of
--

SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.is(t.slots(:'s', :'tue', :'wed'), '09:00 09:30 10:30 11:00 11:30', 'what is held is not offered');
SELECT t.is(t.slots(:'s', :'tue', :'wed', :'p', :'ben'), '09:00 09:30 10:30 11:00 11:30', 'nor to another patient');
SELECT t.is(t.slots(:'s', :'tue', :'wed', :'p', :'pat'), '09:00 09:30 10:00 10:30 11:00 11:30', 'to the patient who holds it, it is');
SELECT t.is(t.days(:'s', '2026-03-03', '2026-03-03'), '03-03=5', 'nor is it counted');
SELECT t.is(t.slots(:'s_bob', :'tue', :'wed', :'bob', :'pat'), '09:00 09:30 10:00 10:30 11:00 11:30',
	'and with somebody else that patient is free');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'ben'), 'slot_taken', 'another patient cannot book it');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'pat'), 'ok', 'who holds it can');

-- The last instant at which it lives, and the first at which it does not.
SELECT t.at('2026-03-02 08:09:59.999999+00') \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'ben'), 'slot_taken', 'a microsecond before expires_at it is in the way');
SELECT t.at('2026-03-02 08:10:00+00') \gset
SELECT t.is(t.slots(:'s', :'tue', :'wed'), '09:00 09:30 10:00 10:30 11:00 11:30', 'at expires_at it is not');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'ben'), 'ok', 'and another patient can book it');
SELECT t.is(t.state(:'h'), 'held v1 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held', 'though nobody closed it');

-- Who books over it closes it, once.
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS over \gset
SELECT t.is(t.state(:'h'), 'cancelled v2 [] held expired', 'booking over an expired hold closes it');
SELECT t.is(t.query(t.sql('SELECT a.cancelled_by, a.cancel_reason, a.expires_at FROM quickbook.get_appointment(%L) AS a', :'h')),
	'system the hold expired 2026-03-02T08:10:00+00:00', 'as expired, and it keeps expires_at');
SELECT t.is(t.key(t.event(:'h'), 'status'), 'cancelled', 'the event has what became of it');
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '0', 'run_maintenance() has nothing left to do');
SELECT t.is(t.events(:'h'), 'held expired', 'and one event was enough');
ROLLBACK TO base;

-- The patient's own holds that a booking meets are closed by it, and no others.
SELECT id AS same FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT id AS later FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 11:00+00') \gset
SELECT t.book(:'pat', :'bob', :'s_bob', '2026-03-03 10:00+00') AS b \gset
SELECT t.is(t.state(:'b'), 'booked v1 [Bob/0 10:00-10:30, Pat/0 10:00-10:30] booked', 'a patient''s own hold elsewhere does not make her busy');
SELECT t.is(t.state(:'same'), 'cancelled v2 [] held cancelled', 'it is closed by the booking: cancelled, not expired');
SELECT t.is((quickbook.get_appointment(:'same')).cancelled_by, 'system', 'by the system');
SELECT t.is(t.state(:'later'), 'held v1 [Ada/0 11:00-11:30, Pat/0 11:00-11:30] held', 'a hold that is not in the way stays');
SELECT t.refused(t.call('confirm_appointment', :'same'), 'invalid_transition', '23QB7', 'what was closed so is not expired: it cannot be confirmed');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.at('2026-03-02 09:00+00') \gset
SELECT t.refused(t.call('confirm_appointment', :'same'), 'invalid_transition', '23QB7', 'nor when its time is free again');
ROLLBACK TO base;
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT id AS h2 FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.is(t.state(:'h'), 'cancelled v2 [] held cancelled', 'a second hold of the same time closes the first');
SELECT t.is(t.state(:'h2'), 'held v1 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held', 'and takes its place');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 11:00+00') AS moved \gset
SELECT t.refused(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'moved', '2026-03-03 10:00+00'), 'slot_taken', '23P01',
	'nobody else can move an appointment there');
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 09:00+00') AS own \gset
SELECT t.is((quickbook.reschedule_appointment(:'own', '2026-03-03 10:00+00')).status, 'booked', 'who holds it can');
SELECT t.is(t.events(:'h2'), 'held cancelled', 'which closes it');
ROLLBACK TO base;

-- One place of several.
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p';
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS beside \gset
SELECT t.is(t.allocations(:'beside'), 'Ada/1 10:00-10:30, Ben/0 10:00-10:30', 'with capacity 2 it takes one of two places');
SELECT t.patient(:'c', 'Cy') AS cy \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'cy'), 'slot_taken', 'and then none is left');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 10:00+00', :'cy'), 'ok', 'until it expires');
ROLLBACK TO base;

-- A team, and whoever is free.
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.service(:'c', '60 minutes', :'p', buffer_before => '10 minutes', buffer_after => '15 minutes', name => 'Surgery') AS surgery \gset
SELECT t.offer(:'surgery', :'room', 'room') \gset
SELECT t.offer(:'surgery', :'bob') \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS busy \gset
SELECT id AS h, provider_id AS h_provider FROM quickbook.hold_appointment(:'pat', NULL, :'surgery', '2026-03-03 10:00+00') \gset
SELECT t.is(t.state(:'h'), 'held v1 [Bob/0 09:50-11:15, Room/0 09:50-11:15, Pat/0 10:00-11:00] held',
	'with any provider, who is free is held, with room and buffers');
SELECT t.is(:'h_provider', :'bob', 'provider_id names the lead');
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is(t.state(:'h'), 'booked v2 [Bob/0 09:50-11:15, Room/0 09:50-11:15, Pat/0 10:00-11:00] held booked',
	'and confirmed all together');
SELECT t.is(t.resources(:'h'), 'practitioner=Bob room=Room', 'with the same team');
ROLLBACK TO base;

--
-- Confirming what lives
--

SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', NULL, 'note', '{"a": 1}') \gset
SAVEPOINT held;
SELECT t.at('2026-03-02 08:09:59.999999+00') \gset
SELECT b.*, b.expires_at IS NULL AS stays FROM quickbook.confirm_appointment(:'h') AS b \gset b_
SELECT t.is(:'b_id', :'h', 'confirming keeps the id');
SELECT t.is(:'b_status' || ' ' || :'b_version' || ' ' || :'b_sequence', 'booked 2 0', 'it is booked; version rises, sequence does not');
SELECT t.is(:'b_stays', 't', 'what is booked does not expire');
SELECT t.is(:'b_notes' || ' ' || :'b_details', 'note {"a": 1}', 'notes and details stay');
SELECT t.is(t.state(:'h'), 'booked v2 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held booked', 'it keeps its time, and is an event');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation a WHERE a.appointment_id = %L AND a.expires_at IS NOT NULL', :'h')), '0',
	'nor does what it takes');
SELECT t.is(t.key(t.event(:'h'), 'changed', 'status'), 'held', 'the event has the status before in changed');
SELECT t.at('2026-03-02 09:00+00') \gset
SELECT t.is((quickbook.run_maintenance()).holds_expired::text || ' ' || (quickbook.get_appointment(:'h')).status, '0 booked',
	'run_maintenance() leaves it alone');
SELECT t.refused(t.call('confirm_appointment', :'h'), 'invalid_transition', '23QB7', 'a second time is refused');
ROLLBACK TO held;

SELECT t.is((quickbook.confirm_appointment(:'h', :'pat')).status, 'booked', 'its own patient may be given');
ROLLBACK TO held;
SELECT t.refused(t.call('confirm_appointment', :'h', t.sql('%L', :'ben')), 'not_allowed', '42501', 'another may not');
SELECT t.is((quickbook.confirm_appointment(:'h', expected_version => 1)).version::text, '2', 'expected_version');
ROLLBACK TO held;
SELECT t.refused(t.call('confirm_appointment', :'h', 'expected_version => 2'), 'stale_version', '23QB8', 'another version than expected');
SELECT t.is(t.state(:'h'), 'held v1 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held', 'after refusals it is held as before');
SELECT t.refused(t.call('confirm_appointment', NULL), 'invalid_argument', '22023', 'no appointment');
SELECT t.refused(t.call('confirm_appointment', '00000000-0000-7000-8000-00000000ffff'), 'not_found', 'P0002', 'an unknown one');

-- The rules were asked when it was made.
UPDATE quickbook.service SET min_notice = '3 days', horizon_days = 0, slot_interval = '7 minutes' WHERE id = :'s';
DELETE FROM quickbook.working_hours WHERE provider_id = :'p';
SELECT t.off(:'c', :'p', '2026-03-03 00:00+00', '2026-03-04 00:00+00') \gset
SELECT t.is((quickbook.confirm_appointment(:'h')).status, 'booked', 'a hold that lives is confirmed whatever the rules have become');
ROLLBACK TO held;
-- But limits count again, because a reader with a later clock may have left it out.
SELECT t.limit(:'c', 'day', 0) \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'limit_reached', '23QB5', 'limits count again');
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h', 'override => ''{limit}''')), 'ok', 'unless staff set them aside');
ROLLBACK TO held;

-- Approval.
UPDATE quickbook.service SET requires_approval = true WHERE id = :'s';
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is(t.state(:'h'), 'pending v2 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held pending', 'if the service requires approval it becomes pending');
ROLLBACK TO held;
UPDATE quickbook.service SET requires_approval = true WHERE id = :'s';
SELECT t.is((quickbook.confirm_appointment(:'h', override => '{policy}')).status, 'booked', 'unless staff set that aside');
ROLLBACK TO held;

-- What else can be done with it.
SELECT (quickbook.cancel_appointment(:'h', 'never mind')).status \gset
SELECT t.is(t.state(:'h'), 'cancelled v2 [] held cancelled', 'it can be cancelled');
SELECT t.is(t.query(t.sql('SELECT a.cancelled_by, a.cancel_reason FROM quickbook.get_appointment(%L) AS a', :'h')), 'staff never mind', 'by staff');
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '0', 'what was cancelled does not expire');
SELECT t.at('2026-03-02 09:00+00') \gset
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '0', 'nor later');
SELECT t.refused(t.call('confirm_appointment', :'h'), 'invalid_transition', '23QB7', 'and cannot be confirmed');
ROLLBACK TO held;
SELECT t.is((quickbook.reschedule_appointment(:'h', '2026-03-03 11:00+00')).expires_at::text, '2026-03-02 08:10:00+00',
	'it can be moved, and does not live longer for that');
SELECT t.is(t.state(:'h'), 'held v2 [Ada/0 11:00-11:30, Pat/0 11:00-11:30] held rescheduled', 'it is held at its new time');
SELECT t.is((quickbook.confirm_appointment(:'h')).starts_at::text, '2026-03-03 11:00:00+00', 'and confirmed there');
ROLLBACK TO held;
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.refused(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'h', '2026-03-03 11:00+00'), 'hold_expired', '23QB9',
	'an expired one cannot be moved');
ROLLBACK TO base;

--
-- Confirming what has expired
--

SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.at('2026-03-02 08:10+00') \gset
SAVEPOINT expired;
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is(t.state(:'h'), 'booked v2 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held booked', 'an expired hold is confirmed if its time is free');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation a WHERE a.appointment_id = %L AND a.expires_at IS NOT NULL', :'h')), '0',
	'and does not expire again');
SELECT t.is(t.slots(:'s', :'tue', :'wed'), '09:00 09:30 10:30 11:00 11:30', 'its time is taken');
ROLLBACK TO expired;

-- Closed in the meantime.
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '1', 'run_maintenance() closes it');
SELECT t.is(t.state(:'h'), 'cancelled v2 [] held expired', 'as expired');
SELECT num_nonnulls(b.cancel_reason, b.cancelled_by, b.late, b.expires_at) AS left_over FROM quickbook.confirm_appointment(:'h') AS b \gset
SELECT t.is(t.state(:'h'), 'booked v3 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held expired booked', 'it is confirmed all the same');
SELECT t.is(:'left_over', '0', 'and nothing is left of its end');
SELECT t.is(t.resources(:'h'), 'practitioner=Ada', 'with the same provider');
ROLLBACK TO expired;

-- Staff may set it booked as well, with the same care.
SELECT (quickbook.set_appointment_status(:'h', 'booked')).status \gset
SELECT t.is(t.state(:'h'), 'booked v2 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held booked', 'set_appointment_status(…, booked)');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation a WHERE a.appointment_id = %L AND a.expires_at IS NOT NULL', :'h')), '0',
	'set_appointment_status(…, booked): nothing expires');
ROLLBACK TO expired;
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS over \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'h'), 'slot_taken', '23P01', 'set_appointment_status(…, booked): not what is taken');
ROLLBACK TO expired;

-- The time is taken.
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS over \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'hold_expired', '23QB9', 'not if somebody booked the time');
SELECT t.is(t.state(:'h'), 'cancelled v2 [] held expired', 'it stays closed');
SELECT t.is(t.state(:'over'), 'booked v1 [Ada/0 10:00-10:30, Ben/0 10:00-10:30] booked', 'and the booking undisturbed');
SET LOCAL quickbook.error_style = 'http';
SELECT t.refused(t.call('confirm_appointment', :'h'), 'hold_expired', 'PT410', 'for HTTP: 410');
SET LOCAL quickbook.error_style = 'sql';
SELECT (quickbook.cancel_appointment(:'over')).status \gset
SELECT t.is((quickbook.confirm_appointment(:'h')).status, 'booked', 'once that is cancelled it can');
ROLLBACK TO expired;
SELECT id AS other FROM quickbook.hold_appointment(:'ben', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'hold_expired', '23QB9', 'nor while another holds it');
SELECT t.at('2026-03-02 08:20+00') \gset
SELECT (quickbook.confirm_appointment(:'h')).status \gset
SELECT t.is(t.state(:'other'), 'cancelled v2 [] held expired', 'when that has expired too, it is closed by the confirmation');
ROLLBACK TO expired;
SELECT t.busy(:'p', '2026-03-03 10:29:59+00', '2026-03-03 10:30+00') \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'hold_expired', '23QB9', 'nor when the provider is busy elsewhere');
ROLLBACK TO expired;

-- The start has come.
SELECT t.at('2026-03-03 09:59:59.999999+00') \gset
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h')), 'ok', 'up to its start it can be confirmed');
ROLLBACK TO expired;
SELECT t.at('2026-03-03 10:00+00') \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'hold_expired', '23QB9', 'at its start it cannot');
ROLLBACK TO expired;

-- Limits count again.
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 09:00+00') AS other \gset
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'limit_reached', '23QB5', 'an expired one: limits count again');
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h', 'override => ''{limit}''')), 'ok', 'an expired one: unless staff set them aside');
ROLLBACK TO expired;
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h')), 'ok', 'and it does not count itself');
ROLLBACK TO base;

-- While it lives, the hold counts against the limit itself.
SELECT t.limit(:'c', 'day', 1) \gset
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 09:00+00', :'ben'), 'limit_reached', 'a hold counts to the limit');
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h')), 'ok', 'and is confirmed within it');
ROLLBACK TO base;
SELECT t.limit(:'c', 'day', 1) \gset
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00') \gset
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-03 09:00+00', :'ben'), 'ok', 'an expired one does not');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 09:00+00') AS other \gset
SELECT t.refused(t.call('confirm_appointment', :'h'), 'limit_reached', '23QB5', 'so its place may be gone');
ROLLBACK TO base;

--
-- Without a patient
--

SELECT h.*, h.patient_id IS NULL AS nobody FROM quickbook.hold_appointment(NULL, :'p', :'s', '2026-03-03 10:00+00') AS h \gset h_
SELECT hold_token AS token2 FROM quickbook.hold_appointment(NULL, :'p', :'s', '2026-03-03 11:00+00') \gset
SAVEPOINT nobody;
SELECT t.is(:'h_status' || ' ' || :'h_nobody', 'held t', 'a hold needs no patient');
SELECT t.ok(t.long_enough(:'h_hold_token'), 'then it has a token that nobody guesses');
SELECT t.ok(:'h_hold_token' <> :'token2', 'and each has another');
SELECT t.is(t.state(:'h_id'), 'held v1 [Ada/0 10:00-10:30] held', 'it takes the provider''s time');
SELECT t.is((quickbook.get_appointment(:'h_id')).hold_token, NULL, 'the token is told once: not by get_appointment()');
SELECT t.is(t.query('SELECT count(*) FROM quickbook.list_appointments() AS a WHERE a.hold_token IS NOT NULL'), '0', 'not by list_appointments()');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.event e WHERE strpos(e.data::text, %L) > 0', :'h_hold_token')), '0', 'and not in an event');
SELECT t.is(t.slots(:'s', :'tue', :'wed', :'p', :'pat'), '09:00 09:30 10:30 11:30', 'it is in everybody''s way');

SELECT t.refused(t.call('confirm_appointment', :'h_id', t.sql('hold_token => %L', :'h_hold_token')), 'invalid_argument', '22023',
	'it cannot be confirmed for nobody');
SELECT t.refused(t.call('confirm_appointment', :'h_id', t.sql('%L', :'pat')), 'not_allowed', '42501', 'nor without its token');
SELECT t.refused(t.call('confirm_appointment', :'h_id', t.sql('%L, %L', :'pat', token)), 'not_allowed', '42501', t.sql('nor with %s', what))
FROM (VALUES ('', 'an empty one'), ('guess', 'a guess'), (:'token2', 'another hold''s'), (:'h_hold_token' || 'x', 'more than it')) AS v (token, what);
SELECT t.is(t.state(:'h_id'), 'held v1 [Ada/0 10:00-10:30] held', 'after all that it is held as before');
SELECT b.*, b.hold_token IS NULL AS no_token FROM quickbook.confirm_appointment(:'h_id', :'pat', :'h_hold_token') AS b \gset b_
SELECT t.is(:'b_status' || ' ' || :'b_patient_id' || ' ' || :'b_no_token', 'booked ' || :'pat' || ' t', 'with patient and token it is booked');
SELECT t.is(t.state(:'h_id'), 'booked v2 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held booked', 'and takes the patient''s time too');
SELECT t.is(t.key(t.event(:'h_id'), 'patient_id'), :'pat', 'whom the event names');
ROLLBACK TO nobody;

-- There is no way past the patient.
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, %L)', :'h_id', status), 'invalid_transition', '23QB7', t.sql('without a patient it is not %s', status))
FROM (VALUES ('booked'), ('pending'), ('arrived')) AS v (status);
SELECT (quickbook.cancel_appointment(:'h_id')).status \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'h_id'), 'invalid_transition', '23QB7', 'nor when its cancelling is undone');
SELECT t.is((quickbook.set_appointment_status(:'h_id', 'entered-in-error')).status, 'entered-in-error', 'but it may have been an error');
ROLLBACK TO nobody;
SELECT (quickbook.reschedule_appointment(:'h_id', '2026-03-03 09:00+00')).status \gset
SELECT t.is(t.state(:'h_id'), 'held v2 [Ada/0 09:00-09:30] held rescheduled', 'it can be moved');
SELECT t.is((quickbook.confirm_appointment(:'h_id', :'pat', :'h_hold_token')).status, 'booked', 'and its token stays good');
ROLLBACK TO nobody;

-- The patient is new: his calendar and limits count.
SELECT t.book(:'ben', :'bob', :'s_bob', '2026-03-03 10:00+00') AS elsewhere \gset
SELECT t.refused(t.call('confirm_appointment', :'h_id', t.sql('%L, %L', :'ben', :'h_hold_token')), 'patient_busy', '23P01', 'a busy patient');
UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'s';
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h_id', t.sql('%L, %L', :'ben', :'h_hold_token'))), 'ok', 'unless the service does not mind');
ROLLBACK TO nobody;
SELECT t.book(:'ben', :'bob', :'s_bob', '2026-03-03 09:00+00') AS elsewhere \gset
SELECT t.limit(:'c', 'day', 1, per_patient => true) \gset
SELECT t.refused(t.call('confirm_appointment', :'h_id', t.sql('%L, %L', :'ben', :'h_hold_token')), 'limit_reached', '23QB5', 'a patient''s limit');
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h_id', t.sql('%L, %L', :'pat', :'h_hold_token'))), 'ok', 'which another has not reached');
ROLLBACK TO nobody;
SELECT t.book(:'ben', :'bob', :'s_bob', '2026-03-03 09:00+00') AS elsewhere \gset
SELECT t.limit(:'c', 'day', 1, per_patient => true) \gset
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h_id', t.sql('%L, %L, override => ''{limit}''', :'ben', :'h_hold_token'))), 'ok',
	'and which staff may set aside');
ROLLBACK TO nobody;
SELECT id AS own FROM quickbook.hold_appointment(:'ben', :'bob', :'s_bob', '2026-03-03 10:00+00') \gset
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h_id', t.sql('%L, %L', :'ben', :'h_hold_token'))), 'ok', 'the patient''s own hold is not in the way');
SELECT t.is(t.state(:'own'), 'cancelled v2 [] held cancelled', 'and is closed');
ROLLBACK TO nobody;
SELECT t.clinic(name => 'Other') AS c2 \gset
SELECT t.patient(:'c2', 'Oth') AS pat2 \gset
SELECT t.refused(t.call('confirm_appointment', :'h_id', t.sql('%L, %L', patient, :'h_hold_token')), 'not_found', 'P0002', what)
FROM (VALUES (:'pat2', 'another clinic''s patient'), ('00000000-0000-7000-8000-00000000ffff', 'an unknown patient')) AS v (patient, what);

-- Its token is good for an expired one too, and as necessary.
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '2', 'holds without a patient expire like others');
SELECT t.refused(t.call('confirm_appointment', :'h_id', t.sql('%L', :'pat')), 'not_allowed', '42501', 'expired: without its token');
SELECT (quickbook.confirm_appointment(:'h_id', :'pat', :'h_hold_token')).status \gset
SELECT t.is(t.state(:'h_id'), 'booked v3 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] held expired booked', 'expired: with it');
ROLLBACK TO base;

--
-- run_maintenance()
--

SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '0', 'without holds there is nothing to do');
SELECT id AS h1 FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 09:00+00', hold_for => '1 minute') \gset
SELECT id AS h2 FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', hold_for => '2 minutes') \gset
SELECT id AS h3 FROM quickbook.hold_appointment(:'ben', :'p', :'s', '2026-03-03 11:00+00', hold_for => '2 minutes 1 second') \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 09:30+00') AS booked \gset
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '0', 'while they live, neither');
SELECT t.at('2026-03-02 08:02+00') \gset
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '2', 'it closes those that are due, at the very instant too');
SELECT t.is(t.state(:'h1'), 'cancelled v2 [] held expired', 'the first');
SELECT t.is(t.state(:'h2'), 'cancelled v2 [] held expired', 'the second');
SELECT t.is(t.state(:'h3'), 'held v1 [Ada/0 11:00-11:30, Ben/0 11:00-11:30] held', 'the third lives on');
SELECT t.is(t.state(:'booked'), 'booked v1 [Ada/0 09:30-10:00, Ben/0 09:30-10:00] booked', 'and what is booked does not expire');
SELECT t.is(t.query(t.sql('SELECT a.cancelled_by, a.cancel_reason, a.expires_at FROM quickbook.get_appointment(%L) AS a', :'h2')),
	'system the hold expired 2026-03-02T08:02:00+00:00', 'by the system, with its expires_at');
SELECT t.counts() AS counts \gset
SELECT t.is((quickbook.run_maintenance()).holds_expired::text, '0', 'again there is nothing to do');
SELECT t.is(t.counts(), :'counts', 'and nothing is written');
SELECT t.is((quickbook.cancel_appointment(:'h1', 'twice')).cancelled_by, 'system', 'cancelling an expired hold once more changes nothing');
SELECT t.is(t.events(:'h1'), 'held expired', 'and is no event');
ROLLBACK TO base;

--
-- The same call sent again
--

SELECT * FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'k-1', hold_for => '5 minutes') \gset h_
SELECT t.counts() AS counts \gset
SELECT t.at('2026-03-02 08:01+00') \gset
SELECT * FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'k-1', hold_for => '5 minutes') \gset i_
SELECT t.is(:'i_id' || ' ' || :'i_expires_at', :'h_id' || ' 2026-03-02 08:05:00+00', 'the same key gives the same hold, which lives no longer for it');
SELECT t.is(t.counts(), :'counts', 'and nothing is written');
SELECT t.refused(sql, 'idempotency_conflict', '23505', t.sql('conflict: %s', what))
FROM (VALUES
	(t.create_sql(:'pat', :'p', :'s', '2026-03-03 10:00+00', '''k-1'''), 'a booking is no hold'),
	(t.hold_sql(:'pat', :'p', :'s', '2026-03-03 10:00+00', '''k-1'', hold_for => ''6 minutes'''), 'another hold_for'),
	(t.hold_sql(:'pat', :'p', :'s', '2026-03-03 10:30+00', '''k-1'', hold_for => ''5 minutes'''), 'another start'),
	(t.hold_sql(NULL, :'p', :'s', '2026-03-03 10:00+00', '''k-1'', hold_for => ''5 minutes'''), 'no patient')) AS v (sql, what);
SELECT t.at('2026-03-02 08:05+00') \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS over \gset
SELECT * FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'k-1', hold_for => '5 minutes') \gset i_
SELECT t.is(:'i_id' || ' ' || :'i_status', :'h_id' || ' cancelled', 'also when it has expired and been booked over');
ROLLBACK TO base;
SELECT * FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'k-1') \gset h_
SELECT (quickbook.confirm_appointment(:'h_id')).status \gset
SELECT * FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 10:00+00', 'k-1') \gset i_
SELECT t.is(:'i_id' || ' ' || :'i_status', :'h_id' || ' booked', 'also when it was confirmed');
SELECT t.is(t.events(:'h_id'), 'held booked', 'without another event');
ROLLBACK TO base;
-- Whoever lost the answer lost the token with it.
SELECT * FROM quickbook.hold_appointment(NULL, :'p', :'s', '2026-03-03 10:00+00', 'k-1') \gset h_
SELECT * FROM quickbook.hold_appointment(NULL, :'p', :'s', '2026-03-03 10:00+00', 'k-1') \gset i_
SELECT t.is(:'i_id' || ' ' || :'i_hold_token', :'h_id' || ' ' || :'h_hold_token', 'a hold without patient is given again with its token');

SELECT * FROM t.finish();
ROLLBACK;
