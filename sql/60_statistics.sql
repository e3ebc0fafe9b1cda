--
-- Statistics: what has been counted in this database.
--

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

CREATE FUNCTION quickbook.stat_counters() RETURNS quickbook.stat_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_stat_counters';

COMMENT ON FUNCTION quickbook.stat_counters() IS
'What has been counted in this database; NULLs when quickbook is not in shared_preload_libraries.';

CREATE FUNCTION quickbook.reset_stat() RETURNS void
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_reset_stat';

COMMENT ON FUNCTION quickbook.reset_stat() IS
'Sets the counters of this database to zero.';
