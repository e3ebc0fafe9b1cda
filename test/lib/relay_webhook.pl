#!/usr/bin/env perl
# An HTTP receiver on loopback for the test of quickbook-relay.
#
#   relay_webhook.pl PORTFILE OUTPUT STATUS…
#
# Answers the first requests with the STATUS given, one each ("hang" leaves one
# without an answer, "429:2" adds Retry-After: 2), and 204 to all others. A
# request is a line of OUTPUT: JSON with time, status, method, headers, body.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;
use Time::HiRes 'time';

my ($port_file, $output, @answers) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5, ReuseAddr => 1) or die $!;
open my $port, '>', "$port_file.new" or die $!;
print $port $server->sockport;
close $port;
rename "$port_file.new", $port_file;
open my $out, '>>', $output or die $!;
$out->autoflush;
my @hung;

while (my $client = $server->accept) {
  local $/ = "\r\n";
  while (defined(my $line = <$client>)) {
    my ($method, $path) = split ' ', $line;
    my %headers;
    while (defined($line = <$client>) && $line =~ /^([^:]+): *(.*)\r\n/) { $headers{lc $1} = $2 }
    read $client, my $body, $headers{'content-length'} // 0;
    my $answer = shift @answers // 204;
    print $out JSON::PP->new->canonical->encode({time => time, status => $answer, method => $method,
      path => $path, headers => \%headers, body => $body}), "\n";
    if ($answer eq 'hang') { push @hung, $client; last }
    my ($status, $after) = split /:/, $answer;
    print $client "HTTP/1.1 $status x\r\n", $after ? "Retry-After: $after\r\n" : '', "Location: /elsewhere\r\n",
      $status == 204 ? '' : "Content-Length: 0\r\n", "\r\n";
  }
}
