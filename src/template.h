/*
 * template.h
 *		Message templates: text with {{placeholders}}.
 */
#ifndef QB_TEMPLATE_H
#define QB_TEMPLATE_H

#include "quickbook.h"

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
	QB_NPLACEHOLDERS
} QbPlaceholder;

/* The first placeholder that is not known, or "{{" that is not closed; NULL when all is well. */
extern char *qb_template_problem(const char *text);

/* The names, separated by commas, for hints. */
extern char *qb_template_names(void);

/* Fill in once: what a value contains is not filled in again.  A NULL value is empty. */
extern char *qb_template_fill(const char *text, char *const *values);

/*
 * Date and time of an instant in a zone, as somebody with a locale (BCP 47, or
 * NULL) writes them: numerals only, so that no language is needed.
 */
extern char *qb_template_date(TimestampTz t, const char *zone, const char *locale);
extern char *qb_template_time(TimestampTz t, const char *zone, const char *locale);

#endif							/* QB_TEMPLATE_H */
