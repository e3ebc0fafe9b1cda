-- DESIGN 4, rule 1: which rows make a provider's windows on a date.
BEGIN;
\ir lib/t.inc
SELECT t.plan(50);

-- Two services of one hour, so that a start stands for each whole hour that is
-- open. All in UTC: clocks are 11's subject.
SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '1 hour', :'p') AS s \gset
SELECT t.service(:'c', '1 hour', :'p') AS other \gset
-- Monday 9 to Sunday 15 March
\set mon '2026-03-09 00:00+00'
\set tue '2026-03-10 00:00+00'
\set wed '2026-03-11 00:00+00'
\set thu '2026-03-12 00:00+00'
\set nextmon '2026-03-16 00:00+00'

SELECT t.is(t.slots(:'s', :'mon', :'nextmon'), '', 'a provider without any row is never open');

-- Level 4: general hours.
SELECT t.hours(:'p', 1, '09:00', '12:00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'nextmon'), '09:00 10:00 11:00', 'general hours open their weekday only');
SELECT t.is(t.slots(:'other', :'mon', :'nextmon'), '09:00 10:00 11:00', 'general hours are for every service');
SELECT t.is(t.slots(:'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00'), '10:00',
	'from_time is included and to_time is not');
SELECT t.is(t.slots(:'s', '2026-03-09 10:00:01+00', '2026-03-09 11:00:01+00'), '11:00',
	'a start a second before from_time is not found');

-- Level 3: hours that name the service.
SAVEPOINT naming;
SELECT t.hours(:'p', 3, '13:00', '15:00', :'s') \gset
SELECT t.is(t.slots(:'s', :'mon', :'nextmon'), '03-11 13:00 14:00',
	'hours that name the service replace general hours on every weekday');
SELECT t.is(t.slots(:'other', :'mon', :'nextmon'), '09:00 10:00 11:00',
	'hours that name a service are nothing to another');
ROLLBACK TO naming;
SELECT t.hours(:'p', 3, '13:00', '15:00', :'s', '[2026-03-16,2026-03-30)') \gset
SELECT t.is(t.slots(:'s', :'mon', '2026-04-07 00:00+00'),
	'09:00 10:00 11:00 | 03-18 13:00 14:00 | 03-25 13:00 14:00 | 03-30 09:00 10:00 11:00 | 04-06 09:00 10:00 11:00',
	'hours that name the service hide general hours only on the dates on which they are valid');
ROLLBACK TO naming;
-- The week interval is like the weekday: valid, though not this week.
SELECT t.hours(:'p', 1, '13:00', '14:00', :'s', every_weeks => 2, anchored_on => '2026-03-02') \gset
SELECT t.is(t.slots(:'s', :'mon', '2026-03-23 00:00+00'), '03-16 13:00',
	'hours that name the service hide general hours in the weeks that they leave out, too');
ROLLBACK TO naming;

-- Level 2: general overrides.
SELECT t.override(:'p', '2026-03-10', '14:00', '16:00') \gset
SELECT t.override(:'p', '2026-03-09', '15:00', '16:00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'nextmon'), '15:00 | 03-10 14:00 15:00',
	'an override replaces the hours of its date, and opens a date without any');
SELECT t.is(t.slots(:'s', :'nextmon', '2026-03-17 00:00+00'), '09:00 10:00 11:00', 'an override is for its date only');
SELECT t.hours(:'p', 1, '19:00', '20:00', :'s') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '15:00', 'a general override goes before hours that name the service');
SELECT t.override(:'p', '2026-03-10', '18:00', '19:00') \gset
SELECT t.is(t.slots(:'other', :'tue', :'wed'), '14:00 15:00 18:00', 'a date can have several override rows');

-- Level 1: overrides that name the service.
SELECT t.override(:'p', '2026-03-10', '10:00', '11:00', :'s') \gset
SELECT t.is(t.slots(:'s', :'tue', :'wed'), '10:00', 'an override that names the service replaces general ones');
SELECT t.is(t.slots(:'other', :'tue', :'wed'), '14:00 15:00 18:00',
	'an override that names a service is nothing to another');
ROLLBACK TO naming;

-- Closed dates.
SELECT t.override(:'p', '2026-03-09') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', 'an override without times closes the date');
SELECT t.override(:'p', '2026-03-09', '20:00', '21:00', :'s') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '20:00', 'an override that names the service opens a closed date for it');
SELECT t.is(t.slots(:'other', :'mon', :'tue'), '', '... and for no other');
ROLLBACK TO naming;
SELECT t.override(:'p', '2026-03-09', service => :'s') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', 'a date can be closed for one service');
SELECT t.is(t.slots(:'other', :'mon', :'tue'), '09:00 10:00 11:00', '... and stay open for another');
ROLLBACK TO naming;

-- Validity.
SELECT t.provider(:'c') AS v \gset
SELECT t.service(:'c', '1 hour', :'v') AS sv \gset
SAVEPOINT valid;
SELECT t.hours(:'v', 1, '09:00', '10:00', valid => '[2026-03-09,2026-03-23)') \gset
SELECT t.is(t.slots(:'sv', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '03-09 09:00 | 03-16 09:00',
	'hours count from the first date of their validity to before its end');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '09:00', '10:00', valid => '[2026-03-09,2026-03-23]') \gset
SELECT t.is(t.slots(:'sv', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '03-09 09:00 | 03-16 09:00 | 03-23 09:00',
	'... or on its last date, if that is included');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '09:00', '10:00', valid => '(,2026-03-10)') \gset
SELECT t.hours(:'v', 2, '09:00', '10:00', valid => '[2026-03-24,)') \gset
SELECT t.is(t.slots(:'sv', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '09:00 | 03-09 09:00 | 03-24 09:00 | 03-31 09:00',
	'a validity can be open at either end');
ROLLBACK TO valid;

-- Every so many weeks. 4 March 2026 is a Wednesday, 8 March a Sunday.
SELECT t.hours(:'v', 1, '09:00', '10:00', every_weeks => 2, anchored_on => '2026-03-04') \gset
SELECT t.is(t.slots(:'sv', '2026-03-02 00:00+00', '2026-04-07 00:00+00'), '09:00 | 03-16 09:00 | 03-30 09:00',
	'every second week counts from the week of anchored_on, whatever its weekday');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '09:00', '10:00', every_weeks => 2, anchored_on => '2026-03-08') \gset
SELECT t.is(t.slots(:'sv', :'mon', '2026-03-24 00:00+00'), '03-16 09:00',
	'where weeks begin on Monday, Sunday is the last day of the week before');
UPDATE quickbook.clinic SET week_start = 7 WHERE id = :'c'::uuid;
SELECT t.is(t.slots(:'sv', :'mon', '2026-03-24 00:00+00'), '09:00 | 03-23 09:00',
	'where weeks begin on Sunday, it is the first day of the week');
ROLLBACK TO valid;
UPDATE quickbook.clinic SET week_start = 6 WHERE id = :'c'::uuid;
SELECT t.hours(:'v', 5, '09:00', '10:00', every_weeks => 2, anchored_on => '2026-03-07') \gset
SELECT t.is(t.slots(:'sv', '2026-03-02 00:00+00', '2026-03-30 00:00+00'), '03-13 09:00 | 03-27 09:00',
	'where weeks begin on Saturday, the Friday of a week is its last day');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '09:00', '10:00', every_weeks => 3, anchored_on => '2026-03-25') \gset
SELECT t.is(t.slots(:'sv', '2026-03-02 00:00+00', '2026-04-14 00:00+00'), '09:00 | 03-23 09:00 | 04-13 09:00',
	'the interval of weeks counts backwards from anchored_on, too');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '09:00', '10:00', every_weeks => 2, anchored_on => '2026-12-21') \gset
SELECT t.is(t.slots(:'sv', '2026-12-21 00:00+00', '2027-02-01 00:00+00'), '09:00 | 01-04 09:00 | 01-18 09:00',
	'the interval of weeks runs on over the turn of the year, a week 53 included');
ROLLBACK TO valid;

-- Merging. With starts an hour apart, a count that began again would show.
SELECT t.hours(:'v', 1, '09:00', '11:00') \gset
SELECT t.hours(:'v', 1, '10:30', '12:30') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'tue'), '09:00 10:00 11:00', 'rows of a date that overlap make one window');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '10:30', '12:00') \gset
SELECT t.hours(:'v', 1, '09:00', '10:30') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'tue'), '09:00 10:00 11:00', 'rows of a date that touch make one window');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '09:00', '13:00') \gset
SELECT t.hours(:'v', 1, '10:30', '11:30') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'tue'), '09:00 10:00 11:00 12:00', 'a row within another adds nothing');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '09:00', '10:30') \gset
SELECT t.hours(:'v', 1, '10:45', '12:00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'tue'), '09:00 10:45', 'rows of a date with time between them are two windows');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '09:00', '10:00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'tue'), '09:00', 'a window as long as the service has one start');
UPDATE quickbook.working_hours SET end_time = '09:59' WHERE provider_id = :'v'::uuid;
SELECT t.is(t.slots(:'sv', :'mon', :'tue'), '', 'a window a minute shorter has none');
ROLLBACK TO valid;

-- Nights.
SELECT t.hours(:'v', 1, '22:00', '02:00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'nextmon'), '22:00 23:00 | 03-10 00:00 01:00', 'a night window runs on into the next date');
SELECT t.is(t.slots(:'sv', :'tue', :'wed'), '00:00 01:00', 'a search that begins at midnight finds the rest of the night');
SELECT t.override(:'v', '2026-03-10') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'nextmon'), '22:00 23:00 | 03-10 00:00 01:00',
	'a night window runs on into a date that is closed');
SELECT t.override(:'v', '2026-03-09') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'nextmon'), '', 'closing the date on which a night window starts closes all of it');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '22:00', '02:00', valid => '[2026-03-09,2026-03-10)') \gset
SELECT t.is(t.slots(:'sv', '2026-03-02 00:00+00', '2026-04-01 00:00+00'), '03-09 22:00 23:00 | 03-10 00:00 01:00',
	'a night window belongs to the date on which it starts');
ROLLBACK TO valid;
SELECT t.override(:'v', '2026-03-09', '23:00', '01:00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'nextmon'), '23:00 | 03-10 00:00', 'an override can be a night window');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '22:00', '24:00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'nextmon'), '22:00 23:00', '24:00 is the end of the date');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '22:00', '00:00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'nextmon'), '22:00 23:00', 'and so is 00:00 as an end');
ROLLBACK TO valid;
SELECT t.hours(:'v', 1, '00:00', '24:00') \gset
SELECT t.is(t.days(:'sv', '2026-03-08', '2026-03-10'), '03-08=0 03-09=24 03-10=0', '00:00 to 24:00 is the whole date');
ROLLBACK TO valid;

-- Time off is taken out of the windows.
SELECT t.hours(:'v', 1, '09:00', '14:00') \gset
SELECT t.hours(:'p', 1, '13:00', '14:00') \gset
SELECT t.off(:'c', :'v', '2026-03-09 10:00+00', '2026-03-09 11:30+00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'tue'), '09:00 12:00 13:00', 'time off of the provider is taken out');
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:00 11:00 13:00', '... of no other provider');
SELECT t.off(:'c', NULL, '2026-03-09 13:00+00', '2026-03-10 12:00+00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'tue') OPERATOR(pg_catalog.||) ' / ' OPERATOR(pg_catalog.||) t.slots(:'s', :'mon', :'tue'),
	'09:00 12:00 / 09:00 10:00 11:00', 'time off of the clinic is taken out of everyone''s windows');
ROLLBACK TO valid;
SELECT t.clinic() AS far \gset
SELECT t.hours(:'v', 1, '09:00', '10:00') \gset
SELECT t.off(:'far', NULL, '2026-03-01 00:00+00', '2026-04-01 00:00+00') \gset
SELECT t.is(t.slots(:'sv', :'mon', :'tue'), '09:00', 'another clinic''s time off is nothing to us');
ROLLBACK TO valid;

-- Always open.
UPDATE quickbook.provider SET open_always = true WHERE id = :'v'::uuid;
SELECT t.hours(:'v', 1, '09:00', '10:00') \gset
SELECT t.is(t.days(:'sv', '2026-03-08', '2026-03-10'), '03-08=24 03-09=24 03-10=24',
	'open_always is every date from midnight to midnight, whatever the working hours');
SELECT t.override(:'v', '2026-03-09', '09:00', '11:00') \gset
SELECT t.override(:'v', '2026-03-10') \gset
SELECT t.is(t.days(:'sv', '2026-03-08', '2026-03-11'), '03-08=24 03-09=2 03-10=0 03-11=24',
	'an override goes before open_always');

SELECT * FROM t.finish();
ROLLBACK;
