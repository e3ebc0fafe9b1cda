-- What 0.1.0 could leave behind: group sessions with seats and without time. On
-- top of tables of version 1. n of each id: 1 and 2 are parallel sessions of one
-- who takes two; 3 and 4 want the same room; 5 is past and purged; the time of 6
-- was booked since; 7 lost the time of its lead only.
\set ON_ERROR_STOP on
-- triggers of this version do not work on tables of that one
SET session_replication_role = replica;
CREATE SCHEMA lost;
CREATE FUNCTION lost.id(kind int, n int) RETURNS uuid LANGUAGE sql IMMUTABLE
	RETURN format('00000000-0000-0000-%s-%saaaa', lpad(kind::text, 4, '0'), lpad(n::text, 8, '0'))::uuid;
CREATE FUNCTION lost.n(id uuid) RETURNS int LANGUAGE sql IMMUTABLE RETURN substr(id::text, 25, 8)::int;
INSERT INTO quickbook.clinic (id, name, time_zone) VALUES (lost.id(0, 0), 'lost', 'UTC');
INSERT INTO quickbook.provider (id, clinic_id, name, kind, capacity, open_always) SELECT lost.id(1, n), lost.id(0, 0), name, kind, capacity, true
	FROM (VALUES (1, 'ada', 'practitioner', 2), (2, 'bo', 'practitioner', 1), (3, 'eve', 'practitioner', 1), (4, 'room', 'room', 1)) v (n, name, kind, capacity);
INSERT INTO quickbook.service (id, clinic_id, name, duration, seats) SELECT lost.id(2, n), lost.id(0, 0), name, '30 min', seats
	FROM (VALUES (1, 'circle', 3), (2, 'class', 3), (3, 'visit', 1)) v (n, name, seats);
INSERT INTO quickbook.service_provider (service_id, provider_id, role, clinic_id) SELECT lost.id(2, s), lost.id(1, p), role, lost.id(0, 0)
	FROM (VALUES (1, 1, 'practitioner'), (2, 2, 'practitioner'), (2, 3, 'practitioner'), (2, 4, 'room'), (3, 2, 'practitioner')) v (s, p, role);
INSERT INTO quickbook.patient (id, clinic_id, name) SELECT lost.id(3, n), lost.id(0, 0), 'patient ' || n FROM generate_series(1, 8) n;
INSERT INTO quickbook.session (id, clinic_id, provider_id, service_id, starts_at, ends_at)
	SELECT lost.id(4, n), lost.id(0, 0), lost.id(1, p), lost.id(2, s), date_trunc('day', now()) + at, date_trunc('day', now()) + at + interval '30 min'
	FROM (VALUES (1, 1, 1, interval '3 days'), (2, 1, 1, '3 days'), (3, 2, 2, '3 days'), (4, 3, 2, '3 days'), (5, 2, 2, '-3 days'),
		(6, 2, 2, '4 days'), (7, 2, 2, '5 days')) v (n, p, s, at);
INSERT INTO quickbook.appointment (id, clinic_id, patient_id, service_id, provider_id, session_id, seat, status, starts_at, ends_at)
	SELECT lost.id(5, lost.n(id)), clinic_id, lost.id(3, lost.n(id)), service_id, provider_id, id, 1, 'booked', starts_at, ends_at FROM quickbook.session
	WHERE clinic_id = lost.id(0, 0)
	UNION ALL SELECT lost.id(5, 8), clinic_id, lost.id(3, 8), lost.id(2, 3), provider_id, NULL, NULL, 'booked', starts_at, ends_at
	FROM quickbook.session WHERE id = lost.id(4, 6);
INSERT INTO quickbook.appointment_resource (appointment_id, role, provider_id, clinic_id)
	SELECT id, 'practitioner', provider_id, clinic_id FROM quickbook.appointment WHERE clinic_id = lost.id(0, 0)
	UNION ALL SELECT id, 'room', lost.id(1, 4), clinic_id FROM quickbook.appointment WHERE service_id = lost.id(2, 2);
INSERT INTO quickbook.allocation (clinic_id, appointment_id, patient_id, lane, starts_at, ends_at)
	SELECT clinic_id, id, patient_id, 0, starts_at, ends_at FROM quickbook.appointment WHERE clinic_id = lost.id(0, 0) AND ends_at > now();
INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, lane, starts_at, ends_at)
	SELECT clinic_id, id, provider_id, 0, starts_at, ends_at FROM quickbook.appointment WHERE id = lost.id(5, 8);
INSERT INTO quickbook.allocation (clinic_id, session_id, provider_id, lane, starts_at, ends_at)
	SELECT clinic_id, id, lost.id(1, 4), 0, starts_at, ends_at FROM quickbook.session WHERE id = lost.id(4, 7);
