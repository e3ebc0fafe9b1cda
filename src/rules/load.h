/*
 * load.h
 *		Reading what a search is about, and what decides in a period.
 */
#ifndef QB_RULES_LOAD_H
#define QB_RULES_LOAD_H

#include "store/store.h"
#include "rules/horizon.h"
#include "rules/question.h"

/*
 * As qb_search_open(), with what finds the last dates of the horizon: NULL where
 * nothing asks for them.
 */
extern QbSearch *qb_search_make(QbStore *store, const pg_uuid_t *service, const pg_uuid_t *lead,
								const pg_uuid_t *patient, QbFindLastDates find);

/*
 * Ask only about one lead, who need no longer be active nor serve: what is booked
 * is booked with whom it is.  Errors: not_found.
 */
extern void qb_search_ask_only(QbSearch *search, const pg_uuid_t *lead);

/*
 * Load all that decides about starts in [from, to), into search->loaded.  What
 * was loaded before is freed; leads, providers and limits stay.  Locks nothing:
 * who writes has locked the calendars.
 */
extern void qb_search_load(QbSearch *search, int64 from, int64 to);

/* The same for who tells why: what is told may have begun long before. */
extern void qb_search_load_to_explain(QbSearch *search, int64 from, int64 to);

#endif							/* QB_RULES_LOAD_H */
