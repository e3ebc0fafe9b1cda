/*
 * compat.h
 *		The only place that tests PG_VERSION_NUM.
 *
 * Each shim names the server version from which on it can be deleted.
 */
#ifndef QB_BASE_COMPAT_H
#define QB_BASE_COMPAT_H

#include "postgres.h"

#include "access/genam.h"
#include "catalog/pg_namespace.h"
#include "common/jsonapi.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "parser/parse_relation.h"
#include "utils/acl.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/rangetypes.h"
#include "utils/rel.h"

#if PG_VERSION_NUM < 150000
#error "quickbook needs PostgreSQL 15 or newer"
#endif

/* 16: varlena macros moved to a header of their own */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18: module magic carries a name and a version */
#if PG_VERSION_NUM >= 180000
#define QB_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "quickbook", .version = QB_VERSION)
#else
#define QB_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 18: pg_noreturn stands before a declaration */
#if PG_VERSION_NUM >= 180000
#define qb_noreturn pg_noreturn
#else
#define qb_noreturn pg_attribute_noreturn()
#endif

/* 16: DecodeDateTime() got an argument for details of an error */
static inline int
qb_decode_datetime(char **field, int *ftype, int nf, int *dtype,
				   struct pg_tm *tm, fsec_t *fsec, int *tz)
{
#if PG_VERSION_NUM >= 160000
	DateTimeErrorExtra extra;

	return DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tz, &extra);
#else
	return DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tz);
#endif
}

/* 16: what the JSON parser calls returns a result */
#if PG_VERSION_NUM >= 160000
#define QB_JSON_ACTION static JsonParseErrorType
#define QB_JSON_CONTINUE return JSON_SUCCESS
#else
#define QB_JSON_ACTION static void
#define QB_JSON_CONTINUE return
#endif

/* 17: the caller may bring the memory of the lexer */
static inline JsonLexContext *
qb_json_lexer(char *text, int length)
{
#if PG_VERSION_NUM >= 170000
	return makeJsonLexContextCstringLen(NULL, text, length, PG_UTF8, true);
#else
	return makeJsonLexContextCstringLen(text, length, PG_UTF8, true);
#endif
}

/* 16: what check hooks put into *extra lies in a memory context, not malloc's */
static inline void *
qb_guc_alloc(size_t size)
{
#if PG_VERSION_NUM >= 160000
	return guc_malloc(LOG, size);
#else
	return malloc(size);
#endif
}

/* 18: index scans can be measured; 19: scans have flags */
static inline IndexScanDesc
qb_index_beginscan(Relation table, Relation index, Snapshot snapshot, int nkeys)
{
#if PG_VERSION_NUM >= 190000
	/* SO_NONE is in a header that declares raise(), which errors.c does too */
	return index_beginscan(table, index, snapshot, NULL, nkeys, 0, 0);
#elif PG_VERSION_NUM >= 180000
	return index_beginscan(table, index, snapshot, NULL, nkeys, 0);
#else
	return index_beginscan(table, index, snapshot, nkeys, 0);
#endif
}

/* 19: a scan has flags.  A macro, because its header declares raise(). */
#if PG_VERSION_NUM >= 190000
#define qb_table_beginscan(table, snapshot) table_beginscan(table, snapshot, 0, NULL, SO_NONE)
#else
#define qb_table_beginscan(table, snapshot) table_beginscan(table, snapshot, 0, NULL)
#endif

/* 19: what builds jsonb keeps the result */
#if PG_VERSION_NUM >= 190000
typedef JsonbInState QbJson;
#else
typedef struct
{
	JsonbParseState *state;
	JsonbValue *result;
} QbJson;
#endif

static inline void
qb_push_json(QbJson *json, JsonbIteratorToken what, JsonbValue *value)
{
#if PG_VERSION_NUM >= 190000
	pushJsonbValue(json, what, value);
#else
	json->result = pushJsonbValue(&json->state, what, value);
#endif
}

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

#endif							/* QB_BASE_COMPAT_H */
