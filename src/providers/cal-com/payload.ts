import { z } from 'zod';
import { id, optionalInstant, optionalText } from '../fields.ts';

/** What Cal.com sends, version 2021-10-20 (`packages/features/webhooks/lib` of its repository). */

/** Of a template of the user's own, nothing of it may be left. */
export const envelope = z.object({
  triggerEvent: z.string().min(1).max(256),
  createdAt: z.unknown().optional(),
  payload: z.unknown().optional(),
});

/** What any event may say of its booking. */
export const anyBooking = z.object({
  uid: id.nullish().catch(null),
  /** Of an attendee who did not come. */
  bookingUid: id.nullish().catch(null),
  organizer: z
    .object({ id: id.nullish().catch(null) })
    .nullish()
    .catch(null),
});

const attendee = z.object({
  name: optionalText,
  email: optionalText,
  phoneNumber: optionalText,
  firstName: optionalText,
  lastName: optionalText,
  timeZone: optionalText,
  utcOffset: z.unknown().optional(),
  language: z.unknown().optional(),
});

export const bookingCancelled = z.object({
  triggerEvent: z.literal('BOOKING_CANCELLED'),
  createdAt: optionalInstant,
  payload: z.object({
    uid: id,
    /** Sent since 2024. */
    bookingId: id.nullish(),
    /** The short name of what was booked. */
    type: optionalText,
    /** Names both: "30 minutes between A and B". */
    title: optionalText,
    eventTitle: optionalText,
    eventTypeId: id.nullish(),
    startTime: optionalInstant,
    endTime: optionalInstant,
    status: optionalText,
    cancellationReason: optionalText,
    /** The e-mail address of whoever did. */
    cancelledBy: optionalText,
    /** The host asks the guest to choose another time: no end of it. */
    requestReschedule: z.boolean().nullish(),
    organizer: z
      .looseObject({ id: id.nullish(), name: optionalText, email: optionalText, timeZone: optionalText })
      .nullish(),
    attendees: z.array(attendee).nullish(),
    location: optionalText,
    responses: z.unknown().optional(),
    userFieldsResponses: z.unknown().optional(),
    customInputs: z.unknown().optional(),
    metadata: z.unknown().optional(),
    description: optionalText,
    additionalNotes: optionalText,
  }),
});
export type BookingCancelled = z.infer<typeof bookingCancelled>;
