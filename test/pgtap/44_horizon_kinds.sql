-- Section 4, rule 5: horizon_days counts calendar days, days with working hours or
-- days with a free slot, from tomorrow on and where the lead is; bookable_during
-- bounds the dates beside it.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(93);

-- The clock stands at Monday 2 March, 08:00. One start a day: 09:00.
SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '1 hour', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
\set from '2026-03-02 00:00+00'
\set to '2026-05-01 00:00+00'

-- The search under a horizon: starts as t.slots() writes them.
CREATE FUNCTION t.horizon(service uuid, days integer, counts text, patient uuid DEFAULT NULL) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE quickbook.service s SET horizon_days = days, horizon_counts = counts WHERE s.id = service;
	RETURN t.slots(service, '2026-03-02 00:00+00', '2026-05-01 00:00+00', NULL, patient);
END
$$;
SAVEPOINT bare;

--
-- Mondays and Thursdays: what each kind counts
--

SELECT t.hours(:'p', 1, '09:00', '10:00'), t.hours(:'p', 4, '09:00', '10:00') \gset
SAVEPOINT base;
SELECT t.is(t.horizon(:'s', days, 'calendar'), want, t.sql('%s calendar days', days::text))
FROM (VALUES (0, '09:00'), (1, '09:00'), (2, '09:00'), (3, '09:00 | 03-05 09:00'), (6, '09:00 | 03-05 09:00'),
	(7, '09:00 | 03-05 09:00 | 03-09 09:00'), (9, '09:00 | 03-05 09:00 | 03-09 09:00')) AS v (days, want);
SELECT t.is(t.horizon(:'s', days, 'working'), want, t.sql('%s working days', days::text))
FROM (VALUES (0, '09:00'), (1, '09:00 | 03-05 09:00'), (2, '09:00 | 03-05 09:00 | 03-09 09:00'),
	(3, '09:00 | 03-05 09:00 | 03-09 09:00 | 03-12 09:00')) AS v (days, want);
SELECT t.is(t.horizon(:'s', days, 'bookable'), want, t.sql('%s bookable days', days::text))
FROM (VALUES (0, '09:00'), (1, '09:00 | 03-05 09:00'), (2, '09:00 | 03-05 09:00 | 03-09 09:00')) AS v (days, want);
-- Today does not count, whether or not it is a day of work.
SELECT t.at('2026-03-03 08:00+00') \gset
SELECT t.is(t.horizon(:'s', 1, 'working'), '03-05 09:00', 'from a day without hours: the next day of work is the first');
SELECT t.is(t.horizon(:'s', 0, 'working'), '', 'and none today is none');
SELECT t.is(t.horizon(:'s', 1, 'bookable'), '03-05 09:00', 'the same for bookable days');
SELECT t.at('2026-03-02 20:00+00') \gset
SELECT t.is(t.horizon(:'s', 1, 'working'), '03-05 09:00', 'in the evening of a day of work, still from tomorrow');
ROLLBACK TO base;

-- Bookings: the last allowed day and the next.
UPDATE quickbook.service SET horizon_days = 2, horizon_counts = 'working' WHERE id = :'s';
SELECT t.is(t.verdict(:'s', :'p', starts_at::timestamptz, :'pat'), want, t.sql('2 working days: %s on %s', want, starts_at))
FROM (VALUES ('2026-03-02 09:00+00', 'ok'), ('2026-03-09 09:00+00', 'ok'), ('2026-03-12 09:00+00', 'beyond_horizon')) AS v (starts_at, want);
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-12 09:00+00'), 'beyond_horizon', '23QB4', 'in due form');
SELECT t.is(t.outcome(t.create_sql(:'pat', :'p', :'s', '2026-03-12 09:00+00', 'override => ''{horizon}''')), 'ok', 'which staff may set aside');
SELECT t.is(t.outcome(t.hold_sql(:'ben', :'p', :'s', '2026-03-16 09:00+00')), '23QB4 beyond_horizon', 'nor held');
SELECT t.book(:'ben', :'p', :'s', '2026-03-09 09:00+00') AS b \gset
SELECT t.refused(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'b', '2026-03-16 09:00+00'), 'beyond_horizon', '23QB4', 'nor moved there');
SELECT t.is(t.next(:'s'), '09:00 | 03-05 09:00', 'next_slots() keeps to it');
SELECT t.is(t.days(:'s', '2026-03-08', '2026-03-12'), '03-08=0 03-09=0 03-10=0 03-11=0 03-12=0', 'and available_days()');
ROLLBACK TO base;
UPDATE quickbook.service SET horizon_days = 2, horizon_counts = 'bookable' WHERE id = :'s';
SELECT t.is(t.verdict(:'s', :'p', starts_at::timestamptz, :'pat'), want, t.sql('2 bookable days: %s on %s', want, starts_at))
FROM (VALUES ('2026-03-02 09:00+00', 'ok'), ('2026-03-09 09:00+00', 'ok'), ('2026-03-12 09:00+00', 'beyond_horizon')) AS v (starts_at, want);
ROLLBACK TO base;

--
-- Working days: what opens and closes a day
--

SELECT t.off(:'c', :'p', '2026-03-05 00:00+00', '2026-03-06 00:00+00') \gset
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 03-09 09:00 | 03-12 09:00', 'a day off is no working day');
ROLLBACK TO base;
SELECT t.off(:'c', NULL, '2026-03-05 09:00+00', '2026-03-05 10:00+00') \gset
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 03-09 09:00 | 03-12 09:00', 'nor one whose hours are all closed');
ROLLBACK TO base;
SELECT t.off(:'c', :'p', '2026-03-05 09:00+00', '2026-03-05 09:59+00') \gset
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 03-09 09:00', 'one with a minute left is, though nothing fits');
SELECT t.is(t.horizon(:'s', 2, 'bookable'), '09:00 | 03-09 09:00 | 03-12 09:00', 'but it is not bookable');
ROLLBACK TO base;
SELECT t.override(:'p', '2026-03-03', '14:00', '15:00') \gset
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 03-03 14:00 | 03-05 09:00', 'an override makes a working day');
ROLLBACK TO base;
SELECT t.override(:'p', '2026-03-05') \gset
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 03-09 09:00 | 03-12 09:00', 'or closes one');
ROLLBACK TO base;
-- Hours of another service are not this one's; hours of this one replace the general.
SELECT t.service(:'c', '1 hour', :'p', name => 'Other') AS other \gset
SELECT t.hours(:'p', 2, '09:00', '10:00', :'other') \gset
SELECT t.is(t.horizon(:'s', 1, 'working'), '09:00 | 03-05 09:00', 'hours of another service make no day of this one');
SELECT t.hours(:'p', 3, '09:00', '10:00', :'s') \gset
SELECT t.is(t.horizon(:'s', 1, 'working'), '03-04 09:00', 'its own hours do, instead of the general ones');
ROLLBACK TO base;
SELECT t.busy(:'p', '2026-03-05 00:00+00', '2026-03-06 00:00+00') \gset
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 03-09 09:00', 'busy time leaves it a working day');
SELECT t.is(t.horizon(:'s', 2, 'bookable'), '09:00 | 03-09 09:00 | 03-12 09:00', 'but not a bookable one');
ROLLBACK TO base;
-- Every other week; from a date on.
UPDATE quickbook.working_hours SET every_weeks = 2, anchored_on = '2026-03-09' WHERE provider_id = :'p' AND weekday = 4;
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 03-09 09:00 | 03-12 09:00', 'every other week');
UPDATE quickbook.working_hours SET valid = '[2026-03-16,)' WHERE provider_id = :'p' AND weekday = 1;
SELECT t.is(t.horizon(:'s', 2, 'working'), '03-12 09:00 | 03-16 09:00', 'and from a date on');
ROLLBACK TO bare;

-- Always open: every date.
UPDATE quickbook.provider SET open_always = true WHERE id = :'p';
UPDATE quickbook.service SET duration = '12 hours' WHERE id = :'s';
SELECT t.is(t.horizon(:'s', 1, 'working'), '12:00 | 03-03 00:00 12:00', 'who is always open works every day');
SELECT t.override(:'p', '2026-03-03') \gset
SELECT t.is(t.horizon(:'s', 1, 'working'), '12:00 | 03-04 00:00 12:00', 'but for those that are closed');
ROLLBACK TO bare;

-- A night belongs to the date on which it starts; its starts to their own.
SELECT t.hours(:'p', 2, '22:00', '02:00') \gset
SELECT t.is(t.horizon(:'s', 0, 'working'), '', 'no working day ahead');
SELECT t.is(t.horizon(:'s', 1, 'working'), '03-03 22:00 23:00 | 03-04 00:00 01:00', 'a night runs on into a date that does not count');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-04 01:00+00', :'pat'), 'ok', 'to its end');
SELECT t.is(t.horizon(:'s', 1, 'calendar'), '03-03 22:00 23:00', 'on the calendar it does not');
ROLLBACK TO bare;

--
-- Bookable days: at least one start, for anybody, that passes all else
--

SELECT t.hours(:'p', NULL, '09:00', '10:00') \gset
SAVEPOINT daily;
SELECT t.is(t.horizon(:'s', 2, 'bookable'), '09:00 | 03-03 09:00 | 03-04 09:00', 'daily: the next two days');
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 09:00+00') AS b \gset
SELECT t.is(t.horizon(:'s', 2, 'bookable'), '09:00 | 03-04 09:00 | 03-05 09:00', 'a day that is booked out does not count');
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 03-04 09:00', 'for working days it does');
UPDATE quickbook.service SET horizon_counts = 'bookable' WHERE id = :'s';
SELECT t.is(t.verdict(:'s', :'p', starts_at::timestamptz, :'pat'), want, t.sql('booked out on the 3rd: %s on %s', want, starts_at))
FROM (VALUES ('2026-03-05 09:00+00', 'ok'), ('2026-03-06 09:00+00', 'beyond_horizon')) AS v (starts_at, want);
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-05 09:00+00', :'pat'), 'beyond_horizon', 'cancelled, the day counts again');
ROLLBACK TO daily;
-- Each rule can make a day unbookable.
UPDATE quickbook.service SET min_notice = '49 hours 1 second' WHERE id = :'s';
SELECT t.is(t.horizon(:'s', 1, 'bookable'), '03-05 09:00', 'days inside the notice do not count');
SELECT t.is(t.horizon(:'s', 3, 'working'), '03-05 09:00', 'for working days they do');
ROLLBACK TO daily;
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.service(:'c', '1 hour', t.provider(:'c', 'Bob', open_always => true), name => 'Bobs') AS s_bob \gset
SELECT t.book(:'ben', NULL, :'s_bob', '2026-03-03 12:00+00') AS b \gset
SELECT t.is(t.horizon(:'s', 1, 'bookable'), '09:00 | 03-04 09:00', 'nor days on which a limit is reached');
ROLLBACK TO daily;
UPDATE quickbook.service SET bookable_during = '[2026-03-04,2026-03-20)' WHERE id = :'s';
SELECT t.is(t.horizon(:'s', 2, 'bookable'), '03-04 09:00 | 03-05 09:00', 'nor those outside bookable_during');
SELECT t.is(t.horizon(:'s', 3, 'working'), '03-04 09:00 | 03-05 09:00', 'for working days they do');
SELECT t.is(t.horizon(:'s', 3, 'calendar'), '03-04 09:00 | 03-05 09:00', 'and on the calendar');
ROLLBACK TO daily;
SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.offer(:'s', :'room', 'room') \gset
SELECT t.busy(:'room', '2026-03-03 09:00+00', '2026-03-03 09:01+00') \gset
SELECT t.is(t.horizon(:'s', 1, 'bookable'), '09:00 | 03-04 09:00', 'nor those on which no room is free');
SELECT t.is(t.horizon(:'s', 1, 'working'), '09:00', 'the room makes no working day');
ROLLBACK TO daily;
-- For no patient in particular: days do not depend on who asks.
SELECT t.service(:'c', '1 hour', t.provider(:'c', 'Bob', open_always => true), name => 'Bobs') AS s_bob \gset
SELECT t.book(:'pat', NULL, :'s_bob', '2026-03-03 09:00+00') AS elsewhere \gset
SELECT t.is(t.horizon(:'s', 1, 'bookable', :'pat'), '09:00', 'a day on which the patient is busy counts');
SELECT t.limit(:'c', 'day', 0, per_patient => true) \gset
SELECT t.is(t.horizon(:'s', 1, 'bookable', :'ben'), '', 'the limits of patients make no day unbookable');
SELECT t.is(t.horizon(:'s', 1, 'bookable'), '09:00 | 03-03 09:00', 'as who asks without one sees');
ROLLBACK TO daily;
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 09:00+00') \gset
SELECT t.is(t.horizon(:'s', 1, 'bookable', :'ben'), '09:00 | 03-04 09:00', 'a day that is held out does not count');
SELECT t.is(t.horizon(:'s', 1, 'bookable', :'pat'), '09:00 | 03-03 09:00 | 03-04 09:00', 'nor for who holds it, who may book it all the same');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.horizon(:'s', 1, 'bookable', :'ben'), '09:00 | 03-03 09:00', 'until the hold expires');
ROLLBACK TO daily;
-- A session with seats left is bookable.
UPDATE quickbook.service SET seats = 2 WHERE id = :'s';
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 09:00+00') AS b \gset
SELECT t.is(t.horizon(:'s', 1, 'bookable'), '09:00 | 03-03 09:00', 'a day with a seat left counts');
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 09:00+00') AS d \gset
SELECT t.is(t.horizon(:'s', 1, 'bookable'), '09:00 | 03-04 09:00', 'a full one does not');
ROLLBACK TO daily;
-- None for a long time: the search goes on.
SELECT t.off(:'c', :'p', '2026-03-03 00:00+00', '2026-04-20 00:00+00') \gset
SELECT t.is(t.horizon(:'s', 2, 'bookable'), '09:00 | 04-20 09:00 | 04-21 09:00', 'after seven weeks off, bookable');
SELECT t.is(t.horizon(:'s', 2, 'working'), '09:00 | 04-20 09:00 | 04-21 09:00', 'and working');
SELECT t.is(t.next(:'s'), '09:00 | 04-20 09:00 | 04-21 09:00', 'and by next_slots()');
SELECT t.is(t.horizon(:'s', 48, 'calendar'), '09:00', 'on the calendar it is beyond');
ROLLBACK TO bare;

--
-- Each lead counts alone, where it is
--

SELECT t.hours(:'p', 1, '09:00', '10:00') \gset
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.hours(:'bob', NULL, '11:00', '12:00') \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.is(t.horizon(:'s', 1, 'working'), '09:00 11:00 | 03-03 11:00 | 03-09 09:00', 'two leads: each has days of its own');
SELECT t.is(t.horizon(:'s', 1, 'bookable'), '09:00 11:00 | 03-03 11:00 | 03-09 09:00', 'bookable ones too');
SELECT t.is((quickbook.create_appointment(:'pat', NULL, :'s', '2026-03-09 09:00+00')).provider_id::text, :'p', 'any provider: who may be booked so far ahead');
SELECT t.refused(t.create_sql(:'ben', NULL, :'s', '2026-03-09 11:00+00'), 'beyond_horizon', '23QB4', 'any provider: nobody may');
ROLLBACK TO bare;
-- 23:30 of the 2nd in New York is 04:30 of the 3rd in UTC.
UPDATE quickbook.provider SET time_zone = 'America/New_York' WHERE id = :'p';
SELECT t.hours(:'p', 3, '09:00', '10:00'), t.hours(:'p', 4, '09:00', '10:00') \gset
SELECT t.hours(:'p', 2, '09:00', '10:00') \gset
SELECT t.at('2026-03-03 04:30+00') \gset
SELECT t.is(t.horizon(:'s', 1, kind), '03-03 14:00', t.sql('an hour before midnight in New York tomorrow is the 3rd: %s', kind))
FROM (VALUES ('calendar'), ('working'), ('bookable')) AS v (kind);
SELECT t.at('2026-03-03 05:00+00') \gset
SELECT t.is(t.horizon(:'s', 1, kind), '03-03 14:00 | 03-04 14:00', t.sql('at midnight it is the 4th: %s', kind))
FROM (VALUES ('calendar'), ('working'), ('bookable')) AS v (kind);
ROLLBACK TO bare;

--
-- bookable_during beside a horizon: both hold
--

SELECT t.hours(:'p', NULL, '09:00', '10:00') \gset
UPDATE quickbook.service SET bookable_during = '[2026-03-04,2026-03-06]' WHERE id = :'s';
SELECT t.is(t.slots(:'s', :'from', :'to'), '03-04 09:00 | 03-05 09:00 | 03-06 09:00', 'bookable_during alone');
SELECT t.is(t.horizon(:'s', 3, 'calendar'), '03-04 09:00 | 03-05 09:00', 'and a horizon that ends within');
SELECT t.is(t.horizon(:'s', 1, 'calendar'), '', 'and one that ends before');
SELECT t.is(t.horizon(:'s', 10, 'calendar'), '03-04 09:00 | 03-05 09:00 | 03-06 09:00', 'and one that ends after');
SELECT t.is(t.verdict(:'s', :'p', starts_at::timestamptz, :'pat'), want, t.sql('bookable_during: %s on %s', want, starts_at))
FROM (VALUES ('2026-03-03 09:00+00', 'beyond_horizon'), ('2026-03-04 09:00+00', 'ok'), ('2026-03-06 09:00+00', 'ok'), ('2026-03-07 09:00+00', 'beyond_horizon')) AS v (starts_at, want);
SELECT t.is(t.outcome(t.create_sql(:'pat', :'p', :'s', '2026-03-07 09:00+00', 'override => ''{horizon}''')), 'ok', 'override horizon sets it aside too');

SELECT * FROM t.finish();
ROLLBACK;
