--
-- Maintenance: what is due, what may be purged, and what has been counted in this
-- database.
--

CREATE TYPE quickbook.maintenance_info AS (
	holds_expired integer,
	events_numbered bigint,
	notifications_queued integer
);

COMMENT ON TYPE quickbook.maintenance_info IS 'What run_maintenance() did.';
COMMENT ON COLUMN quickbook.maintenance_info.holds_expired IS 'Holds that were closed because their time was over.';
COMMENT ON COLUMN quickbook.maintenance_info.events_numbered IS 'Events that were given their position.';
COMMENT ON COLUMN quickbook.maintenance_info.notifications_queued IS 'Messages to patients that were queued.';

CREATE FUNCTION quickbook.run_maintenance()
	RETURNS quickbook.maintenance_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_run_maintenance';

COMMENT ON FUNCTION quickbook.run_maintenance() IS
'Does what is due: closes expired holds (at most 500 a call), gives positions to events, queues messages to patients.

It is what the background worker does. Safe to call at any time, from pg_cron
or by hand; it waits for nobody. Nothing depends on it: an expired hold never
blocks. Error: not_allowed (42501).';

CREATE FUNCTION quickbook.purge_allocations(
	older_than interval)
	RETURNS bigint
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_purge_allocations';

COMMENT ON FUNCTION quickbook.purge_allocations(interval) IS
'Deletes the time on calendars that ended longer ago than older_than; returns how many rows.

Appointments stay as they are: the table allocation says only who has which
time, and what is past is nobody''s to take. Call it now and then, so that the
table does not grow with history. It waits for nobody: what somebody else is
changing stays until the next time. Errors: invalid_argument (22023), not_allowed
(42501).';

CREATE TYPE quickbook.stat_info AS (
	bookings bigint,
	holds bigint,
	holds_expired bigint,
	slot_searches bigint,
	events_sent bigint,
	notify_batches bigint,
	worker_wakeups bigint,
	refusals jsonb,
	worker_pid integer,
	stats_reset timestamptz
);

COMMENT ON TYPE quickbook.stat_info IS 'The counters of the view quickbook.stat.';
COMMENT ON COLUMN quickbook.stat_info.bookings IS 'Appointments that were booked, or requested.';
COMMENT ON COLUMN quickbook.stat_info.holds IS 'Holds that were made.';
COMMENT ON COLUMN quickbook.stat_info.holds_expired IS 'Holds that were closed because their time was over.';
COMMENT ON COLUMN quickbook.stat_info.slot_searches IS 'Searches for free slots: by calls, for what a refusal suggests, for horizons that count bookable days.';
COMMENT ON COLUMN quickbook.stat_info.events_sent IS 'Events that were announced by NOTIFY.';
COMMENT ON COLUMN quickbook.stat_info.notify_batches IS 'In how many batches: one for each pass of the worker, or each event without it.';
COMMENT ON COLUMN quickbook.stat_info.worker_wakeups IS 'How often the worker awoke, by commits and by its interval.';
COMMENT ON COLUMN quickbook.stat_info.refusals IS 'How often each error was raised, by its name.';
COMMENT ON COLUMN quickbook.stat_info.worker_pid IS 'Process of the worker; NULL: none runs for this database.';
COMMENT ON COLUMN quickbook.stat_info.stats_reset IS 'Since when is counted.';

CREATE FUNCTION quickbook.stat_counters() RETURNS quickbook.stat_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_stat_counters';

COMMENT ON FUNCTION quickbook.stat_counters() IS
'What has been counted in this database; NULLs when quickbook is not in shared_preload_libraries.

Error: not_allowed (42501).';

CREATE FUNCTION quickbook.reset_stat() RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_reset_stat';

COMMENT ON FUNCTION quickbook.reset_stat() IS
'Sets the counters of this database to zero.

Error: not_allowed (42501).';
