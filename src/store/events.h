/*
 * events.h
 *		The tables: the event log, and who has read how far.
 */
#ifndef QB_STORE_EVENTS_H
#define QB_STORE_EVENTS_H

#include "base/results.h"
#include "store/appointments.h"
#include "store/store.h"

/* A row of consumer_info. */
#define QB_CONSUMER_NCOLUMNS 6

typedef struct QbConsumer
{
	Datum		values[QB_CONSUMER_NCOLUMNS];
	bool		nulls[QB_CONSUMER_NCOLUMNS];
} QbConsumer;

/* What listeners hear of an event. */
typedef struct QbEventName
{
	pg_uuid_t	id;
	char	   *type;
	pg_uuid_t	subject;
	pg_uuid_t	clinic_id;
	int64		seq;
} QbEventName;

/* Append an event; it gets its position later. */
extern void qb_store_insert_event(QbStore *store, const pg_uuid_t *id, const char *type,
								  const QbAppointment *appointment, TimestampTz occurred_at, Datum data);

/*
 * Give positions to at most max events that are committed and have none, those
 * inserted before from left out; how many, and their names.  Under the
 * sequencer's lock.
 */
extern int	qb_store_number_events(QbStore *store, int64 from, int max, QbEventName **events);

/* The last position that was given; 0: none. */
extern int64 qb_store_last_position(QbStore *store);

/* At most max events after a position into rows of event_info; how many? */
extern int	qb_store_events_after(QbStore *store, int64 position, int max, QbRows *rows);

/* Delete events that every consumer has read (force: or not) and that are older; how many? */
extern int64 qb_store_purge_events(QbStore *store, TimestampTz before, bool force);

/* Consumers: one by name, or all (NULL); how many? */
extern int	qb_store_consumers(QbStore *store, const char *name, QbConsumer **consumers);

/* The position of a consumer, false: no such consumer; set it. */
extern bool qb_store_consumer_position(QbStore *store, const char *name, int64 *position);
extern void qb_store_set_consumer_position(QbStore *store, const char *name, int64 position);

/* A new consumer that has read so far; delete one, false: no such consumer. */
extern void qb_store_insert_consumer(QbStore *store, const char *name, int64 position);
extern bool qb_store_delete_consumer(QbStore *store, const char *name);

#endif							/* QB_STORE_EVENTS_H */
