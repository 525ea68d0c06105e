import type { BucketSize } from './range.ts';
import { clockAt } from './time-zone.ts';

const DAY = 24 * 60 * 60 * 1_000;

/** The distances of two names on the axis, in minutes, hours or days. Weeks begin on Mondays. */
const STEPS: Record<BucketSize, readonly number[]> = {
  MINUTE: [1, 2, 5, 10, 15, 30, 60],
  HOUR: [1, 2, 3, 6, 12, 24],
  DAY: [1, 2, 7, 14, 28],
};

/** The buckets that the axis names: those that begin at a round time of the zone's clocks, no more than fit. */
export function ticksOf(starts: readonly number[], size: BucketSize, timeZone: string, most: number): number[] {
  let ticks: number[] = [];
  for (const step of STEPS[size]) {
    ticks = starts.flatMap((at, index) => (isRound(clockAt(at, timeZone), size, step) ? [index] : []));
    if (ticks.length <= most) break;
  }
  return ticks;
}

function isRound(at: Date, size: BucketSize, step: number): boolean {
  switch (size) {
    case 'MINUTE':
      return at.getUTCMinutes() % step === 0;
    case 'HOUR':
      return at.getUTCMinutes() === 0 && at.getUTCHours() % step === 0;
    case 'DAY': {
      const days = Math.floor(at.getTime() / DAY);
      // The first day of 1970 was a Thursday.
      return (step < 7 ? days : days + 3) % step === 0;
    }
  }
}
