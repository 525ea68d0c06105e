import { expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { type LogUnderTest, newEvent, newQuarantined } from './log-under-test.ts';
import { whole } from '../support/whole.ts';

/** That both logs keep any text as it is, and so alike. */
export function describeTexts({ open }: LogUnderTest): void {
  it('IN4.4 takes what a database refuses or alters, NUL and half of a surrogate pair, wherever it stands, and gives it back', async () => {
    const log = await open();
    // And what the databases are given in their place.
    const odd = 'a\0b\ud800c\udc00d\\e\\u0000f"{},\u{1f600}\uffff\uffffd800\n';
    const event = newEvent({
      type: odd,
      eventId: odd,
      tenant: odd,
      subject: odd,
      occurredAt: { at: 1, text: odd },
      personal: { tenantName: odd },
      raw: JSON.stringify({ odd }),
      version: odd,
      traces: [{ kind: 'contact', value: odd }],
    });
    const beside = newEvent({ eventId: odd.replace('\0', String.raw`\u0000`) });
    const written = newEvent({ eventId: String.raw`\u0041\\` });
    const otherHalf = newEvent({ eventId: odd.replace('\ud800', '\ud801') });
    const answers = await log.append([event, beside, event, written, otherHalf]);
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      'accepted',
      'accepted',
      'duplicate',
      'accepted',
      'accepted',
    ]);
    const filter = { types: [odd], tenants: [odd], subjects: [odd] };
    const page = await log.read({ direction: 'forward', limit: 10, filter });
    const said = ({ traces: _traces, ...fields }: NewEvent) => fields;
    const others = { superseded: false, isErased: false, bytes: expect.any(Number), cursor: expect.anything() };
    expect(page.events.map(whole)).toEqual([{ ...said(event), ...others }]);
    const all = [event, beside, written, otherHalf];
    expect((await log.find(all)).map((event) => event && whole(event))).toMatchObject(all.map(said));
    const kept = {
      provider: odd,
      source: odd,
      type: odd,
      eventId: odd,
      tenant: odd,
      digest: odd,
      receivedAt: 1,
      issues: [{ path: odd, message: odd }],
      payload: JSON.stringify(odd),
    };
    const id = await log.quarantine.keep({ ...kept, values: [odd] });
    expect(await log.quarantine.find(id)).toEqual({ id, ...kept, state: 'WAITING', settledAt: null, erasedAt: null });
    const field = { source: odd, type: odd, path: odd, change: 'FIELD', expected: false, count: 1, at: 1 } as const;
    await log.fields.add([field, field]);
    expect(await log.fields.list()).toMatchObject([{ source: odd, type: odd, path: odd, count: 2 }]);
    expect(await log.fields.expect(odd)).toBe(1);
    // Its contact stands in another event, and in the delivery, which is of a source of its own.
    await log.append([newEvent({ eventId: 'by contact', tenant: odd, traces: [{ kind: 'contact', value: odd }] })]);
    const { provider, source, tenant } = event;
    const order = { at: 1, orderedBy: odd };
    const account = { provider, tenant };
    const preview = await log.previewErasure({ by: 'subject', source, subject: odd, account, contacts: [] });
    expect(preview.events).toContainEqual({ source, type: odd, count: 1 });
    const { erasures } = await log.erase({ by: 'subject', source, subject: odd, account, contacts: [] }, order);
    expect(erasures).toMatchObject([
      { eventIds: [odd], tenant: odd, subject: odd, ...order },
      { eventIds: ['by contact'], tenant: odd, subject: 'ticket/1' },
    ]);
    expect((await log.read({ direction: 'forward', limit: 10, filter })).erasures).toEqual([erasures[0]]);
    const ofDelivery = { by: 'subject', source: odd, subject: 'a/b', account: null, contacts: [odd] } as const;
    expect(await log.erase(ofDelivery, order)).toMatchObject({ erasures: [], quarantined: 1 });
  });

  it('IN4.4 holds back what comes late about a subject and an account that hold half of a surrogate pair', async () => {
    const log = await open();
    const [subject, tenant, source] = ['ticket/\ud800', 'eduzz:\udfff', 'eduzz'];
    const account = { provider: 'eduzz', tenant };
    const contact = { kind: 'contact', value: 'person-\ud800' } as const;
    await log.append([newEvent({ eventId: 'early', subject, tenant, traces: [contact] })]);
    const request = { by: 'subject', source, subject, account, contacts: [] } as const;
    await log.erase(request, { at: 5_000, orderedBy: 'operator' });
    await log.append([
      newEvent({ eventId: 'late', subject, tenant }),
      newEvent({ eventId: 'late by contact', subject: null, tenant, traces: [contact] }),
      newEvent({ eventId: 'other half', subject: 'ticket/\ud801', tenant }),
    ]);
    const { events } = await log.read({ direction: 'forward', limit: 10, filter: { tenants: [tenant] } });
    expect(events.filter(({ personal }) => personal === null).map(({ eventId }) => eventId)).toEqual([
      'early',
      'late',
      'late by contact',
    ]);
  });

  it('IN6.14 keeps a payload as it is written, with numbers that no double holds', async () => {
    const log = await open();
    const raw = '{"n":[1e400,12345678901234567890,0.1234567890123456789,-0,1.0]}';
    await log.append([newEvent({ eventId: 'exact', raw })]);
    expect((await log.read({ direction: 'forward', limit: 1, filter: {} })).events).toMatchObject([{ raw }]);
    const id = await log.quarantine.keep(newQuarantined({ payload: raw }));
    expect(await log.quarantine.find(id)).toMatchObject({ payload: raw });
  });

  it('IN6.14 keeps every digit of an id when a person is taken out of what waits in quarantine', async () => {
    const log = await open();
    const payload = '{"orderId":12345678901234567890,"buyer":{"id":98765432109876543210,"name":"Rosa"},"total":1e400}';
    const id = await log.quarantine.keep(newQuarantined({ payload, values: ['98765432109876543210'] }));
    const request = { by: 'subject', source: 'eduzz', subject: 'a/b', account: null } as const;
    const asked = { ...request, contacts: ['98765432109876543210'] };
    expect(await log.erase(asked, { at: 5_000, orderedBy: 'operator' })).toMatchObject({ quarantined: 1 });
    expect(await log.quarantine.find(id)).toMatchObject({
      payload: '{"orderId":12345678901234567890,"buyer":{"id":0,"name":""},"total":0}',
    });
  });
}
