#!/usr/bin/env bash
# Accounts in connections of their own: every attempt of many at once counts; of
# many who use one code one wins; nobody meets in a deadlock; and neither waiting
# nor time tells who has an account.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
PATH=$(dirname "$PG_CONFIG"):$PATH
db=quickbook_accounts
work=$(mktemp -d)
export PGOPTIONS='-c client_min_messages=error'
trap 'rm -rf "$work"; dropdb --if-exists --force $db >/dev/null 2>&1' EXIT

sql() { psql -XAtqd $db -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -c "$1" 2>&1; }
# Statements at once, each in a connection of its own; then what came of them, sorted and counted.
race() { # STATEMENT…
	local statement n=0
	local racers=()
	for statement; do
		n=$((n + 1))
		psql -XAtqd $db -v VERBOSITY=sqlstate -c "$statement" >"$work/racer$n" 2>&1 &
		racers+=($!)
	done
	wait "${racers[@]}"
	for ((; n > 0; n--)); do sed -e 's/^.*ERROR:  //' -e 's/^$/ok/' "$work/racer$n"; done |
		sort | uniq -c | sed 's/^ *//' | paste -sd,
}
# The same statement many times; $N is which.
many() { # TIMES STATEMENT
	local n statements=()
	for ((n = 1; n <= $1; n++)); do statements+=("${2//\$N/$n}"); done
	race "${statements[@]}"
}
# The code in the mail that is claimed.
code() { # ADDRESS
	sql "SELECT substring(body FROM '[A-Za-z0-9_-]{43}') FROM quickbook.claim_notifications('email') WHERE recipient = '$1'"
}

dropdb --if-exists --force $db >/dev/null 2>&1
createdb $db
sql "ALTER DATABASE $db SET quickbook.password_cost = 7"
sql "CREATE EXTENSION quickbook CASCADE" >/dev/null
sql "SELECT quickbook.install(); INSERT INTO quickbook.clinic (name, time_zone) VALUES ('Clinic', 'UTC');
	SELECT quickbook.create_account(n || '@example.org', 'staff', password => 'correct horse') FROM generate_series(1, 8) n" >/dev/null
account() { sql "SELECT $2 FROM quickbook.account WHERE email = '$1@example.org'"; }

#
# Signing in
#

is "$(many 8 "SELECT quickbook.sign_in('\$N@example.org', 'correct horse') IS NOT NULL")" '8 t' 'eight sign in at once'
is "$(sql 'SELECT count(*) FROM quickbook.token_key')" 1 'and make one key'
is "$(many 2 "SELECT quickbook.sign_in('1@example.org', 'wrong') IS NULL")" '2 t' 'two wrong passwords at once'
is "$(account 1 failures)" 2 'count both'
is "$(many 12 "SELECT quickbook.sign_in('2@example.org', 'wrong') IS NULL")" '12 t' 'twelve at once'
is "$(account 2 "failures || ' ' || (locked_until > statement_timestamp())")" '5 true' 'lock the account at the fifth: no more are tried'
is "$(sql "BEGIN; SELECT quickbook.sign_in('1@example.org', 'wrong') IS NULL, current_setting('response.status'); COMMIT;
	SELECT failures FROM quickbook.account WHERE email = '1@example.org'" | paste -sd,)" 't|401,3' 'an answer of 401 is counted'
is "$(sql "SELECT current_setting('response.status', true) IS NOT DISTINCT FROM '401'")" f 'and the next connection has no status'

#
# Codes
#

sql "SELECT quickbook.request_password_reset('3@example.org')" >/dev/null
code=$(code 3@example.org)
is "$(many 6 "SELECT quickbook.reset_password('$code', 'password \$N')")" '5 42501,1 ok' 'of six who use one code one wins'
is "$(sql "SELECT count(*) FROM quickbook.account, generate_series(1, 6) n WHERE email = '3@example.org'
	AND password_hash = quickbook_internal.password_crypt('password ' || n, password_hash)")" 1 'whose password counts'

sql "SELECT quickbook.sign_up('new@example.org', 'correct horse', 'New')" >/dev/null
code=$(code new@example.org)
# the pause between mails is over
sql "UPDATE quickbook.notification SET dedup_key = id::text" >/dev/null
sql "SELECT quickbook.sign_up('New@Example.org', 'battery staple', 'Newer')" >/dev/null
other=$(code New@Example.org)
is "${#code} ${#other} $([[ $code == "$other" ]] || echo different)" '43 43 different' 'an address signs up twice, with a code for each'
is "$(race "SELECT quickbook.verify_email('$code')" "SELECT quickbook.verify_email('$other')")" '1 42501,1 ok' 'both are used at once, and one wins'
is "$(sql "SELECT count(*) FILTER (WHERE email_verified_at IS NOT NULL), count(patient_id), (SELECT count(*) FROM quickbook.patient)
	FROM quickbook.account WHERE lower(email) = 'new@example.org'")" '1|1|1' 'which makes one account with one patient'

# A button pressed four times at once: one password, and the code is enough.
is "$(many 4 "SELECT quickbook.sign_up('quick@example.org', 'correct horse', 'Quick')")" '4 ok' 'four sign up at once'
is "$(sql "SELECT count(*), count(DISTINCT password_hash) FROM quickbook.account WHERE email = 'quick@example.org'")" '4|1' 'with one password, which is seen to be one'
is "$(sql "SELECT quickbook.verify_email('$(code quick@example.org)'); SELECT quickbook.sign_in('quick@example.org', 'correct horse') IS NOT NULL" | tail -n 1)" t \
	'so the code of the mail lets them in'

for n in 4 5; do sql "SELECT quickbook.request_password_reset('$n@example.org')" >/dev/null; done
sql "SELECT recipient || ' ' || substring(body FROM '[A-Za-z0-9_-]{43}') FROM quickbook.claim_notifications('email')" >"$work/codes"
is "$(many 6 "SELECT recipient FROM quickbook.claim_notifications('email')")" '' 'nobody else claims these mails'
four=$(sed -n 's/^4@example.org //p' "$work/codes")
five=$(sed -n 's/^5@example.org //p' "$work/codes")
is "$(many 6 "SELECT (quickbook.create_account('boss@example.org', 'admin', password => 'correct horse')).id IS NOT NULL")" '5 22023,1 t' \
	'six make an account for one address: one is made'

# Resets, new passwords, attempts and disabling meet: somebody wins, nobody is a deadlock's victim.
for n in 4 5; do
	token=$(sql "SELECT quickbook.sign_in('$n@example.org', 'correct horse')")
	code=$([[ $n -eq 4 ]] && echo "$four" || echo "$five")
	account=$(account $n id)
	race "SELECT quickbook.reset_password('$code', 'password 1')" "SELECT quickbook.reset_password('$code', 'password 2')" \
		"SELECT 1 FROM quickbook.disable_account('$account')" "SELECT 1 FROM quickbook.run_maintenance()" \
		"SELECT quickbook.authenticate('$token'); SELECT quickbook.change_password('correct horse', 'battery staple')" \
		"SELECT quickbook.sign_in('$n@example.org', 'correct horse') IS NULL" >>"$work/meeting"
done
sed "s/^/# /" "$work/meeting"
is "$(grep -cE '40P01|XX[0-9]{3}|23505' "$work/meeting")" 0 'resets, changes and disabling at once: no deadlock, nothing unforeseen'
is "$(account 4 disabled)$(account 5 disabled)$(sql "SELECT count(*) FROM quickbook.account_token t JOIN quickbook.account a
	ON a.id = t.account_id WHERE a.disabled")" tt0 'who is disabled has no code left'

#
# Who has an account
#

# One attempt in an open transaction: the next on that address waits, account or not.
for address in 6@example.org nobody@example.org; do
	mkfifo "$work/pipe"
	psql -XAtqd $db -f "$work/pipe" >/dev/null 2>&1 &
	open=$!
	exec 7>"$work/pipe"
	echo "BEGIN; SELECT quickbook.sign_in('$address', 'wrong');" >&7
	wait_for "SELECT count(*) FROM pg_stat_activity WHERE datname = '$db' AND state = 'idle in transaction'"
	is "$(sql "SET lock_timeout = '200ms'; SELECT quickbook.sign_in('${address^^}', 'wrong')" | sed 's/^ERROR:  //')" 55P03 "a second attempt on $address waits for the first"
	is "$(sql "SET lock_timeout = '200ms'; SELECT quickbook.sign_in('7@example.org', 'correct horse') IS NOT NULL")" t 'one on another address does not'
	echo 'COMMIT;' >&7
	exec 7>&-
	wait $open
	rm "$work/pipe"
	is "$(sql "BEGIN READ ONLY; SELECT quickbook.sign_in('$address', 'wrong')" | sed 's/^ERROR:  //')" 25006 "READ ONLY: $address is refused"
done

# The least time that an answer takes, in microseconds, of attempts in turn: others
# who work on this machine only make it longer.
cat >"$work/times.sql" <<'SQL'
SET quickbook.password_cost = 9;
CREATE TEMP TABLE took (who text, microseconds float8);
DO $$
DECLARE
	start timestamptz;
	tried text;
BEGIN
	FOR round IN 0..40 LOOP
		FOREACH tried IN ARRAY ARRAY['7@example.org', 'nobody@example.org', '2@example.org', 'unproved@example.org'] LOOP
			UPDATE quickbook.account SET failures = 0 WHERE email = '7@example.org';
			start := clock_timestamp();
			PERFORM quickbook.sign_in(tried, 'wrong');
			IF round > 0 THEN
				INSERT INTO took VALUES (tried, extract(epoch FROM clock_timestamp() - start) * 1000000);
			END IF;
		END LOOP;
	END LOOP;
END
$$;
-- the next cost of bcrypt would be twice the time, none a thousandth
SELECT max(m) / min(m) < 1.7, string_agg(format('%s %s', who, round(m)), ', ')
FROM (SELECT who, min(microseconds) AS m FROM took GROUP BY who) AS v;
SQL
sql "SELECT quickbook.sign_up('unproved@example.org', 'correct horse', 'X')" >/dev/null
# accounts whose hash has the cost of the setting
sql "SET quickbook.password_cost = 9; UPDATE quickbook.account SET password_hash = quickbook_internal.password_crypt('x',
	quickbook_internal.password_salt(9)), locked_until = CASE WHEN email = '2@example.org' THEN statement_timestamp() + interval '1 hour' END
	WHERE email IN ('2@example.org', '7@example.org')" >/dev/null
times=$(psql -XAtqd $db -f "$work/times.sql" 2>&1)
echo "# $times"
is "${times%%|*}" t 'a wrong password takes as long for somebody, nobody, who is locked and who has proved nothing'
done_testing
