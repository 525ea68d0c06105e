import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commit } from './committing.ts';

/** Does what the gateway does with a delivery, but commits each in its own transaction before it answers. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { event, isNew } = commit(request, Buffer.concat(chunks));
    const text = JSON.stringify({ status: isNew ? 'accepted' : 'duplicate', id: event.eventId });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

// This process ends with the benchmark, however that ends.
process.on('disconnect', () => process.exit());
