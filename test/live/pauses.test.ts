import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { SharedOperation } from '../../src/live/cohort.ts';
import { Live } from '../../src/live/live.ts';
import type { Message } from '../../src/live/message.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/event-log.contract.ts';

/** Turns of the event loop that others had, and a log of its own. */
async function beginning() {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-pauses-'));
  const log = new SqliteLog(join(folder, 'hookcast.db'));
  const live = new Live({ log, report: (cause) => expect.fail(String(cause)) });
  let turns = 0;
  const count = () => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  onTestFinished(async () => {
    clearImmediate(counting);
    live.close();
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { log, live, turns: () => turns };
}

/** What takes longer to execute than anything may keep the event loop. */
function dear(key: string, executed: (message: Message) => void): SharedOperation {
  return {
    key,
    filter: {},
    render: (message) => {
      executed(message);
      if (message.kind === 'event') for (const until = performance.now() + 6; performance.now() < until;);
      return Buffer.from('{}');
    },
  };
}

it('IN5.5 lets others have their turns while one event is executed for many different subscriptions, and keeps their order', async () => {
  const { log, live, turns } = await beginning();
  const count = 8;
  const seen: { readonly event: string; readonly turn: number }[] = [];
  const got: string[][] = [];
  for (let index = 0; index < count; index += 1) {
    const mine: string[] = [];
    got.push(mine);
    const following = dear(String(index), (message) => {
      if (message.kind === 'event') seen.push({ event: message.event.eventId, turn: turns() });
    });
    live.follow(following, null, { hasRoom: () => true, write: ({ id }) => void mine.push(id), end: () => {} });
  }
  await expect.poll(() => live.size.live, { interval: 5 }).toBe(count);
  await log.append(['one', 'two'].map((eventId) => newEvent({ eventId })));
  await expect.poll(() => seen.length, { interval: 5 }).toBe(2 * count);
  // One event to all, and only then the next.
  expect(seen.map(({ event }) => event)).toEqual([
    ...Array.from({ length: count }, () => 'one'),
    ...Array.from({ length: count }, () => 'two'),
  ]);
  // A pause before each but the first.
  expect(new Set(seen.map(({ turn }) => turn)).size).toBeGreaterThanOrEqual(2 * count - 1);
  for (const mine of got) expect(mine).toEqual(got[0]);
});

it('IN5.5 lets others have their turns while one subscription catches up from memory or from the log', async () => {
  const { log, live, turns } = await beginning();
  const start = await log.head();
  const follow = (key: string) => {
    const seen: { readonly event: string; readonly turn: number }[] = [];
    const following = dear(key, (message) => {
      if (message.kind === 'event') seen.push({ event: message.event.eventId, turn: turns() });
    });
    const subscriber = live.follow(following, start, { hasRoom: () => true, write: () => {}, end: () => {} });
    return { seen, subscriber };
  };
  await log.append(Array.from({ length: 10 }, (_, index) => newEvent({ eventId: String(index) })));
  // The tail begins so far back that all of them are in the ring.
  for (const key of ['ring', 'ring too']) {
    const { seen, subscriber } = follow(key);
    await expect.poll(() => subscriber.isLive, { interval: 5 }).toBe(true);
    expect(seen.map(({ event }) => event)).toEqual(Array.from({ length: 10 }, (_, index) => String(index)));
    expect(new Set(seen.map(({ turn }) => turn)).size).toBeGreaterThanOrEqual(9);
  }
});
