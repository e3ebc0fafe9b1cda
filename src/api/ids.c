/*
 * ids.c
 *		The SQL functions of ids.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/ids.h"

PG_FUNCTION_INFO_V1(quickbook_new_id);
PG_FUNCTION_INFO_V1(quickbook_bucket);

Datum
quickbook_new_id(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));

	qb_new_id(PG_ARGISNULL(0) ? NULL : PG_GETARG_UUID_P(0), id);
	PG_RETURN_UUID_P(id);
}

Datum
quickbook_bucket(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_INT32(qb_bucket(PG_GETARG_UUID_P(0)));
}
