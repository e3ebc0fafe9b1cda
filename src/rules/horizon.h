/*
 * horizon.h
 *		Rule 5: how far ahead may be booked.
 */
#ifndef QB_RULES_HORIZON_H
#define QB_RULES_HORIZON_H

#include "rules/question.h"

/* Finds the last date of each lead that a number of working or bookable dates leads to. */
typedef void (*QbFindLastDates) (const QbSearch *search, QbHorizon *horizon);

/* The last date of each lead, found when first asked for. */
struct QbHorizon
{
	QbFindLastDates find;
	bool		known;
	DateADT    *last;			/* by lead */
};

extern QbHorizon *qb_horizon_make(int nleads, QbFindLastDates find);

extern bool qb_within_horizon(const QbQuestion *q);

/* The last date that horizon_days allows a lead; DATEVAL_NOEND: none. */
extern DateADT qb_horizon_last(const QbSearch *search, const QbLead *lead);

#endif							/* QB_RULES_HORIZON_H */
