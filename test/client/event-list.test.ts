import { type Client, createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { erase } from '../../src/commands/erase.ts';
import { reprocess } from '../../src/commands/reprocess.ts';
import { createEventList } from '../../src/client/event-list.ts';
import { type ListOptions, type ListStatus, type ListView } from '../../src/client/list-view.ts';
import { untypedEduzz } from '../fixtures/eduzz-before.ts';
import { sampleOf } from '../fixtures/eduzz-events.ts';
import { GatewayProcess } from '../support/child.ts';
import { deliver } from '../support/deliver.ts';
import { type Claims, EDUZZ_SECRET, TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';
import { Proxy } from '../support/proxy.ts';
import { TestTerminal } from '../support/terminal.ts';
import { endClient } from '../support/ending.ts';

interface Ticket {
  readonly title: string | null;
  readonly personalData: string;
  readonly customer: { readonly name: string | null } | null;
}
const ROW = 'fragment Row on Cancellation { title personalData customer { name } }';

/** For tests that begin with a tenant of their own. */
let shared: TestGateway;
beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

/** A frontend's list, with all that it was seen to be. */
function open(url: string, options: Partial<ListOptions<Ticket>> = {}, claims: Claims = {}) {
  const list = createEventList<Ticket>({ row: ROW, of: 'cancellations', wait: () => 50, ...options });
  const views: ListView<Ticket>[] = [];
  const forget = list.subscribe(() => views.push(list.getView()));
  const client = clientOf(url, claims);
  let stop = list.begin(client);
  onTestFinished(async () => {
    forget();
    stop();
    await endClient(client);
  });
  return {
    ...list,
    client,
    get view() {
      return list.getView();
    },
    views,
    get shown() {
      return list.getView().rows.map(({ node }) => node.eventId);
    },
    is: (status: ListStatus) => expect.poll(() => list.getView().status).toBe(status),
    leave: () => stop(),
    comeBack: () => (stop = list.begin(client)),
  };
}

function clientOf(url: string, claims: Claims): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${await makeToken(claims)}` }),
    retryAttempts: 0,
  });
}

/** Posts tickets of a producer, whose list is then one of its own. */
async function post(gateway: { readonly url: string }, producer: string, from: number, to: number): Promise<string[]> {
  const ids = Array.from({ length: to - from + 1 }, (_, index) => `${producer}-${from + index}`);
  for (const id of ids) await deliver(gateway, canceledTicket(id, { producer, name: `Person ${id}` }));
  return ids.toReversed();
}
const of = (producer: string): Claims => ({ tenants: [`eduzz:${producer}`] });

it('LIVE1.15 begins with the newest page, goes on live from it, and reads older ones as long as there is room', async () => {
  const first = await post(shared, 'page', 1, 7);
  const list = open(shared.url, { page: 3, keep: 8 }, of('page'));
  expect(list.view).toMatchObject({ status: 'connecting', rows: [], isLoaded: false });
  await list.is('live');
  expect(list.shown).toEqual(first.slice(0, 3));
  expect(list.view).toMatchObject({ hasOlder: true, isLoaded: true, gap: null, error: null });
  const more = await post(shared, 'page', 8, 9);
  await expect.poll(() => list.shown).toEqual([...more, ...first.slice(0, 3)]);
  list.older();
  await expect.poll(() => list.shown).toEqual([...more, ...first.slice(0, 6)]);
  list.older();
  // The ninth has no room.
  await expect.poll(() => list.shown).toHaveLength(8);
  expect(list.view.hasOlder).toBe(true);
  expect(list.view.rows[0]!.node).toMatchObject({ title: 'Noite de Choro', customer: { name: 'Person page-9' } });
});

it('LIVE1.16 shows each event once across kills and drains of the gateway', async () => {
  const env = environment(temporaryFolder());
  let gateway = await GatewayProcess.start(env);
  const { port } = new URL(gateway.url);
  const list = open(gateway.url);
  await list.is('live');
  const all: string[] = [];
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    all.unshift(...(await post(gateway, signal, 1, 5)));
    await gateway.end(signal);
    await list.is('offline');
    expect(list.view.lostAt).toBeGreaterThan(0);
    gateway = await GatewayProcess.start({ ...env, PORT: port });
    all.unshift(...(await post(gateway, signal, 6, 10)));
    await list.is('live');
    await expect.poll(() => list.shown).toEqual(all);
  }
  expect(list.view).toMatchObject({ lostAt: null, error: null, gap: null });
});

it('LIVE1.17 says how many are still to come, and begins anew if more than a page was missed', async () => {
  const first = await post(shared, 'missed', 1, 2);
  const list = open(shared.url, { page: 4 }, of('missed'));
  await list.is('live');
  list.leave();
  const few = await post(shared, 'missed', 3, 5);
  list.comeBack();
  await list.is('live');
  await expect.poll(() => list.shown).toEqual([...few, ...first]);
  const catching = list.views.filter(({ status }) => status === 'catchingUp').map(({ left }) => left);
  expect(catching[0]).toBe(3);
  expect(catching).toEqual(catching.toSorted((a, b) => (b ?? 0) - (a ?? 0)));

  list.leave();
  const many = await post(shared, 'missed', 6, 11);
  list.comeBack();
  await list.is('live');
  await expect.poll(() => list.shown).toEqual(many.slice(0, 4));
  expect(list.view.hasOlder).toBe(true);
  list.older();
  await expect.poll(() => list.shown).toEqual([...many, ...few.slice(0, 2)]);
});

it('LIVE1.18 lets what comes wait while it is paused, counts it, and keeps no more than it may', async () => {
  const [old] = await post(shared, 'paused', 1, 1);
  const list = open(shared.url, { keep: 3 }, of('paused'));
  await list.is('live');
  list.pause();
  const { rows } = list.view;
  const waiting = await post(shared, 'paused', 2, 5);
  await expect.poll(() => list.view.waiting).toBe(4);
  expect(list.view.rows).toBe(rows);
  expect(list.shown).toEqual([old]);
  expect(list.view.waitingRows).toHaveLength(3);
  list.resume();
  expect(list.shown).toEqual(waiting.slice(0, 3));
  expect(list.view).toMatchObject({ waiting: 0, isPaused: false, hasOlder: true });
});

it('LIVE1.19 shows what is left of events that were erased, wherever in the list they are', async () => {
  const gateway = await TestGateway.start();
  const person = { name: 'Tereza' };
  for (const id of ['shown', 'waiting']) await deliver(gateway, canceledTicket(id, person));
  const list = open(gateway.url, { page: 1 });
  await list.is('live');
  list.older();
  await expect.poll(() => list.shown).toEqual(['waiting', 'shown']);
  list.pause();
  await deliver(gateway, canceledTicket('another', person));
  await expect.poll(() => list.view.waiting).toBe(1);
  const terminal = new TestTerminal(environment(gateway.folder));
  await erase({ email: 'tereza@convidada.example', yes: true }, terminal);
  await expect.poll(() => JSON.stringify(list.view)).not.toContain('Tereza');
  list.resume();
  expect(list.view.rows.map(({ node }) => [node.eventId, node.personalData, node.title])).toEqual(
    ['another', 'waiting', 'shown'].map((id) => [id, 'ERASED', 'Noite de Choro']),
  );
});

it('LIVE1.20 shows events as they are revised, and lets go of those that the list no longer wants', async () => {
  const folder = temporaryFolder();
  const before = await TestGateway.start({ folder, sources: new Map([['eduzz', untypedEduzz(EDUZZ_SECRET)]]) });
  for (const name of ['blinket.attendance_canceled', 'myeduzz.invoice_paid'] as const) {
    expect((await before.eduzz(sampleOf(name))).status).toBe(200);
  }
  await before.close();
  const gateway = await TestGateway.start({ folder });
  const lists = [{}, { typenames: ['OtherEvent'] }].map((filter) => {
    const list = createEventList<object>({
      row: 'fragment Row on Event { occurredAt }',
      of: 'events',
      variables: { filter },
    });
    onTestFinished(list.begin(clientOf(gateway.url, {})));
    return () => list.getView().rows.map(({ node }) => node.__typename);
  });
  for (const typenames of lists) await expect.poll(typenames).toEqual(['OtherEvent', 'OtherEvent']);
  await reprocess({}, new TestTerminal(environment(folder)));
  await expect.poll(lists[0]!).toEqual(['OrderChange', 'TicketCancellation']);
  await expect.poll(lists[1]!).toEqual([]);
});

it.each([false, true])(
  'LIVE3.6 says that events are lost for good, and reads the list anew; paused: %s',
  async (isPaused) => {
    const folder = temporaryFolder();
    const first = await TestGateway.start({ folder });
    const { port } = new URL(first.url);
    await post(first, 'lost', 1, 3);
    const list = open(first.url);
    await list.is('live');
    if (isPaused) list.pause();
    await first.close();
    await list.is('offline');
    // Another log in its place.
    const second = await TestGateway.start({ env: { PORT: port } });
    const there = await post(second, 'there', 1, 2);
    await list.is('live');
    await expect.poll(() => list.view.gap).toBe('LOG_REPLACED');
    if (isPaused) {
      expect(list.shown).toEqual(['lost-3', 'lost-2', 'lost-1']);
      list.resume();
    }
    await expect.poll(() => list.shown).toEqual(there);
    await list.is('live');
    list.reload();
    expect(list.view.gap).toBeNull();
    await list.is('live');
    expect(list.shown).toEqual(there);
  },
);

it('LIVE1.21 is denied what the gateway refuses for good, says why, and tries again when it is told to', async () => {
  let secret = 'wrong';
  const list = createEventList<Ticket>({ row: ROW, of: 'cancellations' });
  const token = async () => (secret === 'wrong' ? `${await makeToken()}x` : makeToken());
  const client = createClient({
    url: shared.webSocketUrl,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
    retryAttempts: 0,
  });
  onTestFinished(list.begin(client));
  await expect.poll(() => list.getView().status).toBe('denied');
  expect(list.getView().error?.message).toMatch(/4401/);
  secret = 'right';
  list.reload();
  await expect.poll(() => list.getView().status).toBe('live');

  const foreign = open(shared.url, { variables: { filter: { tenants: ['eduzz:another'] } } }, of('page'));
  await foreign.is('denied');
  expect(foreign.view.error?.message).toContain('eduzz:another');
});

it('LIVE1.22 says that the connection fell silent, and goes on over another', async () => {
  const proxy = await Proxy.to(shared.url);
  const list = open(proxy.url.replace(/\/$/, ''), { patience: 300 }, of('silent'));
  await list.is('live');
  proxy.fallSilent();
  await list.is('silent');
  proxy.recover();
  const there = await post(shared, 'silent', 1, 2);
  await list.is('live');
  await expect.poll(() => list.shown).toEqual(there);
});

it('LIVE1.23 goes on from the cursor that is kept, with what it showed before', async () => {
  const first = await post(shared, 'kept', 1, 3);
  let kept: string | null = null;
  const cursor = { read: () => kept, write: (cursor: string) => void (kept = cursor) };
  const before = open(shared.url, { cursor, page: 3 }, of('kept'));
  await before.is('live');
  expect(before.shown).toEqual(first);
  before.leave();
  expect(kept).not.toBeNull();
  const missed = await post(shared, 'kept', 4, 6);
  const after = open(shared.url, { cursor, page: 3 }, of('kept'));
  await after.is('live');
  // Three before the newest of then, and that with all since: more than a page.
  await expect.poll(() => after.shown).toEqual([...missed, ...first]);
  kept = 'no cursor';
  const refused = open(shared.url, { cursor }, of('kept'));
  await refused.is('denied');
});

it('LIVE1.24 sends no request if it is begun and ended at once, and uses one socket for its queries and its stream', async () => {
  const list = createEventList<Ticket>({ row: ROW, of: 'cancellations' });
  const client = clientOf(shared.url, of('page'));
  let sockets = 0;
  client.on('connecting', () => (sockets += 1));
  list.begin(client)();
  const stop = list.begin(client);
  onTestFinished(stop);
  await expect.poll(() => list.getView().status).toBe('live');
  list.reload();
  await expect.poll(() => list.getView().isLoaded).toBe(true);
  await expect.poll(() => list.getView().status).toBe('live');
  expect(sockets).toBe(1);
});

it('LIVE1.25 refuses at once a text that is not a fragment', () => {
  expect(() => createEventList({ row: 'query { events { head } }', of: 'events' })).toThrow(/needs a fragment/);
});
