/*
 * access.h
 *		What a caller may see and touch.  Each function raises not_allowed, and
 *		locks nothing.
 *
 * Staff: their clinic.  A provider: the own calendar.  A patient: the own
 * appointments.  Who is not signed in: slots, and holds where the clinic says so.
 */
#ifndef QB_PEOPLE_ACCESS_H
#define QB_PEOPLE_ACCESS_H

#include "base/caller.h"
#include "store/appointments.h"
#include "store/model.h"
#include "store/store.h"

/* Only staff and providers; what is "decline an appointment". */
extern void qb_require_staff(const QbCaller *caller, const char *what);

/*
 * What concerns every clinic: the event log, messages, maintenance.  For staff
 * of all clinics and members of quickbook_relay; not for who has an identity of
 * one clinic, or of none.
 */
extern void qb_require_operator(const QbCaller *caller, const char *what);

/* Only admins. */
extern void qb_require_admin(const QbCaller *caller, const char *what);

/*
 * Only who has the rights of the tables' owner, whatever was granted, and no
 * admin of one clinic.  Between qb_store_begin() and qb_store_end().
 */
extern void qb_require_owner(const QbStore *store, const char *what);

/* A row of a clinic; what is "service", say. */
extern void qb_access_clinic(const QbCaller *caller, const char *what, const pg_uuid_t *clinic);

/* To search for a patient, or for nobody (NULL). */
extern void qb_access_search(const QbCaller *caller, const QbService *service, const pg_uuid_t *patient);

/* To book or hold for a patient (NULL: nobody yet) with a provider (NULL: any). */
extern void qb_access_booking(const QbCaller *caller, const QbService *service, const pg_uuid_t *patient,
							  const pg_uuid_t *provider, bool hold);

/* Whether the appointment is the caller's; raises nothing.  Who has a QbStore is between its begin and end. */
extern bool qb_sees_appointment(QbStore *store, const QbAppointment *appointment);

/* An appointment of the caller's.  A hold without patient is any patient's to confirm, by its token. */
extern void qb_access_appointment(QbStore *store, const QbAppointment *appointment, bool confirms);

/* To give an appointment to another provider (NULL: it stays). */
extern void qb_access_new_provider(const QbCaller *caller, const pg_uuid_t *provider);

/* A provider's calendar: to look at without names, or all of it. */
extern void qb_access_calendar(QbStore *store, const pg_uuid_t *provider, bool all);

/* Narrow a list to what the caller may see; the filter then points into *caller. */
extern void qb_access_list(const QbCaller *caller, QbAppointmentFilter *filter);

#endif							/* QB_PEOPLE_ACCESS_H */
