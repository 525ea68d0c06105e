import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../src/events/cursor.ts';
import { gapAfter } from '../../src/events/cursor.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { NewEvent } from '../../src/events/event.ts';
import { type EventFilter, matcher } from '../../src/events/filter.ts';
import { describeActivity } from './activity.contract.ts';
import { describeCursors } from './cursors.contract.ts';
import { describeErasure } from './erasure.contract.ts';
import { type LogUnderTest, newEvent } from './log-under-test.ts';
import { describeMemory } from './memory.contract.ts';
import { describeOperators } from './operators.contract.ts';
import { describePages } from './pages.contract.ts';
import { describeRevisions } from './revision.contract.ts';
import { describeTexts } from './texts.contract.ts';
import { describeQuarantine } from './quarantine.contract.ts';
import { describeWords } from './words.contract.ts';
import { whole } from '../support/whole.ts';

export { newEvent };

/** The promises of every adapter of the log, tested on real databases. */
export function describeEventLog(name: string, { open, again }: LogUnderTest): void {
  const all = (log: EventLog, filter: EventFilter = {}, after?: Cursor) =>
    log.read({ direction: 'forward', after, limit: 1_000, filter });
  const ids = async (log: EventLog, filter: EventFilter = {}) =>
    (await all(log, filter)).events.map(({ eventId }) => eventId);

  describe(name, () => {
    it('LOG1.1 answers an append with the positions at which reading finds the events', async () => {
      const log = await open();
      const events = [newEvent(), newEvent(), newEvent()];
      const appended = await log.append(events);
      const page = await all(log);
      expect(page.events.map(({ eventId }) => eventId)).toEqual(events.map(({ eventId }) => eventId));
      const cursors = page.events.map(({ cursor: { epoch, seq } }) => ({ epoch, seq }));
      expect(appended).toEqual(cursors.map((cursor) => ({ outcome: 'accepted', cursor })));
      expect(page.head).toEqual(page.events.at(-1)?.cursor);
    });

    it('LOG1.1 gives back every field as it was given', async () => {
      const log = await open();
      const event = newEvent({
        subject: null,
        occurredAt: { at: 253_402_300_799_000, text: '9999-12-31T23:59:59.000001Z' },
        personal: { tenantName: 'Ana "Ω" \u{1f600}\nNUL:\0.' },
        raw: '{"nul":"\\u0000"}',
        version: 'r0001',
      });
      await log.append([event]);
      const { cursor, superseded, isErased, bytes, ...read } = whole((await all(log)).events[0]!);
      const { traces: _, ...said } = event;
      expect(read).toEqual(said);
      expect(superseded).toBe(false);
      expect(isErased).toBe(false);
      expect(bytes).toBeGreaterThan(0);
      expect(cursor.seq).toBeGreaterThan(0);
      await log.append([newEvent({ eventId: 'erased', personal: null, raw: null })]);
      expect(await log.find([{ source: 'eduzz', eventId: 'erased' }])).toMatchObject([{ personal: null, raw: null }]);
    });

    it('IN3.1 records an event once, in one batch, in several, and at the same moment', async () => {
      const log = await open();
      const other = await again(log);
      const event = newEvent({ eventId: 'same' });
      const answers = await Promise.all([
        log.append([event, event]),
        log.append([event]),
        other.append([event]),
        other.append([newEvent({ eventId: 'same', source: 'eduzz-two' })]),
      ]);
      const outcomes = answers.flat().map(({ outcome }) => outcome);
      expect(outcomes.toSorted()).toEqual(['accepted', 'accepted', 'duplicate', 'duplicate', 'duplicate']);
      expect(await ids(log)).toEqual(['same', 'same']);
      const [once, more] = await log.append([event, event]);
      expect(once).toEqual(more);
    });

    it('IN4.3 refuses a bad event alone and keeps its neighbours', async () => {
      const log = await open();
      const bad = newEvent({ eventId: 'bad', receivedAt: Number.NaN });
      const [answers, apart] = await Promise.all([
        log.append([newEvent({ eventId: 'before' }), bad, newEvent({ eventId: 'after' })]),
        log.append([newEvent({ eventId: 'neighbour' })]),
      ]);
      expect([...answers, ...apart].map(({ outcome }) => outcome)).toEqual([
        'accepted',
        'refused',
        'accepted',
        'accepted',
      ]);
      expect(await ids(log)).toEqual(['before', 'after', 'neighbour']);
    });

    it('LOG3.1 never lets a reader that follows the head miss an event of concurrent writers', async () => {
      const log = await open();
      const writers = [log, await again(log), await again(log)];
      const seen: string[] = [];
      let position: Cursor | undefined;
      let writing = true;
      const reader = (async () => {
        for (;;) {
          const last = !writing;
          const page = await log.read({ direction: 'forward', after: position, limit: 50, filter: {} });
          seen.push(...page.events.map(({ eventId }) => eventId));
          position = page.events.at(-1)?.cursor ?? position;
          if (last && page.events.length === 0) return;
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await Promise.all(
        writers.map(async (writer, number) => {
          for (let count = 0; count < 40; count += 1) {
            await writer.append([newEvent({ eventId: `${number}-${count}` })]);
          }
        }),
      );
      writing = false;
      await reader;
      expect(seen).toHaveLength(120);
      expect(new Set(seen).size).toBe(120);
      expect(await ids(log)).toEqual(seen);
    });

    it('LOG1.2 reads pages forward and backward, always in log order', async () => {
      const log = await open();
      await log.append(Array.from({ length: 10 }, (_, index) => newEvent({ eventId: String(index) })));
      const cursors = (await all(log)).events.map(({ cursor }) => cursor);
      const read = async (request: Parameters<EventLog['read']>[0]) =>
        (await log.read(request)).events.map(({ eventId }) => eventId).join('');
      expect(await read({ direction: 'forward', limit: 3, filter: {} })).toBe('012');
      expect(await read({ direction: 'forward', after: cursors[2], limit: 3, filter: {} })).toBe('345');
      expect(await read({ direction: 'backward', limit: 3, filter: {} })).toBe('789');
      expect(await read({ direction: 'backward', before: cursors[7], limit: 3, filter: {} })).toBe('456');
      expect(await read({ direction: 'forward', after: cursors[1], before: cursors[4], limit: 9, filter: {} })).toBe(
        '23',
      );
      expect(await read({ direction: 'backward', after: cursors[1], before: cursors[5], limit: 2, filter: {} })).toBe(
        '34',
      );
    });

    it('LOG4.1 finds by every filter and by any combination, forward and backward', async () => {
      const log = await open();
      const kinds = [null, 'TICKET', 'BOOKING'] as const;
      const events = Array.from({ length: 60 }, (_, index) =>
        newEvent({
          eventId: String(index),
          provider: index % 2 ? 'eduzz' : 'wix',
          source: index % 2 ? 'eduzz' : 'wix',
          tenant: `t${index % 5}`,
          type: `type${index % 4}`,
          subject: index % 7 ? `s${index % 7}` : null,
          kind: kinds[index % 3] as null,
          shape: `Type${index % 4}`,
          happened: [null, 'PAID', 'REFUNDED', 'CANCELED'][index % 4]!,
          occurredAt: { at: (index * 37) % 60, text: '' },
        }),
      );
      await log.append(events);
      const filters: EventFilter[] = [
        {},
        { happened: ['REFUNDED'] },
        { happened: ['PAID', 'CANCELED', 'PAID', 'NOTHING'] },
        { happened: ['PAID'], tenants: ['t1', 't2'], occurredFrom: 10 },
        { happened: ['PAID', 'REFUNDED'], typenames: ['Type1'], kinds: ['TICKET'] },
        { happened: ['REFUNDED'], subjects: ['s1', 's2'] },
        { happened: [] },
        { providers: ['wix'] },
        { sources: ['eduzz', 'nowhere'] },
        { tenants: ['t1', 't3', 't1'] },
        { tenants: ['t1'], kinds: ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] },
        { types: ['type0', 'type2'], tenants: ['t0', 't2', 't4'] },
        { typenames: ['Type1', 'Type3', 'Type1'] },
        { typenames: ['Type2'], kinds: ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] },
        { typenames: ['Type0', 'Nothing'], types: ['type1', 'type2'], occurredFrom: 10 },
        { typenames: [] },
        { kinds: ['BOOKING'] },
        { kinds: ['TICKET', 'BOOKING'], providers: ['wix'] },
        { subjects: ['s1', 's2'], kinds: ['TICKET'] },
        { occurredFrom: 10 },
        { occurredBefore: 50 },
        { occurredFrom: 10, occurredBefore: 50 },
        { occurredFrom: 10, occurredBefore: 50, tenants: ['t2'], types: ['type1'] },
        { tenants: [] },
        { tenants: ['t1'], kinds: [] },
        { providers: ["'; DROP TABLE events; --"] },
      ];
      const wanted = (filter: EventFilter) => (event: NewEvent) =>
        (filter.providers?.includes(event.provider) ?? true) &&
        (filter.sources?.includes(event.source) ?? true) &&
        (filter.tenants?.includes(event.tenant) ?? true) &&
        (filter.types?.includes(event.type) ?? true) &&
        (filter.typenames?.includes(event.shape) ?? true) &&
        (filter.happened === undefined || (event.happened !== null && filter.happened.includes(event.happened))) &&
        (filter.kinds === undefined || (event.kind !== null && (filter.kinds as string[]).includes(event.kind))) &&
        (filter.subjects === undefined || (event.subject !== null && filter.subjects.includes(event.subject))) &&
        event.occurredAt.at >= (filter.occurredFrom ?? 0) &&
        event.occurredAt.at < (filter.occurredBefore ?? 1_000);
      for (const filter of filters) {
        const expected = events.filter(wanted(filter)).map(({ eventId }) => eventId);
        expect(await ids(log, filter), JSON.stringify(filter)).toEqual(expected);
        const matching = events.filter((event) => matcher(filter).event(event));
        expect(
          matching.map(({ eventId }) => eventId),
          JSON.stringify(filter),
        ).toEqual(expected);
        const latest = await log.read({ direction: 'backward', limit: 4, filter });
        expect(
          latest.events.map(({ eventId }) => eventId),
          JSON.stringify(filter),
        ).toEqual(expected.slice(-4));
      }
    });

    it('LOG4.1 finds events by their keys, in the order asked', async () => {
      const log = await open();
      await log.append([newEvent({ eventId: 'a' }), newEvent({ eventId: 'b' })]);
      const found = await log.find([
        { source: 'eduzz', eventId: 'b' },
        { source: 'wix', eventId: 'a' },
        { source: 'eduzz', eventId: 'a' },
      ]);
      expect(found.map((event) => event?.eventId ?? null)).toEqual(['b', null, 'a']);
    });

    it('LOG4.3 forgets a prefix, oldest first, and says from where it is complete', async () => {
      const log = await open();
      // The third is older than the cut, but newer in the log than one that stays: only a prefix may go.
      const received = [1, 2, 9, 3, 10];
      await log.append(received.map((receivedAt) => newEvent({ eventId: String(receivedAt), receivedAt })));
      const before = await all(log);
      expect(await log.oldest()).toEqual({ epoch: before.head.epoch, seq: 0 });
      expect(await log.trim(5)).toBe(2);
      expect(await ids(log)).toEqual(['9', '3', '10']);
      const extent = await all(log);
      const { floor } = extent;
      expect(before.events[1]?.cursor).toMatchObject(floor);
      expect(await log.oldest()).toEqual(floor);
      expect(gapAfter(floor, extent, extent.isReplaced)).toBeNull();
      expect(gapAfter(before.events[0]!.cursor, extent, extent.isReplaced)).toBe('RETENTION');
      expect(await log.trim(5)).toBe(0);
    });

    it('LOG3.2 does not go back to old positions when everything was forgotten', async () => {
      const log = await open();
      await log.append(Array.from({ length: 1_200 }, () => newEvent({ receivedAt: 1 })));
      const { head } = await all(log);
      expect(await log.trim(2)).toBe(1_200);
      // No item at that position could give it a mark any more.
      expect(head).toMatchObject(await log.head());
      expect(await log.oldest()).toEqual(await log.head());
      await log.append([newEvent({ eventId: 'next' })]);
      expect((await all(log, {}, head)).events.map(({ eventId }) => eventId)).toEqual(['next']);
    });

    it('LOG2.4 keeps its epoch and its events when it is opened again', async () => {
      const log = await open();
      await log.append([newEvent({ eventId: 'kept' })]);
      const head = await log.head();
      await log.close();
      const reopened = await again(log);
      expect(await reopened.head()).toEqual(head);
      expect(await ids(reopened)).toEqual(['kept']);
      expect((await (await open()).head()).epoch).not.toBe(head.epoch);
    });

    it('LOG3.3 wakes watchers when this process or another has appended', async () => {
      const log = await open();
      const other = await again(log);
      const woken = () =>
        new Promise<void>((resolve) => {
          const stop = log.watch(() => {
            stop();
            resolve();
          });
        });
      const byThis = woken();
      await log.append([newEvent()]);
      await byThis;
      const byOther = woken();
      await other.append([newEvent()]);
      await byOther;
    });

    it('LOG2.4 finishes what was begun before it closes, and takes nothing afterwards', async () => {
      const log = await open();
      const begun = Promise.all(Array.from({ length: 20 }, () => log.append([newEvent()])));
      await log.close();
      expect((await begun).flat().every(({ outcome }) => outcome === 'accepted')).toBe(true);
      await expect(log.append([newEvent()])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      const reopened = await again(log);
      expect(await ids(reopened)).toHaveLength(20);
    });

    describeErasure({ open, again });
    describeCursors({ open, again });
    describeQuarantine({ open, again });
    describeMemory({ open, again });
    describeOperators({ open, again });
    describeActivity({ open, again });
    describePages({ open, again });
    describeTexts({ open, again });
    describeWords({ open, again });
    describeRevisions({ open, again });
  });
}
