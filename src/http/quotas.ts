import { setImmediate } from 'node:timers/promises';
import { HookcastError } from '../errors.ts';
import type { HolderLimits, Limited } from '../limits.ts';
import { Allowance } from './allowance.ts';

export interface QuotasOptions {
  readonly limits: Pick<HolderLimits, 'queryRate' | 'queries'>;
  readonly limited: Limited;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
}

/** How often those are forgotten who have all that they may have, in milliseconds. */
const SWEEP = 10_000;

/**
 * How many queries and mutations each token's holder may begin in a second, and have under way at once, over all
 * transports together.
 */
export class Quotas {
  readonly #options: QuotasOptions;
  readonly #holders = new Map<string, Quota>();
  #swept: number;

  constructor(options: QuotasOptions) {
    this.#options = options;
    this.#swept = options.clock();
  }

  /** @throws {HookcastError} TOO_MANY_REQUESTS when the holder has all that it may have, or has begun too many. */
  begin(holder: string): Query {
    const { limits, limited } = this.#options;
    const quota = this.#quotaOf(holder);
    if (limits.queries > 0 && quota.underWay >= limits.queries) {
      limited('queries_per_token');
      throw new HookcastError(
        'TOO_MANY_REQUESTS',
        `${limits.queries} queries of this token's holder are under way, and no more may be. Send this again when one has been answered.`,
      );
    }
    if (!quota.take()) {
      limited('query_rate');
      throw new HookcastError(
        'TOO_MANY_REQUESTS',
        `A token's holder may send ${limits.queryRate} queries a second. Send this one again later.`,
      );
    }
    return new Query(quota);
  }

  /**
   * Resolves in a turn of the event loop that no other request of the holder has. Documents are validated and SQLite is read
   * in the gateway's own thread: like this, a holder that asks for much at once lets others have a turn after each.
   */
  turn(holder: string): Promise<void> {
    return this.#quotaOf(holder).turn();
  }

  #quotaOf(holder: string): Quota {
    const { limits, clock } = this.#options;
    if (clock() - this.#swept > SWEEP) this.#sweep();
    let quota = this.#holders.get(holder);
    if (!quota) this.#holders.set(holder, (quota = new Quota(limits.queryRate, clock)));
    return quota;
  }

  #sweep(): void {
    this.#swept = this.#options.clock();
    for (const [holder, quota] of this.#holders) if (quota.isWhole) this.#holders.delete(holder);
  }
}

/** What one holder has left. */
class Quota {
  underWay = 0;
  readonly #allowance: Allowance | null;
  #turn: Promise<void> = Promise.resolve();

  /** @param rate 0 is any number. */
  constructor(rate: number, clock: () => number) {
    this.#allowance = rate === 0 ? null : new Allowance({ rate, burst: rate, clock });
  }

  /** Whether a new one would be just the same. */
  get isWhole(): boolean {
    return this.underWay === 0 && (this.#allowance === null || this.#allowance.isFull);
  }

  take(): boolean {
    return this.#allowance === null || this.#allowance.take();
  }

  turn(): Promise<void> {
    const turn = this.#turn;
    this.#turn = turn.then(() => setImmediate());
    return turn;
  }
}

/** A query or mutation that counts for its holder, until its answer has left or nobody waits for it any more. */
export class Query {
  readonly #quota: Quota;
  #isOver = false;

  constructor(quota: Quota) {
    this.#quota = quota;
    quota.underWay += 1;
  }

  /** Once, however often it is called. */
  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#quota.underWay -= 1;
  }
}
