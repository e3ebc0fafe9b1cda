#!/usr/bin/env bash
# Logical replication to a second server: of all tables, and of one clinic's
# rows. Publications must stop no writer, and the subscriber no change.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
name=replication.$$
cluster() { "$QB_LIB/cluster.sh" "$@"; }
trap 'cluster drop $name.to >/dev/null 2>&1; cluster drop $name.from >/dev/null 2>&1' EXIT

# Each statement runs on one of the two servers.
declare -A host port
sql() { on from "$1"; }
on() { psql -XAtq -h "${host[$1]}" -p "${port[$1]}" -d clinic -v ON_ERROR_STOP=1 <<<"SET client_min_messages = warning; $2" 2>&1; }
patience=60

for side in from to; do
	cluster init $name.$side 'wal_level = logical' 'fsync = off' 'wal_retrieve_retry_interval = 100ms' \
		'max_sync_workers_per_subscription = 4' 'max_logical_replication_workers = 8' >/dev/null 2>&1
	eval "$(cluster start $name.$side)"
	host[$side]=$PGHOST port[$side]=$PGPORT
	PATH=$(dirname "$PG_CONFIG"):$PATH
	createdb clinic
	on $side "CREATE EXTENSION quickbook CASCADE; SET client_min_messages = error; SELECT quickbook.install()" >/dev/null
done
tables=$(sql "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind = 'r' ORDER BY 1")
with_clinic=$(sql "SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
	WHERE c.relnamespace = 'quickbook'::regnamespace AND c.relkind = 'r' AND a.attname = 'clinic_id' ORDER BY 1")

# Two clinics with everything that can be configured.
sql "DO \$\$
DECLARE clinic uuid; visit uuid; class uuid; room uuid; doctor uuid;
BEGIN
	FOR n IN 1..2 LOOP
		clinic := quickbook.new_id();
		INSERT INTO quickbook.clinic (id, name, time_zone) VALUES (clinic, 'clinic ' || n, 'Europe/Berlin');
		INSERT INTO quickbook.provider (clinic_id, name, capacity) VALUES (clinic, 'doctor', 2) RETURNING id INTO doctor;
		INSERT INTO quickbook.provider (clinic_id, name, kind, open_always, capacity) VALUES (clinic, 'room', 'room', true, 3) RETURNING id INTO room;
		INSERT INTO quickbook.service (clinic_id, name, duration, slot_interval) VALUES (clinic, 'visit', '1 hour', '30 min') RETURNING id INTO visit;
		INSERT INTO quickbook.service (clinic_id, name, duration, seats, requires_approval) VALUES (clinic, 'class', '1 hour', 3, true) RETURNING id INTO class;
		INSERT INTO quickbook.service_provider (service_id, provider_id, role) VALUES
			(visit, doctor, 'practitioner'), (visit, room, 'room'), (class, doctor, 'practitioner');
		INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time) SELECT doctor, d, '08:00', '20:00' FROM generate_series(1, 7) d;
		INSERT INTO quickbook.date_override (provider_id, on_date) VALUES (doctor, '2030-02-01');
		INSERT INTO quickbook.travel (provider_id, dates, time_zone) VALUES (doctor, '[2030-03-01,2030-03-05)', 'Asia/Tokyo');
		INSERT INTO quickbook.time_off (clinic_id, during) VALUES (clinic, '[2030-02-02,2030-02-03)');
		INSERT INTO quickbook.busy_time (provider_id, during) VALUES (doctor, '[2030-02-04,2030-02-05)');
		INSERT INTO quickbook.patient (clinic_id, name, email) SELECT clinic, 'patient ' || p, 'p' || p || '@example.org' FROM generate_series(1, 8) p;
		INSERT INTO quickbook.booking_limit (clinic_id, period, max_count) VALUES (clinic, 'day', 500);
		INSERT INTO quickbook.message_template (clinic_id, name, subject, body) VALUES (clinic, 'news', '{{date}}', 'Dear {{patient_name}}');
		INSERT INTO quickbook.reminder_rule (clinic_id, occasion, template_id)
			SELECT clinic, o, t.id FROM quickbook.message_template t, unnest(ARRAY['booked', 'cancelled']) o WHERE t.clinic_id = clinic;
	END LOOP;
END \$\$;
CREATE FUNCTION public.item(clinic int, what text, n int DEFAULT 1) RETURNS uuid LANGUAGE sql AS \$\$
	SELECT CASE what WHEN 'clinic' THEN c.id
		WHEN 'patient' THEN (SELECT p.id FROM quickbook.patient p WHERE p.clinic_id = c.id AND p.name = 'patient ' || n)
		ELSE coalesce((SELECT s.id FROM quickbook.service s WHERE s.clinic_id = c.id AND s.name = what),
			(SELECT p.id FROM quickbook.provider p WHERE p.clinic_id = c.id AND p.name = what)) END
	FROM quickbook.clinic c WHERE c.name = 'clinic ' || clinic \$\$;
CREATE FUNCTION public.id_of(made quickbook.appointment_info) RETURNS uuid LANGUAGE sql AS 'SELECT (made).id';
-- Everything that can happen to an appointment, an account, a message and the log, on a date of its own.
CREATE PROCEDURE public.day_of(clinic int, day date) LANGUAGE plpgsql AS \$\$
DECLARE
	t timestamptz := day + time '09:00' AT TIME ZONE 'Europe/Berlin';
	a uuid; b uuid; h quickbook.appointment_info; mail text := 'desk' || clinic || day || '@example.org';
BEGIN
	PERFORM set_config('quickbook.now', (day - 1)::text, false), set_config('quickbook.password_cost', '4', false);
	a := public.id_of(quickbook.create_appointment(item(clinic, 'patient', 1), NULL, item(clinic, 'visit'), t));
	b := public.id_of(quickbook.create_appointment(item(clinic, 'patient', 2), NULL, item(clinic, 'visit'), t + interval '30 min'));
	PERFORM quickbook.create_appointment(item(clinic, 'patient', 3), NULL, item(clinic, 'visit'), t + interval '1 hour', 'key of ' || day);
	COMMIT;
	PERFORM quickbook.reschedule_appointment(a, t + interval '3 hours');
	PERFORM quickbook.update_appointment(b, notes => 'a note');
	PERFORM quickbook.cancel_appointment(b, 'ill');
	PERFORM quickbook.set_appointment_status(b, 'booked', override => '{notice}');
	PERFORM quickbook.set_appointment_status(a, 'arrived');
	COMMIT;
	h := quickbook.hold_appointment(NULL, NULL, item(clinic, 'visit'), t + interval '5 hours', hold_for => '10 min');
	PERFORM quickbook.confirm_appointment(h.id, item(clinic, 'patient', 4), h.hold_token);
	h := quickbook.hold_appointment(item(clinic, 'patient', 5), NULL, item(clinic, 'visit'), t + interval '6 hours', hold_for => '1 min');
	-- a group: one seat is declined, the others confirmed, moved and given back
	FOR n IN 1..3 LOOP
		a := public.id_of(quickbook.create_appointment(item(clinic, 'patient', n), NULL, item(clinic, 'class'), t + interval '7 hours'));
		IF n = 3 THEN PERFORM quickbook.decline_appointment(a); ELSE PERFORM quickbook.confirm_appointment(a); END IF;
	END LOOP;
	PERFORM quickbook.cancel_appointment(a2.id) FROM quickbook.appointment a2 WHERE a2.session_id IS NOT NULL AND a2.status = 'booked'
		AND a2.starts_at = t + interval '7 hours' LIMIT 1;
	COMMIT;
	PERFORM set_config('quickbook.now', (t + interval '5 hours 1 minute')::text, false);
	PERFORM quickbook.run_maintenance();
	PERFORM quickbook.set_appointment_status(x.id, 'noshow') FROM quickbook.appointment x
		WHERE x.starts_at = t + interval '5 hours' AND x.status = 'booked';
	PERFORM quickbook.claim_notifications('email', 2);
	PERFORM quickbook.complete_notification(n.id) FROM quickbook.notification n WHERE n.status = 'queued' LIMIT 1;
	PERFORM quickbook.create_account(mail, 'staff', item(clinic, 'clinic'), password => 'correct horse');
	PERFORM quickbook.sign_in(mail, 'correct horse', item(clinic, 'clinic'));
	PERFORM quickbook.request_password_reset(mail, item(clinic, 'clinic'));
	PERFORM quickbook.claim_notifications('email', 1000);
	COMMIT;
END \$\$;
SELECT quickbook.create_consumer('reader', 0) \g /dev/null"
is "$(sql "CALL day_of(1, '2030-01-07'); CALL day_of(2, '2030-01-07')")" '' 'without a publication everything is done'
is "$(sql "SELECT count(*) FROM quickbook.appointment WHERE status = 'cancelled' AND cancel_reason = 'the hold expired'")" 2 'holds have expired too'

# subscribe PUBLICATION: a subscriber with no row of its own, until it has all.
subscribe() {
	on to "TRUNCATE $(sed 's/^/quickbook./; $!s/$/,/' <<<"$tables" | tr -d '\n')"
	on to "CREATE SUBSCRIPTION mirror CONNECTION 'host=${host[from]} port=${port[from]} user=postgres dbname=clinic' PUBLICATION $1" >/dev/null
	synced
}
synced() {
	local i
	for ((i = 0; i < patience * 10; i++)); do
		[[ $(on to "SELECT count(*) > 0 AND bool_and(srsubstate = 'r') FROM pg_subscription_rel") == t ]] && return
		sleep 0.1
	done
	echo '# the tables were not copied'
}
# Until the subscriber has applied what was written so far.
caught_up() {
	local lsn
	lsn=$(sql 'SELECT pg_current_wal_lsn()')
	comes "SELECT replay_lsn >= '$lsn' FROM pg_stat_replication WHERE application_name = 'mirror'" t
}
# rows SIDE [WHERE]: of each table how many, and their hash.
rows() {
	local table
	for table in $tables; do
		echo "$table $(on "$1" "SET timezone = 'UTC'; SELECT count(*), md5(string_agg(t::text, ';' ORDER BY t::text)) FROM quickbook.$table t ${2:-}")"
	done
}

#
# All tables
#

sql 'CREATE PUBLICATION everything FOR ALL TABLES'
subscribe everything
is "$(rows to)" "$(rows from)" 'the tables were copied'
is "$(sql "CALL day_of(1, '2030-01-08'); CALL day_of(2, '2030-01-08')")" '' 'a publication of all tables stops no writer'
is "$(sql "SELECT count(*) FROM quickbook.fetch_events('reader', 1000) \g /dev/null
	SELECT quickbook.ack_events('reader', 20) \g /dev/null
	SET quickbook.now = '2030-06-01'; SELECT quickbook.purge_events('1 day'), quickbook.drop_consumer('reader');
	SELECT quickbook.rotate_token_key() \g /dev/null")" '20|t' 'nor reading and purging the log, and another key'
sql "UPDATE quickbook.allocation SET lane = 2 WHERE lane = 1; UPDATE quickbook.allocation SET lane = 1 WHERE lane = 2"
# An hour of a doctor with two lanes, at random: bookings, moves and cancellations.
is "$(sql "DO \$\$
DECLARE id uuid;
BEGIN
	PERFORM setseed(0.25);
	PERFORM set_config('quickbook.now', '2030-01-09', false);
	FOR n IN 1..150 LOOP
		BEGIN
			SELECT a.id INTO id FROM quickbook.appointment a WHERE a.starts_at > '2030-01-10' AND a.status = 'booked' ORDER BY random() LIMIT 1;
			CASE floor(random() * 4)
				WHEN 0 THEN PERFORM quickbook.cancel_appointment(id);
				WHEN 1 THEN PERFORM quickbook.reschedule_appointment(id, '2030-01-10 08:00+00'::timestamptz + floor(random() * 8) * interval '30 min');
				ELSE PERFORM quickbook.create_appointment(item(1, 'patient', 1 + floor(random() * 8)::int), NULL, item(1, 'visit'),
					'2030-01-10 08:00+00'::timestamptz + floor(random() * 8) * interval '30 min');
			END CASE;
		EXCEPTION WHEN exclusion_violation OR invalid_parameter_value THEN NULL;
		END;
	END LOOP;
END \$\$")" '' 'nor bookings, moves and cancellations at random'
is "$(caught_up)" t 'the subscriber has applied all of it'
is "$(rows to)" "$(rows from)" 'every table is the same there'
is "$(rows from | grep ' 0|')" 'consumer 0|' 'and none is empty but that of the consumer, who was removed'
is "$(on to "SELECT count(*) FROM pg_subscription WHERE NOT subenabled")" 0 'no error has stopped the subscription'
on to 'DROP SUBSCRIPTION mirror' >/dev/null
sql 'DROP PUBLICATION everything'

#
# One clinic's rows
#

clinic=$(sql "SELECT item(1, 'clinic')")
sql "CREATE PUBLICATION one FOR TABLE quickbook.clinic WHERE (id = '$clinic')$(
	for table in $with_clinic; do printf ", %s WHERE (clinic_id = '%s')" "$table" "$clinic"; done)"
booked="SELECT id FROM quickbook.appointment WHERE status = 'booked' AND starts_at > '2030-01-10' LIMIT 1"
like "$(sql "SET quickbook.now = '2030-01-09'; SELECT quickbook.cancel_appointment(($booked))")" \
	'ERROR:  cannot update table "appointment".*Column used in the publication WHERE expression is not part of the replica identity' \
	'a publication filtered by clinic stops writers, says PostgreSQL'
# touch TABLE: what an UPDATE and a DELETE of all rows say, which are taken back.
touch_all() {
	local table
	for table in $with_clinic; do
		sql "BEGIN; SET LOCAL session_replication_role = replica;
			UPDATE $table SET clinic_id = clinic_id; DELETE FROM $table; ROLLBACK" | sed "s/^/$table: /"
	done
}
is "$(touch_all | grep -c 'is not part of the replica identity')" "$(grep -cv allocation <<<"$with_clinic")" \
	'every UPDATE of every table, but of allocation, which has the clinic in its key'
is "$(sql 'SELECT quickbook.filter_identity(true)')" '' 'filter_identity(true)'
is "$(touch_all)" '' 'and any table may be updated and deleted from'
is "$(sql "SET client_min_messages = error; SELECT quickbook.filter_identity(true); SELECT quickbook.migrate();
	SELECT quickbook.check_install()")" $'\n2' 'it may be called again, and check_install() is content'
subscribe one
is "$(sql "CALL day_of(1, '2030-01-14'); CALL day_of(2, '2030-01-14')")" '' 'every change of an appointment can be made'
is "$(caught_up)" t 'the subscriber has applied all'
where="WHERE to_jsonb(t)->>'clinic_id' = '$clinic' OR to_jsonb(t)->>'id' = '$clinic'"
is "$(rows to)" "$(rows from "$where")" 'it has the rows of that clinic, and no others'
is "$(rows to | grep ' 0|')" $'consumer 0|\nevent_counter 0|\nschema_version 0|\ntoken_key 0|' 'of every table that has a clinic'
on to 'DROP SUBSCRIPTION mirror' >/dev/null
sql 'DROP PUBLICATION one'

is "$(sql "SELECT quickbook.filter_identity(false); SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'quickbook'::regnamespace
	AND (c.relkind = 'r' AND c.relreplident <> 'd' OR c.relname LIKE '%filter\_idx')")" '' 'filter_identity(false) takes identities and indexes back'
like "$(sql 'SELECT quickbook.filter_identity(NULL)')" 'ERROR:  invalid_argument: ' 'null is neither'
like "$(sql "CREATE ROLE stranger; GRANT USAGE ON SCHEMA quickbook TO stranger;
	GRANT USAGE ON SCHEMA quickbook_internal TO stranger; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook, quickbook_internal TO stranger; SET ROLE stranger; SELECT quickbook.filter_identity(true)")" \
	'ERROR:  not_allowed: stranger may not change the tables of quickbook' 'it is not for everybody'
done_testing
