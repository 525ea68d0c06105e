import { composeServices } from '@theguild/federation-composition';
import {
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type OperationDefinitionNode,
  buildSchema,
  getIntrospectionQuery,
  parse,
  validate,
  validateSchema,
} from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { schema as printSchemaCommand } from '../../src/commands/schema.ts';
import { defaultLimits } from '../../src/limits-config.ts';
import { eventType } from '../../src/declaration/event-type.ts';
import { Scales } from '../../src/execution/cost.ts';
import { partsOf } from '../../src/execution/parts.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { subgraphSdl } from '../../src/graphql/subgraph.ts';
import { SHIPPED } from '../../src/types/shipped.ts';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { type Claims, TestGateway } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';
import { TRANSPORTS } from '../support/transports.ts';

const READER = { scope: 'events:read' };
const OPERATOR = { scope: 'ops' };

let gateway: TestGateway;
/** The ids of a cancellation of each of two tenants, and of an event that is no cancellation. */
let [ours, theirs, other]: [string, string, string] = ['', '', ''];

beforeAll(async () => {
  gateway = await TestGateway.start({ env: { FEDERATION: 'on' }, lasting: true });
  for (const id of [1, 2]) {
    await gateway.eduzz(
      attendanceCanceled({ id: `of-${id}`, producer: { id, name: 'Rosa', email: 'rosa@produtora.example' } }),
    );
  }
  await gateway.eduzz(ticket('another', 1));
  const { data } = await gateway.query('{ events(first: 3) { edges { node { id } } } }');
  [ours, theirs, other] = data!['events'].edges.map(({ node }: { node: { id: string } }) => node.id);
});
afterAll(() => gateway.end());

it('GQL3.1 refuses a variable that is nested too deeply, on every transport alike', async () => {
  const nested = (levels: number) => JSON.parse('{"in":'.repeat(levels) + '1' + '}'.repeat(levels)) as unknown;
  const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Event { eventId } } }';
  const asked = (levels: number) => ({
    query,
    variables: { of: [{ __typename: 'Event', id: ours, other: nested(levels) }] },
  });
  for (const transport of Object.values(TRANSPORTS)) {
    expect((await transport(gateway, asked(20))).data).toEqual({ _entities: [{ eventId: 'of-1' }] });
    const { errors } = await transport(gateway, asked(100));
    const message = 'The variable "of" is nested too deeply.';
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_REQUEST' } }]);
  }
});

/** A subgraph beside ours, composed with it as a router's tools do. */
function composed(theirs: string, sdl = subgraphSdl(createSchema())) {
  const link =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@interfaceObject"])';
  const { errors, publicSdl, supergraphSdl } = composeServices([
    { name: 'hookcast', typeDefs: parse(sdl), url: 'https://hook.example.com/graphql' },
    { name: 'notes', typeDefs: parse(link + theirs), url: 'https://notes.example.com/graphql' },
  ]);
  expect(errors).toBeUndefined();
  const schema = buildSchema(publicSdl!);
  expect(validateSchema(schema)).toEqual([]);
  return { schema, supergraph: supergraphSdl! };
}

function problemsOf(schema: ReturnType<typeof buildSchema>, query: string) {
  return validate(schema, parse(query)).map(({ message }) => message);
}

it('GQL9.1 composes with a subgraph that adds a field to all events, by their interface', () => {
  const { schema } = composed(`
    type Query { latest: Note }
    type Note { text: String! about: Event! }
    type Event @key(fields: "id") @interfaceObject { id: ID! note: Note }
  `);
  const event = schema.getType('Event') as GraphQLInterfaceType;
  const names = schema.getPossibleTypes(event).map(({ name }) => name);
  expect(names.toSorted()).toEqual([...SHIPPED.map(({ name }) => name), 'OtherEvent'].toSorted());
  for (const type of schema.getPossibleTypes(event)) expect(type.getFields(), type.name).toHaveProperty('note');
  const asked = [
    '{ latest { text about { __typename occurredAt } } events { head edges { node { note { text } } } } }',
    'subscription { cancellations { ... on CancellationEdge { node { title ... on Event { note { text } } } } } }',
  ];
  for (const query of asked) expect(problemsOf(schema, query)).toEqual([]);
});

it('GQL9.1 composes with subgraphs that add fields to cancellations, to one type, or page as Relay does', () => {
  const cancellations = composed(`
    type Query { refunds: [Cancellation!]! }
    type Cancellation @key(fields: "id") @interfaceObject { id: ID! refunded: Boolean }
    type Event @key(fields: "id") @interfaceObject { id: ID! note: String }
  `);
  const both = '{ cancellations { edges { node { refunded ... on Event { note } } } } }';
  expect(problemsOf(cancellations.schema, both)).toEqual([]);
  const desks = composed(`
    interface Node { id: ID! }
    type Query { desks(first: Int): DeskConnection! }
    type DeskConnection { pageInfo: PageInfo! edges: [DeskEdge!]! }
    type DeskEdge { cursor: String! node: Desk! }
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    type Desk implements Node @key(fields: "id") { id: ID! handled: [TicketCancellation!]! }
    type TicketCancellation @key(fields: "id") { id: ID! desk: Desk }
  `);
  expect(desks.supergraph).toMatch(/type TicketCancellation [^{]*@join__type\(graph: NOTES, key: "id"\)/);
  const fields = (desks.schema.getType('TicketCancellation') as GraphQLObjectType).getFields();
  expect(Object.keys(fields)).toEqual(expect.arrayContaining(['desk', 'title', 'customer']));
});

it('GQL9.1 has the types of one’s own as entities, and adds to the schema only what a router asks for', () => {
  const Painted = eventType('Painted', { description: 'Painted.', fields: z.object({ sort: z.enum(['S', 'L']) }) });
  const sdl = subgraphSdl(createSchema([...SHIPPED, Painted]));
  const { schema } = composed('type Query { p: Painted } type Painted @key(fields: "id") { id: ID! by: String }', sdl);
  expect(Object.keys((schema.getType('Painted') as GraphQLObjectType).getFields())).toContain('by');
  const [without, within] = [false, true].map((federation) => createSchema(SHIPPED, { federation }).getTypeMap());
  const added = Object.keys(within!).filter((name) => !Object.hasOwn(without!, name));
  expect(added.toSorted()).toEqual(['_Any', '_Entity', '_Service']);
});

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Event { id eventId personalData raw }
    ... on Cancellation { title customer { name } }
  }
}`;
const NODES = `query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on Event { id eventId personalData raw }
    ... on Cancellation { title customer { name } }
  }
}`;

async function entities(representations: readonly unknown[], claims: Claims = {}) {
  return gateway.query(ENTITIES, { representations }, claims);
}

const tokens: [string, Claims, number][] = [
  ['everything', {}, 3],
  ['no personal data', READER, 3],
  ['personal data and no payloads', { scope: 'events:read pii:read' }, 3],
  ['one tenant', { tenants: ['eduzz:1'] }, 2],
  ['another tenant', { ...READER, tenants: ['eduzz:2'] }, 1],
  ['none of these tenants', { tenants: ['eduzz:3'] }, 0],
];
it.each(tokens)('GQL9.2 gives a router just what `nodes` gives to the same token: %s', async (_what, claims, seen) => {
  const ids = [ours, theirs, other, 'bm90aGluZw==', 'Ω', 7];
  const { data, errors } = await entities(
    ids.map((id) => ({ __typename: 'Event', id })),
    claims,
  );
  expect(errors).toBeUndefined();
  expect(data!['_entities']).toEqual((await gateway.query(NODES, { ids }, claims)).data!['nodes']);
  expect(data!['_entities'].filter((one: unknown) => one !== null)).toHaveLength(seen);
});

it('GQL9.2 withholds personal data from a router whose token has no pii:read', async () => {
  const asked = [{ __typename: 'TicketCancellation', id: ours, title: 'what a router knows beside it' }];
  const [whole] = (await entities(asked, { scope: 'events:read pii:read' })).data!['_entities'];
  expect(whole).toMatchObject({ personalData: 'AVAILABLE', customer: { name: 'Iara Fictícia' }, raw: null });
  const [masked] = (await entities(asked, READER)).data!['_entities'];
  expect(masked).toMatchObject({ personalData: 'WITHHELD', customer: null, eventId: whole.eventId });
  expect(await entities(asked, OPERATOR)).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
});

it('GQL9.2 finds an event by its type, by interfaces of it and by no other', async () => {
  const names = ['Event', 'Cancellation', 'TicketCancellation', 'TicketChange', 'OtherEvent', 'BookingEvent'];
  const { data, errors } = await entities(names.map((__typename) => ({ __typename, id: ours })));
  expect(errors).toBeUndefined();
  const found = data!['_entities'].map((one: { __typename: string } | null) => one?.__typename ?? null);
  expect(found).toEqual([...Array<string>(3).fill('TicketCancellation'), null, null, null]);
});

it('GQL9.3 fails only the unknown type, and says what to do', async () => {
  const unknown = ['TicketCancelation', 'Tenant', 'Node', '__proto__', 'Query', ''];
  const { data, errors } = await entities([
    { __typename: 'Event', id: ours },
    ...unknown.map((__typename) => ({ __typename, id: ours })),
    { __typename: 'Event', id: other },
  ]);
  const nothing = unknown.map(() => null);
  expect(data!['_entities']).toEqual([
    expect.objectContaining({ id: ours }),
    ...nothing,
    expect.objectContaining({ id: other }),
  ]);
  expect(errors).toEqual(
    unknown.map((name, index) =>
      expect.objectContaining({
        message: expect.stringContaining(`"${name}" here. Compose the supergraph anew`),
        path: ['_entities', index + 1],
        extensions: expect.objectContaining({ code: 'BAD_REQUEST' }),
      }),
    ),
  );
});

it.each([null, 'Event', 7, [[]], {}, { id: 'a' }, { __typename: 'Event' }, { __typename: 'Event', id: { a: 1 } }])(
  'GQL9.3 refuses what is no representation: %j',
  async (odd) => {
    const answer = await entities([{ __typename: 'Event', id: ours }, odd]);
    expect(answer).not.toHaveProperty('data');
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors![0]!.message).toMatch(
      odd === null ? /non-null/i : /Expected the __typename and the id of an event\./,
    );
  },
);

it('GQL9.3 finds as many events at a time as `nodes`, at the same cost', async () => {
  const most = Array.from({ length: 100 }, () => ({ __typename: 'Event', id: ours }));
  expect((await entities(most)).data!['_entities']).toHaveLength(100);
  const more = [...most, { __typename: 'Event', id: ours }];
  const refused = await entities(more);
  expect(refused).toMatchObject({ data: null, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  const nodes = await gateway.query(NODES, { ids: more.map(({ id }) => id) });
  expect(refused.errors![0]!.message).toBe(nodes.errors![0]!.message);

  const schema = createSchema(SHIPPED, { federation: true });
  const scales = new Scales(schema, { ...defaultLimits().documents, tokens: 1_000, cost: 10 });
  const weigh = (text: string, variables: Record<string, unknown>) => {
    const document = parse(text);
    const operation = document.definitions[0] as OperationDefinitionNode;
    return scales.problemsOf(document, operation, variables, { hideSuggestions: true }).map(({ message }) => message);
  };
  const [cost] = weigh(ENTITIES, { representations: most });
  expect(cost).toMatch(/costs \d{4,} points/);
  expect(cost).toBe(weigh(NODES, { ids: most.map(({ id }) => id) })[0]);
  const plain = ENTITIES.replace('raw', '').replace(/\.\.\. on Cancellation.*/, '');
  expect(partsOf(parse(plain), schema)).toEqual({ people: false, raw: false });
});

it('GQL9.4 shows the SDL to those who may ask for the schema, as `hookcast schema --federation` prints it', async () => {
  const sdl = '{ _service { sdl } }';
  const terminal = new TestTerminal({});
  await printSchemaCommand({ federation: true }, terminal);
  const spread = '{ ...F } fragment F on Query { a: _service { sdl } }';
  for (const [transport, ask] of Object.entries(TRANSPORTS)) {
    expect((await ask(gateway, { query: sdl }, OPERATOR)).data!['_service'].sdl, transport).toBe(
      terminal.lines.join('\n'),
    );
    for (const query of [sdl, spread]) {
      const answer = await ask(gateway, { query }, READER);
      expect(answer, transport).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      expect(answer.errors![0]!.message).toContain('"hookcast schema --federation" prints it');
      expect(answer).not.toHaveProperty('data');
    }
  }
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: sdl }),
  });
  expect(answer.status).toBe(401);
});

it('GQL9.4 is no subgraph unless it is set: the schema is that of schema.graphql, and says nothing of federation', async () => {
  const plain = await TestGateway.start();
  const { data } = await plain.query(getIntrospectionQuery());
  const names = data!['__schema'].types.map(({ name }: { name: string }) => name);
  expect(names.filter((name: string) => /^_[A-Z]/.test(name))).toEqual([]);
  for (const query of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }']) {
    const { errors } = await plain.query(query, {}, READER);
    expect(errors![0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  }
});
