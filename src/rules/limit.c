/*
 * limit.c
 *		Rule 5: how much may be booked in a period.
 *
 * What is booked is counted when a start is asked about, once for each limit
 * and period.  The patient's own holds are counted apart, because those that a
 * booking would close do not count for it.
 */
#include "postgres.h"

#include "rules/limit.h"

#include "miscadmin.h"
#include "utils/datetime.h"

#include "base/ids.h"
#include "store/limits.h"
#include "rules/schedule.h"
#include "rules/sessions.h"
#include "rules/wording.h"

/* What is booked in one period of a limit. */
typedef struct Usage
{
	const QbLimit *limit;
	QbInterval	period;
	QbLimitUse	use;
} Usage;

struct QbLimitState
{
	Usage	   *usages;
	int			nusages;
	int			capacity;
	bool		has_holds;
	QbOwnHold  *holds;			/* the patient's live ones */
	int			nholds;
};

QbLimitState *
qb_limits_make(void)
{
	return palloc0(sizeof(QbLimitState));
}

/* What was counted was in the memory of what was loaded before. */
void
qb_limits_forget(QbSearch *search)
{
	*search->limit_state = (QbLimitState) {0};
}

/* ----------
 * Periods
 * ----------
 */

static DateADT
first_of_month(DateADT date, int months, bool of_year)
{
	int			year;
	int			month;
	int			day;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	month = of_year ? 1 : month;
	if (of_year)
		year += months / 12;
	else if ((month += months) > 12)
	{
		month = 1;
		year++;
	}
	return date2j(year, month, 1) - POSTGRES_EPOCH_JDATE;
}

/* The period of a limit that a start belongs to, in the lead's zone. */
static QbInterval
period_of(const QbQuestion *q, const QbLimit *limit)
{
	const QbProvider *lead = q->lead->provider;
	DateADT		date = qb_schedule_date(lead, q->start);
	DateADT		first = date;
	DateADT		next = date + 1;

	switch (limit->period)
	{
		case QB_PERIOD_UPCOMING:
			return (QbInterval) {q->search->now + 1, DT_NOEND};
		case QB_PERIOD_WEEK:
			first = qb_week_of(date, q->search->service->week_start);
			next = first + 7;
			break;
		case QB_PERIOD_MONTH:
			first = first_of_month(date, 0, false);
			next = first_of_month(date, 1, false);
			break;
		case QB_PERIOD_YEAR:
			first = first_of_month(date, 0, true);
			next = first_of_month(date, 12, true);
			break;
		case QB_PERIOD_DAY:
			break;
	}
	return (QbInterval) {qb_schedule_midnight(lead, first), qb_schedule_midnight(lead, next)};
}

/* ----------
 * What is booked
 * ----------
 */

/* What the limit counts in a period: asked of the tables once, then remembered until the next load. */
static const QbLimitUse *
booked_in(const QbSearch *search, const QbLimit *limit, QbInterval period)
{
	QbLimitState *state = search->limit_state;
	QbExempt	exempt = qb_exempt(search);
	Usage	   *u;

	for (int i = state->nusages - 1; i >= 0; i--)
	{
		CHECK_FOR_INTERRUPTS();
		u = &state->usages[i];
		if (u->limit == limit && u->period.start == period.start && u->period.end == period.end)
			return &u->use;
	}
	if (state->nusages == state->capacity)
	{
		state->capacity = Max(16, state->capacity * 2);
		state->usages = state->usages == NULL
			? MemoryContextAlloc(search->loaded, sizeof(Usage) * state->capacity)
			: repalloc(state->usages, sizeof(Usage) * state->capacity);
	}
	u = &state->usages[state->nusages++];
	*u = (Usage) {limit, period};
	qb_store_limit_use(search->store, limit, &search->service->clinic_id, &exempt, period, &u->use);
	return &u->use;
}

static bool
is_among(const QbCalendar *c, const pg_uuid_t *owner, int64 start, int64 end)
{
	for (int i = 0; i < c->nallocations; i++)
	{
		const QbAllocation *a = &c->allocations[i];

		if (a->start < end && a->end > start && qb_uuid_equal(&a->owner_id, owner))
			return true;
	}
	return false;
}

/* Would the booking close the hold? */
static bool
is_closed_by(const QbQuestion *q, const QbOwnHold *hold)
{
	const QbService *s = q->search->service;

	return is_among(q->search->patient_calendar, &hold->id, q->start, q->place.end) ||
		is_among(&q->lead->provider->calendar, &hold->id, q->start - s->buffer_before, qb_plus(q->place.end, s->buffer_after));
}

/* Add the patient's own holds in the period that the booking leaves. */
static void
add_own_holds(const QbQuestion *q, const QbLimit *limit, QbInterval period, QbLimitUse *use)
{
	const QbSearch *search = q->search;
	QbLimitState *state = search->limit_state;

	if (search->patient == NULL)
		return;
	if (!state->has_holds)
	{
		MemoryContext context = MemoryContextSwitchTo(search->loaded);

		state->nholds = qb_store_own_holds(search->store, search->patient, search->except, &state->holds);
		state->has_holds = true;
		MemoryContextSwitchTo(context);
	}
	for (int i = 0; i < state->nholds; i++)
	{
		const QbOwnHold *h = &state->holds[i];

		if (h->start < period.start || h->start >= period.end || is_closed_by(q, h) ||
			(limit->has_service && !qb_uuid_equal(&h->service_id, &search->service->id)) ||
			(limit->has_provider && !qb_uuid_equal(&h->provider_id, &limit->provider_id)))
			continue;
		use->count++;
		if (limit->per_patient || !h->shares)
			use->time = qb_plus(use->time, h->end - h->start);
	}
}

/* Would one more at the start pass the limit? */
static bool
passes(const QbQuestion *q, const QbLimit *limit)
{
	const QbSearch *search = q->search;
	QbInterval	period;
	QbLimitUse	use;

	if (limit->has_provider && !qb_uuid_equal(&limit->provider_id, &q->lead->provider->calendar.id))
		return false;
	if (limit->per_patient && search->patient == NULL)
		return false;
	if (limit->period == QB_PERIOD_UPCOMING && q->start <= search->now)
		return false;
	period = period_of(q, limit);
	use = *booked_in(search, limit, period);
	add_own_holds(q, limit, period, &use);
	/* a session takes its time once, whoever joins */
	if (limit->per_patient || q->place.session == NULL)
		use.time = qb_plus(use.time, q->place.end - q->start);
	use.count++;
	return (limit->max_count >= 0 && use.count > limit->max_count) ||
		(limit->max_time >= 0 && use.time > limit->max_time);
}

const QbLimit *
qb_limit_reached(const QbQuestion *q)
{
	const QbSearch *search = q->search;

	for (int i = 0; i < search->nlimits; i++)
	{
		if (passes(q, &search->limits[i]))
			return &search->limits[i];
	}
	return NULL;
}

void
qb_limits_lock(const QbLimit *limits, int n, QbLockSet *locks)
{
	for (int i = 0; i < n; i++)
	{
		if (!limits[i].has_provider && !limits[i].per_patient)
			qb_locks_add(locks, QB_LOCK_LIMIT, limits[i].id.data, UUID_LEN);
	}
}

char *
qb_limit_text(const QbLimit *limit)
{
	static const char *const periods[] = {
		[QB_PERIOD_DAY] = "per day", [QB_PERIOD_WEEK] = "per week", [QB_PERIOD_MONTH] = "per month",
		[QB_PERIOD_YEAR] = "per year", [QB_PERIOD_UPCOMING] = "upcoming"
	};
	char	   *much = limit->max_count >= 0 ? psprintf("%d", limit->max_count)
		: qb_word_length(limit->max_time);

	if (limit->max_count >= 0 && limit->max_time >= 0)
		much = psprintf("%s or %s", much, qb_word_length(limit->max_time));
	return psprintf("%s %s%s", much, periods[limit->period], limit->per_patient ? " for each patient" : "");
}
