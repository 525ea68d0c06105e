import type { Instant } from './instant.ts';
import type { Money } from './money.ts';
import type { Person } from './person.ts';

/** The subscription that an event is about, as the event left it. */
export interface SubscriptionData {
  readonly subscriptionId: string;
  /** What was subscribed to, as a person would name it. */
  readonly title: string | null;
  /** Null where several products have a quantity each. */
  readonly quantity: number | null;
  readonly status: string | null;
  readonly startsAt: Instant | null;
  /** When it ended, or is to end. */
  readonly endsAt: Instant | null;
  readonly products: readonly SubscribedProduct[];
  /** What it costs each time. Null where several products have a price each. */
  readonly price: Money | null;
  readonly interval: BillingInterval | null;
  readonly paymentMethod: string | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly sentAt: Instant | null;
  /** False for what a provider sent as a test. Null where it doesn't say. */
  readonly isLive: boolean | null;
}

/** The people of a subscription. */
export interface SubscriptionPersonal {
  readonly tenantName: string | null;
  readonly customer: Person;
  /** Who pays, where that is somebody else. */
  readonly payer: Person | null;
  readonly producerEmail: string | null;
}

/** One product of a subscription. Those of an older hookcast have only an id and a name. */
export interface SubscribedProduct {
  readonly id: string | null;
  readonly name: string | null;
  readonly price?: Money | null;
  readonly quantity?: number | null;
  readonly interval?: BillingInterval | null;
}

/** How often a subscription renews: every so many of these. */
export interface BillingInterval {
  readonly unit: string;
  readonly count: number;
}
