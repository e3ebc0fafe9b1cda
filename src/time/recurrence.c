/*
 * recurrence.c
 *		Expands recurrence rules.
 *
 * A rule's dates are those that satisfy all of its parts, in every
 * INTERVALth period: day, week, month or year, or year of weeks.  For a month
 * the dates that satisfy the parts are computed at once, as bits; a period is
 * put together from its months, then BYSETPOS chooses.
 *
 * No tables, no SPI, no server: see port.h.
 */
#include "time/recurrence.h"

#ifndef QB_STANDALONE
#include "miscadmin.h"
#endif

/* Days until the Gregorian calendar repeats, weekdays included; and two years' slack. */
#define CALENDAR_CYCLE (146097 + 732)

#define DAYS_OF_PERIOD (QB_NUMBER_WORDS * 64)

static bool
has_number(const uint64 *bits, int n)
{
	return bits[n >> 6] >> (n & 63) & 1;
}

static bool
is_leap(int32 year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The first day of a year's week 1, the first with four days of the year. */
static int32
first_week(const QbRecurrence *rule, int32 year)
{
	return qb_week_of(qb_date_of_civil(year, 1, 4), rule->week_start);
}

/* ----------
 * The dates of a month
 * ----------
 */

/* What its dates are judged by. */
typedef struct Month
{
	int32		year;
	int			month;
	int32		start;
	int			length;
	int			year_day;		/* of its first day, from 1 on */
	int			year_length;
} Month;

/* Numbers from the end, as bits, among 1..length. */
static uint32
from_end(uint64 minus, int length)
{
	uint32		bits = 0;

	for (; minus != 0; minus &= minus - 1)
	{
		int			day = length + 1 - pg_rightmost_one_pos64(minus);

		if (day >= 1)
			bits |= 1U << day;
	}
	return bits;
}

/* Bits 1..31 of the days that are weekdays of BYDAY, numbered ones counted in month or year. */
static uint32
days_by_weekday(const QbOccurrences *o, const Month *m)
{
	const QbRecurrence *rule = o->rule;
	bool		in_month = rule->frequency == QB_FREQ_MONTHLY || o->months != 0;
	int			weekday = qb_weekday(m->start);
	uint32		bits = 0;

	for (int w = 1; w <= 7; w++)
	{
		int			first = 1 + (w - weekday + 7) % 7;

		if (o->weekdays >> w & 1)
			bits |= 0x10204081U << first;
		else if (rule->nth[w][0] | rule->nth[w][1])
		{
			for (int day = first; day <= m->length; day += 7)
			{
				int			before = in_month ? day - 1 : m->year_day + day - 2;
				int			after = (in_month ? m->length : m->year_length) - before - 1;

				if ((rule->nth[w][0] >> (before / 7 + 1) & 1) || (rule->nth[w][1] >> (after / 7 + 1) & 1))
					bits |= 1U << day;
			}
		}
	}
	return bits;
}

/* Of these days, those of BYYEARDAY. */
static uint32
days_by_year_day(const QbRecurrence *rule, const Month *m, uint32 days)
{
	for (uint32 rest = days; rest != 0; rest &= rest - 1)
	{
		int			day = pg_rightmost_one_pos64(rest);
		int			n = m->year_day + day - 1;

		if (!has_number(rule->year_days.plus, n) && !has_number(rule->year_days.minus, m->year_length + 1 - n))
			days &= ~(1U << day);
	}
	return days;
}

/* Of these days, those in weeks of BYWEEKNO. */
static uint32
days_by_week(const QbRecurrence *rule, const Month *m, uint32 days)
{
	int32		week = qb_week_of(m->start, rule->week_start);
	int32		year = m->year;

	if (week < first_week(rule, year))
		year--;
	for (; week < m->start + m->length; week += 7)
	{
		int32		start = first_week(rule, year);
		int32		end = first_week(rule, year + 1);
		int			n;

		if (week >= end)
		{
			start = end;
			end = first_week(rule, ++year + 1);
		}
		n = (week - start) / 7 + 1;
		if (!(rule->weeks[0] >> n & 1) && !(rule->weeks[1] >> ((end - week) / 7) & 1))
		{
			/* the days of the week that are of the month */
			int			first = Max(week - m->start, 0) + 1;
			int			last = Min(week - m->start + 7, m->length);

			days &= ~((uint32) ((UINT64_C(2) << last) - (UINT64_C(1) << first)));
		}
	}
	return days;
}

/* Makes the month of a date the current one: its days that satisfy all parts. */
static void
look_at_month(QbOccurrences *o, int32 date)
{
	static const int lengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	static const int before[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	const QbRecurrence *rule = o->rule;
	Month		m;
	int			day;
	bool		leap;
	uint32		days;

	qb_civil_of_date(date, &m.year, &m.month, &day);
	leap = is_leap(m.year);
	m.start = date - day + 1;
	m.length = lengths[m.month] + (leap && m.month == 2);
	m.year_day = before[m.month] + (leap && m.month > 2) + 1;
	m.year_length = leap ? 366 : 365;

	days = (uint32) ((UINT64_C(2) << m.length) - 2);
	if (o->months != 0 && !(o->months >> m.month & 1))
		days = 0;
	if (o->month_days != 0 || rule->month_days[1] != 0)
		days &= (uint32) o->month_days | from_end(rule->month_days[1], m.length);
	if (days != 0 && (o->weekdays != 0 || rule->numbered))
		days &= days_by_weekday(o, &m);
	if (days != 0 && rule->parts & 1 << QB_PART_BYYEARDAY)
		days = days_by_year_day(rule, &m, days);
	if (days != 0 && rule->parts & 1 << QB_PART_BYWEEKNO)
		days = days_by_week(rule, &m, days);

	o->month_start = m.start;
	o->month_end = m.start + m.length;
	o->month_mask = days >> 1;
}

/* ----------
 * Periods
 * ----------
 */

/* The number of the period that a date lies in. */
static int64
period_of(const QbOccurrences *o, int32 date)
{
	int32		year;
	int			month;
	int			day;

	if (o->unit == QB_FREQ_DAILY)
		return date;
	if (o->unit == QB_FREQ_WEEKLY)
		return ((int64) qb_week_of(date, o->rule->week_start) - o->first_week) / 7;
	qb_civil_of_date(date, &year, &month, &day);
	if (o->unit == QB_FREQ_MONTHLY)
		return (int64) year * 12 + month - 1;
	if (!o->of_weeks)
		return year;
	return date < first_week(o->rule, year) ? year - 1 : date >= first_week(o->rule, year + 1) ? year + 1 : year;
}

/* Its first day; period_start(period + 1) is where it ends. */
static int32
period_start(const QbOccurrences *o, int64 period)
{
	int32		year = (int32) period;
	int			month = 1;

	if (o->unit == QB_FREQ_DAILY)
		return (int32) period;
	if (o->unit == QB_FREQ_WEEKLY)
		return (int32) (o->first_week + period * 7);
	if (o->unit == QB_FREQ_MONTHLY)
	{
		year = (int32) (period >= 0 ? period / 12 : -((11 - period) / 12));
		month = (int) (period - (int64) year * 12) + 1;
	}
	else if (o->of_weeks)
		return first_week(o->rule, year);
	return qb_date_of_civil(year, month, 1);
}

/* The first period from this one on that INTERVAL does not leave out. */
static int64
aligned(const QbOccurrences *o, int64 period)
{
	int64		base;
	int64		past;

	if (o->rule->interval == 1)
		return period;
	if (o->of_weeks)
	{
		int32		year;
		int			month;
		int			day;

		/* the first date may lie in another year of weeks than of days */
		qb_civil_of_date(o->first, &year, &month, &day);
		base = year;
	}
	else
		base = period_of(o, o->first);
	past = (period - base) % o->rule->interval;
	return past > 0 ? period - past + o->rule->interval : period - past;
}

/* Puts the dates from start on, before end, that satisfy all parts into days. */
static void
gather(QbOccurrences *o, int32 start, int32 end)
{
	o->start = start;
	o->word = 0;
	o->words = (end - start + 63) / 64;
	memset(o->days, 0, o->words * sizeof(o->days[0]));
	while (start < end)
	{
		int			at = start - o->start;
		int			shift = at & 63;
		int			length;
		uint64		bits;

		if (start < o->month_start || start >= o->month_end)
			look_at_month(o, start);
		length = Min(end, o->month_end) - start;
		bits = (uint64) (o->month_mask >> (start - o->month_start)) & ((UINT64_C(1) << length) - 1);
		o->days[at >> 6] |= bits << shift;
		if (shift > 0 && shift + length > 64)
			o->days[(at >> 6) + 1] |= bits >> (64 - shift);
		start += length;
	}
}

/* Leaves of the gathered dates those in the positions of BYSETPOS. */
static void
choose_positions(QbOccurrences *o)
{
	const QbNumbers *positions = &o->rule->positions;
	int			total = 0;
	int			n = 0;

	for (int word = 0; word < o->words; word++)
	{
		for (uint64 rest = o->days[word]; rest != 0; rest &= rest - 1)
			total++;
	}
	for (int word = 0; word < o->words; word++)
	{
		for (uint64 rest = o->days[word]; rest != 0; rest &= rest - 1)
		{
			n++;
			if (!has_number(positions->plus, n) && !has_number(positions->minus, total + 1 - n))
				o->days[word] &= ~(rest & -rest);
		}
	}
}

/* Gathers the next period that the range meets; false if there is none. */
static bool
next_period(QbOccurrences *o)
{
	int32		start;
	int32		end;

	CHECK_FOR_INTERRUPTS();
	if (o->period > o->last_period || o->barren > CALENDAR_CYCLE || o->left == 0)
		return false;
	start = period_start(o, o->period);
	end = period_start(o, o->period + 1);
	Assert(end - start <= DAYS_OF_PERIOD);
	o->period += o->rule->interval;
	o->barren += end - start;
	if (!(o->rule->parts & 1 << QB_PART_BYSETPOS))
	{
		start = Max(start, o->left >= 0 ? o->earliest : Max(o->earliest, o->from));
		end = Min(end, o->to + 1);
	}
	o->looked += end - start;
	gather(o, start, end);
	if (o->rule->parts & 1 << QB_PART_BYSETPOS)
		choose_positions(o);
	return true;
}

/* ----------
 * The expansion
 * ----------
 */

/* What the rule does not say is the first date's. */
static void
fill_in(QbOccurrences *o)
{
	const QbRecurrence *rule = o->rule;
	bool		by_week = rule->parts & 1 << QB_PART_BYWEEKNO;
	bool		by_year_day = rule->parts & 1 << QB_PART_BYYEARDAY;
	bool		by_month_day = rule->parts & 1 << QB_PART_BYMONTHDAY;
	bool		by_day = rule->parts & 1 << QB_PART_BYDAY;
	bool		yearly = rule->frequency == QB_FREQ_YEARLY;
	int32		year;
	int			month;
	int			day;

	o->months = rule->months;
	o->weekdays = rule->weekdays;
	o->month_days = rule->month_days[0];
	qb_civil_of_date(o->first, &year, &month, &day);
	if (yearly && rule->months == 0 && !by_week && !by_year_day && (by_month_day || !by_day))
		o->months = 1U << month;
	if (by_year_day || by_month_day || by_day || rule->frequency == QB_FREQ_DAILY)
		return;
	if (rule->frequency == QB_FREQ_WEEKLY || by_week)
		o->weekdays = 1U << qb_weekday(o->first);
	else
		o->month_days = UINT64_C(1) << day;
}

void
qb_occurrences_begin(QbOccurrences *o, const QbRecurrence *rule, int32 first_date, int32 from, int32 to)
{
	Assert(first_date >= QB_FIRST_DATE && first_date <= QB_LAST_DATE);
	memset(o, 0, sizeof(*o));
	o->rule = rule;
	o->first = first_date;
	o->from = Max(from, first_date);
	o->to = Min(to, QB_LAST_DATE);
	o->first_waits = rule->first_counts && o->from == first_date && o->to >= first_date;
	o->earliest = rule->first_counts ? first_date + 1 : first_date;
	o->left = rule->count > 0 ? rule->count - (rule->first_counts ? 1 : 0) : -1;
	o->to = Min(o->to, rule->last_date);
	fill_in(o);

	/* each period counts, and no positions in it: then one is as good as another */
	o->unit = rule->interval == 1 && !(rule->parts & 1 << QB_PART_BYSETPOS) ? QB_FREQ_MONTHLY : rule->frequency;
	o->of_weeks = o->unit == QB_FREQ_YEARLY && rule->parts & 1 << QB_PART_BYWEEKNO;
	o->first_week = qb_week_of(first_date, rule->week_start);

	o->last_period = -1;
	if (o->from <= o->to)
	{
		o->last_period = period_of(o, o->to);
		o->period = aligned(o, period_of(o, o->left >= 0 ? first_date : o->from));
	}
}

bool
qb_occurrences_next(QbOccurrences *o, int32 *date)
{
	if (o->first_waits)
	{
		o->first_waits = false;
		*date = o->first;
		return true;
	}
	for (;;)
	{
		for (; o->word < o->words; o->word++)
		{
			while (o->days[o->word] != 0)
			{
				int32		found = o->start + o->word * 64 + pg_rightmost_one_pos64(o->days[o->word]);

				o->days[o->word] &= o->days[o->word] - 1;
				if (found < o->earliest || found > o->to || o->left == 0)
					continue;
				o->barren = 0;
				if (o->left > 0)
					o->left--;
				if (found < o->from)
					continue;
				*date = found;
				return true;
			}
		}
		if (!next_period(o))
			return false;
	}
}

bool
qb_recurs_on(const QbRecurrence *rule, int32 first_date, int32 date)
{
	QbOccurrences o;
	int32		found;

	qb_occurrences_begin(&o, rule, first_date, date, date);
	return qb_occurrences_next(&o, &found);
}

bool
qb_recurrence_at_time(const QbRecurrence *rule, int hour, int minute, int second)
{
	return (rule->hours == 0 || rule->hours == UINT64_C(1) << hour) &&
		(rule->minutes == 0 || rule->minutes == UINT64_C(1) << minute) &&
		(rule->seconds == 0 || rule->seconds == UINT64_C(1) << second);
}

int32
qb_recurrence_until(const QbRecurrence *rule, int64 time_of_day, const QbZone *zone)
{
	int32		date;

	if (rule->until_kind == QB_UNTIL_NONE || rule->until_kind == QB_UNTIL_DATE)
		return rule->last_date;
	if (rule->until_kind == QB_UNTIL_LOCAL)
		return qb_midnight(rule->last_date) + time_of_day > rule->until ? rule->last_date - 1 : rule->last_date;
	date = qb_date_of(qb_local_of(zone, rule->until)) + 1;
	while (qb_local_to_instant(zone, qb_midnight(date) + time_of_day, NULL) > rule->until)
		date--;
	return date;
}
