/** Tries, until one of them is quick enough. */
const TRIES = 10;

/**
 * How long the quickest of some attempts took, in milliseconds. A machine that is busy makes some of them slow, and none of
 * them faster than it is.
 *
 * @param enough after an attempt that took less there is no other.
 */
export async function quickest(enough: number, attempt: (number: number) => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let number = 0; number < TRIES && least >= enough; number += 1) {
    const began = performance.now();
    await attempt(number);
    least = Math.min(least, performance.now() - began);
  }
  return least;
}
