-- A small clinic in Berlin. Runs as the superuser, then as the clinic's owner.
\set ECHO queries
\echo :h'The extension brings the code, install() makes the tables':z
CREATE ROLE clinic_owner LOGIN;
CREATE EXTENSION quickbook CASCADE;
SELECT quickbook.install('clinic_owner');
SELECT quickbook.grant_app('clinic_owner');

\echo :h'The clock stands still, so that you see what we saw':z
ALTER DATABASE clinic SET quickbook.now = '2026-03-02 08:00+01';
ALTER DATABASE clinic SET timezone = 'Europe/Berlin';

\set ECHO none
-- The demo's own help: the id behind a name.
CREATE FUNCTION id(name text) RETURNS uuid LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT p.id FROM quickbook.provider p WHERE p.name = id.name
  UNION ALL SELECT s.id FROM quickbook.service s WHERE s.name = id.name
  UNION ALL SELECT q.id FROM quickbook.patient q WHERE q.name = id.name;
END;

\connect - clinic_owner
\echo :h'A clinic is rows in ordinary tables':z
\set ECHO queries
INSERT INTO quickbook.clinic (name, time_zone) VALUES ('Praxis am Park', 'Europe/Berlin');

INSERT INTO quickbook.provider (clinic_id, name, kind, time_zone, open_always)
SELECT c.id, v.*
FROM quickbook.clinic c, (VALUES
  ('Dr. Weber', 'practitioner', NULL, false),
  ('Dr. Nowak', 'practitioner', NULL, false),
  ('Dr. Costa', 'practitioner', 'Europe/Lisbon', false),
  ('Room 1', 'room', NULL, true),
  ('Room 2', 'room', NULL, true)) v;

INSERT INTO quickbook.service (clinic_id, name, duration, buffer_after)
SELECT c.id, v.name, v.duration::interval, v.buffer_after::interval
FROM quickbook.clinic c, (VALUES
  ('Check-up', '30 min', '0'),
  ('Vaccination', '10 min', '5 min'),
  ('Ultrasound', '45 min', '15 min'),
  ('Video call', '20 min', '0')) v (name, duration, buffer_after);

\set ECHO none
INSERT INTO quickbook.service_provider (service_id, provider_id, role)
SELECT id(v.service), id(v.provider), v.role
FROM (VALUES
  ('Check-up', 'Dr. Weber', 'practitioner'),
  ('Check-up', 'Dr. Nowak', 'practitioner'),
  ('Vaccination', 'Dr. Weber', 'practitioner'),
  ('Vaccination', 'Dr. Nowak', 'practitioner'),
  ('Ultrasound', 'Dr. Nowak', 'practitioner'),
  ('Ultrasound', 'Room 1', 'room'),
  ('Ultrasound', 'Room 2', 'room'),
  ('Video call', 'Dr. Costa', 'practitioner')) v (service, provider, role);

-- Dr. Weber has lunch at noon; Dr. Costa's hours are Lisbon's.
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
SELECT id(v.provider), d, v.start_time::time, v.end_time::time
FROM (VALUES
  ('Dr. Weber', '{1,2,3,4,5}'::int[], '09:00', '12:00'),
  ('Dr. Weber', '{1,2,3,4}', '13:00', '16:00'),
  ('Dr. Nowak', '{1,3,5}', '08:30', '14:00'),
  ('Dr. Costa', '{1,2,3}', '10:00', '12:00')) v (provider, weekdays, start_time, end_time),
  unnest(v.weekdays) d;

INSERT INTO quickbook.time_off (clinic_id, during, reason)
SELECT id, '[2026-03-06 00:00, 2026-03-07 00:00)', 'team day' FROM quickbook.clinic;

INSERT INTO quickbook.patient (clinic_id, name, email)
SELECT c.id, v.*
FROM quickbook.clinic c, (VALUES
  ('Anna Krüger', 'anna@example.org'),
  ('Ben Yılmaz', 'ben@example.org'),
  ('Clara Sand', 'clara@example.org')) v;

\echo 'Who does what, who works when (Friday is a team day), and three patients: loaded likewise.'
\echo
SELECT p.name, p.kind, coalesce(p.time_zone, c.time_zone) AS zone,
  CASE WHEN p.open_always THEN 'always' ELSE (
    SELECT string_agg(format('%s %s–%s', h.days, to_char(h.start_time, 'HH24:MI'), to_char(h.end_time, 'HH24:MI')),
      ', ' ORDER BY h.start_time)
    FROM (
      SELECT start_time, end_time,
        string_agg((array['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'])[weekday], ' ' ORDER BY weekday) AS days
      FROM quickbook.working_hours w WHERE w.provider_id = p.id GROUP BY 1, 2) h) END AS open
FROM quickbook.provider p JOIN quickbook.clinic c ON c.id = p.clinic_id
ORDER BY p.kind, p.name;
