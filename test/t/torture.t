#!/usr/bin/env perl
# Thirty-two clients, at three isolation levels, do all that the API offers to
# two small clinics with too little free time, while backends are killed under
# them. Afterwards plain queries prove that nothing is double, missing or left
# over; and each of the queries is then shown a wrong row, to prove that it
# would have noticed.
#
# QB_TORTURE_SECONDS sets the length. QB_SEED repeats the dice of a run, though
# not the timing of its clients.
use strict;
use warnings;
use lib $ENV{QB_LIB};
use RaceDatabase;
use IPC::Open2;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $db = 'qb_torture';
my $seconds = $ENV{QB_TORTURE_SECONDS} || 60;
my $seed = $ENV{QB_SEED} // int(rand(1_000_000_000));
my $clients = 32;
my @isolation = ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE');

# Ids by "clinic/name", and the starts of the days, by clinic.
my (%id, %starts);
my @leads = qw(ada bo cy);
my @services = qw(visit visit visit long roomed asked wished class class circle easy);

# ---------------------------------------------------------------- the clinics

# Three clinics alike: north and south are tortured, in calm nobody books but
# the end of this test, which needs rows to spoil.
sub prepare {
	# a deadlock should be seen before one of its victims is killed anyway
	race_database($db, "deadlock_timeout = '200ms'");
	sql(<<'SQL');
INSERT INTO quickbook.clinic (name, time_zone)
	VALUES ('north', 'Europe/Berlin'), ('south', 'America/New_York'), ('calm', 'UTC');
INSERT INTO quickbook.provider (clinic_id, name, kind, capacity, open_always)
	SELECT c.id, v.* FROM quickbook.clinic c, (VALUES ('ada', 'practitioner', 1, false),
		('bo', 'practitioner', 1, false), ('cy', 'practitioner', 3, false), ('dee', 'practitioner', 2, false),
		('room1', 'room', 1, true), ('room2', 'room', 3, true)) v;
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time, valid)
	SELECT id, extract(isodow FROM current_date + d), '09:00', '12:00', daterange(current_date, current_date + 5)
	FROM quickbook.provider, generate_series(2, 3) d WHERE kind = 'practitioner';
INSERT INTO quickbook.service (clinic_id, name, duration, slot_interval, buffer_before, buffer_after, seats,
		requires_approval, pending_blocks, hold_for, patient_may_overlap)
	SELECT c.id, v.name, v.duration, v.step, v.before, v.after, v.seats, v.approval, v.blocks, '2 s', v.overlap
	FROM quickbook.clinic c, (VALUES
		('visit', interval '30 min', interval '30 min', interval '0', interval '0', 1, false, true, false),
		('long', '1 hour', '30 min', '10 min', '10 min', 1, false, true, false),
		('roomed', '30 min', '30 min', '0', '5 min', 1, false, true, false),
		('asked', '30 min', '30 min', '0', '0', 1, true, true, false),
		('wished', '30 min', '30 min', '0', '0', 1, true, false, false),
		('class', '1 hour', '1 hour', '5 min', '5 min', 3, false, true, false),
		('circle', '30 min', '30 min', '0', '0', 3, true, false, false),
		('easy', '30 min', '30 min', '0', '0', 1, false, true, true),
		('walkin', '4 hours', '30 min', '0', '0', 1, false, true, false))
		v (name, duration, step, before, after, seats, approval, blocks, overlap);
INSERT INTO quickbook.service_provider (service_id, provider_id, role)
	SELECT s.id, p.id, v.role FROM (VALUES
		('{visit,long,asked,wished,roomed}'::text[], '{ada,bo,cy}'::text[], 'practitioner'),
		('{class}', '{bo,cy}', 'practitioner'), ('{circle}', '{ada,cy}', 'practitioner'),
		('{roomed,class}', '{room1,room2}', 'room'),
		('{easy}', '{cy}', 'practitioner'), ('{walkin}', '{dee}', 'practitioner')) v (services, providers, role)
	JOIN quickbook.service s ON s.name = ANY (v.services)
	JOIN quickbook.provider p ON p.clinic_id = s.clinic_id AND p.name = ANY (v.providers);
INSERT INTO quickbook.patient (clinic_id, name) SELECT c.id, 'p' || p FROM quickbook.clinic c, generate_series(0, 9) p;
INSERT INTO quickbook.booking_limit (clinic_id, service_id, provider_id, per_patient, period, max_count, max_time)
	SELECT c.id, s.id, p.id, v.per_patient, v.period, v.max_count, v.max_time FROM (VALUES
		('north', NULL, NULL, false, 'day', 9, NULL::interval), ('north', NULL, NULL, true, 'day', 3, NULL),
		('north', NULL, NULL, true, 'upcoming', 4, NULL), ('north', 'long', NULL, false, 'day', NULL, '3 hours'),
		('north', NULL, 'cy', false, 'week', 12, NULL), ('south', NULL, NULL, false, 'upcoming', 30, NULL),
		('south', 'visit', NULL, true, 'day', 1, NULL), ('south', 'class', NULL, false, 'day', NULL, '2 hours'),
		('south', NULL, NULL, false, 'year', 60, NULL),
		('calm', NULL, NULL, false, 'day', 50, NULL), ('calm', NULL, NULL, true, 'week', 50, NULL),
		('calm', 'visit', NULL, false, 'month', NULL, '25 hours'), ('calm', NULL, 'ada', false, 'year', 50, NULL),
		('calm', NULL, NULL, false, 'upcoming', 50, NULL), ('calm', 'visit', 'ada', true, 'upcoming', NULL, '25 hours'))
		v (clinic, service, provider, per_patient, period, max_count, max_time)
	JOIN quickbook.clinic c ON c.name = v.clinic
	LEFT JOIN quickbook.service s ON s.clinic_id = c.id AND s.name = v.service
	LEFT JOIN quickbook.provider p ON p.clinic_id = c.id AND p.name = v.provider;

CREATE SCHEMA torture;
-- What came back from holds without a patient, for whoever confirms them.
CREATE TABLE torture.token (id uuid, token text);
-- Which appointment each answer named for each key.
CREATE TABLE torture.keyed (clinic_id uuid, key text, id uuid);
-- What the clients were told.
CREATE TABLE torture.told (id uuid, version integer);
CREATE INDEX torture_pick ON quickbook.appointment (status, id);

-- One of the newest appointments that have a status of these; dice is in [0, 1).
-- expired: a hold that somebody has closed.
CREATE FUNCTION torture.pick(statuses text[], dice float8, OUT id uuid, OUT version integer, OUT patient_id uuid,
	OUT clinic text, OUT service text, OUT token text) LANGUAGE sql STABLE AS $$
	WITH found AS MATERIALIZED (SELECT a.* FROM unnest(statuses) s, LATERAL (SELECT id, version, patient_id, clinic_id,
		service_id FROM quickbook.appointment WHERE status = replace(s, 'expired', 'cancelled')
		AND (s <> 'expired' OR expires_at IS NOT NULL) ORDER BY id DESC LIMIT 60) a)
	SELECT p.id, p.version, p.patient_id, c.name, s.name, t.token
	FROM (SELECT * FROM found ORDER BY id OFFSET floor(dice * (SELECT count(*) FROM found)) LIMIT 1) p
		JOIN quickbook.clinic c ON c.id = p.clinic_id JOIN quickbook.service s ON s.id = p.service_id
		LEFT JOIN torture.token t ON t.id = p.id
$$;
SQL
	%id = map { split /\|/ } split /\n/, sql(<<'SQL');
SELECT c.name || '/' || t.name, t.id FROM quickbook.clinic c JOIN
	(SELECT clinic_id, name, id FROM quickbook.provider UNION ALL SELECT clinic_id, name, id FROM quickbook.service
	UNION ALL SELECT clinic_id, name, id FROM quickbook.patient) t ON t.clinic_id = c.id
UNION ALL SELECT name, id FROM quickbook.clinic
SQL
	push @{ $starts{ (split /\|/)[0] } }, (split /\|/)[1] for split /\n/, sql(<<'SQL');
SELECT c.name, (current_date + d + time '09:00' + n * interval '30 min') AT TIME ZONE c.time_zone
FROM quickbook.clinic c, generate_series(2, 3) d, generate_series(0, 5) n ORDER BY 1, 2
SQL
	return;
}

# ---------------------------------------------------------------- what must hold

# What each calendar must be taken for, computed from appointments, sessions and
# what has happened, never from allocations. The clock is read after the snapshot
# is taken, so that no hold counts that somebody has seen expired.
my $views = <<'SQL';
-- Does the status take time? (A noshow: what was past when it was set.)
CREATE FUNCTION torture.takes_time(status text, pending_blocks boolean) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN status IN ('held', 'booked', 'arrived', 'checked-in', 'fulfilled') OR status = 'pending' AND pending_blocks;

-- Time that was given back and taken again is taken from then on only.
CREATE VIEW torture.taken_since AS
	SELECT DISTINCT ON (subject) subject, CASE WHEN type <> 'appointment.rescheduled' THEN occurred_at END AS since
	FROM (SELECT e.subject, e.seq, e.type, e.occurred_at, torture.takes_time(e.data->>'status', s.pending_blocks) AS takes,
			lag(torture.takes_time(e.data->>'status', s.pending_blocks)) OVER (PARTITION BY e.subject ORDER BY e.seq) AS took
		FROM quickbook.event e JOIN quickbook.service s ON s.id = (e.data->>'service_id')::uuid) h
	WHERE type = 'appointment.rescheduled' OR takes AND NOT took
	ORDER BY subject, seq DESC;

CREATE VIEW torture.live AS
	SELECT a.*, s.buffer_before, s.buffer_after, s.patient_may_overlap, s.seats, t.since,
		CASE a.status WHEN 'noshow' THEN (SELECT max(e.occurred_at) FROM quickbook.event e
			WHERE e.subject = a.id AND e.type = 'appointment.noshow') END AS until
	FROM quickbook.appointment a JOIN quickbook.service s ON s.id = a.service_id
		LEFT JOIN torture.taken_since t ON t.subject = a.id
	WHERE (torture.takes_time(a.status, s.pending_blocks) OR a.status = 'noshow')
		AND NOT (a.status = 'held' AND a.expires_at <= clock_timestamp());

-- Once for a session, however many sit in it; its team is that of its members.
CREATE VIEW torture.need AS
	SELECT * FROM (
		SELECT DISTINCT coalesce(a.session_id, a.id) AS owner, r.provider_id AS calendar, p.capacity,
			greatest(a.starts_at - a.buffer_before, CASE WHEN a.session_id IS NULL THEN a.since END) AS starts_at,
			least(a.ends_at + a.buffer_after, a.until) AS ends_at
		FROM torture.live a JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
			JOIN quickbook.provider p ON p.id = r.provider_id
		UNION ALL
		SELECT a.id, a.patient_id, 1, greatest(a.starts_at, a.since), least(a.ends_at, a.until)
		FROM torture.live a WHERE a.patient_id IS NOT NULL AND NOT a.patient_may_overlap) n
	WHERE starts_at < ends_at;

CREATE VIEW torture.lane_overlaps AS
	SELECT * FROM (SELECT calendar_id, owner_id, lane, starts_at, max(ends_at) OVER (PARTITION BY calendar_id, lane
		ORDER BY starts_at, ends_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
		FROM quickbook.allocation) a
	WHERE busy_until > starts_at;

CREATE VIEW torture.lanes_beyond_capacity AS
	SELECT l.* FROM quickbook.allocation l LEFT JOIN quickbook.provider p ON p.id = l.provider_id
	WHERE l.lane >= coalesce(p.capacity, 1);

-- Whose time it is, for the report: with the clock, since a hold may be about to expire.
CREATE FUNCTION torture.all_of(owner uuid) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object('looked_at', clock_timestamp(),
	'appointments', (SELECT jsonb_agg(a) FROM quickbook.appointment a WHERE owner IN (a.id, a.session_id)),
	'allocations', (SELECT jsonb_agg(l) FROM quickbook.allocation l WHERE l.owner_id = owner),
	'events', (SELECT jsonb_agg(jsonb_build_array(e.subject, e.seq, e.type, e.occurred_at) ORDER BY e.seq) FROM quickbook.event e
		WHERE e.subject IN (SELECT a.id FROM quickbook.appointment a WHERE owner IN (a.id, a.session_id))));

CREATE VIEW torture.over_capacity AS
	SELECT n.*, torture.all_of(n.owner) FROM torture.need n WHERE (SELECT count(*) FROM torture.need o
		WHERE o.calendar = n.calendar AND o.starts_at <= n.starts_at AND o.ends_at > n.starts_at) > n.capacity
		AND calendar IN (SELECT id FROM quickbook.provider);

CREATE VIEW torture.in_two_places AS
	SELECT * FROM (SELECT calendar, owner, starts_at, max(ends_at) OVER (PARTITION BY calendar
		ORDER BY starts_at, ends_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
		FROM torture.need WHERE calendar IN (SELECT id FROM quickbook.patient)) n
	WHERE busy_until > starts_at;

CREATE VIEW torture.wrong_seats AS
	SELECT a.id, a.session_id, a.seat, 'twice' AS wrong FROM torture.live a
	WHERE a.status <> 'noshow' AND EXISTS (SELECT FROM torture.live b
		WHERE b.session_id = a.session_id AND b.seat = a.seat AND b.id <> a.id AND b.status <> 'noshow')
	UNION ALL
	SELECT id, session_id, seat, 'none, or beyond the seats' FROM torture.live
	WHERE seats > 1 AND (session_id IS NULL OR seat IS NULL OR seat NOT BETWEEN 1 AND seats)
	UNION ALL
	SELECT a.id, a.session_id, a.seat, 'not the same session' FROM torture.live a JOIN quickbook.session s ON s.id = a.session_id
	WHERE (a.provider_id, a.service_id, a.starts_at, a.ends_at, a.clinic_id)
		<> (s.provider_id, s.service_id, s.starts_at, s.ends_at, s.clinic_id);

-- Everybody in a session has the session's team.
CREATE VIEW torture.mixed_teams AS
	SELECT session_id FROM (SELECT DISTINCT a.session_id, (SELECT array_agg(r.role || r.provider_id ORDER BY r.role)
			FROM quickbook.appointment_resource r WHERE r.appointment_id = a.id) AS team
		FROM torture.live a WHERE a.session_id IS NOT NULL) t
	GROUP BY 1 HAVING count(*) > 1;

CREATE VIEW torture.wrong_teams AS
	SELECT a.id, a.provider_id FROM quickbook.appointment a
	WHERE (SELECT array_agg(role::text ORDER BY role) FROM quickbook.appointment_resource r WHERE r.appointment_id = a.id)
		IS DISTINCT FROM (SELECT array_agg(DISTINCT role::text ORDER BY role::text)
			FROM quickbook.service_provider s WHERE s.service_id = a.service_id)
	OR a.provider_id IS DISTINCT FROM (SELECT r.provider_id FROM quickbook.appointment_resource r
		WHERE r.appointment_id = a.id AND r.role = 'practitioner');

CREATE VIEW torture.wrong_allocations AS
	SELECT owner, calendar, n.starts_at, n.ends_at, l.starts_at AS found_from, l.ends_at AS found_to
	FROM torture.need n FULL JOIN (SELECT owner_id AS owner, calendar_id AS calendar, starts_at, ends_at
		FROM quickbook.allocation) l USING (owner, calendar)
	WHERE (n.starts_at, n.ends_at) IS DISTINCT FROM (l.starts_at, l.ends_at);

-- The same while others write: a seat that counts has its session's time, whatever
-- becomes of the other seats.
CREATE VIEW torture.seats_without_time AS
	SELECT a.id, a.session_id, a.status, a.expires_at, r.provider_id FROM torture.live a
		JOIN quickbook.appointment_resource r ON r.appointment_id = a.id
	WHERE a.session_id IS NOT NULL AND a.status <> 'noshow' AND a.ends_at > clock_timestamp()
		AND NOT EXISTS (SELECT FROM quickbook.allocation l WHERE l.session_id = a.session_id AND l.provider_id = r.provider_id);

CREATE VIEW torture.time_of_nobody AS
	SELECT l.* FROM quickbook.allocation l
	WHERE NOT EXISTS (SELECT FROM quickbook.appointment a WHERE a.id = l.appointment_id
			AND a.status NOT IN ('cancelled', 'entered-in-error'))
		AND NOT EXISTS (SELECT FROM quickbook.appointment a WHERE a.session_id = l.session_id
			AND a.status NOT IN ('cancelled', 'entered-in-error'));

CREATE VIEW torture.booked_time_expires AS
	SELECT l.owner_id, l.calendar_id, l.expires_at, a.id, a.status
	FROM quickbook.allocation l JOIN quickbook.appointment a ON a.id = l.appointment_id
	WHERE l.expires_at IS NOT NULL AND a.status IN ('pending', 'booked', 'arrived', 'checked-in', 'fulfilled')
	UNION ALL
	SELECT l.owner_id, l.calendar_id, l.expires_at, a.id, a.status
	FROM quickbook.allocation l JOIN quickbook.appointment a ON a.session_id = l.session_id
	WHERE l.expires_at IS NOT NULL AND a.status IN ('pending', 'booked', 'arrived', 'checked-in', 'fulfilled');

CREATE VIEW torture.data_problems AS SELECT * FROM quickbook.check_data();

-- A booked one must not expire; a held one must.
CREATE VIEW torture.wrong_expiry AS
	SELECT l.owner_id, l.calendar_id, l.expires_at, a.status FROM quickbook.allocation l
		JOIN quickbook.appointment a ON a.id = l.appointment_id
	WHERE l.expires_at IS DISTINCT FROM CASE a.status WHEN 'held' THEN a.expires_at END
	UNION ALL
	SELECT l.owner_id, l.calendar_id, l.expires_at, 'with the last hold' FROM quickbook.allocation l
	WHERE l.expires_at IS DISTINCT FROM (SELECT CASE WHEN bool_and(a.status = 'held') THEN max(a.expires_at) END
		FROM torture.live a WHERE a.session_id = l.session_id) AND l.session_id IS NOT NULL;

CREATE VIEW torture.wrong_versions AS
	SELECT a.id, a.version, e.versions FROM quickbook.appointment a FULL JOIN
		(SELECT subject AS id, array_agg((data->>'version')::int ORDER BY seq) AS versions
		FROM quickbook.event GROUP BY 1) e USING (id)
	WHERE versions IS DISTINCT FROM (SELECT array_agg(v) FROM generate_series(1, a.version) v);

CREATE VIEW torture.wrong_last_event AS
	SELECT a.id, a.status, e.data FROM quickbook.appointment a
		LEFT JOIN LATERAL (SELECT data FROM quickbook.event e WHERE e.subject = a.id ORDER BY seq DESC LIMIT 1) e ON true
	WHERE (a.status, a.version, a.starts_at, a.provider_id, a.patient_id, a.session_id, a.seat, a.notes)
		IS DISTINCT FROM (data->>'status', (data->>'version')::int, (data->>'starts_at')::timestamptz,
			(data->>'provider_id')::uuid, (data->>'patient_id')::uuid, (data->>'session_id')::uuid,
			(data->>'seat')::int, data->>'notes');

CREATE VIEW torture.wrong_expired AS
	SELECT a.id, a.status, a.cancel_reason, count(e.id) FROM quickbook.appointment a
		LEFT JOIN quickbook.event e ON e.subject = a.id AND e.type = 'appointment.expired'
	GROUP BY a.id HAVING count(e.id) > 1 OR count(e.id) = 0 AND a.cancel_reason = 'the hold expired';

-- The same, after maintenance: no hold is left that should have been closed.
CREATE VIEW torture.holds_left AS
	SELECT id, expires_at FROM quickbook.appointment WHERE status = 'held' AND expires_at <= clock_timestamp();

-- Each appointment that a limit counts, with the period it is counted in. A
-- session's time counts once, unless each patient is counted alone.
CREATE VIEW torture.counted AS
	SELECT l.id AS limit_id, l.max_count, l.max_time, CASE WHEN l.per_patient THEN a.patient_id END AS patient_id,
		CASE l.period WHEN 'upcoming' THEN NULL
			ELSE date_trunc(l.period, a.starts_at AT TIME ZONE c.time_zone) END AS period,
		a.id, a.ends_at - a.starts_at AS length,
		CASE WHEN l.per_patient THEN a.id ELSE coalesce(a.session_id, a.id) END AS timed_as
	FROM quickbook.booking_limit l JOIN quickbook.clinic c ON c.id = l.clinic_id
		JOIN quickbook.appointment a ON a.clinic_id = l.clinic_id AND a.service_id = coalesce(l.service_id, a.service_id)
			AND a.provider_id = coalesce(l.provider_id, a.provider_id)
	WHERE a.status NOT IN ('cancelled', 'entered-in-error')
		AND NOT (a.status = 'held' AND a.expires_at <= clock_timestamp())
		AND NOT (l.per_patient AND a.patient_id IS NULL)
		AND (l.period <> 'upcoming' OR a.status <> 'noshow' AND a.starts_at > clock_timestamp());

CREATE VIEW torture.limits_passed AS
	SELECT limit_id, patient_id, period, max_count, count(*) AS found, max_time,
		(SELECT sum(length) FROM (SELECT DISTINCT ON (timed_as) timed_as, length FROM torture.counted t
			WHERE (t.limit_id, t.patient_id, t.period) IS NOT DISTINCT FROM (c.limit_id, c.patient_id, c.period)) t) AS found_time
	FROM torture.counted c GROUP BY limit_id, patient_id, period, max_count, max_time
	HAVING count(*) > max_count OR (SELECT sum(length) FROM (SELECT DISTINCT ON (timed_as) timed_as, length
		FROM torture.counted t WHERE (t.limit_id, t.patient_id, t.period)
		IS NOT DISTINCT FROM (c.limit_id, c.patient_id, c.period)) t) > max_time;

CREATE VIEW torture.promises_broken AS
	SELECT * FROM torture.told t WHERE NOT EXISTS (SELECT FROM quickbook.event e
		WHERE e.subject = t.id AND (e.data->>'version')::int = t.version);

CREATE VIEW torture.keys_used_twice AS
	SELECT clinic_id, key FROM (SELECT clinic_id, key, id FROM torture.keyed
		UNION ALL SELECT clinic_id, idempotency_key, id FROM quickbook.appointment WHERE idempotency_key IS NOT NULL) k
	GROUP BY 1, 2 HAVING count(DISTINCT id) > 1;

-- Tries every start, and takes it back: is what is offered booked, and nothing else?
CREATE FUNCTION torture.search_disagrees() RETURNS TABLE (service text, provider uuid, patient uuid, start timestamptz,
	offered boolean, answer text) LANGUAGE plpgsql AS $$
DECLARE the record;
BEGIN
	FOR the IN SELECT s.id, s.name, sp.provider_id, p.id AS patient_id, s.clinic_id, c.time_zone
		FROM quickbook.service s JOIN quickbook.service_provider sp ON sp.service_id = s.id AND sp.role = 'practitioner'
			JOIN quickbook.clinic c ON c.id = s.clinic_id
			JOIN quickbook.patient p ON p.clinic_id = s.clinic_id AND p.name IN ('p0', 'p1')
	LOOP
		FOR start, offered IN SELECT t.at, o.starts_at IS NOT NULL
			FROM (SELECT (current_date + d + time '09:00' + n * interval '30 min') AT TIME ZONE the.time_zone AS at
				FROM generate_series(2, 3) d, generate_series(0, 5) n) t
				LEFT JOIN quickbook.available_slots(the.id, now(), now() + interval '5 days', the.provider_id,
					the.patient_id) o ON o.starts_at = t.at
		LOOP
			BEGIN
				PERFORM quickbook.create_appointment(the.patient_id, the.provider_id, the.id, start);
				RAISE 'booked' USING ERRCODE = 'QBYES';
			EXCEPTION WHEN others THEN
				answer := sqlerrm;
			END;
			IF offered <> (answer = 'booked') THEN
				service := the.name;
				provider := the.provider_id;
				patient := the.patient_id;
				RETURN NEXT;
			END IF;
		END LOOP;
	END LOOP;
END
$$;
CREATE VIEW torture.disagreements AS SELECT * FROM torture.search_disagrees();
SQL

# ---------------------------------------------------------------- the clients

sub one_of { return $_[ int rand @_ ] }
sub chance { return rand() < $_[0] }
sub quoted { return defined $_[0] && $_[0] ne '' ? "'$_[0]'" : 'NULL' }

# A call of the API as text: the arguments are given by name, undef leaves out.
sub call {
	my ($function, %args) = @_;
	return "quickbook.$function(" . join(', ', map { "$_ => $args{$_}" } grep { defined $args{$_} } sort keys %args) . ')';
}

# The lead of a service: somebody, or anybody, or now and then one who is not.
sub lead {
	my ($clinic, $service) = @_;
	my %offered = (class => [qw(bo cy)], circle => [qw(ada cy)], easy => ['cy'], walkin => ['dee']);
	return 'NULL' if chance(0.35);
	return quoted($id{ "$clinic/" . one_of(chance(0.02) ? @leads : @{ $offered{$service} // \@leads }) });
}

sub patient { return quoted($id{ "$_[0]/p" . int rand 10 }) }

# What to ask for, for a booking or a hold.
sub wish {
	my $clinic = one_of(qw(north south));
	my $service = one_of(@services);
	return (clinic => $clinic, service_id => quoted($id{"$clinic/$service"}), provider_id => lead($clinic, $service),
		patient_id => patient($clinic), starts_at => quoted(one_of(@{ $starts{$clinic} })));
}

# The same key asks for the same again, mostly.
sub keyed_wish {
	my $key = int rand 60;
	my $clinic = $key % 2 ? 'north' : 'south';
	return (wish(), key => "key $key") if chance(0.1);
	return (clinic => $clinic, key => "key $key", service_id => quoted($id{ "$clinic/" . $services[ $key % @services ] }),
		provider_id => 'NULL', patient_id => quoted($id{ "$clinic/p" . $key % 10 }),
		starts_at => quoted($starts{$clinic}[ $key % 12 ]));
}

sub create {
	my %wish = @_;
	my ($clinic, $key) = delete @wish{qw(clinic key)};
	my $call = call('create_appointment', %wish, idempotency_key => defined $key ? "'$key'" : undef);
	return "SELECT id, version FROM $call" unless defined $key;
	return "WITH made AS (SELECT id, version FROM $call), kept AS (INSERT INTO torture.keyed"
		. " SELECT '$id{$clinic}', '$key', id FROM made) SELECT id, version FROM made";
}

sub hold {
	my %wish = wish();
	delete $wish{clinic};
	$wish{patient_id} = 'NULL' if chance(0.4);
	$wish{hold_for} = one_of(undef, "'1 s'", "'1 s'", "'2 s'", "'1 day'");
	return 'WITH made AS (SELECT id, version, hold_token FROM ' . call('hold_appointment', %wish) . '), kept AS (INSERT'
		. ' INTO torture.token SELECT id, hold_token FROM made WHERE hold_token IS NOT NULL) SELECT id, version FROM made';
}

# A start that the search has offered a moment ago.
sub offered {
	my ($client) = @_;
	my %wish = wish();
	my $found = ask($client, 'SELECT provider_id, starts_at FROM ' . call('next_slots', service_id => $wish{service_id},
		max_slots => 8, patient_id => $wish{patient_id}) . ' ORDER BY md5(starts_at::text || ' . rand() . ') LIMIT 1');
	my ($provider, $start) = split /\|/, $found or return;
	return create(%wish, provider_id => "'$provider'", starts_at => "'$start'");
}

# Somebody who is there already, booked after the fact: the only appointments
# that have begun, and so the only ones that can be a noshow.
sub walk_in {
	my $clinic = one_of(qw(north south));
	return 'SELECT id, version FROM ' . call('create_appointment', patient_id => patient($clinic),
		service_id => "'" . $id{"$clinic/walkin"} . "'", provider_id => "'" . $id{"$clinic/dee"} . "'",
		starts_at => "date_trunc('hour', now()) - interval '30 min' * " . (1 + int rand 3),
		override => "'{grid,notice,hours}'");
}

# An appointment in one of the statuses, or nothing.
sub pick {
	my ($client, @statuses) = @_;
	my @row = split /\|/, ask($client, "SELECT * FROM torture.pick('{" . join(',', @statuses) . "}', " . rand() . ')'), -1;
	return unless @row && $row[0] ne '';
	my %a;
	@a{qw(id version patient clinic service token)} = @row;
	$a{expected} = chance(0.2) ? $a{version} : undef;
	return \%a;
}

sub change {
	my ($function, $a, %args) = @_;
	return "SELECT id, version FROM " . call($function, appointment_id => "'$a->{id}'",
		expected_version => $a->{expected}, %args);
}

sub confirm {
	my ($client) = @_;
	my $a = pick($client, chance(0.7) ? 'held' : 'expired') or return;
	my $nobody = $a->{patient} eq '';
	return change('confirm_appointment', $a, patient_id => $nobody ? patient($a->{clinic}) : undef,
		hold_token => $nobody ? quoted($a->{token}) : undef);
}

sub reschedule {
	my ($client) = @_;
	my $a = pick($client, qw(held pending booked)) or return;
	return change('reschedule_appointment', $a, starts_at => quoted(one_of(@{ $starts{ $a->{clinic} } })),
		provider_id => lead($a->{clinic}, $a->{service}));
}

sub set_status {
	my ($client, $from, $to) = @_;
	my $a = pick($client, @$from) or return;
	return change('set_appointment_status', $a, status => quoted(one_of(@$to)));
}

# Kinds of operation: how often, and what; undef when there is nothing to do it to.
my %kinds = (
	'create' => [ 16, sub { create(wish()) } ],
	'create, any provider' => [ 8, sub { create(wish(), provider_id => 'NULL') } ],
	'create, with a key' => [ 6, sub { create(keyed_wish()) } ],
	'create, as offered' => [ 5, sub { offered(@_) } ],
	'join a group' => [ 8, sub {
		my %wish = wish();
		my $group = one_of(qw(class class circle));
		create(%wish, service_id => "'" . $id{"$wish{clinic}/$group"} . "'", provider_id => lead($wish{clinic}, $group),
			starts_at => quoted($starts{ $wish{clinic} }[ one_of(0, 2, 6) ]));
	} ],
	'walk in' => [ 2, sub { walk_in() } ],
	'hold' => [ 14, sub { hold() } ],
	'confirm' => [ 12, sub { confirm(@_) } ],
	'confirm a request' => [ 6, sub { my $a = pick($_[0], 'pending') or return; change('confirm_appointment', $a) } ],
	'decline' => [ 3, sub { my $a = pick($_[0], 'pending') or return; change('decline_appointment', $a, reason => "'full'") } ],
	'reschedule' => [ 14, sub { reschedule(@_) } ],
	'cancel' => [ 9, sub {
		my $a = pick($_[0], chance(0.7) ? 'booked' : qw(held pending booked arrived checked-in)) or return;
		change('cancel_appointment', $a, reason => "'tortured'");
	} ],
	'status' => [ 6, sub { set_status($_[0], [qw(booked booked arrived checked-in)], [qw(arrived checked-in fulfilled noshow)]) } ],
	'undo' => [ 6, sub { set_status($_[0], [ one_of(qw(arrived checked-in fulfilled cancelled cancelled noshow)) ], ['booked']) } ],
	'entered in error' => [ 2, sub { set_status($_[0], [qw(held pending booked arrived fulfilled noshow)], ['entered-in-error']) } ],
	'update' => [ 3, sub {
		my $a = pick($_[0], qw(held pending booked)) or return;
		change('update_appointment', $a, notes => quoted('note ' . int rand 5));
	} ],
	'maintenance' => [ 1, sub { 'SELECT FROM quickbook.run_maintenance()' } ],
);
my @dice = map { my $kind = $_; ($kind) x $kinds{$kind}[0] } sort keys %kinds;

sub connect_client {
	my $name = shift // 'torture';
	# it may be killed before it can say who it is
	for (1 .. 10) {
		my %client = (backend => 'unknown');
		$client{pid} = open2($client{from}, $client{to}, "PGAPPNAME=$name psql -XAtq -d $db 2>&1");
		$client{to}->autoflush(1);
		$client{backend} = ask(\%client, 'SELECT pg_backend_pid()');
		return \%client if !$client{gone};
	}
	die "no connection\n";
}

# Sends text to psql and returns what it printed, up to our own mark; after it
# came state and message. undef: the connection has gone. A killed backend says
# so, unless it died with a request unread; the killer knows better.
sub ask_all {
	my ($client, $text) = @_;
	my @lines;
	print { $client->{to} } "$text\n\\echo END :state :message\n";
	while (defined(my $line = readline $client->{from})) {
		chomp $line;
		if ($line =~ /^END (\S+) ?(.*)$/) {
			@$client{qw(state message)} = ($1, $2);
			return \@lines;
		}
		push @lines, $line;
	}
	waitpid $client->{pid}, 0;
	@$client{qw(state message gone)} = ("lost $client->{backend}", join(' / ', @lines), 1);
	return;
}

my $remember = "\\set state :SQLSTATE\n\\set message :LAST_ERROR_MESSAGE";

# A query of the client's own: its answer's last line, or the empty string.
sub ask {
	my ($client, $query) = @_;
	my $lines = ask_all($client, "$query;\n$remember");
	return '' if !defined $lines;
	die "$query: $client->{message}\n" if $client->{state} ne '00000';
	return $lines->[-1] // '';
}

# One call is one transaction. Sometimes its snapshot is old when it comes.
sub perform {
	my ($client, $isolation, $sql) = @_;
	my $nap = chance(0.3) ? sprintf('SELECT pg_sleep(%.4f)\; ', rand(0.02)) : '';
	return ask_all($client, "BEGIN ISOLATION LEVEL $isolation\\; $nap$sql\\; COMMIT;\n$remember\n"
		. "\\if :ERROR\nROLLBACK;\n\\endif");
}

sub run_client {
	my ($number, $until, $report) = @_;
	srand($seed + $number);
	local $SIG{PIPE} = 'IGNORE';
	my $isolation = $isolation[ $number % @isolation ];
	my $client = connect_client();
	while (time < $until) {
		my $kind = one_of(@dice);
		my $sql = $kinds{$kind}[1]->($client);
		my $lines = defined $sql && !$client->{gone} ? perform($client, $isolation, $sql) : [];
		if (defined $sql || $client->{gone}) {
			my $message = $client->{state} eq '00000' ? '' : $client->{message};
			print $report join("\t", 'did', $isolation, $kind, $client->{state}, $message, $sql // 'nothing'), "\n";
		}
		if ($client->{gone}) {
			$client = connect_client();
		}
		elsif ($client->{state} eq '00000') {
			/^([0-9a-f-]{36})\|(\d+)$/ and print $report "told\t$1\t$2\n" for @$lines;
		}
	}
	close $client->{to};
	return;
}

# Kills one of the clients' backends at a time, busy ones rather than idle ones.
sub run_killer {
	my ($until, $report) = @_;
	srand($seed - 1);
	my $client = connect_client('killer');
	while (time < $until) {
		sleep 0.05 + rand 0.3;
		my $killed = ask($client, "SELECT pid FROM (SELECT pid FROM pg_stat_activity"
			. " WHERE application_name = 'torture' AND datname = '$db'"
			. " ORDER BY (state = 'active') DESC, md5(pid::text || " . rand() . ") LIMIT 1) p WHERE pg_terminate_backend(pid)");
		print $report "killed\t$killed\n";
	}
	return;
}

# Looks while the others write: what is passed for a moment may be made good
# again by the end. Leftovers of expired holds are none of these views' matter.
sub run_watcher {
	my ($until, $report) = @_;
	my $client = connect_client('watcher');
	while (time < $until) {
		for my $view (qw(limits_passed over_capacity in_two_places wrong_seats lane_overlaps lanes_beyond_capacity
			seats_without_time time_of_nobody booked_time_expires)) {
			my $found = ask($client, "SELECT jsonb_agg(v) FROM torture.$view v");
			print $report "looked\t$view\t$found\n";
		}
		sleep 0.5;
	}
	return;
}

# Starts code in a process of its own; it writes its report to a file.
sub start {
	my ($name, $code) = @_;
	my $file = "/tmp/qb_torture.$$.$name";
	my $pid = fork // die "fork: $!";
	return ($pid => $file) if $pid;
	open my $report, '>', $file or die "$file: $!";
	my $done = eval { $code->($report); 1 };
	print $report "died\t$@" unless $done;
	close $report;
	POSIX::_exit(0);
}

# Every line that the clients and the killer reported.
sub torture {
	my $until = time + $seconds;
	my %running = map { my $n = $_; start($n, sub { run_client($n, $until, @_) }) } 1 .. $clients;
	%running = (%running, start('killer', sub { run_killer($until, @_) }), start('watcher', sub { run_watcher($until, @_) }));
	my @lines;
	for my $pid (keys %running) {
		waitpid $pid, 0;
		open my $from, '<', $running{$pid} or die "$running{$pid}: $!";
		push @lines, map { chomp; [ split /\t/, $_, -1 ] } <$from>;
		close $from;
		unlink $running{$pid};
	}
	return @lines;
}

# ---------------------------------------------------------------- the checks

# Rows to spoil: two visits, a session of two, a cancelled visit, an expired hold.
sub calm {
	my %at = map { ("at$_" => $starts{calm}[$_]) } 0 .. 5;
	my $make = sub {
		my ($name, $function, $service, $patient, $at, %more) = @_;
		return "INSERT INTO torture.calm SELECT '$name', id FROM " . call($function, service_id => quoted($id{"calm/$service"}),
			provider_id => quoted($id{ 'calm/' . ($service eq 'class' ? 'cy' : 'ada') }),
			patient_id => quoted($id{"calm/$patient"}), starts_at => quoted($at), %more) . ";\n";
	};
	sql("CREATE TABLE torture.calm (name text PRIMARY KEY, id uuid);\n"
		. "CREATE FUNCTION torture.calm(name text) RETURNS uuid LANGUAGE sql STABLE\n"
		. "RETURN (SELECT c.id FROM torture.calm c WHERE c.name = calm.name);\n"
		. $make->('visit', 'create_appointment', 'visit', 'p0', $at{at0})
		. $make->('other visit', 'create_appointment', 'visit', 'p1', $at{at1})
		. $make->('cancelled', 'create_appointment', 'visit', 'p2', $at{at2}, idempotency_key => "'calm'")
		. "SELECT FROM quickbook.cancel_appointment(torture.calm('cancelled'));\n"
		. $make->('first', 'create_appointment', 'class', 'p3', $at{at0})
		. $make->('second', 'create_appointment', 'class', 'p4', $at{at0})
		. $make->('expired', 'hold_appointment', 'visit', 'p5', $at{at3}, hold_for => "'1 s'"));
	sql("SELECT pg_sleep(2.1) \\g /dev/null\nSELECT FROM quickbook.run_maintenance()");
	sql('ANALYZE');
	return;
}

my $no_constraint = 'ALTER TABLE quickbook.allocation DROP CONSTRAINT allocation_no_overlap';
# another appointment like the visit, at the same time, of the same patient
my $copy = <<'SQL';
INSERT INTO quickbook.appointment SELECT (jsonb_populate_record(a, jsonb_build_object('id', quickbook.new_id(a.clinic_id)))).*
	FROM quickbook.appointment a, generate_series(1, 60) WHERE a.id = torture.calm('visit')
SQL
# one lane of a calendar twice, and one that the provider does not have
my $twice = <<'SQL';
INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id, patient_id, lane, starts_at, ends_at)
	SELECT clinic_id, torture.calm('other visit'), CASE WHEN provider_id IS NOT NULL THEN (SELECT id FROM quickbook.provider p
		WHERE p.clinic_id = l.clinic_id AND name = 'bo') END, patient_id, LANE, starts_at + interval '10 min', ends_at
	FROM quickbook.allocation l WHERE appointment_id = torture.calm('visit')
SQL

# View of offending rows, what it proves, and by name what it must notice; a
# number says how many rows at least.
my @checks = (
	[ lane_overlaps => 'no two allocations overlap in a lane', {
		'a patient twice' => "$no_constraint; " . $twice =~ s/LANE/0/r,
		'a provider twice' => "$no_constraint; UPDATE quickbook.allocation l SET starts_at = o.starts_at, ends_at = o.ends_at"
			. " FROM quickbook.allocation o WHERE o.owner_id = torture.calm('visit') AND o.provider_id IS NOT NULL"
			. " AND l.owner_id = torture.calm('other visit') AND l.calendar_id = o.calendar_id",
	} ],
	[ lanes_beyond_capacity => 'no lane is beyond the capacity', {
		'lane 1 of 1' => "UPDATE quickbook.allocation SET lane = 1 WHERE owner_id = torture.calm('visit')"
			. " AND provider_id IS NOT NULL",
	} ],
	[ over_capacity => 'nobody serves more at once than the capacity, by appointments, sessions and buffers', {
		'two visits at one time' => "UPDATE quickbook.appointment SET starts_at = starts_at - interval '20 min'"
			. " WHERE id = torture.calm('other visit')",
		'a buffer' => "UPDATE quickbook.service SET buffer_after = '1 min' WHERE id = (SELECT service_id"
			. " FROM quickbook.appointment WHERE id = torture.calm('visit'))",
		'a provider too small for session and visits' => "UPDATE quickbook.provider SET capacity = 1 WHERE id ="
			. " (SELECT provider_id FROM quickbook.appointment WHERE id = torture.calm('first'));"
			. " UPDATE quickbook.appointment_resource SET provider_id = (SELECT provider_id FROM quickbook.appointment"
			. " WHERE id = torture.calm('first')) WHERE appointment_id = torture.calm('visit')",
	} ],
	[ in_two_places => 'nobody has two live appointments at one time', {
		'a visit during another one' => "UPDATE quickbook.appointment SET patient_id = (SELECT patient_id"
			. " FROM quickbook.appointment WHERE id = torture.calm('first')) WHERE id = torture.calm('visit')",
		'copies' => $copy,
	} ],
	[ wrong_seats => 'no seat is taken twice, and all are seats of their session', {
		'a seat twice' => "DROP INDEX quickbook.appointment_session_id_seat_idx; UPDATE quickbook.appointment SET seat = 1"
			. " WHERE id = torture.calm('second')",
		'a fourth seat of three' => "UPDATE quickbook.appointment SET seat = 4 WHERE id = torture.calm('second')",
		'no seat' => "UPDATE quickbook.appointment SET seat = NULL, session_id = NULL WHERE id = torture.calm('second')",
		'another time than the session' => "UPDATE quickbook.session SET starts_at = starts_at - interval '1 min' WHERE id ="
			. " (SELECT session_id FROM quickbook.appointment WHERE id = torture.calm('first'))",
	} ],
	[ mixed_teams => 'a session has one team', {
		'another room' => "UPDATE quickbook.appointment_resource r SET provider_id = (SELECT p.id FROM quickbook.provider p"
			. " WHERE p.clinic_id = r.clinic_id AND p.kind = 'room' AND p.id <> r.provider_id)"
			. " WHERE appointment_id = torture.calm('second') AND role = 'room'",
	} ],
	[ wrong_teams => 'every appointment has somebody in every role, and its lead is its provider', {
		'no room' => "DELETE FROM quickbook.appointment_resource WHERE appointment_id = torture.calm('second') AND role = 'room'",
		'another lead' => "UPDATE quickbook.appointment a SET provider_id = (SELECT id FROM quickbook.provider p"
			. " WHERE p.clinic_id = a.clinic_id AND name = 'bo') WHERE id = torture.calm('visit')",
	} ],
	[ wrong_allocations => 'the allocations are what live appointments and sessions need, no less and no more', {
		'a provider missing' => "DELETE FROM quickbook.allocation WHERE owner_id = torture.calm('visit')"
			. " AND provider_id IS NOT NULL",
		'a patient missing' => "DELETE FROM quickbook.allocation WHERE owner_id = torture.calm('first')",
		'a session\'s room missing' => "DELETE FROM quickbook.allocation l USING quickbook.provider p"
			. " WHERE p.id = l.provider_id AND p.kind = 'room' AND session_id = (SELECT session_id FROM quickbook.appointment"
			. " WHERE id = torture.calm('first'))",
		'one of a cancelled appointment' => "INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id,"
			. " starts_at, ends_at) SELECT clinic_id, id, provider_id, starts_at, ends_at FROM quickbook.appointment"
			. " WHERE id = torture.calm('cancelled')",
		'a session with nobody in it' => "UPDATE quickbook.appointment SET status = 'cancelled', cancelled_by = 'staff'"
			. " WHERE id IN (torture.calm('first'), torture.calm('second')); DELETE FROM quickbook.allocation"
			. " WHERE owner_id IN (torture.calm('first'), torture.calm('second'))",
		'too short' => "UPDATE quickbook.allocation SET ends_at = ends_at - interval '1 min'"
			. " WHERE owner_id = torture.calm('visit') AND provider_id IS NOT NULL",
		'a cancelled one live again' => "UPDATE quickbook.appointment SET status = 'booked'"
			. " WHERE id = torture.calm('cancelled')",
	} ],
	[ seats_without_time => 'every seat that counts has the time of its session', {
		'a session without time' => "ALTER TABLE quickbook.appointment DROP CONSTRAINT appointment_seat_fkey;"
			. " DELETE FROM quickbook.allocation WHERE session_id IS NOT NULL",
	} ],
	[ time_of_nobody => 'no time is taken for nobody', {
		'one of a cancelled appointment' => "INSERT INTO quickbook.allocation (clinic_id, appointment_id, provider_id,"
			. " starts_at, ends_at) SELECT clinic_id, id, provider_id, starts_at, ends_at FROM quickbook.appointment"
			. " WHERE id = torture.calm('cancelled')",
		'a session that all have left' => "UPDATE quickbook.appointment SET status = 'entered-in-error'"
			. " WHERE id IN (torture.calm('first'), torture.calm('second'))",
	} ],
	[ booked_time_expires => 'booked time does not expire', {
		'a session' => "UPDATE quickbook.allocation SET expires_at = now() + interval '1 hour' WHERE session_id IS NOT NULL",
		'a visit' => "UPDATE quickbook.allocation SET expires_at = now() + interval '1 hour'"
			. " WHERE owner_id = torture.calm('visit')",
	} ],
	[ wrong_expiry => 'time expires with its hold, and other time never', {
		'a session that expires' => "UPDATE quickbook.allocation SET expires_at = now() WHERE session_id = (SELECT session_id"
			. " FROM quickbook.appointment WHERE id = torture.calm('first'))",
		'a visit that expires' => "UPDATE quickbook.allocation SET expires_at = now() WHERE owner_id = torture.calm('visit')",
	} ],
	[ wrong_versions => 'each version has its event, 1 to n in order', {
		'a lost event' => "DELETE FROM quickbook.event WHERE subject = torture.calm('visit')",
		'the last event lost' => "DELETE FROM quickbook.event WHERE subject = torture.calm('cancelled')"
			. " AND type = 'appointment.cancelled'",
		'an event too many' => "INSERT INTO quickbook.event (id, clinic_id, type, subject, occurred_at, data)"
			. " SELECT quickbook.new_id(clinic_id), clinic_id, type, subject, occurred_at, data FROM quickbook.event"
			. " WHERE subject = torture.calm('visit')",
		'an event of nothing' => "INSERT INTO quickbook.event (id, clinic_id, type, subject, occurred_at, data)"
			. " SELECT quickbook.new_id(clinic_id), clinic_id, type, quickbook.new_id(clinic_id), occurred_at, data"
			. " FROM quickbook.event WHERE subject = torture.calm('visit')",
		'a gap' => "UPDATE quickbook.event SET data = data || '{\"version\": 3}' WHERE subject = torture.calm('cancelled')"
			. " AND type = 'appointment.cancelled'; UPDATE quickbook.appointment SET version = 3"
			. " WHERE id = torture.calm('cancelled')",
		'the wrong order' => "UPDATE quickbook.event SET data = data || jsonb_build_object('version',"
			. " 3 - (data->>'version')::int) WHERE subject = torture.calm('cancelled')",
	} ],
	[ wrong_last_event => 'the last event says how the appointment is', {
		'a change without event' => "UPDATE quickbook.appointment SET status = 'arrived' WHERE id = torture.calm('visit')",
	} ],
	[ wrong_expired => 'a hold expires once', {
		'twice' => "INSERT INTO quickbook.event (id, clinic_id, type, subject, occurred_at, data)"
			. " SELECT quickbook.new_id(clinic_id), clinic_id, type, subject, occurred_at, data FROM quickbook.event"
			. " WHERE subject = torture.calm('expired') AND type = 'appointment.expired'",
		'never' => "DELETE FROM quickbook.event WHERE subject = torture.calm('expired') AND type = 'appointment.expired'",
	} ],
	[ holds_left => 'maintenance leaves no expired hold', {
		'one left' => "UPDATE quickbook.appointment SET status = 'held' WHERE id = torture.calm('expired')",
	} ],
	[ limits_passed => 'no limit is passed', {
		'sixty at one time' => [ $copy, 6 ],
		'sixty in one session' => [ "DROP INDEX quickbook.appointment_session_id_seat_idx; "
			. $copy =~ s/'visit'/'first'/r, 3 ],
	} ],
	[ promises_broken => 'what a client was told is there', {
		'told of another version' => "INSERT INTO torture.told VALUES (torture.calm('visit'), 2)",
		'told of what is not' => "INSERT INTO torture.told VALUES (quickbook.new_id(), 1)",
	} ],
	[ keys_used_twice => 'a key makes one appointment', {
		'another one for the key' => "INSERT INTO torture.keyed SELECT clinic_id, 'calm', quickbook.new_id()"
			. " FROM quickbook.appointment WHERE id = torture.calm('cancelled')",
	} ],
	[ data_problems => 'check_data() finds nothing', {
		'a lost allocation' => "DELETE FROM quickbook.allocation WHERE owner_id = torture.calm('visit')",
		'a lost event' => "DELETE FROM quickbook.event WHERE subject = torture.calm('visit')",
	} ],
	[ disagreements => 'what is offered can be booked, and nothing else', {
		'a booking that fails' => 'ALTER TABLE quickbook.appointment ADD CHECK (seat <> 2) NOT VALID;'
			. ' ALTER TABLE quickbook.appointment ADD CHECK (seat IS NOT NULL) NOT VALID',
	} ],
);

sub check_all {
	for my $check (@checks) {
		my ($view, $claim) = @$check;
		is(sql("SELECT count(*) FROM torture.$view"), '0', $claim)
			or diag(sql("SELECT * FROM torture.$view LIMIT 5"));
	}
	return;
}

# Each check is shown a row that is wrong in its way, and the row taken back.
sub check_the_checks {
	for my $check (@checks) {
		my ($view, undef, $spoilers) = @$check;
		for my $what (sort keys %$spoilers) {
			my ($spoil, $least) = ref $spoilers->{$what} ? @{ $spoilers->{$what} } : ($spoilers->{$what}, 1);
			my $before = sql("SELECT count(*) FROM torture.$view");
			my $seen = sql("BEGIN;\n$spoil;\nSELECT count(*) FROM torture.$view;\nROLLBACK;");
			cmp_ok($seen - $before, '>=', $least, "$view notices: $what");
		}
	}
	return;
}

# ---------------------------------------------------------------- the report

my %documented = (
	slot_taken => '23P01', patient_busy => '23P01', session_full => '23P01', idempotency_conflict => '23505',
	outside_hours => '23QB1', off_grid => '23QB2', too_soon => '23QB3', beyond_horizon => '23QB4', limit_reached => '23QB5',
	policy_refused => '23QB6', invalid_transition => '23QB7', stale_version => '23QB8', hold_expired => '23QB9',
	not_allowed => '42501');

sub expected {
	my ($isolation, $state, $name) = @_;
	return 1 if $state =~ /^(00000|57P01)$/ || $state eq '40001' && $isolation ne 'READ COMMITTED';
	return ($documented{$name} // '') eq $state;
}

sub table {
	my ($title, %count) = @_;
	note($title);
	note(sprintf '%8d  %s', $count{$_}, $_) for sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
	return;
}

sub report {
	my @lines = @_;
	my (%kind, %outcome, %both, %level, %wrong);
	my %killed = map { $_->[1] => 1 } grep { $_->[0] eq 'killed' && $_->[1] } @lines;
	my @done = grep { $_->[0] eq 'did' } @lines;
	for (@done) {
		my (undef, $isolation, $kind, $state, $message, $sql) = @$_;
		(my $name = $message) =~ s/:.*//;
		($state, $name) = ('57P01', '') if $state =~ /^lost (\d+)$/ && $killed{$1};
		my $outcome = $state eq '00000' ? 'done' : $state =~ /^(40001|57P01)$/ ? $state : "$state $name";
		$wrong{"$outcome by $sql, $isolation"} = $message if !expected($isolation, $state, $name);
		$kind{$kind}++;
		$outcome{$outcome}++;
		$both{"$kind: $outcome"}++;
		$level{ lc $isolation }++;
	}
	table('operations', %kind);
	table('at isolation level', %level);
	table('outcomes', %outcome);
	table('operations and outcomes', %both);
	my $deadlocks = sql("SELECT deadlocks FROM pg_stat_database WHERE datname = '$db'");
	my $seen = grep { $_->[3] eq '40P01' } @done;
	note(sprintf '%d operations in %d s, %d backends killed, %d deadlocks counted by the server and %d seen by clients',
		scalar @done, $seconds, scalar(keys %killed), $deadlocks, $seen);

	is_deeply([ map { join ' ', @$_ } grep { $_->[0] eq 'died' } @lines ], [], 'all clients came to the end');
	is_deeply(\%wrong, {}, 'every refusal is one of the contract') or diag(explain(\%wrong));
	is("$deadlocks $seen", '0 0', 'nobody deadlocked');
	cmp_ok(scalar(keys %killed), '>', 0, 'backends were killed');
	my @looks = grep { $_->[0] eq 'looked' } @lines;
	is_deeply([ map { "$_->[1]: $_->[2]" } grep { $_->[2] ne '' } @looks ], [],
		'nothing was wrong in between, at ' . @looks . ' looks') or diag(explain([ grep { $_->[2] ne '' } @looks ]));
	cmp_ok(scalar(@looks), '>', 0, 'somebody looked');
	is_deeply([ grep { !$both{"$_: done"} } sort keys %kinds ], [], 'every kind of operation succeeded sometimes');
	is_deeply([ grep { !$outcome{$_} } '23P01 slot_taken', '23P01 patient_busy', '23QB5 limit_reached' ], [],
		'slots, patients and limits were fought for');
	return;
}

note("QB_SEED=$seed QB_TORTURE_SECONDS=$seconds");
prepare();
sql($views);
my @lines = torture();
# clients that were killed last may still be rolling back
for (1 .. 50) {
	last if !sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'torture'");
	sleep 0.2;
}
sql("COPY torture.told FROM stdin;\n" . join('', map { "$_->[1]\t$_->[2]\n" } grep { $_->[0] eq 'told' } @lines) . "\\.\n");
report(@lines);
calm();
check_all();
check_the_checks();
diag("QB_SEED=$seed repeats this run") unless Test::More->builder->is_passing;
sql("DROP DATABASE $db", 'postgres');
done_testing();
