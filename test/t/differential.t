#!/usr/bin/env perl
# Asks quickbook and an oracle in plain SQL about random clinics, and compares
# the answers slot for slot. See test/differential.
#
#   QB_SEED=N QB_ROUNDS=N   repeats a run; 2000 rounds by default
#   QB_SEED=N QB_ROUND=N    makes one round of it alone
#   QB_SHOW=1               says what was in the rounds, and prints that of QB_ROUND
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../differential";
use File::Temp;
use Generator;
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
my $psql = 'psql';
if ($ENV{PG_CONFIG}) {
	chomp(my $bindir = `"$ENV{PG_CONFIG}" --bindir`);
	$psql = "$bindir/psql" if -x "$bindir/psql";
}
my $work = File::Temp->newdir;
my $failures = 0;
my (%count, %features);

# Runs SQL; returns what was printed, errors included, and whether all went well.
sub run_sql {
	my ($database, $sql, @options) = @_;
	open my $to, '>', "$work/sql" or die "$work/sql: $!";
	print $to $sql;
	close $to or die "$work/sql: $!";
	my $output = `"$psql" -XAtq -d $database @options -f "$work/sql" 2>&1`;
	return ($output, $? == 0);
}

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
		my ($output) = run_sql($db, script($round));
		$text .= join '', grep { /ERROR|FATAL|PANIC|connection/ && !/transaction is aborted/ } split /^/, $output;
	}
	return "${text}The configuration:\n$round->{config}";
}

# Compares some rounds in one session; returns a report for each difference.
sub compare {
	my @made = map { Generator::round($seed, $_) } @_;
	my ($output) = run_sql($db, script(@made));
	my (%answers, @reports);
	for my $line (split /\n/, $output) {
		$answers{$1}{$2} = $3 if $line =~ /^= (\d+) (\d+) (.*)/;
	}
	for my $round (@made) {
		$features{$_}++ for @{$round->{features}};
		for my $n (0 .. $#{$round->{questions}}) {
			my $question = $round->{questions}[$n];
			my $answer = $answers{$round->{number}}{$n} // 'no answer';
			my ($kind) = $question =~ /oracle\.(\w+)/;
			if ($answer =~ /^(?:same|solved) (\d+)(?: joins (\d+) unsure (\d+))?$|^(unsure)$/) {
				$count{$kind}{questions}++;
				$count{$kind}{rows} += $1 // 0;
				$count{$kind}{joins} += $2 // 0;
				$count{$kind}{unsure} += $3 // !!$4;
				$count{$kind}{empty}++ if !$1;
				next;
			}
			push @reports, report($round, $question, $answer);
			last if $answer !~ /^DIFFERENT/;
		}
	}
	run_sql($db, 'VACUUM'); # of the rows rolled back
	return @reports;
}

diag("seed $seed: repeat this run with QB_SEED=$seed QB_ROUNDS=$rounds");
my $began = time;
run_sql('postgres', "DROP DATABASE IF EXISTS $db");
my ($output, $ok) = run_sql('postgres', "CREATE DATABASE $db", '-v ON_ERROR_STOP=1');
BAIL_OUT($output) if !$ok;
($output, $ok) = run_sql($db, "SET client_min_messages = error; CREATE EXTENSION quickbook CASCADE;
	SELECT quickbook.install();\n\\i $dir/oracle.sql\n\\i $dir/setup.sql\n\\i $dir/compare.sql", '-v ON_ERROR_STOP=1');
ok($ok, 'the oracle is in place') or BAIL_OUT($output);
($output, $ok) = run_sql($db, "\\i $dir/cases.sql", '-v ON_ERROR_STOP=1');
ok($ok && $output !~ /^(?!ok |$)/m, 'the oracle is right about cases worked out by hand') or diag($output);

if (defined $only) {
	my @reports = compare($only);
	ok(!@reports, "round $only of seed $seed") or diag(@reports);
	diag(Generator::round($seed, $only)->{config}) if $ENV{QB_SHOW};
} else {
	for (my $first = 1; $first <= $rounds && $failures < 20; $first += $batch) {
		my $last = $first + $batch - 1 < $rounds ? $first + $batch - 1 : $rounds;
		my @reports = compare($first .. $last);
		ok(!@reports, "rounds $first to $last of seed $seed") or diag(@reports);
	}
	# A comparison of nothing with nothing would prove little.
	my $slots = $count{ask_slots};
	ok($slots->{empty} < $slots->{questions} * 0.7, 'enough questions have slots for an answer') if $rounds >= $batch && !$failures;
}
diag(sprintf '%-10s %6d questions, %7d rows, %5d without any, %5d join a session, %4d unsure', $_,
	map { $_ // 0 } @{$count{$_}}{qw(questions rows empty joins unsure)})
	for sort keys %count;
diag(join ', ', map { "$_: $features{$_}" } sort keys %features) if $ENV{QB_SHOW};
diag(sprintf '%.0f s', time - $began);
run_sql('postgres', "DROP DATABASE $db") if !$failures;
done_testing();
