/*
 * maintenance.h
 *		What has to be done now and then.
 */
#ifndef QB_MAINTENANCE_H
#define QB_MAINTENANCE_H

#include "quickbook.h"

typedef struct QbMaintenance
{
	int			holds_expired;
	int64		events_numbered;
	int			notifications_queued;
	bool		more;			/* there was more than one transaction should do */
} QbMaintenance;

/* Do what is due, in the present transaction; messages take a longer look, so they are optional. */
extern QbMaintenance qb_maintain(bool messages);

#endif							/* QB_MAINTENANCE_H */
