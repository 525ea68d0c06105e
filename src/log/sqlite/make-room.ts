import { setTimeout } from 'node:timers/promises';

/**
 * Waits as long as the piece of work took that began at that moment of `performance.now()`: another process that waits for the lock
 * looks only now and then whether it is free.
 */
export function makeRoom(began: number): Promise<void> {
  return setTimeout(performance.now() - began);
}
