/*
 * refusal.c
 *		Saying no: what is wrong with a start, and which would do.
 */
#include "postgres.h"

#include "compat.h"
#include "schedule.h"
#include "slots.h"
#include "utils/datetime.h"

#define NEAREST 3

/* The offered starts closest to the one that was refused. */
static int
nearest_offers(QbSearch *search, int64 start, TimestampTz *nearest)
{
	int			found;
	QbOffer    *offers;
	int			low;
	int			n = 0;

	search->aside = 0;
	offers = qb_search_offers(search, start - USECS_PER_DAY, start + 7 * USECS_PER_DAY, &found);
	for (low = 0; low < found && offers[low].start < start; low++)
		;
	/* walk outwards on both sides */
	for (int high = low; n < NEAREST && (low > 0 || high < found);)
	{
		TimestampTz next;

		if (low == 0 || (high < found && offers[high].start - start <= start - offers[low - 1].start))
			next = offers[high++].start;
		else
			next = offers[--low].start;
		if (n == 0 || nearest[n - 1] != next)
			nearest[n++] = next;
	}
	return n;
}

/* What to say of each refusal; %s is the time. */
static const char *
refusal_format(QbError why)
{
	switch (why)
	{
		case QB_SLOT_TAKEN:
			return "the provider is not free on %s";
		case QB_PATIENT_BUSY:
			return "the patient has another appointment on %s";
		case QB_OUTSIDE_HOURS:
			return "the provider does not work on %s";
		case QB_OFF_GRID:
			return "no slot begins on %s";
		case QB_TOO_SOON:
			return "it is too late to book %s";
		case QB_BEYOND_HORIZON:
			return "%s is not open for booking";
		default:
			return "%s cannot be booked";
	}
}

static const char *const month_names[] = {
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"
};

/* "2 March 2026 10:00-10:30 (Europe/Berlin)": the provider's wall clock. */
static char *
time_text(const QbSearch *search, const QbProvider *provider, int64 start, int64 end)
{
	const QbZone *zone = qb_schedule_zone_at(provider, start);
	int64		local = qb_local_of(zone, start);
	int64		local_end = qb_local_of(zone, end);
	int64		time = local - qb_midnight(qb_date_of(local));
	int64		time_end = local_end - qb_midnight(qb_date_of(local_end));
	int			year;
	int			month;
	int			day;

	j2date(qb_date_of(local) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return psprintf("%d %s %d %02d:%02d-%02d:%02d (%s)", day, month_names[month - 1], year,
					(int) (time / USECS_PER_HOUR), (int) (time / USECS_PER_MINUTE % 60),
					(int) (time_end / USECS_PER_HOUR), (int) (time_end / USECS_PER_MINUTE % 60),
					provider->ntravels == 0 ? provider->zone_name : "local time");
}

void
qb_search_refuse(QbSearch *search, const QbProvider *provider, int64 start, QbError why)
{
	TimestampTz nearest[NEAREST];
	QbDetail   *detail = qb_detail();
	int64		duration = search->service->duration;
	char	   *when;
	int			n;

	for (int i = 0; i < search->nleads; i++)
	{
		if (search->leads[i].provider == provider)
			duration = search->leads[i].duration;
	}
	when = time_text(search, provider, start, start + duration);
	n = nearest_offers(search, start, nearest);
	qb_detail_uuid(detail, "service_id", &search->service->id);
	qb_detail_uuid(detail, "provider_id", &provider->id);
	qb_detail_time(detail, "starts_at", start);
	qb_detail_times(detail, "nearest", nearest, n);
	qb_raise(why, detail, NULL, refusal_format(why), when);
}
