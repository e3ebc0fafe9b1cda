/*
 * scan.c
 *		Rows by an index, without a statement.
 */
#include "postgres.h"

#include "store/scan.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/predicate.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rangetypes.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "store/compat_executor.h"

/* ----------
 * Opening
 * ----------
 */

Oid
qb_lock_table(const QbTable *table, LOCKMODE mode)
{
	for (;;)
	{
		uint64		messages = SharedInvalidMessageCounter;
		Oid			schema;
		Oid			relation;

		qb_debug_point();
		schema = get_namespace_oid("quickbook", true);
		relation = OidIsValid(schema) ? get_relname_relid(table->name, schema) : InvalidOid;
		if (!OidIsValid(relation))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("relation quickbook.%s does not exist", table->name),
					 errhint("quickbook.check_install() tells what is missing; quickbook.install() makes it.")));
		LockRelationOid(relation, mode);
		/* who was waited for may have given the name to another */
		if (messages == SharedInvalidMessageCounter || get_relname_relid(table->name, schema) == relation)
			return relation;
		UnlockRelationOid(relation, mode);
	}
}

void
qb_require_plain_table(const QbTable *table, Relation relation)
{
	if (relation->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("quickbook.%s is not a plain table", table->name),
				 errhint("quickbook.check_install() tells what was changed in the tables.")));
}

Snapshot
qb_snapshot(bool latest, QbTable *const *tables, int n)
{
	/* a table that somebody is rewriting looks empty to snapshots from before */
	for (int i = 0; i < n; i++)
		tables[i]->locked = qb_lock_table(tables[i], AccessShareLock);
	if (!latest)
		return RegisterSnapshot(GetActiveSnapshot());
	/* as SPI does before each statement of a writer */
	CommandCounterIncrement();
	return RegisterSnapshot(GetLatestSnapshot());
}

void
qb_snapshot_done(Snapshot snapshot)
{
	UnregisterSnapshot(snapshot);
}

static bool
is_column(TupleDesc desc, int place, const char *name)
{
	return place > 0 && place <= desc->natts && strcmp(NameStr(TupleDescAttr(desc, place - 1)->attname), name) == 0;
}

/* Where they were the last time, or anywhere. */
void
qb_table_columns(QbTable *table, TupleDesc desc)
{
	for (int i = 0; table->columns[i].name != NULL; i++)
	{
		const QbColumn *column = &table->columns[i];
		int			place = table->places[i];
		Oid			type;

		if (!is_column(desc, place, column->name))
		{
			for (place = 1; place <= desc->natts && !is_column(desc, place, column->name); place++)
				 /* go on */ ;
			if (place > desc->natts)
				ereport(ERROR,
						(errcode(ERRCODE_UNDEFINED_COLUMN),
						 errmsg("column quickbook.%s.%s does not exist", table->name, column->name)));
			table->places[i] = (AttrNumber) place;
		}
		type = TupleDescAttr(desc, place - 1)->atttypid;
		if (type != column->type)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column quickbook.%s.%s has type %s, not %s", table->name, column->name,
							format_type_be(type), format_type_be(column->type)),
					 errhint("quickbook.check_install() tells what was changed in the tables.")));
	}
}

bool
qb_index_exists(Oid index)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	bool		exists;

	if (!HeapTupleIsValid(tuple))
		return false;
	exists = ((Form_pg_index) GETSTRUCT(tuple))->indislive;
	ReleaseSysCache(tuple);
	return exists;
}

bool
qb_index_is_usable(Relation index, Oid relation, bool gist)
{
	return index->rd_rel->relkind == RELKIND_INDEX &&
		index->rd_index->indrelid == relation && index->rd_index->indisvalid &&
		index->rd_rel->relam == (gist ? GIST_AM_OID : BTREE_AM_OID) &&
		(!index->rd_index->indcheckxmin ||
		 TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data), TransactionXmin));
}

static Relation
open_index(const QbTable *table, Relation relation)
{
	Oid			oid = table->index ? get_relname_relid(table->index, RelationGetNamespace(relation)) : InvalidOid;
	Relation	index;

	if (!OidIsValid(oid) || !qb_index_exists(oid))
		return NULL;
	qb_debug_point();
	index = index_open(oid, AccessShareLock);
	if (qb_index_is_usable(index, RelationGetRelid(relation), table->gist))
		return index;
	index_close(index, NoLock);
	return NULL;
}

QbScan *
qb_scan_open(QbTable *table, Snapshot snapshot)
{
	QbScan	   *scan = palloc0(sizeof(QbScan));

	scan->table = table;
	/* by qb_snapshot(); locks are kept until the end of the transaction, as statements do */
	Assert(CheckRelationOidLockedByMe(table->locked, AccessShareLock, true));
	qb_debug_point();
	scan->relation = table_open(table->locked, NoLock);
	qb_require_plain_table(table, scan->relation);
	qb_table_columns(table, RelationGetDescr(scan->relation));
	scan->index = open_index(table, scan->relation);
	scan->slot = table_slot_create(scan->relation, NULL);
	scan->snapshot = snapshot;
	scan->empty = RelationGetNumberOfBlocks(scan->relation) == 0;
	/* what a serializable transaction has not found counts as well */
	if (scan->empty)
		PredicateLockRelation(scan->relation, snapshot);
	return scan;
}

void
qb_scan_close(QbScan *scan)
{
	ExecDropSingleTupleTableSlot(scan->slot);
	if (scan->by_index)
		index_endscan(scan->by_index);
	if (scan->whole)
		table_endscan(scan->whole);
	if (scan->index)
		index_close(scan->index, NoLock);
	table_close(scan->relation, NoLock);
	pfree(scan);
}

/* ----------
 * Looking
 * ----------
 */

ScanKeyData
qb_key_id(int column, const pg_uuid_t *id)
{
	return qb_key(column, BTEqualStrategyNumber, F_UUID_EQ, InvalidOid, UUIDPGetDatum(id));
}

ScanKeyData
qb_key_text(int column, StrategyNumber strategy, RegProcedure function, const char *value)
{
	ScanKeyData key = qb_key(column, strategy, function, InvalidOid, CStringGetTextDatum(value));

	key.sk_collation = C_COLLATION_OID;
	return key;
}

/* The keys that the index has, by its columns; the rest is compared later. */
static int
index_keys(const QbScan *scan, ScanKeyData *keys)
{
	const Form_pg_index index = scan->index->rd_index;
	int			n = 0;

	for (int i = 0; i < scan->nkeys; i++)
	{
		for (int k = 0; k < index->indnkeyatts; k++)
		{
			if (index->indkey.values[k] == scan->table->places[scan->keys[i].sk_attno] &&
				scan->index->rd_indcollation[k] == scan->keys[i].sk_collation)
			{
				keys[n] = scan->keys[i];
				keys[n++].sk_attno = (AttrNumber) (k + 1);
				break;
			}
		}
	}
	return n;
}

void
qb_scan_find(QbScan *scan, const ScanKeyData *keys, int nkeys, ScanDirection direction)
{
	ScanKeyData by_index[QB_MAX_KEYS];

	Assert(nkeys <= QB_MAX_KEYS);
	if (nkeys > 0)
		memcpy(scan->keys, keys, sizeof(ScanKeyData) * nkeys);
	scan->nkeys = nkeys;
	scan->direction = direction;
	/* starting a GiST scan costs more than a lookup in a btree */
	if (scan->empty)
		return;
	if (scan->index == NULL)
	{
		if (scan->whole)
			table_rescan(scan->whole, NULL);
		else
			scan->whole = qb_table_beginscan(scan->relation, scan->snapshot);
		return;
	}
	nkeys = index_keys(scan, by_index);
	if (scan->by_index == NULL)
		scan->by_index = qb_index_beginscan(scan->relation, scan->index, scan->snapshot, nkeys);
	Assert(scan->by_index->numberOfKeys == nkeys);
	index_rescan(scan->by_index, by_index, nkeys, NULL, 0);
}

static bool
matches(QbScan *scan)
{
	for (int i = 0; i < scan->nkeys; i++)
	{
		ScanKey		key = &scan->keys[i];
		bool		isnull;
		Datum		value = qb_scan_value(scan, key->sk_attno, &isnull);

		if (isnull || !DatumGetBool(FunctionCall2Coll(&key->sk_func, key->sk_collation, value, key->sk_argument)))
			return false;
	}
	return true;
}

bool
qb_scan_next(QbScan *scan)
{
	if (scan->empty)
		return false;
	while (scan->index ? index_getnext_slot(scan->by_index, scan->direction, scan->slot)
		   : table_scan_getnextslot(scan->whole, ForwardScanDirection, scan->slot))
	{
		CHECK_FOR_INTERRUPTS();
		if (matches(scan))
			return true;
	}
	return false;
}

Datum
qb_time_range(TimestampTz from, TimestampTz to)
{
	RangeBound	lower = {.val = TimestampTzGetDatum(from), .inclusive = true, .lower = true};
	RangeBound	upper = {.val = TimestampTzGetDatum(to)};

	return RangeTypePGetDatum(qb_make_range(lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO), &lower, &upper));
}

ScanKeyData
qb_key_overlaps(int column, Datum range)
{
	return qb_key(column, RANGESTRAT_OVERLAPS, F_RANGE_OVERLAPS, ANYRANGEOID, range);
}

void
qb_scan_range(QbScan *scan, int column, Datum no_begin, Datum no_end, Datum *from, Datum *to)
{
	bool		isnull;
	Datum		value = qb_scan_value(scan, column, &isnull);
	RangeType  *range;
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	*from = no_begin;
	*to = no_end;
	if (isnull)
		return;
	range = DatumGetRangeTypeP(value);
	range_deserialize(lookup_type_cache(RangeTypeGetOid(range), TYPECACHE_RANGE_INFO), range, &lower, &upper, &empty);
	if (empty)
		return;
	if (!lower.infinite)
		*from = lower.val;
	if (!upper.infinite)
		*to = upper.val;
}

QbInterval
qb_scan_during(QbScan *scan, int column)
{
	Datum		from;
	Datum		to;

	qb_scan_range(scan, column, TimestampTzGetDatum(DT_NOBEGIN), TimestampTzGetDatum(DT_NOEND), &from, &to);
	return (QbInterval) {DatumGetTimestampTz(from), DatumGetTimestampTz(to)};
}
