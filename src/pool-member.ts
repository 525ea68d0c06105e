import type { RecentRecord } from './events/recent.ts';
import type { LogSharing } from './log/sharing.ts';
import type { Tallies } from './tallies/tallies.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** What a gateway shares with the other gateways of its process, where each is a worker in its own thread. */
export interface PoolMember {
  readonly workers: number;
  /** Whether this gateway does the work that only one of them has to do. */
  readonly isFirst: boolean;
  /** Whether none of them listens yet. Then the port must be free. */
  readonly isAlone: boolean;
  readonly tallies: Tallies;
  readonly startThread: LogSharing['startThread'];
  /** Returns the metrics of all of them. */
  readonly scrape: Metrics['text'];
  /** Returns the record of recent deliveries of all of them. */
  readonly shareRecent: (own: RecentRecord) => RecentRecord;
}
