import { hash } from 'node:crypto';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { IdentityProvider } from '../../src/auth/identity-provider.ts';
import { Addresses } from '../../src/http/address.ts';
import { CODES_OF_ADDRESS, ProviderSignIn, type ProviderSignInOptions } from '../../src/http/provider-sign-in.ts';
import { OwnTallies } from '../../src/tallies/own-tallies.ts';
import { atEnd } from '../support/ending.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  atEnd(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A sign-in that nobody began at the gateway: the cookie and the state are made up, and fit each other. */
function invented(origin: string, number: number) {
  const value = `${'a'.repeat(43)}.${Math.floor(Date.now() / 1000)}.${Buffer.from(origin).toString('base64url')}`;
  const state = hash('sha256', `state ${value}`, 'base64url');
  const cookie = `hookcast-sign-in-${new URL(origin).port}=${value}`;
  return { path: `/console/callback?state=${state}&code=${number}`, cookie };
}

it('AUTH8.7 asks the provider about a few codes of an address in a second, however many are invented', async () => {
  let redeemed = 0;
  const issuer = await serve((request, response) => {
    if (request.url !== '/token') {
      const found = { issuer, authorization_endpoint: issuer, token_endpoint: `${issuer}/token`, jwks_uri: issuer };
      return void response.end(JSON.stringify(found));
    }
    redeemed += 1;
    response.writeHead(400).end('{"error":"invalid_grant"}');
  });
  const places = { tenants: { path: ['tenants'], prefix: '' }, scope: { path: ['scope'], prefix: '' } };
  const client = { clientId: 'console', clientSecret: null, asksFor: ['openid'], name: 'Padaria' };
  const provider = new IdentityProvider({ issuer, ...client, ...places }, Date.now, () => {});
  const outcomes: string[] = [];
  let clock = 0;
  const signIn = new ProviderSignIn({
    signIns: null as unknown as ProviderSignInOptions['signIns'],
    provider: () => provider,
    addresses: new Addresses(['loopback']),
    rates: new OwnTallies(() => clock).rates('codes of', CODES_OF_ADDRESS),
    onSignIn: (_by, outcome) => void outcomes.push(outcome),
    logger: pino({ enabled: false }),
    now: Date.now,
  });
  const gateway = await serve((request, response) => void signIn.end(request, response));
  const come = async (times: number, from = '203.0.113.1') => {
    const before = redeemed;
    const answers = Array.from({ length: times }, (_, number) => {
      const { path, cookie } = invented(gateway, number);
      return fetch(gateway + path, { headers: { cookie, 'x-forwarded-for': from }, redirect: 'manual' });
    });
    for (const { status } of await Promise.all(answers)) expect(status).toBe(303);
    return redeemed - before;
  };
  expect(await come(50)).toBe(CODES_OF_ADDRESS);
  expect(outcomes.filter((outcome) => outcome === 'unavailable')).toHaveLength(50 - CODES_OF_ADDRESS);
  expect(await come(1)).toBe(0);
  expect(await come(1, '203.0.113.2')).toBe(1);
  clock += 1_000;
  expect(await come(1)).toBe(1);
});
