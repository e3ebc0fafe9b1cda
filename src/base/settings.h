/*
 * settings.h
 *		The settings, and the clock that every rule reads.
 */
#ifndef QB_BASE_SETTINGS_H
#define QB_BASE_SETTINGS_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/uuid.h"

#include "base/sums.h"

/* The version of the tables that this library reads and writes. */
#define QB_SCHEMA_VERSION 2

/* Define them all; called once when the library is loaded. */
extern void qb_settings_define(void);

/* quickbook.error_style */
typedef enum QbErrorStyle
{
	QB_STYLE_SQL,
	QB_STYLE_HTTP
} QbErrorStyle;

extern int	qb_error_style;

/* quickbook.notify */
typedef enum QbNotify
{
	QB_NOTIFY_AUTO,
	QB_NOTIFY_INLINE,
	QB_NOTIFY_WORKER,
	QB_NOTIFY_OFF
} QbNotify;

extern int	qb_notify;

/* quickbook.databases, quickbook.worker_interval (milliseconds) */
extern char *qb_databases;
extern int	qb_worker_interval;

/* quickbook.trust_claims */
extern bool qb_trust_claims;

/* quickbook.search_days */
extern int	qb_search_days;

/* quickbook.max_rows, quickbook.max_rows_patient, quickbook.max_rows_anon */
extern int	qb_max_rows;
extern int	qb_max_rows_patient;
extern int	qb_max_rows_anon;

/* quickbook.password_cost (bcrypt's), quickbook.token_lifetime (seconds) */
extern int	qb_password_cost;
extern int	qb_token_lifetime;

/* quickbook.debug_invalidate */
extern int	qb_debug_invalidate;

/* Part of qb_debug_point(). */
extern void qb_count_debug_point(void);

/*
 * A point at which the server may accept invalidations: opening a relation,
 * looking into a catalog, running somebody's code.  Nothing that the caches own
 * may be used after it that was taken before it; a test has all of it freed here.
 */
static inline void
qb_debug_point(void)
{
	if (unlikely(qb_debug_invalidate > 0))
		qb_count_debug_point();
}

/*
 * statement_timestamp(), or quickbook.now when that is set: the now of every
 * rule.  The same all through a call.
 */
extern TimestampTz qb_now(void);

/* Set a setting of the server for the transaction, or until a GUC nest level ends.  The server's errors. */
extern void qb_set_option(const char *name, const char *value);
extern void qb_set_option_in_level(const char *name, const char *value);

/* An interval without months in microseconds; one that is too long is as long as can be. */
static inline int64
qb_interval_length(const Interval *interval)
{
	return qb_plus(interval->time, qb_times(interval->day, USECS_PER_DAY));
}

#endif							/* QB_BASE_SETTINGS_H */
