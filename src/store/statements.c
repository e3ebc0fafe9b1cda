/*
 * statements.c
 *		Running SQL statements.
 *
 * They stand beside the functions that run them, in this folder only, are
 * prepared on first use and kept for the life of the backend.
 * They name everything by schema; the functions that lead here are declared
 * with SET search_path = pg_catalog, pg_temp, so that operators are core's.
 */
#include "postgres.h"

#include "store/statements.h"

#include "access/xact.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "base/errors.h"
#include "store/unexpected.h"

static SPIPlanPtr
get_plan(QbStatement *statement)
{
	qb_debug_point();
	if (statement->plan == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare_cursor(statement->sql, statement->nargs, statement->types,
											  CURSOR_OPT_GENERIC_PLAN);

		if (plan == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		if (SPI_keepplan(plan) != 0)
			elog(ERROR, "SPI_keepplan failed");
		statement->plan = plan;
	}
	return statement->plan;
}

/*
 * Lock the tables of a plan as running it does.  A table that somebody is
 * rewriting looks empty to snapshots from before, so the snapshot comes later.
 */
static void
lock_tables(SPIPlanPtr plan)
{
	CachedPlan *cached = SPI_plan_get_cached_plan(plan);

	if (cached)
		ReleaseCachedPlan(cached, CurrentResourceOwner);
	qb_debug_point();
}

/* ----------
 * What comes out
 * ----------
 */

/* The letters of QbStatement.result. */
static Oid
type_of_letter(char letter)
{
	switch (letter)
	{
		case 'b':
			return BOOLOID;
		case 'f':
			return FLOAT8OID;
		case 'i':
			return INT4OID;
		case 'j':
			return JSONBOID;
		case 'l':
			return INT8OID;
		case 's':
			return INT2OID;
		case 't':
			return TEXTOID;
		case 'u':
			return UUIDOID;
		case 'U':
			return UUIDARRAYOID;
		case 'v':
			return INTERVALOID;
		case 'y':
			return BYTEAOID;
		case 'z':
			return TIMESTAMPTZOID;
	}
	elog(ERROR, "no type has letter %c", letter);
}

/* The code takes each column for what it was in the tables of install(). */
static void
check_types(const QbStatement *statement, TupleDesc desc)
{
	const char *letters = statement->result ? statement->result : "";

	if (desc->natts != (int) strlen(letters))
		elog(ERROR, "a statement of quickbook gives %d columns, not %d", desc->natts, (int) strlen(letters));
	for (int i = 0; i < desc->natts; i++)
	{
		Oid			type = TupleDescAttr(desc, i)->atttypid;
		Oid			expected = type_of_letter(letters[i]);

		if (type != expected)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of a table of quickbook has type %s, not %s",
							NameStr(TupleDescAttr(desc, i)->attname), format_type_be(type), format_type_be(expected)),
					 errdetail_internal("%s", statement->sql),
					 errhint("quickbook.check_install() tells what was changed in the tables.")));
	}
}

/* What every statement's result is looked at for, before anybody reads it. */
static void
check_result(const QbStatement *statement, int code)
{
	if (code < 0)
		elog(ERROR, "a statement of quickbook failed: %s: %s", SPI_result_code_string(code), statement->sql);
	if (SPI_tuptable != NULL)
		check_types(statement, SPI_tuptable->tupdesc);
	if (statement->writes && SPI_processed == 0)
		qb_raise_left_out(strncmp(statement->sql, "INSERT", 6) == 0 ? "INSERT" : "UPDATE", statement->writes);
}

Datum
qb_column(uint64 row, int number, bool *isnull)
{
	if (SPI_tuptable == NULL || row >= SPI_processed)
		qb_raise(QB_NOT_FOUND, NULL, "Somebody has deleted it meanwhile; try again.", "what was to be read is gone");
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

Datum
qb_not_null(uint64 row, int number)
{
	bool		isnull;
	Datum		value = qb_column(row, number, &isnull);

	if (isnull)
		qb_raise_null(NULL, NameStr(TupleDescAttr(SPI_tuptable->tupdesc, number - 1)->attname));
	return value;
}

int
qb_written_rows(const char *table)
{
	int64		due = DatumGetInt64(qb_not_null(0, SPI_tuptable->tupdesc->natts));
	bool		none;

	(void) qb_column(0, 1, &none);
	if (due != (none ? 0 : (int64) SPI_processed))
		qb_raise_left_out("UPDATE", table);
	return (int) due;
}

int
qb_read_ids(pg_uuid_t **ids)
{
	int			n = (int) SPI_processed;

	*ids = palloc(sizeof(pg_uuid_t) * Max(n, 1));
	for (int row = 0; row < n; row++)
		(*ids)[row] = uuid_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* ----------
 * Running
 * ----------
 */

void
qb_run(QbStore *store, QbStatement *statement, Datum *values, const char *nulls)
{
	MemoryContext context = CurrentMemoryContext;
	SPIPlanPtr	plan = get_plan(statement);
	int			code;

	if (store->writes)
	{
		lock_tables(plan);
		code = SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(),
									IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot,
									false, true, 0);
	}
	else
		code = SPI_execute_plan(plan, values, nulls, true, 0);
	check_result(statement, code);
	/* SPI leaves its own context behind, which dies with SPI_finish() */
	MemoryContextSwitchTo(context);
}

QbCursor
qb_cursor_open(QbStore *store, QbStatement *statement, Datum *values, const char *nulls)
{
	MemoryContext context = CurrentMemoryContext;
	QbCursor	cursor = {.statement = statement};

	Assert(!store->writes);
	cursor.portal = SPI_cursor_open(NULL, get_plan(statement), values, nulls, true);
	MemoryContextSwitchTo(context);
	return cursor;
}

int
qb_cursor_fetch(QbCursor *cursor, int n)
{
	MemoryContext context = CurrentMemoryContext;

	SPI_cursor_fetch(cursor->portal, true, n);
	check_result(cursor->statement, SPI_OK_FETCH);
	MemoryContextSwitchTo(context);
	return (int) SPI_processed;
}

void
qb_cursor_close(QbCursor *cursor)
{
	SPI_cursor_close(cursor->portal);
}

void
qb_run_as_of_transaction(QbStatement *statement, Datum *values)
{
	MemoryContext context = CurrentMemoryContext;
	int			code = SPI_execute_snapshot(get_plan(statement), values, NULL, GetTransactionSnapshot(), InvalidSnapshot,
											true, false, 0);

	check_result(statement, code);
	MemoryContextSwitchTo(context);
}
