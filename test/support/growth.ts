/** What a little more than a text's own length may add: twice the text may take this many times as long. */
export const LINEAR = 2.6;

const MOST_ROUNDS = 40;
/** Times that each size is worked on in a round: a garbage collection, or another process, falls into some of them. */
const TIMES = 3;

/**
 * How many times as long it takes for twice the size: what is linear comes to two, what takes the square of the size to four.
 * It is the best of many rounds, each of which works on both sizes in turn: so a machine that is busy at one moment can't make
 * it more than it is, and rounds go on until one says that it is linear.
 *
 * @param prepare makes an input of about so many characters, which is not counted, and what is done with it.
 */
export async function growthOf(prepare: (size: number) => () => unknown, size: number): Promise<number> {
  const works = [prepare(size), prepare(2 * size)] as const;
  // The first time a function is slow.
  for (const work of works) await work();
  let best = Infinity;
  for (let round = 0; round < MOST_ROUNDS && best > LINEAR; round += 1) {
    const least = [Infinity, Infinity] as [number, number];
    for (let time = 0; time < TIMES; time += 1) {
      for (const [index, work] of works.entries()) {
        const began = performance.now();
        await work();
        least[index] = Math.min(least[index]!, performance.now() - began);
      }
    }
    best = Math.min(best, least[1] / least[0]);
  }
  return best;
}
