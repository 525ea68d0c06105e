import { z } from 'zod';
import { TicketEdit } from '../../types/ticket-edit.ts';
import { event } from '../definition.ts';
import type { EduzzAbout } from './about.ts';
import { secondaryList } from '../fields.ts';
import { count, delivery, flag, instant, money, secondaryId, text } from './payload.ts';
import { blinketFields, toOccasion, toProducer } from './ticket.ts';

const batch = z.object({
  contentId: secondaryId,
  name: text,
  quantity: count,
  startSalesAt: instant,
  endSalesAt: instant,
  price: money,
});

const ticket = z.object({
  name: text,
  showOnEventPage: flag,
  isPaid: flag,
  isUnlimited: flag,
  buyLimit: count,
  buyMinimum: count,
  batches: secondaryList(batch),
});

const ticketEdited = delivery(z.object({ ...blinketFields, tickets: secondaryList(ticket) }));

/** `blinket.ticket_edited`: it is about the tickets on offer, and about no person. */
export const ticketEdit = event(
  ticketEdited,
  TicketEdit,
  ({ data: { producer, event: occasion, tickets, createdAt } }, { sentAt }: EduzzAbout) => ({
    producer: toProducer(producer),
    occasion: toOccasion(occasion),
    tickets,
    createdAt,
    sentAt,
  }),
);
