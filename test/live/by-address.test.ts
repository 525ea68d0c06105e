import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { met } from '../support/metrics.ts';
import { CANCELLATIONS, EVENTS } from '../support/subscriber.ts';

let shared: TestGateway;

beforeAll(async () => void (shared = await TestGateway.start({ lasting: true })));
afterAll(() => shared.end());

/** Asks with GET. Returns all that has come once it matches, or once nothing more comes. */
async function get(
  { url }: { readonly url: string },
  said: Record<string, string>,
  { token, headers }: { token?: string | null; headers?: Record<string, string> } = {},
) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const authorization = token === null ? {} : { authorization: `Bearer ${token ?? (await makeToken())}` };
  const response = await fetch(`${url}/graphql?${new URLSearchParams(said)}`, {
    signal: abort.signal,
    headers: { accept: 'text/event-stream', ...authorization, ...headers },
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    return text;
  };
  return { response, until };
}

const idsIn = (text: string) => [...text.matchAll(/"eventId":"(\w+)"/g)].map(([, id]) => id);

it('GQL5.10 begins a subscription that stands in an address, with its variables, and resumes by Last-Event-ID', async () => {
  const { data } = await shared.query('{ events { head } }');
  const after = data!['events'].head as string;
  for (const id of ['one', 'two']) await shared.eduzz(ticket(id));
  const said = { query: EVENTS, variables: JSON.stringify({ after }), operationName: 'Cancellations', extensions: '' };
  const { response, until } = await get(shared, said);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const text = await until(/CaughtUp/);
  expect(idsIn(text)).toEqual(['one', 'two']);
  const [first] = /(?<=^id: ).+/m.exec(text)!;
  const resumed = await get(shared, said, { headers: { 'last-event-id': first } });
  expect(idsIn(await resumed.until(/CaughtUp/))).toEqual(['two']);
});

it('GQL5.10 serves Apollo’s HttpLink where it is set to GET', async () => {
  const authorization = `Bearer ${await makeToken()}`;
  const link = new HttpLink({ uri: `${shared.url}/graphql`, useGETForQueries: true, headers: { authorization } });
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const kinds: unknown[] = [];
  const following = client
    .subscribe<{ stream: { __typename: string } }>({ query: gql(CANCELLATIONS), fetchPolicy: 'no-cache' })
    .subscribe(({ data, error }) => kinds.push(error ?? data?.stream.__typename));
  onTestFinished(() => following.unsubscribe());
  await expect.poll(() => kinds).toEqual(['CaughtUp']);
});

const REFUSED: readonly [what: string, said: Record<string, string>, status: number, words: RegExp][] = [
  ['a query', { query: '{ __typename }' }, 405, /with POST/],
  ['a mutation', { query: 'mutation { discardQuarantined(id: "1") { __typename } }' }, 405, /with POST/],
  ['no operation', {}, 400, /\?query=/],
  ['variables that are no JSON', { query: EVENTS, variables: '{' }, 400, /variables\\" is not JSON/],
  ['variables that are a list', { query: EVENTS, variables: '[]' }, 400, /\?query=/],
  ['a document that does not fit', { query: 'subscription { nothing }' }, 400, /nothing/],
];

it.each(REFUSED)('GQL5.10 says to a GET with %s what to do instead', async (_what, said, status, words) => {
  // An operator’s, who may do everything.
  const token = await makeToken({ scope: 'ops events:read' });
  const { response, until } = await get(shared, said, { token });
  expect(response.status).toBe(status);
  expect(await until(/\]\}$/)).toMatch(words);
});

it('GQL5.10 takes no address for an operation without a token in a header, or from a page that is not allowed', async () => {
  const said = { query: EVENTS };
  const foreign = await get(shared, said, { headers: { origin: 'https://evil.example' } });
  expect([foreign.response.status, foreign.response.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  const token = await makeToken();
  const cookie = `authorization=Bearer ${token}; token=${token}`;
  expect((await get(shared, said, { token: null, headers: { cookie } })).response.status).toBe(401);
  for (const name of ['authorization', 'access_token', 'token']) {
    expect((await get(shared, { ...said, [name]: `Bearer ${token}` }, { token: null })).response.status).toBe(401);
  }
});

it('GQL5.10 bounds an address like all that stands in headers', async () => {
  const before = await met(shared.url, 'headers');
  const { response } = await get(shared, { query: `${EVENTS} #${'x'.repeat(17_000)}` });
  expect(response.status).toBe(431);
  expect(await met(shared.url, 'headers')).toBe(before + 1);
});

it('GQL5.10 streams by GET in dev as well, where a browser gets GraphiQL', async () => {
  const config = readConfig(environment(temporaryFolder()), { dev: { token: async () => 'token' } });
  const gateway = await createGateway(config, { logger: pino({ level: 'silent' }) });
  onTestFinished(() => gateway.close());
  await gateway.listen();
  expect(await (await get(gateway, { query: EVENTS })).until(/CaughtUp/)).toContain('CaughtUp');
});
