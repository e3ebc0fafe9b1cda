/*
 * latency.c
 *		How long after a booking's commit a listener hears of it.
 *
 *	latency RATE SECONDS CLIENTS SQL
 *
 * Runs SQL, a prepared booking that returns its id, RATE times a second on
 * CLIENTS connections, listens on a connection of its own, and prints
 *
 *	bookings a second, heard, median and 99th percentile in milliseconds
 *
 * One process has both ends, so one clock tells.  A commit is when the client
 * hears of it; word that is there before counts as 0.
 */
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_CLIENTS 64
#define ID_LENGTH 36

typedef struct Booking
{
	char		id[ID_LENGTH + 1];
	int64_t		committed;		/* microseconds; 0: not yet */
	int64_t		heard;
} Booking;

static Booking *bookings;		/* open hashing by id */
static int	nslots;

static void
die(const char *what, PGconn *conn)
{
	fprintf(stderr, "latency: %s: %s", what, conn ? PQerrorMessage(conn) : "\n");
	exit(1);
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static Booking *
booking(const char *id)
{
	uint64_t	h = 14695981039346656037ULL;

	for (const char *c = id; *c; c++)
		h = (h ^ (unsigned char) *c) * 1099511628211ULL;
	for (int i = (int) (h % nslots);; i = (i + 1) % nslots)
	{
		if (bookings[i].id[0] == '\0')
			memcpy(bookings[i].id, id, ID_LENGTH + 1);
		if (strcmp(bookings[i].id, id) == 0)
			return &bookings[i];
	}
}

static PGconn *
connect_to_server(const char *command)
{
	PGconn	   *conn = PQconnectdb("");
	PGresult   *result;

	if (PQstatus(conn) != CONNECTION_OK)
		die("cannot connect", conn);
	result = strncmp(command, "LISTEN", 6) == 0 ? PQexec(conn, command) : PQprepare(conn, "book", command, 0, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		die(command, conn);
	PQclear(result);
	return conn;
}

/* Take the answer of a client that has it all; true if it can be used again. */
static int
take_answer(PGconn *conn, int *done)
{
	PGresult   *result;

	if (!PQconsumeInput(conn))
		die("connection lost", conn);
	while (!PQisBusy(conn))
	{
		result = PQgetResult(conn);
		if (result == NULL)
			return 1;
		if (PQresultStatus(result) == PGRES_TUPLES_OK && PQgetlength(result, 0, 0) == ID_LENGTH)
		{
			booking(PQgetvalue(result, 0, 0))->committed = now();
			(*done)++;
		}
		else
			fprintf(stderr, "%s", PQresultErrorMessage(result));
		PQclear(result);
	}
	return 0;
}

static void
take_notifications(PGconn *listener)
{
	PGnotify   *notify;

	if (!PQconsumeInput(listener))
		die("listener lost", listener);
	while ((notify = PQnotifies(listener)) != NULL)
	{
		const char *subject = strstr(notify->extra, "\"subject\": \"");
		char		id[ID_LENGTH + 1] = "";

		if (subject != NULL)
			strncpy(id, subject + strlen("\"subject\": \""), ID_LENGTH);
		if (strlen(id) == ID_LENGTH)
			booking(id)->heard = now();
		PQfreemem(notify);
	}
}

static int
compare(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

static void
report(int done, double seconds)
{
	int64_t    *waits = malloc(sizeof(int64_t) * nslots);
	int			n = 0;

	for (int i = 0; i < nslots; i++)
	{
		if (bookings[i].committed != 0 && bookings[i].heard != 0)
		{
			int64_t		wait = bookings[i].heard - bookings[i].committed;

			waits[n++] = wait > 0 ? wait : 0;
		}
	}
	qsort(waits, n, sizeof(int64_t), compare);
	if (n == 0)
		die("nothing was heard", NULL);
	printf("%.0f %.4f %.2f %.2f\n", done / seconds, (double) n / done, waits[n / 2] / 1000.0,
		   waits[(int) (n * 0.99)] / 1000.0);
}

int
main(int argc, char **argv)
{
	PGconn	   *clients[MAX_CLIENTS];
	char		idle[MAX_CLIENTS];
	struct pollfd fds[MAX_CLIENTS + 1];
	int			nclients;
	PGconn	   *listener;
	int64_t		start;
	int64_t		end;
	int64_t		interval;
	int			sent = 0;
	int			done = 0;

	if (argc != 5 || (nclients = atoi(argv[3])) < 1 || nclients > MAX_CLIENTS || atoi(argv[1]) < 1)
		die("usage: latency RATE SECONDS CLIENTS SQL", NULL);
	interval = 1000000 / atoi(argv[1]);
	nslots = atoi(argv[1]) * (atoi(argv[2]) + 1) * 4;
	bookings = calloc(nslots, sizeof(Booking));
	listener = connect_to_server("LISTEN quickbook");
	for (int i = 0; i < nclients; i++)
	{
		clients[i] = connect_to_server(argv[4]);
		idle[i] = 1;
		fds[i] = (struct pollfd) {.fd = PQsocket(clients[i]), .events = POLLIN};
	}
	fds[nclients] = (struct pollfd) {.fd = PQsocket(listener), .events = POLLIN};

	start = now();
	end = start + (int64_t) atoi(argv[2]) * 1000000;
	/* a second more for what is under way */
	while (now() < end + 1000000)
	{
		for (int i = 0; i < nclients && now() < end && start + sent * interval <= now(); i++)
		{
			if (!idle[i])
				continue;
			if (!PQsendQueryPrepared(clients[i], "book", 0, NULL, NULL, NULL, 0))
				die("cannot send", clients[i]);
			idle[i] = 0;
			sent++;
		}
		if (poll(fds, nclients + 1, 1) < 0 && errno != EINTR)
			die("poll", NULL);
		if (fds[nclients].revents)
			take_notifications(listener);
		for (int i = 0; i < nclients; i++)
		{
			if (fds[i].revents && take_answer(clients[i], &done))
				idle[i] = 1;
		}
	}
	report(done, (double) (end - start) / 1000000);
	return 0;
}
