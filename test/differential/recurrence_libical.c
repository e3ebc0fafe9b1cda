/*
 * recurrence_libical.c
 *		Answers the lines of test/t/recurrence.t, as recurrence.c does, by libical;
 *		with "crash" or "timeout" where libical ends so.
 */
#include <libical/ical.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void
answer(const char *text, const char *start, int from, int to)
{
	struct icalrecurrencetype rule = icalrecurrencetype_from_string(text);
	icalrecur_iterator *iterator = NULL;
	const char *space = "";

	if (rule.freq != ICAL_NO_RECURRENCE)
		iterator = icalrecur_iterator_new(rule, icaltime_from_string(start));
	if (!iterator)
	{
		printf("error %s\n", icalerror_strerror(icalerrno));
		return;
	}
	for (;;)
	{
		struct icaltimetype time = icalrecur_iterator_next(iterator);
		int			date = time.year * 10000 + time.month * 100 + time.day;

		if (icaltime_is_null_time(time) || date > to)
			break;
		if (date < from)
			continue;
		printf("%s%08d", space, date);
		space = " ";
	}
	putchar('\n');
	icalrecur_iterator_free(iterator);
}

/* Answers from line *at on, which is moved on, in a process that may end at any time. */
static void
answer_from(char **lines, int n, volatile int *at)
{
	for (; *at < n; ++*at)
	{
		char		text[4000];
		char		start[20];
		int			from;
		int			to;

		if (sscanf(lines[*at], "%3999s %19s %d %d", text, start, &from, &to) != 4)
			exit(1);
		setitimer(ITIMER_VIRTUAL, &(struct itimerval) {.it_value = {.tv_usec = 300000}}, NULL);
		answer(text, start, from, to);
		fflush(stdout);
	}
	_exit(0);
}

int
main(void)
{
	volatile int *at = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char	   *line = NULL;
	size_t		size = 0;
	char	  **lines = NULL;
	int			n = 0;

	icalerror_set_errors_are_fatal(0);
	while (getline(&line, &size, stdin) > 0)
	{
		lines = realloc(lines, (n + 1) * sizeof(char *));
		lines[n++] = line;
		line = NULL;
	}
	for (*at = 0; *at < n; ++*at)
	{
		int			status;
		pid_t		child = fork();

		if (child == 0)
			answer_from(lines, n, at);
		if (child < 0 || waitpid(child, &status, 0) < 0)
			return 1;
		if (WIFSIGNALED(status))
		{
			/* whatever it had begun to say of this line is no answer */
			printf("%s\n", WTERMSIG(status) == SIGVTALRM ? "timeout" : "crash");
			fflush(stdout);
		}
		else if (WEXITSTATUS(status) != 0)
			return 1;
	}
	return 0;
}
