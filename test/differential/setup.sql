--
-- Bookings by the API for the rounds of Generator.pm. What comes of them is in the
-- tables, where quickbook and the oracle both find it.
--
CREATE SCHEMA IF NOT EXISTS oracle;

-- One start on the raster, of those that are offered now.
CREATE FUNCTION oracle.offered(service uuid, lo timestamptz, hi timestamptz, raster interval, nth integer)
RETURNS quickbook.available_slot
LANGUAGE plpgsql STABLE AS $$
DECLARE
	slots quickbook.available_slot[] := ARRAY(SELECT q FROM quickbook.available_slots(service, lo, hi) q
		WHERE extract(epoch FROM q.starts_at) % extract(epoch FROM raster) = 0);
BEGIN
	RETURN slots[1 + nth % nullif(cardinality(slots), 0)];
END
$$;

-- What the deed says, if the rules allow it.
CREATE FUNCTION oracle.deed(patient uuid, provider uuid, service uuid, start timestamptz, deed text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	made quickbook.appointment_info;
BEGIN
	IF deed LIKE 'hold %' THEN
		PERFORM quickbook.hold_appointment(patient, provider, service, start, hold_for => substr(deed, 6)::interval);
	ELSIF deed = 'confirm' THEN
		made := quickbook.hold_appointment(patient, provider, service, start);
		PERFORM quickbook.confirm_appointment(made.id);
	ELSE
		made := quickbook.create_appointment(patient, provider, service, start,
			override => CASE WHEN deed = 'ask' THEN '{}' ELSE '{policy}' END::text[]);
		IF deed = 'cancel' THEN
			PERFORM quickbook.cancel_appointment(made.id);
		END IF;
	END IF;
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE NOT LIKE '23%' THEN
		RAISE;
	END IF;
END
$$;

-- The deeds of some patients, one after the other, at the nth start offered.
CREATE FUNCTION oracle.book(service uuid, lo timestamptz, hi timestamptz, raster interval, nth integer,
	patients uuid[], deeds text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	slot quickbook.available_slot := oracle.offered(service, lo, hi, raster, nth);
BEGIN
	FOR i IN 1 .. CASE WHEN slot IS NULL THEN 0 ELSE cardinality(deeds) END LOOP
		PERFORM oracle.deed(patients[i], slot.provider_id, service, slot.starts_at, deeds[i]);
	END LOOP;
END
$$;
