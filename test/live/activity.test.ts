import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { sampleOf } from '../fixtures/eduzz-events.ts';
import { bookingCanceled } from '../fixtures/wix.ts';
import { type Claims, TestGateway } from '../support/gateway.ts';
import { type Message, Subscriber } from '../support/subscriber.ts';

const ARGUMENTS = '$bucket: BucketSize!, $timeZone: String, $filter: ActivityFilter';
const GIVEN = 'bucket: $bucket, timeZone: $timeZone, filter: $filter';
const COUNTS = 'source kind cancellations refundsExpected';
const TYPES = 'source typename happened events unsummed amounts { amount currency }';
const ASK = `query Ask($from: DateTime!, $to: DateTime!, ${ARGUMENTS}) {
  activity(from: $from, to: $to, ${GIVEN}) {
    head buckets { startsAt cancellations refundsExpected events counts { ${COUNTS} } types { ${TYPES} } } } }`;
const FOLLOW = `subscription Follow($after: String, ${ARGUMENTS}) {
  stream: activity(after: $after, ${GIVEN}) {
    __typename cursor ... on CountChange { startsAt ${TYPES} } ... on ActivityChange { ${COUNTS} } } }`;

/** Round a change of clocks in Berlin, so that its hours and days are uneven. */
const FROM = Date.parse('2026-03-28T20:00:00Z');
const HOURS = 12;

/** What somebody looks at: the counts by bucket and sort, kept up as a chart does it. */
class Chart {
  readonly counts = new Map<string, [cancellations: number, refundsExpected: number]>();
  /** Of every type: how many events, and of each currency how many ten-thousandths. */
  readonly types = new Map<string, number>();
  cursor = '';
  readonly #gateway: TestGateway;
  readonly #variables: Record<string, unknown>;
  readonly #claims: Claims;

  constructor(gateway: TestGateway, variables: Record<string, unknown>, claims: Claims) {
    this.#gateway = gateway;
    this.#variables = variables;
    this.#claims = claims;
  }

  async ask(): Promise<void> {
    const range = { from: new Date(FROM).toISOString(), to: new Date(FROM + HOURS * 3_600_000).toISOString() };
    const { data } = await this.#gateway.query(ASK, { ...range, ...this.#variables }, this.#claims);
    const { head, buckets } = data!['activity'];
    this.cursor = head;
    for (const { startsAt, cancellations, refundsExpected, counts, events, types } of buckets) {
      for (const count of counts) this.#add({ startsAt, ...count });
      for (const type of types) this.#addType({ startsAt, ...type });
      expect(events).toBe(types.reduce((all: number, type: any) => all + type.events, 0));
      const sum = (name: string) => counts.reduce((all: number, count: any) => all + count[name], 0);
      expect([cancellations, refundsExpected]).toEqual([sum('cancellations'), sum('refundsExpected')]);
    }
  }

  /** Follows over one connection until it has been told enough, or everything up to now. */
  async follow(enough: (messages: readonly Message[]) => boolean): Promise<void> {
    const variables = { ...this.#variables, after: this.cursor };
    const subscriber = await Subscriber.open(this.#gateway, { query: FOLLOW, variables, claims: this.#claims });
    await subscriber.until(({ messages }) => enough(messages));
    await subscriber.stop();
    for (const message of subscriber.messages) {
      if (message.__typename === 'ActivityChange') this.#add(message);
      if ('typename' in message) this.#addType(message);
      this.cursor = message.cursor;
    }
  }

  /** Events of every type. */
  get sum(): number {
    return [...this.types].reduce((sum, [key, count]) => sum + (key.endsWith(' events') ? count : 0), 0);
  }

  #addType({ startsAt, source, typename, happened, events, unsummed, amounts }: Record<string, any>): void {
    const add = (what: string, more: number) => {
      const key = `${startsAt} ${source} ${typename} ${happened} ${what}`;
      this.types.set(key, (this.types.get(key) ?? 0) + more);
    };
    add('events', events);
    add('unsummed', unsummed);
    for (const { amount, currency } of amounts) add(currency, Math.round(Number(amount) * 10_000));
  }

  #add({ startsAt, source, kind, cancellations, refundsExpected }: Record<string, any>): void {
    const key = `${startsAt} ${source} ${kind}`;
    const [before, refundsBefore] = this.counts.get(key) ?? [0, 0];
    this.counts.set(key, [before + cancellations, refundsBefore + refundsExpected]);
  }
}

/** What is no cancellation, and one that is worth something. */
const OTHERS = ['blinket.attendance_checkin', 'myeduzz.invoice_canceled', 'nutror.comment_created'];

const caughtUp = (messages: readonly Message[]) => messages.some(({ __typename }) => __typename === 'CaughtUp');

const charts: [variables: Record<string, unknown>, claims: Claims][] = [
  [{ bucket: 'HOUR' }, {}],
  [{ bucket: 'DAY', timeZone: 'Europe/Berlin' }, { scope: 'events:read' }],
  [{ bucket: 'MINUTE', filter: { kinds: ['TICKET'] } }, { tenants: ['eduzz:1', 'eduzz:2'] }],
  [{ bucket: 'HOUR', timeZone: 'Australia/Lord_Howe', filter: { tenants: ['eduzz:1'] } }, {}],
  [{ bucket: 'DAY', filter: { typenames: ['OrderCancellation', 'TicketChange'] } }, { scope: 'events:read' }],
];

it('LIVE6.1 adds up to the result of another query, for a client that queries and follows with breaks while webhooks come', async () => {
  const gateway = await TestGateway.start();
  const total = 80;
  const post = async (index: number) => {
    const at = new Date(FROM + Math.floor(Math.random() * HOURS * 3_600_000)).toISOString();
    if (index % 4 === 2) {
      const sample = sampleOf(OTHERS[((index - 2) / 4) % OTHERS.length]!);
      const data = { ...(sample['data'] as object), createdAt: at };
      return gateway.eduzz({ ...sample, id: `o${index}`, sentDate: at, data });
    }
    if (index % 3 === 0) {
      const body = { flowControlSettings: { withRefund: index % 2 === 0 } };
      return gateway.wix(bookingCanceled({ eventTime: at, booking: { canceledDate: at, updatedDate: at }, body }));
    }
    const producer = { id: 1 + (index % 2), name: 'P', email: 'p@p.example' };
    const payload = attendanceCanceled({ id: `t${index}`, sentDate: at, data: { createdAt: at }, producer });
    // What is sent again counts once.
    return Promise.all([gateway.eduzz(payload), index % 10 === 1 && gateway.eduzz(payload)]);
  };
  let next = 0;
  let posting = true;
  const senders = Array.from({ length: 4 }, async () => {
    while (next < total) await post(next++);
  });
  const all = Promise.all(senders).then(() => (posting = false));

  const lookers = charts.map(async ([variables, claims], index) => {
    const chart = new Chart(gateway, variables, claims);
    await setTimeout(index * 20);
    await chart.ask();
    for (let round = 1; posting; round += 1) {
      const most = 1 + ((round * 7) % 30);
      await chart.follow((messages) => messages.length >= most || !posting || (round % 3 === 0 && caughtUp(messages)));
    }
    await chart.follow(caughtUp);
    return chart;
  });
  await all;
  // A test that waits for more than there is.
  for (const index of lookers.keys()) await post(1_000 + index);
  const kept = await Promise.all(lookers);
  for (const [index, chart] of kept.entries()) {
    await chart.follow(caughtUp);
    const [variables, claims] = charts[index]!;
    const fresh = new Chart(gateway, variables, claims);
    await fresh.ask();
    expect(chart.counts).toEqual(fresh.counts);
    expect(chart.types).toEqual(fresh.types);
  }
  expect(kept[0]!.sum).toBe(total + charts.length);
});
