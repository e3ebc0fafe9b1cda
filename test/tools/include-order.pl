#!/usr/bin/env perl
# The order of #include lines: the file's own header, the system's, the server's
# and the libraries', ours by the stair of folders; a blank line between. In a
# file of the server's side postgres.h comes before all, as it must.
#
#   include-order.pl --check FILE…     names the files that differ, status 1
#   include-order.pl FILE…             puts them in order
#
# Only the first block of a file is looked at: what stands under #if stays.
use strict;
use warnings;

my @stair = qw(base time store events people rules booking server api relay);
my %floor = map { $stair[$_] => $_ } 0 .. $#stair;
my $check = @ARGV && $ARGV[0] eq '--check' && shift;
my $status = 0;

# The groups of one block, in order.
sub ordered
{
	my ($own, @lines) = @_;
	my @groups = map { [] } 0 .. 4;
	for my $line (@lines)
	{
		my ($name) = $line =~ /^#include ["<]([^">]+)[">]/;
		my ($folder) = $name =~ m{^([a-z_]+)/};
		my $n =
			$name =~ m{^(?:postgres|postgres_fe)\.h$} ? 0
		  : $name eq $own                   ? 1
		  : $line =~ /</                     ? 2
		  : defined $folder && exists $floor{$folder} ? 4
		  :                                    3;
		my $key = $n == 4 ? sprintf('%02d %s', $floor{$folder}, $name) : $name;
		push @{ $groups[$n] }, [ $key, $line ];
	}
	return join("\n", map { join('', map { $_->[1] } sort { $a->[0] cmp $b->[0] } @$_) } grep { @$_ } @groups);
}

for my $file (@ARGV)
{
	open my $in, '<', $file or die "$file: $!\n";
	my @lines = <$in>;
	close $in;
	my ($from) = grep { $lines[$_] =~ /^#include/ } 0 .. $#lines;
	next unless defined $from;
	my $to = $from;
	$to++ while $to + 1 < @lines && $lines[ $to + 1 ] =~ /^(#include.*)?$/;
	$to-- while $lines[$to] !~ /^#include/;
	(my $own = $file) =~ s{^(?:.*/)?src/(.*)\.c$}{$1.h};
	my $block = join('', @lines[ $from .. $to ]);
	my $new = ordered($own, grep { /^#include/ } @lines[ $from .. $to ]);
	next if $new eq $block;
	if ($check)
	{
		print "$file: #include lines out of order (make indent)\n";
		$status = 1;
		next;
	}
	splice(@lines, $from, $to - $from + 1, $new);
	open my $out, '>', $file or die "$file: $!\n";
	print $out @lines;
	close $out or die "$file: $!\n";
}
exit $status;
