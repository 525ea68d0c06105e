import type { RecordedEvent } from '../../src/events/event.ts';

/** A copy of an event with its content, which the event itself parses each time that it is asked for. */
export function whole(event: RecordedEvent): RecordedEvent {
  const { data, personal, raw } = event;
  return { ...event, data, personal, raw };
}
