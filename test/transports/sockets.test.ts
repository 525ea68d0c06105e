import { expect, it, onTestFinished, vi } from 'vitest';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { TestGateway } from '../support/gateway.ts';
import { measured } from '../support/metrics.ts';
import { Peer } from '../support/peer.ts';

const BIG = 'subscription { s: cancellations { __typename ... on CancellationEdge { node { raw } } } }';

const gauge = (gateway: TestGateway, name: string) => measured(gateway.url, name);
const LIVE = 'hookcast_subscribers{state="live"}';
const BEHIND = 'hookcast_subscribers{state="behind"}';
const BUFFERED = 'hookcast_ws_buffered_bytes';

it('LIVE1.1 gives each of many subscriptions of one socket its own, whatever their ids are', async () => {
  const gateway = await TestGateway.start();
  const peer = await Peer.open(gateway);
  const ids = ['1', 'with "quotes"', 'línea\nnova', '\u{1f600}', '__proto__', 'constructor', 'x'.repeat(128)];
  for (const id of ids) peer.subscribe(id);
  await expect.poll(() => peer.count('CaughtUp')).toBe(ids.length);
  await gateway.eduzz(ticket('one'));
  await expect.poll(() => peer.count('"one"')).toBe(ids.length);
  const got = peer.messages.filter((message) => message.includes('"one"')).map((message) => JSON.parse(message).id);
  expect(got).toHaveLength(ids.length);
  expect(new Set(got)).toEqual(new Set(ids));
  peer.send({ id: '1', type: 'complete' });
  await expect.poll(() => gauge(gateway, LIVE)).toBe(ids.length - 1);
  await gateway.eduzz(ticket('two'));
  await expect.poll(() => peer.count('"two"')).toBe(ids.length - 1);
});

it('LIVE2.4 lets go of everything with the socket, also of operations whose ids were used again', async () => {
  const gateway = await TestGateway.start();
  for (const established of [false, true]) {
    const peer = await Peer.open(gateway);
    peer.subscribe('again');
    if (established) await expect.poll(() => peer.count('CaughtUp')).toBe(1);
    // In one packet.
    peer.subscribe('again');
    expect(await peer.closed).toBe(4409);
    await expect.poll(() => gauge(gateway, LIVE)).toBe(0);
    expect(await gauge(gateway, 'hookcast_cohorts')).toBe(0);
  }
  // Once it is over, the id is free.
  const peer = await Peer.open(gateway);
  for (const round of [1, 2, 3]) {
    peer.subscribe('again');
    await expect.poll(() => peer.count('CaughtUp')).toBe(round);
    peer.send({ id: 'again', type: 'complete' });
    // Every other time in one packet.
    if (round % 2 === 0) await expect.poll(() => gauge(gateway, LIVE)).toBe(0);
  }
  await expect.poll(() => gauge(gateway, LIVE)).toBe(0);
});

it('LIVE2.1 holds a little for a socket that stalls, however many subscriptions it has', async () => {
  const gateway = await TestGateway.start();
  const peer = await Peer.open(gateway);
  const count = 60;
  for (let id = 0; id < count; id += 1) peer.subscribe(String(id), BIG);
  await expect.poll(() => peer.count('CaughtUp')).toBe(count);
  peer.socket.pause();
  const filler = 'x'.repeat(200_000);
  for (const id of ['big', 'bigger'])
    await gateway.eduzz(attendanceCanceled({ id, participant: { customFields: { filler } } }));
  await expect.poll(() => gauge(gateway, BEHIND)).toBeGreaterThan(0);
  expect(await gauge(gateway, BUFFERED)).toBeLessThan(300_000);
  peer.socket.resume();
  await expect.poll(() => peer.count('"big"')).toBe(count);
  await expect.poll(() => peer.count('"bigger"')).toBe(count);
  await expect.poll(() => gauge(gateway, LIVE)).toBe(count);
});

const PINGS: readonly [string, number, (peer: Peer) => void][] = [
  ["GraphQL's", 300, (peer) => peer.send({ type: 'ping', payload: { filler: 'x'.repeat(60_000) } })],
  ["the WebSocket's", 150_000, (peer) => peer.socket.ping('x'.repeat(125))],
];

it.each(PINGS)(
  'IN5.6 asks no more of a stranger who does not read the answers to %s pings',
  async (_whose, count, ping) => {
    const gateway = await TestGateway.start();
    const peer = await Peer.open(gateway, { signedIn: false });
    peer.socket.pause();
    let most = 0;
    for (let sent = 0; sent < count; sent += 1) {
      ping(peer);
      if (sent % (count / 10) === 0) most = Math.max(most, await gauge(gateway, BUFFERED));
    }
    most = Math.max(most, await gauge(gateway, BUFFERED));
    expect(most).toBeLessThan(300_000);
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  },
);

it('LIVE2.4 closes a socket that takes nothing for half a minute, but not one that takes a little', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  // Its timers are those of this process.
  const gateway = await TestGateway.start({ inThisProcess: true });
  const peers = [await Peer.open(gateway), await Peer.open(gateway)] as const;
  for (const peer of peers) {
    for (let id = 0; id < 40; id += 1) peer.subscribe(String(id), BIG);
    await vi.waitFor(() => expect(peer.count('CaughtUp')).toBe(40), { timeout: 120_000, interval: 20 });
    peer.socket.pause();
  }
  const [stuck, slow] = peers;
  for (let event = 0; event < 8; event += 1) {
    const customFields = { filler: 'x'.repeat(200_000) };
    await gateway.eduzz(attendanceCanceled({ id: `e${event}`, participant: { customFields } }));
  }
  const raw = (slow.socket as unknown as { _socket: { bytesRead: number } })._socket;
  let closed: number | null = null;
  void stuck.closed.then((code) => (closed = code));
  for (let look = 0; look < 8; look += 1) {
    vi.advanceTimersByTime(6_000);
    const before = raw.bytesRead;
    slow.socket.resume();
    await vi.waitFor(() => expect(raw.bytesRead).toBeGreaterThan(before), { timeout: 120_000, interval: 1 });
    slow.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  stuck.socket.resume();
  await vi.waitFor(() => expect(closed).not.toBeNull(), { timeout: 120_000, interval: 20 });
  expect([1006, 1013]).toContain(closed);
  slow.socket.resume();
  await vi.waitFor(() => expect(slow.count('"e7"')).toBe(40), { timeout: 120_000, interval: 20 });
});
