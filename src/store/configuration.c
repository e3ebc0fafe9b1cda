/*
 * configuration.c
 *		The tables: the configuration.
 */
#include "postgres.h"

#include "store/configuration.h"

#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"

#include "base/compat.h"
#include "base/errors.h"
#include "store/scan.h"
#include "store/statements.h"

enum
{
	S_ID, S_CLINIC_ID, S_NAME, S_DURATION, S_SLOT_INTERVAL, S_SLOT_ANCHOR, S_BUFFER_BEFORE, S_BUFFER_AFTER,
	S_MIN_NOTICE, S_HORIZON_DAYS, S_HORIZON_COUNTS, S_BOOKABLE_DURING, S_SEATS, S_REQUIRES_APPROVAL,
	S_PENDING_BLOCKS, S_HOLD_FOR, S_CANCEL_NOTICE, S_RESCHEDULE_NOTICE, S_PATIENT_MAY_OVERLAP, S_ACTIVE,
	S_MAX_ANONYMOUS_HOLDS
};

static QbTable services = {
	"service", "service_pkey", false,
	{{"id", UUIDOID}, {"clinic_id", UUIDOID}, {"name", TEXTOID}, {"duration", INTERVALOID},
	{"slot_interval", INTERVALOID}, {"slot_anchor", TEXTOID}, {"buffer_before", INTERVALOID},
	{"buffer_after", INTERVALOID}, {"min_notice", INTERVALOID}, {"horizon_days", INT4OID},
	{"horizon_counts", TEXTOID}, {"bookable_during", DATERANGEOID}, {"seats", INT4OID},
	{"requires_approval", BOOLOID}, {"pending_blocks", BOOLOID}, {"hold_for", INTERVALOID},
	{"cancel_notice", INTERVALOID}, {"reschedule_notice", INTERVALOID}, {"patient_may_overlap", BOOLOID},
	{"active", BOOLOID}, {"max_anonymous_holds", INT4OID}}
};

enum
{
	C_ID, C_TIME_ZONE, C_WEEK_START, C_ANONYMOUS_HOLDS, C_MAX_ANONYMOUS_HOLDS, C_MAX_PATIENT_HOLDS
};

static QbTable clinics = {
	"clinic", "clinic_pkey", false,
	{{"id", UUIDOID}, {"time_zone", TEXTOID}, {"week_start", INT2OID}, {"anonymous_holds", BOOLOID},
	{"max_anonymous_holds", INT4OID}, {"max_patient_holds", INT4OID}}
};

enum
{
	P_ID, P_CLINIC_ID
};

static QbTable patients = {"patient", "patient_pkey", false, {{"id", UUIDOID}, {"clinic_id", UUIDOID}}};
static QbTable limits = {"booking_limit", "booking_limit_clinic_id_idx", false, {{"clinic_id", UUIDOID}}};

/* Look for the row with an id in its first column. */
static QbScan *
find_by_id(QbTable *table, Snapshot snapshot, const pg_uuid_t *id, bool *found)
{
	QbScan	   *scan = qb_scan_open(table, snapshot);
	ScanKeyData key = qb_key_id(0, id);

	qb_scan_find(scan, &key, 1, ForwardScanDirection);
	*found = qb_scan_next(scan);
	return scan;
}

/* The row of a service, without what its clinic says. */
static QbService *
read_service(QbScan *row)
{
	QbService  *s = palloc0(sizeof(QbService));
	char	   *anchor = qb_scan_text(row, S_SLOT_ANCHOR);
	Datum		from;
	Datum		to;

	s->id = qb_scan_id(row, S_ID);
	s->clinic_id = qb_scan_id(row, S_CLINIC_ID);
	s->name = qb_scan_text(row, S_NAME);
	s->duration = qb_scan_length(row, S_DURATION, 0);
	/* what is divided by must not be 0, whatever became of the CHECK */
	s->slot_interval = Max(qb_scan_length(row, S_SLOT_INTERVAL, s->duration), USECS_PER_SEC);
	s->anchor = *anchor == 'w' ? QB_ANCHOR_WINDOW : *anchor == 'g' ? QB_ANCHOR_GAP : QB_ANCHOR_CLOCK;
	s->buffer_before = qb_scan_length(row, S_BUFFER_BEFORE, 0);
	s->buffer_after = qb_scan_length(row, S_BUFFER_AFTER, 0);
	s->min_notice = qb_scan_length(row, S_MIN_NOTICE, 0);
	/* nothing is searched or booked further ahead than a hundred years */
	s->horizon_days = qb_scan_is_null(row, S_HORIZON_DAYS) ? -1
		: Min(DatumGetInt32(qb_scan_not_null(row, S_HORIZON_DAYS)), 36502);
	s->horizon_counts = qb_scan_text(row, S_HORIZON_COUNTS);
	qb_scan_range(row, S_BOOKABLE_DURING, DateADTGetDatum(DATEVAL_NOBEGIN), DateADTGetDatum(DATEVAL_NOEND), &from, &to);
	s->bookable_from = DatumGetDateADT(from);
	s->bookable_to = DatumGetDateADT(to);
	s->seats = DatumGetInt32(qb_scan_not_null(row, S_SEATS));
	s->requires_approval = qb_scan_bool(row, S_REQUIRES_APPROVAL);
	s->pending_blocks = qb_scan_bool(row, S_PENDING_BLOCKS);
	s->hold_for = qb_scan_length(row, S_HOLD_FOR, 0);
	s->cancel_notice = qb_scan_length(row, S_CANCEL_NOTICE, 0);
	s->reschedule_notice = qb_scan_length(row, S_RESCHEDULE_NOTICE, 0);
	s->patient_may_overlap = qb_scan_bool(row, S_PATIENT_MAY_OVERLAP);
	s->active = qb_scan_bool(row, S_ACTIVE);
	s->max_anonymous_holds_of_service = qb_scan_is_null(row, S_MAX_ANONYMOUS_HOLDS) ? -1
		: DatumGetInt32(qb_scan_not_null(row, S_MAX_ANONYMOUS_HOLDS));
	return s;
}

/* What a service needs to know of its clinic. */
static void
add_clinic(QbService *s, Snapshot snapshot)
{
	bool		found;
	QbScan	   *scan = find_by_id(&clinics, snapshot, &s->clinic_id, &found);

	if (!found)
		qb_raise_not_found("clinic", &s->clinic_id);
	s->clinic_zone = qb_scan_text(scan, C_TIME_ZONE);
	s->week_start = DatumGetInt16(qb_scan_not_null(scan, C_WEEK_START));
	s->anonymous_holds = qb_scan_bool(scan, C_ANONYMOUS_HOLDS);
	s->max_anonymous_holds = DatumGetInt32(qb_scan_not_null(scan, C_MAX_ANONYMOUS_HOLDS));
	s->max_patient_holds = DatumGetInt32(qb_scan_not_null(scan, C_MAX_PATIENT_HOLDS));
	qb_scan_close(scan);
	scan = find_by_id(&limits, snapshot, &s->clinic_id, &s->has_limits);
	qb_scan_close(scan);
}

QbService *
qb_store_service(QbStore *store, const pg_uuid_t *id)
{
	QbTable    *tables[] = {&services, &clinics, &limits};
	Snapshot	snapshot = qb_snapshot(store->writes, tables, lengthof(tables));
	bool		found;
	QbScan	   *scan = find_by_id(&services, snapshot, id, &found);
	QbService  *s = found ? read_service(scan) : NULL;

	qb_scan_close(scan);
	if (found)
		add_clinic(s, snapshot);
	qb_snapshot_done(snapshot);
	return s;
}

QbService *
qb_store_service_of(QbStore *store, const QbAppointment *appointment)
{
	QbService  *s = qb_store_service(store, &appointment->service_id);

	if (s == NULL)
		qb_raise_not_found("service", &appointment->service_id);
	return s;
}

bool
qb_store_has_patient(QbStore *store, const pg_uuid_t *clinic, const pg_uuid_t *patient)
{
	QbTable    *tables[] = {&patients};
	Snapshot	snapshot = qb_snapshot(store->writes, tables, lengthof(tables));
	bool		found;
	QbScan	   *scan = find_by_id(&patients, snapshot, patient, &found);

	if (found)
	{
		pg_uuid_t	its_clinic = qb_scan_id(scan, P_CLINIC_ID);

		found = qb_uuid_equal(&its_clinic, clinic);
	}
	qb_scan_close(scan);
	qb_snapshot_done(snapshot);
	return found;
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp((*(QbProvider *const *) a)->calendar.id.data, (*(QbProvider *const *) b)->calendar.id.data, UUID_LEN);
}

QbProvider *
qb_provider_by_id(const pg_uuid_t *id, QbProvider **providers, int n)
{
	QbProvider	key;
	QbProvider *keyp = &key;
	QbProvider **found;

	key.calendar.id = *id;
	found = bsearch(&keyp, providers, n, sizeof(QbProvider *), compare_ids);
	return found ? *found : NULL;
}

/* The provider that a row names, one of those read before. */
static QbProvider *
provider_in_row(uint64 row, int number, QbProvider **providers, int n)
{
	pg_uuid_t	id = uuid_column(row, number);
	QbProvider *p = qb_provider_by_id(&id, providers, n);

	if (p == NULL)
		elog(ERROR, "row of a provider that was not asked for");
	return p;
}

static QbStatement team_sql = {
	"SELECT sp.role, p.id, sp.duration, sp.priority, p.name, p.time_zone, p.capacity, p.open_always, p.active"
	" FROM quickbook.service_provider sp JOIN quickbook.provider p ON p.id = sp.provider_id"
	" WHERE sp.service_id = $1",
	1, {UUIDOID}, "tuvittibb"
};

static QbProvider *
new_provider(const pg_uuid_t *id, char *name, char *zone_name, int capacity, bool open_always, bool active)
{
	QbProvider *p = palloc0(sizeof(QbProvider));

	p->calendar.id = *id;
	p->name = name;
	p->zone_name = zone_name;
	p->calendar.capacity = capacity;
	p->open_always = open_always;
	p->active = active;
	return p;
}

/* A provider from a row of &team_sql. */
static QbProvider *
read_provider(uint64 row, const char *clinic_zone)
{
	pg_uuid_t	id = uuid_column(row, 2);
	char	   *zone = text_or_null(row, 6);

	return new_provider(&id, text_column(row, 5), zone ? zone : pstrdup(clinic_zone), DatumGetInt32(qb_not_null(row, 7)),
						DatumGetBool(qb_not_null(row, 8)), DatumGetBool(qb_not_null(row, 9)));
}

enum
{
	V_ID, V_CLINIC_ID, V_NAME, V_TIME_ZONE, V_CAPACITY, V_OPEN_ALWAYS, V_ACTIVE
};

static QbTable providers = {
	"provider", "provider_pkey", false,
	{{"id", UUIDOID}, {"clinic_id", UUIDOID}, {"name", TEXTOID}, {"time_zone", TEXTOID},
	{"capacity", INT4OID}, {"open_always", BOOLOID}, {"active", BOOLOID}}
};

/* The provider, NULL if there is none; clinic_zone NULL: to be looked up. */
static QbProvider *
find_provider(Snapshot snapshot, const pg_uuid_t *id, const char *clinic_zone)
{
	bool		found;
	QbScan	   *scan = find_by_id(&providers, snapshot, id, &found);
	QbProvider *p = NULL;

	if (found)
	{
		p = new_provider(id, qb_scan_text(scan, V_NAME),
						 qb_scan_is_null(scan, V_TIME_ZONE) ? NULL : qb_scan_text(scan, V_TIME_ZONE),
						 DatumGetInt32(qb_scan_not_null(scan, V_CAPACITY)), qb_scan_bool(scan, V_OPEN_ALWAYS),
						 qb_scan_bool(scan, V_ACTIVE));
		if (p->zone_name == NULL && clinic_zone != NULL)
			p->zone_name = pstrdup(clinic_zone);
		else if (p->zone_name == NULL)
		{
			pg_uuid_t	clinic = qb_scan_id(scan, V_CLINIC_ID);
			QbScan	   *its = find_by_id(&clinics, snapshot, &clinic, &found);

			if (!found)
				qb_raise_not_found("clinic", &clinic);
			p->zone_name = qb_scan_text(its, C_TIME_ZONE);
			qb_scan_close(its);
		}
	}
	qb_scan_close(scan);
	return p;
}

QbProvider *
qb_store_provider(QbStore *store, const pg_uuid_t *provider)
{
	QbTable    *tables[] = {&providers, &clinics};
	Snapshot	snapshot = qb_snapshot(store->writes, tables, lengthof(tables));
	QbProvider *p = find_provider(snapshot, provider, NULL);

	qb_snapshot_done(snapshot);
	if (p == NULL)
		qb_raise_not_found("provider", provider);
	return p;
}

/* The providers of all rows, each once, by id. */
static void
read_team_providers(QbTeam *team, const QbService *service)
{
	QbProvider **all = palloc(sizeof(QbProvider *) * Max(SPI_processed, 1));
	int			kept = 0;

	for (uint64 row = 0; row < SPI_processed; row++)
	{
		CHECK_FOR_INTERRUPTS();
		all[row] = read_provider(row, service->clinic_zone);
	}
	if (SPI_processed > 0)
		qsort(all, SPI_processed, sizeof(QbProvider *), compare_ids);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		if (kept > 0 && qb_uuid_equal(&all[kept - 1]->calendar.id, &all[row]->calendar.id))
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
	role = QB_APPEND(team->roles, team->nroles);
	memset(role, 0, sizeof(QbRole));
	role->name = name;
	return role;
}

static int
compare_roles(const void *a, const void *b)
{
	return strcmp(((const QbRole *) a)->name, ((const QbRole *) b)->name);
}

static void
add_candidate(QbTeam *team, char *role_name, QbProvider *provider, int64 duration, int priority)
{
	QbRole	   *role = role_by_name(team, role_name);
	QbCandidate *candidate = QB_APPEND(role->candidates, role->ncandidates);

	candidate->provider = provider;
	candidate->duration = duration;
	candidate->priority = priority;
}

static void
load_team(QbStore *store, const QbService *service, QbTeam *team)
{
	Datum		values[] = {UUIDPGetDatum(&service->id)};

	qb_run(store, &team_sql, values, NULL);
	read_team_providers(team, service);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		CHECK_FOR_INTERRUPTS();
		add_candidate(team, text_column(row, 1), provider_in_row(row, 2, team->providers, team->nproviders),
					  length_column(row, 3, -1), DatumGetInt32(qb_not_null(row, 4)));
	}
	SPI_freetuptable(SPI_tuptable);
}

enum
{
	SP_SERVICE_ID, SP_PROVIDER_ID, SP_ROLE, SP_DURATION, SP_PRIORITY
};

static QbTable offers_by_role = {
	"service_provider", "service_provider_pkey", false,
	{{"service_id", UUIDOID}, {"provider_id", UUIDOID}, {"role", TEXTOID}, {"duration", INTERVALOID},
	{"priority", INT4OID}}
};

static QbTable offers_by_provider = {
	"service_provider", "service_provider_provider_id_idx", false,
	{{"service_id", UUIDOID}, {"provider_id", UUIDOID}, {"role", TEXTOID}, {"duration", INTERVALOID},
	{"priority", INT4OID}}
};

/* Has the service a role before (BTLess) or after (BTGreater) this one? */
static bool
has_role_beside(QbScan *scan, const pg_uuid_t *service, StrategyNumber side, const char *role)
{
	ScanKeyData keys[] = {
		qb_key_id(SP_SERVICE_ID, service),
		qb_key_text(SP_ROLE, side, side == BTLessStrategyNumber ? F_TEXT_LT : F_TEXT_GT, role)
	};

	qb_scan_find(scan, keys, lengthof(keys), ForwardScanDirection);
	return qb_scan_next(scan);
}

/* Two looks beside its rows, of which there may be a thousand. */
static bool
is_only_role(Snapshot snapshot, const pg_uuid_t *service, const char *role)
{
	QbScan	   *scan = qb_scan_open(&offers_by_role, snapshot);
	bool		only = !has_role_beside(scan, service, BTLessStrategyNumber, role) &&
		!has_role_beside(scan, service, BTGreaterStrategyNumber, role);

	qb_scan_close(scan);
	return only;
}

/* One lead, if all who offer the service do it in the same role. */
static bool
add_only_lead(Snapshot snapshot, const QbService *service, const pg_uuid_t *lead, QbTeam *team)
{
	ScanKeyData keys[] = {qb_key_id(SP_PROVIDER_ID, lead), qb_key_id(SP_SERVICE_ID, &service->id)};
	QbScan	   *scan = qb_scan_open(&offers_by_provider, snapshot);
	bool		added = false;

	qb_scan_find(scan, keys, lengthof(keys), ForwardScanDirection);
	if (qb_scan_next(scan))
	{
		char	   *role = qb_scan_text(scan, SP_ROLE);

		added = is_only_role(snapshot, &service->id, role);
		if (added)
		{
			team->providers = palloc(sizeof(QbProvider *));
			team->providers[team->nproviders++] = find_provider(snapshot, lead, service->clinic_zone);
			if (team->providers[0] == NULL)
				qb_raise_not_found("provider", lead);
			add_candidate(team, role, team->providers[0], qb_scan_length(scan, SP_DURATION, -1),
						  DatumGetInt32(qb_scan_not_null(scan, SP_PRIORITY)));
		}
	}
	qb_scan_close(scan);
	return added;
}

/*
 * A service may have a thousand leads: are there no other roles, one is
 * enough.  False if that is not the whole team.
 */
static bool
load_only_lead(QbStore *store, const QbService *service, const pg_uuid_t *lead, QbTeam *team)
{
	QbTable    *tables[] = {&offers_by_provider, &offers_by_role, &providers, &clinics};
	Snapshot	snapshot = qb_snapshot(store->writes, tables, lengthof(tables));
	bool		found = add_only_lead(snapshot, service, lead, team);

	qb_snapshot_done(snapshot);
	return found;
}

QbTeam *
qb_store_team(QbStore *store, const QbService *service, const pg_uuid_t *lead)
{
	QbTeam	   *team = palloc0(sizeof(QbTeam));

	if (lead == NULL || !load_only_lead(store, service, lead, team))
		load_team(store, service, team);
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
