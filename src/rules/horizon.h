/*
 * horizon.h
 *		Rule 5: how far ahead may be booked.
 */
#ifndef QB_RULES_HORIZON_H
#define QB_RULES_HORIZON_H

#include "rules/search.h"

extern bool qb_within_horizon(const QbSearch *search, const QbLead *lead, int64 start);

/* The last date that horizon_days allows a lead; DATEVAL_NOEND: none. */
extern DateADT qb_horizon_last(const QbSearch *search, const QbLead *lead);

#endif							/* QB_RULES_HORIZON_H */
