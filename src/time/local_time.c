/*
 * local_time.c
 *		Civil dates, and local times read in a zone.
 *
 * No tables, no SPI, no server: see port.h.
 */
#include "time/local_time.h"

/* Floor division; C's rounds towards zero. */
static int64
floor_div(int64 a, int64 b)
{
	int64		q = a / b;

	return q * b > a ? q - 1 : q;
}

int64
qb_zone_offset(const QbZone *zone, int64 instant)
{
	int64		offset = zone->first_offset;

	for (int i = 0; i < zone->ntransitions && zone->transitions[i].at <= instant; i++)
		offset = zone->transitions[i].offset;
	return offset;
}

int64
qb_local_to_instant(const QbZone *zone, int64 local, QbLocalKind *kind)
{
	int64		offset = zone->first_offset;
	int64		result = 0;
	int			found = 0;

	/* Each stretch between transitions gives the local time at most once. */
	for (int i = 0; i <= zone->ntransitions; i++)
	{
		int64		instant = local - offset;
		bool		after_start = i == 0 || instant >= zone->transitions[i - 1].at;
		bool		before_end = i == zone->ntransitions || instant < zone->transitions[i].at;

		if (after_start && before_end && found++ == 0)
			result = instant;
		if (i < zone->ntransitions)
			offset = zone->transitions[i].offset;
	}
	if (kind)
		*kind = found == 0 ? QB_LOCAL_NONEXISTENT :
			found == 1 ? QB_LOCAL_UNIQUE : QB_LOCAL_AMBIGUOUS;
	if (found > 0)
		return result;

	/* Skipped: the first transition that jumps over it has the offset before. */
	offset = zone->first_offset;
	for (int i = 0; i < zone->ntransitions; i++)
	{
		const QbTransition *t = &zone->transitions[i];

		if (local - offset >= t->at && local - t->offset < t->at)
			break;
		offset = t->offset;
	}
	return local - offset;
}

int64
qb_round_up_local(const QbZone *zone, int64 instant, int64 step)
{
	for (int i = 0;; i++)
	{
		int64		local = qb_local_of(zone, instant);
		int64		rounded = instant + (floor_div(local + step - 1, step) * step - local);

		/* A transition on the way changes the clock: go on from there. */
		while (i < zone->ntransitions && zone->transitions[i].at <= instant)
			i++;
		if (i == zone->ntransitions || zone->transitions[i].at > rounded)
			return rounded;
		instant = zone->transitions[i].at;
	}
}

int64
qb_later_date(const QbZone *zone, int64 instant, int32 date)
{
	int64		offset = zone->first_offset;

	for (int i = 0; i < zone->ntransitions; i++)
	{
		int64		first = Max(instant, qb_midnight(date + 1) - offset);

		if (first < zone->transitions[i].at)
			return first;
		instant = Max(instant, zone->transitions[i].at);
		offset = zone->transitions[i].offset;
	}
	return Max(instant, qb_midnight(date + 1) - offset);
}

int64
qb_date_until(const QbZone *zone, int64 instant)
{
	int64		offset = zone->first_offset;
	int64		end;
	int			i = 0;

	for (; i < zone->ntransitions && zone->transitions[i].at <= instant; i++)
		offset = zone->transitions[i].offset;
	end = qb_midnight(qb_date_of(instant + offset) + 1) - offset;
	return i < zone->ntransitions ? Min(end, zone->transitions[i].at) : end;
}

bool
qb_date_skipped(const QbZone *zone, int32 date)
{
	int64		offset = zone->first_offset;

	for (int i = 0; i < zone->ntransitions; i++)
	{
		const QbTransition *t = &zone->transitions[i];

		if (t->at + offset <= qb_midnight(date) && qb_midnight(date + 1) <= t->at + t->offset)
			return true;
		offset = t->offset;
	}
	return false;
}

int32
qb_date_of(int64 local)
{
	return (int32) floor_div(local, USECS_PER_DAY);
}

int
qb_weekday(int32 date)
{
	/* 2000-01-01 was a Saturday. */
	int			days = (date + 5) % 7;

	return (days < 0 ? days + 7 : days) + 1;
}

int32
qb_week_of(int32 date, int week_start)
{
	return date - (qb_weekday(date) - week_start + 7) % 7;
}

/* Days from 1 March of year 0 to 2000-01-01: years that begin in March end with the leap day. */
#define MARCH_DAYS 730425

int32
qb_date_of_civil(int32 year, int month, int day)
{
	int32		march_year = month > 2 ? year : year - 1;
	int32		cycle = (int32) floor_div(march_year, 400);
	int32		of_cycle = march_year - cycle * 400;
	int32		of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return cycle * 146097 + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + of_year - MARCH_DAYS;
}

void
qb_civil_of_date(int32 date, int32 *year, int *month, int *day)
{
	int32		days = date + MARCH_DAYS;
	int32		cycle = (int32) floor_div(days, 146097);
	int32		of_cycle = days - cycle * 146097;
	int32		y = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
	int32		of_year = of_cycle - (365 * y + y / 4 - y / 100);
	int			m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = cycle * 400 + y + (*month <= 2);
}
