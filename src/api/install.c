/*
 * install.c
 *		What install(), migrate() and the checks of both call.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errors.h"
#include "store/alone.h"
#include "store/store.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_schema_version_needed);
PG_FUNCTION_INFO_V1(quickbook_schema_version_present);
PG_FUNCTION_INFO_V1(quickbook_schema_roles_in_use);
PG_FUNCTION_INFO_V1(quickbook_schema_raise);
PG_FUNCTION_INFO_V1(quickbook_schema_as_owner);

Datum
quickbook_schema_version_needed(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(QB_SCHEMA_VERSION);
}

Datum
quickbook_schema_version_present(PG_FUNCTION_ARGS)
{
	int			version = qb_store_version();

	if (version < 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(version);
}

Datum
quickbook_schema_roles_in_use(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(qb_store_roles_in_use());
}

/* An error of the table in errors.c, for the SQL functions that install. */
Datum
quickbook_schema_raise(PG_FUNCTION_ARGS)
{
	qb_raise(qb_error_by_name(qb_arg_text(fcinfo, 0, "error")), NULL, qb_arg_text_or_null(fcinfo, 2, "hint"),
			 "%s", qb_arg_text(fcinfo, 1, "message"));
}

Datum
quickbook_schema_as_owner(PG_FUNCTION_ARGS)
{
	qb_store_run_as_owner(qb_arg_text(fcinfo, 0, "statement"));
	PG_RETURN_VOID();
}
