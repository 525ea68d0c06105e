import { expect, it } from 'vitest';
import { KINDS } from '../../src/events/cancellation.ts';
import type { EventLog, Page, ReadRequest } from '../../src/events/event-log.ts';
import type { EventFilter } from '../../src/events/filter.ts';
import { type LogUnderTest, newEvent } from './log-under-test.ts';

type Direction = ReadRequest['direction'];
const DIRECTIONS: readonly Direction[] = ['forward', 'backward'];

/** Page after page, to the end of the log or to its beginning. */
async function pagesOf(log: EventLog, request: Omit<ReadRequest, 'after' | 'before'>): Promise<Page[]> {
  const pages: Page[] = [];
  let from: Pick<ReadRequest, 'after' | 'before'> = {};
  for (;;) {
    const page = await log.read({ ...request, ...from });
    pages.push(page);
    if (!page.hasMore) return pages;
    from = request.direction === 'forward' ? { after: page.end } : { before: page.end };
  }
}

function idsOf(pages: readonly Page[], direction: Direction): string[] {
  const inOrder = direction === 'forward' ? pages : pages.toReversed();
  return inOrder.flatMap(({ events }) => events.map(({ eventId }) => eventId));
}

/** That the work for one page is bounded, and pages together hold everything. */
export function describePages({ open }: LogUnderTest): void {
  it('LOG4.4 ends a page by its bytes, with one event at least, and leaves nothing out between two pages', async () => {
    const log = await open();
    const sizes = [10, 4_000, 10, 10, 10, 4_000, 4_000, 10];
    await log.append(
      sizes.map((size, index) =>
        newEvent({ eventId: String(index), data: {}, raw: JSON.stringify('x'.repeat(size)), tenant: `t${index % 2}` }),
      ),
    );
    const filters: EventFilter[] = [{}, { tenants: ['t0', 't1'] }, { tenants: ['t0', 't1'], types: ['test.happened'] }];
    for (const direction of DIRECTIONS) {
      for (const filter of filters) {
        const pages = await pagesOf(log, { direction, limit: 100, bytes: 2_000, filter });
        const expected = direction === 'forward' ? ['01', '2345', '6', '7'] : ['67', '5', '1234', '0'];
        expect(pages.map(({ events }) => events.map(({ eventId }) => eventId).join(''))).toEqual(expected);
        expect(pages.map(({ isFull }) => isFull)).toEqual([true, true, true, false]);
        expect(pages.at(-1)!.hasMore).toBe(false);
        if (direction === 'forward') expect(pages.at(-1)!.end).toBe(pages.at(-1)!.head);
      }
      // Parts that are not read don't count.
      const parts = { people: false, raw: false };
      expect(await pagesOf(log, { direction, limit: 100, bytes: 2_000, filter: {}, parts })).toHaveLength(1);
    }
    const keys = sizes.map((_, index) => ({ source: 'eduzz', eventId: String(index) }));
    expect(await log.find(keys, { bytes: 13_000 })).toHaveLength(8);
    await expect(log.find(keys, { bytes: 12_000 })).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
    expect(await log.find(keys, { bytes: 1_000, parts: { people: false, raw: false } })).toHaveLength(8);
  });

  it('AUTH1.13 finds by keys events of the given tenants alone, and counts no bytes of others', async () => {
    const log = await open();
    const odd = 'eduzz:\ud800\\';
    const large = { data: {}, raw: JSON.stringify('x'.repeat(4_000)) };
    await log.append([
      newEvent({ eventId: 'ours', tenant: 'eduzz:1', data: {} }),
      newEvent({ ...large, eventId: 'theirs', tenant: 'eduzz:2' }),
      newEvent({ eventId: 'odd', tenant: odd, data: {} }),
    ]);
    const keys = ['theirs', 'ours', 'odd', 'nothing', 'theirs'].map((eventId) => ({ source: 'eduzz', eventId }));
    const found = async (...tenants: string[]) =>
      (await log.find(keys, { bytes: 2_000, tenants: new Set(tenants) })).map((event) => event?.eventId ?? null);
    expect(await found('eduzz:1')).toEqual([null, 'ours', null, null, null]);
    expect(await found('eduzz:1', odd)).toEqual([null, 'ours', 'odd', null, null]);
    expect(await found()).toEqual([null, null, null, null, null]);
    await expect(found('eduzz:2')).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
  });

  it('LOG4.4 ends a page by its erasures, and tells each of them once', async () => {
    const log = await open();
    const email = 'ana@ficticia.example';
    const subjects = Array.from({ length: 520 }, (_, index) => `ticket/${index}`);
    const traces = [{ kind: 'mention', value: email }] as const;
    await log.append(subjects.map((subject) => newEvent({ eventId: subject, subject, traces: [...traces] })));
    // Each subject that lost something has a position of its own.
    await log.erase({ by: 'email', email, source: null }, { at: 1_000, orderedBy: 'operator ana' });
    await log.append([newEvent({ eventId: 'after' })]);
    const pages = await pagesOf(log, { direction: 'forward', limit: 1_000, filter: {} });
    expect(pages.map(({ erasures }) => erasures.length)).toEqual([500, 20]);
    const erased = pages.flatMap(({ erasures }) => erasures.flatMap(({ eventIds }) => eventIds));
    expect(erased.toSorted()).toEqual(subjects.toSorted());
    expect(idsOf(pages, 'forward')).toEqual([...subjects, 'after']);
  });

  it('LOG4.5 reads only the requested parts of an event, and still knows whether it was erased', async () => {
    const log = await open();
    await log.append([newEvent({ eventId: 'whole' }), newEvent({ eventId: 'erased', personal: null, raw: null })]);
    const read = async (people: boolean, raw: boolean) =>
      (await log.read({ direction: 'forward', limit: 10, filter: {}, parts: { people, raw } })).events;
    const [ids, people, whole] = [await read(false, false), await read(true, false), await read(true, true)];
    for (const events of [ids, people, whole]) {
      expect(events).toMatchObject([
        { isErased: false, data: {} },
        { isErased: true, personal: null, raw: null },
      ]);
    }
    expect(() => ids[0]!.personal).toThrow(/not read/);
    expect(() => ids[0]!.raw).toThrow(/not read/);
    expect(people[0]!.personal).toEqual({ tenantName: 'Rosa' });
    expect(() => people[0]!.raw).toThrow(/not read/);
    expect(whole[0]).toMatchObject({ personal: { tenantName: 'Rosa' }, raw: '{"a":1}' });
    expect(ids[0]!.bytes).toBeLessThan(people[0]!.bytes);
    expect(people[0]!.bytes).toBeLessThan(whole[0]!.bytes);
    const [found] = await log.find([{ source: 'eduzz', eventId: 'whole' }], { parts: { people: false, raw: false } });
    expect(found).toMatchObject({ eventId: 'whole', isErased: false });
    expect(() => found!.personal).toThrow(/not read/);
  });

  it('LOG4.6 searches in steps of a bounded number of rows if hardly any event fits, and finds all that do', async () => {
    const log = await open();
    const ours = Array.from({ length: 450 }, (_, index) =>
      newEvent({ eventId: `ours-${index}`, tenant: 't0', type: index % 200 === 150 ? 'rare' : 'common' }),
    );
    // So many that their list of types helps no more than that of the tenants.
    const theirs = Array.from({ length: 3_100 }, (_, index) =>
      newEvent({ eventId: `theirs-${index}`, tenant: 't1', type: 'rare', personal: null, raw: null, traces: [] }),
    );
    await log.append([...ours.slice(0, 200), ...theirs, ...ours.slice(200)]);
    // Each of those that are wanted has its share of the rows, also those that have no events.
    const tenants = ['t0', ...Array.from({ length: 149 }, (_, index) => `nobody-${index}`)];
    for (const direction of DIRECTIONS) {
      const search = (types: string[]) => pagesOf(log, { direction, limit: 10, filter: { tenants, types } });
      const pages = await search(['rare']);
      expect(idsOf(pages, direction)).toEqual(['ours-150', 'ours-350']);
      expect(pages.length).toBeGreaterThan(2);
      expect(pages.filter(({ isFull }) => isFull)).toEqual([]);
      expect(pages.at(-1)!.hasMore).toBe(false);
      expect(idsOf(await search(['common']), direction)).toHaveLength(448);
      expect(idsOf(await search(['none']), direction)).toEqual([]);
    }
  });

  it('LOG4.6 searches for cancellations of types that have hardly any in steps as well', async () => {
    const log = await open();
    const event = (index: number) =>
      index % 2 === 0
        ? newEvent({
            shape: 'OrderChange',
            type: 'changed',
            kind: index === 1_000 ? 'ORDER' : null,
            eventId: `e${index}`,
          })
        : newEvent({ shape: 'TicketCancellation', type: 'cancelled', kind: 'TICKET' });
    await log.append(Array.from({ length: 2_400 }, (_, index) => event(index)));
    const others = Array.from({ length: 149 }, (_, index) => `Nothing${index}`);
    for (const filter of [{ typenames: ['OrderChange', ...others] }, { types: ['changed', ...others] }]) {
      const pages = await pagesOf(log, { direction: 'forward', limit: 10, filter: { ...filter, kinds: KINDS } });
      expect(idsOf(pages, 'forward')).toEqual(['e1000']);
      expect(pages.length).toBeGreaterThan(2);
    }
  });
}
