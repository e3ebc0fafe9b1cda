// A door for scenario.js: PostGraphile over HTTP, whose queries are written by
// what its schema says.
import { scenario } from './scenario.js';
import { eventually, is, like, ok, refusal } from './tap.js';

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());
const snake = (name) => (name === 'rowId' ? 'id' : name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));

function snakes(value) {
  if (Array.isArray(value)) return value.map(snakes);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [snake(name), name === 'details' ? v : snakes(v)]));
}

const ref = 'kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }';
const introspection = `{ __schema { types { kind name description
  fields { name description args { name description type { ${ref} } } type { ${ref} } }
  inputFields { name description type { ${ref} } } } } }`;

export async function graphqlDoor(endpoint) {
  async function post(token, query, variables) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const body = await response.json();
    if (body.errors) {
      const { message, extensions } = body.errors[0];
      throw Object.assign(new Error(message), { status: response.status, ...extensions?.exception, ...extensions, ...body.errors[0] });
    }
    return body.data;
  }

  const types = new Map((await post(null, introspection)).__schema.types.map((type) => [type.name, type]));
  const named = (type) => (type.ofType ? named(type.ofType) : type);
  const written = (type) =>
    type.kind === 'NON_NULL' ? `${written(type.ofType)}!` : type.kind === 'LIST' ? `[${written(type.ofType)}]` : type.name;

  // All columns of a type; of what is more than a column only lengths of time.
  function selection(type) {
    const { kind, name, fields } = types.get(named(type).name);
    if (kind !== 'OBJECT') return '';
    const nodes = fields.find((field) => field.name === 'nodes');
    if (nodes) return `{ nodes ${selection(nodes.type)} }`;
    const columns = fields.filter((field) => named(field.type).kind !== 'OBJECT' || named(field.type).name === 'Interval');
    return `{ ${columns.map((field) => `${field.name} ${selection(field.type)}`).join(' ')} }`;
  }

  async function field(token, root, f, args) {
    const operation = root === 'Mutation' ? 'mutation' : 'query';
    const known = f.args.filter((arg) => arg.name in args);
    const head = known.length ? `(${known.map((arg) => `$${arg.name}: ${written(arg.type)}`).join(', ')})` : '';
    const call = known.length ? `(${known.map((arg) => `${arg.name}: $${arg.name}`).join(', ')})` : '';
    let select = selection(f.type);
    let result;
    if (root === 'Mutation') {
      result = types.get(named(f.type).name).fields.find((r) => !/^(clientMutationId|query|.*Edge|.*By[A-Z].*)$/.test(r.name));
      select = result ? `{ ${result.name} ${selection(result.type)} }` : '{ clientMutationId }';
    }
    const data = (await post(token, `${operation} ${head} { ${f.name}${call} ${select} }`, args))[f.name];
    return snakes(root !== 'Mutation' ? (data?.nodes ?? data) : result ? data[result.name] : null);
  }

  function find(name) {
    for (const root of ['Query', 'Mutation']) {
      const f = types.get(root).fields.find((candidate) => candidate.name === camel(name));
      if (f) return [root, f];
    }
    return [];
  }

  return {
    post,
    types,
    find,
    has: (name) => find(name)[0],
    minutes: (n) => ({ minutes: n }),
    async call(token, name, args) {
      const [root, f] = find(name);
      if (!f) throw new Error(`no function ${name} in the schema`);
      const given = Object.fromEntries(Object.entries(args).map(([k, v]) => [camel(k), v]));
      if (root === 'Query') return field(token, root, f, given);
      // An argument that the function does not have is dropped: all sign in with the object they signed up with.
      const fields = types.get(named(f.args.find((arg) => arg.name === 'input').type).name).inputFields.map((i) => i.name);
      return field(token, root, f, { input: Object.fromEntries(Object.entries(given).filter(([k]) => fields.includes(k))) });
    },
    async rows(token, view) {
      const [root, f] = find(`all_${view}`);
      if (!f) throw new Error(`no view ${view} in the schema`);
      return field(token, root, f, {});
    },
  };
}

// That the schema has all that the roles of authenticator may call and read,
// and nothing that they may not, and says what it is.
export async function testSchema(door, clinic) {
  const functions = await clinic.one(`SELECT array_agg(p.proname::text ORDER BY p.proname) FROM pg_proc p
    WHERE p.pronamespace = 'quickbook'::regnamespace AND has_function_privilege('quickbook_admin', p.oid, 'EXECUTE')`);
  ok(functions.length > 35, `the roles may call ${functions.length} functions`);
  is(functions.filter((name) => !door.has(name)), [], 'no function is missing in the schema');
  const volatile = await clinic.one(`SELECT array_agg(p.proname::text ORDER BY p.proname) FROM pg_proc p
    WHERE p.pronamespace = 'quickbook'::regnamespace AND p.provolatile = 'v'
      AND has_function_privilege('quickbook_admin', p.oid, 'EXECUTE')`);
  is(functions.filter((name) => door.has(name) === 'Mutation'), volatile, 'those that write are mutations, the others queries');
  is(['my_appointments', 'upcoming_appointments'].filter((name) => !door.has(`all_${name}`)), [], 'the views are there');
  const names = ['schema_raise', 'install', 'create_roles', 'jwks', 'rotate_token_key', 'password_crypt', 'all_accounts', 'all_token_keys'];
  is(names.filter((name) => door.has(name)), [], 'what nobody may use is not');
  const [, book] = door.find('create_appointment');
  like(book.description, /^Books the service for the patient at starts_at/, 'a comment describes its function');
  like(door.types.get('AvailableSlot')?.description, /^A start at which/, 'and its type');
  const arguments_ = door.types.get('CreateAppointmentInput').inputFields.map((input) => input.name);
  is(['patientId', 'providerId', 'serviceId', 'startsAt', 'idempotencyKey', 'notes', 'details', 'override']
    .filter((name) => !arguments_.includes(name)), [], 'arguments have their names');
  const ranges = [...door.types.values()].filter((type) => /Range$/.test(type.name)).map((type) => type.name);
  const slot = door.types.get('AvailableSlot').fields.map((field) => `${field.name} ${field.type.name}`);
  ok(slot.includes('startsAt Datetime') && slot.includes('endsAt Datetime'), 'a slot is two timestamps', slot, ranges);
}

// What only GraphQL says.
async function testErrors(door, clinic, { patient }) {
  const r = await refusal(door.call(patient, 'get_appointment', { appointment_id: clinic.clinic }));
  is([r.errcode ?? r.code, JSON.parse(r.detail).error, typeof r.hint], ['P0002', 'not_found', 'string'], 'errors have code, detail and hint');
  const forged = await refusal(door.call(`${patient.slice(0, -4)}AAAA`, 'whoami', {}));
  like(forged.message, /^not_allowed|^Unauthorized/, 'a forged token is refused');
  const { service } = clinic;
  const [row] = await door.rows(patient, 'services');
  is([row.id, row.duration.hours, row.duration.minutes], [service, 1, 30], 'a length of time is an object');
}

// The scenario, of which a subscriber, a client of graphql-ws, hears too.
export async function testDay(door, clinic, subscriber) {
  const messages = [];
  subscriber.subscribe({ query: 'subscription { appointmentChanged }' },
    { next: (message) => messages.push(message.data), error: (error) => messages.push(error), complete() {} });
  await clinic.listening();

  const people = await scenario(door, clinic);
  ok(await eventually(() => messages.some((m) => JSON.stringify(m).includes(people.hers.id))), 'a subscription hears of it too',
    JSON.stringify(messages));
  await testErrors(door, clinic, people);
}
