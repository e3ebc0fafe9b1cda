/*
 * offers.h
 *		The starts that a search offers, one after another.
 *
 * Nothing keeps a list of them, which may be a million: they are found when
 * they are asked for.
 */
#ifndef QB_RULES_OFFERS_H
#define QB_RULES_OFFERS_H

#include "rules/question.h"

typedef struct QbOffers QbOffers;

/* The last instant, exclusive, that a search may offer. */
extern int64 qb_search_end(const QbSearch *search);

/*
 * Load [from, to) and begin with the first offer in it: by start, then
 * provider; or, where the order does not matter, in any.  It belongs to what is
 * loaded: the next load of the search frees it.
 */
extern QbOffers *qb_offers_open(QbSearch *search, int64 from, int64 to, bool in_order);

/* The next offer; false: there is none. */
extern bool qb_offers_next(QbOffers *offers, QbOffer *offer);

/* No more of a lead's offers on the grid that begin before an instant are wanted. */
extern void qb_offers_skip(QbOffers *offers, const QbLead *lead, int64 until);

/*
 * Not in order: how many more offers of the same lead, after this one, begin
 * before an instant, as far as they can be counted at once; they are not given
 * any more.
 */
extern int64 qb_offers_take(QbOffers *offers, const QbOffer *offer, int64 until);

#endif							/* QB_RULES_OFFERS_H */
