/*
 * hold_caps.c
 *		How many live holds who is bound by rules may have at once.
 *
 * A hold costs nothing, so without a cap one visitor takes all the time that a
 * clinic offers.  Holds without patient are counted together, whoever made
 * them, in the clinic and in the service; a patient's own by the patient.
 * Staff and providers are not bound.
 */
#include "postgres.h"

#include "rules/hold_caps.h"

#include "base/errors.h"
#include "store/appointments.h"
#include "store/limits.h"
#include "store/model.h"

static bool
is_counted(const QbSearch *search)
{
	return search->patient == NULL && qb_is_bound(&search->store->caller);
}

void
qb_hold_caps_lock(const QbSearch *search, QbLockSet *locks)
{
	static const char what[] = "holds";
	char		name[UUID_LEN + sizeof(what)];

	if (!is_counted(search))
		return;
	memcpy(name, search->service->clinic_id.data, UUID_LEN);
	memcpy(name + UUID_LEN, what, sizeof(what));
	qb_locks_add(locks, QB_LOCK_LIMIT, name, sizeof(name));
}

static void
refuse(int most, const char *whose)
{
	qb_raise(QB_LIMIT_REACHED, qb_detail_int(qb_detail_text(qb_detail(), "limit", "holds"), "most", most),
			 "Confirm or cancel a hold, or wait until one has expired.", "%s at most %d holds at once", whose, most);
}

void
qb_hold_caps_check(const QbSearch *search)
{
	const QbService *s = search->service;
	QbOwnHold  *holds;
	int			of_service;
	int			of_clinic;

	if (!qb_is_bound(&search->store->caller))
		return;
	if (search->patient != NULL)
	{
		if (qb_store_own_holds(search->store, search->patient, NULL, &holds) >= s->max_patient_holds)
			refuse(s->max_patient_holds, "a patient has");
		return;
	}
	of_clinic = qb_store_anonymous_holds(search->store, s, &of_service);
	if (of_clinic >= s->max_anonymous_holds)
		refuse(s->max_anonymous_holds, "the clinic gives nobody in particular");
	if (s->max_anonymous_holds_of_service >= 0 && of_service >= s->max_anonymous_holds_of_service)
		refuse(s->max_anonymous_holds_of_service, "the service gives nobody in particular");
}
