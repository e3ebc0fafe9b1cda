/*
 * identity.c
 *		The SQL functions that tell who is calling.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/caller.h"
#include "base/results.h"
#include "store/clinics.h"
#include "store/store.h"

PG_FUNCTION_INFO_V1(quickbook_whoami);
PG_FUNCTION_INFO_V1(quickbook_managed_clinics);

Datum
quickbook_whoami(PG_FUNCTION_ARGS)
{
	QbCaller	caller = qb_store_caller();
	Datum		values[] = {
		CStringGetTextDatum(qb_caller_word(caller.kind)),
		caller.account ? CStringGetTextDatum(caller.account) : (Datum) 0,
		UUIDPGetDatum(&caller.clinic_id), UUIDPGetDatum(&caller.provider_id), UUIDPGetDatum(&caller.patient_id),
		CStringGetTextDatum(GetUserNameFromId(caller.role, false))
	};
	bool		nulls[] = {
		false, caller.account == NULL, !caller.has_clinic, !caller.has_provider, !caller.has_patient, false
	};

	return qb_composite_result(fcinfo, values, nulls);
}

/* For the policies of row security. */
Datum
quickbook_managed_clinics(PG_FUNCTION_ARGS)
{
	QbStore		store;
	Datum		clinics;

	qb_store_begin(&store, false);
	if (store.caller.kind > QB_CALLER_STAFF)
		clinics = PointerGetDatum(construct_empty_array(UUIDOID));
	else
		clinics = qb_store_clinics(&store, store.caller.has_clinic ? &store.caller.clinic_id : NULL);
	qb_store_end(&store);
	PG_RETURN_DATUM(clinics);
}
