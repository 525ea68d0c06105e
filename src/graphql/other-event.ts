import type { Builder } from './builder.ts';
import { type EventTypes, type Of, loadNodes, nodeKey } from './event.ts';

/** `OtherEvent`: what has no type of its own is served all the same. */
export function addOtherEvent(builder: Builder, { Event }: EventTypes): void {
  builder.node(builder.objectRef<Of<'OtherEvent'>>('OtherEvent'), {
    description: 'An event without a type of its own. What it says is in `raw`.',
    interfaces: [Event],
    id: { resolve: nodeKey },
    loadManyWithoutCache: loadNodes('OtherEvent'),
  });
}
