import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultLimits } from '../../src/limits-config.ts';
import { documentLimits } from '../../src/execution/document-limits.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { environment } from '../../src/settings.ts';
import { TestGateway, temporaryFolder } from '../support/gateway.ts';
import { type Asked, TRANSPORTS, limitsMet } from '../support/transports.ts';

const { POST, SSE, WebSocket } = TRANSPORTS;
const EVERY = Object.values(TRANSPORTS);

const env = {
  GRAPHQL_MAX_TOKENS: '90',
  GRAPHQL_MAX_DEPTH: '5',
  GRAPHQL_MAX_ALIASES: '3',
  GRAPHQL_MAX_DIRECTIVES: '2',
  GRAPHQL_MAX_COST: '700',
};

/** Two with limits that are soon met, and one with those that there are. A test counts only what it met itself. */
let strict: TestGateway;
let stricter: TestGateway;
let usual: TestGateway;

beforeAll(async () => {
  const fewer = { ...env, GRAPHQL_MAX_DEPTH: '4', GRAPHQL_MAX_TOKENS: '95' };
  [strict, stricter, usual] = await Promise.all([
    TestGateway.start({ env, lasting: true }),
    TestGateway.start({ env: fewer, lasting: true }),
    TestGateway.start({ lasting: true }),
  ]);
});
afterAll(() => Promise.all([strict.end(), stricter.end(), usual.end()]));

/** How often which limit was met meanwhile. */
async function metWhile(gateway: TestGateway, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await limitsMet(gateway);
  await work();
  const now = Object.entries(await limitsMet(gateway));
  return Object.fromEntries(
    now.map(([limit, count]) => [limit, count - (before[limit] ?? 0)] as const).filter(([, count]) => count > 0),
  );
}

const typenames = (count: number) => '__typename '.repeat(count);
const included = (count: number) => '__typename @include(if: true) '.repeat(count);
/** An alias of `__typename` does not count: Relay has one for each interface. */
const aliased = (count: number) =>
  Array.from({ length: count }, (_, n) => `a${n}: quarantine(first: 1) { b: __typename }`).join(' ');
const placed = (fields: string) =>
  `{ events(first: 1) { edges { node { ...Placed } } } } fragment Placed on BookingEvent { slot { ${fields} } }`;
/** Fragments that spread the next one twice: a hundred and twenty-eight times what the last one holds. */
const doubling = (type: string, fields: string) => {
  const names = 'ABCDEFG'.split('');
  const fragments = names.map((name, index) => {
    const spread = `...${names[index + 1] ?? 'Z'}`;
    return `fragment ${name} on ${type} { ${spread} ${spread} }`;
  });
  return `${fragments.join(' ')} fragment Z on ${type} { ${fields} }`;
};
const PAGE =
  'query ($n: Int, $ids: [String!]) { events(first: $n, filter: { subjects: $ids }) { edges { node { id } } } }';
const listing = (count: number) => ({ query: PAGE, variables: { n: 10, ids: Array(count).fill('ticket/1') } });

/** Just what a limit lets through, and what it doesn't. */
const limits: [limit: string, setting: number, within: Asked, beyond: Asked][] = [
  ['tokens', 90, { query: `{${typenames(88)}}` }, { query: `{${typenames(89)}}` }],
  ['tokens', 90, { query: `#${' '.repeat(2_000)}\n{__typename}` }, { query: `#${' '.repeat(3_000)}\n{__typename}` }],
  ['depth', 5, { query: placed('timeZone') }, { query: placed('location { locationId }') }],
  ['aliases', 3, { query: `{${aliased(3)}}` }, { query: `{${aliased(4)}}` }],
  ['directives', 2, { query: `{${included(2)}}` }, { query: `{${included(3)}}` }],
  ['cost', 700, { query: PAGE, variables: { n: 50 } }, { query: PAGE, variables: { n: 60 } }],
  ['cost', 700, listing(50), listing(60)],
  [
    'cost',
    700,
    { query: `{ ...A } ${doubling('Query', typenames(5))}` },
    { query: `{ ...A } ${doubling('Query', typenames(6))}` },
  ],
];
it.each(limits)('GQL6.1 holds a document to its %s, on every transport alike', async (limit, most, within, beyond) => {
  const taken = await metWhile(strict, async () => {
    for (const ask of EVERY) expect(await ask(strict, within)).not.toHaveProperty('errors');
  });
  expect(taken).toEqual({});
  const message = expect.stringContaining(String(most));
  const refused = await metWhile(strict, async () => {
    for (const ask of EVERY) {
      const answer = await ask(strict, beyond);
      expect(answer).toMatchObject({ errors: [{ message, extensions: { code: 'DOCUMENT_TOO_LARGE' } }] });
      expect(answer).not.toHaveProperty('data');
    }
  });
  expect(refused).toEqual({ [limit]: EVERY.length });
});

const NODE = '... on EventEdge { node';
const subscriptions: [limit: string, document: string][] = [
  ['tokens', `subscription { events { ${typenames(90)} } }`],
  [
    'depth',
    `subscription { events { ${NODE} { ... on BookingEvent { slot { location { ...L } } } } } } } fragment L on BookingLocation { __typename locationId }`,
  ],
  ['aliases', `subscription { a: events { b: cursor ${NODE} { c: id d: type } } } }`],
  ['directives', `subscription { events { ${included(3)} } }`],
  ['cost', `subscription { events { ...A } } ${doubling('StreamMessage', typenames(6))}`],
];
it.each(subscriptions)('GQL6.1 holds a subscription to its %s like a query', async (limit, query) => {
  const gateway = stricter;
  const met = await metWhile(gateway, async () => {
    for (const ask of EVERY) {
      expect(await ask(gateway, { query })).toMatchObject({ errors: [{ extensions: { code: 'DOCUMENT_TOO_LARGE' } }] });
    }
  });
  expect(met).toEqual({ [limit]: EVERY.length });
});

it('GQL6.1 lets a subscription have one field at its root, by any name', async () => {
  const gateway = usual;
  const refused = [
    'subscription { events { cursor } cancellations { cursor } }',
    'subscription { a: events { cursor } b: events { cursor } }',
    'subscription { ...F } fragment F on Subscription { events { cursor } ... { b: events { cursor } } }',
    'subscription { events { cursor } __typename }',
    'subscription { events @include(if: true) { cursor } cancellations @skip(if: true) { cursor } }',
  ];
  const met = await metWhile(gateway, async () => {
    for (const query of refused) {
      for (const ask of EVERY) {
        const { errors } = await ask(gateway, { query });
        expect(errors?.[0], query).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
      }
    }
  });
  expect(met).toEqual({ root_fields: refused.length * EVERY.length });
  const query = 'subscription { a: events { cursor } a: events { __typename } }';
  for (const ask of [SSE, WebSocket]) {
    expect(await ask(gateway, { query })).toMatchObject({ data: { a: { __typename: 'CaughtUp' } } });
  }
});

it('GQL6.1 weighs the operation that is asked for, and runs nothing that it can’t weigh', async () => {
  const gateway = strict;
  const dear = 'events(first: 100) { edges { node { id } } }';
  const query = `query A { __typename } query B { ${dear} }`;
  for (const ask of EVERY) {
    expect(await ask(gateway, { query, operationName: 'A' })).toEqual({ data: { __typename: 'Query' } });
    expect(await ask(gateway, { query, operationName: 'B' })).toMatchObject({
      errors: [{ extensions: { code: 'DOCUMENT_TOO_LARGE' } }],
    });
    // A list that is null in the end: by itself no more than an error of its field.
    const nothing = { query: `query ($ids: [ID!] = []) { nodes(ids: $ids) { id } ${dear} }`, variables: { ids: null } };
    const answer = await ask(gateway, nothing);
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(answer).not.toHaveProperty('data');
  }
});

const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');
const spreading = (count: number, fields: string) =>
  `{ ${times(count, (n) => `...F${n}`)} } ${times(count, (n) => `fragment F${n} on Query { ${fields} }`)}`;

/** What graphql-js compares pair by pair, for up to a second: each as often as is let through, and once more. */
const repeats: [what: string, document: (count: number) => string, most: number][] = [
  ['fields with selections', (count) => `{ ${times(count, () => 'nodes(ids: []) { id }')} }`, 69],
  ['leaves', (count) => `{ nodes(ids: []) { ${'id '.repeat(count)} } }`, 316],
  ['spreads', (count) => spreading(count, '__typename'), 141],
  ['fields in fragments', (count) => spreading(count, 'nodes(ids: []) { __typename }'), 63],
  [
    'fields of several types',
    (count) =>
      `{ nodes(ids: []) { ${times(count, (n) => `... on ${n % 2 ? 'TicketChange' : 'OrderCancellation'} { tenant { __typename } }`)} } }`,
    71,
  ],
  ['__typename', (count) => `{ ${'__typename '.repeat(count)} }`, 707],
];
it.each(repeats)('GQL6.1 refuses repeated %s before they are compared, and says so', async (_what, document, most) => {
  const met = await metWhile(usual, async () => {
    for (const ask of EVERY) expect(await ask(usual, { query: document(most) })).not.toHaveProperty('errors');
    for (const ask of EVERY) {
      const { errors } = await ask(usual, { query: document(most + 1) });
      expect(errors).toMatchObject([
        { message: expect.stringContaining('Ask for each field once'), extensions: { code: 'DOCUMENT_TOO_LARGE' } },
      ]);
    }
  });
  expect(met).toEqual({ repeats: EVERY.length });
});

it('GQL6.1 checks the limits before any rule of graphql-js runs', async () => {
  const gateway = usual;
  const query = `{ ${times(31, (n) => `a${n}: nothing { like this }`)} }`;
  for (const ask of EVERY) {
    const { errors } = await ask(gateway, { query });
    expect(errors).toMatchObject([{ extensions: { code: 'DOCUMENT_TOO_LARGE' } }]);
  }
});

const lists: [what: string, asked: Asked][] = [
  ['ids', { query: 'query ($l: [ID!]!) { nodes(ids: $l) { id } }' }],
  ['a filter', { query: 'query ($l: [String!]) { events(first: 1, filter: { types: $l }) { head } }' }],
  ['a subscription’s filter', { query: 'subscription ($l: [ID!]) { events(filter: { tenants: $l }) { cursor } }' }],
];
it.each(lists)('GQL6.1 takes a hundred values in the list of %s, and no more', async (_what, { query }) => {
  const gateway = usual;
  const id = Buffer.from('OtherEvent:eduzz:none').toString('base64');
  const asked = (count: number) => ({ query: query!, variables: { l: Array(count).fill(id) } });
  for (const ask of query!.startsWith('query') ? EVERY : [SSE, WebSocket]) {
    expect(await ask(gateway, asked(100))).not.toHaveProperty('errors');
    const { errors } = await ask(gateway, asked(101));
    expect(errors).toMatchObject([{ message: expect.stringContaining('100'), extensions: { code: 'BAD_REQUEST' } }]);
  }
});

it('GQL6.1 refuses a document each time that it comes, and serves others meanwhile', async () => {
  const gateway = strict;
  const beyond = { query: `{${aliased(4)}}` };
  const met = await metWhile(gateway, async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => EVERY[n % 3]!(gateway, n % 2 ? beyond : { query: '{ __typename }' })),
    );
    expect(answers.map(({ errors }) => errors?.length ?? 0)).toEqual(answers.map((_, n) => n % 2));
  });
  expect(met).toEqual({ aliases: 15 });
  expect(await POST(gateway, { query: '{ __typename }' })).toEqual({ data: { __typename: 'Query' } });
});

const PAGE_OF_LIMITS = readFileSync(new URL('../../docs/LIMITS.md', import.meta.url), 'utf8');

it('DOC1.2 counts the points of the example in LIMITS.md as it says', async () => {
  const query = /```graphql\n([^]*?)```/.exec(PAGE_OF_LIMITS)![1]!;
  const points = Number(/costs (\d+) points/.exec(PAGE_OF_LIMITS)![1]);
  const gateway = await TestGateway.start({ env: { GRAPHQL_MAX_COST: String(points) } });
  expect(await POST(gateway, { query })).not.toHaveProperty('errors');
  const less = await TestGateway.start({ env: { GRAPHQL_MAX_COST: String(points - 1) } });
  const { errors } = await POST(less, { query });
  expect(errors?.[0]?.message).toContain(`${points} points`);
});

it('DOC1.2 has the defaults in LIMITS.md that there are', () => {
  const rows = [...PAGE_OF_LIMITS.matchAll(/`(GRAPHQL_\w+)` +\| (\d+) /g)];
  const { tokens, cost } = documentLimits(defaultLimits().documents, createSchema());
  const defaults: Record<string, unknown> = {
    ...environment.parse({}),
    GRAPHQL_MAX_TOKENS: tokens,
    GRAPHQL_MAX_COST: cost,
  };
  expect(rows).toHaveLength(8);
  for (const [, setting, value] of rows) expect(defaults[setting!], setting).toBe(Number(value));
});

it('DOC1.2 reads the manifests in LIMITS.md', async () => {
  const manifests = [...PAGE_OF_LIMITS.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => text!);
  expect(manifests).toHaveLength(2);
  for (const text of manifests) {
    const path = join(temporaryFolder(), 'documents.json');
    writeFileSync(path, text);
    const gateway = await TestGateway.start({ env: { TRUSTED_DOCUMENTS: path } });
    const answer = await POST(gateway, { documentId: 'recent' }, { scope: 'events:read' });
    expect(answer).toMatchObject({ data: { events: { head: expect.any(String) } } });
  }
});
