\set ECHO queries
\echo :h'Free times for a check-up on Monday 2 March':z
SELECT to_char(s.starts_at, 'HH24:MI') AS check_up, p.name, to_char(s.ends_at, '– HH24:MI') AS until
FROM quickbook.available_slots(id('Check-up'), '2026-03-02', '2026-03-03') s
JOIN quickbook.provider p ON p.id = s.provider_id
ORDER BY s.starts_at, p.name DESC
\crosstabview

\echo :h'The week: Friday is closed':z
SELECT to_char(day, 'Dy DD Mon') AS day, slots
FROM quickbook.available_days(id('Check-up'), '2026-03-02', '2026-03-08');

\echo :h'Dr. Costa works in Lisbon, an hour behind':z
SELECT to_char(starts_at, 'HH24:MI') AS in_berlin, to_char(starts_at AT TIME ZONE 'Europe/Lisbon', 'HH24:MI') AS in_lisbon
FROM quickbook.next_slots(id('Video call'), max_slots => 3);

\echo :h'Anna books 10:00 with Dr. Weber':z
SELECT id, status, starts_at, ends_at, version
FROM quickbook.create_appointment(
  patient_id => id('Anna Krüger'), provider_id => id('Dr. Weber'), service_id => id('Check-up'),
  starts_at => '2026-03-02 10:00');

\echo :h'10:00 is gone':z
SELECT string_agg(to_char(starts_at, 'HH24:MI'), '  ' ORDER BY starts_at) AS dr_weber_is_free_at
FROM quickbook.available_slots(id('Check-up'), '2026-03-02', '2026-03-03', provider_id => id('Dr. Weber'));

\echo :h'Ben wants the same time: refused, with what to do instead':z
\set ON_ERROR_STOP off
SELECT id, status
FROM quickbook.create_appointment(
  patient_id => id('Ben Yılmaz'), provider_id => id('Dr. Weber'), service_id => id('Check-up'),
  starts_at => '2026-03-02 10:00');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
\set ON_ERROR_STOP on

\echo :h'Nor is there anything in the lunch break':z
\set ON_ERROR_STOP off
SELECT id, status
FROM quickbook.create_appointment(
  patient_id => id('Ben Yılmaz'), provider_id => id('Dr. Weber'), service_id => id('Check-up'),
  starts_at => '2026-03-02 12:00');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
\set ON_ERROR_STOP on
