import { expect, it } from 'vitest';
import { ticket } from '../fixtures/eduzz.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { measured, met } from '../support/metrics.ts';
import { Peer } from '../support/peer.ts';

const FIELDS = ['cursor', '__typename', '__typename cursor', 'cursor __typename'];
const followed = (index: number) => `subscription { s: cancellations { ${FIELDS[index]} } }`;
const LIMITS = { MAX_DIFFERENT_SUBSCRIPTIONS_PER_TOKEN: '2', MAX_DIFFERENT_SUBSCRIPTIONS: '3' };

async function streamOf({ url }: TestGateway, token: string, query: string) {
  const abort = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    signal: abort.signal,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return { response, leave: () => abort.abort() };
}

it('OPS5.10 lets a holder run so many different subscriptions, over all its connections, and all holders so many', async () => {
  const gateway = await TestGateway.start({ env: LIMITS });
  const [ana, bea] = [await makeToken({ expires: 500 }), await makeToken({ expires: 400 })];
  const first = await Peer.open(gateway, { token: ana });
  const second = await Peer.open(gateway, { token: ana });
  const errors = ({ messages }: Peer) => messages.filter((message) => message.includes('"type":"error"'));

  // The same counts once, however many there are.
  for (const id of ['a', 'b', 'c']) first.subscribe(id, followed(0));
  second.subscribe('a', followed(1));
  await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(4);
  second.subscribe('b', followed(2));
  await expect.poll(() => errors(second)).toHaveLength(1);
  expect(JSON.parse(errors(second)[0]!)).toMatchObject({
    id: 'b',
    payload: [
      { message: expect.stringContaining('2 different subscriptions'), extensions: { code: 'TOO_MANY_REQUESTS' } },
    ],
  });
  const refused = await streamOf(gateway, ana, followed(2));
  expect(refused.response.status).toBe(429);
  expect(Number(refused.response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await met(gateway.url, 'different_per_token')).toBe(2);

  // Others have theirs, and what somebody else runs already costs nobody anything.
  const other = await Peer.open(gateway, { token: bea });
  other.subscribe('a', followed(0));
  other.subscribe('b', followed(2));
  await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(6);
  const third = await Peer.open(gateway, { token: await makeToken({ expires: 300 }) });
  third.subscribe('a', followed(3));
  await expect.poll(() => errors(third)).toHaveLength(1);
  expect(errors(third)[0]).toContain('TOO_MANY_REQUESTS');
  expect(await met(gateway.url, 'different')).toBe(1);
  third.subscribe('b', followed(2));
  await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(7);

  // No other subscription is affected, and the refused id is free again.
  await gateway.eduzz(ticket('one'));
  for (const [peer, count] of [
    [first, 3],
    [second, 1],
    [other, 2],
    [third, 1],
  ] as const) {
    await expect.poll(() => peer.count('"type":"next"')).toBe(count * 2);
  }
  // Where the last of one ends, there is place for another; where one of several does, there is not.
  first.send({ id: 'a', type: 'complete' });
  second.subscribe('b', followed(2));
  await expect.poll(() => errors(second)).toHaveLength(2);
  for (const id of ['b', 'c']) first.send({ id, type: 'complete' });
  await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(4);
  second.subscribe('b', followed(2));
  await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(5);
  // A socket that is gone counts for nothing any more.
  second.socket.close();
  await expect
    .poll(async () => {
      const { response, leave } = await streamOf(gateway, ana, followed(1));
      leave();
      return response.status;
    })
    .toBe(200);
});

it('OPS5.10 lets a holder run no more subscriptions than it may, however alike they are', async () => {
  const gateway = await TestGateway.start({ env: { MAX_SUBSCRIPTIONS_PER_TOKEN: '3' } });
  const token = await makeToken();
  const peers = [await Peer.open(gateway, { token }), await Peer.open(gateway, { token })] as const;
  for (const peer of peers) for (const id of ['a', 'b']) peer.subscribe(id, followed(2));
  const count = (part: string) => peers[0].count(part) + peers[1].count(part);
  await expect.poll(() => count('"type":"error"')).toBe(1);
  expect(count('TOO_MANY_REQUESTS')).toBe(1);
  expect(await met(gateway.url, 'subscriptions_per_token')).toBe(1);
  await expect.poll(() => count('CaughtUp')).toBe(3);
  peers[0].socket.close();
  await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBeLessThan(3);
  peers[1].subscribe('c', followed(2));
  await expect.poll(() => peers[1].count('{"id":"c","type":"next"')).toBe(1);
});
