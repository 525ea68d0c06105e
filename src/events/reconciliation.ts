/**
 * For how long a gateway keeps its turn to reconcile a source after its last report, in milliseconds by the log's clock. It is
 * longer than one page may take.
 */
export const RECONCILING = 120_000;

/** How far a source has been compared with what its provider's API says. All moments are milliseconds since 1970. */
export interface Reconciliation {
  readonly source: string;
  /** The moment from which the present run compares; null between runs. */
  readonly since: number | null;
  /** Where that run continues, as the provider names it; null at its beginning. */
  readonly cursor: string | null;
  /** When the present run began, or the last one; null before the first run. */
  readonly runAt: number | null;
  /** When the last finished run began: the log knows everything that happened before. */
  readonly completedAt: number | null;
  /** When the next request to the API is due. No gateway asks earlier. */
  readonly dueAt: number;
  /** Why the last try failed, as a code of `errors.ts`; null if it succeeded. */
  readonly trouble: string | null;
  /** Whether the provider says that it sends deliveries to this gateway; null if it doesn't say. */
  readonly webhook: 'ON' | 'OFF' | null;
  /** How many items the API has listed in all runs. */
  readonly seen: number;
  /** How many of them the log did not know, by the type of their events. */
  readonly missed: Readonly<Record<string, number>>;
}

/** Which gateway reconciles a source, and how far it is. If a gateway is killed, its run continues where it was. */
export interface ReconciliationRecord {
  /**
   * Gives the holder the turn for `RECONCILING` milliseconds. Returns what is known of the source; null if another gateway has
   * the turn.
   */
  take(source: string, holder: string): Promise<Reconciliation | null>;
  /**
   * Saves how far the holder is, and extends the turn by as long again. False if another gateway has the turn by now: then
   * nothing is saved.
   */
  keep(reconciliation: Reconciliation, holder: string): Promise<boolean>;
  /** Ends the holder's turn, so that others can have it. */
  end(source: string, holder: string): Promise<void>;
  /** Ordered by the sources' names. */
  list(): Promise<readonly Reconciliation[]>;
}
