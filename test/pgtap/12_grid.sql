-- DESIGN 4, rule 2: on which instants starts lie.
BEGIN;
\ir lib/t.inc
SELECT t.plan(48);

-- Provider p is open on Monday 9 March; the service is changed from case to case.
SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
\set mon '2026-03-09 00:00+00'
\set tue '2026-03-10 00:00+00'
\set wed '2026-03-11 00:00+00'

-- Changes the service's grid and gives its starts on Monday 9 March.
CREATE FUNCTION t.set_grid(service uuid, anchor text, step interval) RETURNS void
LANGUAGE sql SET search_path = pg_catalog
AS $$ UPDATE quickbook.service s SET slot_anchor = anchor, slot_interval = step WHERE s.id = service $$;
CREATE FUNCTION t.grid(service uuid, anchor text, step interval, tz text DEFAULT 'UTC') RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM t.set_grid(service, anchor, step);
	RETURN t.slots(service, '2026-03-09 00:00+00', '2026-03-10 00:00+00', tz => tz);
END
$$;

-- window
SAVEPOINT base;
SELECT t.hours(:'p', 1, '09:00', '10:30') \gset
SELECT t.is(t.grid(:'s', 'window', NULL), '09:00 09:30 10:00', 'window: without slot_interval the duration is the step');
SELECT t.is(t.grid(:'s', 'window', '20 minutes'), '09:00 09:20 09:40 10:00', 'window: a step shorter than the duration');
SELECT t.is(t.grid(:'s', 'window', '50 minutes'), '09:00 09:50', 'window: a step longer than the duration');
SELECT t.is(t.grid(:'s', 'window', '3 hours'), '09:00', 'window: a step longer than the window');
SELECT t.is(t.grid(:'s', 'window', '59 minutes 59 seconds'), '09:00 09:59:59', 'window: a step of odd seconds');
SELECT t.is(t.grid(:'s', 'gap', NULL), '09:00 09:30 10:00', 'gap: an untouched window is one run');
SELECT t.is(t.grid(:'s', 'clock', NULL), '09:00 09:30 10:00', 'clock: an untouched window that starts on the hour');
ROLLBACK TO base;

SELECT t.hours(:'p', 1, '09:00', '12:00') \gset
SAVEPOINT hours;
SELECT t.busy(:'p', '2026-03-09 09:40+00', '2026-03-09 10:10+00') \gset
SELECT t.is(t.grid(:'s', 'window', NULL), '09:00 10:30 11:00 11:30', 'window: busy time does not move the grid');
SELECT t.is(t.grid(:'s', 'gap', NULL), '09:00 10:10 10:40 11:10', 'gap: the count begins again where the provider is free again');
SELECT t.is(t.grid(:'s', 'clock', NULL), '09:00 10:30 11:00 11:30', 'clock: ... rounded up to the half hour');
SELECT t.is(t.grid(:'s', 'gap', '5 minutes'), '09:00 09:05 09:10 10:10 10:15 10:20 10:25 10:30 10:35 10:40 10:45 10:50 10:55 11:00 11:05 11:10 11:15 11:20 11:25 11:30',
	'gap: both ends of a run are starts');
SELECT t.is(t.grid(:'s', 'gap', '45 minutes'), '09:00 10:10 10:55', 'gap: a step that is not the duration');
SELECT t.is(t.grid(:'s', 'clock', '45 minutes'), '09:00 10:15 11:00', 'clock: 45 minutes round to the quarter');
SELECT t.is(t.slots(:'s', '2026-03-09 09:01+00', '2026-03-09 10:59+00'), '10:15', 'clock: from_time and to_time do not move the grid');
UPDATE quickbook.service SET slot_anchor = 'gap' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-09 10:20+00', '2026-03-09 10:59+00'), '10:55', 'gap: nor here');
SELECT t.is(t.next(:'s', '2026-03-09 10:20+00', 1), '10:55', 'gap: nor does after_time');
UPDATE quickbook.service SET slot_anchor = 'window' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', '2026-03-09 09:10+00', '2026-03-09 11:30+00'), '10:30 11:15', 'window: nor here');
ROLLBACK TO hours;

-- A run of a single instant.
SELECT t.busy(:'p', '2026-03-09 09:37+00', '2026-03-09 11:00+00') \gset
SELECT t.busy(:'p', '2026-03-09 11:30+00', '2026-03-09 12:00+00') \gset
SELECT t.busy(:'p', '2026-03-09 09:00+00', '2026-03-09 09:07+00') \gset
SELECT t.is(t.grid(:'s', 'gap', NULL), '09:07 11:00', 'gap: a run can be a single instant');
SELECT t.is(t.grid(:'s', 'clock', NULL), '11:00', 'clock: a run without an instant on the clock has no start');
SELECT t.is(t.grid(:'s', 'clock', '7 minutes'), '09:07 11:00', 'clock: 7 minutes round to the minute');
ROLLBACK TO hours;

-- Time off.
SELECT t.off(:'c', :'p', '2026-03-09 08:00+00', '2026-03-09 09:10+00') \gset
SELECT t.off(:'c', :'p', '2026-03-09 10:20+00', '2026-03-09 10:50+00') \gset
SELECT t.is(t.grid(:'s', 'window', NULL), '09:30 11:00 11:30', 'window: counts from the window before time off is taken out');
SELECT t.is(t.grid(:'s', 'gap', NULL), '09:10 09:40 10:50 11:20', 'gap: counts from the end of time off');
SELECT t.is(t.grid(:'s', 'clock', NULL), '09:30 11:00 11:30', 'clock: ... rounded up');
ROLLBACK TO hours;

-- Rule 5 and the patient hide starts and do not move them.
SET LOCAL quickbook.now = '2026-03-09 09:10+00';
SELECT t.is(t.grid(:'s', 'window', NULL), '09:30 10:00 10:30 11:00 11:30', 'window: the time that passes does not move the grid');
SELECT t.is(t.grid(:'s', 'gap', NULL), '09:30 10:00 10:30 11:00 11:30', 'gap: nor here');
SELECT t.is(t.grid(:'s', 'clock', NULL), '09:30 10:00 10:30 11:00 11:30', 'clock: nor here');
UPDATE quickbook.service SET min_notice = '55 minutes' WHERE id = :'s'::uuid;
SELECT t.is(t.grid(:'s', 'gap', NULL), '10:30 11:00 11:30', 'gap: nor does min_notice');
ROLLBACK TO hours;
UPDATE quickbook.service SET bookable_during = '[2026-03-09,2026-03-10)' WHERE id = :'s'::uuid;
UPDATE quickbook.working_hours SET weekday = 7, start_time = '23:10', end_time = '02:00' WHERE provider_id = :'p'::uuid;
SELECT t.is(t.grid(:'s', 'gap', NULL), '00:10 00:40 01:10', 'gap: nor does bookable_during');
ROLLBACK TO hours;
SELECT t.patient(:'c') AS pat \gset
SELECT t.provider(:'c', open_always => true) AS q \gset
SELECT t.service(:'c', '30 minutes', :'q', slot_interval => '10 minutes') AS sq \gset
SELECT t.book(:'pat', :'q', :'sq', '2026-03-09 09:10+00') \gset
UPDATE quickbook.service SET slot_anchor = 'gap' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat'), '10:00 10:30 11:00 11:30', 'gap: nor does the patient');
UPDATE quickbook.service SET slot_anchor = 'clock' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat'), '10:00 10:30 11:00 11:30', 'clock: nor here');
ROLLBACK TO base;

-- Several windows.
SELECT t.hours(:'p', 1, '09:00', '10:15') \gset
SELECT t.hours(:'p', 1, '11:20', '12:30') \gset
SELECT t.is(t.grid(:'s', 'window', NULL), '09:00 09:30 11:20 11:50', 'window: the count begins again at the next window');
SELECT t.is(t.grid(:'s', 'gap', NULL), '09:00 09:30 11:20 11:50', 'gap: and here');
SELECT t.is(t.grid(:'s', 'clock', NULL), '09:00 09:30 11:30 12:00', 'clock: and here, rounded up');
ROLLBACK TO base;

-- Monday's night runs into Tuesday's window: two windows, of two dates.
UPDATE quickbook.service SET duration = '1 hour', slot_anchor = 'window' WHERE id = :'s'::uuid;
SELECT t.hours(:'p', 1, '22:00', '03:00') \gset
SELECT t.hours(:'p', 2, '01:30', '04:00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'wed'), '22:00 23:00 | 03-10 00:00 01:00 01:30 02:30',
	'window: the count begins again where the next date''s window starts, within the night before');
UPDATE quickbook.service SET slot_anchor = 'gap' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'wed'), '22:00 23:00 | 03-10 00:00 01:00 02:00 03:00',
	'gap: windows of two dates that overlap are one run');
ROLLBACK TO base;
UPDATE quickbook.service SET duration = '90 minutes', slot_anchor = 'window' WHERE id = :'s'::uuid;
SELECT t.hours(:'p', 1, '20:00', '24:00') \gset
SELECT t.hours(:'p', 2, '00:00', '03:00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'wed'), '20:00 21:30 23:00 | 03-10 00:00 01:30',
	'window: the count begins again at midnight where a window starts there');
UPDATE quickbook.service SET slot_anchor = 'gap' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'wed'), '20:00 21:30 23:00 | 03-10 00:30',
	'gap: a run goes on over midnight');
ROLLBACK TO base;

-- clock: the steps to which the first start of a run is rounded.
SELECT t.hours(:'p', 1, '09:02', '12:00') \gset
SELECT t.is(t.grid(:'s', 'clock', '2 hours'), '10:00', 'clock: 2 hours round to the hour');
SELECT t.is(t.grid(:'s', 'clock', '90 minutes'), '09:30 11:00', 'clock: 90 minutes round to the half hour');
SELECT t.is(t.grid(:'s', 'clock', '40 minutes'), '09:20 10:00 10:40 11:20', 'clock: 40 minutes round to 20');
SELECT t.is(t.grid(:'s', 'clock', '75 minutes'), '09:15 10:30', 'clock: 75 minutes round to the quarter');
SELECT t.is(t.grid(:'s', 'clock', '50 minutes'), '09:10 10:00 10:50', 'clock: 50 minutes round to 10');
SELECT t.is(t.grid(:'s', 'clock', '25 minutes'), '09:05 09:30 09:55 10:20 10:45 11:10', 'clock: 25 minutes round to 5');
SELECT t.is(t.grid(:'s', 'clock', '44 minutes'), '09:02 09:46 10:30 11:14', 'clock: 44 minutes round to the minute');
ROLLBACK TO base;
UPDATE quickbook.service SET duration = '5 minutes' WHERE id = :'s'::uuid;
SELECT t.hours(:'p', 1, '09:00:30', '09:10') \gset
SELECT t.is(t.grid(:'s', 'clock', '90 seconds'), '09:01 09:02:30 09:04', 'clock: so does a step with seconds');
SELECT t.is(t.grid(:'s', 'window', '90 seconds'), '09:00:30 09:02 09:03:30 09:05', 'window: no rounding');
ROLLBACK TO base;

-- The clock on the wall is the provider's: an hour in Kathmandu is a quarter
-- past the hour of UTC.
UPDATE quickbook.provider SET time_zone = 'Asia/Kathmandu' WHERE id = :'p'::uuid;
SELECT t.hours(:'p', 1, '09:05', '12:00') \gset
SELECT t.is(t.grid(:'s', 'clock', '1 hour', 'Asia/Kathmandu'), '10:00 11:00', 'clock: rounds the local time');
ROLLBACK TO base;
-- 8 March 2026 in New York: the hour after 01:05 -05 is 03:00 -04.
UPDATE quickbook.provider SET time_zone = 'America/New_York' WHERE id = :'p'::uuid;
UPDATE quickbook.service SET slot_anchor = 'clock', slot_interval = '1 hour' WHERE id = :'s'::uuid;
SELECT t.hours(:'p', 7, '01:05', '05:00') \gset
SELECT t.is(t.slots(:'s', '2026-03-08 00:00+00', '2026-03-09 00:00+00'), '07:00 08:00', 'clock: rounds up over a gap of the clock');
ROLLBACK TO base;

SELECT * FROM t.finish();
ROLLBACK;
