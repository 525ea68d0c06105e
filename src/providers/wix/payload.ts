import { z } from 'zod';
import { id, idOrNone, secondary } from '../fields.ts';

/**
 * Wix's payloads, once the claims are opened. Members and nesting follow the Bookings V2 reference and the typings of
 * `@wix/auto_sdk_bookings_bookings`.
 *
 * An event needs its name, its account, and the id and status of its booking. Any other member may be missing, null, or in an unknown form.
 * Then it counts as missing, and the rest of the event is served.
 */

/** The entity of every event of Wix Bookings V2. */
export const BOOKING = 'wix.bookings.v2.booking';

const text = secondary(z.string());
/** A word that the provider defines, so everybody may see it. Any other text may be personal. */
const WORD = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const word = secondary(z.string().regex(WORD));
const flag = secondary(z.boolean());
/** Parsed later, since another member has its time zone. */
const time = text;
/** What GraphQL's Int can hold. */
const count = secondary(z.int32().nonnegative());
/** 64-bit counters, which Wix writes as text. */
const counter = secondary(z.union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative().transform(String)]));
const someId = secondary(id);
/** An object whose members are not checked. */
const map = secondary(z.looseObject({}));
const anything = z.unknown().optional();

/**
 * The account and the site in which the event happened, as `@wix/sdk` passes it on beside the installation
 * (`build/event-handlers-modules.js`). Events of a whole account (team members, folders, created sites) have no installation:
 * https://dev.wix.com/docs/overview/backend-services/about-account-level-webhooks
 */
const accountInfo = secondary(z.object({ accountId: someId, parentAccountId: someId, siteId: someId }));

/** `data` of the token: the event, the installation or account, and the actor. */
export const claims = z.object({
  data: z
    .object({
      eventType: z.string().min(1).max(256),
      instanceId: idOrNone,
      data: z.looseObject({}, { error: 'expected an event, as an object or as JSON' }),
      identity: anything,
      accountInfo,
    })
    .refine(({ instanceId, accountInfo }) => Boolean(instanceId ?? accountInfo?.accountId), {
      path: ['instanceId'],
      error: 'expected an id as text or integer, or an accountInfo with the id of an account',
    }),
});

/** The actor. Wix's own type is UNKNOWN even if an id says more, so only the ids count. */
export const actor = z.object({
  identityType: text,
  memberId: text,
  anonymousVisitorId: text,
  wixUserId: text,
  appId: text,
  contactId: text,
});

/** The members that every event has. */
export const domainEvent = z.object({
  id: idOrNone,
  entityFqdn: text,
  slug: text,
  entityId: idOrNone,
  eventTime: time,
  triggeredByAnonymizeRequest: secondary(
    z.union([z.boolean(), z.union([z.literal(1), z.string().regex(/^(?:true|1)$/i)]).transform(() => true)]),
  ),
  originatedFrom: text,
  entityEventSequence: counter,
});

/** A request for privacy is never refused because of its ids. An invalid id counts as missing. */
export const privacyRequest = domainEvent.extend({ id: someId, entityId: someId });

const location = z.object({
  id: someId,
  name: text,
  formattedAddress: text,
  formattedAddressTranslated: text,
  locationType: word,
});

const slot = z.object({
  sessionId: someId,
  eventId: someId,
  serviceId: someId,
  scheduleId: someId,
  startDate: time,
  endDate: time,
  timezone: text,
  resource: secondary(z.object({ id: someId, name: text, email: text, scheduleId: someId, type: someId })),
  location: secondary(location),
  resourceSelections: anything,
  allDay: flag,
  durationUnitType: word,
  durationUnitCount: count,
});
export type Slot = z.infer<typeof slot>;

/** A course has this instead of a slot. */
const schedule = z.object({
  scheduleId: someId,
  serviceId: someId,
  firstSessionStart: time,
  lastSessionEnd: time,
  timezone: text,
  location: secondary(location),
});
export type Schedule = z.infer<typeof schedule>;

const bookedEntity = secondary(
  z.object({ slot: secondary(slot), schedule: secondary(schedule), title: text, tags: secondary(z.array(text)) }),
);
export type BookedEntity = z.infer<typeof bookedEntity>;

const participantsChoices = secondary(
  z.looseObject({ serviceChoices: secondary(z.array(secondary(z.looseObject({ numberOfParticipants: count })))) }),
);
export type ParticipantsChoices = z.infer<typeof participantsChoices>;

const addOns = secondary(
  z.array(
    secondary(
      z.object({
        id: someId,
        groupId: someId,
        name: text,
        nameTranslated: text,
        quantity: count,
        durationInMinutes: count,
      }),
    ),
  ),
);
export type AddOns = z.infer<typeof addOns>;

const booking = z.object({
  id,
  bookedEntity,
  /** Missing after the contact was anonymized. */
  contactDetails: secondary(
    z.object({
      contactId: text,
      firstName: text,
      lastName: text,
      email: text,
      phone: text,
      fullAddress: map,
      countryCode: text,
      timeZone: text,
    }),
  ),
  status: z.string({ error: 'expected a word' }).regex(WORD, { error: 'expected a word' }),
  paymentStatus: word,
  selectedPaymentOption: word,
  depositSelected: flag,
  createdDate: time,
  updatedDate: time,
  /** Not in the typings, but Wix's own SDK converts it as a date. */
  canceledDate: time,
  startDate: time,
  endDate: time,
  revision: counter,
  createdBy: secondary(actor),
  externalUserId: text,
  totalParticipants: count,
  /** The documented sample has it beside `totalParticipants`, but the typings don't. */
  numberOfParticipants: count,
  participantsChoices,
  doubleBooked: flag,
  multiServiceBookingInfo: secondary(z.object({ id: someId, type: word })),
  bookedAddOns: addOns,
  formId: someId,
  formSubmissionId: someId,
  appId: someId,
  createdByAppId: someId,
  additionalFields: anything,
  extendedFields: map,
});
export type Booking = z.infer<typeof booking>;

const notification = secondary(z.object({ notifyParticipants: flag, message: text, metadata: map }));
export type Notification = z.infer<typeof notification>;

const action = z.object({
  booking,
  participantNotification: notification,
  initiatedBy: secondary(actor),
  previousStatus: word,
});

export const bookingCreated = domainEvent.extend({ createdEvent: z.object({ entity: booking }) });

export const bookingUpdated = domainEvent.extend({
  updatedEvent: z.object({
    currentEntity: booking,
    /** A list of names, or an object of values by name. */
    modifiedFields: secondary(z.union([z.array(text), z.looseObject({})])),
  }),
});

export const bookingCanceled = domainEvent.extend({
  actionEvent: z.object({
    body: action.extend({
      flowControlSettings: secondary(
        z.object({ ignoreCancellationPolicy: flag, withRefund: flag, waiveCancellationFee: flag }),
      ),
    }),
  }),
});
export type BookingCanceled = z.infer<typeof bookingCanceled>;

/** Confirmed, declined, rescheduled, marked as pending, participants updated. Each of them may have every one of these members. */
export const bookingActed = domainEvent.extend({
  actionEvent: z.object({
    body: action.extend({
      flowControlSettings: secondary(z.object({ withRefund: flag, ignoreReschedulePolicy: flag })),
      sendSmsReminder: flag,
      doubleBooked: flag,
      previousPaymentStatus: word,
      previousBookedEntity: bookedEntity,
      previousStartDate: time,
      previousEndDate: time,
      previousTotalParticipants: count,
      previousParticipantsChoices: participantsChoices,
      previousBookedAddOns: addOns,
    }),
  }),
});
export type BookingAction = z.infer<typeof bookingActed>['actionEvent']['body'];
