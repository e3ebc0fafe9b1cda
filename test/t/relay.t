#!/usr/bin/env bash
# quickbook-relay against the real things: RabbitMQ that is killed while 2,000
# bookings are made, as are the relay and its connection to the database; a
# webhook receiver that fails at first; an SMTP server whose spool is read.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=tap.sh
. "$QB_LIB/tap.sh"
if ! reason=$(. "$QB_LIB/bootstrap.sh" && bootstrap relay 2>&1); then
	printf '1..0 # SKIP %s\n' "${reason//$'\n'/ }"
	exit 0
fi
PATH=$(dirname "$PG_CONFIG"):$PATH

db=quickbook_relay
role=quickbook_relay_test
as_relay="dbname=$db user=$role"
work=$(mktemp -d /tmp/qb_relay.XXXXXX)
chmod 755 "$work"
log=$work/relay.log
relay=$QB_BUILD/quickbook-relay
declare -A running
export PGOPTIONS='-c client_min_messages=error' no_proxy=127.0.0.1,localhost

cleanup() {
	local name
	for name in "${!running[@]}"; do kill -KILL "${running[$name]}"; done 2>/dev/null
	broker stop
	wait
	dropdb --if-exists --force $db >/dev/null 2>&1
	psql -XAtqd postgres -c "DROP ROLE IF EXISTS $role" >/dev/null 2>&1
	[[ -n ${QB_KEEP:-} ]] || rm -rf "$work"
}
trap cleanup EXIT

broker() { "$QB_LIB/broker.sh" "$1" "$work/broker"; }
sql() { psql -XAtqd $db -v ON_ERROR_STOP=1 -c "$1"; }
# wait_for SECONDS COMMAND…: until it succeeds.
wait_for() {
	local i
	for ((i = 0; i < $1 * 10; i++)); do
		"${@:2}" && return
		sleep 0.1
	done
	echo "# waited in vain for: ${*:2}"
	return 1
}
answers() { [[ $(sql "$1") == "$2" ]]; }
has() { grep -q -- "$1" "$2" 2>/dev/null; }
# start NAME COMMAND…: in the background.
start() {
	"${@:2}" </dev/null >>"$log" 2>&1 &
	running[$1]=$!
}
# finish NAME [SIGNAL]: end it; prints nothing, returns its status.
finish() {
	local pid=${running[$1]} status
	kill "-${2:-TERM}" "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	status=$?
	unset "running[$1]"
	return $status
}
book() { sql "SELECT public.book(n) FROM generate_series($1, $2) n" >/dev/null; }
lag() { sql "SELECT lag_events FROM quickbook.consumer_status('$1')"; }

# A clinic where book(n) always finds a place, and what follows a booking varies.
prepare_database() {
	dropdb --if-exists --force $db >/dev/null 2>&1
	createdb $db
	sql "CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install();
		INSERT INTO quickbook.clinic (name, time_zone) VALUES ('clinic', 'Europe/Berlin');
		INSERT INTO quickbook.provider (clinic_id, name, open_always, capacity)
			SELECT id, n, true, 1000 FROM quickbook.clinic, generate_series(1, 8) n;
		INSERT INTO quickbook.patient (clinic_id, name) SELECT id, n FROM quickbook.clinic, generate_series(1, 50) n;
		INSERT INTO quickbook.service (clinic_id, name, duration, patient_may_overlap)
			SELECT id, 'visit', '1 hour', true FROM quickbook.clinic;
		INSERT INTO quickbook.service_provider (service_id, provider_id)
			SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p;
		CREATE FUNCTION public.book(n int) RETURNS uuid LANGUAGE sql AS \$\$
			SELECT (quickbook.create_appointment((SELECT id FROM quickbook.patient WHERE email IS NULL ORDER BY id LIMIT 1 OFFSET n % 50),
				(SELECT id FROM quickbook.provider ORDER BY id LIMIT 1 OFFSET n % 8), (SELECT id FROM quickbook.service),
				date_trunc('day', statement_timestamp()) + (24 + n % 200) * interval '1 hour')).id \$\$;
		CREATE FUNCTION public.act(n int) RETURNS void LANGUAGE plpgsql AS \$\$
		DECLARE a uuid := public.book(n);
		BEGIN
			IF n % 3 > 0 THEN PERFORM quickbook.update_appointment(a, 'x'); END IF;
			IF n % 3 > 1 THEN PERFORM quickbook.cancel_appointment(a); END IF;
		END \$\$;
		SELECT quickbook.create_roles();
		CREATE ROLE $role LOGIN IN ROLE quickbook_relay" >/dev/null
	echo $'\\set n random(0, 1000000)\nSELECT public.act(:n);' >"$work/act.sql"
}

build() {
	make -s -C "$QB_BUILD" PG_CONFIG="$PG_CONFIG" WERROR=1 relay >"$work/build" 2>&1 &&
		cc -O1 -Wall -Wextra -Werror -o "$work/queue" "$QB_LIB/relay_queue.c" -lrabbitmq >>"$work/build" 2>&1
	is "$?$(cat "$work/build")" 0 'the relay builds without a warning'
}

test_options() {
	like "$("$relay" --help)" 'quickbook-relay --database' '--help'
	is "$("$relay" --version)" "quickbook-relay $(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$QB_BUILD/quickbook.control")" '--version'
	like "$("$relay" 2>&1; echo "status $?")" 'Say --amqp.*status 2' 'a relay to nowhere is refused'
	like "$("$relay" --smtp smtp://127.0.0.1 2>&1; echo "status $?")" '--mail-from.*status 2' 'mail without a sender is refused'
	like "$("$relay" --webhook http://127.0.0.1 2>&1; echo "status $?")" 'secret.*status 2' 'a webhook without a secret is refused'
	like "$("$relay" --smtp smtp://127.0.0.1 --mail-from $'a@b\r\nBcc: c@d' 2>&1; echo "status $?")" 'plain address.*status 2' \
		'a sender with a line break is refused'
	like "$("$relay" --amqp amqp://u:p --batch 0 2>&1; echo "status $?")" '--batch.*status 2' 'a number out of its range is refused'
	is "$("$relay" --amqp 'amqp://u:hunter2@h:x:y' 2>&1 | grep -c hunter2)" 0 'a URL that is wrong is not repeated'
	is "$("$relay" --amqp amqp://h --database 'postgresql://u:hunter2%zz@h' 2>&1 | grep -c hunter2)" 0 'nor is a connection string'
}

# Checks the signatures of what the receiver got; prints the ids that were accepted.
accepted() {
	perl -MJSON::PP -MDigest::SHA=hmac_sha256_base64 -e '
		my %secrets = ("the plain one" => 0, "raw \x00 secret" => 0);
		while (<>) {
			my $r = decode_json($_);
			my $h = $r->{headers};
			my $body = $r->{body};
			utf8::encode($body);
			my $signed = join " ", map { my $b = hmac_sha256_base64("$h->{q(webhook-id)}.$h->{q(webhook-timestamp)}.$body", $_);
				$b .= "=" while length($b) % 4; "v1,$b" } "the plain one", "raw \x00 secret";
			my $event = decode_json($body);
			print STDERR "bad signature\n" if $signed ne $h->{"webhook-signature"};
			print STDERR "old timestamp\n" if abs($h->{"webhook-timestamp"} - $r->{time}) > 60;
			print STDERR "bad envelope\n" if $event->{specversion} ne "1.0" || $event->{id} ne $h->{"webhook-id"}
				|| $h->{"content-type"} !~ m{^application/cloudevents\+json} || $r->{method} ne "POST";
			print "$event->{id}\n" if $r->{status} eq "204";
		}' "$1" 2>&1
}

test_webhook() {
	local got=$work/webhook.out port
	printf 'the plain one\nwhsec_cmF3IAAgc2VjcmV0\n' >"$work/secret"
	start receiver "$QB_LIB/relay_webhook.pl" "$work/webhook.port" "$got" 503 429:1 400 204 302 500 204
	wait_for 10 test -s "$work/webhook.port"
	port=$(<"$work/webhook.port")
	# an advisory lock of somebody else, by the numbers that the relay of 0.1.0 took
	psql -XAtqd $db -c "SELECT pg_advisory_lock(hashtext('quickbook-relay'), hashtext('webhook')), pg_sleep(600)" >/dev/null 2>&1 &
	running[squatter]=$!
	book 1 12
	is "$("$relay" --database "$as_relay" --webhook "http://u:hunter2@127.0.0.1:$port/?token=hunter2" --webhook-secret-file "$work/secret" \
		--once 2>>"$log"; echo $?)" 1 'webhook: --once says that the receiver failed'
	is "$(lag webhook)" 12 'webhook: nothing is acknowledged without a 2xx'
	start relay "$relay" --database "$as_relay" --webhook "http://u:hunter2@127.0.0.1:$port/?token=hunter2" \
		--webhook-secret-file "$work/secret" --poll 30
	wait_for 20 answers "SELECT lag_events FROM quickbook.consumer_status('webhook')" 0
	is "$(accepted "$got")" "$(sql 'SELECT id FROM quickbook.event ORDER BY position')" \
		'webhook: failures are tried again, in order, and every request is signed with both secrets'
	like "$(perl -MJSON::PP -ne '$r = decode_json($_); print "wait ", $r->{time} - $last, " " if $last; $last = $r->{status} eq "429:1" && $r->{time}' "$got")" \
		'wait (0\.99|[1-9])' 'webhook: Retry-After is honoured'
	book 13 13
	wait_for 10 answers "SELECT lag_events FROM quickbook.consumer_status('webhook')" 0
	is $? 0 'webhook: what happens later is notified, long before the next poll'

	start second "$relay" --database "$as_relay" --webhook "http://127.0.0.1:$port/" --webhook-secret-file "$work/secret" --poll 0.2
	wait_for 10 has 'another relay has consumer webhook' "$log"
	book 14 14
	wait_for 10 answers "SELECT lag_events FROM quickbook.consumer_status('webhook')" 0
	finish relay
	is $? 0 'webhook: SIGTERM stops it'
	book 15 16
	wait_for 10 answers "SELECT lag_events FROM quickbook.consumer_status('webhook')" 0
	is "$(accepted "$got" | uniq -d)$(tail -n 1 "$log" | grep -o '[0-9]* event.*, ')" '2 events, positions 15 to 16, ' \
		'webhook: a second relay of the consumer waits, and follows the first'
	finish second

	psql -XAtqd $db -c "BEGIN" -c "SELECT quickbook.fetch_events('webhook')" -c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
	running[other]=$!
	wait_for 10 answers "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()" 1
	start relay "$relay" --database "$as_relay" --webhook "http://127.0.0.1:$port/" --webhook-secret-file "$work/secret"
	wait_for 10 answers "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'quickbook-relay' AND wait_event_type = 'Lock'" 1
	is $? 0 'a relay waits while somebody has the consumer'
	finish relay
	is "$?, $(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'quickbook-relay' AND wait_event_type = 'Lock'")" '0, 0' \
		'and SIGTERM ends that wait, on both sides'
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()" >/dev/null
	finish other
	finish receiver
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()" >/dev/null
	finish squatter
}

relay_to_broker() { start relay "$relay" --database "$as_relay" --amqp "$broker_url" --batch 20 --poll 1; }
kill_relay() {
	finish relay KILL
	kills=$((kills + 1))
	relay_to_broker
}
position() { sql "SELECT position FROM quickbook.consumer_status('amqp')"; }
moves_on() { [[ $(position) -gt $1 ]]; }

# Kills while bookings are made: the relay while it keeps up, while it catches
# up, and again; the broker while events flow, and while the relay catches up.
chaos() {
	kills=0
	relay_to_broker
	pgbench -n -c 4 -j 1 -t 500 -R 100 -f "$work/act.sql" $db >"$work/pgbench" 2>&1 &
	running[bench]=$!
	sleep 1
	kill_relay
	sleep 1
	broker kill
	broker start
	kill_relay
	wait_for 30 moves_on "$(position)"
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quickbook-relay'" >/dev/null
	wait_for 30 moves_on "$(position)"
	broker kill
	broker start
	wait_for 30 moves_on "$(position)"
	kill_relay
	wait "${running[bench]}"
	is "$?$(grep -m3 -i error "$work/pgbench")" 0 'amqp: 2,000 bookings were made meanwhile'
	unset 'running[bench]'
	wait_for 30 answers "SELECT lag_events FROM quickbook.consumer_status('amqp')" 0
}

test_broker() {
	local url=${broker_url/:s3cr%2Ft-word@/@} said
	"$work/queue" "$broker_url" quickbook q bind
	said=$("$relay" --database "$as_relay" --amqp "${broker_url/t-word/t-wrong}" --once 2>&1; echo "status $?")
	like "$said" 'ACCESS_REFUSED.*status 1' 'amqp: a wrong password is said to be one'
	said+=$("$relay" --database "$as_relay" --amqp "$broker_url" --exchange amq.direct --once 2>&1; echo "status $?")
	like "$said" 'PRECONDITION_FAILED.*status 1' 'amqp: so is an exchange of another type'
	grep -v "^status" <<<"$said" >>"$log"
	printf 's3cr/t-word\n' >"$work/password"
	like "$("$relay" --database "$as_relay" --amqp "$url" --exchange other --password-file "$work/password" --consumer other --once 2>&1
		echo "status $?")" '16 events, positions 1 to 16, .* 16 of them to no queue.*status 0' \
		'amqp: a password can come from a file, and events that no queue wants are counted'

	"$work/queue" "$broker_url" full f bind 5
	QUICKBOOK_RELAY_AMQP=$broker_url "$relay" --database "$as_relay" --exchange full --consumer full --once 2>>"$log"
	is $? 1 'amqp: a full queue refuses events, and --once says so'
	is "$(sql "SELECT position FROM quickbook.consumer_status('full')")" 5 'amqp: what was refused is not acknowledged'

	chaos
	"$work/queue" "$broker_url" quickbook q read "$work/messages"
	sql "CREATE TABLE public.message (n serial, id uuid, type text, key text, content_type text, mode int, event jsonb)"
	psql -XAtqd $db -c "\copy public.message (id, type, key, content_type, mode, event) FROM '$work/messages' (FORMAT csv, DELIMITER E'\t', QUOTE E'\x01')"
	is "$(lag amqp)" 0 'amqp: all is acknowledged'
	is "$(sql "SELECT count(*) FROM quickbook.appointment")" 2016 'amqp: that many appointments'
	is "$(sql "SELECT count(*) FILTER (WHERE m.id IS NULL), count(*) FILTER (WHERE e.id IS NULL)
		FROM quickbook.event e FULL JOIN (SELECT DISTINCT id FROM public.message) m USING (id)")" '0|0' \
		'amqp: the ids that arrived are those of the log, each at least once'
	is "$(sql "SELECT count(*) FROM (SELECT position, max(position) OVER (PARTITION BY subject ORDER BY n) AS newest
		FROM (SELECT min(n) AS n, id FROM public.message GROUP BY id) m JOIN quickbook.event USING (id)) x WHERE position < newest")" 0 \
		'amqp: the events of each appointment first arrive in order'
	is "$(sql "SELECT DISTINCT m.key = e.type AND m.type = e.type AND m.mode = 2 AND m.content_type = 'application/cloudevents+json'
		AND event->>'id' = m.id::text AND event->>'specversion' = '1.0' AND (event->>'subject')::uuid = e.subject
		FROM public.message m JOIN quickbook.event e USING (id)")" t \
		'amqp: persistent, with the id, the type as routing key, and a CloudEvents envelope'
	echo "# $(sql "SELECT format('%s events, %s messages', count(DISTINCT id), count(*)) FROM public.message")"

	"$work/queue" "$broker_url" quickbook q drop
	book 1 1
	wait_for 20 answers "SELECT lag_events FROM quickbook.consumer_status('amqp')" 0
	like "$(grep -c 'NOT_FOUND' "$log") $(tail -n 1 "$log")" '^1 .* 1 event, .* 1 of them to no queue' \
		'amqp: an exchange that was deleted is declared again'
	finish relay
	is $? 0 'amqp: SIGTERM stops it'
	is "$(tail -n 1 "$log" | sed 's/.*: //')" stopped 'amqp: and it says so'
}

# Prints of each mail in the spool what a mail program shows.
spool() {
	/usr/bin/python3 - "$work/spool" <<-'PY'
		import email, email.policy, glob, sys
		for name in sorted(glob.glob(sys.argv[1] + "/new/*")):
		    raw = open(name, "rb").read()
		    mail = email.message_from_bytes(raw, policy=email.policy.default)
		    print("headers", " ".join(sorted(k for k in mail.keys() if not k.startswith("X-"))))
		    print("envelope", mail["X-MailFrom"], mail["X-RcptTo"])
		    print("from", mail["From"], "to", mail["To"])
		    print("id", mail["Message-ID"])
		    print("age", abs(mail["Date"].datetime.timestamp() - __import__("time").time()) < 120)
		    print("subject", mail["Subject"])
		    print("body", repr(mail.get_content()))
	PY
}

# Three patients get a reminder: one with a name that wants to be more than a
# name, one with an address that wants to be two, one whose mail is too large.
# Such names are refused today, and may be there from before.
prepare_mail() {
	sql "SET session_replication_role = replica;
		INSERT INTO quickbook.patient (id, clinic_id, name, email, time_zone)
			SELECT quickbook.new_id(id), id, v.name, v.email, 'America/New_York' FROM quickbook.clinic, (VALUES
				(E'\"Zoë, O''Neil\" <x@y>\r\nBcc: evil@example.org\r\n\r\n.\r\nQUIT', 'zoe@example.org'),
				('Two', 'two@example.org>,<evil'), (repeat('x', 4000), 'large@example.org')) v (name, email);
		RESET session_replication_role;
		INSERT INTO quickbook.message_template (clinic_id, name, subject, body)
			SELECT id, 'reminder', '{{service_name}} on {{date}}, {{patient_name}}',
				E'{{patient_name}}\n.\n{{date}} {{time}} {{time_zone}}' FROM quickbook.clinic;
		INSERT INTO quickbook.reminder_rule (clinic_id, time_offset, template_id)
			SELECT clinic_id, '1 day', id FROM quickbook.message_template;
		SELECT quickbook.create_appointment(p.id, (SELECT id FROM quickbook.provider ORDER BY id LIMIT 1),
				(SELECT id FROM quickbook.service), '2030-03-05 09:00 Europe/Berlin', override := '{horizon}')
			FROM quickbook.patient p WHERE email IS NOT NULL;
		SET quickbook.now = '2030-03-04 08:00+00';
		SELECT quickbook.run_maintenance()" >/dev/null
}

test_mail() {
	local port id
	port=$((20000 + RANDOM % 10000))
	mkdir -p "$work/spool/new" "$work/spool/cur" "$work/spool/tmp"
	prepare_mail
	sql "ALTER ROLE $role IN DATABASE $db SET quickbook.now = '2030-03-04T08:00:00Z'"
	start relay "$relay" --database "$as_relay" \
		--smtp "smtp://127.0.0.1:$port" --mail-from desk@clinic.example --poll 0.5
	wait_for 10 has 'smtp: .*127.0.0.1' "$log"
	wait_for 10 has 'smtp: no server' "$log"
	is $? 0 'mail: a server that is away is waited for'
	start smtp /usr/bin/python3 -m aiosmtpd -n -l "127.0.0.1:$port" -s 3000 -c aiosmtpd.handlers.Mailbox "$work/spool"
	wait_for 20 answers "SELECT count(*) FROM quickbook.notification WHERE status = 'sent' OR reason IS NOT NULL" 3
	id=$(sql "SELECT id FROM quickbook.notification WHERE status = 'sent'")
	is "$(spool)" "headers Auto-Submitted Content-Transfer-Encoding Content-Type Date From MIME-Version Message-ID Subject To
envelope desk@clinic.example zoe@example.org
from desk@clinic.example to zoe@example.org
id <$id@clinic.example>
age True
subject visit on 2030-03-05, \"Zoë, O'Neil\" <x@y>  Bcc: evil@example.org    .  QUIT
body '\"Zoë, O\\'Neil\" <x@y>\\nBcc: evil@example.org\\n\\n.\\nQUIT\\n.\\n2030-03-05 03:00 America/New_York\\n'" \
		'mail: one arrives, at the local time, and a name adds no header and no recipient'
	is "$(sql "SELECT string_agg(concat_ws(' ', split_part(recipient, '@', 1), status, attempts, reason), ', ' ORDER BY recipient)
		FROM quickbook.notification WHERE status <> 'sent'")" \
		'large queued 1 552 Error: message size exceeds fixed maximum message size, two queued 1 this is not a mail address that can be used' \
		'mail: what was refused is failed, with the reason, and costs one attempt'
	finish relay
	is $? 0 'mail: SIGTERM stops it'
	finish smtp
}

# mail_to ADDRESS…: a message to each is queued, and no other.
mail_to() {
	local address
	sql "DELETE FROM quickbook.notification"
	for address; do
		sql "INSERT INTO quickbook.notification (id, clinic_id, dedup_key, channel, recipient, subject, body, due_at, created_at)
			SELECT quickbook.new_id(id), id, '$address', 'email', '$address', 'News', 'None.', '2030-03-04', '2030-03-04' FROM quickbook.clinic"
	done
}
# mail_once PORT ARG…: passes on what is queued, in the plainest of environments; prints what became of it.
mail_once() {
	LC_ALL=C "$relay" --database "$as_relay" --smtp "smtp://127.0.0.1:$1" \
		--mail-from desk@clinic.example --once "${@:2}" 2>>"$log"
	sql "SELECT concat_ws(' ', recipient, status, attempts, reason) FROM quickbook.notification ORDER BY recipient COLLATE \"C\""
}
# What the server was told, and what the mail says.
addresses() { spool | sed -n 's/^envelope //p; s/^from //p'; }

# Domains and local parts that are not ASCII, without and with SMTPUTF8.
test_addresses() {
	local plain port long
	local no='the mail server takes no address with such characters before the @ (it does not offer SMTPUTF8):'
	plain=$((20000 + RANDOM % 5000)) port=$((25000 + RANDOM % 5000))
	long=ann@$(printf 'x%.0s' {1..70})ü.example
	rm -f "$work"/spool/new/*
	start smtp /usr/bin/python3 -m aiosmtpd -n -l "127.0.0.1:$plain" -c aiosmtpd.handlers.Mailbox "$work/spool"
	start smtp_utf8 /usr/bin/python3 -m aiosmtpd -n -u -l "127.0.0.1:$port" -c aiosmtpd.handlers.Mailbox "$work/spool"
	wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$plain" 2>/dev/null
	wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null
	mail_to anna@bücher.example jörg@clinic.example ann@clinic.example zoë@bücher.example
	is "$(mail_once $plain)" "ann@clinic.example sent 1
anna@bücher.example sent 1
jörg@clinic.example dead 1 $no jörg@clinic.example
zoë@bücher.example dead 1 $no zoë@bücher.example" 'mail: what such a server takes is sent, the rest fails for good and says why'
	is "$(addresses | sort)" 'desk@clinic.example ann@clinic.example
desk@clinic.example anna@xn--bcher-kva.example
desk@clinic.example to ann@clinic.example
desk@clinic.example to anna@xn--bcher-kva.example' 'mail: the domain goes as punycode, in the envelope and in the header'
	rm -f "$work"/spool/new/*
	mail_to jörg@bücher.example
	is "$(mail_once $port)" 'jörg@bücher.example sent 1' 'mail: a server with SMTPUTF8 takes it'
	is "$(addresses)" 'desk@clinic.example jörg@xn--bcher-kva.example
desk@clinic.example to jörg@xn--bcher-kva.example' 'mail: as it is written'
	mail_to ann@clinic.example
	is "$(mail_once $plain --mail-from dešk@clinic.example)" 'ann@clinic.example queued 1' \
		'mail: a sender that the server does not take is not the fault of a mail'
	mail_to ann@clinic.example "$long"
	is "$(mail_once $plain --mail-from desk@bücher.example)" "ann@clinic.example sent 1
$long dead 1 there is no such domain: $long" 'mail: a domain that cannot be'
	is "$(addresses | tail -n 2 | head -n 1 | cut -d ' ' -f 1)" 'desk@xn--bcher-kva.example' 'mail: and the sender has a domain too'
	finish smtp
	finish smtp_utf8
	sql "ALTER ROLE $role IN DATABASE $db RESET quickbook.now"
}

# requests FILE N: so many have come.
requests() { [[ $(wc -l <"$1") == "$2" ]]; }

# A receiver that takes a request and never answers.
test_silence() {
	local got=$work/silent.out url began took
	start receiver "$QB_LIB/relay_webhook.pl" "$work/silent.port" "$got" hang 204 hang
	wait_for 10 test -s "$work/silent.port"
	url=http://127.0.0.1:$(<"$work/silent.port")/
	sql "SELECT quickbook.create_consumer('silent', NULL)" >/dev/null
	book 1 1
	"$relay" --database "$as_relay" --webhook "$url" --webhook-secret-file "$work/secret" --consumer silent \
		--webhook-timeout 0.5 --once 2>>"$log"
	is "$? $(lag silent)" '1 1' 'silence: a request without an answer has failed, and its event is not acknowledged'
	like "$(tail -n 1 "$log")" 'webhook: event .*timed out' 'silence: the log says why'
	start relay "$relay" --database "$as_relay" --webhook "$url" --webhook-secret-file "$work/secret" --consumer silent
	wait_for 10 answers "SELECT lag_events FROM quickbook.consumer_status('silent')" 0
	is "$(accepted "$got" | wc -l) of $(wc -l <"$got")" '1 of 2' 'silence: it is tried again'
	book 2 2
	wait_for 10 requests "$got" 3
	began=$(date +%s%N)
	finish relay
	took="$? $((($(date +%s%N) - began) / 1000000))"
	[[ ${took% *} == 0 && ${took#* } -lt 3000 ]]
	is $? 0 "silence: SIGTERM does not wait for the answer (status and milliseconds: $took)"
	is "$(lag silent)" 1 'silence: its event will come again'
	finish receiver
}

# A receiver with a certificate for 127.0.0.1, by an authority that nobody knows.
test_https() {
	local got=$work/tls.out post
	(
		set -e
		cd "$work"
		for name in ca other; do
			openssl req -x509 -newkey rsa:2048 -nodes -keyout $name.key -out $name.pem -subj "/CN=$name" -days 2
		done
		openssl req -newkey rsa:2048 -nodes -keyout receiver.key -out receiver.csr -subj /CN=receiver
		openssl x509 -req -in receiver.csr -CA ca.pem -CAkey ca.key -set_serial 1 -days 2 -out receiver.pem \
			-extfile <(echo subjectAltName=IP:127.0.0.1)
	) >"$work/openssl" 2>&1
	is "$?" 0 'https: certificates are made'
	: >"$got"
	start receiver "$QB_LIB/relay_tls.py" "$work/tls.port" "$got" "$work/receiver.pem" "$work/receiver.key"
	wait_for 10 test -s "$work/tls.port"
	sql "SELECT quickbook.create_consumer('https', NULL)" >/dev/null
	book 1 2
	post=("$relay" --database "$as_relay" --webhook-secret-file "$work/secret" --consumer https --once --webhook)
	"${post[@]}" "https://127.0.0.1:$(<"$work/tls.port")/" 2>"$work/tls.log"
	like "$? $(<"$work/tls.log")" '^1 .*certificate' 'https: a receiver that nobody vouches for is refused'
	"${post[@]}" "https://127.0.0.1:$(<"$work/tls.port")/" --ca-file "$work/other.pem" 2>"$work/tls.log"
	like "$? $(<"$work/tls.log")" '^1 .*certificate' 'https: so is one by another authority than that of --ca-file'
	"${post[@]}" "https://localhost:$(<"$work/tls.port")/" --ca-file "$work/ca.pem" 2>"$work/tls.log"
	like "$? $(<"$work/tls.log")" '^1 .*(certificate|subject name)' 'https: and one with a certificate for another name'
	is "$(lag https) $(wc -l <"$got")" '2 0' 'https: none of them was told anything'
	"${post[@]}" "https://127.0.0.1:$(<"$work/tls.port")/" --ca-file "$work/ca.pem" 2>>"$log"
	is "$? $(lag https)" '0 0' 'https: with the authority in --ca-file events pass'
	is "$(<"$got")" "$(sql "SELECT id FROM quickbook.event ORDER BY position DESC LIMIT 2" | tac)" 'https: each of them'
	finish receiver
}

build
prepare_database
mkdir "$work/broker"
broker_url=$(broker init)
broker start &
starting=$!
test_options
test_webhook
wait $starting
is $? 0 'the broker starts'
test_broker
test_mail
test_addresses
test_silence
test_https
is "$(grep -cE 's3cr|t-word|hunter2|the plain one|cmF3' "$log")" 0 'no secret is on the log'
is "$(grep -cvE '^[-0-9T:.]{23}Z quickbook-relay: ' "$log")" 0 'every line of the log is whole'
done_testing
