/*
 * main.c
 *		quickbook-relay: from the database to RabbitMQ, a webhook or mailboxes.
 *
 * A pass connects what is not connected, takes a batch from the database,
 * delivers it, and tells the database what was delivered.  Whatever fails ends
 * the pass; the next one comes after a while and begins at what the database
 * has not been told.
 */
#include <stdio.h>
#include <stdlib.h>

#include "relay/backoff.h"
#include "relay/database.h"
#include "relay/log.h"
#include "relay/options.h"
#include "relay/smtp.h"
#include "relay/stop.h"
#include "relay/target.h"

/* A broker wants to hear from us that often. */
#define MAX_IDLE_MS		10000

/* So many mails are surely sent before the lease is over, even if each is slow. */
#define MAX_MAILS		15

typedef enum Result
{
	MORE,						/* there may be more to do at once */
	NOTHING_LEFT,
	NOT_OUR_TURN,				/* another relay is at it */
	FAILED
} Result;

static Options options;
static const Target *target = NULL;
static bool consumer_exists = false;
static int	asked_wait_ms;		/* by the other side, after a failure */
static Backoff backoff;

static void
log_events(const Delivery *delivery, const char *first, const char *last, long long began)
{
	char		unrouted[64] = "";

	if (delivery->unrouted > 0)
		snprintf(unrouted, sizeof(unrouted), ", %d of them to no queue", delivery->unrouted);
	log_line("%s: %d event%s, positions %s to %s, %lld ms%s", target->name, delivery->confirmed,
			 delivery->confirmed == 1 ? "" : "s", first, last, stop_clock() - began, unrouted);
}

/*
 * Is the database there, the consumer ours, and the other side there?  The
 * consumer's name is looked up once: one that is dropped later is not made
 * again, from the start.
 */
static Result
prepare_events(void)
{
	static bool told = false;
	Turn		turn;

	if (!database_ready(options.database))
		return FAILED;
	turn = database_take_turn(options.consumer);
	if (turn == TURN_ANOTHERS && !told)
		log_line("%s: another relay has consumer %s: waiting for it to end", target->name, options.consumer);
	told = turn == TURN_ANOTHERS;
	if (turn != TURN_OURS)
		return turn == TURN_ANOTHERS ? NOT_OUR_TURN : FAILED;
	if (!consumer_exists && !database_create_consumer(options.consumer, options.from_now))
		return FAILED;
	consumer_exists = true;
	return target->ready() ? MORE : FAILED;
}

/*
 * One batch: fetched, delivered, and acknowledged as far as the target has
 * confirmed it.  What was delivered and not acknowledged comes again.
 */
static Result
relay_events(void)
{
	Events		events;
	Delivery	delivery = {0};
	long long	began = stop_clock();
	char		first[24] = "";
	char		last[24] = "";
	bool		full;
	Result		prepared = prepare_events();

	if (prepared != MORE)
		return prepared;
	if (!database_fetch(options.consumer, options.batch, &events))
		return FAILED;
	full = events.count == options.batch;
	if (events.count > 0)
		delivery = target->deliver(&events);
	if (delivery.confirmed > 0)
	{
		snprintf(first, sizeof(first), "%s", database_event(&events, 0).position);
		snprintf(last, sizeof(last), "%s", database_event(&events, delivery.confirmed - 1).position);
	}
	full = full || delivery.confirmed < events.count;
	asked_wait_ms = delivery.wait_ms;
	if (!database_settle(options.consumer, &events, delivery.confirmed))
		return FAILED;
	if (delivery.confirmed > 0)
	{
		backoff_reset(&backoff);
		log_events(&delivery, first, last, began);
	}
	if (delivery.failed)
		return FAILED;
	return full ? MORE : NOTHING_LEFT;
}

/* What was claimed stays ours while the server is away, until its lease grows short. */
static Result
relay_mails(void)
{
	static Notifications mails = {0};
	static int	done = 0;
	Mailing		mailing;
	long long	began = stop_clock();
	int			max = options.batch < MAX_MAILS ? options.batch : MAX_MAILS;
	bool		full;

	if (!database_ready(options.database) || !smtp_settle() || !smtp_ready() ||
		(mails.result == NULL && !database_claim(max, &mails)))
		return FAILED;
	mailing = smtp_send(&mails, done);
	done += mailing.done;
	full = mails.count == max || done < mails.count;
	if (done == mails.count || stop_requested())
	{
		database_release(&mails);
		done = 0;
	}
	if (mailing.sent + mailing.refused > 0)
		log_line("smtp: %d sent, %d not, %lld ms", mailing.sent, mailing.refused, stop_clock() - began);
	if (mailing.sent > 0)
		backoff_reset(&backoff);
	if (mailing.failed)
		return FAILED;
	return full ? MORE : NOTHING_LEFT;
}

/* Until something is notified, or the time is over. */
static void
wait_for_news(int milliseconds)
{
	long long	until = stop_clock() + milliseconds;

	while (!stop_requested() && !database_notified() && database_socket() >= 0)
	{
		long long	left = until - stop_clock();
		int			other = target != NULL ? target->socket() : -1;

		if (left <= 0)
			return;
		stop_wait(database_socket(), other, -1, (int) (left < MAX_IDLE_MS ? left : MAX_IDLE_MS));
		if (other >= 0)
			target->idle();
		/* gone: the next pass connects again */
		if (other >= 0 && target->socket() < 0)
			return;
	}
}

static void
wait_after_failure(void)
{
	int			wait = backoff_next(&backoff);
	long long	until;

	if (wait < asked_wait_ms)
		wait = asked_wait_ms;
	log_line("trying again in %.1f s", wait / 1000.0);
	until = stop_clock() + wait;
	while (!stop_requested() && stop_clock() < until)
		stop_wait(-1, -1, -1, (int) (until - stop_clock()));
}

/* Until asked to stop, or with --once until nothing is left.  The exit status. */
static int
run(void)
{
	while (!stop_requested())
	{
		Result		result;

		asked_wait_ms = 0;
		result = target != NULL ? relay_events() : relay_mails();
		if (stop_requested())
			break;
		if (options.once && result != MORE)
			return result == NOTHING_LEFT ? 0 : 1;
		if (result == FAILED)
		{
			wait_after_failure();
			continue;
		}
		backoff_reset(&backoff);
		if (result != MORE)
			wait_for_news(options.poll_ms);
	}
	log_line("stopped");
	return 0;
}

int
main(int argc, char **argv)
{
	int			status;

	options_read(&options, argc, argv);
	if (!database_valid(options.database))
		options_refuse("--database wants a connection string or URI as libpq knows them");
	stop_install();
	if (options.target == TARGET_AMQP)
		target = amqp_target(&options);
	else if (options.target == TARGET_WEBHOOK)
		target = webhook_target(&options);
	else
		smtp_open(&options);

	status = run();
	if (target != NULL)
		target->close();
	else
		smtp_close();
	database_close();
	return status;
}
