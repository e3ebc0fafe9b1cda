/*
 * events.c
 *		The tables: the event log and messages to patients.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/guc.h"

#include "base/results.h"
#include "store/statements.h"

/* ----------
 * The event log
 * ----------
 */

/*
 * A worker keeps its plans for days.  One that was made when the log was empty
 * would read all of the log at every commit, until autovacuum has looked at it.
 * What is off costs so much, where there is no other way, that the plan would
 * be compiled.
 */
static void
run_by_index(QbStore *store, StatementId id, Datum *values)
{
	static const char *const others[] = {
		"enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin", "jit"
	};
	int			level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(others); i++)
		qb_set_option(others[i], "off", GUC_ACTION_SAVE);
	qb_run(store, id, values, NULL);
	AtEOXact_GUC(true, level);
}

int
qb_store_number_events(QbStore *store, int64 from, int max, QbEventName **events)
{
	Datum		values[] = {Int32GetDatum(max), Int64GetDatum(from)};
	int			n;

	run_by_index(store, Q_NUMBER_EVENTS, values);
	n = qb_written_rows("event or quickbook.event_counter");
	*events = palloc(sizeof(QbEventName) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*events)[row] = (QbEventName) {
			uuid_column(row, 1), text_column(row, 2), uuid_column(row, 3), uuid_column(row, 4),
			DatumGetInt64(qb_not_null(row, 5))
		};
	SPI_freetuptable(SPI_tuptable);
	return n;
}

int64
qb_store_last_position(QbStore *store)
{
	int64		position;

	qb_run(store, Q_LAST_POSITION, NULL, NULL);
	position = DatumGetInt64(qb_not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return position;
}

/* Events are read so many at a time, which bounds the memory: each may be 64 kB long. */
#define BATCH 200

int
qb_store_events_after(QbStore *store, int64 position, int max, QbRows *rows)
{
	int			total = 0;
	int			n = BATCH;

	while (n == BATCH && total < max)
	{
		Datum		values[] = {Int64GetDatum(position), Int32GetDatum(Min(BATCH, max - total))};

		CHECK_FOR_INTERRUPTS();
		run_by_index(store, Q_EVENTS_AFTER, values);
		n = (int) SPI_processed;
		for (int row = 0; row < n; row++)
			qb_rows_put_tuple(rows, SPI_tuptable->vals[row]);
		if (n > 0)
			position = DatumGetInt64(qb_not_null(n - 1, 7));
		SPI_freetuptable(SPI_tuptable);
		total += n;
	}
	return total;
}

int64
qb_store_purge_events(QbStore *store, TimestampTz before, bool force)
{
	Datum		values[] = {TimestampTzGetDatum(before), BoolGetDatum(force)};

	qb_run(store, Q_PURGE_EVENTS, values, NULL);
	return (int64) SPI_processed;
}

int
qb_store_consumers(QbStore *store, const char *name, QbConsumer **consumers)
{
	Datum		values[] = {name ? CStringGetTextDatum(name) : (Datum) 0, TimestampTzGetDatum(qb_now())};
	char		nulls[] = {null_flag(name == NULL), ' '};
	int			n;

	qb_run(store, Q_CONSUMERS, values, nulls);
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

	qb_run(store, Q_CONSUMER_POSITION, values, NULL);
	found = SPI_processed > 0;
	if (found)
		*position = DatumGetInt64(qb_not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return found;
}

void
qb_store_set_consumer_position(QbStore *store, const char *name, int64 position)
{
	Datum		values[] = {CStringGetTextDatum(name), Int64GetDatum(position), TimestampTzGetDatum(qb_now())};

	qb_run(store, Q_SET_CONSUMER_POSITION, values, NULL);
}

void
qb_store_insert_consumer(QbStore *store, const char *name, int64 position)
{
	Datum		values[] = {CStringGetTextDatum(name), Int64GetDatum(position), TimestampTzGetDatum(qb_now())};

	qb_run(store, Q_INSERT_CONSUMER, values, NULL);
}

bool
qb_store_delete_consumer(QbStore *store, const char *name)
{
	Datum		values[] = {CStringGetTextDatum(name)};

	qb_run(store, Q_DELETE_CONSUMER, values, NULL);
	return SPI_processed > 0;
}

/* ----------
 * Messages
 * ----------
 */

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

int
qb_store_due_messages(QbStore *store, int max, QbMessage **messages)
{
	Datum		values[] = {TimestampTzGetDatum(qb_now()), Int32GetDatum(max)};
	int			n;

	*messages = NULL;
	qb_run(store, Q_DUE_REMINDERS, values, NULL);
	n = read_messages(messages, 0);

	/* then word of what happened since the last time */
	qb_run(store, Q_MARK_MESSAGES, &values[1], NULL);
	if (qb_written_rows("event_counter") > 0)
	{
		Datum		range[] = {qb_not_null(0, 1), qb_not_null(0, 2), TimestampTzGetDatum(qb_now())};

		SPI_freetuptable(SPI_tuptable);
		qb_run(store, Q_EVENT_MESSAGES, range, NULL);
		n = read_messages(messages, n);
	}
	return n;
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

	qb_run(store, Q_INSERT_NOTIFICATION, values, nulls);
}

void
qb_store_skip_stale_notifications(QbStore *store, const char *channel)
{
	Datum		values[] = {CStringGetTextDatum(channel), TimestampTzGetDatum(qb_now())};

	qb_run(store, Q_SKIP_STALE, values, NULL);
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

int
qb_store_claim_notifications(QbStore *store, const char *channel, bool of_accounts, int max,
							 TimestampTz lease_until, QbClaimed **claimed)
{
	Datum		values[] = {
		CStringGetTextDatum(channel), Int32GetDatum(max), TimestampTzGetDatum(qb_now()), TimestampTzGetDatum(lease_until)
	};
	int			n;

	qb_run(store, of_accounts ? Q_CLAIM_OF_ACCOUNTS : Q_CLAIM, values, NULL);
	n = qb_written_rows("notification");
	*claimed = palloc(sizeof(QbClaimed) * Max(n, 1));
	for (int row = 0; row < n; row++)
		read_claimed(row, &(*claimed)[row]);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

int
qb_store_skip_for_nobody(QbStore *store, const char *channel, int max, const char *reason)
{
	Datum		values[] = {
		CStringGetTextDatum(channel), TimestampTzGetDatum(qb_now()), Int32GetDatum(max), CStringGetTextDatum(reason)
	};

	qb_run(store, Q_SKIP_FOR_NOBODY, values, NULL);
	return (int) SPI_processed;
}

int
qb_store_waiting_mails(QbStore *store, const pg_uuid_t *clinic, const char *purpose, int max)
{
	Datum		values[] = {UUIDPGetDatum(clinic), CStringGetTextDatum(purpose), Int32GetDatum(max)};
	int			n;

	qb_run(store, Q_WAITING_MAILS, values, NULL);
	n = DatumGetInt32(qb_not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return n;
}

bool
qb_store_template(QbStore *store, const pg_uuid_t *id, char **subject, char **body)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	qb_run(store, Q_TEMPLATE, values, NULL);
	found = SPI_processed > 0;
	if (found)
	{
		*subject = text_or_null(0, 1);
		*body = text_column(0, 2);
	}
	SPI_freetuptable(SPI_tuptable);
	return found;
}

int
qb_store_template_occasions(QbStore *store, const pg_uuid_t *id, char ***occasions)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	int			n;

	qb_run(store, Q_TEMPLATE_OCCASIONS, values, NULL);
	n = (int) SPI_processed;
	*occasions = palloc(sizeof(char *) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*occasions)[row] = text_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

bool
qb_store_notification(QbStore *store, const pg_uuid_t *id, char **status, int *attempts)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	qb_run(store, Q_NOTIFICATION, values, NULL);
	found = SPI_processed > 0;
	if (found)
	{
		*status = text_column(0, 1);
		*attempts = DatumGetInt32(qb_not_null(0, 2));
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

	qb_run(store, Q_FINISH_NOTIFICATION, values, nulls);
}

void
qb_store_postpone_notification(QbStore *store, const pg_uuid_t *id, TimestampTz due_at, const char *reason)
{
	Datum		values[] = {UUIDPGetDatum(id), TimestampTzGetDatum(due_at), text_datum(reason)};
	char		nulls[] = {' ', ' ', null_flag(reason == NULL)};

	qb_run(store, Q_POSTPONE_NOTIFICATION, values, nulls);
}

int64
qb_store_retry_dead(QbStore *store, const char *channel)
{
	Datum		values[] = {text_datum(channel), TimestampTzGetDatum(qb_now())};
	char		nulls[] = {null_flag(channel == NULL), ' '};

	qb_run(store, Q_RETRY_DEAD, values, nulls);
	return (int64) SPI_processed;
}
