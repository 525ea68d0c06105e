import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import type { Normalised } from '../../src/providers/provider.ts';
import { calendlyCanceled, calendlyCreated } from '../fixtures/providers.ts';

const SECRET = 'a signing key of the suite';
const provider = calendly({ secrets: [SECRET] });
const NOW = Date.parse('2026-05-07T08:10:00Z');
const PLACE = { source: 'atelier', receivedAt: NOW };

async function receive(payload: Record<string, unknown>, t: string | number = NOW / 1000): Promise<Normalised> {
  const body = Buffer.from(JSON.stringify(payload));
  const v1 = createHmac('sha256', SECRET).update(`${t}.`).update(body).digest('hex');
  const headers = { 'calendly-webhook-signature': `t=${t},v1=${v1}` };
  return provider.normalise(await provider.verify({ headers, body, receivedAt: NOW }), PLACE);
}

async function event(payload: Record<string, unknown>): Promise<NewEvent> {
  const normalised = await receive(payload);
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}

const instant = (text: string, at = Date.parse(text)) => ({ at, text });

describe('Calendly', () => {
  it('IN6.4 makes a typed cancellation of an invitee who was canceled', async () => {
    const canceled = await event(calendlyCanceled());
    expect(canceled).toMatchObject({
      provider: 'calendly',
      type: 'invitee.canceled',
      eventId: expect.stringMatching(/^derived:[0-9a-f]{64}$/),
      tenant: 'calendly:user-1',
      subject: 'booking/invitee-1',
      occurredAt: instant('2026-05-07T08:09:09.000001Z'),
      shape: 'BookingCancellation',
      data: {
        title: 'Fitting',
        bookingId: 'invitee-1',
        canceledBy: { type: 'CUSTOMER' },
        quantity: 1,
        status: 'canceled',
        startsAt: instant('2026-05-12T09:00:00.000000Z'),
        endsAt: instant('2026-05-12T09:30:00.000000Z'),
        slot: { eventId: 'event-1', serviceId: 'type-1', staff: { staffId: 'user-1' }, location: { type: 'physical' } },
        price: { amount: '49.5', currency: 'NZD' },
        paymentStatus: 'PAID',
        createdBy: { type: 'BUSINESS' },
      },
      personal: {
        customer: {
          name: 'Mona Fingiert',
          email: 'mona@fingiert.example',
          phone: '+64200000000',
          externalId: 'invitee-1',
        },
        customerTimeZone: 'Pacific/Auckland',
        canceledBy: { actorId: null, name: 'Mona Fingiert' },
        createdBy: { actorId: 'user-2' },
        reason: 'A wedding of Mona',
        slot: {
          staff: { name: 'Atelier Emil', email: 'atelier@fingiert.example' },
          location: { name: 'Gasse ohne Namen 1' },
        },
        additionalFields: [{ question: 'Allergies?', answer: 'Nuts and cats', position: 0 }],
      },
    });
    expect(canceled.traces.slice(0, 2)).toEqual([
      { kind: 'contact', value: 'invitee-1' },
      { kind: 'email', value: 'mona@fingiert.example' },
    ]);
  });

  it('IN6.10 says what an invitee paid, and nothing where Calendly says nothing', async () => {
    const paid = async (payment: unknown) => {
      const { price, paymentStatus } = (await event(calendlyCanceled({ payment }))).data as any;
      return [price, paymentStatus];
    };
    expect(await paid({ amount: 60, currency: 'eur', successful: false })).toEqual([
      { amount: '60', currency: 'EUR' },
      'FAILED',
    ]);
    expect(await paid({ amount: '12.30', currency: 'USD' })).toEqual([{ amount: '12.30', currency: 'USD' }, null]);
    for (const odd of [null, undefined, 'paid', [], {}, { amount: null, currency: 'EUR', successful: 'yes' }]) {
      expect(await paid(odd), JSON.stringify(odd)).toEqual([null, null]);
    }
  });

  it('IN6.5 names who canceled and who booked, by a name or by the id of a user', async () => {
    const host = 'https://api.calendly.com/users/user-7';
    const by = async (fields: Record<string, unknown>) => {
      const { data, personal } = (await event(calendlyCanceled(fields))) as any;
      return [data.canceledBy.type, personal.canceledBy.actorId, personal.canceledBy.name];
    };
    const cancellation = { canceler_type: 'host', canceled_by: host };
    expect(await by({ cancellation })).toEqual(['BUSINESS', 'user-7', null]);
    expect(await by({ cancellation: { ...cancellation, canceled_by: 'Emil / Atelier' } })).toEqual([
      'BUSINESS',
      null,
      'Emil / Atelier',
    ]);
    const { scheduled_event: scheduled } = calendlyCanceled()['payload'] as any;
    for (const none of [undefined, null, {}]) {
      expect(await by({ cancellation: none, scheduled_event: { ...scheduled, cancellation } })).toEqual([
        'BUSINESS',
        'user-7',
        null,
      ]);
    }
    const alone = (await event(calendlyCanceled({ invitee_scheduled_by: null }))) as any;
    expect([alone.data.createdBy.type, alone.personal.createdBy.actorId]).toEqual(['UNKNOWN', null]);
  });

  it('IN6.10 takes no link and no telephone number for the name of a place', async () => {
    const { scheduled_event: scheduled } = calendlyCanceled()['payload'] as any;
    const at = async (location: unknown, more: Record<string, unknown> = {}) => {
      const { personal } = (await event(
        calendlyCanceled({ text_reminder_number: null, scheduled_event: { ...scheduled, location }, ...more }),
      )) as any;
      return [personal.slot.location.name, personal.customer.phone];
    };
    expect(await at({ type: 'ask_invitee', location: 'Gasse 2' })).toEqual(['Gasse 2', null]);
    expect(await at({ type: 'outbound_call', location: '+64211111111' })).toEqual([null, '+64211111111']);
    expect(await at({ type: 'outbound_call', location: '+641' }, { text_reminder_number: '+642' })).toEqual([
      null,
      '+642',
    ]);
    expect(await at({ type: 'inbound_call', location: '+64211111111' })).toEqual([null, null]);
    expect(await at({ type: 'custom', location: 'https://meet.example/opens' })).toEqual([null, null]);
  });

  it('IN6.3 says what an event is about, for every event of Calendly', async () => {
    const about = async (type: string, uri: string, more: Record<string, unknown> = {}) => {
      const payload = { uri: `https://api.calendly.com/${uri}`, name: 'Mona Fingiert', ...more };
      return event({ event: type, created_at: '2026-05-07T08:09:10Z', payload });
    };
    const contact = await about('contact.updated', 'contacts/contact-1', {
      emails: [{ email: 'mona@fingiert.example' }],
    });
    expect(contact).toMatchObject({ shape: 'OtherEvent', subject: 'contact/contact-1' });
    expect(contact.traces).toEqual(
      expect.arrayContaining([
        { kind: 'contact', value: 'contact-1' },
        { kind: 'email', value: 'mona@fingiert.example' },
      ]),
    );
    const deleted = await about('contact.deleted', 'contacts/contact-1', { deleted_at: '2026-05-07T08:09:10Z' });
    expect(deleted).toMatchObject({ subject: 'contact/contact-1' });
    const others = {
      'event_types/t1': 'event_type/t1',
      'meeting_recaps/r1': 'meeting_recap/r1',
      'routing_form_submissions/s1': 'routing_form_submission/s1',
      'scheduled_events/e1/invitees/i1': 'booking/i1',
      'toString/x1': null,
      'groups/g1': null,
    };
    for (const [uri, subject] of Object.entries(others)) {
      expect((await about('something.happened', uri)).subject, uri).toBe(subject);
    }
    // A kind of meeting is nobody.
    expect((await about('event_type.updated', 'event_types/t1')).traces).toEqual([]);
  });

  it('PRIV2.3 never keeps a link that cancels, moves or joins', async () => {
    const canceled = await event(calendlyCanceled());
    expect(JSON.stringify(canceled)).not.toMatch(/opens|cancel_url|reschedule_url|join_url/);
  });

  it('IN6.6 takes `rescheduled` for half of a move, and not for a cancellation', async () => {
    const moved = await event(calendlyCanceled({ rescheduled: true, new_invitee: 'https://x.example/invitees/2' }));
    expect(moved).toMatchObject({ shape: 'OtherEvent', kind: null, subject: 'booking/invitee-1' });
    for (const missing of [false, null, undefined]) {
      expect(await event(calendlyCanceled({ rescheduled: missing }))).toMatchObject({ kind: 'BOOKING' });
    }
  });

  it('IN6.17 types an invitee who was created, who takes another’s place, and who did not come', async () => {
    expect(await event(calendlyCreated())).toMatchObject({
      type: 'invitee.created',
      subject: 'booking/invitee-1',
      shape: 'BookingChange',
      kind: null,
      happened: 'CREATED',
      data: {
        bookingChange: 'CREATED',
        bookingId: 'invitee-1',
        title: 'Fitting',
        status: 'active',
        initiatedBy: { type: 'BUSINESS' },
        previousBookingId: null,
        slot: { eventId: 'event-1', staff: { staffId: 'user-1' } },
        price: { amount: '49.5', currency: 'NZD' },
      },
      personal: { customer: { email: 'mona@fingiert.example' }, initiatedBy: { actorId: 'user-2' } },
    });
    const uri = 'https://api.calendly.com/scheduled_events/event-0/invitees/invitee-0';
    expect((await event(calendlyCreated({ old_invitee: uri }))).data).toMatchObject({
      bookingChange: 'RESCHEDULED',
      previousBookingId: 'invitee-0',
      initiatedBy: { type: 'UNKNOWN' },
    });
    for (const [type, bookingChange] of [
      ['invitee_no_show.created', 'MARKED_AS_NO_SHOW'],
      ['invitee_no_show.deleted', 'UNMARKED_AS_NO_SHOW'],
    ] as const) {
      expect(await event(calendlyCreated({}, type))).toMatchObject({
        type,
        subject: 'booking/invitee-1',
        data: { bookingChange, bookingId: 'invitee-1' },
      });
    }
  });

  it('IN6.17 keeps no event out that doesn’t say which invitee it is about', async () => {
    for (const type of ['invitee.created', 'invitee_no_show.created', 'invitee_no_show.deleted']) {
      for (const uri of [undefined, 7, 'no uri', 'https://api.calendly.com/invitee_no_shows/n1']) {
        expect(await event(calendlyCreated({ uri }, type)), String(uri)).toMatchObject({ type, shape: 'OtherEvent' });
      }
      const bare = await event({ event: type, created_at: '2026-05-07T08:09:10Z', payload: null });
      expect(bare).toMatchObject({ shape: 'OtherEvent', subject: null });
    }
    const { traces } = await event(calendlyCreated({ uri: undefined }));
    expect(traces).toContainEqual({ kind: 'email', value: 'mona@fingiert.example' });
  });

  it('IN6.5 says who canceled, and takes an event with missing fields', async () => {
    const by = async (cancellation: unknown) => (await event(calendlyCanceled({ cancellation }))).data;
    expect(await by({ canceler_type: 'host' })).toMatchObject({ canceledBy: { type: 'BUSINESS' } });
    for (const unknown of [{ canceler_type: 'toString' }, {}, null, undefined]) {
      expect(await by(unknown)).toMatchObject({ canceledBy: { type: 'UNKNOWN' } });
    }
    const bare = await event(
      calendlyCanceled({ scheduled_event: undefined, cancellation: undefined }, { created_by: undefined }),
    );
    expect(bare).toMatchObject({
      tenant: 'calendly:atelier',
      occurredAt: instant('2026-05-07T08:09:10.111213Z', Date.parse('2026-05-07T08:09:10.111Z')),
      data: { title: null, startsAt: null, slot: { eventId: null, staff: { staffId: null } } },
    });
  });

  it('IN3.5 derives one id for a delivery and its retries, and another for the next event of the invitee', async () => {
    const ids = await Promise.all([
      event(calendlyCanceled()),
      event(calendlyCanceled({ status: 'changed since' })),
      event(calendlyCanceled({}, { created_at: '2026-05-07T08:09:11Z' })),
      event(calendlyCanceled({}, { event: 'invitee.created' })),
    ]);
    expect(new Set(ids.map(({ eventId }) => eventId)).size).toBe(3);
    expect(ids[0].eventId).toBe(ids[1].eventId);
  });

  it('IN2.6 refuses a t that is missing, no integer, older than three minutes or ahead of us', async () => {
    const t = NOW / 1000;
    for (const good of [t - 180, t + 180]) expect(await receive(calendlyCanceled(), good)).toBeDefined();
    for (const bad of [t - 181, t + 181, '', 'soon', `${t}.5`]) {
      await expect(receive(calendlyCanceled(), bad), String(bad)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    }
  });

  it('IN4.2 records every other event', async () => {
    for (const payload of [
      null,
      [],
      { uri: 'https://api.calendly.com/groups/g1' },
      { uri: 7 },
      { uri: 'x'.repeat(9_999) },
    ]) {
      expect(await event({ event: 'event_type.updated', created_at: '2026-05-07T08:09:10Z', payload })).toMatchObject({
        shape: 'OtherEvent',
        subject: null,
      });
    }
    expect(await receive({ event: 7 })).toMatchObject({ outcome: 'unfit', type: null, issues: [{ path: 'event' }] });
    expect(await receive(calendlyCanceled({ uri: 'no uri' }))).toMatchObject({
      outcome: 'unfit',
      issues: [{ path: 'payload.uri' }],
    });
  });
});
