/*
 * database.c
 *		The quickbook side.
 *
 * Queries are sent and waited for in steps, so that SIGTERM ends a wait for
 * somebody's lock or for a server that does not answer.
 *
 * Fetching and acknowledging are transactions of their own: while a transaction
 * that has fetched is open, no other can give positions to new events, and a
 * webhook may take its time.  A lock of the session keeps other relays of the
 * same consumer away instead.
 */
#include "relay/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relay/log.h"
#include "relay/stop.h"

#define CONNECT_MS		10000
#define ANSWER_MS		30000	/* for what nobody else can hold up */
#define LEASE_INTERVAL	"300 s"

static PGconn *conn = NULL;
static bool our_turn = false;	/* this connection has the consumer's lock */
static char last_sqlstate[6];	/* of the last query that the server refused */

/* The server is to notice a relay whose machine is gone, because of its lock; and to leave an idle one alone. */
static const char session_settings[] =
"SELECT pg_catalog.set_config(s.name, s.value, false) FROM (VALUES "
"('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'), "
"('tcp_user_timeout', '60000'), ('idle_session_timeout', '0'), "
"('default_transaction_isolation', 'read committed')) AS s (name, value)";

/* A query may wait for others: no limit, but SIGTERM ends it. */
typedef enum Patience
{
	AS_LONG_AS_IT_TAKES,
	BRIEFLY
} Patience;

bool
database_valid(const char *conninfo)
{
	/* its error message may quote a password, so nobody gets to see it */
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
	bool		valid = options != NULL || strpbrk(conninfo, "=:") == NULL;

	PQconninfoFree(options);
	return valid;
}

void
database_close(void)
{
	PQfinish(conn);
	conn = NULL;
	our_turn = false;
}

static bool
lost(const char *what)
{
	log_line("database: %s: %s", what, PQerrorMessage(conn));
	database_close();
	return false;
}

/* Wait for the socket; false when the time is over or we are to stop. */
static bool
wait_for_socket(bool to_write, long long until)
{
	bool		stopping = stop_requested();
	int			fd = PQsocket(conn);

	for (;;)
	{
		long long	left = until - stop_clock();

		if (left <= 0)
			return false;
		if (stop_wait(to_write ? -1 : fd, -1, to_write ? fd : -1, (int) left))
			return true;
		if (stop_requested() && !stopping)
			return false;
	}
}

/* One attempt to connect, which a request to stop ends as well. */
static bool
connect_now(const char *conninfo)
{
	/* what the string says comes after these, and wins; a dead network is noticed within a minute */
	const char *names[] = {"keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
	"dbname", "fallback_application_name", "client_encoding", NULL};
	const char *values[] = {"30", "10", "3", "60000", conninfo, "quickbook-relay", "UTF8", NULL};
	long long	until = stop_clock() + CONNECT_MS;
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;

	conn = PQconnectStartParams(names, values, 1);
	if (conn == NULL)
	{
		log_line("database: no memory for a connection");
		return false;
	}
	while (PQstatus(conn) != CONNECTION_BAD && status != PGRES_POLLING_FAILED)
	{
		if (status == PGRES_POLLING_OK)
			return true;
		if (!wait_for_socket(status == PGRES_POLLING_WRITING, until))
		{
			log_line("database: %s", stop_requested() ? "stopped while connecting" : "no answer in time");
			database_close();
			return false;
		}
		status = PQconnectPoll(conn);
	}
	return lost("cannot connect");
}

/* Give up on the query that runs. */
static void
cancel(void)
{
	PGcancel   *handle = PQgetCancel(conn);
	char		error[256];

	if (handle != NULL)
		PQcancel(handle, error, sizeof(error));
	PQfreeCancel(handle);
}

/* The last result of the query that was sent, or NULL. */
static PGresult *
read_result(Patience patience)
{
	PGresult   *result = NULL;
	PGresult   *next;
	long long	until = stop_clock() + (patience == BRIEFLY ? ANSWER_MS : 1LL << 40);
	bool		stopping = stop_requested();

	for (;;)
	{
		while (PQisBusy(conn))
		{
			/* brief ones are seen through: they may hold what we have done */
			bool		ready = stop_wait(PQsocket(conn), -1, -1, 1000);

			if (!ready && (stop_clock() > until ||
						   (patience != BRIEFLY && stop_requested() && !stopping)))
			{
				PQclear(result);
				cancel();
				return NULL;
			}
			if (ready && !PQconsumeInput(conn))
				break;
		}
		next = PQgetResult(conn);
		if (next == NULL)
			return result;
		PQclear(result);
		result = next;
	}
}

/* NULL after an error, which has been logged; the connection is closed then. */
static PGresult *
query(Patience patience, const char *sql, int count, const char *const *parameters)
{
	PGresult   *result;

	last_sqlstate[0] = '\0';
	if (conn == NULL)
		return NULL;
	if (!PQsendQueryParams(conn, sql, count, NULL, parameters, NULL, NULL, 0))
	{
		lost("cannot send a query");
		return NULL;
	}
	result = read_result(patience);
	if (result == NULL)
	{
		log_line("database: %s", stop_requested() ? "stopped while waiting" : "no answer in time");
		database_close();
		return NULL;
	}
	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
	{
		/* away with the connection as well: it may be to a server that became a standby */
		log_line("database: %s", PQresultErrorMessage(result));
		snprintf(last_sqlstate, sizeof(last_sqlstate), "%s", PQresultErrorField(result, PG_DIAG_SQLSTATE) ?: "");
		PQclear(result);
		database_close();
		return NULL;
	}
	return result;
}

static bool
execute(const char *sql, int count, const char *const *parameters)
{
	PGresult   *result = query(BRIEFLY, sql, count, parameters);

	PQclear(result);
	return result != NULL;
}

static void
ignore_notice(void *unused, const PGresult *result)
{
	(void) unused;
	(void) result;
}

bool
database_ready(const char *conninfo)
{
	if (conn != NULL)
	{
		/* read what came while nobody looked, or the server could not send any more */
		database_notified();
		if (conn != NULL)
			return true;
	}
	if (!connect_now(conninfo))
		return false;
	PQsetNoticeReceiver(conn, ignore_notice, NULL);
	if (!execute(session_settings, 0, NULL) || !execute("LISTEN quickbook", 0, NULL))
		return false;
	log_line("database: connected to %s, database %s", PQhost(conn), PQdb(conn));
	return true;
}

int
database_socket(void)
{
	return conn != NULL ? PQsocket(conn) : -1;
}

bool
database_notified(void)
{
	bool		any = false;
	PGnotify   *notify;

	if (conn == NULL)
		return false;
	if (!PQconsumeInput(conn) || PQstatus(conn) != CONNECTION_OK)
		return lost("the connection is gone");
	while ((notify = PQnotifies(conn)) != NULL)
	{
		any = true;
		PQfreemem(notify);
	}
	return any;
}

bool
database_create_consumer(const char *name, bool from_now)
{
	const char *parameters[] = {name, from_now ? NULL : "0"};
	PGresult   *result = query(BRIEFLY, "SELECT FROM quickbook.consumer_status() AS c "
							   "WHERE c.name OPERATOR(pg_catalog.=) $1::text", 1, parameters);
	bool		exists = result != NULL && PQntuples(result) > 0;

	PQclear(result);
	if (result == NULL || exists)
		return result != NULL;
	if (!execute("SELECT quickbook.create_consumer($1, $2::bigint)", 2, parameters))
		return false;
	log_line("database: made consumer %s", name);
	return true;
}

Turn
database_take_turn(const char *consumer)
{
	PGresult   *result;

	if (our_turn)
		return TURN_OURS;
	/* trying, not waiting: a statement that waits for days holds up vacuum */
	result = query(BRIEFLY, "SELECT quickbook.relay_lock($1)", 1, &consumer);
	if (result == NULL)
		return TURN_UNKNOWN;
	our_turn = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return our_turn ? TURN_OURS : TURN_ANOTHERS;
}

bool
database_fetch(const char *consumer, int max, Events *events)
{
	char		max_text[16];
	const char *parameters[] = {consumer, max_text};

	snprintf(max_text, sizeof(max_text), "%d", max);
	events->result = NULL;
	events->count = 0;
	events->result = query(AS_LONG_AS_IT_TAKES,
						   "SELECT e.\"position\", e.id, e.type, e.subject, quickbook.event_json(e) "
						   "FROM quickbook.fetch_events($1, $2::integer) AS e ORDER BY e.\"position\"",
						   2, parameters);
	if (events->result == NULL)
		return false;
	events->count = PQntuples(events->result);
	return true;
}

Event
database_event(const Events *events, int index)
{
	return (Event)
	{
		.position = PQgetvalue(events->result, index, 0),
		.id = PQgetvalue(events->result, index, 1),
		.type = PQgetvalue(events->result, index, 2),
		.subject = PQgetvalue(events->result, index, 3),
		.json = PQgetvalue(events->result, index, 4)
	};
}

bool
database_settle(const char *consumer, Events *events, int confirmed)
{
	const char *parameters[] = {consumer, NULL};
	bool		done = true;

	if (confirmed > 0)
	{
		parameters[1] = database_event(events, confirmed - 1).position;
		done = execute("SELECT quickbook.ack_events($1, $2::bigint)", 2, parameters);
	}
	PQclear(events->result);
	events->result = NULL;
	return done;
}

bool
database_claim(int max, Notifications *notifications)
{
	char		max_text[16];
	const char *parameters[] = {max_text};

	snprintf(max_text, sizeof(max_text), "%d", max);
	notifications->claimed_at = stop_clock();
	notifications->count = 0;
	notifications->result = query(BRIEFLY, "SELECT n.id, n.recipient, n.subject, n.body "
								  "FROM quickbook.claim_notifications('email', $1::integer, "
								  "interval '" LEASE_INTERVAL "') AS n", 1, parameters);
	if (notifications->result == NULL)
		return false;
	notifications->count = PQntuples(notifications->result);
	return true;
}

Notification
database_notification(const Notifications *notifications, int index)
{
	return (Notification)
	{
		.id = PQgetvalue(notifications->result, index, 0),
		.recipient = PQgetvalue(notifications->result, index, 1),
		.subject = PQgetvalue(notifications->result, index, 2),
		.body = PQgetvalue(notifications->result, index, 3)
	};
}

void
database_release(Notifications *notifications)
{
	PQclear(notifications->result);
	notifications->result = NULL;
}

bool
database_finish(const char *notification, const char *error, bool permanent)
{
	const char *parameters[] = {notification, error};

	if (error == NULL
		? execute("SELECT quickbook.complete_notification($1::uuid)", 1, parameters)
		: execute(permanent ? "SELECT quickbook.give_up_notification($1::uuid, $2)"
				  : "SELECT quickbook.fail_notification($1::uuid, $2)", 2, parameters))
		return true;

	/*
	 * not_found, invalid_transition: somebody else has dealt with it, and asking again will not
	 * help
	 */
	return strncmp(last_sqlstate, "P0", 2) == 0 || strncmp(last_sqlstate, "23", 2) == 0;
}
