import { readFileSync } from 'node:fs';
import {
  type GraphQLField,
  type GraphQLInputType,
  buildSchema,
  getNamedType,
  isNonNullType,
  isListType,
} from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { Dice } from '../faults/dice.ts';
import { type Claims, TestGateway, makeToken } from '../support/gateway.ts';
import { thoroughly } from '../support/thorough.ts';

const MUTATIONS = thoroughly(100_000, 400);
const AT_ONCE = 8;
const ADDRESS = 'zz-person-zz@ficticio.example';
const SCOPES = ['events:read', 'pii:read', 'raw:read', 'ops'];
const QUERIES = ['quarantine', 'quarantinedDelivery', 'refused', 'drift', 'tokens', 'audit'];
const STATE = `{
  quarantine(first: 100) { edges { node { id state } } }
  refused(first: 100) { edges { node { id } } }
  tokens { id revokedAt }
  drift { count }
  audit(first: 100) { edges { node { action target } } }
  sources { name operations { pause { at } } }
  events(first: 100) { edges { node { eventId personalData } } }
}`;

let gateway: TestGateway;
beforeAll(async () => {
  const env = { KEEP_REFUSED: '24h', MAX_QUERIES_PER_TOKEN: '0', ALLOW_SAMPLES: 'on' };
  gateway = await TestGateway.start({ lasting: true, env });
});
afterAll(() => gateway.end());

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** A value of an argument: one that means something here, or anything. */
function valueOf(type: GraphQLInputType, name: string, dice: Dice, tokenId: string): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, name, dice, tokenId);
  if (isListType(type)) return [valueOf(type.ofType, name, dice, tokenId)];
  switch (getNamedType(type).name) {
    case 'Boolean':
      return dice.pick([true, false]);
    case 'Int':
      return dice.pick([1, 20, 3_600]);
    case 'ID':
      return dice.pick(['1', '2', '3', '99', tokenId, 'x', '']);
    case 'DateTime':
      return '2026-11-22T10:45:00Z';
    case 'QuarantineState':
      return 'WAITING';
    default:
      return dice.pick(
        name === 'email'
          ? [ADDRESS, 'nobody']
          : ['eduzz', 'wix', 'ticket/p-1', '*', 'eduzz:1', 'ops', 'pii:read', '1', '"', ''],
      );
  }
}

/** An operation of one field, with some of its arguments in variables. */
function operationOf(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>, dice: Dice, tokenId: string) {
  const given = field.args.filter(({ type }) => isNonNullType(type) || dice.pick([true, false]));
  const variables = Object.fromEntries(given.map(({ name, type }) => [name, valueOf(type, name, dice, tokenId)]));
  const declared = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const around = (text: string) => (text === '' ? '' : `(${text})`);
  const type = getNamedType(field.type);
  const selection = 'getFields' in type ? ' { __typename }' : '';
  return { query: `${kind} Any${around(declared)} { it: ${field.name}${around(passed)}${selection} }`, variables };
}

/** For a viewer who is not an operator of every tenant. */
function claimsOf(dice: Dice): Claims {
  const some = SCOPES.filter(() => dice.pick([true, false]));
  const tenants = dice.pick([['eduzz:1'], ['eduzz:1', 'wix:7'], ['stripe:*'], ['*']]);
  const scopes = tenants[0] === '*' ? some.filter((scope) => scope !== 'ops') : some;
  return { tenants, scope: scopes.join(' ') || 'events:read', expires: 7_200 };
}

it('OPS12.3 does and shows nothing that is for operators to anybody else, for any request', async () => {
  await gateway.eduzz(attendanceCanceled({ id: 'odd', participant: { id: ['odd'], email: ADDRESS } }));
  await gateway.eduzz(attendanceCanceled({ id: 'fits', participant: { id: 'p-1', email: ADDRESS } }));
  await gateway.post('eduzz', signAsEduzz(attendanceCanceled({ id: 'refused' }), 'a secret of nobody'));
  const { data } = await gateway.query(
    'mutation { issueToken(label: "zz-holder-zz", tenants: ["*"]) { token { id } } }',
  );
  const tokenId = data!['issueToken'].token.id as string;
  /** All but that this test itself has read what people have said. */
  const before = async () => {
    const { audit, ...rest } = (await gateway.query(STATE)).data!;
    const done = audit.edges.filter(({ node }: { node: { action: string } }) => !node.action.startsWith('READ'));
    return { ...rest, done } as Record<string, any>;
  };
  await expect.poll(async () => (await before())['refused'].edges).toHaveLength(1);
  const state = await before();
  const fields = [
    ...Object.values(schema.getMutationType()!.getFields()).map((field) => ['mutation', field] as const),
    ...QUERIES.map((name) => ['query', schema.getQueryType()!.getFields()[name]!] as const),
  ];
  const tokens = new Map<string, string>();
  const codes = new Map<string, number>();
  const forbidden = new Set<string>();
  let next = 0;
  const work = async () => {
    while (next < MUTATIONS) {
      const number = (next += 1) - 1;
      const dice = Dice.of(20_261_129, number);
      // Each field comes at least as often as any other.
      const [kind, field] = fields[number % fields.length]!;
      const claims = claimsOf(dice);
      const key = JSON.stringify(claims);
      const token = tokens.get(key) ?? (await makeToken(claims));
      tokens.set(key, token);
      const body = JSON.stringify(operationOf(kind, field, dice, tokenId));
      const answer = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      });
      const text = await answer.text();
      const { data: got, errors } = JSON.parse(text) as { data?: { it: unknown } | null; errors?: any[] };
      const code = errors?.[0]?.extensions?.code ?? 'none';
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (code === 'FORBIDDEN') forbidden.add(field.name);
      const isRefused = ['FORBIDDEN', 'BAD_REQUEST', 'INVALID_CURSOR', 'GRAPHQL_VALIDATION_FAILED'].includes(code);
      const hasNothing = (got?.it ?? null) === null && !text.includes('zz-person') && !text.includes('zz-holder');
      if (!isRefused || !hasNothing) expect.fail(`${key} asked ${body} and got ${text}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Every field was refused as it should be, and not for its arguments alone.
  expect([...forbidden].toSorted()).toEqual(fields.map(([, { name }]) => name).toSorted());
  expect(codes.get('FORBIDDEN')).toBeGreaterThan(MUTATIONS / 2);
  // The audit has only the earlier actions, since nothing was done.
  expect(await before()).toEqual(state);
});

it('OPS12.4 an operator’s token issues no token that may see more than itself', async () => {
  const issue = (scope: string, claims: Claims) =>
    gateway.query(
      'mutation Issue($scope: String) { issueToken(label: "Ana", tenants: ["*"], scope: $scope) { value token { scope } } }',
      { scope },
      claims,
    );
  const operator = { scope: 'ops events:read' };
  const { data } = await issue('events:read ops', operator);
  expect(data!['issueToken'].token.scope).toBe('events:read ops');
  for (const scope of ['pii:read', 'events:read raw:read']) {
    const { errors } = await issue(scope, operator);
    expect(errors![0]).toMatchObject({
      message: expect.stringContaining('Your own token lacks the scope'),
      extensions: { code: 'FORBIDDEN' },
    });
  }
  for (const scope of ['', 'everything']) {
    expect((await issue(scope, operator)).errors![0]!.extensions).toMatchObject({ code: 'BAD_REQUEST' });
  }
  // One that is issued elsewhere is revoked at once by this gateway, and it works until then.
  const token = data!['issueToken'].value as string;
  const ask = async () => {
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ tokens { id label } }' }),
    });
    return (await answer.json()) as { data?: { tokens: { id: string; label: string }[] }; errors?: any[] };
  };
  const id = (await ask()).data!.tokens.find(({ label }) => label === 'Ana')!.id;
  await gateway.query('mutation Revoke($id: ID!) { revokeToken(id: $id) { revokedAt } }', { id });
  expect((await ask()).errors![0].extensions.code).toBe('TOKEN_REVOKED');
});
