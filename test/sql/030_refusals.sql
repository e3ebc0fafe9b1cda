-- What the caller of a booking reads when it is refused: in full, word by word.
SET quickbook.now = '2026-03-02 08:00+01';
SET timezone = 'Europe/Berlin';
\set SHOW_CONTEXT never
\set doctor '00000000-0000-7000-8000-00000000d0c1'
\set visit '00000000-0000-7000-8000-00000000a0c1'
\set anna '00000000-0000-7000-8000-0000000010c1'
\set ben '00000000-0000-7000-8000-0000000020c1'
INSERT INTO quickbook.patient (id, clinic_id, name) VALUES
	(:'anna', '00000000-0000-7000-8000-0000000000c1', 'Anna'), (:'ben', '00000000-0000-7000-8000-0000000000c1', 'Ben');
INSERT INTO quickbook.service_provider (service_id, provider_id) VALUES (:'visit', :'doctor');
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time) VALUES (:'doctor', 1, '09:00', '12:00');
UPDATE quickbook.service SET min_notice = '2 hours', horizon_days = 14 WHERE id = :'visit';

\set VERBOSITY default
SELECT status, starts_at FROM quickbook.create_appointment(:'anna', :'doctor', :'visit', '2026-03-02 10:30');
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', '2026-03-02 10:30');
\echo :SQLSTATE
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', '2026-03-02 12:00');
\echo :SQLSTATE
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', '2026-03-02 11:10');
\echo :SQLSTATE
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', '2026-03-02 09:30');
\echo :SQLSTATE
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', '2026-03-23 10:00');
\echo :SQLSTATE
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', NULL);
\echo :SQLSTATE
SELECT quickbook.create_appointment(:'ben', '00000000-0000-7000-8000-00000000ffff', :'visit', '2026-03-02 11:00');
\echo :SQLSTATE
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', '2026-03-02 11:00', override => ARRAY['lunch']);
\echo :SQLSTATE
SELECT quickbook.create_appointment_local(:'ben', :'doctor', :'visit', '2026-03-29', '02:30');
\echo :SQLSTATE
SELECT quickbook.create_appointment_local(:'ben', :'doctor', :'visit', '2026-10-25', '02:30');
\echo :SQLSTATE
UPDATE quickbook.provider SET active = false WHERE id = :'doctor';
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', '2026-03-02 11:00');
\echo :SQLSTATE
UPDATE quickbook.provider SET active = true WHERE id = :'doctor';

-- a gateway asks for HTTP statuses
SET quickbook.error_style = http;
SELECT quickbook.create_appointment(:'ben', :'doctor', :'visit', '2026-03-02 10:30');
\echo :SQLSTATE
RESET quickbook.error_style;

-- nothing was left behind
SELECT count(*) FROM quickbook.appointment;
SELECT type FROM quickbook.event ORDER BY seq;

-- why not? each rule answers
SELECT * FROM quickbook.explain_slot(:'visit', :'doctor', '2026-03-02 10:45', :'ben');
