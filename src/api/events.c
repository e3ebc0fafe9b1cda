/*
 * events.c
 *		The SQL functions that read the event log.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/locks.h"
#include "base/results.h"
#include "store/events.h"
#include "store/store.h"
#include "events/consumers.h"
#include "people/access.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_create_consumer);
PG_FUNCTION_INFO_V1(quickbook_drop_consumer);
PG_FUNCTION_INFO_V1(quickbook_fetch_events);
PG_FUNCTION_INFO_V1(quickbook_ack_events);
PG_FUNCTION_INFO_V1(quickbook_consumer_status);
PG_FUNCTION_INFO_V1(quickbook_purge_events);
PG_FUNCTION_INFO_V1(quickbook_relay_lock);

/* So many events can be fetched at a time. */
#define MAX_EVENTS 1000000

/* Its name, and the position to begin behind. */
Datum
quickbook_create_consumer(PG_FUNCTION_ARGS)
{
	char	   *name = qb_arg_key(fcinfo, 0, "name");
	int64		from = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT64(1);
	QbStore		store;
	QbConsumer *consumer;

	if (*name == '\0')
		qb_raise_argument("name", "the name of a consumer must not be empty");
	if (from < 0)
		qb_raise_argument("from_position", "from_position is negative");
	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "read the event log");
	consumer = qb_consumer_create(&store, name, PG_ARGISNULL(1) ? NULL : &from);
	qb_store_end(&store);
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
	found = qb_consumer_drop(&store, name);
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

	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "read the event log");
	qb_consumer_fetch(&store, name, max, &rows);
	qb_store_end(&store);
	return (Datum) 0;
}

Datum
quickbook_ack_events(PG_FUNCTION_ARGS)
{
	char	   *name = qb_arg_text(fcinfo, 0, "consumer");
	QbStore		store;
	int64		position;

	if (PG_ARGISNULL(1))
		qb_raise_argument("position", "position must not be null");
	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "acknowledge events");
	position = qb_consumer_ack(&store, name, PG_GETARG_INT64(1));
	qb_store_end(&store);
	PG_RETURN_INT64(position);
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
	QbCaller	caller = qb_store_caller();

	qb_require_operator(&caller, "be a relay");
	PG_RETURN_BOOL(qb_lock_for_session(QB_LOCK_RELAY, name, (int) strlen(name)));
}

Datum
quickbook_purge_events(PG_FUNCTION_ARGS)
{
	bool		force = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	TimestampTz before = qb_arg_older_than(fcinfo, 0);
	QbStore		store;
	int64		n;

	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "purge events");
	n = qb_purge_events(&store, before, force);
	qb_store_end(&store);
	PG_RETURN_INT64(n);
}
