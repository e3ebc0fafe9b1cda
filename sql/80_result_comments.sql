--
-- What every field of a result means.  A gateway shows it beside the field.
--

DO $results$
DECLARE
	c record;
BEGIN
	FOR c IN
		SELECT t.oid::regclass AS type, a.attname, coalesce(own.txt, texts.txt) AS txt
		FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0
			LEFT JOIN (VALUES
				('available_slot', 'seats_left', 'How many can still book it: 1, or the free seats of a group.'),

				('available_day', 'day', 'The date, also when it has no slots.'),
				('available_day', 'slots', 'How many slots start on it.'),

				('slot_rule', 'rule', 'Name of the rule; they come in the order in which a booking is refused by them.'),
				('slot_rule', 'passed', 'Whether it lets the start be booked; NULL: it cannot be asked.'),
				('slot_rule', 'detail', 'Why, for people.'),

				('free_busy_span', 'starts_at', 'Start of the span.'),
				('free_busy_span', 'ends_at', 'End of the span, exclusive: the start of the next one.'),
				('free_busy_span', 'kind', 'FHIR R5 Slot.status: free, busy, busy-tentative or busy-unavailable.'),

				('affected_appointment', 'appointment_id', 'The appointment.'),
				('affected_appointment', 'rule', 'The first rule that it would not pass now, as in explain_slot().'),
				('affected_appointment', 'detail', 'Why, for people.'),

				('maintenance_info', 'holds_expired', 'Holds that were closed because their time was over.'),
				('maintenance_info', 'events_numbered', 'Events that were given their position.'),
				('maintenance_info', 'notifications_queued', 'Messages to patients that were queued.'),

				('event_info', 'position', 'Place in commit order, to be acknowledged by ack_events().'),
				('consumer_info', 'lag_events', 'How many events come after its position.'),
				('consumer_info', 'lag_seconds', 'The age of the oldest of them in seconds; NULL without any.'),

				('stat_info', 'bookings', 'Appointments that were booked, or requested.'),
				('stat_info', 'holds', 'Holds that were made.'),
				('stat_info', 'holds_expired', 'Holds that were closed because their time was over.'),
				('stat_info', 'slot_searches', 'Searches for free slots: by calls, for what a refusal suggests, for horizons that count bookable days.'),
				('stat_info', 'events_sent', 'Events that were announced by NOTIFY.'),
				('stat_info', 'notify_batches', 'In how many batches: one for each pass of the worker, or each event without it.'),
				('stat_info', 'worker_wakeups', 'How often the worker awoke, by commits and by its interval.'),
				('stat_info', 'refusals', 'How often each error was raised, by its name.'),
				('stat_info', 'worker_pid', 'Process of the worker; NULL: none runs for this database.'),
				('stat_info', 'stats_reset', 'Since when is counted.'),

				('caller_info', 'kind', 'admin, staff, provider, patient or anon.'),
				('caller_info', 'account_id', 'Claim sub of the token (RFC 7519, section 4.1.2).'),
				('caller_info', 'clinic_id', 'The clinic of the caller; NULL for staff of all clinics.'),
				('caller_info', 'patient_id', 'As whom a patient acts.'),
				('caller_info', 'database_role', 'The role that called.'),

				('install_problem', 'object', 'A part of the tables.'),
				('install_problem', 'problem', 'What is wrong with it, and what to do.'),
				('data_problem', 'severity', 'error, warning (a change of the configuration explains it) or note (and nobody is worse off).'),
				('data_problem', 'what', 'The sort of problem, in a word for programs.'),
				('data_problem', 'id', 'The appointment, session or event that it is about; NULL: none.'),
				('data_problem', 'message', 'What is wrong with it, for people.'),
				('data_repair', 'severity', 'error, warning or note, as check_data() says.'),
				('data_repair', 'what', 'The sort of problem, in a word for programs.'),
				('data_repair', 'id', 'The appointment, session or event that it is about; NULL: none.'),
				('data_repair', 'message', 'What is wrong with it, or was, for people.'),
				('data_repair', 'done', 'mended, or left.'),
				('data_finding', 'severity', 'error, warning or note, as check_data() says.'),
				('data_finding', 'what', 'The sort of problem, in a word for programs.'),
				('data_finding', 'id', 'The appointment or session that it is about.'),
				('data_finding', 'message', 'What is wrong with it, for people.'),
				('data_finding', 'owner_id', 'The appointment or session whose allocation it is; NULL: that is not to be mended.'),
				('data_finding', 'calendar_id', 'The provider or patient whose time it is.'),
				('data_finding', 'starts_at', 'The time that should be taken: its start.'),
				('data_finding', 'ends_at', 'The time that should be taken: its end.'),
				('data_finding', 'expires_at', 'The time that should be taken: when it expires.'),
				('schema_object', 'object', 'Kind and name.'),
				('schema_object', 'definition', 'As PostgreSQL prints it.'),
				('schema_text', 'tab', 'The table.'),
				('schema_text', 'col', 'The column; NULL: the table is meant.'),
				('schema_text', 'txt', 'The comment.'),
				('role_right', 'tab', 'The table or view.'),
				('role_right', 'role', 'The role without the prefix quickbook_.'),
				('role_right', 'privileges', 'As in GRANT, or the rest of a CREATE POLICY.')
			) AS own (typ, field, txt) ON (own.typ, own.field) = (t.relname, a.attname)
			-- what a column of the table means, it means here
			LEFT JOIN (VALUES
				('appointment_info', 'appointment'), ('affected_appointment', 'appointment'), ('available_slot', 'appointment'),
				('event_info', 'event'), ('consumer_info', 'consumer'), ('notification_info', 'notification'),
				('account_info', 'account'), ('caller_info', 'account')
			) AS of (typ, tab) ON of.typ = t.relname
			LEFT JOIN quickbook_internal.schema_texts() AS texts ON (texts.tab, texts.col) = (of.tab, a.attname)
		WHERE t.relnamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND t.relkind = 'c'
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.type, c.attname, c.txt);
	END LOOP;
END
$results$;
