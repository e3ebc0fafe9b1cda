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

#endif							/* QB_BASE_COMPAT_H */
