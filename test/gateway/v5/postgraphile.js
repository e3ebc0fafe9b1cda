// PostGraphile 5 in front of quickbook.
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { constant, context, listen } from 'postgraphile/grafast';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { extendSchema, gql } from 'postgraphile/utils';
import http from 'node:http';

// A message for each notification on the channel quickbook.
const changes = extendSchema({
  typeDefs: gql`
    extend type Subscription {
      appointmentChanged: JSON
    }
  `,
  objects: {
    Subscription: {
      plans: {
        appointmentChanged: {
          subscribePlan: () => listen(context().get('pgSubscriber'), constant('quickbook'), (event) => event),
          plan: (event) => event,
        },
      },
    },
  },
});

// Errors of the database are told, all others are not.
function maskError(error) {
  const { code, detail, hint } = error.originalError ?? {};
  const known = /^[0-9A-Z]{5}$/.test(code ?? '');
  return known || !error.originalError ? Object.assign(error, { extensions: { code, detail, hint } }) : { message: 'internal error' };
}

export async function serve(pool, claimsOf) {
  const service = makePgService({ pool, schemas: ['quickbook'], pubsub: true });
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset],
    plugins: [changes],
    pgServices: [service],
    grafserv: { websockets: true, maskError },
    grafast: {
      async context({ node }) {
        const claims = await claimsOf(node?.req?.headers.authorization);
        return { pgSettings: { role: claims.role, 'request.jwt.claims': JSON.stringify(claims) } };
      },
    },
  });
  const server = http.createServer();
  const gateway = instance.createServ(grafserv);
  await gateway.addTo(server);
  await gateway.ready();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, release: () => instance.release() };
}
