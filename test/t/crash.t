#!/usr/bin/env bash
# The server is killed with -9 in the middle of a load: the postmaster alone, all
# of its processes, the worker, a backend. What was acknowledged to a client is
# there with its event, each event has one position, consumers and listeners go on.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
patience=20
work=$(mktemp -d)
name=crash.$$
writers=6
seed=${QB_SEED:-$((RANDOM + 1))}
RANDOM=$seed
echo "# QB_SEED=$seed"
cluster() { "$QB_LIB/cluster.sh" "$@"; }
trap 'touch "$work/stop"; kill $(jobs -p) 2>/dev/null; wait 2>/dev/null; cluster drop $name >/dev/null 2>&1; rm -rf "$work"' EXIT

sql() { psql -XAtqd clinic -v ON_ERROR_STOP=1 -c "$1" 2>&1; }

cluster init $name "shared_preload_libraries = 'quickbook'" "quickbook.databases = 'clinic'" \
	"quickbook.worker_interval = '200ms'" "restart_after_crash = on" >/dev/null 2>&1
eval "$(cluster start $name)"
data=$(cluster dir $name)/data
PATH=$(dirname "$PG_CONFIG"):$PATH
psql -XAtqd postgres -c 'CREATE DATABASE clinic' >/dev/null
sql "SET client_min_messages = error; CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install();
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC');
	INSERT INTO quickbook.provider (clinic_id, name, open_always)
		SELECT id, 'p' || n, true FROM quickbook.clinic, generate_series(1, $writers) AS n;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, 'a' || n FROM quickbook.clinic, generate_series(1, $writers) AS n;
	INSERT INTO quickbook.service (clinic_id, name, duration) SELECT id, 's', '10 minutes' FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	CREATE FUNCTION anywhen() RETURNS timestamptz LANGUAGE sql VOLATILE AS \$\$
		SELECT date_trunc('day', statement_timestamp()) + interval '2 days' + floor(random() * 90000) * interval '10 minutes' \$\$;
	CREATE FUNCTION book(w int) RETURNS uuid LANGUAGE plpgsql VOLATILE AS \$\$
	DECLARE
		a uuid := (SELECT id FROM quickbook.patient WHERE name = 'a' || w);
		p uuid := (SELECT id FROM quickbook.provider WHERE name = 'p' || w);
		s uuid := (SELECT id FROM quickbook.service);
	BEGIN
		IF random() < 0.3 THEN
			RETURN (quickbook.hold_appointment(a, p, s, anywhen(), hold_for => '1 hour')).id;
		END IF;
		RETURN (quickbook.create_appointment(a, p, s, anywhen())).id;
	END \$\$;
	CREATE FUNCTION move(a uuid) RETURNS int LANGUAGE plpgsql VOLATILE AS \$\$
	BEGIN
		IF (quickbook.get_appointment(a)).status = 'held' THEN
			RETURN (quickbook.confirm_appointment(a)).version;
		END IF;
		RETURN (quickbook.reschedule_appointment(a, anywhen())).version;
	END \$\$;
	SELECT FROM quickbook.create_consumer('c', 0)" >/dev/null
is "$(comes "SELECT count(worker_pid) FROM quickbook.stat" 1)" 1 'the worker runs'

# A client is told that a booking was made when its transaction has been
# committed: then, and only then, psql writes the line.
writer() { # NUMBER
	local i
	while [[ ! -e $work/stop ]]; do
		for ((i = 0; i < 1000; i++)); do
			[[ ! -e $work/stop ]] || break
			printf '%s\n' "SELECT book($1) AS id \\gset" '\if :ERROR' '\else' '\echo booked :id' \
				"SELECT move(:'id') AS version \\gset" '\if :ERROR' '\else' '\echo moved :id :version' '\endif' '\endif'
		done | psql -XAtqd clinic 2>/dev/null >>"$work/told.$1"
		sleep 0.05
	done
}
# At least once: what is written down is acknowledged afterwards.
consumer() {
	local batch last
	while [[ ! -e $work/enough ]]; do
		if batch=$(psql -XAtqd clinic -F ' ' -v ON_ERROR_STOP=1 -c "SELECT 'seen', position, subject, type, data->>'version'
			FROM quickbook.fetch_events('c', 300)" 2>/dev/null) && [[ -n $batch ]]; then
			echo "$batch" >>"$work/consumed"
			last=$(tail -n 1 <<<"$batch" | cut -d' ' -f2)
			psql -XAtqd clinic -v ON_ERROR_STOP=1 -c "SELECT 'acked ' || quickbook.ack_events('c', $last)" 2>/dev/null >>"$work/consumed"
		else
			sleep 0.05
		fi
	done
}
# In each life of the server a new session listens.
listener() {
	while [[ ! -e $work/enough ]]; do
		echo "life" >>"$work/heard"
		while [[ ! -e $work/enough ]]; do
			printf 'LISTEN quickbook;\n'
			sleep 0.1
		done | psql -XAtqd clinic 2>/dev/null >>"$work/heard"
		sleep 0.1
	done
}
touch "$work/consumed" "$work/heard"
for ((w = 1; w <= writers; w++)); do writer $w & done
consumer &
listener &

told() { cat "$work"/told.* 2>/dev/null | wc -l; }
# The load has gone on by so many lines; ten seconds are enough for that.
load() { # LINES
	local from i
	from=$(told)
	for ((i = 0; i < 100; i++)); do
		[[ $(told) -ge $((from + $1)) ]] && return
		sleep 0.1
	done
	echo "# only $(($(told) - from)) of $1"
}
postmaster() { head -n 1 "$data/postmaster.pid"; }
# As the words of the server's processes in ps tell them.
process() { ps -o pid=,args= --ppid "$(postmaster)" | awk -v word="$1" 'index($0, word) { print $1; exit }'; }
# Who waits for a lock of one that is gone is told by nobody: it is helped on.
gone() { # PID…
	local pid i
	for pid; do
		for ((i = 0; i < 200; i++)); do
			kill -0 "$pid" 2>/dev/null || break
			[[ $i -eq 60 ]] && kill -9 "$pid" 2>/dev/null
			sleep 0.05
		done
	done
}
kill_server() { # HOW
	local main children
	main=$(postmaster)
	children=$(ps -o pid= --ppid "$main")
	if [[ $1 == all ]]; then
		# shellcheck disable=SC2086
		kill -9 "$main" $children
	else
		kill -9 "$main"
	fi
	# shellcheck disable=SC2086
	gone "$main" $children
	rm -f "$data/postmaster.pid"
	eval "$(cluster start $name)"
}

for how in postmaster all postmaster; do
	load $((150 + RANDOM % 150))
	kill_server $how
	sleep 0.$((RANDOM % 5))
done
is "$(comes "SELECT count(worker_pid) FROM quickbook.stat" 1)" 1 'after three deaths of the server the worker is back'
for word in 'quickbook worker' 'clinic [local]'; do
	load $((100 + RANDOM % 100))
	kill -9 "$(process "$word")"
	sleep 0.5
	comes 'SELECT 1' 1 >/dev/null
done
is "$(comes "SELECT count(worker_pid) FROM quickbook.stat" 1)" 1 'and after those of the worker and of a backend'
load 200
touch "$work/stop"
sleep 0.3
# The consumer reads on to the end.
is "$(comes "SELECT lag_events FROM quickbook.consumer_status('c')" 0)" 0 'the consumer comes to the end of the log'
touch "$work/enough"
wait

cat "$work"/told.* | sort -u >"$work/told"
echo "# $(grep -c '^booked' "$work/told") bookings and $(grep -c '^moved' "$work/told") changes acknowledged, $(sql "SELECT count(*) FROM quickbook.event") events"
is "$([[ $(wc -l <"$work/told") -gt 500 ]] && echo many)" many 'there was a load'

# 1. What was acknowledged is there, and so is its event, once.
sql "CREATE TABLE told (what text, id uuid, version int)" >/dev/null
sed 's/^booked \(.*\)/booked \1 1/' "$work/told" | psql -XAtqd clinic -c "COPY told FROM STDIN (DELIMITER ' ')"
is "$(sql "SELECT count(*) FROM told t WHERE NOT EXISTS (SELECT FROM quickbook.appointment a WHERE a.id = t.id AND a.version >= t.version)")" \
	0 'no acknowledged booking or change is lost'
is "$(sql "SELECT count(*) FROM told t WHERE (SELECT count(*) FROM quickbook.event e WHERE e.subject = t.id
	AND (e.data->>'version')::int = t.version) <> 1")" 0 'and each has its event, once'
is "$(sql "SELECT count(*) FROM quickbook.appointment a WHERE (SELECT count(*) FROM quickbook.event e WHERE e.subject = a.id) <> a.version")" \
	0 'appointments that nobody was told of have theirs, too'
is "$(sql "SELECT count(*) FROM quickbook.appointment a WHERE (SELECT count(*) FROM quickbook.allocation l WHERE l.appointment_id = a.id
	AND l.starts_at = a.starts_at AND l.ends_at = a.ends_at) <> 2 * (a.status <> 'cancelled')::int")" 0 'and their time, held or booked'
is "$(sql "SELECT count(*) - 2 * (SELECT count(*) FROM quickbook.appointment WHERE status <> 'cancelled') FROM quickbook.allocation")" 0 \
	'and no other time is taken'
# a hold that a death left is closed by the next booking in its way
is "$(sql "SELECT count(*) FROM quickbook.appointment WHERE status = 'cancelled' AND cancelled_by IS DISTINCT FROM 'system'")" 0 \
	'nothing else was cancelled'

# 2. Positions.
is "$(comes "SELECT count(*) FROM quickbook.event WHERE position IS NULL" 0)" 0 'each event has its position'
is "$(sql "SELECT count(*) = max(position) AND count(DISTINCT position) = count(*) AND min(position) = 1 FROM quickbook.event")" t \
	'without a gap and none twice'
is "$(sql "SELECT count(*) FROM (SELECT subject, (data->>'version')::int - lag((data->>'version')::int)
	OVER (PARTITION BY subject ORDER BY position) AS step FROM quickbook.event) AS s WHERE step <> 1")" 0 'in the order of each appointment'

# 3. The consumer.
grep '^seen' "$work/consumed" | cut -d' ' -f2- | sort -u >"$work/seen"
sql "SELECT position || ' ' || subject || ' ' || type || ' ' || (data->>'version') FROM quickbook.event" | sort >"$work/events"
is "$(diff "$work/events" "$work/seen" | wc -l)" 0 'the consumer has seen every event, and each as it is in the log'
is "$(awk '$1 == "acked" { acked = $2 } $1 == "seen" && $2 <= acked { n++ } END { print n + 0 }' "$work/consumed")" 0 \
	'and none again that it had acknowledged'
is "$(awk '$1 == "seen" { if ($5 + 0 < version[$3]) n++; if ($2 > last[$3]) version[$3] = $5 + 0; last[$3] = $2 } END { print n + 0 }' \
	<(awk '$1 == "seen" && !known[$2]++' "$work/consumed"))" 0 'nor out of order, seen for the first time'

# 4. Listeners.
is "$(awk '/^life/ { if (NR > 1) print (heard > 0); heard = 0 } /Asynchronous notification/ { heard++ } END { print (heard > 0) }' \
	"$work/heard" | tail -n 1)" 1 'whoever listens hears after the last of the deaths'
is "$(awk '/^life/ { life++ } /Asynchronous notification/ { if (!heard[life]++) lives++ } END { print (lives >= 4) }' "$work/heard")" 1 \
	'as in the lives before'
done_testing
