// A client of AppointmentService: node call.js PORT [TOKEN] reads requests, a
// line of JSON each, {"method": …, "request": …}, makes those of one array at
// once, and prints for each the answer, or the code and message of its error.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const proto = fileURLToPath(new URL('appointment.proto', import.meta.url));
const { quickbook } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true }));
const [port, token] = process.argv.slice(2);
const metadata = new grpc.Metadata();
if (token) metadata.set('authorization', `Bearer ${token}`);

// A channel of its own for each: they are sixteen clients and not one.
function call({ method, request }) {
  const client = new quickbook.AppointmentService(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  return new Promise((resolve) => {
    client[method](request, metadata, { deadline: Date.now() + 20000 }, (error, answer) => {
      client.close();
      resolve(error ? `${grpc.status[error.code]} ${error.details}` : `${answer.status} ${answer.appointment_id}`);
    });
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const answers = await Promise.all([JSON.parse(line)].flat().map(call));
  console.log(answers.join('\n'));
}
