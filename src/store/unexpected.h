/*
 * unexpected.h
 *		Errors of tables that are not as install() made them.
 */
#ifndef QB_STORE_UNEXPECTED_H
#define QB_STORE_UNEXPECTED_H

#include "base/compat.h"

/* A trigger kept a row from being written, by INSERT or UPDATE: 09000. */
qb_noreturn extern void qb_raise_left_out(const char *operation, const char *table);

/* A column is null that install() made NOT NULL: 22004.  table may be NULL. */
qb_noreturn extern void qb_raise_null(const char *table, const char *column);

#endif							/* QB_STORE_UNEXPECTED_H */
