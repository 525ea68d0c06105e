import { GraphQLError, type GraphQLSchema } from 'graphql';
import { type GraphiQLOptions, type Plugin, createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { DocumentLimits, Limited } from '../limits.ts';
import type { Context } from './context.ts';
import { presentError, withCode } from './present-error.ts';
import { traced } from './traced.ts';

export interface GraphQLOptions {
  readonly dev: Config['dev'];
  readonly logger: Logger;
  readonly limits: DocumentLimits;
  readonly limited: Limited;
  /** Told of what goes wrong on our side; answers with the id by which that is found. */
  readonly report?: (cause: unknown) => string | void;
}

export type Yoga = ReturnType<typeof createGraphQL>;

/**
 * GraphQL over HTTP for queries, and the one pipeline (parse, validate, execute, subscribe, present errors) that the
 * WebSocket and SSE borrow through `getEnveloped`.
 */
export function createGraphQL(schema: GraphQLSchema, { dev, logger, report }: GraphQLOptions) {
  const failed = report ?? ((cause: unknown) => logger.error({ err: cause }, 'a GraphQL operation failed'));
  return createYoga<{ context: Context }>({
    schema,
    graphqlEndpoint: '/graphql',
    context: ({ context }) => context,
    plugins: [codes(), streamsOnly(), traced()],
    maskedErrors: { maskError: (error) => presentError(error, failed) },
    graphiql: dev === null ? false : async () => graphiql(await dev.token()),
    // From our own dependencies: the page holds a token, so no script of another host may run on it. It is nine
    // megabytes, and read only when somebody looks at it.
    renderGraphiQL: async (options) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
    landingPage: false,
    // Cross-origin requests are answered for, and batches refused, before anything gets here.
    cors: false,
    batching: false,
    multipart: false,
    // Yoga would write each mistake of a client, with the document that it was made in, as an error of ours.
    logging: false,
  });
}

/** GraphiQL with something to run in it, signed in over HTTP (`headers`) and over its WebSocket (`connectionParams`). */
function graphiql(token: string): GraphiQLOptions {
  const authorization = `Bearer ${token}`;
  const headers = JSON.stringify({ authorization }, null, 2);
  const options: GraphiQLOptions & { connectionParams: unknown } = {
    title: 'hookcast',
    subscriptionsProtocol: 'WS',
    connectionParams: { authorization },
    headers,
    defaultTabs: [
      { query: FOLLOW, headers },
      { query: RECENT, headers },
    ],
  };
  return options;
}

const FIELDS = `kind
        title
        occurredAt
        tenant { id }
        customer { name email }
        canceledBy { type }`;

const FOLLOW = `subscription Follow($after: String) {
  cancellations(after: $after) {
    __typename
    cursor
    ... on CancellationEdge {
      node {
        ${FIELDS}
      }
    }
    ... on Gap { reason after resumedAt }
  }
}
`;

const RECENT = `query Recent {
  cancellations(last: 20) {
    head
    edges {
      node {
        ${FIELDS}
      }
    }
  }
}
`;

/** Documents that don't parse or don't fit the schema get a code like every other error. */
function codes(): Plugin {
  return {
    onParse:
      () =>
      ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError) replaceParseResult(withCode(result, 'GRAPHQL_PARSE_FAILED'));
        else if (result instanceof RangeError) {
          // The parser is recursive, and a document can exhaust its stack.
          const extensions = { code: 'GRAPHQL_PARSE_FAILED' };
          replaceParseResult(new GraphQLError('The document is nested too deeply.', { extensions }));
        }
      },
    onValidate:
      () =>
      ({ result, setResult }) =>
        setResult(result.map((error) => withCode(error as GraphQLError, 'GRAPHQL_VALIDATION_FAILED'))),
  };
}

/** A subscription asked for as a query would never be answered. Only HTTP's own requests have a `request`. */
function streamsOnly(): Plugin {
  return {
    onSubscribe: ({ args, setSubscribeFn }) => {
      if (!('request' in (args.contextValue as object))) return;
      const message = 'A subscription needs a stream: a WebSocket, or "Accept: text/event-stream".';
      setSubscribeFn(() => ({ errors: [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })] }));
    },
  };
}
