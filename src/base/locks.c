/*
 * locks.c
 *		The transaction locks that a write takes before it checks.
 */
#include "postgres.h"

#include "base/locks.h"

#include "common/hashfn.h"
#include "miscadmin.h"

void
qb_locks_init(QbLockSet *set)
{
	set->tags = NULL;
	set->count = 0;
	set->capacity = 0;
}

static void
add_tag(QbLockSet *set, const LOCKTAG *tag)
{
	if (set->count == set->capacity)
	{
		set->capacity = Max(8, set->capacity * 2);
		set->tags = set->tags == NULL
			? palloc(sizeof(LOCKTAG) * set->capacity)
			: repalloc(set->tags, sizeof(LOCKTAG) * set->capacity);
	}
	set->tags[set->count++] = *tag;
}

/* Names are hashed: two that collide wait for each other, and no more. */
void
qb_locks_add(QbLockSet *set, QbLockKind kind, const void *name, int length)
{
	uint64		hash = hash_bytes_extended(name, length, kind);
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, kind);
	add_tag(set, &tag);
}

void
qb_locks_add_all(QbLockSet *set, const QbLockSet *others)
{
	for (int i = 0; i < others->count; i++)
		add_tag(set, &others->tags[i]);
}

void
qb_locks_add_calendar(QbLockSet *set, bool of_patient, const pg_uuid_t *calendar)
{
	qb_locks_add(set, of_patient ? QB_LOCK_PATIENT : QB_LOCK_PROVIDER, calendar->data, UUID_LEN);
}

static int
compare_tags(const void *a, const void *b)
{
	const LOCKTAG *x = a;
	const LOCKTAG *y = b;

	if (x->locktag_field4 != y->locktag_field4)
		return x->locktag_field4 < y->locktag_field4 ? -1 : 1;
	if (x->locktag_field2 != y->locktag_field2)
		return x->locktag_field2 < y->locktag_field2 ? -1 : 1;
	if (x->locktag_field3 != y->locktag_field3)
		return x->locktag_field3 < y->locktag_field3 ? -1 : 1;
	return 0;
}

static void
sort_unique(QbLockSet *set)
{
	int			kept = 0;

	if (set->count == 0)
		return;
	qsort(set->tags, set->count, sizeof(LOCKTAG), compare_tags);
	for (int i = 1; i < set->count; i++)
	{
		if (compare_tags(&set->tags[i], &set->tags[kept]) != 0)
			set->tags[++kept] = set->tags[i];
	}
	set->count = kept + 1;
}

bool
qb_locks_cover(const QbLockSet *held, const QbLockSet *needed)
{
	for (int i = 0; i < needed->count; i++)
	{
		if (held->count == 0 ||
			bsearch(&needed->tags[i], held->tags, held->count, sizeof(LOCKTAG), compare_tags) == NULL)
			return false;
	}
	return true;
}

bool
qb_locks_acquire(QbLockSet *set)
{
	bool		waited = false;

	sort_unique(set);
	for (int i = 0; i < set->count; i++)
	{
		if (LockAcquire(&set->tags[i], ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL)
			continue;
		(void) LockAcquire(&set->tags[i], ExclusiveLock, false, false);
		waited = true;
	}
	return waited;
}

bool
qb_locks_try(QbLockSet *set)
{
	sort_unique(set);
	for (int i = 0; i < set->count; i++)
	{
		if (LockAcquire(&set->tags[i], ExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL)
		{
			while (--i >= 0)
				LockRelease(&set->tags[i], ExclusiveLock, false);
			return false;
		}
	}
	return true;
}

bool
qb_lock_for_session(QbLockKind kind, const void *name, int length)
{
	QbLockSet	set;

	qb_locks_init(&set);
	qb_locks_add(&set, kind, name, length);
	switch (LockAcquire(&set.tags[0], ExclusiveLock, true, true))
	{
		case LOCKACQUIRE_NOT_AVAIL:
			return false;
		case LOCKACQUIRE_ALREADY_HELD:
		case LOCKACQUIRE_ALREADY_CLEAR:
			LockRelease(&set.tags[0], ExclusiveLock, true);
			return true;
		default:
			return true;
	}
}

/*
 * Locks are counted: one that an earlier call of the transaction holds too
 * stays held until the end of the transaction.
 */
void
qb_locks_release(QbLockSet *set)
{
	for (int i = set->count - 1; i >= 0; i--)
		LockRelease(&set->tags[i], ExclusiveLock, false);
}
