-- What a database with the rows of dump-0.1.0.sql answers: recorded on 0.1.0
-- (answers-0.1.0.out), and the same ever after. The calls are those that the
-- manual of 0.1.0 shows, by position and by name.
\set ON_ERROR_STOP on
\pset format unaligned
\pset footer off
SET timezone = 'UTC';
SET quickbook.now = '2030-01-06 12:00+00';
\set clinic 00000000-0000-7000-8000-00000000c000
\set doctor 00000000-0000-7000-8000-00000000d001
\set room 00000000-0000-7000-8000-00000000d002
\set coach 00000000-0000-7000-8000-00000000d003
\set visit 00000000-0000-7000-8000-00000000e001
\set class 00000000-0000-7000-8000-00000000e002
\set ann 00000000-0000-7000-8000-00000000a001
\set dan 00000000-0000-7000-8000-00000000a004
SELECT provider_id, starts_at, ends_at, seats_left FROM quickbook.available_slots(:'visit', '2030-01-07', '2030-01-11');
SELECT starts_at, seats_left FROM quickbook.available_slots(:'class', '2030-01-11 08:00+00', '2030-01-11 12:00+00', :'coach', patient_id => :'dan');
SELECT starts_at FROM quickbook.next_slots(:'visit', max_slots => 3);
SELECT starts_at FROM quickbook.next_slots(:'visit', '2030-01-09', 3, :'doctor', :'dan');
SELECT day, slots FROM quickbook.available_days(:'visit', '2030-01-06', '2030-01-15');
SELECT rule, passed, detail FROM quickbook.explain_slot(:'visit', :'doctor', '2030-01-07 08:00+00');
SELECT starts_at, ends_at, kind FROM quickbook.free_busy(:'doctor', '2030-01-07', '2030-01-09');
SELECT rule, detail FROM quickbook.affected_appointments(:'doctor');
SELECT patient_id, service_id, provider_id, status, seat, starts_at, ends_at, expires_at, version, sequence, notes, details, cancel_reason, cancelled_by, late
FROM quickbook.list_appointments('2029-01-01', '2031-01-01');
SELECT status, notes FROM quickbook.get_appointment((SELECT id FROM quickbook.appointment WHERE idempotency_key = 'key-1'));
SELECT position, type, data->>'status' AS status FROM quickbook.fetch_events('broker', 100);
SELECT name, position, lag_events FROM quickbook.consumer_status();
SELECT email, role, disabled FROM quickbook.account ORDER BY email;
-- and what is changed by calls of that manual
BEGIN;
SELECT status FROM quickbook.create_appointment(:'ann', :'doctor', :'visit', '2030-01-09 12:00+00', 'new', 'note', '{"b": 1}', ARRAY['notice']);
SELECT status FROM quickbook.create_appointment(:'ann', :'doctor', :'visit', '2030-01-07 08:00+00', 'key-1', 'a note', '{"a": [1, null]}');
SELECT status FROM quickbook.create_appointment_local(:'ann', :'doctor', :'visit', '2030-01-09', '15:00', 'local');
SELECT status FROM quickbook.hold_appointment(:'dan', :'doctor', :'visit', '2030-01-10 12:00+00', 'held', NULL, NULL, '5 minutes');
SELECT status FROM quickbook.confirm_appointment((SELECT id FROM quickbook.appointment WHERE idempotency_key = 'held'), :'dan');
SELECT status, starts_at FROM quickbook.reschedule_appointment((SELECT id FROM quickbook.appointment WHERE idempotency_key = 'new'), '2030-01-10 13:00+00', :'doctor', 1);
SELECT status, cancel_reason FROM quickbook.cancel_appointment((SELECT id FROM quickbook.appointment WHERE idempotency_key = 'new'), 'changed my mind', 2);
SELECT status FROM quickbook.set_appointment_status((SELECT id FROM quickbook.appointment WHERE idempotency_key = 'key-1'), 'arrived', 1);
SELECT notes FROM quickbook.update_appointment((SELECT id FROM quickbook.appointment WHERE idempotency_key = 'key-1'), 'another', NULL, 2);
SELECT kind FROM quickbook.whoami();
ROLLBACK;
