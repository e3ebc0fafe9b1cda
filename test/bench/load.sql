-- 1,000 providers, each booked to 70 % for six months: about 1.4 million
-- appointments.  The constraint is put back after the load, as a restore does.
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE EXTENSION quickbook CASCADE;
CREATE ROLE clinic_owner;
SELECT quickbook.install('clinic_owner');
INSERT INTO quickbook.clinic (id, name, time_zone)
	VALUES ('00000000-0000-7000-8000-0000000000c1', 'Clinic', 'Europe/Berlin');
INSERT INTO quickbook.service (id, clinic_id, name, duration)
	VALUES ('00000000-0000-7000-8000-00000000a0c1', '00000000-0000-7000-8000-0000000000c1', 'Visit', '30 minutes');
-- ids by number, so that the clients can compute them; a minute apart, as if
-- new_id() had made them, since btree_gist sees only the first half of an id
CREATE FUNCTION provider(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
	RETURN (lpad(to_hex(1735689600000 + n * 60000), 12, '0') || '70008002' || lpad(to_hex(n), 8, '0') || '00c1')::uuid;
CREATE FUNCTION patient(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
	RETURN (lpad(to_hex(1767225600000 + n * 60000), 12, '0') || '70008001' || lpad(to_hex(n), 8, '0') || '00c1')::uuid;
INSERT INTO quickbook.provider (id, clinic_id, name)
	SELECT provider(n), '00000000-0000-7000-8000-0000000000c1', 'Provider ' || n FROM generate_series(0, :providers - 1) n;
INSERT INTO quickbook.patient (id, clinic_id, name)
	SELECT patient(n), '00000000-0000-7000-8000-0000000000c1', 'Patient ' || n FROM generate_series(0, 999) n;
INSERT INTO quickbook.service_provider (service_id, provider_id)
	SELECT '00000000-0000-7000-8000-00000000a0c1', id FROM quickbook.provider;
-- 11 slots of half an hour on every day
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
	SELECT id, weekday, '09:00', '14:30' FROM quickbook.provider, generate_series(1, 7) weekday;

-- 70 of 100 half hours are taken; what follows these six months is free
ALTER TABLE quickbook.allocation DROP CONSTRAINT allocation_no_overlap;
SET session_replication_role = replica;
SELECT setseed(0.5);
CREATE TEMP TABLE taken AS
	SELECT quickbook.new_id('00000000-0000-7000-8000-0000000000c1') AS id, provider(n) AS provider_id,
		patient(n % 1000) AS patient_id,
		(timestamp '2026-03-02 09:00' + day * interval '1 day' + slot * interval '30 minutes') AT TIME ZONE 'Europe/Berlin' AS starts_at
	FROM generate_series(0, :providers - 1) n, generate_series(0, 183) day, generate_series(0, 10) slot
	WHERE random() < 0.7;
INSERT INTO quickbook.appointment (id, clinic_id, patient_id, service_id, provider_id, status, starts_at, ends_at)
	SELECT id, '00000000-0000-7000-8000-0000000000c1', patient_id, '00000000-0000-7000-8000-00000000a0c1', provider_id,
		'booked', starts_at, starts_at + interval '30 minutes' FROM taken;
INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, starts_at, ends_at)
	SELECT '00000000-0000-7000-8000-0000000000c1', id, provider_id, starts_at, starts_at + interval '30 minutes' FROM taken;
RESET session_replication_role;
ALTER TABLE quickbook.allocation ADD CONSTRAINT allocation_no_overlap EXCLUDE USING gist (
	calendar_id WITH =, lane WITH =, tstzrange(starts_at, ends_at) WITH &&);

-- the other side of "create" and "race": the same constraint and nothing else
CREATE TABLE plain (calendar_id uuid NOT NULL, lane smallint NOT NULL DEFAULT 0,
	starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL);
INSERT INTO plain SELECT calendar_id, lane, starts_at, ends_at FROM quickbook.allocation;
ALTER TABLE plain ADD CONSTRAINT plain_no_overlap EXCLUDE USING gist (
	calendar_id WITH =, lane WITH =, tstzrange(starts_at, ends_at) WITH &&);

-- a provider of its own for the race: four starts, a quarter of an hour apart, overlap
INSERT INTO quickbook.provider (id, clinic_id, name)
	VALUES ('00000000-0000-7000-8000-00000000b0c1', '00000000-0000-7000-8000-0000000000c1', 'Race');
INSERT INTO quickbook.service (id, clinic_id, name, duration, slot_interval)
	VALUES ('00000000-0000-7000-8000-00000000e0c1', '00000000-0000-7000-8000-0000000000c1', 'Hour', '1 hour', '15 minutes');
INSERT INTO quickbook.service_provider (service_id, provider_id)
	VALUES ('00000000-0000-7000-8000-00000000e0c1', '00000000-0000-7000-8000-00000000b0c1');
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
	SELECT '00000000-0000-7000-8000-00000000b0c1', weekday, '09:00', '17:00' FROM generate_series(1, 7) weekday;

-- Both sides of the race: book one of the four starts; who has it gives it back
-- in a transaction of its own, so that the race goes on.
CREATE PROCEDURE race_quickbook() LANGUAGE plpgsql AS $$
DECLARE
	from_time timestamptz := '2026-10-05 10:00 Europe/Berlin'::timestamptz + floor(random() * 4) * interval '15 minutes';
	booking uuid;
BEGIN
	BEGIN
		booking := (quickbook.create_appointment(patient((random() * 999)::bigint), '00000000-0000-7000-8000-00000000b0c1',
			'00000000-0000-7000-8000-00000000e0c1', from_time)).id;
	EXCEPTION WHEN exclusion_violation THEN
	END;
	COMMIT;
	IF booking IS NOT NULL THEN
		PERFORM quickbook.cancel_appointment(booking);
	END IF;
END $$;
CREATE PROCEDURE race_plain() LANGUAGE plpgsql AS $$
DECLARE
	from_time timestamptz := '2026-10-05 10:00 Europe/Berlin'::timestamptz + floor(random() * 4) * interval '15 minutes';
	booked boolean := false;
BEGIN
	BEGIN
		INSERT INTO plain VALUES ('00000000-0000-7000-8000-00000000b0c1', 0, from_time, from_time + interval '1 hour');
		booked := true;
	EXCEPTION WHEN exclusion_violation THEN
	END;
	COMMIT;
	IF booked THEN
		DELETE FROM plain WHERE calendar_id = '00000000-0000-7000-8000-00000000b0c1' AND starts_at = from_time;
	END IF;
END $$;
CREATE SEQUENCE next_booking;
CREATE SEQUENCE next_plain;
VACUUM ANALYZE;
