import { expect, it } from 'vitest';
import { erase } from '../../src/commands/erase.ts';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';
import { scrapeText } from '../support/metrics.ts';
import { TestTerminal } from '../support/terminal.ts';

const LIST = /* GraphQL */ `
  query Waiting($state: QuarantineState, $first: Int, $after: String, $last: Int, $before: String) {
    quarantine(state: $state, first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          state
          source
          type
          eventId
          personalData
          payload
          issues {
            path
            message
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;
const decide = (what: 'release' | 'discard') => /* GraphQL */ `
  mutation ($id: ID!) {
    decided: ${what}Quarantined(id: $id) { state eventId settledAt personalData payload issues { path } }
  }
`;

const start = (folder: string, version: 1 | 2) =>
  TestGateway.start({ folder, sources: new Map([['bikes', bikes(version)]]) });

/** A delivery that the first version of the provider's code does not understand: its bike is a number. */
const numbered = (id = 'rental-event-1') => signedBike(rentalCancelled({ id, bike: 41 }));

/** The same, with ids that are called so. */
function numberedWithIds({ id, shopId, rentalId }: { id: string; shopId: string; rentalId: string }) {
  return signedBike(rentalCancelled({ id, bike: 41, shop: undefined, rental: undefined, shopId, rentalId }));
}

async function waiting(gateway: TestGateway, variables = {}, claims = {}) {
  const { data } = await gateway.query(LIST, variables, claims);
  return data!['quarantine'].edges.map(({ node }: any) => node);
}

it('IN7.1 shows what waits and why, and releases it with newer code: once, as an event of now', async () => {
  const folder = temporaryFolder();
  const old = await start(folder, 1);
  await old.post('bikes', signedBike(rentalCancelled({ id: 'earlier' })));
  expect((await old.post('bikes', numbered())).body).toMatchObject({ status: 'quarantined', id: '1' });
  expect(await waiting(old)).toEqual([
    {
      id: '1',
      state: 'WAITING',
      source: 'bikes',
      type: 'rental.cancelled',
      eventId: 'rental-event-1',
      personalData: 'AVAILABLE',
      payload: rentalCancelled({ bike: 41 }),
      issues: [{ path: 'bike', message: expect.stringContaining('expected string') }],
    },
  ]);
  // The code is as it was: it goes on waiting.
  const tooEarly = await old.query(decide('release'), { id: '1' });
  expect(tooEarly.data?.['decided']).toMatchObject({ state: 'WAITING', issues: [{ path: 'bike' }] });
  await old.close();

  const fixed = await start(folder, 2);
  const subscriber = await Subscriber.open(fixed);
  await subscriber.caughtUp();
  await fixed.post('bikes', signedBike(rentalCancelled({ id: 'later' })));
  const released = await fixed.query(decide('release'), { id: '1' });
  expect(released.data?.['decided']).toMatchObject({
    state: 'RELEASED',
    eventId: 'rental-event-1',
    settledAt: expect.any(String),
    payload: null,
  });
  await subscriber.events(2);
  expect(subscriber.eventIds).toEqual(['later', 'rental-event-1']);

  const again = await Promise.all([1, 2, 3].map(() => fixed.query(decide('release'), { id: '1' })));
  for (const { data } of again) expect(data?.['decided']).toEqual(released.data?.['decided']);
  expect((await fixed.post('bikes', numbered())).body).toMatchObject({ status: 'duplicate' });
  const { data } = await fixed.query('{ cancellations { edges { node { eventId title customer { name } } } } }');
  expect(data?.['cancellations'].edges.map(({ node }: any) => node)).toMatchObject([
    { eventId: 'earlier' },
    { eventId: 'later' },
    { eventId: 'rental-event-1', title: 'Bike 41', customer: { name: 'Caio Inventado' } },
  ]);
  expect(await waiting(fixed)).toEqual([]);
  expect(await waiting(fixed, { state: 'RELEASED' })).toMatchObject([{ id: '1', eventId: 'rental-event-1' }]);
});

it('IN4.10 releases the rest of a delivery whose people were erased, as an event without personal data', async () => {
  const folder = temporaryFolder();
  const old = await start(folder, 1);
  // One waits when its person is erased; of the other nobody knew before.
  const ids = { id: 'rental-event-1', shopId: 'recife-01', rentalId: 'r-1000000' };
  expect((await old.post('bikes', numberedWithIds(ids))).body).toMatchObject({ status: 'quarantined', id: '1' });
  const email = 'caio@inventado.example';
  const terminal = new TestTerminal(environment(folder));
  await erase({ email }, terminal);
  expect(terminal.lines.join('\n')).toMatch(/events {6}0\n {2}quarantine {2}1\n[^]*kept without them/);
  const late = await old.post('bikes', numberedWithIds({ ...ids, id: 'rental-event-2' }));
  expect(late.body).toMatchObject({ status: 'quarantined', id: '2' });
  const listed = await waiting(old);
  expect(listed).toMatchObject([
    { id: '1', state: 'WAITING', personalData: 'ERASED', payload: { bike: 41, rider: { name: '', email: '' } } },
    { id: '2', state: 'WAITING', personalData: 'ERASED' },
  ]);
  expect(JSON.stringify(listed)).not.toMatch(/caio|inventado/i);
  for (const scope of ['ops', 'ops pii:read', 'ops raw:read']) {
    expect(await waiting(old, {}, { scope })).toMatchObject(
      [1, 2].map(() => ({ personalData: 'ERASED', payload: null })),
    );
  }
  await old.close();

  const fixed = await start(folder, 2);
  for (const id of ['1', '2']) {
    expect((await fixed.query(decide('release'), { id })).data?.['decided']).toMatchObject({ state: 'RELEASED' });
  }
  const { data } = await fixed.query(
    '{ cancellations { edges { node { eventId subject personalData tenant { id } customer { name email } raw } } } }',
  );
  const event = { subject: 'rental/r-1000000', personalData: 'ERASED', tenant: { id: 'bikes:recife-01' } };
  expect(data?.['cancellations'].edges.map(({ node }: any) => node)).toMatchObject([
    { ...event, eventId: 'rental-event-1', customer: null, raw: null },
    { ...event, eventId: 'rental-event-2', raw: null },
  ]);
});

it('IN4.10 keeps the rest of a delivery if its account is no longer known', async () => {
  const folder = temporaryFolder();
  const old = await start(folder, 1);
  await old.post('bikes', numbered());
  await erase({ email: 'caio@inventado.example' }, new TestTerminal(environment(folder)));
  await old.close();
  const fixed = await start(folder, 2);
  const { data } = await fixed.query(decide('release'), { id: '1' });
  expect(data?.['decided']).toMatchObject({ state: 'WAITING', issues: [{ path: '' }] });
  const [kept] = await waiting(fixed);
  expect(kept.issues[0].message).toContain('was erased with the people in it');
});

it('IN7.2 releases once also when many ask at the same moment', async () => {
  const folder = temporaryFolder();
  const old = await start(folder, 1);
  await old.post('bikes', numbered());
  await old.close();
  const gateway = await start(folder, 2);
  const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.query(decide('release'), { id: '1' })));
  for (const { data } of answers) expect(data?.['decided']).toMatchObject({ state: 'RELEASED' });
  const { data } = await gateway.query('{ events { edges { node { eventId } } } }');
  expect(data?.['events'].edges).toHaveLength(1);
});

it('IN7.3 discards a delivery, and keeps it discarded if it is sent again', async () => {
  const gateway = await start(temporaryFolder(), 1);
  await gateway.post('bikes', numbered());
  expect((await gateway.query(decide('discard'), { id: '1' })).data?.['decided']).toMatchObject({
    state: 'DISCARDED',
    payload: null,
  });
  expect((await gateway.post('bikes', numbered())).body).toMatchObject({ status: 'quarantined', id: '1' });
  expect(await waiting(gateway)).toEqual([]);
  expect((await gateway.query(decide('release'), { id: '1' })).data?.['decided']).toMatchObject({ state: 'DISCARDED' });
  expect((await gateway.query(decide('release'), { id: '2' })).errors).toMatchObject([
    { extensions: { code: 'NOT_FOUND' } },
  ]);
  for (const id of ['', '0', '-1', '1e3', 'one', '9'.repeat(30)]) {
    expect((await gateway.query(decide('discard'), { id })).errors?.[0]?.extensions?.['code']).toBe('BAD_REQUEST');
  }
});

it('IN7.1 lists what waits in pages, from the oldest and from the newest', async () => {
  const gateway = await start(temporaryFolder(), 1);
  for (let count = 1; count <= 5; count += 1) await gateway.post('bikes', numbered(`event-${count}`));
  const first = await gateway.query(LIST, { first: 2 });
  const ends = { hasPreviousPage: false, hasNextPage: false };
  expect(first.data?.['quarantine'].pageInfo).toEqual({ ...ends, hasNextPage: true, startCursor: '1', endCursor: '2' });
  const rest = await waiting(gateway, { first: 3, after: '2' });
  expect(rest.map(({ eventId }: any) => eventId)).toEqual(['event-3', 'event-4', 'event-5']);
  const newest = await gateway.query(LIST, { last: 2 });
  expect(newest.data?.['quarantine'].pageInfo).toEqual({
    ...ends,
    hasPreviousPage: true,
    startCursor: '4',
    endCursor: '5',
  });
  const before = await waiting(gateway, { last: 3, before: '4' });
  expect(before.map(({ eventId }: any) => eventId)).toEqual(['event-1', 'event-2', 'event-3']);
  expect((await gateway.query(LIST, { first: 1, last: 1 })).errors?.[0]?.extensions?.['code']).toBe('BAD_REQUEST');
  for (const first of [-1, 101]) {
    expect((await gateway.query(LIST, { first })).errors?.[0]?.extensions?.['code']).toBe('BAD_REQUEST');
  }
});

it('AUTH2.2 shows no personal data of quarantine without pii:read, and no payload without raw:read', async () => {
  const gateway = await start(temporaryFolder(), 1);
  await gateway.post('bikes', numbered());
  for (const scope of ['ops', 'ops raw:read', 'ops events:read raw:read']) {
    const answer = await gateway.query(LIST, {}, { scope });
    expect(answer.data?.['quarantine'].edges[0].node).toMatchObject({ personalData: 'WITHHELD', payload: null });
    expect(JSON.stringify(answer)).not.toMatch(/caio|inventado/i);
  }
  expect(await waiting(gateway, {}, { scope: 'ops pii:read' })).toMatchObject([{ payload: null }]);
  const released = await gateway.query(decide('release'), { id: '1' }, { scope: 'ops' });
  expect(released.data?.['decided']).toMatchObject({ state: 'WAITING', payload: null });
});

it('AUTH1.5 opens quarantine to operators of every tenant only', async () => {
  const gateway = await start(temporaryFolder(), 1);
  await gateway.post('bikes', numbered());
  const strangers = [{ scope: 'events:read pii:read raw:read' }, { scope: 'ops', tenants: ['bikes:recife'] }];
  for (const claims of strangers) {
    for (const query of [LIST, decide('release'), decide('discard')]) {
      const { errors, data } = await gateway.query(query, { id: '1' }, claims);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(data).toBeNull();
    }
  }
  expect(await waiting(gateway)).toHaveLength(1);
});

it('IN7.4 counts where deliveries do not fit, and no more paths than so many', async () => {
  const gateway = await start(temporaryFolder(), 1);
  await gateway.post('bikes', numbered());
  await gateway.post('bikes', signedBike(rentalCancelled({ id: 'b', rider: { name: 1 } })));
  const metrics = await scrapeText(gateway);
  expect(metrics).toContain('hookcast_quarantined_total{source="bikes",path="bike"} 1');
  expect(metrics).toContain('hookcast_quarantined_total{source="bikes",path="rider.name"} 1');
  expect(metrics).not.toMatch(/caio|inventado/i);
});

it('IN4.3 keeps a delivery if the event that a provider of one’s own made of it can’t be written', async () => {
  const provider = bikes(2);
  const odd: typeof provider = {
    ...provider,
    normalise(verified, place) {
      const normalised = provider.normalise(verified, place);
      if (normalised.outcome !== 'event') return normalised;
      return { ...normalised, event: { ...normalised.event, data: { big: 1n } } };
    },
  };
  const gateway = await TestGateway.start({ sources: new Map([['bikes', odd]]) });
  expect((await gateway.post('bikes', signedBike(rentalCancelled()))).body).toMatchObject({ status: 'quarantined' });
  expect(await waiting(gateway)).toMatchObject([
    { issues: [{ message: expect.stringContaining('JSON can’t represent') }] },
  ]);
});
