/*
 * events.c
 *		The tables: the event log, and who has read how far.
 */
#include "postgres.h"

#include "store/events.h"

#include "access/htup_details.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/guc.h"

#include "base/results.h"
#include "store/insert.h"
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
run_by_index(QbStore *store, QbStatement *statement, Datum *values)
{
	static const char *const others[] = {
		"enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin", "jit"
	};
	int			level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(others); i++)
		qb_set_option_in_level(others[i], "off");
	qb_run(store, statement, values, NULL);
	AtEOXact_GUC(true, level);
}

static QbStatement number_events_sql = {
	"WITH due AS (SELECT ctid AS place_in_table, row_number() OVER (ORDER BY seq) AS place FROM quickbook.event"
	" WHERE position IS NULL AND seq >= $2 ORDER BY seq LIMIT $1),"
	" counter AS (UPDATE quickbook.event_counter SET last_position = last_position + (SELECT count(*) FROM due)"
	" WHERE EXISTS (SELECT FROM due) RETURNING last_position - (SELECT count(*) FROM due) AS base),"
	" numbered AS (UPDATE quickbook.event e SET position = counter.base + due.place FROM due, counter"
	" WHERE e.ctid = due.place_in_table RETURNING e.id, e.type, e.subject, e.clinic_id, e.seq)"
	" SELECT n.*, d.n FROM (SELECT count(*) AS n FROM due) AS d LEFT JOIN numbered AS n ON true",
	2, {INT4OID, INT8OID}, "utuull"
};

int
qb_store_number_events(QbStore *store, int64 from, int max, QbEventName **events)
{
	Datum		values[] = {Int32GetDatum(max), Int64GetDatum(from)};
	int			n;

	run_by_index(store, &number_events_sql, values);
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

static QbStatement last_position_sql = {
	"SELECT coalesce(max(last_position), 0) FROM quickbook.event_counter", .result = "l"
};

int64
qb_store_last_position(QbStore *store)
{
	int64		position;

	qb_run(store, &last_position_sql, NULL, NULL);
	position = DatumGetInt64(qb_not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return position;
}

/* Events are read so many at a time, which bounds the memory: each may be 64 kB long. */
#define BATCH 200

static QbStatement events_after_sql = {
	"SELECT id, type, subject, occurred_at, clinic_id, data, position FROM quickbook.event"
	" WHERE position > $1 ORDER BY position LIMIT $2",
	2, {INT8OID, INT4OID}, "utuzujl"
};

int
qb_store_events_after(QbStore *store, int64 position, int max, QbRows *rows)
{
	int			total = 0;
	int			n = BATCH;

	while (n == BATCH && total < max)
	{
		Datum		values[] = {Int64GetDatum(position), Int32GetDatum(Min(BATCH, max - total))};

		CHECK_FOR_INTERRUPTS();
		run_by_index(store, &events_after_sql, values);
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

static QbStatement purge_events_sql = {
	"DELETE FROM quickbook.event WHERE occurred_at < $1 AND ($2 OR position <= (SELECT coalesce(min(position),"
	" 9223372036854775807) FROM quickbook.consumer))",
	2, {TIMESTAMPTZOID, BOOLOID}
};

int64
qb_store_purge_events(QbStore *store, TimestampTz before, bool force)
{
	Datum		values[] = {TimestampTzGetDatum(before), BoolGetDatum(force)};

	qb_run(store, &purge_events_sql, values, NULL);
	return (int64) SPI_processed;
}

static QbStatement consumers_sql = {
	"SELECT c.name, c.position, e.behind, extract(epoch FROM $2 - e.oldest)::float8, c.created_at, c.acked_at"
	" FROM quickbook.consumer c, LATERAL (SELECT count(*) AS behind, min(occurred_at) AS oldest"
	" FROM quickbook.event WHERE position > c.position OR position IS NULL) AS e"
	" WHERE $1 IS NULL OR c.name = $1 ORDER BY c.name",
	2, {TEXTOID, TIMESTAMPTZOID}, "tllfzz"
};

int
qb_store_consumers(QbStore *store, const char *name, QbConsumer **consumers)
{
	Datum		values[] = {name ? CStringGetTextDatum(name) : (Datum) 0, TimestampTzGetDatum(qb_now())};
	char		nulls[] = {null_flag(name == NULL), ' '};
	int			n;

	qb_run(store, &consumers_sql, values, nulls);
	n = (int) SPI_processed;
	*consumers = palloc(sizeof(QbConsumer) * Max(n, 1));
	for (int row = 0; row < n; row++)
		heap_deform_tuple(heap_copytuple(SPI_tuptable->vals[row]), SPI_tuptable->tupdesc,
						  (*consumers)[row].values, (*consumers)[row].nulls);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

static QbStatement consumer_position_sql = {
	"SELECT position FROM quickbook.consumer WHERE name = $1", 1, {TEXTOID}, "l"
};

bool
qb_store_consumer_position(QbStore *store, const char *name, int64 *position)
{
	Datum		values[] = {CStringGetTextDatum(name)};
	bool		found;

	qb_run(store, &consumer_position_sql, values, NULL);
	found = SPI_processed > 0;
	if (found)
		*position = DatumGetInt64(qb_not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return found;
}

static QbStatement set_consumer_position_sql = {
	"UPDATE quickbook.consumer SET position = $2, acked_at = $3 WHERE name = $1",
	3, {TEXTOID, INT8OID, TIMESTAMPTZOID}, NULL, "consumer"
};

void
qb_store_set_consumer_position(QbStore *store, const char *name, int64 position)
{
	Datum		values[] = {CStringGetTextDatum(name), Int64GetDatum(position), TimestampTzGetDatum(qb_now())};

	qb_run(store, &set_consumer_position_sql, values, NULL);
}

static QbStatement insert_consumer_sql = {
	"INSERT INTO quickbook.consumer (name, position, created_at) VALUES ($1, $2, $3)",
	3, {TEXTOID, INT8OID, TIMESTAMPTZOID}, NULL, "consumer"
};

void
qb_store_insert_consumer(QbStore *store, const char *name, int64 position)
{
	Datum		values[] = {CStringGetTextDatum(name), Int64GetDatum(position), TimestampTzGetDatum(qb_now())};

	qb_run(store, &insert_consumer_sql, values, NULL);
}

static QbStatement delete_consumer_sql = {
	"DELETE FROM quickbook.consumer WHERE name = $1", 1, {TEXTOID}
};

bool
qb_store_delete_consumer(QbStore *store, const char *name)
{
	Datum		values[] = {CStringGetTextDatum(name)};

	qb_run(store, &delete_consumer_sql, values, NULL);
	return SPI_processed > 0;
}

static QbTarget events = {
	.table = {
		"event", NULL, false,
		{{"id", UUIDOID}, {"clinic_id", UUIDOID}, {"type", TEXTOID}, {"subject", UUIDOID},
		{"occurred_at", TIMESTAMPTZOID}, {"data", JSONBOID}}
	}
};

void
qb_store_insert_event(QbStore *store, const pg_uuid_t *id, const char *type,
					  const QbAppointment *appointment, TimestampTz occurred_at, Datum data)
{
	Datum		values[] = {UUIDPGetDatum(id), UUIDPGetDatum(&appointment->clinic_id),
		CStringGetTextDatum(type), UUIDPGetDatum(&appointment->id),
	TimestampTzGetDatum(occurred_at), data};

	qb_insert(&events, values);
}
