import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/events/event.ts';
import { bookingClaims, eventOf, normalise, typed } from '../fixtures/wix-provider.ts';
import { BOOKING_ID, SLOT, SLUGS, type Slug, wixEvent } from '../fixtures/wix-events.ts';
import { bookingCanceled } from '../fixtures/wix.ts';

const instant = (text: string, at = text) => ({ at: Date.parse(at), text });
const change = (slug: Slug, fields: Parameters<typeof wixEvent>[1] = {}, identity?: unknown) =>
  typed('BookingChange', bookingClaims(slug, wixEvent(slug, fields), identity));

describe('changes of a booking', () => {
  it('IN6.5 says the new and the former state, and who made the change', async () => {
    expect(await change('created')).toMatchObject({
      type: 'wix.bookings.v2.booking_created',
      subject: `booking/${BOOKING_ID}`,
      kind: null,
      data: {
        bookingChange: 'CREATED',
        status: 'CREATED',
        previousStatus: null,
        initiatedBy: { type: 'CUSTOMER' },
        quantity: 2,
      },
      personal: { initiatedBy: { actorId: 'member-1' }, customer: { name: 'Ana Imaginaria' }, previousSlot: null },
    });
    expect(await change('confirmed')).toMatchObject({
      data: {
        bookingChange: 'CONFIRMED',
        status: 'CONFIRMED',
        previousStatus: 'PENDING',
        paymentStatus: 'PAID',
        previousPaymentStatus: 'NOT_PAID',
        initiatedBy: { type: 'BUSINESS' },
        sendSmsReminder: true,
        doubleBooked: false,
        notifyParticipants: true,
        notificationChannels: ['EMAIL', 'SMS'],
        refundExpected: null,
      },
      personal: { initiatedBy: { actorId: 'owner-1' }, notificationMetadata: { channels: 'EMAIL, SMS' } },
    });
    expect(await change('number_of_participants_updated')).toMatchObject({
      data: {
        bookingChange: 'PARTICIPANTS_UPDATED',
        quantity: 2,
        previousQuantity: 1,
        initiatedBy: { type: 'BUSINESS' },
      },
      personal: { previousParticipantsChoices: { serviceChoices: [{ numberOfParticipants: 1 }] } },
    });
  });

  it('IN6.8 knows markedAsPending by its name in camel case', async () => {
    expect(await change('markedAsPending')).toMatchObject({
      type: 'wix.bookings.v2.booking_markedAsPending',
      data: {
        bookingChange: 'MARKED_AS_PENDING',
        status: 'PENDING',
        previousStatus: 'CREATED',
        sendSmsReminder: false,
      },
    });
  });

  it('IN6.6 takes a declined booking for no cancellation', async () => {
    const declined = await change('declined');
    expect(declined).toMatchObject({
      shape: 'BookingChange',
      kind: null,
      data: { bookingChange: 'DECLINED', status: 'DECLINED', refundExpected: true, doubleBooked: true },
      personal: { message: 'No hay sitio' },
    });
  });

  it('IN6.2 says where a rescheduled booking was before, in the zone of the place', async () => {
    const { data, personal } = await change('rescheduled');
    expect(data).toMatchObject({
      bookingChange: 'RESCHEDULED',
      previousStartsAt: instant('2026-03-09T08:00:00Z'),
      previousEndsAt: instant('2026-03-09T09:00:00Z'),
      previousSchedule: null,
      previousQuantity: 1,
      previousAddOns: [{ addOnId: 'addon-1', groupId: null, name: 'Horno', quantity: 1, durationInMinutes: null }],
      startsAt: instant('2026-03-10T08:00:00Z'),
      notifyParticipants: false,
      ignoreReschedulePolicy: true,
    });
    expect(data.previousSlot).toMatchObject({
      staff: { staffId: 'staff-2' },
      startsAt: instant('2026-03-09T09:00:00', '2026-03-09T08:00:00Z'),
      endsAt: instant('2026-03-09T10:00:00:000+01:00', '2026-03-09T09:00:00Z'),
    });
    expect(personal.previousSlot.staff).toEqual({ name: 'Blas Supuesto', email: 'blas@supuesto.example' });
    expect(personal.slot.staff.name).toBe('Nuria Inventada');
  });

  it('IN6.10 says where a rescheduled course was before', async () => {
    const schedule = { scheduleId: 'course-1', firstSessionStart: '2026-03-09T09:00:00', timezone: 'Europe/Madrid' };
    const body = { previousBookedEntity: { schedule }, previousStartDate: '2026-03-09T09:00:00' };
    const { data } = await change('rescheduled', { body });
    expect(data).toMatchObject({
      previousSlot: null,
      previousSchedule: { scheduleId: 'course-1', firstSessionStart: { at: Date.parse('2026-03-09T08:00:00Z') } },
      previousStartsAt: { at: Date.parse('2026-03-09T08:00:00Z') },
    });
  });

  it('PRIV2.2 serves the modified fields by name, and never what stood in them', async () => {
    const modified = async (modifiedFields: unknown) => {
      const { updatedEvent } = wixEvent('updated') as { updatedEvent: object };
      const { data } = await change('updated', { updatedEvent: { ...updatedEvent, modifiedFields } });
      return data.modifiedFields;
    };
    expect((await change('updated')).data.modifiedFields).toEqual(['contactDetails.phone']);
    expect(await modified(['status', 7, 'startDate'])).toEqual(['status', 'startDate']);
    expect(await modified({ status: 'PENDING', contactDetails: { firstName: 'Ana' } })).toEqual([
      'status',
      'contactDetails',
    ]);
    expect(await modified('status')).toEqual([]);
    expect(await modified(undefined)).toEqual([]);
  });

  it('IN6.5 says who did it: the event before the token, the token before the one who made the booking', async () => {
    const by = async (slug: Slug, fields: Parameters<typeof wixEvent>[1], identity: unknown) => {
      const { data, personal } = await change(slug, fields, identity);
      return [data.initiatedBy.type, personal.initiatedBy.actorId];
    };
    expect(await by('confirmed', {}, { appId: 'a' })).toEqual(['BUSINESS', 'owner-1']);
    expect(await by('confirmed', { body: { initiatedBy: null } }, { appId: 'a' })).toEqual(['APP', 'a']);
    expect(await by('updated', {}, { wixUserId: 'u' })).toEqual(['BUSINESS', 'u']);
    expect(await by('updated', {}, {})).toEqual(['UNKNOWN', null]);
    expect(await by('created', {}, { anonymousVisitorId: 'v' })).toEqual(['CUSTOMER', 'v']);
    expect(await by('created', {}, {})).toEqual(['CUSTOMER', 'member-1']);
  });

  for (const slug of SLUGS) {
    it(`PRIV2.2 puts nothing of ${slug} that identifies anybody into data`, async () => {
      const { data, subject, personal } = await eventOf(bookingClaims(slug, wixEvent(slug)));
      expect(JSON.stringify({ data, subject })).not.toMatch(
        /Ana|imaginaria|\+346|contact-1|member-1|owner-1|Nuria|inventada|Blas|supuesto|Falsa|No puedo|No hay|niño/,
      );
      expect(personal).toMatchObject({ customer: { email: 'ana@imaginaria.example' } });
    });

    it(`IN4.6 takes ${slug} with only the booking's id and status, and not with less`, async () => {
      const detail = (booking: unknown) => ({
        createdEvent: { entity: booking },
        updatedEvent: { currentEntity: booking },
        actionEvent: { body: { booking } },
      });
      const bare = wixEvent(slug, detail({ id: 7, status: 'NEW_STATUS' }));
      expect(await normalise(bookingClaims(slug, bare))).toMatchObject({
        outcome: 'event',
        event: { data: { bookingId: '7', status: 'NEW_STATUS', slot: null, quantity: null } },
      });
      const less = wixEvent(slug, detail({ id: 7 }));
      expect(await normalise(bookingClaims(slug, less))).toMatchObject({
        outcome: 'unfit',
        issues: [{ path: expect.stringMatching(/^data\.data\.\w+Event\..*status$/) }],
      });
    });
  }
});

describe('order', () => {
  const versionOf = async (fields: Parameters<typeof bookingCanceled>[0]) =>
    (await eventOf(bookingCanceled(fields))).version;
  const sorted = (events: readonly NewEvent[]) =>
    events.toSorted((a, b) => (a.version! < b.version! ? -1 : 1)).map(({ eventId }) => eventId);

  it('LOG1.3 gives an entityEventSequence lower than one that is stored a version that sorts before it', async () => {
    const arrived = ['10', '9', '100', '12345678901234567890', '2'];
    const events = await Promise.all(
      arrived.map((entityEventSequence) =>
        eventOf(bookingCanceled({ id: entityEventSequence, entityEventSequence, booking: { revision: '1' } })),
      ),
    );
    expect(sorted(events)).toEqual(['2', '9', '10', '100', '12345678901234567890']);
  });

  it('LOG1.3 sorts a booking’s events by revision where they have no sequence, whenever they arrive', async () => {
    const arrived: [slug: Slug, revision: unknown][] = [
      ['canceled', '12'],
      ['created', '1'],
      ['rescheduled', 9],
      ['updated', '10'],
      ['confirmed', '2'],
    ];
    const events = await Promise.all(
      arrived.map(([slug, revision]) =>
        eventOf(bookingClaims(slug, wixEvent(slug, { id: slug, booking: { revision } }))),
      ),
    );
    expect(sorted(events)).toEqual(['created', 'confirmed', 'rescheduled', 'updated', 'canceled']);
    expect(new Set(events.map(({ subject }) => subject)).size).toBe(1);
  });

  it('LOG1.3 compares no sequence with a revision, and no time with anything', async () => {
    expect(await versionOf({ entityEventSequence: 4 })).toBe('s00000000000000000004');
    expect(await versionOf({ entityEventSequence: null })).toBe('r00000000000000000003');
    expect(await versionOf({ entityEventSequence: '-4', booking: { revision: '007' } })).toBe('r00000000000000000007');
    expect(await versionOf({ booking: { revision: undefined } })).toBeNull();
  });

  it('IN6.1 keeps sequence and revision as text, with every digit', async () => {
    const { data } = await change('updated', {
      entityEventSequence: '12345678901234567890',
      updatedEvent: { currentEntity: { id: BOOKING_ID, status: 'CONFIRMED', revision: '18446744073709551615' } },
    });
    expect(data).toMatchObject({ entityEventSequence: '12345678901234567890', revision: '18446744073709551615' });
  });
});

it('IN6.2 takes a slot without zone to be in UTC', async () => {
  const { data } = await change('confirmed', {
    booking: { bookedEntity: { slot: { ...SLOT, timezone: null, startDate: '2026-03-10T09:00:00' } } },
  });
  expect(data.slot).toMatchObject({ timeZone: null, startsAt: instant('2026-03-10T09:00:00', '2026-03-10T09:00:00Z') });
});
