/*
 * maintenance.c
 *		The SQL functions of who looks after the database: maintenance by hand,
 *		purging, and statistics.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/results.h"
#include "base/shared.h"
#include "store/allocations.h"
#include "store/store.h"
#include "people/access.h"
#include "server/maintenance.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_run_maintenance);
PG_FUNCTION_INFO_V1(quickbook_purge_allocations);
PG_FUNCTION_INFO_V1(quickbook_stat_counters);
PG_FUNCTION_INFO_V1(quickbook_reset_stat);

Datum
quickbook_run_maintenance(PG_FUNCTION_ARGS)
{
	QbCaller	caller = qb_store_caller();
	QbMaintenance done;
	Datum		values[3];
	bool		nulls[] = {false, false, false};

	qb_require_operator(&caller, "run maintenance");
	done = qb_maintain(QB_TASK_ALL, NULL);
	values[0] = Int32GetDatum(done.holds_expired);
	values[1] = Int64GetDatum(done.events_numbered);
	values[2] = Int32GetDatum(done.notifications_queued);
	return qb_composite_result(fcinfo, values, nulls);
}

Datum
quickbook_purge_allocations(PG_FUNCTION_ARGS)
{
	TimestampTz before = qb_arg_older_than(fcinfo, 0);
	QbStore		store;
	int64		n;

	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "purge allocations");
	n = qb_store_purge_allocations(&store, before);
	qb_store_end(&store);
	PG_RETURN_INT64(n);
}

/* ----------
 * Statistics
 * ----------
 */

/* {"slot_taken": 3, …}: those that happened. */
static Datum
refusals_json(const uint64 *counters)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int error = 0; error < QB_NERRORS; error++)
	{
		if (counters[QB_COUNT_REFUSALS + error] > 0)
			appendStringInfo(&json, "%s\"%s\": " UINT64_FORMAT, json.len > 1 ? ", " : "", qb_error_name(error),
							 counters[QB_COUNT_REFUSALS + error]);
	}
	appendStringInfoChar(&json, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

Datum
quickbook_stat_counters(PG_FUNCTION_ARGS)
{
	uint64		counters[QB_NCOUNTERS];
	TimestampTz since;
	Datum		values[10];
	bool		nulls[10] = {false};
	int			pid = qb_worker_pid();
	QbCaller	caller = qb_store_caller();

	qb_require_operator(&caller, "see the statistics");
	if (!qb_read_counters(counters, &since))
	{
		memset(nulls, true, sizeof(nulls));
		return qb_composite_result(fcinfo, values, nulls);
	}
	for (int i = 0; i < QB_COUNT_REFUSALS; i++)
		values[i] = Int64GetDatum((int64) counters[i]);
	values[QB_COUNT_REFUSALS] = refusals_json(counters);
	values[QB_COUNT_REFUSALS + 1] = Int32GetDatum(pid);
	nulls[QB_COUNT_REFUSALS + 1] = pid == 0;
	values[QB_COUNT_REFUSALS + 2] = TimestampTzGetDatum(since);
	return qb_composite_result(fcinfo, values, nulls);
}

Datum
quickbook_reset_stat(PG_FUNCTION_ARGS)
{
	QbCaller	caller = qb_store_caller();

	qb_require_operator(&caller, "reset the statistics");
	qb_reset_counters();
	PG_RETURN_VOID();
}
