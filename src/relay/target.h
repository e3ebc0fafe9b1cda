/*
 * target.h
 *		Where events go: RabbitMQ or a webhook.
 */
#ifndef RELAY_TARGET_H
#define RELAY_TARGET_H

#include "relay/database.h"
#include "relay/options.h"

/* What became of a batch. */
typedef struct Delivery
{
	int			confirmed;		/* so many from the front; acknowledge these */
	int			unrouted;		/* of them, those that no queue was bound for */
	bool		failed;			/* wait before the next attempt */
	int			wait_ms;		/* at least so long, if the other side said so */
} Delivery;

typedef struct Target
{
	const char *name;

	/* Connected?  Else connect; says on the log why it cannot. */
	bool		(*ready) (void);
	Delivery	(*deliver) (const Events *events);

	/*
	 * While there is nothing to do: a socket to wait on, or -1, and what to do when it can be
	 * read.
	 */
	int			(*socket) (void);
	void		(*idle) (void);
	void		(*close) (void);
} Target;

/* Both keep the options, and exit with a message if they cannot be right. */
extern const Target *amqp_target(const Options *options);
extern const Target *webhook_target(const Options *options);

#endif							/* RELAY_TARGET_H */
