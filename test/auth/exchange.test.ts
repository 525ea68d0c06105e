import { createHmac } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { type JWTPayload, SignJWT, decodeJwt, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { revokeTokens } from '../../src/commands/tokens.ts';
import { TestGateway, environment } from '../support/gateway.ts';
import { type Issuer, startIssuer } from '../support/issuer.ts';
import { TestTerminal } from '../support/terminal.ts';
import { WebPage } from '../support/web-page.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const WIX = 'urn:hookcast:params:token-type:wix-instance';
const SECRETS = ['the app secret of before', '0b4d1c2e-wix-app-secret'];
const APP = 'https://app.example.com';

let issuer: Issuer;
let gateway: TestGateway;

beforeAll(async () => {
  issuer = await startIssuer();
  const env = {
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: 'console',
    EXCHANGE_AUDIENCE: 'shop,board',
    EXCHANGE_WIX_SECRETS: SECRETS.join(','),
    EXCHANGE_SCOPES: 'events:read pii:read',
    ALLOWED_ORIGINS: APP,
    TRUST_PROXY: 'loopback',
  };
  gateway = await TestGateway.start({ lasting: true, env });
});
afterAll(async () => {
  await gateway.end();
  await issuer.end();
});

/** Another holder for each test, and another address for each request: both have rates, which a quick machine would meet. */
let sub = 0;
let requests = 0;
beforeEach(() => void (sub += 1));

const seconds = () => Math.floor(Date.now() / 1000);

function idToken(claims: JWTPayload = {}): Promise<string> {
  const whole = {
    iss: issuer.url,
    aud: 'shop',
    sub: `ana${sub}`,
    iat: seconds(),
    exp: seconds() + 7_200,
    tenants: ['wix:7'],
    scope: 'events:read pii:read raw:read ops',
  };
  return issuer.sign({ ...whole, ...claims });
}

function wixInstance(given: Record<string, unknown> = {}, secret = SECRETS[1]!): string {
  const instance = {
    instanceId: '1f2e3d4c-0000-4000-8000-000000000007',
    appDefId: 'app',
    signDate: new Date().toISOString(),
    uid: `owner${sub}`,
    permissions: 'OWNER',
    ...given,
  };
  const data = Buffer.from(JSON.stringify(instance)).toString('base64url');
  return `${createHmac('sha256', secret).update(data).digest('base64url')}.${data}`;
}

async function exchange(token: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const type = token.split('.').length === 3 ? ID_TOKEN : WIX;
  const form = { grant_type: GRANT, subject_token: token, subject_token_type: type, ...more };
  const body = new URLSearchParams(form);
  const answer = await fetch(`${gateway.url}/auth/token`, {
    method: 'POST',
    body,
    headers: { 'x-forwarded-for': `192.0.2.${(requests += 1)}`, ...headers },
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, any> };
}

async function ask(token: string) {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ events(first: 1) { head } }' }),
  });
  return answer.status;
}

it('AUTH8.5 exchanges an ID token for a token of one hour, with the scopes that are asked for and allowed', async () => {
  const { status, body, headers } = await exchange(await idToken());
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(body).toMatchObject({
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3_600,
    scope: 'events:read',
  });
  const claims = decodeJwt(body['access_token']);
  expect(claims).toMatchObject({ sub: `oidc:ana${sub}`, tenants: ['wix:7'], scope: 'events:read' });
  expect(claims.exp! - claims.iat!).toBe(3_600);
  expect(await ask(body['access_token'])).toBe(200);

  sub += 1;
  const asked = await exchange(await idToken({ exp: seconds() + 60 }), { scope: 'pii:read ops events:read' });
  expect(asked.body).toMatchObject({ scope: 'events:read pii:read' });
  expect(asked.body['expires_in']).toBeLessThanOrEqual(60);
  sub += 1;
  expect((await exchange(await idToken({ scope: 'events:read' }), { scope: 'pii:read' })).body).toMatchObject({
    status: 400,
    code: 'FORBIDDEN',
    error: 'invalid_scope',
  });
});

it('AUTH8.5 exchanges what Wix signs for the owner of a site, for that site alone, and not what it signs for visitors', async () => {
  for (const secret of SECRETS) {
    const { status, body } = await exchange(wixInstance({}, secret));
    expect([status, body['scope']]).toEqual([200, 'events:read']);
    expect(body['expires_in']).toBeGreaterThan(3_590);
    expect(decodeJwt(body['access_token'])['tenants']).toEqual(['wix:1f2e3d4c-0000-4000-8000-000000000007']);
  }
  sub += 1;
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  expect((await exchange(wixInstance({ signDate: ago(50) }))).body['expires_in']).toBeLessThanOrEqual(600);
  const refused: [string, string][] = [
    ['FORBIDDEN', wixInstance({ permissions: null })],
    ['FORBIDDEN', wixInstance({ permissions: '', uid: 'visitor' })],
    ['FORBIDDEN', wixInstance({ uid: undefined })],
    ['FORBIDDEN', wixInstance({ aid: 'anonymous' })],
    ['TOKEN_EXPIRED', wixInstance({ signDate: ago(61) })],
    ['TOKEN_EXPIRED', wixInstance({ expirationDate: ago(1) })],
    ['UNAUTHENTICATED', wixInstance({ signDate: ago(-10) })],
    ['UNAUTHENTICATED', wixInstance({ signDate: 'today' })],
    ['UNAUTHENTICATED', wixInstance({ instanceId: '*' })],
    ['UNAUTHENTICATED', wixInstance({ instanceId: 'a b' })],
    ['UNAUTHENTICATED', wixInstance({}, 'another app’s secret')],
    ['UNAUTHENTICATED', wixInstance({}, '')],
    ['UNAUTHENTICATED', `.${wixInstance().split('.')[1]}`],
    [
      'UNAUTHENTICATED',
      `${wixInstance().split('.')[0]}.${wixInstance({ permissions: 'OWNER', uid: 'x' }).split('.')[1]}`,
    ],
    ['UNAUTHENTICATED', 'x'],
  ];
  for (const [code, token] of refused) expect((await exchange(token)).body, token).toMatchObject({ status: 400, code });
});

it('AUTH8.5 exchanges no token that was made for others, was revoked, or can be read in two ways', async () => {
  const foreign = await generateKeyPair('RS256');
  const forged = new SignJWT({ tenants: ['*'], scope: 'events:read' })
    .setProtectedHeader({ alg: 'RS256', kid: issuer.kid })
    .setIssuer(issuer.url)
    .setAudience('shop')
    .setSubject('eve')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(foreign.privateKey);
  const tokens: [string, string][] = [
    ['UNAUTHENTICATED', await forged],
    ['UNAUTHENTICATED', await idToken({ aud: 'console' })],
    ['UNAUTHENTICATED', await idToken({ aud: ['shop', 'evil'] })],
    ['UNAUTHENTICATED', await idToken({ azp: 'evil' })],
    ['UNAUTHENTICATED', await idToken({ iss: 'https://evil.example' })],
    ['UNAUTHENTICATED', await idToken({ sub: '' })],
    ['UNAUTHENTICATED', await idToken({ tenants: [] })],
    ['UNAUTHENTICATED', await idToken({ tenants: 'wix:7,eduzz:1' })],
    ['TOKEN_EXPIRED', await idToken({ exp: seconds() - 1 })],
  ];
  for (const [code, token] of tokens) {
    expect((await exchange(token)).body, JSON.stringify(decodeJwt(token))).toMatchObject({
      status: 400,
      code,
      error: 'invalid_grant',
    });
  }
  const theirs = await idToken({ jti: 'theirs' });
  expect((await exchange(theirs)).status).toBe(200);
  await revokeTokens([], { id: ['theirs'] }, new TestTerminal(environment(gateway.folder)));
  await expect.poll(async () => (await exchange(theirs)).body['code']).toBe('TOKEN_REVOKED');
});

it('AUTH8.6 says in a problem what is wrong with a request, to pages of allowed origins, and counts', async () => {
  const token = await idToken();
  const wrong: Record<string, string>[] = [
    { grant_type: 'password' },
    { subject_token: '' },
    { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
    { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    { actor_token: 'a' },
  ];
  for (const more of wrong) {
    const { status, body, headers } = await exchange(token, more);
    expect([status, headers.get('content-type')], JSON.stringify(more)).toEqual([400, 'application/problem+json']);
    expect(body).toMatchObject({
      type: 'urn:hookcast:problem:bad-request',
      error: 'invalid_request',
      error_description: body['detail'],
    });
  }
  const twice = await fetch(`${gateway.url}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=${GRANT}&grant_type=${GRANT}`,
  });
  expect(twice.status).toBe(400);
  expect((await fetch(`${gateway.url}/auth/token?grant_type=${GRANT}`)).status).toBe(405);
  expect((await exchange(token, {}, { 'content-type': 'application/json' })).status).toBe(400);
  const allowed = await exchange(token, {}, { origin: APP });
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, APP]);
  expect((await exchange(token, {}, { origin: 'https://evil.example' })).status).toBe(403);
  const authorization = `Bearer ${environment('')['METRICS_TOKEN']}`;
  const metrics = await (await fetch(`${gateway.url}/metrics`, { headers: { authorization } })).text();
  expect(metrics).toMatch(/hookcast_sign_ins_total\{by="exchange",outcome="ok"\} \d/);
  expect(metrics).toMatch(/hookcast_sign_ins_total\{by="exchange",outcome="bad_request"\} \d/);
  const none = await TestGateway.start();
  expect((await fetch(`${none.url}/auth/token`, { method: 'POST' })).status).toBe(404);
});

it('AUTH8.6 notes each token in the audit, and gives one holder no more than a few a second', async () => {
  const token = await idToken();
  const answers = await Promise.all(Array.from({ length: 12 }, () => exchange(token)));
  const given = answers.filter(({ status }) => status === 200).map(({ body }) => decodeJwt(body['access_token']).jti);
  const refused = answers.filter(({ status }) => status === 429);
  expect(given.length).toBeGreaterThan(0);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]!.headers.get('retry-after')).toBe('5');
  const database = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { readOnly: true });
  const rows = database.prepare("SELECT target FROM audit WHERE operation = 'token exchange'").all();
  database.close();
  const noted = rows.map((row) => row['target']);
  for (const id of given) expect(noted.filter((target) => target === id)).toHaveLength(1);
});

it('AUTH8.4 takes only an ID token of this sign-in, for this client, signed by the provider itself', async () => {
  const page = new WebPage(gateway);
  const answerTo = async (make: (nonce: string) => Promise<string>) => {
    const { body } = await page.ask('POST', '/console/provider');
    const asked = new URL(body['address']).searchParams;
    issuer.answer = { id_token: await make(asked.get('nonce')!), access_token: 'a', token_type: 'Bearer' };
    const path = `/console/callback?code=c&state=${asked.get('state')}`;
    return (await page.ask('GET', path)).headers.get('location');
  };
  // In a second an address may have ten codes redeemed. Further ones are "unavailable" until the next second.
  const outcome = (make: (nonce: string) => Promise<string>, named = '') =>
    expect.poll(() => answerTo(make), { message: named });
  const nothing = '/console#sign-in=nothing';
  await outcome((nonce) => idToken({ aud: 'console', nonce })).toBe('/console');
  await outcome((nonce) => idToken({ aud: ['console', 'shop'], azp: 'console', nonce })).toBe('/console');
  const wrong: { readonly [claim: string]: unknown }[] = [
    { nonce: 'another' },
    { nonce: undefined },
    { aud: 'shop' },
    { aud: ['console', 'shop'] },
    { aud: ['console', 'shop'], azp: 'shop' },
    { iss: `${issuer.url}/` },
    { sub: undefined },
    { iat: undefined },
    { exp: undefined },
  ];
  for (const claims of wrong) {
    await outcome((nonce) => idToken({ aud: 'console', nonce, ...claims }), JSON.stringify(claims)).toBe(nothing);
  }
  await outcome((nonce) => idToken({ aud: 'console', nonce, exp: seconds() - 1 })).toBe('/console#sign-in=again');
  const claims = (nonce: string) => ({
    iss: issuer.url,
    aud: 'console',
    sub: 'eve',
    nonce,
    tenants: ['*'],
    scope: 'ops',
    iat: seconds(),
    exp: seconds() + 60,
  });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  await outcome(async (nonce) => `${part({ alg: 'none' })}.${part(claims(nonce))}.`).toBe(nothing);
  const publicKey = new TextEncoder().encode(JSON.stringify(issuer.jwk));
  const hmac = (nonce: string) =>
    new SignJWT(claims(nonce)).setProtectedHeader({ alg: 'HS256', kid: issuer.kid }).sign(publicKey);
  await outcome(hmac).toBe(nothing);
  // An invalid answer is the identity provider's fault, and not the person's.
  issuer.answer = null;
  const { body } = await page.ask('POST', '/console/provider');
  const state = new URL(body['address']).searchParams.get('state');
  expect((await page.ask('GET', `/console/callback?code=c&state=${state}`)).headers.get('location')).toBe(
    '/console#sign-in=unavailable',
  );
});
