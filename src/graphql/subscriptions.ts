import type { DisclosedEvent } from '../auth/viewer.ts';
import { KINDS } from '../events/cancellation.ts';
import { encodeCursor } from '../events/cursor.ts';
import { type EventFilter, matcher } from '../events/filter.ts';
import type { Builder } from './builder.ts';
import type { CancellationEvent } from './cancellation.ts';
import type { DisclosedMessage } from '../execution/disclosed.ts';
import { cursorArgument } from './cursor-argument.ts';
import { type Listed, type addFilter, toFilter } from './filter.ts';
import { following } from './follow.ts';
import type { StreamMessage, StreamTypes } from './stream-message.ts';

export const RESUME =
  'With `after`, the stream begins with everything since that cursor; without it, with the next event.';

interface Resumed {
  readonly after?: string | null | undefined;
  readonly filter?: Listed;
}

/** `Subscription`: events from now on, or since a cursor. */
export function addSubscriptions(
  builder: Builder,
  { CancellationMessage, EventMessage }: StreamTypes,
  Filter: ReturnType<typeof addFilter>,
  shapes: ReadonlySet<string>,
): void {
  const ofCancellations = (filter: Listed): EventFilter => ({ kinds: KINDS, ...toFilter(filter, shapes) });
  const ofEvents = (filter: Listed) => toFilter(filter, shapes);
  builder.subscriptionType({
    description: 'Live events. Each message has a cursor, from which another subscription can resume.',
    fields: (t) => ({
      cancellations: t.field({
        type: CancellationMessage,
        description: `Live cancellations. ${RESUME} Sends CancellationEdge, Revision, CaughtUp, Gap and Erasure.`,
        args: { after: t.arg.string(), filter: t.arg({ type: Filter }) },
        ...following<Resumed>(({ after, filter }) => ({
          after: cursorArgument(after) ?? null,
          filter: ofCancellations(filter),
        })),
        resolve: (message, { filter }) => {
          if (message.kind === 'revision') return revised(message, ofCancellations(filter));
          // The subscription's filter lets only cancellations pass.
          return toStreamMessage(message, (node, cursor) => {
            // If only another gateway knows the event's type, this gateway can't know that it is a cancellation.
            if (!shapes.has(node.shape)) return { __typename: 'EventEdge', cursor, node };
            return { __typename: 'CancellationEdge', cursor, node: node as CancellationEvent };
          });
        },
      }),
      events: t.field({
        type: EventMessage,
        description: `Live events of every type. ${RESUME} Sends EventEdge, Revision, CaughtUp, Gap and Erasure.`,
        args: { after: t.arg.string(), filter: t.arg({ type: Filter }) },
        ...following<Resumed>(({ after, filter }) => ({
          after: cursorArgument(after) ?? null,
          filter: ofEvents(filter),
        })),
        resolve: (message, { filter }) => {
          if (message.kind === 'revision') return revised(message, ofEvents(filter));
          return toStreamMessage(message, (node, cursor) => ({ __typename: 'EventEdge', cursor, node }));
        },
      }),
    }),
  });
}

type DisclosedRevision = Extract<DisclosedMessage, { readonly kind: 'revision' }>;

function revised({ event, cursor }: DisclosedRevision, { search, ...lists }: EventFilter): StreamMessage {
  // The event has nobody if the viewer may not see people, so they can be searched in any case.
  const filter = search ? { ...lists, search: { ...search, people: true } } : lists;
  return {
    __typename: 'Revision',
    cursor: encodeCursor(cursor),
    node: event,
    matches: matcher(filter).event(event),
  };
}

/** @param told makes the message about an event. */
export function toStreamMessage(
  message: Exclude<DisclosedMessage, DisclosedRevision>,
  told: (event: DisclosedEvent, cursor: string) => StreamMessage,
): StreamMessage {
  const cursor = encodeCursor(message.cursor);
  switch (message.kind) {
    case 'event':
      return told(message.event, cursor);
    case 'caughtUp':
      return { __typename: 'CaughtUp', cursor };
    case 'erasure':
      return {
        __typename: 'Erasure',
        cursor,
        source: message.erasure.source,
        eventIds: message.erasure.eventIds,
      };
    case 'gap':
      return { ...message, __typename: 'Gap', cursor };
  }
}
