import type { Instant } from './instant.ts';
import type { SubscriptionData, SubscriptionPersonal } from './subscription.ts';

export const SUBSCRIPTION_CHANGES = ['CANCELLATION_UNDONE', 'CANCELLATION_RESCHEDULED'] as const;
export type SubscriptionChanged = (typeof SUBSCRIPTION_CHANGES)[number];

/** Anything that happened to a subscription and did not cancel it. */
export interface SubscriptionChange {
  readonly shape: 'SubscriptionChange';
  readonly kind: null;
  readonly data: SubscriptionData & {
    readonly change: SubscriptionChanged;
    /** When it was to end before. */
    readonly previousEndsAt: Instant | null;
  };
  readonly personal: SubscriptionPersonal;
}
