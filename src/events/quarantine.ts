/** Why a payload did not fit: where in it, and what was expected there. Never the value that stood there. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/**
 * What has become of a delivery in quarantine. Only one that waits still has its payload. ERASED are those whose payloads were
 * erased as a whole, as it was done before they were kept without their people.
 */
export const QUARANTINE_STATES = ['WAITING', 'RELEASED', 'DISCARDED', 'ERASED'] as const;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];

/** An authentic delivery that could not be normalised. */
export interface NewQuarantined {
  readonly provider: string;
  readonly source: string;
  /** Whose it is, as events have it. Null where that does not show. */
  readonly tenant: string | null;
  readonly type: string | null;
  readonly eventId: string | null;
  /** A hash of what was signed, with the log's own secret: a delivery that comes again is kept once. */
  readonly digest: string;
  readonly issues: readonly Issue[];
  /** The verified payload as JSON text, without secrets. */
  readonly payload: string;
  /** What stands in the payload, as `valuesIn` finds it: kept as hashes, for an erasure to find the delivery by. */
  readonly values: readonly string[];
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

export interface Quarantined extends Omit<NewQuarantined, 'payload' | 'values'> {
  readonly id: number;
  readonly state: QuarantineState;
  /** Null once it is settled. Where somebody in it was erased, what `remainderOf` leaves of it. */
  readonly payload: string | null;
  /** When it was released, discarded or erased as a whole, in milliseconds since 1970. */
  readonly settledAt: number | null;
  /** When its people were taken out of it, since one of them was erased, in milliseconds since 1970. */
  readonly erasedAt: number | null;
}

/** Where deliveries wait for the code that understands them. Part of the log's port: what goes in is as durable. */
export interface Quarantine {
  /**
   * Keeps a delivery, resolved once it is durable, with its id. One that is already there answers with that id: while it
   * waits its issues are the new ones, and its tenant the new one where that shows; and once it is settled it stays so. One that speaks of somebody who was erased is kept
   * without its people.
   */
  keep(delivery: NewQuarantined): Promise<number>;

  /**
   * Oldest first, of those between the ids: the first of them, or the last (`backward`). Of one state, or of all of them.
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
   * Settles one that waits and lets go of its payload, with the id of the event that it became. What it is afterwards; one
   * that was settled before stays as it was. Null when there is none. `at` in milliseconds since 1970.
   */
  settle(
    id: number,
    as: { readonly state: 'RELEASED' | 'DISCARDED'; readonly eventId: string | null; readonly at: number },
  ): Promise<Quarantined | null>;
}

/** Who decides about deliveries in quarantine. */
export interface QuarantineReview {
  /**
   * Normalises a delivery that waits with the present code, and appends its event now: once, however often it is called.
   * One that still doesn't fit goes on waiting, with the new issues. One whose people were erased becomes an event without
   * personal data. What it is afterwards; null when there is none.
   *
   * @throws {HookcastError} UNKNOWN_SOURCE when its source is not configured any more, LOG_UNAVAILABLE.
   */
  release(id: number): Promise<Quarantined | null>;

  /** Lets go of a delivery that waits. What it is afterwards; null when there is none. */
  discard(id: number): Promise<Quarantined | null>;
}
