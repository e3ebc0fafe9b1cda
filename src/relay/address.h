/*
 * address.h
 *		Mail addresses that are not plain ASCII.
 */
#ifndef RELAY_ADDRESS_H
#define RELAY_ADDRESS_H

#include <stdbool.h>

/*
 * libcurl reads a domain in the encoding of the process's locale, and ours is
 * UTF-8 whatever the environment says.
 */
extern void address_set_locale(void);

/* Is all of it ASCII, so that any server takes it as it is? */
extern bool address_is_ascii(const char *address);

/* Is the part before the @ ASCII?  If not, only a server with SMTPUTF8 takes it. */
extern bool address_has_ascii_local_part(const char *address);

/* The address with its domain in ASCII, malloc'ed; NULL if there is no such domain. */
extern char *address_with_ascii_domain(const char *address);

#endif							/* RELAY_ADDRESS_H */
