import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { hmacKey, hmacSha256 } from '../../src/providers/hmac.ts';
import type { Normalised } from '../../src/providers/provider.ts';
import { calComCancelled } from '../fixtures/providers.ts';

const SECRET = 'secret of a form';
const provider = calCom({ secrets: [SECRET] });
const PLACE = { source: 'front-desk', receivedAt: Date.parse('2026-05-06T07:10:00Z') };

async function receive(content: Record<string, unknown> | string, signature?: string): Promise<Normalised> {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const headers = { 'x-cal-signature-256': signature ?? hmacSha256(hmacKey(SECRET), body).toString('hex') };
  return provider.normalise(await provider.verify({ headers, body, receivedAt: PLACE.receivedAt }), PLACE);
}

async function event(content: Record<string, unknown>): Promise<NewEvent> {
  const normalised = await receive(content);
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}

const instant = (text: string) => ({ at: Date.parse(text), text });

describe('Cal.com', () => {
  it('IN6.4 makes a typed cancellation of a cancelled booking', async () => {
    const cancelled = await event(calComCancelled());
    const startsAt = instant('2026-05-10T10:00:00+00:00');
    const endsAt = instant('2026-05-10T10:30:00+00:00');
    expect(cancelled).toMatchObject({
      provider: 'calcom',
      source: 'front-desk',
      type: 'BOOKING_CANCELLED',
      eventId: expect.stringMatching(/^derived:[0-9a-f]{64}$/),
      tenant: 'calcom:42',
      subject: 'booking/uid-of-a-booking',
      occurredAt: instant('2026-05-06T07:08:09.010Z'),
      shape: 'BookingCancellation',
      kind: 'BOOKING',
      data: {
        title: 'Consultation',
        canceledBy: { type: 'CUSTOMER' },
        quantity: 2,
        status: 'CANCELLED',
        startsAt,
        endsAt,
        timeZone: 'Europe/Lisbon',
        bookingId: 'uid-of-a-booking',
        slot: { eventId: '654', serviceId: '321', startsAt, endsAt, staff: { staffId: '42' } },
      },
      personal: {
        customer: { name: 'Igor Nirgends', email: 'igor@nirgends.example', phone: '+351900000000', externalId: null },
        canceledBy: { actorId: 'Igor@Nirgends.example' },
        reason: 'The dog of Igor is ill',
        slot: {
          staff: { name: 'Vera Erdacht', email: 'vera@erdacht.example' },
          location: { name: 'Rua Inventada 5' },
        },
        additionalFields: { notes: { value: 'Igor brings his dog' } },
      },
    });
    expect(cancelled.traces).toContainEqual({ kind: 'email', value: 'lea@nirgends.example' });
    expect(cancelled.raw).not.toContain('pwd=opens');
  });

  it('IN6.6 takes requestReschedule for what it is: no cancellation', async () => {
    const moved = await event(calComCancelled({ requestReschedule: true }));
    expect(moved).toMatchObject({
      shape: 'OtherEvent',
      kind: null,
      type: 'BOOKING_CANCELLED',
      subject: 'booking/uid-of-a-booking',
    });
    expect(moved.traces).toContainEqual({ kind: 'email', value: 'igor@nirgends.example' });
    for (const missing of [false, null, undefined]) {
      expect(await event(calComCancelled({ requestReschedule: missing }))).toMatchObject({ kind: 'BOOKING' });
    }
    expect(await event({ ...calComCancelled(), triggerEvent: 'BOOKING_REJECTED' })).toMatchObject({ kind: null });
  });

  it('IN6.7 takes a booking with a missing bookingId, organizer, attendees or time', async () => {
    const old = await event(calComCancelled({ bookingId: undefined, organizer: undefined, attendees: undefined }));
    expect(old).toMatchObject({
      tenant: 'calcom:front-desk',
      data: { bookingId: 'uid-of-a-booking', canceledBy: { type: 'UNKNOWN' }, quantity: 0, slot: { eventId: null } },
      personal: { customer: { name: null }, slot: { staff: { name: null } } },
    });
    const timeless = await event({ ...calComCancelled(), createdAt: undefined });
    expect(timeless).toMatchObject({ occurredAt: { at: PLACE.receivedAt } });
    // Without a time two cancellations of one booking could not be told apart, so it is what was signed that counts.
    expect(timeless.eventId).toMatch(/^derived:/);
    expect(timeless.eventId).not.toBe((await event(calComCancelled())).eventId);
  });

  it('IN6.5 says who cancelled by whose e-mail address it is', async () => {
    const by = async (cancelledBy: unknown) => (await event(calComCancelled({ cancelledBy }))).data;
    expect(await by('VERA@erdacht.example')).toMatchObject({ canceledBy: { type: 'BUSINESS' } });
    expect(await by('lea@nirgends.example')).toMatchObject({ canceledBy: { type: 'CUSTOMER' } });
    expect(await by('someone@else.example')).toMatchObject({ canceledBy: { type: 'UNKNOWN' } });
    for (const nobody of [null, undefined, ''])
      expect(await by(nobody)).toMatchObject({ canceledBy: { type: 'UNKNOWN' } });
  });

  it('PRIV2.3 keeps no link that lets one into a meeting, and no title that names people', async () => {
    const { personal, data } = await event(calComCancelled({ location: 'https://meet.example/room?pwd=opens' }));
    expect(personal).toMatchObject({ slot: { location: { name: null } } });
    expect(JSON.stringify(data)).not.toContain('between');
    expect(await event(calComCancelled({ eventTitle: '' }))).toMatchObject({ data: { title: 'consultation' } });
  });

  it('IN2.5 refuses no-secret-provided, which anybody can send', async () => {
    for (const signature of ['no-secret-provided', '', 'sha256=']) {
      await expect(receive(calComCancelled(), signature)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    }
  });

  it('IN4.1 keeps what a template or a form made of the body in quarantine', async () => {
    const bodies: [body: string, payload: unknown][] = [
      // Cal.com sends this where a template turned out to be no JSON.
      ['false', { body: false }],
      ['Booking of Igor cancelled', { body: 'Booking of Igor cancelled' }],
      ['[1,{"api_key":"opens"}]', { body: [1, {}] }],
      ['what=cancelled&uid=1&cancel_url=opens', { what: 'cancelled', uid: '1' }],
      ['{"content":"Igor cancelled"}', { content: 'Igor cancelled' }],
      ['{"title":"Say "hi""}', { body: '{"title":"Say "hi""}' }],
      ['', { body: '' }],
    ];
    for (const [body, payload] of bodies) {
      const signature = hmacSha256(hmacKey(SECRET), Buffer.from(body)).toString('hex');
      const headers = { 'x-cal-signature-256': signature };
      const verified = await provider.verify({ headers, body: Buffer.from(body), receivedAt: PLACE.receivedAt });
      expect(JSON.parse(verified.text)).toEqual(payload);
      expect(provider.normalise(verified, PLACE)).toMatchObject({
        outcome: 'unfit',
        type: null,
        issues: [{ path: 'triggerEvent' }],
      });
    }
    // A template that names the event, and nothing else of it.
    expect(await receive('triggerEvent=BOOKING_CANCELLED&who=Igor')).toMatchObject({
      outcome: 'unfit',
      type: 'BOOKING_CANCELLED',
      issues: [{ path: 'payload' }],
    });
  });

  it('IN6.9 answers a PING, and records nothing', async () => {
    const [, ping] = provider.samples;
    const { headers, body } = await provider.sign!(ping!.payload(), new Date());
    const verified = await provider.verify({ headers, body: Buffer.from(body), receivedAt: Date.now() });
    expect(provider.normalise(verified, PLACE)).toEqual({ outcome: 'pong' });
  });

  it('IN4.2 records every other event by its name', async () => {
    const noShow = { message: 'x', bookingUid: 'u-1', attendees: [{ email: 'igor@nirgends.example', noShow: true }] };
    expect(
      await event({ triggerEvent: 'BOOKING_NO_SHOW_UPDATED', createdAt: '2026-05-06T07:08:09Z', payload: noShow }),
    ).toMatchObject({ shape: 'OtherEvent', subject: 'booking/u-1', tenant: 'calcom:front-desk' });
    for (const payload of [null, [], 'text', undefined, { uid: 5, organizer: { id: {} } }]) {
      expect(await event({ triggerEvent: 'OOO_CREATED', payload })).toMatchObject({ type: 'OOO_CREATED' });
    }
  });
});
