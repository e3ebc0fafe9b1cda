/*
 * store.h
 *		The tables.  statements.c is the only file with SQL text; the others here
 *		run it, or read by an index what every booking reads, and turn rows into structs.
 *
 * Every function that touches tables works between qb_store_begin() and
 * qb_store_end(), in which the SQL runs with the rights of the tables' owner.
 * Results are palloc'd in the context that was current at qb_store_begin().
 */
#ifndef QB_STORE_STORE_H
#define QB_STORE_STORE_H

#include "access/htup.h"

#include "base/caller.h"
#include "base/compat.h"
#include "base/settings.h"
#include "store/model.h"
#include "store/status.h"

typedef struct QbStore
{
	bool		writes;			/* read with the latest snapshot, write */
	QbCaller	caller;			/* as it was before the change of user */
	Oid			saved_user;
	int			saved_context;
	int			guc_level;		/* of a search_path that was set; 0: it was right */
} QbStore;

/* Columns of appointment in the order of the type appointment_info. */
typedef enum QbAppointmentColumn
{
	QB_A_ID,
	QB_A_CLINIC_ID,
	QB_A_PATIENT_ID,
	QB_A_SERVICE_ID,
	QB_A_PROVIDER_ID,
	QB_A_SESSION_ID,
	QB_A_SEAT,
	QB_A_STATUS,
	QB_A_STARTS_AT,
	QB_A_ENDS_AT,
	QB_A_EXPIRES_AT,
	QB_A_VERSION,
	QB_A_SEQUENCE,
	QB_A_IDEMPOTENCY_KEY,
	QB_A_NOTES,
	QB_A_DETAILS,
	QB_A_CREATED_AT,
	QB_A_UPDATED_AT,
	QB_A_CANCEL_REASON,
	QB_A_CANCELLED_BY,
	QB_A_LATE,
	QB_A_HOLD_TOKEN,
	QB_A_NCOLUMNS
} QbAppointmentColumn;

typedef struct QbColumn
{
	const char *name;
	Oid			type;
} QbColumn;

/*
 * An appointment: the row as Datums, for results and events, and the columns
 * that the code looks at.  Change the Datums, then call
 * qb_store_update_appointment().
 */
typedef struct QbAppointment
{
	Datum		values[QB_A_NCOLUMNS];
	bool		nulls[QB_A_NCOLUMNS];
	pg_uuid_t	id;
	pg_uuid_t	clinic_id;
	bool		has_patient;
	pg_uuid_t	patient_id;
	pg_uuid_t	service_id;
	pg_uuid_t	provider_id;
	QbStatus	status;
	TimestampTz starts_at;
	TimestampTz ends_at;
	TimestampTz expires_at;		/* DT_NOEND: null */
	int32		version;
	bool		has_session;
	pg_uuid_t	session_id;
	int			seat;
} QbAppointment;

/* An idempotency key (NULL: none), whose it is, and the request as text. */
typedef struct QbKey
{
	const char *key;
	const char *scope;
	const char *request;
} QbKey;

/* How an appointment that was found by its key compares. */
typedef struct QbKeyMatch
{
	bool		same_request;
	bool		of_clinic;		/* of 0.1.0, when keys were the clinic's */
} QbKeyMatch;

/* Who fills a role of an appointment: a row of appointment_resource. */
typedef struct QbResource
{
	char	   *role;
	pg_uuid_t	provider_id;
} QbResource;

/* What list_appointments() asks for; NULL or infinite: anything. */
typedef struct QbAppointmentFilter
{
	TimestampTz from;
	TimestampTz to;
	const pg_uuid_t *provider;
	const pg_uuid_t *patient;
	const char *status;
	const pg_uuid_t *clinic;
} QbAppointmentFilter;

/* An allocation to be written. */
typedef struct QbNewAllocation
{
	pg_uuid_t	calendar_id;
	bool		of_patient;
	int			lane;
	int64		start;
	int64		end;
} QbNewAllocation;

/*
 * Connect and take on the owner's rights, with a search_path of core's alone.
 * With writes, every statement reads with the latest snapshot whatever the
 * isolation level, as foreign-key checks do.  Errors: not_installed,
 * wrong_schema_version.
 */
extern void qb_store_begin(QbStore *store, bool writes);

/* Whether the tables are there, in the version of this library; no error. */
extern bool qb_store_is_ready(void);

/* Errors: not_installed, wrong_schema_version. */
extern void qb_store_require_version(void);
extern void qb_store_end(QbStore *store);

/* The version of the tables: -1 when there are none, 0 when they do not say. */
extern int	qb_store_version(void);

/*
 * Whether create_roles() has been run for these tables.  Also where they do not
 * say, so that nobody gains by that; not where there are none.
 */
extern bool qb_store_roles_in_use(void);

/* Who is calling, without qb_store_begin(); see qb_caller(). */
extern QbCaller qb_store_caller(void);

/*
 * Run a statement of migrate() on rows with the rights of the tables' owner and
 * no more, so that triggers of the owner's gain nothing by the caller, who may
 * be a superuser.  Constraints and triggers that are deferred fire at once, and
 * settings that they make end with it.  Errors: not_installed, not_allowed (the
 * caller has not the owner's rights).
 */
extern void qb_store_run_as_owner(const char *sql);

/* The owner, if the caller has its rights.  Errors: not_installed, not_allowed. */
extern Oid	qb_store_require_owner(const char *what);

/*
 * The rows of check_data() and repair_data(), found with the rights of the
 * tables' owner in the same way.  Errors: these, and wrong_schema_version.
 */
struct QbRows;
extern void qb_store_check_data(struct QbRows *rows);
extern void qb_store_repair_data(struct QbRows *rows);

/*
 * Errors of the store's own files: a trigger kept a row from being written (by
 * INSERT or UPDATE); a column is null that install() made NOT NULL (table may
 * be NULL).
 */
qb_noreturn extern void qb_raise_left_out(const char *operation, const char *table);
qb_noreturn extern void qb_raise_null(const char *table, const char *column);

/*
 * For who acts as the owner on behalf of somebody stronger, up to and including
 * the commit: no code of the owner's may wait for what comes after.  A security
 * context for SetUserIdAndSecContext(); deferred triggers, cursors WITH HOLD and
 * temporary tables are refused in it.  And what goes with it: deferrable
 * constraints and triggers of users are checked and fire at once.
 */
#define QB_OWNER_ALONE \
	(SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS)
extern void qb_store_defer_nothing(void);

/* The search_path of every statement of ours. */
#define QB_SEARCH_PATH "pg_catalog, pg_temp"

/*
 * Configuration.  NULL or false when there is no such row.  A team with lead may
 * leave out other leads.
 */
extern QbService *qb_store_service(QbStore *store, const pg_uuid_t *id);

/* Of an appointment; an error if somebody has deleted it in spite of the foreign key. */
extern QbService *qb_store_service_of(QbStore *store, const QbAppointment *appointment);

/* Is there such a patient in a clinic? */
extern bool qb_store_has_patient(QbStore *store, const pg_uuid_t *clinic, const pg_uuid_t *patient);

extern Datum qb_store_clinics(QbStore *store, const pg_uuid_t *only);
extern bool qb_store_clinic_of(QbStore *store, const char *table, const pg_uuid_t *id, pg_uuid_t *clinic);

/* An error when there is no such provider. */
extern QbProvider *qb_store_provider(QbStore *store, const pg_uuid_t *provider);
extern bool qb_store_provider_exists(QbStore *store, const pg_uuid_t *provider, const pg_uuid_t *clinic);
extern QbTeam *qb_store_team(QbStore *store, const QbService *service, const pg_uuid_t *lead);

/*
 * Look at appointments one after another, each in a memory context that is
 * reset before the next: there may be a million.
 */
typedef void (*QbVisit) (void *arg, QbAppointment *appointment);

/* Live appointments after now with the provider in any role, by start. */
extern void qb_store_coming(QbStore *store, const pg_uuid_t *provider, QbVisit visit, void *arg);

/* Live holds without patient: in the service's clinic, and of them in the service. */
extern int	qb_store_anonymous_holds(QbStore *store, const QbService *service, int *of_service);

/* Appointments.  lock takes the row's lock until the end of the transaction. */
extern QbAppointment *qb_store_appointment(QbStore *store, const pg_uuid_t *id, bool lock);
extern QbAppointment *qb_store_appointment_by_key(QbStore *store, const pg_uuid_t *clinic, const QbKey *key,
												  QbKeyMatch *match);

/* What the table calls it. */
extern const QbColumn *qb_store_appointment_column(QbAppointmentColumn column);

extern QbAppointment *qb_store_insert_appointment(QbStore *store, const QbAppointment *appointment, const QbKey *key);
extern QbAppointment *qb_store_update_appointment(QbStore *store, const QbAppointment *appointment);

/*
 * Take an appointment out of its session, on its way to another one or to none:
 * what follows in the same call gives it a time again, or a status without.
 */
extern void qb_store_unseat(QbStore *store, const pg_uuid_t *appointment);

extern void qb_store_appointments(QbStore *store, const QbAppointmentFilter *filter, QbVisit visit, void *arg);

/* Ids of holds: those that are due; those in a session that have expired or are the patient's (or NULL). */
extern int	qb_store_due_holds(QbStore *store, int max, pg_uuid_t **ids);
extern int	qb_store_session_holds(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *patient,
								   const pg_uuid_t *except, pg_uuid_t **ids);

/*
 * Group sessions.  A seat that counts is that of anybody but except, unless it
 * is an expired hold or the patient's own (NULL: nobody's).
 * qb_store_session_of() finds the session with seats that an appointment could
 * join, as long as it is itself, and how many are taken.
 */
extern bool qb_store_session_of(QbStore *store, const QbAppointment *appointment, const pg_uuid_t *patient,
								pg_uuid_t *session, int *taken);

/* Lock the row of a session until the end of the transaction; its calendars are locked already. */
extern void qb_store_lock_session(QbStore *store, const pg_uuid_t *session);
/* Raise 40001 if the transaction's snapshot is older than the session: its foreign key could not see it. */
extern void qb_store_require_known_session(QbStore *store, const pg_uuid_t *session);

extern void qb_store_insert_session(QbStore *store, const pg_uuid_t *id, const QbAppointment *appointment);
extern int	qb_store_free_seat(QbStore *store, const pg_uuid_t *session, const pg_uuid_t *except);
extern int	qb_store_session_resources(QbStore *store, const pg_uuid_t *session, QbResource **resources);

/*
 * Give a session's allocations the expiry that its seats imply, or delete them
 * with the last seat.  Locks the session's row first.
 */
extern void qb_store_refresh_session(QbStore *store, const pg_uuid_t *session);

extern int	qb_store_resources(QbStore *store, const pg_uuid_t *appointment, QbResource **resources);
extern void qb_store_insert_resource(QbStore *store, const QbAppointment *appointment,
									 const char *role, const pg_uuid_t *provider);
extern void qb_store_delete_resources(QbStore *store, const pg_uuid_t *appointment);

/* Delete the allocations of sessions and appointments that ended before an instant; how many? */
extern int64 qb_store_purge_allocations(QbStore *store, TimestampTz before);

/*
 * Those of providers belong to the appointment's session if it has one.
 * Returns the first that the constraint refused because its time is taken,
 * else NULL.
 */
extern const QbNewAllocation *qb_store_insert_allocations(QbStore *store, const QbAppointment *appointment,
														  const QbNewAllocation *allocations, int n);

extern bool qb_store_has_allocations(QbStore *store, const pg_uuid_t *owner);

/* A hold's allocations stay for good. */
extern void qb_store_keep_allocations(QbStore *store, const pg_uuid_t *owner);
extern void qb_store_delete_allocations(QbStore *store, const pg_uuid_t *owner);

/* Give back the time from instant on. */
extern void qb_store_cut_allocations(QbStore *store, const pg_uuid_t *owner, TimestampTz instant);
extern void qb_store_set_lane(QbStore *store, const pg_uuid_t *owner, const pg_uuid_t *calendar, int lane);

/* A row of consumer_info. */
#define QB_CONSUMER_NCOLUMNS 6

typedef struct QbConsumer
{
	Datum		values[QB_CONSUMER_NCOLUMNS];
	bool		nulls[QB_CONSUMER_NCOLUMNS];
} QbConsumer;

/* What listeners hear of an event. */
typedef struct QbEventName
{
	pg_uuid_t	id;
	char	   *type;
	pg_uuid_t	subject;
	pg_uuid_t	clinic_id;
	int64		seq;
} QbEventName;

/*
 * The event log.  Events are put into rows of event_info, and counted.
 * Those inserted before from get no position.
 */
extern int	qb_store_number_events(QbStore *store, int64 from, int max, QbEventName **events);
extern int64 qb_store_last_position(QbStore *store);
extern int	qb_store_events_after(QbStore *store, int64 position, int max, struct QbRows *rows);
extern int64 qb_store_purge_events(QbStore *store, TimestampTz before, bool force);

/* Consumers: name NULL for all. */
extern int	qb_store_consumers(QbStore *store, const char *name, QbConsumer **consumers);
extern bool qb_store_consumer_position(QbStore *store, const char *name, int64 *position);
extern void qb_store_set_consumer_position(QbStore *store, const char *name, int64 position);
extern void qb_store_insert_consumer(QbStore *store, const char *name, int64 position);
extern bool qb_store_delete_consumer(QbStore *store, const char *name);

/* A message that is due, with what its template may name. */
typedef struct QbMessage
{
	pg_uuid_t	rule_id;
	pg_uuid_t	appointment_id;
	pg_uuid_t	clinic_id;
	char	   *key;
	int			sequence;
	char	   *channel;
	char	   *subject;		/* may be NULL, as may be those marked * */
	char	   *body;
	char	   *patient_name;
	char	   *email;			/* * */
	char	   *phone;			/* * */
	char	   *locale;			/* * */
	char	   *zone;
	char	   *clinic_name;
	char	   *service_name;
	char	   *provider_name;
	TimestampTz starts_at;
	TimestampTz ends_at;
	char	   *status;
	char	   *cancel_reason;	/* * */
} QbMessage;

/* Messages that are due and not queued yet; marks the events that were looked at. */
extern int	qb_store_due_messages(QbStore *store, int max, QbMessage **messages);

/* Notifications.  recipient NULL: skipped, for the reason. */
extern void qb_store_insert_notification(QbStore *store, const pg_uuid_t *id, const QbMessage *message,
										 const char *recipient, const char *subject, const char *body,
										 const char *reason);
extern void qb_store_skip_stale_notifications(QbStore *store, const char *channel);

/* A message that was claimed: a row of notification_info, and whose account's it is. */
#define QB_NOTIFICATION_NCOLUMNS 9
#define QB_N_RECIPIENT 3
#define QB_N_SUBJECT 4
#define QB_N_BODY 5

typedef struct QbClaimed
{
	Datum		values[QB_NOTIFICATION_NCOLUMNS];
	bool		nulls[QB_NOTIFICATION_NCOLUMNS];
	pg_uuid_t	id;
	pg_uuid_t	clinic_id;
	char	   *recipient;
	char	   *purpose;		/* NULL: not an account's */
	bool		has_account;
	pg_uuid_t	account_id;
} QbClaimed;

extern int	qb_store_claim_notifications(QbStore *store, const char *channel, bool of_accounts, int max,
										 TimestampTz lease_until, QbClaimed **claimed);

/* Skip up to max requests for a password by who has no account, for the reason; returns how many. */
extern int	qb_store_skip_for_nobody(QbStore *store, const char *channel, int max, const char *reason);

/* How many mails of a purpose wait in a clinic, counted up to max. */
extern int	qb_store_waiting_mails(QbStore *store, const pg_uuid_t *clinic, const char *purpose, int max);

extern bool qb_store_notification(QbStore *store, const pg_uuid_t *id, char **status, int *attempts);
extern void qb_store_finish_notification(QbStore *store, const pg_uuid_t *id, const char *status,
										 const char *reason);
extern void qb_store_postpone_notification(QbStore *store, const pg_uuid_t *id, TimestampTz due_at,
										   const char *reason);
extern int64 qb_store_retry_dead(QbStore *store, const char *channel);

/* The texts of a template, and the occasions of the rules that use it. */
extern bool qb_store_template(QbStore *store, const pg_uuid_t *id, char **subject, char **body);
extern int	qb_store_template_occasions(QbStore *store, const pg_uuid_t *id, char ***occasions);

/* ----------
 * Accounts
 * ----------
 */

/* A row of account_info. */
#define QB_ACCOUNT_NCOLUMNS 11

typedef struct QbAccount
{
	Datum		values[QB_ACCOUNT_NCOLUMNS];
	bool		nulls[QB_ACCOUNT_NCOLUMNS];
	pg_uuid_t	id;
	pg_uuid_t	clinic_id;
	char	   *email;
	char	   *role;
	bool		has_patient;
	pg_uuid_t	patient_id;
	bool		has_provider;
	pg_uuid_t	provider_id;
	bool		disabled;
	bool		verified;
	TimestampTz locked_until;	/* DT_NOBEGIN: null */
	TimestampTz valid_after;	/* DT_NOBEGIN: null */
	int			failures;
	char	   *password_hash;	/* may be NULL */
} QbAccount;

/* What sign_up() is told; all but email, password_hash and name may be NULL. */
typedef struct QbSignUp
{
	const char *email;
	const char *password_hash;
	const char *name;
	const char *phone;
	const char *time_zone;
	const char *locale;
} QbSignUp;

/* What a mail to an account is made of. */
typedef struct QbAccountMail
{
	char	   *clinic_name;
	char	   *name;			/* may be NULL */
	char	   *subject;		/* of the clinic's template; may be NULL */
	char	   *body;			/* NULL: the clinic has no template */
} QbAccountMail;

typedef struct QbTokenKey
{
	char	   *kid;
	uint8		secret[32];
} QbTokenKey;

/* Up to max clinics, in no order; does one exist? */
extern int	qb_store_some_clinics(QbStore *store, int max, pg_uuid_t *ids);
extern bool qb_store_clinic_exists(QbStore *store, const pg_uuid_t *id);

/* Whether email and phone (NULL: none) have the form that the tables want; an address without case. */
extern void qb_store_check_contact(QbStore *store, const char *email, const char *phone, bool *email_is_right,
								   bool *phone_is_right);
extern char *qb_store_lower(QbStore *store, const char *text);

/* NULL when there is none.  An address is that of a verified account, or of any that its owner may be given. */
extern QbAccount *qb_store_account(QbStore *store, const pg_uuid_t *id, bool lock);
extern QbAccount *qb_store_account_of_address(QbStore *store, const pg_uuid_t *clinic, const char *email);
extern QbAccount *qb_store_account_to_reset(QbStore *store, const pg_uuid_t *clinic, const char *email);

/*
 * Sign-ups of an address that nobody proved yet: the cost and salt of their
 * passwords, at most max; the last one with a hash, NULL if there is none; is
 * there one with another password?  What was told of who it is is forgotten.
 */
extern int	qb_store_sign_up_salts(QbStore *store, const pg_uuid_t *clinic, const char *email, int max, char **salts);
extern QbAccount *qb_store_sign_up(QbStore *store, const pg_uuid_t *clinic, const char *email,
								   const char *password_hash);
extern bool qb_store_has_other_sign_up(QbStore *store, const QbAccount *account);
extern void qb_store_forget_profile(QbStore *store, const pg_uuid_t *account);
extern void qb_store_insert_sign_up(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic, const QbSignUp *told);

/* With a password it is verified at once. */
extern QbAccount *qb_store_insert_account(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic,
										  const char *email, const char *password_hash, const char *role,
										  const pg_uuid_t *patient, const pg_uuid_t *provider);

/* The address is proved; a patient's account gets its patient.  password_hash NULL: the one it has. */
extern void qb_store_verify_account(QbStore *store, const QbAccount *account, const char *password_hash);
extern void qb_store_set_password(QbStore *store, const pg_uuid_t *account, const char *password_hash,
								  TimestampTz valid_after);

/* locked_until DT_NOBEGIN: not locked; signed_in DT_NOBEGIN and password_hash NULL: as before. */
extern void qb_store_set_attempt(QbStore *store, const pg_uuid_t *account, int failures, TimestampTz locked_until,
								 TimestampTz signed_in, const char *password_hash);
extern QbAccount *qb_store_disable_account(QbStore *store, const pg_uuid_t *account, bool disabled,
										   TimestampTz valid_after);

/* Tokens of mails.  To verify an address or to set a password; take tells whether nobody was faster. */
extern void qb_store_insert_account_token(QbStore *store, const uint8 *hash, const QbAccount *account,
										  const char *purpose, TimestampTz expires_at);
extern bool qb_store_account_token(QbStore *store, const uint8 *hash, bool verifies, pg_uuid_t *account,
								   pg_uuid_t *clinic, char **email);
extern bool qb_store_take_account_token(QbStore *store, const uint8 *hash);
extern void qb_store_delete_account_tokens(QbStore *store, const pg_uuid_t *account);

/* account may be NULL.  Nothing is queued when there is one with the key. */
extern void qb_store_queue_account_mail(QbStore *store, const pg_uuid_t *id, const pg_uuid_t *clinic, const char *key,
										const char *purpose, const pg_uuid_t *account, const char *recipient);
extern void qb_store_account_mail(QbStore *store, const pg_uuid_t *account, const char *occasion, QbAccountMail *mail);

/* Keys of tokens: the one that signs; one by name; all that are good. */
extern bool qb_store_signing_key(QbStore *store, QbTokenKey *key);
extern bool qb_store_token_key(QbStore *store, const char *kid, QbTokenKey *key);
extern int	qb_store_token_keys(QbStore *store, QbTokenKey **keys);
extern void qb_store_retire_token_keys(QbStore *store, TimestampTz retires_at);
extern void qb_store_insert_token_key(QbStore *store, const QbTokenKey *key);

/* Delete what is past: tokens, messages, sign-ups that nobody proved, keys. */
extern void qb_store_purge_accounts(QbStore *store);

extern void qb_store_insert_event(QbStore *store, const pg_uuid_t *id, const char *type,
								  const QbAppointment *appointment, TimestampTz occurred_at, Datum data);

#endif							/* QB_STORE_STORE_H */
