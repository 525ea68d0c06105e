import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import type { SubscriptionTypes } from './subscription.ts';

/** `SubscriptionCancellation`: a contract of MyEduzz, or a subscription of Stripe's. */
export function addSubscriptionCancellation(
  builder: Builder,
  { Event }: EventTypes,
  { Cancellation }: CancellationTypes,
  { SubscriptionEvent }: SubscriptionTypes,
): void {
  builder.objectRef<Of<'SubscriptionCancellation'>>('SubscriptionCancellation').implement({
    description:
      'A subscription was cancelled: Eduzz, `myeduzz.contract_updated` where it says so; Stripe, ' +
      '`customer.subscription.deleted`, and before it `customer.subscription.updated` with `isScheduled` where the ' +
      'cancellation is decided and the subscription goes on until then.',
    interfaces: [builder.nodeInterfaceRef(), Cancellation, SubscriptionEvent, Event],
  });
}
