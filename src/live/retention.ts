import type { Logger } from 'pino';
import { forLog } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';

const DAY = 24 * 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;

/** Forgets events older than so many days, now and every hour. Returns the way to stop it. */
export function retain(
  log: EventLog,
  days: number,
  { now, logger }: { now: () => number; logger: Logger },
): () => void {
  const trim = async () => {
    try {
      const count = await log.trim(now() - days * DAY);
      if (count > 0) logger.info({ count, days }, 'deleted events that were older than the retention');
    } catch (error) {
      logger.error(forLog(error), 'events past their retention could not be forgotten; trying again in an hour');
    }
  };
  void trim();
  const timer = setInterval(() => void trim(), HOUR).unref();
  return () => clearInterval(timer);
}
