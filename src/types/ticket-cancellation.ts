import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { id, instant, listOf, text } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';
import { person } from './person.ts';
import { occasion, producer, purchasedBatch, ticketTag } from './ticket.ts';

/** A ticket that was canceled. */
export const TicketCancellation = eventType('TicketCancellation', {
  description:
    'A ticket was canceled: Eduzz, `blinket.attendance_canceled`, which does not say when, by whom or why; or a provider of your own.',
  implements: [Cancellation],
  fields: z.object({
    ...Cancellation.shape,
    kind: cancellationKind.default('TICKET'),
    occasion: occasion.nullable(),
    producer: producer.nullable(),
    ticketName: open(text).nullable().describe('The type of ticket, such as `Standard`, if the provider says it.'),
    isPaid: z.boolean().nullable().describe('Whether this type of ticket has a price.'),
    batch: purchasedBatch.nullable(),
    buyer: person.nullable().describe('The buyer, who may be another person than the participant. Personal.'),
    participantId: id.nullable().describe("The ticket's own id."),
    manuallyCreated: z.boolean().nullable().describe('Whether the ticket was made by hand rather than bought.'),
    ticketTags: listOf(ticketTag).describe(
      'Tags of the participant. Bookings have `tags`, and one query may select both.',
    ),
    customFields: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("The participant's answers to the producer's own questions. Personal."),
    createdAt: instant.nullable().describe('When the provider created the webhook.'),
    sentAt: instant.nullable(),
  }),
  amount: 'batch.price',
  // A ticket's number lets its holder in, and everybody sees the subject.
  subject: ({ occasion, participantId, reference }, hash) =>
    participantId
      ? `ticket/${participantId}`
      : reference && `ticket/${hash([occasion?.occasionId ?? null, reference])}`,
});
