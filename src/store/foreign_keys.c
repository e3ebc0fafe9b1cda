/*
 * foreign_keys.c
 *		Foreign keys of rows that are inserted without a statement.
 */
#include "postgres.h"

#include "store/foreign_keys.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_constraint.h"
#include "commands/trigger.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "store/compat_executor.h"
#include "store/scan.h"

/* longer keys are left to the trigger */
#define MAX_COLUMNS 4

typedef struct ForeignKey
{
	/* a copy: the relation cache frees its own when anybody changes or analyzes the table */
	ForeignKeyCacheInfo info;
	Trigger    *trigger;		/* PostgreSQL's, in the copy that the executor made for us */
	Relation	referring;
	bool		is_looked_at;
	bool		is_left;		/* to the trigger */
	/* opened for the first row that refers to something */
	Relation	referred;
	Relation	index;
	TupleTableSlot *slot;
	int			ncolumns;
	/* in the order of the index's columns */
	AttrNumber	columns[MAX_COLUMNS];
	ScanKeyData keys[MAX_COLUMNS];
} ForeignKey;

/* ----------
 * Which ones
 * ----------
 */

/* The trigger that looks at each new row, where nothing may put it off. */
static Trigger *
find_trigger(const TriggerDesc *triggers, Oid constraint)
{
	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (trigger->tgconstraint == constraint && trigger->tgfoid == F_RI_FKEY_CHECK_INS)
			return trigger->tgenabled == TRIGGER_FIRES_ON_ORIGIN && !trigger->tgdeferrable ? trigger : NULL;
	}
	return NULL;
}

/* The index of a key whose parts may each be null by themselves, or 0. */
static Oid
index_of_simple_key(Oid constraint)
{
	HeapTuple	tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
	Oid			index = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);

		if (form->confmatchtype == FKCONSTR_MATCH_SIMPLE && form->convalidated)
			index = form->conindid;
		ReleaseSysCache(tuple);
	}
	return index;
}

/* Equal as the index sees it: one type, no collations. */
static bool
fill_key(ForeignKey *key, int i)
{
	const ForeignKeyCacheInfo *info = &key->info;
	TupleDesc	referring = RelationGetDescr(key->referring);

	for (int j = 0; j < key->index->rd_index->indnkeyatts; j++)
	{
		if (key->index->rd_index->indkey.values[j] != info->confkey[i])
			continue;
		key->columns[j] = info->conkey[i];
		ScanKeyEntryInitialize(&key->keys[j], 0, (AttrNumber) (j + 1), BTEqualStrategyNumber, InvalidOid, InvalidOid,
							   get_opcode(info->conpfeqop[i]), (Datum) 0);
		return key->index->rd_opcintype[j] == TupleDescAttr(referring, info->conkey[i] - 1)->atttypid &&
			key->index->rd_indcollation[j] == InvalidOid;
	}
	return false;
}

static bool
fill_keys(ForeignKey *key)
{
	const ForeignKeyCacheInfo *info = &key->info;
	Form_pg_index form = key->index->rd_index;

	if (key->referred->rd_rel->relkind != RELKIND_RELATION ||
		!qb_index_is_usable(key->index, info->confrelid, false) ||
		!form->indimmediate || form->indnkeyatts != info->nkeys || info->nkeys > MAX_COLUMNS)
		return false;
	key->ncolumns = info->nkeys;
	for (int i = 0; i < info->nkeys; i++)
	{
		if (!fill_key(key, i))
			return false;
	}
	return true;
}

static void
close_key(ForeignKey *key)
{
	if (key->slot)
		ExecDropSingleTupleTableSlot(key->slot);
	/* locks are kept until the end of the transaction, as the trigger does */
	if (key->index)
		index_close(key->index, NoLock);
	if (key->referred)
		table_close(key->referred, NoLock);
	key->slot = NULL;
	key->index = NULL;
	key->referred = NULL;
}

/* False: it is left to the trigger. */
static bool
open_key(ForeignKey *key)
{
	Oid			index;

	qb_debug_point();
	key->referred = table_open(key->info.confrelid, RowShareLock);
	/* what it is now: nobody drops it or puts another in its place before the table is given free */
	index = index_of_simple_key(key->info.conoid);
	if (!OidIsValid(index) || !qb_index_exists(index))
		return false;
	qb_debug_point();
	key->index = index_open(index, RowShareLock);
	qb_debug_point();
	if (!fill_keys(key))
		return false;
	key->slot = table_slot_create(key->referred, NULL);
	return true;
}

List *
qb_foreign_keys_open(ResultRelInfo *table)
{
	Relation	referring = table->ri_RelationDesc;
	List	   *keys = NIL;
	ListCell   *cell;

	if (table->ri_TrigDesc == NULL || SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
		return NIL;
	/* nothing here accepts invalidations, which would free the list */
	foreach(cell, RelationGetFKeyList(referring))
	{
		const ForeignKeyCacheInfo *info = lfirst(cell);
		Trigger    *trigger = find_trigger(table->ri_TrigDesc, info->conoid);
		ForeignKey *key;

		if (trigger == NULL)
			continue;
		key = palloc0(sizeof(ForeignKey));
		memcpy(&key->info, info, sizeof(ForeignKeyCacheInfo));
		key->trigger = trigger;
		key->referring = referring;
		keys = lappend(keys, key);
	}
	return keys;
}

void
qb_foreign_keys_close(List *keys)
{
	ListCell   *cell;

	foreach(cell, keys)
		close_key(lfirst(cell));
}

/* ----------
 * Rows
 * ----------
 */

/*
 * So that nobody deletes the row or changes its key before this transaction
 * ends.  Nobody else sees one of its own.
 */
static bool
lock_referred(ForeignKey *key, Snapshot snapshot)
{
	TM_FailureData failure;
	bool		isnull;
	Datum		xmin = slot_getsysattr(key->slot, MinTransactionIdAttributeNumber, &isnull);

	if (TransactionIdIsCurrentTransactionId(DatumGetTransactionId(xmin)))
		return true;
	return table_tuple_lock(key->referred, &key->slot->tts_tid, snapshot, key->slot, GetCurrentCommandId(true),
							LockTupleKeyShare, LockWaitBlock, TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS,
							&failure) == TM_Ok;
}

static bool
is_there(ForeignKey *key)
{
	/* the trigger's query sees no more than others of a repeatable read transaction */
	Snapshot	snapshot = IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : GetActiveSnapshot();
	IndexScanDesc scan = qb_index_beginscan(key->referred, key->index, snapshot, key->ncolumns);
	bool		found;

	index_rescan(scan, key->keys, key->ncolumns, NULL, 0);
	found = index_getnext_slot(scan, ForwardScanDirection, key->slot) && lock_referred(key, snapshot);
	index_endscan(scan);
	ExecClearTuple(key->slot);
	return found;
}

/* A key with a null refers to nothing, unless it is all or nothing. */
static bool
refers_to_nothing(const ForeignKey *key, TupleTableSlot *row)
{
	for (int i = 0; i < key->info.nkeys; i++)
	{
		if (slot_attisnull(row, key->info.conkey[i]))
			return OidIsValid(index_of_simple_key(key->info.conoid));
	}
	return false;
}

/* Is the row that it refers to there?  False also where that is left to the trigger. */
static bool
is_found(ForeignKey *key, TupleTableSlot *row)
{
	if (!key->is_looked_at)
	{
		key->is_looked_at = true;
		key->is_left = !open_key(key);
	}
	if (key->is_left)
		return false;
	for (int i = 0; i < key->ncolumns; i++)
	{
		bool		isnull;

		key->keys[i].sk_argument = slot_getattr(row, key->columns[i], &isnull);
		if (isnull)
			return false;
	}
	return is_there(key);
}

void
qb_foreign_keys_check(List *keys, TupleTableSlot *row)
{
	ListCell   *cell;

	foreach(cell, keys)
	{
		ForeignKey *key = lfirst(cell);

		if (refers_to_nothing(key, row) || is_found(key, row))
			key->trigger->tgenabled = TRIGGER_DISABLED;
	}
}

void
qb_foreign_keys_restore(List *keys)
{
	ListCell   *cell;

	foreach(cell, keys)
	{
		ForeignKey *key = lfirst(cell);

		key->trigger->tgenabled = TRIGGER_FIRES_ON_ORIGIN;
	}
}
