/*
 * worker.h
 *		The background workers.
 */
#ifndef QB_WORKER_H
#define QB_WORKER_H

#include "quickbook.h"

/* Register the launcher and the hooks; called while the server starts. */
extern void qb_worker_register(void);

#endif							/* QB_WORKER_H */
