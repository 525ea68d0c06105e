import type { TicketTag } from '../events/ticket-cancellation.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';

type Ticket = Of<'TicketCancellation'>;

/** `TicketCancellation`: a ticket of Eduzz's Blinket. */
export function addTicketCancellation(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Cancellation }: CancellationTypes,
): void {
  const Occasion = builder.objectRef<Ticket['data']['occasion']>('Occasion').implement({
    description: 'What a ticket is for.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      type: t.exposeString('type', { nullable: true, description: 'Such as `online`.' }),
    }),
  });

  const Producer = builder.objectRef<Ticket>('Producer').implement({
    description: 'Who sells the tickets.',
    fields: (t) => ({
      id: t.id({ resolve: ({ data }) => data.producerId }),
      name: t.string({ nullable: true, description: 'Personal.', resolve: ({ personal }) => personal?.tenantName }),
      email: t.string({ nullable: true, description: 'Personal.', resolve: ({ personal }) => personal?.producerEmail }),
    }),
  });

  const Tag = builder.objectRef<TicketTag>('TicketTag').implement({
    description: 'A mark that the producer put on a participant. Personal, since its title is free text.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: true }),
      title: t.exposeString('title', { nullable: true }),
      color: t.exposeString('color', { nullable: true }),
    }),
  });

  const ref = builder.objectRef<Ticket>('TicketCancellation');
  ref.implement({
    description: "A ticket was cancelled: Eduzz, `blinket.attendance_canceled`. It doesn't say when, by whom or why.",
    interfaces: [builder.nodeInterfaceRef(), Cancellation, Event],
    fields: (t) => ({
      occasion: t.field({ type: Occasion, resolve: ({ data }) => data.occasion }),
      producer: t.field({ type: Producer, resolve: (event) => event }),
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
      tags: t.field({ type: [Tag], nullable: true, resolve: ({ personal }) => personal?.tags }),
      customFields: t.field({
        type: 'JSON',
        nullable: true,
        description: "The participant's answers to the producer's own questions. Personal.",
        resolve: ({ personal }) => personal?.customFields,
      }),
      createdAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.createdAt }),
      sentAt: t.field({ type: ProviderTime, nullable: true, resolve: ({ data }) => data.sentAt }),
    }),
  });
}
