/*
 * test_recurrence_random.c
 *		Recurrence rules at random: text that is nearly a rule never does harm, and
 *		every way to ask for the dates of a rule gives the same, which are those of
 *		a slow reading that asks of each date whether it satisfies the rule's parts.
 *
 * QB_SEED repeats a run; QB_ROUNDS makes it longer.
 */
#define QB_STANDALONE
#include "time/local_time.c"
#include "time/recurrence.c"
#include "time/recurrence_parse.c"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define MOST 4000

static uint64_t state;

static uint32_t
next_random(uint32_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) (state >> 33) % n;
}

static bool
one_in(int n)
{
	return next_random(n) == 0;
}

/* ----------
 * Random rules
 * ----------
 */

static void
add_list(char *text, const char *name, int highest, bool is_signed, int most)
{
	text += strlen(text);
	text += sprintf(text, ";%s=", name);
	for (int n = 1 + (int) next_random(most); n > 0; n--)
	{
		int			number = one_in(3) ? highest - (int) next_random(2) : 1 + (int) next_random(highest);

		text += sprintf(text, "%s%d%s", is_signed && one_in(3) ? "-" : "", number < 1 ? 1 : number, n > 1 ? "," : "");
	}
}

static void
add_weekdays(char *text, bool numbered, int highest)
{
	static const char *const names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

	text += strlen(text);
	text += sprintf(text, ";BYDAY=");
	for (int n = 1 + (int) next_random(4); n > 0; n--)
	{
		if (numbered && !one_in(3))
			text += sprintf(text, "%s%d", one_in(2) ? "-" : "", 1 + (int) next_random(highest));
		text += sprintf(text, "%s%s", names[next_random(7)], n > 1 ? "," : "");
	}
}

static void
random_rule(char *text)
{
	static const char *const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
	static const char *const weekdays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
	int			frequency = (int) next_random(4);
	bool		by_week = frequency == 3 && one_in(3);
	bool		by = by_week;

	sprintf(text, "FREQ=%s", frequencies[frequency]);
	if (one_in(3))
		sprintf(text + strlen(text), ";INTERVAL=%d", 1 + (int) next_random(one_in(4) ? 400 : 5));
	if (one_in(3))
		sprintf(text + strlen(text), ";COUNT=%d", 1 + (int) next_random(30));
	if (one_in(2))
		sprintf(text + strlen(text), ";WKST=%s", weekdays[next_random(7)]);
	if (one_in(4) && (by = true))
		add_list(text, "BYMONTH", 12, false, 4);
	if (by_week)
		add_list(text, "BYWEEKNO", 53, true, 5);
	if (frequency == 3 && one_in(4) && (by = true))
		add_list(text, "BYYEARDAY", 366, true, 20);
	if (frequency != 1 && one_in(3) && (by = true))
		add_list(text, "BYMONTHDAY", 31, true, 12);
	if (one_in(2) && (by = true))
		add_weekdays(text, frequency >= 2 && !by_week && one_in(2), frequency == 3 && one_in(2) ? 53 : 5);
	if (by && one_in(3))
		add_list(text, "BYSETPOS", one_in(2) ? 4 : 31, true, 3);
}

/* ----------
 * The slow reading
 * ----------
 */

/* What a date is called by. */
typedef struct Day
{
	int32		year;
	int			month;
	int			day;
	int			from_end;		/* of the month, from 1 on */
	int			year_day;
	int			year_from_end;
	int			weekday;
	int32		week_year;		/* the year that has most days of its week */
	int			week;
	int			week_from_end;
} Day;

static Day
day_of(int32 date, int week_start)
{
	Day			d;
	int32		fourth;
	int32		end;
	int			month;
	int			day;

	qb_civil_of_date(date, &d.year, &d.month, &d.day);
	end = d.month == 12 ? qb_date_of_civil(d.year + 1, 1, 1) : qb_date_of_civil(d.year, d.month + 1, 1);
	d.from_end = end - date;
	d.year_day = date - qb_date_of_civil(d.year, 1, 1) + 1;
	d.year_from_end = qb_date_of_civil(d.year + 1, 1, 1) - date;
	d.weekday = qb_weekday(date);
	/* the week is of the year that its fourth day is in */
	fourth = date - (d.weekday - week_start + 7) % 7 + 3;
	qb_civil_of_date(fourth, &d.week_year, &month, &day);
	d.week = (fourth - qb_date_of_civil(d.week_year, 1, 1)) / 7 + 1;
	d.week_from_end = (qb_date_of_civil(d.week_year + 1, 1, 1) - 1 - fourth) / 7 + 1;
	return d;
}

static bool
in_set(const uint64 *plus, const uint64 *minus, int n, int from_end)
{
	return (plus[n >> 6] >> (n & 63) & 1) || (minus[from_end >> 6] >> (from_end & 63) & 1);
}

static bool
satisfies(const QbRecurrence *rule, const Day *d, const Day *first)
{
	bool		yearly = rule->frequency == QB_FREQ_YEARLY;
	bool		by_week = rule->parts & 1 << QB_PART_BYWEEKNO;
	bool		by_day = rule->parts & 1 << QB_PART_BYDAY;
	bool		by_month_day = rule->parts & 1 << QB_PART_BYMONTHDAY;
	bool		by_year_day = rule->parts & 1 << QB_PART_BYYEARDAY;
	bool		the_month = yearly && !rule->months && !by_week && !by_year_day && (by_month_day || !by_day);
	bool		no_day = !by_day && !by_month_day && !by_year_day;
	bool		in_month = rule->frequency == QB_FREQ_MONTHLY || rule->months || the_month;

	if (rule->months && !(rule->months >> d->month & 1))
		return false;
	if (the_month && d->month != first->month)
		return false;
	if (by_week && !in_set(&rule->weeks[0], &rule->weeks[1], d->week, d->week_from_end))
		return false;
	if (by_year_day && !in_set(rule->year_days.plus, rule->year_days.minus, d->year_day, d->year_from_end))
		return false;
	if (by_month_day && !in_set(&rule->month_days[0], &rule->month_days[1], d->day, d->from_end))
		return false;
	if (by_day && !(rule->weekdays >> d->weekday & 1) &&
		!in_set(&rule->nth[d->weekday][0], &rule->nth[d->weekday][1],
				((in_month ? d->day : d->year_day) - 1) / 7 + 1,
				((in_month ? d->from_end : d->year_from_end) - 1) / 7 + 1))
		return false;
	if (no_day && (by_week || rule->frequency == QB_FREQ_WEEKLY))
		return d->weekday == first->weekday;
	if (no_day && rule->frequency != QB_FREQ_DAILY)
		return d->day == first->day;
	return true;
}

static int64
period_number(const QbRecurrence *rule, const Day *d, int32 date, int32 first_date)
{
	switch (rule->frequency)
	{
		case QB_FREQ_DAILY:
			return date - first_date;
		case QB_FREQ_WEEKLY:
			return (qb_week_of(date, rule->week_start) - qb_week_of(first_date, rule->week_start)) / 7;
		case QB_FREQ_MONTHLY:
			return (int64) d->year * 12 + d->month;
		default:
			return rule->parts & 1 << QB_PART_BYWEEKNO ? d->week_year : d->year;
	}
}

/* All dates of the rule up to last, day by day. */
static int
slowly(const QbRecurrence *rule, int32 first_date, int32 last, int32 *result)
{
	Day			first = day_of(first_date, rule->week_start);
	int64		base = rule->frequency == QB_FREQ_YEARLY ? first.year : period_number(rule, &first, first_date, first_date);
	int32		set[400];
	int			size = 0;
	int			n = 0;
	int			left = rule->count > 0 ? rule->count : MOST;
	int64		current = INT64_MIN;

	for (int32 date = first_date - 380; date <= last + 380; date++)
	{
		Day			d = day_of(date, rule->week_start);
		int64		period = period_number(rule, &d, date, first_date);

		if (period != current)
		{
			/* a period is whole: which of its set count? */
			for (int i = 0; i < size; i++)
			{
				if (rule->parts & 1 << QB_PART_BYSETPOS &&
					!in_set(rule->positions.plus, rule->positions.minus, i + 1, size - i))
					continue;
				if (set[i] >= first_date && left > 0)
				{
					left--;
					if (set[i] <= last)
						result[n++] = set[i];
				}
			}
			size = 0;
			current = period;
		}
		if ((period - base) % rule->interval == 0 && satisfies(rule, &d, &first))
			set[size++] = date;
	}
	return n;
}

/* ----------
 * The tests
 * ----------
 */

static bool
same_dates(const QbRecurrence *rule, int32 first_date, int32 from, int32 to, const int32 *dates, int n)
{
	QbOccurrences o;
	int32		found;
	int			i = 0;

	while (i < n && dates[i] < from)
		i++;
	qb_occurrences_begin(&o, rule, first_date, from, to);
	while (qb_occurrences_next(&o, &found))
	{
		if (i >= n || dates[i++] != found)
			return false;
	}
	return i == n || dates[i] > to;
}

static bool
round_of_rules(void)
{
	static int32 dates[MOST];
	char		text[1000];
	QbRecurrence rule;
	QbRecurrenceError error;
	int32		first = qb_date_of_civil(1896, 1, 1) + (int32) next_random(90000);
	int32		last = first + (int32) next_random(one_in(5) ? 3000 : 900);
	bool		good;
	int			n;

	random_rule(text);
	good = qb_recurrence_parse(text, (int) strlen(text), QB_RECURRENCE_RULE, &rule, &error);
	if (!good)
		printf("# %s: %s %s\n", text, error.part ? error.part : "-", error.message);
	else
	{
		n = slowly(&rule, first, last, dates);
		good = same_dates(&rule, first, INT32_MIN, last, dates, n);
		for (int i = 0; i < 4 && good; i++)
		{
			int32		from = first + (int32) next_random(last - first + 1);

			good = same_dates(&rule, first, from, from + (int32) next_random(last - from + 1), dates, n);
		}
		for (int i = 0; i < 10 && good; i++)
		{
			int32		day = i < n && i < 5 ? dates[i] : first + (int32) next_random(last - first + 1);
			bool		is_one = false;

			for (int k = 0; k < n; k++)
				is_one |= dates[k] == day;
			good = qb_recurs_on(&rule, first, day) == is_one;
		}
		if (!good)
			printf("# %s from %d to %d: %d dates\n", text, first, last, n);
	}
	return good;
}

/* Some bytes of a rule changed, put in or taken out. */
static int
damage(char *text, int length)
{
	static const char bytes[] = "=;,-+0123456789MOTUWEFRSAZYLDBC \t\n\r\"\\:\0\377\200abcxyz";

	for (int n = (int) next_random(4); n > 0; n--)
	{
		int			at = (int) next_random(length + 1);
		char		c = one_in(4) ? (char) next_random(256) : bytes[next_random(sizeof(bytes) - 1)];

		if (at < length && one_in(3))
			memmove(text + at, text + at + 1, --length - at);
		else if (at < length && one_in(2))
			text[at] = c;
		else
		{
			memmove(text + at + 1, text + at, length++ - at);
			text[at] = c;
		}
	}
	return length;
}

/*
 * Text that is nearly a rule, of just its length in memory: either it is one,
 * and can be expanded, or the error points into it.
 */
static bool
round_of_text(void)
{
	char		text[1100];
	char	   *exact;
	int			length;
	QbRecurrence rule;
	QbRecurrenceError error = {NULL, -1, -1, NULL};
	QbOccurrences o;
	int32		found;
	bool		good;

	random_rule(text);
	if (one_in(3))
		strcat(text, one_in(2) ? ";UNTIL=20301231T235959Z" : ";BYHOUR=9;BYMINUTE=0,30;BYSECOND=60");
	length = damage(text, (int) strlen(text));
	exact = malloc(length + 1);
	memcpy(exact, text, length);
	if (!one_in(10))
		exact = realloc(exact, length > 0 ? length : 1);
	if (qb_recurrence_parse(exact, length, one_in(2) ? QB_RECURRENCE_RULE : QB_RECURRENCE_FILE, &rule, &error))
	{
		int32		last = INT32_MIN;
		int			n = 0;

		good = true;
		qb_occurrences_begin(&o, &rule, (int32) next_random(20000), (int32) next_random(40000) - 10000, one_in(2) ? 40000 : INT32_MAX);
		while (good && n++ < 20 && qb_occurrences_next(&o, &found))
		{
			good = found > last && found >= o.from && found <= QB_LAST_DATE;
			last = found;
		}
	}
	else
		good = error.message != NULL && error.offset >= 0 && error.length >= 0 && error.offset + error.length <= length;
	if (!good)
		printf("# %.*s\n", length, exact);
	free(exact);
	return good;
}

int
main(void)
{
	const char *seed = getenv("QB_SEED");
	int			rounds = getenv("QB_ROUNDS") ? atoi(getenv("QB_ROUNDS")) : 2000;
	bool		good = true;

	state = seed ? strtoull(seed, NULL, 0) : (uint64_t) time(NULL) * 1000003 + (uint64_t) getpid();
	printf("# QB_SEED=%" PRIu64 "\n", state);
	for (int i = 0; i < rounds && good; i++)
		good = round_of_rules();
	printf("%sok 1 - %d random rules, read slowly\n", good ? "" : "not ", rounds);
	for (int i = 0; i < rounds * 20 && good; i++)
		good = round_of_text();
	printf("%sok 2 - %d texts that are nearly rules\n", good ? "" : "not ", rounds * 20);
	printf("1..2\n");
	return !good;
}
