import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The least that a webhook receiver can do: read the body and answer. */
const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => response.writeHead(204).end());
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

// This process ends with the benchmark, however that ends.
process.on('disconnect', () => process.exit());
