#!/usr/bin/env perl
# Asks the recurrence engine and python3-dateutil about random rules, and
# compares the dates. Where dateutil reads the RFC in another way, which is said
# below by name, it is asked again in full words: then it must agree.
#
#   QB_SEED=N QB_ROUNDS=N   repeats a run; 20000 rules by default
#   QB_JOBS=N               how many processes ask dateutil; by default one per processor
use strict;
use warnings;
use FindBin;
use POSIX qw(strftime);
use Test::More;
use Time::Local qw(timegm);

my $root = "$FindBin::Bin/../..";
my $dir = "$root/test/differential";
my $work = "$root/tmp/recurrence";
my $seed = $ENV{QB_SEED} // 20260302;
$seed = int rand 2**31 if $seed eq 'random';
my $rounds = $ENV{QB_ROUNDS} // 20000;
chomp(my $jobs = $ENV{QB_JOBS} // `nproc`);
my @weekdays = qw(MO TU WE TH FR SA SU);

# What dateutil reads otherwise than RFC 5545, and when that may show.
my @kinds = (
	# an error of its own
	['BYDAY with numbers that no month has: IndexError' => sub { ($_[0]{BYDAY} // '') =~ /\d\d/ && ($_[1] // '') eq 'IndexError' }],
	# 3.3.10, page 45: a missing BYMONTH is "retrieved from the DTSTART property"
	['YEARLY with BYMONTHDAY alone: every month, not that of DTSTART' => sub {
		my ($r) = @_;
		return $r->{FREQ} eq 'YEARLY' && $r->{BYMONTHDAY} && !$r->{BYMONTH} && !$r->{BYWEEKNO} && !$r->{BYYEARDAY};
	}],
	# the same sentence
	['BYWEEKNO alone: the whole week, not the weekday of DTSTART' => sub {
		my ($r) = @_;
		return $r->{BYWEEKNO} && !$r->{BYDAY} && !$r->{BYMONTHDAY} && !$r->{BYYEARDAY};
	}],
	# "Week number one of the calendar year is the first week that contains at least four days
	# in that calendar year": a week is of one year, all of it
	['BYWEEKNO at New Year: days by calendar year, not by the year of weeks' => sub {
		my ($r, @dates) = @_;
		return $r->{BYWEEKNO} && ($r->{INTERVAL} || $r->{BYSETPOS} || $r->{COUNT} || !grep { !/(?:12..|010.)$/ } @dates);
	}],
	# "A set of recurrence instances starts at the beginning of the interval"
	['WEEKLY with BYSETPOS: the first week begins with DTSTART' => sub { $_[0]{FREQ} eq 'WEEKLY' && $_[0]{BYSETPOS} }],
	# each item of the list stands for itself
	['BYDAY with and without numbers: none, not both' => sub {
		my ($r) = @_;
		return grep({ /\d/ } split /,/, $r->{BYDAY} // '') && grep { !/\d/ } split /,/, $r->{BYDAY};
	}],
);


sub one_of { return $_[rand @_] }
sub ymd { return strftime('%Y%m%d', gmtime $_[0]) }

# A list of up to so many values, each once.
sub some {
	my ($most, $make) = @_;
	my %values;
	$values{$make->()} = 1 for 1 .. 1 + int rand $most;
	return join ',', sort keys %values;
}

# A number up to the highest, edges more often than not; some from the end.
sub number {
	my ($highest) = @_;
	my $n = rand() < 0.3 ? one_of(1, $highest, $highest - 1) : 1 + int rand $highest;
	return rand() < 0.3 ? -$n : $n;
}

sub random_start {
	return timegm(0, 0, 0, 29, 1, one_of(1996, 2000, 2004, 2020, 2024)) if rand() < 0.03;
	return timegm(0, 0, 0, one_of(28 .. 31), 11, one_of(1996 .. 2032)) if rand() < 0.05;
	return timegm(0, 0, 0, one_of(1 .. 4), 0, one_of(1996 .. 2032)) if rand() < 0.05;
	return timegm(0, 0, 0, 1, 0, 1995) + 86400 * int rand 14600;
}

sub random_line {
	my $freq = one_of(qw(DAILY WEEKLY MONTHLY YEARLY YEARLY));
	my $start = random_start();
	my @parts = ("FREQ=$freq");
	my $interval = rand() < 0.4 ? one_of(2, 2, 2, 3, 4, 5, 6, 7, 10, 12, 13, 18, 24, 52, 53) : 1;
	my $long = $interval > 1 && $freq eq 'YEARLY' ? 3000 : $freq eq 'YEARLY' ? 800 : 400;
	my $from = rand() < 0.5 ? $start : $start + 86400 * (int(rand $long) - 100);
	my $to = $from + 86400 * int rand $long;
	push @parts, "INTERVAL=$interval" if $interval > 1;
	my $end = rand;
	push @parts, 'COUNT=' . (1 + int rand(rand() < 0.3 ? 5 : 60)) if $end < 0.3;
	push @parts, 'UNTIL=' . ymd($start + 86400 * int rand $long) if $end > 0.8;
	push @parts, 'WKST=' . one_of(@weekdays) if rand() < 0.4;
	my $plain = @parts;
	my $weeks = $freq eq 'YEARLY' && rand() < 0.25;
	push @parts, 'BYMONTH=' . some(4, sub { 1 + int rand 12 }) if rand() < 0.25;
	push @parts, 'BYWEEKNO=' . some(5, sub { number(53) }) if $weeks;
	push @parts, 'BYYEARDAY=' . some(8, sub { number(366) }) if $freq eq 'YEARLY' && rand() < 0.2;
	push @parts, 'BYMONTHDAY=' . some(8, sub { number(31) }) if $freq ne 'WEEKLY' && rand() < 0.25;
	if (rand() < 0.5) {
		my $numbered = $freq =~ /^[MY]/ && !$weeks && rand() < 0.5;
		my $highest = $freq eq 'YEARLY' && rand() < 0.5 ? 53 : 5;
		push @parts, 'BYDAY=' . some(4, sub { ($numbered && rand() < 0.7 ? number($highest) : '') . one_of(@weekdays) });
	}
	push @parts, 'BYSETPOS=' . some(3, sub { number(rand() < 0.8 ? 5 : 31) }) if @parts > $plain && rand() < 0.25;
	return join(' ', join(';', @parts), map { ymd($_) } $start, $from, $to) . "\n";
}

# Runs a command over the lines, in so many processes, and returns its lines.
sub answers {
	my ($command, $processes, @lines) = @_;
	my (@running, @answers);
	my $share = int(@lines / $processes) + 1;
	for my $n (1 .. $processes) {
		open my $questions, '>', "$work/questions.$n" or BAIL_OUT("$work: $!");
		print $questions splice @lines, 0, $share;
		close $questions;
		open my $from, '-|', "$command <'$work/questions.$n'" or BAIL_OUT("$command: $!");
		push @running, $from;
	}
	for my $from (@running) {
		push @answers, <$from>;
		close $from or BAIL_OUT("$command failed");
	}
	chomp @answers;
	return @answers;
}

sub system_ok {
	my ($command) = @_;
	my $said = `$command 2>&1`;
	$? == 0 or BAIL_OUT("$command\n$said");
	return;
}

system_ok("bash -c '. \"$root/test/lib/bootstrap.sh\" && bootstrap recurrence'");
system_ok("mkdir -p '$work'");
system_ok(qq(cc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -Wno-unused-function -I'$root/src')
	. qq( -o '$work/recurrence' '$dir/recurrence.c'));
diag("seed $seed: repeat this run with QB_SEED=$seed QB_ROUNDS=$rounds");
srand $seed;
my $began = time;
my @lines = map { random_line() } 1 .. $rounds;
my @ours = answers("'$work/recurrence'", 1, @lines);
my @theirs = answers("/usr/bin/python3 '$dir/recurrence_dateutil.py'", $jobs, @lines);
is(scalar @ours, $rounds, 'the engine answers each rule');
is(scalar @theirs, $rounds, 'dateutil answers each rule');
is(scalar(grep { /^error/ } @ours), 0, 'none is refused');

my @differ = grep { $ours[$_] ne $theirs[$_] } 0 .. $rounds - 1;
my @again = answers("/usr/bin/python3 '$dir/recurrence_dateutil.py' full", $jobs, @lines[@differ]);
my (%count, @unknown, @wrong);
for my $n (0 .. $#differ) {
	my $at = $differ[$n];
	my %rule = map { split /=/ } split /;/, (split ' ', $lines[$at])[0];
	my %ours = map { $_ => 1 } split ' ', $ours[$at];
	my %theirs = map { $_ => 1 } split ' ', $theirs[$at];
	my @dates = sort grep { !$ours{$_} || !$theirs{$_} } keys %{{%ours, %theirs}};
	my ($kind) = grep { $_->[1](\%rule, $theirs[$at] =~ /Error/ ? $theirs[$at] : @dates) } @kinds;
	my $report = "$lines[$at]  ours: $ours[$at]\n  dateutil: $theirs[$at]\n  in full words: $again[$n]\n";
	push @unknown, $report if !$kind;
	push @wrong, $report if $ours[$at] ne $again[$n];
	$count{$kind->[0]}++ if $kind;
}
ok(!@unknown, 'dateutil differs only where it is known to') or diag(@unknown[0 .. ($#unknown < 4 ? $#unknown : 4)]);
ok(!@wrong, 'asked in full words it agrees') or diag(@wrong[0 .. ($#wrong < 4 ? $#wrong : 4)]);

# A comparison of nothing with nothing would prove little; nor does one that asks again all the time.
my $dates = 0;
$dates += tr/ // + 1 for grep { $_ ne '' } @ours;
my $empty = grep { $_ eq '' } @ours;
cmp_ok($empty, '<', $rounds * 0.6, 'enough rules have dates');
cmp_ok(scalar @differ, '<', $rounds * 0.15, 'most are compared as they stand');
diag(sprintf '%d rules, %d dates, %d rules without any; %d asked again:', $rounds, $dates, $empty, scalar @differ);
diag(sprintf '%6d  %s', $count{$_}, $_) for sort keys %count;
diag(sprintf '%d s', time - $began);
done_testing();
