#!/usr/bin/env bash
# The background worker, on a server of its own: it sends NOTIFY after commits,
# expires holds, comes back when it fails, goes for DROP DATABASE and shutdown,
# keeps still without the extension and on a standby, and follows its settings.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
work=$(mktemp -d)
name=worker.$$
cluster() { "$QB_LIB/cluster.sh" "$@"; }
trap 'cluster drop $name.standby >/dev/null 2>&1; cluster drop $name >/dev/null 2>&1; rm -rf "$work"' EXIT

sql() { psql -XAtqd "${DB:-clinic}" -v ON_ERROR_STOP=1 -c "$1" 2>&1; }
workers="SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'quickbook worker' AND datname = 'clinic'"
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

lines=("shared_preload_libraries = 'quickbook'" "quickbook.databases = 'clinic, absent'" "quickbook.worker_interval = '200ms'" "wal_writer_delay = '10s'")
cluster init $name "${lines[@]}" >/dev/null 2>&1
eval "$(cluster start $name)"
PATH=$(dirname "$PG_CONFIG"):$PATH
DB=postgres sql 'CREATE DATABASE clinic' >/dev/null
is "$(comes "$workers" 1)" 1 'a worker comes to a database that is made later, without the extension'

sql "SET client_min_messages = error; CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install();
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC');
	INSERT INTO quickbook.provider (clinic_id, name, open_always) SELECT id, 'p', true FROM quickbook.clinic;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, 'a' FROM quickbook.clinic;
	INSERT INTO quickbook.service (clinic_id, name, duration) SELECT id, 's', '1 hour' FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	CREATE FUNCTION book(n int) RETURNS uuid LANGUAGE sql AS \$\$
		SELECT (quickbook.create_appointment((SELECT id FROM quickbook.patient), NULL, (SELECT id FROM quickbook.service),
			date_trunc('day', statement_timestamp()) + n * interval '1 hour')).id \$\$;
	CREATE FUNCTION hold(n int) RETURNS uuid LANGUAGE sql AS \$\$
		SELECT (quickbook.hold_appointment((SELECT id FROM quickbook.patient), NULL, (SELECT id FROM quickbook.service),
			date_trunc('day', statement_timestamp()) + n * interval '1 hour', hold_for => '1 second')).id \$\$" >/dev/null

# The listener says from which process each word came.
mkfifo "$work/listen"
psql -XAtqd clinic <"$work/listen" >"$work/heard" 2>&1 &
listener=$!
exec 8>"$work/listen"
echo "LISTEN quickbook;" >&8
# A client looks for notifications when it has run something.
heard() { # COUNT
	local i
	for ((i = 0; i < 100; i++)); do
		echo "SELECT;" >&8
		[[ $(grep -c 'Asynchronous notification' "$work/heard") -ge $1 ]] && break
		sleep 0.1
	done
	grep -c 'Asynchronous notification' "$work/heard"
}
sleep 0.3
pid=$(sql "SELECT worker_pid FROM quickbook.stat")
booking=$(sql "SELECT book(30)")
is "$(heard 1)" 1 'a listener hears of a booking'
is "$(grep -o 'process with PID [0-9]*' "$work/heard" | tail -1)" "process with PID $pid" 'from the worker'
grep -q "\"type\": \"appointment.booked\", \"subject\": \"$booking\"" "$work/heard"
is $? 0 'with type and subject'
is "$(sql "SELECT position FROM quickbook.event")" 1 'the event has its position'
sql "SET quickbook.notify = inline; SELECT book(31)" >/dev/null
sql "SELECT book(32) FROM (SELECT set_config('quickbook.notify', 'auto', false)) x; SELECT book(33)" >/dev/null
comes "SELECT count(*) FROM quickbook.event WHERE position IS NULL" 0 >/dev/null
is "$(sql "SELECT string_agg(position::text, ' ' ORDER BY seq) FROM quickbook.event")" '1 2 3 4' 'positions go on'

hold=$(sql "SELECT hold(40)")
is "$(comes "SELECT status || ' ' || cancel_reason FROM quickbook.appointment WHERE id = '$hold'" 'cancelled the hold expired')" \
	'cancelled the hold expired' 'the worker closes expired holds'
is "$(sql "SELECT bookings || ' ' || holds || ' ' || holds_expired || ' ' || (events_sent >= 5) || ' ' || (notify_batches > 0)
	|| ' ' || (worker_wakeups > 0) FROM quickbook.stat")" '4 1 1 true true true' 'the statistics count'
sql "SELECT book(33)" >/dev/null
is "$(sql "SELECT refusals FROM quickbook.stat")" '{"slot_taken": 1}' 'and refusals by error'
sql "SELECT quickbook.reset_stat()" >/dev/null
is "$(sql "SELECT bookings || ' ' || refusals FROM quickbook.stat")" '0 {}' 'they can be reset'

# Who fetches leaves the positions to the worker, and waits for it.
sql "SELECT FROM quickbook.create_consumer('c', 0)" >/dev/null
sql "CREATE TABLE fetched (n int, events int, flushed boolean);
	CREATE PROCEDURE book_and_fetch(n int, nap float DEFAULT 0) LANGUAGE plpgsql AS \$\$
	DECLARE new uuid := book(n); events int;
	BEGIN
		COMMIT;
		SELECT count(*) INTO events FROM quickbook.fetch_events('c') e WHERE e.subject = new;
		INSERT INTO fetched SELECT n, events, pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn();
		PERFORM pg_sleep(nap);
	END \$\$" >/dev/null
for ((n = 50; n < 60; n++)); do sql "CALL book_and_fetch($n)" >/dev/null; done
is "$(sql "SELECT sum(events) FROM fetched")" 10 'who fetches after a commit gets its events'
is "$(sql "SELECT bool_or(flushed) FROM fetched")" t 'whose positions a crash does not take back'
sql "CALL book_and_fetch(60, 4)" >/dev/null &
sleep 1
sql "SELECT book(61)" >/dev/null
is "$(comes "SELECT count(*) FROM quickbook.event WHERE position IS NULL" 0)" 0 'others get theirs'
is "$(sql "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CALL%' AND state = 'active'")" 1 \
	'while a transaction that has fetched stays open'
wait $!

# A transaction that began early and ends late.
sql "BEGIN; SELECT pg_current_xact_id(); INSERT INTO quickbook.event (id, clinic_id, type, subject, occurred_at, data)
	SELECT gen_random_uuid(), clinic_id, 'test.late', subject, now(), data FROM quickbook.event LIMIT 1;
	SELECT pg_sleep(3); COMMIT" >/dev/null &
sleep 0.5
for n in 71 72 73 74 75; do sql "SELECT book($n)" >/dev/null; done
is "$(comes "SELECT count(position) FROM quickbook.event WHERE seq > (SELECT max(seq) - 5 FROM quickbook.event)" 5)" 5 \
	'a transaction that stays open holds up nobody'
is "$(sql "SELECT count(*) FROM quickbook.event WHERE type = 'test.late'")" 0 'for it was open'
wait $!
is "$(comes "SELECT position > (SELECT max(position) - 1 FROM quickbook.event) FROM quickbook.event WHERE type = 'test.late'" t)" t \
	'and its event comes behind theirs'

# What it cannot do holds up nothing else, is told in the log, and is tried again.
sql "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RETURN NULL; END \$\$;
	CREATE TRIGGER swallow BEFORE UPDATE ON quickbook.appointment FOR EACH ROW EXECUTE FUNCTION swallow()" >/dev/null
refused() { grep -c 'ERROR:  a trigger has left out a row of quickbook.appointment' "$(cluster dir $name)/log"; }
hold=$(sql "SELECT hold(80)")
for ((i = 0; i < 100; i++)); do [[ $(refused) -gt 0 ]] && break; sleep 0.1; done
sql "SELECT book(81)" >/dev/null
is "$(comes "SELECT count(*) FROM quickbook.event WHERE position IS NULL" 0)" 0 \
	'a hold that a trigger will not have closed holds up no events'
sleep 2
is "$(sql "SELECT count(*) FROM quickbook.stat WHERE worker_pid = $pid")" 1 'the worker lives on'
refusals=$(refused)
[[ $refusals -gt 0 && $refusals -lt 10 ]]
is $? 0 "and does not try without a pause ($refusals times in a few seconds)"
sql "DROP TRIGGER swallow ON quickbook.appointment" >/dev/null
is "$(comes "SELECT status FROM quickbook.appointment WHERE id = '$hold'" cancelled)" cancelled 'it is closed when the trigger is gone'

# It comes back.
sleep 5
sql "SELECT pg_terminate_backend($pid)" >/dev/null
is "$(comes "SELECT count(*) FROM quickbook.stat WHERE worker_pid <> $pid" 1)" 1 'a worker that was ended is started again'
kill -9 "$(sql "SELECT worker_pid FROM quickbook.stat")"
for ((i = 0; i < 100; i++)); do [[ $(sql 'SELECT 1') == 1 ]] && break; sleep 0.1; done
is "$(comes "$workers" 1)" 1 'also after a crash'
sql "SELECT book(34)" >/dev/null
is "$(comes "SELECT count(*) FROM quickbook.event WHERE position IS NULL" 0)" 0 'and works'

# Settings on reload.
sql "ALTER SYSTEM SET quickbook.databases = ''" >/dev/null
sql "SELECT pg_reload_conf()" >/dev/null
is "$(comes "$workers" 0)" 0 'a database that is taken out of quickbook.databases loses its worker'
sql "LISTEN quickbook; SELECT book(35)" >"$work/inline"
grep -q 'Asynchronous notification "quickbook"' "$work/inline"
is $? 0 'NOTIFY comes from the transaction then'
sleep 5
sql "ALTER SYSTEM RESET quickbook.databases" >/dev/null
sql "SELECT pg_reload_conf()" >/dev/null
is "$(comes "$workers" 1)" 1 'and gets it back'

# Dropping the extension, then the tables, then the database.
exec 8>&-
wait $listener
is "$(sql "BEGIN; LOCK quickbook.event; SELECT pg_sleep(1); LOCK quickbook.appointment; COMMIT; SELECT 'locked'")" $'\nlocked' \
	'it gives way to who locks the tables, in any order'
is "$(sql 'SET client_min_messages = error; DROP EXTENSION quickbook CASCADE')" '' 'the extension can be dropped'
sleep 1
is "$(sql "$workers")" 1 'the worker stays then'
sql 'SET client_min_messages = error; DROP SCHEMA quickbook CASCADE' >/dev/null
sleep 1
is "$(sql "$workers")" 1 'and when the tables are'
before=$(milliseconds)
DB=postgres sql 'DROP DATABASE clinic' >"$work/drop"
is "$(cat "$work/drop")" '' 'DROP DATABASE works'
took=$(($(milliseconds) - before))
# the server itself would wait five seconds for a process that stays, and fail then
[[ $took -lt 4000 ]]
is $? 0 "without waiting for the worker ($took ms)"

# A standby.
DB=postgres sql 'CREATE DATABASE clinic' >/dev/null
comes "$workers" 1 >/dev/null
cluster standby $name >"$work/standby" 2>&1
is $? 0 'a standby is made'
primary="$PGHOST $PGPORT"
eval "$(cluster start $name.standby)"
is "$(DB=postgres sql "SELECT pg_is_in_recovery()::text || count(*) FROM pg_stat_activity WHERE backend_type LIKE 'quickbook%'")" true0 \
	'it has no launcher and no worker'
cluster stop $name.standby >/dev/null 2>&1
read -r PGHOST PGPORT <<<"$primary"

before=$(milliseconds)
cluster stop $name >/dev/null 2>&1
took=$(($(milliseconds) - before))
[[ $took -lt 3000 ]]
is $? 0 "a shutdown does not wait for it ($took ms)"
is "$(grep -cE 'quickbook (worker|launcher).*(PANIC|exited with exit code [^1])|ERROR|FATAL:  cannot' "$(cluster dir $name)/log")" \
	"$(grep -cE 'ERROR:  (slot_taken|database "clinic"|a trigger has left out)' "$(cluster dir $name)/log")" 'the log has no error of the worker'
done_testing
