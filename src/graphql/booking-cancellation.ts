import type { BookingSchedule } from '../events/booking-cancellation.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';

type Booking = Of<'BookingCancellation'>;
type BookingWithSlot = { readonly slot: NonNullable<Booking['data']['slot']>; readonly personal: Booking['personal'] };

/** `BookingCancellation`: a booking of Wix Bookings. */
export function addBookingCancellation(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Cancellation, Actor }: CancellationTypes,
): void {
  const Staff = builder.objectRef<BookingWithSlot>('BookingStaff').implement({
    description: 'Who would have given the service.',
    fields: (t) => ({
      id: t.id({ nullable: true, resolve: ({ slot }) => slot.resourceId }),
      scheduleId: t.id({ nullable: true, resolve: ({ slot }) => slot.resourceScheduleId }),
      name: t.string({ nullable: true, description: 'Personal.', resolve: ({ personal }) => personal?.staffName }),
      email: t.string({ nullable: true, description: 'Personal.', resolve: ({ personal }) => personal?.staffEmail }),
    }),
  });

  const Location = builder.objectRef<BookingWithSlot>('BookingLocation').implement({
    description: 'Where it would have taken place, which may be at the customer’s.',
    fields: (t) => ({
      id: t.id({ nullable: true, resolve: ({ slot }) => slot.locationId }),
      type: t.string({
        nullable: true,
        description: 'Such as `OWNER_BUSINESS`.',
        resolve: ({ slot }) => slot.locationType,
      }),
      name: t.string({ nullable: true, description: 'Personal.', resolve: ({ personal }) => personal?.locationName }),
      address: t.string({
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.locationAddress,
      }),
    }),
  });

  const Slot = builder.objectRef<BookingWithSlot>('BookingSlot').implement({
    description: 'The appointment or the session of a class that was booked.',
    fields: (t) => ({
      sessionId: t.id({ nullable: true, resolve: ({ slot }) => slot.sessionId }),
      eventId: t.id({ nullable: true, resolve: ({ slot }) => slot.eventId }),
      serviceId: t.id({ nullable: true, resolve: ({ slot }) => slot.serviceId }),
      scheduleId: t.id({ nullable: true, resolve: ({ slot }) => slot.scheduleId }),
      startsAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ slot }) => slot.startsAt }),
      endsAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ slot }) => slot.endsAt }),
      timeZone: t.string({ nullable: true, resolve: ({ slot }) => slot.timeZone }),
      staff: t.field({ type: Staff, resolve: (booking) => booking }),
      location: t.field({ type: Location, resolve: (booking) => booking }),
    }),
  });

  const Schedule = builder.objectRef<BookingSchedule>('BookingSchedule').implement({
    description: 'The course that was booked.',
    fields: (t) => ({
      scheduleId: t.exposeID('scheduleId', { nullable: true }),
      serviceId: t.exposeID('serviceId', { nullable: true }),
      firstSessionStart: t.expose('firstSessionStart', { type: ProviderTime, nullable: true }),
      lastSessionEnd: t.expose('lastSessionEnd', { type: ProviderTime, nullable: true }),
      timeZone: t.exposeString('timeZone', { nullable: true }),
    }),
  });

  const ref = builder.objectRef<Booking>('BookingCancellation');
  ref.implement({
    description: 'A booking was cancelled: Wix Bookings, `wix.bookings.v2.booking_canceled`.',
    interfaces: [builder.nodeInterfaceRef(), Cancellation, Event],
    fields: (t) => ({
      bookingId: t.id({ resolve: ({ data }) => data.bookingId }),
      slot: t.field({
        type: Slot,
        nullable: true,
        description: 'For appointments and classes.',
        resolve: ({ data, personal }) => data.slot && { slot: data.slot, personal },
      }),
      schedule: t.field({
        type: Schedule,
        nullable: true,
        description: 'For courses.',
        resolve: ({ data }) => data.schedule,
      }),
      tags: t.stringList({ description: '`INDIVIDUAL`, `GROUP` or `COURSE`.', resolve: ({ data }) => [...data.tags] }),
      paymentStatus: t.string({ nullable: true, resolve: ({ data }) => data.paymentStatus }),
      selectedPaymentOption: t.string({ nullable: true, resolve: ({ data }) => data.selectedPaymentOption }),
      createdAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.createdAt }),
      updatedAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.updatedAt }),
      createdBy: t.field({
        type: Actor,
        resolve: ({ data, personal }) => ({ type: data.createdBy, id: personal?.createdById ?? null }),
      }),
      revision: t.string({
        nullable: true,
        description: 'Counts up with every change of the booking; a 64-bit integer as text.',
        resolve: ({ data }) => data.revision,
      }),
      entityEventSequence: t.string({ nullable: true, resolve: ({ data }) => data.entityEventSequence }),
      participantsChoices: t.field({
        type: 'JSON',
        nullable: true,
        description: 'How many of which kind, where a service has kinds. Personal.',
        resolve: ({ personal }) => personal?.participantsChoices,
      }),
      notifyParticipants: t.boolean({ nullable: true, resolve: ({ data }) => data.notifyParticipants }),
      ignoreCancellationPolicy: t.boolean({ nullable: true, resolve: ({ data }) => data.ignoreCancellationPolicy }),
      waiveCancellationFee: t.boolean({ nullable: true, resolve: ({ data }) => data.waiveCancellationFee }),
      originatedFrom: t.string({ nullable: true, resolve: ({ data }) => data.originatedFrom }),
      anonymized: t.boolean({
        description: 'Whether a request for privacy set it off.',
        resolve: ({ data }) => data.anonymized,
      }),
      customerAddress: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.customerAddress,
      }),
      customerCountryCode: t.string({
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.countryCode,
      }),
      additionalFields: t.field({
        type: 'JSON',
        nullable: true,
        description: "The customer's answers to the form. Personal.",
        resolve: ({ personal }) => personal?.additionalFields,
      }),
      extendedFields: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Fields that apps or the owner added. Personal.',
        resolve: ({ personal }) => personal?.extendedFields,
      }),
    }),
  });
}
