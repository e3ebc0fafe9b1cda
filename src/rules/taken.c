/*
 * taken.c
 *		What is taken on a calendar, and what on it does not count.
 */
#include "postgres.h"

#include "rules/taken.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/ids.h"

void
qb_ignore_allocations(QbProvider *p, TimestampTz now, const pg_uuid_t *except)
{
	for (int i = 0; i < p->nallocations; i++)
	{
		QbAllocation *a = &p->allocations[i];

		CHECK_FOR_INTERRUPTS();
		a->ignored = a->expires_at <= now || (except != NULL && qb_uuid_equal(&a->owner_id, except));
	}
}

/*
 * May it not count for this caller?  A live hold, or a session of holds only,
 * may be the patient's own; a session may have nobody but whom is left out.
 */
static bool
is_doubtful(const QbAllocation *a, const pg_uuid_t *patient, const pg_uuid_t *except)
{
	if (a->ignored)
		return false;
	return (patient != NULL && !TIMESTAMP_IS_NOEND(a->expires_at)) || (except != NULL && a->of_session);
}

void
qb_ignore_for(QbStore *store, QbProvider **calendars, int ncalendars, const pg_uuid_t *patient,
			  const pg_uuid_t *except)
{
	int			total = 0;
	int			n = 0;
	QbAllocation **doubtful;
	pg_uuid_t  *owners;
	bool	   *ignored;

	for (int i = 0; i < ncalendars; i++)
	{
		qb_ignore_allocations(calendars[i], qb_now(), except);
		total += calendars[i]->nallocations;
	}
	doubtful = palloc(sizeof(QbAllocation *) * Max(total, 1));
	for (int i = 0; i < ncalendars; i++)
	{
		for (int k = 0; k < calendars[i]->nallocations; k++)
		{
			CHECK_FOR_INTERRUPTS();
			if (is_doubtful(&calendars[i]->allocations[k], patient, except))
				doubtful[n++] = &calendars[i]->allocations[k];
		}
	}
	if (n == 0)
		return;

	owners = palloc(sizeof(pg_uuid_t) * n);
	ignored = palloc(sizeof(bool) * n);
	for (int i = 0; i < n; i++)
		owners[i] = doubtful[i]->owner_id;
	qb_store_not_counting(store, patient, except, owners, n, ignored);
	for (int i = 0; i < n; i++)
		doubtful[i]->ignored = ignored[i];
}

QbIntervalSet
qb_taken(const QbProvider *p)
{
	QbInterval *intervals = palloc(sizeof(QbInterval) * Max(p->nallocations, 1));
	QbIntervalSet allocated;
	int			n = 0;

	for (int i = 0; i < p->nallocations; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!p->allocations[i].ignored)
			intervals[n++] = (QbInterval) {p->allocations[i].start, p->allocations[i].end};
	}
	allocated = qb_set_depth(intervals, n, p->capacity);
	return qb_set_union(&allocated, &p->busy);
}
