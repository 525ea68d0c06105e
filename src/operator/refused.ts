import type { EventLog } from '../events/event-log.ts';
import type { Admitted, Refused, RefusedDesk } from '../events/refused.ts';
import type { Asker } from './asker.ts';

export interface RefusedOperator {
  /** The kept refused deliveries that come after an id. */
  refused(request: { readonly after: number; readonly limit: number; readonly source: string | null }): Promise<{
    readonly kept: readonly KeptRefusal[];
    /** Whether there may be more although fewer than `limit` were found. */
    readonly isCut: boolean;
  }>;
  /** Tries a refused delivery again, and tells the outcome. Null if there is none with this id. */
  admit(id: number): Promise<Admitted | null>;
  /** Deletes a refused delivery. Returns whether there was one. */
  drop(id: number): Promise<boolean>;
}

/** A refused delivery without the data that was sent. */
export type KeptRefusal = Omit<Refused, 'sealed' | 'digest'>;

/** How many rows, of which each may have a whole body, are read at once, and how often so many are read for one page. */
const FEW = 10;
const MOST_READS = 20;

export interface RefusedOptions {
  readonly log: EventLog;
  /** Tries refused deliveries again. */
  readonly refusals: RefusedDesk;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function refusedOperator({ log, refusals, now }: RefusedOptions, { noted }: Asker): RefusedOperator {
  return {
    async refused({ after: from, limit, source }) {
      const kept: KeptRefusal[] = [];
      let after = from;
      for (let reads = 0; reads < MOST_READS; reads += 1) {
        const page = await log.refused.list({ after, limit: FEW, now: now() });
        for (const { sealed: _sealed, digest: _digest, ...rest } of page) {
          if (source === null || rest.source === source) kept.push(rest);
          if (kept.length === limit) return { kept, isCut: false };
        }
        if (page.length < FEW) return { kept, isCut: false };
        after = page.at(-1)!.id;
      }
      return { kept, isCut: true };
    },

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
