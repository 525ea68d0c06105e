import Fastify from 'fastify';
import mercurius from 'mercurius';
import { meter } from '../meter.ts';
import { toMessage, typeDefs } from './cancellation.js';

/** Mercurius with its own publish/subscribe. */
const app = Fastify();
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    StreamMessage: { resolveType: (message) => message.__typename },
    Subscription: {
      cancellations: {
        subscribe: (_root, _args, { pubsub }) => pubsub.subscribe('message'),
        resolve: (message) => message,
      },
    },
  },
  subscription: true,
});
app.post('/webhooks/eduzz', async (request, reply) => {
  await app.graphql.pubsub.publish({ topic: 'message', payload: toMessage(request.body) });
  reply.code(204).send();
});
meter();
await app.listen({ port: 0, host: '127.0.0.1' });
process.send(app.server.address().port);
