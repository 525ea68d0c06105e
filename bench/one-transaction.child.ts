import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EVENT_COLUMNS, toRow } from '../src/log/row.ts';
import { openDatabase } from '../src/log/sqlite/schema.ts';
import { eduzz } from '../src/providers/eduzz/eduzz.ts';
import type { Verified } from '../src/providers/provider.ts';

/** Does what the gateway does with a delivery, and commits each in a transaction of its own before it answers. */
const database = openDatabase(process.env['BENCH_DATABASE']!);
const insert = database.prepare(
  `INSERT INTO events (${EVENT_COLUMNS.join(', ')}) VALUES (${EVENT_COLUMNS.map(() => '?').join(', ')})
   ON CONFLICT (source, event_id) DO NOTHING`,
);
const provider = eduzz([process.env['BENCH_SECRET']!]);
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const verified = provider.verify({ headers: request.headers, body: Buffer.concat(chunks) }) as Verified;
    const normalised = provider.normalise(verified, { source: 'eduzz', receivedAt: Date.now() });
    if (normalised.outcome !== 'event') throw new Error(normalised.outcome);
    database.exec('BEGIN IMMEDIATE');
    const { changes } = insert.run(...toRow(normalised.event));
    database.exec('COMMIT');
    const text = JSON.stringify({ status: changes ? 'accepted' : 'duplicate', id: normalised.event.eventId });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

// Ends with the benchmark, however that ends.
process.on('disconnect', () => process.exit());
