import { hrtime } from 'node:process';

/** Milliseconds of a clock that only goes forward, the same in all threads. `performance.now()` counts from each thread's start. */
export function monotonic(): number {
  return Number(hrtime.bigint()) / 1e6;
}
