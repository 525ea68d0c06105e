import { CONNECTING, type Condition, conditionAfter } from '../gateway/condition.ts';
import type { Interruption, StreamState } from '../gateway/stream.ts';
import { GATHERED, Observed } from '../observed.ts';
import { type Bucket, type Tally, added } from './tally.ts';

export interface TalliesView extends Condition {
  /** Ascending and without gaps, some of them still to come. */
  readonly buckets: readonly Bucket[];
}

/** What the overview shows: what was counted when it was asked for, and every change that came after it. */
export class Tallies extends Observed<TalliesView> {
  #buckets: readonly Bucket[];
  /** Of the newest message: a stream that begins anew begins there, so that nothing is added twice. */
  #cursor: string;
  #isGathering = false;

  /** As the gateway counted them, at the head. */
  constructor(buckets: readonly Bucket[], head: string) {
    super({ buckets, ...CONNECTING });
    this.#buckets = buckets;
    this.#cursor = head;
  }

  get cursor(): string {
    return this.#cursor;
  }

  /** `at` lies in the bucket that it is to be added to, in milliseconds since 1970. What nobody counts only moves the place. */
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
