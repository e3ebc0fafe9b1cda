/*
 * horizon.h
 *		Rule 5: how far ahead may be booked.
 */
#ifndef QB_RULES_HORIZON_H
#define QB_RULES_HORIZON_H

#include "rules/question.h"

/* Finds and sets the last date of each lead that a number of working or bookable dates leads to. */
typedef void (*QbFindLastDates) (const QbSearch *search, QbHorizon *horizon);

/* The last date of each lead, found when first asked for. */
struct QbHorizon
{
	QbFindLastDates find;
	bool		known;
	DateADT    *last;			/* by lead */
};

/* A horizon with nothing found yet, palloc'd; find may be NULL where dates are not counted. */
extern QbHorizon *qb_horizon_make(int nleads, QbFindLastDates find);

/* May the start's date be booked, by search_days, bookable_from and bookable_to, and horizon_days? */
extern bool qb_within_horizon(const QbQuestion *q);

/* The last date that horizon_days allows a lead; DATEVAL_NOEND: none.  Searches when it is first asked. */
extern DateADT qb_horizon_last(const QbSearch *search, const QbLead *lead);

#endif							/* QB_RULES_HORIZON_H */
