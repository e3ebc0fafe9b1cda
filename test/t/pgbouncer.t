#!/usr/bin/env bash
# Behind pgbouncer in transaction mode, with one server connection for all
# clients: everything but LISTEN works, and nothing of one client, least of all
# who it is, is left for the next.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
# shellcheck source-path=SCRIPTDIR/../lib source=cluster.sh
. "$QB_LIB/cluster.sh" && set +e
bootstrap gateway >&2
db=quickbook_pooled
gate=quickbook_gate # a gateway's login role
work=$(mktemp -d)
chmod 711 "$work"
trap 'kill ${bouncer:-} 2>/dev/null; wait; dropdb --if-exists --force $db >/dev/null 2>&1; dropuser --if-exists $gate >/dev/null 2>&1
	rm -rf "$work"' EXIT
PATH=$(dirname "$PG_CONFIG"):$PATH
direct() { psql -XAtqd $db -v ON_ERROR_STOP=1 -c "$1" 2>&1; }

dropdb --if-exists $db >/dev/null 2>&1
createdb $db
direct "SET client_min_messages = error; CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install();
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC');
	INSERT INTO quickbook.provider (clinic_id, name) SELECT id, 'p' FROM quickbook.clinic;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, n FROM quickbook.clinic, unnest(ARRAY['one', 'two']) AS n;
	INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
		SELECT id, weekday, '09:00', '17:00' FROM quickbook.provider, generate_series(1, 7) AS weekday;
	INSERT INTO quickbook.service (clinic_id, name, duration) SELECT id, 's', '30 minutes' FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	SET quickbook.password_cost = 4;
	SELECT quickbook.create_account(name || '@example.org', 'patient', patient_id => id, password => 'correct horse') FROM quickbook.patient" \
	>/dev/null
direct "ALTER DATABASE $db SET quickbook.now = '2026-03-02 08:00+00'"
one=$(direct "SELECT id FROM quickbook.patient WHERE name = 'one'")
two=$(direct "SELECT id FROM quickbook.patient WHERE name = 'two'")
provider=$(direct 'SELECT id FROM quickbook.provider')
service=$(direct 'SELECT id FROM quickbook.service')

port=$(cluster_free_port)
cat >"$work/pgbouncer.ini" <<INI
[databases]
$db = host=$PGHOST port=$PGPORT user=$PGUSER
pooled = host=$PGHOST port=$PGPORT user=$PGUSER dbname=$db
gate = host=$PGHOST port=$PGPORT user=$gate dbname=$db
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = extra_float_digits,options
INI
chmod 644 "$work/pgbouncer.ini"
run=()
if [[ $(id -u) -eq 0 ]]; then
	run=(setpriv --reuid="$(cluster_user)" --regid="$(id -g "$(cluster_user)")" --clear-groups)
fi
"${run[@]}" /usr/sbin/pgbouncer "$work/pgbouncer.ini" >"$work/log" 2>&1 &
bouncer=$!
# pooled SQL…: each a statement of its own on one client connection
pooled() {
	local sql args=()
	for sql; do args+=(-c "$sql"); done
	psql -XAtq -h 127.0.0.1 -p "$port" -d $db -v VERBOSITY=sqlstate "${args[@]}" 2>&1
}
for ((i = 0; i < 100; i++)); do
	[[ $(pooled 'SELECT 1') == 1 ]] && break
	sleep 0.1
done

# A booking from search to cancelling, each step a client of its own.
is "$(pooled "SELECT count(*) FROM quickbook.available_slots('$service', '2026-03-03', '2026-03-04')")" 16 'searching'
held=$(pooled "SELECT id FROM quickbook.hold_appointment('$one', '$provider', '$service', '2026-03-03 10:00+00')")
is "$(pooled "SELECT status FROM quickbook.confirm_appointment('$held')")" booked 'holding and confirming'
is "$(pooled "SELECT quickbook.create_appointment('$two', '$provider', '$service', '2026-03-03 10:00+00')")" 'ERROR:  23P01' 'a slot that is taken'
is "$(pooled "SELECT sequence FROM quickbook.reschedule_appointment('$held', '2026-03-03 11:00+00')")" 1 'rescheduling'
is "$(pooled "SELECT status FROM quickbook.cancel_appointment('$held')")" cancelled 'cancelling'
pooled "SELECT FROM quickbook.create_consumer('c', 0)"
is "$(pooled BEGIN "SELECT type FROM quickbook.fetch_events('c')" "SELECT quickbook.ack_events('c', 4)" COMMIT)" \
	$'appointment.held\nappointment.booked\nappointment.rescheduled\nappointment.cancelled\n4' 'the event log'
is "$(pooled "SELECT lag_events FROM quickbook.consumer_status('c')")" 0 'acknowledged'
# Plans that the backend keeps serve clients that never made them.
for ((i = 0; i < 10; i++)); do
	pooled "SELECT status FROM quickbook.create_appointment('$one', NULL, '$service', '2026-03-1$i 10:00+00')" >>"$work/many" &
	pooled "SELECT status FROM quickbook.create_appointment('$two', NULL, '$service', '2026-03-1$i 14:00+00')" >>"$work/many" &
done
wait -f $(jobs -p | grep -vx "$bouncer")
is "$(sort "$work/many" | uniq -c | sed 's/^ *//')" '20 booked' 'twenty clients at once on one connection'

# Who is calling.
token=$(pooled "SELECT quickbook.sign_in('one@example.org', 'correct horse')")
who="SELECT kind || ' ' || coalesce(patient_id::text, '-') FROM quickbook.whoami()"
is "$(pooled BEGIN "SELECT quickbook.authenticate('$token') IS NOT NULL" "$who" COMMIT)" "t"$'\n'"patient $one" 'a token, for a transaction'
is "$(pooled "$who")" 'admin -' 'is nothing to the next client'
is "$(pooled BEGIN "SELECT quickbook.authenticate('$token') IS NOT NULL" COMMIT "$who")" $'t\nadmin -' 'nor to the same after COMMIT'
is "$(pooled BEGIN "SELECT quickbook.authenticate('$token') IS NOT NULL" ROLLBACK "$who")" $'t\nadmin -' 'nor after ROLLBACK'
is "$(pooled BEGIN "SELECT quickbook.authenticate('$token') IS NOT NULL" "SELECT quickbook.get_appointment('$one')" ROLLBACK)" \
	$'t\nERROR:  P0002' 'nor after an error'
is "$(pooled "$who")" 'admin -' 'for the next client'
is "$(pooled BEGIN 'SAVEPOINT s' "SELECT quickbook.authenticate('$token') IS NOT NULL" 'ROLLBACK TO s' "$who" COMMIT)" $'t\nadmin -' \
	'nor after a rollback to a savepoint'
is "$(pooled BEGIN 'SAVEPOINT s' "SELECT quickbook.authenticate('$token') IS NOT NULL" 'RELEASE s' "$who" COMMIT)" \
	"t"$'\n'"patient $one" 'but after its release'
is "$(pooled "SELECT (SELECT kind FROM quickbook.whoami() OFFSET length(quickbook.authenticate('$token')::text) * 0)" "$who")" \
	$'patient\nadmin -' 'without BEGIN for one statement'
# A client that vanishes in the middle of its transaction.
(pooled BEGIN "SELECT quickbook.authenticate('$token')" '\! kill -9 $PPID') >/dev/null 2>&1
is "$(pooled "$who")" 'admin -' 'nor when the client vanished'
is "$(pooled BEGIN "SELECT quickbook.authenticate('$token') IS NOT NULL" \
	"SELECT count(*) FROM quickbook.list_appointments()" COMMIT)" $'t\n11' 'the patient sees her own appointments'
is "$(pooled "SELECT count(*) FROM quickbook.list_appointments()")" 21 'and only in that transaction'

# Settings.
is "$(pooled BEGIN "SET LOCAL quickbook.error_style = http" "SELECT quickbook.get_appointment('$one')" ROLLBACK \
	"SELECT quickbook.get_appointment('$one')")" $'ERROR:  PT404\nERROR:  P0002' 'SET LOCAL ends with its transaction'
is "$(pooled BEGIN "SELECT quickbook.sign_in('one@example.org', 'wrong horse') IS NULL" "SELECT current_setting('response.status')" COMMIT \
	"SELECT current_setting('response.status', true)")" $'t\n401' 'as does the status of a failed sign_in'
is "$(pooled 'SELECT pg_backend_pid()')" "$(direct "SELECT pid FROM pg_stat_activity WHERE datname = '$db' AND client_port = -1 AND pid <> pg_backend_pid()
	AND backend_type = 'client backend'")" 'one connection served them all'

# Two clients that stay, interleaved on one server connection.
direct "SET client_min_messages = error; SELECT quickbook.create_roles();
	CREATE ROLE $gate LOGIN NOINHERIT; GRANT quickbook_anon, quickbook_patient TO $gate;
	ALTER ROLE $gate IN DATABASE $db SET quickbook.trust_claims = on" >/dev/null
clinic=$(direct 'SELECT id FROM quickbook.clinic')
ONE=$one TWO=$two PROVIDER=$provider SERVICE=$service CLINIC=$clinic DATABASE=$db POOLER_PORT=$port \
	timeout 120 /usr/bin/python3 "$QB_GATEWAY/pooler/clients.py" >"$work/lines" 2>"$work/errors"
is "$? $(cat "$work/errors")" '0 ' 'the clients come to their end'
while IFS=$'\t' read -r name have want; do is "$have" "$want" "$name"; done <"$work/lines"
is "$(wc -l <"$work/lines")" 32 'with all their checks'
done_testing
