/*
 * reschedule.c
 *		Moving an appointment to another time, all or nothing.
 */
#include "postgres.h"

#include "booking/reschedule.h"

#include "utils/timestamp.h"

#include "base/errors.h"
#include "base/ids.h"
#include "store/allocations.h"
#include "store/model.h"
#include "store/row.h"
#include "events/log.h"
#include "people/access.h"
#include "rules/search.h"
#include "booking/booking.h"
#include "booking/claim.h"
#include "booking/lock.h"

/* Patients have to say so in time. */
static void
check_notice(const QbCaller *caller, const QbService *s, const QbAppointment *a)
{
	if (qb_is_bound(caller) && qb_now() > a->starts_at - s->reschedule_notice)
		qb_raise(QB_POLICY_REFUSED, qb_detail_uuid(qb_detail(), "appointment_id", &a->id), "Ask the clinic.",
				 "it is too late to reschedule the appointment");
}

static QbAppointment *
write_new_time(QbSearch *search, const QbAppointment *before, const QbClaim *claim)
{
	QbStore    *store = search->store;
	const QbChoice *choice = &claim->choice;
	QbAppointment *a = qb_to_change(before);

	qb_set_uuid(a, QB_A_PROVIDER_ID, &choice->lead->provider->calendar.id);
	qb_set_times(a, choice->start, choice->end);
	qb_set_datum(a, QB_A_SEQUENCE, Int32GetDatum(DatumGetInt32(a->values[QB_A_SEQUENCE]) + 1));
	qb_make_way(search, claim, before, a);
	a = qb_store_update_appointment(store, a);
	qb_store_delete_resources(store, &a->id);
	qb_take_time(search, claim, a);
	qb_event_append(store, "rescheduled", a, before, search->aside);
	return a;
}

QbAppointment *
qb_reschedule(QbStore *store, const pg_uuid_t *id, int64 start, const pg_uuid_t *provider,
			  const int32 *expected_version, int aside)
{
	qb_access_new_provider(&store->caller, provider);
	qb_check_start(start);
	for (;;)
	{
		QbAppointment *a = qb_store_appointment(store, id, false);
		const pg_uuid_t *lead;
		QbSearch   *search;
		QbClaim		claim = {.choice = qb_choice_at(start)};

		if (a == NULL)
			qb_raise_not_found("appointment", id);
		qb_access_appointment(store, a, false);
		qb_check_version(a, expected_version);
		qb_check_may_move(a);
		lead = provider ? provider : &a->provider_id;
		if (start == a->starts_at && qb_uuid_equal(lead, &a->provider_id))
			return a;

		search = qb_search_open(store, &a->service_id, lead, a->has_patient ? &a->patient_id : NULL);
		qb_check_policy(search, lead);
		search->except = id;
		search->aside = aside;
		a = qb_claim_new_time(search, &claim, id, provider == NULL, expected_version);
		if (a == NULL)
			continue;
		check_notice(&store->caller, search->service, a);
		return write_new_time(search, a, &claim);
	}
}
