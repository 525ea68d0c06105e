import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Fills a log with rows, or measures what more rows cost. It runs the code of the checkout at `root`. */
const [what, root = '', file = '', number = '0'] = process.argv.slice(2);
const BATCH = 64;
/** The number of batches, and how many of them at the start are not counted. */
const [BATCHES, WARM_UP] = [150, 50];
/** Builds that did not count pages yet copied the WAL into the file after this many rows. */
const COPIED_AFTER = 200;
const FILLED_AT_ONCE = 5_000;
const SECRET = 'the benchmark signs with a secret of this length';

const load = (module: string) => import(pathToFileURL(join(root, 'src', module)).href);
const { eduzzSamples } = await load('providers/eduzz/samples.ts');
const { eduzz } = await load('providers/eduzz/eduzz.ts');
const { APPENDED_COLUMNS, EVENT_COLUMNS, checksumsOf, toRow } = await load('log/row.ts');
const { Marker } = await load('log/marks.ts');
const { Appender } = await load('log/sqlite/append.ts');
const { openDatabase } = await load('log/sqlite/schema.ts');
// A build without this module leaves the copying to SQLite, which does it in one commit of many.
const checkpoints = await load('log/sqlite/checkpoints.ts').catch(() => null);

const provider = eduzz({ secrets: [SECRET] });
const body = Buffer.from(JSON.stringify(eduzzSamples[0].payload()));
const headers = { 'x-signature': createHmac('sha256', SECRET).update(body).digest('hex') };
const verified = await provider.verify({ headers, body, receivedAt: Date.now() });
const { event } = provider.normalise(verified, { source: 'eduzz', receivedAt: Date.now() });
const row: unknown[] = toRow(event, new Marker('of the benchmark'));
const at = (column: string) => APPENDED_COLUMNS.indexOf(column) as number;
let time = 1_780_000_000_000 + (what === 'measure' ? 10_000_000_000 * (Number(number) + 1) : 0);

/** Makes a row of another ticket and another person. The producer's address is the same in all rows. */
function nextRow(): unknown[] {
  const next = [...row];
  const mark = (letter: string) => letter + randomBytes(10).toString('hex');
  next[at('event_id')] = randomUUID();
  next[at('subject')] = `ticket/${randomUUID()}`;
  next[at('marks')] = JSON.stringify([mark('c'), mark('v'), mark('e'), 'm5ba47b7fe8018a7073ff']);
  next[at('occurred_at')] = next[at('received_at')] = time += 8;
  // Readers refuse a row whose checksum is wrong. Builds before schema 4 have no checksums.
  if (checksumsOf)
    [next[at('checksum')], next[at('personal_checksum')]] = checksumsOf(next.slice(0, EVENT_COLUMNS.length));
  return next;
}

const rows = (count: number) => Array.from({ length: count }, nextRow);
const database = openDatabase(file);
const appender = new Appender(database);

/** The batch's share of what the build's gateway writes before it copies the WAL into the file. */
function shareOf(batch: readonly unknown[][]): number {
  if (!checkpoints) return 0;
  if (!checkpoints.pagesOf) return batch.length / COPIED_AFTER;
  const characters = batch
    .flat()
    .reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
  return checkpoints.pagesOf(batch.length, characters) / checkpoints.PAGES;
}

/** Measures work in microseconds of this thread's CPU. */
function cpuOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}

if (what === 'fill') {
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -400000');
  for (let filled = 0; filled < Number(number); filled += FILLED_AT_ONCE) {
    database.exec('BEGIN IMMEDIATE');
    appender.append(rows(FILLED_AT_ONCE));
    database.exec('COMMIT');
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
} else {
  database.exec('PRAGMA temp_store = MEMORY');
  const sums = { insert: 0, commit: 0, checkpoint: 0 };
  const batches = Array.from({ length: BATCHES }, () => rows(BATCH));
  let written = 0;
  for (const [index, batch] of batches.entries()) {
    const insert = cpuOf(() => {
      database.exec('BEGIN IMMEDIATE');
      appender.append(batch);
    });
    const commit = cpuOf(() => database.exec('COMMIT'));
    written += shareOf(batch);
    const checkpoint = written >= 1 ? cpuOf(() => database.exec('PRAGMA wal_checkpoint(PASSIVE)')) : 0;
    if (written >= 1) written = 0;
    if (index < WARM_UP) continue;
    sums.insert += insert;
    sums.commit += commit;
    sums.checkpoint += checkpoint;
  }
  const counted = (BATCHES - WARM_UP) * BATCH;
  const each = Object.fromEntries(Object.entries(sums).map(([part, sum]) => [part, sum / counted]));
  console.log(JSON.stringify(each));
}
database.close();
