/*
 * consumers.c
 *		Reading the event log: consumers, and how far each has read.
 */
#include "postgres.h"

#include "events/consumers.h"

#include "access/xlog.h"
#include "access/xlog_internal.h"

#include "base/errors.h"
#include "base/locks.h"
#include "events/sequencer.h"

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

QbConsumer *
qb_consumer_create(QbStore *store, const char *name, const int64 *from)
{
	int64		position;
	QbConsumer *consumer;

	lock_consumer(name);
	if (qb_store_consumer_position(store, name, &position))
		qb_raise_argument("name", "there is a consumer \"%s\" already", name);
	qb_have_events_numbered(store);
	position = qb_store_last_position(store);
	if (from != NULL && *from > position)
		qb_raise_argument("from_position", "no event has position " INT64_FORMAT " yet", *from);
	qb_store_insert_consumer(store, name, from ? *from : position);
	if (qb_store_consumers(store, name, &consumer) != 1)
		elog(ERROR, "the new consumer was not found");
	return consumer;
}

bool
qb_consumer_drop(QbStore *store, const char *name)
{
	lock_consumer(name);
	return qb_store_delete_consumer(store, name);
}

void
qb_consumer_fetch(QbStore *store, const char *name, int max, QbRows *rows)
{
	int64		position = open_consumer(store, name);

	/* who is behind has enough to read */
	if (qb_store_last_position(store) < qb_plus(position, max))
		qb_have_events_numbered(store);
	if (qb_store_events_after(store, position, max, rows) > 0)
		make_positions_durable();
}

int64
qb_consumer_ack(QbStore *store, const char *name, int64 position)
{
	int64		present = open_consumer(store, name);

	if (position > qb_store_last_position(store))
		qb_raise_argument("position", "no event has position " INT64_FORMAT " yet", position);
	if (position <= present)
		return present;
	qb_store_set_consumer_position(store, name, position);
	return position;
}

int64
qb_purge_events(QbStore *store, TimestampTz before, bool force)
{
	qb_have_events_numbered(store);
	/* nobody is numbering what is deleted: the counter would count it */
	qb_stop_numbering();
	return qb_store_purge_events(store, before, force);
}
