/** What a little more than a text's own length may add: twice the text may take this many times as long. */
export const LINEAR = 2.6;

const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 150;
/** Times that each size is worked on in a round. */
const TIMES = 3;

/**
 * How many times as long it takes for twice the size, by the quickest attempt at each of both: what is linear comes to two, what
 * takes the square of the size to four. A machine that is busy makes some attempts slow, and none of them faster than it is; so
 * attempts go on until they say that it is linear. An attempt should take a few milliseconds at most, or each would be
 * interrupted.
 *
 * @param prepare makes an input of about so many characters, which is not counted, and what is done with it.
 */
export async function growthOf(prepare: (size: number) => () => unknown, size: number): Promise<number> {
  const works = [prepare(size), prepare(2 * size)] as const;
  const least = [Infinity, Infinity] as [number, number];
  const growth = () => least[1] / least[0];
  for (let round = 0; round < MOST_ROUNDS && (round < LEAST_ROUNDS || growth() > LINEAR); round += 1) {
    for (let time = 0; time < TIMES; time += 1) {
      for (const [index, work] of works.entries()) {
        const began = performance.now();
        await work();
        least[index] = Math.min(least[index]!, performance.now() - began);
      }
    }
  }
  return growth();
}
