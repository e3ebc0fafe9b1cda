/*
 * messages.c
 *		Messages to patients: reminders, and word of what was booked.
 *
 * Reminders are looked for when they are due, in the appointments as they are
 * then; so moving or cancelling one needs no repair.  A message is queued with
 * its text; whoever sends it claims it for a while and says how it went.
 */
#include "postgres.h"

#include "events/messages.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "base/sizes.h"
#include "events/account_mail.h"
#include "events/template.h"
#include "people/access.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_claim_notifications);
PG_FUNCTION_INFO_V1(quickbook_complete_notification);
PG_FUNCTION_INFO_V1(quickbook_fail_notification);
PG_FUNCTION_INFO_V1(quickbook_give_up_notification);
PG_FUNCTION_INFO_V1(quickbook_retry_dead_notifications);

/* After so many failures a message is dead. */
#define MAX_ATTEMPTS 8

/* So many messages can be claimed at a time: all of them are in memory. */
#define MAX_CLAIMED 10000

/* The first pause after a failure; each next one is twice as long, up to six hours. */
#define FIRST_PAUSE (30 * USECS_PER_SEC)
#define LONGEST_PAUSE (6 * USECS_PER_HOUR)

/* ----------
 * Queueing
 * ----------
 */

/* values[QB_NPLACEHOLDERS] */
static void
fill_in(const QbMessage *m, char **values)
{
	memset(values, 0, sizeof(char *) * QB_NPLACEHOLDERS);
	values[QB_PH_PATIENT_NAME] = m->patient_name;
	values[QB_PH_CLINIC_NAME] = m->clinic_name;
	values[QB_PH_SERVICE_NAME] = m->service_name;
	values[QB_PH_PROVIDER_NAME] = m->provider_name;
	values[QB_PH_DATE] = qb_template_date(m->starts_at, m->zone, m->locale);
	values[QB_PH_TIME] = qb_template_time(m->starts_at, m->zone, m->locale);
	values[QB_PH_END_TIME] = qb_template_time(m->ends_at, m->zone, m->locale);
	values[QB_PH_TIME_ZONE] = m->zone;
	values[QB_PH_STATUS] = m->status;
	values[QB_PH_CANCEL_REASON] = m->cancel_reason;
	values[QB_PH_APPOINTMENT_ID] = qb_uuid_text(&m->appointment_id);
}

/* Where a channel reaches the patient, NULL if it does not. */
static const char *
recipient(const QbMessage *m)
{
	if (strcmp(m->channel, "email") == 0)
		return m->email;
	return m->phone;
}

static void
queue(QbStore *store, const QbMessage *m)
{
	const char *to = recipient(m);
	char	   *values[QB_NPLACEHOLDERS];
	pg_uuid_t	id;

	fill_in(m, values);
	qb_new_id(&m->clinic_id, &id);
	qb_store_insert_notification(store, &id, m, to,
								 m->subject ? qb_template_fill_subject(m->subject, values) : NULL,
								 qb_template_fill(m->body, values),
								 to ? NULL : strcmp(m->channel, "email") == 0
								 ? "the patient has no email address" : "the patient has no phone number");
}

int
qb_queue_notifications(QbStore *store)
{
	QbMessage  *messages;
	int			n = qb_store_due_messages(store, QB_MAX_QUEUED, &messages);

	for (int i = 0; i < n; i++)
		queue(store, &messages[i]);
	return n;
}

/* ----------
 * Sending
 * ----------
 */

/* Requests that are skipped by one statement. */
#define BATCH 1000

/* An account's message gets its text now, and may turn out to be none. */
static bool
is_to_be_sent(QbStore *store, QbClaimed *claimed)
{
	const char *reason = claimed->purpose ? qb_fill_account_mail(store, claimed) : NULL;

	if (reason != NULL)
		qb_store_finish_notification(store, &claimed->id, "skipped", reason);
	return reason == NULL;
}

/* Claim up to max, and put those that are to be sent into the result; were there any at all? */
static bool
claim(QbStore *store, const char *channel, bool of_accounts, int max, TimestampTz lease_until, ReturnSetInfo *result,
	  int *sent)
{
	QbClaimed  *claimed;
	int			n = qb_store_claim_notifications(store, channel, of_accounts, max, lease_until, &claimed);

	for (int i = 0; i < n; i++)
	{
		if (!is_to_be_sent(store, &claimed[i]))
			continue;
		tuplestore_putvalues(result->setResult, result->setDesc, claimed[i].values, claimed[i].nulls);
		(*sent)++;
	}
	return n > 0;
}

/*
 * Those on appointments first, since anybody can have messages to accounts
 * queued.  Of these most may turn out to be for nobody: who asks takes an
 * empty answer for an empty queue, so it goes on until there is one.
 */
static void
claim_all(QbStore *store, const char *channel, int max, TimestampTz lease_until, ReturnSetInfo *result)
{
	int			sent = 0;

	(void) claim(store, channel, false, max, lease_until, result, &sent);
	if (sent >= max)
		return;
	while (qb_store_skip_for_nobody(store, channel, BATCH, QB_NO_ACCOUNT) == BATCH)
		CHECK_FOR_INTERRUPTS();
	while (claim(store, channel, true, max - sent, lease_until, result, &sent) && sent == 0)
		CHECK_FOR_INTERRUPTS();
}

Datum
quickbook_claim_notifications(PG_FUNCTION_ARGS)
{
	char	   *channel = qb_arg_text(fcinfo, 0, "channel");
	int			max = qb_arg_count(fcinfo, 1, "max_notifications", 100, MAX_CLAIMED);
	int64		lease = qb_arg_length(fcinfo, 2, "lease", USECS_PER_MINUTE);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	QbStore		store;

	InitMaterializedSRF(fcinfo, 0);
	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "send notifications");
	qb_store_skip_stale_notifications(&store, channel);
	claim_all(&store, channel, max, qb_now() + lease, rsinfo);
	qb_store_end(&store);
	return (Datum) 0;
}

/* Only what is queued can be completed or fail. */
static int
attempts_of(QbStore *store, const pg_uuid_t *id)
{
	char	   *status;
	int			attempts;

	if (!qb_store_notification(store, id, &status, &attempts))
		qb_raise_not_found("notification", id);
	if (strcmp(status, "queued") != 0)
		qb_raise(QB_INVALID_TRANSITION, qb_detail_text(qb_detail_uuid(qb_detail(), "notification_id", id), "status", status),
				 "It was dealt with already.", "the notification is %s", status);
	return attempts;
}

/* Its last status, which is also the result. */
static Datum
finish(const pg_uuid_t *id, const char *status, const char *reason)
{
	QbStore		store;

	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "send notifications");
	(void) attempts_of(&store, id);
	qb_store_finish_notification(&store, id, status, reason);
	qb_store_end(&store);
	return CStringGetTextDatum(status);
}

Datum
quickbook_complete_notification(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(finish(qb_arg_uuid(fcinfo, 0, "notification_id"), "sent", NULL));
}

/* As much of it as fits: the failure is to be recorded, whatever a server said. */
static char *
error_argument(FunctionCallInfo fcinfo)
{
	text	   *error;
	int			length;

	if (PG_ARGISNULL(1))
		return NULL;
	error = PG_GETARG_TEXT_P_SLICE(1, 0, QB_LONGEST_TEXT);
	length = pg_mbcliplen(VARDATA_ANY(error), (int) VARSIZE_ANY_EXHDR(error), QB_LONGEST_TEXT);
	return pnstrdup(VARDATA_ANY(error), length);
}

Datum
quickbook_give_up_notification(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(finish(qb_arg_uuid(fcinfo, 0, "notification_id"), "dead", error_argument(fcinfo)));
}

Datum
quickbook_fail_notification(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "notification_id");
	char	   *error = error_argument(fcinfo);
	QbStore		store;
	int			attempts;
	bool		dead;

	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "send notifications");
	attempts = attempts_of(&store, id);
	dead = attempts >= MAX_ATTEMPTS;
	if (dead)
		qb_store_finish_notification(&store, id, "dead", error);
	else
		qb_store_postpone_notification(&store, id, qb_now() +
									   Min(FIRST_PAUSE << Max(attempts - 1, 0), LONGEST_PAUSE), error);
	qb_store_end(&store);
	PG_RETURN_TEXT_P(cstring_to_text(dead ? "dead" : "queued"));
}

Datum
quickbook_retry_dead_notifications(PG_FUNCTION_ARGS)
{
	char	   *channel = qb_arg_text_or_null(fcinfo, 0, "channel");
	QbStore		store;
	int64		n;

	qb_store_begin(&store, true);
	qb_require_operator(&store.caller, "send notifications");
	n = qb_store_retry_dead(&store, channel);
	qb_store_end(&store);
	PG_RETURN_INT64(n);
}
