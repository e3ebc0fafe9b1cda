/*
 * create.h
 *		Making appointments: booking and holding, once for each idempotency key.
 */
#ifndef QB_BOOKING_CREATE_H
#define QB_BOOKING_CREATE_H

#include "utils/date.h"

#include "store/appointments.h"
#include "store/store.h"

/* What a creating function was asked for. */
typedef struct QbRequest
{
	const pg_uuid_t *patient;	/* a hold may have none */
	const pg_uuid_t *provider;	/* NULL: any */
	const pg_uuid_t *service;
	int64		start;
	const char *key;
	const char *notes;
	Datum		details;
	bool		has_details;
	int			aside;
	bool		hold;
	int64		hold_for;		/* -1: the service's */
} QbRequest;

/*
 * Book or hold, and append the event; or return what the caller's key made
 * before.  Locks the key, the calendars of who serves and of the patient, and
 * the limits that count it.  Errors: not_found, not_allowed, invalid_argument,
 * idempotency_conflict, policy_refused and the refusals of the rules.  The
 * appointment is palloc'd.
 */
extern QbAppointment *qb_create(QbStore *store, const QbRequest *request);

/*
 * The instant of a local date and time where the request is served.  Errors:
 * not_found, and invalid_argument for a time that does not happen exactly once.
 * Locks nothing.
 */
extern int64 qb_local_start(QbStore *store, const QbRequest *request, DateADT date, TimeADT time);

#endif							/* QB_BOOKING_CREATE_H */
