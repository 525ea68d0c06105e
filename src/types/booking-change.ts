import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { enumType, instant, json, listOf, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { actor } from './actor.ts';
import { BookingEvent } from './booking-event.ts';
import { bookedAddOn, bookingSchedule, bookingSlot } from './booking-slot.ts';

export const bookingChangeKind = enumType('BookingChangeKind', [
  'CREATED',
  'UPDATED',
  'CONFIRMED',
  'DECLINED',
  'RESCHEDULED',
  'MARKED_AS_PENDING',
  'PARTICIPANTS_UPDATED',
]);

/** Anything that happened to a booking and did not cancel it. */
export const BookingChange = eventType('BookingChange', {
  description:
    'A booking was made, or changed and not cancelled: the other events of Wix Bookings. A declined booking is here too: ' +
    'it never came about. What was before is null where the event doesn’t say it.',
  implements: [BookingEvent],
  fields: z.object({
    ...BookingEvent.shape,
    bookingChange: bookingChangeKind,
    initiatedBy: actor,
    message: text.nullable().describe('What the participants are told. Personal.'),
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
  subject: ({ bookingId }) => bookingId && `booking/${bookingId}`,
});
