/*
 * alone.h
 *		Work on the tables as their owner alone, whoever calls.
 */
#ifndef QB_STORE_ALONE_H
#define QB_STORE_ALONE_H

#include "base/results.h"
#include "base/settings.h"

/*
 * For who acts as the owner on behalf of somebody stronger, up to and including
 * the commit: no code of the owner's may wait for what comes after.  A security
 * context for SetUserIdAndSecContext(); deferred triggers, cursors WITH HOLD and
 * temporary tables are refused in it.
 */
#define QB_OWNER_ALONE \
	(SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS)

/* What goes with it: deferrable constraints and triggers of users are checked and fire at once. */
extern void qb_store_defer_nothing(void);

/* The owner, if the caller has its rights.  Errors: not_installed, not_allowed. */
extern Oid	qb_store_require_owner(const char *what);

/*
 * Run a statement of migrate() on rows with the rights of the tables' owner and
 * no more, so that triggers of the owner's gain nothing by the caller, who may
 * be a superuser.  Settings that they make end with it.  Errors: not_installed,
 * not_allowed (the caller has not the owner's rights).
 */
extern void qb_store_run_as_owner(const char *sql);

/*
 * The rows of check_data() and repair_data(), found and mended with the rights
 * of the tables' owner in the same way.  Errors: these, wrong_schema_version.
 */
extern void qb_store_check_data(QbRows *rows);
extern void qb_store_repair_data(QbRows *rows);

#endif							/* QB_STORE_ALONE_H */
