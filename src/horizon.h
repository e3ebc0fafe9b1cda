/*
 * horizon.h
 *		Rule 5: how far ahead may be booked.
 */
#ifndef QB_HORIZON_H
#define QB_HORIZON_H

#include "slots.h"

extern bool qb_within_horizon(const QbSearch *search, const QbLead *lead, int64 start);

/* The last date that horizon_days allows a lead; DATEVAL_NOEND: none. */
extern DateADT qb_horizon_last(const QbSearch *search, const QbLead *lead);

#endif							/* QB_HORIZON_H */
