/*
 * maintenance.c
 *		What has to be done now and then, by the worker or by hand.  Nothing
 *		depends on it: an expired hold never blocks, closed or not, and who
 *		fetches events numbers them.
 */
#include "postgres.h"

#include "server/maintenance.h"

#include "miscadmin.h"

#include "store/appointments.h"
#include "store/store.h"
#include "store/tokens.h"
#include "events/messages.h"
#include "events/sequencer.h"
#include "booking/booking.h"
#include "booking/lock.h"

/* So many holds a call, to keep its transaction short. */
#define MAX_HOLDS 500

/* Close the holds that are due, but for those whose calendars somebody is writing. */
static int
expire_holds(QbStore *store, bool *more)
{
	pg_uuid_t  *ids;
	int			n = qb_store_due_holds(store, MAX_HOLDS, &ids);
	int			closed = 0;

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!qb_try_lock_appointment(store, &ids[i]))
			continue;
		qb_close_hold(store, &ids[i]);
		closed++;
	}
	*more = closed == MAX_HOLDS;
	return closed;
}

QbMaintenance
qb_maintain(int tasks, QbSequencer *sequencer)
{
	QbMaintenance done = {0};
	QbStore		store;

	qb_store_begin(&store, true);
	if (tasks & QB_TASK_HOLDS)
		done.holds_expired = expire_holds(&store, &done.more);
	if (tasks & QB_TASK_EVENTS)
		done.events_numbered = qb_number_events(&store, sequencer);
	if (tasks & QB_TASK_MESSAGES)
	{
		done.notifications_queued = qb_queue_notifications(&store);
		qb_store_purge_accounts(&store);
	}
	done.more = done.more || done.events_numbered == QB_MAX_NUMBERED || done.notifications_queued >= QB_MAX_QUEUED;
	qb_store_end(&store);
	return done;
}
