#!/usr/bin/env bash
# A day at a clinic through gateways: PostGraphile 4 on the machine's Node,
# PostGraphile 5 on Node 22. The programs, in test/gateway, print "ok" and "not
# ok"; they end with all that they started.
set -uo pipefail
tests=0
gateway=
work=$(mktemp -d)
cleanup() {
	[[ -z $gateway ]] || kill "$gateway" 2>/dev/null
	for db in quickbook_v4 quickbook_v5; do dropdb --if-exists --force $db; done >/dev/null 2>&1
	dropuser --if-exists authenticator >/dev/null 2>&1
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 143' INT TERM HUP
. "$QB_LIB/bootstrap.sh" && bootstrap gateway >&2
PATH=$(dirname "$PG_CONFIG"):$PATH

# Node 22, which bookworm lacks, comes from npm too.
node22=$(compgen -G "$QB_GATEWAY/node_modules/node-linux-*/bin/node") || node22=node
export GRAPHILE_ENV=development DEBUG=graphile-build:warn

# run NAME PROGRAM…: its results, and one for how it ended.
run() {
	local name=$1
	timeout 120 "${@:2}" </dev/null >"$work/out" 2>"$work/err" &
	gateway=$!
	wait "$gateway"
	echo "status $?" >>"$work/err"
	gateway=
	sed "s/^\(ok\|not ok\) - /&$name: /" "$work/out"
	if [[ $(cat "$work/err") == 'status 0' ]]; then
		echo "ok - $name: has run to its end, without a word on stderr"
	else
		echo "not ok - $name: has run to its end, without a word on stderr"
		sed 's/^/# /' "$work/err"
	fi
	tests=$((tests + 1 + $(grep -cE '^(not )?ok - ' "$work/out")))
}

run 'PostGraphile 4' node "$QB_GATEWAY/v4/test.js"
run 'PostGraphile 5' "$node22" "$QB_GATEWAY/v5/test.js"
echo "1..$tests"
