-- Step 2: what 0.2.0 changes about the tables. A fresh install takes it too, so
-- that there is one road to each version. Rows are read, changed and compared
-- (a foreign key is) by schema_as_owner(): the tables' owner may have hung
-- triggers on them, or statistics of expressions, which any statement evaluates.
CREATE FUNCTION quickbook_internal.schema_step_2() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $step$
BEGIN
	-- Ordinary columns: a publication of a table with generated columns in its key
	-- stops every UPDATE and DELETE from PostgreSQL 18 on, and its subscriber before.
	-- The clinic is in the key, for seats that refer to it, and for publications
	-- that are filtered by clinic.
	ALTER TABLE quickbook.allocation
		ALTER COLUMN owner_id DROP EXPRESSION,
		ALTER COLUMN calendar_id DROP EXPRESSION,
		DROP CONSTRAINT allocation_pkey,
		ADD CONSTRAINT allocation_pkey PRIMARY KEY (owner_id, calendar_id, clinic_id),
		DROP CONSTRAINT allocation_has_one_owner_one_calendar_and_a_finite_length,
		ADD CONSTRAINT allocation_has_one_owner_one_calendar_and_a_finite_length CHECK (
			(appointment_id IS NULL) <> (session_id IS NULL) AND (provider_id IS NULL) <> (patient_id IS NULL)
			AND owner_id = coalesce(appointment_id, session_id) AND calendar_id = coalesce(provider_id, patient_id)
			AND lane >= 0 AND starts_at < ends_at AND isfinite(starts_at) AND isfinite(ends_at));

	-- Whose a key is; '' for those of 0.1.0, which were the clinic's.
	ALTER TABLE quickbook.appointment ADD COLUMN idempotency_scope text NOT NULL DEFAULT '';
	DROP INDEX quickbook.appointment_clinic_id_idempotency_key_idx;
	CREATE UNIQUE INDEX appointment_clinic_id_idempotency_key_idx
		ON quickbook.appointment (clinic_id, idempotency_key, idempotency_scope) WHERE idempotency_key IS NOT NULL;

	-- Messages to accounts, which anybody can have queued, have indexes of their own.
	DROP INDEX quickbook.notification_channel_due_at_idx;
	CREATE INDEX notification_channel_due_at_idx ON quickbook.notification (channel, due_at)
		WHERE status = 'queued' AND purpose IS NULL;
	CREATE INDEX notification_due_at_of_account_idx ON quickbook.notification (channel, due_at)
		WHERE status = 'queued' AND purpose IS NOT NULL;
	CREATE INDEX notification_waiting_of_account_idx ON quickbook.notification (clinic_id, purpose)
		WHERE status = 'queued' AND purpose IS NOT NULL;

	-- How many holds may be live at once.
	ALTER TABLE quickbook.clinic
		ADD COLUMN max_anonymous_holds integer NOT NULL DEFAULT 50
			CONSTRAINT clinic_max_anonymous_holds_is_not_negative CHECK (max_anonymous_holds >= 0),
		ADD COLUMN max_patient_holds integer NOT NULL DEFAULT 5
			CONSTRAINT clinic_max_patient_holds_is_not_negative CHECK (max_patient_holds >= 0);
	ALTER TABLE quickbook.service
		ADD COLUMN max_anonymous_holds integer
			CONSTRAINT service_max_anonymous_holds_is_not_negative CHECK (max_anonymous_holds >= 0);

	-- A seat that counts refers to the time of its session on the lead's calendar,
	-- so that none can be without. One that is past may have lost it to purging.
	ALTER TABLE quickbook.appointment
		ADD COLUMN seated_session_id uuid,
		ADD COLUMN seat_released_at timestamptz;
	-- sessions that lost their time under a seat get it back where it is free: one
	-- after the other, since two may want the same, and each all of it or nothing
	PERFORM quickbook_internal.schema_as_owner($sql$
		DO $do$
		DECLARE
			lost record;
		BEGIN
			FOR lost IN SELECT DISTINCT ON (a.session_id) a.session_id, a.clinic_id, a.id AS appointment_id,
					s.starts_at - v.buffer_before AS starts_at, s.ends_at + v.buffer_after AS ends_at,
					(SELECT CASE WHEN bool_and(h.status = 'held') THEN max(h.expires_at) END FROM quickbook.appointment h
						WHERE h.session_id = a.session_id
						AND h.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')) AS expires_at
				FROM quickbook.appointment a JOIN quickbook.session s ON s.id = a.session_id
					JOIN quickbook.service v ON v.id = s.service_id
				WHERE a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
					AND a.ends_at > statement_timestamp() AND NOT EXISTS (SELECT FROM quickbook.allocation l
						WHERE l.owner_id = a.session_id AND l.calendar_id = a.provider_id)
				ORDER BY a.session_id, a.id
			LOOP
				WITH wanted AS (
					SELECT r.provider_id, (SELECT min(n) FROM generate_series(0, p.capacity - 1) AS n
						WHERE NOT EXISTS (SELECT FROM quickbook.allocation o WHERE o.calendar_id = r.provider_id AND o.lane = n
							AND o.owner_id <> lost.session_id
							AND tstzrange(o.starts_at, o.ends_at) && tstzrange(lost.starts_at, lost.ends_at))) AS lane
					FROM quickbook.appointment_resource r JOIN quickbook.provider p ON p.id = r.provider_id
					WHERE r.appointment_id = lost.appointment_id)
				INSERT INTO quickbook.allocation (clinic_id, session_id, owner_id, provider_id, calendar_id, lane, starts_at, ends_at, expires_at)
				SELECT lost.clinic_id, lost.session_id, lost.session_id, w.provider_id, w.provider_id, w.lane, lost.starts_at, lost.ends_at,
					lost.expires_at
				FROM wanted w WHERE NOT EXISTS (SELECT FROM wanted x WHERE x.lane IS NULL)
				ON CONFLICT DO NOTHING;
			END LOOP;
			FOR lost IN SELECT a.id FROM quickbook.appointment a
				WHERE a.session_id IS NOT NULL AND a.ends_at > statement_timestamp()
					AND a.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
					AND NOT EXISTS (SELECT FROM quickbook.allocation l WHERE l.owner_id = a.session_id AND l.calendar_id = a.provider_id)
				ORDER BY a.id
			LOOP
				RAISE WARNING 'appointment % has a seat in a session without time, and somebody else has that time', lost.id
					USING HINT = 'It is no longer in that session. Move it or cancel it; quickbook.check_data() lists it.';
			END LOOP;
		END
		$do$$sql$);
	PERFORM quickbook_internal.schema_as_owner($sql$
		UPDATE quickbook.appointment a SET
			seated_session_id = CASE WHEN seated AND ends_at > statement_timestamp() THEN session_id END,
			seat_released_at = CASE WHEN ends_at <= statement_timestamp() THEN statement_timestamp() END,
			session_id = CASE WHEN seated OR ends_at <= statement_timestamp() THEN session_id END,
			seat = CASE WHEN seated OR ends_at <= statement_timestamp() THEN seat END
		FROM (SELECT n.id AS seat_of, EXISTS (SELECT FROM quickbook.allocation l
				WHERE l.owner_id = n.session_id AND l.calendar_id = n.provider_id) AS seated
			FROM quickbook.appointment n WHERE n.session_id IS NOT NULL
				AND n.status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')) AS seats
		WHERE a.id = seat_of$sql$);
	ALTER TABLE quickbook.appointment
		DROP CONSTRAINT appointment_seat_and_key_are_whole,
		ADD CONSTRAINT appointment_seat_and_key_are_whole CHECK (
			(session_id IS NULL) = (seat IS NULL) AND (idempotency_key IS NULL) = (request_hash IS NULL)
			AND CASE WHEN session_id IS NOT NULL AND status ~ '^(held|pending|booked|arrived|checked-in|fulfilled)$'
				THEN coalesce(seated_session_id = session_id, ends_at <= seat_released_at, false)
				ELSE seated_session_id IS NULL END);
	PERFORM quickbook_internal.schema_as_owner($sql$
		ALTER TABLE quickbook.appointment
			ADD CONSTRAINT appointment_seat_fkey FOREIGN KEY (seated_session_id, provider_id, clinic_id)
				REFERENCES quickbook.allocation (owner_id, calendar_id, clinic_id) ON UPDATE CASCADE$sql$);
	CREATE INDEX appointment_seated_session_id_idx ON quickbook.appointment (seated_session_id)
		WHERE seated_session_id IS NOT NULL;

	-- What every call asks for, once it is clear who calls. Roles that were dropped
	-- or left behind by a dump leave their policies to tell.
	PERFORM quickbook_internal.schema_as_owner(
		'ALTER TABLE quickbook.schema_version ADD COLUMN roles_in_use boolean NOT NULL DEFAULT false');

	PERFORM quickbook_internal.schema_as_owner(format(
		'UPDATE quickbook.schema_version SET version = 2, installed_at = statement_timestamp(), roles_in_use = %L',
		EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
			WHERE c.relnamespace = 'quickbook'::regnamespace AND p.polname IN ('quickbook_staff', 'quickbook_patient'))
		OR coalesce(has_schema_privilege(to_regrole('quickbook_staff')::oid, 'quickbook', 'USAGE'), false)));
END
$step$;

COMMENT ON FUNCTION quickbook_internal.schema_step_2() IS
'Takes the tables from version 1 to version 2. Called by migrate() only.';
