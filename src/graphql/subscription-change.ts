import type { SubscriptionChanged } from '../events/subscription-change.ts';
import type { Builder } from './builder.ts';
import type { EventTypes, Of } from './event.ts';
import type { SubscriptionTypes } from './subscription.ts';

/** A record, so that each change that there is has words. */
const CHANGES: Readonly<Record<SubscriptionChanged, { readonly description: string }>> = {
  CANCELLATION_UNDONE: { description: 'It was to be cancelled, and goes on after all.' },
  CANCELLATION_RESCHEDULED: { description: 'It is still to be cancelled, at another time: `endsAt`.' },
  CANCELLATION_EXPLAINED: { description: 'Why it was cancelled, or is to be, was said afterwards, or said otherwise.' },
};

/** `SubscriptionChange`: whatever happens to a subscription other than its cancellation. */
export function addSubscriptionChange(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { SubscriptionEvent }: SubscriptionTypes,
): void {
  const Kind = builder.enumType('SubscriptionChangeKind', {
    description: 'What became of a subscription.',
    values: CHANGES,
  });

  builder.objectRef<Of<'SubscriptionChange'>>('SubscriptionChange').implement({
    description:
      'A subscription was changed and not cancelled: Stripe, `customer.subscription.updated` where a cancellation is ' +
      'undone before it takes effect, has another date, or is explained.',
    interfaces: [builder.nodeInterfaceRef(), SubscriptionEvent, Event],
    fields: (t) => ({
      subscriptionChange: t.field({ type: Kind, resolve: ({ data }) => data.change }),
      previousEndsAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: 'When it was to end before.',
        resolve: ({ data }) => data.previousEndsAt,
      }),
    }),
  });
}
