import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { eventType } from '../../src/declaration/event-type.ts';
import { enumType, id } from '../../src/declaration/fields.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { Cancellation } from '../../src/types/cancellation.ts';
import { OrderCancellation } from '../../src/types/order-cancellation.ts';
import { money } from '../../src/types/money.ts';
import { person } from '../../src/types/person.ts';
import { TestGateway } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';
import { TRANSPORTS } from '../support/transports.ts';

const Sale = eventType('Sale', {
  description: 'Something was sold, or money was given back.',
  fields: z.object({ what: enumType('SaleKind', ['PAID', 'REFUNDED']), price: money.nullable(), buyer: person }),
  happened: 'what',
  amount: 'price',
});
/** It calls a member as cancellations do, and cancels nothing. */
const Seat = eventType('Seat', {
  description: 'A seat was sold.',
  fields: z.object({
    kind: z.enum(['STALLS', 'BOX']),
    isScheduled: z.boolean(),
    refundExpected: z.boolean(),
    lot: z.object({ price: money.nullable() }).nullable(),
  }),
  amount: 'lot.price',
});
/** A cancellation of one's own: it says that it is one. */
const SeatLost = eventType('SeatLost', {
  description: 'A seat was given back.',
  implements: [Cancellation],
  fields: z.object({ ...Cancellation.shape, row: id }),
});
const NOON = Date.UTC(2026, 2, 1, 12);
const payload = z.object({ what: z.string(), price: z.string().nullable(), currency: z.string().default('BRL') });
const priceOf = ({ price, currency }: z.output<typeof payload>) =>
  price === null ? null : { amount: price, currency };

/** A shop of a user's own, with a type of its own. */
const shop = defineProvider({
  name: 'shop',
  verify: sharedToken({ header: 'x-token', tokens: ['t'.repeat(16)] }),
  about: ({ payload: { id, type, account, at } }) => ({
    type: String(type),
    eventId: String(id),
    account: String(account),
    occurredAt: { at: Number(at), text: '' },
  }),
  events: {
    sale: event(payload, Sale, (body) => ({
      what: body.what as 'PAID',
      price: priceOf(body),
      buyer: { name: 'Ana', email: 'ana@imaginaria.example', phone: null, externalId: null },
    })),
    seat: event(payload, Seat, (body) => ({
      kind: 'BOX',
      isScheduled: true,
      refundExpected: true,
      lot: body.what === 'GIVEN' ? null : { price: priceOf(body) },
    })),
    lost: event(payload, SeatLost, () => ({ kind: 'TICKET', row: '7', refundExpected: true })),
    cancelled: event(payload, OrderCancellation, (body) => ({ orderId: '1', total: priceOf(body) })),
  },
});

const COUNTS = 'source typename happened events unsummed amounts { amount currency }';
const ASK = `query Ask($filter: ActivityFilter, $from: DateTime = "2026-03-01T00:00:00Z", $bucket: BucketSize = DAY) {
  activity(from: $from, to: "2026-03-01T12:30:00Z", bucket: $bucket, filter: $filter) {
    head buckets { events cancellations types { ${COUNTS} } } } }`;
const FOLLOW = `subscription Follow($after: String, $filter: ActivityFilter) {
  stream: activity(after: $after, bucket: DAY, filter: $filter) { __typename cursor ...Counted } }
  fragment Counted on CountChange { startsAt ${COUNTS} }`;
/** The token of a screen on the wall, which sees nobody's name. */
const WALL = { scope: 'events:read' };

let gateway: TestGateway;
let account = 0;
let count = 0;

beforeAll(async () => void (gateway = await TestGateway.start({ lasting: true, sources: new Map([['shop', shop]]) })));
afterAll(() => gateway.end());
// Each test has an account of its own, so that it counts what it has sold.
beforeEach(() => void (account += 1));

async function post(fields: Record<string, unknown>): Promise<void> {
  const body = JSON.stringify({ id: `e${(count += 1)}`, type: 'sale', account, at: NOON, what: 'PAID', ...fields });
  expect(await gateway.post('shop', { headers: { 'x-token': 't'.repeat(16) }, body })).toMatchObject({
    body: { status: 'accepted' },
  });
}
const mine = () => ({ tenants: [`shop:${account}`], ...WALL });

async function ask(variables: Record<string, unknown> = {}) {
  const { data, errors } = await gateway.query(ASK, variables, mine());
  expect(errors).toBeUndefined();
  return data!['activity'] as { head: string; buckets: readonly Record<string, any>[] };
}

it('LOG7.9 gives a token without personal data the exact sums of today, by what happened and currency', async () => {
  for (const price of ['0.1', '0.2', '19.90']) await post({ price });
  await post({ price: '5', currency: 'EUR' });
  await post({ price: '12,50' });
  await post({ price: null });
  await post({ what: 'REFUNDED', price: '19.9' });
  await post({ type: 'cancelled', price: '7' });
  await post({ type: 'not known here' });
  await post({ price: '1000', at: NOON + 86_400_000 });
  const sold = { source: 'shop', typename: 'Sale' };
  const { buckets } = await ask();
  expect(buckets).toEqual([
    {
      events: 9,
      cancellations: 1,
      types: [
        { source: 'shop', typename: 'OtherEvent', happened: null, events: 1, unsummed: 0, amounts: [] },
        {
          ...sold,
          happened: 'PAID',
          events: 6,
          unsummed: 1,
          amounts: [
            { amount: '20.2', currency: 'BRL' },
            { amount: '5', currency: 'EUR' },
          ],
        },
        { ...sold, happened: 'REFUNDED', events: 1, unsummed: 0, amounts: [{ amount: '19.9', currency: 'BRL' }] },
        {
          source: 'shop',
          typename: 'OrderCancellation',
          happened: 'CANCELED',
          events: 1,
          unsummed: 0,
          amounts: [{ amount: '7', currency: 'BRL' }],
        },
      ],
    },
  ]);
  const paid = await ask({ filter: { typenames: ['Sale', 'OtherEvent'], sources: ['shop'] } });
  expect(paid.buckets).toMatchObject([{ events: 8, cancellations: 0 }]);
  // The personal data is removed; the money stays.
  const log = new SqliteLog(join(gateway.folder, 'hookcast.db'));
  const asked = { by: 'email', email: 'ana@imaginaria.example', source: null } as const;
  expect((await log.erase(asked, { at: NOON, orderedBy: 'operator ana' })).erasures).not.toEqual([]);
  await log.close();
  expect((await ask()).buckets).toEqual(buckets);
  const buyers =
    '{ events(last: 10, filter: { typenames: ["Sale"] }) { edges { node { ... on Sale { buyer { name } } } } } }';
  const { data } = await gateway.query(buyers, {}, mine());
  expect(new Set(data!['events'].edges.map(({ node }: any) => node.buyer))).toEqual(new Set([null]));
});

it('LOG7.9 sums what stands in an object, and takes a type for no cancellation that calls a member as they do', async () => {
  const before = await ask();
  const subscriber = await Subscriber.open(gateway, {
    query: FOLLOW,
    claims: mine(),
    variables: { after: before.head },
  });
  await subscriber.caughtUp();
  await post({ type: 'seat', price: '80.50' });
  await post({ type: 'seat', price: '19.50' });
  await post({ type: 'seat', price: null });
  await post({ type: 'seat', what: 'GIVEN', price: '9' });
  await subscriber.until(({ messages }) => messages.length === 5);
  expect(subscriber.messages[1]).toMatchObject({ __typename: 'EventCountChange', typename: 'Seat', happened: null });
  const amounts = [{ amount: '100', currency: 'BRL' }];
  expect((await ask()).buckets).toEqual([
    {
      events: 4,
      cancellations: 0,
      types: [{ source: 'shop', typename: 'Seat', happened: null, events: 4, unsummed: 0, amounts }],
    },
  ]);
  const query =
    '{ events(last: 4) { edges { node { ... on Seat { seat: kind } } } } cancellations(last: 1) { edges { node { id } } } }';
  const { data } = await gateway.query(query, {}, mine());
  expect(data!['events'].edges).toEqual(Array.from({ length: 4 }, () => ({ node: { seat: 'BOX' } })));
  expect(data!['cancellations'].edges).toEqual([]);
});

it('LOG7.9 counts a type of one’s own as a cancellation if it implements one', async () => {
  await post({ type: 'lost', price: null });
  const query = `{
    cancellations(last: 1) { edges { node { __typename kind refundExpected } } }
    activity(from: "2026-03-01T00:00:00Z", to: "2026-03-01T12:30:00Z", bucket: DAY) {
      buckets { cancellations refundsExpected counts { kind } types { typename happened } } } }`;
  const { data } = await gateway.query(query, {}, mine());
  expect(data!['cancellations'].edges).toEqual([
    { node: { __typename: 'SeatLost', kind: 'TICKET', refundExpected: true } },
  ]);
  expect(data!['activity'].buckets).toEqual([
    {
      cancellations: 1,
      refundsExpected: 1,
      counts: [{ kind: 'TICKET' }],
      types: [{ typename: 'SeatLost', happened: 'CANCELED' }],
    },
  ]);
});

it('LIVE6.3 follows events of every type where CountChange is asked for, and adds up to what asking again gives', async () => {
  await post({ price: '1.5' });
  const before = await ask();
  const follow = (query: string, filter: Record<string, unknown> = {}) =>
    Subscriber.open(gateway, { query, claims: mine(), variables: { after: before.head, filter } });
  const all = await follow(FOLLOW);
  const sales = await follow(FOLLOW, { typenames: ['Sale'] });
  const old = await follow(
    'subscription ($after: String) { stream: activity(after: $after, bucket: DAY) { __typename cursor ... on ActivityChange { kind events } } }',
  );
  for (const subscriber of [all, sales, old]) await subscriber.caughtUp();
  await post({ price: '0.25' });
  await post({ price: 'much' });
  await post({ type: 'cancelled', price: '7' });
  await post({ type: 'not known here' });
  await post({ what: 'REFUNDED', price: '1.75' });
  const told = async (subscriber: Subscriber, most: number) => {
    await subscriber.until(({ messages }) => messages.length === most + 1);
    return subscriber.messages.slice(1);
  };
  const messages = await told(all, 5);
  expect(messages.map(({ __typename, typename, happened }) => [__typename, typename, happened])).toEqual([
    ['EventCountChange', 'Sale', 'PAID'],
    ['EventCountChange', 'Sale', 'PAID'],
    ['ActivityChange', 'OrderCancellation', 'CANCELED'],
    ['EventCountChange', 'OtherEvent', null],
    ['EventCountChange', 'Sale', 'REFUNDED'],
  ]);
  expect(await told(sales, 3)).toEqual(messages.filter(({ typename }) => typename === 'Sale'));
  // A client that counts cancellations is sent nothing else.
  expect(await told(old, 1)).toMatchObject([{ __typename: 'ActivityChange', kind: 'ORDER', events: 1 }]);
  const sums = (changes: readonly Record<string, any>[]) => {
    const sum = { events: 0, unsummed: 0, units: 0 };
    for (const { events, unsummed, amounts } of changes) {
      sum.events += events;
      sum.unsummed += unsummed;
      for (const { amount } of amounts) sum.units += Math.round(Number(amount) * 10_000);
    }
    return sum;
  };
  const { buckets } = await ask();
  expect(sums([...before.buckets[0]!['types'], ...messages])).toEqual(sums(buckets[0]!['types']));
  expect(sums(messages)).toEqual({ events: 5, unsummed: 1, units: 90_000 });
});

it('GQL2.6 finds by the names of our types, in queries and live, and says so where there is no such type', async () => {
  await post({ price: '1' });
  await post({ type: 'cancelled', price: '7' });
  await post({ type: 'not known here' });
  const list = async (field: string, typenames: readonly string[]) => {
    const query = `query ($filter: EventFilter) { ${field}(last: 10, filter: $filter) { edges { node { __typename } } } }`;
    const { data, errors } = await gateway.query(query, { filter: { typenames } }, mine());
    return errors ?? data![field].edges.map(({ node }: any) => node.__typename);
  };
  expect(await list('events', ['Sale'])).toEqual(['Sale']);
  expect(await list('events', ['OtherEvent', 'Sale', 'Sale'])).toEqual(['Sale', 'OtherEvent']);
  expect(await list('events', [])).toEqual([]);
  expect(await list('cancellations', ['Sale'])).toEqual([]);
  expect(await list('cancellations', ['OrderCancellation', 'Sale'])).toEqual(['OrderCancellation']);
  const refused = [
    {
      message: expect.stringMatching(/^No events have the type "Cancellation" here/),
      extensions: { code: 'BAD_REQUEST' },
    },
  ];
  expect(await list('events', ['Sale', 'Cancellation'])).toMatchObject(refused);
  const live = 'subscription ($filter: EventFilter) { stream: events(filter: $filter) { __typename cursor } }';
  for (const query of [live, FOLLOW]) {
    const asked = { query, variables: { filter: { typenames: ['Cancellation'] } } };
    expect(await TRANSPORTS.SSE(gateway, asked, mine())).toMatchObject({ errors: refused });
  }
  const sales = await Subscriber.open(gateway, {
    query: live,
    claims: mine(),
    variables: { filter: { typenames: ['Sale'] } },
  });
  await sales.caughtUp();
  await post({ type: 'cancelled', price: '7' });
  await post({ price: '2' });
  await sales.until(({ messages }) => messages.length === 2);
  expect(sales.messages.map(({ __typename }) => __typename)).toEqual(['CaughtUp', 'EventEdge']);
});
