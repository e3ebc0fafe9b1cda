// PostGraphile 4 in front of quickbook.
import pgPubsub from '@graphile/pg-pubsub';
import { enhanceHttpServerWithWebSockets, gql, makeExtendSchemaPlugin, makePluginHook, postgraphile } from 'postgraphile';
import http from 'node:http';

// A message for each notification on the channel quickbook.
const changes = makeExtendSchemaPlugin(() => ({
  typeDefs: gql`
    extend type Subscription {
      appointmentChanged: JSON @pgSubscription(topic: "quickbook")
    }
  `,
  resolvers: { Subscription: { appointmentChanged: (event) => event } },
}));

export async function serve(pool, claimsOf) {
  const middleware = postgraphile(pool, 'quickbook', {
    pluginHook: makePluginHook([pgPubsub.default ?? pgPubsub]),
    appendPlugins: [changes],
    subscriptions: true,
    includeExtensionResources: true, // the functions are an extension's
    ignoreRBAC: false, // only what the roles of authenticator may do
    dynamicJson: true, // json as it is, not as a string
    setofFunctionsContainNulls: false,
    extendedErrors: ['errcode', 'detail', 'hint'],
    disableQueryLog: true,
    async pgSettings(request) {
      const claims = await claimsOf(request.headers.authorization);
      return { role: claims.role, 'request.jwt.claims': JSON.stringify(claims) };
    },
  });
  const server = http.createServer(middleware);
  await enhanceHttpServerWithWebSockets(server, middleware);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
