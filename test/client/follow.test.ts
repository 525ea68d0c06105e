import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type FollowState, type Following, type StreamMessage, follow } from '../../src/client/follow.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { type Claims, EDUZZ_SECRET, TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { EVENTS } from '../support/subscriber.ts';

interface Message extends StreamMessage {
  readonly node?: { readonly eventId: string };
}

/** A frontend: everything it was called back with. */
class Frontend {
  readonly seen: string[] = [];
  readonly kinds: string[] = [];
  readonly states: FollowState[] = [];
  readonly gaps: unknown[] = [];
  tokens = 0;
  expired = 0;
  readonly following: Following;

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
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryAttempts,
      connectionParams: async () => ({ authorization: `Bearer ${await makeToken(claims((this.tokens += 1)))}` }),
    });
    this.following = follow<Message>(client, {
      query,
      after,
      onMessage: async (message) => {
        await onMessage(message);
        this.kinds.push(message.__typename);
        if (message.node) this.seen.push(message.node.eventId);
      },
      onGap: (gap) => void this.gaps.push(gap),
      onState: (state) => void this.states.push(state),
      onTokenExpired: () => void (this.expired += 1),
      wait: (tries) => Math.min(20 * tries, 200),
    });
    // Whoever expects it to end looks at it before.
    this.following.ended.catch(() => {});
    onTestFinished(async () => {
      this.following.stop();
      await client.dispose();
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

it.each(RETRIES)(
  'LIVE1 follows across kills and drains of the gateway, the client retrying %i times',
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

it('AUTH3 follows across tokens that expire, asking for a fresh one each time', async () => {
  const gateway = await TestGateway.start();
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

it('LIVE1 calls back in order, one after the other, and resumes from what was given', async () => {
  const gateway = await TestGateway.start();
  const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);
  let running = 0;
  const first = new Frontend(gateway.webSocketUrl, {
    onMessage: async ({ node }) => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, node ? 5 - (Number(node.eventId.slice(1)) % 5) : 0));
      running -= 1;
      if (node?.eventId === 'm20') first.following.stop();
    },
  });
  await first.caughtUp();
  for (const id of ids) await gateway.eduzz(ticket(id));
  await first.following.ended;
  const second = new Frontend(gateway.webSocketUrl, { after: first.following.cursor });
  await expect.poll(() => second.seen.at(-1)).toBe('m29');
  // The one that was being shown when it was stopped may be shown again; nothing else is.
  expect(second.seen).toEqual(ids.slice(21 - Number(!first.seen.includes('m20'))));
});

it('LIVE3 tells a frontend of a gap in its place of the order', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(ticket('here'));
  const after = Buffer.from('AAAAAAAAAAAAAAAA:1').toString('base64url');
  const frontend = new Frontend(gateway.webSocketUrl, { after });
  await frontend.caughtUp();
  expect(frontend.gaps).toMatchObject([{ __typename: 'Gap', reason: 'LOG_REPLACED', after }]);
  expect(frontend.seen).toEqual(['here']);
});

const FATAL: readonly [string, ConstructorParameters<typeof Frontend>[1], RegExp][] = [
  ['a tenant that is not its own', { claims: () => ({ scope: 'pii:read' }) }, /scope events:read/],
  ['a cursor that is none', { after: 'nonsense' }, /not a cursor/],
  ['a document that does not fit', { query: EVENTS.replace('eventId', 'nothing') }, /nothing/],
  ['a token that is none', { claims: () => ({ tenants: [] }) }, /4401/],
  ['a callback that throws', { onMessage: () => Promise.reject(new Error('my own fault')) }, /my own fault/],
];

it.each(FATAL)('GQL3 gives up, and says why, on %s', async (_what, options, reason) => {
  const gateway = await TestGateway.start();
  const frontend = new Frontend(gateway.webSocketUrl, options);
  await expect(frontend.following.ended).rejects.toThrow(reason);
});

it('GQL3 refuses a document that it could not resume', () => {
  const client = createClient({ url: 'ws://127.0.0.1:1', webSocketImpl: WebSocket });
  const callbacks = { onMessage: () => {}, onGap: () => {} };
  for (const query of ['subscription { events { __typename cursor } }', EVENTS.replaceAll('cursor', 'id')]) {
    expect(() => follow(client, { query, ...callbacks })).toThrow(/\$after/);
  }
});
