import type { CancellationData, CancellationPersonal } from './cancellation.ts';
import type { Instant } from './instant.ts';
import type { Money } from './money.ts';
import type { Person } from './person.ts';

/** A subscription that was cancelled: a contract of MyEduzz (`myeduzz.contract_updated`), or one of Stripe's. */
export interface SubscriptionCancellation {
  readonly shape: 'SubscriptionCancellation';
  readonly kind: 'SUBSCRIPTION';
  readonly data: CancellationData & {
    readonly subscriptionId: string;
    readonly products: readonly { readonly id: string | null; readonly name: string | null }[];
    readonly price: Money | null;
    /** How often it renewed: every so many of these. */
    readonly interval: { readonly unit: string; readonly count: number } | null;
    readonly paymentMethod: string | null;
    /** Why, in the provider's own word: one of a closed list, and no free text. */
    readonly cause: string | null;
    /** What the customer chose of the provider's list of complaints. */
    readonly feedback: string | null;
    readonly createdAt: Instant | null;
    readonly updatedAt: Instant | null;
    readonly canceledAt: Instant | null;
    readonly sentAt: Instant | null;
    /** False for what a provider sent as a test. Null where it doesn't say. */
    readonly isLive: boolean | null;
  };
  readonly personal: CancellationPersonal & {
    /** Who pays, where that is somebody else. */
    readonly payer: Person | null;
    readonly producerEmail: string | null;
  };
}
