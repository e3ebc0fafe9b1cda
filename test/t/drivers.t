#!/usr/bin/env bash
# What an app sees through its driver: node-postgres, psycopg2, psycopg 3 (text
# and binary) and libpq (text and binary): named arguments, types, error fields.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
# shellcheck source-path=SCRIPTDIR/../lib source=bootstrap.sh
. "$QB_LIB/bootstrap.sh" && bootstrap gateway >&2
export PGDATABASE=quickbook_drivers PGOPTIONS='-c client_min_messages=error'
work=$(mktemp -d)
trap 'dropdb --if-exists --force $PGDATABASE >/dev/null 2>&1; rm -rf "$work"' EXIT
PATH=$(dirname "$PG_CONFIG"):$PATH
sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1" 2>&1; }

dropdb --if-exists $PGDATABASE >/dev/null 2>&1
createdb $PGDATABASE
sql "CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install();
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC');
	INSERT INTO quickbook.provider (clinic_id, name) SELECT id, 'p' FROM quickbook.clinic;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, n FROM quickbook.clinic, unnest(ARRAY['one', 'two']) AS n;
	INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
		SELECT id, weekday, '09:00', '17:00' FROM quickbook.provider, generate_series(1, 7) AS weekday;
	INSERT INTO quickbook.service (clinic_id, name, duration) SELECT id, 's', '30 minutes' FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p" >/dev/null
sql "ALTER DATABASE $PGDATABASE SET quickbook.now = '2026-03-02 08:00+00'"
PATIENT=$(sql "SELECT id FROM quickbook.patient WHERE name = 'one'")
OTHER=$(sql "SELECT id FROM quickbook.patient WHERE name = 'two'")
PROVIDER=$(sql 'SELECT id FROM quickbook.provider')
SERVICE=$(sql 'SELECT id FROM quickbook.service')
export PATIENT OTHER PROVIDER SERVICE

# checks LEAST COMMAND…: the lines that a driver's program prints.
checks() {
	local least=$1 from=$tests name have want
	shift
	"$@" >"$work/lines" 2>"$work/errors"
	is "$? $(cat "$work/errors")" '0 ' "$* runs"
	while IFS=$'\t' read -r name have want; do is "$have" "$want" "$name"; done <"$work/lines"
	is "$((tests - from > least))" 1 'to its end'
}
checks 16 node "$QB_GATEWAY/drivers/pg.js"
checks 60 /usr/bin/python3 "$QB_GATEWAY/drivers/psycopg_both.py"
cc -Wall -Wextra -Werror -I"$(pg_config --includedir)" -o "$work/libpq" "$QB_GATEWAY/drivers/libpq.c" \
	-L"$(pg_config --libdir)" -lpq
checks 19 "$work/libpq"
done_testing
