import { type DisclosedDelivery, type DisclosedEvent, type Viewer, disclose } from '../auth/viewer.ts';
import type { Cursor } from '../events/cursor.ts';
import type { Parts } from '../events/event.ts';
import type { Message } from '../live/message.ts';

export interface DisclosedPage {
  readonly events: readonly DisclosedEvent[];
  readonly head: Cursor;
  /** Whether more events follow although the page has fewer than requested, since it reached its limit of bytes. */
  readonly isCut: boolean;
}

export interface DisclosedDeliveries {
  readonly deliveries: readonly DisclosedDelivery[];
  /** As in `DisclosedPage`. */
  readonly isCut: boolean;
}

export type DisclosedMessage =
  | Exclude<Message, { kind: 'event' | 'revision' }>
  | { readonly kind: 'event'; readonly cursor: Cursor; readonly event: DisclosedEvent }
  | { readonly kind: 'revision'; readonly cursor: Cursor; readonly event: DisclosedEvent };

/** A message as the viewer may see it; null if it is about another tenant's event. */
export function discloseMessage(viewer: Viewer, message: Message): DisclosedMessage | null {
  if (message.kind === 'revision') {
    const event = disclose(viewer, message.revision.event);
    return event && { kind: 'revision', cursor: message.cursor, event };
  }
  if (message.kind !== 'event') return message;
  const event = disclose(viewer, message.event);
  return event && { ...message, event };
}

/** The parts that a document asks for and that the viewer may see. */
export function within(asked: Parts, visible: Parts): Parts {
  return { people: asked.people && visible.people, raw: asked.raw && visible.raw };
}
