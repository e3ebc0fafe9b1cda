/*
 * lifecycle.h
 *		The status machine.
 */
#ifndef QB_BOOKING_LIFECYCLE_H
#define QB_BOOKING_LIFECYCLE_H

#include "base/settings.h"

/* Raises invalid_argument unless it is the name of a status. */
extern void qb_check_status_name(const char *status);

#endif							/* QB_BOOKING_LIFECYCLE_H */
