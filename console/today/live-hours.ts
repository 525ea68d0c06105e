import { CONNECTING, type Condition, conditionAfter } from '../gateway/condition.ts';
import type { Interruption, StreamState } from '../gateway/stream.ts';
import { GATHERED, Observed } from '../observed.ts';
import { type CountedHour, type TypeCount, added } from './counts.ts';

export interface LiveHoursView extends Condition {
  /** Of the whole day, also those that are still to come. */
  readonly hours: readonly CountedHour[];
  /** How many changes have come: something happened since. */
  readonly changes: number;
}

/** The hours of today as they were counted when they were asked for, and every change that came after it. */
export class LiveHours extends Observed<LiveHoursView> {
  #hours: readonly CountedHour[];
  #changes = 0;
  /** Of the newest message: a stream that begins anew begins there, so that nothing is added twice. */
  #cursor: string;
  #isGathering = false;

  /** As the gateway counted them, at the head. */
  constructor(hours: readonly CountedHour[], head: string) {
    super({ hours, changes: 0, ...CONNECTING });
    this.#hours = hours;
    this.#cursor = head;
  }

  get cursor(): string {
    return this.#cursor;
  }

  /** `at` lies in the hour that it is to be added to, in milliseconds since 1970. */
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
