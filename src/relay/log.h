/*
 * log.h
 *		Lines on stderr, a line each, and URLs without their secrets.
 */
#ifndef RELAY_LOG_H
#define RELAY_LOG_H

#include <stddef.h>

/* A line: the time, then the text.  Control characters become blanks, so that nobody can forge one. */
extern void log_line(const char *format,...) __attribute__((format(printf, 1, 2)));

/* Scheme, host and port of a URL: users, passwords, paths and queries may be secret. */
extern const char *log_url(const char *url, char *buffer, size_t size);

#endif							/* RELAY_LOG_H */
