import { z } from 'zod';
import { id, optionalInstant, secondary, secondaryList } from '../fields.ts';

/**
 * Cal.com's payloads, version 2021-10-20 (`packages/features/webhooks/lib` of its repository, up to `factory/versioned/v2021-10-20`). There
 * is no other version yet. `X-Cal-Webhook-Version` names the version, but no signature covers headers, so only the payload tells its form.
 */

const text = secondary(z.string());
const someId = secondary(id);
const instant = secondary(optionalInstant);
const unread = z.unknown().optional();

/** A template of the user's own may leave all of these out. */
export const envelope = z.object({
  triggerEvent: z.string().min(1).max(256),
  createdAt: unread,
  payload: unread,
});

const person = z.object({ id: someId, email: text });
/** One calendar until 2023, a list since then: a team's booking is in the calendars of several people. */
const calendar = z.object({ userId: someId });
const calendars = secondary(z.union([calendar.transform((one) => [one]), z.array(calendar)]));

/** What any event may say of its booking. `occurrence.ts` reads more members, in any form. */
export const anyBooking = z.object({
  uid: someId,
  /** The booking of an attendee or a host who did not come. */
  bookingUid: someId,
  organizer: secondary(z.object({ id: someId, email: text, username: text })),
});
export type AnyBooking = z.infer<typeof anyBooking>;

/** Other members that may name the host. They are read only if the organizer has no id. */
export const besidesOrganizer = z.object({
  /** Part of the booking itself, if a meeting starts or ends. */
  userId: someId,
  user: secondary(person),
  team: secondary(z.object({ members: secondaryList(person) })),
  destinationCalendar: calendars,
  oooEntry: secondary(z.object({ user: secondary(person) })),
  /** The host who did not come. */
  hostEmail: text,
});

const attendee = z.object({
  /** The id of the attendee's row. Only older versions send it, and only for a seat. */
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

/** The recurrence in rrule's form: `freq` counts from 0 (a year) to 6 (a second). */
const recurringEvent = z.object({
  freq: secondary(z.int()),
  interval: secondary(z.int()),
  count: secondary(z.int()),
  until: instant,
  dtstart: unread,
  tzid: unread,
});

/** What every event says of a booking. */
const booking = z.object({
  uid: id,
  /** Sent since 2024. */
  bookingId: someId,
  /** The short name of what was booked. */
  type: text,
  /** Names the host and the guest: "30 minutes between A and B". */
  title: text,
  eventTitle: text,
  eventDescription: text,
  eventTypeId: someId,
  startTime: instant,
  endTime: instant,
  length: unread,
  status: text,
  organizer: secondary(z.looseObject({ id: someId, name: text, email: text, timeZone: text, username: text })),
  /** The team that hosts the booking together with the organizer. */
  team: secondary(z.object({ id: someId, name: text, members: secondaryList(z.looseObject(person.shape)) })),
  attendees: secondaryList(attendee),
  /** The seat that the event is about. Cancellations have it since 2026. */
  attendeeSeatId: someId,
  /** Null if one booking takes the whole slot. */
  seatsPerTimeSlot: secondary(z.int().positive()),
  seatsShowAttendees: unread,
  /** In the smallest coin. 0 may also mean that the price is unknown. */
  price: secondary(z.int().nonnegative()),
  currency: text,
  /** The phone number of the person who made the booking. */
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
    /** The e-mail address of the person who canceled. */
    cancelledBy: text,
    /** True if the host asks the guest to choose another time. Then the booking is not canceled. */
    requestReschedule: z.boolean().nullish(),
    /** Present only if all coming bookings of a series are canceled. Then this is the one event for all of them. */
    recurringEvent: secondary(recurringEvent),
    existingRecurringEvent: secondary(z.object({ recurringEventId: someId })),
  }),
});
export type BookingCancelled = z.infer<typeof bookingCancelled>;

/** `payload` is null if it doesn't say which booking it is about. Such an event is recorded without a type. */
export const bookingChanged = envelope.extend({
  payload: secondary(
    booking.extend({
      /** The booking that this one replaced. */
      rescheduleUid: someId,
      rescheduleId: unread,
      rescheduleStartTime: instant,
      rescheduleEndTime: instant,
      /** The e-mail address of the person who moved it. */
      rescheduledBy: text,
      rejectionReason: text,
      paymentId: unread,
      // Every booking of a series has it, but the event is about this booking alone.
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
      /** Only the attendees who were marked. */
      attendees: secondaryList(attendee.extend({ noShow: secondary(z.boolean()) })),
      /** The same, as text in the organizer's language. */
      message: text,
    }),
  ),
});
export type NoShowUpdated = z.infer<typeof noShowUpdated>;
