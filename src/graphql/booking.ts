import type { BookedAddOn, BookingSeries } from '../events/booking.ts';
import { addBookingSlot, placed } from './booking-slot.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import type { addMoney } from './money.ts';
import { wholeNumber } from './whole-number.ts';
import { addAccountInfo } from './account-info.ts';

type BookingEventOf = Of<'BookingCancellation' | 'BookingChange'>;
export type BookingTypes = ReturnType<typeof addBooking>;

/** `BookingEvent`: what events of bookings have in common, and the types that they are made of. */
export function addBooking(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Actor, Person }: CancellationTypes,
  Money: ReturnType<typeof addMoney>,
) {
  const { Slot, Schedule } = addBookingSlot(builder, ProviderTime);
  const Account = addAccountInfo(builder);

  const AddOn = builder.objectRef<BookedAddOn>('BookedAddOn').implement({
    description: 'Something that was booked with the service. It has a quantity or a duration.',
    fields: (t) => ({
      addOnId: t.exposeID('id', { nullable: true }),
      groupId: t.exposeID('groupId', { nullable: true }),
      name: t.exposeString('name', { nullable: true }),
      quantity: t.field({ type: 'BigInt', nullable: true, resolve: ({ quantity }) => wholeNumber(quantity) }),
      durationInMinutes: t.field({
        type: 'BigInt',
        nullable: true,
        resolve: ({ durationInMinutes }) => wholeNumber(durationInMinutes),
      }),
    }),
  });

  const Series = builder.objectRef<BookingSeries>('BookingSeries').implement({
    description: 'Bookings that were made at once and repeat: every so many of `unit`.',
    fields: (t) => ({
      seriesId: t.exposeID('id', { nullable: true }),
      unit: t.exposeString('unit', { nullable: true, description: '`YEAR`, `MONTH`, `WEEK`, `DAY` or `HOUR`.' }),
      every: t.field({ type: 'BigInt', nullable: true, resolve: ({ every }) => wholeNumber(every) }),
      occurrences: t.field({
        type: 'BigInt',
        nullable: true,
        description: 'How many bookings it had at the beginning.',
        resolve: ({ occurrences }) => wholeNumber(occurrences),
      }),
      until: t.field({ type: ProviderTime, nullable: true, resolve: ({ until }) => until }),
    }),
  });

  const MultiService = builder
    .objectRef<NonNullable<BookingEventOf['data']['multiService']>>('MultiServiceBooking')
    .implement({
      description: 'A booking of several services at once.',
      fields: (t) => ({
        multiServiceId: t.exposeID('id', { nullable: true }),
        type: t.exposeString('type', { nullable: true, description: 'Such as `SEQUENTIAL_BOOKINGS`.' }),
      }),
    });

  const BookingEvent = builder.interfaceRef<BookingEventOf>('BookingEvent').implement({
    description: 'Something that happened to a booking. Its fields are the booking as it was left.',
    interfaces: [Event, builder.nodeInterfaceRef()],
    resolveType: (event) => event.shape,
    fields: (t) => ({
      bookingId: t.id({ resolve: ({ data }) => data.bookingId }),
      title: t.string({
        nullable: true,
        description: 'What was booked, as a person would name it.',
        resolve: ({ data }) => data.title,
      }),
      customer: t.field({ type: Person, nullable: true, resolve: ({ personal }) => personal?.customer ?? null }),
      quantity: t.field({
        type: 'BigInt',
        nullable: true,
        description: 'For how many participants, whatever they chose.',
        resolve: ({ data }) => wholeNumber(data.quantity),
      }),
      status: t.string({
        nullable: true,
        description: '`CREATED`, `PENDING`, `CONFIRMED`, `DECLINED`, `CANCELED`, `WAITING_LIST`.',
        resolve: ({ data }) => data.status,
      }),
      previousStatus: t.string({ nullable: true, resolve: ({ data }) => data.previousStatus }),
      startsAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ data }) => data.startsAt?.at }),
      endsAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ data }) => data.endsAt?.at }),
      timeZone: t.string({ nullable: true, resolve: ({ data }) => data.timeZone }),
      slot: t.field({
        type: Slot,
        nullable: true,
        description: 'For appointments and classes.',
        resolve: ({ data, personal }) => placed(data.slot, personal),
      }),
      schedule: t.field({
        type: Schedule,
        nullable: true,
        description: 'For courses.',
        resolve: ({ data, personal }) => placed(data.schedule, personal),
      }),
      // Events that were recorded before there were seats, series and prices lack them.
      seatId: t.id({
        nullable: true,
        description:
          'The one seat of the booking that the event is about. Null where it is about the whole booking, or where the ' +
          'provider doesn’t say.',
        resolve: ({ data }) => data.seatId,
      }),
      seatsPerSlot: t.field({
        type: 'BigInt',
        nullable: true,
        description:
          'How many seats each slot has, where several people book one slot. Then others may keep their seats in a booking ' +
          'that one of them cancelled.',
        resolve: ({ data }) => wholeNumber(data.seatsPerSlot),
      }),
      series: t.field({
        type: Series,
        nullable: true,
        description:
          'Present where the event is about all bookings of a series that are still to come. The provider then sends one ' +
          'event, of one of them, for all.',
        resolve: ({ data }) => data.series,
      }),
      tags: t.stringList({ description: '`INDIVIDUAL`, `GROUP` or `COURSE`.', resolve: ({ data }) => [...data.tags] }),
      price: t.field({
        type: Money,
        nullable: true,
        description: 'What the booking costs. Null where it costs nothing, or the provider doesn’t say.',
        resolve: ({ data }) => data.price,
      }),
      paymentStatus: t.string({
        nullable: true,
        description: '`NOT_PAID`, `PAID`, `PARTIALLY_PAID`, `REFUNDED`, `EXEMPT`, `FAILED`, `UNDEFINED`.',
        resolve: ({ data }) => data.paymentStatus,
      }),
      selectedPaymentOption: t.string({
        nullable: true,
        description: '`OFFLINE`, `ONLINE`, `MEMBERSHIP`, `MEMBERSHIP_OFFLINE`, `UNDEFINED`.',
        resolve: ({ data }) => data.selectedPaymentOption,
      }),
      depositSelected: t.boolean({
        nullable: true,
        description: 'Whether the customer pays only the deposit upfront.',
        resolve: ({ data }) => data.depositSelected,
      }),
      refundExpected: t.boolean({ nullable: true, resolve: ({ data }) => data.refundExpected }),
      createdAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: 'When the booking was made.',
        resolve: ({ data }) => data.createdAt,
      }),
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
      entityEventSequence: t.string({
        nullable: true,
        description: 'Counts up with every event of the booking; a 64-bit integer as text. Events come in any order.',
        resolve: ({ data }) => data.entityEventSequence,
      }),
      participantsChoices: t.field({
        type: 'JSON',
        nullable: true,
        description: 'How many of which kind, where a service has kinds. Personal.',
        resolve: ({ personal }) => personal?.participantsChoices,
      }),
      doubleBooked: t.boolean({
        nullable: true,
        description: 'Whether it overlaps with a confirmed booking.',
        resolve: ({ data }) => data.doubleBooked,
      }),
      multiService: t.field({
        type: MultiService,
        nullable: true,
        description: 'The booking of several services that it is a part of.',
        resolve: ({ data }) => data.multiService,
      }),
      // Events that were recorded before there were add-ons and channels lack them.
      addOns: t.field({ type: [AddOn], resolve: ({ data }) => [...(data.addOns ?? [])] }),
      resourceSelections: t.field({
        type: 'JSON',
        nullable: true,
        description: 'How the customer chose who or what serves. Personal.',
        resolve: ({ personal }) => personal?.resourceSelections,
      }),
      formId: t.id({ nullable: true, resolve: ({ data }) => data.formId }),
      formSubmissionId: t.id({
        nullable: true,
        description: "By which the customer's answers can be asked for at the provider.",
        resolve: ({ data }) => data.formSubmissionId,
      }),
      appId: t.id({
        nullable: true,
        description: 'The app that the service is of.',
        resolve: ({ data }) => data.appId,
      }),
      createdByAppId: t.id({
        nullable: true,
        description: 'The app that the booking was made with.',
        resolve: ({ data }) => data.createdByAppId,
      }),
      externalUserId: t.id({
        nullable: true,
        description: 'An id that whoever made the booking by API gave it. Personal.',
        resolve: ({ personal }) => personal?.externalUserId,
      }),
      notifyParticipants: t.boolean({
        nullable: true,
        description: 'Whether the provider tells the customer.',
        resolve: ({ data }) => data.notifyParticipants,
      }),
      notificationChannels: t.stringList({
        description: 'By which the customer is told: `EMAIL`, `SMS`.',
        resolve: ({ data }) => [...(data.notificationChannels ?? [])],
      }),
      notificationMetadata: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.notificationMetadata,
      }),
      originatedFrom: t.string({
        nullable: true,
        description: 'What set the event off, in words of the provider’s that mean nothing here. Personal.',
        resolve: ({ personal }) => personal?.originatedFrom,
      }),
      anonymized: t.boolean({
        description: 'Whether a request for privacy set it off.',
        resolve: ({ data }) => data.anonymized,
      }),
      accountInfo: t.field({
        type: Account,
        nullable: true,
        description: 'Which account and site of Wix’s it happened in. Null where the provider doesn’t say.',
        resolve: ({ data }) => data.accountInfo,
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
      customerTimeZone: t.string({
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.customerTimeZone,
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

  return { BookingEvent, Slot, Schedule, AddOn };
}
