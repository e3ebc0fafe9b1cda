/*
 * insert.h
 *		Rows into a table, without a statement.  For the store_*.c files only.
 *
 * A statement reads the text of its table's CHECKs, defaults and generated
 * columns anew each time, and with ON CONFLICT looks for the conflict before
 * the row is written and again after.  That is a third of what a booking costs.
 * All that hangs on the table holds here as well: defaults, generated columns,
 * CHECKs, indexes, foreign keys and everybody's triggers.  Only rules are not
 * looked at; a table that has some is refused.
 */
#ifndef QB_STORE_INSERT_H
#define QB_STORE_INSERT_H

#include "store/scan.h"

/*
 * What is written.  Of its table: the columns that are given, by place; all
 * others have their defaults.
 */
typedef struct QbTarget
{
	QbTable		table;
	const char *arbiter;		/* whom this exclusion constraint refuses is left out; or NULL */
	/* what insert.c keeps: the expressions of the table, by number */
	struct QbTarget *next;
	Oid			relation;		/* whose they are; 0: read them again */
	MemoryContext context;
	Node	  **checks;
	Node	  **defaults;		/* of generated columns, and of those that are not given; or NULL */
} QbTarget;

typedef struct QbInsert QbInsert;

/*
 * Open; write any number of rows; close, which is when AFTER triggers fire and
 * errors of foreign keys come.  False: the constraint refused the row, or a
 * trigger did.
 */
extern QbInsert *qb_insert_open(QbTarget *target);
extern bool qb_insert_row(QbInsert *insert, const Datum *values, const bool *nulls);
extern void qb_insert_close(QbInsert *insert);

/* A column of the row that was written last, copied. */
extern Datum qb_insert_value(QbInsert *insert, int column, bool *isnull);

/* One row, of a table where nothing may refuse one. */
extern void qb_insert(QbTarget *target, const Datum *values);

#endif							/* QB_STORE_INSERT_H */
