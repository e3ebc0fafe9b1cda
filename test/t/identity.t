#!/usr/bin/env bash
# Who a caller is, in connections of his own: trust_claims is a superuser's to
# give, whenever the library is loaded; a token is forgotten when its transaction
# ends, however it ends; parallel workers see what their leader sees.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
PATH=$(dirname "$PG_CONFIG"):$PATH
db=quickbook_identity
export PGOPTIONS='-c client_min_messages=error'
clean() {
	dropdb --if-exists --force $db
	for role in quickbook_{admin,staff,provider,patient,anon,relay} quickbook_identity_{gateway,user,owner,login}; do
		psql -XAtqd postgres -c "DROP ROLE IF EXISTS $role"
	done
}
trap 'clean >/dev/null 2>&1' EXIT

sql() { psql -XAtqd $db -v ON_ERROR_STOP=1 -c "$1"; }
# The answers of a new connection of ROLE to each line, those that failed by their SQLSTATE.
as() { # ROLE LINE…
	local role=$1
	shift
	printf '%s\n' "$@" | psql -XAtqd $db -U "$role" -v VERBOSITY=sqlstate 2>&1 | sed 's/^.*ERROR:  //' | paste -sd' '
}

clean >/dev/null 2>&1
createdb $db
sql "CREATE ROLE quickbook_identity_owner; CREATE EXTENSION quickbook CASCADE" >/dev/null
sql "SELECT quickbook.install('quickbook_identity_owner'); SELECT quickbook.create_roles();
	CREATE ROLE quickbook_identity_gateway LOGIN NOINHERIT;
	GRANT quickbook_anon, quickbook_patient, quickbook_provider, quickbook_staff TO quickbook_identity_gateway;
	ALTER ROLE quickbook_identity_gateway SET quickbook.trust_claims = on;
	CREATE ROLE quickbook_identity_user LOGIN IN ROLE quickbook_patient;
	CREATE ROLE quickbook_identity_login LOGIN IN ROLE quickbook_staff;
	ALTER DATABASE $db OWNER TO quickbook_identity_user;
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('Clinic', 'UTC');
	INSERT INTO quickbook.provider (clinic_id, name, open_always) SELECT id, 'Ada', true FROM quickbook.clinic;
	INSERT INTO quickbook.service (clinic_id, name, duration) SELECT id, 'Visit', '1 hour' FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	INSERT INTO quickbook.patient (clinic_id, name) SELECT id, n FROM quickbook.clinic, generate_series(1, 40) n;
	SELECT quickbook.create_appointment(p.id, NULL, s.id, '2036-03-01 00:00+00'::timestamptz + n * interval '1 hour', override => '{horizon,policy}')
		FROM quickbook.service s, generate_series(1, 200) n JOIN quickbook.patient p ON p.name::int = n % 40 + 1
		WHERE set_config('quickbook.now', '2036-02-20 00:00+00', false) <> ''" >/dev/null
sql "SET quickbook.password_cost = 4;
	SELECT quickbook.create_account(name || '@people.example', 'patient', patient_id => id, password => 'correct horse') FROM quickbook.patient WHERE name IN ('1', '2')" >/dev/null
token=$(sql "SELECT quickbook.sign_in('1@people.example', 'correct horse')")
claims=$(sql "SELECT json_build_object('role', 'patient', 'clinic_id', clinic_id, 'patient_id', id) FROM quickbook.patient WHERE name = '1'")
staff=$(sql "SELECT json_build_object('role', 'staff', 'clinic_id', id) FROM quickbook.clinic")
who='SELECT kind FROM quickbook.whoami();'
mine='SELECT count(*) FROM quickbook.appointment;'

#
# Whose claims are believed
#

is "$(as quickbook_identity_gateway "BEGIN; SET LOCAL ROLE quickbook_patient; SET LOCAL request.jwt.claims = '$claims';" "$who" "$mine" 'COMMIT;')" \
	'patient 5' 'the claims of a login whose role trusts them'
is "$(as quickbook_identity_gateway "SET request.jwt.claims = '$claims';" "$who")" '42501' 'which is itself nobody, and may not even ask'
is "$(as quickbook_identity_gateway 'SET ROLE quickbook_anon;' "SET request.jwt.claims = '$staff';" "$who" "$mine")" 'anon 42501' 'nor gives more than its roles'
is "$(as quickbook_identity_user "SET request.jwt.claims = '$claims';" "$who" "$mine")" 'anon 0' 'those of another login are not'
is "$(as quickbook_identity_login "SET request.jwt.claims = '$claims';" "$who" "$mine")" '42501 42501' 'nor are staff served with claims that nobody believes'
# The library is loaded by the first call: what was set before it is not believed.
is "$(as quickbook_identity_user 'SET quickbook.trust_claims = on;' "SET request.jwt.claims = '$claims';" "$who" "$mine")" 'anon 0' 'set before the library is loaded'
is "$(as quickbook_identity_user "$who" 'SET quickbook.trust_claims = on;' "SET request.jwt.claims = '$claims';" "$who")" 'anon 42501 anon' 'set after it'
is "$(PGOPTIONS="$PGOPTIONS -c quickbook.trust_claims=on" as quickbook_identity_user "SET request.jwt.claims = '$claims';" "$who" "$mine" 'SHOW quickbook.trust_claims;')" \
	'anon 0 off' 'set with the connection'
is "$(PGOPTIONS="$PGOPTIONS -c quickbook.now=2036-01-01" as quickbook_identity_user "$who" 'SHOW quickbook.now;')" 'anon ' 'the clock, set with the connection'
is "$(as quickbook_identity_user 'BEGIN;' 'SET LOCAL quickbook.trust_claims = on;' "SET LOCAL request.jwt.claims = '$claims';" "$who" 'COMMIT;')" 'anon' 'set for a transaction'
is "$(as quickbook_identity_user 'ALTER ROLE quickbook_identity_user SET quickbook.trust_claims = on;' "$who" 'ALTER ROLE quickbook_identity_user SET quickbook.trust_claims = on;')" \
	'42501 anon 42501' 'set for a role by itself'
is "$(as quickbook_identity_user "ALTER DATABASE $db SET quickbook.trust_claims = on;" "$who" "ALTER DATABASE $db SET quickbook.trust_claims = on;")" \
	'42501 anon 42501' 'set for a database by its owner'
fn="CREATE FUNCTION pg_temp.f() RETURNS text SET quickbook.trust_claims = on LANGUAGE plpgsql AS 'BEGIN RETURN (quickbook.whoami()).kind; END';"
out=$(as quickbook_identity_user "SET request.jwt.claims = '$claims';" "$fn" 'SELECT pg_temp.f();' "$who")
is "${out##* }" 'anon' 'set for a function'
is "$([[ $out == *patient* ]] && echo "$out")" '' 'nor is it believed inside'

#
# authenticate(): until the transaction ends
#

auth="SELECT NULL FROM quickbook.authenticate('$token');"
is "$(as quickbook_identity_user "$auth" "$who")" ' anon' 'a statement of its own: forgotten with it'
is "$(as quickbook_identity_user 'BEGIN;' "$auth" "$who" "$mine" 'COMMIT;' "$who")" ' patient 5 anon' 'COMMIT'
is "$(as quickbook_identity_user 'BEGIN;' "$auth" "$who" 'ROLLBACK;' "$who")" ' patient anon' 'ROLLBACK'
is "$(as quickbook_identity_user 'BEGIN;' "$auth" 'COMMIT AND CHAIN;' "$who" 'COMMIT;')" ' anon' 'COMMIT AND CHAIN'
is "$(as quickbook_identity_user 'BEGIN;' "$auth" 'ROLLBACK AND CHAIN;' "$who" 'COMMIT;')" ' anon' 'ROLLBACK AND CHAIN'
is "$(as quickbook_identity_user 'BEGIN;' "$auth" 'SELECT 1/0;' 'ROLLBACK;' 'BEGIN;' "$who" 'COMMIT;')" ' 22012 anon' 'an error'
is "$(as quickbook_identity_user 'BEGIN;' 'SAVEPOINT a;' "$auth" 'SELECT 1/0;' 'ROLLBACK TO a;' "$who" 'COMMIT;')" ' 22012 anon' 'an error in a savepoint'
is "$(as quickbook_identity_user 'BEGIN;' 'SAVEPOINT a;' 'SAVEPOINT b;' "$auth" 'RELEASE b;' "$who" 'ROLLBACK TO a;' "$who" 'COMMIT;')" ' patient anon' 'a savepoint in a savepoint'
is "$(as quickbook_identity_user 'BEGIN;' 'SAVEPOINT a;' "$auth" 'RELEASE a;' "$who" 'COMMIT;' "$who")" ' patient anon' 'a savepoint that is kept'
is "$(as quickbook_identity_user "DO \$\$ BEGIN PERFORM quickbook.authenticate('$token'); COMMIT; RAISE EXCEPTION USING ERRCODE = CASE (quickbook.whoami()).kind WHEN 'anon' THEN 'T0000' ELSE 'T0001' END; END \$\$;")" \
	'T0000' 'COMMIT in a procedure'
is "$(as quickbook_identity_user "DO \$\$ BEGIN BEGIN PERFORM quickbook.authenticate('$token'); RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END;
	RAISE EXCEPTION USING ERRCODE = CASE (quickbook.whoami()).kind WHEN 'anon' THEN 'T0000' ELSE 'T0001' END; END \$\$;")" 'T0000' 'an exception that is caught'
is "$(as quickbook_identity_user 'BEGIN;' "$auth" "PREPARE TRANSACTION 'quickbook_identity';" "$who" "ROLLBACK PREPARED 'quickbook_identity';")" ' anon' 'PREPARE TRANSACTION'
is "$(as quickbook_identity_user 'BEGIN;' "$auth" "SELECT NULL FROM quickbook.authenticate('guess');" 'ROLLBACK;' 'BEGIN;' "$who" 'COMMIT;')" ' 42501 anon' 'a bad token after a good one'
is "$(as quickbook_identity_user 'BEGIN;' "$auth" 'DECLARE c CURSOR WITH HOLD FOR SELECT count(*) FROM quickbook.appointment;' 'COMMIT;' 'FETCH c;' "$mine")" ' 5 0' 'a cursor keeps what it has found'
is "$(as quickbook_identity_user 'BEGIN READ ONLY;' "$auth" "$mine" 'COMMIT;')" ' 5' 'READ ONLY'

#
# Parallel workers
#

count="SELECT (SELECT count(*) FROM quickbook.appointment) || '/' || (SELECT count(*) FROM quickbook.my_appointments) || '/' || (SELECT count(*) FROM quickbook.appointment_resource)
 || '/' || (SELECT count(*) FROM quickbook.patient) || '/' || (SELECT count(*) FROM quickbook.list_appointments());"
parallel="SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 4;
 SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');"
is "$(as quickbook_identity_user 'BEGIN;' "$auth" "$count" "${parallel//$'\n'/}" "${count//$'\n'/}" 'COMMIT;')" ' 5/5/5/1/5 on 5/5/5/1/5' 'with a token'
is "$(as quickbook_identity_gateway "${parallel//$'\n'/}" 'BEGIN;' 'SET LOCAL ROLE quickbook_patient;' "SET LOCAL request.jwt.claims = '$claims';" "${count//$'\n'/}" 'COMMIT;')" 'on 5/5/5/1/5' 'with claims'
is "$(as quickbook_identity_login "${parallel//$'\n'/}" 'BEGIN;' "$auth" 'SELECT count(*) FROM quickbook.appointment;' 'COMMIT;' 'SELECT count(*) FROM quickbook.appointment;')" 'on  5 200' 'staff who became a patient for a while'

# The first call of all in a parallel query: the library is loaded by it, and the
# settings of the role count all the same, then or never.
sql "INSERT INTO quickbook.clinic (name, time_zone) VALUES ('Other', 'UTC')" >/dev/null
other=$(sql "SELECT json_build_object('role', 'staff', 'clinic_id', id) FROM quickbook.clinic WHERE name = 'Other'")
out=$(as quickbook_identity_gateway "${parallel//$'\n'/}" 'SET enable_indexscan = off; SET enable_bitmapscan = off;' 'BEGIN;' 'SET LOCAL ROLE quickbook_staff;' "SET LOCAL request.jwt.claims = '$other';" \
	'SELECT count(*) FROM quickbook.appointment;' 'ROLLBACK;' 'BEGIN;' 'SET LOCAL ROLE quickbook_staff;' "SET LOCAL request.jwt.claims = '$other';" \
	'SELECT count(*) FROM quickbook.appointment;' "SELECT kind, clinic_id IS NOT NULL FROM quickbook.whoami();" 'COMMIT;')
is "$([[ $out == *200* ]] && echo "$out")" '' 'staff of another clinic see nothing'
is "$([[ $out == *' 0 staff|t' ]] || echo "$out")" '' 'and are who they are in the next statement'

done_testing
