import { expect, it } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { bySubject } from './erasure.contract.ts';
import { type LogUnderTest, newEvent, newQuarantined } from './log-under-test.ts';

/** The promises of every adapter about the data that it keeps beside the events. */
export function describeMemory({ open, again }: LogUnderTest): void {
  const superseded = async (log: EventLog) =>
    (await log.read({ direction: 'forward', limit: 1_000, filter: {} })).events
      .filter((event) => event.superseded)
      .map(({ eventId }) => eventId);
  const state = (eventId: string, version: string | null, fields = {}) => newEvent({ eventId, version, ...fields });

  it('LOG1.3 marks a state of a subject that comes after a later one, in several appends and in one', async () => {
    const log = await open();
    await log.append([state('second', 'r0002')]);
    await log.append([state('first', 'r0001')]);
    await log.append([
      state('same', 'r0002'),
      state('fifth', 'r0005'),
      state('third', 'r0003'),
      state('sixth', 'r0006'),
    ]);
    await log.append([state('first again', 'r0001'), state('first', 'r0001')]);
    expect(await superseded(log)).toEqual(['first', 'third', 'first again']);
    expect(await log.find([{ source: 'eduzz', eventId: 'third' }])).toMatchObject([
      { version: 'r0003', superseded: true },
    ]);
    // It is about what was known when it came.
    expect(await log.find([{ source: 'eduzz', eventId: 'second' }])).toMatchObject([{ superseded: false }]);
  });

  it('LOG1.3 compares only states of one subject, of one account, that can be compared', async () => {
    const log = await open();
    await log.append([state('later', 'r0009')]);
    await log.append([
      state('other subject', 'r0001', { subject: 'ticket/2' }),
      state('other tenant', 'r0001', { tenant: 'eduzz:2' }),
      state('other source', 'r0001', { source: 'eduzz-two' }),
      state('other letter', 'd0001'),
      state('no version', null),
      state('no subject', 'r0001', { subject: null }),
      state('no subject either', 'r0000', { subject: null }),
    ]);
    expect(await superseded(log)).toEqual([]);
    await log.append([state('older', 'r0008'), state('older day', 'd0000')]);
    expect(await superseded(log)).toEqual(['older', 'older day']);
  });

  it('GQL8.11 knows how many other gateways serve other types, until they have ended', async () => {
    const [log, elsewhere] = [await open(), await open()];
    const other = await again(log);
    expect(await log.types.announce('one', 'a')).toBe(0);
    expect(await other.types.announce('two', 'a')).toBe(0);
    expect(await other.types.announce('three', 'b')).toBe(2);
    expect(await log.types.announce('one', 'a')).toBe(1);
    expect(await elsewhere.types.announce('four', 'b')).toBe(0);
    // One that was started anew with the types of the others.
    expect(await other.types.announce('three', 'a')).toBe(0);
    expect(await other.types.announce('two', 'c')).toBe(2);
    await other.types.withdraw('two');
    expect(await log.types.announce('one', 'a')).toBe(0);
  });

  it('IN11.12 keeps what senders bring by source, the newest of it, for every gateway', async () => {
    const log = await open();
    const bring = (source: string, secret: string, most = 3) =>
      log.receivedSecrets.keep({ source, secret, at: 7 }, most);
    for (const secret of ['a', 'b', 'c']) expect(await bring('one', secret)).toBe(0);
    expect(await bring('other', 'x')).toBe(0);
    expect(await bring('one', 'd')).toBe(1);
    const other = await again(log);
    expect((await other.receivedSecrets.list('one')).map(({ secret }) => secret)).toEqual(['b', 'c', 'd']);
    expect(await other.receivedSecrets.list('nobody')).toEqual([]);
    expect(await other.receivedSecrets.list()).toEqual([
      ...['b', 'c'].map((secret) => ({ source: 'one', secret, at: 7 })),
      { source: 'other', secret: 'x', at: 7 },
      { source: 'one', secret: 'd', at: 7 },
    ]);
    expect(await bring('one', 'e', 1)).toBe(3);
  });

  it('PRIV2.4 keeps only hashes of what people are found by, made with a secret of this log alone', async () => {
    const [log, elsewhere] = [await open(), await open()];
    const traces = [
      { kind: 'contact', value: 'contact-77' },
      { kind: 'email', value: 'rosa@people.example' },
    ] as const;
    for (const each of [log, elsewhere]) {
      await each.append([newEvent({ traces }), newEvent(), newEvent({ traces: [traces[1]] })]);
      await each.quarantine.keep(newQuarantined({ values: ['77', 'contact-77', 'to rosa@people.example'] }));
      await each.quarantine.keep(newQuarantined({ values: ['77'] }));
    }
    const remembered = async (of: EventLog) => [
      ...(await of.memory.marks('events', 0, 1_000)),
      ...(await of.memory.marks('quarantine', 0, 1_000)),
    ];
    const [here, there] = [await remembered(log), await remembered(elsewhere)];
    expect(here.map(({ marks }) => marks.map((mark) => mark[0]).join(''))).toEqual(['cve', 'e', 'vvm']);
    for (const mark of here.flatMap(({ marks }) => marks)) expect(mark).toMatch(/^[cemv][0-9a-f]{20}$/);
    // The same address is the same mark in every place.
    expect(here[1]!.marks[0]).toBe(here[0]!.marks[2]);
    expect(here[2]!.marks[2]!.slice(1)).toBe(here[0]!.marks[2]!.slice(1));
    const both = new Set([...here, ...there].flatMap(({ marks }) => marks));
    expect(both.size).toBe(10);
    const first = here[0]!.id;
    expect(await log.memory.marks('events', first, 1_000)).toEqual([here[1]]);
    expect(await log.memory.marks('events', 0, first)).toEqual([here[0]]);
  });

  it('PRIV1.6 remembers who ordered an erasure and when, and lets go of marks with what they are of', async () => {
    const log = await open();
    await log.append([
      newEvent({ receivedAt: 1, subject: 'ticket/1', traces: [{ kind: 'contact', value: '77' }] }),
      newEvent({ receivedAt: 1, subject: 'ticket/2', traces: [{ kind: 'contact', value: '78' }] }),
    ]);
    const request = bySubject('ticket/1');
    await log.erase(request, { at: 5_000, orderedBy: 'wix event 1' });
    await log.erase(request, { at: 6_000, orderedBy: 'operator ana' });
    const { salt, tombstones } = await (await again(log)).memory.forgotten();
    expect(salt.length).toBeGreaterThanOrEqual(20);
    const orders = { at: 6_000, orderedBy: 'operator ana' };
    expect(tombstones.filter(({ mark }) => mark.startsWith('s'))).toEqual([
      { mark: 'sticket/1', source: 'eduzz', tenant: 'eduzz:1', lasting: true, ...orders },
    ]);
    // Found by the first order only: by the second, nobody knew it any more.
    expect(tombstones.filter(({ mark }) => mark.startsWith('c'))).toEqual([
      { mark: expect.any(String), source: '*', tenant: '*', lasting: false, at: 5_000, orderedBy: 'wix event 1' },
    ]);
    expect((await log.memory.marks('events', 0, 1_000)).length).toBe(1);
    await log.trim(2);
    expect(await log.memory.marks('events', 0, 1_000)).toEqual([]);
  });
}
