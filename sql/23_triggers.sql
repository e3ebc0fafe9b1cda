--
-- Trigger functions, and attach_code(), which puts the triggers on the tables and
-- makes the view stat.
--
-- The trigger functions of 0.1.0 stay in schema quickbook: fill_row(),
-- check_time_zone(), check_limits(), check_template() and check_rule(). Tables of
-- 0.1.0 have triggers that call them by that name, and a dump of such tables is
-- restored where this version is. Those that are new are in quickbook_internal.
--

-- Without a search_path of its own: it is called for each row, and sets one
-- when it has to ask.
CREATE FUNCTION quickbook.fill_row() RETURNS trigger
	LANGUAGE C
	AS 'MODULE_PATHNAME', 'quickbook_fill_row';

COMMENT ON FUNCTION quickbook.fill_row() IS
'Trigger: gives a new row its id and its clinic_id when the writer gave none.

The arguments are columns of the row that name a service, provider, patient or
appointment; the first that is set tells the clinic.';

CREATE FUNCTION quickbook_internal.fill_allocation() RETURNS trigger
	LANGUAGE C
	AS 'MODULE_PATHNAME', 'quickbook_fill_allocation';

COMMENT ON FUNCTION quickbook_internal.fill_allocation() IS
'Trigger: as fill_row(), and gives an allocation its owner_id and calendar_id.

In a new row when the writer gave none; in a changed row always.';

CREATE FUNCTION quickbook_internal.fill_appointment() RETURNS trigger
	LANGUAGE C
	AS 'MODULE_PATHNAME', 'quickbook_fill_appointment';

COMMENT ON FUNCTION quickbook_internal.fill_appointment() IS
'Trigger: as fill_row(), and has a seat that counts refer to the time of its session.

Whatever the writer gave: seated_session_id is the session as long as the seat
counts and has not ended, seat_released_at when it was written after its end.';

CREATE FUNCTION quickbook.check_time_zone() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_time_zone';

COMMENT ON FUNCTION quickbook.check_time_zone() IS
'Trigger: refuses a time_zone that is not the exact name of an IANA zone.

Offsets and abbreviations are refused too, because they do not know when the
clocks change. Error invalid_argument (22023).';

CREATE FUNCTION quickbook_internal.check_sizes() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_sizes';

COMMENT ON FUNCTION quickbook_internal.check_sizes() IS
'Trigger: refuses texts that are too long, and control characters in names.

The arguments are columns, each with the characters that it may have; up to 200
make a name. What was there before may stay, and the row be changed otherwise.
Error invalid_argument (22023).';

CREATE FUNCTION quickbook.check_limits() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_limits';

COMMENT ON FUNCTION quickbook.check_limits() IS
'Trigger: refuses limits of one scope that shrink as their periods grow, at the end of the statement.

Error invalid_argument (22023).';

CREATE FUNCTION quickbook.check_template() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_template';

COMMENT ON FUNCTION quickbook.check_template() IS
'Trigger: refuses a message template with a placeholder that is not known.

Also one with placeholders of another kind than the rules that use it have
values for. Error invalid_argument (22023); its hint lists them.';

CREATE FUNCTION quickbook.check_rule() RETURNS trigger
	LANGUAGE C
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_check_rule';

COMMENT ON FUNCTION quickbook.check_rule() IS
'Trigger: refuses a reminder rule whose template has placeholders that have no value on its occasion.

Error invalid_argument (22023); its hint lists those that have.';

-- What of the extension is attached to the tables.  DROP EXTENSION ... CASCADE
-- takes it, and install() puts it back.
CREATE FUNCTION quickbook_internal.attach_code() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $attach$
DECLARE
	t record;
BEGIN
	-- The columns that tell the clinic.  No WHEN: each statement would parse it
	-- anew, which takes longer than to call the function.
	FOR t IN SELECT * FROM (VALUES
		('clinic', NULL), ('provider', NULL), ('service', NULL), ('patient', NULL),
		('service_provider', '''service_id'''),
		('working_hours', '''provider_id'''), ('date_override', '''provider_id'''),
		('travel', '''provider_id'''), ('busy_time', '''provider_id'''),
		('time_off', '''provider_id'''), ('message_template', NULL),
		('reminder_rule', '''service_id'''), ('booking_limit', '''service_id'', ''provider_id'''),
		('session', '''service_id'''),
		('appointment_resource', '''provider_id'''),
		('event', NULL),
		('account', '''patient_id'', ''provider_id'''), ('account_token', '''account_id''')) AS v (tab, args)
	LOOP
		EXECUTE format(
			'CREATE OR REPLACE TRIGGER quickbook_fill_row BEFORE INSERT ON quickbook.%I FOR EACH ROW'
			' EXECUTE FUNCTION quickbook.fill_row(%s)', t.tab, t.args);
	END LOOP;

	CREATE OR REPLACE TRIGGER quickbook_fill_row
		BEFORE INSERT OR UPDATE OF session_id, status, ends_at ON quickbook.appointment
		FOR EACH ROW EXECUTE FUNCTION quickbook_internal.fill_appointment('service_id');

	-- Also where triggers are switched off, as in a bulk load or a subscriber of
	-- version 0.1.0, because the key is made of these columns.
	CREATE OR REPLACE TRIGGER quickbook_fill_row
		BEFORE INSERT OR UPDATE OF appointment_id, session_id, provider_id, patient_id ON quickbook.allocation
		FOR EACH ROW EXECUTE FUNCTION quickbook_internal.fill_allocation('provider_id', 'patient_id');
	ALTER TABLE quickbook.allocation ENABLE ALWAYS TRIGGER quickbook_fill_row;

	FOR t IN SELECT * FROM unnest(ARRAY['clinic', 'provider', 'travel', 'patient']) AS v (tab)
	LOOP
		EXECUTE format(
			'CREATE OR REPLACE TRIGGER quickbook_check_time_zone BEFORE INSERT OR UPDATE OF time_zone ON quickbook.%I'
			' FOR EACH ROW WHEN (NEW.time_zone IS NOT NULL) EXECUTE FUNCTION quickbook.check_time_zone()', t.tab);
	END LOOP;

	-- The columns that people write, with the characters that they may have.  Not
	-- UPDATE OF them, which would keep their types from being changed.
	FOR t IN SELECT tab, string_agg(format('%L, %L', col, most), ', ' ORDER BY col) AS args FROM (VALUES
		('clinic', 'name', 200), ('clinic', 'time_zone', 200),
		('provider', 'name', 200), ('provider', 'kind', 200), ('provider', 'time_zone', 200),
		('service', 'name', 200), ('service_provider', 'role', 200), ('travel', 'time_zone', 200),
		('patient', 'name', 200), ('patient', 'time_zone', 200), ('patient', 'locale', 200),
		('time_off', 'reason', 10000), ('busy_time', 'source', 200), ('busy_time', 'uid', 1000),
		('message_template', 'name', 200), ('message_template', 'subject', 1000), ('message_template', 'body', 100000),
		('reminder_rule', 'channel', 200)) AS v (tab, col, most) GROUP BY tab
	LOOP
		EXECUTE format(
			'CREATE OR REPLACE TRIGGER quickbook_check_sizes BEFORE INSERT OR UPDATE ON quickbook.%I'
			' FOR EACH ROW EXECUTE FUNCTION quickbook_internal.check_sizes(%s)', t.tab, t.args);
	END LOOP;

	CREATE OR REPLACE TRIGGER quickbook_check_limits AFTER INSERT OR UPDATE ON quickbook.booking_limit
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_limits();

	CREATE OR REPLACE TRIGGER quickbook_check_template BEFORE INSERT OR UPDATE ON quickbook.message_template
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_template();

	CREATE OR REPLACE TRIGGER quickbook_check_rule BEFORE INSERT OR UPDATE ON quickbook.reminder_rule
		FOR EACH ROW EXECUTE FUNCTION quickbook.check_rule();

	CREATE OR REPLACE VIEW quickbook.stat AS
		SELECT s.*, (SELECT max(c.lag_events) FROM quickbook.consumer_status(NULL::text) AS c) AS consumer_lag
		FROM quickbook.stat_counters() AS s;
	COMMENT ON VIEW quickbook.stat IS
		'What quickbook has done in this database since stats_reset, and the largest lag of a consumer in events. Counted only with quickbook in shared_preload_libraries, else NULL; also what was rolled back.';
	PERFORM quickbook_internal.schema_comment_columns('stat', 'stat_info', ARRAY[
		['consumer_lag', 'The largest lag of a consumer, in events.']]);
END
$attach$;

COMMENT ON FUNCTION quickbook_internal.attach_code() IS
'Puts the extension''s triggers on the tables and makes the view stat. Called by install() and migrate() only.';
