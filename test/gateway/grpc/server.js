// AppointmentService over gRPC: node server.js prints the port that it listens on.
//
// The database does the work: a call is one statement, and an error of quickbook
// becomes a gRPC code by its name. Who sends "authorization: Bearer <token>" is
// the account of that token; who does not is what the database role is.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import pg from 'pg';
import { fileURLToPath } from 'node:url';
import { code, name } from './codes.js';

const proto = fileURLToPath(new URL('appointment.proto', import.meta.url));
const { quickbook } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true }));
const pool = new pg.Pool({ max: 16 });
pool.on('error', (error) => console.error(error.message));

const { status } = grpc;
class BadToken extends Error {}

async function authenticate(client, token) {
  try {
    await client.query('SELECT quickbook.authenticate($1)', [token]);
  } catch (error) {
    throw name(error) === 'not_allowed' ? new BadToken(error.message) : error;
  }
}

// Run one statement as the caller; the transaction is what the token is for.
async function run(call, sql, values) {
  const client = await pool.connect();
  const [token] = call.metadata.get('authorization').map((value) => value.replace(/^Bearer /i, ''));
  try {
    await client.query('BEGIN');
    if (token !== undefined) await authenticate(client, token);
    const { rows } = await client.query(sql, values);
    await client.query('COMMIT');
    client.release();
    return rows[0];
  } catch (error) {
    await client.query('ROLLBACK').then(() => client.release(), (lost) => client.release(lost));
    throw error;
  }
}

const handler = (sql, values) => async (call, reply) => {
  try {
    const { id, status: word } = await run(call, sql, values(call.request));
    reply(null, { appointment_id: id, status: word });
  } catch (error) {
    const details = [error.message, error.hint].filter(Boolean).join(' ');
    reply({ code: error instanceof BadToken ? status.UNAUTHENTICATED : code(error), details });
  }
};

const server = new grpc.Server();
server.addService(quickbook.AppointmentService.service, {
  CreateAppointment: handler(
    `SELECT id, status FROM quickbook.create_appointment_local(patient_id => $1, provider_id => $2,
       service_id => $3, local_date => $4, local_time => $5)`,
    (r) => [r.user_id, r.provider_id || null, r.service_id, r.date, r.time],
  ),
  GetAppointment: handler('SELECT id, status FROM quickbook.get_appointment($1)', (r) => [r.appointment_id]),
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.on('SIGTERM', () => server.tryShutdown(() => pool.end()));
