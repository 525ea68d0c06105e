import { CONNECTING, type Condition, conditionAfter } from '../gateway/condition.ts';
import type { Interruption, StreamState } from '../gateway/stream.ts';
import { GATHERED, Observed } from '../observed.ts';
import { type CountedHour, type TypeCount, added } from './counts.ts';

export interface LiveHoursView extends Condition {
  /** All hours of the day, including the future ones. */
  readonly hours: readonly CountedHour[];
  /** The number of changes since the counts were loaded. */
  readonly changes: number;
}

/** The counts of today by hour: those of the answer, and every later change. */
export class LiveHours extends Observed<LiveHoursView> {
  #hours: readonly CountedHour[];
  #changes = 0;
  /** The cursor of the newest message. A restarted stream begins there, so that nothing is added twice. */
  #cursor: string;
  #isGathering = false;

  /** @param hours the counts of the gateway at `head`. */
  constructor(hours: readonly CountedHour[], head: string) {
    super({ hours, changes: 0, ...CONNECTING });
    this.#hours = hours;
    this.#cursor = head;
  }

  get cursor(): string {
    return this.#cursor;
  }

  /** Adds a change to the hour that contains `at`, in milliseconds since 1970. */
  add(at: number, change: TypeCount, cursor: string): void {
    this.#cursor = cursor;
    this.#hours = added(this.#hours, at, change);
    this.#changes += 1;
    if (this.#isGathering) return;
    this.#isGathering = true;
    setTimeout(() => {
      this.#isGathering = false;
      this.become({ hours: this.#hours, changes: this.#changes });
    }, GATHERED);
  }

  say(state: StreamState, reason: Interruption | null = null): void {
    this.become(conditionAfter(this.view, state, reason));
  }
}
