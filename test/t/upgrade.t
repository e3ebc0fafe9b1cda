#!/usr/bin/env bash
# From every released version to this one, with data: by ALTER EXTENSION UPDATE
# in place, and by restoring a dump where this version is installed already.
# Either way the catalog is that of a fresh install and the answers are those
# that the old version gave.
set -euo pipefail
. "$QB_LIB/tap.sh"
. "$QB_LIB/cluster.sh"
bootstrap run
cluster_prepare_server
here=$qb_root/test/upgrade
node=upgrade.$$
trap 'cluster_drop "$node"' EXIT
cluster_init "$node" 'fsync = off' >/dev/null
cluster_start "$node"

export PGOPTIONS='-c client_min_messages=error'
run() {
  local db=$1
  shift
  cluster_psql -d "$db" -At "$@" 2>&1
}

(cd "$qb_root/sql" && sha256sum --quiet -c "$here/quickbook--0.1.0.sql.sha256") && same=yes || same=no
is "$same" yes 'the script of 0.1.0 is as it was released'

# roles are the cluster's: those that the dump names
run postgres -c 'CREATE ROLE clinic_owner' -c 'CREATE DATABASE fresh' -c 'CREATE DATABASE updated' -c 'CREATE DATABASE restored' -c 'CREATE DATABASE lost'
run fresh -c 'CREATE EXTENSION quickbook CASCADE' \
  -c "SELECT quickbook.install('clinic_owner')" -c 'SELECT quickbook.create_roles()' >/dev/null

work=$(mktemp -d)
trap 'cluster_drop "$node"; rm -rf "$work"' EXIT
sed "s/^CREATE EXTENSION IF NOT EXISTS quickbook .*;/CREATE EXTENSION quickbook SCHEMA quickbook VERSION '0.1.0';/" "$here/dump-0.1.0.sql" >"$work/old.sql"
run updated -f "$work/old.sql" >/dev/null
run updated -c 'CREATE FUNCTION quickbook.mine() RETURNS int LANGUAGE sql RETURN 1' \
  -c 'GRANT EXECUTE ON FUNCTION quickbook.get_appointment TO quickbook_anon'
is "$(run updated -c 'ALTER EXTENSION quickbook UPDATE')" '' 'ALTER EXTENSION UPDATE from 0.1.0'
is "$(run updated -c "SELECT has_function_privilege('quickbook_anon', 'quickbook.mine()', 'EXECUTE'),
  has_function_privilege('quickbook_anon', 'quickbook.get_appointment(uuid)', 'EXECUTE')")" 't|t' "and grants of the user's stay"
run updated -c 'DROP FUNCTION quickbook.mine()' -c 'REVOKE EXECUTE ON FUNCTION quickbook.get_appointment FROM quickbook_anon'
like "$(run updated -c 'SELECT * FROM quickbook.list_appointments(now(), now())' || true)" 'wrong_schema_version.*migrate' 'the code refuses the old tables and says what to do'
is "$(run updated -c 'SELECT quickbook.migrate()' || true)" 2 'migrate()'
run updated -c 'SELECT quickbook.create_roles()' >/dev/null

run restored -f "$here/dump-0.1.0.sql" >/dev/null
is "$(run restored -c 'SELECT quickbook.migrate()' || true)" 2 'migrate() after a dump was restored'
run restored -c 'SELECT quickbook.create_roles()' >/dev/null

# what is not for users to call has left schema quickbook
for db in fresh updated restored; do
  is "$(run "$db" -c "SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'quickbook'::regnamespace
    AND (proname ~ '^(schema|attach|password|upgrade)_' OR prorettype = 'trigger'::regtype)")" \
    'check_limits check_rule check_template check_time_zone fill_row' "$db: \\df quickbook.* has what triggers of 0.1.0 name, and nothing else that is internal"
done

for db in fresh updated restored; do
  run "$db" -f "$here/catalog.sql" >"$work/$db.catalog"
done
for db in updated restored; do
  is "$(run "$db" -c 'SELECT * FROM quickbook.check_install()')" '' "$db: check_install() finds nothing"
  is "$(diff "$work/fresh.catalog" "$work/$db.catalog" | grep '^[<>]' | sort | head -n 20)" '' "$db: the catalog is that of a fresh install"
  run "$db" -f "$here/answers.sql" >"$work/$db.answers" || true
  is "$(diff "$here/answers-0.1.0.out" "$work/$db.answers" | head -n 20)" '' "$db: the answers are those of 0.1.0"
done

# sessions that lost their time: back where it is free, all of it or nothing
run lost -f "$here/dump-0.1.0.sql" >/dev/null
is "$(run lost -f "$here/lost-0.1.0.sql")" '' 'sessions without time in tables of 0.1.0'
is "$(PGOPTIONS='-c client_min_messages=warning' run lost -c 'SELECT quickbook.migrate()' | sed -n 's/.*appointment \([-0-9a-f]*\) has a seat in a session without time.*/\1/p')" \
  $'00000000-0000-0000-0005-00000004aaaa\n00000000-0000-0000-0005-00000006aaaa' 'migrate() warns of whose time somebody else has'
is "$(run lost -c "SELECT lost.n(l.session_id), string_agg(p.name || ' ' || l.lane, ', ' ORDER BY p.name)
  FROM quickbook.allocation l JOIN quickbook.provider p ON p.id = l.provider_id WHERE l.clinic_id = lost.id(0, 0) AND l.session_id IS NOT NULL
  GROUP BY l.session_id ORDER BY l.session_id")" $'1|ada 0\n2|ada 1\n3|bo 0, room 0\n7|bo 0, room 0' 'sessions have their time again'
is "$(run lost -c "SELECT string_agg(concat_ws(' ', lost.n(id), lost.n(session_id), lost.n(seated_session_id)), ', ' ORDER BY id)
  FROM quickbook.appointment WHERE clinic_id = lost.id(0, 0)")" '1 1 1, 2 2 2, 3 3 3, 4, 5 5, 6, 7 7 7, 8' 'and seats refer to it'
is "$(run lost -c "SELECT DISTINCT what, lost.n(id) FROM quickbook.check_data() WHERE id::text LIKE '00000000-%' AND what NOT LIKE 'last_event%' ORDER BY 1, 2")" \
  $'appointment_without_time|4\nappointment_without_time|6' 'check_data() lists who has none'
done_testing
