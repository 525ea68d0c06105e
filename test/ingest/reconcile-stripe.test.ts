import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pino from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { originOf } from '../../src/events/origin.ts';
import { Drift } from '../../src/ingest/drift.ts';
import { Ingest } from '../../src/ingest/ingest.ts';
import { Reconciler } from '../../src/ingest/reconciler.ts';
import { Reconciling } from '../../src/ingest/reconciliation.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { temporaryFolder } from '../support/gateway.ts';
import {
  STRIPE_KEY,
  STRIPE_SECRET,
  type StripeEvent,
  serveStripe,
  signedAsStripe,
  subscriptionDeleted,
} from '../support/serve-stripe.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 28, 12);

/** A source of Stripe's on a log of its own, and an API that knows the events. */
async function setUp(events: readonly StripeEvent[], key = STRIPE_KEY) {
  const path = join(temporaryFolder(), 'hookcast.db');
  const api = await serveStripe(() => events);
  onTestFinished(() => api.close());
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(JSON.parse(String(chunk))), done()) });
  const logger = pino({}, sink);
  const sources = new Map([['stripe', stripe({ secrets: [STRIPE_SECRET], api: { key, origin: api.origin } })]]);
  const clock = { now: NOW };
  const common = { sources, logger, mostValues: 20_000, onLimit: () => {}, now: () => clock.now };
  /** Each gateway has a connection of its own to the log. */
  const gateway = () => {
    const log = new SqliteLog(path);
    onTestFinished(() => log.close());
    const drift = new Drift({ record: log.fields, logger, onDrift: () => {} }, []);
    onTestFinished(() => drift.stop());
    const ingest = new Ingest({ ...common, log, drift, onQuarantine: () => {}, mostWaiting: 1_000 });
    const options = { ...common, log };
    return { log, ingest, options, reconciling: new Reconciling(options) };
  };
  return { api, lines, clock, gateway };
}

async function recordedIn(log: EventLog) {
  const { events } = await log.read({ direction: 'forward', limit: 5_000, bytes: 1e9, filter: {} });
  return events.map(({ eventId, shape, data }) => ({ eventId, shape, origin: originOf(data) }));
}

/** One each ten seconds, the last one an hour ago. */
const hundreds = (count: number) =>
  Array.from({ length: count }, (_, index) => subscriptionDeleted(index, (NOW - 60 * MINUTE) / 1000 - 10 * index));

const { signal } = new AbortController();
const deliver = (ingest: Ingest, event: StripeEvent) => ingest.receive('stripe', signedAsStripe(event, NOW));

it('IN14.1 has every cancellation once, also where webhooks were dropped, came late, twice and in another order', async () => {
  const events = hundreds(160);
  const { gateway, lines } = await setUp(events);
  const { log, ingest, options } = gateway();
  // Of twenty one is dropped, one comes after the reconciliation, and one is sent twice.
  const kept = events.filter((_event, index) => index % 20 !== 3 && index % 20 !== 7);
  await Promise.all(kept.toReversed().map((event) => deliver(ingest, event)));
  await Promise.all(kept.filter((_event, index) => index % 20 === 0).map((event) => deliver(ingest, event)));
  const reconciler = new Reconciler(options);
  await reconciler.look();
  const late = events.filter((_event, index) => index % 20 === 7);
  for (const event of late) expect(await deliver(ingest, event)).toMatchObject({ status: 'duplicate', id: event.id });
  const recorded = await recordedIn(log);
  expect(recorded.map(({ eventId }) => eventId).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  expect(new Set(recorded.map(({ shape }) => shape))).toEqual(new Set(['SubscriptionCancellation']));
  expect(recorded.filter(({ origin }) => origin === 'RECONCILED')).toHaveLength(16);
  const missed = { 'customer.subscription.deleted': 16 };
  expect(await log.reconciliations.list()).toMatchObject([
    { seen: 160, missed, completedAt: NOW, webhook: 'ON', trouble: null },
  ]);
  expect(lines).toMatchObject([{ level: 40, source: 'stripe', missed: 16 }]);
  await reconciler.stop();
});

it('IN14.1 compares neither what may still be on its way, nor what the endpoint does not ask for', async () => {
  const young = subscriptionDeleted(1, (NOW - 5 * MINUTE) / 1000);
  const paid = { ...subscriptionDeleted(2, (NOW - 60 * MINUTE) / 1000), type: 'invoice.paid' };
  const unknown = { ...subscriptionDeleted(3, (NOW - 60 * MINUTE) / 1000), type: 'customer.created' };
  const { api, clock, gateway } = await setUp([young, paid, unknown]);
  api.endpoint.enabled_events = ['customer.subscription.deleted', 'customer.created'];
  api.endpoint.status = 'disabled';
  const { log, reconciling } = gateway();
  expect(await reconciling.run('stripe', { signal })).toMatchObject({ outcome: 'done', seen: 0 });
  expect(await log.reconciliations.list()).toMatchObject([{ webhook: 'OFF' }]);
  expect(await reconciling.run('stripe', { signal })).toEqual({ outcome: 'not now' });
  clock.now += 15 * MINUTE;
  expect(await reconciling.run('stripe', { signal })).toMatchObject({ outcome: 'done', seen: 1 });
  expect(await recordedIn(log)).toMatchObject([{ eventId: young.id, origin: 'RECONCILED' }]);
});

it('IN14.2 goes on where a gateway was killed, one gateway at a time, and looks back to the last run that came to its end', async () => {
  const events = hundreds(350);
  const { api, clock, gateway } = await setUp(events);
  const [one, other] = [gateway(), gateway()];
  // It is gone in the middle of the third page.
  const killed = new AbortController();
  const pages: number[] = [];
  const killing = (request: { pages: number }) => (pages.push(request.pages), request.pages === 2 && killed.abort());
  await expect(one.reconciling.run('stripe', { signal: killed.signal, progress: killing })).rejects.toThrow();
  expect(await recordedIn(one.log)).toHaveLength(200);
  clock.now += MINUTE;
  const [first, second] = await Promise.all(
    [one, other].map(({ reconciling }) => reconciling.run('stripe', { signal })),
  );
  expect([first!.outcome, second!.outcome].toSorted()).toEqual(['done', 'not now']);
  expect(await recordedIn(other.log)).toHaveLength(350);
  const [state] = await other.log.reconciliations.list();
  expect(state).toMatchObject({ completedAt: NOW, seen: 350, missed: { 'customer.subscription.deleted': 350 } });
  const pagesAsked = api.asked.filter(({ pathname }) => pathname === '/v1/events');
  expect(pagesAsked.map(({ searchParams }) => searchParams.get('starting_after'))).toEqual([
    null,
    ...[99, 199, 299].map((index) => events[index]!.id),
  ]);
  // All of them are of one span, whenever they were asked for.
  expect(new Set(pagesAsked.map(({ searchParams }) => searchParams.get('created[lt]'))).size).toBe(1);
  // After an outage of two days nothing lies between.
  clock.now += 48 * 60 * MINUTE;
  await other.reconciling.run('stripe', { signal });
  expect(Number(api.asked.at(-1)!.searchParams.get('created[gte]'))).toBe((NOW - 10 * MINUTE) / 1000);
});

it('IN14.3 leaves an API alone for as long as it says, and tries again what failed', async () => {
  const events = hundreds(150);
  const { api, lines, clock, gateway } = await setUp(events);
  const { log, reconciling, options } = gateway();
  const failed = (trouble: string) => ({ outcome: 'failed', error: { trouble } });
  const run = () => reconciling.run('stripe', { signal });
  api.instead.push((_request, response) => response.writeHead(429, { 'retry-after': '120' }).end());
  expect(await run()).toMatchObject(failed('BUSY'));
  clock.now += 119_000;
  expect(await run()).toEqual({ outcome: 'not now' });
  clock.now += 1_000;
  const until = new Date(Date.now() + 600_000).toUTCString();
  api.instead.push((_request, response) => response.writeHead(503, { 'retry-after': until }).end('<html>'));
  expect(await run()).toMatchObject(failed('UNAVAILABLE'));
  expect(await log.reconciliations.list()).toMatchObject([{ trouble: 'UNAVAILABLE' }]);
  clock.now += 500_000;
  expect(await run()).toEqual({ outcome: 'not now' });
  clock.now += 100_000;
  const reconciler = new Reconciler(options);
  const cut = (_request: unknown, response: ServerResponse) => {
    response.writeHead(200, { 'content-length': '5000' }).write('{"object":"list","data":[');
    response.destroy();
  };
  api.instead.push(cut);
  await reconciler.look();
  expect(lines).toMatchObject([{ level: 40, source: 'stripe', trouble: 'UNAVAILABLE', reason: expect.any(String) }]);
  // The second page fails: it goes on with that one.
  clock.now += 5 * MINUTE;
  const answered = api.asked.length;
  await reconciler.look();
  expect(api.asked.length).toBe(answered + 3);
  expect(await recordedIn(log)).toHaveLength(150);
  expect(await log.reconciliations.list()).toMatchObject([{ trouble: null }]);
  await reconciler.stop();
});

const answers: Record<string, [trouble: string, status: number, body: string]> = {
  'a page for people': ['NONSENSE', 200, '<!doctype html><title>We will be back</title>'],
  'half of an answer': ['NONSENSE', 200, '{"object":"list","data":[{"id":"evt_1","obj'],
  'another object': ['NONSENSE', 200, '{"object":"charge","id":"ch_1"}'],
  'a list without its members': ['NONSENSE', 200, '{"object":"list"}'],
  'a text': ['NONSENSE', 200, '"fine"'],
  'what is no UTF-8': ['NONSENSE', 200, '\xff\xfe'],
  nothing: ['NONSENSE', 200, ''],
  'more, and nothing': ['NONSENSE', 200, '{"object":"list","data":[],"has_more":true}'],
  'things that are no events': [
    'NONSENSE',
    200,
    '{"object":"list","data":[{"id":"evt_1","object":"refund"}],"has_more":false}',
  ],
  'a refusal': ['REFUSED', 403, '{"error":{"message":"secret rk_test_of-tests-and-nobody-else"}}'],
  'a move elsewhere': ['UNAVAILABLE', 302, ''],
  'a bad request': ['NONSENSE', 400, '{}'],
};

it('IN14.4 records nothing of an unexpected answer of an API, and logs one line about it without its content', async () => {
  const { api, lines, clock, gateway } = await setUp(hundreds(3));
  const { log, options } = gateway();
  const reconciler = new Reconciler(options);
  for (const [name, [trouble, status, body]] of Object.entries(answers)) {
    api.instead.push((_request, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(Buffer.from(body, 'latin1'));
    });
    await reconciler.look();
    expect(await log.reconciliations.list(), name).toMatchObject([{ trouble, missed: {}, completedAt: null }]);
    clock.now += 15 * MINUTE;
  }
  expect(await recordedIn(log)).toEqual([]);
  expect(await log.quarantine.list({ limit: 10 })).toEqual([]);
  expect(new Set(lines.map(({ msg }) => msg))).toEqual(
    new Set(['a source could not be reconciled: it is tried again later']),
  );
  expect(JSON.stringify(lines)).not.toMatch(/rk_test|We will be back|evt_1/);
  await reconciler.look();
  expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'a source can be reconciled again' });
  expect(await recordedIn(log)).toHaveLength(3);
  await reconciler.stop();
});

it('IN14.4 takes no page that never ends, and no pages that never end', async () => {
  const { api, clock, gateway } = await setUp(hundreds(1));
  const { log, reconciling } = gateway();
  api.instead.push((_request, response) => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    const write = () => response.write(chunk, (error) => error ?? write());
    response.writeHead(200);
    write();
  });
  expect(await reconciling.run('stripe', { signal })).toMatchObject({
    outcome: 'failed',
    error: { trouble: 'NONSENSE' },
  });
  clock.now += 15 * MINUTE;
  const same = { object: 'list', data: [subscriptionDeleted(0, (NOW - 60 * MINUTE) / 1000)], has_more: true };
  const again = (_request: unknown, response: ServerResponse) => response.end(JSON.stringify(same));
  api.instead.push(again, again);
  expect(await reconciling.run('stripe', { signal })).toMatchObject({
    outcome: 'failed',
    error: { trouble: 'NONSENSE' },
  });
  clock.now += 15 * MINUTE;
  // Each page is another one: a turn ends after a hundred, and after a day the run begins anew.
  for (let page = 0; page < 100; page += 1) {
    const one = { ...same, data: [subscriptionDeleted(page, (NOW - 60 * MINUTE) / 1000)] };
    api.instead.push((_request, response) => response.end(JSON.stringify(one)));
  }
  expect(await reconciling.run('stripe', { signal })).toMatchObject({ outcome: 'to go on', pages: 100 });
  const [before] = await log.reconciliations.list();
  clock.now += 25 * 60 * MINUTE;
  expect(await reconciling.run('stripe', { signal })).toMatchObject({ outcome: 'done' });
  const [after] = await log.reconciliations.list();
  expect([before!.cursor === null, after!.runAt]).toEqual([false, clock.now]);
});

it('IN14.5 counts in a dry run what was missed, and leaves the log as it is', async () => {
  const { api, gateway } = await setUp(hundreds(150));
  const { log, ingest, reconciling } = gateway();
  for (const event of hundreds(3)) await deliver(ingest, event);
  const since = NOW - 24 * 60 * MINUTE;
  const pages: number[] = [];
  const progress = ({ seen }: { seen: number }) => pages.push(seen);
  const run = await reconciling.run('stripe', { signal, since, dryRun: true, progress });
  expect(run).toMatchObject({ outcome: 'done', seen: 150, missed: new Map([['customer.subscription.deleted', 147]]) });
  expect(pages).toEqual([100, 150]);
  expect(Number(api.asked.at(-1)!.searchParams.get('created[gte]'))).toBe(since / 1000);
  expect(await recordedIn(log)).toHaveLength(3);
  expect(await log.reconciliations.list()).toEqual([]);
});
