// A day at the clinic, through whatever door is given:
//
//   door.call(token, name, args)   calls a function and returns what it returns;
//                                  fails with { message, detail, status }
//   door.rows(token, view)         the rows of a view
//   door.minutes(n)                a length of time, as this door takes it
//   door.statuses                  whether the statuses of HTTP tell anything
//
// token is null for who is not signed in.
import { eventually, is, like, ok, refusal } from './tap.js';

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const same = (a, b) => Date.parse(a) === Date.parse(b);

export async function scenario(door, clinic) {
  const { service, provider } = clinic;
  const refused = async (token, name, args, error, status, what) => {
    const r = await refusal(door.call(token, name, args));
    like(r.message, new RegExp(`^${error}`), `${what}: ${error}`);
    if (door.statuses) is(r.status, status, `${what}: ${status}`);
    return r;
  };

  // Not signed in.
  const from_time = new Date(Date.now() + 86400e3).toISOString();
  const to_time = new Date(Date.now() + 3 * 86400e3).toISOString();
  const slots = await door.call(null, 'available_slots', { service_id: service, from_time, to_time });
  ok(Array.isArray(slots) && slots.length > 5, 'anon: a search is a set');
  like(slots[0].starts_at, instant, 'of timestamps with an offset');
  ok(slots[0].starts_at && slots[0].ends_at && slots[0].provider_id === provider, 'and columns, no range to take apart');
  const next = await door.call(null, 'next_slots', { service_id: service, after_time: from_time, max_slots: 1 });
  ok(next.length === 1 && same(next[0].starts_at, slots[0].starts_at), 'a set of one is a set');
  const who = await door.call(null, 'whoami', {});
  is([Array.isArray(who), who.kind], [false, 'anon'], 'one is a single object');
  const [first, second, third] = slots.filter((_, i) => i % 3 === 0).map((slot) => slot.starts_at);
  const visit = (patient_id, starts_at) => ({ patient_id, provider_id: provider, service_id: service, starts_at });
  await refused(null, 'create_appointment', visit(clinic.other, first), 'permission denied for function', 401, 'anon cannot book');
  await refused(null, 'hold_appointment', visit(null, first), 'not_allowed', door.statuses && 403, 'nor hold');
  await refused(null, 'available_slots', { service_id: clinic.clinic, from_time, to_time }, 'not_found', 404, 'no such service');

  // A new patient.
  const anna = { email: 'anna@example.org', password: 'a horse, a battery', name: 'Anna Krüger' };
  is((await door.call(null, 'sign_up', anna)) ?? null, null, 'sign_up answers nothing');
  is(await door.call(null, 'sign_in', anna), null, 'an address that is not proved does not sign in');
  const mailed = await clinic.mailed(anna.email);
  await door.call(null, 'verify_email', { token: mailed });
  is(await door.call(null, 'sign_in', { ...anna, password: 'wrong horse' }), null, 'a wrong password');
  const signIn = (email, password = 'correct horse') => door.call(null, 'sign_in', { email, password });
  const patient = await signIn(anna.email, anna.password);
  like(patient, /^[\w-]+\.[\w-]+\.[\w-]+$/, 'signed in: a token');
  const me = await door.call(patient, 'whoami', {});
  is(me.kind, 'patient', 'patient: whoami');
  like(me.patient_id, uuid, 'and which');
  const ben = await signIn('ben@example.org');
  const weber = await signIn('weber@example.org');
  const desk = await signIn('desk@example.org');
  is((await door.call(weber, 'whoami', {})).kind, 'provider', 'provider: whoami');
  is((await door.call(desk, 'whoami', {})).kind, 'staff', 'staff: whoami');

  // She holds and confirms.
  const hold = await door.call(patient, 'hold_appointment',
    { ...visit(me.patient_id, first), hold_for: door.minutes(10), details: { room: { floor: 2 } } });
  is([hold.status, hold.patient_id], ['held', me.patient_id], 'patient: holds');
  is(Date.parse(hold.expires_at) - Date.parse(hold.created_at), 600000, 'for as long as asked');
  is(hold.details, { room: { floor: 2 } }, 'with details');
  const booked = await door.call(patient, 'confirm_appointment', { appointment_id: hold.id, expected_version: hold.version });
  is([booked.id, booked.status, booked.expires_at], [hold.id, 'booked', null], 'confirms');
  const about = () => clinic.heard.map(JSON.parse).filter((event) => event.subject === hold.id).map((event) => event.type);
  await eventually(() => about().length > 1);
  is(about(), ['appointment.held', 'appointment.booked'], 'LISTEN quickbook hears of it');
  await refused(patient, 'confirm_appointment', { appointment_id: hold.id }, 'invalid_transition', 409, 'twice');
  await refused(patient, 'cancel_appointment', { appointment_id: hold.id, expected_version: 1 }, 'stale_version', 412, 'an old version');

  // Nobody books it twice, and it is nobody else's.
  const taken = await refused(ben, 'create_appointment', visit(clinic.other, first), 'slot_taken: the provider is not free on', 409,
    'a double booking');
  const detail = JSON.parse(taken.detail);
  ok(detail.error === 'slot_taken' && detail.nearest.length > 0 && detail.nearest.every((at) => instant.test(at)),
    'which says what is free instead', taken.detail);
  await refused(ben, 'get_appointment', { appointment_id: hold.id }, 'not_allowed', 403, "another patient's");
  await refused(ben, 'create_appointment', visit(me.patient_id, second), 'not_allowed', 403, 'booking for another patient');
  await refused(ben, 'set_appointment_status', { appointment_id: hold.id, status: 'arrived' }, 'permission denied for function', 403,
    'a status is not for patients');
  await refused(ben, 'get_appointment', { appointment_id: clinic.clinic }, 'not_found', 404, 'no such appointment');
  await refused(ben, 'create_appointment', visit(clinic.other, new Date(Date.now() - 86400e3).toISOString()), 'too_soon|outside_hours|off_grid', 422,
    'yesterday');
  const bens = await door.call(ben, 'create_appointment', { ...visit(clinic.other, third), provider_id: null, idempotency_key: 'k' });
  is([bens.status, bens.provider_id], ['booked', provider], 'another patient books another time, with anybody');
  is((await door.call(ben, 'create_appointment', { ...visit(clinic.other, third), provider_id: null, idempotency_key: 'k' })).id, bens.id,
    'and again with its key');
  await refused(ben, 'create_appointment', { ...visit(clinic.other, second), idempotency_key: 'k' }, 'idempotency_conflict', 422,
    'the key with another time');

  // Each sees what is theirs.
  const mine = await door.rows(patient, 'my_appointments');
  is(mine.map((row) => [row.id, row.patient_name, row.provider_name]), [[hold.id, anna.name, 'Dr. Weber']], 'patient: my_appointments');
  is((await door.rows(ben, 'upcoming_appointments')).map((row) => row.id), [bens.id], 'upcoming_appointments');
  const both = [hold.id, bens.id].sort();
  is((await door.rows(weber, 'my_appointments')).map((row) => row.id).sort(), both, 'provider: my_appointments');
  is((await door.rows(desk, 'upcoming_appointments')).map((row) => row.id).sort(), both, 'staff: upcoming_appointments');
  is((await door.call(ben, 'list_appointments', {})).map((row) => row.id), [bens.id], 'patient: list_appointments');

  // She moves it.
  const moved = await door.call(patient, 'reschedule_appointment', { appointment_id: hold.id, starts_at: second });
  is([moved.id, same(moved.starts_at, second), moved.sequence], [hold.id, true, 1], 'patient: reschedules');
  await refused(patient, 'reschedule_appointment', { appointment_id: hold.id, starts_at: third }, 'slot_taken', 409, 'not onto another');
  const again = await door.call(null, 'available_slots', { service_id: service, from_time, to_time });
  ok(again.some((slot) => same(slot.starts_at, first)), 'the old time is offered again');

  // The practice.
  const arrived = await door.call(weber, 'set_appointment_status', { appointment_id: hold.id, status: 'checked-in' });
  is(arrived.status, 'checked-in', "provider: a status in FHIR's words");
  is((await door.call(desk, 'set_appointment_status', { appointment_id: hold.id, status: 'booked' })).status, 'booked', 'staff: undoes it');
  is((await door.call(desk, 'list_appointments', { status: 'booked' })).map((row) => row.id).sort(), both, 'staff: list_appointments');
  const why = await door.call(desk, 'explain_slot', { service_id: service, provider_id: provider, starts_at: third });
  is(why.filter((rule) => rule.passed === false).map((rule) => rule.rule), ['free'], 'staff: explain_slot');
  const note = await door.call(desk, 'update_appointment', { appointment_id: hold.id, notes: 'brings X-rays' });
  is([note.notes, note.details], ['brings X-rays', { room: { floor: 2 } }], 'staff: update_appointment');
  is(await door.call(weber, 'affected_appointments', { provider_id: provider }), [], 'provider: an empty set');

  // Calling it off, and what is over.
  const cancelled = await door.call(patient, 'cancel_appointment', { appointment_id: hold.id, reason: 'better' });
  is([cancelled.status, cancelled.cancelled_by, cancelled.cancel_reason], ['cancelled', 'patient', 'better'], 'patient: cancels');

  // A hold by nobody, where the clinic has it so.
  await clinic.one('UPDATE quickbook.clinic SET anonymous_holds = true');
  const nobodys = await door.call(null, 'hold_appointment', visit(null, second));
  is([nobodys.status, nobodys.patient_id], ['held', null], 'anon: holds, where the clinic allows it');
  const hers = await door.call(patient, 'confirm_appointment',
    { appointment_id: nobodys.id, patient_id: me.patient_id, hold_token: nobodys.hold_token });
  is([hers.status, hers.patient_id], ['booked', me.patient_id], 'patient: takes it over');
  await clinic.one('UPDATE quickbook.clinic SET anonymous_holds = false');
  return { patient, ben, weber, desk, me, slots, hers, bens };
}
