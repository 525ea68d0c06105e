import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { listSources } from '../../src/commands/operate-sources.ts';
import { reconcile } from '../../src/commands/reconcile.ts';
import { HOUR, hourOf } from '../../src/events/answer-count.ts';
import { Reconciler } from '../../src/ingest/reconciler.ts';
import { Reconciling } from '../../src/ingest/reconciliation.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import type { StatePage } from '../../src/providers/reconcile.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { EDUZZ_SECRET, TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { scrapeText } from '../support/metrics.ts';
import { serveEduzz } from '../support/serve-eduzz.ts';
import { TestTerminal } from '../support/terminal.ts';

const MINUTE = 60_000;
const { signal } = new AbortController();

/** A provider of one's own whose API gives these pages. */
function club(list: () => unknown, times = { every: MINUTE, lookBack: HOUR }) {
  return defineProvider({
    name: 'club',
    verify: sharedToken({ header: 'x-token', tokens: ['t'.repeat(8)] }),
    about: ({ payload }) => ({ type: 'left', eventId: String(payload['id']), account: '1' }),
    events: {},
    reconcile: { ...times, list: async () => list() as StatePage },
  });
}

it('OPS14.3 tells operators alone which sources are silent and how far each is reconciled, and everybody where an event came from', async () => {
  const folder = temporaryFolder();
  const log = new SqliteLog(join(folder, 'hookcast.db'));
  const now = Date.UTC(2026, 10, 28, 12);
  const last = now - 24 * HOUR;
  const hours = Array.from({ length: 28 * 24 }, (_, ago) => hourOf(last - ago * HOUR));
  await log.answers.add(hours.map((hour) => ({ source: 'club', outcome: 'accepted', hour, count: 2, lastAt: last })));
  await log.silences.begin('club', last);
  const sources = new Map([
    ['club', club(() => ({ items: [{ id: 'a' }, { id: 'b' }], next: null, webhook: 'OFF' }))],
    ['eduzz', eduzz({ secrets: [EDUZZ_SECRET] })],
  ]);
  const gateway = await TestGateway.start({ folder, sources, now: () => now });
  // It was noted before this gateway began, which need not wait for an hour then.
  await expect.poll(() => scrapeText(gateway)).toContain('hookcast_source_silent{source="club"} 1');
  await gateway.post('club', { headers: { 'x-token': 't'.repeat(8) }, body: '{"id":"b"}' });
  const options = {
    sources,
    log,
    logger: pino({ level: 'silent' }),
    mostValues: 1_000,
    onLimit: () => {},
    now: () => now,
  };
  expect(await new Reconciling(options).run('club', { signal })).toMatchObject({ missed: new Map([['left', 1]]) });
  await log.close();
  const asked = `{
    sources { name isReconciled silence { since expected } reconciliation { completedAt trouble webhook missed { type count } } }
    events(first: 9) { edges { node { eventId origin } } }
  }`;
  const claims = { expires: 60 * 24 * 3600 * 1000 };
  const { data, errors } = await gateway.query(asked, {}, { ...claims, tenants: ['club:1'] });
  expect(errors).toBeUndefined();
  expect(data!['sources']).toEqual([{ name: 'club', isReconciled: true, silence: null, reconciliation: null }]);
  expect(data!['events'].edges.map(({ node }: any) => node)).toEqual([
    { eventId: 'b', origin: 'DELIVERED' },
    { eventId: 'a', origin: 'RECONCILED' },
  ]);
  const seen = async () => (await gateway.query(asked, {}, { ...claims, scope: 'events:read ops' })).data!['sources'];
  const reconciliation = {
    completedAt: new Date(now).toISOString(),
    trouble: null,
    webhook: 'OFF',
    missed: [{ type: 'left', count: 1 }],
  };
  expect(await seen()).toMatchObject([
    {
      name: 'club',
      silence: { since: new Date(last).toISOString(), expected: expect.toSatisfy((n: number) => n > 40 && n <= 48) },
      reconciliation,
    },
    { name: 'eduzz', isReconciled: false, silence: null, reconciliation: null },
  ]);
});

it('OPS14.4 tells of a webhook that is off at its provider, once, until it is on again, and where an operator looks', async () => {
  const folder = temporaryFolder();
  const log = new SqliteLog(join(folder, 'hookcast.db'));
  const api = await serveEduzz([]);
  onTestFinished(() => void api.server.close());
  const { token, origin, subscription } = api;
  const lines: [number, string][] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      const { level, msg } = JSON.parse(String(chunk));
      lines.push([level, msg.split(' at its provider')[0]]);
      done();
    },
  });
  const clock = { now: Date.now() };
  const sources = new Map([['eduzz', eduzz({ secrets: [EDUZZ_SECRET], api: { token, account: '40021', origin } })]]);
  const common = { sources, log, logger: pino({}, sink), mostValues: 1_000, onLimit: () => {}, now: () => clock.now };
  const reconcilers = [new Reconciler(common), new Reconciler(common)];
  const look = async () => {
    clock.now += HOUR;
    for (const one of reconcilers) await one.look();
    return lines.splice(0);
  };
  expect(await look()).toEqual([]);
  subscription.status = 'disabled';
  expect(await look()).toEqual([[40, 'the webhook of a source is off']]);
  expect(await look()).toEqual([]);
  const gateway = await TestGateway.start({ folder });
  await expect.poll(() => scrapeText(gateway)).toContain('hookcast_source_webhook_off{source="eduzz"} 1');
  expect(await scrapeText(gateway)).toContain('hookcast_source_webhook_off{source="wix"} 0');
  const terminal = new TestTerminal(environment(folder));
  await listSources(terminal);
  const off = terminal.lines.map((line) => /^(\w+)\t.*its webhook is off at the provider/.exec(line)?.[1]);
  expect(off.filter(Boolean)).toEqual(['eduzz']);
  subscription.status = 'active';
  expect(await look()).toEqual([[30, 'the webhook of a source is on again']]);
  for (const one of reconcilers) await one.stop();
  await log.close();
});

const pages: Record<string, () => unknown> = {
  'code that fails': () => {
    throw new TypeError('secret and person');
  },
  'no page': () => null,
  'things that are none': () => ({ items: ['a'], next: null }),
  'a next that is none': () => ({ items: [], next: 7 }),
  'too many at once': () => ({ items: Array.from({ length: 1_001 }, (_, id) => ({ id })), next: null }),
};

it('IN14.7 reconciles a user’s own provider, and records nothing of an invalid page', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  let page: () => unknown = () => ({ items: [{ id: 'a' }], next: null });
  const common = { log, logger: pino({ level: 'silent' }), mostValues: 1_000, onLimit: () => {}, now: Date.now };
  const sources = new Map([['club', club(() => page())]]);
  const run = () => new Reconciling({ ...common, sources }).run('club', { signal, since: Date.now() - HOUR });
  expect(await run()).toMatchObject({ outcome: 'done', missed: new Map([['left', 1]]) });
  for (const [name, other] of Object.entries(pages)) {
    page = other;
    const outcome = await run();
    expect(outcome, name).toMatchObject({ outcome: 'failed', error: { trouble: 'NONSENSE' } });
    expect(JSON.stringify(outcome), name).not.toContain('person');
  }
  expect((await log.read({ direction: 'forward', limit: 9, filter: {} })).events).toHaveLength(1);
  await log.close();
  expect(() => club(page, { every: 1_000, lookBack: HOUR })).toThrow(/club: reconcile: every and lookBack/);
});

it('IN14.5 reconciles by a command, says how far it is, and what to do where it can not', async () => {
  const events = [{ id: 'a' }, { id: 'b' }];
  const server = createServer((_request, response) => response.end(JSON.stringify({ items: events, next: null })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder });
  const module = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
  const file = join(folder, 'hookcast.config.mts');
  writeFileSync(
    file,
    `import { ProviderApi, defineProvider, sharedToken } from ${JSON.stringify(module('provider-kit.ts'))};
    const api = new ProviderApi({ origin: 'http://127.0.0.1:${(server.address() as AddressInfo).port}', headers: {} });
    const of = (reconcile) => defineProvider({
      name: 'club', verify: sharedToken({ header: 'x-token', tokens: ['${'t'.repeat(8)}'] }), events: {}, ...reconcile,
      about: ({ payload }) => ({ type: 'left', eventId: String(payload['id']), account: '1' }),
    });
    const list = ({ signal }) => api.get('/', {}, signal);
    export default { sources: { club: of({ reconcile: { every: 60000, lookBack: 60000, list } }), pub: of({}) } };`,
  );
  const shown = async (source: string, options: Parameters<typeof reconcile>[1] = {}) => {
    const terminal = new TestTerminal({ ...environment(folder), CONFIG_FILE: file });
    await reconcile(source, options, terminal);
    return terminal.lines;
  };
  expect(await shown('club', { dryRun: true })).toEqual([
    '2 events compared, 2 missed',
    'club\tleft\t2',
    '2 events would be recorded. This was a dry run: nothing was changed.',
  ]);
  expect((await shown('club', { since: '2026-11-01' })).slice(1)).toEqual([
    '2 events compared, 2 missed',
    'club\tleft\t2',
    '2 events recorded, with the origin RECONCILED.',
  ]);
  expect((await shown('club')).at(-1)).toBe('0 events recorded, with the origin RECONCILED.');
  await expect(shown('pub')).rejects.toThrow(/has no API to compare it with/);
  await expect(shown('clup')).rejects.toThrow('There is no source "clup". These are configured: club, pub.');
  server.close();
  server.closeAllConnections();
  await expect(shown('club')).rejects.toThrow(
    /can't be reached \(ECONNREFUSED\)\. What was compared before is recorded/,
  );
  await gateway.close();
});
