/*
 * announce.c
 *		The word to listeners, and to the worker, that there are events.
 */
#include "postgres.h"

#include "events/announce.h"

#include "access/xact.h"
#include "commands/async.h"

#include "base/errors.h"
#include "base/settings.h"
#include "base/shared.h"

#define CHANNEL "quickbook"

/* Has this transaction written events? */
static bool appended = false;

static void
at_end_of_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT && appended)
		qb_wake_worker();
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		appended = false;
}

void
qb_events_register(void)
{
	RegisterXactCallback(at_end_of_transaction, NULL);
}

bool
qb_notify_is_late(void)
{
	return qb_notify == QB_NOTIFY_WORKER || (qb_notify == QB_NOTIFY_AUTO && qb_worker_pid() != 0);
}

/* A hint to look at the log, not the event itself. */
static void
notify(const pg_uuid_t *id, const char *type, const pg_uuid_t *subject, const pg_uuid_t *clinic)
{
	Async_Notify(CHANNEL, psprintf("{\"id\": \"%s\", \"type\": \"%s\", \"subject\": \"%s\", \"clinic_id\": \"%s\"}",
								   qb_uuid_text(id), type, qb_uuid_text(subject), qb_uuid_text(clinic)));
}

void
qb_events_announce(const QbEventName *events, int n)
{
	for (int i = 0; i < n; i++)
		notify(&events[i].id, events[i].type, &events[i].subject, &events[i].clinic_id);
	qb_count(QB_COUNT_EVENTS_SENT, n);
	qb_count(QB_COUNT_NOTIFY_BATCHES, 1);
}

void
qb_event_appended(const QbEventName *event)
{
	appended = true;
	if (qb_notify != QB_NOTIFY_OFF && !qb_notify_is_late())
		qb_events_announce(event, 1);
}
