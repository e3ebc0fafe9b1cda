--
-- Messages to patients: the queue, and what those who send them call.
--

CREATE TYPE quickbook.notification_info AS (
	id uuid,
	clinic_id uuid,
	channel text,
	recipient text,
	subject text,
	body text,
	appointment_id uuid,
	attempts integer,
	lease_until timestamptz
);

COMMENT ON TYPE quickbook.notification_info IS 'A message that was claimed to be sent.';
SELECT quickbook_internal.schema_comment_columns('notification_info', 'notification');

CREATE FUNCTION quickbook.claim_notifications(
	channel text,
	max_notifications integer DEFAULT 100,
	lease interval DEFAULT '1 minute')
	RETURNS SETOF quickbook.notification_info
	LANGUAGE C VOLATILE COST 1000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_claim_notifications';

COMMENT ON FUNCTION quickbook.claim_notifications(text, integer, interval) IS
'Messages of a channel that are to be sent now; nobody else gets them until the lease ends.

Say how it went by complete_notification() or fail_notification(). Reminders of
appointments that were cancelled, moved or have begun are skipped, as are
requests for a password by who has no account. Messages on appointments come
before those to accounts. No row means that nothing is to be sent now.
max_notifications is at most 10,000. Errors: invalid_argument (22023),
not_allowed (42501).';

CREATE FUNCTION quickbook.complete_notification(notification_id uuid) RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_complete_notification';

COMMENT ON FUNCTION quickbook.complete_notification(uuid) IS
'Says that a message was sent; returns its status.

Errors: not_found (P0002), invalid_transition (23QB7) when it is not queued,
not_allowed (42501), invalid_argument (22023).';

CREATE FUNCTION quickbook.fail_notification(notification_id uuid, error text DEFAULT NULL) RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_fail_notification';

COMMENT ON FUNCTION quickbook.fail_notification(uuid, text) IS
'Says that a message could not be sent; returns its status: queued, or dead after eight attempts.

It is tried again after 30 seconds, then after ever twice as long, up to six
hours. What trying again would not mend is for give_up_notification(). Errors:
as complete_notification.';

CREATE FUNCTION quickbook.give_up_notification(notification_id uuid, error text DEFAULT NULL) RETURNS text
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_give_up_notification';

COMMENT ON FUNCTION quickbook.give_up_notification(uuid, text) IS
'Says that a message can never be sent: it is dead at once, and that is what this returns.

For failures that trying again would not mend, such as an address that the mail
server cannot take. Errors: as complete_notification.';

CREATE FUNCTION quickbook.retry_dead_notifications(channel text DEFAULT NULL) RETURNS bigint
	LANGUAGE C VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'quickbook_retry_dead_notifications';

COMMENT ON FUNCTION quickbook.retry_dead_notifications(text) IS
'Queues the dead messages of a channel, or of all, again; returns how many.

Errors: not_allowed (42501), invalid_argument (22023).';
