/*
 * notifications.h
 *		The tables: messages to patients and account holders.
 */
#ifndef QB_STORE_NOTIFICATIONS_H
#define QB_STORE_NOTIFICATIONS_H

#include "store/store.h"

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

/* Messages that are due and not queued yet, at most max; how many?  Marks the events that were looked at. */
extern int	qb_store_due_messages(QbStore *store, int max, QbMessage **messages);

/* Queue a message, once for its key.  recipient NULL: skipped, for the reason. */
extern void qb_store_insert_notification(QbStore *store, const pg_uuid_t *id, const QbMessage *message,
										 const char *recipient, const char *subject, const char *body,
										 const char *reason);

/* Skip reminders of appointments that are no longer as they were. */
extern void qb_store_skip_stale_notifications(QbStore *store, const char *channel);

/* Claim at most max messages of a channel that are due, and lock their rows; how many? */
extern int	qb_store_claim_notifications(QbStore *store, const char *channel, bool of_accounts, int max,
										 TimestampTz lease_until, QbClaimed **claimed);

/* Skip up to max requests for a password by who has no account, for the reason; how many? */
extern int	qb_store_skip_for_nobody(QbStore *store, const char *channel, int max, const char *reason);

/* How many mails of a purpose wait in a clinic, counted up to max. */
extern int	qb_store_waiting_mails(QbStore *store, const pg_uuid_t *clinic, const char *purpose, int max);

/* Lock a notification's row; its status and attempts, false: no such notification. */
extern bool qb_store_notification(QbStore *store, const pg_uuid_t *id, char **status, int *attempts);

/* What became of it: it is done with (reason may be NULL), or due again later. */
extern void qb_store_finish_notification(QbStore *store, const pg_uuid_t *id, const char *status,
										 const char *reason);
extern void qb_store_postpone_notification(QbStore *store, const pg_uuid_t *id, TimestampTz due_at,
										   const char *reason);

/* Queue again what was given up, of a channel (NULL: of all); how many? */
extern int64 qb_store_retry_dead(QbStore *store, const char *channel);

/* The texts of a template (false: no such one), and the occasions of the rules that use it; how many? */
extern bool qb_store_template(QbStore *store, const pg_uuid_t *id, char **subject, char **body);
extern int	qb_store_template_occasions(QbStore *store, const pg_uuid_t *id, char ***occasions);

#endif							/* QB_STORE_NOTIFICATIONS_H */
