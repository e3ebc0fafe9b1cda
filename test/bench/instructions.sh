#!/usr/bin/env bash
# How many instructions a booking and a month of slots take, in a server alone
# (postgres --single) under callgrind: a count that a busy machine does not change.
#
#   test/bench/instructions.sh [TREE]
#
# TREE is another checkout, say of the last release: both are counted, and the
# ratios printed. QB_BENCH_CALLS: calls that are counted (1000), after 200 that
# fill the caches. Needs valgrind.
# shellcheck source-path=SCRIPTDIR source=../lib/cluster.sh
set -euo pipefail
here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
calls=${QB_BENCH_CALLS:-1000}
warm=200
providers=50
command -v valgrind >/dev/null || { echo >&2 'instructions.sh: valgrind is not installed' && exit 1; }

# The statements, one a line: so many calls from the given one on.
statements() {
	local what=$1 count=$2
	awk -v what="$what" -v count="$count" -v providers="$providers" 'BEGIN {
		service = "'\''00000000-0000-7000-8000-00000000a0c1'\''"
		for (n = 0; n < count; n++)
			if (what == "create")
				printf "SELECT quickbook.create_appointment(patient(%d), provider(%d), %s, (timestamp '\''2026-09-14 09:00'\'' + %d * interval '\''1 day'\'' + %d * interval '\''30 minutes'\'') AT TIME ZONE '\''Europe/Berlin'\'')\n",
					n % providers, n % providers, service, int(n / (11 * providers)), int(n / providers) % 11
			else
				printf "SELECT count(*) FROM quickbook.available_slots(%s, '\''2026-03-02'\''::timestamptz + %d * interval '\''30 days'\'', '\''2026-03-02'\''::timestamptz + %d * interval '\''30 days'\'', provider(%d))\n",
					service, n % 5, n % 5 + 1, n % providers
	}'
}

# run DATA WHAT CALLS: the instructions of a server that makes so many calls.
run() {
	local data=$1 copy=$1.run out
	rm -rf "$copy"
	cp -a "$data" "$copy"
	out=$(statements "$2" "$3" | cluster_as_server valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		"$(dirname "$PG_CONFIG")/postgres" --single -D "$copy" -c quickbook.now='2026-03-02 08:00+01' \
		-c timezone=Europe/Berlin -c fsync=off bench 2>&1 >/dev/null)
	rm -rf "$copy"
	if grep -q 'ERROR:' <<<"$out"; then
		grep -m 1 'ERROR:' <<<"$out" >&2
		return 1
	fi
	sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' <<<"$out"
}

# count TREE: prints the instructions of one call of each kind.
count() (
	cd "$1"
	unset PG_CONFIG
	. test/lib/cluster.sh
	{
		bootstrap run
		cluster_build WERROR=0
		cluster_drop instructions
		cluster_init instructions
		cluster_start instructions
		cluster_psql -d postgres -c 'CREATE DATABASE bench'
		cluster_psql -d bench -q -v providers="$providers" -f "$here/test/bench/load.sql"
		cluster_stop instructions
	} >/dev/null
	data=$(cluster_dir instructions)/data
	for what in create month; do
		few=$(run "$data" "$what" "$warm")
		many=$(run "$data" "$what" $((warm + calls)))
		echo "$what $(((many - few) / calls))"
	done
	cluster_drop instructions
)

ours=$(count "$here")
if [[ $# -eq 0 ]]; then
	echo "$ours"
	exit
fi
theirs=$(count "$1")
paste -d ' ' <(echo "$theirs") <(echo "$ours") |
	awk 'BEGIN { printf "%-8s %12s %12s %8s\n", "", "there", "here", "ratio" }
		{ printf "%-8s %12d %12d %8.3f\n", $1, $2, $4, $4 / $2 }'
