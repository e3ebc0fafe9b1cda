-- What the calls of badinput.t are made on, in a database of their own: two
-- clinics with accounts, and appointments in every status. bad.thing has ids by
-- name. The clock stands at Monday 4 March 2030, 08:00 in Berlin.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
CREATE EXTENSION quickbook CASCADE;
SELECT quickbook.install() \gset
SELECT quickbook.create_roles() \gset
CREATE SCHEMA bad;
CREATE TABLE bad.thing (name text PRIMARY KEY, id uuid);
SET quickbook.now = '2030-03-04 08:00+01';
SET quickbook.password_cost = 4;

CREATE FUNCTION bad.id(name text) RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT t.id FROM bad.thing t WHERE t.name = $1 $$;
CREATE FUNCTION bad.keep(name text, id uuid) RETURNS void LANGUAGE sql AS $$ INSERT INTO bad.thing VALUES ($1, $2) $$;

CREATE PROCEDURE bad.make_clinic(i text) LANGUAGE plpgsql AS $$
DECLARE
	c uuid;
	p uuid[];
	one uuid;
	s uuid;
	r text;
BEGIN
	INSERT INTO quickbook.clinic (name, time_zone, anonymous_holds) VALUES ('Clinic ' || i, 'Europe/Berlin', true) RETURNING id INTO c;
	FOR k IN 1..2 LOOP
		INSERT INTO quickbook.provider (clinic_id, name, capacity) VALUES (c, format('Dr %s %s', i, k), k) RETURNING id INTO one;
		p[k] := one;
		INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
			SELECT p[k], d, '08:00', '18:00' FROM generate_series(1, 7) d;
		PERFORM bad.keep('provider ' || i || k, p[k]);
	END LOOP;
	FOREACH r IN ARRAY ARRAY['visit', 'asked', 'circle'] LOOP
		INSERT INTO quickbook.service (clinic_id, name, duration, requires_approval, seats)
			VALUES (c, r, '30 min', r = 'asked', CASE r WHEN 'circle' THEN 3 ELSE 1 END) RETURNING id INTO s;
		INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s, unnest(p);
		PERFORM bad.keep(r || ' ' || i, s);
	END LOOP;
	PERFORM bad.keep('clinic ' || i, c);
	FOREACH r IN ARRAY ARRAY['anna', 'ben'] LOOP
		INSERT INTO quickbook.patient (clinic_id, name, email, phone) VALUES (c, r, r || i || '@example.org', '+491') RETURNING id INTO s;
		PERFORM bad.keep(r || ' ' || i, s);
		PERFORM bad.keep('account ' || r || ' ' || i,
			(quickbook.create_account(r || i || '@example.org', 'patient', c, s, NULL, 'password-' || r)).id);
	END LOOP;
	PERFORM bad.keep('admin ' || i, (quickbook.create_account('admin' || i || '@example.org', 'admin', c, NULL, NULL, 'password-admin')).id);
END $$;
CALL bad.make_clinic('A');
CALL bad.make_clinic('B');

-- An appointment of Anna's for each status, an hour apart.
CREATE FUNCTION bad.book(service text, n int) RETURNS uuid LANGUAGE sql AS $$
	SELECT (quickbook.create_appointment(bad.id('anna A'), bad.id('provider A1'), bad.id(service || ' A'),
		'2030-03-05 08:00+01'::timestamptz + n * interval '1 hour')).id $$;
CREATE FUNCTION bad.hold(service text, n int, patient text, hold_for interval) RETURNS uuid LANGUAGE sql AS $$
	SELECT (quickbook.hold_appointment(bad.id(patient), bad.id('provider A1'), bad.id(service || ' A'),
		'2030-03-05 08:00+01'::timestamptz + n * interval '1 hour', hold_for => hold_for)).id $$;
CREATE FUNCTION bad.book_as(status text, n int) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
	id uuid := bad.book('visit', n);
BEGIN
	PERFORM quickbook.set_appointment_status(id, status);
	RETURN id;
END $$;
SELECT bad.keep('appointment booked', bad.book('visit', 0)) \gset
SELECT bad.keep('appointment pending', bad.book('asked', 1)) \gset
SELECT bad.keep('appointment arrived', bad.book_as('arrived', 2)) \gset
SELECT bad.keep('appointment checked-in', bad.book_as('checked-in', 3)) \gset
SELECT bad.keep('appointment fulfilled', bad.book_as('fulfilled', 4)) \gset
SELECT bad.keep('appointment cancelled', bad.book_as('cancelled', 5)) \gset
SELECT bad.keep('appointment entered-in-error', bad.book_as('entered-in-error', 6)) \gset
SELECT bad.keep('appointment held', bad.hold('visit', 7, 'anna A', '1 day')) \gset
SELECT bad.keep('appointment held for nobody', bad.hold('visit', 8, NULL, '1 day')) \gset
SELECT bad.keep('appointment held too long', bad.hold('visit', 9, 'anna A', '1 second')) \gset
SELECT bad.keep('appointment with a seat', bad.book('circle', 24)) \gset
SELECT bad.keep('appointment with a held seat', bad.hold('circle', 25, 'anna A', '1 day')) \gset
SELECT bad.keep('appointment missed', (quickbook.create_appointment(bad.id('anna A'), bad.id('provider A1'), bad.id('visit A'),
	'2030-03-03 10:00+01', override => ARRAY['notice', 'grid', 'hours'])).id) \gset
SELECT quickbook.set_appointment_status(bad.id('appointment missed'), 'noshow') \gset

INSERT INTO quickbook.message_template (clinic_id, name, subject, body)
	VALUES (bad.id('clinic A'), 'reminder', '{{service_name}}', '{{patient_name}} {{time}}');
INSERT INTO quickbook.reminder_rule (clinic_id, occasion, time_offset, template_id)
	SELECT clinic_id, 'before_start', '10 days', id FROM quickbook.message_template;
SELECT quickbook.create_consumer('reader', 0) \gset
SET quickbook.now = '2030-03-04 08:01+01';
SELECT quickbook.run_maintenance() \gset
SELECT bad.keep('notification', (SELECT min(id::text)::uuid FROM quickbook.notification)) \gset
