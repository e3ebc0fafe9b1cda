/*
 * libpq.c
 *		libpq, in text and in binary: prints a line "name <tab> have <tab> want"
 *		for each check.
 */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CREATE "SELECT id, starts_at, version, status FROM quickbook.create_appointment(" \
	"service_id => $1, provider_id => $2, patient_id => $3, starts_at => $4)"

static PGconn *conn;

static void
check(const char *name, const char *have, const char *want)
{
	printf("libpq: %s\t%s\t%s\n", name, have, want);
}

static PGresult *
create(const char *patient, const char *start, int binary)
{
	const char *values[] = {getenv("SERVICE"), getenv("PROVIDER"), patient, start};

	return PQexecParams(conn, CREATE, 4, NULL, values, NULL, NULL, binary);
}

static void
in_text(void)
{
	PGresult   *result = create(getenv("PATIENT"), "2026-03-10 10:00+00", 0);

	check("named arguments", PQresultStatus(result) == PGRES_TUPLES_OK ? PQgetvalue(result, 0, 3) : PQerrorMessage(conn),
		  "booked");
	check("timestamptz with its offset", PQgetvalue(result, 0, 1), "2026-03-10 10:00:00+00");
	PQclear(result);
}

static void
in_binary(void)
{
	PGresult   *result = create(getenv("OTHER"), "2026-03-10 11:00+00", 1);
	char		text[64];
	uint32_t	halves[2];
	int64_t		instant;
	uint32_t	version;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
	{
		check("binary", PQerrorMessage(conn), "rows");
		return;
	}
	snprintf(text, sizeof(text), "%d %d %d", PQgetlength(result, 0, 0), PQgetlength(result, 0, 1), PQgetlength(result, 0, 2));
	check("uuid, timestamptz and integer in binary", text, "16 8 4");
	memcpy(halves, PQgetvalue(result, 0, 1), sizeof(halves));
	instant = (int64_t) ((uint64_t) ntohl(halves[0]) << 32 | ntohl(halves[1]));
	/* microseconds since 2000-01-01 */
	snprintf(text, sizeof(text), "%lld", (long long) (instant / 1000000 + 946684800));
	check("the instant", text, "1773140400");
	memcpy(&version, PQgetvalue(result, 0, 2), sizeof(version));
	snprintf(text, sizeof(text), "%u", ntohl(version));
	check("the integer", text, "1");
	check("text", PQgetvalue(result, 0, 3), "booked");
	PQclear(result);
}

/* The hexadecimal digits of a uuid, as its sixteen bytes. */
static void
uuid_bytes(const char *text, char bytes[16])
{
	unsigned	byte;

	for (int i = 0; i < 16; i++)
	{
		while (*text == '-')
			text++;
		sscanf(text, "%2x", &byte);
		bytes[i] = (char) byte;
		text += 2;
	}
}

static void
binary_arguments(void)
{
	char		service[16];
	char		patient[16];
	/* 2026-03-10 13:07+00, microseconds since 2000-01-01 */
	uint64_t	instant = (UINT64_C(1773148020) - 946684800) * 1000000;
	uint32_t	start[2] = {htonl((uint32_t) (instant >> 32)), htonl((uint32_t) instant)};
	/* text[] of one dimension: flags, type text, one element from 1, its length */
	struct
	{
		uint32_t	words[6];
		char		element[4];
	}			override = {{htonl(1), 0, htonl(25), htonl(1), htonl(1), htonl(4)}, {'g', 'r', 'i', 'd'}};
	const char *values[] = {service, NULL, patient, (char *) start, (char *) &override, "\1{\"reason\": \"cough\"}"};
	int			lengths[] = {16, 0, 16, 8, sizeof(override), 20};
	int			formats[] = {1, 1, 1, 1, 1, 1};
	PGresult   *result;

	uuid_bytes(getenv("SERVICE"), service);
	uuid_bytes(getenv("PATIENT"), patient);
	result = PQexecParams(conn, "SELECT starts_at::text, provider_id, details FROM quickbook.create_appointment(service_id => $1,"
						  " provider_id => $2, patient_id => $3, starts_at => $4, override => $5, details => $6)",
						  6, NULL, values, lengths, formats, 0);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		check("binary arguments", PQerrorMessage(conn), "rows");
	else
	{
		check("uuid, timestamptz and text[] as binary arguments", PQgetvalue(result, 0, 0), "2026-03-10 13:07:00+00");
		check("NULL for any provider", PQgetvalue(result, 0, 1), getenv("PROVIDER"));
		check("jsonb as a binary argument", PQgetvalue(result, 0, 2), "{\"reason\": \"cough\"}");
	}
	PQclear(result);
}

/* Every argument that may be left out, given as NULL; an interval. */
static void
hold(void)
{
	const char *values[] = {NULL, NULL, getenv("SERVICE"), "2026-03-10T20:30:00+05:30", NULL, NULL, NULL, "PT90S", NULL};
	PGresult   *result = PQexecParams(conn, "SELECT expires_at, starts_at, patient_id, length(hold_token) > 20"
									  " FROM quickbook.hold_appointment($1, $2, $3, $4, $5, $6, $7, $8, $9)",
									  9, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		check("holding", PQerrorMessage(conn), "rows");
	else
	{
		check("an interval of ISO 8601", PQgetvalue(result, 0, 0), "2026-03-02 08:01:30+00");
		check("an offset", PQgetvalue(result, 0, 1), "2026-03-10 15:00:00+00");
		check("NULL", PQgetisnull(result, 0, 2) ? "null" : "a value", "null");
		check("the token of a hold for nobody", PQgetvalue(result, 0, 3), "t");
	}
	PQclear(result);
}

/* A set of rows, at once and row by row. */
static void
set_of_rows(void)
{
	const char *values[] = {getenv("SERVICE"), "2026-03-30 00:00+00", "2026-03-31 00:00+00"};
	PGresult   *result;
	char		text[64];
	int			rows = 0;

	result = PQexecParams(conn, "SELECT * FROM quickbook.available_slots($1, $2, $3)", 3, NULL, values, NULL, NULL, 1);
	snprintf(text, sizeof(text), "%d", PQntuples(result));
	check("a set of rows", text, "16");
	PQclear(result);

	PQsendQueryParams(conn, "SELECT * FROM quickbook.available_slots($1, $2, $3)", 3, NULL, values, NULL, NULL, 0);
	PQsetSingleRowMode(conn);
	while ((result = PQgetResult(conn)) != NULL)
	{
		if (PQresultStatus(result) == PGRES_SINGLE_TUPLE)
			rows++;
		PQclear(result);
	}
	snprintf(text, sizeof(text), "%d", rows);
	check("row by row", text, "16");
}

/* A statement with a name, more often than it is planned anew for. */
static void
prepared(void)
{
	char		start[64];
	int			booked = 0;

	PQclear(PQprepare(conn, "book", CREATE, 4, NULL));
	for (int i = 0; i < 12; i++)
	{
		const char *values[] = {getenv("SERVICE"), getenv("PROVIDER"), getenv("PATIENT"), start};
		PGresult   *result;

		snprintf(start, sizeof(start), "2026-03-%d 09:00+00", 14 + i);
		result = PQexecPrepared(conn, "book", 4, values, NULL, NULL, 0);
		if (PQresultStatus(result) == PGRES_TUPLES_OK)
			booked++;
		PQclear(result);
	}
	snprintf(start, sizeof(start), "%d", booked);
	check("a prepared statement, again and again", start, "12");
}

static void
refused(void)
{
	PGresult   *result = create(getenv("OTHER"), "2026-03-10 10:00+00", 1);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);

	check("SQLSTATE", PQresultErrorField(result, PG_DIAG_SQLSTATE), "23P01");
	check("MESSAGE begins with the name",
		  strncmp(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), "slot_taken: ", 12) == 0 ? "yes" : "no", "yes");
	check("DETAIL", detail && strncmp(detail, "{\"error\": \"slot_taken\", ", 24) == 0 ? "yes" : detail, "yes");
	check("HINT", PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) ? "yes" : "no", "yes");
	PQclear(result);
}

int
main(void)
{
	conn = PQconnectdb("");
	if (PQstatus(conn) != CONNECTION_OK)
	{
		fprintf(stderr, "%s", PQerrorMessage(conn));
		return 1;
	}
	in_text();
	in_binary();
	binary_arguments();
	hold();
	set_of_rows();
	prepared();
	refused();
	PQfinish(conn);
	return 0;
}
