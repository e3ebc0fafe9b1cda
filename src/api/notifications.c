/*
 * notifications.c
 *		The SQL functions of those who send messages.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/results.h"
#include "base/sizes.h"
#include "store/notifications.h"
#include "store/store.h"
#include "events/messages.h"
#include "people/access.h"
#include "api/arguments.h"

PG_FUNCTION_INFO_V1(quickbook_claim_notifications);
PG_FUNCTION_INFO_V1(quickbook_complete_notification);
PG_FUNCTION_INFO_V1(quickbook_fail_notification);
PG_FUNCTION_INFO_V1(quickbook_give_up_notification);
PG_FUNCTION_INFO_V1(quickbook_retry_dead_notifications);

/* So many messages can be claimed at a time: all of them are in memory. */
#define MAX_CLAIMED 10000

static void
begin(QbStore *store)
{
	qb_store_begin(store, true);
	qb_require_operator(&store->caller, "send notifications");
}

Datum
quickbook_claim_notifications(PG_FUNCTION_ARGS)
{
	char	   *channel = qb_arg_text(fcinfo, 0, "channel");
	int			max = qb_arg_count(fcinfo, 1, "max_notifications", 100, MAX_CLAIMED);
	int64		lease = qb_arg_length(fcinfo, 2, "lease", USECS_PER_MINUTE);
	QbRows		rows;
	QbStore		store;

	qb_rows_begin(&rows, fcinfo);
	begin(&store);
	qb_claim_notifications(&store, channel, max, qb_now() + lease, &rows);
	qb_store_end(&store);
	return (Datum) 0;
}

/* Its last status, which is also the result. */
static Datum
finish(const pg_uuid_t *id, const char *status, const char *reason)
{
	QbStore		store;

	begin(&store);
	qb_finish_notification(&store, id, status, reason);
	qb_store_end(&store);
	return CStringGetTextDatum(status);
}

Datum
quickbook_complete_notification(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(finish(qb_arg_uuid(fcinfo, 0, "notification_id"), "sent", NULL));
}

/* As much of it as fits: the failure is to be recorded, whatever a server said. */
static char *
error_argument(FunctionCallInfo fcinfo)
{
	text	   *error;
	int			length;

	if (PG_ARGISNULL(1))
		return NULL;
	error = PG_GETARG_TEXT_P_SLICE(1, 0, QB_LONGEST_TEXT);
	length = pg_mbcliplen(VARDATA_ANY(error), (int) VARSIZE_ANY_EXHDR(error), QB_LONGEST_TEXT);
	return pnstrdup(VARDATA_ANY(error), length);
}

Datum
quickbook_give_up_notification(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(finish(qb_arg_uuid(fcinfo, 0, "notification_id"), "dead", error_argument(fcinfo)));
}

Datum
quickbook_fail_notification(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = qb_arg_uuid(fcinfo, 0, "notification_id");
	char	   *error = error_argument(fcinfo);
	QbStore		store;
	bool		queued;

	begin(&store);
	queued = qb_fail_notification(&store, id, error);
	qb_store_end(&store);
	PG_RETURN_TEXT_P(cstring_to_text(queued ? "queued" : "dead"));
}

Datum
quickbook_retry_dead_notifications(PG_FUNCTION_ARGS)
{
	char	   *channel = qb_arg_text_or_null(fcinfo, 0, "channel");
	QbStore		store;
	int64		n;

	begin(&store);
	n = qb_store_retry_dead(&store, channel);
	qb_store_end(&store);
	PG_RETURN_INT64(n);
}
