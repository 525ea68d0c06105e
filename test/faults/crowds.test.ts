import { expect, it, vi } from 'vitest';
import { callAt } from '../../src/transports/call-at.ts';
import { clock } from './clock.ts';
import { brokenBy } from './fault.ts';
import { reconnect } from './reconnect.ts';
import { soak } from './soak.ts';
import { stalled } from './stalled.ts';
import { thoroughly } from '../support/thorough.ts';

// In short; `npm run faults` has thousands of sockets, and twenty minutes.

it('LIVE2.2 serves a healthy subscriber beside stalled sockets and requests that never end', async () => {
  expect(await brokenBy(stalled, { runs: thoroughly(40, 20) })).toEqual([]);
});

it('LIVE1.5 gives everybody who comes back at once after a restart every event once', async () => {
  expect(await brokenBy(reconnect, { runs: thoroughly(60, 25) })).toEqual([]);
});

it('OPS8.1 goes on while the clock is set forward and back by an hour', async () => {
  expect(await brokenBy(clock, { runs: 2 })).toEqual([]);
});

it('OPS8.2 goes on with deliveries, subscribers, erasures and retention at once', async () => {
  expect(await brokenBy(soak, { runs: 20, minutes: 0.04 })).toEqual([]);
});

it('AUTH3.1 ends everything that a token began when it expires, even if the clock was set meanwhile', () => {
  vi.useFakeTimers();
  try {
    let [shift, ended] = [0, false];
    const begun = Date.now();
    const now = () => Date.now() + shift;
    const leave = callAt(begun + 60_000, now, () => (ended = true));
    vi.advanceTimersByTime(20_000);
    shift = -30_000;
    vi.advanceTimersByTime(45_000);
    expect(ended).toBe(false);
    shift = 3_600_000;
    vi.advanceTimersByTime(15_000);
    expect(ended).toBe(true);
    leave();
    // Years off, which is more than a timer can wait.
    ended = false;
    const leaveLater = callAt(now() + 3e11, now, () => (ended = true));
    vi.advanceTimersByTime(60_000);
    expect(ended).toBe(false);
    leaveLater();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
