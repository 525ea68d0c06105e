import { once } from 'node:events';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { scrape, scrapeText } from '../support/metrics.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';

const file = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');

/** The names in a text, without what histograms and counters end their series with. */
function namesIn(text: string, prefix = '(?:hookcast|nodejs|process)_'): Set<string> {
  const names = text.matchAll(new RegExp(`\\b${prefix}[a-z0-9_]+`, 'g'));
  return new Set([...names].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, '')));
}

async function named(gateway: TestGateway): Promise<Set<string>> {
  return new Set([...(await scrapeText(gateway)).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!));
}

it('OPS6.3 counts what becomes of deliveries, commits and subscribers', async () => {
  const gateway = await TestGateway.start();
  const subscribers = [await Subscriber.open(gateway), await Subscriber.open(gateway, { query: EVENTS })];
  await Promise.all(subscribers.map((subscriber) => subscriber.caughtUp()));
  const same = attendanceCanceled({ id: 'same' });
  for (const payload of [same, same, ticket('other'), attendanceCanceled({ participant: { id: ['odd'] } })]) {
    await gateway.eduzz(payload);
  }
  await gateway.post('eduzz', { body: '{}' });
  await gateway.post('nobody@home.example', { body: '{}' });
  await Promise.all(subscribers.map((subscriber) => subscriber.events(2)));
  const later = await Subscriber.open(gateway, {
    query: EVENTS,
    variables: { after: subscribers[1]!.messages[0]!.cursor },
  });
  await later.caughtUp();

  const counted = await scrape(gateway);
  const delivered = (outcome: string, source = 'eduzz') =>
    counted.get(`hookcast_webhook_requests_total{source="${source}",outcome="${outcome}"}`);
  expect(['accepted', 'duplicate', 'quarantined', 'signature_invalid'].map((outcome) => delivered(outcome))).toEqual([
    2, 1, 1, 1,
  ]);
  expect(delivered('unknown_source', 'unknown')).toBe(1);
  expect(Object.fromEntries(counted)).toMatchObject({
    hookcast_webhook_ack_seconds_count: 6,
    // The duplicate too went as far as the log.
    hookcast_append_batch_size_sum: 3,
    hookcast_append_failures_total: 0,
    hookcast_log_up: 1,
    // The duplicate has left a hole.
    hookcast_log_head: 2,
    hookcast_log_oldest: 0,
    hookcast_quarantine: 1,
    'hookcast_subscribers{state="live"}': 3,
    hookcast_cohorts: 2,
    // Two events for two that were live, once each for one that came back.
    'hookcast_messages_total{state="live"}': 4,
    'hookcast_messages_total{state="behind"}': 2,
    hookcast_delivery_lag_seconds_count: 2,
    'hookcast_connections{transport="websocket"}': 3,
  });
  expect(counted.get('hookcast_append_seconds_count')).toBe(counted.get('hookcast_append_batch_size_count'));
  expect(counted.get('hookcast_log_size_bytes')).toBeGreaterThan(counted.get('hookcast_log_wal_bytes')!);
  expect([...counted.keys()].join('\n')).not.toContain('home.example');
});

it('OPS6.3 counts connections, and how each ended, under a closed list of codes', async () => {
  const gateway = await TestGateway.start();
  const staying = await Subscriber.open(gateway);
  await staying.caughtUp();
  for (const code of [4242, 1000]) {
    const leaving = new WebSocket(gateway.webSocketUrl, 'graphql-transport-ws');
    leaving.on('open', () => leaving.close(code));
    await once(leaving, 'close');
  }
  const stream = new AbortController();
  await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${await makeToken()}`,
    },
    body: JSON.stringify({ query: 'subscription { events { cursor } }' }),
    signal: stream.signal,
  });
  const expected = {
    'hookcast_connections{transport="websocket"}': 1,
    'hookcast_connections{transport="sse"}': 1,
    'hookcast_ws_closes_total{code="other"}': 1,
    'hookcast_ws_closes_total{code="1000"}': 1,
  };
  await expect.poll(async () => Object.fromEntries(await scrape(gateway))).toMatchObject(expected);
  stream.abort();
  await expect.poll(async () => (await scrape(gateway)).get('hookcast_connections{transport="sse"}')).toBe(0);
});

it('OPS6.3 keeps the last that is known of a log that can’t be read, says so, and counts what it could not write', async () => {
  const gateway = await TestGateway.start();
  const path = join(gateway.folder, 'hookcast.db');
  await gateway.eduzz(ticket('before'));
  expect(Object.fromEntries(await scrape(gateway))).toMatchObject({ hookcast_log_up: 1, hookcast_log_head: 1 });
  const locked = new DatabaseSync(path, { timeout: 10_000 });
  locked.exec('BEGIN IMMEDIATE');
  expect(await gateway.eduzz(ticket('refused'))).toMatchObject({ status: 503 });
  locked.exec('ROLLBACK');
  locked.close();
  renameSync(path, `${path}.away`);
  await expect.poll(async () => (await scrape(gateway)).get('hookcast_log_up')).toBe(0);
  const during = await scrape(gateway);
  expect(during.get('hookcast_log_head')).toBe(1);
  expect(during.get('hookcast_append_failures_total')).toBe(1);
  renameSync(`${path}.away`, path);
  await expect.poll(async () => (await scrape(gateway)).get('hookcast_log_up')).toBe(1);
});

it('OPS6.4 measures what the dashboard, the alerts and the documentation speak of, and documents what it measures', async () => {
  const gateway = await TestGateway.start();
  const measured = await named(gateway);
  const told = namesIn(file('OPERATING.md'), 'hookcast_');
  for (const page of ['OPERATING.md', 'deploy/grafana.json', 'deploy/alerts.yaml']) {
    const names = namesIn(file(page));
    expect(names.size, page).toBeGreaterThan(8);
    expect(
      [...names].filter((name) => !measured.has(name)),
      page,
    ).toEqual([]);
  }
  const ours = [...measured].filter((name) => name.startsWith('hookcast_'));
  expect(ours.filter((name) => !told.has(name))).toEqual([]);
  // The conventions: a unit, and a counter's ending on counters only.
  const types = [...(await scrapeText(gateway)).matchAll(/^# TYPE (hookcast_\S+) (\S+)/gm)];
  for (const [, name, type] of types) expect(name!.endsWith('_total'), name).toBe(type === 'counter');
});

it('OPS6.4 has a dashboard that Grafana imports, with a datasource to choose', () => {
  const dashboard = JSON.parse(file('deploy/grafana.json'));
  expect(dashboard.templating.list[0]).toMatchObject({ type: 'datasource', query: 'prometheus', name: 'datasource' });
  const panels: any[] = dashboard.panels;
  expect(panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
    'Deliveries',
    'Log',
    'Subscribers',
    'Limits and closes',
    'Process',
  ]);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { type, datasource, targets, title } of panels) {
    if (type === 'row') continue;
    expect(datasource, title).toEqual({ type: 'prometheus', uid: '${datasource}' });
    expect(targets.length, title).toBeGreaterThan(0);
  }
});
