/*
 * access.c
 *		What a caller may see and touch.
 */
#include "postgres.h"

#include "people/access.h"

#include "miscadmin.h"
#include "utils/acl.h"

#include "base/errors.h"
#include "base/ids.h"
#include "store/allocations.h"
#include "store/clinics.h"

/* Say what the caller can do about it. */
static const char *
hint(const QbCaller *caller)
{
	if (caller->identified || caller->kind != QB_CALLER_ANON)
		return "Ask the clinic.";
	return "Sign in: call quickbook.authenticate(token) first in the transaction."
		" A database role that is to act as staff needs GRANT quickbook_staff.";
}

#define refuse(caller, detail, ...) qb_raise(QB_NOT_ALLOWED, detail, hint(caller), __VA_ARGS__)

static bool
is_own(bool has, const pg_uuid_t *own, const pg_uuid_t *id)
{
	return has && qb_uuid_equal(own, id);
}

static bool
is_own_patient(const QbCaller *caller, const pg_uuid_t *patient)
{
	return is_own(caller->has_patient, &caller->patient_id, patient);
}

static bool
is_own_provider(const QbCaller *caller, const pg_uuid_t *provider)
{
	return is_own(caller->has_provider, &caller->provider_id, provider);
}

/* ----------
 * By kind
 * ----------
 */

void
qb_require_staff(const QbCaller *caller, const char *what)
{
	if (qb_is_bound(caller))
		refuse(caller, NULL, "only staff may %s", what);
}

void
qb_require_operator(const QbCaller *caller, const char *what)
{
	if (caller->kind <= QB_CALLER_STAFF ? !caller->has_clinic : !caller->identified && qb_is_relay(caller))
		return;
	qb_raise(QB_NOT_ALLOWED, NULL, "A database role that is to do so needs GRANT quickbook_relay.",
			 "only who looks after all clinics may %s", what);
}

void
qb_require_admin(const QbCaller *caller, const char *what)
{
	if (caller->kind != QB_CALLER_ADMIN)
		refuse(caller, NULL, "only an admin may %s", what);
}

void
qb_require_owner(const QbStore *store, const char *what)
{
	const QbCaller *caller = &store->caller;

	if (caller->kind != QB_CALLER_ADMIN || caller->has_clinic ||
		!has_privs_of_role(store->saved_user, GetUserId()))
		qb_raise(QB_NOT_ALLOWED, NULL, "Call it as the owner of the tables of quickbook.",
				 "only the owner of the tables may %s", what);
}

/* ----------
 * By row
 * ----------
 */

static bool
is_of_another_clinic(const QbCaller *caller, const pg_uuid_t *clinic)
{
	return caller->has_clinic && !qb_uuid_equal(&caller->clinic_id, clinic);
}

void
qb_access_clinic(const QbCaller *caller, const char *what, const pg_uuid_t *clinic)
{
	if (is_of_another_clinic(caller, clinic))
		refuse(caller, NULL, "the %s is another clinic's", what);
}

void
qb_access_search(const QbCaller *caller, const QbService *service, const pg_uuid_t *patient)
{
	qb_access_clinic(caller, "service", &service->clinic_id);
	if (patient != NULL && qb_is_bound(caller) && !is_own_patient(caller, patient))
		refuse(caller, qb_detail_uuid(qb_detail(), "patient_id", patient), "the patient is somebody else");
}

void
qb_access_booking(const QbCaller *caller, const QbService *service, const pg_uuid_t *patient,
				  const pg_uuid_t *provider, bool hold)
{
	qb_access_search(caller, service, patient);
	if (caller->kind == QB_CALLER_PROVIDER && (provider == NULL || !is_own_provider(caller, provider)))
		refuse(caller, NULL, "a provider books with provider_id set to the own id");
	if (caller->kind == QB_CALLER_ANON && !hold)
		refuse(caller, NULL, "nobody is signed in to book");
	if (patient == NULL && qb_is_bound(caller) && !service->anonymous_holds)
		refuse(caller, NULL, caller->kind == QB_CALLER_ANON
			   ? "the clinic takes no holds from who is not signed in"
			   : "the clinic takes no holds without patient_id");
}

static bool
serves(QbStore *store, const QbAppointment *a)
{
	QbResource *resources;
	int			n;

	if (is_own_provider(&store->caller, &a->provider_id))
		return true;
	n = qb_store_resources(store, &a->id, &resources);
	for (int i = 0; i < n; i++)
	{
		if (is_own_provider(&store->caller, &resources[i].provider_id))
			return true;
	}
	return false;
}

bool
qb_sees_appointment(QbStore *store, const QbAppointment *a)
{
	const QbCaller *caller = &store->caller;

	if (is_of_another_clinic(caller, &a->clinic_id))
		return false;
	if (caller->kind == QB_CALLER_PROVIDER)
		return serves(store, a);
	if (caller->kind == QB_CALLER_PATIENT)
		return a->has_patient && is_own_patient(caller, &a->patient_id);
	return caller->kind != QB_CALLER_ANON;
}

void
qb_access_appointment(QbStore *store, const QbAppointment *a, bool confirms)
{
	const QbCaller *caller = &store->caller;

	qb_access_clinic(caller, "appointment", &a->clinic_id);
	if (confirms && !a->has_patient && caller->kind == QB_CALLER_PATIENT)
		return;
	if (!qb_sees_appointment(store, a))
		refuse(caller, qb_detail_uuid(qb_detail(), "appointment_id", &a->id), "the appointment is somebody else's");
}

void
qb_access_new_provider(const QbCaller *caller, const pg_uuid_t *provider)
{
	if (provider != NULL && caller->kind == QB_CALLER_PROVIDER && !is_own_provider(caller, provider))
		refuse(caller, qb_detail_uuid(qb_detail(), "provider_id", provider),
			   "only staff may give an appointment to another provider");
}

void
qb_access_calendar(QbStore *store, const pg_uuid_t *provider, bool all)
{
	const QbCaller *caller = &store->caller;
	pg_uuid_t	clinic;

	if (caller->has_clinic && qb_store_clinic_of(store, "provider", provider, &clinic))
		qb_access_clinic(caller, "provider", &clinic);
	if (caller->kind == QB_CALLER_ANON ||
		(all && (caller->kind == QB_CALLER_PATIENT ||
				 (caller->kind == QB_CALLER_PROVIDER && !is_own_provider(caller, provider)))))
		refuse(caller, qb_detail_uuid(qb_detail(), "provider_id", provider), "the calendar is somebody else's");
}

void
qb_access_list(const QbCaller *caller, QbAppointmentFilter *filter)
{
	if (caller->has_clinic)
		filter->clinic = &caller->clinic_id;
	if (caller->kind == QB_CALLER_PATIENT)
	{
		if (!caller->has_patient || (filter->patient != NULL && !is_own_patient(caller, filter->patient)))
			refuse(caller, NULL, "the appointments are somebody else's");
		filter->patient = &caller->patient_id;
	}
	else if (caller->kind == QB_CALLER_PROVIDER)
	{
		if (!caller->has_provider || (filter->provider != NULL && !is_own_provider(caller, filter->provider)))
			refuse(caller, NULL, "the appointments are somebody else's");
		filter->provider = &caller->provider_id;
	}
	else if (caller->kind == QB_CALLER_ANON)
		refuse(caller, NULL, "nobody is signed in to see appointments");
}
