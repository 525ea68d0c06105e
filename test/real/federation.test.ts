import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { composeServices } from '@theguild/federation-composition';
import { buildSchema, graphql, parse } from 'graphql';
import { createClient } from 'graphql-sse';
import { expect, it, onTestFinished } from 'vitest';
import { createSchema } from '../../src/graphql/schema.ts';
import { subgraphSdl } from '../../src/graphql/subgraph.ts';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { type Claims, type GraphQLAnswer, TestGateway, makeToken } from '../support/gateway.ts';
import { HOW_TO_HAVE_IT, HiveGateway, hasHive } from './hive-gateway.ts';

it.skipIf(hasHive)(`GQL9.5 is not tried with Hive Gateway: ${HOW_TO_HAVE_IT}`, ({ skip }) => skip());

interface Known {
  readonly __typename: string;
  readonly id: string;
}

/** A subgraph that adds a note to every event, by both of the interfaces that lists have, and knows the ids of some. */
async function serveNotes(ids: readonly string[]): Promise<string> {
  const schema = buildSchema(`
    scalar _Any
    union _Entity = Event | Cancellation
    type Event { id: ID! note: String! }
    type Cancellation { id: ID! note: String! }
    type Query { kept: [Event!]! _entities(representations: [_Any!]!): [_Entity]! }
  `);
  const noted = ({ __typename, id }: Known) => ({ __typename, id, note: `of ${id}` });
  const rootValue = {
    kept: () => ids.map((id) => noted({ __typename: 'Event', id })),
    _entities: ({ representations }: { representations: readonly Known[] }) => representations.map(noted),
  };
  const answer = async (request: IncomingMessage) => {
    const { query, variables } = (await json(request)) as { query: string; variables: Record<string, unknown> };
    return JSON.stringify(await graphql({ schema, source: query, variableValues: variables, rootValue }));
  };
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    void answer(request).then((text) => response.end(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** As FRONTENDS.md has it. */
const NOTES = /```graphql\n(extend schema @link[^]*?)```/.exec(
  readFileSync(new URL('../../docs/FRONTENDS.md', import.meta.url), 'utf8'),
)![1]!;

it.runIf(hasHive)(
  'GQL9.5 a router joins events with what another subgraph adds to them, for each token what it may see, live as well',
  async () => {
    const hookcast = await TestGateway.start({ env: { FEDERATION: 'on' } });
    for (const producer of [1, 2]) {
      const of = { id: producer, name: 'Rosa', email: 'rosa@produtora.example' };
      await hookcast.eduzz(attendanceCanceled({ id: `c${producer}`, producer: of }));
    }
    const events = '{ events(first: 2) { edges { node { id } } } }';
    const ids: string[] = (await hookcast.query(events)).data!['events'].edges.map(({ node }: any) => node.id);
    const { supergraphSdl, errors } = composeServices([
      { name: 'hookcast', typeDefs: parse(subgraphSdl(createSchema())), url: `${hookcast.url}/graphql` },
      { name: 'notes', typeDefs: parse(NOTES), url: await serveNotes(ids) },
    ]);
    expect(errors).toBeUndefined();
    const hive = await HiveGateway.start({ hookcast: hookcast.url, supergraph: supergraphSdl! });
    const ask = async (query: string, claims: Claims) => {
      const response = await fetch(`${hive.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken(claims)}` },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as GraphQLAnswer;
    };
    const notes = ids.map((id) => `of ${id}`);
    const list = '{ cancellations(last: 5) { edges { node { eventId personalData note customer { name } } } } }';
    const whole = { personalData: 'AVAILABLE', customer: { name: 'Iara Fictícia' } };
    expect(await ask(list, {})).toEqual({
      data: { cancellations: { edges: notes.map((note, i) => ({ node: { eventId: `c${i + 1}`, note, ...whole } })) } },
    });
    const kept = '{ kept { eventId personalData note ... on Cancellation { customer { name } } } }';
    const masked = { personalData: 'WITHHELD', customer: null };
    const mine = { tenants: ['eduzz:1'], scope: 'events:read' };
    expect(await ask(kept, mine)).toMatchObject({
      data: { kept: [{ eventId: 'c1', note: notes[0], ...masked }, null] },
    });

    const client = createClient({
      url: `${hive.url}/graphql`,
      headers: async () => ({ authorization: `Bearer ${await makeToken(mine)}` }),
    });
    onTestFinished(() => client.dispose());
    const seen: unknown[] = [];
    const failed: unknown[] = [];
    client.subscribe<{ events: { __typename: string; node?: unknown } }>(
      { query: 'subscription { events { __typename ... on EventEdge { node { eventId note } } } }' },
      {
        next: ({ data, errors: wrong }) => {
          if (data?.events.__typename === 'EventEdge') seen.push(data.events.node);
          if (wrong) failed.push(...wrong);
        },
        error: (error) => failed.push(error),
        complete: () => {},
      },
    );
    // Hive does not tell when it has subscribed.
    let sent = 0;
    await expect
      .poll(
        async () => {
          await hookcast.eduzz(ticket(`t${(sent += 1)}`, 1));
          return seen.length + failed.length;
        },
        { interval: 200 },
      )
      .toBeGreaterThan(0);
    expect(failed).toEqual([]);
    expect(seen[0]).toMatchObject({ eventId: expect.stringMatching(/^t\d+$/), note: expect.stringMatching(/^of /) });
  },
);
