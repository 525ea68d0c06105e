import { setImmediate } from 'node:timers/promises';

/**
 * Executes identical queries of one turn of the event loop once, in the next turn. So when thousands of pages reload after a
 * restart, the gateway answers one page for each turn, and not one for each client.
 *
 * The first query of a turn begins at once, so a query without twins does not wait. A turn is delayed by at most twice the work
 * that it began itself. No query joins one that has begun, since that one may have read the log already: a client that knows of
 * a completed write would not see it.
 */
export class SameQueries<A> {
  /** The queries of this turn, by key. Null stands for one that has begun and for which no second one waits. */
  #turn = new Map<string, Promise<A> | null>();
  #next: Promise<void> | null = null;

  /** @param key everything on which the answer may depend. */
  run(key: string, execute: () => Promise<A>): Promise<A> {
    const next = (this.#next ??= this.#begin());
    const waiting = this.#turn.get(key);
    if (waiting) return waiting;
    const isFirst = waiting === undefined;
    const answer = isFirst ? execute() : next.then(execute);
    this.#turn.set(key, isFirst ? null : answer);
    return answer;
  }

  /** Resolves when the waiting queries begin. From then on, no query joins them. */
  async #begin(): Promise<void> {
    await setImmediate();
    const begins = [...this.#turn].filter(([, waiting]) => waiting !== null);
    this.#turn = new Map(begins.map(([key]) => [key, null]));
    this.#next = begins.length > 0 ? this.#begin() : null;
  }
}
