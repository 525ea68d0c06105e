import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import type { Appended, EventLog } from '../events/event-log.ts';
import type { NewEvent } from '../events/event.ts';

/** What became of an event, and under which id. */
export interface Recorded {
  readonly event: NewEvent;
  readonly appended: Appended;
}

/**
 * Appends an event; also when another one has its id. Eduzz's own samples give one id to eleven events of an order, and
 * whoever took the second for a repetition of the first would lose a cancellation: under another name, or in another
 * tenant, it is another event, and has an id that says so.
 */
export async function record(event: NewEvent, log: EventLog, logger: Logger): Promise<Recorded> {
  const appended = await append(event, log);
  if (appended.outcome !== 'duplicate') return { event, appended };
  const [there] = await log.find([event]);
  if (!there) return { event, appended };
  if (there.type === event.type && there.tenant === event.tenant) {
    const { source, type, eventId } = event;
    const isAsBefore = there.raw === null || event.raw === null || there.raw === event.raw;
    if (!isAsBefore) logger.info({ source, type, eventId }, 'came again with another body; what came first stands');
    return { event, appended };
  }
  const itself = JSON.stringify([event.tenant, event.type, event.eventId]);
  const apart = { ...event, eventId: `derived:${hash('sha256', itself)}` };
  return { event: apart, appended: await append(apart, log) };
}

async function append(event: NewEvent, log: EventLog): Promise<Appended> {
  const [appended] = await log.append([event]).catch((error: unknown): Appended[] => {
    // What a provider of one's own made of it can't be written, a BigInt for one: no retry would change that.
    if (!(error instanceof HookcastError) && !hasJson(event))
      return [{ outcome: 'refused', reason: 'it holds what JSON has no form for' }];
    throw error;
  });
  if (appended) return appended;
  throw new HookcastError('LOG_UNAVAILABLE', 'The log has not said what became of the event. Send it again later.');
}

function hasJson({ data, personal }: NewEvent): boolean {
  try {
    JSON.stringify([data, personal]);
    return true;
  } catch {
    return false;
  }
}
