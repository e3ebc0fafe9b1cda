/*
 * scan.h
 *		Rows by an index, without a statement.  For the store_*.c files only.
 *
 * Starting and ending a statement costs more than the few rows that a booking
 * reads, so what every booking reads is read like this.  The rows are those
 * that a statement would see.  An index that is missing or not valid makes it
 * slow, not wrong: every row is compared with the keys, and without its index
 * a table is read whole.
 */
#ifndef QB_STORE_SCAN_H
#define QB_STORE_SCAN_H

#include "access/genam.h"
#include "access/skey.h"
#include "access/tableam.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/ids.h"
#include "store/model.h"
#include "store/unexpected.h"

#define QB_MAX_COLUMNS 32
#define QB_MAX_KEYS 3

typedef struct QbColumn
{
	const char *name;
	Oid			type;
} QbColumn;

/*
 * A table with one of its indexes.  Columns are counted from 0 here and found
 * by name in the table, where users add some; the places are remembered.
 */
typedef struct QbTable
{
	const char *name;
	const char *index;			/* NULL: read whole */
	bool		gist;			/* else a btree */
	QbColumn	columns[QB_MAX_COLUMNS];	/* ends with a name of NULL */
	AttrNumber	places[QB_MAX_COLUMNS];
	Oid			locked;			/* which it was when its lock was taken last */
} QbTable;

typedef struct QbScan
{
	const QbTable *table;
	Relation	relation;
	Relation	index;			/* NULL: there is none to be used */
	Snapshot	snapshot;
	bool		empty;			/* the table has no pages */
	IndexScanDesc by_index;
	TableScanDesc whole;
	TupleTableSlot *slot;
	ScanDirection direction;
	ScanKeyData keys[QB_MAX_KEYS];
	int			nkeys;
} QbScan;

/*
 * What the store's statements would see at this moment; latest is for writers,
 * who, having waited for a lock, see what the winner did.  The tables that are to be read with it
 * are locked first, as a statement does.
 */
extern Snapshot qb_snapshot(bool latest, QbTable *const *tables, int n);
extern void qb_snapshot_done(Snapshot snapshot);

/* Lock a table by its name and return its oid; an error where it is missing, or is no table. */
extern Oid	qb_lock_table(const QbTable *table, LOCKMODE mode);
extern void qb_require_plain_table(const QbTable *table, Relation relation);

/* Find the columns' places; an error where one is missing or has another type. */
extern void qb_table_columns(QbTable *table, TupleDesc desc);

/*
 * Is an index there, and will it be for as long as its table is locked?  One
 * that is being dropped concurrently will not.
 */
extern bool qb_index_exists(Oid index);

/* The planner's conditions for using an index, a GiST or else a btree. */
extern bool qb_index_is_usable(Relation index, Oid relation, bool gist);

/*
 * Open, a table that was locked; look for keys, in the order of the index's columns and each time as
 * many, any number of times; close.
 */
extern QbScan *qb_scan_open(QbTable *table, Snapshot snapshot);
extern void qb_scan_find(QbScan *scan, const ScanKeyData *keys, int nkeys, ScanDirection direction);
extern bool qb_scan_next(QbScan *scan);
extern void qb_scan_close(QbScan *scan);

/* Do the rows come in the order of the index? */
static inline bool
qb_scan_is_ordered(const QbScan *scan)
{
	return scan->index != NULL && !scan->table->gist;
}

/* A condition; the function decides, the strategy is its place in the index. */
static inline ScanKeyData
qb_key(int column, StrategyNumber strategy, RegProcedure function, Oid type, Datum value)
{
	ScanKeyData key;

	ScanKeyEntryInitialize(&key, 0, (AttrNumber) column, strategy, type, InvalidOid, function, value);
	return key;
}

/* A uuid in a btree of its own, as equal. */
extern ScanKeyData qb_key_id(int column, const pg_uuid_t *id);

/* Of a column in the collation "C". */
extern ScanKeyData qb_key_text(int column, StrategyNumber strategy, RegProcedure function, const char *value);

/* The tstzrange [from, to), where from < to; a condition that a column overlaps one. */
extern Datum qb_time_range(TimestampTz from, TimestampTz to);
extern ScanKeyData qb_key_overlaps(int column, Datum range);

/* ----------
 * Columns of the present row.  What they return is copied.
 * ----------
 */

static inline Datum
qb_scan_value(QbScan *scan, int column, bool *isnull)
{
	return slot_getattr(scan->slot, scan->table->places[column], isnull);
}

static inline Datum
qb_scan_not_null(QbScan *scan, int column)
{
	bool		isnull;
	Datum		value = qb_scan_value(scan, column, &isnull);

	if (isnull)
		qb_raise_null(scan->table->name, scan->table->columns[column].name);
	return value;
}

static inline bool
qb_scan_is_null(QbScan *scan, int column)
{
	bool		isnull;

	qb_scan_value(scan, column, &isnull);
	return isnull;
}

static inline pg_uuid_t
qb_scan_id(QbScan *scan, int column)
{
	return *DatumGetUUIDP(qb_scan_not_null(scan, column));
}

static inline char *
qb_scan_text(QbScan *scan, int column)
{
	return TextDatumGetCString(qb_scan_not_null(scan, column));
}

static inline bool
qb_scan_bool(QbScan *scan, int column)
{
	return DatumGetBool(qb_scan_not_null(scan, column));
}

static inline TimestampTz
qb_scan_time(QbScan *scan, int column, TimestampTz if_null)
{
	bool		isnull;
	Datum		value = qb_scan_value(scan, column, &isnull);

	return isnull ? if_null : DatumGetTimestampTz(value);
}

static inline int64
qb_scan_length(QbScan *scan, int column, int64 if_null)
{
	bool		isnull;
	Datum		value = qb_scan_value(scan, column, &isnull);

	return isnull ? if_null : qb_stored_length(DatumGetIntervalP(value));
}

/* The bounds of a range; without one, no_begin or no_end. */
extern void qb_scan_range(QbScan *scan, int column, Datum no_begin, Datum no_end, Datum *from, Datum *to);

/* The same of a stretch of time; CHECK constraints keep it finite. */
extern QbInterval qb_scan_during(QbScan *scan, int column);

#endif							/* QB_STORE_SCAN_H */
