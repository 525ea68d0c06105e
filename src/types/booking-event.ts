import { z } from 'zod';
import { interfaceType } from '../declaration/event-type.ts';
import { id, instant, json, listOf, moment, objectType, orBlank, text, whole } from '../declaration/fields.ts';
import { open, personal } from '../declaration/mark.ts';
import { actor } from './actor.ts';
import { bookedAddOn, bookingSchedule, bookingSlot } from './booking-slot.ts';
import { money } from './money.ts';
import { person } from './person.ts';

const multiServiceBooking = objectType('MultiServiceBooking', 'A booking of several services at once.', {
  multiServiceId: id.nullable(),
  type: open(text).nullable().describe('Such as `SEQUENTIAL_BOOKINGS`.'),
});

const bookingSeries = objectType(
  'BookingSeries',
  'Bookings that were made at once and repeat: every so many of `unit`.',
  {
    seriesId: id.nullable(),
    unit: open(text).nullable().describe('`YEAR`, `MONTH`, `WEEK`, `DAY` or `HOUR`.'),
    every: whole.nullable(),
    occurrences: whole.nullable().describe('How many bookings it had at the beginning.'),
    until: instant.nullable(),
  },
);

const accountInfo = objectType('AccountInfo', 'An account of the provider’s, and the site in it.', {
  accountId: id.nullable(),
  parentAccountId: id.nullable().describe('The account of which this one is a part.'),
  siteId: id.nullable(),
});

/** A booking as an event left it. */
export const BookingEvent = interfaceType('BookingEvent', {
  description: 'Something that happened to a booking. Its fields are the booking as it was left.',
  fields: z.object({
    bookingId: id,
    title: open(text).nullable().describe('What was booked, as a person would name it.'),
    customer: orBlank(person),
    quantity: whole.nullable().describe('For how many participants, whatever they chose.'),
    status: open(text)
      .nullable()
      .describe('`CREATED`, `PENDING`, `CONFIRMED`, `DECLINED`, `CANCELED`, `WAITING_LIST`.'),
    previousStatus: open(text).nullable(),
    startsAt: moment.nullable(),
    endsAt: moment.nullable(),
    timeZone: open(text).nullable(),
    slot: bookingSlot.nullable().describe('For appointments and classes.'),
    schedule: bookingSchedule.nullable().describe('For courses.'),
    seatId: id
      .nullable()
      .describe(
        'The one seat of the booking that the event is about. Null where it is about the whole booking, or where the ' +
          'provider doesn’t say.',
      ),
    seatsPerSlot: whole
      .nullable()
      .describe(
        'How many seats each slot has, where several people book one slot. Then others may keep their seats in a booking ' +
          'that one of them cancelled.',
      ),
    series: bookingSeries
      .nullable()
      .describe(
        'Present where the event is about all bookings of a series that are still to come. The provider then sends one ' +
          'event, of one of them, for all.',
      ),
    tags: listOf(open(text)).describe('`INDIVIDUAL`, `GROUP` or `COURSE`.'),
    price: money
      .nullable()
      .describe('What the booking costs. Null where it costs nothing, or the provider doesn’t say.'),
    paymentStatus: open(text)
      .nullable()
      .describe('`NOT_PAID`, `PAID`, `PARTIALLY_PAID`, `REFUNDED`, `EXEMPT`, `FAILED`, `UNDEFINED`.'),
    selectedPaymentOption: open(text)
      .nullable()
      .describe('`OFFLINE`, `ONLINE`, `MEMBERSHIP`, `MEMBERSHIP_OFFLINE`, `UNDEFINED`.'),
    depositSelected: z.boolean().nullable().describe('Whether the customer pays only the deposit upfront.'),
    refundExpected: z
      .boolean()
      .nullable()
      .describe('Whether money is to go back: false also where nothing was paid. Null where nobody says.'),
    createdAt: instant.nullable().describe('When the booking was made.'),
    updatedAt: instant.nullable(),
    createdBy: actor,
    revision: open(text).nullable().describe('Counts up with every change of the booking; a 64-bit integer as text.'),
    entityEventSequence: open(text)
      .nullable()
      .describe('Counts up with every event of the booking; a 64-bit integer as text. Events come in any order.'),
    participantsChoices: json.describe('How many of which kind, where a service has kinds. Personal.'),
    doubleBooked: z.boolean().nullable().describe('Whether it overlaps with a confirmed booking.'),
    multiService: multiServiceBooking.nullable().describe('The booking of several services that it is a part of.'),
    addOns: listOf(bookedAddOn),
    // How the customer chose may name a gender.
    resourceSelections: json.describe('How the customer chose who or what serves. Personal.'),
    formId: id.nullable(),
    formSubmissionId: id.nullable().describe("By which the customer's answers can be asked for at the provider."),
    appId: id.nullable().describe('The app that the service is of.'),
    createdByAppId: id.nullable().describe('The app that the booking was made with.'),
    externalUserId: personal(id).nullable().describe('An id that whoever made the booking by API gave it. Personal.'),
    notifyParticipants: z.boolean().nullable().describe('Whether the provider tells the customer.'),
    notificationChannels: listOf(open(text)).describe('By which the customer is told: `EMAIL`, `SMS`.'),
    notificationMetadata: json.describe('Personal.'),
    originatedFrom: text
      .nullable()
      .describe('What set the event off, in words of the provider’s that mean nothing here. Personal.'),
    anonymized: z.boolean().default(false).describe('Whether a request for privacy set it off.'),
    accountInfo: accountInfo
      .nullable()
      .describe('Which account and site of Wix’s it happened in. Null where the provider doesn’t say.'),
    customerAddress: json.describe('Personal.'),
    customerCountryCode: text.nullable().describe('Personal.'),
    customerTimeZone: text.nullable().describe('Personal.'),
    additionalFields: json.describe("The customer's answers to the form. Personal."),
    extendedFields: json.describe('Fields that apps or the owner added. Personal.'),
  }),
});
