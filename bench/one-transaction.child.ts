import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Marker } from '../src/log/marks.ts';
import { toRow } from '../src/log/row.ts';
import { Appender } from '../src/log/sqlite/append.ts';
import { openDatabase } from '../src/log/sqlite/schema.ts';
import { eduzz } from '../src/providers/eduzz/eduzz.ts';
import type { Verified } from '../src/providers/provider.ts';

/** Does what the gateway does with a delivery, but commits each in its own transaction before it answers. */
const database = openDatabase(process.env['BENCH_DATABASE']!);
const appender = new Appender(database);
const marker = new Marker('of the benchmark');
const provider = eduzz({ secrets: [process.env['BENCH_SECRET']!] });
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const receivedAt = Date.now();
    const delivery = { headers: request.headers, body: Buffer.concat(chunks), receivedAt };
    const verified = provider.verify(delivery) as Verified;
    const normalised = provider.normalise(verified, { source: 'eduzz', receivedAt });
    if (normalised.outcome !== 'event') throw new Error(normalised.outcome);
    database.exec('BEGIN IMMEDIATE');
    const [seq] = appender.append([toRow(normalised.event, marker)]);
    database.exec('COMMIT');
    const text = JSON.stringify({ status: Number(seq) > 0 ? 'accepted' : 'duplicate', id: normalised.event.eventId });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

// This process ends with the benchmark, however that ends.
process.on('disconnect', () => process.exit());
