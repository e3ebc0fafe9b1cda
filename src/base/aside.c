/*
 * aside.c
 *		Rules that staff may set aside: the words of the argument override.
 */
#include "postgres.h"

#include "base/aside.h"

/* In the order of QbOverrideFlag's bits. */
static const char *const aside_names[] = {"grid", "notice", "hours", "horizon", "limit", "policy"};

const char *
qb_aside_name(int flag)
{
	for (int i = 0; i < (int) lengthof(aside_names); i++)
	{
		if (flag == 1 << i)
			return aside_names[i];
	}
	return NULL;
}

int
qb_aside_by_name(const char *name)
{
	for (int i = 0; i < (int) lengthof(aside_names); i++)
	{
		if (strcmp(name, aside_names[i]) == 0)
			return 1 << i;
	}
	return 0;
}
