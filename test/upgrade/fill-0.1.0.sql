-- A clinic with something in every table, made by the functions of 0.1.0. The
-- dump beside this file is what pg_dump wrote of it; see README in test/.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET timezone = 'UTC';
SET quickbook.now = '2030-01-06 12:00+00';
SET quickbook.password_cost = 4;
\set clinic 00000000-0000-7000-8000-00000000c000
\set other 00000000-0000-7000-8000-00000000c001
\set doctor 00000000-0000-7000-8000-00000000d001
\set room 00000000-0000-7000-8000-00000000d002
\set coach 00000000-0000-7000-8000-00000000d003
\set visit 00000000-0000-7000-8000-00000000e001
\set class 00000000-0000-7000-8000-00000000e002
\set asked 00000000-0000-7000-8000-00000000e003
\set ann 00000000-0000-7000-8000-00000000a001
\set ben 00000000-0000-7000-8000-00000000a002
\set cia 00000000-0000-7000-8000-00000000a003
\set dan 00000000-0000-7000-8000-00000000a004

INSERT INTO quickbook.clinic (id, name, time_zone) VALUES
	(:'clinic', 'Praxis "A"', 'Europe/Berlin'), (:'other', 'Elsewhere', 'Pacific/Apia');
INSERT INTO quickbook.provider (id, clinic_id, name, kind, open_always, capacity) VALUES
	(:'doctor', :'clinic', 'Dr. O''Hara', 'practitioner', false, 1),
	(:'room', :'clinic', 'Saal', 'room', true, 2),
	(:'coach', :'clinic', 'Coach', 'practitioner', true, 2);
INSERT INTO quickbook.service (id, clinic_id, name, duration, buffer_after, bookable_during, seats, requires_approval) VALUES
	(:'visit', :'clinic', 'Visit', '30 min', '5 min', '[2029-01-01,2035-01-01)', 1, false),
	(:'class', :'clinic', 'Class', '1 hour', '0', NULL, 3, false),
	(:'asked', :'clinic', 'Second opinion', '1 hour', '0', NULL, 1, true);
INSERT INTO quickbook.service_provider (service_id, provider_id, role) VALUES
	(:'visit', :'doctor', 'practitioner'), (:'visit', :'room', 'room'),
	(:'class', :'coach', 'practitioner'), (:'class', :'room', 'room'), (:'asked', :'coach', 'practitioner');
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
	SELECT :'doctor', d, '09:00', '17:00' FROM generate_series(1, 5) AS d;
INSERT INTO quickbook.date_override (provider_id, on_date) VALUES (:'doctor', '2030-01-08');
INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (:'doctor', '[2030-02-01,2030-02-08)', 'Asia/Tokyo');
INSERT INTO quickbook.time_off (clinic_id, during, reason) VALUES (:'clinic', '[2030-01-21,2030-01-22)', 'holiday');
INSERT INTO quickbook.busy_time (provider_id, during, source) VALUES
	(:'doctor', '[2030-01-14 10:00+00,2030-01-14 12:00+00)', 'ics');
INSERT INTO quickbook.booking_limit (clinic_id, period, max_count) VALUES (:'clinic', 'day', 20);
INSERT INTO quickbook.patient (id, clinic_id, name, email) VALUES
	(:'ann', :'clinic', 'Ann', 'ann@example.org'), (:'ben', :'clinic', E'Ben \\ tab\t', NULL),
	(:'cia', :'clinic', 'Cia', 'cia@example.org'), (:'dan', :'clinic', 'Dan', NULL);
INSERT INTO quickbook.message_template (clinic_id, name, subject, body) VALUES
	(:'clinic', 'News', '{{date}}', 'Dear {{patient_name}}');
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, template_id)
	SELECT clinic_id, 'booked', id FROM quickbook.message_template;
SELECT quickbook.create_consumer('broker') \g /dev/null

-- one of each status
SELECT id AS a1 FROM quickbook.create_appointment(:'ann', :'doctor', :'visit', '2030-01-07 08:00+00', 'key-1', 'a note', '{"a": [1, null]}') \gset
SELECT id AS a2 FROM quickbook.create_appointment(:'ben', :'doctor', :'visit', '2030-01-07 09:00+00') \gset
SELECT quickbook.reschedule_appointment(:'a2', '2030-01-07 11:00+00') \g /dev/null
SELECT id AS a3 FROM quickbook.create_appointment(:'ben', :'doctor', :'visit', '2030-01-07 10:00+00') \gset
SELECT quickbook.cancel_appointment(:'a3', 'ill') \g /dev/null
SELECT quickbook.create_appointment(:'cia', NULL, :'asked', '2030-01-07 13:00+00') \g /dev/null
SELECT quickbook.hold_appointment(:'dan', :'doctor', :'visit', '2030-01-09 09:00+00', hold_for => '1 day') \g /dev/null
SELECT quickbook.hold_appointment(NULL, :'doctor', :'visit', '2030-01-09 10:00+00', 'key-for-a-hold', hold_for => '1 day') \g /dev/null
SELECT id AS a4 FROM quickbook.create_appointment(:'dan', :'doctor', :'visit', '2030-01-10 10:00+00') \gset
SELECT quickbook.set_appointment_status(:'a4', 'entered-in-error') \g /dev/null

-- groups: one with three seats of all kinds, one that was emptied, one to which
-- an undo of 0.1.0 tied a seat without time
SELECT quickbook.create_appointment(:'ann', :'coach', :'class', '2030-01-11 09:00+00') \g /dev/null
SELECT id AS a5 FROM quickbook.create_appointment(:'ben', :'coach', :'class', '2030-01-11 09:00+00') \gset
SELECT quickbook.set_appointment_status(:'a5', 'arrived') \g /dev/null
SELECT quickbook.hold_appointment(:'cia', :'coach', :'class', '2030-01-11 09:00+00', hold_for => '2 days') \g /dev/null
SELECT id AS a6 FROM quickbook.create_appointment(:'dan', :'coach', :'class', '2030-01-12 09:00+00') \gset
SELECT quickbook.cancel_appointment(:'a6') \g /dev/null
SELECT id AS a7 FROM quickbook.create_appointment(:'ann', :'coach', :'class', '2030-01-13 09:00+00') \gset
SELECT quickbook.cancel_appointment(:'a7') \g /dev/null
SELECT quickbook.hold_appointment(:'ann', :'coach', :'class', '2030-01-13 09:00+00', hold_for => '1 day') \g /dev/null
SELECT quickbook.set_appointment_status(:'a7', 'booked') \g /dev/null

-- what is past by now: done, missed, a class, a hold that nobody closed
SET quickbook.now = '2029-12-03 07:00+00';
SELECT id AS p1 FROM quickbook.create_appointment(:'ann', :'doctor', :'visit', '2029-12-03 09:00+00') \gset
SELECT id AS p2 FROM quickbook.create_appointment(:'ben', :'doctor', :'visit', '2029-12-03 10:00+00') \gset
SELECT quickbook.create_appointment(:'cia', :'coach', :'class', '2029-12-03 09:00+00') \g /dev/null
SELECT quickbook.hold_appointment(:'dan', :'doctor', :'visit', '2029-12-03 11:00+00', hold_for => '10 min') \g /dev/null
SET quickbook.now = '2029-12-03 10:10+00';
SELECT quickbook.set_appointment_status(:'p1', 'fulfilled') \g /dev/null
SELECT quickbook.set_appointment_status(:'p2', 'noshow') \g /dev/null

SET quickbook.now = '2030-01-06 12:00+00';
SELECT quickbook.create_account('desk@example.org', 'staff', :'clinic', password => 'correct horse') \g /dev/null
SELECT quickbook.create_account('doctor@example.org', 'provider', :'clinic', provider_id => :'doctor') \g /dev/null
SELECT quickbook.sign_up('new@example.org', 'correct horse', 'Newcomer', :'clinic') \g /dev/null
SELECT quickbook.sign_in('desk@example.org', 'correct horse', :'clinic') \g /dev/null
SELECT quickbook.request_password_reset('desk@example.org', :'clinic') \g /dev/null
SELECT quickbook.ack_events('broker', (SELECT max(position) FROM quickbook.fetch_events('broker', 5))) \g /dev/null
SELECT quickbook.claim_notifications('email') \g /dev/null
