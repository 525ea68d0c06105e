import { join } from 'node:path';
import pino from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { originOf } from '../../src/events/origin.ts';
import { Drift } from '../../src/ingest/drift.ts';
import { Ingest } from '../../src/ingest/ingest.ts';
import { Reconciling } from '../../src/ingest/reconciliation.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { EDUZZ_SECRET, temporaryFolder } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { type Sale, sale, serveEduzz } from '../support/serve-eduzz.ts';
import {
  STRIPE_KEY,
  STRIPE_SECRET,
  type StripeEvent,
  serveStripe,
  signedAsStripe,
  subscriptionDeleted,
} from '../support/serve-stripe.ts';

const server = sharedPostgres();
const NOW = Date.UTC(2026, 10, 28, 12);
const ACCOUNT = '40021';
const { signal } = new AbortController();

/** Two connections to one log, as two gateways have them. */
const LOGS: Record<string, () => Promise<readonly [EventLog, EventLog]>> = {
  async SQLite() {
    const path = join(temporaryFolder(), 'hookcast.db');
    return [new SqliteLog(path), new SqliteLog(path)];
  },
  async PostgreSQL() {
    const url = await server.newDatabase();
    return Promise.all([PostgresLog.open(url), PostgresLog.open(url)]);
  },
};

/** Lets nobody append until so many want to: each has then looked whether the event is there, and found nothing. */
class Meeting {
  #missing = 0;
  #come = Promise.withResolvers<void>();

  of(count: number): void {
    this.#missing = count;
    this.#come = Promise.withResolvers();
  }

  async come(): Promise<void> {
    this.#missing -= 1;
    if (this.#missing <= 0) this.#come.resolve();
    await this.#come.promise;
  }

  before(log: EventLog): EventLog {
    return new Proxy(log, {
      get: (target, name) => {
        if (name === 'append')
          return async (events: Parameters<EventLog['append']>[0]) => {
            await this.come();
            return target.append(events);
          };
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

/** One gateway that takes the webhooks of a source, and another that reconciles it. */
async function two(logs: readonly [EventLog, EventLog], source: Provider) {
  onTestFinished(async () => void (await Promise.all(logs.map((log) => log.close()))));
  const meeting = new Meeting();
  const [here, there] = logs.map((log) => meeting.before(log)) as [EventLog, EventLog];
  const logger = pino({ level: 'silent' });
  const drift = new Drift({ record: logs[0].fields, logger, onDrift: () => {} }, []);
  onTestFinished(() => drift.stop());
  const common = { sources: new Map([[source.name, source]]), logger, mostValues: 20_000, onLimit: () => {} };
  const ingest = new Ingest({
    ...common,
    log: here,
    drift,
    onQuarantine: () => {},
    mostWaiting: 1_000,
    now: () => NOW,
  });
  const reconciling = new Reconciling({ ...common, log: there, now: () => NOW });
  return {
    meeting,
    deliver: async ({ headers, body }: { headers: Record<string, string>; body: string | Buffer }) =>
      (await ingest.receive(source.name, { headers, body: Buffer.from(body) })).status,
    /** How many were missed. */
    reconcile: async () => {
      const run = await reconciling.run(source.name, { signal, since: NOW - 3_600_000 });
      expect(run).toMatchObject({ outcome: 'done' });
      return 'missed' in run ? [...run.missed.values()].reduce((sum, count) => sum + count, 0) : NaN;
    },
    recorded: async (type: string) => {
      const { events } = await logs[0].read({ direction: 'forward', limit: 100, filter: { types: [type] } });
      return events.map(({ subject, data }) => [subject, originOf(data)]);
    },
  };
}

function ofEduzz(event: string, order: number, id = `${event}-${order}`) {
  const data = { id: String(order), status: 'x', producer: { id: ACCOUNT }, createdAt: '2026-11-20T12:00:00.000Z' };
  return signAsEduzz({ id, event: `myeduzz.${event}`, data }, EDUZZ_SECRET);
}

for (const [name, open] of Object.entries(LOGS)) {
  it(`IN14.1 on ${name} a cancellation of Eduzz is one event, whether its webhook comes before it is found, after that or at once`, async () => {
    const sales: Sale[] = [];
    const api = await serveEduzz(sales);
    onTestFinished(() => void api.server.close());
    const source = eduzz({
      secrets: [EDUZZ_SECRET],
      api: { token: api.token, account: ACCOUNT, origin: api.origin },
    });
    const { meeting, deliver, reconcile, recorded } = await two(await open(), source);
    for (const order of [1, 2, 3, 4]) expect(await deliver(ofEduzz('invoice_opened', order))).toBe('accepted');
    // Before, also when it comes again.
    expect(await deliver(ofEduzz('invoice_canceled', 1))).toBe('accepted');
    sales.push(sale(1));
    expect(await reconcile()).toBe(0);
    expect(await deliver(ofEduzz('invoice_canceled', 1))).toBe('duplicate');
    // After.
    sales.push(sale(2));
    expect(await reconcile()).toBe(1);
    expect(await deliver(ofEduzz('invoice_canceled', 2))).toBe('duplicate');
    // At once, and each of two webhooks.
    sales.push(sale(3), sale(4));
    meeting.of(3);
    const [missed, ...told] = await Promise.all([
      reconcile(),
      deliver(ofEduzz('invoice_canceled', 3)),
      deliver(ofEduzz('invoice_canceled', 4)),
    ]);
    expect(missed + told.filter((status) => status === 'accepted').length).toBe(2);
    // An order is canceled once, whatever the id.
    expect(await deliver(ofEduzz('invoice_canceled', 1, 'another'))).toBe('duplicate');
    const orders = (await recorded('myeduzz.invoice_canceled')).map(([subject]) => String(subject)).toSorted();
    expect(orders).toEqual(['order/1', 'order/2', 'order/3', 'order/4']);
  });

  it(`IN14.1 on ${name} an event of Stripe is one, too, when its webhook comes at the moment at which it is found`, async () => {
    const events: StripeEvent[] = [];
    const api = await serveStripe(() => events);
    onTestFinished(() => api.close());
    const { meeting, deliver, reconcile, recorded } = await two(
      await open(),
      stripe({ secrets: [STRIPE_SECRET], api: { key: STRIPE_KEY, origin: api.origin } }),
    );
    events.push(subscriptionDeleted(1, NOW / 1000 - 1_800));
    meeting.of(2);
    const [missed, status] = await Promise.all([reconcile(), deliver(signedAsStripe(events[0]!, NOW))]);
    expect(missed).toBe(status === 'accepted' ? 0 : 1);
    expect(await recorded('customer.subscription.deleted')).toHaveLength(1);
  });
}

it('IN14.1 knows a cancellation again that was recorded under its own id before there was an API to compare with', async () => {
  const path = join(temporaryFolder(), 'hookcast.db');
  const connected = () => [new SqliteLog(path), new SqliteLog(path)] as const;
  const before = await two(connected(), eduzz({ secrets: [EDUZZ_SECRET] }));
  for (const event of ['invoice_opened', 'invoice_canceled'])
    expect(await before.deliver(ofEduzz(event, 1))).toBe('accepted');
  const api = await serveEduzz([sale(1)]);
  onTestFinished(() => void api.server.close());
  const { deliver, reconcile, recorded } = await two(
    connected(),
    eduzz({ secrets: [EDUZZ_SECRET], api: { token: api.token, account: ACCOUNT, origin: api.origin } }),
  );
  expect(await deliver(ofEduzz('invoice_canceled', 1))).toBe('duplicate');
  expect(await reconcile()).toBe(0);
  expect(await recorded('myeduzz.invoice_canceled')).toEqual([['order/1', 'DELIVERED']]);
});
