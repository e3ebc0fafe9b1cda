-- What a DBA reads after a slip of the pen in the configuration.
\set VERBOSITY default
\set clinic '00000000-0000-7000-8000-0000000000c1'
\set other '00000000-0000-7000-8000-0000000000c2'
\set doctor '00000000-0000-7000-8000-00000000d0c1'
\set visit '00000000-0000-7000-8000-00000000a0c1'
INSERT INTO quickbook.clinic (id, name, time_zone) VALUES
	(:'clinic', 'Clinic', 'Europe/Berlin'), (:'other', 'Other', 'America/New_York');
INSERT INTO quickbook.provider (id, clinic_id, name) VALUES (:'doctor', :'clinic', 'Doctor');
INSERT INTO quickbook.service (id, clinic_id, name, duration) VALUES (:'visit', :'clinic', 'Visit', '30 min');

INSERT INTO quickbook.clinic (name, time_zone) VALUES ('X', 'Europe/Berlim');
INSERT INTO quickbook.clinic (name, time_zone) VALUES ('X', 'europe/berlin');
UPDATE quickbook.clinic SET time_zone = 'CEST' WHERE id = :'clinic';
UPDATE quickbook.provider SET time_zone = '+02:00' WHERE id = :'doctor';
UPDATE quickbook.provider SET time_zone = 'Foo+3' WHERE id = :'doctor';
\set VERBOSITY terse
UPDATE quickbook.provider SET capacity = 0 WHERE id = :'doctor';
UPDATE quickbook.service SET duration = '1 month' WHERE id = :'visit';
UPDATE quickbook.service SET duration = '0' WHERE id = :'visit';
UPDATE quickbook.service SET duration = '1.5 seconds' WHERE id = :'visit';
UPDATE quickbook.service SET buffer_after = '-5 minutes' WHERE id = :'visit';
UPDATE quickbook.service SET slot_anchor = 'grid' WHERE id = :'visit';
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time) VALUES (:'doctor', 8, '09:00', '12:00');
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time) VALUES (:'doctor', 1, '09:00', '09:00');
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time, every_weeks)
	VALUES (:'doctor', 1, '09:00', '12:00', 2);
INSERT INTO quickbook.time_off (provider_id, during) VALUES (:'doctor', 'empty');
INSERT INTO quickbook.time_off (provider_id, during) VALUES (:'doctor', '[2026-03-02,)');
INSERT INTO quickbook.date_override (provider_id, on_date, start_time, end_time)
	VALUES (:'doctor', '2026-03-02', '09:00', '12:00'), (:'doctor', '2026-03-02', '11:00', '13:00');
INSERT INTO quickbook.date_override (provider_id, on_date, start_time, end_time)
	VALUES (:'doctor', '2026-03-02', '09:00', '12:00'), (:'doctor', '2026-03-02', NULL, NULL);
-- no clinic, no such provider, a provider of another clinic
INSERT INTO quickbook.provider (name) VALUES ('Nobody''s');
\set VERBOSITY default
INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
	VALUES ('00000000-0000-7000-8000-00000000ffff', 1, '09:00', '12:00');
INSERT INTO quickbook.working_hours (provider_id, clinic_id, weekday, start_time, end_time)
	VALUES (:'doctor', :'other', 1, '09:00', '12:00');
