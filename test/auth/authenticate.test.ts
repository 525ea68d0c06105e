import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Authenticate, authenticator } from '../../src/auth/authenticate.ts';
import type { AuthConfig } from '../../src/config.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function by(check: AuthConfig['check'], rest: Partial<AuthConfig> = {}): Authenticate {
  return authenticator({ check, issuer: null, audience: null, ...rest });
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

const bySecret = by({ by: 'secret', secret: SECRET });

it('AUTH1.1 reads tenants and scopes from a token', async () => {
  const scope = 'events:read pii:read unknown:scope';
  const viewer = await bySecret(await bearer({ tenants: ['eduzz:1', 'wix:2'], scope, exp: 4_000_000_000 }));
  expect(viewer).toEqual({
    tenants: new Set(['eduzz:1', 'wix:2']),
    scopes: new Set(['events:read', 'pii:read']),
    expiresAt: 4_000_000_000_000,
    holder: expect.any(String),
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
  ['a token that is not good yet', () => bearer({ nbf: 4_000_000_000 })],
  ['a token without tenants', () => bearer({ tenants: undefined })],
  ['a token with no tenant', () => bearer({ tenants: [] })],
  ['a token whose tenants are text', () => bearer({ tenants: '*' })],
  ['a token whose scope is a list', () => bearer({ scope: ['events:read'] })],
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

it('AUTH3.1 goes by the clock that it is given', async () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const check = { by: 'secret', secret: SECRET } as const;
  const later = authenticator({ check, issuer: null, audience: null }, () => now);
  const token = await bearer({ exp: now / 1000 + 60, nbf: now / 1000 });
  expect((await later(token)).expiresAt).toBe(now + 60_000);
  await expect(bySecret(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  now += 60_000;
  await expect(later(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
});

it('OPS5.1 knows the holder of a token again in the one that it is renewed to, and nobody else in it', async () => {
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
  const strict = by({ by: 'secret', secret: SECRET }, { issuer: 'https://login.example', audience: 'hookcast' });
  await strict(await bearer({ iss: 'https://login.example', aud: 'hookcast' }));
  await expect(strict(await bearer({ iss: 'https://login.example' }))).rejects.toThrow(/"aud"/);
  await expect(strict(await bearer({ iss: 'https://evil.example', aud: 'hookcast' }))).rejects.toThrow(/"iss"/);
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

describe('with a JWKS', () => {
  it('AUTH1.2 fetches the keys by the id in the token, and accepts no other', async () => {
    const jwk = { ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    const server = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const byJwks = by({ by: 'jwks', url: new URL(`http://127.0.0.1:${port}/jwks.json`) });
    await byJwks(await bearer({}, { alg: 'RS256', key: rsa.privateKey, kid: 'one' }));
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const kid of ['one', 'two']) {
      const token = bearer({}, { alg: 'RS256', key: stranger, kid });
      await expect(byJwks(await token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('AUTH1.2 lets nobody in while the keys can’t be fetched', async () => {
    const starting = createServer((_request, response) => response.writeHead(502).end('Bad gateway'));
    await new Promise<void>((resolve) => starting.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => void starting.close());
    const token = await bearer({}, { alg: 'RS256', key: rsa.privateKey, kid: 'one' });
    for (const port of [1, (starting.address() as AddressInfo).port]) {
      const byJwks = by({ by: 'jwks', url: new URL(`http://127.0.0.1:${port}/jwks.json`) });
      await expect(byJwks(token)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    }
  });
});
