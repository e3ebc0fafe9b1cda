#!/usr/bin/env bash
# Nothing that the server's caches own is used after they may have freed it. Every
# function that clients call often runs while the caches are emptied at each point
# where that may happen (quickbook.debug_invalidate), and while another session
# sends invalidations of each table. A server with assertions overwrites what is
# freed, and any other gives it to somebody else before long.
#
#   QB_SECONDS=5        how long beside the other session
#   QB_POINTS="1 7"     at every how many points
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
work=$(mktemp -d)
name=caches.$$
cluster() { "$QB_LIB/cluster.sh" "$@"; }
trap 'touch "$work/stop"; wait; cluster drop $name >/dev/null 2>&1; rm -rf "$work"' EXIT
sql() { psql -XAtqd clinic -v ON_ERROR_STOP=1 -c "$1" 2>&1; }

cluster init $name 'fsync = off' >/dev/null 2>&1
eval "$(cluster start $name)"
PATH=$(dirname "$PG_CONFIG"):$PATH
psql -XAtqd postgres -c 'CREATE DATABASE clinic'
sql "SET client_min_messages = error; CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install()" >/dev/null

cat >"$work/setup.sql" <<'SQL'
SET client_min_messages = error;
SET quickbook.password_cost = 4;
CREATE TABLE thing (name text PRIMARY KEY, id uuid);
CREATE FUNCTION id(name text) RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT t.id FROM thing t WHERE t.name = $1 $$;
DO $$
DECLARE
	c uuid;
	s text;
BEGIN
	INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'Europe/Berlin') RETURNING id INTO c;
	INSERT INTO thing VALUES ('clinic', c);
	WITH p AS (INSERT INTO quickbook.provider (clinic_id, name, capacity) SELECT c, n, length(n) FROM unnest(ARRAY['a', 'bb']) n RETURNING id, name)
	INSERT INTO thing SELECT 'provider ' || name, id FROM p;
	INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
		SELECT id, d, '00:00', '24:00' FROM quickbook.provider, generate_series(1, 7) d;
	FOREACH s IN ARRAY ARRAY['visit', 'asked', 'circle'] LOOP
		WITH n AS (INSERT INTO quickbook.service (clinic_id, name, duration, buffer_after, requires_approval, seats)
			VALUES (c, s, '10 min', '5 min', s = 'asked', CASE s WHEN 'circle' THEN 3 ELSE 1 END) RETURNING id)
		INSERT INTO thing SELECT s, id FROM n;
	END LOOP;
	INSERT INTO quickbook.service_provider (service_id, provider_id) SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
	WITH p AS (INSERT INTO quickbook.patient (clinic_id, name, email) SELECT c, n, n || '@example.org' FROM unnest(ARRAY['ann', 'ben']) n RETURNING id, name)
	INSERT INTO thing SELECT name, id FROM p;
	INSERT INTO quickbook.booking_limit (clinic_id, per_patient, period, max_count) VALUES (c, true, 'week', 1000000);
	INSERT INTO quickbook.message_template (clinic_id, name, subject, body) VALUES (c, 'booked', '{{service_name}}', '{{time}}');
	INSERT INTO quickbook.reminder_rule (clinic_id, occasion, template_id) SELECT clinic_id, 'booked', id FROM quickbook.message_template;
	PERFORM quickbook.create_consumer('reader');
	PERFORM quickbook.create_account('ann@example.org', 'patient', c, id('ann'), NULL, 'long-password');
END $$;
-- One of everything, on the n-th day from tomorrow; returns how many answers were as they should be.
CREATE FUNCTION everything(n int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	d timestamptz := date_trunc('day', now()) + (n + 1) * interval '1 day';
	a quickbook.appointment_info;
	h quickbook.appointment_info;
	good bool[];
BEGIN
	a := quickbook.create_appointment(id('ann'), id('provider a'), id('visit'), d + interval '9 hours', 'key ' || n, 'note', '{}');
	good := ARRAY[a.status = 'booked'];
	a := quickbook.create_appointment(id('ann'), NULL, id('visit'), d + interval '10 hours');
	good := good || (a.status = 'booked');
	a := quickbook.reschedule_appointment(a.id, d + interval '11 hours');
	a := quickbook.update_appointment(a.id, 'other');
	good := good || (a.sequence = 1 AND a.notes = 'other' AND (quickbook.get_appointment(a.id)).version = a.version);
	a := quickbook.set_appointment_status(a.id, 'arrived');
	a := quickbook.set_appointment_status(a.id, 'booked');
	a := quickbook.cancel_appointment(a.id, 'reason');
	good := good || (a.status = 'cancelled');
	h := quickbook.hold_appointment(NULL, id('provider bb'), id('visit'), d + interval '12 hours');
	h := quickbook.confirm_appointment(h.id, id('ben'), h.hold_token);
	good := good || (h.status = 'booked');
	h := quickbook.hold_appointment(id('ann'), NULL, id('circle'), d + interval '13 hours');
	a := quickbook.create_appointment(id('ben'), NULL, id('circle'), d + interval '13 hours');
	h := quickbook.confirm_appointment(h.id);
	good := good || (h.session_id = a.session_id);
	a := quickbook.create_appointment(id('ann'), NULL, id('asked'), d + interval '14 hours');
	h := quickbook.create_appointment(id('ben'), NULL, id('asked'), d + interval '14 hours');
	good := good || ((quickbook.confirm_appointment(a.id)).status = 'booked') || ((quickbook.decline_appointment(h.id)).status = 'cancelled');
	BEGIN
		PERFORM quickbook.create_appointment(id('ben'), id('provider a'), id('visit'), d + interval '9 hours');
	EXCEPTION WHEN exclusion_violation THEN
		good := good || true;
	END;
	good := good || (SELECT count(*) > 0 FROM quickbook.available_slots(id('visit'), d, d + interval '1 day', NULL, id('ann')))
		|| (SELECT count(*) = 5 FROM quickbook.next_slots(id('circle'), d, 5))
		|| (SELECT count(*) = 3 FROM quickbook.available_days(id('asked'), d::date, d::date + 2))
		|| (SELECT count(*) > 0 FROM quickbook.explain_slot(id('visit'), id('provider a'), d + interval '9 hours', id('ben')))
		|| (SELECT count(*) > 0 FROM quickbook.free_busy(id('provider a'), d, d + interval '1 day'))
		|| (SELECT count(*) > 0 FROM quickbook.list_appointments(d, d + interval '1 day', NULL, id('ann'), NULL))
		|| (quickbook.sign_in('ann@example.org', 'long-password', id('clinic')) IS NOT NULL)
		|| (quickbook.sign_in('ann@example.org', 'wrong-password', id('clinic')) IS NULL);
	PERFORM quickbook.run_maintenance();
	good := good || (SELECT quickbook.ack_events('reader', max(e.position)) > 0 FROM quickbook.fetch_events('reader', 1000) e);
	PERFORM quickbook.complete_notification(c.id) FROM quickbook.claim_notifications('email', 1000) c;
	INSERT INTO quickbook.busy_time (provider_id, during) VALUES (id('provider bb'), tstzrange(d, d + interval '1 hour'));
	INSERT INTO quickbook.time_off (provider_id, during) VALUES (id('provider a'), tstzrange(d, d + interval '1 hour'));
	UPDATE quickbook.message_template SET subject = '{{date}}';
	RETURN cardinality(array_remove(good, false));
END $$;
SQL
psql -XAtqd clinic -v ON_ERROR_STOP=1 -f "$work/setup.sql" >/dev/null
is $? 0 'the clinic is there'
as_it_should_be=$(sql 'SELECT everything(0)')
like "$as_it_should_be" '^[0-9]+$' "everything works ($as_it_should_be answers)"

# The same session again and again: what is kept from call to call counts as well.
# At each point what was read after the last is a fresh copy; what lies in the
# caches for long is freed only where there is a while between.
day=1
for every in ${QB_POINTS:-3 7 53 499}; do
	is "$(sql "SELECT everything($day); SET quickbook.debug_invalidate = $every; SELECT everything(d) FROM generate_series($((day + 1)), $((day + 4))) AS d" | sort -u)" \
		"$as_it_should_be" "also when the caches are emptied at every $every points where that may happen"
	day=$((day + 5))
done
# Only a server with assertions can empty them at every look into them.
if [[ $(sql 'SHOW debug_assertions') == on ]]; then
	from=$SECONDS
	is "$(sql "SELECT everything($day); SET debug_discard_caches = 1; SELECT everything($((day + 1)))" | sort -u)" "$as_it_should_be" \
		'also when they are emptied at every look into them'
	echo "# in $((SECONDS - from)) s"
	day=$((day + 2))
fi
is "$(sql "SET quickbook.debug_invalidate = 1; SELECT quickbook.install(); SELECT count(*) FROM quickbook.check_install()
	WHERE problem NOT LIKE '%superuser%'" | tail -1)" 0 'install() and check_install() too'

# Invalidations from outside, one table after another.
tables=$(sql "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'quickbook'::regnamespace AND relkind = 'r'")
send() {
	local i=0 t
	while [[ ! -e $work/stop ]]; do
		i=$((i + 1))
		for t in $tables; do printf 'ALTER TABLE quickbook.%s SET (fillfactor = %d); ANALYZE quickbook.%s;\n' "$t" $((70 + i % 30)) "$t"; done
		echo "SELECT 'round';"
	done | psql -XAtqd clinic >"$work/sent" 2>&1
}
send &
until_second=$((SECONDS + ${QB_SECONDS:-5}))
: >"$work/answers"
for ((n = day; SECONDS < until_second; n += 5)); do
	sql "SELECT everything(d) FROM generate_series($n, $((n + 4))) AS d" >>"$work/answers"
done
touch "$work/stop"
wait
echo "# $(wc -l <"$work/answers") times everything, beside $(grep -c round "$work/sent") rounds of invalidations"
is "$(sort -u "$work/answers")" "$as_it_should_be" 'also beside a session that sends invalidations of every table'
is "$(grep -vc round "$work/sent")" 0 'which had no error'
is "$(grep -E ' XX[0-9A-Z]{3} (ERROR|FATAL|PANIC):|TRAP:|was terminated' "$(cluster dir $name)/log")" '' 'no crash, and no internal error'
done_testing
