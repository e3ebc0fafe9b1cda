/*
 * maintenance.c
 *		What has to be done now and then.  Nothing depends on it: an expired
 *		hold never blocks, closed or not.
 */
#include "postgres.h"

#include "booking.h"
#include "claim.h"
#include "compat.h"
#include "funcapi.h"
#include "miscadmin.h"

#include "access/htup_details.h"

PG_FUNCTION_INFO_V1(quickbook_run_maintenance);

/* So many holds a call, to keep its transaction short. */
#define MAX_HOLDS 500

/* Close the holds that are due, but for those whose calendars somebody is writing. */
static int
expire_holds(QbStore *store)
{
	pg_uuid_t  *ids;
	int			n = qb_store_due_holds(store, MAX_HOLDS, &ids);
	int			closed = 0;

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!qb_try_lock_appointment(store, &ids[i]))
			continue;
		qb_close_hold(store, &ids[i]);
		closed++;
	}
	return closed;
}

Datum
quickbook_run_maintenance(PG_FUNCTION_ARGS)
{
	TupleDesc	desc;
	QbStore		store;
	Datum		values[1];
	bool		nulls[1] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the result is no maintenance_info");
	qb_store_begin(&store, true);
	values[0] = Int32GetDatum(expire_holds(&store));
	qb_store_end(&store);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
