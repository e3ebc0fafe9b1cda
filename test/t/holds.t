#!/usr/bin/env bash
# Caps of holds in connections of their own: many who hold at once do not pass them.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
PATH=$(dirname "$PG_CONFIG"):$PATH
db=quickbook_holds
work=$(mktemp -d)
export PGOPTIONS='-c client_min_messages=error'
trap 'rm -rf "$work"; dropdb --if-exists --force $db >/dev/null 2>&1' EXIT

sql() { psql -XAtqd $db -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -c "$1" 2>&1; }
# Many calls at once, each in a connection of its own, by who the claims say; then what came of them, counted.
many() { # TIMES ROLE CLAIMS STATEMENT, where $N is which
	local n racers=()
	for ((n = 1; n <= $1; n++)); do
		psql -XAtqd $db -v VERBOSITY=sqlstate -c 'SET quickbook.trust_claims = on' -c "SET request.jwt.claims = '$3'" \
			-c "SET ROLE $2" -c "${4//\$N/$n}" >"$work/racer$n" 2>&1 &
		racers+=($!)
	done
	wait "${racers[@]}"
	for ((n = 1; n <= $1; n++)); do sed 's/^.*ERROR:  //' "$work/racer$n"; done | sort | uniq -c | sed 's/^ *//' | paste -sd,
}

dropdb --if-exists --force $db >/dev/null 2>&1
createdb $db
sql 'CREATE EXTENSION quickbook CASCADE' >/dev/null
sql 'SELECT quickbook.install()' >/dev/null
sql 'SELECT quickbook.create_roles()' >/dev/null
sql "INSERT INTO quickbook.clinic (name, time_zone, anonymous_holds, max_anonymous_holds, max_patient_holds) VALUES ('C', 'UTC', true, 5, 3);
	INSERT INTO quickbook.provider (clinic_id, name, open_always) SELECT id, 'P' || n, true FROM quickbook.clinic, generate_series(1, 16) n;
	INSERT INTO quickbook.service (clinic_id, name, duration) SELECT id, 'S', '30 minutes' FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, 'Pat' FROM quickbook.clinic" >/dev/null
clinic=$(sql 'SELECT id FROM quickbook.clinic')
service=$(sql 'SELECT id FROM quickbook.service')
patient=$(sql 'SELECT id FROM quickbook.patient')
hold() { # PATIENT
	echo "SELECT status FROM quickbook.hold_appointment($1, NULL, '$service', date_trunc('day', now()) + interval '2 days' + \$N * interval '30 minutes')"
}

is "$(many 16 quickbook_anon '{"role": "anon"}' "$(hold NULL)")" '11 23QB5,5 held' 'sixteen at once, at sixteen times: five hold for nobody'
is "$(many 16 quickbook_patient "{\"role\": \"patient\", \"clinic_id\": \"$clinic\", \"patient_id\": \"$patient\"}" "$(hold "'$patient'")")" '13 23QB5,3 held' \
	'a patient in sixteen windows gets three'
is "$(sql "SELECT count(*) FILTER (WHERE patient_id IS NULL), count(patient_id) FROM quickbook.appointment WHERE status = 'held'")" '5|3' 'and that is what there is'

# One place is left, and somebody is about to take it: the next waits, and sees what came of that.
sql 'UPDATE quickbook.clinic SET max_anonymous_holds = 6' >/dev/null
anon="SET quickbook.trust_claims = on; SET request.jwt.claims = '{\"role\": \"anon\"}'; SET ROLE quickbook_anon;"
statement=$(hold NULL)
for end in ROLLBACK COMMIT; do
	mkfifo "$work/pipe"
	psql -XAtqd $db -f "$work/pipe" >/dev/null 2>&1 &
	open=$!
	exec 7>"$work/pipe"
	echo "$anon BEGIN; ${statement//\$N/30};" >&7
	wait_for "SELECT count(*) FROM pg_stat_activity WHERE datname = '$db' AND state = 'idle in transaction'"
	is "$(sql "$anon SET lock_timeout = '200ms'; ${statement//\$N/40}" | sed 's/^ERROR:  //')" 55P03 "$end: while one is not decided, another waits"
	sql "$anon ${statement//\$N/40}" >"$work/other" &
	other=$!
	wait_for "SELECT count(*) FROM pg_stat_activity WHERE datname = '$db' AND wait_event_type = 'Lock'"
	echo "$end;" >&7
	exec 7>&-
	wait $open $other
	is "$(sed 's/^ERROR:  //' "$work/other")" "$([[ $end == COMMIT ]] && echo 23QB5 || echo held)" "$end: and then there is $([[ $end == COMMIT ]] && echo none left || echo one)"
	sql "SELECT quickbook.cancel_appointment(id) FROM quickbook.appointment WHERE starts_at >= date_trunc('day', now()) + interval '2 days 14 hours'" >/dev/null
	rm "$work/pipe"
done
done_testing
