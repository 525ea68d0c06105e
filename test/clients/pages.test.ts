import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import {
  type ConcreteRequest,
  ConnectionHandler,
  createOperationDescriptor,
  fetchQuery,
  requestSubscription,
} from 'relay-runtime';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { multipartLink } from './recipes/apollo-http.ts';
import { FOLLOW, type Followed, type List } from './recipes/documents.ts';
import { overHttp } from './recipes/event-stream.ts';
import { type FollowSubscription, field, followSubscription, listQuery } from './recipes/relay-artifacts.ts';
import { createRelay } from './recipes/relay.ts';

const PAGES = gql`
  query Pages($first: Int, $after: String, $last: Int, $before: String) {
    cancellations(first: $first, after: $after, last: $last, before: $before) {
      head
      pageInfo {
        hasPreviousPage
        hasNextPage
        startCursor
        endCursor
      }
      edges {
        cursor
        node {
          id
          eventId
        }
      }
    }
  }
`;

let gateway: TestGateway;
let begun = 0;

beforeAll(async () => void (gateway = await TestGateway.start({ lasting: true })));
afterAll(() => gateway.end());

/** Ids of this test's events alone. */
let ids: (...numbers: number[]) => string[];
beforeEach(async () => {
  const test = (begun += 1);
  ids = (...numbers) => numbers.map((number) => `${test}-${number}`);
  for (const id of ids(1, 2, 3, 4, 5)) await gateway.eduzz(ticket(id));
});

/** Apollo with a list of all pages that were read, as its documentation has it. */
async function paged() {
  const url = `${gateway.url}/graphql`;
  const token = await makeToken();
  const typePolicies = { Query: { fields: { cancellations: relayStylePagination() } } };
  const cache = new InMemoryCache({ typePolicies });
  const queries = new ApolloClient({
    link: new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } }),
    cache,
  });
  const subscriptions = new ApolloClient({ link: multipartLink(url, async () => token), cache });
  /** The content of the cache, as a component would get it. */
  const shown = () => cache.readQuery<List>({ query: PAGES })!.cancellations as Shown;
  const follow = (after: string) => {
    const seen: string[] = [];
    const following = subscriptions
      .subscribe<Followed>({ query: gql(FOLLOW), variables: { after }, fetchPolicy: 'no-cache' })
      .subscribe(({ data }) => {
        const message = data!.cancellations;
        if (message.__typename === 'CancellationEdge') seen.push(message.node.eventId);
      });
    onTestFinished(() => following.unsubscribe());
    return seen;
  };
  const read = (variables: object) => queries.query<List>({ query: PAGES, variables, fetchPolicy: 'network-only' });
  return { read, shown, follow };
}

type Shown = List['cancellations'] & { readonly pageInfo: { readonly endCursor: string } };
const idsOf = ({ edges }: Shown) => edges.map(({ node }) => node.eventId);

it('GQL2.8 skips nothing for Apollo’s relayStylePagination that reads on and then follows', async () => {
  const { read, shown, follow } = await paged();
  const beginning = (await gateway.query('{ cancellations(last: 5) { edges { cursor } } }')).data!['cancellations'];
  await read({ first: 2, after: beginning.edges[0].cursor });
  expect(idsOf(shown())).toEqual(ids(2, 3));
  const seen = follow(shown().head);
  await gateway.eduzz(ticket(ids(6)[0]!));
  await expect.poll(() => seen).toEqual(ids(4, 5, 6));

  // Its next page, which reaches the end.
  await read({ first: 10, after: shown().pageInfo.endCursor });
  expect(idsOf(shown())).toEqual(ids(2, 3, 4, 5, 6));
  const sinceThen = follow(shown().head);
  await gateway.eduzz(ticket(ids(7)[0]!));
  await expect.poll(() => sinceThen).toEqual(ids(7));
});

it('GQL2.8 skips nothing for Apollo’s relayStylePagination that has read back, whose head is that of the last page read', async () => {
  const { read, shown, follow } = await paged();
  await read({ last: 2 });
  const { head, pageInfo } = shown();
  expect(idsOf(shown())).toEqual(ids(4, 5));
  await gateway.eduzz(ticket(ids(6)[0]!));
  await read({ last: 2, before: pageInfo.startCursor });
  expect(idsOf(shown())).toEqual(ids(2, 3, 4, 5));
  expect(shown().head).not.toBe(head);

  const [fromHead, fromEnd] = [follow(shown().head), follow(shown().pageInfo.endCursor)];
  // Shown events may come again, but no event is left out.
  await expect.poll(() => fromHead).toEqual(ids(4, 5, 6));
  await expect.poll(() => fromEnd).toEqual(ids(6));
});

/** The recipe's query with the cursors of both ends, and the same that reads on in place of back. */
const start = JSON.stringify(field('startCursor'));
const backward = JSON.stringify(listQuery)
  .replaceAll(start, `${start},${JSON.stringify(field('endCursor'))}`)
  .replace('startCursor }', 'startCursor endCursor }');
const forward = backward
  .replace('"cacheID":"ListQuery"', '"cacheID":"ListQuery forward"')
  .replaceAll('before', 'after')
  .replaceAll(/\blast\b/g, 'first')
  .replaceAll('hasPreviousPage', 'hasNextPage');

/** A connection of Relay's store, as `usePaginationFragment` reads its pages into it and shows it. */
async function connected() {
  const token = await makeToken();
  const url = `${gateway.url}/graphql`;
  const environment = createRelay(
    url,
    async () => token,
    overHttp(url, async () => token),
  );
  const list = createOperationDescriptor(JSON.parse(backward) as ConcreteRequest, { last: 2 });
  const kept = environment.retain(list);
  onTestFinished(() => kept.dispose());
  const shown = () => (environment.lookup(list.fragment).data as unknown as List).cancellations as Shown;
  const read = (query: string, variables: { first?: number; after?: string; last?: number; before?: string }) =>
    fetchQuery(environment, JSON.parse(query) as ConcreteRequest, variables).toPromise();
  /** The messages, and the list that adds each at its end, as the recipe does. */
  const follow = (after: string) => {
    const seen: string[] = [];
    const { dispose } = requestSubscription<FollowSubscription>(environment, {
      subscription: followSubscription,
      variables: { after },
      updater: (store) => {
        const message = store.getRootField('cancellations');
        const connection = ConnectionHandler.getConnection(store.getRoot(), 'List_cancellations');
        if (message?.getType() !== 'CancellationEdge' || !connection) return;
        seen.push(message.getLinkedRecord('node')!.getValue('eventId') as string);
        ConnectionHandler.insertEdgeAfter(
          connection,
          ConnectionHandler.buildConnectionEdge(store, connection, message)!,
        );
      },
    });
    onTestFinished(dispose);
    return seen;
  };
  return { read, shown, follow };
}

it('GQL2.8 skips nothing for a connection of Relay’s that reads on and then follows, and has each event once', async () => {
  const { read, shown, follow } = await connected();
  const beginning = (await gateway.query('{ cancellations(last: 5) { edges { cursor } } }')).data!['cancellations'];
  await read(forward, { first: 2, after: beginning.edges[0].cursor });
  expect(idsOf(shown())).toEqual(ids(2, 3));
  const seen = follow(shown().head);
  await gateway.eduzz(ticket(ids(6)[0]!));
  await expect.poll(() => seen).toEqual(ids(4, 5, 6));
  expect(idsOf(shown())).toEqual(ids(2, 3, 4, 5, 6));

  // Its next page, of what came live as well.
  await read(forward, { first: 10, after: shown().pageInfo.endCursor });
  expect(idsOf(shown())).toEqual(ids(2, 3, 4, 5, 6));
  const sinceThen = follow(shown().head);
  await gateway.eduzz(ticket(ids(7)[0]!));
  await expect.poll(() => sinceThen).toEqual(ids(7));
});

it('GQL2.8 skips nothing for a connection of Relay’s that has read back, and repeats nothing after its last event', async () => {
  const { read, shown, follow } = await connected();
  await read(backward, { last: 2 });
  const { head, edges } = shown();
  expect(idsOf(shown())).toEqual(ids(4, 5));
  await gateway.eduzz(ticket(ids(6)[0]!));
  await read(backward, { last: 2, before: edges[0]!.cursor });
  expect(idsOf(shown())).toEqual(ids(2, 3, 4, 5));
  expect(shown().head).not.toBe(head);
  expect(shown().pageInfo.endCursor).toBe(edges[1]!.cursor);

  const fromEnd = follow(shown().pageInfo.endCursor);
  await expect.poll(() => fromEnd).toEqual(ids(6));
  expect(idsOf(shown())).toEqual(ids(2, 3, 4, 5, 6));
  // Live events move no cursor of the connection: a client that follows anew takes the newest cursor from the edges.
  expect(shown().pageInfo.endCursor).toBe(edges[1]!.cursor);
  const fromLast = follow(shown().edges.at(-1)!.cursor);
  await gateway.eduzz(ticket(ids(7)[0]!));
  await expect.poll(() => fromLast).toEqual(ids(7));
  const fromHead = follow(shown().head);
  await expect.poll(() => fromHead).toEqual(ids(4, 5, 6, 7));
});
