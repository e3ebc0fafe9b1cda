// postgrest_like: a stand-in for PostgREST, and NOT PostgREST. It was written
// from PostgREST's documentation for the tests of quickbook, because PostgREST
// itself cannot be had from Debian or npm. It does what those tests ask for:
// functions under /rpc, tables and views to read, the role and the claims of a
// token, READ ONLY transactions, the table of statuses, the OpenAPI document.
//
//   PGHOST=… PGPORT=… JWKS='{"keys": …}' node server.js DATABASE [EXTRA_SEARCH_PATH]
//
// prints the port that it listens on.
import pg from 'pg';
import http from 'node:http';
import { createHmac, timingSafeEqual } from 'node:crypto';

const [database, extraPath = 'public'] = process.argv.slice(2);
const schema = 'quickbook';
const keys = JSON.parse(process.env.JWKS).keys;
const pool = new pg.Pool({ database, user: 'authenticator', max: 8 });
pool.on('error', (error) => console.error(error.message));
const ident = pg.escapeIdentifier;

class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

// ---- tokens

const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'));

function claimsOf(authorization) {
  if (!authorization) return { role: 'quickbook_anon' };
  try {
    const [head, body, mac] = authorization.replace(/^Bearer /i, '').split('.');
    const { alg, kid } = decode(head);
    const key = keys.find((k) => k.kid === kid);
    const right = createHmac('sha256', Buffer.from(key.k, 'base64url')).update(`${head}.${body}`).digest();
    if (alg !== 'HS256' || !timingSafeEqual(right, Buffer.from(mac, 'base64url'))) throw new Error('signature');
    const claims = decode(body);
    if (claims.exp < Date.now() / 1000 - 30) throw new Error('expired');
    return claims;
  } catch {
    throw new Refusal(401, 'PGRST301', 'JWT is not valid');
  }
}

// ---- errors

const statuses = [
  [/^42501/, (anon) => (anon ? 401 : 403)], [/^(28|0L|0P)/, 403], [/^(42883|42P01)/, 404], [/^(23503|23505)/, 409],
  [/^25006/, 405], [/^(25|09|2D|38|39|3B|40|55|54|57|58|F0|HV|XX)/, 500], [/^21000/, 500], [/^53400/, 500],
  [/^(53|08)/, 503], [/^P0001/, 400], [/^P0/, 500],
];

function statusOf(code, anon) {
  if (/^PT\d{3}$/.test(code)) return Number(code.slice(2));
  const status = statuses.find(([pattern]) => pattern.test(code))?.[1] ?? 400;
  return typeof status === 'function' ? status(anon) : status;
}

// ---- what there is

let functions;

async function readSchema() {
  const { rows } = await pool.query(`
    SELECT p.proname AS name, p.provolatile = 'v' AS volatile, p.proretset AS set, t.typtype = 'c' AS composite,
      p.prorettype = 'void'::regtype AS void, p.pronargs - p.pronargdefaults AS required, obj_description(p.oid) AS comment,
      coalesce(p.proargnames, '{}') AS names,
      ARRAY(SELECT format_type(a, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u (a, n) ORDER BY n) AS types, p.oid
    FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype
    WHERE p.pronamespace = $1::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype`, [schema]);
  functions = new Map(rows.map((f) => [f.name, f]));
}

// A summary is the first line of a comment, the description what follows a blank one.
const parts = (comment) => [(comment ?? '').split('\n\n')[0], (comment ?? '').split('\n\n').slice(1).join('\n\n')];

function openApi({ allowed, title, tables }) {
  const paths = {};
  for (const f of functions.values()) {
    if (!allowed.has(f.oid)) continue;
    const [summary, description] = parts(f.comment);
    const properties = Object.fromEntries(f.names.map((name, i) => [name, { format: f.types[i] }]));
    const post = {
      tags: [`(rpc) ${f.name}`], summary, description, produces: ['application/json'],
      parameters: [{ in: 'body', name: 'args', required: true,
        schema: { type: 'object', required: f.names.slice(0, f.required), properties } }],
    };
    paths[`/rpc/${f.name}`] = f.volatile ? { post } : { get: { ...post, parameters: [] }, post };
  }
  const definitions = {};
  for (const { table, comment, column, format, text } of tables) {
    const [summary, description] = parts(comment);
    paths[`/${table}`] = { get: { tags: [table], summary, description } };
    definitions[table] ??= { type: 'object', description: comment, properties: {} };
    definitions[table].properties[column] = { format, description: text };
  }
  return { swagger: '2.0', info: { title: parts(title)[0] || schema, description: parts(title)[1] }, paths, definitions };
}

// ---- queries

function callOf(name, given, get) {
  const f = functions.get(name);
  const missing = f?.names.slice(0, f.required).some((n) => !(n in given));
  if (!f || missing || Object.keys(given).some((n) => !f.names.includes(n))) {
    throw new Refusal(404, 'PGRST202', `Could not find the function ${schema}.${name}(${Object.keys(given).join(', ')}) in the schema cache`);
  }
  const used = f.names.map((n, i) => [n, f.types[i]]).filter(([n]) => n in given);
  const values = get ? used.map(([n]) => given[n]) : [JSON.stringify(given)];
  const args = used.map(([n, type], i) => `${ident(n)} := ${get ? `$${i + 1}::${type}` : `(SELECT ${ident(n)} FROM args)`}`);
  const record = used.length && !get
    ? `WITH args AS (SELECT * FROM json_to_record($1) AS _(${used.map(([n, type]) => `${ident(n)} ${type}`).join(', ')})) ` : '';
  const source = `${ident(schema)}.${ident(name)}(${args.join(', ')})`;
  const body = f.set ? `SELECT coalesce(json_agg(r), '[]') AS body FROM ${source} AS r`
    : f.composite ? `SELECT row_to_json(r) AS body FROM ${source} AS r` : `SELECT to_json(r) AS body FROM ${source} AS r`;
  return { f, sql: record + body, values: record || get ? values : [] };
}

const operators = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };

function selectOf(table, query) {
  const values = [];
  const where = [];
  let tail = '';
  for (const [name, value] of query) {
    const [op, ...rest] = value.split('.');
    if (name === 'order') tail = ` ORDER BY ${value.split(',').map((o) => o.split('.')).map(([c, d]) => `${ident(c)} ${d === 'desc' ? 'DESC' : 'ASC'}`)}${tail}`;
    else if (name === 'limit' || name === 'offset') tail += ` ${name.toUpperCase()} ${Number(value)}`;
    else if (name === 'select') continue;
    else if (op === 'is') where.push(`${ident(name)} IS ${rest[0] === 'null' ? 'NULL' : 'NOT NULL'}`);
    else if (operators[op]) where.push(`${ident(name)} ${operators[op]} $${values.push(rest.join('.'))}`);
    else throw new Refusal(400, 'PGRST100', `cannot read the filter ${name}=${value}`);
  }
  const columns = query.get('select') && query.get('select') !== '*' ? query.get('select').split(',').map(ident).join(', ') : '*';
  const sql = `SELECT coalesce(json_agg(r), '[]') AS body FROM (SELECT ${columns} FROM ${ident(schema)}.${ident(table)}` +
    `${where.length ? ` WHERE ${where.join(' AND ')}` : ''}${tail}) AS r`;
  return { f: { volatile: false }, sql, values };
}

// One request is one transaction, as the role of the claims.
async function run(claims, request, path, { f, sql, values }) {
  const client = await pool.connect();
  const readOnly = request.method !== 'POST' || !f.volatile;
  try {
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED ${readOnly ? 'READ ONLY' : 'READ WRITE'}`);
    await client.query(`SELECT set_config('search_path', $1, true), set_config('role', $2, true),
      set_config('request.jwt.claims', $3, true), set_config('request.method', $4, true), set_config('request.path', $5, true),
      set_config('request.headers', $6, true)`,
    [`${schema}, ${extraPath}`, claims.role, JSON.stringify(claims), request.method, path, JSON.stringify(request.headers)]);
    const { rows: [row] } = await client.query(sql, values);
    const { rows: [{ status }] } = await client.query("SELECT nullif(current_setting('response.status', true), '') AS status");
    await client.query('COMMIT');
    return { status: Number(status ?? (f.void ? 204 : 200)), body: row?.body ?? null };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

// What a role may call and read.
async function visibleTo(role) {
  const { rows: calls } = await pool.query(`SELECT oid FROM pg_proc WHERE pronamespace = $1::regnamespace
    AND has_function_privilege($2, oid, 'EXECUTE')`, [schema, role]);
  const { rows: tables } = await pool.query(`SELECT c.relname AS table, obj_description(c.oid, 'pg_class') AS comment, a.attname AS column,
      format_type(a.atttypid, a.atttypmod) AS format, col_description(c.oid, a.attnum) AS text
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'v') AND has_column_privilege($2, c.oid, a.attnum, 'SELECT')
    ORDER BY c.relname, a.attnum`, [schema, role]);
  const { rows: [{ title }] } = await pool.query("SELECT obj_description($1::regnamespace, 'pg_namespace') AS title", [schema]);
  return { allowed: new Set(calls.map((row) => row.oid)), title, tables };
}

async function answer(request, body) {
  const url = new URL(request.url, 'http://localhost');
  const claims = claimsOf(request.headers.authorization);
  const [, first, second] = url.pathname.split('/');
  if (first === '') return { status: 200, body: openApi(await visibleTo(claims.role)) };
  try {
    if (first !== 'rpc') return await run(claims, request, url.pathname, selectOf(first, url.searchParams));
    const get = request.method !== 'POST';
    return await run(claims, request, url.pathname,
      callOf(second, get ? Object.fromEntries(url.searchParams) : JSON.parse(body || '{}'), get));
  } catch (error) {
    if (error instanceof Refusal || !error.code) throw error;
    const { code, message, detail, hint } = error;
    return { status: statusOf(code, claims.role === 'quickbook_anon'),
      body: { code, message, details: detail ?? null, hint: hint ?? null } };
  }
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const result = await answer(request, Buffer.concat(chunks).toString()).catch((error) => ({
      status: error.status ?? 500, body: { code: error.code ?? 'PGRST000', message: error.message, details: null, hint: null },
    }));
    response.writeHead(result.status, { 'Content-Type': 'application/json; charset=utf-8' });
    response.end(result.status === 204 ? undefined : JSON.stringify(result.body));
  });
});
await readSchema();
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('SIGTERM', () => { server.close(() => pool.end()); server.closeAllConnections(); });
