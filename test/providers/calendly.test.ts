import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import type { Normalised } from '../../src/providers/provider.ts';
import { calendlyCanceled } from '../fixtures/providers.ts';

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
      },
      personal: {
        customer: {
          name: 'Mona Fingiert',
          email: 'mona@fingiert.example',
          phone: '+64200000000',
          externalId: 'invitee-1',
        },
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

  it('PRIV2.3 never keeps a link that cancels, moves or joins', async () => {
    const canceled = await event(calendlyCanceled());
    expect(JSON.stringify(canceled)).not.toMatch(/opens|cancel_url|reschedule_url|join_url/);
  });

  it('IN6.6 takes rescheduled for what it is: half of a move, and no cancellation', async () => {
    const moved = await event(calendlyCanceled({ rescheduled: true, new_invitee: 'https://x.example/invitees/2' }));
    expect(moved).toMatchObject({ shape: 'OtherEvent', kind: null, subject: 'booking/invitee-1' });
    for (const missing of [false, null, undefined]) {
      expect(await event(calendlyCanceled({ rescheduled: missing }))).toMatchObject({ kind: 'BOOKING' });
    }
  });

  it('IN6.5 says who canceled, and takes whatever is missing', async () => {
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

  it('IN4.2 records every other event, of whatever it is', async () => {
    for (const payload of [
      null,
      [],
      { uri: 'https://api.calendly.com/event_types/t1' },
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
