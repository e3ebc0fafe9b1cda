/*
 * rules.h
 *		The rules of a free slot, each one function.  Searching, booking,
 *		refusing and explaining all ask these.
 */
#ifndef QB_RULES_RULES_H
#define QB_RULES_RULES_H

#include "base/errors.h"
#include "rules/question.h"

/* In the order in which refusals are told. */
typedef enum QbRule
{
	QB_RULE_HOURS,				/* rules 1 and 3 of the contract */
	QB_RULE_FREE,				/* 4 */
	QB_RULE_ROLES,				/* 6 */
	QB_RULE_SEATS,				/* 7 */
	QB_RULE_GRID,				/* 2 */
	QB_RULE_NOTICE,				/* 5, and all that follow */
	QB_RULE_HORIZON,
	QB_RULE_LIMIT,
	QB_RULE_PATIENT,
	QB_NRULES
} QbRule;

typedef struct QbRuleEntry
{
	const char *name;
	QbError		error;
	int			aside;			/* the QbOverrideFlag that sets it aside; 0: none */
	bool		(*passes) (const QbQuestion *q);
} QbRuleEntry;

extern const QbRuleEntry qb_rules[QB_NRULES];

/*
 * Whether the lead can be booked at the start; if not, *why is the first rule
 * that says no.
 */
extern bool qb_rules_judge(const QbQuestion *q, QbRule *why);

/* The same of the rules alone that hide starts without moving the grid: notice, horizon, limit, patient. */
extern bool qb_rules_permit(const QbQuestion *q);

/*
 * What keeps a service from being booked at any time, with the lead asked for
 * (NULL: any): NULL, or what is wrong, for people, palloc'd or a constant.
 */
extern const char *qb_service_obstacle(const QbSearch *search, const pg_uuid_t *lead);

/* Nothing, unless there is such an obstacle.  Errors: policy_refused. */
extern void qb_check_policy(const QbSearch *search, const pg_uuid_t *lead);

/* A start must lie where dates can be computed with.  Errors: invalid_argument. */
extern void qb_check_start(int64 start);

#endif							/* QB_RULES_RULES_H */
