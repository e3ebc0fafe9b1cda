/*
 * store.c
 *		The tables: beginning and ending, with whose rights and which path.
 */
#include "postgres.h"

#include "store/store.h"

#include "catalog/namespace.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "base/errors.h"
#include "store/scan.h"

/* What the tables say about themselves. */
typedef struct Facts
{
	int			version;
	bool		roles_in_use;
} Facts;

static QbTable versions = {"schema_version", NULL, false, {{"version", INT4OID}}};

/* Tables of version 1 have no such column. */
static bool
says_that_roles_are_not_used(QbScan *row)
{
	TupleDesc	desc = RelationGetDescr(row->relation);
	int			place = SPI_fnumber(desc, "roles_in_use");
	bool		isnull;
	Datum		value;

	if (place <= 0 || SPI_gettypeid(desc, place) != BOOLOID)
		return false;
	value = slot_getattr(row->slot, place, &isnull);
	return !isnull && !DatumGetBool(value);
}

/* The one look at schema_version of each call. */
static Facts
read_facts(const QbStore *store)
{
	QbTable    *tables[] = {&versions};
	Snapshot	snapshot = qb_snapshot(store->writes, tables, lengthof(tables));
	QbScan	   *scan = qb_scan_open(&versions, snapshot);
	Facts		facts = {.roles_in_use = true};

	qb_scan_find(scan, NULL, 0, ForwardScanDirection);
	while (qb_scan_next(scan))
	{
		int			version = DatumGetInt32(qb_scan_not_null(scan, 0));

		if (version < facts.version)
			continue;
		facts.version = version;
		facts.roles_in_use = !says_that_roles_are_not_used(scan);
	}
	qb_scan_close(scan);
	qb_snapshot_done(snapshot);
	return facts;
}

static void
check_version(int version)
{
	if (version == QB_SCHEMA_VERSION)
		return;
	qb_raise(QB_WRONG_SCHEMA_VERSION,
			 qb_detail_int(qb_detail_int(qb_detail(), "present", version), "needed", QB_SCHEMA_VERSION),
			 version < QB_SCHEMA_VERSION ? NULL :
			 "Install the newer version of the extension, then ALTER EXTENSION quickbook UPDATE.",
			 "the tables of quickbook have version %d and this library needs %d",
			 version, QB_SCHEMA_VERSION);
}

/*
 * Operators and functions are core's, whatever path led here: that of a caller
 * who took SET search_path away from a function, of a trigger, or of a worker.
 * A kept plan is made anew when the path is not the one that it was made under.
 */
static int
pin_search_path(void)
{
	int			level;

	if (strcmp(namespace_search_path, QB_SEARCH_PATH) == 0)
		return 0;
	level = NewGUCNestLevel();
	qb_set_option_in_level("search_path", QB_SEARCH_PATH);
	return level;
}

/* Connect and take on the owner's rights. */
static void
enter(QbStore *store, Oid owner)
{
	MemoryContext context = CurrentMemoryContext;

	/* An error on the way restores the user and the path: (sub)transaction abort does. */
	store->guc_level = pin_search_path();
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
	Facts		facts;

	if (!OidIsValid(owner))
		qb_raise(QB_NOT_INSTALLED, NULL, NULL, "the tables of quickbook do not exist");
	store->writes = writes;
	facts = read_facts(store);
	check_version(facts.version);
	store->caller = qb_caller(facts.roles_in_use);
	enter(store, owner);
}

int
qb_store_version(void)
{
	QbStore		reader = {.writes = false};

	return OidIsValid(qb_tables_owner()) ? read_facts(&reader).version : -1;
}

bool
qb_store_roles_in_use(void)
{
	QbStore		reader = {.writes = false};

	return OidIsValid(qb_tables_owner()) && read_facts(&reader).roles_in_use;
}

QbCaller
qb_store_caller(void)
{
	return qb_caller(qb_store_roles_in_use());
}

void
qb_store_require_version(void)
{
	if (!OidIsValid(qb_tables_owner()))
		qb_raise(QB_NOT_INSTALLED, NULL, NULL, "the tables of quickbook do not exist");
	check_version(qb_store_version());
}

bool
qb_store_is_ready(void)
{
	return qb_store_version() == QB_SCHEMA_VERSION;
}

void
qb_store_end(QbStore *store)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
	SetUserIdAndSecContext(store->saved_user, store->saved_context);
	if (store->guc_level > 0)
		AtEOXact_GUC(true, store->guc_level);
}
