import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { type Gateway, createGateway } from '../../src/gateway.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { EDUZZ_SECRET, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { PAGE } from '../../src/log/sqlite/schema.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { atEnd } from '../support/ending.ts';
import { transactionEnds } from '../support/wal.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import { checkIntegrity } from './ledger.ts';

const EVENTS = 400;

/** A disk that gives back other bytes than were written. Each answer must be right, or be an error. */
export const corrupt: Fault = {
  name: 'corrupt',
  what: 'damaged database files: header, tables, indexes, write-ahead log',
  unit: 'damaged files',
  runs: 300,
  run,
};

const PLACES = ['header', 'table', 'index', 'anywhere', 'wal', 'cut off'] as const;
type Place = (typeof PLACES)[number];

const NODE = 'eventId occurredAt subject tenant { id } ... on Cancellation { title customer { name email } }';

/** By each way through the file: the table itself, and the indexes. */
const FILTERS = {
  all: '',
  tenant: ', filter: { tenants: ["eduzz:2"] }',
  kind: ', filter: { kinds: [TICKET] }',
  type: ', filter: { types: ["blinket.attendance_canceled"] }',
  source: ', filter: { sources: ["eduzz"] }',
  subject: ', filter: { subjects: ["ticket/0f4b7c2e-9d1a-4f6b-8a3c-5e6d7f8a9b0c"] }',
} as const;
type Asked = keyof typeof FILTERS;
const ASKED = Object.keys(FILTERS) as Asked[];

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const folder = temporaryFolder();
  const { clean, crashed } = await prepare(folder);
  copyFileSync(clean, join(folder, 'truth.db'));
  const truth = await inspect(join(folder, 'truth.db'));
  if (truth.refused) throw new Error(`the undamaged file is refused: ${truth.refused}`);
  for (let number = 0; number < runs; number += 1) {
    const dice = Dice.of(seed, number);
    const place = PLACES[number % PLACES.length]!;
    const files = place === 'wal' ? crashed : clean;
    const work = join(folder, `work-${number}.db`);
    for (const ending of ['', '-wal']) if (existsSync(files + ending)) copyFileSync(files + ending, work + ending);
    const what = damage(work, place, dice);
    const seen = await inspect(work);
    for (const ending of ['', '-wal', '-shm']) rmSync(work + ending, { force: true });
    if (number % 20 === 19) progress(`${number + 1} damaged files`);
    const told = () => `run ${number} (${what}): `;
    findings.count(`${place}: files`);
    if (seen.refused) {
      findings.count(`${place}: refused at the start`);
      findings.expect(saysWhatToDo(seen.refused), 'OPS4', () => `${told()}the start says only: ${seen.refused}`);
      continue;
    }
    const isRefused = Object.values(seen.answers).some((answer) => answer.startsWith('LOG_UNAVAILABLE'));
    const other = ASKED.find(
      (name) => seen.answers[name] !== truth.answers[name] && !seen.answers[name]?.startsWith('LOG_UNAVAILABLE'),
    );
    for (const name of ASKED) {
      const said = altered(truth.answers[name]!, seen.answers[name]!);
      if (said !== null) findings.count(`${place}: altered, and served`);
      findings.expect(said === null, 'OPS8', () => `${told()}"${name}" was answered with what nobody wrote: ${said}`);
    }
    if (other && !isRefused) {
      // Nothing shows that an index or an inner page lacks an entry (docs/RELIABILITY.md).
      findings.count(`${place}: lacks events, unnoticed`);
      const mayBe = place === 'table' || place === 'index' || place === 'anywhere';
      const said = () => difference(truth.answers[other]!, seen.answers[other]!);
      findings.expect(mayBe, 'OPS8', () => `${told()}"${other}" was answered otherwise: ${said()}`);
      if (seen.check.length > 0) findings.count(`${place}: lacks events, found by a check`);
      continue;
    }
    if (!isRefused) {
      findings.count(`${place}: harmless`);
      continue;
    }
    findings.count(`${place}: refused when read`);
    findings.expect(
      seen.lines.some(saysWhatToDo),
      'OPS4',
      () => `${told()}no line of the log says what to do: ${seen.lines.find((line) => line.includes('"level":50'))}`,
    );
    findings.expect(
      !seen.lines.some((line) => line.includes('Iara')),
      'PRIV2',
      () => `${told()}a person is in the log`,
    );
  }
}

function saysWhatToDo(line: string): boolean {
  return /damaged.*stop the gateway|newer hookcast.*Upgrade/is.test(line);
}

/** A log as a clean end leaves it, and as a crash does. */
async function prepare(folder: string): Promise<{ clean: string; crashed: string }> {
  const clean = join(folder, 'clean.db');
  const crashed = join(folder, 'crashed.db');
  const { gateway } = await open(clean);
  for (let from = 0; from < EVENTS; from += 20) {
    const posts = Array.from({ length: 20 }, (_, index) => post(gateway.url, from + index));
    for (const status of await Promise.all(posts)) if (status !== 200) throw new Error(`got ${status}`);
  }
  for (const ending of ['', '-wal']) copyFileSync(clean + ending, crashed + ending);
  await gateway.close();
  return { clean, crashed };
}

async function post(url: string, number: number): Promise<number> {
  const payload = attendanceCanceled({
    id: `event-${number}`,
    producer: { id: (number % 3) + 1, name: 'P', email: 'p@p.example' },
    occasion: { name: `Noite ${number}` },
  });
  const { headers, body } = signAsEduzz(payload, EDUZZ_SECRET);
  const response = await fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

async function open(path: string): Promise<{ gateway: Gateway; lines: string[] }> {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const env = { ...environment(join(path, '..')), DATABASE_URL: `sqlite:${path}` };
  const gateway = await createGateway(readConfig(env), { logger: pino({ level: 'info' }, sink) });
  atEnd(() => gateway.close());
  await gateway.listen();
  return { gateway, lines };
}

interface Seen {
  /** Why it did not start. */
  readonly refused: string | null;
  readonly answers: Partial<Record<Asked, string>>;
  /** The findings of SQLite's own check afterwards. */
  readonly check: readonly string[];
  readonly lines: readonly string[];
}

async function inspect(path: string): Promise<Seen> {
  let opened: Awaited<ReturnType<typeof open>>;
  try {
    opened = await open(path);
  } catch (error) {
    return {
      refused: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      answers: {},
      check: [],
      lines: [],
    };
  }
  const { gateway, lines } = opened;
  const answers: Partial<Record<Asked, string>> = {};
  for (const name of ASKED) answers[name] = await readPages(gateway.url, FILTERS[name]);
  // Whatever becomes of it: it must be answered, and not with an error of ours.
  const status = await post(gateway.url, 1_000_000);
  if (status !== 200 && status !== 503) lines.push(`a delivery got ${status}`);
  await gateway.close();
  let check: string[];
  try {
    check = checkIntegrity(path);
  } catch (error) {
    check = [String(error)];
  }
  return { refused: null, answers, check, lines };
}

/** All pages as text, without the cursors, which every file has its own of; or the code of the error. */
async function readPages(url: string, filter: string): Promise<string> {
  const query = `query ($after: String) { page: events(first: 100, after: $after${filter}) { edges { cursor node { ${NODE} } }
    pageInfo { hasNextPage endCursor } } }`;
  const nodes: string[] = [];
  for (let after: string | null = null, pages = 0; pages < 2 * (EVENTS / 100); pages += 1) {
    const response: Response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
      body: JSON.stringify({ query, variables: { after } }),
    });
    const { data, errors } = (await response.json()) as { data: any; errors?: any[] };
    if (errors) return String(errors[0].extensions?.code ?? errors[0].message);
    for (const { node } of data.page.edges) nodes.push(JSON.stringify(node));
    after = data.page.pageInfo.endCursor;
    if (!data.page.pageInfo.hasNextPage) return nodes.join('\n');
  }
  return `${nodes.join('\n')}\nand no end`;
}

/** A served event that differs from what was written, or null. */
function altered(wanted: string, got: string): string | null {
  if (got.startsWith('LOG_UNAVAILABLE')) return null;
  const written = new Set(wanted.split('\n'));
  return got.split('\n').find((line) => line !== '' && !written.has(line)) ?? null;
}

function difference(wanted: string, got: string): string {
  const [one, other] = [wanted.split('\n'), got.split('\n')];
  const at = one.findIndex((line, index) => line !== other[index]);
  return `${other.length} events instead of ${one.length}, the ${at}th ${other[at]} instead of ${one[at]}`;
}

/** What it did, in words. */
function damage(path: string, place: Place, dice: Dice): string {
  if (place === 'cut off') {
    const bytes = readFileSync(path);
    const size = dice.below(bytes.length);
    truncateSync(path, size);
    return `cut off at ${size} of ${bytes.length}`;
  }
  const file = place === 'wal' ? `${path}-wal` : path;
  const bytes = readFileSync(file);
  const [from, length] = stretchOf(bytes, place, dice);
  const how = dice.pick(['a bit', 'a byte', 'noise', 'zeroes', 'another page']);
  const at = from + dice.below(length);
  switch (how) {
    case 'a bit':
      bytes[at]! ^= 1 << dice.below(8);
      break;
    case 'a byte':
      bytes[at] = dice.below(256);
      break;
    case 'noise':
      dice.bytes(Math.min(dice.between(2, 512), from + length - at)).copy(bytes, at);
      break;
    case 'zeroes':
      bytes.fill(0, at, Math.min(at + 512, from + length));
      break;
    case 'another page': {
      // A write that went to the wrong place.
      if (place === 'header' || place === 'wal') bytes[at]! ^= 0xff;
      else {
        const other = dice.below(bytes.length / PAGE) * PAGE;
        bytes.copy(bytes, from - (from % PAGE), other, other + PAGE);
      }
      break;
    }
  }
  writeFileSync(file, bytes);
  return `${how} at ${at} of ${place}`;
}

/** https://www.sqlite.org/fileformat2.html#b_tree_pages */
function stretchOf(bytes: Buffer, place: Place, dice: Dice): readonly [number, number] {
  if (place === 'header') return [0, 100];
  // The last transaction is left alone: damaged, it looks like one that a power failure cut off.
  if (place === 'wal') return [0, transactionEnds(bytes).at(-2)!];
  if (place === 'anywhere') return [0, bytes.length];
  const kinds = place === 'table' ? [0x05, 0x0d] : [0x02, 0x0a];
  const pages = Array.from({ length: bytes.length / PAGE - 1 }, (_, index) => (index + 1) * PAGE);
  return [dice.pick(pages.filter((at) => kinds.includes(bytes[at]!))), PAGE];
}
