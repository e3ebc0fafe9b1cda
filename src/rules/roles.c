/*
 * roles.c
 *		Rule 6: somebody in every role, and nobody in two.
 *
 * Whether the roles can be filled is a matching of roles to providers.
 */
#include "postgres.h"

#include "rules/roles.h"

/*
 * Find a provider for role r among the free ones, moving those chosen before
 * if need be (Kuhn's augmenting path).  role_of[index] is the role that a
 * provider fills, -1 for none.
 */
static bool
fill_role(const QbTeam *team, int r, const bool *free, int *role_of, bool *tried)
{
	for (int i = 0; i < team->roles[r].ncandidates; i++)
	{
		int			p = team->roles[r].candidates[i].provider->index;

		if (!free[p] || tried[p])
			continue;
		tried[p] = true;
		if (role_of[p] < 0 || fill_role(team, role_of[p], free, role_of, tried))
		{
			role_of[p] = r;
			return true;
		}
	}
	return false;
}

bool
qb_roles_can_be_filled(const QbTeam *team, int first_role, const bool *free)
{
	int		   *role_of = palloc(sizeof(int) * team->nproviders);
	bool	   *tried = palloc(sizeof(bool) * team->nproviders);
	bool		result = true;

	for (int i = 0; i < team->nproviders; i++)
		role_of[i] = -1;
	for (int r = first_role; r < team->nroles && result; r++)
	{
		if (r == team->lead)
			continue;
		memset(tried, 0, sizeof(bool) * team->nproviders);
		result = fill_role(team, r, free, role_of, tried);
	}
	pfree(role_of);
	pfree(tried);
	return result;
}

bool
qb_serves_another_role(const QbTeam *team, const QbProvider *p)
{
	for (int r = 0; r < team->nroles; r++)
	{
		for (int i = 0; r != team->lead && i < team->roles[r].ncandidates; i++)
		{
			if (team->roles[r].candidates[i].provider == p)
				return true;
		}
	}
	return false;
}
