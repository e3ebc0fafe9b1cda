-- Sections 2, 3 and 5: what binds patients and not staff: the notice for cancelling
-- and rescheduling, the length of holds, and who may set rules aside. Who calls is
-- told by claims, where they are believed.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(69);

-- What comes of it when that patient, or staff, cancels or moves it at that time;
-- all is taken back.
CREATE FUNCTION t.cancel(time_now timestamptz, patient uuid, appointment uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	state text;
	message text;
BEGIN
	PERFORM t.at(time_now);
	PERFORM t.act_as(patient::text);
	r := quickbook.cancel_appointment(appointment);
	RAISE EXCEPTION USING ERRCODE = 'T0000', MESSAGE = t.cancelled(r.status, r.cancelled_by, r.late);
EXCEPTION
	WHEN SQLSTATE 'T0000' THEN
		RETURN SQLERRM;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
		RETURN t.name_error(state, message);
END
$$;
CREATE FUNCTION t.cancelled(status text, by text, late boolean) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT format('%s by %s%s', status, by, CASE WHEN late THEN ', late' ELSE '' END) $$;
CREATE FUNCTION t.move(time_now timestamptz, patient uuid, appointment uuid, starts_at timestamptz) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	state text;
	message text;
BEGIN
	PERFORM t.at(time_now);
	PERFORM t.act_as(patient::text);
	r := quickbook.reschedule_appointment(appointment, starts_at);
	RAISE EXCEPTION USING ERRCODE = 'T0000';
EXCEPTION
	WHEN SQLSTATE 'T0000' THEN
		RETURN 'moved';
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
		RETURN t.name_error(state, message);
END
$$;

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '12:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
UPDATE quickbook.service SET cancel_notice = '24 hours', reschedule_notice = '48 hours' WHERE id = :'s';
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-10 10:00+00') AS a \gset
SAVEPOINT base;

--
-- cancel_notice
--

SELECT t.is(t.cancel(time_now::timestamptz, :'pat', :'a'), want, t.sql('patient, 24 hours'' notice, at %s: %s', time_now, want))
FROM (VALUES ('2026-03-02 08:00+00', 'cancelled by patient'), ('2026-03-09 10:00+00', 'cancelled by patient'),
	('2026-03-09 10:00:00.000001+00', '23QB6 policy_refused'), ('2026-03-10 09:59+00', '23QB6 policy_refused'),
	('2026-03-10 10:15+00', '23QB6 policy_refused'), ('2026-03-11 10:00+00', '23QB6 policy_refused')) AS v (time_now, want);
SELECT t.is(t.cancel(time_now::timestamptz, NULL, :'a'), want, t.sql('staff, 24 hours'' notice, at %s: %s', time_now, want))
FROM (VALUES ('2026-03-09 10:00+00', 'cancelled by staff'), ('2026-03-09 10:00:01+00', 'cancelled by staff, late'),
	('2026-03-10 10:15+00', 'cancelled by staff, late')) AS v (time_now, want);
UPDATE quickbook.service SET cancel_notice = '0' WHERE id = :'s';
SELECT t.is(t.cancel(time_now::timestamptz, :'pat', :'a'), want, t.sql('patient, no notice, at %s: %s', time_now, want))
FROM (VALUES ('2026-03-10 09:59:59+00', 'cancelled by patient'), ('2026-03-10 10:00:01+00', '23QB6 policy_refused')) AS v (time_now, want);
ROLLBACK TO base;
-- A notice is elapsed time, over the change of the clocks too.
UPDATE quickbook.provider SET time_zone = 'Europe/Berlin' WHERE id = :'p';
SELECT t.book(:'pat', :'p', :'s', '2026-03-29 08:00+00') AS spring \gset
SELECT t.is(t.cancel(time_now::timestamptz, :'pat', :'spring'), want, t.sql('the clocks go forward: at %s: %s', time_now, want))
FROM (VALUES ('2026-03-28 08:00+00', 'cancelled by patient'), ('2026-03-28 08:00:01+00', '23QB6 policy_refused')) AS v (time_now, want);
ROLLBACK TO base;

-- In due form; nothing has changed after it.
SELECT t.at('2026-03-10 09:00+00') \gset
SELECT t.act_as(:'pat') \gset
SELECT t.refused(t.call('cancel_appointment', :'a'), 'policy_refused', '23QB6', 'too late for a patient');
SELECT t.is(t.state(:'a'), 'booked v1 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] booked', 'it is as before');
SELECT t.act_as(NULL) \gset
SELECT t.is((quickbook.cancel_appointment(:'a', 'called us')).cancelled_by, 'staff', 'staff do it for her');
SELECT t.act_as(:'pat') \gset
SELECT t.is((quickbook.cancel_appointment(:'a')).cancel_reason, 'called us', 'cancelling what is cancelled is no error, late or not');
SELECT t.is(t.events(:'a'), 'booked cancelled', 'and no event');
ROLLBACK TO base;
-- What the event says of who did it.
SELECT t.act_as(:'pat') \gset
SELECT * FROM quickbook.cancel_appointment(:'a', 'feels better') \gset x_
SELECT t.is(:'x_cancelled_by' || ' ' || :'x_cancel_reason' || ' ' || :'x_late', 'patient feels better f', 'cancelled in time');
SELECT t.is(t.key(t.event(:'a'), 'cancelled_by'), 'patient', 'the event says who');
SELECT t.ok(t.key(t.event(:'a'), 'actor') LIKE t.sql('%%%s%%', :'pat'), 'its actor is the account of the claims');
ROLLBACK TO base;

--
-- reschedule_notice: of the old start
--

SELECT t.is(t.move(time_now::timestamptz, :'pat', :'a', '2026-03-20 10:00+00'), want, t.sql('patient, 48 hours'' notice, at %s: %s', time_now, want))
FROM (VALUES ('2026-03-02 08:00+00', 'moved'), ('2026-03-08 10:00+00', 'moved'), ('2026-03-08 10:00:00.000001+00', '23QB6 policy_refused'),
	('2026-03-10 09:59+00', '23QB6 policy_refused'), ('2026-03-10 10:10+00', '23QB6 policy_refused')) AS v (time_now, want);
SELECT t.is(t.move('2026-03-10 09:59+00', NULL, :'a', '2026-03-20 10:00+00'), 'moved', 'staff, a minute before');
SELECT t.is(t.move('2026-03-08 09:00+00', :'pat', :'a', '2026-03-08 10:00+00'), 'moved', 'the new start may be nearer');
UPDATE quickbook.service SET min_notice = '2 hours' WHERE id = :'s';
SELECT t.is(t.move('2026-03-08 09:00+00', :'pat', :'a', '2026-03-08 10:00+00'), '23QB3 too_soon', 'as far as its own notice allows');
ROLLBACK TO base;
SELECT t.is(t.move('2026-03-09 09:00+00', :'pat', :'a', '2026-03-20 10:00+00') || ', ' || t.cancel('2026-03-09 09:00+00', :'pat', :'a'),
	'23QB6 policy_refused, cancelled by patient', 'too late to move is not too late to cancel');
SELECT t.at('2026-03-09 09:00+00') \gset
SELECT t.act_as(:'pat') \gset
SELECT t.refused(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'a', '2026-03-20 10:00+00'), 'policy_refused', '23QB6', 'too late to be moved');
SELECT t.is(t.state(:'a'), 'booked v1 [Ada/0 10:00-10:30, Pat/0 10:00-10:30] booked', 'it is as before');
ROLLBACK TO base;

--
-- override is for staff
--

SELECT t.act_as(:'pat') \gset
SELECT t.counts() AS counts \gset
SELECT t.refused(sql, 'not_allowed', '42501', t.sql('patients set nothing aside: %s', what))
FROM (VALUES
	(t.create_sql(:'pat', :'p', :'s', '2026-03-11 10:00+00', 'override => ''{grid}'''), 'create_appointment()'),
	(t.create_sql(:'pat', :'p', :'s', '2026-03-11 10:00+00', 'override => ''{grid,notice,hours,horizon,limit,policy}'''), 'all of it'),
	(t.sql('SELECT quickbook.create_appointment_local(%L, %L, %L, ''2026-03-11'', ''10:00'', override => ''{notice}'')', :'pat', :'p', :'s'), 'create_appointment_local()'),
	(t.hold_sql(:'pat', :'p', :'s', '2026-03-11 10:00+00', 'override => ''{hours}'''), 'hold_appointment()'),
	(t.sql('SELECT quickbook.reschedule_appointment(%L, %L, override => ''{policy}'')', :'a', '2026-03-11 10:00+00'), 'reschedule_appointment()')) AS v (sql, what);
SET LOCAL quickbook.error_style = 'http';
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-11 10:00+00', 'override => ''{grid}'''), 'not_allowed', 'PT403', 'for HTTP: 403');
SET LOCAL quickbook.error_style = 'sql';
SELECT t.is(t.counts(), :'counts', 'and nothing came of it');
SELECT t.is(t.outcome(t.create_sql(:'pat', :'p', :'s', '2026-03-11 10:00+00')), 'ok', 'without it a patient books');
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-12 10:00+00') \gset
SELECT t.refused(t.call('confirm_appointment', :'h', 'override => ''{limit}'''), 'not_allowed', '42501', 'patients set nothing aside: confirm_appointment()');
SELECT t.is((quickbook.confirm_appointment(:'h')).status, 'booked', 'without it a patient confirms her hold');
ROLLBACK TO base;

-- What staff set aside is in the event.
CREATE FUNCTION t.set_aside(appointment uuid) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT coalesce(e.data->'override', 'null')::text FROM quickbook.event e WHERE e.subject = appointment ORDER BY e.seq DESC LIMIT 1 $$;
SELECT t.book(:'ben', :'p', :'s', '2026-03-11 10:10+00', '{grid}') AS b \gset
SELECT t.is(t.set_aside(:'b'), '["grid"]', 'the event of a booking has what was set aside');
SELECT t.is(t.set_aside(:'a'), 'null', 'and nothing where nothing was');
SELECT (quickbook.reschedule_appointment(:'b', '2026-03-11 18:00+00', override => '{grid,hours}')).status \gset
SELECT t.ok(t.set_aside(:'b') LIKE '%grid%' AND t.set_aside(:'b') LIKE '%hours%', 'that of a move');
SELECT t.limit(:'c', 'day', 1) \gset
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS other \gset
SELECT (quickbook.set_appointment_status(:'b', 'booked', override => '{limit,hours,grid}')).status \gset
SELECT t.ok(t.set_aside(:'b') LIKE '%limit%', 'that of an undo');
SELECT id AS h FROM quickbook.hold_appointment(:'ben', :'p', :'s', '2026-03-11 11:00+00', override => '{limit}') \gset
SELECT t.ok(t.set_aside(:'h') LIKE '%limit%', 'that of a hold');
SELECT (quickbook.confirm_appointment(:'h', override => '{limit}')).status \gset
SELECT t.ok(t.set_aside(:'h') LIKE '%limit%', 'and that of its confirmation');
ROLLBACK TO base;

--
-- What else only staff do
--

SELECT t.act_as(:'pat') \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, %L)', :'a', status), 'not_allowed', '42501', t.sql('a patient does not set %s', status))
FROM (VALUES ('arrived'), ('fulfilled'), ('noshow'), ('cancelled'), ('entered-in-error')) AS v (status);
SELECT t.is((quickbook.get_appointment(:'a')).status, 'booked', 'it stays booked');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'a'), 'not_allowed', '42501', 'nor does she undo');
ROLLBACK TO base;
UPDATE quickbook.service SET requires_approval = true WHERE id = :'s';
SELECT t.act_as(:'pat') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS asked \gset
SELECT t.is((quickbook.get_appointment(:'asked')).status, 'pending', 'where approval is required she asks');
SELECT t.refused(t.call('confirm_appointment', :'asked'), 'not_allowed', '42501', 'and does not approve it herself');
SELECT t.refused(t.call('decline_appointment', :'asked'), 'not_allowed', '42501', 'nor decline it');
SELECT t.is((quickbook.cancel_appointment(:'asked')).cancelled_by, 'patient', 'but she may withdraw it');
ROLLBACK TO base;

-- How long a patient may hold.
UPDATE quickbook.service SET hold_for = '10 minutes' WHERE id = :'s';
SELECT t.act_as(:'pat') \gset
SELECT t.is(t.outcome(t.hold_sql(:'pat', :'p', :'s', '2026-03-11 10:00+00', t.sql('hold_for => %L', hold_for))), want, t.sql('a patient holds for %s: %s', hold_for, want))
FROM (VALUES ('10 minutes 1 second', '23QB6 policy_refused'), ('10 minutes', 'ok'), ('1 minute', 'ok'), ('0', '22023 invalid_argument')) AS v (hold_for, want);
SELECT t.refused(t.hold_sql(:'pat', :'p', :'s', '2026-03-12 10:00+00', 'hold_for => ''1 hour'''), 'policy_refused', '23QB6', 'in due form');
SELECT t.act_as(NULL) \gset
SELECT t.is(t.outcome(t.hold_sql(:'pat', :'p', :'s', '2026-03-12 10:00+00', 'hold_for => ''1 hour''')), 'ok', 'staff as long as they like');
ROLLBACK TO base;

--
-- Who is a patient
--

SELECT t.book(:'pat', :'p', :'s', '2026-03-02 10:00+00') AS soon \gset
SAVEPOINT soon;
SELECT t.act_as(:'pat') \gset
SELECT t.refused(t.call('cancel_appointment', :'soon'), 'policy_refused', '23QB6', 'with claims that are believed: a patient');
SET LOCAL quickbook.trust_claims = off;
SELECT t.is((quickbook.cancel_appointment(:'soon')).cancelled_by, 'staff', 'with claims that are not: staff');
ROLLBACK TO soon;
SET LOCAL quickbook.trust_claims = on;
SELECT t.is((quickbook.cancel_appointment(:'soon')).cancelled_by, 'staff', 'without claims: staff');
ROLLBACK TO soon;
CREATE ROLE quickbook_test_app;
SELECT t.is(t.as('quickbook_test_app', 'SELECT pg_catalog.set_config(''quickbook.trust_claims'', ''on'', true)'), '42501', 'only a superuser says which');

SELECT * FROM t.finish();
ROLLBACK;
