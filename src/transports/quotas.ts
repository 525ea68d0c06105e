import { setImmediate } from 'node:timers/promises';
import { HookcastError } from '../errors.ts';
import type { HolderLimits, OnLimit } from '../limits.ts';
import type { Rates, Tallies, Tally } from '../tallies/tallies.ts';

export interface QuotasOptions {
  readonly limits: Pick<HolderLimits, 'queryRate' | 'queries'>;
  readonly tallies: Tallies;
  readonly onLimit: OnLimit;
}

/**
 * Limits how many queries and mutations each token's holder may begin in a second, and have under way at once, over all
 * transports together.
 */
export class Quotas {
  readonly #options: QuotasOptions;
  readonly #underWay: Tally;
  readonly #rates: Rates;
  /** Each holder's last turn. A holder is forgotten when its last turn is over. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(options: QuotasOptions) {
    const { tallies, limits } = options;
    this.#options = options;
    this.#underWay = tallies.tally('queries of', limits.queries);
    this.#rates = tallies.rates('queries a second of', limits.queryRate);
  }

  /** @throws {HookcastError} TOO_MANY_REQUESTS if the holder has as many under way as it may, or has begun too many. */
  begin(holder: string): QueryQuota {
    const { limits, onLimit } = this.#options;
    if (!this.#underWay.add(holder)) {
      onLimit('queries_per_token');
      throw new HookcastError(
        'TOO_MANY_REQUESTS',
        `This token's holder has ${limits.queries} queries under way, which is the limit. Send this one again when one has been answered.`,
      );
    }
    if (!this.#rates.take(holder)) {
      this.#underWay.remove(holder);
      onLimit('query_rate');
      throw new HookcastError(
        'TOO_MANY_REQUESTS',
        `A token's holder may send ${limits.queryRate} queries a second. Send this one again later.`,
      );
    }
    return new QueryQuota(() => this.#underWay.remove(holder));
  }

  /**
   * Resolves in a turn of the event loop in which no other request of the holder runs. Documents are validated and SQLite is read
   * in the gateway's own thread. So if a holder asks for much at once, others get a turn after each of its requests.
   */
  turn(holder: string): Promise<void> {
    const turn = this.#turns.get(holder) ?? Promise.resolve();
    const next = turn.then(() => setImmediate());
    this.#turns.set(holder, next);
    void this.#forget(holder, next);
    return turn;
  }

  /** Forgets the holder after this turn, unless it has another one by then. */
  async #forget(holder: string, turn: Promise<void>): Promise<void> {
    await turn;
    if (this.#turns.get(holder) === turn) this.#turns.delete(holder);
  }
}

/** Counts a query or mutation for its holder, until the answer has left or nobody waits for it any more. */
export class QueryQuota {
  readonly #over: () => void;
  #isOver = false;

  constructor(over: () => void) {
    this.#over = over;
  }

  /** Only the first call counts. */
  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over();
  }
}
