import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { Ledger } from '../../src/tallies/ledger.ts';

/** A ledger of two workers and their pool, with a clock of its own. */
function ledgers() {
  const memory = Ledger.memory(2);
  const clock = { now: 1 };
  const of = (worker: number) => new Ledger(memory, worker, () => clock.now);
  return { clock, one: of(0), other: of(1), keeper: of(2) };
}

it('OPS11.2 grants threads that ask at the same time just as much as there is', async () => {
  const [memory, most] = [Ledger.memory(3), 700];
  const file = new URL('ledger.child.ts', import.meta.url);
  const workers = [0, 1, 2].map((worker) => new Worker(file, { workerData: { memory, worker, most } }));
  const said = (await Promise.all(workers.map((worker) => once(worker, 'message')))) as [Record<string, number>][];
  expect(said.reduce((sum, [{ granted }]) => sum + granted!, 0)).toBe(most);
  // Each has all of the 500 things that there are, since what one has is no new one.
  expect(said.map(([{ different }]) => different)).toEqual([500, 500, 500]);
});

it('OPS11.2 takes off what a worker had that has ended, and nothing else', () => {
  const { one, other, keeper } = ledgers();
  expect([one.add('ana', 3), other.add('ana', 3), other.add('ana', 3), one.add('ana', 3)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect([one.addPart('ana', 'a', 2), other.addPart('ana', 'a', 2), other.addPart('ana', 'b', 2)]).toEqual([
    true,
    true,
    true,
  ]);
  expect(one.addPart('ana', 'c', 2)).toBe(false);
  keeper.forget(1);
  expect([one.add('ana', 3), one.add('ana', 3), one.add('ana', 3)]).toEqual([true, true, false]);
  expect([one.addPart('ana', 'c', 2), one.addPart('ana', 'd', 2)]).toEqual([true, false]);
  one.removePart('ana', 'a');
  expect(one.addPart('ana', 'd', 2)).toBe(true);
  one.remove('ana');
  one.remove('nobody');
  expect([one.add('ana', 3), one.add('ana', 3), one.add('nobody', 1)]).toEqual([true, false, true]);
});

it('OPS11.2 goes on when a worker ends while it has the ledger', async () => {
  const { one, other, keeper } = ledgers();
  const holder = new Worker(new URL('holder.child.ts', import.meta.url), { workerData: one.memory });
  await once(holder, 'message');
  await holder.terminate();
  keeper.forget(0);
  expect(other.take('ana', 1, 1)).toBe(true);
});

it('OPS11.2 gives all workers together so many a second, and looks without taking', () => {
  const { one, other, clock } = ledgers();
  expect([
    one.take('eduzz', 2, 0),
    one.take('eduzz', 2, 1),
    other.take('eduzz', 2, 1),
    one.take('eduzz', 2, 0),
  ]).toEqual([true, true, true, false]);
  clock.now += 500;
  expect([other.take('eduzz', 2, 1), one.take('eduzz', 2, 1)]).toEqual([true, false]);
  expect(one.take('wix', 2, 1)).toBe(true);
});
