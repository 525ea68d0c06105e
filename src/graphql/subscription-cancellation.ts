import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import type { addMoney } from './money.ts';
import { wholeNumber } from './whole-number.ts';

type Data = Of<'SubscriptionCancellation'>['data'];

/** `SubscriptionCancellation`: a contract of MyEduzz, or a subscription of Stripe's. */
export function addSubscriptionCancellation(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Cancellation, Person }: CancellationTypes,
  Money: ReturnType<typeof addMoney>,
): void {
  const Product = builder.objectRef<Data['products'][number]>('SubscribedProduct').implement({
    description: 'A product that was subscribed to.',
    fields: (t) => ({
      productId: t.exposeID('id', { nullable: true }),
      name: t.exposeString('name', { nullable: true }),
    }),
  });

  const Interval = builder.objectRef<NonNullable<Data['interval']>>('BillingInterval').implement({
    description: 'How often a subscription renewed: every `count` of `unit`.',
    fields: (t) => ({
      unit: t.exposeString('unit', { description: 'Such as `month`.' }),
      count: t.field({ type: 'BigInt', nullable: true, resolve: ({ count }) => wholeNumber(count) }),
    }),
  });

  builder.objectRef<Of<'SubscriptionCancellation'>>('SubscriptionCancellation').implement({
    description:
      'A subscription was cancelled: Eduzz, `myeduzz.contract_updated` where it says so; Stripe, ' +
      '`customer.subscription.deleted`.',
    interfaces: [builder.nodeInterfaceRef(), Cancellation, Event],
    fields: (t) => ({
      subscriptionId: t.id({ resolve: ({ data }) => data.subscriptionId }),
      products: t.field({ type: [Product], resolve: ({ data }) => data.products }),
      price: t.field({
        type: Money,
        nullable: true,
        description: 'What it cost each time.',
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
        description: "Why, in the provider's own word: one of a closed list, such as `payment_failed`.",
        resolve: ({ data }) => data.cause,
      }),
      feedback: t.string({
        nullable: true,
        description: "What the customer chose of the provider's list of complaints.",
        resolve: ({ data }) => data.feedback,
      }),
      createdAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: 'When the subscription was made.',
        resolve: ({ data }) => data.createdAt,
      }),
      updatedAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.updatedAt }),
      canceledAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: "Eduzz doesn't say.",
        resolve: ({ data }) => data.canceledAt,
      }),
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
}
