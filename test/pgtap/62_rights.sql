-- Section 3, rights: who may do what with whose rows. A table of function × whose
-- row × who calls, in the cells of lib/people.inc; then what identities there are,
-- and how they are forged.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
\ir lib/people.inc
SELECT t.plan(329);

SELECT quickbook.create_consumer('reader') \gset

SELECT t.know('jwtA', t.token('A'), :'all') \gset

CREATE TABLE t.function (n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, args text NOT NULL,
	value text NOT NULL, result text, cells text NOT NULL);
INSERT INTO t.function (name, args, value, result, cells) VALUES
--                                                                                           anon  A B Z   P Q R X   S1 S2 AD s0 a0 su

-- Searches. The patient and the clinic count.
('available_slots', $$({s1}, '2026-03-04', '2026-03-05')$$,                      $$'found'$$, 'found', '+ | + + x | + + + x | + x + | + + +'),
('available_slots', $$({s1}, '2026-03-04', '2026-03-05', {P})$$,                 $$'found'$$, 'found', '+ | + + x | + + + x | + x + | + + +'),
('available_slots', $$({s1}, '2026-03-04', '2026-03-05', patient_id => {A})$$,   $$'found'$$, 'found', 'x | + x x | + + + x | + x + | + + +'),
('available_slots', $$({s1}, '2026-03-03', '2026-03-04', patient_id => {B})$$,   $$'found'$$, 'found', 'x | x + x | + + + x | + x + | + + +'),
('available_slots', $$({sx}, '2026-03-04', '2026-03-05')$$,                      $$'found'$$, 'found', '+ | x x + | x x x + | x + x | + + +'),
('available_slots', $$({sx}, '2026-03-04', '2026-03-05', patient_id => {A})$$,   $$'found'$$, 'found', 'x | x x x | x x x ? | x ? x | ? ? ?'),
('available_slots', $$({s1}, '2026-03-04', '2026-03-05', patient_id => {Z})$$,   $$'found'$$, 'found', 'x | x x x | ? ? ? x | ? x ? | ? ? ?'),
('available_slots', $$({s1}, '2026-03-04', '2026-03-05', patient_id => {none})$$, $$'found'$$, 'found', 'x | x x x | ? ? ? x | ? x ? | ? ? ?'),
('available_slots', $$({s1}, '2026-03-04', '2026-03-05', {X})$$,                 $$'found'$$, 'found', '? | ? ? x | ? ? ? x | ? x ? | ? ? ?'),
('available_slots', $$({none}, '2026-03-04', '2026-03-05')$$,                    $$'found'$$, 'found', '? | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('next_slots', $$({s1})$$,                                                       $$'found'$$, 'found', '+ | + + x | + + + x | + x + | + + +'),
('next_slots', $$({s1}, patient_id => {A})$$,                                    $$'found'$$, 'found', 'x | + x x | + + + x | + x + | + + +'),
('next_slots', $$({s1}, patient_id => {B})$$,                                    $$'found'$$, 'found', 'x | x + x | + + + x | + x + | + + +'),
('next_slots', $$({sx})$$,                                                       $$'found'$$, 'found', '+ | x x + | x x x + | x + x | + + +'),
('next_slots', $$({sx}, patient_id => {Z})$$,                                    $$'found'$$, 'found', 'x | x x + | x x x + | x + x | + + +'),
('next_slots', $$({s1}, patient_id => {Z})$$,                                    $$'found'$$, 'found', 'x | x x x | ? ? ? x | ? x ? | ? ? ?'),
('next_slots', $$({none})$$,                                                     $$'found'$$, 'found', '? | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('available_days', $$({s1}, '2026-03-04', '2026-03-05')$$,                       $$'found'$$, 'found', '+ | + + x | + + + x | + x + | + + +'),
('available_days', $$({sx}, '2026-03-04', '2026-03-05')$$,                       $$'found'$$, 'found', '+ | x x + | x x x + | x + x | + + +'),
('available_days', $$({none}, '2026-03-04', '2026-03-05')$$,                     $$'found'$$, 'found', '? | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('explain_slot', $$({s1}, {P}, '2026-03-03 11:00+00')$$,                         $$'told'$$, 'told', '- | + + x | + + + x | + x + | + + +'),
('explain_slot', $$({s1}, {Q}, '2026-03-03 09:30+00', {A})$$,                    $$'told'$$, 'told', '- | + x x | + + + x | + x + | + + +'),
('explain_slot', $$({s1}, {P}, '2026-03-03 09:30+00', {B})$$,                    $$'told'$$, 'told', '- | x + x | + + + x | + x + | + + +'),
('explain_slot', $$({sg}, {Q}, '2026-03-03 14:30+00', {B})$$,                    $$'told'$$, 'told', '- | x + x | + + + x | + x + | + + +'),
('explain_slot', $$({sx}, {X}, '2026-03-03 16:30+00')$$,                         $$'told'$$, 'told', '- | x x + | x x x + | x + x | + + +'),
('explain_slot', $$({sx}, {X}, '2026-03-03 16:30+00', {A})$$,                    $$'told'$$, 'told', '- | x x x | x x x ? | x ? x | ? ? ?'),
('explain_slot', $$({s1}, {none}, '2026-03-03 11:00+00')$$,                      $$'told'$$, 'told', '- | ? ? x | ? ? ? x | ? x ? | ? ? ?'),
('free_busy', $$({P}, '2026-03-03', '2026-03-04')$$,                             $$'told'$$, 'told', '- | + + x | + + + x | + x + | + + +'),
('free_busy', $$({X}, '2026-03-03', '2026-03-04')$$,                             $$'told'$$, 'told', '- | x x + | x x x + | x + x | + + +'),
('free_busy', $$({none}, '2026-03-03', '2026-03-04')$$,                          $$'told'$$, 'told', '- | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('affected_appointments', $$({P})$$,                                             $$'told'$$, 'told', '- | - - - | 0 x x x | 0 x 0 | 0 0 0'),
('affected_appointments', $$({R})$$,                                             $$'told'$$, 'told', '- | - - - | x x 0 x | 0 x 0 | 0 0 0'),
('affected_appointments', $$({none})$$,                                          $$'told'$$, 'told', '- | - - - | ? ? ? ? | ? ? ? | ? ? ?'),

-- Booking: for whom, with whom.
('create_appointment', $$({A}, {P}, {s1}, '2026-03-04 09:00+00')$$,              'status', 'booked', '- | + x x | + x x x | + x + | + + +'),
('create_appointment', $$({A}, NULL, {s1}, '2026-03-04 09:00+00')$$,             'status', 'booked', '- | + x x | x x x x | + x + | + + +'),
('create_appointment', $$({B}, {Q}, {s1}, '2026-03-04 09:00+00')$$,              'status', 'booked', '- | x + x | x + x x | + x + | + + +'),
('create_appointment', $$({A}, {P}, {sr}, '2026-03-04 09:00+00')$$,              'status', 'booked', '- | + x x | + x x x | + x + | + + +'),
('create_appointment', $$({A}, {P}, {sp}, '2026-03-04 09:00+00')$$,              'status', 'pending', '- | + x x | + x x x | + x + | + + +'),
('create_appointment', $$({A}, {P}, {sp}, '2026-03-04 09:00+00', override => '{policy}')$$, 'status', 'booked', '- | x x x | + x x x | + x + | + + +'),
('create_appointment', $$({A}, {P}, {s1}, '2026-03-04 09:10+00', override => '{grid}')$$, 'status', 'booked', '- | x x x | + x x x | + x + | + + +'),
('create_appointment', $$({A}, {P}, {s1}, '2026-03-04 22:00+00', override => '{hours,grid,notice,horizon,limit}')$$, 'status', 'booked', '- | x x x | + x x x | + x + | + + +'),
('create_appointment', $$({Z}, {X}, {sx}, '2026-03-04 09:00+00')$$,              'status', 'booked', '- | x x + | x x x + | x + x | + + +'),
('create_appointment', $$({Z}, {P}, {s1}, '2026-03-04 09:00+00')$$,              'status', 'booked', '- | x x x | ? ? ? x | ? x ? | ? ? ?'),
('create_appointment', $$({A}, {X}, {sx}, '2026-03-04 09:00+00')$$,              'status', 'booked', '- | x x x | x x x ? | x ? x | ? ? ?'),
('create_appointment', $$({A}, {P}, {sx}, '2026-03-04 09:00+00')$$,              'status', 'booked', '- | x x x | x x x ? | x ? x | ? ? ?'),
('create_appointment', $$({none}, {P}, {s1}, '2026-03-04 09:00+00')$$,           'status', 'booked', '- | x x x | ? ? ? x | ? x ? | ? ? ?'),
('create_appointment', $$({A}, {none}, {s1}, '2026-03-04 09:00+00')$$,           'status', 'booked', '- | ? x x | ? ? ? x | ? x ? | ? ? ?'),
('create_appointment', $$({A}, {P}, {none}, '2026-03-04 09:00+00')$$,            'status', 'booked', '- | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('create_appointment', $$(NULL, {P}, {s1}, '2026-03-04 09:00+00')$$,             'status', 'booked', '- | [22023:invalid_argument] [22023:invalid_argument] [22023:invalid_argument] | [22023:invalid_argument] [22023:invalid_argument] [22023:invalid_argument] [22023:invalid_argument] | [22023:invalid_argument] [22023:invalid_argument] [22023:invalid_argument] | [22023:invalid_argument] [22023:invalid_argument] [22023:invalid_argument]'),
-- taken: by B, and when B is busy
('create_appointment', $$({A}, {P}, {s1}, '2026-03-03 11:00+00')$$,              'status', 'booked', '- | [23P01:slot_taken] x x | [23P01:slot_taken] x x x | [23P01:slot_taken] x [23P01:slot_taken] | [23P01:slot_taken] [23P01:slot_taken] [23P01:slot_taken]'),
('create_appointment', $$({B}, {P}, {s1}, '2026-03-03 09:30+00')$$,              'status', 'booked', '- | x [23P01:patient_busy] x | [23P01:patient_busy] x x x | [23P01:patient_busy] x [23P01:patient_busy] | [23P01:patient_busy] [23P01:patient_busy] [23P01:patient_busy]'),
-- another's idempotency key, with one's own request, and with theirs
-- the keys are those of who gave them first, the superuser: to all others they are new
('create_appointment', $$({A}, {P}, {s1}, '2026-03-04 09:00+00', {keyB})$$,      'status', 'booked', '- | + x x | + x x x | + x + | + + [23505:idempotency_conflict]'),
('create_appointment', $$({B}, {Q}, {s1}, '2026-03-03 09:30+00', {keyB}, 'his elbow hurts', '{"ward": "begonia"}')$$, 't.names(f.id)', 'apB', '- | x [23P01:slot_taken] x | x [23P01:slot_taken] x x | [23P01:slot_taken] x [23P01:slot_taken] | [23P01:slot_taken] [23P01:slot_taken] +'),
('create_appointment', $$({A}, {P}, {s1}, '2026-03-03 09:00+00', {keyA}, 'her knee hurts', '{"ward": "anemone"}')$$, 't.names(f.id)', 'apA', '- | [23P01:slot_taken] x x | [23P01:slot_taken] x x x | [23P01:slot_taken] x [23P01:slot_taken] | [23P01:slot_taken] [23P01:slot_taken] +'),
('create_appointment', $$({A}, {P}, {s1}, '2026-03-03 09:00+00', {keyA})$$, 'status', 'booked', '- | [23P01:slot_taken] x x | [23P01:slot_taken] x x x | [23P01:slot_taken] x [23P01:slot_taken] | [23P01:slot_taken] [23P01:slot_taken] [23505:idempotency_conflict]'),
('create_appointment', $$({Z}, {X}, {sx}, '2026-03-04 09:00+00', {keyA})$$,      'status', 'booked', '- | x x + | x x x + | x + x | + + +'),
('create_appointment_local', $$({A}, {P}, {s1}, '2026-03-04', '09:00')$$,        'status', 'booked', '- | + x x | + x x x | + x + | + + +'),
('create_appointment_local', $$({A}, NULL, {s1}, '2026-03-04', '09:00')$$,       'status', 'booked', '- | + x x | x x x x | + x + | + + +'),
('create_appointment_local', $$({A}, {P}, {s1}, '2026-03-04', '22:00', override => '{hours,grid}')$$, 'status', 'booked', '- | x x x | + x x x | + x + | + + +'),
('create_appointment_local', $$({Z}, {X}, {sx}, '2026-03-04', '09:00')$$,        'status', 'booked', '- | x x + | x x x + | x + x | + + +'),
('create_appointment_local', $$({A}, {P}, {none}, '2026-03-04', '09:00')$$,      'status', 'booked', '- | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('hold_appointment', $$({A}, {P}, {s1}, '2026-03-04 09:00+00')$$,                'status', 'held', 'x | + x x | + x x x | + x + | + + +'),
('hold_appointment', $$({A}, NULL, {s1}, '2026-03-04 09:00+00')$$,               'status', 'held', 'x | + x x | x x x x | + x + | + + +'),
('hold_appointment', $$(NULL, {P}, {s1}, '2026-03-04 09:00+00')$$,               'status', 'held', '+ | + + x | + x x x | + x + | + + +'),
('hold_appointment', $$(NULL, NULL, {s1}, '2026-03-04 09:00+00')$$,              'status', 'held', '+ | + + x | x x x x | + x + | + + +'),
-- clinic 2 takes no holds without patient but by its staff and providers
('hold_appointment', $$(NULL, {X}, {sx}, '2026-03-04 09:00+00')$$,               'status', 'held', 'x | x x x | x x x + | x + x | + + +'),
('hold_appointment', $$(NULL, {P}, {s1}, '2026-03-04 09:10+00', override => '{grid}')$$, 'status', 'held', 'x | x x x | + x x x | + x + | + + +'),
('hold_appointment', $$(NULL, {P}, {s1}, '2026-03-04 09:00+00', hold_for => '1 day')$$, 'status', 'held', '[23QB6:policy_refused] | [23QB6:policy_refused] [23QB6:policy_refused] x | + x x x | + x + | + + +'),
('hold_appointment', $$(NULL, {P}, {s1}, '2026-03-03 14:30+00', {keyA})$$,       'status', 'held', '[22023:invalid_argument] | + + x | + x x x | + x + | + + [23505:idempotency_conflict]'),
('hold_appointment', $$(NULL, {P}, {s1}, '2026-03-03 14:00+00')$$,               'status', 'held', '[23P01:slot_taken] | [23P01:slot_taken] [23P01:slot_taken] x | [23P01:slot_taken] x x x | [23P01:slot_taken] x [23P01:slot_taken] | [23P01:slot_taken] [23P01:slot_taken] [23P01:slot_taken]'),
('hold_appointment', $$({none}, {P}, {s1}, '2026-03-04 09:00+00')$$,             'status', 'held', 'x | x x x | ? ? ? x | ? x ? | ? ? ?'),
('hold_appointment', $$({Z}, {P}, {s1}, '2026-03-04 09:00+00')$$,                'status', 'held', 'x | x x x | ? ? ? x | ? x ? | ? ? ?'),
('hold_appointment', $$(NULL, {P}, {none}, '2026-03-04 09:00+00')$$,             'status', 'held', '? | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),

-- An appointment that is there. What is refused is refused before its state counts.
('get_appointment', $$({apA})$$,                     'status', 'booked', '- | + x x | + x x x | + x + | + + +'),
('get_appointment', $$({apB})$$,                     'status', 'booked', '- | x + x | x + x x | + x + | + + +'),
('get_appointment', $$({apR})$$,                     'status', 'booked', '- | + x x | + x + x | + x + | + + +'),
('get_appointment', $$({gB})$$,                      'status', 'booked', '- | x + x | x + x x | + x + | + + +'),
('get_appointment', $$({cB})$$,                      'status', 'cancelled', '- | x + x | x + x x | + x + | + + +'),
('get_appointment', $$({hN})$$,                      'status', 'held', '- | x x x | + x x x | + x + | + + +'),
('get_appointment', $$({hX})$$,                      'status', 'held', '- | x x x | x x x + | x + x | + + +'),
('get_appointment', $$({apZ})$$,                     'status', 'booked', '- | x x + | x x x + | x + x | + + +'),
('get_appointment', $$({none})$$,                    'status', 'booked', '- | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('cancel_appointment', $$({apA})$$,                  'status', 'cancelled', '- | + x x | + x x x | + x + | + + +'),
('cancel_appointment', $$({apA}, 'by whom')$$,       'cancelled_by', 'staff', '- | =patient x x | =provider x x x | + x + | + + +'),
('cancel_appointment', $$({apB}, expected_version => 1)$$, 'status', 'cancelled', '- | x + x | x + x x | + x + | + + +'),
('cancel_appointment', $$({apB}, expected_version => 99)$$, 'status', 'cancelled', '- | x [23QB8:stale_version] x | x [23QB8:stale_version] x x | [23QB8:stale_version] x [23QB8:stale_version] | [23QB8:stale_version] [23QB8:stale_version] [23QB8:stale_version]'),
('cancel_appointment', $$({cB})$$,                   'status', 'cancelled', '- | x + x | x + x x | + x + | + + +'),
('cancel_appointment', $$({apR})$$,                  'status', 'cancelled', '- | + x x | + x + x | + x + | + + +'),
('cancel_appointment', $$({gB})$$,                   'status', 'cancelled', '- | x + x | x + x x | + x + | + + +'),
('cancel_appointment', $$({hA})$$,                   'status', 'cancelled', '- | + x x | + x x x | + x + | + + +'),
('cancel_appointment', $$({hN})$$,                   'status', 'cancelled', '- | x x x | + x x x | + x + | + + +'),
('cancel_appointment', $$({apZ})$$,                  'status', 'cancelled', '- | x x + | x x x + | x + x | + + +'),
('cancel_appointment', $$({none})$$,                 'status', 'cancelled', '- | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('update_appointment', $$({apA}, 'hers')$$,          'notes', 'hers', '- | + x x | + x x x | + x + | + + +'),
('update_appointment', $$({apA}, details => '{"by": 1}')$$, 'details', '{"by": 1}', '- | + x x | + x x x | + x + | + + +'),
('update_appointment', $$({apB})$$,                  'status', 'booked', '- | x + x | x + x x | + x + | + + +'),
('update_appointment', $$({apB}, 'x', expected_version => 99)$$, 'status', 'booked', '- | x [23QB8:stale_version] x | x [23QB8:stale_version] x x | [23QB8:stale_version] x [23QB8:stale_version] | [23QB8:stale_version] [23QB8:stale_version] [23QB8:stale_version]'),
('update_appointment', $$({cB}, 'late words')$$,     'notes', 'late words', '- | x + x | x + x x | + x + | + + +'),
('update_appointment', $$({hN}, 'whose')$$,          'notes', 'whose', '- | x x x | + x x x | + x + | + + +'),
('update_appointment', $$({apZ}, 'hers')$$,          'notes', 'hers', '- | x x + | x x x + | x + x | + + +'),
('update_appointment', $$({none}, 'hers')$$,         'notes', 'hers', '- | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('reschedule_appointment', $$({apA}, '2026-03-04 09:00+00')$$, 'version', '2', '- | + x x | + x x x | + x + | + + +'),
('reschedule_appointment', $$({apA}, '2026-03-04 09:00+00', {P})$$, 'version', '2', '- | + x x | + x x x | + x + | + + +'),
('reschedule_appointment', $$({apA}, '2026-03-04 09:00+00', {Q})$$, 'version', '2', '- | + x x | x x x x | + x + | + + +'),
('reschedule_appointment', $$({apAQ}, '2026-03-04 09:00+00', {P})$$, 'version', '2', '- | + x x | x x x x | + x + | + + +'),
('reschedule_appointment', $$({apA}, '2026-03-04 09:00+00', {X})$$, 'version', '2', '- | ? x x | x x x x | ? x ? | ? ? ?'),
('reschedule_appointment', $$({apA}, '2026-03-04 09:00+00', {none})$$, 'version', '2', '- | ? x x | x x x x | ? x ? | ? ? ?'),
('reschedule_appointment', $$({apB}, '2026-03-03 09:30+00')$$, 'version', '1', '- | x + x | x + x x | + x + | + + +'),
('reschedule_appointment', $$({apB}, '2026-03-01 09:30+00')$$, 'version', '1', '- | x [23QB3:too_soon] x | x [23QB3:too_soon] x x | [23QB3:too_soon] x [23QB3:too_soon] | [23QB3:too_soon] [23QB3:too_soon] [23QB3:too_soon]'),
('reschedule_appointment', $$({cB}, '2026-03-04 09:30+00')$$, 'version', '1', '- | x [23QB7:invalid_transition] x | x [23QB7:invalid_transition] x x | [23QB7:invalid_transition] x [23QB7:invalid_transition] | [23QB7:invalid_transition] [23QB7:invalid_transition] [23QB7:invalid_transition]'),
('reschedule_appointment', $$({apR}, '2026-03-04 09:00+00')$$, 'version', '2', '- | + x x | + x + x | + x + | + + +'),
('reschedule_appointment', $$({gB}, '2026-03-04 09:00+00')$$, 'version', '2', '- | x + x | x + x x | + x + | + + +'),
('reschedule_appointment', $$({hN}, '2026-03-04 09:00+00')$$, 'version', '2', '- | x x x | + x x x | + x + | + + +'),
('reschedule_appointment', $$({apA}, '2026-03-03 11:00+00')$$, 'version', '2', '- | [23P01:slot_taken] x x | [23P01:slot_taken] x x x | [23P01:slot_taken] x [23P01:slot_taken] | [23P01:slot_taken] [23P01:slot_taken] [23P01:slot_taken]'),
('reschedule_appointment', $$({apA}, '2026-03-04 22:10+00', override => '{hours,grid}')$$, 'version', '2', '- | x x x | + x x x | + x + | + + +'),
('reschedule_appointment', $$({apZ}, '2026-03-04 09:00+00')$$, 'version', '2', '- | x x + | x x x + | x + x | + + +'),
('reschedule_appointment', $$({none}, '2026-03-04 09:00+00')$$, 'version', '2', '- | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('confirm_appointment', $$({hA})$$,                  'status', 'booked', '- | + x x | + x x x | + x + | + + +'),
('confirm_appointment', $$({hB})$$,                  'status', 'booked', '- | x + x | x + x x | + x + | + + +'),
('confirm_appointment', $$({hA}, override => '{limit}')$$, 'status', 'booked', '- | x x x | + x x x | + x + | + + +'),
('confirm_appointment', $$({hN}, {A}, {tokenN})$$,   'status', 'booked', '- | + x x | + x x x | + x + | + + +'),
('confirm_appointment', $$({hN}, {B}, {tokenN})$$,   'status', 'booked', '- | x + x | + x x x | + x + | + + +'),
('confirm_appointment', $$({hN}, {Z}, {tokenN})$$,   'status', 'booked', '- | ? ? x | ? x x x | ? x ? | ? ? ?'),
('confirm_appointment', $$({hX}, {Z}, {tokenX})$$,   'status', 'booked', '- | x x + | x x x + | x + x | + + +'),
('confirm_appointment', $$({hN}, {A})$$,             'status', 'booked', '- | x x x | x x x x | x x x | x x x'),
('confirm_appointment', $$({hN}, {A}, {tokenX})$$,   'status', 'booked', '- | x x x | x x x x | x x x | x x x'),
('confirm_appointment', $$({hN}, {none}, {tokenN})$$, 'status', 'booked', '- | ? ? x | ? x x x | ? x ? | ? ? ?'),
('confirm_appointment', $$({hA}, {B})$$,               'status', 'booked', '- | x x x | x x x x | x x x | x x x'),
('confirm_appointment', $$({hA}, {A}, {tokenN})$$,    'status', 'booked', '- | + x x | + x x x | + x + | + + +'),
('confirm_appointment', $$({hN}, NULL, {tokenN})$$,   'status', 'booked', '- | [22023:invalid_argument] [22023:invalid_argument] x | [22023:invalid_argument] x x x | [22023:invalid_argument] x [22023:invalid_argument] | [22023:invalid_argument] [22023:invalid_argument] [22023:invalid_argument]'),
('confirm_appointment', $$({pA})$$,                  'status', 'booked', '- | x x x | + x x x | + x + | + + +'),
('confirm_appointment', $$({pB})$$,                  'status', 'booked', '- | x x x | + x x x | + x + | + + +'),
('confirm_appointment', $$({apB}, expected_version => 99)$$, 'status', 'booked', '- | x [23QB8:stale_version] x | x [23QB8:stale_version] x x | [23QB8:stale_version] x [23QB8:stale_version] | [23QB8:stale_version] [23QB8:stale_version] [23QB8:stale_version]'),
('confirm_appointment', $$({none})$$,                'status', 'booked', '- | ? ? ? | ? ? ? ? | ? ? ? | ? ? ?'),
('decline_appointment', $$({pA})$$,                  'status', 'cancelled', '- | - - - | + x x x | + x + | + + +'),
('decline_appointment', $$({pB}, 'no', 1)$$,         'status', 'cancelled', '- | - - - | + x x x | + x + | + + +'),
('decline_appointment', $$({apA})$$,                 'status', 'cancelled', '- | - - - | [23QB7:invalid_transition] x x x | [23QB7:invalid_transition] x [23QB7:invalid_transition] | [23QB7:invalid_transition] [23QB7:invalid_transition] [23QB7:invalid_transition]'),
('decline_appointment', $$({none})$$,                'status', 'cancelled', '- | - - - | ? ? ? ? | ? ? ? | ? ? ?'),
('set_appointment_status', $$({apA}, 'arrived')$$,   'status', 'arrived', '- | - - - | + x x x | + x + | + + +'),
('set_appointment_status', $$({apB}, 'cancelled')$$, 'status', 'cancelled', '- | - - - | x + x x | + x + | + + +'),
('set_appointment_status', $$({apR}, 'arrived')$$,   'status', 'arrived', '- | - - - | + x + x | + x + | + + +'),
('set_appointment_status', $$({apA}, 'entered-in-error')$$, 'status', 'entered-in-error', '- | - - - | + x x x | + x + | + + +'),
('set_appointment_status', $$({cB}, 'booked', override => '{hours}')$$, 'status', 'booked', '- | - - - | x + x x | + x + | + + +'),
('set_appointment_status', $$({apA}, 'held')$$,      'status', 'held', '- | - - - | [23QB7:invalid_transition] x x x | [23QB7:invalid_transition] x [23QB7:invalid_transition] | [23QB7:invalid_transition] [23QB7:invalid_transition] [23QB7:invalid_transition]'),
('set_appointment_status', $$({apZ}, 'arrived')$$,   'status', 'arrived', '- | - - - | x x x + | x + x | + + +'),
('set_appointment_status', $$({none}, 'arrived')$$,  'status', 'arrived', '- | - - - | ? ? ? ? | ? ? ? | ? ? ?'),
('list_appointments', $$()$$, 't.names(f.id)', NULL, '- | =apA,apAQ,apR,gA,hA,pA =apB,apBP,cB,gB,hB,pB =apZ | =apA,apBP,apR,hA,hN,pA,pB =apAQ,apB,cB,gA,gB,hB =apR =apZ,hX | =apA,apAQ,apB,apBP,apR,cB,gA,gB,hA,hB,hN,pA,pB =apZ,hX =apA,apAQ,apB,apBP,apR,cB,gA,gB,hA,hB,hN,pA,pB | =apA,apAQ,apB,apBP,apR,apZ,cB,gA,gB,hA,hB,hN,hX,pA,pB =apA,apAQ,apB,apBP,apR,apZ,cB,gA,gB,hA,hB,hN,hX,pA,pB =apA,apAQ,apB,apBP,apR,apZ,cB,gA,gB,hA,hB,hN,hX,pA,pB'),
('list_appointments', $$(patient_id => {A})$$, 't.names(f.id)', NULL, '- | =apA,apAQ,apR,gA,hA,pA x x | =apA,apR,hA,pA =apAQ,gA =apR 0 | =apA,apAQ,apR,gA,hA,pA 0 =apA,apAQ,apR,gA,hA,pA | =apA,apAQ,apR,gA,hA,pA =apA,apAQ,apR,gA,hA,pA =apA,apAQ,apR,gA,hA,pA'),
('list_appointments', $$(patient_id => {B}, status => 'cancelled')$$, 't.names(f.id)', 'cB', '- | x + x | 0 + 0 0 | + 0 + | + + +'),
('list_appointments', $$(provider_id => {R})$$, 't.names(f.id)', 'apR', '- | + 0 0 | x x + x | + 0 + | + + +'),
('list_appointments', $$(provider_id => {Q}, status => 'booked')$$, 't.names(f.id)', NULL, '- | =apAQ,gA =apB,gB 0 | x =apAQ,apB,gA,gB x x | =apAQ,apB,gA,gB 0 =apAQ,apB,gA,gB | =apAQ,apB,gA,gB =apAQ,apB,gA,gB =apAQ,apB,gA,gB'),
('list_appointments', $$(patient_id => {Z})$$, 't.names(f.id)', 'apZ', '- | x x + | 0 0 0 + | 0 + 0 | + + +'),
('list_appointments', $$(provider_id => {X})$$, 't.names(f.id)', NULL, '- | 0 0 =apZ | x x x =apZ,hX | 0 =apZ,hX 0 | =apZ,hX =apZ,hX =apZ,hX'),
('sees_appointment', $$({apA})$$,                    'f', 'true', '- | + =false =false | + =false =false =false | + =false + | + + +'),
('sees_appointment', $$({apR})$$,                    'f', 'true', '- | + =false =false | + =false + =false | + =false + | + + +'),
('sees_appointment', $$({gB})$$,                     'f', 'true', '- | =false + =false | =false + =false =false | + =false + | + + +'),
('sees_appointment', $$({hN})$$,                     'f', 'true', '- | =false =false =false | + =false =false =false | + =false + | + + +'),
('sees_appointment', $$({none})$$,                   'f', 'true', '- | =false =false =false | =false =false =false =false | =false =false =false | =false =false =false'),

-- Who am I.
('whoami', '()', $$pg_catalog.concat_ws('/', kind, t.names(clinic_id), t.names(coalesce(patient_id, provider_id)))$$, NULL, '=anon | =patient/c1/A =patient/c1/B =patient/c2/Z | =provider/c1/P =provider/c1/Q =provider/c1/R =provider/c2/X | =staff/c1 =staff/c2 =admin/c1 | =staff =admin =admin'),
('managed_clinics', '()', $$pg_catalog.cardinality(f)$$, '2', '- | =0 =0 =0 | =0 =0 =0 =0 | =1 =1 =1 | + + +'),
('new_id', '({c1})', $$'made'$$, 'made', '- | - - - | - - - - | + + + | + + +'),
('bucket', '({c1})', $$'told'$$, 'told', '- | - - - | - - - - | + + + | + + +'),
('event_json', '(NULL)', 'f', 'null', '- | - - - | - - - - | + + + | + + +'),

-- Accounts. Whoever calls may sign up or in: that is how they become somebody.
('sign_up', $$('new@people.example', 'correct horse', 'New', {c1})$$,    $$'done'$$, 'done', '+ | + + + | + + + + | + + + | + + +'),
('sign_up', $$('A@people.example', 'correct horse', 'New', {c1})$$,      $$'done'$$, 'done', '+ | + + + | + + + + | + + + | + + +'),
('verify_sign_up', $$('guess', 'correct horse')$$,                       $$'done'$$, 'done', 'x | x x x | x x x x | x x x | x x x'),
('verify_email', $$('guess')$$,                                          $$'done'$$, 'done', 'x | x x x | x x x x | x x x | x x x'),
('sign_in', $$('A@people.example', 'correct horse', {c1})$$,             'f IS NOT NULL', 'true', '+ | + + + | + + + + | + + + | + + +'),
('sign_in', $$('A@people.example', 'correct horse', {c2})$$,             'f', 'null', '+ | + + + | + + + + | + + + | + + +'),
('sign_in', $$('A@people.example', 'wrong horse', {c1})$$,               'f', 'null', '+ | + + + | + + + + | + + + | + + +'),
('request_password_reset', $$('A@people.example', {c1})$$,               $$'done'$$, 'done', '+ | + + + | + + + + | + + + | + + +'),
('reset_password', $$('guess', 'correct horse')$$,                       $$'done'$$, 'done', 'x | x x x | x x x x | x x x | x x x'),
('verify_token', $$('guess')$$,                                          $$'good'$$, 'good', 'x | x x x | x x x x | x x x | x x x'),
('verify_token', $$({jwtA} /* {A} */)$$,                                     $$'good'$$, 'good', '+ | + + + | + + + + | + + + | + + +'),
('authenticate', $$('guess')$$,                                          $$'good'$$, 'good', 'x | x x x | x x x x | x x x | x x x'),
('authenticate', $$({jwtA} /* {A} */)$$,                                     $$'good'$$, 'good', '+ | + + + | + + + + | + + + | + + +'),
('change_password', $$('correct horse', 'better horse')$$,               $$'done'$$, 'done', '- | + + + | + + + + | + + + | x x x'),
('change_password', $$('wrong horse', 'better horse')$$,                 $$'done'$$, 'done', '- | x x x | x x x x | x x x | x x x'),
('create_account', $$('new@people.example', 'staff', {c1})$$,            'role', 'staff', '- | - - - | - - - - | - - + | - + +'),
('create_account', $$('new@people.example', 'admin', {c1}, password => 'correct horse')$$, 'role', 'admin', '- | - - - | - - - - | - - + | - + +'),
('create_account', $$('new@people.example', 'staff', {c2})$$,            'role', 'staff', '- | - - - | - - - - | - - x | - + +'),
('create_account', $$('new@people.example', 'patient', NULL, {A})$$,     'role', 'patient', '- | - - - | - - - - | - - + | - + +'),
('create_account', $$('new@people.example', 'patient', NULL, {Z})$$,     'role', 'patient', '- | - - - | - - - - | - - x | - + +'),
('create_account', $$('new@people.example', 'provider', NULL, NULL, {X})$$, 'role', 'provider', '- | - - - | - - - - | - - x | - + +'),
('create_account', $$('new@people.example', 'patient', {none}, {A})$$,   'role', 'patient', '- | - - - | - - - - | - - ? | - ? ?'),
('disable_account', $$({accA})$$,                                        'disabled', 'true', '- | - - - | - - - - | - - + | - + +'),
('disable_account', $$({accZ})$$,                                        'disabled', 'true', '- | - - - | - - - - | - - x | - + +'),
('disable_account', $$({none})$$,                                        'disabled', 'true', '- | - - - | - - - - | - - ? | - ? ?'),
('rotate_token_key', $$()$$,                                             $$'done'$$, 'done', '- | - - - | - - - - | - - - | - - +'),
('jwks', $$()$$,                                                         $$'told'$$, 'told', '- | - - - | - - - - | - - - | - - +'),

-- The house: for those who see every clinic.
('run_maintenance', '()', $$'done'$$, 'done',                       '- | - - - | - - - - | - - x | - + +'),
('create_consumer', $$('another')$$, $$'done'$$, 'done',            '- | - - - | - - - - | - - x | - + +'),
('drop_consumer', $$('nobody')$$, 'f', 'false',                     '- | - - - | - - - - | - - x | - + +'),
('fetch_events', $$('reader')$$, $$'read'$$, 'read',                '- | - - - | - - - - | - - x | - + +'),
('fetch_events', $$('nobody')$$, $$'read'$$, 'read',                '- | - - - | - - - - | - - x | - ? ?'),
('ack_events', $$('reader', 0)$$, 'f', '0',                         '- | - - - | - - - - | - - x | - + +'),
('consumer_status', $$()$$, 'name', 'reader',                       '- | - - - | - - - - | - - x | - + +'),
('purge_events', $$('1 day')$$, 'f', '0',                           '- | - - - | - - - - | - - x | - + +'),
('purge_allocations', $$('1 day')$$, 'f', '0',                             '- | - - - | - - - - | - - x | - + +'),
('claim_notifications', $$('email')$$, $$'claimed'$$, 'claimed',    '- | - - - | - - - - | - - x | - 0 0'),
('complete_notification', $$({none})$$, $$'done'$$, 'done',         '- | - - - | - - - - | - - x | - ? ?'),
('fail_notification', $$({none})$$, $$'done'$$, 'done',             '- | - - - | - - - - | - - x | - ? ?'),
('give_up_notification', $$({none})$$, $$'done'$$, 'done',          '- | - - - | - - - - | - - x | - ? ?'),
('retry_dead_notifications', $$()$$, 'f', '0',                      '- | - - - | - - - - | - - x | - + +'),
('stat_counters', $$()$$, $$'told'$$, 'told',                       '- | - - - | - - - - | - - x | - + +'),
('reset_stat', $$()$$, $$'done'$$, 'done',                          '- | - - - | - - - - | - - x | - + +'),
('relay_lock', $$('reader')$$, $$'done'$$, 'done',                  '- | - - - | - - - - | - - - | - - +'),

-- The installation: for a superuser, and whom he lets.
('install', $$('quickbook_test_owner')$$, $$'done'$$, 'done',       '- | - - - | - - - - | - - - | - - +'),
('migrate', '()', $$'done'$$, 'done',                               '- | - - - | - - - - | - - - | - - +'),
('filter_identity', $$(true)$$, $$'done'$$, 'done',                 '- | - - - | - - - - | - - - | - - +'),
('check_install', '()', 'object', NULL,                             '- | - - - | - - - - | - - - | - - 0'),
('check_data', '()', 'what', NULL,                                  '- | - - - | - - - - | - - - | - - 0'),
('repair_data', '()', 'what', NULL,                                 '- | - - - | - - - - | - - - | - - 0'),
('create_roles', '()', $$'done'$$, 'done',                          '- | - - - | - - - - | - - - | - - +'),
('grant_app', $$('quickbook_test_gateway')$$, $$'done'$$, 'done',   '- | - - - | - - - - | - - - | - - +');

INSERT INTO t.call (what, sql, value, cells)
SELECT t.sql('%s%s', k.name, k.args), t.fill(t.sql('SELECT %s AS v, f.* FROM quickbook.%s%s AS f', k.value, k.name, k.args)), k.result, k.cells
FROM t.function AS k ORDER BY k.n;

SELECT t.print() AS before \gset
INSERT INTO t.came SELECT k.n, w.n, t.try(w.db_role, 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
SELECT t.is(t.have(k.n), t.want(k.cells), k.what) FROM t.call AS k ORDER BY k.n;
SELECT t.is(t.print(), :'before', 'nothing has changed');
SELECT t.is(t.leaks(), '', 'nobody was told of what is another''s');


-- Every refusal of ours says what to do, and names the error for programs.
CREATE FUNCTION t.bare_refusals() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s', k.what, w.name), E'\n'), '') FROM t.came AS c JOIN t.call AS k ON k.n = c.call JOIN t.who AS w ON w.n = c.who
	WHERE (c.said).outcome = 'x' AND (c.said).words !~ '\Anot_allowed: .+\n\{"error": "not_allowed".*\}\n.+\Z'
$$;
SELECT t.is(t.bare_refusals(), '', 'a refusal has a detail and a hint');

--
-- The table is whole
--

CREATE TABLE t.internal (name text);
INSERT INTO t.internal VALUES
	-- triggers
	('fill_row'), ('fill_allocation'), ('fill_appointment'), ('check_time_zone'), ('check_sizes'), ('check_limits'), ('check_template'), ('check_rule'),
	-- pgcrypto's
	('password_crypt'), ('password_salt'),
	-- what install(), migrate(), check_install() and create_roles() are made of
	('schema_version_needed'), ('schema_version_present'), ('schema_members'), ('schema_raise'), ('schema_step_1'), ('schema_step_2'), ('attach_owner'), ('schema_as_owner'), ('schema_comments'), ('schema_comment_columns'), ('schema_texts'), ('schema_expected'), ('schema_present'),
	-- what check_data() and repair_data() are made of
	('schema_data_now'), ('schema_data_missing'), ('schema_data_ties'), ('schema_data_unowned'), ('schema_data_times'), ('schema_data_expiry'), ('schema_data_lanes'),
	('schema_data_allocations'), ('schema_data_seats'), ('schema_data_teams'), ('schema_data_events'), ('schema_data_log'),
	('schema_data_all'), ('schema_lock_calendars'), ('schema_repair_lane'), ('schema_repair_one'), ('schema_repair_all'),
	('schema_check_policies'), ('schema_role_functions'), ('schema_owner_functions'), ('schema_role_tables'), ('schema_role_policies'), ('schema_roles_in_use'),
	('attach_code'), ('attach_grants'), ('attach_policies'), ('attach_views');

CREATE FUNCTION t.not_in_the_table() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(DISTINCT p.proname::text, ' '), '') FROM pg_proc AS p
	WHERE p.pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND p.proname NOT IN (SELECT name FROM t.function UNION ALL SELECT name FROM t.internal)
$$;
SELECT t.is(t.not_in_the_table(), '', 'every function is in the table, or is known as internal');
CREATE FUNCTION t.gone() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(DISTINCT n.name, ' '), '') FROM (SELECT name FROM t.function UNION ALL SELECT name FROM t.internal) AS n
	WHERE n.name NOT IN (SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace))
$$;
SELECT t.is(t.gone(), '', 'and there is no other');

-- 'anon: whoami, …': who may call what by EXECUTE alone.
CREATE FUNCTION t.callable(names text[]) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s', r.rolname, p.oid::regprocedure), ', '), '') FROM pg_proc AS p, pg_roles AS r
	WHERE p.pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND p.proname = ANY (names)
		AND r.rolname IN ('quickbook_anon', 'quickbook_patient', 'quickbook_provider', 'quickbook_staff', 'quickbook_admin')
		AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
$$;
SELECT t.is(t.callable(array_agg(k.name)), '', 'nobody calls what is internal') FROM t.internal AS k;
CREATE FUNCTION t.public_rights() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(what, ', '), '') FROM (
		SELECT p.oid::regprocedure::text AS what FROM pg_proc AS p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS x
		WHERE p.pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND x.grantee = 0
		UNION ALL
		SELECT c.relname FROM pg_class AS c, aclexplode(c.relacl) AS x
		WHERE c.relnamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND x.grantee = 0
		UNION ALL
		SELECT 'the schema' FROM pg_namespace AS n, aclexplode(n.nspacl) AS x WHERE n.nspname IN ('quickbook', 'quickbook_internal') AND x.grantee = 0) AS v
$$;
SELECT t.is(t.public_rights(), '', 'and PUBLIC nothing');
CREATE FUNCTION t.roles() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT string_agg(concat_ws(' ', substr(r.rolname, 11), '<', (SELECT string_agg(substr(m.rolname, 11), '+') FROM pg_auth_members AS a
		JOIN pg_roles AS m ON m.oid = a.roleid WHERE a.member = r.oid),
		CASE WHEN r.rolcanlogin OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolreplication THEN 'too much' END), ', '
		ORDER BY pg_has_role(r.oid, 'quickbook_admin', 'MEMBER'), (SELECT count(*) FROM pg_auth_members AS a), r.oid)
	FROM pg_roles AS r WHERE r.rolname ~ '^quickbook_(anon|patient|provider|staff|admin)$'
$$;
SELECT t.is(t.roles(), 'anon <, patient < anon, provider < patient, staff < provider, admin < staff', 'the roles are a chain, and can do nothing else');

--
-- One database role for all, as behind a service that signs in once: there the
-- claims alone count. Who had no EXECUTE is refused by us.
--

CREATE TABLE t.wide (call integer, who integer, said t.answer);
INSERT INTO t.wide SELECT k.n, w.n, t.try('quickbook_admin', 'on', w.claims, k.sql) FROM t.call AS k CROSS JOIN t.who AS w;
CREATE FUNCTION t.wider() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s: %s, not %s', v.what, v.name, v.have, v.want), E'\n' ORDER BY v.n, v.who), '') FROM (
		SELECT k.n, w.n AS who, k.what, w.name, t.cell(x.said, k.value) AS have, CASE
			-- they tell nothing of anybody
			WHEN k.what ~ '^(new_id|bucket|event_json)\(' THEN '+'
			-- an id that does not exist is told to whom it is told elsewhere
			WHEN t.cell(c.said, k.value) = '-' AND k.cells LIKE '%?%' AND t.cell(x.said, k.value) = '?' THEN '?'
			WHEN t.cell(c.said, k.value) = '-' AND k.what LIKE '%(NULL, %' AND t.cell(x.said, k.value) = '[22023:invalid_argument]' THEN '[22023:invalid_argument]'
			WHEN t.cell(c.said, k.value) = '-' AND k.what LIKE 'sees_appointment(%' THEN '=false'
			WHEN t.cell(c.said, k.value) = '-' AND k.what LIKE 'managed_clinics(%' THEN '=0'
			WHEN t.cell(c.said, k.value) = '-' AND (SELECT t.cell(a.said, k.value) FROM t.came AS a WHERE a.call = k.n AND a.who = 11) <> '-' THEN 'x'
			ELSE t.cell(c.said, k.value) END AS want
		FROM t.wide AS x JOIN t.came AS c USING (call, who) JOIN t.call AS k ON k.n = x.call JOIN t.who AS w ON w.n = x.who
		WHERE w.n <= 11) AS v WHERE v.have <> v.want
$$;
SELECT t.is(t.wider(), '', 'with the rights of quickbook_admin on the database, the claims bind as before');
DELETE FROM t.came;
INSERT INTO t.came SELECT x.call, x.who, x.said FROM t.wide AS x JOIN t.who AS w ON w.n = x.who;
SELECT t.is(t.leaks(), '', 'and nothing is told');
SELECT t.is(t.print(), :'before', 'nor changed');

--
-- The same callers by their tokens
--

DELETE FROM t.came;
INSERT INTO t.came SELECT k.n, w.n, t.try_token(w.db_role, w.token, k.sql) FROM t.call AS k CROSS JOIN t.who AS w WHERE w.token IS NOT NULL;
CREATE FUNCTION t.with_tokens() RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT coalesce(string_agg(format('%s %s: %s, not %s', v.what, v.name, v.have, v.want), E'\n' ORDER BY v.n, v.who), '') FROM (
		SELECT k.n, w.n AS who, k.what, w.name, t.cell(x.said, k.value) AS have,
			(regexp_split_to_array(regexp_replace(btrim(k.cells), '\s*\|\s*|\s+', ' ', 'g'), ' '))[w.n] AS want
		FROM t.came AS x JOIN t.call AS k ON k.n = x.call JOIN t.who AS w ON w.n = x.who) AS v WHERE v.have <> v.want
$$;
SELECT t.is(t.with_tokens(), '', 'with tokens as with claims');
SELECT t.is(t.leaks(), '', 'nothing is told');
SELECT t.is(t.print(), :'before', 'nor changed');

--
-- Who a caller is: claims, and who is believed
--

CREATE ROLE quickbook_test_plain;
CREATE ROLE quickbook_test_member IN ROLE quickbook_patient;
CREATE ROLE quickbook_test_nurse IN ROLE quickbook_staff;
CREATE ROLE quickbook_test_stranger NOINHERIT IN ROLE quickbook_staff;
CREATE ROLE quickbook_test_head IN ROLE quickbook_admin;
GRANT USAGE ON SCHEMA quickbook TO quickbook_test_plain, quickbook_test_stranger, quickbook_test_gateway;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook TO quickbook_test_plain, quickbook_test_stranger, quickbook_test_gateway, quickbook_test_owner;

CREATE TABLE t.forged (n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text, role text, trust text, claims text, who text, cells text);
-- In cells: get_appointment of apA, cancel_appointment of apB, available_slots of s1, of sx.
INSERT INTO t.forged (what, role, trust, claims, who, cells) VALUES
('anon without claims', 'quickbook_anon', 'on', '', 'anon', '- - + +'),
('a patient''s role without claims is nobody', 'quickbook_patient', 'on', '', 'anon', 'x x + +'),
('a provider''s too', 'quickbook_provider', 'on', '', 'anon', 'x x + +'),
('staff are staff', 'quickbook_staff', 'on', '', 'staff', '+ + + +'),
('whoever is of them too', 'quickbook_test_nurse', 'off', '', 'staff', '+ + + +'),
('admin too', 'quickbook_test_head', 'off', '', 'admin', '+ + + +'),
('but not without the rights of the membership', 'quickbook_test_stranger', 'off', '', 'anon', 'x x + +'),
('the owner of the tables', 'quickbook_test_owner', 'off', '', 'admin', '+ + + +'),
('EXECUTE alone is nobody now', 'quickbook_test_plain', 'off', '', 'anon', 'x x + +'),
('nor is a gateway''s login', 'quickbook_test_gateway', 'on', '', 'anon', 'x x + +'),
-- not believed
('a patient''s claims, not believed', 'quickbook_patient', 'off', t.claims('patient', 'c1', 'A'), 'anon', 'x x + +'),
('an admin''s claims, not believed', 'quickbook_test_plain', 'off', t.claims('admin', 'c1'), 'anon', 'x x + +'),
('anon claims of staff, not believed', 'quickbook_staff', 'off', '{"role": "anon"}', 'x', 'x x x x'),
('broken claims, not believed', 'quickbook_staff', 'off', '{', 'x', 'x x x x'),
-- more than the database role gives
('staff''s claims as a patient', 'quickbook_patient', 'on', t.claims('staff', 'c1'), 'patient/c1', 'x x + x'),
('staff''s claims and a patient''s id as a patient', 'quickbook_patient', 'on', t.claims('staff', 'c1', 'A'), 'patient/c1/A', '+ x + x'),
('admin''s claims as a provider', 'quickbook_provider', 'on', t.claims('admin', 'c1', 'A', 'P'), 'provider/c1/P', '+ x + x'),
('admin''s claims as staff', 'quickbook_staff', 'on', t.claims('quickbook_admin', 'c1'), 'staff/c1', '+ + + x'),
('a patient''s claims as anon', 'quickbook_anon', 'on', t.claims('patient', 'c1', 'A'), 'anon/c1', '- - + x'),
('admin''s claims as anon', 'quickbook_anon', 'on', t.claims('admin', 'c1'), 'anon/c1', '- - + x'),
('admin''s claims with EXECUTE alone', 'quickbook_test_plain', 'on', t.claims('admin', 'c1'), 'anon/c1', 'x x + x'),
('a patient''s claims with EXECUTE alone', 'quickbook_test_plain', 'on', t.claims('patient', 'c1', 'A'), 'anon/c1', 'x x + x'),
('a patient''s claims as the gateway''s login', 'quickbook_test_gateway', 'on', t.claims('patient', 'c1', 'A'), 'anon/c1', 'x x + x'),
-- less than it gives
('a patient''s claims as staff', 'quickbook_staff', 'on', t.claims('patient', 'c1', 'A'), 'patient/c1/A', '+ x + x'),
('a patient''s claims as the owner', 'quickbook_test_owner', 'on', t.claims('patient', 'c1', 'A'), 'patient/c1/A', '+ x + x'),
('a patient''s claims as a superuser', 'none', 'on', t.claims('patient', 'c1', 'A'), 'patient/c1/A', '+ x + x'),
('anon''s claims as a superuser', 'none', 'on', '{"role": "anon"}', 'anon', 'x x + +'),
('no role in the claims, as a superuser', 'none', 'on', '{}', 'anon', 'x x + +'),
('staff''s claims as the owner', 'quickbook_test_owner', 'on', t.claims('staff', 'c2'), 'staff/c2', 'x x x +'),
('staff of no clinic, as the owner', 'quickbook_test_owner', 'on', t.claims('staff'), 'staff', '+ + + +'),
-- roles that are none
('the role "doctor"', 'quickbook_staff', 'on', t.claims('doctor', 'c1', 'A'), 'anon/c1', 'x x + x'),
('the role ""', 'quickbook_staff', 'on', t.claims('', 'c1', 'A'), 'anon/c1', 'x x + x'),
('the role "PATIENT"', 'quickbook_staff', 'on', t.claims('PATIENT', 'c1', 'A'), 'anon/c1', 'x x + x'),
('the role " staff"', 'quickbook_staff', 'on', t.claims(' staff', 'c1', 'A'), 'anon/c1', 'x x + x'),
('the role "quickbook_"', 'quickbook_staff', 'on', t.claims('quickbook_', 'c1', 'A'), 'anon/c1', 'x x + x'),
('the role "quickbook_quickbook_staff"', 'quickbook_staff', 'on', t.claims('quickbook_quickbook_staff', 'c1', 'A'), 'anon/c1', 'x x + x'),
('the role "public"', 'quickbook_staff', 'on', t.claims('public', 'c1', 'A'), 'anon/c1', 'x x + x'),
('the role "none"', 'quickbook_staff', 'on', t.claims('none', 'c1', 'A'), 'anon/c1', 'x x + x'),
('a role of 200 letters', 'quickbook_staff', 'on', t.claims(pg_catalog.repeat('quickbook_test_nurse', 10), 'c1', 'A'), 'anon/c1', 'x x + x'),
('the role null', 'quickbook_staff', 'on', '{"role": null}', 'anon', 'x x + +'),
('no role', 'quickbook_staff', 'on', '{"sub": "x"}', 'anon', 'x x + +'),
('the role 42', 'quickbook_staff', 'on', '{"role": 42}', 'anon', 'x x + +'),
('the role true', 'quickbook_staff', 'on', '{"role": true}', 'anon', 'x x + +'),
('roles in a list', 'quickbook_staff', 'on', '{"role": ["staff"]}', 'anon', 'x x + +'),
('roles in an object', 'quickbook_staff', 'on', '{"role": {"staff": 1}}', 'anon', 'x x + +'),
-- roles of the database
('a role that is of patients', 'quickbook_test_member', 'on', t.claims('quickbook_test_member', 'c1', 'A'), 'patient/c1/A', '+ x + x'),
('which gives no more than that', 'quickbook_staff', 'on', t.claims('quickbook_test_member', 'c1', 'A'), 'patient/c1/A', '+ x + x'),
('a role that is of staff', 'quickbook_test_nurse', 'on', t.claims('quickbook_test_nurse', 'c1'), 'staff/c1', '+ + + x'),
('a role that is of staff, as a patient', 'quickbook_patient', 'on', t.claims('quickbook_test_nurse', 'c1', 'A'), 'patient/c1/A', '+ x + x'),
('a role that is of staff, as anon', 'quickbook_anon', 'on', t.claims('quickbook_test_nurse', 'c1', 'A'), 'anon/c1', '- - + x'),
('a role that is of nobody', 'quickbook_staff', 'on', t.claims('quickbook_test_plain', 'c1', 'A'), 'anon/c1', 'x x + x'),
-- what is missing, and what does not fit
('staff without a clinic', 'quickbook_staff', 'on', t.claims('staff'), NULL, 'x x x x'),
('admin without a clinic', 'quickbook_admin', 'on', t.claims('admin'), NULL, 'x x x x'),
('a provider without a clinic', 'quickbook_provider', 'on', t.claims('provider', NULL, NULL, 'P'), NULL, 'x x x x'),
('a provider who is none', 'quickbook_provider', 'on', t.claims('provider', 'c1'), 'provider/c1', 'x x + x'),
('a provider with a patient''s id only', 'quickbook_provider', 'on', t.claims('provider', 'c1', 'A'), 'provider/c1', 'x x + x'),
('a provider of another clinic', 'quickbook_provider', 'on', t.claims('provider', 'c2', NULL, 'P'), 'provider/c2/P', 'x x x +'),
('a patient who is none', 'quickbook_patient', 'on', t.claims('patient', 'c1'), 'patient/c1', 'x x + x'),
('a patient with a provider''s id only', 'quickbook_patient', 'on', t.claims('patient', 'c1', NULL, 'P'), 'patient/c1', 'x x + x'),
('a patient with a provider''s id too', 'quickbook_patient', 'on', t.claims('patient', 'c1', 'B', 'P'), 'patient/c1/B', 'x + + x'),
('a patient without a clinic', 'quickbook_patient', 'on', t.claims('patient', NULL, 'A'), 'patient/A', '+ x + +'),
('a patient of another clinic', 'quickbook_patient', 'on', t.claims('patient', 'c2', 'A'), 'patient/c2/A', 'x x x +'),
('a patient who does not exist', 'quickbook_patient', 'on', t.claims('patient', 'c1', 'none'), 'patient/c1/none', 'x x + x'),
('a provider who does not exist', 'quickbook_provider', 'on', t.claims('provider', 'c1', NULL, 'none'), 'provider/c1/none', 'x x + x'),
('staff of a clinic that does not exist', 'quickbook_staff', 'on', t.claims('staff', 'none'), 'staff/none', 'x x x x'),
('staff who are patients too', 'quickbook_staff', 'on', t.claims('staff', 'c2', 'A', 'P'), 'staff/c2', 'x x x +'),
('null ids', 'quickbook_patient', 'on', '{"role": "patient", "clinic_id": null, "patient_id": null}', 'patient', 'x x + +');
INSERT INTO t.forged (what, role, trust, claims, who, cells)
SELECT t.sql('malformed: %s', k.claims), 'quickbook_staff', 'on', k.claims, NULL, 'x x x x' FROM (VALUES
	('{'), ('}'), ('nonsense'), (' '), (E'\t'), ('null'), ('true'), ('42'), ('"staff"'), ('[]'), ('[{"role": "staff"}]'), ('{"role": "staff"'),
	('{"role": "staff"}}'), ('{''role'': ''staff''}'), ('{"role": staff}'), ('{"role": "st\u0000aff"}'), ('{"role": "staff", "clinic_id": "here"}'), ('{"role": "staff", "clinic_id": ""}'), ('{"role": "staff", "clinic_id": 42}'),
	('{"role": "staff", "clinic_id": []}'), ('{"role": "staff", "clinic_id": {}}'), ('{"role": "staff", "clinic_id": true}'),
	('{"role": "patient", "patient_id": "nobody"}'), ('{"role": "patient", "patient_id": 1}'), ('{"role": "patient", "patient_id": ["x"]}'),
	('{"role": "provider", "provider_id": "x"}'), ('{"role": "anon", "patient_id": "x"}'), ('{"role": "anon", "clinic_id": 1}')) AS k (claims);
-- in every form of a uuid
INSERT INTO t.forged (what, role, trust, claims, who, cells) VALUES
('a uuid in braces and capitals', 'quickbook_patient', 'on', t.sql('{"role": "patient", "clinic_id": "{%s}", "patient_id": "%s"}', :'c1', pg_catalog.upper(:'a')), 'patient/c1/A', '+ x + x'),
('half a uuid', 'quickbook_patient', 'on', t.sql('{"role": "patient", "patient_id": "%s"}', pg_catalog.left(:'a', 18)), NULL, 'x x x x'),
('a uuid and more', 'quickbook_patient', 'on', t.sql('{"role": "patient", "patient_id": "%s "}', :'a'), NULL, 'x x x x'),
('the last of two keys counts', 'quickbook_staff', 'on', t.sql('{"role": "staff", "clinic_id": "%s", "role": "patient"}', :'c1'), 'patient/c1', 'x x + x'),
('what is not ours does not matter', 'quickbook_patient', 'on', t.sql('{"aud": ["x"], "app_metadata": {"role": "admin"}, "role": "patient", "clinic_id": "%s", "patient_id": "%s"}', :'c1', :'a'), 'patient/c1/A', '+ x + x');

CREATE TABLE t.probe (n integer, sql text, value text);
INSERT INTO t.probe SELECT k.n, t.fill(k.sql), k.value FROM (VALUES
	(1, 'SELECT status FROM quickbook.get_appointment({apA})', 'booked'),
	(2, 'SELECT status FROM quickbook.cancel_appointment({apB})', 'cancelled'),
	(3, 'SELECT $$found$$ FROM quickbook.available_slots({s1}, $$2026-03-04$$, $$2026-03-05$$)', 'found'),
	(4, 'SELECT $$found$$ FROM quickbook.available_slots({sx}, $$2026-03-04$$, $$2026-03-05$$)', 'found')) AS k (n, sql, value);
CREATE TABLE t.tried (forged integer, probe integer, cell text);
INSERT INTO t.tried SELECT f.n, p.n, t.cell(t.try(f.role, f.trust, f.claims, p.sql), p.value) FROM t.forged AS f CROSS JOIN t.probe AS p;
CREATE TABLE t.told (forged integer, said t.answer);
INSERT INTO t.told SELECT f.n, t.try(f.role, f.trust, f.claims,
	'SELECT pg_catalog.concat_ws(''/'', kind, t.names(clinic_id), t.names(provider_id), t.names(patient_id)) FROM quickbook.whoami()') FROM t.forged AS f;
CREATE FUNCTION t.probed(forged integer) RETURNS text
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT concat_ws(': ', (SELECT (w.said).outcome FROM t.told AS w WHERE w.forged = $1), string_agg(k.cell, ' ' ORDER BY k.probe))
	FROM t.tried AS k WHERE k.forged = $1
$$;
SELECT t.is(t.probed(f.n), t.sql('%s: %s', coalesce(f.who, 'x'), f.cells), f.what) FROM t.forged AS f ORDER BY f.n;

SELECT * FROM t.finish();
ROLLBACK;
