/*
 * caller.h
 *		Who is calling.  Everything that depends on it asks here; what that
 *		caller may do is access.h's.
 */
#ifndef QB_BASE_CALLER_H
#define QB_BASE_CALLER_H

#include "utils/relcache.h"
#include "utils/uuid.h"

#include "base/settings.h"

/* From the most to the least trusted. */
typedef enum QbCallerKind
{
	QB_CALLER_ADMIN,
	QB_CALLER_STAFF,
	QB_CALLER_PROVIDER,
	QB_CALLER_PATIENT,
	QB_CALLER_ANON
} QbCallerKind;

typedef struct QbCaller
{
	QbCallerKind kind;
	bool		identified;		/* by a token or by claims; else by the database role alone */
	Oid			role;			/* the database role */
	char	   *account;		/* claim sub; NULL without */
	bool		has_clinic;		/* without one, staff are every clinic's */
	pg_uuid_t	clinic_id;
	bool		has_provider;	/* for a provider only */
	pg_uuid_t	provider_id;
	bool		has_patient;	/* for a patient only */
	pg_uuid_t	patient_id;
} QbCaller;

/*
 * The identity of the caller, the first that there is:
 * that of a token given to authenticate() in this transaction; that of
 * request.jwt.claims where quickbook.trust_claims is on, but never more than
 * the database role may; the database role.  roles_in_use: whether
 * create_roles() has been run, which the tables know: qb_store_begin() has the
 * caller, and qb_store_caller() tells it without.  The account is palloc'd.
 * Errors: not_allowed for claims that cannot be read, or that name no clinic
 * for staff or a provider.
 */
extern QbCaller qb_caller(bool roles_in_use);

/* May the caller's database role read the event log and send messages? */
extern bool qb_is_relay(const QbCaller *caller);

/* From now to the end of the (sub)transaction the caller is this one, whose token was verified.  Copies it. */
extern void qb_identity_set(const QbCaller *caller);

/* Forget it when the transaction ends; called once, when the library is loaded. */
extern void qb_identity_register(void);

/* The owner of the tables; InvalidOid when there are none. */
extern Oid	qb_tables_owner(void);

/* Whether a table is in schema quickbook and the owner's. */
extern bool qb_is_own_table(Relation relation);

/* Patients, and those who are not signed in, are bound by every rule of policy. */
static inline bool
qb_is_bound(const QbCaller *caller)
{
	return caller->kind >= QB_CALLER_PATIENT;
}

/* The word of a kind, in static memory. */
extern const char *qb_caller_word(QbCallerKind kind);

/* A kind by its word: admin, staff, provider, patient, anon; more than QB_CALLER_ANON for another one. */
extern QbCallerKind qb_caller_kind(const char *word);

#endif							/* QB_BASE_CALLER_H */
