import type { CancellationData, CancellationPersonal } from './cancellation.ts';
import type { Instant } from './instant.ts';
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
      /** Why, in the provider's own word: one of a closed list, and no free text. */
      readonly cause: string | null;
      /** What the customer chose of the provider's list of complaints. */
      readonly feedback: string | null;
      /** What the customer chose of a list that the business wrote itself. */
      readonly feedbackOption?: FeedbackOption | null;
      readonly canceledAt: Instant | null;
    };
  readonly personal: CancellationPersonal & SubscriptionPersonal;
}

/** One of a business's own answers to the question why somebody cancels. */
export interface FeedbackOption {
  readonly id: string | null;
  /** As the customer read it. Null where the provider only says the id. */
  readonly description: string | null;
}
