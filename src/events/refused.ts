/** A delivery that was refused for its signature, kept for an operator to try again. */
export interface NewRefused {
  readonly source: string;
  /** Keyed hashes: of the address that it came from, and of what was sent. */
  readonly sender: string;
  readonly digest: string;
  /** The code of its refusal. */
  readonly reason: string;
  /** Characters of `sealed`. */
  readonly size: number;
  /** All of it, encrypted with a key made of the log's own secret: see `ingest/refusals.ts`. */
  readonly sealed: string;
  /** Milliseconds since 1970, and so is the next. */
  readonly receivedAt: number;
  readonly expiresAt: number;
}

export interface Refused extends NewRefused {
  readonly id: number;
}

/** What of it is listed: not what was sent, of which a list of thousands would be read for nothing. */
export type ListedRefused = Omit<Refused, 'sealed' | 'digest'>;

/** How much of a source is kept at most. One sender has half of it. */
export interface RefusedRoom {
  readonly count: number;
  readonly size: number;
}

/** `known`: the same is kept already. `full`: there is no room for it, and nothing is pushed out. */
export type Keeping = 'kept' | 'known' | 'full';

/** What became of a refused delivery that was tried again. */
export type Admitted =
  | { readonly outcome: 'admitted'; readonly receipt: { readonly status: string; readonly id: string | null } }
  /** It stays, for why. */
  | { readonly outcome: 'refused'; readonly why: string };

/** Who tries refused deliveries again. */
export interface RefusedDesk {
  /**
   * Checks one with the secrets of now, as of when it came, and records it in the ordinary way. Null when there is none.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE.
   */
  admit(id: number): Promise<Admitted | null>;
}

export interface RefusedRecord {
  /** With one answer for each, in the same order. */
  keep(refused: readonly NewRefused[], room: RefusedRoom): Promise<readonly Keeping[]>;
  /** Those after an id that have not expired at `now`, in the order in which they came; of one source, or of all. */
  list(request: {
    readonly after?: number;
    readonly limit: number;
    readonly now: number;
    readonly source?: string | null;
  }): Promise<readonly ListedRefused[]>;
  /** How many of each source have not expired at `now`. */
  count(now: number): Promise<ReadonlyMap<string, number>>;
  find(id: number, now: number): Promise<Refused | null>;
  /** Whether it was there. */
  drop(id: number): Promise<boolean>;
  /** Forgets those that have expired. How many. */
  expire(now: number): Promise<number>;
}
