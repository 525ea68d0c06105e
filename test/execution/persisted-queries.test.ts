import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestGateway, makeToken, receipt } from '../support/gateway.ts';
import { TRANSPORTS } from '../support/transports.ts';

const QUERY = 'query Head($last: Int) { events(last: $last) { head } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(QUERY) } };
/** By the message alone Apollo's clients for Kotlin and iOS know what to do; urql and Apollo's for the web take either. */
const SEND_THE_TEXT = { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } };

let gateway: TestGateway;
beforeAll(async () => void (gateway = await TestGateway.start({ lasting: true })));
afterAll(() => gateway.end());

async function get(search: Record<string, string>, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${await makeToken()}`;
  const url = `${gateway.url}/graphql?${new URLSearchParams(search).toString()}`;
  return receipt(await fetch(url, { headers: { authorization, ...headers } }));
}

it('GQL5.5 asks for the text of a document that is named by its hash, on every transport', async () => {
  for (const ask of Object.values(TRANSPORTS)) {
    for (const asked of [{ extensions }, { extensions, query: '' }]) {
      const { data, errors } = await ask(gateway, { ...asked, operationName: 'Head', variables: { last: 1 } });
      expect({ data, errors }).toEqual({ data: undefined, errors: [SEND_THE_TEXT] });
    }
    expect(await ask(gateway, { query: QUERY, extensions })).toMatchObject({ data: { events: {} } });
  }
});

it.each(['POST', 'GET'])(
  'GQL5.5 serves Apollo Client with automatic persisted queries, first by %s',
  async (method) => {
    const methods: string[] = [];
    const link = new HttpLink({
      uri: `${gateway.url}/graphql`,
      fetch: async (input, init) => {
        methods.push(init?.method ?? 'GET');
        const headers = new Headers(init?.headers);
        headers.set('authorization', `Bearer ${await makeToken()}`);
        return fetch(input, { ...init, headers });
      },
    });
    const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: method === 'GET' });
    const client = new ApolloClient({ link: ApolloLink.from([persisted, link]), cache: new InMemoryCache() });
    const { data, error } = await client.query<any>({ query: gql(QUERY), variables: { last: 1 } });
    expect([data?.events.head, error]).toEqual([expect.any(String), undefined]);
    expect(methods).toEqual([method, 'POST']);
  },
);

it('GQL5.5 answers as 200 what the client for iOS would otherwise not read, also to a GET of the one for Kotlin', async () => {
  const search = { operationName: 'Head', variables: '{"last":1}', extensions: JSON.stringify(extensions) };
  for (const type of ['application/json', 'application/graphql-response+json']) {
    const accept = `multipart/mixed;deferSpec=20220824, ${type}`;
    const { status, contentType, body } = await get(search, { accept });
    expect({ status, contentType, body }).toEqual({
      status: 200,
      contentType: `${type}; charset=utf-8`,
      body: { errors: [SEND_THE_TEXT] },
    });
    const posted = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
      body: JSON.stringify({ extensions }),
    });
    expect([posted.status, posted.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  }
});

it('GQL5.5 executes nothing that comes with GET, and tells a stranger nothing', async () => {
  const known = { extensions: JSON.stringify(extensions) };
  expect((await get(known, { authorization: '' })).status).toBe(401);
  for (const search of [{ ...known, query: QUERY }, { extensions: '{}' }, { extensions: '{' }, { documentId: 'x' }]) {
    expect(await get(search)).toMatchObject({ status: 405, body: { errors: [{ extensions: {} }] } });
  }
});

it('GQL5.6 treats an empty operation name and an empty id as absent', async () => {
  for (const ask of Object.values(TRANSPORTS)) {
    const one = await ask(gateway, { query: QUERY, operationName: '', documentId: '', variables: { last: 1 } });
    expect(one).toMatchObject({ data: { events: {} } });
    const two = await ask(gateway, { query: '{ a: __typename } query B { b: __typename }', operationName: '' });
    expect(two).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    const several = await ask(gateway, { query: 'query A { __typename } query B { __typename }', operationName: '' });
    expect(several).toMatchObject({ errors: [{ message: expect.stringContaining('operationName') }] });
  }
  const follow = 'subscription { events { __typename } }';
  for (const ask of [TRANSPORTS.SSE, TRANSPORTS.WebSocket]) {
    expect(await ask(gateway, { query: follow, operationName: '' })).toMatchObject({ data: { events: {} } });
  }
});

it('GQL5.6 skips a byte order mark before a body', async () => {
  for (const accept of ['application/json', 'text/event-stream']) {
    const ask = async (body: string) =>
      fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
        body,
      });
    const body = JSON.stringify({ query: '{ __typename }' });
    expect(await (await ask(`\uFEFF${body}`)).text()).toContain('{"__typename":"Query"}');
    expect((await ask(`\uFEFF\uFEFF${body}`)).status).toBe(400);
  }
});
