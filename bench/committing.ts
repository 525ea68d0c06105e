import type { IncomingMessage } from 'node:http';
import type { NewEvent } from '../src/events/event.ts';
import { Marker } from '../src/log/marks.ts';
import { toRow } from '../src/log/row.ts';
import { Appender } from '../src/log/sqlite/append.ts';
import { openDatabase } from '../src/log/sqlite/schema.ts';
import { eduzz } from '../src/providers/eduzz/eduzz.ts';
import type { Verified } from '../src/providers/provider.ts';

const database = openDatabase(process.env['BENCH_DATABASE']!);
const appender = new Appender(database);
const marker = new Marker('of the benchmark');
const provider = eduzz({ secrets: [process.env['BENCH_SECRET']!] });

/** Does what the gateway does with a delivery, but in a transaction of its own, on the thread that serves. Returns once it is on the disk. */
export function commit(
  { headers }: IncomingMessage,
  body: Buffer,
): { readonly event: NewEvent; readonly isNew: boolean } {
  const receivedAt = Date.now();
  const verified = provider.verify({ headers, body, receivedAt }) as Verified;
  const normalised = provider.normalise(verified, { source: 'eduzz', receivedAt });
  if (normalised.outcome !== 'event') throw new Error(normalised.outcome);
  database.exec('BEGIN IMMEDIATE');
  const [seq] = appender.append([toRow(normalised.event, marker)]);
  database.exec('COMMIT');
  return { event: normalised.event, isNew: Number(seq) > 0 };
}
