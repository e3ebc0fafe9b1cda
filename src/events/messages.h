/*
 * messages.h
 *		Messages to patients: reminders, and word of what was booked.
 */
#ifndef QB_EVENTS_MESSAGES_H
#define QB_EVENTS_MESSAGES_H

#include "store/store.h"

/* Queue the messages that are due; how many, also those that are skipped. */
extern int	qb_queue_notifications(QbStore *store);

/* There may be more than one call queues. */
#define QB_MAX_QUEUED 500

#endif							/* QB_EVENTS_MESSAGES_H */
