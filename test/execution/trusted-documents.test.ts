import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WebSocket as Socket } from 'ws';
import { ConfigError } from '../../src/config-error.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { type Asked, TRANSPORTS, limitsMet } from '../support/transports.ts';
import { call } from '../support/terminal.ts';

const { POST, SSE, WebSocket } = TRANSPORTS;
const EVERY = Object.values(TRANSPORTS);
const READER = { scope: 'events:read' };
const HEAD = 'query Head($first: Int) { events(first: $first) { head } }';
const FOLLOW = 'subscription Follow { events { __typename } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function manifest(content: unknown): string {
  const path = join(temporaryFolder(), 'documents.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const operation = (id: string, body: string) => ({ id, body, name: id, type: body.split(' ')[0] });
const manifests: [whose: string, content: unknown][] = [
  ['Relay’s', { head: HEAD, follow: FOLLOW }],
  [
    'Apollo’s',
    {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [operation('head', HEAD), operation('follow', FOLLOW)],
    },
  ],
];
it.each(manifests)('GQL6.4 serves the documents of a manifest like %s, and no others', async (_whose, content) => {
  const gateway = await TestGateway.start({ env: { TRUSTED_DOCUMENTS: manifest(content) } });
  const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
  const served: Asked[] = [
    { documentId: 'head' },
    { documentId: `sha256:${sha256(HEAD)}` },
    // As Strawberry Shake does.
    { id: 'head' },
    { id: 'head', operationName: 'Head' },
    { query: HEAD },
    // What Apollo's client sends: its own id of the document, and over a WebSocket a text of its own as well.
    persisted('head'),
    persisted(sha256(HEAD)),
    { ...persisted('head'), query: '{ never }' },
    { ...persisted('made up'), query: HEAD },
  ];
  const refused: Asked[] = [
    { query: HEAD.replace('{ head }', '{ head __typename }') },
    { query: ` ${HEAD}` },
    { documentId: 'none' },
    { documentId: 'none', query: '{ __typename }' },
    { documentId: '__proto__' },
    { id: 'none' },
    persisted(sha256('{ __typename }')),
    { query: '{ syntax' },
    { query: '' },
  ];
  for (const ask of EVERY) {
    for (const asked of served) {
      const answer = await ask(gateway, { ...asked, variables: { first: 1 } }, READER);
      expect(answer).toEqual({ data: { events: { head: expect.any(String) } } });
    }
    for (const asked of refused) {
      expect(await ask(gateway, asked, READER), JSON.stringify(asked)).toMatchObject({
        errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }],
      });
    }
    // An operator asks for what he likes, and by id as well.
    expect(await ask(gateway, { query: '{ __typename }' })).toEqual({ data: { __typename: 'Query' } });
    expect(await ask(gateway, { documentId: 'head' })).toMatchObject({ data: { events: {} } });
  }
  for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${await makeToken(READER)}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(response.status).toBe(403);
  }
  for (const ask of [SSE, WebSocket]) {
    const answer = await ask(gateway, { documentId: 'follow' }, READER);
    expect(answer).toEqual({ data: { events: { __typename: 'CaughtUp' } } });
  }
  expect(await limitsMet(gateway)).toEqual({ untrusted_document: refused.length * EVERY.length + 3 });
});

it('GQL6.5 serves the documents of several manifests, and of folders as Strawberry Shake writes them', async () => {
  const folder = temporaryFolder();
  const md5 = '71ed1eabd0e6a1b2b3a0d7f2d7a3a7c1';
  writeFileSync(join(folder, `${md5}.graphql`), `\uFEFF${FOLLOW}`);
  writeFileSync(
    join(folder, 'more.json'),
    '\uFEFF{ "more": "query More { __typename }", "head": "query Head { __typename }" }',
  );
  // Whatever else lies there.
  writeFileSync(join(folder, 'README.md'), 'made by the build');
  mkdirSync(join(folder, '..data'));
  const apollo = { format: 'apollo-persisted-query-manifest', version: 1, operations: [operation('first', HEAD)] };
  const paths = [manifest({ one: HEAD }), manifest(apollo), folder];
  const gateway = await TestGateway.start({ env: { TRUSTED_DOCUMENTS: paths.join(', ') } });
  for (const id of ['one', 'first']) {
    expect(await POST(gateway, { id, variables: { first: 1 } }, READER)).toMatchObject({ data: { events: {} } });
  }
  expect(await POST(gateway, { documentId: 'more' }, READER)).toEqual({ data: { __typename: 'Query' } });
  for (const ask of [SSE, WebSocket]) {
    expect(await ask(gateway, { id: md5 }, READER)).toEqual({ data: { events: { __typename: 'CaughtUp' } } });
  }
  expect(await POST(gateway, { id: 'none' }, READER)).toMatchObject({
    errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }],
  });
});

it('GQL6.5 takes an operation over a WebSocket that names its document and has no text', async () => {
  const gateway = await TestGateway.start({ env: { TRUSTED_DOCUMENTS: manifest({ follow: FOLLOW }) } });
  const socket = new Socket(gateway.webSocketUrl, 'graphql-transport-ws');
  const messages: any[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise((resolve) => socket.on('open', resolve));
  const send = (message: unknown) => socket.send(JSON.stringify(message));
  send({ type: 'connection_init', payload: { authorization: `Bearer ${await makeToken(READER)}` } });
  await expect.poll(() => messages).toHaveLength(1);
  const { persistedQuery } = { persistedQuery: { version: 1, sha256Hash: sha256(FOLLOW) } };
  const named = [{ id: 'follow' }, { documentId: 'follow' }, { query: null, extensions: { persistedQuery } }];
  for (const [index, payload] of named.entries()) send({ id: String(index), type: 'subscribe', payload });
  await expect
    .poll(() => messages.slice(1).map(({ id, payload }) => [id, payload.data]))
    .toEqual(named.map((_, index) => [String(index), { events: { __typename: 'CaughtUp' } }]));
  // Without a name it is no operation.
  send({ id: 'none', type: 'subscribe', payload: { operationName: 'Follow', variables: { payload: { id: 'x' } } } });
  expect(await closed).toBe(4400);
});

it('GQL6.4 says what to send instead of an unknown id', async () => {
  const gateway = await TestGateway.start();
  for (const ask of EVERY) {
    const { errors } = await ask(gateway, { documentId: 'head' }, READER);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('"query"'), extensions: { code: 'BAD_REQUEST' } },
    ]);
  }
});

const unfit: [what: string, content: unknown, says: RegExp][] = [
  ['no JSON', '{', /is not JSON$/],
  ['no manifest', [HEAD], /has no documents: expected \{ "<id>": "<document>"/],
  ['an empty one', {}, /has no documents/],
  ['a list as its text', { a: ['{ a }'] }, /has no documents/],
  [
    'one of another version',
    { format: 'apollo-persisted-query-manifest', version: 2, operations: [] },
    /has no documents/,
  ],
  ['a document of another schema', { a: HEAD, b: '{ gone }' }, /"b" can't be served: Cannot query field "gone"/],
  ['a document that does not parse', { a: '{ a' }, /"a" can't be served: Syntax Error/],
  ['a document beyond a limit', { a: `{${'__typename '.repeat(4_000)}}` }, /"a" can't be served: .*3000 tokens/],
];
it.each(unfit)('OPS2.1 does not start on a manifest that can’t be served: %s', async (_what, content, says) => {
  const path = manifest(content);
  const error = await TestGateway.start({ env: { TRUSTED_DOCUMENTS: path } }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  const { problems } = error as ConfigError;
  expect(problems).toEqual([expect.stringMatching(says)]);
  expect(problems[0]!.startsWith(`TRUSTED_DOCUMENTS: ${path}`)).toBe(true);
});

it('OPS2.1 does not start on manifests that give one id to two documents, or a folder without any', async () => {
  const same = manifest({ a: HEAD, b: FOLLOW });
  const other = manifest({ a: FOLLOW, b: FOLLOW });
  const start = (...paths: string[]) =>
    TestGateway.start({ env: { TRUSTED_DOCUMENTS: paths.join() } }).catch((thrown: ConfigError) => thrown.problems);
  expect(await start(same, other)).toEqual([
    expect.stringContaining(`${other}: the document "a" can't be served: another`),
  ]);
  const folder = temporaryFolder();
  expect(await start(same, folder)).toEqual([expect.stringContaining(`TRUSTED_DOCUMENTS: ${folder} has no documents`)]);
});

it('OPS2.1 does not start without the manifest that it was told of, and says so', async () => {
  const env = { ...environment(temporaryFolder()), TRUSTED_DOCUMENTS: 'nowhere.json' };
  const { code, stderr } = await call(['serve'], env);
  const line = "hookcast: TRUSTED_DOCUMENTS: nowhere.json can't be read (ENOENT)\n";
  expect({ code, stderr }).toEqual({ code: 1, stderr: line });
});
