/*
 * recurrence.h
 *		Rules that repeat: RRULE of RFC 5545, on civil dates.
 *
 * No tables, no SPI, no server: see port.h.  A rule yields dates; the time of
 * day is its user's, by qb_local_to_instant(): in a gap the offset before it
 * counts, of two the first.  Nothing here takes memory or raises an error: a
 * bad rule comes back as a QbRecurrenceError, which the caller raises.
 *
 *	QbRecurrence rule;
 *	QbRecurrenceError error;
 *	QbOccurrences occurrences;
 *	int32		date;
 *
 *	if (!qb_recurrence_parse(text, length, QB_RECURRENCE_RULE, &rule, &error))
 *		...
 *	qb_occurrences_begin(&occurrences, &rule, first_date, from, to);
 *	while (qb_occurrences_next(&occurrences, &date))
 *		...
 *
 * Where the RFC leaves a choice:
 *
 *	- What a rule does not say is the first date's (3.3.10, "retrieved from the
 *	  DTSTART property"; RFC 8984, 4.3.3.1, says it in full): YEARLY with neither
 *	  day nor month is that date; with BYMONTH alone its day of the month; with
 *	  BYMONTHDAY but no BYMONTH, BYWEEKNO or BYYEARDAY its month, as Google
 *	  Calendar writes birthdays; with BYWEEKNO alone its weekday.
 *	- Parts together narrow one another: a date must satisfy all of them.
 *	- The year of a rule with BYWEEKNO is the year of its weeks: week 1 of 2025
 *	  begins on 30 December 2024 and belongs to 2025, where INTERVAL and BYSETPOS
 *	  are counted.  INTERVAL counts from the calendar year of the first date.
 *	- BYSETPOS counts from the beginning of the week, month or year, dates before
 *	  the first included.
 *	- A day that a month or year lacks is skipped, never moved.
 */
#ifndef QB_TIME_RECURRENCE_H
#define QB_TIME_RECURRENCE_H

#include "base/port.h"
#include "time/local_time.h"

typedef enum QbFrequency
{
	QB_FREQ_DAILY,
	QB_FREQ_WEEKLY,
	QB_FREQ_MONTHLY,
	QB_FREQ_YEARLY
} QbFrequency;

/* The parts of a rule, as bits of QbRecurrence.parts: 1 << QB_PART_…. */
typedef enum QbRulePart
{
	QB_PART_FREQ,
	QB_PART_INTERVAL,
	QB_PART_COUNT,
	QB_PART_UNTIL,
	QB_PART_WKST,
	QB_PART_BYMONTH,
	QB_PART_BYWEEKNO,
	QB_PART_BYYEARDAY,
	QB_PART_BYMONTHDAY,
	QB_PART_BYDAY,
	QB_PART_BYHOUR,
	QB_PART_BYMINUTE,
	QB_PART_BYSECOND,
	QB_PART_BYSETPOS,
	QB_PARTS
} QbRulePart;

#define QB_PARTS_OF_TIME (1 << QB_PART_BYHOUR | 1 << QB_PART_BYMINUTE | 1 << QB_PART_BYSECOND)

/*
 * QB_RECURRENCE_RULE: our own rules.  The first date is an occurrence only if
 * the rule yields it; UNTIL is a date; BYHOUR, BYMINUTE and BYSECOND are refused.
 *
 * QB_RECURRENCE_FILE: rules of calendar files.  DTSTART is always the first
 * occurrence, and the first of COUNT; UNTIL may have a time, see
 * qb_recurrence_until(); BYHOUR, BYMINUTE and BYSECOND are read and told but
 * change no date, see qb_recurrence_at_time(); one semicolon at the end, as
 * Google Calendar wrote it, is overlooked.
 *
 * FREQ=HOURLY, MINUTELY and SECONDLY are refused in both.
 */
typedef enum QbRecurrenceMode
{
	QB_RECURRENCE_RULE,
	QB_RECURRENCE_FILE
} QbRecurrenceMode;

typedef enum QbUntilKind
{
	QB_UNTIL_NONE,
	QB_UNTIL_DATE,				/* 20261231 */
	QB_UNTIL_LOCAL,				/* 20261231T170000 */
	QB_UNTIL_UTC				/* 20261231T170000Z */
} QbUntilKind;

/* A set of the numbers from -383 to 383 but 0: bit n is n, or -n. */
#define QB_NUMBER_WORDS 6

typedef struct QbNumbers
{
	uint64		plus[QB_NUMBER_WORDS];
	uint64		minus[QB_NUMBER_WORDS];
} QbNumbers;

/*
 * A rule, read.  Sets are bits: bit n is the number n, in [1] the number -n; a
 * set without bits is a part that the rule does not have.  Plain values without
 * pointers: copied and kept as one likes.
 */
typedef struct QbRecurrence
{
	QbFrequency frequency;
	int			parts;			/* which are there */
	bool		first_counts;	/* the first date always is an occurrence */
	int32		interval;		/* from 1 on */
	int32		count;			/* 0: no COUNT */
	int			week_start;		/* ISO weekday */
	QbUntilKind until_kind;
	int64		until;			/* the date's midnight, the local time, or the instant */
	int32		last_date;		/* nothing after it: UNTIL's date, else QB_LAST_DATE */
	uint32		months;
	uint32		weekdays;		/* BYDAY without a number, by ISO weekday */
	uint64		nth[8][2];		/* BYDAY with a number: [weekday] */
	bool		numbered;		/* whether nth has any */
	uint64		month_days[2];
	uint64		weeks[2];
	uint64		hours;
	uint64		minutes;
	uint64		seconds;
	QbNumbers	year_days;
	QbNumbers	positions;
} QbRecurrence;

/*
 * What is wrong with a rule.  part is the part's name, or NULL where the text
 * has none that is known; message goes on from it ("BYMONTH" "is given twice").
 * offset and length, in bytes from 0, are the piece of the text that is meant.
 * The strings are constants.
 */
typedef struct QbRecurrenceError
{
	const char *part;
	int			offset;
	int			length;
	const char *message;
} QbRecurrenceError;

/*
 * Reads a rule, without "RRULE:".  The text need not end in a zero byte.  False
 * if it is none, and then *error is filled in and *rule is not to be used.
 */
extern bool qb_recurrence_parse(const char *text, int length, QbRecurrenceMode mode,
								QbRecurrence *rule, QbRecurrenceError *error);

/* Whether the rule has an end of its own. */
static inline bool
qb_recurrence_ends(const QbRecurrence *rule)
{
	return rule->count > 0 || rule->until_kind != QB_UNTIL_NONE;
}

/*
 * Whether BYHOUR, BYMINUTE and BYSECOND, as far as they are there, say just
 * this time of day, so that nothing is lost where they are overlooked.
 */
extern bool qb_recurrence_at_time(const QbRecurrence *rule, int hour, int minute, int second);

/*
 * The last date on which an occurrence at this time of day, read in the zone,
 * is not after UNTIL, an instant if it was given as one; QB_LAST_DATE where
 * there is none.  An UNTIL without a time means its whole date.  For rules of
 * files: assign it to last_date before qb_occurrences_begin().  The zone must
 * cover UNTIL and two days on both sides.
 */
extern int32 qb_recurrence_until(const QbRecurrence *rule, int64 time_of_day, const QbZone *zone);

/*
 * An expansion under way.  Only looked is for others to read: how many days
 * have been looked at so far, for callers with a budget over many rules.
 */
typedef struct QbOccurrences
{
	const QbRecurrence *rule;
	int32		first;			/* the first date; */
	int32		earliest;		/* of the rule's own dates those from here on count */
	int32		from;			/* what is wanted */
	int32		to;
	int64		looked;
	int			barren;			/* days looked at since the last date that counted */
	int32		left;			/* of COUNT, or -1 */
	bool		first_waits;	/* the first date itself comes next */

	/* sets that the first date may have filled */
	uint32		months;
	uint32		weekdays;
	uint64		month_days;

	/*
	 * the periods: which, the next one and the last; of this one the dates left, as bits from
	 * start on in words, of which word is next
	 */
	QbFrequency unit;			/* months where periods make no difference */
	bool		of_weeks;		/* years of weeks */
	int32		first_week;		/* the first day of the first date's week */
	int64		period;
	int64		last_period;
	int32		start;
	int			word;
	int			words;
	uint64		days[QB_NUMBER_WORDS];

	/* the month looked at last, its dates as bits from the first on */
	int32		month_start;
	int32		month_end;		/* exclusive */
	uint32		month_mask;
} QbOccurrences;

/*
 * Begins to expand a rule over the dates from..to, both inclusive, cut to
 * those that quickbook computes with.  first_date is DTSTART: between
 * QB_FIRST_DATE and QB_LAST_DATE, and before it there is nothing.  The rule is
 * referred to and must stay.
 *
 * Without COUNT it begins at from, by arithmetic; with COUNT it has to walk
 * from first_date on.
 */
extern void qb_occurrences_begin(QbOccurrences *occurrences, const QbRecurrence *rule,
								 int32 first_date, int32 from, int32 to);

/*
 * The next date, in order, each once; false at the end, and from then on.
 *
 * What it costs: a few instructions for a day looked at, which are those from
 * from (with COUNT: first_date) to the date returned, less those of months
 * that BYMONTH leaves out and of periods that INTERVAL leaves out; with
 * BYSETPOS the whole of each period.  Calendars repeat after 400 years: where
 * 146,097 days looked at have held no occurrence there are no more, and the
 * expansion ends.  So no call looks at more than 146,097 days and three years,
 * whatever the rule and the range, but for those that COUNT makes it pass.
 * Looks for a cancel at each period.
 */
extern bool qb_occurrences_next(QbOccurrences *occurrences, int32 *date);

/* Whether a date is an occurrence; at the cost of an expansion of that one date. */
extern bool qb_recurs_on(const QbRecurrence *rule, int32 first_date, int32 date);

#endif							/* QB_TIME_RECURRENCE_H */
