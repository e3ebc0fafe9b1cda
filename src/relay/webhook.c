/*
 * webhook.c
 *		Events to a URL: CloudEvents in structured mode, signed, one by one.
 *
 * The next event waits until this one got a 2xx, so the order is kept and
 * nothing is skipped, whatever the receiver answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "relay/log.h"
#include "relay/signature.h"
#include "relay/stop.h"
#include "relay/target.h"
#include "relay/transfer.h"

/* After so long what was confirmed is acknowledged, however much of the batch is left. */
#define BATCH_MS		30000

/* A receiver may ask for a longer wait than ours, but not for one without an end. */
#define MAX_RETRY_AFTER_S 300

static CURL *curl = NULL;
static char curl_error[CURL_ERROR_SIZE];
static const Options *options;

static bool
webhook_ready(void)
{
	return true;
}

/* Adds "name: value"; the list is NULL from then on if there is no memory. */
static struct curl_slist *
add_header(struct curl_slist *list, const char *name, const char *value)
{
	char	   *line = NULL;
	struct curl_slist *longer = NULL;

	if (asprintf(&line, "%s: %s", name, value) >= 0)
	{
		longer = curl_slist_append(list, line);
		free(line);
	}
	if (longer == NULL)
		curl_slist_free_all(list);
	return longer;
}

/* The headers of Standard Webhooks, for curl_slist_free_all(); NULL: no memory. */
static struct curl_slist *
make_headers(const Event *event)
{
	struct curl_slist *list = NULL;
	char		timestamp[32];
	char	   *signature;

	snprintf(timestamp, sizeof(timestamp), "%lld", (long long) time(NULL));
	signature = signature_make(event->id, timestamp, event->json);
	if (signature == NULL)
		return NULL;
	list = add_header(NULL, "webhook-signature", signature);
	free(signature);
	if (list != NULL)
		list = add_header(list, "webhook-id", event->id);
	if (list != NULL)
		list = add_header(list, "webhook-timestamp", timestamp);
	if (list != NULL)
		list = add_header(list, "Content-Type", "application/cloudevents+json; charset=UTF-8");
	/* or libcurl would ask before it sends a large body, and wait */
	return list != NULL ? add_header(list, "Expect", "") : NULL;
}

/* Post one event; false if it must be tried again, with *wait_ms if the receiver said when. */
static bool
post(const Event *event, int *wait_ms)
{
	struct curl_slist *headers = make_headers(event);
	CURLcode	code = CURLE_OUT_OF_MEMORY;
	long		status = 0;
	curl_off_t	retry_after = 0;

	curl_error[0] = '\0';
	if (headers != NULL)
	{
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) strlen(event->json));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, event->json);
		code = curl_easy_perform(curl);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
		curl_slist_free_all(headers);
	}
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return false;
	if (code != CURLE_OK)
	{
		log_line("webhook: event %s: %s", event->id, curl_error[0] ? curl_error : curl_easy_strerror(code));
		return false;
	}
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && status <= 299)
		return true;
	curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
	*wait_ms = (int) (retry_after < MAX_RETRY_AFTER_S ? retry_after : MAX_RETRY_AFTER_S) * 1000;
	log_line("webhook: event %s: the receiver answered %ld", event->id, status);
	return false;
}

static Delivery
webhook_deliver(const Events *events)
{
	Delivery	delivery = {0};
	long long	until = stop_clock() + BATCH_MS;

	while (delivery.confirmed < events->count && !stop_requested() && stop_clock() < until)
	{
		Event		event = database_event(events, delivery.confirmed);

		if (!post(&event, &delivery.wait_ms))
		{
			delivery.failed = true;
			break;
		}
		delivery.confirmed++;
	}
	return delivery;
}

static int
webhook_socket(void)
{
	return -1;
}

static void
webhook_idle(void)
{
}

static void
webhook_close(void)
{
	curl_easy_cleanup(curl);
	curl_global_cleanup();
}

const Target *
webhook_target(const Options *for_options)
{
	static const Target target = {
		.name = "webhook", .ready = webhook_ready, .deliver = webhook_deliver, .socket = webhook_socket,
		.idle = webhook_idle, .close = webhook_close
	};
	char		shown[256];

	options = for_options;
	signature_set_secrets(options->webhook_secrets);
	curl = transfer_handle(options, "http,https", curl_error);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long) options->webhook_timeout_ms);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "quickbook-relay/" QB_VERSION);
	/* a redirect would take the events where nobody asked for them: it counts as a failure */
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	log_line("webhook: to %s", log_url(options->url, shown, sizeof(shown)));
	return &target;
}
