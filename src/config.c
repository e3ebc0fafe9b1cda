/*
 * config.c
 *		Triggers on the tables that users write, and what install() calls.
 */
#include "postgres.h"

#include "access.h"
#include "access/htup_details.h"
#include "arguments.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "compat.h"
#include "errors.h"
#include "executor/spi.h"
#include "ids.h"
#include "locks.h"
#include "store.h"
#include "template.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "zone.h"

PG_FUNCTION_INFO_V1(quickbook_fill_row);
PG_FUNCTION_INFO_V1(quickbook_fill_allocation);
PG_FUNCTION_INFO_V1(quickbook_check_time_zone);
PG_FUNCTION_INFO_V1(quickbook_check_limits);
PG_FUNCTION_INFO_V1(quickbook_check_template);
PG_FUNCTION_INFO_V1(quickbook_check_rule);
PG_FUNCTION_INFO_V1(quickbook_schema_version_needed);
PG_FUNCTION_INFO_V1(quickbook_schema_raise);
PG_FUNCTION_INFO_V1(quickbook_schema_as_owner);

static TriggerData *
row_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("this function is called by a BEFORE trigger for each row only")));
	return trigger;
}

static HeapTuple
new_row(const TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

/* A uuid column of the row by name; false when there is no such column or it is null. */
static bool
get_uuid(TriggerData *trigger, HeapTuple row, const char *column, pg_uuid_t *value)
{
	TupleDesc	desc = trigger->tg_relation->rd_att;
	int			number = SPI_fnumber(desc, column);
	Datum		datum;
	bool		isnull;

	if (number <= 0 || TupleDescAttr(desc, number - 1)->atttypid != UUIDOID)
		return false;
	datum = heap_getattr(row, number, desc, &isnull);
	if (!isnull)
		*value = *DatumGetUUIDP(datum);
	return !isnull;
}

static HeapTuple
set_uuid(TriggerData *trigger, HeapTuple row, const char *column, const pg_uuid_t *value)
{
	int			number = SPI_fnumber(trigger->tg_relation->rd_att, column);
	Datum		datum = UUIDPGetDatum(value);
	bool		isnull = false;

	return heap_modify_tuple_by_cols(row, trigger->tg_relation->rd_att, 1, &number, &datum, &isnull);
}

/*
 * The clinic of what the row names: the trigger's arguments are columns like
 * provider_id, the first that is set decides.
 */
static bool
find_clinic(TriggerData *trigger, HeapTuple row, pg_uuid_t *clinic)
{
	QbStore		store;
	pg_uuid_t	id;

	for (int i = 0; i < trigger->tg_trigger->tgnargs; i++)
	{
		char	   *column = trigger->tg_trigger->tgargs[i];
		char	   *table = pnstrdup(column, strlen(column) - strlen("_id"));
		bool		found;
		int			level;

		if (!get_uuid(trigger, row, column, &id))
			continue;
		level = NewGUCNestLevel();
		qb_set_option("search_path", "pg_catalog, pg_temp", GUC_ACTION_SAVE);
		qb_store_begin(&store, false);
		found = qb_store_clinic_of(&store, table, &id, clinic);
		qb_store_end(&store);
		AtEOXact_GUC(true, level);
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
fill_row(TriggerData *trigger, HeapTuple row)
{
	pg_uuid_t	clinic;
	pg_uuid_t	id;
	bool		is_clinic = SPI_fnumber(trigger->tg_relation->rd_att, "clinic_id") <= 0;
	bool		has_clinic = get_uuid(trigger, row, "clinic_id", &clinic);

	if (!has_clinic && !is_clinic && find_clinic(trigger, row, &clinic))
	{
		row = set_uuid(trigger, row, "clinic_id", &clinic);
		has_clinic = true;
	}
	/* without a clinic the NOT NULL constraint of clinic_id refuses the row */
	if (SPI_fnumber(trigger->tg_relation->rd_att, "id") > 0 &&
		!get_uuid(trigger, row, "id", &id))
	{
		qb_new_id(has_clinic ? &clinic : NULL, &id);
		row = set_uuid(trigger, row, "id", &id);
	}
	return row;
}

Datum
quickbook_fill_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = row_trigger(fcinfo);

	return PointerGetDatum(fill_row(trigger, new_row(trigger)));
}

/* The row with the first that is set of two columns in a third, which a writer may have filled in. */
static HeapTuple
fill_either(TriggerData *trigger, HeapTuple row, const char *filled, const char *first, const char *second)
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
	TriggerData *trigger = row_trigger(fcinfo);
	HeapTuple	row = new_row(trigger);

	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		row = fill_row(trigger, row);
	row = fill_either(trigger, row, "owner_id", "appointment_id", "session_id");
	return PointerGetDatum(fill_either(trigger, row, "calendar_id", "provider_id", "patient_id"));
}

Datum
quickbook_check_time_zone(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = row_trigger(fcinfo);
	HeapTuple	row = new_row(trigger);
	TupleDesc	desc = trigger->tg_relation->rd_att;
	Datum		value;
	bool		isnull;
	char	   *name;
	const char *meant;

	value = heap_getattr(row, SPI_fnumber(desc, "time_zone"), desc, &isnull);
	if (isnull)
		return PointerGetDatum(row);
	name = TextDatumGetCString(value);
	if (!qb_zone_is_iana(name, &meant))
		qb_raise(QB_INVALID_ARGUMENT,
				 qb_detail_text(qb_detail_text(qb_detail(), "argument", "time_zone"), "value", name),
				 meant ? psprintf("Write \"%s\".", meant) :
				 "Use a name of pg_timezone_names such as Europe/Berlin; offsets and abbreviations do not know when the clocks change.",
				 "\"%s\" is not the name of an IANA time zone", name);
	return PointerGetDatum(row);
}

/*
 * An AFTER trigger, so that a statement may write several limits that agree in
 * the end.  Writers of one clinic take turns: each could be right alone.
 */
Datum
quickbook_check_limits(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	QbStore		store;
	QbLockSet	lock;
	HeapTuple	row;
	pg_uuid_t	id;
	pg_uuid_t	clinic;
	char	   *period;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("this function is called by an AFTER trigger for each row only")));
	row = new_row(trigger);
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

static char *
text_of(TriggerData *trigger, HeapTuple row, const char *column)
{
	return SPI_getvalue(row, trigger->tg_relation->rd_att, SPI_fnumber(trigger->tg_relation->rd_att, column));
}

/* text may be NULL.  needed: the kinds of messages that the text is for. */
static void
check_text(const char *argument, const char *text, int needed, int *kinds)
{
	char	   *problem = text ? qb_template_problem(text, needed, kinds) : NULL;

	if (problem != NULL)
		qb_raise(QB_INVALID_ARGUMENT, qb_detail_text(qb_detail_text(qb_detail(), "argument", argument), "value", problem),
				 psprintf("There are %s.", qb_template_names(needed)), "%s is no placeholder of %s", problem,
				 needed == QB_TEMPLATE_APPOINTMENT ? "a message on an appointment"
				 : needed == QB_TEMPLATE_ACCOUNT ? "a message to an account" : "such a message");
}

/* Whoever writes a mail with a token may send it anywhere. */
static void
check_writer(const QbStore *store, int kinds)
{
	if (kinds & QB_TEMPLATE_ACCOUNT)
		qb_require_admin(&store->caller, "write messages to accounts");
}

/* The kinds of messages that the rules make of a template. */
static int
uses_of(const pg_uuid_t *template)
{
	QbStore		store;
	char	  **occasions;
	int			kinds = 0;
	int			n;

	qb_store_begin(&store, false);
	n = qb_store_template_occasions(&store, template, &occasions);
	for (int i = 0; i < n; i++)
		kinds |= qb_template_kind(occasions[i]);
	check_writer(&store, kinds);
	qb_store_end(&store);
	return kinds;
}

Datum
quickbook_check_template(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = row_trigger(fcinfo);
	HeapTuple	row = new_row(trigger);
	pg_uuid_t	id;
	int			kinds = QB_TEMPLATE_APPOINTMENT | QB_TEMPLATE_ACCOUNT;
	int			needed = 0;

	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) && get_uuid(trigger, row, "id", &id))
		needed = uses_of(&id);
	check_text("subject", text_of(trigger, row, "subject"), needed, &kinds);
	check_text("body", text_of(trigger, row, "body"), needed, &kinds);
	return PointerGetDatum(row);
}

Datum
quickbook_check_rule(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = row_trigger(fcinfo);
	HeapTuple	row = new_row(trigger);
	char	   *occasion = text_of(trigger, row, "occasion");
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
	qb_store_begin(&store, false);
	check_writer(&store, kind);
	found = qb_store_template(&store, &id, &subject, &body);
	qb_store_end(&store);
	if (found)
	{
		check_text("template_id", subject, kind, &kinds);
		check_text("template_id", body, kind, &kinds);
	}
	return PointerGetDatum(row);
}

Datum
quickbook_schema_version_needed(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(QB_SCHEMA_VERSION);
}

/* An error of the table in errors.c, for the SQL functions that install. */
Datum
quickbook_schema_raise(PG_FUNCTION_ARGS)
{
	qb_raise(qb_error_by_name(qb_arg_text(fcinfo, 0, "error")), NULL, qb_arg_text_or_null(fcinfo, 2, "hint"),
			 "%s", qb_arg_text(fcinfo, 1, "message"));
}

Datum
quickbook_schema_as_owner(PG_FUNCTION_ARGS)
{
	qb_store_run_as_owner(qb_arg_text(fcinfo, 0, "statement"));
	PG_RETURN_VOID();
}
