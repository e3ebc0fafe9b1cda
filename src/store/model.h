/*
 * model.h
 *		The rows of the tables as plain structs: what store*.c read and the
 *		rules work on.
 */
#ifndef QB_STORE_MODEL_H
#define QB_STORE_MODEL_H

#include "utils/date.h"

#include "base/settings.h"
#include "time/interval_set.h"
#include "time/local_time.h"

/*
 * A length in a row, in microseconds.  CHECK constraints keep it between 0 and
 * 366 days and months out, and their owner may drop them.
 */
static inline int64
qb_stored_length(const Interval *interval)
{
	return Min(Max(qb_interval_length(interval), 0), QB_LONGEST_LENGTH);
}

typedef enum QbAnchor
{
	QB_ANCHOR_WINDOW,
	QB_ANCHOR_GAP,
	QB_ANCHOR_CLOCK
} QbAnchor;

/* A service with what it needs of its clinic.  Lengths are microseconds. */
typedef struct QbService
{
	pg_uuid_t	id;
	pg_uuid_t	clinic_id;
	char	   *name;
	int64		duration;
	int64		slot_interval;
	QbAnchor	anchor;
	int64		buffer_before;
	int64		buffer_after;
	int64		min_notice;
	int			horizon_days;	/* -1: none */
	char	   *horizon_counts;
	DateADT		bookable_from;
	DateADT		bookable_to;	/* exclusive */
	int			seats;
	bool		requires_approval;
	bool		pending_blocks;
	int64		hold_for;
	int64		cancel_notice;
	int64		reschedule_notice;
	bool		anonymous_holds;	/* the clinic's, and the next two */
	int			max_anonymous_holds;
	int			max_patient_holds;
	int			max_anonymous_holds_of_service; /* -1: none of its own */
	bool		patient_may_overlap;
	bool		active;
	char	   *clinic_zone;
	int			week_start;
	bool		has_limits;		/* the clinic has rows of booking_limit */
} QbService;

/* A row of working_hours.  Times are microseconds of the day. */
typedef struct QbHours
{
	bool		for_service;
	int			weekday;
	int64		start;
	int64		end;
	DateADT		valid_from;
	DateADT		valid_to;		/* exclusive */
	int			every_weeks;
	DateADT		anchored_on;
} QbHours;

/* A row of date_override. */
typedef struct QbOverride
{
	bool		for_service;
	DateADT		date;
	bool		closed;
	int64		start;
	int64		end;
} QbOverride;

/* A row of travel. */
typedef struct QbTravel
{
	DateADT		from;
	DateADT		to;				/* exclusive */
	char	   *zone_name;
	QbZone	   *zone;
} QbTravel;

/* A row of allocation. */
typedef struct QbAllocation
{
	pg_uuid_t	owner_id;		/* appointment, or session */
	bool		of_session;
	int64		start;
	int64		end;
	int			lane;
	TimestampTz expires_at;		/* DT_NOEND: no hold */
	bool		ignored;		/* expired, or the caller's own */
} QbAllocation;

/* What takes somebody's time: a provider's, or that of a patient, who can be in one place. */
typedef struct QbCalendar
{
	pg_uuid_t	id;				/* the provider's, or the patient's */
	bool		of_patient;
	int			capacity;

	/* rows of the period, qb_load_calendars() */
	QbIntervalSet busy;
	QbAllocation *allocations;
	int			nallocations;

	QbIntervalSet taken;		/* where nothing more fits, qb_taken() */
} QbCalendar;

/*
 * Local dates: those whose hours are wanted, and those around them on which the
 * wall clock is to be known as well.
 */
typedef struct QbDates
{
	DateADT		from;
	DateADT		to;
	DateADT		clock_from;
	DateADT		clock_to;
} QbDates;

/* A provider and, over the dates that were loaded, when it works. */
typedef struct QbProvider
{
	int			index;			/* in QbTeam.providers */
	QbCalendar	calendar;		/* whose id is the provider's */
	char	   *name;
	char	   *zone_name;
	bool		open_always;
	bool		active;

	/* rows, qb_load_schedules() */
	QbHours    *hours;
	int			nhours;
	QbOverride *overrides;
	int			noverrides;
	QbTravel   *travels;
	int			ntravels;
	QbIntervalSet time_off;

	/* schedule.c */
	QbZone	   *zone;			/* where it does not travel */
	QbInterval *windows;		/* merged per date, by start; those of different dates may overlap */
	int			nwindows;
	QbIntervalSet open;			/* windows less time off */
} QbProvider;

/* What does not count: the patient's own holds, and an appointment that is to move.  Either may be NULL. */
typedef struct QbExempt
{
	const pg_uuid_t *patient;
	const pg_uuid_t *appointment;
} QbExempt;

/* A row of session. */
typedef struct QbSession
{
	pg_uuid_t	id;
	pg_uuid_t	provider_id;	/* the lead */
	int64		start;
	int64		end;
	int			taken;			/* seats that count for the caller */
	int			nproviders;		/* on whose calendars it is */
} QbSession;

typedef enum QbPeriod
{
	QB_PERIOD_DAY,
	QB_PERIOD_WEEK,
	QB_PERIOD_MONTH,
	QB_PERIOD_YEAR,
	QB_PERIOD_UPCOMING
} QbPeriod;

/* A row of booking_limit that names the service that is asked about, or none. */
typedef struct QbLimit
{
	pg_uuid_t	id;
	bool		has_service;
	pg_uuid_t	service_id;
	bool		has_provider;
	pg_uuid_t	provider_id;
	bool		per_patient;
	QbPeriod	period;
	int			max_count;		/* -1: none */
	int64		max_time;		/* -1: none */
} QbLimit;

/* What a limit has counted in a period. */
typedef struct QbLimitUse
{
	int64		count;
	int64		time;
} QbLimitUse;

/* A live hold of the patient who asks. */
typedef struct QbOwnHold
{
	pg_uuid_t	id;
	pg_uuid_t	service_id;
	pg_uuid_t	provider_id;
	int64		start;
	int64		end;
	bool		shares;			/* a session in which others have seats that count */
} QbOwnHold;

/* Who can fill a role: a row of service_provider. */
typedef struct QbCandidate
{
	QbProvider *provider;
	int64		duration;		/* -1: the service's */
	int			priority;
} QbCandidate;

typedef struct QbRole
{
	char	   *name;
	QbCandidate *candidates;
	int			ncandidates;
} QbRole;

/* The roles of a service by name, and each of their providers once. */
typedef struct QbTeam
{
	QbRole	   *roles;
	int			nroles;
	int			lead;			/* index of the lead role; -1 without roles */
	QbProvider **providers;		/* by id */
	int			nproviders;
} QbTeam;

#endif							/* QB_STORE_MODEL_H */
