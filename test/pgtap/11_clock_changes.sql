-- DESIGN 4, rule 1: local times on dates on which the clocks change. An
-- ambiguous time is its first occurrence, a non-existent one is read with the
-- offset before the gap (RFC 5545, 3.3.5); a window whose end comes out at or
-- before its start is empty; a date that the zone skipped has none.
--
-- All expected times are UTC and were worked out by hand.
BEGIN;
\ir lib/t.inc
SELECT t.plan(63);

-- A service of a provider who is open from start_time to end_time of one date.
CREATE FUNCTION t.one(zone text, on_date date, start_time time, end_time time, duration interval DEFAULT '30 minutes')
RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
	clinic uuid := t.clinic(zone);
	provider uuid := t.provider(clinic);
BEGIN
	PERFORM t.override(provider, on_date, start_time, end_time);
	RETURN t.service(clinic, duration, provider);
END
$$;

-- The same with the hours of every date.
CREATE FUNCTION t.daily(zone text, start_time time, end_time time, duration interval DEFAULT '1 hour')
RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
	clinic uuid := t.clinic(zone);
	provider uuid := t.provider(clinic);
BEGIN
	PERFORM t.hours(provider, NULL, start_time, end_time);
	RETURN t.service(clinic, duration, provider);
END
$$;

-- The same with a provider who is always open.
CREATE FUNCTION t.always(zone text) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
	clinic uuid := t.clinic(zone);
BEGIN
	RETURN t.service(clinic, '1 hour', t.provider(clinic, open_always => true));
END
$$;

-- The session's own zone must not matter anywhere.
SET LOCAL timezone = 'Pacific/Kiritimati';

-- Berlin, 29 March 2026: 02:00 +01 becomes 03:00 +02 at 01:00 UTC.
\set b1 '2026-03-28 12:00+00'
\set b2 '2026-03-29 12:00+00'
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '01:00', '04:00'), :'b1', :'b2'),
	'03-29 00:00 00:30 01:00 01:30', 'Berlin, spring: 01:00 to 04:00 is two hours');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '02:30', '04:00'), :'b1', :'b2'),
	'03-29 01:30', 'Berlin, spring: a window from 02:30, in the gap, starts at 03:30');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '01:00', '02:30'), :'b1', :'b2'),
	'03-29 00:00 00:30 01:00', 'Berlin, spring: a window until 02:30, in the gap, ends at 03:30');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '02:15', '02:45'), :'b1', :'b2'),
	'03-29 01:15', 'Berlin, spring: a window within the gap is moved as a whole');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '02:00', '02:30'), :'b1', :'b2'),
	'03-29 01:00', 'Berlin, spring: 02:00 itself is in the gap');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '02:00', '03:00', '1 second'), :'b1', :'b2'),
	'', 'Berlin, spring: a window that is the gap is empty');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '02:30', '03:15', '1 second'), :'b1', :'b2'),
	'', 'Berlin, spring: a window that would end before its start is empty');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '03:00', '03:30'), :'b1', :'b2'),
	'03-29 01:00', 'Berlin, spring: 03:00 is the first time after the gap');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '01:00', '02:00'), :'b1', :'b2'),
	'03-29 00:00 00:30', 'Berlin, spring: until 02:00 is until the gap');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-28', '22:00', '06:00', '1 hour'), :'b1', :'b2'),
	'21:00 22:00 23:00 | 03-29 00:00 01:00 02:00 03:00', 'Berlin, spring: the night from 22:00 to 06:00 has seven hours');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-28', '23:00', '02:30'), :'b1', :'b2'),
	'22:00 22:30 23:00 23:30 | 03-29 00:00 00:30 01:00', 'Berlin, spring: a night that ends in the gap ends at 03:30');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-03-29', '22:00', '02:00', '1 hour'), '2026-03-29 00:00+00', '2026-03-30 12:00+00'),
	'20:00 21:00 22:00 23:00', 'Berlin, spring: the night after has four hours from 22:00 to 02:00');
SELECT t.is(t.slots(t.daily('Europe/Berlin', '09:00', '10:00'), '2026-03-28 00:00+00', '2026-03-30 00:00+00'),
	'08:00 | 03-29 07:00', 'Berlin, spring: 09:00 stays 09:00');

-- Two rows, the second of which begins in the gap and the first ends after it:
-- 01:00–03:30 is 00:00–01:30 UTC, 02:30–05:00 is 01:30–03:00 UTC. They touch.
SELECT t.clinic('Europe/Berlin') AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '1 hour', :'p') AS s \gset
SAVEPOINT hours;
SELECT t.hours(:'p', 7, '01:00', '03:30') \gset
SELECT t.hours(:'p', 7, '03:30', '05:00') \gset
SELECT t.is(t.slots(:'s', :'b1', :'b2'), '03-29 00:00 01:00 02:00', 'Berlin, spring: windows merge as instants');
ROLLBACK TO hours;
-- 02:00–02:30 is 01:00–01:30 UTC, 03:00–04:00 is 01:00–02:00 UTC.
SELECT t.hours(:'p', 7, '02:00', '02:30') \gset
SELECT t.hours(:'p', 7, '03:00', '04:00') \gset
SELECT t.is(t.slots(:'s', :'b1', :'b2'), '03-29 01:00', 'Berlin, spring: two rows can be the same time');
ROLLBACK TO hours;
-- An empty window hides nothing of another.
SELECT t.hours(:'p', 7, '02:30', '03:00') \gset
SELECT t.hours(:'p', 7, '05:00', '06:00') \gset
SELECT t.is(t.slots(:'s', :'b1', :'b2'), '03-29 03:00', 'Berlin, spring: an empty window is as no window');
ROLLBACK TO hours;

-- Berlin, 25 October 2026: 03:00 +02 becomes 02:00 +01 at 01:00 UTC.
\set b1 '2026-10-24 12:00+00'
\set b2 '2026-10-25 12:00+00'
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-10-25', '01:00', '04:00', '1 hour'), :'b1', :'b2'),
	'23:00 | 10-25 00:00 01:00 02:00', 'Berlin, autumn: 01:00 to 04:00 is four hours');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-10-25', '02:30', '04:00', '1 hour'), :'b1', :'b2'),
	'10-25 00:30 01:30', 'Berlin, autumn: a window from 02:30 starts at the first 02:30');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-10-25', '01:00', '02:30'), :'b1', :'b2'),
	'23:00 23:30 | 10-25 00:00', 'Berlin, autumn: a window until 02:30 ends at the first 02:30');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-10-25', '02:00', '03:00', '1 hour'), :'b1', :'b2'),
	'10-25 00:00 01:00', 'Berlin, autumn: 02:00 to 03:00 is two hours');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-10-25', '02:00', '02:30'), :'b1', :'b2'),
	'10-25 00:00', 'Berlin, autumn: 02:00 to 02:30 is its first occurrence only');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-10-24', '22:00', '06:00', '1 hour'), :'b1', :'b2'),
	'20:00 21:00 22:00 23:00 | 10-25 00:00 01:00 02:00 03:00 04:00',
	'Berlin, autumn: the night from 22:00 to 06:00 has nine hours');
SELECT t.is(t.slots(t.one('Europe/Berlin', '2026-10-24', '23:00', '02:30', '30 minutes'), :'b1', :'b2'),
	'21:00 21:30 22:00 22:30 23:00 23:30 | 10-25 00:00', 'Berlin, autumn: a night ends at the first 02:30');
SELECT t.is(t.days(t.always('Europe/Berlin'), '2026-10-24', '2026-10-26'), '10-24=24 10-25=25 10-26=24',
	'Berlin, autumn: midnight to midnight is 25 hours');
SELECT t.is(t.days(t.always('Europe/Berlin'), '2026-03-28', '2026-03-30'), '03-28=24 03-29=23 03-30=24',
	'Berlin, spring: midnight to midnight is 23 hours');

-- New York, 8 March 2026: 02:00 -05 becomes 03:00 -04 at 07:00 UTC.
SELECT t.is(t.slots(t.one('America/New_York', '2026-03-08', '01:00', '04:00'), '2026-03-08 00:00+00', '2026-03-09 00:00+00'),
	'06:00 06:30 07:00 07:30', 'New York, spring: 01:00 to 04:00 is two hours');
SELECT t.is(t.slots(t.one('America/New_York', '2026-03-08', '02:30', '03:30', '1 second'), '2026-03-08 00:00+00', '2026-03-09 00:00+00'),
	'', 'New York, spring: 02:30 to 03:30 comes out without length and is empty');
SELECT t.is(t.slots(t.one('America/New_York', '2026-03-08', '02:30', '03:31', '1 minute'), '2026-03-08 00:00+00', '2026-03-09 00:00+00'),
	'07:30', 'New York, spring: 02:30 to 03:31 is the minute from 03:30');
-- 1 November 2026: 02:00 -04 becomes 01:00 -05 at 06:00 UTC.
SELECT t.is(t.slots(t.one('America/New_York', '2026-11-01', '01:00', '02:00', '1 hour'), '2026-11-01 00:00+00', '2026-11-02 00:00+00'),
	'05:00 06:00', 'New York, autumn: 01:00 to 02:00 is two hours');
SELECT t.is(t.slots(t.one('America/New_York', '2026-11-01', '01:30', '02:00'), '2026-11-01 00:00+00', '2026-11-02 00:00+00'),
	'05:30 06:00 06:30', 'New York, autumn: a window from 01:30 starts at the first 01:30');
SELECT t.is(t.slots(t.one('America/New_York', '2026-10-31', '22:00', '01:30'), '2026-11-01 00:00+00', '2026-11-02 00:00+00'),
	'02:00 02:30 03:00 03:30 04:00 04:30 05:00', 'New York, autumn: a night until 01:30 ends at the first 01:30');

-- Lord Howe Island shifts by half an hour. 4 October 2026: 02:00 +10:30
-- becomes 02:30 +11 at 15:30 UTC of the day before.
SELECT t.is(t.slots(t.one('Australia/Lord_Howe', '2026-10-04', '01:00', '03:00'), '2026-10-03 12:00+00', '2026-10-04 12:00+00'),
	'14:30 15:00 15:30', 'Lord Howe, spring: 01:00 to 03:00 is an hour and a half');
SELECT t.is(t.slots(t.one('Australia/Lord_Howe', '2026-10-04', '02:15', '03:15'), '2026-10-03 12:00+00', '2026-10-04 12:00+00'),
	'15:45', 'Lord Howe, spring: a window from 02:15, in the gap, starts at 02:45');
SELECT t.is(t.slots(t.one('Australia/Lord_Howe', '2026-10-03', '23:00', '02:15'), '2026-10-03 12:00+00', '2026-10-04 12:00+00'),
	'12:30 13:00 13:30 14:00 14:30 15:00', 'Lord Howe, spring: a night until 02:15 ends at 02:45');
-- 5 April 2026: 02:00 +11 becomes 01:30 +10:30 at 15:00 UTC of the day before.
SELECT t.is(t.slots(t.one('Australia/Lord_Howe', '2026-04-05', '01:00', '03:00'), '2026-04-04 12:00+00', '2026-04-05 12:00+00'),
	'14:00 14:30 15:00 15:30 16:00', 'Lord Howe, autumn: 01:00 to 03:00 is two and a half hours');
SELECT t.is(t.slots(t.one('Australia/Lord_Howe', '2026-04-05', '01:45', '02:15'), '2026-04-04 12:00+00', '2026-04-05 12:00+00'),
	'14:45 15:15', 'Lord Howe, autumn: a window from 01:45 starts at the first 01:45');
SELECT t.is(t.slots(t.one('Australia/Lord_Howe', '2026-04-05', '01:30', '01:45', '15 minutes'), '2026-04-04 12:00+00', '2026-04-05 12:00+00'),
	'14:30', 'Lord Howe, autumn: 01:30 to 01:45 is its first occurrence only');

-- Casablanca keeps +00 for the month of Ramadan and +01 else, and tzdata calls
-- +00 the summer time. 23 February 2025: 03:00 +01 becomes 02:00 +00 at 02:00
-- UTC; 6 April: 02:00 +00 becomes 03:00 +01 at 02:00 UTC.
SET LOCAL quickbook.now = '2025-01-01 00:00+00';
SELECT t.is(t.slots(t.one('Africa/Casablanca', '2025-02-23', '02:00', '04:00', '1 hour'), '2025-02-22 12:00+00', '2025-02-23 12:00+00'),
	'02-23 01:00 02:00 03:00', 'Casablanca, to Ramadan: 02:00 to 04:00 is three hours');
SELECT t.is(t.slots(t.one('Africa/Casablanca', '2025-04-06', '01:00', '04:00', '1 hour'), '2025-04-05 12:00+00', '2025-04-06 12:00+00'),
	'04-06 01:00 02:00', 'Casablanca, from Ramadan: 01:00 to 04:00 is two hours');
SELECT t.is(t.slots(t.one('Africa/Casablanca', '2025-04-06', '02:30', '04:00'), '2025-04-05 12:00+00', '2025-04-06 12:00+00'),
	'04-06 02:30', 'Casablanca, from Ramadan: a window from 02:30, in the gap, starts at 03:30');
SELECT t.is(t.slots(t.daily('Africa/Casablanca', '09:00', '10:00'), '2025-02-22 00:00+00', '2025-02-24 00:00+00'),
	'08:00 | 02-23 09:00', 'Casablanca: 09:00 stays 09:00');

-- Sao Paulo, 4 November 2018: 00:00 -03 becomes 01:00 -02 at 03:00 UTC, so
-- that the date has no midnight.
SET LOCAL quickbook.now = '2018-11-01 00:00+00';
\set b1 '2018-11-04 00:00+00'
\set b2 '2018-11-04 12:00+00'
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2018-11-04', '00:00', '03:00', '1 hour'), :'b1', :'b2'),
	'03:00 04:00', 'Sao Paulo, spring: 00:00 to 03:00 is two hours');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2018-11-04', '00:30', '03:00'), :'b1', :'b2'),
	'03:30 04:00 04:30', 'Sao Paulo, spring: a window from 00:30, in the gap, starts at 01:30');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2018-11-04', '00:00', '01:00', '1 second'), :'b1', :'b2'),
	'', 'Sao Paulo, spring: 00:00 to 01:00 is empty');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2018-11-03', '22:00', '24:00', '1 hour'), :'b1', :'b2'),
	'01:00 02:00', 'Sao Paulo, spring: 24:00 of the date before is the gap''s beginning');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2018-11-03', '22:00', '02:00', '1 hour'), :'b1', :'b2'),
	'01:00 02:00 03:00', 'Sao Paulo, spring: the night from 22:00 to 02:00 has three hours');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2018-11-03', '22:00', '00:30', '1 hour'), :'b1', :'b2'),
	'01:00 02:00', 'Sao Paulo, spring: a night until 00:30, in the gap, ends at 01:30');
SELECT t.is(t.days(t.always('America/Sao_Paulo'), '2018-11-03', '2018-11-05'), '11-03=24 11-04=23 11-05=24',
	'Sao Paulo, spring: always open on a date without midnight is 23 hours');

-- 17 February 2019: 00:00 -02 becomes 23:00 -03 of the 16th at 02:00 UTC.
SET LOCAL quickbook.now = '2019-02-01 00:00+00';
\set b1 '2019-02-17 00:00+00'
\set b2 '2019-02-17 12:00+00'
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2019-02-16', '22:00', '24:00', '1 hour'), :'b1', :'b2'),
	'00:00 01:00 02:00', 'Sao Paulo, autumn: 22:00 to 24:00 is three hours');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2019-02-16', '23:30', '24:00'), :'b1', :'b2'),
	'01:30 02:00 02:30', 'Sao Paulo, autumn: a window from 23:30 starts at the first 23:30');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2019-02-16', '22:00', '23:30'), :'b1', :'b2'),
	'00:00 00:30 01:00', 'Sao Paulo, autumn: a window until 23:30 ends at the first 23:30');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2019-02-16', '22:00', '02:00', '1 hour'), :'b1', :'b2'),
	'00:00 01:00 02:00 03:00 04:00', 'Sao Paulo, autumn: the night from 22:00 to 02:00 has five hours');
SELECT t.is(t.slots(t.one('America/Sao_Paulo', '2019-02-17', '00:00', '02:00', '1 hour'), :'b1', :'b2'),
	'03:00 04:00', 'Sao Paulo, autumn: midnight of the 17th comes once, after the repeated hour');
SELECT t.is(t.days(t.always('America/Sao_Paulo'), '2019-02-15', '2019-02-17'), '02-15=24 02-16=25 02-17=24',
	'Sao Paulo, autumn: always open on a date of 25 hours');

-- Samoa had no 30 December 2011: 24:00 -10 of the 29th was 00:00 +14 of the
-- 31st, at 10:00 UTC of the 30th.
SET LOCAL quickbook.now = '2011-12-20 00:00+00';
\set b1 '2011-12-29 12:00+00'
\set b2 '2012-01-02 12:00+00'
SELECT t.is(t.slots(t.daily('Pacific/Apia', '09:00', '10:00'), :'b1', '2012-01-01 12:00+00'),
	'19:00 | 12-30 19:00 | 12-31 19:00', 'Apia: 09:00 of the 29th, the 31st and the 1st, a day apart');
SELECT t.is(t.slots(t.daily('Pacific/Apia', '09:00', '10:00'), :'b1', '2012-01-01 12:00+00', tz => 'Pacific/Apia'),
	'09:00 | 12-31 09:00 | 01-01 09:00', 'Apia: the same in local time');
SELECT t.is(t.slots(t.one('Pacific/Apia', '2011-12-30', '09:00', '17:00'), '2011-12-28 00:00+00', :'b2'),
	'', 'Apia: a date that the zone skipped has no windows');
SELECT t.is(t.slots(t.one('Pacific/Apia', '2011-12-29', '22:00', '24:00', '1 hour'), :'b1', :'b2'),
	'12-30 08:00 09:00', 'Apia: the 29th ends at 24:00');
-- 02:00 of the 30th does not exist; with the offset before the gap, -10, it is
-- 12:00 UTC, 02:00 of the 31st.
SELECT t.is(t.slots(t.one('Pacific/Apia', '2011-12-29', '22:00', '02:00', '1 hour'), :'b1', :'b2'),
	'12-30 08:00 09:00 10:00 11:00', 'Apia: a night into the skipped date runs on into the date after it');
SELECT t.is(t.days(t.always('Pacific/Apia'), '2011-12-28', '2012-01-01'), '12-28=24 12-29=24 12-31=24 01-01=24',
	'Apia: always open is open on the dates that there are');

-- Kathmandu is 05:45 ahead, a quarter of an hour more than until 1986.
SET LOCAL quickbook.now = '2026-03-02 08:00+00';
SELECT t.is(t.slots(t.one('Asia/Kathmandu', '2026-03-09', '09:00', '10:00'), '2026-03-09 00:00+00', '2026-03-10 00:00+00'),
	'03:15 03:45', 'Kathmandu: 09:00 is 03:15 UTC');
SELECT t.is(t.slots(t.one('Asia/Kathmandu', '2026-03-09', '23:00', '01:00', '1 hour'), '2026-03-09 00:00+00', '2026-03-10 00:00+00'),
	'17:15 18:15', 'Kathmandu: a night');
SET LOCAL quickbook.now = '1985-12-01 00:00+00';
SELECT t.is(t.slots(t.one('Asia/Kathmandu', '1986-01-01', '00:00', '01:00', '15 minutes'), '1985-12-31 12:00+00', '1986-01-01 12:00+00'),
	'18:30 18:45 19:00', 'Kathmandu, 1986: 00:00 to 01:00 is three quarters of an hour');

SELECT * FROM t.finish();
ROLLBACK;
