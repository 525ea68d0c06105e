import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type FollowState, type FollowHandle, follow } from '../../src/client/follow.ts';
import { resuming } from '../../src/client/resuming.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { type Claims, EDUZZ_SECRET, TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { EVENTS } from '../support/subscriber.ts';
import { thoroughly } from '../support/thorough.ts';
import { endClient } from '../support/ending.ts';

/** For tests that begin with what is there, and change nothing but by deliveries. */
let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

type Message =
  | { readonly __typename: 'EventEdge'; readonly cursor: string; readonly node: { readonly eventId: string } }
  | { readonly __typename: 'CaughtUp'; readonly cursor: string };

/** A frontend: everything it was called back with. */
class Frontend {
  readonly seen: string[] = [];
  readonly kinds: string[] = [];
  readonly states: FollowState[] = [];
  readonly gaps: unknown[] = [];
  readonly reasons: string[] = [];
  readonly client: Client;
  tokens = 0;
  expired = 0;
  readonly following: FollowHandle;

  constructor(
    url: string,
    {
      retryAttempts = 0,
      after = null,
      claims = () => ({}),
      query = EVENTS,
      onMessage = () => {},
    }: {
      retryAttempts?: number;
      after?: string | null;
      claims?: (connection: number) => Claims;
      query?: string;
      onMessage?: (message: Message) => void | Promise<void>;
    } = {},
  ) {
    this.client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryAttempts,
      connectionParams: async () => ({ authorization: `Bearer ${await makeToken(claims((this.tokens += 1)))}` }),
    });
    this.following = follow<Message>(this.client, {
      query,
      after,
      onMessage: async (message) => {
        await onMessage(message);
        this.kinds.push(message.__typename);
        if (message.__typename === 'EventEdge') this.seen.push(message.node.eventId);
      },
      // A gap has a type, even if the messages' own types don't name it.
      onGap: (gap) => void this.gaps.push({ reason: gap.reason, after: gap.after }),
      onState: (state, reason) => {
        this.states.push(state);
        if (reason) this.reasons.push(reason.message);
      },
      onTokenExpired: () => void (this.expired += 1),
      wait: (tries) => Math.min(20 * tries, 200),
    });
    // A test that expects the end has read it before.
    this.following.ended.catch(() => {});
    onTestFinished(async () => {
      this.following.stop();
      await endClient(this.client);
    });
  }

  caughtUp(): Promise<void> {
    return expect.poll(() => this.kinds, { interval: 10 }).toContain('CaughtUp');
  }
}

async function post(url: string, id: string): Promise<boolean> {
  const { headers, body } = signAsEduzz(ticket(id), EDUZZ_SECRET);
  try {
    return (await fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers, body })).status === 200;
  } catch {
    return false;
  }
}

const RETRIES = [0, 5];

// Without retries of its own the client needs `follow` for each of them.
it.each(thoroughly(RETRIES, [0]))(
  'LIVE1.5 follows across kills and drains of the gateway, the client retrying %i times',
  async (retryAttempts) => {
    const env = environment(temporaryFolder());
    let gateway = await GatewayProcess.start(env);
    const { port } = new URL(gateway.url);
    const frontend = new Frontend(gateway.webSocketUrl, { retryAttempts });
    await frontend.caughtUp();
    const acknowledged: string[] = [];
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const round = Array.from({ length: 40 }, (_, index) => `${signal}-${acknowledged.length}-${index}`);
      const posts = round.map(async (id) => {
        if (await post(gateway.url, id)) acknowledged.push(id);
      });
      await posts[0];
      await gateway.end(signal);
      await Promise.all(posts);
      gateway = await GatewayProcess.start({ ...env, PORT: port });
      await expect.poll(() => post(gateway.url, `after-${acknowledged.length}`)).toBe(true);
      acknowledged.push(`after-${acknowledged.length}`);
    }
    const last = acknowledged.at(-1)!;
    await expect.poll(() => frontend.seen).toContain(last);
    expect(new Set(frontend.seen).size).toBe(frontend.seen.length);
    expect(acknowledged.filter((id) => !frontend.seen.includes(id))).toEqual([]);
    expect(frontend.gaps).toEqual([]);
    expect(frontend.states.slice(0, 2)).toEqual(['connecting', 'live']);
    expect(frontend.states).toContain('waiting');
    expect(frontend.states.at(-1)).toBe('live');
  },
);

it('AUTH3.3 follows across tokens that expire, asking for a fresh one each time', async () => {
  const gateway = shared;
  const frontend = new Frontend(gateway.webSocketUrl, {
    claims: (connection) => ({ expires: connection < 3 ? 2 : 600 }),
  });
  await frontend.caughtUp();
  await gateway.eduzz(ticket('first'));
  await expect.poll(() => frontend.expired, { interval: 10 }).toBe(2);
  await gateway.eduzz(ticket('second'));
  await expect.poll(() => frontend.seen).toEqual(['first', 'second']);
  expect(frontend.tokens).toBe(3);
});

it('LIVE1.6 calls back in order, one after the other, and resumes from what was given', async () => {
  const gateway = shared;
  const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);
  let running = 0;
  const first = new Frontend(gateway.webSocketUrl, {
    onMessage: async (message) => {
      running += 1;
      expect(running).toBe(1);
      const id = message.__typename === 'EventEdge' ? message.node.eventId : 'm0';
      await new Promise((resolve) => setTimeout(resolve, 5 - (Number(id.slice(1)) % 5)));
      running -= 1;
      if (id === 'm20') first.following.stop();
    },
  });
  await first.caughtUp();
  for (const id of ids) await gateway.eduzz(ticket(id));
  await first.following.ended;
  const second = new Frontend(gateway.webSocketUrl, { after: first.following.cursor });
  await expect.poll(() => second.seen.at(-1)).toBe('m29');
  expect([...first.seen, ...second.seen]).toEqual(ids);
});

it('LIVE3.4 tells a frontend of a gap in its place of the order', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(ticket('here'));
  const after = Buffer.from('AAAAAAAAAAAAAAAA:1').toString('base64url');
  const frontend = new Frontend(gateway.webSocketUrl, { after });
  await frontend.caughtUp();
  expect(frontend.gaps).toEqual([{ reason: 'LOG_REPLACED', after }]);
  expect(frontend.seen).toEqual(['here']);
});

const FATAL: readonly [string, ConstructorParameters<typeof Frontend>[1], RegExp][] = [
  ['a tenant that is not its own', { claims: () => ({ scope: 'pii:read' }) }, /scope events:read/],
  ['a cursor that is none', { after: 'nonsense' }, /not a cursor/],
  ['a document that does not fit', { query: EVENTS.replace('eventId', 'nothing') }, /nothing/],
  ['a token that is none', { claims: () => ({ tenants: [] }) }, /4401/],
  [
    'an alias',
    { query: EVENTS.replace('__typename', 'kind: __typename ... on EventEdge { node { __typename } }') },
    /unaliased/,
  ],
  ['a callback that throws', { onMessage: () => Promise.reject(new Error('my own fault')) }, /my own fault/],
];

it.each(FATAL)('GQL3.2 gives up, and says why, on %s', async (_what, options, reason) => {
  const gateway = shared;
  const frontend = new Frontend(gateway.webSocketUrl, options);
  await expect(frontend.following.ended).rejects.toThrow(reason);
});

const UNUSABLE: readonly [string, { query?: string; variables?: object }, RegExp][] = [
  ['has no $after', { query: 'subscription { events { __typename cursor } }' }, /\$after/],
  ['selects no cursor', { query: EVENTS.replaceAll('cursor', 'id') }, /selects __typename and cursor/],
  ['is given its cursor twice', { variables: { after: 'x' } }, /not in `variables`/],
];

it.each(UNUSABLE)('GQL3.2 refuses a subscription that %s, since it could not be resumed', (_what, fields, reason) => {
  const client = createClient({ url: 'ws://127.0.0.1:1', webSocketImpl: WebSocket });
  const options = { query: EVENTS, onMessage: () => {}, onGap: () => {}, ...fields } as Parameters<typeof follow>[1];
  expect(() => follow(client, options)).toThrow(reason);
});

it('GQL3.2 says why it is not connected, and goes on when it can', async () => {
  const gateway = await TestGateway.start();
  const { port } = new URL(gateway.url);
  await gateway.close();
  const frontend = new Frontend(gateway.webSocketUrl);
  await expect.poll(() => frontend.reasons.length).toBeGreaterThan(0);
  expect(frontend.reasons[0]).toMatch(/can't be reached.*ECONNREFUSED/);
  await TestGateway.start({ folder: gateway.folder, env: { PORT: port } });
  await frontend.caughtUp();
  expect(frontend.states.at(-1)).toBe('live');
});

it.each(RETRIES)('LIVE1.6 ends with its client, which retries %i times', async (retryAttempts) => {
  const gateway = shared;
  const frontend = new Frontend(gateway.webSocketUrl, { retryAttempts });
  await frontend.caughtUp();
  await frontend.client.dispose();
  await frontend.following.ended;
});

it('LIVE1.10 hands on an event that has a field which failed, with its error, and what comes after it', async () => {
  const schema = buildSchema(`
    type Query { it: Int }
    type Subscription { events(after: String): Item }
    type Item { cursor: String! node: Node }
    type Node { count: Int }
  `);
  async function* events() {
    // GraphQL's Int has 32 bits.
    for (const [index, count] of [1, 2 ** 31, 3].entries()) yield { events: { cursor: `c${index}`, node: { count } } };
    await new Promise(() => {});
  }
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  onTestFinished(() => server.close());
  const served = useServer({ schema, roots: { subscription: { events } } }, server);
  onTestFinished(async () => {
    await served.dispose();
  });
  const { port } = server.address() as AddressInfo;
  const client = createClient({ url: `ws://127.0.0.1:${port}`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const seen: unknown[] = [];
  const following = follow<Message>(client, {
    query: 'subscription ($after: String) { events(after: $after) { __typename cursor node { count } } }',
    onMessage: ({ cursor }, errors) => void seen.push([cursor, errors?.map(({ path }) => path)]),
    onGap: () => {},
  });
  onTestFinished(() => following.stop());
  await expect
    .poll(() => seen)
    .toEqual([
      ['c0', undefined],
      ['c1', [['events', 'node', 'count']]],
      ['c2', undefined],
    ]);
});

it('LIVE1.10 goes on after an event that is too large for one message, and says where it is', async () => {
  const gateway = await TestGateway.start({ env: { GRAPHQL_MAX_MESSAGE_BYTES: '4096' } });
  const query = EVENTS.replace('eventId', 'eventId raw');
  const client = createClient({
    url: gateway.webSocketUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: async () => ({ authorization: `Bearer ${await makeToken()}` }),
  });
  const seen: string[] = [];
  const passed: string[] = [];
  const following = follow<Message>(client, {
    query,
    onMessage: (message) => void (message.__typename === 'EventEdge' && seen.push(message.node.eventId)),
    onGap: () => {},
    onTooLarge: (cursor) => void passed.push(cursor),
  });
  onTestFinished(() => following.stop());
  const resumed: unknown[] = [];
  const stop = resuming(client).subscribe(
    { query },
    {
      next: ({ data, errors }) => void resumed.push(data ? (data['stream'] as Message).__typename : errors?.length),
      error: (error) => resumed.push(error),
      complete: () => {},
    },
  );
  onTestFinished(stop);
  await expect.poll(() => resumed).toEqual(['CaughtUp']);
  await expect.poll(() => following.cursor).not.toBeNull();
  await gateway.eduzz(ticket('before'));
  const large = { ...ticket('large'), note: 'x'.repeat(8_000) };
  await gateway.eduzz(large);
  await gateway.eduzz(ticket('after'));
  await expect.poll(() => seen).toEqual(['before', 'after']);
  expect(passed).toHaveLength(1);
  await expect.poll(() => resumed).toEqual(['CaughtUp', 'EventEdge', 1, 'EventEdge']);
});
