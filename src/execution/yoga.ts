import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { type GraphiQLOptions, type Plugin, createLRUCache, createYoga } from 'graphql-yoga';
import type { Config } from '../config.ts';
import type { DocumentLimits } from '../limits.ts';
import { LimitError, SchemaHiddenRule, validateWithin } from './document-rules.ts';

export interface GraphQLOptions {
  readonly dev: Config['dev'];
  readonly limits: DocumentLimits;
}

/** What `getEnveloped` is given for each request. */
interface Asked {
  /** Whether the schema may be asked for, and is hinted at in errors. */
  readonly seesSchema: boolean;
  /** Whether GraphiQL is signed in: then the page must not be kept by a shared cache. */
  readonly signedIn?: boolean;
}

/** Documents that are kept parsed. With as many tokens as a document may have, each is less than half a megabyte. */
const DOCUMENTS = 200;

export type Yoga = ReturnType<typeof createGraphQL>;

/**
 * Parses and validates documents, each text once, for every transport (`operations.ts` borrows it through
 * `getEnveloped`); and serves GraphiQL.
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
    // From our own dependencies: the page holds a token, so no script of another host may run on it. It is nine
    // megabytes, and read only when somebody looks at it.
    renderGraphiQL: async (options) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
    landingPage: false,
    cors: false,
    logging: false,
  });
}

/**
 * Documents are held to the limits, and nobody is told of what they may not see. They are parsed without locations, which
 * take more room than the rest of a document, for as long as a subscription runs.
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
      // Yoga keeps results by the names of the rules: those with hints and those without are two.
      if (!seesSchema) addValidationRule(SchemaHiddenRule);
      const options = { hideSuggestions: !seesSchema };
      setValidationFn((fits, document: DocumentNode, rules) => {
        const errors = validateWithin(limits, fits, document, rules, options);
        const text = texts.get(document);
        if (errors.length === 0 || text === undefined) return errors;
        // The person who made a mistake is told where it is.
        return validateWithin(limits, fits, parse(text, { maxTokens }), rules, options).map(withoutNodes);
      });
    },
  };
}

/** The error with its place in the text. Yoga keeps it, and it must not keep the whole document with all locations. */
function withoutNodes(error: GraphQLError): GraphQLError {
  const { message, source, positions, extensions } = error;
  if (error instanceof LimitError) return new LimitError(error.limit, message, { source, positions });
  return new GraphQLError(message, { source, positions, extensions });
}

/**
 * GraphiQL with something to run in it, signed in over HTTP (`headers`) and over its WebSocket (`connectionParams`).
 *
 * @param token null leaves it to the reader to put one there; then only HTTP has it.
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
