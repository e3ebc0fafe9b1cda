/*
 * zone.h
 *		IANA zones of the server, as the tables that local_time.c works on.
 */
#ifndef QB_TIME_ZONE_H
#define QB_TIME_ZONE_H

#include "base/settings.h"
#include "time/local_time.h"

/*
 * The zone over the instants [from, to), palloc'd.  Errors: invalid_argument for a
 * name that the server does not know; argument is what to call it then.
 */
extern QbZone *qb_zone_load(const char *name, const char *argument, TimestampTz from, TimestampTz to);

/* Zones over the instants [from, to), each of them read once. */
typedef struct QbZones
{
	TimestampTz from;
	TimestampTz to;
	struct QbNamedZone *items;
	int			n;
} QbZones;

/*
 * The zone of a name, which must live as long, as qb_zone_load() reads it when it
 * is first asked for; palloc'd then, as the list.  Errors: the same.
 */
extern QbZone *qb_zones_find(QbZones *zones, const char *name, const char *argument);

/*
 * Whether name is spelled exactly like an IANA zone.  If not, *meant may be
 * the right spelling, which is the server's, or NULL.
 */
extern bool qb_zone_is_iana(const char *name, const char **meant);

#endif							/* QB_TIME_ZONE_H */
