/*
 * way.h
 *		What is in the way of a time: the holds that taking it closes, and the
 *		session that it joins.
 *
 * Holds that have expired and the patient's own do not count, so they are
 * closed by whoever takes their time.  That gives time back on the calendars of
 * those who serve them, and time changes only under the lock of its calendar:
 * so the way is looked for under locks, and when it leads to calendars that are
 * not locked, all locks are given back and taken again with these.
 */
#ifndef QB_BOOKING_WAY_H
#define QB_BOOKING_WAY_H

#include "base/locks.h"
#include "store/allocations.h"
#include "store/appointments.h"
#include "store/model.h"
#include "store/store.h"
#include "rules/search.h"

typedef struct QbWay
{
	pg_uuid_t  *holds;			/* to be closed, by id, each once */
	int			nholds;
	bool		joins;			/* a session that runs */
	pg_uuid_t	session;
	int			taken;			/* its seats that count, for an existing appointment */
	QbResource *team;			/* who serves it, whatever their roles are called by now */
	int			nteam;
} QbWay;

/*
 * The way of an appointment in [start, end) by whom a search has loaded:
 * team[role] (NULL: nobody) and the patient.  session is the one that is joined,
 * or NULL.  Neither locks anything; what a way points to is palloc'd.
 */
extern QbWay qb_way_of_team(QbSearch *search, QbProvider *const *team, const pg_uuid_t *session,
							int64 start, int64 end);

/*
 * The way of an appointment that takes its own time again, or gets a patient:
 * on the calendars of those who serve it and of the patient (NULL: none).
 */
extern QbWay qb_way_again(QbStore *store, const QbService *service, const QbAppointment *appointment,
						  const pg_uuid_t *patient);

/* Add the calendars of all providers on whose calendars the way gives or takes time. */
extern void qb_way_lock(QbStore *store, const QbWay *way, QbLockSet *locks);

#endif							/* QB_BOOKING_WAY_H */
