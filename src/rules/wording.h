/*
 * wording.h
 *		Times and dates as people read them, on a provider's wall clock, whose
 *		zones must be loaded.  Texts are palloc'd.
 */
#ifndef QB_RULES_WORDING_H
#define QB_RULES_WORDING_H

#include "store/model.h"

/* "2 March 2026 10:00-10:30 (Europe/Berlin)" */
extern char *qb_word_time(const QbProvider *provider, int64 start, int64 end);

/* "Mon 2 March 2026" */
extern char *qb_word_date(DateADT date);

/* "10:00"; with the date in front if that is not the given one. */
extern char *qb_word_clock(const QbProvider *provider, int64 instant, DateADT date);

/* "15 min", "3 days 2 h" */
extern char *qb_word_length(int64 length);

/* The name of the provider's zone, which is not palloc'd, on an instant's date. */
extern const char *qb_word_zone(const QbProvider *provider, int64 instant);

#endif							/* QB_RULES_WORDING_H */
