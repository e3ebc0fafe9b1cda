/*
 * compat.h
 *		What differs between versions of the server.  This header and the other
 *		two are the only ones that test PG_VERSION_NUM: base/compat_json.h, and
 *		store/compat_executor.h.
 *
 * Each shim names the server version from which on it can be deleted.
 */
#ifndef QB_BASE_COMPAT_H
#define QB_BASE_COMPAT_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/datetime.h"
#include "utils/guc.h"

#if PG_VERSION_NUM < 150000
#error "quickbook needs PostgreSQL 15 or newer"
#endif

/* 16: varlena macros moved to a header of their own */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18: module magic carries a name and a version */
#if PG_VERSION_NUM >= 180000
#define QB_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "quickbook", .version = QB_VERSION)
#else
#define QB_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 18: pg_noreturn stands before a declaration */
#if PG_VERSION_NUM >= 180000
#define qb_noreturn pg_noreturn
#else
#define qb_noreturn pg_attribute_noreturn()
#endif

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

#endif							/* QB_BASE_COMPAT_H */
