/*
 * log.c
 *		The durable log of what happened.
 */
#include "postgres.h"

#include "events/log.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "base/aside.h"
#include "base/caller.h"
#include "base/compat_json.h"
#include "base/errors.h"
#include "base/ids.h"
#include "store/events.h"
#include "events/announce.h"

/* The token of a hold is a secret of who holds. */
static bool
is_told(QbAppointmentColumn column)
{
	return column != QB_A_HOLD_TOKEN;
}

/* ----------
 * Building JSON
 * ----------
 */

static void
push_string(QbJson *json, JsonbIteratorToken what, const char *string, int length)
{
	JsonbValue	v = {.type = jbvString};

	v.val.string.val = unconstify(char *, string);
	v.val.string.len = length;
	qb_push_json(json, what, &v);
}

static void
push_key(QbJson *json, const char *key)
{
	push_string(json, WJB_KEY, key, (int) strlen(key));
}

/* The value of a key; NULL is null. */
static void
push_text(QbJson *json, const char *text)
{
	if (text != NULL)
		push_string(json, WJB_VALUE, text, (int) strlen(text));
	else
		qb_push_json(json, WJB_VALUE, &(JsonbValue) {.type = jbvNull});
}

/* A column's name and its value, as jsonb has it. */
static void
push_column(QbJson *json, const QbAppointment *a, int i)
{
	Datum		value = a->values[i];
	JsonbValue	v;

	push_key(json, qb_store_appointment_column(i));
	if (a->nulls[i])
	{
		push_text(json, NULL);
		return;
	}
	switch (qb_store_appointment_type(i))
	{
		case UUIDOID:
			push_text(json, qb_uuid_text(DatumGetUUIDP(value)));
			return;
		case TEXTOID:
			push_text(json, TextDatumGetCString(value));
			return;
		case TIMESTAMPTZOID:
			push_text(json, qb_time_text(DatumGetTimestampTz(value)));
			return;
		case INT4OID:
			v.type = jbvNumeric;
			v.val.numeric = int64_to_numeric(DatumGetInt32(value));
			break;
		case BOOLOID:
			v.type = jbvBool;
			v.val.boolean = DatumGetBool(value);
			break;
		case JSONBOID:
			{
				Jsonb	   *jb = DatumGetJsonbP(value);

				v.type = jbvBinary;
				v.val.binary.data = &jb->root;
				v.val.binary.len = (int) VARSIZE(jb) - VARHDRSZ;
				break;
			}
		default:
			elog(ERROR, "no JSON for type %u", qb_store_appointment_type(i));
	}
	qb_push_json(json, WJB_VALUE, &v);
}

static bool
column_differs(const QbAppointment *a, const QbAppointment *b, int i)
{
	if (a->nulls[i] || b->nulls[i])
		return a->nulls[i] != b->nulls[i];
	switch (qb_store_appointment_type(i))
	{
		case UUIDOID:
			return !qb_uuid_equal(DatumGetUUIDP(a->values[i]), DatumGetUUIDP(b->values[i]));
		case TEXTOID:
		case JSONBOID:
			return !datum_image_eq(a->values[i], b->values[i], false, -1);
		default:
			return a->values[i] != b->values[i];
	}
}

/* The old values of the columns that changed. */
static void
push_changes(QbJson *json, const QbAppointment *after, const QbAppointment *before)
{
	push_key(json, "changed");
	qb_push_json(json, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; before != NULL && i < QB_A_NCOLUMNS; i++)
	{
		if (is_told(i) && i != QB_A_VERSION && i != QB_A_UPDATED_AT && column_differs(after, before, i))
			push_column(json, before, i);
	}
	qb_push_json(json, WJB_END_OBJECT, NULL);
}

/* Who did it: the account, if known, and the database role. */
static void
push_actor(QbJson *json, const QbStore *store)
{
	push_key(json, "actor");
	qb_push_json(json, WJB_BEGIN_OBJECT, NULL);
	push_key(json, "account");
	push_text(json, store->caller.account);
	push_key(json, "role");
	push_text(json, GetUserNameFromId(store->saved_user, false));
	qb_push_json(json, WJB_END_OBJECT, NULL);
}

/* The rules that were set aside. */
static void
push_override(QbJson *json, int aside)
{
	push_key(json, "override");
	qb_push_json(json, WJB_BEGIN_ARRAY, NULL);
	for (int flag = 1; qb_aside_name(flag) != NULL; flag <<= 1)
	{
		if (aside & flag)
			push_string(json, WJB_ELEM, qb_aside_name(flag), (int) strlen(qb_aside_name(flag)));
	}
	qb_push_json(json, WJB_END_ARRAY, NULL);
}

static Datum
event_data(QbStore *store, const QbAppointment *after, const QbAppointment *before, int aside)
{
	QbJson		json = {0};

	qb_push_json(&json, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < QB_A_NCOLUMNS; i++)
	{
		if (is_told(i))
			push_column(&json, after, i);
	}
	push_changes(&json, after, before);
	push_actor(&json, store);
	if (aside != 0)
		push_override(&json, aside);
	qb_push_json(&json, WJB_END_OBJECT, NULL);
	return JsonbPGetDatum(JsonbValueToJsonb(json.result));
}

/* The words are those of the statuses today; listeners rely on these. */
const char *
qb_event_of(QbStatus status)
{
	static const char *const words[] = {
		[QB_HELD] = "held", [QB_PENDING] = "pending", [QB_BOOKED] = "booked", [QB_ARRIVED] = "arrived",
		[QB_CHECKED_IN] = "checked-in", [QB_FULFILLED] = "fulfilled", [QB_CANCELLED] = "cancelled",
		[QB_NOSHOW] = "noshow", [QB_ENTERED_IN_ERROR] = "entered-in-error", [QB_NSTATUSES] = "updated"
	};

	return words[status];
}

void
qb_event_append(QbStore *store, const char *what, const QbAppointment *after, const QbAppointment *before,
				int aside)
{
	char	   *type = psprintf("appointment.%s", what);
	pg_uuid_t	id;

	qb_new_id(&after->clinic_id, &id);
	qb_store_insert_event(store, &id, type, after, qb_now(), event_data(store, after, before, aside));
	qb_event_appended(&(QbEventName) {id, type, after->id, after->clinic_id});
}
