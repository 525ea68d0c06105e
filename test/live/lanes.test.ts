import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Lanes } from '../../src/live/lanes.ts';

it('IN5.5 does all that queues in its lanes, each once and in order, and leaves others their turns', async () => {
  const lanes = new Lanes(3);
  const begun: number[] = [];
  let underWay = 0;
  let turns = 0;
  let over = false;
  const others = (async () => {
    for (; !over; turns += 1) await setImmediate();
  })();
  const work = async (index: number) => {
    begun.push(index);
    underWay += 1;
    expect(underWay).toBeLessThanOrEqual(3);
    // Some is done at once, some waits, and some keeps the event loop.
    if (index % 7 === 0) await setImmediate();
    if (index % 100 === 0) for (const until = performance.now() + 2; performance.now() < until;);
    underWay -= 1;
    if (index % 50 === 0) throw new Error(String(index));
    return index;
  };
  const indexes = Array.from({ length: 4_000 }, (_, index) => index);
  const outcomes = await Promise.allSettled(indexes.map((index) => lanes.run(() => work(index))));
  over = true;
  await others;
  expect(begun).toEqual(indexes);
  // A fault is whose it is, and keeps nobody else from their turn.
  expect(outcomes.map(({ status }) => status)).toEqual(
    indexes.map((index) => (index % 50 === 0 ? 'rejected' : 'fulfilled')),
  );
  expect(turns).toBeGreaterThan(10);
});
