import { z } from 'zod';
import { id, optionalInstant, secondary, secondaryList } from '../fields.ts';

/** What Cal.com sends, version 2021-10-20 (`packages/features/webhooks/lib` of its repository). */

const text = secondary(z.string());
const someId = secondary(id);
const instant = secondary(optionalInstant);

/** Of a template of the user's own, nothing of it may be left. */
export const envelope = z.object({
  triggerEvent: z.string().min(1).max(256),
  createdAt: z.unknown().optional(),
  payload: z.unknown().optional(),
});

/** What any event may say of its booking. */
export const anyBooking = z.object({
  uid: someId,
  /** Of an attendee who did not come. */
  bookingUid: someId,
  organizer: secondary(z.object({ id: someId })),
});

const attendee = z.object({
  name: text,
  email: text,
  phoneNumber: text,
  firstName: text,
  lastName: text,
  timeZone: text,
  utcOffset: z.unknown().optional(),
  language: z.unknown().optional(),
});

export const bookingCancelled = z.object({
  triggerEvent: z.literal('BOOKING_CANCELLED'),
  createdAt: instant,
  payload: z.object({
    uid: id,
    /** Sent since 2024. */
    bookingId: someId,
    /** The short name of what was booked. */
    type: text,
    /** Names both: "30 minutes between A and B". */
    title: text,
    eventTitle: text,
    eventTypeId: someId,
    startTime: instant,
    endTime: instant,
    status: text,
    cancellationReason: text,
    /** The e-mail address of whoever did. */
    cancelledBy: text,
    /** The host asks the guest to choose another time: no end of it. */
    requestReschedule: z.boolean().nullish(),
    organizer: secondary(z.looseObject({ id: someId, name: text, email: text, timeZone: text })),
    attendees: secondaryList(attendee),
    location: text,
    responses: z.unknown().optional(),
    userFieldsResponses: z.unknown().optional(),
    customInputs: z.unknown().optional(),
    metadata: z.unknown().optional(),
    description: text,
    additionalNotes: text,
  }),
});
export type BookingCancelled = z.infer<typeof bookingCancelled>;
