// node-postgres: prints a line "name <tab> have <tab> want" for each check.
import pg from 'pg';

const { PATIENT, OTHER, PROVIDER, SERVICE } = process.env;
const client = new pg.Client();
await client.connect();
const check = (name, have, want) => console.log([`node-postgres: ${name}`, String(have), String(want)].join('\t'));
const refusal = (sql, values) => client.query(sql, values).then(() => ({}), (error) => error);

const create = `SELECT * FROM quickbook.create_appointment(service_id => $1, provider_id => $2, patient_id => $3,
  starts_at => $4, details => $5)`;
const start = new Date('2026-03-03T10:00:00Z');
const { rows: [booked] } = await client.query(create, [SERVICE, PROVIDER, PATIENT, start, { reason: 'cough', n: [1] }]);
check('named arguments, a composite as columns', booked.status, 'booked');
check('uuid', booked.patient_id, PATIENT);
check('timestamptz', booked.starts_at.toISOString(), start.toISOString());
check('jsonb', JSON.stringify(booked.details), '{"n":[1],"reason":"cough"}');
check('null', booked.session_id, null);

const { rows: [held] } = await client.query(
  'SELECT * FROM quickbook.hold_appointment(patient_id => $1, provider_id => $2, service_id => $3, starts_at => $4, hold_for => $5)',
  [null, null, SERVICE, '2026-03-03T12:00:00+01:00', 'PT90S']);
check('an interval of ISO 8601', held.expires_at - held.created_at > 0 && held.expires_at - new Date('2026-03-02T08:00:00Z'), 90000);
check('an offset', held.starts_at.toISOString(), '2026-03-03T11:00:00.000Z');
const { rows: [walkIn] } = await client.query(
  'SELECT * FROM quickbook.create_appointment($1, $2, $3, $4, override => $5)',
  [OTHER, PROVIDER, SERVICE, '2026-03-03T13:07:00Z', ['grid']]);
check('text[]', walkIn.status, 'booked');
const { rows: slots } = await client.query('SELECT * FROM quickbook.available_slots($1, $2, $3)',
  [SERVICE, '2026-03-04T00:00Z', '2026-03-05T00:00Z']);
check('a set of rows', slots.length, 16);

// A statement with a name, more often than it is planned anew for.
for (let n = 10; n < 22; n++) {
  await client.query({ name: 'book', text: create, values: [SERVICE, null, PATIENT, `2026-03-${n}T16:30:00+01:00`, null] });
}
const { rows: [all] } = await client.query('SELECT count(*) FROM quickbook.list_appointments(patient_id => $1)', [PATIENT]);
check('a prepared statement, again and again', all.count, 13);

let error = await refusal(create, [SERVICE, PROVIDER, OTHER, start, null]);
check('SQLSTATE', error.code, '23P01');
check('MESSAGE begins with the name', error.message.split(':')[0], 'slot_taken');
check('DETAIL is JSON', JSON.parse(error.detail).error, 'slot_taken');
check('with the nearest free starts', JSON.parse(error.detail).nearest.length > 0, true);
check('HINT', error.hint.length > 0, true);
error = await refusal('SELECT quickbook.get_appointment($1)', [PATIENT]);
check('not_found', error.code, 'P0002');
error = await refusal('SELECT quickbook.get_appointment($1)', ['x']);
check('no uuid', error.code, '22P02');
await client.end();
