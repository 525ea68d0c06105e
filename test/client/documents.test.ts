import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type FollowState, follow } from '../../src/client/follow.ts';
import { resuming } from '../../src/client/resuming.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { type Claims, TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';
import { EVENTS } from '../support/subscriber.ts';
import { endClient } from '../support/ending.ts';

let gateway: TestGateway;
beforeAll(async () => void (gateway = await TestGateway.start({ lasting: true })));
afterAll(() => gateway.end());

function connect({ webSocketUrl }: TestGateway = gateway, claims: Claims = {}) {
  const client = createClient({
    url: webSocketUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: async () => ({ authorization: `Bearer ${await makeToken(claims)}` }),
  });
  onTestFinished(() => endClient(client));
  return client;
}

/** As `documentMode: 'string'` of GraphQL Code Generator has it. */
class TypedDocumentString extends String {
  readonly __apiType?: (variables: { after?: string | null }) => { stream: { cursor: string } };
}

const DOCUMENTS: readonly [what: string, query: unknown][] = [
  ['a text', EVENTS],
  ['the tree that gql, gql.tada and codegen make', parse(EVENTS, { noLocation: true })],
  ['the string object that codegen makes', new TypedDocumentString(EVENTS)],
];

it.each(DOCUMENTS)('LIVE1.12 follows a document that is %s', async (what, query) => {
  const client = connect();
  const seen: unknown[] = [];
  const following = follow(client, {
    query: query as string,
    onMessage: (message) => void seen.push(message.__typename),
    onGap: () => {},
  });
  onTestFinished(() => following.stop());
  const resumed: unknown[] = [];
  const stop = resuming(client).subscribe(
    { query },
    {
      next: ({ data }: { data: { stream: { __typename: string } } }) => void resumed.push(data.stream.__typename),
      error: (error) => void resumed.push(error),
      complete: () => {},
    },
  );
  onTestFinished(stop);
  await expect.poll(() => [seen, resumed]).toEqual([['CaughtUp'], ['CaughtUp']]);
  await gateway.eduzz(ticket(`as ${what}`));
  await expect
    .poll(() => [seen, resumed])
    .toEqual([
      ['CaughtUp', 'EventEdge'],
      ['CaughtUp', 'EventEdge'],
    ]);
});

const NONE: readonly [what: string, query: unknown][] = [
  ['nothing', undefined],
  ['an empty text', ''],
  ['a number', 5],
  ['an object that is no document', { query: EVENTS }],
  ['a subscription without $after', 'subscription { events { __typename cursor } }'],
  ['a query', 'query ($after: String) { events(after: $after) { edges { cursor node { __typename } } } }'],
  ['a query of a field with that name', 'query ($after: String) { subscription(after: $after) { __typename cursor } }'],
  ['the same as a tree', parse('subscription { events { __typename cursor } }')],
];

it.each(NONE)('LIVE1.12 refuses at once %s, and tries nothing', (_what, query) => {
  let asked = 0;
  const client = { ...connect(), subscribe: (_request: unknown, _sink: unknown) => () => void (asked += 1) };
  expect(() => follow(client, { query: query as string, onMessage: () => {}, onGap: () => {} })).toThrow(TypeError);
  const errors: unknown[] = [];
  resuming(client).subscribe(
    { query },
    { next: () => {}, error: (error: unknown) => errors.push(error), complete: () => {} },
  );
  expect(errors).toEqual([expect.any(TypeError)]);
  expect(asked).toBe(0);
});

it.each(['onMessage', 'onGap'])('LIVE1.12 refuses at once a follow without %s, and tries nothing', (missing) => {
  let asked = 0;
  const client = { ...connect(), subscribe: (_request: unknown, _sink: unknown) => () => void (asked += 1) };
  const heard = { onMessage: () => {}, onGap: () => {}, [missing]: undefined } as { onMessage(): void; onGap(): void };
  expect(() => follow(client, { query: EVENTS, ...heard })).toThrow(`${missing} is missing`);
  expect(asked).toBe(0);
});

it('LIVE1.12 follows a trusted document by its id alone', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'documents.json'), JSON.stringify({ stream: EVENTS }));
  const trusting = await TestGateway.start({ env: { TRUSTED_DOCUMENTS: join(folder, 'documents.json') } });
  const client = connect(trusting, { scope: 'events:read pii:read' });
  const seen: unknown[] = [];
  const following = follow(client, {
    documentId: 'stream',
    onMessage: (message) => void seen.push(message.__typename),
    onGap: () => {},
  });
  onTestFinished(() => following.stop());
  const resumed: unknown[] = [];
  const stop = resuming(client).subscribe(
    { documentId: 'stream' },
    {
      next: ({ data }: { data: { stream: { __typename: string } } }) => void resumed.push(data.stream.__typename),
      error: (error) => void resumed.push(error),
      complete: () => {},
    },
  );
  onTestFinished(stop);
  await expect.poll(() => [seen, resumed]).toEqual([['CaughtUp'], ['CaughtUp']]);
});

it('LIVE1.13 gives what a resumed client iterates over once, across a connection that is lost', async () => {
  const stock = connect();
  let sockets = 0;
  stock.on('connected', () => (sockets += 1));
  const client = resuming(stock);
  const seen: string[] = [];
  const results = client.iterate<{ stream: { __typename: string; node?: { eventId: string } } }>({ query: EVENTS });
  const reading = (async () => {
    for await (const { data } of results) {
      seen.push(data?.stream.node?.eventId ?? data!.stream.__typename);
      if (seen.at(-1) === 'third') break;
    }
  })();
  await expect.poll(() => seen).toEqual(['CaughtUp']);
  await gateway.eduzz(ticket('first'));
  await expect.poll(() => seen.at(-1)).toBe('first');
  stock.terminate();
  await gateway.eduzz(ticket('second'));
  await expect.poll(() => seen.filter((what) => what !== 'CaughtUp')).toEqual(['first', 'second']);
  await gateway.eduzz(ticket('third'));
  await reading;
  expect(seen.filter((what) => what !== 'CaughtUp')).toEqual(['first', 'second', 'third']);
  expect(sockets).toBe(2);
  await endClient(client);
});

it('GQL3.2 says by its state that it has failed, and leaves no promise that ends a process', async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', listen);
  onTestFinished(() => void process.off('unhandledRejection', listen));
  const states: [FollowState, string | undefined][] = [];
  const following = follow(connect(), {
    query: EVENTS,
    after: 'no cursor',
    onMessage: () => {},
    onGap: () => {},
    onState: (state, reason) => void states.push([state, reason?.message]),
  });
  onTestFinished(() => following.stop());
  await expect.poll(() => states.at(-1)).toEqual(['failed', expect.stringContaining('not a cursor')]);
  await new Promise(setImmediate);
  expect(unhandled).toEqual([]);
});
