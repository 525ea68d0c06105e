import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { TestGateway } from '../support/gateway.ts';
import { LINEAR, growthOf } from '../support/growth.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true });
});
afterAll(() => gateway.end());

const SIZE = 16_000;

type Payload = Record<string, unknown>;
const noted = (note: string, participant: Payload = {}) =>
  attendanceCanceled({ participant: { customFields: { note }, ...participant } });
const many = <T>(size: number, length: number, item: (index: number) => T): T[] =>
  Array.from({ length: size / length }, (_, index) => item(index));

const deliveries: [what: string, status: string, payload: (size: number) => Payload][] = [
  ['a text of marks', 'accepted', (size) => noted(`x@${'\u0301\u0316'.repeat(size / 2)}`)],
  ['a text of many @', 'accepted', (size) => noted('a@'.repeat(size / 2))],
  ['addresses', 'accepted', (size) => noted(many(size, 14, (n) => `m${n}@b.example`).join(' '))],
  ['marks, in quarantine', 'quarantined', (size) => noted(`${'\u0301\u0316'.repeat(size / 2)}@x`, { id: [] })],
  [
    'people and ids, in quarantine',
    'quarantined',
    (size) =>
      eduzzEvent('blinket.attendances_printed', {
        participants: many(size, 80, (n) => ({ id: `p-${n}`, name: `I ${n}`, email: `i${n}@x.example` })),
        orders: many(size, 40, (n) => ({ orderId: `order-0001-${n}` })),
      }),
  ],
];
it.each(deliveries)(
  'IN5.8 records and answers in a time that grows no faster than %s',
  async (_what, status, payloadOf) => {
    const deliver = (size: number) => {
      const payload = payloadOf(size);
      return async () => {
        const { body } = await gateway.eduzz({ ...payload, id: randomUUID() });
        expect(body).toMatchObject({ status });
      };
    };
    expect(await growthOf(deliver, SIZE)).toBeLessThanOrEqual(LINEAR);
  },
);

const asked: [what: string, query: string, variables?: (size: number) => Payload][] = [
  ['a cursor', 'query ($it: String) { events(first: 1, after: $it) { head } }', (size) => ({ it: 'A'.repeat(size) })],
  ['an id', 'query ($it: [ID!]!) { nodes(ids: $it) { id } }', (size) => ({ it: ['T'.repeat(size)] })],
  [
    'a value of a filter',
    'query ($it: [String!]) { events(first: 1, filter: { subjects: $it }) { head } }',
    (size) => ({ it: ['\ud83d\udc7b\u0301'.repeat(size / 3)] }),
  ],
  [
    'a list that is too long',
    'query ($it: [String!]) { events(first: 1, filter: { subjects: $it }) { head } }',
    (size) => ({ it: many(size, 8, (n) => `s/${n}`) }),
  ],
  [
    'a moment',
    'query ($it: DateTime) { events(first: 1, filter: { occurredFrom: $it }) { head } }',
    (size) => ({ it: `2026-01-01T00:00:00.${'0'.repeat(size)}Z` }),
  ],
  ['variables that nobody asked for', '{ __typename }', (size) => ({ it: many(size, 8, (n) => ({ [`m${n}`]: n })) })],
];
it.each(asked)('IN5.8 answers a query in a time that grows no faster than %s', async (_what, query, variables) => {
  const ask = (size: number) => () => gateway.query(query, variables?.(size));
  expect(await growthOf(ask, SIZE)).toBeLessThanOrEqual(LINEAR);
});

const documents: [what: string, document: (size: number) => string][] = [
  ['comments', (size) => `{ __typename } ${'#\n'.repeat(size / 2)}`],
  ['a text in it', (size) => `{ nodes(ids: ["${String.raw`\"`.repeat(size / 2)}"]) { id } }`],
  ['a text of many lines in it', (size) => `{ nodes(ids: ["""${'\n  "'.repeat(size / 4)}."""]) { id } }`],
  ['a name that is none', (size) => `{ ${'a'.repeat(size)} }`],
  ['braces', (size) => '{a'.repeat(size / 2)],
  ['half characters', (size) => '\ud800'.repeat(size)],
];
it.each(documents)(
  'IN5.8 answers a query in a time that grows no faster than its document: %s',
  async (_what, document) => {
    const ask = (size: number) => () => gateway.query(document(size));
    expect(await growthOf(ask, SIZE)).toBeLessThanOrEqual(LINEAR);
  },
);
