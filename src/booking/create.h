/*
 * create.h
 *		What making and moving an appointment check alike.
 */
#ifndef QB_BOOKING_CREATE_H
#define QB_BOOKING_CREATE_H

#include "rules/search.h"

/* policy_refused unless the service can be booked at all, with the lead asked for (NULL: any). */
extern void qb_check_policy(const QbSearch *search, const pg_uuid_t *provider);

/* A start must lie where dates can be computed with: invalid_argument. */
extern void qb_check_start(int64 start);

#endif							/* QB_BOOKING_CREATE_H */
