/*
 * claim.c
 *		Locking the calendars of who serves before it counts.
 *
 * Locks are taken in one order; a row lock only when all calendars are locked.
 */
#include "postgres.h"

#include "booking/claim.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/errors.h"
#include "base/ids.h"
#include "base/locks.h"
#include "store/allocations.h"
#include "store/model.h"
#include "store/row.h"
#include "store/status.h"
#include "rules/hold_caps.h"
#include "rules/limit.h"
#include "rules/refusal.h"
#include "rules/roles.h"
#include "rules/search.h"
#include "rules/team.h"
#include "booking/lock.h"

/* ----------
 * For a new appointment
 * ----------
 */

static void
lock_team(const QbSearch *search, QbProvider *const *team, QbLockSet *locks)
{
	for (int r = 0; r < search->team->nroles; r++)
	{
		if (team[r] != NULL)
			qb_locks_add_calendar(locks, false, &team[r]->calendar.id);
	}
}

/* What is locked whoever serves: the patient's calendar and the limits. */
static void
lock_common(const QbSearch *search, QbLockSet *locks)
{
	qb_locks_init(locks);
	if (search->patient != NULL)
		qb_locks_add_calendar(locks, true, search->patient);
	qb_limits_lock(search->limits, search->nlimits, locks);
	qb_hold_caps_lock(search, locks);
}

/* What was read before a lock was waited for may have changed. */
static void
read_again(QbSearch *search)
{
	qb_search_reopen(search);
	qb_check_policy(search, search->lead_asked);
}

/* Does a choice that was made under locks touch no others?  common: those of all choices are among them. */
static bool
is_locked(const QbSearch *search, const QbChoice *choice, bool common, const QbLockSet *locks)
{
	QbLockSet	needed;

	if (common)
		lock_common(search, &needed);
	else
		qb_locks_init(&needed);
	lock_team(search, choice->team, &needed);
	return qb_locks_cover(locks, &needed);
}

/*
 * Find the choice's way.  If it gives time back on calendars that are not
 * locked, these are added to extra, and the locks are to be taken anew.
 */
static bool
way_is_locked(QbSearch *search, QbClaim *claim, const QbLockSet *locks, QbLockSet *extra)
{
	const QbChoice *choice = &claim->choice;
	QbLockSet	needed;

	claim->way = qb_way_of_team(search, choice->team, choice->joins ? &choice->session : NULL,
								choice->start, choice->end);
	qb_locks_init(&needed);
	qb_way_lock(search->store, &claim->way, &needed);
	if (qb_locks_cover(locks, &needed))
		return true;
	qb_locks_add_all(extra, &needed);
	return false;
}

/* One team: lock it and look.  Raises the refusal; false when there is a choice by now. */
static bool
claim_only_team(QbSearch *search, QbClaim *claim, QbLockSet *extra)
{
	while (qb_has_no_choice(search))
	{
		QbLockSet	locks;
		QbRefusal	refusal;
		bool		waited;
		bool		found;

		CHECK_FOR_INTERRUPTS();
		lock_common(search, &locks);
		for (int i = 0; i < search->nproviders; i++)
			qb_locks_add_calendar(&locks, false, &search->providers[i]->calendar.id);
		qb_locks_add_all(&locks, extra);
		waited = qb_locks_acquire(&locks);
		if (waited)
			read_again(search);
		found = qb_choose(search, &claim->choice, NULL, NULL, &refusal);
		if (!found && qb_has_no_choice(search))
			qb_search_refuse(search, refusal.lead, claim->choice.start, refusal.why);
		if (found && (!waited || is_locked(search, &claim->choice, true, &locks)) &&
			way_is_locked(search, claim, &locks, extra))
			return true;
		qb_locks_release(&locks);
	}
	return false;
}

/* Leave out those of a team whom somebody else has locked; one of them is waited for later. */
static void
exclude_locked(const QbSearch *search, QbProvider *const *team, bool *excluded, QbLockSet *busy)
{
	for (int r = 0; r < search->team->nroles; r++)
	{
		QbLockSet	one;

		if (team[r] == NULL)
			continue;
		qb_locks_init(&one);
		qb_locks_add_calendar(&one, false, &team[r]->calendar.id);
		if (qb_locks_try(&one))
		{
			qb_locks_release(&one);
			continue;
		}
		excluded[team[r]->index] = true;
		if (busy->count == 0)
			qb_locks_add_calendar(busy, false, &team[r]->calendar.id);
	}
}

/*
 * Lock the patient's calendar and the limits as they are then.  stale: what was
 * read is to be read again even if these need not be waited for.
 */
static void
claim_common(QbSearch *search, QbLockSet *common, bool stale)
{
	for (;;)
	{
		QbLockSet	needed;

		lock_common(search, common);
		if (!qb_locks_acquire(common) && !stale)
			return;
		read_again(search);
		stale = false;
		lock_common(search, &needed);
		if (qb_locks_cover(common, &needed))
			return;
		qb_locks_release(common);
	}
}

/*
 * Lock a team and the way's other calendars, waiting for them in order; false if
 * it will not do.  Without waiting, those excluded are as busy as they were.
 */
static bool
claim_with_extra(QbSearch *search, QbClaim *claim, const bool *excluded, QbLockSet *extra)
{
	QbLockSet	locks;
	QbRefusal	refusal;

	lock_common(search, &locks);
	lock_team(search, claim->choice.team, &locks);
	qb_locks_add_all(&locks, extra);
	if (qb_locks_acquire(&locks))
	{
		read_again(search);
		excluded = NULL;
	}
	if (qb_choose(search, &claim->choice, excluded, NULL, &refusal) && is_locked(search, &claim->choice, true, &locks) &&
		way_is_locked(search, claim, &locks, extra))
		return true;
	qb_locks_release(&locks);
	return false;
}

/*
 * Any of several teams: try them by preference without waiting, and wait only
 * when all that could do it are locked by others, holding no provider's lock
 * meanwhile.  Whoever is waited for has done something by then, so this ends.
 */
static void
claim_any_team(QbSearch *search, QbClaim *claim, QbLockSet *extra)
{
	bool	   *excluded = NULL;
	QbLockSet	common;
	QbLockSet	busy;
	QbRefusal	refusal;

	claim_common(search, &common, false);
	qb_locks_init(&busy);
	for (;;)
	{
		QbLockSet	locks;

		CHECK_FOR_INTERRUPTS();
		if (excluded == NULL)
			excluded = palloc0(sizeof(bool) * Max(search->team->nproviders, 1));
		if (!qb_choose(search, &claim->choice, excluded, NULL, &refusal))
		{
			if (busy.count == 0)
				qb_search_refuse(search, refusal.lead, claim->choice.start, refusal.why);
			qb_locks_acquire(&busy);
			qb_locks_release(&busy);
			qb_locks_release(&common);
			busy.count = 0;
			claim_common(search, &common, true);
			excluded = NULL;
			continue;
		}

		qb_locks_init(&locks);
		lock_team(search, claim->choice.team, &locks);
		if (!qb_locks_try(&locks))
		{
			exclude_locked(search, claim->choice.team, excluded, &busy);
			continue;
		}
		/* locked: is it still the team to take? */
		if (qb_choose(search, &claim->choice, excluded, NULL, &refusal) &&
			is_locked(search, &claim->choice, false, &locks))
		{
			if (way_is_locked(search, claim, &locks, extra))
				return;
			qb_locks_release(&locks);
			qb_locks_release(&common);
			if (claim_with_extra(search, claim, excluded, extra))
				return;
			claim_common(search, &common, false);
			excluded = NULL;
			continue;
		}
		qb_locks_release(&locks);
	}
}

/* Who serves at the start, their calendars locked.  Raises the refusal. */
void
qb_claim(QbSearch *search, QbClaim *claim)
{
	QbLockSet	extra;

	qb_locks_init(&extra);
	if (!claim_only_team(search, claim, &extra))
		claim_any_team(search, claim, &extra);
}

/* ----------
 * For one that moves
 * ----------
 */

void
qb_check_may_move(const QbAppointment *a)
{
	if (qb_hold_has_expired(a))
		qb_raise(QB_HOLD_EXPIRED, qb_detail_uuid(qb_detail(), "appointment_id", &a->id),
				 "Hold the new time.", "a hold that has expired cannot be rescheduled");
	if (a->status != QB_HELD && a->status != QB_PENDING && a->status != QB_BOOKED)
		qb_raise(QB_INVALID_TRANSITION,
				 qb_detail_text(qb_detail_uuid(qb_detail(), "appointment_id", &a->id), "status", qb_status_name(a->status)), NULL,
				 "an appointment that is %s cannot be rescheduled", qb_status_name(a->status));
}

/* Who fills the roles now: team[role]; NULL for a role that is new. */
static QbProvider **
present_team(QbSearch *search, const pg_uuid_t *appointment)
{
	QbProvider **team = palloc(sizeof(QbProvider *) * search->team->nroles);
	QbResource *resources;
	int			n = qb_store_resources(search->store, appointment, &resources);

	qb_team_of(search, resources, n, team);
	return team;
}

/*
 * Lock the old calendars and those that the new time may need: of the team that
 * would be chosen now, or where nobody would do, of who is asked for.
 */
static QbAppointment *
lock_old_and_new(QbSearch *search, const QbChoice *choice, bool found, const pg_uuid_t *id,
				 const QbLockSet *extra, QbLockSet *locks, bool *waited)
{
	QbBeside	beside = {.team = choice->team, .n = search->team->nroles};

	if (qb_has_no_choice(search))
		beside = (QbBeside) {.team = search->providers, .n = search->nproviders};
	else if (!found)
		beside = (QbBeside) {.team = &search->leads[0].provider, .n = 1};
	beside.extra = *extra;
	return qb_lock_calendars(search->store, id, &beside, locks, waited);
}

/* Is it, under the lock, the appointment that the search was opened for? */
static bool
is_searched_for(const QbSearch *search, const QbAppointment *a, bool keeps_provider)
{
	if (keeps_provider && !qb_uuid_equal(&a->provider_id, search->lead_asked))
		return false;
	return a->has_patient ? search->patient != NULL && qb_uuid_equal(&a->patient_id, search->patient)
		: search->patient == NULL;
}

/*
 * Choose a team for the new time, lock it with the old calendars, choose again.
 * A refusal counts only under the lock, because somebody may be giving up the
 * time just now.
 */
QbAppointment *
qb_claim_new_time(QbSearch *search, QbClaim *claim, const pg_uuid_t *id, bool keeps_provider,
				  const int32 *expected_version)
{
	QbLockSet	extra;

	qb_locks_init(&extra);
	for (;;)
	{
		QbRefusal	refusal;

		/* where there is one team only, what matters is what is found under its lock */
		bool		found = qb_has_no_choice(search) ||
			qb_choose(search, &claim->choice, NULL, present_team(search, id), &refusal);
		QbLockSet	locks;
		bool		waited;
		QbAppointment *a;

		CHECK_FOR_INTERRUPTS();
		a = lock_old_and_new(search, &claim->choice, found, id, &extra, &locks, &waited);
		qb_check_version(a, expected_version);
		qb_check_may_move(a);
		if (!is_searched_for(search, a, keeps_provider))
		{
			qb_locks_release(&locks);
			return NULL;
		}
		if (waited)
			read_again(search);
		if (!qb_choose(search, &claim->choice, NULL, present_team(search, id), &refusal))
			qb_search_refuse(search, refusal.lead, claim->choice.start, refusal.why);
		if (is_locked(search, &claim->choice, true, &locks) && way_is_locked(search, claim, &locks, &extra))
			return qb_lock_row(search->store, id, NULL);
		qb_locks_release(&locks);
	}
}
