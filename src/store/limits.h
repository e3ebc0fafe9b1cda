/*
 * limits.h
 *		The tables: limits, and what they count.
 */
#ifndef QB_STORE_LIMITS_H
#define QB_STORE_LIMITS_H

#include "store/model.h"
#include "store/store.h"

/* The limits that bookings of a service meet. */
extern int	qb_store_limits(QbStore *store, const pg_uuid_t *clinic, const pg_uuid_t *service, QbLimit **limits);

/*
 * What a limit counts of the starts in a period, but for the exempt appointment and
 * the patient's live holds, which qb_store_own_holds() tells.
 */
extern void qb_store_limit_use(QbStore *store, const QbLimit *limit, const pg_uuid_t *clinic,
							   const QbExempt *exempt, QbInterval period, QbLimitUse *use);
extern int	qb_store_own_holds(QbStore *store, const pg_uuid_t *patient, const pg_uuid_t *except,
							   QbOwnHold **holds);

/* Is there, in a clinic, a limit below one of the same scope and a shorter period? */
extern bool qb_store_limit_shrinks(QbStore *store, const pg_uuid_t *limit, char **period);

#endif							/* QB_STORE_LIMITS_H */
