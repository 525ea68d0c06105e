import type { ConcreteRequest, NormalizationLinkedField, ReaderLinkedField } from 'relay-runtime';
import type { Edge, Followed, List } from './documents.ts';

/** What relay-compiler makes of the two documents, since no compiler runs in these tests. */
export interface ListQuery {
  readonly variables: { readonly last: number; readonly before?: string | null };
  readonly response: List;
}

export interface FollowSubscription {
  readonly variables: { readonly after?: string | null };
  readonly response: Followed;
}

export function field(name: string) {
  return { alias: null, args: null, kind: 'ScalarField', name, storageKey: null } as const;
}

type Linked = NormalizationLinkedField & ReaderLinkedField;

export function linked(
  name: string,
  concreteType: string | null,
  selections: readonly unknown[],
  plural = false,
): Linked {
  return {
    alias: null,
    args: null,
    concreteType,
    kind: 'LinkedField',
    name,
    plural,
    selections,
    storageKey: null,
  } as Linked;
}

function argument(name: string) {
  return { defaultValue: null, kind: 'LocalArgument', name } as const;
}

function variable(name: string) {
  return { kind: 'Variable', name, variableName: name } as const;
}

const SHOWN = [
  ...(['id', 'eventId', 'title', 'occurredAt', 'personalData'] satisfies (keyof Edge['node'])[]).map(field),
  linked('customer', 'Person', [field('name')]),
];
const TYPED = [field('__typename'), ...SHOWN];
const PAGE_INFO = linked('pageInfo', 'PageInfo', [field('hasPreviousPage'), field('startCursor')]);

function connection(node: readonly unknown[]): Linked {
  return linked('cancellations', 'CancellationConnection', [
    field('head'),
    linked('edges', 'CancellationEdge', [field('cursor'), linked('node', null, node)], true),
    PAGE_INFO,
  ]);
}

const PAGE = [variable('before'), variable('last')];

/** `query ListQuery($last: Int!, $before: String) { cancellations(…) @connection(key: "List_cancellations") { … } }` */
export const listQuery: ConcreteRequest = {
  kind: 'Request',
  fragment: {
    argumentDefinitions: [argument('before'), argument('last')],
    kind: 'Fragment',
    metadata: null,
    name: 'ListQuery',
    selections: [
      {
        ...connection([...SHOWN, field('__typename')]),
        alias: 'cancellations',
        name: '__List_cancellations_connection',
      },
    ],
    type: 'Query',
    abstractKey: null,
  },
  operation: {
    argumentDefinitions: [argument('last'), argument('before')],
    kind: 'Operation',
    name: 'ListQuery',
    selections: [
      { ...connection(TYPED), args: PAGE },
      {
        alias: null,
        args: PAGE,
        filters: null,
        handle: 'connection',
        key: 'List_cancellations',
        kind: 'LinkedHandle',
        name: 'cancellations',
      },
    ],
  },
  params: {
    cacheID: 'ListQuery',
    id: null,
    metadata: { connection: [{ count: 'last', cursor: 'before', direction: 'backward', path: ['cancellations'] }] },
    name: 'ListQuery',
    operationKind: 'query',
    text: `query ListQuery($last: Int!, $before: String) {
      cancellations(last: $last, before: $before) {
        head
        edges { cursor node { __typename id eventId title occurredAt personalData customer { name } } }
        pageInfo { hasPreviousPage startCursor }
      }
    }`,
  },
};

function message(node: readonly unknown[]): Linked {
  const edge = { kind: 'InlineFragment', type: 'CancellationEdge', abstractKey: null } as const;
  const selections = [field('__typename'), field('cursor'), { ...edge, selections: [linked('node', null, node)] }];
  return { ...linked('cancellations', null, selections), args: [variable('after')] };
}

/** `subscription FollowSubscription($after: String) { cancellations(after: $after) { … } }` */
export const followSubscription: ConcreteRequest = {
  kind: 'Request',
  fragment: {
    argumentDefinitions: [argument('after')],
    kind: 'Fragment',
    metadata: null,
    name: 'FollowSubscription',
    selections: [message(SHOWN)],
    type: 'Subscription',
    abstractKey: null,
  },
  operation: {
    argumentDefinitions: [argument('after')],
    kind: 'Operation',
    name: 'FollowSubscription',
    selections: [message(TYPED)],
  },
  params: {
    cacheID: 'FollowSubscription',
    id: null,
    metadata: {},
    name: 'FollowSubscription',
    operationKind: 'subscription',
    text: `subscription FollowSubscription($after: String) {
      cancellations(after: $after) {
        __typename
        cursor
        ... on CancellationEdge {
          node { __typename id eventId title occurredAt personalData customer { name } }
        }
      }
    }`,
  },
};
