import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { z } from 'zod';
import { schema } from '../../src/commands/schema.ts';
import { type TypesOptions, types } from '../../src/commands/types.ts';
import type { EventType } from '../../src/declaration/event-type.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { SHIPPED } from '../../src/types/shipped.ts';
import { eduzzEvent } from '../fixtures/eduzz.ts';
import { NAMES, sampleOf } from '../fixtures/eduzz-events.ts';
import { calComCancelled, calendlyCanceled, stripeDeleted } from '../fixtures/providers.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { ROOT, newFolder, succeed } from '../support/package.ts';
import { TestTerminal } from '../support/terminal.ts';

interface Definition {
  readonly schema: z.ZodType;
  readonly type: EventType;
  readonly normalise: (body: unknown, about: unknown) => { readonly members: object };
}

/** What nobody may find in a drafted file. */
const VALUES = [
  'Iara',
  'iara@example.com',
  '+55 81',
  'Hamlet',
  '120.50',
  'BRL',
  '2026-05',
  'c9a1',
  'W-77',
  'de-nada',
  'WEB',
];

const SOLD = {
  id: 'evt_c9a1',
  event: 'ticket.sold',
  data: {
    seat_id: 'W-77',
    price: '120.50',
    currency: 'BRL',
    channel: 'WEB',
    quantity: 2,
    'checked-in': false,
    show: { name: 'Hamlet, the play', starts_at: '2026-05-08T20:00:00Z', venue: { id: 12 } },
    guest: { id: 7, name: 'Iara Imaginária', email: 'iara@example.com', nick: 'de-nada' },
    buyer_first_name: 'Iara',
    buyer_last_name: 'Imaginária',
    buyer_email: 'iara@example.com',
    buyer_phone: '+55 81 90000-0000',
    customer_id: 'cus_c9a1',
    items: [{ sku: 'W-77', fee: { value: 5.5, currency: 'BRL' }, created: 1_778_000_000 }],
    seats_of: { 'iara@example.com': 'W-77' },
    ticket_url: 'https://example.com/de-nada',
    note: null,
    type: 'de-nada',
  },
};
const SECOND = {
  ...SOLD,
  data: {
    ...SOLD.data,
    show: null,
    guest: { ...SOLD.data.guest, email: null },
    currency: null,
    note: 'W-77',
    quantity: undefined,
  },
};

/** Where a user has hookcast installed. What is drafted stays until the last test compiles all of it. */
const installed = newFolder();
mkdirSync(join(installed, 'node_modules/@types'), { recursive: true });
symlinkSync(ROOT, join(installed, 'node_modules/hookcast'));
for (const name of ['zod', '@types/node', 'undici-types']) {
  symlinkSync(join(ROOT, 'node_modules', name), join(installed, 'node_modules', name));
}
writeFileSync(join(installed, 'package.json'), '{"type":"module"}');
afterAll(() => rmSync(installed, { recursive: true, force: true }));

let projects = 0;
/** Files that have to compile. Each run of the compiler takes seconds, however little it is given. */
const toCompile: string[] = [];

function project(files: Readonly<Record<string, unknown>> = {}): string {
  projects += 1;
  const folder = join(installed, `project-${projects}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  return folder;
}

async function drafted(folder: string, options: TypesOptions, env: Record<string, string> = {}) {
  const file = join(folder, 'drafted.ts');
  const terminal = new TestTerminal(env);
  await types('theatre', { write: file, ...options }, terminal);
  const { events } = (await import(pathToFileURL(file).href)) as { events: Record<string, Definition> };
  return { file, text: readFileSync(file, 'utf8'), events, lines: terminal.lines };
}

/** What a type of the file keeps of a payload: it is read, mapped and checked as a delivery is. */
function kept({ schema, normalise, type }: Definition, payload: unknown): unknown {
  return type.schema.parse(normalise(schema.parse(payload), null).members);
}

/** As `tsc` has it in a project that is as strict as can be. */
async function compile(files: readonly string[]): Promise<void> {
  const options =
    '--ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck';
  const module = '--target es2024 --module nodenext --types node --allowImportingTsExtensions --erasableSyntaxOnly';
  const args = `${options} ${module} --customConditions hookcast-source`.split(' ');
  await succeed(installed, join(ROOT, 'node_modules/.bin/tsc'), ...args, ...files);
}

it('GQL8.8 drafts types from saved payloads, which are served and take what they were made from', async () => {
  const folder = project({ 'one.json': SOLD, 'two.json': SECOND });
  const { file, text, events } = await drafted(folder, {
    from: ['one.json', 'two.json'].map((name) => join(folder, name)),
  });
  toCompile.push(file);

  const { 'ticket.sold': sold } = events;
  const graphql = createSchema([...SHIPPED, sold!.type]).getType('TicketSold')!;
  expect(Object.keys(sold!.type.fields.shape)).toEqual(expect.arrayContaining(['checkedIn', 'sentType', 'buyer']));
  expect(String(graphql)).toBe('TicketSold');
  expect(kept(sold!, SOLD)).toMatchObject({
    seatId: 'W-77',
    price: { amount: '120.50', currency: 'BRL' },
    quantity: 2,
    show: { name: 'Hamlet, the play', startsAt: { at: Date.UTC(2026, 4, 8, 20) }, venue: { id: '12' } },
    guest: { name: 'Iara Imaginária', email: 'iara@example.com', externalId: '7', phone: null },
    buyer: { name: 'Iara Imaginária', email: 'iara@example.com', phone: '+55 81 90000-0000' },
    items: [{ fee: { amount: '5.5', currency: 'BRL' }, created: { at: 1_778_000_000_000 } }],
    seatsOf: { 'iara@example.com': 'W-77' },
    note: null,
  });
  // What was null or missing in one of them may be so, and nothing else.
  expect(kept(sold!, SECOND)).toMatchObject({ price: null, show: null, quantity: null, guest: { email: null } });
  expect(() => sold!.schema.parse({ ...SOLD, data: { ...SOLD.data, seat_id: null } })).toThrow('seat_id');
  // Each with its reason.
  expect(text).toContain('// price: money, by its name and by currency beside it');
  expect(text).toContain('// startsAt: a time, by its form.');
  expect(text).toContain('// guest: a person, by id, name, email; left out: nick.');
  expect(text).toMatch(/customerId: personal\(id\)/);
});

it('GQL8.9 writes nothing of anybody’s into drafted types, and over nothing that is there', async () => {
  const folder = project({ 'one.json': SOLD, 'named.json': { kind: 'Iara', event: 'Iara Imaginária' } });
  const from = [join(folder, 'one.json')];
  const { file, text, lines } = await drafted(folder, { from });
  for (const value of VALUES) expect(`${text}\n${lines.join('\n')}`).not.toContain(value);
  expect(text).not.toContain('ticket_url');

  writeFileSync(file, '// edited');
  await expect(drafted(folder, { from })).rejects.toThrow('exists, and was not changed');
  expect(readFileSync(file, 'utf8')).toBe('// edited');
  await types('theatre', { from, write: file, force: true }, new TestTerminal({}));
  expect(readFileSync(file, 'utf8')).toBe(text);

  const named = { from: [join(folder, 'named.json')], write: join(folder, 'named.ts') };
  await expect(types('theatre', named, new TestTerminal({}))).rejects.toThrow(/name it with --event/);
  await types('theatre', { ...named, event: ['who.knows'] }, new TestTerminal({}));
  expect(readFileSync(named.write, 'utf8')).toMatch(/'who.knows'/);
  expect(readFileSync(named.write, 'utf8')).not.toContain('Iara');
});

it('GQL8.8 drafts types from what the log keeps of a source', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder });
  await gateway.eduzz(eduzzEvent('theatre.seat_swapped', { seat: { id: 4 }, email: 'iara@example.com' }));
  await gateway.eduzz(eduzzEvent('theatre.seat_swapped', { seat: { id: 5 }, note: 'Iara' }));
  await gateway.close();
  const file = join(project(), 'eduzz.ts');
  const terminal = new TestTerminal(environment(folder));
  await types('eduzz', { from: ['log'], write: file }, terminal);
  expect(terminal.lines[0]).toBe('theatre.seat_swapped\tfrom 2 payloads');
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/person: person/);
  expect(text).toMatch(/note: text\.nullable\(\)/);
  expect(text).not.toMatch(/iara/i);
  expect(text).toMatch(/return it from "about" as occurredAt/);
  const { events } = (await import(pathToFileURL(file).href)) as { events: Record<string, Definition> };
  expect(
    createSchema([...SHIPPED, ...Object.values(events).map(({ type }) => type)]).getType('TheatreSeatSwapped'),
  ).toBeDefined();
  await expect(types('eduz', { from: ['log'], write: `${file}.2` }, terminal)).rejects.toThrow(
    'nothing of a source "eduz"',
  );
});

it('GQL8.8 drafts types from the webhooks of an OpenAPI document, by schema or by example', async () => {
  const body = (content: object) => ({ post: { requestBody: { content: { 'application/json': content } } } });
  const folder = project({
    'api.json': {
      openapi: '3.1.0',
      webhooks: {
        'order.paid': body({ schema: { $ref: '#/components/schemas/Order' } }),
        // Its types would be called as one that ships is.
        order_change: body({ schema: {}, example: { event: 'order_change', order_id: 'W-77', total: 3 } }),
      },
      components: {
        schemas: {
          Order: {
            type: 'object',
            required: ['order_id', 'paid_at'],
            properties: {
              order_id: { type: 'integer' },
              paid_at: { type: 'string', format: 'date-time' },
              buyer: { type: 'object', properties: { email: { type: ['string', 'null'], format: 'email' } } },
              parent: { $ref: '#/components/schemas/Order' },
            },
          },
        },
      },
    },
  });
  const { file, text, events } = await drafted(folder, { from: ['openapi', join(folder, 'api.json')] });
  toCompile.push(file);
  expect(Object.values(events).map(({ type }) => type.name)).toEqual(['OrderPaid', 'TheatreOrderChange']);
  expect(kept(events['order.paid']!, { order_id: 4, paid_at: '2026-05-08T20:00:00Z' })).toMatchObject({
    orderId: '4',
    buyer: null,
  });
  expect(text).toContain('// total: perhaps money, by its name');
  expect(text).not.toMatch(/W-77|someone/);
  createSchema([...SHIPPED, ...Object.values(events).map(({ type }) => type)]);
});

it('GQL8.8 drafts what a provider of one’s own takes as it is', async () => {
  const folder = project({ 'one.json': SOLD });
  await drafted(folder, { from: [join(folder, 'one.json')] });
  const config = join(folder, 'hookcast.config.ts');
  writeFileSync(
    config,
    `import { defineConfig } from 'hookcast/config';
import { defineProvider } from 'hookcast/provider';
import { hmac } from 'hookcast/verify/hmac';
import { events } from './drafted.ts';

const theatre = defineProvider({
  name: 'theatre',
  verify: hmac({ secrets: ['of the theatre, and long'], header: 'x-theatre', encoding: 'hex' }),
  about: ({ payload }) => ({ type: String(payload['event']) }),
  events,
});
export default defineConfig({ sources: { theatre } });
`,
  );
  toCompile.push(config);
  const terminal = new TestTerminal({ CONFIG_FILE: config });
  await schema({}, terminal);
  expect(terminal.lines).toContain('type TicketSold implements Event & Node {');
});

it('GQL8.8 drafts types from one payload of every event of Eduzz, Cal.com, Calendly and Stripe', async () => {
  const payloads = [...NAMES.map((name) => sampleOf(name)), calComCancelled(), calendlyCanceled(), stripeDeleted()];
  const folder = project(Object.fromEntries(payloads.map((payload, place) => [`${place}.json`, payload])));
  const from = payloads.map((_, place) => join(folder, `${place}.json`));
  const { file, events } = await drafted(folder, { from });
  toCompile.push(file);
  createSchema([...SHIPPED, ...Object.values(events).map(({ type }) => type)]);
  expect(Object.keys(events).length).toBe(payloads.length);
  // The same file holds all of them, so what fits is asked of each event by its name.
  for (const payload of payloads) {
    const name = String(payload['event'] ?? payload['type'] ?? payload['triggerEvent']);
    expect(() => kept(events[name]!, payload), name).not.toThrow();
  }
});

it('GQL8.9 lets no name that a sender chose become code, or a name of somebody', async () => {
  const odd = JSON.parse(
    `{"event":"odd.names","__proto__":1,"constructor":{"toString":1,"$":2,"_":3,"a-b":4,"a_b":5,"ID":"6"},"n":{"x'];stop();['":1},
      "o":{"iara.imaginaria":1},"p":{"order_20260508":1},"q":[{"a":1},{"b":2,"c":3}],"r":{"a*/b":1},"s":[null,"t"],"u":[],"v":{}}`,
  ) as object;
  const folder = project({ 'odd.json': odd, 'stop.json': { type: "it's\n*/ stop(); /*" } });
  const { file, text, events } = await drafted(folder, { from: [join(folder, 'odd.json')] });
  toCompile.push(file);
  expect(text).not.toMatch(/stop|iara|2026|__proto__|\*\/b/);
  expect(kept(events['odd.names']!, JSON.parse(JSON.stringify(odd)))).toMatchObject({
    sentConstructor: { aB: 4, aB2: 5, id: '6' },
    n: { "x'];stop();['": 1 },
  });
  const stop = { from: [join(folder, 'stop.json')], write: join(folder, 'stop.ts') };
  await expect(types('theatre', stop, new TestTerminal({}))).rejects.toThrow('does not name its event');
  await expect(types('../theatre', stop, new TestTerminal({}))).rejects.toThrow('lower case letters');
});

it('GQL8.8 drafts nothing that does not compile, in a project as strict as can be', async () => {
  expect(toCompile).toHaveLength(5);
  await compile(toCompile);
});
