#!/usr/bin/env bash
# Nobody gets in: what the tables' owner, the owner of the database and whoever
# may make objects can hang beside our code, on a server of its own with the
# worker. Where a test names a letter and a number, that is the finding it is of.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
work=$(mktemp -d)
name=security.$$
cluster() { "$QB_LIB/cluster.sh" "$@"; }
trap 'cluster drop $name >/dev/null 2>&1; rm -rf "$work"' EXIT
export PGOPTIONS='-c client_min_messages=error'

sql() { psql -XAtqd "${DB:-clinic}" -v ON_ERROR_STOP=1 -c "$1" 2>&1; }
# as ROLE SQL…: in one session of that role, with the SQLSTATE of what fails.
as() {
	local role=$1
	shift
	printf '%s;\n' "SET SESSION AUTHORIZATION $role" "$@" | psql -XAtqd "${DB:-clinic}" -v VERBOSITY=sqlstate 2>&1 | sed 's/^.*ERROR:  //' | paste -sd' '
}
alive() { sql "SELECT 'alive'"; }
# Who has become a superuser; from then on no more, so that each test is about itself.
super() {
	DB=postgres sql "DO \$\$ DECLARE r name; BEGIN
		CREATE TEMP TABLE risen AS SELECT rolname FROM pg_roles WHERE rolsuper AND rolname <> 'postgres';
		FOR r IN SELECT rolname FROM risen LOOP EXECUTE format('ALTER ROLE %I NOSUPERUSER', r); END LOOP; END \$\$;
		SELECT string_agg(rolname, ' ') FROM risen"
}

lines=("shared_preload_libraries = 'quickbook'" "quickbook.databases = 'clinic'" "quickbook.worker_interval = '100ms'")
cluster init $name "${lines[@]}" >/dev/null 2>&1
eval "$(cluster start $name)"
PATH=$(dirname "$PG_CONFIG"):$PATH

DB=postgres sql "CREATE ROLE clinic_owner LOGIN"
DB=postgres sql "CREATE ROLE mallory LOGIN"
DB=postgres sql "CREATE ROLE app LOGIN"
DB=postgres sql 'CREATE DATABASE clinic'
sql "CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install('clinic_owner')" >/dev/null
sql "INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC');
	INSERT INTO quickbook.provider (clinic_id, name, open_always) SELECT id, 'p', true FROM quickbook.clinic;
	INSERT INTO quickbook.patient (clinic_id, name, email) SELECT id, 'a', 'a@example.org' FROM quickbook.clinic;
	INSERT INTO quickbook.service (clinic_id, name, duration) SELECT id, 's', '1 hour' FROM quickbook.clinic;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	CREATE FUNCTION public.hold(n int) RETURNS uuid LANGUAGE sql AS \$\$
		SELECT (quickbook.hold_appointment((SELECT id FROM quickbook.patient), NULL, (SELECT id FROM quickbook.service),
			date_trunc('day', statement_timestamp()) + n * interval '1 hour', hold_for => '1 second')).id \$\$;
	CREATE FUNCTION public.book(n int) RETURNS uuid LANGUAGE sql AS \$\$
		SELECT (quickbook.create_appointment((SELECT id FROM quickbook.patient), NULL, (SELECT id FROM quickbook.service),
			date_trunc('day', statement_timestamp()) + n * interval '1 hour')).id \$\$;
	CREATE TABLE public.seen (what text, who text, super boolean, path text);
	CREATE SCHEMA evil;
	GRANT ALL ON public.seen TO PUBLIC; GRANT ALL ON SCHEMA evil TO PUBLIC;
	CREATE FUNCTION public.note(what text) RETURNS void LANGUAGE sql SECURITY INVOKER AS \$\$
		INSERT INTO public.seen VALUES (what, current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), current_setting('search_path')) \$\$"
closed() { comes "SELECT status FROM quickbook.appointment WHERE id = '$1'" cancelled; }
as_worker() { sql "SELECT DISTINCT what, who, super FROM public.seen ORDER BY 1, 2, 3" | paste -sd' '; }

#
# C1: the worker, when code of the tables' owner runs in it
#

# Each attempt in a block of its own, so that one that is refused stops nothing.
DB=clinic psql -XAtqd clinic -U clinic_owner -v ON_ERROR_STOP=1 >/dev/null <<'SQL'
CREATE FUNCTION evil.try(what text, statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	PERFORM public.note(what || ' was let');
EXCEPTION WHEN OTHERS THEN
	NULL;
END $$;
CREATE FUNCTION evil.late(what text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	PERFORM public.note(what);
	PERFORM evil.try(what || ': superuser', 'ALTER ROLE clinic_owner SUPERUSER');
	RETURN 1;
END $$;
CREATE FUNCTION evil.trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM evil.late(TG_NAME);
	IF TG_NAME = 'evil_now' THEN
		PERFORM evil.try('set role', 'SET ROLE postgres'),
			evil.try('set session', 'SET SESSION AUTHORIZATION postgres'),
			evil.try('reset role', 'RESET ROLE'),
			evil.try('reset session', 'RESET SESSION AUTHORIZATION'),
			evil.try('with hold', $x$ DECLARE evil_hold CURSOR WITH HOLD FOR SELECT evil.late('evil_hold') $x$),
			evil.try('temporary table', 'CREATE TEMPORARY TABLE t (x int)'),
			evil.try('prepare', $x$ PREPARE evil_prepared AS SELECT evil.late('evil_prepared') $x$),
			evil.try('deferred', 'SET CONSTRAINTS ALL DEFERRED'),
			set_config('search_path', 'evil, pg_catalog', false);
	END IF;
	RETURN NULL;
EXCEPTION WHEN insufficient_privilege THEN
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER evil_deferred AFTER UPDATE ON quickbook.appointment DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION evil.trigger();
SQL
hold=$(sql 'SELECT public.hold(30)')
is "$(closed "$hold")" cancelled 'C1: the worker closes a hold of tables with a deferred trigger of their owner'
is "$(as_worker), $(super)" 'evil_deferred|clinic_owner|f, ' 'C1: which runs as the owner, no superuser'
as clinic_owner "CREATE TRIGGER evil_now AFTER UPDATE ON quickbook.appointment FOR EACH ROW EXECUTE FUNCTION evil.trigger()" >/dev/null
sql "TRUNCATE public.seen"
sql 'DROP TRIGGER evil_deferred ON quickbook.appointment'
hold=$(sql 'SELECT public.hold(31)')
is "$(closed "$hold")" cancelled 'C1: and of tables with a trigger that tries to outlive the pass'
hold=$(sql 'SELECT public.hold(32)')
is "$(closed "$hold")" cancelled 'C1: twice'
is "$(sql "SELECT count(*), bool_or(super), string_agg(DISTINCT what, ', ' ORDER BY what) FILTER (WHERE what !~ '(reset|deferred|evil_now)')
	FROM public.seen WHERE who = 'clinic_owner' OR super")" \
	"$(sql "SELECT count(*), false, NULL FROM public.seen")" 'C1: cursors WITH HOLD, roles, temporary tables and prepared statements are refused there'
is "$(sql "SELECT DISTINCT path FROM public.seen WHERE what = 'evil_now'")" 'pg_catalog, pg_temp' \
	'C1: a path that the trigger sets is gone at the next pass'
is "$(super)" '' 'C1: nobody has become a superuser'

# The way of an error: the trigger fails, twice; the deferred one when it is asked to wait.
as clinic_owner "DROP TRIGGER evil_now ON quickbook.appointment" 'CREATE SEQUENCE evil.tries' \
	"CREATE FUNCTION evil.fails() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN SET CONSTRAINTS ALL DEFERRED; IF nextval('evil.tries') < 3 THEN RAISE EXCEPTION 'not yet'; END IF; RETURN NULL; END \$\$" \
	"CREATE TRIGGER evil_fails AFTER UPDATE ON quickbook.appointment FOR EACH ROW EXECUTE FUNCTION evil.fails()" >/dev/null
sql "TRUNCATE public.seen"
hold=$(sql 'SELECT public.hold(33)')
patience=30
is "$(closed "$hold")" cancelled 'C1: the worker comes back after errors'
patience=10
is "$(sql "SELECT count(*) FROM public.seen WHERE super"), $(super)" '0, ' 'C1: and nothing ran as a superuser on the way'
as clinic_owner 'DROP TRIGGER evil_fails ON quickbook.appointment' >/dev/null

# Deferrable constraints of users hold in the worker, and do not stop it.
as clinic_owner "CREATE TABLE evil.mirror (id uuid PRIMARY KEY REFERENCES quickbook.appointment (id) DEFERRABLE INITIALLY DEFERRED)" \
	"CREATE FUNCTION evil.mirrors() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO evil.mirror VALUES (NEW.id); RETURN NULL; END \$\$" \
	"CREATE TRIGGER mirrors AFTER UPDATE ON quickbook.appointment FOR EACH ROW EXECUTE FUNCTION evil.mirrors()" >/dev/null
hold=$(sql 'SELECT public.hold(34)')
is "$(closed "$hold") $(sql "SELECT count(*) FROM evil.mirror WHERE id = '$hold'")" 'cancelled 1' 'C1: a deferrable foreign key of the owner'
as clinic_owner 'DROP TRIGGER mirrors ON quickbook.appointment' >/dev/null

#
# C4: functions and operators planted in public
#

sql "GRANT CREATE ON SCHEMA public TO mallory; TRUNCATE public.seen;
	INSERT INTO quickbook.message_template (clinic_id, name, subject, body) SELECT id, 't', 's', 'b' FROM quickbook.clinic;
	INSERT INTO quickbook.reminder_rule (clinic_id, occasion, time_offset, channel, template_id)
		SELECT clinic_id, 'before_start', '2 days', 'email', id FROM quickbook.message_template"
plant() { # what fits better than core's, in SCHEMA
	as mallory "CREATE FUNCTION $1.format(text, uuid, uuid, integer) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN PERFORM public.note('format'); RETURN 'x' || clock_timestamp(); END \$\$" \
		"CREATE FUNCTION $1.evil_le(text, text) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN PERFORM public.note('='); RETURN true; END \$\$" \
		"CREATE FUNCTION $1.coalesced(uuid, uuid) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN PERFORM public.note('uuid ='); RETURN true; END \$\$" \
		"CREATE OPERATOR $1.= (leftarg = uuid, rightarg = uuid, function = $1.coalesced)" >/dev/null
}
plant public
sql "ALTER DATABASE clinic SET search_path = public, pg_catalog" >/dev/null
# the worker that is there has connected before; another one finds this path
sql "SELECT pg_terminate_backend(worker_pid) FROM quickbook.stat" >/dev/null
wait_for "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'quickbook worker'" >/dev/null
sql 'SELECT public.book(40)' >/dev/null
sql "UPDATE quickbook.appointment SET created_at = created_at - interval '9 days'"
patience=20
is "$(comes "SELECT count(*) FROM quickbook.notification WHERE dedup_key LIKE 'reminder %'" 1)" 1 'C4: the worker queues a reminder'
patience=10
is "$(as_worker)" '' 'C4: and calls nothing that was planted in its path'
sql "ALTER FUNCTION quickbook.run_maintenance() RESET search_path; SELECT public.book(41)" >/dev/null
sql "SET search_path = public, pg_catalog; SELECT quickbook.run_maintenance()" >/dev/null
is "$(as_worker)" '' 'C4: nor does a function whose SET search_path was taken away'
sql "ALTER FUNCTION quickbook.run_maintenance() SET search_path = pg_catalog, pg_temp; ALTER DATABASE clinic RESET search_path" >/dev/null

# Plans are kept: one that was made under a path is not used under another.
is "$(sql "ALTER FUNCTION quickbook.run_maintenance() SET search_path = public, pg_catalog" \
	&& sql "SET search_path = public, pg_catalog; SELECT FROM quickbook.run_maintenance(); SELECT FROM quickbook.run_maintenance()" >/dev/null
	sql "ALTER FUNCTION quickbook.run_maintenance() SET search_path = pg_catalog, pg_temp"; as_worker)" '' 'C4: nor one with another path'

#
# C2: the extension's scripts
#

DB=postgres sql "CREATE ROLE dbo LOGIN"
for db in planted upgraded schemed; do DB=postgres sql "CREATE DATABASE $db OWNER dbo"; done
# The operators and functions that the scripts use, in every schema of the path.
plant_for_scripts() { # DATABASE
	DB=$1 as dbo 'CREATE TABLE public.seen (what text, who text)' 'GRANT ALL ON public.seen TO PUBLIC' \
		"CREATE FUNCTION public.evil_eq(oid, regclass) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO public.seen VALUES ('oid = regclass', current_user); RETURN \$1 OPERATOR(pg_catalog.=) \$2::oid; END \$\$" \
		'CREATE OPERATOR public.= (leftarg = oid, rightarg = regclass, function = public.evil_eq)' \
		"CREATE FUNCTION public.format(text, text, text) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO public.seen VALUES ('format', current_user); RETURN ''; END \$\$" \
		"CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO public.seen VALUES ('format', current_user); RETURN ''; END \$\$" \
		"CREATE FUNCTION public.crypt(text, varchar) RETURNS text LANGUAGE sql AS \$\$ SELECT \$1 \$\$" \
		"CREATE FUNCTION public.gen_salt(varchar, integer) RETURNS text LANGUAGE sql AS \$\$ SELECT \$1 \$\$" \
		"CREATE FUNCTION public.gen_salt(unknown, integer) RETURNS text LANGUAGE sql AS \$\$ SELECT 'x' \$\$" \
		"CREATE FUNCTION public.evil_or(text, name) RETURNS text LANGUAGE sql AS \$\$ SELECT 'x' \$\$" \
		'CREATE OPERATOR public.|| (leftarg = text, rightarg = name, function = public.evil_or)' >/dev/null
}
bound="SET search_path = pg_catalog; SELECT count(*) FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid AND d.classid = 'pg_proc'::regclass
	WHERE p.pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND d.deptype = 'n' AND d.refobjid >= 16384 AND d.refclassid <> 'pg_namespace'::regclass
		AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.refclassid AND e.objid = d.refobjid AND e.deptype = 'e')
		AND NOT EXISTS (SELECT FROM pg_type t JOIN pg_depend e ON e.objid = t.oid AND e.deptype IN ('e', 'i') WHERE t.oid = d.refobjid)
		AND NOT (d.refclassid = 'pg_class'::regclass AND d.refobjid IN (SELECT typrelid FROM pg_type WHERE typnamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace)))"
DB=planted as dbo 'CREATE EXTENSION pgcrypto' 'CREATE EXTENSION btree_gist' >/dev/null
plant_for_scripts planted
is "$(DB=planted sql 'CREATE EXTENSION quickbook')" '' 'C2: CREATE EXTENSION where the path is full of traps'
is "$(DB=planted sql 'SELECT DISTINCT what, who FROM public.seen')" '' 'C2: calls none of them'
is "$(DB=planted sql "$bound")" 0 'C2: and binds nothing that is not of core or of an extension'
is "$(DB=planted sql "SELECT quickbook.install('clinic_owner')" | grep -c 'tables of version')" 1 'C2: install()'
is "$(DB=planted sql 'SELECT quickbook.create_roles()' | grep -c 'roles')" 1 'C2: create_roles()'
is "$(DB=planted sql 'SELECT * FROM quickbook.check_install()')" '' 'C2: check_install()'
is "$(DB=planted sql 'SELECT DISTINCT what, who FROM public.seen')" '' 'C2: call none of them either'
is "$(DB=planted sql "SELECT quickbook_internal.password_crypt('x', quickbook_internal.password_salt(4)) ~ '^[$]2a[$]04[$]'")" t 'C2: and passwords are pgcrypto'\''s'

DB=upgraded as dbo 'CREATE EXTENSION pgcrypto' 'CREATE EXTENSION btree_gist' >/dev/null
DB=upgraded sql "CREATE EXTENSION quickbook VERSION '0.1.0'" >/dev/null
plant_for_scripts upgraded
is "$(DB=upgraded sql 'ALTER EXTENSION quickbook UPDATE')" '' 'C2: ALTER EXTENSION UPDATE'
is "$(DB=upgraded sql 'SELECT DISTINCT what, who FROM public.seen')$(DB=upgraded sql "$bound")" 0 'C2: neither calls nor binds any of them'

DB=schemed as dbo 'CREATE EXTENSION pgcrypto' 'CREATE EXTENSION btree_gist' 'CREATE SCHEMA quickbook' 'CREATE SCHEMA quickbook_internal' >/dev/null
like "$(DB=schemed sql 'CREATE EXTENSION quickbook')" 'schema quickbook belongs to dbo, who is no superuser.*ALTER SCHEMA' \
	'C2: a schema quickbook that somebody else owns is refused, with a hint'
DB=schemed sql 'ALTER SCHEMA quickbook OWNER TO postgres' >/dev/null
like "$(DB=schemed sql 'CREATE EXTENSION quickbook')" 'schema quickbook_internal exists already.*ALTER SCHEMA quickbook_internal RENAME' \
	'C2: a schema quickbook_internal that is there already is refused, with a hint'
DB=schemed sql 'ALTER SCHEMA quickbook_internal OWNER TO postgres; ALTER SCHEMA quickbook_internal RENAME TO theirs' >/dev/null
is "$(DB=schemed sql 'CREATE EXTENSION quickbook')" '' 'C2: that of a superuser is taken, as when a dump is restored'
DB=schemed sql 'GRANT ALL ON SCHEMA quickbook, quickbook_internal TO dbo'
# overloads that fit our own calls better
DB=schemed as dbo "CREATE FUNCTION quickbook_internal.schema_raise(text, text) RETURNS void LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'called by %', current_user; END \$\$" \
	"CREATE FUNCTION quickbook.consumer_status() RETURNS SETOF quickbook.consumer_info LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'called by %', current_user; END \$\$" >/dev/null
like "$(DB=schemed sql 'SELECT quickbook.migrate()')" 'not_installed' 'C2: migrate() calls none of the functions that somebody has put beside ours'
DB=schemed sql "SELECT quickbook.install('clinic_owner')" >/dev/null
is "$(DB=schemed sql 'SELECT count(*) FROM quickbook.stat')" 1 'C2: nor does a view of ours'
is "$(DB=schemed sql 'SELECT * FROM quickbook.check_install()')" \
	$'schema quickbook|dbo may make functions in it and is no superuser\nschema quickbook_internal|dbo may make functions in it and is no superuser' \
	'C2: check_install() tells who could have'

#
# C1's kind: a superuser who looks after the tables of somebody else
#

DB=postgres sql 'CREATE DATABASE owned'
DB=owned sql "CREATE EXTENSION quickbook VERSION '0.1.0' CASCADE; SELECT quickbook.schema_step_1(); SELECT quickbook.attach_code();
	DO \$\$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'quickbook'::regnamespace AND relkind IN ('r', 'v')
		LOOP EXECUTE format('ALTER TABLE %s OWNER TO clinic_owner', t); END LOOP; END \$\$;
	CREATE SCHEMA evil; GRANT ALL ON SCHEMA evil TO PUBLIC; GRANT USAGE ON SCHEMA quickbook TO clinic_owner" >/dev/null
DB=owned as clinic_owner "CREATE FUNCTION evil.rise() RETURNS int LANGUAGE plpgsql AS \$\$ BEGIN BEGIN ALTER ROLE clinic_owner SUPERUSER; EXCEPTION WHEN OTHERS THEN NULL; END; RETURN 1; END \$\$" \
	"CREATE FUNCTION evil.grab() RETURNS int LANGUAGE plpgsql IMMUTABLE AS \$\$ BEGIN RETURN evil.rise(); END \$\$" \
	"DO \$\$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'quickbook'::regnamespace AND relkind = 'r' LOOP
		EXECUTE format('CREATE STATISTICS evil.s%s ON (evil.grab()) FROM %s', t::oid, t); END LOOP; END \$\$" \
	"CREATE FUNCTION evil.trigger() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM evil.rise(), set_config('search_path', 'evil, pg_catalog', false); RETURN NULL; END \$\$" \
	"CREATE TRIGGER evil AFTER UPDATE ON quickbook.schema_version FOR EACH STATEMENT EXECUTE FUNCTION evil.trigger()" \
	"CREATE TRIGGER evil AFTER UPDATE OR INSERT ON quickbook.appointment FOR EACH STATEMENT EXECUTE FUNCTION evil.trigger()" \
	"CREATE TRIGGER evil AFTER UPDATE OR INSERT ON quickbook.allocation FOR EACH STATEMENT EXECUTE FUNCTION evil.trigger()" \
	"CREATE FUNCTION evil.pg_get_userbyid(oid) RETURNS name LANGUAGE plpgsql AS \$\$ BEGIN PERFORM evil.rise(); RETURN pg_catalog.pg_get_userbyid(\$1); END \$\$" \
	"CREATE FUNCTION evil.to_regrole(text) RETURNS regrole LANGUAGE plpgsql AS \$\$ BEGIN PERFORM evil.rise(); RETURN pg_catalog.to_regrole(\$1); END \$\$" >/dev/null
is "$(DB=owned sql "SELECT count(*) > 20 FROM pg_statistic_ext")" t 'the owner hangs code on the tables'
DB=owned sql 'ALTER EXTENSION quickbook UPDATE' >/dev/null
is "$(super)" '' 'ALTER EXTENSION UPDATE by a superuser runs nothing of the tables'\'' owner'
DB=owned sql 'SELECT * FROM quickbook.check_install()' >/dev/null
is "$(super)" '' 'check_install() neither'
is "$(DB=owned sql 'SELECT quickbook.migrate()'), $(super)" '2, ' 'migrate() neither'
is "$(DB=owned sql 'SELECT quickbook.create_roles()' | grep -c roles), $(super)" '1, ' 'create_roles() neither'
is "$(DB=owned sql "SELECT quickbook.install('clinic_owner')" | grep -c version), $(super)" '1, ' 'install() neither'
is "$(DB=owned sql 'SELECT * FROM quickbook.check_data()'), $(super)" ', ' 'check_data() neither'
is "$(DB=owned sql 'SELECT * FROM quickbook.repair_data()'), $(super)" ', ' 'repair_data() neither'
like "$(DB=owned sql "BEGIN; UPDATE quickbook.schema_version SET version = 1; SELECT * FROM quickbook.check_data()")" 'wrong_schema_version.*migrate' \
	'check_data() says what to do where the tables are of another version'
DB=postgres sql 'DROP DATABASE owned'

#
# The tables' owner, and who was it
#

DB=postgres sql 'CREATE ROLE owner_before LOGIN'
DB=postgres sql 'CREATE DATABASE handed'
DB=handed sql "CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install('owner_before');
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC')" >/dev/null
first="SELECT role FROM quickbook.create_account('ada@example.org', 'admin', password => 'correct horse')"
is "$(DB=handed as owner_before "$first" 'SELECT count(*) FROM quickbook.jwks()' 'SELECT count(*) FROM quickbook.check_data()')" 'admin 1 0' \
	'the tables'\'' owner makes the first account, reads the keys and checks the data'
DB=handed sql "SELECT quickbook.install('clinic_owner')" >/dev/null
is "$(DB=handed as owner_before "$first" 'SELECT quickbook.jwks()' 'SELECT * FROM quickbook.check_data()')" '42501 42501 42501' \
	'who was the owner before does so no longer'
is "$(DB=handed as clinic_owner 'SELECT count(*) FROM quickbook.jwks()')" 1 'but the one that is now'
is "$(DB=handed sql 'SELECT * FROM quickbook.check_install()')" '' 'check_install() has nothing to say'
DB=handed sql 'GRANT ALL ON quickbook.appointment TO app'
like "$(DB=handed sql 'SELECT * FROM quickbook.check_install()')" '^table appointment.app may hang triggers on it' \
	'but of a GRANT ALL, which lets a role hang triggers on a table'
DB=handed sql 'REVOKE ALL ON quickbook.appointment FROM app; SELECT quickbook.create_roles(); SELECT quickbook.grant_app('\''app'\'')' >/dev/null
DB=handed sql 'DELETE FROM quickbook.schema_version'
like "$(DB=handed sql 'SELECT quickbook.migrate()')" 'wrong_schema_version: .* does not say' 'migrate() says so when schema_version is empty'
like "$(DB=handed sql 'SELECT * FROM quickbook.check_install()')" 'put back the row' 'and check_install()'
is "$(DB=handed as app 'SELECT kind FROM quickbook.whoami()')" anon 'and nobody becomes more by that'
DB=handed sql 'INSERT INTO quickbook.schema_version (version) VALUES (2)'
is "$(DB=handed sql 'SELECT object FROM quickbook.check_install()')" 'table schema_version' 'a row that forgets the roles is told'
DB=handed sql 'SELECT quickbook.create_roles()' >/dev/null
is "$(DB=handed sql 'SELECT * FROM quickbook.check_install()')" '' 'and mended by create_roles()'
DB=handed sql 'UPDATE quickbook.schema_version SET version = 99'
like "$(DB=handed sql 'SELECT * FROM quickbook.check_install()')" 'install the newer version' 'tables that are too new are not for migrate()'
DB=postgres sql 'DROP DATABASE handed'

#
# Settings of the database, which its owner makes, and which change how our texts are read
#

DB=postgres sql 'CREATE DATABASE oddly OWNER dbo'
for setting in 'standard_conforming_strings = off' 'quote_all_identifiers = on' 'escape_string_warning = off'; do
	DB=oddly as dbo "ALTER DATABASE oddly SET $setting" >/dev/null
done
is "$(DB=oddly sql 'CREATE EXTENSION quickbook CASCADE')" '' 'CREATE EXTENSION under odd settings'
DB=oddly sql "SELECT quickbook.install('clinic_owner'); INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'UTC')" >/dev/null
is "$(DB=oddly sql "SELECT role FROM quickbook.create_account('sasha@example.org', 'admin', password => 'correct horse')")" admin \
	'and install(): an address with an s is one'
is "$(DB=oddly sql "SELECT quickbook.sign_up('susi@example.org', 'correct horse', 'Susi', phone => '+4930123')")" '' 'and a number of a telephone'
like "$(DB=oddly sql "SELECT quickbook.sign_up('su si@example.org', 'correct horse', 'Susi')")" 'email is no address' 'and one with a blank none'
is "$(DB=oddly sql 'SELECT * FROM quickbook.check_install()')" '' 'and check_install() has nothing to say'
DB=postgres sql 'DROP DATABASE oddly'

#
# C3: trigger functions on tables of others
#

sql "GRANT USAGE ON SCHEMA quickbook, quickbook_internal TO app; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook, quickbook_internal TO app"
hang() { # FUNCTION(ARGS) COLUMNS VALUES [WHEN]
	as app "CREATE TEMP TABLE t ($2)" "CREATE TRIGGER x ${4:-BEFORE} INSERT ON t FOR EACH ROW EXECUTE FUNCTION ${schema:-quickbook}.$1" "INSERT INTO t VALUES ($3) RETURNING *"
}
for column in int8 uuid 'numeric(20)' text bytea; do
	case $column in uuid) value="'01010101-0101-0101-0101-010101010101'" ;; *) value="'12345678'" ;; esac
	is "$(hang 'check_time_zone()' "time_zone $column" "$value") $(alive)" '39P01 alive' "C3: check_time_zone() on a table of the caller's, with $column"
done
is "$(hang 'check_time_zone()' 'x int' 1) $(alive)" '39P01 alive' 'C3: and without the column'
is "$(hang 'check_limits()' 'id uuid, clinic_id uuid' "gen_random_uuid(), gen_random_uuid()" AFTER)" 39P01 'C3: check_limits()'
is "$(hang 'check_template()' 'subject int8, body int8' '12345678, 12345678') $(alive)" '39P01 alive' 'C3: check_template()'
is "$(hang 'check_rule()' 'occasion int8, template_id int8' '12345678, 12345678') $(alive)" '39P01 alive' 'C3: check_rule()'
patient=$(sql 'SELECT id FROM quickbook.patient')
is "$(hang "fill_row('patient_id')" 'id uuid, clinic_id uuid, patient_id uuid' "NULL, NULL, '$patient'")" 39P01 \
	'C3: fill_row() does not tell the clinic of a patient'
is "$(hang 'fill_row()' 'id text' NULL) $(alive)" '39P01 alive' 'C3: nor writes an id into a column of another type'
for arguments in "'x'" "'_id'" "'nothing_id'" "'clinic_id'" "''"; do
	is "$(hang "fill_row($arguments)" 'id uuid, clinic_id uuid, x int' 'NULL, NULL, 1')" 39P01 "C3: nor takes $arguments"
done
for function in $(sql "SELECT pronamespace::regnamespace || '.' || proname FROM pg_proc
	WHERE pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND prorettype = 'trigger'::regtype ORDER BY proname"); do
	schema=${function%.*} function=${function#*.}
	is "$(hang "$function('x', '1')" 'id uuid, clinic_id uuid, x text' "NULL, NULL, 'long'" "$([[ $function == check_limits ]] && echo AFTER || echo BEFORE)")" 39P01 \
		"C3: $function() on a table of the caller's"
done
# of a table of quickbook's whose columns were changed
sql "ALTER TABLE quickbook.message_template ALTER subject TYPE int8 USING 4711" >/dev/null
is "$(psql -XAtqd clinic -v VERBOSITY=sqlstate -c "INSERT INTO quickbook.message_template (clinic_id, name, body) SELECT id, 'x', 'y' FROM quickbook.clinic" 2>&1 | sed 's/^.*ERROR:  //') $(alive)" \
	'39P01 alive' 'C3: a column of another type in a table of ours'

is "$(grep -cE 'PANIC|was terminated by signal| XX000 ' "$(cluster dir $name)/log")" 0 'the server has not crashed, nor said that something cannot be'
done_testing
