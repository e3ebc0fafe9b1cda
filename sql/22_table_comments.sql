--
-- What every table and column means, and what writes it where a column stands: on
-- the tables, on views of them and on results.
--

CREATE TYPE quickbook_internal.schema_text AS (tab text, col text, txt text);
COMMENT ON TYPE quickbook_internal.schema_text IS 'What a table or column means.';
COMMENT ON COLUMN quickbook_internal.schema_text.tab IS 'The table.';
COMMENT ON COLUMN quickbook_internal.schema_text.col IS 'The column; NULL: the table is meant.';
COMMENT ON COLUMN quickbook_internal.schema_text.txt IS 'The comment.';

CREATE FUNCTION quickbook_internal.schema_texts() RETURNS SETOF quickbook_internal.schema_text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $texts$
	VALUES
	('schema_version', NULL, 'The version of these tables: one row.'),
	('schema_version', 'version', 'Number of the last step that was taken.'),
	('schema_version', 'installed_at', 'When it was taken.'),
	('schema_version', 'roles_in_use', 'Whether create_roles() has been run: from then on who has no identity is nobody, also where a role is missing.'),

	('clinic', NULL, 'The tenant: owns providers, services and patients.'),
	('clinic', 'id', 'Its last 16 bits are the last 16 bits of the id of everything that belongs to the clinic.'),
	('clinic', 'name', 'Shown to people.'),
	('clinic', 'time_zone', 'IANA zone in which local times are read unless provider or travel says otherwise.'),
	('clinic', 'week_start', 'First day of the week, ISO 8601: 1 Monday to 7 Sunday. Decides where weeks begin for every_weeks and for limits.'),
	('clinic', 'anonymous_holds', 'Whether who is not signed in, and patients, may hold a slot without a patient.'),
	('clinic', 'max_anonymous_holds', 'How many holds without patient may be live at once before patients and who is not signed in get no more.'),
	('clinic', 'max_patient_holds', 'How many live holds a patient may have at once.'),

	('provider', NULL, 'Anything with a calendar that can be booked: a practitioner, a room, a device.'),
	('provider', 'id', 'Filled in when left out.'),
	('provider', 'clinic_id', 'Whose provider it is.'),
	('provider', 'name', 'Shown to people.'),
	('provider', 'kind', 'practitioner, room, device or any word of yours.'),
	('provider', 'time_zone', 'IANA zone of the local times of this provider; NULL: the clinic''s.'),
	('provider', 'capacity', 'How many appointments may run at the same time.'),
	('provider', 'open_always', 'Open from midnight to midnight on every date that no date_override names; working_hours do not count.'),
	('provider', 'active', 'false: nothing new is offered or booked; what is booked stays.'),

	('service', NULL, 'What is booked: how long, with which buffers and rules.'),
	('service', 'id', 'Filled in when left out.'),
	('service', 'clinic_id', 'Whose service it is.'),
	('service', 'name', 'Shown to people.'),
	('service', 'duration', 'Length of the appointment without buffers: fixed (no months), whole seconds.'),
	('service', 'slot_interval', 'Step between starts; NULL: the duration of the service.'),
	('service', 'slot_anchor', 'Where the steps are counted from: window (start of the day''s window), gap (start of the free time), clock (start of the free time rounded up to the wall clock).'),
	('service', 'buffer_before', 'Time the providers need before the start; may reach outside working hours, never into other appointments.'),
	('service', 'buffer_after', 'Time the providers need after the end.'),
	('service', 'min_notice', 'A start must be at least this far from now.'),
	('service', 'horizon_days', 'How many days ahead may be booked, counted from today; NULL: no bound but quickbook.search_days.'),
	('service', 'horizon_counts', 'Which days horizon_days counts: calendar, working or bookable days.'),
	('service', 'bookable_during', 'Local dates on which the service may start; NULL: any.'),
	('service', 'seats', 'Patients per session; above 1 it is a group service.'),
	('service', 'requires_approval', 'A booking is pending until staff confirm it.'),
	('service', 'pending_blocks', 'Whether a pending appointment takes its time.'),
	('service', 'hold_for', 'How long a hold lasts unless it says so itself.'),
	('service', 'cancel_notice', 'Cancelling later than this before the start is late; patients may not.'),
	('service', 'reschedule_notice', 'Patients may not reschedule later than this before the start.'),
	('service', 'patient_may_overlap', 'Whether a patient may have another appointment at the same time.'),
	('service', 'max_anonymous_holds', 'The same as of the clinic for this service alone; NULL: what the clinic gives.'),
	('service', 'active', 'false: nothing new is offered or booked; what is booked stays.'),

	('service_provider', NULL, 'Who can fill which role of a service. A slot needs one provider in every role.'),
	('service_provider', 'service_id', 'The service.'),
	('service_provider', 'provider_id', 'Who can fill the role.'),
	('service_provider', 'clinic_id', 'Filled in from the service.'),
	('service_provider', 'role', 'practitioner is the lead role; without it the first role by name leads.'),
	('service_provider', 'duration', 'Length of the appointment when this provider leads it; NULL: the service''s.'),
	('service_provider', 'priority', 'When any provider will do, lower goes first among those equally booked.'),

	('working_hours', NULL, 'Weekly hours in local time.'),
	('working_hours', 'id', 'Filled in when left out.'),
	('working_hours', 'clinic_id', 'Filled in from the provider.'),
	('working_hours', 'provider_id', 'Whose hours.'),
	('working_hours', 'service_id', 'Hours of this service only, instead of the general ones; NULL: general.'),
	('working_hours', 'weekday', 'ISO 8601: 1 Monday to 7 Sunday.'),
	('working_hours', 'start_time', 'Local time; where the clocks change it is read by RFC 5545, section 3.3.5.'),
	('working_hours', 'end_time', 'Local time; before start_time it is on the next day; 24:00 is midnight.'),
	('working_hours', 'valid', 'Local dates on which the row counts; NULL: always.'),
	('working_hours', 'every_weeks', 'Counts in every n-th week only, from the week of anchored_on.'),
	('working_hours', 'anchored_on', 'A date in a week that counts.'),

	('date_override', NULL, 'The hours of one date, instead of the working hours.'),
	('date_override', 'id', 'Filled in when left out.'),
	('date_override', 'clinic_id', 'Filled in from the provider.'),
	('date_override', 'provider_id', 'Whose hours.'),
	('date_override', 'service_id', 'For this service only; NULL: for all.'),
	('date_override', 'on_date', 'The local date.'),
	('date_override', 'start_time', 'Local time; NULL with end_time: closed.'),
	('date_override', 'end_time', 'Local time; before start_time it is on the next day.'),

	('travel', NULL, 'Dates on which a provider''s local times are read in another zone.'),
	('travel', 'id', 'Filled in when left out.'),
	('travel', 'clinic_id', 'Filled in from the provider.'),
	('travel', 'provider_id', 'Who travels.'),
	('travel', 'dates', 'Local dates.'),
	('travel', 'time_zone', 'IANA zone on those dates.'),

	('time_off', NULL, 'Leave of a provider or closure of the whole clinic.'),
	('time_off', 'id', 'Filled in when left out.'),
	('time_off', 'clinic_id', 'Filled in from the provider.'),
	('time_off', 'provider_id', 'Who is off; NULL: the whole clinic.'),
	('time_off', 'during', 'Half-open [start, end), bounded.'),
	('time_off', 'reason', 'For staff.'),

	('busy_time', NULL, 'Time taken in other calendars.'),
	('busy_time', 'id', 'Filled in when left out.'),
	('busy_time', 'clinic_id', 'Filled in from the provider.'),
	('busy_time', 'provider_id', 'Who is busy.'),
	('busy_time', 'during', 'Half-open [start, end), bounded.'),
	('busy_time', 'source', 'The other calendar.'),
	('busy_time', 'uid', 'UID of the event there.'),

	('booking_limit', NULL, 'How much may be booked in a period.'),
	('booking_limit', 'id', 'Filled in when left out.'),
	('booking_limit', 'clinic_id', 'Filled in from the service or the provider.'),
	('booking_limit', 'service_id', 'Counts this service only; NULL: all together.'),
	('booking_limit', 'provider_id', 'Counts this lead provider only; NULL: all together.'),
	('booking_limit', 'per_patient', 'Each patient counts alone.'),
	('booking_limit', 'period', 'day, week, month, year, or upcoming: live future appointments.'),
	('booking_limit', 'max_count', 'At most so many appointments.'),
	('booking_limit', 'max_time', 'At most so much time.'),

	('message_template', NULL, 'Texts of messages, with placeholders such as {{patient_name}}, {{date}} and {{time}}, filled in the patient''s zone and date format.'),
	('message_template', 'id', 'Filled in when left out.'),
	('message_template', 'clinic_id', 'Whose template.'),
	('message_template', 'name', 'For people.'),
	('message_template', 'subject', 'Of an email.'),
	('message_template', 'body', 'The message.'),

	('reminder_rule', NULL, 'Which messages patients get, and when.'),
	('reminder_rule', 'id', 'Filled in when left out.'),
	('reminder_rule', 'clinic_id', 'Filled in from the service, if there is one.'),
	('reminder_rule', 'service_id', 'For this service only; NULL: all.'),
	('reminder_rule', 'occasion', 'before_start and after_end, by time_offset; booked, rescheduled, cancelled: at once; verify_email, password_reset, invitation, already_signed_up: the text of that message to an account, instead of the built-in one.'),
	('reminder_rule', 'time_offset', 'How long before the start, or after the end.'),
	('reminder_rule', 'channel', 'email, sms or any word of yours: what claim_notifications() is asked for.'),
	('reminder_rule', 'template_id', 'The text.'),
	('reminder_rule', 'active', 'False stops new messages.'),

	('patient', NULL, 'Whom it is booked for.'),
	('patient', 'id', 'Filled in when left out.'),
	('patient', 'clinic_id', 'Whose patient.'),
	('patient', 'name', 'Full name.'),
	('patient', 'email', 'Address for messages.'),
	('patient', 'phone', 'E.164: + and up to 15 digits.'),
	('patient', 'time_zone', 'IANA zone for messages; NULL: the clinic''s.'),
	('patient', 'locale', 'BCP 47 language tag for messages.'),

	('session', NULL, 'One row per group session. Written by the functions only.'),
	('session', 'id', 'Made by new_id().'),
	('session', 'clinic_id', 'The clinic.'),
	('session', 'provider_id', 'The lead.'),
	('session', 'service_id', 'The group service.'),
	('session', 'starts_at', 'Start without buffer.'),
	('session', 'ends_at', 'End without buffer, exclusive.'),

	('appointment', NULL, 'Every appointment, also past and cancelled ones. Written by the functions only.'),
	('appointment', 'id', 'Stays the same when rescheduled.'),
	('appointment', 'clinic_id', 'The clinic.'),
	('appointment', 'patient_id', 'Whom it is for; NULL while a hold has no patient.'),
	('appointment', 'service_id', 'What is booked.'),
	('appointment', 'provider_id', 'The provider of the lead role.'),
	('appointment', 'session_id', 'Its group session.'),
	('appointment', 'seat', 'Its seat in the session, from 1.'),
	('appointment', 'status', 'FHIR R5 Appointment.status, or held.'),
	('appointment', 'starts_at', 'Start without buffer.'),
	('appointment', 'ends_at', 'End without buffer, exclusive.'),
	('appointment', 'expires_at', 'When a hold ends by itself; kept when it has.'),
	('appointment', 'version', 'Raised by every change; see expected_version.'),
	('appointment', 'sequence', 'Raised by rescheduling: iCalendar''s SEQUENCE (RFC 5545, section 3.8.7.4).'),
	('appointment', 'idempotency_key', 'The creating call''s key, unique in the clinic for whose it is.'),
	('appointment', 'notes', 'Free text.'),
	('appointment', 'details', 'The app''s own data.'),
	('appointment', 'created_at', 'When it was made.'),
	('appointment', 'updated_at', 'When it last changed.'),
	('appointment', 'cancel_reason', 'Free text.'),
	('appointment', 'cancelled_by', 'patient, provider, staff or system.'),
	('appointment', 'late', 'Cancelled inside the service''s cancel_notice.'),
	('appointment', 'hold_token', 'What the confirmation of a hold without patient must give.'),
	('appointment', 'idempotency_scope', 'Whose key it is: of which account, else patient, else database role. Empty without a key, and for keys of 0.1.0.'),
	('appointment', 'request_hash', 'SHA-256 of the creating call''s arguments, to tell a repeat from a reused key.'),
	('appointment', 'seated_session_id', 'The session, while the seat counts: a foreign key to the session''s time on the lead''s calendar, so that no seat that counts is without time.'),
	('appointment', 'seat_released_at', 'When the seat was past and stopped to refer to its session''s time, which may be purged.'),

	('appointment_resource', NULL, 'Who and what was booked, one row per role, kept after cancelling. Written by the functions only.'),
	('appointment_resource', 'appointment_id', 'The appointment.'),
	('appointment_resource', 'role', 'The role that is filled.'),
	('appointment_resource', 'provider_id', 'Who fills it.'),
	('appointment_resource', 'clinic_id', 'The clinic.'),

	('allocation', NULL, 'The time that an appointment or session takes on one calendar, buffers included. Rows exist only while they block. Written by the functions only.'),
	('allocation', 'clinic_id', 'The clinic.'),
	('allocation', 'appointment_id', 'Whose time, unless a session''s.'),
	('allocation', 'session_id', 'Whose time, unless an appointment''s.'),
	('allocation', 'owner_id', 'appointment_id or session_id; filled by a trigger when left out.'),
	('allocation', 'provider_id', 'On whose calendar, unless a patient''s.'),
	('allocation', 'patient_id', 'On whose calendar, unless a provider''s.'),
	('allocation', 'calendar_id', 'provider_id or patient_id; filled by a trigger when left out.'),
	('allocation', 'lane', 'Which of the provider''s parallel places, from 0.'),
	('allocation', 'starts_at', 'Start of the occupied time: of the buffer, for providers.'),
	('allocation', 'ends_at', 'End of the occupied time, exclusive.'),
	('allocation', 'expires_at', 'The hold''s expiry; from then on the row does not block.'),

	('event', NULL, 'The durable log of what happened. Written by the functions only.'),
	('event', 'id', 'CloudEvents id.'),
	('event', 'seq', 'Order of insertion.'),
	('event', 'clinic_id', 'The clinic.'),
	('event', 'type', 'CloudEvents type, such as appointment.booked.'),
	('event', 'subject', 'Id of the appointment that it is about.'),
	('event', 'occurred_at', 'When it happened.'),
	('event', 'data', 'The appointment after the change, with keys changed (the old values) and actor (who did it).'),
	('event', 'position', 'Place in commit order, given after commit; no gaps.'),

	('account', NULL, 'A login: email and password, acting as patient, provider, staff or admin. Written by the functions only.'),
	('account', 'id', 'Claim sub of its tokens.'),
	('account', 'clinic_id', 'The clinic.'),
	('account', 'email', 'Compared without case; unique in the clinic once it is verified.'),
	('account', 'password_hash', 'bcrypt, by pgcrypto; NULL until an invitation is accepted.'),
	('account', 'role', 'patient, provider, staff or admin.'),
	('account', 'patient_id', 'As whom a patient acts; made when the address of a sign-up is verified.'),
	('account', 'provider_id', 'As whom a provider acts.'),
	('account', 'disabled', 'May not sign in.'),
	('account', 'email_verified_at', 'When the address was proved; nobody signs in before.'),
	('account', 'failures', 'Wrong passwords since the last right one.'),
	('account', 'locked_until', 'Until then no password is right.'),
	('account', 'profile', 'What sign_up() was told, for the row of patient; NULL from then on.'),
	('account', 'valid_after', 'Tokens issued before are refused by authenticate().'),
	('account', 'created_at', 'When it was made.'),
	('account', 'last_sign_in_at', 'When somebody last signed in.'),

	('account_token', NULL, 'Tokens sent by mail that are good for one use. Written by the functions only.'),
	('account_token', 'token_hash', 'SHA-256 of the token.'),
	('account_token', 'clinic_id', 'The clinic.'),
	('account_token', 'account_id', 'Whose token.'),
	('account_token', 'purpose', 'verify_email, password_reset or invitation.'),
	('account_token', 'created_at', 'When its mail was claimed.'),
	('account_token', 'expires_at', 'From then on it is good for nothing.'),

	('token_key', NULL, 'Keys that sign the tokens of sign_in(). Whoever reads this table can be anybody.'),
	('token_key', 'kid', 'Name of the key, in the header of its tokens.'),
	('token_key', 'secret', 'The HMAC key.'),
	('token_key', 'created_at', 'The newest that is not retired signs.'),
	('token_key', 'retires_at', 'From then on its tokens are refused; NULL: it is in use.'),

	('event_counter', NULL, 'The last position that was given; one row, kept when events are purged.'),
	('event_counter', 'only_row', 'Always true.'),
	('event_counter', 'last_position', 'The highest event.position so far.'),
	('event_counter', 'messages_position', 'Up to here messages have been queued for events.'),

	('consumer', NULL, 'Who reads the event log, and how far. Written by the functions only.'),
	('consumer', 'name', 'Chosen by create_consumer().'),
	('consumer', 'position', 'The last event.position that was acknowledged.'),
	('consumer', 'created_at', 'When it was made.'),
	('consumer', 'acked_at', 'When it last acknowledged something.'),

	('notification', NULL, 'Messages to be sent and that were sent. Written by the functions only.'),
	('notification', 'id', 'Made by new_id().'),
	('notification', 'clinic_id', 'The clinic.'),
	('notification', 'dedup_key', 'What the message is about: nobody gets one twice.'),
	('notification', 'rule_id', 'The reminder_rule.'),
	('notification', 'appointment_id', 'The appointment.'),
	('notification', 'sequence', 'The appointment''s sequence then: a reminder of an earlier time is not sent.'),
	('notification', 'purpose', 'Of a message to an account: verify_email, password_reset or invitation.'),
	('notification', 'account_id', 'The account; NULL for a password_reset: the account is looked for when the message is claimed.'),
	('notification', 'channel', 'How it is sent.'),
	('notification', 'recipient', 'The address or number.'),
	('notification', 'subject', 'Filled in.'),
	('notification', 'body', 'Filled in; NULL for an account: it is made when the message is claimed, and so its token is in no table.'),
	('notification', 'status', 'queued, sent, skipped or dead.'),
	('notification', 'reason', 'Why it was skipped, or the last failure.'),
	('notification', 'attempts', 'How often it was claimed.'),
	('notification', 'due_at', 'Not to be sent before.'),
	('notification', 'lease_until', 'Until then somebody is sending it.'),
	('notification', 'created_at', 'When it was queued.'),
	('notification', 'finished_at', 'When it was sent, skipped or given up.')
$texts$;

COMMENT ON FUNCTION quickbook_internal.schema_texts() IS
'What every table and column means. For the comments.';

CREATE FUNCTION quickbook_internal.schema_comments() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $comments$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT * FROM quickbook_internal.schema_texts() LOOP
		IF c.col IS NULL THEN
			EXECUTE format('COMMENT ON TABLE quickbook.%I IS %L', c.tab, c.txt);
		ELSE
			EXECUTE format('COMMENT ON COLUMN quickbook.%I.%I IS %L', c.tab, c.col, c.txt);
		END IF;
	END LOOP;
END
$comments$;

COMMENT ON FUNCTION quickbook_internal.schema_comments() IS
'Writes the comments on the tables and columns. Called by install() and migrate() only.';

CREATE FUNCTION quickbook_internal.schema_comment_columns(target text, same_as text, own text[] DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $columns$
DECLARE
	c record;
BEGIN
	FOR c IN
		SELECT a.attrelid::regclass AS relation, a.attname AS name, coalesce(
			(SELECT own[n][2] FROM generate_subscripts(own, 1) AS n WHERE own[n][1] = a.attname),
			(SELECT t.txt FROM quickbook_internal.schema_texts() t WHERE (t.tab, t.col) = (same_as, a.attname)),
			(SELECT col_description(s.attrelid, s.attnum) FROM pg_attribute s
				WHERE s.attrelid = to_regclass(format('quickbook.%I', same_as)) AND s.attname = a.attname)) AS txt
		FROM pg_attribute a
		WHERE a.attrelid = to_regclass(format('quickbook.%I', target)) AND a.attnum > 0 AND NOT a.attisdropped
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.relation, c.name, c.txt);
	END LOOP;
END
$columns$;

COMMENT ON FUNCTION quickbook_internal.schema_comment_columns(text, text, text[]) IS
'Writes the comments on the columns of a view or a result, which a gateway shows beside the field.

own has pairs of a column and what it means; the others mean what they mean in
the table or result same_as.';
