-- DESIGN 4, rule 4: busy time, appointments, capacity and holds.
BEGIN;
\ir lib/t.inc
SELECT t.plan(38);

-- An appointment as the API writes it, with the status and expiry that the test
-- needs; a hold may be without a patient.
CREATE FUNCTION t.appoint(patient uuid, provider uuid, service uuid, from_time timestamptz, to_time timestamptz,
	status text DEFAULT 'booked', expires_at timestamptz DEFAULT NULL, lane integer DEFAULT 0) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
	clinic uuid := (SELECT p.clinic_id FROM quickbook.provider p WHERE p.id = provider);
	made uuid := quickbook.new_id(clinic);
BEGIN
	INSERT INTO quickbook.appointment
		(id, clinic_id, patient_id, provider_id, service_id, status, starts_at, ends_at, expires_at)
	VALUES (made, clinic, patient, provider, service, status, from_time, to_time, expires_at);
	INSERT INTO quickbook.appointment_resource (appointment_id, role, provider_id, clinic_id)
	VALUES (made, 'practitioner', provider, clinic);
	INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, lane, starts_at, ends_at, expires_at)
	VALUES (clinic, made, provider, lane, from_time, to_time, expires_at);
	IF patient IS NOT NULL THEN
		INSERT INTO quickbook.allocation (clinic_id, appointment_id, patient_id, starts_at, ends_at, expires_at)
		VALUES (clinic, made, patient, from_time, to_time, expires_at);
	END IF;
	RETURN made;
END
$$;

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '1 hour', :'p') AS s \gset
SELECT t.hours(:'p', 1, '09:00', '12:00') \gset
SELECT t.patient(:'c', 'One') AS pat1 \gset
SELECT t.patient(:'c', 'Two') AS pat2 \gset
SELECT t.patient(:'c', 'Three') AS pat3 \gset
SELECT t.patient(:'c', 'Four') AS pat4 \gset
\set mon '2026-03-09 00:00+00'
\set tue '2026-03-10 00:00+00'
SAVEPOINT base;

-- Busy time.
SELECT t.busy(:'p', '2026-03-09 10:59:59+00', '2026-03-09 11:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 11:00', 'busy time takes what it meets, and it is half open');
SELECT t.busy(:'p', '2026-03-09 09:30+00', '2026-03-09 11:30+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', 'busy times may overlap');
ROLLBACK TO base;

-- Appointments.
SELECT t.book(:'pat1', :'p', :'s', '2026-03-09 10:00+00') AS a \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 11:00', 'an appointment takes its time');
SELECT t.lives(t.sql('SELECT quickbook.cancel_appointment(%L)', :'a'), 'it can be cancelled');
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:00 11:00', 'a cancelled appointment takes none');
ROLLBACK TO base;
-- The allocation is what counts, not the status.
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00', 'pending') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 11:00', 'a pending appointment takes its time');
ROLLBACK TO base;
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'s'::uuid;
SELECT t.book(:'pat1', :'p', :'s', '2026-03-09 10:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:00 11:00', 'not if pending does not block in its service');
ROLLBACK TO base;
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 10:15+00', '2026-03-09 10:16+00') \gset
SELECT t.appoint(:'pat2', :'p', :'s', '2026-03-09 10:45+00', '2026-03-09 11:15+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00', 'several appointments');
ROLLBACK TO base;
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-08 23:00+00', '2026-03-09 09:30+00') \gset
SELECT t.is(t.slots(:'s', '2026-03-09 09:00+00', :'tue'), '10:00 11:00', 'an appointment that began before the search and goes on');
ROLLBACK TO base;

-- Capacity.
UPDATE quickbook.provider SET capacity = 3 WHERE id = :'p'::uuid;
UPDATE quickbook.service SET slot_interval = '30 minutes' WHERE id = :'s'::uuid;
SELECT t.service(:'c', '90 minutes', :'p', '30 minutes') AS s90 \gset
SELECT t.service(:'c', '3 hours', :'p', '30 minutes') AS s180 \gset
SAVEPOINT three;
SELECT t.book(:'pat1', :'p', :'s', '2026-03-09 10:00+00') \gset
SELECT t.book(:'pat2', :'p', :'s', '2026-03-09 11:00+00') \gset
SELECT t.book(:'pat3', :'p', :'s90', '2026-03-09 09:30+00') \gset
-- no lane may be free from 09 to 12, and still there are never more than two
SELECT t.is(t.slots(:'s180', :'mon', :'tue'), '09:00', 'capacity 3: 10–11, 11–12 and 09:30–11 leave room for 09–12');
SELECT t.is(t.rows(:'s180', :'mon', :'tue'), 'Ada@09:00-12:00/1', 'capacity is not seats');
SELECT t.lives(t.sql('SELECT quickbook.create_appointment(%L, %L, %L, %L)', :'pat4', :'p', :'s180', '2026-03-09 09:00+00'),
	'capacity 3: ... and it can be booked');
-- now 09:00–09:30 has one, 09:30–10 two, 10–11 three, 11–12 two
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 11:00', 'capacity 3: the peak counts');
SELECT t.is(t.slots(:'s90', :'mon', :'tue'), '', 'capacity 3: ... anywhere in the appointment');
ROLLBACK TO three;
-- whatever the lanes that the appointments lie in
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 09:00+00', '2026-03-09 10:00+00', lane => 0) \gset
SELECT t.appoint(:'pat2', :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00', lane => 1) \gset
SELECT t.appoint(:'pat3', :'p', :'s', '2026-03-09 11:00+00', '2026-03-09 12:00+00', lane => 2) \gset
SELECT t.is(t.slots(:'s180', :'mon', :'tue'), '09:00', 'capacity 3: one after another in three lanes are one at a time');
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p'::uuid;
SELECT t.is(t.slots(:'s180', :'mon', :'tue'), '09:00', 'capacity 2: also after the capacity was lowered');
UPDATE quickbook.provider SET capacity = 1 WHERE id = :'p'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', 'capacity 1: and then nothing is left');
ROLLBACK TO three;
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 09:00+00', '2026-03-09 12:00+00', lane => 0) \gset
SELECT t.appoint(:'pat2', :'p', :'s', '2026-03-09 09:00+00', '2026-03-09 12:00+00', lane => 1) \gset
SELECT t.is(t.slots(:'s', :'mon', '2026-03-09 10:00+00'), '09:00 09:30', 'capacity 3: a third at the same time');
SELECT t.appoint(:'pat3', :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 10:30+00', lane => 2) \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:30 11:00', 'capacity 3: no fourth');
ROLLBACK TO three;
SELECT t.busy(:'p', '2026-03-09 10:00+00', '2026-03-09 10:30+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:30 11:00', 'busy time blocks whatever the capacity');
ROLLBACK TO three;
-- buffers count like the appointment
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p'::uuid;
UPDATE quickbook.service SET buffer_after = '30 minutes' WHERE id = :'s'::uuid;
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00', lane => 0) \gset
SELECT t.appoint(:'pat2', :'p', :'s', '2026-03-09 10:30+00', '2026-03-09 11:00+00', lane => 1) \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 11:00', 'capacity 2: buffers count to the peak');
ROLLBACK TO three;
-- appointments of any service share the capacity
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p'::uuid;
SELECT t.book(:'pat1', :'p', :'s', '2026-03-09 09:00+00') \gset
SELECT t.book(:'pat2', :'p', :'s90', '2026-03-09 09:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00 10:30 11:00', 'capacity 2: appointments of all services count');
ROLLBACK TO base;

-- Holds.
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00', 'held', '2026-03-02 08:00:01+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 11:00', 'a hold takes its time');
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat2'), '09:00 11:00', '... for another patient, too');
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat1'), '09:00 10:00 11:00', 'not for the patient whose hold it is');
SELECT t.is(t.next(:'s', patient => :'pat1'), '09:00 10:00 11:00 | 03-09 09:00 10:00 11:00 | 03-16 09:00 10:00 11:00 | 03-23 09:00',
	'... in next_slots, too');
-- another service's hold is the patient's own as well
SELECT t.service(:'c', '30 minutes', :'p') AS s30 \gset
SELECT t.is(t.slots(:'s30', :'mon', :'tue', patient => :'pat1'), '09:00 09:30 10:00 10:30 11:00 11:30', '... whatever the service');
SET LOCAL quickbook.now = '2026-03-02 08:00:02+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:00 11:00', 'an expired hold takes nothing, though nobody cleaned up');
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat1'), '09:00 10:00 11:00', '... also for its patient');
SELECT t.is((SELECT count(*)::text FROM quickbook.allocation), '2', '... its rows are still there');
ROLLBACK TO base;
SELECT t.appoint(NULL, :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00', 'held', '2026-03-02 08:10+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 11:00', 'a hold without a patient takes its time');
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat1'), '09:00 11:00', '... for every patient: it is nobody''s own');
ROLLBACK TO base;
-- an expired hold does not count to the peak, and an own one neither
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p'::uuid;
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00', 'held', '2026-03-02 07:00+00', lane => 0) \gset
SELECT t.appoint(:'pat2', :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 11:00+00', 'held', '2026-03-02 09:00+00', lane => 1) \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:00 11:00', 'capacity 2: an expired hold does not count');
SET LOCAL quickbook.now = '2026-03-02 06:00+00';
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 11:00', 'capacity 2: two live holds do');
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat2'), '09:00 10:00 11:00', 'capacity 2: one''s own does not');
ROLLBACK TO base;
-- a hold of the patient elsewhere is no reason to be busy
SELECT t.provider(:'c', open_always => true) AS q \gset
SELECT t.service(:'c', '1 hour', :'q') AS sq \gset
SELECT t.appoint(:'pat1', :'q', :'sq', '2026-03-09 10:00+00', '2026-03-09 11:00+00', 'held', '2026-03-02 09:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat1'), '09:00 10:00 11:00', 'a patient is not busy because of an own hold');
ROLLBACK TO base;
-- own hold and another's appointment at once
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 10:00+00', '2026-03-09 10:30+00', 'held', '2026-03-02 09:00+00') \gset
SELECT t.appoint(:'pat2', :'p', :'s', '2026-03-09 10:30+00', '2026-03-09 11:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue', patient => :'pat1'), '09:00 11:00', 'beside one''s own hold all else counts');
ROLLBACK TO base;
-- a provider's own capacity 1: gap anchor sees the free time of the caller
UPDATE quickbook.service SET slot_anchor = 'gap', slot_interval = '30 minutes' WHERE id = :'s'::uuid;
SELECT t.appoint(:'pat1', :'p', :'s', '2026-03-09 10:05+00', '2026-03-09 10:45+00', 'held', '2026-03-02 07:59:59+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:30 10:00 10:30 11:00', 'gap: an expired hold does not move the grid');

SELECT * FROM t.finish();
ROLLBACK;
