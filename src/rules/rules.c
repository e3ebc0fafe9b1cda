/*
 * rules.c
 *		The rules of a free slot, each one function.
 */
#include "postgres.h"

#include "rules/rules.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/ids.h"
#include "store/model.h"
#include "rules/feasible.h"
#include "rules/grid.h"
#include "rules/horizon.h"
#include "rules/limit.h"
#include "rules/roles.h"
#include "rules/sessions.h"

/* ----------
 * The rules
 * ----------
 */

static bool
in_hours(const QbQuestion *q)
{
	return qb_fits(q->lead->provider, q->start, q->place.end - q->start);
}

/* A session does not block its own start. */
static bool
is_free(const QbQuestion *q)
{
	if (q->place.session != NULL)
		return qb_free_but_for(q->search, q->lead->provider, q->place.session, q->start, q->place.end);
	return qb_is_free(q->search, q->lead->provider, q->start, q->place.end - q->start);
}

static bool
roles_filled(const QbQuestion *q)
{
	if (q->place.session != NULL)
		return qb_session_team_can(q->search, q->place.session);
	return qb_roles_can_be_filled(q->search->team, 0, qb_available_others(q, NULL));
}

static bool
has_seat(const QbQuestion *q)
{
	return !q->place.full;
}

/* Outside of the windows there is no grid, and a session has its own start. */
static bool
on_grid(const QbQuestion *q)
{
	return q->place.session != NULL || !in_hours(q) || qb_on_grid(q);
}

static bool
has_notice(const QbQuestion *q)
{
	return q->start > q->search->now && q->start >= qb_plus(q->search->now, q->search->service->min_notice);
}

static bool
patient_is_free(const QbQuestion *q)
{
	const QbIntervalSet *taken = &q->search->patient_calendar->taken;

	return taken->count == 0 || !qb_set_overlaps(taken, q->start, q->place.end);
}

static bool
within_limits(const QbQuestion *q)
{
	return qb_limit_reached(q) == NULL;
}

const QbRuleEntry qb_rules[QB_NRULES] = {
	[QB_RULE_HOURS] = {"hours", QB_OUTSIDE_HOURS, QB_ASIDE_HOURS, in_hours},
	[QB_RULE_FREE] = {"free", QB_SLOT_TAKEN, 0, is_free},
	[QB_RULE_ROLES] = {"roles", QB_SLOT_TAKEN, 0, roles_filled},
	[QB_RULE_SEATS] = {"seats", QB_SESSION_FULL, 0, has_seat},
	[QB_RULE_GRID] = {"grid", QB_OFF_GRID, QB_ASIDE_GRID, on_grid},
	[QB_RULE_NOTICE] = {"notice", QB_TOO_SOON, QB_ASIDE_NOTICE, has_notice},
	[QB_RULE_HORIZON] = {"horizon", QB_BEYOND_HORIZON, QB_ASIDE_HORIZON, qb_within_horizon},
	[QB_RULE_LIMIT] = {"limit", QB_LIMIT_REACHED, QB_ASIDE_LIMIT, within_limits},
	[QB_RULE_PATIENT] = {"patient", QB_PATIENT_BUSY, 0, patient_is_free},
};

/* ----------
 * All of them
 * ----------
 */

static bool
all_pass(const QbQuestion *q, QbRule first, QbRule *why)
{
	CHECK_FOR_INTERRUPTS();
	for (int rule = first; rule < QB_NRULES; rule++)
	{
		if (!(q->search->aside & qb_rules[rule].aside) && !qb_rules[rule].passes(q))
		{
			*why = rule;
			return false;
		}
	}
	return true;
}

bool
qb_rules_judge(const QbQuestion *q, QbRule *why)
{
	return all_pass(q, QB_RULE_HOURS, why);
}

bool
qb_rules_permit(const QbQuestion *q)
{
	QbRule		why;

	return all_pass(q, QB_RULE_NOTICE, &why);
}

/* ----------
 * The service
 * ----------
 */

static bool
role_has_anybody(const QbRole *role)
{
	for (int i = 0; i < role->ncandidates; i++)
	{
		if (role->candidates[i].provider->active)
			return true;
	}
	return false;
}

/* Does a provider fill the lead role but for being inactive? */
static bool
is_inactive_lead(const QbSearch *search, const pg_uuid_t *lead)
{
	const QbTeam *team = search->team;

	for (int i = 0; team->lead >= 0 && i < team->roles[team->lead].ncandidates; i++)
	{
		const QbProvider *p = team->roles[team->lead].candidates[i].provider;

		if (!p->active && qb_uuid_equal(&p->calendar.id, lead))
			return true;
	}
	return false;
}

const char *
qb_service_obstacle(const QbSearch *search, const pg_uuid_t *lead)
{
	const QbService *s = search->service;

	if (!s->active)
		return psprintf("the service \"%s\" is not active", s->name);
	for (int r = 0; r < search->team->nroles; r++)
	{
		if (r != search->team->lead && !role_has_anybody(&search->team->roles[r]))
			return psprintf("nobody fills the role \"%s\" of the service \"%s\"",
							search->team->roles[r].name, s->name);
	}
	if (search->nleads > 0)
		return NULL;
	if (lead != NULL && is_inactive_lead(search, lead))
		return "the provider is not active";
	return psprintf(lead ? "the provider does not offer the service \"%s\""
					: "nobody offers the service \"%s\"", s->name);
}

void
qb_check_policy(const QbSearch *search, const pg_uuid_t *provider)
{
	const char *obstacle = qb_service_obstacle(search, provider);
	QbDetail   *detail = qb_detail_uuid(qb_detail(), "service_id", &search->service->id);

	if (obstacle == NULL)
		return;
	if (provider != NULL)
		qb_detail_uuid(detail, "provider_id", provider);
	qb_raise(QB_POLICY_REFUSED, detail,
			 !search->service->active ? "Set service.active first."
			 : provider != NULL && search->nleads == 0
			 ? "Choose an active provider whom service_provider names in the lead role."
			 : "Add an active provider to service_provider.", "%s", obstacle);
}

void
qb_check_start(int64 start)
{
	if (TIMESTAMP_NOT_FINITE(start) || start < qb_now() - 36500 * USECS_PER_DAY ||
		start > qb_now() + 36500 * USECS_PER_DAY)
		qb_raise_argument("starts_at", "starts_at is more than 100 years from now");
}
