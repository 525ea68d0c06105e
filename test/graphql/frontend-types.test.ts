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

/** A switch over what the subscription sends, which names all of it and nothing else. */
const LIVE_USE = `
function told(message: typeof live.events): string {
  const cursor: string = message.cursor;
  switch (message.__typename) {
    case 'EventEdge':
    case 'Revision':
      return message.node.id;
    case 'Erasure':
      return message.source + message.eventIds.join();
    case 'Gap':
      return message.reason;
    case 'CaughtUp':
      return cursor;
    // @ts-expect-error
    case 'ActivityChange':
    default:
      return message satisfies never;
  }
}
told(live.events);
`;

/** What a frontend does with the result, and what it must not be able to do. */
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
/** A block of code in the docs, by what stands in it. */
const inDocs = (part: string) => [...DOCS.matchAll(/```ts\n(.*?)```/gs)].find(([, code]) => code!.includes(part))![1]!;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookcast-test-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['@graphql-typed-document-node', 'gql.tada', 'graphql']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'schema.graphql'), printSchema(createSchema([...SHIPPED, TicketSold])));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schemaOf = () => buildSchema(readFileSync(join(folder, 'schema.graphql'), 'utf8'));

async function compile(file: string, text: string): Promise<void> {
  writeFileSync(join(folder, file), text);
  const options = '--ignoreConfig --noEmit --strict --target es2024 --module nodenext --skipLibCheck --types node';
  const types = `--typeRoots ${join(ROOT, 'node_modules/@types')} --allowImportingTsExtensions`;
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
    `import type { LiveSubscription, SoldQuery } from './src/gql/graphql.ts';
declare const sold: SoldQuery;\ndeclare const live: LiveSubscription;\n${USE}${LIVE_USE}`,
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
const stream = graphql(\`${LIVE}\`);\ndeclare const live: ResultOf<typeof stream>;\n${USE}${LIVE_USE}`,
  );
});
