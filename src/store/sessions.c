/*
 * sessions.c
 *		The tables: group sessions and their seats.
 */
#include "postgres.h"

#include "store/sessions.h"

#include "access/xact.h"
#include "miscadmin.h"

#include "store/insert.h"
#include "store/statements.h"
#include "store/status.h"

static QbStatement session_holds_sql = {
	"SELECT id FROM quickbook.appointment WHERE session_id = $1 AND status = 'held'"
	" AND (expires_at <= $2 OR patient_id = $3) AND id IS DISTINCT FROM $4 ORDER BY id",
	4, {UUIDOID, TIMESTAMPTZOID, UUIDOID, UUIDOID}, "u"
};

int
qb_store_session_holds(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *patient,
					   const pg_uuid_t *except, pg_uuid_t **ids)
{
	Datum		values[] = {
		UUIDPGetDatum(session), TimestampTzGetDatum(qb_now()), UUIDPGetDatum(patient), UUIDPGetDatum(except)
	};
	char		nulls[] = {' ', ' ', null_flag(patient == NULL), null_flag(except == NULL)};

	qb_run(store, &session_holds_sql, values, nulls);
	return qb_read_ids(ids);
}

static QbStatement session_of_sql = {
	"SELECT s.id, t.taken FROM quickbook.session s, LATERAL (SELECT count(*)::int4 AS taken"
	" FROM quickbook.appointment a WHERE a.session_id = s.id AND " QB_SEAT_COUNTS("$7", "$4", "$5") ") AS t"
	" WHERE s.service_id = $1 AND s.provider_id = $2 AND s.starts_at = $3 AND s.ends_at = $6 AND t.taken > 0"
	" ORDER BY t.taken, s.id LIMIT 1",
	7, {UUIDOID, UUIDOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID}, "ui"
};

bool
qb_store_session_of(QbStore *store, const QbAppointment *a, const pg_uuid_t *patient, pg_uuid_t *session, int *taken)
{
	Datum		values[] = {
		UUIDPGetDatum(&a->service_id), UUIDPGetDatum(&a->provider_id), TimestampTzGetDatum(a->starts_at),
		UUIDPGetDatum(&a->id), TimestampTzGetDatum(qb_now()), TimestampTzGetDatum(a->ends_at), UUIDPGetDatum(patient)
	};
	char		nulls[] = {' ', ' ', ' ', ' ', ' ', ' ', null_flag(patient == NULL)};
	bool		found;

	qb_run(store, &session_of_sql, values, nulls);
	found = SPI_processed > 0;
	if (found)
	{
		*session = uuid_column(0, 1);
		*taken = DatumGetInt32(qb_not_null(0, 2));
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

static QbStatement known_session_sql = {
	"SELECT FROM quickbook.session WHERE id = $1", 1, {UUIDOID}, ""
};

void
qb_store_require_known_session(QbStore *store, const pg_uuid_t *session)
{
	Datum		values[] = {UUIDPGetDatum(session)};

	if (!IsolationUsesXactSnapshot())
		return;
	qb_run_as_of_transaction(&known_session_sql, values);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a concurrent booking"),
				 errdetail("The group session was opened after the transaction began."),
				 errhint("The transaction might succeed if retried.")));
}

static QbTarget sessions = {
	.table = {
		"session", NULL, false,
		{{"id", UUIDOID}, {"clinic_id", UUIDOID}, {"provider_id", UUIDOID}, {"service_id", UUIDOID},
		{"starts_at", TIMESTAMPTZOID}, {"ends_at", TIMESTAMPTZOID}}
	}
};

void
qb_store_insert_session(QbStore *store, const pg_uuid_t *id, const QbAppointment *a)
{
	Datum		values[] = {
		UUIDPGetDatum(id), a->values[QB_A_CLINIC_ID], a->values[QB_A_PROVIDER_ID], a->values[QB_A_SERVICE_ID],
		a->values[QB_A_STARTS_AT], a->values[QB_A_ENDS_AT]
	};

	qb_insert(&sessions, values);
}

static QbStatement free_seat_sql = {
	"SELECT min(seat)::int4 FROM generate_series(1, 10001) AS seat WHERE NOT EXISTS (SELECT"
	" FROM quickbook.appointment a WHERE a.session_id = $1 AND a.seat = seat.seat AND a.status IN " QB_LIVE_STATUSES_SQL
	" AND a.id IS DISTINCT FROM $2)",
	2, {UUIDOID, UUIDOID}, "i"
};

int
qb_store_free_seat(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *except)
{
	Datum		values[] = {UUIDPGetDatum(session), UUIDPGetDatum(except)};
	int			seat;

	qb_run(store, &free_seat_sql, values, NULL);
	seat = DatumGetInt32(qb_not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return seat;
}

static QbStatement lock_session_sql = {
	"SELECT FROM quickbook.session WHERE id = $1 FOR NO KEY UPDATE", 1, {UUIDOID}, ""
};

void
qb_store_lock_session(QbStore *store, const pg_uuid_t *session)
{
	Datum		values[] = {UUIDPGetDatum(session)};

	qb_run(store, &lock_session_sql, values, NULL);
}

static QbStatement end_session_sql = {
	"DELETE FROM quickbook.allocation WHERE owner_id = $1 AND NOT EXISTS (SELECT FROM quickbook.appointment a"
	" WHERE a.session_id = $1 AND a.status IN " QB_LIVE_STATUSES_SQL ")",
	1, {UUIDOID}
};

static QbStatement session_expiry_sql = {
	"UPDATE quickbook.allocation l SET expires_at = s.expires_at"
	" FROM (SELECT CASE WHEN bool_and(a.status = 'held') THEN max(a.expires_at) END AS expires_at"
	" FROM quickbook.appointment a WHERE a.session_id = $1 AND a.status IN " QB_LIVE_STATUSES_SQL ") AS s"
	" WHERE l.owner_id = $1 AND l.expires_at IS DISTINCT FROM s.expires_at",
	1, {UUIDOID}
};

void
qb_store_refresh_session(QbStore *store, const pg_uuid_t *session)
{
	Datum		values[] = {UUIDPGetDatum(session)};

	qb_store_lock_session(store, session);
	qb_run(store, &end_session_sql, values, NULL);
	qb_run(store, &session_expiry_sql, values, NULL);
}

static QbStatement unseat_sql = {
	"UPDATE quickbook.appointment SET session_id = NULL, seat = NULL"
	" WHERE id = $1",
	1, {UUIDOID}, NULL, "appointment"
};

void
qb_store_unseat(QbStore *store, const pg_uuid_t *appointment)
{
	Datum		values[] = {UUIDPGetDatum(appointment)};

	qb_run(store, &unseat_sql, values, NULL);
}
