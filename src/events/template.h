/*
 * template.h
 *		Message templates: text with {{placeholders}}.
 */
#ifndef QB_EVENTS_TEMPLATE_H
#define QB_EVENTS_TEMPLATE_H

#include "base/settings.h"

typedef enum QbPlaceholder
{
	QB_PH_PATIENT_NAME,
	QB_PH_CLINIC_NAME,
	QB_PH_SERVICE_NAME,
	QB_PH_PROVIDER_NAME,
	QB_PH_DATE,
	QB_PH_TIME,
	QB_PH_END_TIME,
	QB_PH_TIME_ZONE,
	QB_PH_STATUS,
	QB_PH_CANCEL_REASON,
	QB_PH_APPOINTMENT_ID,
	QB_PH_TOKEN,
	QB_PH_EMAIL,
	QB_NPLACEHOLDERS
} QbPlaceholder;

/* What messages are about, and so which placeholders have values: one or both. */
#define QB_TEMPLATE_APPOINTMENT 1
#define QB_TEMPLATE_ACCOUNT 2

/* What a message on an occasion of reminder_rule is about: one of these. */
extern int	qb_template_kind(const char *occasion);

/*
 * Raise invalid_argument, for an argument, if a text (NULL: none) has a
 * placeholder that is not known or has no value in one of the kinds that are
 * needed, or one that is not closed.  *kinds is narrowed to those in which all
 * have values, and must not become empty.
 */
extern void qb_template_check(const char *argument, const char *text, int needed, int *kinds);

/* What these return is palloc'd; none raises an error of ours. */

/* Fill in once: what a value contains is not filled in again.  A NULL value is empty. */
extern char *qb_template_fill(const char *text, char *const *values);

/* The same for a subject: one line, whatever the values contain. */
extern char *qb_template_fill_subject(const char *text, char *const *values);

/*
 * Date and time of an instant in a zone, as somebody with a locale (BCP 47, or
 * NULL) writes them: numerals only, so that no language is needed.
 */
extern char *qb_template_date(TimestampTz t, const char *zone, const char *locale);
extern char *qb_template_time(TimestampTz t, const char *zone, const char *locale);

#endif							/* QB_EVENTS_TEMPLATE_H */
