/*
 * grid.h
 *		Rule 2: which of the feasible starts are offered.
 */
#ifndef QB_GRID_H
#define QB_GRID_H

#include "slots.h"

/* Offers, growing; begin with zeroes. */
typedef struct QbOfferList
{
	QbOffer    *items;
	int			count;
	int			capacity;
} QbOfferList;

extern void qb_offers_add(QbOfferList *list, const QbOffer *offer);

/* Add the lead's starts in [from, to) that are on the grid and that nothing hides. */
extern void qb_grid_pick(const QbSearch *search, const QbLead *lead, int64 from, int64 to, QbOfferList *list);

#endif							/* QB_GRID_H */
