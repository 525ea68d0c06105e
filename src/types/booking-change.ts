import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { enumType, id, instant, json, listOf, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { actor } from './actor.ts';
import { BookingEvent } from './booking-event.ts';
import { bookedAddOn, bookingSchedule, bookingSlot } from './booking-slot.ts';

export const bookingChangeKind = enumType(
  'BookingChangeKind',
  {
    CREATED: 'It was made. Of Cal.com also: a request for it was confirmed.',
    REQUESTED: 'It was asked for, and waits until the business confirms it.',
    UPDATED: 'Something of it is another: `modifiedFields`.',
    CONFIRMED: 'The business confirmed it.',
    DECLINED: 'The business declined it: it never came about.',
    RESCHEDULED:
      'It is at another time. Of Cal.com and Calendly it is a new booking then: `previousBookingId` is the old one.',
    MARKED_AS_PENDING: 'It waits until the business confirms it.',
    PARTICIPANTS_UPDATED: 'It is for another number of participants.',
    PAID: 'It was paid.',
    MARKED_AS_NO_SHOW: 'The customer did not come.',
    UNMARKED_AS_NO_SHOW: 'The customer came after all: the mark was a mistake.',
  },
  'What happened to a booking.',
);

/** Anything that happened to a booking and did not cancel it. */
export const BookingChange = eventType('BookingChange', {
  description:
    'A booking was made, or changed and not cancelled: the other events of Wix Bookings, and those of Cal.com and Calendly ' +
    'about a booking. A declined booking is here too: it never came about. What was before is null where the event ' +
    'doesn’t say it.',
  implements: [BookingEvent],
  fields: z.object({
    ...BookingEvent.shape,
    bookingChange: bookingChangeKind,
    initiatedBy: actor,
    message: text.nullable().describe('What the participants are told. Personal.'),
    previousBookingId: id
      .nullable()
      .describe('The booking that was given up for this one, where moving a booking makes a new one.'),
    previousPaymentStatus: open(text).nullable(),
    previousStartsAt: instant.nullable(),
    previousEndsAt: instant.nullable(),
    previousSlot: bookingSlot.nullable(),
    previousSchedule: bookingSchedule.nullable(),
    previousQuantity: whole.nullable(),
    previousParticipantsChoices: json.describe('Personal.'),
    previousAddOns: listOf(bookedAddOn),
    modifiedFields: listOf(open(text)).describe('What was changed, by its names only. Of `UPDATED`.'),
    sendSmsReminder: z.boolean().nullable(),
    ignoreReschedulePolicy: z
      .boolean()
      .nullable()
      .describe('Whether it was rescheduled even where the policy forbids it.'),
  }),
  happened: 'bookingChange',
  amount: 'price',
  subject: ({ bookingId }) => bookingId && `booking/${bookingId}`,
});
