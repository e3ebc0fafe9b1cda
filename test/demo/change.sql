\set ECHO queries
\echo :h'Ben takes anybody who is free at 10:00':z
SELECT a.status, a.starts_at, p.name AS provider
FROM quickbook.create_appointment(
  patient_id => id('Ben Yılmaz'), provider_id => NULL, service_id => id('Check-up'),
  starts_at => '2026-03-02 10:00') a
JOIN quickbook.provider p ON p.id = a.provider_id;

\echo :h'An ultrasound takes a practitioner and a room: one call finds both':z
SELECT status, starts_at, ends_at
FROM quickbook.create_appointment(
  patient_id => id('Clara Sand'), provider_id => NULL, service_id => id('Ultrasound'),
  starts_at => '2026-03-02 11:30');

SELECT r.role, p.name
FROM quickbook.appointment_resource r
JOIN quickbook.appointment a ON a.id = r.appointment_id
JOIN quickbook.provider p ON p.id = r.provider_id
WHERE a.patient_id = id('Clara Sand')
ORDER BY r.role;

\set ECHO none
SELECT id AS anna FROM quickbook.appointment WHERE patient_id = id('Anna Krüger') \gset
SELECT id AS ben FROM quickbook.appointment WHERE patient_id = id('Ben Yılmaz') \gset
\set ECHO queries
\echo :h'Anna moves to the afternoon: the same appointment, its next version':z
SELECT id, status, starts_at, version, sequence
FROM quickbook.reschedule_appointment(:'anna', starts_at => '2026-03-02 14:30');

\echo :h'Ben cancels, and his time is free again':z
SELECT id, status, cancel_reason, cancelled_by, late
FROM quickbook.cancel_appointment(:'ben', reason => 'feeling better');

\echo :h'Clara asks for Dr. Weber at noon. Why is that not offered?':z
SELECT rule, passed, detail
FROM quickbook.explain_slot(
  service_id => id('Check-up'), provider_id => id('Dr. Weber'),
  starts_at => '2026-03-02 12:00', patient_id => id('Clara Sand'));

\echo :h'Dr. Weber may be away this afternoon. Who would have to be called?':z
BEGIN;
INSERT INTO quickbook.time_off (clinic_id, provider_id, during)
SELECT clinic_id, id, '[2026-03-02 14:00, 2026-03-02 18:00)' FROM quickbook.provider WHERE name = 'Dr. Weber';
SELECT p.name AS patient, a.starts_at, a.detail
FROM quickbook.affected_appointments(id('Dr. Weber')) a JOIN quickbook.patient p ON p.id = a.patient_id;
ROLLBACK;

\echo :h'Two more bookings':z
SELECT a.status, to_char(a.starts_at, 'HH24:MI') AS starts_at, to_char(a.ends_at, 'HH24:MI') AS ends_at
FROM (VALUES ('Ben Yılmaz', 'Video call', timestamptz '2026-03-02 11:20'),
             ('Anna Krüger', 'Vaccination', '2026-03-02 09:00')) v (patient, service, starts_at),
  quickbook.create_appointment(id(v.patient), NULL, id(v.service), v.starts_at) a;

\echo :h'The log holds every change, and who made it':z
SELECT type, data->>'starts_at' AS starts_at, data->'changed'->>'starts_at' AS was, data->'actor'->>'role' AS by
FROM quickbook.event
ORDER BY seq;

\echo :h'The day, ten minutes a letter: A, B and C are patients, + is a buffer, . is free':z
SELECT p.name AS "2 March",
  string_agg(coalesce(l.letter, CASE f.kind WHEN 'free' THEN '.' ELSE ' ' END), '' ORDER BY t)
    AS "08    09    10    11    12    13    14    15    "
FROM quickbook.provider p
CROSS JOIN generate_series(timestamptz '2026-03-02 08:00', '2026-03-02 15:50', '10 minutes') t
LEFT JOIN quickbook.free_busy(p.id, '2026-03-02 08:00', '2026-03-02 16:00') f ON f.starts_at <= t AND t < f.ends_at
LEFT JOIN LATERAL (
  SELECT CASE WHEN t < a.ends_at THEN left(patient.name, 1) ELSE '+' END AS letter
  FROM quickbook.allocation l
  JOIN quickbook.appointment a ON a.id = l.appointment_id
  JOIN quickbook.patient ON patient.id = a.patient_id
  WHERE l.provider_id = p.id AND l.starts_at <= t AND t < l.ends_at) l ON true
GROUP BY p.id, p.kind, p.name
ORDER BY p.kind, p.name;
