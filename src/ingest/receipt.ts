import type { Counts } from '../events/observer.ts';
import type { ChallengeResponse } from '../providers/challenge.ts';

/** The outcome of a delivery, as the provider is told. */
export interface Receipt {
  /** If the delivery has several events, the best of their outcomes. */
  readonly status: keyof Counts;
  /** The event's id, or its number in quarantine. Null if there are several events. */
  readonly id: string | null;
  /** If there are several events, how many had each outcome. */
  readonly events?: Counts;
  /** The answer to the sender instead, if the request was only a challenge. */
  readonly challenge?: ChallengeResponse;
}
