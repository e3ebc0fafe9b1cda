/*
 * store.c
 *		The tables: the only file with SQL text.
 *
 * Statements are prepared on first use and kept for the life of the backend.
 * They name everything by schema; the functions that lead here are declared
 * with SET search_path = pg_catalog, pg_temp, so that operators are core's.
 */
#include "postgres.h"

#include "store.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "errors.h"
#include "executor/spi.h"
#include "ids.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#define APPOINTMENT_COLUMNS \
	"id, clinic_id, patient_id, service_id, provider_id, session_id, seat, status, starts_at, ends_at," \
	" expires_at, version, sequence, idempotency_key, notes, details, created_at, updated_at," \
	" cancel_reason, cancelled_by, late, hold_token"

/* The statuses of seats that are taken, as the index of seats has them. */
#define SEATED "('held', 'pending', 'booked', 'arrived', 'checked-in', 'fulfilled')"

/* Appointment a has a seat that counts for a patient, another appointment left out. */
#define SEAT_COUNTS(patient, except, now) \
	"a.status IN " SEATED " AND a.id IS DISTINCT FROM " except \
	" AND NOT (a.status = 'held' AND (a.expires_at <= " now " OR coalesce(a.patient_id = " patient ", false)))"

/*
 * What a limit counts of the appointments that match; a session's time once,
 * unless each patient counts alone.
 */
#define LIMIT_USE(match) \
	"SELECT count(*), coalesce(sum(extract(epoch FROM length) * 1000000)" \
	" FILTER (WHERE $7 OR place = 1), 0)::int8 FROM (" \
	"SELECT a.ends_at - a.starts_at AS length, row_number() OVER (PARTITION BY coalesce(a.session_id, a.id)) AS place" \
	" FROM quickbook.appointment a WHERE " match " AND ($2 IS NULL OR a.service_id = $2)" \
	" AND a.starts_at >= $3 AND a.starts_at < $4 AND a.id IS DISTINCT FROM $5" \
	" AND a.status <> ALL ($8) AND NOT (a.status = 'held'" \
	" AND (a.expires_at <= $6 OR coalesce(a.patient_id = $9, false)))) AS counted"

/* What a message of rule r about appointment a is made of; see QbMessage. */
#define MESSAGE(key, starts_at, ends_at, status, cancel_reason) \
	"SELECT r.id, a.id, a.clinic_id, " key ", a.sequence, r.channel, t.subject, t.body, p.name, p.email, p.phone," \
	" p.locale, coalesce(p.time_zone, c.time_zone), c.name, s.name, v.name, " starts_at ", " ends_at ", " status ", " \
	cancel_reason

#define MESSAGE_JOINS \
	" JOIN quickbook.message_template t ON t.id = r.template_id JOIN quickbook.clinic c ON c.id = r.clinic_id" \
	" JOIN quickbook.patient p ON p.id = a.patient_id JOIN quickbook.service s ON s.id = a.service_id" \
	" JOIN quickbook.provider v ON v.id = a.provider_id"

#define REMINDER_KEY "format('reminder %s %s %s', r.id, a.id, a.sequence)"
#define REMINDERS(occasion, due) \
	MESSAGE(REMINDER_KEY, "a.starts_at", "a.ends_at", "a.status", "a.cancel_reason") \
	" FROM quickbook.reminder_rule r JOIN quickbook.appointment a ON a.clinic_id = r.clinic_id" \
	" AND (r.service_id IS NULL OR a.service_id = r.service_id)" MESSAGE_JOINS \
	" WHERE r.active AND r.occasion = '" occasion "' AND " due \
	" AND NOT EXISTS (SELECT FROM quickbook.notification n WHERE n.dedup_key = " REMINDER_KEY ")"

#define LIST(match) \
	"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment a WHERE " match \
	" AND a.starts_at >= $1 AND a.starts_at < $2" \
	" AND ($3 IS NULL OR EXISTS (SELECT FROM quickbook.appointment_resource r" \
	" WHERE r.appointment_id = a.id AND r.provider_id = $3))" \
	" AND ($4 IS NULL OR a.patient_id = $4) AND ($5 IS NULL OR a.status = $5) ORDER BY a.starts_at, a.id"

#define PROVIDER_COLUMNS "p.name, p.time_zone, p.capacity, p.open_always, p.active"

typedef enum StatementId
{
	Q_SCHEMA_VERSION,
	Q_SERVICE,
	Q_TEAM,
	Q_TEAM_OF,
	Q_LOAD,
	Q_CALENDAR,
	Q_NOT_COUNTING,
	Q_SESSIONS,
	Q_LIMITS,
	Q_LIMIT_USE,
	Q_LIMIT_USE_OF_PROVIDER,
	Q_LIMIT_USE_OF_PATIENT,
	Q_OWN_HOLDS,
	Q_LIMIT_SHRINKS,
	Q_BOOKED_TIME,
	Q_CLINIC_OF_PATIENT,
	Q_CLINIC_OF_SERVICE,
	Q_CLINIC_OF_PROVIDER,
	Q_PROVIDER,
	Q_APPOINTMENT,
	Q_APPOINTMENT_LOCKED,
	Q_APPOINTMENT_BY_KEY,
	Q_APPOINTMENTS,
	Q_APPOINTMENTS_OF_PROVIDER,
	Q_APPOINTMENTS_OF_PATIENT,
	Q_COMING,
	Q_NAMED_SERVICES,
	Q_PENDING,
	Q_DUE_HOLDS,
	Q_SESSION_HOLDS,
	Q_SESSION_OF,
	Q_KNOWN_SESSION,
	Q_INSERT_SESSION,
	Q_FREE_SEAT,
	Q_SESSION_RESOURCES,
	Q_END_SESSION,
	Q_SESSION_EXPIRY,
	Q_INSERT_APPOINTMENT,
	Q_UPDATE_APPOINTMENT,
	Q_RESOURCES,
	Q_INSERT_RESOURCE,
	Q_DELETE_RESOURCES,
	Q_INSERT_ALLOCATIONS,
	Q_HAS_ALLOCATIONS,
	Q_KEEP_ALLOCATIONS,
	Q_DELETE_ALLOCATIONS,
	Q_DELETE_ALLOCATION,
	Q_DELETE_ALLOCATIONS_FROM,
	Q_CUT_ALLOCATIONS,
	Q_SET_LANE,
	Q_INSERT_EVENT,
	Q_NUMBER_EVENTS,
	Q_LAST_POSITION,
	Q_EVENTS_AFTER,
	Q_PURGE_EVENTS,
	Q_DUE_REMINDERS,
	Q_EVENT_MESSAGES,
	Q_MARK_MESSAGES,
	Q_INSERT_NOTIFICATION,
	Q_SKIP_STALE,
	Q_CLAIM,
	Q_NOTIFICATION,
	Q_FINISH_NOTIFICATION,
	Q_POSTPONE_NOTIFICATION,
	Q_RETRY_DEAD,
	Q_CONSUMERS,
	Q_CONSUMER_POSITION,
	Q_SET_CONSUMER_POSITION,
	Q_INSERT_CONSUMER,
	Q_DELETE_CONSUMER,
	Q_NSTATEMENTS
} StatementId;

typedef struct Statement
{
	const char *sql;
	int			nargs;
	Oid			types[17];
} Statement;

static const Statement statements[Q_NSTATEMENTS] = {
	[Q_SCHEMA_VERSION] = {
		"SELECT coalesce(max(version), 0) FROM quickbook.schema_version",
	},
	[Q_SERVICE] = {
		"SELECT s.id, s.clinic_id, s.name, s.duration, s.slot_interval, s.slot_anchor, s.buffer_before,"
		" s.buffer_after, s.min_notice, s.horizon_days, s.horizon_counts, lower(s.bookable_during),"
		" upper(s.bookable_during), s.seats, s.requires_approval, s.pending_blocks, s.cancel_notice,"
		" s.patient_may_overlap, s.active, c.time_zone, c.week_start,"
		" EXISTS (SELECT FROM quickbook.booking_limit l WHERE l.clinic_id = s.clinic_id),"
		" EXISTS (SELECT FROM quickbook.patient p WHERE p.id = $2 AND p.clinic_id = s.clinic_id),"
		" s.hold_for, s.reschedule_notice"
		" FROM quickbook.service s JOIN quickbook.clinic c ON c.id = s.clinic_id WHERE s.id = $1",
		2, {UUIDOID, UUIDOID}
	},
	[Q_TEAM] = {
		"SELECT sp.role, p.id, sp.duration, sp.priority, " PROVIDER_COLUMNS
		" FROM quickbook.service_provider sp JOIN quickbook.provider p ON p.id = sp.provider_id"
		" WHERE sp.service_id = $1",
		1, {UUIDOID}
	},
	/* a service may have a thousand leads: are there no other roles, one is enough */
	[Q_TEAM_OF] = {
		"SELECT sp.role, p.id, sp.duration, sp.priority, " PROVIDER_COLUMNS ","
		" (SELECT min(role) FROM quickbook.service_provider WHERE service_id = $1) <>"
		" (SELECT max(role) FROM quickbook.service_provider WHERE service_id = $1)"
		" FROM quickbook.service_provider sp JOIN quickbook.provider p ON p.id = sp.provider_id"
		" WHERE sp.service_id = $1 AND sp.provider_id = $2",
		2, {UUIDOID, UUIDOID}
	},
	/*
	 * All that decides about some providers and a patient, in one question; see
	 * LoadColumn.  Travel for a year more on both sides: the longest period of
	 * a limit begins there.
	 */
	[Q_LOAD] = {
		"SELECT 'h'::\"char\", provider_id, service_id IS NOT NULL, weekday::int4, every_weeks, lower(valid),"
		" upper(valid), anchored_on, start_time, end_time, NULL::timestamptz, NULL::timestamptz,"
		" NULL::timestamptz, NULL::uuid, NULL::text FROM quickbook.working_hours"
		" WHERE provider_id = ANY ($1) AND (service_id IS NULL OR service_id = $2)"
		" UNION ALL"
		" SELECT 'o', provider_id, service_id IS NOT NULL, NULL, NULL, on_date, NULL, NULL, start_time, end_time,"
		" NULL, NULL, NULL, NULL, NULL FROM quickbook.date_override"
		" WHERE provider_id = ANY ($1) AND (service_id IS NULL OR service_id = $2) AND on_date BETWEEN $3 AND $4"
		" UNION ALL"
		" SELECT 't', provider_id, NULL, NULL, NULL, lower(dates), upper(dates), NULL, NULL, NULL, NULL, NULL, NULL,"
		" NULL, time_zone FROM quickbook.travel"
		" WHERE provider_id = ANY ($1) AND dates && daterange($3 - 370, $4 + 370)"
		" UNION ALL"
		" SELECT 'f', provider_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, lower(during), upper(during), NULL,"
		" NULL, NULL FROM quickbook.time_off WHERE clinic_id = $5 AND during && tstzrange($6, $7)"
		" AND (provider_id IS NULL OR provider_id = ANY ($1))"
		" UNION ALL"
		" SELECT 'b', b.provider_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, lower(b.during), upper(b.during),"
		" NULL, NULL, NULL FROM unnest($1) AS p (id) JOIN quickbook.busy_time b ON b.provider_id = p.id"
		" AND b.during && tstzrange($6, $7)"
		" UNION ALL"
		" SELECT 'a', a.calendar_id, a.session_id IS NOT NULL, a.lane, NULL, NULL, NULL, NULL, NULL, NULL, a.starts_at,"
		" a.ends_at, a.expires_at, a.owner_id, NULL FROM unnest($1) AS p (id) JOIN quickbook.allocation a"
		" ON a.calendar_id = p.id AND tstzrange(a.starts_at, a.ends_at) && tstzrange($6, $7)"
		" UNION ALL"
		" SELECT 'p', NULL, session_id IS NOT NULL, lane, NULL, NULL, NULL, NULL, NULL, NULL, starts_at, ends_at,"
		" expires_at, owner_id, NULL FROM quickbook.allocation"
		" WHERE calendar_id = $8 AND tstzrange(starts_at, ends_at) && tstzrange($6, $7)",
		8, {UUIDARRAYOID, UUIDOID, DATEOID, DATEOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID}
	},
	[Q_CALENDAR] = {
		"SELECT owner_id, session_id IS NOT NULL, lane::int4, starts_at, ends_at, expires_at FROM quickbook.allocation"
		" WHERE calendar_id = $1 AND tstzrange(starts_at, ends_at) && tstzrange($2, $3)",
		3, {UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	[Q_NOT_COUNTING] = {
		"SELECT id FROM quickbook.appointment WHERE id = ANY ($1) AND patient_id = $2 AND status = 'held'"
		" UNION ALL"
		" SELECT s.id FROM quickbook.session s WHERE s.id = ANY ($1) AND NOT EXISTS (SELECT"
		" FROM quickbook.appointment a WHERE a.session_id = s.id AND " SEAT_COUNTS("$2", "$3", "$4") ")",
		4, {UUIDARRAYOID, UUIDOID, UUIDOID, TIMESTAMPTZOID}
	},
	[Q_SESSIONS] = {
		"SELECT s.id, s.provider_id, s.starts_at, s.ends_at, (SELECT count(*)::int4 FROM quickbook.appointment a"
		" WHERE a.session_id = s.id AND " SEAT_COUNTS("$5", "$6", "$7") "),"
		" (SELECT count(*)::int4 FROM quickbook.allocation l WHERE l.owner_id = s.id)"
		" FROM quickbook.session s WHERE s.service_id = $1 AND s.provider_id = ANY ($2)"
		" AND s.starts_at >= $3 AND s.starts_at < $4",
		7, {UUIDOID, UUIDARRAYOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TIMESTAMPTZOID}
	},
	[Q_LIMITS] = {
		"SELECT id, service_id, provider_id, per_patient, period, max_count, max_time FROM quickbook.booking_limit"
		" WHERE clinic_id = $1 AND (service_id IS NULL OR service_id = $2) ORDER BY id",
		2, {UUIDOID, UUIDOID}
	},
	[Q_LIMIT_USE] = {
		LIMIT_USE("a.clinic_id = $1"),
		9, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID}
	},
	[Q_LIMIT_USE_OF_PROVIDER] = {
		LIMIT_USE("a.provider_id = $1 AND ($10 IS NULL OR a.patient_id = $10)"),
		10, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID,
			UUIDOID}
	},
	[Q_LIMIT_USE_OF_PATIENT] = {
		LIMIT_USE("a.patient_id = $1"),
		9, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID}
	},
	[Q_OWN_HOLDS] = {
		"SELECT h.id, h.service_id, h.provider_id, h.starts_at, h.ends_at, EXISTS (SELECT FROM quickbook.appointment a"
		" WHERE a.session_id = h.session_id AND " SEAT_COUNTS("$1", "$3", "$2") ")"
		" FROM quickbook.appointment h"
		" WHERE h.patient_id = $1 AND h.status = 'held' AND h.expires_at > $2 AND h.id IS DISTINCT FROM $3",
		3, {UUIDOID, TIMESTAMPTZOID, UUIDOID}
	},
	[Q_LIMIT_SHRINKS] = {
		"SELECT l.period FROM quickbook.booking_limit l JOIN quickbook.booking_limit s ON s.clinic_id = l.clinic_id"
		" AND s.service_id IS NOT DISTINCT FROM l.service_id AND s.provider_id IS NOT DISTINCT FROM l.provider_id"
		" AND s.per_patient = l.per_patient AND (s.max_count > l.max_count OR s.max_time > l.max_time)"
		" AND array_position(ARRAY['day', 'week', 'month', 'year'], s.period)"
		" < array_position(ARRAY['day', 'week', 'month', 'year'], l.period)"
		" WHERE $1 IN (l.id, s.id) LIMIT 1",
		1, {UUIDOID}
	},
	[Q_BOOKED_TIME] = {
		"SELECT (w.place - 1)::int4, (SELECT coalesce(sum(extract(epoch FROM"
		" coalesce(p.ends_at - p.starts_at, s.ends_at - s.starts_at)) * 1000000), 0)::int8"
		" FROM quickbook.allocation a LEFT JOIN quickbook.appointment p ON p.id = a.appointment_id"
		" LEFT JOIN quickbook.session s ON s.id = a.session_id"
		" WHERE a.calendar_id = w.id AND tstzrange(a.starts_at, a.ends_at) && tstzrange(w.from_time, w.to_time)"
		" AND coalesce(p.starts_at, s.starts_at) >= w.from_time AND coalesce(p.starts_at, s.starts_at) < w.to_time"
		" AND (a.expires_at IS NULL OR a.expires_at > $4))"
		" FROM unnest($1, $2, $3) WITH ORDINALITY AS w (id, from_time, to_time, place)",
		4, {UUIDARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZOID}
	},
	[Q_CLINIC_OF_PATIENT] = {"SELECT clinic_id FROM quickbook.patient WHERE id = $1", 1, {UUIDOID}},
	[Q_CLINIC_OF_SERVICE] = {"SELECT clinic_id FROM quickbook.service WHERE id = $1", 1, {UUIDOID}},
	[Q_CLINIC_OF_PROVIDER] = {"SELECT clinic_id FROM quickbook.provider WHERE id = $1", 1, {UUIDOID}},
	[Q_PROVIDER] = {
		"SELECT c.time_zone, p.id, NULL, NULL, " PROVIDER_COLUMNS
		" FROM quickbook.provider p JOIN quickbook.clinic c ON c.id = p.clinic_id WHERE p.id = $1",
		1, {UUIDOID}
	},
	[Q_APPOINTMENT] = {
		"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment WHERE id = $1",
		1, {UUIDOID}
	},
	[Q_APPOINTMENT_LOCKED] = {
		"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment WHERE id = $1 FOR NO KEY UPDATE",
		1, {UUIDOID}
	},
	[Q_APPOINTMENT_BY_KEY] = {
		"SELECT " APPOINTMENT_COLUMNS ", request_hash = sha256(convert_to($3, 'UTF8'))"
		" FROM quickbook.appointment WHERE clinic_id = $1 AND idempotency_key = $2",
		3, {UUIDOID, TEXTOID, TEXTOID}
	},
	[Q_APPOINTMENTS] = {
		/* by clinic, because that is the index */
		LIST("a.clinic_id IN (SELECT id FROM quickbook.clinic)"),
		5, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID}
	},
	[Q_APPOINTMENTS_OF_PROVIDER] = {
		LIST("a.id IN (SELECT appointment_id FROM quickbook.appointment_resource WHERE provider_id = $3)"),
		5, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID}
	},
	[Q_APPOINTMENTS_OF_PATIENT] = {
		LIST("a.patient_id = $4"),
		5, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID}
	},
	[Q_COMING] = {
		"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment a WHERE a.id IN (SELECT appointment_id"
		" FROM quickbook.appointment_resource WHERE provider_id = $1) AND a.starts_at > $2"
		" AND (a.status IN ('pending', 'booked') OR (a.status = 'held' AND a.expires_at > $2))"
		" ORDER BY a.starts_at, a.id",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[Q_NAMED_SERVICES] = {
		"SELECT n.id, c.id, c.week_start FROM quickbook.provider p JOIN quickbook.clinic c ON c.id = p.clinic_id,"
		" LATERAL (SELECT '00000000-0000-0000-0000-000000000000'::uuid AS id"
		" UNION SELECT service_id FROM quickbook.working_hours WHERE provider_id = $1 AND service_id IS NOT NULL"
		" UNION SELECT service_id FROM quickbook.date_override WHERE provider_id = $1 AND service_id IS NOT NULL) AS n"
		" WHERE p.id = $1 ORDER BY n.id",
		1, {UUIDOID}
	},
	[Q_PENDING] = {
		"SELECT id FROM quickbook.appointment WHERE id = ANY ($1) AND status = 'pending'",
		1, {UUIDARRAYOID}
	},
	[Q_DUE_HOLDS] = {
		"SELECT id FROM quickbook.appointment WHERE status = 'held' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
		2, {TIMESTAMPTZOID, INT4OID}
	},
	[Q_SESSION_HOLDS] = {
		"SELECT id FROM quickbook.appointment WHERE session_id = $1 AND status = 'held'"
		" AND (expires_at <= $2 OR patient_id = $3) AND id IS DISTINCT FROM $4 ORDER BY id",
		4, {UUIDOID, TIMESTAMPTZOID, UUIDOID, UUIDOID}
	},
	[Q_SESSION_OF] = {
		"SELECT s.id, t.taken FROM quickbook.session s, LATERAL (SELECT count(*)::int4 AS taken"
		" FROM quickbook.appointment a WHERE a.session_id = s.id AND " SEAT_COUNTS("NULL", "$4", "$5") ") AS t"
		" WHERE s.service_id = $1 AND s.provider_id = $2 AND s.starts_at = $3 AND s.ends_at = $6 AND t.taken > 0"
		" ORDER BY t.taken LIMIT 1",
		6, {UUIDOID, UUIDOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	[Q_KNOWN_SESSION] = {"SELECT FROM quickbook.session WHERE id = $1", 1, {UUIDOID}},
	[Q_INSERT_SESSION] = {
		"INSERT INTO quickbook.session (id, clinic_id, provider_id, service_id, starts_at, ends_at)"
		" VALUES ($1, $2, $3, $4, $5, $6)",
		6, {UUIDOID, UUIDOID, UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	[Q_FREE_SEAT] = {
		"SELECT min(seat)::int4 FROM generate_series(1, 10001) AS seat WHERE NOT EXISTS (SELECT"
		" FROM quickbook.appointment a WHERE a.session_id = $1 AND a.seat = seat.seat AND a.status IN " SEATED
		" AND a.id IS DISTINCT FROM $2)",
		2, {UUIDOID, UUIDOID}
	},
	[Q_SESSION_RESOURCES] = {
		"SELECT r.role, r.provider_id FROM quickbook.appointment_resource r WHERE r.appointment_id ="
		" (SELECT a.id FROM quickbook.appointment a WHERE a.session_id = $1 AND a.status IN " SEATED " LIMIT 1)"
		" ORDER BY r.role",
		1, {UUIDOID}
	},
	[Q_END_SESSION] = {
		"DELETE FROM quickbook.allocation WHERE owner_id = $1 AND NOT EXISTS (SELECT FROM quickbook.appointment a"
		" WHERE a.session_id = $1 AND a.status IN " SEATED ")",
		1, {UUIDOID}
	},
	[Q_SESSION_EXPIRY] = {
		"UPDATE quickbook.allocation l SET expires_at = s.expires_at"
		" FROM (SELECT CASE WHEN bool_and(a.status = 'held') THEN max(a.expires_at) END AS expires_at"
		" FROM quickbook.appointment a WHERE a.session_id = $1 AND a.status IN " SEATED ") AS s"
		" WHERE l.owner_id = $1 AND l.expires_at IS DISTINCT FROM s.expires_at",
		1, {UUIDOID}
	},
	[Q_INSERT_APPOINTMENT] = {
		"INSERT INTO quickbook.appointment (id, clinic_id, patient_id, service_id, provider_id, session_id, seat,"
		" status, starts_at, ends_at, expires_at, idempotency_key, notes, details, created_at, updated_at, hold_token,"
		" request_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16,"
		" sha256(convert_to($17, 'UTF8'))) RETURNING " APPOINTMENT_COLUMNS,
		17, {UUIDOID, UUIDOID, UUIDOID, UUIDOID, UUIDOID, UUIDOID, INT4OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
			TIMESTAMPTZOID, TEXTOID, TEXTOID, JSONBOID, TIMESTAMPTZOID, TEXTOID, TEXTOID}
	},
	[Q_UPDATE_APPOINTMENT] = {
		"UPDATE quickbook.appointment SET patient_id = $2, provider_id = $3, session_id = $4, seat = $5, status = $6,"
		" starts_at = $7, ends_at = $8, expires_at = $9, sequence = $10, notes = $11, details = $12, updated_at = $13,"
		" cancel_reason = $14, cancelled_by = $15, late = $16, hold_token = $17,"
		" version = version + 1 WHERE id = $1 RETURNING " APPOINTMENT_COLUMNS,
		17, {UUIDOID, UUIDOID, UUIDOID, UUIDOID, INT4OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
			INT4OID, TEXTOID, JSONBOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, BOOLOID, TEXTOID}
	},
	[Q_RESOURCES] = {
		"SELECT role, provider_id FROM quickbook.appointment_resource WHERE appointment_id = $1 ORDER BY role",
		1, {UUIDOID}
	},
	[Q_INSERT_RESOURCE] = {
		"INSERT INTO quickbook.appointment_resource (appointment_id, role, provider_id, clinic_id)"
		" VALUES ($1, $2, $3, $4)",
		4, {UUIDOID, TEXTOID, UUIDOID, UUIDOID}
	},
	[Q_DELETE_RESOURCES] = {
		"DELETE FROM quickbook.appointment_resource WHERE appointment_id = $1",
		1, {UUIDOID}
	},
	[Q_INSERT_ALLOCATIONS] = {
		"INSERT INTO quickbook.allocation (clinic_id, appointment_id, session_id, provider_id, patient_id, lane,"
		" starts_at, ends_at, expires_at) SELECT $1, CASE WHEN $9 IS NULL OR n.patient_id IS NOT NULL THEN $2 END,"
		" CASE WHEN n.patient_id IS NULL THEN $9 END, n.provider_id, n.patient_id, n.lane, n.starts_at, n.ends_at, $3"
		" FROM unnest($4, $5, $6, $7, $8) AS n (provider_id, patient_id, lane, starts_at, ends_at)"
		" ON CONFLICT ON CONSTRAINT allocation_no_overlap DO NOTHING RETURNING calendar_id",
		9, {UUIDOID, UUIDOID, TIMESTAMPTZOID, UUIDARRAYOID, UUIDARRAYOID, INT2ARRAYOID, TIMESTAMPTZARRAYOID,
			TIMESTAMPTZARRAYOID, UUIDOID}
	},
	[Q_HAS_ALLOCATIONS] = {
		"SELECT FROM quickbook.allocation WHERE owner_id = $1 LIMIT 1",
		1, {UUIDOID}
	},
	[Q_KEEP_ALLOCATIONS] = {
		"UPDATE quickbook.allocation SET expires_at = NULL WHERE owner_id = $1",
		1, {UUIDOID}
	},
	[Q_DELETE_ALLOCATIONS] = {
		"DELETE FROM quickbook.allocation WHERE owner_id = $1",
		1, {UUIDOID}
	},
	[Q_DELETE_ALLOCATION] = {
		"DELETE FROM quickbook.allocation WHERE owner_id = $1 AND calendar_id = $2",
		2, {UUIDOID, UUIDOID}
	},
	[Q_DELETE_ALLOCATIONS_FROM] = {
		"DELETE FROM quickbook.allocation WHERE owner_id = $1 AND starts_at >= $2",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[Q_CUT_ALLOCATIONS] = {
		"UPDATE quickbook.allocation SET ends_at = $2 WHERE owner_id = $1 AND starts_at < $2 AND ends_at > $2",
		2, {UUIDOID, TIMESTAMPTZOID}
	},
	[Q_SET_LANE] = {
		"UPDATE quickbook.allocation SET lane = $3 WHERE owner_id = $1 AND calendar_id = $2",
		3, {UUIDOID, UUIDOID, INT2OID}
	},
	[Q_INSERT_EVENT] = {
		"INSERT INTO quickbook.event (id, clinic_id, type, subject, occurred_at, data) VALUES ($1, $2, $3, $4, $5, $6)",
		6, {UUIDOID, UUIDOID, TEXTOID, UUIDOID, TIMESTAMPTZOID, JSONBOID}
	},
	[Q_NUMBER_EVENTS] = {
		"WITH due AS (SELECT id, row_number() OVER (ORDER BY seq) AS place FROM quickbook.event"
		" WHERE position IS NULL ORDER BY seq LIMIT $1),"
		" counter AS (UPDATE quickbook.event_counter SET last_position = last_position + (SELECT count(*) FROM due)"
		" WHERE EXISTS (SELECT FROM due) RETURNING last_position - (SELECT count(*) FROM due) AS base)"
		" UPDATE quickbook.event e SET position = counter.base + due.place FROM due, counter WHERE e.id = due.id"
		" RETURNING e.id, e.type, e.subject, e.clinic_id",
		1, {INT4OID}
	},
	[Q_LAST_POSITION] = {"SELECT coalesce(max(last_position), 0) FROM quickbook.event_counter"},
	[Q_EVENTS_AFTER] = {
		"SELECT id, type, subject, occurred_at, clinic_id, data, position FROM quickbook.event"
		" WHERE position > $1 ORDER BY position LIMIT $2",
		2, {INT8OID, INT4OID}
	},
	[Q_PURGE_EVENTS] = {
		"DELETE FROM quickbook.event WHERE occurred_at < $1 AND ($2 OR position <= (SELECT coalesce(min(position),"
		" 9223372036854775807) FROM quickbook.consumer))",
		2, {TIMESTAMPTZOID, BOOLOID}
	},
	/* a range of starts each, by the clinic's index; who booked later than a reminder was due needs none */
	[Q_DUE_REMINDERS] = {
		REMINDERS("before_start", "a.status = 'booked' AND a.starts_at > $1 AND a.starts_at <= $1 + r.time_offset"
				  " AND (a.starts_at - r.time_offset >= a.created_at OR a.sequence > 0)")
		" UNION ALL "
		REMINDERS("after_end", "a.status IN ('booked', 'arrived', 'checked-in', 'fulfilled')"
				  " AND a.starts_at > $1 - r.time_offset - interval '10 days' AND a.starts_at < $1"
				  " AND a.ends_at <= $1 - r.time_offset AND a.ends_at > $1 - r.time_offset - interval '1 day'")
		" LIMIT $2",
		2, {TIMESTAMPTZOID, INT4OID}
	},
	/* the appointment as it was then; no word of what is past, or was long ago */
	[Q_EVENT_MESSAGES] = {
		MESSAGE("format('event %s %s', r.id, e.id)", "(e.data->>'starts_at')::timestamptz",
				"(e.data->>'ends_at')::timestamptz", "e.data->>'status'", "e.data->>'cancel_reason'")
		" FROM quickbook.event e JOIN quickbook.appointment a ON a.id = e.subject"
		" JOIN quickbook.reminder_rule r ON r.clinic_id = e.clinic_id AND e.type = 'appointment.' || r.occasion"
		" AND r.active AND (r.service_id IS NULL OR a.service_id = r.service_id)" MESSAGE_JOINS
		" WHERE e.position > $1 AND e.position <= $2 AND e.occurred_at > $3 - interval '1 day'"
		" AND (e.data->>'starts_at')::timestamptz > $3 ORDER BY e.position",
		3, {INT8OID, INT8OID, TIMESTAMPTZOID}
	},
	[Q_MARK_MESSAGES] = {
		"UPDATE quickbook.event_counter c SET messages_position = least(o.messages_position + $1, o.last_position)"
		" FROM quickbook.event_counter o WHERE o.only_row = c.only_row AND o.messages_position < o.last_position"
		" RETURNING o.messages_position, c.messages_position",
		1, {INT4OID}
	},
	[Q_INSERT_NOTIFICATION] = {
		"INSERT INTO quickbook.notification (id, clinic_id, dedup_key, rule_id, appointment_id, sequence, channel,"
		" recipient, subject, body, status, reason, due_at, created_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7,"
		" $8, $9, $10, CASE WHEN $8 IS NULL THEN 'skipped' ELSE 'queued' END, $11, $12, $12,"
		" CASE WHEN $8 IS NULL THEN $12 END) ON CONFLICT (dedup_key) DO NOTHING",
		12, {UUIDOID, UUIDOID, TEXTOID, UUIDOID, UUIDOID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
			TIMESTAMPTZOID}
	},
	[Q_SKIP_STALE] = {
		"UPDATE quickbook.notification n SET status = 'skipped', finished_at = $2, reason ="
		" CASE WHEN a.status <> 'booked' THEN 'the appointment is ' || a.status"
		" WHEN a.sequence <> n.sequence THEN 'the appointment was moved' ELSE 'the appointment has begun' END"
		" FROM quickbook.appointment a, quickbook.reminder_rule r WHERE a.id = n.appointment_id AND r.id = n.rule_id"
		" AND n.channel = $1 AND n.status = 'queued' AND n.due_at <= $2 AND r.occasion = 'before_start'"
		" AND (a.status <> 'booked' OR a.sequence <> n.sequence OR a.starts_at <= $2)",
		2, {TEXTOID, TIMESTAMPTZOID}
	},
	[Q_CLAIM] = {
		"UPDATE quickbook.notification n SET attempts = n.attempts + 1, lease_until = $4 FROM (SELECT id"
		" FROM quickbook.notification WHERE channel = $1 AND status = 'queued' AND due_at <= $3"
		" AND (lease_until IS NULL OR lease_until <= $3) ORDER BY due_at, id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) AS due"
		" WHERE n.id = due.id RETURNING n.id, n.clinic_id, n.channel, n.recipient, n.subject, n.body, n.appointment_id,"
		" n.attempts, n.lease_until",
		4, {TEXTOID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	[Q_NOTIFICATION] = {
		"SELECT status, attempts FROM quickbook.notification WHERE id = $1 FOR NO KEY UPDATE",
		1, {UUIDOID}
	},
	[Q_FINISH_NOTIFICATION] = {
		"UPDATE quickbook.notification SET status = $2, reason = $3, finished_at = $4, lease_until = NULL WHERE id = $1",
		4, {UUIDOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}
	},
	[Q_POSTPONE_NOTIFICATION] = {
		"UPDATE quickbook.notification SET due_at = $2, reason = $3, lease_until = NULL WHERE id = $1",
		3, {UUIDOID, TIMESTAMPTZOID, TEXTOID}
	},
	[Q_RETRY_DEAD] = {
		"UPDATE quickbook.notification SET status = 'queued', attempts = 0, due_at = $2, finished_at = NULL"
		" WHERE status = 'dead' AND ($1 IS NULL OR channel = $1)",
		2, {TEXTOID, TIMESTAMPTZOID}
	},
	[Q_CONSUMERS] = {
		"SELECT c.name, c.position, e.behind, extract(epoch FROM $2 - e.oldest)::float8, c.created_at, c.acked_at"
		" FROM quickbook.consumer c, LATERAL (SELECT count(*) AS behind, min(occurred_at) AS oldest"
		" FROM quickbook.event WHERE position > c.position OR position IS NULL) AS e"
		" WHERE $1 IS NULL OR c.name = $1 ORDER BY c.name",
		2, {TEXTOID, TIMESTAMPTZOID}
	},
	[Q_CONSUMER_POSITION] = {"SELECT position FROM quickbook.consumer WHERE name = $1", 1, {TEXTOID}},
	[Q_SET_CONSUMER_POSITION] = {
		"UPDATE quickbook.consumer SET position = $2, acked_at = $3 WHERE name = $1",
		3, {TEXTOID, INT8OID, TIMESTAMPTZOID}
	},
	[Q_INSERT_CONSUMER] = {
		"INSERT INTO quickbook.consumer (name, position, created_at) VALUES ($1, $2, $3)",
		3, {TEXTOID, INT8OID, TIMESTAMPTZOID}
	},
	[Q_DELETE_CONSUMER] = {"DELETE FROM quickbook.consumer WHERE name = $1", 1, {TEXTOID}},
};

static SPIPlanPtr plans[Q_NSTATEMENTS];

static SPIPlanPtr
get_plan(StatementId id)
{
	if (plans[id] == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare_cursor(statements[id].sql, statements[id].nargs,
											  unconstify(Oid *, &statements[id].types[0]),
											  CURSOR_OPT_GENERIC_PLAN);

		if (plan == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		if (SPI_keepplan(plan) != 0)
			elog(ERROR, "SPI_keepplan failed");
		plans[id] = plan;
	}
	return plans[id];
}

/*
 * Run a statement; rows are in SPI_tuptable, their number in SPI_processed.
 *
 * A reader uses the snapshot of the calling query.  A writer that waited for a
 * lock has to see what the winner committed, also under REPEATABLE READ: the
 * latest snapshot.  Rows that the transaction's own snapshot does not know may
 * be read then but not changed, as in ri_PerformCheck().
 */
static void
run(QbStore *store, StatementId id, Datum *values, const char *nulls)
{
	MemoryContext context = CurrentMemoryContext;
	SPIPlanPtr	plan = get_plan(id);
	int			rc;

	if (store->writes)
		rc = SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(),
								  IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot,
								  false, true, 0);
	else
		rc = SPI_execute_plan(plan, values, nulls, true, 0);
	if (rc < 0)
		elog(ERROR, "statement %d of quickbook failed: %s", id, SPI_result_code_string(rc));
	/* SPI leaves its own context behind, which dies with SPI_finish() */
	MemoryContextSwitchTo(context);
}

static Datum
column(uint64 row, int number, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

static Datum
not_null(uint64 row, int number)
{
	bool		isnull;
	Datum		value = column(row, number, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in column %d", number);
	return value;
}

static char *
text_column(uint64 row, int number)
{
	return TextDatumGetCString(not_null(row, number));
}

static pg_uuid_t
uuid_column(uint64 row, int number)
{
	return *DatumGetUUIDP(not_null(row, number));
}

/* A time that may be null. */
static TimestampTz
time_column(uint64 row, int number, TimestampTz if_null)
{
	bool		isnull;
	Datum		value = column(row, number, &isnull);

	return isnull ? if_null : DatumGetTimestampTz(value);
}

static DateADT
date_column(uint64 row, int number, DateADT if_null)
{
	bool		isnull;
	Datum		value = column(row, number, &isnull);

	return isnull ? if_null : DatumGetDateADT(value);
}

/* A fixed length in microseconds; CHECK constraints keep months out. */
static int64
length_column(uint64 row, int number, int64 if_null)
{
	bool		isnull;
	Datum		value = column(row, number, &isnull);
	Interval   *interval;

	if (isnull)
		return if_null;
	interval = DatumGetIntervalP(value);
	return interval->time + interval->day * USECS_PER_DAY;
}

static char
null_flag(bool isnull)
{
	return isnull ? 'n' : ' ';
}

/* nulls may be NULL: none */
static Datum
uuid_array(const pg_uuid_t *ids, bool *nulls, int n)
{
	Datum	   *elements = palloc(sizeof(Datum) * n);
	int			lower = 1;

	for (int i = 0; i < n; i++)
		elements[i] = UUIDPGetDatum(&ids[i]);
	return PointerGetDatum(construct_md_array(elements, nulls, 1, &n, &lower, UUIDOID, UUID_LEN, false,
											  TYPALIGN_CHAR));
}

static Datum
time_array(const TimestampTz *times, int n)
{
	Datum	   *elements = palloc(sizeof(Datum) * n);

	for (int i = 0; i < n; i++)
		elements[i] = TimestampTzGetDatum(times[i]);
	return PointerGetDatum(construct_array(elements, n, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL,
										   TYPALIGN_DOUBLE));
}

static Datum
provider_ids(QbProvider **providers, int n)
{
	pg_uuid_t  *ids = palloc(sizeof(pg_uuid_t) * n);

	for (int i = 0; i < n; i++)
		ids[i] = providers[i]->id;
	return uuid_array(ids, NULL, n);
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp((*(QbProvider *const *) a)->id.data, (*(QbProvider *const *) b)->id.data, UUID_LEN);
}

/* The provider of a row; providers are sorted by id. */
static QbProvider *
provider_of(uint64 row, int number, QbProvider **providers, int n)
{
	pg_uuid_t	id = uuid_column(row, number);
	QbProvider	key;
	QbProvider *keyp = &key;
	QbProvider **found;

	key.id = id;
	found = bsearch(&keyp, providers, n, sizeof(QbProvider *), compare_ids);
	if (found == NULL)
		elog(ERROR, "row of a provider that was not asked for");
	return *found;
}

/* Grow an array by one element, doubling; capacity follows from n. */
#define APPEND(array, n) \
	((n) == 0 ? ((array) = palloc(sizeof(*(array)) * 4)) : \
	 ((n) >= 4 && ((n) & ((n) - 1)) == 0) ? ((array) = repalloc((array), sizeof(*(array)) * (n) * 2)) : (array), \
	 &(array)[(n)++])

/* ----------
 * Session
 * ----------
 */

static int
present_version(QbStore *store)
{
	int			version;

	run(store, Q_SCHEMA_VERSION, NULL, NULL);
	version = DatumGetInt32(not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return version;
}

static void
check_version(QbStore *store)
{
	int			version = present_version(store);

	if (version == QB_SCHEMA_VERSION)
		return;
	qb_raise(QB_WRONG_SCHEMA_VERSION,
			 qb_detail_int(qb_detail_int(qb_detail(), "present", version), "needed", QB_SCHEMA_VERSION),
			 version < QB_SCHEMA_VERSION ? NULL :
			 "Install the newer version of the extension, then ALTER EXTENSION quickbook UPDATE.",
			 "the tables of quickbook have version %d and this library needs %d",
			 version, QB_SCHEMA_VERSION);
}

/* The owner of the tables; InvalidOid when there are none. */
static Oid
tables_owner(void)
{
	Oid			schema = get_namespace_oid("quickbook", true);
	Oid			table = OidIsValid(schema) ? get_relname_relid("schema_version", schema) : InvalidOid;
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* Connect and take on the owner's rights. */
static void
enter(QbStore *store, Oid owner, bool writes)
{
	MemoryContext context = CurrentMemoryContext;

	/* An error on the way restores the user: (sub)transaction abort does. */
	store->writes = writes;
	GetUserIdAndSecContext(&store->saved_user, &store->saved_context);
	SetUserIdAndSecContext(owner, store->saved_context |
						   SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	MemoryContextSwitchTo(context);
}

void
qb_store_begin(QbStore *store, bool writes)
{
	Oid			owner = tables_owner();

	if (!OidIsValid(owner))
		qb_raise(QB_NOT_INSTALLED, NULL, NULL, "the tables of quickbook do not exist");
	enter(store, owner, writes);
	check_version(store);
}

bool
qb_store_is_ready(void)
{
	Oid			owner = tables_owner();
	QbStore		store;
	bool		ready;

	if (!OidIsValid(owner))
		return false;
	enter(&store, owner, false);
	ready = present_version(&store) == QB_SCHEMA_VERSION;
	qb_store_end(&store);
	return ready;
}

void
qb_store_end(QbStore *store)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
	SetUserIdAndSecContext(store->saved_user, store->saved_context);
}

/* ----------
 * Configuration
 * ----------
 */

QbService *
qb_store_service(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient)
{
	Datum		values[] = {UUIDPGetDatum(id), UUIDPGetDatum(patient)};
	char		nulls[] = {' ', null_flag(patient == NULL)};
	QbService  *s;
	char	   *anchor;
	bool		isnull;

	run(store, Q_SERVICE, values, nulls);
	if (SPI_processed == 0)
		return NULL;
	s = palloc0(sizeof(QbService));
	s->id = uuid_column(0, 1);
	s->clinic_id = uuid_column(0, 2);
	s->name = text_column(0, 3);
	s->duration = length_column(0, 4, 0);
	s->slot_interval = length_column(0, 5, s->duration);
	anchor = text_column(0, 6);
	s->anchor = *anchor == 'w' ? QB_ANCHOR_WINDOW : *anchor == 'g' ? QB_ANCHOR_GAP : QB_ANCHOR_CLOCK;
	s->buffer_before = length_column(0, 7, 0);
	s->buffer_after = length_column(0, 8, 0);
	s->min_notice = length_column(0, 9, 0);
	s->horizon_days = DatumGetInt32(column(0, 10, &isnull));
	if (isnull)
		s->horizon_days = -1;
	s->horizon_counts = text_column(0, 11);
	s->bookable_from = date_column(0, 12, DATEVAL_NOBEGIN);
	s->bookable_to = date_column(0, 13, DATEVAL_NOEND);
	s->seats = DatumGetInt32(not_null(0, 14));
	s->requires_approval = DatumGetBool(not_null(0, 15));
	s->pending_blocks = DatumGetBool(not_null(0, 16));
	s->cancel_notice = length_column(0, 17, 0);
	s->patient_may_overlap = DatumGetBool(not_null(0, 18));
	s->active = DatumGetBool(not_null(0, 19));
	s->clinic_zone = text_column(0, 20);
	s->week_start = DatumGetInt16(not_null(0, 21));
	s->has_limits = DatumGetBool(not_null(0, 22));
	s->has_patient = DatumGetBool(not_null(0, 23));
	s->hold_for = length_column(0, 24, 0);
	s->reschedule_notice = length_column(0, 25, 0);
	SPI_freetuptable(SPI_tuptable);
	return s;
}

/* The clinic_id that a statement with one id gives. */
static bool
clinic_by_id(QbStore *store, StatementId statement, const pg_uuid_t *id, pg_uuid_t *clinic)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	run(store, statement, values, NULL);
	found = SPI_processed > 0;
	if (found)
		*clinic = uuid_column(0, 1);
	SPI_freetuptable(SPI_tuptable);
	return found;
}

bool
qb_store_clinic_of(QbStore *store, const char *table, const pg_uuid_t *id, pg_uuid_t *clinic)
{
	if (strcmp(table, "patient") == 0)
		return clinic_by_id(store, Q_CLINIC_OF_PATIENT, id, clinic);
	if (strcmp(table, "service") == 0)
		return clinic_by_id(store, Q_CLINIC_OF_SERVICE, id, clinic);
	if (strcmp(table, "provider") == 0)
		return clinic_by_id(store, Q_CLINIC_OF_PROVIDER, id, clinic);
	elog(ERROR, "no clinic can be found by \"%s\"", table);
}

bool
qb_store_provider_exists(QbStore *store, const pg_uuid_t *provider, const pg_uuid_t *clinic)
{
	pg_uuid_t	its_clinic;

	return clinic_by_id(store, Q_CLINIC_OF_PROVIDER, provider, &its_clinic) &&
		qb_uuid_equal(&its_clinic, clinic);
}

/* A provider from a row of Q_TEAM, Q_TEAM_OF or Q_PROVIDER. */
static QbProvider *
read_provider(uint64 row, const char *clinic_zone)
{
	QbProvider *p = palloc0(sizeof(QbProvider));
	bool		isnull;
	Datum		zone = column(row, 6, &isnull);

	p->id = uuid_column(row, 2);
	p->name = text_column(row, 5);
	p->zone_name = isnull ? pstrdup(clinic_zone) : TextDatumGetCString(zone);
	p->capacity = DatumGetInt32(not_null(row, 7));
	p->open_always = DatumGetBool(not_null(row, 8));
	p->active = DatumGetBool(not_null(row, 9));
	return p;
}

QbProvider *
qb_store_provider(QbStore *store, const pg_uuid_t *provider)
{
	Datum		values[] = {UUIDPGetDatum(provider)};
	QbProvider *p = NULL;

	run(store, Q_PROVIDER, values, NULL);
	if (SPI_processed > 0)
		p = read_provider(0, text_column(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return p;
}

/* The providers of all rows, each once, by id. */
static void
read_team_providers(QbTeam *team, const QbService *service)
{
	QbProvider **all = palloc(sizeof(QbProvider *) * Max(SPI_processed, 1));
	int			kept = 0;

	for (uint64 row = 0; row < SPI_processed; row++)
		all[row] = read_provider(row, service->clinic_zone);
	if (SPI_processed > 0)
		qsort(all, SPI_processed, sizeof(QbProvider *), compare_ids);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		if (kept > 0 && qb_uuid_equal(&all[kept - 1]->id, &all[row]->id))
			continue;
		all[row]->index = kept;
		all[kept++] = all[row];
	}
	team->providers = all;
	team->nproviders = kept;
}

static QbRole *
role_by_name(QbTeam *team, char *name)
{
	QbRole	   *role;

	for (int r = 0; r < team->nroles; r++)
	{
		if (strcmp(team->roles[r].name, name) == 0)
			return &team->roles[r];
	}
	role = APPEND(team->roles, team->nroles);
	memset(role, 0, sizeof(QbRole));
	role->name = name;
	return role;
}

static int
compare_roles(const void *a, const void *b)
{
	return strcmp(((const QbRole *) a)->name, ((const QbRole *) b)->name);
}

QbTeam *
qb_store_team(QbStore *store, const QbService *service, const pg_uuid_t *lead)
{
	Datum		values[] = {UUIDPGetDatum(&service->id), UUIDPGetDatum(lead)};
	QbTeam	   *team = palloc0(sizeof(QbTeam));

	run(store, lead ? Q_TEAM_OF : Q_TEAM, values, NULL);
	if (lead && (SPI_processed != 1 || DatumGetBool(not_null(0, 10))))
	{
		SPI_freetuptable(SPI_tuptable);
		run(store, Q_TEAM, values, NULL);
	}
	read_team_providers(team, service);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		QbRole	   *role = role_by_name(team, text_column(row, 1));
		QbCandidate *candidate = APPEND(role->candidates, role->ncandidates);

		candidate->provider = provider_of(row, 2, team->providers, team->nproviders);
		candidate->duration = length_column(row, 3, -1);
		candidate->priority = DatumGetInt32(not_null(row, 4));
	}
	SPI_freetuptable(SPI_tuptable);

	if (team->nroles > 0)
		qsort(team->roles, team->nroles, sizeof(QbRole), compare_roles);
	team->lead = team->nroles > 0 ? 0 : -1;
	for (int r = 0; r < team->nroles; r++)
	{
		if (strcmp(team->roles[r].name, "practitioner") == 0)
			team->lead = r;
	}
	return team;
}

/* ----------
 * Calendars
 * ----------
 */

/* Columns of Q_LOAD; which are set depends on the kind. */
typedef enum LoadColumn
{
	L_KIND = 1,
	L_PROVIDER,
	L_FLAG,						/* for the service; of a session */
	L_NUMBER,					/* weekday; lane */
	L_EVERY_WEEKS,
	L_DATE,						/* valid from; the date; travels from */
	L_DATE_TO,
	L_ANCHORED_ON,
	L_START_TIME,
	L_END_TIME,
	L_START,
	L_END,
	L_EXPIRES_AT,
	L_OWNER,
	L_ZONE
} LoadColumn;

static void
add_hours(uint64 row, QbProvider *p)
{
	QbHours    *h = APPEND(p->hours, p->nhours);

	h->for_service = DatumGetBool(not_null(row, L_FLAG));
	h->weekday = DatumGetInt32(not_null(row, L_NUMBER));
	h->start = DatumGetTimeADT(not_null(row, L_START_TIME));
	h->end = DatumGetTimeADT(not_null(row, L_END_TIME));
	h->valid_from = date_column(row, L_DATE, DATEVAL_NOBEGIN);
	h->valid_to = date_column(row, L_DATE_TO, DATEVAL_NOEND);
	h->every_weeks = DatumGetInt32(not_null(row, L_EVERY_WEEKS));
	h->anchored_on = date_column(row, L_ANCHORED_ON, 0);
}

static void
add_override(uint64 row, QbProvider *p)
{
	QbOverride *o = APPEND(p->overrides, p->noverrides);
	bool		isnull;

	o->for_service = DatumGetBool(not_null(row, L_FLAG));
	o->date = DatumGetDateADT(not_null(row, L_DATE));
	o->start = DatumGetTimeADT(column(row, L_START_TIME, &isnull));
	o->closed = isnull;
	o->end = DatumGetTimeADT(column(row, L_END_TIME, &isnull));
}

static void
add_travel(uint64 row, QbProvider *p)
{
	QbTravel   *t = APPEND(p->travels, p->ntravels);

	t->from = date_column(row, L_DATE, DATEVAL_NOBEGIN);
	t->to = date_column(row, L_DATE_TO, DATEVAL_NOEND);
	t->zone_name = text_column(row, L_ZONE);
	t->zone = NULL;
}

/* A provider's time off, or with no provider that of all. */
static void
add_time_off(uint64 row, QbProvider **providers, int n)
{
	int64		start = DatumGetTimestampTz(not_null(row, L_START));
	int64		end = DatumGetTimestampTz(not_null(row, L_END));
	bool		whole_clinic;

	column(row, L_PROVIDER, &whole_clinic);
	if (!whole_clinic)
		qb_set_add(&provider_of(row, L_PROVIDER, providers, n)->time_off, start, end);
	else
		for (int i = 0; i < n; i++)
			qb_set_add(&providers[i]->time_off, start, end);
}

static void
read_allocation(uint64 row, QbAllocation *a, int owner, int flag, int lane, int start, int end, int expires_at)
{
	a->owner_id = uuid_column(row, owner);
	a->of_session = DatumGetBool(not_null(row, flag));
	a->lane = DatumGetInt32(not_null(row, lane));
	a->start = DatumGetTimestampTz(not_null(row, start));
	a->end = DatumGetTimestampTz(not_null(row, end));
	a->expires_at = time_column(row, expires_at, DT_NOEND);
	a->ignored = false;
}

static void
forget_rows(QbProvider *p)
{
	p->nhours = 0;
	p->noverrides = 0;
	p->ntravels = 0;
	p->nallocations = 0;
	qb_set_init(&p->time_off);
	qb_set_init(&p->busy);
}

static void
add_row(uint64 row, QbProvider **providers, int n, QbProvider *patient)
{
	char		kind = DatumGetChar(not_null(row, L_KIND));
	QbProvider *p;

	if (kind == 'f')
	{
		add_time_off(row, providers, n);
		return;
	}
	p = kind == 'p' ? patient : provider_of(row, L_PROVIDER, providers, n);
	switch (kind)
	{
		case 'h':
			add_hours(row, p);
			break;
		case 'o':
			add_override(row, p);
			break;
		case 't':
			add_travel(row, p);
			break;
		case 'b':
			qb_set_add(&p->busy, DatumGetTimestampTz(not_null(row, L_START)),
					   DatumGetTimestampTz(not_null(row, L_END)));
			break;
		default:
			read_allocation(row, APPEND(p->allocations, p->nallocations),
							L_OWNER, L_FLAG, L_NUMBER, L_START, L_END, L_EXPIRES_AT);
	}
}

void
qb_store_load(QbStore *store, const QbService *service, QbProvider **providers, int n, QbProvider *patient,
			  DateADT date_from, DateADT date_to, TimestampTz from, TimestampTz to)
{
	Datum		values[] = {
		provider_ids(providers, n), UUIDPGetDatum(&service->id), DateADTGetDatum(date_from),
		DateADTGetDatum(date_to), UUIDPGetDatum(&service->clinic_id), TimestampTzGetDatum(from),
		TimestampTzGetDatum(to), patient ? UUIDPGetDatum(&patient->id) : (Datum) 0
	};
	char		nulls[] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', null_flag(patient == NULL)};

	for (int i = 0; i < n; i++)
		forget_rows(providers[i]);
	if (patient)
		forget_rows(patient);
	run(store, Q_LOAD, values, nulls);
	for (uint64 row = 0; row < SPI_processed; row++)
		add_row(row, providers, n, patient);
	SPI_freetuptable(SPI_tuptable);
	for (int i = 0; i < n; i++)
	{
		qb_set_normalize(&providers[i]->time_off);
		qb_set_normalize(&providers[i]->busy);
	}
}

int
qb_store_calendar(QbStore *store, const pg_uuid_t *calendar, TimestampTz from, TimestampTz to,
				  QbAllocation **allocations)
{
	Datum		values[] = {UUIDPGetDatum(calendar), TimestampTzGetDatum(from), TimestampTzGetDatum(to)};
	int			n;

	run(store, Q_CALENDAR, values, NULL);
	n = (int) SPI_processed;
	*allocations = palloc(sizeof(QbAllocation) * Max(n, 1));
	for (int row = 0; row < n; row++)
		read_allocation(row, &(*allocations)[row], 1, 2, 3, 4, 5, 6);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* Of n ids, which are in the first column of the rows. */
static void
mark_found(const pg_uuid_t *ids, int n, bool *found)
{
	memset(found, 0, sizeof(bool) * n);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		pg_uuid_t	id = uuid_column(row, 1);

		for (int i = 0; i < n; i++)
			found[i] |= qb_uuid_equal(&id, &ids[i]);
	}
	SPI_freetuptable(SPI_tuptable);
}

void
qb_store_not_counting(QbStore *store, const pg_uuid_t *patient, const pg_uuid_t *except,
					  const pg_uuid_t *owners, int n, bool *not_counting)
{
	Datum		values[] = {
		uuid_array(owners, NULL, n), UUIDPGetDatum(patient), UUIDPGetDatum(except), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', null_flag(patient == NULL), null_flag(except == NULL), ' '};

	run(store, Q_NOT_COUNTING, values, nulls);
	mark_found(owners, n, not_counting);
}

void
qb_store_pending(QbStore *store, const pg_uuid_t *appointments, int n, bool *pending)
{
	Datum		values[] = {uuid_array(appointments, NULL, n)};

	run(store, Q_PENDING, values, NULL);
	mark_found(appointments, n, pending);
}

int
qb_store_named_services(QbStore *store, const pg_uuid_t *provider, QbService **services)
{
	Datum		values[] = {UUIDPGetDatum(provider)};
	int			n;

	run(store, Q_NAMED_SERVICES, values, NULL);
	n = (int) SPI_processed;
	*services = palloc0(sizeof(QbService) * Max(n, 1));
	for (int row = 0; row < n; row++)
	{
		(*services)[row].id = uuid_column(row, 1);
		(*services)[row].clinic_id = uuid_column(row, 2);
		(*services)[row].week_start = DatumGetInt16(not_null(row, 3));
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

int
qb_store_sessions(QbStore *store, const QbService *service, QbProvider **leads, int n, TimestampTz from,
				  TimestampTz to, const pg_uuid_t *patient, const pg_uuid_t *except, QbSession **sessions)
{
	Datum		values[] = {
		UUIDPGetDatum(&service->id), provider_ids(leads, n), TimestampTzGetDatum(from), TimestampTzGetDatum(to),
		UUIDPGetDatum(patient), UUIDPGetDatum(except), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', ' ', ' ', ' ', null_flag(patient == NULL), null_flag(except == NULL), ' '};
	int			found;

	run(store, Q_SESSIONS, values, nulls);
	found = (int) SPI_processed;
	*sessions = palloc(sizeof(QbSession) * Max(found, 1));
	for (int row = 0; row < found; row++)
	{
		QbSession  *s = &(*sessions)[row];

		s->id = uuid_column(row, 1);
		s->provider_id = uuid_column(row, 2);
		s->start = DatumGetTimestampTz(not_null(row, 3));
		s->end = DatumGetTimestampTz(not_null(row, 4));
		s->taken = DatumGetInt32(not_null(row, 5));
		s->nproviders = DatumGetInt32(not_null(row, 6));
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_booked_time(QbStore *store, const pg_uuid_t *providers, const TimestampTz *from, const TimestampTz *to,
					 int n, int64 *booked)
{
	Datum		values[] = {uuid_array(providers, NULL, n), time_array(from, n), time_array(to, n),
	TimestampTzGetDatum(qb_now())};

	run(store, Q_BOOKED_TIME, values, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
		booked[DatumGetInt32(not_null(row, 1))] = DatumGetInt64(not_null(row, 2));
	SPI_freetuptable(SPI_tuptable);
}

/* ----------
 * Limits
 * ----------
 */

static QbPeriod
period_of(const char *word)
{
	static const char *const periods[] = {"day", "week", "month", "year", "upcoming"};

	for (int i = 0; i < (int) lengthof(periods); i++)
	{
		if (strcmp(word, periods[i]) == 0)
			return i;
	}
	elog(ERROR, "unknown period \"%s\"", word);
}

/* An id that may be null: is it there? */
static bool
uuid_or_null(uint64 row, int number, pg_uuid_t *id)
{
	bool		isnull;
	Datum		value = column(row, number, &isnull);

	if (!isnull)
		*id = *DatumGetUUIDP(value);
	return !isnull;
}

int
qb_store_limits(QbStore *store, const pg_uuid_t *clinic, const pg_uuid_t *service, QbLimit **limits)
{
	Datum		values[] = {UUIDPGetDatum(clinic), UUIDPGetDatum(service)};
	int			n;

	run(store, Q_LIMITS, values, NULL);
	n = (int) SPI_processed;
	*limits = palloc0(sizeof(QbLimit) * Max(n, 1));
	for (int row = 0; row < n; row++)
	{
		QbLimit    *l = &(*limits)[row];
		bool		isnull;

		l->id = uuid_column(row, 1);
		l->has_service = uuid_or_null(row, 2, &l->service_id);
		l->has_provider = uuid_or_null(row, 3, &l->provider_id);
		l->per_patient = DatumGetBool(not_null(row, 4));
		l->period = period_of(text_column(row, 5));
		l->max_count = DatumGetInt32(column(row, 6, &isnull));
		if (isnull)
			l->max_count = -1;
		l->max_time = length_column(row, 7, -1);
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* The statuses that do not count: of the past a noshow does, of what is to come it cannot be. */
static Datum
not_counted_statuses(bool upcoming)
{
	Datum		words[] = {
		CStringGetTextDatum("cancelled"), CStringGetTextDatum("entered-in-error"), CStringGetTextDatum("noshow")
	};

	return PointerGetDatum(construct_array(words, upcoming ? 3 : 2, TEXTOID, -1, false, TYPALIGN_INT));
}

void
qb_store_limit_use(QbStore *store, const QbLimit *l, const pg_uuid_t *clinic, const pg_uuid_t *patient,
				   const pg_uuid_t *except, TimestampTz from, TimestampTz to, QbLimitUse *use)
{
	StatementId statement = l->has_provider ? Q_LIMIT_USE_OF_PROVIDER
		: l->per_patient ? Q_LIMIT_USE_OF_PATIENT : Q_LIMIT_USE;
	Datum		values[] = {
		UUIDPGetDatum(l->has_provider ? &l->provider_id : l->per_patient ? patient : clinic),
		UUIDPGetDatum(&l->service_id), TimestampTzGetDatum(from), TimestampTzGetDatum(to), UUIDPGetDatum(except),
		TimestampTzGetDatum(qb_now()), BoolGetDatum(l->per_patient),
		not_counted_statuses(l->period == QB_PERIOD_UPCOMING), UUIDPGetDatum(patient), UUIDPGetDatum(patient)
	};
	char		nulls[] = {
		' ', null_flag(!l->has_service), ' ', ' ', null_flag(except == NULL), ' ', ' ', ' ',
		null_flag(patient == NULL), null_flag(!l->per_patient)
	};

	run(store, statement, values, nulls);
	use->count = DatumGetInt64(not_null(0, 1));
	use->time = DatumGetInt64(not_null(0, 2));
	SPI_freetuptable(SPI_tuptable);
}

int
qb_store_own_holds(QbStore *store, const pg_uuid_t *patient, const pg_uuid_t *except, QbOwnHold **holds)
{
	Datum		values[] = {UUIDPGetDatum(patient), TimestampTzGetDatum(qb_now()), UUIDPGetDatum(except)};
	char		nulls[] = {' ', ' ', null_flag(except == NULL)};
	int			n;

	run(store, Q_OWN_HOLDS, values, nulls);
	n = (int) SPI_processed;
	*holds = palloc(sizeof(QbOwnHold) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*holds)[row] = (QbOwnHold) {
			uuid_column(row, 1), uuid_column(row, 2), uuid_column(row, 3),
			DatumGetTimestampTz(not_null(row, 4)), DatumGetTimestampTz(not_null(row, 5)),
			DatumGetBool(not_null(row, 6))
		};
	SPI_freetuptable(SPI_tuptable);
	return n;
}

bool
qb_store_limit_shrinks(QbStore *store, const pg_uuid_t *limit, char **period)
{
	Datum		values[] = {UUIDPGetDatum(limit)};
	bool		found;

	run(store, Q_LIMIT_SHRINKS, values, NULL);
	found = SPI_processed > 0;
	if (found)
		*period = text_column(0, 1);
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/* ----------
 * Appointments
 * ----------
 */

/* The appointment in a row, NULL when there is none. */
static QbAppointment *
read_appointment(uint64 row)
{
	QbAppointment *a;
	Datum	   *values;
	bool	   *nulls;
	int			ncolumns;

	if (row >= SPI_processed)
		return NULL;
	ncolumns = SPI_tuptable->tupdesc->natts;
	values = palloc(sizeof(Datum) * ncolumns);
	nulls = palloc(sizeof(bool) * ncolumns);
	heap_deform_tuple(heap_copytuple(SPI_tuptable->vals[row]), SPI_tuptable->tupdesc, values, nulls);

	a = palloc0(sizeof(QbAppointment));
	memcpy(a->values, values, sizeof(a->values));
	memcpy(a->nulls, nulls, sizeof(a->nulls));
	a->id = *DatumGetUUIDP(a->values[QB_A_ID]);
	a->clinic_id = *DatumGetUUIDP(a->values[QB_A_CLINIC_ID]);
	a->has_patient = !a->nulls[QB_A_PATIENT_ID];
	if (a->has_patient)
		a->patient_id = *DatumGetUUIDP(a->values[QB_A_PATIENT_ID]);
	a->service_id = *DatumGetUUIDP(a->values[QB_A_SERVICE_ID]);
	a->provider_id = *DatumGetUUIDP(a->values[QB_A_PROVIDER_ID]);
	a->status = TextDatumGetCString(a->values[QB_A_STATUS]);
	a->starts_at = DatumGetTimestampTz(a->values[QB_A_STARTS_AT]);
	a->ends_at = DatumGetTimestampTz(a->values[QB_A_ENDS_AT]);
	a->expires_at = a->nulls[QB_A_EXPIRES_AT] ? DT_NOEND : DatumGetTimestampTz(a->values[QB_A_EXPIRES_AT]);
	a->version = DatumGetInt32(a->values[QB_A_VERSION]);
	a->has_session = !a->nulls[QB_A_SESSION_ID];
	if (a->has_session)
	{
		a->session_id = *DatumGetUUIDP(a->values[QB_A_SESSION_ID]);
		a->seat = DatumGetInt32(a->values[QB_A_SEAT]);
	}
	return a;
}

/* Fill in arguments from columns of the appointment, in order. */
static void
bind_columns(const QbAppointment *a, const QbAppointmentColumn *columns, int n, Datum *values, char *nulls)
{
	for (int i = 0; i < n; i++)
	{
		values[i] = a->values[columns[i]];
		nulls[i] = null_flag(a->nulls[columns[i]]);
	}
}

QbAppointment *
qb_store_appointment(QbStore *store, const pg_uuid_t *id, bool lock)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	QbAppointment *a;

	run(store, lock ? Q_APPOINTMENT_LOCKED : Q_APPOINTMENT, values, NULL);
	a = read_appointment(0);
	SPI_freetuptable(SPI_tuptable);
	return a;
}

QbAppointment *
qb_store_appointment_by_key(QbStore *store, const pg_uuid_t *clinic, const char *key,
							const char *request, bool *same_request)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(key), CStringGetTextDatum(request)};
	QbAppointment *a;

	run(store, Q_APPOINTMENT_BY_KEY, values, NULL);
	a = read_appointment(0);
	if (a != NULL)
		*same_request = DatumGetBool(not_null(0, QB_A_NCOLUMNS + 1));
	SPI_freetuptable(SPI_tuptable);
	return a;
}

QbAppointment *
qb_store_insert_appointment(QbStore *store, const QbAppointment *appointment, const char *request)
{
	static const QbAppointmentColumn columns[] = {
		QB_A_ID, QB_A_CLINIC_ID, QB_A_PATIENT_ID, QB_A_SERVICE_ID, QB_A_PROVIDER_ID, QB_A_SESSION_ID, QB_A_SEAT,
		QB_A_STATUS, QB_A_STARTS_AT, QB_A_ENDS_AT, QB_A_EXPIRES_AT, QB_A_IDEMPOTENCY_KEY, QB_A_NOTES,
		QB_A_DETAILS, QB_A_UPDATED_AT, QB_A_HOLD_TOKEN
	};
	Datum		values[lengthof(columns) + 1];
	char		nulls[lengthof(columns) + 1];
	QbAppointment *a;

	bind_columns(appointment, columns, lengthof(columns), values, nulls);
	values[lengthof(columns)] = request ? CStringGetTextDatum(request) : (Datum) 0;
	nulls[lengthof(columns)] = null_flag(request == NULL);
	run(store, Q_INSERT_APPOINTMENT, values, nulls);
	a = read_appointment(0);
	SPI_freetuptable(SPI_tuptable);
	return a;
}

QbAppointment *
qb_store_update_appointment(QbStore *store, const QbAppointment *appointment)
{
	static const QbAppointmentColumn columns[] = {
		QB_A_ID, QB_A_PATIENT_ID, QB_A_PROVIDER_ID, QB_A_SESSION_ID, QB_A_SEAT, QB_A_STATUS, QB_A_STARTS_AT,
		QB_A_ENDS_AT, QB_A_EXPIRES_AT, QB_A_SEQUENCE, QB_A_NOTES, QB_A_DETAILS, QB_A_UPDATED_AT,
		QB_A_CANCEL_REASON, QB_A_CANCELLED_BY, QB_A_LATE, QB_A_HOLD_TOKEN
	};
	Datum		values[lengthof(columns)];
	char		nulls[lengthof(columns)];
	QbAppointment *a;

	bind_columns(appointment, columns, lengthof(columns), values, nulls);
	run(store, Q_UPDATE_APPOINTMENT, values, nulls);
	a = read_appointment(0);
	SPI_freetuptable(SPI_tuptable);
	return a;
}

static int
read_appointments(QbAppointment ***found)
{
	int			n = (int) SPI_processed;

	*found = palloc(sizeof(QbAppointment *) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*found)[row] = read_appointment(row);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

int
qb_store_appointments(QbStore *store, const QbAppointmentFilter *f, QbAppointment ***found)
{
	StatementId statement = f->patient ? Q_APPOINTMENTS_OF_PATIENT
		: f->provider ? Q_APPOINTMENTS_OF_PROVIDER : Q_APPOINTMENTS;
	Datum		values[] = {
		TimestampTzGetDatum(f->from), TimestampTzGetDatum(f->to), UUIDPGetDatum(f->provider),
		UUIDPGetDatum(f->patient), f->status ? CStringGetTextDatum(f->status) : (Datum) 0
	};
	char		nulls[] = {
		' ', ' ', null_flag(f->provider == NULL), null_flag(f->patient == NULL), null_flag(f->status == NULL)
	};

	run(store, statement, values, nulls);
	return read_appointments(found);
}

int
qb_store_coming(QbStore *store, const pg_uuid_t *provider, QbAppointment ***found)
{
	Datum		values[] = {UUIDPGetDatum(provider), TimestampTzGetDatum(qb_now())};

	run(store, Q_COMING, values, NULL);
	return read_appointments(found);
}

/* The ids in the first column of the rows. */
static int
read_ids(pg_uuid_t **ids)
{
	int			n = (int) SPI_processed;

	*ids = palloc(sizeof(pg_uuid_t) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*ids)[row] = uuid_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

int
qb_store_due_holds(QbStore *store, int max, pg_uuid_t **ids)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now()), Int32GetDatum(max)};

	run(store, Q_DUE_HOLDS, values, NULL);
	return read_ids(ids);
}

/* ----------
 * Sessions
 * ----------
 */

int
qb_store_session_holds(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *patient,
					   const pg_uuid_t *except, pg_uuid_t **ids)
{
	Datum		values[] = {
		UUIDPGetDatum(session), TimestampTzGetDatum(qb_now()), UUIDPGetDatum(patient), UUIDPGetDatum(except)
	};
	char		nulls[] = {' ', ' ', null_flag(patient == NULL), null_flag(except == NULL)};

	run(store, Q_SESSION_HOLDS, values, nulls);
	return read_ids(ids);
}

bool
qb_store_session_of(QbStore *store, const QbAppointment *a, pg_uuid_t *session, int *taken)
{
	Datum		values[] = {
		UUIDPGetDatum(&a->service_id), UUIDPGetDatum(&a->provider_id), TimestampTzGetDatum(a->starts_at),
		UUIDPGetDatum(&a->id), TimestampTzGetDatum(qb_now()), TimestampTzGetDatum(a->ends_at)
	};
	bool		found;

	run(store, Q_SESSION_OF, values, NULL);
	found = SPI_processed > 0;
	if (found)
	{
		*session = uuid_column(0, 1);
		*taken = DatumGetInt32(not_null(0, 2));
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_require_known_session(QbStore *store, const pg_uuid_t *session)
{
	Datum		values[] = {UUIDPGetDatum(session)};
	MemoryContext context = CurrentMemoryContext;

	if (!IsolationUsesXactSnapshot())
		return;
	if (SPI_execute_snapshot(get_plan(Q_KNOWN_SESSION), values, NULL, GetTransactionSnapshot(), InvalidSnapshot,
							 true, false, 1) < 0)
		elog(ERROR, "looking for a session failed");
	MemoryContextSwitchTo(context);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a concurrent booking"),
				 errdetail("The group session was opened after the transaction began."),
				 errhint("The transaction might succeed if retried.")));
}

void
qb_store_insert_session(QbStore *store, const pg_uuid_t *id, const QbAppointment *a)
{
	Datum		values[] = {
		UUIDPGetDatum(id), a->values[QB_A_CLINIC_ID], a->values[QB_A_PROVIDER_ID], a->values[QB_A_SERVICE_ID],
		a->values[QB_A_STARTS_AT], a->values[QB_A_ENDS_AT]
	};

	run(store, Q_INSERT_SESSION, values, NULL);
}

int
qb_store_free_seat(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *except)
{
	Datum		values[] = {UUIDPGetDatum(session), UUIDPGetDatum(except)};
	int			seat;

	run(store, Q_FREE_SEAT, values, NULL);
	seat = DatumGetInt32(not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return seat;
}

void
qb_store_refresh_session(QbStore *store, const pg_uuid_t *session)
{
	Datum		values[] = {UUIDPGetDatum(session)};

	run(store, Q_END_SESSION, values, NULL);
	run(store, Q_SESSION_EXPIRY, values, NULL);
}

/* ----------
 * Who serves
 * ----------
 */

static int
read_resources(QbStore *store, StatementId statement, const pg_uuid_t *id, QbResource **resources)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	int			n;

	run(store, statement, values, NULL);
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

int
qb_store_resources(QbStore *store, const pg_uuid_t *appointment, QbResource **resources)
{
	return read_resources(store, Q_RESOURCES, appointment, resources);
}

int
qb_store_session_resources(QbStore *store, const pg_uuid_t *session, QbResource **resources)
{
	return read_resources(store, Q_SESSION_RESOURCES, session, resources);
}

void
qb_store_insert_resource(QbStore *store, const QbAppointment *appointment, const char *role,
						 const pg_uuid_t *provider)
{
	Datum		values[] = {UUIDPGetDatum(&appointment->id), CStringGetTextDatum(role),
	UUIDPGetDatum(provider), UUIDPGetDatum(&appointment->clinic_id)};

	run(store, Q_INSERT_RESOURCE, values, NULL);
}

void
qb_store_delete_resources(QbStore *store, const pg_uuid_t *appointment)
{
	Datum		values[] = {UUIDPGetDatum(appointment)};

	run(store, Q_DELETE_RESOURCES, values, NULL);
}

const QbNewAllocation *
qb_store_insert_allocations(QbStore *store, const QbAppointment *appointment,
							const QbNewAllocation *allocations, int n)
{
	pg_uuid_t  *calendars = palloc(sizeof(pg_uuid_t) * n);
	bool	   *of_patient = palloc(sizeof(bool) * n);
	bool	   *of_provider = palloc(sizeof(bool) * n);
	Datum	   *lanes = palloc(sizeof(Datum) * n);
	TimestampTz *starts = palloc(sizeof(TimestampTz) * n);
	TimestampTz *ends = palloc(sizeof(TimestampTz) * n);
	Datum		values[9];
	char		nulls[] = {
		' ', ' ', null_flag(appointment->nulls[QB_A_EXPIRES_AT]), ' ', ' ', ' ', ' ', ' ',
		null_flag(!appointment->has_session)
	};

	for (int i = 0; i < n; i++)
	{
		calendars[i] = allocations[i].calendar_id;
		of_patient[i] = allocations[i].of_patient;
		of_provider[i] = !allocations[i].of_patient;
		lanes[i] = Int16GetDatum((int16) allocations[i].lane);
		starts[i] = allocations[i].start;
		ends[i] = allocations[i].end;
	}
	values[0] = UUIDPGetDatum(&appointment->clinic_id);
	values[1] = UUIDPGetDatum(&appointment->id);
	values[2] = appointment->values[QB_A_EXPIRES_AT];
	/* whose calendar it is not is null */
	values[3] = uuid_array(calendars, of_patient, n);
	values[4] = uuid_array(calendars, of_provider, n);
	values[5] = PointerGetDatum(construct_array(lanes, n, INT2OID, sizeof(int16), true, TYPALIGN_SHORT));
	values[6] = time_array(starts, n);
	values[7] = time_array(ends, n);
	values[8] = UUIDPGetDatum(&appointment->session_id);
	run(store, Q_INSERT_ALLOCATIONS, values, nulls);

	/* those that were not refused come back, in order */
	for (int i = 0; i < n; i++)
	{
		pg_uuid_t	written;

		if (i < SPI_processed)
			written = uuid_column(i, 1);
		if (i >= SPI_processed || !qb_uuid_equal(&written, &allocations[i].calendar_id))
			return &allocations[i];
	}
	SPI_freetuptable(SPI_tuptable);
	return NULL;
}

bool
qb_store_has_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	run(store, Q_HAS_ALLOCATIONS, values, NULL);
	return SPI_processed > 0;
}

void
qb_store_keep_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	run(store, Q_KEEP_ALLOCATIONS, values, NULL);
}

void
qb_store_delete_allocations(QbStore *store, const pg_uuid_t *owner)
{
	Datum		values[] = {UUIDPGetDatum(owner)};

	run(store, Q_DELETE_ALLOCATIONS, values, NULL);
}

void
qb_store_delete_allocation(QbStore *store, const pg_uuid_t *owner, const pg_uuid_t *calendar)
{
	Datum		values[] = {UUIDPGetDatum(owner), UUIDPGetDatum(calendar)};

	run(store, Q_DELETE_ALLOCATION, values, NULL);
}

void
qb_store_cut_allocations(QbStore *store, const pg_uuid_t *owner, TimestampTz instant)
{
	Datum		values[] = {UUIDPGetDatum(owner), TimestampTzGetDatum(instant)};

	run(store, Q_DELETE_ALLOCATIONS_FROM, values, NULL);
	run(store, Q_CUT_ALLOCATIONS, values, NULL);
}

void
qb_store_set_lane(QbStore *store, const pg_uuid_t *owner, const pg_uuid_t *calendar, int lane)
{
	Datum		values[] = {UUIDPGetDatum(owner), UUIDPGetDatum(calendar), Int16GetDatum((int16) lane)};

	run(store, Q_SET_LANE, values, NULL);
}

void
qb_store_insert_event(QbStore *store, const pg_uuid_t *id, const char *type,
					  const QbAppointment *appointment, TimestampTz occurred_at, Datum data)
{
	Datum		values[] = {UUIDPGetDatum(id), UUIDPGetDatum(&appointment->clinic_id),
		CStringGetTextDatum(type), UUIDPGetDatum(&appointment->id),
	TimestampTzGetDatum(occurred_at), data};

	run(store, Q_INSERT_EVENT, values, NULL);
}

/* ----------
 * The event log
 * ----------
 */

int
qb_store_number_events(QbStore *store, int max, QbEventName **events)
{
	Datum		values[] = {Int32GetDatum(max)};
	int			n;

	run(store, Q_NUMBER_EVENTS, values, NULL);
	n = (int) SPI_processed;
	*events = palloc(sizeof(QbEventName) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*events)[row] = (QbEventName) {
			uuid_column(row, 1), text_column(row, 2), uuid_column(row, 3), uuid_column(row, 4)
		};
	SPI_freetuptable(SPI_tuptable);
	return n;
}

int64
qb_store_last_position(QbStore *store)
{
	int64		position;

	run(store, Q_LAST_POSITION, NULL, NULL);
	position = DatumGetInt64(not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return position;
}

void
qb_store_events_after(QbStore *store, int64 position, int max, Tuplestorestate *result)
{
	Datum		values[] = {Int64GetDatum(position), Int32GetDatum(max)};

	run(store, Q_EVENTS_AFTER, values, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
		tuplestore_puttuple(result, SPI_tuptable->vals[row]);
	SPI_freetuptable(SPI_tuptable);
}

int64
qb_store_purge_events(QbStore *store, TimestampTz before, bool force)
{
	Datum		values[] = {TimestampTzGetDatum(before), BoolGetDatum(force)};

	run(store, Q_PURGE_EVENTS, values, NULL);
	return (int64) SPI_processed;
}

int
qb_store_consumers(QbStore *store, const char *name, QbConsumer **consumers)
{
	Datum		values[] = {name ? CStringGetTextDatum(name) : (Datum) 0, TimestampTzGetDatum(qb_now())};
	char		nulls[] = {null_flag(name == NULL), ' '};
	int			n;

	run(store, Q_CONSUMERS, values, nulls);
	n = (int) SPI_processed;
	*consumers = palloc(sizeof(QbConsumer) * Max(n, 1));
	for (int row = 0; row < n; row++)
		heap_deform_tuple(heap_copytuple(SPI_tuptable->vals[row]), SPI_tuptable->tupdesc,
						  (*consumers)[row].values, (*consumers)[row].nulls);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

bool
qb_store_consumer_position(QbStore *store, const char *name, int64 *position)
{
	Datum		values[] = {CStringGetTextDatum(name)};
	bool		found;

	run(store, Q_CONSUMER_POSITION, values, NULL);
	found = SPI_processed > 0;
	if (found)
		*position = DatumGetInt64(not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_set_consumer_position(QbStore *store, const char *name, int64 position)
{
	Datum		values[] = {CStringGetTextDatum(name), Int64GetDatum(position), TimestampTzGetDatum(qb_now())};

	run(store, Q_SET_CONSUMER_POSITION, values, NULL);
}

void
qb_store_insert_consumer(QbStore *store, const char *name, int64 position)
{
	Datum		values[] = {CStringGetTextDatum(name), Int64GetDatum(position), TimestampTzGetDatum(qb_now())};

	run(store, Q_INSERT_CONSUMER, values, NULL);
}

bool
qb_store_delete_consumer(QbStore *store, const char *name)
{
	Datum		values[] = {CStringGetTextDatum(name)};

	run(store, Q_DELETE_CONSUMER, values, NULL);
	return SPI_processed > 0;
}

/* ----------
 * Messages
 * ----------
 */

static char *
text_or_null(uint64 row, int number)
{
	bool		isnull;
	Datum		value = column(row, number, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static void
read_message(uint64 row, QbMessage *m)
{
	m->rule_id = uuid_column(row, 1);
	m->appointment_id = uuid_column(row, 2);
	m->clinic_id = uuid_column(row, 3);
	m->key = text_column(row, 4);
	m->sequence = DatumGetInt32(not_null(row, 5));
	m->channel = text_column(row, 6);
	m->subject = text_or_null(row, 7);
	m->body = text_column(row, 8);
	m->patient_name = text_column(row, 9);
	m->email = text_or_null(row, 10);
	m->phone = text_or_null(row, 11);
	m->locale = text_or_null(row, 12);
	m->zone = text_column(row, 13);
	m->clinic_name = text_column(row, 14);
	m->service_name = text_column(row, 15);
	m->provider_name = text_column(row, 16);
	m->starts_at = DatumGetTimestampTz(not_null(row, 17));
	m->ends_at = DatumGetTimestampTz(not_null(row, 18));
	m->status = text_column(row, 19);
	m->cancel_reason = text_or_null(row, 20);
}

/* Append the messages in the rows. */
static int
read_messages(QbMessage **messages, int n)
{
	int			more = (int) SPI_processed;

	*messages = *messages == NULL ? palloc(sizeof(QbMessage) * Max(n + more, 1))
		: repalloc(*messages, sizeof(QbMessage) * Max(n + more, 1));
	for (int row = 0; row < more; row++)
		read_message(row, &(*messages)[n + row]);
	SPI_freetuptable(SPI_tuptable);
	return n + more;
}

int
qb_store_due_messages(QbStore *store, int max, QbMessage **messages)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now()), Int32GetDatum(max)};
	int			n;

	*messages = NULL;
	run(store, Q_DUE_REMINDERS, values, NULL);
	n = read_messages(messages, 0);

	/* then word of what happened since the last time */
	run(store, Q_MARK_MESSAGES, &values[1], NULL);
	if (SPI_processed > 0)
	{
		Datum		range[] = {not_null(0, 1), not_null(0, 2), TimestampTzGetDatum(qb_now())};

		SPI_freetuptable(SPI_tuptable);
		run(store, Q_EVENT_MESSAGES, range, NULL);
		n = read_messages(messages, n);
	}
	return n;
}

static Datum
text_datum(const char *text)
{
	return text ? CStringGetTextDatum(text) : (Datum) 0;
}

void
qb_store_insert_notification(QbStore *store, const pg_uuid_t *id, const QbMessage *m, const char *recipient,
							 const char *subject, const char *body, const char *reason)
{
	Datum		values[] = {
		UUIDPGetDatum(id), UUIDPGetDatum(&m->clinic_id), CStringGetTextDatum(m->key), UUIDPGetDatum(&m->rule_id),
		UUIDPGetDatum(&m->appointment_id), Int32GetDatum(m->sequence), CStringGetTextDatum(m->channel),
		text_datum(recipient), text_datum(subject), CStringGetTextDatum(body), text_datum(reason),
		TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {
		' ', ' ', ' ', ' ', ' ', ' ', ' ', null_flag(recipient == NULL), null_flag(subject == NULL), ' ',
		null_flag(reason == NULL), ' '
	};

	run(store, Q_INSERT_NOTIFICATION, values, nulls);
}

void
qb_store_skip_stale_notifications(QbStore *store, const char *channel)
{
	Datum		values[] = {CStringGetTextDatum(channel), TimestampTzGetDatum(qb_now())};

	run(store, Q_SKIP_STALE, values, NULL);
}

void
qb_store_claim_notifications(QbStore *store, const char *channel, int max, TimestampTz lease_until,
							 Tuplestorestate *result)
{
	Datum		values[] = {
		CStringGetTextDatum(channel), Int32GetDatum(max), TimestampTzGetDatum(qb_now()), TimestampTzGetDatum(lease_until)
	};

	run(store, Q_CLAIM, values, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
		tuplestore_puttuple(result, SPI_tuptable->vals[row]);
	SPI_freetuptable(SPI_tuptable);
}

bool
qb_store_notification(QbStore *store, const pg_uuid_t *id, char **status, int *attempts)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	run(store, Q_NOTIFICATION, values, NULL);
	found = SPI_processed > 0;
	if (found)
	{
		*status = text_column(0, 1);
		*attempts = DatumGetInt32(not_null(0, 2));
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_finish_notification(QbStore *store, const pg_uuid_t *id, const char *status, const char *reason)
{
	Datum		values[] = {
		UUIDPGetDatum(id), CStringGetTextDatum(status), text_datum(reason), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', ' ', null_flag(reason == NULL), ' '};

	run(store, Q_FINISH_NOTIFICATION, values, nulls);
}

void
qb_store_postpone_notification(QbStore *store, const pg_uuid_t *id, TimestampTz due_at, const char *reason)
{
	Datum		values[] = {UUIDPGetDatum(id), TimestampTzGetDatum(due_at), text_datum(reason)};
	char		nulls[] = {' ', ' ', null_flag(reason == NULL)};

	run(store, Q_POSTPONE_NOTIFICATION, values, nulls);
}

int64
qb_store_retry_dead(QbStore *store, const char *channel)
{
	Datum		values[] = {text_datum(channel), TimestampTzGetDatum(qb_now())};
	char		nulls[] = {null_flag(channel == NULL), ' '};

	run(store, Q_RETRY_DEAD, values, nulls);
	return (int64) SPI_processed;
}
