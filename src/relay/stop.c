/*
 * stop.c
 *		Being asked to stop, and waiting in a way that notices it.
 *
 * The signal writes into a pipe that every wait looks at, so that a signal
 * between the test of the flag and the wait is not lost.
 */
#include "relay/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t requested = 0;
static int	wake_pipe[2] = {-1, -1};

static void
on_signal(int signal_number)
{
	int			saved = errno;

	(void) signal_number;
	requested = 1;
	if (write(wake_pipe[1], "x", 1) < 0)
		requested = 1;			/* full: then it wakes anyway */
	errno = saved;
}

void
stop_install(void)
{
	struct sigaction action;

	if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
	{
		perror("quickbook-relay: pipe");
		exit(1);
	}
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = SA_RESTART | (int) SA_RESETHAND;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	/* a peer that went away is an error of the write, not of the program */
	action.sa_handler = SIG_IGN;
	action.sa_flags = 0;
	sigaction(SIGPIPE, &action, NULL);
}

bool
stop_requested(void)
{
	return requested != 0;
}

bool
stop_wait(int read_fd, int other_read_fd, int write_fd, int milliseconds)
{
	struct pollfd fds[4] = {
		{.fd = read_fd, .events = POLLIN},
		{.fd = other_read_fd, .events = POLLIN},
		{.fd = write_fd, .events = POLLOUT},
		{.fd = requested ? -1 : wake_pipe[0], .events = POLLIN},
	};
	int			ready = poll(fds, 4, milliseconds < 0 ? 0 : milliseconds);

	return ready > 0 && (fds[0].revents != 0 || fds[1].revents != 0 || fds[2].revents != 0);
}

long long
stop_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
