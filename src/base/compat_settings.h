/*
 * compat_settings.h
 *		What differs between versions in the settings of the server.  Apart from
 *		compat.h, since the headers that it needs are large.
 */
#ifndef QB_BASE_COMPAT_SETTINGS_H
#define QB_BASE_COMPAT_SETTINGS_H

#include "postgres.h"

#include "utils/datetime.h"
#include "utils/guc.h"

/* 16: DecodeDateTime() got an argument for details of an error */
static inline int
qb_decode_datetime(char **field, int *ftype, int nf, int *dtype,
				   struct pg_tm *tm, fsec_t *fsec, int *tz)
{
#if PG_VERSION_NUM >= 160000
	DateTimeErrorExtra extra;

	return DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tz, &extra);
#else
	return DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tz);
#endif
}

/* 16: what check hooks put into *extra lies in a memory context, not malloc's */
static inline void *
qb_guc_alloc(size_t size)
{
#if PG_VERSION_NUM >= 160000
	return guc_malloc(LOG, size);
#else
	return malloc(size);
#endif
}

#endif							/* QB_BASE_COMPAT_SETTINGS_H */
