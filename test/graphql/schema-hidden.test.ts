import { getIntrospectionQuery } from 'graphql';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { type Asked, TRANSPORTS } from '../support/transports.ts';

const EVERY = Object.entries(TRANSPORTS);
const READER = { scope: 'events:read pii:read raw:read' };
const OPERATOR = { scope: 'events:read ops' };

const KINDS = {
  query: 'query ($f: EventFilter) { events(filter: $f) { head } }',
  variables: { f: { kinds: ['TICKT'] } },
};
const FOLLOWED = { ...KINDS, query: 'subscription ($f: EventFilter) { events(filter: $f) { cursor } }' };
const hints: [what: string, asked: Asked, hint: string][] = [
  ['a field', { query: '{ event { head } }' }, 'events'],
  ['an argument', { query: '{ events(frist: 1) { head } }' }, 'first'],
  ['a type', { query: '{ events { edges { node { ... on BookingChang { id } } } } }' }, 'BookingChange'],
  ['a value', { query: '{ events(filter: { kinds: [TICKT] }) { head } }' }, 'TICKET'],
  ['the value of a variable', KINDS, 'TICKET'],
  ['the name in a variable', { ...KINDS, variables: { f: { kind: [] } } }, 'kinds'],
];
it.each(hints)(
  'AUTH4.1 hints at nothing in a wrong document unless an operator asks: %s',
  async (_what, asked, hint) => {
    const gateway = await TestGateway.start();
    for (const [transport, ask] of EVERY) {
      // Each after the other, since what was found is kept by the document.
      for (const [claims, sees] of [
        [READER, false],
        [OPERATOR, true],
        [READER, false],
      ] as const) {
        const { errors } = await ask(gateway, asked, claims);
        expect(errors?.length, transport).toBeGreaterThan(0);
        expect(JSON.stringify(errors).includes(`Did you mean`), transport).toBe(sees);
        expect(JSON.stringify(errors).includes(hint), transport).toBe(sees);
      }
    }
  },
);

it('AUTH4.1 hints at nothing in what a subscription was given', async () => {
  const gateway = await TestGateway.start();
  for (const ask of [TRANSPORTS.SSE, TRANSPORTS.WebSocket]) {
    // Its weight is known from now on, and its variables are looked at no sooner than it begins.
    expect(await ask(gateway, { ...FOLLOWED, variables: {} }, READER)).not.toHaveProperty('errors');
    expect(JSON.stringify(await ask(gateway, FOLLOWED, READER))).not.toContain('Did you mean');
    expect(JSON.stringify(await ask(gateway, FOLLOWED, OPERATOR))).toContain('Did you mean');
  }
});

it('AUTH4.1 shows the schema to operators alone, whole, and the name of a type to everybody', async () => {
  const gateway = await TestGateway.start();
  const query = getIntrospectionQuery({ schemaDescription: true, specifiedByUrl: true, inputValueDeprecation: true });
  const hidden = [
    query,
    '{ __type(name: "Query") { name } }',
    '{ ...F } fragment F on Query { a: __schema { __typename } }',
  ];
  for (const [transport, ask] of EVERY) {
    for (const query of hidden) {
      expect(await ask(gateway, { query }, OPERATOR), transport).not.toHaveProperty('errors');
      const answer = await ask(gateway, { query }, READER);
      expect(answer, transport).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      expect(answer).not.toHaveProperty('data');
    }
    const names = { query: '{ __typename events { __typename pageInfo { __typename } } }' };
    expect(await ask(gateway, names, READER), transport).toMatchObject({
      data: { events: { __typename: 'EventConnection' } },
    });
  }
});

it('AUTH4.1 shows the schema to everybody in dev', async () => {
  const config = readConfig(environment(temporaryFolder()), { dev: { token: async () => '' } });
  const gateway = await createGateway(config, { logger: pino({ level: 'silent' }) });
  onTestFinished(() => gateway.close());
  await gateway.listen();
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken(READER)}` },
    body: JSON.stringify({ query: '{ __schema { queryType { name } } }' }),
  });
  expect(await response.json()).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
});
