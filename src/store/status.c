/*
 * status.c
 *		The status machine: which statuses there are and what may follow what.
 */
#include "postgres.h"

#include "store/status.h"

#include "base/errors.h"

#define NAME(id, name) [QB_##id] = (name),

static const char *const names[] = {
	QB_LIVE_STATUSES(NAME, NAME)
	QB_ENDED_STATUSES(NAME)
	[QB_NSTATUSES] = "unknown"
};

#define BIT(status) (1 << (status))

/* Which statuses may follow each, beside entered-in-error. */
static const int followers[] = {
	[QB_HELD] = BIT(QB_PENDING) | BIT(QB_BOOKED) | BIT(QB_CANCELLED),
	[QB_PENDING] = BIT(QB_BOOKED) | BIT(QB_CANCELLED),
	[QB_BOOKED] = BIT(QB_ARRIVED) | BIT(QB_CHECKED_IN) | BIT(QB_FULFILLED) | BIT(QB_CANCELLED) | BIT(QB_NOSHOW),
	[QB_ARRIVED] = BIT(QB_CHECKED_IN) | BIT(QB_FULFILLED) | BIT(QB_CANCELLED) | BIT(QB_NOSHOW) | BIT(QB_BOOKED),
	[QB_CHECKED_IN] = BIT(QB_FULFILLED) | BIT(QB_CANCELLED) | BIT(QB_NOSHOW) | BIT(QB_BOOKED),
	[QB_FULFILLED] = BIT(QB_BOOKED),
	[QB_CANCELLED] = BIT(QB_BOOKED),
	[QB_NOSHOW] = BIT(QB_BOOKED),
	[QB_ENTERED_IN_ERROR] = 0,
	[QB_NSTATUSES] = 0
};

/* Back to booked from these is an undo. */
#define UNDONE (BIT(QB_ARRIVED) | BIT(QB_CHECKED_IN) | BIT(QB_FULFILLED) | BIT(QB_CANCELLED) | BIT(QB_NOSHOW))

const char *
qb_status_name(QbStatus status)
{
	return names[status];
}

QbStatus
qb_status_of(const char *word)
{
	QbStatus	status = QB_HELD;

	while (status < QB_NSTATUSES && strcmp(word, names[status]) != 0)
		status++;
	return status;
}

#define LISTED_FIRST(id, name) name
#define LISTED(id, name) ", " name

QbStatus
qb_status_argument(const char *word)
{
	QbStatus	status = qb_status_of(word);

	if (status == QB_NSTATUSES)
		qb_raise(QB_INVALID_ARGUMENT, qb_detail_text(qb_detail(), "argument", "status"),
				 "A status is one of " QB_LIVE_STATUSES(LISTED_FIRST, LISTED) QB_ENDED_STATUSES(LISTED) ".",
				 "\"%s\" is no status of an appointment", word);
	return status;
}

bool
qb_status_may_follow(QbStatus from, QbStatus to)
{
	return (followers[from] & BIT(to)) || (to == QB_ENTERED_IN_ERROR && from != to);
}

bool
qb_status_is_undone(QbStatus from, QbStatus to)
{
	return to == QB_BOOKED && (UNDONE & BIT(from));
}
