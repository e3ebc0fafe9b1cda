/*
 * appointments.c
 *		The SQL functions that make, change, read and list appointments.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/results.h"
#include "base/sizes.h"
#include "store/appointments.h"
#include "store/row.h"
#include "store/status.h"
#include "store/store.h"
#include "events/log.h"
#include "people/access.h"
#include "rules/rules.h"
#include "booking/cancel.h"
#include "booking/confirm.h"
#include "booking/create.h"
#include "booking/lifecycle.h"
#include "booking/lock.h"
#include "booking/reschedule.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_create_appointment);
PG_FUNCTION_INFO_V1(quickbook_create_appointment_local);
PG_FUNCTION_INFO_V1(quickbook_hold_appointment);
PG_FUNCTION_INFO_V1(quickbook_confirm_appointment);
PG_FUNCTION_INFO_V1(quickbook_cancel_appointment);
PG_FUNCTION_INFO_V1(quickbook_decline_appointment);
PG_FUNCTION_INFO_V1(quickbook_reschedule_appointment);
PG_FUNCTION_INFO_V1(quickbook_set_appointment_status);
PG_FUNCTION_INFO_V1(quickbook_update_appointment);
PG_FUNCTION_INFO_V1(quickbook_get_appointment);
PG_FUNCTION_INFO_V1(quickbook_sees_appointment);
PG_FUNCTION_INFO_V1(quickbook_list_appointments);

/* ----------
 * Results
 * ----------
 */

static Datum
hold_result(FunctionCallInfo fcinfo, const QbAppointment *appointment)
{
	return qb_composite_result(fcinfo, appointment->values, appointment->nulls);
}

/* Who may read an appointment need not be who may confirm it. */
static QbAppointment
without_token(const QbAppointment *appointment)
{
	QbAppointment a = *appointment;

	qb_set_null(&a, QB_A_HOLD_TOKEN);
	return a;
}

static Datum
appointment_result(FunctionCallInfo fcinfo, const QbAppointment *appointment)
{
	QbAppointment a = without_token(appointment);

	return hold_result(fcinfo, &a);
}

/* ----------
 * Making
 * ----------
 */

/* Begin to write, setting rules aside, which staff may. */
static void
begin_to_write(QbStore *store, int aside)
{
	qb_store_begin(store, true);
	if (aside != 0)
		qb_require_staff(&store->caller, "set rules aside");
}

/* The arguments that booking and holding have in common, after the patient. */
static QbRequest
request_of(FunctionCallInfo fcinfo, const pg_uuid_t *patient)
{
	return (QbRequest) {
		.patient = patient,
		.provider = qb_arg_uuid_or_null(fcinfo, 1),
		.service = qb_arg_uuid(fcinfo, 2, "service_id"),
		.start = qb_arg_time(fcinfo, 3, "starts_at"),
		.key = qb_arg_key_or_null(fcinfo, 4, "idempotency_key"),
		.notes = qb_arg_text_or_null(fcinfo, 5, "notes"),
		.details = qb_arg_details(fcinfo, 6),
		.has_details = !PG_ARGISNULL(6)
	};
}

Datum
quickbook_create_appointment(PG_FUNCTION_ARGS)
{
	QbRequest	r = request_of(fcinfo, qb_arg_uuid(fcinfo, 0, "patient_id"));
	QbStore		store;
	QbAppointment *appointment;

	r.aside = qb_arg_override(fcinfo, 7);
	begin_to_write(&store, r.aside);
	appointment = qb_create(&store, &r);
	qb_store_end(&store);
	return appointment_result(fcinfo, appointment);
}

Datum
quickbook_hold_appointment(PG_FUNCTION_ARGS)
{
	QbRequest	r = request_of(fcinfo, qb_arg_uuid_or_null(fcinfo, 0));
	QbStore		store;
	QbAppointment *appointment;

	r.hold = true;
	r.hold_for = qb_arg_length(fcinfo, 7, "hold_for", -1);
	r.aside = qb_arg_override(fcinfo, 8);
	begin_to_write(&store, r.aside);
	appointment = qb_create(&store, &r);
	qb_store_end(&store);
	return hold_result(fcinfo, appointment);
}

Datum
quickbook_create_appointment_local(PG_FUNCTION_ARGS)
{
	QbRequest	r = {
		.patient = qb_arg_uuid(fcinfo, 0, "patient_id"),
		.provider = qb_arg_uuid_or_null(fcinfo, 1),
		.service = qb_arg_uuid(fcinfo, 2, "service_id"),
		.key = qb_arg_key_or_null(fcinfo, 5, "idempotency_key"),
		.aside = qb_arg_override(fcinfo, 6)
	};
	DateADT		date = qb_arg_date(fcinfo, 3, "local_date");
	TimeADT		time;
	QbStore		store;
	QbAppointment *appointment;

	if (PG_ARGISNULL(4))
		qb_raise_argument("local_time", "local_time must not be null");
	time = PG_GETARG_TIMEADT(4);
	qb_check_start(qb_midnight(date));
	begin_to_write(&store, r.aside);
	r.start = qb_local_start(&store, &r, date, time);
	appointment = qb_create(&store, &r);
	qb_store_end(&store);
	return appointment_result(fcinfo, appointment);
}

/* ----------
 * Changing
 * ----------
 */

Datum
quickbook_confirm_appointment(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	const pg_uuid_t *patient = qb_arg_uuid_or_null(fcinfo, 1);
	char	   *token = qb_arg_text_or_null(fcinfo, 2, "hold_token");
	int32		version;
	const int32 *expected = qb_arg_version(fcinfo, 3, &version);
	int			aside = qb_arg_override(fcinfo, 4);
	QbStore		store;
	QbAppointment *a;

	begin_to_write(&store, aside);
	a = qb_confirm(&store, id, patient, token, expected, aside);
	qb_store_end(&store);
	return appointment_result(fcinfo, a);
}

Datum
quickbook_cancel_appointment(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	char	   *reason = qb_arg_text_or_null(fcinfo, 1, "reason");
	int32		version;
	QbStore		store;
	QbAppointment *a;

	qb_store_begin(&store, true);
	a = qb_cancel(&store, id, reason, qb_arg_version(fcinfo, 2, &version));
	qb_store_end(&store);
	return appointment_result(fcinfo, a);
}

Datum
quickbook_decline_appointment(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	char	   *reason = qb_arg_text_or_null(fcinfo, 1, "reason");
	int32		version;
	QbStore		store;
	QbAppointment *a;

	qb_store_begin(&store, true);
	a = qb_decline(&store, id, reason, qb_arg_version(fcinfo, 2, &version));
	qb_store_end(&store);
	return appointment_result(fcinfo, a);
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

	begin_to_write(&store, aside);
	appointment = qb_reschedule(&store, id, start, provider, qb_arg_version(fcinfo, 3, &version), aside);
	qb_store_end(&store);
	return appointment_result(fcinfo, appointment);
}

Datum
quickbook_set_appointment_status(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	QbStatus	to = qb_status_argument(qb_arg_text(fcinfo, 1, "status"));
	int32		version;
	const int32 *expected = qb_arg_version(fcinfo, 2, &version);
	int			aside = qb_arg_override(fcinfo, 3);
	QbStore		store;
	QbAppointment *a;

	begin_to_write(&store, aside);
	qb_require_staff(&store.caller, "set the status of an appointment");
	a = qb_change_status(&store, id, to, expected, aside);
	qb_store_end(&store);
	return appointment_result(fcinfo, a);
}

/* Set a column unless the argument is null; does it change anything? */
static bool
set_from_argument(FunctionCallInfo fcinfo, int i, QbAppointment *a, QbAppointmentColumn column)
{
	Datum		value;

	if (PG_ARGISNULL(i))
		return false;
	value = PointerGetDatum(PG_DETOAST_DATUM(PG_GETARG_DATUM(i)));
	if (!a->nulls[column] &&
		datum_image_eq(PointerGetDatum(PG_DETOAST_DATUM(a->values[column])), value, false, -1))
		return false;
	qb_set_datum(a, column, value);
	return true;
}

Datum
quickbook_update_appointment(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "appointment_id");
	int32		version;
	QbStore		store;
	QbAppointment *before;
	QbAppointment *a;
	bool		changed;

	if (!PG_ARGISNULL(1))
		qb_check_text_size("notes", PG_GETARG_DATUM(1), QB_LONGEST_TEXT);
	(void) qb_arg_details(fcinfo, 2);
	qb_store_begin(&store, true);
	before = qb_lock_appointment(&store, id, qb_arg_version(fcinfo, 3, &version));
	a = qb_to_change(before);
	changed = set_from_argument(fcinfo, 1, a, QB_A_NOTES);
	changed = set_from_argument(fcinfo, 2, a, QB_A_DETAILS) || changed;
	if (changed)
	{
		a = qb_store_update_appointment(&store, a);
		qb_event_append(&store, "updated", a, before, 0);
	}
	else
		a = before;
	qb_store_end(&store);
	return appointment_result(fcinfo, a);
}

/* ----------
 * Reading
 * ----------
 */

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
	qb_access_appointment(&store, a, false);
	qb_store_end(&store);
	return appointment_result(fcinfo, a);
}

Datum
quickbook_sees_appointment(PG_FUNCTION_ARGS)
{
	QbStore		store;
	QbAppointment *a = NULL;
	bool		sees;

	qb_store_begin(&store, false);
	if (!PG_ARGISNULL(0))
		a = qb_store_appointment(&store, PG_GETARG_UUID_P(0), false);
	sees = a != NULL && qb_sees_appointment(&store, a);
	qb_store_end(&store);
	PG_RETURN_BOOL(sees);
}

/* A QbVisit: put a row. */
static void
list(void *arg, QbAppointment *appointment)
{
	QbAppointment a = without_token(appointment);

	qb_rows_put(arg, a.values, a.nulls);
}

Datum
quickbook_list_appointments(PG_FUNCTION_ARGS)
{
	QbAppointmentFilter filter = {
		.from = PG_ARGISNULL(0) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(0),
		.to = PG_ARGISNULL(1) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(1),
		.provider = qb_arg_uuid_or_null(fcinfo, 2),
		.patient = qb_arg_uuid_or_null(fcinfo, 3),
		.status = qb_arg_text_or_null(fcinfo, 4, "status")
	};
	QbRows		rows;
	QbStore		store;

	if (filter.from > filter.to)
		qb_raise_argument("to_time", "to_time is before from_time");
	if (filter.status != NULL)
		(void) qb_status_argument(filter.status);
	qb_rows_begin(&rows, fcinfo);
	qb_store_begin(&store, false);
	qb_access_list(&store.caller, &filter);
	qb_rows_bound(&rows, &store.caller);
	qb_store_appointments(&store, &filter, list, &rows);
	qb_store_end(&store);
	return (Datum) 0;
}
