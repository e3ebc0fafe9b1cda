/*
 * row.c
 *		An appointment as a row: setting columns, returning it to SQL, reading
 *		and listing, and changing what no rule looks at.
 */
#include "postgres.h"

#include "store/row.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/results.h"
#include "base/sizes.h"
#include "events/log.h"
#include "people/access.h"
#include "booking/claim.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_get_appointment);
PG_FUNCTION_INFO_V1(quickbook_list_appointments);
PG_FUNCTION_INFO_V1(quickbook_sees_appointment);
PG_FUNCTION_INFO_V1(quickbook_update_appointment);

/* ----------
 * Results
 * ----------
 */

Datum
qb_hold_result(FunctionCallInfo fcinfo, const QbAppointment *appointment)
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

Datum
qb_appointment_result(FunctionCallInfo fcinfo, const QbAppointment *appointment)
{
	QbAppointment a = without_token(appointment);

	return qb_hold_result(fcinfo, &a);
}

/* ----------
 * Columns
 * ----------
 */

void
qb_set_datum(QbAppointment *appointment, QbAppointmentColumn column, Datum value)
{
	appointment->values[column] = value;
	appointment->nulls[column] = false;
}

void
qb_set_null(QbAppointment *appointment, QbAppointmentColumn column)
{
	appointment->values[column] = (Datum) 0;
	appointment->nulls[column] = true;
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
qb_set_uuid(QbAppointment *appointment, QbAppointmentColumn column, const pg_uuid_t *value)
{
	if (value == NULL)
		qb_set_null(appointment, column);
	else
		qb_set_datum(appointment, column, UUIDPGetDatum(value));
}

void
qb_set_status(QbAppointment *a, QbStatus status)
{
	a->status = status;
	qb_set_text(a, QB_A_STATUS, qb_status_name(status));
}

void
qb_set_times(QbAppointment *a, int64 start, int64 end)
{
	a->starts_at = start;
	a->ends_at = end;
	qb_set_datum(a, QB_A_STARTS_AT, TimestampTzGetDatum(start));
	qb_set_datum(a, QB_A_ENDS_AT, TimestampTzGetDatum(end));
}

void
qb_set_session(QbAppointment *a, const pg_uuid_t *session, int seat)
{
	a->has_session = true;
	a->session_id = *session;
	a->seat = seat;
	qb_set_uuid(a, QB_A_SESSION_ID, &a->session_id);
	qb_set_datum(a, QB_A_SEAT, Int32GetDatum(seat));
}

void
qb_leave_session(QbAppointment *a)
{
	a->has_session = false;
	qb_set_null(a, QB_A_SESSION_ID);
	qb_set_null(a, QB_A_SEAT);
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
	qb_set_status(a, QB_CANCELLED);
	qb_set_text(a, QB_A_CANCEL_REASON, reason);
	qb_set_text(a, QB_A_CANCELLED_BY, by);
	qb_set_datum(a, QB_A_LATE, BoolGetDatum(late));
}

/* ----------
 * What a row means
 * ----------
 */

bool
qb_hold_has_expired(const QbAppointment *a)
{
	return a->status == QB_CANCELLED ? !TIMESTAMP_IS_NOEND(a->expires_at) : a->expires_at <= qb_now();
}

bool
qb_takes_time(const QbAppointment *a, const QbService *service)
{
	if (a->status == QB_PENDING)
		return service->pending_blocks;
	if (a->status == QB_HELD)
		return !qb_hold_has_expired(a);
	return qb_status_is_live(a->status);
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
	return qb_appointment_result(fcinfo, a);
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

/* ----------
 * Notes and details
 * ----------
 */

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
	return qb_appointment_result(fcinfo, a);
}
