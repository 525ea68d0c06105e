import { Observed } from '../observed.ts';
import type { Delivery } from './delivery.ts';

export type Decision = 'release' | 'discard';

/** What the gateway says of a delivery after a decision. */
export type Decided = Pick<Delivery, 'state' | 'eventId' | 'issues'>;

/** What became of one. `meanwhile`: somebody else had decided otherwise, or its data was erased. */
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
  /** As they came in. */
  readonly outcomes: readonly Outcome[];
  /** `stopped`: somebody said so. `broken`: the gateway can't decide about any just now. */
  readonly state: 'running' | 'done' | 'stopped' | 'broken';
}

interface RunOptions {
  readonly decision: Decision;
  readonly deliveries: readonly Delivery[];
  readonly decide: (decision: Decision, id: string) => Promise<Decided>;
  readonly onEnd: () => void;
}

/** So many at a time: the gateway has deliveries to take as well. */
const AT_A_TIME = 3;
/** What goes wrong with one delivery and says nothing of the next. */
const OF_ONE = ['NOT_FOUND', 'UNKNOWN_SOURCE', 'BAD_REQUEST', 'INTERNAL', 'TIMED_OUT'];

/** One decision about many deliveries, carried out one after the other. */
export class Run extends Observed<RunView> {
  readonly #options: RunOptions;
  #next = 0;

  constructor(options: RunOptions) {
    const { decision, deliveries } = options;
    super({ decision, deliveries, outcomes: [], state: 'running' });
    this.#options = options;
    void this.#carryOut();
  }

  /** Begins no more. What is under way comes to its end. */
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
