import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { meter } from '../meter.ts';
import { toMessage, typeDefs } from './cancellation.js';

/** Yoga with its own publish/subscribe and graphql-ws, put together as their documentation says. */
const pubSub = createPubSub();
const yoga = createYoga({
  schema: createSchema({
    typeDefs,
    resolvers: {
      Subscription: {
        cancellations: { subscribe: () => pubSub.subscribe('message'), resolve: (message) => message },
      },
    },
  }),
  logging: false,
});
const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || !request.url.startsWith('/webhooks')) return yoga(request, response);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  pubSub.publish('message', toMessage(Buffer.concat(chunks).toString()));
  response.writeHead(204).end();
});
const sockets = new WebSocketServer({ server, path: '/graphql' });
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (context, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params,
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  sockets,
);
meter();
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
