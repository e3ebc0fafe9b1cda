/*
 * attempts.c
 *		Wrong passwords, counted where no rollback undoes it.
 *
 * A table of fixed size: of accounts that hash to the same few places the one
 * whose last attempt is oldest is forgotten.  Only accounts that exist are
 * counted, so who would have one forgotten needs many others to fail at.
 */
#include "postgres.h"

#include "base/attempts.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "storage/spin.h"
#include "utils/timestamp.h"

#include "base/ids.h"

#define NAME "quickbook attempts"
#define SETS 1024
#define WAYS 4

typedef struct Entry
{
	Oid			database;		/* InvalidOid: free */
	QbAttemptKind kind;
	pg_uuid_t	account;
	QbAttempts	attempts;
	TimestampTz last;
} Entry;

typedef struct Table
{
	slock_t		mutex;
	Entry		entries[SETS][WAYS];
} Table;

static Table *table = NULL;

Size
qb_attempts_size(void)
{
	return sizeof(Table);
}

void
qb_attempts_start(void)
{
	bool		found;

	table = ShmemInitStruct(NAME, sizeof(Table), &found);
	if (found)
		return;
	memset(table, 0, sizeof(Table));
	SpinLockInit(&table->mutex);
}

static Entry *
set_of(const pg_uuid_t *account)
{
	return table->entries[hash_bytes(account->data, UUID_LEN) % SETS];
}

static bool
is_of(const Entry *e, const pg_uuid_t *account, QbAttemptKind kind)
{
	return e->database == MyDatabaseId && e->kind == kind && qb_uuid_equal(&e->account, account);
}

QbAttempts
qb_attempts(const pg_uuid_t *account, QbAttemptKind kind)
{
	QbAttempts	attempts = {0, DT_NOBEGIN};

	if (table == NULL)
		return attempts;
	SpinLockAcquire(&table->mutex);
	for (int i = 0; i < WAYS; i++)
	{
		const Entry *e = &set_of(account)[i];

		if (is_of(e, account, kind))
			attempts = e->attempts;
	}
	SpinLockRelease(&table->mutex);
	return attempts;
}

void
qb_attempts_set(const pg_uuid_t *account, QbAttemptKind kind, const QbAttempts *attempts)
{
	TimestampTz now = GetCurrentTimestamp();
	Entry	   *into;

	if (table == NULL)
		return;
	SpinLockAcquire(&table->mutex);
	into = set_of(account);
	for (int i = 0; i < WAYS; i++)
	{
		Entry	   *e = &set_of(account)[i];

		if (is_of(e, account, kind))
		{
			into = e;
			break;
		}
		if (OidIsValid(into->database) && (!OidIsValid(e->database) || e->last < into->last))
			into = e;
	}
	*into = (Entry) {MyDatabaseId, kind, *account, *attempts, now};
	SpinLockRelease(&table->mutex);
}

void
qb_attempts_forget(const pg_uuid_t *account)
{
	if (table == NULL)
		return;
	SpinLockAcquire(&table->mutex);
	for (int i = 0; i < WAYS; i++)
	{
		Entry	   *e = &set_of(account)[i];

		if (e->database == MyDatabaseId && qb_uuid_equal(&e->account, account))
			e->database = InvalidOid;
	}
	SpinLockRelease(&table->mutex);
}
