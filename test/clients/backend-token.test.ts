import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import { follow } from 'hookcast/client';
import { expect, it, onTestFinished } from 'vitest';
import { ticket } from '../fixtures/eduzz.ts';
import { AUTH_SECRET, TestGateway } from '../support/gateway.ts';
import { FOLLOW, type Message } from './recipes/documents.ts';
import { tokenFrom } from './recipes/fetch-token.ts';
import { signToken } from './recipes/sign-token.ts';

const COOKIE = 'session=of-ana';
/** In seconds. Each connection of the test lasts for so long at most. */
const LASTS = 2;

/** A backend with a session of its own, which is away for the second token that it is asked for. */
async function startBackend() {
  const answers: number[] = [];
  const server = createServer(({ headers, method }, response) => {
    const isKnown = headers.cookie === COOKIE && method === 'POST';
    const isAway = answers.length === 1;
    let status = isAway ? 503 : 200;
    if (!isKnown) status = 401;
    answers.push(status);
    void signToken(AUTH_SECRET, { id: 'ana', tenants: ['eduzz:40021'] }, LASTS).then((token) =>
      response.writeHead(status).end(JSON.stringify({ token, expiresIn: LASTS })),
    );
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, answers };
}

it('LIVE5.10 a page follows with tokens of a backend, through their expiry and while the backend is away', async () => {
  const gateway = await TestGateway.start();
  const backend = await startBackend();
  /** A browser's `fetch`, which has the cookie. */
  const ask: typeof fetch = (url, init) => fetch(url, { ...init, headers: { cookie: COOKIE } });
  const token = tokenFrom(backend.url, ask);
  const client = createClient({
    url: gateway.webSocketUrl,
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: 0,
  });
  const told: string[] = [];
  let expired = 0;
  let isLive = false;
  const following = follow<Message>(client, {
    query: FOLLOW,
    onMessage: (message) => void (message.__typename === 'CancellationEdge' && told.push(message.node.eventId)),
    onGap: () => {},
    onState: (state) => void (isLive ||= state === 'live'),
    onTokenExpired: () => void (expired += 1),
    wait: () => 100,
  });
  onTestFinished(() => following.stop());
  let sent = 0;
  const sendOne = () => gateway.eduzz(ticket(`t${(sent += 1)}`, 40_021));
  await expect.poll(() => isLive).toBe(true);
  for (let connection = 1; connection <= 3; connection += 1) {
    await sendOne();
    await expect.poll(() => expired).toBeGreaterThanOrEqual(connection);
  }
  await sendOne();
  await expect.poll(() => told).toEqual(['t1', 't2', 't3', 't4']);
  expect(backend.answers.slice(0, 3)).toEqual([200, 503, 200]);
  await expect(tokenFrom(backend.url)()).rejects.toThrow('401');
});
