/*
 * lifecycle.c
 *		The status machine: what may follow what, and what it does to time.
 */
#include "postgres.h"

#include "arguments.h"
#include "booking.h"
#include "claim.h"
#include "compat.h"
#include "errors.h"
#include "events.h"
#include "store.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(quickbook_get_appointment);
PG_FUNCTION_INFO_V1(quickbook_cancel_appointment);
PG_FUNCTION_INFO_V1(quickbook_set_appointment_status);

/* FHIR R5 Appointment.status, and held. */
static const char *const statuses[] = {
	"held", "pending", "booked", "arrived", "checked-in", "fulfilled", "cancelled", "noshow",
	"entered-in-error"
};

typedef enum Status
{
	HELD, PENDING, BOOKED, ARRIVED, CHECKED_IN, FULFILLED, CANCELLED, NOSHOW, ENTERED_IN_ERROR
} Status;

#define BIT(status) (1 << (status))

/* Which statuses may follow each. */
static const int may_follow[] = {
	[HELD] = BIT(PENDING) | BIT(BOOKED) | BIT(CANCELLED),
	[PENDING] = BIT(BOOKED) | BIT(CANCELLED),
	[BOOKED] = BIT(ARRIVED) | BIT(CHECKED_IN) | BIT(FULFILLED) | BIT(CANCELLED) | BIT(NOSHOW),
	[ARRIVED] = BIT(CHECKED_IN) | BIT(FULFILLED) | BIT(CANCELLED) | BIT(NOSHOW) | BIT(BOOKED),
	[CHECKED_IN] = BIT(FULFILLED) | BIT(CANCELLED) | BIT(NOSHOW) | BIT(BOOKED),
	[FULFILLED] = BIT(BOOKED),
	[CANCELLED] = BIT(BOOKED),
	[NOSHOW] = BIT(BOOKED),
	[ENTERED_IN_ERROR] = 0
};

/* Back to booked from these is an undo. */
#define UNDONE (BIT(ARRIVED) | BIT(CHECKED_IN) | BIT(FULFILLED) | BIT(CANCELLED) | BIT(NOSHOW))

static Status
parse_status(const char *text)
{
	for (int i = 0; i < (int) lengthof(statuses); i++)
	{
		if (strcmp(text, statuses[i]) == 0)
			return i;
	}
	qb_raise(QB_INVALID_ARGUMENT, qb_detail_text(qb_detail(), "argument", "status"),
			 "A status is one of held, pending, booked, arrived, checked-in, fulfilled, cancelled, noshow, entered-in-error.",
			 "\"%s\" is no status of an appointment", text);
}

static void
refuse_transition(const QbAppointment *a, Status to, const char *reason)
{
	qb_raise(QB_INVALID_TRANSITION,
			 qb_detail_text(qb_detail_text(qb_detail_uuid(qb_detail(), "appointment_id", &a->id),
										   "from", a->status), "to", statuses[to]),
			 NULL, "an appointment that is %s cannot become %s%s", a->status, statuses[to], reason);
}

static void
check_transition(const QbAppointment *a, Status from, Status to)
{
	bool		allowed = (may_follow[from] & BIT(to)) || (to == ENTERED_IN_ERROR && from != to);

	if (!allowed)
		refuse_transition(a, to, "");
	if (to == NOSHOW && qb_now() < a->starts_at)
		refuse_transition(a, to, " before it starts");
	if ((to == PENDING || to == BOOKED) && !a->has_patient)
		refuse_transition(a, to, " without a patient");
}

/* Does the status take time? */
static bool
blocks(const QbAppointment *a, Status status, const QbService *service)
{
	switch (status)
	{
		case PENDING:
			return service->pending_blocks;
		case HELD:
			return DatumGetTimestampTz(a->values[QB_A_EXPIRES_AT]) > qb_now();
		case BOOKED:
		case ARRIVED:
		case CHECKED_IN:
		case FULFILLED:
			return true;
		default:
			return false;
	}
}

/* Write the new status, and give or take the time that it implies. */
static QbAppointment *
change_status(QbStore *store, const QbAppointment *before, Status from, Status to, const char *reason)
{
	QbService  *service = qb_store_service(store, &before->service_id, NULL);
	QbAppointment *a = qb_to_change(before);
	bool		undo = to == BOOKED && (UNDONE & BIT(from));
	bool		takes_time = blocks(before, to, service);

	qb_set_text(a, QB_A_STATUS, statuses[to]);
	qb_set_null(a, QB_A_EXPIRES_AT);
	if (to == CANCELLED)
		qb_set_cancelled(a, reason, "staff", qb_now() > a->starts_at - service->cancel_notice);
	else if (from == CANCELLED)
	{
		qb_set_null(a, QB_A_CANCEL_REASON);
		qb_set_null(a, QB_A_CANCELLED_BY);
		qb_set_null(a, QB_A_LATE);
	}

	if (to == NOSHOW)
		qb_store_cut_allocations(store, &a->id, qb_now());
	else if (!takes_time)
		qb_store_delete_allocations(store, &a->id);
	a = qb_store_update_appointment(store, a);
	if (takes_time && (from == HELD || !blocks(before, from, service)))
		qb_take_time_again(store, service, a);
	qb_event_append(store, undo ? "restored" : statuses[to], a, before, 0);
	return a;
}

/* The status machine's one door. */
static QbAppointment *
move_to(QbStore *store, const pg_uuid_t *id, Status to, const char *reason, const int32 *expected_version)
{
	QbAppointment *a = qb_lock_appointment(store, id, expected_version);
	Status		from = parse_status(a->status);

	/* cancelling twice is no error */
	if (from == CANCELLED && to == CANCELLED)
		return a;
	check_transition(a, from, to);
	return change_status(store, a, from, to, reason);
}

Datum
quickbook_set_appointment_status(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	Status		to = parse_status(qb_arg_text(fcinfo, 1, "status"));
	int32		version;
	QbStore		store;
	QbAppointment *a;

	qb_store_begin(&store, true);
	a = move_to(&store, id, to, NULL, qb_arg_version(fcinfo, 2, &version));
	qb_store_end(&store);
	return qb_appointment_result(fcinfo, a);
}

Datum
quickbook_cancel_appointment(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	char	   *reason = qb_arg_text_or_null(fcinfo, 1);
	int32		version;
	QbStore		store;
	QbAppointment *a;

	qb_store_begin(&store, true);
	a = move_to(&store, id, CANCELLED, reason, qb_arg_version(fcinfo, 2, &version));
	qb_store_end(&store);
	return qb_appointment_result(fcinfo, a);
}

Datum
quickbook_get_appointment(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	QbStore		store;
	QbAppointment *a;

	qb_store_begin(&store, false);
	a = qb_store_appointment(&store, id, false);
	if (a == NULL)
		qb_raise_not_found("appointment", id);
	qb_store_end(&store);
	return qb_appointment_result(fcinfo, a);
}
