import { expect, it, onTestFinished } from 'vitest';
import { Quotas } from '../../src/transports/quotas.ts';
import { OwnTallies } from '../../src/tallies/own-tallies.ts';
import type { Limit } from '../../src/limits.ts';
import { AUTH_SECRET, TestGateway } from '../support/gateway.ts';
import { SignJWT } from 'jose';
import { met } from '../support/metrics.ts';
import { Peer } from '../support/peer.ts';
import { type Talk, requestText, talk } from '../support/talk.ts';

const QUERY = '{ __typename }';

function tokenOf(sub: string): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const claims = { tenants: ['*'], scope: 'events:read', sub };
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(exp).sign(Buffer.from(AUTH_SECRET));
}

async function post({ url }: TestGateway, token: string, { query = QUERY, accept = 'application/json' } = {}) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` };
  const body = JSON.stringify({ query });
  return fetch(`${url}/graphql`, { method: 'POST', signal: abort.signal, headers, body });
}

/**
 * Begins so many requests, whose bodies are not whole yet, that one more is refused. Of several workers one may take a later request
 * first, and refuse one of these: then it is sent again.
 */
async function hold(gateway: TestGateway, token: string, text: string, count: number): Promise<Talk[]> {
  const held: Talk[] = [];
  const status = async () => {
    const refused = held.findIndex(({ said }) => said() !== '');
    if (refused >= 0) held.splice(refused, 1);
    while (held.length < count) held.push(await talk(gateway, text.slice(0, -1)));
    const last = await post(gateway, token);
    return held.every(({ said }) => said() === '') && last.status;
  };
  await expect.poll(status).toBe(429);
  return held;
}

it('OPS5.9 lets a holder have so many queries under way, over all transports together, and others theirs', async () => {
  const gateway = await TestGateway.start({ env: { MAX_QUERIES_PER_TOKEN: '2' } });
  const ana = await tokenOf('ana');
  const peer = await Peer.open(gateway, { token: ana });
  // Two that have begun, whose bodies are not whole yet.
  const body = JSON.stringify({ query: QUERY });
  const text = requestText('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ana}` },
    body,
  });
  const slow = await hold(gateway, ana, text, 2);

  const before = await met(gateway.url, 'queries_per_token');
  for (const accept of ['application/json', 'text/event-stream']) {
    const refused = await post(gateway, ana, { accept });
    expect([accept, refused.status]).toEqual([accept, 429]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('2 queries'), extensions: { code: 'TOO_MANY_REQUESTS' } }],
    });
  }
  peer.subscribe('1', QUERY);
  await expect.poll(() => peer.count('"type":"error"')).toBe(1);
  expect(peer.count('TOO_MANY_REQUESTS')).toBe(1);
  expect(await met(gateway.url, 'queries_per_token')).toBe(before + 3);

  // Its subscriptions have limits of their own, and its neighbours have nothing to do with it.
  peer.subscribe('2');
  await expect.poll(() => peer.count('CaughtUp')).toBe(1);
  const stream = await post(gateway, ana, { query: 'subscription { events { cursor } }', accept: 'text/event-stream' });
  expect(stream.status).toBe(200);
  expect((await post(gateway, await tokenOf('bea'))).status).toBe(200);

  // When they are answered there is room for others, over each transport.
  for (const { socket, said } of slow) {
    socket.write(text.slice(-1));
    await expect.poll(said).toContain('"__typename":"Query"');
  }
  await expect.poll(async () => (await post(gateway, ana)).status).toBe(200);
  for (const id of ['3', '4', '5']) {
    peer.subscribe(id, QUERY);
    await expect.poll(() => peer.count(`{"id":"${id}","type":"complete"}`)).toBe(1);
  }
  expect((await post(gateway, ana, { accept: 'text/event-stream' })).status).toBe(200);
});

it('OPS5.9 gives back a holder’s queries under way when the client leaves without an answer', async () => {
  const gateway = await TestGateway.start({ env: { MAX_QUERIES_PER_TOKEN: '1' } });
  const token = await tokenOf('ana');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const text = requestText('/graphql', { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) });
  const [held] = await hold(gateway, token, text, 1);
  held!.socket.destroy();
  await expect.poll(async () => (await post(gateway, token)).status).toBe(200);
});

it('OPS5.9 answers 429 to more queries a second than a holder may send', async () => {
  const gateway = await TestGateway.start({ env: { QUERY_RATE_PER_TOKEN: '1' } });
  const ana = await tokenOf('ana');
  const refused: Response[] = [];
  const ask = async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(gateway, ana)));
    refused.push(...answers.filter(({ status }) => status === 429));
    return refused.length;
  };
  // A machine that takes twenty seconds for twenty of them has a second's for each.
  await expect.poll(ask).toBeGreaterThan(0);
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused[0]!.json()).toMatchObject({
    errors: [{ message: expect.stringContaining('1 queries a second') }],
  });
  expect(await met(gateway.url, 'query_rate')).toBe(refused.length);
  expect((await post(gateway, await tokenOf('bea'))).status).toBe(200);
});

it('OPS5.9 fills up again with time, keeps holders that have something under way, and counts each holder by itself', () => {
  const limits = { queryRate: 2, queries: 3 };
  const met: Limit[] = [];
  let now = 0;
  const quotas = new Quotas({ limits, tallies: new OwnTallies(() => now), onLimit: (limit) => met.push(limit) });
  const refusedBy = (holder: string) => {
    try {
      return quotas.begin(holder) && null;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const first = quotas.begin('ana');
  expect([refusedBy('ana'), refusedBy('ana'), refusedBy('bea')]).toEqual([null, 'TOO_MANY_REQUESTS', null]);
  expect(met).toEqual(['query_rate']);
  now += 60_000;
  expect([refusedBy('ana'), refusedBy('ana')]).toEqual([null, 'TOO_MANY_REQUESTS']);
  expect(met).toEqual(['query_rate', 'queries_per_token']);
  first.release();
  first.release();
  expect([refusedBy('ana'), refusedBy('ana')]).toEqual([null, 'TOO_MANY_REQUESTS']);
});

it('OPS5.9 does the queries of one holder in turns of their own', async () => {
  const limits = { queryRate: 0, queries: 0 };
  const quotas = new Quotas({ limits, tallies: new OwnTallies(() => 0), onLimit: () => {} });
  let turn = 0;
  const count = () => {
    turn += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const turns: Record<string, number[]> = { ana: [], bea: [] };
  const begin = async (holder: string) => {
    await quotas.turn(holder);
    turns[holder]!.push(turn);
  };
  await Promise.all([...Array.from({ length: 5 }, () => begin('ana')), begin('bea')]);
  clearImmediate(counting);
  expect(new Set(turns['ana'])).toHaveLength(5);
  // No holder waits for the queries of another.
  expect(turns['bea']![0]).toBeLessThanOrEqual(turns['ana']![0]!);
});
