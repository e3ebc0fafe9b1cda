/*
 * configuration.h
 *		The tables: services, providers and who may serve.
 */
#ifndef QB_STORE_CONFIGURATION_H
#define QB_STORE_CONFIGURATION_H

#include "store/appointments.h"
#include "store/model.h"
#include "store/store.h"

/* A service, with what it needs to know of its clinic; NULL: there is none. */
extern QbService *qb_store_service(QbStore *store, const pg_uuid_t *id);

/* That of an appointment.  Errors: not_found, if somebody has deleted it in spite of the foreign key. */
extern QbService *qb_store_service_of(QbStore *store, const QbAppointment *appointment);

/* Is there such a patient in a clinic? */
extern bool qb_store_has_patient(QbStore *store, const pg_uuid_t *clinic, const pg_uuid_t *patient);

/* A provider, with nothing of its calendar loaded.  Errors: not_found. */
extern QbProvider *qb_store_provider(QbStore *store, const pg_uuid_t *provider);

/* One of n providers, which are sorted by id; NULL if it is not there. */
extern QbProvider *qb_provider_by_id(const pg_uuid_t *id, QbProvider **providers, int n);

/* The roles of a service and who may fill each; with lead (or NULL) other leads may be left out. */
extern QbTeam *qb_store_team(QbStore *store, const QbService *service, const pg_uuid_t *lead);

#endif							/* QB_STORE_CONFIGURATION_H */
