/*
 * sessions.h
 *		Rule 7: group sessions, and the place that a booking would take.
 */
#ifndef QB_RULES_SESSIONS_H
#define QB_RULES_SESSIONS_H

#include "rules/question.h"

/* Where a booking at a start would go. */
typedef struct QbPlace
{
	const QbSession *session;	/* the one to join, or that is full; NULL: time of its own */
	bool		full;
	int			seats_left;
	int64		end;
} QbPlace;

/* Load the sessions of the period; those without a seat that counts are left out. */
extern void qb_sessions_load(QbSearch *search);

extern QbPlace qb_place(const QbSearch *search, const QbLead *lead, int64 start);

/* Whether a provider is free in an occupied time around [start, end), its session not counting. */
extern bool qb_free_but_for(const QbSearch *search, const QbProvider *p, const QbSession *session,
							int64 start, int64 end);

/* Whether everybody of a session still works and is free but for it. */
extern bool qb_session_team_can(const QbSearch *search, const QbSession *session);

#endif							/* QB_RULES_SESSIONS_H */
