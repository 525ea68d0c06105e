import type { TicketBatch, TicketOffer } from '../events/ticket-edit.ts';
import type { Builder } from './builder.ts';
import type { EventTypes, Of } from './event.ts';
import type { addMoney } from './money.ts';
import { type TicketTypes, producerOf } from './ticket.ts';
import { wholeNumber } from './whole-number.ts';

/** `TicketEdit`: the tickets on offer for an occasion of Eduzz's Blinket. */
export function addTicketEdit(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Occasion, Producer }: TicketTypes,
  Money: ReturnType<typeof addMoney>,
): void {
  const Batch = builder.objectRef<TicketBatch>('TicketBatch').implement({
    description: 'So many tickets, sold for a while at a price.',
    fields: (t) => ({
      contentId: t.exposeID('contentId', { nullable: true }),
      name: t.exposeString('name', { nullable: true }),
      quantity: t.field({ type: 'BigInt', nullable: true, resolve: ({ quantity }) => wholeNumber(quantity) }),
      startSalesAt: t.expose('startSalesAt', { type: ProviderTime, nullable: true }),
      endSalesAt: t.expose('endSalesAt', { type: ProviderTime, nullable: true }),
      price: t.expose('price', { type: Money, nullable: true }),
    }),
  });

  const Offer = builder.objectRef<TicketOffer>('TicketOffer').implement({
    description: 'A sort of ticket that is on offer.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: true }),
      showOnEventPage: t.exposeBoolean('showOnEventPage', { nullable: true }),
      isPaid: t.exposeBoolean('isPaid', { nullable: true, description: 'Whether it costs something.' }),
      isUnlimited: t.exposeBoolean('isUnlimited', { nullable: true }),
      buyLimit: t.field({
        type: 'BigInt',
        nullable: true,
        description: 'How many one may buy.',
        resolve: ({ buyLimit }) => wholeNumber(buyLimit),
      }),
      buyMinimum: t.field({
        type: 'BigInt',
        nullable: true,
        description: 'How many one must buy.',
        resolve: ({ buyMinimum }) => wholeNumber(buyMinimum),
      }),
      batches: t.field({ type: [Batch], resolve: ({ batches }) => batches }),
    }),
  });

  builder.objectRef<Of<'TicketEdit'>>('TicketEdit').implement({
    description: 'The tickets on offer for an occasion were edited: Eduzz, `blinket.ticket_edited`.',
    interfaces: [builder.nodeInterfaceRef(), Event],
    fields: (t) => ({
      // Never null, and declared like that of the other types, so that one query can ask for all of them.
      occasion: t.field({ type: Occasion, nullable: true, resolve: ({ data }) => data.occasion }),
      producer: t.field({ type: Producer, nullable: true, resolve: producerOf }),
      tickets: t.field({ type: [Offer], resolve: ({ data }) => data.tickets }),
      createdAt: t.field({
        type: ProviderTime,
        nullable: true,
        description: 'When the provider made the webhook.',
        resolve: ({ data }) => data.createdAt,
      }),
      sentAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.sentAt }),
    }),
  });
}
