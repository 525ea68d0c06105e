import type { BookingData, BookingPersonal } from './booking.ts';
import type { CancellationData, CancellationPersonal } from './cancellation.ts';

/** A booking that was cancelled. What a provider doesn't say is null; Wix Bookings says most. */
export interface BookingCancellation {
  readonly shape: 'BookingCancellation';
  readonly kind: 'BOOKING';
  readonly data: CancellationData &
    BookingData & {
      readonly ignoreCancellationPolicy: boolean | null;
      readonly waiveCancellationFee: boolean | null;
    };
  readonly personal: CancellationPersonal & BookingPersonal;
}
