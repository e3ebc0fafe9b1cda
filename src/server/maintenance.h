/*
 * maintenance.h
 *		What has to be done now and then.
 */
#ifndef QB_SERVER_MAINTENANCE_H
#define QB_SERVER_MAINTENANCE_H

#include "events/sequencer.h"

typedef struct QbMaintenance
{
	int			holds_expired;
	int64		events_numbered;
	int			notifications_queued;
	bool		more;			/* there was more than one transaction should do */
} QbMaintenance;

/* What there is to do; a bit each. */
typedef enum QbTask
{
	QB_TASK_HOLDS = 1,
	QB_TASK_EVENTS = 2,
	QB_TASK_MESSAGES = 4,		/* takes a longer look */
	QB_TASK_ALL = 7
} QbTask;

/* Do what is due of tasks, in the present transaction.  sequencer: the worker's, else NULL. */
extern QbMaintenance qb_maintain(int tasks, QbSequencer *sequencer);

#endif							/* QB_SERVER_MAINTENANCE_H */
