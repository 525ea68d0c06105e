import { TICKET_CHANGES, type TicketHolder, type TicketState } from '../events/ticket-change.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import type { EventTypes, Of } from './event.ts';
import { type TicketTypes, producerOf } from './ticket.ts';

type Change = Of<'TicketChange'>;
type Participant = TicketState & { readonly holder: TicketHolder | null };

/** `TicketChange`: what else becomes of a ticket of Eduzz's Blinket. */
export function addTicketChange(
  builder: Builder,
  { Event, ProviderTime }: EventTypes,
  { Person }: CancellationTypes,
  { Batch, Occasion, Producer, Tag }: TicketTypes,
): void {
  const Kind = builder.enumType('TicketChangeKind', {
    description: 'What became of a ticket.',
    values: TICKET_CHANGES,
  });

  const Participant = builder.objectRef<Participant>('TicketParticipant').implement({
    description: 'A participant and their ticket, as they are after the change.',
    fields: (t) => ({
      participantId: t.exposeID('id', { nullable: true, description: "The ticket's own id." }),
      status: t.exposeString('status', { nullable: true, description: 'Such as `paid`.' }),
      assigned: t.exposeBoolean('assigned', {
        nullable: true,
        description: 'Whether the ticket has been put in the name of who will come.',
      }),
      manuallyCreated: t.exposeBoolean('manuallyCreated', {
        nullable: true,
        description: 'Whether the ticket was made by hand rather than bought.',
      }),
      checkedInAt: t.expose('checkedInAt', { type: ProviderTime, nullable: true }),
      person: t.field({ type: Person, nullable: true, resolve: ({ holder }) => holder?.person }),
      ticketNumber: t.string({
        nullable: true,
        description: 'What the participant would quote. Personal: it opens the door.',
        resolve: ({ holder }) => holder?.ticketNumber,
      }),
      tags: t.field({ type: [Tag], nullable: true, resolve: ({ holder }) => holder?.tags }),
      customFields: t.field({
        type: 'JSON',
        nullable: true,
        description: "The participant's answers to the producer's own questions. Personal.",
        resolve: ({ holder }) => holder?.customFields,
      }),
    }),
  });

  builder.objectRef<Change>('TicketChange').implement({
    description: 'A ticket was sold, handed on, changed, checked in or printed: Eduzz, `blinket.attendance_…`.',
    interfaces: [builder.nodeInterfaceRef(), Event],
    fields: (t) => ({
      ticketChange: t.field({ type: Kind, resolve: ({ data }) => data.change }),
      occasion: t.field({ type: Occasion, nullable: true, resolve: ({ data }) => data.occasion }),
      producer: t.field({ type: Producer, nullable: true, resolve: producerOf }),
      participants: t.field({
        type: [Participant],
        description: 'One, or several whose tickets were printed together.',
        resolve: ({ data, personal }) =>
          data.participants.map((state, index) => ({ ...state, holder: personal?.participants[index] ?? null })),
      }),
      ticketName: t.string({
        nullable: true,
        description: 'The sort of ticket. Said when one is added.',
        resolve: ({ data }) => data.ticketName,
      }),
      isPaid: t.boolean({
        nullable: true,
        description: 'Whether this sort of ticket costs something. Said when one is added.',
        resolve: ({ data }) => data.isPaid,
      }),
      batch: t.field({
        type: Batch,
        nullable: true,
        description: 'Said when a ticket is added.',
        resolve: ({ data }) => data.batch,
      }),
      buyer: t.field({
        type: Person,
        nullable: true,
        description: 'Who bought it, who may be somebody else. Said when a ticket is added. Personal.',
        resolve: ({ personal }) => personal?.buyer,
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
