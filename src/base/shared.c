/*
 * shared.c
 *		What the backends and the workers of a server share.
 */
#include "postgres.h"

#include "base/shared.h"

#include <signal.h>

#include "miscadmin.h"
#include "pgstat.h"
#include "port/atomics.h"
#include "storage/condition_variable.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#include "base/attempts.h"

#define TRANCHE "quickbook"
#define MAX_DATABASES 64

/* While something needs a database to itself, no worker is started there. */
#define RELEASE_SECONDS 10

/* A worker that fails at once is started again after so long. */
#define RESTART_SECONDS 5

/* So long somebody waits for the worker, in milliseconds; it takes a few, if nothing is wrong. */
#define AWAIT_TIMEOUT 1000

typedef struct Slot
{
	Oid			database;		/* InvalidOid: free */
	int			pid;			/* of the worker; 0: none */
	Latch	   *latch;			/* the worker's, in its PGPROC */
	TimestampTz released_until;
	TimestampTz launched_at;	/* the last worker, so that one that fails at once is not started again at once */
	TimestampTz since;			/* counters were reset */
	pg_atomic_uint64 passes_begun;	/* by the worker */
	pg_atomic_uint64 passes_ended;	/* the last of them that has ended */
	ConditionVariable pass_ended;
	pg_atomic_uint64 counters[QB_NCOUNTERS];
} Slot;

typedef struct Shared
{
	Slot		slots[MAX_DATABASES];
} Shared;

static Shared *shared = NULL;
static LWLock *lock = NULL;
static Slot *my_slot = NULL;
static shmem_request_hook_type previous_request = NULL;
static shmem_startup_hook_type previous_startup = NULL;

/* ----------
 * Start
 * ----------
 */

/* The hook in which the server counts what memory its libraries need. */
static void
request(void)
{
	if (previous_request)
		previous_request();
	RequestAddinShmemSpace(add_size(sizeof(Shared), qb_attempts_size()));
	RequestNamedLWLockTranche(TRANCHE, 1);
}

/* The hook in which they find it; the first process, or each one where they do not fork, sets it up. */
static void
startup(void)
{
	bool		found;

	if (previous_startup)
		previous_startup();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	shared = ShmemInitStruct(TRANCHE, sizeof(Shared), &found);
	if (!found)
	{
		memset(shared, 0, sizeof(Shared));
		for (int i = 0; i < MAX_DATABASES; i++)
		{
			Slot	   *slot = &shared->slots[i];

			pg_atomic_init_u64(&slot->passes_begun, 0);
			pg_atomic_init_u64(&slot->passes_ended, 0);
			ConditionVariableInit(&slot->pass_ended);
			for (int k = 0; k < QB_NCOUNTERS; k++)
				pg_atomic_init_u64(&slot->counters[k], 0);
		}
	}
	qb_attempts_start();
	lock = &GetNamedLWLockTranche(TRANCHE)->lock;
	LWLockRelease(AddinShmemInitLock);
}

void
qb_shared_request(void)
{
	previous_request = shmem_request_hook;
	shmem_request_hook = request;
	previous_startup = shmem_startup_hook;
	shmem_startup_hook = startup;
}

/* ----------
 * Slots
 * ----------
 */

/* The slot of a database; with make, a new one if there is none.  NULL when there is no room. */
static Slot *
find_slot(Oid database, bool make)
{
	Slot	   *unused = NULL;

	for (int i = 0; i < MAX_DATABASES; i++)
	{
		Slot	   *slot = &shared->slots[i];

		if (slot->database == database)
			return slot;
		if (unused == NULL && !OidIsValid(slot->database))
			unused = slot;
	}
	if (!make || unused == NULL)
		return NULL;
	unused->database = database;
	unused->since = GetCurrentTimestamp();
	return unused;
}

static Slot *
slot_here(void)
{
	if (shared == NULL || !OidIsValid(MyDatabaseId))
		return NULL;
	if (my_slot == NULL)
	{
		LWLockAcquire(lock, LW_EXCLUSIVE);
		my_slot = find_slot(MyDatabaseId, true);
		LWLockRelease(lock);
	}
	return my_slot;
}

/* ----------
 * Counters
 * ----------
 */

void
qb_count(QbCounter counter, uint64 n)
{
	Slot	   *slot = slot_here();

	if (slot != NULL)
		pg_atomic_fetch_add_u64(&slot->counters[counter], (int64) n);
}

bool
qb_read_counters(uint64 *values, TimestampTz *since)
{
	Slot	   *slot = slot_here();

	if (slot == NULL)
		return false;
	for (int i = 0; i < QB_NCOUNTERS; i++)
		values[i] = pg_atomic_read_u64(&slot->counters[i]);
	*since = slot->since;
	return true;
}

void
qb_reset_counters(void)
{
	Slot	   *slot = slot_here();

	if (slot == NULL)
		return;
	for (int i = 0; i < QB_NCOUNTERS; i++)
		pg_atomic_write_u64(&slot->counters[i], 0);
	slot->since = GetCurrentTimestamp();
}

/* ----------
 * Workers
 * ----------
 */

int
qb_worker_pid(void)
{
	Slot	   *slot = slot_here();

	return slot ? slot->pid : 0;
}

void
qb_wake_worker(void)
{
	/* no lock: this runs while a transaction commits */
	if (my_slot != NULL && my_slot->pid != 0 && my_slot->latch != NULL)
		SetLatch(my_slot->latch);
}

void
qb_worker_pass_begins(void)
{
	(void) pg_atomic_fetch_add_u64(&my_slot->passes_begun, 1);
}

void
qb_worker_pass_ends(void)
{
	pg_atomic_write_u64(&my_slot->passes_ended, pg_atomic_read_u64(&my_slot->passes_begun));
	ConditionVariableBroadcast(&my_slot->pass_ended);
}

bool
qb_await_worker(void)
{
	Slot	   *slot = slot_here();
	TimestampTz until;
	uint64		pass;
	bool		ended = false;

	if (slot == NULL || slot->pid == 0 || slot->pid == MyProcPid)
		return false;
	/* one that has begun may have looked before the last commit */
	pg_memory_barrier();
	pass = pg_atomic_read_u64(&slot->passes_begun) + 1;
	until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), AWAIT_TIMEOUT);
	ConditionVariablePrepareToSleep(&slot->pass_ended);
	qb_wake_worker();
	while (!(ended = pg_atomic_read_u64(&slot->passes_ended) >= pass) && slot->pid != 0)
	{
		long		left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), until);

		if (left <= 0)
			break;
		(void) ConditionVariableTimedSleep(&slot->pass_ended, left, PG_WAIT_EXTENSION);
	}
	ConditionVariableCancelSleep();
	return ended;
}

static void
leave(int code, Datum arg)
{
	LWLockAcquire(lock, LW_EXCLUSIVE);
	if (my_slot->pid == MyProcPid)
	{
		my_slot->pid = 0;
		my_slot->latch = NULL;
	}
	LWLockRelease(lock);
	/* nobody is to wait for what will not come */
	ConditionVariableBroadcast(&my_slot->pass_ended);
}

bool
qb_worker_enter(void)
{
	Slot	   *slot = slot_here();
	bool		free;

	if (slot == NULL)
		return false;
	LWLockAcquire(lock, LW_EXCLUSIVE);
	free = slot->pid == 0 && slot->released_until <= GetCurrentTimestamp();
	if (free)
	{
		slot->latch = &MyProc->procLatch;
		slot->pid = MyProcPid;
	}
	LWLockRelease(lock);
	if (free)
		on_shmem_exit(leave, (Datum) 0);
	return free;
}

bool
qb_worker_wanted(Oid database)
{
	TimestampTz now = GetCurrentTimestamp();
	Slot	   *slot;
	bool		wanted;

	LWLockAcquire(lock, LW_EXCLUSIVE);
	slot = find_slot(database, true);
	wanted = slot != NULL && slot->pid == 0 && slot->released_until <= now &&
		TimestampDifferenceExceeds(slot->launched_at, now, RESTART_SECONDS * 1000);
	if (wanted)
		slot->launched_at = now;
	LWLockRelease(lock);
	return wanted;
}

static int
pid_of(Oid database)
{
	Slot	   *slot;
	int			pid;

	LWLockAcquire(lock, LW_SHARED);
	slot = find_slot(database, false);
	pid = slot ? slot->pid : 0;
	LWLockRelease(lock);
	return pid;
}

void
qb_worker_release(Oid database)
{
	Slot	   *slot;
	int			pid;

	if (shared == NULL)
		return;
	LWLockAcquire(lock, LW_EXCLUSIVE);
	slot = find_slot(database, true);
	if (slot != NULL)
		slot->released_until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), (int64) RELEASE_SECONDS * 1000);
	LWLockRelease(lock);
	for (int i = 0; i < 500 && (pid = pid_of(database)) != 0; i++)
	{
		if (i == 0)
			kill(pid, SIGTERM);
		CHECK_FOR_INTERRUPTS();
		pg_usleep(10000L);
	}
}

void
qb_workers_keep(const Oid *databases, int n)
{
	LWLockAcquire(lock, LW_SHARED);
	for (int i = 0; i < MAX_DATABASES; i++)
	{
		const Slot *slot = &shared->slots[i];
		bool		keep = slot->pid == 0;

		for (int k = 0; k < n && !keep; k++)
			keep = slot->database == databases[k];
		if (!keep)
			kill(slot->pid, SIGTERM);
	}
	LWLockRelease(lock);
}
