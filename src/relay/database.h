/*
 * database.h
 *		The quickbook side: events to pass on, notifications to send.
 *
 * There is one connection.  A function that fails has said so on the log and
 * closed it; database_ready() opens it again.
 */
#ifndef RELAY_DATABASE_H
#define RELAY_DATABASE_H

#include <libpq-fe.h>
#include <stdbool.h>

/* A batch of events in order of position. */
typedef struct Events
{
	PGresult   *result;
	int			count;
} Events;

/* One of them; the texts live as long as the batch. */
typedef struct Event
{
	const char *position;
	const char *id;
	const char *type;
	const char *subject;
	const char *json;			/* the CloudEvents envelope */
} Event;

/* Notifications claimed for CLAIM_LEASE_MS. */
typedef struct Notifications
{
	PGresult   *result;
	int			count;
	long long	claimed_at;		/* on stop_clock() */
} Notifications;

#define CLAIM_LEASE_MS	300000

typedef struct Notification
{
	const char *id;
	const char *recipient;
	const char *subject;
	const char *body;
} Notification;

/* Is it a connection string at all?  Does not connect. */
extern bool database_valid(const char *conninfo);

/* Connected and listening: at once if it was, else it connects. */
extern bool database_ready(const char *conninfo);
extern void database_close(void);

/* To wait on; -1 without a connection. */
extern int	database_socket(void);

/* Has there been a NOTIFY since the last call?  False as well if the connection is gone. */
extern bool database_notified(void);

/* Make the consumer if there is none. */
extern bool database_create_consumer(const char *name, bool from_now);

/* Whose turn it is to pass on a consumer's events. */
typedef enum Turn
{
	TURN_OURS,
	TURN_ANOTHERS,				/* look again later */
	TURN_UNKNOWN				/* the database failed */
} Turn;

/*
 * Of several relays of one consumer one passes events on, until its connection
 * ends; then another takes its turn.
 */
extern Turn database_take_turn(const char *consumer);

/*
 * At most so many events after the consumer's position; to be given back by
 * database_settle().  False: the database failed, and there is nothing to settle.
 */
extern bool database_fetch(const char *consumer, int max, Events *events);

/* One event of the batch; its strings live until the batch is settled. */
extern Event database_event(const Events *events, int index);

/* Acknowledge the first so many events of the batch and free it. */
extern bool database_settle(const char *consumer, Events *events, int confirmed);

/*
 * Claim at most so many messages, which are ours for CLAIM_LEASE_MS; to be
 * given to database_release().  False: the database failed, nothing is claimed.
 */
extern bool database_claim(int max, Notifications *notifications);

/* One of them; its strings live until they are released. */
extern Notification database_notification(const Notifications *notifications, int index);

/* Free what was claimed; the claim itself ends by database_finish() or with its lease. */
extern void database_release(Notifications *notifications);

/*
 * Say that it was sent, or (error not NULL) that it was not, or never can be.
 * False: the database does not know yet.
 */
extern bool database_finish(const char *notification, const char *error, bool permanent);

#endif							/* RELAY_DATABASE_H */
