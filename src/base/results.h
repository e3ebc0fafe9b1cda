/*
 * results.h
 *		What the SQL functions return: a row, or rows and how many there may be.
 */
#ifndef QB_BASE_RESULTS_H
#define QB_BASE_RESULTS_H

#include "access/htup.h"
#include "fmgr.h"
#include "utils/tuplestore.h"

#include "base/caller.h"
#include "base/settings.h"

/* The result of a SQL function that returns one row, palloc'd, by its columns. */
extern Datum qb_composite_result(FunctionCallInfo fcinfo, const Datum *values, const bool *nulls);

/* Beyond work_mem rows go to disk, so put them as they are found. */
typedef struct QbRows
{
	Tuplestorestate *store;
	TupleDesc	desc;
	int64		count;
	int64		max;			/* one more is refused */
} QbRows;

/*
 * Begin the rows of a SQL function; they live as long as its result.  Before
 * qb_store_begin(), while the caller's own rights hold.
 */
extern void qb_rows_begin(QbRows *rows, FunctionCallInfo fcinfo);

/* From now on at most as many as the caller may list: quickbook.max_rows and its like. */
extern void qb_rows_bound(QbRows *rows, const QbCaller *caller);

/* How many that is. */
extern int	qb_max_rows_of(const QbCaller *caller);

/* Add a row, which is copied.  invalid_argument if there are too many.  A place where a cancel is seen. */
extern void qb_rows_put(QbRows *rows, const Datum *values, const bool *nulls);
extern void qb_rows_put_tuple(QbRows *rows, HeapTuple row);

/* Who is not signed in asks for no more than so much at a time. */
#define QB_ANON_DAYS 62

/* invalid_argument if [from, to) is longer than that and the caller is not signed in. */
extern void qb_check_period(const QbCaller *caller, const char *argument, int64 from, int64 to);

#endif							/* QB_BASE_RESULTS_H */
