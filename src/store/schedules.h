/*
 * schedules.h
 *		The tables: when providers work.
 */
#ifndef QB_STORE_SCHEDULES_H
#define QB_STORE_SCHEDULES_H

#include "store/model.h"
#include "store/store.h"

/*
 * Fill the hours, overrides, travels and time off of n providers, sorted by id
 * and of the service's clinic, as they are for the service.  What was loaded
 * before is left where it is; the rows are palloc'd in the current context.
 */
extern void qb_load_schedules(QbStore *store, const QbService *service, QbProvider **providers, int n,
							  const QbDates *dates);

/*
 * What the hours of a provider may depend on: for each service that they name,
 * and for none (first, with an id of zeroes), its id, clinic and week start.
 */
extern int	qb_store_named_services(QbStore *store, const pg_uuid_t *provider, QbService **services);

#endif							/* QB_STORE_SCHEDULES_H */
