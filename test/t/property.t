#!/usr/bin/env perl
# One path, at random instants of random clinics: explain_slot passes every rule
# if and only if available_slots offers the start, if and only if
# create_appointment succeeds; and when it does not, its error is that of the
# first rule that explain_slot does not pass. Some are booked by local time too.
# See test/differential/property.sql.
#
#   QB_SEED=N QB_ROUNDS=N   repeats a run; 300 rounds of 80 instants by default
#   QB_SEED=N QB_ROUND=N    makes one round of it alone
#   QB_SEED=random          goes looking for more
#   QB_JOBS=N               how many processes work on them; by default one per processor
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../differential";
use Generator;
use Jobs;
use Test::More;
use Time::HiRes qw(time);

my $dir = "$FindBin::Bin/../differential";
my $db = 'qb_property';
my $seed = $ENV{QB_SEED} // 20260303;
$seed = int rand 2**31 if $seed eq 'random';
my $rounds = $ENV{QB_ROUNDS} // 300;
my $only = $ENV{QB_ROUND};
my $instants = 80;
my $batch = 20;

sub uuids { return "'{" . join(',', @_) . "}'" }

# The configuration of a round and the instants tried in it; all is rolled back.
sub script {
	my ($round) = @_;
	return "BEGIN;\n$round->{config}" . sprintf("SELECT '= %d ' || property.probe(%s, %s, %s, %s, '%s', '%s', '%d minutes', %.6f, %d);\nROLLBACK;\n",
		$round->{number}, uuids(@{$round->{services}}), uuids(@{$round->{providers}}), uuids(@{$round->{leads}}), uuids(@{$round->{patients}}),
		Generator::instant($round->{lo}), Generator::instant($round->{hi}), $round->{unit}, $round->{number} % 1000 / 1000, $instants);
}

# Tries some rounds in one session: what came out how often, and complaints.
sub try_rounds {
	my ($numbers) = @_;
	my %result = (numbers => $numbers, outcomes => {}, complaints => []);
	my %made = map { $_ => Generator::round($seed, $_) } @$numbers;
	my ($output) = Jobs::run_sql($db, join "\n", 'SET client_min_messages = warning; SET jit = off;', map { script($made{$_}) } @$numbers);
	my %seen;
	for my $line (split /\n/, $output) {
		my ($number, $kind, $rest) = $line =~ /^= (\d+) (\w+) (.*)/ or next;
		$seen{$number} = 1;
		if ($kind eq 'BAD') { push @{$result{complaints}}, "QB_SEED=$seed QB_ROUND=$number: $rest\n" }
		elsif ($rest =~ /^(\d+) (.*)/) { $result{outcomes}{$2} += $1 }
	}
	for my $number (grep { !$seen{$_} } @$numbers) {
		my ($error) = (Jobs::run_sql($db, script($made{$number})))[0] =~ /((?:ERROR|FATAL|PANIC).*)/;
		push @{$result{complaints}}, "QB_SEED=$seed QB_ROUND=$number: no answer: " . ($error // '') . "\n";
	}
	Jobs::run_sql($db, 'VACUUM (TRUNCATE false)');
	return \%result;
}

diag("seed $seed: repeat this run with QB_SEED=$seed QB_ROUNDS=$rounds");
my $began = time;
my ($output, $ok) = Jobs::database($db, map { "$dir/$_.sql" } qw(setup property));
ok($ok, 'the comparison is in place') or BAIL_OUT($output);

my @batches = map { my $first = $_; [$first .. ($first + $batch - 1 < $rounds ? $first + $batch - 1 : $rounds)] }
	map { 1 + $batch * $_ } 0 .. ($rounds - 1) / $batch;
@batches = ([$only]) if defined $only;
my (%outcomes, $bad);
for my $result (Jobs::run(\&try_rounds, @batches)) {
	my @complaints = @{$result->{complaints}};
	$bad += @complaints;
	ok(!@complaints, "rounds $result->{numbers}[0] to $result->{numbers}[-1] of seed $seed")
		or diag(@complaints[0 .. ($#complaints > 9 ? 9 : $#complaints)], scalar @complaints, ' in all');
	$outcomes{$_} += $result->{outcomes}{$_} for keys %{$result->{outcomes}};
}
if (defined $only) {
	diag(Generator::round($seed, $only)->{config}) if $ENV{QB_SHOW};
} else {
	my $all = 0;
	$all += $_ for values %outcomes;
	my $good = $outcomes{ok} // 0;
	diag("$all instants: " . join ', ', map { sprintf '%s %d (%.1f %%)', $_, $outcomes{$_}, 100 * $outcomes{$_} / $all }
		sort { $outcomes{$b} <=> $outcomes{$a} } keys %outcomes);
	ok($good > 0.1 * $all && $good < 0.9 * $all, 'neither outcome is rare');
	if ($rounds >= 300) {
		ok($all >= 20000, 'enough instants');
		ok(($outcomes{$_} // 0) >= 20, "enough of $_") for qw(policy_refused outside_hours slot_taken session_full
			off_grid too_soon beyond_horizon limit_reached patient_busy);
	}
}
diag(sprintf '%.0f s', time - $began);
Jobs::run_sql('postgres', "DROP DATABASE $db") if !$bad;
done_testing();
