import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { meter } from './meter.ts';

/** The least that a broadcaster can do: for each request, send prepared bytes, or the request's body, to every WebSocket. */
const ready = process.env['BENCH_MESSAGE'] ? Buffer.from(process.env['BENCH_MESSAGE']) : null;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const bytes = ready ?? Buffer.concat(chunks);
    for (const socket of sockets.clients) socket.send(bytes, { binary: false });
    response.writeHead(204).end();
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
meter();
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
