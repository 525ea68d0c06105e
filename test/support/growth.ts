/** The bound for more than linear time: twice the text may take this many times as long. */
export const LINEAR = 2.6;

const LEAST_ROUNDS = 5;
const MOST_ROUNDS = 240;

type Work = () => unknown;
/** Makes an input of about so many characters, which is not counted, and what is done with it. */
type Prepare = (size: number) => Work | Promise<Work>;

/**
 * How many times as long it takes for twice the size: what is linear comes to two, what takes the square of the size to four.
 *
 * It is the time of the quickest attempts at both. A machine that is busy makes some attempts slow, and none of them faster than
 * it is; so attempts go on until they say that it is linear. They should take a few milliseconds at most, or each would be
 * interrupted. Between two sizes the engine may begin to keep things in another way, which makes one step and no more: so what
 * looks steep is looked at from half the size and from half as much again, and the least counts.
 */
export async function growthOf(prepare: Prepare, size: number): Promise<number> {
  let least = Infinity;
  for (const from of [size, size / 2, size * 1.5]) {
    least = Math.min(least, await growthFrom(prepare, from));
    if (least <= LINEAR) break;
  }
  return least;
}

async function growthFrom(prepare: Prepare, size: number): Promise<number> {
  const once = new Attempts(await prepare(size));
  const twice = new Attempts(await prepare(2 * size));
  const growth = () => twice.least / once.least;
  for (let round = 0; round < MOST_ROUNDS && (round < LEAST_ROUNDS || growth() > LINEAR); round += 1) {
    await once.add();
    await twice.add();
  }
  return growth();
}

class Attempts {
  readonly #work: Work;
  /** Milliseconds of the quickest. */
  least = Infinity;

  constructor(work: Work) {
    this.#work = work;
  }

  async add(): Promise<void> {
    const began = performance.now();
    await this.#work();
    this.least = Math.min(this.least, performance.now() - began);
  }
}
