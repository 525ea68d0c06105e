import type { ActorType, CancellationData, CancellationPersonal } from './cancellation.ts';
import type { Instant } from './instant.ts';

/** A booking that was cancelled, as Wix Bookings says it (`wix.bookings.v2.booking_canceled`). */
export interface BookingCancellation {
  readonly shape: 'BookingCancellation';
  readonly kind: 'BOOKING';
  readonly data: CancellationData & {
    readonly bookingId: string;
    /** Present for appointments and classes; a course has a schedule instead. */
    readonly slot: BookingSlot | null;
    readonly schedule: BookingSchedule | null;
    readonly tags: readonly string[];
    readonly paymentStatus: string | null;
    readonly selectedPaymentOption: string | null;
    readonly createdAt: Instant | null;
    readonly updatedAt: Instant | null;
    readonly createdBy: ActorType;
    /** Counts up with every change of the booking. Text, since it may outgrow a double. */
    readonly revision: string | null;
    readonly entityEventSequence: string | null;
    readonly notifyParticipants: boolean | null;
    readonly ignoreCancellationPolicy: boolean | null;
    readonly waiveCancellationFee: boolean | null;
    readonly originatedFrom: string | null;
    /** Whether a privacy request set the event off. Such an event is recorded without anything personal. */
    readonly anonymized: boolean;
  };
  readonly personal: CancellationPersonal & {
    readonly createdById: string | null;
    readonly customerAddress: unknown;
    readonly countryCode: string | null;
    readonly staffName: string | null;
    readonly staffEmail: string | null;
    readonly locationName: string | null;
    readonly locationAddress: string | null;
    readonly participantsChoices: unknown;
    readonly additionalFields: unknown;
    readonly extendedFields: unknown;
  };
}

export interface BookingSlot {
  readonly sessionId: string | null;
  readonly eventId: string | null;
  readonly serviceId: string | null;
  readonly scheduleId: string | null;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly timeZone: string | null;
  readonly resourceId: string | null;
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
}
