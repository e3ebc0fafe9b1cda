/*
 * results.c
 *		The rows of a function that returns a set, and how many there may be.
 */
#include "postgres.h"

#include "base/results.h"

#include "commands/tablespace.h"
#include "funcapi.h"
#include "miscadmin.h"

#include "base/errors.h"

#define SHORTER "Ask for a shorter span."

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

void
qb_rows_put(QbRows *rows, const Datum *values, const bool *nulls)
{
	CHECK_FOR_INTERRUPTS();
	if (rows->count >= rows->max)
		qb_raise(QB_INVALID_ARGUMENT, qb_detail_int(qb_detail(), "max_rows", rows->max), SHORTER,
				 "that are more than " INT64_FORMAT " rows", rows->max);
	rows->count++;
	tuplestore_putvalues(rows->store, rows->desc, unconstify(Datum *, values), unconstify(bool *, nulls));
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
