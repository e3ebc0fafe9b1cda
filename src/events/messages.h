/*
 * messages.h
 *		Messages to patients: reminders, and word of what was booked; and the
 *		sending of all messages, those to accounts too.
 *
 * All of it runs between qb_store_begin() and qb_store_end(), and asks nobody
 * for rights: the doors do.
 */
#ifndef QB_EVENTS_MESSAGES_H
#define QB_EVENTS_MESSAGES_H

#include "base/results.h"
#include "store/store.h"

/* There may be more than one call queues. */
#define QB_MAX_QUEUED 500

/* Queue the messages that are due; how many, also those that are skipped.  Locks nothing but their rows. */
extern int	qb_queue_notifications(QbStore *store);

/*
 * Put up to max queued messages of a channel into rows, with their texts; until
 * lease_until nobody else gets them.  Rows that somebody else is claiming are
 * passed by.  Empty only if there are none.
 */
extern void qb_claim_notifications(QbStore *store, const char *channel, int max, TimestampTz lease_until,
								   QbRows *rows);

/*
 * Give a queued message its last status.  Locks its row.  Errors: not_found;
 * invalid_transition for one that has it already.
 */
extern void qb_finish_notification(QbStore *store, const pg_uuid_t *id, const char *status, const char *reason);

/* Sending failed: it waits for another attempt, or is dead (false).  Lock and errors as above. */
extern bool qb_fail_notification(QbStore *store, const pg_uuid_t *id, const char *error);

#endif							/* QB_EVENTS_MESSAGES_H */
