#!/usr/bin/env perl
# What one call may cost: in a clinic of 100 providers who are always open, with
# starts every minute and every second, each search is run at its bounds,
# cancelled at random moments, and its memory is looked at. Times are printed; a
# cancel is to take 100 ms on a quiet machine, and the test asserts a second.
#
#   QB_SEED=N    repeats the moments; QB_SEED=random chooses others
use strict;
use warnings;
use IPC::Open2;
use Test::More;
use Time::HiRes qw(sleep time);

my $db = 'qb_bounds';
my $seed = $ENV{QB_SEED} // 20260302;
$seed = int rand 2**31 if $seed eq 'random';
srand $seed;
my $cancels = 3;          # of each search
my $longest_cancel = 1;   # seconds
my $most_memory = 96;     # MB that a search may add to its backend

#
# Sessions
#

# A psql that is told what to run and asked later what came of it.
sub session {
	my ($options) = @_;
	local $ENV{PGOPTIONS} = "-c client_min_messages=error -c timezone=UTC $options";
	my $pid = open2(my $from, my $to, "exec psql -XAtq -d $db 2>&1");
	my $s = {psql => $pid, from => $from, to => $to};
	$s->{backend} = run($s, 'SELECT pg_backend_pid()');
	return $s;
}

sub begin {
	my ($s, $sql) = @_;
	print {$s->{to}} "$sql;\n\\echo == done\n";
	$s->{to}->flush;
}

sub finish {
	my ($s) = @_;
	my $from = $s->{from};
	my $output = '';
	while (defined(my $line = <$from>)) {
		if ($line eq "== done\n") { chomp $output; return $output }
		$output .= $line;
	}
	return "$output the session is gone";
}

sub run { begin(@_); return finish($_[0]) }

# Does what was begun end within so many seconds?
sub ends_within {
	my ($s, $seconds) = @_;
	my $bits = '';
	vec($bits, fileno $s->{from}, 1) = 1;
	return select($bits, undef, undef, $seconds);
}

sub leave {
	my ($s) = @_;
	close $s->{to};
	close $s->{from};
	waitpid $s->{psql}, 0;
}

# The most memory that a backend has had so far, in MB.
sub most {
	my ($s) = @_;
	open my $status, '<', "/proc/$s->{backend}/status" or return;
	my ($kb) = join('', <$status>) =~ /^VmHWM:\s+(\d+) kB/m;
	return defined $kb ? $kb / 1024 : undef;
}

#
# The clinic
#

sub prepare {
	my ($sql) = @_;
	open my $psql, '|-', "psql -XAtq -v ON_ERROR_STOP=1 -d $_[1] >/dev/null" or die "psql: $!";
	print $psql "SET client_min_messages = error;\n$sql";
	close $psql or BAIL_OUT('the clinic could not be made');
}

prepare("DROP DATABASE IF EXISTS $db;\nCREATE DATABASE $db;\nALTER DATABASE $db SET quickbook.now = '2026-03-02 08:00+00';", 'postgres');
prepare(<<'SQL', $db);
CREATE EXTENSION quickbook CASCADE;
SELECT quickbook.install();
SELECT quickbook.create_roles();
INSERT INTO quickbook.clinic (name, time_zone) VALUES ('Always', 'Europe/Berlin');
INSERT INTO quickbook.provider (clinic_id, name, kind, open_always)
	SELECT c.id, k || n, k, true FROM quickbook.clinic c, unnest('{practitioner,room}'::text[]) k, generate_series(1, 100) n;
INSERT INTO quickbook.service (clinic_id, name, duration, slot_interval, slot_anchor, seats, horizon_days, horizon_counts, min_notice)
	SELECT c.id, v.* FROM quickbook.clinic c, (VALUES
		('minute', interval '30 min', interval '1 min', 'window', 1, NULL::integer, 'calendar', interval '0'),
		('second', '30 min', '1 sec', 'window', 1, NULL, 'calendar', '0'),
		('one', '30 min', '1 min', 'window', 1, NULL, 'calendar', '0'),
		('gap', '30 min', '1 min', 'gap', 1, NULL, 'calendar', '0'),
		('limited', '30 min', '1 sec', 'window', 1, NULL, 'calendar', '0'),
		('rooms', '30 min', '1 min', 'window', 1, NULL, 'calendar', '0'),
		('late', '30 min', '1 sec', 'window', 1, NULL, 'calendar', '366 days'),
		('bookable', '30 min', '1 sec', 'window', 1, 400, 'bookable', '0'),
		('group', '30 min', '10 min', 'window', 5, NULL, 'calendar', '0')) v;
INSERT INTO quickbook.service_provider (service_id, provider_id)
	SELECT s.id, p.id FROM quickbook.service s, quickbook.provider p
	WHERE p.kind = 'practitioner' AND (s.name <> 'one' OR p.name = 'practitioner1');
INSERT INTO quickbook.service_provider (service_id, provider_id, role)
	SELECT s.id, p.id, 'room' FROM quickbook.service s, quickbook.provider p WHERE s.name = 'rooms' AND p.kind = 'room';
INSERT INTO quickbook.booking_limit (clinic_id, service_id, period, max_count)
	SELECT clinic_id, id, 'day', 1000 FROM quickbook.service WHERE name = 'limited';
INSERT INTO quickbook.patient (clinic_id, name) SELECT id, n FROM quickbook.clinic, generate_series(1, 100) n;
CREATE FUNCTION public.s(text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT id FROM quickbook.service WHERE name = $1';
CREATE FUNCTION public.p(text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT id FROM quickbook.provider WHERE name = $1';
-- a full fortnight: of one provider, and of groups
SELECT count(quickbook.create_appointment(a.id, public.p('practitioner' || a.name), public.s('minute'), '2026-03-09 06:00+00'::timestamptz + n * interval '30 min'))
	FROM quickbook.patient a, generate_series(0, 39) n;
SELECT count(quickbook.create_appointment(a.id, public.p('practitioner1'), public.s('group'), '2026-04-06 00:00+00'::timestamptz + n * interval '30 min'))
	FROM quickbook.patient a, generate_series(0, 99) n WHERE a.name::int <= 4;
SELECT quickbook.create_consumer('all', 0);
VACUUM ANALYZE;
SQL

# What each answers when it is left alone is told elsewhere: here it is what the
# bounds allow, or endless.
my $now = "'2026-03-02 08:00+00'";
my @searches = (
	['available_slots: a provider, 689 days', "available_slots(public.s('one'), $now, '2028-01-20 00:00+00')"],
	['available_slots: 100 providers, a week', "available_slots(public.s('minute'), $now, '2026-03-09 04:00+00')"],
	['available_slots: the same, counted from free time', "available_slots(public.s('gap'), $now, '2026-03-09 04:00+00')"],
	['available_slots: every second, 100 providers', "available_slots(public.s('second'), $now, '2026-03-02 10:40+00')"],
	['available_slots: 100 rooms besides', "available_slots(public.s('rooms'), $now, '2026-03-09 04:00+00')"],
	['available_slots: 100 providers, 60 days', "available_slots(public.s('minute'), $now, '2026-05-01')"],
	['available_slots: more than there may be', "available_slots(public.s('second'), $now, '2028-03-02')"],
	['available_slots: none for a year', "available_slots(public.s('late'), $now, '2027-03-02')"],
	['available_slots: bookable days', "available_slots(public.s('bookable'), $now, '2026-03-02 10:00+00')"],
	['available_slots: groups', "available_slots(public.s('group'), $now, '2026-05-02 10:00+00')"],
	['available_days: two years', "available_days(public.s('minute'), '2026-03-02', '2028-03-02')"],
	['available_days: every second', "available_days(public.s('second'), '2026-03-02', '2028-03-02')"],
	['available_days: every second, with a limit', "available_days(public.s('limited'), '2026-03-02', '2028-03-02')"],
	['next_slots: a thousand', "next_slots(public.s('second'), max_slots => 1000)"],
	['next_slots: none for a year', "next_slots(public.s('late'), max_slots => 1000)"],
	['explain_slot', "explain_slot(public.s('bookable'), public.p('practitioner7'), '2027-03-02')"],
	['free_busy: a hundred years', "free_busy(public.p('practitioner7'), $now, '2126-02-01')"],
	['list_appointments', 'list_appointments()'],
	['affected_appointments', "affected_appointments(public.p('practitioner1'))"],
	['fetch_events', "fetch_events('all', 1000000)"],
);

#
# Cancelling, and memory
#
# Those that are done at once are not cancelled: "-".

my $worst = 0;
my $other = session('');
for my $search (@searches) {
	my ($name, $call) = @$search;
	my $sql = "SELECT count(*) FROM quickbook.$call";
	my ($times, $left, $state) = ('', 0, '');
	my $s = session('-c statement_timeout=3s');
	run($s, "SELECT * FROM quickbook.available_days(public.s('one'), '2026-03-02', '2026-03-02')");
	my $before = most($s);
	for (1 .. $cancels) {
		begin($s, $sql);
		my $wait = 0.05 + rand($_) ** 2 / 2;
		if (!ends_within($s, $wait)) {
			my $from = time;
			run($other, "SELECT pg_cancel_backend($s->{backend})");
			finish($s);
			my $took = time - $from;
			$times .= sprintf ' %.0f', 1000 * $took;
			$worst = $took if $took > $worst;
		}
		else { finish($s); $times .= ' -' }
	}
	my $from = time;
	my $answer = run($s, $sql);
	$answer =~ s/\n.*//s;
	my $grown = defined $before ? most($s) - $before : 0;
	diag(sprintf '%-52s cancelled in%s ms; left alone %.1f s, %.0f MB: %s', $name, $times, time - $from, $grown, $answer);
	cmp_ok($grown, '<', $most_memory, "$name: memory");
	like($answer, qr/^(\d+$|ERROR:  (invalid_argument: |canceling statement))/, "$name: an answer, or a refusal");
	leave($s);
}
cmp_ok($worst, '<', $longest_cancel, sprintf 'a cancel ends any of them: %.0f ms at most', 1000 * $worst);
diag("QB_SEED=$seed");
leave($other);
prepare("DROP DATABASE $db WITH (FORCE)", 'postgres');
done_testing();
