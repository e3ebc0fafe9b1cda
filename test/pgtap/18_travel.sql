-- DESIGN 3 and 4, rule 1: on the dates of a journey a provider's local times are
-- read in the zone of the journey; both times of a window in that of its date.
BEGIN;
\ir lib/t.inc
SELECT t.plan(27);

-- Ada lives in Berlin and is in New York from Monday 9 to Wednesday 11 March,
-- where it is four hours earlier than in UTC: the clocks went forward on the 8th.
SELECT t.clinic('UTC') AS c \gset
SELECT t.provider(:'c', 'Ada', 'Europe/Berlin') AS p \gset
SELECT t.service(:'c', '1 hour', :'p') AS s \gset
SELECT t.travel(:'p', '[2026-03-09,2026-03-12)', 'America/New_York') \gset
SAVEPOINT base;

SELECT t.hours(:'p', NULL, '09:00', '10:00') \gset
SELECT t.is(t.slots(:'s', '2026-03-07 00:00+00', '2026-03-14 00:00+00'),
	'08:00 | 03-08 08:00 | 03-09 13:00 | 03-10 13:00 | 03-11 13:00 | 03-12 08:00 | 03-13 08:00',
	'working hours are read in the zone of the journey on its dates');
SELECT t.override(:'p', '2026-03-10', '15:00', '16:00') \gset
SELECT t.is(t.slots(:'s', '2026-03-10 00:00+00', '2026-03-11 00:00+00'), '19:00', 'and so are overrides');
SELECT t.off(:'c', :'p', '2026-03-11 13:30+00', '2026-03-11 14:30+00') \gset
SELECT t.is(t.slots(:'s', '2026-03-11 00:00+00', '2026-03-12 00:00+00'), '', 'time off is instants and stays where it is');
SELECT t.provider(:'c', 'Bob', 'Europe/Berlin') AS q \gset
SELECT t.service(:'c', '1 hour', :'q') AS sq \gset
SELECT t.hours(:'q', NULL, '09:00', '10:00') \gset
SELECT t.is(t.slots(:'sq', '2026-03-09 00:00+00', '2026-03-10 00:00+00'), '08:00', 'another provider stays at home');
ROLLBACK TO base;

-- The dates of the journey.
SELECT t.hours(:'p', NULL, '09:00', '10:00') \gset
UPDATE quickbook.travel SET dates = '[2026-03-09,2026-03-10]' WHERE provider_id = :'p'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-08 00:00+00', '2026-03-12 00:00+00'), '08:00 | 03-09 13:00 | 03-10 13:00 | 03-11 08:00', 'a last date that is included');
UPDATE quickbook.travel SET dates = '[2026-03-10,)' WHERE provider_id = :'p'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-09 00:00+00', '2026-03-12 00:00+00'), '08:00 | 03-10 13:00 | 03-11 13:00', 'a journey without an end');
SELECT t.is(t.slots(:'s', '2026-04-06 00:00+00', '2026-04-07 00:00+00'), '13:00', '... a month later');
UPDATE quickbook.travel SET dates = '(,2026-03-10)' WHERE provider_id = :'p'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-09 00:00+00', '2026-03-12 00:00+00'), '13:00 | 03-10 08:00 | 03-11 08:00', 'a journey without a beginning');
UPDATE quickbook.travel SET dates = '[2026-03-09,2026-03-10)' WHERE provider_id = :'p'::uuid;
SELECT t.travel(:'p', '[2026-03-10,2026-03-11)', 'Asia/Tokyo') \gset
SELECT t.is(t.slots(:'s', '2026-03-08 12:00+00', '2026-03-12 00:00+00'), '03-09 13:00 | 03-10 00:00 | 03-11 08:00', 'one journey after the other');
ROLLBACK TO base;

-- Without a zone of one's own home is where the clinic is.
UPDATE quickbook.provider SET time_zone = NULL WHERE id = :'p'::uuid;
SELECT t.hours(:'p', NULL, '09:00', '10:00') \gset
SELECT t.is(t.slots(:'s', '2026-03-08 00:00+00', '2026-03-10 00:00+00'), '09:00 | 03-09 13:00', 'travel goes before the clinic''s zone');
ROLLBACK TO base;

-- Nights: both times in the zone of the date on which the window starts.
SELECT t.hours(:'p', NULL, '22:00', '02:00') \gset
-- the 8th: Berlin, 21:00 to 01:00; the 9th: New York, 02:00 to 06:00 of the 10th
SELECT t.is(t.slots(:'s', '2026-03-08 12:00+00', '2026-03-10 12:00+00'), '21:00 22:00 23:00 | 03-09 00:00 | 03-10 02:00 03:00 04:00 05:00',
	'the night before the journey ends in the zone in which it began');
-- the 11th: New York, 02:00 to 06:00 of the 12th; the 12th: Berlin, 21:00 to 01:00
SELECT t.is(t.slots(:'s', '2026-03-11 12:00+00', '2026-03-13 12:00+00'), '03-12 02:00 03:00 04:00 05:00 21:00 22:00 23:00 | 03-13 00:00',
	'the last night of the journey, too');
ROLLBACK TO base;

-- Always open: westward the date is 29 hours off, eastward two dates overlap.
UPDATE quickbook.provider SET open_always = true WHERE id = :'p'::uuid;
-- the 8th in Berlin ends at 23:00, the 9th in New York begins at 04:00
SELECT t.is(t.slots(:'s', '2026-03-08 20:00+00', '2026-03-09 06:00+00'), '20:00 21:00 22:00 | 03-09 04:00 05:00',
	'between the end of a date at home and the next away there are no windows');
-- the 11th in New York ends at 04:00 of the 12th, the 12th in Berlin began at 23:00
SELECT t.is(t.slots(:'s', '2026-03-11 21:00+00', '2026-03-12 06:00+00'), '21:00 22:00 23:00 | 03-12 00:00 01:00 02:00 03:00 04:00 05:00',
	'where two dates overlap each start is offered once');
SELECT t.override(:'p', '2026-03-12') \gset
SELECT t.is(t.slots(:'s', '2026-03-11 21:00+00', '2026-03-13 01:00+00'), '21:00 22:00 23:00 | 03-12 00:00 01:00 02:00 03:00 23:00 | 03-13 00:00',
	'closing the one leaves the other');
ROLLBACK TO base;
-- half past in India: both dates count from their own midnight
UPDATE quickbook.provider SET open_always = true WHERE id = :'p'::uuid;
UPDATE quickbook.travel SET time_zone = 'Asia/Kolkata' WHERE provider_id = :'p'::uuid;
-- the 9th in Kolkata begins at 18:30 of the 8th, the 8th in Berlin ends at 23:00
SELECT t.is(t.slots(:'s', '2026-03-08 17:00+00', '2026-03-08 20:00+00'), '17:00 18:00 18:30 19:30',
	'window: the count begins again where the date away begins');
ROLLBACK TO base;

-- The clock on the wall is that of the journey.
UPDATE quickbook.travel SET time_zone = 'Asia/Kathmandu' WHERE provider_id = :'p'::uuid;
UPDATE quickbook.service SET slot_anchor = 'clock' WHERE id = :'s'::uuid;
SELECT t.hours(:'p', NULL, '09:05', '12:00') \gset
-- 10:00 in Kathmandu is 04:15, in Berlin 09:00
SELECT t.is(t.slots(:'s', '2026-03-10 00:00+00', '2026-03-11 00:00+00'), '04:15 05:15', 'clock: rounds in the zone of the journey');
SELECT t.is(t.slots(:'s', '2026-03-13 00:00+00', '2026-03-14 00:00+00'), '09:00 10:00', 'clock: ... and at home again');
ROLLBACK TO base;

-- The local date of a start: horizon and bookable_during. An instant's zone is
-- that of its date at home; 03:00 of the 10th is 04:00 in Berlin, the 10th, a
-- date of the journey, and 23:00 of the 9th in New York.
UPDATE quickbook.provider SET open_always = true WHERE id = :'p'::uuid;
UPDATE quickbook.service SET horizon_days = 7 WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-10 01:00+00', '2026-03-12 00:00+00'), '01:00 02:00 03:00', 'horizon: the last date ends at midnight away');
UPDATE quickbook.service SET horizon_days = NULL, bookable_during = '[2026-03-09,2026-03-10)' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-09 00:00+00', '2026-03-12 00:00+00'),
	'04:00 05:00 06:00 07:00 08:00 09:00 10:00 11:00 12:00 13:00 14:00 15:00 16:00 17:00 18:00 19:00 20:00 21:00 22:00 23:00 | 03-10 00:00 01:00 02:00 03:00',
	'bookable_during: a date away is from midnight to midnight there');
-- today is the date away as well: at 02:00 of the 10th it is still the 9th
UPDATE quickbook.service SET horizon_days = 0, bookable_during = NULL WHERE id = :'s'::uuid;
SET LOCAL quickbook.now = '2026-03-10 02:00+00';
SELECT t.is(t.slots(:'s', '2026-03-10 00:00+00', '2026-03-12 00:00+00'), '03:00', 'horizon: today is today away');
ROLLBACK TO base;

-- The clocks of the journey's zone: Ada was in New York on 8 March, too.
SELECT t.provider(:'c', 'Eve', 'Europe/Berlin') AS e \gset
SELECT t.service(:'c', '1 hour', :'e') AS se \gset
SELECT t.hours(:'e', 7, '01:00', '04:00') \gset
SELECT t.travel(:'e', '[2026-03-08,2026-03-09)', 'America/New_York') \gset
SELECT t.is(t.slots(:'se', '2026-03-08 00:00+00', '2026-03-09 00:00+00'), '06:00 07:00', 'the clocks change where the provider is');
SELECT t.travel(:'e', '[2026-03-29,2026-03-30)', 'America/New_York') \gset
SELECT t.is(t.slots(:'se', '2026-03-29 00:00+00', '2026-03-30 00:00+00'), '05:00 06:00 07:00', 'and not at home');

-- A date that the journey's zone skipped.
SET LOCAL quickbook.now = '2011-12-20 00:00+00';
SELECT t.provider(:'c', 'Sam', 'Pacific/Auckland') AS sam \gset
SELECT t.service(:'c', '1 hour', :'sam') AS ss \gset
SELECT t.hours(:'sam', NULL, '09:00', '10:00') \gset
-- Auckland is 13 hours ahead: 09:00 is 20:00 of the day before
SELECT t.is(t.slots(:'ss', '2011-12-28 12:00+00', '2011-12-31 12:00+00'), '20:00 | 12-29 20:00 | 12-30 20:00', 'in Auckland there was a 30 December 2011');
SELECT t.travel(:'sam', '[2011-12-30,2011-12-31)', 'Pacific/Apia') \gset
SELECT t.is(t.slots(:'ss', '2011-12-28 12:00+00', '2011-12-31 12:00+00'), '20:00 | 12-30 20:00', 'for who was in Samoa that day there was none');
UPDATE quickbook.provider SET open_always = true WHERE id = :'sam'::uuid;
SELECT t.is(t.slots(:'ss', '2011-12-30 08:00+00', '2011-12-30 13:00+00'), '11:00 12:00', '... nor for who is always open');

-- Days are listed in the zone asked for, not of the journey.
SET LOCAL quickbook.now = '2026-03-02 08:00+00';
SELECT t.hours(:'p', NULL, '21:00', '24:00') \gset
-- the 10th in New York: 01:00 to 04:00 of the 11th in UTC
SELECT t.is(t.days(:'s', '2026-03-10', '2026-03-11', time_zone => 'UTC'), '03-10=3 03-11=3', 'available_days: the zone asked for');

SELECT * FROM t.finish();
ROLLBACK;
