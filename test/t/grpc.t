#!/usr/bin/env bash
# The first contract over gRPC: a small gateway in front of the database, its
# codes, a patient's token, and sixteen clients who want one slot.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
. "$QB_LIB/bootstrap.sh" && bootstrap gateway >&2
db=quickbook_grpc
bare=quickbook_grpc_bare # an extension without tables
role=quickbook_grpc_nobody # may do nothing
work=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null; wait; dropdb --if-exists --force $db >/dev/null 2>&1; dropdb --if-exists --force $bare >/dev/null 2>&1
	psql -Xqd postgres -c "DROP ROLE IF EXISTS $role" 2>/dev/null; rm -rf "$work"' EXIT
PATH=$(dirname "$PG_CONFIG"):$PATH
sql() { psql -XAtqd $db -v ON_ERROR_STOP=1 -c "$1" 2>&1; }

dropdb --if-exists $db >/dev/null 2>&1
createdb $db
export PGOPTIONS='-c client_min_messages=error'
sql "CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install();
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('Praxis', 'Europe/Berlin');
	INSERT INTO quickbook.provider (clinic_id, name) SELECT id, 'Dr. Weber' FROM quickbook.clinic;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, 'patient ' || n FROM quickbook.clinic, generate_series(1, 20) AS n;
	INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
		SELECT id, weekday, '01:00', '17:00' FROM quickbook.provider, generate_series(1, 7) AS weekday;
	INSERT INTO quickbook.service (clinic_id, name, duration, seats)
		SELECT id, s.name, '30 minutes', seats FROM quickbook.clinic, (VALUES ('visit', 1), ('group', 5)) AS s (name, seats);
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	SET quickbook.password_cost = 4;
	SELECT quickbook.create_account('one@example.org', 'patient', patient_id => id, password => 'correct horse') FROM quickbook.patient
		WHERE name = 'patient 1'" >/dev/null
sql "ALTER DATABASE $db SET quickbook.now = '2026-03-02 08:00 Europe/Berlin'"
sql "INSERT INTO quickbook.provider (clinic_id, name, open_always) SELECT id, 'Dr. Klein', true FROM quickbook.clinic;
	INSERT INTO quickbook.service (clinic_id, name, duration, seats)
		SELECT id, s.name, '30 minutes', seats FROM quickbook.clinic, (VALUES ('call', 1), ('pair', 2)) AS s (name, seats);
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p
		WHERE (s.name, p.name) IN (('call', 'Dr. Klein'), ('pair', 'Dr. Weber'))"
id() { sql "SELECT id FROM quickbook.$1 WHERE name = '$2'"; }
provider=$(id provider 'Dr. Weber')
visit=$(id service visit)
group=$(id service group)
one=$(id patient 'patient 1')
two=$(id patient 'patient 2')
three=$(id patient 'patient 3')
other=$(id provider 'Dr. Klein')
remote=$(id service call)
pair=$(id service pair)
createdb $bare
psql -Xqd $bare -c 'CREATE EXTENSION quickbook CASCADE'
sql "CREATE ROLE $role LOGIN"

# serve NAME [VAR=VALUE…]: starts a gateway and leaves its port in the variable NAME.
serve() {
	local name=$1 i
	shift
	env PGDATABASE=$db "$@" node "$QB_GATEWAY/grpc/server.js" >"$work/$name" 2>"$work/$name.log" &
	servers+=($!)
	for ((i = 0; i < 100; i++)); do
		[[ -s $work/$name ]] && break
		sleep 0.1
	done
	printf -v "$name" %s "$(cat "$work/$name")"
}
create() { # USER SERVICE DATE TIME
	printf '{"method": "CreateAppointment", "request": {"user_id": "%s", "provider_id": "%s", "service_id": "%s", "date": "%s", "time": "%s"}}' \
		"$1" "$provider" "$2" "$3" "$4"
}
# One client process makes all calls, round after round.
mkfifo "$work/rounds" "$work/answers"
node "$QB_GATEWAY/grpc/call.js" <"$work/rounds" >"$work/answers" &
servers+=($!)
exec 6>"$work/rounds" 7<"$work/answers"
call() { # PORT [TOKEN]: a round is a line of input, a request or several with commas
	local requests answer
	while read -r requests || [[ -n $requests ]]; do
		printf '{"port": "%s", "token": "%s", "calls": [%s]}\n' "$1" "${2:-}" "$requests" >&6
		while read -r -t 60 -u 7 answer && [[ -n $answer ]]; do echo "$answer"; done
	done
}
code() { sed 's/^\([A-Z_]*\) \([a-z_]*\):.*/\1 \2/'; }
serve port

booked=$(create "$one" "$visit" 2026-03-03 10:30 | call "$port")
is "${booked% *}" booked 'an appointment by date and time'
is "$(sql "SELECT starts_at AT TIME ZONE 'Europe/Berlin' FROM quickbook.appointment WHERE id = '${booked#* }'")" '2026-03-03 10:30:00' \
	'on the clock of the provider'
is "$(printf '{"method": "GetAppointment", "request": {"appointment_id": "%s"}}' "${booked#* }" | call "$port")" "$booked" 'and read'
is "$(provider='' create "$two" "$visit" 2026-03-03 11:00 | call "$port" | cut -d' ' -f1)" booked 'without a provider'

# Each code for a reason that is real.
is "$(create "$two" "$visit" 2026-03-03 10:30 | call "$port" | code)" 'ALREADY_EXISTS slot_taken' 'a time that is taken'
is "$(provider='' create "$one" "$visit" 2026-03-03 10:30 | call "$port" | code)" 'ALREADY_EXISTS slot_taken' 'by whomever'
is "$(create "$two" "$one" 2026-03-03 12:00 | call "$port" | code)" 'NOT_FOUND not_found' 'a service that does not exist'
is "$(printf '{"method": "GetAppointment", "request": {"appointment_id": "%s"}}' "$one" | call "$port" | code)" 'NOT_FOUND not_found' \
	'an appointment that does not exist'
is "$(create "$two" "$visit" 2026-03-29 02:30 | call "$port" | code)" 'INVALID_ARGUMENT invalid_argument' 'a time that does not exist'
is "$(create "$two" "$visit" 2026-03-03 noon-ish | call "$port" | cut -d' ' -f1)" INVALID_ARGUMENT 'no time at all'
is "$(create '' "$visit" 2026-03-03 12:00 | call "$port" | cut -d' ' -f1)" INVALID_ARGUMENT 'no id'
is "$(create "$two" "$visit" 2026-03-03 20:00 | call "$port" | code)" 'FAILED_PRECONDITION outside_hours' 'outside the hours'
is "$(create "$two" "$visit" 2026-03-02 07:00 | call "$port" | code)" 'FAILED_PRECONDITION too_soon' 'in the past'
is "$(provider=$other create "$one" "$remote" 2026-03-03 10:30 | call "$port" | code)" 'ALREADY_EXISTS patient_busy' 'a patient who is elsewhere'
for patient in "$one" "$two"; do create "$patient" "$pair" 2026-03-07 10:00; echo; done | call "$port" >/dev/null
is "$(create "$three" "$pair" 2026-03-07 10:00 | call "$port" | code)" 'ALREADY_EXISTS session_full' 'a session without a seat'
is "$(create "$two" "$visit" infinity 12:00 | call "$port" | cut -d' ' -f1)" INVALID_ARGUMENT 'a date without end'
is "$(create "$two" "$visit" 2026-02-30 12:00 | call "$port" | cut -d' ' -f1)" INVALID_ARGUMENT 'a date that no calendar has'
is "$(provider=12 create "$two" "$visit" 2026-03-03 12:00 | call "$port" | cut -d' ' -f1)" INVALID_ARGUMENT 'a provider that is no uuid'
is "$(printf '{"method": "GetAppointment", "request": {}}' | call "$port" | cut -d' ' -f1)" INVALID_ARGUMENT 'nothing asked for'

# The style of errors that PostgREST needs changes no code.
serve http PGOPTIONS='-c quickbook.error_style=http'
is "$(create "$two" "$visit" 2026-03-03 10:30 | call "$http" | code)" 'ALREADY_EXISTS slot_taken' 'PT409'
is "$(create "$two" "$visit" 2026-03-03 20:00 | call "$http" | code)" 'FAILED_PRECONDITION outside_hours' 'PT422'
is "$(create "$two" "$visit" 2026-03-03 12:00 | call "$http" "$two" | code)" 'UNAUTHENTICATED not_allowed' 'PT403'

# What the database says, not quickbook.
serve plain PGUSER=$role
is "$(create "$two" "$visit" 2026-03-03 12:00 | call "$plain" | cut -d' ' -f1)" PERMISSION_DENIED 'a database role without rights'
is "$(create "$two" "$visit" 2026-03-03 12:00 | call "$plain" "$two" | cut -d' ' -f1)" PERMISSION_DENIED 'however bad the token'
serve empty PGDATABASE=postgres
is "$(create "$two" "$visit" 2026-03-03 12:00 | call "$empty" | cut -d' ' -f1)" INTERNAL 'a database without quickbook'
serve bare_port PGDATABASE=$bare
is "$(create "$two" "$visit" 2026-03-03 12:00 | call "$bare_port" | code)" 'UNAVAILABLE not_installed' 'quickbook without its tables'
serve lost PGPORT=1
is "$(create "$two" "$visit" 2026-03-03 12:00 | call "$lost" | cut -d' ' -f1)" UNAVAILABLE 'a database that is not there'

# At REPEATABLE READ a session that somebody opened meanwhile cannot be joined.
serve strict PGOPTIONS='-c default_transaction_isolation=repeatable\ read'
mkfifo "$work/opener"
psql -XAtqd $db <"$work/opener" >/dev/null 2>&1 &
opener=$!
exec 8>"$work/opener"
echo "BEGIN; SELECT quickbook.create_appointment('$one', '$provider', '$group', '2026-03-04 10:00 Europe/Berlin');" >&8
waiting() { sql "SELECT count(*) FROM pg_stat_activity WHERE datname = '$db' AND wait_event_type = 'Lock'"; }
for ((i = 0; i < 100; i++)); do
	[[ $(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = '$db' AND state = 'idle in transaction'") == 1 ]] && break
	sleep 0.1
done
create "$two" "$group" 2026-03-04 10:00 | call "$strict" >"$work/aborted" &
joiner=$!
for ((i = 0; i < 100; i++)); do
	[[ $(waiting) == 1 ]] && break
	sleep 0.1
done
echo 'COMMIT;' >&8
exec 8>&-
wait $joiner $opener
is "$(cut -d' ' -f1 "$work/aborted")" ABORTED 'a transaction that has to be repeated'

# A patient's token.
token=$(sql "SELECT quickbook.sign_in('one@example.org', 'correct horse')")
is "$(create "$one" "$visit" 2026-03-05 10:00 | call "$port" "$token" | cut -d' ' -f1)" booked 'a patient with a token'
is "$(sql "SELECT data->'actor'->>'account' = (SELECT id::text FROM quickbook.account) FROM quickbook.event ORDER BY seq DESC LIMIT 1")" t \
	'is who did it'
is "$(create "$two" "$visit" 2026-03-05 11:00 | call "$port" "$token" | code)" 'PERMISSION_DENIED not_allowed' 'for somebody else'
is "$(create "$one" "$visit" 2026-03-05 11:00 | call "$port" "${token}x" | code)" 'UNAUTHENTICATED not_allowed' 'a token that is none'
is "$(create "$two" "$visit" 2026-03-05 11:00 | call "$port" | cut -d' ' -f1)" booked 'and nothing of it is left for the next'

# Whose connections die serves on.
sql "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '$db' AND pid <> pg_backend_pid()" >/dev/null
is "$(printf '{"method": "GetAppointment", "request": {"appointment_id": "%s"}}' "${booked#* }" | call "$port")" "$booked" \
	'connections that the server ended are made again'

# Sixteen clients, one slot.
mapfile -t patients < <(sql "SELECT id FROM quickbook.patient ORDER BY name LIMIT 16")
requests=()
for patient in "${patients[@]}"; do requests+=("$(create "$patient" "$visit" 2026-03-06 09:00)"); done
(IFS=, && echo "${requests[*]}") | call "$port" | code | cut -d' ' -f1 | sort | uniq -c | sed 's/^ *//' >"$work/race"
is "$(cat "$work/race")" $'15 ALREADY_EXISTS\n1 booked' 'sixteen clients race for one slot: one wins, fifteen get ALREADY_EXISTS'
is "$(sql "SELECT count(*) FROM quickbook.appointment WHERE starts_at = '2026-03-06 09:00 Europe/Berlin'")" 1 'and there is one appointment'
is "$(grep -hv '^terminating connection due to administrator command$' "$work"/port.log "$work"/strict.log "$work"/http.log)" '' 'the gateway has nothing to complain of'

# The table of the manual is that of the gateway, and has every error.
(cd "$QB_GATEWAY" && exec node --input-type=module -e "import grpc from '@grpc/grpc-js'; import { byName } from './grpc/codes.js';
	for (const [name, code] of Object.entries(byName)) console.log(name, grpc.status[code])") 2>&1 | sort >"$work/codes"
readme=$QB_LIB/../gateway/README.md
sed -n '/^## gRPC/,/^##* [^g]/s/^| `\([A-Z_]*\)` | \([^|]*\) |.*/\1 \2/p' "$readme" |
	awk '{ for (i = 2; i <= NF; i++) if (gsub(/[`,]/, "", $i)) print $i, $1 }' | grep -v '^authenticate ' | sort >"$work/readme"
is "$(cat "$work/readme")" "$(cat "$work/codes")" 'the manual gives the errors their codes'
is "$(cut -d' ' -f1 "$work/codes")" "$(sed -n '/^## Errors/,/^## [^E]/s/^| `\([a-z_]*\)` | [0-9A-Z]* | [0-9]* |.*/\1/p' "$QB_LIB/../../sql/README.md" | sort)" 'all of them'
done_testing
