import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SubscriptionClient } from 'hookcast/resuming';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ticket } from '../fixtures/eduzz.ts';
import { type Claims, TestGateway, makeToken } from '../support/gateway.ts';
import { FOLLOW, type Followed } from './recipes/documents.ts';
import { overHttp } from './recipes/event-stream.ts';
import { overWebSocket } from './recipes/websocket.ts';

const TRANSPORTS = ['WebSocket', 'HTTP'] as const;

function open(
  transport: (typeof TRANSPORTS)[number],
  { url, webSocketUrl }: TestGateway,
  token: () => Promise<string> = () => makeToken(),
): SubscriptionClient {
  return transport === 'HTTP' ? overHttp(`${url}/graphql`, token) : overWebSocket(webSocketUrl, token);
}

/** The calls of one subscription's sink. */
class Told {
  readonly kinds: string[] = [];
  /** Codes of errors, the code of a close, or a message. */
  readonly refusals: unknown[] = [];
  completed = 0;
  readonly stop: () => void;

  constructor(client: SubscriptionClient, query = FOLLOW) {
    const next = ({ data }: { data: Followed }) => void this.kinds.push(data.cancellations.__typename);
    const error = (error: unknown) => void this.refusals.push(reasonOf(error));
    this.stop = client.subscribe({ query }, { next, error, complete: () => (this.completed += 1) });
    onTestFinished(this.stop);
  }
}

function reasonOf(error: unknown): unknown {
  if (Array.isArray(error)) return error.map(({ extensions }) => extensions.code as string).join();
  return error instanceof Error ? error.message : (error as { code: number }).code;
}

const REFUSED: readonly [string, Claims, string, Record<(typeof TRANSPORTS)[number], unknown>][] = [
  ['a token without the scope', { scope: 'pii:read' }, FOLLOW, { WebSocket: 'FORBIDDEN', HTTP: 'FORBIDDEN' }],
  ['a token for nobody', { tenants: [] }, FOLLOW, { WebSocket: 4401, HTTP: 'UNAUTHENTICATED' }],
  [
    'a document that does not fit',
    {},
    FOLLOW.replace('title', 'nothing'),
    { WebSocket: 'GRAPHQL_VALIDATION_FAILED', HTTP: 'GRAPHQL_VALIDATION_FAILED' },
  ],
  [
    'a document without $after',
    {},
    'subscription { cancellations { __typename cursor } }',
    { WebSocket: expect.stringContaining('$after'), HTTP: expect.stringContaining('$after') },
  ],
  [
    'a document without cursor',
    {},
    FOLLOW.replace('cursor', 'here: cursor'),
    { WebSocket: expect.stringContaining('cursor'), HTTP: expect.stringContaining('cursor') },
  ],
];

/** For what is refused, which changes nothing. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true });
});
afterAll(() => gateway.end());

it.each(REFUSED)('GQL3.2 ends a resumed subscription, and says why, on %s', async (_what, claims, query, reasons) => {
  for (const transport of TRANSPORTS) {
    const client = open(transport, gateway, () => makeToken(claims));
    const told = new Told(client, query);
    await expect.poll(() => told.refusals, { interval: 10 }).toEqual([reasons[transport]]);
    expect(told.completed).toBe(0);
  }
});

it('LIVE5.3 tries again while tokens can’t be checked', async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' };
  let asked = 0;
  const issuer = createServer((_request, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 500 : 200).end(JSON.stringify({ keys: [jwk] }));
  });
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  onTestFinished(() => void issuer.close());
  const jwks = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks.json`;
  const gateway = await TestGateway.start({
    env: { AUTH_SECRET: '', AUTH_JWKS_URL: jwks, AUTH_ISSUER: 'https://login.example' },
  });
  const token = () =>
    new SignJWT({ iss: 'https://login.example', tenants: ['*'], scope: 'events:read' })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setExpirationTime('10m')
      .sign(privateKey);
  const all = TRANSPORTS.map((transport) => new Told(open(transport, gateway, token)));
  await expect.poll(() => all.map(({ kinds }) => kinds)).toEqual([['CaughtUp'], ['CaughtUp']]);
  expect(asked).toBeGreaterThan(2);
});

it('LIVE5.3 ends a client that is about to connect without an error, also if no server answers', async () => {
  const server = createServer().on('upgrade', (_request, socket) => sockets.push(socket));
  const sockets: Duplex[] = [];
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = overWebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, () => makeToken());
  const told = new Told(client);
  await expect.poll(() => sockets.length).toBe(1);
  const ended = client.dispose();
  for (const socket of sockets) socket.destroy();
  await ended;
  expect(told).toMatchObject({ completed: 1, refusals: [] });
});

it('LIVE5.3 ends resumed subscriptions with their client, also while they wait for the gateway', async () => {
  const gateway = await TestGateway.start();
  const { port } = new URL(gateway.url);
  const clients = TRANSPORTS.map((transport) => open(transport, gateway));
  const all = clients.flatMap((client) => [new Told(client), new Told(client)]);
  await expect.poll(() => all.map(({ kinds }) => kinds.length)).toEqual([1, 1, 1, 1]);
  // One of two that share a connection.
  for (const told of [all[0]!, all[2]!]) told.stop();
  await gateway.eduzz(ticket('one'));
  await expect.poll(() => all.map(({ kinds }) => kinds.length)).toEqual([1, 2, 1, 2]);
  await gateway.close();
  for (const client of clients) await client.dispose();
  const again = await TestGateway.start({ folder: gateway.folder, env: { PORT: port } });
  await again.eduzz(ticket('two'));
  expect(all.map(({ kinds }) => kinds.length)).toEqual([1, 2, 1, 2]);
  expect(all.map(({ completed }) => completed)).toEqual([0, 1, 0, 1]);
});
