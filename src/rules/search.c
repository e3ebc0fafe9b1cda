/*
 * search.c
 *		When a service can be booked: opening a search.
 *
 * The grid picks from the feasible starts; the rules of time and the patient
 * hide picks, and never move the grid.  How far ahead may be booked is told by
 * a search of its own, which is why what finds that is put in here.
 */
#include "postgres.h"

#include "rules/search.h"

#include "rules/horizon_dates.h"

QbSearch *
qb_search_open(QbStore *store, const pg_uuid_t *service, const pg_uuid_t *lead, const pg_uuid_t *patient)
{
	return qb_search_make(store, service, lead, patient, qb_find_last_dates);
}

void
qb_search_reopen(QbSearch *search)
{
	QbSearch   *fresh = qb_search_open(search->store, &search->service->id, search->lead_asked, search->patient);

	fresh->except = search->except;
	fresh->aside = search->aside;
	fresh->context = search->context;
	fresh->loaded = search->loaded;
	*search = *fresh;
}
