import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { writeResult } from '../../src/execution/written-result.ts';
import { MULTIPART } from '../../src/transports/multipart.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { measured } from '../support/metrics.ts';
import { EVENTS, type Message } from '../support/subscriber.ts';

/** The `Accept` of Apollo's HttpLink, and that of a client that takes nothing else. */
const APOLLO =
  'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9';
const ALONE = 'multipart/mixed; subscriptionSpec="1.0"';
const CLOSING = '\r\n--graphql--';

let gateway: TestGateway;

beforeAll(async () => void (gateway = await TestGateway.start({ lasting: true })));
afterAll(() => gateway.end());

interface Asked {
  readonly accept?: string;
  readonly token?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

async function ask({ accept = APOLLO, token, query = EVENTS, headers }: Asked, url = gateway.url) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const authorization = `Bearer ${token ?? (await makeToken())}`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    signal: abort.signal,
    headers: { 'content-type': 'application/json', accept, authorization, ...headers },
    body: JSON.stringify({ query }),
  });
  const type = response.headers.get('content-type');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** All that has come, once it matches or nothing more comes. */
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    return text;
  };
  return { response, type, until };
}

/** The parts whose delimiter has come, as JSON. */
function partsOf(text: string): { payload?: { data?: { stream: Message }; errors?: object[] } | null }[] {
  const [before, ...parts] = text.split('\r\n--graphql');
  expect(before).toBe('');
  const whole = parts.slice(0, -1);
  return whole.map((part) => {
    const [, head, body] = /^\r\n([^]*?)\r\n\r\n([^]*)$/.exec(part)!;
    expect(head).toBe('content-type: application/json');
    return JSON.parse(body!);
  });
}

it('GQL5.9 sends each message as a part with its delimiter behind it, and resumes by Last-Event-ID', async () => {
  const { response, type, until } = await ask({});
  expect(type).toBe('multipart/mixed;boundary="graphql";subscriptionSpec=1.0');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
  // Nothing follows: without the delimiter, a client would see each message when the next one comes.
  const [caughtUp] = partsOf(await until(/CaughtUp[^]*--graphql$/));
  expect(await measured(gateway.url, 'hookcast_connections{transport="multipart"}')).toBe(1);
  await gateway.eduzz(ticket('one'));
  const [, edge] = partsOf(await until(/"one"[^]*--graphql$/));
  expect(edge).toMatchObject({ payload: { data: { stream: { __typename: 'EventEdge', node: { eventId: 'one' } } } } });

  const headers = { 'last-event-id': caughtUp!.payload!.data!.stream.cursor };
  const resumed = partsOf(await (await ask({ accept: ALONE, headers })).until(/CaughtUp[^]*--graphql$/));
  expect(resumed.map(({ payload }) => payload?.data?.stream.__typename)).toEqual(['EventEdge', 'CaughtUp']);
});

it('GQL5.9 says that it is there, and ends with a transport error when the token expires', async () => {
  const { until } = await ask({ token: await makeToken({ expires: 20 }) });
  const parts = partsOf(await until(/--graphql--/));
  expect(parts[0]).toMatchObject({ payload: { data: { stream: { __typename: 'CaughtUp' } } } });
  expect(parts[1]).toEqual({});
  expect(parts.at(-1)).toEqual({
    payload: null,
    errors: [{ message: expect.any(String), extensions: { code: 'TOKEN_EXPIRED' } }],
  });
});

it('GQL5.9 ends a stream that has lasted for as long as it may without the closing delimiter', async () => {
  const short = await TestGateway.start({ env: { EVENT_STREAM_SECONDS: '1' } });
  const { until } = await ask({}, short.url);
  const text = await until(/--graphql--/);
  expect(partsOf(text)).toHaveLength(1);
  expect(text).not.toContain(CLOSING);
});

it('GQL5.9 answers what does not go on as one answer, or as one part where a client takes nothing else', async () => {
  const single = await ask({ query: '{ __typename }' });
  expect(single.type).toBe('application/graphql-response+json; charset=utf-8');
  const parted = await ask({ query: '{ __typename }', accept: ALONE });
  const text = await parted.until(/--graphql--/);
  expect(partsOf(text)).toEqual([{ payload: { data: { __typename: 'Query' } } }]);
  expect(text).toContain(CLOSING);
  // `@defer`, and files, are no subscriptions.
  for (const accept of [
    'multipart/mixed',
    'multipart/mixed;deferSpec=20220824',
    'multipart/mixed;subscriptionSpec=2.0',
  ])
    expect((await ask({ accept })).response.status).toBe(406);
});

it('GQL5.9 refuses for good as a result, and for now as a failure, which is all that Apollo’s retry link sees', async () => {
  const forbidden = await ask({ token: await makeToken({ scope: 'pii:read' }) });
  const text = await forbidden.until(/--graphql--/);
  expect(partsOf(text)).toMatchObject([{ payload: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } }]);
  expect(text).toContain(CLOSING);

  const nobody = await ask({ token: 'none' });
  expect([nobody.response.status, nobody.type]).toEqual([401, 'application/graphql-response+json; charset=utf-8']);
  const expired = await ask({ token: await makeToken({ expires: -120 }) });
  expect([expired.response.status, expired.type]).toEqual([401, 'application/json; charset=utf-8']);
  expect(await expired.until(/\}$/)).toContain('TOKEN_EXPIRED');

  const refused = (code: string) => partsOf(`\r\n--graphql${MULTIPART.whole(writeResult({ errors: [error(code)] }))}`);
  const error = (code: string) => new GraphQLError('Later.', { extensions: { code } });
  expect(refused('LOG_UNAVAILABLE')).toMatchObject([{ payload: null, errors: [{ message: 'Later.' }] }]);
  expect(refused('INVALID_CURSOR')).toMatchObject([{ payload: { errors: [{ message: 'Later.' }] } }]);
});
