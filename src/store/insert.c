/*
 * insert.c
 *		Rows into a table, without a statement.
 *
 * In the steps of ExecInsert() and, around it, of the executor's start and end.
 */
#include "postgres.h"

#include "store/insert.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/nodeModifyTable.h"
#include "miscadmin.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "utils/datum.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "store/compat_executor.h"
#include "store/foreign_keys.h"
#include "store/statements.h"

struct QbInsert
{
	const QbTarget *target;
	MemoryContext caller;
	EState	   *estate;
	ResultRelInfo *into;
	Relation	relation;
	TupleTableSlot *slot;
	TransitionCaptureState *transition;
	List	   *arbiters;
	List	   *foreign_keys;
	int			ndefaults;		/* of columns that are not given */
	AttrNumber *filled;
	ExprState **fillers;
};

/* ----------
 * What is kept: expressions as the parser left them, not yet planned, since
 * nobody tells when a function that the planner puts into them changes.
 * ----------
 */

static QbTarget *targets;

/* The table may have changed, or with 0 any. */
static void
forget_expressions(Datum arg, Oid relation)
{
	for (QbTarget *t = targets; t != NULL; t = t->next)
	{
		if (relation == InvalidOid || t->relation == relation)
			t->relation = InvalidOid;
	}
}

static bool
is_given(const QbTarget *target, AttrNumber place)
{
	for (int i = 0; target->table.columns[i].name != NULL; i++)
	{
		if (target->table.places[i] == place)
			return true;
	}
	return false;
}

/* Generated as it is stored, or by default where the caller gives nothing. */
static bool
is_computed(const QbTarget *target, TupleDesc desc, int i)
{
	Form_pg_attribute column = TupleDescAttr(desc, i);

	if (column->attisdropped)
		return false;
	if (column->attgenerated == '\0')
		return !is_given(target, (AttrNumber) (i + 1));
	return column->attgenerated == ATTRIBUTE_GENERATED_STORED;
}

/* A context for what is read now. */
static void
renew_context(QbTarget *target)
{
	MemoryContext context = AllocSetContextCreate(CacheMemoryContext, "expressions of a table", ALLOCSET_SMALL_SIZES);

	if (target->context)
	{
		/* a trigger may have got us here while somebody uses the old one */
		MemoryContextSetParent(target->context, TopTransactionContext);
	}
	else
	{
		if (targets == NULL)
			CacheRegisterRelcacheCallback(forget_expressions, (Datum) 0);
		target->next = targets;
		targets = target;
	}
	target->context = context;
}

/* Read the texts of what the table computes for a row: its CHECKs, its defaults and generated columns. */
static void
parse_expressions(QbTarget *target, Relation relation)
{
	TupleDesc	desc = RelationGetDescr(relation);
	int			nchecks = desc->constr ? desc->constr->num_check : 0;
	MemoryContext old;

	renew_context(target);
	old = MemoryContextSwitchTo(target->context);
	target->checks = palloc0(sizeof(Node *) * nchecks);
	for (int i = 0; i < nchecks; i++)
	{
		if (qb_is_enforced(&desc->constr->check[i]))
			target->checks[i] = stringToNode(desc->constr->check[i].ccbin);
	}
	target->defaults = palloc0(sizeof(Node *) * desc->natts);
	for (int i = 0; i < desc->natts; i++)
	{
		if (is_computed(target, desc, i))
			target->defaults[i] = build_column_default(relation, i + 1);
	}
	MemoryContextSwitchTo(old);
	target->relation = RelationGetRelid(relation);
}

/* ----------
 * Opening
 * ----------
 */

static ExprState *
prepare(const QbInsert *insert, Node *expression)
{
	qb_debug_point();
	return expression ? ExecPrepareExpr((Expr *) expression, insert->estate) : NULL;
}

/* Have the executor find what it would otherwise read from their text. */
static void
prepare_checks(QbInsert *insert)
{
	TupleDesc	desc = RelationGetDescr(insert->relation);
	ExprState **checks;

	/* into CHECKs of virtual columns it puts more */
	if (desc->constr == NULL || desc->constr->num_check == 0 || qb_has_virtual_columns(desc))
		return;
	checks = palloc(sizeof(ExprState *) * desc->constr->num_check);
	for (int i = 0; i < desc->constr->num_check; i++)
		checks[i] = prepare(insert, insert->target->checks[i]);
	qb_set_check_expressions(insert->into, checks);
}

/* The defaults of the columns that are not given and the generated ones, ready to be computed. */
static void
prepare_columns(QbInsert *insert)
{
	TupleDesc	desc = RelationGetDescr(insert->relation);
	ExprState **generated = palloc0(sizeof(ExprState *) * desc->natts);
	int			ngenerated = 0;

	insert->filled = palloc(sizeof(AttrNumber) * desc->natts);
	insert->fillers = palloc(sizeof(ExprState *) * desc->natts);
	for (int i = 0; i < desc->natts; i++)
	{
		Node	   *expression = insert->target->defaults[i];

		if (expression == NULL)
			continue;
		if (TupleDescAttr(desc, i)->attgenerated != '\0')
		{
			generated[i] = prepare(insert, expression);
			ngenerated++;
		}
		else
		{
			insert->filled[insert->ndefaults] = (AttrNumber) i;
			insert->fillers[insert->ndefaults++] = prepare(insert, expression);
		}
	}
	if (ngenerated > 0)
		qb_set_generated_expressions(insert->into, generated, ngenerated);
}

static void
require_no_rules(const QbTarget *target, Relation relation)
{
	if (relation->rd_rules)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("quickbook.%s has rules", target->table.name),
				 errhint("Use triggers instead.")));
}

static List *
find_arbiter(const QbInsert *insert)
{
	for (int i = 0; i < insert->into->ri_NumIndices; i++)
	{
		Relation	index = insert->into->ri_IndexRelationDescs[i];

		if (index->rd_index->indisexclusion && index->rd_index->indimmediate &&
			strcmp(RelationGetRelationName(index), insert->target->arbiter) == 0)
			return list_make1_oid(RelationGetRelid(index));
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("exclusion constraint \"%s\" of quickbook.%s does not exist or can be deferred",
					insert->target->arbiter, insert->target->table.name),
			 errhint("quickbook.check_install() tells what was changed in the tables.")));
}

/* As a statement does when it starts. */
static void
start(QbInsert *insert, QbTarget *target, Oid oid)
{
	qb_init_range_table(insert->estate, oid);
	insert->into = makeNode(ResultRelInfo);
	ExecInitResultRelation(insert->estate, insert->into, 1);
	insert->relation = insert->into->ri_RelationDesc;
	qb_require_plain_table(&target->table, insert->relation);
	require_no_rules(target, insert->relation);
	qb_table_columns(&target->table, RelationGetDescr(insert->relation));
	if (target->relation != oid)
		parse_expressions(target, insert->relation);
	prepare_checks(insert);
	prepare_columns(insert);
	qb_debug_point();
	ExecOpenIndices(insert->into, target->arbiter != NULL);
	if (target->arbiter)
		insert->arbiters = find_arbiter(insert);
	qb_debug_point();
	insert->foreign_keys = qb_foreign_keys_open(insert->into);
	insert->slot = table_slot_create(insert->relation, &insert->estate->es_tupleTable);
	insert->transition = MakeTransitionCaptureState(insert->into->ri_TrigDesc, oid, CMD_INSERT);
}

QbInsert *
qb_insert_open(QbTarget *target)
{
	QbInsert   *insert = palloc0(sizeof(QbInsert));
	Oid			oid;

	PreventCommandIfReadOnly("INSERT");
	PreventCommandIfParallelMode("INSERT");
	oid = qb_lock_table(&target->table, RowExclusiveLock);
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());

	insert->target = target;
	insert->estate = CreateExecutorState();
	insert->estate->es_output_cid = GetCurrentCommandId(true);
	insert->caller = MemoryContextSwitchTo(insert->estate->es_query_cxt);
	/* a SELECT that calls us keeps no book of triggers */
	AfterTriggerBeginQuery();
	start(insert, target, oid);
	ExecBSInsertTriggers(insert->estate, insert->into);
	MemoryContextSwitchTo(insert->caller);
	return insert;
}

void
qb_insert_close(QbInsert *insert)
{
	EState	   *estate = insert->estate;

	qb_debug_point();
	MemoryContextSwitchTo(estate->es_query_cxt);
	ExecASInsertTriggers(estate, insert->into, insert->transition);
	AfterTriggerEndQuery(estate);
	qb_foreign_keys_close(insert->foreign_keys);
	MemoryContextSwitchTo(insert->caller);

	ExecResetTupleTable(estate->es_tupleTable, false);
	ExecCloseResultRelations(estate);
	ExecCloseRangeTableRelations(estate);
	FreeExecutorState(estate);
	PopActiveSnapshot();
	pfree(insert);
}

/* ----------
 * Rows
 * ----------
 */

/* The row as it is given, with the defaults of the other columns. */
static void
fill_slot(QbInsert *insert, const Datum *values, const bool *nulls)
{
	TupleTableSlot *slot = insert->slot;
	const QbTable *table = &insert->target->table;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * slot->tts_tupleDescriptor->natts);
	for (int i = 0; i < insert->ndefaults; i++)
	{
		int			place = insert->filled[i];

		slot->tts_values[place] = ExecEvalExprSwitchContext(insert->fillers[i], GetPerTupleExprContext(insert->estate),
															&slot->tts_isnull[place]);
	}
	for (int i = 0; table->columns[i].name != NULL; i++)
	{
		int			place = table->places[i] - 1;

		slot->tts_isnull[place] = nulls != NULL && nulls[i];
		slot->tts_values[place] = slot->tts_isnull[place] ? (Datum) 0 : values[i];
	}
	ExecStoreVirtualTuple(slot);
	slot->tts_tableOid = RelationGetRelid(insert->relation);
}

/*
 * As ON CONFLICT DO NOTHING, but for the look before the first attempt: callers
 * hold locks and have looked.  Who writes at the same time without these locks
 * is not waited for in a circle: the later transaction takes its row back.
 */
static bool
write_or_leave_out(QbInsert *insert, List **recheck)
{
	TransactionId xid = GetCurrentTransactionId();

	for (;;)
	{
		uint32		token = SpeculativeInsertionLockAcquire(xid);
		bool		conflict = false;

		table_tuple_insert_speculative(insert->relation, insert->slot, insert->estate->es_output_cid, 0, NULL, token);
		qb_debug_point();
		*recheck = qb_insert_index_tuples(insert->into, insert->slot, insert->estate, &conflict, insert->arbiters);
		table_tuple_complete_speculative(insert->relation, insert->slot, token, !conflict);
		SpeculativeInsertionLockRelease(xid);
		if (!conflict)
			return true;
		list_free(*recheck);
		/* waits for the other's end */
		if (!qb_check_index_constraints(insert->into, insert->slot, insert->estate, insert->arbiters))
			return false;
	}
}

/*
 * What ExecInsert() does with a row, in its order: triggers before, generated
 * columns, CHECKs, the row, its indexes, triggers after.  False: the arbiter
 * refused it, and it is gone again.
 */
static bool
write_row(QbInsert *insert)
{
	EState	   *estate = insert->estate;
	ResultRelInfo *into = insert->into;
	TupleTableSlot *slot = insert->slot;
	TupleConstr *constr;
	List	   *recheck = NIL;

	qb_debug_point();
	if (into->ri_TrigDesc && into->ri_TrigDesc->trig_insert_before_row && !ExecBRInsertTriggers(estate, into, slot))
		return false;
	qb_debug_point();
	constr = RelationGetDescr(insert->relation)->constr;
	if (constr && constr->has_generated_stored)
		ExecComputeStoredGenerated(into, estate, slot, CMD_INSERT);
	if (constr)
		ExecConstraints(into, slot, estate);
	if (insert->relation->rd_rel->relispartition)
		ExecPartitionCheck(into, slot, estate, true);
	if (insert->arbiters)
	{
		if (!write_or_leave_out(insert, &recheck))
			return false;
	}
	else
	{
		table_tuple_insert(insert->relation, slot, estate->es_output_cid, 0, NULL);
		recheck = qb_insert_index_tuples(into, slot, estate, NULL, NIL);
	}
	qb_debug_point();
	qb_foreign_keys_check(insert->foreign_keys, slot);
	ExecARInsertTriggers(estate, into, slot, recheck, insert->transition);
	qb_foreign_keys_restore(insert->foreign_keys);
	list_free(recheck);
	return true;
}

bool
qb_insert_row(QbInsert *insert, const Datum *values, const bool *nulls)
{
	bool		written;

	MemoryContextSwitchTo(insert->estate->es_query_cxt);
	ResetPerTupleExprContext(insert->estate);
	fill_slot(insert, values, nulls);
	written = write_row(insert);
	MemoryContextSwitchTo(insert->caller);
	return written;
}

Datum
qb_insert_value(QbInsert *insert, int column, bool *isnull)
{
	int			place = insert->target->table.places[column];
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(insert->relation), place - 1);
	Datum		value = slot_getattr(insert->slot, place, isnull);

	return *isnull ? value : datumCopy(value, attribute->attbyval, attribute->attlen);
}

void
qb_insert(QbTarget *target, const Datum *values)
{
	QbInsert   *insert = qb_insert_open(target);

	if (!qb_insert_row(insert, values, NULL))
		qb_raise_left_out("INSERT", target->table.name);
	qb_insert_close(insert);
}
