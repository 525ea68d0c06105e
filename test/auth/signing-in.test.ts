import { createClient } from 'graphql-ws';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type FollowState, follow } from '../../src/client/follow.ts';
import { AUTH_SECRET, TestGateway, makeToken } from '../support/gateway.ts';
import { Peer } from '../support/peer.ts';
import { EVENTS } from '../support/subscriber.ts';
import { endClient } from '../support/ending.ts';

/** The gateway's clock is behind the signer's. */
let behind = 0;
let gateway: TestGateway;

beforeAll(async () => void (gateway = await TestGateway.start({ lasting: true, now: () => Date.now() - behind })));
afterAll(() => gateway.end());

it('AUTH1.11 finds the token in connection_init, also below headers and in capitals', async () => {
  const good = `Bearer ${await makeToken()}`;
  const bad = 'Bearer nobody';
  const taken: object[] = [
    { authorization: good },
    { Authorization: good },
    { headers: { authorization: good } },
    { headers: { Authorization: good, 'x-other': 'one' } },
    { headers: { AUTHORIZATION: good } },
    { authorization: null, headers: { authorization: good } },
    { authorization: good, headers: { authorization: bad } },
  ];
  for (const payload of taken) {
    const peer = await Peer.open(gateway, { signedIn: false });
    peer.send({ type: 'connection_init', payload });
    await expect.poll(() => peer.messages, { interval: 5 }).toContain('{"type":"connection_ack"}');
  }
  const refused: object[] = [
    {},
    { headers: null },
    { headers: [good] },
    { headers: good },
    { headers: { headers: { authorization: good } } },
    { headers: { authorization: [good] } },
    { payload: { authorization: good } },
    { authorization: bad, headers: { authorization: good } },
  ];
  for (const payload of refused) {
    const peer = await Peer.open(gateway, { signedIn: false });
    peer.send({ type: 'connection_init', payload });
    expect(await peer.closed, JSON.stringify(payload)).toBe(4401);
  }
});

it('AUTH3.4 lets a client come back until its token is valid, where the issuer’s clock is ahead', async () => {
  behind = 120_000;
  onTestFinished(() => void (behind = 0));
  const at = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({ tenants: ['*'], scope: 'events:read', iat: at, nbf: at, exp: at + 600 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(AUTH_SECRET));
  const asked = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ __typename }"}',
  });
  expect([asked.status, asked.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await asked.json()).toMatchObject({ errors: [{ extensions: { code: 'TOKEN_NOT_YET_VALID' } }] });
  const peer = await Peer.open(gateway, { signedIn: false });
  peer.signIn(token);
  expect(await peer.closed).toBe(1013);

  const states: FollowState[] = [];
  const reasons: string[] = [];
  let expired = 0;
  const client = createClient({
    url: gateway.webSocketUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const following = follow(client, {
    query: EVENTS,
    onMessage: () => {},
    onGap: () => {},
    onState: (state, reason) => {
      states.push(state);
      if (reason) reasons.push(reason.message);
    },
    onTokenExpired: () => void (expired += 1),
    wait: () => 20,
  });
  onTestFinished(async () => {
    following.stop();
    await endClient(client);
  });
  await expect.poll(() => states.filter((state) => state === 'waiting').length).toBeGreaterThan(1);
  expect(reasons[0]).toMatch(/1013 The token is not valid before \d{4}-\S+Z/);
  behind = 30_000;
  await expect.poll(() => states.at(-1)).toBe('live');
  // Another token would not have been valid either.
  expect(expired).toBe(0);
});
