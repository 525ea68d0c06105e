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
  'Bookings that were made together and repeat at an interval of `unit`.',
  {
    seriesId: id.nullable(),
    unit: open(text).nullable().describe('`YEAR`, `MONTH`, `WEEK`, `DAY` or `HOUR`.'),
    every: whole.nullable(),
    occurrences: whole.nullable().describe('How many bookings the series had when it was made.'),
    until: instant.nullable(),
  },
);

const accountInfo = objectType(
  'AccountInfo',
  'The provider’s account that the event happened in, and the site in that account.',
  {
    accountId: id.nullable(),
    parentAccountId: id.nullable().describe('The account that this account belongs to.'),
    siteId: id.nullable(),
  },
);

/** A booking in the state after the event. */
export const BookingEvent = interfaceType('BookingEvent', {
  description: 'Something happened to a booking. The fields show the booking after the event.',
  fields: z.object({
    bookingId: id,
    title: open(text).nullable().describe('What was booked, in words for people.'),
    customer: orBlank(person),
    quantity: whole.nullable().describe('The number of participants, over all kinds.'),
    status: open(text)
      .nullable()
      .describe('`CREATED`, `PENDING`, `CONFIRMED`, `DECLINED`, `CANCELED`, `WAITING_LIST`.'),
    previousStatus: open(text).nullable(),
    startsAt: moment.nullable(),
    endsAt: moment.nullable(),
    timeZone: open(text).nullable(),
    slot: bookingSlot.nullable().describe('The slot, if an appointment or a class was booked.'),
    schedule: bookingSchedule.nullable().describe('The course, if a course was booked.'),
    seatId: id
      .nullable()
      .describe(
        'The seat that the event is about. Null if the event is about the whole booking, or if the provider did not say.',
      ),
    seatsPerSlot: whole
      .nullable()
      .describe(
        'How many seats each slot has, if several people can book one slot. Others may then keep their seats after one of them canceled.',
      ),
    series: bookingSeries
      .nullable()
      .describe(
        'The series, if the event is about all future bookings of a series. The provider then sends one event for all of them.',
      ),
    tags: listOf(open(text)).describe('`INDIVIDUAL`, `GROUP` or `COURSE`.'),
    price: money.nullable().describe('What the booking costs. Null if it is free, or if the provider did not say.'),
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
      .describe(
        'Whether the customer gets money back. False also if nothing was paid. Null if the provider did not say.',
      ),
    createdAt: instant.nullable().describe('When the booking was made.'),
    updatedAt: instant.nullable(),
    createdBy: actor,
    revision: open(text)
      .nullable()
      .describe('A number that grows with each change of the booking: a 64-bit integer, as text.'),
    entityEventSequence: open(text)
      .nullable()
      .describe(
        'A number that grows with each event of the booking: a 64-bit integer, as text. Events may arrive in any order.',
      ),
    participantsChoices: json.describe('How many participants of each kind, if the service has kinds. Personal.'),
    doubleBooked: z.boolean().nullable().describe('Whether it overlaps with a confirmed booking.'),
    multiService: multiServiceBooking
      .nullable()
      .describe('The booking of several services that this booking belongs to.'),
    addOns: listOf(bookedAddOn),
    // The choice of a member of the staff may name a gender.
    resourceSelections: json.describe('How the customer chose a resource or a member of the staff. Personal.'),
    formId: id.nullable(),
    formSubmissionId: id.nullable().describe("The id by which the provider's API returns the customer's answers."),
    appId: id.nullable().describe('The app that the service belongs to.'),
    createdByAppId: id.nullable().describe('The app that the booking was made with.'),
    externalUserId: personal(id)
      .nullable()
      .describe('The id that an API client gave the booking when it made it. Personal.'),
    notifyParticipants: z.boolean().nullable().describe('Whether the provider notifies the customer.'),
    notificationChannels: listOf(open(text)).describe('How the customer is notified: `EMAIL`, `SMS`.'),
    notificationMetadata: json.describe('Personal.'),
    originatedFrom: text
      .nullable()
      .describe('What caused the event, in the provider’s own words. hookcast does not interpret them. Personal.'),
    anonymized: z.boolean().default(false).describe('Whether a customer’s privacy request caused the event.'),
    accountInfo: accountInfo
      .nullable()
      .describe('The Wix account and site that it happened in. Null if the provider did not say.'),
    customerAddress: json.describe('Personal.'),
    customerCountryCode: text.nullable().describe('Personal.'),
    customerTimeZone: text.nullable().describe('Personal.'),
    additionalFields: json.describe("The customer's answers to the form. Personal."),
    extendedFields: json.describe('Fields that apps or the owner added. Personal.'),
  }),
});
