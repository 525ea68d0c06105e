import { join } from 'node:path';
import { Kind, getNamedType, isLeafType, isObjectType, parse } from 'graphql';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { decodeCursor } from '../../src/events/cursor.ts';
import type { ReadRequest } from '../../src/events/event-log.ts';
import type { Parts } from '../../src/events/event.ts';
import { isLarger, written } from '../../src/execution/written-result.ts';
import { createContext } from '../../src/execution/create-context.ts';
import { JsonTexts } from '../../src/execution/json-text.ts';
import { partsOf, plainFields } from '../../src/execution/parts.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { SHIPPED } from '../../src/types/shipped.ts';
import { Ration } from '../../src/live/ration.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent, newQuarantined } from '../contract/log-under-test.ts';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { INSTANCE, bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';
import { met } from '../support/metrics.ts';
import { Subscriber } from '../support/subscriber.ts';
import { TRANSPORTS } from '../support/transports.ts';

const EVERY = Object.values(TRANSPORTS);
const env = { GRAPHQL_MAX_ANSWER_BYTES: '20000', GRAPHQL_MAX_MESSAGE_BYTES: '8000' };

let strict: TestGateway;
beforeAll(async () => void (strict = await TestGateway.start({ env, lasting: true })));
afterAll(() => strict.end());

const raws = (count: number) => Array.from({ length: count }, (_, index) => `r${index}: raw`).join(' ');
const withFiller = (id: string, length: number) =>
  attendanceCanceled({ id, participant: { customFields: { filler: 'x'.repeat(length) } } });

it('GQL6.7 answers with an error what would have more bytes than an answer may, on every transport alike', async () => {
  await strict.eduzz(withFiller('large', 3_000));
  const ask = (fields: string) => ({ query: `{ events(last: 1) { edges { node { ${fields} } } } }` });
  const before = await met(strict.url, 'answer_bytes');
  for (const transport of EVERY) {
    const { data } = await transport(strict, ask(raws(4)));
    expect(data!['events'].edges[0].node.r3).toMatchObject({ id: 'large' });
    const answer = await transport(strict, ask(raws(8)));
    expect(answer).not.toHaveProperty('data');
    expect(answer.errors).toMatchObject([
      { message: expect.stringContaining('20000 bytes'), extensions: { code: 'ANSWER_TOO_LARGE' } },
    ]);
  }
  expect(await met(strict.url, 'answer_bytes')).toBe(before + EVERY.length);
});

it('GQL6.7 puts an error, with its cursor, in the place of a message that is too large, and goes on with the next', async () => {
  const query = `subscription Follow($after: String) { stream: events(after: $after) { __typename cursor
    ... on EventEdge { node { eventId ${raws(3)} } } } }`;
  const { data } = await strict.query('{ events { head } }');
  const after = data!['events'].head;
  const authorization = `Bearer ${await makeToken()}`;
  const live = new Subscriber(strict.webSocketUrl, authorization, query, { after });
  await live.caughtUp();
  const before = await met(strict.url, 'message_bytes');
  await strict.eduzz(withFiller('first', 10));
  await strict.eduzz(withFiller('too large', 3_000));
  await strict.eduzz(withFiller('last', 10));
  await live.events(2);
  // A client that comes back gets the same, from memory or from the log.
  const later = new Subscriber(strict.webSocketUrl, authorization, query, { after });
  await later.events(2);
  for (const { eventIds, errors } of [live, later]) {
    expect(eventIds).toEqual(['first', 'last']);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('8000 bytes'), extensions: { code: 'ANSWER_TOO_LARGE' } },
    ]);
  }
  expect(await met(strict.url, 'message_bytes')).toBe(before + 1);
  const cursor = String(live.errors[0]!.extensions!['cursor']);
  const page = await strict.query(
    'query ($before: String) { events(last: 1, before: $before) { edges { node { eventId } } } }',
    {
      before: cursor,
    },
  );
  expect(page.data!['events'].edges).toMatchObject([{ node: { eventId: 'first' } }]);
  expect(decodeCursor(cursor).seq).toBe(decodeCursor(live.messages.at(-1)!.cursor).seq - 1);
});

it('GQL6.7 refuses ids whose events have more bytes together than an answer may', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 4; index += 1) {
    await strict.eduzz(withFiller(`node-${index}`, 3_000));
    ids.push(Buffer.from(`TicketCancellation:eduzz:node-${index}`).toString('base64'));
  }
  const query = (fields: string) => `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Event { ${fields} } } }`;
  const few = await strict.query(query('raw'), { ids: ids.slice(0, 2) });
  expect(few.data!['nodes']).toHaveLength(2);
  const { errors } = await strict.query(query('raw'), { ids });
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'ANSWER_TOO_LARGE' } });
  // Parts that no field asks for are not read.
  expect((await strict.query(query('eventId'), { ids })).data!['nodes']).toHaveLength(4);
});

it('AUTH1.13 answers the same for an event of another tenant as for none, however large it is', async () => {
  await strict.eduzz(withFiller('theirs', 6_000));
  const idOf = (eventId: string) => Buffer.from(`Event:eduzz:${eventId}`).toString('base64');
  const asked = (eventId: string) => ({ ids: Array.from({ length: 8 }, () => idOf(eventId)) });
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Event { raw } } }';
  const us = { tenants: ['eduzz:1'] };
  const nothing = await strict.query(query, asked('nothing'), us);
  expect(nothing).toEqual({ data: { nodes: Array(8).fill(null) } });
  expect(await strict.query(query, asked('theirs'), us)).toEqual(nothing);
  const { errors } = await strict.query(query, asked('theirs'));
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'ANSWER_TOO_LARGE' } });
});

it('GQL6.6 writes the value of a JSON field once for a node, under however many names it is asked for', () => {
  const texts = new JsonTexts();
  let serialised = 0;
  const value = {
    toJSON: () => {
      serialised += 1;
      return { a: ['\u0020', String.raw`"\u0020"`, '\n', { b: null }] };
    },
  };
  const owner = {};
  const raw = '{"nested":\n[1, 2, {"it": "\\u0020"}]}';
  const node = () => ({
    first: texts.of(value),
    second: texts.of(value),
    raw: texts.ofText(owner, raw),
    it: '"\\u0020"',
  });
  const result = {
    data: { one: node(), list: [node(), null, { deeper: node() }], none: texts.of(null), text: texts.of('"') },
  };
  const plain = JSON.stringify(result);
  expect(isLarger(result, plain.length)).toBe(false);
  expect(isLarger(result, plain.length / 2)).toBe(true);
  const answer = written(result);
  expect(answer).toBe(plain);
  expect(answer).not.toContain('\n');
  expect(serialised).toBe(1);
  expect(texts.ofText(owner, raw)).toBe(texts.ofText(owner, raw));
});

it('GQL6.7 counts a long text as what it takes as JSON', () => {
  const text = '\u0001é"'.repeat(100);
  const result = { data: { text } };
  const bytes = Buffer.byteLength(JSON.stringify(result));
  expect(bytes).toBeGreaterThan(3 * text.length);
  expect(isLarger(result, bytes - 30)).toBe(true);
  expect(isLarger(result, bytes)).toBe(false);
});

it('GQL6.6 says nothing of a payload that is no JSON', () => {
  expect(() => new JsonTexts().ofText({}, 'Iara Fictícia')).toThrow(/^(?!.*Iara).*not JSON/);
});

const PAGE = /* GraphQL */ `
  query Page($first: Int, $after: String, $last: Int, $before: String) {
    events(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          eventId
          ... on Cancellation {
            reason
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

it('GQL2.5 gives fewer events than were asked for where they are large, and says that more follow', async () => {
  const gateway = await TestGateway.start();
  // Five of them have more bytes than a page. One half is the payload.
  const ids = Array.from({ length: 12 }, (_, index) => `large-${index}`);
  for (const id of ids) await gateway.eduzz(withFiller(id, 110_000));
  const all = async (variables: (page: any) => Record<string, unknown>, more: 'hasNextPage' | 'hasPreviousPage') => {
    const pages: string[][] = [];
    let pageInfo: any = null;
    do {
      const { data } = await gateway.query(PAGE, variables(pageInfo));
      ({ pageInfo } = data!['events']);
      const { edges } = data!['events'];
      expect(pageInfo).toMatchObject({ startCursor: edges[0].cursor, endCursor: edges.at(-1).cursor });
      pages.push(edges.map((edge: any) => edge.node.eventId));
    } while (pageInfo[more]);
    return pages;
  };
  const forward = await all((page) => ({ first: 100, after: page?.endCursor }), 'hasNextPage');
  expect(forward.flat()).toEqual(ids);
  expect(forward.length).toBeGreaterThan(1);
  const backward = await all((page) => ({ last: 100, before: page?.startCursor }), 'hasPreviousPage');
  expect(backward.toReversed().flat()).toEqual(ids);
  expect(backward.length).toBe(forward.length);
  // A token that may not see their large part gets all of them on one page.
  const { data } = await gateway.query(PAGE, { first: 100 }, { scope: 'events:read' });
  expect(data!['events']).toMatchObject({ pageInfo: { hasNextPage: false } });
  expect(data!['events'].edges).toHaveLength(ids.length);
});

it('GQL2.5 gives fewer deliveries in quarantine where they are large, and says that more follow', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  onTestFinished(() => log.close());
  const payload = JSON.stringify('x'.repeat(300_000));
  for (let index = 0; index < 8; index += 1) await log.quarantine.keep(newQuarantined({ payload }));
  const operator: Viewer = { tenants: null, scopes: new Set(['ops']), expiresAt: Infinity };
  const read = (after: number) =>
    createContext({ log, now: Date.now } as never, operator).quarantined({ after, limit: 101 });
  const [first, second] = [await read(0), await read(4)];
  expect([first, second].map(({ deliveries, isCut }) => [deliveries.map(({ id }) => id), isCut])).toEqual([
    [[1, 2, 3, 4], true],
    [[5, 6, 7, 8], false],
  ]);
});

it('IN5.5 lets others have their turns while a filter finds nothing', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  onTestFinished(() => log.close());
  const rows = (tenant: string, type: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      newEvent({ eventId: `${tenant}-${index}`, tenant, type, personal: null, raw: null, traces: [] }),
    );
  await log.append([...rows('ours', 'common', 7_000), ...rows('theirs', 'rare', 3_100), ...rows('mine', 'rare', 1)]);
  const viewer: Viewer = { tenants: new Set(['ours']), scopes: new Set(['events:read']), expiresAt: Infinity };
  const context = createContext({ log, now: Date.now } as never, viewer);
  let turns = 0;
  const count = () => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const forward = await context.read({ direction: 'forward', limit: 20 }, { types: ['rare'] });
  const backward = await context.read({ direction: 'backward', limit: 20 }, { types: ['rare'] });
  clearImmediate(counting);
  expect([forward.events, backward.events]).toEqual([[], []]);
  expect(turns).toBeGreaterThanOrEqual(4);
  // Of a type that is rare, its own index tells at once.
  let reads = 0;
  const counted = new Proxy(log, {
    get: (target, name: keyof SqliteLog) => {
      if (name === 'read') reads += 1;
      return (target[name] as (...args: never[]) => unknown).bind(target);
    },
  });
  const again = createContext({ log: counted, now: Date.now } as never, viewer);
  expect(await again.read({ direction: 'forward', limit: 20 }, { types: ['none'] })).toMatchObject({ events: [] });
  expect(reads).toBe(1);
  // No client waits any more: it ends.
  const over = createContext({ log: counted, now: Date.now } as never, viewer);
  const reading = over.read({ direction: 'forward', limit: 20 }, { types: ['rare'] });
  over.end();
  await reading;
  expect(reads).toBe(2);
});

it('LIVE2.5 has an operation take its memory at once for all fields, and give it back when it is over', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  onTestFinished(() => log.close());
  await log.append([newEvent()]);
  const ration = new Ration(8 * 1024 * 1024);
  const viewer: Viewer = { tenants: null, scopes: new Set(['events:read']), expiresAt: Infinity };
  const context = () => createContext({ log, ration, now: Date.now } as never, viewer);
  const operations = Array.from({ length: 6 }, context);
  // Of six that want five pages each, two would each have three of eight, and wait for the rest.
  const reading = operations.map(async (operation) => {
    const reads = Array.from({ length: 5 }, () => operation.read({ direction: 'forward', limit: 10 }, {}));
    const pages = await Promise.all(reads);
    // Memory that was not needed is free for others before the operation is over.
    expect(ration.taken).toBeLessThan(8 * 1024 * 1024);
    operation.end();
    return pages;
  });
  expect((await Promise.all(reading)).flat()).toHaveLength(30);
  expect(ration.taken).toBe(0);
  // A request that is given up while it waits takes nothing.
  const holder = await ration.take(8 * 1024 * 1024);
  const late = context();
  const waiting = late.read({ direction: 'forward', limit: 10 }, {});
  late.end();
  holder.giveBack();
  await waiting;
  expect(ration.taken).toBe(0);
});

it('LOG4.5 reads people and payloads only for those who may see them and ask for them', async () => {
  const asked: Parts[] = [];
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  onTestFinished(() => log.close());
  await log.append([newEvent({ kind: null })]);
  const watched = new Proxy(log, {
    get: (target, name: keyof SqliteLog) => {
      if (name === 'read') {
        return (request: ReadRequest) => {
          asked.push(request.parts!);
          return target.read(request);
        };
      }
      return (target[name] as (...args: never[]) => unknown).bind(target);
    },
  });
  const read = async (scopes: Viewer['scopes'], fields: string) => {
    const parts = partsOf(
      parse(`{ events { edges { node { ...F } } } } fragment F on Event { ${fields} }`),
      createSchema(),
    );
    const context = createContext(
      { log: watched, now: Date.now } as never,
      { tenants: null, scopes, expiresAt: Infinity },
      { parts },
    );
    await context.read({ direction: 'forward', limit: 10 }, {});
    return asked.at(-1);
  };
  const all: Viewer['scopes'] = new Set(['events:read', 'pii:read', 'raw:read']);
  expect(await read(all, 'eventId tenant { id }')).toEqual({ people: false, raw: false });
  expect(await read(all, 'eventId tenant { name }')).toEqual({ people: true, raw: false });
  expect(await read(all, 'eventId x: raw')).toEqual({ people: false, raw: true });
  expect(await read(all, '... on Cancellation { customer { name } } raw')).toEqual({ people: true, raw: true });
  expect(await read(new Set(['events:read', 'raw:read']), 'tenant { name } raw')).toEqual({
    people: false,
    raw: false,
  });
  expect(await read(new Set(['events:read', 'pii:read']), 'tenant { name } raw')).toEqual({ people: true, raw: false });
});

it('LOG4.7 parses no event that is not asked for, and each other event once for all', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  onTestFinished(() => log.close());
  const people = ['Rosa', 'Ana', 'Iara'];
  await log.append(people.map((tenantName) => newEvent({ data: {}, personal: { tenantName } })));
  const scopes: Viewer['scopes'] = new Set(['events:read', 'pii:read']);
  const context = createContext({ log, now: Date.now } as never, { tenants: null, scopes, expiresAt: Infinity });
  const parsing = vi.spyOn(JSON, 'parse');
  onTestFinished(() => parsing.mockRestore());
  const { events } = await context.read({ direction: 'forward', limit: 10 }, {});
  expect(events.map(({ eventId }) => eventId)).toHaveLength(people.length);
  expect(parsing).toHaveBeenCalledTimes(0);
  // All fields of a node come before those of the next, and all cohorts to one event.
  const seen = events.map((event) => Array.from({ length: 10 }, () => event.personal?.tenantName).at(-1));
  expect(seen).toEqual(people);
  expect(parsing).toHaveBeenCalledTimes(people.length);
});

it('LOG4.5 answers every field that it calls plain without the people of any event', async () => {
  const gateway = await TestGateway.start({ env: { GRAPHQL_MAX_ALIASES: '1000' } });
  await gateway.eduzz(attendanceCanceled({ id: 'ticket' }));
  await gateway.eduzz(eduzzEvent('some.thing'));
  await gateway.wix(wixClaims(bookingCanceledEvent({ id: 'booking' })));
  const schema = createSchema();
  const plainNames = plainFields(SHIPPED);
  const types = schema.getPossibleTypes(schema.getType('Event') as never);
  const fragments = types.map((type) => {
    const isPlain = ({ name }: { readonly name: string }) => plainNames.has(name) && name !== 'raw';
    const fields = Object.values(type.getFields())
      .filter(isPlain)
      .map(({ name, type: of }) => {
        const inner = getNamedType(of);
        const members = isObjectType(inner) ? Object.values(inner.getFields()).filter(isPlain) : [];
        const asked = members.filter((member) => isLeafType(getNamedType(member.type))).map((member) => member.name);
        return `${type.name}_${name}: ${name}${isObjectType(inner) ? ` { __typename ${asked.join(' ')} }` : ''}`;
      });
    return `... on ${type.name} { ${fields.join(' ')} }`;
  });
  const query = `{ events { edges { node { __typename ${fragments.join(' ')} } } } }`;
  const document = parse(query);
  expect(document.definitions[0]?.kind).toBe(Kind.OPERATION_DEFINITION);
  expect(partsOf(document, schema)).toEqual({ people: false, raw: false });
  const plain = await gateway.query(query);
  // The same, in a document that has their people read.
  const whole = await gateway.query(query.replace('__typename', '__typename tenant { name }'));
  expect(plain.errors ?? []).toEqual([]);
  const nodes = (answer: typeof plain) =>
    answer.data!['events'].edges.map(({ node }: any) => ({ ...node, tenant: null }));
  expect(nodes(plain)).toEqual(nodes(whole));
  expect(nodes(plain)).toHaveLength(3);
  expect(JSON.stringify(plain)).toContain(INSTANCE);
});
