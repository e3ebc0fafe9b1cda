/*
 * foreign_keys.c
 *		Foreign keys of rows that are inserted without a statement.
 */
#include "postgres.h"

#include "foreign_keys.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_constraint.h"
#include "commands/trigger.h"
#include "compat.h"
#include "scan.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* longer keys are left to the trigger */
#define MAX_COLUMNS 4

typedef struct ForeignKey
{
	Trigger    *trigger;		/* PostgreSQL's, in the copy that the executor made for us */
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
fill_key(ForeignKey *key, const ForeignKeyCacheInfo *info, TupleDesc referring, int i)
{
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
fill_keys(ForeignKey *key, const ForeignKeyCacheInfo *info, TupleDesc referring)
{
	Form_pg_index form = key->index->rd_index;

	if (key->referred->rd_rel->relkind != RELKIND_RELATION ||
		!qb_index_is_usable(key->index, info->confrelid, false) ||
		!form->indimmediate || form->indnkeyatts != info->nkeys || info->nkeys > MAX_COLUMNS)
		return false;
	key->ncolumns = info->nkeys;
	for (int i = 0; i < info->nkeys; i++)
	{
		if (!fill_key(key, info, referring, i))
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
	index_close(key->index, NoLock);
	table_close(key->referred, NoLock);
	pfree(key);
}

/* NULL: it is left to the trigger. */
static ForeignKey *
open_key(const ForeignKeyCacheInfo *info, Trigger *trigger, TupleDesc referring)
{
	ForeignKey *key = palloc0(sizeof(ForeignKey));
	Oid			index;

	key->trigger = trigger;
	qb_debug_point();
	key->referred = table_open(info->confrelid, RowShareLock);
	/* what it is now: nobody drops it or puts another in its place before the table is given free */
	index = index_of_simple_key(info->conoid);
	if (!OidIsValid(index) || !qb_index_exists(index))
	{
		table_close(key->referred, NoLock);
		pfree(key);
		return NULL;
	}
	qb_debug_point();
	key->index = index_open(index, RowShareLock);
	qb_debug_point();
	if (!fill_keys(key, info, referring))
	{
		close_key(key);
		return NULL;
	}
	key->slot = table_slot_create(key->referred, NULL);
	return key;
}

List *
qb_foreign_keys_open(ResultRelInfo *table)
{
	Relation	referring = table->ri_RelationDesc;
	List	   *keys = NIL;
	List	   *infos;
	ListCell   *cell;

	if (table->ri_TrigDesc == NULL || SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
		return NIL;
	/* a copy: the relation cache frees its own when anybody changes or analyzes the table */
	infos = copyObject(RelationGetFKeyList(referring));
	foreach(cell, infos)
	{
		const ForeignKeyCacheInfo *info = lfirst(cell);
		Trigger    *trigger = find_trigger(table->ri_TrigDesc, info->conoid);
		ForeignKey *key = trigger ? open_key(info, trigger, RelationGetDescr(referring)) : NULL;

		if (key)
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

/* False: a key with a null refers to nothing. */
static bool
set_arguments(ForeignKey *key, TupleTableSlot *row)
{
	for (int i = 0; i < key->ncolumns; i++)
	{
		bool		isnull;

		key->keys[i].sk_argument = slot_getattr(row, key->columns[i], &isnull);
		if (isnull)
			return false;
	}
	return true;
}

void
qb_foreign_keys_check(List *keys, TupleTableSlot *row)
{
	ListCell   *cell;

	foreach(cell, keys)
	{
		ForeignKey *key = lfirst(cell);

		if (!set_arguments(key, row) || is_there(key))
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
