-- DESIGN 4, rule 5: notice, horizon, booking period and the patient hide starts;
-- and how far ahead a search reaches.
BEGIN;
\ir lib/t.inc
SELECT t.plan(38);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '1 hour', :'p') AS s \gset
SELECT t.hours(:'p', 1, '09:00', '12:00') \gset
SELECT t.patient(:'c', 'One') AS pat1 \gset
SELECT t.patient(:'c', 'Two') AS pat2 \gset
\set mon '2026-03-09 00:00+00'
\set tue '2026-03-10 00:00+00'
SAVEPOINT base;

-- start > now
SET LOCAL quickbook.now = '2026-03-09 09:59:59+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00 11:00', 'a start a second ahead is offered');
SET LOCAL quickbook.now = '2026-03-09 10:00+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '11:00', 'a start at this instant is not');
SET LOCAL quickbook.now = '2026-03-09 10:59:59.999999+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '11:00', 'a start a microsecond ahead is offered');
SET LOCAL quickbook.now = '2026-03-20 00:00+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', 'the past is empty');
ROLLBACK TO base;

-- start >= now + min_notice
UPDATE quickbook.service SET min_notice = '2 hours' WHERE id = :'s'::uuid;
SET LOCAL quickbook.now = '2026-03-09 07:00+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:00 11:00', 'exactly min_notice ahead is enough');
SET LOCAL quickbook.now = '2026-03-09 07:00:01+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00 11:00', 'a second less is not');
UPDATE quickbook.service SET min_notice = '3 days' WHERE id = :'s'::uuid;
SET LOCAL quickbook.now = '2026-03-06 10:00+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00 11:00', 'min_notice of days');
ROLLBACK TO base;
-- Lengths are fixed: a day is 24 hours, also over the change of the clocks.
UPDATE quickbook.provider SET time_zone = 'Europe/Berlin' WHERE id = :'p'::uuid;
UPDATE quickbook.service SET min_notice = '1 day' WHERE id = :'s'::uuid;
SELECT t.hours(:'p', 7, '09:00', '13:00') \gset
SET LOCAL quickbook.now = '2026-03-28 09:00+00';
SELECT t.is(t.slots(:'s', '2026-03-29 00:00+00', '2026-03-30 00:00+00', tz => 'Europe/Berlin'), '11:00 12:00',
	'min_notice: a day before 11:00 is 10:00 the day before when the clocks go forward');
ROLLBACK TO base;

-- Horizon: calendar days, in the provider's zone.
SELECT t.provider(:'c', open_always => true, zone => 'America/New_York') AS ny \gset
SELECT t.service(:'c', '1 hour', :'ny') AS sny \gset
SAVEPOINT ny;
UPDATE quickbook.service SET horizon_days = 1 WHERE id = :'sny'::uuid;
-- 2 March, 23:30 in New York; the 3rd ends at 05:00 UTC of the 4th
SET LOCAL quickbook.now = '2026-03-03 04:30+00';
SELECT t.is(t.slots(:'sny', '2026-03-04 00:00+00', '2026-03-08 00:00+00'), '00:00 01:00 02:00 03:00 04:00',
	'horizon_days 1 reaches to tomorrow''s local midnight');
SET LOCAL quickbook.now = '2026-03-03 05:00+00';
SELECT t.is(t.slots(:'sny', '2026-03-05 00:00+00', '2026-03-08 00:00+00'), '00:00 01:00 02:00 03:00 04:00',
	'... and at local midnight a day further');
UPDATE quickbook.service SET horizon_days = 0 WHERE id = :'sny'::uuid;
SELECT t.is(t.slots(:'sny', '2026-03-04 02:00+00', '2026-03-08 00:00+00'), '02:00 03:00 04:00', 'horizon_days 0 is today');
-- the clocks go forward on 8 March: the 8th ends at 04:00 UTC of the 9th
UPDATE quickbook.service SET horizon_days = 5 WHERE id = :'sny'::uuid;
SELECT t.is(t.slots(:'sny', '2026-03-09 02:00+00', '2026-03-12 00:00+00'), '02:00 03:00', 'the horizon counts dates, not hours');
ROLLBACK TO ny;
-- a night window belongs to the date on which it starts, a start to its own
UPDATE quickbook.working_hours SET start_time = '22:00', end_time = '02:00' WHERE provider_id = :'p'::uuid;
UPDATE quickbook.service SET horizon_days = 7 WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', '2026-03-20 00:00+00'), '22:00 23:00', 'the horizon looks at the start''s own date');
UPDATE quickbook.service SET horizon_days = 8 WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', '2026-03-20 00:00+00'), '22:00 23:00 | 03-10 00:00 01:00', '... which may be the next');
SELECT t.is(t.next(:'s', :'mon', 10), '22:00 23:00 | 03-10 00:00 01:00', 'next_slots keeps to the horizon');
SELECT t.is(t.days(:'s', '2026-03-09', '2026-03-17'), '03-09=2 03-10=2 03-11=0 03-12=0 03-13=0 03-14=0 03-15=0 03-16=0 03-17=0',
	'available_days keeps to the horizon');
ROLLBACK TO base;
-- two leads in two zones: each counts in its own. 10:30 UTC of 2 March is 23:30
-- in Auckland and 05:30 in New York.
SELECT t.service(:'c', '6 hours') AS two \gset
SELECT t.provider(:'c', 'Ari', open_always => true, zone => 'Pacific/Auckland') AS nz \gset
SELECT t.provider(:'c', 'Bo', open_always => true, zone => 'America/New_York') AS ny \gset
SELECT t.offer(:'two', :'nz') \gset
SELECT t.offer(:'two', :'ny') \gset
UPDATE quickbook.service SET horizon_days = 1 WHERE id = :'two'::uuid;
SET LOCAL quickbook.now = '2026-03-02 10:30+00';
SELECT t.is(t.slots(:'two', '2026-03-02 00:00+00', '2026-03-06 00:00+00', :'nz'), '11:00 17:00 23:00 | 03-03 05:00',
	'horizon: a provider in Auckland');
SELECT t.is(t.slots(:'two', '2026-03-02 00:00+00', '2026-03-06 00:00+00', :'ny'), '11:00 17:00 23:00 | 03-03 05:00 11:00 17:00 23:00',
	'horizon: a provider in New York');
SELECT t.is(t.slots(:'two', '2026-03-03 05:00+00', '2026-03-06 00:00+00'), '05:00 05:00 11:00 17:00 23:00',
	'horizon: both together, each in its own zone');
SET LOCAL quickbook.now = '2026-03-02 11:00+00';
SELECT t.is(t.slots(:'two', '2026-03-03 05:00+00', '2026-03-06 00:00+00', :'nz'), '05:00 11:00 17:00 23:00 | 03-04 05:00',
	'horizon: at midnight in Auckland a day more');
ROLLBACK TO base;

-- bookable_during
UPDATE quickbook.service SET bookable_during = '[2026-03-09,2026-03-17)' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '03-09 09:00 10:00 11:00 | 03-16 09:00 10:00 11:00',
	'bookable_during: from its first date to before its end');
UPDATE quickbook.service SET bookable_during = '[2026-03-09,2026-03-16)' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '03-09 09:00 10:00 11:00', 'bookable_during: the end is not included');
UPDATE quickbook.service SET bookable_during = '(,2026-03-09]' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '09:00 10:00 11:00 | 03-09 09:00 10:00 11:00',
	'bookable_during: without a beginning');
UPDATE quickbook.service SET bookable_during = '[2026-03-23,)' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '03-23 09:00 10:00 11:00 | 03-30 09:00 10:00 11:00',
	'bookable_during: without an end');
SELECT t.is(t.next(:'s', NULL, 2), '03-23 09:00 10:00', 'bookable_during: next_slots');
ROLLBACK TO base;
SELECT t.provider(:'c', open_always => true, zone => 'America/New_York') AS ny \gset
SELECT t.service(:'c', '6 hours', :'ny') AS sny \gset
UPDATE quickbook.service SET bookable_during = '[2026-03-03,2026-03-04)' WHERE id = :'sny'::uuid;
SELECT t.is(t.slots(:'sny', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '03-03 05:00 11:00 17:00 23:00',
	'bookable_during: dates of the provider''s zone');
ROLLBACK TO base;

-- The patient.
SELECT t.provider(:'c', open_always => true) AS q \gset
SELECT t.service(:'c', '1 hour', :'q', '30 minutes', buffer_before => '30 minutes', buffer_after => '30 minutes') AS sq \gset
SELECT t.book(:'pat1', :'q', :'sq', '2026-03-09 10:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat1'), '09:00 11:00',
	'a patient with an appointment elsewhere is not free; its buffers are the provider''s');
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat2'), '09:00 10:00 11:00', 'another patient is');
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:00 11:00', 'without a patient nobody asks');
UPDATE quickbook.service SET buffer_before = '1 hour', buffer_after = '1 hour' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat1'), '09:00 11:00', 'the buffers of the new appointment are the provider''s, too');
SELECT t.is(t.next(:'s', :'mon', 2, patient => :'pat1'), '09:00 11:00', 'next_slots knows the patient');
UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat1'), '09:00 10:00 11:00', 'patient_may_overlap: the patient may be busy');
ROLLBACK TO base;

-- How far a search reaches.
SET LOCAL quickbook.search_days = 8;
SELECT t.is(t.slots(:'s', '2026-03-02 00:00+00', '2026-05-01 00:00+00'), '09:00 10:00 11:00 | 03-09 09:00 10:00 11:00',
	'quickbook.search_days: a search reaches so many days ahead');
SELECT t.is(t.next(:'s', NULL, 100), '09:00 10:00 11:00 | 03-09 09:00 10:00 11:00', '... next_slots, too');
SELECT t.is(t.days(:'s', '2026-03-15', '2026-03-17'), '03-15=0 03-16=0 03-17=0', '... available_days, too');
SET LOCAL quickbook.search_days = 3;
SELECT t.is(t.next(:'s', NULL, 100), '09:00 10:00 11:00', '... fewer days');
ROLLBACK TO base;
-- 731 days after 2 March 2026 is 2 March 2028
SELECT t.provider(:'c') AS far \gset
SELECT t.service(:'c', '1 hour', :'far') AS sfar \gset
SELECT t.override(:'far', '2028-02-29', '09:00', '10:00') \gset
SELECT t.override(:'far', '2028-03-05', '09:00', '10:00') \gset
SELECT t.is(t.next(:'sfar'), '02-29 09:00', 'a search reaches two years ahead if not told otherwise');
SELECT t.is(t.slots(:'sfar', '2028-03-01 00:00+00', '2028-04-01 00:00+00'), '', '... and not further');
ROLLBACK TO base;

SELECT * FROM t.finish();
ROLLBACK;
