/*
 * recurrence.c
 *		Reads lines "RULE DTSTART FROM TO", dates as YYYYMMDD, and prints for each
 *		the dates of FROM..TO on which the rule falls, or what is wrong with it.
 *		With -f rules are read as those of calendar files.
 */
#define QB_STANDALONE
#include "time/local_time.c"
#include "time/recurrence.c"
#include "time/recurrence_parse.c"

#include <stdio.h>

static int32
date_of(int number)
{
	return qb_date_of_civil(number / 10000, number / 100 % 100, number % 100);
}

static void
answer(const char *text, QbRecurrenceMode mode, const int *dates)
{
	QbRecurrence rule;
	QbRecurrenceError error;
	QbOccurrences occurrences;
	int32		date;

	if (!qb_recurrence_parse(text, (int) strlen(text), mode, &rule, &error))
	{
		printf("error %s %d %s\n", error.part ? error.part : "-", error.offset, error.message);
		return;
	}
	qb_occurrences_begin(&occurrences, &rule, date_of(dates[0]), date_of(dates[1]), date_of(dates[2]));
	for (const char *space = ""; qb_occurrences_next(&occurrences, &date); space = " ")
	{
		int32		year;
		int			month;
		int			day;

		qb_civil_of_date(date, &year, &month, &day);
		printf("%s%04d%02d%02d", space, year, month, day);
	}
	putchar('\n');
}

int
main(int argc, char **argv)
{
	char		text[4000];
	int			dates[3];

	while (scanf("%3999s %d %d %d", text, &dates[0], &dates[1], &dates[2]) == 4)
		answer(text, argc > 1 && strcmp(argv[1], "-f") == 0 ? QB_RECURRENCE_FILE : QB_RECURRENCE_RULE, dates);
	return 0;
}
