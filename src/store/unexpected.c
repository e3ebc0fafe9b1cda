/*
 * unexpected.c
 *		Errors of tables that are not as install() made them.
 */
#include "postgres.h"

#include "store/unexpected.h"

void
qb_raise_left_out(const char *operation, const char *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
			 errmsg("a trigger has left out a row of quickbook.%s", table),
			 errhint("A trigger BEFORE %s on quickbook.%s returns NULL; have it raise an error instead.",
					 operation, table)));
}

void
qb_raise_null(const char *table, const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of %s%s is null", column, table ? "quickbook." : "a table of quickbook",
					table ? table : ""),
			 errhint("quickbook.check_install() tells what was changed in the tables.")));
}
