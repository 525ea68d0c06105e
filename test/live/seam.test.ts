import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Cursor, decodeCursor, encodeCursor } from '../../src/events/cursor.ts';
import type { EventLog, Page, ReadRequest } from '../../src/events/event-log.ts';
import { type EventFilter, matcher } from '../../src/events/filter.ts';
import type { SharedOperation } from '../../src/live/cohort.ts';
import { Live } from '../../src/live/live.ts';
import type { Message } from '../../src/live/message.ts';
import type { MessageSink } from '../../src/live/message.ts';
import type { Subscriber } from '../../src/live/subscriber.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/event-log.contract.ts';
import { eraseSubject } from '../support/erase.ts';
import { whole } from '../support/whole.ts';
import { thoroughly } from '../support/thorough.ts';

/*
 * The seam between replay and live. Breaks that were made on purpose, each of which fails this file:
 *   - tail: note the version after the read instead of before it (an event committed during the read wakes nobody)
 *   - tail: move the position to the head although the page was full (the rest of it is handed to nobody)
 *   - tail: say nothing to those who are live when what comes next was trimmed, or say it from the new position
 *   - subscriber: join a turn after the look at the tail's position
 *   - subscriber: take again what was read beyond the tail's position
 *   - subscriber: move the cursor on although the socket had enough, or not at all
 *   - subscriber: stay in the cohort while the socket has enough; not to go on when it has drained
 *   - subscriber: begin at the tail's position instead of the log's head; say CaughtUp after the first event
 *   - subscriber: look for a gap only when beginning (one that stalls past the retention misses events in silence)
 *   - subscriber: keep the cursor of an epoch that has ended (never catches up)
 *   - subscriber: look at the tail's position while what comes next is being handed on
 *   - tail: trust what was read before the log was put back
 *   - subscriber: be written to after the end
 *   - ring: reach back further than its floor, leave the floor where it was, be off by one
 *   - pages: give a page that is kept from its beginning, to another cohort, or to who is past it
 */

let folder: string;
let log: SqliteLog;
beforeAll(() => {
  // Without the poll behind the log's wake-ups, which would come to the rescue of one that was missed.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  folder = mkdtempSync(join(tmpdir(), 'hookcast-seam-'));
  log = new SqliteLog(join(folder, 'hookcast.db'));
});
afterAll(async () => {
  vi.useRealTimers();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

type Command =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'subscribe' | 'disconnect' | 'stall' | 'drain' | 'receive'; readonly who: number }
  | { readonly do: 'trim'; readonly keep: number }
  | { readonly do: 'erase' | 'revise'; readonly subject: string }
  /** Lets what is under way get on. */
  | { readonly do: 'wait' };

const SUBJECTS = ['ticket/0', 'ticket/1'] as const;
const READERS = 4;
const of = <T extends string>(...names: T[]) => fc.record({ do: fc.constantFrom(...names), who: fc.nat(READERS - 1) });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.constantFrom(1, 1, 2, 5, 130) }) },
  { weight: 3, arbitrary: of('subscribe', 'disconnect') },
  { weight: 6, arbitrary: of('stall', 'stall', 'drain', 'receive') },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('trim' as const), keep: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), subject: fc.constantFrom(...SUBJECTS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('revise' as const), subject: fc.constantFrom(...SUBJECTS) }) },
  { weight: 6, arbitrary: fc.constant({ do: 'wait' as const }) },
);

/** After each thing that the scheduler lets happen, whatever waits for the next turn of the event loop goes on. */
const inTurns = {
  act: async (happen: () => Promise<unknown>) => {
    await happen();
    await new Promise((resolve) => setImmediate(resolve));
  },
};

/** The same log, whose answers and wake-ups arrive when the scheduler says so, and whose pages end by so many bytes. */
function delayed(scheduler: fc.Scheduler, bytes: number): EventLog {
  return new Proxy<EventLog>(log, {
    get(target, name: keyof EventLog) {
      if (name === 'read') return (request: ReadRequest) => scheduler.schedule(target.read({ ...request, bytes }));
      if (name === 'head' || name === 'oldest') {
        return (...args: never[]) => scheduler.schedule((target[name] as (...a: never[]) => Promise<unknown>)(...args));
      }
      if (name === 'watch') {
        return (listener: () => void) =>
          target.watch(() => void scheduler.schedule(Promise.resolve()).then(() => listener()));
      }
      return (target[name] as (...args: never[]) => unknown).bind(target);
    },
  });
}

/** One client and its connection: what it was sent over all its connections, in order. */
class Reader implements MessageSink {
  readonly messages: Message[] = [];
  readonly filter: EventFilter;
  /** Resolves with the first message. */
  readonly begun = Promise.withResolvers<void>();
  /** The newest position when it asked to begin from now on. */
  newest = 0;
  readonly #live: Live;
  readonly #waiting = new Map<string, () => void>();
  #subscriber: Subscriber | null = null;
  /** Written, and lost when the connection is. */
  #underWay: Message[] = [];
  #stalled = false;

  constructor(live: Live, filter: EventFilter) {
    this.#live = live;
    this.filter = filter;
  }

  connect(newest: number): void {
    if (this.#subscriber) return;
    if (this.messages.length === 0) this.newest = newest;
    const following: SharedOperation = {
      key: JSON.stringify(this.filter),
      filter: this.filter,
      render: (message) => Buffer.from(JSON.stringify(message)),
    };
    this.#subscriber = this.#live.follow(following, this.messages.at(-1)?.cursor ?? null, this);
  }

  until(eventId: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(eventId, resolve));
  }

  disconnect(): void {
    this.#subscriber?.end();
    this.#subscriber = null;
    this.#underWay = [];
    this.#stalled = false;
  }

  hasRoom(): boolean {
    return !this.#stalled;
  }

  write({ bytes }: { bytes: Buffer }): void {
    if (!this.#subscriber) throw new Error('was written to after its end');
    if (this.#stalled) throw new Error('was written to without room');
    this.#underWay.push(JSON.parse(bytes.toString()) as Message);
    queueMicrotask(() => this.#stalled || this.receive());
  }

  end(): void {
    throw new Error('was sent away');
  }

  stall(): void {
    this.#stalled = true;
  }

  drain(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.receive();
    this.#subscriber?.drained();
  }

  toString(): string {
    return `${this.messages.length} messages to ${this.messages.at(-1)?.cursor.seq}, ${this.#underWay.length} under way`;
  }

  receive(): void {
    for (const message of this.#underWay.splice(0)) {
      this.messages.push(message);
      this.begun.resolve();
      if (message.kind === 'event') this.#waiting.get(message.event.eventId)?.();
    }
  }
}

interface Appended {
  readonly seq: number;
  /** Of a revision, the position of its event. */
  readonly of?: number;
  readonly eventId: string;
  readonly subject: string;
}

let runs = 0;
let clock = 0;
/** How long a run may stand still, in milliseconds: so that one that hangs is shown, and made small. */
const PATIENCE = 5_000;

it('LIVE1.4 gives each event once and in order, or tells of a gap, in any interleaving', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(inTurns),
    fc.constantFrom(0, 3, 50, 1_000),
    // Without a spell, handing on pauses before each cohort.
    fc.constantFrom(-1, Infinity),
    fc.constantFrom(200, 100_000),
    fc.array(command, { minLength: 10, maxLength: 60, size: 'max' }),
    async (scheduler, ringItems, spell, bytes, commands) => {
      runs += 1;
      const tenant = `run-${runs}`;
      const failures: unknown[] = [];
      const report = (cause: unknown) => failures.push(cause);
      const live = new Live({ log: delayed(scheduler, bytes), report, ringItems, spell });
      // Two of one cohort, one that sees half of what they see, and one that is alone with the same.
      const filters: EventFilter[] = [
        { tenants: [tenant] },
        { tenants: [tenant] },
        { tenants: [tenant], subjects: [SUBJECTS[0]] },
        { subjects: [...SUBJECTS], tenants: [tenant] },
      ];
      const readers = filters.map((filter) => new Reader(live, filter));
      const appended: Appended[] = [];
      const newest = () => appended.at(-1)?.seq ?? 0;
      const append = async (eventIds: string[]) => {
        const events = eventIds.map((eventId, index) =>
          newEvent({ eventId, tenant, subject: SUBJECTS[index % 2]!, receivedAt: (clock += 1) }),
        );
        for (const [index, answer] of (await log.append(events)).entries()) {
          if (answer.outcome === 'refused') throw new Error(answer.reason);
          appended.push({ seq: answer.cursor.seq, eventId: eventIds[index]!, subject: SUBJECTS[index % 2]! });
        }
      };
      const perform = async (step: Command) => {
        if ('who' in step) {
          const reader = readers[step.who]!;
          if (step.do === 'subscribe') reader.connect(newest());
          else reader[step.do]();
        } else if (step.do === 'append') {
          await append(Array.from({ length: step.count }, (_, index) => `${tenant}-${appended.length + index}`));
        } else if (step.do === 'erase') {
          const { subject } = step;
          const { cursor } = await eraseSubject(log, { provider: 'eduzz', source: 'eduzz', tenant, subject }, clock);
          const known = appended.some(({ seq }) => seq === cursor.seq);
          if (!known) appended.push({ seq: cursor.seq, eventId: '(erasure)', subject });
        } else if (step.do === 'revise') {
          const { subject } = step;
          const filter = { tenants: [tenant], subjects: [subject] };
          const [kept] = (await log.read({ direction: 'backward', limit: 1, filter })).events;
          if (!kept?.raw) return;
          const { eventId, receivedAt, cursor } = kept;
          const event = newEvent({ eventId, tenant, subject, receivedAt, shape: `Type${(clock += 1)}` });
          await log.revisions.run((keep) => keep([{ seq: cursor.seq, event }], clock));
          appended.push({ seq: (await log.head()).seq, eventId: '(revision)', subject, of: cursor.seq });
        } else if (step.do === 'trim') await log.trim(clock - step.keep);
        else await new Promise((resolve) => setImmediate(resolve));
      };
      for (const reader of readers.slice(1)) reader.connect(newest());
      const steps = commands.map((step) => ({ label: JSON.stringify(step), builder: () => perform(step) }));
      await scheduler.waitFor(scheduler.scheduleSequence(steps).task);

      const everyone = (act: (reader: Reader) => void) => readers.forEach(act);
      const all = async (eventId: string) => {
        const received = readers.map((reader) => reader.until(eventId));
        await append([eventId]);
        const { promise: hangs, reject } = Promise.withResolvers<never>();
        const timer = setTimeout(
          () => reject(new Error(`nothing comes any more: ${readers.map(String).join(', ')}`)),
          PATIENCE,
        );
        await scheduler.waitFor(Promise.race([Promise.all(received), hangs]));
        clearTimeout(timer);
      };
      // Clients that are away come back, and all must get to the end by themselves.
      everyone((reader) => (reader.drain(), reader.connect(newest())));
      // Until then somebody new may begin only after the event that it is to wait for.
      await scheduler.waitFor(Promise.all(readers.map(({ begun }) => begun.promise)));
      await all(`${tenant}-next`);
      // And once more: the last event is committed while their first reads are under way.
      everyone((reader) => (reader.disconnect(), reader.connect(newest())));
      if (scheduler.count() > 0) await scheduler.waitOne();
      await all(`${tenant}-last`);
      expect(failures).toEqual([]);
      // Of an event that is forgotten nobody who comes later is told that it was revised.
      const { seq: floor } = await log.oldest();
      for (const reader of readers) check(reader, appended, floor);
      everyone((reader) => reader.disconnect());
      live.close();
      await scheduler.waitAll();
    },
  );
  await fc.assert(property, { numRuns: thoroughly(80, 25) });
});

function check({ messages, filter, newest }: Reader, appended: readonly Appended[], floor: number): void {
  const { subjects } = filter;
  const wanted = appended.filter(({ subject }) => subjects?.includes(subject) ?? true);
  const [first] = messages;
  let position = first!.cursor.seq;
  expect(first!.kind).toBe('caughtUp');
  expect(position).toBeGreaterThanOrEqual(newest);
  for (const message of messages.slice(1)) {
    const { seq } = message.cursor;
    const isDue = ({ of = Infinity }: Appended) => of > floor;
    const between = wanted.filter((event) => event.seq > position && event.seq < seq && isDue(event));
    if (message.kind === 'event' || message.kind === 'erasure' || message.kind === 'revision') {
      expect(seq).toBeGreaterThan(position);
      expect(between).toEqual([]);
      const eventId = message.kind === 'event' ? message.event.eventId : `(${message.kind})`;
      expect(wanted.find((event) => event.seq === seq)?.eventId).toBe(eventId);
      if (message.kind === 'event') expect(matcher(filter).event(message.event)).toBe(true);
    } else if (message.kind === 'caughtUp') {
      expect(seq).toBeGreaterThanOrEqual(position);
      expect(wanted.filter((event) => event.seq > position && event.seq <= seq && isDue(event))).toEqual([]);
    } else if (message.kind === 'gap') {
      // A gap is announced from where the client had everything to where it goes on, and never for nothing.
      const { after, resumedAt } = message;
      expect(after.seq).toBeGreaterThanOrEqual(position);
      expect(wanted.filter((event) => event.seq > position && event.seq <= after.seq && isDue(event))).toEqual([]);
      expect(resumedAt.seq).toBeGreaterThan(after.seq);
    }
    position = seq;
  }
}

it('LIVE1.4 gives each event once to a subscriber that begins while an event is handed on', async () => {
  const replaceable = new Replaceable(log);
  const released = Promise.withResolvers<void>();
  let held = false;
  // It answers what was there when it was asked, and later.
  const head = async () => {
    const asked = await log.head();
    if (held) await released.promise;
    return asked;
  };
  replaceable.current = new Proxy<EventLog>(log, {
    get: (target, name: keyof EventLog) =>
      name === 'head' ? head : (target[name] as (...args: never[]) => unknown).bind(target),
  });
  const report = (cause: unknown) => expect.fail(String(cause));
  // It pauses before each cohort.
  const live = new Live({ log: replaceable.log, report, spell: -1 });
  const tenant = 'between';
  const [first, other, late] = [
    { tenants: [tenant] },
    { tenants: [tenant], subjects: [SUBJECTS[0]] },
    { tenants: [tenant] },
  ].map((filter) => new Reader(live, filter));
  for (const reader of [first!, other!]) reader.connect(0);
  for (const reader of [first!, other!]) await expect.poll(() => kinds(reader)).toEqual(['caughtUp']);
  const append = (eventId: string) => log.append([newEvent({ eventId, tenant, subject: SUBJECTS[0] })]);
  await append('before');
  held = true;
  late!.connect(0);
  // By now it has asked where the head is, which is after the first event, and waits for the answer.
  await new Promise((resolve) => setImmediate(resolve));
  for (const eventId of ['between', 'after']) await append(eventId);
  // The cohort of both has the second event, and the other cohort does not.
  void first!.until('between').then(() => released.resolve());
  replaceable.wake();
  const events = ({ messages }: Reader) =>
    messages.flatMap((message) => (message.kind === 'event' ? [message.event.eventId] : []));
  for (const reader of [first!, other!])
    await expect.poll(() => events(reader)).toEqual(['before', 'between', 'after']);
  await expect.poll(() => events(late!).at(-1)).toBe('after');
  expect(events(late!)).toEqual(['between', 'after']);
  for (const reader of [first!, other!, late!]) reader.disconnect();
  live.close();
});

it('LIVE1.2 takes back every cursor that it gave, and nothing else', () => {
  const epoch = fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/);
  const cursor = fc.record({ epoch, seq: fc.maxSafeNat() });
  fc.assert(
    fc.property(cursor, (given) => {
      expect(decodeCursor(encodeCursor(given))).toEqual(given);
    }),
  );
  const invalid = (text: string) => {
    expect(() => decodeCursor(text)).toThrow(/not a cursor/);
  };
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' })), (text) => {
      try {
        expect(encodeCursor(decodeCursor(text))).toBe(text);
      } catch {
        invalid(text);
      }
    }),
  );
  const good = encodeCursor({ epoch: 'abcdefgh', seq: 12 });
  for (const text of [`${good}=`, ` ${good}`, `${good}\n`, good.slice(1), `${good}A`, 'x'.repeat(100_000)])
    invalid(text);
  for (const inside of ['abcdefgh:012', 'abcdefgh:-1', 'abcdefgh:1.5', 'abcdefgh:9999999999999999', 'abc:1', ':1']) {
    invalid(Buffer.from(inside).toString('base64url'));
  }
});

/** A log in whose place another can be put. What watches it is woken by hand. */
class Replaceable {
  current: EventLog;
  wake = () => {};
  readonly log: EventLog;

  constructor(log: EventLog) {
    this.current = log;
    this.log = new Proxy<EventLog>(log, {
      get: (_target, name: keyof EventLog) =>
        name === 'watch'
          ? (listener: () => void) => ((this.wake = listener), () => {})
          : (this.current[name] as (...args: never[]) => unknown).bind(this.current),
    });
  }
}

const kinds = (reader: Reader) => reader.messages.map(({ kind }) => kind);

it('LIVE3.2 tells live subscribers that the log was replaced, and goes on with the new log', async () => {
  const other = new SqliteLog(join(folder, 'other.db'));
  const replaceable = new Replaceable(log);
  await other.append([newEvent({ eventId: 'of the other' })]);
  const live = new Live({ log: replaceable.log, report: (cause) => expect.fail(String(cause)) });
  const readers = [new Reader(live, {}), new Reader(live, { tenants: ['nobody'] })];
  for (const reader of readers) reader.connect(0);
  for (const reader of readers) await expect.poll(() => kinds(reader)).toEqual(['caughtUp']);
  replaceable.current = other;
  // Nothing was heard of it: somebody who comes with a cursor of the other finds out, for all.
  const finder = new Reader(live, {});
  finder.messages.push({ kind: 'caughtUp', cursor: await other.oldest() });
  finder.connect(0);
  await expect.poll(() => kinds(finder)).toEqual(['caughtUp', 'event', 'caughtUp']);
  await expect.poll(() => kinds(readers[0]!)).toEqual(['caughtUp', 'gap', 'event']);
  await expect.poll(() => kinds(readers[1]!)).toEqual(['caughtUp', 'gap']);
  expect(readers[0]!.messages[1]).toMatchObject({ reason: 'LOG_REPLACED', resumedAt: await other.oldest() });
  await other.append([newEvent({ eventId: 'next' })]);
  replaceable.wake();
  await expect.poll(() => kinds(readers[0]!)).toEqual(['caughtUp', 'gap', 'event', 'event']);
  for (const reader of [...readers, finder]) reader.disconnect();
  live.close();
  await other.close();
});

it('LIVE3.2 tells live subscribers that the log was put back, also if it kept its epoch', async () => {
  const first = new SqliteLog(join(folder, 'first.db'));
  await first.append([newEvent({ eventId: 'kept' })]);
  await first.close();
  copyFileSync(join(folder, 'first.db'), join(folder, 'back.db'));
  const [before, back] = ['first.db', 'back.db'].map((name) => new SqliteLog(join(folder, name)));
  const replaceable = new Replaceable(before!);
  const live = new Live({ log: replaceable.log, report: (cause) => expect.fail(String(cause)) });
  const readers = [new Reader(live, {}), new Reader(live, { tenants: ['nobody'] })];
  for (const reader of readers) reader.connect(0);
  for (const reader of readers) await expect.poll(() => kinds(reader)).toEqual(['caughtUp']);
  await before!.append([newEvent({ eventId: 'lost' }), newEvent({ eventId: 'lost too' })]);
  replaceable.wake();
  await expect.poll(() => kinds(readers[0]!)).toEqual(['caughtUp', 'event', 'event']);
  replaceable.current = back!;
  replaceable.wake();
  await expect.poll(() => kinds(readers[0]!)).toEqual(['caughtUp', 'event', 'event', 'gap', 'event']);
  await expect.poll(() => kinds(readers[1]!)).toEqual(['caughtUp', 'gap']);
  for (const reader of readers) reader.disconnect();
  live.close();
  await Promise.all([before!.close(), back!.close()]);
});

it('LIVE3.3 goes on without a gap under another epoch, if the cursor is valid in it', async () => {
  await log.append([newEvent({ eventId: 'old' })]);
  const ended = await log.head();
  const replaceable = new Replaceable(log);
  const live = new Live({ log: replaceable.log, report: (cause) => expect.fail(String(cause)) });
  const readers = [new Reader(live, {}), new Reader(live, {}), new Reader(live, { tenants: ['nobody'] })];
  for (const reader of readers) reader.connect(0);
  for (const reader of readers) await expect.poll(() => kinds(reader)).toEqual(['caughtUp']);
  readers[1]!.disconnect();
  replaceable.current = underEpoch('another-epoch', log, ended);
  const finder = new Reader(live, {});
  finder.messages.push({ kind: 'caughtUp', cursor: { ...ended, epoch: 'another-epoch' } });
  finder.connect(0);
  await expect.poll(() => kinds(finder)).toEqual(['caughtUp', 'caughtUp']);
  // Comes back with a cursor of the old epoch, which ended just there.
  readers[1]!.connect(0);
  await expect.poll(() => kinds(readers[1]!)).toEqual(['caughtUp', 'caughtUp']);
  readers[1]!.disconnect();
  await log.append([newEvent({ eventId: 'new' })]);
  replaceable.wake();
  await expect.poll(() => kinds(readers[0]!)).toEqual(['caughtUp', 'event']);
  expect(readers[0]!.messages[1]).toMatchObject({ cursor: { epoch: 'another-epoch' } });
  readers[1]!.messages.splice(1);
  readers[1]!.connect(0);
  await expect.poll(() => kinds(readers[1]!)).toEqual(['caughtUp', 'event', 'caughtUp']);
  await log.append([newEvent({ eventId: 'newer' })]);
  replaceable.wake();
  await expect.poll(() => kinds(readers[0]!)).toEqual(['caughtUp', 'event', 'event']);
  await expect.poll(() => kinds(readers[1]!).at(-1)).toBe('event');
  expect(kinds(readers[2]!)).toEqual(['caughtUp']);
  for (const reader of [...readers, finder]) reader.disconnect();
  live.close();
});

/** The log as it is after a failover that lost nothing: the same events and positions under an epoch of its own. */
function underEpoch(epoch: string, log: EventLog, ended: Cursor): EventLog {
  const renamed = (cursor: Cursor): Cursor => ({ ...cursor, epoch });
  return Object.assign(Object.create(log) as EventLog, {
    head: async () => renamed(await log.head()),
    oldest: async () => renamed(await log.oldest()),
    read: async (request: ReadRequest): Promise<Page> => {
      const page = await log.read(request);
      const events = page.events.map((event) => ({ ...whole(event), cursor: renamed(event.cursor) }));
      const head = renamed(page.head);
      const end = page.hasMore ? renamed(page.end) : head;
      return { ...page, events, end, head, floor: renamed(page.floor), lineage: [ended] };
    },
  });
}

it('LIVE3.2 tells of a gap also a socket that has no room just then', async () => {
  await log.append([newEvent({ eventId: 'gone', receivedAt: (clock += 1) })]);
  await log.trim(clock + 1);
  const live = new Live({ log, report: (cause) => expect.fail(String(cause)) });
  const reader = new Reader(live, {});
  const { epoch } = await log.head();
  reader.messages.push({ kind: 'caughtUp', cursor: { epoch, seq: 0 } });
  const room = vi.spyOn(reader, 'hasRoom').mockReturnValueOnce(true).mockReturnValueOnce(false);
  reader.connect(0);
  await expect.poll(() => room.mock.calls.length).toBe(2);
  reader.stall();
  reader.drain();
  await expect.poll(() => reader.messages.map(({ kind }) => kind)).toEqual(['caughtUp', 'gap', 'caughtUp']);
  reader.disconnect();
  live.close();
});
