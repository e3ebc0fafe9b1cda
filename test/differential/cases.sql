--
-- The oracle against cases worked out by hand. Prints a line for each that is
-- right, beginning with "ok", and raises for one that is not.
--
SET timezone = 'UTC';
SET client_min_messages = warning;
BEGIN;

CREATE FUNCTION pg_temp.same(name text, got text, want text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF got IS DISTINCT FROM want THEN
		RAISE '%: % and not %', name, got, want;
	END IF;
	RETURN 'ok ' || name;
END
$$;

-- The starts of one day in UTC, lead by lead.
CREATE FUNCTION pg_temp.starts(service text, patient uuid DEFAULT NULL, clock timestamptz DEFAULT '2030-01-01',
	day date DEFAULT '2030-01-07', days integer DEFAULT 1)
RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(line, '; ' ORDER BY line)
	FROM (SELECT p.name || string_agg(to_char(o.starts_at, ' HH24:MI'), '' ORDER BY o.starts_at) AS line
		FROM quickbook.service s,
			oracle.available_slots(s.id, day::timestamptz, (day + days)::timestamptz, NULL, patient, clock,
				day::timestamptz - interval '1 day', '5 minutes') o
		JOIN quickbook.provider p ON p.id = o.provider_id
		WHERE s.name = service
		GROUP BY p.name) AS l
$$;

-- The same with the seats that are left.
CREATE FUNCTION pg_temp.seats(service text, patient uuid DEFAULT NULL, clock timestamptz DEFAULT '2030-01-01')
RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s/%s%s', to_char(o.starts_at, 'HH24:MI'), o.seats_left, CASE WHEN o.sure THEN '' ELSE '?' END), ' '
		ORDER BY o.starts_at)
	FROM quickbook.service s, oracle.available_slots(s.id, '2030-01-07', '2030-01-08', NULL, patient, clock, '2030-01-06', '5 minutes') o
	WHERE s.name = service
$$;

-- Local times.
SELECT pg_temp.same(w || ' ' || z, oracle.instant(w::timestamp, z)::text, want)
FROM (VALUES
	('2026-03-29 02:30', 'Europe/Berlin', '2026-03-29 01:30:00+00'),
	('2026-03-29 03:30', 'Europe/Berlin', '2026-03-29 01:30:00+00'),
	('2026-10-25 02:30', 'Europe/Berlin', '2026-10-25 00:30:00+00'),
	('2026-10-25 03:00', 'Europe/Berlin', '2026-10-25 02:00:00+00'),
	('2026-03-08 00:30', 'America/Havana', '2026-03-08 05:30:00+00'),
	('2026-11-01 00:30', 'America/Havana', '2026-11-01 04:30:00+00'),
	('2026-10-04 02:15', 'Australia/Lord_Howe', '2026-10-03 15:45:00+00'),
	('2026-04-05 01:45', 'Australia/Lord_Howe', '2026-04-04 14:45:00+00'),
	('2018-11-04 00:00', 'America/Sao_Paulo', '2018-11-04 03:00:00+00'),
	('2019-02-16 23:30', 'America/Sao_Paulo', '2019-02-17 01:30:00+00'),
	('2019-02-17 00:00', 'America/Sao_Paulo', '2019-02-17 03:00:00+00'),
	('2011-12-29 23:00', 'Pacific/Apia', '2011-12-30 09:00:00+00'),
	('2011-12-30 02:00', 'Pacific/Apia', '2011-12-30 12:00:00+00'),
	('2011-12-31 00:00', 'Pacific/Apia', '2011-12-30 10:00:00+00'),
	('2026-05-10 09:00', 'Asia/Kathmandu', '2026-05-10 03:15:00+00')) AS v (w, z, want);
SELECT pg_temp.same('dates that exist',
	(SELECT string_agg(d || ' ' || oracle.date_exists(d::date, z), ', ' ORDER BY d)
	FROM (VALUES ('2011-12-29', 'Pacific/Apia'), ('2011-12-30', 'Pacific/Apia'), ('2011-12-31', 'Pacific/Apia'),
		('1993-08-21', 'Pacific/Kwajalein'), ('2018-11-04', 'America/Sao_Paulo')) AS v (d, z)),
	'1993-08-21 false, 2011-12-29 true, 2011-12-30 false, 2011-12-31 true, 2018-11-04 true');

-- A clinic whose week begins on Sunday; 7 January 2030 is a Monday.
INSERT INTO quickbook.clinic (id, name, time_zone, week_start) VALUES
	('00000000-0000-7000-8000-00000000c001', 'clinic', 'UTC', 7);
INSERT INTO quickbook.provider (id, clinic_id, name, time_zone, capacity, open_always, active)
SELECT ('00000000-0000-7000-8000-00000000d0' || n)::uuid, '00000000-0000-7000-8000-00000000c001', name, zone, capacity, always, active
FROM (VALUES
	('01', 'ann', NULL, 1, false, true), ('02', 'bob', NULL, 2, false, true), ('03', 'cy', NULL, 1, false, true),
	('04', 'room', NULL, 1, true, true), ('05', 'shed', NULL, 1, true, true), ('06', 'idle', NULL, 1, true, false),
	('07', 'howe', 'Australia/Lord_Howe', 1, false, true)) AS v (n, name, zone, capacity, always, active);
CREATE FUNCTION pg_temp.provider(name text) RETURNS uuid LANGUAGE sql AS
	'SELECT id FROM quickbook.provider p WHERE p.name = $1';
INSERT INTO quickbook.patient (id, clinic_id, name) VALUES
	('00000000-0000-7000-8000-00000000a001', '00000000-0000-7000-8000-00000000c001', 'me'),
	('00000000-0000-7000-8000-00000000a002', '00000000-0000-7000-8000-00000000c001', 'you');
CREATE FUNCTION pg_temp.service(name text, provider text, anchor text, duration text, step text,
	before text DEFAULT '0', after text DEFAULT '0') RETURNS void LANGUAGE sql AS $$
	INSERT INTO quickbook.service (clinic_id, name, slot_anchor, duration, slot_interval, buffer_before, buffer_after)
	VALUES ('00000000-0000-7000-8000-00000000c001', name, anchor, duration::interval, step::interval, before::interval, after::interval);
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT id, pg_temp.provider(provider)
	FROM quickbook.service s WHERE s.name = service.name
$$;
CREATE FUNCTION pg_temp.role(service text, role text, provider text, length interval DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	INSERT INTO quickbook.service_provider (service_id, role, provider_id, duration)
	SELECT id, role, pg_temp.provider(provider), length FROM quickbook.service s WHERE s.name = service
$$;
-- An appointment on one calendar, with the occupied time as given.
CREATE FUNCTION pg_temp.book(provider text, from_time text, to_time text, lane integer DEFAULT 0,
	expires timestamptz DEFAULT NULL, patient text DEFAULT 'you', on_patient boolean DEFAULT false,
	day text DEFAULT '2030-01-07') RETURNS void LANGUAGE sql AS $$
	WITH a AS (
		INSERT INTO quickbook.appointment (id, clinic_id, patient_id, service_id, provider_id, status, starts_at, ends_at, expires_at)
		SELECT gen_random_uuid(), s.clinic_id, (SELECT id FROM quickbook.patient p WHERE p.name = patient), s.id, pg_temp.provider(provider),
			CASE WHEN expires IS NULL THEN 'booked' ELSE 'held' END,
			(day || ' ' || from_time)::timestamptz, (day || ' ' || to_time)::timestamptz, expires
		FROM quickbook.service s ORDER BY s.name LIMIT 1
		RETURNING *)
	INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, patient_id, lane, starts_at, ends_at, expires_at)
	SELECT clinic_id, id, CASE WHEN NOT on_patient THEN provider_id END, CASE WHEN on_patient THEN patient_id END, lane,
		starts_at, ends_at, expires_at
	FROM a
$$;
CREATE FUNCTION pg_temp.limit(period text, max_count integer, max_time interval DEFAULT NULL, service text DEFAULT NULL,
	provider text DEFAULT NULL, per_patient boolean DEFAULT false) RETURNS void LANGUAGE sql AS $$
	INSERT INTO quickbook.booking_limit (clinic_id, period, max_count, max_time, service_id, provider_id, per_patient)
	SELECT '00000000-0000-7000-8000-00000000c001', period, max_count, max_time,
		(SELECT id FROM quickbook.service s WHERE s.name = service), pg_temp.provider(provider), per_patient
$$;
CREATE FUNCTION pg_temp.limited(name text, day text, allowed boolean, patient uuid DEFAULT NULL, clock timestamptz DEFAULT '2030-01-01')
RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.same('limit: ' || name, pg_temp.starts('plain', patient, clock, day::date),
		CASE WHEN allowed THEN 'ann 09:00 09:30 10:00 10:30 11:00' END)
$$;
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time) VALUES
	(pg_temp.provider('ann'), 1, '09:00', '12:00'), (pg_temp.provider('bob'), 1, '09:00', '12:00'),
	(pg_temp.provider('cy'), 1, '09:00', '12:00');

SELECT pg_temp.service('plain', 'ann', 'window', '45 min', '30 min');
SELECT pg_temp.service('gap', 'ann', 'gap', '45 min', '30 min');
SELECT pg_temp.service('clock', 'ann', 'clock', '45 min', '30 min');
SELECT pg_temp.service('buffers', 'ann', 'gap', '45 min', '30 min', '10 min', '5 min');
SELECT pg_temp.same('window: those that fit', pg_temp.starts('plain'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('gap: those that fit', pg_temp.starts('gap'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('buffers reach outside', pg_temp.starts('buffers'), 'ann 09:00 09:30 10:00 10:30 11:00');

SAVEPOINT s;
INSERT INTO quickbook.time_off (clinic_id, provider_id, during) VALUES
	('00000000-0000-7000-8000-00000000c001', pg_temp.provider('ann'), '[2030-01-07 08:00+00, 2030-01-07 09:40+00)');
SELECT pg_temp.same('window: the grid stays, time off or not', pg_temp.starts('plain'), 'ann 10:00 10:30 11:00');
SELECT pg_temp.same('gap: from the end of the time off', pg_temp.starts('gap'), 'ann 09:40 10:10 10:40 11:10');
SELECT pg_temp.same('clock: rounded up', pg_temp.starts('clock'), 'ann 10:00 10:30 11:00');
UPDATE quickbook.service SET slot_interval = '40 min' WHERE name = 'clock';
SELECT pg_temp.same('clock: 40 minutes round to 20', pg_temp.starts('clock'), 'ann 09:40 10:20 11:00');
UPDATE quickbook.service SET slot_interval = '25 min' WHERE name = 'clock';
SELECT pg_temp.same('clock: 25 minutes round to 5', pg_temp.starts('clock'), 'ann 09:40 10:05 10:30 10:55');
UPDATE quickbook.service SET slot_interval = '90 min' WHERE name = 'clock';
SELECT pg_temp.same('clock: 90 minutes round to 30', pg_temp.starts('clock'), 'ann 10:00');
UPDATE quickbook.time_off SET provider_id = NULL, during = '[2030-01-07 08:00+00, 2030-01-07 10:00+00)';
SELECT pg_temp.same('a closure is for all', pg_temp.starts('plain'), 'ann 10:00 10:30 11:00');
ROLLBACK TO s;

-- occupied 09:50 to 10:35: 09:00 + 45 + 5 minutes touches it, 10:45 - 10 minutes too
SELECT pg_temp.book('ann', '09:50', '10:35');
SELECT pg_temp.same('buffers add up', pg_temp.starts('buffers'), 'ann 09:00 10:45 11:15');
SELECT pg_temp.same('window: around a booking', pg_temp.starts('plain'), 'ann 09:00 11:00');
SELECT pg_temp.same('gap: around a booking', pg_temp.starts('gap'), 'ann 09:00 10:35 11:05');
ROLLBACK TO s;
INSERT INTO quickbook.busy_time (provider_id, during) VALUES
	(pg_temp.provider('bob'), '[2030-01-07 11:00+00, 2030-01-07 11:05+00)');
SELECT pg_temp.book('bob', '10:00', '10:30', 0);
SELECT pg_temp.book('bob', '10:20', '11:00', 1);
SELECT pg_temp.service('pair', 'bob', 'gap', '30 min', '20 min');
SELECT pg_temp.same('two places: full 10:20 to 10:30; busy is busy', pg_temp.starts('pair'),
	'bob 09:00 09:20 09:40 10:30 11:05 11:25');
ROLLBACK TO s;

-- Holds. The clock stands at 08:00.
SELECT pg_temp.book('ann', '09:00', '10:00', 0, '2030-01-07 08:00');
SELECT pg_temp.same('a hold that expires now', pg_temp.starts('plain', clock => '2030-01-07 08:00'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.book('ann', '10:00', '10:15', 0, '2030-01-07 08:01', 'you');
SELECT pg_temp.same('a hold of yours', pg_temp.starts('plain', '00000000-0000-7000-8000-00000000a001', '2030-01-07 08:00'), 'ann 09:00 10:30 11:00');
SELECT pg_temp.same('a hold of one''s own', pg_temp.starts('plain', '00000000-0000-7000-8000-00000000a002', '2030-01-07 08:00'),
	'ann 09:00 09:30 10:00 10:30 11:00');
ROLLBACK TO s;

-- Patients.
SELECT pg_temp.book('bob', '10:00', '10:30', 0, NULL, 'me', true);
SELECT pg_temp.same('the patient is busy', pg_temp.starts('plain', '00000000-0000-7000-8000-00000000a001'), 'ann 09:00 10:30 11:00');
SELECT pg_temp.same('another patient is not', pg_temp.starts('plain', '00000000-0000-7000-8000-00000000a002'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('the patient does not move the grid', pg_temp.starts('gap', '00000000-0000-7000-8000-00000000a001'), 'ann 09:00 10:30 11:00');
UPDATE quickbook.service SET patient_may_overlap = true;
SELECT pg_temp.same('the patient may overlap', pg_temp.starts('plain', '00000000-0000-7000-8000-00000000a001'), 'ann 09:00 09:30 10:00 10:30 11:00');
ROLLBACK TO s;

-- Rule 5.
SELECT pg_temp.same('not now', pg_temp.starts('plain', clock => '2030-01-07 09:30'), 'ann 10:00 10:30 11:00');
UPDATE quickbook.service SET min_notice = '1 day';
SELECT pg_temp.same('notice: just enough', pg_temp.starts('plain', clock => '2030-01-06 09:30'), 'ann 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('notice: not quite', pg_temp.starts('gap', clock => '2030-01-06 09:30:01'), 'ann 10:00 10:30 11:00');
ROLLBACK TO s;
UPDATE quickbook.service SET horizon_days = 1;
SELECT pg_temp.same('horizon: tomorrow', pg_temp.starts('plain', clock => '2030-01-06 00:00'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('horizon: the day after', pg_temp.starts('plain', clock => '2030-01-05 23:59'), NULL);
INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (pg_temp.provider('ann'), '[2030-01-05,2030-01-06)', 'Asia/Tokyo');
SELECT pg_temp.same('horizon: today is where the lead is', pg_temp.starts('plain', clock => '2030-01-05 23:59'), 'ann 09:00 09:30 10:00 10:30 11:00');
ROLLBACK TO s;
UPDATE quickbook.service SET bookable_during = '[2030-01-08,)';
SELECT pg_temp.same('not yet bookable', pg_temp.starts('plain'), NULL);
ROLLBACK TO s;

-- Limits; a visit of one hour is booked with cy, who is no lead here.
SELECT pg_temp.book('cy', '08:00', '09:00');
SAVEPOINT l;
SELECT pg_temp.limit('day', 1);
SELECT pg_temp.limited('one a day', '2030-01-07', false);
SELECT pg_temp.limited('another day', '2030-01-14', true);
UPDATE quickbook.appointment SET status = 'cancelled', cancelled_by = 'staff';
SELECT pg_temp.limited('cancelled', '2030-01-07', true);
UPDATE quickbook.appointment SET status = 'noshow';
SELECT pg_temp.limited('no-show', '2030-01-07', false);
UPDATE quickbook.provider SET time_zone = 'Asia/Tokyo' WHERE name = 'ann';
UPDATE quickbook.appointment SET starts_at = '2030-01-07 16:00+00', ends_at = '2030-01-07 17:00+00';
SELECT pg_temp.same('limit: tomorrow where the lead is', pg_temp.starts('plain'), 'ann 00:00 00:30 01:00 01:30 02:00');
UPDATE quickbook.appointment SET starts_at = '2030-01-07 14:55+00';
SELECT pg_temp.limited('today where the lead is', '2030-01-07', false);
UPDATE quickbook.appointment SET starts_at = '2030-01-07 12:00+00';
INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (pg_temp.provider('ann'), '[2030-01-08,2030-01-09)', 'Pacific/Kiritimati');
SELECT pg_temp.limited('still today, though tomorrow has begun where the lead will be', '2030-01-07', false);
ROLLBACK TO l;
SELECT pg_temp.limit('day', 2);
SELECT pg_temp.limited('two a day', '2030-01-07', true);
SELECT pg_temp.limit('day', 1, service => 'plain');
SELECT pg_temp.limit('day', 1, provider => 'cy');
SELECT pg_temp.limited('other service, other lead', '2030-01-07', true);
UPDATE quickbook.appointment SET service_id = (SELECT id FROM quickbook.service WHERE name = 'plain');
SELECT pg_temp.limited('this service', '2030-01-07', false);
ROLLBACK TO l;
SELECT pg_temp.limit('day', 1, per_patient => true);
SELECT pg_temp.limited('nobody in particular', '2030-01-07', true);
SELECT pg_temp.limited('somebody else', '2030-01-07', true, '00000000-0000-7000-8000-00000000a001');
SELECT pg_temp.limited('the same patient', '2030-01-07', false, '00000000-0000-7000-8000-00000000a002');
ROLLBACK TO l;
SELECT pg_temp.limit('day', NULL, '105 minutes');
SELECT pg_temp.limited('just enough time', '2030-01-07', true);
UPDATE quickbook.booking_limit SET max_time = '104 minutes';
SELECT pg_temp.limited('too little time', '2030-01-07', false);
ROLLBACK TO l;
SELECT pg_temp.limit('week', 1);
UPDATE quickbook.appointment SET starts_at = '2030-01-06 00:00+00';
SELECT pg_temp.limited('Sunday is the same week', '2030-01-07', false);
UPDATE quickbook.appointment SET starts_at = '2030-01-05 23:59+00';
SELECT pg_temp.limited('Saturday is not', '2030-01-07', true);
ROLLBACK TO l;
SELECT pg_temp.limit('month', 1);
SELECT pg_temp.limited('the same month', '2030-01-28', false);
SELECT pg_temp.limited('another month', '2030-02-04', true);
SELECT pg_temp.limit('year', 1);
SELECT pg_temp.limited('the same year', '2030-02-04', false);
SELECT pg_temp.limited('another year', '2031-01-06', true);
ROLLBACK TO l;
SELECT pg_temp.limit('upcoming', 1);
SELECT pg_temp.limited('one to come', '2031-01-06', false);
SELECT pg_temp.limited('it begins now', '2031-01-06', true, NULL, '2030-01-07 08:00');
ROLLBACK TO s;
SELECT pg_temp.limit('day', 1);
SELECT pg_temp.book('ann', '09:00', '10:00', 0, '2030-01-07 08:00', 'me');
SELECT pg_temp.limited('an expired hold', '2030-01-07', true, NULL, '2030-01-07 08:00');
SELECT pg_temp.same('limit: a hold', pg_temp.starts('plain', clock => '2030-01-07 07:00'), NULL);
SELECT pg_temp.same('limit: one''s own hold, where it is closed', pg_temp.starts('plain', '00000000-0000-7000-8000-00000000a001',
	clock => '2030-01-07 07:00'), 'ann 09:00 09:30');
ROLLBACK TO s;

-- Other horizons. Ann works on Mondays, and 31 December 2029 is one.
UPDATE quickbook.service SET horizon_days = 1, horizon_counts = 'working';
SELECT pg_temp.same('working: the first', pg_temp.starts('plain', clock => '2029-12-31 12:00'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('working: not the second', pg_temp.starts('plain', day => '2030-01-14', clock => '2029-12-31 12:00'), NULL);
INSERT INTO quickbook.time_off (clinic_id, provider_id, during) VALUES
	('00000000-0000-7000-8000-00000000c001', pg_temp.provider('ann'), '[2030-01-07 09:00+00, 2030-01-07 12:00+00)');
SELECT pg_temp.same('working: the second, if the first is off', pg_temp.starts('plain', day => '2030-01-14', clock => '2029-12-31 12:00'),
	'ann 09:00 09:30 10:00 10:30 11:00');
ROLLBACK TO s;
UPDATE quickbook.service SET horizon_days = 1, horizon_counts = 'bookable';
SELECT pg_temp.book('ann', '09:00', '11:00');
SELECT pg_temp.same('bookable: one start is enough', pg_temp.starts('plain', day => '2030-01-14', clock => '2029-12-31 12:00'), NULL);
SELECT pg_temp.book('ann', '11:30', '12:00', 0, '2029-12-31 12:00:01', 'me');
SELECT pg_temp.same('bookable: none is not, though it is the patient''s own hold', pg_temp.starts('plain',
	'00000000-0000-7000-8000-00000000a001', '2029-12-31 12:00', '2030-01-14'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('bookable: what leads up to it too', pg_temp.starts('plain',
	'00000000-0000-7000-8000-00000000a001', '2029-12-31 12:00'), 'ann 11:00');
UPDATE quickbook.service SET horizon_days = 0;
SELECT pg_temp.same('bookable: today only', pg_temp.starts('plain', clock => '2030-01-06 23:59'), NULL);
ROLLBACK TO s;

-- Groups. A session of an hour with so many booked, and one hold of the patient named.
CREATE FUNCTION pg_temp.session(provider text, from_time text, booked integer, held text DEFAULT NULL, lane integer DEFAULT 0)
RETURNS void LANGUAGE sql AS $$
	WITH q AS (
		INSERT INTO quickbook.session (id, clinic_id, provider_id, service_id, starts_at, ends_at)
		SELECT gen_random_uuid(), s.clinic_id, pg_temp.provider(provider), s.id, at, at + interval '1 hour'
		FROM quickbook.service s, CAST('2030-01-07 ' || from_time AS timestamptz) AS at WHERE s.name = 'class'
		RETURNING *
	), a AS (
		INSERT INTO quickbook.appointment (id, clinic_id, patient_id, service_id, provider_id, session_id, seat, status, starts_at, ends_at, expires_at)
		SELECT gen_random_uuid(), q.clinic_id, p.id, q.service_id, q.provider_id, q.id, seat, CASE WHEN seat > booked THEN 'held' ELSE 'booked' END,
			q.starts_at, q.ends_at, CASE WHEN seat > booked THEN timestamptz '2030-01-01 01:00' END
		FROM q, generate_series(1, booked + CASE WHEN held IS NULL THEN 0 ELSE 1 END) AS seat
		LEFT JOIN quickbook.patient p ON p.name = CASE WHEN seat > booked THEN held ELSE 'you' END
	)
	INSERT INTO quickbook.allocation (clinic_id, session_id, provider_id, lane, starts_at, ends_at)
	SELECT clinic_id, id, provider_id, lane, starts_at, ends_at FROM q
$$;
SELECT pg_temp.service('class', 'ann', 'window', '60 min', '60 min');
UPDATE quickbook.service SET seats = 3 WHERE name = 'class';
SAVEPOINT g;
SELECT pg_temp.same('class: no session yet', pg_temp.seats('class'), '09:00/3 10:00/3 11:00/3');
SELECT pg_temp.session('ann', '10:00', 1);
SELECT pg_temp.same('class: two seats left', pg_temp.seats('class'), '09:00/3 10:00/2 11:00/3');
SELECT pg_temp.same('class: it is in the way of others', pg_temp.starts('plain'), 'ann 09:00 11:00');
SELECT pg_temp.limit('day', NULL, '1 hour');
SELECT pg_temp.same('class: joining takes no more time', pg_temp.seats('class'), '10:00/2');
SELECT pg_temp.limit('week', 1);
SELECT pg_temp.same('class: but counts', pg_temp.seats('class'), NULL);
ROLLBACK TO g;
SELECT pg_temp.session('ann', '10:00', 2);
SELECT pg_temp.limit('day', NULL, '2 hours');
SELECT pg_temp.same('class: two in a session take its time once', pg_temp.seats('class'), '09:00/3 10:00/1 11:00/3');
ROLLBACK TO g;
SELECT pg_temp.session('ann', '09:20', 1);
SELECT pg_temp.same('class: a session is on the grid, others are not for it', pg_temp.seats('class'), '09:20/2 11:00/3');
INSERT INTO quickbook.busy_time (provider_id, during) VALUES (pg_temp.provider('ann'), '[2030-01-07 10:00+00,2030-01-07 10:30+00)');
SELECT pg_temp.same('class: the lead is elsewhere', pg_temp.seats('class'), '11:00/3');
ROLLBACK TO g;
SELECT pg_temp.session('ann', '10:00', 3);
SELECT pg_temp.same('class: it is full', pg_temp.seats('class'), '09:00/3 11:00/3');
UPDATE quickbook.provider SET capacity = 2 WHERE name = 'ann';
SELECT pg_temp.same('class: another can be opened', pg_temp.seats('class'), '09:00/3 10:00/3 11:00/3');
SELECT pg_temp.session('ann', '10:00', 2, NULL, 1);
SELECT pg_temp.same('class: the other has a seat', pg_temp.seats('class'), '09:00/3 10:00/1 11:00/3');
UPDATE quickbook.appointment SET status = 'cancelled', cancelled_by = 'staff' WHERE id = (
	SELECT id FROM quickbook.appointment GROUP BY id ORDER BY count(*) FILTER (WHERE seat = 3) DESC LIMIT 1);
SELECT pg_temp.same('class: two with seats', pg_temp.seats('class'), '09:00/3 10:00/1? 11:00/3');
ROLLBACK TO g;
SELECT pg_temp.session('ann', '10:00', 0, 'me');
SELECT pg_temp.same('class: a hold takes a seat', pg_temp.seats('class'), '09:00/3 10:00/2 11:00/3');
SELECT pg_temp.same('class: an expired one does not', pg_temp.seats('class', NULL, '2030-01-01 01:00'), '09:00/3 10:00/3 11:00/3');
SELECT pg_temp.same('class: nor is it in the way', pg_temp.starts('plain', NULL, '2030-01-01 01:00'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('class: nor is one''s own', pg_temp.starts('plain', '00000000-0000-7000-8000-00000000a001'), 'ann 09:00 09:30 10:00 10:30 11:00');
ROLLBACK TO g;
SELECT pg_temp.session('ann', '10:00', 2, 'me');
SELECT pg_temp.same('class: full for others', pg_temp.seats('class', '00000000-0000-7000-8000-00000000a002'), '09:00/3 11:00/3');
SELECT pg_temp.same('class: one''s own seat is left', pg_temp.seats('class', '00000000-0000-7000-8000-00000000a001'), '09:00/3 10:00/1 11:00/3');
ROLLBACK TO s;

-- Windows.
INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (pg_temp.provider('ann'), '[2030-01-07,2030-01-08)', 'Asia/Tokyo');
SELECT pg_temp.same('travel', pg_temp.starts('plain'), 'ann 00:00 00:30 01:00 01:30 02:00');
ROLLBACK TO s;
INSERT INTO quickbook.working_hours (provider_id, service_id, weekday, start_time, end_time, valid) SELECT pg_temp.provider('ann'), id, 2,
	'20:00', '22:00', '[2030-01-07,2030-01-09)' FROM quickbook.service WHERE name = 'plain';
SELECT pg_temp.same('hours naming the service leave no others', pg_temp.starts('plain'), NULL);
SELECT pg_temp.same('a week later they are not valid', pg_temp.starts('plain', day => '2030-01-14'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('nor for other services', pg_temp.starts('gap'), 'ann 09:00 09:30 10:00 10:30 11:00');
INSERT INTO quickbook.date_override (provider_id, on_date, start_time, end_time) VALUES
	(pg_temp.provider('ann'), '2030-01-07', '14:00', '15:00'), (pg_temp.provider('ann'), '2030-01-07', '15:00', '15:30');
SELECT pg_temp.same('an override beats hours naming the service', pg_temp.starts('plain'), 'ann 14:00 14:30');
INSERT INTO quickbook.date_override (provider_id, service_id, on_date) SELECT pg_temp.provider('ann'), id, '2030-01-07'
	FROM quickbook.service WHERE name = 'plain';
SELECT pg_temp.same('an override naming the service beats it', pg_temp.starts('plain'), NULL);
SELECT pg_temp.same('but not for others', pg_temp.starts('gap'), 'ann 14:00 14:30');
ROLLBACK TO s;
-- Sunday 6 January begins a week here, so 7 January is in the week of the 12th.
UPDATE quickbook.working_hours SET every_weeks = 2, anchored_on = '2030-01-12';
SELECT pg_temp.same('every other week, this one', pg_temp.starts('plain'), 'ann 09:00 09:30 10:00 10:30 11:00');
SELECT pg_temp.same('every other week, the next one', pg_temp.starts('plain', day => '2030-01-14'), NULL);
SELECT pg_temp.same('every other week, before its anchor', pg_temp.starts('plain', clock => '2029-12-01', day => '2029-12-24'),
	'ann 09:00 09:30 10:00 10:30 11:00');
ROLLBACK TO s;
UPDATE quickbook.working_hours SET start_time = '20:00', end_time = '06:00' WHERE provider_id = pg_temp.provider('ann');
INSERT INTO quickbook.date_override (provider_id, on_date, start_time, end_time) VALUES (pg_temp.provider('ann'), '2030-01-08', '00:10', '02:00');
INSERT INTO quickbook.time_off (clinic_id, during) VALUES ('00000000-0000-7000-8000-00000000c001', '[2030-01-08 02:30+00,2030-01-10 00:00+00)');
UPDATE quickbook.service SET slot_interval = '40 min';
SELECT pg_temp.same('window: the count begins again', pg_temp.starts('plain', day => '2030-01-07', days => 2),
	'ann 20:00 20:40 21:20 22:00 22:40 23:20 00:00 00:10 00:50 01:30');
SELECT pg_temp.same('gap: it does not', pg_temp.starts('gap', day => '2030-01-07', days => 2),
	'ann 20:00 20:40 21:20 22:00 22:40 23:20 00:00 00:40 01:20');
ROLLBACK TO s;
-- 02:00 (+11) becomes 01:30 (+10:30) at 15:00 UTC on 4 April 2026
INSERT INTO quickbook.date_override (provider_id, on_date, start_time, end_time) VALUES (pg_temp.provider('howe'), '2026-04-05', '01:40', '03:00');
SELECT pg_temp.service('island', 'howe', 'clock', '20 min', '60 min');
SELECT pg_temp.same('clock: half an hour back', pg_temp.starts('island', clock => '2026-01-01', day => '2026-04-04'), 'howe 15:30');
UPDATE quickbook.service SET slot_anchor = 'window' WHERE name = 'island';
SELECT pg_temp.same('window: 140 minutes long', pg_temp.starts('island', clock => '2026-01-01', day => '2026-04-04'), 'howe 14:40 15:40');
ROLLBACK TO s;

-- Roles.
SELECT pg_temp.service('both', 'ann', 'window', '45 min', '60 min');
SELECT pg_temp.role('both', 'practitioner', 'cy', '1 hour');
SELECT pg_temp.role('both', 'room', 'ann');
SELECT pg_temp.same('one cannot be her own room', pg_temp.starts('both'), 'cy 09:00 10:00 11:00');
SELECT pg_temp.role('both', 'room', 'idle');
SELECT pg_temp.same('an inactive room is none', pg_temp.starts('both'), 'cy 09:00 10:00 11:00');
SELECT pg_temp.role('both', 'room', 'room');
SELECT pg_temp.same('an own length', pg_temp.starts('both'), 'ann 09:00 10:00 11:00; cy 09:00 10:00 11:00');
-- a room for 50 minutes: enough for ann, and cy has ann for a room
INSERT INTO quickbook.date_override (provider_id, on_date, start_time, end_time) VALUES (pg_temp.provider('room'), '2030-01-07', '10:00', '10:50');
SELECT pg_temp.same('the lead''s length counts in the room', pg_temp.starts('both'), 'ann 10:00; cy 09:00 10:00 11:00');
SELECT pg_temp.role('both', 'device', 'ann');
SELECT pg_temp.role('both', 'device', 'room');
SELECT pg_temp.same('three roles take three', pg_temp.starts('both'), NULL);
SELECT pg_temp.role('both', 'device', 'shed');
SELECT pg_temp.same('who is a room cannot be the device', pg_temp.starts('both'), 'ann 10:00; cy 09:00 10:00 11:00');
ROLLBACK TO s;
-- room up to 10:00 and shed from 09:35 on leave 09:30 to 09:35 out, both ends feasible
SELECT pg_temp.service('split', 'ann', 'gap', '30 min', '20 min');
SELECT pg_temp.role('split', 'room', 'room');
SELECT pg_temp.role('split', 'room', 'shed');
SELECT pg_temp.same('either room', pg_temp.starts('split'), 'ann 09:00 09:20 09:40 10:00 10:20 10:40 11:00 11:20');
INSERT INTO quickbook.busy_time (provider_id, during) VALUES
	(pg_temp.provider('room'), '[2030-01-07 10:00+00,2030-01-07 14:00+00)'),
	(pg_temp.provider('shed'), '[2030-01-06 00:00+00,2030-01-07 09:35+00)');
SELECT pg_temp.same('a run ends between two points of the raster', pg_temp.starts('split'), 'ann 09:00 09:20 09:35 09:55 10:15 10:35 10:55 11:15');
ROLLBACK TO s;
SELECT pg_temp.service('Lead', 'ann', 'window', '90 min', '90 min');
DELETE FROM quickbook.service_provider WHERE service_id = (SELECT id FROM quickbook.service WHERE name = 'Lead');
SELECT pg_temp.role('Lead', 'arzt', 'cy', '1 hour');
SELECT pg_temp.role('Lead', 'Zimmer', 'ann');
SELECT pg_temp.same('the first role by name in the C locale leads', pg_temp.starts('Lead'), 'ann 09:00 10:30');
ROLLBACK;
