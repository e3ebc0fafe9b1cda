#!/usr/bin/env bash
# What quickbook offers, compared slot for slot with an oracle in plain SQL
# (test/oracle) over random configurations.
#
#   QB_SEED     the same configurations again; else a random one, always printed
#   QB_ROUNDS   how many configurations (2000)
#   QB_ROUND    only this one
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$(dirname "$PG_CONFIG"):$PATH
db=quickbook_oracle
trap 'dropdb --if-exists "$db" >/dev/null 2>&1' EXIT
seed=${QB_SEED:-$((RANDOM * 32768 + RANDOM))}
first=${QB_ROUND:-1}
last=${QB_ROUND:-${QB_ROUNDS:-2000}}
tests=0

ok() { # STATUS NAME
	tests=$((tests + 1))
	[[ $1 -eq 0 ]] && echo "ok $tests - $2" || echo "not ok $tests - $2"
}

run() {
	psql -XqAt -v ON_ERROR_STOP=1 -d "$db" "$@"
}

echo "# seed $seed, rounds $first to $last"
echo "# again: QB_SEED=$seed QB_ROUNDS=$last"

dropdb --if-exists "$db" >/dev/null 2>&1
createdb "$db"
run -c 'SET client_min_messages = error' \
	-c 'CREATE EXTENSION quickbook CASCADE' -c 'SELECT quickbook.install()' \
	-c "ALTER DATABASE $db SET jit = off" -c "ALTER DATABASE $db SET synchronous_commit = off" >/dev/null 2>"${TMPDIR:-/tmp}/oracle.$$" &&
	run -f "$root/test/oracle/oracle.sql" -f "$root/test/oracle/generator.sql" -f "$root/test/oracle/rounds.sql" \
		>/dev/null 2>>"${TMPDIR:-/tmp}/oracle.$$"
status=$?
sed 's/^/# /' "${TMPDIR:-/tmp}/oracle.$$"
rm -f "${TMPDIR:-/tmp}/oracle.$$"
ok $status 'the oracle is loaded'
if [[ $status -ne 0 ]]; then
	echo "1..$tests"
	exit 1
fi

PGOPTIONS="-c client_min_messages=warning" run -c "CALL oracle.run($seed::bigint, $first, $last)" 2>&1 | sed 's/^/# /'
ok "${PIPESTATUS[0]}" 'the rounds ran'

run -c "SELECT failure FROM oracle.result" | sed 's/^/# /; s/^# $//' | grep .
[[ $(run -c 'SELECT failure IS NULL FROM oracle.result') == t ]]
ok $? "quickbook and the oracle agree (seed $seed)"
run -c "SELECT format('# %s rounds (%s with slots), %s questions, %s slots, %s s', rounds, rounds_with_slots, questions, slots,
	round(seconds, 1)) FROM oracle.result"

# A generator that no longer makes what it should would agree all too easily.
if [[ $last -ge 500 && $first -eq 1 ]]; then
	run -c "SELECT '# ' || string_agg(format('%s %s', what, n), ', ' ORDER BY what) FROM oracle.seen"
	[[ $(run -c "SELECT rounds_with_slots * 2 > rounds AND slots > rounds * 20 FROM oracle.result") == t ]]
	ok $? 'most rounds had slots'
	[[ $(run -c "SELECT count(*) FROM oracle.seen WHERE n >= 5") -ge 45 ]]
	ok $? 'all features were seen'
fi
echo "1..$tests"
