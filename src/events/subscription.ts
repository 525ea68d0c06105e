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
  /** Why it was cancelled, or is to be, in the provider's own word: one of a closed list, and no free text. */
  readonly cause: string | null;
  /** What the customer chose of the provider's list of complaints. */
  readonly feedback: string | null;
  /** What the customer chose of a list that the business wrote itself. Missing in what an older hookcast wrote. */
  readonly feedbackOption?: FeedbackOption | null;
  readonly createdAt: Instant | null;
  /** When it was decided that it ends. */
  readonly canceledAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly sentAt: Instant | null;
  /** False for what a provider sent as a test. Null where it doesn't say. */
  readonly isLive: boolean | null;
}

/** The people of a subscription. */
export interface SubscriptionPersonal {
  readonly tenantName: string | null;
  readonly customer: Person;
  /** Why it was cancelled, or is to be. Free text. */
  readonly reason: string | null;
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

/** One of a business's own answers to the question why somebody cancels. */
export interface FeedbackOption {
  readonly id: string | null;
  /** As the customer read it. Null where the provider only says the id. */
  readonly description: string | null;
}
