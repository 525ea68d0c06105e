import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { id, instant, listOf, objectType, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { money } from './money.ts';
import { occasion, producer } from './ticket.ts';

export const ticketBatch = objectType('TicketBatch', 'A batch of tickets that is sold for a while at one price.', {
  contentId: id.nullable(),
  name: open(text).nullable(),
  quantity: whole.nullable(),
  startSalesAt: instant.nullable(),
  endSalesAt: instant.nullable(),
  price: money.nullable(),
});

export const ticketOffer = objectType('TicketOffer', 'A type of ticket that is on sale.', {
  name: open(text).nullable(),
  showOnEventPage: z.boolean().nullable(),
  isPaid: z.boolean().nullable().describe('Whether it has a price.'),
  isUnlimited: z.boolean().nullable(),
  // The provider's number. Eduzz's 0 seems to mean no limit.
  buyLimit: whole.nullable().describe('The largest number that one order can have.'),
  buyMinimum: whole.nullable().describe('The smallest number that one order can have.'),
  batches: listOf(ticketBatch),
});

/** The tickets on offer for an occasion were edited. */
export const TicketEdit = eventType('TicketEdit', {
  description: 'The tickets that are on sale for an occasion were edited: Eduzz, `blinket.ticket_edited`.',
  fields: z.object({
    // Never null, but declared nullable as in the other types, so that one query can ask for all of them.
    occasion: occasion.nullable(),
    producer: producer.nullable(),
    tickets: listOf(ticketOffer),
    createdAt: instant.nullable().describe('When the provider created the webhook.'),
    sentAt: instant.nullable(),
  }),
  title: 'occasion.name',
  subject: ({ occasion }) => occasion && `occasion/${occasion.occasionId}`,
});
