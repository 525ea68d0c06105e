import { hrtime } from 'node:process';

/** Milliseconds that only ever grow, the same in all threads: `performance.now()` counts from each thread's own start. */
export function monotonic(): number {
  return Number(hrtime.bigint()) / 1e6;
}
