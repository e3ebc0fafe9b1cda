/*
 * arguments.c
 *		Arguments of the SQL functions.
 */
#include "postgres.h"

#include "api/arguments.h"

#include "access/detoast.h"
#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/aside.h"
#include "base/compat.h"
#include "base/errors.h"
#include "base/sizes.h"
#include "time/local_time.h"

static void
refuse_null(FunctionCallInfo fcinfo, int i, const char *name)
{
	if (PG_ARGISNULL(i))
		qb_raise_argument(name, "%s must not be null", name);
}

const pg_uuid_t *
qb_arg_uuid(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return PG_GETARG_UUID_P(i);
}

TimestampTz
qb_arg_time(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return PG_GETARG_TIMESTAMPTZ(i);
}

TimestampTz
qb_arg_instant(FunctionCallInfo fcinfo, int i, const char *name)
{
	TimestampTz t = qb_arg_time(fcinfo, i, name);

	if (TIMESTAMP_NOT_FINITE(t))
		qb_raise_argument(name, "%s must be finite", name);
	if (t < QB_FIRST_INSTANT || t > QB_LAST_INSTANT)
		qb_raise_argument(name, "%s is too far away", name);
	return t;
}

DateADT
qb_arg_date(FunctionCallInfo fcinfo, int i, const char *name)
{
	DateADT		date;

	refuse_null(fcinfo, i, name);
	date = PG_GETARG_DATEADT(i);
	if (DATE_NOT_FINITE(date))
		qb_raise_argument(name, "%s must be finite", name);
	if (date < QB_FIRST_DATE || date > QB_LAST_DATE)
		qb_raise_argument(name, "%s is too far away", name);
	return date;
}

char *
qb_arg_text(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return qb_arg_text_or_null(fcinfo, i, name);
}

char *
qb_arg_key(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return qb_arg_key_or_null(fcinfo, i, name);
}

const pg_uuid_t *
qb_arg_uuid_or_null(FunctionCallInfo fcinfo, int i)
{
	return PG_ARGISNULL(i) ? NULL : PG_GETARG_UUID_P(i);
}

char *
qb_arg_text_or_null(FunctionCallInfo fcinfo, int i, const char *name)
{
	if (PG_ARGISNULL(i))
		return NULL;
	qb_check_text_size(name, PG_GETARG_DATUM(i), QB_LONGEST_TEXT);
	return text_to_cstring(PG_GETARG_TEXT_PP(i));
}

char *
qb_arg_key_or_null(FunctionCallInfo fcinfo, int i, const char *name)
{
	if (PG_ARGISNULL(i))
		return NULL;
	qb_check_key_size(name, PG_GETARG_DATUM(i));
	return text_to_cstring(PG_GETARG_TEXT_PP(i));
}

Datum
qb_arg_details(FunctionCallInfo fcinfo, int i)
{
	if (PG_ARGISNULL(i))
		return (Datum) 0;
	qb_check_details_size("details", PG_GETARG_DATUM(i));
	return PG_GETARG_DATUM(i);
}

const int32 *
qb_arg_version(FunctionCallInfo fcinfo, int i, int32 *version)
{
	if (PG_ARGISNULL(i))
		return NULL;
	*version = PG_GETARG_INT32(i);
	return version;
}

int64
qb_arg_length(FunctionCallInfo fcinfo, int i, const char *name, int64 if_null)
{
	Interval   *interval;
	int64		length;

	if (PG_ARGISNULL(i))
		return if_null;
	interval = PG_GETARG_INTERVAL_P(i);
	length = qb_interval_length(interval);
	if (interval->month != 0 || length <= 0 || length > QB_LONGEST_LENGTH)
		qb_raise_argument(name, "%s must be positive, without months, and at most 366 days", name);
	return length;
}

int
qb_arg_count(FunctionCallInfo fcinfo, int i, const char *name, int if_null, int max)
{
	int			count;

	if (PG_ARGISNULL(i))
		return Min(if_null, max);
	count = PG_GETARG_INT32(i);
	if (count < 0)
		qb_raise_argument(name, "%s is negative", name);
	if (count > max)
		qb_raise(QB_INVALID_ARGUMENT,
				 qb_detail_int(qb_detail_text(qb_detail(), "argument", name), "max", max), "Ask for fewer at a time.",
				 "%s is more than %d", name, max);
	return count;
}

static int64
magnitude(int64 value)
{
	return Max(value, qb_minus(0, value));
}

/* How long an interval is at most, whatever the signs of its parts. */
static int64
most_of(const Interval *i)
{
	int64		days = magnitude(i->month) * 31 + magnitude(i->day);

	return qb_plus(qb_times(days, USECS_PER_DAY), magnitude(i->time));
}

TimestampTz
qb_arg_older_than(FunctionCallInfo fcinfo, int i)
{
	static const char name[] = "older_than";
	const Interval *age;
	TimestampTz result;

	refuse_null(fcinfo, i, name);
	age = PG_GETARG_INTERVAL_P(i);
	if (most_of(age) > 12000 * 31 * USECS_PER_DAY)
		qb_raise_argument(name, "%s is more than 1000 years", name);
	result = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(qb_now()),
													 PG_GETARG_DATUM(i)));
	if (result > qb_now())
		qb_raise_argument(name, "%s is negative", name);
	return result;
}

int
qb_arg_override(FunctionCallInfo fcinfo, int i)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int			result = 0;

	if (PG_ARGISNULL(i))
		return 0;
	if (toast_raw_datum_size(PG_GETARG_DATUM(i)) > QB_LONGEST_TEXT)
		qb_raise_argument("override", "override has too many words");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(i), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (int k = 0; k < n; k++)
	{
		char	   *word = nulls[k] ? "null" : TextDatumGetCString(elements[k]);
		int			flag = qb_aside_by_name(word);

		if (flag == 0)
			qb_raise(QB_INVALID_ARGUMENT, qb_detail_text(qb_detail(), "argument", "override"),
					 "The rules that can be set aside are grid, notice, hours, horizon, limit and policy.",
					 "\"%s\" is no rule that can be set aside", word);
		result |= flag;
	}
	return result;
}
