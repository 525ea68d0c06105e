/** Why a payload did not fit: the place in it, and what was expected there. Never the value. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/**
 * The state of a delivery in quarantine. Only a waiting one still has its payload. ERASED are deliveries whose whole payload
 * was erased by an older hookcast; now an erasure takes only the people out of a payload.
 */
export const QUARANTINE_STATES = ['WAITING', 'RELEASED', 'DISCARDED', 'ERASED'] as const;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];

/** An authentic delivery that could not be normalised. */
export interface NewQuarantined {
  readonly provider: string;
  readonly source: string;
  /** The tenant, as in events. Null if the payload doesn't show it. */
  readonly tenant: string | null;
  readonly type: string | null;
  readonly eventId: string | null;
  /** A hash of the signed bytes with the log's own secret, so that a repeated delivery is kept once. */
  readonly digest: string;
  readonly issues: readonly Issue[];
  /** The verified payload as JSON text, without secrets. */
  readonly payload: string;
  /** The values in the payload, as `valuesIn` finds them. They are kept as hashes, so that an erasure can find the delivery. */
  readonly values: readonly string[];
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

export interface Quarantined extends Omit<NewQuarantined, 'payload' | 'values'> {
  readonly id: number;
  readonly state: QuarantineState;
  /** Null once the delivery is settled. If a person in it was erased, what `remainderOf` leaves of the payload. */
  readonly payload: string | null;
  /** When it was released, discarded or erased as a whole, in milliseconds since 1970. */
  readonly settledAt: number | null;
  /** When its people were taken out because one of them was erased, in milliseconds since 1970. */
  readonly erasedAt: number | null;
}

/** Where deliveries wait for code that understands them. Part of the log's port, and as durable as events. */
export interface Quarantine {
  /**
   * Keeps a delivery. Resolves with its id once it is durable. If the same delivery is there already, the answer is its id:
   * while it waits, it gets the new issues, and the new tenant if there is one; once it is settled, it stays as it is. A
   * delivery about a person who was erased is kept without its people.
   */
  keep(delivery: NewQuarantined): Promise<number>;

  /**
   * The deliveries between the two ids, oldest first: the first ones, or the last ones (`backward`). Of one state, or of all.
   */
  list(request: {
    readonly direction?: 'forward' | 'backward';
    readonly after?: number | undefined;
    readonly before?: number | undefined;
    readonly limit: number;
    readonly state?: QuarantineState | undefined;
  }): Promise<readonly Quarantined[]>;

  find(id: number): Promise<Quarantined | null>;

  /**
   * Settles a waiting delivery: deletes its payload, and keeps the id of the event that it became. Returns the delivery as it
   * is afterwards; one that was settled before stays as it was. Null if there is none. `at` is in milliseconds since 1970.
   */
  settle(
    id: number,
    as: { readonly state: 'RELEASED' | 'DISCARDED'; readonly eventId: string | null; readonly at: number },
  ): Promise<Quarantined | null>;
}

/** Decides about deliveries in quarantine. */
export interface QuarantineReview {
  /**
   * Normalizes a waiting delivery with the present code and appends its event: only once, however often it is called. If the
   * delivery still doesn't fit, it goes on waiting with the new issues. If its people were erased, it becomes an event without
   * personal data. Returns the delivery as it is afterwards; null if there is none.
   *
   * @throws {HookcastError} UNKNOWN_SOURCE when its source is not configured any more, LOG_UNAVAILABLE.
   */
  release(id: number): Promise<Quarantined | null>;

  /** Discards a waiting delivery. Returns the delivery as it is afterwards; null if there is none. */
  discard(id: number): Promise<Quarantined | null>;
}
