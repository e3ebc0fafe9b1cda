/*
 * reasons.c
 *		Why a start is offered or not: each rule's answer, and what a
 *		receptionist would say about it.
 */
#include "postgres.h"

#include "rules/reasons.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"

#include "base/compat.h"
#include "base/ids.h"
#include "store/appointments.h"
#include "people/access.h"
#include "rules/feasible.h"
#include "rules/grid.h"
#include "rules/horizon.h"
#include "rules/limit.h"
#include "rules/roles.h"
#include "rules/rules.h"
#include "rules/schedule.h"
#include "rules/search.h"
#include "rules/sessions.h"
#include "rules/wording.h"

/* ----------
 * Hours
 * ----------
 */

/* "Mon 09:00-12:00, 13:00-17:00 Europe/Berlin", or that it is closed. */
static char *
hours_text(const QbProvider *p, int64 start)
{
	DateADT		date = qb_schedule_date(p, start);
	char	   *day = qb_word_date(date);
	const char *zone = qb_word_zone(p, start);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < p->nwindows; i++)
	{
		const QbInterval *w = &p->windows[i];

		CHECK_FOR_INTERRUPTS();
		/* that began on the date, or reach into it */
		if (qb_schedule_date(p, w->start) != date && (w->start > start || w->end <= start))
			continue;
		appendStringInfo(&text, "%s%s-%s", text.len > 0 ? ", " : "", qb_word_clock(p, w->start, date),
						 qb_word_clock(p, w->end, date));
	}
	return text.len > 0 ? psprintf("%s %s %s", day, text.data, zone) : psprintf("closed on %s %s", day, zone);
}

char *
qb_explain_hours(const QbProvider *p, int64 start, int64 length)
{
	char	   *hours = hours_text(p, start);
	int			i = qb_set_first_after(&p->time_off, start);

	if (qb_fits(p, start, length))
		return psprintf("within working hours: %s", hours);
	if (i < p->time_off.count && p->time_off.items[i].start < qb_plus(start, length))
		return psprintf("time off %s to %s; working hours: %s",
						qb_word_clock(p, p->time_off.items[i].start, qb_schedule_date(p, start)),
						qb_word_clock(p, p->time_off.items[i].end, qb_schedule_date(p, start)), hours);
	return psprintf("outside working hours: %s", hours);
}

/* ----------
 * Free
 * ----------
 */

/* Staff, and who asks about the own calendar, are told what is on it. */
static bool
knows_calendar(const QbSearch *search, const QbProvider *p)
{
	const QbCaller *caller = &search->store->caller;

	return caller->kind <= QB_CALLER_STAFF ||
		(caller->has_provider && qb_uuid_equal(&caller->provider_id, &p->calendar.id));
}

/* Others are told of their own appointments. */
static bool
knows_appointment(const QbSearch *search, const QbAllocation *a)
{
	QbAppointment *other = a->of_session ? NULL : qb_store_appointment(search->store, &a->owner_id, false);

	return other != NULL && qb_sees_appointment(search->store, other);
}

/* What the provider does instead, or which buffer is too short, by one appointment. */
static char *
conflict_text(const QbSearch *search, const QbProvider *p, const QbAllocation *a, int64 start, int64 end)
{
	const QbService *s = search->service;
	DateADT		date = qb_schedule_date(p, start);
	QbAppointment *other = a->of_session ? NULL : qb_store_appointment(search->store, &a->owner_id, false);
	int64		other_start = other ? other->starts_at : a->start;
	int64		other_end = other ? other->ends_at : a->end;
	char	   *clock = qb_word_clock(p, other_start, date);

	if (other_end <= start)
		return psprintf("needs %s after the %s appointment",
						qb_word_length(qb_plus(qb_minus(a->end, other_end), s->buffer_before)), clock);
	if (other_start >= end)
		return psprintf("needs %s before the %s appointment",
						qb_word_length(qb_plus(qb_minus(other_start, a->start), s->buffer_after)), clock);
	return psprintf("%s from %s to %s", a->of_session ? "a group session" : "another appointment", clock,
					qb_word_clock(p, other_end, date));
}

char *
qb_explain_free(const QbSearch *search, const QbProvider *p, const QbSession *session, int64 start, int64 end)
{
	int64		from = qb_minus(start, search->service->buffer_before);
	int64		to = qb_plus(end, search->service->buffer_after);
	const QbCalendar *c = &p->calendar;
	DateADT		date = qb_schedule_date(p, start);
	int			i = qb_set_first_after(&c->busy, from);

	if (i < c->busy.count && c->busy.items[i].start < to && !knows_calendar(search, p))
		return pstrdup("busy in another calendar at that time");
	if (i < c->busy.count && c->busy.items[i].start < to)
		return psprintf("busy in another calendar from %s to %s", qb_word_clock(p, c->busy.items[i].start, date),
						qb_word_clock(p, c->busy.items[i].end, date));
	if (c->capacity > 1)
		return psprintf("all %d places are taken", c->capacity);
	for (i = 0; i < c->nallocations; i++)
	{
		const QbAllocation *a = &c->allocations[i];

		if (!a->ignored && a->start < to && a->end > from &&
			!(session && qb_uuid_equal(&a->owner_id, &session->id)))
			return knows_calendar(search, p) || knows_appointment(search, a)
				? conflict_text(search, p, a, start, end)
				: pstrdup("another appointment at that time, or too close to it");
	}
	return pstrdup("not free");
}

/* ----------
 * The rules' details
 * ----------
 */

static char *
hours_detail(const QbQuestion *q, bool passed)
{
	return qb_explain_hours(q->lead->provider, q->start, q->place.end - q->start);
}

static char *
free_detail(const QbQuestion *q, bool passed)
{
	if (passed)
		return pstrdup("free");
	return qb_explain_free(q->search, q->lead->provider, q->place.session, q->start, q->place.end);
}

/* Who is missing: the first role that nobody is free for, if it is one alone. */
static char *
roles_detail(const QbQuestion *q, bool passed)
{
	const QbTeam *team = q->search->team;
	bool	   *free;

	if (team->nroles == 1)
		return pstrdup("nobody else is needed");
	if (passed)
		return pstrdup("every role can be filled");
	if (q->place.session != NULL)
		return pstrdup("somebody of the session is no longer free");
	free = qb_available_others(q, NULL);
	for (int r = 0; r < team->nroles; r++)
	{
		bool		any = r == team->lead;

		for (int i = 0; i < team->roles[r].ncandidates; i++)
			any = any || free[team->roles[r].candidates[i].provider->index];
		if (!any)
			return psprintf("nobody is free for the role \"%s\"", team->roles[r].name);
	}
	return pstrdup("not enough are free for all roles at once");
}

static char *
seats_detail(const QbQuestion *q, bool passed)
{
	if (q->search->service->seats == 1)
		return pstrdup("not a group");
	return psprintf("%d of %d seats left", q->place.full ? 0 : q->place.seats_left, q->search->service->seats);
}

static char *
grid_detail(const QbQuestion *q, bool passed)
{
	const QbProvider *p = q->lead->provider;
	int64		anchor;

	if (q->place.session != NULL)
		return pstrdup("a session begins then");
	if (!qb_grid_anchor(q, &anchor))
		return pstrdup("slots are counted from where the time is free");
	return psprintf("slots begin every %s from %s", qb_word_length(q->search->service->slot_interval),
					qb_word_clock(p, anchor, qb_schedule_date(p, q->start)));
}

static char *
notice_detail(const QbQuestion *q, bool passed)
{
	const QbSearch *search = q->search;
	const QbProvider *p = q->lead->provider;

	if (passed)
		return pstrdup("early enough");
	if (q->start <= search->now)
		return pstrdup("the time has come or is past");
	return psprintf("needs %s notice: not before %s", qb_word_length(search->service->min_notice),
					qb_word_clock(p, qb_plus(search->now, search->service->min_notice), qb_schedule_date(p, q->start)));
}

static char *
horizon_detail(const QbQuestion *q, bool passed)
{
	const QbService *s = q->search->service;
	DateADT		date = qb_schedule_date(q->lead->provider, q->start);
	DateADT		last;

	if (passed)
		return pstrdup("open for booking");
	if (date < s->bookable_from)
		return psprintf("bookable from %s on", qb_word_date(s->bookable_from));
	if (date >= s->bookable_to)
		return psprintf("bookable until %s", qb_word_date(s->bookable_to - 1));
	last = qb_horizon_last(q->search, q->lead);
	if (date > last)
		return psprintf("bookable %d %s days ahead: until %s", s->horizon_days, s->horizon_counts, qb_word_date(last));
	return psprintf("bookable %d days ahead", qb_search_days);
}

static char *
limit_detail(const QbQuestion *q, bool passed)
{
	const QbLimit *limit = passed ? NULL : qb_limit_reached(q);

	if (limit != NULL)
		return psprintf("limit %s reached", qb_limit_text(limit));
	return pstrdup(q->search->nlimits > 0 ? "within the limits" : "there is no limit");
}

/*
 * Whoever may not see one of the patient's appointments that are in the way is
 * told no more than that there is one.
 */
static char *
patient_detail(const QbQuestion *q, bool passed)
{
	const QbCalendar *c = q->search->patient_calendar;
	DateADT		date = qb_schedule_date(q->lead->provider, q->start);
	const QbAllocation *first = NULL;

	if (q->search->patient == NULL)
		return pstrdup("no patient was given");
	if (passed)
		return pstrdup("the patient is free");
	for (int i = 0; i < c->nallocations; i++)
	{
		const QbAllocation *a = &c->allocations[i];

		if (a->ignored || a->start >= q->place.end || a->end <= q->start)
			continue;
		if (q->search->store->caller.kind > QB_CALLER_STAFF && !knows_appointment(q->search, a))
			return pstrdup("the patient is not free");
		if (first == NULL || a->start < first->start)
			first = a;
	}
	if (first == NULL)
		return pstrdup("the patient is not free");
	return psprintf("the patient has another appointment from %s to %s",
					qb_word_clock(q->lead->provider, first->start, date),
					qb_word_clock(q->lead->provider, first->end, date));
}

static char *(*const details[QB_NRULES]) (const QbQuestion *q, bool passed) =
{
	[QB_RULE_HOURS] = hours_detail,
		[QB_RULE_FREE] = free_detail,
		[QB_RULE_ROLES] = roles_detail,
		[QB_RULE_SEATS] = seats_detail,
		[QB_RULE_GRID] = grid_detail,
		[QB_RULE_NOTICE] = notice_detail,
		[QB_RULE_HORIZON] = horizon_detail,
		[QB_RULE_LIMIT] = limit_detail,
		[QB_RULE_PATIENT] = patient_detail,
};

void
qb_reasons(QbSearch *search, const QbLead *lead, int64 start, QbReason *reasons)
{
	QbQuestion	q;

	qb_search_load_to_explain(search, start, start + 1);
	q = qb_question(search, lead, start);
	for (int rule = 0; rule < QB_NRULES; rule++)
	{
		bool		passed = qb_rules[rule].passes(&q);

		reasons[rule] = (QbReason) {passed, details[rule] (&q, passed)};
	}
}
