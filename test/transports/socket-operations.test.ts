import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Bearer } from '../../src/auth/viewer.ts';
import { type WrittenResult, writeResult } from '../../src/execution/written-result.ts';
import type { Operation } from '../../src/execution/operations.ts';
import { SocketConnection } from '../../src/transports/socket-connection.ts';
import { Turn } from '../../src/transports/outflow.ts';
import { Quotas } from '../../src/transports/quotas.ts';
import { SocketOperations } from '../../src/transports/socket-operations.ts';
import { SocketProtocol } from '../../src/transports/socket-protocol.ts';
import { Lanes } from '../../src/live/lanes.ts';
import type { Live } from '../../src/live/live.ts';
import { OwnTallies } from '../../src/tallies/own-tallies.ts';
import { atEnd } from '../support/ending.ts';
import { Peer } from '../support/peer.ts';

const VIEWER = { holder: 'h', tenants: null, scopes: new Set(), expiresAt: Infinity } as unknown as Bearer;

it('GQL5.12 gives no answer to a query that its client gave up while it ran, and keeps its id until it is done', async () => {
  const ran = Promise.withResolvers<WrittenResult>();
  const { peer, connection } = await protocolOver({ kind: 'single', run: () => ran.promise });
  peer.subscribe('q');
  peer.subscribe('r');
  await expect.poll(() => connection.running.size, { interval: 5 }).toBe(2);
  peer.send({ id: 'q', type: 'complete' });
  await expect.poll(() => connection.running.isWanted('q'), { interval: 5 }).toBe(false);
  expect(connection.running.claim('q')).toBe(false);
  ran.resolve(writeResult({ data: { n: 1 } }));
  await expect.poll(() => peer.messages, { interval: 5 }).toContain('{"id":"r","type":"complete"}');
  expect(peer.messages.filter((message) => message.includes('"q"'))).toEqual([]);
  expect(connection.running.size).toBe(0);
});

it('GQL5.12 does not follow anything for a subscription that its client gave up while it was opened', async () => {
  const opened = Promise.withResolvers<{ following: never; after: null }>();
  let asked = 0;
  const open = () => {
    asked += 1;
    return opened.promise;
  };
  const { peer, connection, followed } = await protocolOver({ kind: 'stream', open });
  peer.subscribe('s');
  await expect.poll(() => asked, { interval: 5 }).toBe(1);
  peer.send({ id: 's', type: 'complete' });
  await expect.poll(() => connection.running.isWanted('s'), { interval: 5 }).toBe(false);
  opened.resolve({ following: undefined as never, after: null });
  await expect.poll(() => connection.running.size, { interval: 5 }).toBe(0);
  expect(followed()).toBe(0);
  expect(peer.count('"s"')).toBe(0);
});

/** A peer that talks over a real WebSocket to the protocol, where every operation is this one. */
async function protocolOver(operation: object) {
  let followed = 0;
  const report = () => '';
  const limits = { init: 10_000, subscriptions: 10, subscribeRate: 10, queryRate: 0, queries: 0 };
  const clock = () => performance.now();
  const limited = () => {};
  const live = { follow: () => (followed += 1) } as unknown as Live;
  const operations = new SocketOperations({
    operations: { prepare: async () => operation as Operation },
    opening: new Lanes(1),
    limits: limits as never,
    quotas: new Quotas({ limits, onLimit: limited, tallies: new OwnTallies(clock) }),
    live,
    onLimit: limited,
    report,
    clock,
  });
  const signIn = async (connection: SocketConnection) => {
    connection.viewer = VIEWER;
    return true;
  };
  const logger = pino({ level: 'silent' });
  const protocol = new SocketProtocol({ signIn, operations, reading: new Lanes(1), limits, onLimit: limited, logger });
  const http = createServer();
  const webSockets = new WebSocketServer({ server: http });
  const connected = new Promise<SocketConnection>((resolve) =>
    webSockets.on('connection', (webSocket, { socket }) => {
      const place = { leave() {} } as never;
      const connection = new SocketConnection({
        webSocket,
        socket,
        turn: new Turn(),
        place,
        credentials: { authorization: undefined },
      });
      webSocket.on('message', (data: Buffer) => protocol.hear(connection, data));
      resolve(connection);
    }),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    for (const client of webSockets.clients) client.terminate();
    http.close();
  });
  const peer = await Peer.open(
    { webSocketUrl: `ws://127.0.0.1:${(http.address() as AddressInfo).port}` },
    { token: 'any' },
  );
  return { peer, connection: await connected, followed: () => followed };
}
