/*
 * allocations.c
 *		The tables: who serves, and whose time is taken.
 */
#include "postgres.h"

#include "store/allocations.h"

#include "miscadmin.h"

#include "store/insert.h"
#include "store/statements.h"
#include "store/status.h"

/* ----------
 * Who serves
 * ----------
 */

static int
read_resources(QbStore *store, QbStatement *statement, const pg_uuid_t *id, QbResource **resources)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	int			n;

	qb_run(store, statement, values, NULL);
	n = (int) SPI_processed;
	*resources = palloc(sizeof(QbResource) * Max(n, 1));
	for (int row = 0; row < n; row++)
	{
		(*resources)[row].role = text_column(row, 1);
		(*resources)[row].provider_id = uuid_column(row, 2);
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

static QbStatement resources_sql = {
	"SELECT role, provider_id FROM quickbook.appointment_resource WHERE appointment_id = $1 ORDER BY role",
	1, {UUIDOID}, "tu"
};

int
qb_store_resources(QbStore *store, const pg_uuid_t *appointment, QbResource **resources)
{
	return read_resources(store, &resources_sql, appointment, resources);
}

static QbStatement session_resources_sql = {
	"SELECT r.role, r.provider_id FROM quickbook.appointment_resource r WHERE r.appointment_id ="
	" (SELECT a.id FROM quickbook.appointment a WHERE a.session_id = $1 AND a.status IN " QB_LIVE_STATUSES_SQL " LIMIT 1)"
	" ORDER BY r.role",
	1, {UUIDOID}, "tu"
};

int
qb_store_session_resources(QbStore *store, const pg_uuid_t *session, QbResource **resources)
{
	return read_resources(store, &session_resources_sql, session, resources);
}

static QbTarget resources_of = {
	.table = {
		"appointment_resource", NULL, false,
		{{"appointment_id", UUIDOID}, {"role", TEXTOID}, {"provider_id", UUIDOID}, {"clinic_id", UUIDOID}}
	}
};

void
qb_store_insert_resource(QbStore *store, const QbAppointment *appointment, const char *role,
						 const pg_uuid_t *provider)
{
	Datum		values[] = {UUIDPGetDatum(&appointment->id), CStringGetTextDatum(role),
	UUIDPGetDatum(provider), UUIDPGetDatum(&appointment->clinic_id)};

	qb_insert(&resources_of, values);
}

static QbStatement delete_resources_sql = {
	"DELETE FROM quickbook.appointment_resource WHERE appointment_id = $1",
	1, {UUIDOID}
};

void
qb_store_delete_resources(QbStore *store, const pg_uuid_t *appointment)
{
	Datum		values[] = {UUIDPGetDatum(appointment)};

	qb_run(store, &delete_resources_sql, values, NULL);
}

static QbTarget allocations_of = {
	.table = {
		"allocation", NULL, false,
		{{"clinic_id", UUIDOID}, {"expires_at", TIMESTAMPTZOID}, {"appointment_id", UUIDOID}, {"session_id", UUIDOID},
		{"owner_id", UUIDOID}, {"provider_id", UUIDOID}, {"patient_id", UUIDOID}, {"calendar_id", UUIDOID},
		{"lane", INT2OID}, {"starts_at", TIMESTAMPTZOID}, {"ends_at", TIMESTAMPTZOID}}
	},
	.arbiter = "allocation_no_overlap"
};

static bool
insert_allocation(QbInsert *insert, const QbAppointment *appointment, const QbNewAllocation *allocation)
{
	bool		of_session = appointment->has_session && !allocation->of_patient;
	Datum		values[] = {
		UUIDPGetDatum(&appointment->clinic_id), appointment->values[QB_A_EXPIRES_AT],
		UUIDPGetDatum(&appointment->id), UUIDPGetDatum(&appointment->session_id),
		UUIDPGetDatum(of_session ? &appointment->session_id : &appointment->id),
		UUIDPGetDatum(&allocation->calendar_id), UUIDPGetDatum(&allocation->calendar_id),
		UUIDPGetDatum(&allocation->calendar_id), Int16GetDatum((int16) allocation->lane),
		TimestampTzGetDatum(allocation->start), TimestampTzGetDatum(allocation->end)
	};
	bool		nulls[] = {
		false, appointment->nulls[QB_A_EXPIRES_AT], of_session, !of_session, false,
		allocation->of_patient, !allocation->of_patient, false, false, false, false
	};

	return qb_insert_row(insert, values, nulls);
}

const QbNewAllocation *
qb_store_insert_allocations(QbStore *store, const QbAppointment *appointment,
							const QbNewAllocation *allocations, int n)
{
	QbInsert   *insert = qb_insert_open(&allocations_of);
	int			i = 0;

	while (i < n && insert_allocation(insert, appointment, &allocations[i]))
		i++;
	qb_insert_close(insert);
	return i < n ? &allocations[i] : NULL;
}

static QbStatement has_allocations_sql = {
	"SELECT FROM quickbook.allocation WHERE owner_id = $1 LIMIT 1",
	1, {UUIDOID}, ""
};

bool
qb_store_has_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	qb_run(store, &has_allocations_sql, values, NULL);
	return SPI_processed > 0;
}

static QbStatement keep_allocations_sql = {
	"UPDATE quickbook.allocation SET expires_at = NULL WHERE owner_id = $1",
	1, {UUIDOID}
};

void
qb_store_keep_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	qb_run(store, &keep_allocations_sql, values, NULL);
}

static QbStatement delete_allocations_sql = {
	"DELETE FROM quickbook.allocation WHERE owner_id = $1",
	1, {UUIDOID}
};

void
qb_store_delete_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	qb_run(store, &delete_allocations_sql, values, NULL);
}

/* rows that somebody has locked are left for the next time: who purges holds no calendar, and must not wait */
static QbStatement release_seats_sql = {
	"WITH due AS (SELECT a.id FROM quickbook.appointment a WHERE a.ends_at <= $2 AND a.seated_session_id IN"
	" (SELECT session_id FROM quickbook.allocation WHERE session_id IS NOT NULL AND ends_at < $1)"
	" FOR NO KEY UPDATE SKIP LOCKED)"
	" UPDATE quickbook.appointment a SET seated_session_id = NULL, seat_released_at = $2 FROM due WHERE a.id = due.id",
	2, {TIMESTAMPTZOID, TIMESTAMPTZOID}
};

static QbStatement purge_allocations_sql = {
	"WITH due AS (SELECT l.owner_id, l.calendar_id, l.clinic_id FROM quickbook.allocation l WHERE l.ends_at < $1"
	" AND (l.session_id IS NULL OR NOT EXISTS (SELECT FROM quickbook.appointment a"
	" WHERE a.seated_session_id = l.session_id)) FOR UPDATE SKIP LOCKED)"
	" DELETE FROM quickbook.allocation l USING due WHERE (l.owner_id, l.calendar_id, l.clinic_id)"
	" = (due.owner_id, due.calendar_id, due.clinic_id)",
	1, {TIMESTAMPTZOID}
};

int64
qb_store_purge_allocations(QbStore *store, TimestampTz before)
{
	Datum		values[] = {TimestampTzGetDatum(before), TimestampTzGetDatum(qb_now())};

	qb_run(store, &release_seats_sql, values, NULL);
	qb_run(store, &purge_allocations_sql, values, NULL);
	return (int64) SPI_processed;
}

static QbStatement delete_allocations_from_sql = {
	"DELETE FROM quickbook.allocation WHERE owner_id = $1 AND starts_at >= $2",
	2, {UUIDOID, TIMESTAMPTZOID}
};

static QbStatement cut_allocations_sql = {
	"UPDATE quickbook.allocation SET ends_at = $2 WHERE owner_id = $1 AND starts_at < $2 AND ends_at > $2",
	2, {UUIDOID, TIMESTAMPTZOID}
};

void
qb_store_cut_allocations(QbStore *store, const pg_uuid_t *owner, TimestampTz instant)
{
	Datum		values[] = {UUIDPGetDatum(owner), TimestampTzGetDatum(instant)};

	qb_run(store, &delete_allocations_from_sql, values, NULL);
	qb_run(store, &cut_allocations_sql, values, NULL);
}

static QbStatement set_lane_sql = {
	"UPDATE quickbook.allocation SET lane = $3 WHERE owner_id = $1 AND calendar_id = $2",
	3, {UUIDOID, UUIDOID, INT2OID}
};

void
qb_store_set_lane(QbStore *store, const pg_uuid_t *owner, const pg_uuid_t *calendar, int lane)
{
	Datum		values[] = {UUIDPGetDatum(owner), UUIDPGetDatum(calendar), Int16GetDatum((int16) lane)};

	qb_run(store, &set_lane_sql, values, NULL);
}
