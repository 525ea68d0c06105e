import type { Instant } from './instant.ts';
import type { SubscriptionData, SubscriptionPersonal } from './subscription.ts';

export type SubscriptionChanged = 'CANCELLATION_UNDONE' | 'CANCELLATION_RESCHEDULED' | 'CANCELLATION_EXPLAINED';

/** Anything that happened to a subscription and did not cancel it. */
export interface SubscriptionChange {
  readonly shape: 'SubscriptionChange';
  readonly kind: null;
  readonly data: SubscriptionData & {
    readonly change: SubscriptionChanged;
    /** When it was to end before. Of `CANCELLATION_UNDONE` and `CANCELLATION_RESCHEDULED`. */
    readonly previousEndsAt: Instant | null;
  };
  readonly personal: SubscriptionPersonal;
}
