/*
 * clinics.h
 *		The tables: which clinics there are, and whose something is.
 */
#ifndef QB_STORE_CLINICS_H
#define QB_STORE_CLINICS_H

#include "store/store.h"

/* The ids of all clinics, or of only one (NULL: all), as a uuid[]. */
extern Datum qb_store_clinics(QbStore *store, const pg_uuid_t *only);

/* Up to max clinics, in no order, into ids; how many? */
extern int	qb_store_some_clinics(QbStore *store, int max, pg_uuid_t *ids);

/* Is there such a clinic? */
extern bool qb_store_clinic_exists(QbStore *store, const pg_uuid_t *id);

/* The clinic of a row of "patient", "service", "provider" or "account"; false: no such row. */
extern bool qb_store_clinic_of(QbStore *store, const char *table, const pg_uuid_t *id, pg_uuid_t *clinic);

/* Is there such a provider, in this clinic? */
extern bool qb_store_provider_exists(QbStore *store, const pg_uuid_t *provider, const pg_uuid_t *clinic);

#endif							/* QB_STORE_CLINICS_H */
