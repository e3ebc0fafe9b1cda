/*
 * way.c
 *		What is in the way of a time.
 */
#include "postgres.h"

#include "booking/way.h"

#include "utils/timestamp.h"

#include "base/ids.h"
#include "store/calendars.h"
#include "store/configuration.h"
#include "store/sessions.h"
#include "rules/taken.h"

/* ----------
 * Collecting
 * ----------
 */

/* Add a hold in its place by id, unless it is there. */
static void
add_hold(QbWay *way, const pg_uuid_t *id)
{
	int			i = way->nholds;
	pg_uuid_t  *end;

	while (i > 0 && memcmp(way->holds[i - 1].data, id->data, UUID_LEN) > 0)
		i--;
	if (i > 0 && qb_uuid_equal(&way->holds[i - 1], id))
		return;
	end = QB_APPEND(way->holds, way->nholds);
	memmove(&way->holds[i + 1], &way->holds[i], sizeof(pg_uuid_t) * (end - &way->holds[i]));
	way->holds[i] = *id;
}

/* Those of a session that have expired or are the patient's own. */
static void
add_session_holds(QbWay *way, QbStore *store, const pg_uuid_t *session, const QbExempt *exempt)
{
	pg_uuid_t  *ids;
	int			n = qb_store_session_holds(store, session, exempt->patient, exempt->appointment, &ids);

	for (int i = 0; i < n; i++)
		add_hold(way, &ids[i]);
}

/* Those on a loaded calendar that do not count and meet [start, end). */
static void
add_calendar_holds(QbWay *way, QbStore *store, const QbCalendar *c, const QbExempt *exempt, int64 start, int64 end)
{
	for (int i = 0; i < c->nallocations; i++)
	{
		const QbAllocation *a = &c->allocations[i];

		if (!a->ignored || a->start >= end || a->end <= start)
			continue;
		/* a session does not count also when only the exempt one is booked in it */
		if (a->of_session)
			add_session_holds(way, store, &a->owner_id, exempt);
		else if (!(exempt->appointment && qb_uuid_equal(&a->owner_id, exempt->appointment)))
			add_hold(way, &a->owner_id);
	}
}

/* ----------
 * The way
 * ----------
 */

static void
add_session(QbWay *way, QbStore *store, const pg_uuid_t *session, const QbExempt *exempt)
{
	way->joins = true;
	way->session = *session;
	way->nteam = qb_store_session_resources(store, session, &way->team);
	add_session_holds(way, store, session, exempt);
}

QbWay
qb_way_of_team(QbSearch *search, QbProvider *const *team, const pg_uuid_t *session, int64 start, int64 end)
{
	const QbService *s = search->service;
	QbExempt	exempt = {search->patient, search->except};
	QbWay		way = {0};

	add_calendar_holds(&way, search->store, search->patient_calendar, &exempt, start, end);
	for (int r = 0; r < search->team->nroles; r++)
	{
		if (team[r] != NULL)
			add_calendar_holds(&way, search->store, &team[r]->calendar, &exempt,
							   start - s->buffer_before, qb_plus(end, s->buffer_after));
	}
	if (session != NULL)
		add_session(&way, search->store, session, &exempt);
	return way;
}

/* Load a calendar over [start, end) and add the holds that do not count there. */
static void
look_at_calendar(QbWay *way, QbStore *store, QbCalendar *c, const QbExempt *exempt, int64 start, int64 end)
{
	qb_load_calendars(store, &c, 1, start, end);
	qb_ignore_for(store, &c, 1, exempt);
	add_calendar_holds(way, store, c, exempt, start, end);
}

QbWay
qb_way_again(QbStore *store, const QbService *s, const QbAppointment *a, const pg_uuid_t *patient)
{
	int64		start = a->starts_at - s->buffer_before;
	int64		end = qb_plus(a->ends_at, s->buffer_after);
	QbExempt	exempt = {patient, &a->id};
	QbWay		way = {0};
	QbResource *resources;
	int			n;

	if (patient != NULL && !s->patient_may_overlap)
	{
		QbCalendar	its = qb_patient_calendar(patient);

		look_at_calendar(&way, store, &its, &exempt, a->starts_at, a->ends_at);
	}
	if (s->seats > 1 || a->has_session)
		way.joins = qb_store_session_of(store, a, patient, &way.session, &way.taken);
	if (way.joins)
	{
		/* its providers' time is taken already */
		add_session(&way, store, &way.session, &exempt);
		return way;
	}
	n = qb_store_resources(store, &a->id, &resources);
	for (int i = 0; i < n; i++)
	{
		QbProvider *p = qb_store_provider(store, &resources[i].provider_id);

		look_at_calendar(&way, store, &p->calendar, &exempt, start, end);
	}
	return way;
}

static void
lock_resources(const QbResource *resources, int n, QbLockSet *locks)
{
	for (int i = 0; i < n; i++)
		qb_locks_add_calendar(locks, false, &resources[i].provider_id);
}

void
qb_way_lock(QbStore *store, const QbWay *way, QbLockSet *locks)
{
	QbResource *resources;
	int			n;

	for (int i = 0; i < way->nholds; i++)
	{
		n = qb_store_resources(store, &way->holds[i], &resources);
		lock_resources(resources, n, locks);
	}
	lock_resources(way->team, way->nteam, locks);
}
