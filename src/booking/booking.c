/*
 * booking.c
 *		Taking time: the one path by which appointments get onto calendars.
 *
 * A write locks the calendars that it touches, reads them with the latest
 * snapshot, asks the rules, and writes.  The exclusion constraint stands
 * behind all of it.
 */
#include "postgres.h"

#include "booking/booking.h"

#include "utils/timestamp.h"

#include "base/ids.h"
#include "base/shared.h"
#include "store/allocations.h"
#include "store/calendars.h"
#include "store/configuration.h"
#include "store/sessions.h"
#include "store/status.h"
#include "events/log.h"
#include "rules/sessions.h"
#include "rules/taken.h"
#include "booking/lanes.h"

bool
qb_has_time(QbStore *store, const QbAppointment *a, const QbService *service)
{
	if (a->status == QB_PENDING)
		return a->has_session || qb_store_has_allocations(store, &a->id);
	return qb_takes_time(a, service);
}

/* ----------
 * Closing holds
 * ----------
 */

void
qb_give_back_time(QbStore *store, const QbAppointment *a)
{
	qb_store_delete_allocations(store, &a->id);
	if (a->has_session)
		qb_store_refresh_session(store, &a->session_id);
}

void
qb_close_hold(QbStore *store, const pg_uuid_t *id)
{
	QbAppointment *before = qb_store_appointment(store, id, true);
	QbAppointment *hold;
	bool		expired;

	if (before == NULL || before->status != QB_HELD)
		return;
	expired = qb_hold_has_expired(before);
	hold = qb_to_change(before);
	/* an expired one keeps its expiry, which tells that it may be confirmed still */
	if (!expired)
		qb_set_null(hold, QB_A_EXPIRES_AT);
	qb_set_cancelled(hold, expired ? "the hold expired" : "replaced by a booking", "system", false);
	hold = qb_store_update_appointment(store, hold);
	qb_give_back_time(store, hold);
	qb_event_append(store, expired ? "expired" : qb_event_of(QB_CANCELLED), hold, before, 0);
	if (expired)
		qb_count(QB_COUNT_HOLDS_EXPIRED, 1);
}

void
qb_clear_way(QbStore *store, const QbWay *way)
{
	for (int i = 0; i < way->nholds; i++)
		qb_close_hold(store, &way->holds[i]);
}

/* ----------
 * A seat in a group
 * ----------
 */

/* A session with nobody in it yet, for the time of an appointment whose columns are set. */
static void
open_session(QbStore *store, QbAppointment *a)
{
	pg_uuid_t	id;

	qb_new_id(&a->clinic_id, &id);
	qb_store_insert_session(store, &id, a);
	qb_set_session(a, &id, 1);
}

static void
join_session(QbStore *store, QbAppointment *a, const pg_uuid_t *session)
{
	qb_store_require_known_session(store, session);
	qb_store_lock_session(store, session);
	qb_set_session(a, session, qb_store_free_seat(store, session, &a->id));
}

/* ----------
 * Taking time
 * ----------
 */

static void
refuse_taken(QbError why, const QbAppointment *a)
{
	static const char *const texts[] = {
		[QB_SLOT_TAKEN] = "the provider is not free at that time",
		[QB_PATIENT_BUSY] = "the patient has another appointment at that time",
		[QB_SESSION_FULL] = "no seat is left at that time",
		[QB_HOLD_EXPIRED] = "the hold has expired and its time is no longer free"
	};

	qb_raise(why, qb_detail_time(qb_detail_uuid(qb_detail(), "provider_id", &a->provider_id),
								 "starts_at", a->starts_at),
			 why == QB_SLOT_TAKEN ? "Choose another start from quickbook.next_slots()." : NULL, "%s", texts[why]);
}

/* The rules have found a place, so there is a lane; more than all is refused, whatever they say. */
static int
find_lane(QbStore *store, const QbAppointment *a, const QbCalendar *c, int64 start, int64 end)
{
	int			lane = qb_choose_lane(store, c, start, end);

	if (lane >= c->capacity)
		refuse_taken(QB_SLOT_TAKEN, a);
	return lane;
}

static void
allocate(QbStore *store, const QbAppointment *appointment, const QbNewAllocation *allocations, int n)
{
	const QbNewAllocation *refused = qb_store_insert_allocations(store, appointment, allocations, n);

	if (refused != NULL)
		refuse_taken(refused->of_patient ? QB_PATIENT_BUSY : QB_SLOT_TAKEN, appointment);
}

/* Add the time of a choice on the calendars of its team. */
static int
add_team(QbSearch *search, const QbChoice *choice, const QbAppointment *a, QbNewAllocation *allocations)
{
	int64		from = choice->start - search->service->buffer_before;
	int64		to = qb_plus(choice->end, search->service->buffer_after);
	int			n = 0;

	for (int r = 0; r < search->team->nroles; r++)
	{
		const QbCalendar *c = &choice->team[r]->calendar;

		allocations[n++] = (QbNewAllocation) {c->id, false, find_lane(search->store, a, c, from, to), from, to};
	}
	return n;
}

/* For a group, a seat with its session's time: the seat's row refers to that time. */
static void
take_seat(QbSearch *search, const QbChoice *choice, QbAppointment *a)
{
	qb_leave_session(a);
	if (!qb_takes_time(a, search->service))
		return;
	if (choice->joins)
		join_session(search->store, a, &choice->session);
	else if (search->service->seats > 1)
	{
		QbNewAllocation *allocations = palloc(sizeof(QbNewAllocation) * search->team->nroles);

		open_session(search->store, a);
		allocate(search->store, a, allocations, add_team(search, choice, a, allocations));
	}
}

/* What is left of the time that it had. */
static void
give_up_time(QbStore *store, const QbAppointment *before)
{
	if (before->has_session && qb_status_is_live(before->status))
		qb_store_unseat(store, &before->id);
	qb_give_back_time(store, before);
}

void
qb_make_way(QbSearch *search, const QbClaim *claim, const QbAppointment *before, QbAppointment *after)
{
	qb_clear_way(search->store, &claim->way);
	if (before != NULL)
		give_up_time(search->store, before);
	take_seat(search, &claim->choice, after);
}

/* Whoever serves the session serves the appointment. */
static void
copy_session_team(QbStore *store, const QbAppointment *a, const QbWay *way)
{
	for (int i = 0; i < way->nteam; i++)
		qb_store_insert_resource(store, a, way->team[i].role, &way->team[i].provider_id);
}

static void
write_resources(QbSearch *search, const QbAppointment *appointment, const QbClaim *claim)
{
	const QbChoice *choice = &claim->choice;

	if (choice->joins)
	{
		copy_session_team(search->store, appointment, &claim->way);
		return;
	}
	for (int r = 0; r < search->team->nroles; r++)
		qb_store_insert_resource(search->store, appointment, search->team->roles[r].name, &choice->team[r]->calendar.id);
}

void
qb_take_time(QbSearch *search, const QbClaim *claim, const QbAppointment *a)
{
	const QbService *s = search->service;
	const QbChoice *choice = &claim->choice;
	QbNewAllocation *allocations = palloc(sizeof(QbNewAllocation) * (search->team->nroles + 1));
	int			n = 0;

	write_resources(search, a, claim);
	if (!qb_takes_time(a, s))
		return;
	/* the time of a seat is its session's */
	if (!a->has_session)
		n = add_team(search, choice, a, allocations);
	if (a->has_patient && !s->patient_may_overlap)
		allocations[n++] = (QbNewAllocation) {a->patient_id, true, 0, choice->start, choice->end};
	if (n > 0)
		allocate(search->store, a, allocations, n);
	if (choice->joins)
		qb_store_refresh_session(search->store, &choice->session);
}

/* ----------
 * An appointment's own time
 * ----------
 */

/*
 * Load a calendar over [start, end) and raise an error if it is not free; what
 * the appointment has there does not count, nor its patient's holds.
 */
static void
require_free(QbStore *store, const QbAppointment *a, QbCalendar *c, int64 start, int64 end, QbError taken)
{
	QbExempt	exempt = {a->has_patient ? &a->patient_id : NULL, &a->id};
	QbIntervalSet no;

	qb_load_calendars(store, &c, 1, start, end);
	qb_ignore_for(store, &c, 1, &exempt);
	no = qb_taken(c);
	if (qb_set_overlaps(&no, start, end))
		refuse_taken(c->of_patient ? QB_PATIENT_BUSY : taken, a);
}

/* Take time on one calendar. */
static void
take_calendar(QbStore *store, const QbAppointment *a, QbCalendar *c, int64 start, int64 end, QbError taken)
{
	QbNewAllocation allocation;

	/* what is past stays as it was given back */
	start = Max(start, qb_now());
	if (start >= end)
		return;
	require_free(store, a, c, start, end, taken);
	allocation = (QbNewAllocation) {c->id, c->of_patient, find_lane(store, a, c, start, end), start, end};
	allocate(store, a, &allocation, 1);
}

static void
take_patient_calendar(QbStore *store, const QbService *s, const QbAppointment *a)
{
	QbCalendar	its;

	if (!a->has_patient || s->patient_may_overlap)
		return;
	its = qb_patient_calendar(&a->patient_id);
	take_calendar(store, a, &its, a->starts_at, a->ends_at, QB_PATIENT_BUSY);
}

static void
take_provider_calendars(QbStore *store, const QbService *s, const QbAppointment *a, QbError taken)
{
	QbResource *resources;
	int			n = qb_store_resources(store, &a->id, &resources);

	for (int i = 0; i < n; i++)
	{
		QbProvider *p = qb_store_provider(store, &resources[i].provider_id);

		take_calendar(store, a, &p->calendar, qb_minus(a->starts_at, s->buffer_before),
					  qb_plus(a->ends_at, s->buffer_after), taken);
	}
}

void
qb_require_free_providers(QbStore *store, const QbService *s, const QbAppointment *a, QbError taken)
{
	QbResource *resources;
	int			n = qb_store_resources(store, &a->id, &resources);

	for (int i = 0; i < n; i++)
	{
		QbProvider *p = qb_store_provider(store, &resources[i].provider_id);

		require_free(store, a, &p->calendar, qb_minus(a->starts_at, s->buffer_before),
					 qb_plus(a->ends_at, s->buffer_after), taken);
	}
}

QbAppointment *
qb_keep_time(QbStore *store, const QbService *service, const QbAppointment *before, QbAppointment *after,
			 const QbWay *way)
{
	QbAppointment *a;

	qb_clear_way(store, way);
	a = qb_store_update_appointment(store, after);
	qb_store_keep_allocations(store, &a->id);
	if (!before->has_patient)
		take_patient_calendar(store, service, a);
	if (a->has_session)
		qb_store_refresh_session(store, &a->session_id);
	return a;
}

QbAppointment *
qb_take_time_again(QbStore *store, const QbService *s, const QbAppointment *before, QbAppointment *after,
				   const QbWay *way, QbError taken)
{
	bool		in_group = s->seats > 1 || before->has_session;
	QbAppointment *a;

	if (way->joins && way->taken >= s->seats)
		refuse_taken(taken == QB_SLOT_TAKEN ? QB_SESSION_FULL : taken, before);
	qb_clear_way(store, way);
	give_up_time(store, before);
	if (way->joins)
		join_session(store, after, &way->session);
	else if (in_group)
	{
		open_session(store, after);
		take_provider_calendars(store, s, after, taken);
	}

	a = qb_store_update_appointment(store, after);
	if (way->joins)
	{
		qb_store_delete_resources(store, &a->id);
		copy_session_team(store, a, way);
		qb_store_refresh_session(store, &way->session);
	}
	else if (!in_group)
		take_provider_calendars(store, s, a, taken);
	take_patient_calendar(store, s, a);
	return a;
}
