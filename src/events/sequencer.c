/*
 * sequencer.c
 *		The events' positions: in the order of their commits.
 *
 * An event gets its position after its transaction has committed, by the
 * worker or, where none runs, by whoever fetches.  So nothing can appear behind
 * a reader, and a long transaction holds up nobody else's events.
 */
#include "postgres.h"

#include "events/sequencer.h"

#include "access/transam.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/locks.h"
#include "base/shared.h"
#include "store/events.h"
#include "events/announce.h"

/* How often a worker looks at all events without a position, in milliseconds. */
#define LOOK_AT_ALL_NAP 30000

/* From which event on to look. */
static int64
begin_to_look(QbSequencer *q)
{
	TimestampTz now = GetCurrentTimestamp();

	if (!TimestampDifferenceExceeds(q->looked_at, now, LOOK_AT_ALL_NAP))
		return q->floor;
	/* for those that the floor is wrong about: somebody restarted the identity column */
	q->looked_at = now;
	return 0;
}

/*
 * An event takes its seq when its transaction has its number, so all up to the
 * last one seen are by transactions that have begun.  When they have ended, and
 * another look has dealt with what they left, no more will come from there.
 */
static void
end_of_look(QbSequencer *q, TransactionId oldest, const QbEventName *events, int n)
{
	int64		last = 0;

	for (int i = 0; i < n; i++)
	{
		last = Max(last, events[i].seq);
		if (events[i].seq < q->floor)
			q->next_floor = 0;
	}
	if (n == QB_MAX_NUMBERED || (n > 0 && q->next_floor < q->floor))
		q->before = InvalidTransactionId;
	else if (TransactionIdIsValid(q->before) && !TransactionIdPrecedes(oldest, q->before))
	{
		q->next_floor = Max(q->floor, q->seen + 1);
		q->before = InvalidTransactionId;
	}
	if (n > 0 && n < QB_MAX_NUMBERED && !TransactionIdIsValid(q->before))
	{
		q->seen = last;
		q->before = ReadNextTransactionId();
	}
}

static void
init_sequencer_lock(QbLockSet *lock)
{
	qb_locks_init(lock);
	qb_locks_add(lock, QB_LOCK_SEQUENCER, "", 0);
}

int64
qb_number_events(QbStore *store, QbSequencer *sequencer)
{
	QbLockSet	lock;
	QbEventName *events;
	TransactionId oldest;
	int			n;

	/* who holds the lock numbers them; nobody waits for a fetcher that takes its time */
	init_sequencer_lock(&lock);
	if (!qb_locks_try(&lock))
		return 0;
	/* of those that are under way before the look */
	oldest = GetLatestSnapshot()->xmin;
	n = qb_store_number_events(store, sequencer ? begin_to_look(sequencer) : 0, QB_MAX_NUMBERED, &events);
	if (sequencer)
		end_of_look(sequencer, oldest, events, n);
	/* with nothing numbered, others need not wait for the end of this transaction */
	if (n == 0)
		qb_locks_release(&lock);
	else if (qb_notify_is_late())
		qb_events_announce(events, n);
	return n;
}

void
qb_have_events_numbered(QbStore *store)
{
	if (!qb_await_worker())
		(void) qb_number_events(store, NULL);
}

void
qb_stop_numbering(void)
{
	QbLockSet	lock;

	init_sequencer_lock(&lock);
	qb_locks_acquire(&lock);
}
