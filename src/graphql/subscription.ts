import type { BillingInterval, FeedbackOption, SubscribedProduct } from '../events/subscription.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import type { addMoney } from './money.ts';
import { wholeNumber } from './whole-number.ts';

type SubscriptionEventOf = Of<'SubscriptionCancellation' | 'SubscriptionChange'>;
export type SubscriptionTypes = ReturnType<typeof addSubscription>;

/** `SubscriptionEvent`: what events of subscriptions have in common, and the types that they are made of. */
export function addSubscription(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Person }: CancellationTypes,
  Money: ReturnType<typeof addMoney>,
) {
  const Interval = builder.objectRef<BillingInterval>('BillingInterval').implement({
    description: 'How often a subscription renews: every `count` of `unit`.',
    fields: (t) => ({
      unit: t.exposeString('unit', { description: 'Such as `month`.' }),
      count: t.field({ type: 'BigInt', nullable: true, resolve: ({ count }) => wholeNumber(count) }),
    }),
  });

  const Product = builder.objectRef<SubscribedProduct>('SubscribedProduct').implement({
    description: 'A product that was subscribed to.',
    fields: (t) => ({
      productId: t.exposeID('id', { nullable: true }),
      name: t.exposeString('name', { nullable: true }),
      price: t.field({
        type: Money,
        nullable: true,
        description: 'What one of it costs each time.',
        resolve: ({ price }) => price,
      }),
      quantity: t.field({ type: 'BigInt', nullable: true, resolve: ({ quantity }) => wholeNumber(quantity) }),
      interval: t.field({ type: Interval, nullable: true, resolve: ({ interval }) => interval }),
    }),
  });

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

  const SubscriptionEvent = builder.interfaceRef<SubscriptionEventOf>('SubscriptionEvent').implement({
    description: 'Something that happened to a subscription. Its fields are the subscription as it was left.',
    interfaces: [Event, builder.nodeInterfaceRef()],
    resolveType: (event) => event.shape,
    fields: (t) => ({
      subscriptionId: t.id({ resolve: ({ data }) => data.subscriptionId }),
      title: t.string({
        nullable: true,
        description: 'What was subscribed to, as a person would name it; else by its id.',
        resolve: ({ data }) => data.title,
      }),
      customer: t.field({ type: Person, nullable: true, resolve: ({ personal }) => personal?.customer ?? null }),
      quantity: t.field({
        type: 'BigInt',
        nullable: true,
        description: 'Null where there are several products: each has its own.',
        resolve: ({ data }) => wholeNumber(data.quantity),
      }),
      status: t.string({ nullable: true, resolve: ({ data }) => data.status }),
      startsAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ data }) => data.startsAt?.at }),
      endsAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it ended, or is to end.',
        resolve: ({ data }) => data.endsAt?.at,
      }),
      products: t.field({ type: [Product], resolve: ({ data }) => data.products }),
      price: t.field({
        type: Money,
        nullable: true,
        description: 'What it costs each time. Null where there are several prices: each product has its own.',
        resolve: ({ data }) => data.price,
      }),
      interval: t.field({ type: Interval, nullable: true, resolve: ({ data }) => data.interval }),
      paymentMethod: t.string({
        nullable: true,
        description: 'Such as `creditCard`.',
        resolve: ({ data }) => data.paymentMethod,
      }),
      cause: t.string({
        nullable: true,
        description:
          "Why it was cancelled, or is to be, in the provider's own word: one of a closed list, such as `payment_failed`.",
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
      reason: t.string({
        nullable: true,
        description: 'Free text. Personal.',
        resolve: ({ personal }) => personal?.reason ?? null,
      }),
      createdAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: 'When the subscription was made.',
        resolve: ({ data }) => data.createdAt,
      }),
      canceledAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: "When it was decided that it ends. Eduzz doesn't say.",
        resolve: ({ data }) => data.canceledAt,
      }),
      updatedAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.updatedAt }),
      sentAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.sentAt }),
      isLive: t.boolean({
        nullable: true,
        description: 'False for what a provider sent as a test. Null where it doesn’t say.',
        resolve: ({ data }) => data.isLive,
      }),
      payer: t.field({
        type: Person,
        nullable: true,
        description: 'Who pays, where that is somebody else. Personal.',
        resolve: ({ personal }) => personal?.payer,
      }),
      producerEmail: t.string({
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.producerEmail,
      }),
    }),
  });

  return { SubscriptionEvent };
}
