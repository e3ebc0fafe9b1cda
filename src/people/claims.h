/*
 * claims.h
 *		Reading a JWT: its parts, its header, its claims.  Nothing here raises
 *		an error about what a token says: it is right or it is not.
 */
#ifndef QB_PEOPLE_CLAIMS_H
#define QB_PEOPLE_CLAIMS_H

#include "base/settings.h"

/* A longer text is no token of ours. */
#define QB_LONGEST_TOKEN 8192

/* A token taken apart; the texts end with a NUL. */
typedef struct QbJwt
{
	int			signed_length;	/* of header, dot and payload in the token */
	char	   *header;
	char	   *payload;
	uint8		mac[32];
} QbJwt;

typedef struct QbClaims
{
	char	   *sub;
	char	   *role;
	bool		has_clinic;
	pg_uuid_t	clinic_id;
	bool		has_patient;
	pg_uuid_t	patient_id;
	bool		has_provider;
	pg_uuid_t	provider_id;
	int64		iat;			/* seconds since 1970 */
	int64		exp;
} QbClaims;

/* Take a token apart; false for what has not the form of one.  Its texts are palloc'd. */
extern bool qb_jwt_split(const char *token, int length, QbJwt *jwt);

/* The kid of a header, palloc'd; NULL unless the header is one of HS256. */
extern char *qb_jwt_kid(const char *header);

/*
 * False unless the payload holds claims that are valid at an instant (seconds
 * since 1970).  Their texts are palloc'd.
 */
extern bool qb_jwt_claims(const char *payload, int64 now, QbClaims *claims);

/* False for what is no uuid. */
extern bool qb_parse_uuid(const char *text, pg_uuid_t *id);

#endif							/* QB_PEOPLE_CLAIMS_H */
