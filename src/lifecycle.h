/*
 * lifecycle.h
 *		The status machine.
 */
#ifndef QB_LIFECYCLE_H
#define QB_LIFECYCLE_H

#include "quickbook.h"

/* Raises invalid_argument unless it is the name of a status. */
extern void qb_check_status_name(const char *status);

#endif							/* QB_LIFECYCLE_H */
