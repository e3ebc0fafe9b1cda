/*
 * question.h
 *		What the rules are asked about: a service, who may serve, and what is
 *		loaded of a period.
 */
#ifndef QB_RULES_QUESTION_H
#define QB_RULES_QUESTION_H

#include "base/aside.h"
#include "store/model.h"
#include "store/store.h"

/* A provider of the lead role, and the starts that rules 3, 4 and 6 allow. */
typedef struct QbLead
{
	const QbCandidate *candidate;
	QbProvider *provider;
	int64		duration;
	QbIntervalSet feasible;
} QbLead;

typedef struct QbOffer
{
	const QbLead *lead;
	int64		start;
	int64		end;
	int			seats_left;
} QbOffer;

typedef struct QbHorizon QbHorizon; /* horizon.c */
typedef struct QbLimitState QbLimitState;	/* limit.c */

/*
 * A search for times of one service.  Open it, then ask for any number of
 * periods.
 *
 * What it is about lives in the memory context that was current when it was
 * opened.  What is loaded for a period (the rows and sets of the providers and
 * the patient, the feasible starts, the sessions, what limits have counted)
 * lives in one of its own and is gone with the next load, or with the search.
 */
typedef struct QbSearch
{
	QbStore    *store;
	QbService  *service;
	QbTeam	   *team;
	const pg_uuid_t *lead_asked;	/* NULL: any */
	const pg_uuid_t *patient;	/* NULL: any */
	const pg_uuid_t *except;	/* appointment that does not count, or NULL */
	int			aside;			/* QbOverrideFlags */
	TimestampTz now;
	bool		explains;		/* see qb_search_load_to_explain() */

	/* who can be asked: active, and in the lead role the one asked for */
	QbLead	   *leads;
	int			nleads;
	QbProvider **providers;		/* leads and those of the other roles, by id */
	int			nproviders;
	QbCalendar *patient_calendar;	/* empty where the patient's time does not matter */
	QbCalendar **calendars;		/* theirs and, where it matters, the patient's */
	int			ncalendars;

	MemoryContext context;		/* as when it was opened */
	MemoryContext loaded;		/* of the period */

	/* the period that is loaded */
	int64		from;
	int64		to;
	QbSession  *sessions;
	int			nsessions;

	/* rule 5 */
	QbLimit    *limits;
	int			nlimits;
	QbLimitState *limit_state;
	QbHorizon  *horizon;
} QbSearch;

static inline QbExempt
qb_exempt(const QbSearch *search)
{
	return (QbExempt) {search->patient, search->except};
}

/* Where a booking at a start would go. */
typedef struct QbPlace
{
	const QbSession *session;	/* the one to join, or that is full; NULL: time of its own */
	bool		full;
	int			seats_left;
	int64		end;
} QbPlace;

/*
 * What each rule is asked: whether a lead can be booked at a start, for which
 * qb_question() has found the place.  Good until the next load.
 */
typedef struct QbQuestion
{
	const QbSearch *search;
	const QbLead *lead;
	int64		start;
	QbPlace		place;
} QbQuestion;

#endif							/* QB_RULES_QUESTION_H */
