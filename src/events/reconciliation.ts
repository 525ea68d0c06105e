/**
 * For how long a gateway alone reconciles a source after it has last said that it does, in milliseconds by the log's clock. More than one
 * page may take.
 */
export const RECONCILING = 120_000;

/** How far a source has been compared with what its provider's API says. All moments are milliseconds since 1970. */
export interface Reconciliation {
  readonly source: string;
  /** From which moment on the run that is under way compares; null between runs. */
  readonly since: number | null;
  /** Where that run goes on, as the provider names it; null at its beginning. */
  readonly cursor: string | null;
  /** When the run that is under way began, or the last one; null before the first. */
  readonly runAt: number | null;
  /** When the last run that came to its end began: what happened before is known to the log. */
  readonly completedAt: number | null;
  /** When to go on: until then nobody asks the API. */
  readonly dueAt: number;
  /** Why the last try failed, as a code of `errors.ts`; null when it did not. */
  readonly trouble: string | null;
  /** Whether the provider says that it sends deliveries here; null where it doesn't say. */
  readonly webhook: 'ON' | 'OFF' | null;
  /** How many things the API has named in all runs. */
  readonly seen: number;
  /** How many of them the log did not know, by the type of their events. */
  readonly missed: Readonly<Record<string, number>>;
}

/** Who reconciles a source, and how far it is. A run goes on where it was when its gateway was killed. */
export interface ReconciliationRecord {
  /** Gives the holder the turn for `RECONCILING`, with what is known of the source; null while it is somebody else's. */
  take(source: string, holder: string): Promise<Reconciliation | null>;
  /** Keeps how far the holder is, and the turn for as long again. False when the turn is another's by now: nothing is kept then. */
  keep(reconciliation: Reconciliation, holder: string): Promise<boolean>;
  /** Lets others have the turn. */
  end(source: string, holder: string): Promise<void>;
  /** By the names of the sources. */
  list(): Promise<readonly Reconciliation[]>;
}
