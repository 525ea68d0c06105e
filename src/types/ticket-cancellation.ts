import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { id, instant, listOf, text } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';
import { person } from './person.ts';
import { occasion, producer, purchasedBatch, ticketTag } from './ticket.ts';

/** A ticket that was cancelled. */
export const TicketCancellation = eventType('TicketCancellation', {
  description:
    'A ticket was cancelled: Eduzz, `blinket.attendance_canceled`, which doesn’t say when, by whom or why; or a ' +
    'provider of your own.',
  implements: [Cancellation],
  fields: z.object({
    ...Cancellation.shape,
    kind: cancellationKind.default('TICKET'),
    occasion: occasion.nullable(),
    producer: producer.nullable(),
    ticketName: open(text).nullable().describe('The sort of ticket, such as `Standard`, where the provider says it.'),
    isPaid: z.boolean().nullable().describe('Whether this sort of ticket costs something.'),
    batch: purchasedBatch.nullable(),
    buyer: person.nullable().describe('Who bought it, who may be somebody else than the customer. Personal.'),
    participantId: id.nullable().describe("The ticket's own id."),
    manuallyCreated: z.boolean().nullable().describe('Whether the ticket was made by hand rather than bought.'),
    ticketTags: listOf(ticketTag).describe('Named so beside the `tags` of bookings: one query may ask for both.'),
    customFields: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("The participant's answers to the producer's own questions. Personal."),
    createdAt: instant.nullable().describe('When the provider made the webhook.'),
    sentAt: instant.nullable(),
  }),
  amount: 'batch.price',
  // A ticket's number lets its holder in, and everybody sees the subject.
  subject: ({ occasion, participantId, reference }, hash) =>
    participantId
      ? `ticket/${participantId}`
      : reference && `ticket/${hash([occasion?.occasionId ?? null, reference])}`,
});
