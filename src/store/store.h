/*
 * store.h
 *		The tables: beginning and ending a piece of work on them.
 *
 * This folder alone has SQL text: its files run it, each statement beside its
 * function, or read by an index what every booking reads, and turn rows into
 * structs.  A header goes with each; scan.h, statements.h, insert.h and
 * foreign_keys.h are for this folder only.
 *
 * Every function that takes a QbStore works between qb_store_begin() and
 * qb_store_end(), in which the SQL runs with the rights of the tables' owner.
 * What it returns is palloc'd in the memory context that is current when it is
 * called, and nothing is remembered for the next call.  Where a header says
 * nothing of errors there are those of the server only: of the statement, of
 * triggers, and 22004, 42804 or 09000 where the tables are not as install()
 * made them.
 */
#ifndef QB_STORE_STORE_H
#define QB_STORE_STORE_H

#include "base/caller.h"
#include "base/settings.h"

typedef struct QbStore
{
	bool		writes;			/* read with the latest snapshot, write */
	QbCaller	caller;			/* as it was before the change of user */
	Oid			saved_user;
	int			saved_context;
	int			guc_level;		/* of a search_path that was set; 0: it was right */
} QbStore;

/* The search_path of every statement of ours. */
#define QB_SEARCH_PATH "pg_catalog, pg_temp"

/*
 * Connect and take on the owner's rights, with a search_path of core's alone.
 * With writes, every statement reads with the latest snapshot whatever the
 * isolation level, as foreign-key checks do.  Errors: not_installed,
 * wrong_schema_version.
 */
extern void qb_store_begin(QbStore *store, bool writes);

/* Disconnect and be who called again.  After an error the transaction does both. */
extern void qb_store_end(QbStore *store);

/* Whether the tables are there, in the version of this library; no error. */
extern bool qb_store_is_ready(void);

/* The same as an error: not_installed, wrong_schema_version. */
extern void qb_store_require_version(void);

/* The version of the tables: -1 when there are none, 0 when they do not say. */
extern int	qb_store_version(void);

/*
 * Whether create_roles() has been run for these tables.  Also where they do not
 * say, so that nobody gains by that; not where there are none.
 */
extern bool qb_store_roles_in_use(void);

/* Who is calling, without qb_store_begin(); see qb_caller(). */
extern QbCaller qb_store_caller(void);

#endif							/* QB_STORE_STORE_H */
