import type { Builder } from './builder.ts';
import type { EventTypes, Of } from './event.ts';

/** `OtherEvent`: what has no type of its own is served all the same. */
export function addOtherEvent(builder: Builder, { Event }: EventTypes): void {
  builder.objectRef<Of<'OtherEvent'>>('OtherEvent').implement({
    description: 'An event without a type of its own. What it says is in `raw`.',
    interfaces: [builder.nodeInterfaceRef(), Event],
  });
}
