import type { DisclosedEvent } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { OTHER_EVENT } from '../events/event.ts';
import { fromUtf8Text } from '../events/utf8-text.ts';
import type { Context } from '../execution/context.ts';
import { MOST_LISTED } from '../execution/cost.ts';

/** Of the ids of all events. */
export const EVENT = 'Event';

/**
 * The GraphQL type of an event. Another gateway on the same log may know more types: what it has recorded by one of those is an
 * `OtherEvent` here.
 */
export function typenameOf({ shape }: DisclosedEvent, shapes: ReadonlySet<string>): string {
  return shapes.has(shape) ? shape : OTHER_EVENT;
}

/** What a node's id says. Any text is one: to throw here would lose a whole list for the one bad id in it. */
export function parseId(id: string): NodeId {
  const [typename = '', ...rest] = fromUtf8Text(Buffer.from(id, 'base64').toString('utf8')).split(':');
  return { typename, id: rest.join(':') };
}

interface NodeId {
  readonly typename: string;
  readonly id: string;
}

/**
 * The events of node ids, in the order asked; null where there is none: also for what is no id of an event at all, whose source
 * is then none that there is. Ids of before have the type in the place of `Event`, which may be another one by now.
 */
export async function findNodes(context: Context, ids: readonly NodeId[]): Promise<readonly (DisclosedEvent | null)[]> {
  if (ids.length > MOST_LISTED) {
    throw new HookcastError('BAD_REQUEST', `Ask for ${MOST_LISTED} ids at a time at most.`);
  }
  const keys = ids.map(({ id }) => {
    // No source has a colon in its name.
    const colon = id.indexOf(':');
    return { source: id.slice(0, Math.max(colon, 0)), eventId: id.slice(colon + 1) };
  });
  return context.find(keys);
}
