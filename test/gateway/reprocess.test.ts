import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { follow as clientFollow } from '../../src/client/follow.ts';
import { resuming } from '../../src/client/resuming.ts';
import { reprocess } from '../../src/commands/reprocess.ts';
import { check } from '../../src/commands/check.ts';
import { openLog } from '../../src/open-log.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { ofAccounts } from '../../src/providers/accounts.ts';
import { defineProvider, unfit } from '../../src/providers/define-provider.ts';
import { hmacKey, hmacSha256 } from '../../src/providers/hmac.ts';
import { hmac } from '../../src/providers/verify/hmac.ts';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { untypedEduzz } from '../fixtures/eduzz-before.ts';
import { NAMES, eventOf, invoice, sampleOf } from '../fixtures/eduzz-events.ts';
import { hookcast } from '../support/child.ts';
import { EDUZZ_SECRET, TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { type Message, Subscriber } from '../support/subscriber.ts';
import { TestTerminal } from '../support/terminal.ts';
import { thoroughly } from '../support/thorough.ts';
import { endClient } from '../support/ending.ts';

const logs = [
  { name: 'SQLite', database: async () => ({}) },
  { name: 'PostgreSQL', database: async () => ({ DATABASE_URL: await sharedPostgres().newDatabase() }) },
] as const;

/** All that a subscription of events or cancellations says of revisions. */
const follow = (field: 'events' | 'cancellations') => /* GraphQL */ `
  subscription ($after: String, $filter: EventFilter) {
    stream: ${field}(after: $after, filter: $filter) {
      __typename
      cursor
      ... on ${field === 'events' ? 'EventEdge' : 'CancellationEdge'} { node { __typename eventId } }
      ... on Revision { eventId matches node { __typename id eventId personalData occurredAt ... on OrderEvent { total { amount } } } }
      ... on Erasure { eventIds }
    }
  }
`;
const ACTIVITY = /* GraphQL */ `
  subscription ($after: String) {
    stream: activity(after: $after, bucket: DAY) {
      __typename
      cursor
      ... on CountChange {
        typename
        events
      }
      ... on Recount {
        startsAt
        endsAt
      }
    }
  }
`;
const CHART = ACTIVITY.replace('CountChange', 'ActivityChange');
const COUNTS = /* GraphQL */ `
  {
    activity(from: "2026-01-01T00:00:00Z", to: "2026-03-31T00:00:00Z", bucket: DAY) {
      buckets {
        types {
          typename
          events
        }
      }
    }
  }
`;

const revisionsIn = (messages: readonly Message[]) => messages.filter(({ __typename }) => __typename === 'Revision');
const idsOf = (messages: readonly Message[]) => revisionsIn(messages).map(({ eventId }) => eventId);

const clientOf = async (gateway: TestGateway) =>
  createClient({
    url: gateway.webSocketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${await makeToken()}` },
    retryAttempts: 0,
  });

/** After so many revisions a reprocessing is killed. */
const KILLED_AT = thoroughly([60, 130, 200], [30]);

/** The messages after a cursor until everything has come, by each transport that a frontend may use. */
async function byFollow(gateway: TestGateway, after: string): Promise<Message[]> {
  const messages: Message[] = [];
  const client = await clientOf(gateway);
  const caughtUp = Promise.withResolvers<void>();
  const following = clientFollow<Message>(client, {
    query: follow('events'),
    after,
    onMessage: (message) => {
      messages.push(message);
      if (message.__typename === 'CaughtUp') caughtUp.resolve();
    },
    onGap: () => caughtUp.reject(new Error('there is a gap')),
  });
  await caughtUp.promise;
  following.stop();
  await endClient(client);
  return messages;
}

async function byResuming(gateway: TestGateway, after: string): Promise<Message[]> {
  const messages: Message[] = [];
  const client = resuming(await clientOf(gateway));
  await new Promise<void>((resolve, reject) => {
    client.subscribe<{ stream: Message }>(
      { query: follow('events'), variables: { after } },
      {
        next: ({ data }) => {
          messages.push(data!.stream);
          if (data!.stream.__typename === 'CaughtUp') resolve();
        },
        error: reject,
        complete: () => {},
      },
    );
  });
  await endClient(client);
  return messages;
}

async function byEventStream(gateway: TestGateway, after: string): Promise<Message[]> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${await makeToken()}`,
    },
    body: JSON.stringify({ query: follow('events'), variables: { after } }),
  });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/"CaughtUp"[^\n]*\n/.test(text)) break;
  }
  return [...text.matchAll(/^data: (\{.+)$/gm)].map(([, json]) => JSON.parse(json!).data.stream as Message);
}

/** The output of the command. */
async function printed(env: Record<string, string>, options: Parameters<typeof reprocess>[0] = {}) {
  const terminal = new TestTerminal(env);
  await reprocess(options, terminal);
  return terminal.lines;
}

async function countsBy(gateway: TestGateway) {
  const { data, errors } = await gateway.query(COUNTS);
  expect(errors).toBeUndefined();
  const counts: Record<string, number> = {};
  for (const { types } of data!['activity'].buckets) {
    for (const { typename, events } of types) counts[typename] = (counts[typename] ?? 0) + events;
  }
  return counts;
}

describe.each(logs)('$name', ({ database }) => {
  it('LOG9.6 gives yesterday’s events of no type the type that the present code has, while subscribers follow', async () => {
    const folder = temporaryFolder();
    const env: Record<string, string> = { ...environment(folder), ...(await database()) };
    const before = await TestGateway.start({ folder, env, sources: new Map([['eduzz', untypedEduzz(EDUZZ_SECRET)]]) });
    for (const name of NAMES) expect((await before.eduzz(sampleOf(name))).status, name).toBe(200);
    const page = '{ events(first: 100) { head edges { cursor node { id eventId __typename } } } }';
    const was = (await before.query(page)).data!['events'];
    expect(was.edges.every(({ node }: Message) => node!['__typename'] === 'OtherEvent')).toBe(true);
    // Of two of them nobody says when they happened: they count for today.
    expect(await countsBy(before)).toEqual({ OtherEvent: NAMES.length - 2 });
    await before.close();

    const gateway = await TestGateway.start({ folder, env });
    const live = await Subscriber.open(gateway, { query: follow('events') });
    const narrowed = (filter: object) => Subscriber.open(gateway, { query: follow('events'), variables: { filter } });
    const orders = await narrowed({ typenames: ['OrderChange'] });
    const untyped = await narrowed({ typenames: ['OtherEvent'] });
    const paid = await narrowed({ happened: ['PAID'] });
    const bentos = await narrowed({ search: 'bento' });
    const nobodys = await Subscriber.open(gateway, { query: follow('events'), claims: { scope: 'events:read' } });
    const foreign = await Subscriber.open(gateway, { query: follow('events'), claims: { tenants: ['eduzz:0'] } });
    const cancellations = await Subscriber.open(gateway, { query: follow('cancellations') });
    const activity = await Subscriber.open(gateway, { query: ACTIVITY });
    const chart = await Subscriber.open(gateway, { query: CHART });
    for (const one of [live, orders, untyped, paid, bentos, nobodys, foreign, cancellations, activity, chart])
      await one.caughtUp();

    const dry = await printed(env, { dryRun: true });
    expect(dry).toContain('eduzz\tmyeduzz.invoice_paid\t1\tOtherEvent would become OrderChange');
    expect(dry.slice(-2)).toEqual([
      `${NAMES.length} events: ${NAMES.length} would be revised, 0 the same, 0 not fitting, 0 without a payload.`,
      'This was a dry run: nothing was changed.',
    ]);
    expect((await gateway.query(page)).data!['events']).toEqual(was);

    const lines = await printed(env);
    expect(lines).toContain('eduzz\tmyeduzz.invoice_paid\t1\tOtherEvent became OrderChange');
    await live.until(({ messages }) => revisionsIn(messages).length === NAMES.length);
    const ids: string[] = was.edges.map(({ node }: Message) => node!['eventId']);
    expect(idsOf(live.messages)).toEqual(ids);
    const revised = revisionsIn(live.messages).map(({ node }) => node!);
    expect(revised.map(({ id }) => id)).toEqual(was.edges.map(({ node }: Message) => node!['id']));
    expect(revised.filter(({ __typename }) => __typename === 'OtherEvent')).toEqual([]);

    // Each is told only of the events that it asked for.
    const isOf = (typename: string) => revised.filter(({ __typename }) => __typename === typename);
    await orders.until(({ messages }) => revisionsIn(messages).length === isOf('OrderChange').length);
    expect(revisionsIn(orders.messages).every(({ node }) => node!['__typename'] === 'OrderChange')).toBe(true);
    expect(revisionsIn(orders.messages).every(({ matches }) => matches)).toBe(true);
    await untyped.until(({ messages }) => revisionsIn(messages).length === NAMES.length);
    expect(revisionsIn(untyped.messages).some(({ matches }) => matches)).toBe(false);
    // The log keeps neither what happened before nor the words of before, so it tells of all.
    for (const [one, filter] of [
      [paid, 'happened: ["PAID"]'],
      [bentos, 'search: "bento"'],
    ] as const) {
      await one.until(({ messages }) => revisionsIn(messages).length === NAMES.length);
      const { data } = await gateway.query(
        `{ events(last: 100, filter: { ${filter} }) { edges { node { eventId } } } }`,
      );
      const fitting = data!['events'].edges.map(({ node }: Message) => node!['eventId']);
      expect(fitting.length).toBeGreaterThan(0);
      expect(idsOf(one.messages.filter(({ matches }) => matches))).toEqual(fitting);
    }
    const canceled = revised.filter(({ __typename }) => String(__typename).endsWith('Cancellation'));
    expect(canceled.length).toBeGreaterThan(1);
    await cancellations.until(({ messages }) => revisionsIn(messages).length === canceled.length);
    expect(idsOf(cancellations.messages)).toEqual(canceled.map(({ eventId }) => eventId));
    await nobodys.until(({ messages }) => revisionsIn(messages).length === NAMES.length);
    expect(new Set(revisionsIn(nobodys.messages).map(({ node }) => node!['personalData']))).toEqual(
      new Set(['WITHHELD']),
    );
    // Who counts is told to count anew; who counts cancellations alone, only for the sake of these.
    const recounts = ({ messages }: Subscriber) => messages.filter(({ __typename }) => __typename === 'Recount');
    await activity.until((one) => recounts(one).length === NAMES.length);
    await chart.until((one) => recounts(one).length === canceled.length);
    expect(activity.messages.map(({ __typename }) => __typename)).not.toContain('EventCountChange');
    const { startsAt, endsAt } = recounts(chart)[0]!;
    const [at] = canceled.map(({ occurredAt }) => Date.parse(String(occurredAt)));
    expect(Date.parse(String(startsAt))).toBeLessThanOrEqual(at!);
    expect(Date.parse(String(endsAt))).toBeGreaterThan(at!);
    expect(foreign.messages).toHaveLength(1);

    // Lists have them where they were, and the cursors of before are good.
    const is = (await gateway.query(page)).data!['events'];
    expect(is.edges.map(({ cursor, node }: Message) => [cursor, node!['id']])).toEqual(
      was.edges.map(({ cursor, node }: Message) => [cursor, node!['id']]),
    );
    const counts = await countsBy(gateway);
    expect(counts['OtherEvent']).toBeUndefined();
    expect(counts['TicketChange']).toBe(isOf('TicketChange').length);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(NAMES.length - 2);
    // Who comes back from before is given each once, too.
    for (const after of [was.head, was.edges[7].cursor]) {
      const late = await Subscriber.open(gateway, { query: follow('events'), variables: { after } });
      await late.caughtUp();
      expect(late.messages.filter(({ __typename }) => __typename === 'Gap')).toEqual([]);
      expect(idsOf(late.messages)).toEqual(ids);
    }
    for (const come of [byFollow, byResuming, byEventStream]) {
      expect(idsOf(await come(gateway, was.head)), come.name).toEqual(ids);
    }

    // Once more changes nothing.
    const { head } = is;
    const again = await printed(env);
    expect(again.at(-1)).toBe(
      `${NAMES.length} events: 0 revised, ${NAMES.length} the same, 0 not fitting, 0 without a payload.`,
    );
    expect((await gateway.query(page)).data!['events'].head).toBe(head);
    const terminal = new TestTerminal(env);
    await check(terminal);
    expect(terminal.lines[0]).toMatch(/^All is well/);
    expect(await printed(env, { type: 'myeduzz.invoice_paid', source: 'eduzz', since: '2026-01-01' })).toContain(
      '1 event: 0 revised, 1 the same, 0 not fitting, 0 without a payload.',
    );
  });

  it('LOG9.4 goes on after each kill -9 beside deliveries and erasures, and followers have each revision once', async () => {
    const folder = temporaryFolder();
    const env: Record<string, string> = { ...environment(folder), ...(await database()) };
    const before = await TestGateway.start({ folder, env, sources: new Map([['eduzz', untypedEduzz(EDUZZ_SECRET)]]) });
    // Each of somebody else, or an erasure would find them all.
    const order = (id: string) => {
      const buyer = { id: `buyer-${id}`, name: 'Bento Comprador', email: `${id}@compra.example` };
      return eventOf('myeduzz.invoice_paid', invoice('paid', { id: `order-${id}`, buyer }), { id });
    };
    const ids = Array.from({ length: thoroughly(320, 100) }, (_, index) => `paid-${index}`);
    await Promise.all(ids.map(async (id) => expect((await before.eduzz(order(id))).status).toBe(200)));
    const { head } = (await before.query('{ events(last: 1) { head } }')).data!['events'];
    await before.close();

    const gateway = await TestGateway.start({ folder, env });
    const live = await Subscriber.open(gateway, { query: follow('events') });
    await live.caughtUp();
    const log = await openLog(env['DATABASE_URL']!);
    // In whichever order they came, these are among the last.
    const erased = (await log.read({ direction: 'backward', limit: KILLED_AT.length, filter: {} })).events.map(
      ({ eventId }) => eventId,
    );
    let resumed: Message[] = [];
    let after: string = head;
    for (const [round, share] of KILLED_AT.entries()) {
      const child = hookcast(['reprocess'], env, folder);
      const exited = once(child, 'exit');
      const told = live.until(({ messages }) => revisionsIn(messages).length >= share);
      await Promise.race([told, exited]);
      child.kill('SIGKILL');
      await exited;
      expect((await gateway.eduzz(order(`new-${round}`))).status).toBe(200);
      const request = { by: 'subject', source: 'eduzz', subject: `order/order-${erased[round]}` } as const;
      // Before its event is come to: that has nothing any more that could be looked at anew.
      await log.erase({ ...request, account: null, contacts: [] }, { at: Date.now(), orderedBy: 'operator ana' });
      // One that comes back now and then, from where it was.
      const back = await Subscriber.open(gateway, { query: follow('events'), variables: { after } });
      await back.caughtUp();
      resumed.push(...back.messages);
      after = back.lastCursor;
      await back.stop();
    }
    const child = hookcast(['reprocess'], env, folder);
    expect((await once(child, 'exit'))[0]).toBe(0);
    // An event that was erased before its turn is skipped; others may have had their turn.
    const kept = await log.find(ids.map((eventId) => ({ source: 'eduzz', eventId })));
    const left = ids.filter((_, index) => kept[index]!.shape === 'OrderChange');
    expect(left.length).toBeGreaterThanOrEqual(ids.length - erased.length);
    await live.until(({ messages }) => revisionsIn(messages).length >= left.length);
    const last = await Subscriber.open(gateway, { query: follow('events'), variables: { after } });
    await last.caughtUp();
    resumed = [...resumed, ...last.messages];
    expect(new Set(idsOf(live.messages))).toEqual(new Set(left));
    expect(idsOf(live.messages)).toHaveLength(left.length);
    expect(idsOf(resumed)).toEqual(idsOf(live.messages));
    const arrived = live.messages.filter(({ __typename }) => __typename === 'EventEdge');
    expect(arrived.map(({ node }) => node!['eventId'])).toEqual(KILLED_AT.map((_, round) => `new-${round}`));
    expect(await countsBy(gateway)).toMatchObject({ OrderChange: left.length + KILLED_AT.length });
    const gone = await log.find(erased.map((eventId) => ({ source: 'eduzz', eventId })));
    expect(gone.every((event) => event!.isErased)).toBe(true);
    await log.close();
    const terminal = new TestTerminal(env);
    await check(terminal);
    expect(terminal.lines[0]).toMatch(/^All is well/);
  });
});

const REPROCESS = /* GraphQL */ `
  mutation ($source: String, $dryRun: Boolean, $after: String) {
    reprocess(source: $source, dryRun: $dryRun, after: $after) {
      cursor
      isDone
      events {
        source
        type
        outcome
        typename
        becomes
        count
        issues {
          path
          message
        }
      }
    }
  }
`;

/** A gateway of these sources, which has recorded what bikes of the second version send. */
async function ofBikes(later: ReadonlyMap<string, Provider>) {
  const folder = temporaryFolder();
  const before = await TestGateway.start({ folder, sources: new Map([['bikes', bikes(2)]]) });
  const sent = [rentalCancelled({ id: 'named' }), rentalCancelled({ id: 'numbered', bike: 7 })];
  for (const payload of sent) expect((await before.post('bikes', signedBike(payload))).status).toBe(200);
  await before.close();
  return TestGateway.start({ folder, sources: later });
}

const outcomesOf = async (gateway: TestGateway, variables: Record<string, unknown> = {}) => {
  const { data, errors } = await gateway.query(REPROCESS, variables);
  expect(errors).toBeUndefined();
  const { isDone, events } = data!['reprocess'];
  expect(isDone).toBe(true);
  return events.map(({ outcome, count, issues }: Record<string, any>) => [outcome, count, issues[0]?.message]);
};

it('LOG9.7 leaves an event that no longer fits as it is, and says where and why, without its values', async () => {
  const gateway = await ofBikes(new Map([['bikes', bikes(1)]]));
  const { head } = (await gateway.query('{ events(last: 1) { head } }')).data!['events'];
  const { data } = await gateway.query(REPROCESS);
  expect(data!['reprocess'].events).toEqual([
    {
      source: 'bikes',
      type: 'rental.cancelled',
      outcome: 'SAME',
      typename: 'BookingCancellation',
      becomes: null,
      count: 1,
      issues: [],
    },
    {
      source: 'bikes',
      type: 'rental.cancelled',
      outcome: 'UNFIT',
      typename: 'BookingCancellation',
      becomes: null,
      count: 1,
      issues: [{ path: 'bike', message: expect.stringContaining('expected string') }],
    },
  ]);
  const after = (await gateway.query('{ events(last: 2) { head edges { node { __typename } } } }')).data!['events'];
  expect(after).toMatchObject({ head, edges: [{}, { node: { __typename: 'BookingCancellation' } }] });
});

it('LOG9.7 skips events that now belong to another account, another provider or no source', async () => {
  const elsewhere = await ofBikes(new Map([['bikes', ofAccounts(bikes(2), ['olinda'])]]));
  expect(await outcomesOf(elsewhere)).toEqual([
    ['UNFIT', 2, 'it is not wanted: it belongs to an account that this source does not accept'],
  ]);
  const other = await ofBikes(new Map([['bikes', untypedEduzz(EDUZZ_SECRET)]]));
  expect(await outcomesOf(other)).toEqual([
    ['UNFIT', 2, 'it came from the provider bikes, and the source is now of eduzz'],
  ]);
  const none = await ofBikes(new Map([['eduzz', untypedEduzz(EDUZZ_SECRET)]]));
  expect(await outcomesOf(none)).toEqual([['UNFIT', 2, 'its source is not configured']]);
  expect(await outcomesOf(none, { source: 'eduzz' })).toEqual([]);
});

/** A club. Only its second version knows that one of its events is a privacy request. */
function club(version: 1 | 2): Provider {
  const body = z.object({ id: z.string(), event: z.string(), member: z.string() });
  return defineProvider({
    name: 'club',
    verify: hmac({ secrets: ['the club signs with this'], header: 'x-club', encoding: 'hex' }),
    about({ payload }) {
      const parsed = body.safeParse(payload);
      if (!parsed.success) return unfit(parsed.error);
      const { id, event, member } = parsed.data;
      const erases = version === 2 && event === 'member.forget' ? { contacts: [member] } : null;
      return { type: event, eventId: id, account: 'olinda', subject: `member/${member}`, erases };
    },
    events: {},
  });
}

it('LOG9.10 fulfills an event that turns out to be a privacy request, and says so in a dry run beforehand', async () => {
  const folder = temporaryFolder();
  const before = await TestGateway.start({ folder, sources: new Map([['club', club(1)]]) });
  for (const [id, event, member] of [
    ['a', 'member.joined', 'member-0001'],
    ['b', 'member.joined', 'member-0002'],
    ['c', 'member.forget', 'member-0001'],
  ]) {
    const payload = JSON.stringify({ id, event, member });
    const signature = hmacSha256(hmacKey('the club signs with this'), Buffer.from(payload)).toString('hex');
    expect((await before.post('club', { body: payload, headers: { 'x-club': signature } })).status).toBe(200);
  }
  await before.close();
  const gateway = await TestGateway.start({ folder, sources: new Map([['club', club(2)]]) });
  const personal = async () => {
    const { data } = await gateway.query('{ events(first: 9) { edges { node { eventId personalData } } } }');
    return data!['events'].edges.map(({ node }: Message) => [node!['eventId'], node!['personalData']]);
  };
  const said = [
    ['SAME', 2, undefined],
    ['ERASING', 1, undefined],
  ];
  expect(await outcomesOf(gateway, { dryRun: true })).toEqual(said);
  expect(await personal()).toEqual(['a', 'b', 'c'].map((id) => [id, 'AVAILABLE']));
  expect(await outcomesOf(gateway)).toEqual(said);
  expect(await personal()).toEqual([
    ['a', 'ERASED'],
    ['b', 'AVAILABLE'],
    ['c', 'ERASED'],
  ]);
  expect(await outcomesOf(gateway)).toEqual([
    ['WITHOUT_RAW', 1, undefined],
    ['SAME', 1, undefined],
    ['WITHOUT_RAW', 1, undefined],
  ]);
});

it('LOG9.8 reprocesses by a mutation for operators of every tenant alone, and goes on from its cursor', async () => {
  const gateway = await ofBikes(new Map([['bikes', bikes(2)]]));
  for (const claims of [{ scope: 'events:read pii:read raw:read' }, { tenants: ['bikes:recife'] }]) {
    const { errors } = await gateway.query(REPROCESS, {}, claims);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
  const { data } = await gateway.query(REPROCESS, { dryRun: true });
  expect(await outcomesOf(gateway, { after: data!['reprocess'].cursor })).toEqual([]);
  expect(await outcomesOf(gateway)).toEqual([['SAME', 2, undefined]]);
  const { errors } = await gateway.query(REPROCESS, { after: 'x' });
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
});

it('LOG9.8 says what is wrong with the command’s options', async () => {
  const gateway = await ofBikes(new Map([['bikes', bikes(2)]]));
  const file = join(gateway.folder, 'hookcast.config.ts');
  const fixture = JSON.stringify(fileURLToPath(new URL('../fixtures/bikes.ts', import.meta.url)));
  writeFileSync(file, `import { bikes } from ${fixture};\nexport default { sources: { bikes: bikes(2) } };\n`);
  const env = { ...environment(gateway.folder), CONFIG_FILE: file };
  await expect(printed(env, { source: 'bykes' })).rejects.toThrow('The log has nothing of a source "bykes"');
  await expect(printed(env, { since: 'yesterday' })).rejects.toThrow('--since: expected a day or a moment');
  expect((await printed(env, { since: '2026-03-02' })).at(-1)).toMatch(/^0 events/);
  expect((await printed(env, { since: '2026-03-01T12:00:00Z' })).at(-1)).toMatch(/^2 events: 0 revised, 2 the same/);
});
