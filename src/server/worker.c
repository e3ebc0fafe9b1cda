/*
 * worker.c
 *		The background workers: a launcher, and a worker for each database of
 *		quickbook.databases.
 *
 * A worker does what run_maintenance() does, when a commit wakes it and every
 * few seconds.  Nothing depends on it but the speed at which listeners hear.
 */
#include "postgres.h"

#include "server/worker.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/utility.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"

#include "base/shared.h"
#include "store/alone.h"
#include "store/store.h"
#include "server/maintenance.h"

/* How often the launcher looks for databases that have come, in milliseconds. */
#define LAUNCHER_NAP 2000

/* How often a worker looks for messages to patients at most, in milliseconds. */
#define MESSAGES_NAP 5000

/* So long a task that failed is left alone, in milliseconds. */
#define FAILED_NAP 5000

/* The tasks by number. */
#define NTASKS 3
#define BIT(i) (1 << (i))

/*
 * A worker gives way to whoever has locked a table or row that it needs, such
 * as DROP EXTENSION: before deadlock_timeout, or the other might be the victim.
 */
#define LOCK_TIMEOUT_SETTING "300ms"

PGDLLEXPORT void qb_launcher_main(Datum arg);
PGDLLEXPORT void qb_worker_main(Datum arg);

static ProcessUtility_hook_type previous_utility = NULL;

/* ----------
 * What every background process does
 * ----------
 */

static void
set_up(void)
{
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
}

/* Sleep until woken, or for a while. */
static void
nap(long milliseconds)
{
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, milliseconds, PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
}

static void
begin(const char *activity)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	pgstat_report_activity(STATE_RUNNING, activity);
}

/* Ends what begin() began, commit included. */
static void
finish(void)
{
	PopActiveSnapshot();
	CommitTransactionCommand();
	pgstat_report_stat(false);
	pgstat_report_activity(STATE_IDLE, NULL);
}

/* ----------
 * The worker of one database
 * ----------
 */

static QbSequencer sequencer;

static bool
is_installed(void)
{
	return OidIsValid(get_extension_oid("quickbook", true)) && qb_store_is_ready();
}

/*
 * Positions and NOTIFY need not wait for the disk: what a crash takes back is
 * done again after it, and fetch_events() flushes the positions that it gives
 * out.  A standby that commits wait for must have them before anybody sees
 * them, though.
 */
static void
commit_lazily(void)
{
	const char *standbys = GetConfigOption("synchronous_standby_names", true, false);

	if (standbys == NULL || *standbys == '\0')
		qb_set_option("synchronous_commit", "off");
}

/*
 * Code of the tables' owner runs here: triggers, defaults, CHECKs.  It has the
 * owner's rights and nothing of it stays, neither for the commit nor for the
 * next pass: the process itself is a superuser's.
 */
static QbMaintenance
maintain_as_owner(int tasks)
{
	QbMaintenance done;
	int			level = NewGUCNestLevel();

	SetUserIdAndSecContext(qb_tables_owner(), QB_OWNER_ALONE);
	qb_store_defer_nothing();
	done = qb_maintain(tasks, &sequencer);
	AtEOXact_GUC(false, level);
	return done;
}

/* One transaction; is there more to do? */
static bool
pass(int tasks)
{
	QbMaintenance done = {0};
	Oid			user;
	int			context;

	sequencer.next_floor = sequencer.floor;
	qb_worker_pass_begins();
	begin("quickbook: looking for work");
	/* an error on the way restores it: transaction abort does */
	GetUserIdAndSecContext(&user, &context);
	qb_set_option("lock_timeout", LOCK_TIMEOUT_SETTING);
	if (is_installed())
	{
		done = maintain_as_owner(tasks);
		if (done.holds_expired == 0 && done.notifications_queued == 0)
			commit_lazily();
	}
	/* NOTIFY waits in a queue that is long now and then, but always moves */
	qb_set_option("lock_timeout", "0");
	finish();
	SetUserIdAndSecContext(user, context);
	sequencer.floor = sequencer.next_floor;
	qb_worker_pass_ends();
	return done.more;
}

typedef enum Outcome
{
	PASS_DONE,
	PASS_MORE,					/* at once */
	PASS_FAILED					/* and the log says why */
} Outcome;

/* As pass(); who gives way to somebody's lock is done for now. */
static Outcome
try_pass(int tasks)
{
	MemoryContext context = CurrentMemoryContext;
	Outcome volatile outcome = PASS_DONE;

	PG_TRY();
	{
		if (pass(tasks))
			outcome = PASS_MORE;
	}
	PG_CATCH();
	{
		HOLD_INTERRUPTS();
		MemoryContextSwitchTo(context);
		if (geterrcode() != ERRCODE_LOCK_NOT_AVAILABLE && geterrcode() != ERRCODE_T_R_DEADLOCK_DETECTED)
		{
			EmitErrorReport();
			outcome = PASS_FAILED;
		}
		FlushErrorState();
		AbortCurrentTransaction();
		RESUME_INTERRUPTS();
		pgstat_report_activity(STATE_IDLE, NULL);
	}
	PG_END_TRY();
	return outcome;
}

/*
 * When something failed, each task alone: an owner's trigger that refuses to
 * have a hold closed holds up no events.  What fails alone is left for a while.
 */
static void
work_apart(int tasks, TimestampTz *aside_until)
{
	for (int i = 0; i < NTASKS; i++)
	{
		if ((tasks & BIT(i)) && try_pass(BIT(i)) == PASS_FAILED)
			aside_until[i] = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), FAILED_NAP);
	}
}

/* The tasks that are due now. */
static int
due_tasks(TimestampTz now, TimestampTz messages_at, const TimestampTz *aside_until)
{
	int			tasks = QB_TASK_HOLDS | QB_TASK_EVENTS;

	if (TimestampDifferenceExceeds(messages_at, now, MESSAGES_NAP))
		tasks |= QB_TASK_MESSAGES;
	for (int i = 0; i < NTASKS; i++)
	{
		if (aside_until[i] > now)
			tasks &= ~BIT(i);
	}
	return tasks;
}

void
qb_worker_main(Datum arg)
{
	TimestampTz messages_at = 0;
	TimestampTz aside_until[NTASKS] = {0};

	set_up();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(arg), InvalidOid, 0);
	/* whatever ALTER DATABASE says, and RESET */
	SetConfigOption("search_path", QB_SEARCH_PATH, PGC_SUSET, PGC_S_OVERRIDE);
	/* somebody is faster, or needs the database to itself */
	if (!qb_worker_enter())
		return;
	for (;;)
	{
		TimestampTz now = GetCurrentTimestamp();
		int			tasks = due_tasks(now, messages_at, aside_until);
		Outcome		outcome = tasks ? try_pass(tasks) : PASS_DONE;

		CHECK_FOR_INTERRUPTS();
		if (outcome == PASS_MORE)
			continue;
		if (outcome == PASS_FAILED)
			work_apart(tasks, aside_until);
		if (tasks & QB_TASK_MESSAGES)
			messages_at = now;
		nap(qb_worker_interval);
		qb_count(QB_COUNT_WAKEUPS, 1);
	}
}

/* ----------
 * The launcher
 * ----------
 */

static void
launch(Oid database, const char *name)
{
	BackgroundWorker worker;

	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	strlcpy(worker.bgw_library_name, "quickbook", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, "qb_worker_main", sizeof(worker.bgw_function_name));
	snprintf(worker.bgw_name, sizeof(worker.bgw_name), "quickbook worker for database %s", name);
	strlcpy(worker.bgw_type, "quickbook worker", sizeof(worker.bgw_type));
	worker.bgw_main_arg = ObjectIdGetDatum(database);
	worker.bgw_notify_pid = MyProcPid;
	if (!RegisterDynamicBackgroundWorker(&worker, NULL))
		ereport(WARNING,
				(errmsg("quickbook could not start its worker for database \"%s\"", name),
				 errhint("Raise max_worker_processes.")));
}

static bool
is_among(const char *name, List *words)
{
	ListCell   *cell;

	foreach(cell, words)
	{
		if (strcmp(name, lfirst(cell)) == 0)
			return true;
	}
	return false;
}

/* The databases of the setting that exist; how many. */
static int
wanted_databases(Oid **oids, char ***names)
{
	List	   *words;
	Relation	databases;
	TableScanDesc scan;
	HeapTuple	tuple;
	int			n = 0;

	if (!SplitIdentifierString(pstrdup(qb_databases), ',', &words))
	{
		ereport(WARNING, (errmsg("quickbook.databases is no list of names")));
		words = NIL;
	}
	*oids = palloc(sizeof(Oid) * (list_length(words) + 1));
	*names = palloc(sizeof(char *) * (list_length(words) + 1));
	/* row by row: who starts with the server, in no database, may not know the indexes yet */
	databases = table_open(DatabaseRelationId, AccessShareLock);
	scan = table_beginscan_catalog(databases, 0, NULL);
	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);

		if (!is_among(NameStr(database->datname), words))
			continue;
		(*oids)[n] = database->oid;
		(*names)[n++] = pstrdup(NameStr(database->datname));
	}
	table_endscan(scan);
	table_close(databases, AccessShareLock);
	return n;
}

/* Start what is missing, stop what is no longer listed. */
static void
look_after_workers(void)
{
	Oid		   *oids;
	char	  **names;
	int			n;

	begin("quickbook: looking after workers");
	n = wanted_databases(&oids, &names);
	qb_workers_keep(oids, n);
	for (int i = 0; i < n; i++)
	{
		if (qb_worker_wanted(oids[i]))
			launch(oids[i], names[i]);
	}
	finish();
}

void
qb_launcher_main(Datum arg)
{
	set_up();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);
	for (;;)
	{
		look_after_workers();
		nap(LAUNCHER_NAP);
	}
}

/* ----------
 * Databases that are to have no connections
 * ----------
 */

/* The database that a command needs to itself, or NULL. */
static const char *
database_alone(Node *statement)
{
	if (IsA(statement, DropdbStmt))
		return ((DropdbStmt *) statement)->dbname;
	if (IsA(statement, RenameStmt) && ((RenameStmt *) statement)->renameType == OBJECT_DATABASE)
		return ((RenameStmt *) statement)->subname;
	if (IsA(statement, AlterDatabaseStmt))
		return ((AlterDatabaseStmt *) statement)->dbname;
	if (IsA(statement, CreatedbStmt))
	{
		ListCell   *cell;

		foreach(cell, ((CreatedbStmt *) statement)->options)
		{
			DefElem    *option = lfirst(cell);

			if (strcmp(option->defname, "template") == 0 && option->arg != NULL && IsA(option->arg, String))
				return strVal(option->arg);
		}
	}
	return NULL;
}

static void
utility(PlannedStmt *planned, const char *query, bool read_only, ProcessUtilityContext context,
		ParamListInfo params, QueryEnvironment *environment, DestReceiver *receiver, QueryCompletion *completion)
{
	const char *name = database_alone(planned->utilityStmt);
	Oid			database = name ? get_database_oid(name, true) : InvalidOid;

	if (OidIsValid(database))
		qb_worker_release(database);
	(previous_utility ? previous_utility : standard_ProcessUtility)
		(planned, query, read_only, context, params, environment, receiver, completion);
}

void
qb_worker_register(void)
{
	BackgroundWorker launcher;

	previous_utility = ProcessUtility_hook;
	ProcessUtility_hook = utility;

	memset(&launcher, 0, sizeof(launcher));
	launcher.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	launcher.bgw_start_time = BgWorkerStart_RecoveryFinished;
	launcher.bgw_restart_time = 1;
	strlcpy(launcher.bgw_library_name, "quickbook", sizeof(launcher.bgw_library_name));
	strlcpy(launcher.bgw_function_name, "qb_launcher_main", sizeof(launcher.bgw_function_name));
	strlcpy(launcher.bgw_name, "quickbook launcher", sizeof(launcher.bgw_name));
	strlcpy(launcher.bgw_type, "quickbook launcher", sizeof(launcher.bgw_type));
	RegisterBackgroundWorker(&launcher);
}
