import { setTimeout } from 'node:timers/promises';

/**
 * Waits as long as a piece of work took. Another process that waits for the lock checks only now and then whether it is free.
 *
 * @param began when the piece of work began, from `performance.now()`.
 */
export function makeRoom(began: number): Promise<void> {
  return setTimeout(performance.now() - began);
}
