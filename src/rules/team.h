/*
 * team.h
 *		Who fills the roles at a start.
 */
#ifndef QB_RULES_TEAM_H
#define QB_RULES_TEAM_H

#include "store/allocations.h"
#include "store/model.h"
#include "rules/question.h"

/*
 * Sort leads by preference for a start: fewest booked minutes that week,
 * priority, id.  What is booked is read from the tables.
 */
extern void qb_search_prefer(const QbSearch *search, const QbLead **leads, int n, int64 start);

/*
 * Choose who fills the roles at a start that the lead can be booked at:
 * team[role], the preferred ones first.  excluded[index] takes a provider out;
 * kept[role], where not NULL, goes first.  false if there is no such team.
 */
extern bool qb_search_team(const QbQuestion *q, const bool *excluded, QbProvider **kept, QbProvider **team);

/* The search's provider with an id; NULL if it serves the service no more.  Lives as long as the search. */
extern QbProvider *qb_search_provider(const QbSearch *search, const pg_uuid_t *id);

/*
 * Which of the search's providers fill the roles, of those who serve an
 * appointment or a session: team[role], NULL for a role that nobody has.
 */
extern void qb_team_of(const QbSearch *search, const QbResource *resources, int n, QbProvider **team);

/* Who fills the roles of a session: team[role], NULL for a role that is new.  false if one is excluded. */
extern bool qb_session_team(const QbSearch *search, const QbSession *session, const bool *excluded,
							QbProvider **team);

#endif							/* QB_RULES_TEAM_H */
