import type { EventLog } from '../events/event-log.ts';
import type { Admitted, ListedRefused, RefusedDesk } from '../events/refused.ts';
import type { Asker } from './asker.ts';

export interface RefusedOperator {
  /** Refused deliveries that are kept, from after an id on. */
  refused(request: {
    readonly after: number;
    readonly limit: number;
    readonly source: string | null;
  }): Promise<readonly ListedRefused[]>;
  /** What became of it; null when there is none. */
  admit(id: number): Promise<Admitted | null>;
  /** Whether there was one. */
  drop(id: number): Promise<boolean>;
}

export interface RefusedOptions {
  readonly log: EventLog;
  /** Tries refused deliveries again. */
  readonly refusals: RefusedDesk;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function refusedOperator({ log, refusals, now }: RefusedOptions, { noted }: Asker): RefusedOperator {
  return {
    refused: (request) => log.listRefused({ ...request, now: now() }),

    async admit(id) {
      if (!(await log.findRefused(id, now()))) return null;
      await noted('ADMIT', `refused/${id}`);
      return refusals.admit(id);
    },

    async drop(id) {
      if (!(await log.findRefused(id, now()))) return false;
      await noted('DROP', `refused/${id}`);
      return log.dropRefused(id);
    },
  };
}
