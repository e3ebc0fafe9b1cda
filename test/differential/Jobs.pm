# Random rounds against a database of their own, some at a time: what
# differential.t and property.t share.
#
#   Jobs::database($name, @files)       makes it, with quickbook and the files' SQL
#   Jobs::run_sql($name, $sql, @options)  what psql printed, errors included, and whether all went well
#   Jobs::run($work, @items)            $work->($item) for each item, in QB_JOBS
#                                       processes; the results, in order
package Jobs;
use strict;
use warnings;
use File::Temp;
use POSIX ();
use Storable qw(retrieve store);

my $work = File::Temp->newdir;
my $psql = 'psql';
if ($ENV{PG_CONFIG}) {
	chomp(my $bindir = `"$ENV{PG_CONFIG}" --bindir`);
	$psql = "$bindir/psql" if -x "$bindir/psql";
}

sub run_sql {
	my ($database, $sql, @options) = @_;
	my $file = "$work/$$.sql";
	open my $to, '>', $file or die "$file: $!";
	print $to $sql;
	close $to or die "$file: $!";
	my $output = `"$psql" -XAtq -d $database @options -f "$file" 2>&1`;
	return ($output, $? == 0);
}

sub database {
	my ($name, @files) = @_;
	run_sql('postgres', "DROP DATABASE IF EXISTS $name");
	my ($output, $ok) = run_sql('postgres', "CREATE DATABASE $name", '-v ON_ERROR_STOP=1');
	return ($output, $ok) if !$ok;
	return run_sql($name, join("\n", 'SET client_min_messages = error; CREATE EXTENSION quickbook CASCADE; SELECT quickbook.install();',
		map { "\\i $_" } @files), '-v ON_ERROR_STOP=1');
}

# As many processes as there are processors, but a machine may have many.
sub jobs {
	return $ENV{QB_JOBS} if $ENV{QB_JOBS};
	my ($processors) = `getconf _NPROCESSORS_ONLN` =~ /(\d+)/;
	return !$processors || $processors < 2 ? 2 : $processors > 4 ? 4 : $processors;
}

# Each process takes every so manieth item, and leaves its results in a file.
sub run {
	my ($code, @items) = @_;
	my ($jobs, @workers, @results) = jobs();
	for my $job (0 .. $jobs - 1) {
		my $pid = fork // die "fork: $!";
		if (!$pid) {
			my $good = eval {
				my %made = map { $_ => $code->($items[$_]) } grep { $_ % $jobs == $job } 0 .. $#items;
				store(\%made, "$work/$job");
				1;
			} or print STDERR $@;
			POSIX::_exit($good ? 0 : 1);
		}
		push @workers, $pid;
	}
	for my $job (0 .. $jobs - 1) {
		waitpid $workers[$job], 0;
		die "a job died\n" if $?;
		my %made = %{retrieve("$work/$job")};
		@results[keys %made] = values %made;
	}
	return @results;
}

1;
