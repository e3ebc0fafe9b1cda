/*
 * sessions.h
 *		The tables: group sessions and their seats.
 *
 * A seat that counts is that of anybody but except, unless it is an expired
 * hold or the patient's own; both may be NULL.
 */
#ifndef QB_STORE_SESSIONS_H
#define QB_STORE_SESSIONS_H

#include "store/appointments.h"
#include "store/store.h"

/* The session with seats that an appointment could join, as long as it is itself, and how many are taken. */
extern bool qb_store_session_of(QbStore *store, const QbAppointment *appointment, const pg_uuid_t *patient,
								pg_uuid_t *session, int *taken);

/* Ids of the holds in a session that have expired or are the patient's, by id; how many? */
extern int	qb_store_session_holds(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *patient,
								   const pg_uuid_t *except, pg_uuid_t **ids);

/* Lock the row of a session until the end of the transaction; its calendars are locked already. */
extern void qb_store_lock_session(QbStore *store, const pg_uuid_t *session);

/* Raise 40001 if the transaction's snapshot is older than the session: its foreign key could not see it. */
extern void qb_store_require_known_session(QbStore *store, const pg_uuid_t *session);

/* A new session at an appointment's time and with its provider, under the locks of its calendars. */
extern void qb_store_insert_session(QbStore *store, const pg_uuid_t *id, const QbAppointment *appointment);

/* The lowest seat that nobody but except (or NULL) has. */
extern int	qb_store_free_seat(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *except);

/*
 * Give a session's allocations the expiry that its seats imply, or delete them
 * with the last seat.  Locks the session's row first.
 */
extern void qb_store_refresh_session(QbStore *store, const pg_uuid_t *session);

/*
 * Take an appointment out of its session, on its way to another one or to none:
 * what follows in the same call gives it a time again, or a status without.
 */
extern void qb_store_unseat(QbStore *store, const pg_uuid_t *appointment);

#endif							/* QB_STORE_SESSIONS_H */
