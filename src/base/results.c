/*
 * results.c
 *		What the SQL functions return: a row, or rows and how many there may be.
 */
#include "postgres.h"

#include "base/results.h"

#include "access/htup_details.h"
#include "commands/tablespace.h"
#include "funcapi.h"
#include "miscadmin.h"

#include "base/errors.h"

#define SHORTER "Ask for a shorter span."

Datum
qb_composite_result(FunctionCallInfo fcinfo, const Datum *values, const bool *nulls)
{
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the result is no composite");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), unconstify(Datum *, values),
											 unconstify(bool *, nulls)));
}

void
qb_rows_begin(QbRows *rows, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	/* where they go beyond work_mem is for the caller to say, not for the tables' owner */
	PrepareTempTablespaces();
	*rows = (QbRows) {.store = rsinfo->setResult, .desc = rsinfo->setDesc, .max = PG_INT64_MAX};
}

int
qb_max_rows_of(const QbCaller *caller)
{
	if (!qb_is_bound(caller))
		return qb_max_rows;
	return caller->kind == QB_CALLER_PATIENT ? qb_max_rows_patient : qb_max_rows_anon;
}

void
qb_rows_bound(QbRows *rows, const QbCaller *caller)
{
	rows->max = qb_max_rows_of(caller);
}

/* A place for one more. */
static void
count_row(QbRows *rows)
{
	CHECK_FOR_INTERRUPTS();
	if (rows->count >= rows->max)
		qb_raise(QB_INVALID_ARGUMENT, qb_detail_int(qb_detail(), "max_rows", rows->max), SHORTER,
				 "that are more than " INT64_FORMAT " rows", rows->max);
	rows->count++;
}

void
qb_rows_put(QbRows *rows, const Datum *values, const bool *nulls)
{
	count_row(rows);
	tuplestore_putvalues(rows->store, rows->desc, unconstify(Datum *, values), unconstify(bool *, nulls));
}

void
qb_rows_put_tuple(QbRows *rows, HeapTuple row)
{
	count_row(rows);
	tuplestore_puttuple(rows->store, row);
}

void
qb_check_period(const QbCaller *caller, const char *argument, int64 from, int64 to)
{
	if (caller->kind != QB_CALLER_ANON || qb_minus(to, from) <= QB_ANON_DAYS * USECS_PER_DAY)
		return;
	qb_raise(QB_INVALID_ARGUMENT,
			 qb_detail_int(qb_detail_text(qb_detail(), "argument", argument), "max_days", QB_ANON_DAYS), SHORTER,
			 "who is not signed in asks for %d days at most", QB_ANON_DAYS);
}
