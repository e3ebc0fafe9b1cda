/*
 * calendars.h
 *		The tables: what takes time.
 */
#ifndef QB_STORE_CALENDARS_H
#define QB_STORE_CALENDARS_H

#include "store/model.h"
#include "store/store.h"

/*
 * Fill n calendars with what overlaps [from, to), which is not empty: the
 * allocations and, of providers, the busy times.  What was loaded before is
 * left where it is; the rows are palloc'd in the current context.
 */
extern void qb_load_calendars(QbStore *store, QbCalendar **calendars, int n, TimestampTz from, TimestampTz to);

/* The allocations of one calendar that overlap [from, to), palloc'd; their number. */
extern int	qb_store_calendar(QbStore *store, const pg_uuid_t *calendar, TimestampTz from, TimestampTz to,
							  QbAllocation **allocations);

/*
 * Of n owners of allocations, which do not count: the patient's own holds, and
 * sessions with nobody but the exempt appointment and holds that do not count.
 */
extern void qb_store_not_counting(QbStore *store, const QbExempt *exempt, const pg_uuid_t *owners, int n,
								  bool *not_counting);

/* The sessions of a service that begin in the period, led by one of the providers. */
extern int	qb_store_sessions(QbStore *store, const QbService *service, QbProvider **leads, int n,
							  QbInterval period, const QbExempt *exempt, QbSession **sessions);

/* Of n appointments, which are pending. */
extern void qb_store_pending(QbStore *store, const pg_uuid_t *appointments, int n, bool *pending);

/* Time booked with n providers in appointments that start in [from, to), microseconds. */
extern void qb_store_booked_time(QbStore *store, const pg_uuid_t *providers, const TimestampTz *from,
								 const TimestampTz *to, int n, int64 *booked);

#endif							/* QB_STORE_CALENDARS_H */
