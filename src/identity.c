/*
 * identity.c
 *		Who is calling.
 *
 * Gateways such as PostgREST put the claims of a verified token into the
 * setting request.jwt.claims.  Any SQL session can set it, so it is believed
 * only where a superuser has said so by quickbook.trust_claims.
 */
#include "postgres.h"

#include "identity.h"

#include "compat.h"
#include "errors.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/uuid.h"

#define CLAIMS "request.jwt.claims"

/* The words of the claim role, in the order of QbCallerKind. */
static const char *const words[] = {"staff", "provider", "patient", "anon"};

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

static QbCallerKind
kind_of(const char *role)
{
	if (role == NULL)
		return QB_CALLER_ANON;
	if (strncmp(role, "quickbook_", strlen("quickbook_")) == 0)
		role += strlen("quickbook_");
	if (strcmp(role, "admin") == 0)
		return QB_CALLER_STAFF;
	for (int i = 0; i < (int) lengthof(words); i++)
	{
		if (strcmp(role, words[i]) == 0)
			return i;
	}
	return QB_CALLER_ANON;
}

QbCaller
qb_caller(void)
{
	QbCaller	caller = {.kind = QB_CALLER_STAFF};
	const char *setting = qb_trust_claims ? GetConfigOption(CLAIMS, true, false) : NULL;
	Jsonb	   *claims;
	char	   *patient;

	if (setting == NULL || *setting == '\0')
		return caller;
	claims = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(setting)));
	if (!JB_ROOT_IS_OBJECT(claims))
		qb_raise(QB_NOT_ALLOWED, NULL, NULL, "%s is no JSON object", CLAIMS);
	caller.kind = kind_of(text_claim(claims, "role"));
	caller.account = text_claim(claims, "sub");
	patient = text_claim(claims, "patient_id");
	if (patient != NULL)
	{
		caller.has_patient = true;
		caller.patient_id = *DatumGetUUIDP(DirectFunctionCall1(uuid_in, CStringGetDatum(patient)));
	}
	return caller;
}

const char *
qb_caller_word(const QbCaller *caller)
{
	return words[caller->kind == QB_CALLER_ANON ? QB_CALLER_PATIENT : caller->kind];
}

void
qb_require_staff(const char *what)
{
	QbCaller	caller = qb_caller();

	if (qb_is_bound(&caller))
		qb_raise(QB_NOT_ALLOWED, NULL, "Ask the clinic.", "only staff may %s", what);
}
