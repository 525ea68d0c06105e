import { expect, it } from 'vitest';
import type { EventLog, ReadRequest } from '../../src/events/event-log.ts';
import type { NewEvent } from '../../src/events/event.ts';
import { type EventFilter, matcher } from '../../src/events/filter.ts';
import { bySubject } from './erasure.contract.ts';
import { type LogUnderTest, newEvent } from './log-under-test.ts';

const order = { at: 5_000, orderedBy: 'operator ana' };
/** More than SQLite indexes at a time, and than PostgreSQL does. */
const MANY = 2_200;

/** The promises of every adapter about searches for words. */
export function describeWords({ open, again }: LogUnderTest): void {
  const search = (text: string, people = true): EventFilter => ({ search: { text, people } });
  /** All events that fit, however many pages they take, and in the order of the log. */
  const found = async (
    log: EventLog,
    filter: EventFilter,
    direction: ReadRequest['direction'] = 'forward',
    limit = 7,
  ) => {
    const ids: string[] = [];
    let from: Partial<ReadRequest> = {};
    for (;;) {
      const page = await log.read({ direction, limit, filter, eventsOnly: true, ...from });
      const events = page.events.map(({ eventId }) => eventId);
      ids.push(...(direction === 'forward' ? events : events.toReversed()));
      if (!page.hasMore) return direction === 'forward' ? ids : ids.toReversed();
      from = direction === 'forward' ? { after: page.end } : { before: page.end };
    }
  };
  const index = async (log: EventLog) => {
    let total = 0;
    for (;;) {
      const { indexed, left } = await log.words.advance();
      total += indexed;
      if (left === 0) return total;
    }
  };
  const person = (name: string, email: string, phone: string | null = null) => ({
    tenantName: 'Rosa',
    customer: { name, email, phone, externalId: null },
  });
  const fill = async (log: EventLog, special: readonly Partial<NewEvent>[], count = MANY) => {
    const every = Math.floor(count / (special.length + 1));
    const events = Array.from({ length: count }, (_, index) => {
      const fields = index % every === every - 1 ? special[Math.floor(index / every)] : undefined;
      return newEvent({
        eventId: `plain-${index}`,
        subject: `order/${100_000 + index}`,
        data: { title: index % 2 ? 'Festa da Uva' : 'Noite Clara' },
        personal: person(`Pessoa ${index}`, `p${index}@people.example`),
        ...fields,
      });
    });
    for (let from = 0; from < count; from += 500) await log.append(events.slice(from, from + 500));
    return events;
  };

  it('LOG12.1 finds events by all words of a search, whatever their case and accents, and by the beginning of the last word', async () => {
    const log = await open();
    await log.append([
      newEvent({
        eventId: 'joao',
        personal: person('João da Conceição', 'Joao.Silva@Casa.example', '+55 (11) 91234-5678'),
      }),
      newEvent({ eventId: 'ana', subject: 'ticket/TKT-2026-77', data: { show: { name: 'Ópera de Açúcar' } } }),
    ]);
    const finds: [string, string[]][] = [
      ['joao', ['joao']],
      ['JOÃO conceicao', ['joao']],
      ['conc', ['joao']],
      ['da jo', ['joao']],
      ['joa conceição', []],
      ['joao.silva@casa.example', ['joao']],
      ['joao.silva@', ['joao']],
      ['silva casa', ['joao']],
      ['joao.silva@casa.exampl', ['joao']],
      ['silva@casa.example', []],
      ['+5511912345678', ['joao']],
      ['11 91234-5678', ['joao']],
      ['912345678', ['joao']],
      ['acucar', ['ana']],
      ['opera açuc', ['ana']],
      ['2026-77', ['ana']],
      ['tkt-2026-77', ['ana']],
      ['ticket/tkt', ['ana']],
      ['rosa', ['joao', 'ana']],
      ['nobody', []],
      ['   ', ['joao', 'ana']],
      ['!?', ['joao', 'ana']],
    ];
    for (const [text, ids] of finds) {
      expect([text, await found(log, search(text))]).toEqual([text, ids]);
      const events = (await log.read({ direction: 'forward', limit: 9, filter: {} })).events;
      const inMemory = events.filter((event) => matcher(search(text)).event(event)).map(({ eventId }) => eventId);
      expect([text, inMemory]).toEqual([text, ids]);
    }
  });

  it('LOG12.2 finds the same before events are indexed, while they are and afterwards, with every filter and in both directions', async () => {
    const log = await open();
    const events = await fill(log, [
      { eventId: 'rare-1', personal: person('Zuleica Prado', 'zuleica@people.example'), tenant: 'eduzz:2' },
      { eventId: 'rare-2', data: { title: 'Zuleica, a peça' }, kind: 'TICKET', shape: 'TicketCancellation' },
      { eventId: 'rare-3', personal: person('Zuleica Prado', 'prado@people.example') },
    ]);
    const searches: EventFilter[] = [
      search('zuleica'),
      search('zuleica', false),
      search('zuleica prado'),
      search('zul'),
      search('zu'),
      { ...search('zuleica'), tenants: ['eduzz:2'] },
      { ...search('zuleica'), kinds: ['TICKET'] },
      { ...search('festa'), subjects: ['order/100001', 'order/100002'] },
      { ...search('pessoa 12'), tenants: ['eduzz:1'] },
      { ...search('noite'), occurredFrom: 2_000 },
      search('pessoa festa'),
      search('1002'),
      search('p77@people.example'),
      search('pessoa', false),
    ];
    const wanted = searches.map((filter) =>
      events
        .filter((event) => matcher(filter).event({ ...event, occurredAt: event.occurredAt }))
        .map(({ eventId }) => eventId),
    );
    expect(wanted[0]).toEqual(['rare-1', 'rare-2', 'rare-3']);
    expect(wanted[1]).toEqual(['rare-2']);
    expect(wanted[10]!.length).toBeGreaterThan(1_000);
    const compare = async () => {
      for (const [place, filter] of searches.entries()) {
        for (const direction of ['forward', 'backward'] as const) {
          expect([filter, direction, await found(log, filter, direction, 200)]).toEqual([
            filter,
            direction,
            wanted[place],
          ]);
        }
      }
    };
    await compare();
    expect((await log.words.advance()).indexed).toBeGreaterThan(0);
    await compare();
    expect(await index(log)).toBeGreaterThan(0);
    await compare();
    expect(await log.words.advance()).toEqual({ indexed: 0, left: 0 });
  });

  it('LOG12.3 finds nobody by the words of an erased person, and still finds the events by their other words', async () => {
    const log = await open();
    const zuleica = {
      eventId: 'gone',
      subject: 'ticket/9',
      data: { title: 'Balada do Mangue' },
      personal: person('Zuleica Prado', 'zuleica@people.example'),
      traces: [{ kind: 'email', value: 'zuleica@people.example' }],
    } as const;
    await fill(log, [zuleica, { ...zuleica, eventId: 'late', subject: 'ticket/10' }]);
    await index(log);
    expect(await found(log, search('zuleica'))).toEqual(['gone', 'late']);
    await log.erase(bySubject('ticket/9'), order);
    await log.erase({ by: 'email', email: 'zuleica@people.example', source: null }, order);
    for (const text of ['zuleica', 'zuleica@people.example', 'prado'])
      expect(await found(log, search(text))).toEqual([]);
    expect(await found(log, search('mangue'))).toEqual(['gone', 'late']);
    await index(log);
    expect(await found(log, search('mangue balada'))).toEqual(['gone', 'late']);
  });

  it('LOG12.4 finds a revised event by its new words at once, and not by its former ones', async () => {
    const log = await open();
    await fill(log, [{ eventId: 'changed', data: { title: 'Balada do Mangue' } }]);
    await index(log);
    const [event] = await log.find([{ source: 'eduzz', eventId: 'changed' }]);
    const { provider, source, type, eventId, tenant, subject, occurredAt, receivedAt, raw } = event!;
    const kept = { provider, source, type, eventId, tenant, subject, occurredAt, receivedAt, raw };
    const anew = newEvent({
      ...kept,
      data: { title: 'Valsa da Ribeira' },
      personal: person('Amélia Couto', 'amelia@people.example'),
    });
    await log.revisions.run(async (revise) => revise([{ seq: event!.cursor.seq, event: anew }], 9_000));
    const sees = async () => {
      expect(await found(log, search('ribeira valsa'))).toEqual(['changed']);
      expect(await found(log, search('amelia'))).toEqual(['changed']);
      expect(await found(log, search('mangue'))).toEqual([]);
    };
    await sees();
    expect((await log.words.advance()).indexed).toBe(1);
    await sees();
    const page = await log.read({ direction: 'forward', limit: 5, filter: search('mangue') });
    expect(page.revisions.map(({ event: { eventId } }) => eventId)).toEqual(['changed']);
  });

  it('LOG12.5 forgets the words of events that retention deletes', async () => {
    const log = await open();
    await fill(log, [{ eventId: 'old', personal: person('Zuleica Prado', 'zuleica@people.example'), receivedAt: 5 }]);
    await log.append([newEvent({ eventId: 'new', receivedAt: 9_000, data: { title: 'Festa nova' } })]);
    await index(log);
    await log.trim(3_000);
    expect(await found(log, search('zuleica'))).toEqual([]);
    expect(await found(log, search('festa'))).toEqual(['new']);
    await index(log);
    expect(await found(log, search('festa'))).toEqual(['new']);
  });

  it('LOG12.6 indexes each event once, however many gateways do, and brings no erased word back that one has read before', async () => {
    const log = await open();
    const other = await again(log);
    await fill(log, [
      { eventId: 'gone', subject: 'ticket/9', personal: person('Zuleica Prado', 'zuleica@people.example') },
    ]);
    // One reads the events, and they are erased before it writes.
    const reading = Promise.all([log.words.advance(), other.words.advance(), log.erase(bySubject('ticket/9'), order)]);
    await reading;
    await Promise.all([index(log), index(other)]);
    expect(await found(log, search('zuleica'))).toEqual([]);
    expect(await found(log, search('pessoa'), 'backward', 500)).toHaveLength(MANY - 1);
  });
}
