import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type GraphQLNamedType, getNamedType, isAbstractType, isObjectType, parse, subscribe } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pino } from 'pino';
import { Audit } from '../../src/auth/audit.ts';
import { type Bearer, SCOPES, type Scope, type Viewer, narrow } from '../../src/auth/viewer.ts';
import { KINDS } from '../../src/events/cancellation.ts';
import { type Cursor, encodeCursor } from '../../src/events/cursor.ts';
import type { NewEvent } from '../../src/events/event.ts';
import type { EventFilter } from '../../src/events/filter.ts';
import type { Backing } from '../../src/execution/context.ts';
import { createContext } from '../../src/execution/create-context.ts';
import { discloseMessage } from '../../src/execution/disclosed.ts';
import type { Follow } from '../../src/execution/followed.ts';
import { Operations } from '../../src/execution/operations.ts';
import { presentError } from '../../src/execution/present-error.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import type { Stream } from '../../src/execution/stream.ts';
import { createGraphQL } from '../../src/execution/yoga.ts';
import { Live } from '../../src/live/live.ts';
import { inOrder } from '../../src/live/message.ts';
import type { Subscriber } from '../../src/live/subscriber.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import type { Provider, Verified } from '../../src/providers/provider.ts';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { eraseSubject } from '../support/erase.ts';
import { Review } from '../../src/ingest/review.ts';
import { Reprocessing } from '../../src/ingest/reprocess.ts';
import { thoroughly } from '../support/thorough.ts';

const TENANTS = ['eduzz:1', 'eduzz:2', 'eduzz:3'];
const SHORT =
  'subscription ($after: String, $filter: EventFilter) { s: FIELD(after: $after, filter: $filter) { FIELDS } }';
/** Every field that there is, of every type that a stream can send. */
function everything(type: GraphQLNamedType, prefix: string): string {
  if (isAbstractType(type)) {
    const possible = schema.getPossibleTypes(type);
    return possible.map((one) => `... on ${one.name} { ${everything(one, `${prefix}${one.name}_`)} }`).join(' ');
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).map((field) => {
    const inner = everything(getNamedType(field.type), prefix);
    // Under names of their own: the same field is not of the same type everywhere.
    return `${prefix}${field.name}: ${field.name} ${inner && `{ ${inner} }`}`;
  });
  return `__typename ${fields.join(' ')}`;
}

const schema = createSchema();
const DOCUMENTS = [
  ['cancellations', '__typename cursor'],
  [
    'cancellations',
    `__typename cursor ... on CancellationEdge { node { eventId personalData raw reference tenant { id name }
      customer { name email } ... on TicketCancellation { customFields ticketTags { title } } } } ... on Erasure { eventIds }`,
  ],
  ['events', '__typename cursor ... on EventEdge { node { id type subject raw personalData tenant { name } } }'],
  ['events', everything(schema.getType('EventMessage')!, '')],
].map(([field, fields]) => SHORT.replace('FIELD', field!).replace('FIELDS', fields!));
// What is said of the cursor in other ways than by a variable of its own must not be taken for the same either.
const ODD = [
  'subscription ($after: String!) { s: events(after: $after, filter: { subjects: [$after] }) { __typename cursor } }',
  'subscription ($after: String, $yes: Boolean!) { s: events(after: $after) { cursor @include(if: $yes) __typename } }',
  `subscription A($after: String) { s: events(after: $after) { __typename cursor } }
   subscription B($after: String) { s: events(after: $after) { cursor __typename } }`,
  'subscription { s: events { __typename cursor } }',
];

const fail = (cause: unknown) => expect.fail(String(cause));

let folder: string;
let log: SqliteLog;
let backing: Backing;
let live: Live;
let operations: Operations;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookcast-cohort-'));
  log = new SqliteLog(join(folder, 'hookcast.db'));
  live = new Live({ log, report: fail, ringItems: 20 });
  const logger = pino({ level: 'silent' });
  const sources = new Map<string, Provider>();
  const now = Date.now;
  const options = { sources, log, logger, mostValues: 20_000, onLimit: fail, now };
  const [review, reprocessor] = [new Review(options), new Reprocessing(options)];
  backing = { log, review: review, reprocessor, sources, answers: log.answers, operator: fail, now };
  // Documents that no limit lets through: every field of every event, each by an alias.
  const most = 100_000;
  const limits = {
    tokens: most,
    depth: most,
    aliases: most,
    directives: most,
    cost: most,
    timeout: most,
    answer: 1e9,
    message: 1e9,
  };
  operations = new Operations({
    schema,
    yoga: createGraphQL(schema, { dev: null, limits }),
    backing,
    audit: new Audit({ record: log.audit, logger, now }),
    limits,
    onLimit: fail,
    trusted: null,
    dev: false,
    report: fail,
  });
});
afterAll(async () => {
  live.close();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const provider = eduzz({ secrets: ['secret of the suite'] });
function toEvent(id: string, producer: number, cancels: boolean): NewEvent {
  const fields = { id: producer, name: `Producer ${producer}`, email: 'p@p.example' };
  const payload = cancels
    ? attendanceCanceled({ id, producer: fields })
    : eduzzEvent('some.thing', { producer: fields });
  const { headers, body } = signAsEduzz({ ...payload, id }, 'secret of the suite');
  const verified = provider.verify({ headers, body: Buffer.from(body), receivedAt: Date.now() }) as Verified;
  const normalised = provider.normalise(verified, { source: 'eduzz', receivedAt: Date.now() });
  if (normalised.outcome !== 'event') throw new Error(normalised.outcome);
  return normalised.event;
}

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const filter: fc.Arbitrary<EventFilter | null> = fc.option(
  fc.record(
    {
      tenants: some(TENANTS),
      kinds: some(KINDS),
      types: some(['blinket.attendance_canceled', 'some.thing']),
      providers: some(['eduzz', 'wix']),
    },
    { requiredKeys: [] },
  ),
);
const tenants = fc.option(some(TENANTS).map((names) => new Set(names)));
const scopes = fc
  .subarray<Scope>(['pii:read', 'raw:read', 'ops'])
  .map((more): Set<Scope> => new Set<Scope>(['events:read', ...more]));
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...DOCUMENTS) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD) },
);
const variables = fc.record({ filter, yes: fc.boolean() });
const operationName = fc.constantFrom('A', 'B');

const event = fc.record({ producer: fc.integer({ min: 1, max: 3 }), cancels: fc.boolean() });
const happening = fc.oneof(
  { weight: 6, arbitrary: event },
  { weight: 1, arbitrary: fc.record({ erases: fc.integer({ min: 1, max: 3 }) }) },
);

let ids = 0;

it('LIVE4.1 gives subscribers who share a cohort the bytes that each would have got alone', async () => {
  let subscribers = 0;
  let cohorts = 0;
  const property = fc.asyncProperty(
    // Few of each, so that many ask for the same, and some for nearly the same.
    fc.tuple(tenants, tenants),
    fc.tuple(scopes, scopes),
    fc.tuple(query, query),
    fc.tuple(variables, variables),
    fc.tuple(operationName, operationName),
    fc.array(fc.tuple(...Array.from({ length: 5 }, () => fc.nat(1)), fc.nat()), {
      minLength: 24,
      maxLength: 40,
      size: 'max',
    }),
    fc.array(happening, { minLength: 1, maxLength: 12 }),
    // From here nothing is erased: a later read would differ.
    fc.array(event, { minLength: 1, maxLength: 12 }),
    async (tenants, scopes, queries, variableSets, names, people, before, after) => {
      const start = await log.head();
      const happen = async (happenings: typeof before) => {
        for (const it of happenings) {
          if ('erases' in it) await eraseSubject(log, { ...SUBJECT, tenant: `eduzz:${it.erases}` }, Date.now());
          else await log.append([toEvent(`e${(ids += 1)}`, it.producer, it.cancels)]);
        }
      };
      await happen(before);
      const head = await log.head();
      const followed: { alone: () => Promise<string[]>; got: string[]; subscriber: Subscriber }[] = [];
      for (const [a = 0, b = 0, c = 0, d = 0, e = 0, position = 0] of people) {
        const expiresAt = Date.now() + 1e6 + position;
        const who: Bearer = {
          tenants: tenants[a]!,
          scopes: scopes[b]!,
          expiresAt,
          holder: '',
          tokenId: null,
          parentId: null,
          key: '',
        };
        const query = queries[c]!;
        const asked = { query, ...(query.includes('subscription B') && { operationName: names[e]! }) };
        // Different cursors of the same: what they have in common must still be the same.
        const cursor: Cursor = { epoch: start.epoch, seq: start.seq + (position % (head.seq - start.seq + 1)) };
        const variables = { ...variableSets[d]!, after: encodeCursor(cursor) };
        const operation = await operations.prepare({ ...asked, variables }, who);
        if ('length' in operation) {
          expect(ODD).toContain(asked.query);
          continue;
        }
        if (operation.kind !== 'stream') throw new Error('not a stream');
        const stream = await operation.open();
        if (!('following' in stream)) {
          expect(stream.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
          continue;
        }
        const got: string[] = [];
        const outlet = {
          hasRoom: () => true,
          write: (payload: { bytes: Buffer }) => void got.push(payload.bytes.toString()),
          end: () => {},
        };
        const subscriber = live.follow(stream.following, stream.after, outlet);
        const alone = () => executeAlone({ ...asked, variables }, who, head);
        followed.push({ alone, got, subscriber });
      }
      subscribers += followed.length;
      const { size } = new Set(followed.map(({ subscriber }) => subscriber.cohort));
      cohorts += size;
      // Who gave no cursor begins when it is live.
      await expect.poll(() => live.size.behind, { interval: 5 }).toBe(0);
      await happen(after);
      for (const { alone, got } of followed) {
        const expected = await alone();
        // Being told that it has caught up comes when it does, which is the same for nobody.
        const events = () => got.filter((bytes) => !bytes.includes('"CaughtUp"'));
        await expect.poll(() => events().length, { interval: 5 }).toBeGreaterThanOrEqual(expected.length);
        expect(events()).toEqual(expected);
        expect(got.filter((bytes) => bytes.includes('"errors"'))).toEqual([]);
      }
      for (const { subscriber } of followed) subscriber.end();
    },
  );
  await fc.assert(property, { numRuns: thoroughly(40, 12) });
  // Otherwise nothing was shared, and nothing shown.
  expect(cohorts).toBeLessThan(subscribers * 0.6);
});

const EVERYBODY: Bearer = {
  tenants: null,
  scopes: new Set(SCOPES),
  expiresAt: Infinity,
  holder: '',
  tokenId: null,
  parentId: null,
  key: '',
};

async function open(query: string, after: Cursor): Promise<Stream> {
  const operation = await operations.prepare({ query, variables: { after: encodeCursor(after) } }, EVERYBODY);
  if ('length' in operation || operation.kind !== 'stream') throw new Error(JSON.stringify(operation));
  const stream = await operation.open();
  if (!('following' in stream)) throw new Error(String(stream.errors));
  return stream;
}

it('LIVE4.2 takes a variable for the cursor only where it is nothing else', async () => {
  const { epoch } = await log.head();
  const keyOf = async (query: string, seq: number) => (await open(query, { epoch, seq })).following.key;
  expect(await keyOf(DOCUMENTS[0]!, 1)).toBe(await keyOf(DOCUMENTS[0]!, 2));
  expect(await keyOf(ODD[0]!, 1)).not.toBe(await keyOf(ODD[0]!, 2));
});

it('PRIV1.6 sends nothing from memory that was erased', async () => {
  const tenant = 'eduzz:9';
  const start = await log.head();
  // So many that some are in the ring, and the others on pages that are kept for who comes next.
  await log.append(Array.from({ length: 200 }, (_, index) => toEvent(`erasable-${index}`, 9, true)));
  const stream = await open(DOCUMENTS[1]!, start);
  const readAll = async () => {
    const got: string[] = [];
    const write = ({ bytes }: { bytes: Buffer }) => void got.push(bytes.toString());
    const outlet = { hasRoom: () => true, write, end: () => {} };
    const subscriber = live.follow(stream.following, start, outlet);
    await expect.poll(() => got.some((bytes) => bytes.includes('"CaughtUp"')), { interval: 5 }).toBe(true);
    return { got, subscriber };
  };
  const { got, subscriber } = await readAll();
  expect(got.filter((bytes) => bytes.includes('Iara'))).toHaveLength(200);
  await eraseSubject(log, { ...SUBJECT, tenant }, Date.now());
  // In the same turn, when nothing has been heard of it but that there is something.
  const afterwards = await readAll();
  await expect.poll(() => got.at(-1), { interval: 5 }).toContain('"Erasure"');
  expect(afterwards.got.filter((bytes) => bytes.includes('Iara'))).toEqual([]);
  expect(afterwards.got.filter((bytes) => bytes.includes('ERASED'))).toHaveLength(200);
  for (const one of [subscriber, afterwards.subscriber]) one.end();
});

const SUBJECT = { provider: 'eduzz', source: 'eduzz', subject: 'ticket/0f4b7c2e-9d1a-4f6b-8a3c-5e6d7f8a9b0c' };

/** What graphql-js itself makes of the same for this viewer and nobody else, event by event as the log has them. */
async function executeAlone(
  { query, variables, operationName }: { query: string; variables: object; operationName?: string | undefined },
  who: Viewer,
  head: Cursor,
): Promise<string[]> {
  const results = await subscribe({
    schema,
    document: parse(query),
    operationName: operationName ?? null,
    variableValues: { ...variables },
    contextValue: createContext(backing, who),
    async *subscribeFieldResolver(_root, args, _context, { parentType, fieldName, fieldNodes, fragments }) {
      const { follow } = parentType.getFields()[fieldName]!.extensions as { follow: Follow<typeof args> };
      const { after, filter: wanted } = follow(args, { fieldNodes, fragments });
      const page = await log.read({
        direction: 'forward',
        after: after ?? head,
        limit: 1_000,
        filter: narrow(who, wanted),
      });
      for (const item of inOrder(page)) yield discloseMessage(who, item)!;
    },
  });
  if (!(Symbol.asyncIterator in results)) throw new Error(String(results.errors));
  const bytes: string[] = [];
  for await (const { errors, ...rest } of results) {
    bytes.push(JSON.stringify(errors ? { ...rest, errors: errors.map((error) => presentError(error, fail)) } : rest));
  }
  return bytes;
}
