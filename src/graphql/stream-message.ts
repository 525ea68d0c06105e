import type { DisclosedEvent } from '../auth/viewer.ts';
import type { Bucket } from '../events/buckets.ts';
import type { Kind } from '../events/cancellation.ts';
import { type Cursor, encodeCursor, type GapReason } from '../events/cursor.ts';
import type { TypeCount } from './activity-counts.ts';
import type { Builder } from './builder.ts';
import type { CancellationEvent, CancellationTypes } from './cancellation.ts';
import type { EventTypes } from './event.ts';

/** What a subscription sends, as GraphQL's types. */
export type StreamMessage =
  | { readonly __typename: 'CancellationEdge'; readonly cursor: string; readonly node: CancellationEvent }
  | { readonly __typename: 'EventEdge'; readonly cursor: string; readonly node: DisclosedEvent }
  | { readonly __typename: 'CaughtUp'; readonly cursor: string }
  | ActivityChange
  | EventCountChange
  | Recount
  | RevisedEvent
  | ErasedEvents
  | Gap;

/** One event, as what it adds to the bucket that it lies in. */
export interface CountChange extends Bucket, TypeCount {
  readonly cursor: string;
}

/** A cancellation, which adds to the counts of cancellations as well. */
export interface ActivityChange extends CountChange {
  readonly __typename: 'ActivityChange';
  readonly kind: Kind;
  readonly cancellations: number;
  readonly refundsExpected: number;
}

interface EventCountChange extends CountChange {
  readonly __typename: 'EventCountChange';
}

/** A bucket in which something is counted otherwise than before. */
export interface Recount extends Bucket {
  readonly __typename: 'Recount';
  readonly cursor: string;
}

interface RevisedEvent {
  readonly __typename: 'Revision';
  readonly cursor: string;
  readonly node: DisclosedEvent;
}

interface ErasedEvents {
  readonly __typename: 'Erasure';
  readonly cursor: string;
  readonly source: string;
  readonly eventIds: readonly string[];
}

interface Gap {
  readonly __typename: 'Gap';
  readonly cursor: string;
  readonly reason: GapReason;
  readonly after: Cursor;
  readonly resumedAt: Cursor;
}

export type StreamTypes = ReturnType<typeof addStreamMessage>;

/**
 * `StreamMessage`, what each subscription sends of it, and its types. An edge of a connection is one of them: the same cursor, the
 * same node. They are interfaces and not unions, since a document may then select `cursor` without a fragment, and tools make the
 * same types of both: one for each object that the subscription can send.
 */
export function addStreamMessage(builder: Builder, { Event }: EventTypes, { Cancellation }: CancellationTypes) {
  const StreamMessage = builder.interfaceRef<{ readonly cursor: string }>('StreamMessage').implement({
    description: 'What a subscription sends. After any message, resume with `after: cursor`.',
    resolveType,
    fields: (t) => ({ cursor: t.exposeString('cursor', { description: 'Where in the log it is.' }) }),
  });
  const messagesOf = (subscription: string, name: string) =>
    builder.interfaceRef<{ readonly cursor: string }>(name).implement({
      description: `What \`Subscription.${subscription}\` sends. After any message, resume with \`after: cursor\`.`,
      interfaces: [StreamMessage],
      resolveType,
    });
  const CancellationMessage = messagesOf('cancellations', 'CancellationMessage');
  const EventMessage = messagesOf('events', 'EventMessage');
  const ActivityMessage = messagesOf('activity', 'ActivityMessage');
  /** What tells of events by themselves. */
  const EVENTS = [StreamMessage, CancellationMessage, EventMessage] as const;

  const CancellationEdge = builder.edgeObject({
    type: Cancellation,
    name: 'CancellationEdge',
    description: 'A cancellation, with its cursor: in a page, and as a message of a subscription.',
    nodeNullable: false,
    interfaces: [StreamMessage, CancellationMessage],
  });
  const EventEdge = builder.edgeObject({
    type: Event,
    name: 'EventEdge',
    description:
      'An event, with its cursor: in a page, and as a message of a subscription. `Subscription.cancellations` sends one only for a ' +
      'cancellation of a type that another gateway of the same log declares, and this one does not.',
    nodeNullable: false,
    interfaces: [...EVENTS],
  });

  builder.objectRef<{ readonly cursor: string }>('CaughtUp').implement({
    description:
      'Everything up to here has been sent, and what follows is live. Sent once; first of all when no `after` was given, ' +
      'so that a client has a cursor before the first event.',
    interfaces: [...EVENTS, ActivityMessage],
  });

  const Reason = builder.enumType('GapReason', {
    description: 'Why events can’t be had any more.',
    values: {
      RETENTION: { description: 'What followed the cursor is past its retention and was forgotten.' },
      LOG_REPLACED: { description: 'The cursor is of a log that has been replaced or restored.' },
    },
  });
  builder.objectRef<Gap>('Gap').implement({
    description:
      'The resume point is gone: events between `after` and `resumedAt` may be missing. The stream goes on from ' +
      'the oldest event that is left, so some may be seen again when the log was replaced.',
    interfaces: [...EVENTS, ActivityMessage],
    fields: (t) => ({
      reason: t.expose('reason', { type: Reason }),
      after: t.string({ resolve: ({ after }) => encodeCursor(after) }),
      resumedAt: t.string({ resolve: ({ resumedAt }) => encodeCursor(resumedAt) }),
    }),
  });

  builder.objectRef<ErasedEvents>('Erasure').implement({
    description: 'Personal data of these events was erased. Let go of what you kept of it.',
    interfaces: [...EVENTS],
    fields: (t) => ({
      source: t.exposeString('source', { description: 'Whose events they are: ids of two sources may be the same.' }),
      eventIds: t.stringList({ resolve: ({ eventIds }) => [...eventIds] }),
    }),
  });

  builder.objectRef<RevisedEvent>('Revision').implement({
    description:
      'The present code has made something else of an event of before: it has another type, or other values. Put `node` in the ' +
      'place of what you keep of it: its id is the same, and lists show it where it always was. A subscription is told of ' +
      'events that its filter wants as they are now, and of those that it wanted as they were before. So `node` may be of a ' +
      'type that you did not ask for: then let go of the event. Or you may not have it yet: then it has come to be one of yours.',
    interfaces: [...EVENTS],
    fields: (t) => ({
      eventId: t.string({ description: '`eventId` of the node.', resolve: ({ node }) => node.eventId }),
      node: t.field({ type: Event, description: 'The event as it is now.', resolve: ({ node }) => node }),
    }),
  });

  return { StreamMessage, CancellationMessage, EventMessage, ActivityMessage, CancellationEdge, EventEdge };
}

function resolveType(message: object): string {
  return (message as StreamMessage).__typename;
}
