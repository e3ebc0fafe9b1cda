/*
 * taken.c
 *		What is taken on a calendar, and what on it does not count.
 */
#include "postgres.h"

#include "rules/taken.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/ids.h"
#include "store/calendars.h"

void
qb_ignore_allocations(QbCalendar *c, TimestampTz now, const pg_uuid_t *except)
{
	for (int i = 0; i < c->nallocations; i++)
	{
		QbAllocation *a = &c->allocations[i];

		CHECK_FOR_INTERRUPTS();
		a->ignored = a->expires_at <= now || (except != NULL && qb_uuid_equal(&a->owner_id, except));
	}
}

/*
 * May it not count for this caller?  A live hold, or a session of holds only,
 * may be the patient's own; a session may have nobody but whom is left out.
 */
static bool
is_doubtful(const QbAllocation *a, const QbExempt *exempt)
{
	if (a->ignored)
		return false;
	return (exempt->patient != NULL && !TIMESTAMP_IS_NOEND(a->expires_at)) ||
		(exempt->appointment != NULL && a->of_session);
}

void
qb_ignore_for(QbStore *store, QbCalendar **calendars, int ncalendars, const QbExempt *exempt)
{
	int			total = 0;
	int			n = 0;
	QbAllocation **doubtful;
	pg_uuid_t  *owners;
	bool	   *ignored;

	for (int i = 0; i < ncalendars; i++)
	{
		qb_ignore_allocations(calendars[i], qb_now(), exempt->appointment);
		total += calendars[i]->nallocations;
	}
	doubtful = palloc(sizeof(QbAllocation *) * Max(total, 1));
	for (int i = 0; i < ncalendars; i++)
	{
		for (int k = 0; k < calendars[i]->nallocations; k++)
		{
			CHECK_FOR_INTERRUPTS();
			if (is_doubtful(&calendars[i]->allocations[k], exempt))
				doubtful[n++] = &calendars[i]->allocations[k];
		}
	}
	if (n == 0)
		return;

	owners = palloc(sizeof(pg_uuid_t) * n);
	ignored = palloc(sizeof(bool) * n);
	for (int i = 0; i < n; i++)
		owners[i] = doubtful[i]->owner_id;
	qb_store_not_counting(store, exempt, owners, n, ignored);
	for (int i = 0; i < n; i++)
		doubtful[i]->ignored = ignored[i];
}

QbIntervalSet
qb_taken(const QbCalendar *c)
{
	QbInterval *intervals = palloc(sizeof(QbInterval) * Max(c->nallocations, 1));
	QbIntervalSet allocated;
	int			n = 0;

	for (int i = 0; i < c->nallocations; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!c->allocations[i].ignored)
			intervals[n++] = (QbInterval) {c->allocations[i].start, c->allocations[i].end};
	}
	allocated = qb_set_depth(intervals, n, c->capacity);
	return qb_set_union(&allocated, &c->busy);
}
