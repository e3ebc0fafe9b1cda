/*
 * statements.c
 *		The SQL: the only file with SQL text.
 *
 * Statements are prepared on first use and kept for the life of the backend.
 * They name everything by schema; the functions that lead here are declared
 * with SET search_path = pg_catalog, pg_temp, so that operators are core's.
 */
#include "postgres.h"

#include "store/statements.h"

#include "access/xact.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "base/errors.h"

#define APPOINTMENT_COLUMNS \
	"id, clinic_id, patient_id, service_id, provider_id, session_id, seat, status, starts_at, ends_at," \
	" expires_at, version, sequence, idempotency_key, notes, details, created_at, updated_at," \
	" cancel_reason, cancelled_by, late, hold_token"

/* Appointment a has a seat that counts for a patient, another appointment left out. */
#define SEAT_COUNTS(patient, except, now) \
	"a.status IN " QB_LIVE_STATUSES_SQL " AND a.id IS DISTINCT FROM " except \
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

/* Take messages to be sent and count them all: $2 of channel $1 that are due at $3, until $4. */
#define CLAIM(match) \
	"WITH due AS MATERIALIZED (SELECT id" \
	" FROM quickbook.notification WHERE channel = $1 AND status = 'queued' AND " match " AND due_at <= $3" \
	" AND (lease_until IS NULL OR lease_until <= $3) ORDER BY due_at, id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)," \
	" claimed AS (UPDATE quickbook.notification n SET attempts = n.attempts + 1, lease_until = $4 FROM due" \
	" WHERE n.id = due.id RETURNING n.id, n.clinic_id, n.channel, n.recipient, n.subject, n.body, n.appointment_id," \
	" n.attempts, n.lease_until, n.purpose, n.account_id)" \
	" SELECT c.*, d.n FROM (SELECT count(*) AS n FROM due) AS d LEFT JOIN claimed AS c ON true"

#define LIST(match) \
	"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment a WHERE " match \
	" AND a.starts_at >= $1 AND a.starts_at < $2" \
	" AND ($3 IS NULL OR EXISTS (SELECT FROM quickbook.appointment_resource r" \
	" WHERE r.appointment_id = a.id AND r.provider_id = $3))" \
	" AND ($4 IS NULL OR a.patient_id = $4) AND ($5 IS NULL OR a.status = $5)" \
	" AND ($6 IS NULL OR a.clinic_id = $6) ORDER BY a.starts_at, a.id"

/* The columns of the type account_info, then what the code looks at besides. */
#define ACCOUNT_COLUMNS \
	"a.id, a.clinic_id, a.email, a.role, a.patient_id, a.provider_id, a.disabled, a.email_verified_at, a.locked_until," \
	" a.created_at, a.last_sign_in_at, a.password_hash, a.failures, a.valid_after"

#define APPOINTMENT_TYPES "uuuuuuitzzziittjzzttbt"
#define ACCOUNT_TYPES "uuttuubzzzztiz"
#define MESSAGE_TYPES "uuutittttttttttt" "zztt"

/* Who signed up with an address, and did not prove it. */
#define SIGN_UPS \
	"a.clinic_id = $1 AND lower(a.email) = lower($2) AND a.email_verified_at IS NULL AND a.profile IS NOT NULL" \
	" AND NOT a.disabled"

typedef struct Statement
{
	const char *sql;
	int			nargs;
	Oid			types[17];
	/* of the columns that it gives, a letter each (see type_of_letter()); NULL: it gives none */
	const char *result;
	/* the table in which it must write a row; NULL: there may be none to write */
	const char *writes;
} Statement;

static const Statement statements[Q_NSTATEMENTS] = {
	[Q_TEAM] = {
		"SELECT sp.role, p.id, sp.duration, sp.priority, p.name, p.time_zone, p.capacity, p.open_always, p.active"
		" FROM quickbook.service_provider sp JOIN quickbook.provider p ON p.id = sp.provider_id"
		" WHERE sp.service_id = $1",
		1, {UUIDOID}, "tuvittibb"
	},
	[Q_NOT_COUNTING] = {
		"SELECT id FROM quickbook.appointment WHERE id = ANY ($1) AND patient_id = $2 AND status = 'held'"
		" UNION ALL"
		" SELECT s.id FROM quickbook.session s WHERE s.id = ANY ($1) AND NOT EXISTS (SELECT"
		" FROM quickbook.appointment a WHERE a.session_id = s.id AND " SEAT_COUNTS("$2", "$3", "$4") ")",
		4, {UUIDARRAYOID, UUIDOID, UUIDOID, TIMESTAMPTZOID}, "u"
	},
	[Q_SESSIONS] = {
		"SELECT s.id, s.provider_id, s.starts_at, s.ends_at, (SELECT count(*)::int4 FROM quickbook.appointment a"
		" WHERE a.session_id = s.id AND " SEAT_COUNTS("$5", "$6", "$7") "),"
		" (SELECT count(*)::int4 FROM quickbook.allocation l WHERE l.owner_id = s.id)"
		" FROM quickbook.session s WHERE s.service_id = $1 AND s.provider_id = ANY ($2)"
		" AND s.starts_at >= $3 AND s.starts_at < $4",
		7, {UUIDOID, UUIDARRAYOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TIMESTAMPTZOID}, "uuzzii"
	},
	[Q_LIMITS] = {
		"SELECT id, service_id, provider_id, per_patient, period, max_count, max_time FROM quickbook.booking_limit"
		" WHERE clinic_id = $1 AND (service_id IS NULL OR service_id = $2) ORDER BY id",
		2, {UUIDOID, UUIDOID}, "uuubtiv"
	},
	[Q_LIMIT_USE] = {
		LIMIT_USE("a.clinic_id = $1"),
		9, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID}, "ll"
	},
	[Q_LIMIT_USE_OF_PROVIDER] = {
		LIMIT_USE("a.provider_id = $1 AND ($10 IS NULL OR a.patient_id = $10)"),
		10, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID,
			UUIDOID}, "ll"
	},
	[Q_LIMIT_USE_OF_PATIENT] = {
		LIMIT_USE("a.patient_id = $1"),
		9, {UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, UUIDOID}, "ll"
	},
	[Q_OWN_HOLDS] = {
		"SELECT h.id, h.service_id, h.provider_id, h.starts_at, h.ends_at, EXISTS (SELECT FROM quickbook.appointment a"
		" WHERE a.session_id = h.session_id AND " SEAT_COUNTS("$1", "$3", "$2") ")"
		" FROM quickbook.appointment h"
		" WHERE h.patient_id = $1 AND h.status = 'held' AND h.expires_at > $2 AND h.id IS DISTINCT FROM $3",
		3, {UUIDOID, TIMESTAMPTZOID, UUIDOID}, "uuuzzb"
	},
	[Q_ANONYMOUS_HOLDS] = {
		"SELECT count(*)::int4, (count(*) FILTER (WHERE service_id = $2))::int4 FROM quickbook.appointment"
		" WHERE status = 'held' AND expires_at > $3 AND patient_id IS NULL AND clinic_id = $1",
		3, {UUIDOID, UUIDOID, TIMESTAMPTZOID}, "ii"
	},
	[Q_LIMIT_SHRINKS] = {
		"SELECT l.period FROM quickbook.booking_limit l JOIN quickbook.booking_limit s ON s.clinic_id = l.clinic_id"
		" AND s.service_id IS NOT DISTINCT FROM l.service_id AND s.provider_id IS NOT DISTINCT FROM l.provider_id"
		" AND s.per_patient = l.per_patient AND (s.max_count > l.max_count OR s.max_time > l.max_time)"
		" AND array_position(ARRAY['day', 'week', 'month', 'year'], s.period)"
		" < array_position(ARRAY['day', 'week', 'month', 'year'], l.period)"
		" WHERE $1 IN (l.id, s.id) LIMIT 1",
		1, {UUIDOID}, "t"
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
		4, {UUIDARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZOID}, "il"
	},
	[Q_CLINICS] = {"SELECT ARRAY(SELECT id FROM quickbook.clinic WHERE $1 IS NULL OR id = $1)", 1, {UUIDOID}, "U"},
	[Q_CLINIC_OF_PATIENT] = {"SELECT clinic_id FROM quickbook.patient WHERE id = $1", 1, {UUIDOID}, "u"},
	[Q_CLINIC_OF_SERVICE] = {"SELECT clinic_id FROM quickbook.service WHERE id = $1", 1, {UUIDOID}, "u"},
	[Q_CLINIC_OF_PROVIDER] = {"SELECT clinic_id FROM quickbook.provider WHERE id = $1", 1, {UUIDOID}, "u"},
	[Q_APPOINTMENT] = {
		"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment WHERE id = $1",
		1, {UUIDOID}, APPOINTMENT_TYPES
	},
	[Q_APPOINTMENT_LOCKED] = {
		"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment WHERE id = $1 FOR NO KEY UPDATE",
		1, {UUIDOID}, APPOINTMENT_TYPES
	},
	[Q_APPOINTMENT_BY_KEY] = {
		/* the caller's, else one of 0.1.0, which is of no scope */
		"SELECT " APPOINTMENT_COLUMNS ", request_hash = $3, idempotency_scope = '' FROM quickbook.appointment"
		" WHERE clinic_id = $1 AND idempotency_key = $2 AND idempotency_scope IN ($4, '')"
		" ORDER BY idempotency_scope = '' LIMIT 1",
		4, {UUIDOID, TEXTOID, BYTEAOID, TEXTOID}, APPOINTMENT_TYPES "bb"
	},
	[Q_APPOINTMENTS] = {
		/* by clinic, because that is the index */
		LIST("a.clinic_id IN (SELECT id FROM quickbook.clinic WHERE $6 IS NULL OR id = $6)"),
		6, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID, UUIDOID}, APPOINTMENT_TYPES
	},
	[Q_APPOINTMENTS_OF_PROVIDER] = {
		LIST("a.id IN (SELECT appointment_id FROM quickbook.appointment_resource WHERE provider_id = $3)"),
		6, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID, UUIDOID}, APPOINTMENT_TYPES
	},
	[Q_APPOINTMENTS_OF_PATIENT] = {
		LIST("a.patient_id = $4"),
		6, {TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID, UUIDOID, TEXTOID, UUIDOID}, APPOINTMENT_TYPES
	},
	[Q_COMING] = {
		"SELECT " APPOINTMENT_COLUMNS " FROM quickbook.appointment a WHERE a.id IN (SELECT appointment_id"
		" FROM quickbook.appointment_resource WHERE provider_id = $1) AND a.starts_at > $2"
		" AND (a.status IN ('pending', 'booked') OR (a.status = 'held' AND a.expires_at > $2))"
		" ORDER BY a.starts_at, a.id",
		2, {UUIDOID, TIMESTAMPTZOID}, APPOINTMENT_TYPES
	},
	[Q_NAMED_SERVICES] = {
		"SELECT n.id, c.id, c.week_start FROM quickbook.provider p JOIN quickbook.clinic c ON c.id = p.clinic_id,"
		" LATERAL (SELECT '00000000-0000-0000-0000-000000000000'::uuid AS id"
		" UNION SELECT service_id FROM quickbook.working_hours WHERE provider_id = $1 AND service_id IS NOT NULL"
		" UNION SELECT service_id FROM quickbook.date_override WHERE provider_id = $1 AND service_id IS NOT NULL) AS n"
		" WHERE p.id = $1 ORDER BY n.id",
		1, {UUIDOID}, "uus"
	},
	[Q_PENDING] = {
		"SELECT id FROM quickbook.appointment WHERE id = ANY ($1) AND status = 'pending'",
		1, {UUIDARRAYOID}, "u"
	},
	[Q_DUE_HOLDS] = {
		"SELECT id FROM quickbook.appointment WHERE status = 'held' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
		2, {TIMESTAMPTZOID, INT4OID}, "u"
	},
	[Q_SESSION_HOLDS] = {
		"SELECT id FROM quickbook.appointment WHERE session_id = $1 AND status = 'held'"
		" AND (expires_at <= $2 OR patient_id = $3) AND id IS DISTINCT FROM $4 ORDER BY id",
		4, {UUIDOID, TIMESTAMPTZOID, UUIDOID, UUIDOID}, "u"
	},
	[Q_SESSION_OF] = {
		"SELECT s.id, t.taken FROM quickbook.session s, LATERAL (SELECT count(*)::int4 AS taken"
		" FROM quickbook.appointment a WHERE a.session_id = s.id AND " SEAT_COUNTS("$7", "$4", "$5") ") AS t"
		" WHERE s.service_id = $1 AND s.provider_id = $2 AND s.starts_at = $3 AND s.ends_at = $6 AND t.taken > 0"
		" ORDER BY t.taken, s.id LIMIT 1",
		7, {UUIDOID, UUIDOID, TIMESTAMPTZOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDOID}, "ui"
	},
	[Q_LOCK_SESSION] = {"SELECT FROM quickbook.session WHERE id = $1 FOR NO KEY UPDATE", 1, {UUIDOID}, ""},
	[Q_KNOWN_SESSION] = {"SELECT FROM quickbook.session WHERE id = $1", 1, {UUIDOID}, ""},
	[Q_FREE_SEAT] = {
		"SELECT min(seat)::int4 FROM generate_series(1, 10001) AS seat WHERE NOT EXISTS (SELECT"
		" FROM quickbook.appointment a WHERE a.session_id = $1 AND a.seat = seat.seat AND a.status IN " QB_LIVE_STATUSES_SQL
		" AND a.id IS DISTINCT FROM $2)",
		2, {UUIDOID, UUIDOID}, "i"
	},
	[Q_SESSION_RESOURCES] = {
		"SELECT r.role, r.provider_id FROM quickbook.appointment_resource r WHERE r.appointment_id ="
		" (SELECT a.id FROM quickbook.appointment a WHERE a.session_id = $1 AND a.status IN " QB_LIVE_STATUSES_SQL " LIMIT 1)"
		" ORDER BY r.role",
		1, {UUIDOID}, "tu"
	},
	[Q_END_SESSION] = {
		"DELETE FROM quickbook.allocation WHERE owner_id = $1 AND NOT EXISTS (SELECT FROM quickbook.appointment a"
		" WHERE a.session_id = $1 AND a.status IN " QB_LIVE_STATUSES_SQL ")",
		1, {UUIDOID}
	},
	[Q_SESSION_EXPIRY] = {
		"UPDATE quickbook.allocation l SET expires_at = s.expires_at"
		" FROM (SELECT CASE WHEN bool_and(a.status = 'held') THEN max(a.expires_at) END AS expires_at"
		" FROM quickbook.appointment a WHERE a.session_id = $1 AND a.status IN " QB_LIVE_STATUSES_SQL ") AS s"
		" WHERE l.owner_id = $1 AND l.expires_at IS DISTINCT FROM s.expires_at",
		1, {UUIDOID}
	},
	[Q_UPDATE_APPOINTMENT] = {
		"UPDATE quickbook.appointment SET patient_id = $2, provider_id = $3, session_id = $4, seat = $5, status = $6,"
		" starts_at = $7, ends_at = $8, expires_at = $9, sequence = $10, notes = $11, details = $12, updated_at = $13,"
		" cancel_reason = $14, cancelled_by = $15, late = $16, hold_token = $17,"
		" version = version + 1 WHERE id = $1 RETURNING " APPOINTMENT_COLUMNS,
		17, {UUIDOID, UUIDOID, UUIDOID, UUIDOID, INT4OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
			INT4OID, TEXTOID, JSONBOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, BOOLOID, TEXTOID}, APPOINTMENT_TYPES, "appointment"
	},
	[Q_UNSEAT] = {
		"UPDATE quickbook.appointment SET session_id = NULL, seat = NULL"
		" WHERE id = $1",
		1, {UUIDOID}, NULL, "appointment"
	},
	[Q_RESOURCES] = {
		"SELECT role, provider_id FROM quickbook.appointment_resource WHERE appointment_id = $1 ORDER BY role",
		1, {UUIDOID}, "tu"
	},
	[Q_DELETE_RESOURCES] = {
		"DELETE FROM quickbook.appointment_resource WHERE appointment_id = $1",
		1, {UUIDOID}
	},
	[Q_HAS_ALLOCATIONS] = {
		"SELECT FROM quickbook.allocation WHERE owner_id = $1 LIMIT 1",
		1, {UUIDOID}, ""
	},
	[Q_KEEP_ALLOCATIONS] = {
		"UPDATE quickbook.allocation SET expires_at = NULL WHERE owner_id = $1",
		1, {UUIDOID}
	},
	[Q_DELETE_ALLOCATIONS] = {
		"DELETE FROM quickbook.allocation WHERE owner_id = $1",
		1, {UUIDOID}
	},
	/* rows that somebody has locked are left for the next time: who purges holds no calendar, and must not wait */
	[Q_RELEASE_SEATS] = {
		"WITH due AS (SELECT a.id FROM quickbook.appointment a WHERE a.ends_at <= $2 AND a.seated_session_id IN"
		" (SELECT session_id FROM quickbook.allocation WHERE session_id IS NOT NULL AND ends_at < $1)"
		" FOR NO KEY UPDATE SKIP LOCKED)"
		" UPDATE quickbook.appointment a SET seated_session_id = NULL, seat_released_at = $2 FROM due WHERE a.id = due.id",
		2, {TIMESTAMPTZOID, TIMESTAMPTZOID}
	},
	[Q_PURGE_ALLOCATIONS] = {
		"WITH due AS (SELECT l.owner_id, l.calendar_id, l.clinic_id FROM quickbook.allocation l WHERE l.ends_at < $1"
		" AND (l.session_id IS NULL OR NOT EXISTS (SELECT FROM quickbook.appointment a"
		" WHERE a.seated_session_id = l.session_id)) FOR UPDATE SKIP LOCKED)"
		" DELETE FROM quickbook.allocation l USING due WHERE (l.owner_id, l.calendar_id, l.clinic_id)"
		" = (due.owner_id, due.calendar_id, due.clinic_id)",
		1, {TIMESTAMPTZOID}
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
	[Q_NUMBER_EVENTS] = {
		"WITH due AS (SELECT ctid AS place_in_table, row_number() OVER (ORDER BY seq) AS place FROM quickbook.event"
		" WHERE position IS NULL AND seq >= $2 ORDER BY seq LIMIT $1),"
		" counter AS (UPDATE quickbook.event_counter SET last_position = last_position + (SELECT count(*) FROM due)"
		" WHERE EXISTS (SELECT FROM due) RETURNING last_position - (SELECT count(*) FROM due) AS base),"
		" numbered AS (UPDATE quickbook.event e SET position = counter.base + due.place FROM due, counter"
		" WHERE e.ctid = due.place_in_table RETURNING e.id, e.type, e.subject, e.clinic_id, e.seq)"
		" SELECT n.*, d.n FROM (SELECT count(*) AS n FROM due) AS d LEFT JOIN numbered AS n ON true",
		2, {INT4OID, INT8OID}, "utuull"
	},
	[Q_LAST_POSITION] = {"SELECT coalesce(max(last_position), 0) FROM quickbook.event_counter", .result = "l"},
	[Q_EVENTS_AFTER] = {
		"SELECT id, type, subject, occurred_at, clinic_id, data, position FROM quickbook.event"
		" WHERE position > $1 ORDER BY position LIMIT $2",
		2, {INT8OID, INT4OID}, "utuzujl"
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
		2, {TIMESTAMPTZOID, INT4OID}, MESSAGE_TYPES
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
		3, {INT8OID, INT8OID, TIMESTAMPTZOID}, MESSAGE_TYPES
	},
	[Q_MARK_MESSAGES] = {
		"WITH marked AS (UPDATE quickbook.event_counter c"
		" SET messages_position = least(o.messages_position + $1, o.last_position)"
		" FROM quickbook.event_counter o WHERE o.only_row = c.only_row AND o.messages_position < o.last_position"
		" RETURNING o.messages_position AS after, c.messages_position AS up_to)"
		" SELECT m.*, d.n FROM (SELECT count(*) AS n FROM quickbook.event_counter"
		" WHERE messages_position < last_position) AS d LEFT JOIN marked AS m ON true",
		1, {INT4OID}, "lll"
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
		" AND n.channel = $1 AND n.status = 'queued' AND n.purpose IS NULL AND n.due_at <= $2 AND r.occasion = 'before_start'"
		" AND (a.status <> 'booked' OR a.sequence <> n.sequence OR a.starts_at <= $2)",
		2, {TEXTOID, TIMESTAMPTZOID}
	},
	[Q_CLAIM] = {CLAIM("purpose IS NULL"), 4, {TEXTOID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID}, "uuttttuiztul"},
	[Q_CLAIM_OF_ACCOUNTS] = {
		CLAIM("purpose IS NOT NULL"),
		4, {TEXTOID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID}, "uuttttuiztul"
	},
	/* the two indexes of accounts by address are one for each of the conditions */
	[Q_SKIP_FOR_NOBODY] = {
		"WITH due AS MATERIALIZED (SELECT id FROM quickbook.notification n WHERE channel = $1 AND status = 'queued'"
		" AND purpose IS NOT NULL AND purpose = 'password_reset' AND due_at <= $2"
		" AND (lease_until IS NULL OR lease_until <= $2) AND NOT EXISTS (SELECT FROM quickbook.account a"
		" WHERE a.clinic_id = n.clinic_id AND lower(a.email) = lower(n.recipient) AND a.email_verified_at IS NOT NULL)"
		" AND NOT EXISTS (SELECT FROM quickbook.account a"
		" WHERE a.clinic_id = n.clinic_id AND lower(a.email) = lower(n.recipient) AND a.email_verified_at IS NULL)"
		" LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)"
		" UPDATE quickbook.notification n SET status = 'skipped', reason = $4, finished_at = $2 FROM due"
		" WHERE n.id = due.id",
		4, {TEXTOID, TIMESTAMPTZOID, INT4OID, TEXTOID}
	},
	[Q_WAITING_MAILS] = {
		"SELECT count(*)::int4 FROM (SELECT FROM quickbook.notification WHERE clinic_id = $1 AND purpose = $2"
		" AND purpose IS NOT NULL AND status = 'queued' LIMIT $3) AS waiting",
		3, {UUIDOID, TEXTOID, INT4OID}, "i"
	},
	[Q_NOTIFICATION] = {
		"SELECT status, attempts FROM quickbook.notification WHERE id = $1 FOR NO KEY UPDATE",
		1, {UUIDOID}, "ti"
	},
	[Q_FINISH_NOTIFICATION] = {
		"UPDATE quickbook.notification SET status = $2, reason = $3, finished_at = $4, lease_until = NULL WHERE id = $1",
		4, {UUIDOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}, NULL, "notification"
	},
	[Q_POSTPONE_NOTIFICATION] = {
		"UPDATE quickbook.notification SET due_at = $2, reason = $3, lease_until = NULL WHERE id = $1",
		3, {UUIDOID, TIMESTAMPTZOID, TEXTOID}, NULL, "notification"
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
		2, {TEXTOID, TIMESTAMPTZOID}, "tllfzz"
	},
	[Q_CONSUMER_POSITION] = {"SELECT position FROM quickbook.consumer WHERE name = $1", 1, {TEXTOID}, "l"},
	[Q_SET_CONSUMER_POSITION] = {
		"UPDATE quickbook.consumer SET position = $2, acked_at = $3 WHERE name = $1",
		3, {TEXTOID, INT8OID, TIMESTAMPTZOID}, NULL, "consumer"
	},
	[Q_INSERT_CONSUMER] = {
		"INSERT INTO quickbook.consumer (name, position, created_at) VALUES ($1, $2, $3)",
		3, {TEXTOID, INT8OID, TIMESTAMPTZOID}, NULL, "consumer"
	},
	[Q_DELETE_CONSUMER] = {"DELETE FROM quickbook.consumer WHERE name = $1", 1, {TEXTOID}},
	[Q_TEMPLATE] = {"SELECT subject, body FROM quickbook.message_template WHERE id = $1", 1, {UUIDOID}, "tt"},
	[Q_TEMPLATE_OCCASIONS] = {
		"SELECT DISTINCT occasion FROM quickbook.reminder_rule WHERE template_id = $1",
		1, {UUIDOID}, "t"
	},
	[Q_CLINIC_OF_ACCOUNT] = {"SELECT clinic_id FROM quickbook.account WHERE id = $1", 1, {UUIDOID}, "u"},
	[Q_SOME_CLINICS] = {"SELECT id FROM quickbook.clinic LIMIT $1", 1, {INT4OID}, "u"},
	[Q_CLINIC] = {"SELECT id FROM quickbook.clinic WHERE id = $1", 1, {UUIDOID}, "u"},
	/* as the CHECKs have them */
	[Q_CONTACT] = {
		"SELECT $1 ~ E'^[^@\\\\s[:cntrl:]]+@[^@\\\\s[:cntrl:]]+$' AND length($1) <= 254,"
		" coalesce($2 ~ E'^\\\\+[1-9][0-9]{1,14}$', true)",
		2, {TEXTOID, TEXTOID}, "bb"
	},
	[Q_LOWER] = {"SELECT lower($1)", 1, {TEXTOID}, "t"},
	[Q_ACCOUNT] = {"SELECT " ACCOUNT_COLUMNS " FROM quickbook.account a WHERE a.id = $1", 1, {UUIDOID}, ACCOUNT_TYPES},
	[Q_ACCOUNT_LOCKED] = {
		"SELECT " ACCOUNT_COLUMNS " FROM quickbook.account a WHERE a.id = $1 FOR NO KEY UPDATE",
		1, {UUIDOID}, ACCOUNT_TYPES
	},
	[Q_ACCOUNT_OF_ADDRESS] = {
		"SELECT " ACCOUNT_COLUMNS " FROM quickbook.account a WHERE a.clinic_id = $1 AND lower(a.email) = lower($2)"
		" AND a.email_verified_at IS NOT NULL",
		2, {UUIDOID, TEXTOID}, ACCOUNT_TYPES
	},
	/* that which can sign in, else an invitation, else the last sign-up */
	[Q_ACCOUNT_TO_RESET] = {
		"SELECT " ACCOUNT_COLUMNS " FROM (SELECT * FROM quickbook.account WHERE clinic_id = $1"
		" AND lower(email) = lower($2) AND email_verified_at IS NOT NULL UNION ALL SELECT * FROM quickbook.account"
		" WHERE clinic_id = $1 AND lower(email) = lower($2) AND email_verified_at IS NULL) AS a"
		" ORDER BY a.email_verified_at IS NULL, a.profile IS NOT NULL, a.created_at DESC, a.id DESC LIMIT 1",
		2, {UUIDOID, TEXTOID}, ACCOUNT_TYPES
	},
	/* of bcrypt the first 29 characters are version, cost and salt */
	[Q_SIGN_UP_SALTS] = {
		"SELECT DISTINCT left(a.password_hash, 29) FROM quickbook.account a WHERE " SIGN_UPS " LIMIT $3",
		3, {UUIDOID, TEXTOID, INT4OID}, "t"
	},
	[Q_SIGN_UP] = {
		"SELECT " ACCOUNT_COLUMNS " FROM quickbook.account a WHERE " SIGN_UPS " AND a.password_hash = $3"
		" ORDER BY a.created_at DESC, a.id DESC LIMIT 1 FOR NO KEY UPDATE",
		3, {UUIDOID, TEXTOID, TEXTOID}, ACCOUNT_TYPES
	},
	[Q_OTHER_SIGN_UP] = {
		"SELECT FROM quickbook.account a WHERE " SIGN_UPS " AND a.password_hash IS DISTINCT FROM $3 LIMIT 1",
		3, {UUIDOID, TEXTOID, TEXTOID}
	},
	[Q_FORGET_PROFILE] = {"UPDATE quickbook.account SET profile = '{}' WHERE id = $1", 1, {UUIDOID}, NULL, "account"},
	[Q_INSERT_SIGN_UP] = {
		"INSERT INTO quickbook.account (id, clinic_id, email, password_hash, profile, created_at) VALUES ($1, $2, $3, $4,"
		" jsonb_strip_nulls(jsonb_build_object('name', $5, 'phone', $6, 'time_zone', $7, 'locale', $8)), $9)",
		9, {UUIDOID, UUIDOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}, NULL, "account"
	},
	[Q_INSERT_ACCOUNT] = {
		"INSERT INTO quickbook.account AS a (id, clinic_id, email, password_hash, role, patient_id, provider_id,"
		" email_verified_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $4 IS NOT NULL THEN $8 END, $8)"
		" RETURNING " ACCOUNT_COLUMNS,
		8, {UUIDOID, UUIDOID, TEXTOID, TEXTOID, TEXTOID, UUIDOID, UUIDOID, TIMESTAMPTZOID}, ACCOUNT_TYPES, "account"
	},
	[Q_INSERT_PATIENT_OF_ACCOUNT] = {
		"INSERT INTO quickbook.patient (id, clinic_id, name, email, phone, time_zone, locale) SELECT $1, clinic_id,"
		" coalesce(profile->>'name', left(email, 200)), email, profile->>'phone', profile->>'time_zone', profile->>'locale'"
		" FROM quickbook.account WHERE id = $2",
		2, {UUIDOID, UUIDOID}, NULL, "patient"
	},
	[Q_VERIFY_ACCOUNT] = {
		"UPDATE quickbook.account SET email_verified_at = $2, patient_id = $3, profile = NULL,"
		" password_hash = coalesce($4, password_hash) WHERE id = $1",
		4, {UUIDOID, TIMESTAMPTZOID, UUIDOID, TEXTOID}, NULL, "account"
	},
	[Q_SET_PASSWORD] = {
		"UPDATE quickbook.account SET password_hash = $2, valid_after = $3, failures = 0, locked_until = NULL"
		" WHERE id = $1",
		3, {UUIDOID, TEXTOID, TIMESTAMPTZOID}, NULL, "account"
	},
	[Q_SET_ATTEMPT] = {
		"UPDATE quickbook.account SET failures = $2, locked_until = $3, last_sign_in_at = coalesce($4, last_sign_in_at),"
		" password_hash = coalesce($5, password_hash) WHERE id = $1",
		5, {UUIDOID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID}, NULL, "account"
	},
	[Q_DISABLE_ACCOUNT] = {
		"UPDATE quickbook.account a SET disabled = $2, valid_after = coalesce($3, valid_after), failures = 0,"
		" locked_until = NULL WHERE id = $1"
		" RETURNING " ACCOUNT_COLUMNS,
		3, {UUIDOID, BOOLOID, TIMESTAMPTZOID}, ACCOUNT_TYPES, "account"
	},
	[Q_INSERT_ACCOUNT_TOKEN] = {
		"INSERT INTO quickbook.account_token (token_hash, clinic_id, account_id, purpose, created_at, expires_at)"
		" VALUES ($1, $2, $3, $4, $5, $6)",
		6, {BYTEAOID, UUIDOID, UUIDOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}, NULL, "account_token"
	},
	[Q_ACCOUNT_TOKEN] = {
		"SELECT t.account_id, t.clinic_id, a.email FROM quickbook.account_token t JOIN quickbook.account a"
		" ON a.id = t.account_id WHERE t.token_hash = $1 AND (t.purpose = 'verify_email') = $2 AND t.expires_at > $3",
		3, {BYTEAOID, BOOLOID, TIMESTAMPTZOID}, "uut"
	},
	[Q_TAKE_ACCOUNT_TOKEN] = {"DELETE FROM quickbook.account_token WHERE token_hash = $1", 1, {BYTEAOID}},
	[Q_DELETE_ACCOUNT_TOKENS] = {"DELETE FROM quickbook.account_token WHERE account_id = $1", 1, {UUIDOID}},
	[Q_QUEUE_ACCOUNT_MAIL] = {
		"INSERT INTO quickbook.notification (id, clinic_id, dedup_key, purpose, account_id, channel, recipient, due_at,"
		" created_at) VALUES ($1, $2, $3, $4, $5, 'email', $6, $7, $7) ON CONFLICT (dedup_key) DO NOTHING",
		7, {UUIDOID, UUIDOID, TEXTOID, TEXTOID, UUIDOID, TEXTOID, TIMESTAMPTZOID}
	},
	[Q_ACCOUNT_MAIL] = {
		"SELECT c.name, t.subject, t.body, coalesce(p.name, v.name, a.profile->>'name') FROM quickbook.clinic c"
		" JOIN quickbook.account a ON a.clinic_id = c.id LEFT JOIN quickbook.patient p ON p.id = a.patient_id"
		" LEFT JOIN quickbook.provider v ON v.id = a.provider_id LEFT JOIN LATERAL (SELECT m.subject, m.body"
		" FROM quickbook.reminder_rule r JOIN quickbook.message_template m ON m.id = r.template_id"
		" WHERE r.clinic_id = c.id AND r.occasion = $2 AND r.active ORDER BY r.id LIMIT 1) AS t ON true WHERE a.id = $1",
		2, {UUIDOID, TEXTOID}, "tttt"
	},
	[Q_SIGNING_KEY] = {
		"SELECT kid, secret FROM quickbook.token_key WHERE retires_at IS NULL ORDER BY created_at DESC, kid LIMIT 1",
		.result = "ty"
	},
	[Q_TOKEN_KEY] = {
		"SELECT kid, secret FROM quickbook.token_key WHERE kid = $1 AND (retires_at IS NULL OR retires_at > $2)",
		2, {TEXTOID, TIMESTAMPTZOID}, "ty"
	},
	[Q_TOKEN_KEYS] = {
		"SELECT kid, secret FROM quickbook.token_key WHERE retires_at IS NULL OR retires_at > $1"
		" ORDER BY created_at DESC, kid",
		1, {TIMESTAMPTZOID}, "ty"
	},
	[Q_RETIRE_TOKEN_KEYS] = {
		"UPDATE quickbook.token_key SET retires_at = $1 WHERE retires_at IS NULL OR retires_at > $1",
		1, {TIMESTAMPTZOID}
	},
	[Q_INSERT_TOKEN_KEY] = {
		"INSERT INTO quickbook.token_key (kid, secret, created_at) VALUES ($1, $2, $3)",
		3, {TEXTOID, BYTEAOID, TIMESTAMPTZOID}, NULL, "token_key"
	},
	[Q_PURGE_ACCOUNT_TOKENS] = {
		"DELETE FROM quickbook.account_token WHERE token_hash IN (SELECT token_hash FROM quickbook.account_token"
		" WHERE expires_at <= $1 LIMIT 500 FOR UPDATE SKIP LOCKED)",
		1, {TIMESTAMPTZOID}
	},
	[Q_PURGE_ACCOUNT_MAILS] = {
		"DELETE FROM quickbook.notification WHERE id IN (SELECT id FROM quickbook.notification WHERE purpose IS NOT NULL"
		" AND created_at <= $1 - interval '7 days' LIMIT 500 FOR UPDATE SKIP LOCKED)",
		1, {TIMESTAMPTZOID}
	},
	/* sign-ups; an invitation waits until somebody takes it back */
	[Q_PURGE_ACCOUNTS] = {
		"DELETE FROM quickbook.account WHERE id IN (SELECT id FROM quickbook.account WHERE email_verified_at IS NULL"
		" AND profile IS NOT NULL AND created_at <= $1 - interval '7 days' LIMIT 500 FOR UPDATE SKIP LOCKED)",
		1, {TIMESTAMPTZOID}
	},
	[Q_PURGE_TOKEN_KEYS] = {"DELETE FROM quickbook.token_key WHERE retires_at <= $1 - interval '1 day'", 1, {TIMESTAMPTZOID}},
};

static SPIPlanPtr plans[Q_NSTATEMENTS];

static SPIPlanPtr
get_plan(StatementId id)
{
	qb_debug_point();
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
 * Lock the tables of a plan as running it does.  A table that somebody is
 * rewriting looks empty to snapshots from before, so the snapshot comes later.
 */
static void
lock_tables(SPIPlanPtr plan)
{
	CachedPlan *cached = SPI_plan_get_cached_plan(plan);

	if (cached)
		ReleaseCachedPlan(cached, CurrentResourceOwner);
	qb_debug_point();
}

/* ----------
 * What comes out
 * ----------
 */

static Oid
type_of_letter(char letter)
{
	switch (letter)
	{
		case 'b':
			return BOOLOID;
		case 'f':
			return FLOAT8OID;
		case 'i':
			return INT4OID;
		case 'j':
			return JSONBOID;
		case 'l':
			return INT8OID;
		case 's':
			return INT2OID;
		case 't':
			return TEXTOID;
		case 'u':
			return UUIDOID;
		case 'U':
			return UUIDARRAYOID;
		case 'v':
			return INTERVALOID;
		case 'y':
			return BYTEAOID;
		case 'z':
			return TIMESTAMPTZOID;
	}
	elog(ERROR, "no type has letter %c", letter);
}

/* The code takes each column for what it was in the tables of install(). */
static void
check_types(const Statement *statement, TupleDesc desc)
{
	const char *letters = statement->result ? statement->result : "";

	if (desc->natts != (int) strlen(letters))
		elog(ERROR, "a statement of quickbook gives %d columns, not %d", desc->natts, (int) strlen(letters));
	for (int i = 0; i < desc->natts; i++)
	{
		Oid			type = TupleDescAttr(desc, i)->atttypid;
		Oid			expected = type_of_letter(letters[i]);

		if (type != expected)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of a table of quickbook has type %s, not %s",
							NameStr(TupleDescAttr(desc, i)->attname), format_type_be(type), format_type_be(expected)),
					 errdetail_internal("%s", statement->sql),
					 errhint("quickbook.check_install() tells what was changed in the tables.")));
	}
}

void
qb_raise_left_out(const char *operation, const char *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
			 errmsg("a trigger has left out a row of quickbook.%s", table),
			 errhint("A trigger BEFORE %s on quickbook.%s returns NULL; have it raise an error instead.",
					 operation, table)));
}

/* What every statement's result is looked at for, before anybody reads it. */
static void
check_result(StatementId id, int code)
{
	const Statement *statement = &statements[id];

	if (code < 0)
		elog(ERROR, "statement %d of quickbook failed: %s", id, SPI_result_code_string(code));
	if (SPI_tuptable != NULL)
		check_types(statement, SPI_tuptable->tupdesc);
	if (statement->writes && SPI_processed == 0)
		qb_raise_left_out(strncmp(statement->sql, "INSERT", 6) == 0 ? "INSERT" : "UPDATE", statement->writes);
}

Datum
qb_column(uint64 row, int number, bool *isnull)
{
	if (SPI_tuptable == NULL || row >= SPI_processed)
		qb_raise(QB_NOT_FOUND, NULL, "Somebody has deleted it meanwhile; try again.", "what was to be read is gone");
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

void
qb_raise_null(const char *table, const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of %s%s is null", column, table ? "quickbook." : "a table of quickbook",
					table ? table : ""),
			 errhint("quickbook.check_install() tells what was changed in the tables.")));
}

Datum
qb_not_null(uint64 row, int number)
{
	bool		isnull;
	Datum		value = qb_column(row, number, &isnull);

	if (isnull)
		qb_raise_null(NULL, NameStr(TupleDescAttr(SPI_tuptable->tupdesc, number - 1)->attname));
	return value;
}

int
qb_written_rows(const char *table)
{
	int64		due = DatumGetInt64(qb_not_null(0, SPI_tuptable->tupdesc->natts));
	bool		none;

	(void) qb_column(0, 1, &none);
	if (due != (none ? 0 : (int64) SPI_processed))
		qb_raise_left_out("UPDATE", table);
	return (int) due;
}

/* ----------
 * Running
 * ----------
 */

void
qb_run(QbStore *store, StatementId id, Datum *values, const char *nulls)
{
	MemoryContext context = CurrentMemoryContext;
	SPIPlanPtr	plan = get_plan(id);
	int			code;

	if (store->writes)
	{
		lock_tables(plan);
		code = SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(),
									IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot,
									false, true, 0);
	}
	else
		code = SPI_execute_plan(plan, values, nulls, true, 0);
	check_result(id, code);
	/* SPI leaves its own context behind, which dies with SPI_finish() */
	MemoryContextSwitchTo(context);
}

QbCursor
qb_cursor_open(QbStore *store, StatementId id, Datum *values, const char *nulls)
{
	MemoryContext context = CurrentMemoryContext;
	QbCursor	cursor = {.id = id};

	Assert(!store->writes);
	cursor.portal = SPI_cursor_open(NULL, get_plan(id), values, nulls, true);
	MemoryContextSwitchTo(context);
	return cursor;
}

int
qb_cursor_fetch(QbCursor *cursor, int n)
{
	MemoryContext context = CurrentMemoryContext;

	SPI_cursor_fetch(cursor->portal, true, n);
	check_result(cursor->id, SPI_OK_FETCH);
	MemoryContextSwitchTo(context);
	return (int) SPI_processed;
}

void
qb_cursor_close(QbCursor *cursor)
{
	SPI_cursor_close(cursor->portal);
}

void
qb_run_as_of_transaction(StatementId id, Datum *values)
{
	MemoryContext context = CurrentMemoryContext;
	int			code = SPI_execute_snapshot(get_plan(id), values, NULL, GetTransactionSnapshot(), InvalidSnapshot,
											true, false, 0);

	check_result(id, code);
	MemoryContextSwitchTo(context);
}
