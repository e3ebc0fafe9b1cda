/*
 * caller.c
 *		Who is calling.
 *
 * Gateways such as PostgREST put the claims of a verified token into the
 * setting request.jwt.claims.  Any SQL session can set it, so it is believed
 * only where a superuser has said so by quickbook.trust_claims, and no further
 * than the database role goes.
 */
#include "postgres.h"

#include "base/caller.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "base/errors.h"

#define CLAIMS "request.jwt.claims"
#define ROLE_PREFIX "quickbook_"

/* In the order of QbCallerKind. */
static const char *const words[] = {"admin", "staff", "provider", "patient", "anon"};

const char *
qb_caller_word(QbCallerKind kind)
{
	return words[kind];
}

QbCallerKind
qb_caller_kind(const char *word)
{
	int			kind = QB_CALLER_ADMIN;

	while (kind <= QB_CALLER_ANON && strcmp(word, words[kind]) != 0)
		kind++;
	return kind;
}

/* ----------
 * What a database role may be
 * ----------
 */

static Oid
owner_in(Oid schema)
{
	Oid			table = OidIsValid(schema) ? get_relname_relid("schema_version", schema) : InvalidOid;
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

Oid
qb_tables_owner(void)
{
	return owner_in(get_namespace_oid("quickbook", true));
}

bool
qb_is_own_table(Relation relation)
{
	Oid			schema = get_namespace_oid("quickbook", true);

	return OidIsValid(schema) && RelationGetNamespace(relation) == schema &&
		relation->rd_rel->relowner == owner_in(schema);
}

/* Superusers count as owners. */
static bool
owns_tables(Oid role)
{
	Oid			owner = qb_tables_owner();

	return superuser_arg(role) || (OidIsValid(owner) && has_privs_of_role(role, owner));
}

/*
 * Nobody tells a role like this which clinic it is of.  Until create_roles() has
 * been run, EXECUTE alone decides who may call what.
 */
static bool
is_unbound(Oid role, bool roles_in_use)
{
	return !roles_in_use || owns_tables(role);
}

static bool
is_of_group(Oid role, const char *word)
{
	Oid			group = get_role_oid(psprintf(ROLE_PREFIX "%s", word), true);

	return OidIsValid(group) && has_privs_of_role(role, group);
}

/* A role of ours that is missing makes nobody more than the others do. */
static QbCallerKind
kind_of_role(Oid role, bool roles_in_use)
{
	QbCallerKind kind = QB_CALLER_ADMIN;

	if (is_unbound(role, roles_in_use))
		return QB_CALLER_ADMIN;
	while (kind < QB_CALLER_ANON && !is_of_group(role, words[kind]))
		kind++;
	return kind;
}

bool
qb_is_relay(const QbCaller *caller)
{
	return is_of_group(caller->role, "relay");
}

/* The claim role: one of our words, or a database role that is in one of our roles. */
static QbCallerKind
kind_of_claim(const char *role, bool roles_in_use)
{
	const char *word = role;
	QbCallerKind kind;
	Oid			named;

	if (role == NULL)
		return QB_CALLER_ANON;
	if (strncmp(role, ROLE_PREFIX, strlen(ROLE_PREFIX)) == 0)
		word += strlen(ROLE_PREFIX);
	kind = qb_caller_kind(word);
	if (kind <= QB_CALLER_ANON)
		return kind;
	named = get_role_oid(role, true);
	return OidIsValid(named) && roles_in_use ? kind_of_role(named, true) : QB_CALLER_ANON;
}

/* ----------
 * Claims
 * ----------
 */

/* A text member of the claims, NULL if it is not there. */
static char *
text_claim(Jsonb *claims, const char *name)
{
	JsonbValue	buffer;
	JsonbValue *value = getKeyJsonValueFromContainer(&claims->root, name, (int) strlen(name), &buffer);

	if (value == NULL || value->type != jbvString)
		return NULL;
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* An id may be absent or null, but not something else: where none is named, all may be meant. */
static bool
uuid_claim(Jsonb *claims, const char *name, pg_uuid_t *id)
{
	JsonbValue	buffer;
	JsonbValue *value = getKeyJsonValueFromContainer(&claims->root, name, (int) strlen(name), &buffer);

	if (value == NULL || value->type == jbvNull)
		return false;
	if (value->type != jbvString)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("no uuid")));
	*id = *DatumGetUUIDP(DirectFunctionCall1(uuid_in, CStringGetDatum(text_claim(claims, name))));
	return true;
}

static QbCaller
parse_claims(const char *text, bool roles_in_use)
{
	Jsonb	   *claims = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
	QbCaller	caller = {.identified = true, .role = GetUserId()};

	if (!JB_ROOT_IS_OBJECT(claims))
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("no JSON object")));
	caller.kind = kind_of_claim(text_claim(claims, "role"), roles_in_use);
	caller.account = text_claim(claims, "sub");
	caller.has_clinic = uuid_claim(claims, "clinic_id", &caller.clinic_id);
	caller.has_provider = uuid_claim(claims, "provider_id", &caller.provider_id);
	caller.has_patient = uuid_claim(claims, "patient_id", &caller.patient_id);
	return caller;
}

/* The caller by claims; whatever is wrong with them is the same error. */
static QbCaller
read_claims(const char *text, bool roles_in_use)
{
	MemoryContext context = CurrentMemoryContext;
	QbCaller	caller;

	PG_TRY();
	{
		caller = parse_claims(text, roles_in_use);
	}
	PG_CATCH();
	{
		int			sqlstate = geterrcode();

		if (ERRCODE_TO_CATEGORY(sqlstate) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		/* what they say is not repeated: claims are personal */
		MemoryContextSwitchTo(context);
		FlushErrorState();
		qb_raise(QB_NOT_ALLOWED, NULL, "Claims are a JSON object; clinic_id, provider_id and patient_id are uuids.",
				 "the claims of the caller cannot be read");
	}
	PG_END_TRY();
	return caller;
}

/* ----------
 * An identity for the transaction
 * ----------
 */

/* One for each call of authenticate() that has not been rolled back. */
typedef struct Identity
{
	QbCaller	caller;
	int			nest_level;
	struct Identity *before;
} Identity;

static Identity *identity = NULL;

void
qb_identity_set(const QbCaller *caller)
{
	Identity   *set = MemoryContextAllocZero(TopTransactionContext, sizeof(Identity));

	set->caller = *caller;
	set->caller.identified = true;
	if (caller->account != NULL)
		set->caller.account = MemoryContextStrdup(TopTransactionContext, caller->account);
	set->nest_level = GetCurrentTransactionNestLevel();
	set->before = identity;
	identity = set;
}

static void
at_transaction_end(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PARALLEL_PRE_COMMIT && event != XACT_EVENT_PRE_PREPARE)
		identity = NULL;
}

static void
at_subtransaction_end(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	int			level = GetCurrentTransactionNestLevel();

	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		while (identity != NULL && identity->nest_level >= level)
			identity = identity->before;
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
	{
		for (Identity *i = identity; i != NULL && i->nest_level >= level; i = i->before)
			i->nest_level = level - 1;
	}
}

void
qb_identity_register(void)
{
	RegisterXactCallback(at_transaction_end, NULL);
	RegisterSubXactCallback(at_subtransaction_end, NULL);
}

/* ----------
 * The caller
 * ----------
 */

/* Somebody of the clinic, but of which? */
static void
check_clinic(const QbCaller *caller, bool roles_in_use)
{
	if (caller->kind <= QB_CALLER_PROVIDER && !caller->has_clinic && !is_unbound(caller->role, roles_in_use))
		qb_raise(QB_NOT_ALLOWED, NULL, "Put clinic_id into the token.",
				 "the claims of %s must name a clinic", caller->kind == QB_CALLER_PROVIDER ? "a provider" : "staff");
}

/*
 * A gateway that passes claims on without being believed is set up wrongly:
 * its staff must not become every clinic's.
 */
static QbCaller
caller_by_role(const char *claims, bool roles_in_use)
{
	QbCaller	caller = {.role = GetUserId()};

	caller.kind = kind_of_role(caller.role, roles_in_use);
	if (claims != NULL && *claims != '\0' && caller.kind <= QB_CALLER_STAFF && !qb_trust_claims &&
		!is_unbound(caller.role, roles_in_use))
		qb_raise(QB_NOT_ALLOWED, NULL, "ALTER ROLE <the gateway's login role> SET quickbook.trust_claims = on;",
				 "there are claims, and quickbook.trust_claims is off");
	/* which provider, which patient? */
	if (caller.kind > QB_CALLER_STAFF)
		caller.kind = QB_CALLER_ANON;
	return caller;
}

QbCaller
qb_caller(bool roles_in_use)
{
	const char *claims = GetConfigOption(CLAIMS, true, false);
	QbCaller	caller;

	if (identity != NULL)
	{
		caller = identity->caller;
		caller.role = GetUserId();
	}
	else if (!qb_trust_claims || claims == NULL || *claims == '\0')
		return caller_by_role(claims, roles_in_use);
	else
	{
		caller = read_claims(claims, roles_in_use);
		caller.kind = Max(caller.kind, kind_of_role(caller.role, roles_in_use));
	}
	check_clinic(&caller, roles_in_use);
	caller.has_provider = caller.has_provider && caller.kind == QB_CALLER_PROVIDER;
	caller.has_patient = caller.has_patient && caller.kind == QB_CALLER_PATIENT;
	return caller;
}
