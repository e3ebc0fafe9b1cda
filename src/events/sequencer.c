/*
 * sequencer.c
 *		Reading the event log: positions in commit order, and who has read how
 *		far.
 *
 * An event gets its position after its transaction has committed, by the
 * worker or, where none runs, by whoever fetches.  So nothing can appear behind
 * a reader, and a long transaction holds up nobody else's events.
 */
#include "postgres.h"

#include "events/sequencer.h"

#include "access/transam.h"
#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/locks.h"
#include "base/results.h"
#include "base/shared.h"
#include "store/store.h"
#include "events/log.h"
#include "people/access.h"
#include "api/arguments.h"

/* How often a worker looks at all events without a position, in milliseconds. */
#define LOOK_AT_ALL_NAP 30000

/* So many events can be fetched at a time. */
#define MAX_EVENTS 1000000

PG_FUNCTION_INFO_V1(quickbook_create_consumer);
PG_FUNCTION_INFO_V1(quickbook_drop_consumer);
PG_FUNCTION_INFO_V1(quickbook_fetch_events);
PG_FUNCTION_INFO_V1(quickbook_ack_events);
PG_FUNCTION_INFO_V1(quickbook_consumer_status);
PG_FUNCTION_INFO_V1(quickbook_purge_events);
PG_FUNCTION_INFO_V1(quickbook_relay_lock);

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

/*
 * What is given to somebody outside must not change: the worker's commits are
 * not flushed, and after a crash other events might get these positions.
 */
static void
make_positions_durable(void)
{
	XLogRecPtr	end = GetXLogInsertRecPtr();

	/* a page that has no more than its header yet cannot be flushed */
	if (end % XLOG_BLCKSZ == SizeOfXLogShortPHD || XLogSegmentOffset(end, wal_segment_size) == SizeOfXLogLongPHD)
		end -= end % XLOG_BLCKSZ;
	XLogFlush(end);
}

static void
lock_consumer(const char *name)
{
	QbLockSet	lock;

	qb_locks_init(&lock);
	qb_locks_add(&lock, QB_LOCK_CONSUMER, name, (int) strlen(name));
	qb_locks_acquire(&lock);
}

/* Lock the consumer and tell its position. */
static int64
open_consumer(QbStore *store, const char *name)
{
	int64		position;

	lock_consumer(name);
	if (!qb_store_consumer_position(store, name, &position))
		qb_raise(QB_NOT_FOUND, qb_detail_text(qb_detail(), "consumer", name),
				 "Make it by quickbook.create_consumer().", "there is no consumer \"%s\"", name);
	return position;
}

Datum
quickbook_create_consumer(PG_FUNCTION_ARGS)
{
	char	   *name = qb_arg_key(fcinfo, 0, "name");
	int64		from = PG_ARGISNULL(1) ? -1 : PG_GETARG_INT64(1);
	int64		position;
	QbStore		store;
	QbConsumer *consumer;
	int			n;

	if (*name == '\0')
		qb_raise_argument("name", "the name of a consumer must not be empty");
	if (!PG_ARGISNULL(1) && from < 0)
		qb_raise_argument("from_position", "from_position is negative");
	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "read the event log");
	lock_consumer(name);
	if (qb_store_consumer_position(&store, name, &position))
		qb_raise_argument("name", "there is a consumer \"%s\" already", name);
	qb_have_events_numbered(&store);
	if (from > qb_store_last_position(&store))
		qb_raise_argument("from_position", "no event has position " INT64_FORMAT " yet", from);
	if (from < 0)
		from = qb_store_last_position(&store);
	qb_store_insert_consumer(&store, name, from);
	n = qb_store_consumers(&store, name, &consumer);
	qb_store_end(&store);
	if (n != 1)
		elog(ERROR, "the new consumer was not found");
	return qb_composite_result(fcinfo, consumer->values, consumer->nulls);
}

Datum
quickbook_drop_consumer(PG_FUNCTION_ARGS)
{
	char	   *name = qb_arg_text(fcinfo, 0, "name");
	QbStore		store;
	bool		found;

	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "drop a consumer");
	lock_consumer(name);
	found = qb_store_delete_consumer(&store, name);
	qb_store_end(&store);
	PG_RETURN_BOOL(found);
}

Datum
quickbook_fetch_events(PG_FUNCTION_ARGS)
{
	char	   *name = qb_arg_text(fcinfo, 0, "consumer");
	int			max = qb_arg_count(fcinfo, 1, "max_events", 100, MAX_EVENTS);
	QbRows		rows;
	QbStore		store;
	int64		position;

	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "read the event log");
	position = open_consumer(&store, name);
	/* who is behind has enough to read */
	if (qb_store_last_position(&store) < qb_plus(position, max))
		qb_have_events_numbered(&store);
	if (qb_store_events_after(&store, position, max, rows.store) > 0)
		make_positions_durable();
	qb_store_end(&store);
	return (Datum) 0;
}

Datum
quickbook_ack_events(PG_FUNCTION_ARGS)
{
	char	   *name = qb_arg_text(fcinfo, 0, "consumer");
	QbStore		store;
	int64		present;
	int64		position;

	if (PG_ARGISNULL(1))
		qb_raise_argument("position", "position must not be null");
	position = PG_GETARG_INT64(1);
	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "acknowledge events");
	present = open_consumer(&store, name);
	if (position > qb_store_last_position(&store))
		qb_raise_argument("position", "no event has position " INT64_FORMAT " yet", position);
	if (position > present)
	{
		qb_store_set_consumer_position(&store, name, position);
		present = position;
	}
	qb_store_end(&store);
	PG_RETURN_INT64(present);
}

Datum
quickbook_consumer_status(PG_FUNCTION_ARGS)
{
	char	   *name = qb_arg_text_or_null(fcinfo, 0, "consumer");
	QbRows		rows;
	QbStore		store;
	QbConsumer *consumers;
	int			n;

	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, false);
	qb_require_operator(&store.caller, "see the consumers");
	qb_rows_bound(&rows, &store.caller);
	n = qb_store_consumers(&store, name, &consumers);
	qb_store_end(&store);
	for (int i = 0; i < n; i++)
		qb_rows_put(&rows, consumers[i].values, consumers[i].nulls);
	return (Datum) 0;
}

/* The consumer may be made later. */
Datum
quickbook_relay_lock(PG_FUNCTION_ARGS)
{
	char	   *name = qb_arg_text(fcinfo, 0, "consumer");
	QbCaller	caller = qb_caller();

	qb_require_operator(&caller, "be a relay");
	PG_RETURN_BOOL(qb_lock_for_session(QB_LOCK_RELAY, name, (int) strlen(name)));
}

Datum
quickbook_purge_events(PG_FUNCTION_ARGS)
{
	bool		force = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	TimestampTz before = qb_arg_older_than(fcinfo, 0);
	QbLockSet	lock;
	QbStore		store;
	int64		n;

	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "purge events");
	qb_have_events_numbered(&store);
	/* nobody is numbering what is deleted: the counter would count it */
	init_sequencer_lock(&lock);
	qb_locks_acquire(&lock);
	n = qb_store_purge_events(&store, before, force);
	qb_store_end(&store);
	PG_RETURN_INT64(n);
}
