/*
 * booking.c
 *		Taking time: the one path by which appointments get onto calendars.
 *
 * A write locks the calendars that it touches, reads them with the latest
 * snapshot, asks slots.c, and writes.  The exclusion constraint stands behind
 * all of it.
 */
#include "postgres.h"

#include "booking.h"

#include "access/htup_details.h"
#include "arguments.h"
#include "claim.h"
#include "compat.h"
#include "errors.h"
#include "events.h"
#include "funcapi.h"
#include "ids.h"
#include "lanes.h"
#include "locks.h"
#include "slots.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "zone.h"

PG_FUNCTION_INFO_V1(quickbook_create_appointment);
PG_FUNCTION_INFO_V1(quickbook_create_appointment_local);
PG_FUNCTION_INFO_V1(quickbook_reschedule_appointment);

/* ----------
 * Appointments as Datums
 * ----------
 */

Datum
qb_appointment_result(FunctionCallInfo fcinfo, const QbAppointment *appointment)
{
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the result is no appointment_info");
	desc = BlessTupleDesc(desc);
	return HeapTupleGetDatum(heap_form_tuple(desc, unconstify(Datum *, &appointment->values[0]),
											 unconstify(bool *, &appointment->nulls[0])));
}

void
qb_set_datum(QbAppointment *appointment, QbAppointmentColumn column, Datum value)
{
	appointment->values[column] = value;
	appointment->nulls[column] = false;
}

void
qb_set_text(QbAppointment *appointment, QbAppointmentColumn column, const char *value)
{
	if (value == NULL)
		qb_set_null(appointment, column);
	else
		qb_set_datum(appointment, column, CStringGetTextDatum(value));
}

void
qb_set_null(QbAppointment *appointment, QbAppointmentColumn column)
{
	appointment->values[column] = (Datum) 0;
	appointment->nulls[column] = true;
}

static void
set_uuid(QbAppointment *appointment, QbAppointmentColumn column, const pg_uuid_t *value)
{
	if (value == NULL)
		qb_set_null(appointment, column);
	else
		qb_set_datum(appointment, column, UUIDPGetDatum(value));
}

QbAppointment *
qb_to_change(const QbAppointment *before)
{
	QbAppointment *a = palloc(sizeof(QbAppointment));

	memcpy(a, before, sizeof(QbAppointment));
	qb_set_datum(a, QB_A_UPDATED_AT, TimestampTzGetDatum(qb_now()));
	return a;
}

void
qb_set_cancelled(QbAppointment *a, const char *reason, const char *by, bool late)
{
	qb_set_text(a, QB_A_CANCEL_REASON, reason);
	qb_set_text(a, QB_A_CANCELLED_BY, by);
	qb_set_datum(a, QB_A_LATE, BoolGetDatum(late));
}

/* ----------
 * Writing
 * ----------
 */

/*
 * Close a hold that is in the way: it has expired, or its patient books.  Its
 * row is locked, and it may have been closed or confirmed since.
 */
static void
close_hold(QbStore *store, const pg_uuid_t *id)
{
	QbAppointment *before = qb_store_appointment(store, id, true);
	QbAppointment *hold;
	bool		expired;

	if (before == NULL || strcmp(before->status, "held") != 0)
		return;
	expired = DatumGetTimestampTz(before->values[QB_A_EXPIRES_AT]) <= qb_now();
	qb_store_delete_allocations(store, id);
	hold = qb_to_change(before);
	qb_set_text(hold, QB_A_STATUS, "cancelled");
	qb_set_null(hold, QB_A_EXPIRES_AT);
	qb_set_cancelled(hold, expired ? "the hold expired" : "replaced by a booking", "system", false);
	hold = qb_store_update_appointment(store, hold);
	qb_event_append(store, expired ? "expired" : "cancelled", hold, before, 0);
}

/* Close the holds on a loaded calendar that do not count and lie in the way. */
static void
close_holds_among(QbStore *store, const QbProvider *p, const pg_uuid_t *except, int64 start, int64 end)
{
	for (int i = 0; i < p->nallocations; i++)
	{
		const QbAllocation *a = &p->allocations[i];

		if (a->ignored && !TIMESTAMP_IS_NOEND(a->expires_at) && a->start < end && a->end > start &&
			!(except && qb_uuid_equal(&a->owner_id, except)))
			close_hold(store, &a->owner_id);
	}
}

static void
refuse_taken(QbError why, const pg_uuid_t *provider, int64 start)
{
	qb_raise(why, qb_detail_time(qb_detail_uuid(qb_detail(), "provider_id", provider), "starts_at", start),
			 NULL, "%s", why == QB_PATIENT_BUSY ? "the patient has another appointment at that time"
			 : "the provider is not free at that time");
}

static void
allocate(QbStore *store, const QbAppointment *appointment, const QbNewAllocation *allocations, int n)
{
	const QbNewAllocation *refused = qb_store_insert_allocations(store, appointment, allocations, n);

	if (refused != NULL)
		refuse_taken(refused->of_patient ? QB_PATIENT_BUSY : QB_SLOT_TAKEN, &appointment->provider_id,
					 appointment->starts_at);
}

/*
 * Write the appointment's time onto the calendars of its team and its patient,
 * unless it is a pending one of a service whose pending ones take none.
 */
static void
take_time(QbSearch *search, const QbAppointment *appointment, const QbChoice *choice)
{
	const QbService *s = search->service;
	int64		start = choice->start;
	int64		end = start + choice->lead->duration;
	int64		from = start - s->buffer_before;
	int64		to = end + s->buffer_after;
	QbNewAllocation *allocations = palloc(sizeof(QbNewAllocation) * (search->team->nroles + 1));
	int			n = 0;

	if (strcmp(appointment->status, "pending") == 0 && !s->pending_blocks)
		return;
	close_holds_among(search->store, &search->patient_calendar, search->except, start, end);
	for (int r = 0; r < search->team->nroles; r++)
	{
		QbProvider *p = choice->team[r];

		close_holds_among(search->store, p, search->except, from, to);
		allocations[n++] = (QbNewAllocation) {p->id, false, qb_choose_lane(search->store, p, from, to), from, to};
	}
	if (appointment->has_patient && !s->patient_may_overlap)
		allocations[n++] = (QbNewAllocation) {appointment->patient_id, true, 0, start, end};
	allocate(search->store, appointment, allocations, n);
}

static void
write_resources(QbSearch *search, const QbAppointment *appointment, const QbChoice *choice)
{
	for (int r = 0; r < search->team->nroles; r++)
		qb_store_insert_resource(search->store, appointment, search->team->roles[r].name, &choice->team[r]->id);
}

/* ----------
 * Creating
 * ----------
 */

/* What a creating function was asked for. */
typedef struct Request
{
	const pg_uuid_t *patient;
	const pg_uuid_t *provider;
	const pg_uuid_t *service;
	int64		start;
	const char *key;
	const char *notes;
	Datum		details;
	bool		has_details;
	int			aside;
} Request;

/* The arguments as text, to tell a repeated request from another one. */
static char *
request_text(const Request *r)
{
	Jsonb	   *details = r->has_details ? DatumGetJsonbP(r->details) : NULL;

	return psprintf("create|%s|%s|%s|" INT64_FORMAT "|%d|%s|%s",
					qb_uuid_text(r->patient), r->provider ? qb_uuid_text(r->provider) : "",
					qb_uuid_text(r->service), r->start, r->aside,
					details ? JsonbToCString(NULL, &details->root, VARSIZE(details)) : "",
					r->notes ? r->notes : "");
}

/* The appointment that the key made before, after its lock was taken. */
static QbAppointment *
made_before(QbSearch *search, const Request *r, const char *request)
{
	QbLockSet	lock;
	QbAppointment *appointment;
	StringInfoData name;
	bool		same;

	initStringInfo(&name);
	appendBinaryStringInfo(&name, (const char *) search->service->clinic_id.data, UUID_LEN);
	appendStringInfoString(&name, r->key);
	qb_locks_init(&lock);
	qb_locks_add(&lock, QB_LOCK_KEY, name.data, name.len);
	qb_locks_acquire(&lock);

	appointment = qb_store_appointment_by_key(search->store, &search->service->clinic_id, r->key, request, &same);
	if (appointment != NULL && !same)
		qb_raise(QB_IDEMPOTENCY_CONFLICT,
				 qb_detail_text(qb_detail(), "idempotency_key", r->key), NULL,
				 "the key \"%s\" was used for another request", r->key);
	return appointment;
}

static bool
role_has_anybody(const QbRole *role)
{
	for (int i = 0; i < role->ncandidates; i++)
	{
		if (role->candidates[i].provider->active)
			return true;
	}
	return false;
}

/* What keeps a service from being booked at any time. */
static void
check_policy(const QbSearch *search, const pg_uuid_t *provider)
{
	const QbService *s = search->service;

	if (!s->active)
		qb_raise(QB_POLICY_REFUSED, qb_detail_uuid(qb_detail(), "service_id", &s->id),
				 "Set service.active first.", "the service \"%s\" is not active", s->name);
	for (int r = 0; r < search->team->nroles; r++)
	{
		if (r != search->team->lead && !role_has_anybody(&search->team->roles[r]))
			qb_raise(QB_POLICY_REFUSED, qb_detail_uuid(qb_detail(), "service_id", &s->id),
					 "Add an active provider to service_provider.",
					 "nobody fills the role \"%s\" of the service \"%s\"", search->team->roles[r].name, s->name);
	}
	if (search->nleads > 0)
		return;
	if (provider == NULL)
		qb_raise(QB_POLICY_REFUSED, qb_detail_uuid(qb_detail(), "service_id", &s->id),
				 "Add an active provider to service_provider.", "nobody offers the service \"%s\"", s->name);
	qb_raise(QB_POLICY_REFUSED,
			 qb_detail_uuid(qb_detail_uuid(qb_detail(), "service_id", &s->id), "provider_id", provider),
			 "Choose an active provider whom service_provider names in the lead role.",
			 "the provider does not offer the service \"%s\"", s->name);
}

/* A start must lie where dates can be computed with. */
static void
check_start(int64 start)
{
	if (TIMESTAMP_NOT_FINITE(start) || start < qb_now() - 36500 * USECS_PER_DAY ||
		start > qb_now() + 36500 * USECS_PER_DAY)
		qb_raise_argument("starts_at", "starts_at is more than 100 years from now");
}

static QbAppointment *
new_appointment(const QbSearch *search, const Request *r, const QbChoice *choice)
{
	const QbService *s = search->service;
	QbAppointment *a = palloc0(sizeof(QbAppointment));

	memset(a->nulls, true, sizeof(a->nulls));
	qb_new_id(&s->clinic_id, &a->id);
	set_uuid(a, QB_A_ID, &a->id);
	set_uuid(a, QB_A_CLINIC_ID, &s->clinic_id);
	set_uuid(a, QB_A_PATIENT_ID, r->patient);
	set_uuid(a, QB_A_SERVICE_ID, &s->id);
	set_uuid(a, QB_A_PROVIDER_ID, &choice->lead->provider->id);
	qb_set_text(a, QB_A_STATUS, s->requires_approval && !(r->aside & QB_ASIDE_POLICY) ? "pending" : "booked");
	qb_set_datum(a, QB_A_STARTS_AT, TimestampTzGetDatum(choice->start));
	qb_set_datum(a, QB_A_ENDS_AT, TimestampTzGetDatum(choice->start + choice->lead->duration));
	qb_set_datum(a, QB_A_UPDATED_AT, TimestampTzGetDatum(search->now));
	qb_set_text(a, QB_A_IDEMPOTENCY_KEY, r->key);
	qb_set_text(a, QB_A_NOTES, r->notes);
	if (r->has_details)
		qb_set_datum(a, QB_A_DETAILS, r->details);
	return a;
}

static QbAppointment *
create(QbStore *store, const Request *r)
{
	QbSearch   *search = qb_search_open(store, r->service, r->provider, r->patient);
	char	   *request = r->key ? request_text(r) : NULL;
	QbAppointment *appointment;
	QbChoice	choice;

	if (r->key && (appointment = made_before(search, r, request)) != NULL)
		return appointment;
	check_start(r->start);
	check_policy(search, r->provider);
	search->aside = r->aside;
	choice.start = r->start;
	choice.team = palloc0(sizeof(QbProvider *) * search->team->nroles);
	qb_claim(search, &choice);

	appointment = qb_store_insert_appointment(store, new_appointment(search, r, &choice), request);
	write_resources(search, appointment, &choice);
	take_time(search, appointment, &choice);
	qb_event_append(store, appointment->status, appointment, NULL, r->aside);
	return appointment;
}

Datum
quickbook_create_appointment(PG_FUNCTION_ARGS)
{
	Request		r = {
		.patient = qb_arg_uuid(fcinfo, 0, "patient_id"),
		.provider = qb_arg_uuid_or_null(fcinfo, 1),
		.service = qb_arg_uuid(fcinfo, 2, "service_id"),
		.start = qb_arg_time(fcinfo, 3, "starts_at"),
		.key = qb_arg_text_or_null(fcinfo, 4),
		.notes = qb_arg_text_or_null(fcinfo, 5),
		.details = PG_ARGISNULL(6) ? (Datum) 0 : PG_GETARG_DATUM(6),
		.has_details = !PG_ARGISNULL(6),
		.aside = qb_arg_override(fcinfo, 7)
	};
	QbStore		store;
	QbAppointment *appointment;

	qb_store_begin(&store, true);
	appointment = create(&store, &r);
	qb_store_end(&store);
	return qb_appointment_result(fcinfo, appointment);
}

/* The instant of a local date and time that happens exactly once. */
static int64
local_start(const char *zone_name, DateADT date, TimeADT time)
{
	QbZone	   *zone = qb_zone_load(zone_name, "time_zone", qb_midnight(date - 3), qb_midnight(date + 4));
	QbLocalKind kind;
	int64		start = qb_local_to_instant(zone, qb_midnight(date) + time, &kind);
	char	   *local;

	if (kind == QB_LOCAL_UNIQUE)
		return start;
	local = TextDatumGetCString(DirectFunctionCall2(timestamp_to_char,
												   TimestampGetDatum(qb_midnight(date) + time),
												   CStringGetTextDatum("YYYY-MM-DD HH24:MI:SS")));
	qb_raise(QB_INVALID_ARGUMENT,
			 qb_detail_text(qb_detail_text(qb_detail_text(qb_detail(), "argument", "local_time"),
										   "local", local), "time_zone", zone_name),
			 kind == QB_LOCAL_AMBIGUOUS
			 ? "Say which of the two by quickbook.create_appointment() with a timestamptz."
			 : "The clocks are put forward over it: choose another time.",
			 kind == QB_LOCAL_AMBIGUOUS
			 ? "the local time %s is ambiguous: it happens twice in %s"
			 : "the local time %s does not exist in %s", local, zone_name);
}

/* The zone in which a provider's local times are read on a date. */
static const char *
zone_on_date(QbStore *store, const pg_uuid_t *service, const pg_uuid_t *provider, DateADT date)
{
	QbSearch   *search = qb_search_open(store, service, provider, NULL);
	QbProvider *p;

	if (provider == NULL || search->nleads == 0)
		return search->service->clinic_zone;
	p = search->leads[0].provider;
	qb_store_load(store, search->service, &p, 1, NULL, date, date, 0, 0);
	return p->ntravels > 0 ? p->travels[0].zone_name : p->zone_name;
}

Datum
quickbook_create_appointment_local(PG_FUNCTION_ARGS)
{
	Request		r = {
		.patient = qb_arg_uuid(fcinfo, 0, "patient_id"),
		.provider = qb_arg_uuid_or_null(fcinfo, 1),
		.service = qb_arg_uuid(fcinfo, 2, "service_id"),
		.key = qb_arg_text_or_null(fcinfo, 5),
		.aside = qb_arg_override(fcinfo, 6)
	};
	DateADT		date = qb_arg_date(fcinfo, 3, "local_date");
	TimeADT		time;
	QbStore		store;
	QbAppointment *appointment;

	if (PG_ARGISNULL(4))
		qb_raise_argument("local_time", "local_time must not be null");
	time = PG_GETARG_TIMEADT(4);
	check_start(qb_midnight(date));
	qb_store_begin(&store, true);
	r.start = local_start(zone_on_date(&store, r.service, r.provider, date), date, time);
	appointment = create(&store, &r);
	qb_store_end(&store);
	return qb_appointment_result(fcinfo, appointment);
}

/* ----------
 * Taking time again
 * ----------
 */

static void
take_calendar_again(QbStore *store, const QbService *service, const QbAppointment *a, QbProvider *p,
					bool of_patient, int64 start, int64 end)
{
	QbNewAllocation allocation;
	QbIntervalSet taken;

	/* what is past stays as it was given back */
	start = Max(start, qb_now());
	if (start >= end)
		return;
	qb_store_load(store, service, &p, of_patient ? 0 : 1, of_patient ? p : NULL, 0, 0, start, end);
	qb_ignore_allocations(p, qb_now(), &a->id);
	taken = qb_taken(p);
	if (qb_set_overlaps(&taken, start, end))
		refuse_taken(of_patient ? QB_PATIENT_BUSY : QB_SLOT_TAKEN, &a->provider_id, a->starts_at);
	close_holds_among(store, p, &a->id, start, end);
	qb_store_delete_allocation(store, &a->id, &p->id);
	allocation = (QbNewAllocation) {p->id, of_patient, qb_choose_lane(store, p, start, end), start, end};
	allocate(store, a, &allocation, 1);
}

void
qb_take_time_again(QbStore *store, const QbService *s, const QbAppointment *a)
{
	QbResource *resources;
	int			n = qb_store_resources(store, &a->id, &resources);

	for (int i = 0; i < n; i++)
	{
		QbProvider *p = qb_store_provider(store, &resources[i].provider_id);

		take_calendar_again(store, s, a, p, false, a->starts_at - s->buffer_before, a->ends_at + s->buffer_after);
	}
	if (a->has_patient && !s->patient_may_overlap)
	{
		QbProvider	patient = qb_patient_calendar(&a->patient_id);

		take_calendar_again(store, s, a, &patient, true, a->starts_at, a->ends_at);
	}
}

/* ----------
 * Rescheduling
 * ----------
 */

static QbAppointment *
write_new_time(QbSearch *search, const QbAppointment *before, const QbChoice *choice)
{
	QbStore    *store = search->store;
	QbAppointment *a = qb_to_change(before);

	set_uuid(a, QB_A_PROVIDER_ID, &choice->lead->provider->id);
	qb_set_datum(a, QB_A_STARTS_AT, TimestampTzGetDatum(choice->start));
	qb_set_datum(a, QB_A_ENDS_AT, TimestampTzGetDatum(choice->start + choice->lead->duration));
	qb_set_datum(a, QB_A_SEQUENCE, Int32GetDatum(DatumGetInt32(a->values[QB_A_SEQUENCE]) + 1));
	a = qb_store_update_appointment(store, a);
	qb_store_delete_allocations(store, &a->id);
	qb_store_delete_resources(store, &a->id);
	write_resources(search, a, choice);
	take_time(search, a, choice);
	qb_event_append(store, "rescheduled", a, before, search->aside);
	return a;
}

/* provider NULL keeps the one that the appointment has when it is locked. */
static QbAppointment *
reschedule(QbStore *store, const pg_uuid_t *id, int64 start, const pg_uuid_t *provider,
		   const int32 *expected_version, int aside)
{
	check_start(start);
	for (;;)
	{
		QbAppointment *a = qb_store_appointment(store, id, false);
		const pg_uuid_t *lead;
		QbSearch   *search;
		QbChoice	choice;

		if (a == NULL)
			qb_raise_not_found("appointment", id);
		qb_check_version(a, expected_version);
		qb_check_may_move(a);
		lead = provider ? provider : &a->provider_id;
		if (start == a->starts_at && qb_uuid_equal(lead, &a->provider_id))
			return a;

		search = qb_search_open(store, &a->service_id, lead, a->has_patient ? &a->patient_id : NULL);
		check_policy(search, lead);
		search->except = id;
		search->aside = aside;
		choice.start = start;
		choice.team = palloc0(sizeof(QbProvider *) * search->team->nroles);
		a = qb_claim_new_time(search, &choice, id, provider == NULL, expected_version);
		if (a != NULL)
			return write_new_time(search, a, &choice);
	}
}

Datum
quickbook_reschedule_appointment(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	int64		start = qb_arg_time(fcinfo, 1, "starts_at");
	const pg_uuid_t *provider = qb_arg_uuid_or_null(fcinfo, 2);
	int32		version;
	int			aside = qb_arg_override(fcinfo, 4);
	QbStore		store;
	QbAppointment *appointment;

	qb_store_begin(&store, true);
	appointment = reschedule(&store, id, start, provider, qb_arg_version(fcinfo, 3, &version), aside);
	qb_store_end(&store);
	return qb_appointment_result(fcinfo, appointment);
}
