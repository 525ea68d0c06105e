import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, type JWK, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Authenticate, authenticator } from '../../src/auth/authenticate.ts';
import { readConfig } from '../../src/config.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, environment } from '../support/gateway.ts';

/** Pairs that issuers sign with, and pairs of nobody that is trusted. One of each kind will do for all. */
const OWN = { RS256: await generateKeyPair('RS256'), ES256: await generateKeyPair('ES256') };
const FOREIGN = { RS256: await generateKeyPair('RS256'), ES256: await generateKeyPair('ES256') };
const ANOTHER = { ...(await exportJWK(FOREIGN.RS256.publicKey)), kid: 'another' };

/** How an issuer signs, and how it publishes the key. The page has everything else. */
interface Issuer {
  readonly alg: keyof typeof OWN;
  readonly typ?: string;
  readonly publish: (key: JWK) => readonly JWK[];
}

const ISSUERS: Readonly<Record<string, Issuer>> = {
  Auth0: {
    alg: 'RS256',
    typ: 'JWT',
    publish: (key) => [
      { ...key, use: 'sig', alg: 'RS256', x5t: key.kid! },
      { ...ANOTHER, use: 'sig', alg: 'RS256' },
    ],
  },
  // One key for access tokens, and one for ID tokens.
  'Amazon Cognito': {
    alg: 'RS256',
    publish: (key) => [
      { ...ANOTHER, use: 'sig', alg: 'RS256' },
      { ...key, use: 'sig', alg: 'RS256' },
    ],
  },
  'Duende IdentityServer': {
    alg: 'RS256',
    typ: 'at+jwt',
    publish: (key) => [{ ...key, use: 'sig', alg: 'RS256' }],
  },
  // Without `alg`.
  'Microsoft Entra': {
    alg: 'RS256',
    typ: 'JWT',
    publish: (key) => [
      { ...ANOTHER, use: 'sig' },
      { ...key, use: 'sig', x5t: key.kid! },
    ],
  },
  'Ory Hydra': {
    alg: 'RS256',
    typ: 'JWT',
    publish: (key) => [
      { ...ANOTHER, use: 'sig', alg: 'RS256' },
      { ...key, use: 'sig', alg: 'RS256' },
    ],
  },
  Keycloak: {
    alg: 'RS256',
    typ: 'JWT',
    publish: (key) => [
      { ...ANOTHER, use: 'enc', alg: 'RSA-OAEP' },
      { ...key, use: 'sig', alg: 'RS256' },
    ],
  },
  Okta: { alg: 'RS256', publish: (key) => [{ ...key, use: 'sig', alg: 'RS256' }] },
  Supabase: { alg: 'ES256', typ: 'JWT', publish: (key) => [{ ...key, alg: 'ES256', ext: true, key_ops: ['verify'] }] },
};

const page = readFileSync(new URL('../../docs/TOKENS.md', import.meta.url), 'utf8');

interface Tried {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly token: JWTPayload;
}

/** The page's content for each issuer: its settings, and a token for them. */
const TRIED: readonly Tried[] = page
  .split(/^### /m)
  .slice(1)
  .flatMap((section) => {
    const name = section.slice(0, section.indexOf('\n'));
    return [...section.matchAll(/^```sh\n([^]*?)```\n\n```json\n([^]*?)```$/gm)].map(
      ([, settings = '', token = '']): Tried => ({
        name,
        settings: Object.fromEntries([...settings.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key!, value!])),
        token: JSON.parse(token) as JWTPayload,
      }),
    );
  });

/** Serves an issuer's keys where its URL says, and answers with the settings for it and with how it signs. */
async function serve({ name, settings }: Tried) {
  const { alg, typ, publish } = ISSUERS[name]!;
  const { publicKey, privateKey } = OWN[alg];
  const kid = 'the one that signs';
  const keys = publish({ ...(await exportJWK(publicKey)), kid });
  const { pathname } = new URL(settings['AUTH_JWKS_URL']!);
  const server = createServer(({ url }, response) =>
    url === pathname ? response.end(JSON.stringify({ keys })) : response.writeHead(404).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sign = (claims: JWTPayload, key: CryptoKey = privateKey) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid, ...(typ !== undefined && { typ }) }).sign(key);
  return { env: { ...settings, AUTH_SECRET: '', AUTH_JWKS_URL: `${host}${pathname}` }, sign, alg };
}

/** The token as if it were made now, with what a test changes about it. */
function now({ token }: Tried, changes: JWTPayload = {}): JWTPayload {
  const { iat, exp } = token;
  const moved = Math.floor(Date.now() / 1000) - iat!;
  return {
    ...token,
    iat: iat! + moved,
    exp: exp! + moved,
    ...(token.nbf !== undefined && { nbf: token.nbf + moved }),
    ...changes,
  };
}

function check(env: Record<string, string>): Authenticate {
  return authenticator(readConfig({ ...environment('/tmp'), ...env }).auth);
}

it('AUTH1.9 tries the tokens of every issuer that docs/TOKENS.md names', () => {
  const named = [...new Set(TRIED.map(({ name }) => name))];
  expect(named).toEqual(Object.keys(ISSUERS));
  expect(page.split(/^### /m)).toHaveLength(named.length + 1);
  expect(TRIED).toHaveLength(9);
});

describe.each(TRIED)('$name', (tried) => {
  it('AUTH1.9 accepts a token of this issuer for its purpose, and for no other', async () => {
    const { env, sign } = await serve(tried);
    const { tenants, scopes, expiresAt } = await check(env)(`Bearer ${await sign(now(tried))}`);
    expect({ tenants, scopes }).toEqual({
      tenants: new Set(['eduzz:40021']),
      scopes: new Set(['events:read', 'pii:read']),
    });
    expect(expiresAt).toBeGreaterThan(Date.now());
  });

  it('AUTH1.9 refuses what this issuer made for others, and what others made', async () => {
    const { env, sign, alg } = await serve(tried);
    const authenticate = check(env);
    const iss = `${tried.token.iss}-of-somebody-else`;
    const tokens = [sign(now(tried, { iss })), sign(now(tried), FOREIGN[alg].privateKey)];
    if (tried.token.aud !== undefined) tokens.push(sign(now(tried, { aud: ['account', 'another-service'] })));
    for (const token of tokens) {
      await expect(authenticate(`Bearer ${await token}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    await authenticate(`Bearer ${await sign(now(tried))}`);
  });
});

it('AUTH1.9 serves the events of the tenant that an issuer’s token names, and of no other', async () => {
  const tried = TRIED.find(({ name }) => name === 'Keycloak')!;
  const { env, sign } = await serve(tried);
  const gateway = await TestGateway.start({ env });
  await gateway.eduzz(ticket('mine', 40021));
  await gateway.eduzz(ticket('theirs', 9));
  const token = await sign(now(tried));
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ events(first: 10) { edges { node { eventId tenant { id } } } } }' }),
  });
  expect(await response.json()).toEqual({
    data: { events: { edges: [{ node: { eventId: 'mine', tenant: { id: 'eduzz:40021' } } }] } },
  });
});
