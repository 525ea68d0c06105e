import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import { type TicketTypes, producerOf } from './ticket.ts';

/** `TicketCancellation`: a ticket of Eduzz's Blinket. */
export function addTicketCancellation(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Cancellation, Person }: CancellationTypes,
  { Batch, Occasion, Producer, Tag }: TicketTypes,
): void {
  builder.objectRef<Of<'TicketCancellation'>>('TicketCancellation').implement({
    description:
      'A ticket was cancelled: Eduzz, `blinket.attendance_canceled`, which doesn’t say when, by whom or why; or a ' +
      'provider of your own.',
    interfaces: [builder.nodeInterfaceRef(), Cancellation, Event],
    fields: (t) => ({
      occasion: t.field({ type: Occasion, nullable: true, resolve: ({ data }) => data.occasion }),
      producer: t.field({ type: Producer, nullable: true, resolve: producerOf }),
      ticketName: t.string({
        nullable: true,
        description: 'The sort of ticket, such as `Standard`, where the provider says it.',
        resolve: ({ data }) => data.ticketName,
      }),
      isPaid: t.boolean({
        nullable: true,
        description: 'Whether this sort of ticket costs something.',
        resolve: ({ data }) => data.isPaid,
      }),
      batch: t.field({ type: Batch, nullable: true, resolve: ({ data }) => data.batch }),
      buyer: t.field({
        type: Person,
        nullable: true,
        description: 'Who bought it, who may be somebody else than the customer. Personal.',
        resolve: ({ personal }) => personal?.buyer,
      }),
      participantId: t.id({
        nullable: true,
        description: "The ticket's own id.",
        resolve: ({ data }) => data.participantId,
      }),
      manuallyCreated: t.boolean({
        nullable: true,
        description: 'Whether the ticket was made by hand rather than bought.',
        resolve: ({ data }) => data.manuallyCreated,
      }),
      ticketTags: t.field({
        type: [Tag],
        nullable: true,
        description: 'Named so beside the `tags` of bookings: one query may ask for both.',
        resolve: ({ personal }) => personal?.tags,
      }),
      customFields: t.field({
        type: 'JSON',
        nullable: true,
        description: "The participant's answers to the producer's own questions. Personal.",
        resolve: ({ personal }) => personal?.customFields,
      }),
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
