/*
 * maintenance.h
 *		What has to be done now and then.
 */
#ifndef QB_MAINTENANCE_H
#define QB_MAINTENANCE_H

#include "consumers.h"

typedef struct QbMaintenance
{
	int			holds_expired;
	int64		events_numbered;
	int			notifications_queued;
	bool		more;			/* there was more than one transaction should do */
} QbMaintenance;

/*
 * Do what is due, in the present transaction; messages take a longer look, so
 * they are optional.  sequencer: the worker's, else NULL.
 */
extern QbMaintenance qb_maintain(bool messages, QbSequencer *sequencer);

#endif							/* QB_MAINTENANCE_H */
