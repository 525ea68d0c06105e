import type { DisclosedEvent } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { OTHER_EVENT } from '../events/event.ts';
import { fromUtf8Text } from '../events/utf8-text.ts';
import type { Context } from '../execution/context.ts';
import { MOST_LISTED } from '../execution/cost.ts';

/** The type name in the ids of all events. */
export const EVENT = 'Event';

/**
 * The GraphQL type of an event. Another gateway on the same log may know more types: an event that it recorded with such a type
 * is an `OtherEvent` here.
 */
export function typenameOf({ shape }: DisclosedEvent, shapes: ReadonlySet<string>): string {
  return shapes.has(shape) ? shape : OTHER_EVENT;
}

/** The parts of a node's id. Any text is accepted: an error here would lose a whole list because of one bad id. */
export function parseId(id: string): NodeId {
  const [typename = '', ...rest] = fromUtf8Text(Buffer.from(id, 'base64').toString('utf8')).split(':');
  return { typename, id: rest.join(':') };
}

interface NodeId {
  readonly typename: string;
  readonly id: string;
}

/**
 * The events with these node ids, in their order; null if there is none. The id of something else than an event names a source
 * that does not exist, so it finds none. Older ids have the event's type in place of `Event`, and that type may have changed
 * since.
 */
export async function findNodes(context: Context, ids: readonly NodeId[]): Promise<readonly (DisclosedEvent | null)[]> {
  if (ids.length > MOST_LISTED) {
    throw new HookcastError('BAD_REQUEST', `Ask for ${MOST_LISTED} ids at a time at most.`);
  }
  const keys = ids.map(({ id }) => {
    // The name of a source has no colon.
    const colon = id.indexOf(':');
    return { source: id.slice(0, Math.max(colon, 0)), eventId: id.slice(colon + 1) };
  });
  return context.find(keys);
}
