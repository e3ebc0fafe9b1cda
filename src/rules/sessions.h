/*
 * sessions.h
 *		Rule 7: group sessions, and the place that a booking would take.
 *		Raises no errors.
 */
#ifndef QB_RULES_SESSIONS_H
#define QB_RULES_SESSIONS_H

#include "store/model.h"
#include "rules/question.h"

/* Load the sessions of the period, palloc'd; those without a seat that counts are left out. */
extern void qb_sessions_load(QbSearch *search);

/* The question about a lead of the search and a start, which must be loaded. */
extern QbQuestion qb_question(const QbSearch *search, const QbLead *lead, int64 start);

/* Whether a provider is free in an occupied time around [start, end), its session not counting. */
extern bool qb_free_but_for(const QbSearch *search, const QbProvider *p, const QbSession *session,
							int64 start, int64 end);

/* Whether everybody of a session still works and is free but for it. */
extern bool qb_session_team_can(const QbSearch *search, const QbSession *session);

#endif							/* QB_RULES_SESSIONS_H */
