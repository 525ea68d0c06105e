import type { RecordedEvent } from '../../src/events/event.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { Revised } from '../../src/events/revision.ts';
import { newEvent } from '../contract/event-log.contract.ts';

/** Gives each of the events another type. */
export function reviseTypes(
  log: EventLog,
  events: readonly RecordedEvent[],
  types: readonly string[],
): Promise<readonly Revised[]> {
  const revisions = events.map(({ cursor, eventId }, index) => ({
    seq: cursor.seq,
    event: newEvent({ eventId, type: types[index]! }),
  }));
  return log.revisions.run((revise) => revise(revisions, 1));
}
