#!/usr/bin/env perl
# The manuals are true: what they show runs and prints what they say, their
# links lead somewhere, and their tables say what the code says.
#
# A page is README.md, sql/*.md, and every .md under src and test. How to write one:
#
# - Every ```sql block runs, in order, in one psql session for each page. On a
#   page that has CREATE EXTENSION quickbook it begins as a superuser in an empty
#   database. On every other page it begins where make demo-psql does: in the
#   demo's database, as clinic_owner, the clock stopped at 2 March 2026 08:00 in
#   Berlin, with id('Dr. Weber') for ids. "\connect - postgres" makes a superuser.
# - A ```text block right after it (blank lines between do not count) is what it
#   prints. There … is anything, and a line of … alone any lines; widths of
#   columns and "(3 rows)" do not matter. An ERROR is expected where this block
#   has it, and a failure everywhere else.
# - What cannot run here has another language: sh, conf, text, json, js.
# - A chapter "Contents" links every other chapter (##) of the page.
# - A sentence a line, of 200 characters at most; tables and blocks are free.
#
#   QB_PAGES="sql/RECIPES.md"   runs the SQL of these pages only
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use Encode qw(decode);
use File::Basename qw(dirname);
use File::Find qw(find);
use File::Temp qw(tempdir);
use Test::More;

my $root = decode('UTF-8', dirname(__FILE__) . '/../..');
my $lib = "$root/test/lib";
my $work = tempdir(CLEANUP => 1);
my $name = "readme.$$";

sub slurp {
	my ($file) = @_;
	open(my $in, '<', $file) or return '';
	local $/;
	return scalar <$in>;
}

my @names = ('README.md');
find({ no_chdir => 1, wanted => sub {
	$File::Find::prune = 1 if /\/(node_modules|tmp)$/;
	push @names, substr($_, length "$root/") if /\.md$/ && -f;
} }, grep { -d } "$root/sql", "$root/src", "$root/test");
my %pages = map { $_ => read_page($_) } sort @names;

# A page's lines outside of blocks, those of prose, its headings, blocks and links.
sub read_page {
	my ($file) = @_;
	my %page = (file => $file, lines => [], prose => [], headings => [], blocks => [], links => []);
	my ($block, $direct, $n);
	for my $line (split /\n/, slurp("$root/$file")) {
		$n++;
		if ($block) {
			if ($line =~ /^\s*$block->{fence}\s*$/) {
				push @{ $page{blocks} }, $block;
				undef $block;
			} else {
				$line =~ s/^$block->{indent}//;
				$block->{text} .= "$line\n";
			}
		} elsif ($line =~ /^(\s*)(```+)(\w*)/) {
			$block = { indent => $1, fence => $2, lang => $3, line => $n, text => '', direct => $direct };
			$direct = 1;
		} else {
			$direct = 0 if $line =~ /\S/;
			push @{ $page{lines} }, [$line, $n];
			push @{ $page{headings} }, [$1, $2, $n] if $line =~ /^(#+) +(.*?)\s*$/;
			(my $plain = $line) =~ s/`[^`]*`/code/g;
			push @{ $page{links} }, map { [$_, $n] } $plain =~ /\]\(([^)\s]+)\)/g;
			push @{ $page{prose} }, [$line, $n] unless $line =~ /^\s*\|/ || $line =~ /^(    |\t)/ || $line =~ /^#/;
		}
	}
	my %seen;
	for my $heading (@{ $page{headings} }) {
		my $anchor = lc $heading->[1];
		$anchor =~ s/[^\p{L}\p{N} _-]//g;
		$anchor =~ tr/ /-/;
		my $times = $seen{$anchor}++;
		$page{anchors}{ $times ? "$anchor-$times" : $anchor } = $heading;
	}
	return \%page;
}

# --- the text of the pages ---

sub check_text {
	my ($page) = @_;
	my (@wrong, %listed, $contents);
	for my $entry (@{ $page->{prose} }) {
		my ($line, $n) = @$entry;
		(my $plain = $line) =~ s/`[^`]*`/code/g;
		$plain =~ s/\]\([^)]*\)/]/g;
		push @wrong, "line $n has " . length($line) . ' characters' if length $line > 200;
		$plain =~ s/^\s*(?:[-*]|\d+\.) +//;
		$plain =~ s/^\*\*[^*]*\*\*\s*//;
		$plain =~ s/\b(?:Dr|e\.g|i\.e|etc|vs)\. //g;
		push @wrong, "line $n has two sentences" if $plain =~ /[\p{Ll}\p{N})`"\]*][.!?]["')*]* +["(*`]*\p{Lu}/;
	}
	is(join("\n", @wrong), '', "$page->{file}: a sentence a line");

	my @chapters = grep { $_->[0] eq '##' } @{ $page->{headings} };
	my ($from) = grep { $_->[1] eq 'Contents' } @chapters;
	my $from_line = $from ? $from->[2] : 0;
	my ($to_line) = grep { $_ > $from_line } map { $_->[2] } @chapters;
	$listed{$_} = 1 for map { $_->[0] =~ /^#(.*)/ } grep { $from && $_->[1] > $from_line && $_->[1] < ($to_line // 1e9) } @{ $page->{links} };
	my @missing = map { $page->{anchors}{$_}[1] }
		sort grep { $page->{anchors}{$_}[0] eq '##' && $page->{anchors}{$_}[1] ne 'Contents' && !$listed{$_} } keys %{ $page->{anchors} };
	is(join("\n", $from ? () : 'there is no chapter Contents', @missing), '', "$page->{file}: the contents list every chapter");
}

# The file that a link of the page leads to.
sub link_target {
	my ($page, $target) = @_;
	(my $path = $target) =~ s/#.*//;
	my $file = $path eq '' ? $page->{file} : dirname($page->{file}) . "/$path";
	$file =~ s{^\./}{};
	1 while $file =~ s{[^/]+/\.\./}{};
	$file =~ s{/$}{};
	return $file;
}

sub check_links {
	my ($page) = @_;
	my @wrong;
	for my $link (@{ $page->{links} }) {
		my ($target, $n) = @$link;
		next if $target =~ /^(https?|mailto):/;
		my $file = link_target($page, $target);
		my ($anchor) = $target =~ /#(.*)/;
		if (!-e "$root/$file") {
			push @wrong, "line $n: there is no $file";
		} elsif (defined $anchor) {
			push @wrong, "line $n: $file has no chapter #$anchor" unless $pages{$file} && $pages{$file}{anchors}{$anchor};
		}
	}
	is(join("\n", @wrong), '', "$page->{file}: links lead somewhere");
}

# SQL that is not in a block of its own is run by nobody.
sub check_blocks {
	my ($page) = @_;
	my $statement = qr/^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|BEGIN|COPY)\b/;
	my @wrong = map { "line $_->{line}" } grep { $_->{lang} =~ /^(text)?$/ && $_->{text} =~ $statement } @{ $page->{blocks} };
	push @wrong, map { "line $_->[1]" } grep { $_->[0] =~ /^(?: {4}|\t)/ && $_->[0] =~ $statement } @{ $page->{lines} };
	is(join("\n", @wrong), '', "$page->{file}: all SQL is in blocks that are run");
}

for my $file (sort keys %pages) {
	check_text($pages{$file});
	check_links($pages{$file});
	check_blocks($pages{$file});
}

# Every page can be reached from README.md.
my %reached = ('README.md' => 1);
my @next = ('README.md');
while (my $from = shift @next) {
	for (@{ $pages{$from}{links} }) {
		my $file = link_target($pages{$from}, $_->[0]);
		push @next, $file if $pages{$file} && !$reached{$file}++;
	}
}
is(join("\n", grep { !$reached{$_} } sort keys %pages), '', 'links from README.md lead to every page');

# --- what the pages show ---

END {
	my $status = $?;
	system("'$lib/cluster.sh' drop '$name' >/dev/null 2>&1") if $lib;
	$? = $status;
}
system("'$lib/cluster.sh' init '$name' 'fsync = off' \"shared_preload_libraries = 'quickbook'\" 'max_wal_senders = 4' 'wal_level = logical' >/dev/null 2>&1") == 0
	or BAIL_OUT('no server for the pages');
for (split /\n/, `'$lib/cluster.sh' start '$name'`) {
	$ENV{$1} = $2 if /^export (\w+)=(.*)$/;
}
$ENV{PATH} = dirname($ENV{PG_CONFIG}) . ":$ENV{PATH}";
$ENV{PGCLIENTENCODING} = 'UTF8';

# Runs a file in psql and gives what it printed, errors in their places.
sub psql {
	my ($database, $user, $file) = @_;
	return scalar `timeout 300 stdbuf -oL psql -X -q -d $database -U $user -P footer=off -v h= -v z= <'$file' 2>&1`;
}

sub run_sql {
	my ($statement) = @_;
	return scalar `psql -XAtq -d postgres -v ON_ERROR_STOP=1 -c "$statement" 2>&1`;
}

# The server as it was before the page: no database, role or setting of its own.
sub reset_server {
	run_sql('ALTER SYSTEM RESET ALL');
	run_sql('SELECT pg_reload_conf()');
	for (split /\n/, run_sql("SELECT datname FROM pg_database WHERE datname !~ '^(postgres|template[01])\$'")) {
		system("dropdb --force '$_' >/dev/null 2>&1");
	}
	run_sql("DROP ROLE $_") for split /\n/, run_sql('SELECT quote_ident(rolname) FROM pg_roles WHERE oid >= 16384');
	return run_sql("SELECT count(*) FROM pg_roles WHERE oid >= 16384");
}

# Output in a form that widths of columns, blank lines and counts of rows do not change.
sub plain_lines {
	my ($text) = @_;
	my @lines;
	for my $line (split /\n/, $text) {
		$line =~ s/[ \t]+/ /g;
		$line =~ s/-{2,}/--/g;
		$line =~ s/^ | $//g;
		push @lines, $line unless $line eq '' || $line =~ /^\(\d+ rows?\)$/;
	}
	return @lines;
}

sub prints {
	my ($have, $want) = @_;
	my $pattern = join '', map {
		$_ eq '…' ? '(?:.*\n)*?' : join('.*', map { quotemeta } split(/ ?… ?/, $_, -1)) . '\n'
	} plain_lines($want);
	return join('', map { "$_\n" } plain_lines($have)) =~ /^$pattern$/;
}

sub run_page {
	my ($page) = @_;
	my @blocks = @{ $page->{blocks} };
	my @sql = grep { $blocks[$_]{lang} eq 'sql' } 0 .. $#blocks;
	return unless @sql;

	is(reset_server(), "0\n", "$page->{file}: begins with a server that knows nothing");
	run_sql('CREATE DATABASE clinic');
	my $user = 'postgres';
	unless (grep { $blocks[$_]{text} =~ /CREATE EXTENSION quickbook/ } @sql) {
		$user = 'clinic_owner';
		psql('clinic', $_ eq 'clinic' ? 'postgres' : $user, "$root/test/demo/$_.sql") for qw(clinic book change);
	}
	open(my $script, '>', "$work/page.sql") or die $!;
	print $script map { "\\echo \@\@block $_\n$blocks[$_]{text}" } @sql;
	close $script;
	my (undef, %printed) = split /^\@\@block (\d+)\n/m, psql('clinic', $user, "$work/page.sql"), -1;

	for my $i (@sql) {
		my $have = $printed{$i} // '';
		my $next = $blocks[$i + 1];
		my $want = $next && $next->{direct} && $next->{lang} eq 'text' ? $next->{text} : undef;
		my $name = "$page->{file}, line $blocks[$i]{line}";
		if (defined $want) {
			ok(prints($have, $want), "$name: prints what the page says") or diag("it printed:\n$have");
		} else {
			my @errors = grep { /^(ERROR|FATAL|PANIC|psql|invalid|no rows|more than one row|unterminated|\\)/ } split /\n/, $have;
			is(join("\n", @errors), '', "$name: runs") && exists $printed{$i} or diag("it printed:\n$have");
		}
	}
}

my %only = map { $_ => 1 } split ' ', $ENV{QB_PAGES} // '';
run_page($pages{$_}) for grep { !%only || $only{$_} } sort keys %pages;

# --- README's picture, against the demo ---

reset_server();
run_sql('CREATE DATABASE clinic');
my ($day) = grep { $_->{lang} eq 'text' } @{ $pages{'README.md'}{blocks} };
my $demo = join '', map {
	scalar `psql -X -q -d clinic -U $_->[0] -P border=1 -P linestyle=unicode -P footer=off -v h= -v z= <'$root/test/demo/$_->[1].sql' 2>&1`
} [ 'postgres', 'clinic' ], [ 'clinic_owner', 'book' ], [ 'clinic_owner', 'change' ];
$demo =~ s/ +$//mg;
ok(length $day->{text} > 200 && index($demo, $day->{text}) >= 0, 'README.md shows the day that the demo prints') or diag($demo);

# --- the tables, against the code ---

# The first cells of a chapter's tables in sql/README.md that the pattern finds, sorted.
sub table {
	my ($chapter, $pattern) = @_;
	my ($text) = slurp("$root/sql/README.md") =~ /^(#+ \Q$chapter\E\n.*?)(?=^## |\z)/ms;
	return join "\n", sort map { join ' ', /$pattern/ ? ($1, grep { defined } $2, $3) : () } grep { /$pattern/ } split /\n/, $text // '';
}

sub sorted {
	return join "\n", sort split /\n/, shift;
}

my %states = (EXCLUSION_VIOLATION => '23P01', UNIQUE_VIOLATION => '23505', NO_DATA_FOUND => 'P0002',
	INSUFFICIENT_PRIVILEGE => '42501', INVALID_PARAMETER_VALUE => '22023', FEATURE_NOT_SUPPORTED => '0A000');
my @errors = map { /\{"([a-z_]+)", (?:QB_STATE\('(.)'\)|ERRCODE_([A-Z_]+)), (\d+),/ ? "$1 " . ($2 ? "23QB$2" : $states{$3}) . " $4" : () }
	split /\n/, slurp("$root/src/base/errors.c");
is(scalar @errors, 18, 'errors.c lists eighteen errors');
is(table('Errors', qr/^\| `([a-z_]+)` \| ([0-9A-Z]+) \| (\d+) \|/), join("\n", sort @errors), 'the table of errors is that of errors.c');

sub in_clinic {
	my ($statement) = @_;
	return sorted(scalar `psql -XAtq -d clinic -v ON_ERROR_STOP=1 -c "$statement"`);
}

is(table('Functions', qr/^\| `([a-z_]+\([a-z_, ]*\))` /), in_clinic("
	SELECT proname || '(' || coalesce(array_to_string(proargnames, ', '), '') || ')'
	FROM pg_proc WHERE pronamespace = 'quickbook'::regnamespace AND prorettype <> 'trigger'::regtype"), 'the table of functions is that of the catalog');
is(table('Settings', qr/^\| `(quickbook\.[a-z_]+)` /),
	in_clinic("SELECT name FROM pg_settings WHERE name LIKE 'quickbook.%'"), 'the table of settings is that of the server');

# The columns of each configuration table, but for id and clinic_id, which all have.
my ($chapter, $table, %columns);
for my $line (split /\n/, slurp("$root/sql/README.md")) {
	$chapter = $1 if $line =~ /^#+ (\w+)/;
	undef $table unless $line =~ /^\|/;
	$table = $1 // $chapter if $line =~ /^\| column(?: of `([a-z_]+)`)? \|/;
	$columns{$table}{$_} = 1 for $table && $line =~ /^\|((?:,? `[a-z_]+`)+) \|/ ? $1 =~ /[a-z_]+/g : ();
}
is(join("\n", map { my $name = $_; map { "$name.$_" } grep { !/^(id|clinic_id)$/ } sort keys %{ $columns{$name} } } sort keys %columns),
	in_clinic("SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relnamespace = 'quickbook'::regnamespace AND a.attname NOT IN ('id', 'clinic_id') AND c.relname IN ('clinic', 'provider', 'service',
		'service_provider', 'working_hours', 'date_override', 'travel', 'time_off', 'busy_time', 'booking_limit', 'patient',
		'message_template', 'reminder_rule')"), 'the tables of columns are those of the catalog');

# One version everywhere.
my ($version) = slurp("$root/quickbook.control") =~ /^default_version = '(.*)'/m;
like(slurp("$root/META.json"), qr/"version" *: *"\Q$version\E"/, "META.json knows version $version");
like(slurp("$root/CHANGELOG.md"), qr/^## \Q$version\E/m, "CHANGELOG.md knows version $version");
done_testing();
