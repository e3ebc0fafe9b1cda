#!/usr/bin/env bash
# make bench: what quickbook costs beside the plainest thing that could do the
# job, on a private server. Both sides run in turns and the medians are
# compared; a time alone would say more about the machine.
#
# QB_BENCH_PROVIDERS, QB_BENCH_ROUNDS: how much and how often.
# QB_BENCH_PARTS: which, of month create race notify latency (all).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
providers=${QB_BENCH_PROVIDERS:-1000}
rounds=${QB_BENCH_ROUNDS:-5}
parts=" ${QB_BENCH_PARTS:-month create race notify latency} "
PATH=$(dirname "$PG_CONFIG"):$PATH
export PGDATABASE=quickbook_bench
failed=0

sql() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }

# tps SECONDS FILE OPTION…: transactions a second, without the connecting
tps() {
	local seconds=$1 file=$2 out
	shift 2
	out=$(pgbench -n -T "$seconds" -f "$work/$file.sql" -D providers="$providers" "$@" 2>>"$errors") || true
	sed -n 's/^tps = \([0-9.]*\).*/\1/p' <<<"$out"
}

# compare NAME SECONDS FILE_A FILE_B OPTION…: sets a and b to the median rates
compare() {
	local name=$1 seconds=$2 x=$3 y=$4 i
	shift 4
	: >"$work/a"
	: >"$work/b"
	tps 1 "$x" "$@" >/dev/null
	tps 1 "$y" "$@" >/dev/null
	for ((i = 1; i <= rounds; i++)); do
		echo "$name: round $i of $rounds"
		tps "$seconds" "$x" "$@" >>"$work/a"
		tps "$seconds" "$y" "$@" >>"$work/b"
	done
	a=$(median <"$work/a")
	b=$(median <"$work/b")
}

# row NAME A B RATIO BOUND: BOUND is "<= n" or ">= n", or empty
row() {
	local verdict=${5:+ok}
	[[ -z $5 ]] || awk -v r="$4" -v b="${5#* }" -v op="${5%% *}" 'BEGIN { exit !(op == "<=" ? r <= b : r >= b) }' ||
		{ verdict=MISSED && failed=1; }
	printf '%-58s %12s %12s %8s   %-8s %s\n' "$1" "$2" "$3" "$4" "$5" "$verdict" >>"$work/table"
}
ratio() { awk -v x="$1" -v y="$2" 'BEGIN { printf "%.2f", x / y }'; }
us() { awk -v t="$1" 'BEGIN { printf "%.0f us", 1000000 / t }'; }
rate() { printf '%.1f/s' "$1"; }
wanted() { [[ $parts == *" $1 "* ]]; }

work=$(mktemp -d)
errors=$work/errors
trap 'rm -rf "$work"; "$here/../lib/cluster.sh" drop "$PGHOST.standby" >/dev/null' EXIT

# The scripts, and one made of another: the same INSERT with a NOTIFY.
cp "$here"/*.sql "$work"
sed "s/^\(INSERT .*\);$/WITH i AS (\1 RETURNING calendar_id) SELECT pg_notify('quickbook', calendar_id::text) FROM i;/" \
	"$work/create_plain.sql" >"$work/create_plain_notify.sql"

# What NOTIFY costs depends on both.
echo "$(nproc) processors; fdatasync of 8 kB takes $(pg_test_fsync -s 1 -f "$work/flush" |
	awk '$1 == "fdatasync" { print $4, $5; exit }')"

createdb quickbook_bench
echo "loading $providers providers, six months, 70 % booked"
sql -v providers="$providers" -f "$here/load.sql" >/dev/null
sql -c "ALTER DATABASE quickbook_bench SET quickbook.now = '2026-03-02 08:00+01'" \
	-c "ALTER DATABASE quickbook_bench SET timezone = 'Europe/Berlin'"
echo "$(sql -c 'SELECT count(*) FROM quickbook.appointment') appointments"

# A month of one provider: the slots against counting the rows that they avoid.
bench_month() {
	compare month 4 month_quickbook month_count -M prepared
	row 'month of slots / count(*), 1 client' "$(us "$a")" "$(us "$b")" "$(ratio "$b" "$a")" '<= 2.5'
}

# One booking against one INSERT under the same constraint.
bench_create() {
	export PGOPTIONS='-c synchronous_commit=off'
	compare create 4 create_quickbook create_plain -M prepared
	row 'create_appointment / INSERT, 1 client' "$(us "$a")" "$(us "$b")" "$(ratio "$b" "$a")" '<= 3'
	unset PGOPTIONS
}

deadlocks() { sql -c "SELECT pg_stat_clear_snapshot(); SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()" | tail -1; }

# Sixteen clients want four starts that overlap.
bench_race() {
	: >"$work/a"
	: >"$work/b"
	ours=0
	theirs=0
	for ((i = 1; i <= 2; i++)); do
		echo "race: round $i of 2"
		before=$(deadlocks)
		tps 10 race_quickbook -c 16 -j 2 >>"$work/a"
		sleep 1
		ours=$((ours + $(deadlocks) - before))
		before=$(deadlocks)
		tps 10 race_plain -c 16 -j 2 >>"$work/b"
		sleep 1
		theirs=$((theirs + $(deadlocks) - before))
	done
	a=$(median <"$work/a")
	b=$(median <"$work/b")
	row 'race for 4 overlapping slots / INSERT, 16 clients' "$(rate "$a")" "$(rate "$b")" "$(ratio "$a" "$b")" '>= 15'
	row 'deadlocks in the race' "$ours" "$theirs" "$ours" '<= 0'
}

# wait_for QUERY WHAT: until the query says t
wait_for() {
	local i
	for ((i = 0; i < 100; i++)); do
		[[ $(sql -c "$1") == t ]] && return
		sleep 0.2
	done
	echo "waited in vain for $2" >&2
	exit 1
}

# Let the worker see to this database. The log was empty when the load was
# analyzed; autovacuum would have seen to it by now.
start_worker() {
	sql -c 'VACUUM ANALYZE quickbook.event' -c 'VACUUM ANALYZE quickbook.event_counter'
	sql -c "ALTER SYSTEM SET quickbook.databases = 'quickbook_bench'" -c 'SELECT pg_reload_conf()' >/dev/null
	wait_for 'SELECT worker_pid IS NOT NULL FROM quickbook.stat' 'the worker'
}

# Not by the session alone: the worker would announce what it numbers all the same.
notify() {
	sql -c "ALTER SYSTEM SET quickbook.notify = '$1'" -c 'SELECT pg_reload_conf()' >/dev/null
	sleep 0.5
}

# Who sends NOTIFY: the worker, the transaction itself, or nobody.  And what it
# costs an INSERT: no booking can gain more from leaving it out.
compare_notify() {
	local where=$1 mode i
	for mode in worker inline off create_plain create_plain_notify; do : >"$work/$mode"; done
	for ((i = 1; i <= rounds; i++)); do
		echo "notify, $where: round $i of $rounds"
		for mode in worker inline off; do
			notify "$mode"
			tps 4 create_quickbook -M prepared -c 32 -j 2 >>"$work/$mode"
		done
		for mode in create_plain create_plain_notify; do
			tps 4 "$mode" -M prepared -c 32 -j 2 >>"$work/$mode"
		done
	done
	notify auto
	a=$(median <"$work/worker")
	b=$(median <"$work/inline")
	c=$(median <"$work/off")
	row "NOTIFY by worker / transaction, $where, 32 clients" "$(rate "$a")" "$(rate "$b")" "$(ratio "$a" "$b")" '>= 2.5'
	row "NOTIFY by worker / nobody, $where, 32 clients" "$(rate "$a")" "$(rate "$c")" "$(ratio "$a" "$c")" '>= 0.9'
	a=$(median <"$work/create_plain")
	b=$(median <"$work/create_plain_notify")
	row "INSERT / INSERT and NOTIFY, $where, 32 clients" "$(rate "$a")" "$(rate "$b")" "$(ratio "$a" "$b")" ''
}

# Commits wait for it, which is what a clinic that must not lose any has.
start_standby() {
	"$here/../lib/cluster.sh" standby "$PGHOST"
	"$here/../lib/cluster.sh" start "$PGHOST.standby" >/dev/null
	sql -c "ALTER SYSTEM SET synchronous_standby_names = '*'" -c 'SELECT pg_reload_conf()' >/dev/null
	wait_for "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'" 'the standby'
}

stop_standby() {
	sql -c 'ALTER SYSTEM RESET synchronous_standby_names' -c 'SELECT pg_reload_conf()' >/dev/null
	"$here/../lib/cluster.sh" drop "$PGHOST.standby"
}

bench_notify() {
	start_worker
	compare_notify 'one server'
	start_standby
	compare_notify 'with standby'
	stop_standby
}

# How long after a commit a listener hears of it, at a thousand bookings a second
# or as many as the machine makes.
bench_latency() {
	start_worker
	cc -O2 -Wall -Wextra -I"$(pg_config --includedir)" -o "$work/latency" "$here/latency.c" -L"$(pg_config --libdir)" -lpq
	for ((i = 1; i <= rounds; i++)); do
		echo "latency: round $i of $rounds"
		"$work/latency" 1000 5 32 "$(sed -e "s/:providers/$providers/g" \
			-e 's/^SELECT \(.*\) FROM \(nextval.*\);/SELECT a.id FROM \2, LATERAL \1 AS a/' "$here/create_quickbook.sql")" \
			2>>"$errors" >>"$work/latency.out"
	done
	a=$(awk '{ print $1 }' "$work/latency.out" | median)
	b=$(awk '{ print $3 }' "$work/latency.out" | median)
	c=$(awk '{ print $4 }' "$work/latency.out" | median)
	row "commit to listener at $a bookings/s, median" "$b ms" '' "$b" '<= 20'
	row "commit to listener at $a bookings/s, 99 %" "$c ms" '' "$c" '<= 20'
	row '... of which the listener heard' "$(awk '{ print $2 }' "$work/latency.out" | median)" '' \
		"$(awk '{ print $2 }' "$work/latency.out" | sort -n | head -1)" '>= 1'
}

if wanted month; then bench_month; fi
if wanted create; then bench_create; fi
if wanted race; then bench_race; fi
if wanted notify; then bench_notify; fi
if wanted latency; then bench_latency; fi

# Overlaps, by a query that does not use the constraint.
overlaps=$(sql -c "SELECT count(*) FROM (SELECT starts_at, max(ends_at) OVER (PARTITION BY calendar_id, lane
	ORDER BY starts_at, ends_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
	FROM quickbook.allocation) a WHERE before > starts_at")
row 'overlaps in all allocations' "$overlaps" '' "$overlaps" '<= 0'

printf '\n%-58s %12s %12s %8s   %-8s\n' '' quickbook plain ratio bound
cat "$work/table"
if [[ -s $errors ]]; then
	echo 'errors of the clients, the first ten kinds:'
	grep -i error "$errors" | sed 's/client [0-9]*/client N/' | sort | uniq -c | sort -rn | head
fi
exit $failed
