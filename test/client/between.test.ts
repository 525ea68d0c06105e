import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { GraphQLError, buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { follow } from '../../src/client/follow.ts';
import { resuming } from '../../src/client/resuming.ts';
import { endClient } from '../support/ending.ts';

/** What a gateway of others hands on, which stands before hookcast and puts a prefix before the names of types. */
const SCHEMA = buildSchema(`
  type Query { it: Int }
  type Subscription { hookcast_events(after: String): Hookcast_EventMessage }
  interface Hookcast_EventMessage { cursor: String! }
  type Hookcast_EventEdge implements Hookcast_EventMessage { cursor: String! }
  type Hookcast_CaughtUp implements Hookcast_EventMessage { cursor: String! }
  type Hookcast_Gap implements Hookcast_EventMessage { cursor: String! reason: String }
`);
const QUERY = `subscription ($after: String) {
  hookcast_events(after: $after) { __typename cursor ... on Hookcast_Gap { reason } }
}`;

type Script = readonly (string | Error)[];

const sent = (cursor: string) => {
  const kind = { c: 'CaughtUp', e: 'EventEdge', g: 'Gap' }[cursor[0]!];
  return { hookcast_events: { __typename: `Hookcast_${kind}`, cursor, reason: 'RETENTION' } };
};

/** Serves each subscription by the next script: cursors of what it sends (`c…`, `e…`, `g…`), errors, and `end`. Says after what each was asked for. */
async function serve(...scripts: Script[]) {
  const asked: unknown[] = [];
  async function* hookcast_events({ after }: { after: unknown }) {
    const script = scripts[asked.push(after) - 1] ?? [];
    for (const step of script) {
      if (step instanceof Error) throw step;
      if (step === 'end') return;
      yield sent(step);
    }
    await new Promise(() => {});
  }
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  onTestFinished(() => server.close());
  const served = useServer({ schema: SCHEMA, roots: { subscription: { hookcast_events } } }, server);
  onTestFinished(async () => {
    await served.dispose();
  });
  const { port } = server.address() as AddressInfo;
  const open = () => {
    const client = createClient({ url: `ws://127.0.0.1:${port}`, webSocketImpl: WebSocket, retryAttempts: 0 });
    onTestFinished(() => endClient(client));
    return client;
  };
  return { asked, open };
}

const CASES: readonly [what: string, scripts: Script[], seen: string[], asked: (string | null)[]][] = [
  [
    'sends CaughtUp a second time',
    [
      ['c0', 'e1', 'c5', 'e6'],
      ['e2', 'c6'],
    ],
    ['c0', 'e1', 'e2', 'c6'],
    [null, 'e1'],
  ],
  [
    'begins anew with the cursor that it was given',
    [
      ['c0', 'e1', 'e2', 'e1', 'e2'],
      ['c2', 'e3'],
    ],
    ['c0', 'e1', 'e2', 'c2', 'e3'],
    [null, 'e2'],
  ],
  [
    'completes a subscription that nobody ended',
    [
      ['c0', 'e1', 'end'],
      ['c1', 'e2'],
    ],
    ['c0', 'e1', 'c1', 'e2'],
    [null, 'e1'],
  ],
  [
    'hides what it was told',
    [
      ['c0', 'e1', new GraphQLError('Unexpected error.')],
      ['c1', 'e2'],
    ],
    ['c0', 'e1', 'c1', 'e2'],
    [null, 'e1'],
  ],
  ['tells of a gap under another name', [['g3', 'e4', 'c4']], ['gap RETENTION', 'e4', 'c4'], [null]],
];

it.each(CASES)(
  'LIVE1.14 loses nothing and repeats nothing behind a gateway that %s',
  async (_what, scripts, seen, after) => {
    const followed = await serve(...scripts);
    const got: string[] = [];
    const following = follow(followed.open(), {
      query: QUERY,
      onMessage: ({ cursor }) => void got.push(cursor),
      onGap: ({ reason }) => void got.push(`gap ${reason}`),
      wait: () => 5,
    });
    onTestFinished(() => following.stop());
    const resumed = await serve(...scripts);
    const told: string[] = [];
    const stop = resuming(resumed.open()).subscribe(
      { query: QUERY },
      {
        next: ({ data }: { data: ReturnType<typeof sent> }) => {
          const { __typename, cursor, reason } = data.hookcast_events;
          told.push(__typename.endsWith('Gap') ? `gap ${reason}` : cursor);
        },
        error: (error) => void told.push(String(error)),
        complete: () => void told.push('completed'),
      },
    );
    onTestFinished(stop);
    await expect.poll(() => got).toEqual(seen);
    await expect.poll(() => told).toEqual(seen);
    expect([followed.asked, resumed.asked]).toEqual([after, after]);
  },
);

it('LIVE1.14 asks the application about an error that hookcast doesn’t know', async () => {
  const error = new GraphQLError('No such plan.', { extensions: { code: 'PAYMENT_REQUIRED' } });
  const { open, asked } = await serve(['c0', error], ['c0', 'e1']);
  const about: unknown[] = [];
  const shouldRetry = (errors: unknown) => {
    about.push((errors as { extensions: { code: string } }[])[0]!.extensions.code);
    return false;
  };
  const following = follow(open(), { query: QUERY, onMessage: () => {}, onGap: () => {}, shouldRetry });
  await expect(following.ended).rejects.toThrow('No such plan.');
  const ends: unknown[] = [];
  resuming(open(), { shouldRetry }).subscribe(
    { query: QUERY },
    { next: () => {}, error: (reason) => void ends.push(reason), complete: () => {} },
  );
  // The second script.
  await expect.poll(() => asked.length).toBe(2);
  expect(about).toEqual(['PAYMENT_REQUIRED']);
});
