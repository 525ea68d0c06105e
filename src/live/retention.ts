import type { Logger } from 'pino';
import { forLog } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';

const DAY = 24 * 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;

/** What is deleted when it is old: events, or something else that `what` names. */
interface Retained {
  readonly what?: string;
  readonly trim: EventLog['trim'];
}

/** Deletes what is older than `days`, now and every hour. Returns how to stop. */
export function retain(
  { what = 'events', trim: forget }: Retained,
  days: number,
  { now, logger }: { now: () => number; logger: Logger },
): () => void {
  const trim = async () => {
    try {
      const count = await forget(now() - days * DAY);
      if (count > 0) logger.info({ count, days }, `deleted ${what} that were older than the retention`);
    } catch (error) {
      logger.error(
        forLog(error),
        `${what} that are older than the retention could not be deleted; trying again in an hour`,
      );
    }
  };
  void trim();
  const timer = setInterval(() => void trim(), HOUR).unref();
  return () => clearInterval(timer);
}
