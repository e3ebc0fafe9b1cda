/*
 * arguments.h
 *		Arguments of the SQL functions, which are not STRICT, because a STRICT one
 *		answers NULL to a forgotten argument; these complain: invalid_argument.  None
 *		locks anything; texts are palloc'd, and what else is pointed to is the
 *		argument.
 */
#ifndef QB_API_ARGUMENTS_H
#define QB_API_ARGUMENTS_H

#include "fmgr.h"
#include "utils/date.h"

#include "base/settings.h"

/*
 * Must not be null: invalid_argument.  A time may be infinite, or so far away
 * that it cannot be computed with; an instant and a date are neither, see
 * QB_FIRST_INSTANT.
 */
extern const pg_uuid_t *qb_arg_uuid(FunctionCallInfo fcinfo, int i, const char *name);
extern TimestampTz qb_arg_time(FunctionCallInfo fcinfo, int i, const char *name);
extern TimestampTz qb_arg_instant(FunctionCallInfo fcinfo, int i, const char *name);
extern DateADT qb_arg_date(FunctionCallInfo fcinfo, int i, const char *name);
extern char *qb_arg_text(FunctionCallInfo fcinfo, int i, const char *name);

/* Of 255 bytes at most, where other texts may have 10,000 characters: sizes.h. */
extern char *qb_arg_key(FunctionCallInfo fcinfo, int i, const char *name);

/* NULL when the argument is null. */
extern const pg_uuid_t *qb_arg_uuid_or_null(FunctionCallInfo fcinfo, int i);
extern char *qb_arg_text_or_null(FunctionCallInfo fcinfo, int i, const char *name);
extern char *qb_arg_key_or_null(FunctionCallInfo fcinfo, int i, const char *name);

/* Details that are not too long; 0 for null. */
extern Datum qb_arg_details(FunctionCallInfo fcinfo, int i);

/* expected_version: *version filled in and its address, or NULL. */
extern const int32 *qb_arg_version(FunctionCallInfo fcinfo, int i, int32 *version);

/* A fixed length in microseconds: positive, at most 366 days; if_null for NULL. */
extern int64 qb_arg_length(FunctionCallInfo fcinfo, int i, const char *name, int64 if_null);

/* A count from 0 to max; if_null for NULL. */
extern int	qb_arg_count(FunctionCallInfo fcinfo, int i, const char *name, int if_null, int max);

/* The argument older_than, not negative: the instant that is so long ago. */
extern TimestampTz qb_arg_older_than(FunctionCallInfo fcinfo, int i);

/* The argument override: QbOverrideFlags, whoever asks.  Errors: invalid_argument. */
extern int	qb_arg_override(FunctionCallInfo fcinfo, int i);

#endif							/* QB_API_ARGUMENTS_H */
