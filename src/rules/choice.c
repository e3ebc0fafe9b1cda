/*
 * choice.c
 *		Choosing who serves at a start.
 */
#include "postgres.h"

#include "rules/choice.h"

#include "rules/load.h"
#include "rules/sessions.h"
#include "rules/team.h"

QbChoice
qb_choice_at(int64 start)
{
	return (QbChoice) {.start = start};
}

bool
qb_has_no_choice(const QbSearch *search)
{
	return search->nleads == 1 && search->nproviders == search->team->nroles;
}

/* Fill the roles for a lead: by the session that it would join, or anew. */
static bool
choose_team(QbSearch *search, QbChoice *choice, const QbLead *lead, const bool *excluded, QbProvider **kept)
{
	QbQuestion	q = qb_question(search, lead, choice->start);
	const QbSession *session = q.place.session;

	choice->lead = lead;
	choice->joins = session != NULL;
	choice->end = q.place.end;
	if (session == NULL)
		return qb_search_team(&q, excluded, kept, choice->team);
	choice->session = session->id;
	return qb_session_team(search, session, excluded, choice->team);
}

bool
qb_choose(QbSearch *search, QbChoice *choice, const bool *excluded, QbProvider **kept, QbRefusal *refusal)
{
	const QbLead **leads = palloc(sizeof(QbLead *) * Max(search->nleads, 1));
	int			n = 0;

	*refusal = (QbRefusal) {NULL, QB_RULE_FREE};
	choice->team = palloc0(sizeof(QbProvider *) * Max(search->team->nroles, 1));
	qb_search_load(search, choice->start, choice->start + 1);
	for (int i = 0; i < search->nleads; i++)
	{
		const QbLead *lead = &search->leads[i];
		QbQuestion	q = qb_question(search, lead, choice->start);
		QbRule		why;

		if (qb_rules_judge(&q, &why))
			leads[n++] = lead;
		else if (refusal->lead == NULL || why > refusal->why)
			*refusal = (QbRefusal) {lead, why};
	}
	qb_search_prefer(search, leads, n, choice->start);
	for (int i = 0; i < n; i++)
	{
		if (choose_team(search, choice, leads[i], excluded, kept))
			return true;
	}
	/* those who could do it are excluded */
	if (n > 0)
		*refusal = (QbRefusal) {leads[0], QB_RULE_FREE};
	return false;
}
