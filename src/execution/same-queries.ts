import { setImmediate } from 'node:timers/promises';

/**
 * Queries that are the same and are asked for in the same turn of the event loop are executed once, in the next turn. So
 * thousands of pages that load again after a restart cost the gateway a page for each turn, and not one for each of them.
 *
 * The first of a turn begins at once: a query that comes alone waits for nothing, and a turn is held up by at most twice what it
 * began itself. No query joins one that has begun, since that one may have read the log already: a client that was told that
 * something is written would not see it.
 */
export class SameQueries<A> {
  /** What began or was asked for in this turn, by its key. Null is one that has begun and that nobody waits behind. */
  #turn = new Map<string, Promise<A> | null>();
  #next: Promise<void> | null = null;

  /** @param key everything that the answer may depend on. */
  run(key: string, execute: () => Promise<A>): Promise<A> {
    const next = (this.#next ??= this.#begin());
    const waiting = this.#turn.get(key);
    if (waiting) return waiting;
    const isFirst = waiting === undefined;
    const answer = isFirst ? execute() : next.then(execute);
    this.#turn.set(key, isFirst ? null : answer);
    return answer;
  }

  /** Resolves when what waits begins. From then on, nobody joins it. */
  async #begin(): Promise<void> {
    await setImmediate();
    const begins = [...this.#turn].filter(([, waiting]) => waiting !== null);
    this.#turn = new Map(begins.map(([key]) => [key, null]));
    this.#next = begins.length > 0 ? this.#begin() : null;
  }
}
