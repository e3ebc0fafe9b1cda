#!/usr/bin/env bash
# Wrong passwords in transactions that are rolled back: counted in shared memory
# where quickbook is preloaded, so that nobody guesses as fast as bcrypt computes.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
name=attempts.$$
cluster() { "$QB_LIB/cluster.sh" "$@"; }
trap 'cluster drop $name >/dev/null 2>&1' EXIT

sql() { psql -XAtqd clinic -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -c "$1" 2>&1; }
cluster init $name "shared_preload_libraries = 'quickbook'" >/dev/null 2>&1
eval "$(cluster start $name)"
PATH=$(dirname "$PG_CONFIG"):$PATH
createdb clinic
sql 'ALTER DATABASE clinic SET quickbook.password_cost = 4'
sql 'ALTER DATABASE clinic SET client_min_messages = error'
sql "CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install()" >/dev/null
sql "INSERT INTO quickbook.clinic (name, time_zone) VALUES ('Clinic', 'UTC')"
sql "SELECT quickbook.create_account(n || '@example.org', 'staff', password => 'correct horse') FROM generate_series(1, 6) n" >/dev/null

# Attempts, each rolled back, and then the right password.
guess() { # ACCOUNT TIMES
	local n
	for ((n = 0; n < $2; n++)); do sql "BEGIN; SELECT quickbook.sign_in('$1@example.org', 'wrong'); ROLLBACK" >/dev/null; done
}
signs_in() { sql "SELECT quickbook.sign_in('$1@example.org', 'correct horse') IS NOT NULL"; }
failures() { sql "SELECT failures FROM quickbook.account WHERE email = '$1@example.org'"; }

guess 1 4
is "$(failures 1) $(signs_in 1)" '0 t' 'four wrong passwords, rolled back: the right one is let in'
guess 1 4
is "$(signs_in 1)" t 'which ends the count'
guess 1 5
is "$(failures 1) $(signs_in 1)" '0 f' 'the fifth locks the account, whatever its row says'
is "$(signs_in 2)" t 'and no other'
guess 3 3
sql "SELECT quickbook.sign_in('3@example.org', 'wrong')" >/dev/null
is "$(failures 3)" 4 'what is not rolled back goes on from there'
guess 3 1
is "$(signs_in 3)" f 'and so does what is'
sql "DO \$\$ BEGIN FOR i IN 1..5 LOOP BEGIN PERFORM quickbook.sign_in('4@example.org', 'wrong'); RAISE EXCEPTION 'x'; EXCEPTION WHEN raise_exception THEN NULL; END; END LOOP; END \$\$"
is "$(failures 4) $(signs_in 4)" '0 f' 'savepoints do not help either'
is "$(sql "BEGIN; SET LOCAL quickbook.now = '2100-01-01'; SELECT quickbook.sign_in('4@example.org', 'correct horse') IS NOT NULL; ROLLBACK")" t 'the lock ends'

# What ends a lock ends it here too.
sql "SELECT quickbook.request_password_reset('1@example.org')" >/dev/null
code=$(sql "SELECT substring(body FROM '[A-Za-z0-9_-]{43}') FROM quickbook.claim_notifications('email')")
sql "SELECT quickbook.reset_password('$code', 'correct horse')" >/dev/null
is "$(signs_in 1)" t 'a password by mail'
sql "SELECT quickbook.disable_account(id, d) FROM quickbook.account, unnest(ARRAY[true, false]) d WHERE email = '3@example.org'" >/dev/null
is "$(signs_in 3)" t 'an admin'

# Who has stolen a token does not find out the password: the error undoes whatever is written.
token=$(sql "SELECT quickbook.sign_in('5@example.org', 'correct horse')")
change() { sql "BEGIN; SELECT quickbook.authenticate('$token'); SELECT quickbook.change_password('$1', 'battery staple'); COMMIT" | sed -n 's/^ERROR:  //p'; }
for n in 1 2 3 4 5; do last=$(change "wrong $n"); done
is "$last" 42501 'a wrong old password is refused'
is "$(change 'correct horse')" 42501 'after five of them the right one is'
is "$(signs_in 5)" t 'which does not keep its owner from signing in'
is "$(change 'correct horse')" '' 'and with that it ends'

# A table that is full forgets some, and never goes wrong.
sql "SELECT quickbook.create_account('many' || n || '@example.org', 'staff', password => 'correct horse') FROM generate_series(1, 2500) n" >/dev/null
sql "DO \$\$ BEGIN FOR i IN 1..2500 LOOP PERFORM quickbook.sign_in('many' || i || '@example.org', 'wrong'); END LOOP; END \$\$"
is "$(sql "SELECT count(*) FROM quickbook.account WHERE email LIKE 'many%' AND failures = 1")" 2500 'many accounts are tried'
guess 6 5
is "$(signs_in 6)" f 'and the next is counted'
done_testing
