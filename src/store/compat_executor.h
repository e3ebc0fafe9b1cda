/*
 * compat_executor.h
 *		What differs between versions of the server in scans and in the executor;
 *		see base/compat.h.
 */
#ifndef QB_STORE_COMPAT_EXECUTOR_H
#define QB_STORE_COMPAT_EXECUTOR_H

#include "postgres.h"

#include "access/genam.h"
#include "executor/executor.h"
#include "parser/parse_relation.h"
#include "utils/rangetypes.h"
#include "utils/rel.h"

/* 18: index scans can be measured; 19: scans have flags */
static inline IndexScanDesc
qb_index_beginscan(Relation table, Relation index, Snapshot snapshot, int nkeys)
{
#if PG_VERSION_NUM >= 190000
	/* the last 0 is SO_NONE of access/tableam.h */
	return index_beginscan(table, index, snapshot, NULL, nkeys, 0, 0);
#elif PG_VERSION_NUM >= 180000
	return index_beginscan(table, index, snapshot, NULL, nkeys, 0);
#else
	return index_beginscan(table, index, snapshot, nkeys, 0);
#endif
}

/* 19: a scan has flags.  A macro: who uses it includes access/tableam.h. */
#if PG_VERSION_NUM >= 190000
#define qb_table_beginscan(table, snapshot) table_beginscan(table, snapshot, 0, NULL, SO_NONE)
#else
#define qb_table_beginscan(table, snapshot) table_beginscan(table, snapshot, 0, NULL)
#endif

/* 16: errors may be kept in a context */
static inline RangeType *
qb_make_range(TypeCacheEntry *type, RangeBound *lower, RangeBound *upper)
{
#if PG_VERSION_NUM >= 160000
	return make_range(type, lower, upper, false, NULL);
#else
	return make_range(type, lower, upper, false);
#endif
}

/* 16: permissions have a list of their own; 18: there are relations left out */
static inline void
qb_init_range_table(EState *estate, Oid relation)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
#if PG_VERSION_NUM >= 160000
	List	   *permissions = NIL;
#endif

	rte->rtekind = RTE_RELATION;
	rte->relid = relation;
	rte->relkind = RELKIND_RELATION;
	rte->rellockmode = RowExclusiveLock;
#if PG_VERSION_NUM >= 160000
	addRTEPermissionInfo(&permissions, rte);
#endif
#if PG_VERSION_NUM >= 180000
	ExecInitRangeTable(estate, list_make1(rte), permissions, bms_make_singleton(1));
#elif PG_VERSION_NUM >= 160000
	ExecInitRangeTable(estate, list_make1(rte), permissions);
#else
	ExecInitRangeTable(estate, list_make1(rte));
#endif
}

/* 18: a CHECK may be there for the planner only */
static inline bool
qb_is_enforced(const ConstrCheck *check)
{
#if PG_VERSION_NUM >= 180000
	return check->ccenforced;
#else
	return true;
#endif
}

/* 18: generated columns that are not stored */
static inline bool
qb_has_virtual_columns(TupleDesc desc)
{
#if PG_VERSION_NUM >= 180000
	return desc->constr && desc->constr->has_generated_virtual;
#else
	return false;
#endif
}

/* 18: the field's name */
static inline void
qb_set_check_expressions(ResultRelInfo *relation, ExprState **checks)
{
#if PG_VERSION_NUM >= 180000
	relation->ri_CheckConstraintExprs = checks;
#else
	relation->ri_ConstraintExprs = checks;
#endif
}

/* 16: INSERT and UPDATE have their own */
static inline void
qb_set_generated_expressions(ResultRelInfo *relation, ExprState **generated, int n)
{
#if PG_VERSION_NUM >= 160000
	relation->ri_GeneratedExprsI = generated;
	relation->ri_NumGeneratedNeededI = n;
#else
	relation->ri_GeneratedExprs = generated;
	relation->ri_NumGeneratedNeeded = n;
#endif
}

/* 16: summarizing indexes; 19: flags.  conflict is for the constraints in arbiters. */
static inline List *
qb_insert_index_tuples(ResultRelInfo *relation, TupleTableSlot *slot, EState *estate, bool *conflict, List *arbiters)
{
#if PG_VERSION_NUM >= 190000
	return ExecInsertIndexTuples(relation, estate, arbiters != NIL ? EIIT_NO_DUPE_ERROR : 0, slot, arbiters, conflict);
#elif PG_VERSION_NUM >= 160000
	return ExecInsertIndexTuples(relation, slot, estate, false, arbiters != NIL, conflict, arbiters, false);
#else
	return ExecInsertIndexTuples(relation, slot, estate, false, arbiters != NIL, conflict, arbiters);
#endif
}

/* 18: a row may be left out */
static inline bool
qb_check_index_constraints(ResultRelInfo *relation, TupleTableSlot *slot, EState *estate, List *arbiters)
{
	ItemPointerData other;
#if PG_VERSION_NUM >= 180000
	ItemPointerData none;

	ItemPointerSetInvalid(&none);
	return ExecCheckIndexConstraints(relation, slot, estate, &other, &none, arbiters);
#else
	return ExecCheckIndexConstraints(relation, slot, estate, &other, arbiters);
#endif
}

#endif							/* QB_STORE_COMPAT_EXECUTOR_H */
