/*
 * booking.c
 *		Taking time: the one path by which appointments get onto calendars.
 *
 * A write locks the calendars that it touches, reads them with the latest
 * snapshot, asks the rules, and writes.  The exclusion constraint stands
 * behind all of it.
 */
#include "postgres.h"

#include "booking.h"

#include "events.h"
#include "ids.h"
#include "lanes.h"
#include "sessions.h"
#include "shared.h"
#include "utils/timestamp.h"

bool
qb_takes_time(const QbAppointment *a, const QbService *service)
{
	if (qb_has_status(a, "pending"))
		return service->pending_blocks;
	if (qb_has_status(a, "held"))
		return a->expires_at > qb_now();
	return qb_has_status(a, "booked") || qb_has_status(a, "arrived") || qb_has_status(a, "checked-in") ||
		qb_has_status(a, "fulfilled");
}

/* The service may have changed its mind about pending ones since it was made. */
bool
qb_has_time(QbStore *store, const QbAppointment *a, const QbService *service)
{
	if (qb_has_status(a, "pending"))
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

	if (before == NULL || !qb_has_status(before, "held"))
		return;
	expired = before->expires_at <= qb_now();
	hold = qb_to_change(before);
	/* an expired one keeps its expiry, which tells that it may be confirmed still */
	if (!expired)
		qb_set_null(hold, QB_A_EXPIRES_AT);
	qb_set_cancelled(hold, expired ? "the hold expired" : "replaced by a booking", "system", false);
	hold = qb_store_update_appointment(store, hold);
	qb_give_back_time(store, hold);
	qb_event_append(store, expired ? "expired" : "cancelled", hold, before, 0);
	if (expired)
		qb_count(QB_COUNT_HOLDS_EXPIRED, 1);
}

/* Close the holds of a session that have expired or are the patient's own. */
static void
close_session_holds(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *patient, const pg_uuid_t *except)
{
	pg_uuid_t  *ids;
	int			n = qb_store_session_holds(store, session, patient, except, &ids);

	for (int i = 0; i < n; i++)
		qb_close_hold(store, &ids[i]);
}

/* Close the holds on a loaded calendar that do not count and lie in the way. */
static void
close_holds_among(QbStore *store, const QbProvider *p, const pg_uuid_t *patient, const pg_uuid_t *except,
				  int64 start, int64 end)
{
	for (int i = 0; i < p->nallocations; i++)
	{
		const QbAllocation *a = &p->allocations[i];

		if (!a->ignored || TIMESTAMP_IS_NOEND(a->expires_at) || a->start >= end || a->end <= start)
			continue;
		if (a->of_session)
			close_session_holds(store, &a->owner_id, patient, except);
		else if (!(except && qb_uuid_equal(&a->owner_id, except)))
			qb_close_hold(store, &a->owner_id);
	}
}

/* ----------
 * A seat in a group
 * ----------
 */

/* A session with nobody in it yet, for the time of an appointment whose columns are set. */
static void
open_session(QbStore *store, QbAppointment *a)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));

	qb_new_id(&a->clinic_id, id);
	qb_store_insert_session(store, id, a);
	qb_set_uuid(a, QB_A_SESSION_ID, id);
	qb_set_datum(a, QB_A_SEAT, Int32GetDatum(1));
}

static void
join_session(QbStore *store, QbAppointment *a, const pg_uuid_t *session)
{
	qb_store_require_known_session(store, session);
	close_session_holds(store, session, a->has_patient ? &a->patient_id : NULL, &a->id);
	qb_set_uuid(a, QB_A_SESSION_ID, session);
	qb_set_datum(a, QB_A_SEAT, Int32GetDatum(qb_store_free_seat(store, session, &a->id)));
}

static void
leave_session(QbAppointment *a)
{
	qb_set_null(a, QB_A_SESSION_ID);
	qb_set_null(a, QB_A_SEAT);
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

static void
allocate(QbStore *store, const QbAppointment *appointment, const QbNewAllocation *allocations, int n)
{
	const QbNewAllocation *refused = qb_store_insert_allocations(store, appointment, allocations, n);

	if (refused != NULL)
		refuse_taken(refused->of_patient ? QB_PATIENT_BUSY : QB_SLOT_TAKEN, appointment);
}

void
qb_clear_way(QbSearch *search, const QbChoice *choice, QbAppointment *a)
{
	const QbService *s = search->service;

	leave_session(a);
	close_holds_among(search->store, &search->patient_calendar, search->patient, search->except,
					  choice->start, choice->end);
	for (int r = 0; r < search->team->nroles; r++)
	{
		if (choice->team[r] != NULL)
			close_holds_among(search->store, choice->team[r], search->patient, search->except,
							  choice->start - s->buffer_before, choice->end + s->buffer_after);
	}
	if (!qb_takes_time(a, s))
		return;
	if (choice->session != NULL)
		join_session(search->store, a, &choice->session->id);
	else if (s->seats > 1)
		open_session(search->store, a);
}

static void
write_resources(QbSearch *search, const QbAppointment *appointment, const QbChoice *choice)
{
	for (int r = 0; r < search->team->nroles; r++)
	{
		if (choice->team[r] != NULL)
			qb_store_insert_resource(search->store, appointment, search->team->roles[r].name,
									 &choice->team[r]->id);
	}
}

void
qb_take_time(QbSearch *search, const QbChoice *choice, const QbAppointment *a)
{
	const QbService *s = search->service;
	int64		from = choice->start - s->buffer_before;
	int64		to = choice->end + s->buffer_after;
	QbNewAllocation *allocations = palloc(sizeof(QbNewAllocation) * (search->team->nroles + 1));
	int			n = 0;

	write_resources(search, a, choice);
	if (!qb_takes_time(a, s))
		return;
	/* who joins a session finds its providers' time taken already */
	for (int r = 0; r < search->team->nroles && choice->session == NULL; r++)
	{
		QbProvider *p = choice->team[r];

		allocations[n++] = (QbNewAllocation) {p->id, false, qb_choose_lane(search->store, p, from, to), from, to};
	}
	if (a->has_patient && !s->patient_may_overlap)
		allocations[n++] = (QbNewAllocation) {a->patient_id, true, 0, choice->start, choice->end};
	if (n > 0)
		allocate(search->store, a, allocations, n);
	if (choice->session != NULL)
		qb_store_refresh_session(search->store, &choice->session->id);
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
require_free(QbStore *store, const QbService *service, const QbAppointment *a, QbProvider *p,
			 bool of_patient, int64 start, int64 end, QbError taken)
{
	QbIntervalSet no;

	qb_store_load(store, service, &p, of_patient ? 0 : 1, of_patient ? p : NULL, 0, 0, start, end);
	qb_ignore_for(store, &p, 1, a->has_patient ? &a->patient_id : NULL, &a->id);
	no = qb_taken(p);
	if (qb_set_overlaps(&no, start, end))
		refuse_taken(of_patient ? QB_PATIENT_BUSY : taken, a);
}

/* Take time on one calendar. */
static void
take_calendar(QbStore *store, const QbService *service, const QbAppointment *a, QbProvider *p,
			  bool of_patient, int64 start, int64 end, QbError taken)
{
	QbNewAllocation allocation;

	/* what is past stays as it was given back */
	start = Max(start, qb_now());
	if (start >= end)
		return;
	require_free(store, service, a, p, of_patient, start, end, taken);
	close_holds_among(store, p, a->has_patient ? &a->patient_id : NULL, &a->id, start, end);
	allocation = (QbNewAllocation) {p->id, of_patient, qb_choose_lane(store, p, start, end), start, end};
	allocate(store, a, &allocation, 1);
}

static void
take_patient_calendar(QbStore *store, const QbService *s, const QbAppointment *a)
{
	QbProvider	patient;

	if (!a->has_patient || s->patient_may_overlap)
		return;
	patient = qb_patient_calendar(&a->patient_id);
	take_calendar(store, s, a, &patient, true, a->starts_at, a->ends_at, QB_PATIENT_BUSY);
}

static void
take_provider_calendars(QbStore *store, const QbService *s, const QbAppointment *a, QbError taken)
{
	QbResource *resources;
	int			n = qb_store_resources(store, &a->id, &resources);

	for (int i = 0; i < n; i++)
	{
		QbProvider *p = qb_store_provider(store, &resources[i].provider_id);

		take_calendar(store, s, a, p, false, a->starts_at - s->buffer_before, a->ends_at + s->buffer_after, taken);
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

		require_free(store, s, a, p, false, a->starts_at - s->buffer_before, a->ends_at + s->buffer_after, taken);
	}
}

/* Whoever serves the session serves the appointment. */
static void
copy_session_team(QbStore *store, const QbAppointment *a, const QbResource *resources, int n)
{
	qb_store_delete_resources(store, &a->id);
	for (int i = 0; i < n; i++)
		qb_store_insert_resource(store, a, resources[i].role, &resources[i].provider_id);
}

/* Close a patient's own holds beside an appointment, on the calendars of who serves it. */
static void
close_holds_beside(QbStore *store, const QbService *s, const QbAppointment *a)
{
	int64		start = a->starts_at - s->buffer_before;
	int64		end = a->ends_at + s->buffer_after;
	QbResource *resources;
	int			n = qb_store_resources(store, &a->id, &resources);

	for (int i = 0; i < n; i++)
	{
		QbProvider *p = qb_store_provider(store, &resources[i].provider_id);

		qb_store_load(store, s, &p, 1, NULL, 0, 0, start, end);
		qb_ignore_for(store, &p, 1, &a->patient_id, &a->id);
		close_holds_among(store, p, &a->patient_id, &a->id, start, end);
	}
}

QbAppointment *
qb_keep_time(QbStore *store, const QbService *service, const QbAppointment *before, QbAppointment *after)
{
	QbAppointment *a = qb_store_update_appointment(store, after);

	qb_store_keep_allocations(store, &a->id);
	if (!before->has_patient)
	{
		close_holds_beside(store, service, a);
		take_patient_calendar(store, service, a);
	}
	if (a->has_session)
		qb_store_refresh_session(store, &a->session_id);
	return a;
}

QbAppointment *
qb_take_time_again(QbStore *store, const QbService *s, const QbAppointment *before, QbAppointment *after,
				   QbError taken)
{
	bool		in_group = s->seats > 1 || before->has_session;
	QbResource *team = NULL;
	int			nteam = 0;
	pg_uuid_t	session;
	int			seats_taken;
	bool		joins = in_group && qb_store_session_of(store, before, &session, &seats_taken);
	QbAppointment *a;

	if (joins && seats_taken >= s->seats)
		refuse_taken(taken == QB_SLOT_TAKEN ? QB_SESSION_FULL : taken, before);
	if (joins)
	{
		nteam = qb_store_session_resources(store, &session, &team);
		join_session(store, after, &session);
	}
	else if (in_group)
		open_session(store, after);

	a = qb_store_update_appointment(store, after);
	qb_store_delete_allocations(store, &a->id);
	if (before->has_session)
		qb_store_refresh_session(store, &before->session_id);
	if (joins)
		copy_session_team(store, a, team, nteam);
	else
		take_provider_calendars(store, s, a, taken);
	take_patient_calendar(store, s, a);
	if (joins)
		qb_store_refresh_session(store, &session);
	return a;
}
