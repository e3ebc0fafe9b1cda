/*
 * schedule.h
 *		From the rules of a provider to its open windows.
 */
#ifndef QB_RULES_SCHEDULE_H
#define QB_RULES_SCHEDULE_H

#include "time/zone.h"
#include "store/model.h"

/* How far the local dates of an instant may lie from its UTC date. */
#define QB_DATES_BEFORE 3
#define QB_DATES_AFTER 2

/* How far the periods of limits reach: those of a year, and the others. */
#define QB_DATES_OF_YEAR 370
#define QB_DATES_OF_MONTH 40

static inline DateADT
qb_utc_date(TimestampTz t)
{
	return qb_date_of(t);
}

/* Zones, none read yet, for the dates on which the wall clock is to be known. */
extern QbZones qb_zones_of(const QbDates *dates);

/*
 * Find the zones of a provider, its own and those of its travels; the tables
 * belong to zones.  Errors: invalid_argument for a name that the server lost.
 */
extern void qb_schedule_zones(QbProvider *provider, QbZones *zones);

/*
 * Make the windows of the dates and the open time out of the rows that
 * qb_load_schedules() has read, palloc'd.  Zones must be loaded.
 */
extern void qb_schedule_build(QbProvider *provider, int week_start, const QbDates *dates);

/* Whether windows of the date, less time off, leave any time.  Rows and zones must be loaded. */
extern bool qb_schedule_is_open_on(const QbProvider *provider, int week_start, DateADT date);

/* The name of the zone, the provider's, in which the local times of a date are read.  Needs the rows only. */
extern const char *qb_schedule_zone_name(const QbProvider *provider, DateADT date);

/* The zone of the provider's wall clock at an instant, and the local date. */
extern const QbZone *qb_schedule_zone_at(const QbProvider *provider, TimestampTz t);
extern DateADT qb_schedule_date(const QbProvider *provider, TimestampTz t);

/* The first instant with a local date, or a later one where the zone skips it. */
extern int64 qb_schedule_midnight(const QbProvider *provider, DateADT date);

#endif							/* QB_RULES_SCHEDULE_H */
