/**
 * A recently answered delivery in a gateway's memory. It has no body, and no header that may hold a secret or personal data.
 */
export interface RecentDelivery {
  readonly source: string;
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
  /** The id by which an operator finds the delivery in the gateway's log. */
  readonly requestId: string;
  /** The receipt's status, or the code of the refusal in lower case. */
  readonly outcome: string;
  /** The HTTP status of the answer. */
  readonly status: number;
  readonly type: string | null;
  readonly eventId: string | null;
  /** Milliseconds of each step; null if the delivery did not come to that step. */
  readonly verify: number | null;
  readonly normalise: number | null;
  readonly append: number | null;
  readonly total: number;
  /** In the order of the request. The value is null if it is withheld. */
  readonly headers: readonly { readonly name: string; readonly value: string | null }[];
  /** Whether the gateway sent the delivery itself as a sample for an operator. */
  readonly isSample: boolean;
}

/** The last deliveries of each source that the asked gateway still has in memory. */
export interface RecentRecord {
  /** The newest first. */
  listRecent(source: string): Promise<readonly RecentDelivery[]>;
}

/** Sends samples of a source to the gateway itself. */
export interface Sampler {
  /** The names of the events that have samples. The list is empty if the gateway can't sign samples, or may not. */
  samplesOf(source: string): readonly string[];
  /** Resolves with the outcome and the id of the event. @throws {HookcastError} */
  send(source: string, event: string | null): Promise<{ readonly status: string; readonly id: string | null }>;
}
