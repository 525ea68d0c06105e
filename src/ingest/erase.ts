import type { Logger } from 'pino';
import type { EventLog } from '../events/event-log.ts';
import type { NewEvent } from '../events/event.ts';
import { isNobody } from '../events/trace.ts';
import type { OnLimit } from '../limits.ts';

export interface EraseOptions {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly onLimit: OnLimit;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Fulfills the request for privacy that an event carries: erases the data of the people in its subject. If the event has no
 * subject, it erases the data of each contact that it names.
 */
export async function erase(
  { log, logger, onLimit, now }: EraseOptions,
  { provider, source, tenant, subject, eventId }: NewEvent,
  contacts: readonly string[],
): Promise<void> {
  const somebody = contacts.filter((id) => !isNobody(id));
  const wanted =
    subject === null ? somebody.map((id) => ({ subject: `contact/${id}`, contacts: [id] })) : [{ subject, contacts }];
  if (wanted.length === 0) {
    logger.warn({ source, eventId }, 'a privacy request identifies no person: nothing is erased');
  }
  for (const of of wanted) {
    const request = { by: 'subject', source, account: { provider, tenant }, ...of } as const;
    const receipt = await log.erase(request, { at: now(), orderedBy: `${source} event ${eventId}` });
    const events = receipt.erasures.reduce((sum, { eventIds }) => sum + eventIds.length, 0);
    const { quarantined, passedOver } = receipt;
    // A contact is a person's own id, so the log line names only the event.
    logger.info({ source, eventId, subject, events, quarantined }, 'personal data erased');
    const count = passedOver.ofNobody + passedOver.common;
    if (count === 0) continue;
    logger.warn(
      { source, eventId, ...passedOver },
      'some ids of a privacy request were not searched for in quarantine',
    );
    for (let told = 0; told < count; told += 1) onLimit('erased_ids');
  }
}
