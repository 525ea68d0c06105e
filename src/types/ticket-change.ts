import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { id, instant, listOf, objectType, orBlank, text } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { person } from './person.ts';
import { occasion, producer, purchasedBatch, ticketChangeKind, ticketTag } from './ticket.ts';

export const ticketParticipant = objectType(
  'TicketParticipant',
  'A participant and their ticket, as they are after the change.',
  {
    participantId: id.nullable().describe("The ticket's own id."),
    status: open(text).nullable().describe('Such as `paid`.'),
    assigned: z.boolean().nullable().describe('Whether the ticket has been assigned to the person who will come.'),
    manuallyCreated: z.boolean().nullable().describe('Whether the ticket was made by hand rather than bought.'),
    // Null also if the ticket is checked in and the time can't be read.
    checkedInAt: instant.nullable(),
    person: orBlank(person),
    ticketNumber: text.nullable().describe('The ticket’s number or code. Personal, since it gives entry.'),
    tags: listOf(ticketTag),
    customFields: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("The participant's answers to the producer's own questions. Personal."),
  },
);

/** Everything that happens to a ticket except its cancellation. */
export const TicketChange = eventType('TicketChange', {
  description: 'A ticket was sold, handed on, changed, checked in or printed: Eduzz, `blinket.attendance_…`.',
  fields: z.object({
    ticketChange: ticketChangeKind,
    occasion: occasion.nullable(),
    producer: producer.nullable(),
    participants: listOf(ticketParticipant).describe(
      'One participant, or several if their tickets were printed together.',
    ),
    ticketName: open(text).nullable().describe('The type of ticket. Only if a ticket was added.'),
    isPaid: z.boolean().nullable().describe('Whether this type of ticket has a price. Only if a ticket was added.'),
    batch: purchasedBatch.nullable().describe('Only if a ticket was added.'),
    buyer: person
      .nullable()
      .describe('The buyer, who may be another person than the participant. Only if a ticket was added. Personal.'),
    createdAt: instant.nullable().describe('When the provider created the webhook.'),
    sentAt: instant.nullable(),
  }),
  happened: 'ticketChange',
  amount: 'batch.price',
  title: 'occasion.name',
  subject({ occasion, participants }, hash) {
    const [first, second] = participants;
    if (!first || second) return occasion && `occasion/${occasion.occasionId}`;
    if (first.participantId) return `ticket/${first.participantId}`;
    // A ticket's number lets its holder in, and everybody sees the subject.
    return first.ticketNumber && `ticket/${hash([occasion?.occasionId ?? null, first.ticketNumber])}`;
  },
});
