import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { type GraphiQLOptions, type Plugin, createLRUCache, createYoga } from 'graphql-yoga';
import type { Config } from '../config.ts';
import type { DocumentLimits } from '../limits.ts';
import { LimitError, SchemaHiddenRule, validateWithin } from './document-rules.ts';

export interface GraphQLOptions {
  readonly dev: Config['dev'];
  readonly limits: DocumentLimits;
}

/** What `getEnveloped` gets for each request. */
export interface Asked {
  /** Whether the viewer may read the schema, and get hints at it in errors. */
  readonly seesSchema: boolean;
  /** Whether GraphiQL gets a token: then a shared cache must not keep the page. */
  readonly signedIn?: boolean;
}

/**
 * How many parsed documents are kept. Even with the most tokens that a document may have, each takes less than half a megabyte.
 */
const DOCUMENTS = 200;

export type Yoga = ReturnType<typeof createGraphQL>;

/**
 * Parses and validates documents, each text once, for every transport (`operations.ts` calls it through `getEnveloped`). It
 * also serves GraphiQL.
 */
export function createGraphQL(schema: GraphQLSchema, { dev, limits }: GraphQLOptions) {
  return createYoga<Asked>({
    schema,
    graphqlEndpoint: '/graphql',
    plugins: [held(limits)],
    parserAndValidationCache: {
      documentCache: createLRUCache({ max: DOCUMENTS }),
      errorCache: createLRUCache({ max: DOCUMENTS }),
    },
    graphiql: dev !== null && (async (_request, { signedIn }) => graphiql((signedIn && (await dev.token?.())) || null)),
    // It comes from our own dependencies: the page holds a token, so no script of another host may run on it. It has nine
    // megabytes, and is loaded only when somebody opens the page.
    renderGraphiQL: async (options) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
    landingPage: false,
    cors: false,
    logging: false,
  });
}

/**
 * Applies the limits to documents, and hides from viewers what they may not see. Documents are parsed without locations, since
 * these take more memory than the rest of a document, for as long as a subscription runs.
 */
function held(limits: DocumentLimits): Plugin<Asked> {
  const maxTokens = limits.tokens;
  const texts = new WeakMap<DocumentNode, string>();
  return {
    onParse: ({ setParseFn }) =>
      setParseFn((source) => {
        const text = source as string;
        const document = parse(text, { maxTokens, noLocation: true });
        texts.set(document, text);
        return document;
      }),
    onValidate: ({ context: { seesSchema }, addValidationRule, setValidationFn }) => {
      // Yoga caches results by the names of the rules, so results with and without hints are kept apart.
      if (!seesSchema) addValidationRule(SchemaHiddenRule);
      const options = { hideSuggestions: !seesSchema };
      setValidationFn((fits, document: DocumentNode, rules) => {
        const errors = validateWithin(limits, fits, document, rules, options);
        const text = texts.get(document);
        if (errors.length === 0 || text === undefined) return errors;
        // The document is parsed again with locations, so that its errors say where they are.
        return validateWithin(limits, fits, parse(text, { maxTokens }), rules, options).map(withoutNodes);
      });
    },
  };
}

/**
 * The error with its place in the text, but without nodes: Yoga keeps the error, and it must not keep the whole document with
 * all locations.
 */
function withoutNodes(error: GraphQLError): GraphQLError {
  const { message, source, positions, extensions } = error;
  if (error instanceof LimitError) return new LimitError(error.limit, message, { source, positions });
  return new GraphQLError(message, { source, positions, extensions });
}

/**
 * GraphiQL with example documents, signed in over HTTP (`headers`) and over its WebSocket (`connectionParams`).
 *
 * @param token if it is null, the reader must enter one; then only HTTP has it.
 */
function graphiql(token: string | null): GraphiQLOptions {
  const authorization = `Bearer ${token ?? '<token>'}`;
  const headers = JSON.stringify({ authorization }, null, 2);
  const options: GraphiQLOptions & { connectionParams: unknown } = {
    title: 'hookcast',
    subscriptionsProtocol: 'WS',
    connectionParams: token === null ? {} : { authorization },
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
