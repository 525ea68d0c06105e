import { expect, it } from 'vitest';
import { Rows } from '../../src/client/rows.ts';

const MOST = 1_000;
const row = (n: number) => ({ cursor: `cursor ${n}`, node: { id: `id ${n}` } });
const numbers = (rows: readonly { readonly node: { readonly id: string } }[]) =>
  rows.map(({ node }) => Number(node.id.split(' ')[1]));
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);

function begun(...shown: readonly number[]): Rows<{ readonly id: string }> {
  const rows = new Rows<{ readonly id: string }>(MOST);
  rows.fill(shown.map(row), false);
  return rows;
}

it('CON1.1 shows a burst as one change, the newest first', () => {
  const rows = begun(2, 1);
  for (let n = 3; n <= 302; n += 1) rows.add(row(n));
  expect(numbers(rows.shown)).toEqual([2, 1]);
  rows.look();
  expect(numbers(rows.shown)).toEqual(down(302, 1));
  expect(rows.arrived).toBe(300);
});

it('CON1.2 leaves what somebody reads as it is, and counts what waits', () => {
  const rows = begun(1);
  rows.look(true);
  const { shown } = rows;
  for (const n of [2, 3]) rows.add(row(n));
  rows.look();
  expect([rows.shown, rows.waitingCount]).toEqual([shown, 2]);
  rows.add(row(4));
  rows.look(false);
  expect([numbers(rows.shown), rows.waiting, rows.waitingCount]).toEqual([[4, 3, 2, 1], [], 0]);
});

it('CON1.3 has an event once that a log which was replaced, or an older page, sends again', () => {
  const rows = begun(1);
  for (const n of [1, 2, 2]) rows.add(row(n));
  rows.look();
  rows.append([row(1), row(0)], false);
  expect(numbers(rows.shown)).toEqual([2, 1, 0]);
  expect(rows.arrived).toBe(1);
});

it.each([false, true])(
  'CON8.3 keeps a thousand rows without a hole between them, also while somebody reads: %s',
  (isPaused) => {
    const rows = begun(0);
    rows.look(isPaused);
    for (let n = 1; n <= 2 * MOST + 1; n += 1) {
      rows.add(row(n));
      if (n % 7 === 0) rows.look();
    }
    rows.look();
    if (isPaused) {
      expect(rows.waitingCount).toBe(2 * MOST + 1);
      expect([rows.waiting.length, rows.shown.length]).toEqual([MOST, 1]);
    }
    rows.look(false);
    expect(numbers(rows.shown)).toEqual(down(2 * MOST + 1, MOST + 2));
    expect(rows.hasOlder).toBe(true);
  },
);

it('CON1.8 replaces a revised event in its place, and removes an event that no longer fits the filter', () => {
  const rows = begun(2, 1);
  rows.look(true);
  rows.add(row(3));
  rows.look();
  rows.add(row(4));
  for (const n of [1, 3, 4]) rows.replace(`id ${n}`, { id: `id ${n}`, isRevised: true } as { id: string });
  rows.replace('id 2', null);
  rows.look(false);
  expect(numbers(rows.shown)).toEqual([4, 3, 1]);
  expect(rows.shown.every(({ node }) => 'isRevised' in node)).toBe(true);
  expect([rows.has('id 2'), rows.has('id 1')]).toEqual([false, true]);
});
