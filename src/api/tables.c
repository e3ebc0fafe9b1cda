/*
 * tables.c
 *		The triggers on the tables that users write.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "base/locks.h"
#include "base/sizes.h"
#include "base/triggers.h"
#include "time/zone.h"
#include "store/clinics.h"
#include "store/limits.h"
#include "store/notifications.h"
#include "store/status.h"
#include "store/store.h"
#include "events/template.h"
#include "people/access.h"

PG_FUNCTION_INFO_V1(quickbook_fill_row);
PG_FUNCTION_INFO_V1(quickbook_fill_allocation);
PG_FUNCTION_INFO_V1(quickbook_fill_appointment);
PG_FUNCTION_INFO_V1(quickbook_check_time_zone);
PG_FUNCTION_INFO_V1(quickbook_check_sizes);
PG_FUNCTION_INFO_V1(quickbook_check_limits);
PG_FUNCTION_INFO_V1(quickbook_check_template);
PG_FUNCTION_INFO_V1(quickbook_check_rule);

/* ----------
 * Columns of a row
 * ----------
 */

/* The uuid in a column, 0 being none; false when it is null. */
static bool
read_uuid(const TriggerData *trigger, HeapTuple row, int number, pg_uuid_t *value)
{
	Datum		datum;
	bool		isnull = true;

	if (number > 0)
		datum = heap_getattr(row, number, trigger->tg_relation->rd_att, &isnull);
	if (!isnull)
		*value = *DatumGetUUIDP(datum);
	return !isnull;
}

/* The same for a timestamptz. */
static bool
get_time(const TriggerData *trigger, HeapTuple row, const char *column, TimestampTz *value)
{
	TupleDesc	desc = trigger->tg_relation->rd_att;
	int			number = qb_trigger_column(trigger, column, TIMESTAMPTZOID, true);
	bool		isnull;

	*value = DatumGetTimestampTz(heap_getattr(row, number, desc, &isnull));
	return !isnull;
}

static bool
get_uuid(const TriggerData *trigger, HeapTuple row, const char *column, pg_uuid_t *value)
{
	return read_uuid(trigger, row, qb_trigger_column(trigger, column, UUIDOID, true), value);
}

/* NULL for null. */
static char *
get_text(const TriggerData *trigger, HeapTuple row, const char *column)
{
	return SPI_getvalue(row, trigger->tg_relation->rd_att, qb_trigger_column(trigger, column, TEXTOID, true));
}

static HeapTuple
set_uuid(const TriggerData *trigger, HeapTuple row, const char *column, const pg_uuid_t *value)
{
	int			number = qb_trigger_column(trigger, column, UUIDOID, true);
	Datum		datum = UUIDPGetDatum(value);
	bool		isnull = false;

	return heap_modify_tuple_by_cols(row, trigger->tg_relation->rd_att, 1, &number, &datum, &isnull);
}

/* ----------
 * What is filled in
 * ----------
 */

/* The table that a column names: "provider" for provider_id. */
static const char *
named_table(const char *column)
{
	static const char *const tables[] = {"patient", "service", "provider", "account"};
	size_t		length = strlen(column);

	for (int i = 0; i < (int) lengthof(tables); i++)
	{
		size_t		n = strlen(tables[i]);

		if (length == n + strlen("_id") && strncmp(column, tables[i], n) == 0 && strcmp(column + n, "_id") == 0)
			return tables[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("no clinic can be found by a column \"%s\"", column),
			 errhint("The arguments of the trigger are among patient_id, service_id, provider_id and account_id.")));
}

/*
 * The clinic of what the row names: the trigger's arguments are columns like
 * provider_id, the first that is set decides.
 */
static bool
find_clinic(const TriggerData *trigger, HeapTuple row, pg_uuid_t *clinic)
{
	QbStore		store;
	pg_uuid_t	id;

	for (int i = 0; i < trigger->tg_trigger->tgnargs; i++)
	{
		char	   *column = trigger->tg_trigger->tgargs[i];
		const char *table = named_table(column);
		bool		found;

		if (!get_uuid(trigger, row, column, &id))
			continue;
		qb_store_begin(&store, false);
		found = qb_store_clinic_of(&store, table, &id, clinic);
		qb_store_end(&store);
		if (!found)
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("insert on table \"%s\" names a %s that does not exist",
							RelationGetRelationName(trigger->tg_relation), table),
					 errdetail("Key (%s)=(%s) is not present in table \"%s\".",
							   column, qb_uuid_text(&id), table)));
		return true;
	}
	return false;
}

/* The row with its id and its clinic_id. */
static HeapTuple
fill_row(const TriggerData *trigger, HeapTuple row)
{
	pg_uuid_t	clinic;
	pg_uuid_t	id;
	int			clinic_column = qb_trigger_column(trigger, "clinic_id", UUIDOID, false);
	int			id_column = qb_trigger_column(trigger, "id", UUIDOID, false);
	bool		has_clinic = read_uuid(trigger, row, clinic_column, &clinic);

	if (!has_clinic && clinic_column > 0 && find_clinic(trigger, row, &clinic))
	{
		row = set_uuid(trigger, row, "clinic_id", &clinic);
		has_clinic = true;
	}
	/* without a clinic the NOT NULL constraint of clinic_id refuses the row */
	if (id_column > 0 && !read_uuid(trigger, row, id_column, &id))
	{
		qb_new_id(has_clinic ? &clinic : NULL, &id);
		row = set_uuid(trigger, row, "id", &id);
	}
	return row;
}

Datum
quickbook_fill_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = qb_row_trigger(fcinfo, true);

	return PointerGetDatum(fill_row(trigger, qb_trigger_row(trigger)));
}

/* The row with the first that is set of two columns in a third, which a writer may have filled in. */
static HeapTuple
fill_either(const TriggerData *trigger, HeapTuple row, const char *filled, const char *first, const char *second)
{
	pg_uuid_t	id;

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event) && get_uuid(trigger, row, filled, &id))
		return row;
	/* without either a CHECK refuses the row */
	if (!get_uuid(trigger, row, first, &id) && !get_uuid(trigger, row, second, &id))
		return row;
	return set_uuid(trigger, row, filled, &id);
}

Datum
quickbook_fill_allocation(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = qb_row_trigger(fcinfo, true);
	HeapTuple	row = qb_trigger_row(trigger);

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		row = fill_row(trigger, row);
	row = fill_either(trigger, row, "owner_id", "appointment_id", "session_id");
	return PointerGetDatum(fill_either(trigger, row, "calendar_id", "provider_id", "patient_id"));
}

/*
 * A seat that counts refers to its session's time, as long as that is not past:
 * the foreign key is what makes a seat without time impossible.
 */
static HeapTuple
fill_seat(const TriggerData *trigger, HeapTuple row)
{
	TupleDesc	desc = trigger->tg_relation->rd_att;
	int			columns[] = {
		qb_trigger_column(trigger, "seated_session_id", UUIDOID, true),
		qb_trigger_column(trigger, "seat_released_at", TIMESTAMPTZOID, true)
	};
	pg_uuid_t	session;
	TimestampTz ends_at;
	char	   *status;
	bool		counts = get_uuid(trigger, row, "session_id", &session) &&
		(status = get_text(trigger, row, "status")) != NULL && qb_status_is_live(qb_status_of(status)) &&
		get_time(trigger, row, "ends_at", &ends_at);
	bool		past = counts && ends_at <= qb_now();
	Datum		values[] = {UUIDPGetDatum(&session), TimestampTzGetDatum(qb_now())};
	bool		nulls[] = {!counts || past, !past};

	if (!counts && heap_attisnull(row, columns[0], desc) && heap_attisnull(row, columns[1], desc))
		return row;
	return heap_modify_tuple_by_cols(row, desc, 2, columns, values, nulls);
}

Datum
quickbook_fill_appointment(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = qb_row_trigger(fcinfo, true);
	HeapTuple	row = qb_trigger_row(trigger);

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		row = fill_row(trigger, row);
	return PointerGetDatum(fill_seat(trigger, row));
}

/* ----------
 * What is checked
 * ----------
 */

Datum
quickbook_check_time_zone(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = qb_row_trigger(fcinfo, true);
	HeapTuple	row = qb_trigger_row(trigger);
	char	   *name = get_text(trigger, row, "time_zone");
	const char *meant;

	if (name != NULL && !qb_zone_is_iana(name, &meant))
		qb_raise(QB_INVALID_ARGUMENT,
				 qb_detail_text(qb_detail_text(qb_detail(), "argument", "time_zone"), "value", name),
				 meant ? psprintf("Write \"%s\".", meant) :
				 "Use a name of pg_timezone_names such as Europe/Berlin; offsets and abbreviations do not know when the clocks change.",
				 "\"%s\" is not the name of an IANA time zone", name);
	return PointerGetDatum(row);
}

/* Did an UPDATE leave the column as it was? */
static bool
is_unchanged(const TriggerData *trigger, int number, Datum value)
{
	bool		isnull;
	Datum		before;

	if (!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		return false;
	before = heap_getattr(trigger->tg_trigtuple, number, RelationGetDescr(trigger->tg_relation), &isnull);
	return !isnull && datum_image_eq(before, value, false, -1);
}

static void
check_column(const TriggerData *trigger, HeapTuple row, const char *column, int characters)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	int			number = SPI_fnumber(desc, column);
	Datum		value;
	bool		isnull;

	/* check_install() tells of a column that its owner has changed */
	if (number <= 0 || TupleDescAttr(desc, number - 1)->atttypid != TEXTOID)
		return;
	value = heap_getattr(row, number, desc, &isnull);
	if (isnull || is_unchanged(trigger, number, value))
		return;
	qb_check_text_size(column, value, characters);
	if (characters <= QB_LONGEST_NAME)
		qb_check_plain(column, TextDatumGetCString(value));
}

/* The arguments are columns and how many characters they may have; few make a name. */
Datum
quickbook_check_sizes(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = qb_row_trigger(fcinfo, true);
	HeapTuple	row = qb_trigger_row(trigger);

	for (int i = 0; i + 1 < trigger->tg_trigger->tgnargs; i += 2)
		check_column(trigger, row, trigger->tg_trigger->tgargs[i], atoi(trigger->tg_trigger->tgargs[i + 1]));
	return PointerGetDatum(row);
}

/*
 * An AFTER trigger, so that a statement may write several limits that agree in
 * the end.  Writers of one clinic take turns: each could be right alone.
 */
Datum
quickbook_check_limits(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = qb_row_trigger(fcinfo, false);
	HeapTuple	row = qb_trigger_row(trigger);
	QbStore		store;
	QbLockSet	lock;
	pg_uuid_t	id;
	pg_uuid_t	clinic;
	char	   *period;

	if (!get_uuid(trigger, row, "id", &id) || !get_uuid(trigger, row, "clinic_id", &clinic))
		return PointerGetDatum(NULL);
	qb_store_begin(&store, true);
	qb_locks_init(&lock);
	qb_locks_add(&lock, QB_LOCK_LIMIT, clinic.data, UUID_LEN);
	qb_locks_acquire(&lock);
	if (qb_store_limit_shrinks(&store, &id, &period))
		qb_raise(QB_INVALID_ARGUMENT, qb_detail_uuid(qb_detail_text(qb_detail(), "period", period), "limit_id", &id),
				 "Let the limits of one scope grow with their periods, or leave out the one that can never be reached.",
				 "the limit per %s is below that of a shorter period", period);
	qb_store_end(&store);
	return PointerGetDatum(NULL);
}

/*
 * A template and the rules that use it are judged together, so who writes one of
 * them waits for who writes another, and sees it then.
 */
static void
begin_on_template(QbStore *store, const pg_uuid_t *template)
{
	QbLockSet	lock;

	qb_store_begin(store, true);
	qb_locks_init(&lock);
	qb_locks_add(&lock, QB_LOCK_TEMPLATE, template->data, UUID_LEN);
	qb_locks_acquire(&lock);
}

/* The kinds of messages that the rules make of a template. */
static int
uses_of(const pg_uuid_t *template)
{
	QbStore		store;
	char	  **occasions;
	int			kinds = 0;
	int			n;

	begin_on_template(&store, template);
	n = qb_store_template_occasions(&store, template, &occasions);
	for (int i = 0; i < n; i++)
		kinds |= qb_template_kind(occasions[i]);
	qb_store_end(&store);
	return kinds;
}

/* Whoever writes a mail with a token may send it anywhere. */
static void
check_writer(const QbCaller *caller, bool of_accounts)
{
	if (of_accounts)
		qb_require_admin(caller, "write messages to accounts");
}

Datum
quickbook_check_template(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = qb_row_trigger(fcinfo, true);
	HeapTuple	row = qb_trigger_row(trigger);
	QbCaller	caller = qb_store_caller();
	pg_uuid_t	id;
	int			kinds = QB_TEMPLATE_APPOINTMENT | QB_TEMPLATE_ACCOUNT;
	int			needed = 0;

	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) && get_uuid(trigger, row, "id", &id))
		needed = uses_of(&id);
	check_writer(&caller, needed & QB_TEMPLATE_ACCOUNT);
	qb_template_check("subject", get_text(trigger, row, "subject"), needed, &kinds);
	qb_template_check("body", get_text(trigger, row, "body"), needed, &kinds);
	/* one that says {{token}}, say */
	check_writer(&caller, !(kinds & QB_TEMPLATE_APPOINTMENT));
	return PointerGetDatum(row);
}

Datum
quickbook_check_rule(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = qb_row_trigger(fcinfo, true);
	HeapTuple	row = qb_trigger_row(trigger);
	char	   *occasion = get_text(trigger, row, "occasion");
	int			kind = qb_template_kind(occasion ? occasion : "");
	int			kinds = kind;
	pg_uuid_t	id;
	QbStore		store;
	char	   *subject;
	char	   *body;
	bool		found;

	/* a foreign key refuses a template that is not there */
	if (!get_uuid(trigger, row, "template_id", &id))
		return PointerGetDatum(row);
	begin_on_template(&store, &id);
	check_writer(&store.caller, kind & QB_TEMPLATE_ACCOUNT);
	found = qb_store_template(&store, &id, &subject, &body);
	qb_store_end(&store);
	if (found)
	{
		qb_template_check("template_id", subject, kind, &kinds);
		qb_template_check("template_id", body, kind, &kinds);
	}
	return PointerGetDatum(row);
}
