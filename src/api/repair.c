/*
 * repair.c
 *		check_data(), repair_data(), and what they need of the code that books.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"
#include "utils/uuid.h"

#include "base/locks.h"
#include "base/results.h"
#include "store/alone.h"

PG_FUNCTION_INFO_V1(quickbook_schema_lock_calendars);
PG_FUNCTION_INFO_V1(quickbook_check_data);
PG_FUNCTION_INFO_V1(quickbook_repair_data);

static void
add_calendars(QbLockSet *set, bool of_patients, ArrayType *ids)
{
	ArrayIterator each = array_create_iterator(ids, 0, NULL);
	Datum		id;
	bool		isnull;

	while (array_iterate(each, &id, &isnull))
	{
		if (!isnull)
			qb_locks_add_calendar(set, of_patients, DatumGetUUIDP(id));
	}
	array_free_iterator(each);
}

/* All of them in one sorted pass, so that who repairs and who books do not deadlock. */
Datum
quickbook_schema_lock_calendars(PG_FUNCTION_ARGS)
{
	QbLockSet	set;

	(void) qb_store_require_owner("lock calendars");
	qb_locks_init(&set);
	if (!PG_ARGISNULL(0))
		add_calendars(&set, false, PG_GETARG_ARRAYTYPE_P(0));
	if (!PG_ARGISNULL(1))
		add_calendars(&set, true, PG_GETARG_ARRAYTYPE_P(1));
	qb_locks_acquire(&set);
	PG_RETURN_VOID();
}

Datum
quickbook_check_data(PG_FUNCTION_ARGS)
{
	QbRows		rows;

	qb_rows_begin(&rows, fcinfo);
	qb_store_check_data(&rows);
	return (Datum) 0;
}

Datum
quickbook_repair_data(PG_FUNCTION_ARGS)
{
	QbRows		rows;

	qb_rows_begin(&rows, fcinfo);
	qb_store_repair_data(&rows);
	return (Datum) 0;
}
