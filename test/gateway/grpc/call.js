// A client of AppointmentService. Reads a line of JSON for each round, {"port":
// …, "token": …, "calls": [{"method": …, "request": …}, …]}, makes its calls at
// once, and prints a line for each, the answer or the code and message of its
// error, and an empty line.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const proto = fileURLToPath(new URL('appointment.proto', import.meta.url));
const { quickbook } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true }));

// A channel of its own for each: they are sixteen clients and not one.
function call(port, token, { method, request }) {
  const client = new quickbook.AppointmentService(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const metadata = new grpc.Metadata();
  if (token) metadata.set('authorization', `Bearer ${token}`);
  return new Promise((resolve) => {
    client[method](request, metadata, { deadline: Date.now() + 20000 }, (error, answer) => {
      client.close();
      resolve(error ? `${grpc.status[error.code]} ${error.details}` : `${answer.status} ${answer.appointment_id}`);
    });
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { port, token, calls } = JSON.parse(line);
  const answers = await Promise.all(calls.map((each) => call(port, token, each)));
  console.log(`${answers.map((answer) => answer.replaceAll('\n', ' ')).join('\n')}\n`);
}
