-- DESIGN 4, rules 3 and 4: an appointment lies in the windows, its buffers need
-- not; buffers meet no busy time, and add up with those of appointments.
BEGIN;
\ir lib/t.inc
SELECT t.plan(30);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '1 hour', :'p') AS s \gset
SELECT t.patient(:'c', 'One') AS pat1 \gset
SELECT t.patient(:'c', 'Two') AS pat2 \gset
\set mon '2026-03-09 00:00+00'
\set tue '2026-03-10 00:00+00'
\set wed '2026-03-11 00:00+00'
SAVEPOINT base;

-- Rule 3: fit.
SELECT t.hours(:'p', 1, '22:00', '24:00') \gset
SELECT t.hours(:'p', 2, '00:00', '02:00') \gset
UPDATE quickbook.service SET duration = '3 hours', slot_interval = '30 minutes' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'wed'), '22:00 22:30 23:00', 'an appointment runs on over midnight where windows touch');
UPDATE quickbook.working_hours SET start_time = '00:01' WHERE provider_id = :'p'::uuid AND weekday = 2::smallint;
SELECT t.is(t.slots(:'s', :'mon', :'wed'), '', 'not where there is a minute between them');
UPDATE quickbook.working_hours SET start_time = '00:00' WHERE provider_id = :'p'::uuid AND weekday = 2::smallint;
SELECT t.off(:'c', :'p', '2026-03-10 00:00+00', '2026-03-10 00:01+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'wed'), '', 'nor where there is time off between them');
DELETE FROM quickbook.time_off WHERE provider_id = :'p'::uuid;
SELECT t.override(:'p', '2026-03-10') \gset
SELECT t.is(t.slots(:'s', :'mon', :'wed'), '', 'nor into a closed date');
ROLLBACK TO base;
UPDATE quickbook.provider SET open_always = true WHERE id = :'p'::uuid;
UPDATE quickbook.service SET duration = '36 hours', slot_interval = '12 hours' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '00:00 12:00', 'an appointment can be longer than a date');
SELECT t.override(:'p', '2026-03-11') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '00:00 12:00', '... and end where a closed date begins');
SELECT t.is(t.slots(:'s', '2026-03-09 12:00:01+00', '2026-03-11 12:00+00'), '', '... but not run into it');
ROLLBACK TO base;
SELECT t.hours(:'p', 1, '09:00', '12:00') \gset
UPDATE quickbook.service SET slot_interval = '30 minutes' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:30 10:00 10:30 11:00', 'the last appointment ends with the window');
SELECT t.off(:'c', :'p', '2026-03-09 10:30+00', '2026-03-09 10:30:01+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:30 11:00', 'a second of time off is in the way of what contains it');
ROLLBACK TO base;

-- Buffers and hours.
SELECT t.hours(:'p', 1, '09:00', '10:00') \gset
UPDATE quickbook.service SET buffer_before = '30 minutes', buffer_after = '2 hours' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00', 'buffers may reach outside the window');
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Ada@09:00-10:00/1', 'starts_at and ends_at are without the buffers');
SELECT t.off(:'c', :'p', '2026-03-09 08:00+00', '2026-03-09 09:00+00') \gset
SELECT t.off(:'c', NULL, '2026-03-09 10:00+00', '2026-03-09 12:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00', '... and into time off');
SET LOCAL quickbook.now = '2026-03-09 08:59+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00', '... and into the past');
ROLLBACK TO base;

-- Buffers and busy time.
SELECT t.hours(:'p', 1, '09:00', '12:00') \gset
UPDATE quickbook.service SET duration = '30 minutes', slot_interval = '15 minutes' WHERE id = :'s'::uuid;
SAVEPOINT hours;
SELECT t.busy(:'p', '2026-03-09 10:00+00', '2026-03-09 11:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:15 09:30 11:00 11:15 11:30', 'without buffers an appointment may touch busy time');
UPDATE quickbook.service SET buffer_before = '15 minutes' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:15 09:30 11:15 11:30', 'buffer_before meets no busy time');
UPDATE quickbook.service SET buffer_before = '0', buffer_after = '15 minutes' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:15 11:00 11:15 11:30', 'buffer_after meets no busy time');
UPDATE quickbook.service SET buffer_before = '15 minutes 1 second' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:15 11:30', 'not by a second');
ROLLBACK TO hours;
SELECT t.busy(:'p', '2026-03-09 08:00+00', '2026-03-09 09:00+00') \gset
SELECT t.busy(:'p', '2026-03-09 12:00+00', '2026-03-09 13:00+00') \gset
UPDATE quickbook.service SET buffer_before = '10 minutes', buffer_after = '10 minutes' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:15 09:30 09:45 10:00 10:15 10:30 10:45 11:00 11:15',
	'busy time outside the hours is in the way of buffers that reach outside');
UPDATE quickbook.service SET slot_anchor = 'gap' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', '2026-03-09 10:00+00'), '09:10 09:25 09:40 09:55', 'a gap begins where the buffer is free');
ROLLBACK TO hours;

-- Buffers of two appointments add up. The first service keeps 5 minutes before
-- and 10 after, the second 15 before and 20 after.
SELECT t.service(:'c', '30 minutes', :'p', '5 minutes', buffer_before => '5 minutes', buffer_after => '10 minutes') AS a \gset
SELECT t.service(:'c', '30 minutes', :'p', '5 minutes', buffer_before => '15 minutes', buffer_after => '20 minutes') AS b \gset
SELECT t.book(:'pat1', :'p', :'a', '2026-03-09 10:00+00') AS booked \gset
-- occupied 09:55–10:40; b takes from 15 before to 50 after its start
SELECT t.is(t.slots(:'b', :'mon', '2026-03-09 11:05+00'), '09:00 09:05 10:55 11:00',
	'the buffers of an appointment and of the next both count');
SELECT t.is(t.slots(:'a', :'mon', '2026-03-09 10:55+00'), '09:00 09:05 09:10 09:15 10:45 10:50',
	'also between two appointments of one service');
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:15 10:45 11:00 11:15 11:30', 'an appointment''s own buffers hold for a service without any');
SELECT t.book(:'pat2', :'p', :'b', '2026-03-09 10:55+00') AS booked2 \gset
SELECT t.is(t.slots(:'a', '2026-03-09 10:40+00', :'tue'), '', 'what was offered can be booked, and takes its buffers too');
-- cancelled, its buffers go
SELECT (quickbook.cancel_appointment(:'booked')).status \gset
SELECT t.is(t.slots(:'a', :'mon', :'tue'), '09:00 09:05 09:10 09:15 09:20 09:25 09:30 09:35 09:40 09:45 09:50 09:55 10:00',
	'a cancelled appointment gives its buffers back');
ROLLBACK TO hours;
SELECT t.service(:'c', '30 minutes', :'p', '5 minutes', buffer_before => '5 minutes', buffer_after => '10 minutes') AS a \gset
SELECT t.book(:'pat1', :'p', :'a', '2026-03-09 10:00+00') AS booked \gset
UPDATE quickbook.service SET buffer_after = '1 hour' WHERE id = :'a'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00'), '10:45', 'an appointment keeps the buffers with which it was booked');
ROLLBACK TO hours;

-- Another provider's appointments and busy time are nothing to ours.
SELECT t.provider(:'c', open_always => true) AS q \gset
SELECT t.service(:'c', '30 minutes', :'q', '5 minutes') AS sq \gset
SELECT t.book(:'pat1', :'q', :'sq', '2026-03-09 10:00+00') AS booked \gset
SELECT t.busy(:'q', '2026-03-09 00:00+00', '2026-03-10 00:00+00') \gset
SELECT t.is(t.slots(:'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00'), '10:00 10:15 10:30 10:45', 'other calendars do not count');
ROLLBACK TO hours;

-- What an appointment occupies can reach over the limits of the search.
SELECT t.service(:'c', '30 minutes', :'p', buffer_after => '45 minutes') AS a \gset
SELECT t.book(:'pat1', :'p', :'a', '2026-03-09 09:00+00') AS booked \gset
SELECT t.is(t.slots(:'s', '2026-03-09 10:00+00', '2026-03-09 10:31+00'), '10:15 10:30', 'an appointment before from_time counts with its buffer');
SELECT t.busy(:'p', '2026-03-09 10:50+00', '2026-03-09 11:00+00') \gset
SELECT t.is(t.slots(:'s', '2026-03-09 10:00+00', '2026-03-09 10:31+00'), '10:15', 'busy time after to_time counts, too');
ROLLBACK TO base;

-- A very long buffer.
UPDATE quickbook.provider SET open_always = true WHERE id = :'p'::uuid;
UPDATE quickbook.service SET buffer_before = '72 hours', buffer_after = '48 hours', slot_interval = '12 hours' WHERE id = :'s'::uuid;
SELECT t.busy(:'p', '2026-03-15 00:00+00', '2026-03-15 01:00+00') \gset
SELECT t.is(t.slots(:'s', '2026-03-12 00:00+00', '2026-03-18 12:01+00'), '00:00 12:00 | 03-18 12:00', 'buffers of days');
ROLLBACK TO base;
SELECT t.hours(:'p', 1, '09:00', '12:00') \gset
SELECT t.busy(:'p', '2026-03-01 00:00+00', '2026-04-01 00:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', '2026-04-01 00:00+00'), '', 'busy time that begins long before');

SELECT * FROM t.finish();
ROLLBACK;
