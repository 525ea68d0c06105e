import { Observed } from '../observed.ts';
import type { Delivery } from './delivery.ts';

export type Decision = 'release' | 'discard';

/** The gateway's answer about a delivery after a decision. */
export type Decided = Pick<Delivery, 'state' | 'eventId' | 'issues'>;

/** The outcome of one delivery. `meanwhile`: somebody else decided otherwise, or its data was erased. */
export type Outcome =
  | { readonly delivery: Delivery; readonly became: 'released'; readonly eventId: string | null }
  | { readonly delivery: Delivery; readonly became: 'discarded' }
  | { readonly delivery: Delivery; readonly became: 'unfit'; readonly issues: Delivery['issues'] }
  | { readonly delivery: Delivery; readonly became: 'meanwhile'; readonly state: Delivery['state'] }
  | { readonly delivery: Delivery; readonly became: 'failed'; readonly error: Failed };

export interface Failed {
  readonly code: string;
  readonly message: string;
}

export interface RunView {
  readonly decision: Decision;
  readonly deliveries: readonly Delivery[];
  /** In the order of arrival. */
  readonly outcomes: readonly Outcome[];
  /** `stopped`: somebody stopped it. `broken`: the gateway can't decide about any delivery now. */
  readonly state: 'running' | 'done' | 'stopped' | 'broken';
}

interface RunOptions {
  readonly decision: Decision;
  readonly deliveries: readonly Delivery[];
  readonly decide: (decision: Decision, id: string) => Promise<Decided>;
  readonly onEnd: () => void;
}

/** How many deliveries are decided at the same time. The gateway has to accept deliveries as well. */
const AT_A_TIME = 3;
/** Errors of one delivery, which say nothing about the next. */
const OF_ONE = ['NOT_FOUND', 'UNKNOWN_SOURCE', 'BAD_REQUEST', 'INTERNAL', 'TIMED_OUT'];

/** One decision about many deliveries, carried out on three of them at a time. */
export class Run extends Observed<RunView> {
  readonly #options: RunOptions;
  #next = 0;

  constructor(options: RunOptions) {
    const { decision, deliveries } = options;
    super({ decision, deliveries, outcomes: [], state: 'running' });
    this.#options = options;
    void this.#carryOut();
  }

  /** Begins no more deliveries. Those under way are finished. */
  stop(): void {
    if (this.view.state === 'running') this.become({ state: 'stopped' });
  }

  async #carryOut(): Promise<void> {
    await Promise.all(Array.from({ length: AT_A_TIME }, () => this.#work()));
    if (this.view.state === 'running') this.become({ state: 'done' });
    this.#options.onEnd();
  }

  async #work(): Promise<void> {
    const { deliveries } = this.#options;
    while (this.view.state === 'running' && this.#next < deliveries.length) {
      const delivery = deliveries[this.#next]!;
      this.#next += 1;
      const outcome = await this.#outcomeOf(delivery);
      const isBroken = outcome.became === 'failed' && !OF_ONE.includes(outcome.error.code);
      this.become({
        outcomes: [...this.view.outcomes, outcome],
        ...(isBroken && this.view.state === 'running' && { state: 'broken' }),
      });
    }
  }

  async #outcomeOf(delivery: Delivery): Promise<Outcome> {
    const { decision, decide } = this.#options;
    try {
      const { state, eventId, issues } = await decide(decision, delivery.id);
      if (state === 'RELEASED' && decision === 'release') return { delivery, became: 'released', eventId };
      if (state === 'DISCARDED' && decision === 'discard') return { delivery, became: 'discarded' };
      if (state === 'WAITING') return { delivery, became: 'unfit', issues };
      return { delivery, became: 'meanwhile', state };
    } catch (error) {
      const { code = 'INTERNAL', message = '' } = Object(error) as Partial<Failed>;
      return { delivery, became: 'failed', error: { code, message } };
    }
  }
}
