/*
 * schedule.c
 *		From the rules of a provider to its open windows.
 *
 * For each local date the first of these that has rows decides: overrides that
 * name the service, general overrides, open_always, working hours that name
 * the service, general working hours.  Local times are read in the zone that
 * the provider is in on the window's own date.
 */
#include "postgres.h"

#include "rules/schedule.h"

#include "miscadmin.h"

QbZones
qb_zones_of(const QbDates *dates)
{
	return (QbZones) {qb_midnight(dates->clock_from), qb_midnight(dates->clock_to)};
}

void
qb_schedule_zones(QbProvider *provider, QbZones *zones)
{
	provider->zone = qb_zones_find(zones, provider->zone_name, "time_zone");
	for (int i = 0; i < provider->ntravels; i++)
		provider->travels[i].zone = qb_zones_find(zones, provider->travels[i].zone_name, "time_zone");
}

/* The travel that covers a date, or NULL. */
static const QbTravel *
travel_on(const QbProvider *provider, DateADT date)
{
	for (int i = 0; i < provider->ntravels; i++)
	{
		if (provider->travels[i].from <= date && date < provider->travels[i].to)
			return &provider->travels[i];
	}
	return NULL;
}

/* The zone in which the local times of a date are read. */
static const QbZone *
zone_on(const QbProvider *provider, DateADT date)
{
	const QbTravel *travel = travel_on(provider, date);

	return travel ? travel->zone : provider->zone;
}

const char *
qb_schedule_zone_name(const QbProvider *provider, DateADT date)
{
	const QbTravel *travel = travel_on(provider, date);

	return travel ? travel->zone_name : provider->zone_name;
}

/* Which date it is decides the zone, so the date is first read at home. */
const QbZone *
qb_schedule_zone_at(const QbProvider *provider, TimestampTz t)
{
	if (provider->ntravels == 0)
		return provider->zone;
	return zone_on(provider, qb_date_of(qb_local_of(provider->zone, t)));
}

DateADT
qb_schedule_date(const QbProvider *provider, TimestampTz t)
{
	return qb_date_of(qb_local_of(qb_schedule_zone_at(provider, t), t));
}

/* Beside a travel a date may begin when the travel does, so it is looked for. */
int64
qb_schedule_midnight(const QbProvider *provider, DateADT date)
{
	int64		before = qb_midnight(date - 2);
	int64		after = qb_midnight(date + 2);

	if (provider->ntravels == 0)
		return qb_local_to_instant(provider->zone, qb_midnight(date), NULL);
	while (after - before > 1)
	{
		int64		middle = before + (after - before) / 2;

		if (qb_schedule_date(provider, middle) < date)
			before = middle;
		else
			after = middle;
	}
	return after;
}

/* Read the local times [start, end) of a date as instants and add the window. */
static void
add_window(QbIntervalSet *windows, const QbZone *zone, DateADT date, int64 start, int64 end)
{
	DateADT		end_date = end < start ? date + 1 : date;

	/* empty when the clocks put the end at or before the start */
	qb_set_add(windows,
			   qb_local_to_instant(zone, qb_midnight(date) + start, NULL),
			   qb_local_to_instant(zone, qb_midnight(end_date) + end, NULL));
}

/* Overrides of the date, those of the service or the general ones: any there? */
static bool
override_windows(const QbProvider *p, const QbZone *zone, DateADT date, bool for_service, QbIntervalSet *windows)
{
	bool		found = false;

	for (int i = 0; i < p->noverrides; i++)
	{
		const QbOverride *o = &p->overrides[i];

		if (o->date != date || o->for_service != for_service)
			continue;
		found = true;
		if (!o->closed)
			add_window(windows, zone, date, o->start, o->end);
	}
	return found;
}

static bool
week_counts(const QbHours *h, DateADT date, int week_start)
{
	int			weeks;

	if (h->every_weeks == 1)
		return true;
	weeks = (qb_week_of(date, week_start) - qb_week_of(h->anchored_on, week_start)) / 7;
	return weeks % h->every_weeks == 0;
}

/* Working hours valid on the date, whatever their weekday: any there? */
static bool
hours_windows(const QbProvider *p, const QbZone *zone, DateADT date, int week_start, bool for_service,
			  QbIntervalSet *windows)
{
	int			weekday = qb_weekday(date);
	bool		found = false;

	for (int i = 0; i < p->nhours; i++)
	{
		const QbHours *h = &p->hours[i];

		if (h->for_service != for_service || date < h->valid_from || date >= h->valid_to)
			continue;
		found = true;
		if (h->weekday == weekday && week_counts(h, date, week_start))
			add_window(windows, zone, date, h->start, h->end);
	}
	return found;
}

/* The windows that belong to a date, merged. */
static void
windows_of_date(const QbProvider *p, DateADT date, int week_start, QbIntervalSet *windows)
{
	const QbZone *zone = zone_on(p, date);

	windows->count = 0;
	if (qb_date_skipped(zone, date))
		return;
	if (!override_windows(p, zone, date, true, windows) &&
		!override_windows(p, zone, date, false, windows))
	{
		if (p->open_always)
			add_window(windows, zone, date, 0, USECS_PER_DAY);
		else if (!hours_windows(p, zone, date, week_start, true, windows))
			hours_windows(p, zone, date, week_start, false, windows);
	}
	qb_set_normalize(windows);
}

bool
qb_schedule_is_open_on(const QbProvider *p, int week_start, DateADT date)
{
	QbIntervalSet day;

	qb_set_init(&day);
	windows_of_date(p, date, week_start, &day);
	day = qb_set_subtract(&day, &p->time_off);
	return day.count > 0;
}

void
qb_schedule_build(QbProvider *p, int week_start, const QbDates *dates)
{
	QbIntervalSet day;
	QbIntervalSet all;

	qb_set_init(&day);
	qb_set_init(&all);
	for (DateADT date = dates->from; date <= dates->to; date++)
	{
		CHECK_FOR_INTERRUPTS();
		windows_of_date(p, date, week_start, &day);
		for (int i = 0; i < day.count; i++)
			qb_set_add(&all, day.items[i].start, day.items[i].end);
	}

	/* The windows of each date stay apart: the grid counts from their starts. */
	p->nwindows = all.count;
	p->windows = palloc(sizeof(QbInterval) * Max(all.count, 1));
	memcpy(p->windows, all.items, sizeof(QbInterval) * all.count);
	qb_sort_by_start(p->windows, p->nwindows, sizeof(QbInterval));

	qb_set_normalize(&all);
	p->open = qb_set_subtract(&all, &p->time_off);
}
