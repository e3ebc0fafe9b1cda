#!/usr/bin/env perl
# One client makes random calls of all that writes, changes of configuration
# included, in small clinics with too little free time; the clock is its own.
# After each call everything must agree, and now and then a start is tried: it is
# offered if and only if it can be booked. See test/fuzz/.
#
#   QB_SEED=N QB_STEPS=N     repeats a run: 20,000 calls by default, 200 a clinic
#   QB_SEED=N QB_CLINIC=N    makes one clinic of it alone
#   QB_SEED=random           goes looking for more
#   QB_JOBS=N                how many processes work; by default one per processor
#
# What is wrong is printed with the calls that lead there, as few as still do.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../differential";
use Jobs;
use Test::More;
use Time::HiRes qw(time);

my $dir = "$FindBin::Bin/../fuzz";
my $seed = $ENV{QB_SEED} // 20260327;
$seed = int rand 2**31 if $seed eq 'random';
my $steps = $ENV{QB_STEPS} // 20000;
my $a_clinic = 200;
my $only = $ENV{QB_CLINIC};
my $most_shrunk = 3;
my $quiet = "SET client_min_messages = error; SET jit = off;\n";

# Calls once more on an empty clinic: what was wrong first.
sub again {
	my ($db, @calls) = @_;
	my ($output) = Jobs::run_sql($db, join "\n", "${quiet}SELECT fuzz.reset() \\g /dev/null",
		map { "SELECT fuzz.replay($_);" } @calls);
	return $output =~ /^(.+)$/m ? $1 : '';
}

# Leaves out calls as long as the same sort of thing is wrong after the rest.
sub shrink {
	my ($db, $wrong) = @_;
	my ($sort) = $wrong =~ /^([^:]*)/;
	my ($setup) = Jobs::run_sql($db, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM fuzz.saved WHERE kind = 'setup'");
	my ($calls) = Jobs::run_sql($db, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM fuzz.saved WHERE kind <> 'setup'");
	my @setup = split ' ', $setup;
	my @calls = split ' ', $calls;
	return "(it is not wrong a second time)\n" if again($db, @setup, @calls) !~ /^\Q$sort\E/;
	for (my ($size, $before) = (int(@calls / 2), 0); $size >= 1; $size = $size > 1 || @calls == $before ? int($size / 2) : 1) {
		$before = @calls;
		for (my $at = @calls - $size; $at > -$size; $at -= $size) {
			my $first = $at < 0 ? 0 : $at;
			my @rest = @calls;
			splice @rest, $first, $at + $size - $first;
			@calls = @rest if again($db, @setup, @rest) =~ /^\Q$sort\E/;
		}
	}
	my $last = again($db, @setup, @calls);
	my ($script) = Jobs::run_sql($db, "SELECT fuzz.script('{" . join(',', @setup, @calls) . "}');");
	return "$script-- $last\n";
}

# Some clinics, one after the other, in one session.
sub fuzz {
	my ($job, @clinics) = @{ $_[0] };
	my $db = "qb_fuzz_$job";
	my %result = (complaints => []);
	for my $clinic (@clinics) {
		my $now = $steps - $a_clinic * ($clinic - 1);
		$now = $a_clinic if $now > $a_clinic || defined $only;
		my ($output, $ok) = Jobs::run_sql($db, join "\n", $quiet . 'SELECT fuzz.configure(' . ($seed + $clinic) . ') \g /dev/null',
			('SELECT fuzz.step();') x $now);
		next if $ok && $output eq '';
		my ($wrong) = $output =~ /^(.+)$/m;
		my $calls = $output !~ /^psql/m && @{ $result{complaints} } < $most_shrunk ? shrink($db, $wrong) : '';
		push @{ $result{complaints} }, "QB_SEED=$seed QB_CLINIC=$clinic: $output$calls";
	}
	($result{tally}) = Jobs::run_sql($db, 'SELECT call, outcome, n FROM fuzz.tally');
	return \%result;
}

note("seed $seed: repeat this run with QB_SEED=$seed QB_STEPS=$steps");
my $began = time;
my $jobs = defined $only ? 1 : Jobs::jobs();
for my $job (0 .. $jobs - 1) {
	my ($output, $ok) = Jobs::database("qb_fuzz_$job", map { "$dir/$_.sql" } qw(play wrong steps));
	ok($ok, "clinic $job is in place") or BAIL_OUT($output);
	Jobs::run_sql('postgres', "ALTER DATABASE qb_fuzz_$job SET timezone = 'UTC'");
}
my $clinics = int(($steps + $a_clinic - 1) / $a_clinic);
my (%tally, @complaints);
for my $result (Jobs::run(\&fuzz, map { my $job = $_; [$job, defined $only ? $only : grep { $_ % $jobs == $job } 1 .. $clinics] } 0 .. $jobs - 1)) {
	push @complaints, @{ $result->{complaints} };
	for (split /\n/, $result->{tally}) {
		my ($call, $outcome, $n) = split /\|/;
		$tally{$call}{$outcome} += $n;
	}
}
ok(!@complaints, "nothing is wrong after any of $steps calls of seed $seed") or diag(@complaints);
for my $call (sort keys %tally) {
	my %outcome = %{ $tally{$call} };
	note("$call: " . join ', ', map { "$outcome{$_} $_" } sort { $outcome{$b} <=> $outcome{$a} || $a cmp $b } keys %outcome);
}
if (!defined $only && $steps >= 20000) {
	ok((grep { !/^[0-9A-Z]{5} / } keys %{ $tally{$_} }), "$_ succeeded sometimes")
		for qw(create_appointment create_appointment_local hold_appointment confirm_appointment decline_appointment
		reschedule_appointment cancel_appointment set_appointment_status update_appointment run_maintenance fetch_events ack_events
		purge_allocations);
	my %refused = map { map { /^[0-9A-Z]{5} (\w+)$/ ? ($1 => 1) : () } keys %$_ } values %tally;
	ok($refused{$_}, "$_ was answered") for qw(slot_taken patient_busy session_full idempotency_conflict outside_hours off_grid
		too_soon limit_reached policy_refused invalid_transition stale_version hold_expired);
}
note(sprintf '%.0f s', time - $began);
Jobs::run_sql('postgres', join "\n", map { "DROP DATABASE qb_fuzz_$_;" } 0 .. $jobs - 1) if !@complaints;
done_testing();
