import { expect, it } from 'vitest';
import type { AboutRequest } from '../../src/events/about.ts';
import { type ErasureRequest, FEW } from '../../src/events/erasure.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { NewEvent } from '../../src/events/event.ts';
import type { Trace } from '../../src/events/trace.ts';
import { type LogUnderTest, newEvent, newQuarantined } from './log-under-test.ts';
import { whole } from '../support/whole.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const account = { provider: 'eduzz', tenant: 'eduzz:1' };
const order = (at: number, orderedBy = 'operator ana') => ({ at, orderedBy });
const contact = (value: string): Trace => ({ kind: 'contact', value });
const email = (value: string): Trace => ({ kind: 'email', value });
const mention = (value: string): Trace => ({ kind: 'mention', value });

const NOTHING_WAITED = { quarantined: 0, passedOver: { ofNobody: 0, common: 0 } };

/** A request by subject, as a provider's event makes it. */
export function bySubject(
  subject: string,
  fields: Partial<ErasureRequest & { by: 'subject' }> = {},
): ErasureRequest & { by: 'subject' } {
  return { by: 'subject', source: 'eduzz', subject, account, contacts: [], ...fields };
}

const byEmail = (address: string, source: string | null = null): ErasureRequest => ({
  by: 'email',
  email: address,
  source,
});

/** The promises of every adapter about erasures. */
export function describeErasure({ open }: LogUnderTest): void {
  const read = (log: EventLog) => log.read({ direction: 'forward', limit: 1_000, filter: {} });
  const split = async (log: EventLog) => {
    const { events } = await read(log);
    const whether = (isGone: boolean) =>
      events
        .filter(({ personal, raw }) => (personal === null) === isGone && (raw === null) === isGone)
        .map(({ eventId }) => eventId);
    const said = { kept: whether(false), gone: whether(true) };
    expect(said.kept.length + said.gone.length).toBe(events.length);
    return said;
  };
  const append = async (log: EventLog, ...events: (Partial<NewEvent> & { eventId: string })[]) => {
    const answers = await log.append(events.map((fields) => newEvent(fields)));
    expect(answers.every(({ outcome }) => outcome === 'accepted')).toBe(true);
  };

  it('PRIV1.1 erases what a subject’s events say about people, also of those that come late', async () => {
    const log = await open();
    await append(
      log,
      { eventId: 'a', subject: 'ticket/9' },
      { eventId: 'b', subject: 'ticket/8' },
      { eventId: 'c', subject: 'ticket/9', tenant: 'eduzz:2' },
      { eventId: 'd', subject: 'ticket/9' },
      { eventId: 'e', subject: 'ticket/9', source: 'eduzz-two' },
    );
    const before = await log.head();
    const receipt = await log.erase(bySubject('ticket/9'), order(5_000));
    const erasure = { ...account, source: 'eduzz', subject: 'ticket/9', at: 5_000, orderedBy: 'operator ana' };
    expect(receipt).toEqual({
      erasures: [{ ...erasure, cursor: await log.head(), eventIds: ['a', 'd'] }],
      ...NOTHING_WAITED,
    });
    expect(receipt.erasures[0]!.cursor.seq).toBeGreaterThan(before.seq);
    await append(log, { eventId: 'late', subject: 'ticket/9', receivedAt: 300 * DAY }, { eventId: 'next' });
    expect(await split(log)).toEqual({ kept: ['b', 'c', 'e', 'next'], gone: ['a', 'd', 'late'] });
    const page = await read(log);
    expect(page.erasures).toEqual(receipt.erasures);
    expect(page.events.map(({ cursor }) => cursor.seq)).not.toContain(receipt.erasures[0]!.cursor.seq);
  });

  it('GQL2.9 finds the events about somebody by their address, of some accounts, until they are erased', async () => {
    const log = await open();
    const ana = [email('ana@ficticia.example')];
    const odd = 'd\\ud800';
    await append(
      log,
      { eventId: 'a', traces: ana },
      { eventId: 'b', traces: [mention('ana@ficticia.example')] },
      { eventId: 'c', subject: 'order/2', traces: [...ana, email('caio@ficticia.example')] },
      { eventId: odd, tenant: 'eduzz:2', traces: ana },
      { eventId: 'e', subject: 'order/3' },
    );
    const ids = async (request: Partial<AboutRequest> = {}) =>
      (await log.people.find({ email: ' Ana@Ficticia.example', limit: 10, ...request })).map(({ eventId }) => eventId);
    expect(await ids()).toEqual(['a', 'c', odd]);
    expect(await ids({ limit: 2 })).toEqual(['c', odd]);
    expect(await ids({ tenants: ['eduzz:1', 'eduzz:1'] })).toEqual(['a', 'c']);
    expect(await ids({ tenants: [] })).toEqual([]);
    const { events } = await read(log);
    expect(await ids({ before: events[3]!.cursor.seq })).toEqual(['a', 'c']);
    expect(await ids({ email: 'caio@ficticia.example' })).toEqual(['c']);
    expect(await ids({ email: 'nobody@ficticia.example' })).toEqual([]);
    await log.erase(byEmail('ana@ficticia.example'), order(5_000));
    expect(await ids()).toEqual([]);
    expect(await ids({ email: 'caio@ficticia.example' })).toEqual([]);
  });

  it('PRIV1.1 says nothing new when nothing is left to erase, and remembers a subject that is not there yet', async () => {
    const log = await open();
    await append(log, { eventId: 'a', subject: 'ticket/9' });
    const receipt = await log.erase(bySubject('ticket/9'), order(5_000));
    expect(await log.erase(bySubject('ticket/9'), order(6_000, 'somebody else'))).toEqual(receipt);
    const unknown = await log.erase(bySubject('ticket/0'), order(7_000));
    expect(unknown.erasures).toMatchObject([{ eventIds: [], subject: 'ticket/0', cursor: await log.head() }]);
    await append(log, { eventId: 'early', subject: 'ticket/0' });
    expect(await split(log)).toEqual({ kept: [], gone: ['a', 'early'] });
  });

  it('PRIV1.1 erases a subject in every account of the source, if the account is unknown', async () => {
    const log = await open();
    await append(
      log,
      { eventId: 'one', subject: 'ticket/9' },
      { eventId: 'two', subject: 'ticket/9', tenant: 'eduzz:2' },
      { eventId: 'elsewhere', subject: 'ticket/9', source: 'wix', provider: 'wix' },
    );
    const head = await log.head();
    expect(await log.erase(bySubject('ticket/0', { account: null }), order(1_000))).toEqual({
      erasures: [],
      ...NOTHING_WAITED,
    });
    expect(await log.head()).toEqual(head);
    const { erasures } = await log.erase(bySubject('ticket/9', { account: null }), order(5_000));
    expect(erasures.map(({ tenant, eventIds }) => [tenant, eventIds])).toEqual([
      ['eduzz:1', ['one']],
      ['eduzz:2', ['two']],
    ]);
    await append(
      log,
      { eventId: 'late', subject: 'ticket/9', tenant: 'eduzz:3' },
      { eventId: 'not found', subject: 'ticket/0', tenant: 'eduzz:3' },
      { eventId: 'late elsewhere', subject: 'ticket/9', source: 'wix' },
    );
    expect(await split(log)).toEqual({
      kept: ['elsewhere', 'late elsewhere'],
      gone: ['one', 'two', 'late', 'not found'],
    });
  });

  it('PRIV1.2 erases what other events of the account say about the people in a subject, and of those who are named', async () => {
    const log = await open();
    const rosa = [contact('77'), email('rosa@people.example')];
    await append(
      log,
      { eventId: 'a', subject: 'ticket/9', traces: rosa },
      { eventId: 'same contact', subject: 'ticket/8', traces: [contact('77')] },
      { eventId: 'no subject', subject: null, traces: [contact('77')] },
      { eventId: 'other account', subject: 'ticket/7', tenant: 'eduzz:2', traces: [contact('77')] },
      { eventId: 'other source', subject: 'ticket/7', source: 'wix', traces: [contact('77')] },
      { eventId: 'same address', subject: 'ticket/6', traces: [contact('78'), email('rosa@people.example')] },
      { eventId: 'named', subject: 'ticket/5', traces: [contact('79')] },
      { eventId: 'beside the named', subject: 'ticket/5', traces: [] },
    );
    const { erasures } = await log.erase(bySubject('ticket/9', { contacts: ['79'] }), order(5_000));
    expect(erasures.map(({ subject, eventIds }) => [subject, eventIds])).toEqual([
      ['ticket/9', ['a']],
      ['ticket/8', ['same contact']],
      [null, ['no subject']],
      ['ticket/5', ['named']],
    ]);
    const positions = erasures.map(({ cursor }) => cursor.seq);
    expect(positions).toEqual(positions.toSorted((one, other) => one - other));
    expect((await split(log)).kept).toEqual(['other account', 'other source', 'same address', 'beside the named']);
    // The subject's own erasure is answered also when only others lost something.
    await append(log, {
      eventId: 'later',
      subject: 'ticket/4',
      receivedAt: 9 * DAY,
      occurredAt: { at: 8 * DAY, text: '' },
      traces: [contact('79')],
    });
    const again = await log.erase(bySubject('ticket/9', { contacts: ['79'] }), order(9 * DAY));
    expect(again.erasures.map(({ eventIds }) => eventIds)).toEqual([['a'], ['later']]);
  });

  it('PRIV1.2 erases by e-mail address in every event, and all other data of the person', async () => {
    const log = await open();
    await append(
      log,
      { eventId: 'hers', subject: 'ticket/1', traces: [contact('77'), email('rosa@people.example')] },
      { eventId: 'her ticket', subject: 'ticket/1', traces: [] },
      { eventId: 'by her id', subject: 'ticket/2', traces: [contact('77')] },
      { eventId: 'mentioned', subject: 'ticket/3', traces: [contact('80'), mention('rosa@people.example')] },
      { eventId: 'beside the mention', subject: 'ticket/3', traces: [contact('80')] },
      {
        eventId: 'elsewhere',
        subject: 'ticket/4',
        source: 'wix',
        provider: 'wix',
        traces: [mention('rosa@people.example')],
      },
      { eventId: 'another', subject: 'ticket/5', traces: [email('rosa@people.example.org')] },
    );
    const before = await log.head();
    expect(await log.erase(byEmail('nobody@people.example'), order(1))).toEqual({ erasures: [], ...NOTHING_WAITED });
    expect(await log.head()).toEqual(before);
    const ofOne = await log.erase(byEmail('Rosa@People.example', 'eduzz'), order(5_000));
    expect(ofOne.erasures.flatMap(({ eventIds }) => eventIds)).toEqual([
      'hers',
      'her ticket',
      'by her id',
      'mentioned',
    ]);
    expect((await split(log)).kept).toEqual(['beside the mention', 'elsewhere', 'another']);
    const ofAll = await log.erase(byEmail('rosa@people.example'), order(6_000));
    expect(ofAll.erasures).toMatchObject([{ provider: 'wix', source: 'wix', eventIds: ['elsewhere'] }]);
    expect(await log.erase(byEmail('rosa@people.example'), order(6_000))).toEqual({ erasures: [], ...NOTHING_WAITED });
  });

  it.each([
    ['a contact', [contact('77')], bySubject('ticket/1', { contacts: ['77'] })],
    ['an address', [email('rosa@people.example')], byEmail('rosa@people.example')],
    ['a mention', [mention('rosa@people.example')], byEmail('rosa@people.example')],
  ])(
    'PRIV1.1 holds back what comes late of %s: what was before or has no time, and for 72 hours whatever comes',
    async (_, traces, request) => {
      const log = await open();
      await log.erase(request, order(10 * DAY));
      const late = (eventId: string, occurred: number, received: number) => ({
        eventId,
        subject: `ticket/${eventId}`,
        occurredAt: { at: occurred, text: '' },
        receivedAt: received,
        traces,
      });
      await append(
        log,
        late('of before', 10 * DAY, 40 * DAY),
        late('of after, soon', 11 * DAY, 13 * DAY - 1),
        late('of after, later', 11 * DAY, 13 * DAY),
        late('of no time', 40 * DAY, 40 * DAY),
        { ...late('of somebody else', 10 * DAY, 10 * DAY), traces: [contact('78'), email('ana@people.example')] },
      );
      expect(await split(log)).toEqual({
        kept: ['of after, later', 'of somebody else'],
        gone: ['of before', 'of after, soon', 'of no time'],
      });
      // Erased once more, it begins again.
      await log.erase(request, order(20 * DAY));
      await append(log, late('again', 21 * DAY, 22 * DAY));
      expect((await split(log)).gone).toContain('again');
      // Data that was held back can't be found again by the person for whom it was held back.
      const { erasures } = await log.erase(byEmail('rosa@people.example'), order(50 * DAY));
      expect(erasures).toEqual([]);
    },
  );

  it('PRIV1.2 holds back by an address of one source only events of that source', async () => {
    const log = await open();
    await log.erase(byEmail('rosa@people.example', 'wix'), order(5_000));
    const traces = [email('rosa@people.example')];
    await append(log, { eventId: 'wix', source: 'wix', traces }, { eventId: 'eduzz', source: 'eduzz', traces });
    expect(await split(log)).toEqual({ kept: ['eduzz'], gone: ['wix'] });
  });

  it('PRIV1.3 erases what only the traces of an event still tell', async () => {
    const log = await open();
    await append(log, { eventId: 'bare', subject: 'ticket/3', personal: null, raw: null, traces: [contact('77')] });
    const { erasures } = await log.erase(bySubject('ticket/3'), order(5_000));
    expect(erasures).toMatchObject([{ subject: 'ticket/3', eventIds: [] }]);
    expect(await log.memory.marks('events', 0, 1_000)).toEqual([]);
  });

  it('IN4.10 keeps deliveries in quarantine that speak of whom it erases, without their people, and so it keeps what comes late', async () => {
    const log = await open();
    const keep = (digest: string, values: readonly string[], fields = {}) =>
      log.quarantine.keep(
        newQuarantined({ digest, values, payload: JSON.stringify({ id: 'event-9', values }), ...fields }),
      );
    // It has none of their data, and everything that identifies the event.
    const left = (count: number) => JSON.stringify({ id: 'event-9', values: Array(count).fill('') });
    await append(log, { eventId: 'hers', subject: 'ticket/10000055', traces: [email('rosa@people.example')] });
    const spoken = {
      ofSubject: await keep('subject', ['one', '10000901', 'two']),
      ofPart: await keep('part', ['10000902']),
      ofContact: await keep('contact', ['contact-77']),
      ofNobody: await keep('nobody', ['10000900', 'contact-78', 'ana@people.example']),
      elsewhere: await keep('elsewhere', ['10000901'], { source: 'wix' }),
      ofAddress: await keep('address', ['Rosa, <ROSA@people.example>']),
      ofHerTicket: await keep('ticket', ['10000055']),
    };
    const discarded = await keep('discarded', ['10000901', 'discarded']);
    await log.quarantine.settle(discarded, { state: 'DISCARDED', eventId: null, at: 3 });
    expect(
      (await log.erase(bySubject('ticket/900:10000902', { contacts: ['contact-77'] }), order(5_000))).quarantined,
    ).toBe(2);
    expect((await log.erase(bySubject('ticket/10000901'), order(5_000))).quarantined).toBe(1);
    expect((await log.erase(byEmail('rosa@people.example', 'wix'), order(5_000))).quarantined).toBe(0);
    expect((await log.erase(byEmail('rosa@people.example'), order(5_000))).quarantined).toBe(2);
    const { ofNobody, elsewhere, ...erased } = spoken;
    for (const { id, state, settledAt, erasedAt, payload } of await log.quarantine.list({ limit: 100 })) {
      if (id === discarded)
        expect({ state, erasedAt, payload }).toEqual({ state: 'DISCARDED', erasedAt: null, payload: null });
      else {
        const isErased = Object.values(erased).includes(id);
        expect({ state, settledAt, erasedAt }).toEqual({
          state: 'WAITING',
          settledAt: null,
          erasedAt: isErased ? 5_000 : null,
        });
        if (isErased) expect(payload).toMatch(/^\{"id":"event-9","values":\["(?:","){0,2}"\]\}$/);
        else expect(payload).toContain(id === ofNobody ? 'ana@people.example' : '10000901');
      }
    }
    expect(await log.quarantine.find(spoken.ofSubject)).toMatchObject({ payload: left(3), eventId: 'event-1' });
    expect((await log.memory.marks('quarantine', 0, 1_000)).map(({ id }) => id)).toEqual([ofNobody, elsewhere]);
    // Sent again it stays so, and what comes late is kept without its people as well.
    expect(await keep('part', ['10000902'])).toBe(spoken.ofPart);
    expect(await log.quarantine.find(spoken.ofPart)).toMatchObject({ payload: left(1), erasedAt: 5_000 });
    const late = {
      ofSubject: await keep('late subject', ['10000901'], { receivedAt: 300 * DAY }),
      ofContact: await keep('late contact', ['contact-77'], { receivedAt: 7 * DAY }),
      ofAddress: await keep('late address', ['rosa@people.example'], { receivedAt: 7 * DAY }),
    };
    for (const id of Object.values(late)) {
      const kept = await log.quarantine.find(id);
      expect(kept).toMatchObject({ state: 'WAITING', payload: left(1), erasedAt: kept?.receivedAt });
    }
    expect((await log.memory.marks('quarantine', 0, 1_000)).map(({ id }) => id)).toEqual([ofNobody, elsewhere]);
    expect((await log.measure()).waiting).toBe(10);
    // Nothing is found in it any more, and it is settled like any other.
    expect((await log.erase(byEmail('rosa@people.example'), order(6_000))).quarantined).toBe(0);
    const settled = await log.quarantine.settle(spoken.ofPart, { state: 'RELEASED', eventId: 'event-9', at: 6_000 });
    expect(settled).toMatchObject({ state: 'RELEASED', eventId: 'event-9', payload: null, erasedAt: 5_000 });
    const muchLater = await keep('much later', ['contact-77', 'rosa@people.example'], { receivedAt: 8 * DAY });
    expect(await log.quarantine.find(muchLater)).toMatchObject({ state: 'WAITING', erasedAt: null });
  });

  it.each([
    ['a subject', bySubject('ticket/10000055', { account: null })],
    ['an address', byEmail('rosa@people.example')],
  ])('PRIV1.10 shows beforehand what erasing %s would do, and changes nothing by it', async (_, request) => {
    const log = await open();
    const nobody = { events: [], subjects: 0, withoutSubject: 0, people: { byId: 0, byAddress: 0 }, ...NOTHING_WAITED };
    expect(await log.previewErasure(request)).toEqual(nobody);
    const rosa = [contact('contact-77'), email('rosa@people.example')];
    await append(
      log,
      { eventId: 'hers', subject: 'ticket/10000055', traces: rosa },
      { eventId: 'of another type', subject: 'ticket/10000055', type: 'odd \\ \0', traces: [] },
      { eventId: 'same contact', subject: 'ticket/2', traces: [contact('contact-77'), email('r@people.example')] },
      { eventId: 'no subject', subject: null, traces: [contact('contact-77')] },
      { eventId: 'somebody else', subject: 'ticket/3', traces: [contact('contact-78')] },
      { eventId: 'with nothing to lose', subject: 'ticket/10000055', personal: null, raw: null, traces: [] },
    );
    for (const value of ['10000055', 'contact-77', 'contact-78'])
      await log.quarantine.keep(newQuarantined({ values: [value] }));
    const all = async () => {
      const { events, ...page } = await read(log);
      return [page, events.map(whole), await log.memory.forgotten(), await log.quarantine.list({ limit: 10 })];
    };
    const before = await all();
    const preview = await log.previewErasure(request);
    expect(preview).toEqual({
      events: [
        { source: 'eduzz', type: 'test.happened', count: 3 },
        { source: 'eduzz', type: 'odd \\ \0', count: 1 },
      ],
      subjects: 2,
      withoutSubject: 1,
      people: { byId: 1, byAddress: 2 },
      quarantined: 2,
      passedOver: { ofNobody: 0, common: 0 },
    });
    expect(await all()).toEqual(before);
    await append(log, { eventId: 'late', subject: 'ticket/10000055', traces: rosa });
    const { erasures, quarantined } = await log.erase(request, order(5_000));
    expect(erasures.map(({ subject, eventIds }) => [subject, eventIds.length])).toEqual([
      ['ticket/10000055', 3],
      ['ticket/2', 1],
      [null, 1],
    ]);
    expect(quarantined).toBe(2);
    expect(await log.previewErasure(request)).toEqual(nobody);
  });

  it('PRIV1.4 leaves alone the others of an event about several people, which loses what it says of all of them', async () => {
    const people = [0, 1, 2, 3, 4].map((index) => [contact(`contact-${index}`), email(`p${index}@people.example`)]);
    const fill = async (log: EventLog) => {
      const tickets = people.map((traces, index) => ({ eventId: `t${index}`, subject: `ticket/${index}`, traces }));
      await append(log, ...tickets, { eventId: 'group', subject: 'booking/1', traces: people.flat() });
    };
    const after = { occurredAt: { at: 6_000, text: '' } };
    const later = [
      { ...after, eventId: 'of p3', subject: 'ticket/3', traces: people[3]! },
      { ...after, eventId: 'later group', subject: 'booking/1', traces: people.slice(1).flat() },
    ];
    const log = await open();
    await fill(log);
    const { erasures } = await log.erase(byEmail('p0@people.example'), order(5_000));
    expect(erasures.map(({ subject, eventIds }) => [subject, eventIds])).toEqual([
      ['ticket/0', ['t0']],
      ['booking/1', ['group']],
    ]);
    await append(log, ...later, { ...after, eventId: 'of p0', subject: 'booking/2', traces: people[0]! });
    expect(await split(log)).toEqual({
      kept: ['t1', 't2', 't3', 't4', 'of p3', 'later group'],
      gone: ['t0', 'group', 'of p0'],
    });
    // By the subject of all of them, which lends nobody's contact either.
    const another = await open();
    await fill(another);
    const { quarantined } = await another.erase(bySubject('booking/1'), order(5_000));
    expect(quarantined).toBe(0);
    await append(another, later[0]!);
    expect(await split(another)).toEqual({ kept: ['t0', 't1', 't2', 't3', 't4', 'of p3'], gone: ['group'] });
  });

  it('PRIV1.4 leaves deliveries in quarantine alone that only say the same few digits', async () => {
    const log = await open();
    const waiting = await log.quarantine.keep(newQuarantined({ values: ['1', '12345', '1234567', 'quantity'] }));
    await log.erase(bySubject('order/1', { contacts: ['1', '1234567'] }), order(5_000));
    await log.erase(bySubject('order/9:12345'), order(5_000));
    const next = await log.quarantine.keep(newQuarantined({ values: ['1', '12345', '1234567'] }));
    for (const id of [waiting, next]) expect(await log.quarantine.find(id)).toMatchObject({ erasedAt: null });
    const { tombstones } = await log.memory.forgotten();
    expect(tombstones.filter(({ mark }) => mark.startsWith('v'))).toEqual([]);
  });

  it.each([
    ['a subject', bySubject('ticket/9')],
    ['an address', byEmail('rosa@people.example')],
  ])('PRIV1.5 finds in quarantine a contact that is known only from the events of %s', async (_, request) => {
    const log = await open();
    // Characters that count twice in one place and once in another, or are written in another way.
    const ids = ['contact-77', 'ab"\\\n\u0001\u007f', '\u{1f600}\u{1f600}\u{1f600}\u{1f600}cdef', 'ab\ud800\0efgh'];
    for (const [index, id] of ids.entries()) {
      const subject = request.by === 'subject' ? request.subject : `ticket/${index}`;
      await append(log, { eventId: `e${index}`, subject, traces: [contact(id), email('rosa@people.example')] });
    }
    const keep = (id: string, digest: string, fields = {}) =>
      log.quarantine.keep(newQuarantined({ digest, values: ['else', id], ...fields }));
    const kept = await Promise.all(ids.map((id, index) => keep(id, `waiting ${index}`)));
    const elsewhere = await keep('contact-77', 'elsewhere', { source: 'wix' });
    expect((await log.erase(request, order(5_000))).quarantined).toBe(ids.length);
    const late = await keep('contact-77', 'late', { receivedAt: 6_000 });
    for (const id of [...kept, late])
      expect(await log.quarantine.find(id)).toMatchObject({ erasedAt: expect.any(Number) });
    expect(await log.quarantine.find(elsewhere)).toMatchObject({ erasedAt: null });
    // In quarantine nobody knows the account and what an id is of; in an event one does.
    await append(
      log,
      { eventId: 'other account', subject: 'ticket/5', tenant: 'eduzz:2', traces: [contact('contact-77')] },
      { eventId: 'same account', subject: 'ticket/5', traces: [contact('contact-77')] },
    );
    expect((await split(log)).kept).toEqual(['other account']);
  });

  const NIL = '00000000-0000-0000-0000-000000000000';
  const keeps =
    (log: EventLog) =>
    (id: string, tenant: string | null, fields = {}) =>
      log.quarantine.keep(
        newQuarantined({ digest: `${id} ${tenant} ${Math.random()}`, values: ['else', id], tenant, ...fields }),
      );
  const erasedAmong = async (log: EventLog) =>
    (await log.quarantine.list({ limit: 1_000 })).filter(({ erasedAt }) => erasedAt !== null).map(({ id }) => id);

  it('PRIV1.15 reaches into quarantine only for its own account, where it shows whose a delivery is', async () => {
    const log = await open();
    const keep = keeps(log);
    await append(
      log,
      { eventId: 'hers', subject: 'ticket/9', traces: [contact('contact-78')] },
      {
        eventId: 'of another',
        subject: 'ticket/8',
        tenant: 'eduzz:2',
        traces: [email('rosa@people.example'), contact('contact-79')],
      },
    );
    const named = await keep('contact-77', 'eduzz:1');
    const known = await keep('contact-78', 'eduzz:1');
    const subject = await keep('10000901', 'eduzz:1');
    const ofNobodyKnows = await keep('contact-77', null);
    const others = [];
    for (const id of ['contact-77', 'contact-78', '10000901']) others.push(await keep(id, 'eduzz:2'));
    const request = bySubject('ticket/9', { contacts: ['contact-77'] });
    expect(await log.previewErasure(request)).toMatchObject({ quarantined: 3 });
    expect((await log.erase(request, order(5_000))).quarantined).toBe(3);
    expect((await log.erase(bySubject('ticket/10000901'), order(5_000))).quarantined).toBe(1);
    expect(await erasedAmong(log)).toEqual([named, known, subject, ofNobodyKnows]);
    // Late events too.
    const late = await keep('contact-77', 'eduzz:1', { receivedAt: 6_000 });
    for (const id of ['contact-77', 'contact-78', '10000901']) {
      others.push(await keep(id, 'eduzz:2', { receivedAt: 6_000 }), await keep(id, null, { receivedAt: 6_000 }));
    }
    expect(await erasedAmong(log)).toEqual([named, known, subject, ofNobodyKnows, late]);
    // By an address the person is found everywhere, and by her ids in the accounts that have them.
    const address = await keep('rosa@people.example', 'eduzz:3');
    const there = await keep('contact-79', 'eduzz:2');
    const elsewhere = await keep('contact-79', 'eduzz:1');
    await log.erase(byEmail('rosa@people.example'), order(7_000));
    expect(await erasedAmong(log)).toEqual([named, known, subject, ofNobodyKnows, late, address, there]);
    // A request without an account means all of the source.
    const { quarantined } = await log.erase(bySubject('ticket/10000901', { account: null }), order(8_000));
    expect(quarantined).toBe(3);
    expect(await erasedAmong(log)).not.toContain(elsewhere);
  });

  it('PRIV1.15 finds nothing in quarantine by ids that identify no person, and says so', async () => {
    const log = await open();
    const keep = keeps(log);
    const ofNobody = [NIL, NIL.replaceAll('0', 'f'), NIL.replaceAll('0', 'F'), 'Undefined', 'ANONYMOUS'];
    for (const id of ofNobody) await keep(id, 'eduzz:1');
    const request = bySubject(`contact/${NIL}`, { contacts: [...ofNobody, 'contact-77'] });
    const passedOver = { ofNobody: 5, common: 0 };
    expect(await log.previewErasure(request)).toMatchObject({ quarantined: 0, passedOver });
    expect(await log.erase(request, order(5_000))).toMatchObject({ quarantined: 0, passedOver });
    for (const id of ofNobody) await keep(id, 'eduzz:1', { receivedAt: 6_000 });
    expect(await erasedAmong(log)).toEqual([]);
    const { tombstones } = await log.memory.forgotten();
    expect(tombstones.filter(({ mark }) => mark.startsWith('v'))).toHaveLength(1);
  });

  it('PRIV1.15 finds nothing in quarantine by an id that more deliveries hold than one person’s would, and says so', async () => {
    const log = await open();
    const keep = keeps(log);
    await append(log, {
      eventId: 'hers',
      subject: 'ticket/9',
      traces: [contact('BOOKING_CONFIRMED'), email('rosa@people.example')],
    });
    const few: number[] = [];
    for (let index = 0; index < FEW; index += 1) {
      await keep('BOOKING_CONFIRMED', 'eduzz:1');
      few.push(await keep('contact-77', 'eduzz:1'));
    }
    // Those of others don't count: nobody can hide from an erasure by them.
    await keep('contact-77', 'eduzz:2');
    await keep('BOOKING_CONFIRMED', null);
    const passedOver = { ofNobody: 0, common: 1 };
    for (const request of [bySubject('ticket/9'), byEmail('rosa@people.example')]) {
      expect(await log.previewErasure(request)).toMatchObject({ quarantined: 0, passedOver });
    }
    const request = bySubject('ticket/9', { contacts: ['contact-77', 'BOOKING_CONFIRMED'] });
    expect(await log.previewErasure(request)).toMatchObject({ quarantined: FEW, passedOver });
    expect(await log.erase(request, order(5_000))).toMatchObject({ quarantined: FEW, passedOver });
    await keep('BOOKING_CONFIRMED', 'eduzz:1', { receivedAt: 6_000 });
    expect(await erasedAmong(log)).toEqual(few);
    // An address is always somebody's.
    for (let index = 0; index <= FEW; index += 1) await keep('ana@people.example', 'eduzz:2');
    expect(await log.erase(byEmail('ana@people.example'), order(7_000))).toMatchObject({
      quarantined: FEW + 1,
      passedOver: { ofNobody: 0, common: 0 },
    });
  });

  it('PRIV1.11 knows a subject also under the name that an older hookcast gave it, and erases it by either name', async () => {
    const was: Trace = { kind: 'subject', value: 'ticket/9:of-before' };
    const fill = async (log: EventLog) =>
      append(
        log,
        { eventId: 'before', subject: was.value },
        { eventId: 'now', subject: 'ticket/now', traces: [was] },
        { eventId: 'another', subject: 'ticket/another', traces: [{ kind: 'subject', value: 'ticket/8:of-before' }] },
        { eventId: 'elsewhere', subject: was.value, tenant: 'eduzz:2' },
      );
    for (const subject of [was.value, 'ticket/now']) {
      const log = await open();
      await fill(log);
      await log.erase(bySubject(subject), order(5_000));
      await append(log, { eventId: 'late', subject: 'ticket/now', traces: [was], receivedAt: 300 * DAY });
      await append(log, { eventId: 'late, bare', subject: 'ticket/now', receivedAt: 300 * DAY });
      expect(await split(log), subject).toEqual({
        kept: ['another', 'elsewhere'],
        gone: ['before', 'now', 'late', 'late, bare'],
      });
    }
    // An erasure of before holds back what has another name by now.
    const log = await open();
    await log.erase(bySubject(was.value), order(5_000));
    await append(log, { eventId: 'late', subject: 'ticket/now', traces: [was], receivedAt: 300 * DAY });
    expect((await split(log)).gone).toEqual(['late']);
  });

  it('PRIV1.4 finds the person in a request by an id with any characters, and nobody with a similar id', async () => {
    const log = await open();
    const odd = { source: 'a\nb', tenant: 'c', provider: 'eduzz' };
    await append(
      log,
      { ...odd, eventId: 'one', subject: 'ticket/1', traces: [contact('d\\"\b\u{1f600}\udc00')] },
      {
        ...odd,
        eventId: 'alike',
        source: 'a',
        tenant: 'b\nc',
        subject: 'ticket/1',
        traces: [contact('d\\"\b\u{1f600}\udc00')],
      },
    );
    const account = { provider: 'eduzz', tenant: 'c' };
    const request = bySubject('ticket/2', { source: 'a\nb', account, contacts: ['d\\"\b\u{1f600}\udc00'] });
    await log.erase(request, order(5_000));
    expect(await split(log)).toEqual({ kept: ['alike'], gone: ['one'] });
  });

  it('PRIV1.6 tells of an erasure on the page whose stretch it lies in, to whom it concerns', async () => {
    const log = await open();
    await append(log, { eventId: 'a' }, { eventId: 'b' });
    const [{ cursor } = { cursor: undefined }] = (await log.erase(bySubject('ticket/1'), order(5_000))).erasures;
    await append(log, { eventId: 'c' });
    const told = async (request: Partial<Parameters<EventLog['read']>[0]>) =>
      (await log.read({ direction: 'forward', limit: 10, filter: {}, ...request })).erasures.map((erasure) =>
        erasure.eventIds.join(),
      );
    expect(await told({})).toEqual(['a,b']);
    expect(await told({ limit: 2 })).toEqual([]);
    expect(await told({ limit: 3 })).toEqual(['a,b']);
    expect(await told({ after: cursor })).toEqual([]);
    expect(await told({ filter: { tenants: ['eduzz:1'], types: ['another'] } })).toEqual(['a,b']);
    expect(await told({ filter: { tenants: ['eduzz:2'] } })).toEqual([]);
    expect(await told({ filter: { sources: ['wix'] } })).toEqual([]);
    expect(await told({ filter: { subjects: ['ticket/2'] } })).toEqual([]);
    expect(await told({ direction: 'backward' })).toEqual([]);
  });

  it('PRIV1.7 remembers an erasure for longer than the events, since providers retry for days, and not for ever', async () => {
    const log = await open();
    await append(log, { eventId: 'old', receivedAt: 10 * DAY, traces: [contact('77')] });
    await log.erase(bySubject('ticket/1'), order(10 * DAY));
    await append(log, { eventId: 'other', subject: null, receivedAt: 11 * DAY });
    await log.trim(12 * DAY);
    await append(
      log,
      { eventId: 'retry', receivedAt: 12 * DAY },
      { eventId: 'of the contact', subject: null, receivedAt: 12 * DAY, traces: [contact('77')] },
    );
    expect(await split(log)).toEqual({ kept: [], gone: ['retry', 'of the contact'] });
    await log.trim(17 * DAY);
    expect((await log.memory.forgotten()).tombstones).not.toEqual([]);
    await log.trim(17 * DAY + 1);
    expect((await log.memory.forgotten()).tombstones).toEqual([]);
    expect((await read(log)).erasures).toEqual([]);
    await append(log, { eventId: 'years later', receivedAt: 18 * DAY });
    expect((await split(log)).kept).toEqual(['years later']);
  });
}
