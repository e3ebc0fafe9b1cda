#!/usr/bin/env perl
# Asks quickbook and an oracle in plain SQL about random clinics, and compares
# the answers slot for slot. See test/differential.
#
#   QB_SEED=N QB_ROUNDS=N   repeats a run; 2000 rounds by default
#   QB_SEED=N QB_ROUND=N    makes one round of it alone
#   QB_JOBS=N               how many processes work on them; by default one per processor
#   QB_SHOW=1               says what was in the rounds, and prints that of QB_ROUND
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../differential";
use Generator;
use Jobs;
use Test::More;
use Time::HiRes qw(time);

my $dir = "$FindBin::Bin/../differential";
my $db = 'qb_differential';
# The same seed each time, so that a run says something about the change at
# hand; QB_SEED=random goes looking for more.
my $seed = $ENV{QB_SEED} // 20260302;
$seed = int rand 2**31 if $seed eq 'random';
my $rounds = $ENV{QB_ROUNDS} // 2000;
my $only = $ENV{QB_ROUND};
my $batch = 50;
my $failures = 0;

# The configuration and the questions of some rounds; each is rolled back.
sub script {
	my $sql = "SET client_min_messages = warning; SET jit = off;\n";
	for my $round (@_) {
		$sql .= "BEGIN;\n$round->{config}";
		my $n = 0;
		$sql .= sprintf "SELECT '= %d %d ' || %s;\n", $round->{number}, $n++, $_ for @{$round->{questions}};
		$sql .= "ROLLBACK;\n";
	}
	return $sql;
}

# What is to be repeated and how; the first few failures with all that it takes.
sub report {
	my ($round, $question, $answer) = @_;
	my $text = "QB_SEED=$seed QB_ROUND=$round->{number}: $question\n  $answer\n";
	return $text if ++$failures > 3;
	if ($answer eq 'no answer') {
		my ($output) = Jobs::run_sql($db, script($round));
		$text .= join '', grep { /ERROR|FATAL|PANIC|connection/ && !/transaction is aborted/ } split /^/, $output;
	}
	return "${text}The configuration:\n$round->{config}";
}

# Adds an answer to the counts of its kind of question, if it is a good one.
sub count {
	my ($counts, $answer) = @_;
	return 0 if $answer !~ /^(?:same|solved) (\d+)(?: joins (\d+) unsure (\d+))?$|^(unsure)$/;
	$counts->{questions}++;
	$counts->{rows} += $1 // 0;
	$counts->{joins} += $2 // 0;
	$counts->{unsure} += $3 // ($4 ? 1 : 0);
	$counts->{empty}++ if !$1;
	return 1;
}

# Compares some rounds in one session: a report for each difference, and counts.
sub compare {
	my ($numbers) = @_;
	my %result = (numbers => $numbers, reports => [], count => {}, features => {});
	return \%result if $failures >= 20;
	my @made = map { Generator::round($seed, $_) } @$numbers;
	my ($output) = Jobs::run_sql($db, script(@made));
	my %answers;
	for my $line (split /\n/, $output) {
		$answers{$1}{$2} = $3 if $line =~ /^= (\d+) (\d+) (.*)/;
	}
	for my $round (@made) {
		$result{features}{$_}++ for @{$round->{features}};
		for my $n (0 .. $#{$round->{questions}}) {
			my $question = $round->{questions}[$n];
			my $answer = $answers{$round->{number}}{$n} // 'no answer';
			my ($kind) = $question =~ /oracle\.(\w+)/;
			next if count($result{count}{$kind} //= {}, $answer);
			push @{$result{reports}}, report($round, $question, $answer);
			last if $answer !~ /^DIFFERENT/;
		}
	}
	# of the rows rolled back; to truncate would be to wait for the other processes
	Jobs::run_sql($db, 'VACUUM (TRUNCATE false)');
	return \%result;
}

# Adds numbers to numbers of the same name.
sub add_up {
	my ($sum, $more) = @_;
	$sum->{$_} += $more->{$_} for keys %$more;
	return;
}

diag("seed $seed: repeat this run with QB_SEED=$seed QB_ROUNDS=$rounds");
my $began = time;
my ($output, $ok) = Jobs::database($db, map { "$dir/$_.sql" } qw(oracle setup compare));
ok($ok, 'the oracle is in place') or BAIL_OUT($output);
($output, $ok) = Jobs::run_sql($db, "\\i $dir/cases.sql", '-v ON_ERROR_STOP=1');
ok($ok && $output !~ /^(?!ok |$)/m, 'the oracle is right about cases worked out by hand') or diag($output);

my (%count, %features);
my @batches = map { my $first = $_; [$first .. ($first + $batch - 1 < $rounds ? $first + $batch - 1 : $rounds)] }
	map { 1 + $batch * $_ } 0 .. ($rounds - 1) / $batch;
@batches = ([$only]) if defined $only;
for my $result (Jobs::run(\&compare, @batches)) {
	my @reports = @{$result->{reports}};
	ok(!@reports, "rounds $result->{numbers}[0] to $result->{numbers}[-1] of seed $seed") or diag(@reports);
	$failures += @reports;
	add_up(\%features, $result->{features});
	add_up($count{$_} //= {}, $result->{count}{$_}) for keys %{$result->{count}};
}
diag(Generator::round($seed, $only)->{config}) if defined $only && $ENV{QB_SHOW};
if ($rounds >= 500 && !defined $only && !$failures) {
	# A comparison of nothing with nothing would prove little.
	ok($count{ask_slots}{empty} < $count{ask_slots}{questions} * 0.7, 'enough questions have slots for an answer');
	ok($count{solve}{joins} > $rounds / 8, 'enough starts join a session');
	ok($count{solve}{unsure} < $count{solve}{rows} * 0.02, 'the oracle is sure of nearly all');
}
diag(sprintf '%-10s %6d questions, %7d rows, %5d without any, %5d join a session, %4d unsure', $_,
	map { $_ // 0 } @{$count{$_}}{qw(questions rows empty joins unsure)}) for sort keys %count;
diag(join ', ', map { "$_: $features{$_}" } sort keys %features) if $ENV{QB_SHOW};
diag(sprintf '%.0f s', time - $began);
Jobs::run_sql('postgres', "DROP DATABASE $db") if !$failures;
done_testing();
