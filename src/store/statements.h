/*
 * statements.h
 *		The SQL statements, and reading their rows.  For the store_*.c files
 *		only: everybody else asks store.h.
 */
#ifndef QB_STORE_STATEMENTS_H
#define QB_STORE_STATEMENTS_H

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/ids.h"
#include "store/store.h"

typedef enum StatementId
{
	Q_TEAM,
	Q_NOT_COUNTING,
	Q_SESSIONS,
	Q_LIMITS,
	Q_LIMIT_USE,
	Q_LIMIT_USE_OF_PROVIDER,
	Q_LIMIT_USE_OF_PATIENT,
	Q_OWN_HOLDS,
	Q_ANONYMOUS_HOLDS,
	Q_LIMIT_SHRINKS,
	Q_BOOKED_TIME,
	Q_CLINICS,
	Q_CLINIC_OF_PATIENT,
	Q_CLINIC_OF_SERVICE,
	Q_CLINIC_OF_PROVIDER,
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
	Q_LOCK_SESSION,
	Q_KNOWN_SESSION,
	Q_FREE_SEAT,
	Q_SESSION_RESOURCES,
	Q_END_SESSION,
	Q_SESSION_EXPIRY,
	Q_UPDATE_APPOINTMENT,
	Q_UNSEAT,
	Q_RESOURCES,
	Q_DELETE_RESOURCES,
	Q_HAS_ALLOCATIONS,
	Q_KEEP_ALLOCATIONS,
	Q_DELETE_ALLOCATIONS,
	Q_RELEASE_SEATS,
	Q_PURGE_ALLOCATIONS,
	Q_DELETE_ALLOCATIONS_FROM,
	Q_CUT_ALLOCATIONS,
	Q_SET_LANE,
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
	Q_CLAIM_OF_ACCOUNTS,
	Q_SKIP_FOR_NOBODY,
	Q_WAITING_MAILS,
	Q_NOTIFICATION,
	Q_FINISH_NOTIFICATION,
	Q_POSTPONE_NOTIFICATION,
	Q_RETRY_DEAD,
	Q_CONSUMERS,
	Q_CONSUMER_POSITION,
	Q_SET_CONSUMER_POSITION,
	Q_INSERT_CONSUMER,
	Q_DELETE_CONSUMER,
	Q_TEMPLATE,
	Q_TEMPLATE_OCCASIONS,
	Q_CLINIC_OF_ACCOUNT,
	Q_SOME_CLINICS,
	Q_CLINIC,
	Q_CONTACT,
	Q_LOWER,
	Q_ACCOUNT,
	Q_ACCOUNT_LOCKED,
	Q_ACCOUNT_OF_ADDRESS,
	Q_ACCOUNT_TO_RESET,
	Q_SIGN_UP_SALTS,
	Q_SIGN_UP,
	Q_OTHER_SIGN_UP,
	Q_FORGET_PROFILE,
	Q_INSERT_SIGN_UP,
	Q_INSERT_ACCOUNT,
	Q_INSERT_PATIENT_OF_ACCOUNT,
	Q_VERIFY_ACCOUNT,
	Q_SET_PASSWORD,
	Q_SET_ATTEMPT,
	Q_DISABLE_ACCOUNT,
	Q_INSERT_ACCOUNT_TOKEN,
	Q_ACCOUNT_TOKEN,
	Q_TAKE_ACCOUNT_TOKEN,
	Q_DELETE_ACCOUNT_TOKENS,
	Q_QUEUE_ACCOUNT_MAIL,
	Q_ACCOUNT_MAIL,
	Q_SIGNING_KEY,
	Q_TOKEN_KEY,
	Q_TOKEN_KEYS,
	Q_RETIRE_TOKEN_KEYS,
	Q_INSERT_TOKEN_KEY,
	Q_PURGE_ACCOUNT_TOKENS,
	Q_PURGE_ACCOUNT_MAILS,
	Q_PURGE_ACCOUNTS,
	Q_PURGE_TOKEN_KEYS,
	Q_NSTATEMENTS
} StatementId;

/*
 * Run a statement; rows are in SPI_tuptable, their number in SPI_processed.
 *
 * A reader uses the snapshot of the calling query.  A writer that waited for a
 * lock has to see what the winner committed, also under REPEATABLE READ: the
 * latest snapshot.  Rows that the transaction's own snapshot does not know may
 * be read then but not changed, as in ri_PerformCheck().
 */
extern void qb_run(QbStore *store, StatementId id, Datum *values, const char *nulls);

/*
 * The same some rows at a time, for readers only.  Fetching puts the next n
 * rows at most into SPI_tuptable and returns their number.
 */
typedef struct QbCursor
{
	StatementId id;
	Portal		portal;
} QbCursor;

extern QbCursor qb_cursor_open(QbStore *store, StatementId id, Datum *values, const char *nulls);
extern int	qb_cursor_fetch(QbCursor *cursor, int n);
extern void qb_cursor_close(QbCursor *cursor);

/* The same for a reader that must not see more than the transaction's snapshot. */
extern void qb_run_as_of_transaction(StatementId id, Datum *values);

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

static inline Datum
provider_ids(QbProvider **providers, int n)
{
	pg_uuid_t  *ids = palloc(sizeof(pg_uuid_t) * n);

	for (int i = 0; i < n; i++)
		ids[i] = providers[i]->calendar.id;
	return uuid_array(ids, n);
}

static inline int
compare_ids(const void *a, const void *b)
{
	return memcmp((*(QbProvider *const *) a)->calendar.id.data, (*(QbProvider *const *) b)->calendar.id.data, UUID_LEN);
}

/* The one with an id, NULL if it is not there; providers are sorted by id. */
static inline QbProvider *
provider_by_id(const pg_uuid_t *id, QbProvider **providers, int n)
{
	QbProvider	key;
	QbProvider *keyp = &key;
	QbProvider **found;

	key.calendar.id = *id;
	found = bsearch(&keyp, providers, n, sizeof(QbProvider *), compare_ids);
	return found ? *found : NULL;
}

static inline QbProvider *
provider_of(uint64 row, int number, QbProvider **providers, int n)
{
	pg_uuid_t	id = uuid_column(row, number);
	QbProvider *p = provider_by_id(&id, providers, n);

	if (p == NULL)
		elog(ERROR, "row of a provider that was not asked for");
	return p;
}

/* Grow an array by one element, doubling; capacity follows from n. */
#define APPEND(array, n) \
	((n) == 0 ? ((array) = palloc(sizeof(*(array)) * 4)) : \
	 ((n) >= 4 && ((n) & ((n) - 1)) == 0) ? ((array) = repalloc((array), sizeof(*(array)) * (n) * 2)) : (array), \
	 &(array)[(n)++])

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
