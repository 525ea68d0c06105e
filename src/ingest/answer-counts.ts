import type { Logger } from 'pino';
import { forLog } from '../errors.ts';
import { type AnswerCount, type AnswerStore, hourOf } from '../events/answer-count.ts';

export interface AnswersOptions {
  readonly record: AnswerStore;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How often counts are recorded, in milliseconds. */
const EVERY = 5_000;
/**
 * How many counts (of a source, outcome and hour) are kept while they can't be recorded. For ten sources this lasts about a
 * week.
 */
const MOST = 5_000;

/**
 * Counts the answers to deliveries. It records only sums: no answer, accepted or refused, costs a write of its own. So a forger
 * gets nothing into the log but a number.
 */
export class Answers {
  readonly #options: AnswersOptions;
  /** By source, outcome and hour; the oldest first. */
  #counted = new Map<string, AnswerCount>();
  readonly #timer: NodeJS.Timeout;
  /** Recording and reading take turns. Otherwise a reader would count what is being recorded twice, or not at all. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AnswersOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.record(), EVERY).unref();
  }

  /** @param source a configured source. */
  count(source: string, outcome: string): void {
    const at = this.#options.now();
    this.#add({ source, outcome, hour: hourOf(at), count: 1, lastAt: at });
  }

  /** Records the counts since the last time. If that fails, they are recorded later. */
  record(): Promise<void> {
    return this.#inTurn(() => this.#record());
  }

  /** Records the last counts. */
  stop(): Promise<void> {
    clearInterval(this.#timer);
    return this.record();
  }

  /**
   * The recorded counts, plus those of this process since the last recording: each delivery is included as soon as it is
   * answered.
   */
  list(from: number): Promise<readonly AnswerCount[]> {
    return this.#inTurn(async () => {
      const recorded = await this.#options.record.list(from);
      const all = new Map(recorded.map((answer) => [keyOf(answer), answer]));
      for (const [key, answer] of this.#counted) if (answer.hour >= from) all.set(key, sum(all.get(key), answer));
      return [...all.values()];
    });
  }

  async #record(): Promise<void> {
    const counted = this.#counted;
    if (counted.size === 0) return;
    this.#counted = new Map();
    try {
      await this.#options.record.add([...counted.values()]);
    } catch (error) {
      const since = this.#counted.values();
      this.#counted = counted;
      for (const answer of since) this.#add(answer);
      this.#options.logger.debug(forLog(error), 'could not record counts of answers; trying again in a moment');
    }
  }

  #add(answer: AnswerCount): void {
    const key = keyOf(answer);
    const there = this.#counted.get(key);
    if (!there && this.#counted.size >= MOST) {
      const [oldest] = this.#counted.keys();
      this.#counted.delete(oldest!);
    }
    this.#counted.set(key, sum(there, answer));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** Neither a source's name nor an outcome has a blank. */
function keyOf({ source, outcome, hour }: AnswerCount): string {
  return `${source} ${outcome} ${hour}`;
}

function sum(one: AnswerCount | undefined, other: AnswerCount): AnswerCount {
  if (!one) return other;
  return { ...other, count: one.count + other.count, lastAt: Math.max(one.lastAt, other.lastAt) };
}
