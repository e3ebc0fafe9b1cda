-- DESIGN 4, rule 6: a slot needs a free provider in every role at once; the lead
-- role's provider gives the grid, the length and the result's provider_id.
BEGIN;
\ir lib/t.inc
SELECT t.plan(46);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c', 'Ada') AS ada \gset
SELECT t.provider(:'c', 'Bob') AS bob \gset
SELECT t.provider(:'c', 'R1', kind => 'room') AS r1 \gset
SELECT t.provider(:'c', 'R2', kind => 'room') AS r2 \gset
SELECT t.provider(:'c', 'Laser', kind => 'device') AS laser \gset
SELECT t.service(:'c', '30 minutes') AS s \gset
SELECT t.patient(:'c', 'One') AS pat1 \gset
SELECT t.patient(:'c', 'Two') AS pat2 \gset
\set mon '2026-03-09 00:00+00'
\set tue '2026-03-10 00:00+00'
SAVEPOINT bare;

SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', 'a service that nobody offers has no slots');

SELECT t.offer(:'s', :'ada') \gset
SELECT t.hours(:'ada', 1, '09:00', '12:00') \gset
SAVEPOINT ada;
SELECT t.offer(:'s', :'r1', 'room') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', 'a role whose only provider is never open');
SELECT t.hours(:'r1', 1, '10:00', '13:00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00 10:30 11:00 11:30', 'practitioner and room are open at once');
SELECT t.offer(:'s', :'laser', 'device') \gset
SELECT t.hours(:'laser', 1, '08:00', '11:30') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00 10:30 11:00', 'practitioner, room and device');
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Ada@10:00-10:30/1 Ada@10:30-11:00/1 Ada@11:00-11:30/1', 'the result names the practitioner');
SAVEPOINT team;
SELECT t.busy(:'r1', '2026-03-09 10:30+00', '2026-03-09 11:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00 11:00', 'the room is busy');
SELECT t.off(:'c', :'laser', '2026-03-09 11:00+00', '2026-03-09 12:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00', 'the device is away');
SELECT t.is(t.slots(:'s', :'mon', :'tue', :'ada'), '10:00', 'provider_id names the lead; the other roles are filled all the same');
SELECT t.is(t.slots(:'s', :'mon', :'tue', :'r1'), '', 'provider_id of another role''s provider finds nothing');
ROLLBACK TO team;
-- booking takes all three
SELECT t.book(:'pat1', :'ada', :'s', '2026-03-09 10:30+00') AS a \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:00 11:00', 'an appointment takes its time');
SELECT t.service(:'c', '30 minutes', :'laser') AS solo \gset
SELECT t.is(t.slots(:'solo', '2026-03-09 10:00+00', :'tue'), '10:00 11:00', '... of the device, for another service, too');
ROLLBACK TO team;

-- Only some providers of a role are needed, and any will do.
SELECT t.offer(:'s', :'r2', 'room') \gset
SELECT t.hours(:'r2', 1, '09:00', '10:30') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:30 10:00 10:30 11:00', 'one room or the other');
SELECT t.is(t.rows(:'s', '2026-03-09 10:00+00', '2026-03-09 10:01+00'), 'Ada@10:00-10:30/1', 'two free rooms make no two rows');
SELECT t.offer(:'s', :'bob') \gset
SELECT t.hours(:'bob', 1, '09:15', '10:30') \gset
SELECT t.is(t.rows(:'s', '2026-03-09 09:00+00', '2026-03-09 10:01+00'),
	'Ada@09:00-09:30/1 Bob@09:15-09:45/1 Ada@09:30-10:00/1 Bob@09:45-10:15/1 Ada@10:00-10:30/1',
	'each lead has a grid of its own; the rows are in the order of time');
SELECT t.is(t.slots(:'s', :'mon', :'tue', :'bob'), '09:15 09:45', 'provider_id finds that lead''s only');
-- both rooms and both practitioners are free at 10:00, but there is one device
SELECT t.book(:'pat1', :'ada', :'s', '2026-03-09 10:00+00') \gset
SELECT t.is(t.slots(:'s', '2026-03-09 09:30+00', '2026-03-09 10:30+00'), '09:30', 'the device is what is short');
ROLLBACK TO ada;

-- The other roles' grids, rules and lengths do not matter.
SELECT t.offer(:'s', :'r1', 'room', '10 minutes') \gset
SELECT t.hours(:'r1', 1, '09:10', '12:00') \gset
SELECT t.is(t.rows(:'s', :'mon', '2026-03-09 10:01+00'), 'Ada@09:30-10:00/1 Ada@10:00-10:30/1', 'the grid and the length are the lead''s');
ROLLBACK TO ada;
-- gap: the runs are those in which everybody needed is free
SELECT t.offer(:'s', :'r1', 'room') \gset
SELECT t.hours(:'r1', 1, '09:10', '12:00') \gset
SELECT t.busy(:'r1', '2026-03-09 10:00+00', '2026-03-09 10:20+00') \gset
UPDATE quickbook.service SET slot_anchor = 'gap' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:10 10:20 10:50 11:20', 'gap: the room''s free time moves the grid');
UPDATE quickbook.service SET slot_anchor = 'clock' WHERE id = :'s'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:30 10:30 11:00 11:30', 'clock: ... rounded up');
-- a second room closes the gap in the first one's day
SELECT t.offer(:'s', :'r2', 'room') \gset
SELECT t.hours(:'r2', 1, '09:30', '10:40') \gset
UPDATE quickbook.service SET slot_anchor = 'gap' WHERE id = :'s'::uuid;
-- r1: 09:10–09:30 and from 10:20 on; r2: 09:30–10:10
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:10 09:40 10:10 10:20 10:50 11:20', 'gap: a run is made of whoever is free; between two rooms it breaks');
ROLLBACK TO ada;

-- The lead's own length.
UPDATE quickbook.service SET slot_interval = '1 hour' WHERE id = :'s'::uuid;
UPDATE quickbook.service_provider SET duration = '45 minutes' WHERE service_id = :'s'::uuid;
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Ada@09:00-09:45/1 Ada@10:00-10:45/1 Ada@11:00-11:45/1', 'the lead''s duration is the appointment''s');
SELECT t.offer(:'s', :'bob', duration => '90 minutes') \gset
SELECT t.hours(:'bob', 1, '09:00', '12:00') \gset
SELECT t.is(t.rows(:'s', :'mon', :'tue', :'bob'), 'Bob@09:00-10:30/1 Bob@10:00-11:30/1', '... each lead''s own');
SELECT t.offer(:'s', :'r1', 'room') \gset
SELECT t.hours(:'r1', 1, '09:00', '09:50') \gset
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Ada@09:00-09:45/1', '... and the room is needed as long');
ROLLBACK TO ada;

-- Buffers hold for every role.
SELECT t.offer(:'s', :'r1', 'room') \gset
SELECT t.hours(:'r1', 1, '09:00', '12:00') \gset
UPDATE quickbook.service SET buffer_after = '15 minutes' WHERE id = :'s'::uuid;
SELECT t.busy(:'r1', '2026-03-09 10:10+00', '2026-03-09 10:15+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 10:30 11:00 11:30', 'the room is needed for the buffers, too');
ROLLBACK TO ada;

-- A role's provider with capacity.
SELECT t.offer(:'s', :'bob') \gset
SELECT t.hours(:'bob', 1, '09:00', '12:00') \gset
SELECT t.offer(:'s', :'r1', 'room') \gset
SELECT t.hours(:'r1', 1, '09:00', '12:00') \gset
SELECT t.book(:'pat1', :'ada', :'s', '2026-03-09 09:00+00') \gset
SELECT t.is(t.slots(:'s', :'mon', '2026-03-09 09:30+00'), '', 'the one room is taken');
UPDATE quickbook.provider SET capacity = 2 WHERE id = :'r1'::uuid;
SELECT t.is(t.rows(:'s', :'mon', '2026-03-09 09:30+00'), 'Bob@09:00-09:30/1', 'a room for two has a place left');
ROLLBACK TO ada;

-- One provider in two roles.
SELECT t.offer(:'s', :'ada', 'assistant') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', 'a provider cannot be one''s own assistant');
UPDATE quickbook.provider SET capacity = 5 WHERE id = :'ada'::uuid;
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '', '... whatever the capacity');
SELECT t.offer(:'s', :'bob', 'assistant') \gset
SELECT t.hours(:'bob', 1, '11:00', '12:00') \gset
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Ada@11:00-11:30/1 Ada@11:30-12:00/1', '... and needs somebody else');
SELECT t.offer(:'s', :'bob') \gset
SELECT t.is((SELECT count(*)::text FROM quickbook.available_slots(:'s', '2026-03-09 11:00+00', '2026-03-09 11:30+00')), '2',
	'two who can do both can do it both ways');
ROLLBACK TO ada;
-- first can be r1 or r2, second only r1: whoever fills first with r1 finds none
SELECT t.offer(:'s', :'r1', 'first') \gset
SELECT t.offer(:'s', :'r2', 'first') \gset
SELECT t.offer(:'s', :'r1', 'second') \gset
SELECT t.hours(:'r1', 1, '09:00', '10:00') \gset
SELECT t.hours(:'r2', 1, '09:00', '10:00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:30', 'roles are filled so that all are filled');
SELECT t.lives(t.sql('SELECT quickbook.create_appointment(%L, %L, %L, %L)', :'pat1', :'ada', :'s', '2026-03-09 09:00+00'),
	'... when booking, too');
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:30', '... which takes both');
ROLLBACK TO ada;
-- three roles for three providers, of which each but one role takes two
SELECT t.offer(:'s', :'r1', 'first') \gset
SELECT t.offer(:'s', :'r2', 'first') \gset
SELECT t.offer(:'s', :'r2', 'second') \gset
SELECT t.offer(:'s', :'laser', 'second') \gset
SELECT t.offer(:'s', :'laser', 'third') \gset
SELECT t.hours(:'r1', 1, '09:00', '10:00') \gset
SELECT t.hours(:'r2', 1, '09:00', '10:00') \gset
SELECT t.hours(:'laser', 1, '09:00', '10:00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:30', 'also where one choice forces the next');
SELECT t.busy(:'r1', '2026-03-09 09:00+00', '2026-03-09 09:30+00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:30', '... and two providers do not fill three roles');
ROLLBACK TO bare;

-- The lead role without a practitioner is the first by name.
SELECT t.offer(:'s', :'r1', 'room') \gset
SELECT t.offer(:'s', :'laser', 'device') \gset
SELECT t.hours(:'r1', 1, '09:10', '10:30') \gset
SELECT t.hours(:'laser', 1, '09:00', '10:30') \gset
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Laser@09:30-10:00/1 Laser@10:00-10:30/1', 'without a practitioner the first role by name leads');
SELECT t.offer(:'s', :'ada', 'Zebra') \gset
SELECT t.hours(:'ada', 1, '09:05', '10:30') \gset
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Ada@09:35-10:05/1', 'names are compared by their bytes: capitals come first');
SELECT t.offer(:'s', :'bob') \gset
SELECT t.hours(:'bob', 1, '09:20', '10:30') \gset
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Bob@09:20-09:50/1 Bob@09:50-10:20/1', 'a practitioner leads whatever the names');
ROLLBACK TO bare;
SELECT t.offer(:'s', :'ada') \gset
SELECT t.hours(:'ada', 1, '09:00', '12:00') \gset
SAVEPOINT ada;

-- Who is not active is not offered.
SELECT t.offer(:'s', :'bob') \gset
SELECT t.hours(:'bob', 1, '09:00', '10:00') \gset
UPDATE quickbook.provider SET active = false WHERE id = :'ada'::uuid;
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Bob@09:00-09:30/1 Bob@09:30-10:00/1', 'an inactive lead is not offered');
SELECT t.is(t.rows(:'s', :'mon', :'tue', :'ada'), '', '... by id neither');
SELECT t.offer(:'s', :'r1', 'room') \gset
SELECT t.hours(:'r1', 1, '09:00', '10:00') \gset
UPDATE quickbook.provider SET active = false WHERE id = :'r1'::uuid;
SELECT t.is(t.rows(:'s', :'mon', :'tue'), '', 'an inactive room does not fill its role');
SELECT t.offer(:'s', :'r2', 'room') \gset
SELECT t.hours(:'r2', 1, '09:30', '10:00') \gset
SELECT t.is(t.rows(:'s', :'mon', :'tue'), 'Bob@09:30-10:00/1', '... another one does');
ROLLBACK TO ada;
UPDATE quickbook.service SET active = false WHERE id = :'s'::uuid;
SELECT t.is(t.rows(:'s', :'mon', :'tue'), '', 'an inactive service is not offered');
SELECT t.is(t.days(:'s', '2026-03-09', '2026-03-10'), '03-09=0 03-10=0', '... its days are listed');
ROLLBACK TO ada;

-- A room in another zone: its hours are read there. 09:00 in Berlin is 08:00 UTC.
SELECT t.provider(:'c', 'Far', zone => 'Europe/Berlin', kind => 'room') AS far \gset
SELECT t.offer(:'s', :'far', 'room') \gset
SELECT t.hours(:'far', 1, '09:00', '11:00') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '09:00 09:30', 'each provider''s hours are in that provider''s zone');
-- and hours of the room that name the service
SELECT t.hours(:'far', 1, '11:30', '12:00', :'s') \gset
SELECT t.is(t.slots(:'s', :'mon', :'tue'), '10:30', 'a room can have hours for one service');
ROLLBACK TO ada;

SELECT * FROM t.finish();
ROLLBACK;
