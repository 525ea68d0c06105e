/** A delivery that a gateway has answered lately, as its memory has it: no body, and no header that may hold a secret or a person. */
export interface RecentDelivery {
  readonly source: string;
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
  /** By which an operator finds it in the gateway's log. */
  readonly requestId: string;
  /** What became of it, or the code of its refusal in lower case. */
  readonly outcome: string;
  /** The HTTP status that it was answered with. */
  readonly status: number;
  readonly type: string | null;
  readonly eventId: string | null;
  /** Milliseconds of each step; null of one that it did not come to. */
  readonly verify: number | null;
  readonly normalise: number | null;
  readonly append: number | null;
  readonly total: number;
  /** In the order in which they came. The value is null where it is withheld. */
  readonly headers: readonly { readonly name: string; readonly value: string | null }[];
  /** Whether an operator had the gateway send it. */
  readonly isSample: boolean;
}

/** The last deliveries of each source, as far as the memory of the gateway that is asked goes. */
export interface RecentRecord {
  /** The newest first. */
  listRecent(source: string): Promise<readonly RecentDelivery[]>;
}

/** Sends samples of a source to the gateway itself. */
export interface Sampler {
  /** The names of the events that there are samples of; none where the gateway can't sign them, or may not. */
  samplesOf(source: string): readonly string[];
  /** What became of it, with the id of its event. @throws {HookcastError} */
  send(source: string, event: string | null): Promise<{ readonly status: string; readonly id: string | null }>;
}
