/*
 * search.h
 *		When a service can be booked: the one answer that searching, booking,
 *		rescheduling and refusing share.
 */
#ifndef QB_RULES_SEARCH_H
#define QB_RULES_SEARCH_H

#include "store/store.h"
#include "rules/load.h"

/*
 * Open a search, palloc'd, for whoever calls: with a lead (NULL: any) for a
 * patient (NULL: any), whose ids must live as long.  Errors: not_found for a
 * service, provider or patient that does not exist or belongs to another
 * clinic; not_allowed.
 */
extern QbSearch *qb_search_open(QbStore *store, const pg_uuid_t *service,
								const pg_uuid_t *lead, const pg_uuid_t *patient);

/*
 * Read again what was read when it was opened: the service, who serves, the
 * limits.  For whoever has waited for a lock; leads and providers are others
 * afterwards, and nothing is loaded.  Errors: the same.
 */
extern void qb_search_reopen(QbSearch *search);

#endif							/* QB_RULES_SEARCH_H */
