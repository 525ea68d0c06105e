import type { ActorType } from './cancellation.ts';
import type { Instant } from './instant.ts';
import type { Money } from './money.ts';
import type { Person } from './person.ts';

/** A booking as an event left it, as far as it identifies nobody. What a provider doesn't say is null, or an empty list. */
export interface BookingData {
  readonly bookingId: string;
  readonly title: string | null;
  readonly quantity: number | null;
  readonly status: string | null;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly timeZone: string | null;
  /** Present for appointments and classes; a course has a schedule instead. */
  readonly slot: BookingSlot | null;
  readonly schedule: BookingSchedule | null;
  /** The one seat that the event is about. Null where it is about the whole booking, or the provider doesn't say. */
  readonly seatId: string | null;
  /** How many seats each slot has, where several people book one slot and each may cancel alone. */
  readonly seatsPerSlot: number | null;
  /** Present where the event is about all bookings of a series that are still to come, and not about this one alone. */
  readonly series: BookingSeries | null;
  readonly tags: readonly string[];
  readonly price: Money | null;
  readonly paymentStatus: string | null;
  readonly selectedPaymentOption: string | null;
  readonly depositSelected: boolean | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly createdBy: ActorType;
  /** Counts up with every change of the booking. Text, since it may outgrow a double. */
  readonly revision: string | null;
  /** Counts up with every event of the booking. */
  readonly entityEventSequence: string | null;
  readonly doubleBooked: boolean | null;
  /** The booking of several services that it is a part of. */
  readonly multiService: { readonly id: string | null; readonly type: string | null } | null;
  readonly addOns: readonly BookedAddOn[];
  readonly formId: string | null;
  readonly formSubmissionId: string | null;
  /** The app whose service was booked, and the app that it was booked with. */
  readonly appId: string | null;
  readonly createdByAppId: string | null;
  readonly notifyParticipants: boolean | null;
  /** The ways that they are told by, such as `EMAIL` and `SMS`. */
  readonly notificationChannels: readonly string[];
  /** Whether a privacy request set the event off. Such an event is recorded without anything personal. */
  readonly anonymized: boolean;
  /** Which of the provider's accounts and sites it happened in, where that is said besides the tenant. */
  readonly accountInfo: AccountInfo | null;
}

/** An account of the provider's: whose it is, and the site in it. */
export interface AccountInfo {
  readonly accountId: string | null;
  /** Of which the account is a part, as an agency's client is. */
  readonly parentAccountId: string | null;
  readonly siteId: string | null;
}

/** What a booking says about people. */
export interface BookingPersonal extends BookingPlace {
  readonly customer: Person;
  readonly createdById: string | null;
  /** An id that whoever made the booking by the provider's API gave it. */
  readonly externalUserId: string | null;
  readonly customerAddress: unknown;
  readonly countryCode: string | null;
  readonly customerTimeZone: string | null;
  readonly participantsChoices: unknown;
  /** How the customer chose who or what serves, which may name a gender. */
  readonly resourceSelections: unknown;
  readonly notificationMetadata: unknown;
  /** What set the event off, as text of the provider's own structure: it may hold an address. */
  readonly originatedFrom: string | null;
  readonly additionalFields: unknown;
  readonly extendedFields: unknown;
}

/** Who gives a service and where: a person, and perhaps the customer's own place. */
export interface BookingPlace {
  readonly staffName: string | null;
  readonly staffEmail: string | null;
  readonly locationName: string | null;
  readonly locationAddress: string | null;
}

export interface BookingSlot {
  readonly sessionId: string | null;
  readonly eventId: string | null;
  readonly serviceId: string | null;
  readonly scheduleId: string | null;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly timeZone: string | null;
  readonly allDay: boolean | null;
  /** `HOUR` or `DAY`, where a service is booked for as long as one likes. */
  readonly durationUnit: string | null;
  /** Minutes where the unit is `HOUR`, else so many of it. */
  readonly durationCount: number | null;
  readonly resourceId: string | null;
  readonly resourceTypeId: string | null;
  readonly resourceScheduleId: string | null;
  readonly locationId: string | null;
  readonly locationType: string | null;
}

export interface BookingSchedule {
  readonly scheduleId: string | null;
  readonly serviceId: string | null;
  readonly firstSessionStart: Instant | null;
  readonly lastSessionEnd: Instant | null;
  readonly timeZone: string | null;
  readonly locationId: string | null;
  readonly locationType: string | null;
}

/** Bookings that were made at once and repeat: every so many of a unit. */
export interface BookingSeries {
  readonly id: string | null;
  /** `YEAR`, `MONTH`, `WEEK`, `DAY` or `HOUR`. */
  readonly unit: string | null;
  readonly every: number | null;
  /** How many bookings it had at the beginning. */
  readonly occurrences: number | null;
  readonly until: Instant | null;
}

export interface BookedAddOn {
  readonly id: string | null;
  readonly groupId: string | null;
  readonly name: string | null;
  readonly quantity: number | null;
  readonly durationInMinutes: number | null;
}
