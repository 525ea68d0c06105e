/** A delivery that was refused for its signature, kept for an operator to try again. */
export interface NewRefused {
  readonly source: string;
  /** Keyed hashes of the sender's address and, below, of what was sent. */
  readonly sender: string;
  readonly digest: string;
  /** The code of its refusal. */
  readonly reason: string;
  /** Characters of `sealed`. */
  readonly size: number;
  /** The whole delivery, encrypted with a key derived from the log's own secret: see `ingest/refusals.ts`. */
  readonly sealed: string;
  /** Both times are in milliseconds since 1970. */
  readonly receivedAt: number;
  readonly expiresAt: number;
}

export interface Refused extends NewRefused {
  readonly id: number;
}

/** A refused delivery in a list. It is without the content, so that a list of thousands doesn't read it for nothing. */
export type ListedRefused = Omit<Refused, 'sealed' | 'digest'>;

/** How much is kept of one source at most. One sender gets at most half of it. */
export interface RefusedRoom {
  readonly count: number;
  readonly size: number;
}

/** `known`: the same delivery is kept already. `full`: there is no room for it, and no other is pushed out. */
export type Keeping = 'kept' | 'known' | 'full';

/** The outcome of trying a refused delivery again. */
export type Admitted =
  | { readonly outcome: 'admitted'; readonly receipt: { readonly status: string; readonly id: string | null } }
  /** The delivery stays refused; `why` is the reason. */
  | { readonly outcome: 'refused'; readonly why: string };

/** Tries refused deliveries again. */
export interface RefusedDesk {
  /**
   * Checks a refused delivery with the present secrets, by the clock of its arrival, and records it in the ordinary way. Null
   * if there is none.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE.
   */
  admit(id: number): Promise<Admitted | null>;
}

export interface RefusedRecord {
  /** Returns one answer for each, in the same order. */
  keep(refused: readonly NewRefused[], room: RefusedRoom): Promise<readonly Keeping[]>;
  /** The deliveries after an id that have not expired at `now`, in the order in which they came; of one source, or of all. */
  list(request: {
    readonly after?: number;
    readonly limit: number;
    readonly now: number;
    readonly source?: string | null;
  }): Promise<readonly ListedRefused[]>;
  /** How many deliveries of each source have not expired at `now`. */
  count(now: number): Promise<ReadonlyMap<string, number>>;
  find(id: number, now: number): Promise<Refused | null>;
  /** Returns whether it was there. */
  drop(id: number): Promise<boolean>;
  /** Deletes expired deliveries. Returns how many. */
  expire(now: number): Promise<number>;
}
