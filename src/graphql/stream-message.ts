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

/** `StreamMessage` and its kinds. An edge of a connection is one of them: the same cursor, the same node. */
export function addStreamMessage(builder: Builder, { Event }: EventTypes, { Cancellation }: CancellationTypes) {
  const StreamMessage = builder.interfaceRef<{ readonly cursor: string }>('StreamMessage').implement({
    description: 'What a subscription sends. After any message, resume with `after: cursor`.',
    resolveType: (message) => (message as StreamMessage).__typename,
    fields: (t) => ({ cursor: t.exposeString('cursor') }),
  });

  const CancellationEdge = builder.edgeObject({
    type: Cancellation,
    name: 'CancellationEdge',
    nodeNullable: false,
    interfaces: [StreamMessage],
  });
  const EventEdge = builder.edgeObject({
    type: Event,
    name: 'EventEdge',
    nodeNullable: false,
    interfaces: [StreamMessage],
  });

  builder.objectRef<{ readonly cursor: string }>('CaughtUp').implement({
    description:
      'Everything up to here has been sent, and what follows is live. Sent once; first of all when no `after` was given, ' +
      'so that a client has a cursor before the first event.',
    interfaces: [StreamMessage],
  });

  const Reason = builder.enumType('GapReason', {
    values: {
      RETENTION: { description: 'What followed the cursor is past its retention and was forgotten.' },
      LOG_REPLACED: { description: 'The cursor is of a log that has been replaced or restored.' },
    },
  });
  builder.objectRef<Gap>('Gap').implement({
    description:
      'The resume point is gone: events between `after` and `resumedAt` may be missing. The stream goes on from ' +
      'the oldest event that is left, so some may be seen again when the log was replaced.',
    interfaces: [StreamMessage],
    fields: (t) => ({
      reason: t.expose('reason', { type: Reason }),
      after: t.string({ resolve: ({ after }) => encodeCursor(after) }),
      resumedAt: t.string({ resolve: ({ resumedAt }) => encodeCursor(resumedAt) }),
    }),
  });

  builder.objectRef<ErasedEvents>('Erasure').implement({
    description: 'Personal data of these events was erased. Let go of what you kept of it.',
    interfaces: [StreamMessage],
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
    interfaces: [StreamMessage],
    fields: (t) => ({
      eventId: t.string({ description: '`eventId` of the node.', resolve: ({ node }) => node.eventId }),
      node: t.field({ type: Event, description: 'The event as it is now.', resolve: ({ node }) => node }),
    }),
  });

  return { StreamMessage, CancellationEdge, EventEdge };
}
