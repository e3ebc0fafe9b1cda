/*
 * alone.c
 *		Statements that run as the tables' owner alone, whoever calls.
 *
 * For what superusers call on tables of somebody else: triggers, CHECKs and
 * statistics of expressions are that somebody's code.
 */
#include "postgres.h"

#include "store/alone.h"

#include "access/tupconvert.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"

#include "base/errors.h"
#include "base/results.h"
#include "store/store.h"

typedef struct Alone
{
	Oid			caller;
	int			context;
	int			guc_level;
} Alone;

void
qb_store_defer_nothing(void)
{
	ConstraintsSetStmt *all_immediate = makeNode(ConstraintsSetStmt);

	AfterTriggerSetState(all_immediate);
}

Oid
qb_store_require_owner(const char *what)
{
	Oid			owner = qb_tables_owner();

	if (!OidIsValid(owner))
		qb_raise(QB_NOT_INSTALLED, NULL, NULL, "the tables of quickbook do not exist");
	if (!has_privs_of_role(GetUserId(), owner))
		qb_raise(QB_NOT_ALLOWED, NULL, "Call it as the owner of the tables of quickbook, or as a superuser.",
				 "only who has the rights of the tables' owner may %s", what);
	return owner;
}

static void
enter(Alone *alone, const char *what)
{
	Oid			owner = qb_store_require_owner(what);

	GetUserIdAndSecContext(&alone->caller, &alone->context);
	alone->guc_level = NewGUCNestLevel();
	qb_set_option_in_level("search_path", QB_SEARCH_PATH);
	SetUserIdAndSecContext(owner, alone->context | QB_OWNER_ALONE);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

static void
leave(const Alone *alone)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
	SetUserIdAndSecContext(alone->caller, alone->context);
	/* what a trigger has set is not the caller's */
	AtEOXact_GUC(false, alone->guc_level);
}

static void
execute(const char *sql, bool read_only)
{
	int			result = SPI_execute(sql, read_only, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
}

void
qb_store_run_as_owner(const char *sql)
{
	Alone		alone;

	enter(&alone, "change the tables");
	qb_store_defer_nothing();
	execute(sql, false);
	leave(&alone);
}

static void
put_rows(QbRows *rows)
{
	SPITupleTable *found = SPI_tuptable;
	int			n = rows->desc->natts;
	Datum	   *values = palloc(sizeof(Datum) * n);
	bool	   *nulls = palloc(sizeof(bool) * n);

	/* only to have the types compared */
	(void) convert_tuples_by_position(found->tupdesc, rows->desc, "quickbook's functions are of different versions");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		heap_deform_tuple(found->vals[i], found->tupdesc, values, nulls);
		qb_rows_put(rows, values, nulls);
	}
}

static void
compare(QbRows *rows, const char *sql, bool writes)
{
	Alone		alone;

	qb_store_require_version();
	enter(&alone, "compare what is in them");
	if (writes)
		qb_store_defer_nothing();
	execute(sql, !writes);
	put_rows(rows);
	leave(&alone);
}

void
qb_store_check_data(QbRows *rows)
{
	compare(rows, "SELECT p.* FROM quickbook_internal.schema_data_all() AS p", false);
}

void
qb_store_repair_data(QbRows *rows)
{
	compare(rows, "SELECT p.* FROM quickbook_internal.schema_repair_all() AS p", true);
}
