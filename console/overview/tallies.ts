import { CONNECTING, type Condition, conditionAfter } from '../gateway/condition.ts';
import type { Interruption, StreamState } from '../gateway/stream.ts';
import { GATHERED, Observed } from '../observed.ts';
import { type Bucket, type Tally, added } from './tally.ts';

export interface TalliesView extends Condition {
  /** Ascending and without gaps. Some are in the future. */
  readonly buckets: readonly Bucket[];
}

/** The counts of the overview: those of the answer, and every later change. */
export class Tallies extends Observed<TalliesView> {
  #buckets: readonly Bucket[];
  /** The cursor of the newest message. A restarted stream begins there, so that nothing is added twice. */
  #cursor: string;
  #isGathering = false;

  /** @param buckets the counts of the gateway at `head`. */
  constructor(buckets: readonly Bucket[], head: string) {
    super({ buckets, ...CONNECTING });
    this.#buckets = buckets;
    this.#cursor = head;
  }

  get cursor(): string {
    return this.#cursor;
  }

  /** Adds a change to the bucket that contains `at`, in milliseconds since 1970. A null change only moves the cursor. */
  add(at: number, change: Tally | null, cursor: string): void {
    this.#cursor = cursor;
    if (!change) return;
    this.#buckets = added(this.#buckets, at, change);
    if (this.#isGathering) return;
    this.#isGathering = true;
    setTimeout(() => {
      this.#isGathering = false;
      this.become({ buckets: this.#buckets });
    }, GATHERED);
  }

  say(state: StreamState, reason: Interruption | null = null): void {
    this.become(conditionAfter(this.view, state, reason));
  }
}
