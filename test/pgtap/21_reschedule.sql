-- Section 5: reschedule_appointment() moves an appointment, all or nothing: the
-- id stays, sequence rises, and if the new time cannot be had the old is kept.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(65);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.hours(:'bob', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p', buffer_after => '10 minutes') AS s \gset
SELECT t.offer(:'s', :'bob', duration => '60 minutes') \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset

CREATE FUNCTION t.move_sql(appointment text, starts_at text, more text DEFAULT NULL) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('SELECT quickbook.reschedule_appointment(%L, %L%s)', appointment, starts_at, ', ' || more)
$$;
-- What people see of it.
CREATE FUNCTION t.seen(appointment uuid) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('%s %s %s-%s v%s s%s', a.status, p.name, to_char(a.starts_at, 'MM-DD HH24:MI'), to_char(a.ends_at, 'HH24:MI'),
		a.version, a.sequence)
	FROM quickbook.appointment a JOIN quickbook.provider p ON p.id = a.provider_id WHERE a.id = appointment
$$;

--
-- To another time
--

SELECT id AS a FROM quickbook.create_appointment(:'pat', :'p', :'s', '2026-03-03 09:00+00', notes => 'knee', details => '{"n": 1}') \gset
SELECT t.is(t.seen(:'a'), 'booked Ada 03-03 09:00-09:30 v1 s0', 'before');
SELECT * FROM quickbook.reschedule_appointment(:'a', '2026-03-03 11:00+00') \gset m_
SELECT t.is(:'m_id', :'a', 'the id stays');
SELECT t.is(:'m_starts_at', '2026-03-03 11:00:00+00', 'starts_at is the new one');
SELECT t.is(:'m_ends_at', '2026-03-03 11:30:00+00', 'ends_at too');
SELECT t.is(:'m_sequence', '1', 'sequence rises by one');
SELECT t.is(:'m_version', '2', 'and version');
SELECT t.is(:'m_status', 'booked', 'the status stays');
SELECT t.is(:'m_provider_id', :'p', 'without provider_id the provider stays');
SELECT t.is(:'m_notes' || :'m_details', 'knee{"n": 1}', 'notes and details stay');
SELECT t.is(t.seen(:'a'), 'booked Ada 03-03 11:00-11:30 v2 s1', 'the table says the same');
SELECT t.is(t.allocations(:'a'), 'Ada/0 11:00-11:40, Pat/0 11:00-11:30', 'the allocations moved');
SELECT t.is(t.slots(:'s', '2026-03-03 00:00+00', '2026-03-04 00:00+00', :'p'), '09:00 09:30 10:00', 'the old time is offered again');
SELECT t.is(t.events(:'a'), 'booked rescheduled', 'one event');
SELECT t.is(t.query(t.sql('SELECT %L::timestamptz, %L::timestamptz', t.key(t.event(:'a'), 'starts_at'), t.key(t.event(:'a'), 'changed', 'starts_at'))),
	'2026-03-03T11:00:00+00:00 2026-03-03T09:00:00+00:00', 'with the new start, and the old one in changed');
SELECT t.is(t.key(t.event(:'a'), 'changed', 'notes') , NULL, 'and nothing in changed that did not change');
SELECT t.is(t.key(t.event(:'a'), 'sequence'), '1', 'and the new sequence');

-- Its own time is not in its way.
SELECT t.is(t.outcome(t.move_sql(:'a', '2026-03-03 11:10+00', 'override => ''{grid}''')), 'ok', 'it may move by ten minutes into its own time');
SELECT t.is(t.allocations(:'a'), 'Ada/0 11:10-11:50, Pat/0 11:10-11:40', 'and takes it');
SELECT t.is(t.outcome(t.move_sql(:'a', '2026-03-03 10:30+00')), 'ok', 'and back, its buffer touching its old time');

-- To where it is already: nothing happens.
SELECT t.seen(:'a') AS before \gset
SELECT (quickbook.reschedule_appointment(:'a', '2026-03-03 10:30+00')).version AS same \gset
SELECT t.is(t.seen(:'a'), :'before', 'to the very same time: unchanged');
SELECT t.is((quickbook.reschedule_appointment(:'a', '2026-03-03 10:30+00', :'p')).version::text, :'same', 'and provider: unchanged');
SELECT t.is(t.events(:'a'), 'booked rescheduled rescheduled rescheduled', 'without an event');

--
-- To another provider
--

SELECT * FROM quickbook.reschedule_appointment(:'a', '2026-03-03 14:00+00', provider_id => :'bob') \gset b_
SELECT t.is(t.seen(:'a'), 'booked Bob 03-03 14:00-15:00 v5 s4', 'to another provider, with that one''s duration');
SELECT t.is(t.allocations(:'a'), 'Bob/0 14:00-15:10, Pat/0 14:00-15:00', 'whose calendar it takes');
SELECT t.is(t.resources(:'a'), 'practitioner=Bob', 'and who is noted');
SELECT t.is(t.key(t.event(:'a'), 'changed', 'provider_id'), :'p', 'the event has the old provider in changed');
SELECT t.is(t.outcome(t.move_sql(:'a', '2026-03-03 09:00+00', t.sql('provider_id => %L', :'p'))), 'ok', 'and back');

-- The same time with another provider.
SELECT t.is(t.outcome(t.move_sql(:'a', '2026-03-03 09:00+00', t.sql('provider_id => %L', :'bob'))), 'ok', 'the same time with another provider');
SELECT t.is(t.resources(:'a'), 'practitioner=Bob', 'is a change');
SELECT t.is(t.outcome(t.move_sql(:'a', '2026-03-03 09:00+00', t.sql('provider_id => %L', :'p'))), 'ok', 'and back');

--
-- If it cannot be had
--

SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS other \gset
SELECT t.book(:'pat', :'bob', :'s', '2026-03-04 09:00+00') AS own \gset
SELECT t.seen(:'a') || t.allocations(:'a') AS before, t.counts() AS counts \gset
UPDATE quickbook.service SET min_notice = '2 hours', horizon_days = 14 WHERE id = :'s';
SELECT t.refused(t.move_sql(:'a', starts_at), name, state, t.sql('%s: %s', name, why))
FROM (VALUES ('2026-03-03 10:00+00', 'slot_taken', '23P01', 'taken'),
	('2026-03-03 09:30+00', 'slot_taken', '23P01', 'its buffer would meet another'),
	('2026-03-03 12:00+00', 'outside_hours', '23QB1', 'closed'), ('2026-03-03 11:10+00', 'off_grid', '23QB2', 'off the grid'),
	('2026-03-02 09:00+00', 'too_soon', '23QB3', 'inside the notice'), ('2026-03-17 09:00+00', 'beyond_horizon', '23QB4', 'too far'),
	('2026-03-04 09:30+00', 'patient_busy', '23P01', 'the patient is elsewhere'),
	(NULL, 'invalid_argument', '22023', 'no time'), ('infinity', 'invalid_argument', '22023', 'no real time')) AS v (starts_at, name, state, why);
SELECT t.refused(t.move_sql(:'a', '2026-03-03 11:00+00', t.sql('provider_id => %L', provider)), name, state, t.sql('%s: %s', name, why))
FROM (VALUES ('00000000-0000-7000-8000-00000000ffff', 'not_found', 'P0002', 'an unknown provider'),
	(:'room', 'policy_refused', '23QB6', 'a provider who does not offer the service')) AS v (provider, name, state, why);
SELECT t.refused(t.move_sql('00000000-0000-7000-8000-00000000ffff', '2026-03-03 11:00+00'), 'not_found', 'P0002', 'not_found: an unknown appointment');
SELECT t.refused(t.move_sql(NULL, '2026-03-03 11:00+00'), 'invalid_argument', '22023', 'invalid_argument: no appointment');
SELECT t.is(t.seen(:'a') || t.allocations(:'a'), :'before', 'the old time is kept');
SELECT t.is(t.counts(), :'counts', 'and nothing is left of the attempts');
SELECT t.is(t.outcome(t.move_sql(:'a', '2026-03-17 09:10+00', 'override => ''{grid,horizon}''')), 'ok', 'staff may set rules aside');
UPDATE quickbook.service SET min_notice = '0', horizon_days = NULL WHERE id = :'s';

--
-- A team moves together; what cannot be moved
--

SELECT t.service(:'c', '60 minutes', :'p', name => 'Surgery') AS surgery \gset
SELECT t.offer(:'surgery', :'room', 'room') \gset
SELECT t.book(:'ben', :'p', :'surgery', '2026-03-05 09:00+00') AS op \gset
SELECT t.is(t.outcome(t.move_sql(:'op', '2026-03-05 10:00+00')), 'ok', 'a team moves');
SELECT t.is(t.allocations(:'op'), 'Ada/0 10:00-11:00, Room/0 10:00-11:00, Ben/0 10:00-11:00', 'on all its calendars');
SELECT t.is(t.resources(:'op'), 'practitioner=Ada room=Room', 'with the same resources');

-- The other roles are filled anew: with who is free then.
SELECT t.provider(:'c', 'Room 2', open_always => true, kind => 'room') AS room_2 \gset
SELECT t.offer(:'surgery', :'room_2', 'room') \gset
SELECT t.busy(:'room', '2026-03-05 09:00+00', '2026-03-05 10:00+00') \gset
SELECT t.is(t.outcome(t.move_sql(:'op', '2026-03-05 09:00+00')), 'ok', 'where its room is taken');
SELECT t.is(t.resources(:'op'), 'practitioner=Ada room=Room 2', 'it gets another room');
SELECT t.busy(:'room_2', '2026-03-05 10:00+00', '2026-03-05 12:00+00') \gset
SELECT t.is(t.outcome(t.move_sql(:'op', '2026-03-05 10:00+00')), 'ok', 'and back');
SELECT t.is(t.resources(:'op'), 'practitioner=Ada room=Room', 'it gets the other');

SELECT t.refused(t.move_sql(t.appointment(status, NULL, :'bob', :'s', '2026-04-01 10:00+00', '2026-04-01 11:00+00')::text, '2026-04-01 12:00+00'),
	'invalid_transition', '23QB7', t.sql('%s cannot be moved', status))
FROM (VALUES ('cancelled'), ('entered-in-error')) AS v (status);
SELECT t.appointment('pending', :'ben', :'bob', :'s', '2026-04-10 10:00+00', '2026-04-10 11:00+00') AS pending \gset
SELECT t.is(t.outcome(t.move_sql(:'pending', '2026-04-10 13:00+00')), 'ok', 'pending can be moved');
SELECT t.is(t.seen(:'pending'), 'pending Bob 04-10 13:00-14:00 v2 s1', 'and stays pending');
SELECT t.appointment('held', :'ben', :'bob', :'s', '2026-04-11 10:00+00', '2026-04-11 11:00+00', '2026-03-02 09:00+00') AS held \gset
SELECT t.is(t.outcome(t.move_sql(:'held', '2026-04-11 13:00+00')), 'ok', 'held can be moved');
SELECT t.is(t.query(t.sql('SELECT a.status, bool_and(a.expires_at = l.expires_at), count(*) FROM quickbook.appointment a'
	' JOIN quickbook.allocation l ON l.appointment_id = a.id WHERE a.id = %L GROUP BY 1', :'held')), 'held true 2', 'and still expires');
SELECT t.refused(t.move_sql(t.appointment(status, :'ben', :'bob', :'s', starts_at::timestamptz, ends_at::timestamptz)::text, '2026-04-02 12:00+00'),
	'invalid_transition', '23QB7', t.sql('%s cannot be moved', status))
FROM (VALUES ('arrived', '2026-04-02 13:00+00', '2026-04-02 14:00+00'), ('checked-in', '2026-04-03 13:00+00', '2026-04-03 14:00+00'),
	('fulfilled', '2026-04-04 13:00+00', '2026-04-04 14:00+00'), ('noshow', '2026-04-05 13:00+00', '2026-04-05 14:00+00')) AS v (status, starts_at, ends_at);

-- The time of a booked one that is past may be moved on: the patient was late.
SELECT t.at('2026-03-05 10:30+00') \gset
SELECT t.is(t.outcome(t.move_sql(:'op', '2026-03-06 09:00+00')), 'ok', 'one that has begun may be moved on');
SELECT t.is(t.allocations(:'op'), 'Ada/0 09:00-10:00, Room/0 09:00-10:00, Ben/0 09:00-10:00', 'and gives all its time back');

SELECT * FROM t.finish();
ROLLBACK;
