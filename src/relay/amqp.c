/*
 * amqp.c
 *		Events to RabbitMQ, with publisher confirms.
 *
 * Events are published in waves without waiting between them, and a wave holds
 * one event of an appointment at most.  So if the broker refuses one of a wave
 * (or is killed), none that must come after it has been accepted before it,
 * and the next attempt keeps the order.
 */
#include "relay/target.h"

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "relay/log.h"
#include "relay/stop.h"

#define CHANNEL			1
#define FRAME_MAX		131072
#define HEARTBEAT_S		30
#define ANSWER_S		10
#define GOODBYE_S		2
#define CONFIRM_MS		30000
#define STOPPING_MS		5000	/* what is under way is waited for so long when we are to stop */
#define BATCH_MS		60000	/* then what was confirmed is acknowledged, however much is left */
#define MAX_WAVE		256
#define DEFAULT_CA_FILE	"/etc/ssl/certs/ca-certificates.crt"

typedef enum Answer
{
	WAITING,
	ACKED,
	NACKED
} Answer;

static const Options *options;
static struct amqp_connection_info address;
static char *url_parts = NULL;	/* what address points into */
static amqp_connection_state_t connection = NULL;
static uint64_t next_tag;		/* that the broker counts the next message by */

/* The wave on its way. */
static struct
{
	uint64_t	first_tag;
	int			count;
	int			waiting;
	int			unrouted;
	Answer		answers[MAX_WAVE];
}			wave;

static void
broker_drop(void)
{
	if (connection != NULL)
		amqp_destroy_connection(connection);
	connection = NULL;
}

static bool
lost(const char *what, const char *why, int length)
{
	log_line("amqp: %s: %.*s", what, length, why);
	broker_drop();
	return false;
}

static bool
lost_status(const char *what, int status)
{
	const char *why = amqp_error_string2(status);

	return lost(what, why, (int) strlen(why));
}

/* The broker closed the channel or the connection, and says why. */
static bool
lost_method(const char *what, const amqp_method_t *method)
{
	amqp_bytes_t text = amqp_cstring_bytes("unexpected answer");

	if (method->id == AMQP_CONNECTION_CLOSE_METHOD)
		text = ((amqp_connection_close_t *) method->decoded)->reply_text;
	else if (method->id == AMQP_CHANNEL_CLOSE_METHOD)
		text = ((amqp_channel_close_t *) method->decoded)->reply_text;
	return lost(what, text.bytes, (int) text.len);
}

static bool
succeeded(const char *what, amqp_rpc_reply_t reply)
{
	if (reply.reply_type == AMQP_RESPONSE_NORMAL)
		return true;
	if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION)
		return lost_method(what, &reply.reply);
	return lost_status(what, reply.library_error);
}

static amqp_socket_t *
new_socket(void)
{
	amqp_socket_t *socket;

	if (!address.ssl)
		return amqp_tcp_socket_new(connection);
	socket = amqp_ssl_socket_new(connection);
	if (socket == NULL)
		return NULL;
	amqp_ssl_socket_set_verify_peer(socket, 1);
	amqp_ssl_socket_set_verify_hostname(socket, 1);
	if (amqp_ssl_socket_set_cacert(socket, options->ca_file ? options->ca_file : DEFAULT_CA_FILE) != AMQP_STATUS_OK)
		return NULL;
	return socket;
}

static bool
open_socket(void)
{
	struct timeval timeout = {ANSWER_S, 0};
	amqp_socket_t *socket;
	int			status;

	connection = amqp_new_connection();
	if (connection == NULL)
		return lost_status("cannot connect", AMQP_STATUS_NO_MEMORY);
	socket = new_socket();
	if (socket == NULL)
		return lost_status("cannot set up the connection", AMQP_STATUS_SSL_ERROR);
	amqp_set_handshake_timeout(connection, &timeout);
	amqp_set_rpc_timeout(connection, &timeout);
	status = amqp_socket_open_noblock(socket, address.host, address.port, &timeout);
	if (status != AMQP_STATUS_OK)
		return lost_status("cannot connect", status);
	return true;
}

static bool
open_channel(void)
{
	amqp_bytes_t exchange = amqp_cstring_bytes(options->exchange);

	if (!succeeded("cannot log in", amqp_login(connection, address.vhost, 0, FRAME_MAX, HEARTBEAT_S,
											   AMQP_SASL_METHOD_PLAIN, address.user, address.password)))
		return false;
	amqp_channel_open(connection, CHANNEL);
	if (!succeeded("cannot open a channel", amqp_get_rpc_reply(connection)))
		return false;
	amqp_exchange_declare(connection, CHANNEL, exchange, amqp_cstring_bytes("topic"), 0, 1, 0, 0, amqp_empty_table);
	if (!succeeded("cannot declare the exchange", amqp_get_rpc_reply(connection)))
		return false;
	amqp_confirm_select(connection, CHANNEL);
	if (!succeeded("cannot ask for confirms", amqp_get_rpc_reply(connection)))
		return false;
	next_tag = 1;
	return true;
}

static bool
broker_ready(void)
{
	char		shown[256];

	if (connection != NULL)
		return true;
	if (!open_socket() || !open_channel())
		return false;
	log_line("amqp: connected to %s, exchange %s", log_url(options->url, shown, sizeof(shown)), options->exchange);
	return true;
}

static void
answer(uint64_t tag, bool multiple, Answer answer)
{
	for (int i = 0; i < wave.count; i++)
	{
		uint64_t	own = wave.first_tag + (uint64_t) i;

		if (wave.answers[i] == WAITING && (own == tag || (multiple && own < tag)))
		{
			wave.answers[i] = answer;
			wave.waiting--;
		}
	}
}

/*
 * What the broker says of its own accord: what became of our messages, or that
 * it closes.  False: the connection is lost.
 */
static bool
handle_method(const amqp_method_t *method)
{
	switch (method->id)
	{
		case AMQP_BASIC_ACK_METHOD:
			{
				amqp_basic_ack_t *ack = method->decoded;

				answer(ack->delivery_tag, ack->multiple, ACKED);
				return true;
			}
		case AMQP_BASIC_NACK_METHOD:
			{
				amqp_basic_nack_t *nack = method->decoded;

				answer(nack->delivery_tag, nack->multiple, NACKED);
				return true;
			}
		case AMQP_BASIC_RETURN_METHOD:
			/* its ack comes as well; the message that follows in other frames is ours anyway */
			wave.unrouted++;
			return true;
		case AMQP_CHANNEL_CLOSE_METHOD:
		case AMQP_CONNECTION_CLOSE_METHOD:
			return lost_method("the broker closed", method);
		default:
			return true;
	}
}

/* Handle what has come, waiting for it at most so long.  *timed_out: nothing came. */
static bool
read_frame(int milliseconds, bool *timed_out)
{
	struct timeval timeout = {milliseconds / 1000, milliseconds % 1000 * 1000L};
	amqp_frame_t frame;
	int			status = amqp_simple_wait_frame_noblock(connection, &frame, &timeout);

	*timed_out = status == AMQP_STATUS_TIMEOUT;
	if (*timed_out)
		return true;
	if (status != AMQP_STATUS_OK)
		return lost_status("lost the broker", status);
	return frame.frame_type != AMQP_FRAME_METHOD || handle_method(&frame.payload.method);
}

/* Until there is room to send: the library would wait for it without an end. */
static bool
wait_for_room(void)
{
	long long	until = stop_clock() + CONFIRM_MS;
	int			fd = amqp_get_sockfd(connection);

	while (!stop_wait(-1, -1, fd, 100))
	{
		bool		timed_out;

		if (!read_frame(0, &timed_out))
			return false;
		if (stop_clock() > until || stop_requested())
			return lost_status("the broker takes nothing", AMQP_STATUS_TIMEOUT);
	}
	return true;
}

/* Send one event and count it as waiting for its answer.  False: the connection is lost. */
static bool
publish(const Event *event)
{
	amqp_basic_properties_t properties = {
		._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
		AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_APP_ID_FLAG,
		.content_type = amqp_cstring_bytes("application/cloudevents+json"),
		.delivery_mode = AMQP_DELIVERY_PERSISTENT,
		.message_id = amqp_cstring_bytes(event->id),
		.type = amqp_cstring_bytes(event->type),
		.app_id = amqp_cstring_bytes("quickbook")
	};
	int			status;

	if (!wait_for_room())
		return false;
	/* mandatory: to learn when no queue is bound for it */
	status = amqp_basic_publish(connection, CHANNEL, amqp_cstring_bytes(options->exchange),
								amqp_cstring_bytes(event->type), 1, 0, &properties, amqp_cstring_bytes(event->json));
	if (status != AMQP_STATUS_OK)
		return lost_status("cannot publish", status);
	wave.answers[wave.count++] = WAITING;
	wave.waiting++;
	next_tag++;
	return true;
}

/* How many events from this one on may go without waiting. */
static int
wave_length(const Events *events, int first)
{
	int			length = 1;

	while (length < MAX_WAVE && first + length < events->count)
	{
		const char *subject = database_event(events, first + length).subject;

		for (int i = 0; i < length; i++)
		{
			if (strcmp(database_event(events, first + i).subject, subject) == 0)
				return length;
		}
		length++;
	}
	return length;
}

static bool
await_answers(void)
{
	long long	until = stop_clock() + CONFIRM_MS;

	while (wave.waiting > 0)
	{
		bool		timed_out;
		long long	now = stop_clock();

		if (stop_requested() && until > now + STOPPING_MS)
			until = now + STOPPING_MS;
		if (now > until)
			return lost_status("no confirmation", AMQP_STATUS_TIMEOUT);
		if (!read_frame(250, &timed_out))
			return false;
	}
	return true;
}

/* Publish a wave and wait for it; what was confirmed is in wave, whatever happened. */
static bool
send_wave(const Events *events, int first, int length)
{
	wave.first_tag = next_tag;
	wave.count = wave.waiting = wave.unrouted = 0;
	for (int i = 0; i < length; i++)
	{
		Event		event = database_event(events, first + i);

		if (!publish(&event))
			return false;
	}
	return await_answers();
}

/* Events go in waves: none of a wave is sent before all of the one before are confirmed. */
static Delivery
broker_deliver(const Events *events)
{
	Delivery	delivery = {0};
	long long	until = stop_clock() + BATCH_MS;

	while (delivery.confirmed < events->count && !delivery.failed && !stop_requested() && stop_clock() < until)
	{
		int			length = wave_length(events, delivery.confirmed);
		bool		sent = send_wave(events, delivery.confirmed, length);
		int			confirmed = 0;

		while (confirmed < wave.count && wave.answers[confirmed] == ACKED)
			confirmed++;
		if (sent && confirmed < length)
			log_line("amqp: the broker refused event %s",
					 database_event(events, delivery.confirmed + confirmed).id);
		delivery.confirmed += confirmed;
		delivery.unrouted += wave.unrouted;
		delivery.failed = confirmed < length;
	}
	if (connection != NULL)
		amqp_maybe_release_buffers(connection);
	return delivery;
}

static int
broker_socket(void)
{
	return connection != NULL ? amqp_get_sockfd(connection) : -1;
}

/* Reading also sends the heartbeats that are due. */
static void
broker_idle(void)
{
	bool		timed_out = false;

	while (connection != NULL && !timed_out)
	{
		if (!read_frame(0, &timed_out))
			return;
	}
}

static void
broker_close(void)
{
	struct timeval timeout = {GOODBYE_S, 0};

	if (connection != NULL)
	{
		amqp_set_rpc_timeout(connection, &timeout);
		amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
	}
	broker_drop();
	free(url_parts);
	url_parts = NULL;
}

const Target *
amqp_target(const Options *for_options)
{
	static const Target target = {
		.name = "amqp", .ready = broker_ready, .deliver = broker_deliver, .socket = broker_socket,
		.idle = broker_idle, .close = broker_close
	};

	options = for_options;
	url_parts = strdup(options->url);
	if (url_parts == NULL || amqp_parse_url(url_parts, &address) != AMQP_STATUS_OK)
		options_refuse("--amqp wants amqp://USER:PASSWORD@HOST:PORT/VHOST, "
					   "with what is special in them written as %%XX");
	if (options->password != NULL)
		address.password = (char *) options->password;
	return &target;
}
