# Random clinics and questions about them, for the comparison with the oracle.
#
#   my $round = Generator::round($seed, $number);
#   $round->{config}     the configuration as SQL
#   $round->{questions}  calls that each return one line of text, as SQL
#   $round->{features}   what is in it, a list of words
#   $round->{services}, {providers}, {leads}, {patients}   ids; the first service is the one asked about
#   $round->{lo}, {hi}, {unit}                the period of the questions, minutes
#
# The configuration calls oracle.book() of setup.sql.
#
# A round depends on seed and number only, so that each can be made again alone.
# All times and lengths that can make a start feasible are multiples of the
# round's unit; the clock, the notice and the limits of the questions are not.
package Generator;
use strict;
use warnings;
use Digest::MD5 qw(md5);
use List::Util qw(max min shuffle);
use POSIX qw(floor);
use Time::Local qw(timegm);

# Zones and dates near which something happens in them.
my @places = (
	['Europe/Berlin', qw(2026-03-29 2026-10-25)],
	['America/New_York', qw(2026-03-08 2026-11-01)],
	['Australia/Lord_Howe', qw(2026-04-05 2026-10-04)],
	['Africa/Casablanca', qw(2025-02-23 2025-04-06)],
	['America/Sao_Paulo', qw(2018-11-04 2019-02-16 2019-02-17)],
	['Pacific/Apia', qw(2011-12-29 2011-12-30 2011-12-31 2012-04-01)],
	['Pacific/Kwajalein', qw(1993-08-21)],
	['America/Havana', qw(2026-03-08 2026-11-01)],
	['Asia/Kathmandu', qw(2026-05-10)],
	['UTC', qw(2026-06-15 2024-02-29 2027-01-01)],
	['Asia/Beirut', qw(2022-03-27 2022-10-30)],
	['Africa/Cairo', qw(2024-04-26 2024-10-31)],
	['Asia/Pyongyang', qw(2018-05-04 2018-05-05)],
	['America/Caracas', qw(2016-05-01)],
	['Antarctica/Troll', qw(2024-03-31 2024-10-27)],
	['America/Nuuk', qw(2024-03-30 2024-10-26)],
	['Atlantic/Azores', qw(2024-03-31 2024-10-27)],
	['America/Santiago', qw(2024-04-06 2024-09-08)],
	['Pacific/Chatham', qw(2024-04-07 2024-09-29)],
	['America/St_Johns', qw(2010-03-14 2010-11-07)],
);

my ($unit, %feature, @sql);

sub chance { return rand(100) < $_[0] }
sub pick { return $_[int rand @_] }
sub between { my ($lo, $hi) = @_; return $lo + int rand($hi - $lo + 1) }

# between(…) rounded to the unit, but never less than one unit; in minutes
sub units { my ($lo, $hi) = @_; return max($unit, $unit * int(between($lo, $hi) / $unit)) }

sub feature { $feature{$_} = 1 for @_; return }

# The greatest common divisor.
sub common {
	my ($g, @rest) = @_;
	for my $m (@rest) { ($g, $m) = ($m, $g % $m) while $m }
	return $g;
}

sub quoted { return defined $_[0] ? "'$_[0]'" : 'NULL' }

sub day_number { my ($y, $m, $d) = split /-/, $_[0]; return timegm(0, 0, 0, $d, $m - 1, $y) / 86400 }
sub date { my @t = gmtime($_[0] * 86400); return sprintf '%04d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3] }
sub instant { my @t = gmtime($_[0]);
	return sprintf '%04d-%02d-%02d %02d:%02d:%02d+00', $t[5] + 1900, $t[4] + 1, $t[3], @t[2, 1, 0] }
sub clock { return sprintf '%02d:%02d', int($_[0] / 60), $_[0] % 60 }

sub span { my ($lo, $hi) = @_; return "'[" . instant($lo) . ',' . instant($hi) . ")'" }

# A range of dates around, or open to one side.
sub dates {
	my ($first, $last, $open) = @_;
	my ($lo, $hi) = sort { $a <=> $b } between($first, $last), between($first, $last);
	my $end = $open ? between(0, 3) : 3;
	return "'[" . ($end == 0 ? '' : date($lo)) . ',' . ($end == 1 ? '' : date($hi + 1)) . ")'";
}

sub add {
	my ($table, $columns, @rows) = @_;
	push @sql, "INSERT INTO quickbook.$table ($columns) VALUES\n\t" . join(",\n\t", @rows) . ';' if @rows;
	return;
}

# Perl's generator is its own, so it gives the same numbers everywhere.
sub start_random {
	my ($seed, $number) = @_;
	srand(unpack 'N', md5("$seed $number")); # neighbouring seeds begin alike
	return;
}

# Windows of one day in minutes: [start, end], end <= start meaning the next day.
sub day_windows {
	my ($long) = @_;
	my $kind = between(1, 12);
	my $at = sub { return $unit * int(between(@_) / $unit) };
	my @w;
	if (!$long) { # for rounds with a fine raster
		my $s = $at->(0, 1260);
		return [$s, $s + units(30, 150)];
	}
	if ($kind <= 3) { @w = ([540, 720], [780, 1020]) }
	elsif ($kind == 4) { @w = ([1320, 360]); feature('night window') }
	elsif ($kind == 5) { @w = ([0, 1440]); feature('24:00') }
	elsif ($kind == 6) { @w = ([1200, 1440], [0, 240]); feature('24:00') }
	elsif ($kind == 7) { # around the change of the clocks
		my $s = $at->(0, 180);
		@w = ([$s, $s + units(15, 180)]);
	}
	elsif ($kind == 8) { # two that overlap or touch
		my $s = $at->(0, 900);
		my $m = $s + units(30, 200);
		@w = ([$s, $m], [chance(50) ? $m : max($s + $unit, $m - $unit), $m + units(30, 200)]);
		feature('overlapping windows');
	}
	elsif ($kind == 9) { my $s = $at->(720, 1430); @w = ([$s, $at->(0, $s - 1)]); feature('night window') }
	elsif ($kind == 10) { @w = ([$at->(1260, 1430), 0]); feature('until midnight') }
	else { my $s = $at->(0, 1200); @w = ([$s, min(1440, $s + units(60, 600))]) }
	return grep { $_->[0] != $_->[1] } @w;
}

# Booking limits; of one scope a longer period allows no less.
sub limits {
	my ($clinic, $services, $providers) = @_;
	my (@limits, %seen);
	for (1 .. pick(1, 1, 2, 3)) {
		my $service = chance(45) ? undef : $services->[chance(85) ? 0 : 1]{id};
		my $provider = chance(60) ? undef : pick(@$providers)->{id};
		my $mine = chance(45) ? 'true' : 'false';
		my $scope = quoted($service) . ', ' . quoted($provider) . ", $mine";
		next if $seen{$scope}++;
		my ($count, $time) = (chance(12) ? 0 : between(1, 4), units(20, 240));
		my ($by_count, $by_time) = @{pick([1, 0], [1, 0], [0, 1], [1, 1])};
		my %periods = map { pick(qw(day week month year upcoming)) => 1 } 1 .. pick(1, 1, 2);
		for my $period (grep { $periods{$_} } qw(day week month year upcoming)) {
			push @limits, sprintf "('%s', %s, '%s', %s, %s)", $clinic, $scope, $period, $by_count ? $count : 'NULL',
				$by_time ? "'$time minutes'" : 'NULL';
			feature("limit per $period", $by_count ? 'limit of count' : (), $by_time ? 'limit of time' : (),
				$mine eq 'true' ? 'limit per patient' : ());
			$count += between(0, 2);
			$time += $unit * between(0, 4);
		}
	}
	add('booking_limit', 'clinic_id, service_id, provider_id, per_patient, period, max_count, max_time', @limits);
	return;
}

# Distinct active providers for all roles of a service, the lead first: pairs of
# role and what the role's offer says. None if that takes more luck.
sub team {
	my ($s, $lead_role) = @_;
	my (%busy, @team);
	for my $role (sort { ($a ne $lead_role) <=> ($b ne $lead_role) || $a cmp $b } keys %{$s->{offers}}) {
		my @can = grep { $_->{provider}{active} && !$busy{$_->{provider}{id}} } @{$s->{offers}{$role}};
		return if !@can;
		push @team, [$role, pick(@can)];
		$busy{$team[-1][1]{provider}{id}} = 1;
	}
	return @team;
}

# Calls that book by the API what is offered then, some time before the questions.
sub bookings_by_api {
	my ($service, $patients, $now, $lo, $hi) = @_;
	push @sql, "SET quickbook.now = '" . instant($now - 5400) . "';";
	for (1 .. pick(1, $service->{seats} > 1 ? (2, 2, 3, 4) : (1, 2))) {
		my @who = shuffle @$patients;
		my @deeds = map { pick('book', 'book', 'ask', 'cancel', 'hold 1 hour', 'hold 90 minutes', 'hold 3 hours', 'hold 3 hours', 'confirm') }
			1 .. ($service->{seats} > 1 ? between(1, $service->{seats} + 1) : 1);
		@deeds = ('book') x $service->{seats} if $service->{seats} > 1 && chance(25);
		push @sql, sprintf "SELECT oracle.book('%s', '%s', '%s', '%d minutes', %d, %s, %s);", $service->{id}, instant($lo), instant($hi),
			$unit, between(0, 1000), "'{" . join(',', map { $who[$_ % @who] } 0 .. $#deeds) . "}'", "'{" . join(',', map { "\"$_\"" } @deeds) . "}'";
	}
	feature('booked by the API');
	return;
}

sub round {
	my ($seed, $number) = @_;
	start_random($seed, $number);
	%feature = ();
	@sql = ();
	my $bucket = $number % 65536;
	my %taken;
	my $id = sub { # ids are no clue to the order in which things were made
		my ($kind) = @_;
		my $n;
		do { $n = int rand 65536 } while $taken{$n}++;
		return sprintf '%08x-%04x-7000-8000-%04x0000%04x', $number, $kind, $n, $bucket;
	};

	# Time.
	my $r = rand 100;
	$unit = $r < 4 ? 1 : $r < 16 ? 5 : $r < 30 ? 10 : $r < 85 ? 15 : 30;
	my $place = pick(@places);
	my ($focus_zone, @focus_dates) = @$place;
	my $focus = day_number(pick(@focus_dates));
	my $days = $unit == 1 ? 2 : $unit < 15 ? between(2, 3) : $unit == 30 && chance(6) ? between(10, 45) : pick(2, 2, 3, 3, 4, 5);
	my $lo = ($focus - between(0, $days - 1)) * 86400 + 3600 * between(-12, 12);
	$lo += chance(30) ? int rand 3600 : 0;
	my $hi = $lo + $days * 86400;
	# The walk begins on an earlier day, now and then months before.
	my $back = $unit < 15 || chance(94) ? pick(0, 0, 1) : chance(85) ? between(4, 20) : between(30, 330);
	my $since = 86400 * (floor($lo / 86400) - $back);
	my $now = chance(55) ? $lo - int rand 259200 : chance(85) ? $lo + int rand($hi - $lo) : $lo - int rand 1728000;
	$now = 60 * $unit * int($now / 60 / $unit) if chance(25);
	my %zones = ($focus_zone => 1);
	my $zone = sub {
		my $name = chance(50) ? $focus_zone : pick(@places)->[0];
		$zones{$name} = 1;
		return $name;
	};
	my ($first, $last) = (floor($lo / 86400) - 1, floor($hi / 86400) + 1);
	my $anywhere = sub { return $lo - 43200 + $unit * 60 * int(rand($hi - $lo + 86400) / 60 / $unit) - ($lo % ($unit * 60)) };
	feature("zone $focus_zone", "unit $unit", $days > 5 ? 'weeks ahead' : (), $back > 20 ? 'months back' : $back > 2 ? 'days back' : ());

	my $week_start = between(1, 7);
	my $clinic_zone = chance(75) ? $focus_zone : $zone->();
	my $clinic = $id->(0xc1);
	add('clinic', 'id, name, time_zone, week_start', "('$clinic', 'clinic $number', '$clinic_zone', $week_start)");

	# Roles and providers.
	my $hand_over = $unit > 1 && chance(6);
	my $n = $hand_over ? 3 : pick(1, 2, 2, 3, 3, 4, 4);
	my $n_roles = $hand_over ? 2 : $r < 4 ? 1 : pick(1, 1, 2, 2, 3);
	my @roles = chance(80) ? ('practitioner', 'room', 'device') : chance(50) ? ('room', 'Zimmer', 'device') : ('practitioner', 'Assistent', 'arzt');
	$n_roles = min($n_roles, $n) if !chance(3);
	$#roles = $n_roles - 1;
	feature("$n_roles roles");
	my ($lead_role) = sort { ($a ne 'practitioner') <=> ($b ne 'practitioner') || $a cmp $b } @roles;
	my @patients = map { $id->(0xa1) } 1 .. 6;
	add('patient', 'id, clinic_id, name', map { "('$_', '$clinic', 'patient')" } @patients);
	my @providers;
	for my $i (0 .. $n - 1) {
		my $main = $i < @roles ? $roles[$i] : pick(@roles);
		($main) = grep { $_ ne $lead_role } @roles if $hand_over && $i > 1;
		my $lead = $main eq $lead_role;
		my $p = {
			id => $id->(0xb1), role => $main, lead => $lead,
			zone => chance(60) ? undef : $zone->(),
			capacity => pick(1, 1, 1, 1, 2, 2, 3),
			always => $unit > 1 && chance($hand_over ? 85 : $lead ? ($back > 2 ? 50 : 8) : 45) ? 1 : 0,
			active => chance(95) ? 1 : 0,
		};
		feature('provider zone') if defined $p->{zone};
		feature("capacity $p->{capacity}");
		feature('open_always') if $p->{always};
		feature('open_always lead') if $p->{always} && $lead;
		feature('inactive provider') if !$p->{active};
		push @providers, $p;
	}
	add('provider', 'id, clinic_id, name, kind, time_zone, capacity, open_always, active',
		map { sprintf "('%s', '%s', 'p', 'practitioner', %s, %d, %s, %s)", $_->{id}, $clinic, quoted($_->{zone}),
			$_->{capacity}, $_->{always} ? 'true' : 'false', $_->{active} ? 'true' : 'false' } @providers);

	# Services: the first is asked about always, the second sometimes.
	my @services;
	for my $i (0, 1) {
		my $anchor = pick('window', 'gap', 'clock');
		my $duration = $unit == 1 ? units(5, 40) : chance(2) ? 1440 : chance(5) ? units(120, 480) : units(10, 90);
		my $interval = chance(30) ? undef : pick(5, 10, 15, 20, 25, 30, 40, 45, 60, 90) * 60;
		$interval = pick(450, 420, 90) if $anchor eq 'window' && chance(5);
		$interval = 420 if $anchor eq 'clock' && $unit == 1 && chance(40);
		$interval = pick(420, 450) if $anchor eq 'gap' && chance(5);
		my $step = $interval // $duration * 60;
		my ($minutes) = grep { $step % ($_ * 60) == 0 } 60, 30, 20, 15, 10, 5, 1;
		my $s = {
			id => $id->(0xd1), anchor => $anchor, duration => $duration, rounding => $minutes // 1,
			before => chance(55) ? 0 : units(5, 40), after => chance(55) ? 0 : units(5, 40),
			notice => chance(60) ? '0' : pick('1 day', '90 minutes', '7 seconds', '2 days 3 hours', '36 hours', '12:34:56'),
			horizon => chance(65) ? undef : pick(0 .. 5, 7, 9),
			counts => pick('calendar', 'working', 'bookable'),
			seats => chance(72) ? 1 : pick(2, 2, 3, 5),
			blocks => chance(80) ? 'true' : 'false',
			during => chance(85) ? 'NULL' : dates($first - 1, $last + 1, 1),
			overlap => chance(20) ? 'true' : 'false',
		};
		feature("anchor $anchor") if $i == 0;
		feature('buffers') if $s->{before} || $s->{after};
		feature('min_notice') if $s->{notice};
		feature("horizon of $s->{counts} days") if defined $s->{horizon};
		feature('group') if $s->{seats} > 1 && $i == 0;
		# days are counted from the clock on, so the walk must begin before it
		$since = min($since, 86400 * (floor($now / 86400) - 1)) if defined $s->{horizon} && $s->{counts} eq 'bookable';
		feature('bookable_during') if $s->{during} ne 'NULL';
		feature('patient_may_overlap') if $s->{overlap} eq 'true';
		my $active = chance(98) ? 'true' : 'false';
		my $length = $duration == 1440 ? pick('1 day', '24 hours') : "$duration minutes";
		$s->{row} = sprintf "('%s', '%s', 's', '%s', %s, '%s', '%s minutes', '%s minutes', '%s', %s, %s, %s, %s, %s, '%s', %d, %s)",
			$s->{id}, $clinic, $length, defined $interval ? "'$interval seconds'" : 'NULL', $anchor, $s->{before}, $s->{after},
			$s->{notice}, $s->{horizon} // 'NULL', $s->{during}, $s->{overlap}, chance(20) ? 'true' : 'false', $active,
			$s->{counts}, $s->{seats}, $s->{blocks};
		push @services, $s;
	}
	add('service', 'id, clinic_id, name, duration, slot_interval, slot_anchor, buffer_before, buffer_after,'
		. ' min_notice, horizon_days, bookable_during, patient_may_overlap, requires_approval, active,'
		. ' horizon_counts, seats, pending_blocks', map { $_->{row} } @services);
	my @offers;
	for my $s (@services) {
		for my $p (@providers) {
			my %serves = ($p->{role} => 1);
			for my $role (@roles) {
				if ($role ne $p->{role} && chance(30)) { $serves{$role} = 1; feature('two roles') }
			}
			for my $role (sort keys %serves) {
				my $length = chance(75) ? undef : $unit == 1 ? units(5, 40) : units(10, 100);
				feature('own duration') if defined $length && $role eq $lead_role;
				push @{$s->{offers}{$role}}, {provider => $p, length => $length // $s->{duration}};
				push @offers, sprintf "('%s', '%s', '%s', %s, %d)", $s->{id}, $p->{id}, $role,
					defined $length ? "'$length minutes'" : 'NULL', between(0, 3);
			}
		}
	}
	add('service_provider', 'service_id, provider_id, role, duration, priority', @offers);

	# Hours.
	my @hours;
	for my $p (@providers) {
		my @for = (undef);
		if (chance(20)) { push @for, $services[0]{id}; feature('hours naming the service') }
		push @for, $services[1]{id} if chance(10);
		for my $service (@for) {
			my @usual = $p->{lead} || chance(60) ? day_windows($unit > 1) : ([0, 1440]);
			my $period = defined $service && chance(35) ? dates($first - 3, $last + 3, 1) : undef;
			feature('hours naming the service for a time') if defined $period;
			for my $weekday (1 .. 7) {
				next if chance(defined $service ? 50 : 12);
				for my $w (chance(75) ? @usual : day_windows($unit > 1)) {
					my ($every, $anchor) = (1, undef);
					if (chance(10)) { $every = between(2, 3); $anchor = date($focus + between(-40, 40)); feature('every_weeks') }
					my $valid = $period // 'NULL';
					if (chance(10)) { $valid = dates($first - 3, $last + 3, 1); feature('valid') }
					push @hours, sprintf "('%s', %s, %d, '%s', '%s', %s, %d, %s)", $p->{id}, quoted($service), $weekday,
						clock($w->[0]), clock($w->[1]), $valid, $every, quoted($anchor);
				}
			}
		}
	}
	add('working_hours', 'provider_id, service_id, weekday, start_time, end_time, valid, every_weeks, anchored_on', @hours);

	my (@overrides, %overridden);
	for my $p (@providers) {
		next if !chance(35);
		for (1 .. between(1, 3)) {
			my $day = between($first - 1, $last + 1);
			my $service = chance(60) ? undef : pick(@services)->{id};
			next if $overridden{$p->{id}}{$service // ''}{$day}++;
			my @w = chance(40) ? ([undef, undef]) : day_windows($unit > 1);
			# the rows of one date must not overlap
			@w = ($w[0]) if @w > 1 && $w[0][0] < $w[1][1] && $w[1][0] < $w[0][1];
			feature(defined $service ? 'override naming a service' : 'override', defined $w[0][0] ? 'open override' : 'closed override');
			feature('override of open_always') if $p->{always};
			push @overrides, map { sprintf "('%s', %s, '%s', %s, %s)", $p->{id}, quoted($service), date($day),
				defined $_->[0] ? (quoted(clock($_->[0])), quoted(clock($_->[1]))) : ('NULL', 'NULL') } @w;
		}
	}
	add('date_override', 'provider_id, service_id, on_date, start_time, end_time', @overrides);

	my @travels;
	for my $p (@providers) {
		next if !chance(25);
		my $day = between($first - 2, $last);
		for (1 .. between(1, 2)) {
			my $end = $day + between(1, 4);
			push @travels, sprintf "('%s', '[%s,%s)', '%s')", $p->{id}, date($day), date($end), $zone->();
			$day = $end + between(0, 1);
			feature('travel');
		}
	}
	add('travel', 'provider_id, dates, time_zone', @travels);

	my (@off, @busy);
	for (1 .. (chance(50) ? 0 : between(1, 3))) {
		my $provider = chance(35) ? undef : pick(@providers)->{id};
		my $at = $anywhere->();
		push @off, sprintf "('%s', %s, %s)", $clinic, quoted($provider), span($at, $at + 60 * (chance(20) ? units(600, 3000) : units(15, 300)));
		feature(defined $provider ? 'time off' : 'closure');
	}
	add('time_off', 'clinic_id, provider_id, during', @off);
	for my $p (@providers) {
		# nobody can be had when the walk begins
		push @busy, sprintf "('%s', %s)", $p->{id}, span($since, $since + 60 * $unit);
		for (1 .. pick(0, 0, 1, 2, 3)) {
			my $at = $anywhere->();
			push @busy, sprintf "('%s', %s)", $p->{id}, span($at, $at + 60 * units(10, 240));
			feature('busy time');
		}
	}
	# One takes over from another, and between them lies less than the raster.
	my @others = grep { !$_->{lead} } @providers;
	if (@others > 1 && ($hand_over || chance(30))) {
		my ($at, $s) = ($anywhere->(), $services[0]);
		my $from = $at - 60 * ($s->{duration} + $s->{before} + $s->{after} - pick(0, 1, 1) * $unit);
		push @busy, sprintf "('%s', %s)", $others[0]{id}, span($at, $at + 14400);
		push @busy, sprintf "('%s', %s)", $others[1]{id}, span($from - 14400, $from);
		feature('hand-over');
	}
	add('busy_time', 'provider_id, during', @busy);

	my $limited = chance(36);
	# Bookings. The lowest lane that is free takes each.
	my (%lanes, @appointments, @resources, @allocations, @sessions);
	my $place_in = sub {
		my ($calendar, $lane_limit, $from, $to) = @_;
		LANE: for my $lane (0 .. $lane_limit - 1) {
			for my $other (@{$lanes{$calendar}[$lane]}) {
				next LANE if $from < $other->[1] && $to > $other->[0];
			}
			push @{$lanes{$calendar}[$lane]}, [$from, $to];
			return $lane;
		}
		return undef;
	};
	my $appoint = sub {
		my ($appointment, $patient, $service, $lead, $status, $start, $end, $until, $session, $seat) = @_;
		push @appointments, sprintf "('%s', '%s', %s, '%s', '%s', '%s', '%s', '%s', %s, %s, %s, %s)", $appointment, $clinic, quoted($patient),
			$service, $lead, $status, instant($start), instant($end), $until, $status eq 'cancelled' ? "'staff'" : 'NULL', quoted($session), $seat // 'NULL';
		return;
	};
	my $allocate = sub {
		my ($whose, $lane, $from, $to, $until) = @_;
		push @allocations, sprintf "('%s', %s, %d, '%s', '%s', %s)", $clinic, $whose, $lane, instant($from), instant($to), $until;
		return;
	};
	for (1 .. pick(0, 1, 2, 4, 8, 14)) {
		my $s = pick(@services);
		my @who = shuffle @providers;
		my $start = $anywhere->();
		my $end = $start + 60 * (chance(60) ? $s->{duration} : units(10, 120));
		my ($before, $after) = chance(50) ? ($s->{before}, $s->{after}) : map { chance(60) ? 0 : units(5, 30) } 1, 2;
		my $appointment = $id->(0xe1);
		my $held = chance(35);
		my $patient = $held && chance(15) ? undef : pick(@patients, ($patients[0]) x ($limited ? 6 : 2));
		my $expires = $held ? (chance(50) ? $now - pick(0, 0, 1, int rand 3600) : $now + 1 + int rand 3600) : undef;
		my $status = $held ? 'held' : pick('booked', 'booked', $s->{blocks} eq 'true' ? 'pending' : 'booked', 'arrived', 'checked-in', 'fulfilled');
		my @mine;
		for my $p (@who[0 .. (@who > 1 && chance(45) ? 1 : 0)]) {
			my ($from, $to) = ($start - 60 * $before, $end + 60 * $after);
			# more lanes than places: of holds that have expired, or capacity was more
			my $lane = $place_in->($p->{id}, $p->{capacity} + (chance(20) ? 2 : 0), $from, $to);
			next if !defined $lane;
			feature('beyond capacity') if $lane >= $p->{capacity};
			push @mine, [$p, $lane, $from, $to];
		}
		next if !@mine;
		my $lead = $mine[0][0]{id};
		feature($held ? ($expires > $now ? 'live hold' : 'expired hold') : 'booking');
		feature(defined $patient && $patient eq $patients[0] ? 'own hold' : 'foreign hold') if $held && $expires > $now;
		my $until = defined $expires ? quoted(instant($expires)) : 'NULL';
		$appoint->($appointment, $patient, $s->{id}, $lead, $status, $start, $end, $until);
		my $role = 0;
		for my $m (@mine) {
			push @resources, sprintf "('%s', '%s', '%s', '%s')", $appointment, 'role' . $role++, $m->[0]{id}, $clinic;
			$allocate->("'$appointment', NULL, '$m->[0]{id}', NULL", @$m[1 .. 3], $until);
		}
		if (defined $patient && defined $place_in->($patient, 1, $start, $end)) {
			$allocate->("'$appointment', NULL, NULL, '$patient'", 0, $start, $end, $until);
			feature('patient busy') if $patient eq $patients[0] && !$held;
		}
	}
	# Sessions, as the first patient opened them and others joined.
	for my $s (map { my $s = $_; ($s) x ($s->{seats} > 1 ? pick(0, 1, 2, 4) : chance(4)) } @services) {
		my @team = team($s, $lead_role) or next;
		my $start = $anywhere->();
		my $end = $start + 60 * $team[0][1]{length};
		my ($from, $to) = ($start - 60 * $s->{before}, $end + 60 * $s->{after});
		my @lanes = map { $place_in->($_->[1]{provider}{id}, $_->[1]{provider}{capacity}, $from, $to) } @team;
		next if grep { !defined } @lanes;
		my ($session, $until, @expires) = ($id->(0xf1));
		push @sessions, sprintf "('%s', '%s', '%s', '%s', '%s', '%s')", $session, $clinic, $team[0][1]{provider}{id}, $s->{id}, instant($start), instant($end);
		my $others = 0;
		my $full = chance(25);
		for my $seat (1 .. ($full ? $s->{seats} : between(1, $s->{seats} + (chance(10) ? 1 : 0)))) {
			my ($appointment, $patient, $held) = ($id->(0xe1), pick(@patients), !$full && chance(35));
			# a patient who is elsewhere cannot be here
			($patient, $held) = (undef, 1) if $s->{overlap} eq 'false' && !defined $place_in->($patient, 1, $start, $end);
			my $gone = !$held && chance(10);
			push @expires, $held ? $now + pick(-3600, -1, 0, 1, 1800, 3600) : ();
			my $expires = $held ? quoted(instant($expires[-1])) : 'NULL';
			$others ||= !$held && !$gone;
			$appoint->($appointment, $patient, $s->{id}, $team[0][1]{provider}{id},
				$held ? 'held' : $gone ? 'cancelled' : pick('booked', 'booked', 'arrived', 'fulfilled'), $start, $end, $expires, $session, $seat);
			push @resources, map { "('$appointment', '$_->[0]', '$_->[1]{provider}{id}', '$clinic')" } @team;
			$allocate->("'$appointment', NULL, NULL, '$patient'", 0, $start, $end, $expires) if defined $patient && !$gone && $s->{overlap} eq 'false';
		}
		feature($s->{seats} > 1 ? 'session' : 'session of what was a group');
		next if !$others && !@expires;
		$until = $others ? 'NULL' : quoted(instant(max(@expires)));
		$allocate->("NULL, '$session', '$team[$_][1]{provider}{id}', NULL", $lanes[$_], $from, $to, $until) for 0 .. $#team;
	}
	# Limits count these also, or do not; none of them takes time any more, or yet.
	for (1 .. ($limited ? pick(0, 2, 5) : 0)) {
		my $start = $now + 60 * int((rand(2) - 1) * pick(1440, 3 * 1440, 7 * 1440, 30 * 1440, 300 * 1440));
		my $s = pick(@services);
		my $status = $start < $now ? pick('noshow', 'noshow', 'fulfilled', 'booked', 'cancelled', 'entered-in-error')
			: pick('cancelled', $s->{blocks} eq 'true' ? 'entered-in-error' : 'pending');
		$appoint->($id->(0xe1), pick(@patients, $patients[0]), $s->{id}, pick(@providers)->{id}, $status, $start, $start + 60 * units(10, 90), 'NULL');
		feature("counted $status");
	}
	# One that was cancelled takes no time, and one of long ago none that matters.
	if (chance(20)) {
		$appoint->($id->(0xe1), $patients[0], $services[0]{id}, $providers[0]{id}, pick('booked', 'cancelled'), $lo + 7200, $lo + 86400, 'NULL');
	}
	add('session', 'id, clinic_id, provider_id, service_id, starts_at, ends_at', @sessions);
	# a seat refers to its session's time, which is there first
	my $columns = 'clinic_id, appointment_id, session_id, provider_id, patient_id, lane, starts_at, ends_at, expires_at';
	add('allocation', $columns, grep { /^\('[^']*', NULL/ } @allocations);
	add('appointment', 'id, clinic_id, patient_id, service_id, provider_id, status, starts_at, ends_at, expires_at, cancelled_by, session_id, seat', @appointments);
	add('appointment_resource', 'appointment_id, role, provider_id, clinic_id', @resources);
	add('allocation', $columns, grep { !/^\('[^']*', NULL/ } @allocations);
	bookings_by_api($services[0], \@patients, $now, $lo, $hi) if chance($services[0]{seats} > 1 ? 75 : 12);
	# they would stop the bookings made so far
	limits($clinic, \@services, \@providers) if $limited;
	push @sql, "SET quickbook.now = '" . instant($now) . "';", 'SET timezone = ' . quoted($zone->()) . ';';

	# Questions. The offsets of some zones are whole quarters of an hour only.
	my $quarters = grep { /Kathmandu|Chatham/ } keys %zones;
	my @questions;
	for my $s (chance(15) ? @services : $services[0]) {
		my @leads = grep { $_->{lead} } @providers;
		my $any = sub { return pick(@leads && chance(75) ? @leads : @providers)->{id} };
		my $raster = common($unit, $quarters ? 15 : 30, $s->{anchor} eq 'clock' ? $s->{rounding} : ());
		my @asking = chance($limited ? 55 : 35) ? (undef, $patients[0]) : (undef);
		for my $patient (@asking) {
			push @questions, sprintf "oracle.solve('%s', %s, '%s', '%s', '%s', '%d minutes')", $s->{id}, quoted($patient),
				instant($lo), instant($hi), instant($since), $raster;
			push @questions, sprintf "oracle.ask_slots('%s', '%s', '%s', NULL, %s)", $s->{id}, instant($lo), instant($hi), quoted($patient);
			push @questions, sprintf "oracle.ask_slots('%s', '%s', '%s', %s, %s)", $s->{id}, instant($lo), instant($hi), quoted($any->()), quoted($patient);
			my ($from, $to) = sort { $a <=> $b } map { $lo + int rand($hi - $lo) } 1, 2;
			push @questions, sprintf "oracle.ask_slots('%s', '%s', '%s', %s, %s)", $s->{id}, instant($from), instant($to),
				chance(50) ? 'NULL' : quoted($any->()), quoted($patient) if $from < $to;
			next if !chance(40);
			my $after = $now >= $lo && $now < $hi && chance(40) ? undef : $lo + int rand($hi - $lo);
			push @questions, sprintf "oracle.ask_next('%s', %s, '%s', %d, %s, %s)", $s->{id}, defined $after ? quoted(instant($after)) : 'NULL',
				instant($hi), pick(1, 2, 5, 10, 30, $days > 5 ? 300 : 3), chance(60) ? 'NULL' : quoted($any->()), quoted($patient);
		}
		my ($d1, $d2) = (POSIX::ceil(($lo + 50400) / 86400), floor(($hi - 129600) / 86400));
		if ($d1 <= $d2 && chance(60)) {
			push @questions, sprintf "oracle.ask_days('%s', '%s', '%s', %s, %s)", $s->{id}, date($d1), date($d2),
				chance(60) ? 'NULL' : quoted($any->()), chance(40) ? 'NULL' : quoted($zone->());
		}
	}
	return {
		number => $number, config => join("\n", @sql) . "\n", questions => \@questions,
		features => [sort keys %feature], services => [map { $_->{id} } @services],
		providers => [map { $_->{id} } @providers], leads => [map { $_->{id} } grep { $_->{lead} } @providers], patients => \@patients, lo => $lo, hi => $hi, unit => $unit,
	};
}

1;
