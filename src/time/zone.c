/*
 * zone.c
 *		IANA zones of the server, as the tables that local_time.c works on.
 */
#include "postgres.h"

#include "time/zone.h"

#include "miscadmin.h"
#include "pgtime.h"

#include "base/errors.h"

#define EPOCH_SECONDS ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

static pg_time_t
to_pg_time(TimestampTz t)
{
	int64		seconds = t / USECS_PER_SEC;

	if (seconds * USECS_PER_SEC > t)
		seconds--;
	return seconds + EPOCH_SECONDS;
}

QbZone *
qb_zone_load(const char *name, const char *argument, TimestampTz from, TimestampTz to)
{
	pg_tz	   *tz = pg_tzset(name);
	pg_time_t	at = to_pg_time(from);
	pg_time_t	last = to_pg_time(to);
	pg_time_t	boundary;
	struct pg_tm *tm;
	long		before;
	long		after;
	int			before_dst;
	int			after_dst;
	int			capacity = 4;
	QbZone	   *zone;

	if (tz == NULL || (tm = pg_localtime(&at, tz)) == NULL)
		qb_raise(QB_INVALID_ARGUMENT, qb_detail_text(qb_detail(), "argument", argument),
				 "Use a name of pg_timezone_names.",
				 "time zone \"%s\" is not known to this server", name);

	zone = palloc(sizeof(QbZone));
	zone->first_offset = (int64) tm->tm_gmtoff * USECS_PER_SEC;
	zone->ntransitions = 0;
	zone->transitions = palloc(sizeof(QbTransition) * capacity);

	while (pg_next_dst_boundary(&at, &before, &before_dst, &boundary, &after, &after_dst, tz) == 1 &&
		   boundary < last)
	{
		at = boundary;
		CHECK_FOR_INTERRUPTS();
		if (before == after)
			continue;
		if (zone->ntransitions == capacity)
		{
			capacity *= 2;
			zone->transitions = repalloc(zone->transitions, sizeof(QbTransition) * capacity);
		}
		zone->transitions[zone->ntransitions].at = (boundary - EPOCH_SECONDS) * USECS_PER_SEC;
		zone->transitions[zone->ntransitions].offset = (int64) after * USECS_PER_SEC;
		zone->ntransitions++;
	}
	return zone;
}

typedef struct QbNamedZone
{
	const char *name;
	QbZone	   *zone;
} QbNamedZone;

/* There are few: most who are asked about share one. */
QbZone *
qb_zones_find(QbZones *zones, const char *name, const char *argument)
{
	QbZone	   *zone;

	for (int i = 0; i < zones->n; i++)
	{
		if (strcmp(zones->items[i].name, name) == 0)
			return zones->items[i].zone;
	}
	zone = qb_zone_load(name, argument, zones->from, zones->to);
	*QB_APPEND(zones->items, zones->n) = (QbNamedZone) {name, zone};
	return zone;
}

/*
 * pg_tzset() takes POSIX rules as well ("Foo+3"), which have digits; so does
 * the name of some zones ("Etc/GMT+3"): these are looked up in the list.
 */
static bool
zone_is_listed(const char *name)
{
	pg_tzenum  *zones = pg_tzenumerate_start();
	pg_tz	   *tz;
	bool		found = false;

	while (!found && (tz = pg_tzenumerate_next(zones)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		found = strcmp(pg_get_timezone_name(tz), name) == 0;
	}
	pg_tzenumerate_end(zones);
	return found;
}

bool
qb_zone_is_iana(const char *name, const char **meant)
{
	pg_tz	   *tz;

	*meant = NULL;
	if (strpbrk(name, "0123456789+<") != NULL)
		return zone_is_listed(name);
	if (strcmp(name, "localtime") == 0 || strcmp(name, "posixrules") == 0 ||
		(tz = pg_tzset(name)) == NULL || !pg_tz_acceptable(tz))
		return false;
	if (strcmp(pg_get_timezone_name(tz), name) == 0)
		return true;
	*meant = pg_get_timezone_name(tz);
	return false;
}
