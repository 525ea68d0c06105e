import { expect, it } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';

const PAGE = `query Page($first: Int, $last: Int, $before: String, $after: String, $filter: EventFilter) {
  events(first: $first, last: $last, before: $before, after: $after, filter: $filter) {
    head pageInfo { hasPreviousPage startCursor } edges { cursor node { eventId } }
  }
}`;
const STREAM = `subscription ($after: String, $filter: EventFilter) {
  stream: events(after: $after, filter: $filter) { __typename cursor ... on EventEdge { node { eventId } } ... on Erasure { eventIds } }
}`;
const OPEN = { scope: 'events:read' };

const zuleica = { name: 'Zuleica Prado', email: 'zuleica.prado@ficticia.example', phone: '+5521988887777' };

async function withPeople(): Promise<TestGateway> {
  const gateway = await TestGateway.start();
  await gateway.eduzz(attendanceCanceled({ id: 'first' }));
  await gateway.eduzz(
    attendanceCanceled({ id: 'second', participant: { ...zuleica, inviteKey: '77001122', id: 'p-2' } }),
  );
  await gateway.eduzz(
    attendanceCanceled({
      id: 'elsewhere',
      producer: { id: '7002', name: 'Outra', email: 'outra@produtora.example' },
      participant: { ...zuleica, inviteKey: '77001133', id: 'p-3' },
      occasion: { name: 'Balada do Açude' },
    }),
  );
  return gateway;
}

async function found(
  gateway: TestGateway,
  search: string,
  claims: object = {},
  filter: object = {},
): Promise<string[]> {
  const { data, errors } = await gateway.query(PAGE, { last: 10, filter: { ...filter, search } }, claims);
  if (errors) throw new Error(JSON.stringify(errors));
  return data!['events'].edges.map(({ node }: any) => node.eventId);
}

it('GQL2.10 finds events by their words, and by people only with pii:read, within the tenants of the token', async () => {
  const gateway = await withPeople();
  for (const search of ['zuleica', 'PRADO zul', 'zuleica.prado@ficticia.example', '21 98888-7777', 'outra zuleica']) {
    const own = search.startsWith('outra') ? [] : ['second'];
    expect([search, await found(gateway, search)]).toEqual([search, [...own, 'elsewhere']]);
    expect([search, await found(gateway, search, OPEN)]).toEqual([search, []]);
    expect([search, await found(gateway, search, { tenants: ['eduzz:7001'] })]).toEqual([search, own]);
  }
  // Names of things are for everybody who may read the events.
  expect(await found(gateway, 'acude', OPEN)).toEqual(['elsewhere']);
  expect(await found(gateway, 'noite choro', OPEN)).toEqual(['first', 'second']);
  expect(await found(gateway, 'açude', { tenants: ['eduzz:7001'] })).toEqual([]);
  expect(await found(gateway, 'zuleica', {}, { tenants: ['eduzz:7002'] })).toEqual(['elsewhere']);
  expect(await found(gateway, 'zuleica', {}, { kinds: ['ORDER'] })).toEqual([]);
  const { errors } = await gateway.query(PAGE, { filter: { search: 'x'.repeat(300) } });
  expect(errors?.[0]?.extensions?.['code']).toBe('BAD_REQUEST');
});

it('GQL2.10 pages through what it finds, and finds nobody who was erased', async () => {
  const gateway = await withPeople();
  const first = (await gateway.query(PAGE, { last: 1, filter: { search: 'zuleica' } })).data!['events'];
  expect(first.edges.map(({ node }: any) => node.eventId)).toEqual(['elsewhere']);
  const { startCursor: before, hasPreviousPage } = first.pageInfo;
  expect(hasPreviousPage).toBe(true);
  const second = (await gateway.query(PAGE, { last: 1, before, filter: { search: 'zuleica' } })).data!['events'];
  expect(second.edges.map(({ node }: any) => node.eventId)).toEqual(['second']);
  expect(second.pageInfo.hasPreviousPage).toBe(false);
  const erase = 'mutation ($email: String!) { erase(email: $email, evenSeveral: true) { __typename } }';
  expect((await gateway.query(erase, { email: zuleica.email })).errors).toBeUndefined();
  expect(await found(gateway, 'zuleica')).toEqual([]);
  expect(await found(gateway, 'choro')).toEqual(['first', 'second']);
});

it('GQL2.10 sends a subscription what it searches for, live and from the log, also where the document shows nobody', async () => {
  const gateway = await withPeople();
  const variables = { filter: { search: 'zuleica' } };
  const live = await Subscriber.open(gateway, { query: STREAM, variables });
  const open = await Subscriber.open(gateway, { query: STREAM, variables, claims: OPEN });
  await Promise.all([live.caughtUp(), open.caughtUp()]);
  const { head } = (await gateway.query(PAGE, { first: 0 })).data!['events'];
  const start = (await gateway.query(PAGE, { first: 1 })).data!['events'].edges[0].cursor;
  await gateway.eduzz(attendanceCanceled({ id: 'other' }));
  await gateway.eduzz(
    attendanceCanceled({ id: 'again', participant: { ...zuleica, inviteKey: '77001144', id: 'p-4' } }),
  );
  await live.events(1);
  expect(live.eventIds).toEqual(['again']);
  const late = await Subscriber.open(gateway, { query: STREAM, variables: { ...variables, after: start } });
  await late.events(3);
  expect(late.eventIds).toEqual(['second', 'elsewhere', 'again']);
  const last = await Subscriber.open(gateway, { query: STREAM, variables: { ...variables, after: head } });
  await last.events(1);
  expect(last.eventIds).toEqual(['again']);
  // A gateway that has just begun has nothing in memory.
  await gateway.close();
  const next = await TestGateway.start({ folder: gateway.folder });
  const read = await Subscriber.open(next, { query: STREAM, variables: { ...variables, after: start } });
  await read.caughtUp();
  expect(read.eventIds).toEqual(['second', 'elsewhere', 'again']);
  expect(open.eventIds).toEqual([]);
});
