#!/usr/bin/env bash
# What now is: in one transaction it stands still with the statement, and in a
# procedure that commits in a loop, which is one statement, it moves on with each
# transaction. Otherwise a hold would never expire there.
set -euo pipefail
. "$QB_LIB/tap.sh"
db=qb_clock
dropdb --if-exists "$db"
createdb "$db"
trap 'dropdb --if-exists --force "$db"' EXIT
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$db" "$@"; }
sql >/dev/null <<'SQL'
SET client_min_messages = error;
CREATE EXTENSION quickbook CASCADE;
SELECT quickbook.install();
INSERT INTO quickbook.clinic (id, name, time_zone) VALUES ('00000000-0000-7000-8000-00000000c001', 'Clinic', 'UTC');
INSERT INTO quickbook.provider (id, clinic_id, name, open_always) VALUES
	('00000000-0000-7000-8000-00000001c001', '00000000-0000-7000-8000-00000000c001', 'Ada', true);
INSERT INTO quickbook.service (id, clinic_id, name, duration) VALUES
	('00000000-0000-7000-8000-00000002c001', '00000000-0000-7000-8000-00000000c001', 'Visit', '1 hour');
INSERT INTO quickbook.service_provider (service_id, provider_id)
	VALUES ('00000000-0000-7000-8000-00000002c001', '00000000-0000-7000-8000-00000001c001');
INSERT INTO quickbook.patient (id, clinic_id, name) VALUES
	('00000000-0000-7000-8000-00000003c001', '00000000-0000-7000-8000-00000000c001', 'Pam'),
	('00000000-0000-7000-8000-00000004c001', '00000000-0000-7000-8000-00000000c001', 'Quin');
CREATE TABLE made (n integer, id uuid, status text);
CREATE PROCEDURE hold_and_book() LANGUAGE plpgsql AS $$
DECLARE
	start timestamptz := date_trunc('day', now()) + interval '3 days';
BEGIN
	INSERT INTO made SELECT 1, id, status FROM quickbook.hold_appointment('00000000-0000-7000-8000-00000003c001',
		'00000000-0000-7000-8000-00000001c001', '00000000-0000-7000-8000-00000002c001', start, hold_for => '1 second');
	COMMIT;
	PERFORM pg_sleep(1.1);
	COMMIT;
	INSERT INTO made SELECT 2, id, status FROM quickbook.create_appointment('00000000-0000-7000-8000-00000004c001',
		'00000000-0000-7000-8000-00000001c001', '00000000-0000-7000-8000-00000002c001', start);
END
$$;
SQL
sql -c 'CALL hold_and_book()' || true
is "$(sql -c "SELECT string_agg(status, ' ' ORDER BY n) FROM made")" 'held booked' 'a hold expires while a procedure runs that commits'
is "$(sql -c "SELECT status || ' ' || cancel_reason FROM quickbook.appointment WHERE id = (SELECT id FROM made WHERE n = 1)")" \
  'cancelled the hold expired' 'and is closed by whoever meets it'
is "$(sql -c "SELECT count(DISTINCT created_at) FROM quickbook.appointment")" 2 'each has its own time'
is "$(sql <<'SQL'
BEGIN;
SELECT starts_at AS a FROM quickbook.next_slots('00000000-0000-7000-8000-00000002c001', max_slots => 1) \gset
SELECT count(DISTINCT quickbook_now) FROM (SELECT (SELECT created_at FROM quickbook.create_appointment('00000000-0000-7000-8000-00000003c001',
	NULL, '00000000-0000-7000-8000-00000002c001', :'a'::timestamptz + n * interval '1 day')) AS quickbook_now FROM generate_series(4, 6) n) x;
COMMIT;
SQL
)" 1 'within a statement it stands still'
done_testing
