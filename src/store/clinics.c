/*
 * clinics.c
 *		The tables: which clinics there are, and whose something is.
 */
#include "postgres.h"

#include "store/clinics.h"

#include "utils/datum.h"

#include "store/statements.h"

static QbStatement clinics_sql = {
	"SELECT ARRAY(SELECT id FROM quickbook.clinic WHERE $1 IS NULL OR id = $1)", 1, {UUIDOID}, "U"
};

/* The ids of all clinics, or of only one, as uuid[]. */
Datum
qb_store_clinics(QbStore *store, const pg_uuid_t *only)
{
	Datum		values[] = {UUIDPGetDatum(only)};
	char		nulls[] = {null_flag(only == NULL)};
	Datum		clinics;

	qb_run(store, &clinics_sql, values, nulls);
	clinics = datumCopy(qb_not_null(0, 1), false, -1);
	SPI_freetuptable(SPI_tuptable);
	return clinics;
}

/* The clinic_id that a statement with one id gives. */
static bool
clinic_by_id(QbStore *store, QbStatement *statement, const pg_uuid_t *id, pg_uuid_t *clinic)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	qb_run(store, statement, values, NULL);
	found = SPI_processed > 0;
	if (found)
		*clinic = uuid_column(0, 1);
	SPI_freetuptable(SPI_tuptable);
	return found;
}

static QbStatement clinic_of_patient_sql = {
	"SELECT clinic_id FROM quickbook.patient WHERE id = $1", 1, {UUIDOID}, "u"
};

static QbStatement clinic_of_service_sql = {
	"SELECT clinic_id FROM quickbook.service WHERE id = $1", 1, {UUIDOID}, "u"
};

static QbStatement clinic_of_provider_sql = {
	"SELECT clinic_id FROM quickbook.provider WHERE id = $1", 1, {UUIDOID}, "u"
};

static QbStatement clinic_of_account_sql = {
	"SELECT clinic_id FROM quickbook.account WHERE id = $1", 1, {UUIDOID}, "u"
};

bool
qb_store_clinic_of(QbStore *store, const char *table, const pg_uuid_t *id, pg_uuid_t *clinic)
{
	if (strcmp(table, "patient") == 0)
		return clinic_by_id(store, &clinic_of_patient_sql, id, clinic);
	if (strcmp(table, "service") == 0)
		return clinic_by_id(store, &clinic_of_service_sql, id, clinic);
	if (strcmp(table, "provider") == 0)
		return clinic_by_id(store, &clinic_of_provider_sql, id, clinic);
	if (strcmp(table, "account") == 0)
		return clinic_by_id(store, &clinic_of_account_sql, id, clinic);
	elog(ERROR, "no clinic can be found by \"%s\"", table);
}

bool
qb_store_provider_exists(QbStore *store, const pg_uuid_t *provider, const pg_uuid_t *clinic)
{
	pg_uuid_t	its_clinic;

	return clinic_by_id(store, &clinic_of_provider_sql, provider, &its_clinic) &&
		qb_uuid_equal(&its_clinic, clinic);
}

static QbStatement some_clinics_sql = {
	"SELECT id FROM quickbook.clinic LIMIT $1", 1, {INT4OID}, "u"
};

int
qb_store_some_clinics(QbStore *store, int max, pg_uuid_t *ids)
{
	Datum		values[] = {Int32GetDatum(max)};
	int			n;

	qb_run(store, &some_clinics_sql, values, NULL);
	n = (int) SPI_processed;
	for (int row = 0; row < n; row++)
		ids[row] = uuid_column(row, 1);
	SPI_freetuptable(SPI_tuptable);
	return n;
}

static QbStatement clinic_sql = {
	"SELECT id FROM quickbook.clinic WHERE id = $1", 1, {UUIDOID}, "u"
};

bool
qb_store_clinic_exists(QbStore *store, const pg_uuid_t *id)
{
	Datum		values[] = {UUIDPGetDatum(id)};
	bool		found;

	qb_run(store, &clinic_sql, values, NULL);
	found = SPI_processed > 0;
	SPI_freetuptable(SPI_tuptable);
	return found;
}

/* as the CHECKs have them */
