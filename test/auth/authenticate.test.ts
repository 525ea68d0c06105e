import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Authenticate, authenticator } from '../../src/auth/authenticate.ts';
import type { AuthConfig } from '../../src/auth-config.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A gateway's settings if none are set. */
const ANY = {
  issuer: null,
  audiences: [],
  tenants: { path: ['tenants'], prefix: '' },
  scope: { path: ['scope'], prefix: '' },
} as const;

function by(check: AuthConfig['check'], rest: Partial<AuthConfig> = {}): Authenticate {
  return authenticator({ check, ...ANY, ...rest });
}

type Key = Parameters<SignJWT['sign']>[0];
const secretKey = Buffer.from(SECRET);

async function bearer(
  claims: Record<string, unknown>,
  { alg = 'HS256', key = secretKey, kid }: { alg?: string; key?: Key; kid?: string } = {},
): Promise<string> {
  const all = { tenants: ['eduzz:1'], scope: 'events:read', exp: Math.floor(Date.now() / 1000) + 60, ...claims };
  return `Bearer ${await new SignJWT(all).setProtectedHeader({ alg, ...(kid && { kid }) }).sign(key)}`;
}

const bySecret = by({ by: 'secret', secrets: [SECRET] });

it('AUTH1.1 reads tenants and scopes from a token', async () => {
  const scope = 'events:read pii:read unknown:scope';
  const viewer = await bySecret(await bearer({ tenants: ['eduzz:1', 'wix:2'], scope, exp: 4_000_000_000 }));
  expect(viewer).toEqual({
    tenants: new Set(['eduzz:1', 'wix:2']),
    scopes: new Set(['events:read', 'pii:read']),
    expiresAt: 4_000_000_000_000,
    holder: expect.any(String),
    tokenId: null,
    parentId: null,
    key: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect((await bySecret(await bearer({ tenants: ['*'] }))).tenants).toBeNull();
  expect((await bySecret(await bearer({ scope: undefined }))).scopes.size).toBe(0);
});

const refused: [what: string, authorization: () => Promise<string | undefined> | string | undefined][] = [
  ['nothing', () => undefined],
  ['an empty header', () => ''],
  ['no bearer', async () => (await bearer({})).replace('Bearer', 'Basic')],
  ['no token', () => 'Bearer '],
  ['garbage', () => 'Bearer a.b.c'],
  ['a token of another secret', () => bearer({}, { key: Buffer.from('another secret of thirty-two bytes!') })],
  ['a token without exp', () => bearer({ exp: undefined })],
  ['a token without tenants', () => bearer({ tenants: undefined })],
  ['a token with no tenant', () => bearer({ tenants: [] })],
  ['a token whose tenants are text', () => bearer({ tenants: '*' })],
  ['a token whose scope is an object', () => bearer({ scope: { 'events:read': true } })],
  ['a token with HS512', () => bearer({}, { alg: 'HS512', key: Buffer.from(SECRET.repeat(2)) })],
  [
    'an unsigned token',
    async () => {
      const [, body] = (await bearer({})).split('.');
      return `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.AA`;
    },
  ],
  [
    'a changed token',
    async () => {
      const [header, , signature] = (await bearer({})).split('.');
      const body = Buffer.from(JSON.stringify({ tenants: ['*'], scope: 'ops', exp: 4_000_000_000 })).toString(
        'base64url',
      );
      return `${header}.${body}.${signature}`;
    },
  ],
];
it.each(refused)('AUTH1.1 refuses %s', async (_what, authorization) => {
  await expect(bySecret(await authorization())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

it('AUTH3.1 tells an expired token from a bad one', async () => {
  await expect(bySecret(await bearer({ exp: 1_000_000_000 }))).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
});

it('AUTH3.1 uses the given clock', async () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const check = { by: 'secret', secrets: [SECRET] } as const;
  const later = authenticator({ check, ...ANY }, () => now);
  const token = await bearer({ exp: now / 1000 + 60, nbf: now / 1000 });
  expect((await later(token)).expiresAt).toBe(now + 60_000);
  await expect(bySecret(token)).rejects.toMatchObject({ code: 'TOKEN_NOT_YET_VALID' });
  now += 60_000;
  await expect(later(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
});

it('OPS5.1 recognizes the holder of a token by the renewed token, and no other holder', async () => {
  const holder = async (claims: Record<string, unknown>) => (await bySecret(await bearer(claims))).holder;
  const ana = await holder({ sub: 'ana', iss: 'https://login.example' });
  expect(await holder({ sub: 'ana', iss: 'https://login.example', exp: 4_000_000_000, scope: 'ops' })).toBe(ana);
  expect(ana).not.toContain('ana');
  const others = await Promise.all([
    holder({ sub: 'bea', iss: 'https://login.example' }),
    holder({ sub: 'ana', iss: 'https://other.example' }),
    holder({ sub: 'ana' }),
    holder({ jti: '1' }),
    holder({ jti: '2' }),
    holder({ sub: '', jti: '1' }),
  ]);
  expect(new Set([ana, ...others]).size).toBe(7);
  // A signature has spare bits at its end, so that one token can be written in several ways.
  const token = await bearer({ jti: '3', exp: 4_000_000_000 });
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const respelt = token.slice(0, -1) + last[last.indexOf(token.at(-1)!) ^ 1];
  expect(respelt).not.toBe(token);
  expect((await bySecret(respelt)).holder).toBe((await bySecret(token)).holder);
});

it('AUTH1.1 checks issuer and audience where they are set', async () => {
  const strict = by({ by: 'secret', secrets: [SECRET] }, { issuer: 'https://login.example', audiences: ['hookcast'] });
  await strict(await bearer({ iss: 'https://login.example', aud: 'hookcast' }));
  await expect(strict(await bearer({ iss: 'https://login.example' }))).rejects.toThrow(/"aud"/);
  await expect(strict(await bearer({ iss: 'https://evil.example', aud: 'hookcast' }))).rejects.toThrow(/"iss"/);
});

it('AUTH1.1 takes one audience of several, and refuses a token that names none of them', async () => {
  const strict = by({ by: 'secret', secrets: [SECRET] }, { audiences: ['hookcast', 'api://hookcast'] });
  for (const aud of ['hookcast', 'api://hookcast', ['account', 'hookcast']]) await strict(await bearer({ aud }));
  for (const aud of ['account', ['account'], [], 'hook', undefined, 'hookcast,api://hookcast']) {
    await expect(strict(await bearer({ aud }))).rejects.toThrow(/"aud" is missing or not accepted/);
  }
});

it('AUTH1.1 takes only algorithms for which the secret is long enough', async () => {
  const taken = async (bytes: number) => {
    const secret = 'é'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2);
    const check = by({ by: 'secret', secrets: [secret] });
    const tries = ['HS256', 'HS384', 'HS512'].map(async (alg) => {
      // A sender that can't sign with so short a key appends zeros, which HMAC takes for the same key.
      const key = Buffer.concat([Buffer.from(secret), Buffer.alloc(64)]).subarray(0, Math.max(64, bytes));
      return check(await bearer({}, { alg, key })).then(
        () => [alg],
        ({ code }: { code: string }) => (code === 'UNAUTHENTICATED' ? [] : [code]),
      );
    });
    return (await Promise.all(tries)).flat();
  };
  expect(await taken(32)).toEqual(['HS256']);
  expect(await taken(47)).toEqual(['HS256']);
  expect(await taken(48)).toEqual(['HS256', 'HS384']);
  expect(await taken(63)).toEqual(['HS256', 'HS384']);
  expect(await taken(64)).toEqual(['HS256', 'HS384', 'HS512']);
});

it('AUTH3.4 takes a token a minute before it is valid, and sooner has clients come back', async () => {
  const now = 1_900_000_000;
  const then = authenticator({ check: { by: 'secret', secrets: [SECRET] }, ...ANY }, () => now * 1000);
  const token = (claims: Record<string, number>) => bearer({ exp: now + 900, ...claims });
  for (const claims of [{ nbf: now + 60 }, { iat: now + 60 }, { iat: now + 6_000 }, { nbf: now - 6_000 }]) {
    await then(await token(claims));
  }
  await expect(then(await token({ nbf: now + 61 }))).rejects.toMatchObject({
    code: 'TOKEN_NOT_YET_VALID',
    message: expect.stringContaining('not valid before 2030-03-17T17:47:41.000Z'),
  });
  // Any content ends in an answer.
  await expect(then(await token({ nbf: 1e300 }))).rejects.toMatchObject({ code: 'TOKEN_NOT_YET_VALID' });
  const text = { nbf: 'tomorrow' as unknown as number };
  await expect(then(await token(text))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

describe('with claims elsewhere', () => {
  const check = { by: 'secret', secrets: [SECRET] } as const;
  const place = (path: string | readonly string[], prefix = '') => ({ path: [path].flat(), prefix });
  const nowhere = { tenants: undefined, scope: undefined };

  it('AUTH1.8 reads lists and texts, at a name or a path, and takes a prefix off', async () => {
    const read = async (claims: object, tenants: ReturnType<typeof place>, scope = place('scope')) => {
      const viewer = await by(check, { tenants, scope })(await bearer({ ...nowhere, ...claims }));
      return [[...(viewer.tenants ?? ['every one'])], [...viewer.scopes]];
    };
    const both = ['eduzz:1', 'wix:2'];
    expect(await read({ tenants: 'eduzz:1 wix:2', scope: ['ops', 'pii:read'] }, place('tenants'))).toEqual([
      both,
      ['pii:read', 'ops'],
    ]);
    expect(await read({ 'https://a.example/t': both }, place('https://a.example/t'))).toEqual([both, []]);
    expect(await read({ a: { 'b.c': { t: both } } }, place(['a', 'b.c', 't']))).toEqual([both, []]);
    const groups = { groups: ['staff', 'hookcast:eduzz:1', 'hookcast:wix:2'] };
    expect(await read(groups, place('groups', 'hookcast:'))).toEqual([both, []]);
    const bare = { groups: ['hookcast:', 'hookcast:eduzz:1'] };
    expect(await read(bare, place('groups', 'hookcast:'))).toEqual([['eduzz:1'], []]);
    expect(await read({ groups: ['hookcast:*', 'staff'] }, place('groups', 'hookcast:'))).toEqual([['every one'], []]);
    const scp = { groups: both, scp: 'hookcast/ops other/pii:read raw:read' };
    expect(await read(scp, place('groups'), place('scp', 'hookcast/'))).toEqual([both, ['ops']]);
    const roles = { roles: ['tenant/eduzz:1', 'ops'] };
    expect(await read(roles, place('roles', 'tenant/'), place('roles'))).toEqual([['eduzz:1'], ['ops']]);
  });

  const widening: [
    what: string,
    claims: object,
    tenants: ReturnType<typeof place>,
    scope?: ReturnType<typeof place>,
  ][] = [
    ['a tenant with a blank, as a text', { t: 'shop:Acme Corp' }, place('t')],
    ['every tenant, as a text', { t: '*' }, place('t')],
    ['every tenant, in a text', { t: 'shop:Acme *' }, place('t')],
    ['every tenant, in a text with a prefix', { t: 'p:shop:Acme p:*' }, place('t', 'p:')],
    ['a list that is written as a text', { t: '["*"]' }, place('t')],
    ['tenants with commas', { t: 'eduzz:1,wix:2' }, place('t')],
    ['a list in a list', { t: [['*']] }, place('t')],
    ['a list with numbers', { t: ['eduzz:1', 1] }, place('t')],
    ['a list with an empty text', { t: ['eduzz:1', ''] }, place('t')],
    ['an object', { t: { '*': true } }, place('t')],
    ['a number', { t: 40021 }, place('t')],
    ['true', { t: true }, place('t')],
    ['a path through a list', { a: [{ t: ['*'] }] }, place(['a', '0', 't'])],
    ['a path through a text', { a: '*' }, place(['a', '0'])],
    ['a name with dots for a path', { 'a.t': ['*'] }, place(['a', 't'])],
    ['a path for a name with dots', { a: { t: ['*'] } }, place('a.t')],
    ['the claim of another name', { tenants: ['*'] }, place('t')],
    ['what every object has', {}, place(['constructor', 'name'])],
    ['nothing but values without the prefix', { t: ['*', 'eduzz:1'] }, place('t', 'hookcast:')],
    ['nothing but the prefix', { t: ['hookcast:'] }, place('t', 'hookcast:')],
    ['a scope that is a number', { t: ['eduzz:1'], s: 1 }, place('t'), place('s')],
    ['a list of scopes in a list', { t: ['eduzz:1'], s: [['ops']] }, place('t'), place('s')],
  ];
  it.each(widening)('AUTH1.8 refuses %s', async (_what, claims, tenants, scope = place('scope')) => {
    const token = await bearer({ ...nowhere, ...claims });
    await expect(by(check, { tenants, scope })(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('AUTH1.8 gives no scope for what only looks like one', async () => {
    const scopes = async (scope: unknown, prefix = '') => {
      const claims = { tenants: place('tenants'), scope: place('s', prefix) };
      return [...(await by(check, claims)(await bearer({ scope: 'ops', s: scope }))).scopes];
    };
    expect(await scopes(undefined)).toEqual([]);
    expect(await scopes(null)).toEqual([]);
    expect(await scopes([])).toEqual([]);
    // A member that every object has is no claim.
    const inherited = by(check, { scope: place('toString') });
    expect((await inherited(await bearer({}))).scopes.size).toBe(0);
    expect(await scopes(['not ops', 'ops,pii:read', 'OPS', ' ops', 'ops\n', 'events:read:all'])).toEqual([]);
    expect(await scopes('ops,pii:read OPS ops\tpii:read')).toEqual([]);
    expect(await scopes(['ops', 'other/ops', 'hookcast/events:read', 'HOOKCAST/pii:read'], 'hookcast/')).toEqual([
      'events:read',
    ]);
    expect(await scopes('hookcast/hookcast/ops', 'hookcast/')).toEqual([]);
  });
});

describe('with a public key', () => {
  const byKey = by({ by: 'publicKey', key: rsa.publicKey });

  it('AUTH1.1 accepts what its private key signed', async () => {
    await byKey(await bearer({}, { alg: 'RS256', key: rsa.privateKey }));
    await by({ by: 'publicKey', key: ec.publicKey })(await bearer({}, { alg: 'ES256', key: ec.privateKey }));
  });

  it('AUTH1.1 refuses a token of another kind of key', async () => {
    const token = bearer({}, { alg: 'ES256', key: ec.privateKey });
    await expect(byKey(await token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('AUTH1.1 never takes the public key for a shared secret', async () => {
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const [header, body] = (await bearer({})).slice('Bearer '.length).split('.');
    const signature = createHmac('sha256', pem).update(`${header}.${body}`).digest('base64url');
    await expect(byKey(`Bearer ${header}.${body}.${signature}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(byKey(await bearer({}))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

/** Serves its content at the moment of the request. */
async function serve(served: object): Promise<AuthConfig['check']> {
  const server = createServer((_request, response) => response.end(JSON.stringify(served)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  return { by: 'jwks', url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`) };
}

async function ecPairs(count: number) {
  const pairs = Array.from({ length: count }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const keys = await Promise.all(
    pairs.map(async ({ publicKey }, n) => ({ ...(await exportJWK(publicKey)), kid: `k${n}` })),
  );
  return { keys, sign: (n: number, claims = {}) => bearer(claims, { alg: 'ES256', key: pairs[n]!.privateKey }) };
}

describe('with a JWKS', () => {
  it('AUTH1.2 fetches the keys by the id in the token, and accepts no other', async () => {
    const jwk = { ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    const byJwks = by(await serve({ keys: [jwk] }));
    await byJwks(await bearer({}, { alg: 'RS256', key: rsa.privateKey, kid: 'one' }));
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const kid of ['one', 'two']) {
      const token = bearer({}, { alg: 'RS256', key: stranger, kid });
      await expect(byJwks(await token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('AUTH1.2 accepts no token while the keys can’t be fetched', async () => {
    const starting = createServer((_request, response) => response.writeHead(502).end('Bad gateway'));
    await new Promise<void>((resolve) => starting.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => void starting.close());
    const token = await bearer({}, { alg: 'RS256', key: rsa.privateKey, kid: 'one' });
    for (const port of [1, (starting.address() as AddressInfo).port]) {
      const byJwks = by({ by: 'jwks', url: new URL(`http://127.0.0.1:${port}/jwks.json`) });
      await expect(byJwks(token)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    }
  });

  it('AUTH1.7 tries each fitting key for a token that names none, whatever is wrong with the others', async () => {
    const { keys, sign } = await ecPairs(3);
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const others = [
      { ...(await exportJWK(rsa.publicKey)), use: 'enc' },
      { ...(await exportJWK(short)), use: 'sig' },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
      { ...(await exportJWK(rsa.publicKey)), use: 'sig' },
    ];
    const byJwks = by(await serve({ keys: [...others, ...keys] }));
    for (const n of [0, 1, 2]) expect((await byJwks(await sign(n))).tenants).toEqual(new Set(['eduzz:1']));
    await byJwks(await bearer({}, { alg: 'RS256', key: rsa.privateKey }));
    // The one that fits tells what else is wrong.
    await expect(byJwks(await sign(2, { exp: 1_000_000_000 }))).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    await expect(byJwks(await sign(2, { tenants: [] }))).rejects.toThrow(/needs "tenants"/);
    const nobody = bearer({}, { alg: 'ES256', key: ec.privateKey });
    await expect(byJwks(await nobody)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    // A token that names a key is checked only with that key.
    const misnamed = bearer({}, { alg: 'RS256', key: rsa.privateKey, kid: 'k0' });
    await expect(byJwks(await misnamed)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('AUTH1.7 tries eight keys at most, and counts each token for which that was too few', async () => {
    const met: string[] = [];
    const limited = (limit: string) => void met.push(limit);
    const { keys, sign } = await ecPairs(9);
    const check = await serve({ keys });
    const byJwks = authenticator({ check, ...ANY }, Date.now, limited);
    await byJwks(await sign(7));
    expect(met).toEqual([]);
    await expect(byJwks(await sign(8))).rejects.toThrow(
      /names no key \("kid"\), and more than 8 .* Have the issuer name/,
    );
    await expect(byJwks(await sign(8))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(met).toEqual(['keys', 'keys']);
  });

  it('AUTH1.7 finds a new key of an issuer that names no keys, and fetches it once for all tokens', async () => {
    const { keys, sign } = await ecPairs(3);
    let [asked, now] = [0, Date.now()];
    const served = {
      get keys() {
        asked += 1;
        return keys.slice(asked - 1, asked);
      },
    };
    const check = await serve(served);
    const byJwks = authenticator({ check, ...ANY }, () => now);
    const long = { exp: 4_000_000_000 };
    await byJwks(await sign(0, long));
    now += 31_000;
    // The issuer has replaced the key meanwhile.
    const tokens = await Promise.all([sign(1, long), sign(1, long), sign(1, long)]);
    // The last of them is refused by the old key when the new one has been fetched already.
    let release!: () => void;
    const renewed = new Promise<void>((resolve) => (release = resolve));
    const late = byJwks(tokens[2], async (verify) => {
      const refused = verify();
      await Promise.allSettled([refused, renewed]);
      return refused;
    });
    await Promise.all([byJwks(tokens[0]), byJwks(tokens[1])]);
    release();
    await late;
    expect(asked).toBe(2);
    // For a while, unsigned tokens cause no further request.
    for (const token of [await sign(2, long), await sign(0, long)]) {
      await expect(byJwks(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(asked).toBe(2);
  });

  it('AUTH1.2 says to operators when what it fetched is no set of keys', async () => {
    const check = await serve({ issuer: 'https://login.example', jwks_uri: 'https://login.example/keys' });
    const token = await bearer({}, { alg: 'RS256', key: rsa.privateKey, kid: 'one' });
    const refused = await by(check)(token).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'KEYS_UNAVAILABLE',
      cause: { message: expect.stringMatching(/AUTH_JWKS_URL is not a set of keys .* "jwks_uri"/) },
    });
  });
});
