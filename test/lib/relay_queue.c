/*
 * relay_queue.c
 *		The other end of the broker, for the test of quickbook-relay.
 *
 *	relay_queue URL EXCHANGE QUEUE bind [MAX]	declare both, durable, and bind all events;
 *												a queue with MAX messages refuses more
 *	relay_queue URL EXCHANGE QUEUE read FILE	move what is in the queue to FILE
 *	relay_queue URL EXCHANGE QUEUE drop			delete the exchange
 *
 * A line per message: message id, type, routing key, content type, delivery
 * mode, body, with tabs between them.
 */
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_tcp_socket.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static amqp_connection_state_t conn;

static void
check(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "relay_queue: %s\n", what);
	exit(1);
}

static void
connect_to(char *url)
{
	struct amqp_connection_info info;
	amqp_socket_t *socket;

	check(amqp_parse_url(url, &info) == AMQP_STATUS_OK, "bad URL");
	conn = amqp_new_connection();
	socket = amqp_tcp_socket_new(conn);
	check(amqp_socket_open(socket, info.host, info.port) == AMQP_STATUS_OK, "cannot connect");
	check(amqp_login(conn, info.vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, info.user,
					 info.password).reply_type == AMQP_RESPONSE_NORMAL, "cannot log in");
	amqp_channel_open(conn, 1);
	check(amqp_get_rpc_reply(conn).reply_type == AMQP_RESPONSE_NORMAL, "cannot open a channel");
}

static void
declare(amqp_bytes_t exchange, amqp_bytes_t queue, int max)
{
	amqp_table_entry_t limits[2] = {
		{amqp_cstring_bytes("x-max-length"), {.kind = AMQP_FIELD_KIND_I32,.value.i32 = max}},
		{amqp_cstring_bytes("x-overflow"), {.kind = AMQP_FIELD_KIND_UTF8,.value.bytes = amqp_cstring_bytes("reject-publish")}},
	};
	amqp_table_t arguments = {max > 0 ? 2 : 0, limits};

	amqp_exchange_declare(conn, 1, exchange, amqp_cstring_bytes("topic"), 0, 1, 0, 0, amqp_empty_table);
	amqp_queue_declare(conn, 1, queue, 0, 1, 0, 0, arguments);
	amqp_queue_bind(conn, 1, queue, exchange, amqp_cstring_bytes("appointment.#"), amqp_empty_table);
	check(amqp_get_rpc_reply(conn).reply_type == AMQP_RESPONSE_NORMAL, "cannot bind the queue");
}

static void
print(FILE *out, amqp_bytes_t bytes, char end)
{
	fwrite(bytes.bytes, 1, bytes.len, out);
	fputc(end, out);
}

/* Takes one message; false if the queue is empty. */
static int
read_one(amqp_bytes_t queue, FILE *out)
{
	amqp_rpc_reply_t reply = amqp_basic_get(conn, 1, queue, 0);
	amqp_basic_get_ok_t *got = reply.reply.decoded;
	amqp_bytes_t key;
	uint64_t	tag;
	amqp_message_t message;

	check(reply.reply_type == AMQP_RESPONSE_NORMAL, "cannot read");
	if (reply.reply.id != AMQP_BASIC_GET_OK_METHOD)
		return 0;
	tag = got->delivery_tag;
	key = amqp_bytes_malloc_dup(got->routing_key);
	check(amqp_read_message(conn, 1, &message, 0).reply_type == AMQP_RESPONSE_NORMAL, "cannot read a message");
	print(out, message.properties.message_id, '\t');
	print(out, message.properties.type, '\t');
	print(out, key, '\t');
	print(out, message.properties.content_type, '\t');
	fprintf(out, "%d\t", message.properties.delivery_mode);
	print(out, message.body, '\n');
	amqp_bytes_free(key);
	amqp_destroy_message(&message);
	amqp_basic_ack(conn, 1, tag, 0);
	amqp_maybe_release_buffers(conn);
	return 1;
}

int
main(int argc, char **argv)
{
	check(argc == 5 || argc == 6, "relay_queue URL EXCHANGE QUEUE bind [MAX]|read FILE|drop");
	connect_to(argv[1]);
	if (strcmp(argv[4], "bind") == 0)
		declare(amqp_cstring_bytes(argv[2]), amqp_cstring_bytes(argv[3]), argc == 6 ? atoi(argv[5]) : 0);
	else if (strcmp(argv[4], "drop") == 0)
		check(amqp_exchange_delete(conn, 1, amqp_cstring_bytes(argv[2]), 0) != NULL, "cannot delete the exchange");
	else
	{
		FILE	   *out = fopen(argv[5], "w");

		check(out != NULL, "cannot write");
		while (read_one(amqp_cstring_bytes(argv[3]), out))
			continue;
		check(fclose(out) == 0, "cannot write");
	}
	amqp_connection_close(conn, AMQP_REPLY_SUCCESS);
	amqp_destroy_connection(conn);
	return 0;
}
