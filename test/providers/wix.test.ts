import { describe, expect, it } from 'vitest';
import { wixSamples } from '../../src/providers/wix/samples.ts';
import { NOW, eventOf, normalise, typed } from '../fixtures/wix-provider.ts';
import { BOOKING_ID, SLOT } from '../fixtures/wix-events.ts';
import { INSTANCE, bookingCanceled, bookingCanceledEvent, wixClaims } from '../fixtures/wix.ts';

const instant = (text: string, at = text) => ({ at: Date.parse(at), text });
const canceled = (fields: Parameters<typeof bookingCanceled>[0]) =>
  typed('BookingCancellation', bookingCanceled(fields));

/** A cancellation that says everything that Wix has a field for. */
const everything = {
  id: 'e1',
  entityEventSequence: '17',
  originatedFrom: '{"namespace":"wix.form_example.form"}',
  body: {
    participantNotification: {
      notifyParticipants: true,
      message: 'No puedo ir',
      metadata: { channels: 'EMAIL, SMS', to: 'Ana' },
    },
  },
  booking: {
    bookedEntity: {
      slot: {
        ...SLOT,
        eventId: 'event-1',
        allDay: false,
        durationUnitType: 'HOUR',
        durationUnitCount: 60,
        resource: { ...(SLOT['resource'] as object), scheduleId: 'staff-schedule-1', type: 'staff-type' },
        resourceSelections: [{ resourceTypeId: 'staff-type', selectionMethod: 'ANY_RESOURCE' }],
      },
      title: 'Clase de cerámica',
      tags: ['INDIVIDUAL'],
    },
    contactDetails: {
      contactId: 'contact-1',
      firstName: 'Ana',
      lastName: 'Imaginaria',
      email: 'ana@imaginaria.example',
      phone: '+34600000000',
      fullAddress: { city: 'Ninguna', addressLine: 'Calle Nada 1' },
      countryCode: 'ES',
      timeZone: 'Europe/Madrid',
    },
    depositSelected: true,
    externalUserId: 'external-ana',
    doubleBooked: true,
    multiServiceBookingInfo: { id: 'multi-1', type: 'SEQUENTIAL_BOOKINGS' },
    bookedAddOns: [{ id: 'addon-1', groupId: 'group-1', name: 'Horno', quantity: 2 }],
    formId: 'form-1',
    formSubmissionId: 'submission-1',
    appId: 'app-1',
    createdByAppId: 'app-2',
    participantsChoices: { serviceChoices: [{ numberOfParticipants: 2, choices: [{ custom: 'adulto' }] }] },
    additionalFields: [{ id: 'f', label: 'Alergias', value: 'ninguna' }],
    extendedFields: { namespaces: { '@x/y': { birthday: '1990-01-01' } } },
  },
};

describe('booking_canceled', () => {
  it('IN6.4 normalises everything that a cancellation says', async () => {
    const { raw, ...cancellation } = await canceled(everything);
    expect(raw).toContain('Clase de cerámica');
    expect(cancellation).toEqual({
      provider: 'wix',
      source: 'wix',
      type: 'wix.bookings.v2.booking_canceled',
      eventId: 'e1',
      tenant: `wix:${INSTANCE}`,
      subject: `booking/${BOOKING_ID}`,
      occurredAt: { at: Date.parse('2026-03-03T10:11:12.345Z'), text: '2026-03-03T10:11:12.345678Z' },
      receivedAt: NOW,
      version: 's00000000000000000017',
      traces: [
        { kind: 'contact', value: 'contact-1' },
        { kind: 'email', value: 'ana@imaginaria.example' },
        { kind: 'mention', value: 'nuria@inventada.example' },
      ],
      shape: 'BookingCancellation',
      kind: 'BOOKING',
      happened: 'CANCELED',
      worth: null,
      data: {
        title: 'Clase de cerámica',
        kind: 'BOOKING',
        reference: BOOKING_ID,
        isScheduled: false,
        canceledBy: { type: 'CUSTOMER' },
        quantity: 2,
        status: 'CANCELED',
        previousStatus: 'CONFIRMED',
        startsAt: instant('2026-03-10T08:00:00Z'),
        endsAt: instant('2026-03-10T09:00:00Z'),
        timeZone: 'Europe/Madrid',
        refundExpected: false,
        bookingId: BOOKING_ID,
        slot: {
          sessionId: 'session-1',
          eventId: 'event-1',
          serviceId: 'service-1',
          scheduleId: 'schedule-1',
          startsAt: instant('2026-03-10T09:00:00.000+01:00'),
          endsAt: instant('2026-03-10T10:00:00.000+01:00'),
          timeZone: 'Europe/Madrid',
          allDay: false,
          durationUnit: 'HOUR',
          durationCount: 60,
          staff: { staffId: 'staff-1', typeId: 'staff-type', scheduleId: 'staff-schedule-1' },
          location: { locationId: 'place-1', type: 'OWNER_BUSINESS' },
        },
        schedule: null,
        seatId: null,
        seatsPerSlot: null,
        series: null,
        tags: ['INDIVIDUAL'],
        price: null,
        paymentStatus: 'PAID',
        selectedPaymentOption: 'ONLINE',
        depositSelected: true,
        createdAt: instant('2026-02-20T08:00:00Z'),
        updatedAt: instant('2026-03-03T10:11:12.300Z'),
        createdBy: { type: 'CUSTOMER' },
        revision: '3',
        entityEventSequence: '17',
        doubleBooked: true,
        multiService: { multiServiceId: 'multi-1', type: 'SEQUENTIAL_BOOKINGS' },
        addOns: [{ addOnId: 'addon-1', groupId: 'group-1', name: 'Horno', quantity: 2, durationInMinutes: null }],
        formId: 'form-1',
        formSubmissionId: 'submission-1',
        appId: 'app-1',
        createdByAppId: 'app-2',
        notifyParticipants: true,
        notificationChannels: ['EMAIL', 'SMS'],
        ignoreCancellationPolicy: true,
        waiveCancellationFee: true,
        anonymized: false,
        accountInfo: null,
      },
      personal: {
        originatedFrom: '{"namespace":"wix.form_example.form"}',
        tenantName: null,
        customer: {
          name: 'Ana Imaginaria',
          email: 'ana@imaginaria.example',
          phone: '+34600000000',
          externalId: 'contact-1',
        },
        canceledBy: { actorId: 'member-1', name: null },
        reason: 'No puedo ir',
        createdBy: { actorId: 'member-1', name: null },
        externalUserId: 'external-ana',
        customerAddress: { city: 'Ninguna', addressLine: 'Calle Nada 1' },
        customerCountryCode: 'ES',
        customerTimeZone: 'Europe/Madrid',
        slot: {
          staff: { name: 'Nuria Inventada', email: 'nuria@inventada.example' },
          location: { name: 'Sala', address: 'Calle Falsa 123' },
        },
        schedule: null,
        participantsChoices: everything.booking.participantsChoices,
        resourceSelections: [{ resourceTypeId: 'staff-type', selectionMethod: 'ANY_RESOURCE' }],
        notificationMetadata: { channels: 'EMAIL, SMS', to: 'Ana' },
        additionalFields: everything.booking.additionalFields,
        extendedFields: everything.booking.extendedFields,
      },
    });
  });

  it('PRIV2.2 puts nothing that identifies anybody into data', async () => {
    const { data, subject, tenant, version } = await canceled(everything);
    expect(JSON.stringify({ data, subject, tenant, version })).not.toMatch(
      /Ana|imaginaria|external-|\+346|contact-1|member-1|Nuria|inventada|Falsa|Nada|No puedo|adulto|ninguna|1990/i,
    );
  });

  it('IN6.5 says who cancelled by the id that is set, and falls back to the token’s identity', async () => {
    const by = async (initiatedBy: unknown, identity: unknown = {}) => {
      const claims = wixClaims(bookingCanceledEvent({ body: { initiatedBy } }), { identity });
      const { data, personal } = await typed('BookingCancellation', claims);
      return [data.canceledBy.type, personal.canceledBy.actorId];
    };
    expect(await by({ identityType: 'UNKNOWN', memberId: 'm' })).toEqual(['CUSTOMER', 'm']);
    expect(await by({ anonymousVisitorId: 'v' })).toEqual(['CUSTOMER', 'v']);
    expect(await by({ wixUserId: 'u' })).toEqual(['BUSINESS', 'u']);
    expect(await by({ appId: 'a' })).toEqual(['APP', 'a']);
    expect(await by({ appId: 'a', wixUserId: 'u' })).toEqual(['BUSINESS', 'u']);
    expect(await by({ identityType: 'MEMBER' })).toEqual(['UNKNOWN', null]);
    expect(await by({ identityType: 'UNKNOWN' }, { wixUserId: 'u' })).toEqual(['BUSINESS', 'u']);
    expect(await by(undefined, { identityType: 'WIX_USER', wixUserId: 'u' })).toEqual(['BUSINESS', 'u']);
    expect(await by(null, 'nobody')).toEqual(['UNKNOWN', null]);
  });

  it('IN6.7 takes a missing slot: a course has a schedule', async () => {
    const { data, personal } = await canceled({
      booking: {
        bookedEntity: {
          schedule: {
            scheduleId: 'course-1',
            serviceId: 'service-1',
            firstSessionStart: '2026-03-10T18:00:00',
            lastSessionEnd: '2026-04-10T19:00:00Z',
            timezone: 'Europe/Madrid',
            location: { id: 'place-2', name: 'Taller', locationType: 'OWNER_CUSTOM' },
          },
          title: 'Curso',
          tags: ['COURSE'],
        },
      },
    });
    expect(data).toMatchObject({ slot: null, timeZone: 'Europe/Madrid', tags: ['COURSE'] });
    expect(data.schedule).toEqual({
      scheduleId: 'course-1',
      serviceId: 'service-1',
      firstSessionStart: instant('2026-03-10T18:00:00', '2026-03-10T17:00:00Z'),
      lastSessionEnd: instant('2026-04-10T19:00:00Z'),
      timeZone: 'Europe/Madrid',
      location: { locationId: 'place-2', type: 'OWNER_CUSTOM' },
    });
    expect(personal).toMatchObject({ slot: null, schedule: { location: { name: 'Taller' } } });
  });

  it('IN6.7 takes missing contactDetails: an anonymised customer', async () => {
    const { personal, traces } = await canceled({ booking: { contactDetails: undefined } });
    expect(personal.customer).toEqual({ name: null, email: null, phone: null, externalId: null });
    expect(traces).toEqual([{ kind: 'mention', value: 'nuria@inventada.example' }]);
  });

  it('IN6.7 takes participantsChoices instead of totalParticipants', async () => {
    const of = async (booking: Record<string, unknown>) => (await canceled({ booking })).data.quantity;
    const choices = (...counts: unknown[]) => ({
      totalParticipants: undefined,
      participantsChoices: { serviceChoices: counts.map((numberOfParticipants) => ({ numberOfParticipants })) },
    });
    expect(await of(choices(2, 1))).toBe(3);
    expect(await of(choices(2, 'some'))).toBe(2);
    expect(await of(choices())).toBeNull();
    expect(await of({ totalParticipants: undefined, numberOfParticipants: 4 })).toBe(4);
    expect(await of({ totalParticipants: 2 ** 40 })).toBeNull();
  });

  it('IN6.2 reads times without zone, with a colon before the milliseconds and with microseconds', async () => {
    const { data, occurredAt } = await canceled({
      eventTime: '2026-03-03T10:11:12.617855Z',
      booking: {
        startDate: '2026-03-10T09:00:00',
        bookedEntity: {
          slot: { ...SLOT, startDate: '2026-03-10T09:00:00:250', endDate: '2026-03-10T10:00:00:000+01:00' },
        },
      },
    });
    expect(occurredAt).toEqual({ at: Date.parse('2026-03-03T10:11:12.617Z'), text: '2026-03-03T10:11:12.617855Z' });
    expect(data.startsAt).toEqual(instant('2026-03-10T09:00:00', '2026-03-10T08:00:00Z'));
    expect(data.slot?.startsAt).toEqual(instant('2026-03-10T09:00:00:250', '2026-03-10T08:00:00.250Z'));
    expect(data.slot?.endsAt).toEqual(instant('2026-03-10T10:00:00:000+01:00', '2026-03-10T09:00:00Z'));
  });

  it('IN6.2 prefers the time of the cancellation to that of the event, and takes the time of receipt if there is no other', async () => {
    expect(await canceled({ booking: { canceledDate: '2026-03-03T10:00:00Z' } })).toMatchObject({
      occurredAt: { text: '2026-03-03T10:00:00Z' },
    });
    expect(await canceled({ eventTime: undefined })).toMatchObject({ occurredAt: { at: NOW } });
    expect(await canceled({ eventTime: '2026-02-30T00:00:00Z' })).toMatchObject({ occurredAt: { at: NOW } });
  });

  const dispensable: [what: string, fields: Parameters<typeof bookingCanceled>[0]][] = [
    ['no entity id', { entityId: undefined }],
    ['a sequence that is no number', { entityEventSequence: 'seven' }],
    ['an originatedFrom that is an object', { originatedFrom: { namespace: 'x' } }],
    [
      'a booking with an id and a status, and nothing else',
      { actionEvent: { body: { booking: { id: BOOKING_ID, status: 'CANCELED' } } } },
    ],
    ['a start that is no date', { booking: { startDate: 'soon' } }],
    ['dates that are numbers', { booking: { createdDate: 1772532672345, updatedDate: null, canceledDate: {} } }],
    ['a slot that is text', { booking: { bookedEntity: { slot: 'slot-1' } } }],
    ['a bookedEntity that is a list', { booking: { bookedEntity: [] } }],
    ['staff and location of odd types', { booking: { bookedEntity: { slot: { resource: 'Nuria', location: [1] } } } }],
    ['tags that are objects', { booking: { bookedEntity: { tags: [{ name: 'x' }] } } }],
    ['a contact that is text', { booking: { contactDetails: 'Ana' } }],
    ['names that are numbers', { booking: { contactDetails: { firstName: 3, email: false } } }],
    ['a revision below zero', { booking: { revision: -1 } }],
    ['participants by name', { booking: { totalParticipants: 'two', participantsChoices: 'adults' } }],
    ['add-ons of odd types', { booking: { bookedAddOns: ['x', { quantity: 'many' }] } }],
    [
      'an initiator that is text',
      { body: { initiatedBy: 'Ana', participantNotification: 7, flowControlSettings: [] } },
    ],
    [
      'channels that are none',
      { body: { participantNotification: { metadata: { channels: 'ana@imaginaria.example' } } } },
    ],
    ['a previous status that is a number', { body: { previousStatus: 4 } }],
    [
      'an address wherever a word belongs',
      {
        originatedFrom: 'ana@imaginaria.example',
        body: { previousStatus: 'ana@imaginaria.example' },
        booking: {
          paymentStatus: 'ana@imaginaria.example',
          selectedPaymentOption: 'ana@imaginaria.example',
          multiServiceBookingInfo: { id: 'm', type: 'ana@imaginaria.example' },
          bookedEntity: {
            slot: { durationUnitType: 'ana@imaginaria.example', location: { locationType: 'ana@imaginaria.example' } },
          },
        },
      },
    ],
  ];
  it.each(dispensable)('IN4.6 takes a cancellation with %s', async (_what, fields) => {
    const cancellation = await canceled(fields);
    expect(cancellation).toMatchObject({ subject: `booking/${BOOKING_ID}`, data: { status: 'CANCELED' } });
    expect(JSON.stringify(cancellation.data)).not.toMatch(/ana@/);
  });

  const unfit: [what: string, claims: Record<string, unknown>, path: string][] = [
    ['no action', bookingCanceled({ actionEvent: undefined }), 'data.data.actionEvent'],
    ['a body that is no JSON', bookingCanceled({ actionEvent: { body: '{"booking":' } }), 'data.data.actionEvent.body'],
    [
      'a status that is a sentence',
      bookingCanceled({ booking: { status: 'canceled for Ana' } }),
      'data.data.actionEvent.body.booking.status',
    ],
    [
      'a status that is a number',
      bookingCanceled({ booking: { status: 3 } }),
      'data.data.actionEvent.body.booking.status',
    ],
    ['no booking id', bookingCanceled({ booking: { id: null } }), 'data.data.actionEvent.body.booking.id'],
    ['an event id that is an object', bookingCanceled({ id: {} }), 'data.data.id'],
    ['an event that is no JSON', { ...bookingCanceled(), data: '{' }, 'data.data'],
    ['no event', { ...bookingCanceled(), data: undefined }, 'data.data'],
    ['no name', { ...bookingCanceled(), eventType: undefined }, 'data.eventType'],
    ['no instance', { ...bookingCanceled(), instanceId: undefined }, 'data.instanceId'],
  ];
  it.each(unfit)(
    'IN4.1 keeps one with %s for quarantine, and says where it does not fit',
    async (_what, claims, path) => {
      const normalised = await normalise(claims);
      if (normalised.outcome !== 'unfit') throw new Error(JSON.stringify(normalised));
      expect(normalised.issues.map((issue) => issue.path)).toContain(path);
      expect(JSON.stringify(normalised.issues)).not.toMatch(/Ana|imaginaria/);
    },
  );
});

it('OPS3.4 has a sample of each event of Wix Bookings, each with its type', async () => {
  const shapes = await Promise.all(
    wixSamples.map(async ({ event, payload }) => {
      const normalised = await eventOf(payload({ id: 'fresh', at: new Date(NOW) }));
      expect(normalised).toMatchObject({ type: event, eventId: 'fresh', occurredAt: { at: NOW } });
      return `${normalised.shape} ${normalised.version}`;
    }),
  );
  expect(new Set(shapes.map((shape) => shape.split(' ')[0]))).toEqual(
    new Set(['BookingCancellation', 'BookingChange']),
  );
  expect(wixSamples.map(({ event }) => event)).toHaveLength(8);
  expect(shapes[0]).toBe('BookingCancellation r00000000000000000007');
});
