import type {
  BookedAddOn,
  BookingData,
  BookingPersonal,
  BookingPlace,
  BookingSchedule,
  BookingSlot,
} from './booking.ts';
import type { ActorType } from './cancellation.ts';
import type { Instant } from './instant.ts';

export const BOOKING_CHANGES = [
  'CREATED',
  'UPDATED',
  'CONFIRMED',
  'DECLINED',
  'RESCHEDULED',
  'MARKED_AS_PENDING',
  'PARTICIPANTS_UPDATED',
] as const;
export type BookingChanged = (typeof BOOKING_CHANGES)[number];

/**
 * Anything that happened to a booking and did not cancel it. A declined one is none: it never was agreed upon. What was
 * before is null where the event doesn't say it.
 */
export interface BookingChange {
  readonly shape: 'BookingChange';
  readonly kind: null;
  readonly data: BookingData & {
    readonly change: BookingChanged;
    readonly initiatedBy: ActorType;
    readonly previousStatus: string | null;
    readonly previousPaymentStatus: string | null;
    readonly previousStartsAt: Instant | null;
    readonly previousEndsAt: Instant | null;
    readonly previousSlot: BookingSlot | null;
    readonly previousSchedule: BookingSchedule | null;
    readonly previousQuantity: number | null;
    readonly previousAddOns: readonly BookedAddOn[];
    /** Names only: what stood in them may be anybody's. */
    readonly modifiedFields: readonly string[];
    readonly refundExpected: boolean | null;
    readonly sendSmsReminder: boolean | null;
    readonly ignoreReschedulePolicy: boolean | null;
  };
  readonly personal: BookingPersonal & {
    readonly tenantName: string | null;
    readonly initiatedById: string | null;
    /** What the participants are told. Free text. */
    readonly message: string | null;
    readonly previousPlace: BookingPlace | null;
    readonly previousParticipantsChoices: unknown;
  };
}
