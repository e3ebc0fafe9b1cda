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

#include "miscadmin.h"

#include "base/errors.h"
#include "base/ids.h"
#include "store/notifications.h"
#include "events/account_mail.h"
#include "events/template.h"

/* After so many failures a message is dead. */
#define MAX_ATTEMPTS 8

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
claim(QbStore *store, const char *channel, bool of_accounts, int max, TimestampTz lease_until, QbRows *rows)
{
	QbClaimed  *claimed;
	int			n = qb_store_claim_notifications(store, channel, of_accounts, max, lease_until, &claimed);

	for (int i = 0; i < n; i++)
	{
		if (!is_to_be_sent(store, &claimed[i]))
			continue;
		qb_rows_put(rows, claimed[i].values, claimed[i].nulls);
	}
	return n > 0;
}

void
qb_claim_notifications(QbStore *store, const char *channel, int max, TimestampTz lease_until, QbRows *rows)
{
	qb_store_skip_stale_notifications(store, channel);
	/* those on appointments first, since anybody can have messages to accounts queued */
	(void) claim(store, channel, false, max, lease_until, rows);
	if (rows->count >= max)
		return;
	while (qb_store_skip_for_nobody(store, channel, BATCH, QB_NO_ACCOUNT) == BATCH)
		CHECK_FOR_INTERRUPTS();
	/* most of these may be for nobody, and who asks takes an empty answer for an empty queue */
	while (claim(store, channel, true, max - (int) rows->count, lease_until, rows) && rows->count == 0)
		CHECK_FOR_INTERRUPTS();
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

void
qb_finish_notification(QbStore *store, const pg_uuid_t *id, const char *status, const char *reason)
{
	(void) attempts_of(store, id);
	qb_store_finish_notification(store, id, status, reason);
}

bool
qb_fail_notification(QbStore *store, const pg_uuid_t *id, const char *error)
{
	int			attempts = attempts_of(store, id);

	if (attempts >= MAX_ATTEMPTS)
	{
		qb_store_finish_notification(store, id, "dead", error);
		return false;
	}
	qb_store_postpone_notification(store, id, qb_now() +
								   Min(FIRST_PAUSE << Max(attempts - 1, 0), LONGEST_PAUSE), error);
	return true;
}
