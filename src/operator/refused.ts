import type { EventLog } from '../events/event-log.ts';
import type { Admitted, ListedRefused, RefusedDesk } from '../events/refused.ts';
import type { Asker } from './asker.ts';

export interface RefusedOperator {
  /** The kept refused deliveries that come after an id. */
  refused(request: {
    readonly after: number;
    readonly limit: number;
    readonly source: string | null;
  }): Promise<readonly ListedRefused[]>;
  /** Tries a refused delivery again, and tells the outcome. Null if there is none with this id. */
  admit(id: number): Promise<Admitted | null>;
  /** Deletes a refused delivery. Returns whether there was one. */
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
    refused: (request) => log.refused.list({ ...request, now: now() }),

    async admit(id) {
      if (!(await log.refused.find(id, now()))) return null;
      await noted('ADMIT', `refused/${id}`);
      return refusals.admit(id);
    },

    async drop(id) {
      if (!(await log.refused.find(id, now()))) return false;
      await noted('DROP', `refused/${id}`);
      return log.refused.drop(id);
    },
  };
}
