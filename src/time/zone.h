/*
 * zone.h
 *		IANA zones of the server, as the tables that local_time.c works on.
 */
#ifndef QB_TIME_ZONE_H
#define QB_TIME_ZONE_H

#include "base/settings.h"
#include "time/local_time.h"

/*
 * The zone over the instants [from, to).  Raises invalid_argument for a name
 * that the server does not know; argument is what to call it then.
 */
extern QbZone *qb_zone_load(const char *name, const char *argument, TimestampTz from, TimestampTz to);

/*
 * Whether name is spelled exactly like an IANA zone.  If not, *meant may be
 * the right spelling, or NULL.
 */
extern bool qb_zone_is_iana(const char *name, const char **meant);

#endif							/* QB_TIME_ZONE_H */
