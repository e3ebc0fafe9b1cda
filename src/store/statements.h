/*
 * statements.h
 *		Running SQL statements, and reading their rows.  For this folder only.
 */
#ifndef QB_STORE_STATEMENTS_H
#define QB_STORE_STATEMENTS_H

#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/ids.h"
#include "store/model.h"
#include "store/status.h"
#include "store/store.h"

/*
 * A statement stands beside the function that runs it, as a static variable.
 * Its plan, a generic one, is made when it first runs and kept; the server
 * makes it anew when a table changes.
 */
typedef struct QbStatement
{
	const char *sql;
	int			nargs;
	Oid			types[17];
	/* of the columns that it gives, a letter each (see type_of_letter()); NULL: it gives none */
	const char *result;
	/* the table in which it must write a row; NULL: there may be none to write */
	const char *writes;
	SPIPlanPtr	plan;			/* NULL: it has not run yet */
} QbStatement;

/* Appointment a has a seat that counts for a patient, another appointment left out. */
#define QB_SEAT_COUNTS(patient, except, now) \
	"a.status IN " QB_LIVE_STATUSES_SQL " AND a.id IS DISTINCT FROM " except \
	" AND NOT (a.status = 'held' AND (a.expires_at <= " now " OR coalesce(a.patient_id = " patient ", false)))"

/*
 * Run a statement; rows are in SPI_tuptable, their number in SPI_processed.
 *
 * A reader uses the snapshot of the calling query.  A writer that waited for a
 * lock has to see what the winner committed, also under REPEATABLE READ: the
 * latest snapshot.  Rows that the transaction's own snapshot does not know may
 * be read then but not changed, as in ri_PerformCheck().
 */
extern void qb_run(QbStore *store, QbStatement *statement, Datum *values, const char *nulls);

/*
 * The same some rows at a time, for readers only.  Fetching puts the next n
 * rows at most into SPI_tuptable and returns their number.  A cursor that is not
 * closed ends with the transaction.
 */
typedef struct QbCursor
{
	QbStatement *statement;
	Portal		portal;
} QbCursor;

/* Open; fetch until fewer come than were asked for; close. */
extern QbCursor qb_cursor_open(QbStore *store, QbStatement *statement, Datum *values, const char *nulls);
extern int	qb_cursor_fetch(QbCursor *cursor, int n);
extern void qb_cursor_close(QbCursor *cursor);

/* The same for a reader that must not see more than the transaction's snapshot. */
extern void qb_run_as_of_transaction(QbStatement *statement, Datum *values);

/* ----------
 * Rows
 *
 * Their types are those that the code expects: qb_run() has looked.
 * ----------
 */

/* A column of a row; an error if there is no such row, or with qb_not_null() no value. */
extern Datum qb_column(uint64 row, int number, bool *isnull);
extern Datum qb_not_null(uint64 row, int number);

/*
 * The number of rows of a statement that gives all that it wrote, and in its
 * last column how many it was to write (one row of nulls, if none were).
 */
extern int	qb_written_rows(const char *table);

/* The ids in the first column of the rows, which are freed; how many? */
extern int	qb_read_ids(pg_uuid_t **ids);

static inline char *
text_column(uint64 row, int number)
{
	return TextDatumGetCString(qb_not_null(row, number));
}

static inline pg_uuid_t
uuid_column(uint64 row, int number)
{
	return *DatumGetUUIDP(qb_not_null(row, number));
}

/* A time that may be null. */
static inline TimestampTz
time_column(uint64 row, int number, TimestampTz if_null)
{
	bool		isnull;
	Datum		value = qb_column(row, number, &isnull);

	return isnull ? if_null : DatumGetTimestampTz(value);
}

static inline int64
length_column(uint64 row, int number, int64 if_null)
{
	bool		isnull;
	Datum		value = qb_column(row, number, &isnull);

	return isnull ? if_null : qb_stored_length(DatumGetIntervalP(value));
}

static inline char
null_flag(bool isnull)
{
	return isnull ? 'n' : ' ';
}

static inline Datum
bytes_datum(const uint8 *data, int n)
{
	bytea	   *value = palloc(VARHDRSZ + n);

	SET_VARSIZE(value, VARHDRSZ + n);
	memcpy(VARDATA(value), data, n);
	return PointerGetDatum(value);
}

static inline Datum
uuid_array(const pg_uuid_t *ids, int n)
{
	Datum	   *elements = palloc(sizeof(Datum) * n);

	for (int i = 0; i < n; i++)
		elements[i] = UUIDPGetDatum(&ids[i]);
	return PointerGetDatum(construct_array(elements, n, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR));
}

static inline Datum
time_array(const TimestampTz *times, int n)
{
	Datum	   *elements = palloc(sizeof(Datum) * n);

	for (int i = 0; i < n; i++)
		elements[i] = TimestampTzGetDatum(times[i]);
	return PointerGetDatum(construct_array(elements, n, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL,
										   TYPALIGN_DOUBLE));
}

/* An id that may be null: is it there? */
static inline bool
uuid_or_null(uint64 row, int number, pg_uuid_t *id)
{
	bool		isnull;
	Datum		value = qb_column(row, number, &isnull);

	if (!isnull)
		*id = *DatumGetUUIDP(value);
	return !isnull;
}

static inline char *
text_or_null(uint64 row, int number)
{
	bool		isnull;
	Datum		value = qb_column(row, number, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static inline Datum
text_datum(const char *text)
{
	return text ? CStringGetTextDatum(text) : (Datum) 0;
}

#endif							/* QB_STORE_STATEMENTS_H */
