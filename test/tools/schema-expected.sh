#!/usr/bin/env bash
# make schema-expected: rewrites sql/26_schema_expected.sql from the tables that
# install() makes. Run it after a change to the tables, on the lowest server version
# supported; test/pgtap/03_install.sql and test/sql/010_install.sql fail until then.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. test/lib/cluster.sh
cluster_stop_at_exit
bootstrap run
cluster_build WERROR=1
cluster_drop expected
cluster_init expected >/dev/null
cluster_start expected
cluster_psql -d postgres -c 'SET client_min_messages = error' \
	-c 'CREATE EXTENSION quickbook CASCADE' -c 'SELECT quickbook_internal.schema_step_1()' -c 'SELECT quickbook.migrate()' -At >/dev/null
{
	cat <<'SQL'
--
-- What the tables of this version look like, for check_install(). Written by
-- make schema-expected from what install() makes: do not change it by hand.
--

CREATE FUNCTION quickbook_internal.schema_expected() RETURNS SETOF quickbook_internal.schema_object
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $expected$
	VALUES
SQL
	cluster_psql -d postgres -At -c "
		SELECT string_agg(format(E'\t(%L, %L)', object, definition), E',\n' ORDER BY object COLLATE \"C\")
		FROM quickbook_internal.schema_present()"
	cat <<'SQL'
$expected$;

COMMENT ON FUNCTION quickbook_internal.schema_expected() IS
'The tables of schema quickbook as this version makes them, for check_install().';
SQL
} >tmp/expected.sql
cluster_drop expected
mv tmp/expected.sql sql/26_schema_expected.sql
