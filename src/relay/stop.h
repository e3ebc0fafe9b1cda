/*
 * stop.h
 *		Being asked to stop, and waiting in a way that notices it.
 */
#ifndef RELAY_STOP_H
#define RELAY_STOP_H

#include <stdbool.h>

/* From now on SIGTERM and SIGINT ask to stop; a second one kills as usual. */
extern void stop_install(void);

/* Has somebody asked us to stop? */
extern bool stop_requested(void);

/*
 * Wait until one of the sockets can be read (or, for write_fd, written), the
 * time is over, or we are asked to stop, whatever comes first.  A socket of -1
 * is left out.  True if a socket is ready.
 */
extern bool stop_wait(int read_fd, int other_read_fd, int write_fd, int milliseconds);

/* Milliseconds on a clock that nobody sets. */
extern long long stop_clock(void);

#endif							/* RELAY_STOP_H */
