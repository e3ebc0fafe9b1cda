/*
 * local_time.h
 *		Civil dates, and local times read in a zone.
 *
 * Instants are microseconds of UTC since 2000-01-01, as TimestampTz; local
 * times are microseconds of the wall clock since 2000-01-01 00:00, as
 * Timestamp; dates are days since 2000-01-01, as DateADT.  Nothing here allocates
 * memory or raises errors.
 */
#ifndef QB_TIME_LOCAL_TIME_H
#define QB_TIME_LOCAL_TIME_H

#include "base/bounds.h"

/* From the instant at on, local time is UTC plus offset. */
typedef struct QbTransition
{
	int64		at;
	int64		offset;			/* microseconds, east is positive */
} QbTransition;

/*
 * A zone over some period: the offset at its start, then the changes, sorted.
 * Changes of name or flag without change of offset are left out.
 */
typedef struct QbZone
{
	int64		first_offset;
	int			ntransitions;
	QbTransition *transitions;
} QbZone;

typedef enum QbLocalKind
{
	QB_LOCAL_UNIQUE,
	QB_LOCAL_AMBIGUOUS,			/* it happens twice */
	QB_LOCAL_NONEXISTENT		/* the clocks skip it */
} QbLocalKind;

/* How far local time is ahead of UTC at an instant, microseconds. */
extern int64 qb_zone_offset(const QbZone *zone, int64 instant);

/*
 * The instant of a local time by RFC 5545, section 3.3.5: of two, the first;
 * a skipped one is read with the offset before the gap.  *kind, unless NULL,
 * tells which case it was.
 */
extern int64 qb_local_to_instant(const QbZone *zone, int64 local, QbLocalKind *kind);

/* The first instant, not before the given one, whose wall clock is a multiple of step. */
extern int64 qb_round_up_local(const QbZone *zone, int64 instant, int64 step);

/* The first instant, not before the given one, whose local date is after date. */
extern int64 qb_later_date(const QbZone *zone, int64 instant, int32 date);

/* How long an instant's local date lasts: to its end, or to where the clock changes. */
extern int64 qb_date_until(const QbZone *zone, int64 instant);

/* Whether no instant has this local date, as 2011-12-30 in Pacific/Apia. */
extern bool qb_date_skipped(const QbZone *zone, int32 date);

/* Date of a local time; ISO weekday of a date, 1 Monday to 7 Sunday. */
extern int32 qb_date_of(int64 local);
extern int	qb_weekday(int32 date);

/* A date by year (0 is 1 BC), month and day, which must exist; and back. */
extern int32 qb_date_of_civil(int32 year, int month, int day);
extern void qb_civil_of_date(int32 date, int32 *year, int *month, int *day);

/* First day of the date's week, weeks beginning on ISO weekday week_start. */
extern int32 qb_week_of(int32 date, int week_start);

static inline int64
qb_midnight(int32 date)
{
	Assert(date >= -106751991 && date <= 106751991);
	return (int64) date * USECS_PER_DAY;
}

static inline int64
qb_local_of(const QbZone *zone, int64 instant)
{
	return instant + qb_zone_offset(zone, instant);
}

#endif							/* QB_TIME_LOCAL_TIME_H */
