/*
 * notifications.c
 *		The tables: messages to patients and account holders.
 */
#include "postgres.h"

#include "store/notifications.h"

#include "access/htup_details.h"
#include "miscadmin.h"
#include "utils/datum.h"

#include "store/statements.h"

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

#define MESSAGE_TYPES "uuutittttttttttt" "zztt"

/* A message from a row of a statement with MESSAGE(). */
static void
read_message(uint64 row, QbMessage *m)
{
	m->rule_id = uuid_column(row, 1);
	m->appointment_id = uuid_column(row, 2);
	m->clinic_id = uuid_column(row, 3);
	m->key = text_column(row, 4);
	m->sequence = DatumGetInt32(qb_not_null(row, 5));
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
	m->starts_at = DatumGetTimestampTz(qb_not_null(row, 17));
	m->ends_at = DatumGetTimestampTz(qb_not_null(row, 18));
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

/* a range of starts each, by the clinic's index; who booked later than a reminder was due needs none */
static QbStatement due_reminders_sql = {
	REMINDERS("before_start", "a.status = 'booked' AND a.starts_at > $1 AND a.starts_at <= $1 + r.time_offset"
			  " AND (a.starts_at - r.time_offset >= a.created_at OR a.sequence > 0)")
	" UNION ALL "
	REMINDERS("after_end", "a.status IN ('booked', 'arrived', 'checked-in', 'fulfilled')"
			  " AND a.starts_at > $1 - r.time_offset - interval '10 days' AND a.starts_at < $1"
			  " AND a.ends_at <= $1 - r.time_offset AND a.ends_at > $1 - r.time_offset - interval '1 day'")
	" LIMIT $2",
	2, {TIMESTAMPTZOID, INT4OID}, MESSAGE_TYPES
};

static QbStatement mark_messages_sql = {
	"WITH marked AS (UPDATE quickbook.event_counter c"
	" SET messages_position = least(o.messages_position + $1, o.last_position)"
	" FROM quickbook.event_counter o WHERE o.only_row = c.only_row AND o.messages_position < o.last_position"
	" RETURNING o.messages_position AS after, c.messages_position AS up_to)"
	" SELECT m.*, d.n FROM (SELECT count(*) AS n FROM quickbook.event_counter"
	" WHERE messages_position < last_position) AS d LEFT JOIN marked AS m ON true",
	1, {INT4OID}, "lll"
};

/* the appointment as it was then; no word of what is past, or was long ago */
static QbStatement event_messages_sql = {
	MESSAGE("format('event %s %s', r.id, e.id)", "(e.data->>'starts_at')::timestamptz",
			"(e.data->>'ends_at')::timestamptz", "e.data->>'status'", "e.data->>'cancel_reason'")
	" FROM quickbook.event e JOIN quickbook.appointment a ON a.id = e.subject"
	" JOIN quickbook.reminder_rule r ON r.clinic_id = e.clinic_id AND e.type = 'appointment.' || r.occasion"
	" AND r.active AND (r.service_id IS NULL OR a.service_id = r.service_id)" MESSAGE_JOINS
	" WHERE e.position > $1 AND e.position <= $2 AND e.occurred_at > $3 - interval '1 day'"
	" AND (e.data->>'starts_at')::timestamptz > $3 ORDER BY e.position",
	3, {INT8OID, INT8OID, TIMESTAMPTZOID}, MESSAGE_TYPES
};

int
qb_store_due_messages(QbStore *store, int max, QbMessage **messages)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now()), Int32GetDatum(max)};
	int			n;

	*messages = NULL;
	qb_run(store, &due_reminders_sql, values, NULL);
	n = read_messages(messages, 0);

	/* then word of what happened since the last time */
	qb_run(store, &mark_messages_sql, &values[1], NULL);
	if (qb_written_rows("event_counter") > 0)
	{
		Datum		range[] = {qb_not_null(0, 1), qb_not_null(0, 2), TimestampTzGetDatum(qb_now())};

		SPI_freetuptable(SPI_tuptable);
		qb_run(store, &event_messages_sql, range, NULL);
		n = read_messages(messages, n);
	}
	return n;
}

static QbStatement insert_notification_sql = {
	"INSERT INTO quickbook.notification (id, clinic_id, dedup_key, rule_id, appointment_id, sequence, channel,"
	" recipient, subject, body, status, reason, due_at, created_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7,"
	" $8, $9, $10, CASE WHEN $8 IS NULL THEN 'skipped' ELSE 'queued' END, $11, $12, $12,"
	" CASE WHEN $8 IS NULL THEN $12 END) ON CONFLICT (dedup_key) DO NOTHING",
	12, {UUIDOID, UUIDOID, TEXTOID, UUIDOID, UUIDOID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
	TIMESTAMPTZOID}
};

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

	qb_run(store, &insert_notification_sql, values, nulls);
}

static QbStatement skip_stale_sql = {
	"UPDATE quickbook.notification n SET status = 'skipped', finished_at = $2, reason ="
	" CASE WHEN a.status <> 'booked' THEN 'the appointment is ' || a.status"
	" WHEN a.sequence <> n.sequence THEN 'the appointment was moved' ELSE 'the appointment has begun' END"
	" FROM quickbook.appointment a, quickbook.reminder_rule r WHERE a.id = n.appointment_id AND r.id = n.rule_id"
	" AND n.channel = $1 AND n.status = 'queued' AND n.purpose IS NULL AND n.due_at <= $2 AND r.occasion = 'before_start'"
	" AND (a.status <> 'booked' OR a.sequence <> n.sequence OR a.starts_at <= $2)",
	2, {TEXTOID, TIMESTAMPTZOID}
};

void
qb_store_skip_stale_notifications(QbStore *store, const char *channel)
{
	Datum		values[] = {CStringGetTextDatum(channel), TimestampTzGetDatum(qb_now())};

	qb_run(store, &skip_stale_sql, values, NULL);
}

static void
read_claimed(uint64 row, QbClaimed *c)
{
	for (int i = 0; i < QB_NOTIFICATION_NCOLUMNS; i++)
	{
		FormData_pg_attribute *a = TupleDescAttr(SPI_tuptable->tupdesc, i);

		c->values[i] = qb_column(row, i + 1, &c->nulls[i]);
		if (!c->nulls[i])
			c->values[i] = datumCopy(c->values[i], a->attbyval, a->attlen);
	}
	c->id = uuid_column(row, 1);
	c->clinic_id = uuid_column(row, 2);
	c->recipient = text_column(row, QB_N_RECIPIENT + 1);
	c->purpose = text_or_null(row, QB_NOTIFICATION_NCOLUMNS + 1);
	c->has_account = uuid_or_null(row, QB_NOTIFICATION_NCOLUMNS + 2, &c->account_id);
}

static QbStatement claim_of_accounts_sql = {
	CLAIM("purpose IS NOT NULL"),
	4, {TEXTOID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID}, "uuttttuiztul"
};

static QbStatement claim_sql = {
	CLAIM("purpose IS NULL"), 4, {TEXTOID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID}, "uuttttuiztul"
};

int
qb_store_claim_notifications(QbStore *store, const char *channel, bool of_accounts, int max,
							 TimestampTz lease_until, QbClaimed **claimed)
{
	Datum		values[] = {
		CStringGetTextDatum(channel), Int32GetDatum(max), TimestampTzGetDatum(qb_now()), TimestampTzGetDatum(lease_until)
	};
	int			n;

	qb_run(store, of_accounts ? &claim_of_accounts_sql : &claim_sql, values, NULL);
	n = qb_written_rows("notification");
	*claimed = palloc(sizeof(QbClaimed) * Max(n, 1));
	for (int row = 0; row < n; row++)
		read_claimed(row, &(*claimed)[row]);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* the two indexes of accounts by address are one for each of the conditions */
static QbStatement skip_for_nobody_sql = {
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
};

int
qb_store_skip_for_nobody(QbStore *store, const char *channel, int max, const char *reason)
{
	Datum		values[] = {
		CStringGetTextDatum(channel), TimestampTzGetDatum(qb_now()), Int32GetDatum(max), CStringGetTextDatum(reason)
	};

	qb_run(store, &skip_for_nobody_sql, values, NULL);
	return (int) SPI_processed;
}

static QbStatement waiting_mails_sql = {
	"SELECT count(*)::int4 FROM (SELECT FROM quickbook.notification WHERE clinic_id = $1 AND purpose = $2"
	" AND purpose IS NOT NULL AND status = 'queued' LIMIT $3) AS waiting",
	3, {UUIDOID, TEXTOID, INT4OID}, "i"
};

int
qb_store_waiting_mails(QbStore *store, const pg_uuid_t *clinic, const char *purpose, int max)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(purpose), Int32GetDatum(max)};
	int			n;

	qb_run(store, &waiting_mails_sql, values, NULL);
	n = DatumGetInt32(qb_not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return n;
}

static QbStatement template_sql = {
	"SELECT subject, body FROM quickbook.message_template WHERE id = $1", 1, {UUIDOID}, "tt"
};

bool
qb_store_template(QbStore *store, const pg_uuid_t *id, char **subject, char **body)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	qb_run(store, &template_sql, values, NULL);
	found = SPI_processed > 0;
	if (found)
	{
		*subject = text_or_null(0, 1);
		*body = text_column(0, 2);
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

static QbStatement template_occasions_sql = {
	"SELECT DISTINCT occasion FROM quickbook.reminder_rule WHERE template_id = $1",
	1, {UUIDOID}, "t"
};

int
qb_store_template_occasions(QbStore *store, const pg_uuid_t *id, char ***occasions)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	int			n;

	qb_run(store, &template_occasions_sql, values, NULL);
	n = (int) SPI_processed;
	*occasions = palloc(sizeof(char *) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*occasions)[row] = text_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

static QbStatement notification_sql = {
	"SELECT status, attempts FROM quickbook.notification WHERE id = $1 FOR NO KEY UPDATE",
	1, {UUIDOID}, "ti"
};

bool
qb_store_notification(QbStore *store, const pg_uuid_t *id, char **status, int *attempts)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	qb_run(store, &notification_sql, values, NULL);
	found = SPI_processed > 0;
	if (found)
	{
		*status = text_column(0, 1);
		*attempts = DatumGetInt32(qb_not_null(0, 2));
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

static QbStatement finish_notification_sql = {
	"UPDATE quickbook.notification SET status = $2, reason = $3, finished_at = $4, lease_until = NULL WHERE id = $1",
	4, {UUIDOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}, NULL, "notification"
};

void
qb_store_finish_notification(QbStore *store, const pg_uuid_t *id, const char *status, const char *reason)
{
	Datum		values[] = {
		UUIDPGetDatum(id), CStringGetTextDatum(status), text_datum(reason), TimestampTzGetDatum(qb_now())
	};
	char		nulls[] = {' ', ' ', null_flag(reason == NULL), ' '};

	qb_run(store, &finish_notification_sql, values, nulls);
}

static QbStatement postpone_notification_sql = {
	"UPDATE quickbook.notification SET due_at = $2, reason = $3, lease_until = NULL WHERE id = $1",
	3, {UUIDOID, TIMESTAMPTZOID, TEXTOID}, NULL, "notification"
};

void
qb_store_postpone_notification(QbStore *store, const pg_uuid_t *id, TimestampTz due_at, const char *reason)
{
	Datum		values[] = {UUIDPGetDatum(id), TimestampTzGetDatum(due_at), text_datum(reason)};
	char		nulls[] = {' ', ' ', null_flag(reason == NULL)};

	qb_run(store, &postpone_notification_sql, values, nulls);
}

static QbStatement retry_dead_sql = {
	"UPDATE quickbook.notification SET status = 'queued', attempts = 0, due_at = $2, finished_at = NULL"
	" WHERE status = 'dead' AND ($1 IS NULL OR channel = $1)",
	2, {TEXTOID, TIMESTAMPTZOID}
};

int64
qb_store_retry_dead(QbStore *store, const char *channel)
{
	Datum		values[] = {text_datum(channel), TimestampTzGetDatum(qb_now())};
	char		nulls[] = {null_flag(channel == NULL), ' '};

	qb_run(store, &retry_dead_sql, values, nulls);
	return (int64) SPI_processed;
}
