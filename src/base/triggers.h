/*
 * triggers.h
 *		What a trigger function of ours may be attached to.
 *
 * Anybody who may execute one can hang it on a table of their own, with columns
 * of any type; it acts with the rights of the tables' owner, and would read
 * what it is given as text.  Errors: 39P01.
 */
#ifndef QB_BASE_TRIGGERS_H
#define QB_BASE_TRIGGERS_H

#include "access/htup.h"
#include "commands/trigger.h"
#include "fmgr.h"

#include "base/settings.h"

/* What the server tells a row trigger of a table of ours, BEFORE or else AFTER, INSERT or UPDATE. */
extern TriggerData *qb_row_trigger(FunctionCallInfo fcinfo, bool before);

/* The row as it is to be; the server's. */
extern HeapTuple qb_trigger_row(const TriggerData *trigger);

/* The number of a column, which has a type; 0 where there is none and it is not needed. */
extern int	qb_trigger_column(const TriggerData *trigger, const char *name, Oid type, bool needed);

#endif							/* QB_BASE_TRIGGERS_H */
