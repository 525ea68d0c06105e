import { join } from 'node:path';
import pino from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { originOf } from '../../src/events/origin.ts';
import { Drift } from '../../src/ingest/drift.ts';
import { Ingest } from '../../src/ingest/ingest.ts';
import { Reconciling } from '../../src/ingest/reconciliation.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { EDUZZ_SECRET, temporaryFolder } from '../support/gateway.ts';
import { type Sale, sale, serveEduzz } from '../support/serve-eduzz.ts';

const ACCOUNT = '40021';
const NOW = Date.UTC(2026, 10, 28, 12);
const { signal } = new AbortController();

/** A source that is compared with Eduzz's API. */
async function setUp(sales: readonly Sale[]) {
  const { server, origin, asked, subscription, token } = await serveEduzz(sales);
  onTestFinished(() => void server.close());
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  onTestFinished(() => log.close());
  const logger = pino({ level: 'silent' });
  const drift = new Drift({ record: log.fields, logger, onDrift: () => {} }, []);
  onTestFinished(() => drift.stop());
  const api = { token, account: ACCOUNT, origin };
  const sources = new Map([['eduzz', eduzz({ secrets: [EDUZZ_SECRET], api })]]);
  const clock = { now: NOW };
  const common = { sources, log, logger, mostValues: 20_000, onLimit: () => {}, now: () => clock.now };
  const ingest = new Ingest({ ...common, drift, onQuarantine: () => {}, mostWaiting: 1_000 });
  const deliver = (event: string, order: number, status: string) => {
    const data = { id: String(order), status, producer: { id: ACCOUNT }, createdAt: '2026-11-20T12:00:00.000Z' };
    const { headers, body } = signAsEduzz({ id: `${event}-${order}`, event: `myeduzz.${event}`, data }, EDUZZ_SECRET);
    return ingest.receive('eduzz', { headers, body: Buffer.from(body) });
  };
  const canceled = async () => {
    const { events } = await log.read({
      direction: 'forward',
      limit: 1_000,
      filter: { types: ['myeduzz.invoice_canceled'] },
    });
    return events;
  };
  return { log, clock, asked, subscription, deliver, canceled, reconciling: new Reconciling(common) };
}

it('IN14.6 finds canceled sales of Eduzz that no webhook brought, each once, whether the API or a webhook is first', async () => {
  const orders = Array.from({ length: 120 }, (_, order) => order + 1);
  const { log, clock, asked, subscription, deliver, canceled, reconciling } = await setUp(
    orders.map((order) => sale(order)),
  );
  await Promise.all(orders.map((order) => deliver('invoice_opened', order, 'open')));
  // One in twenty is dropped, and one in twenty comes late.
  const told = orders.filter((order) => order % 20 !== 3 && order % 20 !== 7);
  await Promise.all(told.toReversed().map((order) => deliver('invoice_canceled', order, 'canceled')));
  const run = await reconciling.run('eduzz', { signal });
  expect(run).toMatchObject({ outcome: 'done', seen: 120, missed: new Map([['myeduzz.invoice_canceled', 12]]) });
  for (const order of orders.filter((order) => order % 20 === 7)) {
    expect(await deliver('invoice_canceled', order, 'canceled')).toMatchObject({ status: 'duplicate' });
  }
  const events = await canceled();
  expect(events).toHaveLength(orders.length);
  expect(new Set(events.map(({ subject }) => subject))).toEqual(new Set(orders.map((order) => `order/${order}`)));
  const found = events.filter(({ data }) => originOf(data) === 'RECONCILED');
  expect(found).toHaveLength(12);
  expect(found[0]).toMatchObject({ shape: 'OrderCancellation', tenant: `eduzz:${ACCOUNT}`, data: { title: 'Choir' } });
  expect(asked.find(({ pathname }) => pathname.endsWith('/sales'))!.searchParams.get('startDate')).toBe('2026-10-14');
  expect(await log.reconciliations.list()).toMatchObject([{ webhook: 'ON', trouble: null }]);
  clock.now += 3_600_000;
  subscription.status = 'disabled';
  expect(await reconciling.run('eduzz', { signal })).toMatchObject({ outcome: 'done', missed: new Map() });
  expect(await log.reconciliations.list()).toMatchObject([{ webhook: 'OFF' }]);
});

it('IN14.6 makes no cancellation of a sale that is not canceled, nor of one whose order the log does not know', async () => {
  const { deliver, canceled, reconciling } = await setUp([
    sale(1, 'paid'),
    sale(2, 'waiting_refund'),
    sale(3),
    { ...sale(4), id: null },
  ]);
  await Promise.all([1, 2].map((order) => deliver('invoice_opened', order, 'open')));
  // Four is not a sale, so the page is invalid.
  expect(await reconciling.run('eduzz', { signal })).toMatchObject({
    outcome: 'failed',
    error: { trouble: 'NONSENSE' },
  });
  const {
    deliver: again,
    canceled: others,
    reconciling: sound,
  } = await setUp([sale(1, 'paid'), sale(2, 'waiting_refund'), sale(3)]);
  await Promise.all([1, 2].map((order) => again('invoice_opened', order, 'open')));
  expect(await sound.run('eduzz', { signal })).toMatchObject({ outcome: 'done', missed: new Map() });
  expect([...(await canceled()), ...(await others())]).toEqual([]);
});

it('IN14.6 must be given the producer whose sales it reads, and otherwise says so at the start', () => {
  const api = { token: 'edzpap_of-tests', account: '' };
  expect(() => eduzz({ secrets: [EDUZZ_SECRET], api })).toThrow(/set EDUZZ_ACCOUNTS/);
});
