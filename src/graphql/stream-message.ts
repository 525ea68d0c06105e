import type { DisclosedEvent } from '../auth/viewer.ts';
import type { Bucket } from '../events/buckets.ts';
import type { Kind } from '../events/cancellation.ts';
import { type Cursor, encodeCursor, type GapReason } from '../events/cursor.ts';
import type { TypeCount } from './activity-counts.ts';
import type { Builder } from './builder.ts';
import type { CancellationEvent, CancellationTypes } from './cancellation.ts';
import type { EventTypes } from './event.ts';

/** The messages of subscriptions, in the form of GraphQL's types. */
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

/** What one event adds to its bucket. */
export interface CountChange extends Bucket, TypeCount {
  readonly cursor: string;
}

/** What a cancellation adds: it also changes the counts of cancellations. */
export interface ActivityChange extends CountChange {
  readonly __typename: 'ActivityChange';
  readonly kind: Kind;
  readonly cancellations: number;
  readonly refundsExpected: number;
}

interface EventCountChange extends CountChange {
  readonly __typename: 'EventCountChange';
}

/** A bucket whose counts have changed otherwise, so that it must be read again. */
export interface Recount extends Bucket {
  readonly __typename: 'Recount';
  readonly cursor: string;
}

interface RevisedEvent {
  readonly __typename: 'Revision';
  readonly cursor: string;
  readonly node: DisclosedEvent;
  /** Whether the filter of the subscription wants the event as it is now. */
  readonly matches: boolean;
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
 * `StreamMessage`, its interface for each subscription, and its types. An edge of a connection is one of them: the same cursor,
 * the same node. They are interfaces and not unions, since a document can then select `cursor` without a fragment. For both,
 * tools generate the same types: one for each object that the subscription can send.
 */
export function addStreamMessage(builder: Builder, { Event }: EventTypes, { Cancellation }: CancellationTypes) {
  const StreamMessage = builder.interfaceRef<{ readonly cursor: string }>('StreamMessage').implement({
    description: 'What a subscription sends. After any message, resume with `after: cursor`.',
    resolveType,
    fields: (t) => ({ cursor: t.exposeString('cursor', { description: 'The event’s position in the log.' }) }),
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
  /** The interfaces of messages about single events. */
  const EVENTS = [StreamMessage, CancellationMessage, EventMessage] as const;

  const CancellationEdge = builder.edgeObject({
    type: Cancellation,
    name: 'CancellationEdge',
    description: 'A cancellation with its cursor: in a page, or as a message of a subscription.',
    nodeNullable: false,
    interfaces: [StreamMessage, CancellationMessage],
  });
  const EventEdge = builder.edgeObject({
    type: Event,
    name: 'EventEdge',
    description:
      'An event with its cursor: in a page, or as a message of a subscription. `Subscription.cancellations` sends one only if another gateway of the same log recorded a cancellation of a type that this gateway does not declare.',
    nodeNullable: false,
    interfaces: [...EVENTS],
  });

  builder.objectRef<{ readonly cursor: string }>('CaughtUp').implement({
    description:
      'Everything before this message has been sent, and what follows is live. Sent once in a subscription. If no `after` was given, it is the first message, so that a client has a cursor before the first event.',
    interfaces: [...EVENTS, ActivityMessage],
  });

  const Reason = builder.enumType('GapReason', {
    description: 'Why events are missing.',
    values: {
      RETENTION: { description: 'The events after the cursor were older than the retention, and were deleted.' },
      LOG_REPLACED: { description: 'The cursor belongs to a log that was replaced, or restored from a backup.' },
    },
  });
  builder.objectRef<Gap>('Gap').implement({
    description:
      'Events between `after` and `resumedAt` may be missing, since the log no longer has them. The stream goes on from the oldest event that the log still has. If the log was replaced, some events may be sent again.',
    interfaces: [...EVENTS, ActivityMessage],
    fields: (t) => ({
      reason: t.expose('reason', { type: Reason }),
      after: t.string({ resolve: ({ after }) => encodeCursor(after) }),
      resumedAt: t.string({ resolve: ({ resumedAt }) => encodeCursor(resumedAt) }),
    }),
  });

  builder.objectRef<ErasedEvents>('Erasure').implement({
    description: 'Personal data of these events was erased. Delete your copies of it.',
    interfaces: [...EVENTS],
    fields: (t) => ({
      source: t.exposeString('source', {
        description: 'The source of these events. Two sources may use the same ids.',
      }),
      eventIds: t.stringList({ resolve: ({ eventIds }) => [...eventIds] }),
    }),
  });

  builder.objectRef<RevisedEvent>('Revision').implement({
    description:
      'An event was reprocessed and has another type, or other values. Replace your copy of the event by `node`: its id and its place in lists are the same. A subscription gets a Revision if its filter matches the event as it is now, or may have matched it before. If `matches` is false, remove your copy, if you have one. If it is true and you have no copy, add the event.',
    interfaces: [...EVENTS],
    fields: (t) => ({
      eventId: t.string({ description: 'The `eventId` of the node.', resolve: ({ node }) => node.eventId }),
      node: t.field({ type: Event, description: 'The event as it is now.', resolve: ({ node }) => node }),
      matches: t.exposeBoolean('matches', {
        description: 'Whether the filter of the subscription matches the event as it is now.',
      }),
    }),
  });

  return { StreamMessage, CancellationMessage, EventMessage, ActivityMessage, CancellationEdge, EventEdge };
}

function resolveType(message: object): string {
  return (message as StreamMessage).__typename;
}
