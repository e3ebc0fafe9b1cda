-- Section 5: explain_slot() has a row for each rule of section 4, and says why for
-- people. All pass exactly if the start is offered and can be booked.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(142);

-- What one rule says.
CREATE FUNCTION t.why(rule_wanted text, service uuid, provider uuid, starts_at timestamptz, patient uuid DEFAULT NULL) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	found text;
BEGIN
	FOR r IN SELECT * FROM quickbook.explain_slot(service, provider, starts_at, patient) LOOP
		found := t.pick(found, r.rule, rule_wanted, r.detail);
	END LOOP;
	RETURN found;
END
$$;
CREATE FUNCTION t.pick(found text, rule text, rule_wanted text, detail text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT CASE WHEN rule = rule_wanted THEN detail ELSE found END $$;
-- All rules as 'hours=t', and whether each has something to say.
CREATE FUNCTION t.all_rules(service text, provider text, starts_at text, patient text DEFAULT NULL) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT t.query(format('SELECT e.rule, e.passed FROM quickbook.explain_slot(%L, %L, %L, %L) AS e', service, provider, starts_at, patient))
$$;
-- The whole of it, to look for what should not be there.
CREATE FUNCTION t.everything(service text, provider text, starts_at text, patient text DEFAULT NULL) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT t.query(format('SELECT e.rule, e.passed, e.detail FROM quickbook.explain_slot(%L, %L, %L, %L) AS e', service, provider, starts_at, patient))
$$;
-- For each case: the rule fails, it alone, the detail has these words, and search
-- and booking agree.
CREATE FUNCTION t.fails_alone(rule text, words text, error text, service uuid, provider uuid, starts_at timestamptz, patient uuid, descr text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN NEXT t.is(t.failed(service, provider, starts_at, patient), rule, t.sql('%s: %s', rule, descr));
	RETURN NEXT t.like(t.why(rule, service, provider, starts_at, patient), words, t.sql('%s: %s: says so', rule, descr));
	RETURN NEXT t.is(t.verdict(service, provider, starts_at, patient), error, t.sql('%s: %s: %s', rule, descr, error));
END
$$;
CREATE FUNCTION t.like(have text, pattern text, descr text) RETURNS text
LANGUAGE sql SET search_path = public, pg_catalog
AS $$ SELECT public.alike(have, pattern, descr) $$;

-- Ada, Mondays 09:00-12:00 and 14:00-17:00 in Berlin, half-hour visits. 9 March is a
-- Monday; the clock stands at 09:00 of the 2nd there.
SELECT t.clinic('Europe/Berlin') AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', 1, '09:00', '12:00'), t.hours(:'p', 1, '14:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.provider(:'c', 'Bob', open_always => true) AS bob \gset
SELECT t.service(:'c', '30 minutes', :'bob', name => 'Bobs') AS s_bob \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Benedict') AS ben \gset
\set ten '2026-03-09 10:00+01'
SAVEPOINT base;

--
-- The shape of it
--

SELECT t.is(t.all_rules(:'s', :'p', :'ten', :'pat'),
	'service true, hours true, free true, roles true, seats true, grid true, notice true, horizon true, limit true, patient true',
	'a start that is free passes all rules, in the order of telling');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.explain_slot(%L, %L, %L, %L) AS e WHERE e.detail IS NULL OR e.detail = ''''', :'s', :'p', :'ten', :'pat')), '0',
	'each says something');
SELECT t.is(t.failed(:'s', :'p', :'ten'), '', 'also without a patient');
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'pat'), 'ok', 'it is offered and can be booked');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.explain_slot(service_id => %L, provider_id => %L, starts_at => %L, patient_id => NULL)', :'s', :'p', :'ten')),
	'10', 'ten rules; arguments by name');
SELECT t.is(t.read_only(t.sql('SELECT count(*) FROM quickbook.explain_slot(%L, %L, %L)', :'s', :'p', :'ten')), '10', 'it only reads');
SELECT t.is((SELECT count(*)::text FROM quickbook.event), '0', 'and books nothing');

SELECT t.clinic(name => 'Other') AS c2 \gset
SELECT t.patient(:'c2', 'Oth') AS pat2 \gset
SELECT t.provider(:'c2', 'Eve') AS p2 \gset
SELECT t.refused(t.sql('SELECT * FROM quickbook.explain_slot(%L, %L, %L, %L)', service, provider, starts_at, patient), name, state, t.sql('%s: %s', name, what))
FROM (VALUES ('00000000-0000-7000-8000-00000000ffff', :'p', :'ten', NULL, 'not_found', 'P0002', 'an unknown service'),
	(:'s', '00000000-0000-7000-8000-00000000ffff', :'ten', NULL, 'not_found', 'P0002', 'an unknown provider'),
	(:'s', :'p', :'ten', '00000000-0000-7000-8000-00000000ffff', 'not_found', 'P0002', 'an unknown patient'),
	(:'s', :'p2', :'ten', NULL, 'not_found', 'P0002', 'another clinic''s provider'),
	(:'s', :'p', :'ten', :'pat2', 'not_found', 'P0002', 'another clinic''s patient'),
	(NULL, :'p', :'ten', NULL, 'invalid_argument', '22023', 'no service'),
	(:'s', :'p', NULL, NULL, 'invalid_argument', '22023', 'no start'),
	(:'s', :'p', 'infinity', NULL, 'invalid_argument', '22023', 'infinity')) AS v (service, provider, starts_at, patient, name, state, what);
ROLLBACK TO base;

--
-- service
--

SELECT t.is(t.all_rules(:'s', :'bob', :'ten', :'pat'),
	'service false, hours null, free null, roles null, seats null, grid null, notice null, horizon null, limit null, patient null',
	'service: who does not offer it: the other rules cannot be asked');
SELECT t.like(t.why('service', :'s', :'bob', :'ten'), '%not offer%Visit%', 'service: says which');
UPDATE quickbook.provider SET active = false WHERE id = :'p';
SELECT t.like(t.why('service', :'s', :'p', :'ten'), '%not active%', 'service: an inactive provider');
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'pat'), 'policy_refused', 'service: whom nobody can book');
ROLLBACK TO base;
UPDATE quickbook.service SET active = false WHERE id = :'s';
SELECT t.like(t.why('service', :'s', :'p', :'ten'), '%not active%', 'service: an inactive service');
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'pat'), 'policy_refused', 'service: cannot be booked either');
ROLLBACK TO base;

--
-- hours: the detail has the hours of the date and the zone
--

SELECT t.fails_alone('hours', words, 'outside_hours', :'s', :'p', starts_at::timestamptz, :'pat', descr)
FROM (VALUES ('%9 March 2026%09:00%12:00%14:00%17:00%Europe/Berlin%', '2026-03-09 12:00+01', 'in the break'),
	('%9 March 2026%09:00%12:00%14:00%17:00%Europe/Berlin%', '2026-03-09 17:00+01', 'after hours'),
	('%closed%10 March 2026%Europe/Berlin%', '2026-03-10 10:00+01', 'a day without hours')) AS v (words, starts_at, descr);
UPDATE quickbook.service SET duration = '1 hour', slot_interval = '30 minutes' WHERE id = :'s';
SELECT t.fails_alone('hours', '%09:00%12:00%Europe/Berlin%', 'outside_hours', :'s', :'p', '2026-03-09 11:30+01', :'pat', 'it would run into the break');
ROLLBACK TO base;
SELECT t.like(t.why('hours', :'s', :'p', :'ten'), '%09:00%12:00%Europe/Berlin%', 'hours: those that a start is within, too');
SELECT t.off(:'c', :'p', '2026-03-09 09:30+01', '2026-03-09 10:30+01') \gset
SELECT t.fails_alone('hours', '%off%09:30%10:30%Europe/Berlin%', 'outside_hours', :'s', :'p', :'ten', :'pat', 'time off');
ROLLBACK TO base;
SELECT t.off(:'c', :'p', '2025-10-01 09:00+02', '2026-04-01 09:00+02') \gset
SELECT t.like(t.why('hours', :'s', :'p', :'ten'), '%1 October 2025 09:00 to%1 April 2026 09:00%', 'time off that began before the clocks changed, by the clock of then');
ROLLBACK TO base;
SELECT t.off(:'c', NULL, '2026-03-09 09:30+01', '2026-03-09 10:30+01') \gset
SELECT t.fails_alone('hours', '%09:30%10:30%Europe/Berlin%', 'outside_hours', :'s', :'p', :'ten', :'pat', 'the whole clinic is closed');
ROLLBACK TO base;
SELECT t.override(:'p', '2026-03-09') \gset
SELECT t.fails_alone('hours', '%closed%9 March 2026%Europe/Berlin%', 'outside_hours', :'s', :'p', :'ten', :'pat', 'a date that is closed');
ROLLBACK TO base;
SELECT t.override(:'p', '2026-03-09', '09:00', '09:45') \gset
SELECT t.fails_alone('hours', '%09:00%09:45%Europe/Berlin%', 'outside_hours', :'s', :'p', '2026-03-09 09:30+01', :'pat', 'other hours on that date');
ROLLBACK TO base;
SELECT t.travel(:'p', '[2026-03-09,2026-03-10)', 'America/New_York') \gset
SELECT t.fails_alone('hours', '%09:00%12:00%America/New_York%', 'outside_hours', :'s', :'p', '2026-03-09 12:00-04', :'pat', 'in the zone of the travel');
ROLLBACK TO base;

--
-- free: the detail has the neighbour's time, where the provider is
--

SELECT t.book(:'ben', :'p', :'s', :'ten') AS taken \gset
SELECT t.fails_alone('free', '%10:00%10:30%', 'slot_taken', :'s', :'p', :'ten', :'pat', 'an appointment');
SELECT t.ok(t.everything(:'s', :'p', :'ten', :'pat') NOT LIKE '%Benedict%' AND t.everything(:'s', :'p', :'ten', :'pat') NOT LIKE t.sql('%%%s%%', :'ben')
	AND t.everything(:'s', :'p', :'ten', :'pat') NOT LIKE t.sql('%%%s%%', :'taken'), 'free: not whose, nor which');
UPDATE quickbook.service SET buffer_after = '10 minutes' WHERE id = :'s';
SELECT t.fails_alone('free', '%10 min%10:00%', 'slot_taken', :'s', :'p', '2026-03-09 09:30+01', :'pat', 'its own buffer meets an appointment');
ROLLBACK TO base;
SELECT t.busy(:'p', '2026-03-09 10:15+01', '2026-03-09 10:20+01') \gset
SELECT t.fails_alone('free', '%10:15%10:20%', 'slot_taken', :'s', :'p', :'ten', :'pat', 'busy elsewhere');
ROLLBACK TO base;
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p';
SELECT t.book(:'ben', :'p', :'s', :'ten') AS one \gset
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'free: capacity 2, and one is there');
SELECT t.book(t.patient(:'c', 'Cy'), :'p', :'s', :'ten') AS two \gset
SELECT t.fails_alone('free', '%2%', 'slot_taken', :'s', :'p', :'ten', :'pat', 'capacity 2, and two are there');
ROLLBACK TO base;
SELECT id AS h FROM quickbook.hold_appointment(:'ben', :'p', :'s', :'ten') \gset
SELECT t.fails_alone('free', '%10:00%10:30%', 'slot_taken', :'s', :'p', :'ten', :'pat', 'held by another');
SELECT t.is(t.failed(:'s', :'p', :'ten', :'ben'), '', 'free: not in the way of who holds it');
SELECT t.is(t.failed(:'s', :'p', :'ten'), 'free', 'free: in that of nobody in particular it is');
SELECT t.at('2026-03-02 08:10+00') \gset
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'free: an expired hold is not in the way');
ROLLBACK TO base;

--
-- roles
--

SELECT t.provider(:'c', 'Room', open_always => true, kind => 'room') AS room \gset
SELECT t.offer(:'s', :'room', 'room') \gset
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'roles: a room is free');
SAVEPOINT room;
SELECT t.busy(:'room', '2026-03-09 10:15+01', '2026-03-09 10:20+01') \gset
SELECT t.fails_alone('roles', '%room%', 'slot_taken', :'s', :'p', :'ten', :'pat', 'no room is free');
ROLLBACK TO room;
SELECT t.off(:'c', :'room', '2026-03-09 00:00+01', '2026-03-10 00:00+01') \gset
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), 'roles', 'roles: no room is open');
SELECT t.like(t.why('roles', :'s', :'p', :'ten'), '%room%', 'roles: says which role');
ROLLBACK TO room;
UPDATE quickbook.provider SET active = false WHERE id = :'room';
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat') || ', ' || t.verdict(:'s', :'p', :'ten', :'pat'), 'service roles, policy_refused',
	'roles: where no room is active, the service itself cannot be had');
SELECT t.like(t.why('service', :'s', :'p', :'ten'), '%room%', 'roles: and says for want of what');
ROLLBACK TO base;

--
-- seats
--

UPDATE quickbook.service SET seats = 2 WHERE id = :'s';
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'seats: a session that is to be opened');
SELECT t.book(:'ben', :'p', :'s', :'ten') AS one \gset
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'seats: one is left');
SELECT t.like(t.why('seats', :'s', :'p', :'ten', :'pat'), '%1%', 'seats: says how many');
SELECT t.book(t.patient(:'c', 'Cy'), :'p', :'s', :'ten') AS two \gset
SELECT t.is(t.verdict(:'s', :'p', :'ten', :'pat'), 'session_full', 'seats: a full session');
SELECT t.like(t.why('seats', :'s', :'p', :'ten', :'pat'), '%2%', 'seats: full: says so');
SELECT t.ok(t.failed(:'s', :'p', :'ten', :'pat') IN ('seats', 'free seats'), 'seats: full: no other rule but free fails with it');
ROLLBACK TO base;

--
-- grid
--

SELECT t.fails_alone('grid', '%30 min%09:00%', 'off_grid', :'s', :'p', '2026-03-09 10:10+01', :'pat', 'between two starts');
UPDATE quickbook.service SET slot_interval = '1 hour', slot_anchor = 'clock' WHERE id = :'s';
SELECT t.is(t.failed(:'s', :'p', '2026-03-09 10:30+01', :'pat'), 'grid', 'grid: clock');
SELECT t.like(t.why('grid', :'s', :'p', '2026-03-09 10:30+01'), '%1 h%', 'grid: clock: says the step');
ROLLBACK TO base;

--
-- notice
--

UPDATE quickbook.service SET min_notice = '7 days 1 hour 1 second' WHERE id = :'s';
SELECT t.fails_alone('notice', '%notice%', 'too_soon', :'s', :'p', :'ten', :'pat', 'a second too late');
UPDATE quickbook.service SET min_notice = '8 days' WHERE id = :'s';
SELECT t.fails_alone('notice', '%8 days%10 March 2026%09:00%', 'too_soon', :'s', :'p', :'ten', :'pat', 'a day too late');
UPDATE quickbook.service SET min_notice = '9 days 2 hours 30 minutes' WHERE id = :'s';
SELECT t.like(t.why('notice', :'s', :'p', :'ten'), '%9 days%2 h%30 min%', 'notice: in days, hours and minutes');
UPDATE quickbook.service SET min_notice = '7 days 1 hour' WHERE id = :'s';
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'notice: just in time');
ROLLBACK TO base;
SELECT t.fails_alone('notice', '%', 'too_soon', :'s', :'p', '2026-03-02 09:00+01', :'pat', 'it starts now');
SELECT t.fails_alone('notice', '%past%', 'too_soon', :'s', :'p', '2026-02-23 10:00+01', :'pat', 'it is past');
ROLLBACK TO base;

--
-- horizon
--

UPDATE quickbook.service SET horizon_days = 6 WHERE id = :'s';
SELECT t.fails_alone('horizon', '%6%day%', 'beyond_horizon', :'s', :'p', :'ten', :'pat', 'calendar days');
UPDATE quickbook.service SET horizon_days = 2, horizon_counts = 'working' WHERE id = :'s';
SELECT t.fails_alone('horizon', '%2%working day%', 'beyond_horizon', :'s', :'p', '2026-03-23 10:00+01', :'pat', 'working days');
UPDATE quickbook.service SET horizon_days = 2, horizon_counts = 'bookable' WHERE id = :'s';
SELECT t.fails_alone('horizon', '%2%bookable day%', 'beyond_horizon', :'s', :'p', '2026-03-23 10:00+01', :'pat', 'bookable days');
ROLLBACK TO base;
UPDATE quickbook.service SET bookable_during = '[2026-03-10,2026-03-20)' WHERE id = :'s';
SELECT t.fails_alone('horizon', '%10 March 2026%', 'beyond_horizon', :'s', :'p', :'ten', :'pat', 'before bookable_during');
SELECT t.fails_alone('horizon', '%March 2026%', 'beyond_horizon', :'s', :'p', '2026-03-23 10:00+01', :'pat', 'after bookable_during');
ROLLBACK TO base;
SET LOCAL quickbook.search_days = 6;
SELECT t.fails_alone('horizon', '%6%', 'beyond_horizon', :'s', :'p', :'ten', :'pat', 'further than is searched');
ROLLBACK TO base;

--
-- limit: the detail has the limit
--

SELECT t.limit(:'c', 'upcoming', 7) \gset
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'limit: not reached');
SELECT t.book(:'ben', :'bob', :'s_bob', '2026-03-09 15:00+01') AS one \gset
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.fails_alone('limit', '%1%day%', 'limit_reached', :'s', :'p', :'ten', :'pat', 'one a day');
ROLLBACK TO base;
SELECT t.limit(:'c', 'month', NULL, '20 minutes', per_patient => true) \gset
SELECT t.fails_alone('limit', '%20 min%month%', 'limit_reached', :'s', :'p', :'ten', :'pat', 'time a month, for each patient');
SELECT t.is(t.failed(:'s', :'p', :'ten'), '', 'limit: those of patients are not asked without one');
ROLLBACK TO base;
SELECT t.limit(:'c', 'upcoming', 0, service => :'s', provider => :'p') \gset
SELECT t.fails_alone('limit', '%0%upcoming%', 'limit_reached', :'s', :'p', :'ten', :'pat', 'none to come');
ROLLBACK TO base;

--
-- patient: the detail has the other appointment's time
--

SELECT t.book(:'pat', :'bob', :'s_bob', '2026-03-09 09:30+01') AS other \gset
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'patient: what touches is not in the way');
UPDATE quickbook.service SET duration = '45 minutes' WHERE id = :'s_bob';
SELECT t.book(:'pat', :'bob', :'s_bob', '2026-03-09 10:30+01') AS later \gset
UPDATE quickbook.service SET duration = '1 hour' WHERE id = :'s';
SELECT t.fails_alone('patient', '%10:30%11:15%', 'patient_busy', :'s', :'p', :'ten', :'pat', 'busy elsewhere');
SELECT t.is(t.failed(:'s', :'p', :'ten', :'ben'), '', 'patient: another is free');
SELECT t.is(t.failed(:'s', :'p', :'ten'), '', 'patient: nobody is asked about nobody');
UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'s';
SELECT t.is(t.failed(:'s', :'p', :'ten', :'pat'), '', 'patient: unless the service does not mind');
ROLLBACK TO base;

--
-- Several at once, and the first is what a booking is told
--

SELECT t.book(:'ben', :'p', :'s', :'ten') AS taken \gset
SELECT t.book(:'pat', :'bob', :'s_bob', :'ten') AS busy \gset
SELECT t.limit(:'c', 'day', 2) \gset
UPDATE quickbook.service SET min_notice = '30 days', horizon_days = 1 WHERE id = :'s';
SELECT t.is(t.failed(:'s', :'p', '2026-03-09 10:10+01', :'pat'), 'free grid notice horizon limit patient', 'all that fail are told');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-09 10:10+01', :'pat'), 'slot_taken', 'a booking is told the first');
SELECT (quickbook.cancel_appointment(:'taken')).status \gset
SELECT t.is(t.failed(:'s', :'p', '2026-03-09 10:10+01', :'pat') || ', ' || t.verdict(:'s', :'p', '2026-03-09 10:10+01', :'pat'),
	'grid notice horizon patient, off_grid', 'then the next');
ROLLBACK TO base;

SELECT * FROM t.finish();
ROLLBACK;
