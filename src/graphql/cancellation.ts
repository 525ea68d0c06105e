import type { DisclosedEvent } from '../auth/viewer.ts';
import { type ActorType, KINDS } from '../events/cancellation.ts';
import { isScheduled } from '../events/event.ts';
import type { Person } from '../events/person.ts';
import type { Builder } from './builder.ts';
import type { EventTypes } from './event.ts';
import { wholeNumber } from './whole-number.ts';

export type CancellationEvent = Exclude<DisclosedEvent, { kind: null }>;
interface ActorOf {
  readonly type: ActorType;
  readonly id: string | null;
  readonly name?: string | null;
}
export type CancellationTypes = ReturnType<typeof addCancellation>;

/** `Cancellation`, and the people in it. */
export function addCancellation(builder: Builder, { Event }: EventTypes) {
  const Kind = builder.enumType('CancellationKind', { values: KINDS });

  const PersonType = builder.objectRef<Person>('Person').implement({
    description: 'Somebody who bought, attends or booked. Every field is personal.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: true }),
      email: t.exposeString('email', { nullable: true }),
      phone: t.exposeString('phone', { nullable: true }),
      externalId: t.exposeString('externalId', { nullable: true, description: "The provider's own id of the person." }),
    }),
  });

  const ActorTypeEnum = builder.enumType('ActorType', {
    values: ['CUSTOMER', 'BUSINESS', 'APP', 'UNKNOWN'] as const,
  });
  const Actor = builder.objectRef<ActorOf>('Actor').implement({
    description: 'Who did something.',
    fields: (t) => ({
      type: t.expose('type', { type: ActorTypeEnum }),
      actorId: t.exposeString('id', { nullable: true, description: "The provider's own id of them. Personal." }),
      name: t.string({
        nullable: true,
        description: 'Null where the provider says none. Personal.',
        resolve: ({ name }) => name ?? null,
      }),
    }),
  });

  const Cancellation = builder.interfaceRef<CancellationEvent>('Cancellation').implement({
    description: 'An event that says that a ticket, booking, order or subscription was cancelled.',
    interfaces: [Event, builder.nodeInterfaceRef()],
    resolveType: (event) => event.shape,
    fields: (t) => ({
      kind: t.field({ type: Kind, resolve: ({ kind }) => kind }),
      title: t.string({
        nullable: true,
        description: 'What was cancelled, as a person would name it.',
        resolve: ({ data }) => data.title,
      }),
      reference: t.string({
        nullable: true,
        description:
          'What the customer would quote: the number of a ticket, which is personal; the id of anything else.',
        resolve: referenceOf,
      }),
      customer: t.field({ type: PersonType, nullable: true, resolve: ({ personal }) => personal?.customer ?? null }),
      canceledBy: t.field({
        type: Actor,
        resolve: ({ data, personal }) => ({
          type: data.canceledBy,
          id: personal?.canceledById ?? null,
          // Events that were recorded before there were names lack it.
          name: personal?.canceledByName ?? null,
        }),
      }),
      reason: t.string({
        nullable: true,
        description: 'Free text. Personal.',
        resolve: ({ personal }) => personal?.reason ?? null,
      }),
      quantity: t.field({ type: 'BigInt', nullable: true, resolve: ({ data }) => wholeNumber(data.quantity) }),
      status: t.string({ nullable: true, resolve: ({ data }) => data.status }),
      previousStatus: t.string({ nullable: true, resolve: ({ data }) => data.previousStatus }),
      startsAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ data }) => data.startsAt?.at }),
      endsAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ data }) => data.endsAt?.at }),
      timeZone: t.string({ nullable: true, resolve: ({ data }) => data.timeZone }),
      refundExpected: t.boolean({ nullable: true, resolve: ({ data }) => data.refundExpected }),
      isScheduled: t.boolean({
        description:
          'Whether it is only decided: what is cancelled goes on until `endsAt`. Another event says when it has ended, and ' +
          '`activity` counts that one alone. Of subscriptions.',
        resolve: isScheduled,
      }),
    }),
  });

  return { Cancellation, Kind, Actor, Person: PersonType };
}

function referenceOf(event: CancellationEvent): string | null {
  switch (event.shape) {
    case 'TicketCancellation':
      return event.personal?.ticketNumber ?? null;
    case 'BookingCancellation':
      return event.data.bookingId;
    case 'OrderCancellation':
      return event.data.orderId;
    case 'SubscriptionCancellation':
      return event.data.subscriptionId;
  }
}
