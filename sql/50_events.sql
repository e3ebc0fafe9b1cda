--
-- The event log: consumers with positions, CloudEvents, purging.
--

CREATE TYPE quickbook.event_info AS (
	id uuid,
	type text,
	subject uuid,
	occurred_at timestamptz,
	clinic_id uuid,
	data jsonb,
	"position" bigint
);

COMMENT ON TYPE quickbook.event_info IS
'An event as fetch_events() gives it.

The columns are those of the table quickbook.event, by the same names.';
SELECT quickbook_internal.schema_comment_columns('event_info', 'event', ARRAY[
	['position', 'Place in commit order, to be acknowledged by ack_events().']]);

CREATE TYPE quickbook.consumer_info AS (
	name text,
	"position" bigint,
	lag_events bigint,
	lag_seconds double precision,
	created_at timestamptz,
	acked_at timestamptz
);

COMMENT ON TYPE quickbook.consumer_info IS
'A consumer of the event log and how far it is behind.

position is the last that it acknowledged; lag_events are the events after it,
lag_seconds the age of the oldest of them.';
SELECT quickbook_internal.schema_comment_columns('consumer_info', 'consumer', ARRAY[
	['lag_events', 'How many events come after its position.'],
	['lag_seconds', 'The age of the oldest of them in seconds; NULL without any.']]);

CREATE FUNCTION quickbook.create_consumer(
	name text,
	from_position bigint DEFAULT 0)
	RETURNS quickbook.consumer_info
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_create_consumer';

COMMENT ON FUNCTION quickbook.create_consumer(text, bigint) IS
'Makes a consumer of the event log, which remembers how far it has read.

It begins after from_position: 0 is all that the log still has, NULL what
happens from now on. Errors: invalid_argument (22023) when there is one of that
name, not_allowed (42501).';

CREATE FUNCTION quickbook.drop_consumer(name text) RETURNS boolean
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_drop_consumer';

COMMENT ON FUNCTION quickbook.drop_consumer(text) IS
'Removes a consumer; purge_events() waits for it no longer. False if there was none.

Errors: invalid_argument (22023), not_allowed (42501).';

CREATE FUNCTION quickbook.fetch_events(
	consumer text,
	max_events integer DEFAULT 100)
	RETURNS SETOF quickbook.event_info
	LANGUAGE C VOLATILE COST 1000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_fetch_events';

COMMENT ON FUNCTION quickbook.fetch_events(text, integer) IS
'The events after the consumer''s position, in commit order, those of one appointment always in order.

At least once: until ack_events() has moved the position they are given again.
Fetch, pass on and acknowledge in one transaction: another fetcher of the same
consumer waits until it ends. All that was committed before the call has its
position: by the background worker, or else by this call, and then nobody else
gives positions until its transaction ends. max_events is at most 1,000,000.
Errors: not_found (P0002), invalid_argument (22023), not_allowed (42501).';

CREATE FUNCTION quickbook.ack_events(
	consumer text,
	"position" bigint)
	RETURNS bigint
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_ack_events';

COMMENT ON FUNCTION quickbook.ack_events(text, bigint) IS
'Says that the consumer has dealt with all events up to position; returns its position.

A position behind the present one changes nothing. Errors: not_found (P0002),
invalid_argument (22023) for a position that no event has yet, not_allowed
(42501).';

CREATE FUNCTION quickbook.consumer_status(consumer text DEFAULT NULL)
	RETURNS SETOF quickbook.consumer_info
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_consumer_status';

COMMENT ON FUNCTION quickbook.consumer_status(text) IS
'How far one consumer, or each, has read, and how far it is behind in events and in seconds.

Errors: invalid_argument (22023), not_allowed (42501).';

CREATE FUNCTION quickbook.relay_lock(consumer text) RETURNS boolean
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_relay_lock';

COMMENT ON FUNCTION quickbook.relay_lock(text) IS
'Whether this session is the one relay of a consumer, from now until it ends.

False while another session is. No advisory lock of pg_advisory_lock() meets it.
Errors: not_allowed (42501) for who may not read the event log, invalid_argument
(22023).';

CREATE FUNCTION quickbook.purge_events(
	older_than interval,
	force boolean DEFAULT false)
	RETURNS bigint
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_purge_events';

COMMENT ON FUNCTION quickbook.purge_events(interval, boolean) IS
'Deletes events older than older_than that every consumer has acknowledged; returns how many.

With force also those that some consumer has not. Errors: invalid_argument
(22023), not_allowed (42501).';

CREATE FUNCTION quickbook.event_json(event quickbook.event_info) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $json$
	SELECT CASE WHEN event.id IS NOT NULL THEN jsonb_build_object(
		'specversion', '1.0',
		'id', event.id,
		'source', '/quickbook/clinics/' || event.clinic_id,
		'type', event.type,
		'subject', event.subject,
		'time', to_char(event.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		'datacontenttype', 'application/json',
		'clinicid', event.clinic_id,
		'sequence', lpad(event."position"::text, 20, '0'),
		'data', event.data) END
$json$;

COMMENT ON FUNCTION quickbook.event_json(quickbook.event_info) IS
'An event as a CloudEvents 1.0 envelope, in the JSON format.

As in SELECT event_json(e) FROM fetch_events(...) AS e. clinicid and sequence
(the position, in order as text) are extension attributes; sequence is that of
CloudEvents'' sequence extension. NULL for a NULL event.';
