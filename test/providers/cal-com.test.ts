import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { hmacKey, hmacSha256 } from '../../src/providers/hmac.ts';
import type { Normalised } from '../../src/providers/provider.ts';
import { calComAbsent, calComCancelled, calComMoved } from '../fixtures/providers.ts';

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

/** The ids of what came, each said with the time of its own that a copy gets. */
async function idsOf(type: string, ...payloads: readonly Record<string, unknown>[]): Promise<string[]> {
  const events = await Promise.all(
    payloads.map((payload, copy) =>
      event({ triggerEvent: type, createdAt: `2026-05-06T07:08:01.${100 + copy}Z`, payload }),
    ),
  );
  return events.map(({ eventId }) => eventId);
}

const booking = (fields: Record<string, unknown> = {}) => calComCancelled(fields)['payload'] as Record<string, unknown>;

const seated = (seat: number, fields: Record<string, unknown> = {}) =>
  booking({ seatsPerTimeSlot: 8, attendees: [{ name: `S${seat}`, email: `s${seat}@seats.example` }], ...fields });

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
      worth: { currency: 'EUR', units: 455_000 },
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
        seatId: null,
        seatsPerSlot: null,
        series: null,
        price: { amount: '45.50', currency: 'EUR' },
      },
      personal: {
        customer: { name: 'Igor Nirgends', email: 'igor@nirgends.example', phone: '+351900000000', externalId: null },
        customerTimeZone: 'Asia/Tokyo',
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

  it('IN6.6 does not take requestReschedule for a cancellation', async () => {
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
    // Without a time two cancellations of one booking could not be told apart, so the id is of the signed bytes.
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

  it('IN6.5 takes a co-host for the business, also one who stands among the attendees', async () => {
    const team = { id: 9, name: 'Atelier', members: [{ id: 43, name: 'Co', email: 'co@erdacht.example' }, 'odd'] };
    const attendees = [
      { name: 'Co', email: 'Co@erdacht.example' },
      { name: 'Igor Nirgends', email: 'igor@nirgends.example' },
    ];
    expect(await event(calComCancelled({ team, attendees, cancelledBy: 'CO@erdacht.example' }))).toMatchObject({
      data: { canceledBy: { type: 'BUSINESS' }, quantity: 1 },
      personal: { customer: { name: 'Igor Nirgends' } },
    });
    expect(await event(calComCancelled({ team }))).toMatchObject({ data: { canceledBy: { type: 'CUSTOMER' } } });
    // A host who books with themselves is the only guest that there is.
    expect(await event(calComCancelled({ team, attendees: attendees.slice(0, 1) }))).toMatchObject({
      personal: { customer: { email: 'Co@erdacht.example' } },
    });
  });

  it('IN6.10 takes the number for reminders for the customer’s, unless each seat has a customer of its own', async () => {
    const attendees = [{ name: 'Igor Nirgends', email: 'igor@nirgends.example' }];
    const smsReminderNumber = '+351911111111';
    const phoneOf = async (fields: Record<string, unknown>) =>
      (await event(calComCancelled({ attendees, smsReminderNumber, ...fields }))).personal;
    expect(await phoneOf({})).toMatchObject({ customer: { phone: smsReminderNumber } });
    const own = [{ ...attendees[0], phoneNumber: '+351922222222' }];
    expect(await phoneOf({ attendees: own })).toMatchObject({ customer: { phone: '+351922222222' } });
    expect(await phoneOf({ seatsPerTimeSlot: 8 })).toMatchObject({ customer: { phone: null } });
  });

  it('IN6.10 says what a booking costs in the currency’s own unit, and gives no price if 0 may mean unknown', async () => {
    const priceOf = async (price: unknown, currency: unknown) =>
      ((await event(calComCancelled({ price, currency }))).data as { price?: unknown }).price;
    expect(await priceOf(5, 'usd')).toEqual({ amount: '0.05', currency: 'USD' });
    expect(await priceOf(123_456_789, 'INR')).toEqual({ amount: '1234567.89', currency: 'INR' });
    expect(await priceOf(5000, 'jpy')).toEqual({ amount: '5000', currency: 'JPY' });
    for (const [price, currency] of [
      [0, 'usd'],
      [null, 'usd'],
      [4550, null],
      ['4550', 'eur'],
      [45.5, 'eur'],
      [-1, 'eur'],
      [2100, 'BTC'],
    ]) {
      expect(await priceOf(price, currency), `${price} ${currency}`).toBeNull();
    }
  });

  it('IN6.10 gives an app for calls and a mere sort of place as the sort, and never as a place’s name', async () => {
    const sorts = ['integrations:daily', 'integrations:google:meet', 'integrations:office365_video', 'userPhone'];
    for (const location of sorts) {
      const { data, personal } = await event(calComCancelled({ location }));
      expect(data).toMatchObject({ slot: { location: { type: location } } });
      expect(personal).toMatchObject({ slot: { location: { name: null } } });
    }
    expect(await event(calComCancelled({ location: 'The inPerson Café' }))).toMatchObject({
      data: { slot: { location: { type: null } } },
      personal: { slot: { location: { name: 'The inPerson Café' } } },
    });
  });

  it('IN6.11 says when a cancellation is of one seat, or of all that were to come of a series', async () => {
    const attendeeSeatId = '0d6c54c7-3c5e-4a0f-9d5e-6a1f6bb1a001';
    expect(await event(calComCancelled(seated(1, { attendeeSeatId })))).toMatchObject({
      subject: 'booking/uid-of-a-booking',
      data: { bookingId: 'uid-of-a-booking', seatId: attendeeSeatId, seatsPerSlot: 8, quantity: 1 },
      personal: { customer: { email: 's1@seats.example' } },
    });
    // Cal.com of before 2026 names no seat: that others may keep theirs shows all the same.
    expect(await event(calComCancelled(seated(1)))).toMatchObject({ data: { seatId: null, seatsPerSlot: 8 } });
    const recurringEvent = { freq: 2, interval: 2, count: 10, until: '2026-12-31T00:00:00Z', tzid: 'Europe/Lisbon' };
    expect(await event(calComCancelled({ recurringEvent }))).toMatchObject({
      data: {
        series: { seriesId: null, unit: 'WEEK', every: 2, occurrences: 10, until: instant(recurringEvent.until) },
      },
    });
    const existingRecurringEvent = { recurringEventId: 'series-1' };
    expect(
      await event(calComCancelled({ existingRecurringEvent, recurringEvent: { freq: 99, interval: 'x' } })),
    ).toMatchObject({
      data: { series: { seriesId: 'series-1', unit: null, every: null, occurrences: null, until: null } },
    });
    expect(await event(calComCancelled({ existingRecurringEvent }))).toMatchObject({ data: { series: null } });
  });

  it('IN3.9 makes one event of the copies that go to several webhooks, each with a time of its own', async () => {
    const copy = { createdAt: '2026-05-06T07:08:11.350Z' };
    const cancelled = await event(calComCancelled());
    expect((await event({ ...calComCancelled(), ...copy })).eventId).toBe(cancelled.eventId);
    const noShow = { bookingUid: 'u-1', attendees: [{ email: 'igor@nirgends.example', noShow: true }] };
    const absent = { bookingUid: 'u-1', hostEmail: 'vera@erdacht.example', message: 'Host … before 10:05' };
    const others: [type: string, payload: Record<string, unknown>, another: Record<string, unknown>][] = [
      ['BOOKING_CREATED', booking(), booking({ uid: 'another' })],
      ['BOOKING_RESCHEDULED', booking(), booking({ rescheduleStartTime: '2026-05-09T10:00:00Z' })],
      ['BOOKING_PAID', booking({ paymentId: 1 }), booking({ paymentId: 2 })],
      ['BOOKING_NO_SHOW_UPDATED', noShow, { ...noShow, attendees: [{ ...noShow.attendees[0], noShow: false }] }],
      ['AFTER_HOSTS_CAL_VIDEO_NO_SHOW', absent, { ...absent, hostEmail: 'co@erdacht.example' }],
      ['FORM_SUBMITTED', { formId: 'f', responses: { a: 1 } }, { formId: 'f', responses: { a: 2 } }],
      ['OOO_CREATED', { oooEntry: { id: 1, uuid: 'o-1' } }, { oooEntry: { id: 2, uuid: 'o-2' } }],
    ];
    for (const [type, payload, another] of others) {
      const [first, second, third] = await idsOf(type, payload, { ...payload }, another);
      expect(second, type).toBe(first);
      expect(third, type).not.toBe(first);
    }
    // Each webhook of this trigger has a row of its own in what it is sent.
    const [one, two] = await idsOf(
      'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
      { ...absent, webhook: { id: 'w-1' } },
      { ...absent, webhook: { id: 'w-2' } },
    );
    expect(two).toBe(one);
  });

  it('IN3.9 keeps apart what happens to one booking more than once', async () => {
    const seats = [
      seated(1),
      seated(2),
      seated(1, { attendeeSeatId: 'seat-1' }),
      seated(1, { attendeeSeatId: 'seat-2' }),
    ];
    const rows = [1, 2].map((id) => seated(1, { uid: 'rows', attendees: [{ id, email: 's1@seats.example' }] }));
    const unseated = rows.map((row) => ({ ...row, uid: 'of an old version', seatsPerTimeSlot: undefined }));
    const whole = [booking(), booking({ requestReschedule: true }), booking({ uid: 'another' })];
    const different = [...seats, ...rows, ...unseated, ...whole];
    expect(new Set(await idsOf('BOOKING_CANCELLED', ...different)).size).toBe(different.length);
    // Two webhooks get each of them.
    expect(await idsOf('BOOKING_CANCELLED', ...different.toReversed())).toEqual(
      (await idsOf('BOOKING_CANCELLED', ...different)).toReversed(),
    );
    // Somebody leaves a seat, takes it again and leaves it an hour later.
    const again = { ...calComCancelled(seated(1)), createdAt: '2026-05-06T08:08:09.010Z' };
    expect((await event(again)).eventId).not.toBe((await event(calComCancelled(seated(1)))).eventId);
    // Somebody is marked as absent, as present, and as absent again.
    const marked = (createdAt: string) =>
      event({ triggerEvent: 'BOOKING_NO_SHOW_UPDATED', createdAt, payload: { bookingUid: 'u-1' } });
    const [first, third] = [await marked('2026-05-06T07:08:09Z'), await marked('2026-05-06T07:09:09Z')];
    expect(third.eventId).not.toBe(first.eventId);
  });

  it('IN6.12 finds the host of an event by any name or address, if the organizer has no id', async () => {
    const organizer = {
      name: 'Vera Erdacht',
      email: 'vera@erdacht.example',
      username: 'vera',
      timeZone: 'Europe/Lisbon',
    };
    const members = [
      { id: 43, email: 'co@erdacht.example' },
      { id: 42, email: 'Vera@erdacht.example' },
    ];
    const tenantOf = async (fields: Record<string, unknown>) =>
      (await event(calComCancelled({ organizer, ...fields }))).tenant;
    for (const fields of [
      { userId: 42 },
      { user: { id: 42, email: 'vera@erdacht.example' } },
      { team: { name: 'Atelier', members } },
      { destinationCalendar: [{ userId: 42, integration: 'google_calendar' }] },
      { destinationCalendar: { userId: 42 } },
      { destinationCalendar: [{ userId: 42 }, { userId: null }, { userId: 42 }] },
    ]) {
      expect(await tenantOf(fields), JSON.stringify(fields)).toBe('calcom:42');
    }
    for (const fields of [
      {},
      { destinationCalendar: [{ userId: 42 }, { userId: 43 }] },
      { destinationCalendar: 'odd' },
      { team: { members: members.slice(0, 1) } },
    ]) {
      expect(await tenantOf(fields), JSON.stringify(fields)).toBe('calcom:front-desk');
    }
    const named = { ...organizer, id: 42 };
    expect(await tenantOf({ organizer: named, userId: 1, destinationCalendar: { userId: 2 } })).toBe('calcom:42');
    // A meeting's booking is beside the event's name, and names its host by id.
    expect(
      await event({ triggerEvent: 'MEETING_ENDED', uid: 'u-1', userId: 42, startTime: '2026-05-10' }),
    ).toMatchObject({
      tenant: 'calcom:42',
      subject: 'booking/u-1',
    });
    expect(
      await event({
        triggerEvent: 'OOO_CREATED',
        createdAt: '2026-05-06T07:08:09Z',
        payload: { oooEntry: { user: { id: 42 } } },
      }),
    ).toMatchObject({ tenant: 'calcom:42' });
  });

  it('IN6.12 takes the operator’s word for whose an address or a username is', async () => {
    const some = calCom({ secrets: [SECRET], hosts: { ' Vera@Erdacht.example': '42', Co: '43' } });
    const one = calCom({ secrets: [SECRET], hosts: { '*': '42' } });
    const tenantOf = async (payload: Record<string, unknown>, type = 'BOOKING_CANCELLED', told = some) => {
      const content = { triggerEvent: type, createdAt: '2026-05-06T07:08:09Z', payload };
      const { headers, body } = await told.sign!(content, new Date());
      const verified = await told.verify({ headers, body: Buffer.from(body), receivedAt: PLACE.receivedAt });
      const normalised = told.normalise(verified, PLACE);
      return normalised.outcome === 'event' ? normalised.event.tenant : normalised.outcome;
    };
    expect(await tenantOf(booking({ organizer: { email: 'VERA@erdacht.example' } }))).toBe('calcom:42');
    expect(await tenantOf(booking({ organizer: { email: 'new@erdacht.example', username: 'co' } }))).toBe('calcom:43');
    expect(await tenantOf(booking({ organizer: { email: 'else@erdacht.example', username: 'else' } }))).toBe(
      'calcom:front-desk',
    );
    expect(await tenantOf(booking({ organizer: { id: 7, email: 'vera@erdacht.example' } }))).toBe('calcom:7');
    expect(
      await tenantOf({ bookingUid: 'u-1', hostEmail: 'vera@erdacht.example' }, 'AFTER_HOSTS_CAL_VIDEO_NO_SHOW'),
    ).toBe('calcom:42');
    expect(await tenantOf({ bookingUid: 'u-1' }, 'BOOKING_NO_SHOW_UPDATED')).toBe('calcom:front-desk');
    expect(await tenantOf({ bookingUid: 'u-1' }, 'BOOKING_NO_SHOW_UPDATED', one)).toBe('calcom:42');
    expect(await tenantOf(booking({ organizer: { id: 7 } }), 'BOOKING_CANCELLED', one)).toBe('calcom:7');
    for (const hosts of [{ '': '42' }, { 'vera@erdacht.example': '' }, { vera: 42 }]) {
      expect(() => calCom({ secrets: [SECRET], hosts: hosts as Record<string, string> })).toThrow(/hosts/);
    }
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

  it.each([
    ['BOOKING_CREATED', 'CREATED'],
    ['BOOKING_REQUESTED', 'REQUESTED'],
    ['BOOKING_RESCHEDULED', 'RESCHEDULED'],
    ['BOOKING_REJECTED', 'DECLINED'],
    ['BOOKING_PAID', 'PAID'],
  ])('IN6.17 types %s as a change of its booking: %s', async (trigger, bookingChange) => {
    expect(await event(calComMoved({ rejectionReason: 'Vera is away' }, trigger))).toMatchObject({
      type: trigger,
      subject: 'booking/uid-of-a-booking',
      shape: 'BookingChange',
      kind: null,
      happened: bookingChange,
      data: {
        bookingChange,
        bookingId: 'uid-of-a-booking',
        title: 'Consultation',
        status: 'ACCEPTED',
        startsAt: instant('2026-05-10T10:00:00+00:00'),
        slot: { eventId: '654', serviceId: '321', staff: { staffId: '42' } },
        initiatedBy: { type: 'CUSTOMER' },
        previousBookingId: 'uid-of-another',
        previousStartsAt: instant('2026-05-09T10:00:00Z'),
        paymentStatus: bookingChange === 'PAID' ? 'PAID' : null,
      },
      personal: { customer: { email: 'igor@nirgends.example' }, message: 'Vera is away' },
      traces: expect.arrayContaining([{ kind: 'email', value: 'lea@nirgends.example' }]),
    });
  });

  it('IN6.17 says which attendees didn’t come, or did after all, unless it is some of each', async () => {
    const [absent, present] = [true, false].map((noShow) => ({ email: `${noShow}@nirgends.example`, noShow }));
    expect(await event(calComAbsent())).toMatchObject({
      shape: 'BookingChange',
      subject: 'booking/uid-of-a-booking',
      tenant: 'calcom:front-desk',
      data: { bookingChange: 'MARKED_AS_NO_SHOW', bookingId: 'uid-of-a-booking', slot: { eventId: '654' } },
      personal: { customer: { email: 'igor@nirgends.example' } },
    });
    expect(await event(calComAbsent({ attendees: [present, present] }))).toMatchObject({
      data: { bookingChange: 'UNMARKED_AS_NO_SHOW' },
    });
    const bare = calComAbsent({ bookingId: {}, message: 7, attendees: ['odd', { email: [], noShow: true }] });
    expect(await event(bare)).toMatchObject({ data: { bookingChange: 'MARKED_AS_NO_SHOW' } });
    for (const attendees of [[absent, present], [{ email: 'igor@nirgends.example' }], [], null]) {
      expect(await event(calComAbsent({ attendees }))).toMatchObject({ shape: 'OtherEvent' });
    }
  });

  it('IN6.17 names no customer of a slot that several people booked, and finds each of them for an erasure', async () => {
    const shared = await event(calComMoved({ seatsPerTimeSlot: 8 }, 'BOOKING_CREATED'));
    expect(shared).toMatchObject({ data: { quantity: 2 }, personal: { customer: { name: null, email: null } } });
    expect(shared.traces).toEqual(
      expect.arrayContaining(['igor', 'lea'].map((name) => ({ kind: 'email', value: `${name}@nirgends.example` }))),
    );
  });

  it('IN6.17 keeps no event out that doesn’t say which booking it is about', async () => {
    for (const trigger of ['BOOKING_CREATED', 'BOOKING_PAID', 'BOOKING_NO_SHOW_UPDATED']) {
      for (const payload of [null, [], 'text', undefined, {}, { uid: {}, bookingUid: [] }]) {
        expect(await event({ triggerEvent: trigger, payload })).toMatchObject({ type: trigger, shape: 'OtherEvent' });
      }
    }
  });

  it('IN4.2 records every other event by its name', async () => {
    for (const payload of [null, [], 'text', undefined, { uid: 5, organizer: { id: {} } }]) {
      expect(await event({ triggerEvent: 'OOO_CREATED', payload })).toMatchObject({ type: 'OOO_CREATED' });
    }
  });
});
