import { z } from 'zod';
import { id, idOrNone, secondary } from '../fields.ts';

/**
 * What Wix sends, once its claims are opened. Members and nesting after the Bookings V2 reference and the typings of
 * `@wix/auto_sdk_bookings_bookings`.
 *
 * An event needs its name, its account, its booking's id and status. Anything else may be missing, null, or of a form
 * that nobody foresaw: it then counts as not said, and the event is served for the rest.
 */

/** The entity of every event of Wix Bookings V2. */
export const BOOKING = 'wix.bookings.v2.booking';

const text = secondary(z.string());
/** A word of the provider's, which everybody may see. Any other text may be somebody's. */
const WORD = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const word = secondary(z.string().regex(WORD));
const flag = secondary(z.boolean());
/** A time is parsed later: its zone stands elsewhere. */
const time = text;
/** What GraphQL's Int can hold. */
const count = secondary(z.int32().nonnegative());
/** 64-bit counters, which Wix writes as text. */
const counter = secondary(z.union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative().transform(String)]));
const someId = secondary(id);
/** Anybody's structure. */
const map = secondary(z.looseObject({}));
const anything = z.unknown().optional();

/**
 * Which account and site it happened in, as `@wix/sdk` hands it on beside the installation (`build/event-handlers-modules.js`).
 * What happens to an account as a whole (team members, folders, sites that are made) is of no installation:
 * https://dev.wix.com/docs/overview/backend-services/about-account-level-webhooks
 */
const accountInfo = secondary(z.object({ accountId: someId, parentAccountId: someId, siteId: someId }));

/** `data` of the token: the event, the installation or account, and who caused it. */
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

/** Who did it. The type that Wix states is UNKNOWN even where an id says better, so only the ids count. */
export const actor = z.object({
  identityType: text,
  memberId: text,
  anonymousVisitorId: text,
  wixUserId: text,
  appId: text,
  contactId: text,
});

/** The event inside, as far as every event has it. */
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

/** Of a request for privacy nothing is waited for: what is no id counts as missing. */
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
  /** Missing once the contact was anonymised. */
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
  /** Not in the typings, but among the dates that Wix's own SDK converts. */
  canceledDate: time,
  startDate: time,
  endDate: time,
  revision: counter,
  createdBy: secondary(actor),
  externalUserId: text,
  totalParticipants: count,
  /** What the documented sample has beside `totalParticipants`; the typings don't know it. */
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
    /** A list of names, or the values by their names. */
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

/** Confirmed, declined, rescheduled, marked as pending, participants updated: what one of them says, any may say. */
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
