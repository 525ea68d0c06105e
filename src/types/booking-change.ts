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
    CREATED: 'It was made. For Cal.com also: a request for it was confirmed.',
    REQUESTED: 'It was asked for, and waits until the business confirms it.',
    UPDATED: 'Other fields were changed: `modifiedFields` names them.',
    CONFIRMED: 'The business confirmed it.',
    DECLINED: 'The business declined the request, so there is no booking.',
    RESCHEDULED:
      'It was moved to another time. Cal.com and Calendly make a new booking: `previousBookingId` is the old one.',
    MARKED_AS_PENDING: 'It waits until the business confirms it.',
    PARTICIPANTS_UPDATED: 'It is for another number of participants.',
    PAID: 'It was paid.',
    MARKED_AS_NO_SHOW: 'The customer did not come.',
    UNMARKED_AS_NO_SHOW: 'The customer did come: the no-show mark was a mistake.',
  },
  'What happened to a booking.',
);

/** Anything that happened to a booking and did not cancel it. */
export const BookingChange = eventType('BookingChange', {
  description:
    'A booking was made or changed, but not canceled: the other events of Wix Bookings, and those of Cal.com and Calendly about a booking. A declined booking is a change as well. A `previous…` field is null if the event does not say it.',
  implements: [BookingEvent],
  fields: z.object({
    ...BookingEvent.shape,
    bookingChange: bookingChangeKind,
    initiatedBy: actor,
    message: text.nullable().describe('What the participants are told. Personal.'),
    previousBookingId: id
      .nullable()
      .describe('The former booking, if the provider makes a new booking when one is moved.'),
    previousPaymentStatus: open(text).nullable(),
    previousStartsAt: instant.nullable(),
    previousEndsAt: instant.nullable(),
    previousSlot: bookingSlot.nullable(),
    previousSchedule: bookingSchedule.nullable(),
    previousQuantity: whole.nullable(),
    previousParticipantsChoices: json.describe('Personal.'),
    previousAddOns: listOf(bookedAddOn),
    modifiedFields: listOf(open(text)).describe(
      'The names of the fields that were changed. Only if `change` is `UPDATED`.',
    ),
    sendSmsReminder: z.boolean().nullable(),
    ignoreReschedulePolicy: z
      .boolean()
      .nullable()
      .describe('Whether it was rescheduled although the policy forbids it.'),
  }),
  happened: 'bookingChange',
  amount: 'price',
  subject: ({ bookingId }) => bookingId && `booking/${bookingId}`,
});
