import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { bookingCanceled } from '../fixtures/wix.ts';
import { type Claims, TestGateway } from '../support/gateway.ts';
import { measured } from '../support/metrics.ts';
import { EVENTS, type Message, Subscriber } from '../support/subscriber.ts';
import { TRANSPORTS } from '../support/transports.ts';

/** For tests that begin with what is there, and change nothing but by deliveries. */
let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

const ASK = /* GraphQL */ `
  query Ask($from: DateTime!, $to: DateTime!, $bucket: BucketSize!, $timeZone: String, $filter: ActivityFilter) {
    activity(from: $from, to: $to, bucket: $bucket, timeZone: $timeZone, filter: $filter) {
      head
      buckets {
        startsAt
        endsAt
        cancellations
        refundsExpected
        counts {
          source
          provider
          kind
          cancellations
          refundsExpected
        }
      }
    }
  }
`;
/** The other fields of a bucket. */
const TYPES = 'events types { source provider typename happened events unsummed amounts { amount currency } }';

const FOLLOW = /* GraphQL */ `
  subscription Follow($after: String, $bucket: BucketSize!, $timeZone: String, $filter: ActivityFilter) {
    stream: activity(after: $after, bucket: $bucket, timeZone: $timeZone, filter: $filter) {
      __typename
      cursor
      ... on ActivityChange {
        startsAt
        endsAt
        source
        provider
        kind
        cancellations
        refundsExpected
      }
      ... on Gap {
        reason
      }
    }
  }
`;

const NOON = '2026-03-01T12:00:00.000Z';
const DAY = { from: NOON, to: '2026-03-01T12:00:01.000Z', bucket: 'DAY' };

/** A ticket that was cancelled then. */
function ticketAt(at: string, producer = 1): Record<string, unknown> {
  return attendanceCanceled({
    sentDate: at,
    data: { createdAt: at },
    producer: { id: producer, name: 'P', email: 'p@p.example' },
  });
}

function bookingAt(at: string, withRefund: boolean | null): Record<string, unknown> {
  const flowControlSettings = { withRefund };
  return bookingCanceled({
    eventTime: at,
    booking: { canceledDate: at, updatedDate: at },
    body: { flowControlSettings },
  });
}

async function ask(gateway: TestGateway, variables: Record<string, unknown>, claims: Claims = {}) {
  const { data, errors } = await gateway.query(ASK, variables, claims);
  if (errors) throw new Error(JSON.stringify(errors));
  return data!['activity'] as { head: string; buckets: Record<string, any>[] };
}

/** The total, and the sources. */
async function total(gateway: TestGateway, variables: Record<string, unknown>, claims: Claims = {}) {
  const { buckets } = await ask(gateway, { ...DAY, ...variables }, claims);
  const sum = buckets.reduce((all, { cancellations }) => all + cancellations, 0);
  return { sum, sources: [...new Set(buckets.flatMap(({ counts }) => counts.map((count: any) => count.source)))] };
}

it('LOG7.2 counts by time, source and kind, with the empty buckets', async () => {
  const gateway = await TestGateway.start();
  const times = ['11:59:59.999', '12:00:00.000', '12:59:59.999', '14:00:00.000'];
  for (const time of times) await gateway.eduzz(ticketAt(`2026-03-01T${time}Z`));
  for (const refund of [true, false, null]) await gateway.wix(bookingAt('2026-03-01T12:30:00.000Z', refund));
  await gateway.eduzz(eduzzEvent('no.cancellation'));
  const asked = { from: '2026-03-01T12:34:56Z', to: '2026-03-01T13:00:00.001Z', bucket: 'HOUR' };
  const { buckets, head } = await ask(gateway, asked);
  const tickets = { source: 'eduzz', provider: 'eduzz', kind: 'TICKET', cancellations: 2, refundsExpected: 0 };
  const bookings = { source: 'wix', provider: 'wix', kind: 'BOOKING', cancellations: 3, refundsExpected: 1 };
  expect(buckets).toEqual([
    {
      startsAt: '2026-03-01T12:00:00.000Z',
      endsAt: '2026-03-01T13:00:00.000Z',
      cancellations: 5,
      refundsExpected: 1,
      counts: [tickets, bookings],
    },
    {
      startsAt: '2026-03-01T13:00:00.000Z',
      endsAt: '2026-03-01T14:00:00.000Z',
      cancellations: 0,
      refundsExpected: 0,
      counts: [],
    },
  ]);
  const { data } = await gateway.query('{ events(last: 1) { head } }');
  expect(head).toBe(data?.['events'].head);
  // Midnight in São Paulo and in India. The latter is half an hour from any full hour of UTC.
  const starts = async (timeZone: string) =>
    (await ask(gateway, { ...DAY, timeZone })).buckets.map(({ startsAt, cancellations }) => [startsAt, cancellations]);
  expect(await starts('America/Sao_Paulo')).toEqual([['2026-03-01T03:00:00.000Z', 7]]);
  expect(await starts('Asia/Kolkata')).toEqual([['2026-02-28T18:30:00.000Z', 7]]);
  const minutes = await ask(gateway, { ...asked, bucket: 'MINUTE', from: '2026-03-01T12:59:59Z' });
  expect(minutes.buckets.map(({ cancellations }) => cancellations)).toEqual([1, 0]);
});

it('LOG7.1 counts what a filter wants, and an empty list wants nothing', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(ticketAt(NOON, 1));
  await gateway.eduzz(ticketAt(NOON, 2));
  await gateway.wix(bookingAt(NOON, true));
  const sums = async (filter: Record<string, unknown> | null) => (await total(gateway, { filter })).sum;
  expect(await sums(null)).toBe(3);
  expect(await sums({ kinds: null, sources: null })).toBe(3);
  expect(await sums({ kinds: ['TICKET'] })).toBe(2);
  expect(await sums({ providers: ['wix'] })).toBe(1);
  expect(await sums({ sources: ['eduzz', 'wix'], tenants: ['eduzz:2'] })).toBe(1);
  expect(await sums({ tenants: ['eduzz:2', 'eduzz:2'] })).toBe(1);
  expect(await sums({ kinds: [] })).toBe(0);
  expect(await sums({ happened: ['CANCELED'], sources: ['eduzz'] })).toBe(2);
  expect(await sums({ happened: ['PAID'] })).toBe(0);
});

it('LOG7.1 follows the counts of what a filter wants, by what happened as well', async () => {
  const gateway = await TestGateway.start();
  const { head: after } = await ask(gateway, DAY);
  const subscriber = await Subscriber.open(gateway, {
    query: `subscription ($after: String, $filter: ActivityFilter) {
      stream: activity(after: $after, bucket: DAY, filter: $filter) { __typename cursor ... on CountChange { happened } }
    }`,
    variables: { after, filter: { happened: ['CANCELED'] } },
  });
  await subscriber.caughtUp();
  await gateway.eduzz(eduzzEvent('no.cancellation'));
  await gateway.eduzz(ticketAt(NOON));
  await expect.poll(() => subscriber.messages.length).toBe(2);
  expect(subscriber.messages.at(-1)).toMatchObject({ __typename: 'ActivityChange', happened: 'CANCELED' });
});

const OF_EVENTS =
  'happened, kinds, occurredBefore, occurredFrom, providers, search, sources, subjects, tenants, typenames, types';
const OF_COUNTS = 'happened, kinds, providers, sources, tenants, typenames';
const HIDDEN = 'schema.graphql has its members';
const SIMILAR = 'Did you mean "search"? ';

it.each([
  [
    'a token that sees the schema',
    'ops events:read',
    `${SIMILAR}Its members are ${OF_EVENTS}`,
    `Its members are ${OF_COUNTS}`,
  ],
  ['any other token', 'events:read', HIDDEN, HIDDEN],
])(
  'GQL2.11 refuses a member that a filter does not have, and says which it has, in texts, variables and subscriptions: %s',
  async (_name, scope, ofEvents, ofCounts) => {
    const gateway = shared;
    const claims = { scope };
    const isRefused = async (query: string, variables: object, code: string, message: string) => {
      const { errors } = await gateway.query(query, { ...variables }, claims);
      expect(errors, query).toMatchObject([{ message, extensions: { code } }]);
    };
    const events = `EventFilter has no member "serch". ${ofEvents}.`;
    const serch = { serch: 'ana' };
    const invalid = 'GRAPHQL_VALIDATION_FAILED';
    await isRefused('{ events(filter: { serch: "ana" }) { head } }', {}, invalid, events);
    await isRefused('{ cancellations(filter: { serch: "ana" }) { head } }', {}, invalid, events);
    const asked = 'query ($filter: EventFilter) { events(filter: $filter) { head } }';
    await isRefused(asked, { filter: serch }, 'BAD_REQUEST', events);
    // Counts have no search, and the answer says how else to count.
    const counts =
      `ActivityFilter has no member "search". ${ofCounts}. Counts are kept by these lists only: to count what a search, ` +
      'a subject or a provider’s own type finds, read the pages of `events`.';
    const filter = { search: 'ana' };
    await isRefused(ASK, { ...DAY, filter }, 'BAD_REQUEST', counts);
    const text = `{ activity(from: "${NOON}", to: "${DAY.to}", bucket: DAY, filter: { search: "ana" }) { head } }`;
    await isRefused(text, {}, invalid, counts);
    for (const [query, variables, message] of [
      [FOLLOW, { bucket: 'DAY', filter }, counts],
      [EVENTS, { filter: serch }, events],
    ] as const) {
      // Once an operation is weighed, its variables are looked at when the subscription begins.
      const good = await Subscriber.open(gateway, { query, variables: { bucket: 'DAY' }, claims });
      await good.caughtUp();
      const { errors } = await TRANSPORTS.SSE(gateway, { query, variables }, claims);
      expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_REQUEST' } }]);
    }
  },
);

it('GQL3.1 says what is wrong with a request for activity, in a query and in a subscription', async () => {
  const gateway = shared;
  const bad: [Record<string, unknown>, string][] = [
    [{ to: NOON }, '"to" must be later'],
    [{ timeZone: 'Mars/Olympus' }, 'no such time zone'],
    [{ timeZone: 'america/sao_paulo' }, 'no such time zone'],
    [{ bucket: 'MINUTE', to: '2026-03-02T13:01:00Z' }, '1500 buckets'],
    [{ filter: { sources: Array(101).fill('eduzz') } }, '100 values'],
  ];
  for (const [variables, message] of bad) {
    const { errors } = await gateway.query(ASK, { ...DAY, ...variables });
    expect(errors).toMatchObject([{ message: expect.stringContaining(message), extensions: { code: 'BAD_REQUEST' } }]);
  }
  const ask = { query: FOLLOW, variables: { bucket: 'DAY', timeZone: 'Mars/Olympus' } };
  const { errors } = await TRANSPORTS.SSE(gateway, ask);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  const nulls = await gateway.query(ASK, { ...DAY, timeZone: null, filter: null });
  expect(nulls.errors).toBeUndefined();
});

it('AUTH1.3 counts only what the token may see, and says so when asked for more', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(ticketAt(NOON, 1));
  await gateway.eduzz(ticketAt(NOON, 2));
  await gateway.wix(bookingAt(NOON, null));
  const claims = { tenants: ['eduzz:2'], scope: 'events:read' };
  expect(await total(gateway, {}, claims)).toEqual({ sum: 1, sources: ['eduzz'] });
  expect(await total(gateway, { filter: { sources: ['wix'] } }, claims)).toEqual({ sum: 0, sources: [] });
  expect(await total(gateway, {}, { ...claims, tenants: ['eduzz:3'] })).toMatchObject({ sum: 0 });
  const forbidden: [Record<string, unknown>, Claims][] = [
    [{ filter: { tenants: ['eduzz:1'] } }, claims],
    [{}, { scope: 'pii:read ops' }],
  ];
  for (const [variables, who] of forbidden) {
    const { errors } = await gateway.query(ASK, { ...DAY, ...variables }, who);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const following = { query: FOLLOW, variables: { bucket: 'DAY', ...variables } };
    expect(await TRANSPORTS.SSE(gateway, following, who)).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  }
  const { head } = await ask(gateway, DAY, claims);
  const mine = await Subscriber.open(gateway, { query: FOLLOW, claims, variables: { after: head, bucket: 'DAY' } });
  await mine.caughtUp();
  await gateway.eduzz(ticketAt(NOON, 1));
  await gateway.wix(bookingAt(NOON, null));
  await gateway.eduzz(ticketAt(NOON, 2));
  await mine.until(({ messages }) => messages.length === 2);
  expect(mine.messages[1]).toMatchObject({ __typename: 'ActivityChange', source: 'eduzz' });
});

it('GQL6.2 lets a month of hours through, with all that can be asked of it, and not ten of them', async () => {
  const gateway = shared;
  const fields = /\{ *\n? *head[^]*?\n {4}\}/.exec(ASK)![0].replace('counts {', `${TYPES} counts {`);
  const month = 'activity(from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z", bucket: HOUR)';
  const many = (count: number) =>
    `{ ${Array.from({ length: count }, (_, n) => `a${n}: ${month} ${fields}`).join(' ')} }`;
  expect(await gateway.query(many(1))).not.toHaveProperty('errors');
  const { errors } = await gateway.query(many(10));
  expect(errors).toMatchObject([{ extensions: { code: 'DOCUMENT_TOO_LARGE' } }]);
});

it('LIVE4.2 makes one cohort of all who follow the counts of a tenant, with any scopes, and of no others', async () => {
  const gateway = await TestGateway.start();
  const cohorts = () => measured(gateway.url, 'hookcast_cohorts');
  const scopes = ['events:read', 'events:read pii:read', 'events:read pii:read raw:read ops'];
  const open = (query: string, scope: string, variables = {}, tenants = ['wix:1', 'eduzz:1']) =>
    Subscriber.open(gateway, { query, variables, claims: { scope, tenants } });
  const { head } = await ask(gateway, DAY);
  const viewers = await Promise.all(
    // A client that comes back with a cursor is in it as well.
    scopes.map((scope, index) => open(FOLLOW, scope, { bucket: 'DAY', ...(index > 0 && { after: head }) })),
  );
  for (const viewer of viewers) await viewer.caughtUp();
  expect(await cohorts()).toBe(1);
  await gateway.eduzz(ticketAt(NOON));
  for (const viewer of viewers) await viewer.until(({ messages }) => messages.length === 2);
  expect(viewers[0]!.messages[1]).toEqual({
    __typename: 'ActivityChange',
    cursor: expect.any(String),
    startsAt: '2026-03-01T00:00:00.000Z',
    endsAt: '2026-03-02T00:00:00.000Z',
    source: 'eduzz',
    provider: 'eduzz',
    kind: 'TICKET',
    cancellations: 1,
    refundsExpected: 0,
  });
  for (const viewer of viewers) expect(viewer.messages[1]).toEqual(viewers[0]!.messages[1]);
  const others = [
    await open(FOLLOW, scopes[0]!, { bucket: 'HOUR' }),
    await open(FOLLOW, scopes[0]!, { bucket: 'DAY', timeZone: 'America/Sao_Paulo' }),
    await open(FOLLOW, scopes[0]!, { bucket: 'DAY' }, ['eduzz:1']),
  ];
  for (const other of others) await other.caughtUp();
  expect(await cohorts()).toBe(4);
  // Messages that disclose people are still made for each scope.
  const names = 'subscription { stream: cancellations { __typename cursor } }';
  for (const scope of scopes) await (await open(names, scope)).caughtUp();
  expect(await cohorts()).toBe(7);
});

it('LIVE6.2 sends nothing for other events and erasures, which change no count, and announces a gap', async () => {
  const gateway = await TestGateway.start();
  const variables = { bucket: 'DAY' };
  const follower = await Subscriber.open(gateway, { query: FOLLOW, variables });
  await follower.caughtUp();
  const told = await Subscriber.open(gateway);
  await told.caughtUp();
  await gateway.wix(bookingAt(NOON, true));
  const forget = {
    eventTime: NOON,
    triggeredByAnonymizeRequest: true,
    body: { flowControlSettings: { withRefund: true } },
  };
  await gateway.wix(bookingCanceled(forget));
  await told.until(({ messages }) => messages.some(({ __typename }) => __typename === 'Erasure'));
  await gateway.eduzz(eduzzEvent('no.cancellation'));
  await gateway.eduzz(ticketAt(NOON));
  await follower.until(({ messages }) => messages.length >= 4);
  const kinds = ({ messages }: Subscriber) => messages.map(({ __typename }) => __typename);
  expect(kinds(follower)).toEqual(['CaughtUp', 'ActivityChange', 'ActivityChange', 'ActivityChange']);
  expect(follower.errors).toEqual([]);
  expect(sumOf(follower.messages)).toEqual({ cancellations: 3, refundsExpected: 2 });
  const { buckets } = await ask(gateway, { ...DAY, from: '2026-03-01T00:00:00Z', to: '2026-03-04T00:00:00Z' });
  expect(sumOf(buckets)).toEqual({ cancellations: 3, refundsExpected: 2 });
  const again = await Subscriber.open(gateway, {
    query: FOLLOW,
    variables: { ...variables, after: follower.messages[0]!.cursor },
  });
  await again.caughtUp();
  expect(again.messages.slice(0, 3)).toEqual(follower.messages.slice(1));
  const after = Buffer.from('AAAAAAAAAAAAAAAA:1').toString('base64url');
  const lost = await Subscriber.open(gateway, { query: FOLLOW, variables: { ...variables, after } });
  await lost.caughtUp();
  expect(kinds(lost)).toEqual(['Gap', 'ActivityChange', 'ActivityChange', 'ActivityChange', 'CaughtUp']);
});

function sumOf(some: readonly (Record<string, any> | Message)[]) {
  const sum = (name: string) => some.reduce((all, one) => all + Number((one as Record<string, any>)[name] ?? 0), 0);
  return { cancellations: sum('cancellations'), refundsExpected: sum('refundsExpected') };
}

it('DOC1.2 counts for charts as FRONTENDS.md shows it', async () => {
  const page = readFileSync(new URL('../../docs/FRONTENDS.md', import.meta.url), 'utf8');
  const chapter = page.slice(page.indexOf('\n## Counts for charts\n'));
  const [query, subscription, today, followToday] = [...chapter.matchAll(/```graphql\n([^]*?)```/g)].map(
    ([, text]) => text!,
  );
  const gateway = shared;
  const variables = { from: NOON, to: '2026-03-02T12:00:00Z', timeZone: 'America/Sao_Paulo' };
  const { data } = await gateway.query(query!, variables);
  const after = data!['activity'].head;
  await gateway.eduzz(ticketAt(NOON));
  const follower = { query: subscription!, variables: { after, timeZone: variables.timeZone } };
  const answer = await TRANSPORTS.SSE(gateway, follower);
  const { startsAt } = data!['activity'].buckets[0];
  expect(answer).toMatchObject({ data: { activity: { startsAt, source: 'eduzz', cancellations: 1 } } });
  const typed = { ...variables, typenames: ['TicketCancellation'] };
  const sold = await gateway.query(today!, typed, { scope: 'events:read' });
  const [type] = sold.data!['activity'].buckets[0].types;
  expect(type).toMatchObject({ source: 'eduzz', typename: 'TicketCancellation', happened: 'CANCELED', amounts: [] });
  await gateway.eduzz(ticketAt(NOON));
  const next = { query: followToday!, variables: { ...typed, after: sold.data!['activity'].head } };
  expect(await TRANSPORTS.SSE(gateway, next)).toMatchObject({
    data: { activity: { ...type, __typename: 'ActivityChange', events: 1 } },
  });
});
