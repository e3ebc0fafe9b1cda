/*
 * errors.h
 *		The errors that users meet.  errors.c holds the table of their names,
 *		SQLSTATEs, HTTP statuses and hints.
 */
#ifndef QB_BASE_ERRORS_H
#define QB_BASE_ERRORS_H

#include "lib/stringinfo.h"

#include "base/compat.h"
#include "base/settings.h"

typedef enum QbError
{
	QB_SLOT_TAKEN,
	QB_PATIENT_BUSY,
	QB_SESSION_FULL,
	QB_IDEMPOTENCY_CONFLICT,
	QB_OUTSIDE_HOURS,
	QB_OFF_GRID,
	QB_TOO_SOON,
	QB_BEYOND_HORIZON,
	QB_LIMIT_REACHED,
	QB_POLICY_REFUSED,
	QB_INVALID_TRANSITION,
	QB_STALE_VERSION,
	QB_HOLD_EXPIRED,
	QB_NOT_FOUND,
	QB_NOT_ALLOWED,
	QB_INVALID_ARGUMENT,
	QB_NOT_INSTALLED,
	QB_WRONG_SCHEMA_VERSION,
	QB_NERRORS
} QbError;

/*
 * The DETAIL of an error: one line of JSON, palloc'd.  Begin with qb_detail(),
 * add members, each of which returns the detail that it was given, then hand it
 * to qb_raise(), which adds the error's name.
 */
typedef struct QbDetail
{
	StringInfoData members;
} QbDetail;

/* An empty one. */
extern QbDetail *qb_detail(void);

/* Add a member; texts are escaped, times are ISO 8601. */
extern QbDetail *qb_detail_uuid(QbDetail *detail, const char *key, const pg_uuid_t *value);
extern QbDetail *qb_detail_time(QbDetail *detail, const char *key, TimestampTz value);
extern QbDetail *qb_detail_text(QbDetail *detail, const char *key, const char *value);
extern QbDetail *qb_detail_int(QbDetail *detail, const char *key, int64 value);
extern QbDetail *qb_detail_times(QbDetail *detail, const char *key, const TimestampTz *values, int n);

/*
 * Raise an error, and count it.  detail may be NULL.  hint NULL takes the one of
 * the table.  The message is "name: text".
 */
qb_noreturn extern void qb_raise(QbError error, QbDetail *detail, const char *hint, const char *fmt,...)
			pg_attribute_printf(4, 5);

/* The usual complaint about an argument: invalid_argument, which names it. */
qb_noreturn extern void qb_raise_argument(const char *argument, const char *fmt,...)
			pg_attribute_printf(2, 3);

/* The usual complaint about an id: not_found. */
qb_noreturn extern void qb_raise_not_found(const char *what, const pg_uuid_t *id);

/* The name of an error, in static memory. */
extern const char *qb_error_name(QbError error);

/* The error of that name; invalid_argument if there is none. */
extern QbError qb_error_by_name(const char *name);

/* Text of a uuid, and of a time in ISO 8601 with the session's offset, palloc'd. */
extern char *qb_uuid_text(const pg_uuid_t *id);
extern char *qb_time_text(TimestampTz t);

#endif							/* QB_BASE_ERRORS_H */
