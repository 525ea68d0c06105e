import { createOperationDescriptor, fetchQuery } from 'relay-runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { LIST, type List } from './recipes/documents.ts';
import { overWebSocket } from './recipes/websocket.ts';
import { type ListQuery, listQuery } from './recipes/relay-artifacts.ts';
import { createRelay, followCancellations } from './recipes/relay.ts';
import { gatewayFetch } from './recipes/gateway-fetch.ts';
import { createUrql } from './recipes/urql.ts';

it('GQL2.1 turns the pages of a Relay connection backward, while what happens is put at its end', async () => {
  const gateway = await TestGateway.start();
  const url = `${gateway.url}/graphql`;
  for (let id = 1; id <= 25; id += 1) await gateway.eduzz(ticket(`t${id}`));
  const environment = createRelay(url, makeToken, overWebSocket(gateway.webSocketUrl, makeToken));
  const list = createOperationDescriptor(listQuery, { last: 20 });
  environment.retain(list);
  const shown = () => (environment.lookup(list.fragment).data as Partial<List>).cancellations;
  const ids = () => shown()?.edges.map(({ node }) => node.eventId) ?? [];
  const errors: unknown[] = [];
  const stop = followCancellations(environment, (error) => errors.push(error));
  const expected = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => `t${first + index}`);
  await expect.poll(ids).toEqual(expected(6, 25));

  for (const id of ['t26', 't27']) await gateway.eduzz(ticket(id));
  await expect.poll(ids).toEqual(expected(6, 27));
  const pages: boolean[] = [];
  while (shown()?.pageInfo.hasPreviousPage) {
    const before = shown()!.pageInfo.startCursor;
    await fetchQuery<ListQuery>(
      environment,
      listQuery,
      { last: 3, before },
      { fetchPolicy: 'network-only' },
    ).toPromise();
    pages.push(shown()!.pageInfo.hasPreviousPage);
  }
  expect(pages).toEqual([true, false]);
  expect(ids()).toEqual(expected(1, 27));
  stop();
  expect(errors).toEqual([]);
});

/** For the tests that change nothing. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true });
});
afterAll(() => gateway.end());

it('GQL5.3 answers a query with JSON, though urql would take a stream as well', async () => {
  const url = `${gateway.url}/graphql`;
  const client = createUrql(url, makeToken, overWebSocket(gateway.webSocketUrl, makeToken));
  const types: (string | null)[] = [];
  const noting: typeof fetch = async (input, init) => {
    expect(new Headers(init?.headers).get('accept')).toContain('text/event-stream');
    const response = await gatewayFetch(makeToken)(input, init);
    types.push(response.headers.get('content-type'));
    return response;
  };
  const good = await client.query<List>(LIST, { last: 1 }, { fetch: noting });
  expect(good.data?.cancellations.edges).toEqual([]);
  const bad = await client.query(LIST, { last: 'many' }, { fetch: noting });
  expect(bad.error?.graphQLErrors).toHaveLength(1);
  expect(types).toEqual(Array(2).fill('application/graphql-response+json; charset=utf-8'));
});
