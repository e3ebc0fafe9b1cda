/*
 * triggers.c
 *		What a trigger function of ours may be attached to.
 */
#include "postgres.h"

#include "base/triggers.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "base/caller.h"

#define PROTOCOL_VIOLATED ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED

TriggerData *
qb_row_trigger(FunctionCallInfo fcinfo, bool before)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event) ||
		(before ? !TRIGGER_FIRED_BEFORE(trigger->tg_event) : !TRIGGER_FIRED_AFTER(trigger->tg_event)))
		ereport(ERROR,
				(errcode(PROTOCOL_VIOLATED),
				 errmsg("this function is called for each row by a trigger %s INSERT or UPDATE only",
						before ? "BEFORE" : "AFTER"),
				 errhint("quickbook.install() puts the triggers on the tables.")));
	if (!qb_is_own_table(trigger->tg_relation))
		ereport(ERROR,
				(errcode(PROTOCOL_VIOLATED),
				 errmsg("table \"%s\" is none of quickbook's", RelationGetRelationName(trigger->tg_relation)),
				 errdetail("It must be in schema quickbook and belong to who owns quickbook.schema_version."),
				 errhint("quickbook.install() puts the triggers on the tables, and quickbook.check_install() tells of tables of another owner.")));
	return trigger;
}

HeapTuple
qb_trigger_row(const TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

int
qb_trigger_column(const TriggerData *trigger, const char *name, Oid type, bool needed)
{
	TupleDesc	desc = trigger->tg_relation->rd_att;
	int			number = SPI_fnumber(desc, name);

	if (number > 0 ? SPI_gettypeid(desc, number) != type : needed)
		ereport(ERROR,
				(errcode(PROTOCOL_VIOLATED),
				 errmsg("table \"%s\" has no column \"%s\" of type %s",
						RelationGetRelationName(trigger->tg_relation), name, format_type_be(type)),
				 errhint("quickbook.check_install() tells what was changed in the tables.")));
	return Max(number, 0);
}
