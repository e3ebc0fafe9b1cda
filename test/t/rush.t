#!/usr/bin/env bash
# Fifty sessions want the same thing at the same moment, and exactly as many as
# there is room for get it: providers, seats, a limit.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
PATH=$(dirname "$PG_CONFIG"):$PATH
db=quickbook_rush
work=$(mktemp -d)
sessions=50
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"; dropdb --if-exists --force $db >/dev/null 2>&1' EXIT
export PGOPTIONS='-c client_min_messages=error'

sql() { psql -XAtqd $db -v ON_ERROR_STOP=1 -c "$1" 2>&1; }

dropdb --if-exists --force $db >/dev/null 2>&1
createdb $db
sql "CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install();
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC');
	INSERT INTO quickbook.provider (clinic_id, name, open_always) SELECT id, n, true FROM quickbook.clinic, generate_series(1, 5) n;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, n FROM quickbook.clinic, generate_series(1, $sessions) n;
	INSERT INTO quickbook.service (clinic_id, name, duration, seats) SELECT id, 'visit', '1 hour'::interval, 1 FROM quickbook.clinic
		UNION ALL SELECT id, 'group', '1 hour', 10 FROM quickbook.clinic UNION ALL SELECT id, 'few', '1 hour', 1 FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p
		WHERE s.name <> 'group' OR p.name = '1';
	INSERT INTO quickbook.booking_limit (clinic_id, service_id, period, max_count) SELECT clinic_id, id, 'day', 7
		FROM quickbook.service WHERE name = 'few'" >/dev/null

# wait_for GRANTED COUNT: that many sessions at the gate
wait_for() {
	local i
	for ((i = 0; i < 400; i++)); do
		[[ $(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = 1 AND $1") == "$2" ]] && return
		sleep 0.05
	done
	echo "# waited in vain for $2 sessions" >&2
}

# rush SERVICE START: START may use n, the number of the session
rush() {
	local n gate
	# nobody begins before all are there
	mkfifo "$work/gate"
	psql -XAtqd $db -f "$work/gate" >/dev/null 2>&1 &
	gate=$!
	exec 7>"$work/gate"
	echo 'SELECT pg_advisory_lock(1);' >&7
	wait_for granted 1
	for ((n = 0; n < sessions; n++)); do
		psql -XAtqd $db -v VERBOSITY=sqlstate -c 'SELECT pg_advisory_lock_shared(1)' -c "SELECT status FROM quickbook.create_appointment(
			(SELECT id FROM quickbook.patient ORDER BY name::int OFFSET $n LIMIT 1), NULL,
			(SELECT id FROM quickbook.service WHERE name = '$1'), date_trunc('day', statement_timestamp()) + ${2/\%s/$((n % 20))})" \
			>"$work/out.$n" 2>&1 7>&- &
	done
	wait_for 'NOT granted' "$sessions"
	exec 7>&-
	wait
	rm "$work/gate"
	cat "$work"/out.* | grep . | sed 's/^ERROR:  //' | sort | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }'
}

is "$(rush visit "interval '30 hours'")" '45 23P01, 5 booked' 'one time, five providers, any of them: exactly five get it'
is "$(sql "SELECT count(DISTINCT provider_id) FROM quickbook.appointment")" 5 'one with each'
is "$(rush group "interval '60 hours'")" '40 23P01, 10 booked' 'ten seats: exactly ten get one'
is "$(sql "SELECT count(DISTINCT session_id) || ' ' || count(DISTINCT seat) || ' ' || max(seat) FROM quickbook.appointment WHERE seat IS NOT NULL")" \
	'1 10 10' 'in one session, each on a seat'
is "$(rush few "interval '96 hours' + %s * interval '1 hour'")" '43 23QB5, 7 booked' 'a limit of seven a day: exactly seven'
is "$(sql "SELECT deadlocks FROM pg_stat_database WHERE datname = '$db'")" 0 'no deadlock'
done_testing
