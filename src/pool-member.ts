import type { RecentRecord } from './events/recent.ts';
import type { LogSharing } from './log/sharing.ts';
import type { Tallies } from './tallies/tallies.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** What a gateway has together with the others of its machine, each a worker in a thread of its own. */
export interface PoolMember {
  readonly workers: number;
  /** Whether it does what need not be done by each of them. */
  readonly isFirst: boolean;
  /** Whether none of them listens yet: the port must then be nobody's. */
  readonly isAlone: boolean;
  readonly tallies: Tallies;
  readonly startThread: LogSharing['startThread'];
  /** What all of them measure. */
  readonly scrape: Metrics['text'];
  /** The last deliveries of all of them. */
  readonly shareRecent: (own: RecentRecord) => RecentRecord;
}
