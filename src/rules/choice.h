/*
 * choice.h
 *		Choosing who serves at a start.
 */
#ifndef QB_RULES_CHOICE_H
#define QB_RULES_CHOICE_H

#include "store/model.h"
#include "rules/rules.h"

/*
 * A time with somebody in every role: team[role]; NULL for a role that the
 * session lacks.
 *
 * Lead and team are the search's own: they outlive its loads and are others
 * after qb_search_reopen(), when a choice must be made anew.  What is on the
 * calendars of the team is that of the last load.
 */
typedef struct QbChoice
{
	const QbLead *lead;
	QbProvider **team;			/* the array is palloc'd where the choice was made */
	bool		joins;			/* a session that runs */
	pg_uuid_t	session;
	int64		start;
	int64		end;
} QbChoice;

/* Why a start was refused, and whose refusal is told: of those who got furthest, the first. */
typedef struct QbRefusal
{
	const QbLead *lead;
	QbRule		why;
} QbRefusal;

/* A choice still to be made. */
extern QbChoice qb_choice_at(int64 start);

/*
 * Choose a lead and a team for choice->start out of what is loaded now: loads
 * the start.  excluded[index] (NULL: nobody) takes a provider out; kept[role]
 * (NULL: nobody), where not NULL, goes first.  On failure false, and *refusal
 * tells why, unless it is for those excluded.  Raises no refusal, takes no locks.
 */
extern bool qb_choose(QbSearch *search, QbChoice *choice, const bool *excluded, QbProvider **kept,
					  QbRefusal *refusal);

/* Is there but one team that could do it? */
extern bool qb_has_no_choice(const QbSearch *search);

#endif							/* QB_RULES_CHOICE_H */
