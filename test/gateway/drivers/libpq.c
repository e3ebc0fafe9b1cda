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
	refused();
	PQfinish(conn);
	return 0;
}
