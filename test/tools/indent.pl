#!/usr/bin/env perl
# The style of the C sources, by PostgreSQL's own pg_bsd_indent (Debian:
# pg-bsd-indent), with what its wrapper pgindent does about its known slips.
#
#   indent.pl --check FILE…     names the files that differ, status 1
#   indent.pl FILE…             indents them
#   indent.pl --typedefs OBJECT…  prints the names of types that the debug
#                               information of the object files knows and the
#                               sources use: src/typedefs.list
use strict;
use warnings;
use File::Temp qw(tempfile);
use FindBin;
use IPC::Open2;

my $root = "$FindBin::RealBin/../..";
my @options = qw(-bad -bap -bbb -bc -bl -cli1 -cp33 -cdb -nce -d0 -di12 -nfc1 -i4
  -l160 -lc100 -lp -lpl -nip -npro -sac -tpg -ts4);
my @typedefs;

sub slurp
{
	my ($file) = @_;
	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

sub typedefs
{
	my %known;
	for my $object (@_)
	{
		my $typedef = 0;
		open my $dump, '-|', 'objdump', '-Wi', $object or die "objdump: $!\n";
		while (<$dump>)
		{
			$typedef = /DW_TAG_typedef/ if /DW_TAG_/;
			$known{$1} = 1 if $typedef && /DW_AT_name.*?(\w+)\s*$/;
		}
		close $dump or die "objdump failed on $object\n";
	}
	my %used;
	for my $file (split /\0/, `git -C '$root' ls-files -z 'src/*.[ch]'`)
	{
		my $source = slurp("$root/$file");
		$known{$_} = 1 for $source =~ /^\} (\w+);/mg;
		$used{$_} = 1 for $source =~ /\w+/g;
	}
	print "$_\n" for sort grep { $used{$_} } keys %known;
}

# Compound literals, (Type) {…}, are beyond pg_bsd_indent: a word of the same
# length stands for each while it works.
sub hide_literals
{
	my ($source, $hidden) = @_;
	$source =~ s{(\((?:const )?[A-Z]\w*(?: \*)?\) ?(\{(?:[^{}]++|(?2))*+\}))}
		{ push @$hidden, $1; my $w = 'QBLIT_' . $#$hidden . '_';
		  my ($l) = $1 =~ /^(.*)/; $w .= '_' x (length($l) - length($w)) if length $l > length $w; $w }ge;
	return $source;
}

# The list, without the types that are names of variables in this file.
sub typedefs_for
{
	my ($source) = @_;
	my ($out, $name) = tempfile(UNLINK => 1);
	print $out grep { my ($type) = /(\w+)/; $type ne 'text' || $source =~ /\btext \*/ } @typedefs;
	close $out;
	return $name;
}

# What an initializer that goes on is indented by: pg_bsd_indent forgets it in
# declarations. And the members of a struct stand under one another.
sub continued
{
	my ($deep, $member, @out);
	for my $line (split /^/, shift)
	{
		if (defined $deep)
		{
			$line = "\t$line" if $line =~ /^$deep\S/;
			undef $deep if $line =~ /;$/;
		}
		elsif ($line =~ /^(\t+)[A-Za-z_][\w \t*]*[\t *]\w+(?:\[\w*\])? = (.*[^;,{}\s])\s*$/
			&& ($2 =~ tr/(//) == ($2 =~ tr/)//))
		{
			$deep = $1;
		}
		$line = $member . $1 if defined $member && $line =~ /^\t+(\.\w+ = .*\n)/;
		$member = $line =~ /^(\t+)\.\w+ = .*,\s*$/ ? $1 : undef;
		push @out, $line;
	}
	return join '', @out;
}

sub indented
{
	my ($source) = @_;
	my @hidden;
	$source = hide_literals($source, \@hidden);
	my $pid = open2(my $from, my $to, 'pg_bsd_indent', @options, '-U' . typedefs_for($source));
	if (!fork)
	{
		close $from;
		print $to $source;
		close $to;
		exit;
	}
	close $to;
	my $result = do { local $/; <$from> };
	waitpid $pid, 0;
	wait;
	return undef if $? || $result =~ m{/\*\*INDENT\*\*};
	$result =~ s/^([A-Za-z_][\w ]*?)[ \t]+(\*+)$/$1 $2/mg;    # the type of a function that returns a pointer
	$result =~ s/,(\.\w|\[\w+\] = )/, $1/g;                  # designated initializers
	$result =~ s/ \? : / ?: /g;
	$result =~ s/\bQBLIT_(\d+)__*/$hidden[$1]/g;
	return continued($result);
}

my $mode = @ARGV && $ARGV[0] =~ /^--(check|typedefs)$/ ? (shift, $1)[1] : 'write';
if ($mode eq 'typedefs')
{
	typedefs(@ARGV);
	exit;
}
@typedefs = split /^/, slurp("$root/src/typedefs.list");
my $status = 0;
for my $file (@ARGV)
{
	my $source = slurp($file);
	my $new = indented($source) // do { print "$file: pg_bsd_indent cannot read it\n"; $status = 1; next };
	next if $new eq $source;
	if ($mode eq 'check')
	{
		print "$file: indented otherwise (make indent)\n";
		$status = 1;
		next;
	}
	open my $out, '>', $file or die "$file: $!\n";
	print $out $new;
	close $out or die "$file: $!\n";
}
exit $status;
