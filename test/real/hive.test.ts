import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { type StreamMessage, follow } from '../../src/client/follow.ts';
import { resuming } from '../../src/client/resuming.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { HOW_TO_HAVE_IT, HiveGateway, hasHive } from './hive-gateway.ts';

it.skipIf(hasHive)(`LIVE1.14 is not tried with Hive Gateway: ${HOW_TO_HAVE_IT}`, ({ skip }) => skip());

type Message = StreamMessage & { readonly node?: { readonly eventId: string } };

function documentOf(prefix: string): string {
  return `subscription Follow($after: String) {
    ${prefix}cancellations(after: $after) {
      __typename
      cursor
      ... on ${prefix}CancellationEdge { node { eventId } }
    }
  }`;
}

const headers = async () => ({ authorization: `Bearer ${await makeToken()}` });

/** Frontends as FRONTENDS.md has them, each over one of Hive's transports, and the ids that they were given. */
function frontends(hive: HiveGateway, query: string, after: string | null) {
  const errors: unknown[] = [];
  const [followed, resumed, streamed]: string[][] = [[], [], []];
  const webSockets = () => createClient({ url: hive.webSocketUrl, connectionParams: headers, retryAttempts: 0 });
  const following = follow<Message>(webSockets(), {
    query,
    after,
    onMessage: ({ node }) => void (node && followed!.push(node.eventId)),
    onGap: (gap) => void errors.push(gap),
  });
  following.ended.catch((error: unknown) => errors.push(error));
  const sinkOf = (ids: string[]) => ({
    next: ({ data }: { data?: Record<string, Message> }) => {
      const [message] = Object.values(data ?? {});
      if (message?.node) ids.push(message.node.eventId);
    },
    error: (error: unknown) => errors.push(error),
    complete: () => errors.push('complete'),
  });
  const eventStreams = createSseClient({ url: `${hive.url}/graphql`, headers, retryAttempts: 0 });
  const request = { query, variables: { after } };
  const stops = [
    resuming(webSockets()).subscribe(request, sinkOf(resumed!)),
    resuming(eventStreams).subscribe(request, sinkOf(streamed!)),
    () => following.stop(),
  ];
  onTestFinished(() => stops.forEach((stop) => stop()));
  return { seen: () => [followed, resumed, streamed].map((ids) => ids!.join()), errors };
}

async function deliver(url: string, id: string): Promise<void> {
  const { headers: signed, body } = signAsEduzz(ticket(id), EDUZZ_SECRET);
  expect((await fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers: signed, body })).status).toBe(200);
}

it.runIf(hasHive).each([
  ['event streams', { overWebSocket: false, withPrefix: false }],
  ['WebSockets, with prefixes', { overWebSocket: true, withPrefix: true }],
])('LIVE1.14 gives each event once behind Hive Gateway over %s, through a drain and a kill', async (_over, how) => {
  const env = environment(temporaryFolder());
  let gateway = await GatewayProcess.start(env);
  const { port } = new URL(gateway.url);
  const hive = await HiveGateway.start({ hookcast: gateway.url, ...how });
  await deliver(gateway.url, 'before');
  const query = documentOf(how.withPrefix ? 'Hook_' : '');
  const { seen, errors } = frontends(hive, query, null);
  // They begin with what is live.
  const prepared = ['before'];
  await expect
    .poll(async () => {
      prepared.push(`ready${prepared.length}`);
      await deliver(gateway.url, prepared.at(-1)!);
      return seen().map((ids) => (ids === '' ? errors : 'begun'));
    })
    .toEqual(Array(3).fill('begun'));
  const begun = () =>
    seen().map((ids) =>
      ids
        .split(',')
        .filter((id) => !id.startsWith('ready'))
        .join(),
    );
  for (const [signal, id] of [
    ['SIGTERM', 'drained'],
    ['SIGKILL', 'killed'],
  ] as const) {
    await gateway.end(signal);
    // Recorded while nobody but hookcast itself is there: Hive finds it at another port than this.
    const elsewhere = await GatewayProcess.start(env);
    await deliver(elsewhere.url, id);
    await elsewhere.end('SIGTERM');
    gateway = await GatewayProcess.start({ ...env, PORT: port });
    await expect.poll(() => begun().every((ids) => ids.endsWith(id))).toBe(true);
  }
  await deliver(gateway.url, 'live');
  await expect.poll(begun).toEqual(Array(3).fill('drained,killed,live'));
  for (const ids of seen()) expect(new Set(ids.split(',')).size).toBe(ids.split(',').length);
  expect(errors).toEqual([]);
});

it.runIf(hasHive)('LIVE1.14 counts frontends behind Hive Gateway by their own addresses', async () => {
  const gateway = await TestGateway.start({ env: { TRUST_PROXY: '127.0.0.1', MAX_CONNECTIONS_PER_ADDRESS: '1' } });
  const hive = await HiveGateway.start({ hookcast: gateway.url });
  const subscribe = async (address: string) => {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const response = await fetch(`${hive.url}/graphql`, {
      method: 'POST',
      signal: abort.signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'x-forwarded-for': address,
        ...(await headers()),
      },
      body: JSON.stringify({ query: documentOf('') }),
    });
    // Left open when this is over.
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; ;) {
      const { value, done } = await reader.read();
      text += value ?? '';
      const said = /CaughtUp|TOO_MANY_REQUESTS/.exec(text)?.[0];
      if (said || done) return said;
    }
  };
  expect(await subscribe('203.0.113.7')).toBe('CaughtUp');
  expect(await subscribe('203.0.113.8')).toBe('CaughtUp');
  expect(await subscribe('203.0.113.8')).toBe('TOO_MANY_REQUESTS');
});

it.runIf(hasHive)('LIVE1.14 is ready in Hive’s mode proxy with a token that sees nothing', async () => {
  const gateway = await TestGateway.start();
  const readinessToken = await makeToken({ tenants: ['hookcast:none'], scope: 'events:read' });
  const hive = await HiveGateway.start({ hookcast: gateway.url, mode: 'proxy', readinessToken });
  await expect.poll(() => hive.ask('/readiness')).toBe(200);
  const ask = async (own: object) => {
    const asked = { method: 'POST', headers: { 'content-type': 'application/json', ...own } };
    const response = await fetch(`${hive.url}/graphql`, {
      ...asked,
      body: '{"query":"{ events(first: 0) { head } }"}',
    });
    return response.text();
  };
  expect(await ask(await headers())).toContain('"head":"');
  // The token for readiness checks gives access to nothing.
  expect(await ask({})).toContain('UNAUTHENTICATED');
  await gateway.close();
  await expect.poll(() => hive.ask('/readiness')).toBe(503);
});
