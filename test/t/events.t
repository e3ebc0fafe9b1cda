#!/usr/bin/env bash
# The event log under concurrency: positions in commit order, without gaps;
# nothing skipped and nothing twice; a long transaction stalls nobody; fetchers
# of one consumer take turns; positions survive dump and restore.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
PATH=$(dirname "$PG_CONFIG"):$PATH
db=quickbook_events
work=$(mktemp -d)
trap 'rm -rf "$work"; dropdb --if-exists --force $db >/dev/null 2>&1; dropdb --if-exists --force ${db}_copy >/dev/null 2>&1' EXIT
export PGOPTIONS='-c client_min_messages=error'

sql() { psql -XAtqd "${DB:-$db}" -v ON_ERROR_STOP=1 -c "$1"; }
# Fetches up to N events and acknowledges them, in one transaction.
drain() {
	sql "WITH e AS MATERIALIZED (SELECT * FROM quickbook.fetch_events('$1', ${2:-1000})),
		a AS MATERIALIZED (SELECT quickbook.ack_events('$1', max(position)) FROM e HAVING count(*) > 0)
		SELECT position, subject, data->>'version' FROM e LEFT JOIN a ON true ORDER BY position"
}

dropdb --if-exists --force $db >/dev/null 2>&1
createdb $db
sql "CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install(); SELECT quickbook.create_consumer('c');
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC');
	INSERT INTO quickbook.provider (clinic_id, name, open_always, capacity)
		SELECT id, n, true, 1000 FROM quickbook.clinic, generate_series(1, 8) n;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, n FROM quickbook.clinic, generate_series(1, 50) n;
	INSERT INTO quickbook.service (clinic_id, name, duration, patient_may_overlap)
		SELECT id, 'visit', '1 hour', true FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	CREATE FUNCTION public.book(n int) RETURNS uuid LANGUAGE sql AS \$\$
		SELECT (quickbook.create_appointment((SELECT id FROM quickbook.patient ORDER BY id LIMIT 1 OFFSET n % 50),
			(SELECT id FROM quickbook.provider ORDER BY id LIMIT 1 OFFSET n % 8), (SELECT id FROM quickbook.service),
			date_trunc('day', statement_timestamp()) + (24 + n % 200) * interval '1 hour')).id \$\$" >/dev/null

# Plans are made early and kept: one for an empty log must do for a full one.
scans() { sql "SELECT seq_scan FROM pg_stat_user_tables WHERE relid = 'quickbook.event'::regclass"; }
sql "SELECT quickbook.create_consumer('plans')" >/dev/null
before=$(scans)
psql -XAtqd $db -v ON_ERROR_STOP=1 >/dev/null <<'SQL'
VACUUM ANALYZE quickbook.event;
SELECT quickbook.fetch_events('plans');
BEGIN; SELECT public.book(n) FROM generate_series(300, 310) n; SELECT quickbook.fetch_events('plans'); ROLLBACK;
SELECT quickbook.drop_consumer('plans');
SQL
is "$(scans)" "$before" 'events are numbered and fetched by index, whatever the planner knew of the log'

# A transaction that stays open while others commit.
mkfifo "$work/pipe"
psql -XAtqd $db -f "$work/pipe" >"$work/open" 2>&1 &
open=$!
exec 7>"$work/pipe"
echo "BEGIN; SELECT public.book(0);" >&7
wait_for "SELECT count(*) FROM pg_stat_activity WHERE datname = '$db' AND state = 'idle in transaction'"
# on other calendars than it has locked
for n in $(seq 1 20); do sql "SELECT public.book(8 * $n + 1)" >/dev/null; done
drain c >"$work/first"
is "$(wc -l <"$work/first")" 20 'an open transaction stalls nobody: twenty others are delivered'
is "$(cut -d'|' -f1 "$work/first" | tr '\n' ' ')" "$(seq 1 20 | tr '\n' ' ')" 'their positions have no gap'
echo "COMMIT;" >&7
exec 7>&-
wait $open
late=$(sed -n 1p "$work/open")
is "$(drain c)" "21|$late|1" 'its event comes when it has committed, and not behind the reader'
is "$(drain c)" '' 'nothing is given twice after it was acknowledged'

# Two fetchers of one consumer take turns.
for n in $(seq 21 40); do sql "SELECT public.book($n)" >/dev/null; done
mkfifo "$work/pipe2"
psql -XAtqd $db -f "$work/pipe2" >"$work/one" 2>&1 &
one=$!
exec 7>"$work/pipe2"
echo "BEGIN; SELECT position FROM quickbook.fetch_events('c', 10);" >&7
wait_for "SELECT count(*) FROM pg_stat_activity WHERE datname = '$db' AND state = 'idle in transaction'"
drain c 10 >"$work/two" &
two=$!
wait_for "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = '$db'"
echo "SELECT quickbook.ack_events('c', 31); COMMIT;" >&7
exec 7>&-
wait $one $two
is "$(head -10 "$work/one" | tr '\n' ' ')" "$(seq 22 31 | tr '\n' ' ')" 'the first fetcher has its batch'
is "$(cut -d'|' -f1 "$work/two" | tr '\n' ' ')" "$(seq 32 41 | tr '\n' ' ')" 'the second waited and has the next'

# Many writers, one reader.
cat >"$work/write.sql" <<'SQL'
\set n random(0, 1000000)
SELECT public.book(:n) AS a \gset
SELECT quickbook.update_appointment(':a', 'x');
SELECT quickbook.cancel_appointment(':a');
SQL
drain c >/dev/null
before=$(sql "SELECT last_position FROM quickbook.event_counter")
pgbench -n -c 32 -j 2 -T 4 -f "$work/write.sql" $db >"$work/pgbench" 2>&1 &
bench=$!
: >"$work/read"
while kill -0 $bench 2>/dev/null; do drain c 200 >>"$work/read"; done
wait $bench
grep -m3 ERROR "$work/pgbench" | sed 's/^/# /'
while :; do
	drain c >"$work/part"
	[[ -s $work/part ]] || break
	cat "$work/part" >>"$work/read"
done
total=$(sql "SELECT count(*) FROM quickbook.event WHERE position > $before")
echo "# $total events of 32 writers; $(grep -c . "$work/pgbench") lines of pgbench"
is "$(wc -l <"$work/read")" "$total" '32 writers: every event is given once'
[[ $total -gt 300 ]]
is $? 0 'there were many'
is "$(cut -d'|' -f1 "$work/read" | tr '\n' ' ' | md5sum)" "$(seq $((before + 1)) $((before + total)) | tr '\n' ' ' | md5sum)" \
	'in order of position, without a gap'
is "$(awk -F'|' '$3 != ++seen[$2] { bad++ } END { print bad + 0 }' "$work/read")" 0 'the events of each appointment are in order'
is "$(sql "SELECT count(*) FROM quickbook.event WHERE position IS NULL")" 0 'none is left without a position'

# Dump and restore.
for n in 1 2 3; do sql "SELECT public.book(300 + $n)" >/dev/null; done
drain c 1 >/dev/null
dropdb --if-exists --force ${db}_copy >/dev/null 2>&1
createdb ${db}_copy
pg_dump $db | psql -XAtqd ${db}_copy -v ON_ERROR_STOP=1 >/dev/null
want=$(drain c)
is "$(DB=${db}_copy drain c)" "$want" 'a restored database goes on from the same position'
DB=${db}_copy sql "SELECT public.book(400)" >/dev/null
next=$(DB=${db}_copy drain c | cut -d'|' -f1)
is "$next" $(($(tail -1 <<<"$want" | cut -d'|' -f1) + 1)) 'and gives the next positions'
done_testing
