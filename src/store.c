/*
 * store.c
 *		The tables: beginning, ending, and the configuration.
 */
#include "postgres.h"

#include "statements.h"

#include "compat.h"
#include "errors.h"
#include "miscadmin.h"
#include "utils/datum.h"

/* ----------
 * Session
 * ----------
 */

static int
present_version(QbStore *store)
{
	int			version;

	qb_run(store, Q_SCHEMA_VERSION, NULL, NULL);
	version = DatumGetInt32(not_null(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return version;
}

static void
check_version(QbStore *store)
{
	int			version = present_version(store);

	if (version == QB_SCHEMA_VERSION)
		return;
	qb_raise(QB_WRONG_SCHEMA_VERSION,
			 qb_detail_int(qb_detail_int(qb_detail(), "present", version), "needed", QB_SCHEMA_VERSION),
			 version < QB_SCHEMA_VERSION ? NULL :
			 "Install the newer version of the extension, then ALTER EXTENSION quickbook UPDATE.",
			 "the tables of quickbook have version %d and this library needs %d",
			 version, QB_SCHEMA_VERSION);
}

/* Connect and take on the owner's rights. */
static void
enter(QbStore *store, Oid owner, bool writes)
{
	MemoryContext context = CurrentMemoryContext;

	/* An error on the way restores the user: (sub)transaction abort does. */
	store->writes = writes;
	store->caller = qb_caller();
	GetUserIdAndSecContext(&store->saved_user, &store->saved_context);
	SetUserIdAndSecContext(owner, store->saved_context |
						   SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	MemoryContextSwitchTo(context);
}

void
qb_store_begin(QbStore *store, bool writes)
{
	Oid			owner = qb_tables_owner();

	if (!OidIsValid(owner))
		qb_raise(QB_NOT_INSTALLED, NULL, NULL, "the tables of quickbook do not exist");
	enter(store, owner, writes);
	check_version(store);
}

bool
qb_store_is_ready(void)
{
	Oid			owner = qb_tables_owner();
	QbStore		store;
	bool		ready;

	if (!OidIsValid(owner))
		return false;
	enter(&store, owner, false);
	ready = present_version(&store) == QB_SCHEMA_VERSION;
	qb_store_end(&store);
	return ready;
}

void
qb_store_end(QbStore *store)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
	SetUserIdAndSecContext(store->saved_user, store->saved_context);
}

/* ----------
 * Configuration
 * ----------
 */

QbService *
qb_store_service(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *patient)
{
	Datum		values[] = {UUIDPGetDatum(id), UUIDPGetDatum(patient)};
	char		nulls[] = {' ', null_flag(patient == NULL)};
	QbService  *s;
	char	   *anchor;
	bool		isnull;

	qb_run(store, Q_SERVICE, values, nulls);
	if (SPI_processed == 0)
		return NULL;
	s = palloc0(sizeof(QbService));
	s->id = uuid_column(0, 1);
	s->clinic_id = uuid_column(0, 2);
	s->name = text_column(0, 3);
	s->duration = length_column(0, 4, 0);
	s->slot_interval = length_column(0, 5, s->duration);
	anchor = text_column(0, 6);
	s->anchor = *anchor == 'w' ? QB_ANCHOR_WINDOW : *anchor == 'g' ? QB_ANCHOR_GAP : QB_ANCHOR_CLOCK;
	s->buffer_before = length_column(0, 7, 0);
	s->buffer_after = length_column(0, 8, 0);
	s->min_notice = length_column(0, 9, 0);
	s->horizon_days = DatumGetInt32(column(0, 10, &isnull));
	if (isnull)
		s->horizon_days = -1;
	s->horizon_counts = text_column(0, 11);
	s->bookable_from = date_column(0, 12, DATEVAL_NOBEGIN);
	s->bookable_to = date_column(0, 13, DATEVAL_NOEND);
	s->seats = DatumGetInt32(not_null(0, 14));
	s->requires_approval = DatumGetBool(not_null(0, 15));
	s->pending_blocks = DatumGetBool(not_null(0, 16));
	s->cancel_notice = length_column(0, 17, 0);
	s->patient_may_overlap = DatumGetBool(not_null(0, 18));
	s->active = DatumGetBool(not_null(0, 19));
	s->clinic_zone = text_column(0, 20);
	s->week_start = DatumGetInt16(not_null(0, 21));
	s->has_limits = DatumGetBool(not_null(0, 22));
	s->has_patient = DatumGetBool(not_null(0, 23));
	s->hold_for = length_column(0, 24, 0);
	s->reschedule_notice = length_column(0, 25, 0);
	s->anonymous_holds = DatumGetBool(not_null(0, 26));
	SPI_freetuptable(SPI_tuptable);
	return s;
}

/* The ids of all clinics, or of only one, as uuid[]. */
Datum
qb_store_clinics(QbStore *store, const pg_uuid_t *only)
{
	Datum		values[] = {UUIDPGetDatum(only)};
	char		nulls[] = {null_flag(only == NULL)};
	Datum		clinics;

	qb_run(store, Q_CLINICS, values, nulls);
	clinics = datumCopy(not_null(0, 1), false, -1);
	SPI_freetuptable(SPI_tuptable);
	return clinics;
}

/* The clinic_id that a statement with one id gives. */
static bool
clinic_by_id(QbStore *store, StatementId statement, const pg_uuid_t *id, pg_uuid_t *clinic)
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

bool
qb_store_clinic_of(QbStore *store, const char *table, const pg_uuid_t *id, pg_uuid_t *clinic)
{
	if (strcmp(table, "patient") == 0)
		return clinic_by_id(store, Q_CLINIC_OF_PATIENT, id, clinic);
	if (strcmp(table, "service") == 0)
		return clinic_by_id(store, Q_CLINIC_OF_SERVICE, id, clinic);
	if (strcmp(table, "provider") == 0)
		return clinic_by_id(store, Q_CLINIC_OF_PROVIDER, id, clinic);
	if (strcmp(table, "account") == 0)
		return clinic_by_id(store, Q_CLINIC_OF_ACCOUNT, id, clinic);
	elog(ERROR, "no clinic can be found by \"%s\"", table);
}

bool
qb_store_provider_exists(QbStore *store, const pg_uuid_t *provider, const pg_uuid_t *clinic)
{
	pg_uuid_t	its_clinic;

	return clinic_by_id(store, Q_CLINIC_OF_PROVIDER, provider, &its_clinic) &&
		qb_uuid_equal(&its_clinic, clinic);
}

/* A provider from a row of Q_TEAM, Q_TEAM_OF or Q_PROVIDER. */
static QbProvider *
read_provider(uint64 row, const char *clinic_zone)
{
	QbProvider *p = palloc0(sizeof(QbProvider));
	bool		isnull;
	Datum		zone = column(row, 6, &isnull);

	p->id = uuid_column(row, 2);
	p->name = text_column(row, 5);
	p->zone_name = isnull ? pstrdup(clinic_zone) : TextDatumGetCString(zone);
	p->capacity = DatumGetInt32(not_null(row, 7));
	p->open_always = DatumGetBool(not_null(row, 8));
	p->active = DatumGetBool(not_null(row, 9));
	return p;
}

QbProvider *
qb_store_provider(QbStore *store, const pg_uuid_t *provider)
{
	Datum		values[] = {UUIDPGetDatum(provider)};
	QbProvider *p = NULL;

	qb_run(store, Q_PROVIDER, values, NULL);
	if (SPI_processed > 0)
		p = read_provider(0, text_column(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return p;
}

/* The providers of all rows, each once, by id. */
static void
read_team_providers(QbTeam *team, const QbService *service)
{
	QbProvider **all = palloc(sizeof(QbProvider *) * Max(SPI_processed, 1));
	int			kept = 0;

	for (uint64 row = 0; row < SPI_processed; row++)
		all[row] = read_provider(row, service->clinic_zone);
	if (SPI_processed > 0)
		qsort(all, SPI_processed, sizeof(QbProvider *), compare_ids);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		if (kept > 0 && qb_uuid_equal(&all[kept - 1]->id, &all[row]->id))
			continue;
		all[row]->index = kept;
		all[kept++] = all[row];
	}
	team->providers = all;
	team->nproviders = kept;
}

static QbRole *
role_by_name(QbTeam *team, char *name)
{
	QbRole	   *role;

	for (int r = 0; r < team->nroles; r++)
	{
		if (strcmp(team->roles[r].name, name) == 0)
			return &team->roles[r];
	}
	role = APPEND(team->roles, team->nroles);
	memset(role, 0, sizeof(QbRole));
	role->name = name;
	return role;
}

static int
compare_roles(const void *a, const void *b)
{
	return strcmp(((const QbRole *) a)->name, ((const QbRole *) b)->name);
}

QbTeam *
qb_store_team(QbStore *store, const QbService *service, const pg_uuid_t *lead)
{
	Datum		values[] = {UUIDPGetDatum(&service->id), UUIDPGetDatum(lead)};
	QbTeam	   *team = palloc0(sizeof(QbTeam));

	qb_run(store, lead ? Q_TEAM_OF : Q_TEAM, values, NULL);
	if (lead && (SPI_processed != 1 || DatumGetBool(not_null(0, 10))))
	{
		SPI_freetuptable(SPI_tuptable);
		qb_run(store, Q_TEAM, values, NULL);
	}
	read_team_providers(team, service);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		QbRole	   *role = role_by_name(team, text_column(row, 1));
		QbCandidate *candidate = APPEND(role->candidates, role->ncandidates);

		candidate->provider = provider_of(row, 2, team->providers, team->nproviders);
		candidate->duration = length_column(row, 3, -1);
		candidate->priority = DatumGetInt32(not_null(row, 4));
	}
	SPI_freetuptable(SPI_tuptable);

	if (team->nroles > 0)
		qsort(team->roles, team->nroles, sizeof(QbRole), compare_roles);
	team->lead = team->nroles > 0 ? 0 : -1;
	for (int r = 0; r < team->nroles; r++)
	{
		if (strcmp(team->roles[r].name, "practitioner") == 0)
			team->lead = r;
	}
	return team;
}
