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

/*
 * Do what is due of tasks, in the present transaction, with qb_store_begin() and
 * qb_store_end().  Locks the calendars of holds that it closes, without waiting,
 * and the sequencer as qb_number_events() does.  sequencer: the worker's, else
 * NULL.  Errors: not_installed, wrong_schema_version.
 */
extern QbMaintenance qb_maintain(int tasks, QbSequencer *sequencer);

#endif							/* QB_SERVER_MAINTENANCE_H */
