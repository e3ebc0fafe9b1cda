#!/usr/bin/env bash
# Bad values for every argument of every function, as superuser, patient, staff
# and anon, on appointments in every status: no crash, no internal error, no
# SQLSTATE that is not documented, nothing that takes long, nothing written.
#
#   QB_SEED=0.42        the mixtures of values; printed
#   QB_MIXTURES=30      how many of them for each function
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
work=$(mktemp -d)
name=badinput.$$
cluster() { "$QB_LIB/cluster.sh" "$@"; }
trap 'cluster drop $name >/dev/null 2>&1; rm -rf "$work"' EXIT
seed=${QB_SEED:-0.$((RANDOM % 1000))}
mixtures=${QB_MIXTURES:-30}
dir=$(dirname "$QB_LIB")/badinput

# What the table of errors in sql/README.md names.
documented="'00000', '23P01', '23505', '23QB1', '23QB2', '23QB3', '23QB4', '23QB5', '23QB6', '23QB7', '23QB8', '23QB9',
	'P0002', '42501', '22023', '0A000', '09000', '42804', '22004'"
# Parts of install() and migrate(), which only owners may call, and never do: they
# may fail as the statements in them do.
parts='^(schema|attach)_'
callers=(superuser patient staff anon)

sql() { psql -XAtqd "${DB:-bad}" -v ON_ERROR_STOP=1 -c "$1" 2>&1; }
# The answers of all callers' databases.
everywhere() {
	local caller
	for caller in "${callers[@]}"; do DB=bad_$caller sql "$1"; done
}

cluster init $name 'fsync = off' 'log_min_messages = fatal' >/dev/null 2>&1
eval "$(cluster start $name)"
PATH=$(dirname "$PG_CONFIG"):$PATH
DB=postgres sql 'CREATE DATABASE bad'
psql -XAtqd bad -f "$dir/fixture.sql" -o /dev/null && psql -XAtqd bad -v seed="$seed" -v mixtures="$mixtures" -f "$dir/calls.sql" -o /dev/null
made=$?
is $made 0 "the calls are made (QB_SEED=$seed)"
[[ $made -eq 0 ]] || { done_testing; exit; }
is "$(sql "SELECT count(*) > 5000 AND count(DISTINCT function) > 50 FROM bad.call")" t 'thousands, of all functions'
before=$(sql 'SELECT bad.digest()')
for caller in "${callers[@]}"; do DB=postgres sql "CREATE DATABASE bad_$caller TEMPLATE bad"; done

# Makes the calls that have no result yet; a call that ends the server has the result "crash".
try_all() {
	local caller=$1 DB=bad_$1 crashes said id
	for ((crashes = 0; crashes < 10; crashes++)); do
		sql "SELECT 'SET client_min_messages = error; SET statement_timeout = ''10s''; SET quickbook.password_cost = 4;
			SET quickbook.now = ''2030-03-04 08:01+01''; SET quickbook.trust_claims = on;'
			UNION ALL (SELECT format('SELECT bad.try(%L, %s);', '$caller', c.id) FROM bad.call c
			WHERE NOT EXISTS (SELECT FROM bad.result r WHERE r.id = c.id) ORDER BY c.id)" >"$work/$caller"
		psql -XAtqd "$DB" -v ON_ERROR_STOP=1 -f "$work/$caller" -o /dev/null 2>"$work/$caller.said" && return
		comes 'SELECT 1' 1 >/dev/null
		said=$(head -c 300 "$work/$caller.said" | tr -d "'")
		# those of another caller that were cut off are made again
		[[ $said != *'because of crash of another server process'* ]] || continue
		id=$(sed -n "$(sed -n 's/^psql:[^ ]*:\([0-9]*\): .*/\1/p' "$work/$caller.said" | head -1)s/.*, \([0-9]*\));/\1/p" "$work/$caller")
		sql "INSERT INTO bad.result VALUES ('$caller', ${id:-0}, 'crash', '$said', 0) ON CONFLICT DO NOTHING"
	done
}
(try_all patient; try_all anon) &
try_all superuser
try_all staff
wait

for caller in "${callers[@]}"; do
	echo "# $caller: $(DB=bad_$caller sql "SELECT count(*) || ' calls, ' || count(*) FILTER (WHERE state = '00000') || ' succeed' FROM bad.result")"
	is "$(DB=bad_$caller sql "SELECT count(*) FROM bad.result JOIN bad.call USING (id)")" "$(sql "SELECT count(*) FROM bad.call")" "all were made as $caller"
done
of="SELECT format('%s as %s: %s (%s×) %s: %s', state, caller, function, count(*), min(left(message, 140)), min(left(call, 400)))
	FROM bad.result JOIN bad.call USING (id) WHERE"
by="GROUP BY state, caller, function, regexp_replace(message, '[0-9]+|\"[^\"]*\"', '#', 'g') ORDER BY 1 LIMIT 20"
is "$(everywhere "SELECT count(*) FROM bad.result WHERE state = '00000' HAVING count(*) < 20")" '' 'some succeed'
is "$(everywhere "$of state = 'crash' $by")" '' 'no crash'
is "$(everywhere "$of state LIKE 'XX%' $by")" '' 'no internal error'
is "$(everywhere "$of state NOT LIKE 'XX%' AND state <> 'crash' AND state NOT IN ($documented) AND function !~ '$parts' $by")" '' \
	'no SQLSTATE that is not documented'
everywhere "SELECT format('# %s ms as %s: %s', round(ms::numeric), caller, left(call, 300)) FROM bad.result JOIN bad.call USING (id)
	WHERE ms > 1000 ORDER BY ms DESC LIMIT 20"
# what any call may say, the errors of tables that are not there or not of this version, apart
is "$(everywhere "SELECT format('%s() raises %s', function, name)
	FROM (SELECT DISTINCT function, split_part(message, ':', 1) AS name FROM bad.result JOIN bad.call USING (id) WHERE message ~ '^[a-z_]+: ') AS said
	WHERE bad.manual(function) !~ ('\\m' || name || '\\M') AND name NOT IN ('not_installed', 'wrong_schema_version')" | sort -u)" '' \
	'the comment of each function names the errors that it raises'
is "$(everywhere "$of ms > 10000 $by")" '' 'nothing takes ten seconds; what takes one is listed'
is "$(everywhere 'SELECT bad.digest()' | sort -u)" "$before" 'nothing was written'
is "$(grep -h 'runtime error' "$(cluster dir $name)/log" | sort | uniq -c | head -20)" '' 'no undefined behaviour, where it is looked for'
done_testing
