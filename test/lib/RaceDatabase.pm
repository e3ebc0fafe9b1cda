# A database of its own for tests in which many clients race.
#
#   use lib $ENV{QB_LIB};
#   use RaceDatabase;
#   race_database('qb_races', "quickbook.now = '2030-01-06 12:00+00'");   makes it anew
#   sql('SELECT …');               prints go to the caller; an error ends the test
#
# Each further argument is a setting of the database. Time zone is UTC.
package RaceDatabase;
use strict;
use warnings;
use Exporter 'import';
use Test::More;

our @EXPORT = qw(race_database sql);
my $db;

# By a file, since the scripts are longer than a command line may be.
sub sql {
	my ($sql, $where) = @_;
	$where //= $db;
	my $file = "/tmp/$db.$$";
	open my $to, '>', $file or die "$file: $!";
	print $to $sql;
	close $to;
	my $output = `psql -XAtq -v ON_ERROR_STOP=1 -d $where -f $file 2>&1`;
	my $status = $?;
	unlink $file;
	chomp $output;
	BAIL_OUT($output) if $status != 0;
	return $output;
}

sub race_database {
	($db, my @settings) = @_;
	sql("DROP DATABASE IF EXISTS $db", 'postgres');
	sql("CREATE DATABASE $db", 'postgres');
	sql("ALTER DATABASE $db SET $_", 'postgres') for "timezone = 'UTC'", @settings;
	sql(<<'SQL');
SET client_min_messages = error;
CREATE EXTENSION quickbook CASCADE;
SELECT quickbook.install() \g /dev/null
SQL
}

1;
