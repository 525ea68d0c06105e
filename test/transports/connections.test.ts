import { type Socket, connect } from 'node:net';
import { Writable } from 'node:stream';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { ticket } from '../fixtures/eduzz.ts';
import { AUTH_SECRET, TestGateway } from '../support/gateway.ts';
import { measured, met } from '../support/metrics.ts';
import { Peer, knock } from '../support/peer.ts';
import { EVENTS } from '../support/subscriber.ts';

/** Low, so that they are soon met. A client counts by its address in X-Forwarded-For. */
const FEW = {
  MAX_CONNECTIONS_PER_ADDRESS: '3',
  MAX_CONNECTIONS_PER_TOKEN: '2',
  WS_MAX_MESSAGE_BYTES: '2048',
  TRUST_PROXY: 'loopback',
};
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

function tokenOf(sub: string | undefined, expires = 600): Promise<string> {
  const claims = { tenants: ['*'], scope: 'events:read', jti: String(Math.random()), ...(sub && { sub }) };
  const exp = Math.floor(Date.now() / 1000) + expires;
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(exp).sign(Buffer.from(AUTH_SECRET));
}

async function stream(
  { url }: TestGateway,
  {
    token,
    address,
    query = EVENTS,
    type = 'application/json',
  }: { token: string; address: string; query?: string; type?: string },
) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    signal: abort.signal,
    headers: {
      'content-type': type,
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...from(address).headers,
    },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, response, abort };
}

function dial(url: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return new Promise((resolve) => socket.on('connect', () => resolve(socket)));
}

it('OPS5.1 gives an address so many connections, WebSockets and streams together, and others theirs', async () => {
  const gateway = await TestGateway.start({ env: FEW });
  const full = '203.0.113.7';
  await Peer.open(gateway, { ...from(full), token: await tokenOf('one') });
  await Peer.open(gateway, { ...from(full), signedIn: false });
  expect((await stream(gateway, { token: await tokenOf('two'), address: full })).status).toBe(200);

  const refused = await knock(gateway, from(full));
  expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS', status: 429 } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  // Before anything is done: an invalid token is not even read.
  const { response } = await stream(gateway, { token: 'none', address: full });
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'TOO_MANY_REQUESTS' } }] });
  await expect.poll(() => met(gateway.url, 'per_address')).toBe(2);

  // Neither its queries and deliveries nor its neighbours are any worse for it.
  expect((await gateway.query('{ events { head } }')).errors).toBeUndefined();
  expect((await knock(gateway, from('203.0.113.8'))).status).toBe(101);
});

it('OPS5.1 limits the connections of a token, and counts those of its renewed token with them', async () => {
  const gateway = await TestGateway.start({ env: FEW });
  const first = await Peer.open(gateway, { ...from('198.51.100.1'), token: await tokenOf('ana') });
  expect((await stream(gateway, { token: await tokenOf('ana'), address: '198.51.100.2' })).status).toBe(200);

  const over = await Peer.open(gateway, { ...from('198.51.100.3'), signedIn: false });
  over.signIn(await tokenOf('ana'));
  // Which graphql-ws clients come back after.
  expect(await over.closed).toBe(1013);
  const { response } = await stream(gateway, { token: await tokenOf('ana'), address: '198.51.100.3' });
  expect(response.status).toBe(429);
  await expect.poll(() => met(gateway.url, 'per_token')).toBe(2);

  // Others have theirs; tokens that name nobody count by themselves.
  await Peer.open(gateway, { ...from('198.51.100.3'), token: await tokenOf('bea') });
  for (const address of ['198.51.100.4', '198.51.100.5', '198.51.100.6']) {
    await Peer.open(gateway, { ...from(address), token: await tokenOf(undefined) });
  }
  // Where one leaves there is place for the next.
  first.socket.close();
  await expect
    .poll(async () => {
      const peer = await Peer.open(gateway, { ...from('198.51.100.9'), signedIn: false });
      peer.signIn(await tokenOf('ana'));
      await expect.poll(() => peer.messages.length + Number(peer.socket.readyState === peer.socket.CLOSED)).toBe(1);
      return peer.messages.length;
    })
    .toBe(1);
});

const SILENT_UPGRADE = 'GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n';

/** Ways in which a connection ends, of an address and with a token. Each resolves when its own side is over. */
const ENDS: readonly [string, (gateway: TestGateway, address: string, token: string) => Promise<unknown>][] = [
  [
    'a handshake that ws refuses',
    async ({ url }, address) => {
      const socket = await dial(url);
      socket.write(
        `${SILENT_UPGRADE}x-forwarded-for: ${address}\r\nsec-websocket-protocol: graphql-transport-ws\r\n` +
          'sec-websocket-version: 13\r\nsec-websocket-key: short\r\n\r\n',
      );
      await new Promise((resolve) => socket.once('data', resolve));
      socket.destroy();
    },
  ],
  [
    'a reset in the middle of the handshake',
    async ({ url }, address) => {
      const socket = await dial(url);
      socket.write(
        `${SILENT_UPGRADE}x-forwarded-for: ${address}\r\nsec-websocket-protocol: graphql-transport-ws\r\n` +
          'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    },
  ],
  [
    'a socket that says nothing',
    async (gateway, address) => (await Peer.open(gateway, { ...from(address), signedIn: false })).closed,
  ],
  [
    'a socket that leaves before it says who it is',
    async (gateway, address) => (await Peer.open(gateway, { ...from(address), signedIn: false })).socket.terminate(),
  ],
  [
    'a socket that leaves while its token is checked',
    async (gateway, address, token) => {
      const peer = await Peer.open(gateway, { ...from(address), signedIn: false });
      peer.signIn(token);
      peer.socket.terminate();
    },
  ],
  [
    'a token that is none',
    async (gateway, address) => {
      const peer = await Peer.open(gateway, { ...from(address), signedIn: false });
      peer.signIn('none');
      expect(await peer.closed).toBe(4401);
    },
  ],
  [
    'a message that is too long',
    async (gateway, address, token) => {
      const peer = await Peer.open(gateway, { ...from(address), token });
      peer.socket.send('x'.repeat(4_000));
      expect(await peer.closed).toBe(1009);
    },
  ],
  [
    'a close',
    async (gateway, address, token) => {
      const peer = await Peer.open(gateway, { ...from(address), token });
      peer.subscribe('1');
      peer.socket.close();
      await peer.closed;
    },
  ],
  [
    'a connection that breaks',
    async (gateway, address, token) => (await Peer.open(gateway, { ...from(address), token })).socket.terminate(),
  ],
  [
    'a stream that is left',
    async (gateway, address, token) => (await stream(gateway, { address, token })).abort.abort(),
  ],
  [
    'a stream with a bad token',
    async (gateway, address) => (await stream(gateway, { address, token: 'none' })).response.text(),
  ],
  [
    'a stream of a document that is none',
    async (gateway, address, token) => (await stream(gateway, { address, token, query: '{' })).response.text(),
  ],
  [
    'a stream of another type',
    async (gateway, address, token) => (await stream(gateway, { address, token, type: 'text/plain' })).response.text(),
  ],
  [
    'a query over a stream',
    async (gateway, address, token) =>
      (await stream(gateway, { address, token, query: '{ events { head } }' })).response.text(),
  ],
];

it('OPS5.1 gives back the place of every connection, however it ends, and once', async () => {
  const gateway = await TestGateway.start({ env: { ...FEW, WS_INIT_TIMEOUT_MS: '1000' } });
  await Promise.all(
    ENDS.map(async ([way, end], index) => {
      const address = `192.0.2.${index + 1}`;
      const token = await tokenOf(way);
      const enter = async (): Promise<Peer | number> => {
        try {
          const peer = await Peer.open(gateway, { ...from(address), signedIn: false });
          peer.signIn(token);
          await expect
            .poll(() => peer.messages.length + (peer.socket.readyState === 3 ? 1 : 0), { interval: 5 })
            .toBe(1);
          return peer.messages.length > 0 ? peer : await peer.closed;
        } catch {
          return 429;
        }
      };
      // Often enough that a place which is kept, or given back twice, would be felt: each waits until there is one.
      for (let round = 0; round < 4; round += 1) {
        await expect
          .poll(
            async () =>
              end(gateway, address, token).then(
                () => true,
                () => false,
              ),
            { message: way },
          )
          .toBe(true);
      }
      const peers: Peer[] = [];
      await expect
        .poll(
          async () => {
            const peer = await enter();
            if (peer instanceof Peer) peers.push(peer);
            return peers.length;
          },
          { message: way },
        )
        .toBe(2);
      // The token has its two now, and with a third one of another token the address has its three.
      expect(await enter(), way).toBe(1013);
      await expect
        .poll(async () =>
          Peer.open(gateway, { ...from(address), token: await tokenOf(`${way}, another`) }).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      expect((await knock(gateway, from(address))).status, way).toBe(429);
    }),
  );
});

it('OPS5.1 begins no second stream behind the first on one connection, which would never be sent a byte', async () => {
  const gateway = await TestGateway.start({ env: FEW });
  const token = await tokenOf('ana');
  const body = JSON.stringify({ query: EVENTS });
  const request =
    `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\naccept: text/event-stream\r\n` +
    `content-type: application/json\r\nx-forwarded-for: 192.0.2.99\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  for (let round = 0; round < 4; round += 1) {
    const socket = await dial(gateway.url);
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.write(request + request);
    await expect.poll(() => text).toContain('CaughtUp');
    // Both requests were in one packet, so that the second has had its chance by now.
    await gateway.eduzz(ticket(`p${round}`));
    await expect.poll(() => text).toContain(`"p${round}"`);
    expect(await measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(1);
    expect(await measured(gateway.url, 'hookcast_subscribers{state="behind"}')).toBe(0);
    socket.destroy();
    await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(0);
  }
});

it('OPS5.1 says once that TRUST_PROXY may be missing, without personal data', async () => {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  const gateway = await TestGateway.start({
    env: { MAX_CONNECTIONS_PER_ADDRESS: '1' },
    logger: pino({ level: 'warn' }, sink),
  });
  await Peer.open(gateway, from('203.0.113.1'));
  expect((await knock(gateway)).status).toBe(429);
  expect(lines).toEqual([]);
  for (const address of ['203.0.113.2', '203.0.113.3']) expect((await knock(gateway, from(address))).status).toBe(429);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ setting: 'TRUST_PROXY' });
  expect(lines[0]).not.toMatch(/203\.0|127\.0/);
});

it('OPS5.1 says once that a trusted proxy does not say for whom it asks', async () => {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  const gateway = await TestGateway.start({
    env: { MAX_CONNECTIONS_PER_ADDRESS: '1', TRUST_PROXY: 'loopback' },
    logger: pino({ level: 'warn' }, sink),
  });
  await Peer.open(gateway, from('203.0.113.1'));
  // Each client that is named has its own limit.
  expect((await knock(gateway, from('203.0.113.1'))).status).toBe(429);
  expect(lines).toEqual([]);
  await Peer.open(gateway);
  for (let times = 0; times < 2; times += 1) expect((await knock(gateway)).status).toBe(429);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/sends no X-Forwarded-For/);
  expect(lines[0]).not.toMatch(/203\.0|127\.0/);
});
