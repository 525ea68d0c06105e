import { expect, it } from 'vitest';
import type { LogUnderTest } from './log-under-test.ts';
import { newEvent, newQuarantined } from './log-under-test.ts';

/** The promises of every adapter about quarantine, and about the record of fields. */
export function describeQuarantine({ open, again }: LogUnderTest): void {
  it('IN4.5 keeps quarantined deliveries, each once, in order', async () => {
    const log = await open();
    const first = newQuarantined({ payload: '{"people":"Ana"}', type: null, eventId: null });
    const id = await log.quarantine.keep(first);
    const second = await log.quarantine.keep(newQuarantined());
    expect(second).toBeGreaterThan(id);
    expect(await log.quarantine.keep(first)).toBe(id);
    const { values: _, ...said } = first;
    expect(await log.quarantine.find(id)).toEqual({ id, ...said, state: 'WAITING', settledAt: null, erasedAt: null });
    expect(await log.quarantine.find(second + 1)).toBeNull();
    const list = await log.quarantine.list({ limit: 10 });
    expect(list.map((waiting) => waiting.id)).toEqual([id, second]);
    expect((await log.quarantine.list({ after: id, limit: 10 })).map((waiting) => waiting.id)).toEqual([second]);
    const third = await log.quarantine.keep(newQuarantined({ payload: '{"people":"Bia"}', digest: 'third' }));
    const backward = async (request: object) => {
      const read = await log.quarantine.list({ direction: 'backward', limit: 2, ...request });
      return read.map((waiting) => waiting.id);
    };
    expect(await backward({})).toEqual([second, third]);
    expect(await backward({ before: third, state: 'WAITING' })).toEqual([id, second]);
    expect(await backward({ after: id, before: third })).toEqual([second]);
    expect((await log.read({ direction: 'forward', limit: 10, filter: {} })).events).toEqual([]);
  });

  it('IN4.5 settles a delivery once, however often it is asked to, and deletes its payload', async () => {
    const log = await open();
    const other = await again(log);
    const delivery = newQuarantined({ digest: 'one', eventId: null });
    const id = await log.quarantine.keep(delivery);
    const release = { state: 'RELEASED', eventId: 'event-9', at: 3_000 } as const;
    const settled = await Promise.all([
      log.quarantine.settle(id, release),
      other.quarantine.settle(id, { state: 'DISCARDED', eventId: null, at: 4_000 }),
      log.quarantine.settle(id, release),
    ]);
    expect(settled[0]).toMatchObject({ id, payload: null });
    expect(settled).toEqual([settled[0], settled[0], settled[0]]);
    const next = await log.quarantine.keep(newQuarantined({ digest: 'two', eventId: 'event-2' }));
    const discarded = await log.quarantine.settle(next, { state: 'DISCARDED', eventId: null, at: 5_000 });
    expect(discarded).toMatchObject({
      id: next,
      state: 'DISCARDED',
      eventId: 'event-2',
      settledAt: 5_000,
      payload: null,
    });
    const last = await log.quarantine.keep(newQuarantined({ digest: 'three', eventId: null }));
    expect(await log.quarantine.settle(last, release)).toMatchObject({
      state: 'RELEASED',
      eventId: 'event-9',
      settledAt: 3_000,
    });
    expect(await log.quarantine.settle(last + 1, release)).toBeNull();
    expect(await log.memory.marks('quarantine', 0, 1_000)).toEqual([]);
  });

  it('IN4.5 takes the newest issues of a delivery that waits, and leaves one alone that is settled', async () => {
    const log = await open();
    const waiting = newQuarantined({ digest: 'one' });
    const id = await log.quarantine.keep(waiting);
    const issues = [{ path: 'data.name', message: 'expected text' }];
    expect(await log.quarantine.keep({ ...waiting, issues })).toBe(id);
    expect(await log.quarantine.find(id)).toMatchObject({ issues, state: 'WAITING', payload: waiting.payload });
    const settled = await log.quarantine.settle(id, { state: 'RELEASED', eventId: 'e', at: 3_000 });
    expect(await log.quarantine.keep({ ...waiting, issues: [] })).toBe(id);
    expect(await log.quarantine.find(id)).toEqual(settled);
  });

  it('IN4.5 keeps whose a delivery is, and learns it when that shows later', async () => {
    const log = await open();
    const unknown = newQuarantined({ digest: 'one', tenant: null });
    const id = await log.quarantine.keep(unknown);
    expect(await log.quarantine.find(id)).toMatchObject({ tenant: null });
    await log.quarantine.keep({ ...unknown, tenant: 'eduzz:9' });
    expect(await log.quarantine.find(id)).toMatchObject({ tenant: 'eduzz:9', payload: unknown.payload });
    await log.quarantine.keep(unknown);
    await log.quarantine.settle(id, { state: 'DISCARDED', eventId: null, at: 3_000 });
    await log.quarantine.keep({ ...unknown, tenant: 'eduzz:8' });
    expect(await log.quarantine.list({ limit: 10 })).toMatchObject([{ tenant: 'eduzz:9', state: 'DISCARDED' }]);
  });

  it('IN4.5 lists what is in quarantine by its state', async () => {
    const log = await open();
    const ids: number[] = [];
    for (let index = 0; index < 6; index += 1) ids.push(await log.quarantine.keep(newQuarantined()));
    await log.quarantine.settle(ids[1]!, { state: 'RELEASED', eventId: 'e', at: 1 });
    await log.quarantine.settle(ids[4]!, { state: 'DISCARDED', eventId: null, at: 1 });
    const list = async (request: Parameters<typeof log.quarantine.list>[0]) =>
      (await log.quarantine.list(request)).map(({ id }) => ids.indexOf(id));
    expect(await list({ limit: 10 })).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await list({ limit: 3, state: 'WAITING' })).toEqual([0, 2, 3]);
    expect(await list({ after: ids[3]!, limit: 3, state: 'WAITING' })).toEqual([5]);
    expect(await list({ limit: 3, state: 'RELEASED' })).toEqual([1]);
    expect(await list({ limit: 3, state: 'DISCARDED' })).toEqual([4]);
    expect(await list({ limit: 3, state: 'ERASED' })).toEqual([]);
  });

  it('OPS6.3 knows how much there is, and how much of it waits in quarantine', async () => {
    const log = await open();
    const other = await again(log);
    const empty = await log.measure();
    expect(empty).toMatchObject({ waiting: 0, head: await log.head(), floor: await log.oldest() });
    expect(empty.bytes).toBeGreaterThan(0);
    const ids = [await log.quarantine.keep(newQuarantined()), await log.quarantine.keep(newQuarantined())];
    await log.quarantine.settle(ids[0]!, { state: 'DISCARDED', eventId: null, at: 1 });
    const raw = JSON.stringify({ filler: 'x'.repeat(500_000) });
    await log.append([newEvent({ raw }), newEvent({ receivedAt: 9_000, raw })]);
    await log.trim(9_000);
    const { bytes, ...measured } = await other.measure();
    expect(measured).toMatchObject({ waiting: 1, head: await log.head(), floor: await log.oldest() });
    expect(measured.floor.seq).toBeGreaterThan(empty.floor.seq);
    expect(bytes).toBeGreaterThan(empty.bytes);
  });

  it('LOG4.3 forgets settled deliveries with the events, and never one that waits', async () => {
    const log = await open();
    const ids: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      ids.push(await log.quarantine.keep(newQuarantined({ receivedAt: 1, digest: `d${index}` })));
    }
    for (const [index, at] of [10, 20].entries()) {
      await log.quarantine.settle(ids[index]!, { state: 'DISCARDED', eventId: null, at });
    }
    await log.trim(20);
    expect((await log.quarantine.list({ limit: 10 })).map(({ id }) => id)).toEqual(ids.slice(1));
    await log.trim(1_000);
    expect((await log.quarantine.list({ limit: 10 })).map(({ id }) => id)).toEqual(ids.slice(2));
    // Sent again, it is a delivery like any other.
    expect(await log.quarantine.keep(newQuarantined({ digest: 'd0' }))).toBeGreaterThan(ids[3]!);
  });

  it('IN8.1 counts the fields of payloads by type, and knows which were to be expected', async () => {
    const log = await open();
    const other = await again(log);
    const seen = (path: string, fields = {}) => ({
      source: 'wix',
      type: 'booked',
      path,
      change: 'FIELD' as const,
      expected: false,
      count: 1,
      at: 1_000,
      ...fields,
    });
    const head = await log.head();
    await log.fields.add([]);
    await log.fields.add([
      seen('b', { expected: true }),
      seen('a'),
      seen('a', { count: 2, at: 3_000, expected: true }),
    ]);
    await Promise.all([
      log.fields.add([seen('a', { change: 'NULL' }), seen('a', { at: 500 })]),
      other.fields.add([seen('b', { at: 2_000 }), seen('a', { at: 9_000, source: 'eduzz' })]),
    ]);
    const expected = [
      { ...seen('a'), source: 'eduzz', firstSeen: 9_000, lastSeen: 9_000 },
      { ...seen('a'), count: 4, firstSeen: 500, lastSeen: 3_000 },
      { ...seen('a'), change: 'NULL', firstSeen: 1_000, lastSeen: 1_000 },
      { ...seen('b'), expected: true, count: 2, firstSeen: 1_000, lastSeen: 2_000 },
    ].map(({ at: _at, ...field }) => field);
    expect(await log.fields.list()).toEqual(expected);
    expect(await log.head()).toEqual(head);
    const changes = await other.tokens.changes();
    expect(await log.fields.expect('wix')).toBe(2);
    // By this number other gateways hear that something was accepted.
    expect(await other.tokens.changes()).toBe(changes + 1);
    expect((await log.fields.list()).map((field) => field.expected)).toEqual([false, true, true, true]);
    expect(await other.fields.expect()).toBe(1);
    expect(await log.fields.expect()).toBe(0);
    await log.fields.add([seen('a', { expected: false })]);
    expect((await log.fields.list())[1]).toMatchObject({ expected: true, count: 5 });
  });

  it('IN1.5 appends between the pieces of thousands of fields that are recorded at once', async () => {
    const log = await open();
    const sightings = Array.from({ length: 5_000 }, (_, index) => ({
      source: 's',
      type: 't',
      path: `path${index}`,
      change: 'FIELD' as const,
      expected: false,
      count: 1,
      at: 1_000,
    }));
    const recording = log.fields.add(sightings);
    await log.append([newEvent()]);
    expect((await log.fields.list()).length).toBeLessThan(5_000);
    await recording;
    expect(await log.fields.list()).toHaveLength(5_000);
  });

  it('LOG5.2 lets several processes count the same fields at the same moment, in any order', async () => {
    const log = await open();
    const logs = [log, await again(log), await again(log)];
    const paths = Array.from({ length: 40 }, (_, index) => `path${index}`);
    const shuffled = (turn: number) =>
      paths.toSorted((one, other) => ((turn + one.length) % 2 ? 1 : -1) * (one < other ? 1 : -1));
    const record = (of: typeof log, turn: number) =>
      of.fields.add(
        shuffled(turn).map((path) => ({
          source: 's',
          type: 't',
          path,
          change: 'FIELD',
          expected: turn % 2 === 0,
          count: 1,
          at: turn,
        })),
      );
    const rounds = 6;
    await Promise.all(
      logs.map(async (of, index) => {
        for (let round = 0; round < rounds; round += 1) {
          const event = newEvent();
          await Promise.all([
            untilAvailable(() => record(of, round + index)),
            untilAvailable(() => of.append([event])),
            untilAvailable(() => of.fields.expect('s')),
          ]);
        }
      }),
    );
    const fields = await log.fields.list();
    expect(fields.map(({ count }) => count)).toEqual(paths.map(() => rounds * logs.length));
  });
}

/** Asks again what a busy server refused: a statement that waits too long for others leaves nothing behind. */
async function untilAvailable<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'LOG_UNAVAILABLE') throw error;
    }
  }
}
