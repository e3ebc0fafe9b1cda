/*
 * row.c
 *		An appointment as a row: setting its columns, and what they mean.
 */
#include "postgres.h"

#include "store/row.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

/* ----------
 * Columns
 * ----------
 */

void
qb_set_datum(QbAppointment *appointment, QbAppointmentColumn column, Datum value)
{
	appointment->values[column] = value;
	appointment->nulls[column] = false;
	qb_store_read_field(appointment, column);
}

void
qb_set_null(QbAppointment *appointment, QbAppointmentColumn column)
{
	appointment->values[column] = (Datum) 0;
	appointment->nulls[column] = true;
	qb_store_read_field(appointment, column);
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
	qb_set_text(a, QB_A_STATUS, qb_status_name(status));
}

void
qb_set_times(QbAppointment *a, int64 start, int64 end)
{
	qb_set_datum(a, QB_A_STARTS_AT, TimestampTzGetDatum(start));
	qb_set_datum(a, QB_A_ENDS_AT, TimestampTzGetDatum(end));
}

void
qb_set_session(QbAppointment *a, const pg_uuid_t *session, int seat)
{
	/* the caller's copy need not live as long */
	a->session_id = *session;
	qb_set_uuid(a, QB_A_SESSION_ID, &a->session_id);
	qb_set_datum(a, QB_A_SEAT, Int32GetDatum(seat));
}

void
qb_leave_session(QbAppointment *a)
{
	qb_set_null(a, QB_A_SESSION_ID);
	qb_set_null(a, QB_A_SEAT);
}

QbAppointment *
qb_new_row(void)
{
	QbAppointment *a = palloc0(sizeof(QbAppointment));

	memset(a->nulls, true, sizeof(a->nulls));
	for (int i = 0; i < QB_A_NCOLUMNS; i++)
		qb_store_read_field(a, i);
	return a;
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

void
qb_clear_cancelled(QbAppointment *a)
{
	qb_set_null(a, QB_A_CANCEL_REASON);
	qb_set_null(a, QB_A_CANCELLED_BY);
	qb_set_null(a, QB_A_LATE);
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
