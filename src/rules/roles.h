/*
 * roles.h
 *		Rule 6: somebody in every role, and nobody in two.
 */
#ifndef QB_RULES_ROLES_H
#define QB_RULES_ROLES_H

#include "rules/search.h"

/* Whether the roles from first_role on, but the lead's, can be filled by free[index] providers. */
extern bool qb_roles_can_be_filled(const QbTeam *team, int first_role, const bool *free);

extern bool qb_serves_another_role(const QbTeam *team, const QbProvider *p);

/* The starts at which providers other than the lead can fill the other roles. */
extern QbIntervalSet qb_others_feasible(const QbSearch *search, const QbLead *lead);

/* Sort leads by preference for a start: fewest booked minutes that week, priority, id. */
extern void qb_search_prefer(const QbSearch *search, const QbLead **leads, int n, int64 start);

/*
 * Choose who fills the roles at a start that the lead can be booked at:
 * team[role], the preferred ones first.  excluded[index] takes a provider out;
 * kept[role], where not NULL, goes first.  false if there is no such team.
 */
extern bool qb_search_team(const QbSearch *search, const QbLead *lead, int64 start, const bool *excluded,
						   QbProvider **kept, QbProvider **team);

/*
 * Which of the search's providers fill the roles, of those who serve an
 * appointment or a session: team[role], NULL for a role that nobody has.
 */
extern void qb_team_of(const QbSearch *search, const QbResource *resources, int n, QbProvider **team);

#endif							/* QB_RULES_ROLES_H */
