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

/* Where the count of a start's grid begins.  Anchors gap and clock have none where the time is not free. */
extern bool qb_grid_anchor(const QbSearch *search, const QbLead *lead, int64 start, int64 *anchor);

/* Is the start on the grid?  Where there is none, other rules tell why. */
extern bool qb_on_grid(const QbSearch *search, const QbLead *lead, int64 start);

#endif							/* QB_GRID_H */
