import type { FeedbackOption } from '../events/subscription-cancellation.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import type { SubscriptionTypes } from './subscription.ts';

/** `SubscriptionCancellation`: a contract of MyEduzz, or a subscription of Stripe's. */
export function addSubscriptionCancellation(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Cancellation }: CancellationTypes,
  { SubscriptionEvent }: SubscriptionTypes,
): void {
  const Option = builder.objectRef<FeedbackOption>('FeedbackOption').implement({
    description: 'One of the answers that a business offers to the question why somebody cancels.',
    fields: (t) => ({
      feedbackOptionId: t.exposeID('id', { nullable: true }),
      description: t.exposeString('description', {
        nullable: true,
        description: 'As the customer read it. Null where the provider only says the id.',
      }),
    }),
  });

  builder.objectRef<Of<'SubscriptionCancellation'>>('SubscriptionCancellation').implement({
    description:
      'A subscription was cancelled: Eduzz, `myeduzz.contract_updated` where it says so; Stripe, ' +
      '`customer.subscription.deleted`, and before it `customer.subscription.updated` with `isScheduled` where the ' +
      'cancellation is decided and the subscription goes on until then.',
    interfaces: [builder.nodeInterfaceRef(), Cancellation, SubscriptionEvent, Event],
    fields: (t) => ({
      cause: t.string({
        nullable: true,
        description: "Why, in the provider's own word: one of a closed list, such as `payment_failed`.",
        resolve: ({ data }) => data.cause,
      }),
      feedback: t.string({
        nullable: true,
        description: "What the customer chose of the provider's list of complaints.",
        resolve: ({ data }) => data.feedback,
      }),
      feedbackOption: t.field({
        type: Option,
        nullable: true,
        description: 'What the customer chose of a list that the business wrote itself.',
        resolve: ({ data }) => data.feedbackOption,
      }),
      canceledAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: "When it was decided. Eduzz doesn't say.",
        resolve: ({ data }) => data.canceledAt,
      }),
    }),
  });
}
