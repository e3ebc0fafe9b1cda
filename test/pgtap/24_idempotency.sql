-- Section 5: a booking with an idempotency_key may be sent again, and gives the
-- same appointment however that has fared since. The key with other arguments is
-- refused; keys are a clinic's own.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(34);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.hours(:'bob', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.offer(:'s', :'bob') \gset
SELECT t.service(:'c', '30 minutes', :'p', name => 'Other') AS s_b \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.patient(:'c', 'Ben') AS ben \gset

-- The id of a booking, or what was refused.
CREATE FUNCTION t.try(sql text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r quickbook.appointment_info;
	state text;
	message text;
BEGIN
	EXECUTE sql INTO r;
	RETURN r.id;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
	RETURN t.name_error(state, message);
END
$$;
-- t.create_sql() with SELECT * FROM, so that INTO takes the columns.
CREATE FUNCTION t.row_sql(patient text, provider text, service text, starts_at text, more text) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$ SELECT replace(t.create_sql(patient, provider, service, starts_at, more), 'SELECT ', 'SELECT * FROM ') $$;

SELECT t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$)) AS a \gset
SELECT t.counts() AS counts \gset
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$)), :'a',
	'the same call gives the same appointment');
SELECT t.is(t.counts(), :'counts', 'and neither books nor logs again');
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 11:00+01', $$'web-1', 'knee', '{"b": [2], "a": 1}'$$)), :'a',
	'the same instant and the same JSON, written otherwise, are the same arguments');
SELECT t.is((quickbook.get_appointment(:'a')).idempotency_key, 'web-1', 'the key is kept with it');

-- Other arguments under that key.
SELECT t.refused(t.create_sql(patient, provider, service, starts_at, more), 'idempotency_conflict', '23505', t.sql('conflict: another %s', what))
FROM (VALUES
	(:'ben', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$, 'patient'),
	(:'pat', :'bob', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$, 'provider'),
	(:'pat', NULL, :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$, 'provider: any'),
	(:'pat', :'p', :'s_b', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$, 'service'),
	(:'pat', :'p', :'s', '2026-03-02 10:30+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$, 'start'),
	(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'hip', '{"a": 1, "b": [2]}'$$, 'note'),
	(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', NULL, '{"a": 1, "b": [2]}'$$, 'note: none'),
	(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [3]}'$$, 'detail'),
	(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', NULL$$, 'detail: none')) AS v (patient, provider, service, starts_at, more, what);
SELECT t.is(t.counts(), :'counts', 'and nothing was booked');
SELECT t.ok(t.detail(t.create_sql(:'ben', :'p', :'s', '2026-03-02 10:00+00', '''web-1''')) NOT LIKE t.sql('%%%s%%', :'pat'),
	'the refusal says nothing of the other patient');

-- A conflict is told though the time could not be had either.
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 03:00+00', '''web-1''')), '23505 idempotency_conflict',
	'the key is looked at before the rules');
-- Sent again when it could no longer be booked.
SELECT t.at('2026-03-02 12:00+00') \gset
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$)), :'a',
	'the same call after the start');
SELECT t.at('2026-03-02 08:00+00') \gset
UPDATE quickbook.service SET active = false WHERE id = :'s';
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$)), :'a',
	'the same call when the service is no longer offered');
UPDATE quickbook.service SET active = true WHERE id = :'s';

-- However it has fared since.
SELECT (quickbook.reschedule_appointment(:'a', '2026-03-02 14:00+00')).version \gset
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$)), :'a',
	'the same call when it was moved');
SELECT t.is((quickbook.get_appointment(:'a')).starts_at::text, '2026-03-02 14:00:00+00', 'does not move it back');
SELECT (quickbook.cancel_appointment(:'a')).version \gset
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 10:00+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$)), :'a',
	'the same call when it was cancelled');
SELECT t.is((quickbook.get_appointment(:'a')).status, 'cancelled', 'does not book it again');
SELECT t.is(t.events(:'a'), 'booked rescheduled cancelled', 'and logs nothing');
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-02 10:30+00', $$'web-1', 'knee', '{"a": 1, "b": [2]}'$$)), '23505 idempotency_conflict',
	'a key is never free again');

-- Without a key every call is a booking of its own.
SELECT t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-03 10:00+00', NULL)) AS b \gset
SELECT t.is(t.try(t.row_sql(:'pat', :'p', :'s', '2026-03-03 10:00+00', NULL)), '23P01 slot_taken', 'without a key the second call meets the first');
SELECT t.ok(t.try(t.row_sql(:'ben', :'bob', :'s', '2026-03-03 10:00+00', 'NULL')) NOT LIKE '23%', 'NULL is no key');

-- A call that was refused leaves its key free.
SELECT t.is(t.try(t.row_sql(:'ben', :'p', :'s', '2026-03-03 10:00+00', '''web-2''')), '23P01 slot_taken', 'a refused call');
SELECT t.ok(t.try(t.row_sql(:'ben', :'p', :'s', '2026-03-03 11:00+00', '''web-2''')) NOT LIKE '23%', 'may be corrected under the same key');

-- Any provider: whoever was found the first time.
SELECT t.try(t.row_sql(:'pat', NULL, :'s', '2026-03-04 10:00+00', '''any-1''')) AS any \gset
SELECT t.is(t.try(t.row_sql(:'pat', NULL, :'s', '2026-03-04 10:00+00', '''any-1''')), :'any', 'any provider: the same appointment again');
SELECT t.is(t.events(:'any'), 'booked', 'booked once');

-- The local call.
SELECT id AS l FROM quickbook.create_appointment_local(:'pat', :'p', :'s', '2026-03-05', '10:00', 'local-1') \gset
SELECT t.is((quickbook.create_appointment_local(:'pat', :'p', :'s', '2026-03-05', '10:00', 'local-1')).id::text, :'l', 'create_appointment_local() too');
SELECT t.is(t.outcome(t.sql('SELECT quickbook.create_appointment_local(%L, %L, %L, ''2026-03-05'', ''10:30'', ''local-1'')', :'pat', :'p', :'s')),
	'23505 idempotency_conflict', 'with another time: a conflict');

-- Another clinic's keys are its own.
SELECT t.clinic(name => 'Other') AS c2 \gset
SELECT t.provider(:'c2', 'Eve') AS p2 \gset
SELECT t.hours(:'p2', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c2', '30 minutes', :'p2') AS s2 \gset
SELECT t.patient(:'c2', 'Oth') AS pat2 \gset
SELECT t.try(t.row_sql(:'pat2', :'p2', :'s2', '2026-03-02 10:00+00', '''web-1''')) AS theirs \gset
SELECT t.ok(:'theirs' <> :'a' AND :'theirs' NOT LIKE '23%', 'another clinic may use the key');
SELECT t.is(t.try(t.row_sql(:'pat2', :'p2', :'s2', '2026-03-02 10:00+00', '''web-1''')), :'theirs', 'and gets its own appointment again');

SELECT * FROM t.finish();
ROLLBACK;
