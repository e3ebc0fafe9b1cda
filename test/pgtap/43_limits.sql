-- Section 4, rule 5: booking limits. What a row of booking_limit counts, in which
-- period, whose clock decides where it begins, and that searches and bookings agree.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/rules.inc
SELECT t.plan(188);

-- Everybody is always open, so that starts are at every full hour.
SELECT t.clinic() AS c \gset
SELECT t.provider(:'c', open_always => true) AS p \gset
SELECT t.provider(:'c', 'Bob', open_always => true) AS bob \gset
SELECT t.service(:'c', '1 hour', :'p', '1 hour', name => 'One') AS s \gset
SELECT t.service(:'c', '1 hour', :'p', name => 'Two') AS s2 \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.offer(:'s2', :'bob') \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset

-- What a booking meets, one after the other, under one limit only.
CREATE FUNCTION t.under(clinic uuid, period text, max_count integer, max_time interval, patient uuid, provider uuid, service uuid,
	VARIADIC starts timestamptz[]) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	list text := '';
	start timestamptz;
BEGIN
	PERFORM t.limit(clinic, period, max_count, max_time);
	FOREACH start IN ARRAY starts LOOP
		list := t.join(list, t.verdict(service, provider, start, patient));
	END LOOP;
	RAISE EXCEPTION USING ERRCODE = 'T0000', MESSAGE = list;
EXCEPTION WHEN SQLSTATE 'T0000' THEN
	RETURN SQLERRM;
END
$$;
SAVEPOINT base;

--
-- Periods
--

SELECT t.book(:'ben', :'p', :'s', '2026-04-15 12:00+00') AS e \gset
SAVEPOINT booked;
SELECT t.is(t.under(:'c', period, 1, NULL, :'pat', :'p', :'s', first::timestamptz - '01:00'::interval, first::timestamptz,
	after::timestamptz - '01:00'::interval, after::timestamptz), 'ok limit_reached limit_reached ok', t.sql('one a %s, from %s to %s', period, first, after))
FROM (VALUES ('day', '2026-04-15 00:00+00', '2026-04-16 00:00+00'), ('week', '2026-04-13 00:00+00', '2026-04-20 00:00+00'),
	('month', '2026-04-01 00:00+00', '2026-05-01 00:00+00')) AS v (period, first, after);
SELECT t.is(t.under(:'c', 'year', 1, NULL, :'pat', :'p', :'s', '2026-03-02 09:00+00', '2026-12-31 23:00+00', '2027-01-01 00:00+00'),
	'limit_reached limit_reached ok', 'one a year');
SELECT t.is(t.under(:'c', 'upcoming', 1, NULL, :'pat', :'p', :'s', '2026-03-02 09:00+00', '2026-12-31 23:00+00', '2027-01-01 00:00+00'),
	'limit_reached limit_reached limit_reached', 'one to come, whenever');
SELECT t.is(t.under(:'c', period, 2, NULL, :'pat', :'p', :'s', '2026-04-15 14:00+00'), 'ok', t.sql('two a %s: one is no reason', period))
FROM (VALUES ('day'), ('week'), ('month'), ('year'), ('upcoming')) AS v (period);
SELECT t.is(t.under(:'c', period, 0, NULL, :'pat', :'p', :'s', '2026-06-15 14:00+00'), 'limit_reached', t.sql('none a %s', period))
FROM (VALUES ('day'), ('week'), ('month'), ('year'), ('upcoming')) AS v (period);

-- By time: what is booked and what is asked for, together.
SELECT t.is(t.under(:'c', period, NULL, max_time::interval, :'pat', :'p', :'s', '2026-04-15 14:00+00'), want, t.sql('%s a %s', max_time, period))
FROM (VALUES ('day', '2 hours', 'ok'), ('day', '1 hour 59 minutes 59 seconds', 'limit_reached'), ('week', '2 hours', 'ok'),
	('week', '119 minutes', 'limit_reached'), ('month', '2 hours', 'ok'), ('month', '119 minutes', 'limit_reached'),
	('year', '2 hours', 'ok'), ('year', '119 minutes', 'limit_reached'), ('upcoming', '2 hours', 'ok'),
	('upcoming', '119 minutes', 'limit_reached'), ('day', '0', 'limit_reached')) AS v (period, max_time, want);
SELECT t.is(t.under(:'c', 'day', NULL, '1 hour', :'pat', :'p', :'s', '2026-04-14 23:00+00', '2026-04-16 00:00+00'), 'ok ok',
	'by time: other days have their own');
-- Both in one row: each may refuse.
SELECT t.is(t.under(:'c', 'day', 2, '119 minutes', :'pat', :'p', :'s', '2026-04-15 14:00+00'), 'limit_reached', 'count and time: the time refuses');
SELECT t.is(t.under(:'c', 'day', 1, '2 hours', :'pat', :'p', :'s', '2026-04-15 14:00+00'), 'limit_reached', 'count and time: the count refuses');
SELECT t.is(t.under(:'c', 'day', 2, '2 hours', :'pat', :'p', :'s', '2026-04-15 14:00+00'), 'ok', 'count and time: neither');
-- The length of an appointment is its own, not its buffers' and not the service's of today.
UPDATE quickbook.service SET buffer_before = '30 minutes', buffer_after = '30 minutes' WHERE id = :'s';
SELECT t.is(t.under(:'c', 'day', NULL, '2 hours', :'pat', :'p', :'s', '2026-04-15 14:00+00'), 'ok', 'by time: buffers do not count');
ROLLBACK TO booked;
UPDATE quickbook.service SET duration = '2 hours' WHERE id = :'s';
SELECT t.is(t.under(:'c', 'day', NULL, '3 hours', :'pat', :'p', :'s', '2026-04-15 14:00+00'), 'ok', 'by time: the new one''s length is the service''s');
SELECT t.is(t.under(:'c', 'day', NULL, '179 minutes', :'pat', :'p', :'s', '2026-04-15 14:00+00'), 'limit_reached', 'by time: and the old one''s what it was booked with');
ROLLBACK TO booked;
UPDATE quickbook.service_provider SET duration = '90 minutes' WHERE provider_id = :'bob';
SELECT t.is(t.under(:'c', 'day', NULL, '150 minutes', :'pat', :'bob', :'s', '2026-04-15 14:00+00'), 'ok', 'by time: or the provider''s');
SELECT t.is(t.under(:'c', 'day', NULL, '149 minutes', :'pat', :'bob', :'s', '2026-04-15 14:00+00'), 'limit_reached', 'by time: and not a minute more');
ROLLBACK TO base;
-- An appointment belongs to the day on which it starts.
UPDATE quickbook.service SET duration = '3 hours' WHERE id = :'s';
SELECT t.book(:'ben', :'p', :'s', '2026-04-15 23:00+00') AS night \gset
SELECT t.is(t.under(:'c', 'day', 1, NULL, :'pat', :'p', :'s', '2026-04-15 10:00+00', '2026-04-16 10:00+00'), 'limit_reached ok', 'over midnight: by its start');
SELECT t.is(t.under(:'c', 'day', NULL, '5 hours', :'pat', :'p', :'s', '2026-04-15 10:00+00', '2026-04-16 10:00+00'), 'limit_reached ok', 'over midnight: with all its time');
ROLLBACK TO base;

-- Weeks begin where the clinic says; 11 March is a Wednesday.
CREATE FUNCTION t.weeks(clinic uuid, week_start integer, first date, patient uuid, provider uuid, service uuid) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE quickbook.clinic c SET week_start = weeks.week_start WHERE c.id = clinic;
	RETURN t.under(clinic, 'week', 1, NULL, patient, provider, service, VARIADIC t.edges(first));
END
$$;
CREATE FUNCTION t.edges(first date) RETURNS timestamptz[]
LANGUAGE sql SET search_path = pg_catalog SET timezone = 'UTC'
AS $$ SELECT ARRAY[first - interval '1 hour', first, first + interval '6 days 23 hours', first + interval '7 days']::timestamptz[] $$;
SELECT t.book(:'ben', :'p', :'s', '2026-03-11 12:00+00') AS e \gset
SELECT t.is(t.weeks(:'c', week_start, first::date, :'pat', :'p', :'s'), 'ok limit_reached limit_reached ok', t.sql('week_start %s: from %s', week_start::text, first))
FROM (VALUES (1, '2026-03-09'), (2, '2026-03-10'), (3, '2026-03-11'), (4, '2026-03-05'), (5, '2026-03-06'), (6, '2026-03-07'), (7, '2026-03-08')) AS v (week_start, first);
ROLLBACK TO base;
SELECT t.book(:'ben', :'p', :'s', '2026-12-30 12:00+00') AS e \gset
SELECT t.is(t.under(:'c', 'week', 1, NULL, :'pat', :'p', :'s', '2026-12-27 23:00+00', '2026-12-28 00:00+00', '2027-01-03 23:00+00', '2027-01-04 00:00+00'),
	'ok limit_reached limit_reached ok', 'a week goes on in the next year');
ROLLBACK TO base;

--
-- Whose clock: the lead's of the new booking
--

UPDATE quickbook.provider SET time_zone = 'America/New_York' WHERE id = :'bob';
-- 21:00 of the 3rd in New York, the 4th in UTC; by Ada
SELECT t.book(:'ben', :'p', :'s', '2026-03-04 02:00+00') AS e \gset
SELECT t.is(t.under(:'c', 'day', 1, NULL, :'pat', :'p', :'s', '2026-03-03 23:00+00', '2026-03-04 00:00+00', '2026-03-04 23:00+00', '2026-03-05 00:00+00'),
	'ok limit_reached limit_reached ok', 'a lead in UTC: the day in UTC');
SELECT t.is(t.under(:'c', 'day', 1, NULL, :'pat', :'bob', :'s', '2026-03-03 04:00+00', '2026-03-03 05:00+00', '2026-03-04 04:00+00', '2026-03-04 05:00+00'),
	'ok limit_reached limit_reached ok', 'a lead in New York: the same appointment on another day');
ROLLBACK TO base;
-- The end of a month, and of the year.
UPDATE quickbook.provider SET time_zone = 'America/New_York' WHERE id = :'bob';
SELECT t.book(:'ben', :'bob', :'s', '2027-01-01 04:00+00') AS e \gset
SELECT t.is(t.under(:'c', period, 1, NULL, :'pat', :'bob', :'s', '2026-12-31 05:00+00', '2027-01-01 05:00+00'), 'limit_reached ok',
	t.sql('the %s ends at midnight in New York', period))
FROM (VALUES ('day'), ('month'), ('year')) AS v (period);
ROLLBACK TO base;
-- A day of 25 hours.
UPDATE quickbook.provider SET time_zone = 'Europe/Berlin' WHERE id = :'p';
SELECT t.book(:'ben', :'p', :'s', '2026-10-24 22:00+00') AS e \gset
SELECT t.is(t.under(:'c', 'day', 1, NULL, :'pat', :'p', :'s', '2026-10-24 21:00+00', '2026-10-24 23:00+00', '2026-10-25 22:00+00', '2026-10-25 23:00+00'),
	'ok limit_reached limit_reached ok', 'the day on which the clocks go back has 25 hours');
ROLLBACK TO base;
-- The clinic's zone where the provider has none.
UPDATE quickbook.clinic SET time_zone = 'Asia/Tokyo' WHERE id = :'c';
SELECT t.book(:'ben', :'p', :'s', '2026-03-11 14:00+00') AS e \gset
SELECT t.is(t.under(:'c', 'day', 1, NULL, :'pat', :'p', :'s', '2026-03-10 14:00+00', '2026-03-10 15:00+00', '2026-03-11 15:00+00'), 'ok limit_reached ok',
	'without a zone of its own, in the clinic''s');
ROLLBACK TO base;
-- Where the lead travels.
SELECT t.travel(:'p', '[2026-03-10,2026-03-14)', 'Asia/Tokyo') \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-11 14:00+00') AS e \gset
SELECT t.is(t.under(:'c', 'day', 1, NULL, :'pat', :'p', :'s', '2026-03-10 15:00+00', '2026-03-11 13:00+00', '2026-03-11 15:00+00'),
	'limit_reached limit_reached ok', 'where the lead travels, the day there');
ROLLBACK TO base;

--
-- Scopes
--

-- One of Pat with Ada for service One; then five others that share less and less with it.
CREATE FUNCTION t.five(VARIADIC verdicts text[]) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT replace(array_to_string(verdicts, ' '), 'limit_reached', 'no') $$;
CREATE FUNCTION t.scope(pat uuid, ben uuid, ada uuid, bob uuid, one uuid, two uuid) RETURNS text
LANGUAGE sql
AS $$
	SELECT t.five(t.verdict(one, ada, '2026-03-11 12:00+00', pat), t.verdict(one, ada, '2026-03-11 12:00+00', ben),
		t.verdict(two, ada, '2026-03-11 12:00+00', pat), t.verdict(one, bob, '2026-03-11 12:00+00', pat),
		t.verdict(two, bob, '2026-03-11 12:00+00', ben))
$$;
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS e \gset
SAVEPOINT one;
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no no no no no', 'no scope: everything in the clinic together');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', 1, service => :'s') \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no no ok no ok', 'a service');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', 1, provider => :'p') \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no no no ok ok', 'a provider');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', 1, service => :'s', provider => :'p') \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no no ok ok ok', 'a service with a provider');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', 1, per_patient => true) \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no ok no no ok', 'each patient alone');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', 1, per_patient => true, service => :'s') \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no ok ok no ok', 'each patient of a service');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', 1, per_patient => true, provider => :'p') \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no ok no ok ok', 'each patient of a provider');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', 1, per_patient => true, service => :'s', provider => :'p') \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no ok ok ok ok', 'each patient of a service with a provider');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', NULL, '119 minutes', per_patient => true, service => :'s') \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no ok ok no ok', 'by time in a scope');
ROLLBACK TO one;
-- Several rows: each counts for itself.
SELECT t.limit(:'c', 'day', 1, service => :'s', provider => :'p'), t.limit(:'c', 'day', 1, per_patient => true, service => :'s'), t.limit(:'c', 'week', 3) \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no no ok no ok', 'several limits: any of them refuses');
SELECT t.book(:'ben', :'p', :'s2', '2026-03-12 10:00+00') AS b \gset
SELECT t.book(:'ben', :'p', :'s2', '2026-03-13 10:00+00') AS d \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2'), 'no no no no no', 'several limits: the week is full');
SELECT t.is(t.verdict(:'s2', :'bob', '2026-03-16 00:00+00', :'ben'), 'ok', 'several limits: the next is not');
ROLLBACK TO one;
-- Another clinic's bookings and limits are its own.
SELECT t.clinic(name => 'Other') AS c2 \gset
SELECT t.provider(:'c2', 'Eve', open_always => true) AS eve \gset
SELECT t.service(:'c2', '1 hour', :'eve') AS s_eve \gset
SELECT t.patient(:'c2', 'Oth') AS oth \gset
SELECT t.limit(:'c2', 'day', 1) \gset
SELECT t.is(t.scope(:'pat', :'ben', :'p', :'bob', :'s', :'s2') || ' ' || t.verdict(:'s_eve', :'eve', '2026-03-11 12:00+00', :'oth'), 'ok ok ok ok ok ok',
	'another clinic''s limit does not count here, nor our bookings there');
ROLLBACK TO one;

-- A provider's limit is the lead's: who helps is not counted.
SELECT t.service(:'c', '1 hour', :'bob', name => 'Assisted') AS assisted \gset
SELECT t.offer(:'assisted', :'p', 'second') \gset
SELECT t.limit(:'c', 'day', 1, provider => :'p') \gset
SELECT t.is(t.verdict(:'assisted', :'bob', '2026-03-11 12:00+00', :'pat'), 'ok', 'a provider at the limit may still help');
SELECT t.book(:'pat', :'bob', :'assisted', '2026-03-12 12:00+00') AS helped \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-12 14:00+00', :'pat'), 'ok', 'and helping does not count to it');
ROLLBACK TO one;

-- Without a patient, limits of patients are not asked.
SELECT t.limit(:'c', 'day', 1, per_patient => true) \gset
SELECT t.is(t.slots(:'s', '2026-03-11 12:00+00', '2026-03-11 14:00+00', :'p'), '12:00 13:00', 'without a patient, limits of patients do not count');
SELECT t.is(t.slots(:'s', '2026-03-11 12:00+00', '2026-03-11 14:00+00', :'p', :'pat'), '', 'with one they do');
SELECT t.is(t.outcome(t.hold_sql(NULL, :'p', :'s', '2026-03-11 12:00+00')), 'ok', 'a hold without patient meets none');
ROLLBACK TO one;
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.is(t.slots(:'s', '2026-03-11 12:00+00', '2026-03-11 14:00+00', :'p'), '', 'others count for it too');
SELECT t.is(t.outcome(t.hold_sql(NULL, :'p', :'s', '2026-03-11 12:00+00')), '23QB5 limit_reached', 'and for a hold');
ROLLBACK TO one;

-- Any provider: whoever has not reached the limit.
SELECT t.limit(:'c', 'day', 1, provider => :'p') \gset
SELECT t.is(t.rows(:'s', '2026-03-11 12:00+00', '2026-03-11 13:00+00'), 'Bob@12:00-13:00/1', 'any provider: only who has not reached the limit is offered');
SELECT t.is((quickbook.create_appointment(:'ben', NULL, :'s', '2026-03-11 12:00+00')).provider_id::text, :'bob', 'any provider: and booked');
SELECT t.limit(:'c', 'day', 1, provider => :'bob') \gset
SELECT t.refused(t.create_sql(:'ben', NULL, :'s', '2026-03-11 14:00+00'), 'limit_reached', '23QB5', 'any provider: when all have, nobody');
ROLLBACK TO base;

--
-- What counts
--

CREATE FUNCTION t.counted(status text, expires_at timestamptz, period text, clinic uuid, pat uuid, ben uuid, provider uuid, service uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	verdict text;
BEGIN
	PERFORM t.appointment(status, ben, provider, service, '2026-03-11 10:00+00', '2026-03-11 11:00+00', expires_at);
	verdict := t.under(clinic, period, 1, NULL, pat, provider, service, '2026-03-11 12:00+00');
	RAISE EXCEPTION USING ERRCODE = 'T0000', MESSAGE = verdict;
EXCEPTION WHEN SQLSTATE 'T0000' THEN
	RETURN SQLERRM;
END
$$;
SELECT t.is(t.counted(status, expires_at::timestamptz, 'day', :'c', :'pat', :'ben', :'p', :'s') || ' '
	|| t.counted(status, expires_at::timestamptz, 'upcoming', :'c', :'pat', :'ben', :'p', :'s'), want, t.sql('%s %s: %s (day, upcoming)', status, expires_at, want))
FROM (VALUES ('held', '2026-03-02 08:00:01+00', 'limit_reached limit_reached'), ('held', '2026-03-02 08:00:00+00', 'ok ok'),
	('pending', NULL, 'limit_reached limit_reached'), ('booked', NULL, 'limit_reached limit_reached'), ('arrived', NULL, 'limit_reached limit_reached'),
	('checked-in', NULL, 'limit_reached limit_reached'), ('fulfilled', NULL, 'limit_reached limit_reached'), ('noshow', NULL, 'limit_reached ok'),
	('cancelled', NULL, 'ok ok'), ('entered-in-error', NULL, 'ok ok')) AS v (status, expires_at, want);

-- A request that takes no time counts all the same.
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'s';
SELECT t.book(:'ben', :'p', :'s', '2026-03-11 10:00+00') AS asked \gset
SELECT t.is(t.under(:'c', 'day', 1, NULL, :'pat', :'p', :'s', '2026-03-11 10:00+00'), 'limit_reached', 'a request that takes no time counts');
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.is((quickbook.confirm_appointment(:'asked')).status, 'booked', 'confirmed, it does not count itself');
ROLLBACK TO base;

-- Cancelling gives back.
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS a \gset
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', '2026-03-11 14:00+00'), 'limit_reached', '23QB5', 'limit_reached in due form');
SET LOCAL quickbook.error_style = 'http';
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', '2026-03-11 14:00+00'), 'limit_reached', 'PT422', 'limit_reached for HTTP: 422');
SET LOCAL quickbook.error_style = 'sql';
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-11 14:00+00') AS b \gset
SELECT t.refused(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'')', :'a'), 'limit_reached', '23QB5', 'an undo counts again');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.set_appointment_status(%L, ''booked'', override => ''{limit}'')', :'a')), 'ok', 'unless staff set the limit aside');
ROLLBACK TO base;

-- Upcoming: what has begun is not to come.
SELECT t.book(:'ben', :'p', :'s', '2026-03-02 10:00+00') AS a \gset
SELECT t.limit(:'c', 'upcoming', 1) \gset
SELECT t.at('2026-03-02 09:59:59.999999+00') \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-02 12:00+00', :'pat'), 'limit_reached', 'upcoming: until it begins');
SELECT t.at('2026-03-02 10:00+00') \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-02 12:00+00', :'pat'), 'ok', 'upcoming: at its start it counts no more');
SELECT t.book(:'pat', :'p', :'s', '2026-03-02 12:00+00') AS b \gset
SELECT t.is(t.outcome(t.create_sql(:'ben', :'p', :'s', '2026-03-02 09:00+00', 'override => ''{notice}''')), 'ok', 'upcoming: what staff note in the past is not to come either');
SELECT t.refused(t.create_sql(:'ben', :'p', :'s', '2026-03-02 14:00+00', 'override => ''{notice}'''), 'limit_reached', '23QB5', 'upcoming: a later start is');
ROLLBACK TO base;
-- A period looks back, too.
SELECT t.book(:'ben', :'p', :'s', '2026-03-02 10:00+00') AS a \gset
SELECT t.at('2026-03-02 20:00+00') \gset
SELECT t.is(t.under(:'c', period, 1, NULL, :'pat', :'p', :'s', '2026-03-02 21:00+00'), 'limit_reached', t.sql('what is past counts in its %s', period))
FROM (VALUES ('day'), ('week'), ('month'), ('year')) AS v (period);
SELECT t.is(t.outcome(t.create_sql(:'pat', :'p', :'s', '2026-03-02 09:00+00', 'override => ''{notice}''')), 'ok', 'what staff note in the past');
SELECT t.limit(:'c', 'day', 2) \gset
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-02 07:00+00', 'override => ''{notice}'''), 'limit_reached', '23QB5', 'meets the limit of its day');
ROLLBACK TO base;

-- One's own hold that the booking closes does not count; another does.
SELECT t.limit(:'c', 'day', 1, per_patient => true) \gset
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-11 10:00+00') \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-11 10:00+00', :'pat'), 'ok', 'the own hold that a booking closes does not count');
SELECT t.is(t.verdict(:'s2', :'bob', '2026-03-11 10:00+00', :'pat'), 'ok', 'whomever it is with');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-11 12:00+00', :'pat'), 'limit_reached', 'one that stays does');
ROLLBACK TO base;

--
-- Moving
--

SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.limit(:'c', 'day', NULL, '90 minutes') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS a \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-12 10:00+00') AS b \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'a', starts_at)), want, t.sql('moved to %s', starts_at))
FROM (VALUES ('2026-03-11 14:00+00', 'ok'), ('2026-03-11 14:00+00', 'ok'), ('2026-03-12 14:00+00', '23QB5 limit_reached'),
	('2026-03-13 10:00+00', 'ok'), ('2026-03-11 10:00+00', 'ok')) AS v (starts_at, want);
SELECT t.is(t.state(:'a'), 'booked v4 [Ada/0 10:00-11:00, Pat/0 10:00-11:00] booked rescheduled rescheduled rescheduled', 'it does not count itself, and refused it stays');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reschedule_appointment(%L, %L, override => ''{limit}'')', :'a', '2026-03-12 14:00+00')), 'ok', 'staff may set the limit aside');
SELECT t.refused(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'a', '2026-03-12 16:00+00'), 'limit_reached', '23QB5', 'the other one of the day counts');
ROLLBACK TO base;
-- An own hold at the new time does not count: moving there closes it.
SELECT t.limit(:'c', 'day', 1, per_patient => true) \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS a \gset
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-12 10:00+00') \gset
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'a', '2026-03-12 11:00+00')), '23QB5 limit_reached', 'beside the own hold');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.reschedule_appointment(%L, %L)', :'a', '2026-03-12 10:00+00')), 'ok', 'in its place');
SELECT t.is(t.events(:'h'), 'held cancelled', 'which closes the hold');
ROLLBACK TO base;
SELECT t.limit(:'c', 'day', 1, provider => :'bob') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS a \gset
SELECT t.book(:'ben', :'bob', :'s', '2026-03-11 12:00+00') AS b \gset
SELECT t.refused(t.sql('SELECT quickbook.reschedule_appointment(%L, %L, %L)', :'a', '2026-03-11 14:00+00', :'bob'), 'limit_reached', '23QB5', 'to another provider: that one''s limit counts');
ROLLBACK TO base;

--
-- Set aside, and the order of telling
--

SELECT t.limit(:'c', 'day', 0) \gset
SELECT t.is(t.outcome(t.create_sql(:'pat', :'p', :'s', '2026-03-11 10:00+00', 'override => ''{limit}''')), 'ok', 'override limit');
SELECT t.refused(t.create_sql(:'pat', :'p', :'s', '2026-03-11 12:00+00', 'override => ''{grid,notice,hours,horizon,policy}'''), 'limit_reached', '23QB5', 'nothing else sets it aside');
SELECT t.is(t.outcome(t.hold_sql(:'ben', :'p', :'s', '2026-03-11 12:00+00', 'override => ''{limit}''')), 'ok', 'override limit for a hold');
SELECT t.refused(t.create_sql(:'pat', :'bob', :'s', '2026-03-11 10:00+00'), 'limit_reached', '23QB5', 'told before that the patient is busy');
UPDATE quickbook.service SET horizon_days = 1 WHERE id = :'s';
SELECT t.refused(t.create_sql(:'pat', :'bob', :'s', '2026-03-11 10:00+00'), 'beyond_horizon', '23QB4', 'told after the horizon');
SELECT t.is(t.failed(:'s', :'bob', '2026-03-11 10:00+00', :'pat'), 'horizon limit patient', 'explain_slot() tells all three');
SELECT t.ok(t.detail(t.create_sql(:'ben', :'p', :'s2', '2026-03-11 14:00+00')) NOT LIKE t.sql('%%%s%%', :'pat'), 'DETAIL names nobody else');
ROLLBACK TO base;

--
-- Groups
--

UPDATE quickbook.service SET seats = 4 WHERE id = :'s';
SELECT t.patient(:'c', 'Cy') AS cy \gset
SAVEPOINT groups;
SELECT t.limit(:'c', 'day', 2) \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS a \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-11 10:00+00') AS b \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-11 10:00+00', :'cy'), 'limit_reached', 'a count counts every seat');
ROLLBACK TO groups;
SELECT t.limit(:'c', 'day', NULL, '1 hour') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS a \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-11 10:00+00') AS b \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-11 10:00+00', :'cy'), 'ok', 'by time a session counts once: joining adds none');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-11 12:00+00', :'cy'), 'limit_reached', 'another session does');
SELECT t.is(t.verdict(:'s2', :'bob', '2026-03-11 12:00+00', :'cy'), 'limit_reached', 'and so does an appointment');
SELECT (quickbook.cancel_appointment(:'a')).status \gset
SELECT t.is(t.verdict(:'s2', :'bob', '2026-03-11 12:00+00', :'cy'), 'limit_reached', 'as long as somebody sits there');
SELECT (quickbook.cancel_appointment(:'b')).status \gset
SELECT t.is(t.verdict(:'s2', :'bob', '2026-03-11 12:00+00', :'cy'), 'ok', 'and not longer');
ROLLBACK TO groups;
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS a \gset
SELECT t.book(:'ben', :'bob', :'s', '2026-03-11 10:00+00') AS b \gset
SELECT t.is(t.under(:'c', 'day', NULL, '2 hours', :'cy', :'p', :'s', '2026-03-11 10:00+00', '2026-03-11 12:00+00'), 'ok limit_reached', 'two sessions count twice');
SELECT t.is(t.under(:'c', 'day', NULL, '119 minutes', :'cy', :'p', :'s', '2026-03-11 10:00+00'), 'limit_reached', 'what is over the limit already is not joined either');
ROLLBACK TO groups;
UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'s';
SELECT t.limit(:'c', 'day', NULL, '119 minutes', per_patient => true) \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-11 10:00+00') AS a \gset
SELECT t.is(t.verdict(:'s', :'p', '2026-03-11 10:00+00', :'ben'), 'ok', 'each patient alone: another''s seat is his own time');
SELECT t.is(t.verdict(:'s', :'p', '2026-03-11 10:00+00', :'pat'), 'limit_reached', 'each patient alone: a second seat is time again');
ROLLBACK TO base;

--
-- Written down
--

-- A set that shrinks as the period grows could never be met.
SELECT t.limit(:'c', 'week', 5) AS week \gset
SAVEPOINT week;
CREATE FUNCTION t.limit_sql(clinic text, period text, max_count integer, max_time text DEFAULT NULL, service text DEFAULT NULL,
	provider text DEFAULT NULL, per_patient boolean DEFAULT false) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT format('INSERT INTO quickbook.booking_limit (clinic_id, period, max_count, max_time, service_id, provider_id, per_patient)'
		' VALUES (%L, %L, %L, %L, %L, %L, %L)', clinic, period, max_count, max_time, service, provider, per_patient)
$$;
SELECT t.refused(t.limit_sql(:'c', period, max_count), 'invalid_argument', '22023', t.sql('five a week and %s a %s', max_count::text, period))
FROM (VALUES ('day', 6), ('month', 4), ('year', 4), ('year', 0)) AS v (period, max_count);
SAVEPOINT tried;
SELECT t.lives(t.limit_sql(:'c', period, max_count), t.sql('five a week and %s a %s', max_count::text, period))
FROM (VALUES ('day', 5), ('month', 5), ('year', 5), ('upcoming', 1), ('upcoming', 100)) AS v (period, max_count);
ROLLBACK TO tried;
SELECT t.lives(t.limit_sql(:'c', 'day', 6, NULL, service, provider, per_patient), t.sql('... in another scope: %s', what))
FROM (VALUES (:'s', NULL, false, 'service'), (NULL, :'p', false, 'provider'), (NULL, NULL, true, 'each patient'), (:'s', :'p', true, 'all of it')) AS v (service, provider, per_patient, what);
SELECT t.refused(t.limit_sql(:'c', 'week', 5, NULL, service, provider, per_patient), 'invalid_argument', '22023', t.sql('... within it: %s', what))
FROM (VALUES (:'s', NULL, false, 'service'), (NULL, :'p', false, 'provider'), (NULL, NULL, true, 'each patient'), (:'s', :'p', true, 'all of it')) AS v (service, provider, per_patient, what);
ROLLBACK TO tried;
SELECT t.clinic(name => 'Other') AS c2 \gset
SELECT t.lives(t.limit_sql(:'c2', 'day', 6), '... in another clinic');
SELECT t.lives(t.limit_sql(:'c', 'day', NULL, '10 hours'), 'counts and times are not compared');
SELECT t.refused(t.limit_sql(:'c', 'month', NULL, '9 hours 59 minutes'), 'invalid_argument', '22023', 'times shrink');
SELECT t.lives(t.limit_sql(:'c', 'month', NULL, '10 hours'), 'times may be equal');
SELECT t.refused(t.limit_sql(:'c', 'year', 4, '11 hours'), 'invalid_argument', '22023', 'in one row the time grows and the count shrinks');
ROLLBACK TO tried;
-- However it is written.
SELECT t.lives(t.limit_sql(:'c', 'day', 3), 'three a day, five a week');
SELECT t.refused(sql, 'invalid_argument', '22023', what)
FROM (VALUES ('UPDATE quickbook.booking_limit SET max_count = 2 WHERE period = ''week''', 'UPDATE of a number'),
	('UPDATE quickbook.booking_limit SET period = ''year'' WHERE period = ''day''', 'UPDATE of a period'),
	('UPDATE quickbook.booking_limit SET period = ''month'', max_count = 4 WHERE period = ''day''', 'UPDATE of both'),
	(t.sql('INSERT INTO quickbook.booking_limit (clinic_id, period, max_count) VALUES (%L, ''month'', 5), (%L, ''year'', 4)', :'c', :'c'), 'INSERT of two rows')) AS v (sql, what);
SELECT t.lives('UPDATE quickbook.booking_limit SET max_count = max_count - 3', 'both at once may pass through what each alone may not');
SELECT t.lives('UPDATE quickbook.booking_limit SET max_count = 9', 'only the end of the statement counts');
SELECT t.lives('DELETE FROM quickbook.booking_limit WHERE period = ''week''', 'what was deleted');
SELECT t.lives(t.limit_sql(:'c', 'week', 10), 'does not count any more');
ROLLBACK TO tried;
SELECT t.lives(t.limit_sql(:'c', 'day', 9, NULL, :'s'), 'nine a day of a service');
SELECT t.refused(t.sql('UPDATE quickbook.booking_limit SET service_id = %L WHERE id = %L', :'s', :'week'), 'invalid_argument', '22023', 'UPDATE of a scope');
-- Other nonsense.
ROLLBACK TO tried;
SELECT t.throws(t.limit_sql(:'c', period, max_count, max_time), '23514', NULL, t.sql('no limit: %s', what))
FROM (VALUES ('day', NULL, NULL, 'neither count nor time'), ('day', -1, NULL, 'a negative count'), ('hour', 1, NULL, 'another period'),
	('day', NULL, '1 month', 'a month of time'), ('day', NULL, '-1 hour', 'negative time')) AS v (period, max_count, max_time, what);
ROLLBACK TO base;

--
-- Searches and bookings agree
--

SELECT t.limit(:'c', 'day', 2), t.limit(:'c', 'week', 5), t.limit(:'c', 'month', 9), t.limit(:'c', 'upcoming', 20) \gset
SELECT t.limit(:'c', 'week', NULL, '3 hours', provider => :'p'), t.limit(:'c', 'week', 2, per_patient => true, service => :'s') \gset
UPDATE quickbook.provider SET time_zone = 'America/Los_Angeles' WHERE id = :'bob';
CREATE TABLE t.tried (n integer, verdict text);
CREATE FUNCTION t.chance(n integer, what text, below integer) RETURNS integer
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT ('x' || substr(md5(what || n), 1, 6))::bit(24)::integer % below $$;
CREATE FUNCTION t.hour(n integer) RETURNS timestamptz
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT '2026-03-02 09:00+00'::timestamptz + n * interval '1 hour' $$;
CREATE FUNCTION t.books(n integer, verdict text) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT verdict = 'ok' AND n % 2 = 0 $$;
CREATE FUNCTION t.play(patients uuid[], providers uuid[], services uuid[], rounds integer) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	patient uuid;
	provider uuid;
	service uuid;
	start timestamptz;
	verdict text;
BEGIN
	FOR n IN 1 .. rounds LOOP
		patient := patients[1 + t.chance(n, 'patient', 2)];
		provider := providers[1 + t.chance(n, 'provider', 2)];
		service := services[1 + t.chance(n, 'service', 2)];
		start := t.hour(t.chance(n, 'hour', 24 * 35));
		verdict := t.verdict(service, provider, start, patient);
		INSERT INTO t.tried VALUES (n, verdict);
		IF t.books(n, verdict) THEN
			PERFORM t.book(patient, provider, service, start);
		END IF;
	END LOOP;
END
$$;
SELECT t.play(ARRAY[:'pat', :'ben']::uuid[], ARRAY[:'p', :'bob']::uuid[], ARRAY[:'s', :'s2']::uuid[], 200) \gset
SELECT t.is(t.query('SELECT n, verdict FROM t.tried WHERE verdict LIKE ''create%'''), '', 'of 200 at chance, what is offered is what can be booked');
SELECT t.is(t.query('SELECT count(*) FILTER (WHERE verdict = ''ok'') > 20, count(*) FILTER (WHERE verdict = ''limit_reached'') > 20 FROM t.tried'), 'true true',
	'both happened often');

-- A search of weeks offers what searches of hours do.
CREATE FUNCTION t.one_by_one(service uuid, provider uuid, patient uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	list text := '';
	before timestamptz := t.hour(0);
BEGIN
	FOR n IN 0 .. 24 * 35 - 1 LOOP
		FOR r IN SELECT * FROM quickbook.available_slots(service, t.hour(n), t.next_second(t.hour(n)), provider, patient) LOOP
			list := t.append(list, before, r.starts_at, 'UTC');
			before := r.starts_at;
		END LOOP;
	END LOOP;
	RETURN list;
END
$$;
SELECT t.is(t.slots(:'s', '2026-03-02 09:00+00', '2026-04-06 09:00+00', provider, patient), t.one_by_one(:'s', provider, patient), 'a search of weeks and searches of hours')
FROM (VALUES (:'p'::uuid, :'pat'::uuid), (:'bob', :'ben'), (:'p', NULL)) AS v (provider, patient);
ROLLBACK TO base;

-- Days that are full, and the next that are not.
SELECT t.limit(:'c', 'day', 1, provider => :'p') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-03 10:00+00') AS a \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-04 10:00+00') AS b \gset
SELECT t.is(t.days(:'s', '2026-03-03', '2026-03-05', :'p'), '03-03=0 03-04=0 03-05=24', 'available_days() keeps to limits');
SELECT t.is(t.next(:'s', '2026-03-03 00:00+00', 2, :'p'), '03-05 00:00 01:00', 'and next_slots()');
SELECT t.limit(:'c', 'month', 2, provider => :'p') \gset
SELECT t.is(t.next(:'s', '2026-03-03 00:00+00', 2, :'p'), '04-01 00:00 01:00', 'a month on, too');
SELECT t.limit(:'c', 'upcoming', 2, provider => :'p') \gset
SELECT t.is(t.next(:'s', '2026-03-03 00:00+00', 2, :'p'), '', 'or not at all');
ROLLBACK TO base;

--
-- A patient's own holds, which a limit leaves out, are closed or counted
--

-- By a request that takes no time, and by confirming an expired hold of such a service.
SELECT t.service(:'c', '1 hour', :'p', name => 'Wished') AS wished \gset
UPDATE quickbook.service SET requires_approval = true, pending_blocks = false WHERE id = :'wished';
SELECT t.limit(:'c', 'day', 1) \gset
SAVEPOINT wishes;
CREATE FUNCTION t.live() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(status, ' ' ORDER BY status), 'none') FROM quickbook.appointment
	WHERE status IN ('pending', 'booked') OR (status = 'held' AND expires_at > current_setting('quickbook.now')::timestamptz)
$$;
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'s', '2026-03-03 09:00+00') \gset
SELECT t.ok(t.outcome(t.create_sql(:'pat', :'p', :'wished', '2026-03-03 09:00+00')) IN ('ok', '23QB5 limit_reached')
	AND t.live() IN ('held', 'pending'), 'a request at the time of the own hold: one of one a day, ' || t.live());
ROLLBACK TO wishes;
SELECT id AS h FROM quickbook.hold_appointment(:'pat', :'p', :'wished', '2026-03-03 09:00+00') \gset
SELECT t.at('2026-03-02 12:00+00') \gset
SAVEPOINT asked;
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') AS b \gset
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h')), '23QB5 limit_reached', 'an expired hold, its place in the limit given away');
ROLLBACK TO asked;
SELECT t.at('2026-03-03 09:30+00') \gset
SELECT t.is(t.outcome(t.call('confirm_appointment', :'h')), '23QB9 hold_expired', 'or its start past');
ROLLBACK TO base;

-- By confirming a hold of nobody for who holds another, on calendars that admit both.
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'p';
SELECT t.service(:'c', '1 hour', :'p', name => 'Easy') AS easy \gset
UPDATE quickbook.service SET patient_may_overlap = true WHERE id = :'easy';
SELECT id AS h, hold_token AS token FROM quickbook.hold_appointment(NULL, :'p', :'easy', '2026-03-03 09:00+00') \gset
SELECT id AS own FROM quickbook.hold_appointment(:'pat', :'p', :'easy', '2026-03-03 09:00+00') \gset
SELECT t.limit(:'c', 'day', 1, per_patient => true) \gset
SELECT t.outcome(t.call('confirm_appointment', :'h', t.sql('%L, %L', :'pat', :'token'))) AS confirmed \gset
SELECT t.ok(t.query('SELECT count(*) FROM quickbook.appointment WHERE patient_id IS NOT NULL AND status IN (''held'', ''booked'')') = '1',
	'a hold of nobody confirmed by who holds another: one a day, ' || :'confirmed');
ROLLBACK TO base;

-- By an undo with somebody who has left.
SELECT t.book(:'pat', :'bob', :'s', '2026-03-03 09:00+00') AS a \gset
SELECT quickbook.cancel_appointment(:'a') \g /dev/null
SELECT t.limit(:'c', 'day', 1) \gset
SELECT t.book(:'ben', :'p', :'s', '2026-03-03 10:00+00') \gset
UPDATE quickbook.provider SET active = false WHERE id = :'bob';
SELECT t.is(t.outcome(t.call('set_appointment_status', :'a', '''booked''')), '23QB5 limit_reached', 'an undo with somebody who is no longer active: one a day');
DELETE FROM quickbook.service_provider WHERE provider_id = :'bob';
SELECT t.is(t.outcome(t.call('set_appointment_status', :'a', '''booked''')), '23QB5 limit_reached', 'nor serves');
DELETE FROM quickbook.booking_limit;
SELECT t.is(t.outcome(t.call('set_appointment_status', :'a', '''booked''')), 'ok', 'without the limit it is booked again');

SELECT * FROM t.finish();
ROLLBACK;
