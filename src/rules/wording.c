/*
 * wording.c
 *		Times and dates as people read them, on a provider's wall clock.
 */
#include "postgres.h"

#include "rules/wording.h"

#include "lib/stringinfo.h"
#include "utils/datetime.h"

#include "rules/schedule.h"

static const char *const month_names[] = {
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"
};

static const char *const day_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static char *
day_and_month(DateADT date)
{
	int			year;
	int			month;
	int			day;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return psprintf("%d %s %d", day, month_names[month - 1], year);
}

char *
qb_word_date(DateADT date)
{
	return psprintf("%s %s", day_names[qb_weekday(date) - 1], day_and_month(date));
}

static char *
clock_of(int64 local)
{
	int64		time = local - qb_midnight(qb_date_of(local));

	return psprintf("%02d:%02d", (int) (time / USECS_PER_HOUR), (int) (time / USECS_PER_MINUTE % 60));
}

char *
qb_word_clock(const QbProvider *provider, int64 instant, DateADT date)
{
	int64		local = qb_local_of(qb_schedule_zone_at(provider, instant), instant);

	if (qb_date_of(local) == date)
		return clock_of(local);
	return psprintf("%s %s", qb_word_date(qb_date_of(local)), clock_of(local));
}

char *
qb_word_time(const QbProvider *provider, int64 start, int64 end)
{
	const QbZone *zone = qb_schedule_zone_at(provider, start);
	int64		local = qb_local_of(zone, start);

	return psprintf("%s %s-%s (%s)", day_and_month(qb_date_of(local)), clock_of(local),
					clock_of(qb_local_of(zone, end)), qb_word_zone(provider, start));
}

char *
qb_word_length(int64 length)
{
	static const struct
	{
		int64		length;
		const char *one;
		const char *many;
	}			units[] = {
		{USECS_PER_DAY, "day", "days"}, {USECS_PER_HOUR, "h", "h"}, {USECS_PER_MINUTE, "min", "min"},
		{USECS_PER_SEC, "s", "s"}
	};
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < (int) lengthof(units); i++)
	{
		int64		n = length / units[i].length;

		length -= n * units[i].length;
		if (n > 0)
			appendStringInfo(&text, "%s" INT64_FORMAT " %s", text.len > 0 ? " " : "", n,
							 n == 1 ? units[i].one : units[i].many);
	}
	return text.len > 0 ? text.data : pstrdup("0 min");
}

const char *
qb_word_zone(const QbProvider *provider, int64 instant)
{
	const QbZone *zone = qb_schedule_zone_at(provider, instant);

	for (int i = 0; i < provider->ntravels; i++)
	{
		if (provider->travels[i].zone == zone)
			return provider->travels[i].zone_name;
	}
	return provider->zone_name;
}
