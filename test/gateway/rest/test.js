// The scenario over REST, by @supabase/postgrest-js; test/t/rest.t runs it.
//
// Prints TAP without a plan. The gateway is started here, because it needs the
// keys that sign tokens: postgrest where there is one, else postgrest_like.
import { PostgrestClient } from '@supabase/postgrest-js';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { openClinic, url } from '../clinic.js';
import { scenario } from '../scenario.js';
import { eventually, is, like, ok } from '../tap.js';

const real = process.env.QB_POSTGREST;
const clinic = await openClinic('quickbook_rest', { 'quickbook.error_style': 'http', intervalstyle: 'iso_8601' });
const jwks = JSON.stringify(await clinic.one('SELECT quickbook.jwks()'));

// Names of ours in front of everything else on the search path.
await clinic.one('CREATE SCHEMA hostile');
await clinic.one('CREATE TABLE hostile.appointment (id uuid)');
await clinic.one("CREATE FUNCTION hostile.whoami() RETURNS text LANGUAGE sql RETURN 'nobody'");
await clinic.one("CREATE FUNCTION hostile.lower(text) RETURNS text LANGUAGE sql RETURN 'x'");
await clinic.one('GRANT ALL ON SCHEMA hostile TO PUBLIC');

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

async function start() {
  if (real) {
    const port = await freePort();
    const env = { ...process.env, PGRST_DB_URI: url(clinic.database), PGRST_DB_SCHEMAS: 'quickbook', PGRST_DB_ANON_ROLE: 'quickbook_anon',
      PGRST_DB_EXTRA_SEARCH_PATH: 'hostile', PGRST_JWT_SECRET: jwks, PGRST_SERVER_HOST: '127.0.0.1', PGRST_SERVER_PORT: String(port) };
    return { child: spawn(real, { env, stdio: ['ignore', 'ignore', 'inherit'] }), port };
  }
  const child = spawn(process.execPath, [new URL('../postgrest_like/server.js', import.meta.url).pathname, clinic.database, 'hostile'],
    { env: { ...process.env, JWKS: jwks }, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(Number(data))));
  return { child, port };
}

const { child, port } = await start();
process.on('exit', () => child.kill());
process.on('uncaughtException', (error) => { console.error(error); process.exit(1); });
const root = `http://127.0.0.1:${port}`;
await eventually(() => fetch(root).then((r) => r.ok, () => false));

const as = (token) => new PostgrestClient(root, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
function take({ data, error, status }) {
  if (!error) return data;
  throw Object.assign(new Error(error.message), { detail: error.details, hint: error.hint, code: error.code, status });
}
const door = {
  statuses: true,
  minutes: (n) => `PT${n}M`,
  // All sign in with the object that they signed up with.
  call: async (token, name, { email, password, ...args }) => {
    const given = name === 'sign_in' ? { email, password } : email ? { email, password, ...args } : args;
    const answer = await as(token).rpc(name, given);
    if (name === 'sign_in' && answer.status === 401) return null;
    return take(answer);
  },
  rows: async (token, view) => take(await as(token).from(view).select('*')),
};
const people = await scenario(door, clinic);
const { patient, desk, hers, me } = people;
const get = (path, token, method = 'GET') =>
  fetch(root + path, { method, headers: token ? { Authorization: `Bearer ${token}` } : {} });

// What only REST says.
let r = await get(`/rpc/next_slots?service_id=${clinic.service}&max_slots=2`);
is([r.status, (await r.json()).length], [200, 2], 'what is STABLE answers GET');
is((await as(patient).rpc('get_appointment', { appointment_id: hers.id }, { get: true })).data.status, 'booked', 'by its arguments alone');
r = await get(`/rpc/cancel_appointment?appointment_id=${hers.id}`, patient);
is(r.status, 405, 'what is VOLATILE does not');
r = await get('/rpc/nothing', patient, 'POST');
is(r.status, 404, 'no such function');
is((await as(patient).rpc('get_appointment', { appointment_id: hers.id, more: 1 })).status, 404, 'no such argument');
is((await as(patient).rpc('get_appointment', { appointment_id: 'x' })).status, 400, 'no uuid');
is((await as(`${patient.slice(0, -4)}AAAA`).rpc('whoami')).status, 401, 'a forged token');
is((await as(null).rpc('sign_in', { email: 'ben@example.org', password: 'a wrong one' })).status, 401, 'a wrong password');
is((await as(null).from('appointment').select('*')).status, 401, 'anon: no table');
is((await as(patient).from('account').select('*')).status, 403, 'patient: no accounts');
const rows = (await as(patient).from('appointment').select('id,patient_id').eq('patient_id', me.patient_id)).data;
ok(rows.length > 0 && rows.every((row) => row.patient_id === me.patient_id), 'patient: the own rows of the table');
is((await as(patient).from('appointment').select('hold_token')).status, 403, 'but not the token of a hold');
const [service] = (await as(patient).from('service').select('name,duration,min_notice')).data;
is(service, { name: 'Check-up', duration: 'PT1H30M', min_notice: 'PT0S' }, 'lengths of time in ISO 8601');
const outside = await as(patient).rpc('create_appointment', { patient_id: me.patient_id, provider_id: clinic.provider,
  service_id: clinic.service, starts_at: hers.starts_at.replace(/T..:../, 'T22:00') });
is([outside.status, JSON.parse(outside.error.details).error, JSON.parse(outside.error.details).sqlstate],
  [422, 'outside_hours', '23QB1'], 'outside the hours');
const later = new Date(Date.parse(hers.starts_at) + 3 * 86400e3).toISOString();
const walkIn = await as(desk).rpc('create_appointment', { patient_id: me.patient_id, provider_id: null, service_id: clinic.service,
  starts_at: later.replace(/:\d\d:\d\d\.\d+Z/, ':07:00Z'), override: ['grid', 'hours'] });
is([walkIn.status, walkIn.data?.status], [200, 'booked'], 'staff: an array, for rules to set aside');

// The OpenAPI document: every comment has a summary of one line, then the rest.
const document = async (token) => (await get('/', token)).json();
const spec = async (token) => (await document(token)).paths;
const { info, paths, definitions } = await document(patient);
is(info.title, 'quickbook', 'OpenAPI: a title');
like(info.description, /^Free time, .*\n\nSign in with sign_in\(\)/, 'and an introduction, from the comment of the schema');
const silent = Object.entries(definitions).flatMap(([table, { description, properties }]) =>
  [[table, { description }], ...Object.entries(properties).map(([column, p]) => [`${table}.${column}`, p])]);
ok(silent.length > 100 && !('account' in definitions), `${silent.length} tables, views and columns that a patient reads`);
is(silent.filter(([, p]) => !p.description).map(([name]) => name), [], 'each says what it is');
const create = paths['/rpc/create_appointment'].post;
like(create.summary, /^Books the service for the patient at starts_at; [^\n]*\.$/, 'OpenAPI: the summary is a line');
like(create.description, /Errors:/, 'and the description names the errors');
const bodies = Object.entries(paths).filter(([path]) => path.startsWith('/rpc/'));
is(bodies.filter(([, p]) => !p.post.summary || p.post.summary.includes('\n') || !/[.!?]$/.test(p.post.summary)).map(([path]) => path), [],
  'every function has a summary that is a sentence');
const arguments_ = create.parameters[0].schema;
is(arguments_.required, ['patient_id', 'provider_id', 'service_id', 'starts_at'], 'required are the arguments without a default');
ok(!Object.values(arguments_.properties).some((p) => /range|^_/.test(p.format)), 'and none is a range');
ok(!('/rpc/set_appointment_status' in paths) && '/rpc/set_appointment_status' in (await spec(people.weber)),
  'each role is told of what it may call');

child.kill();
await new Promise((resolve) => child.once('exit', resolve));
await clinic.close();
