/*
 * create.c
 *		Making appointments: booking and holding, once for each idempotency key.
 */
#include "postgres.h"

#include "booking/create.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/ids.h"
#include "base/locks.h"
#include "base/secrets.h"
#include "base/shared.h"
#include "time/zone.h"
#include "store/model.h"
#include "store/row.h"
#include "store/schedules.h"
#include "store/status.h"
#include "events/log.h"
#include "people/access.h"
#include "rules/hold_caps.h"
#include "rules/rules.h"
#include "rules/schedule.h"
#include "rules/search.h"
#include "booking/booking.h"
#include "booking/claim.h"

/* The name of an account is written into the scope of a key; one that is longer, by its hash. */
#define LONGEST_ACCOUNT 200

/* 128 bits in base64url: what makes a key as good as the token that repeating it gives. */
#define SHORTEST_SHARED_KEY 22

/* The arguments as text, to tell a repeated request from another one. */
static char *
request_text(const QbRequest *r)
{
	Jsonb	   *details = r->has_details ? DatumGetJsonbP(r->details) : NULL;

	return psprintf("%s|%s|%s|%s|" INT64_FORMAT "|%d|%s|%s",
					r->hold ? psprintf("hold " INT64_FORMAT, r->hold_for) : "create",
					r->patient ? qb_uuid_text(r->patient) : "", r->provider ? qb_uuid_text(r->provider) : "",
					qb_uuid_text(r->service), r->start, r->aside,
					details ? JsonbToCString(NULL, &details->root, VARSIZE(details)) : "",
					r->notes ? r->notes : "");
}

/* Is the caller's key one of many who cannot be told apart? */
static bool
shares_keys(const QbCaller *caller)
{
	return caller->kind == QB_CALLER_ANON ||
		(caller->kind == QB_CALLER_PATIENT && caller->account == NULL && !caller->has_patient);
}

/* Whose key it is: the account's, else the patient's, else the database role's. */
static char *
key_scope(const QbCaller *caller)
{
	uint8		hash[QB_SHA256_LENGTH];

	if (caller->account != NULL && strlen(caller->account) <= LONGEST_ACCOUNT)
		return psprintf("account %s", caller->account);
	if (caller->account != NULL)
	{
		qb_sha256(caller->account, (int) strlen(caller->account), hash);
		return psprintf("account %s", qb_base64url(hash, sizeof(hash)));
	}
	if (caller->has_patient)
		return psprintf("patient %s", qb_uuid_text(&caller->patient_id));
	return psprintf("role %s", GetUserNameFromId(caller->role, false));
}

/*
 * The appointment that the caller's key made before, after its lock was taken.
 * Where a key of 0.1.0, which was the clinic's, made another one, that is a
 * conflict only for who may see it.
 */
static QbAppointment *
made_before(QbSearch *search, const QbRequest *r, const QbKey *key)
{
	QbLockSet	lock;
	QbAppointment *appointment;
	StringInfoData name;
	QbKeyMatch	match;

	if (r->patient == NULL && shares_keys(&search->store->caller) && pg_mbstrlen(r->key) < SHORTEST_SHARED_KEY)
		qb_raise_argument("idempotency_key", "the key of a hold for nobody must have at least %d characters, random ones:"
						  " whoever repeats it is given the hold", SHORTEST_SHARED_KEY);
	initStringInfo(&name);
	appendBinaryStringInfo(&name, (const char *) search->service->clinic_id.data, UUID_LEN);
	/* its end, too, is part of the name */
	appendBinaryStringInfo(&name, key->scope, (int) strlen(key->scope) + 1);
	appendStringInfoString(&name, key->key);
	qb_locks_init(&lock);
	qb_locks_add(&lock, QB_LOCK_KEY, name.data, name.len);
	/* what was read before may have changed */
	if (qb_locks_acquire(&lock))
		qb_search_reopen(search);

	appointment = qb_store_appointment_by_key(search->store, &search->service->clinic_id, key, &match);
	if (appointment == NULL || match.same_request)
		return appointment;
	if (match.of_clinic && !qb_sees_appointment(search->store, appointment))
		return NULL;
	qb_raise(QB_IDEMPOTENCY_CONFLICT,
			 qb_detail_text(qb_detail(), "idempotency_key", r->key), NULL,
			 "the key \"%s\" was used for another request", r->key);
}

/* 128 random bits in hex. */
static char *
random_token(void)
{
	unsigned char bytes[16];
	char	   *token = palloc(2 * sizeof(bytes) + 1);

	qb_random_bytes(bytes, sizeof(bytes));
	hex_encode((const char *) bytes, sizeof(bytes), token);
	token[2 * sizeof(bytes)] = '\0';
	return token;
}

/* How long the hold lasts; patients cannot ask for more than the service gives. */
static int64
hold_length(const QbCaller *caller, const QbService *s, const QbRequest *r)
{
	if (r->hold_for < 0)
		return s->hold_for;
	if (qb_is_bound(caller) && r->hold_for > s->hold_for)
		qb_raise(QB_POLICY_REFUSED, qb_detail_text(qb_detail(), "argument", "hold_for"),
				 "Leave hold_for out.", "a hold of the service \"%s\" lasts " INT64_FORMAT " seconds at most",
				 s->name, s->hold_for / USECS_PER_SEC);
	return r->hold_for;
}

/* The row of a request for the time and the lead that were chosen. */
static QbAppointment *
new_appointment(const QbSearch *search, const QbRequest *r, const QbChoice *choice)
{
	const QbService *s = search->service;
	QbAppointment *a = qb_new_row();
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));

	qb_new_id(&s->clinic_id, id);
	qb_set_uuid(a, QB_A_ID, id);
	qb_set_uuid(a, QB_A_CLINIC_ID, &s->clinic_id);
	qb_set_uuid(a, QB_A_PATIENT_ID, r->patient);
	qb_set_uuid(a, QB_A_SERVICE_ID, &s->id);
	qb_set_uuid(a, QB_A_PROVIDER_ID, &choice->lead->provider->calendar.id);
	qb_set_status(a, r->hold ? QB_HELD : s->requires_approval && !(r->aside & QB_ASIDE_POLICY) ? QB_PENDING : QB_BOOKED);
	qb_set_times(a, choice->start, choice->end);
	if (r->hold)
	{
		qb_set_datum(a, QB_A_EXPIRES_AT,
					 TimestampTzGetDatum(qb_plus(search->now, hold_length(&search->store->caller, s, r))));
		qb_set_text(a, QB_A_HOLD_TOKEN, r->patient ? NULL : random_token());
	}
	qb_set_datum(a, QB_A_UPDATED_AT, TimestampTzGetDatum(search->now));
	qb_set_text(a, QB_A_IDEMPOTENCY_KEY, r->key);
	qb_set_text(a, QB_A_NOTES, r->notes);
	if (r->has_details)
		qb_set_datum(a, QB_A_DETAILS, r->details);
	return a;
}

QbAppointment *
qb_create(QbStore *store, const QbRequest *r)
{
	QbSearch   *search = qb_search_open(store, r->service, r->provider, r->patient);
	QbKey		key = {r->key, NULL, NULL};
	QbAppointment *appointment;
	QbClaim		claim = {.choice = qb_choice_at(r->start)};

	qb_access_booking(&store->caller, search->service, r->patient, r->provider, r->hold);
	if (store->caller.kind == QB_CALLER_ANON && (r->notes || r->has_details))
		qb_raise(QB_NOT_ALLOWED, NULL, "Give them to update_appointment() when it is confirmed.",
				 "who is not signed in holds without notes and details");
	if (r->key)
	{
		key.scope = key_scope(&store->caller);
		key.request = request_text(r);
		appointment = made_before(search, r, &key);
		if (appointment != NULL)
			return appointment;
	}
	qb_check_start(r->start);
	qb_check_policy(search, r->provider);
	search->aside = r->aside;
	qb_claim(search, &claim);

	appointment = new_appointment(search, r, &claim.choice);
	qb_make_way(search, &claim, NULL, appointment);
	if (r->hold)
		qb_hold_caps_check(search);
	appointment = qb_store_insert_appointment(store, appointment, &key);
	qb_take_time(search, &claim, appointment);
	qb_event_append(store, qb_event_of(appointment->status), appointment, NULL, r->aside);
	qb_count(r->hold ? QB_COUNT_HOLDS : QB_COUNT_BOOKINGS, 1);
	return appointment;
}

/* ----------
 * Local times
 * ----------
 */

/* The instant of a local date and time that happens exactly once. */
static int64
instant_of(const char *zone_name, DateADT date, TimeADT time)
{
	QbZone	   *zone = qb_zone_load(zone_name, "time_zone", qb_midnight(date - 3), qb_midnight(date + 4));
	QbLocalKind kind;
	int64		start = qb_local_to_instant(zone, qb_midnight(date) + time, &kind);
	char	   *local;

	if (kind == QB_LOCAL_UNIQUE)
		return start;
	local = TextDatumGetCString(DirectFunctionCall2(timestamp_to_char,
													TimestampGetDatum(qb_midnight(date) + time),
													CStringGetTextDatum("YYYY-MM-DD HH24:MI:SS")));
	qb_raise(QB_INVALID_ARGUMENT,
			 qb_detail_text(qb_detail_text(qb_detail_text(qb_detail(), "argument", "local_time"),
										   "local", local), "time_zone", zone_name),
			 kind == QB_LOCAL_AMBIGUOUS
			 ? "Say which of the two by quickbook.create_appointment() with a timestamptz."
			 : "The clocks are put forward over it: choose another time.",
			 kind == QB_LOCAL_AMBIGUOUS
			 ? "the local time %s is ambiguous: it happens twice in %s"
			 : "the local time %s does not exist in %s", local, zone_name);
}

/* The zone in which a provider's local times are read on a date. */
static const char *
zone_on_date(QbStore *store, const pg_uuid_t *service, const pg_uuid_t *provider, DateADT date)
{
	QbSearch   *search = qb_search_open(store, service, provider, NULL);
	QbProvider *p;

	if (provider == NULL || search->nleads == 0)
		return search->service->clinic_zone;
	p = search->leads[0].provider;
	qb_load_schedules(store, search->service, &p, 1, &(QbDates) {date, date, date, date});
	return qb_schedule_zone_name(p, date);
}

int64
qb_local_start(QbStore *store, const QbRequest *r, DateADT date, TimeADT time)
{
	return instant_of(zone_on_date(store, r->service, r->provider, date), date, time);
}
