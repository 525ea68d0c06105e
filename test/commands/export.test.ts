import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import type { GraphQLInputObjectType } from 'graphql';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { encodeCursor } from '../../src/events/cursor.ts';
import { erase } from '../../src/commands/erase.ts';
import { MEMBERS } from '../../src/commands/event-filter.ts';
import { encoderOf } from '../../src/commands/export-format.ts';
import { columnsOf } from '../../src/export/columns.ts';
import { headOf, pagesOf } from '../../src/commands/export-pages.ts';
import { ExportProgress } from '../../src/commands/export-progress.ts';
import type { ExportedEvent } from '../../src/export/exported-event.ts';
import { DELIMITERS, type Delimiter } from '../../src/export/lines.ts';
import { type ExportOptions, exportEvents } from '../../src/commands/export.ts';
import type { Operations } from '../../src/commands/operations.ts';
import type { SendingTerminal } from '../../src/commands/terminal.ts';
import { withOperations } from '../../src/commands/with-operations.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { PROGRAM, hookcast, run } from '../support/child.ts';
import { atEnd } from '../support/ending.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { TestTerminal, call } from '../support/terminal.ts';

const server = sharedPostgres();
const ALL: ExportOptions = { format: 'ndjson', people: false, raw: false, force: false };

/** What of the people of the fixture nobody may see without being asked. */
const PEOPLE = /Iara|iara@|Rosa|rosa@|5511900000000/;

let gateway: TestGateway;
let here: Record<string, string>;

beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true });
  here = environment(gateway.folder);
  await gateway.eduzz(attendanceCanceled({ id: 'one' }));
  await gateway.eduzz(
    attendanceCanceled({ id: 'two', producer: { id: '7002', name: '=cmd', email: 'rosa@produtora.example' } }),
  );
});
afterAll(() => gateway.end());

const there = async (claims: Parameters<typeof makeToken>[0] = {}) => ({
  HOOKCAST_URL: gateway.url,
  HOOKCAST_TOKEN: await makeToken(claims),
});

class SendingTest extends TestTerminal implements SendingTerminal {
  readonly chunks: Buffer[] = [];
  readonly told: string[] = [];
  readonly shown: string[] = [];
  override readonly remark = (line: string) => void this.told.push(line);
  override readonly progress = (line: string) => void this.shown.push(line);
  override send = async (chunk: string | Uint8Array): Promise<void> => void this.chunks.push(Buffer.from(chunk));

  constructor(env: Readonly<Record<string, string>>, interrupted: () => Promise<void> = () => new Promise(() => {})) {
    super(env, interrupted);
  }
}

/** What is exported to the output. */
async function exported(env: Record<string, string>, options: Partial<ExportOptions> = {}): Promise<string> {
  const terminal = new SendingTest(env);
  await exportEvents({ ...ALL, ...options }, terminal);
  return Buffer.concat(terminal.chunks).toString();
}
const rows = (text: string) =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ExportedEvent);

it('OPS15.1 exports each event once, in log order, the same from the log here as from a gateway elsewhere', async () => {
  const folder = temporaryFolder();
  const log = new SqliteLog(join(folder, 'hookcast.db'));
  // The last page has one event.
  const ids = Array.from({ length: 2 * 100 + 1 }, (_none, index) => `event-${index}`);
  await log.append(ids.map((eventId) => newEvent({ eventId, receivedAt: Date.now() })));
  await log.close();
  const { url } = await TestGateway.start({ folder });
  const elsewhere = { HOOKCAST_URL: url, HOOKCAST_TOKEN: await makeToken() };
  for (const options of [{}, { people: true, raw: true }, { format: 'csv', people: true }] as const) {
    const text = await exported(environment(folder), options);
    expect(await exported(elsewhere, options)).toBe(text);
    const [head, ...lines] = cells(text);
    const found =
      'format' in options
        ? lines.map((line) => line[head!.indexOf('eventId')])
        : rows(text).map(({ eventId }) => eventId);
    expect(found).toEqual(ids);
  }
});

it('OPS15.1 exports all that an event says', async () => {
  const [one, two, ...rest] = rows(await exported(here, { people: true, raw: true }));
  expect(rest).toEqual([]);
  expect([one?.eventId, two?.eventId]).toEqual(['one', 'two']);
  expect(one).toMatchObject({
    typename: 'TicketCancellation',
    tenant: 'eduzz:7001',
    personalData: 'AVAILABLE',
    values: { occasion: { name: 'Noite de Choro' } },
    personalValues: { tenantName: 'Rosa Produtora' },
    raw: { id: 'one', data: { participant: { name: 'Iara Fictícia' } } },
  });
  expect(JSON.stringify(one?.values)).not.toMatch(PEOPLE);
  expect(JSON.stringify(one?.personalValues)).toContain('Iara Fictícia');
});

it('OPS15.1 exports what EventFilter and the times choose, and refuses unknown values', async () => {
  const count = async (options: Partial<ExportOptions>) => rows(await exported(here, options)).length;
  expect(await count({ filter: ['tenants=eduzz:7002'] })).toBe(1);
  expect(await count({ filter: ['tenants=eduzz:7002', 'tenants=eduzz:7001'] })).toBe(2);
  expect(await count({ filter: ['tenants=eduzz:7002', 'sources=wix'] })).toBe(0);
  expect(await count({ since: '2026-03-01', until: '2026-03-02' })).toBe(2);
  expect(await count({ until: '2026-03-01' })).toBe(0);
  expect(await count({ filter: ['tenants=eduzz:7002', 'search=choro'] })).toBe(1);
  expect(await count({ filter: ['{"tenants": ["eduzz:7001"], "search": "choro", "kinds": null}'] })).toBe(1);
  expect(await count({ filter: ['{"tenants": ["eduzz:7001"]}', 'tenants=eduzz:7002', 'kinds=TICKET'] })).toBe(2);
  expect(await count({ filter: ['occurredFrom=2026-03-01', '{"occurredBefore": "2026-03-02T00:00:00Z"}'] })).toBe(2);
  expect(await count({ filter: ['occurredBefore=2026-03-01'] })).toBe(0);
  // From a gateway, within what a document may cost. A token that sees nobody finds nobody.
  const iara = { filter: ['search=iara ficticia', 'occurredFrom=2026-03-01', 'kinds=TICKET'] };
  expect(rows(await exported(await there(), { ...iara, people: true, raw: true }))).toHaveLength(2);
  expect(await exported(await there({ scope: 'events:read' }), iara)).toBe('');
  for (const [options, reason] of [
    [{ filter: ['source=eduzz'] }, /no member "source". The members are providers, sources, .*, search\.$/],
    [{ filter: ['{"serch": "ana"}'] }, /no member "serch". The members are /],
    [{ filter: ['search=ana', 'silva'] }, /expected a member of an event filter and a value, .* in quotes/],
    [{ filter: ['search=ana', 'search=silva'] }, /one "search"/],
    [{ filter: ['occurredFrom=2026-03-01'], since: '2026-03-01' }, /^--since: an event filter has one "occurredFrom"/],
    [{ filter: ['{"search": 1}'] }, /"search" is a text/],
    [{ filter: ['{"tenants": "eduzz:7001"}'] }, /"tenants" is a list/],
    [{ filter: ['{"tenants"'] }, /expected JSON/],
    [{ filter: ['kinds=NOPE'] }, /NOPE/],
    [{ until: 'soon' }, /^--until: expected a day/],
    [{ since: '2026-03-02', until: '2026-03-02' }, /^--until is not later than --since/],
  ] as const) {
    await expect(exported(here, options)).rejects.toThrow(reason);
  }
});

it('OPS15.1 has a word for each member of EventFilter, and no other', () => {
  const type = createSchema([]).getType('EventFilter') as GraphQLInputObjectType;
  expect([...MEMBERS].toSorted()).toEqual(Object.keys(type.getFields()).toSorted());
});

it('OPS15.2 exports personal data and payloads only if asked for, and the audit says who had how many', async () => {
  // The gateway notes later what it was read itself, so only the command's own notes are in order.
  const noted = async () => {
    const { data } = await gateway.query('{ audit(first: 100) { edges { node { action operation osUser count } } } }');
    const nodes = data!['audit'].edges.map(({ node }: { node: object }) => node) as {
      readonly osUser: string | null;
    }[];
    return nodes.filter(({ osUser }) => osUser !== null);
  };
  const before = await noted();
  for (const format of ['ndjson', 'csv'] as const) expect(await exported(here, { format })).not.toMatch(PEOPLE);
  expect(await noted()).toEqual(before);
  await exported(here, { people: true });
  await exported(here, { raw: true });
  const osUser = expect.any(String);
  expect((await noted()).slice(before.length)).toEqual([
    { action: 'READ_PERSONAL', operation: 'export', osUser, count: 2 },
    { action: 'READ_RAW', operation: 'export', osUser, count: 2 },
  ]);
});

it('OPS15.2 exports from a gateway what the token may see, and nothing if less than what was asked for', async () => {
  const scope = 'events:read';
  const some = await there({ tenants: ['eduzz:7002'], scope });
  expect(rows(await exported(some)).map(({ eventId }) => eventId)).toEqual(['two']);
  const file = join(temporaryFolder(), 'events');
  for (const [options, lacks] of [
    [{ people: true }, /pii:read/],
    [{ raw: true }, /raw:read/],
    [{ filter: ['tenants=eduzz:7001'] }, /does not name the tenant/],
  ] as const) {
    await expect(exported(some, { ...options, output: file })).rejects.toThrow(lacks);
  }
  await expect(exported(await there({ scope: 'events:read pii:read' }), { raw: true })).rejects.toThrow(/raw:read/);
  await expect(exported({ HOOKCAST_URL: gateway.url })).rejects.toThrow(/A token with the scope events:read is needed/);
  expect(readdirSync(join(file, '..'))).toEqual([]);
  const asked = '{ events(first: 1) { edges { values personalValues } } }';
  const { data } = await gateway.query(asked, {}, { scope });
  expect(data).toMatchObject({
    events: { edges: [{ values: { occasion: expect.anything() }, personalValues: null }] },
  });
  expect(JSON.stringify(data)).not.toMatch(PEOPLE);
});

it('OPS15.3 has no cell in CSV that a spreadsheet runs, and reads back as it was', async () => {
  const of = (subject: string): ExportedEvent => ({ ...SAMPLE, subject });
  const texts = ['=1+1', '+1 1', '-a', '@SUM(1)', '\ttab', '\rreturn', 'a,"b"\r\nc', 'order/1', '-12.50'];
  const csv = await encoderOf('csv', { people: false, raw: false });
  const [head, ...lines] = cells([csv.begin(), csv.encode(texts.map(of)), csv.end()].join(''));
  expect(head?.slice(0, 3)).toEqual(['id', 'typename', 'provider']);
  expect(lines.map((line) => line[head!.indexOf('subject')])).toEqual([
    ...texts.slice(0, 6).map((text) => `'${text}`),
    ...texts.slice(6),
  ]);
  expect(lines[0]?.[head!.indexOf('amount')]).toBe('-7.5');
  expect(lines[0]?.[head!.indexOf('values')]).toBe('{"note":"=1"}');
});

it('OPS15.3 divides the cells of CSV as it is told, and runs in no spreadsheet that divides them otherwise', async () => {
  const texts = ['a;=1+1', 'a,=1+1', 'a\t@SUM(1)', 'a\n-1+cmd', 'a;"b"', '[1,-2.5,-3e-7]', 'a, b; c'];
  const at = columnsOf({ people: false, raw: false }).findIndex(([name]) => name === 'subject');
  const of = async (delimiter: Delimiter) => {
    const csv = await encoderOf('csv', { people: false, raw: false }, delimiter);
    const text = String(csv.encode(texts.map((subject): ExportedEvent => ({ ...SAMPLE, subject }))));
    return cells(text, DELIMITERS[delimiter]).map((line) => line[at]);
  };
  const [b, c, d, ...rest] = ["a\t'@SUM(1)", "a\n'-1+cmd", 'a;"b"', '[1,-2.5,-3e-7]', 'a, b; c'];
  expect(await of('comma')).toEqual(["a;'=1+1", 'a,=1+1', b, c, d, ...rest]);
  expect(await of('semicolon')).toEqual(['a;=1+1', "a,'=1+1", b, c, d, ...rest]);
  expect(await of('tab')).toEqual(["a;'=1+1", "a,'=1+1", 'a\t@SUM(1)', c, d, ...rest]);
  await expect(exported(here, { delimiter: 'tab' })).rejects.toThrow('Only CSV has a delimiter');
});

it('OPS15.3 shows a person nothing that a terminal acts on, and gives a program every byte', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const log = new SqliteLog(path);
  atEnd(() => log.close());
  await log.append([newEvent({ subject: 'ticket/\u001b[31m\u202ered' })]);
  for (const format of ['csv', 'ndjson'] as const) {
    const terminal = new SendingTest({ DATABASE_URL: `sqlite:${path}` });
    terminal.isScreen = true;
    await exportEvents({ ...ALL, format }, terminal);
    expect(Buffer.concat(terminal.chunks).toString()).toContain(String.raw`ticket/\u001b[31m\u202ered`);
  }
  expect(await exported({ DATABASE_URL: `sqlite:${path}` }, { format: 'csv' })).toContain('\u001b[31m\u202ered');
  const binary = new SendingTest({ DATABASE_URL: `sqlite:${path}` });
  binary.isScreen = true;
  await expect(exportEvents({ ...ALL, format: 'parquet' }, binary)).rejects.toThrow(
    'Parquet can’t be shown on a terminal',
  );
});

it('OPS15.3 writes Parquet that another reader reads back as it was', async () => {
  const file = join(temporaryFolder(), 'events.parquet');
  await exportEvents({ ...ALL, format: 'parquet', people: true, output: file }, new SendingTest(here));
  const read = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  const json = rows(await exported(here, { people: true }));
  expect(read).toHaveLength(2);
  for (const [index, row] of read.entries()) {
    const { worth, values, personalValues, cursor: _cursor, occurredAtText: _text, ...plain } = json[index]!;
    expect(row).toMatchObject({
      ...plain,
      occurredAt: new Date(plain.occurredAt),
      receivedAt: new Date(plain.receivedAt),
      amount: worth?.amount ?? null,
    });
    expect(JSON.parse(row['values'] as string)).toEqual(values);
    expect(JSON.parse(row['personalValues'] as string)).toEqual(personalValues);
  }
  await exportEvents(
    { ...ALL, format: 'parquet', until: '2000-01-01', output: file, force: true },
    new SendingTest(here),
  );
  expect(await parquetReadObjects({ file: await asyncBufferFromFile(file) })).toEqual([]);
});

it('OPS15.3 writes Parquet in groups, and holds no more than one of them', async () => {
  const parquet = await encoderOf('parquet', { people: false, raw: false });
  const chunks = [parquet.begin()];
  for (let from = 0; from < 20_100; from += 100) {
    const page = Array.from({ length: 100 }, (_none, index) => ({ ...SAMPLE, eventId: `e${from + index}` }));
    chunks.push(parquet.encode(page));
  }
  chunks.push(parquet.end());
  const written = chunks.filter(({ length }) => length > 0).map((chunk) => Buffer.from(chunk as Uint8Array));
  expect(written).toHaveLength(3);
  const whole = Uint8Array.from(Buffer.concat(written));
  const read = await parquetReadObjects({ file: whole.buffer, columns: ['eventId', 'amount'] });
  expect(read).toHaveLength(20_100);
  for (const index of [0, 19_999, 20_000, 20_099])
    expect(read[index]).toEqual({ eventId: `e${index}`, amount: '-7.5' });
});

const LOGS: readonly (readonly [string, () => Promise<readonly [string, EventLog]>])[] = [
  [
    'SQLite',
    async () => {
      const path = join(temporaryFolder(), 'hookcast.db');
      return [`sqlite:${path}`, new SqliteLog(path)];
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const url = await server.newDatabase();
      return [url, await PostgresLog.open(url)];
    },
  ],
];

it.each(LOGS)(
  'OPS15.1 exports what a search finds, also of people, with every other filter: %s',
  async (_name, open) => {
    const [DATABASE_URL, log] = await open();
    atEnd(() => log.close());
    const person = (name: string) => ({ tenantName: null, customer: { name } });
    const titles = ['Festa da Uva', 'Noite Clara'];
    await log.append(
      Array.from({ length: 250 }, (_none, index) =>
        newEvent({
          eventId: `e${index}`,
          source: index % 2 === 0 ? 'eduzz' : 'wix',
          data: { title: titles[index % 5 === 0 ? 0 : 1]! },
          personal: person(index === 170 ? 'Zuleica Prado' : 'Ana Silva'),
        }),
      ),
    );
    const found = async (...filter: readonly string[]) =>
      rows(await exported({ DATABASE_URL }, { filter })).map(({ eventId }) => eventId);
    const each = (step: number) => Array.from({ length: 250 / step }, (_none, index) => `e${index * step}`);
    // Before the words are indexed, and afterwards.
    for (let time = 0; time < 2; time += 1) {
      expect(await found('search=PRADO zul')).toEqual(['e170']);
      expect(await found('search=uva festa')).toEqual(each(5));
      expect(await found('search=uva', 'sources=eduzz')).toEqual(each(10));
      expect(await found('search=silva')).toHaveLength(249);
      expect(await found('search=nobody')).toEqual([]);
      while ((await log.words.advance()).left > 0);
    }
  },
);

it.each(LOGS)('OPS15.6 goes on after a cursor, of an earlier export or of an event: %s', async (_name, open) => {
  const [DATABASE_URL, log] = await open();
  atEnd(() => log.close());
  const append = (from: number, to: number) =>
    log.append(
      Array.from({ length: to - from }, (_none, index) =>
        newEvent({ eventId: `e${from + index}`, receivedAt: from + index }),
      ),
    );
  await append(0, 120);
  const folder = temporaryFolder();
  /** Exports to a file. Returns its events, and the cursor that it ends with. */
  const part = async (name: string, options: Partial<ExportOptions>) => {
    const terminal = new SendingTest({ DATABASE_URL });
    const output = join(folder, name);
    await exportEvents({ ...ALL, ...options, output }, terminal);
    const [, after] = /^To export later events, add --after (\S+)$/m.exec(terminal.out) ?? [];
    return { after: after!, events: rows(readFileSync(output, 'utf8')) };
  };
  const ids = (events: readonly ExportedEvent[]) => events.map(({ eventId }) => eventId);
  const first = await part('first', {});
  expect(first.events).toHaveLength(120);
  expect((await part('nothing', { after: first.after })).events).toEqual([]);
  await append(120, 123);
  expect(ids((await part('later', { after: first.after })).events)).toEqual(['e120', 'e121', 'e122']);
  // What a filter leaves out is passed as well.
  const none = await part('none', { filter: ['sources=nowhere'] });
  expect((await part('after-none', { after: none.after })).events).toEqual([]);
  const { cursor } = first.events[117]!;
  expect(ids((await part('rest', { after: cursor, until: '2100-01-01' })).events)).toEqual([
    'e118',
    'e119',
    'e120',
    'e121',
    'e122',
  ]);
  await expect(exported({ DATABASE_URL }, { after: 'yesterday' })).rejects.toThrow(/not a cursor of this gateway/);
  await log.trim(100);
  await expect(exported({ DATABASE_URL }, { after: first.events[5]!.cursor })).rejects.toThrow(
    /no longer has all events after this cursor.* without --after/,
  );
});

it('OPS15.7 takes the format from the name of the file, and compresses what is called .gz', async () => {
  const folder = temporaryFolder();
  const to = async (name: string, options: Partial<ExportOptions> = {}) => {
    const output = join(folder, name);
    const { format: _ndjson, ...rest } = ALL;
    await exportEvents({ ...rest, ...options, output }, new SendingTest(here));
    return readFileSync(output);
  };
  const ndjson = await exported(here);
  const csv = await exported(here, { format: 'csv' });
  expect(String(await to('events.csv'))).toBe(csv);
  for (const name of ['events.ndjson', 'events.jsonl', 'events', 'events.txt']) {
    expect(String(await to(name))).toBe(ndjson);
  }
  expect(String(await to('other.csv', { format: 'ndjson' }))).toBe(ndjson);
  expect(await to('events.parquet')).toEqual(await to('named', { format: 'parquet' }));
  for (const [name, text] of [
    ['events.csv.gz', csv],
    ['events.ndjson.gz', ndjson],
    ['events.gz', ndjson],
  ] as const) {
    const packed = await to(name);
    expect(String(gunzipSync(packed))).toBe(text);
    // One stream between a header of 10 bytes and a trailer of 8, since some readers stop at the end of the first.
    const { engine } = inflateRawSync(packed.subarray(10), { info: true }) as unknown as {
      engine: { bytesWritten: number };
    };
    expect(engine.bytesWritten).toBe(packed.length - 18);
  }
  expect(String(gunzipSync(await to('none.ndjson.gz', { until: '2000-01-01' })))).toBe('');
  await expect(to('events.parquet.gz')).rejects.toThrow(/Parquet is compressed already/);
  // The name for standard output.
  expect(await exported(here, { output: '-' })).toBe(ndjson);
});

it.each(LOGS)('OPS15.4 holds a page at a time, and ends at the head that it began with: %s', async (_name, open) => {
  const [DATABASE_URL, log] = await open();
  atEnd(() => log.close());
  const fill = (from: number) =>
    log.append(
      Array.from({ length: 250 }, (_none, index) =>
        newEvent({ eventId: `event-${from + index}`, worth: { currency: 'BRL', units: -75_000 } }),
      ),
    );
  await fill(0);
  const terminal = new SendingTest({ DATABASE_URL });
  let [waiting, most, writes] = [0, 0, 0];
  terminal.send = async (chunk) => {
    waiting += 1;
    most = Math.max(most, String(chunk).split('\n').length - 1);
    // What comes meanwhile is no part of it.
    if ((writes += 1) <= 3) await fill(writes * 1_000);
    expect(waiting).toBe(1);
    waiting -= 1;
    terminal.chunks.push(Buffer.from(chunk));
  };
  await exportEvents(ALL, terminal);
  const read = rows(Buffer.concat(terminal.chunks).toString());
  expect(read.map(({ eventId }) => eventId)).toEqual(Array.from({ length: 250 }, (_none, index) => `event-${index}`));
  expect(read[0]).toMatchObject({ worth: { amount: '-7.5', currency: 'BRL' }, values: {}, typename: 'OtherEvent' });
  expect(most).toBe(100);

  // The first page is noted at once, and the others together.
  await exported({ DATABASE_URL }, { people: true });
  const audit = await log.audit.list({ limit: 10 });
  expect(audit.map(({ action, count }) => [action, count])).toEqual([
    ['READ_PERSONAL', 100],
    ['READ_PERSONAL', 900],
  ]);

  // A filter that hardly anything fits, many looks at the log apart.
  await log.append([newEvent({ eventId: 'last', subject: 'ticket/last' })]);
  expect(rows(await exported({ DATABASE_URL }, { filter: ['subjects=ticket/last'] }))).toHaveLength(1);
});

it('OPS15.4 shows an event as erased if it was erased before its page was read', async () => {
  const folder = temporaryFolder();
  const own = await TestGateway.start({ folder });
  const env = environment(folder);
  for (let index = 0; index <= 100; index += 1) {
    await own.eduzz(attendanceCanceled({ id: `e${index}`, participant: { id: `p${index}` } }));
  }
  const terminal = new SendingTest(env);
  const keep = terminal.send;
  terminal.send = async (chunk) => {
    if (String(chunk).includes('"e0"')) {
      await erase({ source: 'eduzz', subject: 'ticket/p100' }, new TestTerminal(env));
    }
    return keep(chunk);
  };
  await exportEvents({ ...ALL, people: true, raw: true }, terminal);
  const read = rows(Buffer.concat(terminal.chunks).toString());
  expect(read).toHaveLength(101);
  expect(read.at(0)).toMatchObject({ personalData: 'AVAILABLE' });
  expect(read.at(-1)).toMatchObject({ eventId: 'e100', personalData: 'ERASED', personalValues: null, raw: null });
});

it('OPS15.5 leaves no file that looks complete if the export is cut, and replaces a file only if told to', async () => {
  const folder = temporaryFolder();
  const output = join(folder, 'events');
  for (const format of ['ndjson', 'csv', 'parquet'] as const) {
    const ended = exportEvents({ ...ALL, format, output }, new SendingTest(here, () => Promise.resolve()));
    await expect(ended).rejects.toThrow('The export was interrupted, and is incomplete.');
    expect(readdirSync(folder)).toEqual([]);
  }
  await exported(here, { output });
  expect(statSync(output).mode & 0o777).toBe(0o600);
  expect(rows(readFileSync(output, 'utf8'))).toHaveLength(2);
  await expect(exported(here, { output })).rejects.toThrow(/exists. Name another file, or say --force/);
  await exported(here, { output, force: true });
  writeFileSync(`${output}.part`, 'of another');
  await expect(exported(here, { output, force: true })).rejects.toThrow(/part exists: another export writes to it/);
  expect(readFileSync(`${output}.part`, 'utf8')).toBe('of another');
  await expect(exported(here, { output: join(folder, 'none', 'events') })).rejects.toThrow(
    /can't be written \(ENOENT\)/,
  );
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

it.runIf(existsSync('/dev/full'))(
  'OPS15.5 ends with the reason when the disk is full or the reader has gone',
  async () => {
    const ended = (stdout: 'pipe' | number) => {
      const child = hookcast(['export'], here, gateway.folder, undefined, stdout);
      let stderr = '';
      child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
      child.stdout?.destroy();
      return new Promise<string>((resolve) => child.on('close', (code) => resolve(`${code} ${stderr}`)));
    };
    const full = openSync('/dev/full', 'w');
    const [full1, gone] = await Promise.all([ended(full), ended('pipe')]);
    closeSync(full);
    expect(full1).toMatch(/^1 hookcast: The export is incomplete: its output can't be written to \(ENOSPC\)/);
    expect(gone).toMatch(/^1 hookcast: The export is incomplete: its output can't be written to \(EPIPE\)/);
  },
);

it.runIf(process.platform === 'linux')(
  'OPS15.5 keeps nothing of a file that there is no room for, in every format',
  async () => {
    const folder = temporaryFolder();
    const env = { PATH: process.env['PATH'] ?? '', ...(await there()) };
    for (const format of ['ndjson', 'csv', 'parquet']) {
      const output = join(folder, format);
      const command = ['export', '--raw', '--format', format, '--output', output];
      // No file of this process may have more than a block of 512 or 1,024 bytes: as on a disk that becomes full.
      const child = spawn('sh', ['-c', 'ulimit -f 1; exec "$@"', 'sh', process.execPath, ...PROGRAM, ...command], {
        env,
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      atEnd(() => void child.kill('SIGKILL'));
      let stderr = '';
      child.stderr.on('data', (chunk) => (stderr += String(chunk)));
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
      expect(`${code} ${stderr}`).toBe(
        `1 hookcast: ${output} can't be written (EFBIG). Nothing of the export was kept.\n`,
      );
    }
    expect(readdirSync(folder)).toEqual([]);
  },
);

it('OPS15.5 leaves no file with its final name if it is killed, and tells the next time what is left of it', async () => {
  const folder = temporaryFolder();
  const output = join(folder, 'events');
  // A gateway that is asked for its head, and then does not answer any more.
  let asked = 0;
  const { data } = await gateway.query('{ events(first: 0) { head } }');
  const silent = createServer((request, response) => {
    request.resume();
    asked += 1;
    if (asked === 1) response.end(JSON.stringify({ data }));
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    silent.close();
    silent.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const child = hookcast(['export', '--output', output], { ...(await there()), HOOKCAST_URL: url }, folder);
  await expect.poll(() => asked).toBe(2);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(readdirSync(folder)).toEqual(['events.part']);
  await expect(exported(here, { output })).rejects.toThrow(/or one was killed. If none runs, delete it/);
});

it('OPS15.5 ends when it is interrupted, also while its output is not read', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const terminal = new SendingTest(here, () => promise);
  terminal.send = () => {
    resolve();
    return new Promise(() => {});
  };
  await expect(exportEvents(ALL, terminal)).rejects.toThrow('The export was interrupted, and is incomplete.');
});

it('OPS15.5 ends with an error, and not as if it were whole, when pages fail', async () => {
  await withOperations(new TestTerminal(here), { command: 'export', needsTypes: true }, async ({ ask }) => {
    let pages = 0;
    const failing: Operations = {
      ask: async (document, variables) => {
        const data = await ask<any>(document, variables);
        if (!document.includes('pageInfo')) return data;
        pages += 1;
        return pages === 1 ? { events: { ...data.events, pageInfo: { hasNextPage: true, endCursor: null } } } : data;
      },
    };
    const read = async () => {
      const stretch = { filter: {}, after: null, head: await headOf(failing) };
      for await (const page of pagesOf(failing, stretch, { people: false, raw: false })) expect(page).toHaveLength(2);
    };
    await expect(read()).rejects.toThrow(/sent no cursor/);
  });
});

it('OPS15.8 says how far it is, how fast, and about how long it still takes', () => {
  let now = 0;
  const page = (from: number, to: number) =>
    Array.from({ length: to - from }, (_none, index) => {
      return { ...SAMPLE, cursor: encodeCursor({ epoch: 'the-epoch', seq: from + index }) };
    });
  const progress = new ExportProgress({ start: null, end: 10_100 }, () => now);
  const at = (time: number, from: number, to: number) => {
    now = time;
    progress.wrote(page(from, to));
    return progress.line();
  };
  expect(at(0, 0, 0)).toBe('no events yet, after 1 s');
  expect(at(70_000, 0, 0)).toBe('no events yet, after 2 min');
  // Retention has deleted the first hundred.
  expect(at(1_500, 101, 1_601)).toBe('1,500 events, 1,000 a second, 15 % of the log, about 9 s left');
  expect(at(2_500, 1_601, 5_101)).toBe('5,000 events, 2,000 a second, 50 % of the log, about 3 s left');
  expect(at(10_000, 5_101, 5_102)).toBe('5,001 events, 500 a second, 50 % of the log, about 10 s left');
  expect(at(3_700_000, 10_100, 10_101)).toBe('5,002 events, 1 a second, 100 % of the log, about 0 s left');
  expect(progress.count).toBe(5_002);
  const later = new ExportProgress({ start: 10_000, end: 20_000 }, () => now);
  now += 100_000;
  later.wrote(page(10_050, 10_101));
  expect(later.line()).toBe('51 events, 1 a second, 1 % of the log, about 2 h 45 min left');
});

/** A gateway that has the same page again and again, until it is told to end. */
async function endless(): Promise<{ url: string; end: () => void }> {
  const { data } = await gateway.query(
    `{ events(first: 1) { edges { cursor worth { amount currency } values node {
      typename: __typename id provider source type eventId tenant { id } subject occurredAt occurredAtText receivedAt origin
      superseded personalData
    } } } }`,
  );
  const [edge] = data!['events'].edges;
  let [seq, isLast] = [0, false];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const head = encodeCursor({ epoch: 'the-epoch', seq: 1_000_000 });
      const cursor = encodeCursor({ epoch: 'the-epoch', seq: (seq += 1) });
      const page = { edges: [{ ...edge, cursor }], pageInfo: { hasNextPage: !isLast, endCursor: cursor } };
      response.end(JSON.stringify({ data: { events: body.includes('ExportHead') ? { head } : page } }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    end: () => (isLast = true),
  };
}

it.runIf(existsSync('/usr/bin/script'))(
  'OPS15.8 shows its progress on a terminal in one line, and clears it before it says what was exported',
  async () => {
    const { url, end } = await endless();
    const folder = temporaryFolder();
    const line = [process.execPath, ...PROGRAM, 'export', '--output', 'events'].map((word) => `'${word}'`).join(' ');
    const child = spawn('/usr/bin/script', ['-qec', line, '/dev/null'], {
      env: { PATH: process.env['PATH'] ?? '', ...(await there()), HOOKCAST_URL: url },
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    atEnd(() => void child.kill('SIGKILL'));
    let screen = '';
    child.stdout.on('data', (chunk) => (screen += String(chunk)));
    await expect.poll(() => screen.match(/ left/g)?.length ?? 0).toBeGreaterThan(1);
    // A line that is cleared (ECMA-48) is where the next one is written.
    const cleared = '\r\u001b[K';
    const [before, ...shown] = screen.split(cleared);
    expect(before).toBe('');
    for (const line of shown)
      expect(line).toMatch(/^[\d,]+ events, [\d,]+ a second, \d+ % of the log, about \d[ \w]+ left$/);
    end();
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(screen.split(cleared).at(-1)).toMatch(/^Exported \d+ events to events\.\r\n/);
  },
);

it('OPS15.8 shows no progress where no person sees it, and none between the events on a screen', async () => {
  const { url, end } = await endless();
  const env = { ...(await there()), HOOKCAST_URL: url };
  const terminal = new SendingTest(env);
  terminal.isScreen = true;
  let writes = 0;
  terminal.send = async () => {
    if ((writes += 1) === 300) end();
  };
  await exportEvents(ALL, terminal);
  expect(terminal.shown).toEqual([]);
  const { code, stderr } = await run(['export', '--output', 'events'], env, temporaryFolder());
  expect([code, stderr]).toEqual([0, '']);
});

it('OPS15.8 has examples in its help that work', async () => {
  const { stdout } = await call(['export', '--help'], {});
  expect(stdout).toContain('The exit code is 0 if everything was exported.');
  const examples = [...stdout.matchAll(/^ {2}hookcast (export\b.*?)(?: {2,}.*| \|.*)?$/gm)].map(([, line]) => line!);
  expect(examples.length).toBeGreaterThan(3);
  const { data } = await gateway.query('{ events(first: 1) { head } }');
  const folder = temporaryFolder();
  for (const line of examples) {
    const whole = line.replace('CURSOR', data!['events'].head).replace('--output ', `--output ${folder}/`);
    const args = String(execFileSync('sh', ['-c', `printf '%s\\0' ${whole}`]))
      .split('\0')
      .slice(0, -1);
    expect(await call(args, here), line).toMatchObject({ code: 0, stderr: '' });
  }
  expect(readdirSync(folder).toSorted()).toEqual(['later.csv', 'november.parquet', 'orders.ndjson.gz', 'tickets.csv']);
});

/** RFC 4180, read by hand. */
function cells(csv: string, delimiter: string = ','): string[][] {
  const lines: string[][] = [[]];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${delimiter}\\r\\n]*))(${delimiter}|\\r\\n|$)`, 'g');
  for (const [, quoted, plain = '', end] of csv.matchAll(cell)) {
    if (lines.at(-1)!.length === 0 && end === '') break;
    lines.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') lines.push([]);
  }
  return lines.filter(({ length }) => length > 0);
}

const SAMPLE: ExportedEvent = {
  cursor: 'c',
  typename: 'OtherEvent',
  id: 'i',
  provider: 'eduzz',
  source: 'eduzz',
  type: 't',
  eventId: 'e',
  tenant: 'eduzz:1',
  subject: null,
  occurredAt: '2026-01-01T00:00:00.000Z',
  occurredAtText: '2026-01-01',
  receivedAt: '2026-01-01T00:00:00.000Z',
  origin: 'DELIVERED',
  superseded: false,
  personalData: 'WITHHELD',
  worth: { amount: '-7.5', currency: 'BRL' },
  values: { note: '=1' },
};
