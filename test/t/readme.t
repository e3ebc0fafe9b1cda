#!/usr/bin/env bash
# README is the manual: its tour runs, and its tables say what the code says.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"; dropdb --if-exists quickbook_readme >/dev/null 2>&1' EXIT
PATH=$(dirname "$PG_CONFIG"):$PATH
tests=0

ok() { # STATUS NAME
	tests=$((tests + 1))
	[[ $1 -eq 0 ]] && echo "ok $tests - $2" || echo "not ok $tests - $2"
}

same() { # FILE FILE NAME
	diff -u "$1" "$2" >"$work/diff"
	local status=$?
	sed 's/^/# /' "$work/diff"
	ok $status "$3"
}

dropdb --if-exists quickbook_readme >/dev/null 2>&1
createdb quickbook_readme
psql -qXAtd quickbook_readme -c 'DROP ROLE IF EXISTS clinic_owner' >/dev/null 2>&1

sed -n '/^```sql$/,/^```$/{/^```/!p}' "$root/README.md" >"$work/tour.sql"
psql -XqAtd quickbook_readme -v ON_ERROR_STOP=1 -f "$work/tour.sql" >"$work/out" 2>"$work/err"
status=$?
grep -v NOTICE "$work/err" | sed 's/^/# /'
ok $status 'every statement of the tour runs'
[[ $(wc -l <"$work/tour.sql") -gt 30 ]]
ok $? 'the tour is there'
grep -q '^2026-03-02 10:00:00+01|2026-03-02 10:30:00+01$' "$work/out"
ok $? 'it finds the slot'
grep -q '^2026-03-02 14:30:00+01|2|1$' "$work/out"
ok $? 'it reschedules'
[[ $(grep -c '^appointment\.' "$work/out") -eq 3 ]]
ok $? 'it shows three events'

# Refused as the README says, the ids left out.
psql -XqAtd quickbook_readme -c "SET quickbook.now = '2026-03-02 08:00 Europe/Berlin'; SET timezone = 'Europe/Berlin';
	SELECT quickbook.create_appointment((SELECT id FROM quickbook.patient), (SELECT id FROM quickbook.provider),
	(SELECT id FROM quickbook.service), '2026-03-02 14:30')" 2>&1 |
	sed -n 's/^ERROR:  slot_taken: the provider is not free on 2 March 2026 14:30-15:00 (Europe\/Berlin)$/refused/p' >"$work/refusal"
grep -q refused "$work/refusal"
ok $? 'a second booking is refused in the words of the README'

# The table of errors against errors.c.
sed -n '/^## Errors/,/^When several/s/^| `\([a-z_]*\)` | \([0-9A-Z]*\) | \([0-9]*\) |$/\1 \2 \3/p' "$root/README.md" |
	sort >"$work/errors.readme"
sed -n '/errors\[\] = {/,/^};/{s/.*= {"\([a-z_]*\)", \([A-Z_0-9'"'"'()]*\), \([0-9]*\),.*/\1 \2 \3/p}' "$root/src/base/errors.c" |
	sed -e "s/QB_STATE('\(.\)')/23QB\1/" -e 's/ERRCODE_EXCLUSION_VIOLATION/23P01/' -e 's/ERRCODE_UNIQUE_VIOLATION/23505/' \
		-e 's/ERRCODE_NO_DATA_FOUND/P0002/' -e 's/ERRCODE_INSUFFICIENT_PRIVILEGE/42501/' \
		-e 's/ERRCODE_INVALID_PARAMETER_VALUE/22023/' -e 's/ERRCODE_FEATURE_NOT_SUPPORTED/0A000/' |
	sort >"$work/errors.code"
[[ $(wc -l <"$work/errors.code") -eq 18 ]]
ok $? 'errors.c lists eighteen errors'
same "$work/errors.readme" "$work/errors.code" 'the table of errors is that of errors.c'

# The table of functions against the catalog.
sed -n '/^## Functions/,/^## Settings/s/^| `\([a-z_]*([a-z_, ]*)\)` .*/\1/p' "$root/README.md" | sort >"$work/functions.readme"
psql -XqAtd quickbook_readme -c "
	SELECT proname || '(' || coalesce(array_to_string(proargnames, ', '), '') || ')'
	FROM pg_proc WHERE pronamespace = 'quickbook'::regnamespace AND prorettype <> 'trigger'::regtype
	AND proname !~ '^(schema_|attach_|password_)'" | sort >"$work/functions.code"
same "$work/functions.readme" "$work/functions.code" 'the table of functions is that of the catalog'

# The table of settings against the server.
sed -n '/^## Settings/,/^## Errors/s/^| `\(quickbook\.[a-z_]*\)` .*/\1/p' "$root/README.md" | sort >"$work/settings.readme"
psql -XqAtd quickbook_readme -c "LOAD '\$libdir/quickbook'; SELECT name FROM pg_settings WHERE name LIKE 'quickbook.%'" |
	sort >"$work/settings.code"
same "$work/settings.readme" "$work/settings.code" 'the table of settings is that of the server'

# One version everywhere.
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$root/quickbook.control")
grep -q "\"version\" *: *\"$version\"" "$root/META.json" && grep -q "^## $version" "$root/CHANGELOG.md"
ok $? "META.json and CHANGELOG.md know version $version"
echo "1..$tests"
dropdb quickbook_readme && psql -XqAtd postgres -c 'DROP ROLE clinic_owner'
