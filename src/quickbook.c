/*
 * quickbook.c
 *		Module start.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "base/caller.h"
#include "base/compat.h"
#include "base/settings.h"
#include "base/shared.h"
#include "events/announce.h"
#include "server/worker.h"

QB_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

/*
 * Settings made before the library was loaded cannot be taken over in the
 * middle of a parallel query, and would be lost for the whole session:
 * quickbook.trust_claims, too.
 */
static void
check_loading(void)
{
	static const char *const names[] = {
		"quickbook.trust_claims", "quickbook.error_style", "quickbook.now", "quickbook.search_days",
		"quickbook.max_rows", "quickbook.max_rows_patient", "quickbook.max_rows_anon",
		"quickbook.password_cost", "quickbook.token_lifetime", "quickbook.notify", "quickbook.debug_invalidate"
	};

	if (!IsInParallelMode() || IsParallelWorker())
		return;
	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (GetConfigOption(names[i], true, false) != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("quickbook cannot be loaded in the middle of a parallel query"),
					 errhint("Put quickbook into session_preload_libraries of the role or database that has its settings.")));
	}
}

void
_PG_init(void)
{
	check_loading();
	qb_settings_define();
	qb_events_register();
	qb_identity_register();
	if (process_shared_preload_libraries_in_progress && !IsBinaryUpgrade)
	{
		qb_shared_request();
		qb_worker_register();
	}
}
