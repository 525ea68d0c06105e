import { z } from 'zod';
import { id, optionalText, optionalTime, time } from '../fields.ts';

/**
 * What Wix sends, once its claims are opened. Members and nesting after the Bookings V2 reference, "Booking Canceled",
 * and the typings of `@wix/auto_sdk_bookings_bookings`.
 */

/** `data` of the token: which event, of which installation, and who set it off. */
export const claims = z.object({
  data: z.object({
    eventType: z.string().min(1).max(256),
    instanceId: id,
    data: z.unknown().optional(),
    identity: z.unknown().optional(),
  }),
});

/** The event inside, as far as every event has it. */
export const domainEvent = z.object({
  id: id.nullish(),
  entityFqdn: optionalText,
  slug: optionalText,
  entityId: id.nullish(),
  eventTime: z.unknown().optional(),
  triggeredByAnonymizeRequest: z.boolean().nullish(),
});

/** Who did it. The type that Wix states is UNKNOWN even where an id says better, so only the ids count. */
export const actor = z.object({
  memberId: optionalText,
  anonymousVisitorId: optionalText,
  wixUserId: optionalText,
  appId: optionalText,
});

const slot = z.object({
  sessionId: optionalText,
  eventId: optionalText,
  serviceId: optionalText,
  scheduleId: optionalText,
  startDate: optionalTime,
  endDate: optionalTime,
  timezone: optionalText,
  resource: z.object({ id: optionalText, name: optionalText, email: optionalText, scheduleId: optionalText }).nullish(),
  location: z
    .object({ id: optionalText, name: optionalText, formattedAddress: optionalText, locationType: optionalText })
    .nullish(),
});

/** A course has this instead of a slot. */
const schedule = z.object({
  scheduleId: optionalText,
  serviceId: optionalText,
  firstSessionStart: optionalTime,
  lastSessionEnd: optionalTime,
  timezone: optionalText,
});

const participantsChoices = z.looseObject({
  serviceChoices: z.array(z.looseObject({ numberOfParticipants: z.int32().nullish() })).nullish(),
});

/** 64-bit counters, which Wix writes as text. */
const counter = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative().transform(String)], { error: 'expected a counter' })
  .nullish();

export const booking = z.object({
  id,
  bookedEntity: z.object({
    slot: slot.nullish(),
    schedule: schedule.nullish(),
    title: optionalText,
    tags: z.array(z.string()).nullish(),
  }),
  /** Missing once the contact was anonymised. */
  contactDetails: z
    .object({
      contactId: optionalText,
      firstName: optionalText,
      lastName: optionalText,
      email: optionalText,
      phone: optionalText,
      fullAddress: z.unknown().optional(),
      countryCode: optionalText,
    })
    .nullish(),
  status: z.string(),
  paymentStatus: optionalText,
  selectedPaymentOption: optionalText,
  createdDate: optionalTime,
  updatedDate: optionalTime,
  /** Not in the typings, but among the dates that Wix's own SDK converts. */
  canceledDate: optionalTime,
  startDate: optionalTime,
  endDate: optionalTime,
  revision: counter,
  createdBy: actor.nullish(),
  totalParticipants: z.int32().nullish(),
  /** What the documented sample has beside `totalParticipants`; the typings don't know it. */
  numberOfParticipants: z.int32().nullish(),
  participantsChoices: participantsChoices.nullish(),
  additionalFields: z.unknown().optional(),
  extendedFields: z.unknown().optional(),
});
export type Booking = z.infer<typeof booking>;

export const bookingCanceled = z.object({
  id: id.nullish(),
  entityFqdn: z.literal('wix.bookings.v2.booking').nullish(),
  slug: z.literal('canceled').nullish(),
  entityId: id,
  eventTime: time,
  triggeredByAnonymizeRequest: z.boolean().nullish(),
  originatedFrom: optionalText,
  entityEventSequence: counter,
  actionEvent: z.object({
    body: z.object({
      booking,
      participantNotification: z.object({ notifyParticipants: z.boolean().nullish(), message: optionalText }).nullish(),
      flowControlSettings: z
        .object({
          ignoreCancellationPolicy: z.boolean().nullish(),
          withRefund: z.boolean().nullish(),
          waiveCancellationFee: z.boolean().nullish(),
        })
        .nullish(),
      initiatedBy: actor.nullish(),
      previousStatus: optionalText,
    }),
  }),
});
export type BookingCanceled = z.infer<typeof bookingCanceled>;
