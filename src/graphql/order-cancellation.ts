import type { OrderItem } from '../events/order-cancellation.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import type { addMoney } from './money.ts';
import { wholeNumber } from './whole-number.ts';

/** `OrderCancellation`: an invoice of MyEduzz. */
export function addOrderCancellation(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Cancellation }: CancellationTypes,
  Money: ReturnType<typeof addMoney>,
): void {
  const Item = builder.objectRef<OrderItem>('OrderItem').implement({
    description: 'A product that was ordered.',
    fields: (t) => ({
      productId: t.exposeID('productId', { nullable: true }),
      name: t.exposeString('name', { nullable: true }),
      price: t.expose('price', { type: Money, nullable: true }),
      billingType: t.exposeString('billingType', {
        nullable: true,
        description: 'In the provider’s words, of which it has several for the same: `single`, `Única`.',
      }),
      sku: t.exposeString('sku', { nullable: true }),
    }),
  });

  builder.objectRef<Of<'OrderCancellation'>>('OrderCancellation').implement({
    description: 'An order was cancelled before it was paid: Eduzz, `myeduzz.invoice_canceled`.',
    interfaces: [builder.nodeInterfaceRef(), Cancellation, Event],
    fields: (t) => ({
      orderId: t.id({ resolve: ({ data }) => data.orderId }),
      items: t.field({ type: [Item], resolve: ({ data }) => data.items }),
      total: t.field({ type: Money, nullable: true, resolve: ({ data }) => data.total }),
      paymentMethod: t.string({
        nullable: true,
        description: 'Such as `creditCard`.',
        resolve: ({ data }) => data.paymentMethod,
      }),
      installments: t.field({ type: 'BigInt', nullable: true, resolve: ({ data }) => wholeNumber(data.installments) }),
      // By another name than that of a SubscriptionCancellation, which is never null: one query can ask for both.
      parentSubscriptionId: t.id({
        nullable: true,
        description: 'The subscription that it belongs to.',
        resolve: ({ data }) => data.subscriptionId,
      }),
      mainOrderId: t.id({
        nullable: true,
        description: 'The order that it was added to at the checkout.',
        resolve: ({ data }) => data.mainOrderId,
      }),
      offerName: t.string({ nullable: true, resolve: ({ data }) => data.offerName }),
      createdAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: 'When it was ordered.',
        resolve: ({ data }) => data.createdAt,
      }),
      dueAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.dueAt }),
      sentAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.sentAt }),
      customerAddress: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.customerAddress,
      }),
      producerEmail: t.string({
        nullable: true,
        description: 'Personal.',
        resolve: ({ personal }) => personal?.producerEmail,
      }),
      utm: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Where the customer came from. Personal, since it is free text.',
        resolve: ({ personal }) => personal?.utm,
      }),
      tracker: t.field({
        type: 'JSON',
        nullable: true,
        description: "The producer's own codes for it. Personal, since they are free text.",
        resolve: ({ personal }) => personal?.tracker,
      }),
    }),
  });
}
