/*
 * identity.h
 *		Who is calling.  Everything that depends on it asks here.
 */
#ifndef QB_IDENTITY_H
#define QB_IDENTITY_H

#include "quickbook.h"

#include "store.h"

typedef enum QbCallerKind
{
	QB_CALLER_STAFF,			/* also a psql user without identity */
	QB_CALLER_PROVIDER,
	QB_CALLER_PATIENT,
	QB_CALLER_ANON
} QbCallerKind;

typedef struct QbCaller
{
	QbCallerKind kind;
	char	   *account;		/* claim sub; NULL without identity */
	bool		has_patient;
	pg_uuid_t	patient_id;
} QbCaller;

/*
 * The identity of the caller: from request.jwt.claims where quickbook.trust_claims
 * is on, else staff.  Errors: not_allowed for claims that cannot be read.
 */
extern QbCaller qb_caller(void);

/* Patients, and those who are not signed in, are bound by every rule of policy. */
static inline bool
qb_is_bound(const QbCaller *caller)
{
	return caller->kind == QB_CALLER_PATIENT || caller->kind == QB_CALLER_ANON;
}

/* appointment.cancelled_by for the caller. */
extern const char *qb_caller_word(const QbCaller *caller);

/* Raise not_allowed unless the caller is staff or a provider; what is "decline an appointment". */
extern void qb_require_staff(const char *what);

#endif							/* QB_IDENTITY_H */
