import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { IssuerKeys } from '../../src/issuer-keys.ts';
import { TestGateway } from '../support/gateway.ts';
import { met } from '../support/metrics.ts';
import { Peer } from '../support/peer.ts';

const ISSUER = 'https://login.example';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** An issuer with one key, that can be told to answer nobody. */
async function issuer(copies = 1) {
  const state = { hangs: false, asked: 0 };
  const held: (() => void)[] = [];
  const key = { ...(await exportJWK(publicKey)), alg: 'ES256' };
  const keys = Array.from({ length: copies }, (_, n) => ({ ...key, kid: n === 0 ? 'good' : `copy ${n}` }));
  const server = createServer((_request, response) => {
    state.asked += 1;
    const answer = () => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    if (state.hangs) held.push(answer);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const recover = () => {
    state.hangs = false;
    for (const answer of held) answer();
  };
  return { state, recover, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks` };
}

function sign(kid: string | undefined, key = privateKey): Promise<string> {
  return new SignJWT({ iss: ISSUER, tenants: ['*'], scope: 'events:read' })
    .setProtectedHeader({ alg: 'ES256', ...(kid !== undefined && { kid }) })
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(key);
}

it('AUTH1.14 reads no more of an issuer’s keys than a megabyte', async () => {
  let isLong = true;
  const own = await exportJWK(publicKey);
  const filler = ' '.repeat(64 * 1024);
  const server = createServer((_request, response) => {
    const text = JSON.stringify({ keys: [{ ...own, kid: 'good', alg: 'ES256' }] });
    if (!isLong) return void response.end(text);
    const more = () => {
      while (!response.destroyed && response.write(filler));
    };
    response.on('drain', more);
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  let now = Date.now();
  const keys = new IssuerKeys(
    url,
    () => now,
    () => {},
  );
  const check = async () => keys.verify(await sign('good'), { algorithms: ['ES256'] }, (one) => one());
  await expect(check()).rejects.toThrow('the keys have more than 1048576 bytes');
  await expect.poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(0);
  isLong = false;
  now += 31_000;
  await expect(check()).resolves.toBeDefined();
});

it('AUTH4.5 connects a client with a valid token while an issuer hangs and forged tokens wait for it', async () => {
  const { state, recover, url } = await issuer();
  let now = Date.now();
  const gateway = await TestGateway.start({
    env: { AUTH_SECRET: '', AUTH_JWKS_URL: url, AUTH_ISSUER: ISSUER },
    now: () => now,
  });
  const [good, forged] = [await sign('good'), await sign('forged')];
  // Of a token that names no key nothing shows whether its issuer has a new one.
  const nameless = await sign(undefined, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  await Peer.open(gateway, { token: good });
  expect(state.asked).toBe(1);
  state.hangs = true;
  now += 31_000;
  const forgers = await Promise.all(Array.from({ length: 40 }, () => Peer.open(gateway, { signedIn: false })));
  for (const [n, forger] of forgers.entries()) forger.signIn(n % 2 === 0 ? forged : nameless);
  await expect.poll(() => state.asked).toBe(2);
  // Within a second, since `open` waits that long for the acknowledgement; the issuer has five.
  await Peer.open(gateway, { token: good });
  expect(forgers.filter(({ socket }) => socket.readyState === socket.OPEN)).toHaveLength(40);
  expect(new Set(await Promise.all(forgers.map(({ closed }) => closed)))).toEqual(new Set([1013]));

  // The failure is remembered: no check waits, and the issuer is not asked again. Known keys stay valid.
  for (const token of [forged, nameless]) {
    const late = await Peer.open(gateway, { signedIn: false });
    late.signIn(token);
    expect(await late.closed).toBe(1013);
  }
  expect(state.asked).toBe(2);
  now += 1_200_000;
  await Peer.open(gateway, { token: good });
  await expect.poll(() => state.asked).toBe(3);
  // Not for ever: a key may have been withdrawn meanwhile. And once the issuer answers, all is as before.
  recover();
  now += 3_700_000;
  await Peer.open(gateway, { token: good });
});

it('AUTH1.7 counts a token that names no key as a met limit if too many keys fit', async () => {
  const { url } = await issuer(9);
  const gateway = await TestGateway.start({ env: { AUTH_SECRET: '', AUTH_JWKS_URL: url, AUTH_ISSUER: ISSUER } });
  const ask = async (token: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: '{"query":"{ __typename }"}' });
  };
  const forged = await sign(undefined, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const refused = await ask(forged);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({
    errors: [{ message: expect.stringContaining('names no key ("kid")') }],
  });
  expect((await ask(await sign('good'))).status).toBe(200);
  expect(await met(gateway.url, 'keys')).toBe(1);
});
