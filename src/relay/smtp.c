/*
 * smtp.c
 *		Notifications of channel email as mail.
 *
 * The server is believed to be there until a mail shows that it is not; after
 * that it is asked first, so that notifications do not spend their attempts on
 * a server that is down.
 */
#include "relay/smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "relay/address.h"
#include "relay/log.h"
#include "relay/mail.h"
#include "relay/stop.h"
#include "relay/transfer.h"

/* No mail is begun when so much of the lease is over: another relay may have it soon. */
#define BEGIN_WITHIN_MS	(CLAIM_LEASE_MS - 60000)

typedef enum Outcome
{
	SENT,
	REFUSED,					/* this mail; others may do */
	IMPOSSIBLE,					/* this mail, however often it is tried */
	BROKEN_OFF,					/* in the middle: it may be this mail's fault */
	NO_SERVER,					/* not this mail's fault: it goes again when there is one */
	STOPPED
} Outcome;

static const Options *options;
static CURL *curl = NULL;
static char curl_error[CURL_ERROR_SIZE];
static char complaint[256];		/* the server's last line that refuses something */
static bool answered;			/* the server has said anything at all */
static bool takes_utf8;			/* it has offered SMTPUTF8 */
static char reason[CURL_ERROR_SIZE];	/* why the last mail was not sent */
static bool server_up = true;

/* What the database has not been told yet; there is room for one, since nothing is sent before it knows. */
static struct
{
	char	   *id;
	char	   *error;			/* NULL: it was sent */
	bool		permanent;
}			untold;

static size_t
on_reply(char *data, size_t size, size_t count, void *unused)
{
	size_t		length = size * count;

	(void) unused;
	answered = true;
	/* the greeting of a new connection, whose EHLO is still to be answered */
	if (length > 4 && strncmp(data, "220", 3) == 0)
		takes_utf8 = false;
	if (length > 12 && strncmp(data, "250", 3) == 0 && strncasecmp(data + 4, "SMTPUTF8", 8) == 0)
		takes_utf8 = true;
	if (length > 0 && (data[0] == '4' || data[0] == '5'))
		snprintf(complaint, sizeof(complaint), "%.*s", (int) length, data);
	complaint[strcspn(complaint, "\r\n")] = '\0';
	return length;
}

void
smtp_open(const Options *for_options)
{
	char		shown[256];
	const char *at = strchr(for_options->url, '@');
	bool		verified;

	options = for_options;
	address_set_locale();
	curl = transfer_handle(options, "smtp,smtps", curl_error);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_reply);
	if (options->password != NULL)
		curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password);

	/* a password goes over no connection that has not proved whose it is */
	verified = options->smtp_tls == SMTP_TLS_REQUIRE || at != NULL || strncmp(options->url, "smtps", 5) == 0;
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, verified ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, verified ? 2L : 0L);
	curl_easy_setopt(curl, CURLOPT_USE_SSL, (long) (options->smtp_tls == SMTP_TLS_NONE ? CURLUSESSL_NONE :
													verified ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	log_line("smtp: to %s, from %s", log_url(options->url, shown, sizeof(shown)), options->mail_from);
}

static CURLcode
perform(void)
{
	CURLcode	code;

	curl_error[0] = complaint[0] = reason[0] = '\0';
	answered = false;
	code = curl_easy_perform(curl);
	if (code != CURLE_OK)
		snprintf(reason, sizeof(reason), "%s", complaint[0] ? complaint :
				 curl_error[0] ? curl_error : curl_easy_strerror(code));
	return code;
}

/* Connect and say nothing in particular. */
static CURLcode
call_server(void)
{
	CURLcode	code;

	curl_easy_setopt(curl, CURLOPT_UPLOAD, 0L);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP");
	code = perform();
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
	return code;
}

bool
smtp_ready(void)
{
	CURLcode	code;

	if (server_up)
		return true;
	code = call_server();
	server_up = code == CURLE_OK;
	if (!server_up && code != CURLE_ABORTED_BY_CALLBACK)
		log_line("smtp: no server: %s", reason);
	return server_up;
}

/*
 * One mail to the server.  Its answer tells a mail that will never be taken
 * from a server that takes none now.
 */
static Outcome
transfer(const Mail *mail, FILE *text, size_t length)
{
	struct curl_slist *recipients = curl_slist_append(NULL, mail->to);
	CURLcode	code;
	long		status = 0;

	if (recipients == NULL)
		return NO_SERVER;
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_READDATA, text);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) length);
	code = perform();
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	if (code == CURLE_OK)
		return SENT;
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return STOPPED;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	/* 421: the server goes down; 530: it wants a login or TLS first */
	if (status >= 400 && status != 421 && status != 530 && code != CURLE_LOGIN_DENIED)
		return REFUSED;
	if (answered && (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR))
		return BROKEN_OFF;
	return NO_SERVER;
}

/* SENT if the server takes such addresses, else what becomes of the mail. */
static Outcome
ask_for_utf8(const char *from, const char *to)
{
	CURLcode	code = call_server();

	if (code != CURLE_OK)
		return code == CURLE_ABORTED_BY_CALLBACK ? STOPPED : NO_SERVER;
	if (takes_utf8)
		return SENT;
	snprintf(reason, sizeof(reason), "the mail server takes no address with such characters before the @"
			 " (it does not offer SMTPUTF8): %s", address_has_ascii_local_part(from) ? to : from);
	/* with another sender, or server, it may go */
	return address_has_ascii_local_part(from) ? IMPOSSIBLE : NO_SERVER;
}

/* Leaves why in reason unless it was sent. */
static Outcome
send_composed(const Mail *mail)
{
	Outcome		outcome = NO_SERVER;
	size_t		length;
	char	   *text;
	FILE	   *file;

	snprintf(reason, sizeof(reason), "no memory");
	text = mail_compose(mail, &length);
	file = text != NULL ? fmemopen(text, length, "r") : NULL;
	if (file != NULL)
	{
		outcome = transfer(mail, file, length);
		fclose(file);
	}
	free(text);
	return outcome;
}

/* The same. */
static Outcome
send_one(const Notification *notification)
{
	const char *from = options->mail_from;
	const char *to = notification->recipient;
	char	   *ascii_from;
	char	   *ascii_to;
	Outcome		outcome = SENT;

	if (!mail_address_is_plain(to))
	{
		snprintf(reason, sizeof(reason), "this is not a mail address that can be used");
		return REFUSED;
	}
	if (!address_has_ascii_local_part(from) || !address_has_ascii_local_part(to))
		outcome = ask_for_utf8(from, to);
	if (outcome != SENT)
		return outcome;
	ascii_from = address_with_ascii_domain(from);
	ascii_to = address_with_ascii_domain(to);
	if (ascii_from != NULL && ascii_to != NULL)
		outcome = send_composed(&(Mail) {
			.id = notification->id,.from = ascii_from,.to = ascii_to,
			.subject = notification->subject,.body = notification->body,.date = time(NULL)
		});
	else
	{
		snprintf(reason, sizeof(reason), "there is no such domain: %s", ascii_from == NULL ? from : to);
		outcome = ascii_from == NULL ? NO_SERVER : IMPOSSIBLE;
	}
	free(ascii_from);
	free(ascii_to);
	return outcome;
}

bool
smtp_settle(void)
{
	if (untold.id == NULL)
		return true;
	if (!database_finish(untold.id, untold.error, untold.permanent))
		return false;
	free(untold.id);
	free(untold.error);
	untold.id = untold.error = NULL;
	return true;
}

static bool
tell(const char *id, const char *error, bool permanent)
{
	untold.id = strdup(id);
	untold.permanent = permanent;
	untold.error = error != NULL ? strdup(error) : NULL;
	if (untold.id == NULL || (error != NULL && untold.error == NULL))
		return database_finish(id, error, permanent);
	return smtp_settle();
}

/* Send the next mail and tell the database; adds to mailing.  False: stop here. */
static bool
send_next(const Notification *notification, Mailing *mailing)
{
	Outcome		outcome = send_one(notification);
	bool		told = true;

	server_up = outcome == SENT || outcome == REFUSED || outcome == IMPOSSIBLE;
	if (outcome == STOPPED)
		return false;
	if (outcome == SENT)
		mailing->sent++;
	else
		log_line("smtp: notification %s: %s", notification->id, reason);
	if (outcome == REFUSED || outcome == IMPOSSIBLE || outcome == BROKEN_OFF)
		mailing->refused++;
	if (outcome != NO_SERVER)
	{
		mailing->done++;
		told = tell(notification->id, outcome == SENT ? NULL : reason, outcome == IMPOSSIBLE);
	}
	mailing->failed = !told || !server_up;
	return !mailing->failed;
}

Mailing
smtp_send(const Notifications *notifications, int from)
{
	Mailing		mailing = {0};

	while (from + mailing.done < notifications->count && !stop_requested())
	{
		Notification notification = database_notification(notifications, from + mailing.done);

		if (stop_clock() > notifications->claimed_at + BEGIN_WITHIN_MS)
			mailing.done = notifications->count - from;
		else if (!send_next(&notification, &mailing))
			break;
	}
	return mailing;
}

void
smtp_close(void)
{
	free(untold.id);
	free(untold.error);
	curl_easy_cleanup(curl);
	curl_global_cleanup();
}
