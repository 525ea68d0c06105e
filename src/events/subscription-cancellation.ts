import type { CancellationData, CancellationPersonal } from './cancellation.ts';
import type { SubscriptionData, SubscriptionPersonal } from './subscription.ts';

/** A subscription that was cancelled: a contract of MyEduzz (`myeduzz.contract_updated`), or one of Stripe's. */
export interface SubscriptionCancellation {
  readonly shape: 'SubscriptionCancellation';
  readonly kind: 'SUBSCRIPTION';
  readonly data: CancellationData &
    SubscriptionData & {
      /**
       * Whether it is only decided, and the subscription goes on until `endsAt`. Another event says when it has ended, and that
       * one is counted. Missing in what an older hookcast wrote, which knew of none.
       */
      readonly isScheduled?: boolean;
    };
  readonly personal: CancellationPersonal & SubscriptionPersonal;
}
