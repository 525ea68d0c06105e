import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { type GraphQLObjectType, isObjectType } from 'graphql';
import {
  type ConcreteRequest,
  Environment,
  Network,
  RecordSource,
  Store,
  createOperationDescriptor,
} from 'relay-runtime';
import { expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { field, linked } from './recipes/relay-artifacts.ts';

/** The objects that an `id` identifies: Apollo's cache knows them by `Type:id`, and Relay's by the id alone. */
const THINGS = ['AccessToken', 'AuditEntry', 'QuarantinedDelivery', 'RefusedDelivery', 'Tenant'];

it('GQL7.1 gives an id only to events, accounts, deliveries and entries of the audit: the state at one moment has none', () => {
  const types = Object.values(createSchema().getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && 'id' in type.getFields(),
  );
  const others = types.filter((type) => !type.getInterfaces().some(({ name }) => name === 'Node'));
  expect(others.map(({ name }) => name).toSorted()).toEqual(THINGS);
  for (const type of types) expect(String(type.getFields()['id']!.type), type.name).toBe('ID!');
});

/** Three events of one ticket, whose occasion is called something else each time; its producer has the occasion's id. */
const NAMES = ['Noite de Choro', 'Noite de Choro (adiada)', 'Noite de Samba'];

async function threeEvents(): Promise<TestGateway> {
  const gateway = await TestGateway.start();
  for (const [index, name] of NAMES.entries()) {
    const producer = { id: '7001', name: `Rosa ${index}`, email: 'rosa@produtora.example' };
    await gateway.eduzz(attendanceCanceled({ id: `e${index}`, producer, occasion: { id: '7001', name } }));
  }
  return gateway;
}

interface Shown {
  readonly cancellations: {
    readonly edges: readonly { readonly node: { readonly occasion: Named; readonly producer: Named } }[];
  };
}

interface Named {
  readonly name: string;
}

const SHOWN = NAMES.map((name, index) => ({ occasion: name, producer: `Rosa ${index}` }));

it('GQL7.1 shows what each event said in Apollo’s cache', async () => {
  const { url } = await threeEvents();
  const headers = { authorization: `Bearer ${await makeToken()}` };
  const client = new ApolloClient({
    link: new HttpLink({ uri: `${url}/graphql`, headers }),
    cache: new InMemoryCache(),
  });
  const query = gql`
    {
      cancellations(last: 10) {
        edges {
          node {
            id
            ... on TicketCancellation {
              occasion {
                occasionId
                name
              }
              producer {
                producerId
                name
              }
            }
          }
        }
      }
    }
  `;
  await client.query({ query });
  const { cancellations } = client.readQuery<Shown>({ query })!;
  expect(
    cancellations.edges.map(({ node }) => ({ occasion: node.occasion.name, producer: node.producer.name })),
  ).toEqual(SHOWN);
});

it('GQL7.1 shows what each event said in Relay’s store', async () => {
  const gateway = await threeEvents();
  const ticket = {
    kind: 'InlineFragment',
    type: 'TicketCancellation',
    abstractKey: null,
    selections: [
      linked('occasion', 'Occasion', [field('occasionId'), field('name')]),
      linked('producer', 'Producer', [field('producerId'), field('name')]),
    ],
  };
  const node = linked('node', null, [field('__typename'), field('id'), ticket]);
  const selections = [
    linked('cancellations', 'CancellationConnection', [linked('edges', 'CancellationEdge', [node], true)]),
  ];
  const text = `query Moments { cancellations(last: 10) { edges { node { __typename id ... on TicketCancellation {
    occasion { occasionId name } producer { producerId name } } } } } }`;
  const request = {
    kind: 'Request',
    fragment: {
      argumentDefinitions: [],
      kind: 'Fragment',
      metadata: null,
      name: 'Moments',
      selections,
      type: 'Query',
      abstractKey: null,
    },
    operation: { argumentDefinitions: [], kind: 'Operation', name: 'Moments', selections },
    params: { cacheID: 'moments', id: null, metadata: {}, name: 'Moments', operationKind: 'query', text },
  } as unknown as ConcreteRequest;
  const environment = new Environment({
    network: Network.create(() => Promise.reject(new Error('It has been asked already.'))),
    store: new Store(new RecordSource()),
  });
  const operation = createOperationDescriptor(request, {});
  const { data } = await gateway.query(text);
  environment.commitPayload(operation, data as never);
  const shown = environment.lookup(operation.fragment).data as unknown as Shown;
  const events = shown.cancellations.edges.map(({ node: { occasion, producer } }) => ({
    occasion: occasion.name,
    producer: producer.name,
  }));
  expect(events).toEqual(SHOWN);
});
