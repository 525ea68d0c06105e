import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Cursor } from '../src/events/cursor.ts';
import type { EventLog } from '../src/events/event-log.ts';
import type { NewEvent } from '../src/events/event.ts';
import { openLog } from '../src/open-log.ts';
import { PostgresServer } from '../test/support/postgres.ts';
import { median } from './load.ts';

const BATCH = 500;
const ROUNDS = 9;
/** What a list asks for, and one more. */
const PAGE = 51;

const FIRST = ['Ana', 'João', 'Maria', 'Pedro', 'Inês', 'Carlos', 'Beatriz', 'Rui', 'Sofia', 'Tiago', 'Luísa', 'Nuno'];
const LAST = ['Silva', 'Santos', 'Ferreira', 'Costa', 'Rodrigues', 'Martins', 'Sousa', 'Gonçalves', 'Lopes', 'Marques'];
const SHOWS = ['Festa da Uva', 'Noite Clara', 'Ópera de Açúcar', 'Concerto de Verão', 'Feira do Livro'];
const RAW = JSON.stringify({ padding: 'x'.repeat(1_500) });

/** Each with what it is. The rare name is in one of a hundred thousand events. */
const SEARCHES = [
  ['zuleica', 'a rare name'],
  ['zuleica mascarenhas', 'a rare name of two words'],
  ['silva', 'a common name'],
  ['maria costa', 'two common names'],
  ['mar', 'a beginning'],
  ['festa uva', 'a title'],
  ['order/5501234', 'a number'],
  ['nobody', 'a word that there is not'],
] as const;

/** Measures searches for words before a log is indexed, the indexing, and the same searches afterwards. */
export async function main(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { rows: { type: 'string', default: '1000000' }, database: { type: 'string', default: 'sqlite' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-search-'));
  const server = values.database === 'postgres' ? await PostgresServer.start(['shared_buffers=512MB']) : null;
  const log = await openLog(server ? await server.newDatabase() : `sqlite:${join(folder, 'hookcast.db')}`);
  try {
    const rows = Number(values.rows);
    for (let from = 0; from < rows; from += BATCH) {
      await log.append(Array.from({ length: BATCH }, (_, index) => eventOf(from + index)));
    }
    console.log(`${rows} events, ${Math.round((await log.measure()).bytes / 1e6)} MB`);
    const [scanned] = await search(log, 'zuleica mascarenhas');
    console.log(`before it is indexed, a rare name took ${scanned.toFixed(0)} ms`);
    const before = (await log.measure()).bytes;
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    while ((await log.words.advance()).left > 0);
    const { user, system } = process.cpuUsage(cpu);
    const each = (microseconds: number) => `${(microseconds / rows).toFixed(0)} µs`;
    const bytes = ((await log.measure()).bytes - before) / rows;
    console.log(
      `indexed in ${each((performance.now() - began) * 1_000)} an event, of this process's CPU ${each(user + system)}; ${bytes.toFixed(0)} bytes an event`,
    );
    for (const [text, what] of SEARCHES) {
      const times: number[] = [];
      let [found, pages] = [0, 0];
      for (let round = 0; round < ROUNDS; round += 1) {
        const [time, ...rest] = await search(log, text);
        times.push(time);
        [found, pages] = rest;
      }
      console.log(`${what.padEnd(26)} ${median(times).toFixed(1)} ms, ${found} found on ${pages} pages of the log`);
    }
  } finally {
    await log.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads the newest events that fit, as a query does. Returns the milliseconds, how many there are, and how many pages it took. */
async function search(log: EventLog, text: string): Promise<[number, number, number]> {
  const began = performance.now();
  let [found, pages] = [0, 0];
  for (let before: Cursor | undefined; ;) {
    const filter = { search: { text, people: true } };
    const page = await log.read({ direction: 'backward', before, limit: PAGE - found, filter, eventsOnly: true });
    [found, pages] = [found + page.events.length, pages + 1];
    if (page.isFull || !page.hasMore) return [performance.now() - began, found, pages];
    before = page.end;
  }
}

function eventOf(number: number): NewEvent {
  const of = <T>(list: readonly T[], step: number) => list[Math.floor(number / step + number * 0.61) % list.length]!;
  const isRare = number % 100_000 === 77;
  const [first, last] = isRare ? ['Zuleica', 'Mascarenhas'] : [of(FIRST, 1), of(LAST, 7)];
  const email = `${first}.${last}${number % 5_000}@${of(['gmail.example', 'uol.example'], 3)}`.toLowerCase();
  return {
    provider: 'eduzz',
    source: 'eduzz',
    type: 'myeduzz.invoice_paid',
    eventId: `evt-${((number * 2_654_435_761) % 2 ** 32).toString(16)}-${number}`,
    tenant: `eduzz:${number % 50}`,
    subject: `order/${5_500_000 + number}`,
    occurredAt: { at: 1.7e12 + number * 1_000, text: '' },
    receivedAt: 1.7e12 + number * 1_000,
    shape: 'OrderChange',
    kind: null,
    happened: 'PAID',
    worth: null,
    data: {
      orderChange: 'PAID',
      order: { id: String(5_500_000 + number), number: `N${number}` },
      items: [{ id: String(number % 200), name: of(SHOWS, 11), quantity: 1 }],
    },
    personal: {
      tenantName: `Organizadora ${number % 50}`,
      customer: {
        name: `${first} ${last}`,
        email,
        phone: `+55119${10_000_000 + (number % 80_000_000)}`,
        externalId: null,
      },
    },
    raw: RAW,
    version: null,
    traces: [{ kind: 'email', value: email }],
  };
}
