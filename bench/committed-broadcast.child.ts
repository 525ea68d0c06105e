import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { commit } from './committing.ts';
import { meter } from './meter.ts';

/** The least that a broadcaster of recorded events can do: for each delivery, commit it, and send the gateway's bytes with its id to every WebSocket. */
const message = process.env['BENCH_MESSAGE'] ?? '';
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { event } = commit(request, Buffer.concat(chunks));
    const bytes = Buffer.from(message.replace(/"eventId":"[^"]*"/, `"eventId":"${event.eventId}"`));
    for (const socket of sockets.clients) socket.send(bytes, { binary: false });
    response.writeHead(200).end();
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
meter();
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
