import type { Occasion } from '../events/occasion.ts';
import type { TicketBatch, TicketTag } from '../events/ticket-cancellation.ts';
import type { Builder } from './builder.ts';
import type { Of } from './event.ts';
import type { addMoney } from './money.ts';

export type TicketTypes = ReturnType<typeof addTicket>;

/** What all that is said of tickets has in common: what they are for, who sells them, how they are marked. */
export function addTicket(builder: Builder, Money: ReturnType<typeof addMoney>) {
  const Occasion = builder.objectRef<Occasion>('Occasion').implement({
    description: 'What a ticket is for.',
    fields: (t) => ({
      occasionId: t.exposeID('id'),
      name: t.exposeString('name', { nullable: true }),
      type: t.exposeString('type', { nullable: true, description: 'Such as `online`.' }),
    }),
  });

  const Producer = builder.objectRef<{ id: string; name: string | null; email: string | null }>('Producer').implement({
    description: 'Who sells the tickets.',
    fields: (t) => ({
      producerId: t.exposeID('id'),
      name: t.exposeString('name', { nullable: true, description: 'Personal.' }),
      email: t.exposeString('email', { nullable: true, description: 'Personal.' }),
    }),
  });

  const Tag = builder.objectRef<TicketTag>('TicketTag').implement({
    description: 'A mark that the producer put on a participant. Personal, since its title is free text.',
    fields: (t) => ({
      tagId: t.exposeID('id', { nullable: true }),
      title: t.exposeString('title', { nullable: true }),
      color: t.exposeString('color', { nullable: true }),
    }),
  });

  const Batch = builder.objectRef<TicketBatch>('PurchasedBatch').implement({
    description: 'The batch of tickets that one was bought from.',
    fields: (t) => ({
      contentId: t.exposeID('contentId', { nullable: true }),
      name: t.exposeString('name', { nullable: true }),
      price: t.expose('price', { type: Money, nullable: true }),
    }),
  });

  return { Batch, Occasion, Producer, Tag };
}

/** The producer of an event of tickets, as far as it is disclosed. */
export function producerOf({ data, personal }: Of<'TicketCancellation' | 'TicketChange' | 'TicketEdit'>) {
  if (data.producerId === null) return null;
  return { id: data.producerId, name: personal?.tenantName ?? null, email: personal?.producerEmail ?? null };
}
