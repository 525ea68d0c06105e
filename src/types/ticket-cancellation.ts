import { z } from 'zod';
import { eventType } from '../declaration/event-type.ts';
import { id, instant, listOf } from '../declaration/fields.ts';
import { Cancellation, cancellationKind } from './cancellation.ts';
import { occasion, producer, ticketTag } from './ticket.ts';

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
  // A ticket's number lets its holder in, and everybody sees the subject.
  subject: ({ occasion, participantId, reference }, hash) =>
    participantId
      ? `ticket/${participantId}`
      : reference && `ticket/${hash([occasion?.occasionId ?? null, reference])}`,
});
