/*
 * worker.h
 *		The background workers.
 */
#ifndef QB_SERVER_WORKER_H
#define QB_SERVER_WORKER_H

#include "base/settings.h"

/* Register the launcher and the hooks; called while the server starts. */
extern void qb_worker_register(void);

#endif							/* QB_SERVER_WORKER_H */
