/*
 * claim.c
 *		Choosing who serves, and locking their calendars before it counts.
 *
 * Locks are taken in one order; a row lock only when all calendars are locked.
 */
#include "postgres.h"

#include "claim.h"

#include "errors.h"
#include "ids.h"
#include "locks.h"
#include "miscadmin.h"

/* ----------
 * For a new appointment
 * ----------
 */

/* How far a refusal got in the order of the rules: the furthest is told. */
static int
progress(QbError why)
{
	static const QbError order[] = {
		QB_OUTSIDE_HOURS, QB_SLOT_TAKEN, QB_OFF_GRID, QB_TOO_SOON, QB_BEYOND_HORIZON, QB_PATIENT_BUSY
	};

	for (int i = 0; i < (int) lengthof(order); i++)
	{
		if (order[i] == why)
			return i;
	}
	return -1;
}

/*
 * Choose a lead and a team for the start out of what is loaded now.  On
 * failure *why and *whom tell the refusal, unless it is for those excluded.
 */
static bool
choose(QbSearch *search, QbChoice *choice, const bool *excluded, QbProvider **kept, QbError *why,
	   const QbProvider **whom)
{
	const QbLead **leads = palloc(sizeof(QbLead *) * Max(search->nleads, 1));
	int			n = 0;
	int			best = -1;

	qb_search_load(search, choice->start, choice->start + 1);
	for (int i = 0; i < search->nleads; i++)
	{
		QbError		reason;

		if (qb_search_judge(search, &search->leads[i], choice->start, &reason))
			leads[n++] = &search->leads[i];
		else if (progress(reason) > best)
		{
			best = progress(reason);
			*why = reason;
			*whom = search->leads[i].provider;
		}
	}
	qb_search_prefer(search, leads, n, choice->start);
	for (int i = 0; i < n; i++)
	{
		if (qb_search_team(search, leads[i], choice->start, excluded, kept, choice->team))
		{
			choice->lead = leads[i];
			return true;
		}
	}
	/* those who could do it are excluded */
	if (n > 0)
	{
		*why = QB_SLOT_TAKEN;
		*whom = leads[0]->provider;
	}
	return false;
}

static bool
same_team(const QbSearch *search, QbProvider *const *a, QbProvider *const *b)
{
	return memcmp(a, b, sizeof(QbProvider *) * search->team->nroles) == 0;
}

/* Is there but one team that could do it? */
static bool
no_choice(const QbSearch *search)
{
	if (search->nleads != 1)
		return false;
	return search->nproviders == search->team->nroles;
}

static void
lock_team(const QbSearch *search, const QbChoice *choice, QbLockSet *locks)
{
	for (int r = 0; r < search->team->nroles; r++)
		qb_locks_add_calendar(locks, false, &choice->team[r]->id);
}

static void
lock_patient(const QbSearch *search, QbLockSet *locks)
{
	if (search->patient != NULL)
		qb_locks_add_calendar(locks, true, search->patient);
}

/* One team: lock it and look once.  Raises the refusal. */
static void
claim_only_team(QbSearch *search, QbChoice *choice)
{
	QbLockSet	locks;
	QbError		why = QB_SLOT_TAKEN;
	const QbProvider *whom = search->leads[0].provider;

	qb_locks_init(&locks);
	lock_patient(search, &locks);
	for (int i = 0; i < search->nproviders; i++)
		qb_locks_add_calendar(&locks, false, &search->providers[i]->id);
	qb_locks_acquire(&locks);
	if (!choose(search, choice, NULL, NULL, &why, &whom))
		qb_search_refuse(search, whom, choice->start, why);
}

/*
 * Any of several teams: try them by preference without waiting, and wait only
 * when all that could do it are locked by others, holding no provider's lock
 * meanwhile.  Whoever is waited for has done something by then, so this ends.
 */
static void
claim_any_team(QbSearch *search, QbChoice *choice)
{
	QbProvider **chosen = palloc(sizeof(QbProvider *) * search->team->nroles);
	bool	   *excluded = palloc0(sizeof(bool) * search->team->nproviders);
	QbLockSet	patient;
	QbLockSet	busy;
	QbError		why = QB_SLOT_TAKEN;
	const QbProvider *whom = search->leads[0].provider;

	qb_locks_init(&patient);
	lock_patient(search, &patient);
	qb_locks_acquire(&patient);
	qb_locks_init(&busy);
	for (;;)
	{
		QbLockSet	locks;

		CHECK_FOR_INTERRUPTS();
		if (!choose(search, choice, excluded, NULL, &why, &whom))
		{
			if (busy.count == 0)
				qb_search_refuse(search, whom, choice->start, why);
			qb_locks_acquire(&busy);
			qb_locks_release(&busy);
			busy.count = 0;
			memset(excluded, 0, sizeof(bool) * search->team->nproviders);
			continue;
		}

		memcpy(chosen, choice->team, sizeof(QbProvider *) * search->team->nroles);
		qb_locks_init(&locks);
		lock_team(search, choice, &locks);
		if (!qb_locks_try(&locks))
		{
			/* remember the first member that is locked by somebody else */
			for (int r = 0; r < search->team->nroles; r++)
			{
				QbLockSet	one;

				qb_locks_init(&one);
				qb_locks_add_calendar(&one, false, &chosen[r]->id);
				if (qb_locks_try(&one))
				{
					qb_locks_release(&one);
					continue;
				}
				excluded[chosen[r]->index] = true;
				if (busy.count == 0)
					qb_locks_add_calendar(&busy, false, &chosen[r]->id);
			}
			continue;
		}
		/* locked: is it still the team to take? */
		if (choose(search, choice, excluded, NULL, &why, &whom) && same_team(search, chosen, choice->team))
			return;
		qb_locks_release(&locks);
	}
}

/* Who serves at the start, their calendars locked.  Raises the refusal. */
void
qb_claim(QbSearch *search, QbChoice *choice)
{
	if (no_choice(search))
		claim_only_team(search, choice);
	else
		claim_any_team(search, choice);
}

/* ----------
 * For an existing one
 * ----------
 */

void
qb_check_version(const QbAppointment *a, const int32 *expected_version)
{
	if (expected_version != NULL && *expected_version != a->version)
		qb_raise(QB_STALE_VERSION,
				 qb_detail_int(qb_detail_int(qb_detail_uuid(qb_detail(), "appointment_id", &a->id),
											 "expected_version", *expected_version),
							   "version", a->version), NULL,
				 "the appointment has version %d, not %d", a->version, *expected_version);
}

static void
add_calendars(QbLockSet *locks, const QbAppointment *a, const QbResource *resources, int n)
{
	if (a->has_patient)
		qb_locks_add_calendar(locks, true, &a->patient_id);
	for (int i = 0; i < n; i++)
		qb_locks_add_calendar(locks, false, &resources[i].provider_id);
}

static bool
same_calendars(const QbAppointment *a, const QbResource *x, int nx,
			   const QbAppointment *b, const QbResource *y, int ny)
{
	if (nx != ny || a->has_patient != b->has_patient ||
		(a->has_patient && !qb_uuid_equal(&a->patient_id, &b->patient_id)))
		return false;
	for (int i = 0; i < nx; i++)
	{
		if (!qb_uuid_equal(&x[i].provider_id, &y[i].provider_id))
			return false;
	}
	return true;
}

/*
 * Lock the calendars of the appointment and those of more providers in one
 * sorted pass.  Starts again when the appointment's calendars changed while it
 * waited.  Its row is not locked here: a row lock cannot be given back, and
 * who holds one must not wait for calendars.
 */
static QbAppointment *
lock_calendars(QbStore *store, const pg_uuid_t *id, QbProvider *const *more, int nmore, QbLockSet *locks)
{
	for (;;)
	{
		QbAppointment *seen = qb_store_appointment(store, id, false);
		QbAppointment *locked;
		QbResource *resources;
		QbResource *now;
		int			n;
		int			nnow;

		CHECK_FOR_INTERRUPTS();
		if (seen == NULL)
			qb_raise_not_found("appointment", id);
		n = qb_store_resources(store, id, &resources);
		qb_locks_init(locks);
		add_calendars(locks, seen, resources, n);
		for (int i = 0; i < nmore; i++)
			qb_locks_add_calendar(locks, false, &more[i]->id);
		qb_locks_acquire(locks);

		locked = qb_store_appointment(store, id, false);
		if (locked == NULL)
			qb_raise_not_found("appointment", id);
		nnow = qb_store_resources(store, id, &now);
		if (same_calendars(seen, resources, n, locked, now, nnow))
			return locked;
		qb_locks_release(locks);
	}
}

QbAppointment *
qb_lock_appointment(QbStore *store, const pg_uuid_t *id, const int32 *expected_version)
{
	QbLockSet	locks;
	QbAppointment *a;

	lock_calendars(store, id, NULL, 0, &locks);
	a = qb_store_appointment(store, id, true);
	if (a == NULL)
		qb_raise_not_found("appointment", id);
	qb_check_version(a, expected_version);
	return a;
}

void
qb_check_may_move(const QbAppointment *a)
{
	if (strcmp(a->status, "held") != 0 && strcmp(a->status, "pending") != 0 && strcmp(a->status, "booked") != 0)
		qb_raise(QB_INVALID_TRANSITION,
				 qb_detail_text(qb_detail_uuid(qb_detail(), "appointment_id", &a->id), "status", a->status), NULL,
				 "an appointment that is %s cannot be rescheduled", a->status);
}

/* The providers of the team that fill the roles now; NULL for a role that is new. */
static QbProvider **
present_team(QbSearch *search, const pg_uuid_t *appointment)
{
	QbProvider **kept = palloc0(sizeof(QbProvider *) * search->team->nroles);
	QbResource *resources;
	int			n = qb_store_resources(search->store, appointment, &resources);

	for (int r = 0; r < search->team->nroles; r++)
	{
		for (int i = 0; i < n; i++)
		{
			for (int k = 0; k < search->nproviders; k++)
			{
				if (strcmp(resources[i].role, search->team->roles[r].name) == 0 &&
					qb_uuid_equal(&resources[i].provider_id, &search->providers[k]->id))
					kept[r] = search->providers[k];
			}
		}
	}
	return kept;
}

/*
 * Choose a team for the new time, lock it with the old calendars, choose again.
 * A refusal counts only under the lock, because somebody may be giving up the
 * time just now.  NULL if the provider that was to be kept is another by now.
 */
QbAppointment *
qb_claim_new_time(QbSearch *search, QbChoice *choice, const pg_uuid_t *id, bool keeps_provider,
			   const int32 *expected_version)
{
	QbStore    *store = search->store;
	QbProvider **chosen = palloc(sizeof(QbProvider *) * search->team->nroles);

	for (;;)
	{
		QbProvider **kept = present_team(search, id);
		QbError		why = QB_SLOT_TAKEN;
		const QbProvider *whom = search->leads[0].provider;
		bool		found = choose(search, choice, NULL, kept, &why, &whom);
		QbLockSet	locks;
		QbAppointment *a;

		CHECK_FOR_INTERRUPTS();
		memcpy(chosen, choice->team, sizeof(QbProvider *) * search->team->nroles);
		if (found)
			a = lock_calendars(store, id, chosen, search->team->nroles, &locks);
		else if (no_choice(search))
			a = lock_calendars(store, id, search->providers, search->nproviders, &locks);
		else
			a = lock_calendars(store, id, &search->leads[0].provider, 1, &locks);

		qb_check_version(a, expected_version);
		qb_check_may_move(a);
		if (!keeps_provider || qb_uuid_equal(&a->provider_id, &search->leads[0].provider->id))
		{
			if (!choose(search, choice, NULL, kept, &why, &whom))
				qb_search_refuse(search, whom, choice->start, why);
			if (found && same_team(search, chosen, choice->team))
				return qb_store_appointment(store, id, true);
			qb_locks_release(&locks);
			continue;
		}
		qb_locks_release(&locks);
		return NULL;
	}
}
