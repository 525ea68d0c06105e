import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Lanes } from '../../src/live/lanes.ts';
import type { ConnectionSlot } from '../../src/transports/admission.ts';
import { Turn } from '../../src/transports/outflow.ts';
import { SocketConnection } from '../../src/transports/socket-connection.ts';
import { SocketProtocol } from '../../src/transports/socket-protocol.ts';
import { atEnd } from '../support/ending.ts';

/** As many as are far more than what the kernel holds for a connection. */
const MANY = 600;
const LONG = 60_000;

/** A server of the protocol whose one lane for reading is shared with the test, and what it has heard of each client. */
async function serve(reading: Lanes) {
  const turn = new Turn();
  const heard: number[] = [];
  const protocol = new SocketProtocol({
    signIn: async () => false,
    operations: { begin: async () => {} },
    reading,
    limits: { init: 3_600_000 },
    onLimit: () => {},
    logger: pino({ enabled: false }),
  });
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, allowSynchronousEvents: false, perMessageDeflate: false });
  sockets.on('connection', (webSocket, { socket }) => {
    const place = { leave() {} } as ConnectionSlot;
    const credentials = { authorization: undefined };
    const connection = new SocketConnection({ webSocket, socket, turn, place, credentials });
    const client = heard.push(0) - 1;
    protocol.opened(connection);
    webSocket.on('message', (data: Buffer) => {
      heard[client]! += 1;
      protocol.hear(connection, data);
    });
    webSocket.on('close', () => connection.gone());
  });
  http.listen(0, '127.0.0.1');
  atEnd(() => {
    for (const one of sockets.clients) one.terminate();
    http.close();
  });
  await new Promise((resolve) => http.once('listening', resolve));
  return { heard, url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

it('IN5.6 receives no more from a socket while a long message of it waits for its turn, and then everything', async () => {
  const reading = new Lanes(1);
  const { heard, url } = await serve(reading);
  const open = async () => {
    const client = new WebSocket(url);
    atEnd(() => client.terminate());
    await new Promise((resolve) => client.once('open', resolve));
    return client;
  };
  const [flood, other] = [await open(), await open()];
  // Another client's work is under way in the lane.
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  void reading.run(() => promise);
  const long = JSON.stringify({ type: 'pong', payload: { filler: ' '.repeat(LONG) } });
  for (let sent = 0; sent < MANY; sent += 1) flood.send(long);
  flood.send('{"type":"ping","payload":{"last":true}}');
  const answers: string[] = [];
  flood.on('message', (data: Buffer) => answers.push(String(data)));
  await expect.poll(() => heard[0]).toBeGreaterThan(0);
  // In the time of each of these answers, a socket that receives would be heard once more at least.
  for (let asked = 0; asked < 100; asked += 1) {
    const answered = new Promise((resolve) => other.once('message', resolve));
    other.send('{"type":"ping"}');
    await answered;
  }
  expect(heard[0]).toBeLessThan(10);
  expect(flood.bufferedAmount).toBeGreaterThan(0);
  finish();
  await expect.poll(() => answers).toEqual(['{"type":"pong","payload":{"last":true}}']);
  expect(heard[0]).toBe(MANY + 1);
});
