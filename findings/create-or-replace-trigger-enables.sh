#!/usr/bin/env bash
# Expected: CREATE OR REPLACE TRIGGER keeps what ALTER TABLE … DISABLE or ENABLE ALWAYS TRIGGER has set, as OR REPLACE keeps owner and grants elsewhere.
# Happens:  it sets the trigger back to plain "enabled", without a word, also when the definition is the same.
# Matters:  a script that may run twice switches on what an administrator has switched off, and ALWAYS triggers no longer fire in a replica.
set -euo pipefail
version=15.20-0+deb12u1
work=$(mktemp -d)
user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
[[ $(id -u) -eq 0 ]] || user=()
trap '"${user[@]}" "$bin/pg_ctl" stop -s -m immediate -D "$work/data" 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

# the server and the libraries that it needs, in this folder only
needed=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances postgresql-15 |
  grep -E '^lib' | grep -vE '^(libc6|libc-bin|libgcc-s1|libcrypt1|libllvm.*|libperl.*|lib.*-perl)(:|$)' | sort -u)
# shellcheck disable=SC2086
apt-get -qq download "postgresql-15=$version" "postgresql-client-15=$version" $needed 2>/dev/null
for package in ./*.deb; do dpkg-deb -x "$package" root; done
bin=$work/root/usr/lib/postgresql/15/bin
LD_LIBRARY_PATH=$work/$(dirname "$(find root -name 'libpq.so.5')")
export LD_LIBRARY_PATH
mkdir -m 700 data
[[ ${#user[@]} -eq 0 ]] || chown nobody data
"${user[@]}" "$bin/initdb" --no-sync -A trust -U postgres -D "$work/data" >/dev/null
"${user[@]}" "$bin/pg_ctl" start -s -w -D "$work/data" -l "$work/data/log" \
  -o "-c listen_addresses= -c unix_socket_directories=$work/data -c jit=off"
"${user[@]}" "$bin/psql" -XAtqh "$work/data" -U postgres -v ON_ERROR_STOP=1 >out 2>&1 <<'SQL'
SELECT split_part(version(), ' ', 2);
CREATE TABLE t (a int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER off BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER always BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
ALTER TABLE t DISABLE TRIGGER off, ENABLE ALWAYS TRIGGER always;
SELECT 'before', tgname, tgenabled FROM pg_trigger WHERE tgrelid = 't'::regclass ORDER BY tgname;
CREATE OR REPLACE TRIGGER off BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE OR REPLACE TRIGGER always BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
SELECT 'after', tgname, tgenabled FROM pg_trigger WHERE tgrelid = 't'::regclass ORDER BY tgname;
SQL
cat out
[[ $(<out) == "15.20
before|always|A
before|off|D
after|always|O
after|off|O" ]]
