import { expect, it } from 'vitest';
import { MOST_COUNTED } from '../../console/gateway/condition.ts';
import { LiveList, MOST_ROWS } from '../../console/live/live-list.ts';
import type { Row } from '../../console/parts/event.ts';
import { canceledRow } from '../support/live-page.ts';

const begun = (rows: readonly Row[] = []) => new LiveList({ rows, cursor: 'head', hasOlder: false });
const numbers = (rows: readonly Row[]) => rows.map(({ cursor }) => Number(cursor.split(' ')[1]));

/** Shows what has been added without waiting until it is shown by itself. */
function shown(list: LiveList) {
  list.hold();
  list.release();
  return list.view;
}

it('CON1.1 shows a burst as one change, the newest first', async () => {
  const list = begun([canceledRow(2), canceledRow(1)]);
  let changes = 0;
  list.subscribe(() => (changes += 1));
  for (let n = 3; n <= 302; n += 1) list.add(canceledRow(n));
  await expect.poll(() => list.view.arrived).toBe(300);
  expect(changes).toBe(1);
  expect(numbers(list.view.rows)).toEqual(Array.from({ length: 302 }, (_, index) => 302 - index));
});

it('CON1.2 leaves what somebody reads as it is, and counts what waits', async () => {
  const list = begun([canceledRow(1)]);
  list.hold();
  const { rows } = list.view;
  for (const n of [2, 3]) list.add(canceledRow(n));
  await expect.poll(() => list.view.waitingCount).toBe(2);
  expect(list.view.rows).toBe(rows);
  list.add(canceledRow(4));
  list.release();
  expect([numbers(list.view.rows), list.view.waiting, list.view.waitingCount]).toEqual([[4, 3, 2, 1], [], 0]);
});

it('CON1.2 shows what came just before somebody began to read', () => {
  const list = begun();
  list.add(canceledRow(1));
  list.hold();
  expect([numbers(list.view.rows), list.view.waitingCount]).toEqual([[1], 0]);
});

it('CON1.3 shows an event once that a log which was replaced sends again', () => {
  const list = begun([canceledRow(1)]);
  list.gap('LOG_REPLACED', 'other');
  for (const n of [1, 2, 2]) list.add(canceledRow(n));
  expect(numbers(shown(list).rows)).toEqual([2, 1]);
  expect([list.view.gap, list.view.arrived]).toEqual(['LOG_REPLACED', 1]);
});

it('CON1.3 goes on from the newest message, whatever it was', () => {
  const list = begun();
  const cursors = [list.cursor];
  const note = () => cursors.push(list.cursor);
  list.add(canceledRow(1));
  note();
  list.pass('caught up');
  note();
  list.erase('eduzz', ['event 9'], 'erasure');
  note();
  list.gap('RETENTION', 'gap');
  note();
  expect(cursors).toEqual(['head', 'cursor 1', 'caught up', 'erasure', 'gap']);
});

it.each([false, true])(
  'CON8.3 keeps a thousand rows without a hole between them, also while somebody reads: %s',
  (reads) => {
    const list = begun([canceledRow(0)]);
    if (reads) list.hold();
    for (let n = 1; n <= 2 * MOST_ROWS + 1; n += 1) list.add(canceledRow(n));
    if (reads) {
      // Without a timer: those of a tab that nobody looks at come late.
      expect(list.view.waitingCount).toBe(2 * MOST_ROWS);
      expect([list.view.waiting.length, list.view.rows.length]).toEqual([MOST_ROWS, 1]);
    }
    const { rows, hasOlder } = shown(list);
    expect(numbers(rows)).toEqual(Array.from({ length: MOST_ROWS }, (_, index) => 2 * MOST_ROWS + 1 - index));
    expect(hasOlder).toBe(true);
  },
);

it('CON2.2 lets go of the people in what was erased, whether it is shown, waits or has just come', () => {
  const list = begun([canceledRow(1), canceledRow(0)]);
  list.hold();
  list.add(canceledRow(2));
  list.release();
  list.hold();
  list.add(canceledRow(3));
  list.erase('eduzz', ['event 1', 'event 2', 'event 3'], 'erasure');
  list.erase('other', ['event 0'], 'another');
  const { rows } = shown(list);
  expect(rows.map(({ node }) => [node.eventId, node.personalData])).toEqual([
    ['event 3', 'ERASED'],
    ['event 2', 'ERASED'],
    ['event 1', 'ERASED'],
    ['event 0', 'AVAILABLE'],
  ]);
  expect(JSON.stringify(rows.slice(0, 3))).not.toMatch(/João|joao|Dalva|0471/);
  expect([...list.view.erased]).toContain('eduzz:event 2');
});

it('CON1.8 shows a cancellation as it was revised, wherever it is in the list, and lets go of what is none any more', () => {
  const list = begun([canceledRow(2), canceledRow(1)]);
  list.hold();
  list.add(canceledRow(3));
  list.release();
  list.hold();
  list.add(canceledRow(4));
  for (const n of [1, 3, 4]) list.revise({ ...canceledRow(n).node, title: `revised ${n}` }, true, `revision ${n}`);
  list.revise(canceledRow(2).node, false, 'revision 2');
  // One that is not in the list has its place among the older ones.
  list.revise(canceledRow(0).node, true, 'revision 0');
  expect(list.cursor).toBe('revision 0');
  expect(shown(list).rows.map(({ cursor, node }) => [cursor, node.title])).toEqual(
    [4, 3, 1].map((n) => [canceledRow(n).cursor, `revised ${n}`]),
  );
});

it('CON1.4 counts down how many are still to come', async () => {
  const list = begun();
  expect(list.mustCount).toBe(false);
  list.say('behind');
  expect([list.mustCount, list.view.left]).toEqual([true, null]);
  const take = list.counting();
  expect(list.mustCount).toBe(false);
  // One came while the log was asked.
  list.add(canceledRow(1));
  take(3);
  expect(list.view.left).toBe(2);
  list.add(canceledRow(2));
  await expect.poll(() => list.view.left).toBe(1);
  list.say('live');
  expect(list.view.left).toBeNull();
});

it('CON1.4 counts again where there were more to come than are told apart', () => {
  const list = begun();
  list.say('behind');
  list.counting()(MOST_COUNTED);
  for (let n = 1; n < MOST_COUNTED; n += 1) list.add(canceledRow(n));
  expect([list.mustCount, shown(list).left]).toEqual([false, MOST_COUNTED]);
  list.add(canceledRow(MOST_COUNTED));
  expect(list.mustCount).toBe(true);
  list.counting()(7);
  expect(list.view.left).toBe(7);
});

it('CON1.4 takes no count that comes when it has caught up or was cut off meanwhile', () => {
  const list = begun();
  list.say('behind');
  const take = list.counting();
  list.say('waiting', 'unreachable');
  take(5);
  expect(list.view.left).toBeNull();
  list.say('behind');
  expect(list.mustCount).toBe(true);
});

it('CON1.5 says since when and why there is no connection, until there is one', () => {
  const list = begun();
  list.say('live');
  list.say('waiting', 'restarting');
  const { lostAt } = list.view;
  expect(lostAt).toBeTypeOf('number');
  for (const state of ['connecting', 'waiting'] as const) list.say(state, state === 'waiting' ? 'unreachable' : null);
  expect(list.view).toMatchObject({ state: 'waiting', reason: 'unreachable', lostAt });
  list.say('live');
  expect(list.view).toMatchObject({ state: 'live', reason: null, lostAt: null });
});
