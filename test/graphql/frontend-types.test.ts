import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { minifyIntrospection, outputIntrospectionFile } from '@gql.tada/internal';
import { buildSchema, introspectionFromSchema, parse, printSchema } from 'graphql';
import { afterAll, beforeAll, it } from 'vitest';
import { z } from 'zod';
import { enumType, eventType, id, instant, money, open, person, text } from '../../src/provider-kit.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { SHIPPED } from '../../src/types/shipped.ts';
import { ROOT, succeed } from '../support/package.ts';

const TicketSold = eventType('TicketSold', {
  description: 'A ticket was sold.',
  fields: z.object({
    seat: id,
    price: money,
    channel: enumType('Channel', ['WEB', 'DOOR'], 'Where it was sold.'),
    show: z.object({ name: open(text), startsAt: instant }),
    buyer: person,
    note: text.nullable(),
  }),
});
const DOCUMENT = `query Sold {
  events(last: 3, filter: { typenames: ["TicketSold"] }) {
    edges { cursor node { __typename receivedAt ... on TicketSold { seat channel price { amount currency } show { name } buyer { name } } } }
  }
}`;

const LIVE = `subscription Live($after: String) {
  events(after: $after) {
    __typename
    cursor
    ... on EventEdge { node { id } }
    ... on Revision { node { id } }
    ... on Erasure { source eventIds }
    ... on Gap { reason }
  }
}`;

/** A switch over what the subscription sends, which names all of it and nothing else. Gaps are told apart. */
const LIVE_USE = `
type Told = Exclude<typeof live.events, { __typename: 'Gap' }>;
function told(message: Told): string {
  const cursor: string = message.cursor;
  switch (message.__typename) {
    case 'EventEdge':
    case 'Revision':
      return message.node.id;
    case 'Erasure':
      return message.source + message.eventIds.join();
    case 'CaughtUp':
      return cursor;
    // @ts-expect-error
    case 'ActivityChange':
    default:
      return message satisfies never;
  }
}
`;

/** A typed document as it is followed: with messages of its own type, and variables of its own. */
const FOLLOW_USE = `
import { createClient } from 'graphql-ws';
import { createClient as createClient5 } from 'graphql-ws-5';
import { follow } from 'hookcast/client';
import { resuming } from 'hookcast/resuming';

for (const client of [createClient({ url: '' }), createClient5({ url: '' })]) {
  follow(client, { query: LIVE, onMessage: (message) => void told(message), onGap: (gap) => gap.reason });
  // @ts-expect-error
  follow(client, { query: LIVE, onMessage: (message) => message.nothing, onGap: () => {} });
  // @ts-expect-error
  follow(client, { query: LIVE, variables: { nothing: 1 }, onMessage: () => {}, onGap: () => {} });
  // @ts-expect-error
  follow(client, { query: LIVE, variables: { after: 'x' }, onMessage: () => {}, onGap: () => {} });
  follow(client, { documentId: 'one', onMessage: ({ cursor }) => cursor, onGap: () => {} });
  resuming(client).subscribe({ query: LIVE }, { next: () => {}, error: () => {}, complete: () => {} });
}
`;

/** The uses of the result that must compile in a frontend, and those that must not. */
const USE = `
for (const edge of sold.events.edges) {
  const node = edge.node;
  const at: string = node.receivedAt;
  if (node.__typename !== 'TicketSold') continue;
  const price: string = node.price.amount + node.price.currency;
  const show: string = node.show.name;
  const channel: 'WEB' | 'DOOR' = node.channel;
  // Whether there is a buyer to be seen depends on the token.
  const name: string | null = node.buyer?.name ?? null;
  console.log(at, price, show, channel, name);
  // @ts-expect-error
  node.buyer.name;
  // @ts-expect-error
  node.seats;
}
`;

const DOCS = readFileSync(join(ROOT, 'docs/FRONTENDS.md'), 'utf8');
/** A block of code in the docs, by a part of its text. */
const inDocs = (part: string) => [...DOCS.matchAll(/```ts\n(.*?)```/gs)].find(([, code]) => code!.includes(part))![1]!;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookcast-test-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['@0no-co', '@graphql-typed-document-node', 'gql.tada', 'graphql', 'graphql-ws', 'graphql-ws-5']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  symlinkSync(ROOT, join(folder, 'node_modules/hookcast'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'schema.graphql'), printSchema(createSchema([...SHIPPED, TicketSold])));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schemaOf = () => buildSchema(readFileSync(join(folder, 'schema.graphql'), 'utf8'));

async function compile(file: string, text: string): Promise<void> {
  writeFileSync(join(folder, file), text);
  const options = '--ignoreConfig --noEmit --strict --target es2024 --module nodenext --skipLibCheck --types node';
  const types = `--typeRoots ${join(ROOT, 'node_modules/@types')} --allowImportingTsExtensions --customConditions hookcast-source`;
  await succeed(folder, join(ROOT, 'node_modules/.bin/tsc'), ...`${options} ${types} ${file}`.split(' '));
}

it('GQL8.7 is typed by GraphQL Code Generator, as FRONTENDS.md has it, with a type of one’s own, and live', async () => {
  writeFileSync(join(folder, 'codegen.mjs'), inDocs("preset: 'client'"));
  const { default: configuration } = (await import(pathToFileURL(join(folder, 'codegen.mjs')).href)) as {
    default: { generates: Record<string, { config: object }> };
  };
  const [[baseOutputDir, { config }] = ['', { config: {} }]] = Object.entries(configuration.generates);
  const schema = schemaOf();
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: join(folder, baseOutputDir),
    schema: parse(printSchema(schema)),
    schemaAst: schema,
    documents: [DOCUMENT, LIVE].map((rawSDL) => ({ location: 'src/sold.ts', document: parse(rawSDL), rawSDL })),
    config: { ...config, importExtension: '.ts', emitLegacyCommonJSImports: false },
    plugins: [],
    pluginMap: {},
    presetConfig: {},
    documentTransforms: [],
  });
  for (const section of sections) {
    mkdirSync(join(folder, baseOutputDir), { recursive: true });
    writeFileSync(section.filename, await codegen(section));
  }
  await compile(
    'with-codegen.ts',
    `import { LiveDocument as LIVE, type LiveSubscription, type SoldQuery } from './src/gql/graphql.ts';
declare const sold: SoldQuery;\ndeclare const live: LiveSubscription;\n${USE}${LIVE_USE}${FOLLOW_USE}`,
  );
});

it('GQL8.7 is typed by gql.tada, as FRONTENDS.md has it, with a type of one’s own, and live', async () => {
  const introspection = minifyIntrospection(introspectionFromSchema(schemaOf()));
  const file = outputIntrospectionFile(introspection, { fileType: '.d.ts', shouldPreprocess: true });
  writeFileSync(join(folder, 'graphql-env.d.ts'), file);
  writeFileSync(join(folder, 'graphql.ts'), inDocs('initGraphQLTada'));
  await compile(
    'with-tada.ts',
    `import type { ResultOf } from 'gql.tada';\nimport { graphql } from './graphql.ts';
const document = graphql(\`${DOCUMENT}\`);\ndeclare const sold: ResultOf<typeof document>;
const LIVE = graphql(\`${LIVE}\`);\ndeclare const live: ResultOf<typeof LIVE>;\n${USE}${LIVE_USE}${FOLLOW_USE}`,
  );
});
