/*
 * roles.h
 *		Rule 6: somebody in every role, and nobody in two.  Raises no errors.
 */
#ifndef QB_RULES_ROLES_H
#define QB_RULES_ROLES_H

#include "store/model.h"

/* Whether the roles from first_role on, but the lead's, can be filled by free[index] providers. */
extern bool qb_roles_can_be_filled(const QbTeam *team, int first_role, const bool *free);

/* Is the provider a candidate for another role than the lead's? */
extern bool qb_serves_another_role(const QbTeam *team, const QbProvider *p);

#endif							/* QB_RULES_ROLES_H */
