#!/usr/bin/env perl
# The rules of the house, as src/README.md gives them, over all of src:
#   - a file includes only from its own folder or from one below, and no files
#     include each other in a ring;
#   - SQL text stands in store/ alone (the relay has its own in database.c);
#   - PG_VERSION_NUM is asked in the compat headers alone;
#   - no file over 500 lines, no function over 60;
#   - words: a comment above each prototype of a header, or above the group that
#     it stands in, and above each static function of 20 lines or more.
# Prints what breaks them, and ends with status 1 then.
use strict;
use warnings;
use FindBin;

my @stair = qw(base time store events people rules booking server api);
my %floor = map { $stair[$_] => $_ } 0 .. $#stair;
my ($file_limit, $function_limit, $word_limit) = (500, 60, 20);
my $wrong = 0;

chdir "$FindBin::RealBin/../.." or die "$!\n";
my @files = split /\0/, `git ls-files -z 'src/*.c' 'src/*.h'`;
die "no sources found\n" unless @files;
my %lines;
for my $file (@files)
{
	open my $in, '<', $file or die "$file: $!\n";
	$lines{$file} = [<$in>];
	close $in;
}

sub say_wrong
{
	my ($where, $what) = @_;
	print "$where: $what\n";
	$wrong++;
}

sub folder_of
{
	my ($file) = @_;
	return $file =~ m{^(?:src/)?([a-z_]+)/} ? $1 : '';
}

# Upwards, and in rings: a.c and a.h are one.
sub check_includes
{
	my %uses;
	for my $file (@files)
	{
		my $from = folder_of($file =~ s{^src/}{}r);
		(my $unit = $file) =~ s{^src/(.*)\.[ch]$}{$1};
		for my $n (0 .. $#{ $lines{$file} })
		{
			my ($path) = $lines{$file}[$n] =~ /^#include "([a-z_]+\/[a-z_]+\.[ch])"/ or next;
			next unless exists $lines{"src/$path"};
			my $to = folder_of($path);
			(my $used = $path) =~ s/\.[ch]$//;
			$uses{$unit}{$used} = 1 if $used ne $unit;
			next if $from eq '' || $from eq $to;
			say_wrong("$file:" . ($n + 1), "$from/ includes from $to/")
			  if !exists $floor{$to} || !exists $floor{$from} || $floor{$to} > $floor{$from};
		}
	}
	my (%state, @path);
	my $visit;
	$visit = sub {
		my ($unit) = @_;
		$state{$unit} = 'open';
		push @path, $unit;
		for my $used (sort keys %{ $uses{$unit} || {} })
		{
			if (($state{$used} // '') eq 'open')
			{
				my ($at) = grep { $path[$_] eq $used } 0 .. $#path;
				say_wrong("src/$used.h", 'includes in a ring: ' . join(' -> ', @path[ $at .. $#path ], $used));
			}
			elsif (!exists $state{$used})
			{
				$visit->($used);
			}
		}
		pop @path;
		$state{$unit} = 'done';
	};
	for my $unit (sort keys %uses)
	{
		$visit->($unit) unless exists $state{$unit};
	}
}

sub check_texts
{
	for my $file (@files)
	{
		my $text = join '', @{ $lines{$file} };
		say_wrong($file, scalar(@{ $lines{$file} }) . " lines, at most $file_limit")
		  if @{ $lines{$file} } > $file_limit;
		say_wrong($file, 'asks for PG_VERSION_NUM')
		  if $text =~ /\bPG_VERSION_NUM\b/ && $file !~ m{/compat\w*\.h$};
		say_wrong($file, 'has SQL text')
		  if $file !~ m{^src/(store/|relay/database\.c)}
		  && $text =~ /"\s*(?:SELECT\s[^"]*\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w[^"]*\sSET\s|DELETE\s+FROM\s)/;
	}
}

# Definitions begin with a name in the first column and "{" alone in one.
sub check_functions
{
	for my $file (grep { /\.c$/ } @files)
	{
		my @l = @{ $lines{$file} };
		for my $n (1 .. $#l)
		{
			my ($name) = $l[$n] =~ /^([a-z_]\w*)\(/ or next;
			my $open = $n;
			$open++ while $open < $#l && $l[$open] !~ /^\{/ && $l[$open] !~ /;\s*$/;
			next if $l[$open] !~ /^\{/;
			my $end = $open;
			$end++ while $end < $#l && $l[$end] !~ /^\}/;
			my $size = $end - $n + 1;
			say_wrong("$file:" . ($n + 1), "$name() has $size lines, at most $function_limit")
			  if $size > $function_limit;
			say_wrong("$file:" . ($n + 1), "$name() has $size lines and no word above it")
			  if $size >= $word_limit && $l[ $n - 1 ] =~ /^static/ && $l[ $n - 2 ] !~ m{\*/\s*$};
		}
	}
}

# A comment speaks for the prototypes below it up to the next empty line.
sub check_prototypes
{
	for my $file (grep { /\.h$/ && !/compat/ } @files)
	{
		my @l = @{ $lines{$file} };
		my $said = 0;
		for my $n (0 .. $#l)
		{
			if ($l[$n] =~ m{\*/\s*$}) { $said = 1 }
			elsif ($l[$n] =~ /^\s*$/) { $said = 0 }
			elsif ($l[$n] =~ /^(?:extern\s+)?[A-Za-z_][\w \t*]*?\b(\w+)\((?!\()/ && $l[$n] !~ /^(?:static|typedef|#|return)/)
			{
				my $name = $1;
				my $end = $n;
				$end++ while $end < $#l && $l[$end] !~ /;/;
				say_wrong("$file:" . ($n + 1), "$name() has no word") if !$said && $l[$end] =~ /;/;
			}
		}
	}
}

check_includes();
check_texts();
check_functions();
check_prototypes();
print "the house: $wrong to mend\n" if $wrong;
exit($wrong ? 1 : 0);
