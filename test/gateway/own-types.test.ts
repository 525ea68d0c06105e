import { join } from 'node:path';
import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { eventType, said } from '../../src/declaration/event-type.ts';
import { id, instant, listOf, text } from '../../src/declaration/fields.ts';
import { open } from '../../src/declaration/mark.ts';
import { partsOf } from '../../src/execution/parts.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { defineProvider, unfit } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { parseInstant } from '../../src/providers/instant.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { servedTypes } from '../../src/served-types.ts';
import { Serving } from '../../src/serving.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { money } from '../../src/types/money.ts';
import { person } from '../../src/types/person.ts';
import { TestGateway } from '../support/gateway.ts';
import { scrape } from '../support/metrics.ts';
import { Subscriber } from '../support/subscriber.ts';

const TicketSold = eventType('TicketSold', {
  description: 'A ticket was sold.',
  fields: z.object({
    seat: id,
    price: money.describe('What the buyer paid.'),
    channel: z.enum(['WEB', 'DOOR']),
    show: z.object({ name: open(text), startsAt: instant.nullable(), usher: text.nullable() }),
    rows: listOf(z.object({ row: id, sitter: person })),
    buyer: person,
    note: text.nullable(),
  }),
  amount: 'price',
});

const sold = z.object({
  seat: z.unknown(),
  price: z.string(),
  show: z.string(),
  buyer: z.object({ name: z.string(), email: z.string() }),
});

const theatre = () =>
  defineProvider({
    name: 'theatre',
    verify: sharedToken({ header: 'x-theatre', tokens: ['a token of the theatre'] }),
    about({ payload }) {
      const envelope = z.object({ id, event: z.string(), house: id }).safeParse(payload);
      if (!envelope.success) return unfit(envelope.error);
      return { type: envelope.data.event, eventId: envelope.data.id, account: envelope.data.house };
    },
    events: {
      'ticket.sold': event(sold, TicketSold, ({ seat, price, show, buyer }) => ({
        seat: seat as string,
        price: { amount: price, currency: 'BRL' },
        channel: 'WEB',
        show: { name: show, startsAt: parseInstant('2026-12-24T20:00:00-03:00'), usher: 'Rui Inventado' },
        rows: [{ row: '7', sitter: { name: 'Caio Inventado' } }],
        buyer,
      })),
      'ticket.gone': event(z.object({}), () => said(TicketSold, { seat: '1' } as never)),
    },
  });

let gateway: TestGateway;
beforeAll(
  async () => void (gateway = await TestGateway.start({ lasting: true, sources: new Map([['theatre', theatre()]]) })),
);
afterAll(() => gateway.end());

const post = async (payload: Record<string, unknown>) => {
  const answer = await fetch(`${gateway.url}/webhooks/theatre`, {
    method: 'POST',
    headers: { 'x-theatre': 'a token of the theatre', 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'e1', event: 'ticket.sold', house: 'h1', ...payload }),
  });
  return (await answer.json()) as { status: string };
};
const one = {
  seat: 'A-12',
  price: '149.90',
  show: 'A Tempestade',
  buyer: { name: 'Ana Imaginária', email: 'ana@imaginaria.example' },
};
const FIELDS = `id __typename ... on TicketSold {
  seat price { amount currency } channel show { name startsAt { text } usher } rows { row sitter { name } } buyer { name email } note }`;
const QUERY = `{ events(last: 1) { edges { node { ${FIELDS} } } } }`;
const seen = async (scope: string) => {
  const { data, errors } = await gateway.query(QUERY, {}, { scope, tenants: ['theatre:h1'] });
  expect(errors).toBeUndefined();
  return data!['events'].edges[0].node;
};

it('GQL8.1 serves a type of one’s own in lists and streams, as far as a token may see it', async () => {
  const subscriber = await Subscriber.open(gateway, {
    query: `subscription { stream: events { __typename cursor ... on EventEdge { node { eventId ${FIELDS} } } } }`,
  });
  await subscriber.caughtUp();
  expect(await post(one)).toMatchObject({ status: 'accepted' });
  const open = {
    __typename: 'TicketSold',
    seat: 'A-12',
    price: { amount: '149.90', currency: 'BRL' },
    channel: 'WEB',
    show: { name: 'A Tempestade', startsAt: { text: '2026-12-24T20:00:00-03:00' }, usher: null },
    rows: [{ row: '7', sitter: null }],
    buyer: null,
    note: null,
  };
  expect(await seen('events:read')).toMatchObject(open);
  const whole = {
    ...open,
    show: { ...open.show, usher: 'Rui Inventado' },
    rows: [{ row: '7', sitter: { name: 'Caio Inventado' } }],
    buyer: one.buyer,
  };
  expect(await seen('events:read pii:read')).toMatchObject(whole);
  await subscriber.events(1);
  expect(subscriber.messages.at(-1)).toMatchObject({ node: whole });
});

it('GQL8.1 leaves the price and takes the people when one of them is erased', async () => {
  await post({ ...one, id: 'e2' });
  const { id: node } = await seen('events:read');
  const log = new SqliteLog(join(gateway.folder, 'hookcast.db'));
  onTestFinished(() => log.close());
  await log.erase(
    { by: 'email', email: 'ana@imaginaria.example', source: null },
    { at: Date.now(), orderedBy: 'a test' },
  );
  const after = await seen('events:read pii:read');
  expect(after).toMatchObject({ id: node, price: { amount: '149.90' }, show: { usher: null }, buyer: null });
  expect(JSON.stringify(after)).not.toMatch(/Ana|Caio|Rui/);
});

it('GQL8.10 tells what an event of any type says, one by one, as far as a token may see it', async () => {
  // No person who was erased before.
  const buyer = { name: 'Bia Inventada', email: 'bia@inventada.example' };
  await post({ ...one, buyer, id: 'facts' });
  const { id } = await seen('events:read');
  const factsOf = async (scope: string, of: string = id, tenants = ['theatre:h1']) => {
    const query = 'query Facts($id: ID!) { facts(id: $id) { path description type isPersonal value } }';
    const { data, errors } = await gateway.query(query, { id: of }, { scope, tenants });
    expect(errors).toBeUndefined();
    return data!['facts'] as Record<string, any>[] | null;
  };
  const said = (facts: readonly Record<string, any>[] | null) =>
    facts!.map(({ path, type, isPersonal, value }) => [path.join('.'), type, isPersonal, value]);
  const price = { amount: '149.90', currency: 'BRL' };
  expect(said(await factsOf('events:read pii:read'))).toEqual([
    ['seat', 'ID', false, 'A-12'],
    ['price', 'Money', false, price],
    ['channel', 'TicketSoldChannel', false, 'WEB'],
    ['show.name', 'String', false, 'A Tempestade'],
    ['show.startsAt', 'ProviderTime', false, '2026-12-24T23:00:00.000Z'],
    ['show.usher', 'String', true, 'Rui Inventado'],
    ['rows', 'TicketSoldRows', false, [{ row: '7', sitter: { name: 'Caio Inventado' } }]],
    ['buyer', 'Person', true, buyer],
  ]);
  expect(said(await factsOf('events:read'))).toEqual([
    ['seat', 'ID', false, 'A-12'],
    ['price', 'Money', false, price],
    ['channel', 'TicketSoldChannel', false, 'WEB'],
    ['show.name', 'String', false, 'A Tempestade'],
    ['show.startsAt', 'ProviderTime', false, '2026-12-24T23:00:00.000Z'],
    ['show.usher', 'String', true, null],
    ['rows', 'TicketSoldRows', false, [{ row: '7' }]],
    ['buyer', 'Person', true, null],
    ['note', 'String', true, null],
  ]);
  expect((await factsOf('events:read'))!.find(({ path }) => path[0] === 'price')).toMatchObject({
    description: 'What the buyer paid.',
  });
  expect(await factsOf('events:read pii:read', id, ['theatre:h2'])).toBeNull();
  expect(await factsOf('events:read', Buffer.from('Sources:theatre').toString('base64'))).toBeNull();
  expect(
    (await gateway.query('query ($id: ID!) { facts(id: $id) { value } }', { id }, { scope: 'ops' })).errors,
  ).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

it('GQL8.13 says of an event of any type in brief what its type declares, as far as a token may see it', async () => {
  await post({ ...one, buyer: { name: 'Davi Inventado', email: 'davi@inventado.example' }, id: 'brief' });
  const query =
    '{ events(last: 1) { edges { node { inBrief { title amount { amount currency } person { name } namesPeople } } } } }';
  const brief = async (scope: string) =>
    (await gateway.query(query, {}, { scope })).data!['events'].edges[0].node.inBrief;
  const open = { title: 'A Tempestade', amount: { amount: '149.90', currency: 'BRL' }, namesPeople: true };
  expect(await brief('events:read pii:read')).toEqual({ ...open, person: { name: 'Davi Inventado' } });
  expect(await brief('events:read')).toEqual({ ...open, person: null });
});

it('GQL8.10 reads the people of an event for its facts, also where a type has a field of that name', () => {
  const named = eventType('Trial', {
    description: 'Of a court.',
    fields: z.object({ facts: z.number(), value: z.number() }),
  });
  const { people } = partsOf(parse('{ facts(id: "1") { value } }'), createSchema([named]));
  expect(people).toBe(true);
});

it('GQL8.3 gives an event an id without its type, and takes the ids of before', async () => {
  await post({ ...one, id: 'e3' });
  const { id: node } = await seen('events:read');
  expect(Buffer.from(node, 'base64').toString()).toBe('Event:theatre:e3');
  const former = Buffer.from('OtherEvent:theatre:e3').toString('base64');
  const { data } = await gateway.query('query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }', {
    ids: [node, former],
  });
  expect(data!['nodes']).toEqual([
    { id: node, __typename: 'TicketSold' },
    { id: node, __typename: 'TicketSold' },
  ]);
});

it('GQL8.4 keeps for quarantine what a mapping returns and its declaration refuses, with the path', async () => {
  expect(await post({ ...one, id: 'e4', seat: { a: 1 } })).toMatchObject({ status: 'quarantined' });
  expect(await post({ id: 'e5', event: 'ticket.gone' })).toMatchObject({ status: 'quarantined' });
  const waiting = await gateway.query('{ quarantine(first: 10) { edges { node { eventId issues { path } } } } }');
  const pathsOf = (eventId: string) =>
    waiting
      .data!['quarantine'].edges.find(({ node }: any) => node.eventId === eventId)
      .node.issues.map(({ path }: any) => path);
  expect(pathsOf('e4')).toEqual(['TicketSold.seat']);
  expect(pathsOf('e5')).toEqual(expect.arrayContaining(['TicketSold.price', 'TicketSold.channel']));
});

it('GQL8.5 shows what another gateway knows and it doesn’t as an OtherEvent, and goes on', async () => {
  await post({ ...one, id: 'e6' });
  const other = await TestGateway.start({ folder: gateway.folder });
  const { data, errors } = await other.query('{ events(last: 1) { edges { node { __typename eventId } } } }');
  expect(errors).toBeUndefined();
  expect(data!['events'].edges[0].node).toEqual({ __typename: 'OtherEvent', eventId: 'e6' });
});

it('GQL8.11 says in its log and by a metric that other gateways serve other types, until they serve the same', async () => {
  const lines: { readonly level: number; readonly gateways?: number; readonly msg: string }[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const other = await TestGateway.start({ folder: gateway.folder, logger });
  const differ = async () => (await scrape(other)).get('hookcast_gateways_with_other_types');
  await expect.poll(differ).toBe(1);
  const [line] = lines.filter(({ msg }) => msg.startsWith('Other gateways of this log serve other types'));
  expect(line).toMatchObject({ level: 40, gateways: 1 });

  // One that was there first finds it out as well, when it looks the next time, and when it is over.
  const log = new SqliteLog(join(gateway.folder, 'hookcast.db'));
  const serving = new Serving({ record: log.types, types: servedTypes([theatre()]), logger });
  onTestFinished(async () => {
    await serving.stop();
    await log.close();
  });
  await serving.look();
  expect(serving.others).toBe(1);
  await other.close();
  await serving.look();
  expect(serving.others).toBe(0);
  expect(lines.at(-1)?.msg).toMatch(/serve the same types of events again/);
});

it('GQL8.2 does not start with types that clash, and says which', async () => {
  const clashing = eventType('Tenant', { description: 'A tenant.', fields: z.object({ raw: id }) });
  const provider = { ...theatre(), types: [clashing] };
  expect(() => servedTypes([provider])).toThrow(/Tenant is called Tenant, which is the name of a type of hookcast/);
  await expect(TestGateway.start({ sources: new Map([['theatre', provider]]) })).rejects.toThrow(/Tenant/);
});
