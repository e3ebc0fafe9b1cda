/*
 * search.h
 *		When a service can be booked: the one answer that searching, booking,
 *		rescheduling and refusing share.
 */
#ifndef QB_RULES_SEARCH_H
#define QB_RULES_SEARCH_H

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

extern QbHorizon *qb_horizon_make(int nleads);
extern QbLimitState *qb_limits_make(void);

/*
 * A question about one service.  Open it, then ask for any number of periods.
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

	/* who can be asked: active, and in the lead role the one asked for */
	QbLead	   *leads;
	int			nleads;
	QbProvider **providers;		/* leads and those of the other roles */
	int			nproviders;

	MemoryContext context;		/* as when it was opened */
	MemoryContext loaded;		/* of the period */

	/* the period that is loaded */
	int64		from;
	int64		to;
	QbProvider	patient_calendar;	/* see qb_patient_calendar() */
	QbSession  *sessions;
	int			nsessions;

	/* rule 5 */
	QbLimit    *limits;
	int			nlimits;
	QbLimitState *limit_state;
	QbHorizon  *horizon;
} QbSearch;

/*
 * lead and patient may be NULL.  Errors: not_found for a service, provider or
 * patient that does not exist or belongs to another clinic.
 */
extern QbSearch *qb_search_open(QbStore *store, const pg_uuid_t *service,
								const pg_uuid_t *lead, const pg_uuid_t *patient);

/*
 * Read again what was read when it was opened: the service, who serves, the
 * limits.  For whoever has waited for a lock; leads and providers are others
 * afterwards.
 */
extern void qb_search_reopen(QbSearch *search);

/*
 * Ask only about one lead, who need no longer be active nor serve: what is booked
 * is booked with whom it is.
 */
extern void qb_search_ask_only(QbSearch *search, const pg_uuid_t *lead);

/* The last instant, exclusive, that a search may offer. */
extern int64 qb_search_end(const QbSearch *search);

/*
 * Load all that decides about starts in [from, to).  Nothing that was loaded
 * before may be used afterwards; leads, providers and limits stay.
 */
extern void qb_search_load(QbSearch *search, int64 from, int64 to);

/* A patient's calendar is that of a provider who takes one at a time. */
static inline QbProvider
qb_patient_calendar(const pg_uuid_t *patient)
{
	return (QbProvider) {.id = *patient, .capacity = 1};
}

/* Of loaded allocations, expired holds and those of except (or NULL) do not count. */
extern void qb_ignore_allocations(QbProvider *p, TimestampTz now, const pg_uuid_t *except);

/* The same, and what does not count for a patient: the own holds.  Both ids may be NULL. */
extern void qb_ignore_for(QbStore *store, QbProvider **calendars, int n, const pg_uuid_t *patient,
						  const pg_uuid_t *except);

/* Rule 4: where nothing more fits, for busy time or because all places are taken. */
extern QbIntervalSet qb_taken(const QbProvider *p);

/* Rule 3: does the appointment lie in the open time? */
extern bool qb_fits(const QbProvider *p, int64 start, int64 length);

/* Rule 4: is the provider free, buffers included? */
extern bool qb_is_free(const QbSearch *search, const QbProvider *p, int64 start, int64 length);

/* Rules 3 and 4 for one provider: the starts in the loaded period. */
extern QbIntervalSet qb_feasible_alone(const QbSearch *search, const QbProvider *p, int64 duration);

/* free[index]: who but the lead, and those excluded, is available at a start. */
extern bool *qb_available_others(const QbSearch *search, const QbLead *lead, int64 start, const bool *excluded);

#endif							/* QB_RULES_SEARCH_H */
