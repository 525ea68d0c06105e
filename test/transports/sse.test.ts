import { createClient as createSseClient } from 'graphql-sse';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { eduzzEvent, ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { measured } from '../support/metrics.ts';
import { EVENTS, type Message } from '../support/subscriber.ts';
import { EVENT_STREAM } from '../../src/transports/event-stream.ts';

/** For tests that begin with what is there, and change nothing but by deliveries. */
let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

/** More characters than any event here has. */
const END = 300_000;

async function sse(
  gateway: TestGateway,
  headers: Record<string, string> = {},
  variables: Record<string, unknown> = {},
  query = EVENTS,
) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    signal: abort.signal,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${await makeToken()}`,
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const chunks: string[] = [];
  /** All that has come once its end matches. To look through all of it again for each part took longer than to send it. */
  const until = async (pattern: RegExp) => {
    let end = chunks.join('').slice(-END);
    while (!pattern.test(end)) {
      const { value, done } = await reader.read();
      if (done) break;
      chunks.push(value);
      end = (end + value).slice(-END);
    }
    return chunks.join('');
  };
  return { response, until, abort };
}

it('LIVE1.2 streams over SSE with the cursor as the id, and resumes by Last-Event-ID', async () => {
  const gateway = shared;
  const { response, until, abort } = await sse(gateway);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
  await until(/CaughtUp[^]*\n\n/);
  await gateway.eduzz(ticket('one'));
  const text = await until(/"one"[^]*\n\n/);
  const messages = text.split('\n\n').filter((block) => block.startsWith('event: next'));
  expect(messages).toHaveLength(2);
  for (const message of messages) {
    const [, data, id] = /^event: next\ndata: (.*)\nid: (\S+)$/.exec(message)!;
    expect(JSON.parse(data!)).toMatchObject({ data: { stream: { cursor: id } } });
  }
  abort.abort();
  await gateway.eduzz(ticket('two'));
  const [, second] = messages.map((message) => /id: (\S+)/.exec(message)![1]!);
  const resumed = await (await sse(gateway, { 'last-event-id': second! })).until(/CaughtUp/);
  expect(resumed).toContain('"two"');
  expect(resumed).not.toContain('"one"');
  expect((await sse(gateway, { 'last-event-id': 'garbage' })).response.status).toBe(400);
});

/** What a client has of a stream that takes an id as soon as its line has come, and each empty line for the end of an event. */
function hastily(text: string): { readonly id: string; readonly events: readonly string[] } {
  const events: string[] = [];
  let id = '';
  let data = '';
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.startsWith('id: ')) id = line.slice('id: '.length);
    if (line.startsWith('data: ')) data = line.slice('data: '.length);
    if (line !== '') continue;
    events.push(data);
    data = '';
  }
  return { id, events };
}

it('LIVE1.33 sends the id of an event behind its data, and signs of life that are no events', async () => {
  const gateway = shared;
  const { until } = await sse(gateway);
  await until(/CaughtUp[^]*\n\n/);
  await gateway.eduzz(ticket('cut off'));
  const text = await until(/"cut off"[^]*\n\n/);
  const cuts = Array.from({ length: text.length }, (_, end) => hastily(text.slice(0, end)));
  const losing = cuts.filter(({ id, events }) => id && !events.some((data) => data.includes(`"${id}"`)));
  // An id can't be taken later than with the line before the last: that is one byte of each event.
  const { events } = hastily(text);
  expect(losing).toHaveLength(events.length);
  expect(events.length).toBeGreaterThan(1);

  const kept = hastily(text.replaceAll('event: ', `${EVENT_STREAM.heartbeat}event: `) + EVENT_STREAM.heartbeat);
  expect(kept.events).toEqual(events);
});

it('LIVE1.11 goes on after the newer of Last-Event-ID and the cursor in the body', async () => {
  const gateway = shared;
  const cursors: string[] = [];
  for (const id of ['older', 'newer', 'newest']) {
    await gateway.eduzz(ticket(id));
    cursors.push((await gateway.query('{ events(last: 1) { head } }')).data?.['events'].head as string);
  }
  const [older = '', newer = ''] = cursors;
  // A client of event streams sends the same body at each try, and the id of the last event that it got.
  const all: [lastEventId: string, after: string][] = [
    [newer, older],
    [older, newer],
    [newer, newer],
    // The log was replaced since it began, and it has had the Gap.
    [newer, Buffer.from('AAAAAAAAAAAAAAAA:9').toString('base64url')],
  ];
  for (const [lastEventId, after] of all) {
    const text = await (await sse(gateway, { 'last-event-id': lastEventId }, { after })).until(/CaughtUp/);
    expect([...text.matchAll(/"eventId":"(\w+)"/g)].map(([, id]) => id)).toEqual(['newest']);
    expect(text).not.toContain('Gap');
  }
});

it('LIVE1.2 serves a stock graphql-sse client, query and subscription', async () => {
  const gateway = shared;
  const client = createSseClient({
    url: `${gateway.url}/graphql`,
    headers: async () => ({ authorization: `Bearer ${await makeToken()}` }),
  });
  onTestFinished(() => client.dispose());
  const query = client.iterate<{ events: { head: string } }>({ query: '{ events { head } }' });
  const { value } = await query.next();
  const messages = client.iterate<{ stream: Message }>({
    query: EVENTS,
    variables: { after: value?.data?.events.head },
  });
  await gateway.eduzz(ticket('sse'));
  const kinds: string[] = [];
  for await (const { data } of messages) {
    kinds.push(data?.stream.__typename ?? '');
    if (kinds.includes('EventEdge') && kinds.includes('CaughtUp')) break;
  }
  expect(kinds.toSorted()).toEqual(['CaughtUp', 'EventEdge']);
});

it('AUTH3.2 ends an SSE stream when the token expires', async () => {
  const gateway = shared;
  const { until } = await sse(gateway, { authorization: `Bearer ${await makeToken({ expires: 5 })}` });
  const text = await until(/event: complete/);
  expect(text).toMatch(/"code":"TOKEN_EXPIRED"/);
  // After which a stock client would not come back with a fresh one.
  expect(text).not.toContain('event: complete');
});

it('GQL3.1 answers an SSE request that never began like any other', async () => {
  const gateway = shared;
  const { response, until } = await sse(gateway, { authorization: 'Bearer none' });
  expect(response.status).toBe(401);
  expect(await until(/UNAUTHENTICATED/)).toContain('UNAUTHENTICATED');
});

it('LIVE2.1 waits for an SSE reader that stalls, and then sends it everything once', async () => {
  const gateway = await TestGateway.start();
  const query = EVENTS.replace('... on Gap', '... on EventEdge { node { raw } } ... on Gap');
  const { until } = await sse(gateway, {}, {}, query);
  await until(/CaughtUp/);
  // Sixteen megabytes: more than the sockets' buffers hold.
  const ids = Array.from({ length: 80 }, (_, index) => `s${index}`);
  const filler = 'x'.repeat(200_000);
  for (const id of ids) await gateway.eduzz({ ...eduzzEvent('a.b', { filler }), id });
  const { data } = await gateway.query('{ events(last: 1) { edges { node { eventId } } } }');
  expect(data?.['events'].edges).toEqual([{ node: { eventId: 's79' } }]);
  const text = await until(/"eventId":"s79"[^]*\n\n/);
  expect([...text.matchAll(/"eventId":"(s\d+)"/g)].map(([, id]) => id)).toEqual(ids);
});

it('OPS5.7 ends an event stream after as long as it may last, also where a proxy goes on collecting it', async () => {
  const gateway = await TestGateway.start({ env: { EVENT_STREAM_SECONDS: '1' } });
  const began = performance.now();
  // The proxy goes on reading; the gateway can't tell that the proxy's client has left.
  const { until, response } = await sse(gateway);
  await until(/CaughtUp/);
  expect(await measured(gateway.url, 'hookcast_connections{transport="sse"}')).toBe(1);
  const text = await until(/event: complete/);
  // A little sooner, since thousands may have begun in the same moment.
  expect(performance.now() - began).toBeGreaterThanOrEqual(900);
  expect([response.ok, text.includes('event: complete')]).toEqual([true, false]);
  await expect.poll(() => measured(gateway.url, 'hookcast_connections{transport="sse"}')).toBe(0);
});
