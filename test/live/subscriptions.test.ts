import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { attendanceCanceled, eduzzEvent, ticket } from '../fixtures/eduzz.ts';
import { sampleOf } from '../fixtures/eduzz-events.ts';
import { bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { CANCELLATIONS, EVENTS, type Message, Subscriber } from '../support/subscriber.ts';
import { scrapeText } from '../support/metrics.ts';
import { endClient } from '../support/ending.ts';

/** For tests that begin with what is there, and change nothing but by deliveries. */
let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

it('LIVE1.1 sends a cursor first, and then every event as it happens, in order', async () => {
  const gateway = shared;
  await gateway.eduzz(ticket('before'));
  const subscriber = await Subscriber.open(gateway);
  await subscriber.caughtUp();
  expect(subscriber.messages).toMatchObject([{ __typename: 'CaughtUp', cursor: expect.any(String) }]);
  await gateway.eduzz(ticket('one'));
  await gateway.eduzz(eduzzEvent('no.cancellation'));
  await gateway.wix(wixClaims(bookingCanceledEvent({ id: 'two' })));
  await subscriber.events(2);
  expect(subscriber.eventIds).toEqual(['one', 'two']);
  expect(subscriber.messages.map(({ __typename }) => __typename)).toEqual([
    'CaughtUp',
    'CancellationEdge',
    'CancellationEdge',
  ]);
});

it('LIVE1.2 resumes after a cursor: what was missed, then CaughtUp, then live', async () => {
  const gateway = shared;
  const first = await Subscriber.open(gateway, { query: EVENTS });
  await first.caughtUp();
  await gateway.eduzz(ticket('0'));
  await first.events(1);
  await first.stop();
  // More than a page of the log is read at a time.
  await Promise.all(Array.from({ length: 250 }, (_, index) => gateway.eduzz(ticket(`m${index}`))));
  const second = await Subscriber.open(gateway, { query: EVENTS, variables: { after: first.lastCursor } });
  await second.caughtUp();
  await gateway.eduzz(ticket('live'));
  await second.events(251);
  expect(second.messages.findIndex(({ __typename }) => __typename === 'CaughtUp')).toBe(250);
  expect(second.messages.filter(({ __typename }) => __typename === 'CaughtUp')).toHaveLength(1);
  expect(second.eventIds.at(-1)).toBe('live');
  expect(new Set(second.eventIds).size).toBe(251);
  const { data } = await gateway.query('{ events(last: 100) { edges { node { eventId } } } }');
  const logged = data?.['events'].edges.map((edge: any) => edge.node.eventId);
  expect(second.eventIds.slice(-100)).toEqual(logged);
  // The cursor of any message will do, that of CaughtUp as well.
  const caughtUp = second.messages[250]!;
  const third = await Subscriber.open(gateway, { query: EVENTS, variables: { after: caughtUp.cursor } });
  await third.caughtUp();
  expect(third.eventIds).toEqual(['live']);
});

it('LIVE1.3 joins a query to a subscription by its head, without a gap and without a duplicate', async () => {
  const gateway = await TestGateway.start();
  let posting = true;
  let posted = 0;
  const posts = (async () => {
    while (posting) await gateway.eduzz(ticket(`p${posted++}`));
  })();
  const seen: string[] = [];
  const { data } = await gateway.query('{ events(last: 100) { head edges { node { eventId } } } }');
  seen.push(...data?.['events'].edges.map((edge: any) => edge.node.eventId));
  const subscriber = await Subscriber.open(gateway, { query: EVENTS, variables: { after: data?.['events'].head } });
  await subscriber.caughtUp();
  posting = false;
  await posts;
  await subscriber.events(posted - seen.length);
  expect([...seen, ...subscriber.eventIds]).toEqual(Array.from({ length: posted }, (_, index) => `p${index}`));
});

it('LIVE1.1 applies the filter to replayed and to live events', async () => {
  const gateway = shared;
  const variables = { filter: { tenants: ['eduzz:2'], kinds: ['TICKET'] } };
  const first = await Subscriber.open(gateway, { variables });
  await first.caughtUp();
  for (const id of [1, 2, 3, 4]) await gateway.eduzz(ticket(`t${id}`, (id % 2) + 1));
  await first.events(2);
  expect(first.eventIds).toEqual(['t1', 't3']);
  const again = await Subscriber.open(gateway, { variables: { ...variables, after: first.messages[0]?.cursor } });
  await again.caughtUp();
  expect(again.eventIds).toEqual(['t1', 't3']);
});

it('LIVE1.1 LOG4.1 filters by what happened in pages, in replayed and in live events', async () => {
  const gateway = shared;
  const variables = { filter: { happened: ['PAID', 'CHECKED_IN'] } };
  const first = await Subscriber.open(gateway, { query: EVENTS, variables });
  await first.caughtUp();
  for (const name of ['invoice_paid', 'invoice_refunded']) {
    await gateway.eduzz({ ...sampleOf(`myeduzz.${name}`), id: `happened ${name}` });
  }
  await gateway.eduzz(ticket('happened canceled'));
  await gateway.eduzz({ ...sampleOf('blinket.attendance_checkin'), id: 'happened checkin' });
  await first.events(2);
  expect(first.eventIds).toEqual(['happened invoice_paid', 'happened checkin']);
  const after = first.messages[0]!.cursor;
  const again = await Subscriber.open(gateway, { query: EVENTS, variables: { ...variables, after } });
  await again.caughtUp();
  expect(again.eventIds).toEqual(first.eventIds);
  const page =
    'query ($filter: EventFilter) { events(last: 1, filter: $filter) { edges { node { eventId inBrief { happened } } } } }';
  for (const [happened, eventId] of [
    ['REFUNDED', 'happened invoice_refunded'],
    ['CANCELED', 'happened canceled'],
  ]) {
    const { data } = await gateway.query(page, { filter: { happened: [happened] } });
    expect(data!['events'].edges).toEqual([{ node: { eventId, inBrief: { happened } } }]);
  }
});

it('LIVE3.1 says that what followed the cursor was forgotten, and goes on from the oldest', async () => {
  let now = Date.now();
  const gateway = await TestGateway.start({ now: () => now });
  const before = await Subscriber.open(gateway);
  await before.caughtUp();
  await gateway.eduzz(ticket('old1'));
  await gateway.eduzz(ticket('old2'));
  await before.events(2);
  await before.stop();
  now += 31 * 24 * 60 * 60 * 1000;
  await gateway.eduzz(ticket('young'));
  await gateway.close();
  // Retention runs when a gateway starts.
  const next = await TestGateway.start({ folder: gateway.folder, now: () => now });
  const [, first, second] = before.messages;
  const claims = { expires: 32 * 24 * 60 * 60 };
  const oldest = async () => {
    const { data } = await next.query('{ events(first: 1) { edges { node { eventId } } } }', {}, claims);
    return data?.['events'].edges[0]?.node.eventId;
  };
  await expect.poll(oldest).toBe('young');
  const resumed = await Subscriber.open(next, { claims, variables: { after: first?.cursor } });
  await resumed.caughtUp();
  const rest = [{ __typename: 'CancellationEdge', node: { eventId: 'young' } }, { __typename: 'CaughtUp' }];
  expect(resumed.messages).toMatchObject([{ __typename: 'Gap', reason: 'RETENTION', after: first?.cursor }, ...rest]);
  const [gap] = resumed.messages;
  expect(gap?.cursor).toBe(gap?.['resumedAt']);
  const fromThere = await Subscriber.open(next, { claims, variables: { after: gap?.['resumedAt'] } });
  await fromThere.caughtUp();
  expect(fromThere.messages).toMatchObject(rest);
  // A client that had seen all deleted events has missed nothing, and is told nothing.
  const complete = await Subscriber.open(next, { claims, variables: { after: second?.cursor } });
  await complete.caughtUp();
  expect(complete.messages.map(({ __typename }) => __typename)).toEqual(['CancellationEdge', 'CaughtUp']);
});

it('LIVE3.1 says that a cursor is of another log, or of one that was put back', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(ticket('here'));
  const { data } = await gateway.query('{ events { head } }');
  const [epoch] = Buffer.from(data?.['events'].head, 'base64url').toString().split(':');
  for (const position of ['AAAAAAAAAAAAAAAA:1', `${epoch}:5000`]) {
    const after = Buffer.from(position).toString('base64url');
    const subscriber = await Subscriber.open(gateway, { variables: { after } });
    await subscriber.caughtUp();
    expect(subscriber.messages).toMatchObject([
      { __typename: 'Gap', reason: 'LOG_REPLACED', after },
      { __typename: 'CancellationEdge', node: { eventId: 'here' } },
      { __typename: 'CaughtUp' },
    ]);
  }
});

it('LIVE1.7 keeps subscribers while the log can’t be read, and goes on when it can', async () => {
  const gateway = await TestGateway.start();
  const subscriber = await Subscriber.open(gateway);
  await subscriber.caughtUp();
  const other = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { timeout: 10_000 });
  other.exec('ALTER TABLE erasures RENAME TO away');
  const waiting = await Subscriber.open(gateway, { variables: { after: subscriber.lastCursor } });
  const { errors } = await gateway.query('{ events { head } }');
  expect(errors).toMatchObject([{ extensions: { code: 'LOG_UNAVAILABLE' } }]);
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
  expect(await scrapeText(gateway)).toContain('hookcast_log_head ');
  other.exec('ALTER TABLE away RENAME TO erasures');
  other.close();
  await gateway.eduzz(ticket('afterwards'));
  await Promise.all([subscriber.events(1), waiting.events(1)]);
  expect(subscriber.errors).toEqual([]);
});

it('GQL3.1 ends a subscription with an invalid cursor by an error that says so', async () => {
  const gateway = shared;
  const subscriber = await Subscriber.open(gateway, { variables: { after: 'garbage' } });
  await subscriber.ended;
  expect(subscriber.errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
});

it('AUTH1.4 never sends an event of a tenant that the token does not name', async () => {
  const gateway = shared;
  const mine = await Subscriber.open(gateway, { query: EVENTS, claims: { tenants: ['eduzz:1'] } });
  const all = await Subscriber.open(gateway, { query: EVENTS });
  await Promise.all([mine.caughtUp(), all.caughtUp()]);
  for (const producer of [2, 1, 3, 1]) await gateway.eduzz(ticket(`${producer}-${Math.random()}`, producer));
  await Promise.all([mine.events(2), all.events(4)]);
  expect(mine.messages.flatMap(({ node }) => node?.['tenant'].id ?? [])).toEqual(['eduzz:1', 'eduzz:1']);
  const replayed = await Subscriber.open(gateway, {
    query: EVENTS,
    claims: { tenants: ['eduzz:1'] },
    variables: { after: all.messages[0]?.cursor },
  });
  await replayed.caughtUp();
  expect(replayed.eventIds).toEqual(mine.eventIds);
  const foreign = await Subscriber.open(gateway, {
    claims: { tenants: ['eduzz:1'] },
    variables: { filter: { tenants: ['eduzz:2'] } },
  });
  await foreign.ended;
  expect(foreign.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  const scopeless = await Subscriber.open(gateway, { claims: { scope: 'pii:read' } });
  await scopeless.ended;
  expect(scopeless.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

it('AUTH2.1 withholds personal data live and replayed as in queries', async () => {
  const gateway = shared;
  const query = `subscription S($after: String) { stream: cancellations(after: $after) { __typename cursor
    ... on CancellationEdge { node { eventId personalData raw reference reason tenant { name } customer { name email }
      canceledBy { actorId } ... on TicketCancellation { ticketTags { title } customFields producer { email } } } } } }`;
  const live = await Subscriber.open(gateway, { query, claims: { scope: 'events:read raw:read' } });
  await live.caughtUp();
  await gateway.eduzz(attendanceCanceled());
  await live.events(1);
  const variables = { after: live.messages[0]?.cursor };
  const replayed = await Subscriber.open(gateway, { query, variables, claims: { scope: 'events:read' } });
  await replayed.events(1);
  for (const [message] of [live.messages.slice(1), replayed.messages]) {
    expect(message?.node).toEqual({
      eventId: expect.any(String),
      personalData: 'WITHHELD',
      raw: null,
      reference: null,
      reason: null,
      tenant: { name: null },
      customer: null,
      canceledBy: { actorId: null },
      ticketTags: null,
      customFields: null,
      producer: { email: null },
    });
  }
});

it('PRIV1.6 erases what earlier events say when a request for privacy comes, and tells followers of it', async () => {
  const gateway = await TestGateway.start();
  const query = EVENTS.replace('... on Gap', '... on Erasure { eventIds } ... on Gap');
  const live = await Subscriber.open(gateway, { query });
  await live.caughtUp();
  const entityId = 'b0000000-0000-4000-8000-000000000001';
  const post = (id: string, fields = {}) => gateway.wix(wixClaims(bookingCanceledEvent({ id, entityId, ...fields })));
  await post('first');
  const anonymize = { triggeredByAnonymizeRequest: true };
  expect(await post('forget', anonymize)).toMatchObject({ status: 200, body: { status: 'accepted' } });
  // The provider did not hear the answer; and a delivery of before comes late.
  expect(await post('forget', anonymize)).toMatchObject({ status: 200, body: { status: 'duplicate' } });
  await post('late');
  await live.events(3);
  expect(live.messages.slice(1)).toMatchObject([
    { __typename: 'EventEdge', node: { eventId: 'first' } },
    { __typename: 'EventEdge', node: { eventId: 'forget' } },
    { __typename: 'Erasure', eventIds: ['first'] },
    { __typename: 'EventEdge', node: { eventId: 'late' } },
  ]);
  const replayed = await Subscriber.open(gateway, { query, variables: { after: live.messages[0]?.cursor } });
  await replayed.caughtUp();
  expect(replayed.messages.slice(0, 4)).toEqual(live.messages.slice(1));
  const { data } = await gateway.query(
    '{ cancellations { edges { node { personalData raw reason customer { name } canceledBy { type actorId } } } } }',
  );
  const erased = {
    personalData: 'ERASED',
    raw: null,
    reason: null,
    customer: null,
    canceledBy: { type: 'CUSTOMER', actorId: null },
  };
  expect(data?.['cancellations'].edges).toEqual([{ node: erased }, { node: erased }, { node: erased }]);
});

it('AUTH3.2 ends subscriptions when the token expires, and closes so that clients come back', async () => {
  const gateway = shared;
  const subscriber = await Subscriber.open(gateway, { claims: { expires: 5 } });
  await subscriber.caughtUp();
  expect(await subscriber.closed).toMatchObject({ code: 4403, reason: 'Token expired' });
  expect(subscriber.errors[0]).toMatchObject({ extensions: { code: 'TOKEN_EXPIRED' } });
  await gateway.eduzz(ticket('after'));
  expect(subscriber.eventIds).toEqual([]);
});

it('AUTH3.3 lets a stock client come back by itself with a fresh token', async () => {
  const gateway = shared;
  let tokens = 0;
  const client = createClient({
    url: gateway.webSocketUrl,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${await makeToken({ expires: tokens++ ? 600 : 5 })}` }),
    retryWait: async () => {},
  });
  onTestFinished(() => endClient(client));
  const messages = client.iterate<{ stream: Message }>({ query: CANCELLATIONS });
  const kinds: string[] = [];
  for await (const { data, errors } of messages) {
    kinds.push(data?.stream.__typename ?? String(errors?.[0]?.extensions?.['code']));
    if (kinds.length === 3) await gateway.eduzz(ticket('fresh'));
    if (kinds.length === 4) break;
  }
  expect(kinds).toEqual(['CaughtUp', 'TOKEN_EXPIRED', 'CaughtUp', 'CancellationEdge']);
  expect(tokens).toBe(2);
});

it('AUTH1.6 opens no socket for a token that is bad or missing, or for a page of a foreign origin', async () => {
  const gateway = await TestGateway.start({ env: { ALLOWED_ORIGINS: 'https://app.example' } });
  for (const authorization of ['', 'Bearer nonsense', `Bearer ${await makeToken()}x`]) {
    const refused = new Subscriber(gateway.webSocketUrl, authorization, CANCELLATIONS, {});
    expect(await refused.closed).toMatchObject({ code: 4401 });
    expect(refused.messages).toEqual([]);
  }
  const expired = await Subscriber.open(gateway, { claims: { expires: -60 } });
  expect(await expired.closed).toMatchObject({ code: 4403 });
  const from = (origin: string) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(gateway.webSocketUrl, 'graphql-transport-ws', { origin });
      socket.on('open', () => resolve('open'));
      socket.on('error', (error) => resolve(error.message));
      onTestFinished(() => socket.terminate());
    });
  expect(await from('https://evil.example')).toContain('403');
  expect(await from('https://app.example')).toBe('open');
  expect(await from(gateway.url)).toBe('open');
});

it('IN5.6 is not brought down by what comes over a WebSocket', async () => {
  const gateway = shared;
  const closedBy = (data: string | Buffer) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(gateway.webSocketUrl, 'graphql-transport-ws');
      socket.on('open', () => socket.send(data));
      socket.on('close', resolve);
      socket.on('error', () => {});
      onTestFinished(() => socket.terminate());
    });
  expect(await closedBy('not json')).toBe(4400);
  expect(await closedBy('{"type":"nonsense"}')).toBe(4400);
  expect(await closedBy('{"type":"subscribe","id":"1","payload":{"query":"{a}"}}')).toBe(4401);
  expect(await closedBy(Buffer.alloc(65 * 1024, 'x'))).toBe(1009);
  const unfinished = await Subscriber.open(gateway, { query: 'subscription { stream: nothing { a } }' });
  await unfinished.ended;
  expect(unfinished.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  const live = await Subscriber.open(gateway);
  await live.caughtUp();
});

it('LIVE1.8 lets go of a subscriber that leaves, also while nothing happens', async () => {
  const gateway = await TestGateway.start();
  const subscribers = async () => {
    const text = await scrapeText(gateway);
    return Number(/^hookcast_subscribers{state="live"} (\d+)$/m.exec(text)?.[1]);
  };
  const leaving = await Subscriber.open(gateway);
  const staying = await Subscriber.open(gateway);
  await Promise.all([leaving.caughtUp(), staying.caughtUp()]);
  expect(await subscribers()).toBe(2);
  await leaving.stop();
  await expect.poll(subscribers).toBe(1);
});

it('OPS1.1 drains: tells clients to reconnect, answers requests under way, and loses nothing', async () => {
  const gateway = await TestGateway.start();
  const subscriber = await Subscriber.open(gateway);
  await subscriber.caughtUp();
  const posts = Array.from({ length: 50 }, (_, index) =>
    gateway.eduzz(ticket(`d${index}`)).then(
      ({ body }) => (body['status'] === 'accepted' ? `d${index}` : null),
      () => null,
    ),
  );
  await posts[0];
  const closing = gateway.close();
  expect(await subscriber.closed).toMatchObject({ code: 1012 });
  const acknowledged = (await Promise.all(posts)).filter((id) => id !== null);
  await closing;
  const next = await TestGateway.start({ folder: gateway.folder });
  const resumed = await Subscriber.open(next, { variables: { after: subscriber.lastCursor } });
  await resumed.caughtUp();
  const seen = [...subscriber.eventIds, ...resumed.eventIds];
  expect(new Set(seen).size).toBe(seen.length);
  expect(acknowledged.filter((id) => !seen.includes(id))).toEqual([]);
});
