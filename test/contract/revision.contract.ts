import { expect, it } from 'vitest';
import { gapAfter } from '../../src/events/cursor.ts';
import type { EventLog, ReadRequest } from '../../src/events/event-log.ts';
import type { NewEvent, RecordedEvent } from '../../src/events/event.ts';
import type { EventFilter } from '../../src/events/filter.ts';
import { MOST_REVISIONS } from '../../src/log/told.ts';
import { bySubject } from './erasure.contract.ts';
import { type LogUnderTest, newEvent } from './log-under-test.ts';

const order = { at: 5_000, orderedBy: 'operator ana' };
const sold = {
  shape: 'OrderChange',
  subject: 'order/1',
  happened: 'PAID',
  worth: { currency: 'BRL', units: 199_000 },
  data: { orderChange: 'PAID' },
  personal: { tenantName: 'Rosa', customer: { name: 'Ana', email: null, phone: null, externalId: '77' } },
} as const;

/** The promises of every adapter about revised events. */
export function describeRevisions({ open, again }: LogUnderTest): void {
  const read = (log: EventLog, request: Partial<ReadRequest> = {}) =>
    log.read({ direction: 'forward', limit: 1_000, filter: {}, ...request });
  /** The revised event, if only its fields change. */
  const become = (kept: RecordedEvent, fields: Partial<NewEvent>) => {
    const { provider, source, type, eventId, tenant, occurredAt, receivedAt, raw, version } = kept;
    const event = { provider, source, type, eventId, tenant, occurredAt, receivedAt, raw, version };
    return { seq: kept.cursor.seq, event: newEvent({ ...event, subject: kept.subject, ...fields }) };
  };
  const revise = async (log: EventLog, eventIds: readonly string[], fields: Partial<NewEvent> = sold, at = 9_000) => {
    const events = await log.find(eventIds.map((eventId) => ({ source: 'eduzz', eventId })));
    const revisions = events.map((event) => become(event!, fields));
    return log.revisions.run(async (keep) => (await keep(revisions, at)).map(({ outcome }) => outcome));
  };
  const tallies = async (log: EventLog) =>
    (await log.activity.count({ edges: [0, 900_000], filter: {} })).tallies.map(({ shape, happened, events, units }) =>
      [shape, happened ?? '', events, units].join(' '),
    );

  it('LOG9.1 keeps the place and the cursor of an event that gets another form, and tells of it at a position of its own', async () => {
    const log = await open();
    await log.append(['a', 'b', 'c'].map((eventId) => newEvent({ eventId })));
    const before = await read(log);
    expect(await revise(log, ['b'])).toEqual(['revised']);
    await log.append([newEvent({ eventId: 'd' })]);
    const page = await read(log);
    expect(page.events.map(({ eventId, cursor }) => [eventId, cursor]).slice(0, 3)).toEqual(
      before.events.map(({ eventId, cursor }) => [eventId, cursor]),
    );
    expect(page.events[1]).toMatchObject({ ...sold, isErased: false, raw: '{"a":1}', receivedAt: 2_000 });
    const [revision] = page.revisions;
    expect(page.revisions).toHaveLength(1);
    expect(revision).toMatchObject({
      event: { ...sold, eventId: 'b', cursor: before.events[1]!.cursor },
      former: { type: 'test.happened', shape: 'OtherEvent', kind: null, subject: 'ticket/1' },
      isRecounted: true,
      at: 9_000,
    });
    expect(revision!.cursor.seq).toBeGreaterThan(before.head.seq);
    expect(revision!.cursor.seq).toBeLessThan(page.head.seq);
    // A client goes on from its cursor, of the event or of the revision, in every process.
    for (const cursor of [...before.events.map((event) => event.cursor), before.head, revision!.cursor, page.head]) {
      const { isReplaced, ...rest } = await read(await again(log), { after: cursor });
      expect(gapAfter(cursor, rest, isReplaced)).toBeNull();
    }
    const other = { ...revision!.cursor, mark: revision!.cursor.mark! + 1 };
    expect((await read(log, { after: other })).isReplaced).toBe(true);
    // And once more.
    expect(await revise(log, ['b'], { ...sold, shape: 'OrderCancellation', kind: 'ORDER' })).toEqual(['revised']);
    const twice = await read(log, { after: before.head });
    expect(twice.revisions.map(({ former, event }) => [former.shape, event.shape])).toEqual([
      ['OtherEvent', 'OrderCancellation'],
      ['OrderChange', 'OrderCancellation'],
    ]);
    expect((await read(log)).events[1]!.cursor).toEqual(before.events[1]!.cursor);
    expect(await log.head()).toEqual(twice.revisions[1]!.cursor);
  });

  it('LOG9.1 tells of an event that a filter wants as it is now, or wanted as it was before', async () => {
    const log = await open();
    await log.append(['a', 'b'].map((eventId) => newEvent({ eventId })));
    const after = await log.head();
    await revise(log, ['a'], { ...sold, shape: 'OrderCancellation', kind: 'ORDER' });
    const told = async (filter: EventFilter) =>
      (await read(log, { after, filter })).revisions.map(({ event }) => event.eventId);
    const wanting: EventFilter[] = [
      {},
      { typenames: ['OrderCancellation'] },
      { typenames: ['OtherEvent', 'TicketChange'] },
      { kinds: ['ORDER'], tenants: ['eduzz:1'] },
      { happened: ['PAID'], typenames: ['OrderCancellation'] },
      // The former `happened` is not kept: it may have been this one.
      { happened: ['REFUNDED'], typenames: ['OtherEvent'] },
      { subjects: ['order/1'] },
      { subjects: ['ticket/1'], sources: ['eduzz'], providers: ['eduzz'], types: ['test.happened'] },
      { occurredFrom: 1_000, occurredBefore: 1_001 },
    ];
    for (const filter of wanting) expect(await told(filter), JSON.stringify(filter)).toEqual(['a']);
    const others: EventFilter[] = [
      { typenames: ['TicketChange'] },
      { kinds: ['TICKET'] },
      // As it never was.
      { typenames: ['OtherEvent'], kinds: ['ORDER'] },
      { happened: ['REFUNDED'], typenames: ['OrderCancellation'] },
      { typenames: ['OrderCancellation'], subjects: ['ticket/1'] },
      { tenants: ['eduzz:2'] },
      { types: ['other'] },
      { occurredFrom: 1_001 },
      { sources: [] },
    ];
    for (const filter of others) expect(await told(filter), JSON.stringify(filter)).toEqual([]);
    expect(await read(log, { after, eventsOnly: true })).toMatchObject({ events: [], revisions: [], hasMore: false });
  });

  it('LOG9.1 gives pages of a bounded number of revisions, without leaving one out', async () => {
    const log = await open();
    const eventIds = Array.from({ length: 30 }, (_, index) => `event ${index}`);
    await log.append(eventIds.map((eventId) => newEvent({ eventId })));
    const after = await log.head();
    await revise(log, eventIds.slice(0, 10));
    await log.append([newEvent({ eventId: 'between' })]);
    await log.erase(bySubject('ticket/none'), order);
    await revise(log, eventIds.slice(10));
    for (const request of [{ limit: 4 }, { limit: 100, bytes: 1 }, { limit: 100 }]) {
      const found: string[] = [];
      let at = after;
      for (let pages = 0, more = true; more && pages < 100; pages += 1) {
        const page = await read(log, { ...request, after: at });
        const items = [
          ...page.events.map(({ cursor, eventId }) => [cursor.seq, eventId] as const),
          ...page.erasures.map(({ cursor }) => [cursor.seq, 'erasure'] as const),
          ...page.revisions.map(({ cursor, event }) => [cursor.seq, event.eventId] as const),
        ].toSorted(([one], [other]) => one - other);
        expect(page.revisions.length).toBeLessThanOrEqual(request.limit);
        expect(items.every(([seq]) => seq > at.seq && seq <= page.end.seq)).toBe(true);
        found.push(...items.map(([, what]) => what));
        [at, more] = [page.end, page.hasMore];
      }
      expect(found).toEqual([...eventIds.slice(0, 10), 'between', 'erasure', ...eventIds.slice(10)]);
      expect(at).toEqual(await log.head());
    }
  });

  it('LOG9.2 counts a revised event in its new form, and at the same moment no longer in its old form', async () => {
    const log = await open();
    await log.append(['a', 'b'].map((eventId) => newEvent({ eventId })));
    expect(await tallies(log)).toEqual(['OtherEvent  2 0']);
    await revise(log, ['a', 'b']);
    expect(await tallies(log)).toEqual(['OrderChange PAID 2 398000']);
    // An event whose counts stay the same says so.
    await revise(log, ['a'], { ...sold, data: { orderChange: 'PAID', more: 1 } });
    expect((await read(log)).revisions.map(({ isRecounted }) => isRecounted)).toEqual([true, true, false]);
    await revise(log, ['b'], { ...sold, happened: 'REFUNDED' });
    expect(await tallies(log)).toEqual(['OrderChange PAID 1 199000', 'OrderChange REFUNDED 1 199000']);
    await log.trim(3_000);
    expect(await tallies(log)).toEqual([]);
  });

  it('LOG9.3 brings back no erased person: neither in an erased event, nor if the revision finds the person only now', async () => {
    const log = await open();
    await log.append([
      newEvent({ eventId: 'gone', subject: 'ticket/9' }),
      newEvent({ eventId: 'unknown', subject: null }),
      newEvent({ eventId: 'theirs', subject: null }),
      newEvent({ eventId: 'other', subject: null }),
    ]);
    const [gone] = await log.find([{ source: 'eduzz', eventId: 'gone' }]);
    await log.erase(bySubject('ticket/9'), order);
    // This part was read before the erasure.
    const late = become(gone!, sold);
    expect(await log.revisions.run((keep) => keep([late], 9_000))).toEqual([{ outcome: 'gone' }]);
    // By its subject, and by an id of somebody, that only the present code knows.
    await log.append([
      newEvent({ eventId: 'asked', subject: 'order/1', traces: [{ kind: 'contact', value: 'ana-77' }] }),
    ]);
    await log.erase(bySubject('order/1'), order);
    await revise(log, ['unknown']);
    await revise(log, ['theirs'], { ...sold, subject: 'order/2', traces: [{ kind: 'contact', value: 'ana-77' }] });
    await revise(log, ['other'], { ...sold, subject: 'order/3', traces: [{ kind: 'contact', value: 'bia-78' }] });
    const page = await read(log);
    expect(page.events.map(({ eventId, shape, isErased, raw }) => [eventId, shape, isErased, raw === null])).toEqual([
      ['gone', 'OtherEvent', true, true],
      ['unknown', 'OrderChange', true, true],
      ['theirs', 'OrderChange', true, true],
      ['other', 'OrderChange', false, false],
      ['asked', 'OtherEvent', true, true],
    ]);
    expect(page.revisions.map(({ event }) => event.isErased)).toEqual([true, true, false]);
    // The marks of its new form find it from now on, by its present and its former subject.
    const receipt = await log.erase(bySubject('order/9', { contacts: ['bia-78'] }), order);
    expect(receipt.erasures.flatMap(({ eventIds }) => eventIds)).toEqual(['other']);
    await log.append([newEvent({ eventId: 'moved', subject: 'ticket/5' })]);
    await revise(log, ['moved'], { ...sold, subject: 'order/5' });
    await revise(log, ['moved'], { ...sold, subject: 'order/6' });
    const byFormer = await log.erase(bySubject('ticket/5'), order);
    expect(byFormer.erasures.flatMap(({ eventIds }) => eventIds)).toEqual(['moved']);
    expect((await log.find([{ source: 'eduzz', eventId: 'moved' }]))[0]).toMatchObject({ personal: null, raw: null });
  });

  it('LOG9.3 lets go of revisions with their events, and never goes back behind one that followers have', async () => {
    const log = await open();
    await log.append([newEvent({ eventId: 'a', receivedAt: 1 }), newEvent({ eventId: 'b', receivedAt: 10 })]);
    await revise(log, ['a', 'b']);
    const head = await log.head();
    await log.trim(20);
    expect(await log.head()).toEqual(head);
    expect(await read(log)).toMatchObject({ events: [], revisions: [], head, end: head });
    await log.append([newEvent({ eventId: 'c', receivedAt: 30 })]);
    await log.trim(40);
    expect(await log.oldest()).toMatchObject({ seq: head.seq + 1 });
    expect((await read(await again(log))).revisions).toEqual([]);
  });

  it('LOG9.4 lets one process at a time revise, and skips events that are gone', async () => {
    const log = await open();
    await log.append([newEvent({ eventId: 'a' })]);
    const other = await again(log);
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const first = log.revisions.run(async () => {
      begun.resolve();
      await ended.promise;
    });
    await begun.promise;
    await expect(other.revisions.run(async () => 1)).rejects.toMatchObject({ code: 'OVERLOADED' });
    ended.resolve();
    await first;
    expect(await other.revisions.run(async () => 1)).toBe(1);
    // Also when the work failed.
    await expect(log.revisions.run(() => Promise.reject(new Error('broken off')))).rejects.toThrow('broken off');
    const [a] = await log.find([{ source: 'eduzz', eventId: 'a' }]);
    const elsewhere = { ...become(a!, sold), seq: 99 };
    const another = { ...become(a!, sold), event: newEvent({ ...become(a!, sold).event, eventId: 'z' }) };
    const gone = await other.revisions.run((keep) => keep([elsewhere, another], 9_000));
    expect(gone).toEqual([{ outcome: 'gone' }, { outcome: 'gone' }]);
    expect((await read(log)).events).toMatchObject([{ eventId: 'a', shape: 'OtherEvent' }]);
  });

  it('LOG9.5 looks at a bounded number of revisions for a page, with any filter', async () => {
    const log = await open();
    const eventIds = Array.from({ length: 100 }, (_, index) => `event ${index}`);
    await log.append(eventIds.map((eventId) => newEvent({ eventId })));
    const after = await log.head();
    const { events } = await read(log);
    await log.revisions.run(async (keep) => {
      for (let round = 0; round * events.length <= MOST_REVISIONS; round += 1) {
        await keep(
          events.map((event) => become(event, { shape: `Type${round % 2}` })),
          round,
        );
      }
    });
    const page = await read(log, { after, filter: { tenants: ['eduzz:2'] } });
    expect(page).toMatchObject({ events: [], revisions: [], hasMore: true, end: { seq: after.seq + MOST_REVISIONS } });
    const rest = await read(log, { after: page.end, filter: { tenants: ['eduzz:2'] } });
    expect(rest).toMatchObject({ hasMore: false, isReplaced: false, end: await log.head() });
  });
}
