import type { DisclosedEvent } from '../auth/viewer.ts';
import { OTHER_EVENT } from '../events/event.ts';
import type { Builder } from './builder.ts';
import type { EventTypes } from './event.ts';

/** `OtherEvent`: an event without a type of its own. */
export function addOtherEvent(builder: Builder, { Event }: EventTypes) {
  return builder.objectRef<DisclosedEvent>(OTHER_EVENT).implement({
    description: 'An event that hookcast has no type for. Its payload is in `raw`.',
    interfaces: [builder.nodeInterfaceRef(), Event],
  });
}
