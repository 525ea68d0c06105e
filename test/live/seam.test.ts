import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Cursor, decodeCursor, encodeCursor } from '../../src/events/cursor.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { Message } from '../../src/live/follow.ts';
import { Live } from '../../src/live/live.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/event-log.contract.ts';

/*
 * The seam between replay and live. Breaks that were made on purpose, each of which fails this file:
 *   - note the tail's version after the read instead of before it (an event committed during the read wakes nobody)
 *   - move the cursor to the head as it is after the read, instead of the page's own (what came in between is skipped)
 *   - move the cursor to the head although the page was full (the rest of the backlog is skipped)
 *   - leave the cursor where it was when the page was not full (events are sent twice)
 *   - look for a gap only when subscribing (a subscriber that stalls past the retention misses events in silence)
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
  | { readonly do: 'subscribe' | 'disconnect'; readonly who: number }
  | { readonly do: 'trim'; readonly keep: number }
  | { readonly do: 'erase'; readonly subject: string };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.constantFrom(1, 1, 2, 5, 130) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('subscribe' as const, 'disconnect' as const), who: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trim' as const), keep: fc.nat(40) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('erase' as const), subject: fc.constantFrom('ticket/0', 'ticket/1') }),
  },
);

/** The same log, whose answers and wake-ups arrive when the scheduler says so. */
function delayed(scheduler: fc.Scheduler): EventLog {
  return new Proxy<EventLog>(log, {
    get(target, name: keyof EventLog) {
      if (name === 'read' || name === 'head') {
        return (...args: never[]) => scheduler.schedule((target[name] as (...a: never[]) => Promise<unknown>)(...args));
      }
      if (name === 'watch') {
        return (listener: () => void) =>
          target.watch(() => void scheduler.schedule(Promise.resolve()).then(() => listener()));
      }
      const member: unknown = target[name];
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

/** One client: what it was sent over all its connections, in order. */
class Reader {
  readonly messages: Message[] = [];
  after: Cursor | null = null;
  #connection: AsyncIterableIterator<Message, void> | null = null;

  readonly live: Live;
  readonly tenant: string;
  readonly scheduler: fc.Scheduler;

  constructor(live: Live, tenant: string, scheduler: fc.Scheduler) {
    this.live = live;
    this.tenant = tenant;
    this.scheduler = scheduler;
  }

  connect(last: string, onLast: () => void): void {
    if (this.#connection) return;
    const connection = this.live.subscribe(this.after, { tenants: [this.tenant] });
    this.#connection = connection;
    void (async () => {
      for await (const message of connection) {
        if (this.#connection !== connection) return;
        this.messages.push(message);
        this.after = message.cursor;
        if (message.kind === 'event' && message.event.eventId === last) onLast();
        // Reads as slowly as the scheduler likes.
        await this.scheduler.schedule(Promise.resolve());
        if (this.#connection !== connection) return;
      }
    })();
  }

  disconnect(): void {
    const connection = this.#connection;
    this.#connection = null;
    void connection?.return?.();
  }
}

let runs = 0;
let clock = 0;

it('LIVE1 gives each event once and in order, or says what is missing, in any interleaving', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(command, { maxLength: 25 }),
    async (scheduler, commands) => {
      runs += 1;
      const tenant = `run-${runs}`;
      const live = new Live(delayed(scheduler), () => {});
      const readers = [0, 1, 2].map(() => new Reader(live, tenant, scheduler));
      const last = `${tenant}-last`;
      const finished = readers.map(() => Promise.withResolvers<void>());
      const appended: { seq: number; eventId: string }[] = [];
      const append = async (eventIds: string[]) => {
        const events = eventIds.map((eventId, index) =>
          newEvent({ eventId, tenant, subject: `ticket/${index % 2}`, receivedAt: (clock += 1) }),
        );
        for (const [index, answer] of (await log.append(events)).entries()) {
          if (answer.outcome === 'accepted') appended.push({ seq: answer.cursor.seq, eventId: eventIds[index]! });
        }
      };
      const perform = async (step: Command) => {
        if (step.do === 'append') {
          await append(Array.from({ length: step.count }, (_, index) => `${tenant}-${appended.length + index}`));
        } else if (step.do === 'erase') {
          const { cursor } = await log.erase(
            { provider: 'eduzz', source: 'eduzz', tenant, subject: step.subject },
            clock,
          );
          if (!appended.some(({ seq }) => seq === cursor.seq)) appended.push({ seq: cursor.seq, eventId: '(erasure)' });
        } else if (step.do === 'trim') await log.trim(clock - step.keep);
        else if (step.do === 'disconnect') readers[step.who]!.disconnect();
        else readers[step.who]!.connect(last, finished[step.who]!.resolve);
      };
      const steps = commands.map((step) => ({ label: JSON.stringify(step), builder: () => perform(step) }));
      const sequence = scheduler.scheduleSequence(steps);
      await scheduler.waitFor(sequence.task);

      // Whoever is not there comes back, and all must get to the end by themselves.
      for (const [index, reader] of readers.entries()) reader.connect(last, finished[index]!.resolve);
      const ready = () => readers.every(({ messages }) => messages.length > 0);
      await scheduler.waitFor(
        (async () => {
          while (!ready()) await new Promise((resolve) => setImmediate(resolve));
        })(),
      );
      // And once more: the last event is committed while their first reads are under way.
      for (const reader of readers) reader.disconnect();
      for (const [index, reader] of readers.entries()) reader.connect(last, finished[index]!.resolve);
      await scheduler.waitOne();
      await append([last]);
      await scheduler.waitFor(Promise.all(finished.map(({ promise }) => promise)));
      for (const { messages } of readers) check(messages, appended);
      for (const reader of readers) reader.disconnect();
      live.close();
      await scheduler.waitAll();
    },
  );
  await fc.assert(property, { numRuns: 150 });
}, 30_000);

function check(messages: readonly Message[], appended: readonly { seq: number; eventId: string }[]): void {
  const [first] = messages;
  let position = first!.cursor.seq;
  expect(['caughtUp', 'gap']).toContain(first!.kind);
  for (const message of messages.slice(1)) {
    const between = appended.filter(({ seq }) => seq > position && seq < message.cursor.seq);
    if (message.kind === 'event' || message.kind === 'erasure') {
      expect(message.cursor.seq).toBeGreaterThan(position);
      expect(between).toEqual([]);
      expect(appended.find(({ seq }) => seq === message.cursor.seq)?.eventId).toBe(
        message.kind === 'event' ? message.event.eventId : '(erasure)',
      );
    } else if (message.kind === 'caughtUp') {
      expect(message.cursor.seq).toBeGreaterThanOrEqual(position);
      expect(appended.filter(({ seq }) => seq > position && seq <= message.cursor.seq)).toEqual([]);
    } else {
      // A gap is announced from where the client was to where it goes on, and never for nothing.
      expect(message.after.seq).toBe(position);
      expect(message.resumedAt.seq).toBeGreaterThan(position);
    }
    position = message.cursor.seq;
  }
}

it('LIVE1 takes back every cursor that it gave, and nothing else', () => {
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
