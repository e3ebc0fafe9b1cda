/*
 * lanes.h
 *		A provider's parallel places.
 */
#ifndef QB_BOOKING_LANES_H
#define QB_BOOKING_LANES_H

#include "store/model.h"
#include "store/store.h"

/*
 * A lane for [start, end) on a calendar whose allocations around it are loaded
 * and that is locked; moves other allocations if it has to.
 * At or above the calendar's capacity: there is none.
 */
extern int	qb_choose_lane(QbStore *store, const QbCalendar *calendar, int64 start, int64 end);

#endif							/* QB_BOOKING_LANES_H */
