import { expect, it } from 'vitest';
import { type Cursor, gapAfter } from '../../src/events/cursor.ts';
import { bySubject } from './erasure.contract.ts';
import { type LogUnderTest, newEvent } from './log-under-test.ts';

/** That a cursor knows its event again. */
export function describeCursors({ open, again }: LogUnderTest): void {
  it('LIVE3.5 marks each position by what stands there, the same in every process, and knows when something else does', async () => {
    const log = await open();
    await log.append(['a', 'b', 'c'].map((eventId) => newEvent({ eventId, receivedAt: 1 })));
    const { erasures } = await log.erase(bySubject('ticket/1'), { at: 1_000, orderedBy: 'operator ana' });
    const erased = erasures[0]!.cursor;
    expect(await log.head()).toEqual(erased);
    await log.append(['d', 'e'].map((eventId) => newEvent({ eventId, subject: null, receivedAt: 2 })));
    const page = await log.read({ direction: 'forward', limit: 10, filter: {} });
    const cursors = page.events.map(({ cursor }) => cursor);
    expect(new Set(cursors.map(({ mark }) => mark)).size).toBe(5);
    expect(page.head).toEqual(cursors[4]);
    const other = await again(log);
    const elsewhere = await other.read({ direction: 'backward', limit: 10, filter: {} });
    expect(elsewhere.events.map(({ cursor }) => cursor)).toEqual(cursors);
    expect(await other.head()).toEqual(page.head);
    expect((await other.activity.count({ edges: [0, 900_000], filter: {} })).head).toEqual(page.head);
    expect((await other.measure()).head).toEqual(page.head);

    const gap = async (cursor: Cursor, as: 'after' | 'before' = 'after') => {
      const direction = as === 'after' ? 'forward' : 'backward';
      const read = await log.read({ direction, [as]: cursor, limit: 10, filter: { tenants: ['eduzz:1'] } });
      return gapAfter(cursor, read, read.isReplaced);
    };
    const marked = ({ seq, epoch, mark = 0 }: Cursor) => ({ seq, epoch, mark: (mark + 1) % 2 ** 32 });
    for (const cursor of [...cursors, erased, page.head]) {
      for (const as of ['after', 'before'] as const) {
        expect(await gap(cursor, as)).toBeNull();
        expect(await gap({ epoch: cursor.epoch, seq: cursor.seq }, as)).toBeNull();
        expect(await gap(marked(cursor), as)).toBe('LOG_REPLACED');
      }
    }
    // If no item is at the position any more, there is nothing to compare with.
    await log.trim(2);
    expect(await log.oldest()).toEqual({ epoch: page.head.epoch, seq: cursors[2]!.seq });
    expect([await gap(cursors[2]!), await gap(cursors[1]!), await gap(erased)]).toEqual([null, 'RETENTION', null]);
    await log.trim(3);
    expect(await gap(cursors[4]!)).toBeNull();
    expect(await log.head()).toEqual(await log.oldest());
  });
}
