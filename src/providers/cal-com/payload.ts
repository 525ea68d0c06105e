import { z } from 'zod';
import { id, optionalInstant, secondary, secondaryList } from '../fields.ts';

/**
 * What Cal.com sends, version 2021-10-20 (`packages/features/webhooks/lib` of its repository, up to
 * `factory/versioned/v2021-10-20`). There is no other version yet. `X-Cal-Webhook-Version` names it, but no signature covers
 * headers, so the form of a payload is told by the payload alone.
 */

const text = secondary(z.string());
const someId = secondary(id);
const instant = secondary(optionalInstant);
const unread = z.unknown().optional();

/** Of a template of the user's own, nothing of it may be left. */
export const envelope = z.object({
  triggerEvent: z.string().min(1).max(256),
  createdAt: unread,
  payload: unread,
});

const person = z.object({ id: someId, email: text });
/** One until 2023, a list since then: a team's booking is in the calendars of several. */
const calendar = z.object({ userId: someId });
const calendars = secondary(z.union([calendar.transform((one) => [one]), z.array(calendar)]));

/** What any event may say of its booking. `occurrence.ts` reads more of it, in any form. */
export const anyBooking = z.object({
  uid: someId,
  /** Of an attendee or a host who did not come. */
  bookingUid: someId,
  organizer: secondary(z.object({ id: someId, email: text, username: text })),
});
export type AnyBooking = z.infer<typeof anyBooking>;

/** What may name the host besides, and is looked at only if the organizer has no id. */
export const besidesOrganizer = z.object({
  /** Of the booking itself, where a meeting starts or ends. */
  userId: someId,
  user: secondary(person),
  team: secondary(z.object({ members: secondaryList(person) })),
  destinationCalendar: calendars,
  oooEntry: secondary(z.object({ user: secondary(person) })),
  /** Of a host who did not come. */
  hostEmail: text,
});

const attendee = z.object({
  /** Of the attendee's row, in older versions and of a seat only. */
  id: someId,
  name: text,
  email: text,
  phoneNumber: text,
  firstName: text,
  lastName: text,
  timeZone: text,
  locale: text,
  utcOffset: unread,
  language: unread,
  bookingId: unread,
  noShow: unread,
});

/** As rrule writes it: `freq` counts from 0, a year, to 6, a second. */
const recurringEvent = z.object({
  freq: secondary(z.int()),
  interval: secondary(z.int()),
  count: secondary(z.int()),
  until: instant,
  dtstart: unread,
  tzid: unread,
});

/** What is said of a booking in every event. */
const booking = z.object({
  uid: id,
  /** Sent since 2024. */
  bookingId: someId,
  /** The short name of what was booked. */
  type: text,
  /** Names both: "30 minutes between A and B". */
  title: text,
  eventTitle: text,
  eventDescription: text,
  eventTypeId: someId,
  startTime: instant,
  endTime: instant,
  length: unread,
  status: text,
  organizer: secondary(z.looseObject({ id: someId, name: text, email: text, timeZone: text, username: text })),
  /** Who hosts it together with the organizer. */
  team: secondary(z.object({ id: someId, name: text, members: secondaryList(z.looseObject(person.shape)) })),
  attendees: secondaryList(attendee),
  /** The seat that it is about. Of a cancellation, sent since 2026. */
  attendeeSeatId: someId,
  /** Null where one booking takes the whole slot. */
  seatsPerTimeSlot: secondary(z.int().positive()),
  seatsShowAttendees: unread,
  /** In the smallest coin; 0 also where nobody knows it. */
  price: secondary(z.int().nonnegative()),
  currency: text,
  /** Of the person who made the booking. */
  smsReminderNumber: text,
  location: text,
  responses: unread,
  userFieldsResponses: unread,
  customInputs: unread,
  metadata: unread,
  description: text,
  additionalNotes: text,
  destinationCalendar: unread,
  requiresConfirmation: unread,
  schedulingType: unread,
  iCalUID: text,
  iCalSequence: unread,
  bookerUrl: text,
  customReplyToEmail: text,
  hideBranding: unread,
  hideOrganizerEmail: unread,
  assignmentReason: unread,
  conferenceData: unread,
  hashedLink: unread,
});
export type Booking = z.infer<typeof booking>;

export const bookingCancelled = z.object({
  triggerEvent: z.literal('BOOKING_CANCELLED'),
  createdAt: instant,
  payload: booking.extend({
    cancellationReason: text,
    /** The e-mail address of the person who did. */
    cancelledBy: text,
    /** The host asks the guest to choose another time: no end of it. */
    requestReschedule: z.boolean().nullish(),
    /** Present only if all bookings of a series that are still to come are cancelled: then this is the one event for all. */
    recurringEvent: secondary(recurringEvent),
    existingRecurringEvent: secondary(z.object({ recurringEventId: someId })),
  }),
});
export type BookingCancelled = z.infer<typeof bookingCancelled>;

/** Null is a payload that doesn't say which booking it is about: it was recorded before it had a type, and still is. */
export const bookingChanged = envelope.extend({
  payload: secondary(
    booking.extend({
      /** Of the booking that was given up for this one. */
      rescheduleUid: someId,
      rescheduleId: unread,
      rescheduleStartTime: instant,
      rescheduleEndTime: instant,
      /** The e-mail address of the person who moved it. */
      rescheduledBy: text,
      rejectionReason: text,
      paymentId: unread,
      // Of each booking of a series: the event is about this one alone.
      recurringEvent: unread,
      existingRecurringEvent: unread,
      requestReschedule: unread,
      videoCallData: unread,
      appsStatus: unread,
    }),
  ),
});
export type BookingChanged = z.infer<typeof bookingChanged>;

export const noShowUpdated = envelope.extend({
  payload: secondary(
    z.object({
      bookingUid: id,
      bookingId: someId,
      /** Those who were marked, and not the others. */
      attendees: secondaryList(attendee.extend({ noShow: secondary(z.boolean()) })),
      /** The same in words of the organizer's language. */
      message: text,
    }),
  ),
});
export type NoShowUpdated = z.infer<typeof noShowUpdated>;
