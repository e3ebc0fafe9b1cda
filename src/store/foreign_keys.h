/*
 * foreign_keys.h
 *		Foreign keys of rows that are inserted without a statement.
 *
 * PostgreSQL's trigger runs a query for each key of each row, which is a
 * quarter of what a booking costs (19 has a short way of its own).  Here the
 * row that is referred to is looked up in its index and locked, and where it
 * is found the trigger is left out.  Whatever else may be the case, a row that
 * is missing, changed meanwhile or not to be seen, is the trigger's to judge,
 * and the error its own.
 */
#ifndef QB_STORE_FOREIGN_KEYS_H
#define QB_STORE_FOREIGN_KEYS_H

#include "nodes/execnodes.h"

/* Those of a table that may be looked up: a List, for the two below. */
extern List *qb_foreign_keys_open(ResultRelInfo *table);
extern void qb_foreign_keys_close(List *keys);

/*
 * Between inserting a row and ExecARInsertTriggers(): what this transaction
 * does to the referred rows from here on meets their own triggers, which see
 * the row.  After ExecARInsertTriggers() the triggers are to be put back.
 */
extern void qb_foreign_keys_check(List *keys, TupleTableSlot *row);
extern void qb_foreign_keys_restore(List *keys);

#endif							/* QB_STORE_FOREIGN_KEYS_H */
